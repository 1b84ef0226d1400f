"""Adding documents to an index and removing them: one commit a call."""

from __future__ import annotations

import contextlib
import re
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tendency.corpus import terms_map
from tendency.corpus.builder import Digests, digests_of
from tendency.corpus.changes import Changes
from tendency.corpus.compacting import merge_like_sized
from tendency.corpus.index import Index
from tendency.corpus.lanes import LANE_BYTES, Batch, Lanes, Made, lanes_for
from tendency.corpus.lock import HOLDER, writing
from tendency.corpus.lock import NAME as LOCK
from tendency.corpus.manifest import COPY, Entry, Manifest, read_copy, read_manifest, renew_copy
from tendency.corpus.manifest import NAME as MANIFEST
from tendency.corpus.memory import resident_bytes
from tendency.corpus.storage import describing, sync_folder
from tendency.corpus.strings import encode
from tendency.corpus.tokenising import BATCH, Tokeniser
from tendency.corpus.tokens import TOKENISER_VERSION
from tendency.documents.document import Document
from tendency.errors import NotAnIndexError, SettingError, SourceError

Progress = Callable[[int, int], None]
"""Called now and then with how many documents, and bytes of text, have been taken in."""

LARGEST: Final = 256 * 1000 * 1000
"""Bytes of text, in UTF-8, of the largest document that is indexed in one piece."""

LEAST_MEMORY: Final = 64 << 20
_SWEPT_AFTER: Final = 24 * 3600
_BESIDE: Final = (f".{MANIFEST}.", f".{COPY}.")
"""How manifests begin that were not yet renamed."""
_FIRST_IDS: Final = 10
_BYTES_PER_CHARACTER: Final = 3
"""What a large document adds to the segment in hand, about: its tokens, twice, and its compressed text."""
_MOST_IN_BATCH: Final = 4096
_BLANK_LINE = re.compile(r"\r?\n[ \t]*\r?\n")


@dataclass(frozen=True, slots=True)
class Refused:
    """A document that was left out.

    Attributes:
        id: Its id.
        reason: What is wrong and what to do, in a sentence.
    """

    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Added:
    """What an ``add`` did.

    Attributes:
        new: Documents with an id that the index did not have.
        replaced: Documents with an id that it had, and other content.
        unchanged: Documents that it had already, skipped.
        repeated: Documents with an id that came before in the same run, and other content; each replaced the earlier.
        replaced_ids: The first ids of those replaced.
        repeated_ids: The first ids of those repeated.
        refused: Documents left out, with the reason.
        generation: The index's generation now.
        changed: Whether anything was committed.
        merged: How many segments of like size were merged into fewer.
    """

    new: int
    replaced: int
    unchanged: int
    repeated: int
    replaced_ids: tuple[str, ...]
    repeated_ids: tuple[str, ...]
    refused: tuple[Refused, ...]
    generation: int
    changed: bool
    merged: int = 0


@dataclass(frozen=True, slots=True)
class Removed:
    """What a ``remove`` did.

    Attributes:
        documents: How many were removed.
        missing: The ids that no live document has.
        generation: The index's generation now.
    """

    documents: int
    missing: tuple[str, ...]
    generation: int


def add(
    path: Path | str,
    documents: Iterable[Document],
    *,
    memory: int = 1 << 30,
    strict: bool = False,
    split_over: int | None = None,
    merge: bool = True,
    wait: float = 10.0,
    progress: Progress | None = None,
) -> Added:
    """Documents into an index, made if there is none; all of them in one commit, or none.

    A document that the index holds with the same content is skipped; one with the same id and other
    content replaces the earlier, which may have come in the same run. When the live documents end up
    as they were, nothing is committed.

    Args:
        path: The index's folder.
        documents: The documents; taken one at a time.
        memory: Bytes that building may use, at least 64 MiB; four times the largest document may come on top.
        strict: Stop at a document that replaces another or is refused, and commit nothing.
        split_over: Cut documents with more bytes than this at blank lines, into ``id#1``, ``id#2`` …
        merge: Merge segments of like size where they have become many.
        wait: Seconds to wait for another writer.
        progress: Told how far it is.

    Raises:
        NotAnIndexError: The folder holds something else.
        LockedIndexError: Another writer is at work.
        StorageError: The disk is full or the folder cannot be written.
        SourceError: With ``strict``, a document that is not new.
        SettingError: An option has an impossible value.
    """
    folder = Path(path)
    if memory < LEAST_MEMORY:
        raise SettingError(f"memory is {memory:,} bytes; give at least {LEAST_MEMORY:,} (64 MiB).")
    if split_over is not None and not 0 < split_over <= LARGEST:
        raise SettingError(f"split_over is {split_over:,} bytes; give between 1 and {LARGEST:,}.")
    create(folder, wait)
    with writing(folder, wait):
        sweep(folder)
        run = Run(Changes(Index.open(folder)), memory, strict, split_over, progress, merge=merge)
        try:
            run.take(documents)
            return run.commit()
        except BaseException:
            run.abandon()
            raise


def create(folder: Path, wait: float = 10.0) -> None:
    """Make an empty index in a new or empty folder; nothing when there is one.

    Raises:
        NotAnIndexError: The folder holds something else.
    """
    if (folder / MANIFEST).exists():
        read_manifest(folder)
        return
    if folder.exists():
        if not folder.is_dir():
            raise NotAnIndexError(f"{folder} is a file, not an index; give the name of a folder.")
        begun = read_copy(folder)
        if begun is not None and begun.generation:
            # Its manifest is gone, and nothing may be made in its place.
            read_manifest(folder)
            return
        with describing(f"reading the folder {folder}"):
            others = sorted({entry.name for entry in folder.iterdir()} - {LOCK, HOLDER, "segments"})
        # A writer may have been stopped while it made this folder an index.
        if begun is not None:
            others = [name for name in others if name != COPY]
        others = [name for name in others if not name.startswith(_BESIDE)]
        if others:
            raise NotAnIndexError(
                f"{folder} is not an index and not empty (it holds {others[0]!r}); name a new folder for the index."
            )
    with describing(f"making the folder {folder}"):
        (folder / "segments").mkdir(parents=True, exist_ok=True)
        # Else a power cut could take the folder itself away after its first commit.
        with contextlib.suppress(PermissionError):
            sync_folder(folder.parent)
    with writing(folder, wait):
        if not (folder / MANIFEST).exists():
            Manifest().commit(folder)


def sweep(folder: Path, older_than: float = _SWEPT_AFTER) -> list[Path]:
    """Delete files that no manifest names and that are older than so many seconds; which they were.

    The caller holds the lock. Younger ones stay for readers of an earlier snapshot.
    """
    manifest = read_manifest(folder)
    # The copy may name files of a commit that was stopped: it must not outlive them.
    with describing(f"writing {folder / COPY}"):
        renew_copy(folder)
    named = {LOCK, HOLDER, MANIFEST, COPY, "segments", "cache"}
    if manifest.terms_map:
        named.add(manifest.terms_map.file)
    kept = {
        entry.id: {"data", "texts", *([entry.live.file] if entry.live else [])} for entry in manifest.segments
    }
    unnamed = [path for path in folder.iterdir() if path.name not in named and _is_ours(path)]
    for path in (folder / "segments").iterdir():
        if path.name in kept:
            unnamed.extend(file for file in path.iterdir() if file.name not in kept[path.name])
        else:
            unnamed.append(path)
    old = [path for path in unnamed if _age(path) > older_than]
    for path in old:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            with contextlib.suppress(OSError):
                path.unlink()
    return old


def _is_ours(path: Path) -> bool:
    return path.name.startswith((terms_map.PREFIX, *_BESIDE))


def _age(path: Path) -> float:
    try:
        newest = max(entry.stat().st_mtime for entry in [path, *(path.iterdir() if path.is_dir() else [])])
    except OSError:
        return 0.0
    return time.time() - newest


def remove(
    target: Path | str | Index,
    *,
    ids: Iterable[str] | None = None,
    masks: Sequence[NDArray[np.bool_]] | None = None,
    wait: float = 10.0,
) -> Removed:
    """Documents out of an index, by id or by the masks of a selection.

    Args:
        target: The index's folder, or a snapshot of it, which ``masks`` need.
        ids: The ids to remove.
        masks: For each segment of the snapshot the documents to remove, bool of shape (documents,).
        wait: Seconds to wait for another writer.
    """
    if masks is not None and not isinstance(target, Index):
        raise SettingError("masks belong to a snapshot: give the opened Index, not its path.")
    if (ids is None) == (masks is None):
        raise SettingError("give either ids or masks to remove.")
    folder = target.path if isinstance(target, Index) else Path(target)
    read_manifest(folder)
    with writing(folder, wait):
        sweep(folder)
        changes = Changes(Index.open(folder))
        missing: list[str] = []
        if ids is not None:
            missing = [id_ for id_ in dict.fromkeys(ids) if not changes.kill_id(id_)]
        elif masks is not None and isinstance(target, Index):
            by_id = {segment.id: mask for segment, mask in zip(target.segments, masks, strict=True)}
            changes.kill_masks(by_id)
        killed = changes.killed
        generation = changes.commit() if killed else changes.index.generation
        return Removed(killed, tuple(missing), generation)


@dataclass
class _Counts:
    new: int = 0
    replaced: int = 0
    unchanged: int = 0
    repeated: int = 0
    replaced_ids: list[str] = field(default_factory=list)
    repeated_ids: list[str] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


class Run:
    """One ``add``: documents in batches into segments that the budget allows."""

    def __init__(
        self,
        changes: Changes,
        memory: int,
        strict: bool = False,
        split_over: int | None = None,
        progress: Progress | None = None,
        *,
        merge: bool = False,
    ) -> None:
        self._memory, self._merge = memory, merge
        self._folder, self._strict, self._split_over = changes.index.path, strict, split_over
        self._progress = progress
        self._changes = changes
        self._committed = len(self._changes.segments)
        Tokeniser().warm_up()
        # What the process holds already counts, but never leaves less than an eighth for documents. A fifth is
        # kept back: freed memory is not at once the system's again.
        lanes = lanes_for(memory)
        room = max((memory - resident_bytes() - lanes * LANE_BYTES) * 4 // 5, memory // 8)
        self._lanes = Lanes(
            self._folder / "segments", f"{self._changes.index.generation + 1:06d}", room, lanes
        )
        self._known: dict[str, tuple[Batch, int, int]] = {}
        self._counts = _Counts()
        self._documents, self._bytes = 0, 0

    def take(self, documents: Iterable[Document]) -> None:
        """Take in all documents that can be."""
        self._take(piece for document in documents for piece in self._pieces(document))

    def _take(self, pieces: Iterable[Document]) -> None:
        batch: list[Document] = []
        size = 0
        for piece in pieces:
            if batch and (size + len(piece.text) > BATCH or len(batch) == _MOST_IN_BATCH):
                self._take_batch(batch)
                batch, size = [], 0
            batch.append(piece)
            size += len(piece.text)
        if batch:
            self._take_batch(batch)
        self._name(self._lanes.finish())
        self._lanes.close()

    def commit(self) -> Added:
        """Commit what was taken in; nothing when the live documents are as before."""
        changes, counts = self._changes, self._counts
        before = changes.index.manifest.segments
        after = changes.summed()
        generation, changed, merged = changes.index.generation, False, 0
        if _fingerprint(before) != _fingerprint(after):
            merged = merge_like_sized(changes, self._memory) if self._merge else 0
            generation, changed = changes.commit(), True
        else:
            together = counts.new + counts.replaced + counts.repeated + counts.unchanged
            counts = _Counts(unchanged=together, refused=counts.refused)
        # Segments of this run that are not named, such as those that were merged at once, no reader has.
        self._discard()
        return Added(
            counts.new,
            counts.replaced,
            counts.unchanged,
            counts.repeated,
            tuple(counts.replaced_ids),
            tuple(counts.repeated_ids),
            tuple(counts.refused),
            generation,
            changed,
            merged,
        )

    def commit_again(self, documents: Iterable[Document]) -> int:
        """Commit segments of documents that the index held in other ones, and so took before; the new generation."""
        self._take(documents)
        return self._changes.commit()

    def abandon(self) -> None:
        """Remove what was written and not committed; what cannot be told is swept later."""
        self._lanes.abandon()
        self._discard()

    def _discard(self) -> None:
        self._changes.discard(range(self._committed, len(self._changes.segments)))

    def _pieces(self, document: Document) -> Iterator[Document]:
        """The document, its pieces, or nothing when it is refused."""
        reason = _unfit(document)
        size = utf8_size(document.text) if 4 * len(document.text) > (self._split_over or LARGEST) else 0
        if not reason and self._split_over is not None and size > self._split_over:
            pieces = split(document, self._split_over)
            if pieces is not None:
                self._kill_whole(document.id, len(pieces))
                yield from pieces
                return
            reason = (
                f"it holds {size:,} bytes of text, with more than {self._split_over:,} between two blank lines; "
                "cut it by hand or raise split_over."
            )
        elif not reason and size > LARGEST:
            reason = (
                f"it holds {size:,} bytes of text, and {LARGEST:,} is the most for one document; "
                "cut it, or pass split_over to have it cut at blank lines."
            )
        if not reason:
            yield document
            return
        if self._strict:
            raise SourceError(f"document {document.id!r} {_from(document)}is refused: {reason}")
        self._counts.refused.append(Refused(document.id, reason))

    def _kill_whole(self, id: str, pieces: int) -> None:  # noqa: A002
        """Let go of the document from before it was split, and of pieces beyond the new last one."""
        self._kill(id)
        beyond = pieces + 1
        while self._kill(f"{id}#{beyond}"):
            beyond += 1

    def _kill(self, id: str) -> bool:  # noqa: A002
        """Let go of the live document with this id, wherever it is."""
        held = self._known.pop(id, None)
        if held is None:
            return self._changes.kill_id(id)
        batch, place, _ = held
        batch.live[place] = False
        return True

    def _take_batch(self, documents: list[Document]) -> None:
        large = len(documents) == 1 and len(documents[0].text) > 2 * BATCH
        utf8 = [] if large else [encode(document.text) for document in documents]
        digests = [digests_of(documents[0])] if large else [*map(digests_of, documents, utf8)]
        batch = self._fresh(documents, digests, utf8)
        if batch.ids:
            if large:
                self._name(self._lanes.take(batch, _BYTES_PER_CHARACTER * len(documents[0].text)))
            else:
                self._name(self._lanes.give(batch))
        self._documents += len(documents)
        self._bytes += sum(digest.bytes for digest in digests)
        if self._progress is not None:
            self._progress(self._documents, self._bytes)

    def _fresh(self, documents: list[Document], digests: list[Digests], utf8: list[bytes]) -> Batch:
        """The documents to take in; those that they replace die here."""
        hashes = np.fromiter((digest.id for digest in digests), np.uint64, len(digests))
        maybe = self._changes.candidates(hashes).tolist()
        batch = Batch([], np.ones(len(documents), np.bool_), [], [], [])
        for place, (document, digest, held) in enumerate(zip(documents, digests, maybe, strict=True)):
            if self._is_new(document, digest, held):
                batch.utf8 += utf8[place : place + 1]
                self._known[document.id] = (batch, len(batch.ids), digest.content)
                batch.ids.append(document.id)
                batch.documents.append(document)
                batch.digests.append(digest)
        batch.live = batch.live[: len(batch.ids)]
        return batch

    def _name(self, made: Iterable[Made]) -> None:
        """Name finished segments; their documents are looked for in them from now on."""
        for segment, live, batches in ((each.segment, each.live(), each.batches) for each in made):
            for batch in batches:
                for id_ in batch.ids:
                    held = self._known.get(id_)
                    if held is not None and held[0] is batch:
                        del self._known[id_]
            if live.any():
                self._changes.append(segment, live, str(TOKENISER_VERSION))
            else:
                shutil.rmtree(segment.path, ignore_errors=True)

    def _is_new(self, document: Document, digest: Digests, maybe: bool) -> bool:
        """Whether to take in a document; the one that it replaces dies here."""
        known = self._known.get(document.id)
        if known is not None:
            batch, place, content = known
            if content == digest.content:
                self._counts.unchanged += 1
                return False
            self._note(document, repeated=True)
            batch.live[place] = False
            return True
        held = self._changes.holder(document.id) if maybe else None
        if held is None:
            self._counts.new += 1
            return True
        number, place = held
        if self._changes.segments[number].content(place) == digest.content:
            self._counts.unchanged += 1
            return False
        self._note(document, repeated=number >= self._committed)
        self._changes.kill(number, place)
        return True

    def _note(self, document: Document, *, repeated: bool) -> None:
        """Count a replacement; stop at it when the run is strict."""
        counts = self._counts
        if self._strict:
            where = "came before in the same run" if repeated else "is in the index"
            raise SourceError(
                f"document {document.id!r} {_from(document)}{where} with other content; "
                "give each document its own id, or add without strict to let the later one replace the earlier."
            )
        ids = counts.repeated_ids if repeated else counts.replaced_ids
        if repeated:
            counts.repeated += 1
        else:
            counts.replaced += 1
        if len(ids) < _FIRST_IDS:
            ids.append(document.id)


def split(document: Document, most: int) -> list[Document] | None:
    """The document in pieces of at most so many bytes, cut after blank lines, as ``id#1``, ``id#2`` and so on.

    None when two blank lines stand further apart. The pieces put together are the text.
    """
    stretches, at = [], 0
    for match in _BLANK_LINE.finditer(document.text):
        stretches.append(document.text[at : match.end()])
        at = match.end()
    stretches.append(document.text[at:])
    texts: list[str] = []
    room = 0
    for stretch in filter(None, stretches):
        size = utf8_size(stretch)
        if size > most:
            return None
        if size > room or not texts:
            texts.append(stretch)
            room = most - size
        else:
            texts[-1] += stretch
            room -= size
    return [replace(document, id=f"{document.id}#{i}", text=text) for i, text in enumerate(texts, 1)]


def utf8_size(text: str) -> int:
    """Bytes of a text in UTF-8."""
    if text.isascii():
        return len(text)
    return sum(len(encode(text[at : at + BATCH])) for at in range(0, len(text), BATCH))


def _unfit(document: Document) -> str:
    """Why a document cannot be indexed whatever its size, or nothing."""
    if not document.id:
        return "it has no id; give it one."
    for name in document.fields:
        if not name or not name.isprintable():
            return f"it has a field named {name!r}; name the field with printable characters."
    return ""


def _from(document: Document) -> str:
    return f"({document.origin}) " if document.origin else ""


def _fingerprint(entries: Iterable[Entry]) -> int:
    return sum(int(entry.fingerprint, 16) for entry in entries) % (1 << 128)
