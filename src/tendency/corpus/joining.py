"""One index from several that were built side by side."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from tendency.corpus.changes import Changes
from tendency.corpus.index import Index
from tendency.corpus.lock import writing
from tendency.corpus.segment import Segment
from tendency.corpus.storage import describing, sync_file, sync_folder
from tendency.corpus.tokens import TOKENISER_VERSION
from tendency.errors import IndexVersionError, SettingError, SourceError

Progress = Callable[[int, int], None]

_FIRST_IDS: Final = 10


@dataclass(frozen=True, slots=True)
class Joined:
    """What a ``join`` did.

    Attributes:
        documents: Documents of the new index.
        identical: Documents that were in an earlier index already, with the same id and content.
        replaced: Documents that gave way to one of a later index, with the same id and other content.
        replaced_ids: The first ids of those.
        segments: Segments of the new index.
        generation: Its generation.
    """

    documents: int
    identical: int
    replaced: int
    replaced_ids: tuple[str, ...]
    segments: int
    generation: int


def join(
    parts: Sequence[Path | str],
    to: Path | str,
    *,
    strict: bool = False,
    wait: float = 10.0,
    progress: Progress | None = None,
) -> Joined:
    """A new index of the live documents of several, in one commit; their segments are linked or copied as they are.

    Where two hold a document with the same id, equal content counts once, and of unequal content that
    of the later index goes on. The parts stay as they are.

    Args:
        parts: The folders of the indexes, as they were last committed.
        to: A new or empty folder.
        strict: Stop where two indexes hold the same id with other content, and commit nothing.
        wait: Seconds to wait for another writer.
        progress: Told how many segments of how many are joined.

    Raises:
        NotAnIndexError: A part is not an index, or ``to`` holds something else.
        IndexVersionError: A part was made by other text rules.
        SettingError: No part is given, or ``to`` holds documents already.
        SourceError: With ``strict``, an id with different content.
        StorageError: The disk is full or a folder cannot be written.
    """
    from tendency.corpus.writer import create

    if not parts:
        raise SettingError("there is nothing to join; name at least one index.")
    opened = [Index.open(part) for part in parts]
    for index in opened:
        _require_present_rules(index)
    folder = Path(to)
    create(folder, wait)
    with writing(folder, wait):
        target = Index.open(folder)
        if target.segments:
            raise SettingError(f"{folder} holds documents already; name a new folder for the joined index.")
        run = _Join(Changes(target), strict)
        total = sum(len(index.segments) for index in opened)
        try:
            for index in opened:
                for segment, live in zip(index.segments, index.live, strict=True):
                    run.take(segment, live)
                    if progress is not None:
                        progress(len(run.changes.segments), total)
            generation = run.changes.commit() if run.changes.segments else target.generation
        except BaseException:
            run.changes.discard(range(len(run.changes.segments)))
            raise
        made = Index.open(folder)
        return Joined(
            made.documents,
            run.identical,
            run.replaced,
            tuple(run.replaced_ids),
            len(made.segments),
            generation,
        )


class _Join:
    """Segments taken in one after the other."""

    def __init__(self, changes: Changes, strict: bool) -> None:
        self.changes, self._strict = changes, strict
        self.identical, self.replaced = 0, 0
        self.replaced_ids: list[str] = []

    def take(self, segment: Segment, live: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> None:
        """Link or copy a segment; of ids that are there already one document stays live."""
        live = live.copy()
        known = live & self.changes.candidates(
            segment.id_hash_of(np.arange(segment.documents, dtype=np.uint32))
        )
        for document in np.flatnonzero(known).tolist():
            id_ = segment.ids[document]
            held = self.changes.holder(id_)
            if held is None:
                continue
            number, place = held
            if self.changes.segments[number].content(place) == segment.content(document):
                self.identical += 1
                live[document] = False
                continue
            if self._strict:
                raise SourceError(
                    f"document {id_!r} of {segment.path.parent.parent} is in an earlier index with other content; give "
                    "each document its own id, or join without strict to let the later index win."
                )
            self.replaced += 1
            if len(self.replaced_ids) < _FIRST_IDS:
                self.replaced_ids.append(id_)
            self.changes.kill(number, place)
        if live.any():
            copied = _copied(segment, self.changes.index.path / "segments")
            self.changes.append(copied, live, str(TOKENISER_VERSION))


def _require_present_rules(index: Index) -> None:
    for entry in index.manifest.segments:
        if entry.tokeniser != str(TOKENISER_VERSION):
            raise IndexVersionError(
                f"{index.path} was made by text rules of version {entry.tokeniser}, and this release has version "
                f"{TOKENISER_VERSION}; run `tendency rebuild {index.path}` and join again."
            )


def _copied(segment: Segment, into: Path) -> Segment:
    """The segment under a folder, its files linked where they can be and else copied, on the disk."""
    name = segment.id if not (into / segment.id).exists() else f"{segment.id}-{secrets.token_hex(4)}"
    folder = into / name
    with describing(f"writing {folder}"):
        folder.mkdir(parents=True)
        try:
            for file in ("data", "texts"):
                _link_or_copy(segment.path / file, folder / file)
            sync_folder(folder)
            sync_folder(into)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
    seals = ((segment.data.size, segment.data.seal), (segment.texts.size, segment.texts.seal))
    return Segment(folder, seals)


def _link_or_copy(source: Path, target: Path) -> None:
    # A file of an index never changes, so that two indexes can share it.
    try:
        os.link(source, target)
    except OSError:
        with open(source, "rb") as old, open(target, "xb") as new:
            shutil.copyfileobj(old, new, 1 << 20)
            sync_file(new)
