"""Which documents of a segment are live, where the mask that says so is damaged.

The manifest knows the mask's checksum, how many documents are live, and the sum of their content digests. A
guess that has the checksum is the mask; the sum says where to guess.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import xxhash
from numpy.typing import NDArray

from tendency.corpus.manifest import Entry, mask_bytes

_MODULUS: Final = 1 << 64
_BYTES_AT_ONCE: Final = 1 << 13
_PATTERNS: Final = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1).T.astype(np.uint64)
"""Which of eight bits each of 256 patterns has, uint64 of shape (8, 256)."""


def found_again(
    entry: Entry, read: bytes, contents: NDArray[np.uint64] | None, dead: NDArray[np.bool_]
) -> NDArray[np.bool_] | None:
    """The live documents of a segment, bool of shape (documents,), or None where they cannot be told.

    Args:
        entry: The segment as the manifest names it.
        read: What can be read of its mask.
        contents: The content digests of its documents, of shape (documents, 2), where they are whole.
        dead: Documents that are known not to be live, because another document with their id is.
    """
    if contents is None:
        return None
    for guess in (*_one_byte(entry, read, contents[:, 1]), *_few_dead(entry, contents[:, 1], dead)):
        if _has_checksum(entry, guess):
            return guess
    return None


def _has_checksum(entry: Entry, live: NDArray[np.bool_]) -> bool:
    return entry.live is not None and xxhash.xxh3_128_hexdigest(mask_bytes(live)) == entry.live.checksum


def _expected(entry: Entry) -> int:
    """The sum of the live documents' digests, modulo 2**64."""
    return int(entry.fingerprint, 16) % _MODULUS


def _less(total: int, digests: NDArray[np.uint64]) -> np.uint64:
    """What is left of a sum without these digests, modulo 2**64."""
    return np.uint64((total - int(digests.sum(dtype=np.uint64))) % _MODULUS)


def _one_byte(entry: Entry, read: bytes, low: NDArray[np.uint64]) -> Iterator[NDArray[np.bool_]]:
    """The mask as it was read, with one byte changed such that the sum is right."""
    size = -(-entry.documents // 8)
    if len(read) != size:
        return
    bits = np.unpackbits(np.frombuffer(read, np.uint8))
    bits[entry.documents :] = 0
    digests = np.zeros(8 * size, np.uint64)
    digests[: low.size] = low
    missing = _less(_expected(entry), digests[bits == 1])
    if not missing:
        yield bits[: entry.documents].astype(np.bool_)
        return
    # What each changed bit adds to the sum, modulo 2**64.
    steps = np.where(bits == 1, np.uint64(0) - digests, digests).reshape(size, 8)
    for at in range(0, size, _BYTES_AT_ONCE):
        sums = steps[at : at + _BYTES_AT_ONCE] @ _PATTERNS
        for byte, pattern in np.argwhere(sums == missing).tolist():
            changed = bits.copy()
            changed[8 * (at + byte) : 8 * (at + byte) + 8] ^= _PATTERNS[:, pattern].astype(np.uint8)
            yield changed[: entry.documents].astype(np.bool_)


def _few_dead(entry: Entry, low: NDArray[np.uint64], dead: NDArray[np.bool_]) -> Iterator[NDArray[np.bool_]]:
    """All that may be live but none, one or two, such that the sum is right."""
    maybe = np.flatnonzero(~dead)
    held = low[maybe]
    surplus = np.uint64(-int(_less(_expected(entry), held)) % _MODULUS)
    count = maybe.size - entry.live_documents
    order = np.argsort(held)
    pairs: list[tuple[int, ...]] = []
    if count == 0:
        pairs = [()]
    elif count == 1:
        pairs = [(one,) for one in np.flatnonzero(held == surplus).tolist()]
    elif count == 2:
        places = np.minimum(np.searchsorted(held, surplus - held, sorter=order), held.size - 1)
        others = order[places]
        fits = np.flatnonzero((held[others] == surplus - held) & (others > np.arange(held.size)))
        pairs = list(zip(fits.tolist(), others[fits].tolist(), strict=True))
    for gone in pairs:
        live = ~dead
        live[maybe[list(gone)]] = False
        yield live
