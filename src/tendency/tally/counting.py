"""From an index and questions to a tally: each segment by itself, then one exact sum."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from tendency.errors import SettingError
from tendency.tally.clusters import Keyed
from tendency.tally.counters import Counter, Mask, counters_of
from tendency.tally.periods import OUTSIDE, UNDATABLE, Eras, Periods
from tendency.tally.tally import Standing, Tally

if TYPE_CHECKING:
    from tendency.corpus import Deadline, Index, Query, Segment
    from tendency.corpus.work import Place

NONE: Final = "(none)"
"""The split of documents that do not have the field."""

DEFAULT_CLUSTERS: Final = ("publication", "newspaper", "author")


_repeats: WeakKeyDictionary[Index, dict[int, NDArray[np.int64]]] = WeakKeyDictionary()


@dataclass(frozen=True)
class SegmentTask:
    """What is asked of one segment: a pure, picklable value, safe to repeat.

    Attributes:
        place: Where the segment lies.
        documents: Which documents are asked about.
        counters: What is counted in them.
        periods: Where documents are put by date.
        splits: Names of the splits.
        split_field: The field that splits, or None.
        split_masks: The documents of each split, where splits are filters.
        clusters: Names of the clusterings.
        copies: For documents whose text was seen before: the first copy's cluster in each clustering.
        deadline: When to give up.
    """

    place: Place
    documents: Mask
    counters: tuple[Counter, ...]
    periods: Periods
    splits: tuple[str, ...]
    split_field: str | None
    split_masks: tuple[Mask, ...]
    clusters: tuple[str, ...]
    copies: tuple[tuple[int, tuple[str, ...]], ...]
    deadline: Deadline | None = None


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
    from tendency.corpus import select
    from tendency.corpus.work import places, run

    counters = tuple(counter.bound(index) for counter in counters_of(items))
    masks = select(index, where=where, start=start, end=end).masks
    clusters = () if only_counts else cluster_names(index, masks, cluster)
    periods = _periods(index, masks, by, start, end)
    splits, field, filters = _splits(index, masks, split)
    copies = _copies(index, masks, clusters) if clusters else {}
    tasks = [
        SegmentTask(
            place,
            mask,
            counters,
            periods,
            splits,
            field,
            tuple(masks_of[number] for masks_of in filters),
            clusters,
            copies.get(number, ()),
            deadline,
        )
        for number, (place, mask) in enumerate(zip(places(index), masks, strict=True))
        if mask.any()
    ]
    parts = run(count_segment, tasks, executor or index.executor, deadline)
    total = _sum(parts) if parts else _empty(counters, periods, splits, clusters)
    recipe = [f"by:{periods.grain}", f"cluster:{','.join(clusters)}"]
    if split is not None:
        recipe.append(f"split:{split if isinstance(split, str) else ','.join(split)}")
    if where:
        recipe.append(f"where:{where}")
    if start or end:
        recipe.append(f"span:{start or ''}/{end or ''}")
    return _with_recipe(total, "|".join(recipe))


def _sum(parts: Sequence[Tally]) -> Tally:
    """The parts added two by two: what has grown large is added few times."""
    held = list(parts)
    while len(held) > 1:
        paired = [left + right for left, right in zip(held[::2], held[1::2], strict=False)]
        held = paired + held[len(paired) * 2 :]
    return held[0]


def count_segment(task: SegmentTask) -> Tally:
    """The tally of one segment."""
    from tendency.corpus.work import segment_at

    segment = segment_at(task.place)
    chosen = np.flatnonzero(task.documents)
    counts = [counter.count(segment, task.documents, task.deadline) for counter in task.counters]
    values = np.column_stack(counts)[chosen] if counts else np.zeros((chosen.size, 0), np.int64)
    period = task.periods.assign(segment.start_day[chosen], segment.end_day[chosen]).astype(np.int64)
    row, split, several, none = _rows(segment, task, chosen)
    inside = period[row] != OUTSIDE
    row, split = row[inside], split[inside]
    keys = {name: _cluster_keys(segment, task, number, chosen) for number, name in enumerate(task.clusters)}
    return Tally.from_counts(
        values[row],
        segment.words[chosen][row],
        task.periods.periods,
        period=np.where(period[row] == UNDATABLE, -1, period[row]),
        columns=_columns(task.counters),
        split=split,
        splits=task.splits,
        clusters={name: None if found is None else found.take(row) for name, found in keys.items()},
        grain=task.periods.grain,
        standing=Standing(chosen.size, several, none, int((period == OUTSIDE).sum())),
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


def _periods(
    index: Index, masks: Sequence[Mask], by: str | Eras, start: dt.date | None, end: dt.date | None
) -> Periods:
    parts = list(zip(index.segments, masks, strict=True))
    starts = [segment.start_day[mask] for segment, mask in parts] or [np.empty(0, np.int32)]
    ends = [segment.end_day[mask] for segment, mask in parts] or [np.empty(0, np.int32)]
    return Periods.spanning(by, np.concatenate(starts), np.concatenate(ends), start, end)


def _splits(
    index: Index, masks: Sequence[Mask], split: str | Mapping[str, str] | None
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
            field = segment.field(split)
            codes = np.unique(field.codes[mask])
            values.update(NONE if code < 0 else field.values[code] for code in codes.tolist())
        return tuple(sorted(values, key=lambda value: (value == NONE, value))), split, []
    from tendency.corpus import select

    if not split:
        raise SettingError("no standpoints were given to split by; name at least one.")
    return tuple(split), None, [tuple(select(index, where=where).masks) for where in split.values()]


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
        names = tuple(_own_cluster(index.segments[first_segment], name, first) for name in clusters)
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


def _own_cluster(segment: Segment, name: str, document: int) -> str:
    if name == "day":
        return dt.date.fromordinal(int(segment.start_day[document])).isoformat()
    value = None if name == "document" else segment.field(name).value(document)
    # A value and an id must never be taken for each other.
    return f"document {segment.ids[document]}" if value is None else f"value {value}"


def _cluster_keys(
    segment: Segment, task: SegmentTask, number: int, chosen: NDArray[np.int64]
) -> Keyed | None:
    """The cluster of each of the chosen documents."""
    name = task.clusters[number]
    copies = {document: names[number] for document, names in task.copies}
    names: list[str] = []
    if name == "document":
        if not copies:
            return None
        codes = np.full(segment.documents, -1, np.int64)
    elif name == "day":
        days, codes = np.unique(segment.start_day, return_inverse=True)
        names = [dt.date.fromordinal(day).isoformat() for day in days.tolist()]
    else:
        field = segment.field(name)
        names = [f"value {value}" for value in field.values]
        codes = field.codes.astype(np.int64)
    places = {held: place for place, held in enumerate(names)}
    for document, cluster in copies.items():
        codes[document] = places.setdefault(cluster, len(places))
    return Keyed(tuple(places), codes[chosen])


def _rows(
    segment: Segment, task: SegmentTask, chosen: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], int, int]:
    """Row (number among the chosen) and split of every count, and how many documents are in several or none."""
    every = np.arange(chosen.size)
    if task.split_field is not None:
        field = segment.field(task.split_field)
        number = {name: i for i, name in enumerate(task.splits)}
        # The last entry answers the code -1 of documents without the field.
        of_code = np.array(
            [*(number.get(value, -1) for value in field.values), number.get(NONE, -1)], np.int64
        )
        return every, of_code[field.codes[chosen]], 0, 0
    if not task.split_masks:
        return every, np.zeros(chosen.size, np.int64), 0, 0
    inside = np.stack([mask[chosen] for mask in task.split_masks], axis=1)
    row, split = np.nonzero(inside)
    times = inside.sum(axis=1)
    return row, split, int((times > 1).sum()), int((times == 0).sum())


def _columns(counters: Sequence[Counter]) -> tuple[str, ...]:
    return tuple(column for counter in counters for column in counter.columns)


def _empty(
    counters: tuple[Counter, ...], periods: Periods, splits: tuple[str, ...], clusters: tuple[str, ...]
) -> Tally:
    columns = _columns(counters)
    return Tally.from_counts(
        np.zeros((0, len(columns)), np.int64),
        np.zeros(0, np.int64),
        periods.periods,
        columns=columns,
        splits=splits,
        clusters=dict.fromkeys(clusters),
        grain=periods.grain,
    )


def _with_recipe(total: Tally, recipe: str) -> Tally:
    from dataclasses import replace

    return replace(total, recipe=recipe)
