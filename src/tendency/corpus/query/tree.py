"""What a query means, as a tree: the bare form and CQL make the same nodes.

Three levels, each built of the one before. A *test* says of one token whether it fits (``Term``,
``AnyWord``, ``Not``, ``Both``, ``Either`` of tests). A *pattern* says of a run of tokens whether it
fits (``Sequence``, ``Either``, ``Repeat``, ``Boundary``, ``Written``). *Hits* are what a pattern
finds, combined (``Near``, ``Within``, ``Either``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

LONGEST: Final = 1000
"""The most tokens that a hit may have, sentence ends not counted."""

Attribute = Literal["word", "form", "lemma"]
Kind = Literal["is", "glob", "regex"]


@dataclass(frozen=True, slots=True)
class Term:
    """A token whose attribute is this.

    Attributes:
        attribute: ``word`` as written, ``form`` without case, ``lemma``.
        kind: How to read the text: as it stands, with ``*`` and ``?``, or as a regular expression.
        text: Folded already when the attribute is ``form`` or ``lemma``.
        accents: False to take no account of accents.
    """

    attribute: Attribute
    kind: Kind
    text: str
    accents: bool = True


@dataclass(frozen=True, slots=True)
class AnyWord:
    """Any one word; never a sentence end."""


@dataclass(frozen=True, slots=True)
class Not:
    """A word that fails the test."""

    part: Test


@dataclass(frozen=True, slots=True)
class Both:
    """A word that passes every test."""

    parts: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """What any of the parts finds."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Sequence:
    """One part right after the other."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """A part ``least`` to ``most`` times; None is without limit."""

    part: Node
    least: int
    most: int | None


@dataclass(frozen=True, slots=True)
class Boundary:
    """No token, but the place where a sentence starts or ends."""

    side: Literal["start", "end"]


@dataclass(frozen=True, slots=True)
class Written:
    """Words that stand in the text exactly so, with what joins them, such as ``anti-Soviet``."""

    parts: tuple[Term, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Near:
    """Hits of the left that have a hit of the right at most ``distance`` words away; or have none."""

    left: Node
    right: Node
    distance: int
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Within:
    """Hits of the part that may cross sentence ends (``document``) or may not (``sentence``)."""

    part: Node
    scope: Literal["sentence", "document"]


Test: TypeAlias = Term | AnyWord | Not | Both | Either
Node: TypeAlias = (
    Term | AnyWord | Not | Both | Either | Sequence | Repeat | Boundary | Written | Near | Within
)


def children(node: Node) -> tuple[Node, ...]:
    """The nodes right under this one."""
    match node:
        case Both(parts) | Either(parts) | Sequence(parts) | Written(parts):
            return parts
        case Not(part) | Repeat(part) | Within(part):
            return (part,)
        case Near(left, right):
            return (left, right)
        case _:
            return ()


def walk(node: Node) -> Iterator[Node]:
    """The node and all under it, in the order in which they were written."""
    waiting = [node]
    while waiting:
        held = waiting.pop()
        yield held
        waiting.extend(reversed(children(held)))


def leaves(node: Node) -> tuple[Term, ...]:
    """Every term named in the tree, each once, in the order in which they were written."""
    return tuple(dict.fromkeys(held for held in walk(node) if isinstance(held, Term)))


def is_test(node: Node) -> bool:
    """True for what says something of one token."""
    if isinstance(node, Either):
        return all(is_test(part) for part in node.parts)
    return isinstance(node, Term | AnyWord | Not | Both)


def is_pattern(node: Node) -> bool:
    """True for what may stand inside a phrase: anything without ``near`` and ``within``."""
    return not any(isinstance(held, Near | Within) for held in walk(node))


def either(parts: list[Node]) -> Node:
    """Any of the parts; one part is itself, equal and nested ones are taken together."""
    flat: list[Node] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, Either) else (part,))
    found = tuple(dict.fromkeys(flat))
    return found[0] if len(found) == 1 else Either(found)


def sequence(parts: list[Node]) -> Node:
    """One part after the other; one part is itself, nested sequences are laid end to end."""
    flat: list[Node] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, Sequence) else (part,))
    return flat[0] if len(flat) == 1 else Sequence(tuple(flat))


def shortest(node: Node) -> int:
    """The fewest tokens that a pattern can have."""
    match node:
        case Boundary():
            return 0
        case Sequence(parts) | Written(parts):
            return sum(shortest(part) for part in parts)
        case Either(parts):
            return min(shortest(part) for part in parts)
        case Repeat(part, least):
            return least * shortest(part)
        case Near(left):
            return shortest(left)
        case Within(part):
            return shortest(part)
        case _:
            return 1


def unrolled(node: Node) -> int:
    """How many places for a token the pattern has once repetitions are written out."""
    match node:
        case Boundary():
            return 0
        case Repeat(part, least, most):
            return unrolled(part) * (max(least, 1) if most is None else most)
        case _ if is_test(node):
            return 1
        case _:
            return sum(unrolled(part) for part in children(node))


def required(node: Node) -> list[Node]:
    """Tests that some token of every hit of a pattern passes."""
    match node:
        case Sequence(parts):
            return [test for part in parts for test in required(part)]
        case Repeat(part, least):
            return required(part) if least else []
        case Written(parts):
            return list(parts)
        case AnyWord() | Boundary():
            return []
        case _:
            return [node] if is_test(node) else []


def names_nothing(node: Node) -> bool:
    """True when some hit could be made of any words whatever."""
    match node:
        case AnyWord():
            return True
        case Sequence(parts):
            return all(names_nothing(part) or _optional(part) for part in parts)
        case Either(parts):
            return any(names_nothing(part) for part in parts)
        case Repeat(part):
            return names_nothing(part)
        case Near(left, right):
            return names_nothing(left) or names_nothing(right)
        case Within(part):
            return names_nothing(part)
        case _:
            return False


def _optional(node: Node) -> bool:
    return shortest(node) == 0 and not isinstance(node, Boundary)
