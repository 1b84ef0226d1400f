"""One index from several: the same documents, whatever part they were in."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from index_helpers import contents, doc, expected

from tendency.corpus import Index, add, check, join, joining, remove
from tendency.corpus.lock import writing
from tendency.errors import IndexVersionError, LockedIndexError, NotAnIndexError, SettingError, SourceError


def parts(path: Path) -> tuple[Path, Path]:
    """Two indexes; ``same`` is in both, ``other`` too with other content, ``gone`` is in neither."""
    add(path / "a", [doc("one", "One."), doc("same", "Same."), doc("other", "Old."), doc("gone", "Gone.")])
    remove(path / "a", ids=["gone"])
    add(path / "b", [doc("two", "Two."), doc("same", "Same."), doc("other", "New.")])
    return path / "a", path / "b"


JOINED = [doc("one", "One."), doc("two", "Two."), doc("same", "Same."), doc("other", "New.")]


def test_join_equals_adding_all(tmp_path: Path) -> None:
    """The later index wins, equal documents count once, and the result is what adding everything gives."""
    a, b = parts(tmp_path)
    before = contents(a), contents(b)
    done = join([a, b], tmp_path / "ab")
    assert (done.documents, done.identical, done.replaced, done.replaced_ids) == (4, 1, 1, ("other",))
    add(tmp_path / "whole", JOINED)
    assert contents(tmp_path / "ab") == expected(JOINED)
    assert Index.open(tmp_path / "ab").fingerprint == Index.open(tmp_path / "whole").fingerprint
    assert (contents(a), contents(b)) == before
    assert check(tmp_path / "ab") == []


def test_the_joined_index_needs_its_parts_no_more(tmp_path: Path) -> None:
    """Parts may be deleted afterwards."""
    a, b = parts(tmp_path)
    join([a, b], tmp_path / "ab")
    shutil.rmtree(a)
    shutil.rmtree(b)
    assert contents(tmp_path / "ab") == expected(JOINED)


def test_files_are_copied_where_they_cannot_be_linked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another file system gives the same index."""

    def refuse(*args: Any) -> None:
        raise OSError(errno.EXDEV, "another file system")

    monkeypatch.setattr(os, "link", refuse)
    join(parts(tmp_path), tmp_path / "ab")
    assert contents(tmp_path / "ab") == expected(JOINED)


def test_two_copies_of_one_index(tmp_path: Path) -> None:
    """Segments of the same name do not meet: every document is found once."""
    add(tmp_path / "a", [doc("one", "One."), doc("two", "Two.")])
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    add(tmp_path / "b", [doc("one", "Other.")])
    done = join([tmp_path / "b", tmp_path / "a"], tmp_path / "ab")
    assert (done.documents, done.identical, done.replaced) == (2, 1, 1)
    assert contents(tmp_path / "ab") == expected([doc("one", "One."), doc("two", "Two.")])
    assert check(tmp_path / "ab") == []


def test_strict_stops_and_leaves_nothing(tmp_path: Path) -> None:
    """An id with different content is named, and no segment stays behind."""
    with pytest.raises(SourceError, match="'other'"):
        join(parts(tmp_path), tmp_path / "ab", strict=True)
    assert list((tmp_path / "ab" / "segments").iterdir()) == []
    assert Index.open(tmp_path / "ab").documents == 0


def test_what_cannot_be_joined_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No part, a part that is no index, a target with documents, a held lock, other text rules."""
    a, b = parts(tmp_path)
    with pytest.raises(SettingError, match="nothing to join"):
        join([], tmp_path / "ab")
    with pytest.raises(NotAnIndexError):
        join([tmp_path / "none"], tmp_path / "ab")
    with pytest.raises(SettingError, match="holds documents already"):
        join([a], b)
    join([a], tmp_path / "new")
    (tmp_path / "held").mkdir()
    with writing(tmp_path / "held", 1.0), pytest.raises(LockedIndexError):
        join([a], tmp_path / "held", wait=0.01)
    monkeypatch.setattr(joining, "TOKENISER_VERSION", "other")
    with pytest.raises(IndexVersionError, match="text rules"):
        join([a], tmp_path / "later")


def test_a_failure_after_the_commit_deletes_nothing_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the flush after the manifest's renaming fails, what was committed is whole."""
    from tendency.corpus.manifest import Manifest

    made, commit = parts(tmp_path), Manifest.commit

    def fail(self: Manifest, folder: Path) -> None:
        commit(self, folder)
        if self.segments:
            raise OSError(errno.EIO, "after the commit")

    with monkeypatch.context() as patch:
        patch.setattr(Manifest, "commit", fail)
        with pytest.raises(OSError, match="after the commit"):
            join(made, tmp_path / "ab")
    assert contents(tmp_path / "ab") == expected(JOINED)
