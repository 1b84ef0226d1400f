"""Dates as spans of days, because a source often gives only a month or a year."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class DateSpan:
    """The days from ``start`` to ``end``, half-open.

    Attributes:
        start: The first possible day.
        end: The day after the last possible one.
        written: The date as the source gives it, such as ``1917-10-25 O.S.``.
    """

    start: dt.date
    end: dt.date
    written: str = ""

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError(f"a date span must hold at least one day: {self.start} to {self.end}")

    def inside(self, other: DateSpan) -> bool:
        """True when every day of this span is a day of the other."""
        return other.start <= self.start and self.end <= other.end
