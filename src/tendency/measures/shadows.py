"""Two courses correlated at every lag, and what they would show by chance: pairs that wander alike and know nothing of each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tendency.measures.dispersion import Floats

SURROGATES: Final = 499
LAGS_OF_MEMORY: Final = 10
"""Lags from which the memory of a course is told."""

_MEMORIES: Final = np.linspace(0.1, 0.98, 23)
_BURN: Final = 60


@dataclass(frozen=True, eq=False)
class Pair:
    """Two courses on one axis, trend and common course taken out.

    Attributes:
        values: Both, shape (2, periods), mean 0, length 1 over what is known; 0 where nothing was held.
        known: Where something was held, of the same shape.
        weights: What is kept of each value, of the same shape.
        length: What they were divided by, shape (2,).
        base: What is taken out of each: orthonormal rows over what is known, (regressors, periods).
        lags: All lags; above 0 the first goes before.
    """

    values: Floats
    known: NDArray[np.bool_]
    weights: Floats
    length: Floats
    base: tuple[Floats, Floats]
    lags: NDArray[np.int64]

    @classmethod
    def of(
        cls, courses: Sequence[Floats], weights: Sequence[Floats], common: Sequence[Floats | None], most: int
    ) -> Pair | None:
        """Two courses cleaned; None where one of them never changes.

        Args:
            courses: Both, of shape (periods,), NaN where nothing was held.
            weights: What is kept of each value, from 0 to 1.
            common: What is taken out of each beside its trend, or None.
            most: The largest lag.
        """
        known = np.stack([np.isfinite(course) for course in courses])
        for number, other in enumerate(common):
            if other is not None:
                known[number] &= np.isfinite(other)
        kept = np.where(known, np.stack(weights), 0.0)
        bases = [_base(mask, other) for mask, other in zip(known, common, strict=True)]
        filled = [np.where(mask, course, 0.0) for mask, course in zip(known, courses, strict=True)]
        cleaned = np.stack(
            [
                cleared(one[None], base, kept[i])[0]
                for i, (one, base) in enumerate(zip(filled, bases, strict=True))
            ]
        )
        length = np.sqrt((cleaned**2).sum(axis=1))
        if (length < 1e-9 * (1 + np.abs(np.stack(filled)).max(axis=1))).any():
            return None
        return cls(
            cleaned / length[:, None], known, kept, length, (bases[0], bases[1]), np.arange(-most, most + 1)
        )

    @cached_property
    def pairs(self) -> NDArray[np.int64]:
        """Periods that both have, at each lag; at least 1."""
        first, second = self.known.astype(float)
        shared = np.round(_lagged(first[None], second[None], self.lags)[0])
        return np.asarray(np.maximum(shared, 1), np.int64)

    @property
    def cleaned(self) -> Floats:
        """Both as they were given, without what was taken out; NaN where nothing was held."""
        return np.asarray(np.where(self.known, self.values * self.length[:, None], np.nan), float)

    @cached_property
    def correlation(self) -> Floats:
        """Correlation at each lag."""
        return np.asarray(self.strength / np.sqrt(self.pairs), float)

    @cached_property
    def strength(self) -> Floats:
        """Correlation times the root of the number of pairs."""
        first, second = self.values
        return np.asarray(self.strengths(first[None], second[None])[0], float)

    def strengths(self, first: Floats, second: Floats) -> Floats:
        """The same for many pairs of cleaned courses, (draws, periods) each; the result is (draws, lags)."""
        one, other = self.known.astype(float)
        product = _lagged(first, second, self.lags)
        length = _lagged(first**2, other[None], self.lags) * _lagged(one[None], second**2, self.lags)
        root = np.sqrt(np.maximum(length, 1e-30))
        return np.asarray(np.clip(product / root, -1, 1) * np.sqrt(self.pairs), float)


def cleared(courses: Floats, base: Floats, weights: Floats) -> Floats:
    """Courses (draws, periods) without what the base holds, weighted."""
    return np.asarray((courses - (courses @ base.T) @ base) * weights, float)


def _base(known: NDArray[np.bool_], common: Floats | None) -> Floats:
    """Orthonormal rows that span level, line and the common course where something is known."""
    time = np.linspace(-1, 1, known.size)
    rows = [np.ones(known.size), time]
    if common is not None:
        rows.append(np.where(known, common, 0.0))
    basis: list[Floats] = []
    for row in rows:
        left = np.where(known, row, 0.0)
        whole = float(np.linalg.norm(left))
        for other in basis:
            left = left - (left @ other) * other
        length = float(np.linalg.norm(left))
        if length > 1e-6 * max(whole, 1e-30):
            basis.append(left / length)
    return np.stack(basis) if basis else np.zeros((0, known.size))


def _lagged(first: Floats, second: Floats, lags: NDArray[np.int64]) -> Floats:
    """Sums of products of the first with the second so many periods later, (draws, lags)."""
    size = first.shape[1]
    found = [
        np.einsum(
            "ij,ij->i",
            *np.broadcast_arrays(
                first[:, max(-lag, 0) : size - max(lag, 0)], second[:, max(lag, 0) : size + min(lag, 0)]
            ),
        )
        for lag in lags.tolist()
    ]
    return np.stack(found, axis=1)


def peak(strengths: Floats, lags: NDArray[np.int64]) -> NDArray[np.int64]:
    """The lag at which each of many pairs is most alike."""
    return np.asarray(lags[np.argmax(strengths, axis=1)], np.int64)


@dataclass(frozen=True)
class Memory:
    """How a course wanders: a part of its variance is an autoregression of first order, the rest is new in each period.

    Attributes:
        keeps: Correlation of the wandering part with itself one period before.
        share: Share of the wandering part in the variance.
    """

    keeps: float
    share: float

    @classmethod
    def of(cls, values: Floats, known: NDArray[np.bool_], base: Floats, weights: Floats) -> Memory:
        """From the products of a cleaned course with itself some periods later, held against those that each memory would give.

        Taking out level, line and common course makes neighbours look less alike than they are: what is expected of a memory is therefore
        worked out for courses that are cleaned alike.
        """
        steps = np.arange(min(LAGS_OF_MEMORY + 1, known.size))
        seen = _lagged(values[None], values[None], steps)[0]
        new = _expected(0.0, known, base, weights, steps)
        best, least = cls(0.0, 0.0), np.inf
        for keeps in _MEMORIES:
            wander = _expected(float(keeps), known, base, weights, steps)
            beyond, shape = seen - seen[0] / new[0] * new, wander - wander[0] / new[0] * new
            largest = seen[0] / wander[0]
            part = float(np.clip((beyond @ shape) / max(float(shape @ shape), 1e-30), 0.0, largest))
            loss = float(((beyond - part * shape) ** 2).sum())
            if loss < least:
                rest = max(float(seen[0] - part * wander[0]) / float(new[0]), 0.0)
                best, least = cls(float(keeps), part / max(part + rest, 1e-30)), loss
        return best


def _expected(
    keeps: float, known: NDArray[np.bool_], base: Floats, weights: Floats, steps: NDArray[np.int64]
) -> Floats:
    """Sums of products, by lag, expected of an autoregression with variance 1 that is cleaned as courses are."""
    spread = np.where(known, _smoothed(base, keeps), 0.0)
    inner = base @ spread.T
    size, found = known.size, []
    for step in steps.tolist():
        early, late = slice(0, size - step), slice(step, size)
        product = keeps**step * known[early] * known[late]
        product = product - (base[:, early] * spread[:, late] + spread[:, early] * base[:, late]).sum(axis=0)
        product = product + ((inner.T @ base[:, early]) * base[:, late]).sum(axis=0)
        found.append(float((product * weights[early] * weights[late]).sum()))
    return np.asarray(np.maximum(np.array(found), np.where(steps == 0, 1e-30, -np.inf)), float)


def _smoothed(rows: Floats, keeps: float) -> Floats:
    """Rows times the covariance of an autoregression of first order with variance 1."""
    from scipy.signal import lfilter

    before = lfilter([1.0], [1.0, -keeps], rows, axis=1)
    after = lfilter([1.0], [1.0, -keeps], rows[:, ::-1], axis=1)[:, ::-1]
    return np.asarray(before + after - rows, float)


class Shadows:
    """Surrogates of a pair: each course wanders as much as the real one, with its gaps and weights, and is cleaned alike.

    Sources: Theiler et al. (1992), doi:10.1016/0167-2789(92)90102-S.
    """

    def __init__(self, pair: Pair, generator: np.random.Generator) -> None:
        self.pair, self.generator = pair, generator
        self.memories = tuple(
            Memory.of(pair.values[i], pair.known[i], pair.base[i], pair.weights[i]) for i in range(2)
        )

    def independent(self) -> Floats:
        """Strengths by lag of pairs that know nothing of each other, (draws, lags)."""
        size = self.pair.values.shape[1]
        drawn = [self._own(memory, memory.share, size) for memory in self.memories]
        return self._strengths(drawn)

    def following(self, lag: int, correlation: float) -> Floats:
        """Strengths by lag of pairs of which the second follows the first by ``lag``, so correlated there; (draws, lags)."""
        size, reach = self.pair.values.shape[1], abs(lag)
        starts = max(lag, 0), max(-lag, 0)
        one, other = (memory.keeps for memory in self.memories)
        # Two courses that answer the same shocks, but forget them at their own pace, are a little less alike than the shocks.
        alike = np.sqrt((1 - one**2) * (1 - other**2)) / (1 - one * other)
        likeness = float(np.clip(correlation, 0.0, 0.99))
        wandering = min(likeness / alike, *(memory.share for memory in self.memories))
        fresh = max(likeness - wandering * alike, 0.0)
        shocks = self.generator.standard_normal((SURROGATES, size + reach + _BURN))
        news = self.generator.standard_normal((SURROGATES, size + reach))
        drawn = []
        for memory, start in zip(self.memories, starts, strict=True):
            shared = _wandering(shocks, memory.keeps)[:, start : start + size]
            own = memory.share - wandering
            rest = max(1 - memory.share - fresh, 0.0)
            drawn.append(
                np.sqrt(wandering) * shared
                + np.sqrt(fresh) * news[:, start : start + size]
                + np.sqrt(own) * self._wander(memory.keeps, size)
                + np.sqrt(rest) * self.generator.standard_normal((SURROGATES, size))
            )
        return self._strengths(drawn)

    def _own(self, memory: Memory, share: float, size: int) -> Floats:
        noise = self.generator.standard_normal((SURROGATES, size))
        return np.asarray(
            np.sqrt(share) * self._wander(memory.keeps, size) + np.sqrt(1 - share) * noise, float
        )

    def _wander(self, keeps: float, size: int) -> Floats:
        return _wandering(self.generator.standard_normal((SURROGATES, size + _BURN)), keeps)

    def _strengths(self, drawn: Sequence[Floats]) -> Floats:
        first, second = (
            cleared(np.where(self.pair.known[i], one, 0.0), self.pair.base[i], self.pair.weights[i])
            for i, one in enumerate(drawn)
        )
        return self.pair.strengths(first, second)


def _wandering(shocks: Floats, keeps: float) -> Floats:
    """Autoregressions of first order with variance 1, the first values left out."""
    from scipy.signal import lfilter

    scaled = shocks * np.sqrt(1 - keeps**2)
    scaled[:, 0] = shocks[:, 0]
    return np.asarray(lfilter([1.0], [1.0, -keeps], scaled, axis=1)[:, _BURN:], float)
