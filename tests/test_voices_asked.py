"""Who leads and who names whom, as users ask for it: from a corpus, from Python and on the command line."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import tendency as td
from tendency.cli import main
from tendency.errors import SettingError
from tendency.specimen import Specimen

Run = Callable[..., tuple[str, str, int]]


@pytest.fixture(scope="module")
def specimen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The index of a specimen press, in which the opposition leads in housing by four months and local papers are silent on it."""
    folder = tmp_path_factory.mktemp("specimen")
    Specimen(1944, 1.0).write(folder)
    td.add(folder / "press.index", [folder / "press"])
    return folder / "press.index"


@pytest.fixture(scope="module")
def weekly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A weekly and a monthly over eight years; what the weekly prints of bread the monthly prints two months later, and both reprint one text."""
    generator = np.random.default_rng(4)
    lines = ["id,date,paper,text"]
    course = np.exp(0.9 * generator.standard_normal(110))
    for month in range(96):
        date = f"{1930 + month // 12}-{month % 12 + 1:02}"
        for week in range(4):
            bread = "bread " * generator.poisson(3 * course[month + 4])
            lines.append(
                f"w{month}-{week},{date}-{1 + 7 * week:02},Weekly,week {week} of {date} {bread}{'word ' * 200}"
            )
        bread = "bread " * generator.poisson(12 * course[month + 2])
        lines.append(f"m{month},{date}-02,Monthly,month {date} {bread}{'word ' * 800}")
        lines.append(f"r{month},{date}-15,Weekly,the same text in both of {date} {'bread ' * (month % 7)}")
        lines.append(f"s{month},{date}-02,Monthly,the same text in both of {date} {'bread ' * (month % 7)}")
    folder = tmp_path_factory.mktemp("weekly")
    (folder / "press.csv").write_text("\n".join(lines), encoding="utf-8")
    td.add(folder / "press.index", folder / "press.csv")
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


def test_the_planted_lead_is_found(specimen: Path) -> None:
    """The opposition's papers lead the official ones in housing by four months; in what nobody leads, no lead is said."""
    press = td.open(specimen)
    found = press.lead("housing | tenement*", "standpoint", ("opposition", "official"))
    (row,) = found.table.to_dicts()
    assert (row["verdict"], row["first"], row["second"], row["lag"]) == ("leads", "opposition", "official", 4)
    assert row["low"] <= 4 <= row["high"]
    turned = press.lead("housing | tenement*", "standpoint", ("official", "opposition")).table.row(
        0, named=True
    )
    assert (turned["first"], turned["lag"]) == ("opposition", 4)
    baits = ["upper chamber", "lower chamber", "high water", "marsh fever", "bread and work", "free assembly"]
    others = press.lead(baits, "standpoint", ("opposition", "official"))
    assert not others.table["verdict"].is_in(["leads"]).any()


def test_reprints_and_cadence(weekly: Path) -> None:
    """Reprints are left out and counted; periods are not finer than the monthly; a lag of two months is a lead, by months even where weeks are asked."""
    press = td.open(weekly)
    found = press.lead({"bread": "bread"}, "paper", ("Weekly", "Monthly"), by="week")
    (row,) = found.table.to_dicts()
    assert found.reprints == 192
    assert row["grain"] == "month"
    assert (row["verdict"], row["first"], row["lag"]) == ("leads", "Weekly", 2)
    assert "id NOT IN" not in found.recipe
    sides = {"early": "paper = 'Weekly'", "late": "paper = 'Monthly'"}
    assert press.lead("bread", sides, ("early", "late")).table["first"].to_list() == ["early"]


def test_voices_that_are_none(weekly: Path) -> None:
    """Two different voices that exist are asked for, and a voice without a document is too few."""
    press = td.open(weekly)
    with pytest.raises(SettingError, match="name two different voices, not 'Weekly', 'Weekly'"):
        press.lead("bread", "paper", ("Weekly", "Weekly"))
    with pytest.raises(SettingError, match="there is no voice 'sun'; the filters given are 'moon'"):
        press.lead("bread", {"moon": "paper = 'Weekly'"}, ("moon", "sun"))
    assert press.lead("bread", "paper", ("Weekly", "Sun")).table["verdict"].to_list() == ["too few"]


def test_lead_command(run: Run, weekly: Path, tmp_path: Path) -> None:
    """The sentence first, then the table; the chart as a file; reprints are said beside."""
    out, err, status = run(
        "lead",
        weekly,
        "bread",
        "--split",
        "paper",
        "--voices",
        "Weekly",
        "Monthly",
        "--chart",
        tmp_path / "lead.svg",
    )
    assert status == 0
    assert out.startswith("“bread”: Weekly leads Monthly by 2 months (80 %")
    assert "192 documents whose text stands in both voices are left out" in err
    assert "months by which Weekly goes before Monthly" in (tmp_path / "lead.svg").read_text(encoding="utf-8")
    out, _, _ = run(
        "lead",
        weekly,
        "bread",
        "--split",
        "paper",
        "--voices",
        "Weekly",
        "Monthly",
        "--reference",
        "word",
        "--json",
    )
    (row,) = json.loads(out)
    assert row["removed"] == "trend and the course of the reference"
    _, err, status = run("lead", weekly, "bread", "--split", "papr", "--voices", "Weekly", "Monthly")
    assert status == 1
    assert "papr" in err


def test_polemics_command(run: Run, specimen: Path, tmp_path: Path) -> None:
    """A sentence a standpoint, a row a cell, and the matrix as a file; a scope that is none is refused."""
    asked = [
        "polemics",
        specimen,
        "--opponent",
        "League=northern league",
        "--opponent",
        "Fever=marsh fever",
        "--hostile",
        "danger* | threat*",
    ]
    out, _, status = run(*asked, "--split", "standpoint", "--chart", tmp_path / "matrix.svg")
    assert status == 0
    assert "official: " in out
    assert "League is named beside hostile words more than chance" in out
    assert "▲" in (tmp_path / "matrix.svg").read_text(encoding="utf-8")
    out, _, _ = run(*asked, "--split", "standpoint", "--own", "official=League", "--json")
    rows = {(row["split"], row["query"]): row for row in json.loads(out)}
    assert rows["official", "League"]["verdict"] == "names itself"
    assert len(rows) == 6
    _, err, status = run(*asked, "--split", "standpoint", "--scope", "page")
    assert status == 1
    assert "'page' is no scope" in err
