"""Adding and removing: what is live afterwards, and what is on disk when something goes wrong."""

from __future__ import annotations

import datetime as dt
import os
import random
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import numpy as np
import pytest
from index_helpers import contents, doc, everything, expected, files, forms_of

from tendency.corpus import Index, add, lanes, remove, writer
from tendency.corpus.storage import write_atomically
from tendency.corpus.tokenising import BATCH, stretches
from tendency.corpus.tokens import scan
from tendency.documents.dates import DateSpan
from tendency.documents.document import Document
from tendency.errors import LockedIndexError, NotAnIndexError, SettingError, SourceError, StorageError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where an index may be made."""
    return tmp_path / "x.index"


def test_the_same_again_changes_nothing(path: Path) -> None:
    """Documents with the same id and content are skipped, and nothing is committed or left on the disk."""
    documents = [doc("a", "one two", author="x"), doc("b", "three", day=2)]
    first = add(path, documents)
    assert (first.new, first.replaced, first.unchanged, first.generation, first.changed) == (2, 0, 0, 1, True)
    before, bytes_before = files(path), (path / "manifest.json").read_bytes()
    again = add(path, reversed(documents))
    assert (again.new, again.replaced, again.unchanged, again.generation, again.changed) == (
        0,
        0,
        2,
        1,
        False,
    )
    assert files(path) == before
    assert (path / "manifest.json").read_bytes() == bytes_before


@pytest.mark.parametrize(
    "changed",
    [
        doc("a", "another"),
        doc("a", "one", day=3),
        doc("a", "one", author="y"),
        doc("a", "one", author="x", page="1"),
    ],
)
def test_other_content_replaces(path: Path, changed: Document) -> None:
    """A document with the id of another and another text, date or field takes its place."""
    add(path, [doc("a", "one", author="x"), doc("b", "two")])
    result = add(path, [changed])
    assert (result.new, result.replaced, result.replaced_ids, result.changed) == (0, 1, ("a",), True)
    assert contents(path) == expected([changed, doc("b", "two")])
    assert Index.open(path).documents == 2


def test_the_origin_is_no_content(path: Path) -> None:
    """The same document from another file is the same document."""
    add(path, [Document("a", doc("a", "").date, "text", {}, "one.txt")])
    assert add(path, [Document("a", doc("a", "").date, "text", {}, "two.txt")]).unchanged == 1


def test_the_later_replaces_within_a_run(path: Path) -> None:
    """An id that comes again in a run replaces the earlier, is counted, and the first such ids are named."""
    result = add(path, [doc("a", "one"), doc("b", "b"), doc("a", "two"), doc("a", "two"), doc("a", "three")])
    assert (result.new, result.repeated, result.repeated_ids, result.unchanged) == (2, 2, ("a", "a"), 1)
    assert contents(path) == expected([doc("a", "three"), doc("b", "b")])


def test_back_and_forth_is_no_change(path: Path) -> None:
    """A run that ends with the documents that were there commits nothing."""
    documents = [doc("a", "one"), doc("a", "two")]
    add(path, documents)
    before = files(path)
    again = add(path, documents)
    assert (again.changed, again.generation, again.unchanged, again.new) == (False, 1, 2, 0)
    assert files(path) == before


@pytest.mark.parametrize("held", [True, False])
def test_strict_stops_at_a_replacement(path: Path, held: bool) -> None:
    """With strict, nothing of a run is committed in which a document would replace another."""
    add(path, [doc("a", "one")] if held else [doc("c", "c")])
    documents = [doc("b", "b"), doc("a", "two")] if held else [doc("a", "one"), doc("a", "two")]
    where = "is in the index" if held else "came before in the same run"
    before, was = contents(path), files(path)
    with pytest.raises(SourceError, match=rf"'a' {where} with other content; give each document its own id"):
        add(path, documents, strict=True)
    assert contents(path) == before
    assert files(path) == was
    assert add(path, [doc("a", "one")], strict=True).unchanged == held


def test_answers_do_not_depend_on_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same documents in one run, in many runs, in any order and any segments are the same corpus."""
    documents = [
        doc(f"d{i}", f"text number {i}, again {i % 3}. " * (i % 5), day=i % 28 + 1, n=str(i))
        for i in range(40)
    ]
    add(tmp_path / "one", documents)
    shuffled = documents.copy()
    random.Random(3).shuffle(shuffled)
    for i in range(0, 40, 7):
        add(tmp_path / "many", shuffled[i : i + 7])
    monkeypatch.setattr(writer, "BATCH", 200)
    monkeypatch.setattr(lanes.Lane, "_too_large", lambda self: True)
    add(tmp_path / "cut", [*shuffled, doc("d1", "other"), documents[1]], merge=False)
    indexes = [Index.open(tmp_path / name) for name in ("one", "many", "cut")]
    assert [len(index.segments) for index in indexes[:2]] == [1, 6]
    assert len(indexes[2].segments) > 3
    assert len({index.fingerprint for index in indexes}) == 1
    assert len({(index.documents, index.words, index.span, str(index.field_views)) for index in indexes}) == 1
    assert contents(tmp_path / "one") == contents(tmp_path / "many") == contents(tmp_path / "cut")
    per_document = []
    for index in indexes:
        places = [index.find(d.id) for d in documents]
        per_document.append([forms_of(index.segments[place[0]], place[1]) for place in places if place])
    assert per_document[0] == per_document[1] == per_document[2]
    assert len(per_document[0]) == 40
    counts = [
        dict(zip(index.terms.forms, index.terms.frequency.tolist(), strict=True)) for index in indexes[:2]
    ]
    assert counts[0] == counts[1]


def test_other_documents_have_another_fingerprint(tmp_path: Path) -> None:
    """The fingerprint tells corpora apart that differ in a text, a date, a field or an id."""
    corpora = [
        [doc("a", "one")],
        [doc("a", "two")],
        [doc("b", "one")],
        [doc("a", "one", day=2)],
        [doc("a", "one", x="1")],
        [doc("a", "one", x="", y="1")],
        [doc("a", "one"), doc("b", "one")],
        [],
    ]
    prints = []
    for number, documents in enumerate(corpora):
        add(tmp_path / str(number), documents)
        prints.append(Index.open(tmp_path / str(number)).fingerprint)
    assert len(set(prints)) == len(corpora)
    add(tmp_path / "6", [])
    remove(tmp_path / "6", ids=["b"])
    assert Index.open(tmp_path / "6").fingerprint == prints[0]


def test_remove_by_id(path: Path) -> None:
    """Removed documents are gone, unknown ids are named, and nothing removed is no commit."""
    add(path, [doc("a", "one"), doc("b", "two"), doc("c", "three")])
    result = remove(path, ids=["b", "nobody", "b"])
    assert (result.documents, result.missing, result.generation) == (1, ("nobody",), 2)
    assert contents(path) == expected([doc("a", "one"), doc("c", "three")])
    assert Index.open(path).find("b") is None
    assert remove(path, ids=["b"]).generation == 2
    assert add(path, [doc("b", "two")]).new == 1


def test_remove_by_masks(path: Path) -> None:
    """A selection of a snapshot is removed, though the index was written to since."""
    add(path, [doc("a", "one"), doc("b", "two")])
    index = Index.open(path)
    add(path, [doc("a", "changed"), doc("c", "three")])
    assert remove(index, masks=[np.ones(2, np.bool_)]).documents == 1
    assert contents(path) == expected([doc("a", "changed"), doc("c", "three")])
    with pytest.raises(SettingError, match="masks belong to a snapshot"):
        remove(path, masks=[np.ones(2, np.bool_)])
    with pytest.raises(SettingError, match="either ids or masks"):
        remove(path)


def test_remove_everything(path: Path) -> None:
    """An index without documents is an index, and can be added to."""
    add(path, [doc("a", "one")])
    remove(path, ids=["a"])
    index = Index.open(path)
    assert (index.documents, index.words, index.span, index.segments, dict(index.field_views)) == (
        0,
        0,
        None,
        (),
        {},
    )
    assert len(index.terms) == 1
    add(path, [doc("a", "one")])
    assert contents(path) == expected([doc("a", "one")])


def test_an_empty_run_makes_an_index(path: Path) -> None:
    """Adding nothing to a new folder makes an empty index of generation 0."""
    result = add(path, [])
    assert (result.generation, result.changed) == (0, False)
    assert contents(path) == []


def test_a_snapshot_stays(path: Path) -> None:
    """A reader keeps what it opened, whatever is added or removed meanwhile."""
    add(path, [doc("a", "one two"), doc("b", "two")])
    index = Index.open(path)
    remove(path, ids=["a"])
    add(path, [doc("b", "changed")])
    assert (index.documents, index.generation, index.find("a")) == (2, 1, (0, 0))
    assert [index.segments[0].text(i) for i in range(2)] == ["one two", "two"]
    assert index.segments[0].terms.number("two") is not None


@pytest.mark.parametrize("step", range(12))
def test_stopped_anywhere(path: Path, monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    """A writer that stops at any write leaves the last commit readable and complete, and the next one works."""
    before = [doc("a", "one", x="1"), doc("b", "two")]
    add(path, before)
    done = 0

    def stopping(original: object) -> object:
        def wrapped(*arguments: object, **options: object) -> object:
            nonlocal done
            done += 1
            if done > step:
                raise KeyboardInterrupt
            return original(*arguments, **options)  # type: ignore[operator]

        return wrapped

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", stopping(os.replace))
        patch.setattr(os, "fsync", stopping(os.fsync))
        # What the writer would tidy up, a killed one leaves.
        patch.setattr(writer.Run, "abandon", lambda self: None)
        try:
            add(path, [doc("a", "changed"), doc("c", "three")])
            finished = True
        except KeyboardInterrupt:
            finished = False
    after = [doc("a", "changed"), doc("b", "two"), doc("c", "three")]
    # The rename is the commit: a writer that stops after it has committed.
    assert contents(path) in ([expected(after)] if finished else [expected(before), expected(after)])
    everything(path)
    add(path, [doc("a", "changed"), doc("c", "three")])
    assert contents(path) == expected(after)


def test_unnamed_files_are_swept_after_a_day(path: Path) -> None:
    """What no manifest names is deleted by the next writer, but only when it is a day old; strange files stay."""
    add(path, [doc("a", "one")])
    snapshot = Index.open(path)
    remove(path, ids=["a"])
    (path / "notes.txt").write_text("mine")
    young = files(path)
    add(path, [doc("b", "two")])
    assert young <= files(path)
    yesterday = time.time() - 25 * 3600
    for file in [*path.rglob("*")]:
        os.utime(file, (yesterday, yesterday))
    add(path, [doc("c", "three")])
    left = files(path)
    assert not any(snapshot.segments[0].id in file for file in left)
    assert "notes.txt" in left
    assert contents(path) == expected([doc("b", "two"), doc("c", "three")])
    assert snapshot.segments[0].text(0) == "one"


HOLD = """
import sys, time
from pathlib import Path
from tendency.corpus.lock import writing
with writing(Path(sys.argv[1]), 5):
    print("held", flush=True)
    time.sleep(60)
"""


def test_one_writer_at_a_time(path: Path) -> None:
    """A second writer waits, then says who holds the index; a killed writer's lock is gone with it."""
    add(path, [doc("a", "one")])
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(
            LockedIndexError, match=rf"another process \(process {holder.pid} on .*, since \d{{4}}-"
        ):
            add(path, [doc("b", "two")], wait=0.2)
        assert contents(path) == expected([doc("a", "one")])
    finally:
        holder.kill()
        holder.communicate()
    assert add(path, [doc("b", "two")], wait=5).new == 1


FULL = """
import datetime as dt, resource, signal, sys
from tendency.corpus import add
from tendency.documents.dates import DateSpan
from tendency.documents.document import Document
from tendency.errors import StorageError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
day = DateSpan(dt.date(1917, 1, 1), dt.date(1917, 1, 2))
from tendency.corpus import kernels
add(sys.argv[1], [Document("warm", day, "up")])
limit = int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
try:
    add(sys.argv[1], [Document(str(i), day, f"word{i} " * 2000) for i in range(50)])
except StorageError as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits of file sizes are POSIX")
@pytest.mark.parametrize("limit", [4096, 100_000])
def test_a_full_disk(path: Path, limit: int) -> None:
    """A disk that fills up is one sentence, and what was committed stays."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(FULL), str(path), str(limit)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "the disk is full; make room and run the command again" in done.stdout
    assert "What was committed before is untouched" in done.stdout
    assert [text for _, _, text, _ in contents(path)] == ["up"]


def test_a_folder_that_may_not_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where writing is not allowed the message says so, and what to do."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(StorageError, match="it is not allowed here; use a folder that you may write to"):
        write_atomically(tmp_path / "file", b"x")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_something_else(tmp_path: Path) -> None:
    """Documents are not added to a folder or file that holds something else."""
    (tmp_path / "letter.txt").write_text("Dear …")
    with pytest.raises(NotAnIndexError, match=r"not empty \(it holds 'letter.txt'\); name a new folder"):
        add(tmp_path, [doc("a", "one")])
    with pytest.raises(NotAnIndexError, match="is a file, not an index"):
        add(tmp_path / "letter.txt", [doc("a", "one")])


def test_large_documents_are_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A document over the limit is left out with a sentence, or stops a strict run; the others are added."""
    monkeypatch.setattr(writer, "LARGEST", 1000)
    documents = [doc("a", "one"), doc("b", "é" * 501), doc("c", "é" * 500)]
    result = add(path, documents)
    assert [refused.id for refused in result.refused] == ["b"]
    assert result.refused[0].reason == (
        "it holds 1,002 bytes of text, and 1,000 is the most for one document; "
        "cut it, or pass split_over to have it cut at blank lines."
    )
    assert [d[0] for d in contents(path)] == ["a", "c"]
    with pytest.raises(SourceError, match="'b' is refused: it holds 1,002 bytes"):
        add(path, documents, strict=True)


def test_split_over(path: Path) -> None:
    """Large documents are cut at blank lines into numbered pieces that make up the text; the whole one goes."""
    text = "one two\n\nthree four\r\n \t\r\nfive\n\n\nsix" + "\n\nseven" * 5
    add(path, [doc("a", text, author="x"), doc("b", "short")])
    result = add(path, [doc("a", text, author="x")], split_over=24)
    index = Index.open(path)
    pieces_ = sorted(name for name, *_ in contents(path) if name != "b")
    assert pieces_ == [f"a#{i}" for i in range(1, len(pieces_) + 1)]
    assert result.new == len(pieces_) > 2
    held = {name: (content, fields) for name, _, content, fields in contents(path)}
    assert "".join(held[name][0] for name in pieces_) == text
    assert all(len(held[name][0].encode()) <= 24 for name in pieces_)
    assert held["a#1"][1] == {"author": "x"}
    assert index.find("a") is None
    add(path, [doc("a", text[:30], author="x")], split_over=24)
    assert sorted(name for name, *_ in contents(path)) == ["a#1", "a#2", "b"]
    refused = add(path, [doc("z", "x" * 30 + "\n\n" + "y")], split_over=24).refused
    assert (
        "with more than 24 between two blank lines; cut it by hand or raise split_over" in refused[0].reason
    )


ODD = [
    "word",
    "Mr.",
    "co-",
    "\n",
    "\n\n",
    " \n \n",
    "\n\n***\n\n",
    "\n\n_\n\n",
    "\n\n①\n\n",
    ".",
    "!\n\n",
    "l'a",
]
ODD += ["3.", "\r\n\r\n", ' "Ya" ', "é", ". B. ", "?)", "(a. ", "。", "10", "\u2029"]


@pytest.mark.parametrize("language", [None, "fr"])
@pytest.mark.parametrize("size", [7, 40, 1000])
def test_stretches_have_the_tokens_of_the_whole(size: int, language: str | None) -> None:
    """A text scanned in parts has the tokens of the whole, wherever it is cut."""
    rng = random.Random(size)
    for _ in range(30):
        text = "".join(rng.choice(ODD) + rng.choice([" ", "", " x "]) for _ in range(400))
        parts = list(stretches(text, language, size))
        assert "".join(part.text for part in parts) == text
        whole, at = scan(text, language), 0
        starts: list[int] = []
        ends: list[int] = []
        for part in parts:
            starts += (part.starts + at).tolist()
            ends += (part.ends + at).tolist()
            at += len(part.text)
        assert (starts, ends) == (whole.starts.tolist(), whole.ends.tolist())


def test_large_documents_are_scanned_in_stretches(path: Path) -> None:
    """A large document, without a blank line, is stored and tokenised as any other."""
    text = "This is a sentence of a long text. " * (BATCH // 10)
    add(path, [doc("a", "first"), doc("large", text, day=2), doc("z", "last", day=3)])
    segment = Index.open(path).segments[0]
    assert segment.text(1) == text
    whole = scan(text)
    starts, ends = segment.offsets(1, np.arange(segment.first[1], segment.first[2]))
    assert np.array_equal(starts, whole.starts)
    assert np.array_equal(ends, whole.ends)
    assert segment.text(2) == "last"
    assert forms_of(segment, 2) == ["last", ""]


@pytest.mark.parametrize("text", ["." * (3 * BATCH), ". \n\n" * BATCH, "x" * (3 * BATCH)])
def test_large_documents_of_odd_text(path: Path, text: str) -> None:
    """A large document without words, or of one word, is a document like any other."""
    add(path, [doc("a", text), doc("b", "one")])
    assert [d[2] for d in contents(path)] == [text, "one"]
    assert Index.open(path).segments[0].words.tolist() == [int("x" in text), 1]


@pytest.mark.parametrize(
    ("document", "reason"),
    [(doc("", "x"), "it has no id"), (doc("a", "x", **{"a\nb": "1"}), "a field named 'a\\nb'")],
)
def test_unfit_documents(path: Path, document: Document, reason: str) -> None:
    """A document that cannot be named or whose field cannot is refused with the reason."""
    assert reason in add(path, [document]).refused[0].reason


def test_odd_ids_and_dates(path: Path) -> None:
    """Ids are kept as they came, never normalised, and dates reach from year 1 to the end of the calendar."""
    span = DateSpan(dt.date.min, dt.date.max, "ever")
    documents = [Document(name, span, name) for name in ("é", "e\u0301", "\ud800", " a ", "a\0b")]
    assert add(path, documents).new == 5
    assert contents(path) == expected(documents)
    index = Index.open(path)
    assert {index.find(d.id) for d in documents} == {(0, i) for i in range(5)}
    assert index.span == (dt.date.min, dt.date.max)


@pytest.mark.parametrize(
    ("setting", "message"),
    [({"memory": 1000}, "give at least 67,108,864"), ({"split_over": 0}, "give between 1 and 256,000,000")],
)
def test_impossible_settings(path: Path, setting: dict[str, int], message: str) -> None:
    """An option with an impossible value is refused before anything is made."""
    with pytest.raises(SettingError, match=message):
        add(path, [], **setting)  # type: ignore[arg-type]
    assert not path.exists()


def test_progress_is_told(path: Path) -> None:
    """Progress counts documents and bytes of text taken in, also those that were skipped."""
    told: list[tuple[int, int]] = []
    documents = [doc("a", "é"), doc("b", "two")]
    add(path, documents)
    add(path, documents, progress=lambda *counts: told.append(counts))
    assert told == [(2, 5)]
