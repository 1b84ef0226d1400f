"""A damaged index made whole again, without the documents whose own content is damaged and no others."""

from __future__ import annotations

import errno
import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from index_helpers import Content, contents, doc, expected

import tendency as td
from tendency.corpus import Index, Repaired, add, check, compact, iterate, remove, repair
from tendency.corpus.checking import PRECIOUS
from tendency.corpus.container import HEADER_BYTES, Container
from tendency.corpus.lock import writing
from tendency.corpus.manifest import COPY, NAME, read_manifest
from tendency.corpus.segment import Segment
from tendency.errors import DamagedIndexError, LockedIndexError, NotAnIndexError, SettingError, StorageError

RNG = random.Random(1917)
WORDS = ["war", "War", "peace", "мир", "和平", "l'eau", ".", "\n\n", "…", "co-\nop", "\ud800"]
REMOVED = {"d2", "d13", "d31", "d33", "d35"}


def _text(words: int) -> str:
    return " ".join(RNG.choices(WORDS, k=words))


DOCUMENTS = [
    doc(
        f"d{n}",
        _text((0, 5, 40, 300)[n % 4]),
        n % 28 + 1,
        author=f"x{n % 3}",
        page=str(n),
        **{"odd": "y"} if n % 2 else {},
    )
    for n in range(40)
]
DOCUMENTS[5] = doc("d5", _text(12_000), 6)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A merged segment with texts in several blocks, two others with masks, a document that replaced one, answers kept."""
    path = tmp_path_factory.mktemp("whole") / "x.index"
    add(path, DOCUMENTS[:10])
    add(path, DOCUMENTS[10:20])
    remove(path, ids=["d2", "d13"])
    compact(path)
    add(path, DOCUMENTS[20:30])
    add(path, DOCUMENTS[30:])
    remove(path, ids=["d31", "d33", "d35"])
    add(path, [doc("d36", "Another text."), doc("d22", "")])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tendency.tally.counting.WORTH_KEEPING", -1.0)
        td.open(path).rates("peace", by="day")
    assert [len(read_manifest(path).segments), len(list((path / "cache" / "answers").iterdir()))] == [4, 1]
    return path


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing waits for the disk: what a power cut leaves is tested elsewhere."""
    monkeypatch.setattr("os.fsync", lambda handle: None)


@pytest.fixture
def path(whole: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(whole, tmp_path / "x.index"))


@pytest.fixture(scope="module")
def held(whole: Path) -> dict[str, Content]:
    """Its documents by id."""
    return {document[0]: document for document in contents(whole)}


def named(path: Path) -> list[Path]:
    """The files that the manifest names, itself, its copy and the answers kept."""
    manifest = read_manifest(path)
    assert manifest.terms_map is not None
    files = [
        path / NAME,
        path / COPY,
        path / manifest.terms_map.file,
        *(path / "cache" / "answers").iterdir(),
    ]
    for entry in manifest.segments:
        names = ("data", "texts", *([entry.live.file] if entry.live else []))
        files += [path / "segments" / entry.id / name for name in names]
    return files


def containers(path: Path) -> list[tuple[Segment, Container]]:
    """Both files of each segment."""
    segments = Index.open(path).segments
    return [(segment, container) for segment in segments for container in (segment.data, segment.texts)]


def change(file: Path, at: int, pattern: int = 0xA5, length: int = 1) -> None:
    """Change bytes of a file."""
    content = bytearray(file.read_bytes())
    for place in range(at, at + length):
        content[place] ^= pattern
    file.write_bytes(content)


def repaired(path: Path, before: dict[str, Content]) -> Repaired:
    """What a repair did; the index must be sound, and every document as it was or named as lost."""
    done = repair(path)
    assert check(path) == []
    after = {document[0]: document for document in contents(path)}
    assert {id_: after[id_] for id_ in after if id_ in before} == {
        id_: before[id_] for id_ in after if id_ in before
    }
    assert set(after) - set(before) == set() or done.returned
    missing = set(before) - set(after)
    assert {lost.id for lost in done.lost} - {None} == missing or any(lost.id is None for lost in done.lost)
    assert sum(lost.documents for lost in done.lost) == len(missing)
    assert done.complete == (not missing and not done.returned)
    assert done.documents == len(after)
    return done


def holders(segment: Segment, section: str, at: int) -> set[str]:
    """The documents whose own content a byte of a section belongs to."""
    table, documents = segment.blocks, np.arange(segment.documents)
    hit = np.zeros(segment.documents, np.bool_)
    if section == "blocks":
        block = int(np.searchsorted(table.starts, at, side="right")) - 1
        if at < table.middles[block]:
            low, high = table.characters[block], table.characters[block + 1]
            hit = (segment.characters[:-1] < high) & (segment.characters[1:] > low)
    elif section in ("ids.bytes", "written.bytes"):
        bounds = (segment.ids if section == "ids.bytes" else segment.written).bounds
        hit = documents == np.searchsorted(bounds, at, side="right") - 1
    elif section in ("start_day", "end_day"):
        hit = documents == at // 4
    elif section == "fields.codes":
        hit = documents == at // 4 % segment.documents
    elif section == "fields.values.bytes":
        _, values, first = segment._field_tables
        place = int(np.searchsorted(values.bounds, at, side="right")) - 1
        field = int(np.searchsorted(first, place, side="right")) - 1
        hit = segment.field(segment.field_names[field]).codes == place - first[field]
    return {segment.ids[document] for document in np.flatnonzero(hit).tolist()}


def test_a_sound_index_is_left_alone(path: Path, held: dict[str, Content]) -> None:
    """Nothing is committed where nothing is damaged, and progress is told."""
    before = {file: file.read_bytes() for file in named(path)}
    told: list[tuple[int, int]] = []
    done = repair(path, progress=lambda *counts: told.append(counts))
    assert (done.changed, done.damages, done.complete, done.documents) == (False, (), True, len(held))
    assert {file: file.read_bytes() for file in named(path)} == before
    assert told == [(n, 4) for n in range(1, 5)]


def test_one_changed_bit_anywhere(whole: Path, tmp_path: Path, held: dict[str, Content]) -> None:
    """One changed bit in any file is found or harmless, and nothing is lost by it."""
    for number, file in enumerate(named(whole)):
        size = file.stat().st_size
        for at in range(number % 7, size, size // 2 + 1):
            path = Path(shutil.copytree(whole, tmp_path / "x.index"))
            change(path / file.relative_to(whole), at, 1 << at % 8)
            found = check(path)
            assert found, (file.name, at)
            done = repaired(path, held)
            assert done.complete, (file.name, at)
            assert list(done.damages) == found
            shutil.rmtree(path)


def test_one_changed_byte_in_each_section(whole: Path, tmp_path: Path, held: dict[str, Content]) -> None:
    """Several changed bits in a section of a segment lose the documents whose own content they are, and no others."""
    lost = 0
    rng = random.Random(2)
    for segment, container in containers(whole)[2:4]:
        for section in container.sections.values():
            if section.name not in PRECIOUS or not section.bytes:
                continue
            at = rng.randrange(section.bytes)
            path = Path(shutil.copytree(whole, tmp_path / "x.index"))
            change(path / container.path.relative_to(whole), section.offset + at)
            done = repaired(path, held)
            assert done.rebuilt == (segment.id,)
            assert {one.id for one in done.lost} <= holders(segment, section.name, at) | {None}, section.name
            lost += len(done.lost)
            shutil.rmtree(path)
    assert lost


@pytest.mark.parametrize(
    "sections",
    [
        ("tokens", "postings", "postings.first", "postings.sums"),
        ("terms.forms.bytes", "terms.folded.bytes", "terms.folded.order"),
        ("terms.forms.bounds", "terms.folded.bounds"),
        ("ids.hashes", "ids.order", "first", "words", "digests"),
        ("contents",),
        ("ids.bounds",),
        ("written.bounds",),
        ("fields.names.bytes", "fields.names.bounds", "fields.first"),
        ("characters",),
        ("blocks.start", "blocks.offsets", "blocks.position"),
        ("blocks.character", "blocks.sums"),
    ],
)
def test_whole_sections_that_derive(path: Path, held: dict[str, Content], sections: tuple[str, ...]) -> None:
    """Everything but the bytes of ids, dates, fields and texts is found again, however much of it is gone."""
    for _, container in containers(path)[:4]:
        for name in sections:
            if name in container.sections:
                section = container.sections[name]
                change(container.path, section.offset, length=section.bytes)
    done = repaired(path, held)
    assert done.complete
    assert len(done.rebuilt) == 2


def test_other_text_rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A damaged segment that earlier text rules made is made again by the present ones, and that is told."""
    path = tmp_path / "x.index"
    with monkeypatch.context() as patch:
        patch.setattr("tendency.corpus.writer.TOKENISER_VERSION", "earlier")
        for n in range(2):
            add(path, [doc(f"d{n}", "text")])
    segment = Index.open(path).segments[0]
    change(segment.data.path, segment.data.sections["tokens"].offset)
    done = repair(path)
    assert done.other_rules == done.rebuilt == (segment.id,)
    assert Index.open(path).info().tokeniser == ("1", "earlier")


def test_where_values_begin(tmp_path: Path) -> None:
    """Where the values of a field begin is found again from the documents that have them."""
    path = tmp_path / "x.index"
    documents = [doc(f"d{n}", f"text {n}", title="Title " * (n % 5) + str(n)) for n in range(20)]
    add(path, documents)
    data = Index.open(path).segments[0].data
    section = data.sections["fields.values.bounds"]
    change(data.path, section.offset, length=section.bytes)
    assert repaired(path, {document[0]: document for document in expected(documents)}).complete


def test_answers_are_those_of_a_new_index(path: Path, tmp_path: Path, held: dict[str, Content]) -> None:
    """What is left answers as a new index of the same documents does."""
    for segment, container in containers(path):
        if container is segment.texts:
            section = container.sections["blocks"]
            change(container.path, section.offset + section.bytes // 2, length=20)
    done = repaired(path, held)
    assert 0 < len(done.lost) < len(held)
    left = list(iterate(Index.open(path)))
    add(tmp_path / "new.index", left)
    for query in ("peace", "w*", "war near/5 peace", "exact:War"):
        for by in ("day", "month"):
            ours, new = (
                td.open(at).rates(query, by=by, split="author").table for at in (path, tmp_path / "new.index")
            )
            assert ours.equals(new)
    assert Index.open(path).fingerprint == Index.open(tmp_path / "new.index").fingerprint
    assert add(path, DOCUMENTS[:20]).replaced == 0


@pytest.mark.parametrize("name", ["data", "texts"])
def test_headers(path: Path, held: dict[str, Content], name: str) -> None:
    """A segment whose first header is gone is read by its second one; without both it is lost."""
    one, two = (path / "segments" / entry.id / name for entry in read_manifest(path).segments[:2])
    one.write_bytes(bytes(HEADER_BYTES) + one.read_bytes()[HEADER_BYTES:])
    assert check(path)[0].what == "header: it does not begin like a file of an index"
    assert repaired(path, held).complete
    content = two.read_bytes()
    two.write_bytes(bytes(HEADER_BYTES) + content[HEADER_BYTES:-HEADER_BYTES] + bytes(HEADER_BYTES))
    done = repaired(path, held)
    count = sum(lost.documents for lost in done.lost)
    assert count == (9 if name == "data" else 6), "empty texts need no block"
    assert {lost.id is None for lost in done.lost} == {name == "data"}


def test_files_cut_or_gone(path: Path, held: dict[str, Content]) -> None:
    """A file that is longer costs nothing, a shorter one what was in it; of a missing one all is lost, by id where it can be."""
    folders = [path / "segments" / entry.id for entry in read_manifest(path).segments]
    with open(folders[0] / "data", "ab") as file:
        file.write(b"more")
    content = (folders[0] / "texts").read_bytes()
    (folders[0] / "texts").write_bytes(content + b"more")
    segment = Segment(folders[1])
    middle = segment.data.sections["terms.forms.bytes"].offset
    (folders[1] / "data").write_bytes((folders[1] / "data").read_bytes()[:middle])
    assert repaired(path, held).complete
    folders = [path / "segments" / entry.id for entry in read_manifest(path).segments]
    (folders[-1] / "texts").unlink()
    (folders[0] / "data").unlink()
    done = repaired(path, held)
    assert [lost.documents for lost in done.lost if lost.id is None]
    assert [lost.id for lost in done.lost if lost.id is not None]
    assert all("damaged" in lost.reason or "nothing leads" in lost.reason for lost in done.lost)


# Which documents count.


def masks(path: Path) -> list[Path]:
    """The masks that the manifest names."""
    return [
        path / "segments" / entry.id / entry.live.file for entry in read_manifest(path).segments if entry.live
    ]


@pytest.mark.parametrize("content", [lambda old: bytes([old[0] ^ 0xFF]) + old[1:], lambda old: b"", None])
def test_a_mask_that_can_be_told(
    path: Path, held: dict[str, Content], content: Callable[[bytes], bytes] | None
) -> None:
    """A changed byte of a mask is put back, and one that is gone where at most two documents are not live by it alone."""
    for mask in masks(path)[:1]:
        if content is None:
            mask.unlink()
        else:
            mask.write_bytes(content(mask.read_bytes()))
    before = [entry.id for entry in read_manifest(path).segments]
    done = repaired(path, held)
    assert done.complete
    assert done.rebuilt == ()
    assert [entry.id for entry in read_manifest(path).segments] == before


def test_a_mask_that_cannot_be_told(path: Path, held: dict[str, Content]) -> None:
    """Where nothing says which documents were removed all come back but those that were replaced, and their number is told."""
    masks(path)[-1].unlink()
    done = repaired(path, held)
    assert (done.returned, done.complete) == (3, False)
    now = {document[0] for document in contents(path)}
    assert now - set(held) == {"d31", "d33", "d35"}
    assert not done.lost
    assert remove(path, ids=["d31", "d33", "d35"]).documents == 3
    assert {document[0]: document for document in contents(path)} == held


def test_masks_of_a_damaged_segment(path: Path, held: dict[str, Content]) -> None:
    """A mask is found again for a segment that is damaged itself, as long as its digests are not."""
    for segment, mask in zip(Index.open(path).segments[1:], masks(path), strict=False):
        section = segment.data.sections["tokens"]
        change(segment.data.path, section.offset)
        content = mask.read_bytes()
        mask.write_bytes(bytes([content[0] ^ 0x3C]) + content[1:])
    done = repaired(path, held)
    assert done.complete
    assert len(done.rebuilt) == 2


def test_versions_of_a_document_without_masks(tmp_path: Path) -> None:
    """Where no mask is left, of several versions of a document the latest counts."""
    path = tmp_path / "x.index"
    versions = [[doc(f"d{n}", f"version {version} {n}") for n in range(9)] for version in range(3)]
    for version in versions:
        add(path, [*version, *(doc(f"only {version[0].text} {n}", "x") for n in range(4))])
    remove(path, ids=[f"only {version[0].text} {n}" for version in versions for n in range(3)])
    for mask in masks(path):
        mask.unlink()
    done = repair(path)
    assert check(path) == []
    assert done.returned == 9
    texts = {document[0]: document[2] for document in contents(path)}
    assert all(texts[f"d{n}"] == f"version 2 {n}" for n in range(9))


def test_two_live_documents_with_an_id(path: Path) -> None:
    """Of two live documents with one id the later stays, as if the mask had never been wrong."""
    manifest = read_manifest(path)
    from tendency.corpus.changes import summarised

    entries = []
    for entry in manifest.segments:
        segment = Segment(path / "segments" / entry.id)
        everyone = np.ones(segment.documents, np.bool_)
        entries.append(summarised(replace(entry, live=None), segment, everyone))
    replace(manifest, segments=tuple(entries)).commit(path)
    assert len(check(path)) == 2
    repair(path)
    assert check(path) == []
    assert {document[0]: document[2] for document in contents(path)}["d36"] == "Another text."


# What stands beside the segments.


@pytest.mark.parametrize("gone", [False, True])
def test_a_damaged_manifest(path: Path, held: dict[str, Content], gone: bool) -> None:
    """The copy of the manifest takes its place; until then nothing is added, and the message says what to do."""
    generation = read_manifest(path).generation
    (path / NAME).unlink() if gone else change(path / NAME, 100)
    for use in (Index.open, lambda path: add(path, [doc("new", "new")])):
        with pytest.raises(
            DamagedIndexError, match=r"manifest: it.* run `tendency check`.*`tendency check --repair`"
        ):
            use(path)
    (damage,) = check(path)
    assert damage.derived
    assert damage.what.endswith("it has a whole copy")
    done = repaired(path, held)
    assert (done.complete, done.rebuilt, done.generation) == (True, (), generation + 1)


def test_a_damaged_copy(path: Path, held: dict[str, Content]) -> None:
    """The copy is found damaged, and written again by a repair or the next writer."""
    change(path / COPY, 100)
    (damage,) = check(path)
    assert (damage.file, damage.derived) == (COPY, True)
    assert repaired(path, held).complete
    change(path / COPY, 100)
    remove(path, ids=["not there"])
    assert check(path) == []


def test_no_manifest_at_all(path: Path) -> None:
    """Without manifest and copy there is no repair, and the message says why and what to do."""
    change(path / NAME, 100)
    change(path / COPY, 100)
    for use in (check, repair):
        with pytest.raises(
            DamagedIndexError, match=r"it has no whole copy, so that nothing says .* Put a copy of manifest"
        ):
            use(path)


def test_an_uncommitted_copy_is_renewed(path: Path) -> None:
    """A copy of a commit that was stopped before its manifest was named is replaced before anything is swept."""
    older = (path / NAME).read_bytes()
    add(path, [doc("new", "new")])
    (path / NAME).write_bytes(older)
    assert check(path) == []
    remove(path, ids=["not there"])
    assert (path / COPY).read_bytes() == older


def test_an_index_begun(tmp_path: Path) -> None:
    """A folder of which only the first copy was written is made an index; one that lost its manifest is not."""
    path = tmp_path / "x.index"
    add(path, [])
    (path / NAME).unlink()
    add(path, [doc("a", "one")])
    (path / NAME).unlink()
    with pytest.raises(DamagedIndexError, match="it is missing"):
        add(path, [doc("b", "two")])
    assert repair(path).complete
    assert [document[0] for document in contents(path)] == ["a"]


def test_the_map_and_kept_answers(path: Path, held: dict[str, Content]) -> None:
    """A damaged map of terms is written again, damaged answers are removed, and no segment is touched."""
    manifest = read_manifest(path)
    assert manifest.terms_map is not None
    (answer,) = (path / "cache" / "answers").iterdir()
    change(answer, 30)
    (damage,) = check(path)
    assert (damage.file, damage.derived) == (f"cache/answers/{answer.name}", True)
    done = repaired(path, held)
    assert (done.changed, done.complete, answer.exists()) == (False, True, False)
    (path / manifest.terms_map.file).write_bytes(b"")
    done = repaired(path, held)
    assert (done.changed, done.complete, done.rebuilt) == (True, True, ())


# Disks that fail, and what is no damage.


def test_pages_that_cannot_be_read(
    path: Path, held: dict[str, Content], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the disk gives an error instead of bytes the check goes on, and a repair takes the rest."""
    from tendency.corpus import container, salvage

    segment = Index.open(path).segments[0]
    bad = segment.data.path, segment.data.sections["ids.hashes"].offset
    page = bad[1] - bad[1] % 4096
    real = container.read_at

    def failing(file: Any, offset: int, length: int) -> bytes:
        if Path(file.name) == bad[0] and offset < page + 4096 and page < offset + length:
            raise OSError(errno.EIO, "Input/output error")
        return real(file, offset, length)

    monkeypatch.setattr(container, "read_at", failing)
    monkeypatch.setattr(salvage, "read_at", failing)
    found = check(path)
    assert "ids.hashes: it cannot be read (Input/output error)" in [damage.what for damage in found]
    done = repair(path)
    assert (list(done.damages), len(done.rebuilt)) == (found, 1)
    assert sum(lost.documents for lost in done.lost) == 18, "all facts of so small a segment lie in one page"
    assert check(path) == []
    assert done.documents == len(held) - 18


def test_a_file_that_cannot_be_opened(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that may be there again tomorrow is not given up; the message says how to give it up."""
    from tendency.corpus import salvage

    change(path / "segments" / read_manifest(path).segments[0].id / "data", 100)

    def failing(file: Path, mode: str, buffering: int) -> Any:
        raise OSError(errno.EIO, "Input/output error", str(file))

    monkeypatch.setattr(salvage, "open", failing, raising=False)
    with pytest.raises(
        StorageError, match=r"cannot be opened \(Input/output error\); .*delete the file first"
    ):
        repair(path)


@pytest.mark.parametrize("where", ["data", "live", "manifest"])
def test_a_file_that_may_not_be_read_is_not_damaged(
    path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """What only stands in the way stops check and repair, and nothing is changed."""
    import builtins
    import io

    real = io.open

    def refusing(file: Any, *arguments: Any, **options: Any) -> Any:
        if isinstance(file, (str, Path)) and Path(file).name.startswith(where) and "copy" not in str(file):
            raise PermissionError(errno.EACCES, "Permission denied", str(file))
        return real(file, *arguments, **options)

    before = {file: file.read_bytes() for file in named(path)}
    with monkeypatch.context() as patch:
        patch.setattr(builtins, "open", refusing)
        patch.setattr(io, "open", refusing)
        for use in (check, repair):
            with pytest.raises(StorageError, match=r"Permission denied.*ask for the permission"):
                use(path)
    assert {file: file.read_bytes() for file in named(path)} == before


def test_settings_and_locks(path: Path, tmp_path: Path) -> None:
    """Too little memory, a folder that is no index, and another writer."""
    with pytest.raises(SettingError, match="64 MiB"):
        repair(path, memory=1)
    with pytest.raises(NotAnIndexError):
        repair(tmp_path)
    with writing(path, 1.0), pytest.raises(LockedIndexError):
        repair(path, wait=0.01)


def test_a_repair_that_fails_leaves_all_as_it_was(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the manifest cannot be written nothing is changed, and no new segment is left."""
    from tendency.corpus.manifest import Manifest

    segment = Index.open(path).segments[0]
    change(segment.data.path, segment.data.sections["tokens"].offset)
    before = {file: file.read_bytes() for file in named(path)}
    folders = {folder.name for folder in (path / "segments").iterdir()}

    def refused(self: Manifest, folder: Path) -> None:
        raise StorageError("the disk is full")

    monkeypatch.setattr(Manifest, "commit", refused)
    with pytest.raises(StorageError):
        repair(path)
    assert {file: file.read_bytes() for file in named(path)} == before
    assert {folder.name for folder in (path / "segments").iterdir()} == folders


def test_damaged_files_stay_for_a_day(path: Path) -> None:
    """A repair deletes nothing, and begins the day of what it names no more."""
    import os

    from tendency.corpus.writer import sweep

    segment = Index.open(path).segments[0]
    change(segment.data.path, segment.data.sections["tokens"].offset)
    for file in [*path.rglob("*")]:
        os.utime(file, (1, 1))
    repair(path)
    with writing(path, 1.0):
        assert segment.path not in sweep(path)
        assert segment.path in sweep(path, older_than=-1)


# Anything at all.


def _wounds() -> st.SearchStrategy[list[tuple[float, float, str]]]:
    kinds = st.sampled_from(["page", "bytes", "cut", "gone", "zeros", "longer"])
    places = st.floats(0, 1, exclude_max=True)
    return st.lists(st.tuples(places, places, kinds), min_size=1, max_size=3)


def _wound(file: Path, place: float, kind: str) -> None:
    content = bytearray(file.read_bytes())
    at = int(place * len(content))
    if kind == "page":
        low = at - at % 512
        content[low : low + 512] = bytes(len(content[low : low + 512]))
    elif kind == "bytes":
        content[at : at + 50] = random.Random(at).randbytes(len(content[at : at + 50]))
    file.unlink()
    if kind != "gone":
        file.write_bytes(
            {"cut": content[:at], "zeros": bytes(len(content)), "longer": content + b"x"}.get(kind, content)
        )


@settings(max_examples=16, deadline=None, derandomize=True)
@given(wounds=_wounds())
def test_any_damage(
    whole: Path, held: dict[str, Content], tmp_path_factory: pytest.TempPathFactory, wounds: Any
) -> None:
    """After any damage the index is sound, its documents are as they were, and what is missing was told."""
    path = Path(shutil.copytree(whole, tmp_path_factory.mktemp("any") / "x.index"))
    files = [file for file in named(path) if file.stat().st_size]
    hit = {files[int(where * len(files))]: (place, kind) for where, place, kind in wounds}
    for file, (place, kind) in hit.items():
        _wound(file, place, kind)
    if {path / NAME, path / COPY} <= set(hit):
        return
    done = repair(path)
    assert check(path) == []
    after = {document[0]: document for document in contents(path)}
    other = {id_ for id_ in after if after[id_] != held.get(id_)}
    assert other <= REMOVED | {"d22", "d36"}
    assert len(other) <= done.returned + len(done.lost)
    told = {lost.id for lost in done.lost}
    nameless = sum(lost.documents for lost in done.lost if lost.id is None)
    assert len(set(held) - set(after) - told) <= nameless
    shutil.rmtree(path)
