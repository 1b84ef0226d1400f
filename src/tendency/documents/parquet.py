"""Parquet: one document a row, read in batches."""

from __future__ import annotations

from collections.abc import Iterator

from tendency.documents.options import Options
from tendency.documents.problem import Note, Problem
from tendency.documents.record import Record
from tendency.documents.streams import Source
from tendency.documents.tables import demand
from tendency.errors import SourceError

_BATCH = 2048


def read_parquet(source: Source, options: Options) -> Iterator[Record | Problem | Note]:
    """The records of a Parquet file; a record's line is its row."""
    import polars as pl

    if source.path is None or source.packing:
        raise SourceError("is Parquet, which is packed by itself: unpack the file around it.")
    if not source.size:
        return
    try:
        frame = pl.scan_parquet(source.path, glob=False)
        columns = frame.collect_schema().names()
        demand(columns, options.names)
        offset = 0
        while True:
            batch = frame.slice(offset, _BATCH).collect()
            if not batch.height:
                return
            for number, row in enumerate(batch.iter_rows(named=True), offset + 1):
                yield Record(row, number)
            offset += batch.height
    except pl.exceptions.PolarsError as error:
        first = str(error).strip().splitlines()[0]
        raise SourceError(f"is not sound Parquet ({first}).") from None
