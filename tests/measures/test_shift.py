"""A word whose company changed is told from one whose company did not, by what it is compared with."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import numpy as np
import pytest

from tendency.corpus import Index, add, concordance, parse
from tendency.documents import DateSpan, Document
from tendency.dossier.meaning_sentences import sampled_sentence, shift_sentence
from tendency.errors import SettingError
from tendency.measures.contexts import AFTER, BEFORE, Texts
from tendency.measures.shift import CHANGED, LEAST_USES, NO_CHANGE, NOT_ENOUGH, Shifts, shift

pytest.importorskip("gensim")

EARLIER = DateSpan(dt.date(1930, 1, 1), dt.date(1931, 1, 1), "1930")
LATER = DateSpan(dt.date(1940, 1, 1), dt.date(1941, 1, 1), "1940")
LETTERS = "bcdfghklmn"
TOPICS = [[f"{name}{a}o{b}a" for a in LETTERS[:6] for b in LETTERS[:4]] for name in ("ka", "le", "mi", "no")]


def made(seed: int = 7) -> list[Document]:
    """Two hundred documents on four topics: "red dawn" moves from the first to the third, "blue noon" stays in the second."""
    generator = np.random.default_rng(seed)
    found = []
    for side, span in enumerate((EARLIER, LATER)):
        for number in range(100):
            topic = number % 4
            sentences = [list(generator.choice(TOPICS[topic], 12)) for _ in range(6)]
            if topic == 2 * side:
                for sentence in sentences[:3]:
                    sentence[6:6] = ["red", "dawn"]
            if topic == 1:
                for sentence in sentences[:3]:
                    sentence[6:6] = ["blue", "noon"]
            if number < 20:
                sentences[0].append("seldom")
            text = ". ".join(" ".join(sentence) for sentence in sentences)
            # Papers that turn with the number print every topic.
            fields = {"newspaper": f"paper {number // 4 % 3}", "language": "xx"}
            found.append(Document(f"{side}-{number:03d}", span, text, fields))
    return found


def asked(index: Index, **more: str) -> Shifts:
    """The shifts of the planted words."""
    queries = {"moved": "red dawn", "stayed": "blue noon", "rare": "seldom"} | more
    return shift(
        index,
        {name: parse(query) for name, query in queries.items()},
        before=EARLIER,
        after=LATER,
        controls=60,
        permutations=39,
        text=12_000,
    )


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """An index of the planted documents."""
    path = tmp_path_factory.mktemp("shift") / "press.index"
    add(path, made())
    return Index.open(path)


@pytest.fixture(scope="module")
def found(index: Index) -> Shifts:
    """What is found of them."""
    return asked(index)


def test_what_moved_is_told_from_what_stayed(found: Shifts) -> None:
    """A planted shift is found, for a query of several words too; without one nothing is claimed; under fifty uses nothing is computed."""
    moved, stayed, rare = found.table.to_dicts()
    assert moved["verdict"] == CHANGED
    assert moved["percentile"] >= 0.95
    assert moved["p"] <= 0.05
    assert moved["hits_before"] == moved["hits_after"] == 75
    assert LEAST_USES <= moved["uses"] <= 75
    assert stayed["verdict"] == NO_CHANGE
    assert stayed["distance"] < moved["distance"] / 3
    assert rare["verdict"] == NOT_ENOUGH
    assert rare["distance"] is rare["percentile"] is rare["p"] is None
    assert rare["note"] == f"under {LEAST_USES} uses a side"


def test_what_came_and_went_and_the_uses_that_show_it(index: Index, found: Shifts) -> None:
    """Contexts of the old topic went and those of the new came, with the uses beside which they stand; the quotations are hits where they say."""
    own = found.contexts.filter(found.contexts["query"] == "moved").to_dicts()
    came = [row["context"] for row in own if row["change"] == "came"]
    went = [row["context"] for row in own if row["change"] == "went"]
    assert len(came) == len(went) == 15
    assert set(came) <= set(TOPICS[2])
    assert set(went) <= set(TOPICS[0])
    assert all(row["uses_before"] == 0 < row["uses_after"] for row in own if row["change"] == "came")
    hits = {(line.document, line.position) for line in concordance(index, parse("red dawn"), limit=999).lines}
    quoted = found.quotations.filter(found.quotations["query"] == "moved").to_dicts()
    assert {row["use"] for row in quoted} == {"old", "new"}
    assert all((row["document"], row["position"]) in hits for row in quoted)
    assert all(row["document"].startswith("0" if row["use"] == "old" else "1") for row in quoted)


def test_equal_documents_give_equal_figures(found: Shifts, tmp_path: Path) -> None:
    """The answer is the same to the last bit, in whatever order and batches the documents came."""
    documents = made()[::-1]
    for at in range(0, len(documents), 70):
        add(tmp_path / "again.index", documents[at : at + 70])
    again = asked(Index.open(tmp_path / "again.index"))
    assert again.table.equals(found.table)
    assert again.controls.equals(found.controls)
    assert again.contexts.equals(found.contexts)
    assert again.quotations.equals(found.quotations)


def test_sources_of_one_span_only_tell_nothing(tmp_path: Path) -> None:
    """Where no source is held in both spans a change of sources cannot be told from a change of meaning, and it is said so."""
    documents = [
        Document(one.id, one.date, one.text, {"newspaper": one.id[0], "language": "xx"}) for one in made()
    ]
    add(tmp_path / "press.index", documents)
    row = asked(Index.open(tmp_path / "press.index")).table.to_dicts()[0]
    assert row["verdict"] == NO_CHANGE
    assert row["p"] is None
    assert "no source is in both spans" in row["note"]


def test_windows_count_words_and_end_with_the_document(tmp_path: Path) -> None:
    """A window goes over sentence ends, which count nothing, and never into another document."""
    add(
        tmp_path / "a.index",
        [Document("a", EARLIER, "one two. Three x four. Five", {}), Document("b", LATER, "six x", {})],
    )
    held = Index.open(tmp_path / "a.index")
    texts = Texts(held, ([np.array([True, False])], [np.array([False, True])]), None, None)
    uses = texts.uses_of(parse("x"))
    assert uses.side.tolist() == [BEFORE, AFTER]
    columns = np.arange(len(texts.names))
    beside: list[set[tuple[str, int]]] = [set(), set()]
    for part in texts.contexts(uses, columns, 2):
        for use, column, distance in np.stack(part, axis=1).tolist():
            beside[use].add((texts.names[column], distance))
    assert beside[0] == {("two", 2), ("three", 1), ("four", 1), ("five", 2)}
    assert beside[1] == {("six", 1)}


def test_sentences_say_what_was_compared(found: Shifts) -> None:
    """A change is said with what it exceeds, its p, what came and went and the counts; too few uses are said to be; sampling is told."""
    moved, stayed, rare = found.table.to_dicts()
    own = found.contexts.filter(found.contexts["query"] == "moved").to_dicts()
    said = shift_sentence(moved, own)
    assert said.startswith("moved: changed: its company changed more than that of ")
    assert "came: " in said
    assert "went: " in said
    assert "75 uses in 1930, 75 in 1940" in said
    assert "no change that can be told from comparable words" in shift_sentence(stayed, [])
    assert shift_sentence(rare, []).startswith("rare: not enough uses (under 50 uses a side); ")
    assert found.sampled
    assert f"{found.read:,} of {found.held:,} words" in sampled_sentence(found.read, found.held)


def test_the_chart_is_valid_and_says_where_the_word_stands(found: Shifts) -> None:
    """The chart keeps to Vega-Lite's schema on the screen and in print, and leaves out what has no distance."""
    from altair.utils.schemapi import validate_jsonschema
    from altair.vegalite.schema import core

    spec = found.chart()
    assert spec is not None
    assert "moved moved by " in spec["description"]
    assert "rare" not in spec["description"]
    schema = core.load_schema()
    screen = {key: value for key, value in spec.items() if key != "usermeta"}
    for version in (screen, spec["usermeta"]["print"]):
        validate_jsonschema(version, {"$ref": "#/definitions/TopLevelSpec"}, rootschema=schema)


def test_impossible_settings_are_said(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    """Spans that overlap, too few seeds and an absent gensim are errors that say what to do."""
    query = {"q": parse("red dawn")}
    with pytest.raises(SettingError, match="give the earlier span first, without overlap"):
        shift(index, query, before=LATER, after=EARLIER)
    with pytest.raises(SettingError, match="give at least three"):
        shift(index, query, before=EARLIER, after=LATER, seeds=(1, 1))
    monkeypatch.setitem(sys.modules, "gensim.models", None)
    with pytest.raises(SettingError, match=r"pip install 'tendency\[shift\]'"):
        shift(index, query, before=EARLIER, after=LATER)
