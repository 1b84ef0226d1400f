"""The place of one turn where hits are rare: a period without a hit says that the rate is low, not how low."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from tendency.measures.dispersion import Floats
from tendency.measures.segmentation import Measured, Wander, growing
from tendency.measures.series import HALF, Series
from tendency.measures.working import working


def placed(
    series: Series, places: range, wander: Wander, weight: Floats, level: tuple[float, float]
) -> Floats:
    """Probability of each place of the one turn of a series between two levels, given that it is one of these.

    The working values of each side are taken around its own rate, from a grid of rates a factor of e apart, so that
    those of a side without a hit say no more than that.

    Args:
        series: The periods from the turn before to the turn after.
        places: Where the second level may begin; at least one period lies before each.
        wander: The laws of the wander.
        weight: Probability of each law.
        level: Mean and standard deviation of the logarithm of either side's rate.
    """
    hits, words = (np.concatenate([[0.0], np.cumsum(one)]) for one in (series.hits, series.exposure))
    cut = np.array(places)
    before = (hits[cut] + HALF) / words[cut]
    after = (hits[-1] - hits[cut] + HALF) / (words[-1] - words[cut])
    grid = _grid(np.concatenate([before, after]))
    forward, backward = (_densities(series, grid, wander, level, turned=turned) for turned in (False, True))
    left = forward[_nearest(grid, before), cut - 1]
    right = backward[_nearest(grid, after), len(series) - cut - 1]
    density = left + right + np.log(np.maximum(weight, 1e-300))
    share = np.exp(density - density.max()).sum(axis=1)
    return np.asarray(share / share.sum(), float)


def _grid(rates: Floats) -> Floats:
    low, high = float(np.log(rates.min())), float(np.log(rates.max()))
    return np.linspace(low, high, math.ceil(high - low) + 1)


def _nearest(grid: Floats, rates: Floats) -> NDArray[np.int64]:
    return np.asarray(np.abs(np.log(rates)[:, None] - grid).argmin(axis=1), np.int64)


def _densities(
    series: Series, grid: Floats, wander: Wander, level: tuple[float, float], *, turned: bool
) -> Floats:
    """Logarithm of the density of the periods from the first to each, or from the last back, (grid, periods, laws)."""
    order = slice(None, None, -1 if turned else 1)
    centre, spread = level
    result = []
    for rate in grid:
        values, variance, offset = working(series, np.full(len(series), math.exp(rate)))
        step = (series.step - series.step[0]).astype(float)
        seen = Measured((values - centre)[order], variance[order], (-step if turned else step)[order])
        result.append(growing(seen, wander, spread) + np.cumsum(offset[order])[:, None])
    return np.stack(result)
