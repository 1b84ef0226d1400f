"""Logarithms of rates that are right where counts are small: unbiased, and with the error that they have there."""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np

from tendency.measures.dispersion import Floats
from tendency.measures.series import HALF, Series

_MANY: Final = 60.0
"""Above so many expected hits the moments of a Poisson count's cube root are those of their first terms."""
_FEWEST: Final = 1e-3
_LARGEST_SHAPE: Final = 1e7
_NODES: Final = 48
_STEP: Final = 0.05


def working(series: Series, rate: Floats) -> tuple[Floats, Floats, Floats]:
    """Working values of the logarithm of each rate near an assumed one, their variances, and what makes them compare.

    The logarithm of a count is skewed, undefined without a hit, and too large on average, where few are expected, once
    something is added to it: fewer words would look like a higher rate. The cube root of a count with half a hit added
    is nearly normal, in bursts or not; its mean, its slope with the logarithm of the rate and its variance are
    taken under the negative binomial law of the assumed rate. The working value is the assumed logarithm and the difference of
    the root from its mean over that slope. It is unbiased near the assumed rate, and its variance never depends on
    the period's own count.

    Args:
        series: The counts.
        rate: The assumed rate of each period, per unit of exposure, above 0; not from the period's own count alone.

    Returns:
        Values, variances, and logarithms of the density of the root over that of the value: with these
        added, densities of the same counts under different assumed rates compare.

    Sources: Wilson & Hilferty (1931), doi:10.1073/pnas.17.12.684, for the cube root; the working response of generalised linear
    models, McCullagh & Nelder (1989), section 2.5.
    """
    expected = np.maximum(rate * series.exposure, _FEWEST)
    shape = np.minimum(series.shape, _LARGEST_SHAPE)
    share, weight = _slices(shape)
    moments = [_poisson_moments(np.exp(step) * expected[:, None] * share) for step in (-_STEP, 0.0, _STEP)]
    below, mean, above = (one @ weight for one, _ in moments)
    slope = (above - below) / (2 * _STEP)
    values = np.log(rate) + (np.cbrt(series.hits + HALF) - mean) / slope
    # No count is known better than to itself: its density over its distance from the next is at most 1.
    apart = np.cbrt(expected + 1 + HALF) - np.cbrt(expected + HALF)
    variance = np.maximum(moments[1][1] @ weight - mean**2, apart**2 / (2 * np.pi))
    return values, variance / slope**2, -np.log(slope)


def _slices(shape: Floats) -> tuple[Floats, Floats]:
    """Quantiles of gamma laws with mean 1, (shapes, slices), and the weight of each slice."""
    from scipy.special import gammaincinv

    # Finer towards both ends (Chebyshev nodes).
    angle = np.pi * (np.arange(_NODES) + 0.5) / _NODES
    weight = np.sin(angle) / np.sin(angle).sum()
    return gammaincinv(shape[:, None], (1 - np.cos(angle)) / 2) / shape[:, None], weight


def _poisson_moments(expected: Floats) -> tuple[Floats, Floats]:
    """Mean and mean square of the cube root of Poisson counts with half a hit added."""
    grid, *moments = _table()
    many = np.maximum(expected, _MANY)
    root = np.cbrt(many + HALF)
    # The first terms of the expansion around the mean.
    first = root * (1 - many / (9 * (many + HALF) ** 2)), root**2 * (1 - many / (9 * (many + HALF) ** 2))
    mean, square = (
        np.where(expected > _MANY, far, np.interp(expected, grid, near))
        for far, near in zip(first, moments, strict=True)
    )
    return mean, square


@cache
def _table() -> tuple[Floats, Floats, Floats]:
    """Mean and mean square of the cube root of Poisson counts with half a hit added, by the expected number."""
    from scipy.special import gammaln

    grid = np.concatenate([[0.0], np.geomspace(1e-3, _MANY, 500)])
    count = np.arange(200.0)
    logarithm = np.log(np.maximum(grid, 1e-300))[:, None]
    probability = np.exp(count * logarithm - grid[:, None] - gammaln(count + 1))
    root = np.cbrt(count + HALF)
    return grid, probability @ root, probability @ root**2
