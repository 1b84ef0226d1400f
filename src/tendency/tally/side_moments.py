"""Words and n-grams on two sides: hits, the sums over clusters that their burstiness needs, and how they lie in documents."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from tendency.tally.exact import moments, sums
from tendency.tally.gram_moments import Share, cut
from tendency.tally.placing import Placed

if TYPE_CHECKING:
    from tendency.corpus import Deadline, Index
    from tendency.corpus.ngrams import Reader
    from tendency.corpus.work import Place

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

SIDES: Final = 2
_SHARES: Final = 4
"""Pieces of work for each core."""
_STATE: Final = 10
_KEPT: Final = 6
"""Numbers that the kernel keeps for a row and side, and those of them that are results."""


@dataclass(frozen=True, eq=False)
class Ground:
    """What both sides hold, whatever is counted in it; arrays have an entry a side.

    Attributes:
        documents: Documents, int64.
        words: Their words, int64.
        squares, cubes: Sums over clusters of their words squared and cubed, float.
        clusters: How many clusters there are, int64.
    """

    documents: Ints
    words: Ints
    squares: Floats
    cubes: Floats
    clusters: Ints


@dataclass(frozen=True, eq=False)
class SideMoments:
    """Sums of some n-grams, int64 of shape (rows, sides).

    Attributes:
        hits: Hits.
        squares: Sums over clusters of squared hits.
        by_words: Sums over clusters of hits times words.
        clusters, documents: Clusters and documents with a hit.
        most: Hits in the document with the most.
    """

    hits: Ints
    squares: Ints
    by_words: Ints
    clusters: Ints
    documents: Ints
    most: Ints

    def joined(self, other: SideMoments) -> SideMoments:
        """These rows, then those of others."""
        return SideMoments(
            *(
                np.concatenate([getattr(self, field.name), getattr(other, field.name)])
                for field in fields(self)
            )
        )


@dataclass(frozen=True, eq=False)
class _Task:
    share: Share
    places: dict[int, Place]
    reader: Reader
    rows: NDArray[np.uint32]
    length: int
    low: int
    high: int
    deadline: Deadline | None


class TwoSides:
    """What sums n-grams over the documents of two sides.

    Args:
        placed: The documents of both.
        side: The side of each, 0 or 1; -1 for one of neither, int64.
        parts: In how many tasks they are cut.

    Attributes:
        ground: What both sides hold.
    """

    def __init__(self, placed: Placed, side: Ints, parts: int) -> None:
        held = np.flatnonzero(side >= 0)
        order = held[
            np.lexsort((placed.document[held], placed.segment[held], placed.of_cluster[held], side[held]))
        ]
        sides, cluster, words = side[order], placed.of_cluster[order], placed.words[order]
        fresh = np.ones(order.size, np.bool_)
        fresh[1:] = (np.diff(cluster) != 0) | (np.diff(sides) != 0)
        group = np.cumsum(fresh, dtype=np.int64)
        exposure = np.bincount(group, words, int(group[-1]) + 1 if group.size else 1).astype(np.int64)
        begins = np.flatnonzero(fresh)
        of_side, sizes = sides[begins], exposure[group[begins]]
        products, cubes = moments(sizes[:, None], of_side, SIDES)
        self.ground = Ground(
            np.bincount(sides, minlength=SIDES).astype(np.int64),
            sums(sizes[:, None], of_side, SIDES)[:, 0],
            products[:, 0, 0].astype(float),
            cubes[:, 0].astype(float),
            np.bincount(of_side, minlength=SIDES).astype(np.int64),
        )
        # A cluster of both sides is two groups, and no group is cut.
        self._share = Share(
            placed.segment[order], placed.document[order], sides, group, group, exposure[group]
        )
        self._words, self._parts = words, parts

    def of(
        self,
        index: Index,
        reader: Reader,
        rows: NDArray[np.uint32],
        length: int,
        *,
        budget: int,
        executor: Executor | None = None,
        deadline: Deadline | None = None,
    ) -> SideMoments:
        """The sums of some n-grams.

        Args:
            index: The snapshot that the documents lie in.
            reader: What finds the n-grams.
            rows: One more than the row of each n-gram, 0 for those left out, uint32.
            length: Words of the longest.
            budget: Bytes for the sums that are formed at a time.
            executor: Does the work; by default the index's own, else threads.
            deadline: When to give up.
        """
        from tendency.corpus.work import places, run

        at = dict(enumerate(places(index)))
        total = int(rows.max(initial=0))
        result = np.zeros((total, SIDES, _KEPT), np.int64)
        shares = cut(self._share, self._words, self._parts)
        most = max(budget // max(len(shares), 1) // (8 * _STATE * SIDES), 1)
        for low, high in _pieces(total, most):
            tasks = []
            for share in shares:
                own = {number: at[number] for number in np.unique(share.segment).tolist()}
                tasks.append(_Task(share, own, reader.of(own.values()), rows, length, low, high, deadline))
            for states in run(_summed, tasks, executor or index.executor, deadline):
                result[low:high, :, :-1] += states[:, :, :-1]
                np.maximum(result[low:high, :, -1], states[:, :, -1], out=result[low:high, :, -1])
        return SideMoments(*(result[:, :, number] for number in range(_KEPT)))

    def of_words(
        self,
        index: Index,
        reader: Reader,
        words: int,
        *,
        budget: int,
        executor: Executor | None = None,
        deadline: Deadline | None = None,
    ) -> SideMoments:
        """The sums of the first so many n-grams, which are words: from their postings, which is quicker.

        Args:
            index, reader, budget, executor, deadline: As for ``of``.
            words: How many there are.
        """
        from tendency.corpus.work import places, run

        at = dict(enumerate(places(index)))
        share = self._share
        numbers = np.unique(share.segment).tolist()
        pieces = {number: np.unique(share.group[share.segment == number]) for number in numbers}
        every = np.concatenate([np.empty(0, np.int64), *pieces.values()])
        named, times = np.unique(every, return_counts=True)
        # Groups of several segments come together in a table, those of the first side before those of the second.
        spanning = named[times > 1]
        grounds = tuple(_Segment.of(at[number], share, number, spanning) for number in numbers)
        sizes = np.bincount(share.cell[np.searchsorted(share.group, spanning)], minlength=SIDES)
        room = max(budget // max(self._parts, 1) // (8 * (spanning.size + SIDES * _KEPT)), 1)
        # More pieces than cores: the first words of a language are much the longest rows.
        most = max(min(room, -(-words // (_SHARES * max(self._parts, 1)))), 1)
        tasks = [
            _Words(grounds, reader.of(at[number] for number in numbers), low, high, spanning.size, deadline)
            for low, high in _pieces(words, most)
        ]
        result = [np.zeros((0, SIDES, _KEPT), np.int64)]
        for found, table in run(_summed_words, tasks, executor or index.executor, deadline):
            begin = 0
            for side, size in enumerate(sizes.tolist()):
                own = table[:, begin : begin + size]
                found[:, side, 1] += (own * own).sum(axis=1)
                found[:, side, 3] += np.count_nonzero(own, axis=1)
                begin += size
            result.append(found)
        joined = np.concatenate(result)
        return SideMoments(*(joined[:, :, number] for number in range(_KEPT)))


@dataclass(frozen=True, eq=False)
class _Segment:
    """The documents of a segment on both sides, an entry each; see ``contrast_postings``."""

    place: Place
    sides: Ints
    groups: Ints
    exposure: Ints
    columns: Ints

    @classmethod
    def of(cls, place: Place, share: Share, number: int, spanning: Ints) -> _Segment:
        """Those of the documents that lie in one segment."""
        from tendency.corpus.work import segment_at

        size = segment_at(place).documents
        own = share.segment == number
        document = share.document[own]
        sides, groups, exposure = (
            np.full(size, -1, np.int64),
            np.zeros(size, np.int64),
            np.zeros(size, np.int64),
        )
        named, of = np.unique(share.group[own], return_inverse=True)
        sides[document], exposure[document] = share.cell[own], share.exposure[own]
        groups[document] = of.ravel()
        columns = np.searchsorted(spanning, named)
        inside = columns < spanning.size
        inside[inside] = spanning[columns[inside]] == named[inside]
        return cls(place, sides, groups, exposure, np.where(inside, columns, -1))


@dataclass(frozen=True, eq=False)
class _Words:
    segments: tuple[_Segment, ...]
    reader: Reader
    low: int
    high: int
    wide: int
    deadline: Deadline | None


def _summed_words(task: _Words) -> tuple[Ints, Ints]:
    """The sums of some words of shape (rows, sides, numbers), and their hits in each group of several segments."""
    from tendency.corpus.kernels import contrast_postings
    from tendency.corpus.work import segment_at

    size = task.high - task.low
    sums_of, table = np.zeros(size * SIDES * _KEPT, np.int64), np.zeros(size * task.wide, np.int64)
    for held in task.segments:
        if task.deadline is not None:
            task.deadline.check()
        segment = segment_at(held.place)
        numbers = task.reader.words[held.place]
        # Number 0 is no word.
        terms = np.flatnonzero((numbers > task.low) & (numbers <= task.high))
        order = np.argsort(numbers[terms], kind="stable")
        ordered = terms[order].astype(np.uint32)
        runs = np.searchsorted(numbers[ordered], np.arange(task.low + 1, task.high + 2)).astype(np.int64)
        postings, starts, ends = segment.postings_of(ordered)
        contrast_postings(
            postings,
            starts,
            ends,
            runs,
            segment.first,
            *segment.landmarks,
            held.sides,
            held.groups,
            held.exposure,
            held.columns,
            task.wide,
            np.zeros(segment.documents, np.int64),
            np.zeros(segment.documents, np.int64),
            np.zeros(max(held.columns.size, 1), np.int64),
            np.zeros(2 * max(held.columns.size, 1), np.int64),
            table,
            sums_of,
        )
    return sums_of.reshape(size, SIDES, _KEPT), table.reshape(size, task.wide)


def _pieces(total: int, most: int) -> Iterator[tuple[int, int]]:
    for low in range(0, total, most):
        yield low, min(low + most, total)


def _summed(task: _Task) -> Ints:
    """The sums of a share, of shape (rows, sides, numbers)."""
    from tendency.corpus.kernels import contrast_grams
    from tendency.corpus.ngrams import stretches
    from tendency.corpus.work import segment_at

    share, size = task.share, task.high - task.low
    states = np.zeros(_STATE * SIDES * size, np.int64)
    trail = np.zeros(task.length, np.uint32)
    turns = np.flatnonzero(np.diff(share.segment)) + 1
    for begin, end in zip(
        np.append(0, turns).tolist(), np.append(turns, share.segment.size).tolist(), strict=True
    ):
        place = task.places[int(share.segment[begin])]
        segment = segment_at(place)
        for documents in stretches(segment, share.document[begin:end]):
            if task.deadline is not None:
                task.deadline.check()
            run = slice(begin, begin + documents.size)
            contrast_grams(
                segment.tokens,
                segment.first,
                documents,
                share.cell[run],
                share.group[run],
                share.exposure[run],
                task.reader.words[place],
                task.reader.slots,
                task.reader.grams,
                task.rows,
                task.length,
                task.low,
                task.high,
                SIDES,
                begin + 1,
                trail,
                states,
            )
            begin = run.stop
    return states.reshape(size, SIDES, _STATE)[:, :, :_KEPT]
