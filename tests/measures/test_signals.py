"""Two signals in the same pages: what long documents have in common is no association, what the same documents name is."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

import tendency as td
from tendency.charts import svg
from tendency.errors import SettingError
from tendency.measures import Signals
from tendency.measures.signals import classes, signals
from tendency.tally import FIXED, Near, Periods, Tally, Together

YEARS = Periods.spanning("year", [], [], dt.date(1920, 1, 1), dt.date(1950, 1, 1)).periods
ALL = Periods.spanning("all", [], [], dt.date(1920, 1, 1), dt.date(1950, 1, 1)).periods


def tallies(
    first: np.ndarray, second: np.ndarray, words: np.ndarray, cluster: np.ndarray | None = None
) -> tuple[Tally, Tally]:
    """Both tallies of documents that have so many hits of each, spread over thirty years in turn."""
    year, bounds = np.arange(first.size) % len(YEARS), classes(words)
    one, other = first > 0, second > 0
    cell = np.where(one, np.where(other, 0, 1), np.where(other, 2, 3))
    counts = np.zeros((first.size, 4 * (len(bounds) + 1) + 3), np.int64)
    counts[np.arange(first.size), 4 * np.searchsorted(bounds, words, side="right") + cell] = 1
    counts[:, -3], counts[:, -2], counts[:, -1] = first, first // 2, first * FIXED // 2
    clusters = None if cluster is None else {"paper": [str(one) for one in cluster]}
    columns = [*(name for cells in Together.cells(len(bounds) + 1) for name in cells), *Near.names("first")]
    whole = Tally.from_counts(counts, words, ALL, columns=columns, clusters=clusters, grain="all")
    courses = Tally.from_counts(
        np.stack([first, second], axis=1),
        words,
        YEARS,
        period=year,
        columns=("confidence", "alarm"),
        clusters=clusters,
        grain="year",
    )
    return whole, courses


def drawn(seed: int, shared: float = 0.0, documents: int = 600, papers: int = 0) -> Signals:
    """Documents of very unequal length, whose liking for both goes together as far as is said."""
    generator = np.random.default_rng(seed)
    words = np.maximum(50, 1000 * np.exp(generator.standard_normal(documents))).astype(np.int64)
    liking = np.exp(shared * generator.standard_normal(documents))
    cluster = None
    if papers:
        cluster = generator.integers(0, papers, documents)
        liking = liking * np.exp(0.7 * generator.standard_normal(papers))[cluster]
    hits = [generator.poisson(1e-3 * words * liking) for _ in range(2)]
    return signals(*tallies(hits[0], hits[1], words, cluster))


def test_planted_association_is_found() -> None:
    """Documents that like both more than their length makes them are said to have both more than chance."""
    row = drawn(1, 1.0).table.row(0, named=True)
    assert row["verdict"] == "in the same documents more than chance"
    assert row["low"] > 1
    assert row["with_both"] > row["expected"]


def test_long_documents_contain_everything() -> None:
    """Where only length makes documents have both, the crude odds ratio is far above 1 and seldom anything is claimed."""
    rows = [drawn(seed, documents=2000).table.row(0, named=True) for seed in range(60)]
    assert all(row["crude"] > 2 for row in rows)
    assert sum(row["verdict"] != "no association that can be told from chance" for row in rows) <= 6
    assert np.mean([np.log(row["odds_ratio"]) for row in rows]) == pytest.approx(0.0, abs=0.06)


def test_two_that_exclude_each_other() -> None:
    """Documents that have one or the other, and seldom both, are said to have both less than chance."""
    generator = np.random.default_rng(2)
    words = np.full(600, 1000)
    side = generator.random(600) < 0.5
    hits = [generator.poisson(np.where(side == which, 2.0, 0.2)) for which in (True, False)]
    row = signals(*tallies(hits[0], hits[1], words)).table.row(0, named=True)
    assert row["verdict"] == "in the same documents less than chance"


def test_papers_that_like_both_are_few_pieces_of_evidence() -> None:
    """What a few papers make of their documents widens the interval: with papers as clusters it is wider than with documents."""
    generator = np.random.default_rng(5)
    words, cluster = np.full(600, 1000), np.arange(600) % 10
    liking = np.exp(0.7 * generator.standard_normal(10))[cluster]
    hits = [generator.poisson(liking) for _ in range(2)]
    by_document = signals(*tallies(hits[0], hits[1], words)).table.row(0, named=True)
    by_paper = signals(*tallies(hits[0], hits[1], words, cluster)).table.row(0, named=True)
    assert by_paper["odds_ratio"] == by_document["odds_ratio"]
    assert by_paper["high"] / by_paper["low"] > by_document["high"] / by_document["low"]
    assert by_paper["clusters"] == 10


def test_odds_ratio_is_that_of_mantel_and_haenszel() -> None:
    """By hand: two classes of lengths, (10·40/100 + 30·20/80) over (20·30/100 + 10·20/80)."""
    cells = {200: (10, 20, 30, 40), 500: (30, 10, 20, 20)}
    rows = [
        (length, *has)
        for length, counts in cells.items()
        for has, n in zip(((1, 1), (1, 0), (0, 1), (0, 0)), counts, strict=True)
        for _ in range(n)
    ]
    words, first, second = np.array(rows).T
    row = signals(*tallies(first, second, words)).table.row(0, named=True)
    assert row["odds_ratio"] == pytest.approx((4 + 7.5) / (6 + 2.5))
    assert row["expected"] == pytest.approx(30 * 40 / 100 + 40 * 50 / 80)
    assert (row["with_both"], row["with_first"], row["with_second"]) == (40, 70, 90)
    assert row["crude"] == pytest.approx(40 * 60 / (30 * 50))


def test_rates_that_move_together_are_said_to() -> None:
    """Two courses with the same ups and downs move together, whatever their documents are."""
    generator = np.random.default_rng(8)
    words = np.full(3000, 1000)
    year = np.arange(3000) % 30
    course = np.exp(0.8 * generator.standard_normal(30))[year]
    hits = [generator.poisson(0.5 * course) for _ in range(2)]
    found = signals(*tallies(hits[0], hits[1], words))
    assert found.table["moves"].to_list() == ["moves with it"]
    assert "their rates move together" in found.sentences[0]
    assert found.moves is not None
    picture = svg(found.chart(title="Two"))
    assert "odds ratio" in picture


def test_every_tally_has_a_verdict() -> None:
    """Nothing held, one document, no hit, both in all, huge counts: a verdict, never an error or a figure that is none."""
    columns = (*(name for cells in Together.cells(1) for name in cells), *Near.names("first"))
    empty = Tally.none(columns, "all", (), ("all",), ("document",))
    none = Tally.none(("a", "b"), "year", (), ("all",), ("document",))
    found = signals(empty, none)
    assert found.table["verdict"].to_list() == ["too few"]
    assert found.chart() is None
    many = np.ones(40, int)
    for first, second in ((many[:1], many[:1]), (0 * many, 0 * many), (many, many), (many, 0 * many)):
        found = signals(*tallies(first, second, np.full(first.size, 1000)))
        assert found.table["verdict"].to_list() == ["too few"], found.table
        assert found.sentences
    huge = np.where(np.arange(40) % 2 == 0, 10**12, 0)
    row = signals(*tallies(huge // FIXED, huge // FIXED, np.full(40, 10**13))).table.row(0, named=True)
    assert row["verdict"] == "in the same documents more than chance"
    assert np.isfinite(row["high"])


def test_from_a_corpus(tmp_path: Path) -> None:
    """Documents with both are found by the queries given for quotations; two that share words, or three, are refused."""
    lines = ["id,date,text"]
    for number in range(60):
        words = [
            "we are confident",
            "there is alarm",
            "we are confident and there is alarm",
            "the harvest was good",
        ][number % 4]
        lines.append(f"d{number},{1930 + number % 10},{words} in report {number} of the mayor to the council")
    (tmp_path / "press.csv").write_text("\n".join(lines), encoding="utf-8")
    td.add(tmp_path / "press.index", [tmp_path / "press.csv"])
    press = td.open(tmp_path / "press.index")
    found = press.signals({"confidence": "confident", "alarm": "alarm*"})
    row = found.table.row(0, named=True)
    assert (row["documents"], row["with_first"], row["with_second"], row["with_both"], row["near"]) == (
        60,
        30,
        30,
        15,
        15,
    )
    for query in found.quotations:
        assert press.count(query, by="all")["hits"].sum() == 15
    with pytest.raises(SettingError, match="the two signals share words"):
        press.signals({"a": "alarm", "b": "alarm*"})
    with pytest.raises(SettingError, match="two signals are asked of two queries, not 3"):
        press.signals(["a", "b", "c"])
