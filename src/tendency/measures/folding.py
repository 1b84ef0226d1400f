"""Findings that are one: inflected forms, and n-grams that are parts of each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

NEARLY_ALL: Final = 0.8
"""Two n-grams with so large a share of the hits of the more frequent one are found together."""


class Member(NamedTuple):
    """One word or n-gram that was found.

    Attributes:
        parts: The numbers of its words.
        text: Its words.
        hits: How often it is found.
        sign: 1 where it goes up, else -1.
    """

    parts: tuple[int, ...]
    text: str
    hits: int
    sign: float


def folded(members: Sequence[Member], words: Sequence[str], language: str) -> list[tuple[int, list[int]]]:
    """Findings in order, each with those that it stands for.

    What goes the same way is folded: an n-gram into a longer one that holds it and has nearly all of its hits; n-grams of one length that
    overlap but for one word and have nearly the same hits; and what differs only by inflection, as the language's list of lemmas has it.

    Args:
        members: What was found, best first.
        words: The folded form of each word by its number.
        language: Whose lemmas are used; empty for none.

    Returns:
        The place of each finding, ascending, and the places of the others in it; a longer n-gram stands for its parts, else the
        best one for all.
    """
    groups = _Groups(len(members))
    place = {member.parts: at for at, member in enumerate(members)}
    into: dict[int, int] = {}
    for at in sorted(range(len(members)), key=lambda at: (-len(members[at].parts), -members[at].hits, at)):
        longer = members[at]
        for part in _parts(longer.parts):
            inner = place.get(part)
            if inner is None or inner in into or members[inner].sign != longer.sign:
                continue
            if longer.hits >= NEARLY_ALL * members[inner].hits:
                into[inner] = at
                groups.join(inner, at)
    _join_overlapping(members, groups)
    if language:
        _join_inflected(members, words, language, groups)
    held: dict[int, list[int]] = {}
    for at in range(len(members)):
        held.setdefault(groups.root(at), []).append(at)
    result = []
    for own in held.values():
        first = next((at for at in own if at not in into), own[0])
        result.append((first, [at for at in own if at != first], own[0]))
    return [(first, others) for first, others, _ in sorted(result, key=lambda one: one[2])]


def _parts(words: tuple[int, ...]) -> list[tuple[int, ...]]:
    """The shorter n-grams in one."""
    n = len(words)
    return [words[at : at + size] for size in range(n - 1, 0, -1) for at in range(n - size + 1)]


def _join_overlapping(members: Sequence[Member], groups: _Groups) -> None:
    """Those of one length of which one goes on where the other stops."""
    begins: dict[tuple[int, ...], list[int]] = {}
    for at, member in enumerate(members):
        if len(member.parts) > 2:
            begins.setdefault(member.parts[:-1], []).append(at)
    for at, member in enumerate(members):
        if len(member.parts) < 3:
            continue
        for other in begins.get(member.parts[1:], ()):
            fewer, more = sorted((member.hits, members[other].hits))
            if members[other].sign == member.sign and fewer >= NEARLY_ALL * more:
                groups.join(at, other)


def _join_inflected(members: Sequence[Member], words: Sequence[str], language: str, groups: _Groups) -> None:
    """Those of which every word has the same lemma."""
    from tendency.corpus.lemmas import lemmas_of

    lemma: dict[int, str] = {}
    seen: dict[tuple[float, tuple[str, ...]], int] = {}
    for at, member in enumerate(members):
        for part in member.parts:
            if part not in lemma:
                lemma[part] = min(lemmas_of(words[part], language))
        key = (member.sign, tuple(lemma[part] for part in member.parts))
        groups.join(at, seen.setdefault(key, at))


class _Groups:
    """Disjoint sets of numbers."""

    def __init__(self, size: int) -> None:
        self._of = list(range(size))

    def root(self, at: int) -> int:
        """One number for all of a set."""
        while self._of[at] != at:
            self._of[at] = self._of[self._of[at]]
            at = self._of[at]
        return at

    def join(self, one: int, other: int) -> None:
        """Make one set of two."""
        self._of[self.root(one)] = self.root(other)
