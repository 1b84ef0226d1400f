"""The files beside the page."""

from __future__ import annotations

import hashlib
from pathlib import Path

import orjson
import polars as pl
from polars.testing import assert_frame_equal

from tendency.dossier.finding import Answers
from tendency.report.data import evidence_table, for_spreadsheets
from tendency.report.page import exhibits


def test_parquet_is_exact(report: Path, answers: Answers) -> None:
    """The Parquet files hold the tables as they were."""
    for exhibit in exhibits(answers):
        assert_frame_equal(pl.read_parquet(report.parent / "data" / f"{exhibit.name}.parquet"), exhibit.table)


def test_package_describes_every_file(report: Path) -> None:
    """Each resource exists, has its size, digest, and a described field for each of its columns."""
    data = report.parent / "data"
    package = orjson.loads((data / "datapackage.json").read_bytes())
    assert package["profile"] == "tabular-data-package"
    assert package["sources"]
    named = {resource["path"] for resource in package["resources"]}
    assert named == {path.name for path in data.glob("*.csv")}
    for resource in package["resources"]:
        content = (data / resource["path"]).read_bytes()
        assert resource["bytes"] == len(content)
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        header = content.decode().split("\n", 1)[0].split(",")
        assert [field["name"] for field in resource["schema"]["fields"]] == header
        assert all(field["description"] for field in resource["schema"]["fields"])
        assert (data / resource["parquet"]["path"]).is_file()


def test_types_read_back(report: Path) -> None:
    """A value of each declared type can be read as that type."""
    package = orjson.loads((report.parent / "data" / "datapackage.json").read_bytes())
    (rates,) = [r for r in package["resources"] if r["name"] == "defence-rates"]
    types = {field["name"]: field["type"] for field in rates["schema"]["fields"]}
    assert types["hits"] == "integer"
    assert types["per_million"] == "number"
    assert types["start"] == "date"
    assert types["too_few"] == "boolean"
    assert types["query"] == "string"
    table = pl.read_csv(report.parent / "data" / "defence-rates.csv", try_parse_dates=True)
    assert table["start"].dtype == pl.Date
    assert table["too_few"].dtype == pl.Boolean
    assert table["per_million"].null_count() == 12


def test_no_text_is_a_formula(report: Path, answers: Answers) -> None:
    """A cell that a spreadsheet would run gets an apostrophe; numbers and other text stay."""
    table = pl.DataFrame({"t": ["=1+1", "-", "@a", "＝x", "a=b", None, ""], "n": [-1, 2, 3, 4, 5, 6, 7]})
    safe = for_spreadsheets(table)
    assert safe["t"].to_list() == ["'=1+1", "'-", "'@a", "'＝x", "a=b", None, ""]
    assert safe["n"].to_list() == table["n"].to_list()
    assert "\n'=HYPERLINK" in (report.parent / "data" / "plain.csv").read_text(encoding="utf-8")
    assert "apostrophe" in (report.parent / "data" / "datapackage.json").read_text(encoding="utf-8")


def test_infinities_and_lists_are_written() -> None:
    """Infinity is INF, as table schema has it; a list is joined."""
    table = for_spreadsheets(pl.DataFrame({"high": [1.5, float("inf")], "words": [["a", "b"], None]}))
    assert table["high"].to_list() == ["1.5", "INF"]
    assert table["words"].to_list() == ["a; b", None]


def test_every_quoted_line_is_in_the_evidence(answers: Answers) -> None:
    """One row a line, with its block, its citation and its offsets."""
    table = evidence_table(answers)
    lines = [line for f in answers.findings for e in f.evidence for line in e.lines]
    assert len(table) == len(lines)
    assert table["match"].to_list() == [line.match for line in lines]
    assert table["start"].to_list() == [line.start for line in lines]


def test_statements_for_machines(report: Path, answers: Answers) -> None:
    """``answers.json`` has each claim with its values, unrounded, and lists the report's files."""
    said = orjson.loads((report.parent / "answers.json").read_bytes())
    assert said["findings"][0]["claims"][0]["values"]["ratio"] == 0.3333333333
    assert said["findings"][0]["claims"][1]["holds"] is False
    assert [f["anchor"] for f in said["findings"]] == [f.anchor for f in answers.findings]
    held = {p.relative_to(report.parent).as_posix() for p in report.parent.rglob("*") if p.is_file()}
    assert set(said["files"]) | {"answers.json"} == held
