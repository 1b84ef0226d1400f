"""Damage: found by the check, and never a crash or another answer for a reader."""

from __future__ import annotations

import pickle
import random
import shutil
from pathlib import Path

import numpy as np
import orjson
import pytest
import xxhash
from index_helpers import doc, everything

from tendency.corpus import Index, add, check, checking, compact, remove
from tendency.corpus.container import FORMAT, HEADER_BYTES, MAGIC, PREFIX, Container, ContainerWriter
from tendency.corpus.manifest import Manifest, read_manifest
from tendency.corpus.segment import Segment
from tendency.errors import DamagedIndexError, IndexVersionError, NotAnIndexError, TendencyError


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index with two segments, a mask, fields and several scripts."""
    path = tmp_path_factory.mktemp("whole") / "x.index"
    rng = random.Random(1)
    words = ["war", "War", "peace", "мир", "和平", "l'eau", ".", "\n\n", "…", "co-\nop"]
    documents = [
        doc(f"d{i}", " ".join(rng.choices(words, k=40 * i)), day=i + 1, author=f"x{i % 3}", page=str(i))
        for i in range(9)
    ]
    add(path, documents[:5])
    add(path, documents[5:])
    remove(path, ids=["d2"])
    return path


@pytest.fixture
def path(whole: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    shutil.copytree(whole, tmp_path / "x.index")
    return tmp_path / "x.index"


def test_a_whole_index(path: Path) -> None:
    """An index that is whole has no findings, and the progress is told."""
    told: list[tuple[int, int]] = []
    assert check(path, progress=lambda *counts: told.append(counts)) == []
    assert told == [(1, 2), (2, 2)]


def test_every_section_is_checked(path: Path, whole: Path) -> None:
    """A changed byte in any section is found by the check with file and section, and raises or changes no answer."""
    before = everything(path)
    rng = random.Random(2)
    index = Index.open(whole)
    for container in (index.segments[0].data, index.segments[0].texts, index.segments[1].data):
        file = path / container.path.relative_to(whole)
        content = file.read_bytes()
        for section in container.sections.values():
            for _ in range(3 if section.bytes else 0):
                changed = bytearray(content)
                changed[section.offset + rng.randrange(section.bytes)] ^= 1 << rng.randrange(8)
                file.write_bytes(changed)
                found = check(path)
                assert found, section.name
                expected = f"{file.relative_to(path)}, {section.name}: its content has changed"
                assert any(str(damage).startswith(expected) for damage in found), section.name
                try:
                    assert everything(path) == before, section.name
                except DamagedIndexError as error:
                    assert str(file) in str(error)  # noqa: PT017
        file.write_bytes(content)
    assert everything(path) == before


def test_any_damage_anywhere(path: Path) -> None:
    """Bytes overwritten or cut off anywhere in any file: the same answers or an error of ours, never a crash."""
    before = everything(path)
    rng = random.Random(3)
    files = sorted(file for file in path.rglob("*") if file.is_file() and file.stat().st_size)
    outcomes = set()
    for _ in range(100):
        file = rng.choice(files)
        content = file.read_bytes()
        at = rng.randrange(len(content))
        length = rng.choice([1, 4, 8, 300])
        changed = content[:at] + rng.randbytes(length) + content[at + length :]
        file.write_bytes(rng.choice([changed, changed, content[:at], content + b"\0"]))
        try:
            assert everything(path) == before
            outcomes.add("same")
        except TendencyError as error:
            outcomes.add(type(error).__name__)
        file.write_bytes(content)
    assert (
        {"DamagedIndexError"}
        <= outcomes
        <= {"same", "DamagedIndexError", "NotAnIndexError", "IndexVersionError"}
    )


def forged(path: Path, replaced: dict[str, np.ndarray]) -> None:  # type: ignore[type-arg]
    """Write a container again with other sections and every checksum right."""
    container = Container(path)
    arrays = {name: container.raw(name, section.type).copy() for name, section in container.sections.items()}
    facts = container.facts
    path.unlink()
    writer = ContainerWriter(path)
    for name, values in {**arrays, **replaced}.items():
        writer.array(name, values)
    writer.finish(**facts)


@pytest.mark.parametrize(
    ("file", "section", "value"),
    [
        ("data", "tokens", 1 << 31),
        ("data", "first", 1 << 40),
        ("data", "words", -1),
        ("data", "words", 1 << 40),
        ("data", "start_day", 0),
        ("data", "end_day", 1 << 30),
        ("data", "ids.order", 1 << 20),
        ("data", "ids.bounds", -5),
        ("data", "terms.folded.order", 1 << 20),
        ("data", "terms.forms.bounds", 1 << 50),
        ("data", "postings.first", 1 << 50),
        ("data", "fields.codes", 99),
        ("data", "fields.codes", -2),
        ("data", "fields.first", 1 << 40),
        ("data", "characters", 1 << 40),
        ("texts", "blocks.start", 1 << 40),
        ("texts", "blocks.offsets", 1 << 40),
        ("texts", "blocks.position", 1 << 40),
        ("texts", "blocks.character", 1 << 40),
    ],
)
def test_numbers_out_of_range(path: Path, file: str, section: str, value: int) -> None:
    """A number out of range is damage even where every checksum is right; nothing is indexed with it."""
    folder = path / "segments" / read_manifest(path).segments[0].id
    values = Segment(folder).data.raw if file == "data" else Segment(folder).texts.raw
    kind = (Segment(folder).data if file == "data" else Segment(folder).texts).sections[section].type
    numbers = values(section, kind).copy()
    numbers[numbers.size // 2] = value
    forged(folder / file, {section: numbers})
    with pytest.raises(DamagedIndexError):
        _use(Segment(folder))


def _use(segment: Segment) -> None:
    for document in range(segment.documents):
        segment.document(document)
        segment.offsets(document, np.arange(segment.first[document], segment.first[document + 1]))
    assert segment.words.sum() >= 0
    assert list(segment.terms.with_folded("war")) is not None
    for id_ in list(segment.ids):
        segment.find(id_)
    assert [segment.postings(int(term)) for term in np.unique(segment.tokens)]


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("words", "the words of a document are not those"),
        ("digests", "is not the one that was added"),
        ("contents", "the manifest's counts"),
    ],
)
def test_contradictions(path: Path, name: str, what: str) -> None:
    """Numbers that are possible, and checksums that are right, but that contradict the rest are found by the check."""
    from dataclasses import replace

    manifest = read_manifest(path)
    folder = path / "segments" / manifest.segments[1].id
    held = Segment(folder).data.raw(name, "<i8" if name == "words" else "<u8").copy()
    held[-1] -= 1
    forged(folder / "data", {name: held})
    segment = Segment(folder)
    seals = ((segment.data.size, segment.data.seal), manifest.segments[1].seals[1])
    entries = (manifest.segments[0], replace(manifest.segments[1], seals=seals))
    replace(manifest, segments=entries).commit(path)
    assert any(what in damage.what for damage in check(path))


def test_missing_and_foreign_files(path: Path, whole: Path) -> None:
    """A missing file, another segment's file and another release's are told apart, with the remedy."""
    entries = read_manifest(path).segments
    one, two = (path / "segments" / entry.id for entry in entries)
    shutil.copy(two / "texts", one / "texts")
    with pytest.raises(DamagedIndexError, match="size"):
        Index.open(path)
    with pytest.raises(DamagedIndexError, match="belong to another segment"):
        Segment(one)
    (one / "texts").unlink()
    with pytest.raises(
        DamagedIndexError, match=r"texts, file: it is missing\. The index is damaged; run `tendency check`"
    ):
        Index.open(path)
    assert [damage.file for damage in check(path)] == [str((one / "texts").relative_to(path))]
    content = bytearray((two / "data").read_bytes())
    content[8] = 9
    (two / "data").write_bytes(content)
    with pytest.raises(IndexVersionError, match="has format 9, and this release reads format 1"):
        Segment(two)
    (two / "data").write_bytes(bytes(HEADER_BYTES))
    with pytest.raises(DamagedIndexError, match="does not begin like a file of an index"):
        Segment(two)


def test_a_file_without_a_second_header(path: Path) -> None:
    """Files of an earlier make end with their last section; of them too every byte is looked at."""
    file = path / "segments" / read_manifest(path).segments[0].id / "data"
    content = file.read_bytes()[:-HEADER_BYTES]
    _, _, length, _ = PREFIX.unpack_from(content, 0)
    table = orjson.loads(content[PREFIX.size : PREFIX.size + length])
    table["size"] = len(content)
    packed = orjson.dumps(table)
    header = PREFIX.pack(MAGIC, FORMAT, len(packed), xxhash.xxh3_64_intdigest(packed)) + packed
    older = header.ljust(HEADER_BYTES, b"\0") + content[HEADER_BYTES:]
    file.write_bytes(older)
    assert list(Container(file).examine()) == []
    for at in (len(header) + 1, HEADER_BYTES + 1, len(older) - 1):
        file.write_bytes(older[:at] + bytes([older[at] ^ 1]) + older[at + 1 :])
        assert len(list(Container(file).examine())) == 1


def test_bytes_that_say_nothing(path: Path) -> None:
    """A changed byte between sections, after a header's table or in the second header is found too."""
    file = path / "segments" / read_manifest(path).segments[0].id / "texts"
    content = file.read_bytes()
    end = max(section.offset + section.bytes for section in Container(file).sections.values())
    for at, part in (
        (HEADER_BYTES - 1, "padding"),
        (end + 1, "padding"),
        (len(content) - 8000, "second header"),
    ):
        file.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
        (damage,) = check(path)
        assert damage.what == f"{part}: its content has changed since it was written (checksum)"
        assert damage.derived


def test_a_commit_while_it_is_checked(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a writer deletes while an index is checked is not damaged: the newer commit is checked instead."""
    real = checking.survey

    def slow(folder: Path, manifest: Manifest, progress: object = None) -> object:
        if read_manifest(folder) == manifest and len(manifest.segments) > 1:
            compact(folder, now=True)
        return real(folder, manifest)

    monkeypatch.setattr(checking, "survey", slow)
    assert check(path) == []


def test_an_error_from_another_process(path: Path) -> None:
    """What is damaged is told by a worker as by the process itself."""
    (path / "segments" / read_manifest(path).segments[0].id / "data").unlink()
    with pytest.raises(DamagedIndexError) as caught:
        Index.open(path)
    error = pickle.loads(pickle.dumps(caught.value))
    assert str(error) == str(caught.value)
    assert (error.file, error.part, error.what) == (caught.value.file, "file", "it is missing")


def test_a_damaged_map_of_terms_is_derived(path: Path) -> None:
    """A damaged map of terms is found, and said to be made again."""
    manifest = read_manifest(path)
    assert manifest.terms_map is not None
    (path / manifest.terms_map.file).write_bytes(b"")
    (damage,) = check(path)
    assert damage.derived
    assert "readers make it again as needed" in damage.what


def test_two_documents_with_an_id(path: Path) -> None:
    """Two live documents with one id are found though every checksum is right."""
    from dataclasses import replace

    from tendency.corpus.changes import summarised

    manifest = read_manifest(path)
    add(path, [doc("d1", "changed")])
    newer = read_manifest(path)
    entries = []
    for entry in newer.segments:
        segment = Segment(path / "segments" / entry.id)
        everyone = np.ones(segment.documents, np.bool_)
        entries.append(summarised(replace(entry, live=None), segment, everyone))
    replace(newer, segments=tuple(entries)).commit(path)
    assert any("two live documents have the id 'd1'" in damage.what for damage in check(path))
    manifest.commit(path)
    assert check(path) == []


def test_not_an_index(tmp_path: Path) -> None:
    """What is no index is not checked but named."""
    with pytest.raises(NotAnIndexError):
        check(tmp_path)
