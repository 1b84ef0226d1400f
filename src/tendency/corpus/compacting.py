"""Fewer segments: all that can be at a ``compact``, those of like size at an ``add``."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from tendency.corpus.changes import Changes
from tendency.corpus.index import Index
from tendency.corpus.lock import writing
from tendency.corpus.manifest import read_manifest
from tendency.corpus.merging import BYTES_PER_TERM, Source, merge
from tendency.corpus.segment import Segment
from tendency.corpus.tokens import TOKENISER_VERSION
from tendency.errors import SettingError

Progress = Callable[[int, int], None]

LEAST_MEMORY: Final = 64 << 20
MOST_POSITIONS: Final = 1 << 31
"""Tokens of the largest segment; an index with more has several."""

LIKE_SIZED: Final = 8
"""So many segments of like size are merged by an ``add``; sizes are alike within the same factor."""

_SMALLEST: Final = 1 << 16
_LARGEST_BY_ITSELF: Final = 1 << 28
"""Tokens of the largest segment that an ``add`` makes by merging: larger ones wait for ``compact``."""


@dataclass(frozen=True, slots=True)
class Compacted:
    """What a ``compact`` did.

    Attributes:
        before: Segments before.
        after: Segments after.
        documents: Documents in the segments that were written anew.
        dropped: Documents removed or replaced earlier, of which nothing is kept now.
        other_rules: The segments that other text rules made, each merged only with its like; ``rebuild`` makes them anew.
        swept: How many files and folders of earlier commits were deleted.
        generation: The index's generation now.
        changed: Whether anything was committed.
    """

    before: int
    after: int
    documents: int
    dropped: int
    other_rules: tuple[str, ...]
    swept: int
    generation: int
    changed: bool


def compact(
    path: Path | str,
    *,
    now: bool = False,
    memory: int = 1 << 30,
    wait: float = 10.0,
    progress: Progress | None = None,
) -> Compacted:
    """Merge an index's segments into as few as fit, and drop what is no longer live; one commit.

    Answers stay as they are. The old files stay for readers of an earlier snapshot and are swept after
    24 hours.

    Args:
        path: The index's folder.
        now: Delete the old files at once; readers of an earlier snapshot then fail.
        memory: Bytes that merging may use, at least 64 MiB; segments with more terms than fit stay apart.
        wait: Seconds to wait for another writer.
        progress: Told how many tokens of how many are written, as tokens and again as postings.

    Raises:
        NotAnIndexError: The folder is not an index.
        LockedIndexError: Another writer is at work.
        DamagedIndexError: A segment is damaged; nothing is changed.
        StorageError: The disk is full or the folder cannot be written.
        SettingError: An option has an impossible value.
    """
    from tendency.corpus.writer import sweep

    if memory < LEAST_MEMORY:
        raise SettingError(f"memory is {memory:,} bytes; give at least {LEAST_MEMORY:,} (64 MiB).")
    folder = Path(path)
    read_manifest(folder)
    with writing(folder, wait):
        swept = len(sweep(folder))
        changes = Changes(Index.open(folder))
        before = len(changes.segments)
        groups = _groups(changes, memory)
        dropped = sum(int(np.count_nonzero(~changes.live[number])) for group in groups for number in group)
        with _merging(changes, groups, memory, progress) as merged:
            documents = sum(changes.segments[number].documents for number in merged)
            generation = changes.commit() if groups else changes.index.generation
        if now:
            swept += len(sweep(folder, older_than=-1.0))
        entries = read_manifest(folder).segments
        others = tuple(entry.id for entry in entries if entry.tokeniser != str(TOKENISER_VERSION))
        return Compacted(before, len(entries), documents, dropped, others, swept, generation, bool(groups))


def merge_like_sized(changes: Changes, memory: int) -> int:
    """Merge segments of like size where there are many, before a commit; how many became fewer.

    A segment is written again only once its like are as many, so that each document is written about
    as many times as the logarithm of the number of adds says, and a large segment not for a small one.
    """
    groups = _like_sized([_positions(changes, number) for number in range(len(changes.segments))], changes)
    with _merging(changes, groups, memory, None):
        return sum(len(group) for group in groups)


def _like_sized(sizes: Sequence[int], changes: Changes) -> list[list[int]]:
    """The segments to merge, in groups; what merging makes counts among the larger ones at once."""
    levels: dict[tuple[str, int], list[tuple[int, list[int]]]] = {}
    for number, size in enumerate(sizes):
        if size:
            rules = changes.entries[number].tokeniser
            levels.setdefault((rules, level(size)), []).append((size, [number]))
    for rules, low in sorted(levels):
        for at in range(low, level(MOST_POSITIONS) + 1):
            held = levels.get((rules, at), [])
            total = sum(size for size, _ in held)
            if len(held) < LIKE_SIZED or total > _LARGEST_BY_ITSELF:
                continue
            numbers = sorted(number for _, group in held for number in group)
            levels[rules, at] = []
            levels.setdefault((rules, level(total)), []).append((total, numbers))
    return [group for held in levels.values() for _, group in held if len(group) > 1]


def level(size: int) -> int:
    """How many times a segment of so many tokens is :data:`LIKE_SIZED` times a small one."""
    found = 0
    while size > _SMALLEST * LIKE_SIZED**found:
        found += 1
    return found


def _groups(changes: Changes, memory: int) -> list[list[int]]:
    """All segments in as few groups as may each become one; none that would stay as it is."""
    groups: list[list[int]] = []
    rules = [entry.tokeniser for entry in changes.entries]
    for version in dict.fromkeys(rules):
        group: list[int] = []
        positions = held = 0
        for number in [number for number, own in enumerate(rules) if own == version]:
            size = _positions(changes, number)
            terms = BYTES_PER_TERM * len(changes.segments[number].terms)
            if group and (positions + size > MOST_POSITIONS or held + terms > memory // 2):
                groups.append(group)
                group, positions, held = [], 0, 0
            group.append(number)
            positions, held = positions + size, held + terms
        groups.append(group)
    return [group for group in groups if len(group) > 1 or not changes.live[group[0]].all()]


def _positions(changes: Changes, number: int) -> int:
    segment, live = changes.segments[number], changes.live[number]
    return segment.positions if live.all() else int(np.diff(segment.first)[live].sum())


@contextmanager
def _merging(
    changes: Changes, groups: Sequence[Sequence[int]], memory: int, progress: Progress | None
) -> Iterator[list[int]]:
    """Each group as a new segment among the changes; the numbers of the new ones. Removes them when something fails."""
    total = 2 * sum(_positions(changes, number) for group in groups for number in group)
    done = 0

    def tick(tokens: int) -> None:
        nonlocal done
        done += tokens
        if progress is not None:
            progress(done, total)

    merged: list[int] = []
    try:
        for group in groups:
            sources = [Source(changes.segments[number], changes.live[number].copy()) for number in group]
            generation = changes.index.generation + 1
            name = f"{generation:06d}-c{len(merged):03d}-{secrets.token_hex(4)}"
            path = changes.index.path / "segments" / name
            seals = merge(path, sources, memory=memory, tick=tick)
            rules = changes.entries[group[0]].tokeniser
            for number in group:
                changes.retire(number)
            segment = Segment(path, seals)
            changes.append(segment, np.ones(segment.documents, np.bool_), rules)
            merged.append(len(changes.segments) - 1)
        yield merged
    except BaseException:
        changes.discard(merged)
        raise
