"""The words around the hits of a query: how often each form stands there, and how some words lie in the documents with hits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tendency.corpus.deadlines import Deadline
from tendency.corpus.search import Block, evaluate
from tendency.corpus.term_counts import Reach, words_inside, words_near
from tendency.corpus.work import Place, places, run, segment_at
from tendency.errors import SettingError

if TYPE_CHECKING:
    from tendency.corpus.index import Index
    from tendency.corpus.query.query import Query
    from tendency.corpus.segment import Segment

Mask = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Surroundings:
    """What stands around hits in some documents.

    Attributes:
        near: Occurrences of every form of ``index.terms`` near a hit and in none, int64.
        inside: Occurrences in hits, int64.
        hits: For each segment the hits of each document, int64.
        words_near: For each segment the words near hits in each document, int64.
        words_inside: The same for words in hits.
    """

    near: Ints
    inside: Ints
    hits: tuple[Ints, ...]
    words_near: tuple[Ints, ...]
    words_inside: tuple[Ints, ...]


@dataclass(frozen=True, eq=False)
class Company:
    """How some groups of forms lie in documents with hits: an entry for each document × group with any.

    Attributes:
        segment, document: Which document, int64.
        group: Which group, from 0, int64.
        near: Occurrences near hits, int64.
        elsewhere: Occurrences neither near nor in hits, int64.
    """

    segment: Ints
    document: Ints
    group: Ints
    near: Ints
    elsewhere: Ints


@dataclass(frozen=True, eq=False)
class _Task:
    place: Place
    query: Query
    mask: Mask
    reach: Reach
    deadline: Deadline | None
    groups: NDArray[np.uint32] | None = None


def surroundings(
    index: Index,
    query: Query,
    masks: Sequence[Mask],
    *,
    window: Reach = 5,
    executor: Executor | None = None,
    deadline: Deadline | None = None,
) -> Surroundings:
    """How often every form stands near hits of a query, in the same sentence, as ``count_near`` counts; and in them.

    Args:
        index: One snapshot of an index.
        query: Whose hits are looked around.
        masks: For each segment which documents are asked.
        window: At most so many words before and after a hit, or ``"sentence"``.
        executor: Does the work, one task a segment; by default the index's own, else threads.
        deadline: When to give up.

    Raises:
        SettingError: A window below one word.
    """
    tasks = _tasks(index, query, masks, window, deadline)
    near, inside = np.zeros((2, len(index.terms)), np.int64)
    found = run(_around, tasks, executor or index.executor, deadline)
    for segment, part in zip(index.segments, found, strict=True):
        numbers = index.terms.maps[segment.id]
        for counts, (terms, own) in zip((near, inside), part[:2], strict=True):
            counts[numbers[terms]] += own
    return Surroundings(
        near, inside, tuple(p[2] for p in found), tuple(p[3] for p in found), tuple(p[4] for p in found)
    )


def company(
    index: Index,
    query: Query,
    masks: Sequence[Mask],
    groups: NDArray[np.uint32],
    *,
    window: Reach = 5,
    executor: Executor | None = None,
    deadline: Deadline | None = None,
) -> Company:
    """How often some groups of forms stand near hits and elsewhere in each document with hits.

    Args:
        index: One snapshot of an index.
        query: Whose hits are looked around.
        masks: For each segment which documents are asked.
        groups: One more than the group of each form of ``index.terms``; 0 for none.
        window: As for ``surroundings``.
        executor: Does the work, one task a segment.
        deadline: When to give up.
    """
    maps = [groups[index.terms.maps[segment.id]] for segment in index.segments]
    tasks = _tasks(index, query, masks, window, deadline, maps)
    found = run(_lying, tasks, executor or index.executor, deadline)
    parts = [np.full(part[0].size, number, np.int64) for number, part in enumerate(found)]
    none = np.empty(0, np.int64)
    columns = [np.concatenate([none, *(part[at] for part in found)]) for at in range(4)]
    return Company(np.concatenate([none, *parts]), *columns)


def _tasks(
    index: Index,
    query: Query,
    masks: Sequence[Mask],
    window: Reach,
    deadline: Deadline | None,
    groups: Sequence[NDArray[np.uint32] | None] | None = None,
) -> list[_Task]:
    if window != "sentence" and window < 1:
        raise SettingError(f"a window of {window} words holds none; give at least 1, or 'sentence'.")
    bound = query.bound(index)
    of = groups if groups is not None else [None] * len(masks)
    return [
        _Task(place, bound, mask, window, deadline, own)
        for place, mask, own in zip(places(index), masks, of, strict=True)
    ]


def _blocks(segment: Segment, task: _Task) -> Iterator[tuple[Block, int, int, Ints, Ints]]:
    """Hits of whole documents, the first of these and that after the last, and the words near and inside."""
    for block in evaluate(segment, task.query, task.mask, task.deadline):
        low, high = int(block.documents[0]), int(block.documents[-1]) + 1
        yield block, low, high, words_near(segment, block, task.reach), words_inside(segment, block)


def _around(task: _Task) -> tuple[tuple[Ints, Ints], tuple[Ints, Ints], Ints, Ints, Ints]:
    segment = segment_at(task.place)
    near, inside = _Terms(segment), _Terms(segment)
    hits, words, own = np.zeros((3, segment.documents), np.int64)
    if task.mask.any():
        for block, low, high, beside, within in _blocks(segment, task):
            near.add(beside)
            inside.add(within)
            bounds = segment.first[low : high + 1]
            hits[low:high] += np.bincount(block.documents - low, minlength=high - low)
            words[low:high] += np.diff(np.searchsorted(beside, bounds))
            own[low:high] += np.diff(np.searchsorted(within, bounds))
    return near.found(), inside.found(), hits, words, own


class _Terms:
    """Counts of the terms at some positions, which are gathered until it is worth counting them."""

    def __init__(self, segment: Segment) -> None:
        self.segment = segment
        self.counts: Ints | None = None
        self.waiting: list[NDArray[np.uint32]] = []
        self.size = 0

    def add(self, positions: Ints) -> None:
        """Count these too."""
        self.waiting.append(self.segment.tokens[positions])
        self.size += positions.size
        if self.size > len(self.segment.terms):
            found = self._counted()
            self.counts = found if self.counts is None else self.counts + found
            self.waiting, self.size = [], 0

    def _counted(self) -> Ints:
        tokens = np.concatenate([np.empty(0, np.uint32), *self.waiting])
        return np.bincount(tokens, minlength=len(self.segment.terms)).astype(np.int64, copy=False)

    def found(self) -> tuple[Ints, Ints]:
        """The terms that occur, ascending, and how often."""
        if self.counts is None:
            terms, counts = np.unique(
                np.concatenate([np.empty(0, np.uint32), *self.waiting]), return_counts=True
            )
            return terms.astype(np.int64), counts.astype(np.int64)
        self.counts += self._counted()
        terms = np.flatnonzero(self.counts)
        return terms, self.counts[terms]


def _lying(task: _Task) -> tuple[Ints, Ints, Ints, Ints]:
    segment = segment_at(task.place)
    groups = task.groups
    assert groups is not None
    size = int(groups.max(initial=0))
    none = np.empty(0, np.int64)
    columns: list[tuple[Ints, Ints, Ints, Ints]] = [(none, none, none, none)]
    if task.mask.any() and size:
        every = _Everywhere(segment, groups, size)
        for block, _, _, beside, within in _blocks(segment, task):
            documents = np.unique(block.documents).astype(np.int64)
            near = _by_document(segment, groups, documents, beside, size)
            inside = _by_document(segment, groups, documents, within, size)
            elsewhere = every.of(documents) - near - inside
            at, group = np.nonzero((near > 0) | (elsewhere > 0))
            columns.append((documents[at], group, near[at, group], elsewhere[at, group]))
    return tuple(np.concatenate([part[at] for part in columns]) for at in range(4))  # type: ignore[return-value]


class _Everywhere:
    """How often each group of forms occurs in each document of a segment, from postings: few forms, many documents."""

    def __init__(self, segment: Segment, groups: NDArray[np.uint32], size: int) -> None:
        self.segment, self.size = segment, size
        terms = np.flatnonzero(groups).astype(np.uint32)
        order = np.argsort(groups[terms], kind="stable")
        self.postings, self.starts, self.ends = segment.postings_of(terms[order])
        self.first = np.searchsorted(groups[terms][order], np.arange(1, size + 2))

    def of(self, documents: Ints) -> Ints:
        """Counts of ascending documents, (documents, groups)."""
        from tendency.corpus.kernels import count_postings

        segment = self.segment
        low, high = int(documents[0]), int(documents[-1]) + 1
        bounds = segment.first[low : high + 1]
        found = np.zeros((self.size, high - low), np.int64)
        begin, end = (np.uint32(position) for position in (bounds[0], bounds[-1]))
        for group, (a, b) in enumerate(zip(self.first[:-1].tolist(), self.first[1:].tolist(), strict=True)):
            runs = [self.postings[x:y] for x, y in zip(self.starts[a:b], self.ends[a:b], strict=True)]
            cuts = [np.searchsorted(run, (begin, end)) for run in runs]
            starts = self.starts[a:b] + np.array([cut[0] for cut in cuts], np.int64)
            ends = self.starts[a:b] + np.array([cut[1] for cut in cuts], np.int64)
            counts = np.zeros(segment.documents, np.int64)
            count_postings(self.postings, starts, ends, segment.first, *segment.landmarks, counts)
            found[group] = counts[low:high]
        return np.asarray(found[:, documents - low].T)


def _by_document(
    segment: Segment, groups: NDArray[np.uint32], documents: Ints, positions: Ints, size: int
) -> Ints:
    """How often each group occurs at some positions, (documents, groups)."""
    group = groups[segment.tokens[positions]].astype(np.int64)
    kept = group > 0
    at = np.searchsorted(segment.first[documents], positions[kept], side="right") - 1
    counts = np.bincount(at * size + group[kept] - 1, minlength=documents.size * size)
    return np.asarray(counts.reshape(documents.size, size), np.int64)
