"""Turning points: raw rates, the segments fitted to them, and the range of dates of each turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from tendency.charts.curves import Event, Field, Point, Spec, framed, on_screen_and_print, panels
from tendency.charts.tables import Row, named, number, plain, rows
from tendency.charts.theme import Style

_CURVE = ("query", "split", "period", "start", "end", "per_million", "fitted", "fitted_low", "fitted_high")
_SUMMARY = ("query", "split", "verdict")

_MOST = 12
"""So many curves are drawn, each in its own field."""


def turns_chart(
    curve: pl.DataFrame,
    table: pl.DataFrame,
    summary: pl.DataFrame,
    *,
    title: str,
    events: Sequence[Event] = (),
    level: float = 0.8,
    unit: str = "hits per million words",
) -> Spec | None:
    """A field for each query and split: raw points, fitted segments with their band, turns with their range of dates.

    The curve breaks at each turning point and where nothing was held. Vega-Lite, with a print version under
    ``usermeta``; None where there is nothing to draw. Of more than twelve curves the first twelve are drawn.

    Args:
        curve: query, split, period, start, end, per_million, fitted, fitted_low, fitted_high.
        table: The turning points: query, split, period, start, earliest_start, latest, ratio, verdict.
        summary: The verdict on each query and split.
        title: What is seen.
        events: Drawn as dashed rules with their names.
        level: Probability of bands and ranges, from 0 to 1.
        unit: What the vertical axis counts.
    """
    if curve.is_empty():
        return None
    read = rows(curve, _CURVE)
    turned = rows(table, ("period", "start", "earliest", "latest")) if not table.is_empty() else []
    verdicts = rows(summary, _SUMMARY)
    fields = [_Panel(read, turned, row, unit, alone=len(verdicts) == 1) for row in verdicts[:_MOST]]
    shown = f"{level:.0%}".replace("%", " %")
    key = [f"curve: fitted level or line, with its {shown} band", f"grey columns: {shown} range of the date"]
    if len(verdicts) > _MOST:
        key.append(f"the first {_MOST} of {len(verdicts)} curves")
    alt = " ".join([f"{title.rstrip('.')}.", *(field.says for field in fields)])

    def build(style: Style) -> Spec:
        views: list[Spec] = []
        for place, field in enumerate(fields):
            last = place == len(fields) - 1
            views += panels(
                field.points,
                Field(unit, share=0.8 if len(fields) > 1 else 1.0),
                style,
                events=[*field.events, *events],
                key=key if last else None,
                labelled=False,
                fitted=field.fitted,
                spans=field.spans,
            )
        return framed(views, title, alt, style)

    return on_screen_and_print(build)


class _Panel:
    """What is drawn of one query in one split."""

    def __init__(
        self, curve: Sequence[Row], turned: Sequence[Row], summary: Row, unit: str, *, alone: bool
    ) -> None:
        mine = [row for row in curve if _of(row) == _of(summary)]
        self.turned = [row for row in turned if _of(row)[0] == _of(summary)[0] and _same_split(row, summary)]
        name = " · ".join(part for part in map(named, _of(summary)) if part)
        verdict = named(summary["verdict"])
        self.points = [_point(row, "" if alone else f"{name}: {verdict}", unit) for row in mine]
        self.fitted = _segments(mine, self.points, {row["period"] for row in self.turned})
        ends = {row["period"]: row["end"] for row in mine}
        self.spans = [(row["earliest_start"], ends[row["latest"]]) for row in self.turned]
        self.events = [Event(_label(row), row["start"]) for row in self.turned]
        said = "; ".join(_sentence(row) for row in self.turned)
        self.says = f"{name}: {said or verdict}."


def _of(row: Row) -> tuple[Any, Any]:
    return row["query"], row["split"]


def _same_split(row: Row, summary: Row) -> bool:
    # A split that never changes comes as None, in the table of turns perhaps by chance.
    return row["split"] == summary["split"] or row["split"] is None or summary["split"] is None


def _label(row: Row) -> str:
    ratio = number(row, "ratio")
    size = f" ×{ratio:.2g}" if ratio is not None and row["change"] != "slope" else ""
    return f"{row['period']}{size}{'' if row['verdict'] == 'firm' else ' (possible)'}"


def _sentence(row: Row) -> str:
    dates = (
        row["period"]
        if row["earliest"] == row["latest"]
        else f"{row['period']} ({row['earliest']} to {row['latest']})"
    )
    sizes = f"{plain(number(row, 'before'))} before, {plain(number(row, 'after'))} after"
    return f"{row['verdict']} turn in {dates}, {row['change']}: {sizes}"


def _point(row: Row, panel: str, unit: str) -> Point:
    value = number(row, "per_million")
    says = f"{named(row['period'])}: " + (f"{plain(value)} {unit}" if value is not None else "nothing held")
    return Point(
        series=named(row["query"]),
        panel=panel,
        period=named(row["period"]),
        start=row["start"],
        end=row["end"],
        value=value,
        low=None,
        high=None,
        held=value is not None,
        few=False,
        says=says,
        anchor=row.get("evidence"),
    )


def _segments(curve: Sequence[Row], points: Sequence[Point], turns: set[str]) -> list[list[Point]]:
    """The fitted curve, cut at each turning point and at gaps."""
    runs: list[list[Point]] = [[]]
    for row, point in zip(curve, points, strict=True):
        value = number(row, "fitted")
        if value is None or row["period"] in turns:
            runs.append([])
        if value is not None:
            runs[-1].append(
                replace(point, value=value, low=number(row, "fitted_low"), high=number(row, "fitted_high"))
            )
    return [run for run in runs if run]
