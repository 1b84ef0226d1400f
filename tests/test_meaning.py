"""Meaning shift and positions as users ask for them: from Python and on the command line."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import tendency as td
from tendency.cli import main
from tendency.dossier.meaning_sentences import positions_sentences
from tendency.errors import SettingError

Run = Callable[..., tuple[str, str, int]]
LETTERS = "bcdfghklmnprst"
WORDS = [f"{a}a{b}o{c}u" for a in LETTERS[:10] for b in LETTERS[:5] for c in LETTERS[:4]]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight papers whose words lean from the left to the right, ten articles each in each of two years; a ninth prints next to nothing."""
    generator = np.random.default_rng(9)
    weights = 0.6 * generator.standard_normal(len(WORDS))
    lines = ["id,date,newspaper,language,text"]
    for year in (1930, 1931):
        for paper, place in enumerate(np.linspace(-1.4, 1.4, 8)):
            share = np.exp(weights * place)
            for article in range(10):
                text = " ".join(generator.choice(WORDS, 150, p=share / share.sum()))
                lines.append(f"{year}-{paper}-{article},{year}-05-{article + 1:02d},Paper {paper},xx,{text}")
    lines.append("small,1930-06-01,Small,xx,few words here")
    folder = tmp_path_factory.mktemp("press")
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


def test_papers_stand_where_they_were_put(index: Path) -> None:
    """Wordfish puts the papers in their order, in the direction asked for, with intervals and its notes; what is too small has no position."""
    found = td.open(index).positions("newspaper", direction=("Paper 0", "Paper 7"))
    rows = found.table.to_dicts()
    assert [row["name"] for row in rows] == [*(f"Paper {n}" for n in range(8)), "Small"]
    assert rows[-1]["position"] is rows[-1]["low"] is None
    assert rows[-1]["note"] == "under 200 words"
    assert all(row["low"] < row["position"] < row["high"] for row in rows[:-1])
    assert found.converged
    assert "what all texts share in each period is taken out" in found.notes
    said = positions_sentences(found)
    assert said[0].startswith("Wordfish: 8 texts, from Paper 0 (")
    assert "no order can be claimed" not in said[0]
    assert found.words["carried"].is_sorted()


def test_reference_texts_make_the_scale(index: Path) -> None:
    """With references given it is Wordscores: they keep their positions, the others fall between them in their order."""
    found = td.open(index).positions("newspaper", references={"Paper 0": -1.0, "Paper 7": 1.0})
    rows = {row["name"]: row for row in found.table.to_dicts()}
    assert rows["Paper 0"]["position"] == pytest.approx(-1)
    assert rows["Paper 7"]["position"] == pytest.approx(1)
    between = [rows[f"Paper {n}"]["position"] for n in range(8)]
    assert between == sorted(between)
    assert rows["Paper 3"]["reference"] is None
    assert rows["Paper 3"]["raw_low"] < rows["Paper 3"]["raw"] < rows["Paper 3"]["raw_high"]
    assert rows["Small"]["position"] is None


def test_standpoints_and_documents_are_placed(index: Path) -> None:
    """Filters by name and single documents are texts too; under five texts there is no scale, and it is said."""
    press = td.open(index)
    five = {f"p{n}": f"newspaper = 'Paper {n}'" for n in range(8)}
    assert press.positions(five).table["position"].null_count() == 0
    few = press.positions({"left": "newspaper = 'Paper 0'", "right": "newspaper = 'Paper 7'"})
    assert few.table["position"].null_count() == 2
    assert few.chart() is None
    assert positions_sentences(few)[0] == "Wordfish: too few texts for a scale."
    documents = press.where("newspaper = 'Paper 0'").positions("document")
    assert documents.table.height == 20
    assert set(documents.table["note"]) == {"under 200 words"}


def test_the_chart_of_positions_is_valid(index: Path) -> None:
    """It keeps to Vega-Lite's schema on the screen and in print and names the ends of the scale."""
    from altair.utils.schemapi import validate_jsonschema
    from altair.vegalite.schema import core

    spec = td.open(index).positions("newspaper").chart()
    assert spec is not None
    assert "8 texts from Paper" in spec["description"]
    schema = core.load_schema()
    screen = {key: value for key, value in spec.items() if key != "usermeta"}
    for version in (screen, spec["usermeta"]["print"]):
        validate_jsonschema(version, {"$ref": "#/definitions/TopLevelSpec"}, rootschema=schema)


def test_impossible_questions_are_said(index: Path) -> None:
    """A field, a text or references that cannot be are errors that name what there is."""
    press = td.open(index)
    with pytest.raises(SettingError, match="choose among document, language, newspaper"):
        press.positions("author")
    with pytest.raises(SettingError, match="there is no text 'Paper 9'"):
        press.positions("newspaper", references={"Paper 9": 1.0, "Paper 1": 0.0})
    with pytest.raises(SettingError, match="at least two reference texts"):
        press.positions("newspaper", references={"Paper 1": 0.0})


def test_nothing_held_is_survived(index: Path) -> None:
    """Of no document there is no position and no shift, and no traceback."""
    pytest.importorskip("gensim")
    none = td.open(index).where("newspaper = 'No paper'")
    assert none.positions("newspaper").table.is_empty()
    row = none.shift("word", "1930", "1931").table.to_dicts()[0]
    assert row["verdict"] == "not enough uses"
    assert row["hits_before"] == row["hits_after"] == 0


def test_commands(index: Path, run: Run, tmp_path: Path) -> None:
    """Both commands print sentences and tables, write their chart, and say a user's mistake in one line."""
    pytest.importorskip("gensim")
    out, _, status = run("positions", index, "--by", "newspaper", "--chart", tmp_path / "p.svg")
    assert status == 0
    assert "Wordfish: 8 texts" in out
    assert (tmp_path / "p.svg").read_text().startswith("<svg")
    out, _, _ = run(
        "positions",
        index,
        "--by",
        "newspaper",
        "--reference",
        "Paper 0=-1",
        "--reference",
        "Paper 7=1",
        "--json",
    )
    assert json.loads(out)[0]["name"] == "Paper 0"
    _, told, status = run("positions", index, "--by", "newspaper", "--reference", "Paper 0")
    assert status == 1
    assert "no NAME=SCORE" in told
    out, _, _ = run("positions", index, "--by", "newspaper", "--words", "--csv")
    assert out.startswith("word,weight,carried,hits,texts")
    out, _, status = run("shift", index, "seldom", "--before", "1930", "--after", "1931")
    assert status == 0
    assert out.startswith("seldom: not enough uses (under 50 uses a side); 0 uses in 1930, 0 in 1931.")
    _, told, status = run("shift", index, "seldom", "--before", "1931", "--after", "1930")
    assert status == 1
    assert "give the earlier span first" in told
