"""Fields seen as numbers, dates or yes and no, where every value can be."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import Final

VIEWS: Final = ("boolean", "integer", "date")
"""The views of a field other than text, the first that fits wins."""

_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_BOOLEAN: Final = {"true": True, "false": False, "yes": True, "no": False}


def as_boolean(text: str) -> bool | None:
    """True for ``true`` and ``yes``, False for ``false`` and ``no``, in any case; else None."""
    return _BOOLEAN.get(text.strip().lower())


def as_integer(text: str) -> int | None:
    """The whole number that a text writes in at most 18 digits, or None."""
    text = text.strip()
    return int(text) if _INTEGER.fullmatch(text) else None


def as_date(text: str) -> tuple[int, int] | None:
    """The days of an ISO date, month or year as ordinals, half-open, or None."""
    match = _DATE.fullmatch(text.strip())
    if match is None:
        return None
    year, month, day = (int(part) if part else 0 for part in match.groups())
    try:
        start = dt.date(year, month or 1, day or 1)
        if day:
            end = start.toordinal() + 1
        elif month:
            end = dt.date(year + month // 12, month % 12 + 1, 1).toordinal()
        else:
            end = dt.date(year + 1, 1, 1).toordinal()
    except ValueError:
        return None
    return start.toordinal(), end


_READERS: Final = {"boolean": as_boolean, "integer": as_integer, "date": as_date}


def views_of(values: Iterable[str]) -> frozenset[str]:
    """The views that every one of these values has; all of them when there is no value."""
    possible = dict(_READERS)
    for value in values:
        if not possible:
            break
        for view in [view for view, read in possible.items() if read(value) is None]:
            del possible[view]
    return frozenset(possible)


def view_of(possible: frozenset[str]) -> str:
    """The view that a field is shown in: ``boolean``, ``integer``, ``date``, or else ``text``."""
    return next((view for view in VIEWS if view in possible), "text")
