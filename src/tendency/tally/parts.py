"""The documents that hold hits, one by one: for measures of dispersion, which need the sums before they can look at the parts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tendency.tally.counters import Counter, counters_of
from tendency.tally.counting import SegmentTask, asked_about, columns_of, frame_of
from tendency.tally.frames import Frame
from tendency.tally.periods import Eras, Period
from tendency.tally.tally import places_on

if TYPE_CHECKING:
    from tendency.corpus import Deadline, Index, Query
    from tendency.tally.tally import Tally

Ints = NDArray[np.int64]

_NONE: Final = np.iinfo(np.int64).max


@dataclass(frozen=True, eq=False)
class Parts:
    """Documents with hits, and how small the smallest document is. A row is a document in one split.

    Attributes:
        columns: What was counted.
        periods, splits: As in the tally of the same question.
        cell: For each row period × splits + split.
        words: Words of each row's document.
        hits: Of shape (rows, columns).
        alone: Whether the document is a cluster by itself, bool of shape (rows, clusterings).
        smallest: Words of the smallest document of each cell that has any; 0 where none has.
        smallest_alone: The same of documents that are clusters by themselves, of shape (cells, clusterings).

    Rows have no order; what is made of them may not depend on one.
    """

    columns: tuple[str, ...]
    periods: tuple[Period, ...]
    splits: tuple[str, ...]
    cell: Ints
    words: Ints
    hits: Ints
    alone: NDArray[np.bool_]
    smallest: Ints
    smallest_alone: Ints

    @classmethod
    def of(cls, columns: tuple[str, ...], frame: Frame, words: Ints, rows: Ints, hits: Ints) -> Parts:
        """The parts of a frame.

        Args:
            columns: What was counted.
            frame: Rows in their periods, splits and clusters.
            words: Words of every row.
            rows: Numbers of those with hits.
            hits: Their hits, of shape (rows, columns).
        """
        cells = len(frame.periods) * len(frame.splits)
        # A document without words is no part of a corpus.
        kept = (frame.cell[rows] >= 0) & (frame.cell[rows] < cells) & (words[rows] > 0)
        rows, hits = rows[kept], hits[kept]
        dated = np.flatnonzero((frame.cell >= 0) & (frame.cell < cells) & (words > 0))
        groups = [clusters.group < 0 for clusters in frame.clusters]
        alone = np.stack(groups, axis=1) if groups else np.empty((frame.cell.size, 0), bool)
        least = [
            _smallest(words[some], frame.cell[some], cells) for some in (dated[of[dated]] for of in groups)
        ]
        return cls(
            columns,
            frame.periods,
            frame.splits,
            frame.cell[rows].astype(np.int64),
            words[rows],
            hits,
            alone[rows],
            _smallest(words[dated], frame.cell[dated], cells),
            np.stack(least, axis=1) if least else np.empty((cells, 0), np.int64),
        )

    @classmethod
    def from_counts(
        cls,
        counts: ArrayLike,
        words: ArrayLike,
        periods: Sequence[Period],
        *,
        columns: Sequence[str],
        period: ArrayLike | None = None,
        split: ArrayLike | None = None,
        splits: Sequence[str] = ("all",),
        clusters: Mapping[str, Sequence[str | None] | None] | None = None,
    ) -> Parts:
        """The parts of counts that are already made, as :meth:`Tally.from_counts` takes them."""
        values = np.asarray(counts, np.int64).reshape(-1, len(columns))
        held = np.asarray(words, np.int64)
        found = {"document": None} if clusters is None else clusters
        frame = Frame.of(held, periods, period=period, split=split, splits=splits, clusters=found)
        rows = np.flatnonzero(values.any(axis=1))
        return cls.of(tuple(columns), frame, held, rows, values[rows])

    @classmethod
    def total(cls, parts: Sequence[Parts], tally: Tally) -> Parts:
        """The parts of several segments on the axes of the tally of all."""
        splits, columns, clusterings = len(tally.splits), len(tally.columns), len(tally.clusterings)
        cells = len(tally.periods) * splits
        smallest, alone = np.full(cells, _NONE), np.full((cells, clusterings), _NONE)
        of = {name: number for number, name in enumerate(tally.splits)}
        moved = []
        for part in parts:
            period = places_on(part.periods, tally.periods, tally.grain)
            split = np.array([of[name] for name in part.splits], np.int64)
            place = (period[:, None] * splits + split[None, :]).ravel()
            np.minimum.at(smallest, place, np.where(part.smallest > 0, part.smallest, _NONE))
            np.minimum.at(alone, place, np.where(part.smallest_alone > 0, part.smallest_alone, _NONE))
            moved.append(place[part.cell])
        nothing = np.empty(0, np.int64)
        return cls(
            tally.columns,
            tally.periods,
            tally.splits,
            np.concatenate([nothing, *moved]),
            np.concatenate([nothing, *(part.words for part in parts)]),
            np.concatenate([np.empty((0, columns), np.int64), *(part.hits for part in parts)]),
            np.concatenate([np.empty((0, clusterings), bool), *(part.alone for part in parts)]),
            np.where(smallest < _NONE, smallest, 0),
            np.where(alone < _NONE, alone, 0),
        )

    def select(self, splits: Sequence[tuple[str, Sequence[int]]]) -> Parts:
        """The parts of groups of splits, as :func:`regrouped` makes them; what is in no group is left out."""
        target = np.full(len(self.splits), -1, np.int64)
        for group, (_, members) in enumerate(splits):
            target[list(members)] = group
        period, split = np.divmod(self.cell, max(len(self.splits), 1))
        kept = target[split] >= 0
        cells = len(self.periods) * len(splits)
        of = (np.arange(len(self.periods))[:, None] * len(splits) + target[None, :]).ravel()
        of[np.broadcast_to(target < 0, (len(self.periods), target.size)).ravel()] = -1
        here = np.flatnonzero(of >= 0)
        return replace(
            self,
            splits=tuple(name for name, _ in splits),
            cell=period[kept] * len(splits) + target[split[kept]],
            words=self.words[kept],
            hits=self.hits[kept],
            alone=self.alone[kept],
            smallest=least(self.smallest[here], of[here], cells),
            smallest_alone=least(self.smallest_alone[here], of[here], cells),
        )


def least(values: Ints, groups: Ints, n: int) -> Ints:
    """The smallest number above 0 of each group, 0 where there is none; groups are of rows."""
    result = np.full((n, *values.shape[1:]), _NONE)
    np.minimum.at(result, groups, np.where(values > 0, values, _NONE))
    return np.where(result < _NONE, result, 0)


def _smallest(words: Ints, cell: NDArray[np.int32], cells: int) -> Ints:
    return least(words, cell.astype(np.int64), cells)


def count_parts(task: SegmentTask) -> Parts:
    """The documents with hits of one segment."""
    from tendency.corpus.work import segment_at

    segment = segment_at(task.framing.place)
    frame = frame_of(segment, task.framing)
    counts = [
        counter.count(segment, task.framing.documents, task.deadline).reshape(segment.documents, -1)
        for counter in task.counters
    ]
    values = np.concatenate(counts, axis=1) if counts else np.zeros((segment.documents, 0), np.int64)
    documents = np.flatnonzero(values.any(axis=1))
    rows, of = frame.rows_of(documents)
    _, every = frame.rows_of(np.arange(segment.documents))
    words = np.asarray(segment.words, np.int64)[every]
    return Parts.of(columns_of(task.counters), frame, words, rows, values[documents][of])


def parts_of(
    index: Index,
    items: Mapping[str, Query] | Sequence[Counter],
    tally: Tally,
    *,
    by: str | Eras = "year",
    split: str | Mapping[str, str] | None = None,
    where: str | None = None,
    start: dt.date | None = None,
    end: dt.date | None = None,
    cluster: str | Sequence[str] | None = None,
    executor: Executor | None = None,
    deadline: Deadline | None = None,
) -> Parts:
    """The documents with hits behind a tally. A second pass, which is not kept: the documents are as many as the corpus.

    Args:
        index: The index that the tally was made of.
        items: What it counts.
        tally: The counts.
        by, split, where, start, end, cluster, executor, deadline: As the tally was asked.
    """
    from tendency.corpus.work import run

    counters = tuple(counter.bound(index) for counter in counters_of(items))
    asked = asked_about(index, by=by, split=split, where=where, start=start, end=end, cluster=cluster)
    tasks = [SegmentTask(framing, counters, deadline) for framing in asked.framings]
    return Parts.total(run(count_parts, tasks, executor or index.executor, deadline), tally)
