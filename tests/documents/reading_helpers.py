"""What the tests of this room share."""

from __future__ import annotations

from collections.abc import Callable

from tendency.documents import Document, Reading
from tendency.errors import SourceError

Read = Callable[..., tuple[list[Document], Reading]]


def finish(reading: Reading) -> tuple[list[Document], Reading]:
    """Every document of a reading; none where nothing at all could be read."""
    documents: list[Document] = []
    try:
        documents.extend(reading)
    except SourceError:
        if reading.documents or not reading.problems:
            raise
    return documents, reading
