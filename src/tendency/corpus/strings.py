"""Many strings in two arrays, decoded one at a time."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from tendency.errors import DamagedIndexError

# Text is kept as it came: half a surrogate pair, which some sources hold, must survive the round trip.
ERRORS = "surrogatepass"


def encode(text: str) -> bytes:
    """The UTF-8 of any Python string."""
    return text.encode("utf-8", ERRORS)


def decode(data: bytes) -> str:
    """The string that :func:`encode` made these bytes of."""
    return data.decode("utf-8", ERRORS)


class Strings(Sequence[str]):
    """A sequence of strings: UTF-8 bytes one after the other, and where each begins.

    Args:
        data: The bytes, uint8.
        bounds: Where each string begins, and the length of all, int64 of shape (n+1,).
        damaged: Makes the error to raise when the bounds or the bytes are impossible.
    """

    __slots__ = ("_damaged", "bounds", "data")

    def __init__(
        self,
        data: NDArray[np.uint8],
        bounds: NDArray[np.int64],
        damaged: Callable[[str], Exception] | None = None,
    ) -> None:
        self.data, self.bounds = data, bounds
        self._damaged = damaged or DamagedIndexError
        if (
            bounds.size == 0
            or bounds[0] != 0
            or bounds[-1] != data.size
            or (bounds.size > 1 and bool(np.any(bounds[1:] < bounds[:-1])))
        ):
            raise self._damaged("its strings begin outside their bytes")

    @classmethod
    def of(cls, strings: Iterable[str]) -> Strings:
        """These strings, packed."""
        encoded = [encode(string) for string in strings]
        return cls(np.frombuffer(b"".join(encoded), np.uint8), bounds_of(map(len, encoded), len(encoded)))

    def __len__(self) -> int:
        return int(self.bounds.size) - 1

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        """The string at a place, or a list of those in a slice."""
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        n = len(self)
        if not -n <= index < n:
            raise IndexError(f"string {index} of {n}")
        return self._text(self.utf8(int(index) % n))

    def __iter__(self) -> Iterator[str]:
        data, bounds = self.data.tobytes(), self.bounds.tolist()
        for start, end in itertools.pairwise(bounds):
            yield self._text(data[start:end])

    def utf8(self, index: int) -> bytes:
        """The UTF-8 of the string at a place, counted from 0."""
        return self.data[self.bounds[index] : self.bounds[index + 1]].tobytes()

    def take(self, places: NDArray[Any]) -> Strings:
        """The strings at these places, packed anew."""
        starts, lengths = self.bounds[places], self.bounds[places.astype(np.int64) + 1] - self.bounds[places]
        bounds = np.zeros(places.size + 1, np.int64)
        np.cumsum(lengths, out=bounds[1:])
        # Each byte comes from its place in the new bytes, moved by how far its string moved.
        sources = np.arange(int(bounds[-1])) + np.repeat(starts - bounds[:-1], lengths)
        return Strings(self.data[sources], bounds, self._damaged)

    def equal(self, left: NDArray[Any], right: NDArray[Any]) -> NDArray[np.bool_]:
        """Whether the strings at the places ``left`` are those at ``right``, pair by pair."""
        left, right = left.astype(np.int64), right.astype(np.int64)
        lengths = self.bounds[left + 1] - self.bounds[left]
        same: NDArray[np.bool_] = lengths == self.bounds[right + 1] - self.bounds[right]
        pairs = np.flatnonzero(same)
        within = np.repeat(self.bounds[left[pairs]], lengths[pairs])
        shift = np.repeat(self.bounds[right[pairs]] - self.bounds[left[pairs]], lengths[pairs])
        pair = np.repeat(pairs, lengths[pairs])
        steps = np.arange(within.size) - np.repeat(np.cumsum(lengths[pairs]) - lengths[pairs], lengths[pairs])
        places = within + steps
        same[pair[self.data[places] != self.data[places + shift]]] = False
        return same

    def bisect(self, target: bytes, order: NDArray[Any] | None = None, *, after: bool = False) -> int:
        """How many strings come before ``target`` (with ``after``: or begin with it).

        The strings must ascend, themselves or through ``order``. UTF-8 sorts as code points do.
        """
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            held = self.utf8(middle if order is None else int(order[middle]))
            if held < target or (after and held.startswith(target)):
                low = middle + 1
            else:
                high = middle
        return low

    def _text(self, data: bytes) -> str:
        try:
            return decode(data)
        except UnicodeDecodeError:
            raise self._damaged("a string in it is not UTF-8") from None


def bounds_of(lengths: Iterable[int], n: int) -> NDArray[np.int64]:
    """Where each of ``n`` strings of these lengths begins, and the length of all."""
    bounds = np.zeros(n + 1, np.int64)
    np.cumsum(np.fromiter(lengths, np.int64, n), out=bounds[1:])
    return bounds


def concatenate(parts: Sequence[Strings]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """The bytes and bounds of these strings, one sequence after the other."""
    data = np.concatenate([part.data for part in parts])
    moved, at = [np.zeros(1, np.int64)], 0
    for part in parts:
        moved.append(part.bounds[1:] + at)
        at += part.data.size
    return data, np.concatenate(moved)


def sort_order(data: NDArray[np.uint8], bounds: NDArray[np.int64]) -> NDArray[np.uint32]:
    """The order in which strings ascend by their bytes, equal ones in the order given; uint32 of shape (n,).

    Sorts by eight bytes at a time, then again within what is still equal: no Python per string.
    """
    n = bounds.size - 1
    lengths = np.diff(bounds)
    padded = np.concatenate([data, np.zeros(8, np.uint8)])
    order = np.arange(n, dtype=np.int64)
    group = np.zeros(n, np.int64)
    # Places in `order` that are not yet decided, and the group that each belongs to.
    open_places = np.arange(n, dtype=np.int64)
    depth = 0
    while open_places.size:
        held = order[open_places]
        keys = _eight_bytes(padded, bounds[held] + depth, lengths[held] - depth)
        rest = np.minimum(lengths[held] - depth, 9)
        by = np.lexsort((rest, keys, group[open_places]))
        order[open_places] = held[by]
        keys, rest, groups = keys[by], rest[by], group[open_places]
        fresh = np.ones(by.size, np.bool_)
        fresh[1:] = (keys[1:] != keys[:-1]) | (rest[1:] != rest[:-1]) | (groups[1:] != groups[:-1])
        numbers = np.cumsum(fresh) - 1
        sizes = np.bincount(numbers)
        undecided = (sizes[numbers] > 1) & (rest > 8)
        group[open_places] = numbers
        open_places = open_places[undecided]
        depth += 8
    return order.astype(np.uint32)


def _eight_bytes(
    padded: NDArray[np.uint8], starts: NDArray[np.int64], lengths: NDArray[np.int64]
) -> NDArray[np.uint64]:
    """The next bytes of each string as one big-endian number, with zeros after its end."""
    keys = np.zeros(starts.size, np.uint64)
    for i in range(8):
        byte = padded[np.minimum(starts + i, padded.size - 1)]
        keys = (keys << np.uint64(8)) | np.where(lengths > i, byte, 0).astype(np.uint64)
    return keys
