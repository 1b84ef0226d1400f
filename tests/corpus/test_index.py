"""A snapshot: counts, spans, finding, information and order."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from index_helpers import contents, doc

from tendency.corpus import FieldInfo, Index, add, info, iterate, remove
from tendency.corpus.manifest import Manifest
from tendency.documents.dates import DateSpan
from tendency.documents.document import Document


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Three live documents in two segments, and one that was replaced."""
    folder = tmp_path / "x.index"
    add(folder, [doc("a", "One two. Three", author="x", page="1"), doc("b", "two", day=5)])
    add(folder, [doc("b", "two TWO deux", day=9, author="y"), doc("c", "one", author="x", page="2")])
    return folder


def test_counts_are_of_live_documents(path: Path) -> None:
    """Documents, words and span count only what is live, sentence ends never."""
    index = Index.open(path)
    assert (index.documents, index.words, index.generation) == (3, 7, 2)
    assert index.span == (dt.date(1917, 1, 1), dt.date(1917, 1, 10))
    assert repr(index).endswith("generation=2, documents=3)")


def test_find(path: Path) -> None:
    """An id leads to its live document."""
    index = Index.open(path)
    assert [index.find(id_) for id_ in "abcd"] == [(0, 0), (1, 0), (1, 1), None]


def test_info(path: Path) -> None:
    """What an index holds, in one value."""
    held = info(path)
    assert (held.documents, held.words, held.segments, held.generation) == (3, 7, 2, 2)
    assert held.forms == len({"One", "two", "Three", "TWO", "deux", "one"})
    assert held.fields == (FieldInfo("author", "text", 3, 2), FieldInfo("page", "integer", 2, 2))
    assert (held.format, held.tokeniser, held.fingerprint) == (1, ("1",), Index.open(path).fingerprint)
    files = [file for file in path.rglob("*") if file.is_file() and file.name != "lock"]
    assert held.bytes == sum(file.stat().st_size for file in files)


def test_terms_of_all_segments(path: Path) -> None:
    """The corpus's forms with their frequencies, and each segment's terms among them."""
    index = Index.open(path)
    terms = index.terms
    assert list(terms.forms) == ["", "One", "TWO", "Three", "deux", "one", "two"]
    assert list(terms.folded) == ["", "one", "two", "three", "deux", "one", "two"]
    assert [terms.count(form) for form in ("two", "One", "none", "")] == [3, 1, 0, 0]
    assert terms.number("deux") == 4
    for segment in index.segments:
        corpus_terms = terms.maps[segment.id].tolist()
        assert [terms.forms[term] for term in corpus_terms] == list(segment.terms.forms)


def test_order_is_by_date_then_id(tmp_path: Path) -> None:
    """Documents are given by date, then the end of the date, then id, whatever order they came in."""
    month = DateSpan(dt.date(1917, 1, 2), dt.date(1917, 2, 1))
    documents = [doc("b", "", day=2), doc("a", "", day=2), Document("0", month, ""), doc("z", "", day=1)]
    for number, order in enumerate(([0, 1, 2, 3], [3, 2, 1, 0])):
        for i in order:
            add(tmp_path / str(number), [documents[i]])
        assert [d.id for d in iterate(Index.open(tmp_path / str(number)))] == ["z", "a", "b", "0"]


def test_opening_while_a_writer_commits(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader whose segments went between two reads opens the newer commit instead."""
    from tendency.corpus import index as module

    old = module.read_manifest(path)
    remove(path, ids=["a"])
    newer = module.read_manifest(path)
    for segment in {entry.id for entry in old.segments} - {entry.id for entry in newer.segments}:
        for file in (path / "segments" / segment).iterdir():
            file.unlink()
    manifests: list[Manifest] = [newer, old]
    monkeypatch.setattr(module, "read_manifest", lambda _: manifests.pop())
    assert Index.open(path).generation == newer.generation


def test_field_order_does_not_matter(tmp_path: Path) -> None:
    """The same fields in another order are the same content."""
    add(tmp_path / "x", [doc("a", "one", x="1", y="2")])
    assert add(tmp_path / "x", [doc("a", "one", y="2", x="1")]).unchanged == 1
    assert contents(tmp_path / "x")[0][3] == {"x": "1", "y": "2"}
