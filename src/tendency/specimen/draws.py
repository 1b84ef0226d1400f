"""Random draws that are the same for a seed on every platform.

Everything is made from PCG64's uniform numbers by arithmetic of our own: numpy promises the stream of
uniforms, not that of its gamma or Poisson samplers.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_IRWIN_HALL = 12
_LARGEST = 1000
_LARGEST_MEAN = 100.0


class Draws:
    """A stream of random numbers for one part of a specimen.

    Args:
        seed: The specimen's seed.
        part: Numbers naming the part, such as the month; each part has its own stream, so that a part can be
            made without those before it.
    """

    def __init__(self, seed: int, *part: int) -> None:
        self._generator = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, *part])))

    def uniform(self, *shape: int) -> Floats:
        """Uniform on [0, 1)."""
        return self._generator.random(shape)

    def below(self, limit: int, *shape: int) -> Integers:
        """Whole numbers from 0 to ``limit`` - 1, equally likely."""
        return (self.uniform(*shape) * limit).astype(np.int64)

    def normal(self, *shape: int) -> Floats:
        """Mean 0, variance 1: twelve uniforms less six, so never beyond ±6."""
        total: Floats = self.uniform(*shape, _IRWIN_HALL).sum(axis=-1)
        return total - _IRWIN_HALL / 2

    def poisson(self, mean: Floats) -> Integers:
        """Counts with this mean and variance; a large mean is a sum of smaller ones, whose chances are not too small."""
        parts = max(1, int(np.ceil(mean.max(initial=0.0) / _LARGEST_MEAN)))
        share = mean / parts
        total = np.zeros(mean.shape, np.int64)
        for _ in range(parts):
            total += _invert(self.uniform(*mean.shape), np.exp(-share), lambda j: share / (j + 1))
        return total

    def negative_binomial(self, mean: Floats, burstiness: Floats) -> Integers:
        """Counts with this mean and variance mean + mean²/burstiness: Poisson around a gamma.

        Source: Church & Gale (1995), doi:10.1017/S1351324900000139.
        """
        share = mean / (burstiness + mean)
        first = (1 - share) ** burstiness
        return _invert(self.uniform(*mean.shape), first, lambda j: share * (j + burstiness) / (j + 1))

    def wander(self, steps: int, spread: float, memory: float) -> Floats:
        """A series that strays and returns: order one autoregression with mean 0, shape (steps,).

        Args:
            steps: How many values.
            spread: Their standard deviation in the long run.
            memory: The correlation of each with the one before.
        """
        shocks = self.normal(steps) * spread
        series = np.empty(steps)
        level = 0.0
        for step, shock in enumerate(shocks):
            level = shock if step == 0 else memory * level + (1 - memory**2) ** 0.5 * shock
            series[step] = level
        return series


def _invert(uniforms: Floats, first: Floats, ratio: Callable[[int], Floats]) -> Integers:
    counts = np.zeros(uniforms.shape, np.int64)
    probability = first.copy()
    total = first.copy()
    for j in range(_LARGEST):
        beyond = uniforms >= total
        if not beyond.any():
            break
        counts += beyond
        probability = probability * ratio(j)
        total = total + probability
    return counts
