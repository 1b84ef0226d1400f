"""An index's documents as files that other programs read, and that ``add`` reads back."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tendency.corpus.concordance import written_span
from tendency.corpus.index import Index, iterate
from tendency.corpus.storage import describing
from tendency.documents.document import Document
from tendency.errors import SettingError

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from tendency.corpus.deadlines import Deadline
    from tendency.corpus.query import Query

    Masks = Sequence[NDArray[np.bool_]]

Progress = Callable[[int, int], None]

_BATCH_CHARACTERS: Final = 32 << 20
_KEYS: Final = ("id", "date", "text")


def export_jsonl(
    index: Index, target: Path, *, masks: Masks | None = None, progress: Progress | None = None
) -> int:
    """The documents as JSON lines, one object each with id, date, text and fields; how many they were.

    A target that ends in ``.gz`` or ``.zst`` is compressed.
    """
    import orjson

    written = 0
    with replacing(target) as beside, opened(beside, target.suffix) as write:
        for document in iterate(index, masks):
            write(orjson.dumps(_row(document), option=orjson.OPT_APPEND_NEWLINE))
            written += 1
            _tell(progress, written, index.documents)
    return written


def export_parquet(
    index: Index, target: Path, *, masks: Masks | None = None, progress: Progress | None = None
) -> int:
    """The documents as one Parquet table: id, date, text and a text column for each field; how many they were."""
    import polars as pl
    from polars.io.plugins import register_io_source

    columns = [*_KEYS, *(name for name in index.field_views if name not in _KEYS)]
    schema = pl.Schema(dict.fromkeys(columns, pl.String))
    written = 0

    def batches(
        columns: list[str] | None, predicate: pl.Expr | None, rows: int | None, size: int | None
    ) -> Iterator[pl.DataFrame]:
        nonlocal written
        held: list[dict[str, str]] = []
        characters = 0
        for document in iterate(index, masks):
            held.append(_row(document))
            characters += len(document.text)
            written += 1
            if characters > _BATCH_CHARACTERS:
                yield pl.DataFrame(held, schema=schema)
                held, characters = [], 0
                _tell(progress, written, index.documents)
        yield pl.DataFrame(held, schema=schema)

    with replacing(target) as beside:
        # One lazy sink takes the batches as they come: the corpus is never in memory at once.
        register_io_source(batches, schema=schema).sink_parquet(beside)
    return written


def document_features(
    index: Index,
    queries: Mapping[str, Query],
    *,
    masks: Masks | None = None,
    deadline: Deadline | None = None,
) -> pl.DataFrame:
    """The document-feature matrix: a row a document, a column of hits a query.

    Returns:
        Columns ``document, date, start, end, words``, then the fields, then one integer column for
        each query, named after it; in order of date, then id. A field with the name of another
        column is called ``field_…``.

    Raises:
        SettingError: A query has the name of one of the first five columns.
    """
    import polars as pl

    from tendency.corpus.counts import counts_by_document

    masks = masks or index.live
    base = ("document", "date", "start", "end", "words")
    if clash := next((name for name in queries if name in base), None):
        raise SettingError(
            f"{clash!r} is the name of another column; give the query its own name, as NAME=QUERY."
        )
    queries = {name: query.bound(index) for name, query in queries.items()}
    taken = {*base, *queries}
    fields = {name: f"field_{name}" if name in taken else name for name in index.field_views}
    frames = []
    hits = counts_by_document(index, tuple(queries.values()), masks, deadline)
    for segment, mask, held in zip(index.segments, masks, hits, strict=True):
        chosen = [int(d) for d in mask.nonzero()[0]]
        spans = [segment.date(d) for d in chosen]
        columns: dict[str, object] = {
            "document": [segment.ids[d] for d in chosen],
            "date": [span.written or written_span(span) for span in spans],
            "start": [span.start for span in spans],
            "end": [span.end for span in spans],
            "words": segment.words[mask],
        }
        for name, column in fields.items():
            field = segment.field(name)
            columns[column] = [field.value(d) for d in chosen]
        for number, name in enumerate(queries):
            columns[name] = held[mask, number]
        frames.append(pl.DataFrame(columns, schema=_dfm_schema(fields.values(), queries)))
    if not frames:
        return pl.DataFrame(schema=_dfm_schema(fields.values(), queries))
    return pl.concat(frames).sort("start", "end", "document")


def _dfm_schema(fields: Iterable[str], queries: Iterable[str]) -> dict[str, pl.DataType]:
    import polars as pl

    return {
        "document": pl.String(),
        "date": pl.String(),
        "start": pl.Date(),
        "end": pl.Date(),
        "words": pl.Int64(),
        **{name: pl.String() for name in fields},
        **{name: pl.Int64() for name in queries},
    }


def write_table(table: pl.DataFrame, target: Path) -> None:
    """A table as CSV, TSV or Parquet, by the target's suffix.

    Raises:
        SettingError: The suffix is another.
    """
    suffix = target.suffix.lower()
    if suffix not in {".csv", ".tsv", ".parquet"}:
        raise SettingError(f"{target} ends in neither .csv, .tsv nor .parquet; give it one of these.")
    with replacing(target) as beside:
        if suffix == ".parquet":
            table.write_parquet(beside)
        else:
            table.write_csv(beside, separator="\t" if suffix == ".tsv" else ",")


def _row(document: Document) -> dict[str, str]:
    """The document as ``read`` takes it back; a field called like one of the keys gives way to the key."""
    date = document.date.written or written_span(document.date)
    return {**document.fields, "id": document.id, "date": date, "text": document.text}


def _tell(progress: Progress | None, done: int, of: int) -> None:
    if progress is not None:
        progress(done, of)


@contextmanager
def opened(path: Path, suffix: str) -> Iterator[Callable[[bytes], object]]:
    """What writes bytes to a file, packed as the suffix says."""
    if suffix == ".gz":
        import gzip

        # No clock and no name in the header: the same documents give the same bytes.
        with open(path, "wb") as raw, gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as packed:
            yield packed.write
    elif suffix == ".zst":
        import zstandard

        with zstandard.open(path, "wb") as squeezed:
            yield squeezed.write
    else:
        with open(path, "wb") as plain:
            yield plain.write


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """A path beside the target that takes its place when all is written; an older file stays until then."""
    if target.is_dir():
        raise SettingError(f"{target} is a folder; name a file to write.")
    beside = target.with_name(f".{target.name}.{os.getpid()}.new")
    with describing(f"writing {target}"):
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield beside
            os.replace(beside, target)
        except BaseException:
            with suppress(OSError):
                beside.unlink(missing_ok=True)
            raise
