"""Names of hits that say nothing of them, and the hits that have such names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import xxhash
from numpy.typing import NDArray

from tendency.corpus.concordance import HitPlace, Line, hit_places, line_of, lots_of
from tendency.corpus.strings import encode

if TYPE_CHECKING:
    from tendency.corpus.deadlines import Deadline
    from tendency.corpus.index import Index
    from tendency.corpus.query import Query
    from tendency.corpus.segment import Segment
    from tendency.corpus.select import Selection
    from tendency.corpus.work import Place

# Consonants alone make no number, date or word, which a spreadsheet would write otherwise.
_LETTERS: Final = "bcdfghjklmnpqrstvwxz"
_LENGTH: Final = 15
_WIDTH: Final = 300

NAME: Final = re.compile(f"[{_LETTERS}]{{{_LENGTH}}}")
"""The name of a hit."""


@dataclass(frozen=True)
class Found:
    """A hit that was looked for by its name.

    Attributes:
        line: The hit with its context and source.
        segment: The number of its segment.
        document: The number of its document there.
    """

    line: Line
    segment: int
    document: int


def name_of(index: Index, line: Line) -> str:
    """The name of a hit: it follows from its document's id and text and its position in it, and shows none of them.

    Where the text changes, or the hit moves, its name does too.
    """
    place = index.find(line.document)
    assert place is not None, "the line is one of this index"
    segment = index.segments[place[0]]
    key = np.array([_key(segment, place[1])], np.uint64)
    return _written(int(lots_of(key, np.array([line.position], np.int64))[0]))


def find_hits(
    index: Index,
    query: Query,
    names: Iterable[str],
    selection: Selection | None = None,
    *,
    width: int = _WIDTH,
    deadline: Deadline | None = None,
) -> Mapping[str, Found]:
    """The hits of a query that have these names, in order of name; one that is missing is no hit of it any more.

    Args:
        index: What is asked.
        query: What is looked for.
        names: Names of hits.
        selection: In which documents; all live ones when None.
        width: Characters of context on either side.
        deadline: When to give up.
    """
    from tendency.corpus.work import places, run

    wanted = {number: name for name in names if (number := _read(name)) is not None}
    numbers = np.array(sorted(wanted), np.uint64)
    if not numbers.size:
        return {}
    masks = index.live if selection is None else selection.masks
    bound = query.bound(index)
    tasks = [
        _Task(place, number, bound, mask, numbers, deadline)
        for number, (place, mask) in enumerate(zip(places(index), masks, strict=True))
        if mask.any()
    ]
    found = {}
    for parts in run(_named, tasks, index.executor, deadline):
        for number, hit in parts:
            line = line_of(index.segments[hit.segment], hit, width, "characters")
            found[wanted[number]] = Found(line, hit.segment, hit.document)
    return dict(sorted(found.items()))


@dataclass(frozen=True)
class _Task:
    """Hits that are looked for by name in one segment; picklable, pure, safe to repeat."""

    place: Place
    number: int
    query: Query
    mask: NDArray[np.bool_]
    names: NDArray[np.uint64]
    deadline: Deadline | None


def _named(task: _Task) -> list[tuple[int, HitPlace]]:
    from tendency.corpus.search import evaluate
    from tendency.corpus.work import segment_at

    segment = segment_at(task.place)
    keys = np.zeros(segment.documents, np.uint64)
    found: list[tuple[int, HitPlace]] = []
    for block in evaluate(segment, task.query, task.mask, task.deadline):
        for document in np.unique(block.documents).tolist():
            keys[document] = _key(segment, document)
        lots = lots_of(keys[block.documents], block.starts - segment.first[block.documents])
        at = np.minimum(np.searchsorted(task.names, lots), task.names.size - 1)
        few = np.flatnonzero(task.names[at] == lots)
        hits = hit_places(segment, task.number, block.documents[few], block.starts[few], block.ends[few])
        found += zip(lots[few].tolist(), hits, strict=True)
    return found


def _key(segment: Segment, document: int) -> int:
    return xxhash.xxh3_64_intdigest(encode(segment.ids[document]), int(segment.digests[document]))


def _written(number: int) -> str:
    letters = []
    for _ in range(_LENGTH):
        number, place = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[place])
    return "".join(reversed(letters))


def _read(name: str) -> int | None:
    """The number that is written so; None where there is none."""
    if not NAME.fullmatch(name):
        return None
    number = 0
    for letter in name:
        number = number * len(_LETTERS) + _LETTERS.index(letter)
    return number if number < 1 << 64 else None
