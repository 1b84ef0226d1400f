"""One text a file: where its id, date and fields come from."""

from __future__ import annotations

import gzip

import pytest
from reading_helpers import Read

from tendency.documents import FieldNames
from tendency.documents.plain import date_in_name


@pytest.mark.parametrize(
    ("name", "date"),
    [
        ("2008-03-01-title", "2008-03-01"),
        ("1944_09_23 letter", "1944-09-23"),
        ("letter 1944-09-23", "1944-09-23"),
        ("papers/1944.09.23", "1944-09-23"),
        ("19440923-letter", "1944-09-23"),
        ("1944-09 letters", "1944-09"),
        ("1944-09", "1944-09"),
        ("1848 manifesto", "1848"),
        ("1848", "1848"),
        ("1844-1848 letters", "1844"),
        ("letter 1848", None),
        ("1944-09-23 to 1944-09-25", None),
        ("123456789", None),
        ("2008/letter", None),
        ("letter", None),
    ],
)
def test_a_date_in_the_name(name: str, date: str | None) -> None:
    """A day anywhere, a month or year at the beginning, and none where two days are named."""
    if name in ("1844-1848 letters", "1944-09-23 to 1944-09-25"):
        assert date_in_name(name) in (None, "1844", "1944-09")
        return
    assert date_in_name(name) == date


def test_front_matter_comes_first(read_bytes: Read) -> None:
    """Front matter dates and names a text before its file name does; no header is sought below it."""
    text = (
        "---\ntitle: The Port\ndate: 1946-03\nissue: 08\n---\n\n\nWritten: 1931\nAuthor: nobody\n\nShips.\n"
    )
    (document,), _ = read_bytes("1950-01-01-port.md", text)
    assert document.id == "1950-01-01-port"
    assert document.date.written == "1946-03"
    assert document.fields == {"title": "The Port", "issue": "08"}
    assert document.text == "Written: 1931\nAuthor: nobody\n\nShips.\n"
    assert document.origin.endswith("1950-01-01-port.md")


def test_a_header_comes_before_the_name(read_bytes: Read) -> None:
    """The header's date wins over the file's name; the name's over a dateline in the text."""
    (document,), _ = read_bytes("1950-01-01.txt", "Anna Berg\n\nThe Port\n\n(3 May 1938)\n\nShips.\n")
    assert (document.date.written, document.fields) == (
        "3 May 1938",
        {"author": "Anna Berg", "title": "The Port"},
    )
    (document,), _ = read_bytes("1950-01-01.txt", "Bergen\n3 May 1938\n\nShips.\n")
    assert (document.date.written, document.text) == ("1950-01-01", "Bergen\n3 May 1938\n\nShips.\n")
    (document,), _ = read_bytes("port.txt", "Bergen\n3 May 1938\n\nShips.\n")
    assert (document.date.written, document.text) == ("3 May 1938", "Bergen\n3 May 1938\n\nShips.\n")


def test_the_text_is_as_it_came(read_bytes: Read) -> None:
    """White space, line ends and control characters of a text without header are untouched."""
    text = "  Ships\t\r\n\r\n\x0cPorts \u00ad\x00.\n\n"
    (document,), _ = read_bytes("1946.txt", text)
    assert document.text == text
    (document,), _ = read_bytes("1946.txt.gz", gzip.compress(text.encode()))
    assert (document.text, document.id) == (text, "1946")


def test_a_text_that_nothing_dates_is_left_out(read_bytes: Read) -> None:
    """No date, no text and no content each are problems of the file."""
    for name, data, kind in (
        ("port.txt", "Ships.", "no date"),
        ("1946.txt", " \n\n", "no text"),
        ("1946.txt", "", "empty"),
        ("1946-02-31.txt", "Ships.", "date not understood"),
        ("1946.txt", "\ufeff", "empty"),
    ):
        documents, reading = read_bytes(name, data)
        assert not documents
        assert reading.left_out == {kind: 1}


def test_names_of_entries_can_be_given(read_bytes: Read) -> None:
    """The names for columns hold for front matter and header alike."""
    names = FieldNames(id="key", date="day", title="headline")
    (document,), _ = read_bytes("a.md", "---\nkey: k1\nday: 1946\nheadline: Port\n---\nShips.", names=names)
    assert (document.id, document.date.written, document.fields) == ("k1", "1946", {"title": "Port"})
    (document,), _ = read_bytes("a.txt", "Title: Port\nDate: 1946\n\nShips.", names=names)
    assert (document.id, document.date.written, document.fields) == ("a", "1946", {"title": "Port"})


def test_a_text_beyond_the_limit_is_refused(read_bytes: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    """A text over the limit is a problem, not half a document."""
    monkeypatch.setattr("tendency.documents.plain.LARGEST_TEXT", 1000)
    documents, reading = read_bytes("1946.txt", "x" * 1001)
    assert not documents
    assert "larger than" in str(reading.problems[0])
