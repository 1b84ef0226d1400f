"""One file of named sections of numbers, written once and mapped into memory.

The first 8 KiB are the header: eight bytes of magic, the format version, the length of a JSON table
and its checksum, then the table with each section's name, number type, place, length and checksum. The
last 8 KiB are the same once more, for without it nothing in the file could be found.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
import orjson
import xxhash
from numpy.typing import NDArray

from tendency.corpus.storage import describing, is_damage, sync_file, unreadable
from tendency.errors import DamagedIndexError, IndexVersionError

MAGIC: Final = b"tendency"
FORMAT: Final = 1
HEADER_BYTES: Final = 8192
PREFIX: Final = struct.Struct("<8sIIQ")
REMEDY: Final = "The index is damaged; run `tendency check` to see what else is, and `tendency check --repair` to mend it."
_ALIGNMENT: Final = 64
_AT_ONCE: Final = 1 << 20
_CHANGED: Final = "its content has changed since it was written (checksum)"
_TYPES: Final = frozenset({"<u1", "<u4", "<u8", "<i4", "<i8"})

Array = NDArray[Any]


def damaged(file: Path, part: str, what: str) -> DamagedIndexError:
    """The error that names a file, the part of it that is damaged, what is wrong and what to do."""
    return DamagedIndexError(f"{file}, {part}: {what}. {REMEDY}", file, part, what)


def checksum(data: Any) -> int:
    """The 64-bit xxh3 of some bytes or of a contiguous array."""
    if isinstance(data, np.ndarray):
        data = data.reshape(-1).view(np.uint8).data if data.size else b""
    return xxhash.xxh3_64_intdigest(data)


def _zeros(count: int) -> int:
    return checksum(bytes(max(count, 0)))


def read_at(file: IO[bytes], offset: int, length: int) -> bytes:
    """Bytes of a file from a place on, fewer where it ends before."""
    file.seek(offset)
    parts: list[bytes] = []
    while length > 0 and (part := file.read(length)):
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


def parse_table(table: bytes) -> tuple[dict[str, Any], dict[str, Section]]:
    """What a header's table says of the file, and its sections by name; ValueError and its like for no table."""
    facts = orjson.loads(table)
    sections = {
        name: Section(name, kind, offset, count, int(sum_, 16))
        for name, kind, offset, count, sum_ in facts.pop("sections")
    }
    return facts, sections


@dataclass(frozen=True, slots=True)
class Section:
    """Where a section lies in its file: bytes from ``offset``, ``count`` numbers of ``type``."""

    name: str
    type: str
    offset: int
    count: int
    checksum: int

    @property
    def bytes(self) -> int:
        """Its length in bytes."""
        return self.count * np.dtype(self.type).itemsize


class ContainerWriter:
    """Writes sections one after the other, then the header that makes the file valid.

    A file that is left without ``finish`` has no magic and is no container.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._sections: list[Section] = []
        with describing(f"writing {path}"):
            # The caller decides when the file ends: a builder keeps it open while documents come in.
            self._file = open(path, "xb")  # noqa: SIM115
            self._file.write(bytes(HEADER_BYTES))
        self._at = HEADER_BYTES

    def array(self, name: str, values: Array) -> None:
        """Write a whole section."""
        values = np.ascontiguousarray(values)
        values = values.astype(values.dtype.newbyteorder("<"), copy=False)
        start = self._align()
        self._write(values.reshape(-1).view(np.uint8).data if values.size else b"")
        self._sections.append(
            Section(name, values.dtype.str.replace("|", "<"), start, values.size, checksum(values))
        )

    def stream(self, name: str, kind: str = "<u1") -> Callable[[bytes | memoryview], None]:
        """A function that appends the bytes of numbers of this type to a new section; ends when the next one starts."""
        start, digest = self._align(), xxhash.xxh3_64()
        at, width = len(self._sections), np.dtype(kind).itemsize
        self._sections.append(Section(name, kind, start, 0, digest.intdigest()))

        def append(data: bytes | memoryview) -> None:
            self._write(data)
            digest.update(data)
            self._sections[at] = Section(name, kind, start, (self._at - start) // width, digest.intdigest())

        return append

    def finish(self, **facts: int | str) -> tuple[int, int]:
        """Write header and file to the disk; the file's size and its header's checksum."""
        self._align()
        table = orjson.dumps(
            {
                **facts,
                "size": self._at + HEADER_BYTES,
                "sections": [
                    [s.name, s.type, s.offset, s.count, f"{s.checksum:016x}"] for s in self._sections
                ],
            }
        )
        if len(table) + PREFIX.size > HEADER_BYTES:
            raise AssertionError("the table of sections does not fit its header")
        seal = xxhash.xxh3_64_intdigest(table)
        header = (PREFIX.pack(MAGIC, FORMAT, len(table), seal) + table).ljust(HEADER_BYTES, b"\0")
        self._write(header)
        with describing(f"writing {self.path}"), self._file as file:
            file.seek(0)
            file.write(header)
            sync_file(file)
        return self._at, seal

    def abandon(self) -> None:
        """Close and remove the unfinished file; what cannot be removed is swept later."""
        with contextlib.suppress(OSError):
            self._file.close()
        with contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)

    def _align(self) -> int:
        self._write(bytes(-self._at % _ALIGNMENT))
        return self._at

    def _write(self, data: Any) -> None:
        with describing(f"writing {self.path}"):
            self._file.write(data)
        self._at += len(data)


class Container:
    """A finished file of sections, mapped; its header and size are checked when it is opened.

    Args:
        path: The file.
        expected: Size and header checksum by the manifest, or None.
        trusted: Do not verify sections, because the same process has just written them.
    """

    def __init__(self, path: Path, expected: tuple[int, int] | None = None, *, trusted: bool = False) -> None:
        self.path = path
        try:
            with open(path, "rb") as file:
                size = os.fstat(file.fileno()).st_size
                if expected is not None and size != expected[0]:
                    raise self.damaged("size", f"it has {size:,} bytes instead of {expected[0]:,}")
                if size < HEADER_BYTES:
                    raise self.damaged("header", "the file is too short to hold one")
                # Read, not mapped: what a failing disk cannot give is an error here, and there a signal that kills.
                header = file.read(HEADER_BYTES)
                self._map = mmap.mmap(file.fileno(), size, access=mmap.ACCESS_READ)
        except FileNotFoundError:
            raise self.damaged("file", "it is missing") from None
        except OSError as error:
            raise self.damaged("file", self._unless_in_the_way(error)) from error
        self.size, self.seal = size, 0
        self.facts, self.sections = self._header(header, expected)
        self._verified: set[str] = set(self.sections) if trusted else set()

    def damaged(self, section: str, what: str) -> DamagedIndexError:
        """The error that names this file, the section, what is wrong and what to do."""
        return damaged(self.path, section, what)

    def _header(
        self, header: bytes, expected: tuple[int, int] | None
    ) -> tuple[dict[str, Any], dict[str, Section]]:
        magic, version, length, seal = PREFIX.unpack_from(header, 0)
        if magic != MAGIC:
            raise self.damaged("header", "it does not begin like a file of an index")
        table = header[PREFIX.size : PREFIX.size + length]
        if length > HEADER_BYTES - PREFIX.size or xxhash.xxh3_64_intdigest(table) != seal:
            raise self.damaged("header", "its checksum is not that of its content")
        if expected is not None and seal != expected[1]:
            raise self.damaged("header", "it is not the file that the manifest names")
        if version != FORMAT and expected is not None:
            # A manifest of this format names files of this format.
            raise self.damaged("header", f"it says format {version}, and the manifest format {FORMAT}")
        if version != FORMAT:
            raise IndexVersionError(
                f"{self.path} has format {version}, and this release reads format {FORMAT}; "
                "use the release that wrote it, or build the index again from its sources."
            )
        self.seal, self._header_end = seal, PREFIX.size + length
        self._header_sum = checksum(header[: self._header_end].ljust(HEADER_BYTES, b"\0"))
        try:
            facts, sections = parse_table(table)
            if facts.pop("size") != self.size:
                raise self.damaged("header", "the file has not the size that its header says")
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise self.damaged("header", "its table of sections cannot be read") from error
        for section in sections.values():
            inside = section.type in _TYPES and section.offset >= HEADER_BYTES and section.count >= 0
            if not inside or section.offset % 8 or section.offset + section.bytes > self.size:
                raise self.damaged(section.name, "it lies outside its file")
        end = max((s.offset + s.bytes for s in sections.values()), default=HEADER_BYTES)
        self.repeats_header = self.size - HEADER_BYTES >= end
        return facts, sections

    def raw(self, name: str, dtype: Any) -> Array:
        """A section as an array over the mapped file, its content not verified."""
        section = self.sections.get(name)
        if section is None:
            raise self.damaged(name, "the section is missing")
        if np.dtype(dtype) != np.dtype(section.type):
            raise self.damaged(name, f"its numbers are {section.type}, not {np.dtype(dtype).str}")
        return np.frombuffer(self._map, dtype=section.type, count=section.count, offset=section.offset)

    def array(self, name: str, dtype: Any, count: int | None = None) -> Array:
        """A section as an array over the mapped file, verified against its checksum on first use.

        Raises:
            DamagedIndexError: Missing, of another type or length, or with another checksum.
        """
        values = self.raw(name, dtype)
        if count is not None and values.size != count:
            raise self.damaged(name, f"it holds {values.size:,} numbers instead of {count:,}")
        self.verify(name)
        return values

    def let_go(self) -> None:
        """Give back the memory of what was read, which comes from the file again when it is used."""
        if hasattr(self._map, "madvise"):
            self._map.madvise(mmap.MADV_DONTNEED)

    def examine(self) -> Iterator[DamagedIndexError]:
        """All that is not as it was written, or cannot be read; every byte is read once, a stretch at a time.

        A section that is found whole is not verified again.
        """
        try:
            with open(self.path, "rb", buffering=0) as file:
                for name, start, end, expected in self._stretches():
                    what = self._wrong(file, start, end, expected)
                    if what:
                        yield self.damaged(name, what)
                    elif name in self.sections:
                        self._verified.add(name)
        except FileNotFoundError:
            yield self.damaged("file", "it is missing")
        except OSError as error:
            yield self.damaged("file", self._unless_in_the_way(error))

    def _wrong(self, file: IO[bytes], start: int, end: int, expected: int) -> str:
        """What is wrong with the bytes from ``start`` to ``end``, or nothing."""
        digest = xxhash.xxh3_64()
        try:
            for at in range(start, end, _AT_ONCE):
                digest.update(read_at(file, at, min(_AT_ONCE, end - at)))
        except OSError as error:
            return self._unless_in_the_way(error)
        return _CHANGED if digest.intdigest() != expected else ""

    def _unless_in_the_way(self, error: OSError) -> str:
        """What a failing disk says; an error for what only stands in the way of reading."""
        if not is_damage(error):
            raise unreadable(self.path, error) from error
        return f"it cannot be read ({error.strerror})"

    def _stretches(self) -> Iterator[tuple[str, int, int, int]]:
        """Every part of the file but the first header: its name, where it begins and ends, its checksum."""
        yield "padding", self._header_end, HEADER_BYTES, _zeros(HEADER_BYTES - self._header_end)
        at = HEADER_BYTES
        for section in sorted(self.sections.values(), key=lambda section: section.offset):
            yield "padding", at, section.offset, _zeros(section.offset - at)
            at = section.offset + section.bytes
            yield section.name, section.offset, at, section.checksum
        # Files of an earlier make have no second header.
        end = self.size - HEADER_BYTES if self.repeats_header else self.size
        yield "padding", at, end, _zeros(end - at)
        if self.repeats_header:
            yield "second header", end, self.size, self._header_sum

    def verify(self, name: str) -> None:
        """Nothing when the section's bytes have its checksum; remembered."""
        if name in self._verified:
            return
        section = self.sections[name]
        if checksum(np.frombuffer(self._map, np.uint8, section.bytes, section.offset)) != section.checksum:
            raise self.damaged(name, _CHANGED)
        self._verified.add(name)
