"""Compiled kernels, kept in a folder of our own from one run to the next.

numba compiles a kernel to machine code once. That code is kept in a file with its checksum, and
later runs load it by llvmlite alone and call it by ctypes, which releases the GIL: importing numba
and setting it up takes longer than most queries. The folder is where the user says; it works with
read-only site-packages and without a home; a stale, damaged or unwritable cache is a miss, never an
error. Nothing of numba's global configuration is changed.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import logging
import os
import re
import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from types import FunctionType
from typing import Any

import numpy as np

_log = logging.getLogger("tendency.kernels")
_DIGEST_BYTES = 32
_lock = threading.RLock()
_helpers: dict[str, FunctionType] = {}


@dataclass(frozen=True)
class _Code:
    """Machine code of one kernel: the symbol to call, the names it may refer to, the object file."""

    symbol: str
    externals: tuple[str, ...]
    content: bytes


@dataclass(frozen=True)
class _Argument:
    """One declared argument: its type, and for an array whether the kernel writes to it."""

    dtype: np.dtype[Any]
    array: bool
    written: bool


class Kernel:
    """A function compiled for one signature at its first call, which then releases the GIL.

    Args:
        function: In the subset of Python that numba compiles; it allocates no array.
        signature: As numba writes it: arguments are contiguous arrays of one dimension or numbers,
            the result is ``int64`` or ``void``.

    Attributes:
        function: The same in plain Python, for so little work that loading code would take longer.
        ready: Whether the compiled form is loaded.
    """

    def __init__(self, function: FunctionType, signature: str) -> None:
        self.__doc__ = function.__doc__
        self.__name__ = function.__name__
        self.function, self._signature = function, signature
        self._arguments = _arguments(signature)
        self._void = signature.startswith("void(")
        self._call: Any = None

    @property
    def ready(self) -> bool:
        """Whether the compiled form is loaded."""
        return self._call is not None

    def __call__(self, *values: Any) -> Any:
        """What the compiled function returns."""
        if self._call is None:
            self.compile()
        if len(values) != len(self._arguments):
            raise TypeError(f"{self.__name__} takes {len(self._arguments)} arguments, not {len(values)}.")
        result, error = ctypes.c_int64(0), ctypes.c_void_p(0)
        flat: list[Any] = [ctypes.addressof(result), ctypes.addressof(error)]
        for place, (value, declared) in enumerate(zip(values, self._arguments, strict=True)):
            if not declared.array:
                flat.append(int(value))
                continue
            self._check(place, value, declared)
            size, step = value.size, value.itemsize
            # numba's array: owner, parent, items, bytes an item, data, shape, strides.
            flat += (None, None, size, step, value.__array_interface__["data"][0], size, step)
        status = self._call(*flat)
        if status not in (0, -2):  # numba's codes for a value and for None
            raise RuntimeError(f"The kernel {self.__name__} failed with status {status}.")
        return None if self._void else result.value

    def compile(self) -> None:
        """Load the compiled form from the cache, or compile and keep it."""
        with _lock:
            if self._call is None:
                path = _entry(self.function.__name__, self._signature)
                code = _load(path)
                if code is None:
                    _announce()
                    code = _compile(self.function, self._signature)
                    _save(path, code)
                self._call = self._prototype()(_address(code))

    def _check(self, place: int, value: Any, declared: _Argument) -> None:
        if (
            not isinstance(value, np.ndarray)
            or value.dtype != declared.dtype
            or value.ndim != 1
            or not value.flags.c_contiguous
            or (declared.written and not value.flags.writeable)
        ):
            kind = "writable " if declared.written else ""
            raise TypeError(
                f"Argument {place} of {self.__name__} must be a {kind}contiguous array of {declared.dtype}, "
                f"of one dimension."
            )

    def _prototype(self) -> Any:
        pointer, number = ctypes.c_void_p, ctypes.c_int64
        types: list[Any] = [pointer, pointer]
        for declared in self._arguments:
            if declared.array:
                types += (pointer, pointer, number, number, pointer, number, number)
            else:
                types.append(np.ctypeslib.as_ctypes_type(declared.dtype))
        return ctypes.CFUNCTYPE(ctypes.c_int32, *types)


def kernel(signature: str) -> Callable[[Callable[..., Any]], Kernel]:
    """A decorator that makes a function a ``Kernel`` with this signature."""

    def decorate(function: Callable[..., Any]) -> Kernel:
        assert isinstance(function, FunctionType)
        return Kernel(function, signature)

    return decorate


def helper(function: Callable[..., Any]) -> Any:
    """A decorator for a function that kernels of the same module call."""
    assert isinstance(function, FunctionType)
    _helpers[function.__name__] = function
    return function


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
    # Entries are run, so the folder must be one that only this user can write.
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
    """What the kernels, and the form they are kept in, depend on beside the processor."""
    digest = hashlib.sha256(f"{version('numba')} {version('llvmlite')} {sys.version_info[:2]}".encode())
    for name in ("kernel_cache.py", "classes.py", "text_rules.py", "kernels.py"):
        digest.update(Path(__file__).with_name(name).read_bytes())
    return digest.hexdigest()[:16]


@cache
def _announce() -> None:
    _log.warning("Compiling the counting kernels, once: this takes some seconds.")


def _arguments(signature: str) -> list[_Argument]:
    """The declared arguments of a signature."""
    inside = signature[signature.index("(") + 1 : signature.rindex(")")]
    found = []
    for match in re.finditer(
        r"Array\((?P<read>\w+), 1, 'C', readonly=True\)|(?P<number>\w+)(?P<written>\[::1\])?", inside
    ):
        name = match["read"] or match["number"]
        array = bool(match["read"] or match["written"])
        found.append(_Argument(np.dtype(name), array, bool(match["written"])))
    return found


def _entry(name: str, signature: str) -> Path | None:
    """The file for a kernel's code for this processor."""
    folder = cache_folder()
    if folder is None:
        return None
    from llvmlite import binding

    machine = (binding.get_process_triple(), binding.get_host_cpu_name(), _processor_features())
    key = hashlib.sha256(repr((name, signature, machine)).encode()).hexdigest()
    return folder / f"{name}-{key[:16]}"


@cache
def _processor_features() -> str:
    from llvmlite import binding

    with suppress(RuntimeError):
        return str(binding.get_host_cpu_features().flatten())
    return ""


def _load(path: Path | None) -> _Code | None:
    """The code in a file, or None on any kind of miss."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        content = path.read_bytes() if path else b""
        digest, payload = content[:_DIGEST_BYTES], content[_DIGEST_BYTES:]
        if payload and hashlib.sha256(payload).digest() == digest:
            head, _, code = payload.partition(b"\n")
            names = json.loads(head)
            return _Code(names["symbol"], tuple(names["externals"]), code)
    return None


def _save(path: Path | None, code: _Code) -> None:
    """Keep the code where that is possible."""
    if path is None:
        return
    head = json.dumps({"symbol": code.symbol, "externals": code.externals}).encode()
    payload = head + b"\n" + code.content
    with suppress(OSError):
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(hashlib.sha256(payload).digest() + payload)
        os.replace(file.name, path)


def _compile(function: FunctionType, signature: str) -> _Code:
    """The machine code of a function, by numba."""
    seen = _compiled_globals(function.__module__)
    dispatcher = _jit(FunctionType(function.__code__, seen, function.__name__))
    dispatcher.compile(signature)
    (result,) = dispatcher.overloads.values()
    externals = [f.name for f in result.library._final_module.functions if f.is_declaration]
    outside = tuple(sorted(name for name in externals if not name.startswith("llvm.")))
    return _Code(result.fndesc.llvm_func_name, outside, bytes(result.library._get_compiled_object()))


@cache
def _compiled_globals(module: str) -> dict[str, Any]:
    """What a module's kernels see: its globals, with each helper as numba compiles it."""
    seen = dict(vars(sys.modules[module]))
    for name, function in _helpers.items():
        seen[name] = _jit(FunctionType(function.__code__, seen, name))
    return seen


def _jit(function: FunctionType) -> Any:
    import numba

    # Options that numba takes but does not declare: wrappers that nothing calls cost compile time.
    njit: Any = numba.njit
    return njit(no_cpython_wrapper=True, no_cfunc_wrapper=True)(function)


@cache
def _engine() -> Any:
    from llvmlite import binding

    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    machine = binding.Target.from_default_triple().create_target_machine(jit=True)
    return binding.create_mcjit_compiler(binding.parse_assembly(""), machine)


# numba's array clean-up is linked in but never reached, for arrays come without an owner.
_unreachable = ctypes.CFUNCTYPE(None)(lambda: None)


def _address(code: _Code) -> int:
    """Where the code begins in memory, once it is loaded."""
    from llvmlite import binding

    engine = _engine()
    for name in code.externals:
        if not binding.address_of_symbol(name):
            binding.add_symbol(name, ctypes.cast(_unreachable, ctypes.c_void_p).value)
    engine.add_object_file(binding.object_file.ObjectFileRef.from_data(code.content))
    engine.finalize_object()
    return int(engine.get_function_address(code.symbol))
