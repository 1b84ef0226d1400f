"""The command that looks for what changed: what it says, prints and writes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from measures.test_discover import documents, index_of, piece, planted
from tendency.cli.commands import app


@pytest.fixture(scope="module")
def press(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A press with planted changes."""
    path = tmp_path_factory.mktemp("p") / "press.index"
    index_of(path, documents(planted))
    return str(path)


def test_the_first_line_says_how_much_was_tested_found_and_confirmed(press: str, tmp_path: Path) -> None:
    """Counts first, then the findings, then the next step; the chart is written where it is asked for."""
    chart = tmp_path / "found.svg"
    said = CliRunner().invoke(app, ["discover", press, "--limit", "3", "--chart", str(chart)])
    assert said.exit_code == 0
    first, *rows = said.stdout.splitlines()
    assert "words and n-grams, " in first
    assert " tests. " in first
    assert "found in two thirds of the clusters, 5 of them confirmed in the third held out" in first
    assert len(rows) == 1 + 3
    assert f"Next: tendency kwic {press} " in said.stderr
    assert chart.read_text().startswith("<svg")


def test_programs_get_rows_alone(press: str) -> None:
    """JSON and CSV hold rows only; what is said besides goes to standard error."""
    said = CliRunner().invoke(app, ["discover", press, "--json"])
    rows = json.loads(said.stdout)
    assert {"rank", "term", "also", "kind", "period", "low", "held_out"} <= set(rows[0])
    assert "words and n-grams" in said.stderr
    said = CliRunner().invoke(app, ["discover", press, "--csv", "--from", "1935", "--to", "1936"])
    assert said.stdout.startswith("rank,term,also,kind")
    assert len(said.stdout.splitlines()) == 1
    assert "Too few periods: 2" in said.stderr


def test_nothing_to_compare_is_said(tmp_path: Path) -> None:
    """With one document there is no table, and the line says why."""
    index_of(tmp_path / "i", [piece("1", 0, "war")])
    said = CliRunner().invoke(app, ["discover", str(tmp_path / "i")])
    assert said.exit_code == 0
    assert "0 words and n-grams, 0 tests" in said.stdout
    assert "Too few periods: 1 of those looked at hold text" in said.stdout
