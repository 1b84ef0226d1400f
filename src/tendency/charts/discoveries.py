"""What was found by looking: a small curve for each, with the stretch that differs."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from tendency.charts.curves import Field, Spec, framed, on_screen_and_print, panels
from tendency.charts.rates import describe, rate_point
from tendency.charts.tables import rows
from tendency.charts.theme import SCREEN, Style

_NEEDED = ("term", "kind", "period", "held_out")
_RATES = ("query", "period", "start", "end", "split", "hits", "per_million", "low", "high")


def discoveries_chart(table: pl.DataFrame, curves: pl.DataFrame, *, title: str, level: float = 0.95) -> Spec:
    """A field for each of the first findings, each with a scale of its own; Vega-Lite, with a print version under ``usermeta``.

    Args:
        table: What was found: term, kind, period and held_out, best first.
        curves: The public table of rates of these terms, by ``query``; terms without one are not drawn.
        title: What is seen.
        level: Coverage of the intervals, from 0 to 1.
    """
    found = {row["term"]: row for row in rows(table, _NEEDED)}
    # In a field so small the upper limits of the many periods without a hit would hide the curve; the marks still name them.
    points = [
        replace(point, low=0.0, high=0.0) if point.value == 0 else point
        for point in (rate_point(row, level) for row in rows(curves, _RATES))
    ]
    held = {point.series for point in points}
    shown = [term for term in found if term in held]
    alt = describe(points, title)

    def build(style: Style) -> Spec:
        columns = 3 if style is SCREEN else 1
        gap = style.font * 5
        small = replace(
            style,
            plot=round((style.plot + style.labels - (columns - 1) * gap) / columns)
            if columns > 1
            else style.plot,
            height=round(style.height * 0.5),
            labels=0,
        )
        views = []
        for number, term in enumerate(shown):
            row = found[term]
            head = " ".join(part for part in (f"{term}: {row['kind']}", row["period"]) if part)
            own = [replace(p, panel=f"{head} ({row['held_out']})") for p in points if p.series == term]
            unit = "per million words" if number % columns == 0 else ""
            views += panels(own, Field(unit), small, labelled=False)
        return framed(views, title, alt, style, columns=columns)

    return on_screen_and_print(build)
