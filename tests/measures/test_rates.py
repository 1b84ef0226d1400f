"""Rates: every period present, nothing held is null, no hit is zero with an upper limit."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pytest

from tendency.errors import SettingError
from tendency.measures import PUBLIC, rates
from tendency.tally import Period, Tally

YEARS = [Period(str(1936 + i), dt.date(1936 + i, 1, 1), dt.date(1937 + i, 1, 1)) for i in range(4)]


def counted(hits: list[int], words: list[int], period: list[int], **more: object) -> Tally:
    """A tally of one query by year."""
    return Tally.from_counts(hits, words, YEARS, period=period, columns=["war"], grain="year", **more)  # type: ignore[arg-type]


def test_columns_are_the_public_ones() -> None:
    """The table begins with exactly the public columns, in their order, with real dates."""
    table = rates(counted([1], [10], [0])).table
    assert tuple(table.columns[: len(PUBLIC)]) == PUBLIC
    beside = ["clusters", "cluster", "interval", "note", "too_few", "exposure", "denominator"]
    assert table.columns[len(PUBLIC) :] == beside
    assert table["denominator"].to_list() == ["words"] * 4
    assert table.row(0, named=True)["start"] == dt.date(1936, 1, 1)
    assert table.row(0, named=True)["end"] == dt.date(1937, 1, 1)


def test_ratio_of_sums() -> None:
    """A rate is all hits over all words, not the mean of the documents' rates."""
    table = rates(counted([1, 10], [1000, 1000], [0, 0])).table
    assert table["per_million"][0] == 5500.0
    table = rates(counted([1, 0], [100, 900], [0, 0])).table
    assert table["per_million"][0] == 1000.0


def test_nothing_held_is_null_and_no_hit_is_zero() -> None:
    """Every period is present: without text no rate, with text and no hit zero and an upper limit."""
    tally = counted([3, 4] * 10 + [0] * 20, [1000] * 40, [0] * 20 + [2] * 20)
    rows = rates(tally).table.to_dicts()
    assert [row["period"] for row in rows] == ["1936", "1937", "1938", "1939"]
    for empty in (rows[1], rows[3]):
        assert (empty["per_million"], empty["low"], empty["high"]) == (None, None, None)
        assert (empty["tokens"], empty["note"], empty["too_few"]) == (0, "nothing held", False)
    assert rows[2]["per_million"] == rows[2]["low"] == 0
    # At least the rule of three: 3 hits in 20,000 words.
    assert rows[2]["high"] >= 149
    assert rows[2]["note"] == "too few hits"
    assert rows[2]["too_few"]


def test_undated_stand_beside() -> None:
    """What is not datable at this grain is in no row, and is counted beside."""
    found = rates(counted([3, 5], [1000, 2000], [0, -1]))
    assert found.table["hits"].sum() == 3
    assert found.undated.to_dicts() == [
        {"query": "war", "split": "all", "documents": 1, "tokens": 2000, "hits": 5}
    ]


def test_one_document_has_no_interval() -> None:
    """One document alone says nothing about others: its rate is given, an interval is not."""
    (row, *_) = rates(counted([8], [3000], [0])).table.to_dicts()
    assert row["per_million"] == pytest.approx(8e6 / 3000)
    assert (row["low"], row["high"], row["interval"]) == (None, None, "none")
    assert row["note"] == "too few clusters and hits"


def test_a_query_that_is_never_found() -> None:
    """All zeros: rates of zero with finite upper limits, no warnings."""
    rows = rates(counted([0] * 40, [500] * 40, [0, 1, 2, 3] * 10)).table.to_dicts()
    assert all(row["per_million"] == 0 and row["low"] == 0 and math.isfinite(row["high"]) for row in rows)


def test_empty_tally() -> None:
    """No document at all: every period, nothing held."""
    assert set(rates(counted([], [], [])).table["note"]) == {"nothing held"}
    assert rates(Tally.from_counts([], [], [], columns=["war"])).table.height == 0


def test_huge_counts() -> None:
    """Counts near 2⁶³ give finite figures."""
    big = 1 << 59
    rows = rates(counted([big // 7, big // 5, big // 6] * 3, [big] * 9, [0] * 9)).table.to_dicts()
    assert 0 < rows[0]["low"] < rows[0]["per_million"] < rows[0]["high"] <= 1e6


def test_no_more_hits_than_words() -> None:
    """The upper limit is never over a million per million."""
    assert rates(counted([9, 0, 10], [10, 10, 10], [0, 0, 0])).table["high"].max() <= 1e6


def test_interval_widens_with_the_level() -> None:
    """99 % is wider than 95 %, which is wider than 50 %; a level that is none is refused."""
    tally = counted([3, 0, 4, 1] * 10, [1000] * 40, [0] * 40)
    widths = [
        math.log(t["high"][0] / t["low"][0]) for t in (rates(tally, level=q).table for q in (0.5, 0.95, 0.99))
    ]
    assert widths == sorted(widths)
    assert widths[0] < widths[2]
    with pytest.raises(SettingError, match="a level of 95 is no confidence"):
        rates(tally, level=95)


def test_order_of_documents_does_not_matter() -> None:
    """The same documents in any order give the same bytes."""
    generator = np.random.default_rng(5)
    hits, words, period = (
        generator.poisson(1, 200),
        generator.integers(100, 900, 200),
        generator.integers(0, 4, 200),
    )
    order = generator.permutation(200)
    one = rates(counted(hits.tolist(), words.tolist(), period.tolist())).table
    other = rates(counted(hits[order].tolist(), words[order].tolist(), period[order].tolist())).table
    assert one.equals(other)


def test_result_shows_itself() -> None:
    """A notebook gets the table and the chart; pandas gets the same rows; the recipe says what was done."""
    tally = counted([3, 0, 4, 1] * 10, [1000] * 40, [0, 1, 2, 3] * 10, recipe="by:year|cluster:document")
    found = rates(tally)
    bundle = found._repr_mimebundle_()
    assert "<svg" in bundle["text/html"]
    assert "war" in bundle["text/html"]
    assert found.recipe == "rate|by:year|cluster:document|ci:cluster95"


def test_interval_covers_in_a_small_simulation() -> None:
    """One cell of the grid of bench/statistics: 93 to 97 % pooled over periods, 90 to 97 % alone."""
    generator = np.random.default_rng(11)
    for periods, replications, low, high in ((10, 100, 93, 97.5), (1, 1000, 90, 98)):
        shape = (replications, periods, 25)
        words = generator.integers(500, 3000, shape)
        counts = generator.poisson(30 / 25 / 1750 * words * generator.gamma(0.25, 4, shape))
        split, period, _ = np.indices(shape)
        tally = Tally.from_counts(
            counts.ravel(),
            words.ravel(),
            YEARS[:1]
            if periods == 1
            else [Period(str(i), dt.date(i + 1, 1, 1), dt.date(i + 2, 1, 1)) for i in range(10)],
            period=period.ravel(),
            split=split.ravel(),
            splits=[str(i) for i in range(replications)],
        )
        table = rates(tally).table
        truth = 1e6 * 30 / 25 / 1750
        covered = 100 * float(((table["low"] <= truth) & (truth <= table["high"])).mean())  # type: ignore[arg-type]
        assert low <= covered <= high
