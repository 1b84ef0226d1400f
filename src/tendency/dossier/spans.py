"""Spans of a dossier: ``from``, ``to``, ``before``, ``after``, eras and events, as days."""

from __future__ import annotations

import re

from tendency.documents import DateSpan, parse_date
from tendency.errors import DossierError, UndatableError

_BETWEEN = re.compile(r"\s*(?:/|\.\.|\s[-–—]\s|(?<=\d)–(?=\d))\s*")


def day_span(written: str) -> DateSpan:
    """The days of a written day, month or year.

    Raises:
        DossierError: It is no date.
    """
    try:
        return parse_date(written.strip())
    except UndatableError as error:
        raise DossierError(
            f'{written!r} is no date ({error}); write 1943-02-02, "1943-02" or 1943.'
        ) from None


def span(written: str) -> DateSpan:
    """The days from the first of one written date to the last of another: ``1930/1939``.

    Raises:
        DossierError: One of the two is no date, or they stand in the wrong order.
    """
    parts = _BETWEEN.split(written.strip())
    if len(parts) > 2:
        raise DossierError(
            f'{written!r} has {len(parts)} dates; write the first and the last, such as "1930/1939".'
        )
    first, last = day_span(parts[0]), day_span(parts[-1])
    if last.end <= first.start:
        raise DossierError(f"{written!r} ends before it begins.")
    return DateSpan(first.start, last.end, written)
