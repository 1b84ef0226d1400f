"""What a person found in a sample of the hits: the rate as counted and as corrected, above the precision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from tendency.charts.curves import Event, Field, Point, Spec, framed, on_screen_and_print, panels
from tendency.charts.rates import describe
from tendency.charts.tables import Row, is_held, named, number, plain, rows
from tendency.charts.theme import Style

AS_COUNTED = "as counted"
CORRECTED = "corrected"

_NEEDED = (
    "query", "period", "start", "end", "split", "judged", "precision", "low", "high", "per_million", "rate_low", "rate_high",
    "corrected", "corrected_low", "corrected_high",
)  # fmt: skip


def judged_chart(
    table: pl.DataFrame, *, title: str, events: Sequence[Event] = (), level: float = 0.95
) -> Spec:
    """For each split the rate as counted and as corrected, and below it the precision with its interval.

    Args:
        table: query, period, start, end, split, judged, precision, low, high, per_million, rate_low, rate_high, corrected,
            corrected_low, corrected_high; where present also documents, tokens, hits, too_few and evidence.
        title: What is seen.
        events: Drawn as dashed rules with their names.
        level: Coverage of the intervals, from 0 to 1.
    """
    read = rows(table, _NEEDED)
    alone = len({row["query"] for row in read}) == 1
    interval = f"{level:.0%} interval".replace("%", " %")
    splits = list(dict.fromkeys(named(row["split"]) for row in read))
    rates = [
        *(_rate(row, AS_COUNTED, interval, alone=alone) for row in read),
        *(_rate(row, CORRECTED, interval, alone=alone) for row in read),
    ]
    precision = [_precision(row, interval) for row in read]
    key = [f"shaded: {interval}"]
    alt = f"{describe(rates, title)} {describe(precision, 'Precision')}"

    def build(style: Style) -> Spec:
        views = []
        for split in splits:
            here = split if len(splits) > 1 else ""
            upper = [replace(p, panel=here) for p in rates if p.panel == split]
            lower = [replace(p, panel="") for p in precision if p.panel == split]
            views += panels(upper, Field("hits per million words", share=0.75), style, events=events)
            views += panels(
                lower,
                Field("precision", "probability", share=0.5),
                style,
                key=key if split == splits[-1] else (),
                labelled=not alone,
            )
        return framed(views, title, alt, style)

    return on_screen_and_print(build)


def _rate(row: Row, which: str, interval: str, *, alone: bool) -> Point:
    counted = which == AS_COUNTED
    value, low, high = (
        ("per_million", "rate_low", "rate_high")
        if counted
        else ("corrected", "corrected_low", "corrected_high")
    )
    series = which if alone else named(row["query"]) if counted else f"{named(row['query'])}, {which}"
    return _point(
        row,
        series,
        number(row, value),
        number(row, low),
        number(row, high),
        f"{{}} hits per million words {which}",
        interval,
        few=False,
    )


def _precision(row: Row, interval: str) -> Point:
    said = f"precision {{}} of {row['judged']:,} hits judged"
    return _point(
        row, named(row["query"]), number(row, "precision"), number(row, "low"), number(row, "high"), said, interval,
        few=bool(row.get("too_few")),
    )  # fmt: skip


def _point(
    row: Row,
    series: str,
    value: float | None,
    low: float | None,
    high: float | None,
    said: str,
    interval: str,
    *,
    few: bool,
) -> Point:
    head = ", ".join(part for part in (series, named(row["split"]), named(row["period"])) if part)
    if not is_held(row):
        says = f"{head}: nothing held"
    elif value is None:
        says = f"{head}: too few judged to say"
    else:
        between = (
            f", {interval} {plain(low)} to {plain(high)}" if low is not None and high is not None else ""
        )
        says = f"{head}: {said.format(plain(value))}{between}{'; too few to rely on' if few else ''}"
    common: dict[str, Any] = {
        "period": named(row["period"]),
        "start": row["start"],
        "end": row["end"],
        "held": is_held(row),
    }
    return Point(
        series=series,
        panel=named(row["split"]),
        value=value,
        low=low,
        high=high,
        few=few,
        says=says,
        anchor=row.get("evidence"),
        **common,
    )
