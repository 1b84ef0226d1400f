"""What should exist of publications: the tables of a dossier, or a file of their own, as values with parsed dates."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from tendency.dossier import schema
from tendency.dossier.paths import read_text
from tendency.dossier.spans import day_span, span
from tendency.errors import DossierError, TendencyError
from tendency.measures.cadence import Cadence
from tendency.measures.holdings import Holding

T = TypeVar("T")

COLUMNS = ("publication", "every", "field", "from", "to", "gaps")


def expected(tables: Sequence[schema.Holdings], file: str) -> tuple[Holding, ...]:
    """The tables with their dates and cadences understood.

    Args:
        tables: As they were read.
        file: The name that messages begin with.

    Raises:
        DossierError: With the place: a cadence or a date that is none, a span that ends before it begins, or two of one
            publication on the same days.
    """

    def at(place: str, work: Callable[..., T], *parts: Any) -> T:
        try:
            return work(*parts)
        except TendencyError as error:
            raise DossierError(f"{file}, {place}: {error}") from None

    found: list[Holding] = []
    named: dict[str, list[int]] = {}
    for number, table in enumerate(tables, start=1):
        place = f"holdings[{number}]"
        at(f"{place}.every", Cadence.of, table.every)
        first = at(f"{place}.from", day_span, table.from_).start if table.from_ else None
        end = at(f"{place}.to", day_span, table.to).end if table.to else None
        if first and end and end <= first:
            raise DossierError(f"{file}, {place}.to: {table.to} is before from, {table.from_}.")
        gaps = tuple(at(f"{place}.gaps[{which}]", span, gap) for which, gap in enumerate(table.gaps, start=1))
        one = Holding(table.publication, table.every, table.field, first, end, gaps)
        others = named.setdefault(one.publication, [])
        if earlier := [which for which in others if one.meets(found[which - 1])]:
            raise DossierError(
                f"{file}, {place}: {table.publication!r} is expected on the same days in holdings[{earlier[0]}]; give each its own "
                "span, with from and to."
            )
        others.append(number)
        found.append(one)
    return tuple(found)


def read_holdings(file: Path) -> tuple[Holding, ...]:
    """What a file says should exist: ``[[holdings]]`` of a TOML file, or of a dossier, or a CSV file.

    A CSV file has the columns ``publication`` and ``every`` and may have ``field``, ``from``, ``to`` and ``gaps``; several
    weekdays or gaps stand in one cell with ``;`` between them.

    Raises:
        DossierError: The file is missing, of another kind, or has a mistake in it, with its place.
    """
    from tendency.dossier.reading import dossier_from, toml_tree

    text = read_text(file, "the file of holdings")
    if file.suffix == ".toml":
        tree = toml_tree(text, file.name)
        tables = dossier_from({"title": file.name, **tree}, file.name).holdings
        if not tables:
            raise DossierError(f"{file.name} has no [[holdings]]; add one with publication and every.")
        return expected(tables, file.name)
    if file.suffix != ".csv":
        raise DossierError(f"{file.name} is no file of holdings: it must end in .toml or .csv.")
    lines, rows = _csv(file.name, text)
    try:
        tables = dossier_from({"title": file.name, "holdings": rows}, file.name).holdings
        return expected(tables, file.name)
    except DossierError as error:
        raise DossierError(_by_line(str(error), lines)) from None


def _by_line(message: str, lines: Sequence[int]) -> str:
    """A message with the lines of a CSV file for the numbers of tables."""

    def line(found: re.Match[str]) -> str:
        return f"line {lines[int(found[1]) - 1]}{', ' if found[2] else ''}"

    return re.sub(r"\bholdings\[(\d+)\](\.?)", line, message)


def _csv(name: str, text: str) -> tuple[list[int], list[dict[str, Any]]]:
    """The line and the table of each row."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    lines: list[int] = []
    rows: list[dict[str, Any]] = []
    try:
        header = [cell.strip().lower() for cell in next(reader, [])]
        for column in ("publication", "every"):
            if column not in header:
                raise DossierError(
                    f"{name}, line 1: there is no column {column}; a file of holdings needs it."
                )
        for column in header:
            if column not in COLUMNS:
                raise DossierError(
                    f"{name}, line 1: there is no column {column!r}; the columns are {', '.join(COLUMNS)}."
                )
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                raise DossierError(
                    f"{name}, line {reader.line_num}: {len(cells)} cells where the header has {len(header)}; put a cell that "
                    "holds a comma in quotes."
                )
            lines.append(reader.line_num)
            rows.append(_row(dict(zip(header, (cell.strip() for cell in cells), strict=True))))
    except csv.Error as error:
        raise DossierError(f"{name}, line {reader.line_num}: this is not CSV ({error}).") from None
    if not rows:
        raise DossierError(f"{name} names no publication; give each a line.")
    return lines, rows


def _row(cells: dict[str, str]) -> dict[str, Any]:
    row: dict[str, Any] = {
        key: value for key, value in cells.items() if value or key in ("publication", "every")
    }
    words = _parts(cells["every"])
    if len(words) > 1:
        row["every"] = words
    if cells.get("gaps"):
        row["gaps"] = _parts(cells["gaps"])
    return row


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(";") if part.strip()]
