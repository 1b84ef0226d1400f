"""Leaving out spellings, overlaps, near spellings, explanations and selections."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.index_helpers import doc
from tendency.corpus import (
    Index,
    add,
    count_by_document,
    explain,
    no_hits,
    overlaps,
    parse,
    remove,
    select,
    suggestions,
)
from tendency.corpus.expansion import expansion
from tendency.corpus.query.tree import Term
from tendency.corpus.suggest import did_you_mean, nearest
from tendency.errors import SettingError

TEXTS = [
    "The bureaucracy and the bureaucrats. The bureaucracy is Stalin, Stalinism is an oligarchy.",
    "The defense of the USSR. The defense of the Soviet Union; defense counsel.",
    "The colour of the government. The govemment moves its armies.",
]


@pytest.fixture
def index(tmp_path: Path) -> Index:
    """Three documents in two segments, in two languages."""
    add(tmp_path / "index", [doc("0", TEXTS[0], language="en")])
    add(
        tmp_path / "index",
        [doc("1", TEXTS[1], day=2, language="English"), doc("2", TEXTS[2], day=3, language="fr")],
    )
    return Index.open(tmp_path / "index")


def total(index: Index, text: str) -> int:
    """How often a query is hit."""
    return sum(
        int(count_by_document(segment, parse(text).bound(index), live).sum())
        for segment, live in zip(index.segments, index.live, strict=True)
    )


def labels(index: Index, text: str, limit: int = 20) -> list[tuple[str, str]]:
    """Each spelling left out, and the query without it."""
    return [(held.label, held.without.normalised()) for held in parse(text).spellings(index, limit)]


def test_alternatives_then_forms_are_left_out(index: Index):
    """First each alternative, then each form of a wildcard, the most frequent first."""
    found = labels(index, "bureaucra* | oligarchy | Stalin*")
    assert [label for label, _ in found] == [
        "bureaucra*",
        "oligarchy",
        "stalin*",
        "bureaucracy",
        "bureaucrats",
        "stalin",
        "stalinism",
    ]
    assert found[1][1] == "bureaucra* | stalin*"
    assert total(index, found[3][1]) == total(index, "bureaucra* | oligarchy | Stalin*") - 2
    assert len(labels(index, "bureaucra* | oligarchy | Stalin*", 4)) == 4


def test_spellings_inside_phrases_and_beside_near(index: Index):
    """Alternatives in a phrase are spellings; what stands to the right of near is none."""
    assert labels(index, "(defence | defense) of the USSR") == [
        ("defence", "defense of the ussr"),
        ("defense", "defence of the ussr"),
    ]
    assert labels(index, "Stalin near/3 (oligarchy | bureaucra*)") == []
    assert [label for label, _ in labels(index, "lemma:bureaucrat | x")] == ["lemma:bureaucrat", "x"]


def test_one_spelling_leaves_nothing_to_leave_out(index: Index):
    """A query with one spelling has no variants."""
    assert labels(index, "Stalin") == []
    assert labels(index, "oligarc*") == []


def test_overlaps_count_shared_words(index: Index):
    """Words in hits of both queries are counted, and the earliest is shown."""
    found = overlaps(index, parse("bureaucra*"), parse("the * and | oligarchy"))
    assert (found.positions, found.example) == (1, "bureaucracy")
    assert (
        overlaps(index, parse("the bureaucracy and"), parse("bureaucracy and the")).example
        == "bureaucracy and"
    )
    assert overlaps(index, parse("Stalin"), parse("USSR")) == overlaps(index, parse("x"), parse("y"))
    only_second = select(index, where="id = '1'")
    assert overlaps(index, parse("bureaucra*"), parse("bureaucracy"), only_second).positions == 0
    assert overlaps(index, parse("c* d* within doc"), parse("d*")).positions == 0


def test_near_spellings_with_their_counts(index: Index):
    """A query without hits is answered with what is spelled like it and would have hits."""
    assert suggestions(index, parse("defence of the USSR")) == [("defense", 1)]
    assert no_hits(parse("defence of the USSR"), suggestions(index, parse("defence of the USSR"))) == (
        "defence of the USSR: 0; *defense*: 1"
    )
    assert suggestions(index, parse("color"))[0] == ("colour", 1)
    assert suggestions(index, parse("governrnent"))[0][0] in ("government", "govemment")
    assert suggestions(index, parse("exact:stalin")) == [("stalin", 1)]
    assert suggestions(index, parse("xyzzy plugh")) == []
    assert no_hits(parse("xyzzy"), []) == "xyzzy: 0; nothing spelled like it occurs"


def test_names_are_suggested(index: Index):
    """A word that is a name is suggested with its at sign."""
    assert suggestions(index, parse("regime"), {"regime": "bureaucra*"})[0] == ("@regime", 3)


def test_suggestions_never_come_from_removed_documents(index: Index):
    """What only a deleted document says is not there."""
    remove(index.path, ids=["2"])
    assert suggestions(Index.open(index.path), parse("color")) == []


def test_suggestions_depend_on_live_documents_alone(tmp_path: Path):
    """More near spellings than are tried: those that removed documents had neither come nor take another's place."""
    kept = [doc("kept", " ".join(f"wor{letter}" for letter in "abcefghijlmnopqrstuv"), language="en")]
    gone = [doc("gone", " ".join(f"word{letter} wor{letter} " * 3 for letter in "nopqrstuvw"), language="ru")]
    add(tmp_path / "one", kept)
    add(tmp_path / "other", [*gone, *kept])
    remove(tmp_path / "other", ids=["gone"])
    one, other = Index.open(tmp_path / "one"), Index.open(tmp_path / "other")
    for query in ("word", "lemma:words", "a word"):
        assert suggestions(one, parse(query), limit=20) == suggestions(other, parse(query), limit=20)
    assert one.info().forms == other.info().forms == 20


def test_forms_of_a_lemma_count_in_documents_of_its_language(tmp_path: Path):
    """However documents of two languages lie in segments, the expansion has the query's own hits."""
    documents = [doc("en", "goes goes was", language="en"), doc("de", "goes war was", language="de")]
    add(tmp_path / "one", documents)
    for document in documents:
        add(tmp_path / "two", [document])
    for name in ("one", "two"):
        assert expansion(Index.open(tmp_path / name), Term("lemma", "is", "go")) == [("goes", 2)]


def test_did_you_mean():
    """The nearest known names come as the end of a sentence."""
    assert nearest("auhtor", ["author", "title", "date"]) == ["author"]
    assert did_you_mean("xyz", ["author"]) == "."
    assert did_you_mean("alram", ["alarm"], "@") == "; did you mean @alarm?"


def test_explanations(index: Index):
    """What each word stands for is shown before anything is searched."""
    explanation = explain(index, parse('bureaucra* near/5 "Stalin"'))
    first, second = explanation.expansions
    assert (first.word, first.forms, first.occurrences) == ("bureaucra*", 2, 3)
    assert first.examples == (("bureaucracy", 2), ("bureaucrats", 1))
    assert second.word == "exact:Stalin"
    assert explanation.candidates == 4
    text = str(explanation)
    assert "bureaucra*: 2 forms, 3 times: bureaucracy 2, bureaucrats 1" in text
    assert "on one core" in text
    assert explain(index, parse('"x" []* "y"%c')).tokens == sum(
        segment.positions for segment in index.segments
    )


def test_selections(index: Index):
    """Where, span and language are combined; the counts are of what is left."""
    assert select(index).documents == 3
    assert select(index, language="en").documents == 2
    assert select(index, language="French").documents == 1
    assert select(index, start="1917-01-02").documents == 2
    assert select(index, end="1917-01-02").documents == 1
    assert select(index, "id <> '0'", "1917", "1917-01-03", "en").words == 13
    for options in ({"start": "1918", "end": "1917"}, {"start": "spring"}):
        with pytest.raises(SettingError):
            select(index, **options)
