"""Files as streams of bytes: unpacked, with a sample of their beginning, and a place for progress."""

from __future__ import annotations

import gzip
import io
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from tendency.documents.limits import SAMPLE
from tendency.errors import SourceError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

PACKED = {".gz": "gzip", ".zst": "zstd"}


@dataclass(slots=True)
class Source:
    """One file to be read.

    Attributes:
        path: Where it is; None for standard input.
        name: How it is named in messages; always printable.
        id: Its path relative to the source that was given, without suffix, with ``/``.
        suffix: The suffix that names its format, in lower case, without that of the packing.
        packing: ``"gzip"``, ``"zstd"`` or ``""``.
        size: Bytes on disk; 0 where not known.
    """

    path: Path | None
    name: str
    id: str
    suffix: str
    packing: str = ""
    size: int = 0
    _raw: IO[bytes] | None = field(default=None, repr=False)

    def position(self) -> int:
        """How many bytes of the file, as it lies on disk, have been read."""
        if self._raw is None or self._raw.closed or self.path is None:
            return 0
        try:
            return self._raw.tell()
        except OSError:
            return 0

    @contextmanager
    def opened(self) -> Iterator[io.BufferedReader]:
        """The unpacked bytes."""
        if self.path is not None and not self.packing:
            with cast(io.BufferedReader, self.path.open("rb", 2**18)) as stream:
                self._raw = stream
                yield stream
            return
        raw = sys.stdin.buffer if self.path is None else self.path.open("rb")
        self._raw = raw
        try:
            yield io.BufferedReader(_unpacked(raw, self.packing), 2**18)
        finally:
            if self.path is not None:
                raw.close()


def detach(text: io.TextIOWrapper) -> None:
    """Leave the bytes below a text open; nothing where they were closed before it."""
    with suppress(ValueError):
        text.detach()


class _Pulled(io.RawIOBase):
    """A raw stream made of the pieces that an iterator gives."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._left = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        while not self._left:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._left = memoryview(piece)
        target = memoryview(buffer).cast("B")
        size = min(len(target), len(self._left))
        target[:size] = self._left[:size]
        self._left = self._left[size:]
        return size


def _unpacked(raw: IO[bytes], packing: str) -> io.RawIOBase:
    if packing == "gzip":
        return _Pulled(_gunzipped(raw))
    if packing == "zstd":
        return _Pulled(_unzstd(raw))
    return _Pulled(iter(lambda: raw.read(2**18), b""))


def _gunzipped(raw: IO[bytes]) -> Iterator[bytes]:
    stream = gzip.GzipFile(fileobj=raw, mode="rb")
    try:
        while piece := stream.read1(2**18):
            yield piece
    except EOFError:
        raise SourceError("breaks off in the middle of its gzip stream.") from None
    except (zlib.error, gzip.BadGzipFile) as error:
        raise SourceError(f"is not sound gzip ({error}).") from None


def _unzstd(raw: IO[bytes]) -> Iterator[bytes]:
    import zstandard

    frame = None
    data = raw.read(2**17)
    try:
        while data or (data := raw.read(2**17)):
            if frame is None:
                frame = zstandard.ZstdDecompressor().decompressobj()
            if piece := frame.decompress(data):
                yield piece
            data = frame.unused_data if frame.eof else b""
            if frame.eof:
                frame = None
    except zstandard.ZstdError as error:
        raise SourceError(f"is not sound zstd ({error}).") from None
    if frame is not None:
        raise SourceError("breaks off in the middle of its zstd stream.")


def sampled(stream: io.BufferedReader) -> tuple[bytes, io.BufferedReader]:
    """The beginning of a stream, and a stream that still has it.

    An error met while the sample is read is raised again where the stream reaches it, so that what
    stands before a break is not lost.
    """
    if stream.seekable():
        try:
            return stream.read(SAMPLE), stream
        finally:
            stream.seek(0)
    pieces: list[bytes] = []
    size = 0
    failure: SourceError | OSError | None = None
    try:
        while size < SAMPLE and (piece := stream.read1(SAMPLE)):
            pieces.append(piece)
            size += len(piece)
    except (SourceError, OSError) as error:
        failure = error
    sample = b"".join(pieces)
    if failure is not None and not sample:
        raise failure

    def again() -> Iterator[bytes]:
        yield sample
        if failure is not None:
            raise failure
        while piece := stream.read1(2**18):
            yield piece

    return sample[:SAMPLE], io.BufferedReader(_Pulled(again()), 2**18)
