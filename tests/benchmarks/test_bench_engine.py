"""The benchmark of engines: answers are judged by the truth, and the table says what it found."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from bench.engine import asks
from bench.engine.children import FailedError, TooLongError, child
from bench.engine.contenders import contenders
from bench.engine.judging import Truths, judge
from bench.engine.measuring import GROWN, Corpus, Trial
from bench.engine.table import Cell, Row, figure, legend, table
from bench.peers import NAMES, peer
from bench.peers.child import asked
from bench.peers.cwb import query as cqp_query
from bench.peers.peer import NotOfferedError
from bench.peers.tendency import query
from bench.press.questions import QUESTIONS
from bench.press.writing import Press, write


@pytest.fixture(scope="module")
def press(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small press."""
    to = tmp_path_factory.mktemp("press")
    write(Press(tokens=250_000, seed=5), to, processes=1)
    return to


def marks(name: str, at: Path, truths: Truths) -> dict[str, str]:
    """The mark of every question that an engine answers."""
    session, found = peer(name).open(at), {}
    for ask in asks.PRESS:
        try:
            found[ask.label] = judge(ask, asked(session, ask.task())(), truths)
        except NotOfferedError:
            found[ask.label] = "–"
    return found


def test_ours_is_exact_before_and_after_growth(press: Path, tmp_path: Path) -> None:
    """Every answer of ours is the truth, on what was built and when the later days have been added."""
    engine, at = peer("tendency"), tmp_path / "index"
    engine.add(sorted((press / "press").glob("*.jsonl")), at)
    assert set(marks("tendency", at, Truths.read(press, "press")).values()) == {""}
    for day in sorted((press / "more").glob("*.jsonl"))[:3]:
        engine.add([day], at)
    engine.add(sorted((press / "more").glob("*.jsonl"))[3:], at)
    assert set(marks("tendency", at, Truths.read(press, "press", "more")).values()) == {""}
    # And what was the truth before is it no more.
    assert marks("tendency", at, Truths.read(press, "press"))["one word"] == "≠"


def test_fts5_counts_documents_and_crosses_sentence_ends(press: Path, tmp_path: Path) -> None:
    """What SQLite answers is told apart: documents, sentence ends not heeded, another number, nothing."""
    engine, at = peer("fts5"), tmp_path / "index"
    if engine.version() is None:
        pytest.skip("this Python's SQLite has no FTS5")
    engine.build(sorted((press / "press").glob("*.jsonl")), at)
    found = marks("fts5", at, Truths.read(press, "press"))
    assert found["one word"] == found["prefix, by month"] == "d"
    assert found["three-word phrase"] == found["three-word phrase, by month"] == "dx"
    assert found["wildcard"] == "–"
    assert found["collocate counts"] == "≠"
    assert found["word counts, a quarter and the rest"] == ""


def test_tantivy_counts_documents(press: Path, tmp_path: Path) -> None:
    """Where tantivy is installed, it gives the documents of the truth, sentence ends not heeded."""
    pytest.importorskip("tantivy", reason="the peer tantivy is not installed")
    engine, at = peer("tantivy"), tmp_path / "index"
    engine.build(sorted((press / "press").glob("*.jsonl")), at)
    found = marks("tantivy", at, Truths.read(press, "press"))
    assert found["wildcard"] == "d"
    assert found["three-word phrase, by month"] == "dx"


def test_punctuation_taken_for_words_is_recognised(press: Path) -> None:
    """An engine that misses the phrases with a comma inside is told apart from a wrong one."""
    truths = Truths.read(press, "press")
    ask = asks.PRESS[0]
    name = ask.questions[0].name
    hits = truths.total(name, "hits")
    whole = truths.total(name, "hits without punctuation inside")
    assert whole < hits
    assert judge(ask, {"hits": whole}, truths) == "p"
    assert judge(ask, {"hits": truths.total(name, "hits across sentence ends")}, truths) == "x"
    assert judge(ask, {"hits": hits, "documents": 1}, truths) == "≠"
    assert judge(ask, {"documents": 1}, truths) == "d≠"


def test_a_child_tells_its_peak_and_its_errors(tmp_path: Path) -> None:
    """A process of its own answers with its memory; one that fails says why, and one that takes too long is stopped."""
    told = child({"peer": "fts5", "do": "version"}).told
    assert told["peak"] > 1 << 20
    with pytest.raises(FailedError, match=r"exit status 1: .*Error"):
        child({"peer": "fts5", "do": "build", "at": str(tmp_path / "x"), "sources": ["absent.jsonl"]})
    with pytest.raises(TooLongError, match=r"more than 0.01 s"):
        child({"peer": "fts5", "do": "version"}, seconds=0.01)


def test_absent_peers_are_lines_that_say_how_to_get_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A peer that is not installed is no error."""
    monkeypatch.setenv("PATH", str(tmp_path))
    found, absent = contenders(["cwb"], {})
    assert [one.name for one in found] == ["tendency"]
    assert absent == [f"CWB was not measured: it is not installed here ({peer('cwb').how_to_get})."]


def test_cwb_is_given_the_words_and_sentences_of_the_truth(press: Path, tmp_path: Path) -> None:
    """The vertical text that is prepared for CWB has each document, each sentence with words in it, and each word."""
    (path,) = peer("cwb").prepare(sorted((press / "more").glob("*.jsonl")), tmp_path / "sources")
    truths = Truths.read(press, "more")
    text = path.read_text("utf-8")
    assert text.count("<text ") == text.count("</text>") == truths.documents
    assert text.count("<s>") == text.count("</s>")
    told = json.loads((press / "truth.json").read_text())["more"]
    sentences = [part.split("</s>")[0].split() for part in text.split("<s>")[1:]]
    words = [[token for token in sentence if token.isalpha()] for sentence in sentences]
    assert sum(map(len, words)) == truths.tokens
    assert sum(map(bool, words)) == told["sentences"]


def test_every_question_is_said_in_each_language() -> None:
    """Ours and CQP's wording of a question ask for the same."""
    assert [query(q) for q in QUESTIONS if q.kind in ("phrase", "before")] == [
        "bread and work",
        "of the",
        '[form="election"] []{0,5} [form="was"]',
    ]
    assert [cqp_query(q) for q in QUESTIONS if q.kind != "word"] == [
        '"bread"%c "and"%c "work"%c within s',
        '"be.*"%c',
        '".*ter.*"%c',
        '"of"%c "the"%c within s',
        '"election"%c []{0,5} "was"%c within s',
    ]


def test_table_shows_ratios_marks_and_what_is_not_offered() -> None:
    """A peer's figure stands with its ratio to ours and its marks; what it cannot do is a dash; empty columns are left out."""
    row = Row("phrase", "ms", "≤ 10 ms", {"tendency": Cell(2.0), "fts5": Cell(5.0, "dx"), "conc": Cell(None)})
    lines = table([row], {name: name for name in NAMES}, "tendency", "target")
    assert lines == [
        "|  | target | tendency | fts5 | conc |",
        "| --- | --- | ---: | ---: | ---: |",
        "| phrase, ms | ≤ 10 ms | 2.00 | 5.00 (2.50) dx | – |",
    ]
    assert "d = documents, not hits; x = sentence ends are not heeded." in legend([row])
    assert [figure(value) for value in (12345.6, 123.4, 12.34, 1.234, 0.1234)] == [
        "12,346",
        "123",
        "12.3",
        "1.23",
        "0.123",
    ]


def test_a_wrong_answer_of_ours_is_told(press: Path, tmp_path: Path) -> None:
    """Where the truth is not what ours finds, the run says which row, and fills the others."""
    truths = Truths.read(press, "press")
    truths.questions["one word"][0]["hits"] += 1
    some = [ask for ask in asks.PRESS if ask.label in ("one word", "prefix")]
    day = press / "more/001.jsonl"
    corpus = Corpus("small", sorted((press / "press").glob("*.jsonl")), some, asks.AGAIN, truths, [day])
    engines, _ = contenders([], {})
    results = Trial(corpus, tmp_path, builds=1, tell=lambda what: None).run(engines)
    assert results.wrong == ["one word (tendency): not what was printed"]
    assert results.words == truths.tokens
    assert {label for label, row in results.rows.items() if GROWN in row.cells} == {
        "one day added, the median",
        "one day added, the longest",
        "segments as they came",
        "one word",
        "prefix",
    }
    assert all(cell.value for row in results.rows.values() for cell in row.cells.values())
    assert not list(tmp_path.iterdir())
