"""Segments are made on several threads, and nothing of an index but its segments tells on how many."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from index_helpers import contents, doc, expected, files

from tendency.corpus import Index, add, builder, check, lanes, tokenising, writer
from tendency.documents.document import Document
from tendency.errors import SourceError


def many() -> list[Document]:
    """Documents, of which some come again with other content and some with the same."""
    rng = random.Random(1917)
    found = []
    for _ in range(300):
        number = rng.randrange(200)
        text = f"Text {number} of {rng.randrange(3)}. " + " ".join(
            rng.choices(["war", "Мир", "l’eau", "co-\nop"], k=30)
        )
        found.append(doc(f"d{number}", text, day=number % 28 + 1, n=str(number)))
    return found


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches and lanes so small that a short run needs many."""
    monkeypatch.setattr(writer, "BATCH", 1000)
    monkeypatch.setattr(tokenising, "BATCH", 1000)
    monkeypatch.setattr(lanes, "_BATCHES_APIECE", 2)


def laned(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Let there be so many lanes."""
    monkeypatch.setattr(writer, "lanes_for", lambda memory: number)


@pytest.mark.usefixtures("narrow")
@pytest.mark.parametrize("large", [False, True])
def test_any_number_of_lanes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, large: bool) -> None:
    """One lane or four, segments cut or not: the same documents are live, each in its last version."""
    if large:
        monkeypatch.setattr(lanes.Lane, "_too_large", lambda self: len(self._batches) == 3)
    documents = many()
    for number in (1, 4):
        laned(monkeypatch, number)
        add(tmp_path / str(number), documents, merge=False)
    last = list({document.id: document for document in documents}.values())
    assert contents(tmp_path / "1") == contents(tmp_path / "4") == expected(last)
    assert len(Index.open(tmp_path / "4").segments) >= 4
    assert check(tmp_path / "4") == []


@pytest.mark.usefixtures("narrow")
def test_a_large_document_between_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A document larger than a batch waits for those before it, and replaces one that is still in work."""
    laned(monkeypatch, 3)
    documents = [doc(f"d{number}", f"short {number}. " * 20) for number in range(60)]
    documents[30:30] = [doc("d29", "long and longer. " * 1000)]
    add(tmp_path / "x", documents)
    last = {document.id: document for document in documents}
    assert contents(tmp_path / "x") == expected(list(last.values()))


def test_a_short_run_makes_one_segment(tmp_path: Path) -> None:
    """What fits a few batches is one segment, however many cores there are."""
    add(tmp_path / "x", many())
    assert len(Index.open(tmp_path / "x").segments) == 1


@pytest.mark.usefixtures("narrow")
def test_a_lane_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What goes wrong in one lane stops the run; nothing is committed, and nothing of it is left."""
    laned(monkeypatch, 3)
    path = tmp_path / "x"
    add(path, [doc("a", "one")])
    before, was = contents(path), files(path)
    finish = builder.SegmentBuilder.finish
    done = 0

    def failing(self: builder.SegmentBuilder, *forms: object) -> object:
        nonlocal done
        done += 1
        if done == 2:
            raise SourceError("no further")
        return finish(self, *forms)  # type: ignore[arg-type]

    monkeypatch.setattr(builder.SegmentBuilder, "finish", failing)
    with pytest.raises(SourceError, match="no further"):
        add(path, many())
    assert contents(path) == before
    assert files(path) == was
    monkeypatch.undo()
    assert add(path, many()).changed


def test_how_many_lanes(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as there are cores, but no more than the budget has room for, and at least one."""
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(64)), raising=False)
    assert lanes.lanes_for(64 << 20) == 1
    assert lanes.lanes_for(1 << 30) == lanes.MOST_LANES
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0}, raising=False)
    assert lanes.lanes_for(1 << 34) == 1
