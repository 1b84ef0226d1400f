"""The one file that says what an index holds; replacing it is the commit."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import orjson
import xxhash
from numpy.typing import NDArray

from tendency.corpus.container import FORMAT, damaged
from tendency.corpus.segment import Seals
from tendency.corpus.storage import is_damage, unreadable, write_atomically
from tendency.errors import (
    DamagedIndexError,
    IndexVersionError,
    NotAnIndexError,
    TendencyError,
)

NAME: Final = "manifest.json"
COPY: Final = "manifest.copy.json"
"""The same once more, for without a manifest nobody knows which documents count."""

_KIND: Final = "tendency index"
_PLAIN_NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]*(?:\.[0-9A-Za-z_-]+)*")


@dataclass(frozen=True, slots=True)
class LiveMask:
    """A file of one bit a document, beside its segment: 1 where the document is live."""

    file: str
    checksum: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One segment as the manifest names it.

    Attributes:
        id: Its folder in ``segments/``.
        seals: Size and header checksum of its two files.
        documents: How many it holds, deleted ones included.
        live: Its mask, or None when every document is live.
        live_documents: How many are live.
        words: Words of the live ones.
        span: First day and day after the last, as ordinals, over the live ones; None without any.
        fingerprint: Sum of the live documents' content digests, modulo 2**128, in hexadecimal.
        views: For each field that a live document has, the views that all its live values have.
        tokeniser: The version of the text rules that made its tokens.
    """

    id: str
    seals: Seals
    documents: int
    live: LiveMask | None
    live_documents: int
    words: int
    span: tuple[int, int] | None
    fingerprint: str
    views: dict[str, tuple[str, ...]]
    tokeniser: str


@dataclass(frozen=True, slots=True)
class DerivedFile:
    """A file that can be made again from the segments."""

    file: str
    size: int
    checksum: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an index holds at one generation."""

    generation: int = 0
    segments: tuple[Entry, ...] = ()
    terms_map: DerivedFile | None = None
    fields: dict[str, str] = field(default_factory=dict)

    def to_bytes(self) -> bytes:
        """The manifest as JSON, its own checksum in the last line."""
        body = {"kind": _KIND, "format": FORMAT, **asdict(self)}
        text = orjson.dumps(body, option=orjson.OPT_INDENT_2)
        return text[:-2] + b',\n  "checksum": "' + _seal(text) + b'"\n}\n'

    def commit(self, folder: Path) -> None:
        """Make this the index's manifest, at once and durably."""
        data = self.to_bytes()
        # The copy first: a manifest is named by its own renaming alone, and never without a copy.
        write_atomically(folder / COPY, data)
        write_atomically(folder / NAME, data)


def _seal(text: bytes) -> bytes:
    return xxhash.xxh3_128_hexdigest(text).encode()


def read_manifest(folder: Path) -> Manifest:
    """The manifest of an index folder.

    Raises:
        NotAnIndexError: There is no folder, or no manifest in it, or one of something else.
        IndexVersionError: The index has a format that this release does not read.
        DamagedIndexError: The manifest is gone, its own checksum is wrong, or it does not say what it must.
    """
    try:
        return _read(folder, NAME)
    except NotAnIndexError:
        copy = read_copy(folder)
        if copy is None or not copy.generation:  # the first commit has the number 0, and holds nothing
            raise
        raise _damaged(folder / NAME, "it is missing, or another file is in its place") from None


def read_copy(folder: Path) -> Manifest | None:
    """The copy of an index's manifest, or None where there is none that is whole.

    It is of the last commit, or of one that was stopped just before its manifest was named.
    """
    try:
        return _read(folder, COPY)
    except TendencyError:
        return None


def renew_copy(folder: Path) -> None:
    """Write the copy of the manifest again where it is not one; the manifest must be whole."""
    data = (folder / NAME).read_bytes()
    try:
        held = (folder / COPY).read_bytes()
    except OSError:
        held = b""
    if held != data:
        write_atomically(folder / COPY, data)


def _read(folder: Path, name: str) -> Manifest:
    path = folder / name
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        raise _not_an_index(folder) from None
    except NotADirectoryError:
        raise _not_an_index(folder) from None
    except OSError as error:
        if is_damage(error):
            raise _damaged(path, f"it cannot be read ({error.strerror})") from error
        raise unreadable(path, error) from error
    cut = text.rfind(b',\n  "checksum": "')
    whole = cut >= 0 and text == text[:cut] + b',\n  "checksum": "' + _seal(text[:cut] + b"\n}") + b'"\n}\n'
    try:
        body = orjson.loads(text)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        if b'"kind": "' + _KIND.encode() in text[:200]:
            raise _damaged(path, "it is not JSON")
        raise _not_an_index(folder)
    if body.get("kind") != _KIND:
        if whole or "segments" not in body:
            raise _not_an_index(folder)
        raise _damaged(path, "its checksum is not that of its content")
    if body.get("format") != FORMAT and (whole or cut < 0):
        raise IndexVersionError(
            f"{folder} is an index of format {body.get('format')!r}, and this release reads format {FORMAT}; use the "
            "release that wrote it, or build the index again from its sources."
        )
    if not whole:
        raise _damaged(path, "its checksum is not that of its content")
    try:
        return _parse(body)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _damaged(path, f"it does not say what a manifest must ({error})") from error


def _parse(body: dict[str, Any]) -> Manifest:
    entries = []
    for raw in body["segments"]:
        live = LiveMask(**raw["live"]) if raw["live"] else None
        data, texts = raw["seals"]
        entry = Entry(
            **{
                **raw,
                "live": live,
                "seals": ((int(data[0]), int(data[1])), (int(texts[0]), int(texts[1]))),
                "span": (int(raw["span"][0]), int(raw["span"][1])) if raw["span"] else None,
                "views": {name: tuple(views) for name, views in raw["views"].items()},
            }
        )
        _plain(entry.id)
        if live:
            _plain(live.file)
        entries.append(entry)
    derived = DerivedFile(**body["terms_map"]) if body["terms_map"] else None
    if derived:
        _plain(derived.file)
    return Manifest(int(body["generation"]), tuple(entries), derived, dict(body["fields"]))


def _plain(name: str) -> None:
    """Nothing for a plain file name; a manifest must not lead outside its folder."""
    if not _PLAIN_NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name of a file in an index")


def _not_an_index(folder: Path) -> NotAnIndexError:
    if not folder.exists():
        return NotAnIndexError(
            f"{folder} does not exist; make an index with `tendency add {folder} SOURCE…`."
        )
    return NotAnIndexError(
        f"{folder} is not an index (it has no manifest of one); give the folder that `tendency add` made, "
        "or name a new folder to make one."
    )


def _damaged(path: Path, what: str) -> DamagedIndexError:
    return damaged(path, "manifest", what)


def mask_bytes(live: NDArray[np.bool_]) -> bytes:
    """A live mask as it is stored: one bit a document, the first in the highest bit."""
    return np.packbits(live).tobytes()


def read_mask(folder: Path, entry: Entry) -> NDArray[np.bool_]:
    """The live documents of a segment, bool of shape (documents,).

    Raises:
        DamagedIndexError: The file is missing, of another length, or with another checksum.
    """
    if entry.live is None:
        return np.ones(entry.documents, np.bool_)
    path = folder / "segments" / entry.id / entry.live.file
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise _damaged_mask(path, "it is missing") from None
    except OSError as error:
        if is_damage(error):
            raise _damaged_mask(path, f"it cannot be read ({error.strerror})") from error
        raise unreadable(path, error) from error
    if xxhash.xxh3_128_hexdigest(data) != entry.live.checksum:
        raise _damaged_mask(path, "its checksum is not that of its content")
    if len(data) != -(-entry.documents // 8):
        raise _damaged_mask(path, f"it has {len(data)} bytes for {entry.documents} documents")
    live = np.unpackbits(np.frombuffer(data, np.uint8), count=entry.documents).astype(np.bool_)
    if int(np.count_nonzero(live)) != entry.live_documents:
        raise _damaged_mask(
            path, f"it does not have the {entry.live_documents} live documents of the manifest"
        )
    return live


def _damaged_mask(path: Path, what: str) -> DamagedIndexError:
    return damaged(path, "live mask", what)
