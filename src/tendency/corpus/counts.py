"""How many hits each document has, asked of every segment of an index."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tendency.corpus.work import Place, places, run, segment_at

if TYPE_CHECKING:
    from tendency.corpus.deadlines import Deadline
    from tendency.corpus.index import Index
    from tendency.corpus.query import Query


@dataclass(frozen=True)
class CountTask:
    """Queries asked of one segment, document by document; picklable, pure, safe to repeat.

    Attributes:
        place: Where the segment lies.
        documents: Which documents are asked about.
        queries: What is looked for, bound to the index.
        deadline: When to give up.
    """

    place: Place
    documents: NDArray[np.bool_]
    queries: tuple[Query, ...]
    deadline: Deadline | None


def counts_by_document(
    index: Index,
    queries: Sequence[Query],
    masks: Sequence[NDArray[np.bool_]] | None = None,
    deadline: Deadline | None = None,
) -> list[NDArray[np.int64]]:
    """Hits in each document, for each segment int64 of shape (documents, queries); 0 in those not asked about.

    Args:
        index: What is asked; its executor does the work.
        queries: What is looked for, bound to the index.
        masks: Which documents; all live ones when None.
        deadline: When to give up.
    """
    tasks = [
        CountTask(place, mask, tuple(queries), deadline)
        for place, mask in zip(places(index), index.live if masks is None else masks, strict=True)
    ]
    return run(count_documents, tasks, index.executor, deadline)


def count_documents(task: CountTask) -> NDArray[np.int64]:
    """The counts of one segment."""
    from tendency.corpus.search import count_by_document

    segment = segment_at(task.place)
    counts = np.zeros((segment.documents, len(task.queries)), np.int64)
    for column, query in enumerate(task.queries):
        counts[:, column] = count_by_document(segment, query, task.documents, task.deadline)
    return counts
