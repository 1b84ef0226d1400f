"""Before and after: planted changes are found, and what did not change is not claimed."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tendency.errors import SettingError
from tendency.measures import aim_changes, compare_rates, holm, order_changes
from tendency.measures.comparison import (
    FAMILY_ERROR,
    FELL,
    GREW_WITH_CHANCE,
    REVERSED,
    ROSE,
    TOO_FEW,
    UNDECIDED,
)
from tendency.tally import FIXED, Around, Period, Tally

SPANS = [
    Period("before", dt.date(1936, 1, 1), dt.date(1941, 1, 1)),
    Period("after", dt.date(1941, 1, 1), dt.date(1945, 1, 1)),
]


def planted(
    before: tuple[float, ...], after: tuple[float, ...], documents: int = 300, seed: int = 1
) -> Tally:
    """Bursty documents with these hits a document before and after."""
    generator = np.random.default_rng(seed)
    hits = np.concatenate(
        [
            generator.poisson(np.array(r) * generator.gamma(0.5, 2, (documents, len(r))))
            for r in (before, after)
        ]
    )
    return Tally.from_counts(
        hits,
        np.full(2 * documents, 1000),
        SPANS,
        period=np.repeat([0, 1], documents),
        columns=[*"abcd"[: len(before)]],
    )


def test_rates_that_changed() -> None:
    """A rate that doubled rose, one that halved fell, one that stayed is not said to have moved."""
    table = compare_rates(planted((1, 2, 1), (2, 1, 1))).table
    assert table["verdict"].to_list() == [ROSE, FELL, UNDECIDED]
    row = table.row(0, named=True)
    assert row["low"] < row["ratio"] < row["high"]
    assert row["ratio"] == pytest.approx(2, rel=0.35)
    assert (row["before"], row["after"]) == ("before", "after")


def test_orders_that_reversed() -> None:
    """Two items that changed places are found, with the one that led before named first."""
    table = order_changes(planted((3, 1, 1), (1, 3, 1))).table
    row = table.row(by_predicate=(pl.col("first") == "a") & (pl.col("second") == "b"), named=True)
    assert row["verdict"] == REVERSED
    assert row["lead_before_low"] > 1 > row["lead_after_high"]
    others = table.filter(~((pl.col("first") == "a") & (pl.col("second") == "b")))
    assert set(others["verdict"]) == {UNDECIDED}


def test_order_that_fell_to_a_tie_is_not_a_reversal() -> None:
    """A lead that was lost is not a reversed order."""
    assert REVERSED not in set(order_changes(planted((3, 1), (1, 1), seed=2)).table["verdict"])


def test_too_few() -> None:
    """Under 8 clusters, or under 10 hits, nothing is claimed, and the family is not widened by it."""
    assert set(order_changes(planted((9, 1), (1, 9), documents=7)).table["verdict"]) == {TOO_FEW}
    assert set(compare_rates(planted((0.01, 0.01), (0.01, 0.01), documents=50)).table["verdict"]) == {TOO_FEW}
    table = compare_rates(planted((1, 0.001), (2, 0.001))).table
    assert table["p_family"][0] == table["p"][0]
    assert table["p_family"][1] is None


def test_nothing_held_in_a_span() -> None:
    """A span without text gives no figures, only "too few"."""
    tally = Tally.from_counts([[5, 1]] * 20, [100] * 20, SPANS, columns=["a", "b"])
    (row,) = order_changes(tally).table.to_dicts()
    assert (row["verdict"], row["p"], row["lead_after"]) == (TOO_FEW, None, None)
    assert compare_rates(tally).table["ratio"].to_list() == [None, None]


def test_false_reversals_are_rare() -> None:
    """Families of four items that do not change, or only lose a lead: at most 5 % claim a reversal."""
    generator = np.random.default_rng(6)
    n, documents = 60, 60
    for before, after in (((1, 1, 1, 1), (1, 1, 1, 1)), ((5, 1, 1, 1), (1, 1, 1, 1))):
        level = np.array([before, after], float)[None, :, None, :]
        hits = generator.poisson(level * generator.gamma(0.5, 2, (n, 2, documents, 4)))
        split, period, _ = np.indices((n, 2, documents))
        tally = Tally.from_counts(
            hits.reshape(-1, 4),
            np.full(n * 2 * documents, 1000),
            SPANS,
            period=period.ravel(),
            split=split.ravel(),
            splits=[str(i) for i in range(n)],
            columns=[*"abcd"],
        )
        false = 0
        for family in order_changes(tally, draws=1000).table.partition_by("split"):
            false += any(p is not None and p <= FAMILY_ERROR for p in holm(family["p"].to_list()))
        assert false / n <= 0.05


def moved(share: tuple[float, float], chance: tuple[float, float]) -> Tally:
    """A slogan with one aim, near it in these shares before and after, against these chances."""
    generator = np.random.default_rng(9)
    hits = generator.poisson(3, 800)
    late = np.repeat([0, 1], 400)
    near = generator.binomial(hits, np.array(share)[late])
    expected = np.round(hits * np.array(chance)[late] * FIXED).astype(np.int64)
    return Tally.from_counts(
        np.column_stack([hits, near, expected]),
        np.full(800, 1000),
        SPANS,
        period=late,
        columns=["slogan", Around.near("regime", 30), Around.expected("regime", 30)],
    )


def test_a_theme_that_grew_everywhere_is_no_change_of_content() -> None:
    """The share doubled because the words are everywhere: no change against chance, and the note says so."""
    (row,) = aim_changes(moved((0.2, 0.4), (0.2, 0.4)), "slogan", ["regime"], windows=(30,)).table.to_dicts()
    assert row["share_after"] > 1.7 * row["share_before"]
    assert row["verdict"] == UNDECIDED
    assert row["note"] == GREW_WITH_CHANCE
    assert row["low"] < 1 < row["high"]


def test_an_aim_that_took_over_against_chance() -> None:
    """The share doubled though the words did not spread: the ratio to chance rose."""
    (row,) = aim_changes(moved((0.2, 0.4), (0.2, 0.2)), "slogan", ["regime"], windows=(30,)).table.to_dicts()
    assert (row["verdict"], row["note"]) == (ROSE, "")
    assert row["change"] == pytest.approx(2, rel=0.3)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_holm_against_the_definition(p: list[float]) -> None:
    """Step-down: each sorted p times the number still in play, never less than the one before."""
    found = holm(p)
    order = sorted(range(len(p)), key=lambda i: p[i])
    running = 0.0
    for rank, i in enumerate(order):
        running = max(running, min(1.0, p[i] * (len(p) - rank)))
        assert found[i] == pytest.approx(running)


def test_holm_by_hand() -> None:
    """A worked example; what was not tested does not count."""
    assert holm([0.01, None, 0.04, 0.03]) == [0.03, None, 0.06, 0.06]


def test_mistakes() -> None:
    """A period that is compared with itself, or is not there, and a tally without clusters."""
    with pytest.raises(SettingError, match="two different periods of the 2 there are, not 1 and 1"):
        compare_rates(planted((1,), (1,)), before=1)
    bare = Tally.from_counts([1], [10], SPANS, columns=["a"], clusters={})
    with pytest.raises(SettingError, match="needs a tally with clusters"):
        compare_rates(bare)
