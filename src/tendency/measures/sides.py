"""Parts of a corpus that are held against each other."""

from __future__ import annotations

import datetime as dt
import re
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from tendency.errors import SettingError
from tendency.measures.dispersion import FEW_CLUSTERS
from tendency.tally.counting import NONE, asked_about
from tendency.tally.placing import Placed

if TYPE_CHECKING:
    from tendency.corpus import Index

Mask = NDArray[np.bool_]
Ints = NDArray[np.int64]

REST: Final = "the rest"
MOST_SIDES: Final = 50
_MOST_KEPT: Final = 2
_EQUALS: Final = re.compile(r"\s*\w+\s*=\s*'((?:[^']|'')*)'\s*")


@dataclass(frozen=True)
class Side:
    """Some documents with a name.

    Attributes:
        name: What they are called.
        where: The SQL expression over fields that they hold; None for all.
        start: They are dated from this day.
        end: They are dated before this day.
    """

    name: str
    where: str | None = None
    start: dt.date | None = None
    end: dt.date | None = None

    @classmethod
    def of(cls, expression: str) -> Side:
        """The documents for which an SQL expression holds, named by it, or by its value where it is ``field = 'value'``."""
        only = _EQUALS.fullmatch(expression)
        return cls(only[1].replace("''", "'") if only else " ".join(expression.split()), expression)

    def masks(self, index: Index) -> tuple[Mask, ...]:
        """Its documents in each segment."""
        from tendency.corpus import select

        return select(index, where=self.where, start=self.start, end=self.end).masks


def sides_of(index: Index, split: str | Mapping[str, str], masks: Sequence[Mask]) -> list[Side]:
    """A side for each value of a field among some documents, or for each named filter.

    Raises:
        SettingError: No such field, no filters, or too many values.
    """
    if not isinstance(split, str):
        if not split:
            raise SettingError("no standpoints were given to split by; name at least one.")
        return [Side(name, where) for name, where in split.items()]
    if split not in index.field_views:
        known = ", ".join(sorted(index.field_views))
        raise SettingError(f"there is no field {split!r} to split by; choose among {known}.")
    values: set[str] = set()
    for segment, mask in zip(index.segments, masks, strict=True):
        field = segment.field(split)
        codes = np.unique(field.codes[mask])
        values.update(field.values[code] for code in codes.tolist() if code >= 0)
    if len(values) > MOST_SIDES:
        raise SettingError(
            f"{split} has {len(values):,} values here, and at most {MOST_SIDES} are held against the others; give filters by name."
        )
    return [value_side(split, value) for value in sorted(values)]


def value_side(field: str, value: str) -> Side:
    """The documents whose field has a value."""
    if value == NONE:
        return Side(value, f"{field} IS NULL")
    escaped = value.replace("'", "''")
    return Side(value, f"{field} = '{escaped}'")


def on_side(placed: Placed, masks: Sequence[Mask]) -> Mask:
    """Which of the placed documents are in some masks."""
    result = np.zeros(placed.segment.size, np.bool_)
    for number, mask in enumerate(masks):
        own = placed.segment == number
        result[own] = mask[placed.document[own]]
    return result


@dataclass(frozen=True, eq=False)
class Clustered:
    """Documents in clusters of which every side has enough.

    Attributes:
        placed: The documents.
        sides: Which of them are on each side.
        note: Why they are not clustered as usual, or nothing.
    """

    placed: Placed
    sides: tuple[Mask, ...]
    note: str


_kept: WeakKeyDictionary[Index, OrderedDict[tuple[object, ...], Placed]] = WeakKeyDictionary()
_lock = threading.Lock()


def _placed(
    index: Index,
    where: str | None,
    start: dt.date | None,
    end: dt.date | None,
    cluster: str | Sequence[str] | None,
) -> Placed:
    """The documents that are asked about, in one period: the last are remembered, since many questions are asked of the same."""
    key = (where, start, end, cluster if cluster is None or isinstance(cluster, str) else tuple(cluster))
    with _lock:
        held = _kept.setdefault(index, OrderedDict())
        if key in held:
            held.move_to_end(key)
            return held[key]
    asked = asked_about(index, by="all", where=where, start=start, end=end, cluster=cluster)
    found = Placed.of(index, asked)
    with _lock:
        held[key] = found
        while len(held) > _MOST_KEPT:
            held.popitem(last=False)
    return found


def clustered(
    index: Index,
    sides: Sequence[Sequence[Mask]],
    *,
    where: str | None,
    start: dt.date | None,
    end: dt.date | None,
    cluster: str | Sequence[str] | None,
) -> Clustered:
    """The documents asked about in clusters: as asked, else as usual, else by day or by document where a side has too few of these.

    A newspaper is one cluster of newspapers, which does not tell how far it varies.
    """
    wanted: list[str | Sequence[str] | None] = [cluster]
    if cluster is None:
        wanted += ["day", "document"]
    usual = ""
    for name in wanted:
        placed = _placed(index, where, start, end, name)
        held = tuple(on_side(placed, masks) for masks in sides)
        few = min((np.unique(placed.of_cluster[own]).size for own in held), default=0) < FEW_CLUSTERS
        usual = usual or placed.cluster
        if not few or name == wanted[-1] or placed.cluster == "document":
            break
    note = ""
    if placed.cluster != usual:
        note = (
            f"a side has under {FEW_CLUSTERS} values of {usual}, so evidence is clustered by {placed.cluster}"
        )
    return Clustered(placed, held, note)
