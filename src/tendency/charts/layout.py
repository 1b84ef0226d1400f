"""Where things go: widths of words, wrapped labels, labels pushed apart, ticks of a time axis."""

from __future__ import annotations

import datetime as dt
import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_DAY = 86_400_000
_EPOCH = dt.date(1970, 1, 1).toordinal()
_NARROW, _WIDE = set("iljtfrI.,:;'|()[] "), set("mwMWОМШЩЖЮФшщжюфм%@—")


def text_width(text: str, size: float) -> float:
    """The width of a line of sans-serif text, within about a tenth, in the unit of ``size``."""
    return size * sum(_advance(character) for character in text)


def _advance(character: str) -> float:
    if unicodedata.combining(character):
        return 0.0
    if unicodedata.east_asian_width(character) in "WF":
        return 1.0
    if character in _NARROW:
        return 0.29
    if character in _WIDE:
        return 0.86
    return 0.67 if character.isupper() else 0.55


def wrap(text: str, width: float, size: float, lines: int = 2) -> list[str]:
    """The text in at most ``lines`` lines that fit ``width``; what does not fit ends in an ellipsis."""
    words = " ".join(text.split()).split(" ")
    rows: list[str] = []
    while words and len(rows) < lines:
        row = words.pop(0)
        while words and text_width(f"{row} {words[0]}", size) <= width:
            row = f"{row} {words.pop(0)}"
        rows.append(row)
    if words:
        rows[-1] = f"{rows[-1]} {words[0]}"
    return [_shorten(row, width, size, always=bool(words) and row is rows[-1]) for row in rows]


def _shorten(row: str, width: float, size: float, *, always: bool) -> str:
    if not always and text_width(row, size) <= width:
        return row
    kept = row
    while kept and text_width(f"{kept}…", size) > width:
        kept = kept[:-1]
    return f"{kept.rstrip(' ,;:')}…"


def spread(places: Sequence[float], heights: Sequence[float], low: float, high: float) -> list[float]:
    """Centres near ``places`` so that boxes of these heights do not overlap; inside ``low`` to ``high`` if they fit.

    Neighbours that collide are pushed apart around their common middle, as in isotonic regression.
    """
    order = sorted(range(len(places)), key=lambda number: (places[number], number))
    groups: list[tuple[list[int], float]] = []
    for number in order:
        members, middle = [number], _inside(places[number], heights[number], low, high)
        while groups:
            before, place = groups[-1]
            size, size_before = sum(heights[i] for i in members), sum(heights[i] for i in before)
            if place + size_before / 2 <= middle - size / 2:
                break
            groups.pop()
            middle = (place * len(before) + middle * len(members)) / (len(before) + len(members))
            members = before + members
            middle = _inside(middle, size + size_before, low, high)
        groups.append((members, middle))
    centres = [0.0] * len(places)
    for members, middle in groups:
        edge = middle - sum(heights[i] for i in members) / 2
        for i in members:
            centres[i] = edge + heights[i] / 2
            edge += heights[i]
    return centres


def _inside(centre: float, size: float, low: float, high: float) -> float:
    return max(low + size / 2, min(centre, high - size / 2))


def milliseconds(day: dt.date) -> int:
    """A day as Vega counts time: milliseconds since 1970, UTC."""
    return (day.toordinal() - _EPOCH) * _DAY


def middle(start: dt.date, end: dt.date) -> int:
    """The middle of a period, where its point is drawn."""
    return (milliseconds(start) + milliseconds(end)) // 2


@dataclass(frozen=True)
class TimeAxis:
    """The ticks under a curve.

    Attributes:
        domain: First and last instant.
        values: Where the ticks stand.
        format: How they are written, as in d3-time-format.
        eras: Name, first and last instant of each era when periods are eras, else empty.
    """

    domain: tuple[int, int]
    values: tuple[int, ...]
    format: str
    eras: tuple[tuple[str, int, int], ...] = ()


def time_axis(periods: Sequence[tuple[str, dt.date, dt.date]], width: float, size: float) -> TimeAxis:
    """Ticks that fit below ``periods`` (label, start, end), in order of time."""
    first, last = min(p[1] for p in periods), max(p[2] for p in periods)
    domain = (milliseconds(first), milliseconds(last))
    if _are_eras(periods):
        eras = tuple((label, milliseconds(start), milliseconds(end)) for label, start, end in periods)
        edges = tuple(sorted({era[1] for era in eras} | {era[2] for era in eras}))
        return TimeAxis(domain, edges, "%Y", eras)
    lengths = sorted((end - start).days for _, start, end in periods)
    room = max(2, int(width // (size * 3.4)))
    days = (last - first).days
    if 360 <= lengths[len(lengths) // 2] <= 370:
        values = [
            middle(dt.date(y, 1, 1), dt.date(y, 12, 31)) for y in _years(first.year, last.year - 1, room)
        ]
        return TimeAxis(domain, tuple(values), "%Y")
    if days > 900:
        years = _years(first.year + (first > dt.date(first.year, 1, 1)), last.year, room)
        return TimeAxis(domain, tuple(milliseconds(dt.date(year, 1, 1)) for year in years), "%Y")
    room = max(2, int(width // (size * 5.5)))
    if days > 45:
        months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
        step = next(k for k in (1, 2, 3, 6, 12) if len(months) / k <= room or k == 12)
        starts = [dt.date(m // 12, m % 12 + 1, 1) for m in months if m % step == 0]
        return TimeAxis(domain, tuple(milliseconds(d) for d in starts if first <= d <= last), "%b %Y")
    step = math.ceil(days / room)
    return TimeAxis(domain, tuple(range(domain[0], domain[1], step * _DAY)), "%-d %b")


def _are_eras(periods: Sequence[tuple[str, dt.date, dt.date]]) -> bool:
    lengths = [(end - start).days for _, start, end in periods]
    # The first and the last period may be cut by the span that was asked for.
    lengths = lengths[1:-1] or lengths
    calendar = all(any(low <= n <= high for low, high in _GRAINS) for n in lengths)
    return not calendar or max(lengths) > 1.5 * min(lengths)


# Days of a day, week, month, quarter, year and decade.
_GRAINS = ((1, 1), (7, 7), (28, 31), (90, 92), (365, 366), (3652, 3653))


def _years(first: int, last: int, room: int) -> list[int]:
    steps = (1, 2, 5, 10, 20, 25, 50, 100, 200, 500)
    step = next(k for k in steps if (last - first) / k + 1 <= room or k == steps[-1])
    return [year for year in range(first, last + 1) if year % step == 0] or [first]


def ceiling(values: Sequence[float], limits: Sequence[float]) -> float:
    """The top of an axis: above every value, and above the upper limits unless they dwarf the values."""
    top = max(values, default=0.0)
    limit = max(limits, default=0.0)
    if top <= 0:
        return _nice(limit or 1.0)
    return _nice(max(top * 1.05, min(limit, top * 2.2)))


def _nice(value: float) -> float:
    scale = 10.0 ** math.floor(math.log10(value))
    return scale * next(
        step for step in (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10) if value <= step * scale * 1.0001
    )
