"""Whether an index on disk is what its manifest says, number by number."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import xxhash
from numpy.typing import NDArray

from tendency.corpus import terms_map
from tendency.corpus.changes import summarised
from tendency.corpus.container import Container
from tendency.corpus.manifest import Entry, Manifest, read_manifest, read_mask
from tendency.corpus.segment import Segment
from tendency.corpus.strings import encode, sort_order
from tendency.errors import DamagedIndexError, IndexVersionError

_STRETCH: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Damage:
    """One thing that is wrong.

    Attributes:
        file: The file, relative to the index.
        what: What is wrong with it, in a sentence.
        derived: Whether it can be made again from what is whole, so that no answer depends on it.
    """

    file: str
    what: str
    derived: bool = False


def check(path: Path | str, *, progress: Callable[[int, int], None] | None = None) -> list[Damage]:
    """Everything that is wrong with an index, nothing when it is whole.

    Reads every byte: verifies checksums, then what the numbers say of one another, then each text
    against its digest.

    Args:
        path: The index's folder.
        progress: Told how many segments of how many are done.

    Raises:
        NotAnIndexError: The folder is not an index.
        IndexVersionError: Another release wrote it.
        DamagedIndexError: The manifest itself cannot be read, so that nothing else can be said.
    """
    folder = Path(path)
    manifest = read_manifest(folder)
    found: list[Damage] = []
    segments: list[Segment] = []
    for number, entry in enumerate(manifest.segments):
        segment, damages = _check_segment(folder, entry)
        found += damages
        if segment is not None:
            segments.append(segment)
        if progress is not None:
            progress(number + 1, len(manifest.segments))
    if not found:
        found += _check_ids(folder, manifest, segments)
        found += _check_terms_map(folder, manifest, tuple(segments))
    return found


def _check_segment(folder: Path, entry: Entry) -> tuple[Segment | None, list[Damage]]:
    where = Path("segments") / entry.id
    found: list[Damage] = []
    try:
        segment = Segment(folder / where, entry.seals)
    except (DamagedIndexError, IndexVersionError) as error:
        return None, [Damage(str(where), str(error))]
    for name, container in (("data", segment.data), ("texts", segment.texts)):
        found += _check_sections(str(where / name), container)
    live = None
    try:
        live = read_mask(folder, entry)
    except DamagedIndexError as error:
        found.append(Damage(str(where / (entry.live.file if entry.live else "")), str(error)))
    if not found and live is not None:
        try:
            found += [Damage(str(where), what) for what in _contradictions(segment, entry, live)]
        except DamagedIndexError as error:
            found.append(Damage(str(where), str(error)))
    return segment, found


def _check_sections(file: str, container: Container) -> Iterator[Damage]:
    for name in container.sections:
        try:
            container.verify(name)
        except DamagedIndexError as error:
            yield Damage(file, str(error))


def _contradictions(segment: Segment, entry: Entry, live: NDArray[np.bool_]) -> Iterator[str]:
    """What does not fit together in a segment of which every checksum is right."""
    if segment.documents != entry.documents:
        yield f"it holds {segment.documents} documents, and the manifest says {entry.documents}"
        return
    if np.any(segment.tokens[segment.first[1:] - 1]):
        yield "a document does not end with a sentence end"
    ends = np.concatenate([np.zeros(1, np.int64), np.cumsum(segment.tokens == 0)])
    counted = np.diff(segment.first) - np.diff(ends[segment.first])
    if not np.array_equal(counted, segment.words):
        yield "the words of a document are not those that its tokens count"
    yield from _index_contradictions(segment)
    if summarised(entry, segment, live) != entry:
        yield "the manifest's counts are not those of the live documents"
    yield from _text_contradictions(segment)


def _index_contradictions(segment: Segment) -> Iterator[str]:
    terms = segment.terms
    if np.any(np.bincount(segment.tokens, minlength=len(terms)) != terms.frequency):
        yield "the postings of a term are not as many as its tokens"
    elif not _inverts(segment.data.array("postings", np.uint32, segment.positions), segment.tokens):
        yield "the postings of a term are not its positions"
    for strings, order, name in (
        (terms.forms, np.arange(len(terms), dtype=np.uint32), "forms"),
        (terms.folded, terms.folded_order, "folded forms"),
    ):
        if not np.array_equal(sort_order(strings), order):
            yield f"the {name} do not ascend"
    hashes = np.fromiter(
        (xxhash.xxh3_64_intdigest(encode(id_)) for id_ in segment.ids), np.uint64, segment.documents
    )
    if not np.array_equal(np.sort(hashes), segment.id_hashes):
        yield "the hashes of the ids are not theirs"
    for name in segment.field_names:
        list(segment.field(name).values)


def _inverts(postings: NDArray[np.uint32], tokens: NDArray[np.uint32]) -> bool:
    """Whether the postings go through all positions by term, then by position; a stretch at a time."""
    for at in range(0, postings.size, _STRETCH):
        # One more than the stretch, so that the step to the next one is looked at too.
        places = postings[at : at + _STRETCH + 1]
        if int(places.max()) >= tokens.size:
            return False
        terms = tokens[places]
        ascends = (terms[1:] > terms[:-1]) | ((terms[1:] == terms[:-1]) & (places[1:] > places[:-1]))
        if not ascends.all():
            return False
    return True


def _text_contradictions(segment: Segment) -> Iterator[str]:
    for document in range(segment.documents):
        text = segment.text(document)
        if xxhash.xxh3_64_intdigest(encode(text)) != int(segment.digests[document]):
            yield f"the text of document {segment.ids[document]!r} is not the one that was added"
        starts, ends = segment.offsets(
            document, np.arange(segment.first[document], segment.first[document + 1])
        )
        out_of_place = starts.size and (int(starts.min()) < 0 or int(ends.max()) > len(text))
        if out_of_place or np.any(ends < starts) or np.any(starts[1:] < ends[:-1]):
            yield f"the offsets of document {segment.ids[document]!r} do not fit its text"


def _check_ids(folder: Path, manifest: Manifest, segments: list[Segment]) -> Iterator[Damage]:
    seen: set[str] = set()
    for entry, segment in zip(manifest.segments, segments, strict=True):
        live: Any = read_mask(folder, entry)
        for document in np.flatnonzero(live).tolist():
            id_ = segment.ids[document]
            if id_ in seen:
                yield Damage("manifest.json", f"two live documents have the id {id_!r}.")
                return
            seen.add(id_)


def _check_terms_map(folder: Path, manifest: Manifest, segments: tuple[Segment, ...]) -> Iterator[Damage]:
    derived = manifest.terms_map
    if derived is None:
        return
    try:
        held = terms_map.read(folder / derived.file, derived)
        made = terms_map.build(segments)
        if not terms_map.same(held, made):
            yield Damage(
                derived.file, "it is not the map of the segments' terms; it is made again as needed.", True
            )
    except (DamagedIndexError, IndexVersionError) as error:
        yield Damage(derived.file, f"{error} It is made again as needed.", True)
