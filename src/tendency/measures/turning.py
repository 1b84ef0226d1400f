"""Turning points: when a rate changed its level or its slope, with the range of dates that the counts allow."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tendency.measures.dating import placed
from tendency.measures.dispersion import Floats, finite
from tendency.measures.rates import check_level
from tendency.measures.result import Result
from tendency.measures.segmentation import (
    SHORTEST_LEVEL,
    Fit,
    Measured,
    Prior,
    Segmentation,
    Stretch,
    Wander,
)
from tendency.measures.series import HALF, Series
from tendency.measures.working import working
from tendency.tally import Tally

if TYPE_CHECKING:
    from tendency.charts import Spec

FIRM: Final = "firm"
POSSIBLE: Final = "possible"
NO_TURN: Final = "no turning point"
TOO_FEW: Final = "too few"

FEW_PERIODS: Final = 7
"""Under so many periods with text nothing is said: two segments of three and one to spare."""

# Fixed once by bench/statistics/turning.py; the README there says what they are worth.
THRESHOLD: Final = 0.5
"""Probability of a boundary from which a turning point is printed."""
RATES: Final = Prior(changes=0.33, level=0.6, rise=1.0, line=0.05)
"""What is thought of logarithms of rates before anything was seen."""
NONE: Final = 0.5
"""Probability that a series does not wander at all within a segment."""
AUTOCORRELATIONS: Final = (0.0, 0.3, 0.6, 0.8)
RARE: Final = 1.0
"""Hits a period under which a side of a turn is rare: then most of its periods have none."""
AGREE: Final = 2
"""The second opinion may lie so many periods off."""

NORMAL: Final = 0.6745
"""The median of the absolute value of a standard normal variable."""

_SMOOTH: Final = 5
_ROUNDS: Final = 6


@dataclass(frozen=True)
class Turns(Result):
    """Turning points of each query in each split.

    Attributes:
        table: One row a turning point: ``query, split, period`` (the first of the new segment), ``start`` (its first
            day), ``earliest, latest`` (the range of that period), ``earliest_start, latest_start``, ``probability``
            (that there is one), ``change`` (``level up``, ``level down`` or ``slope``), ``before, after`` (per
            million, fitted just before and just after), ``ratio, ratio_low, ratio_high``, ``growth_before,
            growth_after`` (per cent a year, null for a level), ``second_opinion`` (whether Rbeast has it too; null where it was not asked) and
            ``verdict`` (``firm`` or ``possible``).
        summary: One row a query × split: ``query, split, periods`` (with text), ``hits, clusters, p_any`` (that there
            is any turning point), ``turns, verdict`` (``firm``, ``possible``, ``no turning point``, ``too few``), ``note``.
        curve: One row a query × split × period: ``query, split, period, start, end, per_million, fitted, fitted_low,
            fitted_high, p_turn`` (that a new segment begins with it); null where nothing was held.
    """

    summary: pl.DataFrame
    curve: pl.DataFrame

    def chart(self, *, title: str = "") -> Spec | None:
        """Raw points, the fitted segments with their bands, and the range of dates of each turning point."""
        from tendency.charts.turns import turns_chart

        return turns_chart(self.curve, self.table, self.summary, title=title or "Turning points")


def turns(tally: Tally, *, level: float = 0.8, second_opinion: bool = True) -> Turns:
    """Turning points of every column of a tally in every split, with what is said where there is none.

    The logarithm of a rate is a level or a line between turning points, and around it wander from period to
    period, of a size and autocorrelation that are not known, and the error of measurement that follows from clusters.
    Averaging over all ways to cut the series and over the wander gives the probability of a turn and the range of
    its date (see ``docs/methods/turning.md``). A turn is *firm* when Rbeast finds one within two periods or within
    the range, that range is not wider than half of what is held, and turning explains the series better than steady growth
    does; otherwise it is *possible*.

    Args:
        tally: The counts, by periods that follow one another.
        level: Probability of the ranges and intervals.
        second_opinion: Ask Rbeast; without it every turn is only possible.

    Raises:
        SettingError: A level that is none, or more than 3,000 periods.

    Sources: ``Segmentation``; Rbeast: Zhao et al. (2019), doi:10.1016/j.rse.2019.04.034.
    """
    check_level(level)
    recipe = f"turns|{tally.recipe}|ci:{round(100 * level)}|second:{'Rbeast' if second_opinion else 'none'}"
    return turns_of(every_series(tally), tally, recipe, level=level, second_opinion=second_opinion)


def turns_of(
    every: Iterable[Series],
    tally: Tally,
    recipe: str,
    *,
    unit: float = 1e6,
    level: float = 0.8,
    second_opinion: bool = True,
) -> Turns:
    """Turning points of some series of a tally; see ``turns``.

    Args:
        every: The series, each of some column against its exposure.
        tally: What they are of, for the periods of which nothing was held.
        recipe: What is computed, for the result.
        unit: What a rate is multiplied by: a million words, unless the exposure is something else.
        level: Probability of the ranges and intervals.
        second_opinion: Ask Rbeast.
    """
    found = [_Turning(series, level, second_opinion, unit) for series in every]
    rows = [row for one in found for row in one.rows()]
    table = pl.DataFrame(rows, schema=_TABLE, orient="row")
    summary = pl.DataFrame([one.summary() for one in found], schema=_SUMMARY, orient="row")
    curve = pl.DataFrame([row for one in found for row in one.curve(tally)], schema=_CURVE, orient="row")
    return Turns(table, recipe, summary, curve)


_TABLE: Final = {
    "query": pl.String,
    "split": pl.String,
    "period": pl.String,
    "start": pl.Date,
    "earliest": pl.String,
    "latest": pl.String,
    "earliest_start": pl.Date,
    "latest_start": pl.Date,
    "probability": pl.Float64,
    "change": pl.String,
    "before": pl.Float64,
    "after": pl.Float64,
    "ratio": pl.Float64,
    "ratio_low": pl.Float64,
    "ratio_high": pl.Float64,
    "growth_before": pl.Float64,
    "growth_after": pl.Float64,
    "second_opinion": pl.Boolean,
    "verdict": pl.String,
}
_SUMMARY: Final = {
    "query": pl.String,
    "split": pl.String,
    "periods": pl.Int64,
    "hits": pl.Int64,
    "clusters": pl.Int64,
    "p_any": pl.Float64,
    "turns": pl.Int64,
    "verdict": pl.String,
    "note": pl.String,
}
_CURVE: Final = {
    "query": pl.String,
    "split": pl.String,
    "period": pl.String,
    "start": pl.Date,
    "end": pl.Date,
    "per_million": pl.Float64,
    "fitted": pl.Float64,
    "fitted_low": pl.Float64,
    "fitted_high": pl.Float64,
    "p_turn": pl.Float64,
}


def every_series(tally: Tally) -> Iterator[Series]:
    """The series of every column in every split."""
    for column in range(len(tally.columns)):
        yield from Series.each(tally, column)


def smoothed(series: Series, edges: Sequence[int] = ()) -> Floats:
    """The rate around each period: hits over exposure of five periods on either side, half a hit added.

    Args:
        series: The counts.
        edges: Periods with which another segment begins; no mean reaches over them.
    """
    hits, exposure = (np.concatenate([[0.0], np.cumsum(one)]) for one in (series.hits, series.exposure))
    at, bounds = np.arange(len(series)), np.array([0, *edges, len(series)])
    segment = np.searchsorted(bounds, at, side="right") - 1
    first = np.maximum(at - _SMOOTH, bounds[segment])
    end = np.minimum(at + _SMOOTH + 1, bounds[segment + 1])
    return np.asarray((hits[end] - hits[first] + HALF) / (exposure[end] - exposure[first]), float)


@dataclass(frozen=True, eq=False)
class Settled:
    """A segmentation whose working values were taken around what it found.

    Attributes:
        found: The segmentation of the values less their mean.
        centre: That mean.
        stretches: Where it turned.
    """

    found: Segmentation
    centre: float
    stretches: tuple[Stretch, ...]

    @property
    def places(self) -> list[int]:
        """The first period of each new segment."""
        return [stretch.place for stretch in self.stretches]


def settled(find: Callable[[Sequence[int]], Settled]) -> Settled:
    """Turning points of working values that do not reach over them.

    Near a great change a mean of neighbours lies far from either side, and working values around it are bent; so they
    are taken again within the segments that were found, until these stay as they are.

    Args:
        find: The turning points, given where working values must not reach over.
    """
    places: list[int] = []
    for _ in range(_ROUNDS):
        result = find(places)
        if result.places == places:
            break
        places = result.places
    return result


def segmented(values: Floats, variance: Floats, step: NDArray[np.int64], prior: Prior) -> Settled:
    """The segmentation of working values, and where it turned."""
    centre = float(values.mean())
    measured = Measured(values - centre, variance, step.astype(float))
    found = Segmentation(measured, Wander.grid(_unit(values, variance), AUTOCORRELATIONS, NONE), prior)
    return Settled(found, centre, found.stretches(THRESHOLD))


def _turned(series: Series, edges: Sequence[int]) -> Settled:
    """Turning points of a series, those beside a rare side dated by how rare it is."""
    values, variance, _ = working(series, smoothed(series, edges))
    result = segmented(values, variance, series.step, RATES)
    stretches = list(result.stretches)
    for number, stretch in enumerate(stretches):
        start = stretches[number - 1].place if number else 0
        end = stretches[number + 1].place if number + 1 < len(stretches) else len(series)
        sides = series.hits[start : stretch.place], series.hits[stretch.place : end]
        first, last = max(stretch.first, start + SHORTEST_LEVEL), min(stretch.last, end - SHORTEST_LEVEL)
        if first <= last and min(float(side.mean()) for side in sides) < RARE:
            share = placed(
                series.part(slice(start, end)),
                range(first - start, last - start + 1),
                result.found.wander,
                result.found.laws,
                (result.centre, RATES.level),
            )
            stretches[number] = replace(stretch, first=first, share=share)
    return replace(result, stretches=tuple(stretches))


def _unit(values: Floats, variance: Floats) -> float:
    """The larger of the typical error and half the typical square of a step, where periods weigh by what they tell."""
    precision = 1 / variance
    error = float(precision.sum() / (precision**2).sum())
    steps = np.abs(np.diff(values))
    order = np.argsort(steps, kind="stable")
    weight = np.cumsum((1 / (variance[1:] + variance[:-1]))[order])
    step = float(steps[order][np.searchsorted(weight, weight[-1] / 2)])
    return max((step / NORMAL) ** 2 / 2, error)


class _Turning:
    """The turning points of one series."""

    def __init__(self, series: Series, level: float, second_opinion: bool, unit: float) -> None:
        self.series, self.level, self.unit = series, level, unit
        lacks = [series.too_few] if series.too_few else []
        if len(series) < FEW_PERIODS:
            lacks.append(f"under {FEW_PERIODS} periods with text")
        self.lacks = ", ".join(lacks)
        self.stretches: tuple[Stretch, ...] = ()
        self.agreed: list[bool | None] = []
        if self.lacks:
            return
        result = settled(lambda edges: _turned(series, edges))
        self.found, self.centre, self.stretches = result.found, result.centre, result.stretches
        self.fit: Fit = self.found.fit(result.places)
        self.agreed = [None] * len(self.stretches)
        if second_opinion and self.stretches:
            others = second(series)
            self.agreed = [self._agrees(stretch, others) for stretch in self.stretches]

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """A row of the table for each turning point."""
        series, time = self.series, self.found.series.time if self.stretches else np.zeros(0)
        for number, (stretch, agreed) in enumerate(zip(self.stretches, self.agreed, strict=True)):
            place = stretch.place
            first, last = self.range(stretch)
            before, after = (
                self.fit.at(number + side, time[place - 1 + side])[0] + self.centre for side in (0, 1)
            )
            mean, deviation = self.fit.step(number, time[place - 1], time[place])
            low, high = mean - self._reach * deviation, mean + self._reach * deviation
            growth = [self._growth(number + side) for side in (0, 1)]
            levels = growth == [None, None]
            change = ("level up" if mean > 0 else "level down") if levels or low > 0 or high < 0 else "slope"
            yield (
                series.name,
                series.split,
                series.periods[place].label,
                series.periods[place].start,
                series.periods[first].label,
                series.periods[last].label,
                series.periods[first].start,
                series.periods[last].start,
                stretch.probability,
                change,
                *(self.unit * power(value) for value in (before, after)),
                *(power(value) for value in (mean, low, high)),
                *growth,
                agreed,
                FIRM if agreed and self._datable(first, last) and self.found.over_line >= 1 else POSSIBLE,
            )

    def summary(self) -> tuple[Any, ...]:
        """The row of the summary."""
        series = self.series
        verdicts = [row[-1] for row in self.rows()]
        verdict = TOO_FEW if self.lacks else FIRM if FIRM in verdicts else POSSIBLE if verdicts else NO_TURN
        return (
            series.name,
            series.split,
            len(series),
            int(series.hits.sum()),
            int(series.clusters.sum()),
            None if self.lacks else self.found.any,
            len(verdicts),
            verdict,
            self.note(),
        )

    def curve(self, tally: Tally) -> Iterator[tuple[Any, ...]]:
        """The rows of the curve."""
        series = self.series
        held = {int(step): place for place, step in enumerate(series.step)}
        edges = [stretch.place for stretch in self.stretches]
        for number, period in enumerate(tally.periods):
            head = (series.name, series.split, period.label, period.start, period.end)
            place = held.get(number)
            if place is None:
                yield (*head, None, None, None, None, None)
                continue
            rate = self.unit * float(series.rate[place])
            if self.lacks:
                yield (*head, rate, None, None, None, None)
                continue
            piece = int(np.searchsorted(edges, place, side="right"))
            mean, deviation = self.fit.at(piece, self.found.series.time[place])
            fitted = (mean, mean - self._reach * deviation, mean + self._reach * deviation)
            yield (
                *head,
                rate,
                *(self.unit * power(self.centre + value) for value in fitted),
                float(self.found.boundary[place]),
            )

    def range(self, stretch: Stretch) -> tuple[int, int]:
        """The first and the last period with which the new segment may begin."""
        return stretch.range(self.level)

    def _agrees(self, stretch: Stretch, others: Sequence[int]) -> bool:
        """Whether another turn lies within two periods, or within the range of dates."""
        step = self.series.step
        first, last = self.range(stretch)
        early = min(int(step[first]), int(step[stretch.place]) - AGREE)
        late = max(int(step[last]), int(step[stretch.place]) + AGREE)
        return any(early <= other <= late for other in others)

    def _datable(self, first: int, last: int) -> bool:
        return last - first + 1 <= len(self.series) / 2

    def note(self) -> str:
        """What must be said beside the verdict."""
        if self.lacks:
            return self.lacks
        notes = []
        if not self.stretches and self.found.any >= THRESHOLD:
            notes.append("it turned more likely than not, but when is not datable")
        if self.stretches and self.found.over_line < 1:
            notes.append("steady growth explains it as well")
        if any(not self._datable(*self.range(stretch)) for stretch in self.stretches):
            notes.append("a date range is wider than half of what is held")
        return "; ".join(notes)

    @property
    def _reach(self) -> float:
        from scipy.special import ndtri

        return float(ndtri((1 + self.level) / 2))

    def _growth(self, piece: int) -> float | None:
        """Growth of a line in per cent a year; None for a level."""
        if self.fit.line(piece) <= HALF:
            return None
        span = float(self.series.years[-1] - self.series.years[0])
        return finite([100 * (power(self.fit.slope(piece) / span) - 1)])[0]


def power(logarithm: float) -> float:
    """The number that has this logarithm, as far as numbers go."""
    return math.exp(min(max(logarithm, -700.0), 700.0))


def second(series: Series) -> Sequence[int]:
    """The periods, on the axis of all, with which Rbeast thinks that a new segment begins, more likely than not."""
    # It takes a third of a second to import.
    import Rbeast

    values = np.full(int(series.step[-1] - series.step[0]) + 1, np.nan)
    values[series.step - series.step[0]] = np.sqrt((series.hits + 3 / 8) / series.exposure)
    scale = float(np.nanstd(values))
    found = Rbeast.beast(
        values / scale if scale > 0 else values,
        start=0,
        deltat=1,
        season="none",
        tcp_minmax=[0, 10],
        torder_minmax=[0, 1],
        tseg_minlength=3,
        mcmc_seed=1,
        quiet=True,
        print_param=False,
        print_progress=False,
        print_warning=False,
    )
    places, probability = np.asarray(found.trend.cp).ravel(), np.asarray(found.trend.cpPr).ravel()
    sure = np.isfinite(places) & (np.nan_to_num(probability) > HALF)
    return [int(series.step[0] + place) for place in places[sure]]
