"""CSV and TSV: one document a row, and no row is bent to fit."""

from __future__ import annotations

import csv
import gzip

import pytest
from reading_helpers import Read

from tendency.documents import FieldNames

HEAD = "id,date,text,page\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", HEAD + 'a,1946,"Ships, ""many""\nof them",3\n'),
        ("a.csv", "\ufeff" + HEAD + 'a,1946,"Ships, ""many""\nof them",3'),
        ("a.csv", HEAD.replace(",", ";") + 'a;1946;"Ships, ""many""\nof them";3\n'),
        ("a.tsv", HEAD.replace(",", "\t") + 'a\t1946\t"Ships, ""many""\nof them"\t3\n'),
        ("a.csv", ' id , date,text,page,,\na,1946,"Ships, ""many""\nof them",3,,\n'),
        ("a.csv.gz", HEAD + 'a,1946,"Ships, ""many""\nof them",3\n'),
    ],
)
def test_a_row_is_a_document(read_bytes: Read, name: str, text: str) -> None:
    """Commas, semicolons and tabs part columns; quotation marks hold line ends and themselves."""
    data = gzip.compress(text.encode()) if name.endswith(".gz") else text.encode()
    (document,), reading = read_bytes(name, data)
    assert (document.id, document.text, document.fields) == ("a", 'Ships, "many"\nof them', {"page": "3"})
    assert not reading.problems


def test_lines_are_those_on_which_rows_begin(read_bytes: Read) -> None:
    """A problem's line is where its row begins, with line ends inside cells counted."""
    documents, reading = read_bytes("a.csv", HEAD + 'a,1946,"x\ny\nz",1\nb,,"x\ny",2\n\nc,1946,x,3\n')
    assert [document.origin.rsplit(":")[-1] for document in documents] == ["2", "8"]
    assert [(problem.line, problem.kind) for problem in reading.problems] == [(5, "no date")]


def test_empty_cells_are_absent(read_bytes: Read) -> None:
    """An empty cell is no field."""
    (document,), _ = read_bytes("a.csv", HEAD + "a,1946,x,\n")
    assert document.fields == {}


@pytest.mark.parametrize(
    ("text", "names", "said"),
    [
        ("id,year,text\na,1946,x\n", FieldNames(), "no column 'date'"),
        ("id,Date,text\na,1946,x\n", FieldNames(), "(nearest by name: 'Date') with --date"),
        ("id,date,body\na,1946,x\n", FieldNames(), "the columns are 'id', 'date', 'body'"),
        ("date,text\n1946,x\n", FieldNames(), "no column 'id'"),
        ("id,date,text\na,1946,x\n", FieldNames(author="speaker"), "no column 'speaker' for the author"),
        ("id,date,text\na,1946,x\n", FieldNames(id="file+page"), "no column 'file' for the id"),
        ("id,date,text,date\na,1946,x,1947\n", FieldNames(), "'date' twice (columns 2 and 4)"),
    ],
)
def test_a_header_that_does_not_serve(read_bytes: Read, text: str, names: FieldNames, said: str) -> None:
    """A missing or doubled column is one problem of the file that names what there is."""
    documents, reading = read_bytes("a.csv", text, names=names)
    assert not documents
    (problem,) = reading.problems
    assert problem.line is None
    assert said in str(problem)


def test_columns_joined_make_id_and_span(read_bytes: Read) -> None:
    """``file+page`` is an id, ``from/to`` a span; the columns stay fields."""
    text = "file,page,from,to,text\nx,1,1936,1938,ships\nx,2,1937,1937,ships\n"
    documents, _ = read_bytes("a.csv", text, names=FieldNames(id="file+page", date="from/to"))
    assert [document.id for document in documents] == ["x+1", "x+2"]
    assert [document.date.written for document in documents] == ["1936/1938", "1937"]
    assert documents[0].fields == {"file": "x", "page": "1", "from": "1936", "to": "1938"}


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("b,1946\n", "2 cells, but there are 4 columns"),
        ("b,1946,x,1,more\n", "5 cells, but there are 4 columns"),
        ('b,1946,"say "no" to it",1\n', "a quotation mark inside a cell is written twice"),
    ],
)
def test_a_row_that_does_not_fit_is_left_out(read_bytes: Read, row: str, said: str) -> None:
    """A ragged or badly quoted row is reported with its line; the others are read."""
    documents, reading = read_bytes("a.csv", HEAD + "a,1946,x,1\n" + row + "c,1946,x,1\n")
    assert [document.id for document in documents] == ["a", "c"]
    assert [problem.line for problem in reading.problems] == [3]
    assert said in str(reading.problems[0])


def test_a_quotation_mark_that_is_never_closed(read_bytes: Read) -> None:
    """The place where it opens is named, and what stood before it is read."""
    documents, reading = read_bytes("a.csv", HEAD + 'a,1946,x,1\nb,1946,"open,1\n' + "c,1946,x,1\n" * 50)
    assert [document.id for document in documents] == ["a"]
    assert reading.problems[0].line == 3
    assert "never closed" in str(reading.problems[0])


def test_large_cells_are_read_and_the_limit_is_put_back(
    read_bytes: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The csv module's small limit does not hold for us, nor ours for others."""
    before = csv.field_size_limit()
    (document,), _ = read_bytes("a.csv", HEAD + f"a,1946,{'x' * 300_000},1\n")
    assert len(document.text) == 300_000
    assert csv.field_size_limit() == before
    monkeypatch.setattr("tendency.documents.tables.LARGEST_TEXT", 1000)
    documents, reading = read_bytes("a.csv", HEAD + "a,1946,x,1\n" + 'b,1946,"' + "x\n" * 3000 + '",1\n')
    assert len(documents) == 1
    assert "larger than" in str(reading.problems[0])
    documents, reading = read_bytes("a.csv", HEAD + "a,1946,x,1\n" + "b,1946," + "x" * 3000 + ",1\n")
    assert len(documents) == 1
    assert "line of more than" in str(reading.problems[0])


def test_nul_characters_are_kept(read_bytes: Read) -> None:
    """A stray control character is part of the text as it came."""
    (document,), _ = read_bytes("a.csv", HEAD + "a,1946,x\x00y,1\n")
    assert document.text == "x\x00y"


def test_bytes_that_turn_up_late_are_still_told(read_bytes: Read) -> None:
    """A file whose first 64 KB are ASCII is read, and the encoding of the rest noted once."""
    rows = "".join(f"a{n},1946,{'x' * 1000},1\n" for n in range(100))
    late = "".join(f"b{n},1946,Die Größe der Übel läßt sich prüfen,1\n" for n in range(3))
    documents, reading = read_bytes("a.csv", HEAD.encode() + rows.encode() + late.encode("latin-1"))
    assert {document.text for document in documents[100:]} == {"Die Größe der Übel läßt sich prüfen"}
    assert len(reading.notes) == 1
    assert "Windows-1252" in str(reading.notes[0])


def test_a_header_alone_holds_no_document(read_bytes: Read) -> None:
    """Columns without rows are not documents, and that is said."""
    _, reading = read_bytes("a.csv", HEAD)
    assert "holds no document" in str(reading.problems[0])
