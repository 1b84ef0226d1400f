"""Trend: whether a rate rises or falls over the whole span, by how much a year, and whether that can be told from wandering."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

from tendency.measures.dispersion import Floats
from tendency.measures.rates import check_level, rates
from tendency.measures.result import Result
from tendency.measures.series import HALF, Series
from tendency.tally import Tally

if TYPE_CHECKING:
    from tendency.charts import Spec

RISES: Final = "rises"
FALLS: Final = "falls"
NO_TREND: Final = "no trend that can be told from wandering"
TOO_FEW: Final = "too few"

LEAST_PERIODS: Final = 8
"""A trend is asked of so many periods with text."""
ALIKE: Final = 0.3
"""Autocorrelation of the residuals from which on the test is known to err too often."""

RARE: Final = 5
"""With fewer hits a period the half hit that is added to each count flattens the line."""

_ALL_PAIRS: Final = 1_000
"""Up to so many periods every pair gives a slope; of more, as many pairs as these have are drawn."""
_DRAWS: Final = 400
_WORK: Final = 40_000_000
"""Pairs times draws that are compared at most, but for a hundred draws at least."""
_ERRORS: Final = 10
"""Of 100 series that wander (autocorrelation .7) and have no trend, so many are said to have one (bench/statistics/trend.py)."""
_CONTRADICTION: Final = 3.84
_LARGEST: Final = 0.95
_STEEPEST: Final = 30.0
"""A logarithm of a ratio beyond this says nothing as a percentage."""


@dataclass(frozen=True)
class Trends(Result):
    """The trend of each query × split.

    Attributes:
        table: ``query, split, periods`` (with text), ``start, end`` (first day and last), ``hits, clusters``
            (independent pieces of evidence), ``growth, low, high`` (per cent a year), ``total, total_low,
            total_high`` (how many times the fitted first period the last is), ``p``, ``autocorrelation`` (of
            neighbours, without the trend), ``verdict`` (``rises``, ``falls``, ``no trend that can be told from
            wandering`` or ``too few``) and ``note`` (what to beware of, or empty).
        lines: The fitted rate of each query × split × period: ``query, split, period, start, end, per_million``.
        rates: The rates themselves, as the measure ``rates`` gives them.
    """

    lines: pl.DataFrame
    rates: pl.DataFrame

    def chart(self, *, title: str = "") -> Spec | None:
        """The rates with their intervals, and the line through them where there are enough."""
        if self.rates.is_empty():
            return None
        from tendency.charts import trend_chart

        return trend_chart(self.rates, self.lines, title=title or "Trend over the whole span")


@dataclass(frozen=True)
class Line:
    """The line through the logarithms of a series' rates.

    Attributes:
        slope: Growth of the logarithm a year.
        low, high: Its limits; infinite where the periods are too few for any.
        middle: The line at year 0 of ``Series.years``.
        p: Two-sided, that there is no trend.
        autocorrelation: Of neighbouring periods, without the trend, corrected for the length.
        inflation: How many times larger the variance of Kendall's score is taken for it.
        effective: How many independent periods are worth as much.
    """

    slope: float
    low: float
    high: float
    middle: float
    p: float
    autocorrelation: float
    inflation: float
    effective: float

    def at(self, years: Floats) -> Floats:
        """Hits per unit of exposure on the line."""
        return np.asarray(np.exp(np.clip(self.middle + self.slope * years, -700, 700)), float)


def trend(tally: Tally, *, level: float = 0.95) -> Trends:
    """Whether each rate of a tally rises or falls over the whole span, and by how many per cent a year.

    The test is Mann and Kendall's on the logarithms of the rates. Its score is compared with what a constant rate would
    give in periods of these sizes and of this burstiness, since small periods have odd rates; its variance is raised by
    what neighbouring periods have in common. The growth is Theil and Sen's slope against time, with Sen's limits, centred
    and widened alike (see ``docs/methods/trend.md``).

    Source: Mann (1945), doi:10.2307/1907187; Sen (1968), doi:10.1080/01621459.1968.10480934; Hamed & Rao (1998),
    doi:10.1016/S0022-1694(97)00125-X; Gilbert (1987), Statistical Methods for Environmental Pollution Monitoring, 217-219.

    Args:
        tally: The counts by period.
        level: Confidence of the interval; 1 less it is the error of the verdict.

    Raises:
        SettingError: A level that is none.
    """
    check_level(level)
    rows, lines = [], []
    for column, query in enumerate(tally.columns):
        for split, series in enumerate(Series.each(tally, column)):
            seed = [tally.seed, column, split]
            line = None if lacking(series) else trend_line(series, level, seed)
            rows.append({"query": query, "split": series.split, **_row(series, line, level)})
            if line is not None:
                lines.append(_fitted(series, line))
    recipe = f"trend|{tally.recipe}|ci:sen{round(100 * level)}|draws:{_DRAWS}|seed:{tally.seed:016x}"
    return Trends(
        pl.DataFrame(rows, schema=_SCHEMA),
        recipe,
        pl.concat(lines) if lines else pl.DataFrame(schema=_LINES),
        rates(tally, level=level).table if tally.clusterings else pl.DataFrame(),
    )


def lacking(series: Series) -> str:
    """Why a series has no trend to speak of, or nothing."""
    short = f"under {LEAST_PERIODS} periods with text" if len(series) < LEAST_PERIODS else ""
    return ", ".join(reason for reason in (series.too_few, short) if reason)


def trend_line(series: Series, level: float = 0.95, seed: Sequence[int] = (0,)) -> Line:
    """The Theil–Sen line of a series with at least five periods and one hit, and the test of its slope.

    Args:
        series: Counts over time.
        level: Confidence of the limits.
        seed: Another seed gives other draws of what a constant rate would give.
    """
    y, x = series.log_rate, series.years
    pairs = _Pairs.of(len(series))
    series, contradicted = believed(series)
    expected, variance = _score_of_constant(series, pairs, seed)
    slopes = pairs.slopes(x, y)
    slope = float(np.quantile(slopes, np.clip((1 - expected / slopes.size) / 2, 0, 1)))
    residuals = y - slope * x
    alike = autocorrelation(residuals, series.step)
    wander = 1.0 if series.between or contradicted else wander_share(series, slope)
    inflation = score_inflation(alike, series.step, wander)
    effective = len(series) / inflation
    reach = np.sqrt(variance * inflation)
    p = kendall_p(pairs.score(y) - expected, reach**2, effective - 2)
    low, high = slope_limits(slopes, reach, level, expected=expected, freedom=effective - 2)
    return Line(slope, low, high, float(np.median(residuals)), p, alike, inflation, effective)


def theil_sen(x: Floats, y: Floats) -> float:
    """The median slope between every two points."""
    return float(np.median(_Pairs.of(x.size).slopes(x, y)))


@dataclass(frozen=True)
class _Pairs:
    """Which two periods are compared, as their numbers; the first is the earlier."""

    first: NDArray[np.int64]
    second: NDArray[np.int64]

    @classmethod
    def of(cls, n: int) -> _Pairs:
        """Every pair, or of very many periods some that are drawn."""
        if n <= _ALL_PAIRS:
            return cls(*np.triu_indices(n, 1))
        ends = np.random.default_rng(n).integers(0, n, (2, _ALL_PAIRS * (_ALL_PAIRS - 1) // 2))
        ends = np.sort(ends[:, ends[0] != ends[1]], axis=0)
        return cls(ends[0], ends[1])

    def score(self, y: Floats) -> float:
        """Kendall's score over these pairs."""
        return float(np.sign(y[self.second] - y[self.first]).sum())

    def slopes(self, x: Floats, y: Floats) -> Floats:
        """The slope of each pair, ascending."""
        return np.sort((y[self.second] - y[self.first]) / (x[self.second] - x[self.first]))


def _score_of_constant(series: Series, pairs: _Pairs, seed: Sequence[int]) -> tuple[float, float]:
    """Mean and variance of Kendall's score if the rate were constant, given sizes and burstiness of the periods.

    In a small period, or with a rare word, the middle of what a constant rate gives lies elsewhere than in a large one:
    a corpus that grows would make rare words rise or fall. Periods alike in size need no draws: the mean is 0.
    """
    n, y = len(series), series.log_rate
    if n <= _ALL_PAIRS and np.ptp(series.exposure) == 0 and np.ptp(series.shape) == 0:
        return 0.0, kendall_score(y)[1]
    generator = np.random.default_rng(seed)
    draws = max(100, min(_DRAWS, _WORK // pairs.first.size))
    mean = series.exposure * (series.hits.sum() / series.exposure.sum())
    # Burstiness is itself estimated, with the variance that is explained in measures/comparison.py.
    shape = np.maximum(series.shape, 1e-9)
    burstiness = float(np.median(series.clusters / shape))
    spread = min(1.0, np.sqrt((2 + 6 * burstiness) / max(int(series.clusters.sum()), 1)))
    shapes = shape * np.exp(spread * generator.standard_normal((draws, 1)))
    rate = mean * generator.standard_gamma(shapes) / shapes
    drawn = np.log((generator.poisson(np.minimum(rate, 1e18)) + HALF) / series.exposure)
    scores = np.array([pairs.score(one) for one in drawn])
    return float(scores.mean()), float(scores.var(ddof=1))


def kendall_score(values: ArrayLike) -> tuple[int, float]:
    """Kendall's score of values in order of time, and its variance without a trend; equal values are ties.

    The score counts the pairs of which the later is larger, less those of which the later is smaller.
    """
    x = np.asarray(values)
    n = x.size
    score = _Pairs(*np.triu_indices(n, 1)).score(x)
    _, tied = np.unique(x, return_counts=True)
    ties = sum(t * (t - 1) * (2 * t + 5) for t in tied.tolist())
    return int(score), (n * (n - 1) * (2 * n + 5) - ties) / 18


def kendall_p(score: float, variance: float, freedom: float = np.inf) -> float:
    """Two-sided p of a score with the correction for continuity; Student's law where freedom is finite, else the normal."""
    from scipy.special import ndtr, stdtr

    if variance <= 0:
        return 1.0
    z = max(abs(score) - 1, 0) / np.sqrt(variance)
    below = ndtr(-z) if np.isinf(freedom) else stdtr(max(freedom, 1.0), -z)
    return float(min(1.0, 2 * below))


def slope_limits(
    slopes: Floats, reach: float, level: float, *, expected: float = 0.0, freedom: float = np.inf
) -> tuple[float, float]:
    """Sen's limits of the middle of ascending slopes; infinite where the slopes do not reach.

    The lower limit is above 0 exactly when a score without ties is beyond chance at this level.

    Args:
        slopes: One for each pair of periods.
        reach: Standard deviation of the score.
        level: Confidence.
        expected: Mean of the score without a trend.
        freedom: Degrees of freedom of Student's law; infinite for the normal.
    """
    from scipy.special import ndtri, stdtrit

    tail = (1 + level) / 2
    times = ndtri(tail) if np.isinf(freedom) else stdtrit(max(freedom, 1.0), tail)
    limits = []
    for shift in (expected, -expected):
        outside = int(np.ceil((slopes.size - shift - times * reach - 1) / 2)) - 1
        limits.append(outside)
    low = float(slopes[limits[0]]) if limits[0] >= 0 else -np.inf
    high = float(slopes[slopes.size - 1 - limits[1]]) if limits[1] >= 0 else np.inf
    return low, high


def believed(series: Series) -> tuple[Series, bool]:
    """The series with shapes that its own counts bear out, and whether they contradict those from clusters.

    Burstiness from few clusters may be far too large: then counts that stay close together are all but impossible
    under it. The shapes are raised alike to the most likely ones where the likelihood ratio passes 3.84.
    """
    from scipy.special import gammaln

    factors = np.concatenate([[1.0], np.geomspace(1.2, 1e4, 40)])[:, None]
    # Beyond 10⁹ a count is Poisson, and the logarithms would lose their digits.
    shape = np.clip(series.shape * factors, 1e-9, np.maximum(series.shape, 1e9))
    mean = _course(series, theil_sen(series.years, series.log_rate))
    hits = series.hits.astype(float)
    terms = gammaln(hits + shape) - gammaln(shape) - shape * np.log1p(mean / shape)
    terms += hits * (np.log(mean) - np.log(shape + mean))
    likelihood = terms.sum(axis=1)
    best = int(np.argmax(likelihood))
    if 2 * (likelihood[best] - likelihood[0]) <= _CONTRADICTION:
        return series, False
    return replace(series, shape=shape[best]), True


def _course(series: Series, slope: float) -> Floats:
    """Expected hits of each period on a line of this slope, as many in all as there are."""
    course = np.exp(np.clip(slope * (series.years - series.years.mean()), -300, 300))
    mean = series.exposure * course
    return np.asarray(np.maximum(mean * (series.hits.sum() / mean.sum()), 1e-12), float)


def wander_share(series: Series, slope: float) -> float:
    """The share of the variance around the line that is wander from period to period and not sampling, 0 to 1.

    What the clusters say of sampling is taken from what is seen (Pearson's statistic).
    """
    mean = _course(series, slope)
    variance = mean + mean * mean / np.maximum(series.shape, 1e-9)
    seen = float(((series.hits - mean) ** 2 / variance).sum()) / max(len(series) - 2, 1)
    return max(0.0, 1 - 1 / seen) if seen > 0 else 0.0


def autocorrelation(residuals: Floats, step: ArrayLike) -> float:
    """Correlation of the ranks of neighbouring residuals, corrected for what a fitted line takes from it.

    Of n residuals from a line, neighbours are less alike by (2 + 4ρ)/n; pairs across a gap are no neighbours.

    Source: Kendall (1954), doi:10.1093/biomet/41.3-4.403; van Giersbergen (2005), UvA-Econometrics 2005/05.
    """
    from scipy.stats import rankdata

    n = residuals.size
    centred = rankdata(residuals) - (n + 1) / 2
    total = float(centred @ centred)
    beside = np.flatnonzero(np.diff(np.asarray(step)) == 1)
    if total == 0 or not beside.size:
        return 0.0
    seen = float(centred[beside] @ centred[beside + 1]) / beside.size / (total / n)
    return float(np.clip((n * seen + 2) / (n - 4), -_LARGEST, _LARGEST))


def score_inflation(alike: float, step: ArrayLike, share: float = 1.0) -> float:
    """How many times larger the variance of Kendall's score is when neighbours are alike, at least 1.

    The score is, but for a small remainder, the sum of each value's rank times its place in time; its variance is
    taken under an autocorrelation that falls off by the same factor with every step, gaps included.

    Args:
        alike: Autocorrelation of neighbours.
        step: The place of each value on the axis of all periods.
        share: The part of the variance that wanders; the rest is independent. The wander itself then has
            neighbours alike by ``alike / share``. A share below ``alike`` cannot be, and is taken as 1.
    """
    place = np.asarray(step, float)
    weight = 2.0 * np.arange(place.size) - (place.size - 1)
    if alike <= 0:
        return 1.0
    if share < alike:
        share = 1.0
    factor = min(_LARGEST, alike / share)
    carried = shared = 0.0
    for w, before, gap in zip(weight[1:], weight[:-1], np.diff(place), strict=True):
        carried = (carried + before) * factor**gap
        shared += w * carried
    return max(1.0, float(1 + 2 * share * shared / (weight @ weight)))


_SCHEMA: Final[dict[str, Any]] = {
    "query": pl.String,
    "split": pl.String,
    "periods": pl.Int64,
    "start": pl.Date,
    "end": pl.Date,
    "hits": pl.Int64,
    "clusters": pl.Int64,
    "growth": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "total": pl.Float64,
    "total_low": pl.Float64,
    "total_high": pl.Float64,
    "p": pl.Float64,
    "autocorrelation": pl.Float64,
    "verdict": pl.String,
    "note": pl.String,
}
_LINES: Final[dict[str, Any]] = {
    "query": pl.String,
    "split": pl.String,
    "period": pl.String,
    "start": pl.Date,
    "end": pl.Date,
    "per_million": pl.Float64,
}


def _row(series: Series, line: Line | None, level: float) -> dict[str, object]:
    row: dict[str, object] = dict.fromkeys(_SCHEMA)
    del row["query"], row["split"]
    row |= {
        "periods": len(series),
        "start": series.periods[0].start if len(series) else None,
        "end": last_day(series) if len(series) else None,
        "hits": int(series.hits.sum()),
        "clusters": int(series.clusters.sum()),
    }
    if line is None:
        return row | {"verdict": TOO_FEW, "note": lacking(series)}
    span = float(series.years[-1] - series.years[0])
    for prefix, slope in (("", line.slope), ("low", line.low), ("high", line.high)):
        row[prefix or "growth"] = percent(slope)
        row[f"total_{prefix}".rstrip("_")] = _times(slope * span)
    return row | {
        "p": line.p,
        "autocorrelation": line.autocorrelation,
        "verdict": _verdict(line, level),
        "note": _note(series, line),
    }


def last_day(series: Series) -> object:
    """The last day of the last period, itself included."""
    import datetime as dt

    return series.periods[-1].end - dt.timedelta(days=1)


def percent(slope: float) -> float | None:
    """The growth in per cent of a difference of logarithms; None beyond what a percentage can say."""
    return float(100 * np.expm1(slope)) if abs(slope) <= _STEEPEST else None


def _times(difference: float) -> float | None:
    return float(np.exp(difference)) if abs(difference) <= _STEEPEST else None


def _verdict(line: Line, level: float) -> str:
    if line.p > 1 - level or line.low * line.high <= 0:
        return NO_TREND
    return RISES if line.slope > 0 else FALLS


def _note(series: Series, line: Line) -> str:
    said = []
    if line.autocorrelation > ALIKE:
        said.append(
            f"wanders: neighbours are alike (autocorrelation {line.autocorrelation:.1f}); "
            f"of series that wander even the corrected test errs in up to {_ERRORS} of 100 instead of 5"
        )
    if line.slope != 0 and series.hits.sum() < RARE * len(series):
        said.append(f"under {RARE} hits a period: growth is understated")
    if series.years[-1] - series.years[0] < 1:
        said.append("under a year: growth in per cent a year goes beyond what was seen")
    return "; ".join(said)


def _fitted(series: Series, line: Line) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "query": [series.name] * len(series),
            "split": [series.split] * len(series),
            "period": [period.label for period in series.periods],
            "start": [period.start for period in series.periods],
            "end": [period.end for period in series.periods],
            "per_million": 1e6 * line.at(series.years),
        },
        schema=_LINES,
    )
