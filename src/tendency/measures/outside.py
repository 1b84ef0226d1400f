"""Outside series: figures by date, such as prices, casualties or votes, that stand beside the text."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from tendency.documents import Problem, parse_date
from tendency.documents.sources import printable
from tendency.documents.streams import Source
from tendency.documents.tables import Table, column_names
from tendency.errors import SourceError, UndatableError

_SCHEMA: Final = {"start": pl.Date, "end": pl.Date, "value": pl.Float64}
_NUMBER: Final = re.compile(r"[+\-−]?(\d+(\.\d*)?|\.\d+)([eE][+\-]?\d{1,3})?", re.ASCII)
_REMEDY: Final = "Mend the line; the others were read."


@dataclass(frozen=True)
class OutsideSeries:
    """Figures by date.

    Attributes:
        table: ``start, end`` (first day, and day after the last), ``value``; in order of time.
        left_out: The lines that were not taken, with the reason.
    """

    table: pl.DataFrame
    left_out: tuple[Problem, ...] = ()


def read_series(path: str | os.PathLike[str], *, date: str = "date", value: str = "value") -> OutsideSeries:
    """The figures of a CSV or TSV file with a column of dates and one of numbers.

    Dates are read as those of documents are: days, months, years, spans, ``O.S.``. Numbers have a point before their
    decimals and nothing between their thousands, since 1,234 means two different numbers. A line that cannot be read is
    left out and named.

    Args:
        path: The file.
        date: The name of the column of dates.
        value: The name of the column of numbers.

    Raises:
        SourceError: The file cannot be read, lacks a column, or holds no figure.
    """
    file = Path(path)
    name = printable(file)
    rows: list[tuple[object, object, float]] = []
    left_out: list[Problem] = []
    try:
        table = Table(Source(file, name, file.stem, file.suffix.lower()), None)
        with table.source.opened() as opened:
            lines = table.rows(opened)
            header = next(lines, None)
            if header is None:
                raise SourceError("is empty; it needs a header and figures.")
            if isinstance(header, Problem):
                raise SourceError(header.what)
            columns = column_names(header[1])
            places = [_place(columns, wanted) for wanted in (date, value)]
            for line in lines:
                read = line if isinstance(line, Problem) else _figure(name, line, places, len(columns))
                if isinstance(read, Problem):
                    left_out.append(read)
                else:
                    rows.append(read)
    except OSError as error:
        raise SourceError(f"{name} cannot be read ({error.strerror or error}).") from None
    except SourceError as error:
        raise SourceError(f"{name} {error}") from None
    if not rows:
        first = f": {left_out[0]}" if left_out else "."
        raise SourceError(f"{name} holds no figure with a date{first}")
    return OutsideSeries(
        pl.DataFrame(rows, schema=_SCHEMA, orient="row").sort("start", "end", "value"), tuple(left_out)
    )


def _place(columns: Sequence[str], wanted: str) -> int:
    folded = [name.strip().casefold() for name in columns]
    if wanted.strip().casefold() not in folded:
        raise SourceError(f"has no column {wanted!r}; it has {', '.join(map(repr, columns))}.")
    return folded.index(wanted.strip().casefold())


def _figure(
    file: str, row: tuple[int, list[str]], places: Sequence[int], width: int
) -> tuple[object, object, float] | Problem:
    line, cells = row
    if len(cells) < width or any(cells[width:]):
        what = f"the line has {len(cells)} cells, but there are {width} columns."
        return Problem(file, line, what, _REMEDY, "broken line")
    written, number = (cells[place].strip() for place in places)
    try:
        span = parse_date(written)
    except UndatableError as error:
        return Problem(file, line, str(error), _REMEDY, "no date")
    if not _NUMBER.fullmatch(number):
        what = f"{number[:40]!r} is no number; write it with a point before its decimals and nothing between thousands."
        return Problem(file, line, what, _REMEDY, "no number")
    value = float(number.replace("−", "-"))
    if abs(value) == float("inf"):
        return Problem(file, line, f"{number[:40]!r} is too large for a number.", _REMEDY, "no number")
    return span.start, span.end, value
