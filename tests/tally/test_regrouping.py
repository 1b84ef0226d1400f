"""A tally with periods or splits added together, or changed over, is the one that would have been counted so."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tendency.tally import Period, Tally, regrouped, turned

YEARS = [Period(str(1936 + i), dt.date(1936 + i, 1, 1), dt.date(1937 + i, 1, 1)) for i in range(4)]
SPLITS = ("Sun", "Times", "World")


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """A few documents with period, split, clusters and counts."""
    n = draw(st.integers(0, 12))

    def each(low: int, high: int) -> list[int]:
        return draw(st.lists(st.integers(low, high), min_size=n, max_size=n))

    words = each(0, 50)
    return {
        "counts": np.array([[min(x, w), min(y, w)] for x, y, w in zip(each(0, 9), each(0, 9), words, strict=True)], np.int64).reshape(n, 2),
        "words": words,
        "period": each(-1, 3),
        "split": each(0, 2),
        "day": [None if key == 0 else f"day {key}" for key in each(0, 3)],
    }  # fmt: skip


def counted(
    found: dict[str, Any],
    period: list[int],
    periods: list[Period],
    split: list[int],
    splits: tuple[str, ...],
    kept: list[int],
) -> Tally:
    """The slow twin: the documents counted anew in other periods and splits."""
    return Tally.from_counts(
        found["counts"][kept],
        np.array(found["words"], np.int64)[kept],
        periods,
        period=[period[i] for i in kept],
        split=[split[i] for i in kept],
        splits=splits,
        columns=["war", "peace"],
        clusters={"day": [found["day"][i] for i in kept], "document": None},
    )


def assert_same(one: Tally, other: Tally) -> None:
    """All counts and moments are equal."""
    assert (one.periods, one.splits, one.grain) == (other.periods, other.splits, other.grain)
    for name in ("documents", "tokens", "hits", "documents_with_hits"):
        assert np.array_equal(getattr(one, name), getattr(other, name)), name
        assert getattr(one, name).dtype == np.int64
    for mine, theirs in zip(one.clusterings, other.clusterings, strict=True):
        assert mine.name == theirs.name
        for part in ("clusters", "products", "cubes"):
            assert np.array_equal(getattr(mine.moments, part), getattr(theirs.moments, part)), part
        assert mine.table.rows.digest == theirs.table.rows.digest
        for after in range(1, len(one.periods)):
            for split in range(len(one.splits)):
                assert np.array_equal(mine.across(0, after, split), theirs.across(0, after, split))


@given(documents())
def test_periods_and_splits_added_together(found: dict[str, Any]) -> None:
    """Two groups of years and one of papers, the rest left out: as if the documents had been counted so."""
    every = list(range(len(found["words"])))
    tally = counted(found, found["period"], YEARS, found["split"], SPLITS, every)
    early, late = (
        Period("early", YEARS[0].start, YEARS[1].end),
        Period("late", YEARS[3].start, YEARS[3].end),
    )
    together = regrouped(
        tally, periods=[(early, [0, 1]), (late, [3])], splits=[("World", [2]), ("both", [0, 1])]
    )
    place, paper = {0: 0, 1: 0, 3: 1}, {2: 0, 0: 1, 1: 1}
    kept = [i for i in every if found["period"][i] in place]
    twin = counted(
        found,
        [place.get(p, -1) for p in found["period"]],
        [early, late],
        [paper[s] for s in found["split"]],
        ("World", "both"),
        kept,
    )
    assert_same(together, twin)
    assert together.undated.tokens.tolist() == [
        sum(w for w, p, s in zip(found["words"], found["period"], found["split"], strict=True) if p < 0 and paper[s] == i)
        for i in (0, 1)
    ]  # fmt: skip


@given(documents())
def test_splits_and_periods_changed_over(found: dict[str, Any]) -> None:
    """Papers as periods and years as splits; the clusters that speak in two papers are known as such."""
    every = [i for i in range(len(found["words"])) if found["period"][i] >= 0]
    tally = counted(found, found["period"], YEARS, found["split"], SPLITS, every)
    axis = [Period(name, YEARS[0].start, YEARS[-1].end) for name in SPLITS]
    twin = counted(found, found["split"], axis, found["period"], tuple(y.label for y in YEARS), every)
    assert_same(turned(tally), twin)


def test_no_document_and_sums_too_large() -> None:
    """No period, no document: still a tally. A sum over 2⁶³ is refused, never wrapped."""
    nothing = Tally.from_counts([], [], [], columns=["war"])
    assert turned(nothing).periods == ()
    assert regrouped(nothing, splits=[("none of it", [])]).splits == ("none of it",)
    large = Tally.from_counts([1, 1], [1 << 62, 1 << 62], YEARS, period=[0, 1])
    with pytest.raises(OverflowError):
        regrouped(large, periods=[(YEARS[0], [0, 1])])
