"""What is remembered of the documents changes no figure, and the figures are those of plain lists."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tendency.corpus import Index, add, parse, remove
from tendency.documents.dates import DateSpan
from tendency.documents.document import Document
from tendency.tally import OUTSIDE, Period, Tally, counting, tally
from tendency.tally.frames import Frame
from tendency.tally.kept import Kept
from tendency.tally.packing import packed
from tendency.tally.tally import Standing

DAYS = (dt.date(1917, 3, 1), dt.date(1917, 11, 7), dt.date(1918, 2, 3), dt.date(1921, 5, 5))
WAYS: tuple[dict[str, Any], ...] = (
    {"by": "month"},
    {"by": "year", "split": "paper", "cluster": ("paper", "day", "document")},
    {"by": "month", "split": {"p": "paper = 'P'", "all": "paper = 'P' or paper <> 'P'"}, "cluster": "day"},
    {"by": "all", "where": "paper = 'Q'", "cluster": "document"},
    {"by": "week", "start": dt.date(1917, 6, 1), "end": dt.date(1922, 1, 1), "only_counts": True},
    {
        "by": [
            ("war", DateSpan(dt.date(1917, 1, 1), dt.date(1918, 3, 1), "")),
            ("later", DateSpan(dt.date(1921, 1, 1), dt.date(1922, 1, 1), "")),
        ]
    },
)
ITEMS = (
    {"a": parse("a")},
    {"b": parse("b*"), "none": parse("zzz")},
    {"a b": parse("a b"), "c": parse("[form!='x']")},
)

pages = st.lists(
    st.tuples(
        st.sampled_from(DAYS),
        st.sampled_from([None, "P", "Q", "R"]),
        st.text("abc .", max_size=12),
    ),
    min_size=1,
    max_size=14,
)


def press(folder: Path, drawn: list[tuple[dt.date, str | None, str]], batches: int) -> Index:
    """An index of these pages, the first removed again."""
    documents = [
        Document(
            f"d{i}",
            DateSpan(day, day + dt.timedelta(days=1), ""),
            text,
            {} if paper is None else {"paper": paper},
        )
        for i, (day, paper, text) in enumerate(drawn)
    ]
    documents.append(Document("last", DateSpan(DAYS[0], DAYS[1], ""), "a b a", {"paper": "P"}))
    for batch in range(batches):
        add(folder, documents[batch::batches], merge=False)
    remove(folder, ids=["d0"])
    return Index.open(folder)


def forgotten() -> None:
    """Nothing is remembered."""
    counting._frames = Kept(1 << 28)
    counting._asked.clear()


@settings(max_examples=25, deadline=None)
@given(
    pages,
    st.integers(1, 4),
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2)), min_size=1, max_size=12),
)
def test_what_is_remembered_changes_nothing(
    drawn: list[tuple[dt.date, str | None, str]], batches: int, asked: list[tuple[int, int]]
) -> None:
    """In whatever order questions are asked of an index, each is answered as if it were the first of all."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("TENDENCY_CACHE_SIZE", "0")
        index = press(Path(folder) / "press.index", drawn, batches)
        whole = press(Path(folder) / "whole.index", drawn, 1)
        forgotten()
        found = [tally(index, ITEMS[item], **WAYS[way]) for way, item in asked]
        for (way, item), remembered in zip(asked, found, strict=True):
            forgotten()
            assert packed(tally(index, ITEMS[item], **WAYS[way])) == packed(remembered)
            one = tally(whole, ITEMS[item], **WAYS[way])
            assert one.seed == remembered.seed
            for a, b in zip(one.clusterings, remembered.clusterings, strict=True):
                assert a.moments.products.tolist() == b.moments.products.tolist()


def test_little_room_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With no room for anything that is remembered the figures are the same."""
    monkeypatch.setenv("TENDENCY_CACHE_SIZE", "0")
    index = press(tmp_path / "press.index", [(day, paper, "a b. c a") for day in DAYS for paper in "PQR"], 3)
    before = [packed(tally(index, items, **way)) for way in WAYS for items in ITEMS]
    forgotten()
    monkeypatch.setattr(counting, "_frames", Kept(0))
    monkeypatch.setattr(counting, "_KEPT", 0)
    assert [packed(tally(index, items, **way)) for way in WAYS for items in ITEMS] == before


def test_documents_in_several_splits_or_none() -> None:
    """A document counts in each of its splits, one outside all periods in none, whatever was counted in it."""
    years = tuple(Period(str(y), dt.date(y, 1, 1), dt.date(y + 1, 1, 1)) for y in (1917, 1918))
    # Document 0 is in both splits, 1 in none, 2 in the second but outside, 3 in the second and undatable, 4 in the first.
    frame = Frame.of(
        [7, 7, 5, 3, 2],
        years,
        clusters={"paper": ["P", "P", "P", None, None]},
        period=[0, 0, OUTSIDE, -1, 1],
        split=[0, 1, 1, 1, 0],
        splits=("left", "right"),
        standing=Standing(5, 1, 1, 1),
        first=np.array([0, 2, 2, 3, 4, 5]),
    )
    found = frame.by_document(("a",), [np.array([[4], [9], [9], [2], [0]])])
    assert found.hits[:, :, 0].tolist() == [[4, 4], [0, 0]]
    assert found.documents.tolist() == [[1, 1], [1, 0]]
    assert found.tokens.tolist() == [[7, 7], [2, 0]]
    assert found.documents_with_hits[:, :, 0].tolist() == [[1, 1], [0, 0]]
    assert (found.undated.documents.tolist(), found.undated.hits.tolist()) == ([0, 1], [[0], [2]])
    assert found.clusterings[0].moments.clusters.tolist() == [[1, 1], [1, 0]]
    assert found.clusterings[0].moments.products[0, 1].tolist() == [[49, 28], [28, 16]]


@given(
    st.lists(st.tuples(st.integers(0, 2), st.sampled_from("pq\0"), st.integers(1, 9)), max_size=8),
    st.lists(st.tuples(st.integers(1, 2), st.sampled_from("pqr"), st.integers(1, 9)), max_size=8),
)
def test_tables_of_clusters_add_by_name(
    left: list[tuple[int, str, int]], right: list[tuple[int, str, int]]
) -> None:
    """Clusters of the same name, period and split are one in the sum, and each keeps what is its own."""
    years = tuple(Period(str(y), dt.date(y, 1, 1), dt.date(y + 1, 1, 1)) for y in (1917, 1918, 1919))

    def part(rows: list[tuple[int, str, int]], first: int) -> Tally:
        return Tally.from_counts(
            [words // 2 for _, _, words in rows],
            [words for _, _, words in rows],
            years[first:],
            period=[year - first for year, _, _ in rows],
            columns=("a",),
            clusters={"paper": [name for _, name, _ in rows]},
            grain="year",
        )

    expected: Counter[tuple[str, int]] = Counter()
    for year, name, words in left + right:
        expected[name, year] += words
    for _ in range(2):
        table = Tally.total([part(left, 0), part(right, 1)], ("all",)).clusterings[0].table
        keys = zip(table.rows.names, table.rows.period.tolist(), strict=True)
        assert dict(zip(keys, table.values[:, 0].tolist(), strict=True)) == expected
        assert list(table.rows.names) == sorted(table.rows.names)
