"""CSV and TSV: one document a row, the first row names the columns."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator

from tendency.documents.encoding import Decoder, binary, marked
from tendency.documents.limits import LARGEST_TEXT
from tendency.documents.options import FieldNames, Options
from tendency.documents.problem import Note, Problem
from tendency.documents.record import Record, columns_of, hint
from tendency.documents.streams import Source, detach, sampled
from tendency.errors import SourceError

_DELIMITERS = ",;\t|"
_SHOWN = {";": "semicolons", "\t": "tabs", "|": "upright strokes"}
_ROW_REMEDY = "Mend the row; the others were read."

Row = tuple[int, list[str]]


def read_table(source: Source, options: Options) -> Iterator[Record | Problem | Note]:
    """The records of a CSV or TSV file."""
    table = Table(source, options.encoding)
    with source.opened() as opened:
        rows = table.rows(opened)
        header = next(rows, None)
        if header is None:
            return
        if isinstance(header, Problem):
            raise SourceError(header.what)
        columns = column_names(header[1])
        demand(columns, options.names)
        for row in rows:
            if isinstance(row, Problem):
                yield row
                continue
            yield from table.new_notes(row[0])
            yield table.record(columns, row)
        yield from table.new_notes(None)


class Table:
    """One CSV or TSV file while it is read."""

    def __init__(self, source: Source, encoding: str | None) -> None:
        self.source = source
        self._declared = encoding
        self._decoder = Decoder(encoding, declared=encoding is not None)
        self._notes: list[str] = []

    def rows(self, opened: io.BufferedReader) -> Iterator[Row | Problem]:
        """Every row with the line on which it begins, without the empty ones."""
        sample, stream = sampled(opened)
        if not sample:
            return
        kind = binary(sample)
        if kind is not None:
            raise SourceError(f"is {kind}, not a table.")
        encoding = self._encoding(sample)
        errors = "strict" if self._declared else "surrogateescape"
        text = io.TextIOWrapper(stream, encoding, errors=errors, newline="")
        try:
            yield from self._parsed(text, self._delimiter(sample.decode(encoding, "replace")))
        except UnicodeError as error:
            how = "declared" if self._declared else "detected"
            raise SourceError(f"is not in the {how} encoding {encoding} ({error}).") from None
        finally:
            detach(text)

    def _encoding(self, sample: bytes) -> str:
        encoding = self._decoder.encoding or marked(sample)
        if encoding is None:
            # A character cut off at the end of the sample must not look like another encoding.
            whole = sample[: sample.rfind(b"\n") + 1] or sample
            self._decoder.decode(whole)
            encoding = self._decoder.encoding
            self._notes += self._decoder.notes
            self._decoder.notes.clear()
        if encoding in (None, "utf-8"):
            # Excel marks UTF-8; a mark must not become part of the first column's name.
            return "utf-8-sig"
        return encoding

    def _delimiter(self, head: str) -> str:
        if self.source.suffix == ".tsv":
            return "\t"
        outside = "".join(head.split('"')[::2]).split("\n", 1)[0]
        counts = {mark: outside.count(mark) for mark in _DELIMITERS}
        best = max(_DELIMITERS, key=lambda mark: counts[mark])
        if counts[best] and best != ",":
            self._notes.append(f"the columns are parted by {_SHOWN[best]}.")
            return best
        return ","

    def _parsed(self, text: io.TextIOWrapper, delimiter: str) -> Iterator[Row | Problem]:
        reader = csv.reader(_lines(text), delimiter=delimiter, strict=True)
        while True:
            began = reader.line_num + 1
            # The limit belongs to the whole process, so it is ours only while a row is parsed.
            limit = csv.field_size_limit(LARGEST_TEXT)
            try:
                row = next(reader, None)
            except csv.Error as error:
                yield self._broken(began, error)
                continue
            finally:
                csv.field_size_limit(limit)
            if row is None:
                return
            if row:
                yield began, [cell if cell.isascii() else self._mended(cell) for cell in row]

    def _broken(self, line: int, error: csv.Error) -> Problem:
        said = str(error)
        if "field larger" in said:
            what = f"a cell is larger than {LARGEST_TEXT // 2**20} MB, or its quotation mark is never closed."
        elif "unexpected end" in said:
            what = "a quotation mark opens here and is never closed."
        else:
            what = f"the row is not sound CSV ({said}); a quotation mark inside a cell is written twice."
        return Problem(self.source.name, line, what, _ROW_REMEDY, "broken line")

    def _mended(self, cell: str) -> str:
        """The cell with its undecodable bytes read otherwise."""
        try:
            cell.encode()
        except UnicodeEncodeError:
            data = cell.encode("utf-8", "surrogateescape")
            try:
                mended = self._decoder.decode(data)
            except SourceError:
                self._notes.append("some bytes are not UTF-8; they were read as U+FFFD.")
                mended = data.decode("utf-8", "replace")
            self._notes += self._decoder.notes
            self._decoder.notes.clear()
            return mended
        return cell

    def new_notes(self, line: int | None) -> list[Note]:
        """What was noted since this was asked last, each sentence once a file."""
        notes = [Note(self.source.name, line, what) for what in dict.fromkeys(self._notes)]
        self._notes.clear()
        return notes

    def record(self, columns: list[str], row: Row) -> Record | Problem:
        """A row as a record; a problem when its cells do not fit the columns."""
        line, cells = row
        if len(cells) < len(columns) or any(cells[len(columns) :]):
            what = f"the row has {len(cells)} cells, but there are {len(columns)} columns."
            return Problem(self.source.name, line, what, _ROW_REMEDY, "broken line")
        return Record(dict(zip(columns, cells, strict=False)), line)


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    while line := text.readline(LARGEST_TEXT + 1):
        if len(line) > LARGEST_TEXT:
            raise SourceError(f"has a line of more than {LARGEST_TEXT // 2**20} MB; split it.")
        yield line


def column_names(header: list[str]) -> list[str]:
    """The names of the columns; a source error when two have the same."""
    names = [name.strip() or f"column_{number}" for number, name in enumerate(header, 1)]
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        places = [str(number) for number, name in enumerate(names, 1) if name == twice[0]]
        raise SourceError(
            f"names the column {twice[0]!r} twice (columns {' and '.join(places)}): rename one."
        )
    return names


def demand(columns: list[str], names: FieldNames) -> None:
    """Raise a source error when a column that was named, or that every document needs, is absent."""
    wanted = [("date", names.date, "/"), ("text", names.text, ""), ("id", names.id, "+")]
    if names.title != "title":
        wanted.append(("title", names.title, ""))
    if names.author != "author":
        wanted.append(("author", names.author, ""))
    for kind, name, joint in wanted:
        parts = columns_of(name, joint, columns) if joint else (name,)
        for part in parts:
            if part not in columns:
                raise SourceError(f"has no column {part!r} for the {kind}: {hint(kind, part, columns)}")
