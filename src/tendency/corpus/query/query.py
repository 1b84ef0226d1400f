"""A query as the rest of the package handles it: frozen, comparable, with the text it came from."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from tendency.corpus.query.tree import Node, Term, leaves
from tendency.corpus.query.write import normalised
from tendency.corpus.where import Condition

if TYPE_CHECKING:
    from tendency.corpus.index import Index


@dataclass(frozen=True)
class Query:
    """What is looked for.

    Attributes:
        tree: What it means; two queries are equal when this and ``where`` are.
        where: Only documents for which this holds, or None.
        source: The query as typed.
        notes: What a reader should know of how it was read, one sentence each.
    """

    tree: Node
    where: Condition | None = None
    source: str = field(default="", compare=False)
    notes: tuple[str, ...] = field(default=(), compare=False)

    def __str__(self) -> str:
        return self.source or self.normalised()

    def normalised(self) -> str:
        """The query in one spelling, names resolved; the same for queries that mean the same."""
        text = normalised(self.tree)
        return text if self.where is None else f"{text} :: {self.where.normalised()}"

    def bound(self, index: Index) -> Query:
        """The query with its ``where`` typed by the fields of an index; needed before it is evaluated.

        Raises:
            QueryError: The filter names a field that no live document has, or a value of another type.
        """
        return self if self.where is None else replace(self, where=self.where.bound(index))

    @property
    def leaves(self) -> tuple[Term, ...]:
        """Every term named, each once, in the order in which they were written."""
        return leaves(self.tree)

    def spellings(self, index: Index, limit: int = 20) -> list[Spelling]:
        """The query without each of its spellings in turn; see :func:`tendency.corpus.spellings.spellings`."""
        from tendency.corpus.spellings import spellings

        return spellings(index, self, limit)


class Spelling(NamedTuple):
    """One of the words that a query lists.

    Attributes:
        label: The spelling left out.
        without: The query without it.
    """

    label: str
    without: Query
