"""Trends: the rates as they are, and the line through them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import polars as pl

from tendency.charts.curves import Event, Field, Point, Spec, arranged, framed, on_screen_and_print, panels
from tendency.charts.rates import describe, rate_points
from tendency.charts.tables import named, plain
from tendency.charts.theme import Style


def trend_chart(
    table: pl.DataFrame,
    lines: pl.DataFrame,
    *,
    title: str,
    events: Sequence[Event] = (),
    level: float = 0.95,
    unit: str = "hits per million words",
) -> Spec:
    """A mark with its interval for each period, and for each query and split the line through its marks.

    Args:
        table: The public table of rates, as for ``rates_chart``.
        lines: The line: query, split, period, start, end, per_million; a query without one is drawn without.
        title: What is seen.
        events: Drawn as dashed rules with their names.
        level: Coverage of the interval, from 0 to 1.
        unit: What the vertical axis counts.
    """
    points = rate_points(table, level, unit)
    fitted = _fitted(lines, unit, split=table["split"].n_unique() > 1)
    placed, alone = arranged([*points, *fitted])
    marks = placed[: len(points)]
    through = [list(run) for _, run in groupby(placed[len(points) :], key=lambda p: (p.series, p.panel))]
    key = [f"shaded: {level:.0%} interval".replace("%", " %"), "line: the trend over the whole span"]
    alt = " ".join([describe(points, title), *_slopes(fitted)])

    def build(style: Style) -> Spec:
        many = len({p.panel for p in marks}) > 1
        views = panels(
            marks,
            Field(unit, share=0.62 if many else 1.0),
            style,
            events=events,
            key=key if through else key[:1],
            labelled=not alone,
            fitted=through,
        )
        return framed(views, title, alt, style)

    return on_screen_and_print(build)


def _fitted(lines: pl.DataFrame, unit: str, *, split: bool) -> list[Point]:
    return [
        Point(
            series=named(row["query"]),
            panel=named(row["split"]) if split else "",
            period=named(row["period"]),
            start=row["start"],
            end=row["end"],
            value=row["per_million"],
            low=None,
            high=None,
            held=True,
            few=False,
            says=f"trend: {plain(row['per_million'])} {unit}",
            anchor=None,
        )
        for row in lines.to_dicts()
    ]


def _slopes(fitted: Sequence[Point]) -> list[str]:
    """The line of each curve in a sentence."""
    said = []
    for series, panel in dict.fromkeys((p.series, p.panel) for p in fitted):
        curve = [p for p in fitted if (p.series, p.panel) == (series, panel)]
        name = ", ".join(part for part in (series, panel) if part)
        said.append(
            f"The line through {name} goes from {plain(curve[0].value)} in {curve[0].period} to "
            f"{plain(curve[-1].value)} in {curve[-1].period}."
        )
    return said
