"""Flips: one item overtakes another for good, or does not."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from tendency.errors import SettingError
from tendency.measures import flips
from tendency.tally import Period, Tally

YEARS = [Period(str(1900 + i), dt.date(1900 + i, 1, 1), dt.date(1901 + i, 1, 1)) for i in range(60)]


def pair(seed: int, before: float, after: float, *, columns: tuple[str, str] = ("peace", "bread")) -> Tally:
    """Sixty years of 25 bursty documents, with the ratio of two rates before and after 1930."""
    generator = np.random.default_rng(seed)
    half = np.sqrt(np.where(np.arange(60) < 30, before, after))[:, None]
    words = np.full((60, 25), 1500)
    hits = [
        generator.poisson(3e-4 * lead * words * generator.gamma(0.25, 4, words.shape)).ravel()
        for lead in (half, 1 / half)
    ]
    return Tally.from_counts(
        np.stack(hits, axis=1),
        words.ravel(),
        YEARS,
        period=np.arange(60).repeat(25),
        columns=columns,
        grain="year",
    )


def test_planted_flip_is_found() -> None:
    """An item that leads threefold and then trails threefold flips near the right year, named first as it led."""
    found = flips(pair(3, 1 / 3, 3))
    (row,) = found.table.to_dicts()
    assert (row["first"], row["second"], row["verdict"]) == ("bread", "peace", "firm")
    assert abs(int(row["period"]) - 1930) <= 3
    assert row["earliest"] <= row["period"] <= row["latest"]
    assert row["lead_before_low"] < 3 < row["lead_before_high"]
    assert row["lead_after_low"] < 1 / 3 < row["lead_after_high"]
    assert row["lead_after_high"] < 1 < row["lead_before_low"]
    assert found.summary["verdict"].to_list() == ["flipped"]


def test_a_lead_that_ends_in_a_tie_is_no_flip() -> None:
    """Two items that draw level after a large lead have not changed places; neither have two that never differed."""
    for before, after in ((4.0, 1.0), (1.0, 1.0), (3.0, 3.0)):
        found = flips(pair(2, before, after))
        assert found.table.is_empty()
        assert found.summary["verdict"].to_list() == ["no flip"]


def test_items_may_be_given_by_name() -> None:
    """A mapping says in which column each item is counted; the results carry its names."""
    tally = pair(1, 3, 1 / 3, columns=("peace\x1fnear", "bread\x1fnear"))
    found = flips(tally, {"Peace": "peace\x1fnear", "Bread": "bread\x1fnear"})
    assert found.table.select("first", "second").rows() == [("Peace", "Bread")]
    assert found.summary.select("first", "second").rows() == [("Peace", "Bread")]
    with pytest.raises(SettingError, match="a flip needs at least two items, not 1"):
        flips(tally, {"Peace": "peace\x1fnear"})


def test_every_tally_has_a_verdict() -> None:
    """Nothing held, no hit, one document, huge counts: each has a verdict, and never an error."""
    empty = Tally.none(("a", "b"), "year", (), ("all",), ("document",))
    none = Tally.from_counts(np.zeros((60, 2), int), np.full(60, 100), YEARS, period=np.arange(60))
    one = Tally.from_counts([[5, 9]], [100], YEARS, period=[7])
    for tally in (empty, none, one):
        assert flips(tally).summary["verdict"].to_list() == ["too few"]
    huge = np.tile([[10**12, 10**11]], (60, 1))
    huge[30:] = huge[30:, ::-1]
    period = np.arange(60)
    counts = Tally.from_counts(huge, np.full(60, 10**13), YEARS, period=period)
    assert flips(counts).summary["verdict"].to_list() == ["flipped"]


def test_same_counts_give_the_same_bytes() -> None:
    """Equal tallies give equal results."""
    assert flips(pair(1, 3, 1 / 3)).table.write_json() == flips(pair(1, 3, 1 / 3)).table.write_json()
