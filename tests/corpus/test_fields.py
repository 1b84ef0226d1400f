"""Fields seen as numbers, dates, or yes and no."""

from __future__ import annotations

import datetime as dt

import pytest

from tendency.corpus.fields import as_boolean, as_date, as_integer, view_of, views_of


@pytest.mark.parametrize(
    ("values", "view"),
    [
        (["1", "-20", " 3 "], "integer"),
        (["1916", "1917"], "integer"),
        (["1916", "1917-02"], "date"),
        (["1916-02-29", "1917-02-28"], "date"),
        (["1916-02-29", "1917-02-29"], "text"),
        (["yes", "No", "TRUE", "false"], "boolean"),
        (["yes", "1"], "text"),
        (["1", "1.5"], "text"),
        (["1", ""], "text"),
        (["1" * 19], "text"),
        (["²"], "text"),
    ],
)
def test_the_view_that_every_value_has(values: list[str], view: str) -> None:
    """A field is a number, a date or yes and no only when every value is."""
    assert view_of(views_of(values)) == view


def test_days_of_a_date() -> None:
    """A date, a month and a year are the days in them, half-open."""
    leap = dt.date(1916, 2, 29).toordinal()
    assert as_date("1916-02-29") == (leap, leap + 1)
    assert as_date("1916-02") == (leap - 28, leap + 1)
    assert as_date("1916-12") == (dt.date(1916, 12, 1).toordinal(), dt.date(1917, 1, 1).toordinal())
    assert as_date("1916") == (dt.date(1916, 1, 1).toordinal(), dt.date(1917, 1, 1).toordinal())
    assert as_date("9999") is as_date("0000") is as_date("1916-13") is as_date("16-02-01") is None


def test_numbers_and_booleans() -> None:
    """Spaces around are ignored; signs are kept."""
    assert (as_integer(" +7 "), as_integer("-07"), as_integer("7a")) == (7, -7, None)
    assert (as_boolean(" Yes"), as_boolean("nO"), as_boolean("maybe")) == (True, False, None)
