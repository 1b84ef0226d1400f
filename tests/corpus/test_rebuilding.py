"""An index made anew from its own texts."""

from __future__ import annotations

from pathlib import Path

import pytest
from index_helpers import contents, doc, everything

from tendency.corpus import Index, add, check, compact, rebuild, rebuilding, remove, writer
from tendency.corpus.lock import writing
from tendency.documents.document import Document
from tendency.errors import DamagedIndexError, LockedIndexError, SettingError

DOCUMENTS = [doc(f"d{n}", f"Bread, peace and land {n}. " * n, day=1 + n, page=str(n % 3)) for n in range(9)]


def grown(path: Path) -> None:
    """Two segments, one document removed and one replaced."""
    add(path, DOCUMENTS)
    add(path, [doc("d3", "Other text."), doc("new", "")], merge=False)
    remove(path, ids=["d5"])


def test_rebuild_keeps_documents_and_answers(tmp_path: Path) -> None:
    """The same rules give the same corpus: what an index built and compacted of the same documents says."""
    path = tmp_path / "index"
    grown(path)
    before, fingerprint, words = contents(path), Index.open(path).fingerprint, Index.open(path).words
    done = rebuild(path)
    assert (done.documents, done.words_before, done.words, done.segments) == (9, words, words, 1)
    assert (contents(path), Index.open(path).fingerprint) == (before, fingerprint)
    assert check(path) == []
    again = tmp_path / "again"
    grown(again)
    compact(again)
    assert everything(again)[:5] == everything(path)[:5]
    assert everything(again)[5:] == everything(path)[5:]


def test_other_rules_are_taken_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Segments of an earlier version are of the present one afterwards."""
    path = tmp_path / "index"
    with monkeypatch.context() as patch:
        patch.setattr(writer, "TOKENISER_VERSION", "earlier")
        add(path, DOCUMENTS)
    assert len(compact(path).other_rules) == 1
    rebuild(path)
    assert compact(path).other_rules == ()
    assert Index.open(path).info().tokeniser == (str(writer.TOKENISER_VERSION),)


def test_a_document_that_is_not_what_was_added_stops_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is changed, and no segment stays behind."""
    path = tmp_path / "index"
    grown(path)
    before, generation = sorted((path / "segments").iterdir()), Index.open(path).generation
    monkeypatch.setattr(
        rebuilding.Index.open(path).segments[0].__class__,
        "in_turn",
        lambda self, places: (Document("d0", DOCUMENTS[0].date, "forged", {}) for _ in places),
    )
    with pytest.raises(DamagedIndexError, match="'d0'"):
        rebuild(path)
    assert sorted((path / "segments").iterdir()) == before
    assert Index.open(path).generation == generation


def test_settings_locks_and_nothing_to_do(tmp_path: Path) -> None:
    """Too little memory, a held lock, and an empty index."""
    path = tmp_path / "index"
    add(path, DOCUMENTS[:1])
    with pytest.raises(SettingError, match="64 MiB"):
        rebuild(path, memory=1)
    with writing(path, 1.0), pytest.raises(LockedIndexError):
        rebuild(path, wait=0.01)
    remove(path, ids=["d0"])
    assert rebuild(path).documents == 0
