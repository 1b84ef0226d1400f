"""Burstiness and the intervals that follow from it."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from tendency.measures.dispersion import _coincidences, dispersion, limits, notes, quantile, widest
from tendency.tally import Period, Tally


def years(n: int) -> list[Period]:
    """So many years."""
    return [Period(str(1900 + i), dt.date(1900 + i, 1, 1), dt.date(1901 + i, 1, 1)) for i in range(n)]


def bursty(k: float, clusters: int, periods: int = 1, seed: int = 1, expected: float = 3.0) -> Tally:
    """Gamma-Poisson counts in documents of unequal length."""
    generator = np.random.default_rng(seed)
    words = generator.integers(500, 3000, clusters * periods)
    rate = expected / 1750
    hits = generator.poisson(rate * words * generator.gamma(k, 1 / k, words.size))
    return Tally.from_counts(
        hits, words, years(periods), period=np.repeat(np.arange(periods), clusters), columns=["a"]
    )


@pytest.mark.parametrize("hits", [1, 5, 40, 3000])
def test_poisson_limits_are_those_of_jeffreys(hits: int) -> None:
    """Without burstiness the limits are Jeffreys' for a Poisson count, from the chi-squared table."""
    low, high = limits(hits, 1e9)
    assert low == pytest.approx(stats.chi2.ppf(0.025, 2 * hits + 1) / 2, rel=1e-6)
    assert high == pytest.approx(stats.chi2.ppf(0.975, 2 * hits + 1) / 2, rel=1e-6)


def test_rule_of_three() -> None:
    """No hit in a Poisson count: 0, and an upper limit of 3.0 expected hits at 95 %."""
    low, high = limits(0, 1e9)
    assert low == 0
    assert high == pytest.approx(2.9957, abs=1e-4)


@given(st.floats(0.05, 1e6), st.floats(0.5, 0.99))
def test_no_hit_leaves_the_stated_chance(shape: float, level: float) -> None:
    """At the upper limit a negative binomial count is 0 with exactly the probability left over."""
    _, high = limits(0, shape, level)
    if np.isfinite(high) and high < 1e12:
        assert np.exp(-shape * np.log1p(high / shape)) == pytest.approx(1 - level, rel=1e-6)


@pytest.mark.parametrize("shape", [0.2, 1.0, 30.0, 1e4, 1e7])
@pytest.mark.parametrize("hits", [0, 1, 20, 10_000])
def test_quantiles_are_those_of_the_beta_prime(hits: int, shape: float) -> None:
    """The expected number of hits has the beta-prime distribution, whichever branch computes it."""
    for u in (0.025, 0.5, 0.975):
        expected = shape * stats.betaprime.ppf(u, hits + 0.5, shape)
        assert quantile(hits, shape, u) == pytest.approx(expected, rel=1e-5)


@given(st.integers(0, 500), st.floats(0.05, 1e5), st.floats(1.05, 5))
def test_more_burstiness_is_a_wider_interval(hits: int, shape: float, factor: float) -> None:
    """A smaller shape raises the upper limit and widens the interval on the log scale, and it holds the count."""
    low, high = limits(hits, shape)
    wider_low, wider_high = limits(hits, shape / factor)
    if hits:
        assert np.log(wider_high / wider_low) >= np.log(high / low) - 1e-9
    assert wider_high >= high * (1 - 1e-9)
    assert low <= hits <= high


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 60)), min_size=1, max_size=12))
def test_coincidences_against_fractions(clusters: list[tuple[int, int]]) -> None:
    """Excess and expected coincidences equal the definition in exact fractions."""
    x, e = [c[0] for c in clusters], [c[1] for c in clusters]
    hits, exposure = sum(x), sum(e)
    rate = Fraction(hits, exposure)
    squares = Fraction(sum(v * v for v in e))
    cubes = Fraction(sum(v**3 for v in e))
    excess = sum((a - rate * b) ** 2 for a, b in clusters) - rate * (exposure - squares / exposure)
    expected = (squares - 2 * cubes / exposure + squares**2 / exposure**2) * Fraction(
        hits * (hits - 1), exposure**2
    )
    arguments = (
        hits,
        exposure,
        sum(a * a for a in x),
        sum(a * b for a, b in clusters),
        int(squares),
        int(cubes),
    )
    found = _coincidences(*(np.array([value], object) for value in arguments))
    assert found.excess[0] == pytest.approx(float(excess), abs=1e-12)
    assert found.expected[0] == pytest.approx(float(expected), abs=1e-12)
    assert found.concentration[0] == pytest.approx(float(squares / exposure**2))


@pytest.mark.parametrize("k", [0.1, 0.25, 1.0, 5.0])
def test_planted_burstiness_is_found(k: float) -> None:
    """With thousands of documents the estimate is the planted 1/k."""
    found = dispersion(bursty(k, 20_000), bursty(k, 20_000).clusterings[0], 1)
    assert found.burstiness[0, 0] == pytest.approx(1 / k, rel=0.1)


def test_agrees_with_the_sandwich_in_large_samples() -> None:
    """With many clusters the width is that of the cluster-robust interval on the log scale."""
    tally = bursty(0.5, 5_000, expected=1.0)
    x, n = int(tally.hits[0, 0, 0]), int(tally.tokens[0, 0])
    p = tally.products[0, 0]
    rate = x / n
    m = int(tally.clusters[0, 0])
    variance = m / (m - 1) * (p[1, 1] - 2 * rate * p[0, 1] + rate**2 * p[0, 0]) / n**2
    found = widest(tally, 1)
    width = np.log(found.high[0, 0] / found.low[0, 0])
    assert width == pytest.approx(2 * 1.96 * np.sqrt(variance) / rate, rel=0.03)


def test_where_the_interval_comes_from() -> None:
    """Few clusters a period: pooled; a hundred: its own; one period alone: its own; nothing at all: none."""
    assert set(dispersion(*_with_clustering(bursty(1, 20, 5)), 1).interval.ravel()) == {"pooled"}
    assert set(dispersion(*_with_clustering(bursty(1, 150, 5)), 1).interval.ravel()) == {"cluster"}
    assert set(dispersion(*_with_clustering(bursty(1, 20, 1)), 1).interval.ravel()) == {"cluster"}
    assert set(dispersion(*_with_clustering(bursty(1, 1, 1)), 1).interval.ravel()) == {"none"}
    assert set(dispersion(*_with_clustering(bursty(1, 1, 5)), 1).interval.ravel()) == {"none"}


def _with_clustering(tally: Tally) -> tuple[Tally, object]:
    return tally, tally.clusterings[0]


def test_one_document_a_year_is_measured_by_its_neighbours() -> None:
    """With one document a period the interval says how much one period differs from the next."""
    smooth, rough = (bursty(k, 1, 60, expected=30) for k in (200.0, 0.5))
    found = [dispersion(tally, tally.clusterings[0], 1) for tally in (smooth, rough)]
    assert set(found[0].interval.ravel()) == {"neighbours"}
    assert found[0].burstiness[0, 0] < 0.1 < 0.7 < found[1].burstiness[0, 0]


def test_the_wider_clustering_is_used_and_all_are_kept() -> None:
    """Where documents come in titles that differ, the title's interval is wider, is used and is named."""
    generator = np.random.default_rng(3)
    title = np.repeat(np.arange(30), 20)
    liking = generator.gamma(1, 1, 30)[title]
    words = np.full(600, 1000)
    tally = Tally.from_counts(
        generator.poisson(2 * liking),
        words,
        years(1),
        columns=["a"],
        clusters={"document": None, "title": [f"t{t}" for t in title]},
    )
    found = widest(tally, 1)
    widths = {name: float(np.log(high / low)[0, 0]) for name, low, high in found.every}
    assert widths["title"] > 1.5 * widths["document"]
    assert found.cluster[0, 0] == "title"
    assert found.low[0, 0] == found.every[1][1][0, 0]
    assert found.clusters[0, 0] == 30


def test_notes() -> None:
    """Too few is decided by clusters under 8 as well as by hits under 10."""
    held = np.array([False, True, True, True, True])
    said = notes(held, np.array([0, 7, 8, 7, 8]), np.array([0, 9, 9, 10, 10]))
    assert said.tolist() == [
        "nothing held",
        "too few clusters and hits",
        "too few hits",
        "too few clusters",
        "",
    ]
