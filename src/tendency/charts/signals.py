"""Two signals: the course of each, one below the other on the same time, and what is said of the documents with both."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from tendency.charts.curves import Field, Point, Spec, framed, on_screen_and_print, panels
from tendency.charts.rates import describe, rate_points
from tendency.charts.tables import named, number, plain
from tendency.charts.theme import Style


def signals_chart(
    courses: pl.DataFrame, table: pl.DataFrame, *, title: str, level: float = 0.95
) -> Spec | None:
    """A field for each of two queries, a curve a split; Vega-Lite, with a print version under ``usermeta``.

    Each field has a scale of its own: what they have in common is when they move.

    Args:
        courses: The public table of rates of both.
        table: first, second, split, with_both, expected, odds_ratio, low, high, verdict.
        title: What is seen.
        level: Coverage of the intervals, from 0 to 1.
    """
    if courses.is_empty() or not table.height:
        return None
    points = rate_points(courses, level, "hits per million words")
    names = [named(table[which][0]) for which in ("first", "second")]
    splits = list(dict.fromkeys(named(one) for one in table["split"]))
    said = [_says(row, alone=len(splits) == 1) for row in table.iter_rows(named=True)]
    alt = " ".join([describe(points, title), *(f"{one}." for one in said)])

    def build(style: Style) -> Spec:
        views: list[Spec] = []
        for place, name in enumerate(names):
            own = [
                _as_split(point, name, several=len(splits) > 1) for point in points if point.series == name
            ]
            field = Field(f"{name}, per million words", share=0.7)
            key = [f"shaded: {level:.0%} interval".replace("%", " %"), *said[:4]] if place else None
            views += panels(own, field, style, key=key, labelled=len(splits) > 1)
        return framed(views, title, alt, style)

    return on_screen_and_print(build)


def _as_split(point: Point, name: str, *, several: bool) -> Point:
    return replace(point, series=point.panel if several and point.panel else name, panel="")


def _says(row: dict[str, object], *, alone: bool) -> str:
    head = "" if alone else f"{named(row['split'])}: "
    if row["verdict"] == "too few":
        return f"{head}too few documents with both to say"
    return (
        f"{head}{row['with_both']:,} documents with both, {plain(number(row, 'expected'))} by chance; odds ratio "
        f"{plain(number(row, 'odds_ratio'))}, {plain(number(row, 'low'))} to {plain(number(row, 'high'))}"
    )
