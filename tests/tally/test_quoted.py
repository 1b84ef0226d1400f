"""Hits in quotation marks are counted beside all hits, and left out of own words."""

from __future__ import annotations

import datetime as dt
import pickle
from pathlib import Path

import polars as pl
import pytest

import tendency as td
from corpus.index_helpers import doc
from tendency.corpus import Deadline, Index, add, parse
from tendency.errors import QueryTimeoutError, SettingError
from tendency.tally import Quoted, tally

TEXTS = {
    "a": "Peace now. He said: “Peace and bread.” Peace again.",
    "b": "“All power,” he wrote, “and peace at once.”",
    "c": "Nothing of the kind. War.",
    "d": "Peace. “No peace,” they said.",
}


@pytest.fixture
def press(tmp_path: Path) -> td.Corpus:
    """Four small documents in two segments."""
    path = tmp_path / "press.index"
    for names in ("ab", "cd"):
        add(
            path, [doc(name, TEXTS[name], author="A" if name in "ac" else "B") for name in names], merge=False
        )
    return td.open(path)


def test_both_counts(press: td.Corpus):
    """A tally has all hits and those in quotation marks; with ``own`` the first column leaves these out."""
    query = parse("peace")
    every = tally(press.index, [Quoted("peace", query)], by="all")
    assert every.columns == ("peace", "peace in quotation marks")
    assert every.hits.ravel().tolist() == [6, 3]
    own = tally(press.index, [Quoted("peace", query, own=True)], by="all")
    assert own.hits.ravel().tolist() == [3, 3]
    assert own.documents_with_hits.ravel().tolist() == [2, 3]


def test_a_counter_is_a_value(press: td.Corpus):
    """It survives pickling, and two questions with the same recipe are the same."""
    counter = Quoted("peace", parse("peace"))
    assert pickle.loads(pickle.dumps(counter)).recipe == counter.recipe
    assert counter.recipe != Quoted("peace", parse("peace"), own=True).recipe


def test_a_hit_is_quoted_only_with_every_word(press: td.Corpus):
    """A phrase that begins before the mark is the author's own."""
    counted = tally(press.index, [Quoted("x", parse("said peace"))], by="all")
    assert counted.hits.ravel().tolist() == [1, 0]


def test_a_deadline_is_kept(press: td.Corpus):
    """Reading texts stops where the time is up."""
    deadline = Deadline(1e-9)
    with pytest.raises(QueryTimeoutError):
        Quoted("peace", parse("peace")).count(press.index.segments[0], press.selection.masks[0], deadline)


def test_rates_and_counts_in_own_words(press: td.Corpus):
    """Rates leave quoted hits out and say how many they are; so do counts, by document too."""
    rates = press.rates("peace", by="all", own_words=True)
    assert rates.table.select("hits", "quoted_hits").row(0) == (3, 3)
    assert rates.recipe.endswith("own words")
    assert press.rates("peace", by="all").table["hits"].to_list() == [6]
    split = press.count("peace", split="author", own_words=True)
    assert split.select("split", "hits", "quoted_hits").rows() == [("A", 2, 1), ("B", 1, 2)]
    by_document = press.count("peace", by="document", own_words=True)
    assert by_document.select("document", "hits", "quoted_hits").sort("document").rows() == [
        ("a", 2, 1),
        ("b", 0, 1),
        ("c", 0, 0),
        ("d", 1, 1),
    ]
    assert by_document.columns[-1] == "quoted_hits"


def test_against_another_query_in_own_words(press: td.Corpus):
    """The reference is counted in own words too."""
    table = press.rates("peace", relative_to="he", by="all", own_words=True).table
    assert table.select("hits", "exposure", "quoted_hits").row(0) == (3, 2, 3)
    with pytest.raises(SettingError, match="own words are counted in hits of all documents"):
        press.rates("peace", measure="documents", own_words=True)


def test_concordance(press: td.Corpus):
    """Every line says whether it is quoted; own words leave those out, in both orders, and count them."""
    found = press.kwic("peace")
    assert [line.quoted for line in found.lines] == [False, True, False, True, False, True]
    assert found.quoted is None
    assert found.table["quoted"].dtype == pl.Boolean
    for order in ("date", "sample"):
        own = press.kwic("peace", own_words=True, order=order)
        assert (own.total, own.quoted, own.documents) == (3, 3, 2)
        assert {line.document for line in own.lines} == {"a", "d"}
        assert not any(line.quoted for line in own.lines)


def test_nothing_held(tmp_path: Path):
    """An index without hits gives zeros, not an error."""
    path = tmp_path / "x.index"
    add(path, [doc("a", "war")])
    corpus = td.open(path)
    assert corpus.count("peace", own_words=True)["quoted_hits"].to_list() == [0]
    assert corpus.between(dt.date(1800, 1, 1), dt.date(1800, 1, 2)).kwic("peace", own_words=True).total == 0
    assert Index.open(path).segments
