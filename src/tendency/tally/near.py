"""Who stands near whom: hits within some words of other hits, and how many chance would put there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from tendency.corpus import Deadline, Query, Segment

Scope = Literal["document", "sentence"]
Ints = NDArray[np.int64]

FIXED: Final = 1 << 16
"""Expected numbers of hits are kept as whole multiples of 1/65,536, so that they add exactly."""

_CHUNK: Final = 1 << 21


@dataclass(frozen=True)
class Spans:
    """Hits of one query in one segment, token positions, half-open, ascending by start."""

    starts: Ints
    ends: Ints

    def between(self, low: int, high: int) -> Spans:
        """The hits that start from ``low`` up to ``high``."""
        at = slice(*np.searchsorted(self.starts, (low, high)).tolist())
        return Spans(self.starts[at], self.ends[at])


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


def spans(
    segment: Segment, query: Query, documents: NDArray[np.bool_], deadline: Deadline | None = None
) -> Spans:
    """Every hit of a query in some documents of a segment."""
    from tendency.corpus import evaluate

    blocks = list(evaluate(segment, query, documents, deadline))
    empty = [np.empty(0, np.int64)]
    return Spans(
        np.concatenate([block.starts for block in blocks] or empty).astype(np.int64),
        np.concatenate([block.ends for block in blocks] or empty).astype(np.int64),
    )


def neighbours(
    segment: Segment, hits: Spans, others: Sequence[Spans], windows: Sequence[int], scope: Scope = "document"
) -> Neighbours:
    """How many hits have one of the others at most so many words away, and how many chance would put there.

    Two hits that share a token are no neighbours. The distance is counted in words from the nearer
    ends; sentence ends are no words. Chance puts a document's hits on its words with equal probability:
    ``hits x words from which one of the others is near / words``.

    Args:
        segment: Where the hits lie.
        hits: Hits of the query.
        others: Hits of each of the others.
        windows: Distances in words.
        scope: Whether a neighbour may stand in another sentence of the document.
    """
    return neighbours_of_each(segment, [hits], others, windows, scope)[0]


def neighbours_of_each(
    segment: Segment,
    items: Sequence[Spans],
    others: Sequence[Spans],
    windows: Sequence[int],
    scope: Scope = "document",
) -> list[Neighbours]:
    """The neighbours of the hits of several queries among the same others; see :func:`neighbours`."""
    shape = (segment.documents, len(others), len(windows))
    results = [
        Neighbours(
            np.zeros(shape[0], np.int64),
            np.zeros(shape, np.int64),
            np.zeros(shape, np.int64),
            np.zeros((shape[0], shape[2]), np.int64),
            np.zeros((shape[0], shape[2]), np.int64),
            np.zeros(shape, np.int64),
        )
        for _ in items
    ]
    for low, high in _chunks(segment):
        start, end = int(segment.first[low]), int(segment.first[high])
        here = [hits.between(start, end) for hits in items]
        if any(hits.starts.size for hits in here):
            near = [other.between(start, end) for other in others]
            chunk = _Chunk.of(segment, low, high, near, windows, scope)
            for hits, result in zip(here, results, strict=True):
                if hits.starts.size:
                    _count(segment, chunk, hits, windows, result)
    return results


def overlapping(hits: Spans, others: Spans) -> NDArray[np.bool_]:
    """Which hits share a token with one of the others."""
    begun = np.searchsorted(others.starts, hits.ends, side="left")
    over = np.searchsorted(np.sort(others.ends), hits.starts, side="right")
    return np.asarray(begun > over)


def _chunks(segment: Segment) -> Iterator[tuple[int, int]]:
    low = 0
    while low < segment.documents:
        high = int(np.searchsorted(segment.first, segment.first[low] + _CHUNK, side="right")) - 1
        high = min(max(high, low + 1), segment.documents)
        yield low, high
        low = high


@dataclass(frozen=True)
class _Chunk:
    """Some documents of a segment, counted in words.

    Attributes:
        low, high: Numbers of the documents, half-open.
        base: Position of the first one's first token.
        rank: How many words stand before each position, and in all.
        bounds: The words at which sentences or documents begin, and the number of words.
        words: Words of each document.
        others: First word and word after the last of each of the others' hits.
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
    def of(
        cls,
        segment: Segment,
        low: int,
        high: int,
        others: Sequence[Spans],
        windows: Sequence[int],
        scope: Scope,
    ) -> _Chunk:
        """The documents from ``low`` up to ``high``."""
        base = int(segment.first[low])
        is_word = segment.tokens[base : int(segment.first[high])] != 0
        rank = np.concatenate([[0], np.cumsum(is_word)])
        first_word = rank[segment.first[low : high + 1] - base]
        bounds = first_word if scope == "document" else _without_repeats(rank[1:][~is_word])
        in_words = tuple((rank[other.starts - base], rank[other.ends - base]) for other in others)
        covered = np.zeros((high - low, len(others), len(windows)), np.int64)
        for o, (starts, ends) in enumerate(in_words):
            for w, window in enumerate(windows):
                covered[:, o, w] = _covered(starts, ends, bounds, window, first_word)
        return cls(low, high, base, rank, bounds, np.diff(first_word), in_words, covered)


def _without_repeats(ends: Ints) -> Ints:
    """0 and these ascending numbers, each once."""
    bounds = np.concatenate([[0], ends])
    return np.asarray(bounds[np.concatenate([[True], np.diff(bounds) > 0])], np.int64)


def _count(segment: Segment, chunk: _Chunk, mine: Spans, windows: Sequence[int], result: Neighbours) -> None:
    starts, ends = chunk.rank[mine.starts - chunk.base], chunk.rank[mine.ends - chunk.base]
    document = np.searchsorted(segment.first, mine.starts, side="right") - 1
    np.add.at(result.hits, document, 1)
    part = slice(chunk.low, chunk.high)
    hits = result.hits[part]
    result.covered[part] = np.where(hits[:, None, None] > 0, chunk.covered, 0)
    # The last unit that begins at or before the word; repeated bounds are documents without words.
    unit = np.searchsorted(chunk.bounds, starts, side="right") - 1
    left, right = chunk.bounds[unit], chunk.bounds[unit + 1]
    for w, window in enumerate(windows):
        beside = np.zeros(starts.size, np.int64)
        for o, (other_starts, other_ends) in enumerate(chunk.others):
            near = _has_neighbour(starts, ends, left, right, other_starts, other_ends, window)
            beside += near
            np.add.at(result.near[:, o, w], document, near.astype(np.int64))
            result.expected[part, o, w] = _expected(hits, chunk.covered[:, o, w], chunk.words)
        np.add.at(result.neither[:, w], document, (beside == 0).astype(np.int64))
        np.add.at(result.several[:, w], document, (beside >= 2).astype(np.int64))


def _has_neighbour(
    starts: Ints, ends: Ints, left: Ints, right: Ints, other_starts: Ints, other_ends: Ints, window: int
) -> NDArray[np.bool_]:
    finishing = np.sort(other_ends)
    before = np.searchsorted(finishing, starts, side="right") > np.searchsorted(
        finishing, np.maximum(starts - window + 1, left + 1), side="left"
    )
    # Starts are ascending already; a neighbour's last possible first word is `window` after ours.
    after = np.searchsorted(
        other_starts, np.minimum(ends - 1 + window, right - 1), side="right"
    ) > np.searchsorted(other_starts, ends, side="left")
    return np.asarray(before | after)


def _covered(starts: Ints, ends: Ints, bounds: Ints, window: int, first_word: Ints) -> Ints:
    n = int(first_word[-1])
    steps = np.zeros(n + 1, np.int64)
    if starts.size:
        unit = np.searchsorted(bounds, starts, side="right") - 1
        left, right = bounds[unit], bounds[unit + 1]
        np.add.at(steps, np.maximum(starts - window, left), 1)
        np.add.at(steps, starts, -1)
        np.add.at(steps, np.minimum(ends, right), 1)
        np.add.at(steps, np.minimum(ends + window, right), -1)
        # A hit longer than its unit (asked for across sentences) reaches into the next one.
    reached = np.concatenate([[0], np.cumsum(np.cumsum(steps[:-1]) > 0)])
    return np.asarray(np.diff(reached[first_word]), np.int64)


def _expected(hits: Ints, covered: Ints, words: Ints) -> Ints:
    safe = np.maximum(words, 1)
    whole, rest = np.divmod(hits * covered, safe)
    result: Ints = whole * FIXED + (rest * FIXED * 2 + safe) // (2 * safe)
    return result
