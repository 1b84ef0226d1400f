"""Segmentations: fast sums equal slow ones, and any series is survived."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest
import ruptures

from tendency.errors import SettingError
from tendency.measures.dispersion import Floats
from tendency.measures.plain import segment
from tendency.measures.segmentation import (
    LONGEST,
    SHORTEST_LEVEL,
    SHORTEST_LINE,
    Measured,
    Prior,
    Segmentation,
    Stretch,
    Wander,
)

PRIOR = Prior(changes=0.8, level=0.7, rise=1.2, line=0.3)
LAWS = Wander(np.array([0.0, 0.3, 0.7]), np.array([0.0, 0.5, 0.8]), np.array([0.5, 0.2, 0.3]))


def density(series: Measured, start: int, end: int, law: int, *, line: bool) -> float:
    """Logarithm of the normal density of a segment by its dense covariance, up to what all segmentations share."""
    time, step = series.time[start:end], series.step[start:end]
    covariance = np.diag(series.variance[start:end])
    apart = np.abs(np.subtract.outer(step, step))
    covariance += LAWS.variance[law] * LAWS.autocorrelation[law] ** apart
    covariance += PRIOR.level**2
    if line:
        away = time - (time[0] + time[-1]) / 2
        covariance += (PRIOR.rise / (time[-1] - time[0])) ** 2 * np.outer(away, away)
    value = series.values[start:end]
    sign, logarithm = np.linalg.slogdet(covariance)
    assert sign > 0
    return float(-0.5 * (logarithm + value @ np.linalg.solve(covariance, value)))


def evidence(series: Measured, start: int, end: int, law: int) -> float:
    """Density of a segment, a level or a line."""
    if end - start < SHORTEST_LEVEL:
        return 0.0
    level = np.exp(density(series, start, end, law, line=False))
    if end - start < SHORTEST_LINE:
        return float(level)
    return float((1 - PRIOR.line) * level + PRIOR.line * np.exp(density(series, start, end, law, line=True)))


def slow(series: Measured) -> tuple[Floats, Floats]:
    """Probability of every segment and of every law, by adding up all segmentations one by one."""
    n = len(series)
    share = PRIOR.changes / (n - 1)
    segments, laws = np.zeros((n, n + 1)), np.zeros(len(LAWS))
    for law in range(len(LAWS)):
        for size in range(n // SHORTEST_LEVEL):
            for boundaries in combinations(range(1, n), size):
                edges = [0, *boundaries, n]
                weight = LAWS.prior[law] * (share / (1 - share)) ** size
                for a, b in pairwise(edges):
                    weight *= evidence(series, a, b, law)
                laws[law] += weight
                for a, b in pairwise(edges):
                    segments[a, b] += weight
    return segments / laws.sum(), laws / laws.sum()


@pytest.mark.parametrize("gaps", [False, True])
def test_fast_sums_equal_a_sum_over_all_segmentations(gaps: bool) -> None:
    """Probabilities of segments and of laws equal those of a sum over every segmentation with dense matrices."""
    generator = np.random.default_rng(3)
    step = np.array([0, 1, 2, 5, 6, 7, 8, 12, 13, 14.0]) if gaps else np.arange(10.0)
    series = Measured(
        np.where(np.arange(10) < 4, -1.0, 1.0) + generator.standard_normal(10),
        generator.uniform(0.2, 1, 10),
        step,
    )
    segments, laws = slow(series)
    found = Segmentation(series, LAWS, PRIOR)
    assert np.allclose(found.segments, segments, rtol=0, atol=1e-9)
    assert np.allclose(found.laws, laws, rtol=0, atol=1e-9)
    assert found.any == pytest.approx(1 - segments[0, 10], abs=1e-9)
    inside = sum(segments[a, b] for a in range(4) for b in range(6, 11))
    assert found.within(4, 6) == pytest.approx(1 - inside, abs=1e-9)


def test_a_fit_is_the_normal_regression_with_known_covariance() -> None:
    """Without lines and with one law, a piece's level is the posterior mean by dense matrices."""
    series = Measured(np.array([0.3, 1.0, 0.2, 0.9, 2.0]), np.full(5, 0.4), np.arange(5.0))
    law = Wander(np.array([0.3]), np.array([0.5]), np.array([1.0]))
    found = Segmentation(series, law, Prior(0.5, 0.7, 1.0, 0.0))
    covariance = np.diag(series.variance) + 0.3 * 0.5 ** np.abs(np.subtract.outer(np.arange(5), np.arange(5)))
    precision = np.linalg.inv(covariance)
    variance = 1 / (precision.sum() + 1 / 0.7**2)
    mean, deviation = found.fit([]).at(0, 0.5)
    assert mean == pytest.approx(variance * precision.sum(axis=0) @ series.values, abs=1e-12)
    assert deviation == pytest.approx(np.sqrt(variance), abs=1e-12)


def test_a_range_holds_its_share_and_is_the_shortest() -> None:
    """The range of a turn holds the level asked for, and no shorter one does; one sure place is its own range."""
    generator = np.random.default_rng(5)
    for size in (1, 2, 7, 40):
        share = generator.dirichlet(np.full(size, 0.5))
        stretch = Stretch(3, share, 1.0)
        first, last = stretch.range(0.8)
        length = last - first + 1
        assert 3 <= first <= stretch.place <= last <= stretch.last or size == 40
        assert share[first - 3 : last - 2].sum() >= 0.8 - 1e-9
        assert all(share[a : a + length - 1].sum() < 0.8 for a in range(size))
    assert Stretch(9, np.array([0.0, 1.0, 0.0]), 1.0).range(0.8) == (10, 10)


@pytest.mark.parametrize("seed", range(9, 15))
def test_one_blurred_boundary_is_one_turn(seed: int) -> None:
    """A change whose place is uncertain is one stretch that holds it, not several beside each other."""
    generator = np.random.default_rng(seed)
    values = np.where(np.arange(80) < 40, 0.0, 1.0) + generator.standard_normal(80)
    none = Wander(np.array([0.0]), np.array([0.0]), np.array([1.0]))
    series = Measured(values - values.mean(), np.ones(80), np.arange(80.0))
    (stretch,) = Segmentation(series, none, Prior(1, 1, 1, 0)).stretches(0.5)
    assert stretch.last - stretch.first >= 8
    assert stretch.first <= 40 <= stretch.last


def test_an_easy_series_has_the_turns_that_ruptures_finds() -> None:
    """Where changes are plain, the turns are those of dynamic programming by ruptures, told their number."""
    generator = np.random.default_rng(2)
    values = np.repeat([0.0, 5.0, 1.0, 4.0], 25) + 0.5 * generator.standard_normal(100)
    expected = ruptures.Dynp("l2", min_size=3, jump=1).fit(values).predict(3)[:-1]
    assert [stretch.place for stretch in segment(values)] == expected


def test_missing_values_outliers_and_constants_are_survived() -> None:
    """Missing values keep their places, single outliers are no turns, and of nothing nothing is said."""
    generator = np.random.default_rng(4)
    values = np.repeat([0.0, 3.0], 40) + 0.5 * generator.standard_normal(80)
    values[[10, 60]] = 60.0
    values[20:30] = np.nan
    (stretch,) = segment(values)
    assert abs(stretch.place - 40) <= 1
    assert segment([]) == segment([1.0] * 50) == segment([np.nan] * 20) == segment([1.0, 2.0, 9.0]) == ()
    assert [one.place for one in segment(values * 1e12)] == [one.place for one in segment(values)]


def test_wrong_values_are_said() -> None:
    """Infinite values, variances that do not fit and series without an end are refused in words."""
    with pytest.raises(SettingError, match="must be finite"):
        segment([1.0, np.inf] * 10)
    with pytest.raises(SettingError, match="20 values need as many variances, not 3"):
        segment(np.arange(20.0), [1.0, 1.0, 1.0])
    with pytest.raises(SettingError, match="3,000 periods at most, not 3,001; count by longer ones"):
        segment(np.arange(LONGEST + 1.0))
