"""One writer at a time, by a lock that dies with its process."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import filelock
import orjson

from tendency.corpus.storage import describing
from tendency.errors import LockedIndexError

NAME: Final = "lock"
HOLDER: Final = "lock.holder"


@contextlib.contextmanager
def writing(folder: Path, wait: float) -> Iterator[None]:
    """Hold the index's only writing lock inside.

    Args:
        folder: The index.
        wait: Seconds to wait for another writer.

    Raises:
        LockedIndexError: Another writer still holds it; says which process, where and since when.
        StorageError: The folder cannot be written.
    """
    lock = filelock.FileLock(folder / NAME)
    with describing(f"locking the index {folder}"):
        try:
            lock.acquire(timeout=wait)
        except filelock.Timeout:
            raise LockedIndexError(
                f"{folder} is being written by another process ({_holder(folder)}); wait until it is done, or stop "
                "it, and run the command again."
            ) from None
    try:
        _leave_a_name(folder)
        yield
    finally:
        with contextlib.suppress(OSError):
            (folder / HOLDER).unlink(missing_ok=True)
        lock.release()


def _leave_a_name(folder: Path) -> None:
    facts = {
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "since": dt.datetime.now(dt.UTC).isoformat("T", "seconds"),
    }
    # Only a courtesy to the next writer: the lock itself is the operating system's.
    with contextlib.suppress(OSError):
        (folder / HOLDER).write_bytes(orjson.dumps(facts))


def _holder(folder: Path) -> str:
    try:
        facts: Any = orjson.loads((folder / HOLDER).read_bytes())
        return f"process {facts['pid']} on {facts['host']}, since {facts['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "it has left no name"
