"""From an index and questions to a tally: each segment by itself, then one exact sum."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

import numpy as np
import xxhash
from numpy.typing import NDArray

from tendency.errors import SettingError
from tendency.tally.clusters import CROSSED, Keyed
from tendency.tally.counters import Counter, Mask, Occurrences, counters_of
from tendency.tally.frames import Frame
from tendency.tally.kept import Kept
from tendency.tally.packing import packed, unpacked
from tendency.tally.periods import OUTSIDE, Eras, Periods
from tendency.tally.tally import Standing, Tally

if TYPE_CHECKING:
    from tendency.corpus import Deadline, Index, Query, Segment
    from tendency.corpus.work import Place
    from tendency.documents import DateSpan

NONE: Final = "(none)"
"""The split of documents that do not have the field."""

WORTH_KEEPING: Final = 0.05
"""Seconds that counting must take for its answers to be kept: reading them is no faster than counting single words."""

DEFAULT_CLUSTERS: Final = ("publication", "newspaper", "author")


@dataclass(frozen=True, eq=False)
class Framing:
    """Which documents of one segment are asked about, and how they are grouped: what a frame is made of.

    Attributes:
        place: Where the segment lies.
        documents: Which documents are asked about.
        grain: The kind of period that documents are put in by date.
        eras: The periods, where they are the asker's own; calendar periods are those of the segment's documents.
        splits: Names of the splits, where they are filters or there is one; else those of the segment's documents.
        split_field: The field that splits, or None.
        split_masks: The documents of each split, where splits are filters.
        clusters: Names of the clusterings.
        copies: For documents whose text was seen before: the first copy's cluster in each clustering.
    """

    place: Place
    documents: Mask
    grain: str
    eras: Periods | None
    splits: tuple[str, ...]
    split_field: str | None
    split_masks: tuple[Mask, ...]
    clusters: tuple[str, ...]
    copies: tuple[tuple[int, tuple[str, ...]], ...]

    @cached_property
    def digest(self) -> str:
        """Equal for equal framings of the same segment."""
        shared = (self.grain, self.eras, self.splits, self.split_field, self.clusters, self.copies)
        written = f"{self.place.path.name} {self.place.seals} {self.documents.size} {shared!r}"
        digest = xxhash.xxh3_128(written.encode("utf-8", "surrogatepass"))
        for mask in (self.documents, *self.split_masks):
            digest.update(np.packbits(mask).tobytes())
        return digest.hexdigest()


@dataclass(frozen=True)
class SegmentTask:
    """What is asked of one segment: a pure, picklable value, safe to repeat.

    Attributes:
        framing: The documents and their groups.
        counters: What is counted in them.
        deadline: When to give up.
    """

    framing: Framing
    counters: tuple[Counter, ...]
    deadline: Deadline | None = None


@dataclass(frozen=True)
class _Ask:
    """What is asked about, whatever is counted in it: what :func:`tally` is told of that, in values that can be compared."""

    by: str | tuple[tuple[str, DateSpan], ...]
    split: str | tuple[tuple[str, str], ...] | None
    where: str | None
    start: dt.date | None
    end: dt.date | None
    cluster: str | tuple[str, ...] | None
    only_counts: bool


@dataclass(frozen=True)
class Asked:
    """What is asked about, found in an index.

    Attributes:
        framings: Of each segment that has some of the documents.
        periods: Those that the asker named, by eras or by a first and a last day.
        splits: Names of the splits.
        clusters: Names of the clusterings.
    """

    framings: tuple[Framing, ...]
    periods: Periods
    splits: tuple[str, ...]
    clusters: tuple[str, ...]


_KEPT: Final = 8
"""Ways of asking of which an index remembers the documents."""

_asked: WeakKeyDictionary[Index, OrderedDict[_Ask, Asked]] = WeakKeyDictionary()
_repeats: WeakKeyDictionary[Index, dict[int, NDArray[np.int64]]] = WeakKeyDictionary()
_lock = threading.Lock()
_frames: Kept[Frame] = Kept(1 << 28)


def tally(
    index: Index,
    items: Mapping[str, Query] | Sequence[Counter],
    *,
    by: str | Eras = "year",
    split: str | Mapping[str, str] | None = None,
    where: str | None = None,
    start: dt.date | None = None,
    end: dt.date | None = None,
    cluster: str | Sequence[str] | None = None,
    only_counts: bool = False,
    executor: Executor | None = None,
    deadline: Deadline | None = None,
) -> Tally:
    """How often things are named, by period and split, with the sums that uncertainty needs.

    Args:
        index: One snapshot of an index.
        items: Queries by name, or counters.
        by: A grain (``"year"`` …, ``"all"``), or eras as (name, span).
        split: A field, whose values split the documents (``"(none)"`` without it); or filters by name: a
            document counts in each that holds for it, and one in none of them is only counted beside.
        where: Only documents for which this holds.
        start: Only documents dated from this day.
        end: Only documents dated before this day.
        cluster: The field, or fields, whose values are independent of each other; also ``"document"`` and
            ``"day"``. With several, the one with the wider interval is used. By default the first of
            publication, newspaper and author that most of the documents have, else the document.
        only_counts: Leave out clusters, for figures that need no interval.
        executor: Does the work, one task a segment; by default the index's own, else threads.
        deadline: When to give up.

    Raises:
        SettingError: An impossible period, cluster or split, or a pool of forked processes.
    """
    counters = tuple(counter.bound(index) for counter in counters_of(items))
    asked = asked_about(
        index, by=by, split=split, where=where, start=start, end=end, cluster=cluster, only_counts=only_counts
    )
    tasks = [SegmentTask(framing, counters, deadline) for framing in asked.framings]
    parts = _answers(index, tasks, (where, start, end), executor or index.executor, deadline)
    nothing = Tally.none(
        columns_of(counters), asked.periods.grain, asked.periods.periods, asked.splits, asked.clusters
    )
    total = Tally.total([nothing, *parts], asked.splits)
    recipe = [f"by:{asked.periods.grain}", f"cluster:{total.cluster.replace(CROSSED, ',')}"]
    if split is not None:
        recipe.append(f"split:{split if isinstance(split, str) else ','.join(split)}")
    if where:
        recipe.append(f"where:{where}")
    if start or end:
        recipe.append(f"span:{start or ''}/{end or ''}")
    return replace(total, recipe="|".join(recipe))


def asked_about(
    index: Index,
    *,
    by: str | Eras = "year",
    split: str | Mapping[str, str] | None = None,
    where: str | None = None,
    start: dt.date | None = None,
    end: dt.date | None = None,
    cluster: str | Sequence[str] | None = None,
    only_counts: bool = False,
) -> Asked:
    """The documents that are asked about and how they are grouped; arguments and errors are those of :func:`tally`."""
    ask = _Ask(
        by if isinstance(by, str) else tuple((name, span) for name, span in by),
        tuple(split.items()) if isinstance(split, Mapping) else split,
        where,
        start,
        end,
        cluster if cluster is None or isinstance(cluster, str) else tuple(cluster),
        only_counts,
    )
    return _asked_of(index, ask)


def _asked_of(index: Index, ask: _Ask) -> Asked:
    """What is asked about in an index: remembered, since many questions are asked of the same documents."""
    from tendency.corpus.work import places

    # Tasks in this process use the segments that the index holds open.
    at = places(index)
    with _lock:
        held = _asked.setdefault(index, OrderedDict())
        if ask in held:
            held.move_to_end(ask)
            return held[ask]
    found = _framed(index, at, ask)
    with _lock:
        held[ask] = found
        while len(held) > _KEPT:
            held.popitem(last=False)
    return found


def _framed(index: Index, at: Sequence[Place], ask: _Ask) -> Asked:
    from tendency.corpus import select

    masks = select(index, where=ask.where, start=ask.start, end=ask.end).masks
    clusters = () if ask.only_counts else _with_crossings(cluster_names(index, masks, ask.cluster))
    asked = Periods.spanning(ask.by, [], [], ask.start, ask.end)
    splits, field, filters = _splits(index, masks, ask.split)
    copies = _copies(index, masks, clusters) if clusters else {}
    framings = tuple(
        Framing(
            place,
            mask,
            asked.grain,
            asked if asked.grain == "eras" else None,
            () if field is not None else splits,
            field,
            tuple(masks_of[number] for masks_of in filters),
            clusters,
            copies.get(number, ()),
        )
        for number, (place, mask) in enumerate(zip(at, masks, strict=True))
        if mask.any()
    )
    return Asked(framings, asked, splits, clusters)


def _answers(
    index: Index,
    tasks: Sequence[SegmentTask],
    narrowing: tuple[object, ...],
    executor: Executor | None,
    deadline: Deadline | None,
) -> list[Tally]:
    """The tally of each task: those kept beside the index are read, the others counted."""
    from tendency.corpus.answers import Answers
    from tendency.corpus.work import run

    cache = Answers(index.path)
    if deadline is not None:
        deadline.check()
    # A counter of another make may say less in its text than it counts.
    known = bool(tasks) and all(type(one).__module__ == Occurrences.__module__ for one in tasks[0].counters)
    known = known and cache.limit > 0
    found: dict[str, bytes] = {}
    if known and cache:
        found = cache.read(_question(tasks, narrowing))
    held = (
        [unpacked(found[task.framing.digest]) if task.framing.digest in found else None for task in tasks]
        if found
        else [None] * len(tasks)
    )
    missing = [task for task, tally in zip(tasks, held, strict=True) if tally is None]
    begun = time.perf_counter()
    counted = iter(run(count_segment, missing, executor, deadline))
    seconds = time.perf_counter() - begun
    result = [next(counted) if tally is None else tally for tally in held]
    if known and missing and seconds > WORTH_KEEPING:
        every = {task.framing.digest: packed(tally) for task, tally in zip(tasks, result, strict=True)}
        cache.write(_question(tasks, narrowing), {key: one for key, one in every.items() if one is not None})
    return result


def _question(tasks: Sequence[SegmentTask], narrowing: tuple[object, ...]) -> str:
    """A digest of what all tasks share, with the code and the data that answer."""
    from tendency.corpus.work import release_digest

    counters, one = tasks[0].counters, tasks[0].framing
    # A counter's text names every word, filter and field type in it: they are frozen dataclasses.
    shared = (counters, one.grain, one.eras, one.splits, one.split_field, one.clusters, narrowing)
    return xxhash.xxh3_128_hexdigest(f"{release_digest()} {shared!r}".encode("utf-8", "surrogatepass"))


def count_segment(task: SegmentTask) -> Tally:
    """The tally of one segment."""
    from tendency.corpus.work import segment_at

    framing = task.framing
    segment = segment_at(framing.place)
    counts = [counter.count(segment, framing.documents, task.deadline) for counter in task.counters]
    return frame_of(segment, framing).by_document(columns_of(task.counters), counts)


def frame_of(segment: Segment, framing: Framing) -> Frame:
    """The frame of a segment's documents, kept."""
    return _frames.get(framing.digest, lambda: _frame(segment, framing))


def _frame(segment: Segment, framing: Framing) -> Frame:
    """The documents of a segment in their periods, splits and clusters."""
    mask = framing.documents
    first, after = segment.start_day[mask], segment.end_day[mask]
    periods = framing.eras or Periods.spanning(framing.grain, first, after)
    period = np.full(segment.documents, OUTSIDE, np.int64)
    period[mask] = periods.assign(first, after)
    outside = int(np.count_nonzero(period[mask] == OUTSIDE))
    keys = {name: cluster_keys(segment, framing, number) for number, name in enumerate(framing.clusters)}
    if not framing.split_masks:
        splits, split = _one_split(segment, framing)
        standing = Standing(int(np.count_nonzero(mask)), 0, 0, outside)
        return Frame.of(
            segment.words,
            periods.periods,
            period=period,
            split=split,
            splits=splits,
            clusters=keys,
            grain=periods.grain,
            standing=standing,
        )
    inside = np.stack(framing.split_masks, axis=1) & mask[:, None]
    document, split = np.nonzero(inside)
    times = inside.sum(axis=1)
    several, none = np.count_nonzero(times > 1), np.count_nonzero(times[mask] == 0)
    return Frame.of(
        segment.words[document],
        periods.periods,
        period=period[document],
        split=split,
        splits=framing.splits,
        clusters={name: None if held is None else held.take(document) for name, held in keys.items()},
        grain=periods.grain,
        standing=Standing(int(np.count_nonzero(mask)), int(several), int(none), outside),
        first=np.concatenate([[0], np.cumsum(times)]),
    )


def cluster_names(
    index: Index, masks: Sequence[Mask], cluster: str | Sequence[str] | None
) -> tuple[str, ...]:
    """The clusterings to use: those asked for, else the first usual field that most documents have."""
    if cluster is None:
        documents = sum(int(mask.sum()) for mask in masks)
        for name in DEFAULT_CLUSTERS:
            held = sum(
                int((segment.field(name).codes[mask] >= 0).sum())
                for segment, mask in zip(index.segments, masks, strict=True)
            )
            if name in index.field_views and 2 * held > documents:
                return (name,)
        return ("document",)
    names = (cluster,) if isinstance(cluster, str) else tuple(cluster)
    known = ("document", "day", *index.field_views)
    for name in names:
        if name not in known:
            raise SettingError(f"there is no field {name!r} to cluster by; choose among {', '.join(known)}.")
    if not names or len(set(names)) < len(names):
        raise SettingError("name at least one cluster, and each only once.")
    return names


def _splits(
    index: Index, masks: Sequence[Mask], split: str | tuple[tuple[str, str], ...] | None
) -> tuple[tuple[str, ...], str | None, list[tuple[Mask, ...]]]:
    if split is None:
        return ("all",), None, []
    if isinstance(split, str):
        if split not in index.field_views:
            raise SettingError(
                f"there is no field {split!r} to split by; choose among {', '.join(sorted(index.field_views))}."
            )
        values: set[str] = set()
        for segment, mask in zip(index.segments, masks, strict=True):
            values.update(_values(segment, mask, split))
        return _in_order(values), split, []
    from tendency.corpus import select

    if not split:
        raise SettingError("no standpoints were given to split by; name at least one.")
    names = tuple(name for name, _ in split)
    return names, None, [tuple(select(index, where=where).masks) for _, where in split]


def _values(segment: Segment, mask: Mask, name: str) -> tuple[str, ...]:
    """The values of a field in some documents of a segment, in the order of splits."""
    field = segment.field(name)
    codes = np.unique(field.codes[mask])
    return _in_order({NONE if code < 0 else field.values[code] for code in codes.tolist()})


def _in_order(values: set[str]) -> tuple[str, ...]:
    return tuple(sorted(values, key=lambda value: (value == NONE, value)))


def _copies(
    index: Index, masks: Sequence[Mask], clusters: tuple[str, ...]
) -> dict[int, tuple[tuple[int, tuple[str, ...]], ...]]:
    """For documents that share their text with another: the cluster of the first by date and id."""
    groups: dict[int, list[tuple[int, str, int, int]]] = {}
    for number, documents in _repeated(index).items():
        segment = index.segments[number]
        for document in documents[masks[number][documents]].tolist():
            key = (int(segment.start_day[document]), segment.ids[document], number, document)
            groups.setdefault(int(segment.digests[document]), []).append(key)
    result: dict[int, list[tuple[int, tuple[str, ...]]]] = {}
    for members in groups.values():
        if len(members) < 2:
            continue
        _, _, first_segment, first = min(members)
        names = tuple(_own_cluster(index.segments[first_segment], name, first, clusters) for name in clusters)
        for _, _, number, document in members:
            result.setdefault(number, []).append((document, names))
    return {number: tuple(sorted(found)) for number, found in result.items()}


def _repeated(index: Index) -> dict[int, NDArray[np.int64]]:
    """By segment the documents whose text some other of the index has too; found once for an index."""
    held = _repeats.get(index)
    if held is None:
        digests = [segment.digests for segment in index.segments] or [np.empty(0, np.uint64)]
        ascending = np.sort(np.concatenate(digests))
        repeated = np.unique(ascending[1:][ascending[1:] == ascending[:-1]])
        held = {}
        for number, own in enumerate(digests):
            documents = np.flatnonzero(np.isin(own, repeated)) if repeated.size else np.empty(0, np.int64)
            if documents.size:
                held[number] = documents
        _repeats[index] = held
    return held


def _with_crossings(names: tuple[str, ...]) -> tuple[str, ...]:
    """The clusterings, then the intersection of every two; a document lies in one cluster of any other and crosses none."""
    crossing = [f"{a}{CROSSED}{b}" for a, b in combinations(names, 2) if "document" not in (a, b)]
    return *names, *crossing


def _crossed(name: str, clusters: tuple[str, ...]) -> tuple[str, str] | None:
    """The two clusterings that one is the intersection of."""
    pairs = combinations(clusters, 2)
    return next(((a, b) for a, b in pairs if name == f"{a}{CROSSED}{b}"), None)


def _own_cluster(segment: Segment, name: str, document: int, clusters: tuple[str, ...]) -> str:
    if crossed := _crossed(name, clusters):
        both = [_own_cluster(segment, one, document, clusters) for one in crossed]
        alone = f"document {segment.ids[document]}"
        return alone if alone in both else CROSSED.join(both)
    if name == "day":
        return dt.date.fromordinal(int(segment.start_day[document])).isoformat()
    value = None if name == "document" else segment.field(name).value(document)
    # A value and an id must never be taken for each other.
    return f"document {segment.ids[document]}" if value is None else f"value {value}"


def cluster_keys(segment: Segment, framing: Framing, number: int) -> Keyed | None:
    """The cluster of each document of a segment in one clustering; None where each is its own."""
    copies = {document: names[number] for document, names in framing.copies}
    names, codes = _own_keys(segment, framing.clusters[number], framing.clusters)
    if not names and not copies:
        return None
    places = {held: place for place, held in enumerate(names)}
    for document, cluster in copies.items():
        codes[document] = places.setdefault(cluster, len(places))
    return Keyed(tuple(places), codes)


def _own_keys(segment: Segment, name: str, clusters: tuple[str, ...]) -> tuple[list[str], NDArray[np.int64]]:
    """Names of clusters, and for each document the number of its name, -1 for a cluster by itself; copies stand alone here."""
    if crossed := _crossed(name, clusters):
        (names, codes), (others, second) = (_own_keys(segment, one, clusters) for one in crossed)
        both = np.where((codes < 0) | (second < 0), -1, codes * len(others) + second)
        held, places = np.unique(both, return_inverse=True)
        alone = int(held[0] < 0) if held.size else 0
        pairs = [divmod(one, len(others)) for one in held[alone:].tolist()]
        return [f"{names[a]}{CROSSED}{others[b]}" for a, b in pairs], places.reshape(-1) - alone
    if name == "document":
        return [], np.full(segment.documents, -1, np.int64)
    if name == "day":
        days, places = np.unique(segment.start_day, return_inverse=True)
        return [dt.date.fromordinal(day).isoformat() for day in days.tolist()], places.reshape(-1)
    field = segment.field(name)
    return [f"value {value}" for value in field.values], field.codes.astype(np.int64)


def _one_split(segment: Segment, framing: Framing) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Names of the splits, and the split of each document that is asked about, where it has just one."""
    if framing.split_field is None:
        return framing.splits, np.zeros(segment.documents, np.int64)
    field = segment.field(framing.split_field)
    splits = _values(segment, framing.documents, framing.split_field)
    number = {name: i for i, name in enumerate(splits)}
    # The last entry answers the code -1 of documents without the field.
    of_code = [*(number.get(value, -1) for value in field.values), number.get(NONE, -1)]
    return splits, np.array(of_code, np.int64)[field.codes]


def columns_of(counters: Sequence[Counter]) -> tuple[str, ...]:
    """Names of what is counted."""
    return tuple(column for counter in counters for column in counter.columns)
