"""Collocates and keywords as users ask for them on the command line."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

import tendency as td
from tendency.cli import main

Run = Callable[..., tuple[str, str, int]]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten papers, an article each a year; the flag is red until 1909 and white from 1910, half of the papers speak of weather."""
    folder = tmp_path_factory.mktemp("press")
    lines = ["id,date,publication,side,text"]
    for year in range(1900, 1920):
        for paper in range(10):
            side = "North" if paper < 5 else "South"
            partner = "red" if year < 1910 else "white"
            weather = "Weather and storm. " * (3 + (year + paper) % 2) if side == "North" else ""
            plain = f"Paper {paper} of {year} has words. " + "One red line, one white wall of stone. " * 4
            text = f"{plain}{f'The {partner} flag flew. ' * (2 + year % 3)}{weather}"
            lines.append(f'{year}-{paper},{year}-05-01,Paper {paper},{side},"{text}"')
    source = folder / "press.csv"
    source.write_text("\n".join(lines), encoding="utf-8")
    td.add(folder / "press.index", source)
    return folder / "press.index"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command; what it printed, what it said beside, and its status."""

    def run(*words: object) -> tuple[str, str, int]:
        monkeypatch.setattr(sys, "argv", ["tendency", *map(str, words)])
        status = 0
        try:
            main()
        except SystemExit as ended:
            status = int(ended.code or 0)
        return *capsys.readouterr(), status

    return run


def test_collocates_are_listed_with_what_finds_them(index: Path, run: Run, tmp_path: Path) -> None:
    """People get sentences and a table, programs the rows alone; the chart is written, and the next step opens the sentences."""
    out, said, status = run("collocates", index, "flag", "--stop", "en", "--chart", tmp_path / "c.svg")
    assert status == 0
    assert "hits in 200 of 200 documents" in out
    assert "red" in out
    assert "near/5" in said
    assert (tmp_path / "c.svg").read_text(encoding="utf-8").startswith("<svg")
    out, said, status = run("collocates", index, "flag", "--window", "sentence", "--all-measures", "--json")
    rows = json.loads(out)
    assert {"word", "finds", "log_dice", "mi3", "delta_p"} <= set(rows[0])
    assert "hits in 200 of 200 documents" in said
    for row in rows:
        found, _, status = run("count", index, row["finds"], "--by", "all", "--json")
        assert status == 0
        assert json.loads(found)[0]["documents_with_hits"] == row["documents"]


def test_two_parts_are_compared(index: Path, run: Run, tmp_path: Path) -> None:
    """Two spans, or two values of a field, stand side by side with a verdict."""
    out, _, status = run(
        "collocates", index, "flag", "--compare", "1900/1909", "1910/1919", "--csv", "--by", "logratio"
    )
    assert status == 0
    table = pl.read_csv(out.encode())
    verdicts = dict(table.select("word", "verdict").iter_rows())
    assert verdicts["red"] == "went"
    assert verdicts["white"] == "came"
    out, _, status = run(
        "collocates",
        index,
        "flag",
        "--compare",
        "North",
        "South",
        "--split",
        "side",
        "--chart",
        tmp_path / "d.svg",
    )
    assert status == 0
    assert "North: " in out
    verdicts = set(out.split()) & {"came", "went"}
    assert not verdicts


def test_keywords_say_where_there_is_more(index: Path, run: Run, tmp_path: Path) -> None:
    """The direction is said in words, with how many were tested; JSON and CSV hold the same rows."""
    out, said, status = run(
        "keywords", index, "--target", "side = 'North'", "--longest", 3, "--chart", tmp_path / "k.svg"
    )
    assert status == 0
    assert "more in North" in out
    assert "words and n-grams tested" in out
    assert "tendency kwic" in said
    assert "more in North" in (tmp_path / "k.svg").read_text(encoding="utf-8")
    out, _, _ = run("keywords", index, "--split", "side", "--json")
    rows = json.loads(out)
    assert {row["target"] for row in rows} == {"North", "South"}
    weather = [row["verdict"] for row in rows if row["word"] == "weather"]
    assert weather == ["more in North", "more in North"]
    out, _, _ = run("keywords", index, "--split", "side", "--csv", "--all-measures", "--by", "log_likelihood")
    assert "simple_maths" in pl.read_csv(out.encode()).columns


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("collocates", "flag", "--window", "wide"), "a window is a number of words"),
        (("collocates", "flag", "--by", "magic"), "cannot be ordered by 'magic'"),
        (("collocates", "flag", "--compare", "1910", "1900"), "begins before"),
        (("keywords",), "need a target"),
        (("keywords", "--target", "side = 'North'", "--reference", "side IS NOT NULL"), "its own reference"),
    ],
)
def test_a_mistake_is_one_line(index: Path, run: Run, words: tuple[str, ...], message: str) -> None:
    """A wrong setting is told in a line, with status 1."""
    _, said, status = run(words[0], index, *words[1:])
    assert status == 1
    assert message in said
    assert "Traceback" not in said


def test_a_query_without_hits_is_answered(index: Path, run: Run) -> None:
    """No hits: near spellings, a sentence, and an empty list for programs."""
    out, said, status = run("collocates", index, "flagg", "--json")
    assert status == 0
    assert json.loads(out) == []
    assert "flag" in said
