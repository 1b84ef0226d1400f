"""Smoothing: a ratio of sums, centred, never across a gap, and only for periods of one length."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tendency.errors import SettingError
from tendency.measures import rates
from tendency.measures.smoothing import moving_rate
from tendency.tally import Period, Tally


@given(
    st.lists(st.tuples(st.integers(0, 9), st.sampled_from([0, 10, 40])), min_size=1, max_size=14),
    st.sampled_from([3, 5, 7]),
)
def test_against_a_loop(each: list[tuple[int, int]], window: int) -> None:
    """For each period the widest centred window, up to what was asked, that holds no gap: sum over sum."""
    hits = np.array([x if n else 0 for x, n in each])
    words = np.array([n for _, n in each])
    found, over = moving_rate(hits, words, window)
    for place in range(len(each)):
        if not words[place]:
            assert np.isnan(found[place])
            assert over[place] == 0
            continue
        half = max(
            h
            for h in range(window // 2 + 1)
            if place - h >= 0 and place + h < len(each) and words[place - h : place + h + 1].all()
        )
        inside = slice(place - half, place + half + 1)
        assert over[place] == 2 * half + 1
        assert found[place] == pytest.approx(hits[inside].sum() / words[inside].sum())


def years(hits: list[int], words: list[int]) -> Tally:
    """A document a year."""
    n = len(hits)
    periods = [Period(str(1930 + i), dt.date(1930 + i, 1, 1), dt.date(1931 + i, 1, 1)) for i in range(n)]
    held = [i for i in range(n) if words[i]]
    return Tally.from_counts(
        [hits[i] for i in held],
        [words[i] for i in held],
        periods,
        period=held,
        columns=["war"],
        grain="year",
    )


def test_raw_points_stay() -> None:
    """Smoothing adds two columns and leaves every other as it was; a gap has no smoothed value and says over how many."""
    tally = years([1, 2, 3, 0, 5, 6], [1000, 1000, 2000, 0, 1000, 1000])
    raw, smooth = rates(tally), rates(tally, smooth=3)
    assert smooth.table.drop("smoothed", "smoothed_periods").equals(raw.table)
    assert smooth.table["smoothed"].to_list() == [1000.0, 1500.0, 1500.0, None, 5000.0, 6000.0]
    assert smooth.table["smoothed_periods"].to_list() == [1, 3, 1, 0, 1, 1]
    assert "smooth:3" in smooth.recipe
    assert "smooth" not in raw.recipe


def test_chart_draws_raw_points_and_smoothed_line() -> None:
    """The marks are those of the raw curve; the line runs through the smoothed values, and the key says so."""
    tally = years([1, 2, 3, 0, 5, 6, 9], [1000] * 7)

    def layers(smooth: int | None) -> dict[str, list[list[float]]]:
        spec = rates(tally, smooth=smooth).chart()
        assert spec is not None
        found: dict[str, list[list[float]]] = {"line": [], "point": []}
        for layer in spec["vconcat"][0]["layer"]:
            kind = layer["mark"]["type"]
            if kind in found:
                found[kind].append([row["y"] for row in layer["data"]["values"]])
        return found

    raw, smooth = layers(None), layers(3)
    assert raw["point"] == smooth["point"]
    assert smooth["line"][0] == pytest.approx(rates(tally, smooth=3).table["smoothed"].to_list(), rel=1e-5)
    assert raw["line"] != smooth["line"]
    assert "centred moving rate over 3 periods" in str(rates(tally, smooth=3).chart())


def test_huge_counts_and_nothing() -> None:
    """Sums past 2⁶³ inside a window are exact; no period at all gives an empty table."""
    big = 1 << 62
    found, _ = moving_rate(np.full(9, big // 2), np.full(9, big), 5)
    assert found.tolist() == [0.5] * 9
    assert rates(Tally.from_counts([], [], [], columns=["war"], grain="year"), smooth=3).table.height == 0


@pytest.mark.parametrize("window", [-3, 0, 1, 2, 4])
def test_windows_without_a_middle(window: int) -> None:
    """An even window, or one of a single period, is refused with what to give."""
    with pytest.raises(SettingError, match=rf"smoothing over {window} periods .* an odd number from 3"):
        rates(years([1], [10]), smooth=window)


def test_eras_are_not_smoothed() -> None:
    """Periods of different lengths have no moving rate."""
    tally = Tally.from_counts([1], [10], [Period("war", dt.date(1914, 8, 1), dt.date(1918, 11, 12))])
    with pytest.raises(SettingError, match="periods of one length"):
        rates(tally, smooth=3)


def test_smoothed_share_of_gap_is_typed() -> None:
    """A table in which nothing was held keeps its column types."""
    table = rates(years([0, 0], [0, 0]), smooth=3).table
    assert table.schema["smoothed"] == pl.Float64
