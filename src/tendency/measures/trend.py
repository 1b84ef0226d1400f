"""Trend: whether a rate rises or falls over the whole span, by how much a year, and whether that can be told from wandering."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl
from numpy.typing import ArrayLike

from tendency.measures.dispersion import Floats
from tendency.measures.rates import check_level, rates
from tendency.measures.result import Result
from tendency.measures.series import Series
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

_ALL_PAIRS: Final = 2_000
"""Up to so many periods every pair gives a slope; of more, as many pairs as these have are drawn."""
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
    """

    slope: float
    low: float
    high: float
    middle: float
    p: float
    autocorrelation: float
    inflation: float

    def at(self, years: Floats) -> Floats:
        """Hits per unit of exposure on the line."""
        return np.asarray(np.exp(np.clip(self.middle + self.slope * years, -700, 700)), float)


def trend(tally: Tally, *, level: float = 0.95) -> Trends:
    """Whether each rate of a tally rises or falls over the whole span, and by how many per cent a year.

    The test is Mann and Kendall's on the rates, its variance raised by what neighbouring periods have in common;
    the growth is Theil and Sen's slope of the logarithm of the rate against time, with Sen's limits widened alike
    (see ``docs/methods/trend.md``).

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
        for series in Series.each(tally, column):
            line = None if lacking(series) else trend_line(series, level)
            rows.append({"query": query, "split": series.split, **_row(series, line, level)})
            if line is not None:
                lines.append(_fitted(series, line))
    recipe = f"trend|{tally.recipe}|ci:sen{round(100 * level)}"
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


def trend_line(series: Series, level: float = 0.95) -> Line:
    """The Theil–Sen line of a series with at least two periods, and the test of its slope."""
    slopes = pair_slopes(series.years, series.log_rate)
    slope = float(np.median(slopes))
    middle = float(np.median(series.log_rate - slope * series.years))
    alike = autocorrelation(series.log_rate - slope * series.years, series.step)
    inflation = score_inflation(alike, series.step)
    score, variance = kendall_score(series.rate)
    low, high = slope_limits(slopes, len(series), variance * inflation, level)
    return Line(slope, low, high, middle, kendall_p(score, variance * inflation), alike, inflation)


def kendall_score(values: ArrayLike) -> tuple[int, float]:
    """Kendall's score of values in order of time, and its variance without a trend; equal values are ties.

    The score counts the pairs of which the later is larger, less those of which the later is smaller.
    """
    x = np.asarray(values)
    score = sum(int(np.sign(x[i + 1 :] - x[i]).sum()) for i in range(x.size - 1))
    n = x.size
    _, tied = np.unique(x, return_counts=True)
    ties = sum(t * (t - 1) * (2 * t + 5) for t in tied.tolist())
    return score, (n * (n - 1) * (2 * n + 5) - ties) / 18


def kendall_p(score: int, variance: float) -> float:
    """Two-sided p of a score, by the normal law with the correction for continuity."""
    from scipy.special import ndtr

    if variance <= 0:
        return 1.0
    return float(min(1.0, 2 * ndtr(-max(abs(score) - 1, 0) / np.sqrt(variance))))


def pair_slopes(x: Floats, y: Floats) -> Floats:
    """The slopes between every two points, ascending; of very many points, those of pairs drawn at random."""
    n = x.size
    if n <= _ALL_PAIRS:
        first, second = np.triu_indices(n, 1)
    else:
        generator = np.random.default_rng(n)
        first, second = generator.integers(0, n, (2, _ALL_PAIRS * (_ALL_PAIRS - 1) // 2))
        first, second = first[first != second], second[first != second]
    return np.sort((y[second] - y[first]) / (x[second] - x[first]))


def slope_limits(slopes: Floats, n: int, variance: float, level: float) -> tuple[float, float]:
    """Sen's limits of the median of ascending slopes between n points; infinite where the slopes do not reach.

    The lower limit is above 0 exactly when the score, without ties, is beyond chance at this level.
    """
    from scipy.special import ndtri

    pairs = n * (n - 1) / 2
    beyond = (pairs - ndtri((1 + level) / 2) * np.sqrt(variance) - 1) / 2
    at = int(np.ceil(beyond / pairs * slopes.size)) - 1
    if at < 0:
        return -np.inf, np.inf
    return float(slopes[at]), float(slopes[slopes.size - 1 - at])


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


def score_inflation(alike: float, step: ArrayLike) -> float:
    """How many times larger the variance of Kendall's score is when neighbours are alike, at least 1.

    The score is, but for a small remainder, the sum of each value's rank times its place in time; its variance is
    taken under an autocorrelation that falls off by the same factor with every step, gaps included.
    """
    place = np.asarray(step, float)
    weight = 2.0 * np.arange(place.size) - (place.size - 1)
    if alike <= 0:
        return 1.0
    carried = shared = 0.0
    for w, before, gap in zip(weight[1:], weight[:-1], np.diff(place), strict=True):
        carried = (carried + before) * alike**gap
        shared += w * carried
    return max(1.0, float(1 + 2 * shared / (weight @ weight)))


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
            "at this length even the corrected test errs more often than 5 %"
        )
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
