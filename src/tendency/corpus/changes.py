"""What a writer changes of an index, until it is committed."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import xxhash
from numpy.typing import NDArray

from tendency.corpus import terms_map
from tendency.corpus.fields import view_of, views_of
from tendency.corpus.index import Index
from tendency.corpus.manifest import Entry, LiveMask, Manifest, mask_bytes, read_manifest
from tendency.corpus.segment import Segment
from tendency.corpus.storage import write_atomically
from tendency.errors import SettingError, TendencyError


class Changes:
    """New masks and new segments over a snapshot, until they are committed.

    Args:
        index: The snapshot.
        before: The manifest that readers may have read, where the snapshot is only a part of it.
    """

    def __init__(self, index: Index, before: Manifest | None = None) -> None:
        self.index, self._before = index, before or index.manifest
        self.segments = list(index.segments)
        self.live = [mask.copy() for mask in index.live]
        self.entries = list(index.manifest.segments)
        self.touched: set[int] = set()
        self.killed = 0

    def holder(self, id: str) -> tuple[int, int] | None:  # noqa: A002
        """Segment and document number of the live document with this id."""
        for number in range(len(self.segments) - 1, -1, -1):
            for document in self.segments[number].find(id):
                if self.live[number][document]:
                    return number, document
        return None

    def candidates(self, hashes: NDArray[np.uint64]) -> NDArray[np.bool_]:
        """Which of these hashes of ids some segment may hold."""
        found = np.zeros(hashes.size, np.bool_)
        for segment in self.segments:
            known = segment.id_hashes
            at = np.minimum(np.searchsorted(known, hashes), max(known.size - 1, 0))
            if known.size:
                found |= known[at] == hashes
        return found

    def kill(self, number: int, document: int) -> None:
        """Let a document be live no more."""
        self.live[number][document] = False
        self.touched.add(number)
        self.killed += 1

    def kill_id(self, id: str) -> bool:  # noqa: A002
        """Let the live document with this id be live no more; whether there was one."""
        held = self.holder(id)
        if held is not None:
            self.kill(*held)
        return held is not None

    def kill_masks(self, masks: Mapping[str, NDArray[np.bool_]]) -> None:
        """Let the documents of the masks, by their segment's name, be live no more."""
        gone = set(masks) - {segment.id for segment in self.segments}
        if gone:
            raise SettingError("the index was compacted since the selection was made; select again.")
        for number, segment in enumerate(self.segments):
            mask = masks.get(segment.id)
            if mask is None:
                continue
            dead = self.live[number] & mask
            if dead.any():
                self.live[number] &= ~mask
                self.touched.add(number)
                self.killed += int(np.count_nonzero(dead))

    def retire(self, number: int) -> None:
        """Name a segment no more, because another one now holds its live documents."""
        self.live[number][:] = False
        self.touched.add(number)

    def append(self, segment: Segment, live: NDArray[np.bool_], tokeniser: str) -> None:
        """Name a new segment, made by this version of the text rules."""
        self.segments.append(segment)
        self.live.append(live)
        seals = ((segment.data.size, segment.data.seal), (segment.texts.size, segment.texts.seal))
        # The counts are filled in at the commit, when it is known which documents are live.
        self.entries.append(Entry(segment.id, seals, segment.documents, None, 0, 0, None, "0", {}, tokeniser))
        self.touched.add(len(self.segments) - 1)

    def discard(self, numbers: Iterable[int]) -> None:
        """Delete new segments that were not committed; where that cannot be told, they are swept later."""
        # A failure after the manifest's renaming, such as of the flush that follows it, comes after the commit.
        try:
            named = {entry.id for entry in read_manifest(self.index.path).segments}
        except TendencyError:
            return
        for number in numbers:
            if self.segments[number].id not in named:
                shutil.rmtree(self.segments[number].path, ignore_errors=True)

    def summed(self) -> list[Entry]:
        """The entries with their counts over the live documents."""
        for number in sorted(self.touched):
            self.entries[number] = summarised(self.entries[number], self.segments[number], self.live[number])
            self.segments[number].data.let_go()
        return self.entries

    def commit(self) -> int:
        """Write masks, the map of terms and the manifest; the new generation."""
        folder, generation = self.index.path, self.index.generation + 1
        entries = []
        for number, entry in enumerate(self.summed()):
            # A segment without a live document is named no more; its files are swept later.
            if not entry.live_documents:
                continue
            if number in self.touched:
                entry = replace(entry, live=self._write_mask(entry, self.live[number], generation))
            entries.append(entry)
        names = {entry.id for entry in entries}
        segments = tuple(segment for segment in self.segments if segment.id in names)
        derived = terms_map.write_extended(self.index, segments, generation)
        manifest = Manifest(generation, tuple(entries), derived, _field_views(entries))
        self._keep_for_readers(manifest)
        manifest.commit(folder)
        return generation

    def _keep_for_readers(self, after: Manifest) -> None:
        """Let the 24 hours of what is named no more begin now, however old it is."""
        folder, before = self.index.path, self._before
        named = {entry.id: entry.live for entry in after.segments}
        derived = before.terms_map if before.terms_map != after.terms_map else None
        gone = [folder / derived.file] if derived else []
        for entry in before.segments:
            own = folder / "segments" / entry.id
            if entry.id not in named:
                gone.append(own)
            elif entry.live and entry.live != named[entry.id]:
                gone.append(own / entry.live.file)
        for path in gone:
            # A file that cannot be touched is only swept earlier.
            with contextlib.suppress(OSError):
                os.utime(path)

    def _write_mask(self, entry: Entry, live: NDArray[np.bool_], generation: int) -> LiveMask | None:
        if live.all():
            return None
        name = f"live-{generation:06d}"
        data = mask_bytes(live)
        write_atomically(self.index.path / "segments" / entry.id / name, data)
        return LiveMask(name, xxhash.xxh3_128_hexdigest(data))


def summarised(entry: Entry, segment: Segment, live: NDArray[np.bool_]) -> Entry:
    """The entry with its counts, span, fingerprint and views over the live documents."""
    starts, ends = segment.start_day[live], segment.end_day[live]
    views = {}
    for name in segment.field_names:
        held = segment.field(name)
        codes = np.unique(held.codes[live])
        codes = codes[codes >= 0]
        if codes.size:
            views[name] = tuple(sorted(views_of(held.values[code] for code in codes.tolist())))
    return replace(
        entry,
        live_documents=int(np.count_nonzero(live)),
        words=int(segment.words[live].sum()),
        span=(int(starts.min()), int(ends.max())) if starts.size else None,
        fingerprint=f"{fingerprint_of(segment.contents[live]):032x}",
        views=views,
    )


def fingerprint_of(contents: NDArray[np.uint64]) -> int:
    """The sum of 128-bit digests, modulo 2**128, of shape (documents, 2) with the high half first."""
    mask, shift = np.uint64(0xFFFFFFFF), np.uint64(32)
    total = 0
    for column, place in ((0, 64), (1, 0)):
        half = contents[:, column]
        total += (
            int((half & mask).sum(dtype=np.uint64)) + (int((half >> shift).sum(dtype=np.uint64)) << 32)
        ) << place
    return total % (1 << 128)


def _field_views(entries: Sequence[Entry]) -> dict[str, str]:
    possible: dict[str, frozenset[str]] = {}
    for entry in entries:
        for name, views in entry.views.items():
            possible[name] = possible.get(name, frozenset(views)) & frozenset(views)
    return {name: view_of(possible[name]) for name in sorted(possible)}
