"""Frames: documents in their periods, splits and clusters, the same for every question that is asked of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tendency.tally.clusters import Clustering, ClusterRows, ClusterTable, Keyed, Moments
from tendency.tally.exact import sums
from tendency.tally.periods import UNDATABLE, Period
from tendency.tally.tally import Standing, Tally, Undated

Ints = NDArray[np.int64]

_ALONE: Final = -1
_NO_EVIDENCE: Final = -2
_AN_OBJECT: Final = 40
"""About as many bytes as a Python integer takes."""


@dataclass(frozen=True, eq=False)
class ClusterFrame:
    """One way of grouping the rows of a frame into clusters.

    Attributes:
        name: The field, ``"document"`` or ``"day"``.
        group: For each row the number of its cluster's sums in the table, -1 for a cluster by itself, -2 for
            no evidence, int32.
        rows: What the table has the sums of.
        words: The words of each, int64.
        singles: Moments of the words of clusters by themselves.
    """

    name: str
    group: NDArray[np.int32]
    rows: ClusterRows
    words: Ints
    singles: Moments

    @classmethod
    def of(
        cls, name: str, keys: Keyed | None, words: Ints, period: Ints, split: Ints, shape: tuple[int, int]
    ) -> ClusterFrame:
        """The clusters of rows; those with a period below 0 are no evidence."""
        codes = np.full(words.size, -1, np.int64) if keys is None else keys.codes
        named = (period >= 0) & (codes >= 0)
        # A document without words is no evidence: it must not count as a cluster.
        alone = (period >= 0) & (codes < 0) & (words > 0)
        group = np.full(words.size, _NO_EVIDENCE, np.int32)
        group[alone] = _ALONE
        names = () if keys is None else keys.names
        rows, numbers = ClusterRows.of(Keyed(names, codes[named]), period[named], split[named])
        group[named] = numbers
        table = sums(words[named, None], numbers, len(rows))[:, 0]
        singles = Moments.of(words[alone, None], period[alone], split[alone], *shape)
        return cls(name, group, rows, table, singles)

    @property
    def nbytes(self) -> int:
        """About how many bytes it takes."""
        objects = _AN_OBJECT * self.singles.clusters.size
        return self.group.nbytes + self.rows.nbytes + self.words.nbytes + objects


@dataclass(frozen=True, eq=False)
class Frame:
    """All of a tally that does not depend on what is counted. A row is a document, or one in one of several splits.

    Attributes:
        grain: The kind of period.
        periods: Every period, in order of time.
        splits: Names of the splits.
        cell: For each row period × splits + split; behind all of those its split, where its date lies in no single
            period; -1 where it counts nowhere, int32.
        words: Words of each row; none where no row is a cluster by itself.
        adds: How many documents each row adds; None for one each.
        documents, tokens: Of each cell, int64 of shape (periods × splits + splits,).
        clusters: The clusterings.
        standing: Documents in several splits, in none, and outside the eras.
        first: Each document's first row and the end of the last one's, where rows are not simply the documents.
    """

    grain: str
    periods: tuple[Period, ...]
    splits: tuple[str, ...]
    cell: NDArray[np.int32]
    words: Ints
    adds: Ints | None
    documents: Ints
    tokens: Ints
    clusters: tuple[ClusterFrame, ...]
    standing: Standing
    first: Ints | None = None

    @classmethod
    def of(
        cls,
        words: ArrayLike,
        periods: Sequence[Period],
        *,
        clusters: Mapping[str, Sequence[str | None] | Keyed | None],
        period: ArrayLike | None = None,
        split: ArrayLike | None = None,
        splits: Sequence[str] = ("all",),
        documents: ArrayLike | None = None,
        grain: str = "eras",
        standing: Standing | None = None,
        first: Ints | None = None,
    ) -> Frame:
        """The frame of rows that are described as for :meth:`Tally.from_counts`; ``OUTSIDE`` is a period that counts nowhere.

        ``first`` is the attribute of that name.
        """
        held = np.asarray(words, np.int64)
        at = np.zeros(held.size, np.int64) if period is None else np.asarray(period, np.int64)
        of = np.zeros(held.size, np.int64) if split is None else np.asarray(split, np.int64)
        adds = None if documents is None else np.asarray(documents, np.int64)
        shape = (len(periods), len(splits))
        cells = len(periods) * len(splits)
        cell = np.where(at >= 0, at * len(splits) + of, np.where(at == UNDATABLE, cells + of, -1))
        counted = cell >= 0
        one = np.ones(held.size, np.int64) if adds is None else adds
        constant = sums(np.stack([one, held], axis=1)[counted], cell[counted], cells + len(splits))
        found = []
        for name, keys in clusters.items():
            keyed = keys if keys is None or isinstance(keys, Keyed) else Keyed.of(keys)
            found.append(ClusterFrame.of(name, keyed, held, at, of, shape))
        alone = any(bool(one.singles.clusters.any()) for one in found)
        return cls(
            grain,
            tuple(periods),
            tuple(splits),
            cell.astype(np.int32),
            # Not the array itself, which may lie in a file that is to be deleted.
            held.copy() if alone else np.empty(0, np.int64),
            adds,
            constant[:, 0],
            constant[:, 1],
            tuple(found),
            standing or Standing(),
            first,
        )

    @property
    def nbytes(self) -> int:
        """About how many bytes it takes."""
        arrays = (self.cell, self.words, self.adds, self.documents, self.tokens, self.first)
        own = sum(array.nbytes for array in arrays if array is not None)
        return own + sum(clusters.nbytes for clusters in self.clusters)

    def by_document(self, columns: tuple[str, ...], counts: Sequence[Ints]) -> Tally:
        """The tally of what was counted in each document of a segment.

        Args:
            columns: What was counted.
            counts: Some of the columns each, of shape (documents, so many columns).
        """
        each = [column for part in counts for column in part.T]
        if not each:
            return self.tally(columns, np.empty(0, np.int64), np.empty((0, 0), np.int64))
        touched = each[0] != 0
        for column in each[1:]:
            touched |= column != 0
        documents = np.flatnonzero(touched)
        values = np.stack([column[documents] for column in each], axis=1)
        rows, of = self.rows_of(documents)
        return self.tally(columns, rows, values[of])

    def rows_of(self, documents: Ints) -> tuple[Ints, Ints]:
        """The rows of some documents, and for each row the place of its document among them."""
        if self.first is None:
            return documents, np.arange(documents.size)
        begins = self.first[documents]
        times = self.first[documents + 1] - begins
        of = np.repeat(np.arange(documents.size), times)
        return np.arange(of.size) + (begins - np.cumsum(times) + times)[of], of

    def tally(self, columns: tuple[str, ...], rows: Ints, values: Ints) -> Tally:
        """The tally of what was counted in some rows, each named once; in the others nothing was.

        Args:
            columns: What was counted.
            rows: Their numbers.
            values: The counts, of shape (rows, columns).
        """
        cell = self.cell[rows]
        counted = cell >= 0
        if not counted.all():
            rows, cell, values = rows[counted], cell[counted], values[counted]
        shape = (len(self.periods), len(self.splits))
        cells = shape[0] * shape[1]
        hits = sums(values, cell, cells + shape[1])
        some = (values > 0).astype(np.int64)
        with_hits = sums(some if self.adds is None else some * self.adds[rows, None], cell, cells + shape[1])
        return Tally(
            columns,
            self.grain,
            self.periods,
            self.splits,
            self.documents[:cells].reshape(shape),
            self.tokens[:cells].reshape(shape),
            hits[:cells].reshape(*shape, len(columns)),
            with_hits[:cells].reshape(*shape, len(columns)),
            tuple(self._clustering(one, rows, cell, values) for one in self.clusters),
            Undated(self.documents[cells:], self.tokens[cells:], hits[cells:]),
            self.standing,
        )

    def _clustering(
        self, clusters: ClusterFrame, rows: Ints, cell: NDArray[np.int32], values: Ints
    ) -> Clustering:
        group, shape = clusters.group[rows], (len(self.periods), len(self.splits))
        inside = group >= 0
        of_table = sums(values[inside], group[inside], len(clusters.rows))
        table = ClusterTable(clusters.rows, np.concatenate([clusters.words[:, None], of_table], axis=1))
        words = clusters.singles
        if not words.clusters.any():
            return Clustering(clusters.name, Moments.none(*shape, 1 + values.shape[1]), table)
        alone = group == _ALONE
        period, split = np.divmod(cell[alone], shape[1])
        full = np.concatenate([self.words[rows[alone], None], values[alone]], axis=1)
        found = Moments.of(full, period, split, *shape)
        # Of words also those of rows in which nothing was counted.
        found.products[:, :, 0, 0], found.cubes[:, :, 0] = words.products[:, :, 0, 0], words.cubes[:, :, 0]
        return Clustering(clusters.name, Moments(words.clusters, found.products, found.cubes), table)
