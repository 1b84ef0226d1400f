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
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    terminal = sys.stdout.isatty()
    # A pipe has no width: a row must never be folded or cut there.
    console = Console(width=None if terminal else 100_000, highlight=False, soft_wrap=not terminal)
    grid = Table(
        title=title if terminal and title else None,
        box=box.SIMPLE_HEAD if terminal else None,
        pad_edge=False,
        expand=False,
    )
    for name, kind in table.schema.items():
        grid.add_column(
            Text(name),
            justify="right" if kind.is_numeric() else "left",
            overflow="fold",
            no_wrap=not terminal,
        )
    for row in table.iter_rows():
        grid.add_row(*(Text(cell(value)) for value in row))
    console.print(grid)


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
