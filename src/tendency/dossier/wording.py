"""Numbers, spans and lists as they stand in a printed sentence."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


_YEARS_ENOUGH = 3 * 366
"""Over more days than this a span is given in years."""


def named(name: str) -> str:
    """A name in quotation marks."""
    return f"“{name}”"


def whole(number: int) -> str:
    """A count with its thousands set apart."""
    return f"{number:,}"


def counted(number: int, one: str, many: str = "") -> str:
    """A count with its noun: ``1 document``, ``1,204 documents``."""
    return f"{number:,} {one if number == 1 else many or plural(one)}"


def plural(noun: str) -> str:
    """The plural of a field's name, well enough for a sentence."""
    if noun.endswith(("s", "x", "ch")):
        return noun + "es"
    return noun[:-1] + "ies" if noun.endswith("y") and noun[-2:-1] not in "aeiou" else noun + "s"


def figure(value: float) -> str:
    """Three significant figures, and never more than a whole number needs."""
    size = abs(value)
    if size >= 100:
        return f"{value:,.0f}"
    if size >= 10:
        return f"{value:.1f}"
    if size >= 1 or value == 0:
        return f"{value:.2f}".rstrip("0").rstrip(".") if value == 0 else f"{value:.2f}"
    if size >= 0.1:
        return f"{value:.2f}"
    return f"{value:.2g}" if size >= 0.001 else f"{value:.1g}"


def interval(low: float, high: float, level: float = 0.95) -> str:
    """``95 % interval 38.1 to 53.6``."""
    return f"{percent(level)} interval {figure(low)} to {figure(high)}"


def percent(share: float) -> str:
    """A share in per cent, to the whole number or to one place where it is small."""
    value = 100 * share
    if 0 < value < 1 or 99 < value < 100:
        return f"{value:.1f}\N{NO-BREAK SPACE}%"
    return f"{value:.0f}\N{NO-BREAK SPACE}%"


def probability(p: float) -> str:
    """A probability to two places, without claiming certainty."""
    if p > 0.99:
        return "over 0.99"
    return "under 0.01" if p < 0.01 else f"{p:.2f}"


def listing(parts: Sequence[str], *, last: str = "and") -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"


def ordinal(rank: int) -> str:
    """``1st``, ``2nd``, ``3rd``, ``11th``, as words up to tenth."""
    words = [
        "zeroth",
        "first",
        "second",
        "third",
        "fourth",
        "fifth",
        "sixth",
        "seventh",
        "eighth",
        "ninth",
        "tenth",
    ]
    if 0 < rank < len(words):
        return words[rank]
    return f"{rank}{'th' if 10 < rank % 100 < 14 else {1: 'st', 2: 'nd', 3: 'rd'}.get(rank % 10, 'th')}"


def span(start: dt.date, end: dt.date) -> str:
    """The days from ``start`` to ``end`` (exclusive), in the coarsest units that fit.

    ``1930–49``, ``1943``, ``March–June 1917``, ``2 November–31 December 1916``.
    """
    last = end - dt.timedelta(days=1)
    if (start.month, start.day) == (1, 1) and (last.month, last.day) == (12, 31):
        return _years(start.year, last.year)
    if start.day == 1 and end.day == 1:
        first, final = _MONTHS[start.month - 1], f"{_MONTHS[last.month - 1]} {last.year}"
        if (start.year, start.month) == (last.year, last.month):
            return final
        return f"{first}–{final}" if start.year == last.year else f"{first} {start.year} – {final}"
    final = day(last)
    if start == last:
        return final
    if (last - start).days > _YEARS_ENOUGH:
        return _years(start.year, last.year)
    if (start.year, start.month) == (last.year, last.month):
        return f"{start.day}–{final}"
    if start.year == last.year:
        return f"{start.day} {_MONTHS[start.month - 1]} – {final}"
    return f"{day(start)} – {final}"


def during(when: str) -> str:
    """A span with its preposition: ``in 1930–39``, ``on 3 May 1943``, ``from 3 May to 6 June 1943``."""
    days = re.match(r"(\d{1,2})–(\d{1,2} .*)", when)
    if days is not None:
        return f"from {days[1]} to {days[2]}"
    if not re.match(r"\d{1,2} [A-Z]", when):
        return f"in {when}"
    first, dash, last = when.partition(" – ")
    return f"from {first} to {last}" if dash else f"on {when}"


def day(date: dt.date) -> str:
    """``2 November 1916``."""
    return f"{date.day} {_MONTHS[date.month - 1]} {date.year}"


def _years(first: int, last: int) -> str:
    if first == last:
        return str(first)
    same = first // 100 == last // 100
    return f"{first}–{last % 100:02d}" if same else f"{first}–{last}"


_NUMBERS = (
    "none",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)


def number_word(number: int) -> str:
    """A small number as a word, a larger one in figures."""
    return _NUMBERS[number] if 0 <= number < len(_NUMBERS) else whole(number)
