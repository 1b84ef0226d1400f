"""How evenly some words lie over the documents of two sides: Gries' deviation of proportions."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from tendency.measures.dispersion import Floats
from tendency.tally.placing import Placed

if TYPE_CHECKING:
    from tendency.corpus import Deadline, Index
    from tendency.corpus.ngrams import Reader
    from tendency.corpus.work import Place

Ints = NDArray[np.int64]

_CELLS: Final = 1 << 20
"""N-grams x documents that are counted at a time."""
_AT_ONCE: Final = 16
"""Words that one task looks at."""


@dataclass(frozen=True, eq=False)
class _Task:
    """Some n-grams in some documents of a segment.

    Attributes:
        place, reader, length: Where they are found, and by what.
        numbers: Their numbers.
        hits: Their hits on each side, (n-grams, 2).
        words: Words of each side, (2,).
        documents, sides, sizes: The documents, and the side and the words of each.
    """

    place: Place
    reader: Reader
    length: int
    numbers: Ints
    hits: Ints
    words: Ints
    documents: Ints
    sides: Ints
    sizes: Ints
    deadline: Deadline | None


def deviations(
    index: Index,
    placed: Placed,
    side: Ints,
    reader: Reader,
    numbers: Ints,
    hits: Ints,
    words: Ints,
    single: int,
    length: int,
    *,
    executor: Executor | None = None,
    deadline: Deadline | None = None,
) -> Floats:
    """DP of some n-grams over the documents of each side, (rows, 2); NaN without a hit.

    DP = ½ Σ |v - s| over documents with shares v of the hits and s of the words. Source: Gries (2008), doi:10.1075/ijcl.13.4.02gri.

    Args:
        index: The snapshot.
        placed: The documents of both sides.
        side: The side of each, 0 or 1; -1 for neither.
        reader: What finds the n-grams.
        numbers: Their numbers.
        hits: Hits on each side, (rows, 2).
        words: Words of each side.
        single: N-grams up to this number are words.
        length: Words of the longest n-gram.
        executor: Does the work.
        deadline: When to give up.
    """
    from tendency.corpus.work import places, run

    at = places(index)
    one_word, longer = np.flatnonzero(numbers <= single), np.flatnonzero(numbers > single)
    tasks: list[_Task] = []
    rows: list[Ints] = []
    for number in np.unique(placed.segment[side >= 0]).tolist():
        own = np.flatnonzero((placed.segment == number) & (side >= 0))
        step = max(_CELLS // max(longer.size, 1), 1)
        wanted = [(one_word[low : low + _AT_ONCE], own) for low in range(0, one_word.size, _AT_ONCE)]
        if longer.size:
            wanted += [(longer, own[low : low + step]) for low in range(0, own.size, step)]
        for some, part in wanted:
            rows.append(some)
            tasks.append(
                _Task(
                    at[number],
                    reader.of([at[number]]),
                    1 if some is not longer else length,
                    numbers[some],
                    hits[some],
                    words,
                    placed.document[part],
                    side[part],
                    placed.words[part],
                    deadline,
                )
            )
    total = np.zeros((numbers.size, 2), np.int64)
    for some, found in zip(rows, run(_summed, tasks, executor or index.executor, deadline), strict=True):
        total[some] += found
    result = np.full(total.shape, np.nan)
    np.divide(total, hits * words.astype(float), out=result, where=hits > 0)
    # A document without a hit adds its share of the words, and all shares sum to 1.
    return np.asarray(0.5 * (1 + result))


def _summed(task: _Task) -> Ints:
    """Σ |xN - nX| - nX over documents with a hit, (n-grams, 2): in whole numbers, or the order of documents would change a digit."""
    if task.deadline is not None:
        task.deadline.check()
    counts = _by_postings(task) if task.length == 1 else _by_text(task)
    total = np.zeros((task.numbers.size, 2), np.int64)
    for side in (0, 1):
        own = task.sides == side
        held, chance = counts[:, own] * task.words[side], task.sizes[own] * task.hits[:, side : side + 1]
        total[:, side] = np.where(held > 0, np.abs(held - chance) - chance, 0).sum(axis=1)
    return total


def _by_postings(task: _Task) -> Ints:
    """Hits of some words in each document, (words, documents)."""
    from tendency.corpus.kernels import count_postings
    from tendency.corpus.work import segment_at

    segment, number = segment_at(task.place), task.reader.words[task.place]
    found = np.zeros((task.numbers.size, task.documents.size), np.int64)
    for row, wanted in enumerate(task.numbers.tolist()):
        postings, starts, ends = segment.postings_of(np.flatnonzero(number == wanted).astype(np.uint32))
        counts = np.zeros(segment.documents, np.int64)
        count_postings(postings, starts, ends, segment.first, *segment.landmarks, counts)
        found[row] = counts[task.documents]
    return found


def _by_text(task: _Task) -> Ints:
    """Hits of some n-grams in each document, (n-grams, documents)."""
    from tendency.corpus.kernels import sum_grams
    from tendency.corpus.work import segment_at

    segment, reader = segment_at(task.place), task.reader
    size, wide = task.numbers.size, task.documents.size
    # What finds n-grams may name higher numbers than are wanted.
    most = max(int(part.max(initial=0)) for part in (reader.words[task.place], reader.grams, task.numbers))
    rows = np.zeros(most + 1, np.uint32)
    rows[task.numbers] = np.arange(1, size + 1)
    cells = np.arange(wide, dtype=np.int64)
    found, states = np.zeros(2 * size * wide, np.int64), np.zeros(8 * size, np.int64)
    sum_grams(
        segment.tokens,
        segment.first,
        task.documents,
        cells,
        cells + 1,
        cells + 1,
        np.zeros(wide, np.int64),
        reader.words[task.place],
        reader.slots,
        reader.grams,
        rows,
        task.length,
        0,
        size,
        wide,
        np.zeros(task.length, np.uint32),
        found,
        states,
    )
    return found.reshape(size, wide, 2)[:, :, 0]
