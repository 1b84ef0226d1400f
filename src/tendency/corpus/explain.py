"""What a query will do, before it is run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tendency.corpus.deadlines import Deadline
from tendency.corpus.expansion import expansion
from tendency.corpus.query.write import normalised
from tendency.corpus.search import cost

if TYPE_CHECKING:
    from tendency.corpus.index import Index
    from tendency.corpus.query.query import Query

_SHOWN: Final = 20


@dataclass(frozen=True)
class Expansion:
    """What one word of a query stands for.

    Attributes:
        word: The word, as a query.
        forms: How many forms it stands for.
        occurrences: How often they occur in all.
        examples: The most frequent ones with their counts.
    """

    word: str
    forms: int
    occurrences: int
    examples: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Explanation:
    """How a query was read, and what it will cost.

    Attributes:
        query: The query in one spelling.
        notes: What should be known of how it was read.
        expansions: Its words.
        candidates: Positions that will be looked at because a rare word stands there.
        tokens: Tokens that will be looked at one by one.
        blocks: Runs of documents searched.
        seconds: The estimated time on one core.
    """

    query: str
    notes: tuple[str, ...]
    expansions: tuple[Expansion, ...]
    candidates: int
    tokens: int
    blocks: int
    seconds: float

    def __str__(self) -> str:
        lines = [f"query       {self.query}", *(f"note        {note}" for note in self.notes)]
        for held in self.expansions:
            named = ", ".join(f"{form} {count:,}" for form, count in held.examples)
            more = ", …" if held.forms > len(held.examples) else ""
            lines.append(
                f"word        {held.word}: {held.forms:,} forms, {held.occurrences:,} times: {named}{more}"
            )
        lines += [
            f"candidates  {self.candidates:,} postings",
            f"scanned     {self.tokens:,} tokens in {self.blocks:,} blocks",
            f"time        about {self.seconds:.2g} s on one core",
        ]
        return "\n".join(lines)


def explain(index: Index, query: Query, deadline: Deadline | None = None) -> Explanation:
    """The query's words with what they stand for, and an estimate of its cost; nothing is searched."""
    deadline = deadline or Deadline()
    query = query.bound(index)
    expansions = []
    for leaf in query.leaves:
        deadline.check()
        found = expansion(index, leaf)
        total = sum(count for _, count in found)
        expansions.append(Expansion(normalised(leaf), len(found), total, tuple(found[:_SHOWN])))
    costs = [
        cost(segment, query, live, deadline) for segment, live in zip(index.segments, index.live, strict=True)
    ]
    return Explanation(
        query.normalised(),
        query.notes,
        tuple(expansions),
        sum(held.candidates for held in costs),
        sum(held.scanned for held in costs),
        sum(held.blocks for held in costs),
        sum(held.seconds for held in costs),
    )
