"""Clusters: what counts as one independent piece of evidence, and the moments that intervals need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import xxhash
from numpy.typing import NDArray

from tendency.tally.exact import LARGEST_COUNT, Exact, moments, sums, zeros
from tendency.tally.kept import Kept

CROSSED: Final = " x "
"""Joins the names of two clusterings into that of their intersection."""

_SPARSE: Final = 8
"""Numbers are told apart by a table over all that may come while it has at most so many entries a number."""


@dataclass(frozen=True)
class Moments:
    """Exact sums over clusters, for each period and split.

    Attributes:
        clusters: How many clusters have text, int64 of shape (periods, splits).
        products: Sums of products of every two columns, Python integers of shape (periods, splits, columns,
            columns); column 0 is words.
        cubes: Sums of cubes of each column, Python integers of shape (periods, splits, columns).
    """

    clusters: NDArray[np.int64]
    products: Exact
    cubes: Exact

    @classmethod
    def none(cls, periods: int, splits: int, columns: int) -> Moments:
        """The moments of no text."""
        return cls(
            np.zeros((periods, splits), np.int64),
            zeros(periods, splits, columns, columns),
            zeros(periods, splits, columns),
        )

    @classmethod
    def of(
        cls,
        values: NDArray[np.int64],
        period: NDArray[np.int64],
        split: NDArray[np.int64],
        periods: int,
        splits: int,
    ) -> Moments:
        """The moments of rows that are a cluster each."""
        columns = values.shape[1]
        cell = period.astype(np.int64) * splits + split
        products, cubes = moments(values, cell, periods * splits)
        return cls(
            np.bincount(cell, minlength=periods * splits).reshape(periods, splits).astype(np.int64),
            products.reshape(periods, splits, columns, columns),
            cubes.reshape(periods, splits, columns),
        )

    def __add__(self, other: Moments) -> Moments:
        return Moments(
            self.clusters + other.clusters, self.products + other.products, self.cubes + other.cubes
        )

    def moved(self, period: NDArray[np.int64], periods: int) -> Moments:
        """The same moments on a longer axis of periods; ``period`` says where each one goes."""
        _, splits, columns = self.cubes.shape
        wider = Moments.none(periods, splits, columns)
        wider.clusters[period], wider.products[period], wider.cubes[period] = (
            self.clusters,
            self.products,
            self.cubes,
        )
        return wider


@dataclass(frozen=True)
class Keyed:
    """The cluster of each row, as the number of its name.

    Attributes:
        names: Names of clusters, each once.
        codes: For each row the place of its cluster among the names, -1 for a cluster by itself; int64.
    """

    names: tuple[str, ...]
    codes: NDArray[np.int64]

    @classmethod
    def of(cls, keys: Sequence[str | None]) -> Keyed:
        """Clusters given by name, None for a row that is a cluster by itself."""
        number: dict[str, int] = {}
        codes = [-1 if key is None else number.setdefault(key, len(number)) for key in keys]
        return cls(tuple(number), np.array(codes, np.int64))

    def take(self, rows: NDArray[Any] | slice) -> Keyed:
        """The clusters of some rows: a mask, their numbers, or a slice."""
        return Keyed(self.names, self.codes[rows])


@dataclass(frozen=True, eq=False)
class ClusterRows:
    """Clusters that may go on in another segment or period: one row a cluster × period × split.

    Attributes:
        names: The cluster of each row.
        period, split: Where it was counted, int64 of shape (rows,).

    Rows are in the order of name, period and split, each combination once.
    """

    names: tuple[str, ...]
    period: NDArray[np.int64]
    split: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.names)

    @classmethod
    def of(
        cls, keys: Keyed, period: NDArray[np.int64], split: NDArray[np.int64]
    ) -> tuple[ClusterRows, NDArray[np.int64]]:
        """The rows that documents belong to, and the number of each document's row.

        Args:
            keys: The cluster of each document, none of which is -1.
            period, split: Of each document, from 0.
        """
        used = np.flatnonzero(np.bincount(keys.codes, minlength=len(keys.names)))
        ascending = sorted(used.tolist(), key=keys.names.__getitem__)
        rank = np.empty(len(keys.names), np.int64)
        rank[ascending] = np.arange(len(ascending))
        splits = int(split.max(initial=0)) + 1
        cells = (int(period.max(initial=0)) + 1) * splits
        held, row = _numbered(rank[keys.codes] * cells + period * splits + split, len(ascending) * cells)
        names = tuple(keys.names[ascending[at]] for at in (held // cells).tolist())
        return cls(names, held % cells // splits, held % splits), row

    @cached_property
    def digest(self) -> bytes:
        """Equal for equal rows."""
        digest = xxhash.xxh3_128(repr(self.names).encode("utf-8", "surrogatepass"))
        digest.update(self.period.tobytes() + self.split.tobytes())
        return digest.digest()

    @property
    def nbytes(self) -> int:
        """About how many bytes it takes."""
        return 8 * len(self.names) + self.period.nbytes + self.split.nbytes

    def moved(self, period: NDArray[np.int64], split: NDArray[np.int64] | None = None) -> ClusterRows:
        """The same rows on other axes; ``period`` and ``split`` say where each one goes, in the same order."""
        return ClusterRows(
            self.names, period[self.period], self.split if split is None else split[self.split]
        )


@dataclass(frozen=True)
class ClusterTable:
    """Sums of clusters that may go on in another segment or period.

    Attributes:
        rows: What they are the sums of.
        values: Sums of every column, int64 of shape (rows, columns).
    """

    rows: ClusterRows
    values: NDArray[np.int64]

    @classmethod
    def none(cls, columns: int) -> ClusterTable:
        """A table without rows."""
        empty = np.empty(0, np.int64)
        return cls(ClusterRows((), empty, empty), np.empty((0, columns), np.int64))

    @classmethod
    def total(cls, tables: Sequence[ClusterTable], columns: int) -> ClusterTable:
        """The sums of what belongs to the same cluster, period and split in several tables.

        Raises:
            OverflowError: A sum passes 2⁶³.
        """
        held = [table for table in tables if len(table.rows)]
        if len(held) < 2:
            return held[0] if held else cls.none(columns)
        joined = _joins.get(
            tuple(table.rows.digest for table in held), lambda: _Join.of([table.rows for table in held])
        )
        if sum(int(table.values.max()) for table in held) > LARGEST_COUNT:
            values = np.concatenate([table.values for table in held])
            return cls(joined.rows, sums(values, np.concatenate(joined.places), len(joined.rows)))
        total = np.zeros((len(joined.rows), columns), np.int64)
        for table, places in zip(held, joined.places, strict=True):
            total[places] += table.values
        return cls(joined.rows, total)

    def __add__(self, other: ClusterTable) -> ClusterTable:
        return ClusterTable.total([self, other], self.values.shape[1])

    def moved(self, period: NDArray[np.int64], split: NDArray[np.int64] | None = None) -> ClusterTable:
        """The same sums on other axes; see :meth:`ClusterRows.moved`."""
        return ClusterTable(self.rows.moved(period, split), self.values)


@dataclass(frozen=True, eq=False)
class _Join:
    """The rows of several tables as those of one, and where in it each table's rows are."""

    rows: ClusterRows
    places: tuple[NDArray[np.int64], ...]

    @classmethod
    def of(cls, parts: Sequence[ClusterRows]) -> _Join:
        keys = Keyed.of([name for part in parts for name in part.names])
        rows, numbers = ClusterRows.of(
            keys,
            np.concatenate([part.period for part in parts]),
            np.concatenate([part.split for part in parts]),
        )
        return cls(rows, tuple(np.split(numbers, np.cumsum([len(part) for part in parts[:-1]]))))

    @property
    def nbytes(self) -> int:
        return self.rows.nbytes + sum(places.nbytes for places in self.places)


_joins: Kept[_Join] = Kept(1 << 26)


def _stays(places: NDArray[np.int64]) -> bool:
    """Whether each number goes where it is."""
    return bool((places == np.arange(places.size)).all())


def _numbered(keys: NDArray[np.int64], limit: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Some numbers from 0 below a limit, each once and ascending, and for each of the given its place among them."""
    if limit > _SPARSE * keys.size:
        held, places = np.unique(keys, return_inverse=True)
        return held, places.reshape(-1)
    held = np.flatnonzero(np.bincount(keys, minlength=limit))
    place = np.empty(limit, np.int64)
    place[held] = np.arange(held.size)
    return held, place[keys]


@dataclass(frozen=True)
class Clustering:
    """One way of grouping documents into clusters.

    Attributes:
        name: The field, ``"document"`` or ``"day"``.
        singles: Moments of clusters that are complete: a document that has no copy.
        table: The others, which merge by name when tallies are added.
    """

    name: str
    singles: Moments
    table: ClusterTable

    def __add__(self, other: Clustering) -> Clustering:
        return Clustering(self.name, self.singles + other.singles, self.table + other.table)

    @cached_property
    def moments(self) -> Moments:
        """The moments over all clusters, those with no words left out."""
        periods, splits, _columns = self.singles.cubes.shape
        if not len(self.table.rows):
            return self.singles
        # A cluster without words is no evidence.
        values, rows = self.table.values, self.table.rows
        held = values[:, 0] > 0
        return self.singles + Moments.of(values[held], rows.period[held], rows.split[held], periods, splits)

    def across(self, before: int, after: int, split: int) -> Exact:
        """Sums of products between two different periods, over the clusters that speak in both.

        Returns:
            Python integers of shape (columns, columns): rows are columns before, columns those after.
        """
        columns = self.singles.cubes.shape[2]
        result = zeros(columns, columns)
        sides = []
        rows = self.table.rows
        for period in (before, after):
            here = np.flatnonzero((rows.period == period) & (rows.split == split))
            sides.append({rows.names[row]: self.table.values[row].astype(object) for row in here})
        for name in sorted(sides[0].keys() & sides[1].keys()):
            result = result + np.outer(sides[0][name], sides[1][name])
        return result

    def moved(self, period: NDArray[np.int64], periods: int) -> Clustering:
        """The same on a longer axis of periods."""
        return Clustering(self.name, self.singles.moved(period, periods), self.table.moved(period))

    def together(self, groups: Sequence[NDArray[np.int64]]) -> Clustering:
        """The same with several periods as one: a cluster that speaks in two of them is one cluster."""
        sums, rows = self.singles, self.table.rows
        singles = Moments(
            np.stack([sums.clusters[at].sum(axis=0) for at in groups]),
            np.stack([sums.products[at].sum(axis=0) for at in groups]),
            np.stack([sums.cubes[at].sum(axis=0) for at in groups]),
        )
        tables = []
        for number, at in enumerate(groups):
            for period in at.tolist():
                here = np.flatnonzero(rows.period == period)
                names = tuple(rows.names[row] for row in here.tolist())
                moved = ClusterRows(names, np.full(here.size, number, np.int64), rows.split[here])
                tables.append(ClusterTable(moved, self.table.values[here]))
        return Clustering(self.name, singles, ClusterTable.total(tables, self.table.values.shape[1]))
