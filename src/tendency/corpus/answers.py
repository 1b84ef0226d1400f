"""Answers kept beside an index, so that what was counted once is not counted again.

One file a question, with the answer of each segment that was asked. It may be removed at any time: a file
that is missing, damaged or unwritable costs a count, never an answer.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

import xxhash

from tendency.corpus.storage import is_damage

_MAGIC: Final = b"TENDANS2"
_SEAL: Final = 16
_KEY: Final = 32
_LENGTH: Final = 8
_DEFAULT: Final = 1024


class Answers:
    """The answers kept beside an index.

    Args:
        index: The index's folder.
        limit: Bytes that they may take in all; those longest unused go first. By default what
            ``TENDENCY_CACHE_SIZE`` says in mebibytes, else 1 GiB; with 0 none are kept or read.
    """

    def __init__(self, index: Path, limit: int | None = None) -> None:
        self.folder = index / "cache" / "answers"
        self.limit = _limit() if limit is None else limit

    def __bool__(self) -> bool:
        """Whether there may be any."""
        return self.limit > 0 and os.path.isdir(self.folder)

    def read(self, question: str) -> dict[str, bytes]:
        """The answers to a question, by the key of their segment; none where the file is not as written."""
        path = self.folder / question
        try:
            data = path.read_bytes()
        except OSError:
            return {}
        with suppress(OSError):
            os.utime(path)
        body = data[len(_MAGIC) + _SEAL :]
        if not _is_whole(question, data):
            return {}
        found, at = {}, 0
        while at + _KEY + _LENGTH <= len(body):
            key, length = (
                body[at : at + _KEY],
                int.from_bytes(body[at + _KEY : at + _KEY + _LENGTH], "little"),
            )
            at += _KEY + _LENGTH
            found[key.decode("ascii", "replace")] = body[at : at + length]
            at += length
        return found if at == len(body) else {}

    def damaged(self) -> Iterator[Path]:
        """The files that are not as written."""
        for path in sorted(self.folder.iterdir()) if self.folder.is_dir() else []:
            try:
                whole = path.name.startswith(".") or _is_whole(path.name, path.read_bytes())
            except OSError as error:
                # Else it made room in this moment, or is somebody else's.
                whole = not is_damage(error)
            if not whole:
                yield path

    def write(self, question: str, answers: Mapping[str, bytes]) -> None:
        """Keep the answers to a question in the place of those kept before; where that cannot be, do nothing.

        Args:
            question: 32 hexadecimal digits.
            answers: By the key of their segment, 32 hexadecimal digits each.
        """
        body = b"".join(
            key.encode("ascii") + len(answer).to_bytes(_LENGTH, "little") + answer
            for key, answer in answers.items()
        )
        if len(body) > self.limit:
            return
        beside = self.folder / f".{question}.{os.getpid()}.new"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            # Without waiting for the disk: a file half written has a wrong checksum.
            beside.write_bytes(_head(question, body) + body)
            os.replace(beside, self.folder / question)
            self._make_room()
        except OSError:
            with suppress(OSError):
                beside.unlink(missing_ok=True)

    def _make_room(self) -> None:
        """Remove what was not used for longest until the rest is within the limit."""
        held = []
        with os.scandir(self.folder) as entries:
            for entry in entries:
                # Others may be removing what is here.
                with suppress(OSError):
                    if entry.is_file():
                        held.append((entry.stat().st_mtime_ns, entry.name, entry.stat().st_size))
        total = 0
        for _, name, size in sorted(held, reverse=True):
            total += size
            if total > self.limit:
                with suppress(OSError):
                    (self.folder / name).unlink()


def _head(question: str, body: bytes) -> bytes:
    """What a file begins with; the checksum is of the question too, so that no file answers under another's name."""
    return _MAGIC + xxhash.xxh3_128_digest(os.fsencode(question) + body)


def _is_whole(question: str, data: bytes) -> bool:
    return data[: len(_MAGIC) + _SEAL] == _head(question, data[len(_MAGIC) + _SEAL :])


def _limit() -> int:
    written = os.environ.get("TENDENCY_CACHE_SIZE", "")
    return (int(written) if written.isascii() and written.isdigit() else _DEFAULT) << 20
