"""Cadences: issues counted by hand, days of issue that move, and what runs of dates suggest."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tendency.errors import SettingError
from tendency.measures.cadence import LENGTHS, Cadence, inferred, runs

MONDAY = dt.date(1936, 1, 6).toordinal()


def days(*values: int) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """Days counted from a Monday."""
    return np.array(sorted(MONDAY + value for value in values), np.int64)


def counted(
    every: str | list[str], held: list[int], end: int, first: int = 0
) -> tuple[list[int], list[int], list[int]]:
    """Held, missing and extra issues of a span, counted from that Monday."""
    issues = Cadence.of(every).issues(days(*held), MONDAY + first, MONDAY + end)
    parts = (issues.held, issues.missing, issues.extra)
    return tuple((part - MONDAY).tolist() for part in parts)  # type: ignore[return-value]


def test_daily_and_daily_except_sunday() -> None:
    """Every day of the week, or Monday to Saturday: an issue has its day, a Sunday issue of the latter is extra."""
    assert counted("day", [0, 1, 3, 6], 7) == ([0, 1, 3, 6], [2, 4, 5], [])
    assert counted("weekday", [0, 1, 3, 6], 7) == ([0, 1, 3], [2, 4, 5], [6])


def test_a_weekly_that_moves_is_not_missing() -> None:
    """A day early or late, across the end of the week, or for good: nothing is missing, nothing is extra."""
    for moved in (
        [0, 7, 13, 21, 28],
        [6, 13, 21, 28],
        [0, 7, 15, 22],
        [6, 14, 22, 30, 38, 46],
        [3, 10, 18, 23, 31],
    ):
        held, missing, extra = counted("week", moved, moved[-1] + 1, moved[0])
        assert (held, missing, extra) == (moved, [], [])


def test_a_weekly_with_gaps() -> None:
    """Missing ones stand where they should have been; two in one week are one and an extra edition."""
    assert counted("week", [0, 7, 28], 29) == ([0, 7, 28], [14, 21], [])
    assert counted("week", [0, 2, 7], 8) == ([0, 7], [], [2])


def test_the_ends_of_a_span() -> None:
    """Whole weeks before the first issue and after the last are missing; parts of a week are not."""
    assert counted("week", [4], 14) == ([4], [11], [])
    assert counted("week", [4], 11) == ([4], [], [])
    assert counted("week", [11], 12) == ([11], [4], [])
    assert counted("week", [], 28)[1] == [3, 10, 17, 24]


def test_twice_a_week() -> None:
    """As many as there are weekdays in each week; one may move within it, or by two days into the next."""
    pair = ["tuesday", "friday"]
    assert counted(pair, [1, 4, 8, 12], 14) == ([1, 4, 8, 12], [], [])
    assert counted(pair, [1, 4, 6, 11], 14) == ([1, 4, 6, 11], [], [])
    assert counted(pair, [1, 8, 11], 14) == ([1, 8, 11], [4], [])
    assert counted(pair, [0, 1, 4, 8, 11], 14) == ([1, 4, 8, 11], [], [0])


def test_months_have_different_lengths() -> None:
    """A monthly of the last, or of the first, of each month misses none in ten years; without May and June two."""
    for day in (1, 28):
        dates = [dt.date(1936 + n // 12, n % 12 + 1, day).toordinal() for n in range(120)]
        issues = Cadence.of("month").issues(np.array(dates), dates[0], dates[-1] + 1)
        assert (issues.held.size, issues.missing.size, issues.extra.size) == (120, 0, 0)
        del dates[4:6]
        issues = Cadence.of("month").issues(np.array(dates), dates[0], dates[-1] + 1)
        assert [dt.date.fromordinal(one).month for one in issues.missing.tolist()] in ([5, 6], [4, 5], [5, 5])
        assert issues.held.size == 118


@given(
    st.sampled_from([*LENGTHS, "day", "weekday"]),
    st.sets(st.integers(0, 400), max_size=40),
    st.integers(0, 60),
)
def test_every_issue_is_counted_once(every: str, held: set[int], spare: int) -> None:
    """Held and extra together are what was given; nothing missing lies outside the span; all are ascending."""
    first, end = min(held, default=0) - spare, max(held, default=0) + spare + 1
    issues = Cadence.of(every).issues(days(*held), MONDAY + first, MONDAY + end)
    both = np.concatenate([issues.held, issues.extra])
    assert sorted((both - MONDAY).tolist()) == sorted(held)
    for part in (issues.held, issues.missing, issues.extra):
        assert (np.diff(part) >= 0).all()
        assert part.size == 0 or (part[0] >= MONDAY + first and part[-1] < MONDAY + end)
    assert not set(issues.missing.tolist()) & set(issues.held.tolist())


INFERRED = {
    "day": range(60),
    "weekday": [n for n in range(60) if n % 7 != 6],
    "tuesday, friday": [n for n in range(60) if n % 7 in (1, 4)],
    "week": range(0, 80, 7),
    "fortnight": range(0, 120, 14),
    "month": [round(n * 30.4) for n in range(9)],
    "quarter": [round(n * 91.3) for n in range(9)],
    "year": [round(n * 365.25) for n in range(9)],
}  # fmt: skip


@pytest.mark.parametrize("every", INFERRED)
def test_what_dates_suggest(every: str) -> None:
    """Each cadence is told from its own dates, also when every fifth is lost."""
    found = inferred(days(*INFERRED[every]))
    assert found is not None
    assert found.name == every
    thinner = inferred(days(*(day for place, day in enumerate(INFERRED[every]) if place % 5 != 3)))
    assert thinner is not None
    assert thinner.name == every


def test_too_few_or_irregular_dates_suggest_nothing() -> None:
    """Under four dates, four days on end, or distances of every kind: no cadence."""
    for held in ([], [0], [0, 7, 14], [0, 1, 2, 3], [0, 3, 20, 24, 60, 61, 90], [0, 100, 150, 300]):
        assert inferred(days(*held)) is None


def test_mistakes() -> None:
    """A word that is none is answered with the nearest; a list is of weekdays, each once."""
    with pytest.raises(SettingError, match="'weekly' is no cadence; did you mean 'week'"):
        Cadence.of("weekly")
    with pytest.raises(SettingError, match="several words are weekdays"):
        Cadence.of(["week", "month"])
    with pytest.raises(SettingError, match="each only once"):
        Cadence.of(["monday", "monday"])
    with pytest.raises(SettingError, match="at least one weekday"):
        Cadence.of([])


def test_runs() -> None:
    """Missing days without a held one between them are one gap."""
    assert runs([1, 2, 5, 9], [0, 4, 10]) == [(1, 2, 2), (5, 9, 2)]
    assert runs([], [1]) == []
