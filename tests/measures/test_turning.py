"""Turning points: planted ones are found where they are, and none where there is none."""

from __future__ import annotations

import datetime as dt

import numpy as np

from tendency.measures import turns
from tendency.tally import Period, Tally

YEARS = [Period(str(1900 + i), dt.date(1900 + i, 1, 1), dt.date(1901 + i, 1, 1)) for i in range(60)]


def bursty(seed: int, factor: float = 1.0, at: int = 30) -> Tally:
    """Sixty years of 25 bursty documents each, whose rate changes once."""
    generator = np.random.default_rng(seed)
    rate = np.where(np.arange(60) < at, 3e-4, 3e-4 * factor)[:, None]
    words = np.full((60, 25), 1500)
    hits = generator.poisson(rate * words * generator.gamma(0.25, 4, words.shape))
    return Tally.from_counts(
        hits.ravel(), words.ravel(), YEARS, period=np.arange(60).repeat(25), columns=["war"], grain="year"
    )


def test_planted_turn_is_found() -> None:
    """A threefold rise is found within three years, with the range of its date and the sizes before and after."""
    found = turns(bursty(1, 3.0), second_opinion=False)
    (row,) = found.table.to_dicts()
    assert abs(int(row["period"]) - 1930) <= 3
    assert row["earliest"] <= "1930" <= row["latest"]
    assert row["change"] == "level up"
    assert row["ratio_low"] < 3 < row["ratio_high"]
    assert row["before"] < row["after"]
    assert found.summary["verdict"].to_list() == ["possible"]


def test_nothing_is_found_where_nothing_turned() -> None:
    """Bursty counts without a change have no turning point, and the verdict says so."""
    found = turns(bursty(2))
    assert found.table.is_empty()
    assert found.summary["verdict"].to_list() == ["no turning point"]
