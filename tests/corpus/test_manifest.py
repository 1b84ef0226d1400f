"""The manifest: what is an index, what is none, and what is one of another release."""

from __future__ import annotations

import re
from pathlib import Path

import orjson
import pytest
import xxhash
from index_helpers import contents, doc, everything, expected

from tendency.corpus import Index, add, check, remove
from tendency.corpus.manifest import Manifest, read_manifest
from tendency.errors import DamagedIndexError, IndexVersionError, NotAnIndexError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """An index with a mask and two segments."""
    add(tmp_path / "x.index", [doc("a", "one", page="1"), doc("b", "two", page="x")])
    add(tmp_path / "x.index", [doc("b", "changed", page="2"), doc("c", "three")])
    return tmp_path / "x.index"


def resealed(path: Path, **changes: object) -> None:
    """Change a manifest and give it the right checksum, as another release would."""
    body = orjson.loads((path / "manifest.json").read_bytes())
    del body["checksum"]
    text = orjson.dumps({**body, **changes}, option=orjson.OPT_INDENT_2)
    seal = xxhash.xxh3_128_hexdigest(text).encode()
    (path / "manifest.json").write_bytes(text[:-2] + b',\n  "checksum": "' + seal + b'"\n}\n')


def test_round_trip(path: Path) -> None:
    """A manifest is read as it was written."""
    manifest = read_manifest(path)
    assert manifest.to_bytes() == (path / "manifest.json").read_bytes()
    assert (manifest.generation, len(manifest.segments)) == (2, 2)
    assert Manifest(**{name: getattr(manifest, name) for name in manifest.__slots__}) == manifest


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b'{"name": "a web app"}', b"\xff\xfe"])
def test_not_an_index(tmp_path: Path, content: bytes) -> None:
    """A folder with another program's manifest, or none, is not an index, and the message says how to make one."""
    with pytest.raises(NotAnIndexError, match=re.escape(f"{tmp_path} is not an index")):
        Index.open(tmp_path)
    (tmp_path / "manifest.json").write_bytes(content)
    with pytest.raises(NotAnIndexError, match="give the folder that `tendency add` made"):
        Index.open(tmp_path)


def test_no_folder(tmp_path: Path) -> None:
    """A folder that does not exist is named, with the command that makes an index; so is a file."""
    with pytest.raises(NotAnIndexError, match=r"no\.index does not exist; make an index with `tendency add"):
        Index.open(tmp_path / "no.index")
    (tmp_path / "file").write_text("x")
    with pytest.raises(NotAnIndexError, match="is not an index"):
        Index.open(tmp_path / "file")


def test_another_version(path: Path) -> None:
    """An index of another format is refused with both formats and what to do, whatever else is in its manifest."""
    resealed(path, format=99, segments={"not": "ours"})
    with pytest.raises(
        IndexVersionError, match="an index of format 99, and this release reads format 1; use the release"
    ):
        Index.open(path)
    with pytest.raises(IndexVersionError):
        add(path, [doc("z", "z")])


def test_a_manifest_leads_nowhere_else(path: Path) -> None:
    """Names in a manifest cannot point outside the index."""
    body = orjson.loads((path / "manifest.json").read_bytes())
    body["segments"][0]["id"] = "../../elsewhere"
    resealed(path, segments=body["segments"])
    with pytest.raises(DamagedIndexError, match="is no name of a file in an index"):
        Index.open(path)


def test_every_byte_of_a_manifest_counts(path: Path) -> None:
    """Any changed byte of the manifest is noticed, and none is a crash."""
    whole = (path / "manifest.json").read_bytes()
    for at in range(len(whole)):
        changed = bytearray(whole)
        changed[at] ^= 1 << at % 8
        (path / "manifest.json").write_bytes(changed)
        with pytest.raises((DamagedIndexError, NotAnIndexError, IndexVersionError)):
            Index.open(path)
    for length in range(0, len(whole), 7):
        (path / "manifest.json").write_bytes(whole[:length])
        with pytest.raises((DamagedIndexError, NotAnIndexError)):
            Index.open(path)


def test_masks(path: Path) -> None:
    """A mask that is missing, changed or of another length is damage with its file's name."""
    index = Index.open(path)
    assert [mask.tolist() for mask in index.live] == [[True, False], [True, True]]
    mask = next(path.rglob("live-*"))
    whole = mask.read_bytes()
    for content in (b"\0", whole + b"\0", b""):
        mask.write_bytes(content)
        with pytest.raises(DamagedIndexError, match=rf"{mask.name}, live mask: its checksum"):
            Index.open(path)
    mask.unlink()
    with pytest.raises(DamagedIndexError, match="live mask: it is missing"):
        Index.open(path)


def test_field_views_are_of_live_documents(path: Path) -> None:
    """A field's view is what all live values have: a value that went with its document counts no more."""
    assert dict(Index.open(path).field_views) == {"page": "integer"}
    add(path, [doc("d", "d", page="xi", edition="1")])
    assert dict(Index.open(path).field_views) == {"edition": "integer", "page": "text"}
    remove(path, ids=["d"])
    assert dict(Index.open(path).field_views) == {"page": "integer"}


def test_a_map_of_terms_is_made_again(path: Path) -> None:
    """The map of terms is derived: without it, or with a damaged one, answers are the same."""
    before = everything(path)
    derived = read_manifest(path).terms_map
    assert derived is not None
    file = path / derived.file
    content = bytearray(file.read_bytes())
    content[8200] ^= 1
    file.write_bytes(content)
    assert everything(path) == before
    file.unlink()
    assert everything(path) == before
    add(path, [doc("d", "two four")])
    assert Index.open(path).terms.count("two") == 2
    assert contents(path)[-1:] == expected([doc("c", "three"), doc("d", "two four")])[-1:]


def test_a_small_add_writes_no_map_of_terms(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The map is written anew only when much is new; readers add what it lacks, with the same result."""
    from tendency.corpus import terms_map

    before = read_manifest(path).terms_map
    assert before is not None
    add(path, [doc("d", "two four Four")], merge=False)
    index = Index.open(path)
    assert index.manifest.terms_map == before
    lagging, made = index.terms, terms_map.build(index.segments)
    assert list(lagging.forms) == list(made.forms)
    assert list(lagging.folded) == list(made.folded)
    assert lagging.frequency.tolist() == made.frequency.tolist()
    assert {name: numbers.tolist() for name, numbers in lagging.maps.items()} == {
        name: numbers.tolist() for name, numbers in made.maps.items()
    }
    monkeypatch.setattr(terms_map, "_FEW", 0)
    add(path, [doc("e", "five")], merge=False)
    after = read_manifest(path).terms_map
    assert after is not None
    assert after != before
    assert set(terms_map.read(path / after.file, after).maps) == {
        segment.id for segment in Index.open(path).segments
    }
    assert check(path) == []
