"""One snapshot of an index folder, for reading."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from tendency.corpus.container import FORMAT
from tendency.corpus.manifest import Manifest, read_manifest, read_mask
from tendency.corpus.segment import Segment
from tendency.documents.document import Document
from tendency.errors import DamagedIndexError

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from tendency.corpus.terms_map import TermsMap

_MODULUS: Final = 1 << 128


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """One field over the live documents.

    Attributes:
        name: Its name.
        view: ``text``, ``integer``, ``date`` or ``boolean``.
        documents: How many documents have it.
        values: How many distinct values there are.
    """

    name: str
    view: str
    documents: int
    values: int


@dataclass(frozen=True, slots=True)
class Info:
    """What an index holds.

    Attributes:
        path: Its folder.
        documents: Live documents.
        words: Their words (tokens that are not sentence ends).
        forms: Their distinct forms.
        span: First day and the day after the last, or None without documents.
        segments: How many segments they lie in.
        generation: How many commits were made.
        fields: Every field of a live document.
        bytes: Size of the files that the manifest names, and of itself and its copy.
        format: Version of the files' format.
        tokeniser: Versions of the text rules in use, usually one.
        fingerprint: Digest of the live documents.
    """

    path: Path
    documents: int
    words: int
    forms: int
    span: tuple[dt.date, dt.date] | None
    segments: int
    generation: int
    fields: tuple[FieldInfo, ...]
    bytes: int
    format: int
    tokeniser: tuple[str, ...]
    fingerprint: str


class Index:
    """One snapshot: what is committed later, or removed, does not change it.

    Attributes:
        path: The folder.
        generation: The commit that it shows.
        segments: The segments, in the order in which they were added.
        live: For each segment the documents that count, bool of shape (documents,).
        executor: Does what is asked of segments; threads when None.
    """

    def __init__(
        self,
        path: Path,
        manifest: Manifest,
        segments: tuple[Segment, ...],
        live: tuple[NDArray[np.bool_], ...],
        executor: Executor | None = None,
    ) -> None:
        self.executor = executor
        self.path, self.manifest, self.segments, self.live = path, manifest, segments, live
        self.generation = manifest.generation

    @classmethod
    def open(cls, path: Path | str, executor: Executor | None = None) -> Index:
        """The index in a folder, as it was last committed.

        Args:
            path: The folder.
            executor: Does what is asked of its segments; threads by default.

        Raises:
            NotAnIndexError: The folder is not an index.
            IndexVersionError: Another release wrote it.
            DamagedIndexError: A file is missing, or its size or header is wrong.
        """
        folder = Path(path)
        manifest = read_manifest(folder)
        while True:
            try:
                index = cls._read(folder, manifest, executor)
                break
            except DamagedIndexError:
                # A writer may have committed and swept between the two reads; then there is a newer manifest.
                newer = read_manifest(folder)
                if newer.generation == manifest.generation:
                    raise
                manifest = newer
        # Workers elsewhere may not see the folder: better said now than by each task.
        if prove := getattr(executor, "prove", None):
            prove(index)
        return index

    @classmethod
    def _read(cls, folder: Path, manifest: Manifest, executor: Executor | None) -> Index:
        segments = []
        for entry in manifest.segments:
            segment = Segment(folder / "segments" / entry.id, entry.seals)
            if segment.documents != entry.documents:
                raise segment.data.damaged("header", f"the manifest says {entry.documents:,} documents")
            segments.append(segment)
        masks = tuple(read_mask(folder, entry) for entry in manifest.segments)
        return cls(folder, manifest, tuple(segments), masks, executor)

    def __repr__(self) -> str:
        return f"Index({str(self.path)!r}, generation={self.generation}, documents={self.documents:,})"

    @property
    def documents(self) -> int:
        """How many live documents there are."""
        return sum(entry.live_documents for entry in self.manifest.segments)

    @property
    def words(self) -> int:
        """Words of the live documents, sentence ends not counted."""
        return sum(entry.words for entry in self.manifest.segments)

    @property
    def fingerprint(self) -> str:
        """A digest of the set of live documents, whatever the order, batches and segments they came in."""
        return f"{sum(int(entry.fingerprint, 16) for entry in self.manifest.segments) % _MODULUS:032x}"

    @property
    def field_views(self) -> Mapping[str, str]:
        """``text``, ``integer``, ``date`` or ``boolean`` for every field of a live document."""
        return MappingProxyType(self.manifest.fields)

    @property
    def span(self) -> tuple[dt.date, dt.date] | None:
        """First day and the day after the last of the live documents, or None without any."""
        spans = [entry.span for entry in self.manifest.segments if entry.span]
        if not spans:
            return None
        return dt.date.fromordinal(min(s for s, _ in spans)), dt.date.fromordinal(max(e for _, e in spans))

    def find(self, id: str) -> tuple[int, int] | None:  # noqa: A002
        """Segment and document number of the live document with this id, or None."""
        for number, segment in enumerate(self.segments):
            for document in segment.find(id):
                if self.live[number][document]:
                    return number, document
        return None

    @cached_property
    def terms(self) -> TermsMap:
        """The corpus's distinct forms with their frequencies, and each segment's terms among them."""
        from tendency.corpus.terms_map import terms_of

        return terms_of(self)

    def info(self) -> Info:
        """What the index holds."""
        from tendency.corpus.term_counts import frequencies

        return Info(
            path=self.path,
            documents=self.documents,
            words=self.words,
            forms=int(np.count_nonzero(frequencies(self))),
            span=self.span,
            segments=len(self.segments),
            generation=self.generation,
            fields=tuple(self._field_info(name) for name in self.field_views),
            bytes=self._bytes(),
            format=FORMAT,
            tokeniser=tuple(sorted({entry.tokeniser for entry in self.manifest.segments})),
            fingerprint=self.fingerprint,
        )

    def _field_info(self, name: str) -> FieldInfo:
        values: set[str] = set()
        documents = 0
        for segment, live in zip(self.segments, self.live, strict=True):
            field = segment.field(name)
            codes = field.codes[live]
            codes = codes[codes >= 0]
            documents += int(codes.size)
            values.update(field.values[code] for code in np.unique(codes).tolist())
        return FieldInfo(name, self.field_views[name], documents, len(values))

    def _bytes(self) -> int:
        named = sum(segment.data.size + segment.texts.size for segment in self.segments)
        masks = sum(-(-entry.documents // 8) for entry in self.manifest.segments if entry.live)
        derived = self.manifest.terms_map.size if self.manifest.terms_map else 0
        return named + masks + derived + 2 * len(self.manifest.to_bytes())


def iterate(index: Index, masks: Sequence[NDArray[np.bool_]] | None = None) -> Iterator[Document]:
    """The live documents, or those of the masks, in order of date, then id, read one at a time."""
    for segment, document in places(index, masks):
        yield segment.document(document)


def places(index: Index, masks: Sequence[NDArray[np.bool_]] | None = None) -> Iterator[tuple[Segment, int]]:
    """Segment and document number of the live documents, or those of the masks, in order of date, then id."""
    keys = []
    for number, (segment, mask) in enumerate(zip(index.segments, masks or index.live, strict=True)):
        for document in np.flatnonzero(mask).tolist():
            start, end = int(segment.start_day[document]), int(segment.end_day[document])
            keys.append((start, end, segment.ids[document], number, document))
    keys.sort()
    for *_, number, document in keys:
        yield index.segments[number], document


def info(path: Path | str) -> Info:
    """What an index holds."""
    return Index.open(path).info()
