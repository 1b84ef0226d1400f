"""Counts of every form equal those made by hand, whatever the segments."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tendency as td
from corpus.index_helpers import doc, forms_of
from tendency.corpus import Index, add, parse, select, term_counts
from tendency.corpus.term_counts import TermCounts, count_near, count_terms
from tendency.errors import SettingError

TEXTS = [
    "The war, the peace. War is war!",
    "No war now. Peace",
    "Bread and peace and bread and war and land.",
]


def named(index: Index, found: TermCounts, row: int = 0) -> dict[str, int]:
    """Counts by form, those that are 0 left out."""
    return {index.terms.forms[i]: int(n) for i, n in enumerate(found.counts[row]) if n}


def by_hand(index: Index, word: str, window: int | None) -> Counter[str]:
    """Words near a word, sentence by sentence; all of them for an empty word."""
    counts: Counter[str] = Counter()
    for segment, live in zip(index.segments, index.live, strict=True):
        for document in live.nonzero()[0].tolist():
            sentence: list[str] = []
            for form in forms_of(segment, document):
                if form:
                    sentence.append(form)
                    continue
                hits = [i for i, held in enumerate(sentence) if held.lower() == word]
                for i, held in enumerate(sentence):
                    near = any(window is None or abs(i - hit) <= window for hit in hits)
                    counts[held] += not word or (near and i not in hits)
                sentence = []
    return +counts


@given(
    st.lists(
        st.lists(st.sampled_from(["war", "War", "peace", "b", "c.", "D", "e!"]), max_size=12),
        min_size=1,
        max_size=6,
    ),
    st.sampled_from([1, 2, 5, None]),
    st.integers(1, 3),
)
@settings(max_examples=25, deadline=None)
def test_counts_are_those_made_by_hand(
    tmp_path_factory: pytest.TempPathFactory, texts: list[list[str]], window: int | None, batch: int
) -> None:
    """All words, and those near a word, over one or more segments."""
    path = tmp_path_factory.mktemp("i") / "index"
    documents = [doc(f"d{i}", " ".join(["x", *words])) for i, words in enumerate(texts)]
    for at in range(0, len(documents), batch):
        add(path, documents[at : at + batch])
    index = Index.open(path)
    everything = count_terms(index, [index.live])
    assert named(index, everything) == by_hand(index, "", None)
    near = count_near(index, parse("war"), index.live, window="sentence" if window is None else window)
    assert named(index, near) == by_hand(index, "war", window)
    assert int(near.tokens[0]) == sum(by_hand(index, "war", window).values())


def test_words_near_hits_that_overlap_and_cross_sentences(tmp_path: Path) -> None:
    """Of hits that share words, nest, or run over a sentence end, every word beside one counts once and none inside."""
    text = "a b c d. E f g h. I j k l"
    add(tmp_path / "i", [doc("1", text), doc("2", f"{text}. M")])
    index = Index.open(tmp_path / "i")
    for query, window, found in (
        ("b c | b c d | c", 1, "a d"),
        ("b | a b c d", 1, ""),
        ('cql: [word="b|c"]+ []', "sentence", "a"),
        ("(d e) within doc", 2, "b c f g"),
        ("(d e f g h i) within doc", "sentence", "a b c j k l"),
        ("* c", 9, "a d"),
    ):
        near = count_near(index, parse(query), index.live, window=window)  # type: ignore[arg-type]
        assert named(index, near) == dict.fromkeys(found.split(), 2), query


@pytest.mark.parametrize("dense", [0, 1 << 40])
def test_stretches_are_put_together(dense: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each position in any stretch is given once, however dense they lie."""
    monkeypatch.setattr(term_counts, "_DENSE", dense)
    generator = np.random.default_rng(3)
    for size in (1, 2, 30):
        begins = generator.integers(5, 90, size)
        ends = begins + generator.integers(0, 6, size)
        expected = sorted(
            {p for b, e in zip(begins.tolist(), ends.tolist(), strict=True) for p in range(b, e)}
        )
        assert term_counts._covered(begins, ends).tolist() == expected


def test_several_sets_in_one_call(tmp_path: Path) -> None:
    """Sets may overlap; each has its own counts."""
    add(tmp_path / "i", [doc(str(i), text, party=f"p{i % 2}") for i, text in enumerate(TEXTS)])
    index = Index.open(tmp_path / "i")
    part = select(index, where="party = 'p1'").masks
    found = count_terms(index, [part, index.live])
    assert named(index, found, 0) == {"No": 1, "war": 1, "now": 1, "Peace": 1}
    assert named(index, found, 1) == by_hand(index, "", None)
    assert found.tokens.tolist() == [4, int(found.counts[1].sum())]
    assert count_terms(index, []).counts.shape == (0, len(index.terms))


def test_a_window_of_nothing_is_refused(tmp_path: Path) -> None:
    """The sentence says what to give."""
    add(tmp_path / "i", [doc("a", "war")])
    index = Index.open(tmp_path / "i")
    with pytest.raises(SettingError, match="holds none; give at least 1, or 'sentence'"):
        count_near(index, parse("war"), index.live, window=0)


def test_the_list_of_words(tmp_path: Path) -> None:
    """Most frequent first, then by form; folded forms are added up."""
    add(tmp_path / "i", [doc(str(i), text) for i, text in enumerate(TEXTS)])
    corpus = td.open(tmp_path / "i")
    table = corpus.words(fold=True, limit=3)
    assert table.rows() == [
        ("war", 5, 1e6 * 5 / 20),
        ("and", 4, 1e6 * 4 / 20),
        ("peace", 3, 1e6 * 3 / 20),
    ]
    near = corpus.words("bread", near=1)
    assert near.rows() == [("and", 3, 1e6)]
    assert corpus.words(min_count=4, fold=True)["form"].to_list() == ["war", "and"]
    assert corpus.between("1918").words().height == 0
    with pytest.raises(SettingError, match="needs a query"):
        corpus.words(near=3)


def test_the_command_lists_words(tmp_path: Path) -> None:
    """CSV for programs; what is no distance is refused in a sentence."""
    from typer.testing import CliRunner

    from tendency.cli.commands import app

    add(tmp_path / "i", [doc(str(i), text) for i, text in enumerate(TEXTS)])
    asked = ["words", str(tmp_path / "i")]
    done = CliRunner().invoke(app, [*asked, "bread", "--near", "1", "--csv"])
    assert done.stdout.splitlines() == ["form,count,per_million", "and,3,1000000.0"]
    done = CliRunner().invoke(app, [*asked, "--fold", "--limit", "1", "--csv"])
    assert done.stdout.splitlines()[1] == "war,5,250000.0"
    refused = CliRunner().invoke(app, [*asked, "bread", "--near", "far"])
    assert "give a number of words, or sentence" in str(refused.exception)
