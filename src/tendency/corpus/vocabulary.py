"""Forms to term numbers, as many as a memory budget allows."""

from __future__ import annotations

import itertools
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tendency.corpus.classes import character_classes

_BLOCK: Final = 1 << 12
"""Tokens that are looked up together."""


class Vocabulary:
    """The forms met so far, numbered from 1; 0 is the sentence end.

    Numbers are 32-bit; the caller cuts a segment long before they run out. One thread at a time.

    Args:
        expected: How many forms to make room for at first.
    """

    def __init__(self, expected: int = 1 << 16) -> None:
        room = 1 << max(10, (2 * expected - 1).bit_length())
        self._slots = np.zeros(2 * room, np.uint64)
        self._slot_terms = np.zeros(room, np.uint32)
        self._offsets = np.zeros(room + 2, np.int64)
        self._pool = np.empty(8 * room, np.uint8)
        self._count = np.ones(1, np.int64)
        self._keys = np.empty(2 * _BLOCK, np.uint64)

    def __len__(self) -> int:
        """How many terms there are, the sentence end included."""
        return int(self._count[0])

    @property
    def nbytes(self) -> int:
        """The memory held, in bytes."""
        return self._keys.nbytes + sum(table.nbytes for table in self._tables())

    def add(
        self, codes: NDArray[np.uint32], starts: NDArray[np.int32], ends: NDArray[np.int32]
    ) -> NDArray[np.uint32]:
        """The term number of each token, 0 for a sentence end; the GIL is released meanwhile.

        Args:
            codes: Code points that the tokens point into.
            starts: Where each token begins, (tokens,).
            ends: Where it ends, exclusive, (tokens,).
        """
        from tendency.corpus.kernels import intern

        numbers = np.empty(len(starts), np.uint32)
        classes, tokens = character_classes(), (codes, starts, ends)
        done = 0
        while (done := intern(*tokens, done, classes, self._keys, *self._tables(), numbers)) < len(starts):
            last = min(done + _BLOCK, len(starts)) - 1
            self._grow(last + 1 - done, 4 * int(ends[last] - starts[done]))
        return numbers

    def forms(self) -> list[str]:
        """The form of each term, the empty string for the sentence end."""
        pool, offsets = self.utf8()
        content, places = pool.tobytes(), offsets.tolist()
        return [content[a:b].decode() for a, b in itertools.pairwise(places)]

    def utf8(self) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """All forms as UTF-8, one after the other, and where each begins and the last one ends.

        Views that hold until the next ``add``; the offsets have shape (terms + 1,).
        """
        offsets = self._offsets[: len(self) + 1]
        return self._pool[: offsets[-1]], offsets

    def _tables(self) -> tuple[NDArray[Any], ...]:
        return self._slots, self._slot_terms, self._pool, self._offsets, self._count

    def _grow(self, terms: int, characters: int) -> None:
        """Make room for so many more terms, with forms of so many bytes together."""
        from tendency.corpus.kernels import rehash

        used, count = int(self._offsets[len(self)]), len(self) + terms
        if used + characters > len(self._pool):
            pool = np.empty(max(2 * len(self._pool), used + characters), np.uint8)
            pool[:used] = self._pool[:used]
            self._pool = pool
        room = len(self._slot_terms)
        while 3 * room // 4 < count:
            room *= 2
        if room > len(self._slot_terms):
            slots, slot_terms = np.zeros(2 * room, np.uint64), np.zeros(room, np.uint32)
            rehash(self._slots, self._slot_terms, slots, slot_terms)
            self._slots, self._slot_terms = slots, slot_terms
        if count > len(self._offsets) - 2:
            offsets = np.zeros(max(2 * len(self._offsets), count + 2), np.int64)
            offsets[: len(self) + 1] = self._offsets[: len(self) + 1]
            self._offsets = offsets
