"""Which reader reads which suffix."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from tendency.documents.jsonl import read_json
from tendency.documents.options import Options
from tendency.documents.problem import Note, Problem
from tendency.documents.record import Record
from tendency.documents.streams import Source

Reader = Callable[[Source, Options], Iterator[Record | Problem | Note]]

FORMATS: Mapping[str, Reader] = {
    ".jsonl": read_json,
    ".ndjson": read_json,
    ".json": read_json,
}
