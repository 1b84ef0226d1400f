"""Frequent words and n-grams are all there, and their counts are those of queries, whatever the segments and the memory."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tendency as td
from corpus.index_helpers import doc, forms_of
from tendency.corpus import Index, add, remove
from tendency.corpus.function_words import LISTS, function_words, languages_of
from tendency.corpus.ngrams import Grams, count_grams
from tendency.corpus.tokens import fold

FORMS = ["war", "War", "peace", "PEACE", "a", "b.", "c!", "d", "Straße", "strasse"]

Counts = dict[str, tuple[int, int, int]]


def counted(grams: Grams) -> Counts:
    """Hits, documents and most hits in a document by n-gram."""
    return {
        grams.text(number): (int(grams.hits[number]), int(grams.documents[number]), int(grams.most[number]))
        for number in range(1, len(grams) + 1)
    }


def by_hand(index: Index, longest: int, least: int, least_documents: int) -> Counts:
    """The same by a plain reading of every live document, sentence by sentence."""
    hits: defaultdict[str, Counter[int]] = defaultdict(Counter)
    number = 0
    for segment, live in zip(index.segments, index.live, strict=True):
        for document in live.nonzero()[0].tolist():
            number += 1
            sentence: list[str] = []
            for form in [*forms_of(segment, document), ""]:
                if form:
                    sentence.append(fold(form))
                    continue
                for length in range(1, longest + 1):
                    for at in range(len(sentence) - length + 1):
                        hits[" ".join(sentence[at : at + length])][number] += 1
                sentence = []
    return {
        gram: (found.total(), len(found), max(found.values()))
        for gram, found in hits.items()
        if found.total() >= least and len(found) >= least_documents
    }


@given(
    st.lists(st.lists(st.sampled_from(FORMS), min_size=1, max_size=25), min_size=1, max_size=8),
    st.integers(1, 3),
    st.integers(1, 5),
    st.sampled_from([(1, 1), (3, 1), (3, 2)]),
)
@settings(max_examples=30)
def test_all_are_found_with_the_counts_made_by_hand(
    tmp_path_factory: pytest.TempPathFactory,
    texts: list[list[str]],
    batch: int,
    longest: int,
    least: tuple[int, int],
) -> None:
    """Every n-gram with enough hits in enough documents, and no other, over one or more segments; folded as queries fold."""
    path = tmp_path_factory.mktemp("i") / "index"
    documents = [doc(f"d{i}", " ".join(words)) for i, words in enumerate(texts)]
    for at in range(0, len(documents), batch):
        add(path, documents[at : at + batch], merge=False)
    index = Index.open(path)
    grams, _ = count_grams(index, index.live, longest=longest, least=least[0], least_documents=least[1])
    assert counted(grams) == by_hand(index, longest, *least)


def speeches(tmp_path: Path) -> Path:
    """A corpus of thirty documents that share phrases, in three segments, two of them removed."""
    generator = np.random.default_rng(1)
    path = tmp_path / "index"
    words = ["the", "red", "army", "of", "workers", "and", "peasants.", "War", "on", "war!"]
    for batch in range(3):
        add(
            path,
            [
                doc(f"d{batch}-{number}", " ".join(generator.choice(words, 60)), 1 + number)
                for number in range(10)
            ],
            merge=False,
        )
    remove(path, ids=["d0-3", "d2-9"])
    return path


def test_counts_are_those_of_the_phrase_as_a_query(tmp_path: Path) -> None:
    """Hits of an n-gram equal those of the query that is typed for it; removed documents do not count."""
    path = speeches(tmp_path)
    corpus, index = td.open(path), Index.open(path)
    grams, _ = count_grams(index, index.live, least=5, least_documents=3)
    found = counted(grams)
    assert len(found) > 50
    assert {len(gram.split()) for gram in found} >= {1, 2, 3}
    table = corpus.count(list(found))
    for gram, hits, documents in table.select("query", "hits", "documents_with_hits").iter_rows():
        assert found[gram][:2] == (hits, documents), gram


def test_little_memory_takes_more_looks_and_gives_the_same(tmp_path: Path) -> None:
    """A budget that holds few pairs at a time is kept by counting them in parts; nothing is lost."""
    path = speeches(tmp_path)
    index = Index.open(path)
    whole, _ = count_grams(index, index.live, least=2, least_documents=2)
    assert len(whole) > 64
    little, _ = count_grams(index, index.live, least=2, least_documents=2, budget=256 * len(whole))
    assert counted(little) == counted(whole)
    assert little.too_many == 0


def test_a_budget_too_small_raises_the_least_hits_and_says_so(tmp_path: Path) -> None:
    """Where not all frequent n-grams fit, the rarer ones go, and how many is told."""
    path = speeches(tmp_path)
    index = Index.open(path)
    whole, _ = count_grams(index, index.live, least=2, least_documents=2)
    some, _ = count_grams(index, index.live, least=2, least_documents=2, budget=256 * 40)
    assert len(some) <= 40
    assert some.too_many > 0
    assert some.least > whole.least == 2
    everything = counted(whole)
    assert all(everything[gram] == found for gram, found in counted(some).items())


def test_nothing_is_frequent_in_nothing(tmp_path: Path) -> None:
    """An index without documents has no n-gram."""
    add(tmp_path / "i", [doc("1", "war")])
    remove(tmp_path / "i", ids=["1"])
    index = Index.open(tmp_path / "i")
    grams, _ = count_grams(index, index.live, least=1, least_documents=1)
    assert len(grams) == 0
    assert grams.edges()[0].tolist() == [0]


def test_edges_are_first_and_last_words(tmp_path: Path) -> None:
    """An n-gram's edges are the numbers of its first and of its last word."""
    index = Index.open(speeches(tmp_path))
    grams, _ = count_grams(index, index.live, least=3, least_documents=2)
    first, last = grams.edges()
    for number in range(1, len(grams) + 1):
        parts = grams.parts(number)
        assert (first[number], last[number]) == (parts[0], parts[-1])
        assert len(parts) == grams.length[number]


def test_function_words_are_those_of_the_languages_that_are_spoken(tmp_path: Path) -> None:
    """The lists of the corpus's own languages are used, and a language without one is told."""
    add(
        tmp_path / "i",
        [doc("1", "War and peace", language="en"), doc("2", "Krieg und Frieden", language="de")],
    )
    index = Index.open(tmp_path / "i")
    assert set(languages_of(index, index.live)) == {"en", "de"}
    words, unlisted = function_words(["en", "de"])
    assert {"and", "und"} <= words
    assert not unlisted
    assert function_words(["en", ""])[1]
    assert {"dass", "muss"} <= words
    assert function_words(list(LISTS))[1] is False
