"""JSON lines and JSON lists: every sound document is read, every broken one reported with its line."""

from __future__ import annotations

import gzip
import json

import pytest
import zstandard
from reading_helpers import Read

from tendency.documents import FieldNames, limits, read
from tendency.documents.reading import StrictError

LINE = '{"id": "a", "date": "1946", "text": "Ships."}\n'


def lines(count: int) -> list[str]:
    """So many sound documents."""
    return [json.dumps({"id": f"d{n}", "date": "1946-03-05", "text": f"Ship {n}."}) for n in range(count)]


@pytest.mark.parametrize("name", ["a.jsonl", "a.ndjson", "a.json", "a.JSONL", "a.jsonl.gz", "a.jsonl.zst"])
def test_lines_plain_and_packed(read_bytes: Read, name: str) -> None:
    """The suffix names format and packing; order and line numbers are the file's."""
    data = "\n".join(lines(3)).encode()
    if name.endswith(".gz"):
        data = gzip.compress(data[:50]) + gzip.compress(data[50:])
    elif name.endswith(".zst"):
        compressor = zstandard.ZstdCompressor()
        data = compressor.compress(data[:50]) + compressor.compress(data[50:])
    documents, reading = read_bytes(name, data)
    assert [document.id for document in documents] == ["d0", "d1", "d2"]
    assert documents[2].origin.endswith(f"{name}:3")
    assert documents[2].text == "Ship 2."
    assert not reading.problems
    assert not reading.notes
    assert reading.bytes_read == len(data)


def test_values_become_text(read_bytes: Read) -> None:
    """Numbers and truth values as JSON writes them, null and empty absent, nested values compact."""
    values = {
        "id": 12345678901234567890123,
        "date": 1946,
        "text": " Ships\x00\t.\n",
        "title": "T",
        "author": None,
        "page": 3,
        "ratio": 0.5,
        "true": True,
        "false": False,
        "empty": "",
        "blank": " ",
        "list": ["ä", 1],
        "object": {"b": None},
        "none": [],
    }
    (document,), _ = read_bytes("a.jsonl", json.dumps(values))
    assert document.id == "12345678901234567890123"
    assert document.text == " Ships\x00\t.\n"
    assert document.date.written == "1946"
    assert document.fields == {
        "title": "T",
        "page": "3",
        "ratio": "0.5",
        "true": "true",
        "false": "false",
        "list": '["ä",1]',
        "object": '{"b":null}',
    }


def test_a_list_and_an_object(read_bytes: Read) -> None:
    """A file may hold one list of documents, on one line or many, or one document spread out."""
    values = [json.loads(line) for line in lines(3)]
    for text in (
        json.dumps(values),
        json.dumps(values, indent=2),
        "\ufeff\n[" + ",\n\n".join(lines(3)) + "]\n",
    ):
        documents, reading = read_bytes("a.json", text)
        assert [document.text for document in documents] == ["Ship 0.", "Ship 1.", "Ship 2."]
        assert not reading.problems
    assert documents[2].origin.endswith(":6")
    documents, _ = read_bytes("a.json", json.dumps(values[0], indent=2))
    assert [document.id for document in documents] == ["d0"]


def test_a_list_larger_than_a_piece_is_read_piece_by_piece(read_bytes: Read) -> None:
    """Documents that lie across the pieces in which a list is read come out whole."""
    values = [{"id": n, "date": "1946", "text": "Ü" * (n * 9973 % 200_000 + 1)} for n in range(20)]
    documents, _ = read_bytes("a.json", json.dumps(values, ensure_ascii=False))
    assert [len(document.text) for document in documents] == [n * 9973 % 200_000 + 1 for n in range(20)]


def test_a_list_that_breaks_off_keeps_what_was_whole(read_bytes: Read) -> None:
    """What stands before the break is read; the break is one problem with its line."""
    text = "[\n" + ",\n".join(lines(5))
    for broken in (text, text[:-5], text + "\n, {oops} ]"):
        documents, reading = read_bytes("a.json", broken)
        assert len(documents) in (4, 5)
        assert len(reading.problems) == 1
        assert "line" in str(reading.problems[0])


def test_what_follows_a_list_is_not_passed_over_in_silence(read_bytes: Read) -> None:
    """Text after the list is a problem; among JSON lines a list is a broken line."""
    documents, reading = read_bytes("a.json", f"[{LINE}]\n{LINE}")
    assert len(documents) == 1
    assert "goes on after its list is closed at line 2" in str(reading.problems[0])
    documents, reading = read_bytes("a.jsonl", f"[1]\n{LINE}")
    assert len(documents) == 1
    assert reading.left_out == {"broken line": 1}


def test_one_broken_line_in_ten_thousand(read_bytes: Read) -> None:
    """The broken line is named with number and column; all others are read."""
    many = lines(10_000)
    many[6_999] = many[6_999][:40]
    documents, reading = read_bytes("a.jsonl", "\n".join(many))
    assert len(documents) == reading.documents == 9_999
    assert reading.left_out == {"broken line": 1}
    (problem,) = reading.problems
    assert problem.line == 7_000
    assert "is not JSON" in problem.what
    assert "column" in problem.what
    assert str(problem).endswith(problem.remedy)


def test_strict_stops_at_the_first_problem(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What came before it was given; the error is the problem's sentence."""
    path = tmp_path_factory.mktemp("strict") / "a.jsonl"
    path.write_text(LINE + "{\n" + LINE)
    reading = read(path, strict=True)
    iterator = iter(reading)
    assert next(iterator).id == "a"
    with pytest.raises(StrictError, match="line 2: the line is not JSON"):
        next(iterator)


@pytest.mark.parametrize(
    ("values", "kind", "said"),
    [
        ({"date": "1946", "text": "x"}, "no id", "the document has no id."),
        ({"id": "a", "text": "x"}, "no date", "the document has no date."),
        ({"id": "a", "date": None, "text": "x"}, "no date", "Fill its 'date'."),
        ({"id": "a", "Date": "1946", "text": "x"}, "no date", "nearest by name: 'Date'"),
        ({"id": "a", "date": "1946", "text": " \n"}, "no text", "the document has no text."),
        ({"id": "a", "date": "1946", "text": ["x"]}, "no text", "is a list or an object"),
        ({"id": " ", "date": "", "text": ""}, "no id", "no id and no date and no text"),
        ({"id": "a", "date": "1946-02-30", "text": "x"}, "date not understood", "has no day 30"),
        ({"id": "a", "date": 1456789012, "text": "x"}, "date not understood", "not understood"),
        ({"id": "a", "date": {}, "text": "x"}, "no date", "no date"),
        ([1, 2], "broken line", "there is a list"),
        ("x", "broken line", "there is a text"),
        (None, "broken line", "there is null"),
        (3, "broken line", "there is a number"),
    ],
)
def test_a_document_without_its_parts_is_left_out(
    read_bytes: Read, values: object, kind: str, said: str
) -> None:
    """Each lack is a problem with line and remedy, counted under its reason."""
    documents, reading = read_bytes("a.jsonl", f"{LINE}\n{json.dumps(values)}\n{LINE}")
    assert len(documents) == 2
    assert reading.left_out == {kind: 1}
    assert reading.problems[0].line == 3
    assert said in str(reading.problems[0])


def test_hard_lines_that_can_be_read(read_bytes: Read) -> None:
    """NaN is absent, raw control characters are kept, lone surrogates become U+FFFD with a note."""
    text = (
        '{"id": "a", "date": "1946", "text": "tab\there", "x": NaN}\n'
        '{"id": "b", "date": "1946", "text": "half \\ud83d", "\\udc00": "\\udfff"}\r\n'
        '{"id": "c", "date": "1946", "text": "whole \\ud83d\\ude00"}\n'
    )
    documents, reading = read_bytes("a.jsonl", text)
    assert [document.text for document in documents] == ["tab\there", "half \ufffd", "whole 😀"]
    assert documents[1].fields == {"\ufffd": "\ufffd"}
    assert "x" not in documents[0].fields
    assert [note.line for note in reading.notes] == [2]
    for document in documents:
        document.text.encode()


def test_deep_nesting_and_endless_numbers_are_problems(read_bytes: Read) -> None:
    """What no parser can hold is a problem of its line."""
    deep = '{"id": "b", "date": "1946", "text": "x", "n": ' + "[" * 100_000 + "]" * 100_000 + "}\n"
    rather = '{"id": "c", "date": "1946", "text": "x", "n": ' + "[" * 1000 + "]" * 1000 + "}\n"
    number = '{"id": "d", "date": "1946", "text": "x", "n": NaN, "m": ' + "9" * 5000 + "}\n"
    documents, reading = read_bytes("a.jsonl", LINE + deep + rather + number)
    assert [document.id for document in documents] == ["a"]
    assert [problem.line for problem in reading.problems] == [2, 3, 4]


def test_nested_numbers_keep_all_their_digits(read_bytes: Read) -> None:
    """A whole number beyond 64 bits inside a list is kept as it stands, in a field and in an id."""
    line = f'{{"id": [{-(2**63) - 1}], "date": "1946", "text": "x", "n": {{"a": [{2**70}]}}}}\n'
    (document,), _reading = read_bytes("a.jsonl", line)
    assert document.id == f"[{-(2**63) - 1}]"
    assert document.fields["n"] == f'{{"a":[{2**70}]}}'


def test_a_line_beyond_the_limit_is_left_out(read_bytes: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line over the limit is passed over without being held, and the next is read."""
    monkeypatch.setattr("tendency.documents.jsonl.LARGEST_TEXT", 1000)
    long = '{"id": "b", "date": "1946", "text": "' + "x" * 3_000_000 + '"}\n'
    for encoding in ("utf-8", "utf-16"):
        documents, reading = read_bytes("a.jsonl", (LINE + long + LINE).encode(encoding))
        assert len(documents) == 2
        assert reading.left_out == {"too large": 1}
        assert reading.problems[0].line == 2
    assert limits.LARGEST_TEXT == 2 * 2**30


def test_names_of_columns_can_be_given(read_bytes: Read) -> None:
    """Named columns fill the parts; a column that has a part's name but is not it is kept beside."""
    names = FieldNames(id="key", date="day", text="body", title="headline", author="speaker")
    values = {
        "key": 7, "day": "1946", "body": "Ships.", "headline": "Port", "speaker": "Lind", "title": "Mr", "date": "x",
    }  # fmt: skip
    (document,), reading = read_bytes("a.jsonl", json.dumps(values), names=names)
    assert (document.id, document.text) == ("7", "Ships.")
    assert document.fields == {
        "title": "Port",
        "author": "Lind",
        "title_original": "Mr",
        "date_original": "x",
    }
    assert len(reading.notes) == 2


def test_the_language_is_found_under_its_common_names(read_bytes: Read) -> None:
    """``lang`` and ``Language`` are copied to ``language`` only where that is absent."""
    for name in ("lang", "Language", "LANG"):
        line = json.dumps({"id": "a", "date": "12 декабря 1916 г.", "text": "x", name: "ru"})
        (document,), _ = read_bytes("a.jsonl", line)
        assert document.fields == {name: "ru", "language": "ru"}
    (document,), _ = read_bytes("a.jsonl", '{"id":"a","date":"1946","text":"x","lang":"ru","language":"de"}')
    assert document.fields["language"] == "de"


def test_a_language_given_is_that_of_documents_without_one(read_bytes: Read) -> None:
    """The option fills the field where a document names no language, and helps to read its date."""
    text = (
        '{"id":"a","date":"5 Μαρτίου 1921","text":"x"}\n'
        '{"id":"b","date":"5. März 1921","text":"x","lang":"de"}\n'
    )
    documents, _ = read_bytes("a.jsonl", text, language="el")
    assert [document.fields["language"] for document in documents] == ["el", "de"]
    assert documents[0].date.start == documents[1].date.start


def test_authors_in_a_list_are_an_author(read_bytes: Read) -> None:
    """``authors`` is copied to ``author``, joined, only where that is absent."""
    (document,), _ = read_bytes("a.jsonl", '{"id":"a","date":"1946","text":"x","authors":["Lind","Holm"]}')
    assert document.fields == {"authors": '["Lind","Holm"]', "author": "Lind; Holm"}
