"""Forecasts: the curve so far, and after it the fan of what may come."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from tendency.charts.curves import Event, Field, Point, Spec, arranged, framed, on_screen_and_print, panels
from tendency.charts.rates import describe, rate_points
from tendency.charts.tables import named, number, plain
from tendency.charts.theme import Style

_SHOWN = 60
"""Of a longer curve only so many of the last periods are drawn, or the fan would be a line."""


def forecast_chart(
    table: pl.DataFrame,
    forecasts: pl.DataFrame,
    *,
    title: str,
    events: Sequence[Event] = (),
    level: float = 0.9,
    unit: str = "hits per million words",
) -> Spec:
    """A curve for each query and split, and after a rule its forecast, each with its interval.

    Args:
        table: The public table of rates so far, as for ``rates_chart``.
        forecasts: query, split, period, start, end, per_million, low, high; rows without a figure are not drawn.
        title: What is seen.
        events: Drawn as dashed rules with their names.
        level: Coverage of the intervals, from 0 to 1.
        unit: What the vertical axis counts.
    """
    starts = sorted(table["start"].unique().to_list())[-_SHOWN:]
    shown = table.filter(pl.col("start") >= starts[0]) if starts else table
    points = rate_points(shown, level, unit)
    fan = _fan(forecasts, level, unit, split=table["split"].n_unique() > 1)
    placed, alone = arranged([*points, *fan])
    key = [f"shaded: {level:.0%} interval".replace("%", " %")]
    rules = list(events)
    if fan:
        rules.append(Event("forecast", min(point.start for point in fan)))
        key.append("after the rule: forecast (middle and interval)")
    if shown.height < table.height:
        key.append(f"earlier periods than {points[0].period} are not drawn")
    alt = " ".join([describe(points, title), *(f"Forecast: {point.says}." for point in fan)])

    def build(style: Style) -> Spec:
        many = len({p.panel for p in placed}) > 1
        views = panels(
            placed, Field(unit, share=0.62 if many else 1.0), style, events=rules, key=key, labelled=not alone
        )
        return framed(views, title, alt, style)

    return on_screen_and_print(build)


def _fan(forecasts: pl.DataFrame, level: float, unit: str, *, split: bool) -> list[Point]:
    points = []
    for row in forecasts.drop_nulls("per_million").to_dicts():
        query, panel = named(row["query"]), named(row["split"]) if split else ""
        value, low, high = (number(row, name) for name in ("per_million", "low", "high"))
        head = ", ".join(part for part in (query, panel, named(row["period"])) if part)
        interval = f"{level:.0%} interval".replace("%", " %")
        says = f"{head}: {plain(value)} {unit} forecast, {interval} {plain(low)} to {plain(high)}"
        points.append(
            Point(
                series=query,
                panel=panel,
                period=named(row["period"]),
                start=row["start"],
                end=row["end"],
                value=value,
                low=low,
                high=high,
                held=True,
                few=False,
                says=says,
                anchor=None,
            )
        )
    return points
