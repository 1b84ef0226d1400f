"""Holdings: a strip a publication, dark where its issues are held."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from itertools import groupby, pairwise
from typing import Any, Final

import polars as pl

from tendency.charts.curves import Spec, framed, on_screen_and_print
from tendency.charts.layout import TimeAxis, milliseconds, time_axis, wrap
from tendency.charts.tables import named, rows
from tendency.charts.theme import Style

MOST: Final = 60
"""Strips in one chart."""

Run = tuple[dt.date, dt.date, str, int]
_DAY: Final = dt.timedelta(days=1)
# Told apart by height and outline as well as by colour: the parts of a strip's step that each fills.
_HALVES: Final = {"held": 0.32, "known gap": 0.12, "missing": 0.32}
_WORDS: Final = {"held": "held", "known gap": "known to be missing", "missing": "missing"}


def holdings_chart(publications: pl.DataFrame, issues: pl.DataFrame, *, title: str) -> Spec:
    """A strip a publication over time: dark where its issues are held, a thin grey line in a known gap, an outline where missing.

    Args:
        publications: ``publication, expected, held``; each is a strip, in this order; of more than 60 those with the most expected
            issues.
        issues: ``publication, date, status`` (``held``, ``missing``, ``known gap``).
        title: What is seen.
    """
    read = rows(publications, ("publication", "expected", "held"))
    names = list(dict.fromkeys(row["publication"] for row in read))
    counts = {name: (_sum(read, name, "held"), _sum(read, name, "expected")) for name in names}
    fullest = sorted(names, key=lambda name: -counts[name][1])[:MOST]
    shown = [name for name in names if name in fullest]
    strips = _strips(issues.filter(pl.col("publication").is_in(shown) & pl.col("status").is_in(list(_WORDS))))
    first = min(start for runs in strips.values() for start, *_ in runs)
    last = max(end for runs in strips.values() for _, end, *_ in runs)
    held, expected = (sum(part) for part in zip(*counts.values(), strict=True))
    left = (
        f"{len(shown)} of {len(names):,} publications, those with the most issues"
        if len(shown) < len(names)
        else ""
    )
    alt = f"{title.rstrip('.')}. Of {len(names):,} publications {held:,} of {expected:,} expected issues are held. {left}"

    def build(style: Style) -> Spec:
        width = round(style.plot * 0.72)
        # Two single days are all that tells an axis its span.
        axis = time_axis([("", first, first + _DAY), ("", last - _DAY, last)], width, style.font)
        return framed([_view(shown, counts, strips, axis, width, style, left)], title, alt.strip(), style)

    return on_screen_and_print(build)


def _sum(read: Sequence[Mapping[str, Any]], name: str, column: str) -> int:
    return sum(row[column] for row in read if row["publication"] == name)


def _strips(issues: pl.DataFrame) -> dict[str, list[Run]]:
    """For each publication its runs of issues of one kind, each from its first issue to the next run's: first, end, kind, number."""
    strips: dict[str, list[Run]] = {}
    for name, rows_ in groupby(issues.sort("publication", "date").iter_rows(), key=lambda row: row[0]):
        dates, kinds = zip(*((date, kind) for _, date, kind in rows_), strict=True)
        apart = sorted(after - before for before, after in pairwise(dates)) or [_DAY]
        ends = [*dates[1:], dates[-1] + max(apart[len(apart) // 2], _DAY)]
        runs: list[Run] = []
        for kind, members in groupby(zip(dates, ends, kinds, strict=True), key=lambda one: one[2]):
            found = list(members)
            runs.append((found[0][0], found[-1][1], kind, len(found)))
        strips[name] = runs
    return strips


def _view(
    names: Sequence[str],
    counts: Mapping[str, tuple[int, int]],
    strips: Mapping[str, Sequence[Run]],
    axis: TimeAxis,
    width: int,
    style: Style,
    left: str,
) -> Spec:
    step = style.font * 1.6
    height = step * len(names)
    x: Spec = {
        "field": "x",
        "type": "temporal",
        "scale": {"type": "utc", "domain": list(axis.domain), "nice": False},
        "axis": {
            "values": list(axis.values),
            "format": axis.format,
            "title": None,
            "grid": True,
            "labelOverlap": True,
        },
    }
    y: Spec = {
        "field": "y",
        "type": "quantitative",
        "scale": {"domain": [0, height], "nice": False, "reverse": True, "zero": False},
        "axis": None,
    }
    layers = [
        layer for kind in _WORDS if (layer := _runs(kind, names, strips, step, x, y, style)) is not None
    ]
    return {
        "width": width,
        "height": height,
        "layer": [
            *layers,
            *_labels(names, counts, step, width, y, style),
            _key(strips, left, height, width, style),
        ],
    }


def _runs(
    kind: str,
    names: Sequence[str],
    strips: Mapping[str, Sequence[Run]],
    step: float,
    x: Spec,
    y: Spec,
    style: Style,
) -> Spec | None:
    half = step * _HALVES[kind]
    values = [
        {
            "x": milliseconds(start),
            "x2": milliseconds(end),
            "y": (place + 0.5) * step - half,
            "y2": (place + 0.5) * step + half,
            "d": f"{named(name)}: {count:,} {'issue' if count == 1 else 'issues'} {_WORDS[kind]}, from {start} to {end - _DAY}",
        }
        for place, name in enumerate(names)
        for start, end, own, count in strips[name]
        if own == kind
    ]
    if not values:
        return None
    dark = style.series[0]
    mark: Spec = {"type": "rect", "color": dark if kind == "held" else style.muted}
    if kind == "missing":
        mark = {"type": "rect", "fill": style.paper, "stroke": style.muted, "strokeWidth": style.line * 0.4}
    return {
        "data": {"values": values},
        "mark": mark,
        "encoding": {
            "x": x,
            "x2": {"field": "x2"},
            "y": y,
            "y2": {"field": "y2"},
            "description": {"field": "d", "type": "nominal"},
        },
    }


def _labels(
    names: Sequence[str],
    counts: Mapping[str, tuple[int, int]],
    step: float,
    width: int,
    y: Spec,
    style: Style,
) -> list[Spec]:
    """Each publication's name before its strip, and what is held of it behind."""
    room = style.labels * 0.95
    before = [
        {"y": (place + 0.5) * step, "t": wrap(named(name), room, style.font, lines=1)[0]}
        for place, name in enumerate(names)
    ]
    behind = [
        {"y": (place + 0.5) * step, "t": f"{counts[name][0]:,} of {counts[name][1]:,}"}
        for place, name in enumerate(names)
    ]
    return [
        {
            "data": {"values": values},
            "mark": {"type": "text", "align": align, "baseline": "middle", "dx": shift * style.font * 0.6},
            "encoding": {"x": {"value": place}, "y": y, "text": {"field": "t"}},
        }
        for values, align, shift, place in ((before, "right", -1, 0), (behind, "left", 1, width))
    ]


def _key(strips: Mapping[str, Sequence[Run]], left: str, height: float, width: int, style: Style) -> Spec:
    """How to read the strips, below the axis."""
    there = {kind for runs in strips.values() for *_, kind, _ in runs}
    says = {
        "held": "filled: held",
        "missing": "outline: missing",
        "known gap": "thin line: known to be missing",
    }
    entries = [text for kind, text in says.items() if kind in there] + ([left] if left else [])
    size = style.font * 0.92
    return {
        "data": {"values": [{"t": "\n".join(wrap("  ·  ".join(entries), width, size, lines=4))}]},
        "mark": {
            "type": "text",
            "align": "left",
            "baseline": "line-top",
            "lineBreak": "\n",
            "lineHeight": size * 1.25,
            "fontSize": size,
            "fill": style.muted,
        },
        "encoding": {"x": {"value": 0}, "y": {"value": height + style.font * 2.4}, "text": {"field": "t"}},
    }
