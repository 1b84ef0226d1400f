"""Documents and their tokens, gathered until a segment is written."""

from __future__ import annotations

import shutil
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import xxhash
import zstandard
from numpy.typing import NDArray

from tendency.corpus.container import ContainerWriter, checksum
from tendency.corpus.segment import SUM_CHUNK, Seals, pack_offsets
from tendency.corpus.storage import describing, sync_folder
from tendency.corpus.strings import Strings, encode, sort_order
from tendency.documents.document import Document

BLOCK_BYTES: Final = 1 << 16
MOST_POSITIONS: Final = (1 << 32) - 2
_LEVEL: Final = 1
_SLICE: Final = 1 << 20
_DOCUMENT_BYTES: Final = 700
"""What the lists and dictionaries below hold for a document beside its own strings, measured."""
_FIELD_BYTES: Final = 24
_TERM_BYTES: Final = 110
"""What sorting the terms of a segment needs for each of them, measured."""


@dataclass(frozen=True, slots=True)
class Digests:
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
    span = document.date
    parts = [
        encode(document.id),
        b"%d %d" % (span.start.toordinal(), span.end.toordinal()),
        encode(span.written),
    ]
    for field in sorted(document.fields):
        parts += (encode(field), encode(document.fields[field]))
    pieces = [piece for part in parts for piece in (len(part).to_bytes(8, "little"), part)]
    pieces.append(len(document.fields).to_bytes(8, "little"))
    return xxhash.xxh3_128(b"".join(pieces))


def digests_of(document: Document) -> Digests:
    """The digests of a document."""
    content, text = digest_of_facts(document), xxhash.xxh3_64()
    size = 0
    # The text is the last part, so that a large one can be fed in slices and is not held twice.
    for at in range(0, len(document.text), _SLICE):
        part = encode(document.text[at : at + _SLICE])
        content.update(part)
        text.update(part)
        size += len(part)
    name = xxhash.xxh3_64_intdigest(encode(document.id))
    return Digests(name, text.intdigest(), content.intdigest(), size)


class _FieldColumn:
    """The values of one field as they come."""

    def __init__(self) -> None:
        self.values: dict[str, int] = {}
        self.documents, self.codes = array("i"), array("i")

    def add(self, document: int, value: str) -> int:
        """Note a value; how many bytes more are held."""
        known = len(self.values)
        self.documents.append(document)
        self.codes.append(self.values.setdefault(value, known))
        return _FIELD_BYTES if len(self.values) == known else 200 + len(value)

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
        self._compressor = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=False)
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
        self, text: str, terms: NDArray[np.uint32], starts: NDArray[np.int64], ends: NDArray[np.int64]
    ) -> None:
        """Take in a stretch of text with its tokens; :meth:`add_documents` then says whose it was.

        Args:
            text: Whole documents one after the other, or a part of a document.
            terms: The term of each token.
            starts: Where each begins in ``text``, in code points; none before the end of the last one.
            ends: Where each ends.
        """
        if np.any(starts[1:] < ends[:-1]) or np.any(ends < starts):
            raise AssertionError("tokens must follow one another")
        self._add_blocks(text, starts, ends)
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
        for document, digest in zip(documents, digests, strict=True):
            self._add_facts(document, digest)
            self._characters.append(self._characters[-1] + len(document.text))
        self._words.extend(words.tolist())
        self._first.extend((np.cumsum(tokens) + self._first[-1]).tolist())
        self.documents += len(documents)

    def _add_facts(self, document: Document, digest: Digests) -> None:
        number = len(self._ids)
        self._ids.append(document.id)
        self._written.append(document.date.written)
        self._start_days.append(document.date.start.toordinal())
        self._end_days.append(document.date.end.toordinal())
        self._id_hashes.append(digest.id)
        self._text_digests.append(digest.text)
        self._contents.append(digest.content >> 64)
        self._contents.append(digest.content & (1 << 64) - 1)
        self.held += _DOCUMENT_BYTES + 2 * len(document.id)
        for name, value in document.fields.items():
            column = self._fields.get(name)
            if column is None:
                column = self._fields[name] = _FieldColumn()
            self.held += column.add(number, value)

    def _add_blocks(self, text: str, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> None:
        """Cut a text at tokens about every 64 KiB, compress and write the blocks."""
        size = BLOCK_BYTES if text.isascii() else BLOCK_BYTES // 2
        # The first token at or after every multiple of the block's size begins a block.
        cuts = np.unique(np.searchsorted(starts, np.arange(size, len(text), size)))
        cuts = cuts[(cuts > 0) & (cuts < starts.size)]
        tokens = [0, *cuts.tolist(), starts.size]
        characters = [0, *starts[cuts].tolist(), len(text)]
        base, position = self._block_characters[-1], self.positions
        for i in range(len(tokens) - 1):
            low, high, at = tokens[i], tokens[i + 1], characters[i]
            words = self._compressor.compress(encode(text[at : characters[i + 1]]))
            offsets = self._compressor.compress(pack_offsets(starts[low:high] - at, ends[low:high] - at))
            self._append(words)
            self._append(offsets)
            self._block_sums.append(checksum(words + offsets))
            self._block_offsets.append(self._block_starts[-1] + len(words))
            self._block_starts.append(self._block_offsets[-1] + len(offsets))
            self._block_positions.append(position + high)
            self._block_characters.append(base + characters[i + 1])

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
        order = sort_order(forms)
        rank = np.empty(order.size, np.uint32)
        rank[order] = np.arange(order.size, dtype=np.uint32)
        tokens = np.empty(self.positions, np.uint32)
        at = 0
        # Each piece is let go as soon as it is copied, so that the tokens are not held twice.
        self._tokens.reverse()
        while self._tokens:
            piece = self._tokens.pop()
            np.take(rank, piece, out=tokens[at : at + piece.size])
            at += piece.size
        folded = folded.take(order)
        write_strings(data, "terms.forms", forms.take(order))
        write_strings(data, "terms.folded", folded)
        data.array("terms.folded.order", sort_order(folded))
        data.array("tokens", tokens)
        first, postings = invert(tokens, order.size)
        data.array("postings.first", first)
        data.array("postings", postings)
        sums = [checksum(postings[i : i + SUM_CHUNK]) for i in range(0, postings.size, SUM_CHUNK)]
        data.array("postings.sums", np.asarray(sums, np.uint64))
        return int(order.size)


def write_strings(data: ContainerWriter, section: str, strings: Strings) -> None:
    """Write strings as two sections, their bytes and their bounds."""
    data.array(f"{section}.bytes", strings.data)
    data.array(f"{section}.bounds", strings.bounds)


def invert(tokens: NDArray[np.uint32], terms: int) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
    """Where each term's postings begin, int64 of shape (terms+1,), and the positions of all terms, ascending in each."""
    from tendency.corpus import kernels

    first = np.zeros(terms + 1, np.int64)
    np.cumsum(np.bincount(tokens, minlength=terms), out=first[1:])
    return first, kernels.invert(tokens, first)
