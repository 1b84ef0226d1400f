"""Forecast: what the next periods may bring, and how well such forecasts would have done before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

from tendency.errors import SettingError
from tendency.measures.dispersion import Floats
from tendency.measures.rates import check_level, rates
from tendency.measures.result import Result
from tendency.measures.series import Series
from tendency.tally import Period, Tally, following

if TYPE_CHECKING:
    from tendency.charts import Spec

BETTER: Final = "better than the last ten periods"
NO_BETTER: Final = "no better than the last ten periods"
WORSE: Final = "worse than the last ten periods"
TOO_FEW: Final = "too few"

LEAST_PERIODS: Final = 20
"""A forecast is made of so many periods with text."""
TEN: Final = 10
"""Periods whose rates are drawn again, and the least that an origin of the backtest looks back on."""
MOST_ORIGINS: Final = 60
FARTHEST: Final = 100

# Fixed on half of the terms of bench/statistics/forecast.py.
DISCOUNT: Final = 0.85
"""What the filter keeps of its evidence from one period to the next."""
SMOOTHING: Final = 0.3
"""The weight of the newest rate in the smoothed one."""
DRAWS: Final = 900
"""From all three forecasters together, a third each."""

_RESAMPLES: Final = 2_000
_LARGEST: Final = 1e18

Draws = NDArray[np.int64]


@dataclass(frozen=True)
class Forecasts(Result):
    """What the next periods may bring for each query × split.

    Attributes:
        table: ``query, split, period, start, end, ahead`` (periods after the last with text), ``words`` (assumed: the
            median of the last ten periods), ``per_million`` (median), ``low, high``, ``verdict`` (``better than the
            last ten periods``, ``no better than …``, ``worse than …`` or ``too few``), ``skill`` (how much smaller the
            score is than that of the last ten periods' rates drawn again, 0 to 1; below 0 it is larger) with
            ``skill_low, skill_high``, ``coverage`` (share of the backtest inside the interval), ``origins`` (of the
            backtest) and ``note``.
        backtest: ``query, split, origin, period, start, end, ahead, words, per_million, low, high`` (as forecast after
            the origin), ``came`` (the rate that came), ``inside, score, score_of_ten`` (CRPS per million words).
        rates: The rates so far, as the measure ``rates`` gives them.
    """

    backtest: pl.DataFrame
    rates: pl.DataFrame

    def chart(self, *, title: str = "") -> Spec | None:
        """The curve so far, then the forecast with its interval."""
        if self.rates.is_empty():
            return None
        from tendency.charts import forecast_chart

        return forecast_chart(self.rates, self.table, title=title or "Rate so far and forecast")


def forecast(tally: Tally, *, horizon: int = 1, level: float = 0.9, origins: int | None = None) -> Forecasts:
    """What the next periods may bring for every column of a tally, with the score of such forecasts in the past.

    Three forecasters are pooled alike: the rates of the last ten periods drawn again, a Gamma–Poisson filter that
    forgets, and a smoothed rate whose errors give the variance of a negative binomial count (see
    ``docs/methods/forecast.md``). The backtest forecasts from each of the latest origins with what was known then.

    Source: West & Harrison (1997), Bayesian Forecasting and Dynamic Models, ch. 14; Gneiting & Raftery (2007),
    doi:10.1198/016214506000001437; Ferro (2014), doi:10.1002/qj.2270.

    Args:
        tally: The counts by calendar period.
        horizon: How many periods ahead.
        level: Coverage of the intervals.
        origins: How many origins the backtest has at most; by default the last third of the periods, at most 60.

    Raises:
        SettingError: Periods that are eras or one span, a horizon or a number of origins that is none.
    """
    check_level(level)
    if not 1 <= horizon <= FARTHEST:
        raise SettingError(f"a horizon of {horizon} cannot be forecast; give 1 to {FARTHEST} periods.")
    if origins is not None and origins < 1:
        raise SettingError(f"{origins} origins test nothing; give at least 1.")
    if tally.grain in ("eras", "all"):
        raise SettingError(
            f"{'eras have' if tally.grain == 'eras' else 'one span has'} no next one that could be forecast; "
            "count by day, week, month, quarter, year or decade."
        )
    rows: list[dict[str, object]] = []
    tested: list[dict[str, object]] = []
    for column in range(len(tally.columns)):
        for split, series in enumerate(Series.each(tally, column)):
            one = Forecaster(series, level, [tally.seed, column, split])
            for ahead, period in enumerate(_next(tally, series, horizon), 1):
                trials = [] if lacking(series) else one.backtest(ahead, origins)
                rows.append(one.row(period, ahead, trials))
                tested += trials
    recipe = f"forecast|{tally.recipe}|ahead:{horizon}|ci:{round(100 * level)}|draws:{DRAWS}|seed:{tally.seed:016x}"
    return Forecasts(
        pl.DataFrame(rows, schema=_SCHEMA),
        recipe,
        pl.DataFrame(tested, schema=_BACKTEST),
        rates(tally, level=level).table if tally.clusterings else pl.DataFrame(),
    )


def _next(tally: Tally, series: Series, horizon: int) -> Sequence[Period]:
    last = series.periods[-1] if len(series) else tally.periods[-1] if tally.periods else None
    return following(tally.grain, last, horizon) if last else ()


def lacking(series: Series) -> str:
    """Why a series cannot be forecast, or nothing."""
    short = f"under {LEAST_PERIODS} periods with text" if len(series) < LEAST_PERIODS else ""
    return ", ".join(reason for reason in (series.too_few, short) if reason)


class Filter:
    """What each forecaster knows of a series after each of its periods.

    Attributes:
        shape, scale: Of the gamma law of the rate after each period (Gamma–Poisson filter), float of shape (periods,).
        level: The smoothed rate after each period.
    """

    def __init__(self, series: Series) -> None:
        self.series = series
        gaps = np.diff(series.step, prepend=series.step[:1] - 1)
        self.shape = _carried(series.hits, DISCOUNT, gaps)
        self.scale = _carried(series.exposure, DISCOUNT, gaps)
        kept = 1 - SMOOTHING
        self.level = _carried(series.rate, kept, gaps) / _carried(np.ones(len(series)), kept, gaps)

    def excess(self, ahead: int) -> Floats:
        """After each period, the variance beyond Poisson of counts forecast ``ahead`` periods before, over their square."""
        series = self.series
        expected = np.full(len(series), np.nan)
        expected[ahead:] = self.level[:-ahead] * series.exposure[ahead:]
        known = np.isfinite(expected)
        beyond = np.where(known, (series.hits - expected) ** 2 - expected, 0.0)
        square = np.where(known, expected**2, 0.0)
        above, below = np.cumsum(beyond), np.cumsum(square)
        share = np.divide(above, below, out=np.zeros(len(series)), where=below > 0)
        return np.asarray(np.maximum(0.0, share), float)


def _carried(values: ArrayLike, kept: float, gaps: ArrayLike) -> Floats:
    """The sum of values so far, of which ``kept`` remains from one period to the next."""
    result, total = [], 0.0
    for value, gap in zip(np.asarray(values, float).tolist(), np.asarray(gaps).tolist(), strict=True):
        total = total * kept**gap + value
        result.append(total)
    return np.array(result, float)


def drawn_again(series: Series, at: int, exposure: float, size: int, generator: np.random.Generator) -> Draws:
    """Counts from the rates of the ten periods up to ``at``, each as likely."""
    rate = series.rate[max(0, at + 1 - TEN) : at + 1]
    return _poisson(generator.choice(rate, size) * exposure, generator)


def filtered(
    known: Filter, at: int, ahead: int, exposure: float, size: int, generator: np.random.Generator
) -> Draws:
    """Counts from the Gamma–Poisson filter after ``at``: negative binomial, wider the further ahead."""
    kept = DISCOUNT ** (ahead - 1)
    shape, scale = known.shape[at] * kept + 0.5, known.scale[at] * kept
    return _poisson(generator.gamma(shape, 1.0, size) / scale * exposure, generator)


def smoothed(
    known: Filter, at: int, excess: float, exposure: float, size: int, generator: np.random.Generator
) -> Draws:
    """Counts around the smoothed rate after ``at``, negative binomial with this excess of variance."""
    mean = known.level[at] * exposure
    if excess > 0:
        mean = mean * generator.gamma(1 / excess, excess, size)
    return _poisson(np.broadcast_to(mean, size), generator)


def _poisson(mean: ArrayLike, generator: np.random.Generator) -> Draws:
    return np.asarray(generator.poisson(np.minimum(np.asarray(mean, float), _LARGEST)), np.int64)


def crps(draws: ArrayLike, came: float) -> float:
    """The continuous ranked probability score of draws, fair to their number: smaller is better, in the unit of the draws.

    Source: Ferro (2014), doi:10.1002/qj.2270.
    """
    x = np.sort(np.asarray(draws, float))
    m = x.size
    apart = float((2.0 * np.arange(m) - (m - 1)) @ x) / (m * (m - 1))
    return float(np.abs(x - came).mean()) - apart


def shortest_interval(draws: Draws, level: float) -> tuple[float, float]:
    """The shortest interval that holds this share of the draws; of several, the one that holds most, then the lowest.

    Rare words have counts that bunch at 0: an interval that leaves out half of the rest on each side would hold far more.
    """
    x = np.sort(draws)
    within = min(x.size, max(1, int(np.ceil(level * x.size))))
    low, high = x[: x.size - within + 1], x[within - 1 :]
    shortest = np.flatnonzero(high - low == (high - low).min())
    held = np.searchsorted(x, high[shortest], "right") - np.searchsorted(x, low[shortest])
    best = shortest[int(np.argmax(held))]
    return float(low[best]), float(high[best])


class Forecaster:
    """One series: its forecasts, made after any of its periods."""

    def __init__(self, series: Series, level: float, seed: Sequence[int]) -> None:
        self.series, self.level, self.seed = series, level, seed

    @cached_property
    def known(self) -> Filter:
        """What is known after each period."""
        return Filter(self.series)

    def draws(self, at: int, ahead: int, exposure: float) -> Draws:
        """Counts that a period of this exposure may have, ``ahead`` periods after number ``at``."""
        generator = np.random.default_rng([*self.seed, ahead, at])
        third = DRAWS // 3
        excess = float(self._excess(ahead)[at])
        return np.concatenate(
            [
                drawn_again(self.series, at, exposure, third, generator),
                filtered(self.known, at, ahead, exposure, third, generator),
                smoothed(self.known, at, excess, exposure, third, generator),
            ]
        )

    def _excess(self, ahead: int) -> Floats:
        if ahead not in self._excesses:
            self._excesses[ahead] = self.known.excess(ahead)
        return self._excesses[ahead]

    @cached_property
    def _excesses(self) -> dict[int, Floats]:
        return {}

    def backtest(self, ahead: int, origins: int | None) -> list[dict[str, object]]:
        """A row for each of the latest origins from which the period ``ahead`` is one with text."""
        return list(self._trials(ahead, origins))

    def _trials(self, ahead: int, origins: int | None) -> Iterator[dict[str, object]]:
        series, place = self.series, {int(step): at for at, step in enumerate(self.series.step)}
        pairs = [(at, place.get(int(step) + ahead)) for at, step in enumerate(series.step)]
        possible = [(at, to) for at, to in pairs if to is not None and at + 1 >= TEN]
        most = origins or min(MOST_ORIGINS, -(-len(series) // 3))
        for at, to in possible[-most:]:
            period, exposure = series.periods[to], float(series.exposure[to])
            draws = self.draws(at, ahead, exposure)
            generator = np.random.default_rng([*self.seed, ahead, at, 1])
            again = drawn_again(series, at, exposure, DRAWS, generator)
            came = float(series.hits[to])
            low, middle, high = self._summary(draws)
            unit = 1e6 / exposure
            yield {
                "query": series.name,
                "split": series.split,
                "origin": series.periods[at].label,
                "period": period.label,
                "start": period.start,
                "end": period.end,
                "ahead": ahead,
                "words": int(exposure),
                "per_million": unit * middle,
                "low": unit * low,
                "high": unit * high,
                "came": unit * came,
                "inside": bool(low <= came <= high),
                "score": unit * crps(draws, came),
                "score_of_ten": unit * crps(again, came),
            }

    def _summary(self, draws: Draws) -> tuple[float, float, float]:
        low, high = shortest_interval(draws, self.level)
        return low, float(np.quantile(draws, 0.5, method="inverted_cdf")), high

    def row(self, period: Period, ahead: int, trials: Sequence[dict[str, Any]]) -> dict[str, object]:
        """The forecast of a period, with what the backtest says of it."""
        series = self.series
        row: dict[str, object] = dict.fromkeys(_SCHEMA)
        row |= {"query": series.name, "split": series.split, "ahead": ahead, "origins": len(trials)}
        row |= {"period": period.label, "start": period.start, "end": period.end}
        if lacking(series) or not trials:
            note = lacking(series) or f"no period with text is {ahead} after another"
            return row | {"verdict": TOO_FEW, "note": note}
        words = float(np.median(series.exposure[-TEN:]))
        low, middle, high = self._summary(self.draws(len(series) - 1, ahead, words))
        score = np.array([trial["score"] for trial in trials])
        of_ten = np.array([trial["score_of_ten"] for trial in trials])
        value, lowest, highest = skill(score, of_ten, self.level, [*self.seed, ahead])
        return row | {
            "words": round(words),
            "per_million": 1e6 * middle / words,
            "low": 1e6 * low / words,
            "high": 1e6 * high / words,
            "verdict": _verdict(lowest, highest),
            "skill": value,
            "skill_low": lowest,
            "skill_high": highest,
            "coverage": float(np.mean([trial["inside"] for trial in trials])),
            "note": "",
        }


def skill(
    score: Floats, reference: Floats, level: float, seed: Sequence[int]
) -> tuple[float | None, float | None, float | None]:
    """One less the ratio of two sums of scores, with limits from stretches of origins drawn again.

    Both scores of an origin stay together (paired), and about the cube root of the origins is drawn in one stretch,
    since neighbouring origins err alike. None where the reference makes no error, limits of None under 5 origins.

    Source: Künsch (1989), doi:10.1214/aos/1176347265.
    """
    n = score.size
    if reference.sum() <= 0:
        return None, None, None
    value = float(1 - score.sum() / reference.sum())
    if n < 5:
        return value, None, None
    block = max(1, round(n ** (1 / 3)))
    generator = np.random.default_rng(seed)
    starts = generator.integers(0, n, (_RESAMPLES, -(-n // block)))
    at = ((starts[:, :, None] + np.arange(block)) % n).reshape(_RESAMPLES, -1)[:, :n]
    above, below = score[at].sum(axis=1), reference[at].sum(axis=1)
    found = 1 - above[below > 0] / below[below > 0]
    low, high = np.quantile(found, [(1 - level) / 2, (1 + level) / 2])
    return value, float(low), float(high)


def _verdict(low: float | None, high: float | None) -> str:
    if low is not None and low > 0:
        return BETTER
    return WORSE if high is not None and high < 0 else NO_BETTER


_SCHEMA: Final[dict[str, Any]] = {
    "query": pl.String,
    "split": pl.String,
    "period": pl.String,
    "start": pl.Date,
    "end": pl.Date,
    "ahead": pl.Int64,
    "words": pl.Int64,
    "per_million": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "verdict": pl.String,
    "skill": pl.Float64,
    "skill_low": pl.Float64,
    "skill_high": pl.Float64,
    "coverage": pl.Float64,
    "origins": pl.Int64,
    "note": pl.String,
}
_BACKTEST: Final[dict[str, Any]] = {
    "query": pl.String,
    "split": pl.String,
    "origin": pl.String,
    "period": pl.String,
    "start": pl.Date,
    "end": pl.Date,
    "ahead": pl.Int64,
    "words": pl.Int64,
    "per_million": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "came": pl.Float64,
    "inside": pl.Boolean,
    "score": pl.Float64,
    "score_of_ten": pl.Float64,
}
