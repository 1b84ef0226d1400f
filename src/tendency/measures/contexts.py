"""The words of an index beside the uses of others, in two spans of time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from tendency.corpus import evaluate
from tendency.corpus.term_counts import count_terms

if TYPE_CHECKING:
    from tendency.corpus import Deadline, Index, Query

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

BEFORE, AFTER = 0, 1
STRETCH: Final = 200
"""Positions of text that are drawn at a time."""
_AT_ONCE: Final = 1 << 14
"""Uses that are looked around at a time."""


@dataclass(frozen=True, eq=False)
class Uses:
    """Where something is used, in order of date, document id and position.

    Attributes:
        segment: The number of each use's segment, int64.
        document: The number of its document in it.
        start: Its first position in the segment.
        end: The position after its last.
        rank: The place of its document among all, by date and id.
        side: ``BEFORE`` or ``AFTER``.
    """

    segment: Ints
    document: Ints
    start: Ints
    end: Ints
    rank: Ints
    side: Ints

    def __len__(self) -> int:
        return int(self.start.size)

    def at(self, places: Ints | Mask) -> Uses:
        """Some of them."""
        return Uses(*(held[places] for held in self._columns))

    @property
    def _columns(self) -> tuple[Ints, ...]:
        return self.segment, self.document, self.start, self.end, self.rank, self.side

    def counts(self) -> tuple[int, int]:
        """How many are before and after."""
        after = int(self.side.sum())
        return len(self) - after, after

    def documents(self) -> tuple[int, int]:
        """How many documents they are in before and after."""
        return tuple(int(np.unique(self.rank[self.side == side]).size) for side in (BEFORE, AFTER))  # type: ignore[return-value]

    @classmethod
    def joined(cls, parts: Sequence[tuple[Ints, ...]]) -> Uses:
        """Parts from several segments, put in order."""
        empty = np.empty(0, np.int64)
        columns = [np.concatenate([empty, *column]) for column in zip(*parts, strict=True)] or [empty] * 6
        order = np.lexsort((columns[2], columns[4]))
        return cls(*(column[order] for column in columns))


class Texts:
    """The documents of two spans of an index as folded words.

    Attributes:
        index: The index.
        masks: Of the earlier and of the later span, for every segment its documents.
        names: The folded forms that occur in them.
        counts: How often each occurs before and after, int64 of shape (2, forms).
    """

    def __init__(
        self,
        index: Index,
        masks: tuple[Sequence[Mask], Sequence[Mask]],
        executor: Executor | None,
        deadline: Deadline | None,
    ) -> None:
        self.index, self.masks, self._deadline = index, masks, deadline
        found = count_terms(index, masks, executor=executor, deadline=deadline).counts
        held = np.flatnonzero(found.any(axis=0))
        numbers: dict[str, int] = {}
        codes = np.array(
            [
                numbers.setdefault(form, len(numbers))
                for form in index.terms.folded.take(held.astype(np.uint32))
            ],
            np.int64,
        )
        self.names = tuple(numbers)
        self.counts = np.zeros((2, len(numbers)), np.int64)
        for side in (BEFORE, AFTER):
            np.add.at(self.counts[side], codes, found[side, held])
        self._code = np.full(len(index.terms), -1, np.int64)
        self._code[held] = codes
        self.numbers = numbers

    @cached_property
    def _ranks(self) -> list[Ints]:
        """The place of each document of either span among all of both, by date and id; -1 for the others."""
        keys, ranks = [], []
        for number, segment in enumerate(self.index.segments):
            ranks.append(np.full(segment.documents, -1, np.int64))
            both = self.masks[BEFORE][number] | self.masks[AFTER][number]
            for document in np.flatnonzero(both).tolist():
                start, end = int(segment.start_day[document]), int(segment.end_day[document])
                keys.append((start, end, segment.ids[document], number, document))
        keys.sort()
        for rank, (*_, number, document) in enumerate(keys):
            ranks[number][document] = rank
        return ranks

    def documents(self) -> list[tuple[int, int]]:
        """Segment and document number of every document of either span, by rank."""
        found = [(0, 0)] * sum(int((ranks >= 0).sum()) for ranks in self._ranks)
        for number, ranks in enumerate(self._ranks):
            for document in np.flatnonzero(ranks >= 0).tolist():
                found[int(ranks[document])] = (number, document)
        return found

    def codes(self, segment: int) -> Ints:
        """The folded form of each term of a segment; -1 for the sentence end and what does not occur."""
        return self._code[self.index.terms.maps[self.index.segments[segment].id]]

    def _part(self, number: int, document: Ints, start: Ints, end: Ints) -> tuple[Ints, ...]:
        later = self.masks[AFTER][number][document]
        return (
            np.full(start.size, number, np.int64),
            document,
            start,
            end,
            self._ranks[number][document],
            later.astype(np.int64),
        )

    def uses_of(self, query: Query) -> Uses:
        """The hits of a query; of hits that share words only the first."""
        bound, parts = query.bound(self.index), []
        for number, segment in enumerate(self.index.segments):
            both = self.masks[BEFORE][number] | self.masks[AFTER][number]
            for block in evaluate(segment, bound, both, self._deadline):
                own = _apart(block.starts, block.ends)
                parts.append(
                    self._part(
                        number, block.documents[own].astype(np.int64), block.starts[own], block.ends[own]
                    )
                )
        return Uses.joined(parts)

    def uses_of_words(self, words: Ints) -> list[Uses]:
        """The uses of each of some folded forms."""
        parts: list[list[tuple[Ints, ...]]] = [[] for _ in words]
        place = np.full(len(self.names) + 1, -1, np.int64)
        place[words] = np.arange(words.size)
        for number, segment in enumerate(self.index.segments):
            both = self.masks[BEFORE][number] | self.masks[AFTER][number]
            of_term = place[self.codes(number)]
            for term in np.flatnonzero(of_term >= 0).tolist():
                start = segment.postings(term).astype(np.int64)
                document = segment.document_of(start).astype(np.int64)
                inside = both[document]
                start, document = start[inside], document[inside]
                parts[of_term[term]].append(self._part(number, document, start, start + 1))
        return [Uses.joined(own) for own in parts]

    def sentences(self, most: int, seed: int) -> tuple[list[list[str]], int, int]:
        """Stretches of text from both spans, as many words from either as far as they go; in order of date and id.

        Returns:
            The stretches; how many positions they hold; and how many there are.
        """
        places, sides, whole = self._stretches()
        lengths = places[:, 2] - places[:, 1]
        chosen = np.ones(len(places), np.bool_)
        if whole > most:
            generator = np.random.default_rng(seed)
            drawn = generator.permutation(len(places))
            wanted = self._allotted(most, lengths, sides)
            for side in (BEFORE, AFTER):
                own = drawn[sides[drawn] == side]
                chosen[own[np.cumsum(lengths[own]) > wanted[side]]] = False
        sentences = []
        codes = [self.codes(number) for number in range(len(self.index.segments))]
        for number, low, high in places[chosen].tolist():
            found = codes[number][self.index.segments[number].tokens[low:high]]
            sentences.append([self.names[code] for code in found.tolist() if code >= 0])
        return sentences, int(lengths[chosen].sum()), whole

    @staticmethod
    def _allotted(most: int, lengths: Ints, sides: Ints) -> tuple[int, int]:
        held = [int(lengths[sides == side].sum()) for side in (BEFORE, AFTER)]
        smaller = min(*held, most // 2)
        return (smaller, most - smaller) if held[BEFORE] <= held[AFTER] else (most - smaller, smaller)

    def _stretches(self) -> tuple[Ints, Ints, int]:
        """Segment, first position and end of every stretch, in order of its document; the side of each; all their positions."""
        rows = []
        for number, (segment, ranks) in enumerate(zip(self.index.segments, self._ranks, strict=True)):
            for document in np.flatnonzero(ranks >= 0).tolist():
                first, end = int(segment.first[document]), int(segment.first[document + 1])
                side = int(self.masks[AFTER][number][document])
                rank = int(ranks[document])
                rows += [
                    (rank, low, number, min(low + STRETCH, end), side) for low in range(first, end, STRETCH)
                ]
        table = np.array(sorted(rows), np.int64).reshape(-1, 5)
        return table[:, [2, 1, 3]], table[:, 4], int((table[:, 3] - table[:, 1]).sum())

    def contexts(self, uses: Uses, columns: Ints, window: int) -> Iterator[tuple[Ints, Ints, Ints]]:
        """What stands beside uses: the number of the use, the column of the word and its distance in words, in parts.

        A window goes over sentence ends, which count nothing, and ends with the document. Words further than twice its width in positions
        are not looked for.

        Args:
            uses: The uses.
            columns: The column of each folded form, -1 for none, int64 of shape (forms,).
            window: Words on either side.
        """
        reach = np.arange(2 * window)
        for number, segment in enumerate(self.index.segments):
            own = np.flatnonzero(uses.segment == number)
            codes = self.codes(number)
            column_of = np.append(columns, -1)[codes]
            words = codes >= 0
            for at in range(0, own.size, _AT_ONCE):
                part = own[at : at + _AT_ONCE]
                first = segment.first[uses.document[part]][:, None]
                end = segment.first[uses.document[part] + 1][:, None]
                for places in (uses.start[part][:, None] - 1 - reach, uses.end[part][:, None] + reach):
                    inside = (places >= first) & (places < end)
                    terms = segment.tokens[np.where(inside, places, 0)]
                    word = inside & words[terms]
                    distance = np.cumsum(word, axis=1, dtype=np.int64)
                    found = column_of[terms].astype(np.int64)
                    row, place = np.nonzero(word & (distance <= window) & (found >= 0))
                    yield part[row], found[row, place], distance[row, place]

    def weighted(self, uses: Uses, columns: Ints, kept: NDArray[np.float32], window: int) -> csr_array:
        """The contexts of each use as skip-grams weigh them: nearer words and rarer words more; of shape (uses, contexts)."""
        parts = list(self.contexts(uses, columns, window))
        row, column, distance = (np.concatenate([np.empty(0, np.int64), *held]) for held in _columns(parts))
        weight = kept[column] * (1 - (distance - 1) / window)
        table = csr_array((weight, (row, column)), shape=(len(uses), kept.size))
        table.sum_duplicates()
        return table


def _columns(parts: Sequence[tuple[Ints, Ints, Ints]]) -> tuple[list[Ints], list[Ints], list[Ints]]:
    return [p[0] for p in parts], [p[1] for p in parts], [p[2] for p in parts]


def _apart(starts: Ints, ends: Ints) -> Ints:
    """The first of hits that share words; hits ascend by start."""
    if not np.any(starts[1:] < np.maximum.accumulate(ends)[:-1]):
        return np.arange(starts.size)
    kept, last = [], -1
    for number, (start, end) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True)):
        if start >= last:
            kept.append(number)
            last = end
    return np.array(kept, np.int64)
