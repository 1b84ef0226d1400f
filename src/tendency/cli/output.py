"""Listings on the screen and in files: rich tables for people, JSON and CSV for programs."""

from __future__ import annotations

import datetime as dt
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

_NUMERIC_DIGITS = 5


def show(table: pl.DataFrame, *, as_json: bool = False, as_csv: bool = False, title: str = "") -> None:
    """Print a table: for people by default, as a JSON list of rows, or as CSV."""
    if as_json:
        write_json(table.to_dicts())
    elif as_csv:
        sys.stdout.write(_flat(table).write_csv())
    else:
        _show_for_people(table, title)


def write_json(value: Any) -> None:
    """Print a value as indented JSON; dates as ISO text, what is not a number as null."""
    import orjson

    text = orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE, default=str)
    sys.stdout.write(text.decode())


def say(message: str) -> None:
    """Print one line for the person at the terminal, on standard error."""
    print(message, file=sys.stderr)


def _flat(table: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    lists = [name for name, kind in table.schema.items() if isinstance(kind, pl.List)]
    return table.with_columns(pl.col(name).cast(pl.List(pl.String)).list.join("; ") for name in lists)


def _show_for_people(table: pl.DataFrame, title: str) -> None:
    rows = [[cell(value) for value in row] for row in table.iter_rows()]
    right = [kind.is_numeric() for kind in table.schema.values()]
    if sys.stdout.isatty():
        _show_grid(table.columns, rows, right, title)
        return
    # A pipe has no width and needs no frame: columns in line, rows never folded or cut.
    lines = [table.columns, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(right))]
    for line in lines:
        parts = (
            part.rjust(width) if to_right else part.ljust(width)
            for part, width, to_right in zip(line, widths, right, strict=True)
        )
        print("  ".join(parts).rstrip())


def _show_grid(columns: list[str], rows: list[list[str]], right: list[bool], title: str) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    grid = Table(title=title or None, box=box.SIMPLE_HEAD, pad_edge=False)
    for name, to_right in zip(columns, right, strict=True):
        grid.add_column(Text(name), justify="right" if to_right else "left", overflow="fold")
    for row in rows:
        grid.add_row(*map(Text, row))
    Console(highlight=False).print(grid)


def cell(value: Any) -> str:
    """One value as people read it: thousands apart, a dash for nothing, five digits at most."""
    match value:
        case None:
            return "–"
        case bool():
            return "yes" if value else "no"
        case int():
            return f"{value:,}"
        case float():
            return "–" if value != value else _number(value)
        case dt.date():
            return value.isoformat()
        case list():
            return "; ".join(cell(part) for part in value)
        case _:
            return printable(str(value))


def _number(value: float) -> str:
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.{_NUMERIC_DIGITS - 1}g}"


def printable(text: str) -> str:
    """Text without line breaks or control characters, which could rewrite a terminal."""
    return "".join(c if c.isprintable() else " " for c in text)
