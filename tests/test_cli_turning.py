"""The commands that ask when a course turned."""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path

import pytest

import tendency as td
from tendency.cli import main


@pytest.fixture
def press(tmp_path: Path) -> str:
    """Thirty years of ten documents each; peace is named from 1915 on, bread always, war in three documents."""
    lines = []
    for year in range(1900, 1930):
        for number in range(10):
            text = "Bread for all of them. " * (2 + number % 3) + "And so it goes on. " * 20
            text += "Peace now. " * (6 + number % 2) if year >= 1915 else ""
            text += "War. " if number == 0 and year < 1903 else ""
            lines.append(
                json.dumps({"id": f"{year}-{number}", "date": f"{year}-05-0{number % 9 + 1}", "text": text})
            )
    (tmp_path / "press.jsonl").write_text("\n".join(lines), encoding="utf-8")
    td.add(tmp_path / "press.index", tmp_path / "press.jsonl")
    return str(tmp_path / "press.index")


def _said(words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    monkeypatch.setattr(sys, "argv", ["tendency", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    assert not ended.value.code
    return capsys.readouterr().out


def test_every_query_gets_a_sentence(
    press: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One plain sentence says of each query when it turned, that it did not, or that there is too little."""
    lines = _said(["turns", press, "peace", "bread", "war"], monkeypatch, capsys).splitlines()
    assert lines[0].startswith("peace: a firm turn (1915), level up, ")
    assert lines[1] == "bread: no turning point; 870 hits in 30 periods with text."
    assert lines[2] == "war: too few (under 10 hits); 3 hits in 30 periods with text."


def test_listings_are_only_the_table(
    press: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """--json and --csv print the turning points alone, and --chart writes the chart."""
    target = tmp_path / "turns.svg"
    found = json.loads(
        _said(["turns", press, "peace", "bread", "--json", "--chart", str(target)], monkeypatch, capsys)
    )
    assert [(row["query"], row["period"], row["verdict"]) for row in found] == [("peace", "1915", "firm")]
    assert target.read_text(encoding="utf-8").startswith("<svg")
    rows = list(csv.DictReader(io.StringIO(_said(["turns", press, "peace", "--csv"], monkeypatch, capsys))))
    assert [row["period"] for row in rows] == ["1915"]


def test_python_gives_the_same(press: str) -> None:
    """A corpus gives turning points and flips by the same names; peace overtakes bread in 1915."""
    corpus = td.open(press)
    assert corpus.turns("peace").table["period"].to_list() == ["1915"]
    (row,) = corpus.flips(["peace", "bread"]).table.to_dicts()
    assert (row["first"], row["second"], row["period"]) == ("bread", "peace", "1915")
