"""A process that runs operations on an index in forked children, and has file operations fail or kill in them.

Started by :mod:`durability_helpers`; reads one JSON object a line and answers with one. Each operation
runs in a child of its own, so that a crash, a signal or an endless loop is an answer like any other. The
product knows nothing of it: what it calls in ``os``, ``io`` and ``mmap`` is replaced in the child alone.
"""

from __future__ import annotations

import builtins
import contextlib
import errno
import io
import json
import mmap
import os
import shutil
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import durability_operations as operations

WRITING = {"write", "open w", "mkdir", "fsync", "replace", "rename", "truncate"}
"""Kinds of operations that a full disk refuses, for as long as it is full."""

_real_open, _real_os, _real_mmap = io.open, dict(vars(os)), mmap.mmap
_limit_seconds = 60


class Faults:
    """Counts the file operations inside one folder, and lets one of them fail, or kill the process.

    Args:
        root: The folder; operations elsewhere are left alone.
        mode: ``"trace"`` (nothing fails), ``"kill"``, ``"kill half"`` (after half of what is written),
            or the name of an error number; with a leading ``"short "`` half of a write is done before it fails.
        at: The operation, counted from 0.
    """

    def __init__(self, root: Path, mode: str, at: int) -> None:
        self.root, self.mode, self.at = str(root), mode, at
        self.trace: list[tuple[str, str]] = []
        self.failed: tuple[str, str] | None = None

    def inside(self, target: Any, dir_fd: int | None = None) -> str | None:
        """The path, when it lies in the folder."""
        if isinstance(target, int):
            with contextlib.suppress(OSError):
                target = os.readlink(f"/proc/self/fd/{target}")
        try:
            path = os.fspath(target)
        except TypeError:
            return None
        if isinstance(path, bytes):
            path = os.fsdecode(path)
        if isinstance(path, str) and dir_fd is not None and not os.path.isabs(path):
            path = os.path.join(os.readlink(f"/proc/self/fd/{dir_fd}"), path)
        return path if isinstance(path, str) and path.startswith(self.root) else None

    def before(self, kind: str, path: str, half: Callable[[], object] | None = None) -> None:
        """Count an operation; kill or fail where it is its turn."""
        number = len(self.trace)
        self.trace.append((kind, path))
        if self.mode == "trace":
            return
        if number == self.at:
            self.failed = (kind, path)
            if self.mode == "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            if half is not None and (self.mode == "kill half" or self.mode.startswith("short ")):
                half()
            if self.mode == "kill half":
                os.kill(os.getpid(), signal.SIGKILL)
            self._fail(path)
        elif number > self.at and self.mode.endswith("ENOSPC") and kind in WRITING:
            # A full disk stays full.
            self._fail(path)

    def _fail(self, path: str) -> None:
        number = getattr(errno, self.mode.removeprefix("short "))
        raise OSError(number, os.strerror(number), path)

    def install(self) -> None:
        """Replace what the standard library offers for files."""
        faults = self

        class Raw(io.FileIO):
            def write(self, data: Any) -> int:
                view = memoryview(data).cast("B")
                path = faults.inside(self.name)
                if path is not None:
                    faults.before("write", path, lambda: super(Raw, self).write(view[: len(view) // 2]))
                return super().write(view)

            def readinto(self, buffer: Any) -> int:
                path = faults.inside(self.name)
                if path is not None:
                    faults.before("read", path)
                return super().readinto(buffer)

            def readall(self) -> bytes:
                path = faults.inside(self.name)
                if path is not None:
                    faults.before("read", path)
                return super().readall()

        def opened(file: Any, mode: str = "r", buffering: int = -1, *more: Any, **options: Any) -> Any:
            path = None if isinstance(file, int) else faults.inside(file)
            if path is None or "b" not in mode:
                return _real_open(file, mode, buffering, *more, **options)
            faults.before("open r" if mode == "rb" else "open w", path)
            raw = Raw(path, mode.replace("b", ""))
            if buffering == 0:
                return raw
            if mode == "rb":
                return io.BufferedReader(raw)
            return io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)

        io.open = builtins.open = opened  # type: ignore[assignment]
        for name in [
            "open",
            "fsync",
            "replace",
            "rename",
            "link",
            "unlink",
            "remove",
            "mkdir",
            "rmdir",
            "scandir",
            "listdir",
            "truncate",
            "ftruncate",
            "chmod",
            "utime",
            "fdatasync",
            "copy_file_range",
            "sendfile",
            "write",
            "read",
        ]:
            if name in _real_os:
                setattr(os, name, self._wrapped(name, _real_os[name]))

        class Map(mmap.mmap):
            def __new__(cls, file: int, *arguments: Any, **options: Any) -> Any:
                path = faults.inside(file) if file >= 0 else None
                if path is not None:
                    faults.before("mmap", path)
                return super().__new__(cls, file, *arguments, **options)

        mmap.mmap = Map  # type: ignore[misc]

    def _wrapped(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            target = arguments[1] if name in ("replace", "rename", "link") else (arguments or (".",))[0]
            folder = options.get("dir_fd", options.get("dst_dir_fd"))
            path = self.inside(target, folder)
            if path is not None:
                kind = name
                if name == "open":
                    flags = arguments[1] if len(arguments) > 1 else options.get("flags", 0)
                    # A folder opened for writing makes a file without a name.
                    named = flags & (os.O_WRONLY | os.O_RDWR) and not os.path.isdir(path)
                    kind = "open w" if named else "open r"
                if name == "mkdir" and os.path.isdir(path):
                    kind = "mkdir again"
                self.before({"remove": "unlink", "fdatasync": "fsync"}.get(kind, kind), path)
            return real(*arguments, **options)

        return call


def _run(request: dict[str, Any], answer: Path) -> None:
    """One operation, in the child."""
    signal.alarm(request.get("limit", _limit_seconds))
    faults = Faults(Path(request["root"]), request.get("mode", "trace"), request.get("at", -1))
    faults.install()
    result: Any = None
    error = kind = trace = ""
    try:
        result = getattr(operations, request["operation"])(
            Path(request["path"]), **request.get("options", {})
        )
    except BaseException as raised:
        error, kind, trace = str(raised), type(raised).__name__, traceback.format_exc()
    faults.mode = "trace"
    told = {"result": result, "error": error, "kind": kind, "traceback": trace, "failed": faults.failed}
    with _real_open(answer, "w", encoding="utf-8", errors="surrogatepass") as file:
        json.dump({**told, "trace": faults.trace if request.get("mode", "trace") == "trace" else []}, file)


def _child(request: dict[str, Any], answer: Path) -> dict[str, Any]:
    """The answer of one operation, however its process ended."""
    answer.unlink(missing_ok=True)
    began = time.perf_counter()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            _run(request, answer)
            code = 0
        finally:
            os._exit(code)
    if "after" in request:
        time.sleep(request["after"])
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    told: dict[str, Any] = {"signal": 0, "seconds": time.perf_counter() - began}
    if os.WIFSIGNALED(status):
        told["signal"] = os.WTERMSIG(status)
    elif answer.exists():
        told |= json.loads(answer.read_text(encoding="utf-8", errors="surrogatepass"))
    else:
        told["error"] = "the child left no answer"
    return told


def main() -> None:
    """Answer requests until the input ends."""
    warnings.simplefilter("ignore", DeprecationWarning)
    folder = Path(tempfile.mkdtemp())
    answer = folder / "answer.json"
    operations.warm_up(folder / "warm.index")
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    out.write("ready\n")
    out.flush()
    for line in sys.stdin:
        out.write(json.dumps(_child(json.loads(line), answer)) + "\n")
        out.flush()
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
