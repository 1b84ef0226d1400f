"""Series: what a tally says of one rate over time."""

from __future__ import annotations

import datetime as dt

import numpy as np

from tendency.measures import Series
from tendency.tally import Period, Tally

YEARS = [Period(str(1930 + i), dt.date(1930 + i, 1, 1), dt.date(1931 + i, 1, 1)) for i in range(5)]


def test_periods_without_text_are_gaps() -> None:
    """A period of which nothing was held is in no series, and the places of the others say so."""
    tally = Tally.from_counts([1, 2, 3, 4], [100, 100, 200, 200], YEARS, period=[0, 0, 3, 4], columns=["war"])
    series = Series.of(tally, 0)
    assert [period.label for period in series.periods] == ["1930", "1933", "1934"]
    assert series.step.tolist() == [0, 3, 4]
    assert series.hits.tolist() == [3, 3, 4]
    assert np.allclose(series.rate, [0.015, 0.015, 0.02])
    assert np.allclose(series.years, [1930.5, 1933.5, 1934.5], atol=0.01)


def test_few_hits_and_few_clusters_are_said() -> None:
    """Under 10 hits and under 8 independent pieces of evidence are both said; enough of both is nothing said."""
    few = Series.of(Tally.from_counts([1, 2], [100, 100], YEARS, period=[0, 1]), 0)
    assert few.too_few == "under 10 hits, under 8 independent pieces of evidence"
    enough = Tally.from_counts([2] * 10, [100] * 10, YEARS, period=[0, 1] * 5)
    assert Series.of(enough, 0).too_few == ""


def test_nothing_held_is_an_empty_series() -> None:
    """A tally of no document gives a series without periods."""
    assert len(Series.of(Tally.none(("war",), "year", tuple(YEARS), ("all",), ("document",)), 0)) == 0


def test_one_query_can_be_counted_against_another() -> None:
    """The exposure may be the hits of another column; periods without any of them are gaps."""
    tally = Tally.from_counts([[1, 10], [2, 0], [3, 30]], [100] * 3, YEARS, period=[0, 1, 2])
    series = Series.of(tally, 0, exposure=2)
    assert series.step.tolist() == [0, 2]
    assert np.allclose(series.rate, 0.1)
