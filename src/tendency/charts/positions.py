"""Texts on a scale with their intervals, and the words that carry it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import polars as pl

from tendency.charts.curves import Spec, framed, on_screen_and_print
from tendency.charts.layout import spread, text_width, wrap
from tendency.charts.tables import named, number, plain, rows
from tendency.charts.theme import Style

_NEEDED = ("name", "position", "low", "high")
_SHOWN = 40
_LABELLED = 24


def positions_chart(table: pl.DataFrame, words: pl.DataFrame, *, title: str, level: float = 0.95) -> Spec:
    """Dots with intervals, a text a line, and below them the words by frequency and weight.

    Args:
        table: name, position, low, high; rows without a position are left out, and of many those in the middle.
        words: word, weight, carried, hits.
        title: What is seen.
        level: Of the intervals, from 0 to 1.
    """
    read = [row for row in rows(table, _NEEDED) if number(row, "position") is not None]
    shown = read if len(read) <= _SHOWN else [*read[: _SHOWN // 2], *read[-_SHOWN // 2 :]]
    left_out = len(read) - len(shown)
    carried = words.to_dicts()
    alt = (
        f"{title.rstrip('.')}. {len(read)} texts from {named(read[0]['name'])} ({plain(read[0]['position'])}) "
        f"to {named(read[-1]['name'])} ({plain(read[-1]['position'])})."
    )

    def build(style: Style) -> Spec:
        views = [_texts(shown, left_out, level, style)]
        if carried:
            views.append(_words(carried, style))
        return framed(views, title, alt, style)

    return on_screen_and_print(build)


def _texts(shown: Sequence[dict[str, Any]], left_out: int, level: float, style: Style) -> Spec:
    step = style.font * 1.5
    values: list[dict[str, Any]] = []
    for at, row in enumerate(shown):
        line = at if not left_out or at < _SHOWN // 2 else at + 1
        position, low, high = (number(row, name) for name in ("position", "low", "high"))
        between = f", {100 * level:g} % interval {plain(low)} to {plain(high)}" if low is not None else ""
        values.append(
            {
                "x": position,
                "l": position if low is None else low,
                "h": position if high is None else high,
                "y": (line + 0.5) * step,
                "o": low is None,
                "t": wrap(named(row["name"]), style.labels, style.font, lines=1)[0],
                "d": f"{named(row['name'])}: {plain(position)}{between}",
            }
        )
    ends = [value for row in values for value in (row["l"], row["h"])]
    room = (max(ends) - min(ends) or 1.0) * 0.03
    x: Spec = {
        "field": "x",
        "type": "quantitative",
        "scale": {"domain": [min(ends) - room, max(ends) + room], "nice": False, "zero": False},
        "axis": {
            "title": f"position, with {100 * level:g} % intervals (hollow: none known)"
            if any(row["o"] for row in values)
            else f"position, with {100 * level:g} % intervals",
            "tickCount": 6,
            "grid": False,
        },
    }
    height = step * (len(shown) + (1 if left_out else 0))
    y = {
        "field": "y",
        "type": "quantitative",
        "scale": {"domain": [0, height], "nice": False, "reverse": True, "zero": False},
        "axis": None,
    }
    layers: list[Spec] = [
        {
            "data": {"values": values},
            "mark": {"type": "rule", "color": style.series[0], "strokeWidth": style.line},
            "encoding": {"x": x | {"field": "l"}, "x2": {"field": "h"}, "y": y},
        },
        *(
            _dots(half, x, y, style, filled=filled)
            for filled in (True, False)
            if (half := [v for v in values if v["o"] is not filled])
        ),
        {
            "data": {"values": values},
            "mark": {
                "type": "text",
                "align": "left",
                "baseline": "middle",
                "dx": style.font * 0.5,
                "aria": False,
            },
            "encoding": {"x": {"value": style.plot}, "y": y, "text": {"field": "t"}},
        },
    ]
    if left_out:
        layers.append(
            {
                "data": {"values": [{"y": height / 2, "t": f"{left_out:,} in the middle are not drawn"}]},
                "mark": {"type": "text", "align": "left", "baseline": "middle", "fill": style.muted},
                "encoding": {"x": {"value": 0}, "y": y, "text": {"field": "t"}},
            }
        )
    return {"width": style.plot, "height": height, "layer": layers}


def _dots(values: Sequence[dict[str, Any]], x: Spec, y: Spec, style: Style, *, filled: bool) -> Spec:
    """The positions; hollow where nothing is known of their error."""
    return {
        "data": {"values": list(values)},
        "mark": {
            "type": "point",
            "filled": filled,
            "color": style.series[0],
            "opacity": 1,
            "size": style.point,
            "strokeWidth": style.line * 0.7,
        },
        "encoding": {"x": x, "y": y, "description": {"field": "d", "type": "nominal"}},
    }


def _words(carried: Sequence[dict[str, Any]], style: Style) -> Spec:
    """A dot a word; those that carry most are named, half on either side, labels pushed apart."""
    height = round(style.height * 1.3)
    dots: list[dict[str, Any]] = [
        {
            "x": one["weight"],
            "y": math.log10(max(one["hits"], 1)),
            "d": f"{one['word']}: {plain(one['weight'])}, {one['hits']:,} hits",
        }
        for one in carried
    ]
    low, high = min(dot["x"] for dot in dots), max(dot["x"] for dot in dots)
    bottom, top = min(dot["y"] for dot in dots), max(dot["y"] for dot in dots)
    room = style.font * 1.25
    order = sorted(range(len(carried)), key=lambda at: (-abs(carried[at]["carried"]), carried[at]["word"]))
    most = min(_LABELLED, int(2 * height / room))
    sides: dict[int, list[int]] = {-1: [], 1: []}
    for at in order:
        side = 1 if carried[at]["carried"] > 0 else -1
        if len(sides[side]) < most // 2:
            sides[side].append(at)
    longest = max(
        (text_width(carried[at]["word"], style.font) for side in sides.values() for at in side), default=0.0
    )
    total = style.plot + style.labels
    plot = max(total - 2 * (longest + style.font * 2), total * 0.3)
    span = (high - low or 1.0) * 0.02
    x = {
        "field": "x",
        "type": "quantitative",
        "scale": {
            "domain": [low - span, high + span],
            "nice": False,
            "zero": False,
            "range": [(total - plot) / 2, (total + plot) / 2],
        },
        "axis": {"title": "weight of a word: to the left, to the right", "tickCount": 5, "grid": False},
    }
    y: Spec = {
        "field": "y",
        "type": "quantitative",
        "scale": {"domain": [bottom - 0.1, top + 0.1], "nice": False, "zero": False},
        "axis": {
            "title": "hits",
            "grid": False,
            "tickCount": 4,
            "labelExpr": "format(pow(10, datum.value), ',.0f')",
        },
    }
    layers: list[Spec] = [
        {
            "data": {"values": dots},
            "mark": {
                "type": "point",
                "filled": True,
                "color": style.muted,
                "opacity": 0.4,
                "size": style.point * 0.3,
            },
            "encoding": {"x": x, "y": y, "description": {"field": "d", "type": "nominal"}},
        }
    ]
    scale = height / (top - bottom + 0.2)
    for side, own in sides.items():
        places = spread([(top + 0.1 - dots[at]["y"]) * scale for at in own], [room] * len(own), 0, height)
        labels = [
            {
                "x": dots[at]["x"],
                "y": dots[at]["y"],
                "y2": top + 0.1 - place / scale,
                "t": carried[at]["word"],
            }
            for at, place in zip(own, places, strict=True)
        ]
        if not labels:
            continue
        colour, edge = style.series[0 if side < 0 else 1], (total + side * (plot + style.font)) / 2
        layers += [
            {
                "data": {"values": labels},
                "mark": {"type": "rule", "color": style.faint, "strokeWidth": style.line / 2.5},
                "encoding": {"x": x, "x2": {"value": edge}, "y": y, "y2": {"field": "y2"}},
            },
            {
                "data": {"values": labels},
                "mark": {
                    "type": "point",
                    "filled": True,
                    "color": colour,
                    "opacity": 1,
                    "size": style.point * 0.5,
                },
                "encoding": {"x": x, "y": y},
            },
            {
                "data": {"values": labels},
                "mark": {
                    "type": "text",
                    "align": "right" if side < 0 else "left",
                    "baseline": "middle",
                    "dx": side * style.font * 0.3,
                    "fill": colour,
                    "aria": False,
                },
                "encoding": {"x": {"value": edge}, "y": y | {"field": "y2"}, "text": {"field": "t"}},
            },
        ]
    return {"width": total, "height": height, "layer": layers}
