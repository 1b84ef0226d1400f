"""How often every form occurs: in some documents, or near the hits of a query."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from numpy.typing import NDArray

from tendency.corpus.deadlines import Deadline
from tendency.corpus.search import Block, evaluate
from tendency.corpus.work import Place, places, run, segment_at, summed
from tendency.errors import SettingError

if TYPE_CHECKING:
    import polars as pl

    from tendency.corpus.index import Index
    from tendency.corpus.query.query import Query
    from tendency.corpus.segment import Segment

Mask = NDArray[np.bool_]
Ints = NDArray[np.int64]
Reach = int | Literal["sentence"]

_DENSE: Final = 8
"""Positions a stretch up to which it is faster to look at all of them than to put the stretches in order."""

_STRETCH: Final = 1 << 22
"""Positions that a thread counts at a time."""


@dataclass(frozen=True, eq=False)
class TermCounts:
    """Counts of every form of a corpus in one or more sets of documents.

    Attributes:
        counts: Occurrences, int64 of shape (sets, forms of ``index.terms``); 0 for the sentence end.
        tokens: The words that were looked at in each set, int64 of shape (sets,): the sum of its counts.
    """

    counts: Ints
    tokens: Ints


@dataclass(frozen=True)
class _Task:
    """What is counted in one segment: all words of each mask, or with a query those near its hits."""

    place: Place
    masks: tuple[Mask, ...]
    deadline: Deadline | None
    query: Query | None = None
    reach: Reach = "sentence"


def count_terms(
    index: Index,
    masks: Sequence[Sequence[Mask]],
    *,
    executor: Executor | None = None,
    deadline: Deadline | None = None,
) -> TermCounts:
    """How often every form occurs in each of several sets of documents.

    Args:
        index: One snapshot of an index.
        masks: For each set its mask of every segment; sets may overlap.
        executor: Does the work, one task a segment; by default the index's own, else threads.
        deadline: When to give up.
    """
    of_segments = zip(places(index), zip(*masks, strict=True), strict=True) if masks else ()
    tasks = [_Task(place, tuple(own), deadline) for place, own in of_segments]
    return _merged(index, tasks, len(masks), executor, deadline)


def count_near(
    index: Index,
    query: Query,
    masks: Sequence[Mask],
    *,
    window: Reach = 5,
    executor: Executor | None = None,
    deadline: Deadline | None = None,
) -> TermCounts:
    """How often every form stands near hits of a query, in the same sentence.

    A word near two hits counts once; the words of hits do not count.

    Args:
        index: One snapshot of an index.
        query: Whose hits are looked around.
        masks: For each segment which documents are asked.
        window: At most so many words before and after a hit, or ``"sentence"`` for all of its sentence.
        executor: Does the work, one task a segment; by default the index's own, else threads.
        deadline: When to give up.

    Raises:
        SettingError: A window below one word.
    """
    if window != "sentence" and window < 1:
        raise SettingError(f"a window of {window} words holds none; give at least 1, or 'sentence'.")
    bound = query.bound(index)
    tasks = [
        _Task(place, (mask,), deadline, bound, window)
        for place, mask in zip(places(index), masks, strict=True)
    ]
    return _merged(index, tasks, 1, executor, deadline)


def frequencies(index: Index, deadline: Deadline | None = None) -> Ints:
    """How often every form of ``index.terms`` occurs in live documents, int64; 0 for the sentence end."""
    found = index.terms.frequency.astype(np.int64)
    found[:1] = 0
    dead = [~live for live in index.live]
    if any(mask.any() for mask in dead):
        found -= count_terms(index, [dead], deadline=deadline).counts[0]
    return found


def frequency_list(
    index: Index, found: TermCounts, *, fold: bool = False, min_count: int = 1, limit: int | None = None
) -> pl.DataFrame:
    """The first set's forms ``form, count, per_million``, most frequent first, then by form."""
    import polars as pl

    terms, counts = index.terms, found.counts[0]
    held = np.flatnonzero(counts)
    if not fold:
        # Without folding a form is one row, so that rare ones need not be decoded.
        held = held[counts[held] >= min_count]
        if limit is not None and held.size > limit:
            held = np.sort(held[np.argsort(-counts[held], kind="stable")[:limit]])
    strings = terms.folded if fold else terms.forms
    # Half a surrogate pair, which only a damaged text holds, cannot stand in a table.
    names = [strings.utf8(term).decode("utf-8", "replace") for term in held.tolist()]
    table = pl.DataFrame(
        {"form": names, "count": counts[held]}, schema={"form": pl.String, "count": pl.Int64}
    )
    table = table.group_by("form").agg(pl.col("count").sum()).filter(pl.col("count") >= min_count)
    table = table.sort("count", "form", descending=[True, False])
    total = max(int(found.tokens[0]), 1)
    table = table.with_columns(per_million=1e6 * pl.col("count") / total)
    return table if limit is None else table.head(limit)


def _merged(
    index: Index, tasks: list[_Task], sets: int, executor: Executor | None, deadline: Deadline | None
) -> TermCounts:
    counts = np.zeros((sets, len(index.terms)), np.int64)
    parts = run(_count, tasks, executor or index.executor, deadline)
    for segment, part in zip(index.segments, parts, strict=False):
        numbers = index.terms.maps[segment.id]
        for own, found in zip(counts, part, strict=True):
            if found is not None:
                own[numbers] += found
    return TermCounts(counts, counts.sum(axis=1))


def _count(task: _Task) -> list[Ints | None]:
    """Occurrences of each term of a segment in each set, None for a set without documents there."""
    segment, deadline = segment_at(task.place), task.deadline or Deadline()
    found: list[Ints | None] = []
    for mask in task.masks:
        if not mask.any():
            found.append(None)
        elif task.query is None:
            found.append(words_of(segment, mask, deadline))
        else:
            found.append(_near(segment, task.query, mask, task.reach, deadline))
    return found


def words_of(segment: Segment, mask: Mask, deadline: Deadline | None = None) -> Ints:
    """How often each term of a segment occurs in some of its documents; 0 for the sentence end."""
    from tendency.corpus.kernels import count_tokens

    first, wanted = segment.first, mask.view(np.uint8)
    pieces: list[tuple[int, int]] = []
    low = 0
    while low < segment.documents:
        high = max(int(np.searchsorted(first, first[low] + _STRETCH, side="right")) - 1, low + 1)
        if mask[low:high].any():
            pieces.append((low, high))
        low = high

    def add(piece: tuple[int, int], counts: NDArray[np.uint32]) -> None:
        low, high = piece
        count_tokens(segment.tokens, first[low : high + 1], wanted[low:high], counts)

    counts = summed(add, pieces, np.zeros(len(segment.terms), np.uint32), deadline).astype(np.int64)
    counts[0] = 0
    return counts


def _near(segment: Segment, query: Query, mask: Mask, reach: Reach, deadline: Deadline) -> Ints:
    counts = np.zeros(len(segment.terms), np.int64)
    for block in evaluate(segment, query, mask, deadline):
        counts += np.bincount(segment.tokens[words_near(segment, block, reach)], minlength=counts.size)
    return counts


def words_near(segment: Segment, block: Block, reach: Reach) -> Ints:
    """The positions of words near hits and outside of all of them, ascending and each once."""
    left, right = _sentences(segment, block)
    if reach != "sentence":
        left = np.maximum(left, block.starts - reach)
        right = np.minimum(right, block.ends + reach)
    near = _covered(np.concatenate([left, block.ends]), np.concatenate([block.starts, right]))
    # Hits ascend by start: a word lies in one if one that starts before or at it ends after it.
    furthest = np.concatenate([[-1], np.maximum.accumulate(block.ends)])
    outside = furthest[np.searchsorted(block.starts, near, side="right")] <= near
    kept: Ints = near[outside]
    return kept


def words_inside(segment: Segment, block: Block) -> Ints:
    """The positions of words in hits, ascending and each once."""
    inside = _covered(block.starts, block.ends)
    kept: Ints = inside[segment.tokens[inside] != 0]
    return kept


def _sentences(segment: Segment, block: Block) -> tuple[Ints, Ints]:
    """Where the sentence of each hit's first word begins, and where that of its last word ends."""
    ends = segment.postings(0)
    # Numbers of one type, or all sentence ends would be copied as the wider one.
    before = np.searchsorted(ends, block.starts.astype(ends.dtype))
    after = np.searchsorted(ends, block.ends.astype(ends.dtype))
    first = np.where(before > 0, ends[before - 1].astype(np.int64) + 1, 0)
    # A document's last position is a sentence end, so that every hit has one after it.
    return first, ends[after].astype(np.int64)


def _covered(begins: Ints, ends: Ints) -> Ints:
    """The positions in any of some stretches, ascending and each once."""
    low, high = int(begins.min()), int(ends.max())
    if high - low < _DENSE * begins.size:
        steps = np.bincount(begins - low, minlength=high - low + 1)
        steps -= np.bincount(ends - low, minlength=high - low + 1)
        return np.flatnonzero(np.cumsum(steps, out=steps)) + low
    order = np.argsort(begins, kind="stable")
    begins, furthest = begins[order], np.maximum.accumulate(ends[order])
    apart = np.flatnonzero(begins[1:] > furthest[:-1]) + 1
    begins, ends = begins[np.append(0, apart)], furthest[np.append(apart - 1, furthest.size - 1)]
    lengths = ends - begins
    positions: Ints = np.arange(int(lengths.sum())) + np.repeat(
        begins - np.cumsum(lengths) + lengths, lengths
    )
    return positions
