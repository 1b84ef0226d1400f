"""Before and after an event: a rank among all dates, and never a cause."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tendency.charts import svg
from tendency.errors import SettingError
from tendency.measures import before_after, compare_rates
from tendency.measures.events import LARGE, ORDINARY, TOO_FEW, Windows, changes
from tendency.tally import Period, Tally


def years(count: int) -> list[Period]:
    """So many calendar years from 1900."""
    return [Period(str(y), dt.date(y, 1, 1), dt.date(y + 1, 1, 1)) for y in range(1900, 1900 + count)]


def yearly(hits: object, words: object = 1000, **more: object) -> Tally:
    """Six documents a year, whose hits and words are those given (one row a year)."""
    counts = np.broadcast_to(np.asarray(hits)[:, None], (len(hits), 6))  # type: ignore[arg-type]
    size = np.broadcast_to(np.asarray(words).reshape(-1, 1), counts.shape)
    period = np.repeat(np.arange(len(counts)), 6)
    return Tally.from_counts(
        counts.ravel(), size.ravel(), years(len(counts)), period=period, columns=["war"], grain="year", **more
    )  # type: ignore[arg-type]


STEP = [3 if i % 2 else 5 for i in range(30)] + [13 if i % 2 else 15 for i in range(30)]


def test_a_planted_step_is_larger_than_at_nearly_every_other_date() -> None:
    """A rate that triples in 1930 changes most there; the ratio has its interval, and the rank counts every other date."""
    (row,) = before_after(yearly(STEP), {"Crash": dt.date(1930, 1, 1)}).table.to_dicts()
    assert (row["event"], row["window"], row["verdict"]) == ("Crash", 5, LARGE)
    assert row["ratio"] == pytest.approx(14 / 4, rel=0.1)
    assert row["low"] <= row["ratio"] <= row["high"]
    assert row["dates"] == 60 - 2 * 5
    assert row["p"] == (1 + row["larger"]) / (1 + row["dates"]) == pytest.approx(1 / 51)
    assert row["overlapping"] == 18
    assert row["hits_before"] == 6 * sum(STEP[25:30])


def test_any_other_date_is_ordinary() -> None:
    """Where the rate only goes to and fro the change is no larger than at many other dates."""
    (row,) = before_after(yearly(STEP), dt.date(1915, 1, 1)).table.to_dicts()
    assert row["event"] == "1915-01-01"
    assert row["verdict"] == ORDINARY
    assert row["larger"] > 10


def test_the_period_of_the_event_is_in_neither_side() -> None:
    """A date inside a period leaves that period out; a first day begins the periods after it."""
    inside = Windows.around(years(30), dt.date(1915, 6, 1), 5)
    assert inside is not None
    assert (list(inside.earlier), list(inside.later)) == ([10, 11, 12, 13, 14], [16, 17, 18, 19, 20])
    first = Windows.around(years(30), dt.date(1915, 1, 1), 5)
    assert first is not None
    assert (list(first.earlier), list(first.later)) == ([10, 11, 12, 13, 14], [15, 16, 17, 18, 19])
    for day in (dt.date(1903, 1, 1), dt.date(1927, 1, 1), dt.date(1850, 1, 1), dt.date(1990, 1, 1)):
        assert Windows.around(years(30), day, 5) is None


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3)), min_size=1, max_size=30),
    st.integers(1, 4),
    st.integers(0, 1),
)
def test_changes_equal_their_slow_twin(counted: list[tuple[int, int]], width: int, inside: int) -> None:
    """The change at each date is the logarithm of the two sums' ratio; a side without text in half of its periods has none."""
    exposure = np.array([1000.0 * w for _, w in counted])
    hits = np.array([float(h) if w else 0.0 for h, w in counted])
    found = changes(hits, exposure, width, inside)
    for number, at in enumerate(range(width, len(counted) - width - inside + 1)):
        sides = slice(at - width, at), slice(at + inside, at + inside + width)
        if any(2 * (exposure[side] > 0).sum() < width for side in sides):
            assert np.isnan(found[number])
            continue
        before, after = ((hits[side].sum() + 0.5) / exposure[side].sum() for side in sides)
        assert found[number] == pytest.approx(np.log(after / before))
    assert len(found) == max(0, len(counted) - 2 * width - inside + 1)


def test_the_ratio_is_that_of_two_spans() -> None:
    """Ratio and interval are those of a comparison of the two windows as two spans of one tally."""
    generator = np.random.default_rng(1)
    counts, words = generator.poisson(2, 300), generator.integers(300, 900, 300)
    period = np.repeat(np.arange(30), 10)
    papers = [f"Paper {i % 12}" for i in range(300)]
    more = {"columns": ["war"], "clusters": {"publication": papers}}
    tally = Tally.from_counts(counts, words, years(30), period=period, grain="year", **more)  # type: ignore[arg-type]
    row = before_after(tally, dt.date(1915, 1, 1), window=5).table.row(0, named=True)
    spans = [
        Period("before", dt.date(1910, 1, 1), dt.date(1915, 1, 1)),
        Period("after", dt.date(1915, 1, 1), dt.date(1920, 1, 1)),
    ]
    inside = (period >= 10) & (period < 20)
    more["clusters"] = {"publication": [paper for paper, here in zip(papers, inside, strict=True) if here]}
    two = Tally.from_counts(
        counts[inside], words[inside], spans, period=(period[inside] >= 15).astype(int), **more
    )  # type: ignore[arg-type]
    known = compare_rates(two).table.row(0, named=True)
    assert row["ratio"] == pytest.approx(known["ratio"])
    assert row["low"] == pytest.approx(known["low"])
    assert row["high"] == pytest.approx(known["high"])


def test_periods_together_are_one_tally() -> None:
    """Taking periods together gives the tally of the same documents counted in those periods from the start."""
    generator = np.random.default_rng(4)
    counts, words = generator.poisson(1, (120, 2)), generator.integers(100, 900, 120)
    period, split = np.arange(120) % 6, np.arange(120) % 2
    papers = [f"Paper {i % 7}" if i % 3 else None for i in range(120)]
    fields = {"split": split, "splits": ["l", "r"], "columns": ["war", "peace"]}
    tally = Tally.from_counts(
        counts, words, years(6), period=period, clusters={"p": papers, "document": None}, **fields
    )  # type: ignore[arg-type]
    spans = [
        Period("early", dt.date(1900, 1, 1), dt.date(1903, 1, 1)),
        Period("late", dt.date(1904, 1, 1), dt.date(1906, 1, 1)),
    ]
    together = tally.together([(spans[0], [0, 1, 2]), (spans[1], [4, 5])])
    kept = period != 3
    clusters = {
        "p": [paper for paper, here in zip(papers, kept, strict=True) if here],
        "document": None,
    }
    known = Tally.from_counts(
        counts[kept],
        words[kept],
        spans,
        period=(period[kept] > 3).astype(int),
        clusters=clusters,
        **(fields | {"split": split[kept]}),
    )  # type: ignore[arg-type]
    for name in ("documents", "tokens", "hits", "documents_with_hits"):
        assert (getattr(together, name) == getattr(known, name)).all()
    for mine, other in zip(together.clusterings, known.clusterings, strict=True):
        for name in ("clusters", "products", "cubes"):
            assert (getattr(mine.moments, name) == getattr(other.moments, name)).all()


def test_a_random_date_is_rarely_large() -> None:
    """The event's date being one like any other, at most about 5 of 100 are larger than at nearly every other."""
    generator = np.random.default_rng(12)
    wander = np.zeros((150, 60))
    for at in range(1, 60):
        wander[:, at] = 0.8 * wander[:, at - 1] + 0.3 * generator.standard_normal(150)
    hits = generator.poisson(3 * np.exp(wander)[:, :, None], (150, 60, 6))
    split, period, _ = np.indices(hits.shape)
    tally = Tally.from_counts(
        hits.ravel(),
        np.full(hits.size, 1000),
        years(60),
        period=period.ravel(),
        split=split.ravel(),
        splits=[str(i) for i in range(150)],
        grain="year",
    )
    table = before_after(tally, dt.date(1900 + int(generator.integers(10, 50)), 1, 1)).table
    assert (table["verdict"] == LARGE).mean() <= 0.09  # type: ignore[operator]


@pytest.mark.parametrize(
    ("tally", "day", "why"),
    [
        (Tally.none(("war",), "year", tuple(years(3)), ("all",), ("document",)), 1901, "not all among those"),
        (Tally.from_counts([], [], [], columns=["war"], grain="year"), 1901, "not all among those"),
        (yearly([5]), 1900, "not all among those counted"),
        (yearly([0] * 40), 1920, "under 10 hits"),
        (yearly([5] * 20), 1910, "only 10 other dates"),
        (
            yearly([5] * 60, [1000] * 30 + [0] * 3 + [1000] * 27),
            1930,
            "nothing held in over half of one side",
        ),
    ],
)
def test_too_few_is_said(tally: Tally, day: int, why: str) -> None:
    """Too little gives the reason, and neither ratio nor p."""
    (row,) = before_after(tally, dt.date(day, 1, 1)).table.to_dicts()
    assert row["verdict"] == TOO_FEW
    assert why in row["note"]
    assert row["ratio"] is row["p"] is row["larger"] is None


def test_one_document_is_too_few() -> None:
    """All hits in one document are under 8 independent pieces of evidence."""
    tally = Tally.from_counts([40], [900], years(60), period=[28], columns=["war"], grain="year")
    (row,) = before_after(tally, dt.date(1930, 1, 1)).table.to_dicts()
    assert row["verdict"] == TOO_FEW
    assert "under 8 independent pieces of evidence" in row["note"]


def test_extreme_counts_survive() -> None:
    """Counts of 10¹², no hit before, and a rate that never changes give verdicts and finite figures."""
    big = 10**12
    for hits, words in (
        ([big] * 30 + [3 * big] * 30, 20 * big),
        ([0] * 30 + [4] * 30, 1000),
        ([7] * 60, 1000),
    ):
        (row,) = before_after(yearly(hits, words), dt.date(1930, 1, 1)).table.to_dicts()
        assert row["verdict"] in (LARGE, ORDINARY)
        for name in ("before", "after", "ratio", "low", "high", "p"):
            assert row[name] is None or np.isfinite(row[name])


def test_a_row_for_every_query_split_and_event() -> None:
    """Rows stand in the order of queries, then events, then splits; equal tallies give equal tables."""
    tally = Tally.from_counts(
        np.ones((300, 2), np.int64),
        [100] * 300,
        years(30),
        period=np.arange(300) % 30,
        split=np.arange(300) % 2,
        splits=["left", "right"],
        columns=["war", "peace"],
        grain="year",
    )
    days = {"a": dt.date(1910, 1, 1), "b": dt.date(1915, 5, 1)}
    table = before_after(tally, days, window=3).table
    assert table.select("query", "event", "split").rows() == [
        (query, event, split)
        for query in ("war", "peace")
        for event in ("a", "b")
        for split in ("left", "right")
    ]
    assert table.equals(before_after(tally, days, window=3).table)


def test_settings_are_checked() -> None:
    """Eras have no other dates, and a window holds at least one period: each is refused in a sentence."""
    with pytest.raises(
        SettingError, match="other dates of the same series, which eras and one span do not have"
    ):
        before_after(Tally.from_counts([1], [10], years(1)), dt.date(1900, 1, 1))
    with pytest.raises(SettingError, match="a window of 0 holds nothing"):
        before_after(yearly([1] * 30), dt.date(1910, 1, 1), window=0)


def test_chart_has_the_events() -> None:
    """The chart is the curve of rates with the events beside it; nothing counted has none."""
    spec = before_after(yearly(STEP), {"Crash": dt.date(1930, 1, 1)}).chart()
    assert spec is not None
    assert "Crash" in svg(spec)
    assert (
        before_after(
            Tally.from_counts([], [], [], columns=["war"], grain="year"), dt.date(1900, 1, 1)
        ).chart()
        is None
    )
