"""Writing so that a reader, or a crash, never sees half a file."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from tendency.errors import StorageError

_NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NOT_ALLOWED = {errno.EACCES, errno.EPERM, errno.EROFS}
_DAMAGED = {errno.EIO, errno.EBADMSG, getattr(errno, "EUCLEAN", errno.EIO)}


@contextlib.contextmanager
def describing(doing: str) -> Iterator[None]:
    """Turn an operating system error inside into a StorageError that says what to do."""
    try:
        yield
    except OSError as error:
        if error.errno in _NO_SPACE:
            remedy = "the disk is full; make room and run the command again"
        elif error.errno in _NOT_ALLOWED:
            remedy = "it is not allowed here; use a folder that you may write to, or ask for the permission"
        else:
            remedy = f"the system says {error.strerror or error}; mend that and run the command again"
        raise StorageError(f"{doing}: {remedy}. What was committed before is untouched.") from error


def is_damage(error: OSError) -> bool:
    """Whether the disk itself says that it cannot give what it was given; else something stands in the way."""
    return error.errno in _DAMAGED


def unreadable(path: Path, error: OSError) -> StorageError:
    """The error for a file that may be whole, but cannot be read now."""
    if error.errno in _NOT_ALLOWED:
        remedy = "ask for the permission to read it"
    else:
        remedy = "mend that and run the command again"
    return StorageError(f"{path} cannot be read ({error.strerror or error}); {remedy}.")


def sync_file(file: IO[Any]) -> None:
    """Wait until the file's content is on the disk itself."""
    file.flush()
    if sys.platform == "darwin":
        import fcntl

        # On macOS fsync stops at the drive's own cache.
        fcntl.fcntl(file.fileno(), fcntl.F_FULLFSYNC)
    else:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk; Windows has no such call."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_atomically(path: Path, data: bytes) -> None:
    """Write a whole file beside its place, then rename it there; readers see the old or the new one."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.new")
    with describing(f"writing {path}"):
        try:
            with open(beside, "wb") as file:
                file.write(data)
                sync_file(file)
            os.replace(beside, path)
        except BaseException:
            with contextlib.suppress(OSError):
                beside.unlink(missing_ok=True)
            raise
        sync_folder(path.parent)
