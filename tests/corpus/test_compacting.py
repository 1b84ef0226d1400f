"""Merging segments: fewer files, the same answers."""

from __future__ import annotations

import os
import random
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from index_helpers import contents, doc, expected, forms_of

from tendency.corpus import Index, add, check, compact, iterate, remove
from tendency.corpus.compacting import LIKE_SIZED, level
from tendency.corpus.lock import writing
from tendency.corpus.merging import stretches, union
from tendency.corpus.strings import Strings
from tendency.documents.document import Document
from tendency.errors import LockedIndexError, NotAnIndexError, SettingError

WORDS = [
    "Пролетарии",
    "всех",
    "стран",
    "the",
    "red",
    "army",
    "marched",
    "ÉTÉ",
    "été",
    "Straße",
    "a\xad",
    "中文",
    "О’Коннор",
    "party.",
    "Party!",
    "—",
    "\n\n",
]


def random_document(seed: int, number: int) -> Document:
    """A document of one to a few thousand words, or of none."""
    draw = random.Random(seed * 1000 + number)
    length = draw.choice((0, 1, 5, 40, 40, 4000, 9000))
    text = " ".join(draw.choice(WORDS) + draw.choice(("", str(draw.randrange(300)))) for _ in range(length))
    fields = {"author": draw.choice(("Ann", "Bo", "Цеткин"))} if draw.random() < 0.7 else {}
    if draw.random() < 0.3:
        fields["page"] = str(draw.randrange(9))
    return doc(f"d{number:03d}", draw.choice(("", "  \n")) + text, day=1 + number % 28, **fields)


def grown(path: Path, seed: int) -> None:
    """An index of several segments in which documents were removed and replaced."""
    for part in range(4):
        add(path, [random_document(seed, part * 10 + i) for i in range(10)], merge=False)
    draw = random.Random(seed)
    remove(path, ids=[f"d{n:03d}" for n in range(40) if draw.random() < 0.3])
    add(path, [random_document(seed + 1, n) for n in range(0, 40, 7)], merge=False)


def tokens_of(path: Path) -> dict[str, Any]:
    """Forms, offsets and facts of the tokens of each live document, by id."""
    found: dict[str, Any] = {}
    index = Index.open(path)
    for segment, live in zip(index.segments, index.live, strict=True):
        for document in np.flatnonzero(live).tolist():
            positions = np.arange(segment.first[document], segment.first[document + 1])
            starts, ends = segment.offsets(document, positions)
            found[segment.ids[document]] = [
                forms_of(segment, document),
                starts.tolist(),
                ends.tolist(),
                int(segment.words[document]),
                segment.content(document),
                int(segment.digests[document]),
            ]
    return found


@pytest.mark.parametrize("seed", range(6))
def test_compact_keeps_all_and_only_what_is_live(tmp_path: Path, seed: int) -> None:
    """Documents, tokens, offsets and fingerprint stay; one segment is left, without dead documents, and it is sound."""
    path = tmp_path / "index"
    grown(path, seed)
    before, tokens, fingerprint = contents(path), tokens_of(path), Index.open(path).fingerprint
    done = compact(path)
    index = Index.open(path)
    assert (contents(path), tokens_of(path), index.fingerprint) == (before, tokens, fingerprint)
    assert (done.before, done.after, len(index.segments)) == (5, 1, 1)
    assert done.dropped > 0
    assert index.segments[0].documents == index.documents == done.documents
    assert check(path) == []


@pytest.mark.parametrize("seed", range(2))
def test_a_merged_segment_says_what_one_built_at_once_says(tmp_path: Path, seed: int) -> None:
    """Terms, tokens and postings are those of an index that was built of the same documents in one go."""
    grown(tmp_path / "grown", seed)
    compact(tmp_path / "grown")
    merged = Index.open(tmp_path / "grown").segments[0]
    add(tmp_path / "whole", [merged.document(d) for d in range(merged.documents)])
    whole = Index.open(tmp_path / "whole").segments[0]
    assert list(merged.terms.forms) == list(whole.terms.forms)
    assert list(merged.terms.folded) == list(whole.terms.folded)
    assert merged.terms.folded_order.tolist() == whole.terms.folded_order.tolist()
    assert merged.tokens.tolist() == whole.tokens.tolist()
    for term in range(len(whole.terms)):
        assert merged.postings(term).tolist() == whole.postings(term).tolist()
    assert merged.field_names == whole.field_names
    for name in whole.field_names:
        assert merged.field(name).codes.tolist() == whole.field(name).codes.tolist()
        assert list(merged.field(name).values) == list(whole.field(name).values)


def test_small_stretches_give_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However few terms and postings are merged at a time, the segment has the same content."""
    from tendency.corpus import merging

    for name in ("one", "other"):
        grown(tmp_path / name, 3)
    compact(tmp_path / "one")
    monkeypatch.setattr(merging, "_TERMS_AT_ONCE", 7)
    monkeypatch.setattr(merging, "BLOCK_BYTES", 50)
    monkeypatch.setattr(merging, "stretches", lambda sequences, size=5: stretches(sequences, size))
    monkeypatch.setattr(merging, "SUM_CHUNK", merging.SUM_CHUNK)
    original = merging._DataMerge.__init__

    def narrow(self: Any, *args: Any) -> None:
        original(self, *args)
        self._stretch = 11

    monkeypatch.setattr(merging._DataMerge, "__init__", narrow)
    compact(tmp_path / "other")
    one, other = (Index.open(tmp_path / name).segments[0] for name in ("one", "other"))
    for section in one.data.sections:
        assert one.data.raw(section, one.data.sections[section].type).tolist() == (
            other.data.raw(section, other.data.sections[section].type).tolist()
        )
    assert check(tmp_path / "other") == []


def test_a_reader_keeps_its_snapshot_until_swept(tmp_path: Path) -> None:
    """An index that was open before reads on; ``now`` removes the old files."""
    path = tmp_path / "index"
    grown(path, 1)
    reader, before = Index.open(path), contents(path)
    compact(path)
    read = [(d.id, d.date, d.text, dict(d.fields)) for d in iterate(reader)]
    assert read == before
    assert len(list((path / "segments").iterdir())) > 1
    done = compact(path, now=True)
    assert not done.changed
    assert done.swept > 0
    assert len(list((path / "segments").iterdir())) == 1
    assert contents(path) == before


def test_old_files_stay_a_day_from_the_commit_that_let_go_of_them(tmp_path: Path) -> None:
    """What was written long ago is not swept by the next writer after it was merged; a day later it is."""
    path = tmp_path / "index"
    grown(path, 1)
    old = sorted((path / "segments").iterdir())
    for file in path.rglob("*"):
        os.utime(file, (0, 0))
    compact(path)
    add(path, [doc("next", "Next.")])
    assert all(folder.exists() for folder in old)
    for folder in old:
        os.utime(folder, (0, 0))
    add(path, [doc("later", "Later.")])
    assert not any(folder.exists() for folder in old)


def test_nothing_to_compact_commits_nothing(tmp_path: Path) -> None:
    """One whole segment, or none, is left as it is."""
    path = tmp_path / "index"
    add(path, [doc("a", "One.")])
    assert not compact(path).changed
    remove(path, ids=["a"])
    done = compact(path)
    assert (done.before, done.after, done.changed) == (0, 0, False)


def test_a_failure_leaves_the_last_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the manifest cannot be written, the index is as it was and no new segment is left."""
    from tendency.corpus.manifest import Manifest

    path = tmp_path / "index"
    grown(path, 2)
    before, folders = contents(path), {p.name for p in (path / "segments").iterdir()}

    def fail(self: Manifest, folder: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Manifest, "commit", fail)
        with pytest.raises(KeyboardInterrupt):
            compact(path)
    assert {p.name for p in (path / "segments").iterdir()} == folders
    assert contents(path) == before
    assert compact(path).after == 1


def test_compact_waits_for_another_writer_and_says_who_it_is(tmp_path: Path) -> None:
    """A held lock stops it after the wait."""
    path = tmp_path / "index"
    add(path, [doc("a", "One.")])
    with writing(path, 1.0), pytest.raises(LockedIndexError, match="process"):
        compact(path, wait=0.01)


def test_impossible_settings_are_refused(tmp_path: Path) -> None:
    """Too little memory, and a folder that is no index."""
    with pytest.raises(SettingError, match="64 MiB"):
        compact(tmp_path, memory=1)
    with pytest.raises(NotAnIndexError):
        compact(tmp_path)


def test_small_adds_stay_few_segments(tmp_path: Path) -> None:
    """A hundred adds give at most seven segments a size; told by ``merged``; the answers are the same without merging."""
    one, other = tmp_path / "merged", tmp_path / "apart"
    merged = 0
    for number in range(30):
        document = doc(f"d{number}", f"Bread and peace {number}.", day=1 + number % 28)
        merged += add(one, [document]).merged
        assert add(other, [document], merge=False).merged == 0
    assert merged > LIKE_SIZED
    assert len(Index.open(one).segments) < LIKE_SIZED
    assert len(Index.open(other).segments) == 30
    assert contents(one) == contents(other)
    assert Index.open(one).fingerprint == Index.open(other).fingerprint
    assert check(one) == []


def test_a_large_segment_is_not_written_for_small_ones() -> None:
    """Sizes far apart lie on different levels."""
    assert level(1) == level(1 << 16) == 0
    assert level(100_000_000) > level(1_000_000) > level(50_000)


def test_union_is_the_sorted_set() -> None:
    """The union of strings is what a set gives, and each string finds its own place."""
    parts = [["", "a", "ab", "b"], [], ["a\0", "ab", "é", ""], ["b", "b"]]
    together, places = union([Strings.of(part) for part in parts])
    assert list(together) == sorted({s for part in parts for s in part}, key=str.encode)
    for part, place in zip(parts, places, strict=True):
        assert [together[p] for p in place.tolist()] == part


def test_readers_keep_working_while_a_writer_adds_and_compacts(tmp_path: Path) -> None:
    """Whoever opens the index meanwhile, or holds it from before, reads one whole commit."""
    path = tmp_path / "index"
    whole = [doc(f"d{n}", f"Peace number {n}. " * 50, day=1 + n) for n in range(20)]
    add(path, whole[:10])
    held, first = Index.open(path), contents(path)
    done = threading.Event()

    def write() -> None:
        try:
            for document in whole[10:]:
                add(path, [document], merge=False)
                compact(path)
        finally:
            done.set()

    writer = threading.Thread(target=write)
    writer.start()
    reads = 0
    while not done.is_set() or not reads:
        found = contents(path)
        assert found == expected(whole)[: len(found)]
        assert [(d.id, d.date, d.text, dict(d.fields)) for d in iterate(held)] == first
        reads += 1
    writer.join()
    assert contents(path) == expected(whole)


def test_a_second_writer_waits_for_its_turn(tmp_path: Path) -> None:
    """While the lock is held compact waits, and works once it is let go."""
    path = tmp_path / "index"
    for number in range(3):
        add(path, [doc(f"d{number}", "One.")], merge=False)
    entered, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with writing(path, 1.0):
            entered.set()
            leave.wait(10)

    holder = threading.Thread(target=hold)
    holder.start()
    entered.wait(10)
    threading.Timer(0.2, leave.set).start()
    assert compact(path, wait=10.0).after == 1
    holder.join()
