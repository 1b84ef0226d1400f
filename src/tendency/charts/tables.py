"""Rows of the public tables, read with whole sentences for what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from tendency.errors import SettingError

Row = Mapping[str, Any]


def rows(table: pl.DataFrame, needed: Iterable[str]) -> list[dict[str, Any]]:
    """The table's rows, or an error that names the columns that a chart needs and lacks.

    A split that never changes names nothing and comes as None.
    """
    missing = [name for name in needed if name not in table.columns]
    if missing:
        raise SettingError(
            f"A chart needs the columns {', '.join(missing)}, which this table lacks; it has {', '.join(table.columns)}."
        )
    if table.is_empty():
        raise SettingError("A chart needs at least one row; this table has none.")
    if "split" in table.columns and table["split"].n_unique() == 1:
        table = table.with_columns(split=pl.lit(None, dtype=pl.String))
    return table.to_dicts()


def number(row: Row, name: str) -> float | None:
    """The value as a finite float, or None."""
    value = row.get(name)
    if value is None:
        return None
    value = float(value)
    return value if value == value and abs(value) != float("inf") else None


def is_held(row: Row) -> bool:
    """False when the period holds no text."""
    return bool(row.get("tokens", row.get("documents", 1)))


def named(value: object) -> str:
    """A split's or an item's name on one line; "" for none."""
    return " ".join(str(value).split()) if value is not None else ""


def plain(value: float | None) -> str:
    """A figure for a sentence: thousands separated, three significant digits below 100."""
    if value is None:
        return "unknown"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"
