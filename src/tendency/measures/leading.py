"""Who leads: whether one voice takes a theme up before another, or both follow one event, or it cannot be told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tendency.errors import SettingError
from tendency.measures.dispersion import Floats, demand_clusters, finite, per_million
from tendency.measures.families import holm
from tendency.measures.rates import check_level
from tendency.measures.result import Result
from tendency.measures.series import HALF, Series
from tendency.measures.shadows import Pair, Shadows, peak
from tendency.measures.working import working
from tendency.tally import Periods, Tally

if TYPE_CHECKING:
    from tendency.charts import Spec

LEADS: Final = "leads"
TOGETHER: Final = "same event, different press day"
NOT_TOLD: Final = "cannot be told"
TOO_FEW: Final = "too few"

MOST: Final = 12
LEAST_PERIODS: Final = 24
"""Periods in which both voices have text."""
RANGE: Final = 0.8
"""Probability of the range of a lag."""
THINNINGS: Final = 32
"""Draws over which the thinned voice is averaged."""

_COARSER: Final = ("day", "week", "month", "quarter", "year")
_SAME: Final = 0.05
"""A cadence so much of a period longer than it is still that of the period: months differ in length."""


@dataclass(frozen=True)
class Leads(Result):
    """Which of two voices takes a theme up first.

    Attributes:
        table: One row a query: ``query, first, second`` (who leads whom, or the voices as they were asked), ``lag`` (periods by which the
            second follows), ``low, high`` (its 80 % range), ``grain`` (of the periods), ``correlation`` (at the lag where it stands out
            most, the common course removed), ``p`` (that so much arises by chance at any lag), ``p_family`` (over all queries), ``p_lag``
            (that such a lag arises where both follow one event within one publication interval), ``periods`` (with text of both),
            ``hits_first, hits_second, removed`` (the common course that was taken out), ``verdict`` (``leads``, ``same event, different
            press day``, ``cannot be told`` or ``too few``), ``note``. ``lag, low, high`` are None where it cannot be told.
        lags: One row a query × lag: ``query, lag`` (above 0 the voice asked first goes before), ``pairs, correlation, band`` (what
            chance alone stays below at this lag with probability .95), ``highest`` (at any lag).
        courses: One row a query × voice × period: ``query, voice, period, start, end, per_million, cleaned`` (logarithm of the rate,
            without trend and common course, and drawn to 0 where little text makes it uncertain).
        voices: The two voices, as they were asked.
        reprints: Documents left out because their text stands in both voices.
    """

    lags: pl.DataFrame
    courses: pl.DataFrame
    voices: tuple[str, str]
    reprints: int = 0

    @property
    def sentences(self) -> tuple[str, ...]:
        """A sentence a query."""
        return tuple(_sentence(row) for row in self.table.iter_rows(named=True))

    def chart(self, *, title: str = "") -> Spec | None:
        """Both courses, cleaned, and below them the correlation by lag with the band of chance."""
        from tendency.charts import leads_chart

        return leads_chart(self.courses, self.lags, self.table, title=title or "Who takes it up first")


def lead(
    tally: Tally,
    *,
    a: str | None = None,
    b: str | None = None,
    queries: Sequence[str] | None = None,
    reference: str | None = None,
    issues: Mapping[str, float] | None = None,
    most: int = MOST,
    level: float = 0.95,
) -> Leads:
    """Whether one of two voices takes queries up before the other.

    Both are brought to periods not finer than the slower voice's cadence; the voice with more text is thinned to the volume of the other,
    by documents; trend and common course are taken out; and the courses are correlated at every lag. Chance is
    pairs of courses that wander as much as these from period to period and know nothing of each other; the highest correlation over
    all lags is held against theirs. A lead is claimed only where it is longer than one publication interval of the slower voice and
    pairs that follow one event within that interval seldom show such a lag.

    Source: Haugh (1976), doi:10.1080/01621459.1976.10480353 (cross-correlation needs each series' own course accounted for); Theiler et al.
    (1992), doi:10.1016/0167-2789(92)90102-S (surrogates); Westfall & Young (1993), Resampling-Based Multiple Testing.

    Args:
        tally: The counts by period, split by voice; its clusters should be finer than a voice, such as documents.
        a: One voice, a split; the first split by default.
        b: The other; the second split by default.
        queries: Columns; by default all but the reference.
        reference: A column whose course in the same voice is taken out. Without one, that of the query in all other splits is,
            where they name it often enough; else the trend alone.
        issues: Days from one issue to the next, by voice; by default from the periods that have text.
        most: The largest lag in periods.
        level: Confidence of the verdict, over all lags and queries.

    Raises:
        SettingError: Fewer than two voices, one that is no split, a lag or level that is none, or counts without periods of one length.
    """
    check_level(level)
    demand_clusters(tally)
    if not 1 <= most <= 60:
        raise SettingError(f"a largest lag of {most} cannot be taken; give 1 to 60 periods.")
    voices = _voices(tally, a, b)
    names = _queries(tally, queries, reference)
    cadence = _cadence(tally, voices, issues)
    tally = coarsened(tally, max(cadence))
    inside = _inside(tally, max(cadence))
    asked = [_Asked(tally, voices, name, reference, inside, most, level) for name in names]
    family = holm([one.p for one in asked])
    rows = [one.row(p, level) for one, p in zip(asked, family, strict=True)]
    recipe = (
        f"lead|{tally.recipe}|voices:{','.join(voices)}|reference:{reference or ''}|most:{most}|ci:{round(100 * level)}"
        f"|seed:{tally.seed:016x}"
    )
    return Leads(
        pl.DataFrame(rows, schema=_TABLE),
        recipe,
        pl.DataFrame([row for one in asked for row in one.by_lag()], schema=_LAGS),
        pl.DataFrame([row for one in asked for row in one.by_period()], schema=_COURSES),
        voices,
    )


def coarsened(tally: Tally, days: float) -> Tally:
    """The tally in the finest periods that are not shorter than so many days."""
    grain = common_grain(tally.grain, days)
    if grain == tally.grain or not tally.periods:
        return tally
    axis = Periods.spanning(grain, [], [], tally.periods[0].start, tally.periods[-1].end)
    # A week belongs to the month that holds its middle.
    middle = np.array([(p.start.toordinal() + p.end.toordinal() - 1) // 2 for p in tally.periods], np.int64)
    at = axis.assign(middle, middle + 1)
    groups = [(period, np.flatnonzero(at == place).tolist()) for place, period in enumerate(axis.periods)]
    return replace(tally.together(groups), grain=grain)


def common_grain(grain: str, days: float) -> str:
    """The finest kind of period that is neither finer than ``grain`` nor shorter than so many days."""
    if grain not in _COARSER:
        return grain
    lengths = {"day": 1.0, "week": 7.0, "month": 30.44, "quarter": 91.3, "year": 365.25}
    enough = [name for name in _COARSER if lengths[name] * (1 + _SAME) >= days]
    return _COARSER[max(_COARSER.index(grain), _COARSER.index(enough[0] if enough else "year"))]


def _voices(tally: Tally, a: str | None, b: str | None) -> tuple[str, str]:
    free = [name for name in tally.splits if name not in (a, b)]
    first = a if a is not None else free.pop(0) if free else None
    second = b if b is not None else free.pop(0) if free else None
    for name in (first, second):
        if name is None or name not in tally.splits:
            raise SettingError(
                f"who leads is asked of two voices among the splits {', '.join(map(repr, tally.splits))}, not of {name!r}."
            )
    if first == second or first is None or second is None:
        raise SettingError(f"who leads is asked of two different voices, not of {first!r} twice.")
    return first, second


def _queries(tally: Tally, queries: Sequence[str] | None, reference: str | None) -> list[str]:
    if reference is not None:
        tally.column(reference)
    names = [name for name in tally.columns if name != reference] if queries is None else list(queries)
    for name in names:
        tally.column(name)
    if not names:
        raise SettingError("who leads is asked of at least one query beside the reference.")
    return names


def _days(tally: Tally) -> float:
    """The mean length of a period."""
    first, last = tally.periods[0], tally.periods[-1]
    return (last.end - first.start).days / len(tally.periods)


def _cadence(tally: Tally, voices: Sequence[str], issues: Mapping[str, float] | None) -> list[float]:
    """Days from one issue of each voice to the next."""
    if not tally.periods:
        return [1.0, 1.0]
    found = []
    for voice in voices:
        if issues is not None and voice in issues:
            found.append(float(issues[voice]))
            continue
        held = np.flatnonzero(tally.tokens[:, tally.splits.index(voice)] > 0)
        apart = float(np.median(np.diff(held))) if held.size > 1 else 1.0
        found.append(apart * _days(tally) if apart > 1 else 0.0)
    return found


def _inside(tally: Tally, cadence: float) -> int:
    """Lags of so many periods or fewer lie within one publication interval."""
    return int(cadence / _days(tally) + _SAME) if tally.periods else 0


class _Asked:
    """One query in two voices."""

    def __init__(
        self,
        tally: Tally,
        voices: tuple[str, str],
        query: str,
        reference: str | None,
        inside: int,
        most: int,
        level: float,
    ) -> None:
        self.tally, self.voices, self.query, self.inside = tally, voices, query, inside
        self.column = tally.column(query)
        self.splits = [tally.splits.index(voice) for voice in voices]
        self.series = [Series.of(tally, self.column, split) for split in self.splits]
        self.removed, self.common = self._common(reference)
        self.both = int((tally.tokens[:, self.splits] > 0).all(axis=1).sum())
        self.most = min(most, self.both // 3)
        self.seed = [tally.seed, self.column, *self.splits]
        self.note = self._lacks()
        if self.note:
            return
        courses = [self._course(voice, np.random.default_rng([*self.seed, 0, voice])) for voice in range(2)]
        weights = [_weights(*course) for course in courses]
        pair = Pair.of([course for course, _ in courses], weights, self.common, self.most)
        if pair is None:
            self.note = "one of them never changes"
            return
        self.pair = pair
        self.shadows = Shadows(pair, np.random.default_rng([*self.seed, 1]))
        self.strength = pair.strength
        self.best = int(np.argmax(self.strength))
        self.lag = int(pair.lags[self.best])

    def _lacks(self) -> str:
        """Why nothing can be said, or nothing."""
        lacks = [
            f"{one.too_few} of {voice}"
            for one, voice in zip(self.series, self.voices, strict=True)
            if one.too_few
        ]
        if self.both < LEAST_PERIODS:
            lacks.append(f"under {LEAST_PERIODS} periods with text of both")
        elif self.most <= self.inside:
            lacks.append("too few periods for lags longer than one publication interval")
        return "; ".join(lacks)

    def _common(self, reference: str | None) -> tuple[str, list[Floats | None]]:
        """What is taken out beside the trend, and its course for either voice."""
        tally = self.tally
        if reference is not None:
            column = tally.column(reference)
            beside = (Series.of(tally, column, split) for split in self.splits)
            return f"trend and the course of {reference}", [
                self._on_axis(one, _values(one)) for one in beside
            ]
        others = [split for split in range(len(tally.splits)) if split not in self.splits]
        hits = tally.hits[:, others, self.column].sum(axis=1)
        words = tally.tokens[:, others].sum(axis=1)
        shared = (tally.tokens[:, self.splits] > 0).all(axis=1) & (words > 0)
        if hits.sum() < 10 * len(self.splits) or shared.sum() < LEAST_PERIODS:
            return "trend", [None, None]
        held = np.flatnonzero(words > 0)
        together = replace(
            Series.of(tally, self.column, others[0]),
            step=held, hits=hits[held], exposure=words[held], shape=np.full(held.size, np.inf),
        )  # fmt: skip
        return "trend and the course of all other voices", [self._on_axis(together, _values(together))] * 2

    def _course(self, voice: int, generator: np.random.Generator) -> tuple[Floats, Floats]:
        """Logarithms of the rates of a voice as from as much text as the other has, and their variances; NaN without text."""
        one, other = self.series[voice], self.series[1 - voice]
        values, variance = _working(one)
        if int(one.exposure.sum()) > int(other.exposure.sum()):
            values = _thinned(one, self._share(voice), generator)
        return self._on_axis(one, values), self._on_axis(one, variance)

    def _on_axis(self, one: Series, values: Floats) -> Floats:
        """Values of the periods with text on the axis of all, NaN without."""
        result = np.full(len(self.tally.periods), np.nan)
        result[one.step] = values
        return result

    def _share(self, voice: int) -> Floats:
        """What part of the larger voice's text, in each of its periods, is as much as the other has."""
        mine, other = (self.tally.tokens[:, self.splits[side]].astype(float) for side in (voice, 1 - voice))
        overall = other.sum() / mine.sum()
        share = np.where(other > 0, other / np.maximum(mine, 1), overall)
        return np.asarray(np.minimum(share[self.series[voice].step], 1.0), float)

    @cached_property
    def _null(self) -> Floats:
        return self.shadows.independent()

    @property
    def p(self) -> float | None:
        """That so strong a correlation arises by chance at any lag."""
        if self.note:
            return None
        return _p(self._null.max(axis=1), self.strength[self.best])

    def row(self, p_family: float | None, level: float) -> dict[str, object]:
        """The row of the table."""
        first, second = self.series
        row: dict[str, object] = dict.fromkeys(_TABLE) | {
            "query": self.query,
            "first": self.voices[0],
            "second": self.voices[1],
            "grain": self.tally.grain,
            "periods": self.both,
            "hits_first": int(first.hits.sum()),
            "hits_second": int(second.hits.sum()),
            "removed": self.removed,
            "note": self.note,
            "verdict": TOO_FEW,
        }
        if self.note or p_family is None:
            return row
        row |= {"p": self.p, "p_family": p_family, "correlation": float(self.pair.correlation[self.best])}
        if p_family > 1 - level:
            return row | {
                "verdict": NOT_TOLD,
                "note": "they do not move together at any lag, as far as can be told",
            }
        low, high = self._range(RANGE)
        if abs(self.lag) <= self.inside:
            return row | {"verdict": TOGETHER, "lag": self.lag, "low": low, "high": high}
        p_lag = self._p_lag()
        row |= {"p_lag": p_lag}
        # Only the nearer end matters: an end of the 90 % range has 5 % beyond it.
        if p_lag > 1 - level or self._reaches_in(*self._range(max(2 * level - 1, 0.0))):
            return row | {
                "verdict": NOT_TOLD,
                "note": "they move together, but not by a lag that can be told from one event",
            }
        if self.lag < 0:
            row |= {
                "first": self.voices[1], "second": self.voices[0], "hits_first": row["hits_second"],
                "hits_second": row["hits_first"],
            }  # fmt: skip
            low, high = -high, -low
        return row | {"verdict": LEADS, "lag": abs(self.lag), "low": low, "high": high}

    def _p_lag(self) -> float:
        """That a lag stands out as much where both follow one event within one publication interval: the larger of two p values."""
        near = np.abs(self.pair.lags) <= self.inside
        side = self.inside if self.lag > 0 else -self.inside
        drawn = self.shadows.following(side, float(self.pair.correlation[self.best]))
        ahead = drawn[:, ~near].max(axis=1) - drawn[:, near].max(axis=1)
        p_ahead = _p(ahead, self.strength[self.best] - self.strength[near].max())
        # That leaves peaks of pairs that are hardly alike within the interval and wander: what courses that go on for a while show at other
        # lags because of the one within the interval is taken off, and the rest held against the rest.
        leak, *_ = np.linalg.lstsq(_with_one(drawn[:, near]), drawn, rcond=None)
        left = drawn - _with_one(drawn[:, near]) @ leak
        spread = np.maximum(left[:, ~near].std(axis=0), 1e-9)
        seen = (self.strength - _with_one(self.strength[None, near])[0] @ leak)[self.best]
        rest = _p((left[:, ~near] / spread).max(axis=1), seen / max(float(left[:, self.best].std()), 1e-9))
        return max(p_ahead, rest)

    @cached_property
    def _off(self) -> NDArray[np.int64]:
        """How far the peaks of pairs that follow by the lag fall from it."""
        drawn = self.shadows.following(self.lag, float(self.pair.correlation[self.best]))
        return peak(drawn, self.pair.lags) - self.lag

    def _range(self, probability: float) -> tuple[int, int]:
        """The lags that may well be the true one: as far from the peak as peaks fall from a true lag there."""
        tail = (1 - probability) / 2
        down, up = np.quantile(self._off, [tail, 1 - tail], method="nearest")
        return int(self.lag - up), int(self.lag - down)

    def _reaches_in(self, low: int, high: int) -> bool:
        """Whether a range of lags touches one publication interval."""
        return low <= self.inside and high >= -self.inside

    def by_lag(self) -> list[dict[str, object]]:
        """The rows of the lags."""
        if self.note:
            return []
        null = self._null / np.sqrt(self.pair.pairs)
        band = np.quantile(null, 0.95, axis=0)
        highest = np.quantile(self._null.max(axis=1), 0.95) / np.sqrt(self.pair.pairs)
        columns = zip(self.pair.lags, self.pair.pairs, self.pair.correlation, band, highest, strict=True)
        return [
            {"query": self.query, "lag": int(lag), "pairs": int(pairs), "correlation": float(r), "band": float(by), "highest": float(top)}
            for lag, pairs, r, by, top in columns
        ]  # fmt: skip

    def by_period(self) -> list[dict[str, object]]:
        """The rows of both courses."""
        rows: list[dict[str, object]] = []
        for number, (voice, split) in enumerate(zip(self.voices, self.splits, strict=True)):
            rate = finite(per_million(self.tally.hits[:, split, self.column], self.tally.tokens[:, split]))
            if self.note:
                cleaned: list[float | None] = [None] * len(rate)
            else:
                cleaned = finite(self.pair.cleaned[number])
            for period, value, clean in zip(self.tally.periods, rate, cleaned, strict=True):
                rows.append(
                    {
                        "query": self.query,
                        "voice": voice,
                        "period": period.label,
                        "start": period.start,
                        "end": period.end,
                    }
                    | {"per_million": value, "cleaned": clean}
                )
        return rows


def _with_one(values: Floats) -> Floats:
    return np.asarray(np.column_stack([np.ones(len(values)), values]), float)


def _p(null: Floats, value: float) -> float:
    return float((1 + (null >= value - 1e-12).sum()) / (1 + null.size))


def _working(series: Series) -> tuple[Floats, Floats]:
    """Logarithms of the rates that are right where counts are small, around their own line, and their variances."""
    return working(series, _line(series))[:2]


def _line(series: Series) -> Floats:
    """A rate that grows or falls evenly: far from an assumed rate a working value is no logarithm, and a trend would look bent."""
    rate = (float(series.hits.sum()) + HALF) / float(series.exposure.sum())
    flat = np.full(series.step.size, rate)
    if series.step.size < LEAST_PERIODS:
        return flat
    for _ in range(2):
        values, *_ = working(series, flat)
        time = series.step - series.step.mean()
        slope = float(time @ values) / float(time @ time)
        shape = np.exp(np.clip(slope * time, -20, 20))
        flat = shape * (float(series.hits.sum()) + HALF) / float(series.exposure @ shape)
    return flat


def _values(series: Series) -> Floats:
    return _working(series)[0]


def _thinned(series: Series, share: Floats, generator: np.random.Generator) -> Floats:
    """Working values of a series as from a part of its documents, averaged over parts drawn at random.

    Hits of documents that a negative binomial law spreads fall on a part of them as a beta-binomial variable does: no document need be
    counted again.
    """
    share = np.clip(share, 1e-9, 1.0)
    shape = np.clip(series.shape, 1e-3, 1e7)
    words = np.maximum(np.round(series.exposure * share).astype(np.int64), 1)
    part, line = replace(series, exposure=words, shape=shape * share), _line(series)
    # A working value is a line in the cube root of the count: two of them give it for every draw.
    none, some = (working(replace(part, hits=np.full_like(words, hits)), line)[0] for hits in (0, 8))
    slope = (some - none) / (np.cbrt(8 + HALF) - np.cbrt(HALF))
    size = (THINNINGS, series.step.size)
    own = np.where(share < 1, generator.beta(share * shape, np.maximum((1 - share) * shape, 1e-9), size), 1.0)
    root = np.cbrt(generator.binomial(series.hits, own) + HALF).mean(axis=0)
    return np.asarray(none + slope * (root - np.cbrt(HALF)), float)


def _weights(course: Floats, variance: Floats) -> Floats:
    """How much of each value is kept: little where few words make it uncertain."""
    known = np.isfinite(course)
    error = float(np.mean(variance[known]))
    signal = max(float(np.var(course[known])) - error, 0.1 * error)
    return np.asarray(signal / (signal + variance), float)


def _sentence(row: Mapping[str, Any]) -> str:
    name, first, second = f"“{row['query']}”", row["first"], row["second"]
    if row["verdict"] == TOO_FEW:
        return f"{name}: too few to say whether {first} or {second} takes it up first ({row['note']})."
    counted = f"{row['hits_first']:,} and {row['hits_second']:,} hits, {row['periods']:,} {row['grain']}s with text of both"
    if row["verdict"] == LEADS:
        lag = f"{row['lag']:,} {row['grain']}{'' if row['lag'] == 1 else 's'}"
        return (
            f"{name}: {first} leads {second} by {lag} (80 % {row['low']} to {row['high']}; correlation {row['correlation']:.2f}, "
            f"p {row['p_family']:.3f}; {counted}). This is not a cause."
        )
    if row["verdict"] == TOGETHER:
        return (
            f"{name}: {first} and {second} take it up together: same event, different press day ({counted})."
        )
    return f"{name}: whether {first} or {second} takes it up first cannot be told: {row['note']} ({counted})."


_TABLE: Final[dict[str, Any]] = {
    "query": pl.String,
    "first": pl.String,
    "second": pl.String,
    "lag": pl.Int64,
    "low": pl.Int64,
    "high": pl.Int64,
    "grain": pl.String,
    "correlation": pl.Float64,
    "p": pl.Float64,
    "p_family": pl.Float64,
    "p_lag": pl.Float64,
    "periods": pl.Int64,
    "hits_first": pl.Int64,
    "hits_second": pl.Int64,
    "removed": pl.String,
    "verdict": pl.String,
    "note": pl.String,
}
_LAGS: Final[dict[str, Any]] = {
    "query": pl.String,
    "lag": pl.Int64,
    "pairs": pl.Int64,
    "correlation": pl.Float64,
    "band": pl.Float64,
    "highest": pl.Float64,
}
_COURSES: Final[dict[str, Any]] = {
    "query": pl.String,
    "voice": pl.String,
    "period": pl.String,
    "start": pl.Date,
    "end": pl.Date,
    "per_million": pl.Float64,
    "cleaned": pl.Float64,
}
