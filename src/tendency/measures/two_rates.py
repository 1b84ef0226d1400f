"""The ratio of two rates of very many words at once, with limits and tests that know that words come in bursts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtr, stdtrit

from tendency.corpus.work import spread
from tendency.measures.dispersion import Floats, burstiness_by_side, limits, quantile

Ints = NDArray[np.int64]

LEVEL: Final = 0.95
FAR: Final = float(np.log(1e6))
"""A limit that is a million times the ratio bounds nothing."""
_TINY: Final = 1e-300
_LEAST_FREEDOM: Final = 2.0


@dataclass(frozen=True, eq=False)
class Sums:
    """What the clusters of one side say of some words; arrays have an entry a word or one for all.

    Attributes:
        hits: X = Σx.
        squares: Σx².
        by_exposure: Σxe.
        exposure: N = Σe, of words.
        exposure_squares, exposure_cubes: Σe², Σe³.
        clusters: How many there are.
    """

    hits: Floats
    squares: Floats
    by_exposure: Floats
    exposure: float
    exposure_squares: float
    exposure_cubes: float
    clusters: int

    def take(self, rows: NDArray[np.int64]) -> Sums:
        """Of some words."""
        return replace(
            self, hits=self.hits[rows], squares=self.squares[rows], by_exposure=self.by_exposure[rows]
        )

    @property
    def concentration(self) -> float:
        """Sum of the squared shares of the clusters."""
        return self.exposure_squares / max(self.exposure, 1.0) ** 2

    def coincidences(self) -> tuple[Floats, Floats]:
        """Pairs of hits in the same cluster beyond those of chance, and what they would be at a burstiness of 1."""
        n, x = max(self.exposure, 1.0), self.hits
        squares, cubes = self.exposure_squares, self.exposure_cubes
        excess = self.squares - 2 * x * self.by_exposure / n + x**2 * squares / n**2 - x + x * squares / n**2
        expected = (squares - 2 * cubes / n + squares**2 / n**2) * x * (x - 1) / n**2
        return excess, np.maximum(expected, 0.0)


def burstiness(sides: tuple[Sums, ...]) -> Floats:
    """1/k of every word on each side, each drawn towards that of all sides, (sides, words)."""
    found = [side.coincidences() for side in sides]
    excess, expected = (np.stack([pair[i] for pair in found]) for i in (0, 1))
    concentration = np.stack([np.full(excess.shape[1], side.concentration) for side in sides])
    clusters = np.array([side.clusters for side in sides], np.int64)
    return burstiness_by_side(excess, expected, concentration, clusters)


@dataclass(frozen=True, eq=False)
class Ratios:
    """Natural logarithms of ratios of rates.

    Attributes:
        centre: The middle; of a side without hits half of its upper limit is taken.
        down, up: How far the limits at 95 % lie from it, if burstiness were known.
        freedom: Degrees of freedom with which it is known.
    """

    centre: Floats
    down: Floats
    up: Floats
    freedom: Floats

    def less(self, other: Ratios) -> Ratios:
        """The logarithm of the quotient of two ratios that are independent of each other."""
        return Ratios(
            self.centre - other.centre,
            np.hypot(self.down, other.up),
            np.hypot(self.up, other.down),
            self.freedom + other.freedom,
        )

    def limits(self, level: float = LEVEL) -> tuple[Floats, Floats]:
        """Lower and upper limit, as logarithms."""
        widening = stdtrit(self.freedom, 0.5 + level / 2) / ndtri(0.5 + LEVEL / 2)
        return self.centre - self.down * widening, self.centre + self.up * widening

    def bounds(self, above: NDArray[np.bool_], below: NDArray[np.bool_]) -> tuple[Floats, Floats]:
        """Limits of the ratio itself: 0 where nothing is counted above, infinite where nothing is below or nothing bounds it."""
        low, high = self.limits()
        bound_below = above & (low > np.maximum(self.centre, 0.0) - FAR)
        bound_above = below & (high < np.minimum(self.centre, 0.0) + FAR)
        return (
            np.where(bound_below, np.exp(np.clip(low, -FAR, FAR)), 0.0),
            np.where(bound_above, np.exp(np.clip(high, -FAR, FAR)), np.inf),
        )

    def p(self) -> Floats:
        """The probability of so large a ratio, up or down, where there is none."""
        towards = np.where(self.centre > 0, self.down, self.up)
        score = np.abs(self.centre) * ndtri(0.5 + LEVEL / 2) / np.maximum(towards, _TINY)
        return np.asarray(np.minimum(2 * stdtr(self.freedom, -score), 1.0))


def ratios(
    one: Sums,
    two: Sums,
    bursts: Floats,
    correlation: Floats | float = 0.0,
) -> Ratios:
    """The first side's rate over the second's.

    The limits of both are joined so that each side's own skewness is kept: Donner & Zou (2012), doi:10.1177/0962280210383082. Burstiness
    is itself estimated, the less surely the larger it is: Student's t with M/(1 + κ) degrees of freedom is used, which holds the errors on
    the grid of ``bench/statistics/keyness.py``.

    Args:
        one, two: What the clusters of either say.
        bursts: The burstiness of either, (2, words).
        correlation: That of the two rates' logarithms.
    """
    sides = [_Rate.of(side, own) for side, own in zip((one, two), bursts, strict=True)]
    (low_one, high_one), (low_two, high_two) = (rate.distances() for rate in sides)
    shared = np.asarray(correlation, float)
    return Ratios(
        _between(*sides),
        _joined(low_one, high_two, shared),
        _joined(high_one, low_two, shared),
        _freedom(one, two, bursts),
    )


def tested(one: Sums, two: Sums, bursts: Floats) -> tuple[Floats, Floats]:
    """The logarithms of the ratios and their p, as ``ratios`` gives them: only the limits towards no difference are found."""
    sides = [_Rate.of(side, own) for side, own in zip((one, two), bursts, strict=True)]
    centre = _between(*sides)
    # The larger rate may be smaller, and the smaller one larger.
    more = centre > 0
    asked = [(sides[0], more), (sides[1], ~more)]
    first, second = spread(lambda pair: pair[0].distance(below=pair[1]), asked)
    towards = _joined(first, second, np.zeros(()))
    return centre, Ratios(centre, towards, towards, _freedom(one, two, bursts)).p()


@dataclass(frozen=True, eq=False)
class _Rate:
    """The logarithm of one side's rate."""

    hits: Floats
    shape: Floats
    centre: Floats
    expected: Floats

    @classmethod
    def of(cls, side: Sums, bursts: Floats) -> _Rate:
        shape = 1 / np.maximum(bursts * side.concentration, 1e-9)
        # The most likely rate of a side without hits is taken for half of its upper limit.
        with np.errstate(over="ignore"):
            unseen = shape * np.expm1(-np.log(1 - LEVEL) / shape)
        expected = np.log(
            np.where(side.hits > 0, np.maximum(side.hits, 1.0), np.minimum(unseen, 1 / _TINY) / 2)
        )
        return cls(side.hits, shape, expected - np.log(max(side.exposure, 1.0)), expected)

    def distances(self) -> tuple[Floats, Floats]:
        """How far the lower and the upper limit lie from the centre."""
        low, high = limits(self.hits, self.shape, LEVEL)
        down = self.expected - np.log(np.maximum(low, _TINY))
        return down, np.log(np.minimum(high, 1 / _TINY)) - self.expected

    def distance(self, below: NDArray[np.bool_]) -> Floats:
        """That of the lower limit where asked, elsewhere that of the upper one."""
        tail = (1 - LEVEL) / 2
        some = self.hits > 0
        found: Floats = np.where(below, -np.log(_TINY), np.log(2))
        limit = quantile(self.hits[some], self.shape[some], np.where(below[some], tail, 1 - tail))
        found[some] = np.abs(np.log(np.clip(limit, _TINY, 1 / _TINY)) - self.expected[some])
        return found


def _between(one: _Rate, two: _Rate) -> Floats:
    """The logarithm of the ratio; a side without hits never has the larger rate, however short it is."""
    centre = one.centre - two.centre
    centre = np.where(one.hits > 0, centre, np.minimum(centre, 0.0))
    return np.asarray(np.where(two.hits > 0, centre, np.maximum(centre, 0.0)))


def _joined(one: Floats, two: Floats, shared: Floats) -> Floats:
    """The distance of a limit of a ratio from those of two rates."""
    return np.asarray(np.sqrt(np.maximum(one**2 + two**2 - 2 * shared * one * two, 1e-12)))


def _freedom(one: Sums, two: Sums, bursts: Floats) -> Floats:
    clusters = one.clusters + two.clusters
    return np.asarray(np.maximum(clusters / (1 + np.max(bursts, axis=0)), _LEAST_FREEDOM))
