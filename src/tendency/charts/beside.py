"""A rate and an outside series below each other, on the same axis of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from tendency.charts.curves import Event, Field, Point, Spec, framed, on_screen_and_print, panels
from tendency.charts.rates import describe, rate_points
from tendency.charts.tables import plain
from tendency.charts.theme import Style


def beside_chart(
    table: pl.DataFrame,
    outside: pl.DataFrame,
    *,
    title: str,
    name: str,
    unit: str = "",
    events: Sequence[Event] = (),
    level: float = 0.95,
) -> Spec:
    """The rates above, the outside series below; neither is drawn on the other's scale.

    Args:
        table: The public table of rates, as for ``rates_chart``, of one split.
        outside: period, start, end, value; null where there is no figure.
        title: What is seen.
        name: What the outside series is.
        unit: Its unit.
        events: Drawn as dashed rules with their names.
        level: Coverage of the interval of the rates, from 0 to 1.
    """
    rates = rate_points(table, level, "hits per million words")
    figures = [_figure(row, name, unit) for row in outside.to_dicts()]
    alt = " ".join([describe(rates, title), describe(figures, name)])
    key = [f"shaded: {level:.0%} interval".replace("%", " %"), "what stands beside is not a cause"]

    def build(style: Style) -> Spec:
        views = [
            *panels(
                [replace(point, panel="") for point in rates],
                Field("hits per million words", share=0.75),
                style,
                events=events,
            ),
            *panels(figures, Field(unit or name, "free", share=0.6), style, key=key),
        ]
        return framed(views, title, alt, style)

    return on_screen_and_print(build)


def _figure(row: dict[str, object], name: str, unit: str) -> Point:
    value = row["value"]
    held = isinstance(value, float)
    said = f"{plain(value)} {unit}".rstrip() if isinstance(value, float) else "no figure"
    return Point(
        series=name,
        panel="",
        period=str(row["period"]),
        start=row["start"],  # type: ignore[arg-type]
        end=row["end"],  # type: ignore[arg-type]
        value=value if isinstance(value, float) else None,
        low=None,
        high=None,
        held=held,
        few=False,
        says=f"{name}, {row['period']}: {said}",
        anchor=None,
    )
