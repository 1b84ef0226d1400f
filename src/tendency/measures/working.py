"""Logarithms of rates that are right where counts are small: unbiased, and with the error they have there."""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np

from tendency.measures.dispersion import Floats
from tendency.measures.series import HALF, Series

_MANY: Final = 60.0
"""Above so many expected hits a Poisson count's logarithm has the moments of its first terms."""
_LARGEST_SHAPE: Final = 1e7
_NODES: Final = 48
_STEP: Final = 0.05


def working(series: Series, rate: Floats) -> tuple[Floats, Floats]:
    """Working values of the logarithm of each rate near an assumed one, and their sampling variances.

    The logarithm of a count with half a hit added is too large where few hits are expected, and hardly moves with
    the rate there: fewer words would look like a higher rate. Its mean and its variance under the negative binomial
    law of the assumed rate are therefore taken, and the mean's slope; the value is the assumed logarithm
    and the difference of the seen one from its mean, divided by the slope. It is unbiased near the assumed rate,
    and its variance never depends on the period's own count.

    Args:
        series: The counts.
        rate: The assumed rate of each period, per unit of exposure, above 0; not from the period's own count alone.

    Source: the working response of generalised linear models, McCullagh & Nelder (1989), section 2.5.
    """
    expected = np.maximum(rate * series.exposure, 1e-9)
    shape = np.minimum(series.shape, _LARGEST_SHAPE)
    mean, square = _moments(expected, shape)
    above, below = (_moments(expected * np.exp(sign * _STEP), shape)[0] for sign in (1, -1))
    slope = (above - below) / (2 * _STEP)
    values = np.log(rate) + (np.log(series.hits + HALF) - mean) / slope
    return values, np.maximum(square - mean**2, 1e-9) / slope**2


def _moments(expected: Floats, shape: Floats) -> tuple[Floats, Floats]:
    """Mean and mean square of ln(count + ½) for negative binomial counts."""
    from scipy.special import gammaincinv

    # Midpoints of equally probable slices, finer towards both ends.
    u = (1 - np.cos(np.pi * (np.arange(_NODES) + 0.5) / _NODES)) / 2
    weight = np.sin(np.pi * (np.arange(_NODES) + 0.5) / _NODES)
    weight /= weight.sum()
    share = gammaincinv(shape[:, None], u) / shape[:, None]
    mean, square = _poisson_moments(np.maximum(expected[:, None] * share, 1e-9))
    return mean @ weight, square @ weight


def _poisson_moments(expected: Floats) -> tuple[Floats, Floats]:
    grid, mean, square = _table()
    logarithm = np.log(expected)
    few = np.interp(logarithm, grid, mean), np.interp(logarithm, grid, square)
    many = expected > _MANY
    return np.where(many, logarithm, few[0]), np.where(many, logarithm**2 + 1 / expected, few[1])


@cache
def _table() -> tuple[Floats, Floats, Floats]:
    """Mean and mean square of ln(count + ½) of Poisson counts, by the logarithm of the expected number."""
    from scipy.special import gammaln

    grid = np.linspace(np.log(1e-4), np.log(_MANY), 400)
    count = np.arange(200.0)
    probability = np.exp(count * grid[:, None] - np.exp(grid)[:, None] - gammaln(count + 1))
    logarithm = np.log(count + HALF)
    return grid, probability @ logarithm, probability @ logarithm**2
