"""An index made anew from its own texts, under the present text rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tendency.corpus.changes import Changes
from tendency.corpus.container import damaged
from tendency.corpus.index import Index
from tendency.corpus.lock import writing
from tendency.corpus.manifest import read_manifest
from tendency.corpus.tokens import TOKENISER_VERSION
from tendency.corpus.writer import LEAST_MEMORY, Run, sweep
from tendency.documents.document import Document
from tendency.errors import SettingError

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a ``rebuild`` did.

    Attributes:
        documents: Documents, as before.
        words_before: Their words under the earlier text rules.
        words: Their words now.
        tokeniser: The version of the text rules.
        segments: Segments now.
        generation: The index's generation now.
    """

    documents: int
    words_before: int
    words: int
    tokeniser: str
    segments: int
    generation: int


def rebuild(
    path: Path | str, *, memory: int = 1 << 30, wait: float = 10.0, progress: Progress | None = None
) -> Rebuilt:
    """Cut all live texts into words again, under the present text rules; one commit.

    Documents stay as they are: ids, dates as written, fields and texts, and so the fingerprint. The old
    files stay for readers of an earlier snapshot and are swept after 24 hours.

    Args:
        path: The index's folder.
        memory: Bytes that building may use, at least 64 MiB; four times the largest document may come on top.
        wait: Seconds to wait for another writer.
        progress: Told how many documents of how many are done.

    Raises:
        NotAnIndexError: The folder is not an index.
        LockedIndexError: Another writer is at work.
        DamagedIndexError: A document cannot be read as it was added; nothing is changed.
        StorageError: The disk is full or the folder cannot be written.
        SettingError: An option has an impossible value.
    """
    if memory < LEAST_MEMORY:
        raise SettingError(f"memory is {memory:,} bytes; give at least {LEAST_MEMORY:,} (64 MiB).")
    folder = Path(path)
    read_manifest(folder)
    with writing(folder, wait):
        sweep(folder)
        before = Index.open(folder)

        def tell(documents: int, size: int) -> None:
            if progress is not None:
                progress(documents, before.documents)

        changes = Changes(before)
        for number in range(len(before.segments)):
            changes.retire(number)
        run = Run(changes, memory, progress=tell)
        try:
            generation = run.commit_again(_documents(before)) if before.segments else before.generation
        except BaseException:
            run.abandon()
            raise
        after = Index.open(folder)
        version = str(TOKENISER_VERSION)
        return Rebuilt(after.documents, before.words, after.words, version, len(after.segments), generation)


def _documents(index: Index) -> Iterator[Document]:
    """The live documents as they lie on the disk, each verified against its digest."""
    from tendency.corpus.builder import digests_of

    for segment, live in zip(index.segments, index.live, strict=True):
        documents = np.flatnonzero(live).astype(np.uint32)
        for number, found in zip(documents.tolist(), segment.in_turn(documents), strict=True):
            if digests_of(found).content != segment.content(number):
                raise damaged(segment.path, f"document {found.id!r}", "it is not what was added (checksum)")
            yield found
        segment.data.let_go()
        segment.texts.let_go()
