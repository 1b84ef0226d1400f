"""The company that words keep: ratios with their intervals, and two parts joined by lines."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

import polars as pl

from tendency.charts.curves import Spec, framed, log_extent, on_screen_and_print
from tendency.charts.layout import spread, text_width, wrap
from tendency.charts.tables import number, plain, rows
from tendency.charts.theme import Style

MOST_BARS: Final = 30
MOST_LINES: Final = 20
_NEEDED: Final = ("word", "near", "documents", "ratio", "low", "high", "too_few")
_CHANGED: Final = ("word", "verdict", "ratio_before", "ratio_after", "near_before", "near_after")
_UNIT: Final = "times as often near as elsewhere in the same documents"
_LABELS: Final = "datum.value < 1 ? '1/' + format(1 / datum.value, ',d') : format(datum.value, ',d')"


def collocates_chart(table: pl.DataFrame, *, title: str, level: float = 0.95) -> Spec:
    """A bar of the ratio from 1 for each of the first words, with its interval; Vega-Lite, with a print version under ``usermeta``.

    Args:
        table: Collocates, best first: word, near, documents, ratio, low, high, too_few.
        title: What is seen.
        level: Coverage of the intervals, from 0 to 1.
    """
    read = rows(table, _NEEDED)[:MOST_BARS]
    alt = " ".join([f"{title.rstrip('.')}.", *(f"{_says(row, level)}." for row in read[:24])])

    def build(style: Style) -> Spec:
        return framed([_bars(read, level, style)], title, alt, style)

    return on_screen_and_print(build)


def _says(row: dict[str, Any], level: float) -> str:
    ratio = number(row, "ratio")
    times = "nowhere else" if ratio is None else f"{plain(ratio)} times as often as elsewhere"
    interval = f"{level:.0%} interval".replace("%", " %")
    low, high = number(row, "low"), number(row, "high")
    bounds = (
        "" if low is None else f", {interval} {plain(low)} to {'any number' if high is None else plain(high)}"
    )
    few = "; too few to rely on" if row["too_few"] else ""
    return f"{row['word']}: {times}{bounds}; {row['near']:,} in {row['documents']:,} documents{few}"


def _scale(low: float, high: float) -> Spec:
    return {"type": "log", "base": 2, "domain": [low, high], "nice": False}


def _bars(read: Sequence[dict[str, Any]], level: float, style: Style) -> Spec:
    step = style.font * 1.7
    height, width = step * len(read), style.plot * 0.66
    finite = [v for row in read for name in ("low", "ratio", "high") if (v := number(row, name))]
    low, high, ticks = log_extent([1.0, *finite])

    def bounded(value: float | None) -> float:
        return high if value is None else float(f"{max(low, min(high, value)):.6g}")

    unit = wrap(_UNIT, width * 1.3, style.font)
    x: Spec = {
        "field": "x",
        "type": "quantitative",
        "scale": _scale(low, high),
        "axis": {"values": list(ticks), "title": unit, "labelExpr": _LABELS},
    }
    y: Spec = {
        "field": "y",
        "type": "quantitative",
        "scale": {"domain": [0, height], "nice": False, "reverse": True, "zero": False},
        "axis": None,
    }
    bars, whiskers, names, counts = [], [], [], []
    room = style.labels + style.plot * 0.1
    for place, row in enumerate(read):
        middle, ratio = step * (place + 0.5), number(row, "ratio")
        bars.append(
            {
                "y": middle - step * 0.28,
                "y2": middle + step * 0.28,
                "x": bounded(ratio),
                "d": _says(row, level),
                "o": 0.3 if row["too_few"] else 0.75,
            }
        )
        lower, upper = number(row, "low"), number(row, "high")
        if lower is not None:
            whiskers.append({"y": middle, "x": bounded(lower), "x2": bounded(upper)})
        names.append({"y": middle, "t": wrap(row["word"], room, style.font, lines=1)[0]})
        counts.append({"y": middle, "t": f"{row['near']:,} / {row['documents']:,}"})
    colour = style.series[0] if len(set(style.series)) > 1 else "#777777"
    said = f"bar: from 1, as often as elsewhere; line: {level:.0%} interval".replace("%", " %")
    said += "; right: occurrences near / documents"
    if any(row["too_few"] for row in read):
        said += "; pale: too few to rely on"
    lines = wrap(said, room + width + text_width("00,000 / 0,000", style.font), style.font, lines=3)
    column = width + text_width("00,000 / 0,000", style.font)
    layers: list[Spec] = [
        {
            "data": {"values": bars},
            "mark": {"type": "rect", "color": colour},
            "encoding": {
                "x": x,
                "x2": {"datum": 1},
                "y": y,
                "y2": {"field": "y2"},
                "opacity": {"field": "o", "type": "quantitative", "scale": None},
                "description": {"field": "d", "type": "nominal"},
            },
        },
        {
            "data": {"values": whiskers},
            "mark": {"type": "rule", "color": style.ink, "strokeWidth": style.line * 0.7, "aria": False},
            "encoding": {"x": x, "x2": {"field": "x2"}, "y": y},
        },
        _text(names, y, -style.font * 0.6, align="right"),
        _text(counts, y, column, align="right", fill=style.muted),
        _text(
            [{"y": height + style.font * (3.2 + 1.2 * len(unit)), "t": "\n".join(lines)}],
            y,
            -room,
            align="left",
            baseline="line-top",
            lineBreak="\n",
            lineHeight=style.font * 1.25,
            fill=style.muted,
        ),
    ]
    return {"width": width, "height": height, "layer": layers}


def _text(values: list[dict[str, Any]], y: Spec, x: float, **mark: Any) -> Spec:
    return {
        "data": {"values": values},
        "mark": {"type": "text", "baseline": "middle", "aria": False, **mark},
        "encoding": {"x": {"value": x}, "y": y, "text": {"field": "t"}},
    }


def changes_chart(table: pl.DataFrame, names: tuple[str, str], *, title: str) -> Spec:
    """A line from the earlier ratio to the later one for each of the first words, names pushed apart at both ends.

    Args:
        table: Collocates of two parts: word, verdict, ratio_before, ratio_after, near_before, near_after.
        names: The two parts.
        title: What is seen.
    """
    read = rows(table, _CHANGED)[:MOST_LINES]
    alt = " ".join([f"{title.rstrip('.')}.", *(f"{_moved(row, names)}." for row in read)])

    def build(style: Style) -> Spec:
        return framed([_slopes(read, names, style)], title, alt, style)

    return on_screen_and_print(build)


def _moved(row: dict[str, Any], names: tuple[str, str]) -> str:
    sides = [
        f"{plain(number(row, f'ratio_{when}'))} times as often near as elsewhere ({row[f'near_{when}']:,} near) in {name}"
        for when, name in zip(("before", "after"), names, strict=True)
    ]
    return f"{row['word']} {row['verdict']}: {sides[0]}, {sides[1]}"


def _slopes(read: Sequence[dict[str, Any]], names: tuple[str, str], style: Style) -> Spec:
    line = style.font * 1.25
    height = max(style.height * 1.1, line * (len(read) + 1))
    width = style.plot * 0.4
    finite = [v for row in read for when in ("before", "after") if (v := number(row, f"ratio_{when}"))]
    low, high, ticks = log_extent([1.0, *finite])

    def place(row: dict[str, Any], when: str) -> float:
        """Where it stands, from the top: with nothing near at the bottom, with nothing elsewhere at the top."""
        ratio = number(row, f"ratio_{when}")
        if not row[f"near_{when}"]:
            return height
        if ratio is None:
            return 0.0
        share = math.log(max(low, min(high, ratio)) / low) / math.log(high / low)
        return round(height * (1 - share), 2)

    screen = len(set(style.series)) > 1
    colours = {
        **dict.fromkeys(("came", "closer"), style.series[0]),
        **dict.fromkeys(("went", "looser"), style.series[1]),
    }
    dashes = {"came": [1, 0], "closer": [1, 0], "went": [6, 2], "looser": [6, 2]}
    y: Spec = {
        "field": "y",
        "type": "quantitative",
        "scale": {"domain": [0, height], "nice": False, "reverse": True, "zero": False},
        "axis": None,
    }
    layers: list[Spec] = []
    ends = {when: [place(row, when) for row in read] for when in ("before", "after")}
    for number_, row in enumerate(read):
        firm = row["verdict"] in colours
        colour = colours.get(row["verdict"], style.muted)
        values = [
            {"x": x, "y": ends[when][number_], "d": _moved(row, names)}
            for x, when in ((0, "before"), (width, "after"))
        ]
        x: Spec = {
            "field": "x",
            "type": "quantitative",
            "scale": {"domain": [0, width], "nice": False},
            "axis": None,
        }
        encoding = {"x": x, "y": y, "description": {"field": "d", "type": "nominal"}}
        mark = {
            "color": colour,
            "strokeWidth": style.line * (1.0 if firm else 0.5),
            "opacity": 1.0 if firm else 0.55,
        }
        if not screen:
            mark["strokeDash"] = dashes.get(row["verdict"], [2, 2])
        layers.append(
            {
                "data": {"values": values},
                "mark": {"type": "line", "aria": False, **mark},
                "encoding": encoding,
            }
        )
        point = {"type": "point", "filled": True, "size": style.point * 0.7, "color": colour, "opacity": 1}
        layers.append({"data": {"values": values}, "mark": point, "encoding": encoding})
    room = style.labels
    for when, side, align in (("before", -1, "right"), ("after", 1, "left")):
        centres = spread(ends[when], [line] * len(read), -line / 2, height + line / 2)
        edge = 0.0 if side < 0 else width
        labels = [
            {
                "y": centre,
                "t": wrap(row["word"], room, style.font, lines=1)[0],
                "c": colours.get(row["verdict"], style.muted),
            }
            for row, centre in zip(read, centres, strict=True)
        ]
        leads = [
            {
                "x": edge + side * style.font * 0.4,
                "x2": edge + side * style.font * 1.5,
                "y": end,
                "y2": centre,
            }
            for end, centre in zip(ends[when], centres, strict=True)
        ]
        pixels = {"domain": [0, width], "nice": False}
        layers.append(
            {
                "data": {"values": leads},
                "mark": {
                    "type": "rule",
                    "color": style.faint,
                    "strokeWidth": style.line * 0.5,
                    "aria": False,
                },
                "encoding": {
                    "x": {"field": "x", "type": "quantitative", "scale": pixels, "axis": None},
                    "x2": {"field": "x2"},
                    "y": y,
                    "y2": {"field": "y2"},
                },
            }
        )
        layers.append(
            {
                "data": {"values": labels},
                "mark": {"type": "text", "baseline": "middle", "align": align, "aria": False},
                "encoding": {
                    "x": {"value": edge + side * style.font * 1.7},
                    "y": y,
                    "text": {"field": "t"},
                    "color": {"field": "c", "type": "nominal", "scale": None},
                },
            }
        )
        layers.append(
            _text(
                [
                    {
                        "y": -line * 1.8,
                        "t": wrap(names[0 if side < 0 else 1], room + width / 2, style.font, lines=1)[0],
                    }
                ],
                y,
                edge,
                align=align,
                fontWeight="bold",
            )
        )
    return {
        "width": width,
        "height": height,
        "layer": [*layers, _key(read, (low, high, ticks), height, style)],
    }


def _key(
    read: Sequence[dict[str, Any]], extent: tuple[float, float, Sequence[float]], height: float, style: Style
) -> Spec:
    low, high, _ = extent
    screen = len(set(style.series)) > 1
    told = (
        "blue: came or closer, orange: went or looser, grey: not shown to change"
        if screen
        else "solid: came or closer, dashed: went or looser, dotted: not shown to change"
    )
    said = f"height: {_UNIT}, from {plain(low)} at the bottom to {plain(high)} at the top, on a logarithmic scale; {told}"
    if any(not row["near_before"] or not row["near_after"] for row in read):
        said += "; at the bottom edge: never near"
    y: Spec = {
        "field": "y",
        "type": "quantitative",
        "scale": {"domain": [0, height], "nice": False, "reverse": True, "zero": False},
        "axis": None,
    }
    room = style.plot * 0.4 + 2 * style.labels
    return _text(
        [{"y": height + style.font * 1.6, "t": "\n".join(wrap(said, room, style.font, lines=6))}],
        y,
        -style.labels,
        align="left",
        baseline="line-top",
        lineBreak="\n",
        lineHeight=style.font * 1.25,
        fill=style.muted,
    )
