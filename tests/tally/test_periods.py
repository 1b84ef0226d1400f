"""Periods: every one present, in order, and documents only where their whole date lies."""

from __future__ import annotations

import datetime as dt
import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tendency.documents.dates import DateSpan
from tendency.errors import SettingError
from tendency.tally import GRAINS, OUTSIDE, UNDATABLE, Periods

DAYS = st.dates(dt.date(1000, 1, 1), dt.date(2200, 1, 1))


def spanning(grain: str, first: str, last: str) -> Periods:
    """The periods that two documents of one day each call for."""
    days = np.array([dt.date.fromisoformat(day).toordinal() for day in (first, last)])
    return Periods.spanning(grain, days, days + 1)


@pytest.mark.parametrize(
    ("grain", "labels"),
    [
        ("day", ["1916-12-30", "1916-12-31", "1917-01-01", "1917-01-02"]),
        ("week", ["1916-W52", "1917-W01"]),
        ("month", ["1916-12", "1917-01"]),
        ("quarter", ["1916-Q4", "1917-Q1"]),
        ("year", ["1916", "1917"]),
        ("decade", ["1910s"]),
        ("all", ["all"]),
    ],
)
def test_labels(grain: str, labels: list[str]) -> None:
    """Periods carry the usual labels, one for each from first to last."""
    assert [p.label for p in spanning(grain, "1916-12-30", "1917-01-02").periods] == labels


def test_nothing_is_left_out() -> None:
    """A year without a document is a period like any other."""
    assert [p.label for p in spanning("year", "1936-05-01", "1940-05-01").periods] == [
        "1936",
        "1937",
        "1938",
        "1939",
        "1940",
    ]


@given(DAYS, DAYS, st.sampled_from([g for g in GRAINS if g != "all"]))
def test_periods_tile_time(a: dt.date, b: dt.date, grain: str) -> None:
    """Each period ends where the next begins, labels sort like time, and the first and last day are inside."""
    low, high = min(a, b), min(max(a, b), min(a, b) + dt.timedelta(days=800))
    periods = Periods.spanning(
        grain, [low.toordinal(), high.toordinal()], [low.toordinal() + 1, high.toordinal() + 1]
    )
    found = periods.periods
    assert all(x.end == y.start for x, y in itertools.pairwise(found))
    assert [p.label for p in found] == sorted(p.label for p in found)
    assert found[0].start <= low < found[0].end
    assert found[-1].start <= high < found[-1].end
    middle = [p.start.toordinal() for p in found]
    assert periods.assign(middle, np.array(middle) + 1).tolist() == list(range(len(found)))


@given(DAYS)
def test_week_is_iso(day: dt.date) -> None:
    """A week is the ISO week that the standard library gives."""
    (period,) = Periods.spanning("week", [day.toordinal()], [day.toordinal() + 1]).periods
    year, week, _ = day.isocalendar()
    assert period.label == f"{year:04d}-W{week:02d}"
    assert period.start.weekday() == 0


def test_a_date_that_is_too_wide_is_undatable() -> None:
    """A month of 1917 is datable by year and by month, not by week; a year is not by month."""
    month = dt.date(1917, 3, 1).toordinal(), dt.date(1917, 4, 1).toordinal()
    for grain, good in {"year": True, "quarter": True, "month": True, "week": False, "day": False}.items():
        periods = Periods.spanning(
            grain, [month[0], dt.date(1917, 6, 1).toordinal()], [month[1], dt.date(1917, 6, 2).toordinal()]
        )
        assert (periods.assign([month[0]], [month[1]])[0] >= 0) == good, grain


def test_a_wide_date_adds_no_empty_years() -> None:
    """A document dated to a century does not stretch the axis."""
    starts = [dt.date(1800, 1, 1).toordinal(), dt.date(1850, 1, 1).toordinal()]
    ends = [dt.date(1900, 1, 1).toordinal(), dt.date(1850, 1, 2).toordinal()]
    periods = Periods.spanning("year", starts, ends)
    assert [p.label for p in periods.periods] == ["1850"]
    assert periods.assign(starts, ends).tolist() == [UNDATABLE, 0]


def test_asked_span_is_shown_whole() -> None:
    """Periods begin and end where the user asked, held or not; the end is exclusive."""
    day = dt.date(1938, 1, 1).toordinal()
    periods = Periods.spanning("year", [day], [day + 1], dt.date(1936, 6, 1), dt.date(1941, 1, 1))
    assert [p.label for p in periods.periods] == ["1936", "1937", "1938", "1939", "1940"]


def test_no_documents_and_no_span() -> None:
    """Nothing to count gives no periods, and no error."""
    assert Periods.spanning("year", [], []).periods == ()
    assert Periods.spanning("all", [], []).periods == ()


ERAS = (
    ("before", DateSpan(dt.date(1936, 1, 1), dt.date(1939, 9, 1))),
    ("war", DateSpan(dt.date(1941, 6, 22), dt.date(1945, 5, 9))),
)


def test_eras() -> None:
    """Era by era: inside is counted, across a border is undatable, in a gap or beyond is outside."""
    periods = Periods.spanning(ERAS, [], [])

    def place(start: str, end: str) -> int:
        days = [dt.date.fromisoformat(day).toordinal() for day in (start, end)]
        return int(periods.assign([days[0]], [days[1]])[0])

    assert place("1936-01-01", "1936-01-02") == 0
    assert place("1939-08-31", "1939-09-01") == 0
    assert place("1945-05-08", "1945-05-09") == 1
    assert place("1939-08-01", "1939-10-01") == UNDATABLE
    assert place("1935-01-01", "1936-02-01") == UNDATABLE
    assert place("1936-01-01", "1944-01-01") == UNDATABLE
    assert place("1940-01-01", "1941-01-01") == OUTSIDE
    assert place("1900-01-01", "1901-01-01") == OUTSIDE
    assert place("1946-01-01", "1946-01-02") == OUTSIDE


def test_mistakes_are_named() -> None:
    """An unknown grain, overlapping or nameless eras, and too many periods each get their sentence."""
    with pytest.raises(SettingError, match=r"'fortnight' is no period: choose one of all, day"):
        Periods.spanning("fortnight", [], [])
    with pytest.raises(SettingError, match="the era 'war' begins on 1938-01-01, before 'peace' ends"):
        Periods.spanning(
            [
                ("peace", DateSpan(dt.date(1936, 1, 1), dt.date(1939, 1, 1))),
                ("war", DateSpan(dt.date(1938, 1, 1), dt.date(1940, 1, 1))),
            ],
            [],
            [],
        )
    with pytest.raises(SettingError, match="same name"):
        Periods.spanning([("x", ERAS[0][1]), ("x", ERAS[1][1])], [], [])
    with pytest.raises(SettingError, match="No eras"):
        Periods.spanning([], [], [])
    with pytest.raises(SettingError, match="periods of a day; choose a longer period"):
        Periods.spanning("day", [1, 700_000], [2, 700_001])


def test_end_of_the_calendar() -> None:
    """The first and the last days that a date can have are counted too."""
    for day in (dt.date.min, dt.date.max - dt.timedelta(days=1)):
        for grain in GRAINS:
            periods = Periods.spanning(grain, [day.toordinal()], [day.toordinal() + 1])
            assert len(periods.periods) == 1
            assert periods.assign([day.toordinal()], [day.toordinal() + 1])[0] == 0
