"""A sample of hits is random, blind, the same for everyone, and can be found again."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tendency as td
from tendency.corpus import parse
from tendency.corpus.sampling import NAME, find_hits
from tendency.errors import SettingError
from tendency.measures import sample_hits, write_sample
from tendency.measures.sampling import Sample, allotted

QUERY = parse("bread")


def documents() -> list[dict[str, Any]]:
    """Twelve papers over ten years; the later the year the oftener bread is named; one document has no year of its own."""
    held = [
        {
            "id": f"{year}-{paper}",
            "date": f"{year}-05-01",
            "newspaper": f"Paper {paper}",
            "standpoint": "left" if paper % 3 else "right",
            "text": f"Number {year} of {paper}: " + "they want bread. " * (1 + (year - 1930) // 2),
        }
        for year in range(1930, 1940)
        for paper in range(12)
    ]
    return [*held, {"id": "undated", "date": "1930/1939", "text": "More bread, and bread."}]


def indexed(folder: Path, batches: Iterable[list[dict[str, Any]]]) -> td.Corpus:
    """A corpus of these documents, added in batches."""
    for number, batch in enumerate(batches):
        (folder / f"{number}.jsonl").write_text("\n".join(map(json.dumps, batch)), encoding="utf-8")
        td.add(folder / "x.index", folder / f"{number}.jsonl", merge=False)
    return td.open(folder / "x.index")


@pytest.fixture(scope="module")
def press(tmp_path_factory: pytest.TempPathFactory) -> td.Corpus:
    """The press in one segment."""
    return indexed(tmp_path_factory.mktemp("press"), [documents()])


def names(sample: Sample) -> list[str]:
    """The names of the hits."""
    return [hit.name for hit in sample.hits]


def test_the_same_hits_however_documents_lie(press: td.Corpus, tmp_path: Path) -> None:
    """One seed draws one sample, names and order included, whatever batches and segments there are; another seed another."""
    held = documents()[::-1]
    apart = indexed(tmp_path, [held[:40], held[40:41], held[41:]])
    assert len(apart.index.segments) == 3
    for strata in (None, "period", "newspaper"):
        one, other = (sample_hits(corpus.index, QUERY, 60, strata=strata) for corpus in (press, apart))
        assert one.rows() == other.rows()
        assert one.key() == other.key()
    assert names(sample_hits(press.index, QUERY, 60, seed=2)) != names(sample_hits(press.index, QUERY, 60))


def test_every_hit_is_as_likely(press: td.Corpus) -> None:
    """Over many seeds each hit is drawn about as often as any other."""
    total = sample_hits(press.index, QUERY, 1).total
    counts = Counter(
        name for seed in range(120) for name in names(sample_hits(press.index, QUERY, 40, seed=seed))
    )
    expected = 120 * 40 / total
    observed = np.array([*counts.values(), *[0] * (total - len(counts))])
    chi = float(((observed - expected) ** 2 / expected / (1 - 40 / total)).sum())
    assert abs(chi - (total - 1)) < 4 * np.sqrt(2 * (total - 1))


def test_a_sheet_is_blind(press: td.Corpus) -> None:
    """A sheet shows context alone, in an order that is neither that of dates nor of documents; the key has the rest."""
    sample = sample_hits(press.index, QUERY, 100, width=10)
    rows = sample.rows()
    assert {len(row) for row in rows} == {6}
    assert all(NAME.fullmatch(row[0]) for row in rows)
    assert not any("Paper" in cell or "left" in cell for row in rows for cell in row)
    dates = {hit.name: hit.line.date.start for hit in sample.hits}
    order = [dates[row[0]].year for row in rows]
    assert abs(np.corrcoef(order, range(len(order)))[0, 1]) < 0.35
    columns, key = sample.key()
    held = [dict(zip(columns, row, strict=True)) for row in key]
    assert {row["hit"] for row in held} == set(names(sample))
    assert held[0]["field:newspaper"].startswith("Paper")
    assert held[0]["query"] == "bread"


def test_two_judges_read_the_same_in_another_order(press: td.Corpus) -> None:
    """Two sheets hold the same hits in orders that have nothing to do with each other."""
    sample = sample_hits(press.index, QUERY, 100)
    first, second = sample.rows(1), sample.rows(2)
    assert sorted(first) == sorted(second)
    places = {row[0]: place for place, row in enumerate(second)}
    assert abs(np.corrcoef([places[row[0]] for row in first], range(100))[0, 1]) < 0.35


def test_a_hit_is_found_again_by_its_name(press: td.Corpus) -> None:
    """Each name leads to its hit, of this query or of any other that has it; a name that is none leads nowhere."""
    sample = sample_hits(press.index, QUERY, 50)
    for query in (QUERY, parse("bread | want"), parse("b*")):
        found = find_hits(press.index, query, [*names(sample), "zzzzzzzzzzzzzzz", "no name"])
        assert {name: hit.line.document for name, hit in found.items()} == {
            hit.name: hit.line.document for hit in sample.hits
        }
        assert {hit.line.match for hit in found.values()} == {"bread"}
    assert find_hits(press.index, parse("want"), names(sample)) == {}
    assert find_hits(press.index, QUERY, []) == {}


def test_strata(press: td.Corpus) -> None:
    """The same number is drawn from each stratum, as far as it has so many, and each hit knows how many it stands for."""
    sample = sample_hits(press.index, QUERY, 110, strata="period")
    drawn = Counter(hit.stratum for hit in sample.hits)
    assert drawn.pop("not datable") == 2
    assert set(drawn.values()) == {10, 11}
    assert sum(hit.weight for hit in sample.hits) == pytest.approx(sample.total)
    assert all(row[0].startswith("s-") for row in sample.rows())
    by_field = sample_hits(press.index, QUERY, 9, strata="standpoint")
    assert Counter(hit.stratum for hit in by_field.hits) == {"left": 4, "right": 3, "(none)": 2}


@pytest.mark.parametrize(
    ("n", "hits", "drawn"),
    [
        (10, [100, 100], [5, 5]),
        (10, [2, 100, 100], [2, 4, 4]),
        (100, [3, 4], [3, 4]),
        (7, [9, 9, 9], [2, 2, 3]),
        (3, [1, 1, 1], [1, 1, 1]),
        (5, [], []),
    ],
)
def test_allotted(n: int, hits: list[int], drawn: list[int]) -> None:
    """What a small stratum lacks the others give."""
    assert allotted(n, hits) == drawn


def test_fewer_hits_than_asked_for(press: td.Corpus) -> None:
    """All hits are taken where there are fewer."""
    sample = sample_hits(press.between("1930", "1930").index, parse("more"), 100)
    assert (len(sample.hits), sample.total, sample.asked_for) == (1, 1, 100)


def test_narrowing(press: td.Corpus, tmp_path: Path) -> None:
    """A narrowed corpus is sampled as it is."""
    written = (
        press.where("newspaper = 'Paper 3'")
        .between("1932", "1933")
        .sample("bread", tmp_path / "hits.tsv", n=100)
    )
    assert {hit.line.fields["newspaper"] for hit in written.sample.hits} == {"Paper 3"}
    assert {hit.period for hit in written.sample.hits} == {"1932", "1933"}
    assert written.sample.asked["where"] == "newspaper = 'Paper 3'"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"n": 0}, "a sample of 0 hits is none"),
        ({"n": 5, "strata": "period"}, "5 hits cannot be drawn from 11 strata; ask for at least 11"),
        ({"strata": "newspapper"}, "there is no field 'newspapper' to draw by; did you mean 'newspaper'?"),
        ({"strata": "voice"}, r"there is no field 'voice' to draw by; there are period, "),
        ({"by": "fortnight"}, "'fortnight' is no period"),
    ],
)
def test_what_cannot_be_drawn(press: td.Corpus, options: dict[str, Any], said: str) -> None:
    """An impossible sample gets a sentence."""
    with pytest.raises(SettingError, match=said):
        sample_hits(press.index, QUERY, **options)


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".xlsx"])
def test_files(press: td.Corpus, tmp_path: Path, suffix: str) -> None:
    """A sheet for each judge and one key are written, and none over what is there: it may hold a person's work."""
    written = press.sample("bread", tmp_path / f"hits{suffix}", n=20, judges=2)
    assert [path.name for path in written.sheets] == [f"hits-1{suffix}", f"hits-2{suffix}"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        f"hits-1{suffix}",
        f"hits-2{suffix}",
        "hits.key.csv",
    ]
    written.key.unlink()
    before = written.sheets[1].read_bytes()
    with pytest.raises(SettingError, match=r"hits-1.* is there already, and may hold judgements"):
        press.sample("bread", tmp_path / f"hits{suffix}", n=20, judges=2)
    assert written.sheets[1].read_bytes() == before
    assert not written.key.exists()


def test_files_that_cannot_be_made(press: td.Corpus, tmp_path: Path) -> None:
    """Another suffix, no hit, and a third judge are refused with a sentence."""
    with pytest.raises(SettingError, match=r"hits\.ods ends in none of \.csv, \.tsv, \.xlsx"):
        press.sample("bread", tmp_path / "hits.ods")
    with pytest.raises(SettingError, match="no hit"):
        press.sample("cake", tmp_path / "hits.csv")
    with pytest.raises(SettingError, match="3 judges are too many"):
        press.sample("bread", tmp_path / "hits.csv", judges=3)
    assert list(tmp_path.iterdir()) == []


def test_hostile_texts(tmp_path: Path) -> None:
    """Line breaks, quotation marks, control characters, text from right to left, formulas and a word of a million letters are all safe."""
    texts = [
        "=cmd|'/c calc'!A0 bread +1",
        'He said: "bread",\r\nand\tthen; \x00\x07 more',
        "مرحبا \u202e bread \u2066 שלום",
        "bread" + "x" * 10**6 + " bread",
        "\ud800 bread \uffff",
        "bread",
    ]
    held = [{"id": f"=d{number}\n", "date": "1930-05-01", "text": text} for number, text in enumerate(texts)]
    corpus = indexed(tmp_path, [held])
    for suffix in (".csv", ".tsv", ".xlsx"):
        written = corpus.sample("bread*", tmp_path / f"hits{suffix}")
        written.key.unlink()
        assert len(written.sample.hits) == 7
    with (tmp_path / "hits.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 7
    assert not [
        cell for row in rows for cell in row.values() if cell.lstrip().startswith(("=", "+", "-", "@"))
    ]
    assert max(len(cell) for row in rows for cell in row.values()) < 32_767
    assert {row["hit"] for row in rows} == find_hits(
        corpus.index, parse("bread*"), [row["hit"] for row in rows]
    ).keys()


def test_a_sample_is_written_as_it_was_drawn(press: td.Corpus, tmp_path: Path) -> None:
    """A sample drawn in Python is the one that is written."""
    sample = sample_hits(press.index, QUERY, 10)
    written = write_sample(sample, tmp_path / "a.csv")
    assert written.sample is sample
    with written.sheets[0].open(encoding="utf-8-sig", newline="") as file:
        assert [row["hit"] for row in csv.DictReader(file)] == [row[0] for row in sample.rows()]
