"""Compiled kernels, kept in a folder of our own from one run to the next.

numba's own cache wants to write beside the source or in the user's home and trusts what it
reads. Ours goes where the user says, works with read-only site-packages and without a home,
and holds a checksum for each entry: a stale, damaged or unwritable cache is a miss, never an
error. Nothing of numba's global configuration is changed.
"""

from __future__ import annotations

import hashlib
import logging
import os
import pickle
import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path
from types import FunctionType
from typing import Any

_log = logging.getLogger("tendency.kernels")
_DIGEST_BYTES = 32
_lock = threading.RLock()
_helpers: dict[str, Callable[..., Any]] = {}


class Kernel:
    """A function compiled for one signature at its first call, which then releases the GIL.

    Args:
        function: In the subset of Python that numba compiles.
        signature: Argument types as numba writes them; arrays are coerced to no other type,
            so that one compiled form serves every caller.

    Attributes:
        function: The same in plain Python, for so little work that loading numba would take longer.
        ready: Whether the compiled form is loaded.
    """

    def __init__(self, function: FunctionType, signature: str) -> None:
        self.__doc__ = function.__doc__
        self.__name__ = function.__name__
        self.function, self._signature = function, signature
        self._compiled: Any = None

    def __call__(self, *arguments: Any) -> Any:
        """What the compiled function returns."""
        if self._compiled is None:
            self.compile()
        return self._compiled(*arguments)

    @property
    def ready(self) -> bool:
        """Whether the compiled form is loaded."""
        return self._compiled is not None

    def compile(self) -> None:
        """Load the compiled form from the cache, or compile and keep it."""
        with _lock:
            if self._compiled is None:
                dispatcher = _dispatcher(self.function)
                dispatcher._cache = _KernelCache(self.function)
                dispatcher.compile(self._signature)
                dispatcher.disable_compile()
                self._compiled = dispatcher


def helper(function: Callable[..., Any]) -> Any:
    """A decorator for a function that kernels of the same module call."""
    _helpers[function.__name__] = function
    return function


def kernel(signature: str) -> Callable[[Callable[..., Any]], Kernel]:
    """A decorator that makes a function a ``Kernel`` with this signature."""

    def decorate(function: Callable[..., Any]) -> Kernel:
        assert isinstance(function, FunctionType)
        return Kernel(function, signature)

    return decorate


@cache
def cache_folder() -> Path | None:
    """Where compiled kernels are kept, made if need be; None where no folder can be written.

    The first of these that can be written: ``TENDENCY_CACHE``, the user's cache folder, a
    folder among the temporary files that belongs to this user and nobody else can open.
    """
    for folder in _candidates():
        with suppress(OSError):
            folder = folder / f"kernels-{_source_digest()}"
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                return folder
    return None


def _candidates() -> list[Path]:
    named = os.environ.get("TENDENCY_CACHE")
    if named:
        return [Path(named), *_private_temporary_folder()]
    under: str | None
    if sys.platform == "darwin":
        under, below = os.environ.get("HOME"), Path("Library/Caches/tendency")
    elif os.environ.get("XDG_CACHE_HOME"):
        under, below = os.environ["XDG_CACHE_HOME"], Path("tendency")
    else:
        under, below = os.environ.get("HOME"), Path(".cache/tendency")
    users = [Path(under) / below] if under and os.path.isabs(under) else []
    return [*users, *_private_temporary_folder()]


def _private_temporary_folder() -> list[Path]:
    # Entries are unpickled, so the folder must be one that only this user can write.
    user = os.getuid() if hasattr(os, "getuid") else 0
    folder = Path(tempfile.gettempdir()) / f"tendency-{user}"
    with suppress(OSError):
        folder.mkdir(mode=0o700, exist_ok=True)
        state = folder.lstat()
        if not folder.is_symlink() and (
            os.name == "nt" or (state.st_uid == user and not state.st_mode & 0o077)
        ):
            return [folder]
    return []


@cache
def _source_digest() -> str:
    digest = hashlib.sha256(
        f"{version('numba')} {version('llvmlite')} {sys.version_info[:2]} {sys.implementation.cache_tag}".encode()
    )
    for name in ("classes.py", "text_rules.py", "kernels.py"):
        digest.update(Path(__file__).with_name(name).read_bytes())
    return digest.hexdigest()[:16]


@cache
def _announce() -> None:
    _log.warning("Compiling the counting kernels, once: this takes some seconds.")


def _dispatcher(function: FunctionType) -> Any:
    """The function as numba compiles it, calling compiled helpers."""
    return _jit(FunctionType(function.__code__, _compiled_globals(function.__module__), function.__name__))


@cache
def _compiled_globals(module: str) -> dict[str, Any]:
    """What a module's kernels see: its globals, with each helper as numba compiles it."""
    seen = dict(vars(sys.modules[module]))
    for name, function in _helpers.items():
        assert isinstance(function, FunctionType)
        seen[name] = _jit(FunctionType(function.__code__, seen, name), no_cpython_wrapper=True)
    return seen


def _jit(function: FunctionType, **options: bool) -> Any:
    import numba

    # Options that numba takes but does not declare: wrappers that nothing calls cost compile time.
    njit: Any = numba.njit
    return njit(nogil=True, no_cfunc_wrapper=True, **options)(function)


class _KernelCache:
    """What numba asks of a cache, for one function: one file for each signature and processor."""

    def __init__(self, function: FunctionType) -> None:
        self._name = function.__name__
        self._code = hashlib.sha256(function.__code__.co_code).hexdigest()

    @property
    def cache_path(self) -> str:
        return str(cache_folder() or "")

    def enable(self) -> None:
        """Nothing to do: the cache is always on."""

    def disable(self) -> None:
        """Nothing to do: the cache is always on."""

    def flush(self) -> None:
        """Nothing to do: entries are written at once."""

    def load_overload(self, signature: Any, target: Any) -> Any:
        """The compiled form for this signature, or None on any kind of miss."""
        target.refresh()
        with suppress(Exception):
            path = self._path(signature, target.codegen())
            content = path.read_bytes() if path else b""
            digest, payload = content[:_DIGEST_BYTES], content[_DIGEST_BYTES:]
            if payload and hashlib.sha256(payload).digest() == digest:
                from numba.core import compiler

                result: Any = compiler.CompileResult
                return result._rebuild(target, *pickle.loads(payload))
        _announce()
        return None

    def save_overload(self, signature: Any, compiled: Any) -> None:
        """Keep the compiled form where that is possible."""
        with suppress(Exception):
            from numba.core import serialize

            dumps: Any = serialize.dumps
            path = self._path(signature, compiled.codegen)
            if path is None:
                return
            payload = dumps(compiled._reduce())
            with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
                file.write(hashlib.sha256(payload).digest() + payload)
            os.replace(file.name, path)

    def _path(self, signature: Any, codegen: Any) -> Path | None:
        folder = cache_folder()
        key = hashlib.sha256(repr((str(signature), codegen.magic_tuple(), self._code)).encode()).hexdigest()
        return folder / f"{self._name}-{key[:16]}" if folder else None
