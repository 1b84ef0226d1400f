"""The readers on real files: what comes out is what the files hold."""

from __future__ import annotations

import datetime as dt
import gzip
from collections import Counter
from itertools import islice
from pathlib import Path

import pytest
from reading_helpers import finish

from tendency.documents import Document, FieldNames, read


def grain(document: Document) -> str:
    """Whether a document is dated to the day, the month or the year."""
    days = (document.date.end - document.date.start).days
    return "day" if days == 1 else "month" if days < 32 else "year"


def test_the_letter(shared_data: Path) -> None:
    """Everything that the header says becomes a field, and no line of it stays in the text."""
    path = shared_data / "formats" / "plain" / "letter-1944-09-23.txt"
    (letter,), reading = finish(read(path))
    assert letter.id == "letter-1944-09-23"
    assert (letter.date.start, letter.date.end) == (dt.date(1944, 9, 23), dt.date(1944, 9, 24))
    assert letter.fields == {
        "author": "Natalia Sedova Trotsky",
        "title": "A Letter from Natalia",
        "source": "SWP Internal Bulletin, Vol. 6, No. 9, October 1944, pp. 24–25.",
        "publication": "SWP Internal Bulletin",
        "volume": "6",
        "number": "9",
        "pages": "24–25",
        "published": "October 1944",
    }
    whole = path.read_text(encoding="utf-8")
    assert letter.text == whole[whole.index("Dear Friends,") :]
    assert letter.text.endswith("restoration of order.\n\n")
    assert not reading.problems
    assert not reading.notes


@pytest.mark.parametrize(
    ("name", "count", "first", "last"),
    [
        ("sotu", 245, ("Washington-1790", "1790-01-08"), ("Biden-2024", "2024-03-07")),
        ("fomc", 166, ("statements-1994-02-04", "1994-02-04"), ("statements-2016-09-21", "2016-09-21")),
        ("labor-militant", 17, ("lm-01-a-socialist-program-for-labor", "1986-04-01"), None),
        ("stalin-works-ru", 1243, ("stalin-v01-001", "1901"), ("stalin-v16-060", "1952-12-21")),
    ],
)
def test_a_corpus_is_complete(
    shared_data: Path, name: str, count: int, first: tuple[str, str], last: tuple[str, str] | None
) -> None:
    """Every document is read, in order, without a problem or a note."""
    documents, reading = finish(read(shared_data / f"{name}.jsonl.gz"))
    assert len(documents) == count
    assert not reading.problems
    assert not reading.notes
    assert (documents[0].id, documents[0].date.written) == first
    if last is not None:
        assert (documents[-1].id, documents[-1].date.written) == last
    assert all(document.fields["title"] and document.text.strip() for document in documents)


def test_dates_of_every_grain_and_the_language(shared_data: Path) -> None:
    """Days, months and years stay what they are; ``lang`` is copied to ``language``."""
    documents, _ = finish(read(shared_data / "stalin-works-ru.jsonl.gz"))
    grains = Counter(grain(document) for document in documents)
    assert grains == {"day": 692, "month": 31, "year": 520}
    assert all(grain(document) == document.fields["date_precision"] for document in documents)
    assert {document.fields["language"] for document in documents} == {"ru"}
    assert documents[0].fields["translation"] == "true"
    assert "topic" not in documents[0].fields


def test_newspapers_without_authors(shared_data: Path) -> None:
    """A null author is no field; numbers are text."""
    documents = list(islice(iter(read(shared_data / "newspapers-1916-11-12.jsonl.gz")), 300))
    assert len(documents) == 300
    assert all("author" not in document.fields for document in documents)
    assert documents[0].id == "19161101-46032385-ed-1_seq-1"
    assert documents[0].fields["newspaper"] == "The commoner."
    assert documents[0].fields["page"] == "1"
    assert documents[0].text.startswith("The Commoner\nVOL. 16, NO. 11\n")


def test_newspapers_broken_off(shared_data: Path, tmp_path: Path) -> None:
    """Half of a packed file gives its documents and one problem."""
    data = gzip.compress(gzip.decompress((shared_data / "fomc.jsonl.gz").read_bytes()))
    path = tmp_path / "half.jsonl.gz"
    path.write_bytes(data[: len(data) // 2])
    documents, reading = finish(read(path))
    assert 50 < len(documents) < 120
    assert len(reading.problems) == 1


def test_front_matter(shared_data: Path) -> None:
    """Eight articles with their front matter as fields and nothing of it in the text."""
    documents, reading = finish(read(shared_data / "formats" / "front-matter"))
    assert len(documents) == 8
    assert not reading.problems
    assert {document.date.written for document in documents} == {"2008-03-01", "2008-04-01"}
    first = documents[0]
    assert first.id == "2008-03-01-angela-davis-review"
    assert first.fields["author"] == "Chris Cutrone"
    assert first.fields["title"] == 'Review: Angela Davis "How does change happen?"'
    assert first.fields["issue"] == "3"
    assert first.fields["tags"] == '["Angela Davis"]'
    assert first.text.startswith("ON THE FRIGID WINTER EVENING")
    assert all("aliases:" not in document.text for document in documents)


def test_parliaments(shared_data: Path) -> None:
    """Two parliaments' tables, each with its own names of columns."""
    folder = shared_data / "formats" / "parliament"
    documents, reading = finish(read(folder / "dk_2007.csv", names=FieldNames(date="year")))
    assert documents[0].id == "20072A6546_546"
    assert len(documents) == 5
    assert {document.date.written for document in documents} == {"2007"}
    assert documents[0].text.startswith("6546 F. t. beslutn.")
    assert documents[0].fields["chamber"] == "folketinget"
    assert not reading.problems
    names = FieldNames(id="file+page", date="year_start/year_end")
    documents, reading = finish(read(folder / "finland-old-test-data.csv", names=names))
    assert documents[0].id == "Adeln_Prot_1877_III.pdf+0"
    assert [document.date.written for document in documents] == ["1877", "1867", "1867", "1888"]
    assert documents[3].fields["language"] == "fin"
    assert not reading.problems


def test_quotations(shared_data: Path) -> None:
    """One document that is a JSON object, whatever its layout, is read too."""
    documents, _ = finish(read(shared_data / "quotations" / "source_sotu_1916-12-05.json"))
    assert len(documents) == 1
    assert documents[0].date.written == "1916-12-05"
