"""Two splits of one period: a planted difference is found, a shared course is taken out, names are checked."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from tendency.errors import SettingError
from tendency.measures import compare_splits
from tendency.measures.comparison import HIGHER, LOWER, TOO_FEW, UNDECIDED
from tendency.tally import Period, Tally

YEARS = [Period(str(1936 + i), dt.date(1936 + i, 1, 1), dt.date(1937 + i, 1, 1)) for i in range(2)]


def two_papers(rates: tuple[float, float], days: int = 120, *, shared: bool, seed: int = 1) -> Tally:
    """Two papers with a page a day each; with ``shared`` the news of the day moves both."""
    generator = np.random.default_rng(seed)
    news = generator.gamma(0.5, 2, (days, 1)) if shared else generator.gamma(0.5, 2, (days, 2))
    hits = generator.poisson(np.array(rates) * news * np.ones((days, 2)))
    day, paper = np.indices((days, 2))
    return Tally.from_counts(
        hits.ravel(),
        np.full(2 * days, 1000),
        YEARS,
        period=(day >= days // 2).ravel().astype(int),
        split=paper.ravel(),
        splits=("Sun", "Times"),
        clusters={"day": [str(one) for one in day.ravel()]},
        columns=["war"],
    )


def test_a_planted_difference_in_each_period() -> None:
    """Twice as often in the second paper: higher; the other way round it is lower; the period is named."""
    table = compare_splits(two_papers((2, 6), shared=True), "Sun", "Times").table
    assert table["period"].to_list() == ["1936", "1937"]
    assert table["verdict"].to_list() == [HIGHER, HIGHER]
    assert (table["before"][0], table["after"][0]) == ("Sun", "Times")
    assert all(row["low"] < 3 < row["high"] for row in table.to_dicts())
    back = compare_splits(two_papers((2, 6), shared=True), "Times", "Sun").table
    assert back["verdict"].to_list() == [LOWER, LOWER]


def test_news_that_moves_both_papers_is_taken_out() -> None:
    """Clusters with text in both are compared with themselves: the interval is narrower than of independent ones."""
    widths = []
    for shared in (True, False):
        (row, _) = compare_splits(two_papers((4, 4), shared=shared), "Sun", "Times").table.to_dicts()
        assert row["verdict"] == UNDECIDED
        widths.append(np.log(row["high"] / row["low"]))
    assert widths[0] < 0.75 * widths[1]


def test_nothing_held_and_too_few() -> None:
    """A paper without text in a period has no figures there; a week of days is too few."""
    tally = two_papers((2, 4), days=12, shared=True)
    assert set(compare_splits(tally, "Sun", "Times").table["verdict"]) == {TOO_FEW}
    one = Tally.from_counts([3] * 20, [100] * 20, YEARS, split=[0] * 20, splits=("Sun", "Times"))
    (row, empty) = compare_splits(one, "Sun", "Times").table.to_dicts()
    assert (row["ratio"], row["verdict"], empty["verdict"]) == (None, TOO_FEW, TOO_FEW)
    nothing = Tally.from_counts([], [], [], splits=("Sun", "Times"))
    assert compare_splits(nothing, "Sun", "Times").table.height == 0


def test_mistakes() -> None:
    """A split that is not there is answered with the nearest; the same twice is no comparison."""
    tally = two_papers((1, 1), days=12, shared=True)
    with pytest.raises(SettingError, match=r"no split 'Time' .*; did you mean 'Times'\?"):
        compare_splits(tally, "Sun", "Time")
    with pytest.raises(SettingError, match="two different splits, not 'Sun' twice"):
        compare_splits(tally, "Sun", "Sun")
