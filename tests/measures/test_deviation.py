"""Gries' DP: the published example, the definition term by term, and an index against a loop over its texts."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tendency as td
from tendency.measures import rates
from tendency.measures.deviation import WHOLE, deviation
from tendency.tally import Parts, Period, Tally

YEARS = [Period(str(1936 + i), dt.date(1936 + i, 1, 1), dt.date(1937 + i, 1, 1)) for i in range(3)]


def by_definition(words: list[int], hits: list[int]) -> tuple[float, float, float]:
    """The slow twin: half the sum of |share of hits − share of words| over every part, and what goes with it."""
    n, x = sum(words), sum(hits)
    dp = sum(abs(h / x - w / n) for h, w in zip(hits, words, strict=True)) / 2
    smallest = min(w for w in words if w) / n
    return dp, dp / (1 - smallest) if smallest < 1 else float("nan"), max(hits) / x


def test_published_example() -> None:
    """Gries (2008): parts of 9, 10, 10, 10 and 11 words of 50 hold 1, 2, 3, 4 and 5 of 15 a's: DP is .18."""
    words, hits = [9, 10, 10, 10, 11], [1, 2, 3, 4, 5]
    found = deviation(
        np.zeros(5, np.int64), np.array(words), np.array(hits)[:, None], np.array([50]), np.array([9])
    )
    assert found.dp[0, 0] == pytest.approx(0.18, abs=0.005)
    assert found.dp_norm[0, 0] == pytest.approx(found.dp[0, 0] / (1 - 9 / 50))
    assert found.top_share[0, 0] == pytest.approx(1 / 3)


@given(st.lists(st.tuples(st.integers(1, 500), st.integers(0, 500)), min_size=1, max_size=9))
def test_against_the_definition(each: list[tuple[int, int]]) -> None:
    """Parts without a hit, which are not looked at, count as the definition says."""
    words, hits = [w for w, _ in each], [min(h, w) for w, h in each]
    table = one_year(words, hits).table
    row = table.row(0, named=True)
    if not sum(hits):
        assert (row["dp"], row["dp_norm"], row["top_document_share"]) == (None, None, None)
        return
    dp, norm, top = by_definition(words, hits)
    assert row["dp"] == pytest.approx(dp, abs=1e-12)
    assert row["top_document_share"] == pytest.approx(top)
    if np.isnan(norm):
        assert row["dp_norm"] is None
    else:
        assert row["dp_norm"] == pytest.approx(norm, abs=1e-12)


def one_year(words: list[int], hits: list[int]) -> Any:
    """Rates of one year with dispersion over its documents."""
    tally = Tally.from_counts(hits, words, YEARS, columns=["war"])
    return rates(tally, parts=Parts.from_counts(hits, words, YEARS, columns=["war"]))


def test_huge_counts_and_nothing() -> None:
    """Counts of 10¹² stay exact; no document, or a period without text, has no dispersion and no warning."""
    row = one_year([10**12, 10**12], [10**12, 0]).table.row(0, named=True)
    assert (row["dp"], row["dp_norm"]) == (0.5, 1.0)
    found = one_year([], [])
    assert found.table["dp"].to_list() == [None] * 3
    assert found.deviations["dp"].to_list() == [None] * 4
    nothing = Tally.from_counts([], [], [], columns=["war"])
    assert rates(nothing, parts=Parts.from_counts([], [], [], columns=["war"])).deviations.height == 0


@pytest.fixture(scope="module")
def press(tmp_path_factory: pytest.TempPathFactory) -> tuple[td.Corpus, list[dict[str, Any]]]:
    """Random pages of four papers and of none, in several segments, and the same as plain rows."""
    folder = tmp_path_factory.mktemp("deviation")
    generator = np.random.default_rng(4)
    rows = []
    for number in range(90):
        words = int(generator.integers(1, 40))
        hits = int(generator.binomial(words, generator.choice([0.0, 0.1, 0.5])))
        paper = [None, "Sun", "Times", "World", "Day"][generator.integers(0, 5)]
        rows.append(
            {"id": f"d{number}", "year": 1936 + number % 3, "newspaper": paper, "words": words, "hits": hits}
        )
    for batch in range(3):
        lines = ["id,date,newspaper,text"]
        for row in rows[batch::3]:
            # Every text differs: exact copies would be one cluster.
            text = " ".join(["war"] * row["hits"] + [f"w{row['id']}"] * (row["words"] - row["hits"]))
            lines.append(f"{row['id']},{row['year']},{row['newspaper'] or ''},{text}")
        source = folder / f"{batch}.csv"
        source.write_text("\n".join(lines), encoding="utf-8")
        td.add(folder / "press.index", source, merge=False)
    return td.open(folder / "press.index"), rows


def test_an_index_against_a_loop(press: tuple[td.Corpus, list[dict[str, Any]]]) -> None:
    """Over documents and over newspapers, by year, by overlapping filters and for the whole, equal to the definition."""
    corpus, rows = press
    names = {"known": "newspaper IS NOT NULL", "Sun or none": "newspaper IS NULL OR newspaper = 'Sun'"}
    tests = {
        "known": lambda row: row["newspaper"] is not None,
        "Sun or none": lambda row: row["newspaper"] in (None, "Sun"),
    }
    found = corpus.rates("war", by="year", split=names, cluster="newspaper")
    seen = 0
    for row in found.deviations.to_dicts():
        parts: dict[Any, list[int]] = defaultdict(lambda: [0, 0])
        for one in rows:
            if tests[row["split"]](one) and row["period"] in (WHOLE, str(one["year"])):
                part = one["id"] if row["over"] == "document" or not one["newspaper"] else one["newspaper"]
                parts[part][0] += one["words"]
                parts[part][1] += one["hits"]
        words, hits = zip(*parts.values(), strict=True)
        expected = by_definition(list(words), list(hits))
        assert row["hits"] == sum(hits)
        assert [row["dp"], row["dp_norm"], row["top_share"]] == pytest.approx(expected, abs=1e-12)
        seen += 1
    assert seen == 2 * 2 * 4
    over_documents = found.deviations.filter(
        (found.deviations["over"] == "document") & (found.deviations["period"] != WHOLE)
    )
    assert found.table["dp"].to_list() == over_documents["dp"].to_list()


def test_at_constant_titles_the_parts_are_theirs(press: tuple[td.Corpus, list[dict[str, Any]]]) -> None:
    """The dispersion beside the curve at constant titles is that of these titles' documents alone."""
    corpus, rows = press
    found = corpus.rates("war", by="year", constant="newspaper")
    kept = found.constant.titles if found.constant else ()
    assert kept
    row = found.table.filter(split="constant titles", period="1937").row(0, named=True)
    mine = [one for one in rows if one["newspaper"] in kept and one["year"] == 1937]
    expected = by_definition([one["words"] for one in mine], [one["hits"] for one in mine])
    assert [row["dp"], row["dp_norm"], row["top_document_share"]] == pytest.approx(expected)
