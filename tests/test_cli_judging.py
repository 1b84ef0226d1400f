"""The commands that ask people: a sample goes out, a sheet comes back."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from tendency.cli import main


class Said(NamedTuple):
    """What a command printed, and how it ended."""

    out: str
    err: str
    status: int


Run = Callable[..., Said]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Runs a command beside an index of thirty documents that name bread."""
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> Said:
        monkeypatch.setattr(sys, "argv", ["tendency", *words])
        status = 0
        try:
            main()
        except SystemExit as ended:
            status = int(ended.code or 0)
        return Said(*capsys.readouterr(), status)

    lines = [
        json.dumps(
            {
                "id": str(n),
                "date": f"{1930 + n % 3}-05-01",
                "publication": f"Paper {n % 10}",
                "text": f"Bread for all of us, we say. {n}",
            }
        )
        for n in range(30)
    ]
    (tmp_path / "press.jsonl").write_text("\n".join(lines), encoding="utf-8")
    assert run("add", "press.index", "press.jsonl").status == 0
    return run


def judge(path: Path, said: str) -> None:
    """Write the same judgement beside every hit."""
    head, *rows = path.read_text(encoding="utf-8-sig").splitlines()
    path.write_text("\n".join([head, *(f"{row.rstrip(',')},{said}," for row in rows)]), encoding="utf-8")


def test_a_sample_says_where_its_key_is(run: Run, tmp_path: Path) -> None:
    """The sheet, what to write in it, and the key that the judge does not open are named."""
    said = run("sample", "press.index", "bread", "--n", "20", "--to", "hits.csv")
    assert said.status == 0, said.err
    assert "20 of 30 hits, drawn at random: hits.csv" in said.out
    assert "Write asserts, rejects, reports or other sense" in said.out
    assert "hits.key.csv, which the judge does not open" in said.out
    again = run("sample", "press.index", "bread", "--to", "hits.csv")
    assert (again.status, again.err) == (
        1,
        "tendency: hits.csv is there already, and may hold judgements; name another file.\n",
    )


def test_fewer_hits_than_asked(run: Run) -> None:
    """All hits are taken, which is said; without any, near spellings are given."""
    said = run("sample", "press.index", "bread", "--to", "hits.xlsx", "--judges", "2")
    assert "There are only 30 hits; the sample holds all of them." in said.err
    assert "hits-1.xlsx and hits-2.xlsx" in said.out
    none = run("sample", "press.index", "braed", "--to", "none.csv")
    assert none.status == 1
    assert none.err.startswith("tendency: there is no hit to read (braed: 0; *bread*: 30).")


def test_judged(run: Run, tmp_path: Path) -> None:
    """Sentences come first, then the figures; as JSON the table alone; what was left out is said aside."""
    run("sample", "press.index", "bread", "--to", "hits.csv")
    judge(tmp_path / "hits.csv", "p")
    with (tmp_path / "hits.csv").open("a", encoding="utf-8") as file:
        file.write("\nno name,,,,a,\n")
    said = run(
        "judged",
        "press.index",
        "bread",
        "hits.csv",
        "--count",
        "asserts, reports",
        "--sensitivity",
        "8/10",
        "--chart",
        "c.svg",
    )
    assert said.status == 0, said.err
    assert said.out.startswith(
        "Of 30 hits of “bread” drawn at random and read, 30 assert it or report it (95 % interval 89 to 100 %)."
    )
    assert "hits.csv, row 32: 'no name' is no hit's name; it is left out." in said.err
    assert (tmp_path / "c.svg").read_text(encoding="utf-8").startswith("<svg")
    rows = json.loads(
        run("judged", "press.index", "bread", "hits.csv", "--split", "publication", "--json").out
    )
    assert len(rows) == 30
    assert {row["reports"] for row in rows} == {1}
    assert {row["too_few"] for row in rows} == {True}


def test_two_judges(run: Run, tmp_path: Path) -> None:
    """Agreement is told, and the hits on which two judges disagree are listed."""
    run("sample", "press.index", "bread", "--to", "hits.csv", "--judges", "2")
    judge(tmp_path / "hits-1.csv", "a")
    judge(tmp_path / "hits-2.csv", "r")
    said = run("judged", "press.index", "bread", "hits-1.csv", "hits-2.csv", "--by", "all")
    assert "Two people read 30 hits of “bread”, and on 0 of them agree whether it is the thing (0" in said.out
    assert said.out.count("rejects") >= 30


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--sensitivity", "most"), "--sensitivity is 'most'; give a share such as 0.8"),
        (("--sensitivity", "0"), "a sensitivity of 0.0 is none"),
        (("--count", "maybe"), "'maybe' is no judgement; choose from asserts"),
        (("--key", "none.csv"), "there is no file none.csv"),
        (("--split", "voice"), "voice"),
    ],
)
def test_mistakes(run: Run, tmp_path: Path, words: tuple[str, ...], message: str) -> None:
    """A mistake is one sentence on standard error."""
    run("sample", "press.index", "bread", "--to", "hits.csv")
    judge(tmp_path / "hits.csv", "a")
    said = run("judged", "press.index", "bread", "hits.csv", *words)
    assert said.status == 1
    assert said.err.startswith("tendency: ")
    assert message in said.err
    assert said.out == ""


def test_a_sheet_as_it_was_made(run: Run) -> None:
    """A sheet that nobody filled in says what to write."""
    run("sample", "press.index", "bread", "--to", "hits.csv")
    said = run("judged", "press.index", "bread", "hits.csv")
    assert (said.status, said.out) == (1, "")
    assert (
        "no hit of hits.csv has a judgement. Write asserts, rejects, reports or other sense beside the hits."
        in said.err
    )
