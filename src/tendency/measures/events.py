"""Before and after an event, against every other date of the same series: what stands beside is not a cause."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from tendency.errors import SettingError
from tendency.measures.comparison import compare_rates
from tendency.measures.dispersion import FEW_CLUSTERS, FEW_HITS, Floats
from tendency.measures.rates import rates
from tendency.measures.result import Result
from tendency.measures.series import HALF
from tendency.tally import Period, Tally

if TYPE_CHECKING:
    from tendency.charts import Spec

LARGE: Final = "larger than at nearly every other date"
ORDINARY: Final = "no larger than at many other dates"
TOO_FEW: Final = "too few"

WINDOWS: Final = {"day": 14, "week": 8, "month": 6, "quarter": 4, "year": 5, "decade": 2}
"""Periods on each side of an event unless another number is asked for."""
LEAST_DATES: Final = 19
"""With fewer other dates no share of them is as small as one in twenty."""
NEARLY_EVERY: Final = 0.05


@dataclass(frozen=True)
class EventChanges(Result):
    """How rates changed at events, beside how they changed at every other date.

    Attributes:
        table: ``query, split, event, date, window`` (periods on each side), ``before, after`` (per million words),
            ``hits_before, hits_after, ratio, low, high`` (after over before, from clusters), ``dates`` (other dates with
            such windows), ``larger`` (of them, those with at least as large a change either way), ``overlapping`` (of
            them, those whose windows share periods with the event's), ``p`` (of the event's rank), ``verdict``
            (``larger than at nearly every other date``, ``no larger than at many other dates`` or ``too few``), ``note``.
        rates: The rates, as the measure ``rates`` gives them.
        events: The days by their names.
    """

    rates: pl.DataFrame
    events: Mapping[str, dt.date]

    def chart(self, *, title: str = "") -> Spec | None:
        """The rates with their intervals, and the events as rules."""
        if self.rates.is_empty():
            return None
        from tendency.charts import Event, rates_chart

        events = [Event(name, day) for name, day in self.events.items()]
        return rates_chart(self.rates, title=title or "Rate over time, with events beside it", events=events)


def before_after(
    tally: Tally, events: dt.date | Mapping[str, dt.date], *, window: int | None = None, level: float = 0.95
) -> EventChanges:
    """How each rate of a tally changed at events, held against every other date of the same series.

    The change is the logarithm of the rate in the ``window`` periods from the event on over that in the periods before
    it; a period that an event falls inside is in neither. It is ranked among the changes at all other dates: after a rank
    test no assumption is needed but that the event's date is one like any other. A large change beside an event is not
    shown to be caused by it.

    Source: Fisher's randomisation test over dates; Abadie, Diamond & Hainmueller (2010), doi:10.1198/jasa.2009.ap08746
    (placebos); Phipson & Smyth (2010), doi:10.2202/1544-6115.1585 (p of a rank is never 0).

    Args:
        tally: The counts by calendar period.
        events: A day, or days by name.
        window: Periods on each side; by default 14 days, 8 weeks, 6 months, 4 quarters, 5 years or 2 decades.
        level: Confidence of the interval of the ratio.

    Raises:
        SettingError: Periods that are eras or one span, or a window that is none.
    """
    if tally.grain not in WINDOWS:
        raise SettingError(
            "events are held against other dates of the same series, which eras and one span do not have; "
            "count by day, week, month, quarter, year or decade."
        )
    width = WINDOWS[tally.grain] if window is None else window
    if width < 1:
        raise SettingError(f"a window of {width} holds nothing; give at least 1 period.")
    named = {events.isoformat(): events} if isinstance(events, dt.date) else dict(events)
    rows: list[dict[str, object]] = []
    for name, day in named.items():
        rows += _event_rows(tally, name, day, width, level)
    recipe = f"before and after|{tally.recipe}|window:{width}|ci:cluster{round(100 * level)}|seed:{tally.seed:016x}"
    order = {query: number for number, query in enumerate(tally.columns)}
    table = pl.DataFrame(rows, schema=_SCHEMA).sort(
        pl.col("query").replace_strict(order, default=0, return_dtype=pl.Int64), maintain_order=True
    )
    return EventChanges(table, recipe, rates(tally).table if tally.clusterings else pl.DataFrame(), named)


@dataclass(frozen=True)
class Windows:
    """The periods before and after a date.

    Attributes:
        before: Number of the first period before it.
        at: Number of the first period from it on, or of the one that it falls inside.
        width: How many periods there are on each side.
        inside: 1 where the date falls inside a period, which is in neither; else 0.
    """

    before: int
    at: int
    width: int
    inside: int

    @classmethod
    def around(cls, periods: Sequence[Period], day: dt.date, width: int) -> Windows | None:
        """The windows around a day; None where they reach beyond the periods."""
        at = next((i for i, period in enumerate(periods) if period.end > day), len(periods))
        if at == len(periods) or periods[at].start > day:
            return None
        inside = int(periods[at].start < day)
        if at < width or at + inside + width > len(periods):
            return None
        return cls(at - width, at, width, inside)

    @property
    def earlier(self) -> range:
        """The periods before."""
        return range(self.before, self.at)

    @property
    def later(self) -> range:
        """The periods after."""
        return range(self.at + self.inside, self.at + self.inside + self.width)


def changes(hits: Floats, exposure: Floats, width: int, inside: int) -> Floats:
    """The logarithm of the ratio of rates after and before each date; NaN where a side holds too little.

    Args:
        hits, exposure: Of each period, shape (periods,); 0 exposure where nothing was held.
        width: Periods on each side.
        inside: 1 where the date's own period is in neither side.

    Returns:
        Shape (periods - 2 width - inside + 1,): the first is the date at period ``width``. A side needs text in at
        least half of its periods.
    """
    count = len(hits) - 2 * width - inside + 1
    if count < 1:
        return np.empty(0)
    sums = [_moving(values, width) for values in (hits, exposure, (exposure > 0).astype(float))]
    (h0, e0, held0), (h1, e1, held1) = (
        [values[first : first + count] for values in sums] for first in (0, width + inside)
    )
    half = math.ceil(width / 2)
    known = (held0 >= half) & (held1 >= half)
    result = np.full(count, np.nan)
    result[known] = np.log((h1[known] + HALF) / e1[known]) - np.log((h0[known] + HALF) / e0[known])
    return result


def _moving(values: Floats, width: int) -> Floats:
    return np.convolve(values, np.ones(width), "valid")


def _event_rows(tally: Tally, name: str, day: dt.date, width: int, level: float) -> list[dict[str, object]]:
    windows = Windows.around(tally.periods, day, width)
    compared = {} if windows is None else _compared(tally, windows, level)
    rows = []
    for column, query in enumerate(tally.columns):
        for split, part in enumerate(tally.splits):
            row: dict[str, Any] = dict.fromkeys(_SCHEMA)
            row |= {"query": query, "split": part, "event": name, "date": day, "window": width}
            if windows is None:
                note = f"the {width} periods on each side are not all among those counted"
                rows.append(row | {"verdict": TOO_FEW, "note": note})
                continue
            row |= compared[column, split]
            row |= _placed(tally, column, split, windows, row.pop("lacks"))
            rows.append(row)
    return rows


def _compared(tally: Tally, windows: Windows, level: float) -> dict[tuple[int, int], dict[str, Any]]:
    """The two sides of an event for each query and split, with the interval of their ratio."""
    sides = []
    for label, at in (("before", windows.earlier), ("after", windows.later)):
        span = Period(label, tally.periods[at[0]].start, tally.periods[at[-1]].end)
        sides.append((span, list(at)))
    together = tally.together(sides)
    found: dict[tuple[int, int], dict[str, Any]] = {}
    for number, row in enumerate(compare_rates(together, level=level).table.iter_rows(named=True)):
        column, split = divmod(number, len(tally.splits))
        found[column, split] = {
            "lacks": _lacks(together, column, split),
            "before": row["per_million_before"],
            "after": row["per_million_after"],
            "hits_before": row["hits_before"],
            "hits_after": row["hits_after"],
            "ratio": row["ratio"],
            "low": row["low"],
            "high": row["high"],
        }
    return found


def _placed(
    tally: Tally, column: int, split: int, windows: Windows, lacks: Sequence[str]
) -> dict[str, object]:
    """The event's change among those at all other dates."""
    width, inside = windows.width, windows.inside
    found = changes(
        tally.hits[:, split, column].astype(float), tally.tokens[:, split].astype(float), width, inside
    )
    here = windows.before
    own, others = abs(found[here]), np.delete(np.abs(found), here)
    distance = np.delete(np.abs(np.arange(found.size) - here), here)
    known = np.isfinite(others)
    dates = int(known.sum())
    counted: dict[str, object] = {
        "dates": dates,
        "overlapping": int((known & (distance < 2 * width + inside)).sum()),
    }
    lacks = [*lacks, *([f"only {dates} other dates"] if dates < LEAST_DATES else [])]
    if not np.isfinite(own):
        lacks.insert(0, "nothing held in over half of one side")
    if lacks:
        nothing = {"ratio": None, "low": None, "high": None, "larger": None, "p": None}
        return counted | nothing | {"verdict": TOO_FEW, "note": ", ".join(lacks)}
    # Sums of windows are rounded: an equal change must count as one.
    larger = int((others[known] >= own - 1e-9).sum())
    p = (1 + larger) / (1 + dates)
    verdict = LARGE if p <= NEARLY_EVERY else ORDINARY
    return counted | {"larger": larger, "p": p, "verdict": verdict, "note": ""}


def _lacks(together: Tally, column: int, split: int) -> list[str]:
    """What both sides of an event hold too little of."""
    said = []
    if int(together.hits[:, split, column].sum()) < FEW_HITS:
        said.append(f"under {FEW_HITS} hits")
    clusters = min(int(one.moments.clusters[:, split].sum()) for one in together.clusterings)
    if clusters < FEW_CLUSTERS:
        said.append(f"under {FEW_CLUSTERS} independent pieces of evidence")
    return said


_SCHEMA: Final[dict[str, Any]] = {
    "query": pl.String,
    "split": pl.String,
    "event": pl.String,
    "date": pl.Date,
    "window": pl.Int64,
    "before": pl.Float64,
    "after": pl.Float64,
    "hits_before": pl.Int64,
    "hits_after": pl.Int64,
    "ratio": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "dates": pl.Int64,
    "larger": pl.Int64,
    "overlapping": pl.Int64,
    "p": pl.Float64,
    "verdict": pl.String,
    "note": pl.String,
}
