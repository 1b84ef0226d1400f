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
"""Rows x documents that are counted at a time."""


@dataclass(frozen=True, eq=False)
class _Task:
    place: Place
    reader: Reader
    rows: NDArray[np.uint32]
    length: int
    documents: Ints
    deadline: Deadline | None


def deviations(
    index: Index,
    placed: Placed,
    side: Ints,
    reader: Reader,
    numbers: Ints,
    hits: Ints,
    words: Ints,
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
        length: Words of the longest n-gram.
        executor: Does the work.
        deadline: When to give up.
    """
    from tendency.corpus.work import places, run

    if not numbers.size:
        return np.zeros((0, 2))
    rows = np.zeros(int(numbers.max()) + 1, np.uint32)
    rows[numbers] = np.arange(1, numbers.size + 1)
    # What finds n-grams may name higher numbers than are wanted.
    most = max((int(own.max(initial=0)) for own in (*reader.words.values(), reader.grams)), default=0)
    rows = np.append(rows, np.zeros(max(most + 1 - rows.size, 0), np.uint32))
    at = places(index)
    step = max(_CELLS // numbers.size, 1)
    tasks, sides, sizes = [], [], []
    for number in np.unique(placed.segment[side >= 0]).tolist():
        own = np.flatnonzero((placed.segment == number) & (side >= 0))
        for low in range(0, own.size, step):
            part = own[low : low + step]
            tasks.append(
                _Task(at[number], reader.of([at[number]]), rows, length, placed.document[part], deadline)
            )
            sides.append(side[part])
            sizes.append(placed.words[part])
    # In whole numbers, |xN - nX| - nX over documents with a hit: the order of documents must not change a digit.
    total = np.zeros((numbers.size, 2), np.int64)
    found = run(_counted, tasks, executor or index.executor, deadline)
    for counts, of, size in zip(found, sides, sizes, strict=True):
        for one in (0, 1):
            own = of == one
            held, chance = counts[:, own] * words[one], size[own] * hits[:, one : one + 1]
            total[:, one] += np.where(held > 0, np.abs(held - chance) - chance, 0).sum(axis=1)
    result = np.full(total.shape, np.nan)
    np.divide(total, hits * words.astype(float), out=result, where=hits > 0)
    # A document without a hit adds its share of the words, and all shares sum to 1.
    return np.asarray(0.5 * (1 + result))


def _counted(task: _Task) -> Ints:
    """Hits of each n-gram in each document, (rows, documents)."""
    from tendency.corpus.kernels import sum_grams
    from tendency.corpus.work import segment_at

    if task.deadline is not None:
        task.deadline.check()
    segment = segment_at(task.place)
    size, wide = int(task.rows.max(initial=0)), task.documents.size
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
        task.reader.words[task.place],
        task.reader.slots,
        task.reader.grams,
        task.rows,
        task.length,
        0,
        size,
        wide,
        np.zeros(task.length, np.uint32),
        found,
        states,
    )
    return found.reshape(size, wide, 2)[:, :, 0]
