"""One byte of an index that is another: found by the check, and never a crash or another answer."""

from __future__ import annotations

from pathlib import Path

import durability_operations as operations
from durability_helpers import flipped, working


def test_flipped_bytes(tmp_path: Path) -> None:
    """Bytes of every file, asked everything in a process of its own; the long form takes hundreds."""
    operations.make(tmp_path / "x.index")
    with working() as worker:
        assert flipped(worker, tmp_path / "x.index", tmp_path / "flips", 14) == []
