"""What is asked takes memory for a run of documents, not for its hits."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable

import pytest
from index_helpers import doc

import tendency as td
from tendency.corpus import add, parse, search, term_counts, work
from tendency.corpus import overlaps as overlaps_of
from tendency.tally import FirstMention, Overlaps, tally

Asked = Callable[[td.Corpus], object]

DENSE = "* of | the | a"

ASKED: dict[str, Asked] = {
    "count": lambda c: c.count(DENSE, by="day", split="paper"),
    "by document": lambda c: c.count(DENSE, by="document"),
    "repetitions": lambda c: c.count("cql: [] []{0,3} [word='the']"),
    "near": lambda c: c.count("(* of | the | a) near/5 the"),
    "within documents": lambda c: c.count("((* of | the | a) near/5 the) within doc"),
    "aims": lambda c: c.aims(DENSE, {"one": "the *", "other": "a"}, by="all"),
    "rank": lambda c: c.rank(["the *", "* a"], near="* of", overlap=True, by="all"),
    "overlaps": lambda c: tally(c.index, [Overlaps((("a", parse("the *")), ("b", parse("* a"))))]),
    "example of an overlap": lambda c: overlaps_of(c.index, parse("the *"), parse("* a")),
    "first mention": lambda c: tally(c.index, [FirstMention((("a", parse("the *")), ("b", parse("* a"))))]),
    "kwic": lambda c: c.kwic(DENSE, limit=1),
    "sample": lambda c: c.kwic(DENSE, limit=1, order="sample"),
    "words": lambda c: c.words(),
    "words near": lambda c: c.words(DENSE, near=5),
    "words of the sentence": lambda c: c.words("of", near="sentence"),
    "features": lambda c: c.document_features([DENSE, "the *"]),
}


@pytest.fixture(scope="module")
def presses(tmp_path_factory: pytest.TempPathFactory) -> tuple[td.Corpus, td.Corpus]:
    """A corpus, and one four times as large, of documents alike."""
    folder = tmp_path_factory.mktemp("presses")
    found = []
    for times in (1, 4):
        documents = [
            doc(f"d{number}", "The war of a land and the peace of the land. " * 90, 1 + number % 2, paper="x")
            for number in range(40 * times)
        ]
        add(folder / str(times), documents)
        found.append(td.open(folder / str(times)))
    return found[0], found[1]


def peak(corpus: td.Corpus, ask: Asked) -> int:
    """Bytes that an answer takes at most, beside what is kept for the next."""
    ask(corpus)
    tracemalloc.start()
    try:
        ask(corpus)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", ASKED)
def test_four_times_the_hits_take_the_same_memory(
    presses: tuple[td.Corpus, td.Corpus], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With runs of documents as small as these corpora want, four times the hits take no more memory."""
    monkeypatch.setenv("TENDENCY_CACHE_SIZE", "0")
    monkeypatch.setattr(search, "WINDOW", 1 << 13)
    monkeypatch.setattr(term_counts, "_STRETCH", 1 << 13)
    # Each thread has a run of its own in hand, and how many work at once is chance.
    monkeypatch.setattr(work, "cores", lambda: 1)
    for limit in ("FEW", "_SORTED"):
        monkeypatch.setattr(search, limit, 0)
    small, large = (peak(press, ASKED[name]) for press in presses)
    assert large < 1.25 * small + 50_000, f"{small:,} and {large:,} bytes"
