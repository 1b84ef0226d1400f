"""A tally: whole-number sums from which every measure starts, so that no two disagree about a count."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import xxhash
from numpy.typing import ArrayLike, NDArray

from tendency.errors import SettingError
from tendency.tally.clusters import CROSSED, Clustering, ClusterTable, Keyed, Moments
from tendency.tally.exact import Exact
from tendency.tally.periods import Period


@dataclass(frozen=True)
class Undated:
    """What lies in the asked span but cannot be put into one period, by split.

    Attributes:
        documents, tokens: int64 of shape (splits,).
        hits: int64 of shape (splits, columns).
    """

    documents: NDArray[np.int64]
    tokens: NDArray[np.int64]
    hits: NDArray[np.int64]

    @classmethod
    def none(cls, splits: int, columns: int) -> Undated:
        """Nothing."""
        return cls(
            np.zeros(splits, np.int64), np.zeros(splits, np.int64), np.zeros((splits, columns), np.int64)
        )

    def __add__(self, other: Undated) -> Undated:
        return Undated(self.documents + other.documents, self.tokens + other.tokens, self.hits + other.hits)


@dataclass(frozen=True)
class Standing:
    """How documents stand to the splits and to the eras.

    Attributes:
        documents: Documents asked about.
        several: Those that count in more than one split.
        none: Those that count in no split.
        outside: Those whose date touches none of the eras.
    """

    documents: int = 0
    several: int = 0
    none: int = 0
    outside: int = 0

    def __add__(self, other: Standing) -> Standing:
        return Standing(
            self.documents + other.documents,
            self.several + other.several,
            self.none + other.none,
            self.outside + other.outside,
        )


@dataclass(frozen=True)
class Tally:
    """Counts for each period × split × column, with the sums that uncertainty needs.

    Attributes:
        columns: What was counted, in order; words are not among them.
        grain: The kind of period: ``"year"`` …, or ``"eras"``.
        periods: Every period, in order of time.
        splits: Names of the splits; ``("all",)`` without a split.
        documents, tokens: int64 of shape (periods, splits).
        hits, documents_with_hits: int64 of shape (periods, splits, columns).
        clusterings: One or more ways of grouping documents into independent pieces of evidence.
        undated: What is not datable at this grain.
        standing: Documents in several splits, in none, and outside the eras.
        recipe: What was asked, as ``key:value`` parts joined by ``|``.
    """

    columns: tuple[str, ...]
    grain: str
    periods: tuple[Period, ...]
    splits: tuple[str, ...]
    documents: NDArray[np.int64]
    tokens: NDArray[np.int64]
    hits: NDArray[np.int64]
    documents_with_hits: NDArray[np.int64]
    clusterings: tuple[Clustering, ...]
    undated: Undated
    standing: Standing = Standing()
    recipe: str = ""

    @classmethod
    def from_counts(
        cls,
        counts: ArrayLike,
        words: ArrayLike,
        periods: Sequence[Period],
        *,
        period: ArrayLike | None = None,
        columns: Sequence[str] | None = None,
        split: ArrayLike | None = None,
        splits: Sequence[str] = ("all",),
        clusters: Mapping[str, Sequence[str | None] | Keyed | None] | None = None,
        documents: ArrayLike | None = None,
        grain: str = "eras",
        standing: Standing | None = None,
        recipe: str = "",
    ) -> Tally:
        """The tally of counts that are already made, one row a document (× split).

        Args:
            counts: Whole numbers of shape (rows, columns), or (rows,) for one column.
            words: Words of each row's document.
            periods: The periods, in order of time.
            period: The period of each row; -1 where its date lies in no single one. All in the first by default.
            columns: Names of the columns.
            split: The split of each row.
            splits: Names of the splits.
            clusters: For each clustering the cluster of every row; None for a row that is a cluster by itself,
                None for all, or their names and numbers. By default the document.
            documents: 0 where a row adds no document of its own (a part of one), else 1.
            grain: The kind of period.
            standing: Documents in several splits, in none, and outside the eras.
            recipe: What was asked.
        """
        from tendency.tally.frames import Frame

        values = np.asarray(counts, np.int64)
        if values.ndim < 2:
            values = values.reshape(-1, 1)
        names = (
            tuple(columns) if columns is not None else tuple(f"item {i + 1}" for i in range(values.shape[1]))
        )
        if len(names) != values.shape[1] or len(set(names)) < len(names):
            raise SettingError(
                f"{values.shape[1]} columns of counts need as many different names, not {names!r}."
            )
        frame = Frame.of(
            words,
            periods,
            period=period,
            split=split,
            splits=splits,
            clusters={"document": None} if clusters is None else clusters,
            documents=documents,
            grain=grain,
            standing=standing or Standing(),
        )
        touched = np.flatnonzero(values.any(axis=1))
        return replace(frame.tally(names, touched, values[touched]), recipe=recipe)

    @classmethod
    def none(
        cls,
        columns: tuple[str, ...],
        grain: str,
        periods: tuple[Period, ...],
        splits: tuple[str, ...],
        clusters: Sequence[str],
    ) -> Tally:
        """The tally of no document."""
        shape, wide = (len(periods), len(splits)), len(columns)
        counts, hits = np.zeros(shape, np.int64), np.zeros((*shape, wide), np.int64)
        nothing = tuple(
            Clustering(name, Moments.none(*shape, 1 + wide), ClusterTable.none(1 + wide)) for name in clusters
        )
        undated = Undated.none(len(splits), wide)
        return cls(columns, grain, periods, splits, counts, counts, hits, hits, nothing, undated)

    def __add__(self, other: Tally) -> Tally:
        """The tally of both, exact, whatever the order; periods are joined, gaps filled.

        Raises:
            SettingError: The two were asked different questions.
        """
        for what in ("columns", "splits", "grain", "cluster"):
            mine, theirs = getattr(self, what), getattr(other, what)
            if mine != theirs:
                raise SettingError(
                    f"two tallies are added only when they were asked the same: their {what} are {mine!r} and {theirs!r}."
                )
        axis = _joined(self.periods, other.periods, self.grain)
        left, right = self._on(axis), other._on(axis)
        return replace(
            left,
            documents=left.documents + right.documents,
            tokens=left.tokens + right.tokens,
            hits=left.hits + right.hits,
            documents_with_hits=left.documents_with_hits + right.documents_with_hits,
            clusterings=tuple(a + b for a, b in zip(left.clusterings, right.clusterings, strict=True)),
            undated=left.undated + right.undated,
            standing=left.standing + right.standing,
        )

    @staticmethod
    def total(parts: Sequence[Tally], splits: tuple[str, ...]) -> Tally:
        """The exact sum of tallies that were asked the same of different documents, each with its own periods and splits.

        Args:
            parts: At least one.
            splits: Names of the sum's splits; a part has some of them.
        """
        first = parts[0]
        axis, columns = _all_joined([part.periods for part in parts], first.grain), len(first.columns)
        shape = (len(axis), len(splits))
        documents, tokens = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        hits, with_hits = np.zeros((*shape, columns), np.int64), np.zeros((*shape, columns), np.int64)
        undated = Undated.none(len(splits), columns)
        singles = [Moments.none(*shape, 1 + columns) for _ in first.clusterings]
        rows: list[list[ClusterTable]] = [[] for _ in first.clusterings]
        standing = Standing()
        of = {name: i for i, name in enumerate(splits)}
        for part in parts:
            period = places_on(part.periods, axis, first.grain)
            split = np.array([of[name] for name in part.splits], np.int64)
            cells = period[:, None], split[None, :]
            documents[cells] += part.documents
            tokens[cells] += part.tokens
            hits[cells] += part.hits
            with_hits[cells] += part.documents_with_hits
            undated.documents[split] += part.undated.documents
            undated.tokens[split] += part.undated.tokens
            undated.hits[split] += part.undated.hits
            standing += part.standing
            for sums, tables, clustering in zip(singles, rows, part.clusterings, strict=True):
                if clustering.singles.clusters.any():
                    sums.clusters[cells] += clustering.singles.clusters
                    sums.products[cells] += clustering.singles.products
                    sums.cubes[cells] += clustering.singles.cubes
                tables.append(clustering.table.moved(period, split))
        clusterings = tuple(
            Clustering(clustering.name, sums, ClusterTable.total(tables, 1 + columns))
            for clustering, sums, tables in zip(first.clusterings, singles, rows, strict=True)
        )
        return Tally(
            first.columns,
            first.grain,
            axis,
            splits,
            documents,
            tokens,
            hits,
            with_hits,
            clusterings,
            undated,
            standing,
        )

    def _on(self, axis: tuple[Period, ...]) -> Tally:
        if axis == self.periods:
            return self
        at = places_on(self.periods, axis, self.grain)

        def moved(counts: NDArray[np.int64]) -> NDArray[np.int64]:
            wider = np.zeros((len(axis), *counts.shape[1:]), np.int64)
            wider[at] = counts
            return wider

        return replace(
            self,
            periods=axis,
            documents=moved(self.documents),
            tokens=moved(self.tokens),
            hits=moved(self.hits),
            documents_with_hits=moved(self.documents_with_hits),
            clusterings=tuple(clustering.moved(at, len(axis)) for clustering in self.clusterings),
        )

    @property
    def cluster(self) -> str:
        """The names of the clusterings, intersections left out, joined by ``" x "``."""
        crossed = self.crossings
        return CROSSED.join(one.name for number, one in enumerate(self.clusterings) if number not in crossed)

    @cached_property
    def crossings(self) -> dict[int, tuple[int, int]]:
        """The clusterings that are the intersection of two others, by number, with the numbers of these."""
        of = {clustering.name: number for number, clustering in enumerate(self.clusterings)}
        pairs = {of.get(f"{a}{CROSSED}{b}"): (of[a], of[b]) for a in of for b in of}
        return {number: pair for number, pair in pairs.items() if number is not None}

    @property
    def clusters(self) -> NDArray[np.int64]:
        """How many clusters of the first clustering have text, int64 of shape (periods, splits)."""
        return self.clusterings[0].moments.clusters

    @property
    def products(self) -> Exact:
        """Sums of products over the first clustering, Python integers, (periods, splits, 1 + columns, 1 + columns)."""
        return self.clusterings[0].moments.products

    def column(self, name: str) -> int:
        """The number of a column, from 0.

        Raises:
            SettingError: Nothing of that name was counted.
        """
        try:
            return self.columns.index(name)
        except ValueError:
            raise SettingError(
                f"the tally has no column {name!r}; it has {', '.join(map(repr, self.columns))}."
            ) from None

    def select(self, columns: Sequence[str]) -> Tally:
        """The tally of some columns only."""
        at = [self.column(name) for name in columns]
        full = [0, *(i + 1 for i in at)]

        def narrowed(clustering: Clustering) -> Clustering:
            singles, table = clustering.singles, clustering.table
            return Clustering(
                clustering.name,
                Moments(
                    singles.clusters, singles.products[:, :, full][:, :, :, full], singles.cubes[:, :, full]
                ),
                ClusterTable(table.rows, table.values[:, full]),
            )

        return replace(
            self,
            columns=tuple(columns),
            hits=self.hits[:, :, at],
            documents_with_hits=self.documents_with_hits[:, :, at],
            clusterings=tuple(narrowed(clustering) for clustering in self.clusterings),
            undated=Undated(self.undated.documents, self.undated.tokens, self.undated.hits[:, at]),
        )

    def together(self, groups: Sequence[tuple[Period, Sequence[int]]]) -> Tally:
        """The tally of some periods taken together, such as those before and those after a day.

        Args:
            groups: For each new period, itself and the numbers of the periods that it is made of; none in two groups.
        """
        places = [np.array(at, np.int64) for _, at in groups]

        def summed(counts: NDArray[np.int64]) -> NDArray[np.int64]:
            return np.stack([counts[at].sum(axis=0) for at in places])

        return replace(
            self,
            grain="eras",
            periods=tuple(period for period, _ in groups),
            documents=summed(self.documents),
            tokens=summed(self.tokens),
            hits=summed(self.hits),
            documents_with_hits=summed(self.documents_with_hits),
            clusterings=tuple(clustering.together(places) for clustering in self.clusterings),
        )

    @cached_property
    def seed(self) -> int:
        """A number that depends only on what was counted, for draws that must repeat."""
        digest = xxhash.xxh3_64()
        digest.update("\x1f".join((*self.columns, "\x1e", *self.splits, "\x1e", self.cluster)).encode())
        digest.update("\x1f".join(f"{p.label}{p.start}{p.end}" for p in self.periods).encode())
        for counts in (self.documents, self.tokens, self.hits, self.documents_with_hits):
            digest.update(np.ascontiguousarray(counts, dtype="<i8").tobytes())
        return digest.intdigest()


def places_on(periods: tuple[Period, ...], axis: tuple[Period, ...], grain: str) -> NDArray[np.int64]:
    """The number of each period on a longer axis."""
    # "all" is one period whatever its span; of every other grain periods follow one another without a gap.
    first = (
        0 if grain == "all" or not periods else bisect_left(axis, periods[0].start, key=lambda one: one.start)
    )
    return np.arange(first, first + len(periods))


def _all_joined(axes: Sequence[tuple[Period, ...]], grain: str) -> tuple[Period, ...]:
    """One axis for all, without a gap."""
    held = [axis for axis in axes if axis]
    if not held or grain == "eras":
        return held[0] if held else ()
    if grain == "all":
        return (Period("all", min(axis[0].start for axis in held), max(axis[0].end for axis in held)),)
    first, last = min(held, key=lambda axis: axis[0].start), max(held, key=lambda axis: axis[-1].start)
    return _joined(first, last, grain)


def _joined(left: tuple[Period, ...], right: tuple[Period, ...], grain: str) -> tuple[Period, ...]:
    if left == right:
        return left
    if not left or not right:
        return left or right
    if grain == "all":
        return _one_span(left[0], right[0])
    if grain == "eras":
        raise SettingError("two tallies by eras are added only when their eras are the same.")
    from tendency.tally.periods import Periods

    first, last = min(left[0], right[0], key=_start), max(left[-1], right[-1], key=_start)
    return Periods.spanning(grain, [], [], first.start, last.end).periods


def _start(period: Period) -> int:
    return period.start.toordinal()


def _one_span(left: Period, right: Period) -> tuple[Period, ...]:
    return (Period("all", min(left.start, right.start), max(left.end, right.end)),)
