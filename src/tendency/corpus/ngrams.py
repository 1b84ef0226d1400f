"""Every word and n-gram that is frequent enough, counted without holding more than a budget allows.

An n-gram can only be frequent if the n-grams one word shorter, that it begins and ends with, are (Agrawal & Srikant 1994,
*Fast algorithms for mining association rules*): so those of two words are made of frequent words, and each longer one of two frequent
ones in a row. Rare pairs, which are most, are kept out of the table by a first look that only counts buckets of pairs (Park, Chen &
Yu 1995, doi:10.1145/223784.223813). What is counted is exact: the hits of an n-gram are those of the phrase as a query.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from tendency.corpus.deadlines import Deadline
from tendency.corpus.strings import Strings, differs_from_last, sort_order
from tendency.corpus.term_counts import count_terms
from tendency.corpus.work import Place, cores, places, run, segment_at

if TYPE_CHECKING:
    from tendency.corpus.index import Index
    from tendency.corpus.segment import Segment

Ints = NDArray[np.int64]
Numbers = NDArray[np.uint32]

LONGEST: Final = 5
"""Words of the longest n-gram."""

_STRETCH: Final = 1 << 22
"""Positions between two looks at the deadline."""
_SLOT: Final = 28
"""Bytes of a place in the table of pairs."""
_CANDIDATE: Final = 256
"""Bytes that a frequent n-gram may take in all, its sums over time not counted."""
_SHARES: Final = 8
"""Tasks that an executor is given, since how many workers it has is not known."""


@dataclass(frozen=True, eq=False)
class Grams:
    """Frequent words and n-grams, numbered from 1; number 0 is none.

    Attributes:
        words: The folded form of each single one, by its number; those of one word come first.
        left: Of each longer one the n-gram that it begins with, without its last word; 0 for a word.
        right: The one that it ends with.
        length: Its words, int64.
        hits: How often it is found, int64.
        documents: In how many documents, int64.
        most: Hits in the document with the most, int64.
        least: Hits that all have at least; above what was asked where the budget forced it.
        few_documents: How many had enough hits, but in too few documents.
        too_many: How many had enough hits by what was asked, but not by what the budget forced.

    All arrays have one entry a number, that of 0 included.
    """

    words: Strings
    left: Numbers
    right: Numbers
    length: Ints
    hits: Ints
    documents: Ints
    most: Ints
    least: int
    few_documents: int = 0
    too_many: int = 0

    def __len__(self) -> int:
        """How many there are."""
        return int(self.hits.size) - 1

    def parts(self, number: int) -> list[int]:
        """The numbers of an n-gram's words."""
        parts = []
        while self.left[number]:
            first = number
            while self.left[first]:
                first = int(self.left[first])
            parts.append(first)
            number = int(self.right[number])
        return [*parts, number]

    def text(self, number: int) -> str:
        """An n-gram's folded words with spaces between."""
        return " ".join(self.words[part] for part in self.parts(number))

    def edges(self) -> tuple[Numbers, Numbers]:
        """The number of each n-gram's first and of its last word."""
        first = np.arange(self.hits.size, dtype=np.uint32)
        last = first.copy()
        for length in range(2, int(self.length.max(initial=1)) + 1):
            own = self.length == length
            first[own], last[own] = first[self.left[own]], last[self.right[own]]
        return first, last


@dataclass(frozen=True, eq=False)
class Reader:
    """What finds n-grams in the tokens of a segment: picklable.

    Attributes:
        words: For each segment's place the gram of one word of each of its terms, 0 for none.
        slots, grams: Which two grams in a row make which.
    """

    words: dict[Place, Numbers]
    slots: NDArray[np.uint64]
    grams: Numbers

    def of(self, at: Iterable[Place]) -> Reader:
        """What finds them in some segments."""
        return replace(self, words={place: self.words[place] for place in at})


@dataclass(frozen=True, eq=False)
class _Task:
    """Some documents of some segments, and what is counted in them."""

    share: tuple[tuple[Place, Ints], ...]
    reader: Reader
    length: int
    room: int
    deadline: Deadline | None
    buckets: Numbers | None = None
    least: int = 0
    part: int = 0
    parts: int = 1


def shares_of(executor: Executor | None) -> int:
    """In how many tasks work is cut whose results are large."""
    return cores() if executor is None else _SHARES


def count_grams(
    index: Index,
    masks: Sequence[NDArray[np.bool_]],
    *,
    longest: int = LONGEST,
    least: int = 20,
    least_documents: int = 8,
    budget: int = 1 << 30,
    executor: Executor | None = None,
    deadline: Deadline | None = None,
    progress: Callable[[], None] = lambda: None,
) -> tuple[Grams, Reader]:
    """The words and n-grams with enough hits in enough documents, case folded, within sentences; and what finds them again.

    Args:
        index: One snapshot of an index.
        masks: For each segment which documents are asked.
        longest: Words of the longest.
        least: Hits that each has at least.
        least_documents: Documents with a hit, likewise.
        budget: Bytes that may be held beside the mapped index.
        executor: Does the work; by default the index's own, else threads.
        deadline: When to give up.
        progress: Called after each of two looks at every length but the first, which takes one.
    """
    executor = executor or index.executor
    counting = _Counting(index, masks, least, least_documents, budget, executor, deadline)
    grams = counting.singles()
    progress()
    for length in range(1, longest):
        buckets = counting.buckets(length)
        progress()
        grams = counting.pairs(grams, length, buckets)
        progress()
    return grams, counting.reader


def frequent_words(
    index: Index,
    masks: Sequence[NDArray[np.bool_]],
    *,
    least: int = 20,
    executor: Executor | None = None,
    deadline: Deadline | None = None,
) -> tuple[Grams, Reader]:
    """The words alone, and what finds them again; how they lie in documents is not looked at, and ``documents`` and ``most`` are 0."""
    counting = _Counting(index, masks, least, 0, 0, executor or index.executor, deadline)
    return counting.words(), counting.reader


class _Counting:
    """The levels in turn, each made of the one before."""

    def __init__(
        self,
        index: Index,
        masks: Sequence[NDArray[np.bool_]],
        least: int,
        least_documents: int,
        budget: int,
        executor: Executor | None,
        deadline: Deadline | None,
    ) -> None:
        self.index, self.masks, self.least_documents = index, masks, least_documents
        self.asked = self.least = least
        self.budget, self.executor, self.deadline = budget, executor, deadline
        self.places = places(index)
        self.shares = _shares(index, self.places, masks, shares_of(executor))
        positions = sum(segment.positions for segment in index.segments)
        room = budget // 4 // max(len(self.shares), 1)
        self.most_buckets = _power_below(min(room // 4, max(positions, 1 << 10)))
        self.slots = _power_below(min(room // _SLOT, max(2 * positions, 1 << 10)))
        self.reader = Reader({}, np.zeros(1, np.uint64), np.zeros(1, np.uint32))

    def words(self) -> Grams:
        """The words with enough hits, without how they lie in documents; the reader knows them from now on."""
        form = folded_numbers(self.index)
        hits = self._hits(form)
        order = np.flatnonzero(hits >= self.least)
        nothing = np.zeros(order.size + 1, np.int64)
        return self._singles(form, order, np.append(0, hits[order]), nothing, nothing)

    def singles(self) -> Grams:
        """The words that are in enough documents too; the reader knows them from now on."""
        form = folded_numbers(self.index)
        hits = self._hits(form)
        enough = hits >= self.least
        number = np.where(enough, np.cumsum(enough), 0).astype(np.uint32)
        self._read_words(number[form])
        found = self._counted(0, np.full(1, 0xFFFFFFFF, np.uint32))
        keep, few, many = self._kept(found, 0)
        kept = found.keys[keep].astype(np.int64)
        hits_of, documents, most = (
            np.append(0, own[keep]) for own in (found.hits, found.documents, found.most)
        )
        grams = self._singles(form, np.flatnonzero(enough)[kept - 1], hits_of, documents, most)
        return replace(grams, few_documents=few, too_many=many)

    def _hits(self, form: Ints) -> Ints:
        """How often each folded form occurs."""
        counted = count_terms(self.index, [self.masks], executor=self.executor, deadline=self.deadline)
        hits = np.bincount(form, counted.counts[0], int(form.max(initial=0)) + 1).astype(np.int64)
        hits[:1] = 0
        return np.asarray(hits)

    def _singles(self, form: Ints, order: Ints, hits: Ints, documents: Ints, most: Ints) -> Grams:
        """Some folded forms, in order of their bytes, as n-grams of one word."""
        renumber = np.zeros(int(form.max(initial=0)) + 1, np.uint32)
        renumber[order] = np.arange(1, order.size + 1)
        self._read_words(renumber[form])
        # The first form of each folded one.
        first = np.zeros(renumber.size, np.uint32)
        first[form[::-1]] = np.arange(form.size - 1, -1, -1, dtype=np.uint32)
        words = self.index.terms.folded.take(np.concatenate([np.zeros(1, np.uint32), first[order]]))
        none = np.zeros(order.size + 1, np.uint32)
        length = np.minimum(np.arange(order.size + 1), 1)
        return Grams(words, none, none, length, hits, documents, most, self.least)

    def buckets(self, length: int) -> Numbers:
        """How many pairs of grams of this length fall into each bucket."""
        tasks = [self._task(share, length, self.most_buckets) for share in self.shares]
        total = np.zeros(self.most_buckets, np.uint32)
        for found in run(_marked, tasks, self.executor, self.deadline):
            total += found
        return total

    def pairs(self, grams: Grams, length: int, buckets: Numbers) -> Grams:
        """With those one word longer; the reader knows them from now on."""
        found = self._counted(length, buckets)
        keep, few, many = self._kept(found, len(grams))
        keys = found.keys[keep]
        joined = replace(
            grams,
            left=np.append(grams.left, (keys >> np.uint64(32)).astype(np.uint32)),
            right=np.append(grams.right, keys.astype(np.uint32)),
            length=np.append(grams.length, np.full(keys.size, length + 1)),
            hits=np.append(grams.hits, found.hits[keep]),
            documents=np.append(grams.documents, found.documents[keep]),
            most=np.append(grams.most, found.most[keep]),
            least=self.least,
            few_documents=grams.few_documents + few,
            too_many=grams.too_many + many,
        )
        self._read_pairs(joined)
        return joined

    def _counted(self, length: int, buckets: Numbers) -> _Pairs:
        """The pairs that may be frequent; in more parts, one after the other, where they do not fit into the table."""
        parts = 1
        while True:
            held: list[_Pairs] = []
            for part in range(parts):
                tasks = [
                    replace(
                        self._task(share, length, self.slots),
                        buckets=buckets,
                        least=self.least,
                        part=part,
                        parts=parts,
                    )
                    for share in self.shares
                ]
                results = run(_counted, tasks, self.executor, self.deadline)
                whole = [result for result in results if result is not None]
                if len(whole) < len(results):
                    break
                held.append(_Pairs.total(whole).at_least(self.least))
            else:
                return _Pairs.joined(held)
            parts *= 2

    def _task(self, share: tuple[tuple[Place, Ints], ...], length: int, room: int) -> _Task:
        return _Task(share, self.reader.of(place for place, _ in share), length, room, self.deadline)

    def _kept(self, found: _Pairs, already: int) -> tuple[NDArray[np.bool_], int, int]:
        """Which pairs are frequent enough; how many are in too few documents; how many there is no room for."""
        keep = (found.hits >= self.least) & (found.documents >= self.least_documents)
        few = int(np.count_nonzero((found.hits >= self.least) & ~keep))
        enough, room = int(np.count_nonzero(keep)), max(self.budget // _CANDIDATE - already, 0)
        if enough > room:
            self.least = int(np.sort(found.hits[keep])[::-1][room]) + 1
            keep &= found.hits >= self.least
        return keep, few, enough - int(np.count_nonzero(keep))

    def _read_words(self, number: Numbers) -> None:
        maps = self.index.terms.maps
        words = {
            place: number[maps[segment.id]]
            for place, segment in zip(self.places, self.index.segments, strict=True)
        }
        self.reader = replace(self.reader, words=words)

    def _read_pairs(self, grams: Grams) -> None:
        from tendency.corpus.kernels import put_pairs

        begin = int(np.searchsorted(grams.length, 2))
        keys = (grams.left[begin:].astype(np.uint64) << np.uint64(32)) | grams.right[begin:]
        room = 1 << max(int(2 * keys.size).bit_length(), 4)
        slots, numbers = np.zeros(room, np.uint64), np.zeros(room, np.uint32)
        put_pairs(keys, begin, slots, numbers)
        self.reader = replace(self.reader, slots=slots, grams=numbers)


@dataclass(frozen=True, eq=False)
class _Pairs:
    """Counts of pairs, ascending by key, each once."""

    keys: NDArray[np.uint64]
    hits: Ints
    documents: Ints
    most: Ints

    @classmethod
    def total(cls, parts: Sequence[_Pairs]) -> _Pairs:
        """Counts of the same pairs in different documents, added."""
        every = cls.joined(parts)
        keys, place = np.unique(every.keys, return_inverse=True)
        most = np.zeros(keys.size, np.int64)
        np.maximum.at(most, place, every.most)
        hits, documents = (
            np.bincount(place, held, keys.size).astype(np.int64) for held in (every.hits, every.documents)
        )
        return cls(keys, hits, documents, most)

    @classmethod
    def joined(cls, parts: Sequence[_Pairs]) -> _Pairs:
        """Different pairs, in order."""
        if not parts:
            none = np.zeros(0, np.int64)
            return cls(np.zeros(0, np.uint64), none, none, none)
        keys = np.concatenate([part.keys for part in parts])
        order = np.argsort(keys, kind="stable")
        hits, documents, most = (
            np.concatenate([getattr(part, name) for part in parts])[order]
            for name in ("hits", "documents", "most")
        )
        return cls(keys[order], hits, documents, most)

    def at_least(self, hits: int) -> _Pairs:
        """Those with so many hits."""
        keep = self.hits >= hits
        return _Pairs(self.keys[keep], self.hits[keep], self.documents[keep], self.most[keep])


def _marked(task: _Task) -> Numbers:
    """How many pairs of a share fall into each bucket."""
    from tendency.corpus.kernels import mark_pairs

    buckets, trail = np.zeros(task.room, np.uint32), np.zeros(task.length, np.uint32)
    reader = task.reader
    for place, documents in _stretches(task):
        segment = segment_at(place)
        mark_pairs(
            segment.tokens,
            segment.first,
            documents,
            reader.words[place],
            reader.slots,
            reader.grams,
            task.length,
            trail,
            buckets,
        )
    return buckets


def _counted(task: _Task) -> _Pairs | None:
    """Counts of the pairs of a share, or None where they do not fit into the table."""
    from tendency.corpus.kernels import count_pairs

    assert task.buckets is not None
    keys, held = np.zeros(task.room, np.uint64), np.zeros(5 * task.room, np.uint32)
    used, trail = np.zeros(1, np.int64), np.zeros(max(task.length, 1), np.uint32)
    reader, base = task.reader, 1
    for place, documents in _stretches(task):
        segment = segment_at(place)
        whole = count_pairs(
            segment.tokens,
            segment.first,
            documents,
            reader.words[place],
            reader.slots,
            reader.grams,
            task.length,
            task.buckets,
            task.least,
            task.part,
            task.parts,
            base,
            trail,
            keys,
            held,
            used,
        )
        if not whole:
            return None
        base += documents.size
    places = np.flatnonzero(keys)
    counts = held.reshape(-1, 5)[places].astype(np.int64)
    return _Pairs(keys[places], counts[:, 0], counts[:, 1], counts[:, 2])


def _stretches(task: _Task) -> Iterator[tuple[Place, Ints]]:
    """The documents of a share, some millions of positions at a time."""
    for place, documents in task.share:
        for piece in stretches(segment_at(place), documents):
            if task.deadline is not None:
                task.deadline.check()
            yield place, piece


def stretches(segment: Segment, documents: Ints) -> Iterator[Ints]:
    """Documents of a segment, in the order given, some millions of positions at a time."""
    ends = np.cumsum(segment.first[documents + 1] - segment.first[documents])
    low = 0
    while low < documents.size:
        before = int(ends[low - 1]) if low else 0
        high = max(int(np.searchsorted(ends, before + _STRETCH, side="right")), low + 1)
        yield documents[low:high]
        low = high


def _shares(
    index: Index, at: Sequence[Place], masks: Sequence[NDArray[np.bool_]], parts: int
) -> list[tuple[tuple[Place, Ints], ...]]:
    """The documents in at most so many parts with about as many positions."""
    wanted = [np.flatnonzero(mask) for mask in masks]
    sizes = [np.diff(segment.first)[own] for segment, own in zip(index.segments, wanted, strict=True)]
    total = sum(int(own.sum()) for own in sizes)
    shares: list[list[tuple[Place, Ints]]] = [[] for _ in range(parts)]
    before = 0
    for place, documents, size in zip(at, wanted, sizes, strict=True):
        middle = before + np.cumsum(size) - size // 2
        share = np.minimum(middle * parts // max(total, 1), parts - 1)
        for number in np.unique(share).tolist():
            shares[number].append((place, documents[share == number]))
        before += int(size.sum())
    return [tuple(share) for share in shares if share]


_numbers: WeakKeyDictionary[Index, Ints] = WeakKeyDictionary()


def folded_numbers(index: Index) -> Ints:
    """The number of each form's folded form, from 0 for the sentence end's, ascending by their UTF-8; int64, found once."""
    held = _numbers.get(index)
    if held is None:
        folded = index.terms.folded
        order = sort_order(folded)
        held = np.empty(len(folded), np.int64)
        held[order] = np.cumsum(differs_from_last(folded.take(order))) - 1
        _numbers[index] = held
    return held


def _power_below(number: int) -> int:
    """The largest power of two that is not above."""
    return 1 << max(number.bit_length() - 1, 4)
