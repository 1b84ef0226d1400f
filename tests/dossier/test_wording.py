"""Figures and spans as they stand in print."""

from __future__ import annotations

import datetime as dt

import pytest

from tendency.dossier import wording


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (0, "0"),
        (0.0432, "0.043"),
        (0.2, "0.20"),
        (1.5, "1.50"),
        (12.34, "12.3"),
        (123.4, "123"),
        (12345.6, "12,346"),
    ],
)
def test_figures(value: float, printed: str) -> None:
    """A figure has about three significant digits."""
    assert wording.figure(value) == printed


@pytest.mark.parametrize(
    ("start", "end", "printed", "during"),
    [
        ("1930-01-01", "1950-01-01", "1930–49", "in 1930–49"),
        ("1898-01-01", "1903-01-01", "1898–1902", "in 1898–1902"),
        ("1943-01-01", "1944-01-01", "1943", "in 1943"),
        ("1917-03-01", "1917-07-01", "March–June 1917", "in March–June 1917"),
        ("1917-11-01", "1918-03-01", "November 1917 – February 1918", "in November 1917 – February 1918"),
        ("1916-12-12", "1917-01-01", "12–31 December 1916", "from 12 to 31 December 1916"),
        ("1916-11-02", "1916-12-05", "2 November – 4 December 1916", "from 2 November to 4 December 1916"),
        ("1944-09-23", "1944-09-24", "23 September 1944", "on 23 September 1944"),
        ("1790-01-08", "2024-03-08", "1790–2024", "in 1790–2024"),
    ],
)
def test_spans(start: str, end: str, printed: str, during: str) -> None:
    """A span is given in the coarsest units that fit, and with its preposition."""
    said = wording.span(dt.date.fromisoformat(start), dt.date.fromisoformat(end))
    assert said == printed
    assert wording.during(said) == during


def test_probabilities() -> None:
    """A probability never claims certainty."""
    assert [wording.probability(p) for p in (0.9999, 0.5, 0.0001)] == ["over 0.99", "0.50", "under 0.01"]


def test_lists_and_ordinals() -> None:
    """Lists end with "and"; ordinals up to tenth are words."""
    assert wording.listing(["a", "b", "c"]) == "a, b and c"
    assert [wording.ordinal(n) for n in (1, 3, 11, 22)] == ["first", "third", "11th", "22nd"]
    assert [wording.plural(noun) for noun in ("newspaper", "party", "day")] == [
        "newspapers",
        "parties",
        "days",
    ]
