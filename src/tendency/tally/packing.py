"""A tally as bytes and back, whole numbers exact; reading runs no code that the bytes could name."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import numpy as np
import orjson
from numpy.typing import NDArray

from tendency.tally.clusters import Clustering, ClusterRows, ClusterTable, Moments
from tendency.tally.exact import Exact
from tendency.tally.periods import Period
from tendency.tally.tally import Standing, Tally, Undated

_HALF: Final = 63
_LOW: Final = (1 << _HALF) - 1
_LENGTH: Final = 8


def packed(tally: Tally) -> bytes | None:
    """The tally as bytes; None for one that they cannot hold (a sum from 2¹²⁶, a name that is no text)."""
    undated = tally.undated
    arrays: list[NDArray[Any]] = [tally.documents, tally.tokens, tally.hits, tally.documents_with_hits]
    arrays += [undated.documents, undated.tokens, undated.hits]
    wide: list[bool] = []
    for clustering in tally.clusterings:
        singles, table = clustering.singles, clustering.table
        arrays.append(singles.clusters)
        for exact in (singles.products, singles.cubes):
            largest = max(exact.ravel().tolist(), default=0)
            if largest >= 1 << 2 * _HALF:
                return None
            wide.append(largest > _LOW)
            arrays += [exact & _LOW, exact >> _HALF] if wide[-1] else [exact]
        arrays += [table.rows.period, table.rows.split, table.values]
    standing = tally.standing
    header = {
        "columns": tally.columns,
        "grain": tally.grain,
        "periods": [(one.label, one.start.toordinal(), one.end.toordinal()) for one in tally.periods],
        "splits": tally.splits,
        "clusterings": [(clustering.name, clustering.table.rows.names) for clustering in tally.clusterings],
        "standing": (standing.documents, standing.several, standing.none, standing.outside),
        "wide": wide,
    }
    try:
        written = orjson.dumps(header)
    except TypeError:
        return None
    numbers = b"".join(np.ascontiguousarray(array.astype("<i8")).tobytes() for array in arrays)
    return len(written).to_bytes(_LENGTH, "little") + written + numbers


def unpacked(data: bytes) -> Tally | None:
    """The tally that :func:`packed` made these bytes of; None where they cannot be one."""
    try:
        return _unpacked(data)
    except (ValueError, TypeError, KeyError, IndexError, OverflowError, AttributeError):
        return None


def _unpacked(data: bytes) -> Tally:
    start = _LENGTH + int.from_bytes(data[:_LENGTH], "little")
    header = orjson.loads(data[_LENGTH:start])
    numbers = _Numbers(data, start)
    columns, splits = _names(header["columns"]), _names(header["splits"])
    periods = tuple(
        Period(str(label), dt.date.fromordinal(first), dt.date.fromordinal(end))
        for label, first, end in header["periods"]
    )
    p, s, c = len(periods), len(splits), len(columns)
    documents, tokens = numbers.take(p, s), numbers.take(p, s)
    hits, with_hits = numbers.take(p, s, c), numbers.take(p, s, c)
    undated = Undated(numbers.take(s), numbers.take(s), numbers.take(s, c))
    wide = iter(header["wide"])
    clusterings = []
    for name, names in header["clusterings"]:
        clusters = numbers.take(p, s)
        products = numbers.exact(next(wide, False), p, s, 1 + c, 1 + c)
        cubes = numbers.exact(next(wide, False), p, s, 1 + c)
        rows = len(names)
        period, split = numbers.take(rows), numbers.take(rows)
        if rows and (int(period.max()) >= p or int(split.max()) >= s):
            raise ValueError("a row in no period or split")
        table = ClusterTable(ClusterRows(_names(names), period, split), numbers.take(rows, 1 + c))
        clusterings.append(Clustering(str(name), Moments(clusters, products, cubes), table))
    if numbers.at != len(data):
        raise ValueError("more bytes than numbers")
    return Tally(
        columns,
        str(header["grain"]),
        periods,
        splits,
        documents,
        tokens,
        hits,
        with_hits,
        tuple(clusterings),
        undated,
        Standing(*(int(number) for number in header["standing"])),
    )


def _names(values: Any) -> tuple[str, ...]:
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise ValueError("names that are no text")
    return tuple(values)


class _Numbers:
    """Whole numbers from 0, read one array after the other."""

    def __init__(self, data: bytes, at: int) -> None:
        self.data, self.at = data, at

    def take(self, *shape: int) -> NDArray[np.int64]:
        count = int(np.prod(shape, dtype=object))
        if self.at + 8 * count > len(self.data):
            raise ValueError("fewer bytes than numbers")
        found = np.frombuffer(self.data, "<i8", count, self.at).astype(np.int64).reshape(shape)
        if count and int(found.min()) < 0:
            raise ValueError("a negative number")
        self.at += 8 * count
        return found

    def exact(self, wide: bool, *shape: int) -> Exact:
        low: Exact = self.take(*shape).astype(object)
        return low + self.take(*shape).astype(object) * (1 << _HALF) if wide else low
