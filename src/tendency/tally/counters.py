"""Counters: each turns one segment into whole numbers for every document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING, ClassVar, Final, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from tendency.tally.near import Ints, Scope, neighbours, overlapping, stretches

if TYPE_CHECKING:
    from tendency.corpus import Deadline, Index, Query, Segment

Mask = NDArray[np.bool_]
WINDOWS: Final = (10, 30, 100)
SEVERAL_NAMED: Final = "documents naming several"


@runtime_checkable
class Counter(Protocol):
    """Something that can be counted in every document; a pure, picklable value."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns that it counts."""
        ...

    @property
    def recipe(self) -> str:
        """What it counts, normalised, so that equal questions have equal recipes."""
        ...

    def bound(self, index: Index) -> Counter:
        """The same counter with its queries bound to the fields of an index."""
        ...

    def count(self, segment: Segment, documents: Mask, deadline: Deadline | None = None) -> Ints:
        """Whole numbers of shape (documents, columns); 0 in documents that are not asked for."""
        ...


@dataclass(frozen=True)
class Occurrences:
    """Hits of a query."""

    name: str
    query: Query

    @property
    def columns(self) -> tuple[str, ...]:
        """The item's name."""
        return (self.name,)

    @property
    def recipe(self) -> str:
        """The query, normalised."""
        return f"{self.name}={self.query.normalised()}"

    def bound(self, index: Index) -> Occurrences:
        """The same, its query bound to the fields of an index."""
        return replace(self, query=self.query.bound(index))

    def count(self, segment: Segment, documents: Mask, deadline: Deadline | None = None) -> Ints:
        """Hits in each document."""
        from tendency.corpus import count_by_document

        return np.asarray(count_by_document(segment, self.query, documents, deadline), np.int64).reshape(
            -1, 1
        )


@dataclass(frozen=True)
class Containing:
    """Documents that contain a query: 1 or 0 a document."""

    name: str
    query: Query

    @property
    def columns(self) -> tuple[str, ...]:
        """The item's name."""
        return (self.name,)

    @property
    def recipe(self) -> str:
        """The query, normalised."""
        return f"{self.name}=documents with {self.query.normalised()}"

    def bound(self, index: Index) -> Containing:
        """The same, its query bound to the fields of an index."""
        return replace(self, query=self.query.bound(index))

    def count(self, segment: Segment, documents: Mask, deadline: Deadline | None = None) -> Ints:
        """1 for each document with a hit."""
        return (Occurrences(self.name, self.query).count(segment, documents, deadline) > 0).astype(np.int64)


@dataclass(frozen=True)
class Presence:
    """Hits of a query, and the documents that contain it: two columns from one search."""

    name: str
    query: Query

    @staticmethod
    def containing(item: str) -> str:
        """The column with 1 for a document that contains the item."""
        return f"documents with {item}"

    @property
    def columns(self) -> tuple[str, ...]:
        """The item's name, and that of its documents."""
        return self.name, self.containing(self.name)

    @property
    def recipe(self) -> str:
        """The query, normalised."""
        return f"{self.name}={self.query.normalised()} and documents with it"

    def bound(self, index: Index) -> Presence:
        """The same, its query bound to the fields of an index."""
        return replace(self, query=self.query.bound(index))

    def count(self, segment: Segment, documents: Mask, deadline: Deadline | None = None) -> Ints:
        """Hits in each document, and 1 where there is any."""
        hits = Occurrences(self.name, self.query).count(segment, documents, deadline)
        return np.concatenate([hits, hits > 0], axis=1, dtype=np.int64)


@dataclass(frozen=True)
class Documents:
    """Every document that is asked about: what documents that contain something are counted against."""

    COLUMN: ClassVar[str] = "documents"

    @property
    def columns(self) -> tuple[str, ...]:
        """One column."""
        return (self.COLUMN,)

    @property
    def recipe(self) -> str:
        """Nothing is asked of them."""
        return self.COLUMN

    def bound(self, index: Index) -> Documents:
        """Itself."""
        return self

    def count(self, segment: Segment, documents: Mask, deadline: Deadline | None = None) -> Ints:
        """1 for each."""
        return documents.astype(np.int64).reshape(-1, 1)


@dataclass(frozen=True)
class Together:
    """Documents that contain both of two queries, one or neither, by length.

    Attributes:
        first: Name and query of the one.
        second: Name and query of the other.
        bounds: Ascending numbers of words at which a class of lengths ends; the last class has none.
    """

    first: tuple[str, Query]
    second: tuple[str, Query]
    bounds: tuple[int, ...] = ()

    CELLS: ClassVar[tuple[str, ...]] = ("both", "first alone", "second alone", "neither")

    @classmethod
    def cells(cls, classes: int) -> tuple[tuple[str, ...], ...]:
        """The four columns of each class of lengths."""
        return tuple(tuple(f"length {number + 1}: {cell}" for cell in cls.CELLS) for number in range(classes))

    @property
    def columns(self) -> tuple[str, ...]:
        """Four columns a class of lengths."""
        return tuple(column for cells in self.cells(len(self.bounds) + 1) for column in cells)

    @property
    def recipe(self) -> str:
        """The queries, normalised."""
        both = " and ".join(f"{name}={query.normalised()}" for name, query in (self.first, self.second))
        return f"documents with {both} by length {','.join(map(str, self.bounds))}"

    def bound(self, index: Index) -> Together:
        """The same, its queries bound to the fields of an index."""
        first, second = _bound((self.first, self.second), index)
        return replace(self, first=first, second=second)

    def count(self, segment: Segment, documents: Mask, deadline: Deadline | None = None) -> Ints:
        """1 in one of the columns for each document."""
        one, other = (
            Containing(name, query).count(segment, documents, deadline)[:, 0] > 0
            for name, query in (self.first, self.second)
        )
        cell = np.where(one, np.where(other, 0, 1), np.where(other, 2, 3))
        length = np.searchsorted(
            np.array(self.bounds, np.int64), np.asarray(segment.words, np.int64), side="right"
        )
        result = np.zeros((segment.documents, len(self.columns)), np.int64)
        result[np.arange(segment.documents), 4 * length + cell] = documents
        return result


@dataclass(frozen=True)
class FirstMention:
    """Which of several items a document names first, where it names at least two.

    The columns are the items, then ``SEVERAL_NAMED``; two items that begin at the same word have no first.
    """

    items: tuple[tuple[str, Query], ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The items, then documents that name at least two of them."""
        return (*(name for name, _ in self.items), SEVERAL_NAMED)

    @property
    def recipe(self) -> str:
        """The queries, normalised."""
        return "first of " + ", ".join(f"{name}={query.normalised()}" for name, query in self.items)

    def bound(self, index: Index) -> FirstMention:
        """The same, its queries bound to the fields of an index."""
        return replace(self, items=_bound(self.items, index))

    def count(self, segment: Segment, documents: Mask, deadline: Deadline | None = None) -> Ints:
        """1 for the item named first, and 1 for a document that names several."""
        from tendency.corpus import evaluate

        never = np.iinfo(np.int64).max
        earliest = np.full((segment.documents, len(self.items)), never, np.int64)
        for i, (_, query) in enumerate(self.items):
            for block in evaluate(segment, query, documents, deadline):
                named, first = np.unique(block.documents, return_index=True)
                earliest[named, i] = block.starts[first]
        several = (earliest < never).sum(axis=1) >= 2
        leading = earliest == earliest.min(axis=1, keepdims=True)
        clear = several & (leading.sum(axis=1) == 1)
        return np.column_stack([leading & clear[:, None], several]).astype(np.int64)


@dataclass(frozen=True)
class Overlaps:
    """Hits of one query that share a token with a hit of another, for every two of them."""

    items: tuple[tuple[str, Query], ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Every two items, joined by ``" & "``."""
        return tuple(f"{a} & {b}" for (a, _), (b, _) in combinations(self.items, 2))

    @property
    def recipe(self) -> str:
        """The queries, normalised."""
        return "shared by " + ", ".join(f"{name}={query.normalised()}" for name, query in self.items)

    def bound(self, index: Index) -> Overlaps:
        """The same, its queries bound to the fields of an index."""
        return replace(self, items=_bound(self.items, index))

    def count(self, segment: Segment, documents: Mask, deadline: Deadline | None = None) -> Ints:
        """Hits of the first of each two that overlap one of the second."""
        result = np.zeros((segment.documents, len(self.columns)), np.int64)
        for stretch in stretches(segment, _queries(self.items), (), documents, deadline):
            for column, (a, b) in enumerate(combinations([find() for find in stretch.items], 2)):
                shared = segment.document_of(a.starts[overlapping(a, b)])
                result[stretch.low : stretch.high, column] = np.bincount(
                    shared - stretch.low, minlength=stretch.high - stretch.low
                )
        return result


@dataclass(frozen=True)
class Near:
    """Hits of items that stand near hits of another query, and as many as chance would put there.

    Attributes:
        items: Name and query of each item.
        near: What they must stand near.
        within: At most so many words away.
        scope: In the same sentence, as ``near/12`` in a query, or anywhere in the document.
    """

    items: tuple[tuple[str, Query], ...]
    near: Query
    within: int = 12
    scope: Scope = "sentence"

    @staticmethod
    def names(item: str) -> tuple[str, str, str]:
        """The columns of one item: its hits, those near, and those expected in multiples of 1/65,536."""
        return item, f"{item} near", f"{item} expected near"

    @property
    def columns(self) -> tuple[str, ...]:
        """Three columns an item."""
        return tuple(column for name, _ in self.items for column in self.names(name))

    @property
    def recipe(self) -> str:
        """The queries, normalised."""
        items = ", ".join(f"{name}={query.normalised()}" for name, query in self.items)
        return f"{items} near/{self.within} in the {self.scope} {self.near.normalised()}"

    def bound(self, index: Index) -> Near:
        """The same, its queries bound to the fields of an index."""
        return replace(self, items=_bound(self.items, index), near=self.near.bound(index))

    def count(self, segment: Segment, documents: Mask, deadline: Deadline | None = None) -> Ints:
        """Hits, hits near, and expected ones, for each item."""
        hits = stretches(segment, _queries(self.items), (self.near,), documents, deadline)
        parts = []
        for found in neighbours(segment, hits, len(self.items), 1, (self.within,), self.scope):
            parts += [found.hits, found.near[:, 0, 0], found.expected[:, 0, 0]]
        return np.column_stack(parts) if parts else np.zeros((segment.documents, 0), np.int64)


@dataclass(frozen=True)
class Around:
    """Hits of a slogan near each of its aims, for several windows, anywhere in the document.

    Attributes:
        name: The slogan's name.
        query: The slogan.
        aims: Name and query of each aim.
        windows: Distances in words.
    """

    name: str
    query: Query
    aims: tuple[tuple[str, Query], ...]
    windows: tuple[int, ...] = WINDOWS

    @staticmethod
    def near(aim: str, window: int) -> str:
        """The column with the hits near an aim."""
        return f"{aim}, within {window}"

    @staticmethod
    def expected(aim: str, window: int) -> str:
        """The column with those expected by chance, in multiples of 1/65,536."""
        return f"{aim}, expected within {window}"

    @staticmethod
    def neither(window: int) -> str:
        """The column with the hits near no aim."""
        return f"near no aim within {window}"

    @staticmethod
    def several(window: int) -> str:
        """The column with the hits near at least two aims."""
        return f"near several aims within {window}"

    @property
    def columns(self) -> tuple[str, ...]:
        """The slogan, then for each window near and expected for each aim, neither and several."""
        names = [self.name]
        for window in self.windows:
            for aim, _ in self.aims:
                names += [self.near(aim, window), self.expected(aim, window)]
            names += [self.neither(window), self.several(window)]
        return tuple(names)

    @property
    def recipe(self) -> str:
        """The queries, normalised."""
        aims = ", ".join(f"{name}={query.normalised()}" for name, query in self.aims)
        windows = ",".join(map(str, self.windows))
        return f"{self.name}={self.query.normalised()} beside {aims} within {windows}"

    def bound(self, index: Index) -> Around:
        """The same, its queries bound to the fields of an index."""
        return replace(self, query=self.query.bound(index), aims=_bound(self.aims, index))

    def count(self, segment: Segment, documents: Mask, deadline: Deadline | None = None) -> Ints:
        """All columns for every document."""
        hits = stretches(segment, (self.query,), _queries(self.aims), documents, deadline)
        (found,) = neighbours(segment, hits, 1, len(self.aims), self.windows, "document")
        parts = [found.hits]
        for w in range(len(self.windows)):
            for a in range(len(self.aims)):
                parts += [found.near[:, a, w], found.expected[:, a, w]]
            parts += [found.neither[:, w], found.several[:, w]]
        return np.column_stack(parts)


def _queries(items: tuple[tuple[str, Query], ...]) -> tuple[Query, ...]:
    return tuple(query for _, query in items)


def _bound(items: tuple[tuple[str, Query], ...], index: Index) -> tuple[tuple[str, Query], ...]:
    return tuple((name, query.bound(index)) for name, query in items)


def counters_of(items: Mapping[str, Query] | Sequence[Counter]) -> tuple[Counter, ...]:
    """The counters of what was asked: a mapping of names to queries counts their hits."""
    if isinstance(items, Mapping):
        return tuple(Occurrences(name, query) for name, query in items.items())
    return tuple(items)
