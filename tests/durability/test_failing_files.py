"""File operations that fail: one sentence, the last commit whole, and nothing left that is not swept."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import durability_operations as operations
import pytest
from durability_helpers import Command, Course, Worker, working


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    """A process in whose children the commands run."""
    with working() as held:
        yield held


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The index before the command."""
    path = tmp_path_factory.mktemp("start") / "x.index"
    operations.make(path)
    return path


@pytest.mark.parametrize("name", operations.COMMANDS)
def test_a_command_whose_files_fail(worker: Worker, start: Path, tmp_path: Path, name: str) -> None:
    """A full disk, a forbidden file or a broken one is one message without a traceback, and no harm."""
    command = Command(worker, name, start, tmp_path)
    rng = random.Random(name)
    wrong = []
    for mode in ("ENOSPC", "EACCES", "EIO"):
        for at in rng.sample(range(len(command.trace)), 3):
            wrong += command.failing(mode, at)
    writes = [at for at, (kind, _) in enumerate(command.trace) if kind == "write"]
    for at in rng.sample(writes, min(2, len(writes))):
        wrong += command.failing("short ENOSPC", at)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("operation", ["adding_segments", "creating"])
def test_a_failure_after_the_commit(worker: Worker, start: Path, tmp_path: Path, operation: str) -> None:
    """When the flush after the manifest's renaming fails, the new segments stay: the manifest names them."""
    course = Course(worker, operation, start, tmp_path / "run")
    commit = max(
        at for at, (kind, path) in enumerate(course.trace) if kind == "replace" and path.endswith(".json")
    )
    assert course.trace[commit + 1][0] in ("open r", "fsync")
    for at in (commit + 1, commit + 2):
        told = course.disturbed(mode="EIO", at=at)
        assert told["kind"] == "StorageError"
        assert told["state"] == 1
