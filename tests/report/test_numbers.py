"""How figures are printed."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from tendency.report.numbers import decimals, heading, written


@pytest.mark.parametrize(
    ("value", "places", "said"),
    [
        (1234567, 0, "1,234,567"),
        (-12, 0, "−12"),
        (1234.5678, 1, "1,234.6"),
        (0.125, 3, "0.125"),
        (None, 0, ""),
        (True, 0, "yes"),
        (float("inf"), 0, "∞"),
        (float("nan"), 2, "–"),
        (dt.date(1944, 9, 23), 0, "1944-09-23"),
        (["a", "b"], 0, "a, b"),
        (pl.Series([1000, 2]), 0, "1,000, 2"),
    ],
)
def test_written(value: object, places: int, said: str) -> None:
    """Thousands are separated, minus is a minus, nothing is nothing."""
    assert written(value, places) == said


def test_a_column_has_one_precision() -> None:
    """The typical figure of a column shows three significant digits."""
    assert decimals([312.2, 104.9, 0.001]) == 0
    assert decimals([0.31, 0.027, 0.5]) == 3
    assert decimals([0.0, 0.0]) == 0
    assert decimals([1.5, 2.25]) == 2


def test_headings_are_words() -> None:
    """A column's name reads as words."""
    assert heading("documents_with_hits") == "documents with hits"


def test_what_is_not_zero_is_not_printed_as_zero() -> None:
    """A tiny probability is printed as less than the last decimal, not as nothing."""
    assert written(0.00001, 4) == "< 0.0001"
    assert written(-0.00001, 4) == "> −0.0001"
    assert written(0.0, 4) == "0.0000"
    assert written(0.00006, 4) == "0.0001"
