"""Who stands near whom: hits within some words of other hits, and how many chance would put there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from tendency.corpus import Block, Deadline, Query, Segment

Scope = Literal["document", "sentence"]
Ints = NDArray[np.int64]

FIXED: Final = 1 << 16
"""Expected numbers of hits are kept as whole multiples of 1/65,536, so that they add exactly."""


@dataclass(frozen=True)
class Spans:
    """Hits of one query in some documents of a segment, token positions, half-open, ascending by start."""

    starts: Ints
    ends: Ints


@dataclass(frozen=True)
class Stretch:
    """The hits of several queries in a run of whole documents, each found when it is called for.

    Attributes:
        low, high: Numbers of the documents, half-open.
        items: Hits of each query that is counted.
        others: Hits of each of those that may stand near.
    """

    low: int
    high: int
    items: tuple[Callable[[], Spans], ...]
    others: tuple[Callable[[], Spans], ...]


@dataclass(frozen=True)
class Neighbours:
    """For each document how often one query's hits stand near others'.

    Attributes:
        hits: int64 of shape (documents,).
        near: Hits near each of the others, int64 of shape (documents, others, windows).
        expected: As many as chance would put there, in multiples of 1/65,536, int64 of the same shape.
        neither: Hits near none of the others, int64 of shape (documents, windows).
        several: Hits near at least two of them, of the same shape.
        covered: Words from which one of the others is near, of the shape of ``near``; 0 in documents
            without a hit.
    """

    hits: Ints
    near: Ints
    expected: Ints
    neither: Ints
    several: Ints
    covered: Ints


def stretches(
    segment: Segment,
    items: Sequence[Query],
    others: Sequence[Query],
    documents: NDArray[np.bool_],
    deadline: Deadline | None = None,
) -> Iterator[Stretch]:
    """Every hit of the queries in some documents of a segment, a run of documents after the other."""
    from tendency.corpus import evaluate_together

    for start, end, blocks in evaluate_together(segment, (*items, *others), documents, deadline):
        low, high = np.searchsorted(segment.first[:-1], (start, end)).tolist()
        found = tuple(partial(_spans, block) for block in blocks)
        yield Stretch(low, high, found[: len(items)], found[len(items) :])


def _spans(block: Callable[[], Block]) -> Spans:
    found = block()
    return Spans(found.starts, found.ends)


def neighbours(
    segment: Segment,
    hits: Iterable[Stretch],
    items: int,
    others: int,
    windows: Sequence[int],
    scope: Scope = "document",
) -> list[Neighbours]:
    """For each item how many hits have one of the others at most so many words away, and how many chance would put there.

    Two hits that share a token are no neighbours. The distance is counted in words from the nearer
    ends; sentence ends are no words. Chance puts a document's hits on its words with equal probability:
    ``hits x words from which one of the others is near / words``.

    Args:
        segment: Where the hits lie.
        hits: All of them, a run of documents after the other.
        items: How many queries are counted.
        others: How many may stand near.
        windows: Distances in words.
        scope: Whether a neighbour may stand in another sentence of the document.
    """
    shape = (segment.documents, others, len(windows))
    results = [
        Neighbours(
            np.zeros(shape[0], np.int64),
            np.zeros(shape, np.int64),
            np.zeros(shape, np.int64),
            np.zeros((shape[0], shape[2]), np.int64),
            np.zeros((shape[0], shape[2]), np.int64),
            np.zeros(shape, np.int64),
        )
        for _ in range(items)
    ]
    for stretch in hits:
        chunk: _Chunk | None = None
        for find, result in zip(stretch.items, results, strict=True):
            item = find()
            if item.starts.size:
                chunk = chunk or _Chunk.of(segment, stretch, windows, scope)
                _count(segment, chunk, item, windows, result)
    return results


def overlapping(hits: Spans, others: Spans) -> NDArray[np.bool_]:
    """Which hits share a token with one of the others."""
    begun = np.searchsorted(others.starts, hits.ends, side="left")
    over = np.searchsorted(np.sort(others.ends), hits.starts, side="right")
    return np.asarray(begun > over)


@dataclass(frozen=True)
class _Chunk:
    """Some documents of a segment, counted in words.

    Attributes:
        low, high: Numbers of the documents, half-open.
        base: Position of the first one's first token.
        rank: How many words stand before each position, and in all.
        bounds: The words at which sentences or documents begin, and the number of words.
        words: Words of each document.
        others: First words of each of the others' hits, and the words after the last, both ascending.
        covered: Words of each document from which one of the others is near, (documents, others, windows).
    """

    low: int
    high: int
    base: int
    rank: Ints
    bounds: Ints
    words: Ints
    others: tuple[tuple[Ints, Ints], ...]
    covered: Ints

    @classmethod
    def of(cls, segment: Segment, stretch: Stretch, windows: Sequence[int], scope: Scope) -> _Chunk:
        """The documents of a stretch."""
        low, high = stretch.low, stretch.high
        base = int(segment.first[low])
        is_word = segment.tokens[base : int(segment.first[high])] != 0
        rank = np.zeros(is_word.size + 1, np.int32)
        np.cumsum(is_word, out=rank[1:])
        first_word = rank[segment.first[low : high + 1] - base].astype(np.int64)
        bounds = first_word if scope == "document" else _without_repeats(rank[1:][~is_word])
        found = (other() for other in stretch.others)
        in_words = tuple((rank[other.starts - base], rank[other.ends - base]) for other in found)
        covered = np.zeros((high - low, len(in_words), len(windows)), np.int64)
        for o, (starts, ends) in enumerate(in_words):
            for w, window in enumerate(windows):
                covered[:, o, w] = _covered(starts, ends, bounds, window, first_word)
        others = tuple((starts, np.sort(ends)) for starts, ends in in_words)
        return cls(low, high, base, rank, bounds, np.diff(first_word), others, covered)


def _without_repeats(ends: Ints) -> Ints:
    """0 and these ascending numbers, each once."""
    bounds = np.concatenate([[0], ends])
    return np.asarray(bounds[np.concatenate([[True], np.diff(bounds) > 0])], np.int64)


def _count(segment: Segment, chunk: _Chunk, mine: Spans, windows: Sequence[int], result: Neighbours) -> None:
    starts, ends = chunk.rank[mine.starts - chunk.base], chunk.rank[mine.ends - chunk.base]
    part = slice(chunk.low, chunk.high)
    document = np.searchsorted(segment.first[part], mine.starts, side="right") - 1

    def by_document(which: NDArray[np.bool_]) -> Ints:
        return np.bincount(document[which], minlength=chunk.words.size)

    hits = result.hits[part] = np.bincount(document, minlength=chunk.words.size)
    result.covered[part] = np.where(hits[:, None, None] > 0, chunk.covered, 0)
    # The last unit that begins at or before the word; repeated bounds are documents without words.
    unit = np.searchsorted(chunk.bounds, starts, side="right") - 1
    left, right = chunk.bounds[unit], chunk.bounds[unit + 1]
    for w, window in enumerate(windows):
        beside = np.zeros(starts.size, np.uint8)
        for o, (other_starts, other_ends) in enumerate(chunk.others):
            near = _has_neighbour(starts, ends, left, right, other_starts, other_ends, window)
            beside = np.minimum(beside + near, 2)
            result.near[part, o, w] = by_document(near)
            result.expected[part, o, w] = _expected(hits, chunk.covered[:, o, w], chunk.words)
        result.neither[part, w] = by_document(beside == 0)
        result.several[part, w] = by_document(beside == 2)


def _has_neighbour(
    starts: Ints, ends: Ints, left: Ints, right: Ints, other_starts: Ints, other_ends: Ints, window: int
) -> NDArray[np.bool_]:
    before = np.searchsorted(other_ends, starts, side="right") > np.searchsorted(
        other_ends, np.maximum(starts - window + 1, left + 1), side="left"
    )
    # A neighbour's last possible first word is `window` after ours.
    after = np.searchsorted(
        other_starts, np.minimum(ends - 1 + window, right - 1), side="right"
    ) > np.searchsorted(other_starts, ends, side="left")
    return np.asarray(before | after)


def _covered(starts: Ints, ends: Ints, bounds: Ints, window: int, first_word: Ints) -> Ints:
    steps = np.zeros(int(first_word[-1]) + 1, np.int32)
    if starts.size:
        unit = np.searchsorted(bounds, starts, side="right") - 1
        left, right = bounds[unit], bounds[unit + 1]
        np.add.at(steps, np.maximum(starts - window, left), 1)
        np.add.at(steps, starts, -1)
        np.add.at(steps, np.minimum(ends, right), 1)
        np.add.at(steps, np.minimum(ends + window, right), -1)
        # A hit longer than its unit (asked for across sentences) reaches into the next one.
    reached = np.zeros_like(steps)
    np.cumsum(np.cumsum(steps[:-1], dtype=np.int32) > 0, out=reached[1:])
    return np.diff(reached[first_word]).astype(np.int64)


def _expected(hits: Ints, covered: Ints, words: Ints) -> Ints:
    safe = np.maximum(words, 1)
    whole, rest = np.divmod(hits * covered, safe)
    result: Ints = whole * FIXED + (rest * FIXED * 2 + safe) // (2 * safe)
    return result
