"""A reading counts what it gives and what it leaves out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from reading_helpers import finish

from tendency.documents import Document, read
from tendency.documents.formats import FORMATS
from tendency.errors import SettingError, SourceError

SETTINGS = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def write(path: Path, count: int) -> Path:
    """A file of sound documents."""
    values = ({"id": n, "date": "1946", "text": f"Ship {n}."} for n in range(count))
    path.write_text("".join(json.dumps(value) + "\n" for value in values))
    return path


def test_documents_are_given_while_the_file_is_read(tmp_path: Path) -> None:
    """The first document is there before the rest of the file is parsed."""
    reading = read(write(tmp_path / "a.jsonl", 1000))
    iterator = iter(reading)
    assert next(iterator).id == "0"
    assert reading.documents == 1
    assert sum(1 for _ in iterator) == 999


def test_reading_again_counts_afresh(tmp_path: Path) -> None:
    """A second pass gives the same documents and the same counts."""
    path = write(tmp_path / "a.jsonl", 3)
    path.write_text(path.read_text() + "{\n")
    reading = read(path)
    first = list(reading)
    assert list(reading) == first
    assert (reading.documents, reading.left_out, len(reading.problems)) == (3, {"broken line": 1}, 1)


def test_one_bad_file_among_good_ones(tmp_path: Path) -> None:
    """A file that cannot be read is a problem; the others are read."""
    (tmp_path / "b.jsonl").write_bytes(b"%PDF")
    (tmp_path / "c.csv").write_text("")
    files = [
        write(tmp_path / "a.jsonl", 2),
        tmp_path / "b.jsonl",
        tmp_path / "c.csv",
        write(tmp_path / "d.jsonl", 2),
    ]
    documents, reading = finish(read(files))
    assert len(documents) == 4
    assert [Path(problem.file).name for problem in reading.problems] == ["b.jsonl", "c.csv"]
    with pytest.raises(SourceError, match=r"b\.jsonl: is a PDF"):
        list(read(files, strict=True))


def test_nothing_read_at_all_is_an_error(tmp_path: Path) -> None:
    """Where no document could be read, the first problem is raised, with the number of the others."""
    path = tmp_path / "a.jsonl"
    path.write_text("{\n{\n{\n")
    with pytest.raises(SourceError, match=r"No document could be read\. .*line 1: .*\(2 more problems"):
        list(read(path))


def test_problems_are_kept_to_a_number_and_counted_beyond(tmp_path: Path) -> None:
    """A million broken lines do not fill the memory."""
    path = write(tmp_path / "a.jsonl", 1)
    path.write_text(path.read_text() + "{\n" * 5000)
    reading = read(path)
    assert len(list(reading)) == 1
    assert len(reading.problems) == 1000
    assert reading.left_out["broken line"] == 5000


def test_progress_is_told_in_bytes(tmp_path: Path) -> None:
    """Bytes done never go back and end at the bytes in all."""
    files = [write(tmp_path / "a.jsonl", 20_000), write(tmp_path / "b.jsonl", 10)]
    told: list[tuple[int, int]] = []
    finish(read(files, progress=lambda done, of: told.append((done, of))))
    whole = sum(file.stat().st_size for file in files)
    assert told[-1] == (whole, whole)
    assert told == sorted(told)
    assert len({done for done, _ in told}) > 3


def test_impossible_options() -> None:
    """A date order that is none is refused before anything is read."""
    with pytest.raises(SettingError, match="'DYM' is not one of DMY, MDY and YMD"):
        read("-", date_order="DYM")  # type: ignore[arg-type]


@pytest.mark.parametrize("suffix", sorted(FORMATS))
@SETTINGS
@given(data=st.binary(max_size=400))
@example(data=b"\xa0")
def test_any_bytes_are_documents_or_problems(tmp_path: Path, suffix: str, data: bytes) -> None:
    """No file whatever raises anything but the errors that are listed."""
    path = tmp_path / f"1946{suffix}"
    path.write_bytes(data)
    documents, reading = finish(read(path))
    assert bool(documents) or bool(reading.problems)
    for document in documents:
        check(document)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(alphabet=st.characters(), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@SETTINGS
@given(
    values=st.dictionaries(
        st.sampled_from(["id", "date", "text", "title", "author", "lang", "authors", "x"]), JSON, max_size=8
    ),
    text=st.text(alphabet=st.characters(), min_size=1).filter(lambda text: not text.isspace()),
)
def test_any_json_is_a_document_or_a_problem(tmp_path: Path, values: dict[str, object], text: str) -> None:
    """Any values come out as a document that can be stored, and its text as it came."""
    path = tmp_path / "a.jsonl"
    whole = {"id": "a", "date": "1946", **values, "text": text}
    path.write_text(json.dumps(whole) + "\n")
    documents, reading = finish(read(path))
    assert len(documents) + len(reading.problems) == 1
    for document in documents:
        check(document)
        assert document.text == text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def check(document: Document) -> None:
    """A document has an id and a text, and all of it can be stored."""
    assert document.id
    assert not document.text.isspace()
    for text in (document.id, document.text, document.origin, *document.fields, *document.fields.values()):
        text.encode()
    assert all(document.fields.values())
