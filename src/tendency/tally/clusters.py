"""Clusters: what counts as one independent piece of evidence, and the moments that intervals need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tendency.tally.exact import Exact, moments, zeros

LARGEST_COUNT = (1 << 63) - 1


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


@dataclass(frozen=True)
class ClusterTable:
    """Sums of clusters that may go on in another segment or period, one row a cluster × period × split.

    Attributes:
        names: The cluster of each row.
        period, split: Where it was counted, int64 of shape (rows,).
        values: Sums of every column, int64 of shape (rows, columns).

    Rows are in the order of name, period and split, each combination once.
    """

    names: tuple[str, ...]
    period: NDArray[np.int64]
    split: NDArray[np.int64]
    values: NDArray[np.int64]

    @classmethod
    def none(cls, columns: int) -> ClusterTable:
        """A table without rows."""
        empty = np.empty(0, np.int64)
        return cls((), empty, empty, np.empty((0, columns), np.int64))

    @classmethod
    def of(
        cls,
        names: Sequence[str],
        period: NDArray[np.int64],
        split: NDArray[np.int64],
        values: NDArray[np.int64],
    ) -> ClusterTable:
        """The sums of rows that belong to the same cluster, period and split.

        Raises:
            OverflowError: A sum passes 2⁶³.
        """
        if not len(names):
            return cls.none(values.shape[1])
        return cls.of_codes(Keyed.of(names), period, split, values)

    @classmethod
    def of_codes(
        cls,
        keys: Keyed,
        period: NDArray[np.int64],
        split: NDArray[np.int64],
        values: NDArray[np.int64],
    ) -> ClusterTable:
        """The sums of rows by the number of their cluster, none of which is -1.

        Raises:
            OverflowError: A sum passes 2⁶³.
        """
        if not keys.codes.size:
            return cls.none(values.shape[1])
        used = np.flatnonzero(np.bincount(keys.codes, minlength=len(keys.names)))
        ascending = sorted(used.tolist(), key=keys.names.__getitem__)
        rank = np.empty(len(keys.names), np.int64)
        rank[ascending] = np.arange(len(ascending))
        code = rank[keys.codes]
        order = np.lexsort((split, period, code))
        code, period, split, values = code[order], period[order], split[order], values[order]
        change = (np.diff(code) != 0) | (np.diff(period) != 0) | (np.diff(split) != 0)
        first = np.concatenate([[0], np.flatnonzero(change) + 1])
        if int(values.max()) <= LARGEST_COUNT // len(values):
            sums = np.add.reduceat(values, first, axis=0)
        else:
            exact = np.add.reduceat(values.astype(object), first, axis=0)
            if int(exact.max()) > LARGEST_COUNT:
                raise OverflowError(
                    "a cluster's count passes 2^63; no corpus is so large, the counts are wrong"
                )
            sums = exact.astype(np.int64)
        names = tuple(keys.names[ascending[held]] for held in code[first].tolist())
        return cls(names, period[first], split[first], sums)

    def __add__(self, other: ClusterTable) -> ClusterTable:
        return ClusterTable.of(
            (*self.names, *other.names),
            np.concatenate([self.period, other.period]),
            np.concatenate([self.split, other.split]),
            np.concatenate([self.values, other.values]),
        )

    def moved(self, period: NDArray[np.int64]) -> ClusterTable:
        """The same rows on another axis of periods; ``period`` says where each one goes."""
        return ClusterTable(self.names, period[self.period], self.split, self.values)


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
        if not self.table.names:
            return self.singles
        held = self.table.values[:, 0] > 0
        return self.singles + Moments.of(
            self.table.values[held], self.table.period[held], self.table.split[held], periods, splits
        )

    def across(self, before: int, after: int, split: int) -> Exact:
        """Sums of products between two different periods, over the clusters that speak in both.

        Returns:
            Python integers of shape (columns, columns): rows are columns before, columns those after.
        """
        columns = self.singles.cubes.shape[2]
        result = zeros(columns, columns)
        sides = []
        for period in (before, after):
            rows = np.flatnonzero((self.table.period == period) & (self.table.split == split))
            sides.append({self.table.names[row]: self.table.values[row].astype(object) for row in rows})
        for name in sorted(sides[0].keys() & sides[1].keys()):
            result = result + np.outer(sides[0][name], sides[1][name])
        return result

    def moved(self, period: NDArray[np.int64], periods: int) -> Clustering:
        """The same on a longer axis of periods."""
        return Clustering(self.name, self.singles.moved(period, periods), self.table.moved(period))
