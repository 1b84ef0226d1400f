"""Forms to term numbers, as many as a memory budget allows."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tendency.corpus.classes import character_classes


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
        self._keys = np.empty(0, np.uint64)

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
        from tendency.corpus.kernels import PACKED, form_keys, intern_hashed, intern_packed

        numbers = np.empty(len(starts), np.uint32)
        keys = self._keys_for(len(starts))
        classes = character_classes()
        form_keys(codes, starts, ends, classes, keys)
        done = 0
        while (done := intern_packed(keys, done, *self._tables(), numbers)) < len(starts):
            self._grow(PACKED)
        done = 0
        tokens = (codes, starts, ends)
        while (done := intern_hashed(keys, *tokens, done, classes, *self._tables(), numbers)) < len(starts):
            self._grow(4 * int(ends[done] - starts[done]))
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

    def _keys_for(self, tokens: int) -> NDArray[np.uint64]:
        # Kept from one time to the next: fresh memory costs as much as what is written to it.
        if 2 * tokens > self._keys.size:
            self._keys = np.empty(2 * tokens, np.uint64)
        return self._keys[: 2 * tokens]

    def _tables(self) -> tuple[NDArray[Any], ...]:
        return self._slots, self._slot_terms, self._pool, self._offsets, self._count

    def _grow(self, longest: int) -> None:
        from tendency.corpus.kernels import rehash

        used = int(self._offsets[len(self)])
        if used + longest > len(self._pool):
            pool = np.empty(max(2 * len(self._pool), used + longest), np.uint8)
            pool[:used] = self._pool[:used]
            self._pool = pool
        if 4 * len(self) >= 3 * len(self._slot_terms):
            slots = np.zeros(2 * len(self._slots), np.uint64)
            terms = np.zeros(2 * len(self._slot_terms), np.uint32)
            rehash(self._slots, self._slot_terms, slots, terms)
            self._slots, self._slot_terms = slots, terms
        if len(self) + 2 >= len(self._offsets):
            offsets = np.zeros(2 * len(self._offsets), np.int64)
            offsets[: len(self) + 1] = self._offsets[: len(self) + 1]
            self._offsets = offsets
