"""One immutable segment of an index: documents, their tokens, terms, postings and texts.

A segment is a folder with two files: ``data`` (numbers and short strings) and ``texts`` (compressed
blocks). Both are mapped into memory; nothing is read before it is asked for, and every section is
verified against its checksum, and its numbers against their range, before they index anything.
"""

from __future__ import annotations

import datetime as dt
import itertools
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
import xxhash
import zstandard
from numpy.typing import ArrayLike, NDArray

from tendency.corpus.container import Container, checksum
from tendency.corpus.strings import Strings, decode, encode
from tendency.documents.dates import DateSpan
from tendency.documents.document import Document
from tendency.errors import DamagedIndexError

SUM_CHUNK: Final = 1 << 16
"""How many postings share a checksum, so that asking for one term reads little more than its own."""

ESCAPE: Final = 255
"""In an offsets block: the number is in the list of large ones."""

_LAST_DAY: Final = dt.date.max.toordinal()
_BLOCKS_KEPT: Final = 8
_DOCUMENTS_AT_ONCE: Final = 1 << 12
_MANY: Final = 1 << 11
"""From so many positions on it is quicker to find documents through landmarks than by bisection."""
_STEPS: Final = 4

Seals = tuple[tuple[int, int], tuple[int, int]]
"""Size and header checksum of a segment's ``data`` and of its ``texts``."""


@dataclass(frozen=True, slots=True)
class Field:
    """What one field says of each document.

    Attributes:
        name: The field's name.
        codes: The number of each document's value, int32 of shape (documents,); -1 where it has none.
        values: The distinct values of the segment, ascending; some may belong to deleted documents only.
    """

    name: str
    codes: NDArray[np.int32]
    values: Strings

    def value(self, document: int) -> str | None:
        """A document's value, or None."""
        code = int(self.codes[document])
        return None if code < 0 else self.values[code]


@dataclass(frozen=True, slots=True)
class BlockTable:
    """Where the blocks of a segment's texts lie.

    Attributes:
        starts: Where each begins in the section ``blocks``, int64 of shape (blocks+1,).
        middles: Where its offsets begin, int64 of shape (blocks,).
        positions: Its first token, int64 of shape (blocks+1,).
        characters: Its first code point among all texts, int64 of shape (blocks+1,).
    """

    starts: NDArray[np.int64]
    middles: NDArray[np.int64]
    positions: NDArray[np.int64]
    characters: NDArray[np.int64]


class Terms:
    """The distinct forms of a segment, ascending; term 0 is the sentence end, with the form ``""``.

    Attributes:
        forms: Each form as written.
        folded: Each form without case.
        frequency: Occurrences in the segment, int64; an upper bound once documents are deleted.
    """

    def __init__(
        self, forms: Strings, folded: Strings, folded_order: NDArray[np.uint32], frequency: NDArray[np.int64]
    ) -> None:
        self.forms, self.folded, self.frequency = forms, folded, frequency
        self.folded_order = folded_order

    def __len__(self) -> int:
        return len(self.forms)

    def number(self, form: str) -> int | None:
        """The term with exactly this form, or None; the sentence end is not asked for by its form."""
        target = encode(form)
        at = self.forms.bisect(target)
        return at if form and at < len(self) and self.forms.utf8(at) == target else None

    def with_prefix(self, prefix: str) -> NDArray[np.uint32]:
        """Terms whose form begins so, ascending."""
        target = encode(prefix)
        low, high = self.forms.bisect(target), self.forms.bisect(target, after=True)
        return np.arange(max(low, 1), high, dtype=np.uint32)

    def with_folded(self, folded: str) -> NDArray[np.uint32]:
        """Terms whose folded form is exactly this, ascending."""
        if not folded:
            return np.empty(0, np.uint32)
        target = encode(folded)
        low = self.folded.bisect(target, self.folded_order)
        high = self.folded.bisect(target + b"\0", self.folded_order)
        return np.sort(self.folded_order[low:high])

    def with_folded_prefix(self, prefix: str) -> NDArray[np.uint32]:
        """Terms whose folded form begins so, ascending."""
        target = encode(prefix)
        low = self.folded.bisect(target, self.folded_order)
        high = self.folded.bisect(target, self.folded_order, after=True)
        found = np.sort(self.folded_order[low:high])
        return found[found > 0]


class Segment:
    """One segment, opened for reading; safe to share between threads.

    Attributes:
        id: Its name, unique in the index and never used again.
        path: Its folder.
        documents: How many documents it holds, deleted ones included.
    """

    def __init__(self, path: Path, seals: Seals | None = None) -> None:
        self.path, self.id = path, path.name
        self.data = Container(path / "data", seals and seals[0])
        self.texts = Container(path / "texts", seals and seals[1])
        counts = [self.data.facts.get(name) for name in ("documents", "positions", "terms", "fields")]
        if any(not isinstance(count, int) or count < 0 for count in counts):
            raise self.data.damaged("header", "it does not say how much the segment holds")
        if self.texts.facts.get("segment") != self.data.facts.get("segment"):
            raise self.texts.damaged("header", "its texts belong to another segment")
        self.documents, self.positions, self._terms, self._fields = (
            int(count) for count in counts if count is not None
        )
        self._blocks: OrderedDict[tuple[str, int], Any] = OrderedDict()
        self._blocks_lock = threading.Lock()

    def __repr__(self) -> str:
        return f"Segment({self.id!r}, documents={self.documents}, positions={self.positions})"

    # Tokens.

    @cached_property
    def tokens(self) -> NDArray[np.uint32]:
        """The term at each position, 0 at sentence ends; a document's last position is always one."""
        tokens = self.data.array("tokens", np.uint32, self.positions)
        self._below("tokens", tokens, self._terms)
        return tokens

    @cached_property
    def first(self) -> NDArray[np.int64]:
        """Position of each document's first token, int64 of shape (documents+1,)."""
        return self._steps(self.data, "first", self.documents, self.positions, strict=True)

    @cached_property
    def words(self) -> NDArray[np.int64]:
        """Tokens of each document that are not sentence ends, int64 of shape (documents,)."""
        words = self.data.array("words", np.int64, self.documents)
        if words.size and (words.min() < 0 or bool(np.any(words >= np.diff(self.first)))):
            raise self.data.damaged("words", "a document has more words than tokens")
        return words

    @cached_property
    def terms(self) -> Terms:
        """The distinct forms."""
        forms = self._strings(self.data, "terms.forms", self._terms)
        folded = self._strings(self.data, "terms.folded", self._terms)
        order = self.data.array("terms.folded.order", np.uint32, self._terms)
        self._below("terms.folded.order", order, self._terms)
        if not len(forms) or forms.utf8(0):
            raise self.data.damaged("terms.forms", "the first term is not the sentence end")
        return Terms(forms, folded, order, np.diff(self._postings_first))

    @cached_property
    def _postings_first(self) -> NDArray[np.int64]:
        return self._steps(self.data, "postings.first", self._terms, self.positions)

    def postings(self, term: int) -> NDArray[np.uint32]:
        """Positions of a term, ascending; of term 0 those of the sentence ends."""
        if not 0 <= term < self._terms:
            raise IndexError(f"term {term} of {self._terms}")
        return self.postings_between(term, term + 1)

    def postings_between(self, low: int, high: int) -> NDArray[np.uint32]:
        """Positions of the terms from ``low`` to ``high``, the last not included: of each ascending, one after the other."""
        start, end = int(self._postings_first[low]), int(self._postings_first[high])
        low, high = start // SUM_CHUNK, -(-end // SUM_CHUNK)
        if not self._good_postings[low:high].all():
            self._verify_postings(np.arange(low, high))
        return self._postings[start:end]

    def postings_of(
        self, terms: NDArray[np.uint32]
    ) -> tuple[NDArray[np.uint32], NDArray[np.int64], NDArray[np.int64]]:
        """All postings of the segment, and where those of each of some terms begin and end; only these are verified."""
        at = terms.astype(np.int64)
        starts, ends = self._postings_first[at], self._postings_first[at + 1]
        if not self._good_postings.all():
            chunks = self._good_postings.size + 1
            begun = np.bincount(starts // SUM_CHUNK, minlength=chunks)
            over = np.bincount(-(-ends // SUM_CHUNK), minlength=chunks)
            self._verify_postings(np.flatnonzero(np.cumsum(begun - over)[:-1]))
        return self._postings, starts, ends

    @cached_property
    def _postings(self) -> NDArray[np.uint32]:
        everything = self.data.raw("postings", np.uint32)
        if everything.size != self.positions:
            raise self.data.damaged("postings", "it does not hold every position")
        return everything

    @cached_property
    def _good_postings(self) -> NDArray[np.bool_]:
        """For each chunk of postings whether it has been verified."""
        return np.zeros(-(-self.positions // SUM_CHUNK), np.bool_)

    def _verify_postings(self, chunks: NDArray[np.int64]) -> None:
        good = self._good_postings
        sums = self.data.array("postings.sums", np.uint64, good.size)
        for chunk in chunks[~good[chunks]].tolist():
            part = self._postings[chunk * SUM_CHUNK : (chunk + 1) * SUM_CHUNK]
            if checksum(part) != int(sums[chunk]):
                raise self.data.damaged("postings", "its content has changed since it was written (checksum)")
            self._below("postings", part, self.positions)
            good[chunk] = True

    @cached_property
    def landmarks(self) -> tuple[NDArray[np.int32], int]:
        """The document of every 2ⁿ-th position, and n: from there it is mostly a step or two to that of the positions between."""
        step = max(self.positions // max(self.documents, 1), 1).bit_length() - 1
        places = (self.positions >> step) + 1
        begun = np.bincount((self.first[1:-1] + (1 << step) - 1) >> step, minlength=places)
        return np.cumsum(begun, dtype=np.int32)[:places], step

    def document_of(self, positions: ArrayLike) -> NDArray[np.int32]:
        """The document that each position belongs to, int32."""
        places = np.asarray(positions)
        if places.size < _MANY:
            return (np.searchsorted(self.first, places, side="right") - 1).astype(np.int32)
        table, step = self.landmarks
        found: NDArray[np.int32] = table[places >> step]
        ends = self.first[1:]
        for _ in range(_STEPS):
            later = ends[found] <= places
            if not later.any():
                return found
            found += later
        # Very short documents among long ones.
        far = np.flatnonzero(ends[found] <= places)
        found[far] = np.searchsorted(self.first, places[far], side="right") - 1
        return found

    # Documents.

    @cached_property
    def ids(self) -> Strings:
        """The documents' ids, in the order in which they came."""
        return self._strings(self.data, "ids", self.documents)

    @cached_property
    def start_day(self) -> NDArray[np.int32]:
        """First day of each document's date, as ``date.toordinal()``, int32 of shape (documents,)."""
        return self._days[0]

    @cached_property
    def end_day(self) -> NDArray[np.int32]:
        """Day after the last day of each document's date, as ``date.toordinal()``, int32."""
        return self._days[1]

    @cached_property
    def _days(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        starts = self.data.array("start_day", np.int32, self.documents)
        ends = self.data.array("end_day", np.int32, self.documents)
        if starts.size and (starts.min() < 1 or ends.max() > _LAST_DAY or bool(np.any(ends <= starts))):
            raise self.data.damaged("start_day", "a date in it is no date")
        return starts, ends

    @cached_property
    def digests(self) -> NDArray[np.uint64]:
        """The 64-bit xxh3 of each text alone: equal for exact copies."""
        return self.data.array("digests", np.uint64, self.documents)

    @cached_property
    def contents(self) -> NDArray[np.uint64]:
        """The 128-bit digest of each document's id, date, fields and text, uint64 of shape (documents, 2), high half first."""
        return self.data.array("contents", np.uint64, 2 * self.documents).reshape(-1, 2)

    @cached_property
    def written(self) -> Strings:
        """Each document's date as its source wrote it."""
        return self._strings(self.data, "written", self.documents)

    def date(self, document: int) -> DateSpan:
        """A document's date, with what its source wrote."""
        start, end = int(self.start_day[document]), int(self.end_day[document])
        return DateSpan(dt.date.fromordinal(start), dt.date.fromordinal(end), self.written[document])

    @cached_property
    def _ids_by_hash(self) -> tuple[NDArray[np.uint64], NDArray[np.uint32]]:
        hashes = self.data.array("ids.hashes", np.uint64, self.documents)
        order = self.data.array("ids.order", np.uint32, self.documents)
        self._below("ids.order", order, self.documents)
        return hashes, order

    @property
    def id_hashes(self) -> NDArray[np.uint64]:
        """The 64-bit xxh3 of every id, ascending."""
        return self._ids_by_hash[0]

    def id_hash_of(self, documents: NDArray[np.uint32]) -> NDArray[np.uint64]:
        """The 64-bit xxh3 of the ids of these documents."""
        hashes, order = self._ids_by_hash
        by_document = np.empty(self.documents, np.uint64)
        by_document[order] = hashes
        return by_document[documents]

    def content(self, document: int) -> int:
        """The 128-bit digest of a document's id, date, fields and text."""
        high, low = self.contents[document].tolist()
        return int(high) << 64 | int(low)

    def find(self, id: str) -> list[int]:  # noqa: A002
        """The documents with this id, deleted ones included."""
        hashes, order = self._ids_by_hash
        target = xxhash.xxh3_64_intdigest(encode(id))
        at = int(np.searchsorted(hashes, np.uint64(target)))
        found = []
        while at < hashes.size and int(hashes[at]) == target:
            document = int(order[at])
            if self.ids[document] == id:
                found.append(document)
            at += 1
        return sorted(found)

    # Fields.

    @cached_property
    def field_names(self) -> tuple[str, ...]:
        """The fields that some document of the segment has, ascending."""
        return tuple(self._strings(self.data, "fields.names", self._fields))

    @cached_property
    def _field_tables(self) -> tuple[NDArray[np.int32], Strings, NDArray[np.int64]]:
        codes = self.data.array("fields.codes", np.int32, self._fields * self.documents)
        values = self._strings(self.data, "fields.values", None)
        first = self._steps(self.data, "fields.first", self._fields, len(values))
        return codes.reshape(self._fields, self.documents), values, first

    @cached_property
    def _field_cache(self) -> dict[str, Field]:
        return {}

    def field(self, name: str) -> Field:
        """A field of every document; all codes are -1 for a field that no document has."""
        held = self._field_cache.get(name)
        if held is None:
            held = self._field_cache[name] = self._read_field(name)
        return held

    def _read_field(self, name: str) -> Field:
        if name not in self.field_names:
            return Field(name, np.full(self.documents, -1, np.int32), Strings.of(()))
        codes, values, first = self._field_tables
        at = self.field_names.index(name)
        start, end = int(first[at]), int(first[at + 1])
        bounds = values.bounds[start : end + 1]
        data = values.data[bounds[0] : bounds[-1]]
        own = Strings(data, bounds - bounds[0], self._damager(self.data, "fields.values"))
        if codes.shape[1] and (codes[at].min() < -1 or codes[at].max() >= len(own)):
            raise self.data.damaged("fields.codes", "a document has a value that the field does not know")
        return Field(name, codes[at], own)

    def fields_of(self, document: int) -> dict[str, str]:
        """Every field that a document has."""
        found = {name: self.field(name).value(document) for name in self.field_names}
        return {name: value for name, value in found.items() if value is not None}

    # Texts.

    @cached_property
    def _block_tables(
        self,
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        n = self.texts.facts.get("blocks")
        if not isinstance(n, int) or n < 0:
            raise self.texts.damaged("header", "it does not say how many blocks of text it holds")
        length = self.texts.raw("blocks", np.uint8).size
        starts = self._steps(self.texts, "blocks.start", n, length)
        middles = self.texts.array("blocks.offsets", np.int64, n)
        if n and bool(np.any(middles < starts[:-1]) or np.any(middles > starts[1:])):
            raise self.texts.damaged("blocks.offsets", "a block's offsets lie outside it")
        positions = self._steps(self.texts, "blocks.position", n, self.positions)
        characters = self._steps(self.texts, "blocks.character", n, int(self.characters[-1]))
        return starts, middles, positions, characters

    @cached_property
    def characters(self) -> NDArray[np.int64]:
        """Where each document's text begins among all texts, in code points, int64 of shape (documents+1,)."""
        return self._steps(self.data, "characters", self.documents, None)

    def text(self, document: int) -> str:
        """A document's text exactly as it came."""
        start, end = self._characters_of(document)
        return self.passage(document, 0, end - start)

    def passage(self, document: int, start: int, end: int) -> str:
        """The code points from ``start`` to ``end`` of a document's text; only their blocks are read."""
        base, limit = self._characters_of(document)
        low, high = base + max(start, 0), min(base + end, limit)
        if high <= low:
            return ""
        *_, characters = self._block_tables
        block = int(np.searchsorted(characters, low, side="right")) - 1
        parts = []
        while block < characters.size - 1 and int(characters[block]) < high:
            at = int(characters[block])
            parts.append(self._block_text(block)[max(low - at, 0) : high - at])
            block += 1
        return "".join(parts)

    def offsets(self, document: int, positions: ArrayLike) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Where tokens begin and end in the document's stored text, in code points, half-open.

        Args:
            document: The document.
            positions: Token positions in the segment, any shape, all of this document.
        """
        asked = np.asarray(positions, np.int64)
        low, high = int(self.first[document]), int(self.first[document + 1])
        if asked.size and (int(asked.min()) < low or int(asked.max()) >= high):
            raise IndexError(f"document {document} has the positions {low} to {high}")
        _, _, block_positions, block_characters = self._block_tables
        base = self._characters_of(document)[0]
        flat = asked.reshape(-1)
        starts, ends = np.empty(flat.size, np.int64), np.empty(flat.size, np.int64)
        blocks = np.searchsorted(block_positions, flat, side="right") - 1
        for block in np.unique(blocks).tolist():
            within = blocks == block
            block_starts, block_ends = self._block_offsets(block)
            at = flat[within] - block_positions[block]
            starts[within] = block_starts[at] + (block_characters[block] - base)
            ends[within] = block_ends[at] + (block_characters[block] - base)
        return starts.astype(np.int32).reshape(asked.shape), ends.astype(np.int32).reshape(asked.shape)

    @property
    def blocks(self) -> BlockTable:
        """Where the blocks of text lie."""
        return BlockTable(*self._block_tables)

    def block(self, block: int) -> tuple[str, NDArray[np.int64], NDArray[np.int64]]:
        """A block's text, and where its tokens begin and end in it."""
        starts, ends = self._block_offsets(block)
        return self._block_text(block), starts, ends

    def packed_block(self, block: int) -> bytes:
        """A block as it is stored, verified against its checksum."""
        starts = self._block_tables[0]
        data = self.texts.raw("blocks", np.uint8)[int(starts[block]) : int(starts[block + 1])]
        sums = self.texts.array("blocks.sums", np.uint64, starts.size - 1)
        if checksum(data) != int(sums[block]):
            raise self.texts.damaged("blocks", f"block {block} has changed since it was written (checksum)")
        return data.tobytes()

    def document(self, document: int) -> Document:
        """A document as it was added, without the file that it came from."""
        return Document(
            self.ids[document], self.date(document), self.text(document), self.fields_of(document)
        )

    def in_turn(self, documents: NDArray[np.uint32]) -> Iterator[Document]:
        """These documents as they were added, one after the other; for many it is quicker than each by itself."""
        for at in range(0, documents.size, _DOCUMENTS_AT_ONCE):
            part = documents[at : at + _DOCUMENTS_AT_ONCE]
            facts = zip(
                part.tolist(),
                self.ids.take(part),
                map(dt.date.fromordinal, self.start_day[part].tolist()),
                map(dt.date.fromordinal, self.end_day[part].tolist()),
                self.written.take(part),
                strict=True,
            )
            columns = [(name, self._column(name, part)) for name in self.field_names]
            for row, (document, id_, start, end, written) in enumerate(facts):
                fields = {name: value for name, column in columns if (value := column[row]) is not None}
                yield Document(id_, DateSpan(start, end, written), self.text(document), fields)

    def _column(self, name: str, documents: NDArray[np.uint32]) -> list[str | None]:
        """What a field says of each of these documents."""
        field = self.field(name)
        codes, places = np.unique(field.codes[documents], return_inverse=True)
        values: list[str | None] = [None] * int(np.count_nonzero(codes < 0))
        values += field.values.take(codes[codes >= 0].astype(np.uint32))
        return [values[place] for place in places.tolist()]

    def _characters_of(self, document: int) -> tuple[int, int]:
        if not 0 <= document < self.documents:
            raise IndexError(f"document {document} of {self.documents}")
        return int(self.characters[document]), int(self.characters[document + 1])

    def _block_text(self, block: int) -> str:
        def read() -> str:
            starts, middles, _, characters = self._block_tables
            try:
                text = decode(self._frame(block, int(starts[block]), int(middles[block])))
            except UnicodeDecodeError:
                raise self.texts.damaged("blocks", f"block {block} is not UTF-8") from None
            if len(text) != int(characters[block + 1] - characters[block]):
                raise self.texts.damaged("blocks", f"block {block} has another length than the table says")
            return text

        text: str = self._kept(("text", block), read)
        return text

    def _block_offsets(self, block: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        def read() -> tuple[NDArray[np.int64], NDArray[np.int64]]:
            starts, middles, positions, characters = self._block_tables
            n = int(positions[block + 1] - positions[block])
            data = self._frame(block, int(middles[block]), int(starts[block + 1]))
            offsets = unpack_offsets(data, n)
            if offsets is None or (
                n and int(offsets[1].max()) > int(characters[block + 1] - characters[block])
            ):
                raise self.texts.damaged("blocks", f"the offsets of block {block} do not fit its text")
            return offsets

        offsets: tuple[NDArray[np.int64], NDArray[np.int64]] = self._kept(("offsets", block), read)
        return offsets

    def _frame(self, block: int, start: int, end: int) -> bytes:
        whole = self.texts.raw("blocks", np.uint8)
        starts = self._block_tables[0]
        sums = self.texts.array("blocks.sums", np.uint64, starts.size - 1)
        if checksum(whole[int(starts[block]) : int(starts[block + 1])]) != int(sums[block]):
            raise self.texts.damaged("blocks", f"block {block} has changed since it was written (checksum)")
        try:
            data: bytes = zstandard.ZstdDecompressor().decompress(whole[start:end].tobytes())
            return data
        except zstandard.ZstdError as error:
            raise self.texts.damaged("blocks", f"block {block} cannot be decompressed ({error})") from error

    def _kept(self, key: tuple[str, int], read: Callable[[], Any]) -> Any:
        with self._blocks_lock:
            if key in self._blocks:
                self._blocks.move_to_end(key)
                return self._blocks[key]
        value = read()
        with self._blocks_lock:
            self._blocks[key] = value
            while len(self._blocks) > _BLOCKS_KEPT:
                self._blocks.popitem(last=False)
        return value

    # Range checks.

    def _damager(self, container: Container, section: str) -> Callable[[str], DamagedIndexError]:
        return lambda what: container.damaged(section, what)

    def _strings(self, container: Container, section: str, count: int | None) -> Strings:
        data = container.array(f"{section}.bytes", np.uint8)
        bounds = container.array(f"{section}.bounds", np.int64, None if count is None else count + 1)
        return Strings(data, bounds, self._damager(container, section))

    def _steps(
        self, container: Container, section: str, n: int, total: int | None, *, strict: bool = False
    ) -> NDArray[np.int64]:
        """A section of n+1 ascending numbers from 0 to ``total``."""
        steps = container.array(section, np.int64, n + 1)
        widths = np.diff(steps)
        least = int(widths.min()) if n else 1
        if steps[0] != 0 or (total is not None and steps[-1] != total) or least < (1 if strict else 0):
            raise container.damaged(section, "its numbers do not ascend as they must")
        return steps

    def _below(self, section: str, numbers: NDArray[np.uint32], limit: int) -> None:
        if numbers.size and int(numbers.max()) >= limit:
            raise self.data.damaged(section, f"a number in it is not below {limit:,}")


def pack_offsets(
    starts: NDArray[np.int32],
    ends: NDArray[np.int32],
    tokens: NDArray[np.int64],
    characters: NDArray[np.int64],
) -> list[memoryview]:
    """The offsets of each block's tokens as gaps and lengths of one byte each, large ones in a list of uint32 after them.

    Args:
        starts: Where each token begins, none before the end of the last one.
        ends: Where each ends.
        tokens: The first token of each block, and the number of all, (blocks + 1,).
        characters: Where each block begins, in what the tokens' places count, (blocks,).
    """
    from tendency.corpus.kernels import pack_places

    reach = int(ends[-1] - characters[0]) if ends.size else 0
    packed = np.empty(2 * starts.size + 4 * (max(reach, 0) // ESCAPE), np.uint8)
    bounds = np.empty(tokens.size, np.int64)
    if not pack_places(starts, ends, tokens, characters, packed, bounds):
        raise AssertionError("tokens must follow one another")
    view, places = packed.data, bounds.tolist()
    return [view[low:high] for low, high in itertools.pairwise(places)]


def unpack_offsets(data: bytes, n: int) -> tuple[NDArray[np.int64], NDArray[np.int64]] | None:
    """The offsets that :func:`pack_offsets` packed of ``n`` tokens, or None when there are not so many."""
    if len(data) < 2 * n or (len(data) - 2 * n) % 4:
        return None
    numbers = np.frombuffer(data, np.uint8, 2 * n).astype(np.int64)
    large = np.frombuffer(data, "<u4", offset=2 * n)
    escaped = numbers == ESCAPE
    if np.count_nonzero(escaped) != large.size:
        return None
    numbers[escaped] = large
    steps = np.empty(2 * n, np.int64)
    steps[0::2], steps[1::2] = numbers[:n], numbers[n:]
    places = np.cumsum(steps)
    return places[0::2], places[1::2]
