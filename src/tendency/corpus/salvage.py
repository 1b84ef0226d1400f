"""The documents of a damaged segment, each proven to be what was added or given up.

Here nothing that is read is relied on. A document is put together from what the files hold, and is whole
when its content has the digest that was stored for it, whatever the checksums of the sections say: a changed
byte costs the documents that hold it. Where texts and strings begin is found again where it is damaged,
because the right place is the one that gives the digest; and in a block of text, or a section as small, one
changed bit is found by changing each in turn.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
import xxhash
import zstandard
from numpy.typing import NDArray

from tendency.corpus.builder import digest_of_facts, digests_of
from tendency.corpus.container import HEADER_BYTES, PREFIX, Section, checksum, parse_table, read_at
from tendency.corpus.manifest import Entry
from tendency.corpus.storage import is_damage, unreadable
from tendency.corpus.strings import decode, encode
from tendency.documents.dates import DateSpan
from tendency.documents.document import Document
from tendency.errors import StorageError

_AT_ONCE: Final = 1 << 20
_PAGE: Final = 4096
_FRAME_PIECE: Final = 1 << 16
_EACH_BIT_TRIED: Final = 1 << 17
"""In so many bytes, a few seconds' work, a single changed bit is looked for."""
_SEARCHES: Final = 3
"""So many are made in vain: where more is damaged it was not one bit."""
_LARGEST_FRAME: Final = 1 << 28
_LONGEST_STRING: Final = 1 << 12
_LONGEST_DATE: Final = 1 << 8
_LONGEST_TEXT: Final = 1 << 22
_GIVEN_UP_AFTER: Final = 64
"""So many in a row for which no place fits: more than their places is lost."""

_UNREADABLE: Final = (ValueError, OverflowError, IndexError)
"""What it raises when a number or a string read from the disk is none."""


class Wreck:
    """A file of sections of which anything may be damaged, missing or unreadable.

    Args:
        path: The file.
        seal: Its size and header checksum, by the manifest.

    Attributes:
        facts: What its header says of it.
        sections: Where its sections lie; none when neither of its two headers is whole.
    """

    def __init__(self, path: Path, seal: tuple[int, int]) -> None:
        self.path = path
        self.facts: dict[str, Any] = {}
        self.sections: dict[str, Section] = {}
        self._turned_back: dict[int, int] = {}
        self._searches = _SEARCHES
        self._file: IO[bytes] | None = None
        try:
            self._file = open(path, "rb", buffering=0)  # noqa: SIM115
        except FileNotFoundError:
            return
        except OSError as error:
            # That may pass, as when a disk is unplugged, and too much would be given up for it.
            raise StorageError(
                f"{path} cannot be opened ({error.strerror or error}); run the command again when it can, or delete the "
                "file first if it is lost for good."
            ) from error
        for at in (0, seal[0] - HEADER_BYTES):
            table = self._table(self.read(at, HEADER_BYTES), seal[1])
            if table is not None:
                self.facts, self.sections = parse_table(table)
                return

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()

    def _table(self, header: bytes, seal: int) -> bytes | None:
        """The table of a header if it is the one that the manifest names; its length may be damaged too."""
        _, _, length, _ = PREFIX.unpack_from(header, 0)
        body = header[PREFIX.size :]
        for table in (body[:length], body.rstrip(b"\0")):
            if xxhash.xxh3_64_intdigest(table) == seal:
                return table
        return None

    def read(self, offset: int, length: int) -> bytes:
        """Bytes of the file; zeros stand for what is not there or cannot be read."""
        data = bytearray(self._pages(offset, length))
        for place, value in self._turned_back.items():
            if offset <= place < offset + length:
                data[place - offset] = value
        return bytes(data)

    def _pages(self, offset: int, length: int) -> bytes:
        try:
            return self._read(offset, length)
        except OSError as error:
            self._only_damage(error)
        pieces = []
        at, end = offset, offset + length
        while at < end:
            step = min(_PAGE - at % _PAGE, end - at)
            try:
                pieces.append(self._read(at, step))
            except OSError as error:
                self._only_damage(error)
                pieces.append(bytes(step))
            at += step
        return b"".join(pieces)

    def _read(self, offset: int, length: int) -> bytes:
        if self._file is None or offset < 0:
            return bytes(length)
        return read_at(self._file, offset, length).ljust(length, b"\0")

    def _only_damage(self, error: OSError) -> None:
        """Nothing when the disk says that it lost something: what only stands in the way must stop a repair."""
        if not is_damage(error):
            raise unreadable(self.path, error) from error

    def turn_back(self, offset: int, length: int, expected: int) -> bool:
        """Whether bytes of the file have the checksum, or do with one bit changed, as it is read from now on."""
        data = bytearray(self.read(offset, length))
        if checksum(data) == expected:
            return True
        if length > _EACH_BIT_TRIED or not self._searches:
            return False
        for place in range(length):
            for bit in range(8):
                data[place] ^= 1 << bit
                if checksum(data) == expected:
                    self._turned_back[offset + place] = data[place]
                    return True
                data[place] ^= 1 << bit
        self._searches -= 1
        return False

    def array(self, name: str, kind: str, count: int | None = None) -> tuple[NDArray[Any], bool]:
        """A section's numbers, as many as asked for, with zeros for missing ones; and whether they are as written."""
        section = self.sections.get(name)
        if section is None:
            return np.zeros(count or 0, kind), False
        whole = self.turn_back(section.offset, section.bytes, section.checksum) and section.type == kind
        data = self.read(section.offset, section.bytes)
        numbers = np.frombuffer(data, kind, len(data) // np.dtype(kind).itemsize)
        if count is None or numbers.size == count:
            return numbers.copy(), whole
        fitting = np.zeros(count, kind)
        fitting[: min(count, numbers.size)] = numbers[:count]
        return fitting, False


class _Strings:
    """Strings of which bytes and bounds may be damaged.

    Attributes:
        bounds: Where each begins and the last one ends; may be put right.
        whole: Whether both sections are as written.
    """

    def __init__(self, wreck: Wreck, section: str, count: int | None) -> None:
        data, data_whole = wreck.array(f"{section}.bytes", "<u1")
        self.bounds, self.bounds_whole = wreck.array(
            f"{section}.bounds", "<i8", None if count is None else count + 1
        )
        self.whole = data_whole and self.bounds_whole
        self._data = data.tobytes()
        if self.bounds.size:
            self.bounds[0], self.bounds[-1] = 0, len(self._data)

    def __len__(self) -> int:
        return max(self.bounds.size - 1, 0)

    def utf8(self, place: int) -> bytes:
        """The bytes of a string; ValueError when its bounds are none."""
        if not 0 <= place < len(self):
            raise ValueError(place)
        low, high = int(self.bounds[place]), int(self.bounds[place + 1])
        if not 0 <= low <= high <= len(self._data):
            raise ValueError(place)
        return self._data[low:high]

    def text(self, place: int) -> str:
        """A string; ValueError where there is none."""
        return decode(self.utf8(place))

    def mend(self, proven: Callable[[int], bool], longest: int = _LONGEST_STRING) -> None:
        """Find anew where strings end, by trying every place for one that is not proven."""
        failed = 0
        for place in range(len(self)):
            if proven(place):
                failed = 0
                continue
            low, held = int(self.bounds[place]), int(self.bounds[place + 1])
            if not 0 <= low <= len(self._data):
                continue
            for end in range(low, min(low + longest, len(self._data)) + 1):
                self.bounds[place + 1] = end
                if proven(place):
                    failed = 0
                    break
            else:
                self.bounds[place + 1] = held
                failed += 1
                if failed == _GIVEN_UP_AFTER:
                    return


class _Blocks:
    """The texts of a segment, one after the other in blocks; those that can be read."""

    def __init__(self, wreck: Wreck) -> None:
        self._wreck, self._decompressor = wreck, zstandard.ZstdDecompressor()
        self._section = wreck.sections.get("blocks")
        count = int(wreck.facts.get("blocks", 0))
        self._starts, starts_whole = wreck.array("blocks.start", "<i8", count + 1)
        self._characters, characters_whole = wreck.array("blocks.character", "<i8", count + 1)
        sums, sums_whole = wreck.array("blocks.sums", "<u8", count)
        if self._section and starts_whole and sums_whole:
            for block, (start, end) in enumerate(pairwise(self._starts.tolist())):
                wreck.turn_back(self._section.offset + start, end - start, int(sums[block]))
        self._tables_whole = starts_whole and characters_whole
        self._held: tuple[int, str | None] = (-1, None)
        if not self._tables_whole:
            self._walk()

    @cached_property
    def whole(self) -> bool:
        """Whether everything that texts are read from is as written."""
        if self._section is None or not self._tables_whole:
            return False
        digest = xxhash.xxh3_64()
        end = self._section.offset + self._section.bytes
        for at in range(self._section.offset, end, _AT_ONCE):
            digest.update(self._wreck.read(at, min(_AT_ONCE, end - at)))
        return digest.intdigest() == self._section.checksum

    def _walk(self) -> None:
        """Find the blocks anew, going from frame to frame: each has one of text and one of offsets."""
        count = self._starts.size - 1
        at = character = known = 0
        for block in range(count):
            self._starts[block], self._characters[block] = at, character
            known = block
            text = self._frame(at)
            offsets = None if text is None else self._frame(text[1])
            try:
                if text is None or offsets is None:
                    raise ValueError(block)
                at, character = offsets[1], character + len(decode(text[0]))
            except ValueError:
                # The tables' own numbers, if they can be right, lead past a block that cannot be read.
                after, further = int(self._starts[block + 1]), int(self._characters[block + 1])
                if after <= at or further < character:
                    break
                at, character = after, further
            known = block + 1
            self._starts[known], self._characters[known] = at, character
        self._starts, self._characters = self._starts[: known + 1], self._characters[: known + 1]

    def _frame(self, at: int) -> tuple[bytes, int] | None:
        """What a compressed frame holds and where the next one begins."""
        if self._section is None:
            return None
        decompressing = self._decompressor.decompressobj()
        parts: list[bytes] = []
        try:
            while 0 <= at < self._section.bytes and sum(map(len, parts)) < _LARGEST_FRAME:
                piece = self._wreck.read(
                    self._section.offset + at, min(_FRAME_PIECE, self._section.bytes - at)
                )
                parts.append(decompressing.decompress(piece))
                at += len(piece)
                if decompressing.eof:
                    return b"".join(parts), at - len(decompressing.unused_data)
        except zstandard.ZstdError:
            pass
        return None

    def _block(self, block: int) -> str | None:
        """A block's text, if it is as long as it must be."""
        if self._held[0] != block:
            frame = self._frame(int(self._starts[block]))
            try:
                text = None if frame is None else decode(frame[0])
            except ValueError:
                text = None
            if text is not None and len(text) != self._characters[block + 1] - self._characters[block]:
                text = None
            self._held = block, text
        return self._held[1]

    def text(self, low: int, high: int) -> str:
        """Code points among all texts; ValueError where they cannot all be read."""
        if low != high and not 0 <= low < high <= self._characters[-1]:
            raise ValueError(low)
        parts, at = [], low
        while at < high:
            piece = self.piece(at, high)
            if piece is None:
                raise ValueError(at)
            parts.append(piece)
            at += len(piece)
        return "".join(parts)

    def piece(self, low: int, high: int) -> str | None:
        """The code points from a place on as far as its block goes, or None where that cannot be read."""
        block = int(np.searchsorted(self._characters, low, side="right")) - 1
        if not 0 <= block < self._characters.size - 1:
            return None
        text, base = self._block(block), int(self._characters[block])
        return None if text is None else text[low - base : high - base]


class Remains:
    """The documents of a damaged segment.

    Args:
        folder: The segment's folder.
        entry: The segment as the manifest names it; what it says is relied on.
        live: Its live documents, or None where that is not known.

    Attributes:
        entry: The segment as the manifest names it.
        documents: How many documents it had, and 0 where nothing is left to find them by.
        contents: The content digest of each, uint64 of shape (documents, 2), or None when they are not as written.
    """

    def __init__(self, folder: Path, entry: Entry, live: NDArray[np.bool_] | None) -> None:
        self.entry = entry
        self._data, self._texts = (
            Wreck(folder / "data", entry.seals[0]),
            Wreck(folder / "texts", entry.seals[1]),
        )
        self.documents = n = entry.documents if self._data.sections else 0
        self._ids, self._written = _Strings(self._data, "ids", n), _Strings(self._data, "written", n)
        self._id_hashes = _id_hashes(self._data, n)
        self._starts, starts_whole = self._data.array("start_day", "<i4", n)
        self._ends, ends_whole = self._data.array("end_day", "<i4", n)
        self._digests, _ = self._data.array("digests", "<u8", n)
        contents, contents_whole = self._data.array("contents", "<u8", 2 * n)
        self._contents = contents.reshape(-1, 2)
        self.contents = self._contents if contents_whole else None
        self._characters, characters_whole = self._data.array("characters", "<i8", n + 1)
        self._blocks = _Blocks(self._texts)
        self._fields = _Fields(self._data, n, entry, np.ones(n, np.bool_) if live is None else live[:n])
        self._facts_whole = (
            self._ids.whole and self._written.whole and self._fields.whole and starts_whole and ends_whole
        )
        self._characters_whole = characters_whole
        if contents_whole:
            self._mend()

    def close(self) -> None:
        """Let go of the files."""
        self._data.close()
        self._texts.close()

    def name(self, document: int) -> str | None:
        """The id of a document, where it is known to be right."""
        try:
            id_ = self._ids.text(document)
        except _UNREADABLE:
            return None
        if self._ids.whole:
            return id_
        return id_ if self._has_id(document) else None

    def _has_id(self, document: int) -> bool:
        """Whether a document's id has the hash that was stored for it."""
        try:
            id_ = self._ids.utf8(document)
        except _UNREADABLE:
            return False
        return self._id_hashes is not None and int(self._id_hashes[document]) == xxhash.xxh3_64_intdigest(id_)

    def whole(self, document: int) -> Document | None:
        """A document, if it is what was added."""
        try:
            found = self._read(document)
        except _UNREADABLE:
            return None
        digests = digests_of(found)
        high, low = self._contents[document].tolist()
        if digests.content == high << 64 | low:
            return found
        # Its stored digest may be what is damaged: then the rest speaks for it.
        if self.contents is not None or not self._facts_whole:
            return None
        same_text = digests.text == int(self._digests[document]) or (
            self._characters_whole and self._blocks.whole
        )
        return found if same_text else None

    def has_text(self, document: int) -> bool:
        """Whether a document's text is the one that was added, whatever its other content is."""
        try:
            text = self._text(document)
        except _UNREADABLE:
            return False
        return xxhash.xxh3_64_intdigest(encode(text)) == int(self._digests[document])

    def _read(self, document: int, *, with_text: bool = True) -> Document:
        """A document as it can be read; ValueError where it cannot."""
        start, end = int(self._starts[document]), int(self._ends[document])
        date = DateSpan(dt.date.fromordinal(start), dt.date.fromordinal(end), self._written.text(document))
        text = self._text(document) if with_text else ""
        return Document(self._ids.text(document), date, text, self._fields.of(document))

    def _text(self, document: int) -> str:
        return self._blocks.text(int(self._characters[document]), int(self._characters[document + 1]))

    # Finding again where things begin.

    def _mend(self) -> None:
        def proven(document: int) -> bool:
            return self.whole(document) is not None

        if not self._ids.bounds_whole:
            self._ids.mend(proven if self._id_hashes is None else self._has_id)
        if not self._written.bounds_whole:
            self._written.mend(proven, _LONGEST_DATE)
        if not self._fields.values.bounds_whole:
            holders = self._fields.holders()
            self._fields.values.mend(lambda place: place in holders and proven(holders[place]))
        if not self._characters_whole:
            self._mend_characters(proven)

    def _mend_characters(self, proven: Callable[[int], bool]) -> None:
        self._characters[0] = failed = 0
        for document in range(self.documents):
            if proven(document):
                failed = 0
                continue
            end = self._end_of_text(document)
            failed = failed + 1 if end is None else 0
            if end is not None:
                self._characters[document + 1] = end
            elif failed == _GIVEN_UP_AFTER:
                return

    def _end_of_text(self, document: int) -> int | None:
        """Where the text of a document ends: there its content has the digest that was stored."""
        try:
            digest = digest_of_facts(self._read(document, with_text=False))
        except _UNREADABLE:
            return None
        high, low = self._contents[document].tolist()
        at, target = int(self._characters[document]), high << 64 | low
        most = at + _LONGEST_TEXT
        while digest.intdigest() != target:
            piece = self._blocks.piece(at, most) if at < most else None
            if not piece:
                return None
            for character in piece:
                digest.update(encode(character))
                at += 1
                if digest.intdigest() == target:
                    break
        return at


def _id_hashes(data: Wreck, documents: int) -> NDArray[np.uint64] | None:
    """The hash of each document's id, or None where these are damaged."""
    hashes, hashes_whole = data.array("ids.hashes", "<u8", documents)
    order, order_whole = data.array("ids.order", "<u4", documents)
    if not hashes_whole or not order_whole or order.max(initial=0) >= max(documents, 1):
        return None
    by_document = np.zeros(documents, np.uint64)
    by_document[order] = hashes
    return by_document


class _Fields:
    """What the documents' fields say, where all that leads to it may be damaged.

    Attributes:
        values: The values of all fields, one field after the other.
        whole: Whether every section of it is as written.
    """

    def __init__(self, data: Wreck, documents: int, entry: Entry, live: NDArray[np.bool_]) -> None:
        count = int(data.facts.get("fields", 0))
        codes, codes_whole = data.array("fields.codes", "<i4", count * documents)
        self._codes = codes.reshape(count, documents)
        self.values = _Strings(data, "fields.values", None)
        names = _Strings(data, "fields.names", count)
        self._first, first_whole = data.array("fields.first", "<i8", count + 1)
        if not first_whole and documents:
            # Every value of a field is some document's, so that the largest number says how many there are.
            self._first[0] = 0
            np.cumsum(self._codes.max(axis=1, initial=-1).astype(np.int64) + 1, out=self._first[1:])
        self._names = self._names_of(names, entry, live)
        self.whole = codes_whole and self.values.whole and names.whole and first_whole

    def _names_of(self, names: _Strings, entry: Entry, live: NDArray[np.bool_]) -> list[str]:
        """The fields' names; where they are damaged the manifest has those that live documents use."""
        used = np.flatnonzero((self._codes[:, live] >= 0).any(axis=1)).tolist()
        known = sorted(entry.views, key=encode)
        if names.whole or len(used) != len(known):
            return [names.utf8(number).decode("utf-8", "replace") for number in range(len(names))]
        found = [""] * len(self._codes)
        for number, name in zip(used, known, strict=True):
            found[number] = name
        return found

    def of(self, document: int) -> dict[str, str]:
        """The fields of a document; ValueError where they cannot be read."""
        found = {}
        for number, name in enumerate(self._names):
            code = int(self._codes[number, document])
            if code != -1:
                found[name] = self.values.text(self._place(number, code))
        return found

    def _place(self, number: int, code: int) -> int:
        place = int(self._first[number]) + code
        if code < 0 or place >= int(self._first[number + 1]):
            raise ValueError(code)
        return place

    def holders(self) -> dict[int, int]:
        """For each value, by its place, some document that has it."""
        found = {}
        for number, codes in enumerate(self._codes):
            used, documents = np.unique(codes, return_index=True)
            for code, document in zip(used.tolist(), documents.tolist(), strict=True):
                if code >= 0:
                    found[int(self._first[number]) + code] = document
        return found
