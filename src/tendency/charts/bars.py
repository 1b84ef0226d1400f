"""Bars: plain quantities, over time or side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from tendency.charts.curves import Spec, framed, on_screen_and_print
from tendency.charts.layout import ceiling, milliseconds, text_width, time_axis, wrap
from tendency.charts.tables import named, number, plain, rows
from tendency.charts.theme import Style


def bars(
    table: pl.DataFrame, *, category: str, value: str, title: str, unit: str, group: str | None = None
) -> Spec:
    """A bar a row: columns over time where the table has ``start`` and ``end``, else rows with their figures.

    Args:
        table: One row a bar; where present, ``evidence`` is an anchor that a bar links to.
        category: The column that names a bar.
        value: The column that gives its length, from 0.
        title: What is seen.
        unit: What is counted.
        group: A column that divides the bars into panels, such as a source.
    """
    needed = [category, value, *([group] if group else [])]
    read = rows(table, needed)
    over_time = {"start", "end"} <= set(table.columns)
    groups = list(dict.fromkeys(_group(row, group) for row in read))
    largest = max(read, key=lambda row: number(row, value) or 0.0)
    alt = (
        f"{title.rstrip('.')}. {len(read)} bars; the largest is {_name(largest, category, group)} "
        f"with {plain(number(largest, value))} {unit}."
    )

    lengths = {
        name: [number(row, value) or 0.0 for row in read if _group(row, group) == name] for name in groups
    }
    tops = {name: ceiling(of_group, []) for name, of_group in lengths.items()}
    # One scale for all, unless it would press some fields flat.
    apart = over_time and max(tops.values()) > _FLAT * min(tops.values())
    if not apart:
        tops = dict.fromkeys(groups, max(tops.values()))

    def build(style: Style) -> Spec:
        views = []
        for name in groups:
            here = [row for row in read if _group(row, group) == name]
            draw = _columns if over_time else _rows
            view = draw(here, read, category, value, unit, tops[name], style)
            if group:
                view["title"] = {
                    "text": wrap(name or "none", style.plot, style.font),
                    "fontSize": style.font,
                    "offset": style.font * 0.4,
                    "frame": "group",
                }
            views.append(view)
        if apart:
            views[-1]["layer"].append(_own_scales(views[-1]["height"], style))
        return framed(views, title, alt, style)

    return on_screen_and_print(build)


# How many times as high one field's bars may be as another's on one scale.
_FLAT = 8


def _group(row: dict[str, Any], group: str | None) -> str:
    return named(row[group]) if group else ""


def _own_scales(height: float, style: Style) -> Spec:
    return {
        "data": {"values": [{"t": "each field has a scale of its own"}]},
        "mark": {"type": "text", "align": "left", "baseline": "line-top", "fill": style.muted},
        "encoding": {
            "x": {"value": 0},
            "y": {"value": height + style.font * 2.4},
            "text": {"field": "t"},
        },
    }


def _name(row: dict[str, Any], category: str, group: str | None) -> str:
    return ", ".join(part for part in (named(row[category]), _group(row, group)) if part)


def _bar_rows(here: Sequence[dict[str, Any]], category: str, value: str, unit: str) -> list[dict[str, Any]]:
    made = []
    for row in here:
        length = number(row, value)
        if length is None:
            continue
        bar = {"v": length, "d": f"{named(row[category])}: {plain(length)} {unit}", "n": named(row[category])}
        if row.get("evidence") is not None:
            bar["a"] = f"#{row['evidence']}"
        made.append(bar | {"row": row})
    return made


def _split_links(bars_: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    halves = [[b for b in bars_ if ("a" in b) is linked] for linked in (False, True)]
    return [half for half in halves if half]


def _columns(
    here: Sequence[dict[str, Any]],
    everything: Sequence[dict[str, Any]],
    category: str,
    value: str,
    unit: str,
    top: float,
    style: Style,
) -> Spec:
    periods = sorted({(row["start"], row["end"], named(row[category])) for row in everything})
    axis = time_axis([(name, start, end) for start, end, name in periods], style.plot, style.font)
    gap = (axis.domain[1] - axis.domain[0]) * 0.0008
    x = {
        "field": "x",
        "type": "temporal",
        "scale": {"type": "utc", "domain": list(axis.domain), "nice": False},
        "axis": {
            "values": list(axis.values),
            "format": axis.format,
            "title": None,
            "grid": False,
            "labelOverlap": True,
        },
    }
    y = {
        "field": "v",
        "type": "quantitative",
        "scale": {"domain": [0, top], "nice": False},
        "axis": {"title": unit, "tickCount": 3, "format": ",~f"},
    }
    layers: list[Spec] = []
    for half in _split_links(_bar_rows(here, category, value, unit)):
        values = [
            {
                "x": milliseconds(bar["row"]["start"]) + gap,
                "x2": milliseconds(bar["row"]["end"]) - gap,
                **{k: v for k, v in bar.items() if k != "row"},
            }
            for bar in half
        ]
        encoding: Spec = {
            "x": x,
            "x2": {"field": "x2"},
            "y": y,
            "y2": {"datum": 0},
            "description": {"field": "d", "type": "nominal"},
        }
        if "a" in half[0]:
            encoding["href"] = {"field": "a", "type": "nominal"}
        layers.append({"data": {"values": values}, "mark": _mark(style), "encoding": encoding})
    return {"width": style.plot, "height": round(style.height * 0.4), "layer": layers or [_empty(style)]}


def _mark(style: Style) -> Spec:
    return {
        "type": "rect",
        "color": style.series[0] if len(set(style.series)) > 1 else "#666666",
        "opacity": 0.85,
    }


def _empty(style: Style) -> Spec:
    return {
        "data": {"values": [{"t": "nothing held"}]},
        "mark": {"type": "text", "fill": style.muted},
        "encoding": {"text": {"field": "t"}},
    }


def _rows(
    here: Sequence[dict[str, Any]],
    everything: Sequence[dict[str, Any]],
    category: str,
    value: str,
    unit: str,
    top: float,
    style: Style,
) -> Spec:
    step = style.font * 1.75
    height = step * len(here)
    width = style.plot * 0.7
    room = style.labels + style.plot * 0.1
    y_scale = {"domain": [0, height], "nice": False, "reverse": True, "zero": False}
    x: Spec = {
        "field": "v",
        "type": "quantitative",
        "scale": {"domain": [0, top], "nice": False},
        "axis": {"title": unit, "tickCount": 4, "grid": False, "format": ",~f"},
    }
    places = {id(row): number_ * step for number_, row in enumerate(here)}
    names = [
        {"y": places[id(row)] + step / 2, "t": wrap(named(row[category]), room, style.font, lines=1)[0]}
        for row in here
    ]
    layers: list[Spec] = [
        {
            "data": {"values": names},
            "mark": {"type": "text", "align": "right", "baseline": "middle", "dx": -style.font * 0.6},
            "encoding": {
                "x": {"value": 0},
                "y": {"field": "y", "type": "quantitative", "scale": y_scale, "axis": None},
                "text": {"field": "t"},
            },
        }
    ]
    for half in _split_links(_bar_rows(here, category, value, unit)):
        values = [
            {
                "y": places[id(bar["row"])] + step * 0.2,
                "y2": places[id(bar["row"])] + step * 0.8,
                "m": places[id(bar["row"])] + step * 0.5,
                "f": plain(bar["v"]),
                **{k: v for k, v in bar.items() if k != "row"},
            }
            for bar in half
        ]
        y = {"field": "y", "type": "quantitative", "scale": y_scale, "axis": None}
        encoding: Spec = {
            "x": x,
            "x2": {"datum": 0},
            "y": y,
            "y2": {"field": "y2"},
            "description": {"field": "d", "type": "nominal"},
        }
        if "a" in half[0]:
            encoding["href"] = {"field": "a", "type": "nominal"}
        layers += [
            {"data": {"values": values}, "mark": _mark(style), "encoding": encoding},
            {
                "data": {"values": values},
                "mark": {
                    "type": "text",
                    "align": "left",
                    "baseline": "middle",
                    "dx": text_width("i", style.font),
                    "aria": False,
                },
                "encoding": {"x": x, "y": y | {"field": "m"}, "text": {"field": "f"}},
            },
        ]
    return {"width": width, "height": height, "layer": layers}
