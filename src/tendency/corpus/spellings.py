"""What becomes of a query when one of its spellings is left out, and what two queries share."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from tendency.corpus.expansion import expansion
from tendency.corpus.query.query import Query, Spelling
from tendency.corpus.query.tree import (
    Both,
    Either,
    Near,
    Node,
    Not,
    Repeat,
    Sequence,
    Term,
    Within,
    either,
)
from tendency.corpus.query.write import normalised
from tendency.corpus.search import Block, evaluate_together

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from tendency.corpus.deadlines import Deadline
    from tendency.corpus.index import Index
    from tendency.corpus.segment import Segment
    from tendency.corpus.select import Selection


def spellings(index: Index, query: Query, limit: int = 20) -> list[Spelling]:
    """The query without each of its spellings in turn.

    First each alternative, in the order in which they were written; then each form that a wildcard, a lemma
    or a regular expression stands for, the most frequent first. What stands to the right of ``near`` is no spelling
    of the item. Empty for a query with one spelling.
    """
    found = [
        Spelling(normalised(part), replace(query, tree=tree, source=normalised(tree)))
        for part, tree in _without_alternatives(query.tree)
    ]
    forms: list[tuple[int, str, Node]] = []
    for test, put in _places(query.tree):
        if isinstance(test, Term) and (test.kind != "is" or test.attribute == "lemma"):
            expanded = expansion(index, test)
            if len(expanded) > 1:
                forms += [(-count, form, put(_except(test, form))) for form, count in expanded[: limit + 1]]
    for _, form, tree in sorted(forms, key=lambda held: held[:2]):
        found.append(Spelling(form, replace(query, tree=tree, source=normalised(tree))))
    different = dict.fromkeys(spelling for spelling in found if spelling.without.tree != query.tree)
    return list(different)[:limit]


def _except(test: Term, form: str) -> Node:
    return Both((test, Not(Term("form", "is", form))))


class _Put:
    """Puts a node in the place of another."""

    def __init__(self, outer: _Put | None, parent: Node | None, number: int) -> None:
        self.outer, self.parent, self.number = outer, parent, number

    def __call__(self, node: Node) -> Node:
        if self.outer is None:
            return node
        return self.outer(_replaced(self.parent, self.number, node))


def _replaced(parent: Node | None, number: int, node: Node) -> Node:
    match parent:
        case Either(parts):
            return either([*parts[:number], node, *parts[number + 1 :]])
        case Sequence(parts):
            return Sequence((*parts[:number], node, *parts[number + 1 :]))
        case Repeat() | Within():
            return replace(parent, part=node)
        case Near():
            return replace(parent, left=node)
        case _:
            raise TypeError(f"no place in {parent!r}")


def _places(node: Node, put: _Put | None = None) -> Iterator[tuple[Node, _Put]]:
    """Every part that names the item, with what replaces it."""
    put = put or _Put(None, None, 0)
    yield node, put
    match node:
        case Either(parts) | Sequence(parts):
            inner: tuple[Node, ...] = parts
        case Repeat(part) | Within(part) | Near(left=part):
            inner = (part,)
        case _:
            inner = ()
    for number, part in enumerate(inner):
        yield from _places(part, _Put(put, node, number))


def _without_alternatives(tree: Node) -> Iterator[tuple[Node, Node]]:
    for node, put in _places(tree):
        if isinstance(node, Either):
            for number, part in enumerate(node.parts):
                yield part, put(either([*node.parts[:number], *node.parts[number + 1 :]]))


@dataclass(frozen=True)
class Overlap:
    """What two queries share.

    Attributes:
        positions: Words that lie in a hit of both.
        example: The text of the first such stretch, or the empty string.
    """

    positions: int
    example: str


def overlaps(
    index: Index, a: Query, b: Query, selection: Selection | None = None, deadline: Deadline | None = None
) -> Overlap:
    """How many words lie both in a hit of ``a`` and in a hit of ``b``, with an example.

    The example is the earliest by date, document id and position.
    """
    a, b = a.bound(index), b.bound(index)
    masks = index.live if selection is None else selection.masks
    total = 0
    earliest: tuple[int, int, str, int, str] | None = None
    for segment, mask in zip(index.segments, masks, strict=True):
        for start, end, (of_a, of_b) in evaluate_together(segment, (a, b), mask, deadline):
            both = _covered(of_a(), start, end) & _covered(of_b(), start, end)
            shared = np.flatnonzero(both & (segment.tokens[start:end] != 0)) + start
            total += int(shared.size)
            if shared.size:
                example = _earliest(segment, shared)
                earliest = example if earliest is None else min(earliest, example)
    return Overlap(total, "" if earliest is None else earliest[-1])


def _covered(block: Block, start: int, end: int) -> NDArray[np.bool_]:
    """Which positions from ``start`` to ``end`` lie in a hit."""
    steps = np.bincount(block.starts - start, minlength=end - start + 1)
    steps -= np.bincount(block.ends - start, minlength=end - start + 1)
    return np.cumsum(steps)[:-1] > 0


def _earliest(segment: Segment, shared: NDArray[np.int64]) -> tuple[int, int, str, int, str]:
    """Date, id and place of the first of these positions, with the text of the run that it begins."""
    documents = segment.document_of(shared)
    days = segment.start_day[documents]
    candidates = np.unique(documents[days == days.min()]).tolist()
    document = min(candidates, key=lambda one: (int(segment.end_day[one]), segment.ids[one]))
    own = shared[documents == document]
    run = own[: int(np.argmax(np.append(np.diff(own) > 1, True))) + 1]
    starts, _ = segment.offsets(document, run[:1])
    _, ends = segment.offsets(document, run[-1:])
    return (
        int(segment.start_day[document]),
        int(segment.end_day[document]),
        segment.ids[document],
        int(own[0] - segment.first[document]),
        " ".join(segment.passage(document, int(starts[0]), int(ends[0])).split()),
    )
