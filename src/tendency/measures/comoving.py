"""Co-movement with an outside series, after both have lost their trends: what moves together is not a cause."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl

from tendency.errors import SettingError
from tendency.measures.dispersion import Floats
from tendency.measures.rates import check_level
from tendency.measures.result import Result
from tendency.measures.series import Series, years_of
from tendency.measures.trends import autocorrelation, theil_sen
from tendency.tally import Period, Tally

WITH: Final = "moves with it"
AGAINST: Final = "moves against it"
CHANCE: Final = "no co-movement that can be told from chance"
TOO_FEW: Final = "too few"

LAGS: Final = 3
LEAST_PAIRS: Final = 12
"""Periods in which both series have a figure."""
SURROGATES: Final = 999
"""Series drawn in place of the outside one; of over a thousand periods a fifth as many."""

WAYS: Final = ("differences", "residuals")


@dataclass(frozen=True)
class Comovements(Result):
    """How rates move with an outside series, at each lag.

    Attributes:
        table: ``query, split, detrended`` (``differences`` from the period before, or ``residuals`` from the Theil–Sen
            line), ``lag`` (periods by which the text follows the outside series; below 0 it goes before), ``pairs``,
            ``correlation`` (Spearman's), ``low, high, p, p_family`` (over all lags and both ways), ``verdict`` (``moves
            with it``, ``moves against it``, ``no co-movement that can be told from chance`` or ``too few``), ``note``.
        outside: The outside series by period: ``period, start, end, value``, null where it has none.
    """

    outside: pl.DataFrame


def comovement(tally: Tally, outside: pl.DataFrame, *, lags: int = LAGS, level: float = 0.95) -> Comovements:
    """How each rate of a tally moves with an outside series, when both have lost their trends.

    Two series that wander alone look alike by chance far more often than independent figures do. Chance is therefore
    drawn: outside series that wander as much as the real one from period to period (of first order, Gaussian) are put in
    its place, detrended alike, and correlated with the same text. Correlated figures are not shown to cause each other.

    Source: Yule (1926), doi:10.2307/2341482; Theiler et al. (1992), doi:10.1016/0167-2789(92)90102-S (surrogates);
    Westfall & Young (1993), Resampling-Based Multiple Testing (smallest p of a family).

    Args:
        tally: The counts by period.
        outside: ``start, end, value`` (first day, and day after the last) or ``date, value``. A value belongs to the
            period that its days lie inside; several are averaged.
        lags: The largest lag in periods, either way.
        level: Confidence of the intervals; 1 less it is the error of the verdict over all lags and both ways.

    Raises:
        SettingError: Columns that are missing, a level or lag that is none.
    """
    check_level(level)
    if not 0 <= lags <= 24:
        raise SettingError(f"a largest lag of {lags} cannot be taken; give 0 to 24 periods.")
    values = by_period(outside, tally.periods)
    years = years_of(tally.periods)
    rows: list[dict[str, object]] = []
    for column in range(len(tally.columns)):
        for split, series in enumerate(Series.each(tally, column)):
            pair = _Pair.of(series, values, years)
            rows += _rows(series, pair, lags, level, [tally.seed, column, split])
    recipe = f"co-movement|{tally.recipe}|lags:{lags}|surrogates:{surrogates_of(len(tally.periods))}|ci:{round(100 * level)}|seed:{tally.seed:016x}"
    beside = pl.DataFrame(
        {
            "period": [period.label for period in tally.periods],
            "start": [period.start for period in tally.periods],
            "end": [period.end for period in tally.periods],
            "value": [None if np.isnan(value) else float(value) for value in values],
        },
        schema={"period": pl.String, "start": pl.Date, "end": pl.Date, "value": pl.Float64},
    )
    return Comovements(pl.DataFrame(rows, schema=_SCHEMA), recipe, beside)


def surrogates_of(periods: int) -> int:
    """How many series are drawn for an axis of so many periods."""
    return SURROGATES if periods <= 1000 else SURROGATES // 5


def by_period(outside: pl.DataFrame, periods: Sequence[Period]) -> Floats:
    """The mean of the values whose days lie inside each period; NaN where there is none.

    Raises:
        SettingError: Columns that are missing, or a value that is no finite number.
    """
    if "date" in outside.columns and "start" not in outside.columns:
        outside = outside.with_columns(start="date", end=pl.col("date") + pl.duration(days=1))
    missing = [name for name in ("start", "end", "value") if name not in outside.columns]
    if missing:
        raise SettingError(
            f"an outside series has the columns start, end, value or date, value; this has {', '.join(outside.columns)}."
        )
    if outside["value"].null_count() or not outside["value"].cast(pl.Float64).is_finite().all():
        raise SettingError("an outside series has a value that is no finite number; leave its row out.")
    found: list[list[float]] = [[] for _ in periods]
    starts = np.array([period.start.toordinal() for period in periods], np.int64)
    for start, end, value in (
        outside.select("start", "end", "value").sort("start", "end", "value").iter_rows()
    ):
        at = int(np.searchsorted(starts, start.toordinal(), side="right")) - 1
        if at >= 0 and end <= periods[at].end:
            found[at].append(float(value))
    return np.array([np.mean(one) if one else np.nan for one in found], float)


@dataclass(frozen=True)
class _Pair:
    """A text and an outside series on the axis of all periods, NaN where one has no figure."""

    text: Floats
    outside: Floats
    years: Floats

    @classmethod
    def of(cls, series: Series, outside: Floats, years: Floats) -> _Pair:
        text = np.full(outside.size, np.nan)
        text[series.step] = series.log_rate
        return cls(text, outside, years)

    def detrended(self, way: str) -> tuple[Floats, Floats]:
        """Both without their trends."""
        of = np.diff if way == "differences" else self._residuals
        return of(self.text), of(self.outside)

    def _residuals(self, values: Floats) -> Floats:
        known = np.isfinite(values)
        return values - theil_sen(self.years[known], values[known]) * self.years


@dataclass(frozen=True)
class _Test:
    """One correlation, and those of surrogates in its place."""

    pairs: int
    correlation: float
    null: Floats

    @property
    def p(self) -> float:
        return float((1 + (np.abs(self.null) >= abs(self.correlation) - 1e-12).sum()) / (1 + self.null.size))

    def limits(self, level: float) -> tuple[float, float]:
        """Limits as wide, on Fisher's scale, as chance spreads."""
        reach = np.quantile(np.abs(_fisher(self.null)), level)
        low, high = np.tanh(_fisher(np.array(self.correlation)) + np.array([-reach, reach]))
        return float(low), float(high)


def _fisher(correlation: Floats) -> Floats:
    return np.asarray(np.arctanh(np.clip(correlation, -0.9999, 0.9999)), float)


def _rows(
    series: Series, pair: _Pair, lags: int, level: float, seed: Sequence[int]
) -> list[dict[str, object]]:
    both = int((np.isfinite(pair.text) & np.isfinite(pair.outside)).sum())
    note = series.too_few
    if both < LEAST_PAIRS:
        note = ", ".join(filter(None, (note, f"under {LEAST_PAIRS} periods with both figures")))
    elif any(np.nanmin(one) == np.nanmax(one) for one in (pair.text, pair.outside)):
        note = ", ".join(filter(None, (note, "one of them never changes")))
    tests = [(way, lag) for way in WAYS for lag in range(-lags, lags + 1)]
    if note:
        return [_row(series, way, lag) | {"verdict": TOO_FEW, "note": note} for way, lag in tests]
    surrogates = _surrogates(pair, np.random.default_rng(seed))
    found = [_test(pair, way, lag, surrogates[way]) for way, lag in tests]
    family = _family([one for one in found if one is not None])
    rows = []
    for (way, lag), one in zip(tests, found, strict=True):
        row = _row(series, way, lag)
        if one is None:
            rows.append(
                row | {"verdict": TOO_FEW, "note": f"under {LEAST_PAIRS} pairs that change at this lag"}
            )
            continue
        p_family = next(family)
        verdict = CHANCE if p_family > 1 - level else WITH if one.correlation > 0 else AGAINST
        low, high = one.limits(level)
        rows.append(
            row
            | {"pairs": one.pairs, "correlation": one.correlation, "low": low, "high": high}
            | {"p": one.p, "p_family": p_family, "verdict": verdict, "note": ""}
        )
    return rows


def _row(series: Series, way: str, lag: int) -> dict[str, object]:
    named = {"query": series.name, "split": series.split, "detrended": way, "lag": lag}
    return dict.fromkeys(_SCHEMA) | named


def _surrogates(pair: _Pair, generator: np.random.Generator) -> dict[str, Floats]:
    """Series that wander as the outside one does, with its gaps, detrended in both ways; each (surrogates, periods)."""
    from scipy.signal import lfilter

    known = np.isfinite(pair.outside)
    residual = pair.detrended("residuals")[1][known]
    alike = autocorrelation(residual, np.flatnonzero(known))
    noise = generator.standard_normal((surrogates_of(known.size), known.size))
    noise[:, 1:] *= np.sqrt(1 - alike**2)
    drawn = np.asarray(lfilter([1.0], [1.0, -alike], noise, axis=1), float)
    drawn[:, ~known] = np.nan
    line = np.stack([np.ones(known.sum()), pair.years[known] - pair.years[known].mean()])
    left = drawn.copy()
    # By least squares: for Gaussian surrogates that takes what the Theil–Sen line takes, in a thousandth of the time.
    left[:, known] -= np.linalg.lstsq(line.T, drawn[:, known].T, rcond=None)[0].T @ line
    return {"differences": np.diff(drawn, axis=1), "residuals": left}


def _test(pair: _Pair, way: str, lag: int, surrogates: Floats) -> _Test | None:
    """The correlation of the text with the outside series ``lag`` periods before; None where too few pairs have both."""
    from scipy.stats import rankdata

    text, outside = pair.detrended(way)
    if abs(lag) >= text.size:
        return None
    later = slice(max(lag, 0), text.size + min(lag, 0))
    earlier = slice(max(-lag, 0), text.size - max(lag, 0))
    both = np.isfinite(text[later]) & np.isfinite(outside[earlier])
    if both.sum() < LEAST_PAIRS:
        return None
    x, y = (_standard(rankdata(one)) for one in (outside[earlier][both], text[later][both]))
    if not (x.any() and y.any()):
        return None
    null = _standard(np.argsort(np.argsort(surrogates[:, earlier][:, both], axis=1), axis=1).astype(float))
    return _Test(int(both.sum()), float(x @ y), null @ y)


def _standard(ranks: Floats) -> Floats:
    """Ranks with mean 0 and length 1 along the last axis; all 0 where they are equal."""
    centred = ranks - ranks.mean(axis=-1, keepdims=True)
    length = np.sqrt((centred**2).sum(axis=-1, keepdims=True))
    return np.asarray(np.divide(centred, length, out=np.zeros_like(centred), where=length > 0), float)


def _family(tests: Sequence[_Test]) -> Iterator[float]:
    """For each test the share of draws, the real one among them, of which the smallest p is as small."""
    if not tests:
        return iter(())
    sizes = np.abs(np.array([[test.correlation, *test.null] for test in tests]))
    ordered = np.sort(sizes, axis=1)
    draws = sizes.shape[1]
    p = np.stack(
        [
            (draws - np.searchsorted(line, one - 1e-12)) / draws
            for line, one in zip(ordered, sizes, strict=True)
        ]
    )
    smallest = np.sort(p.min(axis=0))
    return iter((np.searchsorted(smallest, p[:, 0] + 1e-12, side="right") / draws).tolist())


_SCHEMA: Final[dict[str, Any]] = {
    "query": pl.String,
    "split": pl.String,
    "detrended": pl.String,
    "lag": pl.Int64,
    "pairs": pl.Int64,
    "correlation": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "p": pl.Float64,
    "p_family": pl.Float64,
    "verdict": pl.String,
    "note": pl.String,
}
