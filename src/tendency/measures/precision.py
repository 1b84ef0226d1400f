"""How many of the hits are the thing itself: a share from a sample that a person has read, and draws of what it may be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tendency.measures.dispersion import Floats

FEW_READ: Final = 10
"""Under so many hits read nothing is said of them."""

_CONCENTRATIONS: Final = 40
_MEANS: Final = 64


@dataclass(frozen=True)
class Share:
    """A share of a sample, with the number of independent hits that it is worth.

    Attributes:
        share: The weighted share; None of nothing.
        size: Hits read, or fewer where their weights differ.
    """

    share: float | None
    size: float

    @classmethod
    def of(cls, counts: ArrayLike, weights: ArrayLike) -> Share:
        """The share of hits for which something holds.

        Hits that stand for different numbers of hits are worth (Σw)²/Σw² of them. Source: Kish (1965), Survey Sampling, 11.7.

        Args:
            counts: For each hit whether it holds.
            weights: How many hits of the corpus each stands for.
        """
        held, weight = np.asarray(counts, float), np.asarray(weights, float)
        if not held.size:
            return cls(None, 0.0)
        # Scaled, so that no weight is too large to be squared.
        weight = weight / weight.max()
        return cls(
            float(weight @ held / weight.sum()), float(np.square(weight.sum()) / np.square(weight).sum())
        )

    @property
    def successes(self) -> float:
        """The part of the size for which it holds."""
        return 0.0 if self.share is None else self.share * self.size

    def interval(self, level: float = 0.95) -> tuple[float, float] | None:
        """The interval of Wilson (1927), doi:10.1080/01621459.1927.10502953; None of nothing."""
        return None if self.share is None else wilson(self.share, self.size, level)


def wilson(share: float, size: float, level: float = 0.95) -> tuple[float, float]:
    """The limits of a share of so many independent hits."""
    from scipy.special import ndtri

    z = float(ndtri(0.5 + level / 2))
    width = 1 + z * z / size
    centre = (share + z * z / (2 * size)) / width
    half = z / width * float(np.sqrt(share * (1 - share) / size + z * z / (4 * size * size)))
    # At none and at all the limit is the share itself, which rounding may miss.
    low = 0.0 if share == 0 else max(0.0, centre - half)
    return low, 1.0 if share == 1 else min(1.0, centre + half)


def draws_of(share: Share, generator: np.random.Generator, draws: int) -> Floats:
    """What one share may be, after Jeffreys: draws of a beta variable with half a hit added on either side."""
    failures = share.size - share.successes
    return generator.beta(share.successes + 0.5, failures + 0.5, draws)


class Pooled:
    """Shares of several groups, such as periods, each drawn towards that of all by as much as they resemble each other.

    The groups' shares are taken to be beta variables of an unknown mean and concentration; both are integrated out on a grid,
    the mean under Jeffreys' prior, the concentration under the uniform-shrinkage prior. A group of which nothing was read is as
    uncertain as the groups differ.

    Source: Christiansen & Morris (1997), doi:10.1080/01621459.1997.10474009 (the prior).
    """

    def __init__(self, groups: Sequence[Share], generator: np.random.Generator, draws: int) -> None:
        from scipy.special import betaln

        self._generator = generator
        read = [group for group in groups if group.size > 0]
        typical = float(np.mean([group.size for group in read]))
        shrinkage = (np.arange(_CONCENTRATIONS) + 0.5) / _CONCENTRATIONS
        means = (np.arange(_MEANS) + 0.5) / _MEANS
        concentration = typical * shrinkage / (1 - shrinkage)
        above = means[None, :] * concentration[:, None]
        below = (1 - means[None, :]) * concentration[:, None]
        logarithm = np.zeros(above.shape) - 0.5 * np.log(means * (1 - means))[None, :]
        for group in read:
            failures = group.size - group.successes
            logarithm += betaln(above + group.successes, below + failures) - betaln(above, below)
        probability = np.exp(logarithm - logarithm.max()).ravel()
        chosen = generator.choice(probability.size, draws, p=probability / probability.sum())
        self._above, self._below = above.ravel()[chosen], below.ravel()[chosen]

    def draws(self, group: Share) -> Floats:
        """What the share of one of the groups may be, of shape (draws,)."""
        failures = group.size - group.successes
        return self._generator.beta(self._above + group.successes, self._below + failures)


PERMUTATIONS: Final = 2_000


def differs(
    counts: NDArray[np.bool_],
    documents: NDArray[np.int64],
    groups: NDArray[np.bool_],
    generator: np.random.Generator,
) -> float | None:
    """P that groups of hits have shares as different as these, or more, if they were alike.

    A permutation test of Pearson's statistic, so that groups may be small, or share hits. Whole documents change places, since
    what one document says in one place it says in another.

    Args:
        counts: For each hit whether it holds, shape (hits,).
        documents: The number of its document.
        groups: Which hits belong to each group, shape (groups, hits).
        generator: Of the permutations.

    Returns:
        None where there are no two groups.
    """
    member = groups[groups.any(axis=1)]
    if len(member) < 2:
        return None
    first, residual = _residuals(counts, documents)
    inside = member[:, first].astype(float)
    sizes = inside.sum(axis=1)
    return _permuted(residual, lambda held: np.square(held @ inside.T) @ (1 / sizes), generator)


def drifts(
    counts: NDArray[np.bool_],
    documents: NDArray[np.int64],
    times: NDArray[np.int64],
    generator: np.random.Generator,
) -> float | None:
    """P that the share of hits runs as steadily up or down with time, or more so, if it did not; None where time stands still.

    A permutation test of the statistic of Cochran (1954), doi:10.2307/3001616, and Armitage (1955), doi:10.2307/3001775, in
    which whole documents change places.

    Args:
        counts: For each hit whether it holds, shape (hits,).
        documents: The number of its document.
        times: When it was written, in any unit.
        generator: Of the permutations.
    """
    if not times.size or times.min() == times.max():
        return None
    first, residual = _residuals(counts, documents)
    centred = times[first] - times[first].mean()
    return _permuted(residual, lambda held: np.abs(held @ centred), generator)


def _residuals(counts: NDArray[np.bool_], documents: NDArray[np.int64]) -> tuple[NDArray[np.int64], Floats]:
    """The first hit of each document, and how many more of its hits hold than the share of all would have it."""
    _, first, of = np.unique(documents, return_index=True, return_inverse=True)
    residual = np.zeros(first.size)
    np.add.at(residual, of, counts - counts.mean())
    return first.astype(np.int64), residual


def _permuted(
    residual: Floats, statistic: Callable[[Floats], Floats], generator: np.random.Generator
) -> float:
    """The share of permutations in which the statistic is as large as it is, or larger."""
    seen = float(statistic(residual[None, :])[0])
    # What only rounding sets apart is equal.
    least = seen - 1e-9 * max(1.0, abs(seen))
    larger = 0
    for size in _batches(residual.size):
        shuffled = generator.permuted(np.tile(residual, (size, 1)), axis=1)
        larger += int((statistic(shuffled) >= least).sum())
    return (larger + 1) / (PERMUTATIONS + 1)


def _batches(documents: int) -> Iterator[int]:
    """How many permutations to make at a time, so that they take little room."""
    most = max(1, 2_000_000 // max(documents, 1))
    left = PERMUTATIONS
    while left:
        size = min(most, left)
        yield size
        left -= size
