"""One byte of an index that is another: found by the check, and never a crash or another answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import durability_operations as operations
import pytest
from durability_helpers import Worker, flipped, mended, working


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index with answers kept beside it."""
    path = tmp_path_factory.mktemp("start") / "x.index"
    operations.make(path)
    operations.keep_answers(path)
    assert len(list((path / "cache" / "answers").iterdir())) == 2
    return path


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    """A process in whose children the index is read and repaired."""
    with working() as held:
        yield held


def test_flipped_bytes(worker: Worker, start: Path, tmp_path: Path) -> None:
    """Bytes of every file, kept answers included, asked everything in a process of its own; the long form takes hundreds."""
    assert flipped(worker, start, tmp_path / "flips", 14) == []


def test_flipped_bytes_are_mended(worker: Worker, start: Path, tmp_path: Path) -> None:
    """The same, repaired: nothing is missing that was not named, and nothing at all where one bit was changed."""
    assert mended(worker, start, tmp_path / "mended", 20) == []
