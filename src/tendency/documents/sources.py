"""The files that the sources name, in a fixed order."""

from __future__ import annotations

import glob
import os
import stat
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from tendency.documents.problem import Note, Problem
from tendency.documents.streams import PACKED, Source
from tendency.errors import SettingError, SourceError

Named = str | os.PathLike[str]

#: The sidecar has this name; a folder that holds one is not read as if it were a document.
SIDECAR = "people.csv"

_OPEN_REMEDY = "Give the right to read it, or leave it out."


def printable(path: str | bytes | os.PathLike[str]) -> str:
    """A path as text that can be printed and stored, whatever bytes it is made of."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


class Files:
    """Files below one folder, as they were listed: their paths and sizes, in little more than that takes."""

    def __init__(self, below_root: int) -> None:
        self._below_root = below_root
        # No path holds a NUL.
        self._paths, self._sizes = bytearray(), array("q")

    def add(self, path: str, size: int) -> None:
        """One file more."""
        self._paths += os.fsencode(path) + b"\0"
        self._sizes.append(size)

    @property
    def size(self) -> int:
        """Bytes of all of them."""
        return sum(self._sizes)

    def __iter__(self) -> Iterator[Source]:
        at = 0
        for size in self._sizes:
            end = self._paths.index(b"\0", at)
            path = os.fsdecode(bytes(self._paths[at:end]))
            at = end + 1
            suffix, packing = format_of(os.path.basename(path))
            id_ = _id(path[self._below_root :], suffix, packing)
            yield Source(Path(path), printable(path), id_, suffix, packing, size)


class Sources:
    """The files that were found, in order, with what is to be said of others; each is made anew when its turn comes.

    Attributes:
        size: Bytes of all files, 0 when not known.
    """

    def __init__(self, found: Iterable[Source | Problem | Note | Files]) -> None:
        self._found = list(found)
        self.size = sum(item.size for item in self._found if isinstance(item, (Source, Files)))

    def __iter__(self) -> Iterator[Source | Problem | Note]:
        for item in self._found:
            if isinstance(item, Files):
                yield from item
            else:
                yield item


def sources_of(named: Named | Iterable[Named], known: Iterable[str]) -> Sources:
    """Every file that the names stand for: files, folders, patterns with ``*``, and ``-``.

    Raises:
        SettingError: Nothing was named.
        SourceError: A name stands for no file.
    """
    names = [named] if isinstance(named, (str, os.PathLike)) else list(named)
    if not names:
        raise SettingError("No source was named: give files, folders, or - for JSON lines on standard input.")
    suffixes = frozenset(known)
    return Sources(item for name in names for item in _found(os.fspath(name), suffixes))


def _found(name: str, known: frozenset[str]) -> Iterator[Source | Problem | Note | Files]:
    if name == "-":
        yield Source(None, "standard input", "-", ".jsonl")
        return
    if "\0" in name:
        raise SourceError(f"{name!r} is no path: it holds a NUL character.")
    path = Path(name).expanduser()
    if not os.path.lexists(path) and glob.has_magic(name):
        matches = sorted(glob.glob(str(path), recursive=True))
        if not matches:
            raise SourceError(f"No file matches {printable(name)}: mend the pattern.")
        for match in matches:
            yield from _one(Path(match), known)
        return
    if not path.exists():
        what = "is a link to nothing" if path.is_symlink() else "does not exist"
        raise SourceError(f"{printable(name)} {what}: give the path of a file or folder.")
    yield from _one(path, known)


def _one(path: Path, known: frozenset[str]) -> Iterator[Source | Problem | Note | Files]:
    if path.is_dir():
        yield from _Folder(path, known).sources()
        return
    suffix, packing = format_of(path.name)
    if suffix not in known:
        if not suffix and not packing and not path.is_file():
            # A pipe from the shell, such as <(zcat …), has no suffix.
            yield Source(path, printable(path), printable(path.name), ".jsonl")
            return
        shown = ", ".join(sorted(known))
        what = (
            f"the format {suffix!r} is not read."
            if suffix
            else "the file name has no suffix that names a format."
        )
        yield Problem(printable(path), None, what, f"Convert it to one of {shown}.", "unknown format")
        return
    yield Source(path, printable(path), _id(path.name, suffix, packing), suffix, packing, _size(path))


def format_of(name: str) -> tuple[str, str]:
    """The suffix that names the format, in lower case, and the packing."""
    stem, suffix = os.path.splitext(name)
    packing = PACKED.get(suffix.lower(), "")
    if packing:
        suffix = os.path.splitext(stem)[1]
    return suffix.lower(), packing


def _id(relative: str, suffix: str, packing: str) -> str:
    if packing:
        relative = relative[: relative.rindex(".")]
    return printable(relative[: len(relative) - len(suffix)]).replace(os.sep, "/")


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


class _Folder:
    """A folder that is read with everything below it, sorted, each real folder once."""

    def __init__(self, path: Path, known: frozenset[str]) -> None:
        self.root, self.known = path, known
        # What lies below the root is joined to it, so that its path begins with the root's.
        self._below_root = len(os.fspath(path / "_")) - 1
        self.seen: set[tuple[int, int]] = set()
        self.passed: Counter[str] = Counter()

    def sources(self) -> Iterator[Problem | Note | Files]:
        count = 0
        files: Files | None = None
        for item in self._below(self.root):
            count += not isinstance(item, Note)
            if isinstance(item, tuple):
                if files is None:
                    files = Files(self._below_root)
                files.add(*item)
                continue
            if files is not None:
                yield files
                files = None
            yield item
        if files is not None:
            yield files
        if self.passed:
            kinds = ", ".join(
                f"{number} {suffix or 'without suffix'}" for suffix, number in sorted(self.passed.items())
            )
            yield Note(printable(self.root), None, f"files of other formats were passed over: {kinds}.")
        if not count:
            what = "the folder holds no file of a known format."
            yield Problem(
                printable(self.root), None, what, f"Read are {', '.join(sorted(self.known))}.", "empty"
            )

    def _below(self, folder: Path) -> Iterator[tuple[str, int] | Problem | Note]:
        try:
            status = folder.stat()
            if (status.st_dev, status.st_ino) in self.seen:
                yield Note(
                    printable(folder), None, "the folder was reached before, by a link, and is read once."
                )
                return
            self.seen.add((status.st_dev, status.st_ino))
            with os.scandir(folder) as listing:
                names = sorted((entry.name for entry in listing if entry.name[0] != "."), key=os.fsencode)
        except OSError as error:
            yield _unreadable(folder, error)
            return
        for name in names:
            yield from self._entry(folder / name)

    def _entry(self, path: Path) -> Iterator[tuple[str, int] | Problem | Note]:
        try:
            status = path.stat()
        except OSError as error:
            yield _unreadable(path, error)
            return
        mode = status.st_mode
        if stat.S_ISDIR(mode):
            yield from self._below(path)
            return
        suffix, _ = format_of(path.name)
        if path.name.lower() == SIDECAR:
            yield Note(printable(path), None, "was passed over as the sidecar; name it as people to use it.")
        elif suffix not in self.known:
            self.passed[suffix] += 1
        elif not stat.S_ISREG(mode):
            yield Problem(printable(path), None, "is no regular file.", "Name it by itself to read a pipe.")
        else:
            yield os.fspath(path), status.st_size


def _unreadable(path: Path, error: OSError) -> Problem:
    return Problem(printable(path), None, f"cannot be read ({error.strerror or error}).", _OPEN_REMEDY)
