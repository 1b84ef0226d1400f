"""The sentences behind figures: a sample of the hits of each period and split, the same on every machine.

A sample is ordered by a hash of seed, document id and position, so that it depends neither on batches nor on segments; it
is shown in order of date, id and position.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import xxhash
from numpy.typing import NDArray

from tendency.corpus import Block, Deadline, Line, Query, Segment, evaluate, select
from tendency.corpus.work import Place, places, run, segment_at
from tendency.dossier import wording
from tendency.dossier.asking import LINES_IN_ALL, MOST_LINES, Asking, slug
from tendency.dossier.finding import Evidence
from tendency.tally import NONE, Period, Periods

WIDTH = 80
"""Characters of context on each side of a hit."""

WHOLE = "all"


class _Hit(NamedTuple):
    """One hit, ordered by its hash."""

    hash: int
    id: str
    position: int
    segment: int
    document: int
    start: int
    end: int


@dataclass(frozen=True)
class Frame:
    """Where hits are put: periods, splits and the documents that count.

    Attributes:
        asking: The corpus.
        periods: The periods, in order of time.
        grain: Their kind.
        masks: The documents that count, a segment each.
        splits: The documents of each split, a segment each; the split ``all`` holds every document.
    """

    asking: Asking
    periods: tuple[Period, ...]
    grain: str
    masks: tuple[NDArray[np.bool_], ...]
    splits: Mapping[str, tuple[NDArray[np.bool_], ...]]

    @classmethod
    def of(
        cls,
        asking: Asking,
        periods: tuple[Period, ...],
        grain: str,
        where: str | None,
        split: str | Mapping[str, str] | None = None,
    ) -> Frame:
        """The frame of a question, divided by all documents and by its splits."""
        questions = asking.questions
        masks = tuple(
            select(asking.index, where=asking.where(where), start=questions.start, end=questions.end).masks
        )
        splits = {WHOLE: masks}
        if isinstance(split, str):
            splits |= _by_field(asking, split, masks)
        elif split is not None:
            splits |= {name: tuple(select(asking.index, where=one).masks) for name, one in split.items()}
        return cls(asking, periods, grain, masks, splits)


def _by_field(
    asking: Asking, name: str, masks: tuple[NDArray[np.bool_], ...]
) -> dict[str, tuple[NDArray[np.bool_], ...]]:
    values: set[str] = set()
    for segment, mask in zip(asking.index.segments, masks, strict=True):
        held = segment.field(name)
        values.update(
            NONE if code < 0 else held.values[code] for code in np.unique(held.codes[mask]).tolist()
        )
    result = {}
    for value in sorted(values):
        found = []
        for segment in asking.index.segments:
            held = segment.field(name)
            codes = [code for code, one in enumerate(held.values) if one == value]
            found.append(np.isin(held.codes, codes) if value != NONE else held.codes < 0)
        result[value] = tuple(found)
    return result


@dataclass
class Sentences:
    """Collects the evidence of one finding, a block for each item × period × split that has hits.

    Attributes:
        anchor: The finding's anchor, with which all of its blocks' anchors begin.
        blocks: What was collected so far.
        room: How many lines the finding may have.
    """

    anchor: str
    room: int = LINES_IN_ALL
    blocks: list[Evidence] = field(default_factory=list)

    def collect(
        self, frame: Frame, name: str, query: Query, *, label: str = "", cells: int = 1
    ) -> dict[tuple[str, str], str]:
        """Samples a query's hits; the anchor of each (period, split) that has some.

        Args:
            frame: Periods and splits.
            name: What the lines are hits of, for headings.
            query: What is looked for.
            label: Tells several queries of one finding apart in anchors.
            cells: How many queries share the finding's room.
        """
        found = _sampled(frame, query.bound(frame.asking.index), MOST_LINES)
        each = max(1, min(MOST_LINES, self.room // max(1, cells * len(found))))
        order = {split: place for place, split in enumerate(frame.splits)}
        anchors = {}
        taken = {block.anchor for block in self.blocks}
        for number, ((split, period), (total, hits)) in enumerate(
            sorted(found.items(), key=lambda item: (order[item[0][0]], item[0][1])), start=1
        ):
            parts = [
                self.anchor,
                slug(label),
                slug(split) if split != WHOLE else "",
                slug(frame.periods[period].label),
            ]
            anchor = "-".join(part for part in parts if part)
            if anchor in taken:
                anchor = f"{anchor}-{len(self.blocks) + number}"
            taken.add(anchor)
            span = wording.span(frame.periods[period].start, frame.periods[period].end)
            heading = ", ".join([name, *([split] if split != WHOLE else []), span])
            lines = tuple(_line(frame.asking.index.segments[hit.segment], hit) for hit in _shown(hits[:each]))
            self.blocks.append(Evidence(anchor, heading, _by_date(lines), total))
            anchors[frame.periods[period].label, split] = anchor
        return anchors


Cells = dict[tuple[str, int], tuple[int, list[_Hit]]]


@dataclass(frozen=True)
class _Task:
    """A sample that is drawn from one segment; picklable, pure, safe to repeat."""

    place: Place
    number: int
    query: Query
    mask: NDArray[np.bool_]
    splits: Mapping[str, NDArray[np.bool_]]
    periods: Periods
    most: int
    seed: int
    deadline: Deadline | None


def _sampled(frame: Frame, query: Query, most: int) -> Cells:
    """Total and sample of each (split, period) with hits."""
    asking = frame.asking
    tasks = [
        _Task(
            place,
            number,
            query,
            mask,
            {split: masks[number] for split, masks in frame.splits.items()},
            Periods(frame.grain, frame.periods),
            most,
            asking.questions.dossier.seed,
            asking.deadline,
        )
        for number, (place, mask) in enumerate(zip(places(asking.index), frame.masks, strict=True))
        if mask.any()
    ]
    result: Cells = {}
    for found in run(_sample_of_segment, tasks, asking.index.executor, asking.deadline):
        for cell, (total, hits) in found.items():
            before, held = result.get(cell, (0, []))
            result[cell] = before + total, heapq.nsmallest(most, [*held, *hits])
    return result


def _sample_of_segment(task: _Task) -> Cells:
    """The segment's total and its share of the sample of each (split, period)."""
    segment = segment_at(task.place)
    totals: dict[tuple[str, int], int] = {}
    kept: dict[tuple[str, int], list[_Hit]] = {}
    at = task.periods.assign(segment.start_day, segment.end_day)
    wanted = task.mask & (at >= 0)
    keys = np.zeros(segment.documents, np.uint64)
    for block in evaluate(segment, task.query, wanted, task.deadline):
        for document in np.unique(block.documents).tolist():
            keys[document] = xxhash.xxh3_64_intdigest(f"{task.seed}\x1f{segment.ids[document]}".encode())
        positions = block.starts - segment.first[block.documents]
        lots = _lots(keys[block.documents], positions)
        period = at[block.documents]
        for split, mask in task.splits.items():
            for key, chosen in _by_period(period, np.flatnonzero(mask[block.documents])):
                cell = (split, key)
                totals[cell] = totals.get(cell, 0) + int(chosen.size)
                few = chosen[np.argsort(lots[chosen], kind="stable")[: task.most]]
                hits = _hits(segment, task.number, block, positions, lots, few)
                kept[cell] = heapq.nsmallest(task.most, [*kept.get(cell, []), *hits])
    return {cell: (total, kept[cell]) for cell, total in totals.items()}


def _by_period(
    period: NDArray[np.int32], inside: NDArray[np.int64]
) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """The hits inside, period by period."""
    order = inside[np.argsort(period[inside], kind="stable")]
    keys, starts = np.unique(period[order], return_index=True)
    ends = np.append(starts[1:], order.size)
    for key, start, end in zip(keys.tolist(), starts.tolist(), ends.tolist(), strict=False):
        yield int(key), order[start:end]


def _lots(keys: NDArray[np.uint64], positions: NDArray[np.int64]) -> NDArray[np.uint64]:
    """A number for each hit that depends on seed, document and position only, as evenly spread as by chance.

    Source: the output function of SplitMix64, Steele, Lea & Flood (2014), doi:10.1145/2660193.2660195.
    """
    mixed: NDArray[np.uint64] = keys + (positions.astype(np.uint64) + np.uint64(1)) * np.uint64(
        0x9E3779B97F4A7C15
    )
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


def _hits(
    segment: Segment,
    number: int,
    block: Block,
    positions: NDArray[np.int64],
    lots: NDArray[np.uint64],
    chosen: NDArray[np.int64],
) -> Iterator[_Hit]:
    for i in chosen.tolist():
        document = int(block.documents[i])
        yield _Hit(
            int(lots[i]),
            segment.ids[document],
            int(positions[i]),
            number,
            document,
            int(block.starts[i]),
            int(block.ends[i]),
        )


def _shown(hits: list[_Hit]) -> list[_Hit]:
    return sorted(hits, key=lambda hit: (hit.id, hit.position))


def _by_date(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    return tuple(
        sorted(lines, key=lambda line: (line.date.start, line.date.end, line.document, line.position))
    )


def _line(segment: Segment, hit: _Hit) -> Line:
    begins, ends = segment.offsets(hit.document, np.array([hit.start, hit.end - 1]))
    start, end = int(begins[0]), int(ends[1])
    left = segment.passage(hit.document, start - WIDTH, start)
    right = segment.passage(hit.document, end, end + WIDTH)
    if start > WIDTH:
        left = left.split(None, 1)[-1] if left[:1].strip() and " " in left else left
    if len(right) == WIDTH and " " in right and right[-1:].strip():
        right = right.rsplit(None, 1)[0]
    return Line(
        document=hit.id,
        date=segment.date(hit.document),
        left=_collapsed(left),
        match=segment.passage(hit.document, start, end),
        right=_collapsed(right),
        start=start,
        end=end,
        position=hit.position,
        fields=segment.fields_of(hit.document),
    )


def _collapsed(text: str) -> str:
    """White space collapsed to single spaces, one kept at either end where there was any."""
    middle = " ".join(text.split())
    if not middle:
        return " " if text else ""
    return f"{' ' if text[:1].isspace() else ''}{middle}{' ' if text[-1:].isspace() else ''}"
