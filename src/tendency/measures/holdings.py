"""Holdings: issues that should exist against those that are held, so that what was lost is not taken for silence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tendency.errors import SettingError
from tendency.measures.cadence import Cadence, inferred, runs, written
from tendency.measures.result import Result
from tendency.tally import Eras, Periods

if TYPE_CHECKING:
    from tendency.charts import Spec
    from tendency.corpus import Index
    from tendency.documents import DateSpan

ENOUGH: Final = 0.8
"""Silence is claimed only where at least so much of what was expected is held."""

FIELDS: Final = ("publication", "newspaper")
HELD: Final = "held"
MISSING: Final = "missing"
KNOWN: Final = "known gap"
EXTRA: Final = "extra"

_LISTED: Final = 12
"""Gaps that a sentence names."""

Days = NDArray[np.int64]


@dataclass(frozen=True)
class Holding:
    """What should exist of one publication.

    Attributes:
        publication: Its name, a value of the field.
        every: How often it appears: ``day``, ``weekday`` (Monday to Saturday), ``week``, ``fortnight``, ``month``, ``quarter``,
            ``year``, or one or several weekdays.
        field: The field; ``publication``, else ``newspaper``, where it is None.
        start: The first day that counts; the first issue held where it is None.
        end: The day after the last that counts; that after the last issue held where it is None.
        gaps: Spans of which it is known that nothing is held; they may overlap.
    """

    publication: str
    every: str | tuple[str, ...]
    field: str | None = None
    start: dt.date | None = None
    end: dt.date | None = None
    gaps: tuple[DateSpan, ...] = ()

    def meets(self, other: Holding) -> bool:
        """Whether both expect issues of one publication on the same days."""
        if (self.publication, self.field) != (other.publication, other.field):
            return False
        (first, end), (start, after) = (
            (one.start or dt.date.min, one.end or dt.date.max) for one in (self, other)
        )
        return first < after and start < end


@dataclass(frozen=True)
class Holdings(Result):
    """Issues expected and held. An issue is a date on which a publication has a document, however many pages.

    Attributes:
        table: A row a publication × period: ``publication, period, start, end, expected, known_gaps, held, share, missing,
            extra``. ``expected`` = ``held`` + ``known_gaps`` + ``missing``; ``share`` is held ÷ expected, None where nothing was
            expected; ``extra`` are issues held beside.
        publications: A row a publication: ``publication, field, every, inferred, first, last`` (dates held), then the same counts,
            ``gaps`` (in words) and ``note``.
        issues: A row an issue: ``publication, date, status`` (``held``, ``missing``, ``known gap``, ``extra``); the date of one that
            is not held is estimated where a day of issue may move.
        grain: The kind of period.
    """

    publications: pl.DataFrame
    issues: pl.DataFrame
    grain: str

    @property
    def sentences(self) -> tuple[str, ...]:
        """A sentence a publication."""
        return tuple(_sentence(row) for row in self.publications.to_dicts())

    def held_share(
        self,
        start: dt.date | None = None,
        end: dt.date | None = None,
        publications: Iterable[str] | None = None,
    ) -> float | None:
        """Issues held ÷ issues expected, of all publications or some, from a first day to before a last; None where none was expected.

        Silence may be claimed where this is at least ``ENOUGH``.
        """
        found = self.issues.filter(pl.col("status") != EXTRA)
        if publications is not None:
            found = found.filter(pl.col("publication").is_in(list(publications)))
        if start is not None:
            found = found.filter(pl.col("date") >= start)
        if end is not None:
            found = found.filter(pl.col("date") < end)
        return float((found["status"] == HELD).mean()) if found.height else None  # type: ignore[arg-type]

    def spans_not_held(
        self, publications: Iterable[str] | None = None, *, least: float = ENOUGH
    ) -> tuple[tuple[dt.date, dt.date], ...]:
        """The stretches of periods, half-open, in which less than ``least`` of the expected issues is held."""
        table = self.table
        if publications is not None:
            table = table.filter(pl.col("publication").is_in(list(publications)))
        periods = (
            table.group_by("start", "end").agg(pl.col("held").sum(), pl.col("expected").sum()).sort("start")
        )
        spans: list[tuple[dt.date, dt.date]] = []
        for start, end, held, expected in periods.iter_rows():
            if expected and held < least * expected:
                if spans and spans[-1][1] == start:
                    spans[-1] = (spans[-1][0], end)
                else:
                    spans.append((start, end))
        return tuple(spans)

    def chart(self, *, title: str = "") -> Spec | None:
        """A strip a publication: dark where issues are held, empty where they are missing, grey where that was known."""
        from tendency.charts import holdings_chart

        drawn = self.publications.filter(pl.col("expected") > 0)
        if drawn.is_empty():
            return None
        return holdings_chart(drawn, self.issues, title=title or "Issues held")


def holdings(
    index: Index,
    expected: Sequence[Holding] | None = None,
    *,
    field: str | None = None,
    by: str | Eras = "month",
    where: str | None = None,
    start: dt.date | None = None,
    end: dt.date | None = None,
) -> Holdings:
    """Issues expected and held, by publication and period.

    Args:
        index: The corpus.
        expected: What should exist; None infers each publication's cadence from the most frequent distance of its dates.
        field: The field of publications, where a holding does not name its own.
        by: The periods.
        where: Only documents for which this holds.
        start: Only from this day.
        end: Only before this day.

    Raises:
        SettingError: A field that is not there, a cadence that is none, or two holdings of one publication whose spans overlap.
    """
    if expected is None:
        name = _field(index, field)
        dates = _Dates.of(index, name, where, start, end)
        found = [_guessed(publication, name, dates) for publication in dates.names]
        return _together(found, by, start, end)
    if not expected:
        raise SettingError("no holding is given; name a publication and how often it appears.")
    asked = [replace(one, field=_field(index, one.field or field)) for one in expected]
    _refuse_twice(asked)
    fields = {one.field for one in asked}
    read = {name: _Dates.of(index, name, where, start, end) for name in fields if name is not None}
    found = [_counted(one, read[one.field], start, end) for one in asked if one.field is not None]
    return _together(found, by, start, end)


def held_share(
    found: Holdings,
    start: dt.date | None = None,
    end: dt.date | None = None,
    publications: Iterable[str] | None = None,
) -> float | None:
    """Issues held ÷ issues expected, of all publications or some, from a first day to before a last; see the method."""
    return found.held_share(start, end, publications)


def _field(index: Index, field: str | None) -> str:
    if field is not None:
        if field not in index.field_views:
            raise SettingError(
                f"there is no field {field!r} of publications; choose among {', '.join(sorted(index.field_views))}."
            )
        return field
    for name in FIELDS:
        if name in index.field_views:
            return name
    raise SettingError(
        f"no document has a {' or '.join(FIELDS)}; name the field whose values are publications."
    )


def _refuse_twice(asked: Sequence[Holding]) -> None:
    """Nothing, unless a publication is expected twice on the same days, or on none."""
    seen: dict[str, list[Holding]] = {}
    for one in asked:
        if one.start and one.end and one.end <= one.start:
            raise SettingError(
                f"{one.publication!r} is expected from {one.start} to before {one.end}, which holds no day."
            )
        others = seen.setdefault(one.publication, [])
        if any(one.meets(other) for other in others):
            raise SettingError(
                f"{one.publication!r} is expected twice on the same days; give each cadence its own span, with from and to."
            )
        others.append(one)


@dataclass(frozen=True, eq=False)
class _Dates:
    """The dates of every publication.

    Attributes:
        names: The publications in order, with their numbers.
        publication, first, last: For each date the number of its publication, its first and its last day; ascending, each once.
    """

    names: Mapping[str, int]
    publication: Days
    first: Days
    last: Days

    @classmethod
    def of(
        cls, index: Index, field: str, where: str | None, start: dt.date | None, end: dt.date | None
    ) -> _Dates:
        from tendency.corpus import select

        names: dict[str, int] = {}
        rows = [np.empty((0, 3), np.int64)]
        masks = select(index, where=where, start=start, end=end).masks
        for segment, mask in zip(index.segments, masks, strict=True):
            held = segment.field(field)
            documents = np.flatnonzero(mask & (held.codes >= 0))
            codes, places = np.unique(held.codes[documents], return_inverse=True)
            number = np.array(
                [names.setdefault(held.values[code], len(names)) for code in codes.tolist()], np.int64
            )
            first = segment.start_day[documents].astype(np.int64)
            last = segment.end_day[documents].astype(np.int64) - 1
            rows.append(np.stack([number[places.reshape(-1)], first, last], axis=1))
        order = sorted(names)
        rank = np.empty(len(order), np.int64)
        rank[[names[name] for name in order]] = np.arange(len(order))
        every = np.concatenate(rows)
        every[:, 0] = rank[every[:, 0]]
        publication, first, last = np.unique(every, axis=0).T
        return cls({name: number for number, name in enumerate(order)}, publication, first, last)

    def days(self, name: str, longest: float) -> tuple[Days, int]:
        """The days of issue of a publication, and how many of its dates are too wide to be one issue's."""
        at = self.names.get(name)
        if at is None:
            return np.empty(0, np.int64), 0
        low, high = np.searchsorted(self.publication, [at, at + 1])
        first, last = self.first[low:high], self.last[low:high]
        # A monthly that is dated to a month has its issue: the middle of it.
        narrow = last - first < max(1.0, longest)
        return np.unique((first + last)[narrow] // 2), int(np.count_nonzero(~narrow))


@dataclass(frozen=True, eq=False)
class _Counted:
    """The issues of one publication; cadence is None where none can be told."""

    publication: str
    field: str
    cadence: Cadence | None
    inferred: bool
    days: Days
    held: Days
    missing: Days
    known: Days
    extra: Days
    notes: tuple[str, ...]


def _guessed(publication: str, field: str, dates: _Dates) -> _Counted:
    days, wide = dates.days(publication, 1)
    cadence = inferred(days)
    if cadence is None and wide:
        # Dates in months or years are those of a monthly or a yearbook.
        days, wide = dates.days(publication, 367)
        cadence = inferred(days)
    notes = [f"{_of(wide, 'date')} not datable to the day"] if wide else []
    nothing = np.empty(0, np.int64)
    if cadence is None:
        notes.append(f"no cadence can be told from {_of(days.size, 'date')}")
        return _Counted(publication, field, None, True, days, nothing, nothing, nothing, days, tuple(notes))
    issues = cadence.issues(days, int(days[0]), int(days[-1]) + 1)
    return _Counted(
        publication,
        field,
        cadence,
        True,
        days,
        issues.held,
        issues.missing,
        nothing,
        issues.extra,
        tuple(notes),
    )


def _counted(one: Holding, dates: _Dates, start: dt.date | None, end: dt.date | None) -> _Counted:
    cadence = Cadence.of(one.every)
    days, wide = dates.days(one.publication, cadence.length if not cadence.days else 1)
    notes = [f"{_of(wide, 'date')} not datable to one issue"] if wide else []
    if one.publication not in dates.names:
        notes.append(_unknown(one.publication, list(dates.names)))
    nothing = np.empty(0, np.int64)
    first = None if one.start is None else max(one.start, start or one.start).toordinal()
    after = None if one.end is None else min(one.end, end or one.end).toordinal()
    if first is None and days.size:
        first = int(days[0])
    if after is None and days.size:
        after = int(days[-1]) + 1
    if first is None or after is None or after <= first:
        notes.append("nothing can be expected: neither issues nor a span from and to are known")
        return _Counted(
            one.publication,
            str(one.field),
            cadence,
            False,
            days,
            nothing,
            nothing,
            nothing,
            days,
            tuple(notes),
        )
    inside = (days >= first) & (days < after)
    issues = cadence.issues(days[inside], first, after)
    gone = np.zeros(issues.missing.size, bool)
    contradicted = np.zeros(days.size, bool)
    for gap in one.gaps:
        low, high = gap.start.toordinal(), gap.end.toordinal()
        gone |= (issues.missing >= low) & (issues.missing < high)
        contradicted |= (days >= low) & (days < high)
    if contradicted.any():
        notes.append(
            f"{_of(int(np.count_nonzero(contradicted)), 'issue')} held in a span that is given as a gap"
        )
    extra = np.sort(np.concatenate([issues.extra, days[~inside]]))
    return _Counted(
        one.publication,
        str(one.field),
        cadence,
        False,
        days,
        issues.held,
        issues.missing[~gone],
        issues.missing[gone],
        extra,
        tuple(notes),
    )


def _of(count: int, thing: str) -> str:
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def _unknown(name: str, names: Sequence[str]) -> str:
    from rapidfuzz import process

    near = [found for found, _, _ in process.extract(name, names, limit=3, score_cutoff=70)]
    return "no document has this name" + (f"; did you mean {' or '.join(map(repr, near))}?" if near else "")


_STATUSES: Final = (HELD, KNOWN, MISSING, EXTRA)


def _together(
    found: Sequence[_Counted], by: str | Eras, start: dt.date | None, end: dt.date | None
) -> Holdings:
    parts = [
        (number, status, days)
        for number, one in enumerate(found)
        for status, days in enumerate((one.held, one.known, one.missing, one.extra))
        if days.size
    ]
    nothing = np.empty(0, np.int64)
    day = np.concatenate([nothing, *(days for _, _, days in parts)])
    number = np.concatenate([nothing, *(np.full(days.size, which) for which, _, days in parts)])
    status = np.concatenate([nothing, *(np.full(days.size, what) for _, what, days in parts)])
    names = [one.publication for one in found]
    periods = Periods.spanning(by, day, day + 1, start, end)
    issues = pl.DataFrame(
        {
            "publication": pl.Series([names[which] for which in number.tolist()], dtype=pl.String),
            "date": _as_dates(day),
            "status": pl.Series([_STATUSES[what] for what in status.tolist()], dtype=pl.String),
        }
    ).sort("publication", "date", "status")
    span = f"{start or ''}/{end or ''}"
    how = "inferred" if found and found[0].inferred else f"stated for {len(found)}"
    return Holdings(
        _by_period(names, periods, day, number, status),
        f"holdings|{how}|by:{periods.grain}|span:{span}",
        pl.DataFrame([_summary(one) for one in found], schema=_SUMMARY),
        issues,
        periods.grain,
    )


def _as_dates(days: Days) -> pl.Series:
    return (pl.Series(days, dtype=pl.Int64) - _EPOCH).cast(pl.Int32).cast(pl.Date)


_EPOCH: Final = dt.date(1970, 1, 1).toordinal()
MOST_ROWS: Final = 2_000_000


def _by_period(names: Sequence[str], periods: Periods, day: Days, number: Days, status: Days) -> pl.DataFrame:
    """The counts of each publication × period. Several holdings of one publication are one."""
    order = list(dict.fromkeys(names))
    place = {name: at for at, name in enumerate(order)}
    of = np.array([place[name] for name in names], np.int64)
    wide = len(periods.periods)
    if len(order) * wide > MOST_ROWS:
        raise SettingError(
            f"{len(order):,} publications by {wide:,} periods are {len(order) * wide:,} rows; choose a longer period."
        )
    at = periods.assign(day, day + 1).astype(np.int64)
    dated = at >= 0
    cell = ((of[number[dated]] * wide + at[dated]) * len(_STATUSES)) + status[dated] if day.size else day
    counts = np.bincount(cell, minlength=len(order) * wide * len(_STATUSES)).reshape(-1, len(_STATUSES))
    held, known, missing, extra = counts.astype(np.int64).T
    expected = held + known + missing
    share = np.divide(held, expected, out=np.full(expected.size, np.nan), where=expected > 0)
    return pl.DataFrame(
        {
            "publication": pl.Series(np.repeat(np.array(order, object), wide).tolist(), dtype=pl.String),
            "period": pl.Series([one.label for one in periods.periods] * len(order), dtype=pl.String),
            "start": pl.Series([one.start for one in periods.periods] * len(order), dtype=pl.Date),
            "end": pl.Series([one.end for one in periods.periods] * len(order), dtype=pl.Date),
            "expected": expected,
            "known_gaps": known,
            "held": held,
            "share": pl.Series(share).fill_nan(None),
            "missing": missing,
            "extra": extra,
        }
    )


_SUMMARY: Final[Mapping[str, type[pl.DataType]]] = {
    "publication": pl.String,
    "field": pl.String,
    "every": pl.String,
    "inferred": pl.Boolean,
    "first": pl.Date,
    "last": pl.Date,
    "expected": pl.Int64,
    "held": pl.Int64,
    "share": pl.Float64,
    "missing": pl.Int64,
    "known_gaps": pl.Int64,
    "extra": pl.Int64,
    "gaps": pl.String,
    "note": pl.String,
}


def _summary(one: _Counted) -> dict[str, object]:
    expected = one.held.size + one.missing.size + one.known.size
    return {
        "publication": one.publication,
        "field": one.field,
        "every": one.cadence.name if one.cadence else None,
        "inferred": one.inferred,
        "first": dt.date.fromordinal(int(one.days[0])) if one.days.size else None,
        "last": dt.date.fromordinal(int(one.days[-1])) if one.days.size else None,
        "expected": expected,
        "held": one.held.size,
        "share": one.held.size / expected if expected else None,
        "missing": one.missing.size,
        "known_gaps": one.known.size,
        "extra": one.extra.size,
        "gaps": _gaps(one),
        "note": "; ".join(one.notes),
    }


def _gaps(one: _Counted) -> str:
    """The missing issues in words, those that follow one another together."""
    others = np.sort(np.concatenate([one.held, one.known])).tolist()
    found = runs(one.missing.tolist(), others)
    said = [
        written(first) if count == 1 else f"{written(first)} to {written(last)} ({count:,})"
        for first, last, count in found[:_LISTED]
    ]
    more = len(found) - _LISTED
    about = "about " if said and one.cadence is not None and not one.cadence.days else ""
    return about + ", ".join(said) + (f" and {more:,} more gaps" if more > 0 else "")


def _sentence(row: Mapping[str, object]) -> str:
    name = f"“{row['publication']}”"
    note = f" ({row['note']})" if row["note"] else ""
    if not row["expected"]:
        return f"{name}: {row['note'] or 'nothing is expected'}."
    how = f"every {row['every']}{', inferred' if row['inferred'] else ''}"
    said = f"{name} ({how}): {row['held']:,} of {row['expected']:,} issues held"
    if row["missing"]:
        said += f"; missing {row['gaps']}"
    if row["known_gaps"]:
        said += f"; {row['known_gaps']:,} known to be missing"
    if row["extra"]:
        said += f"; {row['extra']:,} held beside"
    return f"{said}{note}."
