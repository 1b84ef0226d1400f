"""Where a word that may have changed its meaning stands among comparable words, and which contexts came and went."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from tendency.charts.curves import Spec, framed, on_screen_and_print
from tendency.charts.layout import text_width, wrap
from tendency.charts.tables import named, number, plain, rows
from tendency.charts.theme import Style

_NEEDED = ("query", "before", "after", "distance", "expected", "percentile", "verdict")
_BINS = 60


def shift_chart(table: pl.DataFrame, controls: pl.DataFrame, contexts: pl.DataFrame, *, title: str) -> Spec:
    """For each query a dot a comparable word, the query's own dot with its name, and bars of the contexts that came and went.

    Queries without a distance are left out.

    Args:
        table: query, before, after, distance, expected, percentile, verdict.
        controls: query, word, distance, expected.
        contexts: query, change, context, contribution, uses_before, uses_after, share_before, share_after.
        title: What is seen.
    """
    read = [row for row in rows(table, _NEEDED) if number(row, "distance") is not None]
    others, beside = controls.to_dicts(), contexts.to_dicts()
    said = [_says(row) for row in read]
    alt = " ".join([f"{title.rstrip('.')}.", *said])

    def build(style: Style) -> Spec:
        views = []
        for row in read:
            own = [one for one in others if one["query"] == row["query"]]
            views.append(_standing(row, own, style))
            listed = [one for one in beside if one["query"] == row["query"]]
            if listed:
                views.append(_bars(row, listed, style))
        return framed(views, title, alt, style)

    return on_screen_and_print(build)


def _moved(row: dict[str, Any]) -> float:
    return (number(row, "distance") or 0.0) - (number(row, "expected") or 0.0)


def _says(row: dict[str, Any]) -> str:
    share = number(row, "percentile")
    standing = "" if share is None else f", more than {int(100 * share)} % of comparable words"
    return f"{named(row['query'])} moved by {plain(_moved(row))} beyond chance{standing}: {row['verdict']}."


def _standing(row: dict[str, Any], others: Sequence[dict[str, Any]], style: Style) -> Spec:
    """The dots, piled up where they are many."""
    own, held = _moved(row), [(_moved(one), one["word"]) for one in others]
    low, high = min([own, 0.0, *(value for value, _ in held)]), max([own, *(value for value, _ in held)])
    room = (high - low or 1.0) * 0.05
    low, high = low - room, high + room
    piles: dict[int, int] = {}
    dots = []
    for value, word in sorted(held):
        place = int((value - low) / (high - low) * _BINS)
        piles[place] = piles.get(place, 0) + 1
        dots.append({"x": value, "y": piles[place], "d": f"{word}: {plain(value)}"})
    top = max([6, *piles.values()]) * 1.35
    x = {
        "field": "x",
        "type": "quantitative",
        "scale": {"domain": [low, high], "nice": False, "zero": False},
        "axis": {"title": "distance between the two spans beyond chance", "tickCount": 5, "grid": False},
    }
    y = {"field": "y", "type": "quantitative", "scale": {"domain": [0, top]}, "axis": None}
    right = own > (low + high) / 2
    name = wrap(named(row["query"]), style.plot * 0.6, style.font, lines=1)[0]
    target = [{"x": own, "y": top * 0.9, "t": name, "d": _says(row), "z": 0}]
    colour = style.series[1]
    layers: list[Spec] = [
        {
            "data": {"values": target},
            "mark": {"type": "rule", "color": colour, "strokeWidth": style.line / 2},
            "encoding": {"x": x, "y": y, "y2": {"field": "z"}},
        },
        {
            "data": {"values": dots},
            "mark": {
                "type": "point",
                "filled": True,
                "color": style.muted,
                "opacity": 0.55,
                "size": style.point * 0.4,
            },
            "encoding": {"x": x, "y": y, "description": {"field": "d", "type": "nominal"}},
        },
        {
            "data": {"values": target},
            "mark": {
                "type": "point",
                "filled": True,
                "color": colour,
                "opacity": 1,
                "size": style.point * 1.6,
            },
            "encoding": {"x": x, "y": y, "description": {"field": "d", "type": "nominal"}},
        },
        {
            "data": {"values": target},
            "mark": {
                "type": "text",
                "align": "right" if right else "left",
                "baseline": "middle",
                "dx": style.font * (-0.7 if right else 0.7),
                "fontWeight": "bold",
                "aria": False,
            },
            "encoding": {"x": x, "y": y, "text": {"field": "t"}},
        },
        {
            "data": {"values": [{"t": f"grey: {len(held):,} comparable words"}]},
            "mark": {"type": "text", "align": "right", "baseline": "bottom", "fill": style.muted},
            "encoding": {
                "x": {"value": style.plot + style.labels},
                "y": {"value": 0},
                "text": {"field": "t"},
            },
        },
    ]
    return {"width": style.plot + style.labels, "height": round(style.height * 0.55), "layer": layers}


def _bars(row: dict[str, Any], listed: Sequence[dict[str, Any]], style: Style) -> Spec:
    """What went to the left and what came to the right, the largest first."""
    step = style.font * 1.5
    width = style.plot + style.labels
    longest = max(abs(one["contribution"]) for one in listed)
    sides = {"went": -1, "came": 1}
    bars, texts, places = [], [], dict.fromkeys(sides, 0)
    room = max(text_width(_named(one), style.font) for one in listed) / (width / 2)
    limit = longest / max(1 - min(room, 0.75), 0.25)
    for one in listed:
        sign = sides[one["change"]]
        middle = (places[one["change"]] + 1.5) * step
        places[one["change"]] += 1
        value = sign * abs(one["contribution"])
        says = f"{one['context']} {one['change']}: {one['uses_before']:,} uses in {row['before']}, {one['uses_after']:,} in {row['after']}"
        bars.append(
            {"x": value, "y": middle - step * 0.32, "y2": middle + step * 0.32, "d": says, "c": one["change"]}
        )
        texts.append({"x": value, "y": middle, "t": _named(one), "s": sign})
    heads = [
        {"x": 0, "y": step * 0.5, "t": f"went, {row['before']}", "s": -1},
        {"x": 0, "y": step * 0.5, "t": f"came, {row['after']}", "s": 1},
    ]
    height = (max(places.values()) + 1) * step
    x = {
        "field": "x",
        "type": "quantitative",
        "scale": {"domain": [-limit, limit], "nice": False},
        "axis": None,
    }
    y = {
        "field": "y",
        "type": "quantitative",
        "scale": {"domain": [0, height], "nice": False, "reverse": True, "zero": False},
        "axis": None,
    }
    colours = {"went": style.series[0], "came": style.series[1]}
    layers: list[Spec] = [
        {
            "data": {"values": [bar for bar in bars if bar["c"] == change]},
            "mark": {
                "type": "rect",
                "color": colours[change] if len(set(style.series)) > 1 else "#666666",
                "opacity": 0.85,
            },
            "encoding": {
                "x": x,
                "x2": {"datum": 0},
                "y": y,
                "y2": {"field": "y2"},
                "description": {"field": "d", "type": "nominal"},
            },
        }
        for change in sides
        if places[change]
    ]
    for values, weight in ((texts, "normal"), (heads, "bold")):
        for sign, align in ((-1, "right"), (1, "left")):
            own = [text for text in values if text["s"] == sign]
            if own:
                layers.append(
                    {
                        "data": {"values": own},
                        "mark": {
                            "type": "text",
                            "align": align,
                            "baseline": "middle",
                            "dx": sign * style.font * 0.4,
                            "fontWeight": weight,
                            "aria": False,
                        },
                        "encoding": {"x": x, "y": y, "text": {"field": "t"}},
                    }
                )
    return {"width": width, "height": height, "layer": layers}


def _named(one: dict[str, Any]) -> str:
    return f"{one['context']} ({100 * one['share_before']:.1f} → {100 * one['share_after']:.1f} %)"
