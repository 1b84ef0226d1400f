"""What a change is made of: a waterfall from the rate before to the rate after, part by part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from tendency.charts.curves import Spec, framed, on_screen_and_print
from tendency.charts.layout import text_width, wrap
from tendency.charts.tables import Row, named, number, plain, rows
from tendency.charts.theme import Style

_CHANGE = "change"


@dataclass(frozen=True)
class _Step:
    """A bar of the waterfall.

    Attributes:
        name: What stands before it.
        start, end: Where it begins and ends, in the unit of the rate.
        low, high: Where it may end, or None.
        figure: What stands behind it.
        colour: The number of its colour; None for a whole rate.
    """

    name: str
    start: float
    end: float
    low: float | None
    high: float | None
    figure: str
    colour: int | None


def parts_chart(
    parts: pl.DataFrame,
    summary: pl.DataFrame,
    *,
    title: str,
    unit: str = "hits per million words",
    level: float = 0.95,
) -> Spec:
    """For each query a waterfall: the rate before, each part of the change with its interval, the rate after.

    A part that raises the rate goes to the right, one that lowers it to the left; figures stand behind the bars.

    Args:
        parts: query, part, value, low, high; the part ``change`` is not drawn. A part without a value has no bar.
        summary: query, before, after, rate_before, rate_after; one row a query.
        title: What is seen.
        unit: What the rate counts.
        level: Coverage of the intervals, from 0 to 1.
    """
    drawn = rows(parts, ("query", "part", "value", "low", "high"))
    ends = rows(summary, ("query", "before", "after", "rate_before", "rate_after"))
    panels = [(named(end["query"]), _steps(end, drawn)) for end in ends]
    interval = f"{level:.0%} interval".replace("%", " %")
    alt = " ".join([f"{title.rstrip('.')}.", *(_said(name, steps, unit) for name, steps in panels)])
    places = [
        place
        for _, steps in panels
        for step in steps
        for place in (step.start, step.end, step.low, step.high)
        if place is not None
    ]
    low, high = min(0.0, *places), max(0.0, *places)
    domain = [low * 1.04, high * 1.04 or 1.0]

    def build(style: Style) -> Spec:
        views = [
            _view(name if len(panels) > 1 else "", steps, domain, unit, interval, style)
            for name, steps in panels
        ]
        return framed(views, title, alt, style)

    return on_screen_and_print(build)


def _steps(ends: Row, drawn: list[dict[str, Any]]) -> list[_Step]:
    before, after = number(ends, "rate_before") or 0.0, number(ends, "rate_after") or 0.0
    steps = [_Step(named(ends["before"]), 0.0, before, None, None, plain(before), None)]
    at = before
    for row in drawn:
        if named(row["query"]) != named(ends["query"]) or row["part"] == _CHANGE:
            continue
        value, low, high = (number(row, key) for key in ("value", "low", "high"))
        if value is None:
            steps.append(_Step(named(row["part"]), at, at, None, None, "not known", 1))
            continue
        known = low is not None and high is not None
        figure = _signed(value) + (f" ({_signed(low)} to {_signed(high)})" if known else "")
        steps.append(
            _Step(
                named(row["part"]),
                at,
                at + value,
                None if low is None else at + low,
                None if high is None else at + high,
                figure,
                0 if value >= 0 else 1,
            )
        )
        at += value
    return [*steps, _Step(named(ends["after"]), 0.0, after, None, None, plain(after), None)]


def _signed(value: float | None) -> str:
    if value is None:
        return ""
    return f"{'+' if value > 0 else '−' if value < 0 else ''}{plain(abs(value))}"


def _said(name: str, steps: list[_Step], unit: str) -> str:
    first, *middle, last = steps
    between = ", ".join(f"{step.name} {step.figure}" for step in middle)
    return f"{name}: {first.figure} {unit} in {first.name}; {between}; {last.figure} in {last.name}."


def _view(name: str, steps: list[_Step], domain: list[float], unit: str, interval: str, style: Style) -> Spec:
    step = style.font * 2.1
    height = step * len(steps)
    names = min(style.plot * 0.32, max(text_width(one.name, style.font) for one in steps) + style.font)
    figures = max(text_width(one.figure, style.font) for one in steps) + style.font
    width = max(style.title_width - names - figures - style.font * 2, style.plot * 0.3)
    y_scale = {"domain": [0, height], "nice": False, "reverse": True, "zero": False}
    x: Spec = {
        "field": "x",
        "type": "quantitative",
        "scale": {"domain": domain, "nice": False, "zero": False},
        "axis": {"title": f"{unit}; lines: {interval}", "tickCount": 4, "grid": False, "format": ",~f"},
    }

    def y(field: str) -> Spec:
        return {"field": field, "type": "quantitative", "scale": y_scale, "axis": None}

    layers: list[Spec] = []
    colours = style.series if len(set(style.series)) > 1 else ("#666666", "#999999")
    for colour in (None, 0, 1):
        values = [
            {
                "x": one.start,
                "x2": one.end,
                "y": at * step + step * 0.2,
                "y2": at * step + step * 0.8,
                "d": f"{one.name}: {one.figure}",
            }
            for at, one in enumerate(steps)
            if one.colour == colour and one.start != one.end
        ]
        layers.append(
            {
                "data": {"values": values},
                "mark": {
                    "type": "rect",
                    "color": style.muted if colour is None else colours[colour],
                    "opacity": 0.85,
                },
                "encoding": {
                    "x": x,
                    "x2": {"field": "x2"},
                    "y": y("y"),
                    "y2": {"field": "y2"},
                    "description": {"field": "d", "type": "nominal"},
                },
            }
        )
    layers.append(_rules(x, y, [one for one in enumerate(steps) if one[1].low is not None], step, style))
    joins = [
        {"x": one.end, "y": at * step + step * 0.8, "y2": (at + 1) * step + step * 0.2}
        for at, one in enumerate(steps[:-1])
    ]
    layers.append(
        {
            "data": {"values": joins},
            "mark": {"type": "rule", "color": style.muted, "strokeWidth": style.line / 2, "aria": False},
            "encoding": {"x": x, "y": y("y"), "y2": {"field": "y2"}},
        }
    )
    for side, text, place in (("right", "name", -style.font * 0.6), ("left", "figure", style.font * 0.6)):
        room = names if text == "name" else figures
        values = [
            {"m": at * step + step / 2, "t": wrap(getattr(one, text), room, style.font, lines=1)[0]}
            for at, one in enumerate(steps)
        ]
        layers.append(
            {
                "data": {"values": values},
                "mark": {"type": "text", "align": side, "baseline": "middle", "dx": place, "aria": False},
                "encoding": {
                    "x": {"value": 0 if text == "name" else width},
                    "y": y("m"),
                    "text": {"field": "t"},
                },
            }
        )
    view: Spec = {"width": width, "height": height, "layer": layers}
    if name:
        view["title"] = {
            "text": wrap(name, style.plot, style.font),
            "fontSize": style.font,
            "frame": "group",
        }
    return view


def _rules(x: Spec, y: Any, known: list[tuple[int, _Step]], step: float, style: Style) -> Spec:
    """The intervals: where each part may end."""
    values = [{"x": one.low, "x2": one.high, "m": at * step + step / 2} for at, one in known]
    return {
        "data": {"values": values},
        "mark": {"type": "rule", "color": style.ink, "strokeWidth": style.line * 0.8, "aria": False},
        "encoding": {"x": x, "x2": {"field": "x2"}, "y": y("m")},
    }
