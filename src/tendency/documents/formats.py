"""Which reader reads which suffix."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from tendency.documents.jsonl import read_json
from tendency.documents.options import Options
from tendency.documents.parquet import read_parquet
from tendency.documents.plain import read_plain
from tendency.documents.problem import Note, Problem
from tendency.documents.record import Record
from tendency.documents.streams import Source
from tendency.documents.tables import read_table
from tendency.documents.vrt import read_vrt

Reader = Callable[[Source, Options], Iterator[Record | Problem | Note]]

FORMATS: Mapping[str, Reader] = {
    ".jsonl": read_json,
    ".ndjson": read_json,
    ".json": read_json,
    ".csv": read_table,
    ".tsv": read_table,
    ".parquet": read_parquet,
    ".txt": read_plain,
    ".text": read_plain,
    ".md": read_plain,
    ".markdown": read_plain,
    ".vrt": read_vrt,
    ".vert": read_vrt,
    ".vertical": read_vrt,
}
