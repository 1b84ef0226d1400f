"""Periods: the stretches of time that documents are counted in, every one present."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tendency.documents.dates import DateSpan
from tendency.errors import SettingError

Grain = Literal["all", "day", "week", "month", "quarter", "year", "decade"]
Eras = Sequence[tuple[str, DateSpan]]

GRAINS: Final[tuple[Grain, ...]] = ("all", "day", "week", "month", "quarter", "year", "decade")
MOST_PERIODS: Final = 100_000
UNDATABLE: Final = -1
OUTSIDE: Final = -2
_EPOCH: Final = dt.date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class Period:
    """One stretch of time, half-open.

    Attributes:
        label: Its name; labels of calendar periods sort in order of time.
        start: Its first day.
        end: The day after its last.
    """

    label: str
    start: dt.date
    end: dt.date

    @property
    def span(self) -> DateSpan:
        """The same days as a date span."""
        return DateSpan(self.start, self.end, self.label)


def grain_of(by: str | Eras) -> str:
    """The word for a grain in recipes: its name, or ``"eras"``."""
    if not isinstance(by, str):
        return "eras"
    if by not in GRAINS:
        raise SettingError(
            f"{by!r} is no period: choose one of {', '.join(GRAINS)}, or give eras with their spans."
        )
    return by


def keys(grain: str, ordinals: ArrayLike) -> NDArray[np.int64]:
    """The number of the calendar period that each day lies in, consecutive in time.

    Args:
        grain: One of ``GRAINS``.
        ordinals: Days as ``date.toordinal()``, any shape.
    """
    day = np.asarray(ordinals, np.int64)
    if grain == "all":
        return np.zeros_like(day)
    if grain == "day":
        return day
    return _for_each_day(lambda days: _keys(grain, days), day)


def _keys(grain: str, day: NDArray[np.int64]) -> NDArray[np.int64]:
    if grain == "week":
        # 1 January of year 1 was a Monday in the proleptic calendar, so ISO weeks start at multiples of 7.
        return (day - 1) // 7
    months = (day - _EPOCH).astype("M8[D]").astype("M8[M]").astype(np.int64) + 1970 * 12
    return months // {"month": 1, "quarter": 3, "year": 12, "decade": 120}[grain]


def _for_each_day(
    of: Callable[[NDArray[np.int64]], NDArray[np.int64]], days: NDArray[np.int64]
) -> NDArray[np.int64]:
    """A function of days, worked out once for every day of their span where that is fewer than they are."""
    if days.size > 1:
        low, high = int(days.min()), int(days.max())
        if high - low < days.size:
            return of(np.arange(low, high + 1))[days - low]
    return of(days)


@lru_cache(maxsize=1 << 14)
def _calendar_period(grain: str, key: int) -> Period:
    if grain == "day":
        start = dt.date.fromordinal(key)
        return Period(start.isoformat(), start, _day_after(start, 1))
    if grain == "week":
        start = dt.date.fromordinal(7 * key + 1)
        year, week, _ = start.isocalendar()
        return Period(f"{year:04d}-W{week:02d}", start, _day_after(start, 7))
    months = {"month": 1, "quarter": 3, "year": 12, "decade": 120}[grain]
    start, end = _month(key * months), _month((key + 1) * months)
    label = {
        "month": f"{start.year:04d}-{start.month:02d}",
        "quarter": f"{start.year:04d}-Q{(start.month + 2) // 3}",
        "year": f"{start.year:04d}",
        "decade": f"{key * 10:04d}s",
    }[grain]
    return Period(label, start, end)


def following(grain: str, period: Period, count: int) -> tuple[Period, ...]:
    """The calendar periods after one, up to ``count``: fewer where the calendar ends.

    Args:
        grain: A grain that goes on, from ``"day"`` to ``"decade"``.
        period: One of its periods.
        count: How many.
    """
    first = int(keys(grain, period.start.toordinal())) + 1
    periods: list[Period] = []
    for key in range(first, first + count):
        if (periods[-1] if periods else period).end == dt.date.max:
            break
        periods.append(_calendar_period(grain, key))
    return tuple(periods)


def _month(number: int) -> dt.date:
    year, month = divmod(number, 12)
    if year < 1:
        return dt.date.min
    return dt.date.max if year > dt.MAXYEAR else dt.date(year, month + 1, 1)


def _day_after(day: dt.date, days: int) -> dt.date:
    return dt.date.fromordinal(min(day.toordinal() + days, dt.date.max.toordinal()))


@dataclass(frozen=True)
class Periods:
    """Periods in order of time, and the assignment of documents to them.

    Attributes:
        grain: One of ``GRAINS``, or ``"eras"``.
        periods: Every period, also those without text.
    """

    grain: str
    periods: tuple[Period, ...]

    @classmethod
    def spanning(
        cls,
        by: str | Eras,
        start_day: ArrayLike,
        end_day: ArrayLike,
        start: dt.date | None = None,
        end: dt.date | None = None,
    ) -> Periods:
        """The periods that the documents call for, without a gap from first to last.

        Args:
            by: A grain, or eras as (name, span) in order of time and without overlap.
            start_day: First day of each document's date, as ordinals.
            end_day: Day after the last, as ordinals.
            start: The asked first day: periods begin there even if nothing is held.
            end: The asked day after the last.

        Raises:
            SettingError: A grain that does not exist, eras that overlap, or over 100,000 periods.
        """
        grain = grain_of(by)
        if not isinstance(by, str):
            return cls(grain, _eras(by))
        first, last = np.asarray(start_day, np.int64), np.asarray(end_day, np.int64) - 1
        asked = [day for day in (start and start.toordinal(), end and end.toordinal() - 1) if day is not None]
        if grain == "all":
            days = np.concatenate([first, last, np.asarray(asked, np.int64)])
            if not days.size:
                return cls(grain, ())
            low = start or dt.date.fromordinal(int(days.min()))
            high = end or dt.date.fromordinal(int(days.max()) + 1)
            return cls(grain, (Period("all", low, high),))
        opening = keys(grain, first)
        # A date as wide as a century must not add a hundred empty years.
        opening = opening[opening == keys(grain, last)]
        found = np.concatenate([opening, keys(grain, np.asarray(asked, np.int64))])
        if not found.size:
            return cls(grain, ())
        low_key, high_key = int(found.min()), int(found.max())
        if high_key - low_key >= MOST_PERIODS:
            raise SettingError(
                f"from {_calendar_period(grain, low_key).label} to {_calendar_period(grain, high_key).label} there are "
                f"{high_key - low_key + 1:,} periods of a {grain}; choose a longer period, or a start and an end."
            )
        return cls(grain, tuple(_calendar_period(grain, key) for key in range(low_key, high_key + 1)))

    def assign(self, start_day: ArrayLike, end_day: ArrayLike) -> NDArray[np.int32]:
        """The number of the period that holds each document's whole date.

        Returns:
            int32; ``UNDATABLE`` where the date lies in more than one period, or only partly in one;
            ``OUTSIDE`` where it touches none of the eras.
        """
        first, last = np.asarray(start_day, np.int64), np.asarray(end_day, np.int64) - 1
        if not self.periods:
            return np.full(first.shape, UNDATABLE if self.grain != "eras" else OUTSIDE, np.int32)
        starts = np.array([period.start.toordinal() for period in self.periods], np.int64)
        ends = np.array([period.end.toordinal() for period in self.periods], np.int64)

        def begun(days: NDArray[np.int64]) -> NDArray[np.int64]:
            return np.searchsorted(starts, days, side="right") - 1

        at = _for_each_day(begun, first)
        # The day after the last possible date has no ordinal: the last period is closed at the calendar's end.
        closed = np.where(ends == dt.date.max.toordinal(), ends, ends - 1)
        inside = (at >= 0) & (first <= closed[at]) & (last <= closed[at])
        reached = _for_each_day(begun, last)
        if self.grain != "eras":
            # Calendar periods are only as many as the documents asked for: no date lies outside them.
            return np.where(inside, at, UNDATABLE).astype(np.int32)
        touches = (reached > at) | ((at >= 0) & (first <= closed[at]))
        return np.where(inside, at, np.where(touches, UNDATABLE, OUTSIDE)).astype(np.int32)


def _eras(eras: Eras) -> tuple[Period, ...]:
    if not eras:
        raise SettingError("No eras were given; give each a name and a span of days.")
    periods = tuple(Period(name, span.start, span.end) for name, span in eras)
    for before, after in itertools.pairwise(periods):
        if after.start < before.end:
            raise SettingError(
                f"the era {after.label!r} begins on {after.start}, before {before.label!r} ends on {before.end}; "
                "give eras in order of time and without overlap."
            )
    names = [period.label for period in periods]
    if len(set(names)) < len(names):
        raise SettingError("two eras have the same name; give each its own.")
    return periods
