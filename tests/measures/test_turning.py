"""Turning points: planted ones are found where they are, and none where there is none."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest
from numpy.typing import ArrayLike

from tendency.errors import SettingError
from tendency.measures import Series, Turns, turns
from tendency.measures.turning import second, smoothed
from tendency.measures.working import working
from tendency.tally import Period, Tally

YEARS = [Period(str(1900 + i), dt.date(1900 + i, 1, 1), dt.date(1901 + i, 1, 1)) for i in range(60)]


def documents(seed: int, factor: float = 1.0, at: int = 30) -> tuple[np.ndarray, np.ndarray]:
    """Hits and words of 25 bursty documents in each of sixty years, whose rate changes once."""
    generator = np.random.default_rng(seed)
    rate = np.where(np.arange(60) < at, 3e-4, 3e-4 * factor)[:, None]
    words = np.full((60, 25), 1500)
    return generator.poisson(rate * words * generator.gamma(0.25, 4, words.shape)), words


def bursty(seed: int, factor: float = 1.0) -> Tally:
    """Their tally."""
    return by_year(*documents(seed, factor))


def by_year(hits: ArrayLike, words: ArrayLike) -> Tally:
    """The tally of documents, one row a year."""
    counts = np.asarray(hits)
    period = np.arange(counts.shape[0]).repeat(counts.shape[1])
    return Tally.from_counts(
        counts.ravel(), np.asarray(words).ravel(), YEARS, period=period, columns=["war"], grain="year"
    )


def test_planted_turn_is_found() -> None:
    """A threefold rise is found within three years, with the range of its date and the sizes before and after."""
    found = turns(bursty(1, 3.0))
    (row,) = found.table.to_dicts()
    assert abs(int(row["period"]) - 1930) <= 3
    assert row["earliest"] <= "1930" <= row["latest"]
    assert row["earliest_start"] <= dt.date(1930, 1, 1) <= row["latest_start"]
    assert (row["change"], row["verdict"], row["second_opinion"]) == ("level up", "firm", True)
    assert row["ratio_low"] < 3 < row["ratio_high"]
    assert row["after"] / row["before"] == pytest.approx(row["ratio"])
    assert (row["growth_before"], row["growth_after"]) == (None, None)
    assert found.summary["verdict"].to_list() == ["firm"]


def test_nothing_is_found_where_nothing_turned() -> None:
    """Bursty counts without a change have no turning point, and the verdict says so."""
    found = turns(bursty(2))
    assert found.table.is_empty()
    assert found.summary["verdict"].to_list() == ["no turning point"]


def test_without_a_second_opinion_a_turn_is_only_possible() -> None:
    """Firm needs two methods that agree."""
    table = turns(bursty(1, 3.0), second_opinion=False).table
    assert (table["second_opinion"].to_list(), table["verdict"].to_list()) == ([None], ["possible"])


def test_steady_growth_is_not_a_firm_turn() -> None:
    """Where growth at a constant rate explains the counts as well as a turn, no turn is firm and the note says why."""
    generator = np.random.default_rng(5)
    rate = 3e-4 * np.exp(np.linspace(-0.7, 0.7, 60))[:, None]
    words = np.full((60, 25), 1500)
    found = turns(by_year(generator.poisson(rate * words * generator.gamma(0.5, 2, words.shape)), words))
    assert found.table["verdict"].to_list() == ["possible"]
    assert "steady growth explains it as well" in found.summary["note"][0]


@pytest.mark.parametrize(("low", "high"), [(0, 50), (2, 200), (10**6, 10**9)])
def test_a_great_change_is_one_turn_with_its_sizes(low: int, high: int) -> None:
    """A change by a large factor is one turn in its year, not a second one a few years before it, and neither size is bent."""
    generator = np.random.default_rng(1)
    hits = generator.poisson(
        np.repeat([[low / 4] * 4, [high / 4] * 4], 30, axis=0) * generator.gamma(4, 0.25, (60, 4))
    )
    words = np.full((60, 4), max(10_000, 10 * high))
    (row,) = turns(by_year(hits, words), second_opinion=False).table.to_dicts()
    assert (row["period"], row["earliest"], row["latest"]) == ("1930",) * 3
    for side, part in (("before", hits[:30]), ("after", hits[30:])):
        assert row[side] == pytest.approx(1e6 * part.mean() / words[0, 0], rel=0.15, abs=25)


def test_less_text_is_not_a_higher_rate() -> None:
    """A rare word whose text grows tenfold has no turning point: the many years without a hit mean little."""
    generator = np.random.default_rng(4)
    words = np.where(np.arange(60) < 30, 150, 1500)[:, None] * np.ones((1, 25), int)
    found = turns(by_year(generator.poisson(4e-5 * words), words), second_opinion=False)
    assert found.summary["verdict"].to_list() == ["no turning point"]


def test_same_counts_give_the_same_bytes() -> None:
    """Equal tallies give equal results, the second opinion included."""
    first, again = turns(bursty(1, 2.0)), turns(bursty(1, 2.0))
    for name in ("table", "summary", "curve"):
        assert getattr(first, name).write_json() == getattr(again, name).write_json()


def test_gaps_are_gaps() -> None:
    """Years of which nothing was held have no rate and no curve, and a turn around them keeps its date."""
    hits, words = documents(6, 4.0)
    keep = np.r_[0:40, 50:60]
    period = keep.repeat(25)
    tally = Tally.from_counts(
        hits[keep].ravel(), words[keep].ravel(), YEARS, period=period, columns=["war"], grain="year"
    )
    found = turns(tally)
    assert found.summary["periods"].to_list() == [50]
    gap = found.curve.filter(pl.col("period").is_between(pl.lit("1940"), pl.lit("1949")))
    assert (
        gap.select("per_million", "fitted", "fitted_low", "fitted_high", "p_turn").null_count().row(0)
        == (10,) * 5
    )
    assert abs(int(found.table["period"][0]) - 1930) <= 2


@pytest.mark.parametrize(
    ("hits", "verdict"),
    [
        (np.zeros((60, 2), int), "too few"),
        (np.full((5, 4), 9), "too few"),
        (np.full((1, 20), 9), "too few"),
        (np.full((60, 2), 10**12), "no turning point"),
        (np.repeat([[10**6, 10**6], [10**9, 10**9]], 30, axis=0), "firm"),
        (np.repeat([[0, 0], [50, 50]], 30, axis=0), "firm"),
    ],
)
def test_every_tally_has_a_verdict(hits: np.ndarray, verdict: str) -> None:
    """No hit, few periods, one period, huge counts and sudden ones all end in a verdict and finite numbers."""
    found = turns(by_year(hits, np.full(hits.shape, 10**13 if hits.max() > 10**6 else 10_000)))
    assert found.summary["verdict"].to_list() == [verdict]
    for table in (found.table, found.summary, found.curve):
        numbers = table.select(pl.selectors.float())
        assert numbers.select(pl.all().is_finite().fill_null(True).all()).row(0) == (True,) * numbers.width


def test_nothing_held_and_one_document_are_too_few() -> None:
    """An empty tally and a single document are said to be too few; there is no chart of nothing."""
    empty = Tally.none(("war",), "year", (), ("left", "right"), ("document",))
    found = turns(empty)
    assert found.summary["verdict"].to_list() == ["too few", "too few"]
    assert found.chart() is None
    one = Tally.from_counts([12], [1000], YEARS, period=[3], columns=["war"])
    assert turns(one).summary["note"].to_list() == [
        "under 8 independent pieces of evidence, under 7 periods with text"
    ]


def test_a_level_is_a_probability() -> None:
    """A level that is none is refused."""
    with pytest.raises(SettingError, match="a level of 80 is no confidence"):
        turns(bursty(2), level=80)


def test_every_split_has_its_turns() -> None:
    """Splits are looked at apart: what turned in one did not turn in the other."""
    (left, words), (right, _) = documents(1, 3.0), documents(2)
    both = Tally.from_counts(
        np.concatenate([left.ravel(), right.ravel()]),
        np.tile(words.ravel(), 2),
        YEARS,
        period=np.tile(np.arange(60).repeat(25), 2),
        split=np.repeat([0, 1], 1500),
        splits=["left", "right"],
        columns=["war"],
        grain="year",
    )
    found: Turns = turns(both, second_opinion=False)
    assert found.summary.select("query", "split").rows() == [("war", "left"), ("war", "right")]
    assert found.table["split"].unique().to_list() == ["left"]
    assert found.curve.height == 120


def test_working_values_are_unbiased_where_counts_are_small() -> None:
    """Working values have the mean of the logarithm of the rate and the variance that is said, from 0.3 hits to 300."""
    generator = np.random.default_rng(9)
    for expected, shape in ((0.3, 1e9), (3.0, 2.0), (14.0, 4.0), (300.0, 1e9)):
        size = 4_000
        burst = generator.gamma(shape, 1 / shape, size) if shape < 1e6 else np.ones(size)
        hits = generator.poisson(expected * burst)
        series = Series(
            "war",
            "all",
            "year",
            (),
            np.arange(size),
            hits,
            np.full(size, 1000),
            np.full(size, shape),
            np.full(size, 10),
            "document",
        )
        values, variance, _ = working(series, np.full(size, expected / 1000))
        error = np.sqrt(variance[0] / size)
        assert abs(values.mean() - np.log(expected / 1000)) < 4 * error + 0.01
        assert values.var() == pytest.approx(variance[0], rel=0.1)


def test_the_second_opinion_is_that_of_rbeast() -> None:
    """Rbeast sees a plain step where it is, on the axis of all periods."""
    tally = by_year(np.repeat([[2, 3], [60, 55]], 30, axis=0), np.full((60, 2), 10_000))
    assert 30 in second(Series.of(tally, 0))


def test_assumed_rates_are_not_from_one_count_alone() -> None:
    """The rate that a period's error follows from is that of its neighbourhood: a low count does not weigh little."""
    hits = np.full((60, 2), 20)
    hits[30] = 0
    series = Series.of(by_year(hits, np.full((60, 2), 10_000)), 0)
    _, variance, _ = working(series, smoothed(series))
    assert variance[30] == pytest.approx(variance[29], rel=0.05)
