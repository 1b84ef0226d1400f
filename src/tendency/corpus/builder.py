"""Documents and their tokens, gathered until a segment is written."""

from __future__ import annotations

import itertools
import shutil
import struct
from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import xxhash
import zstandard
from numpy.typing import NDArray

from tendency.corpus.container import ContainerWriter, checksum
from tendency.corpus.segment import SUM_CHUNK, Seals, pack_offsets
from tendency.corpus.storage import describing, sync_folder
from tendency.corpus.strings import ERRORS, Strings, encode, sort_order
from tendency.documents.document import Document

BLOCK_BYTES: Final = 1 << 16
MOST_POSITIONS: Final = (1 << 32) - 2
# Those of level 1 but for the shortest match and the table: a tenth faster on 64 KiB of text, and no larger.
_COMPRESSION: Final = zstandard.ZstdCompressionParameters.from_level(
    1, source_size=BLOCK_BYTES, min_match=7, hash_log=14
)
_SLICE: Final = 1 << 20
_LOW_HALF: Final = (1 << 64) - 1
_DOCUMENT_BYTES: Final = 700
"""What the lists and dictionaries below hold for a document beside its own strings, measured."""
_FIELD_BYTES: Final = 24
_TERM_BYTES: Final = 110
"""What sorting the terms of a segment needs for each of them, measured."""


class Digests(NamedTuple):
    """What tells one document from another.

    Attributes:
        id: 64-bit xxh3 of its id.
        text: 64-bit xxh3 of its text.
        content: 128-bit xxh3 of its id, date, fields and text.
        bytes: Length of its text in UTF-8.
    """

    id: int
    text: int
    content: int
    bytes: int


def digest_of_facts(document: Document) -> xxhash.xxh3_128:
    """The digest of a document's content up to its text, which must follow; each part is preceded by its length."""
    return xxhash.xxh3_128(_facts(document))


def digests_of(document: Document, utf8: bytes | None = None) -> Digests:
    """The digests of a document.

    Args:
        document: The document.
        utf8: Its text encoded, where that is at hand; a large text need not be.
    """
    facts, name = _facts(document), xxhash.xxh3_64_intdigest(encode(document.id))
    if utf8 is not None:
        content_digest = xxhash.xxh3_128_intdigest(facts + utf8)
        return Digests(name, xxhash.xxh3_64_intdigest(utf8), content_digest, len(utf8))
    content, text = xxhash.xxh3_128(facts), xxhash.xxh3_64()
    size = 0
    # The text is the last part, so that a large one can be fed in slices and is not held twice.
    for at in range(0, len(document.text), _SLICE):
        part = encode(document.text[at : at + _SLICE])
        content.update(part)
        text.update(part)
        size += len(part)
    return Digests(name, text.intdigest(), content.intdigest(), size)


def _facts(document: Document) -> bytes:
    """A document but for its text as bytes, each part preceded by its length."""
    span, fields = document.date, document.fields
    name = encode(document.id)
    days = b"%d %d" % (span.start.toordinal(), span.end.toordinal())
    parts = [_length(len(name)), name, _length(len(days)), days]
    for part in (span.written, *[part for field in sorted(fields) for part in (field, fields[field])]):
        encoded = part.encode("utf-8", ERRORS)
        parts += (_length(len(encoded)), encoded)
    parts.append(_length(len(fields)))
    return b"".join(parts)


_length = struct.Struct("<Q").pack


class _FieldColumn:
    """The values of one field as they come."""

    def __init__(self) -> None:
        self.values: dict[str, int] = {}
        self.documents, self.codes = array("i"), array("i")

    def finished(self, documents: int) -> tuple[NDArray[np.int32], list[str]]:
        """Codes of all documents, -1 without a value, and the values ascending."""
        values = sorted(self.values, key=encode)
        rank = np.empty(len(values), np.int32)
        rank[[self.values[value] for value in values]] = np.arange(len(values), dtype=np.int32)
        codes = np.full(documents, -1, np.int32)
        codes[np.asarray(self.documents)] = rank[np.asarray(self.codes)]
        return codes, values


class SegmentBuilder:
    """Gathers documents, writes their texts at once and the rest when it is finished.

    Attributes:
        path: The segment's folder, made here.
        documents: Documents gathered.
        positions: Their tokens, sentence ends included.
        held: Bytes of memory in use for them, and needed to finish, without the vocabulary's own.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with describing(f"making the folder {path}"):
            path.mkdir(parents=True)
        self._texts = ContainerWriter(path / "texts")
        self._append = self._texts.stream("blocks")
        self._compressor = zstandard.ZstdCompressor(compression_params=_COMPRESSION)
        self.documents, self.positions, self.held = 0, 0, 0
        self._ids: list[str] = []
        self._written: list[str] = []
        self._id_hashes, self._text_digests = array("Q"), array("Q")
        self._contents = array("Q")
        self._start_days, self._end_days = array("i"), array("i")
        self._fields: dict[str, _FieldColumn] = {}
        self._tokens: list[NDArray[np.uint32]] = []
        self._first, self._words, self._characters = array("q", [0]), array("q"), array("q", [0])
        self._block_starts, self._block_offsets, self._block_sums = array("q", [0]), array("q"), array("Q")
        self._block_positions, self._block_characters = array("q", [0]), array("q", [0])

    def add_tokens(
        self,
        utf8: bytes,
        codes: NDArray[np.uint32],
        terms: NDArray[np.uint32],
        starts: NDArray[np.int32],
        ends: NDArray[np.int32],
    ) -> None:
        """Take in a stretch of text with its tokens; :meth:`add_documents` then says whose it was.

        Args:
            utf8: Whole documents one after the other, or a part of a document.
            codes: The same as code points.
            terms: The term of each token.
            starts: Where each begins in the text, in code points; none before the end of the last one.
            ends: Where each ends.
        """
        self._add_blocks(utf8, codes, starts, ends)
        self._tokens.append(terms)
        self.positions += terms.size
        self.held += 8 * terms.size

    def add_documents(
        self,
        documents: Sequence[Document],
        digests: Sequence[Digests],
        tokens: NDArray[np.int64],
        words: NDArray[np.int64],
    ) -> None:
        """Take in documents of which the text came just before.

        Args:
            documents: The documents, in the order of their texts.
            digests: Their digests.
            tokens: Tokens of each, sentence ends included; the last of each must be a sentence end.
            words: Tokens of each that are not.
        """
        self._add_facts(documents, digests)
        self._add_fields(documents)
        self._words.extend(words.tolist())
        self._first.extend((np.cumsum(tokens) + self._first[-1]).tolist())
        lengths = np.array([len(document.text) for document in documents], np.int64)
        self._characters.extend((np.cumsum(lengths) + self._characters[-1]).tolist())
        self.documents += len(documents)

    def _add_facts(self, documents: Sequence[Document], digests: Sequence[Digests]) -> None:
        dates = [document.date for document in documents]
        ids = [document.id for document in documents]
        self._ids += ids
        self._written += [date.written for date in dates]
        self._start_days.extend([date.start.toordinal() for date in dates])
        self._end_days.extend([date.end.toordinal() for date in dates])
        self._id_hashes.extend([digest.id for digest in digests])
        self._text_digests.extend([digest.text for digest in digests])
        contents = [digest.content for digest in digests]
        self._contents.extend([half for content in contents for half in (content >> 64, content & _LOW_HALF)])
        self.held += _DOCUMENT_BYTES * len(documents) + 2 * sum(map(len, ids))

    def _add_fields(self, documents: Sequence[Document]) -> None:
        columns = self._fields
        for number, document in enumerate(documents, self.documents):
            for name, value in document.fields.items():
                column = columns.get(name)
                if column is None:
                    column = columns[name] = _FieldColumn()
                code = column.values.get(value)
                if code is None:
                    code = column.values[value] = len(column.values)
                    self.held += 200 + len(value)
                column.documents.append(number)
                column.codes.append(code)
            self.held += _FIELD_BYTES * len(document.fields)

    def _add_blocks(
        self, utf8: bytes, codes: NDArray[np.uint32], starts: NDArray[np.int32], ends: NDArray[np.int32]
    ) -> None:
        """Cut a text at tokens about every 64 KiB, compress and write the blocks."""
        tokens, characters = _cuts(starts, codes.size, ascii_only=len(utf8) == codes.size)
        bytes_ = _utf8_places(codes, characters) if len(utf8) != codes.size else characters
        view = memoryview(utf8)
        texts: list[bytes | bytearray | memoryview[int]] = [
            view[low:high] for low, high in itertools.pairwise(bytes_.tolist())
        ]
        offsets = pack_offsets(starts, ends, tokens, characters[:-1])
        # All in one call, which other threads need not wait for.
        frames = self._compressor.multi_compress_to_buffer([*texts, *offsets])
        packed = [frames[i].tobytes() for i in range(len(frames))]
        base, position = self._block_characters[-1], self.positions
        self._block_positions.extend((tokens[1:] + position).tolist())
        self._block_characters.extend((characters[1:] + base).tolist())
        blocks: list[bytes] = []
        for text, places in zip(packed[: len(texts)], packed[len(texts) :], strict=True):
            blocks += (text, places)
            self._block_sums.append(checksum(text + places))
            self._block_offsets.append(self._block_starts[-1] + len(text))
            self._block_starts.append(self._block_offsets[-1] + len(places))
        self._append(b"".join(blocks))

    def finish(self, forms: Strings, folded: Strings) -> Seals:
        """Write the segment; its files' sizes and checksums.

        Args:
            forms: The form of each term, in the order of the tokens' numbers; term 0's is empty.
            folded: The folded form of each.
        """
        name = self.path.name
        texts = self._texts
        for section, values in (
            ("blocks.start", self._block_starts),
            ("blocks.offsets", self._block_offsets),
            ("blocks.position", self._block_positions),
            ("blocks.character", self._block_characters),
            ("blocks.sums", self._block_sums),
        ):
            texts.array(section, np.asarray(values))
        texts_seal = texts.finish(segment=name, blocks=len(self._block_offsets))
        data = ContainerWriter(self.path / "data")
        try:
            self._write_documents(data)
            self._write_fields(data)
            terms = self._write_tokens(data, forms, folded)
            data_seal = data.finish(
                segment=name,
                documents=self.documents,
                positions=self.positions,
                terms=terms,
                fields=len(self._fields),
            )
        except BaseException:
            data.abandon()
            raise
        with describing(f"writing {self.path}"):
            sync_folder(self.path)
            sync_folder(self.path.parent)
        return data_seal, texts_seal

    def abandon(self) -> None:
        """Remove what was written."""
        self._texts.abandon()
        shutil.rmtree(self.path, ignore_errors=True)

    def _write_documents(self, data: ContainerWriter) -> None:
        write_strings(data, "ids", Strings.of(self._ids))
        write_strings(data, "written", Strings.of(self._written))
        hashes = np.asarray(self._id_hashes)
        order = np.argsort(hashes, kind="stable").astype(np.uint32)
        data.array("ids.hashes", hashes[order])
        data.array("ids.order", order)
        for section, values in (
            ("start_day", self._start_days),
            ("end_day", self._end_days),
            ("first", self._first),
            ("words", self._words),
            ("characters", self._characters),
            ("digests", self._text_digests),
            ("contents", self._contents),
        ):
            data.array(section, np.asarray(values))

    def _write_fields(self, data: ContainerWriter) -> None:
        names = sorted(self._fields, key=encode)
        write_strings(data, "fields.names", Strings.of(names))
        codes, values, first = [np.empty(0, np.int32)], [], [0]
        for name in names:
            column_codes, column_values = self._fields[name].finished(self.documents)
            codes.append(column_codes)
            values.extend(column_values)
            first.append(len(values))
        data.array("fields.codes", np.concatenate(codes))
        data.array("fields.first", np.asarray(first, np.int64))
        write_strings(data, "fields.values", Strings.of(values))

    def _write_tokens(self, data: ContainerWriter, forms: Strings, folded: Strings) -> int:
        from tendency.corpus.kernels import count_terms, invert

        order = sort_order(forms)
        rank = np.empty(order.size, np.uint32)
        rank[order] = np.arange(order.size, dtype=np.uint32)
        folded = folded.take(order)
        write_strings(data, "terms.forms", forms.take(order))
        write_strings(data, "terms.folded", folded)
        data.array("terms.folded.order", sort_order(folded))
        counts = np.zeros(order.size, np.int64)
        for piece in self._tokens:
            count_terms(piece, counts)
        first = np.zeros(order.size + 1, np.int64)
        np.cumsum(counts[order], out=first[1:])
        data.array("postings.first", first)
        places = first[:-1][rank].astype(np.uint32)
        postings = np.empty(self.positions, np.uint32)
        append = data.stream("tokens", "<u4")
        at = 0
        # Each piece is let go as soon as it is written, so that the tokens are not held twice.
        self._tokens.reverse()
        while self._tokens:
            piece = self._tokens.pop()
            invert(piece, rank, at, places, postings)
            append(piece.astype("<u4", copy=False).data.cast("B"))
            at += piece.size
        data.array("postings", postings)
        sums = [checksum(postings[i : i + SUM_CHUNK]) for i in range(0, postings.size, SUM_CHUNK)]
        data.array("postings.sums", np.asarray(sums, np.uint64))
        return int(order.size)


def _cuts(
    starts: NDArray[np.int32], characters: int, *, ascii_only: bool
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The first token and the first character of each block, and the numbers of all at the end of both."""
    size = BLOCK_BYTES if ascii_only else BLOCK_BYTES // 2
    # The first token at or after every multiple of the block's size begins a block.
    cuts = np.unique(np.searchsorted(starts, np.arange(size, characters, size, dtype=np.int32)))
    cuts = cuts[(cuts > 0) & (cuts < starts.size)]
    tokens = np.concatenate([[0], cuts, [starts.size]]).astype(np.int64)
    return tokens, np.concatenate([[0], starts[cuts], [characters]]).astype(np.int64)


def _utf8_places(codes: NDArray[np.uint32], characters: NDArray[np.int64]) -> NDArray[np.int64]:
    from tendency.corpus.kernels import utf8_places

    places = np.empty(characters.size, np.int64)
    utf8_places(codes, characters, places)
    return places


def write_strings(data: ContainerWriter, section: str, strings: Strings) -> None:
    """Write strings as two sections, their bytes and their bounds."""
    data.array(f"{section}.bytes", strings.data)
    data.array(f"{section}.bounds", strings.bounds)
