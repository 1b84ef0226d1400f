"""One contract for everything that can be asked of rates: any tally gives a table of values and None, never a warning or NaN."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from tendency.measures import compare_rates, compare_splits, constant_titles, rates
from tendency.measures.dispersion import widest
from tendency.tally import Parts, Period, Tally

YEARS = tuple(Period(str(1936 + i), dt.date(1936 + i, 1, 1), dt.date(1937 + i, 1, 1)) for i in range(4))
COLUMNS = ("war", "documents with war", "documents", "peace")
SPLITS = ("Sun", "Times")
Rows = list[tuple[int, int, int, int, int]]
GENERATOR = np.random.default_rng(7)

# Year, split, words, hits, hits of the reference.
CASES: dict[str, Rows] = {
    "empty": [],
    "one document": [(1, 0, 1000, 3, 1)],
    "one period": [(0, n % 2, 1000, n % 3, n % 2) for n in range(40)],
    "all zeros": [(n % 4, n % 2, 1000, 0, 0) for n in range(40)],
    "no words": [(n % 4, n % 2, 0, 0, 0) for n in range(40)],
    "gaps": [(3 * (n % 2), 0, 1000, n % 3, 1) for n in range(40)],
    "one split": [(n % 4, 1, 1000, n % 3, 2) for n in range(40)],
    "undated": [(-1, 0, 1000, 2, 2)] * 9,
    "huge": [(n % 4, n % 2, 10**12, 10**11 * (n % 5), 10**12 // 3) for n in range(40)],
    "one cluster a period": [(n, 0, 5000, n, 2) for n in range(4)],
    "bursty": [(n % 4, n % 2, 1000, int(x), int(y)) for n, (x, y) in enumerate(GENERATOR.poisson(GENERATOR.gamma(0.3, 3, (80, 2))))],
}  # fmt: skip


def counted(rows: Rows) -> tuple[Tally, Parts]:
    """The tally of these documents under title, day and both, and its parts."""
    values = np.array(rows, np.int64).reshape(-1, 5)
    year, split, words, hits, reference = values.T
    counts = np.column_stack([hits, hits > 0, np.ones_like(hits), reference])
    number = np.arange(len(rows))
    clusters = {
        "title": [f"t{one % 12}" for one in number],
        "day": [f"d{one % 15}" for one in number],
        "title x day": [f"t{one % 12} d{one % 15}" for one in number],
    }
    tally = Tally.from_counts(
        counts,
        words,
        YEARS,
        columns=COLUMNS,
        period=year,
        split=split,
        splits=SPLITS,
        clusters=clusters,
        grain="year",
    )
    parts = Parts.from_counts(
        counts,
        words,
        YEARS,
        columns=COLUMNS,
        period=year,
        split=split,
        splits=SPLITS,
        clusters=clusters,  # type: ignore[arg-type]
    )
    return tally, parts


def _constant(tally: Tally, parts: Parts) -> list[pl.DataFrame]:
    if (tally.tokens.sum(axis=1) > 0).sum() < 2:
        return []
    found, every, kept = constant_titles(tally, "newspaper")
    assert found.sentences
    return [found.changes, rates(every, smooth=3).table, rates(kept, smooth=3).table]


ASKED: dict[str, Callable[[Tally, Parts], list[pl.DataFrame]]] = {
    "words": lambda tally, parts: _tables(rates(tally, parts=parts, smooth=3)),
    "another query": lambda tally, parts: _tables(rates(tally, reference="peace", parts=parts, smooth=3)),
    "documents": lambda tally, parts: _tables(rates(tally, containing=[(0, 1)], documents=2, parts=parts, smooth=5)),
    "two spans": lambda tally, _parts: _changes(compare_rates(tally, after=3, draws=500)),
    "two spans, another query": lambda tally, _parts: _changes(compare_rates(tally, after=1, against=4, draws=500)),
    "two splits": lambda tally, _parts: _changes(compare_splits(tally, *SPLITS, draws=500)),
    "constant titles": _constant,
}  # fmt: skip


def _tables(found: object) -> list[pl.DataFrame]:
    return [getattr(found, name) for name in ("table", "widths", "deviations", "undated")]


def _changes(found: object) -> list[pl.DataFrame]:
    return [getattr(found, name) for name in ("table", "undated")]


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize("case", CASES)
def test_any_tally_gives_values_or_none(case: str, asked: str) -> None:
    """No warning, no NaN, no infinity; equal tallies give equal tables; limits lie around their value."""
    tables, again = (ASKED[asked](*counted(CASES[case])) for _ in range(2))
    for table, other in zip(tables, again, strict=True):
        assert table.equals(other)
        for name, kind in table.schema.items():
            if kind == pl.Float64:
                assert table[name].drop_nulls().is_finite().all(), name
    for table in tables:
        for low, value, high in (
            ("low", "per_million", "high"),
            ("per_thousand_low", "per_thousand", "per_thousand_high"),
            ("share_low", "share", "share_high"),
        ):
            if {low, value, high} <= set(table.columns):
                held = table.filter(pl.col(low).is_not_null())
                assert (held[low] <= held[value] + 1e-9).all()
                assert (held[value] <= held[high] + 1e-9).all()


@pytest.mark.parametrize("case", CASES)
def test_charts_of_any_tally(case: str) -> None:
    """Whatever was counted is drawn, or has no chart; nothing breaks."""
    tally, parts = counted(CASES[case])
    assert rates(tally, reference="peace", parts=parts, smooth=3).chart() is not None
    assert rates(tally, containing=[(0, 1)], documents=2).chart() is not None


def test_two_crossing_clusterings_of_any_tally() -> None:
    """The interval with both is never narrower than that of the wider one alone."""
    for rows in CASES.values():
        tally, _ = counted(rows)
        both = widest(tally, 1)
        for name, low, high in both.every:
            if name != "title x day":
                known = np.isfinite(low) & np.isfinite(high) & (tally.hits[:, :, 0] > 0)
                assert (both.high[known] >= high[known] - 1e-9).all(), name
                assert (both.low[known] <= low[known] + 1e-9).all(), name
