"""Words and n-grams over time: hits in each period, with the sums over clusters that their burstiness needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from numpy.typing import NDArray

from tendency.tally.exact import moments, sums
from tendency.tally.placing import Placed

if TYPE_CHECKING:
    from tendency.corpus import Deadline, Index
    from tendency.corpus.ngrams import Reader
    from tendency.corpus.work import Place

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Part = Literal["looked at", "held out", "all"]

_A_CELL: Final = 16
_A_ROW: Final = 64
"""Bytes that a row's sums take in each period, and beside."""


@dataclass(frozen=True, eq=False)
class Axis:
    """The periods that hold text, and their clusters: the same for every word.

    Attributes:
        step: The place of each period on the axis of all periods, int64.
        words: Words of each, int64.
        squares, cubes: Sums over its clusters of their words squared and cubed, float.
        clusters: How many there are, int64.
    """

    step: Ints
    words: Ints
    squares: Floats
    cubes: Floats
    clusters: Ints

    def __len__(self) -> int:
        return int(self.step.size)


@dataclass(frozen=True, eq=False)
class GramMoments:
    """Sums of some n-grams, one row each.

    Attributes:
        hits: In each period of the axis, int64 of shape (rows, periods).
        by_words: Sums over clusters of hits times words, int64 of the same shape.
        squares: Sums over clusters and periods of squared hits, int64 of shape (rows,).
        pieces, clusters: In how many clusters of a period, and in how many clusters, there are hits, those of the other part
            included, int64.
        own_pieces, own_clusters: The same without the other part.
    """

    hits: Ints
    by_words: Ints
    squares: Ints
    pieces: Ints
    clusters: Ints
    own_pieces: Ints
    own_clusters: Ints


@dataclass(frozen=True, eq=False)
class Share:
    """Documents in the order of their clusters and groups; whole clusters."""

    segment: Ints
    document: Ints
    cell: Ints
    group: Ints
    cluster: Ints
    exposure: Ints


@dataclass(frozen=True, eq=False)
class _Task:
    share: Share
    places: dict[int, Place]
    reader: Reader
    rows: NDArray[np.uint32]
    length: int
    low: int
    high: int
    width: int
    deadline: Deadline | None


class Sums:
    """What sums n-grams over one part of some documents.

    Args:
        index: One snapshot of an index.
        placed: The documents.
        part: Those of which hits are counted; clusters are told of all of them.
        parts: In how many tasks they are cut.

    Attributes:
        axis: The periods in which the part has text.
    """

    def __init__(self, index: Index, placed: Placed, part: Part, parts: int) -> None:
        self.index = index
        counted = {
            "looked at": ~placed.held_out,
            "held out": placed.held_out,
            "all": np.ones(placed.period.size, np.bool_),
        }[part]
        order = np.lexsort((placed.document, placed.segment, placed.period, ~counted, placed.of_cluster))
        counted, period, cluster = counted[order], placed.period[order], placed.of_cluster[order]
        words = placed.words[order]
        fresh = np.ones(order.size, np.bool_)
        fresh[1:] = (np.diff(cluster) != 0) | (np.diff(period) != 0) | (counted[1:] != counted[:-1])
        group = np.cumsum(fresh, dtype=np.int64)
        exposure = np.bincount(group, words, int(group[-1]) + 1 if group.size else 1).astype(np.int64)
        begins = np.flatnonzero(fresh & counted)
        self.axis, at = _axis(exposure[group[begins]], period[begins], len(placed.periods))
        cell = np.where(counted, at[period], -1).astype(np.int64)
        self._shares = cut(
            Share(placed.segment[order], placed.document[order], cell, group, cluster, exposure[group]),
            words,
            parts,
        )

    def of(
        self,
        reader: Reader,
        rows: NDArray[np.uint32],
        length: int,
        *,
        budget: int,
        executor: Executor | None = None,
        deadline: Deadline | None = None,
        progress: Callable[[], None] = lambda: None,
    ) -> Iterator[tuple[int, GramMoments]]:
        """The sums of some n-grams, as many at a time as fit into the budget, and the row of the first.

        Args:
            reader: What finds them.
            rows: One more than the row of each n-gram, 0 for those left out, uint32.
            length: Words of the longest.
            budget: Bytes for the sums.
            executor: Does the work; by default the index's own, else threads.
            deadline: When to give up.
            progress: Called after each look at the documents.
        """
        from tendency.corpus.work import places, run

        at = dict(enumerate(places(self.index)))
        total, width = int(rows.max(initial=0)), len(self.axis)
        most = max(budget // max(len(self._shares), 1) // (_A_CELL * width + _A_ROW), 1)
        for low in range(0, total, most):
            high = min(low + most, total)
            tasks = []
            for share in self._shares:
                own = {number: at[number] for number in np.unique(share.segment).tolist()}
                tasks.append(
                    _Task(share, own, reader.of(own.values()), rows, length, low, high, width, deadline)
                )
            results = run(_summed, tasks, executor or self.index.executor, deadline)
            total_sums = np.zeros((high - low, width, 2), np.int64)
            states = np.zeros((high - low, 8), np.int64)
            for own_sums, own_states in results:
                total_sums += own_sums.reshape(total_sums.shape)
                states += own_states.reshape(states.shape)
            progress()
            hits, by_words = total_sums[:, :, 0], total_sums[:, :, 1]
            yield low, GramMoments(hits, by_words, states[:, 0], *(states[:, at] for at in range(4, 8)))


def _axis(words: Ints, period: Ints, periods: int) -> tuple[Axis, Ints]:
    """The axis of groups of documents, and the place on it of each period, -1 for one without text."""
    total = np.bincount(period, minlength=periods)
    step = np.flatnonzero(total)
    at = np.full(periods, -1, np.int64)
    at[step] = np.arange(step.size)
    # In whole numbers: the order of documents must not change a digit.
    products, cubes = moments(words[:, None], at[period], step.size)
    squares = products[:, 0, 0].astype(float)
    held = sums(words[:, None], at[period], step.size)[:, 0]
    return Axis(step, held, squares, cubes[:, 0].astype(float), total[step]), at


def cut(share: Share, words: Ints, parts: int) -> list[Share]:
    """At most so many parts with about as many words, none of which ends within a cluster."""
    middle = np.cumsum(words) - words // 2
    wanted = np.minimum(middle * parts // max(int(words.sum()), 1), parts - 1)
    fresh = np.append(0, np.flatnonzero(np.diff(share.cluster)) + 1) if words.size else np.empty(0, np.int64)
    lengths = np.diff(np.append(fresh, words.size))
    of = np.repeat(wanted[fresh], lengths)
    cuts = []
    for number in np.unique(of).tolist():
        own = of == number
        cuts.append(
            Share(
                *(
                    getattr(share, name)[own]
                    for name in ("segment", "document", "cell", "group", "cluster", "exposure")
                )
            )
        )
    return cuts


def _summed(task: _Task) -> tuple[Ints, Ints]:
    """The sums of a share and the numbers kept beside them, of which those of a last group and cluster are 0."""
    from tendency.corpus.kernels import sum_grams
    from tendency.corpus.ngrams import stretches
    from tendency.corpus.work import segment_at

    share, size = task.share, task.high - task.low
    found, states = np.zeros(2 * size * task.width, np.int64), np.zeros(8 * size, np.int64)
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
            sum_grams(
                segment.tokens,
                segment.first,
                documents,
                share.cell[run],
                share.group[run],
                share.cluster[run],
                share.exposure[run],
                task.reader.words[place],
                task.reader.slots,
                task.reader.grams,
                task.rows,
                task.length,
                task.low,
                task.high,
                task.width,
                trail,
                found,
                states,
            )
            begin = run.stop
    states.reshape(-1, 8)[:, 1:4] = 0
    return found, states
