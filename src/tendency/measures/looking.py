"""What a part of the documents says of very many words at once: which of them change, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import xxhash
from numpy.typing import NDArray

from tendency.measures.dispersion import FEW_CLUSTERS, Floats, pooled_burstiness
from tendency.measures.families import benjamini_hochberg
from tendency.measures.scan import KINDS, Fits, Ground, Kind, fits
from tendency.measures.wandering import Usual, chances, usual
from tendency.tally.gram_moments import Axis, GramMoments

if TYPE_CHECKING:
    from tendency.corpus import Deadline

Ints = NDArray[np.int64]

_BLOCK: Final = 2048
"""Series that are fitted together."""


@dataclass(frozen=True, eq=False)
class Evidence:
    """One part of the documents, as tests see it.

    Attributes:
        axis: Its periods.
        ground: The same for fits.
        between: Periods hold one cluster each, and are compared with each other.
    """

    axis: Axis
    ground: Ground
    between: bool

    @classmethod
    def of(cls, axis: Axis) -> Evidence:
        """The part with these periods."""
        freedom = int(np.maximum(axis.clusters - 1, 0).sum())
        # As measures.dispersion has it.
        between = freedom < FEW_CLUSTERS - 1 <= len(axis) - 1
        words = axis.words.astype(float)
        concentration = np.ones(len(axis)) if between else axis.squares / np.maximum(words**2, 1)
        return cls(axis, Ground(words, concentration, axis.step.astype(float)), between)

    @property
    def clusters(self) -> float:
        """From how many clusters burstiness is estimated."""
        return float(len(self.axis) if self.between else self.axis.clusters[self.axis.clusters > 1].sum())

    def burstiness(self, counted: GramMoments) -> Floats:
        """1/k of each row, from all its periods together, (rows,)."""
        x, n = counted.hits.T.astype(float), self.axis.words.astype(float)[:, None]
        if self.between:
            e0, e1, x0, x1 = n[:-1], n[1:], x[:-1], x[1:]
            total, sums = e0 + e1, x0 + x1
            squares, cubes = e0**2 + e1**2, e0**3 + e1**3
            excess = (x0**2 + x1**2) - 2 * sums * (x0 * e0 + x1 * e1) / total
            excess += sums**2 * squares / total**2 - sums + sums * squares / total**2
        else:
            total, sums = n, x
            squares, cubes = self.axis.squares[:, None], self.axis.cubes[:, None]
            excess = -2 * sums * counted.by_words.T / total + sums**2 * squares / total**2
            excess += -sums + sums * squares / total**2
            # Squared hits are summed over all periods at once.
            excess = excess.sum(axis=0, keepdims=True) + counted.squares
        expected = (squares - 2 * cubes / total + squares**2 / total**2) * sums * (sums - 1) / total**2
        concentration = np.broadcast_to(squares / total**2, expected.shape)
        return pooled_burstiness(excess, np.maximum(expected, 0.0), concentration, self.clusters)


@dataclass(frozen=True, eq=False)
class Looked:
    """Every word that is tested, in the part that is looked at.

    Attributes:
        hits: Their hits there, float of shape (rows,).
        burstiness: 1/k of each, (rows,).
        fits: Their fits by kind.
    """

    hits: Floats
    burstiness: Floats
    fits: dict[Kind, Fits]

    @classmethod
    def at(cls, seen: Evidence, counted: GramMoments, rows: Ints, deadline: Deadline | None = None) -> Looked:
        """Some rows of what was counted."""
        hits, burstiness = counted.hits[rows].astype(float), seen.burstiness(counted)[rows]
        found: dict[Kind, list[Fits]] = {kind: [] for kind in KINDS}
        for begin in range(0, max(rows.size, 1), _BLOCK):
            if deadline is not None:
                deadline.check()
            block = slice(begin, begin + _BLOCK)
            for kind in KINDS:
                found[kind].append(fits(kind, seen.ground, hits[block], burstiness[block]))
        joined = {kind: Fits.joined(parts) for kind, parts in found.items()}
        return cls(hits.sum(axis=1), burstiness, joined)

    @classmethod
    def joined(cls, parts: Sequence[Looked]) -> Looked:
        """The rows of several one after the other."""
        return cls(
            np.concatenate([part.hits for part in parts]),
            np.concatenate([part.burstiness for part in parts]),
            {kind: Fits.joined([part.fits[kind] for part in parts]) for kind in KINDS},
        )


@dataclass(frozen=True, eq=False)
class Verdicts:
    """The tests of all words.

    Attributes:
        p: Of each word and kind, (rows, kinds).
        family: The same for all tests together, so that accepting those up to q holds the share of false ones at q.
        best: Of each word the kind that fits best among those that are accepted, by its place among ``KINDS``, (rows,).
        found: The rows of words that changed.
        known: How much words wander, by kind.
    """

    p: Floats
    family: Floats
    best: Ints
    found: Ints
    known: dict[Kind, Usual]


def judged(seen: Evidence, looked: Looked, q: float) -> Verdicts:
    """The tests of all words against bursts and wandering alone; one row at least.

    Args:
        seen: The periods.
        looked: The words.
        q: Share of false ones among those that are accepted.
    """
    known = {kind: usual(looked.hits, looked.fits[kind]) for kind in KINDS}
    generator = np.random.default_rng(_seed(seen.ground, looked.hits))
    turned = looked.fits["turn"]
    chance = chances(seen.ground, looked.hits, looked.burstiness, seen.clusters, known, turned, generator)
    columns, gains = [], []
    for kind in KINDS:
        fitted = looked.fits[kind]
        strength = fitted.strength(known[kind].wander(looked.hits, fitted))
        columns.append(chance[kind].of(looked.hits, strength))
        gains.append(strength - chance[kind].usual_strength(looked.hits))
    p = np.stack(columns, axis=1)
    family = benjamini_hochberg(p.ravel()).reshape(p.shape)
    accepted = family <= q
    # The p of two kinds lie in tails too thin to be told apart; how well they fit can be.
    best = np.where(accepted, np.stack(gains, axis=1), -np.inf).argmax(axis=1)
    return Verdicts(p, family, best, np.flatnonzero(accepted.any(axis=1)), known)


def _seed(ground: Ground, hits: Floats) -> int:
    """A seed that is equal for equal counts."""
    digest = xxhash.xxh3_64(ground.words.tobytes() + ground.step.tobytes())
    digest.update(hits.tobytes())
    return digest.intdigest()
