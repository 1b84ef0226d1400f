"""From sheets that people filled in to precision, corrected rates and agreement."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

import tendency as td
from tendency.errors import SettingError

GOOD, BAD = "We demand the defence of bread. ", "They prate of the defence of bread! "


def documents(years: range = range(1930, 1940)) -> list[dict[str, Any]]:
    """Twelve papers a year; those of the left, and the earlier ones, demand it more often."""
    held = []
    for year in years:
        for paper in range(12):
            left = paper % 2 == 0
            good = (paper * 7 + year) % 10 < (14 if left else 9) - (year - 1930)
            held.append(
                {
                    "id": f"{year}-{paper}",
                    "date": f"{year}-05-{paper + 1:02d}",
                    "newspaper": f"Paper {paper}",
                    "standpoint": "left" if left else "right",
                    "text": f"{(GOOD if good else BAD) * (1 + paper % 3)} The rest is about the mill by the river, of {year}.",
                }
            )
    return [*held, {"id": "undated", "date": "1930/1939", "newspaper": "Paper 0", "text": GOOD}]


def indexed(folder: Path, held: list[dict[str, Any]]) -> td.Corpus:
    """A corpus of these documents."""
    (folder / "press.jsonl").write_text("\n".join(map(json.dumps, held)), encoding="utf-8")
    td.add(folder / "press.index", folder / "press.jsonl")
    return td.open(folder / "press.index")


@pytest.fixture(scope="module")
def press(tmp_path_factory: pytest.TempPathFactory) -> td.Corpus:
    """The press."""
    return indexed(tmp_path_factory.mktemp("press"), documents())


Row = Mapping[str, str]


def truly(row: Row) -> str:
    """What an attentive judge says."""
    return "asserts" if row["left"].rstrip().endswith("demand the") else "rejects"


def fill(path: Path, say: Callable[[Row], str] = truly) -> Path:
    """The sheet with something said of each hit."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows({**row, "judgement": say(row)} for row in rows)
    return path


def drawn(press: td.Corpus, folder: Path, **options: Any) -> tuple[Path, ...]:
    """Sheets of a sample that are filled in."""
    written = press.sample("defence of bread", folder / "hits.csv", **options)
    return tuple(fill(path) for path in written.sheets)


def true_precision(press: td.Corpus) -> float:
    """The share of all hits that demand it."""
    good, every = press.count(["demand the defence of bread", "defence of bread"])["hits"].to_list()
    return float(good / every)


def test_a_sample_says_what_reading_all_hits_would(press: td.Corpus, tmp_path: Path) -> None:
    """Precision and corrected rate of a sample hold those of all hits, which the texts tell."""
    found = press.judged("defence of bread", drawn(press, tmp_path, n=120))
    assert found.notes == ()
    (row,) = found.overall.to_dicts()
    assert (row["judged"], row["split"], row["period"]) == (120, "all", "all")
    assert row["low"] < true_precision(press) < row["high"]
    (true,) = press.count("demand the defence of bread").to_dicts()
    assert row["corrected_low"] < true["per_million"] < row["corrected_high"]
    assert found.table["period"].to_list() == [str(year) for year in range(1930, 1940)]
    assert found.table["judged"].sum() in (118, 119, 120)
    assert found.agreement.is_empty()


def test_all_hits_judged(press: td.Corpus, tmp_path: Path) -> None:
    """When every hit was read, each cell has its own true counts, by period, field and filter, overlapping ones too."""
    sheet = drawn(press, tmp_path, n=10_000)
    whole = press.judged("defence of bread", sheet, by="year", split="standpoint")
    counts = press.count(["demand the defence of bread", "defence of bread"], by="year", split="standpoint")
    wanted = {(row["query"], row["period"], row["split"]): row["hits"] for row in counts.to_dicts()}
    for row in whole.table.to_dicts():
        cell = (row["period"], row["split"])
        assert row["asserts"] == wanted["demand the defence of bread", *cell]
        assert row["judged"] == row["hits"] == wanted["defence of bread", *cell]
    assert whole.overall["split"].to_list() == ["all", "left", "right", "(none)"]
    filters = {"left": "standpoint = 'left'", "early": "date < '1935-01-01'"}
    split = press.judged("defence of bread", sheet, by="all", split=filters).table
    both = press.count(["demand the defence of bread", "defence of bread"], split=filters)
    assert split["asserts"].to_list() == both.filter(query="demand the defence of bread")["hits"].to_list()
    assert split["judged"].to_list() == both.filter(query="defence of bread")["hits"].to_list()


def test_strata_are_weighted(press: td.Corpus, tmp_path: Path) -> None:
    """A sample by standpoint or period gives the precision of all hits, weighted by how many each hit stands for."""
    for strata in ("period", "standpoint"):
        folder = tmp_path / strata
        folder.mkdir()
        (row,) = press.judged(
            "defence of bread", drawn(press, folder, n=120, strata=strata), by="all"
        ).overall.to_dicts()
        assert row["low"] < true_precision(press) < row["high"]
    everything = tmp_path / "all"
    everything.mkdir()
    (row,) = press.judged(
        "defence of bread", drawn(press, everything, n=10_000, strata="period"), by="all"
    ).overall.to_dicts()
    assert row["precision"] == pytest.approx(true_precision(press))


def test_strata_without_their_key(press: td.Corpus, tmp_path: Path) -> None:
    """Without the key nobody knows what the hits of a stratum stand for; it may lie elsewhere, if it is named."""
    sheet = drawn(press, tmp_path, n=40, strata="period")
    (tmp_path / "hits.key.csv").rename(tmp_path / "elsewhere")
    with pytest.raises(
        SettingError, match=r"hits\.csv was drawn from strata, and the key says nothing of 40 of its hits"
    ):
        press.judged("defence of bread", sheet)
    assert press.judged("defence of bread", sheet, key=tmp_path / "elsewhere").overall[
        "judged"
    ].to_list() == [40]


def test_a_simple_sample_needs_no_key(press: td.Corpus, tmp_path: Path) -> None:
    """Without its key a simple sample says the same."""
    sheet = drawn(press, tmp_path, n=40)
    with_key = press.judged("defence of bread", sheet)
    (tmp_path / "hits.key.csv").unlink()
    assert press.judged("defence of bread", sheet).table.equals(with_key.table)


def test_the_same_whatever_the_sheet_looks_like(press: td.Corpus, tmp_path: Path) -> None:
    """Order of rows, format and spelling of judgements change no byte of the result."""
    (sheet,) = drawn(press, tmp_path, n=60)
    found = press.judged("defence of bread", sheet)
    with sheet.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    other = tmp_path / "mine.txt"
    lines = [f"{row['judgement'][0].upper()};{row['hit'].upper()}" for row in rows[::-1]]
    other.write_text("judgment;HIT\n" + "\n".join(lines), encoding="cp1252")
    again = press.judged("defence of bread", other)
    assert again.recipe == found.recipe
    assert again.table.equals(found.table)
    assert again.differs.equals(found.differs)


def test_two_judges(press: td.Corpus, tmp_path: Path) -> None:
    """Figures rest on the first sheet; the second one says how far another person agrees, and where not, with the lines."""
    written = press.sample("defence of bread", tmp_path / "hits.csv", n=60, judges=2)
    first, second = (fill(path) for path in written.sheets)
    names = sorted(hit.name for hit in written.sample.hits)
    fill(
        second,
        lambda row: "reports" if row["hit"] in names[:6] else "" if row["hit"] in names[6:8] else truly(row),
    )
    found = press.judged("defence of bread", (first, second))
    assert found.table.equals(press.judged("defence of bread", first).table)
    four, two = found.agreement.to_dicts()
    assert (four["both"], four["alike"]) == (58, 52)
    assert two["alike"] >= four["alike"]
    assert two["first_counts"] >= two["second_counts"]
    assert found.disagreements["hit"].to_list() == names[:6]
    assert set(found.disagreements["second"]) == {"reports"}
    assert found.disagreements["match"].unique().to_list() == ["defence of bread"]
    assert found.disagreements["citation"].str.starts_with("Paper").all()


def test_another_query(press: td.Corpus, tmp_path: Path) -> None:
    """Hits that are none of the query asked about are named and left out, and what the sample was drawn for is said."""
    sheet = drawn(press, tmp_path, n=60)
    found = press.judged("defence of bread :: standpoint = 'left'", sheet)
    assert 10 < found.overall["judged"].item() < 50
    assert f"{60 - found.overall['judged'].item()} hits that were judged are none of" in found.notes[0]
    assert "The key says that the sample was drawn for defence of bread, and not for" in found.notes[1]
    wider = press.judged("defence of bread | mill", sheet)
    assert wider.overall["judged"].item() == 60
    assert "only hits of the former could be drawn" in wider.notes[0]
    with pytest.raises(
        SettingError, match=r"none of the 60 hits of hits\.csv is a hit of 'mill' in these documents"
    ):
        press.judged("mill", sheet)


def test_part_of_the_documents(press: td.Corpus, tmp_path: Path) -> None:
    """A part of the documents has the hits that lie in it; the others are counted, five of them by name, and it is said what was drawn from."""
    sheet = drawn(press, tmp_path, n=60)
    found = press.where("standpoint = 'left'").judged("defence of bread", sheet)
    assert 10 < found.overall["judged"].sum() < 50
    gone, other = found.notes
    assert (
        f"{60 - found.overall['judged'].sum()} hits that were judged are none of 'defence of bread' in these documents"
        in gone
    )
    assert gone.count("position") == 5
    assert "drawn from all documents, and what is asked about is documents where standpoint = 'left'" in other


def test_a_corpus_that_has_changed(tmp_path: Path) -> None:
    """Where a text changes its hits are gone, by name and place; what was added since could not be drawn, which is said."""
    corpus = indexed(tmp_path, documents())
    sheet = drawn(corpus, tmp_path, n=10_000)
    changed = next(one for one in documents() if one["id"] == "1933-1")
    later = indexed(tmp_path, [{**changed, "text": "Now. " + changed["text"]}, {**changed, "id": "new"}])
    found = later.judged("defence of bread", sheet)
    gone = changed["text"].count("defence")
    assert (
        found.overall["judged"].item()
        == corpus.judged("defence of bread", sheet).overall["judged"].item() - gone
    )
    assert found.notes[0].startswith(f"{gone} hits that were judged are none of")
    assert "(1933-1, position 3)" in found.notes[0]
    assert "The corpus has changed since the sample was drawn" in found.notes[1]


def test_rows_that_are_missing_or_unread(press: td.Corpus, tmp_path: Path) -> None:
    """Hits that were not judged, and rows that were deleted, are counted and said."""
    (sheet,) = drawn(press, tmp_path, n=60)
    lines = sheet.read_text(encoding="utf-8-sig").split("\n")
    sheet.write_text("\n".join(lines[:-5]), encoding="utf-8")
    marked = fill(sheet, lambda row: "" if row["hit"] < "d" else "maybe" if row["hit"] > "m" else truly(row))
    found = press.judged("defence of bread", marked)
    said = " ".join(found.notes)
    assert "'maybe' is no judgement" in said
    assert "no judgement and do not count" in said
    assert (
        "of the sample are not in hits.csv, or could not be read there: if they were left out for what they say"
        in said
    )


def test_several_queries_of_one_sheet(press: td.Corpus, tmp_path: Path) -> None:
    """A sample of one query or another holds hits of both; each has its own rows."""
    written = press.sample("defence of bread | mill", tmp_path / "hits.csv", n=150)
    fill(written.sheets[0], lambda row: "asserts" if row["match"] == "mill" else truly(row))
    found = press.judged({"Bread": "defence of bread", "Mill": "mill"}, written.sheets[0])
    rows = {row["query"]: row for row in found.overall.to_dicts()}
    assert rows["Mill"]["precision"] == 1.0
    assert rows["Bread"]["low"] < true_precision(press) < rows["Bread"]["high"]
    assert rows["Mill"]["judged"] + rows["Bread"]["judged"] == 150
    assert found.notes == ()
