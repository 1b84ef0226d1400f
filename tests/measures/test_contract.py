"""One contract for every measure that starts from a tally, whatever the tally is like.

A measure is added with one line in ``MEASURES``.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import polars as pl
import pytest

from tendency.errors import SettingError
from tendency.measures import (
    Read,
    Result,
    aim_changes,
    aims,
    before_after,
    comovement,
    compare_rates,
    flips,
    forecast,
    judged,
    order_changes,
    ranking,
    rates,
    trend,
    turns,
)
from tendency.measures.polemics import polemics
from tendency.tally import FIXED, Around, Near, Period, Tally
from tendency.tally.tally import Undated

WINDOWS = (10, 30, 100)
OUTSIDE = pl.DataFrame(
    {
        "date": [dt.date(1930 + year, 1, 1) for year in range(12)],
        "value": [float(year % 5) for year in range(12)],
    }
)


def two_items(hits: np.ndarray) -> dict[str, np.ndarray]:
    """Two items, of which the second runs the other way."""
    return {"a": hits, "b": hits[::-1]}


def around(hits: np.ndarray) -> dict[str, np.ndarray]:
    """A slogan around two aims: half of the hits near the first, a third near the second, and by chance a quarter."""
    columns = {"slogan": hits}
    for window in WINDOWS:
        for aim, part in (("x", 2), ("y", 3)):
            columns[Around.near(aim, window)] = hits // part
            columns[Around.expected(aim, window)] = hits * (FIXED // 4)
        columns[Around.neither(window)] = hits // 4
        columns[Around.several(window)] = hits // 8
    return columns


def near(hits: np.ndarray) -> dict[str, np.ndarray]:
    """Two items near something."""
    return {
        column: values
        for item, held in two_items(hits).items()
        for column, values in zip(Near.names(item), (held, held // 2, held * (FIXED // 4)), strict=True)
    }


def read_in(tally: Tally) -> list[Read]:
    """Up to five hits read of each cell, of which some are the thing."""
    return [
        Read(("asserts", "rejects", "asserts", "reports", "other sense")[number], period, (split,), column)
        for period, split, column in np.ndindex(*tally.hits.shape)
        for number in range(min(5, int(tally.hits[period, split, column])))
    ]


class Measure(NamedTuple):
    """What is counted, and what is made of it.

    Attributes:
        columns: The columns, from the hits of each document.
        measure: The measure.
        every_period: Whether a table of it that has periods has each of the tally's, and no other.
    """

    columns: Callable[[np.ndarray], dict[str, np.ndarray]]
    measure: Callable[[Tally], Result]
    every_period: bool = True


MEASURES: dict[str, Measure] = {
    "rates": Measure(two_items, rates),
    "ranking": Measure(two_items, ranking),
    "ranking near": Measure(near, lambda tally: ranking(tally, ("a", "b"), near="c")),
    "aims": Measure(around, lambda tally: aims(tally, "slogan", ("x", "y"))),
    "compare rates": Measure(two_items, compare_rates),
    "order changes": Measure(two_items, order_changes),
    "aim changes": Measure(around, lambda tally: aim_changes(tally, "slogan", ("x", "y"))),
    "polemics": Measure(near, lambda tally: polemics(tally, ("a", "b"))),
    "judged": Measure(two_items, lambda tally: judged(tally, read_in(tally))),
    "trend": Measure(two_items, trend),
    "turns": Measure(two_items, turns),
    "flips": Measure(two_items, flips),
    "forecast": Measure(two_items, forecast, every_period=False),
    "before and after": Measure(two_items, lambda tally: before_after(tally, {"E": dt.date(1933, 1, 1)})),
    "comovement": Measure(two_items, lambda tally: comovement(tally, OUTSIDE)),
}


class Case(NamedTuple):
    """A tally that may be hard on a measure.

    Attributes:
        scarce: Under 8 independent pieces of evidence or under 10 hits in all: nothing may be claimed.
        rows: Hits, words, period and split of each document.
        periods: How many periods there are.
        splits: Names of the splits.
        clustered: Whether it knows clusters.
    """

    scarce: bool
    rows: Sequence[tuple[int, int, int, int]]
    periods: int = 6
    splits: tuple[str, ...] = ("all",)
    clustered: bool = True


def steady(
    documents: int = 12, periods: int = 6, hits: int = 3, words: int = 1000
) -> list[tuple[int, int, int, int]]:
    """As many documents in each period, with hits that vary from one to the next."""
    return [
        (hits * (1 + number % 3), words + number, period, 0)
        for period in range(periods)
        for number in range(documents)
    ]


CASES: dict[str, Case] = {
    "ordinary": Case(False, steady()),
    "empty": Case(True, [], periods=0),
    "no text": Case(True, []),
    "no words": Case(True, [(0, 0, period, 0) for period in range(6)]),
    "one period": Case(False, steady(periods=1), periods=1),
    "all zeros": Case(True, steady(hits=0)),
    "one document": Case(True, [(4, 500, 2, 0)]),
    "one document, one period": Case(True, [(400, 500, 0, 0)], periods=1),
    "one document a period": Case(
        False, [(3 + period % 4, 900, period, 0) for period in range(20)], periods=20
    ),
    "one hit only": Case(True, [(int(row == (3, 1000, 4, 0)), *row[1:]) for row in steady()]),
    "huge counts": Case(False, steady(hits=10**11, words=10**12)),
    "huge text, few hits": Case(False, steady(hits=1, words=10**12)),
    "every word a hit": Case(False, [(1000, 1000, *row[2:]) for row in steady()]),
    "gaps": Case(False, [row for row in steady(periods=12) if row[2] in (1, 2, 7, 11)], periods=12),
    "no clusters": Case(False, steady(), clustered=False),
    "splits": Case(
        False,
        [(*row[:3], number % 2) for number, row in enumerate(steady())],
        splits=("left", "right", "silent"),
    ),
    "a split without hits": Case(
        False,
        [(row[0] * (number % 2), *row[1:3], number % 2) for number, row in enumerate(steady())],
        splits=("silent", "loud"),
    ),
}


def made(case: Case, columns: Callable[[np.ndarray], dict[str, np.ndarray]]) -> Tally:
    """The tally of a case, with the columns that a measure needs."""
    rows = np.array(case.rows, np.int64).reshape(-1, 4)
    counts = columns(rows[:, 0])
    axis = [
        Period(str(year), dt.date(year, 1, 1), dt.date(year + 1, 1, 1))
        for year in range(1930, 1930 + case.periods)
    ]
    tally = Tally.from_counts(
        np.stack(list(counts.values()), axis=1),
        rows[:, 1],
        axis,
        period=rows[:, 2],
        columns=list(counts),
        split=rows[:, 3],
        splits=case.splits,
        clusters={"document": None} if case.clustered else {},
        grain="year",
        recipe="by:year",
    )
    assert isinstance(tally.undated, Undated)
    return tally


def tables(result: Result) -> dict[str, pl.DataFrame]:
    """Every table of a result by its name."""
    named = {field.name: getattr(result, field.name) for field in dataclasses.fields(result)}
    return {name: value for name, value in named.items() if isinstance(value, pl.DataFrame)}


def measured(measure: Measure, case: Case) -> Result | None:
    """The result, or None where the measure says in a sentence why there is none."""
    return unless_refused(lambda: measure.measure(made(case, measure.columns)))


def unless_refused(work: Callable[[], Any]) -> Any:
    """What the work gives, or None where it is refused with a sentence."""
    try:
        return work()
    except SettingError as error:
        said = str(error)
    assert len(said.split()) > 4
    assert said.endswith(".")
    return None


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("name", MEASURES)
def test_any_tally(name: str, case: str) -> None:
    """A measure of any tally has a table without what is no number, every period, and no claim on too little; or says why it has none."""
    measure, given = MEASURES[name], CASES[case]
    result = measured(measure, given)
    if result is None:
        # Refusing what is fit to be measured would keep every other promise too.
        assert case not in ("ordinary", "gaps", "splits", "huge counts")
        return
    assert result.recipe.strip("| ")
    unless_refused(result.chart)
    for table in tables(result).values():
        for column in table.iter_columns():
            if column.dtype.is_float():
                assert all(math.isfinite(value) for value in column.drop_nulls()), column.name
        if given.scarce:
            for row in table.to_dicts():
                assert row.get("verdict") in (None, "", "too few") or row.get("too_few"), row
    if measure.every_period:
        _has_every_period(result.table, given)
    if given.scarce and "too_few" in result.table.columns and "tokens" in result.table.columns:
        assert result.table.filter(pl.col("tokens") > 0)["too_few"].all()


def _has_every_period(table: pl.DataFrame, case: Case) -> None:
    if "period" not in table.columns or "split" not in table.columns:
        return
    wanted = [str(year) for year in range(1930, 1930 + case.periods)]
    keys = [name for name in ("query", "split", "aim", "window") if name in table.columns]
    for part in table.partition_by(keys) if table.height else ():
        assert part["period"].to_list() == wanted


@pytest.mark.parametrize("name", MEASURES)
def test_equal_tallies_give_equal_bytes(name: str) -> None:
    """The same counts give the same tables and recipe, to the last byte."""
    first, second = (measured(MEASURES[name], CASES["splits"]) for _ in range(2))
    assert first is not None
    assert second is not None
    assert first.recipe == second.recipe
    assert {key: _bytes(table) for key, table in tables(first).items()} == {
        key: _bytes(table) for key, table in tables(second).items()
    }


def _bytes(table: pl.DataFrame) -> bytes:
    written = io.BytesIO()
    table.write_ipc(written)
    return written.getvalue()


@pytest.mark.parametrize("name", MEASURES)
def test_a_result_shows_itself(name: str) -> None:
    """A result of ordinary counts has rows, and its chart, where it has one, can be drawn."""
    from tendency.charts import svg

    result = measured(MEASURES[name], CASES["ordinary"])
    assert result is not None
    assert any(table.height for table in tables(result).values())
    spec = result.chart()
    if spec is not None:
        assert svg(spec).startswith("<svg")
