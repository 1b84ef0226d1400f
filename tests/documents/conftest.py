"""Short ways to write a file and to read it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from reading_helpers import Read, finish

from tendency.documents import Document, Reading, read


@pytest.fixture
def read_bytes(tmp_path: Path) -> Read:
    """Write bytes under a name and read them: the documents, and the reading with its counts."""

    def reader(name: str, data: bytes | str, **options: Any) -> tuple[list[Document], Reading]:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return finish(read(path, **options))

    return reader
