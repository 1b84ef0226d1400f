"""Co-movement with an outside series: after detrending, against series that wander alike."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest

from tendency.errors import SettingError
from tendency.measures import comovement
from tendency.measures.comoving import AGAINST, CHANCE, TOO_FEW, WITH, by_period
from tendency.tally import Period, Tally


def years(count: int) -> list[Period]:
    """So many calendar years from 1900."""
    return [Period(str(y), dt.date(y, 1, 1), dt.date(y + 1, 1, 1)) for y in range(1900, 1900 + count)]


def yearly(hits: object, words: object = 1000) -> Tally:
    """Six documents a year, whose hits and words are those given (one row a year)."""
    counts = np.broadcast_to(np.asarray(hits)[:, None], (len(hits), 6))  # type: ignore[arg-type]
    size = np.broadcast_to(np.asarray(words).reshape(-1, 1), counts.shape)
    period = np.repeat(np.arange(len(counts)), 6)
    return Tally.from_counts(
        counts.ravel(), size.ravel(), years(len(counts)), period=period, columns=["war"], grain="year"
    )


def outside(values: object, first: int = 1900) -> pl.DataFrame:
    """One value a year, on 1 July."""
    series = list(np.asarray(values, float))
    return pl.DataFrame(
        {"date": [dt.date(first + i, 7, 1) for i in range(len(series))], "value": series},
        schema={"date": pl.Date, "value": pl.Float64},
    )


def wandering(generator: np.random.Generator, count: int, alike: float) -> np.ndarray:
    """A series of first order with variance 1."""
    path = generator.standard_normal(count)
    for at in range(1, count):
        path[at] = alike * path[at - 1] + np.sqrt(1 - alike**2) * path[at]
    return path


def test_values_belong_to_the_period_that_holds_their_days() -> None:
    """Several values of a period are averaged; a value that spans two periods belongs to none; the rest are gaps."""
    table = pl.DataFrame(
        {
            "start": [dt.date(1900, 2, 1), dt.date(1900, 5, 1), dt.date(1900, 12, 1), dt.date(1902, 1, 1)],
            "end": [dt.date(1900, 3, 1), dt.date(1900, 6, 1), dt.date(1901, 2, 1), dt.date(1903, 1, 1)],
            "value": [1.0, 3.0, 50.0, 7.0],
        }
    )
    found = by_period(table, years(4))
    assert found[[0, 2]].tolist() == [2.0, 7.0]
    assert np.isnan(found[[1, 3]]).all()
    found = comovement(yearly([5] * 4), table)
    assert found.outside["value"].to_list() == [2.0, None, 7.0, None]


def test_planted_co_movement_is_found_at_its_lag() -> None:
    """A text that follows a series by two years is said to move with it at lag 2, in both ways; one that mirrors it, against it."""
    generator = np.random.default_rng(3)
    path = wandering(generator, 62, 0.5)
    text = np.round(40 * np.exp(0.5 * path[:60])).astype(int)
    table = comovement(yearly(text), outside(path[2:62])).table
    best = table.filter(lag=2)
    assert best["verdict"].to_list() == [WITH, WITH]
    assert best["pairs"].to_list() == [57, 58]
    assert best["correlation"].min() > 0.8  # type: ignore[operator]
    assert table.height == 14
    table = comovement(yearly(text), outside(-path[:60])).table
    assert table.filter(lag=0)["verdict"].to_list() == [AGAINST, AGAINST]
    for row in table.iter_rows(named=True):
        assert row["low"] <= row["correlation"] <= row["high"]
        assert row["p"] <= row["p_family"] + 0.002


def test_two_trends_are_no_co_movement() -> None:
    """Two series that both grow, and share nothing else, are not said to move together."""
    generator = np.random.default_rng(8)
    text = generator.poisson(20 * 1.05 ** np.arange(50))
    table = comovement(yearly(text), outside(np.arange(50) + generator.standard_normal(50))).table
    assert set(table["verdict"]) == {CHANCE}


def test_false_alarms_of_wandering_series() -> None:
    """Independent series that wander are said to move together in about 5 of 100 cases, over all lags and both ways."""
    generator = np.random.default_rng(21)
    false = 0
    for _ in range(60):
        text = generator.poisson(30 * np.exp(0.4 * wandering(generator, 50, 0.8)))
        table = comovement(yearly(text), outside(wandering(generator, 50, 0.8))).table
        false += bool((table["verdict"] != CHANCE).any())
    assert false <= 8


def test_correlation_is_spearmans() -> None:
    """The correlation of differences is scipy's Spearman correlation of them; ties and gaps included."""
    from scipy.stats import spearmanr

    generator = np.random.default_rng(4)
    words = np.where(np.arange(40) % 13 == 5, 0, 1000)
    hits, values = generator.poisson(3, 40) * (words > 0), generator.integers(0, 5, 40)
    table = comovement(yearly(hits, words), outside(values)).table
    row = table.filter(detrended="differences", lag=1).row(0, named=True)
    text = np.where(words > 0, np.log((6 * hits + 0.5) / 6000), np.nan)
    first, second = np.diff(text)[1:], np.diff(values)[:-1]
    known = np.isfinite(first)
    assert row["pairs"] == known.sum()
    assert row["correlation"] == pytest.approx(spearmanr(first[known], second[known]).statistic)


@pytest.mark.parametrize(
    ("tally", "why"),
    [
        (Tally.none(("war",), "year", tuple(years(30)), ("all",), ("document",)), "under 10 hits"),
        (yearly([5]), "under 12 periods with both figures"),
        (yearly([0] * 30), "under 10 hits"),
        (
            Tally.from_counts([40], [900], years(30), columns=["war"]),
            "under 8 independent pieces of evidence",
        ),
        (yearly([5] * 30), "one of them never changes"),
    ],
)
def test_too_few_is_said(tally: Tally, why: str) -> None:
    """Too little gives every lag with the reason, and no figure."""
    table = comovement(tally, outside(np.arange(30) % 7)).table
    assert table.height == 14
    assert set(table["verdict"]) == {TOO_FEW}
    assert all(why in note for note in table["note"])
    assert table["correlation"].null_count() == table["p"].null_count() == 14


def test_a_coarser_series_is_a_gap() -> None:
    """Values that span more than a period belong to none, and an outside series that never changes moves with nothing."""
    decades = pl.DataFrame({"start": [dt.date(1900, 1, 1)], "end": [dt.date(1930, 1, 1)], "value": [5.0]})
    table = comovement(yearly(range(1, 31)), decades).table
    assert set(table["note"]) == {"under 12 periods with both figures"}
    assert set(comovement(yearly(range(1, 31)), outside([4.0] * 30)).table["verdict"]) == {TOO_FEW}
    empty = outside([])
    assert set(comovement(yearly(range(1, 31)), empty).table["verdict"]) == {TOO_FEW}


def test_extreme_values_survive() -> None:
    """Counts of 10¹², values of 10³⁰⁰, long lags and no period at all give verdicts and finite figures."""
    big = 10**12
    text = [big + (i * i % 17) * big // 20 for i in range(30)]
    table = comovement(
        yearly(text, 20 * big), outside([(i * i % 13) * 1e300 for i in range(30)]), lags=24
    ).table
    assert table.height == 98
    for name in ("correlation", "low", "high", "p", "p_family"):
        assert all(np.isfinite(value) for value in table[name].drop_nulls())
    assert comovement(Tally.from_counts([], [], [], columns=["war"]), outside([1.0])).table.height == 14


def test_equal_tallies_give_equal_bytes() -> None:
    """The draws depend on the tally alone."""
    text, values = np.arange(30) % 5 + 1, np.arange(30) % 7
    assert comovement(yearly(text), outside(values)).table.equals(
        comovement(yearly(text), outside(values)).table
    )


def test_settings_are_checked() -> None:
    """Missing columns, values that are no numbers, and lags that are none are refused in a sentence."""
    with pytest.raises(SettingError, match="start, end, value or date, value; this has year, price"):
        comovement(yearly([1] * 9), pl.DataFrame({"year": [1900], "price": [1.0]}))
    with pytest.raises(SettingError, match="no finite number"):
        comovement(yearly([1] * 9), outside([1.0, float("nan")]))
    with pytest.raises(SettingError, match="a largest lag of -1 cannot be taken"):
        comovement(yearly([1] * 9), outside([1.0]), lags=-1)
