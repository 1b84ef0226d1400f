"""Whether an index on disk is what its manifest says, number by number."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import xxhash
from numpy.typing import NDArray

from tendency.corpus import terms_map
from tendency.corpus.answers import Answers
from tendency.corpus.builder import digests_of
from tendency.corpus.changes import summarised
from tendency.corpus.container import Container, checksum
from tendency.corpus.manifest import (
    COPY,
    NAME,
    DerivedFile,
    Entry,
    Manifest,
    read_copy,
    read_manifest,
    read_mask,
)
from tendency.corpus.segment import SUM_CHUNK, Segment
from tendency.corpus.strings import Strings, differs_from_last, encode, equal, sort_order
from tendency.errors import DamagedIndexError

PRECIOUS: Final = frozenset(
    {
        *(
            f"{name}.{part}"
            for name in ("ids", "written", "fields.names", "fields.values")
            for part in ("bytes", "bounds")
        ),
        *("start_day", "end_day", "fields.codes", "fields.first", "characters", "contents"),
        *("blocks", "blocks.start", "blocks.offsets", "blocks.character"),
        *("header", "size", "file"),
    }
)
"""The parts of a segment's files that documents are read from, or found by."""

_STRETCH: Final = 1 << 20
_STRINGS: Final = 1 << 17


@dataclass(frozen=True, slots=True)
class Damage:
    """One thing that is wrong.

    Attributes:
        file: The file, relative to the index.
        what: The part of it and what is wrong with that.
        derived: Whether it is made again from what is whole, so that no document can be lost by it.
    """

    file: str
    what: str
    derived: bool = False

    def __str__(self) -> str:
        return f"{self.file}, {self.what}"


@dataclass(frozen=True, slots=True, eq=False)
class Examined:
    """A segment, and what is wrong with it.

    Attributes:
        entry: As the manifest names it.
        segment: The segment, or None where it cannot even be opened.
        live: Its live documents, or None where the mask does not tell.
        damages: What is wrong with its own files; nothing when it can be relied on.
        mask_damages: What is wrong with its mask.
    """

    entry: Entry
    segment: Segment | None
    live: NDArray[np.bool_] | None
    damages: tuple[Damage, ...]
    mask_damages: tuple[Damage, ...]


def check(path: Path | str, *, progress: Callable[[int, int], None] | None = None) -> list[Damage]:
    """Everything that is wrong with an index, nothing when it is whole.

    Reads every byte: verifies checksums, then what the numbers say of one another, then each document
    against its digest. Little is held at a time.

    Args:
        path: The index's folder.
        progress: Told how many segments of how many are done.

    Raises:
        NotAnIndexError: The folder is not an index.
        IndexVersionError: Another release wrote it.
        DamagedIndexError: Neither the manifest nor its copy can be read, so that nothing else can be said.
        StorageError: A file may not be read.
    """
    folder = Path(path)
    manifest, damages = whole_manifest(folder)
    while True:
        _, found = survey(folder, manifest, progress)
        newer, damages_now = whole_manifest(folder)
        # What a writer sweeps in the meantime is not damaged.
        if not found or newer.generation == manifest.generation:
            return [*damages, *found]
        manifest, damages = newer, damages_now


def survey(
    folder: Path, manifest: Manifest, progress: Callable[[int, int], None] | None = None
) -> tuple[list[Examined], list[Damage]]:
    """Every segment that a manifest names, and all that is wrong with them and with what is held beside them."""
    segments: list[Examined] = []
    found: list[Damage] = []
    for entry in manifest.segments:
        segments.append(examine(folder, entry))
        found += [*segments[-1].damages, *segments[-1].mask_damages]
        if progress is not None:
            progress(len(segments), len(manifest.segments))
    return segments, [*found, *_between(folder, manifest, segments)]


def _between(folder: Path, manifest: Manifest, segments: Sequence[Examined]) -> Iterator[Damage]:
    """What is wrong with what is held beside segments; what they say of it is asked where all of them are whole."""
    whole = [one.segment for one in segments if one.segment is not None and not one.damages]
    live = [one.live for one in segments if one.live is not None]
    if len(whole) == len(live) == len(segments):
        for number, document in doubles(list(zip(whole, live, strict=True))):
            id_ = whole[number].ids[document]
            yield Damage(NAME, f"manifest: two live documents have the id {id_!r}", True)
    if manifest.terms_map is not None:
        derived = manifest.terms_map.file
        for what in _map_damages(folder, manifest.terms_map, whole if len(whole) == len(segments) else None):
            yield Damage(derived, f"{what}; readers make it again as needed", True)
    for file in Answers(folder).damaged():
        yield Damage(
            str(file.relative_to(folder)), "answers kept: they are not as written, and are not used", True
        )


def whole_manifest(folder: Path) -> tuple[Manifest, list[Damage]]:
    """The manifest or, where that is damaged, its copy; and which of the two is damaged.

    Raises:
        DamagedIndexError: Both are.
    """
    copy = read_copy(folder)
    try:
        manifest = read_manifest(folder)
    except DamagedIndexError as error:
        if copy is None:
            raise DamagedIndexError(
                f"{folder / NAME}, manifest: {error.what}; and it has no whole copy, so that nothing says which documents "
                f"count. Put a copy of {NAME} back, or build the index again from its sources.",
                *(error.file, error.part, error.what),
            ) from error
        return copy, [Damage(NAME, f"manifest: {error.what}; it has a whole copy", True)]
    # An index of an earlier make has no copy until it is written to.
    if copy is None and (folder / COPY).exists():
        return manifest, [
            Damage(COPY, "copy of the manifest: it cannot be read, or its checksum is wrong", True)
        ]
    return manifest, []


def examine(folder: Path, entry: Entry) -> Examined:
    """A segment with everything that is wrong with it."""
    of_mask: list[Damage] = []
    live = None
    try:
        live = read_mask(folder, entry)
    except DamagedIndexError as error:
        of_mask.append(_damage(folder, error))
    try:
        segment = Segment(folder / "segments" / entry.id, entry.seals)
    except DamagedIndexError as error:
        return Examined(entry, None, live, (_damage(folder, error),), tuple(of_mask))
    found = [
        _damage(folder, error) for container in (segment.data, segment.texts) for error in container.examine()
    ]
    if not found:
        try:
            own = f"segments/{entry.id}"
            found += [Damage(own, what, derived) for what, derived in _contradictions(segment, entry, live)]
        except DamagedIndexError as error:
            found.append(_damage(folder, error))
    _let_go(segment)
    return Examined(entry, segment, live, tuple(found), tuple(of_mask))


def _damage(folder: Path, error: DamagedIndexError) -> Damage:
    file = error.file.relative_to(folder).as_posix() if error.file else "segments"
    return Damage(file, f"{error.part}: {error.what}", bool(error.part) and error.part not in PRECIOUS)


def _let_go(segment: Segment) -> None:
    segment.data.let_go()
    segment.texts.let_go()


def _contradictions(
    segment: Segment, entry: Entry, live: NDArray[np.bool_] | None
) -> Iterator[tuple[str, bool]]:
    """What does not fit together in a segment of which every checksum is right, and whether that is derived."""
    if segment.documents != entry.documents:
        yield f"it holds {segment.documents} documents, and the manifest says {entry.documents}", False
        return
    if live is not None and summarised(entry, segment, live) != entry:
        yield "the manifest's counts are not those of the live documents", False
    for derived in (
        _token_contradictions,
        _posting_contradictions,
        _order_contradictions,
        _offset_contradictions,
    ):
        for what in derived(segment):
            yield what, True
        _let_go(segment)
    for what in _document_contradictions(segment):
        yield what, False


def _token_contradictions(segment: Segment) -> Iterator[str]:
    if np.any(segment.tokens[segment.first[1:] - 1]):
        yield "a document does not end with a sentence end"
    frequency = np.zeros(len(segment.terms), np.int64)
    fits = True
    for low, high in _runs(segment.first, 4 * _STRETCH):
        base = int(segment.first[low])
        tokens = segment.tokens[base : int(segment.first[high])]
        for at in range(0, tokens.size, 4 * _STRETCH):
            frequency += np.bincount(tokens[at : at + 4 * _STRETCH], minlength=frequency.size)
        counted = np.add.reduceat(tokens != 0, segment.first[low:high] - base, dtype=np.int64)
        fits = fits and np.array_equal(counted, segment.words[low:high])
        segment.data.let_go()
    if not fits:
        yield "the words of a document are not those that its tokens count"
    if not np.array_equal(frequency, segment.terms.frequency):
        yield "the postings of a term are not as many as its tokens"


def _runs(bounds: NDArray[np.int64], size: int) -> Iterator[tuple[int, int]]:
    """Stretches of things, each with about so much in it and at least one thing."""
    low, n = 0, bounds.size - 1
    while low < n:
        high = int(np.searchsorted(bounds, bounds[low] + size, side="right")) - 1
        high = min(max(high, low + 1), n)
        yield low, high
        low = high


def _posting_contradictions(segment: Segment) -> Iterator[str]:
    postings = segment.data.array("postings", np.uint32, segment.positions)
    sums = segment.data.array("postings.sums", np.uint64, -(-segment.positions // SUM_CHUNK))
    for chunk in range(sums.size):
        if checksum(postings[chunk * SUM_CHUNK : (chunk + 1) * SUM_CHUNK]) != int(sums[chunk]):
            yield "the checksums of the postings are not theirs"
            break
    if not _inverts(postings, segment):
        yield "the postings of a term are not its positions"


def _inverts(postings: NDArray[np.uint32], segment: Segment) -> bool:
    """Whether the postings go through all positions by term, then by position; a stretch at a time."""
    tokens = segment.tokens
    for at in range(0, postings.size, _STRETCH):
        # One more than the stretch, so that the step to the next one is looked at too.
        places = postings[at : at + _STRETCH + 1]
        if int(places.max()) >= tokens.size:
            return False
        terms = tokens[places]
        ascends = (terms[1:] > terms[:-1]) | ((terms[1:] == terms[:-1]) & (places[1:] > places[:-1]))
        if not ascends.all():
            return False
        segment.data.let_go()
    return True


def _order_contradictions(segment: Segment) -> Iterator[str]:
    terms = segment.terms
    if not _ascend(terms.forms, distinct=True):
        yield "the forms do not ascend"
    if not _ascend(terms.folded, terms.folded_order):
        yield "the folded forms do not ascend"
    order = segment.data.array("ids.order", np.uint32, segment.documents)
    hashes = np.fromiter(
        (xxhash.xxh3_64_intdigest(encode(id_)) for id_ in segment.ids), np.uint64, segment.documents
    )
    ascending = np.all(segment.id_hashes[1:] >= segment.id_hashes[:-1])
    if (
        not ascending
        or not np.array_equal(hashes[order], segment.id_hashes)
        or np.unique(order).size != order.size
    ):
        yield "the hashes of the ids are not theirs"
    if not all(_ascend(segment.field(name).values, distinct=True) for name in segment.field_names):
        yield "the values of a field do not ascend"


def _ascend(strings: Strings, order: NDArray[np.uint32] | None = None, *, distinct: bool = False) -> bool:
    """Whether strings ascend, themselves or through an order, which then ascends among equal ones; a stretch at a time."""
    for at in range(0, len(strings), _STRINGS):
        # One more than the stretch, so that the step to the next one is looked at too.
        places = np.arange(at, min(at + _STRINGS + 1, len(strings)), dtype=np.uint32)
        places = places if order is None else order[places]
        held = strings.take(places)
        if not np.array_equal(sort_order(held), np.arange(places.size)):
            return False
        equal = ~differs_from_last(held)[1:]
        if np.any(equal & (distinct | (places[1:] <= places[:-1]))):
            return False
    return True


def _offset_contradictions(segment: Segment) -> Iterator[str]:
    """Of each block of text."""
    table = segment.blocks
    for block in range(table.middles.size):
        low, high = int(table.positions[block]), int(table.positions[block + 1])
        _, starts, ends = segment.block(block)
        documents = segment.document_of(np.arange(low, high))
        starts, ends = starts + table.characters[block], ends + table.characters[block]
        inside = (segment.characters[documents] <= starts) & (ends <= segment.characters[documents + 1])
        if not inside.all() or np.any(ends < starts) or np.any(starts[1:] < ends[:-1]):
            document = segment.ids[int(documents[0])]
            yield f"the offsets of tokens do not fit the texts from document {document!r} on"
            return


def _document_contradictions(segment: Segment) -> Iterator[str]:
    for number, document in enumerate(segment.in_turn(np.arange(segment.documents, dtype=np.uint32))):
        found = digests_of(document)
        if found.text != int(segment.digests[number]) or found.content != segment.content(number):
            yield f"document {document.id!r} is not the one that was added"


def doubles(held: Sequence[tuple[Segment, NDArray[np.bool_]]]) -> Iterator[tuple[int, int]]:
    """Live documents of which a later live one has the id: the number of the segment and of the document.

    Hashes are compared first, so that little is held.
    """
    places = [np.flatnonzero(live).astype(np.uint32) for _, live in held]
    hashes = [segment.id_hash_of(own) for (segment, _), own in zip(held, places, strict=True)]
    together = np.sort(np.concatenate([np.empty(0, np.uint64), *hashes]))
    again = np.unique(together[1:][together[1:] == together[:-1]])
    seen: set[str] = set()
    for number in range(len(held) - 1, -1, -1):
        for document in places[number][np.isin(hashes[number], again)][::-1].tolist():
            id_ = held[number][0].ids[document]
            if id_ in seen:
                yield number, document
            seen.add(id_)


def _map_damages(folder: Path, derived: DerivedFile, segments: Sequence[Segment] | None) -> Iterator[str]:
    try:
        damages = list(Container(folder / derived.file, (derived.size, int(derived.checksum, 16))).examine())
        yield from (f"{damage.part}: {damage.what}" for damage in damages)
        if segments is None or damages:
            return
        if not _is_map_of(terms_map.read(folder / derived.file, derived, trusted=True), segments):
            yield "map of terms: it is not that of the segments"
    except DamagedIndexError as error:
        yield f"{error.part}: {error.what}"


def _is_map_of(held: terms_map.TermsMap, segments: Sequence[Segment]) -> bool:
    """Whether a map is that of the terms of some of these segments; a stretch at a time."""
    segments = [segment for segment in segments if segment.id in held.maps]
    if len(segments) != len(held.maps) or not _ascend(held.forms, distinct=True):
        return False
    frequency = np.zeros(len(held), np.int64)
    folded = np.zeros(len(held), np.bool_)
    folded[0] = len(held.folded.utf8(0)) == 0
    for segment in segments:
        terms, numbers = segment.terms, held.maps[segment.id]
        if numbers.size != len(terms) or np.any(numbers[1:] <= numbers[:-1]):
            return False
        frequency[numbers] += terms.frequency
        for at in range(0, numbers.size, _STRINGS):
            part = numbers[at : at + _STRINGS]
            own = np.arange(at, at + part.size, dtype=np.uint32)
            if not equal(held.forms.take(part), terms.forms.take(own)).all():
                return False
            # Segments of different releases may fold a form differently; the map has it as one of them does.
            folded[part] |= equal(held.folded.take(part), terms.folded.take(own))
        _let_go(segment)
        held.let_go()
    return bool(folded.all()) and np.array_equal(frequency, held.frequency)
