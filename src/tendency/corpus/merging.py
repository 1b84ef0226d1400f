"""Several segments as one, streamed: terms are numbered anew, compressed texts are copied as they are."""

from __future__ import annotations

import shutil
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np
import xxhash
import zstandard
from numpy.typing import NDArray

from tendency.corpus.builder import BLOCK_BYTES, write_strings
from tendency.corpus.container import ContainerWriter, checksum
from tendency.corpus.segment import SUM_CHUNK, Seals, Segment, Terms, pack_offsets
from tendency.corpus.storage import describing, sync_folder
from tendency.corpus.strings import Strings, differs_from_last, encode, sort_order

Tick = Callable[[int], None]
"""Called with how many more tokens have been written; each is written twice, as a token and as a posting."""

BYTES_PER_TERM: Final = 28
"""What merging holds for each term of each segment, about."""

_LEVEL: Final = 1
_TERMS_AT_ONCE: Final = 1 << 17


@dataclass(frozen=True, eq=False)
class Source:
    """A segment to be merged, and which of its documents go on.

    Attributes:
        segment: The segment.
        live: The documents that go on, bool of shape (documents,).
    """

    segment: Segment
    live: NDArray[np.bool_]

    @cached_property
    def whole(self) -> bool:
        """Whether all documents go on."""
        return bool(self.live.all())

    @cached_property
    def documents(self) -> NDArray[np.uint32]:
        """The documents that go on, ascending."""
        return np.flatnonzero(self.live).astype(np.uint32)

    @cached_property
    def tokens(self) -> NDArray[np.int64]:
        """Tokens of each document that goes on."""
        return np.diff(self.segment.first)[self.live]

    @cached_property
    def positions(self) -> int:
        """Tokens of all documents that go on."""
        return int(self.tokens.sum())

    @cached_property
    def runs(self) -> list[tuple[int, int]]:
        """Stretches of documents that go on, half-open."""
        steps = np.flatnonzero(np.diff(np.concatenate([[False], self.live, [False]])))
        return [(int(low), int(high)) for low, high in steps.reshape(-1, 2).tolist()]

    @cached_property
    def frequency(self) -> NDArray[np.int64]:
        """How often each term occurs in the documents that go on."""
        if self.whole:
            return self.segment.terms.frequency
        counted = np.zeros(len(self.segment.terms), np.int64)
        for piece in self.pieces(_TERMS_AT_ONCE * 8):
            counted += np.bincount(piece, minlength=counted.size)
        return counted

    def pieces(self, size: int) -> Iterator[NDArray[np.uint32]]:
        """The tokens of the documents that go on, at most so many at a time."""
        tokens, first = self.segment.tokens, self.segment.first
        for low, high in self.runs:
            for at in range(int(first[low]), int(first[high]), size):
                yield tokens[at : min(at + size, int(first[high]))]
                self.segment.data.let_go()

    def moved(self, postings: NDArray[np.uint32], base: int) -> NDArray[np.uint32]:
        """The positions of documents that go on, where these begin at ``base`` and follow one another."""
        if self.whole:
            return postings + np.uint32(base)
        documents = self.segment.document_of(postings)
        kept = self.live[documents]
        return (postings[kept] + self._shifts[documents[kept]] + base).astype(np.uint32)

    @cached_property
    def _shifts(self) -> NDArray[np.int64]:
        """By how much each document moves towards the beginning, as a negative number."""
        widths = np.where(self.live, np.diff(self.segment.first), 0)
        shifts: NDArray[np.int64] = np.cumsum(widths) - widths - self.segment.first[:-1]
        return shifts


def merge(path: Path, sources: Sequence[Source], *, memory: int, tick: Tick | None = None) -> Seals:
    """A new segment of the documents that go on, in the order of the sources; its files' sizes and checksums.

    Answers, counts and offsets are those of the sources. Held in memory are a few bytes a term and the
    documents' ids, dates and fields; the rest is streamed.

    Args:
        path: The new segment's folder, made here.
        sources: What to merge; at least one document must go on, and fewer than 2³¹ tokens.
        memory: Bytes for the stretches in which postings are merged.
        tick: Told how far it is.
    """
    with describing(f"making the folder {path}"):
        path.mkdir(parents=True)
    try:
        texts = _merge_texts(path, sources)
        data = _DataMerge(sources, memory, tick or (lambda tokens: None)).write(path)
        with describing(f"writing {path}"):
            sync_folder(path)
            sync_folder(path.parent)
    except BaseException:
        shutil.rmtree(path, ignore_errors=True)
        raise
    return data, texts


class _DataMerge:
    """Everything of the merged segment but its texts."""

    def __init__(self, sources: Sequence[Source], memory: int, tick: Tick) -> None:
        self._sources, self._tick = sources, tick
        self._stretch = min(max(memory // 256, 1 << 16), 1 << 22)
        self._positions = sum(source.positions for source in sources)

    def write(self, path: Path) -> tuple[int, int]:
        data = ContainerWriter(path / "data")
        try:
            self._write_documents(data)
            fields = self._write_fields(data)
            merged = _merge_terms(self._sources)
            merged.write(data)
            self._write_tokens(data, merged)
            self._write_postings(data, merged)
            return data.finish(
                segment=path.name,
                documents=sum(source.documents.size for source in self._sources),
                positions=self._positions,
                terms=merged.count,
                fields=fields,
            )
        except BaseException:
            data.abandon()
            raise

    def _write_documents(self, data: ContainerWriter) -> None:
        sources = self._sources
        for name, strings in (("ids", "ids"), ("written", "written")):
            parts = [getattr(source.segment, strings).take(source.documents) for source in sources]
            write_strings(data, name, joined(parts))
        hashes = np.concatenate([source.segment.id_hash_of(source.documents) for source in sources])
        order = np.argsort(hashes, kind="stable").astype(np.uint32)
        data.array("ids.hashes", hashes[order])
        data.array("ids.order", order)
        for name in ("start_day", "end_day", "words", "digests", "contents"):
            held = [getattr(source.segment, name)[source.live] for source in sources]
            data.array(name, np.concatenate(held).reshape(-1))
        data.array("first", _sums(source.tokens for source in sources))
        data.array("characters", _sums(np.diff(s.segment.characters)[s.live] for s in sources))

    def _write_fields(self, data: ContainerWriter) -> int:
        present = {
            name
            for source in self._sources
            for name in source.segment.field_names
            if (source.segment.field(name).codes[source.live] >= 0).any()
        }
        names = sorted(present, key=encode)
        write_strings(data, "fields.names", Strings.of(names))
        append, first, values = data.stream("fields.codes", "<i4"), [0], []
        for name in names:
            codes, held = self._merged_field(name)
            append(codes.tobytes())
            values.append(held)
            first.append(first[-1] + len(held))
        data.array("fields.first", np.asarray(first, np.int64))
        write_strings(data, "fields.values", joined(values))
        return len(names)

    def _merged_field(self, name: str) -> tuple[NDArray[np.int32], Strings]:
        held = [source.segment.field(name) for source in self._sources]
        codes = [field.codes[source.live] for field, source in zip(held, self._sources, strict=True)]
        used = [np.unique(part[part >= 0]) for part in codes]
        values, numbers = union(
            [field.values.take(part.astype(np.uint32)) for field, part in zip(held, used, strict=True)]
        )
        merged = []
        for part, own, number in zip(codes, used, numbers, strict=True):
            fresh = np.full(part.size, -1, np.int32)
            fresh[part >= 0] = number[np.searchsorted(own, part[part >= 0])]
            merged.append(fresh)
        return np.concatenate(merged).astype("<i4"), values

    def _write_tokens(self, data: ContainerWriter, merged: _MergedTerms) -> None:
        append = data.stream("tokens", "<u4")
        for source, kept, numbers in zip(self._sources, merged.kept, merged.numbers, strict=True):
            renumbered = np.zeros(len(source.segment.terms), np.uint32)
            renumbered[kept] = numbers
            for piece in source.pieces(self._stretch):
                append(renumbered[piece].astype("<u4", copy=False).tobytes())
                self._tick(piece.size)

    def _write_postings(self, data: ContainerWriter, merged: _MergedTerms) -> None:
        data.array("postings.first", merged.first)
        append, sums = data.stream("postings", "<u4"), _ChunkSums()
        low = 0
        while low < merged.count:
            most = int(merged.first[low]) + self._stretch
            high = max(int(np.searchsorted(merged.first, most, side="right")) - 1, low + 1)
            parts = self._long_term(merged, low) if high == low + 1 else [self._terms(merged, low, high)]
            for part in parts:
                sums.add(part)
                append(part.tobytes())
                self._tick(part.size)
            for source in self._sources:
                source.segment.data.let_go()
            low = high
        data.array("postings.sums", np.asarray(sums.finished(), np.uint64))

    def _long_term(self, merged: _MergedTerms, term: int) -> Iterator[NDArray[np.uint32]]:
        """The postings of one term, which may be more than fit into a stretch."""
        base = 0
        for source, kept, numbers in zip(self._sources, merged.kept, merged.numbers, strict=True):
            at = int(np.searchsorted(numbers, term))
            if at < numbers.size and numbers[at] == term:
                own = int(kept[at])
                postings = source.segment.postings_between(own, own + 1)
                for begin in range(0, postings.size, self._stretch):
                    yield source.moved(postings[begin : begin + self._stretch], base)
                    source.segment.data.let_go()
            base += source.positions

    def _terms(self, merged: _MergedTerms, low: int, high: int) -> NDArray[np.uint32]:
        """The postings of a range of terms: of each term source after source."""
        start = int(merged.first[low])
        postings = np.empty(int(merged.first[high]) - start, np.uint32)
        places = merged.first[low:high] - start
        base = 0
        for source, kept, numbers in zip(self._sources, merged.kept, merged.numbers, strict=True):
            a, b = np.searchsorted(numbers, [low, high]).tolist()
            if a < b:
                own = kept[a:b]
                lengths = source.frequency[own]
                moved = source.moved(source.segment.postings_between(int(own[0]), int(own[-1]) + 1), base)
                terms = numbers[a:b] - np.uint32(low)
                begins = places[terms] - (np.cumsum(lengths) - lengths)
                postings[np.repeat(begins, lengths) + np.arange(moved.size)] = moved
                places[terms] += lengths
            base += source.positions
        return postings


class _ChunkSums:
    """The checksum of every :data:`SUM_CHUNK` postings of a stream."""

    def __init__(self) -> None:
        self._sums: list[int] = []
        self._digest, self._held = xxhash.xxh3_64(), 0

    def add(self, postings: NDArray[np.uint32]) -> None:
        at = 0
        while at < postings.size:
            part = postings[at : at + SUM_CHUNK - self._held]
            self._digest.update(np.ascontiguousarray(part, "<u4").view(np.uint8).data)
            self._held += part.size
            at += part.size
            if self._held == SUM_CHUNK:
                self._end()

    def finished(self) -> list[int]:
        if self._held:
            self._end()
        return self._sums

    def _end(self) -> None:
        self._sums.append(self._digest.intdigest())
        self._digest, self._held = xxhash.xxh3_64(), 0


@dataclass(frozen=True, eq=False)
class _MergedTerms:
    """The terms of all sources, ascending, without those that only left documents hold.

    Attributes:
        sources: What they are the terms of.
        kept: For each source those of its terms that go on, ascending.
        numbers: The new number of each of them, ascending.
        owner: For each new term the first source that has it, uint16.
        first: Where each new term's postings begin, int64 of shape (count+1,).
    """

    sources: Sequence[Source]
    kept: list[NDArray[np.uint32]]
    numbers: list[NDArray[np.uint32]]
    owner: NDArray[np.uint16]
    first: NDArray[np.int64]

    @property
    def count(self) -> int:
        """How many there are."""
        return int(self.owner.size)

    def write(self, data: ContainerWriter) -> None:
        """Forms, folded forms and the order of these."""
        self._write_strings(data, "terms.forms", lambda terms: terms.forms)
        self._write_strings(data, "terms.folded", lambda terms: terms.folded)
        append = data.stream("terms.folded.order", "<u4")
        for part in self._folded_order():
            append(part.astype("<u4", copy=False).tobytes())

    def _write_strings(self, data: ContainerWriter, section: str, of: Callable[[Terms], Strings]) -> None:
        append = data.stream(f"{section}.bytes")
        bounds = np.zeros(self.count + 1, np.int64)
        for at in range(0, self.count, _TERMS_AT_ONCE):
            end = min(at + _TERMS_AT_ONCE, self.count)
            strings = self._stretch(at, end, of)
            append(strings.data.tobytes())
            bounds[at + 1 : end + 1] = strings.bounds[1:] + bounds[at]
            for source in self.sources:
                source.segment.data.let_go()
        data.array(f"{section}.bounds", bounds)

    def _stretch(self, low: int, high: int, of: Callable[[Terms], Strings]) -> Strings:
        """The strings of a range of the new terms."""
        parts, places = [], np.empty(high - low, np.uint32)
        already = 0
        for number, source in enumerate(self.sources):
            a, b = np.searchsorted(self.numbers[number], [low, high]).tolist()
            numbers = self.numbers[number][a:b]
            mine = self.owner[numbers] == number
            terms = self.kept[number][a:b][mine]
            places[numbers[mine] - np.uint32(low)] = np.arange(already, already + terms.size, dtype=np.uint32)
            already += terms.size
            parts.append(of(source.segment.terms).take(terms))
        return joined(parts).take(places)

    def _folded_order(self) -> Iterator[NDArray[np.uint32]]:
        """The new terms in ascending order of the folded form, equal ones ascending, a stretch at a time."""
        sequences = [(s.segment.terms.folded, s.segment.terms.folded_order) for s in self.sources]
        new = []
        for number, source in enumerate(self.sources):
            # Only the owner's folded form is written, so only its place counts.
            owned = np.full(len(source.segment.terms), self.count, np.uint32)
            mine = self.owner[self.numbers[number]] == number
            owned[self.kept[number][mine]] = self.numbers[number][mine]
            new.append(owned)
        for cut in stretches(sequences):
            terms = [order[low:high] for (_, order), (low, high) in zip(sequences, cut, strict=True)]
            numbers = [owned[part] for owned, part in zip(new, terms, strict=True)]
            kept = [part < self.count for part in numbers]
            folded = joined([s.take(part[k]) for (s, _), part, k in zip(sequences, terms, kept, strict=True)])
            ours = np.concatenate([part[k] for part, k in zip(numbers, kept, strict=True)])
            ascending = np.argsort(ours).astype(np.uint32)
            yield ours[ascending][sort_order(folded.take(ascending))]


def _merge_terms(sources: Sequence[Source]) -> _MergedTerms:
    sequences = [(source.segment.terms.forms, None) for source in sources]
    kept: list[list[NDArray[np.uint32]]] = [[] for _ in sources]
    numbers: list[list[NDArray[np.uint32]]] = [[] for _ in sources]
    owners, counts = [], []
    count = 0
    for cut in stretches(sequences):
        terms = []
        for source, (low, high) in zip(sources, cut, strict=True):
            terms.append(low + np.flatnonzero(source.frequency[low:high]).astype(np.uint32))
        both = [source.segment.terms.forms.take(part) for source, part in zip(sources, terms, strict=True)]
        forms, places = union(both)
        owner, counted = np.zeros(len(forms), np.uint16), np.zeros(len(forms), np.int64)
        for number in range(len(sources) - 1, -1, -1):
            owner[places[number]] = number
            counted[places[number]] += sources[number].frequency[terms[number]]
            kept[number].append(terms[number].astype(np.uint32))
            numbers[number].append((places[number] + count).astype(np.uint32))
        owners.append(owner)
        counts.append(counted)
        count += len(forms)
        for source in sources:
            source.segment.data.let_go()
    first = np.zeros(count + 1, np.int64)
    np.cumsum(np.concatenate(counts), out=first[1:])
    return _MergedTerms(
        sources,
        [np.concatenate(parts) for parts in kept],
        [np.concatenate(parts) for parts in numbers],
        np.concatenate(owners),
        first,
    )


def stretches(
    sequences: Sequence[tuple[Strings, NDArray[np.uint32] | None]], size: int = _TERMS_AT_ONCE
) -> Iterator[list[tuple[int, int]]]:
    """Ascending sequences of strings cut at common strings, so that equal ones fall into one stretch.

    Args:
        sequences: Strings that ascend, themselves or through an order.
        size: About how many of all to put into a stretch; more where more are equal.

    Yields:
        For each sequence the places from which and up to which its part goes.
    """
    step = max(size // max(len(sequences), 1), 1)
    at = [0] * len(sequences)
    while any(place < len(strings) for place, (strings, _) in zip(at, sequences, strict=True)):
        ahead = [
            strings.utf8(place + step if order is None else int(order[place + step]))
            for place, (strings, order) in zip(at, sequences, strict=True)
            if place + step < len(strings)
        ]
        if not ahead:
            ends = [len(strings) for strings, _ in sequences]
        else:
            ends = [strings.bisect(min(ahead), order) for strings, order in sequences]
            if ends == at:
                ends = [strings.bisect(min(ahead) + b"\0", order) for strings, order in sequences]
        yield list(zip(at, ends, strict=True))
        at = ends


def union(parts: Sequence[Strings]) -> tuple[Strings, list[NDArray[np.int64]]]:
    """The distinct strings of several sequences, ascending, and for each sequence where its strings stand among them."""
    together = joined(parts)
    order = sort_order(together)
    ascending = together.take(order)
    fresh = differs_from_last(ascending)
    ranks = np.empty(order.size, np.int64)
    ranks[order] = np.cumsum(fresh) - 1
    ends = np.cumsum([len(part) for part in parts])
    return ascending.take(np.flatnonzero(fresh).astype(np.uint32)), np.split(ranks, ends[:-1])


def joined(parts: Sequence[Strings]) -> Strings:
    """Strings one sequence after the other."""
    lengths = np.concatenate([np.zeros(1, np.int64), *(np.diff(part.bounds) for part in parts)])
    data = np.concatenate([np.empty(0, np.uint8), *(part.data for part in parts)])
    return Strings(data, np.cumsum(lengths))


def _sums(widths: Iterator[NDArray[np.int64]]) -> NDArray[np.int64]:
    """Where things of these widths begin, one after the other, and where the last one ends."""
    return np.cumsum(np.concatenate([np.zeros(1, np.int64), *widths]))


def _merge_texts(path: Path, sources: Sequence[Source]) -> tuple[int, int]:
    writer = _TextsWriter(path)
    try:
        for source in sources:
            for low, high in source.runs:
                _copy_run(writer, source.segment, low, high)
            source.segment.texts.let_go()
        return writer.finish()
    except BaseException:
        writer.abandon()
        raise


def _copy_run(writer: _TextsWriter, segment: Segment, low: int, high: int) -> None:
    """The texts of the documents from ``low`` to ``high``: whole blocks as they are, parts of blocks anew."""
    table = segment.blocks
    tokens = int(segment.first[low]), int(segment.first[high])
    characters = int(segment.characters[low]), int(segment.characters[high])
    begin = int(np.searchsorted(table.characters, characters[0], side="right")) - 1
    begin = min(begin, int(np.searchsorted(table.positions, tokens[0], side="right")) - 1)
    for block in range(max(begin, 0), table.middles.size):
        held = int(table.positions[block]), int(table.positions[block + 1])
        place = int(table.characters[block]), int(table.characters[block + 1])
        if held[0] >= tokens[1] and place[0] >= characters[1]:
            break
        if (
            tokens[0] <= held[0]
            and held[1] <= tokens[1]
            and characters[0] <= place[0]
            and place[1] <= characters[1]
        ):
            middle = int(table.middles[block] - table.starts[block])
            writer.copy(segment.packed_block(block), middle, held[1] - held[0], place[1] - place[0])
            continue
        text, starts, ends = segment.block(block)
        first, last = max(held[0], tokens[0]), min(held[1], tokens[1])
        begins, stops = max(place[0], characters[0]), min(place[1], characters[1])
        own = slice(first - held[0], max(last, first) - held[0])
        shift = begins - place[0]
        writer.add(text[shift : max(stops, begins) - place[0]], starts[own] - shift, ends[own] - shift)


class _TextsWriter:
    """The texts of a segment, from whole blocks and parts of blocks."""

    def __init__(self, path: Path) -> None:
        self._name = path.name
        self._file = ContainerWriter(path / "texts")
        self._append = self._file.stream("blocks")
        self._compressor = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=False)
        self._starts, self._middles, self._sums = array("q", [0]), array("q"), array("Q")
        self._positions, self._characters = array("q", [0]), array("q", [0])
        self._held: list[tuple[str, NDArray[np.int64], NDArray[np.int64]]] = []
        self._held_characters = 0

    def copy(self, packed: bytes, middle: int, tokens: int, characters: int) -> None:
        """A block as it is; its offsets begin at ``middle``."""
        self._flush()
        self._write(packed, middle, tokens, characters)

    def add(self, text: str, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> None:
        """A part of a block, with where its tokens begin and end in it."""
        self._held.append((text, starts + self._held_characters, ends + self._held_characters))
        self._held_characters += len(text)
        if self._held_characters >= BLOCK_BYTES:
            self._flush()

    def finish(self) -> tuple[int, int]:
        self._flush()
        for section, values in (
            ("blocks.start", self._starts),
            ("blocks.offsets", self._middles),
            ("blocks.position", self._positions),
            ("blocks.character", self._characters),
            ("blocks.sums", self._sums),
        ):
            self._file.array(section, np.asarray(values))
        return self._file.finish(segment=self._name, blocks=len(self._middles))

    def abandon(self) -> None:
        self._file.abandon()

    def _flush(self) -> None:
        if not self._held:
            return
        texts, starts, ends = zip(*self._held, strict=True)
        self._held, self._held_characters = [], 0
        text = "".join(texts)
        begins, stops = np.concatenate(starts).astype(np.int32), np.concatenate(ends).astype(np.int32)
        (places,) = pack_offsets(begins, stops, np.array([0, begins.size], np.int64), np.zeros(1, np.int64))
        words, offsets = self._compressor.compress(encode(text)), self._compressor.compress(places)
        self._write(words + offsets, len(words), begins.size, len(text))

    def _write(self, packed: bytes, middle: int, tokens: int, characters: int) -> None:
        self._append(packed)
        self._sums.append(checksum(packed))
        self._middles.append(self._starts[-1] + middle)
        self._starts.append(self._starts[-1] + len(packed))
        self._positions.append(self._positions[-1] + tokens)
        self._characters.append(self._characters[-1] + characters)
