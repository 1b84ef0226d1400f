"""Trend: a test that knows bursts and likeness of neighbours, and a growth with its limits."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import polars as pl
import pymannkendall
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tendency.charts import svg
from tendency.errors import SettingError
from tendency.measures import Series, trend, trend_line
from tendency.measures.trends import (
    FALLS,
    NO_TREND,
    RISES,
    TOO_FEW,
    believed,
    kendall_p,
    kendall_score,
    score_inflation,
    slope_limits,
)
from tendency.tally import Period, Tally


def pair_slopes(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The slopes between every two points, ascending."""
    first, second = np.triu_indices(len(x), 1)
    return np.sort((y[second] - y[first]) / (x[second] - x[first]))


def years(count: int, first: int = 1900) -> list[Period]:
    """So many calendar years."""
    return [Period(str(y), dt.date(y, 1, 1), dt.date(y + 1, 1, 1)) for y in range(first, first + count)]


def yearly(hits: object, words: object = 1000, **more: object) -> Tally:
    """Ten documents a year, whose hits and words are those given (one row a year)."""
    counts = np.broadcast_to(np.asarray(hits)[:, None], (len(hits), 10))  # type: ignore[arg-type]
    size = np.broadcast_to(np.asarray(words).reshape(-1, 1), counts.shape)
    period = np.repeat(np.arange(len(counts)), 10)
    return Tally.from_counts(
        counts.ravel(), size.ravel(), years(len(counts)), period=period, columns=["war"], grain="year", **more
    )  # type: ignore[arg-type]


def bursty(
    generator: np.random.Generator, replications: int, periods: int, growth: float = 0.0, k: float = 0.25
) -> Tally:
    """Series side by side as the splits of one tally: 20 documents a year, 10 hits expected."""
    shape = (replications, periods, 20)
    words = generator.integers(500, 3000, shape)
    course = np.exp(np.log1p(growth) * (np.arange(periods) - periods / 2))[:, None]
    hits = generator.poisson(10 / 20 / 1750 * words * course * generator.gamma(k, 1 / k, shape))
    split, period, _ = np.indices(shape)
    return Tally.from_counts(
        hits.ravel(),
        words.ravel(),
        years(periods),
        period=period.ravel(),
        split=split.ravel(),
        splits=[str(i) for i in range(replications)],
        grain="year",
    )


@given(st.lists(st.integers(0, 6), min_size=4, max_size=40))
def test_score_is_that_of_mann_and_kendall(values: list[int]) -> None:
    """Score, variance with ties and p are those of pymannkendall's original test."""
    score, variance = kendall_score(values)
    if variance == 0:
        assert kendall_p(score, variance) == 1
        return
    known = pymannkendall.original_test(values)
    assert (score, variance) == (known.s, pytest.approx(known.var_s))
    # pymannkendall leaves |S| = 1 at z = 0 and rounds p off 1 for large z; both agree to 1e-9 elsewhere.
    assert kendall_p(score, variance) == pytest.approx(known.p, abs=1e-9)


@given(st.lists(st.integers(1, 60), min_size=8, max_size=30), st.integers(0, 1000))
def test_slope_is_that_of_theil_and_sen(hits: list[int], seed: int) -> None:
    """With periods alike in size the slope is scipy's, across gaps too."""
    from scipy.stats import theilslopes

    step = np.cumsum(np.random.default_rng(seed).integers(1, 4, len(hits)))
    counts, words = np.zeros(step[-1] + 1, np.int64), np.zeros(step[-1] + 1, np.int64)
    counts[step], words[step] = hits, 1000
    series = Series.of(yearly(counts, words), 0)
    alike = replace(series, shape=np.full(len(series), 50.0))
    known = theilslopes(series.log_rate, series.years)
    assert trend_line(alike).slope == pytest.approx(known.slope, abs=1e-12)


def test_limits_are_sens() -> None:
    """Limits lie beside scipy's, at most one ordered slope further out: both invert the same test."""
    from scipy.stats import theilslopes

    generator = np.random.default_rng(3)
    for n in (10, 25, 60):
        x, y = np.arange(n, dtype=float), generator.standard_normal(n).cumsum()
        slopes = pair_slopes(x, y)
        low, high = slope_limits(slopes, np.sqrt(kendall_score(y)[1]), 0.95)
        known = theilslopes(y, x, 0.95)
        for mine, other in ((low, known.low_slope), (high, known.high_slope)):
            assert abs(np.searchsorted(slopes, mine) - np.searchsorted(slopes, other)) <= 1


@given(st.integers(0, 10_000), st.integers(8, 40), st.sampled_from([0.8, 0.95, 0.99]))
def test_interval_and_p_agree(seed: int, n: int, level: float) -> None:
    """Without ties, 0 lies outside the interval exactly when p is below 1 less the level."""
    y = np.random.default_rng(seed).standard_normal(n) + np.linspace(0, seed % 4, n)
    score, variance = kendall_score(y)
    slopes = pair_slopes(np.arange(n, dtype=float), y)
    for inflation, expected, freedom in ((1.0, 0.0, np.inf), (2.5, 0.0, 7.0), (1.0, 21.5, 20.0)):
        reach = np.sqrt(variance * inflation)
        low, high = slope_limits(slopes, reach, level, expected=expected, freedom=freedom)
        assert (low * high > 0) == (kendall_p(score - expected, reach**2, freedom) < 1 - level)


def test_planted_growth_is_found() -> None:
    """A rate that grows by 5 % a year is said to rise by about that, and 60 years of it are eighteen times."""
    hits = np.round(40 * 1.05 ** np.arange(60)).astype(int)
    (row,) = trend(yearly(hits)).table.to_dicts()
    assert (row["verdict"], row["periods"]) == (RISES, 60)
    assert (row["start"], row["end"]) == (dt.date(1900, 1, 1), dt.date(1959, 12, 31))
    assert row["growth"] == pytest.approx(5, abs=0.1)
    assert row["low"] <= row["growth"] <= row["high"]
    assert row["total"] == pytest.approx(1.05**59, rel=0.05)
    (row,) = trend(yearly(hits[::-1])).table.to_dicts()
    assert row["verdict"] == FALLS
    assert row["growth"] == pytest.approx(100 * (1 / 1.05 - 1), abs=0.1)


def test_a_gap_is_time_that_passed() -> None:
    """Twenty years without text between two spans count as years, not as one step."""
    hits = np.round(50 * 1.03 ** np.arange(40)).astype(int)
    words = np.full(40, 1000)
    words[10:30] = 0
    (row,) = trend(yearly(np.where(words > 0, hits, 0), words)).table.to_dicts()
    assert row["periods"] == 20
    assert row["growth"] == pytest.approx(3, abs=0.1)


def test_growing_corpora_do_not_grow_rates() -> None:
    """Hits that grow with the words are no trend."""
    words = np.round(1000 * 1.1 ** np.arange(30)).astype(int)
    (row,) = trend(yearly(np.round(words / 100).astype(int), words)).table.to_dicts()
    assert row["verdict"] == NO_TREND
    assert abs(row["growth"]) < 0.3


def test_false_alarms_and_power() -> None:
    """Bursty counts without a trend are said to have one in about 5 of 100 series; growth of 6 % a year is mostly found."""
    generator = np.random.default_rng(17)
    still = trend(bursty(generator, 250, 30)).table
    assert (still["verdict"] != NO_TREND).mean() <= 0.09  # type: ignore[operator]
    growing = trend(bursty(generator, 60, 30, growth=0.06)).table
    assert (growing["verdict"] == RISES).mean() >= 0.8  # type: ignore[operator]


def test_a_growing_corpus_makes_no_rare_word_rise_or_fall() -> None:
    """Where periods grow tenfold, a rare word at a constant rate is said to have a trend in about 5 of 100 series.

    Mann and Kendall's test on the rates alone says so in over 15 of 100: the middle of a skewed count lies elsewhere in
    small periods.
    """
    generator = np.random.default_rng(8)
    documents = np.round(4 * 1.08 ** np.arange(30)).astype(int)
    period = np.repeat(np.arange(30), documents)
    shape = (200, period.size)
    hits = generator.poisson(0.15 * generator.gamma(0.25, 4, shape))
    tally = Tally.from_counts(
        hits.ravel(),
        np.full(hits.size, 1000),
        years(30),
        period=np.tile(period, 200),
        split=np.repeat(np.arange(200), period.size),
        splits=[str(i) for i in range(200)],
    )
    table = trend(tally).table
    assert (table["verdict"] != NO_TREND).mean() <= 0.09  # type: ignore[operator]
    assert abs(table["growth"].median()) < 1  # type: ignore[arg-type]
    plain = [kendall_p(*kendall_score(series.rate)) <= 0.05 for series in Series.each(tally, 0)]
    assert np.mean(plain) > 0.12


def test_few_clusters_do_not_overrule_the_counts() -> None:
    """Where the only years with two documents happen to be bursty, counts that stay close together say otherwise and are believed.

    Else their alikeness would be taken for chance, and the score of a constant rate be drawn from a law that none of the years has.
    """
    generator = np.random.default_rng(5)
    counts = generator.poisson(12, 80)
    period = np.concatenate([np.arange(80), np.arange(5, 80, 10)])
    hits = np.concatenate([counts, np.zeros(8, np.int64)])
    series = Series.of(Tally.from_counts(hits, np.full(88, 1000), years(80), period=period, grain="year"), 0)
    assert not series.between
    assert series.shape.max() < 3
    mended, contradicted = believed(series)
    assert contradicted
    assert mended.shape.min() > 10
    even = Series.of(bursty(generator, 1, 40), 0)
    assert believed(even) == (even, False)


def test_wandering_is_said() -> None:
    """Where neighbours are alike the p is larger than without that, and the note says that even so it errs more often."""
    generator = np.random.default_rng(4)
    wander = np.zeros(60)
    for year in range(1, 60):
        wander[year] = 0.8 * wander[year - 1] + 0.3 * generator.standard_normal()
    tally = yearly(np.round(100 * np.exp(wander)).astype(int))
    (row,) = trend(tally).table.to_dicts()
    assert row["autocorrelation"] > 0.5
    assert row["note"].startswith("wanders: neighbours are alike (autocorrelation ")
    series = Series.of(tally, 0)
    assert row["p"] > kendall_p(*kendall_score(series.rate))


def test_inflation_is_that_of_a_known_covariance() -> None:
    """The inflation is the variance of the trend's weights under the assumed autocorrelation, also across gaps."""
    step = np.array([0, 1, 2, 5, 6, 9, 10, 11])
    weight = np.arange(8) * 2.0 - 7
    r = 0.6 ** np.abs(step[:, None] - step)
    assert score_inflation(0.6, step) == pytest.approx(weight @ r @ weight / (weight @ weight))
    wander = np.where(r == 1, 1, 0.5 * 0.6 ** np.abs(step[:, None] - step))
    assert score_inflation(0.3, step, 0.5) == pytest.approx(weight @ wander @ weight / (weight @ weight))
    assert score_inflation(0.6, step, 0.1) == score_inflation(0.6, step)
    assert score_inflation(-0.4, step) == 1


@pytest.mark.parametrize(
    ("tally", "why"),
    [
        (Tally.none(("war",), "year", tuple(years(3)), ("all",), ("document",)), "under 10 hits, under 8"),
        (Tally.from_counts([], [], [], columns=["war"], grain="year"), "under 10 hits"),
        (yearly([5]), "under 8 periods with text"),
        (yearly([0] * 20), "under 10 hits"),
        (Tally.from_counts([40], [900], years(9), columns=["war"]), "under 8 independent pieces of evidence"),
    ],
)
def test_too_few_is_said(tally: Tally, why: str) -> None:
    """Too little gives the counts, the reason, and no figure."""
    (row,) = trend(tally).table.to_dicts()
    assert row["verdict"] == TOO_FEW
    assert why in row["note"]
    assert row["growth"] is row["low"] is row["p"] is row["total"] is None


def test_extreme_counts_survive() -> None:
    """Counts of 10¹², a rate that is always the same, and hits in one year only give verdicts and finite figures."""
    big = 10**12
    cases = [
        yearly([big + i * big // 10 for i in range(12)], 20 * big),
        yearly([7] * 12),
        yearly([0] * 11 + [300]),
        yearly([300] + [0] * 11),
    ]
    for tally in cases:
        (row,) = trend(tally).table.to_dicts()
        assert row["verdict"] in (RISES, FALLS, NO_TREND)
        for name in ("growth", "low", "high", "total", "p", "autocorrelation"):
            assert row[name] is None or np.isfinite(row[name])
    (row,) = trend(yearly([7] * 12)).table.to_dicts()
    assert (row["growth"], row["p"], row["verdict"]) == (0, 1, NO_TREND)


def test_days_have_no_percentage_beyond_what_was_seen() -> None:
    """Of sixty days a growth in per cent a year goes beyond what was seen, which the note says."""
    days = [
        Period(str(i), dt.date(1916, 11, 1) + dt.timedelta(i), dt.date(1916, 11, 2) + dt.timedelta(i))
        for i in range(60)
    ]
    hits = np.repeat(np.round(20 * 1.1 ** np.arange(60)), 10).astype(int)
    tally = Tally.from_counts(hits, [10**5] * 600, days, period=np.repeat(np.arange(60), 10), grain="day")
    (row,) = trend(tally).table.to_dicts()
    assert row["verdict"] == RISES
    assert row["growth"] is None
    assert row["total"] == pytest.approx(1.1**59, rel=0.1)
    assert "under a year" in row["note"]


def test_every_split_has_a_row() -> None:
    """Splits and queries each have their row, whether or not there is enough; equal tallies give equal tables."""
    tally = Tally.from_counts(
        np.ones((200, 2), np.int64),
        [100] * 200,
        years(20),
        period=np.arange(200) % 20,
        split=np.where(np.arange(200) < 195, 0, 1),
        splits=["left", "right", "nobody"],
        columns=["war", "peace"],
    )
    table = trend(tally).table
    assert table.select("query", "split").rows() == [
        (query, split) for query in ("war", "peace") for split in ("left", "right", "nobody")
    ]
    assert table["verdict"].to_list() == [NO_TREND, TOO_FEW, TOO_FEW] * 2
    assert table.equals(trend(tally).table)


def test_chart_has_the_points_and_the_line() -> None:
    """The chart shows the rates as they are and the line over the whole span; too few has no line."""
    found = trend(yearly(np.round(40 * 1.05 ** np.arange(12)).astype(int)))
    spec = found.chart(title="War")
    assert spec is not None
    assert "The line through war goes from" in spec["description"]
    assert "<svg" in svg(spec)
    few = trend(yearly([5, 6])).chart()
    assert few is not None
    assert "line through" not in few["description"]
    assert trend(Tally.from_counts([], [], [], columns=["war"])).chart() is None


def test_level_and_recipe() -> None:
    """A level that is none is refused; the recipe says what was done; another level widens the limits."""
    tally = yearly(np.round(40 * 1.05 ** np.arange(12)).astype(int), recipe="by:year")
    assert trend(tally).recipe == f"trend|by:year|ci:sen95|draws:400|seed:{tally.seed:016x}"
    with pytest.raises(SettingError, match="a level of 95 is no confidence"):
        trend(tally, level=95)
    wide, narrow = (trend(tally, level=q).table.row(0, named=True) for q in (0.99, 0.8))
    assert wide["low"] <= narrow["low"] <= narrow["high"] <= wide["high"]


def test_line_is_the_middle_of_the_points() -> None:
    """As many rates lie above the fitted line as below it."""
    series = Series.of(bursty(np.random.default_rng(2), 1, 41), 0)
    line = trend_line(series)
    above = (series.log_rate > np.log(line.at(series.years)) + 1e-12).sum()
    assert above == 20


def test_tables_keep_their_types() -> None:
    """Columns have their types in an empty table too."""
    table = trend(Tally.from_counts(np.empty((0, 0)), [], [], columns=[])).table
    assert table.is_empty()
    assert table.schema["growth"] == pl.Float64
