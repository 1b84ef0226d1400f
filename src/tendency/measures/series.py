"""A rate over time, as the measures of tendency see it: counts, what they are counted against, and how well each is measured."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tendency.measures.dispersion import FEW_CLUSTERS, FEW_HITS, Floats, Widest, exposure_of, widest
from tendency.tally import Period, Tally

HALF: Final = 0.5
"""Added to a count before its logarithm is taken, so that a period without a hit has one."""

Counts = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Series:
    """One column of a tally over the periods that hold text.

    Attributes:
        name: What is counted.
        split: In which part of the corpus.
        grain: The kind of period.
        periods: The periods with text, in order of time.
        step: The place of each on the axis of all periods, from 0: a gap is a period of which nothing was held; int64.
        hits: Hits in each, int64.
        exposure: What they are counted against, words or hits of another query, int64, above 0.
        shape: Shape of the negative binomial law of each period's count, from its clusters; small is uncertain.
        clusters: Independent pieces of evidence in each, int64.
        cluster: The field whose values they are.
        between: True where the shapes come from how much one period differs from the next, since periods hold one cluster
            each: they then know the wander from period to period too.
    """

    name: str
    split: str
    grain: str
    periods: tuple[Period, ...]
    step: Counts
    hits: Counts
    exposure: Counts
    shape: Floats
    clusters: Counts
    cluster: str
    between: bool = False

    @classmethod
    def of(cls, tally: Tally, column: int, split: int = 0, exposure: int = 0) -> Series:
        """One column of a tally in one split.

        Args:
            tally: The counts.
            column: The number of the column, from 0.
            split: The number of the split.
            exposure: The number of what it is counted against; 0 for words, else a column from 1.
        """
        return cls._measured(tally, column, split, exposure, _widest(tally, column, exposure))

    @classmethod
    def each(cls, tally: Tally, column: int, exposure: int = 0) -> tuple[Series, ...]:
        """One column of a tally in every split, in their order; the arguments are those of ``of``."""
        found = _widest(tally, column, exposure)
        return tuple(
            cls._measured(tally, column, split, exposure, found) for split in range(len(tally.splits))
        )

    @classmethod
    def _measured(cls, tally: Tally, column: int, split: int, exposure: int, found: Widest | None) -> Series:
        against = exposure_of(tally, exposure)[:, split]
        held = np.flatnonzero(against > 0)
        if found is None or not held.size:
            nothing = np.zeros(held.size)
            shape, clusters, cluster, between = nothing, nothing.astype(np.int64), tally.cluster, False
        else:
            shape, clusters = found.shape[held, split], found.clusters[held, split]
            cluster = ", ".join(sorted(set(found.cluster[held, split].tolist())))
            between = bool((found.interval[held, split] == "neighbours").all())
        return cls(
            tally.columns[column],
            tally.splits[split],
            tally.grain,
            tuple(tally.periods[at] for at in held),
            held.astype(np.int64),
            tally.hits[held, split, column],
            against[held],
            shape,
            clusters,
            cluster,
            between,
        )

    def __len__(self) -> int:
        return len(self.periods)

    def part(self, places: slice | NDArray[np.int64]) -> Series:
        """The series of some of its periods."""
        at = np.arange(len(self))[places]
        return replace(
            self,
            periods=tuple(self.periods[place] for place in at),
            step=self.step[at],
            hits=self.hits[at],
            exposure=self.exposure[at],
            shape=self.shape[at],
            clusters=self.clusters[at],
        )

    @cached_property
    def rate(self) -> Floats:
        """Hits per unit of exposure."""
        return np.asarray(self.hits / self.exposure, float)

    @cached_property
    def log_rate(self) -> Floats:
        """Logarithm of the rate with half a hit added."""
        return np.asarray(np.log((self.hits + HALF) / self.exposure), float)

    @cached_property
    def years(self) -> Floats:
        """The middle of each period in years, such as 1943.5."""
        return years_of(self.periods)

    def variance(self, expected: Floats) -> Floats:
        """Sampling variance of the logarithm of each rate, given how many hits are expected in each period."""
        # A shape of 0 says that nothing is known of the burstiness.
        with np.errstate(divide="ignore"):
            return np.asarray(1 / np.maximum(expected, 1e-9) + 1 / self.shape, float)

    @property
    def too_few(self) -> str:
        """Why nothing can be said of it, or nothing: under 10 hits, or under 8 independent pieces of evidence."""
        return ", ".join(self._lacks())

    def _lacks(self) -> Iterator[str]:
        if int(self.hits.sum()) < FEW_HITS:
            yield f"under {FEW_HITS} hits"
        if int(self.clusters.sum()) < FEW_CLUSTERS:
            yield f"under {FEW_CLUSTERS} independent pieces of evidence"


def years_of(periods: Sequence[Period]) -> Floats:
    """The middle of each period in years, such as 1943.5."""
    middles = [(p.start.toordinal() + p.end.toordinal()) / 2 for p in periods]
    return np.array(middles, float) / 365.2425 + 1.0


def _widest(tally: Tally, column: int, exposure: int) -> Widest | None:
    return widest(tally, column + 1, exposure) if tally.clusterings else None
