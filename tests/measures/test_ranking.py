"""Ranks: planted orders are found, and a first place that hangs on something says on what."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tendency.errors import SettingError
from tendency.measures import Checks, Ranking, ranking
from tendency.measures.ranking import FIRST, FIRST_BY_LIST, NOT_DECIDED, ranks_of
from tendency.tally import FIXED, Near, Period, Tally

YEARS = [Period(str(1936 + i), dt.date(1936 + i, 1, 1), dt.date(1937 + i, 1, 1)) for i in range(2)]


def planted(rates: tuple[tuple[float, ...], ...], documents: int = 150, seed: int = 1) -> Tally:
    """Bursty documents in which items have these hits a document, by year."""
    generator = np.random.default_rng(seed)
    hits = np.concatenate(
        [generator.poisson(np.array(r) * generator.gamma(1, 1, (documents, len(r)))) for r in rates]
    )
    return Tally.from_counts(
        hits,
        np.full(len(hits), 1000),
        YEARS[: len(rates)],
        period=np.repeat(np.arange(len(rates)), documents),
        columns=[*"abcdef"[: len(rates[0])]],
        grain="year",
        recipe="by:year",
    )


def of(found: Ranking, item: str, period: str = "1936") -> dict[str, object]:
    """One row of the table."""
    return found.table.row(by_predicate=(pl.col("query") == item) & (pl.col("period") == period), named=True)


def test_planted_order() -> None:
    """Items come out in the planted order, which changes in the second year."""
    found = ranking(planted(((4, 2, 1), (1, 2, 4))))
    assert [of(found, item)["rank"] for item in "abc"] == [1, 2, 3]
    assert [of(found, item, "1937")["rank"] for item in "abc"] == [3, 2, 1]
    assert of(found, "a")["verdict"] == of(found, "c", "1937")["verdict"] == FIRST
    assert of(found, "a")["p_first"] > 0.95
    assert (of(found, "a")["rank_low"], of(found, "a")["rank_high"]) == (1, 1)


def test_equal_items_are_not_decided() -> None:
    """Two items of the same rate: no first place, intervals over both ranks, probabilities that add to one."""
    found = ranking(planted(((2, 2),), documents=60, seed=3))
    rows = found.table.to_dicts()
    assert sum(row["p_first"] for row in rows) == pytest.approx(1)
    assert {row["verdict"] for row in rows} == {"", NOT_DECIDED}
    assert any(row["rank_low"] == 1 and row["rank_high"] == 2 for row in rows)


def test_an_unseen_item_keeps_a_chance() -> None:
    """No probability is 0 or 1, and with little text an item without a hit may well be first."""
    hits = np.zeros((10, 2), np.int64)
    hits[0, 0] = 1
    found = ranking(Tally.from_counts(hits, np.full(10, 500), YEARS[:1], columns=["a", "b"], grain="year"))
    assert 0.02 < of(found, "b")["p_first"] < 0.5
    sure = ranking(planted(((9, 0.01),)))
    assert 0 < of(sure, "b")["p_first"] < of(sure, "a")["p_first"] < 1


def test_periods_without_order() -> None:
    """Nothing held, or no item named: no rank, no probability, no verdict."""
    tally = Tally.from_counts([[0, 0]] * 20, [100] * 20, YEARS, columns=["a", "b"], grain="year")
    for row in ranking(tally).table.to_dicts():
        assert (row["rank"], row["rank_low"], row["p_first"], row["verdict"]) == (None, None, None, "")


def test_one_long_speech_is_not_a_first_place() -> None:
    """An item that leads by hits but not by documents is first by this list of words only."""
    generator = np.random.default_rng(0)
    steady = generator.poisson(1.0, 400)
    heavy = np.where(np.arange(400) % 4 == 0, generator.poisson(16, 400), 0)
    tally = Tally.from_counts(
        np.column_stack([heavy, steady]), np.full(400, 1000), YEARS[:1], columns=["a", "b"]
    )
    row = of(ranking(tally), "a")
    assert (row["rank"], row["rank_by_documents"]) == (1, 2)
    assert row["verdict"] == FIRST_BY_LIST
    assert row["broken_by"] == "by documents instead of hits"


def test_one_spelling() -> None:
    """A first place that falls when one spelling is left out names that spelling; one that holds names none."""
    tally = planted(((4, 2),))
    hits = tally.hits[:, :, 0]
    kept = Checks({"a": (("Stalin*", hits - 10),)})
    assert of(ranking(tally, checks=kept), "a")["verdict"] == FIRST
    lost = Checks({"a": (("Stalin*", hits - 10), ("bureaucra*", hits * 0))})
    row = of(ranking(tally, checks=lost), "a")
    assert (row["verdict"], row["broken_by"]) == (FIRST_BY_LIST, "without bureaucra*")


def test_first_mention() -> None:
    """A first place that another item takes by first mention falls, if enough documents name several."""
    tally = planted(((4, 2),))
    for several, verdict in ((60, FIRST_BY_LIST), (7, FIRST)):
        checks = Checks({}, np.array([[[several // 3, several - several // 3]]]), np.array([[several]]))
        row = of(ranking(tally, checks=checks), "a")
        assert row["verdict"] == verdict
        assert row["rank_by_first_mention"] == 2
        assert row["first_mentions"] == several // 3


def test_near_something() -> None:
    """A ranking near something counts hits near it, and holds them against chance."""
    generator = np.random.default_rng(2)
    every = generator.poisson(4, (200, 2))
    near = generator.binomial(every, [0.5, 0.1])
    expected = every * FIXED // 5
    columns, values = [], []
    for i, item in enumerate(("regime", "armies")):
        columns += Near.names(item)
        values += [every[:, i], near[:, i], expected[:, i]]
    tally = Tally.from_counts(
        np.column_stack(values), np.full(200, 900), YEARS[:1], columns=columns, grain="year"
    )
    found = ranking(tally, ["regime", "armies"], near="danger*")
    row = of(found, "regime")
    assert row["hits"] == near[:, 0].sum()
    assert row["all_hits"] == every[:, 0].sum()
    assert row["expected"] == pytest.approx(0.2, abs=1e-4)
    assert row["share"] == pytest.approx(0.5, abs=0.05)
    assert row["ratio_low"] < row["ratio"] < row["ratio_high"]
    assert row["ratio_low"] > 2
    assert of(found, "armies")["ratio_high"] < 0.7
    assert row["verdict"] == FIRST


@given(st.lists(st.integers(0, 5), min_size=1, max_size=6))
def test_ranks_share_the_smaller(counts: list[int]) -> None:
    """A rank is one more than the number of items with more."""
    found = ranks_of(np.array([[counts]]), np.array([[True]]))[0, 0]
    if sum(counts) == 0:
        assert np.isnan(found).all()
    else:
        assert found.tolist() == [1 + sum(other > c for other in counts) for c in counts]


def test_same_counts_same_table() -> None:
    """The ranking of the same counts is the same to the last digit."""
    assert ranking(planted(((4, 2, 1),))).table.equals(ranking(planted(((4, 2, 1),))).table)


def test_mistakes() -> None:
    """One item is no ranking."""
    with pytest.raises(SettingError, match="at least two items, not 1"):
        ranking(planted(((4,),)))


def test_probability_of_being_first_is_fair() -> None:
    """Of cases called first with 90 % or more, nearly all truly have the larger rate."""
    generator = np.random.default_rng(8)
    n = 200
    truth = generator.lognormal(0, 0.4, (n, 3))
    hits = generator.poisson(truth[:, None, :] * generator.gamma(0.5, 2, (n, 40, 3)))
    split = np.repeat(np.arange(n), 40)
    tally = Tally.from_counts(
        hits.reshape(-1, 3),
        np.full(n * 40, 1000),
        YEARS[:1],
        columns=["a", "b", "c"],
        split=split,
        splits=[str(i) for i in range(n)],
    )
    table = ranking(tally, draws=500).table
    first = np.stack([table.filter(query=q)["p_first"].to_numpy() for q in "abc"], axis=1)
    right = truth.argmax(axis=1)[:, None] == np.arange(3)
    sure = first >= 0.9
    assert sure.sum() > 20
    assert right[sure].mean() >= 0.9
    # Brier score better than that of a third for each.
    assert ((first - right) ** 2).mean() < 0.19
