"""Answers kept by segment: the same figures, and only what is new is counted."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tendency.corpus import Index, add, parse, remove
from tendency.corpus.answers import Answers
from tendency.documents.dates import DateSpan
from tendency.documents.document import Document
from tendency.tally import Around, SegmentTask, Tally, counting, tally
from tendency.tally.packing import packed, unpacked

WORDS = ["war", "peace", "bread", "land", "danger", "army", "soviet"]


def page(day: int, number: int) -> Document:
    """A page of one day of 1917."""
    start = dt.date(1917, 1, 1) + dt.timedelta(days=day)
    text = " ".join(WORDS[(day * 5 + number * 3 + i * i) % len(WORDS)] for i in range(8 + number + day))
    fields = {"newspaper": "ABC"[number % 3] + str(day % 4)}
    return Document(f"{day}-{number}", DateSpan(start, start + dt.timedelta(days=1), ""), text, fields)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The segments that are really counted; every answer is kept."""
    seen: list[str] = []
    count = counting.count_segment

    def watched(task: SegmentTask) -> Tally:
        seen.append(task.framing.place.path.name)
        return count(task)

    monkeypatch.setattr(counting, "count_segment", watched)
    monkeypatch.setattr(counting, "WORTH_KEEPING", -1.0)
    return seen


@pytest.fixture
def press(tmp_path: Path) -> Path:
    """Ten days, a commit each."""
    for day in range(10):
        add(tmp_path / "press.index", [page(day, number) for number in range(6)], merge=False)
    return tmp_path / "press.index"


def asked(press: Path, **options: Any) -> Tally:
    """A tally by day and newspaper."""
    items = [
        Around("war", parse("war"), (("b", parse("bread")), ("d", parse("danger")))),
    ]
    return tally(
        Index.open(press), items, **{"by": "day", "split": "newspaper", "cluster": "newspaper"} | options
    )


def segments(press: Path) -> set[str]:
    """The names of its segments."""
    return {segment.id for segment in Index.open(press).segments}


def same(left: Tally, right: Tally) -> bool:
    """Whether every number and name is equal."""
    return packed(left) == packed(right) and left.recipe == right.recipe


def test_adding_a_day_counts_a_day(press: Path, counted: list[str]) -> None:
    """Of an index that was asked before only the new segment is counted, though periods and splits are more."""
    first = asked(press)
    assert set(counted) == segments(press)
    counted.clear()
    assert same(asked(press), first)
    assert counted == []
    before = segments(press)
    later = page(300, 1)
    add(press, [Document(later.id, later.date, later.text, {"newspaper": "Z"})], merge=False)
    grown = asked(press)
    assert set(counted) == segments(press) - before
    assert len(counted) == 1
    assert len(grown.periods) == 301
    assert grown.splits[-1] == "Z"
    (press / "cache" / "answers").rename(press / "gone")
    assert same(grown, asked(press))


def test_removing_counts_one_segment_again(press: Path, counted: list[str]) -> None:
    """A document less changes the answer of its own segment only; another question is counted in all."""
    asked(press)
    counted.clear()
    remove(press, ids=["3-2"])
    fewer = asked(press)
    assert len(counted) == 1
    counted.clear()
    asked(press, by="month")
    assert len(counted) == len(segments(press))
    (press / "cache" / "answers").rename(press / "gone")
    assert same(fewer, asked(press))


def test_a_damaged_file_is_a_miss(press: Path, counted: list[str]) -> None:
    """One flipped byte, a cut or another file in its place: counted again, the figures are the same."""
    first = asked(press)
    (file,) = (press / "cache" / "answers").iterdir()
    whole = file.read_bytes()
    for at in range(0, len(whole), 997):
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert Answers(press).read(file.name) == {}
    for wrong in (b"", whole[:-9], whole + b"x", b"\x80\x04]."):
        file.write_bytes(wrong)
        counted.clear()
        assert same(asked(press), first)
        assert len(counted) == len(segments(press))


def test_packing_refuses_what_it_did_not_write(press: Path) -> None:
    """Whatever the bytes, unpacking gives a tally or None and raises nothing; sums beyond 64 bits come back."""
    found = asked(press, by="all")
    data = packed(found)
    assert data is not None
    again = unpacked(data)
    assert again is not None
    assert packed(again) == data
    generator = np.random.default_rng(4)
    for cut in generator.integers(0, len(data), 60).tolist():
        assert unpacked(data[:cut]) is None
        unpacked(data[:cut] + bytes([data[cut] ^ int(generator.integers(1, 256))]) + data[cut + 1 :])
    large = Tally.from_counts([[2**40]], [2**41], found.periods, columns=["war"], grain="all")
    returned = unpacked(packed(large) or b"")
    assert returned is not None
    assert int(returned.clusterings[0].moments.cubes.max()) == 2**123


def test_no_room_and_no_permission(press: Path, counted: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """With size 0 nothing is kept; where no folder can be made the answer is given all the same."""
    monkeypatch.setenv("TENDENCY_CACHE_SIZE", "0")
    first = asked(press)
    assert not (press / "cache" / "answers").exists()
    monkeypatch.delenv("TENDENCY_CACHE_SIZE")
    (press / "cache").mkdir(exist_ok=True)
    (press / "cache" / "answers").write_text("in the way")
    assert same(asked(press), first)


def test_longest_unused_goes_first(tmp_path: Path) -> None:
    """Over the limit the file that was not read for longest is removed."""
    kept = Answers(tmp_path, limit=1200)
    for number, name in enumerate(("a" * 32, "b" * 32, "c" * 32)):
        kept.write(name, {"0" * 32: b"x" * 300})
        os.utime(kept.folder / name, (number, number))
    kept.read("a" * 32)
    kept.write("d" * 32, {"0" * 32: b"x" * 100})
    assert kept.read("a" * 32) == {"0" * 32: b"x" * 300}
    assert kept.read("b" * 32) == {}
