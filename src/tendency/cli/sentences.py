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
    amount, interval = _growth(row, level)
    if row["verdict"] == "rises":
        return f"grows {amount} ({interval})"
    if row["verdict"] == "falls":
        return f"shrinks {amount} ({interval})"
    return f"shows no trend that can be told from wandering (growth {amount}, {interval})"


def _growth(row: Row, level: float) -> tuple[str, str]:
    """Amount and interval: per cent a year, or times over the span where that is under a year."""
    names = ["growth", "low", "high"]
    by_year = (row["end"] - row["start"]).days >= 365 and row["growth"] is not None
    if not by_year:
        names = ["total", "total_low", "total_high"]
    values = [row[name] for name in names]
    falls = row["verdict"] == "falls"
    if by_year and falls:
        values = [None if value is None else -value for value in (values[0], values[2], values[1])]
    total, low, high = (_number(value, 1 if by_year else 2) for value in values)
    interval = f"{percent_of(level)} interval {low} to {high}"
    if by_year:
        return f"by {total} % a year", interval
    return (f"to {total} times over the span" if falls else f"{total}-fold over the span"), interval


def _number(value: float | None, digits: int) -> str:
    if value is None:
        return "unbounded"
    # A limit just below 0 must not be printed as 0.
    text = f"{value:.1g}" if 0 < abs(value) < 10**-digits else f"{value:,.{digits}f}"
    return text.replace("-", "−")


def percent_of(level: float) -> str:
    """A level such as 0.95 as ``95 %``."""
    return f"{100 * level:.3g} %"


def _head(row: Row) -> str:
    split = f", {printable(row['split'])}," if row["split"] != "all" else ""
    return f"“{printable(row['query'])}”{split}"


def forecast_sentence(row: Row, level: float = 0.9) -> str:
    """A row of forecasts: what may come, and how such forecasts did before."""
    if row["per_million"] is None:
        return f"{_head(row)} has too little for a forecast of {printable(row['period'])} ({row['note']})."
    return (
        f"{_head(row)} may have {_number(row['per_million'], 1)} hits per million words in {printable(row['period'])} "
        f"({percent_of(level)} interval {_number(row['low'], 1)} to {_number(row['high'], 1)}, if it has {row['words']:,} words). "
        f"{_skill(row, level)}"
    )


def _skill(row: Row, level: float) -> str:
    tests = f"Over {row['origins']:,} earlier forecasts"
    if row["skill"] is None or row["skill_low"] is None:
        return f"{tests} it cannot be told how it compares with the last ten periods."
    better = row["skill"] >= 0
    how_much = f"its errors were {_number(100 * abs(row['skill']), 1)} % {'smaller' if better else 'larger'} than those of the last ten periods"
    limits = f"skill {_number(row['skill_low'], 2)} to {_number(row['skill_high'], 2)} at {percent_of(level)}"
    inside = f"{_number(100 * row['coverage'], 0)} % of what came lay inside the interval"
    return f"{tests} {how_much} ({limits}): it is {row['verdict']}; {inside}."


def event_sentence(row: Row, level: float = 0.95) -> str:
    """A row of event changes: what stands beside an event, and never what it caused."""
    beside = f"beside {printable(row['event'])} ({row['date']})"
    if row["p"] is None:
        return f"{_head(row)} has too little to say what changed {beside}: {row['note']}."
    interval = ""
    if row["low"] is not None:
        interval = f", {percent_of(level)} interval {_number(row['low'], 2)} to {_number(row['high'], 2)}"
    ratio = "from none" if row["ratio"] is None else f"{_number(row['ratio'], 2)} times as often{interval}"
    others = f"{row['larger']:,} of {row['dates']:,} other dates changed at least as much (p {_number(row['p'], 3)})"
    return (
        f"{_head(row)} goes from {_number(row['before'], 1)} to {_number(row['after'], 1)} hits per million words {beside}: "
        f"{ratio}. The change is {row['verdict']}: {others}, {row['overlapping']:,} of them with windows that overlap. "
        "The event stands beside the change; it is not shown to be its cause."
    )
