"""Editions and translations: what documents say of them, and what may not be compared."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

import tendency as td
from tendency.corpus import add
from tendency.documents import DateSpan
from tendency.documents.document import Document
from tendency.errors import SettingError
from tendency.measures import first_use, mixed
from tendency.measures.editions import between


def _doc(name: str, start: str, days: int = 1, words: int = 10, **fields: str) -> Document:
    first = dt.date.fromisoformat(start)
    text = f"peace {name} " + "word " * (words - 2)
    return Document(id=name, text=text, date=DateSpan(first, first + dt.timedelta(days=days)), fields=fields)


def _press(path: Path, *documents: Document) -> td.Corpus:
    add(path / "x.index", list(documents))
    return td.open(path / "x.index")


def _sides(press: td.Corpus) -> list[tuple[object, ...]]:
    years = [(1900, 1920), (1920, 1940)]
    return [
        between(press.index, press.index.live, dt.date(a, 1, 1).toordinal(), dt.date(b, 1, 1).toordinal())
        for a, b in years
    ]


def test_it_refuses_two_translators(tmp_path: Path) -> None:
    """Where no translator is on both sides the words are not the author's, and a comparison is refused, or only warned of."""
    press = _press(
        tmp_path,
        _doc("a", "1910-01-01", translator="Moore"),
        _doc("b", "1930-01-01", translator="Eden"),
    )
    with pytest.raises(SettingError, match="No translator is on both sides: “Moore”"):
        mixed(press.index, *_sides(press))  # type: ignore[arg-type]
    (warning,) = mixed(press.index, *_sides(press), refuse=False)  # type: ignore[arg-type]
    assert "A difference may be one of translators" in warning


def test_originals_on_both_sides_are_no_reason_to_refuse(tmp_path: Path) -> None:
    """Documents without a translator are a side of their own; a mix that moved by over 30 % of the words is named."""
    press = _press(
        tmp_path,
        _doc("a", "1910-01-01", words=40, translator="Moore", genre="letter"),
        _doc("b", "1911-01-01", words=60, genre="letter"),
        _doc("c", "1930-01-01", words=100, genre="letter"),
    )
    (warning,) = mixed(press.index, *_sides(press))  # type: ignore[arg-type]
    assert warning == (
        "The two sides differ in their translator: translator “Moore” has 40 % of the words before and 0 % after "
        "(40 % of the words changed hands)."
    )


def test_a_mix_that_stays_is_not_named(tmp_path: Path) -> None:
    """Under 30 % of the words no sentence is said; a field that no document has is passed over."""
    press = _press(
        tmp_path,
        _doc("a", "1910-01-01", words=80, genre="letter"),
        _doc("b", "1911-01-01", words=20, genre="speech"),
        _doc("c", "1930-01-01", words=60, genre="letter"),
        _doc("d", "1931-01-01", words=40, genre="speech"),
    )
    assert mixed(press.index, *_sides(press)) == ()  # type: ignore[arg-type]
    assert mixed(press.index, press.index.live, tuple(~one for one in press.index.live)) == ()


def test_first_use(tmp_path: Path) -> None:
    """The earliest document's edition, print, translator and rough date limit what its words say of its year."""
    press = _press(
        tmp_path,
        _doc("a", "1931-01-01", 365, edition="Works, 1947", published="1947", translator="Moore"),
        _doc("b", "1932-05-01"),
    )
    said = first_use(press.index, press.query("peace"))
    assert said == (
        "First use in 1931 is that of the edition “Works, 1947”: the wording may be later.",
        "First use in 1931 is in a text that was published in 1947: the wording may be that of the print.",
        "First use in 1931 is in the words of a translator, Moore.",
        "The first use is dated only to 1931: another may be earlier.",
    )
    assert first_use(press.index, press.query("b")) == ()
    assert first_use(press.index, press.query("nowhere")) == ()


def test_what_documents_say(tmp_path: Path) -> None:
    """Fields with their shares, the loss at each grain of date, and dates that contradict each other."""
    press = _press(
        tmp_path,
        _doc("a", "1931-01-01", 365, words=30, written="1935", published="1931", edition="First"),
        _doc("b", "1931-03-01", 31, words=20, edition="Second"),
        _doc("c", "1931-05-04", words=50),
    )
    found = press.editions()
    assert found.fields.filter(found.fields["field"] == "edition").row(0)[1:4] == (
        pytest.approx(2 / 3),
        pytest.approx(0.5),
        2,
    )
    lost = dict(found.grains.select("grain", "words").rows())
    assert lost == {"day": 50, "week": 50, "month": 30, "quarter": 30, "year": 0, "decade": 0}
    assert "The words are those of 2 editions." in found.warnings
    assert (
        "1 document is dated as written after publication, the first a: one of the two dates is wrong."
        in found.warnings
    )
    assert "By day 2 documents (67 %, with 50 % of the words) cannot be dated." in found.warnings


def test_grains_are_those_of_the_tally(tmp_path: Path) -> None:
    """What is lost at a grain is what a tally by it calls not datable."""
    spans = [("1919-12-30", 3), ("1919-12-28", 2), ("1920-03-31", 2), ("1920-01-01", 366), ("1929-12-31", 2)]
    press = _press(tmp_path, *(_doc(f"d{i}", start, days) for i, (start, days) in enumerate(spans)))
    for grain, documents in press.editions().grains.select("grain", "documents").rows():
        assert press.tally("peace", by=grain).undated.documents.sum() == documents, grain


def test_nothing_held(tmp_path: Path) -> None:
    """No document, no field, no sentence."""
    press = _press(tmp_path, _doc("a", "1910-01-01"))
    empty = press.between("1800", "1801").editions()
    assert empty.fields.is_empty()
    assert empty.warnings == ()
    assert empty.grains["words_share"].to_list() == [None] * 6


def test_a_later_collected_edition(shared_data: Path, tmp_path: Path) -> None:
    """Of the collected works two fifths have no month, and the early ones are translations."""
    path = tmp_path / "works.index"
    td.add(path, shared_data / "stalin-works-ru.jsonl.gz", language="ru")
    works = td.open(path)
    found = works.editions()
    assert dict(found.grains.select("grain", "documents").rows())["month"] == 520
    sides = [works.between(*span).selection.masks for span in (("1901", "1916"), ("1935", "1952"))]
    fields = [warning.split(":")[0].rsplit(" ", 1)[1] for warning in mixed(works.index, *sides)]
    assert fields == ["type", "date_precision", "translation"]
