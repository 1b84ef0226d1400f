"""An index made whole again from what of it is not damaged."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import numpy as np
import xxhash
from numpy.typing import NDArray

from tendency.corpus.changes import Changes
from tendency.corpus.checking import Damage, Examined, doubles, survey, whole_manifest
from tendency.corpus.index import Index
from tendency.corpus.lock import writing
from tendency.corpus.manifest import Manifest
from tendency.corpus.masks import found_again
from tendency.corpus.salvage import Remains
from tendency.corpus.storage import is_damage, unreadable
from tendency.corpus.strings import encode
from tendency.corpus.tokens import TOKENISER_VERSION
from tendency.corpus.writer import LEAST_MEMORY, Run
from tendency.documents.document import Document
from tendency.errors import SettingError

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Lost:
    """A document that could not be kept, or several of which even the ids are lost.

    Attributes:
        id: Its id, or None where that is lost too.
        segment: The segment that held it.
        reason: What is damaged.
        documents: How many these are.
    """

    id: str | None
    segment: str
    reason: str
    documents: int = 1


@dataclass(frozen=True, slots=True)
class Repaired:
    """What a ``repair`` did.

    Attributes:
        damages: What was damaged, as ``check`` finds it.
        rebuilt: The segments of which the documents were taken into new ones.
        other_rules: Those of them that other text rules had made: their counts are those of the present ones now.
        lost: Documents that could not be kept.
        returned: Documents that had been removed or replaced and count again, because nothing says any more which
            they were.
        documents: Documents of the index now.
        generation: The index's generation now.
        changed: Whether anything was committed.
    """

    damages: tuple[Damage, ...]
    rebuilt: tuple[str, ...]
    other_rules: tuple[str, ...]
    lost: tuple[Lost, ...]
    returned: int
    documents: int
    generation: int
    changed: bool

    @property
    def complete(self) -> bool:
        """Whether the index holds again just what it held."""
        return not self.lost and not self.returned


def repair(
    path: Path | str, *, memory: int = 1 << 30, wait: float = 10.0, progress: Progress | None = None
) -> Repaired:
    """Make an index whole again; one commit, or none where nothing is damaged.

    What derives from the documents' ids, dates, fields and texts is made anew. A document is dropped only when
    its own content cannot be proven to be what was added. The damaged files stay for 24 hours, like those of any
    earlier commit.

    Args:
        path: The index's folder.
        memory: Bytes that building may use, at least 64 MiB; four times the largest document may come on top.
        wait: Seconds to wait for another writer.
        progress: Told how many segments of how many are checked, then how many documents of how many are kept.

    Raises:
        NotAnIndexError: The folder is not an index.
        IndexVersionError: Another release wrote it.
        DamagedIndexError: Neither the manifest nor its copy can be read.
        LockedIndexError: Another writer is at work.
        StorageError: The disk is full, or a file may not be read or written; nothing is changed.
        SettingError: An option has an impossible value.
    """
    if memory < LEAST_MEMORY:
        raise SettingError(f"memory is {memory:,} bytes; give at least {LEAST_MEMORY:,} (64 MiB).")
    folder, tell = Path(path), progress or (lambda done, of: None)
    whole_manifest(folder)
    with writing(folder, wait):
        manifest, damages = whole_manifest(folder)
        examined, found = survey(folder, manifest, tell)
        damages += found
        files = {damage.file for damage in damages}
        answers = {file for file in files if file.startswith("cache/")}
        derived = manifest.terms_map
        with _Repair(folder, manifest, examined, tell) as work:
            if files - answers:
                work.commit(memory, map_is_whole=derived is not None and derived.file not in files)
        for file in answers:
            with contextlib.suppress(OSError):
                (folder / file).unlink()
        after = Index.open(folder)
        gone = [one.entry for one in examined if one.damages]
        return Repaired(
            tuple(damages),
            tuple(entry.id for entry in gone),
            tuple(entry.id for entry in gone if entry.tokeniser != str(TOKENISER_VERSION)),
            tuple(work.lost),
            work.returned,
            after.documents,
            after.generation,
            files > answers,
        )


class _Part:
    """A segment whose documents go on: as it is, or taken into a new one because it is damaged.

    Attributes:
        entry: As the manifest names it.
        segment: The segment, or None when it is damaged.
        live: The documents that count.
        certain: Whether it is known which these are.
        changed: Whether they are others than its mask says, or can be read of it.
    """

    def __init__(self, folder: Path, examined: Examined) -> None:
        self.entry, self._live = examined.entry, examined.live
        self._folder = folder / "segments" / self.entry.id
        self._remains: Remains | None = None
        self.segment = None if examined.damages else examined.segment
        self.certain = examined.live is not None
        self.changed = not self.certain
        self.live = (
            np.zeros(self.entry.documents, np.bool_) if examined.live is None else examined.live.copy()
        )

    @property
    def remains(self) -> Remains:
        """What can be read of a damaged one."""
        if self._remains is None:
            self._remains = Remains(self._folder, self.entry, self._live)
        return self._remains

    def forget(self) -> None:
        """Let go of what was read, which comes from the files again when it is asked for."""
        if self._remains is not None:
            self._remains.close()
            self._remains = None

    def id(self, document: int) -> str | None:
        """The id of a document, where it is known to be right."""
        return self.segment.ids[document] if self.segment else self.remains.name(document)

    @property
    def documents(self) -> int:
        """How many documents there are, and 0 where nothing leads to them."""
        return self.entry.documents if self.segment else self.remains.documents

    def let_go(self, document: int) -> None:
        """Let a document count no more."""
        self.live[document] = False
        self.changed = True

    def find_mask(self, dead: NDArray[np.bool_]) -> NDArray[np.bool_] | None:
        """The documents that count, where the damaged mask can be told from the manifest."""
        contents = self.segment.contents if self.segment else self.remains.contents
        mask = self._folder / self.entry.live.file if self.entry.live else None
        return found_again(self.entry, _bytes_of(mask), contents, dead)


def _bytes_of(path: Path | None) -> bytes:
    try:
        return path.read_bytes() if path else b""
    except OSError as error:
        if path is None or is_damage(error) or isinstance(error, FileNotFoundError):
            return b""
        raise unreadable(path, error) from error


class _Claims:
    """The ids of which some document is known to count; of whole segments only the hashes are held."""

    def __init__(self, parts: Iterable[_Part]) -> None:
        self._segments: list[_Part] = []
        self._hashes, self._ids = np.empty(0, np.uint64), set[str]()
        for part in parts:
            self.add(part)

    def add(self, part: _Part) -> None:
        """Take in the ids of the documents of a segment that count."""
        live = np.flatnonzero(part.live[: part.documents])
        if part.segment:
            self._segments.append(part)
            own = part.segment.id_hash_of(live.astype(np.uint32))
            self._hashes = np.sort(np.concatenate([self._hashes, own]))
        else:
            self._ids.update(filter(None, map(part.id, live.tolist())))
            part.forget()

    def on(self, part: _Part) -> NDArray[np.bool_]:
        """The documents of a segment whose id is among them."""
        claimed = np.zeros(part.entry.documents, np.bool_)
        for document in range(part.documents):
            id_ = part.id(document)
            claimed[document] = id_ is not None and self._has(id_)
        return claimed

    def _has(self, id: str) -> bool:  # noqa: A002
        if id in self._ids:
            return True
        digest = np.uint64(xxhash.xxh3_64_intdigest(encode(id)))
        at = int(np.searchsorted(self._hashes, digest))
        if at == self._hashes.size or self._hashes[at] != digest:
            return False
        return any(
            part.live[document]
            for part in self._segments
            if part.segment
            for document in part.segment.find(id)
        )


class _Repair:
    """One ``repair``: whole segments stay, the documents of damaged ones are taken into new ones.

    Attributes:
        lost: What could not be kept, once all is done.
        returned: Documents that count again.
    """

    def __init__(
        self, folder: Path, manifest: Manifest, examined: Sequence[Examined], progress: Progress
    ) -> None:
        self._folder, self._manifest, self._progress = folder, manifest, progress
        self._parts = [_Part(folder, one) for one in examined]
        self.lost: list[Lost] = []
        self.returned = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        for part in self._parts:
            part.forget()

    def commit(self, memory: int, *, map_is_whole: bool) -> None:
        """Do all of it, in one commit."""
        self._find_masks()
        kept = [part for part in self._parts if part.segment]
        held = [(part.segment, part.live) for part in kept if part.segment]
        for number, document in doubles(held):
            kept[number].let_go(document)
        manifest = replace(
            self._manifest,
            segments=tuple(part.entry for part in kept),
            terms_map=self._manifest.terms_map if map_is_whole else None,
        )
        index = Index(self._folder, manifest, tuple(one for one, _ in held), tuple(live for _, live in held))
        changes = Changes(index, self._manifest)
        changes.touched.update(number for number, part in enumerate(kept) if part.changed)
        run = Run(changes, memory)
        try:
            run.commit_again(self._documents())
        except BaseException:
            run.abandon()
            raise

    def _find_masks(self) -> None:
        """Find out which documents of segments with a damaged mask count."""
        doubtful = [part for part in self._parts if not part.certain]
        claims = _Claims(part for part in self._parts if doubtful and part.certain)
        found = True
        # Each that is told for certain tells more of the others.
        while doubtful and found:
            found = False
            for part in list(doubtful):
                live = part.find_mask(claims.on(part))
                if live is not None:
                    part.live, part.certain, found = live, True, True
                    claims.add(part)
                    doubtful.remove(part)
        for part in reversed(doubtful):
            part.live = _latest(part, claims.on(part))
            self.returned += max(int(np.count_nonzero(part.live)) - part.entry.live_documents, 0)
            claims.add(part)

    def _documents(self) -> Iterator[Document]:
        """The documents of damaged segments that are to be kept and are whole; the others are noted."""
        damaged = [part for part in self._parts if not part.segment]
        of = sum(part.entry.live_documents for part in damaged)
        done = 0
        for part in damaged:
            if not part.documents:
                count = part.entry.live_documents
                self.lost.append(Lost(None, part.entry.id, "nothing leads to its documents any more", count))
            for document in np.flatnonzero(part.live[: part.documents]).tolist():
                found = part.remains.whole(document)
                if found is None:
                    self.lost.append(Lost(part.id(document), part.entry.id, _reason(part, document)))
                else:
                    yield found
                done += 1
                self._progress(done, of)
            part.forget()


def _latest(part: _Part, dead: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The documents that may be live: of each id the last one."""
    live = ~dead
    seen: set[str] = set()
    for document in range(part.documents - 1, -1, -1):
        id_ = part.id(document)
        if id_ is not None:
            live[document] &= id_ not in seen
            seen.add(id_)
    return live


def _reason(part: _Part, document: int) -> str:
    what = "its id, date or fields are" if part.remains.has_text(document) else "its text is"
    return f"{what} damaged" + ("" if part.certain else ", and it may have been removed before")
