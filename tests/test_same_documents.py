"""The same live documents give the same bytes, whatever became of the index before."""

from __future__ import annotations

import datetime as dt
import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from listings import answers, exports, listings
from tendency.corpus import Index, add, compact, compacting, join, lanes, rebuild, remove, writer
from tendency.documents.dates import DateSpan
from tendency.documents.document import Document

WORDS = [
    "war", "War", "wars", "peace", "bread", "land", "the", "the", "of", "is", "were", "peace.", "Bread!", "мир", "«war»",
    *(f"wa{letter}" for letter in "abcdefghijklm"),
    *(f"{letter}ease" for letter in "abcdefghijklm"),
]  # fmt: skip
NUMBERS = range(24)
VERSIONS = range(3)


class Named(NamedTuple):
    """One of the documents that may be added: another version has the id, and another content."""

    number: int
    version: int


@cache
def document(number: int, version: int) -> Document:
    """A document; some have the text of another, a month or a year for a date, no field, or no word."""
    draw = random.Random(f"{number} {version}")
    text = " ".join(
        random.Random(f"{number % 17} {version}").choices(WORDS, k=5 * (number % 9) + 9 * version)
    )
    start = dt.date(1917, 1, 1) + dt.timedelta(days=draw.randrange(40))
    end = start + dt.timedelta(days=draw.choice((1, 1, 1, 1, 2, 31, 400)))
    fields = {
        "paper": draw.choice("ABCD"),
        "faction": draw.choice(("left", "right")),
        "page": str(draw.randrange(9)),
    }
    fields["language"] = draw.choice(("en", "en", "ru"))
    kept = {name: value for name, value in fields.items() if draw.random() < 0.8}
    return Document(f"d{number:02d}", DateSpan(start, end, draw.choice(("", start.isoformat()))), text, kept)


def documents(names: list[Named]) -> list[Document]:
    """The documents of these names."""
    return [document(*name) for name in names]


TARGETS: list[dict[int, int]] = [
    dict.fromkeys(NUMBERS, 0),
    {number: number % 3 for number in NUMBERS if number % 5},
    {4: 1},
    {},
]
"""Sets of live documents with which an index may end, as versions by number."""

names = st.builds(Named, st.sampled_from(NUMBERS), st.sampled_from(VERSIONS))
some = st.lists(names, max_size=10)
steps = st.one_of(
    st.tuples(st.just("add"), some, st.booleans()),
    st.tuples(st.just("add, cut"), some, st.booleans()),
    st.tuples(st.just("remove"), st.lists(st.sampled_from(NUMBERS), max_size=8)),
    st.tuples(st.just("compact"), st.booleans()),
    st.tuples(st.just("join"), some, st.booleans()),
    st.tuples(st.just("rebuild")),
)


class History:
    """An index, and which documents it must hold."""

    def __init__(self, folder: Path) -> None:
        self.path, self.folder = folder / "press.index", folder
        self.live: dict[int, int] = {}
        self.joins = 0
        add(self.path, [])

    def add(self, added: list[Named], merge: bool) -> None:
        """A run that adds and replaces."""
        add(self.path, documents(added), merge=merge)
        self.live |= dict(added)

    def add_cut(self, added: list[Named], merge: bool) -> None:
        """The same in a segment for every two documents."""
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(writer, "_MOST_IN_BATCH", 2)
            patched.setattr(lanes.Lane, "_too_large", lambda self: True)
            self.add(added, merge)

    def remove(self, numbers: list[int]) -> None:
        """Some documents, held or not, out of the index."""
        remove(self.path, ids=[f"d{number:02d}" for number in numbers])
        for number in numbers:
            self.live.pop(number, None)

    def compact(self, now: bool) -> None:
        """All in one segment."""
        compact(self.path, now=now)

    def join(self, others: list[Named], first: bool) -> None:
        """Another index joined to it; the later of two wins."""
        self.joins += 1
        part, whole = self.folder / f"part{self.joins}", self.folder / str(self.joins) / self.path.name
        add(part, documents(others))
        join([part, self.path] if first else [self.path, part], whole)
        shutil.rmtree(part)
        self.path = whole
        self.live = dict(others) | self.live if first else self.live | dict(others)

    def rebuild(self) -> None:
        """All texts cut into words again."""
        rebuild(self.path)

    def take(self, step: tuple[object, ...]) -> None:
        """One step."""
        name, *arguments = step
        getattr(self, str(name).replace(", ", "_"))(*arguments)


@contextmanager
def folder_of(name: str) -> Iterator[Path]:
    """A new folder while it is needed; an index in it has the same name each time."""
    with TemporaryDirectory(prefix=name) as made:
        yield Path(made)


@cache
def expected(target: int) -> dict[str, bytes]:
    """What an index says that was built at once of a target's documents."""
    with folder_of("at-once") as folder:
        held = [document(*held) for held in sorted(TARGETS[target].items())]
        add(folder / "press.index", held)
        return everything(folder / "press.index", folder, report=True)


def everything(path: Path, folder: Path, *, report: bool) -> dict[str, bytes]:
    """Every listing, every export, and what a report says."""
    out = folder / "out"
    out.mkdir()
    return listings(path) | exports(path, out) | (answers(path, out, "week") if report else {})


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    history=st.lists(steps, max_size=5),
    target=st.sampled_from([0, 0, 1, 1, 2, 3]),
    order=st.randoms(use_true_random=False),
    merge=st.booleans(),
)
def test_any_history_of_the_same_documents_gives_the_same_bytes(
    monkeypatch: pytest.MonkeyPatch,
    history: list[tuple[object, ...]],
    target: int,
    order: random.Random,
    merge: bool,
) -> None:
    """Adds, replacements, removals, merges, joins and rebuilds that end with the same documents end with the same answers."""
    monkeypatch.setattr(compacting, "LIKE_SIZED", 3)
    monkeypatch.setenv("TENDENCY_CACHE_SIZE", "0")
    wanted = TARGETS[target]
    with folder_of("history") as folder:
        index = History(folder)
        for step in history:
            index.take(step)
        missing = [Named(*held) for held in wanted.items() if index.live.get(held[0]) != held[1]]
        order.shuffle(missing)
        while missing:
            size = order.choice((1, 3, 9))
            index.add(missing[:size], merge)
            del missing[:size]
        index.remove([number for number in index.live if number not in wanted])
        assert index.live == wanted
        # A report takes longer than all the rest.
        found = everything(index.path, folder, report=order.random() < 0.3)
        at_once = expected(target)
        assert Index.open(index.path).fingerprint.encode() in at_once["info"]
        assert [name for name in found if found[name] != at_once[name]] == []
