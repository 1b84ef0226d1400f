"""Cadences: how often a publication appears, which issues a run of dates lacks, and what a run of dates suggests."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tendency.errors import SettingError

Days = NDArray[np.int64]

WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LENGTHS: Final = {
    "week": 7.0,
    "fortnight": 14.0,
    "month": 365.2425 / 12,
    "quarter": 365.2425 / 4,
    "year": 365.2425,
}
"""Days from one issue to the next."""
DAILY: Final = {"day": frozenset(range(7)), "weekday": frozenset(range(6))}

_CLASSES: Final = (
    ("week", 6, 8),
    ("fortnight", 13, 15),
    ("month", 27, 32),
    ("quarter", 85, 95),
    ("year", 358, 373),
)
"""Distances in days that suggest a cadence."""
_FEWEST: Final = 4
"""So many dates at least suggest one."""
_WEEKS: Final = 2
"""So many weeks at least show on which weekdays something appears."""
_OFTEN: Final = 0.5
"""At least so much of the distances fits the cadence; a weekday is a day of issue when it has so much of the fullest one's dates."""


@dataclass(frozen=True)
class Cadence:
    """How often something appears.

    Attributes:
        name: As it is written: ``day``, ``weekday`` (Monday to Saturday), ``week``, ``fortnight``, ``month``, ``quarter``,
            ``year``, or weekdays joined by commas.
        days: The weekdays of issue, from 0 for Monday, where an issue has its day; empty where it may move.
        length: Days from one issue to the next.
    """

    name: str
    days: frozenset[int]
    length: float

    @classmethod
    def of(cls, every: str | Sequence[str]) -> Cadence:
        """A cadence as it is written.

        Raises:
            SettingError: A word that is none, with the nearest one.
        """
        words = [every] if isinstance(every, str) else list(every)
        known = (*DAILY, *LENGTHS, *WEEKDAYS)
        for word in words:
            if word not in known:
                raise SettingError(f"{word!r} is no cadence; {_nearest(word, known)}")
        if not words or len(set(words)) < len(words):
            raise SettingError("name at least one weekday of issue, and each only once.")
        if len(words) > 1 and not set(words) <= set(WEEKDAYS):
            raise SettingError(
                f"several words are weekdays, such as tuesday and friday, not {', '.join(words)}."
            )
        if words[0] in DAILY:
            days = DAILY[words[0]]
            return cls(words[0], days, 7 / len(days))
        if words[0] in LENGTHS:
            return cls(words[0], frozenset(), LENGTHS[words[0]])
        if len(words) == 1:
            # A weekly's day may move.
            return cls(words[0], frozenset(), LENGTHS["week"])
        days = frozenset(WEEKDAYS.index(word) for word in words)
        return cls(", ".join(WEEKDAYS[day] for day in sorted(days)), days, 7 / len(days))

    def issues(self, held: Days, first: int, end: int) -> Issues:
        """The issues of a span, held and missing.

        A daily lacks the days of issue without one. Of several weekdays as many are expected in each week as there are, so that one may
        move within it, or by two days into the next. Of anything else the distance between two issues tells how many lie
        between, so that one may move by less than half of it and the day of issue may change for good.

        Args:
            held: Days on which an issue is held, as ordinals, ascending, each once, from ``first`` and before ``end``.
            first: The first day of the span.
            end: The day after the last.
        """
        if self.name in DAILY:
            return self._by_day(held, first, end)
        return self._by_week(held, first, end) if self.days else self._by_distance(held, first, end)

    def _by_day(self, held: Days, first: int, end: int) -> Issues:
        every = np.arange(first, end)
        expected = every[np.isin((every - 1) % 7, list(self.days))]
        regular = np.isin(held, expected)
        return Issues(held[regular], np.setdiff1d(expected, held), held[~regular])

    def _by_week(self, held: Days, first: int, end: int) -> Issues:
        expected: dict[int, list[int]] = {}
        for day in range(first, end):
            if (day - 1) % 7 in self.days:
                expected.setdefault((day - 1) // 7, []).append(day)
        there: dict[int, list[int]] = {}
        for day in held.tolist():
            there.setdefault((day - 1) // 7, []).append(day)
        regular, surplus, lacking = [], [], {}
        for week in sorted(expected.keys() | there.keys()):
            wanted, found = expected.get(week, []), there.get(week, [])
            # Issues on their own weekday come first.
            found = sorted(found, key=lambda day: (day not in wanted, day))
            regular += found[: len(wanted)]
            surplus += found[len(wanted) :]
            free = [day for day in wanted if day not in found]
            lacking[week] = free[len(free) - max(0, len(wanted) - len(found)) :]
        extra = []
        for day in surplus:
            near = [week for week in ((day - 3) // 7, (day + 1) // 7) if lacking.get(week)]
            if near:
                lacking[near[0]].pop()
                regular.append(day)
            else:
                extra.append(day)
        missing = [day for days in lacking.values() for day in days]
        return Issues(_days(regular), _days(missing), _days(extra))

    def _by_distance(self, held: Days, first: int, end: int) -> Issues:
        if not held.size:
            count = int((end - first) / self.length)
            return Issues(held, _days(int(first + self.length * (n + 0.5)) for n in range(count)), held)
        regular, missing, extra = [int(held[0])], [], []
        missing += [held[0] - self.length * (n + 1) for n in range(int((held[0] - first) / self.length))]
        for day in held[1:].tolist():
            apart = round((day - regular[-1]) / self.length)
            if not apart:
                extra.append(day)
                continue
            step = (day - regular[-1]) / apart
            missing += [regular[-1] + step * (n + 1) for n in range(apart - 1)]
            regular.append(day)
        last = regular[-1]
        missing += [last + self.length * (n + 1) for n in range(int((end - 1 - last) / self.length))]
        return Issues(_days(regular), _days(int(one) for one in missing), _days(extra))


@dataclass(frozen=True, eq=False)
class Issues:
    """Days of issue as ordinals, ascending.

    Attributes:
        held: Held, and expected.
        missing: Expected, and not held; the day is estimated where an issue may move.
        extra: Held beside what was expected.
    """

    held: Days
    missing: Days
    extra: Days


def inferred(days: Days) -> Cadence | None:
    """The cadence that a run of dates suggests, by the distance that is most frequent; None where too few dates, or none, fit.

    Args:
        days: Days of issue as ordinals, ascending, each once.
    """
    if days.size < _FEWEST:
        return None
    found = _suggested(days)
    if found is None:
        return None
    issues = found.issues(days, int(days[0]), int(days[-1]) + 1)
    # With more gaps than issues it may as well be another.
    return found if issues.held.size >= issues.missing.size else None


def _suggested(days: Days) -> Cadence | None:
    distances = np.diff(days)
    weekly = int((distances < 6).sum())
    if weekly >= _OFTEN * distances.size:
        return _by_weekday(days) if days[-1] - days[0] >= _WEEKS * 7 else None
    fitting = Counter(
        {name: int(((distances >= low) & (distances <= high)).sum()) for name, low, high in _CLASSES}
    )
    name, count = fitting.most_common(1)[0]
    return Cadence.of(name) if count >= _OFTEN * distances.size else None


def _by_weekday(days: Days) -> Cadence:
    counts = np.bincount((days - 1) % 7, minlength=7)
    found = frozenset(np.flatnonzero(counts >= _OFTEN * counts.max()).tolist())
    for name, every in DAILY.items():
        if found == every:
            return Cadence.of(name)
    return Cadence.of([WEEKDAYS[day] for day in sorted(found)])


def written(day: int) -> str:
    """An ordinal as an ISO date."""
    return dt.date.fromordinal(day).isoformat()


def runs(days: Sequence[int], between: Sequence[int]) -> list[tuple[int, int, int]]:
    """First, last and number of the days that follow one another without one of ``between`` among them.

    Args:
        days: Ascending.
        between: Ascending.
    """
    result: list[tuple[int, int, int]] = []
    barriers = np.asarray(between, np.int64)
    for number, day in enumerate(days):
        if number:
            low, high = np.searchsorted(barriers, [days[number - 1], day])
            if low == high:
                first, _, count = result[-1]
                result[-1] = (first, day, count + 1)
                continue
        result.append((day, day, 1))
    return result


def _days(values: object) -> Days:
    return np.sort(np.array(list(values), np.int64))  # type: ignore[call-overload]


def _nearest(word: str, known: Sequence[str]) -> str:
    from rapidfuzz import process

    found = process.extractOne(word.lower(), known, score_cutoff=60)
    hint = f"did you mean {found[0]!r}? " if found else ""
    return f"{hint}The cadences are {', '.join((*DAILY, *LENGTHS))}, or weekdays such as tuesday."
