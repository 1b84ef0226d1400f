"""The chart of turning points: raw points, fitted segments, ranges of dates, gaps."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import polars as pl

from tendency.charts import svg
from tendency.charts.layout import milliseconds
from tendency.measures import Turns, turns
from tendency.tally import Period, Tally

YEARS = [Period(str(1900 + i), dt.date(1900 + i, 1, 1), dt.date(1901 + i, 1, 1)) for i in range(40)]


def _turned() -> Turns:
    """Two queries over forty years, ten of which are not held; the first turns in 1920, the second does not."""
    held = np.r_[0:28, 34:40]
    period = held.repeat(10)
    first = np.where(period < 20, 2, 20) + np.arange(period.size) % 3
    counts = np.stack([first, 5 + np.arange(period.size) % 4], axis=1)
    words = np.full(period.size, 10_000)
    tally = Tally.from_counts(counts, words, YEARS, period=period, columns=["war", "bread"], grain="year")
    return turns(tally, second_opinion=False)


def _layers(spec: dict[str, Any]) -> list[dict[str, Any]]:
    if "layer" in spec:
        return list(spec["layer"])
    return [layer for part in spec.get("vconcat", []) for layer in _layers(part)]


def _rows(spec: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [
        row for layer in _layers(spec) if layer["mark"]["type"] == kind for row in layer["data"]["values"]
    ]


def test_the_chart_is_valid_and_drawn_on_screen_and_in_print() -> None:
    """The specification and its print version keep to Vega-Lite's schema and are drawn."""
    from altair.utils.schemapi import validate_jsonschema
    from altair.vegalite.schema import core

    spec = _turned().chart(title="When named")
    assert spec is not None
    for each in (spec, spec["usermeta"]["print"]):
        validate_jsonschema(each, core.load_schema())
        assert svg(each).startswith("<svg")


def test_the_range_of_dates_is_a_column_and_the_curve_breaks_at_the_turn() -> None:
    """The 80 % range is shaded over the height, named at its top, and no line runs across the turn or a gap."""
    found = _turned()
    (row,) = found.table.to_dicts()
    spec = found.chart()
    assert spec is not None
    ends = dict(found.curve.select("period", "end").iter_rows())
    column = {"x": milliseconds(row["earliest_start"]), "x2": milliseconds(ends[row["latest"]])}
    assert column in _rows(spec, "rect")
    assert "1920 ×6.9 (possible)" in [text.get("t") for text in _rows(spec, "text")]
    runs: dict[tuple[str, int], list[int]] = {}
    for point in _rows(spec, "line"):
        runs.setdefault((point["s"], point["r"]), []).append(point["x"])
    turned = milliseconds(row["start"])
    of_war = [places for (series, _), places in runs.items() if series == "war"]
    assert len(of_war) == 3
    assert not any(min(places) < turned < max(places) for places in of_war)


def test_what_was_found_is_said() -> None:
    """The description names every turn with its range and sizes, and says where there is none."""
    spec = _turned().chart(title="When named")
    assert spec is not None
    assert "war: possible turn in 1920, level up: 304 before, 2,101 after." in spec["description"]
    assert "bread: no turning point." in spec["description"]


def test_of_nothing_there_is_no_chart() -> None:
    """A result without a period has no chart."""
    empty = turns(Tally.none(("war",), "year", (), ("all",), ("document",)))
    assert isinstance(empty.curve, pl.DataFrame)
    assert empty.chart() is None
