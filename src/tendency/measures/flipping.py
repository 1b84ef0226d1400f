"""Flips: when one of two items overtook the other for good, as a turning point of the ratio of their rates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

import numpy as np
import polars as pl

from tendency.errors import SettingError
from tendency.measures.dispersion import FEW_CLUSTERS, FEW_HITS
from tendency.measures.joint import Joint
from tendency.measures.rates import check_level
from tendency.measures.result import Result
from tendency.measures.segmentation import Prior, Stretch
from tendency.measures.series import Series
from tendency.measures.turning import (
    FEW_PERIODS,
    FIRM,
    POSSIBLE,
    TOO_FEW,
    Settled,
    power,
    segmented,
    settled,
    smoothed,
)
from tendency.measures.working import working
from tendency.tally import Tally

FLIPPED: Final = "flipped"
NO_FLIP: Final = "no flip"

SIGN: Final = 0.95
"""Each item must have led, on its side of the turn, with this probability."""
RATIOS: Final = Prior(changes=0.33, level=0.6, rise=1.0, line=0.0)
"""What is thought of logarithms of ratios before anything was seen: levels only."""


@dataclass(frozen=True)
class Flips(Result):
    """When pairs of items changed places.

    Attributes:
        table: One row a flip: ``first`` (the item named more before), ``second, split, period`` (the first after the
            flip), ``start, earliest, latest, earliest_start, latest_start`` (the range of that period), ``probability``
            (that the ratio turned there and each led on its side), ``lead_before, lead_after`` (rate of the first over that of the second)
            with ``_low`` and ``_high``, and ``verdict`` (``firm``, or ``possible`` where the range is wider than half of what is held).
        summary: One row a pair × split: ``first, second`` (in the order of the items), ``split, periods`` (with text), ``hits_first,
            hits_second, p_any`` (that the ratio turned at all), ``flips, verdict`` (``flipped``, ``no flip``, ``too few``), ``note``.
    """

    summary: pl.DataFrame


def flips(
    tally: Tally,
    items: Sequence[str] | Mapping[str, str] | None = None,
    *,
    against: Mapping[str, str] | None = None,
    level: float = 0.8,
) -> Flips:
    """Flips of every pair of items in every split.

    The logarithm of the ratio of two rates is a level between turning points, with wander and error around it, as in
    ``turns``; the error knows that both are counted in the same clusters. A flip is a turning point of it
    whose levels before and after have opposite signs, each with probability .95.

    Args:
        tally: The counts, by periods that follow one another.
        items: Names of columns, or column by name; by default every column.
        against: The column that each item is counted against, by the item's name; words by default.
        level: Probability of the ranges and intervals.

    Raises:
        SettingError: Fewer than two items, a level that is none, or more than 3,000 periods.
    """
    check_level(level)
    counted = _columns(tally, items)
    columns = {
        name: (column, tally.column(against[name]) + 1 if against is not None else 0)
        for name, column in counted.items()
    }
    joint = Joint(tally)
    found = [
        _Pair(joint, (a, columns[a]), (b, columns[b]), split, level)
        for a, b in combinations(columns, 2)
        for split in range(len(tally.splits))
    ]
    table = pl.DataFrame([row for one in found for row in one.rows()], schema=_TABLE, orient="row")
    summary = pl.DataFrame([one.summary() for one in found], schema=_SUMMARY, orient="row")
    return Flips(table, f"flips|{tally.recipe}|ci:{round(100 * level)}", summary)


_TABLE: Final = {
    "first": pl.String,
    "second": pl.String,
    "split": pl.String,
    "period": pl.String,
    "start": pl.Date,
    "earliest": pl.String,
    "latest": pl.String,
    "earliest_start": pl.Date,
    "latest_start": pl.Date,
    "probability": pl.Float64,
    "lead_before": pl.Float64,
    "lead_before_low": pl.Float64,
    "lead_before_high": pl.Float64,
    "lead_after": pl.Float64,
    "lead_after_low": pl.Float64,
    "lead_after_high": pl.Float64,
    "verdict": pl.String,
}
_SUMMARY: Final = {
    "first": pl.String,
    "second": pl.String,
    "split": pl.String,
    "periods": pl.Int64,
    "hits_first": pl.Int64,
    "hits_second": pl.Int64,
    "p_any": pl.Float64,
    "flips": pl.Int64,
    "verdict": pl.String,
    "note": pl.String,
}


def _columns(tally: Tally, items: Sequence[str] | Mapping[str, str] | None) -> dict[str, int]:
    names = tally.columns if items is None else items
    columns = dict(names.items()) if isinstance(names, Mapping) else {name: name for name in names}
    if len(columns) < 2:
        raise SettingError(f"a flip needs at least two items, not {len(columns)}.")
    return {name: tally.column(column) for name, column in columns.items()}


class _Pair:
    """Two items in one split."""

    def __init__(
        self,
        joint: Joint,
        first: tuple[str, tuple[int, int]],
        second: tuple[str, tuple[int, int]],
        split: int,
        level: float,
    ) -> None:
        self.names, self.level = (first[0], second[0]), level
        tally, columns = joint.tally, (first[1], second[1])
        self.series = _together(*(Series.of(tally, column, split, exposure) for column, exposure in columns))
        a, b = self.series
        self.lacks = _lacks(a, b)
        self.flips: list[tuple[int, Stretch, float]] = []
        if self.lacks:
            return
        correlation = float(
            joint.correlation_within(split, [(column + 1, against) for column, against in columns])[0, 1]
        )

        def ratios(edges: Sequence[int]) -> Settled:
            (za, va, _), (zb, vb, _) = (working(one, smoothed(one, edges)) for one in self.series)
            variance = va + vb - 2 * correlation * np.sqrt(va * vb)
            return segmented(za - zb, variance, a.step, RATIOS)

        result = settled(ratios)
        self.found, self.centre = result.found, result.centre
        self.fit = self.found.fit(result.places)
        for number, stretch in enumerate(result.stretches):
            sure = self._sure(number)
            if sure >= SIGN:
                self.flips.append((number, stretch, sure))

    def _sure(self, number: int) -> float:
        """Probability of the less certain of the two signs, if they differ; else 0."""
        before, after = (self.fit.above(number + side, -self.centre) for side in (0, 1))
        return max(min(before, 1 - after), min(1 - before, after))

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """A row of the table for each flip."""
        a = self.series[0]
        for number, stretch, sure in self.flips:
            first, last = stretch.range(self.level)
            before, after = (self._lead(number + side) for side in (0, 1))
            names = self.names
            if before[0] < 0:
                names = (names[1], names[0])
                before, after = _turned(before), _turned(after)
            yield (
                *names,
                a.split,
                a.periods[stretch.place].label,
                *_dates(a, stretch.place, first, last),
                stretch.probability * sure,
                *(power(value) for value in (*before, *after)),
                POSSIBLE if last - first + 1 > len(a) / 2 else FIRM,
            )

    def _lead(self, piece: int) -> tuple[float, float, float]:
        """Logarithm of the ratio on one side, and its interval."""
        from scipy.special import ndtri

        reach = float(ndtri((1 + self.level) / 2))
        mean, deviation = self.fit.at(piece, 0.0)
        mean += self.centre
        return mean, mean - reach * deviation, mean + reach * deviation

    def summary(self) -> tuple[Any, ...]:
        """The row of the summary."""
        a, b = self.series
        verdict = TOO_FEW if self.lacks else FLIPPED if self.flips else NO_FLIP
        return (
            *self.names,
            a.split,
            len(a),
            int(a.hits.sum()),
            int(b.hits.sum()),
            None if self.lacks else self.found.any,
            len(self.flips),
            verdict,
            self.lacks,
        )


def _together(a: Series, b: Series) -> tuple[Series, Series]:
    """Both over the periods in which both have something to be counted against."""
    _, of_a, of_b = np.intersect1d(a.step, b.step, assume_unique=True, return_indices=True)
    return a.part(of_a), b.part(of_b)


def _turned(lead: tuple[float, float, float]) -> tuple[float, float, float]:
    """The lead of the second over the first."""
    mean, low, high = lead
    return -mean, -high, -low


def _dates(series: Series, place: int, first: int, last: int) -> tuple[dt.date | str, ...]:
    periods = series.periods
    return (
        periods[place].start,
        periods[first].label,
        periods[last].label,
        periods[first].start,
        periods[last].start,
    )


def _lacks(a: Series, b: Series) -> str:
    """Why nothing can be said of a pair, or nothing."""
    lacks = []
    if int(a.hits.sum() + b.hits.sum()) < FEW_HITS:
        lacks.append(f"under {FEW_HITS} hits of both together")
    if min(int(a.clusters.sum()), int(b.clusters.sum())) < FEW_CLUSTERS:
        lacks.append(f"under {FEW_CLUSTERS} independent pieces of evidence")
    if len(a) < FEW_PERIODS:
        lacks.append(f"under {FEW_PERIODS} periods with text")
    return ", ".join(lacks)
