"""Dating where hits are rare: a word that appears is not dated before it appears."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from tendency.measures import Series, turns
from tendency.measures.dating import placed
from tendency.measures.dispersion import Floats
from tendency.measures.segmentation import Wander
from tendency.measures.working import working
from tendency.tally import Period, Tally

YEARS = [Period(str(1900 + i), dt.date(1900 + i, 1, 1), dt.date(1901 + i, 1, 1)) for i in range(80)]


def _appearing(seed: int, after: float) -> Tally:
    """Eighty years of ten documents; from 1950 on a word is named so many times a year on average."""
    generator = np.random.default_rng(seed)
    hits = generator.poisson(np.where(np.arange(80) < 50, 0.0, after / 10)[:, None] * np.ones((80, 10)))
    period = np.arange(80).repeat(10)
    return Tally.from_counts(
        hits.ravel(), np.full(800, 1_000), YEARS, period=period, columns=["atomic"], grain="year"
    )


@pytest.mark.parametrize("seed", range(4))
def test_a_word_that_appears_is_dated_to_its_first_years(seed: int) -> None:
    """After fifty years without a hit, a word named twice a year turns within two years of its appearance."""
    (row,) = turns(_appearing(seed, 2.0), second_opinion=False).table.to_dicts()
    assert abs(int(row["period"]) - 1950) <= 2
    assert row["earliest"] <= "1952"
    assert row["latest"] >= "1949"
    assert int(row["latest"]) - int(row["earliest"]) <= 6


def test_places_are_weighed_by_the_densities_of_both_sides() -> None:
    """The probability of a place is that of dense normal densities of the two sides, over all laws of the wander."""
    hits = np.array([20, 22, 18, 21, 60, 58, 63, 55, 61])
    tally = Tally.from_counts(hits, np.full(9, 1_000), YEARS, period=np.arange(9))
    series = Series.of(tally, 0)
    series = type(series)(**{**vars(series), "shape": np.full(9, 30.0)})
    laws = Wander(np.array([0.0, 0.1]), np.array([0.0, 0.5]), np.array([0.6, 0.4]))
    weight, centre, spread = np.array([0.7, 0.3]), -3.3, 0.6

    def density(start: int, end: int, law: int) -> float:
        own = np.log((hits[start:end].sum() + 0.5) / (1_000.0 * (end - start)))
        rates = np.linspace(*bounds, 3)
        rate = np.exp(rates[np.abs(rates - own).argmin()])
        values, variance, offset = (one[start:end] for one in working(series, np.full(9, rate)))
        step = np.arange(start, end)
        covariance: Floats = np.diag(variance) + spread**2
        apart = np.abs(np.subtract.outer(step, step))
        covariance = covariance + laws.variance[law] * laws.autocorrelation[law] ** apart
        rest = values - centre
        _, logarithm = np.linalg.slogdet(covariance)
        return float(-0.5 * (logarithm + rest @ np.linalg.solve(covariance, rest)) + offset.sum())

    sides = [(hits[:t].sum() + 0.5) / (1_000 * t) for t in range(3, 7)]
    sides += [(hits[t:].sum() + 0.5) / (1_000 * (9 - t)) for t in range(3, 7)]
    bounds = np.log(min(sides)), np.log(max(sides))
    assert np.ceil(bounds[1] - bounds[0]) == 2
    found = placed(series, range(3, 7), laws, weight, (centre, spread))
    slow = np.array(
        [sum(weight[g] * np.exp(density(0, t, g) + density(t, 9, g)) for g in (0, 1)) for t in range(3, 7)]
    )
    assert np.allclose(found, slow / slow.sum(), rtol=0, atol=1e-9)
