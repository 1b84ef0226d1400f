"""The press of the benchmarks: its truth is that of its files, and our engine finds it."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import press_twin as twin
import pytest
from bench.press.batch import Stretch, make
from bench.press.papers import QUARTER
from bench.press.questions import QUESTIONS, WINDOW, WORD
from bench.press.vocabulary import templates, vocabulary
from bench.press.writing import Press, stream, write

import tendency as td

SMALL = Press(tokens=300_000, seed=3)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small press."""
    to = tmp_path_factory.mktemp("press")
    write(SMALL, to, processes=1)
    return to


@pytest.mark.parametrize("part", ["press", "more"])
def test_truth_equals_a_plain_reading(folder: Path, part: str) -> None:
    """Documents, words, sentences and every question's answer are those of the files, read slowly."""
    truth = json.loads((folder / "truth.json").read_text())[part]
    held = twin.documents(folder / part)
    parts = [twin.sentences(document["text"]) for document in held]
    assert truth["documents"] == len(held)
    assert truth["sentences"] == sum(map(len, parts))
    assert truth["tokens"] == sum(len(words) for own in parts for words in own)
    for question in QUESTIONS:
        told = truth["questions"][question.name]
        assert told == twin.answer(question.kind, list(question.words), held)


@pytest.mark.parametrize("part", ["press", "more"])
def test_counts_of_forms_equal_a_plain_reading(folder: Path, part: str) -> None:
    """The words of the quarter, of the rest and beside the collocates' word are those of the files."""
    suffix = "" if part == "press" else "-more"
    with (folder / f"words{suffix}.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    told = {
        name: {r["form"]: int(r[name]) for r in rows if r[name] != "0"}
        for name in ("quarter", "rest", "near")
    }
    held = twin.documents(folder / part)
    assert told["quarter"] == twin.forms([d for d in held if d["standpoint"] == QUARTER])
    assert told["rest"] == twin.forms([d for d in held if d["standpoint"] != QUARTER])
    assert told["near"] == twin.near(WORD, WINDOW, held)


def test_our_engine_finds_the_truth(folder: Path, tmp_path: Path) -> None:
    """Sentence ends, words and hits of the index are those that were printed."""
    truth = json.loads((folder / "truth.json").read_text())["press"]
    td.add(tmp_path / "i", sorted((folder / "press").glob("*.jsonl")))
    press = td.open(tmp_path / "i")
    assert press.info().words == truth["tokens"]
    for question in QUESTIONS:
        if question.kind != "before":
            found = press.count(" ".join(question.words))
            told = truth["questions"][question.name]
            assert found["hits"].to_list() == [told["hits"]]
            assert found["documents_with_hits"].to_list() == [told["documents"]]


def test_misread_words_are_counted_as_printed(tmp_path: Path) -> None:
    """Where words are misread, the truth speaks of what stands there, and there are more forms."""
    write(Press(tokens=120_000, seed=3, misread=0.2), tmp_path, processes=1)
    truth = json.loads((tmp_path / "truth.json").read_text())["press"]
    held = twin.documents(tmp_path / "press")
    for question in QUESTIONS:
        told = truth["questions"][question.name]
        assert told == twin.answer(question.kind, list(question.words), held)
    unknown = {form.lower() for form in twin.forms(held)} - set(vocabulary().number)
    assert len(unknown) > 5_000
    assert not (tmp_path / "words.csv").exists()


def test_a_seed_decides_every_byte(folder: Path, tmp_path: Path) -> None:
    """One process or two write the same files; the stream is the same text; another seed writes others."""
    write(SMALL, tmp_path, processes=2)
    files = sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    assert len(files) == 20 + 100 + 3
    assert all((tmp_path / path).read_bytes() == (folder / path).read_bytes() for path in files)
    years = "".join(path.read_text("utf-8") for path in sorted((folder / "press").glob("*.jsonl")))
    assert "".join(stream(SMALL)) == years
    stretch = SMALL.days()["more/001.jsonl"][0]
    assert make(3, stretch).words.tobytes() != make(4, stretch).words.tobytes()


def test_a_stretch_needs_no_other() -> None:
    """A day of the press is the same whether or not others were made before it."""
    first, second = (Stretch(n, SMALL.days()["more/001.jsonl"][0].first, 1, 3, 0.5) for n in (1, 2))
    alone = make(1, second)
    make(1, first)
    assert make(1, second).words.tobytes() == alone.words.tobytes()


def test_slogan_grows_and_is_torn_as_planted(folder: Path) -> None:
    """The slogan's rate grows about six times, and about a tenth more of its occurrences cross a full stop."""
    truth = json.loads((folder / "truth.json").read_text())["press"]
    told = truth["questions"]["three-word phrase"]
    assert told["hits"] / truth["tokens"] == pytest.approx(255e-6, rel=0.3)
    assert 1.02 < told["hits across sentence ends"] / told["hits"] < 1.25
    early = sum(hits for month, hits in told["by month"].items() if month < "1935")
    late = sum(hits for month, hits in told["by month"].items() if month >= "1945")
    assert late > 2 * early


def test_no_word_could_hide_a_sentence_end() -> None:
    """No word is an abbreviation behind which no sentence ends, and none is a letter alone but the article."""
    known = vocabulary()
    rules = (Path(__file__).parents[2] / "docs/text-rules.md").read_text("utf-8")
    never = set(
        re.findall(r"`([^`]+)`", rules.split("### English")[1].split("Never an end:")[1].split("\n")[0])
    )
    assert "messrs" in never
    assert not never & set(known.words)
    assert [word for word in known.words if len(word) == 1] == ["a"]
    assert all(word.isascii() and word.isalpha() and word.islower() for word in known.words)
    assert len(set(known.words)) == len(known.words) >= 200_000


def test_grammar_is_in_it(folder: Path) -> None:
    """The specimen's sentences are in the text, their places filled with other words."""
    assert len(templates()) > 90
    text = (folder / "press/1930.jsonl").read_text("utf-8")
    assert "keeps a list of every train that was late, and it fills" in text
