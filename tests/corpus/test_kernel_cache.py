"""Compiled kernels outlive the run wherever that is possible, and never get in the way."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import tendency
from tendency.corpus.kernels import rehash

# The smallest kernel, so that compiling it again and again is quick.
PROGRAM = """
import numpy as np
from tendency.corpus.kernels import rehash
slots, terms = np.zeros(8, np.uint64), np.zeros(4, np.uint32)
rehash(np.array([7, 1 << 56], np.uint64), np.array([1], np.uint32), slots, terms)
print(terms.max())
import sys
print("numba" in sys.modules, file=sys.stderr) if "ASK" in __import__("os").environ else None
"""


TERMS = np.zeros(8, np.uint32)


def run(tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """A fresh process that calls a kernel, with only these variables set."""
    source = str(Path(tendency.__path__[0]).parent)
    kept = {"PATH": os.environ.get("PATH", ""), "TMPDIR": str(tmp_path), "PYTHONPATH": source}
    return subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**kept, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def entries(folder: Path) -> list[Path]:
    """The compiled kernels below a folder."""
    return [path for path in folder.rglob("rehash-*") if path.is_file()]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A named cache folder after a first run, which announced that it compiles."""
    folder = tmp_path_factory.mktemp("cache")
    first = run(folder, TENDENCY_CACHE=str(folder / "named"))
    assert first.stdout == "1\n"
    assert "Compiling the counting kernels, once" in first.stderr
    return folder / "named"


def test_second_run_compiles_nothing(filled: Path, tmp_path: Path) -> None:
    """What one run compiled the next one loads, silently."""
    again = run(tmp_path, TENDENCY_CACHE=str(filled))
    assert (again.stdout, again.stderr) == ("1\n", "")


def test_cached_run_needs_no_numba(filled: Path, tmp_path: Path) -> None:
    """Code from the cache is loaded without importing numba, which would take longer than a query."""
    assert run(tmp_path, TENDENCY_CACHE=str(filled), ASK="1").stderr == "False\n"


@pytest.mark.parametrize(
    "values",
    [
        (np.zeros(4, np.int64), TERMS, np.zeros(8, np.uint64), TERMS),
        (np.zeros(8, np.uint64)[::2], TERMS, np.zeros(8, np.uint64), TERMS),
        (np.zeros(4, np.uint64), TERMS, np.frombuffer(bytes(64), np.uint64), TERMS),
        (np.zeros(4, np.uint64), TERMS, [0] * 8, TERMS),
        (np.zeros(4, np.uint64), TERMS),
    ],
)
def test_wrong_arguments(values: tuple[object, ...]) -> None:
    """An array of another type or layout, or one that cannot be written, never reaches machine code."""
    with pytest.raises(TypeError, match="rehash"):
        rehash(*values)


@pytest.mark.parametrize("content", [b"", b"rubbish", None])
def test_damaged_cache_is_a_miss(filled: Path, tmp_path: Path, content: bytes | None) -> None:
    """An empty, foreign or altered entry is compiled anew and mended."""
    shutil.copytree(filled, tmp_path / "copy")
    (entry,) = entries(tmp_path / "copy")
    good = entry.read_bytes()
    entry.write_bytes(good[:-1] + bytes([good[-1] ^ 1]) if content is None else content)
    found = run(tmp_path, TENDENCY_CACHE=str(tmp_path / "copy"))
    assert found.stdout == "1\n"
    assert "Compiling" in found.stderr
    assert run(tmp_path, TENDENCY_CACHE=str(tmp_path / "copy")).stderr == ""


def test_read_only_package_without_home(filled: Path, tmp_path: Path) -> None:
    """With a read-only package and no home, kernels are kept in a private temporary folder."""
    package = tmp_path / "site" / "tendency"
    shutil.copytree(Path(tendency.__path__[0]), package, ignore=shutil.ignore_patterns("__pycache__"))
    for path in [package, *package.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    before = sorted(package.rglob("*"))
    try:
        first = run(tmp_path, PYTHONPATH=str(package.parent), PYTHONDONTWRITEBYTECODE="1")
        assert first.stdout == "1\n"
        assert sorted(package.rglob("*")) == before
        private = tmp_path / f"tendency-{os.getuid()}"
        assert len(entries(private)) == 1
        assert private.stat().st_mode & 0o077 == 0
        assert run(tmp_path, PYTHONPATH=str(package.parent)).stderr == ""
    finally:
        for path in [package, *package.rglob("*")]:
            path.chmod(0o755 if path.is_dir() else 0o644)


def test_unwritable_cache_still_counts(tmp_path: Path) -> None:
    """Where no folder can be written the kernels are compiled for this run only."""
    file = tmp_path / "file"
    file.write_text("in the way")
    found = run(file, TENDENCY_CACHE=str(file / "below"))
    assert found.stdout == "1\n"
