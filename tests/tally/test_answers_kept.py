"""Answers kept by segment: the same figures, and only what is new is counted."""

from __future__ import annotations

import datetime as dt
import os
import threading
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tendency.corpus import Index, add, answers, compact, parse, remove
from tendency.corpus.answers import Answers
from tendency.documents.dates import DateSpan
from tendency.documents.document import Document
from tendency.tally import Around, Containing, Near, Occurrences, SegmentTask, Tally, counting, tally
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


def test_a_file_under_another_name_is_a_miss(press: Path, counted: list[str]) -> None:
    """The answers to one question, put in the place of those to another, are not taken for them."""
    daily, monthly = asked(press), asked(press, by="month")
    one, other = sorted((press / "cache" / "answers").iterdir())
    whole = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(whole)
    assert same(asked(press), daily)
    assert same(asked(press, by="month"), monthly)


def test_a_folder_that_is_only_read_answers(
    press: Path, counted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing can be written, not even the time of a file, what was kept is read."""
    first = asked(press)

    def refuse(*arguments: Any, **options: Any) -> None:
        raise PermissionError(13, "read-only")

    for name in ("utime", "replace", "mkdir"):
        monkeypatch.setattr(os, name, refuse)
    monkeypatch.setattr(Path, "write_bytes", refuse)
    counted.clear()
    assert same(asked(press), first)
    assert counted == []
    assert asked(press, by="month").tokens.sum() == first.tokens.sum()


def test_writers_at_once_leave_whole_files(tmp_path: Path) -> None:
    """Whoever reads while others write the same question gets one of the answers written, or none."""
    written = [{f"{n:032x}": bytes([n]) * 3000 for n in range(base, base + 4)} for base in range(0, 32, 4)]
    question, wrong = "a" * 32, []
    barrier = threading.Barrier(len(written))

    def write(answers: dict[str, bytes]) -> None:
        kept = Answers(tmp_path, limit=1 << 20)
        barrier.wait()
        for _ in range(20):
            kept.write(question, answers)
            found = kept.read(question)
            if found and found not in written:
                wrong.append(found)

    threads = [threading.Thread(target=write, args=(answers,)) for answers in written]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert Answers(tmp_path, limit=1 << 20).read(question) in written


QUERIES = [
    "war",
    "war | peace",
    "w*",
    "peace near/3 bread",
    "war :: newspaper = 'A0'",
    "war :: newspaper < 'B'",
]
ERAS = [
    (("one", 0, 30), ("two", 30, 60)),
    (("one", 0, 20), ("two", 20, 60)),
    (("two", 0, 30), ("one", 30, 60)),
]
FILTERS = ["newspaper < 'B'", "newspaper >= 'B'", "words > 12"]

counters = st.one_of(
    st.lists(st.sampled_from(QUERIES), min_size=1, max_size=2, unique=True).map(
        lambda held: tuple(Occurrences(f"q{n}", parse(query)) for n, query in enumerate(held))
    ),
    st.sampled_from(QUERIES).map(lambda query: (Containing("q0", parse(query)),)),
    st.tuples(
        st.sampled_from(QUERIES), st.sampled_from([3, 4]), st.sampled_from(["sentence", "document"])
    ).map(lambda held: (Near((("q0", parse(held[0])),), parse("bread"), held[1], held[2]),)),
    st.sampled_from(QUERIES).map(lambda query: (Around("q0", parse(query), (("b", parse("bread")),)),)),
)
questions = st.fixed_dictionaries(
    {
        "items": counters,
        "by": st.one_of(
            st.sampled_from(["all", "day", "week", "month"]),
            st.sampled_from(ERAS).map(lambda eras: tuple((name, days(a, b)) for name, a, b in eras)),
        ),
        "split": st.one_of(
            st.none(),
            st.just("newspaper"),
            st.sampled_from(FILTERS).map(lambda held: {"all": held}),
            st.permutations(FILTERS).map(lambda held: {"left": held[0], "right": held[1]}),
        ),
        "where": st.one_of(st.none(), st.sampled_from(FILTERS)),
        "start": st.one_of(st.none(), st.just(dt.date(1917, 1, 9))),
        "end": st.one_of(st.none(), st.just(dt.date(1917, 1, 20))),
        "cluster": st.sampled_from(
            [None, "document", "day", "newspaper", ("newspaper", "day"), ("day", "newspaper")]
        ),
        "only_counts": st.booleans(),
    }
)
growth = st.one_of(
    st.tuples(st.just("add"), st.integers(0, 25)),
    st.tuples(st.just("remove"), st.integers(0, 25)),
    st.tuples(st.just("change"), st.integers(0, 25)),
    st.tuples(st.just("compact"), st.just(0)),
    st.tuples(st.just("ask"), st.just(0)),
)


def days(first: int, after: int) -> DateSpan:
    """The days of 1917 from one to another."""
    start = dt.date(1917, 1, 1)
    return DateSpan(start + dt.timedelta(days=first), start + dt.timedelta(days=after))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(growth, min_size=3, max_size=7),
    st.lists(questions, min_size=4, max_size=8),
    st.sampled_from([9_000, 1 << 20]),
)
def test_kept_answers_are_those_that_are_counted(
    monkeypatch: pytest.MonkeyPatch, steps: list[tuple[str, int]], asked: list[dict[str, Any]], room: int
) -> None:
    """Whatever the index becomes, and whatever was asked before, answers are those of a count, within the room for them."""
    monkeypatch.setattr(counting, "WORTH_KEEPING", -1.0)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "press.index"
        add(path, [page(day, number) for day in (3, 12) for number in range(3)])
        for step, day in steps:
            if step == "add":
                # Some have the text of another, and so its clusters.
                add(
                    path,
                    [page(day, 1), Document(f"copy {day}", page(day, 4).date, page(3, 1).text, {})],
                    merge=False,
                )
            elif step == "change":
                add(
                    path,
                    [Document(f"{day}-1", page(day, 1).date, "war and bread", {"newspaper": "A0"})],
                    merge=False,
                )
            elif step == "remove":
                remove(path, ids=[f"{day}-1", "3-1"])
            elif step == "compact":
                compact(path)
            index = Index.open(path)
            for question in asked:
                monkeypatch.setattr(answers, "_limit", lambda: room)
                kept = tally(index, **question)
                monkeypatch.setattr(answers, "_limit", lambda: 0)
                assert same(kept, tally(index, **question))
            held = list((path / "cache" / "answers").iterdir())
            assert sum(file.stat().st_size for file in held) <= room
