from __future__ import annotations

import csv
import hashlib
import json
import time
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from tendency.documents.document import Document
from tendency.errors import SettingError, StorageError
from tendency.specimen import Specimen
from tendency.specimen.republic import LOST, PAPERS, STANDPOINTS


def digest(documents: list[Document]) -> str:
    """A number for everything in the documents."""
    return hashlib.sha256(
        repr([(d.id, d.date, d.text, dict(d.fields)) for d in documents]).encode()
    ).hexdigest()


def test_a_seed_names_one_press(documents: list[Document]):
    """The same seed gives the same documents, another seed gives others."""
    assert digest(list(Specimen(seed=1).documents())) == digest(documents)
    assert documents[10].text != list(Specimen(seed=2, scale=0.2).documents())[10].text


def test_a_seed_names_the_same_press_everywhere():
    """Whatever the platform and the release of numpy, every word of a seed's press is the same."""
    small = list(Specimen(seed=1, scale=0.02).documents())
    assert digest(small) == "5f709b7801a47b46f6008939b8c32efe012c56d8e8778e9770c1a2a720d12f21"


def test_size_and_speed(documents: list[Document]):
    """The demo's press has about five thousand documents and 1–1.5 million words, made at under 4 s a million."""
    began = time.process_time()
    words = sum(len(document.text.split()) for document in Specimen(seed=3).documents())
    assert time.process_time() - began < 4 * words / 1e6
    assert 1_000_000 < words < 1_500_000
    assert 4_500 < len(documents) < 5_300


def test_scale_multiplies_the_documents(documents: list[Document]):
    """A scale of a quarter gives a quarter of the documents."""
    quarter = sum(1 for _ in Specimen(seed=1, scale=0.25).documents())
    assert quarter == pytest.approx(len(documents) / 4, rel=0.1)


def test_ids_are_unique_and_dates_in_order(documents: list[Document]):
    """No id comes twice; documents come month by month."""
    assert len({document.id for document in documents}) == len(documents)
    months = [(d.date.start.year, d.date.start.month) for d in documents if len(d.date.written) > 4]
    assert months == sorted(months)


def test_every_standpoint_has_enough_independent_papers(documents: list[Document]):
    """In each year each standpoint is heard through at least eight papers, else everything would be too few."""
    heard = {(d.date.start.year, d.fields["standpoint"], d.fields["publication"]) for d in documents}
    papers = Counter((year, standpoint) for year, standpoint, _ in heard)
    assert min(papers[year, standpoint] for year in range(1930, 1950) for standpoint in STANDPOINTS) >= 8


def test_fields_of_a_document(documents: list[Document]):
    """A document has all that a citation needs, and nothing empty."""
    names = {"title", "publication", "standpoint", "place", "volume", "number", "pages", "language"}
    whole = [document for document in documents if "loose" not in document.id]
    assert all(names <= set(document.fields) for document in whole)
    assert all(value for document in documents for value in document.fields.values())


def test_dates_are_as_coarse_as_in_life(documents: list[Document]):
    """Weeklies are dated by day, monthlies by month, loose sheets by year alone."""
    grains = Counter(len(document.date.written) for document in documents)
    assert set(grains) == {10, 7, 4}
    assert grains[10] > grains[7] > grains[4] > 5


def test_papers_begin_cease_and_are_lost(documents: list[Document]):
    """One paper starts in 1938, one ceases in 1941, and of one a quarter is lost."""
    held: dict[str, list[tuple[int, int]]] = {}
    for document in documents:
        if len(document.date.written) > 4:
            start = document.date.start
            held.setdefault(document.fields["publication"], []).append((start.year, start.month))
    assert min(held["New Ground"]) >= (1938, 3)
    assert max(held["The Lever"]) <= (1941, 6)
    name = next(paper.name for paper in PAPERS if paper.slug == LOST[0])
    assert not [month for month in held[name] if LOST[1] <= month <= LOST[2]]


def test_some_texts_are_exact_reprints(documents: list[Document]):
    """A few articles are printed again, word for word, by another paper."""
    papers: dict[str, set[str]] = {}
    for document in documents:
        papers.setdefault(document.text, set()).add(document.fields["publication"])
    assert 5 < sum(len(names) > 1 for names in papers.values()) < 100


def test_without_truths_it_is_the_same_press():
    """The null specimen has the same papers, dates and articles, without the planted changes."""
    press, null = (list(Specimen(1, scale=0.1, truths=truths).documents()) for truths in (True, False))
    assert [d.id for d in press] == [d.id for d in null]
    assert any(a.text != b.text for a, b in zip(press, null, strict=True))


def test_written_files(tmp_path: Path):
    """A written specimen has one file a paper, the people, the dossier and the truths; two lines lack a date."""
    specimen = Specimen(1, scale=0.05)
    specimen.write(tmp_path)
    files = sorted((tmp_path / "press").glob("*.jsonl"))
    rows = [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    assert len(list((tmp_path / "press").iterdir())) == len(PAPERS)
    assert len(rows) == sum(1 for _ in specimen.documents()) + 2
    assert [row["id"] for row in rows if row.get("date", "?")[0] not in "12"] == [
        "letters-loose-1",
        "letters-loose-2",
    ]
    people = list(csv.DictReader((tmp_path / "people.csv").read_text(encoding="utf-8").splitlines()))
    quill = [(row["faction"], row["from"], row["to"]) for row in people if row["name"] == "Jonas Quill"]
    assert sorted(quill) == [("official", "", "1937-12-31"), ("opposition", "1938-01-01", "")]
    assert tomllib.loads((tmp_path / "dossier.toml").read_text())["people"] == "people.csv"
    assert len(json.loads((tmp_path / "truths.json").read_text())) == len(specimen.truths)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path):
    """Writing where a file stands gives one sentence with the place and the remedy."""
    (tmp_path / "taken").write_text("")
    with pytest.raises(StorageError, match=r"taken.*Name another folder"):
        Specimen(1, scale=0.05).write(tmp_path / "taken")


@pytest.mark.parametrize(
    ("settings", "words"), [({"scale": 0}, "scale must be above 0"), ({"seed": -1}, "seed must be")]
)
def test_impossible_settings(settings: dict[str, int], words: str):
    """A scale of nothing and a negative seed are refused in a sentence."""
    with pytest.raises(SettingError, match=words):
        Specimen(**settings)
