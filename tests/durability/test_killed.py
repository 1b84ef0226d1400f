"""A writer that is killed leaves the last commit, whole, and the next writer goes on."""

from __future__ import annotations

import random
import signal
from collections.abc import Iterator
from pathlib import Path

import durability_operations as operations
import pytest
from durability_helpers import Course, Repair, Worker, working

from tendency.corpus.manifest import NAME

INSTANTS = 6
"""Of each operation, among its first, its last and others drawn; ``python -m bench durability`` takes all."""


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    """A process in whose children the operations run."""
    with working() as held:
        yield held


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The index before the operation."""
    path = tmp_path_factory.mktemp("start") / "x.index"
    operations.make(path)
    return path


@pytest.mark.parametrize("operation", operations.OPERATIONS)
def test_killed_at_a_file_operation(worker: Worker, start: Path, tmp_path: Path, operation: str) -> None:
    """Killed before the n-th file operation, or half-way through a write: the old documents or the new, never a part."""
    course = Course(worker, operation, start, tmp_path / "run")
    places = random.Random(operation).sample(range(len(course.trace)), INSTANTS)
    commits = [
        i for i, (kind, path) in enumerate(course.trace) if kind == "replace" and path.endswith(".json")
    ]
    ends = set()
    for at in sorted({*places, commits[-1], commits[-1] + 1}):
        told = course.disturbed(mode="kill half" if course.trace[at][0] == "write" else "kill", at=at)
        assert told["signal"] == signal.SIGKILL, told
        # The commit is the renaming of the manifest, and nothing else.
        if operation not in operations.MAKING and course.states[0] != course.states[1]:
            assert told["state"] == (at > commits[-1]), course.trace[at]
        ends.add(told["state"])
    assert {0, 1} <= ends or course.states[0] == course.states[1]


def test_killed_at_any_time(worker: Worker, start: Path, tmp_path: Path) -> None:
    """Killed after a random time."""
    course = Course(worker, "adding_segments", start, tmp_path / "run")
    rng = random.Random(1917)
    for _ in range(5):
        course.disturbed(after=rng.random() * course.seconds)


def test_a_repair_that_is_killed_or_fails(worker: Worker, start: Path, tmp_path: Path) -> None:
    """The damaged index is as it was or mended, never a part, and the next repair mends it."""
    course = Repair(worker, start, tmp_path / "run")
    commits = [i for i, (kind, path) in enumerate(course.trace) if kind == "replace" and path.endswith(NAME)]
    assert len(commits) == 1
    rng = random.Random(1944)
    for at in sorted({*rng.sample(range(len(course.trace)), INSTANTS), commits[0], commits[0] + 1}):
        told = course.disturbed(mode="kill half" if course.trace[at][0] == "write" else "kill", at=at)
        assert told["signal"] == signal.SIGKILL, told
        assert told["state"] == (at > commits[0]), course.trace[at]
    for mode in ("ENOSPC", "EACCES", "EIO"):
        for at in rng.sample(range(len(course.trace)), 2):
            told = course.disturbed(mode=mode, at=at)
            assert told["kind"] in ("", "StorageError", "DamagedIndexError"), told["traceback"]


@pytest.mark.parametrize("operation", operations.OPERATIONS)
def test_flushed_before_it_is_named(worker: Worker, start: Path, tmp_path: Path, operation: str) -> None:
    """A file is on the disk, and its name in its folder too, before a manifest names it: a power cut is no loss."""
    assert_flushed(Course(worker, operation, start, tmp_path / "run").trace)


def test_a_repair_is_flushed_before_it_is_named(worker: Worker, start: Path, tmp_path: Path) -> None:
    """The same holds of what a repair writes."""
    assert_flushed(Repair(worker, start, tmp_path / "run").trace)


def assert_flushed(trace: list[tuple[str, str]]) -> None:
    """Nothing, if all that is written is flushed before the next name is given."""
    dirty: set[str] = set()
    commits = 0
    for kind, path in trace:
        if path.endswith(("/lock", "/lock.holder")):
            continue
        parent = str(Path(path).parent)
        if kind == "write":
            dirty.add(path)
        elif kind in ("mkdir", "open w"):
            dirty.add(parent)
        elif kind == "fsync" or kind == "unlink":
            dirty.discard(path)
        elif kind == "replace":
            # The index's own folder is flushed when the new manifest's name is in it.
            dirty.discard(parent)
            assert not dirty, f"{path}: named before it was flushed"
            commits += path.endswith("manifest.json")
            dirty.add(parent)
    assert commits
    assert not dirty, "a name was never flushed"
