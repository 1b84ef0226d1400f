from __future__ import annotations

import numpy as np
import pytest

from tendency.specimen.draws import Draws


def test_parts_have_streams_of_their_own():
    """A part of a specimen can be made without those before it, and no two share their numbers."""
    assert Draws(1, 3, 5).uniform(4).tolist() == Draws(1, 3, 5).uniform(4).tolist()
    assert Draws(1, 3, 5).uniform(4).tolist() != Draws(1, 3, 6).uniform(4).tolist()


def test_the_stream_is_pcg64s():
    """The uniforms are those that PCG64 gives everywhere, so a seed names the same specimen on every platform."""
    assert Draws(1, 0).uniform(2).tolist() == pytest.approx([0.5118216247002567, 0.9504636963259353], abs=0)


def test_bursty_counts_have_the_stated_mean_and_variance():
    """A gamma-Poisson count has mean m and variance m + m²/k."""
    mean = np.full(200_000, 0.8)
    counts = Draws(7, 1).negative_binomial(mean, np.array(0.5))
    assert counts.mean() == pytest.approx(0.8, rel=0.02)
    assert counts.var() == pytest.approx(0.8 + 0.8**2 / 0.5, rel=0.04)


def test_poisson_counts_have_equal_mean_and_variance():
    """A Poisson count has variance equal to its mean."""
    counts = Draws(7, 2).poisson(np.full(200_000, 2.5))
    assert (counts.mean(), counts.var()) == (pytest.approx(2.5, rel=0.02), pytest.approx(2.5, rel=0.02))


def test_a_wander_returns():
    """A wander has the stated spread and memory."""
    series = Draws(7, 3).wander(60_000, 0.3, 0.6)
    assert series.std() == pytest.approx(0.3, rel=0.03)
    assert np.corrcoef(series[1:], series[:-1])[0, 1] == pytest.approx(0.6, abs=0.02)


def test_large_poisson_counts_are_not_cut():
    """A press of any scale gets all its documents: large means keep mean and variance."""
    counts = Draws(7, 4).poisson(np.full(20_000, 950.0))
    assert (counts.mean(), counts.var()) == (pytest.approx(950, rel=0.002), pytest.approx(950, rel=0.05))
