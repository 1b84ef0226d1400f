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

    def take(self, places: NDArray[np.uint32]) -> Strings:
        """The strings at these places, packed anew."""
        from tendency.corpus.kernels import gather_strings

        bounds = np.zeros(places.size + 1, np.int64)
        np.cumsum(np.diff(self.bounds)[places], out=bounds[1:])
        return Strings(gather_strings(self.data, self.bounds, places, bounds), bounds, self._damaged)

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


def sort_order(strings: Strings) -> NDArray[np.uint32]:
    """The order in which strings ascend by their bytes, equal ones in the order given; uint32 of shape (n,).

    Sorts by eight bytes at a time, then again within what is still equal: no Python per string.
    """
    n = len(strings)
    order = np.arange(n, dtype=np.uint32)
    undecided, groups = order.copy(), np.zeros(n, np.uint32)
    depth = 0
    while undecided.size:
        held = order[undecided]
        keys, lengths = _eight_bytes(strings, held, depth)
        by = np.argsort(keys, kind="stable") if depth == 0 else np.lexsort((lengths, keys, groups))
        held, keys, lengths = held[by], keys[by], lengths[by]
        fresh = np.ones(by.size, np.bool_)
        fresh[1:] = (keys[1:] != keys[:-1]) | (groups[1:] != groups[:-1])
        del by, keys
        if depth == 0:
            _shorter_first(held, lengths, fresh)
        order[undecided] = held
        fresh[1:] |= lengths[1:] != lengths[:-1]
        numbers = (np.cumsum(fresh) - 1).astype(np.uint32)
        alone = np.bincount(numbers)[numbers] == 1
        again = ~alone & (lengths > 8)
        undecided, groups = undecided[again], numbers[again]
        depth += 8
    return order


def differs_from_last(strings: Strings) -> NDArray[np.bool_]:
    """For each string whether it is another than the one before it."""
    fresh = np.ones(len(strings), np.bool_)
    lengths = np.diff(strings.bounds)
    fresh[1:] = lengths[1:] != lengths[:-1]
    # Where the lengths are equal, each byte is compared with the one as far before it as the string is long.
    place = np.arange(strings.data.size)
    before = place - np.repeat(lengths, lengths)
    unequal = np.zeros(strings.data.size + 1, np.int64)
    np.cumsum((strings.data != strings.data[np.maximum(before, 0)]) | (before < 0), out=unequal[1:])
    fresh[1:] |= (unequal[strings.bounds[1:]] - unequal[strings.bounds[:-1]])[1:] > 0
    return fresh


def equal(one: Strings, other: Strings) -> NDArray[np.bool_]:
    """For each of as many strings whether it is the one in the same place of the other sequence."""
    same: NDArray[np.bool_] = np.diff(one.bounds) == np.diff(other.bounds)
    places = np.flatnonzero(same).astype(np.uint32)
    one, other = one.take(places), other.take(places)
    unequal = np.zeros(one.data.size + 1, np.int64)
    np.cumsum(one.data != other.data, out=unequal[1:])
    same[places] = unequal[one.bounds[1:]] == unequal[one.bounds[:-1]]
    return same


def _shorter_first(held: NDArray[np.uint32], lengths: NDArray[np.uint8], fresh: NDArray[np.bool_]) -> None:
    """Put what is equal in its key in order of length, in place: a zero byte comes after the end of a string."""
    unequal = np.flatnonzero(~fresh[1:] & (lengths[1:] < lengths[:-1]))
    if not unequal.size:
        return
    numbers = np.cumsum(fresh) - 1
    concerned = np.flatnonzero(np.isin(numbers, np.unique(numbers[unequal])))
    by = concerned[np.lexsort((lengths[concerned], numbers[concerned]))]
    held[concerned], lengths[concerned] = held[by], lengths[by]


def _eight_bytes(
    strings: Strings, places: NDArray[np.uint32], depth: int
) -> tuple[NDArray[np.uint64], NDArray[np.uint8]]:
    """The next eight bytes of each string as a number, and how many there were, 9 for more."""
    from tendency.corpus.kernels import string_keys

    keys, lengths = np.empty(places.size, np.uint64), np.empty(places.size, np.uint8)
    string_keys(strings.data, strings.bounds, places, depth, keys, lengths)
    return keys, lengths


def which_fit(strings: Sequence[str], pattern: str) -> NDArray[np.bool_]:
    """For each string whether all of it fits a regular expression, by an engine that takes linear time."""
    import polars as pl

    try:
        series = pl.Series(strings, dtype=pl.String)
    except UnicodeEncodeError:
        # Half a surrogate pair, which only a damaged text holds, fits nothing.
        series = pl.Series(
            [string.encode("utf-8", "replace").decode() for string in strings], dtype=pl.String
        )
    fit: NDArray[np.bool_] = series.str.contains(rf"\A{pattern}\z").to_numpy()
    return fit
