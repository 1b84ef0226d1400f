"""Families of tests: Holm's and Benjamini and Hochberg's procedures."""

from __future__ import annotations

import numpy as np
from scipy.stats import false_discovery_control

from tendency.measures import benjamini_hochberg, holm


def test_holm_multiplies_the_smallest_by_the_number_of_tests() -> None:
    """The smallest p is multiplied by the number of tests, the next by one less, and none falls below an earlier one."""
    assert holm([0.01, None, 0.04, 0.03]) == [0.03, None, 0.06, 0.06]


def test_benjamini_hochberg_is_that_of_scipy() -> None:
    """The corrected values are those that SciPy gives, for any order, with ties, and for none."""
    generator = np.random.default_rng(1)
    for size in (1, 2, 50, 1000):
        p = np.round(generator.random(size) ** 2, 3)
        assert np.allclose(benjamini_hochberg(p), false_discovery_control(p), rtol=1e-12)
    assert benjamini_hochberg([]).size == 0
