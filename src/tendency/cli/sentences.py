"""Rows of the measures of tendency in plain sentences, which never say more than was counted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tendency.cli.output import printable

Row = Mapping[str, Any]


def trend_sentence(row: Row, level: float = 0.95) -> str:
    """A row of trends: what grows or shrinks, by how much, over which span, on how many hits."""
    counted = f"{row['hits']:,} hits in {row['periods']:,} periods"
    if row["start"] is not None:
        counted += f", {row['start']} to {row['end']}"
    note = f" Beware: {row['note']}." if row["p"] is not None and row["note"] else ""
    return f"{_head(row)} {growth_in_words(row, level)}; {counted}.{note}"


def growth_in_words(row: Row, level: float = 0.95) -> str:
    """The growth of a row of trends, such as ``grows by 3.1 % a year (95 % interval 1.2 to 5.0)``."""
    if row["p"] is None:
        return f"has too little for a trend ({row['note']})"
    amount, low, high, unit = _growth(row)
    interval = f"{percent_of(level)} interval"
    if row["verdict"] == "rises":
        return f"grows {_by(amount, unit)} ({interval} {low} to {high})"
    if row["verdict"] == "falls":
        return f"shrinks {_by(amount, unit)} ({interval} {low} to {high})"
    return f"shows no trend that can be told from wandering (growth {_by(amount, unit)}, {interval} {low} to {high})"


def _growth(row: Row) -> tuple[str, str, str, str]:
    """Amount, limits and unit: per cent a year, or times over the span where that is under a year."""
    if (row["end"] - row["start"]).days < 365 or row["growth"] is None:
        total, low, high = (_number(row[name], 2) for name in ("total", "total_low", "total_high"))
        return total, low, high, "times"
    limits = [row[name] for name in ("growth", "low", "high")]
    if row["verdict"] == "falls":
        limits = [None if row[name] is None else -row[name] for name in ("growth", "high", "low")]
    total, low, high = (_number(value, 1) for value in limits)
    return total, low, high, "percent"


def _by(amount: str, unit: str) -> str:
    return f"by {amount} % a year" if unit == "percent" else f"{amount}-fold over the span"


def _number(value: float | None, digits: int) -> str:
    if value is None:
        return "unbounded"
    return f"{value:,.{digits}f}".replace("-", "−")


def percent_of(level: float) -> str:
    """A level such as 0.95 as ``95 %``."""
    return f"{100 * level:.3g} %"


def _head(row: Row) -> str:
    split = f", {printable(row['split'])}," if row["split"] != "all" else ""
    return f"“{printable(row['query'])}”{split}"
