"""Short ways to write a file and to read it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tendency.documents import Document, Reading, read
from tendency.errors import SourceError

Read = Callable[..., tuple[list[Document], Reading]]


@pytest.fixture
def read_bytes(tmp_path: Path) -> Read:
    """Write bytes under a name and read them: the documents, and the reading with its counts."""

    def reader(name: str, data: bytes | str, **options: Any) -> tuple[list[Document], Reading]:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return finish(read(path, **options))

    return reader


def finish(reading: Reading) -> tuple[list[Document], Reading]:
    """Every document of a reading; none where nothing at all could be read."""
    documents: list[Document] = []
    try:
        documents.extend(reading)
    except SourceError:
        if reading.documents or not reading.problems:
            raise
    return documents, reading
