"""Patterns with repetitions, run on many starts at once as a non-deterministic automaton.

The places for a token in a pattern are numbered; the state of one start is the set of places that its
last token may have filled, as bits. A step takes every start one token further, so that the time is the
number of tokens looked at, whatever the pattern.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tendency.corpus.query.tree import (
    LONGEST,
    AnyWord,
    Boundary,
    Either,
    Node,
    Repeat,
    Sequence,
    Written,
    is_test,
)

START, END = 1, 2
"""Bits of a place between tokens: a sentence starts after it; a sentence ends before it."""

Bits = NDArray[np.uint64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Stream:
    """The words of a window without its sentence ends, one element more than words where noted.

    Attributes:
        positions: Of each word, in the segment.
        terms: Of each word.
        before: Bits of the place before each word, for a hit that starts there, uint8 (words + 1,).
        after: The same for a hit that ends there.
        barrier: No hit goes on to this word, bool (words + 1,).
    """

    positions: Integers
    terms: NDArray[np.uint32]
    before: NDArray[np.uint8]
    after: NDArray[np.uint8]
    barrier: NDArray[np.bool_]


@dataclass
class _Links:
    """The automaton as it is built: moves that take no token, and moves that take one."""

    free: list[list[tuple[int, int]]] = field(default_factory=list)
    taking: list[tuple[int, Node, int]] = field(default_factory=list)

    def state(self) -> int:
        self.free.append([])
        return len(self.free) - 1

    def build(self, node: Node, start: int) -> int:
        """Adds a pattern behind a state and returns the state after it."""
        if isinstance(node, Written):
            # Its first token is known by its position, so the others need no test of their own.
            at = self.take(node, start)
            for _ in node.parts[1:]:
                at = self.take(AnyWord(), at)
            return at
        if is_test(node):
            return self.take(node, start)
        match node:
            case Boundary(side):
                end = self.state()
                self.free[start].append((START if side == "start" else END, end))
                return end
            case Sequence(parts):
                for part in parts:
                    start = self.build(part, start)
                return start
            case Either(parts):
                end = self.state()
                for part in parts:
                    inner = self.state()
                    self.free[start].append((0, inner))
                    self.free[self.build(part, inner)].append((0, end))
                return end
            case Repeat(part, least, most):
                return self.repeat(part, least, most, start)
            case _:
                raise TypeError(f"not a pattern: {node!r}")

    def take(self, test: Node, start: int) -> int:
        end = self.state()
        self.taking.append((start, test, end))
        return end

    def repeat(self, part: Node, least: int, most: int | None, start: int) -> int:
        for _ in range(least):
            start = self.build(part, start)
        end = self.state()
        self.free[start].append((0, end))
        if most is None:
            loop = self.state()
            self.free[start].append((0, loop))
            behind = self.build(part, loop)
            self.free[behind] += [(0, loop), (0, end)]
            return end
        for _ in range(most - least):
            start = self.build(part, start)
            self.free[start].append((0, end))
        return end

    def reached(self, state: int, bits: int) -> set[int]:
        """The states that can be reached without a token where the place has these bits."""
        seen, waiting = {state}, [state]
        while waiting:
            for needed, target in self.free[waiting.pop()]:
                if needed & ~bits == 0 and target not in seen:
                    seen.add(target)
                    waiting.append(target)
        return seen


class Automaton:
    """A pattern, ready to run.

    Attributes:
        tests: The distinct tests of its places; a ``Written`` is one that only positions can answer.
        width: 64-bit numbers to a state.
    """

    def __init__(self, pattern: Node) -> None:
        links = _Links()
        start = links.state()
        end = links.build(pattern, start)
        self.tests = tuple(dict.fromkeys(test for _, test, _ in links.taking))
        places = len(links.taking)
        self.width = -(-places // 64)
        leaving: dict[int, list[int]] = {}
        for place, (source, _, _) in enumerate(links.taking):
            leaving.setdefault(source, []).append(place)
        numbers = {test: number for number, test in enumerate(self.tests)}
        by_test: list[list[int]] = [[] for _ in self.tests]
        for place, (_, test, _) in enumerate(links.taking):
            by_test[numbers[test]].append(place)
        self._allowed = self._tables([self._bits(held) for held in by_test])
        self._bounded = any(needed for moves in links.free for needed, _ in moves)
        self._first = np.zeros((4, self.width), np.uint64)
        self._accepting = np.zeros((4, self.width), np.uint64)
        self._follow: list[NDArray[np.uint64]] = []
        for bits in range(4 if self._bounded else 1):
            reached = {
                state: links.reached(state, bits) for state in {start, *(held[2] for held in links.taking)}
            }
            places_of = {
                state: [place for held in found for place in leaving.get(held, ())]
                for state, found in reached.items()
            }
            self._first[bits] = self._bits(places_of[start])
            self._accepting[bits] = self._bits(
                [place for place, (_, _, target) in enumerate(links.taking) if end in reached[target]]
            )
            self._follow.append(
                self._tables([self._bits(places_of[target]) for _, _, target in links.taking])
            )
        self.first_tests = {
            links.taking[place][1]
            for bits in range(4 if self._bounded else 1)
            for place in self._places(self._first[bits])
        }

    def _bits(self, places: list[int]) -> Bits:
        bits = np.zeros(self.width, np.uint64)
        for place in places:
            bits[place // 64] |= np.uint64(1 << (place % 64))
        return bits

    def _places(self, bits: Bits) -> list[int]:
        return [at for at in range(64 * self.width) if int(bits[at // 64]) >> (at % 64) & 1]

    def _tables(self, rows: list[Bits]) -> NDArray[np.uint64]:
        """For each byte of a set of rows, and each value of it, the union of the rows that it names."""
        tables = np.zeros((-(-len(rows) // 8), 256, self.width), np.uint64)
        for number, row in enumerate(rows):
            byte, bit = divmod(number, 8)
            tables[byte, np.arange(256) >> bit & 1 == 1] |= row
        return tables

    def run(
        self,
        stream: Stream,
        starts: Integers,
        facts: Callable[[Integers], NDArray[np.uint8]],
        check: Callable[[], None],
    ) -> tuple[Integers, Integers]:
        """The shortest hit from each start, as elements of the stream, half-open, ascending.

        Args:
            stream: What is searched.
            starts: Where hits may start, ascending.
            facts: For elements of the stream, the tests that each passes, as bits, uint8 (n, tests / 8).
            check: Called before each step; may raise.
        """
        found_starts, found_ends = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
        bits = stream.before[starts] if self._bounded else None
        first = self._first[0] if bits is None else self._first[bits]
        state = first & _union(self._allowed, facts(starts))
        starts, state = _alive(starts, state)
        for taken in range(1, LONGEST + 1):
            if not starts.size:
                break
            check()
            at = starts + taken
            bits = stream.after[at] if self._bounded else None
            accepting = self._accepting[0] if bits is None else self._accepting[bits]
            done = (state & accepting).any(axis=1)
            found_starts.append(starts[done])
            found_ends.append(at[done])
            on = ~done & ~stream.barrier[at]
            starts, state, at = starts[on], state[on], at[on]
            if not starts.size:
                break
            state = self._followed(state, None if bits is None else bits[on]) & _union(
                self._allowed, facts(at)
            )
            starts, state = _alive(starts, state)
        all_starts, all_ends = np.concatenate(found_starts), np.concatenate(found_ends)
        order = np.argsort(all_starts, kind="stable")
        return all_starts[order], all_ends[order]

    def _followed(self, state: Bits, bits: NDArray[np.uint8] | None) -> Bits:
        held = np.ascontiguousarray(state, "<u8").view(np.uint8)
        if bits is None:
            return _union(self._follow[0], held)
        followed = np.empty_like(state)
        for value in np.unique(bits).tolist():
            rows = bits == value
            followed[rows] = _union(self._follow[value], held[rows])
        return followed


def _union(tables: NDArray[np.uint64], numbers: NDArray[np.uint8]) -> Bits:
    """The union of the rows that each line of bits names."""
    found = np.zeros((numbers.shape[0], tables.shape[2]), np.uint64)
    for byte in range(tables.shape[0]):
        named = numbers[:, byte]
        # Long gaps have hundreds of places of which a step reaches few.
        if tables.shape[0] == 1 or named.any():
            found |= tables[byte][named]
    return found


def _alive(starts: Integers, state: Bits) -> tuple[Integers, Bits]:
    alive = state.any(axis=1)
    return starts[alive], state[alive]
