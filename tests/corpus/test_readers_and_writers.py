"""Readers beside a writer, and writers beside each other."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from index_helpers import doc

import tendency as td
from listings import listings_of
from tendency.corpus import Index, add, compact, join, rebuild, remove
from tendency.corpus.lock import writing
from tendency.corpus.writer import sweep
from tendency.errors import LockedIndexError, WorkerError


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every question is asked of every segment."""
    monkeypatch.setenv("TENDENCY_CACHE_SIZE", "0")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Three segments; documents of one were removed and replaced."""
    path = tmp_path / "press.index"
    for batch in range(3):
        texts = ["The war of the land, and peace. ", "No bread is in the wars. ", "The peace of bread! "]
        add(
            path,
            [doc(f"d{batch}-{n}", texts[n % 3] * (n + batch), 1 + n, paper="AB"[n % 2], faction="left", page=str(n)) for n in range(6)],
            merge=False,
        )  # fmt: skip
    remove(path, ids=["d0-1"])
    add(path, [doc("d1-2", "Another war.", 9, faction="right")], merge=False)
    return path


def swept(path: Path) -> None:
    """Every file gone that no manifest names."""
    with writing(path, 1):
        sweep(path, older_than=-1)


STEPS: dict[str, Callable[[Path], object]] = {
    "add": lambda path: add(path, [doc("new", "The war is new.", 3)]),
    "replace": lambda path: add(path, [doc("d0-0", "Peace is the war.", 4), doc("d2-5", "Bread.", 5)]),
    "remove": lambda path: remove(path, ids=["d0-3", "d1-1"]),
    "compact": compact,
    "compact now": lambda path: compact(path, now=True),
    "rebuild": rebuild,
    "sweep": swept,
    "remove all": lambda path: remove(
        path, ids=[d for segment in Index.open(path).segments for d in segment.ids]
    ),
    "sweep again": swept,
}


def test_a_snapshot_answers_as_before(path: Path) -> None:
    """Whatever a writer does, files deleted included, an open index answers every question as it did."""
    read = td.open(path)
    before = listings_of(read)
    for name, step in STEPS.items():
        step(path)
        assert listings_of(read, few=True).items() <= before.items(), name
    assert listings_of(read) == before
    assert len(td.open(path)) == 0


def test_a_snapshot_that_was_never_read_answers_too(path: Path) -> None:
    """An index that was only opened before its files were deleted has all that it needs."""
    before, unread = listings_of(td.open(path)), td.open(path)
    for step in STEPS.values():
        step(path)
    assert listings_of(unread) == before


def test_readers_see_one_whole_commit_each(path: Path) -> None:
    """Whoever opens an index at any instant of a writer's work reads one commit, whole."""
    add(path, [doc("left 0", "balance left"), doc("right 0", "balance right")], merge=False)
    done = threading.Event()

    def write() -> None:
        try:
            for number in range(1, 9):
                pair = [doc(f"{side} {number}", f"balance {side}") for side in ("left", "right")]
                add(path, pair, merge=number % 2 == 0)
                if number % 3 == 0:
                    compact(path, now=True)
                if number % 4 == 0:
                    rebuild(path)
                    swept(path)
        finally:
            done.set()

    writer = threading.Thread(target=write)
    writer.start()
    seen = []
    while not done.is_set() or not seen:
        press = td.open(path)
        left, right, both = press.count(["balance left", "balance right", "balance"])["hits"].to_list()
        assert left == right == both / 2
        assert (
            press.kwic("balance").total
            == both
            == dict(press.words().select("form", "count").rows())["balance"]
        )
        seen.append(left)
    writer.join()
    assert seen == sorted(seen)
    assert td.open(path).count("balance left")["hits"].item() == 9


def test_processes_that_work_for_an_old_snapshot(path: Path) -> None:
    """Compacting leaves them the files; once these are deleted a sentence says that the index must be opened again."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        old = td.open(path, executor=pool)
        expected = td.open(path).count("the war", by="day").write_csv()
        compact(path)
        assert old.count("the war", by="day").write_csv() == expected
    compact(path, now=True)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        old.index.executor = pool
        with pytest.raises(WorkerError, match=r"no longer there: the index was compacted .* Open it again"):
            old.count("the war", by="day")


HOLD = """
import sys
from pathlib import Path
from tendency.corpus.lock import writing
with writing(Path(sys.argv[1]), 5):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process, at work in the index until its input ends."""
    held = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert held.stdout is not None
    assert held.stdout.readline() == "held\n"
    yield held
    held.communicate()


WRITERS: dict[str, Callable[[Path, float], Any]] = {
    "add": lambda path, wait: add(path, [doc("new", "war")], wait=wait),
    "remove": lambda path, wait: remove(path, ids=["d0-0"], wait=wait),
    "remove by masks": lambda path, wait: remove(index := Index.open(path), masks=index.live, wait=wait),
    "compact": lambda path, wait: compact(path, wait=wait),
    "compact now": lambda path, wait: compact(path, now=True, wait=wait),
    "rebuild": lambda path, wait: rebuild(path, wait=wait),
    "join": lambda path, wait: join([path], path, wait=wait),
}


@pytest.mark.parametrize("name", WRITERS)
def test_a_second_writer_says_who_holds_the_index(
    path: Path, holder: subprocess.Popen[str], name: str
) -> None:
    """Whatever it wants to write, it waits, names the other process, and has changed nothing; readers do not wait."""
    before = (path / "manifest.json").read_bytes()
    with pytest.raises(
        LockedIndexError, match=rf"process {holder.pid} on .*, since \d{{4}}-.*run the command again"
    ):
        WRITERS[name](path, 0.05)
    assert (path / "manifest.json").read_bytes() == before
    assert td.open(path).count("war")["hits"].item() > 0


def test_writers_at_once_take_turns(path: Path, tmp_path: Path) -> None:
    """Processes that add at the same time all succeed, one after the other."""
    sources = []
    for number in range(3):
        sources.append(tmp_path / f"{number}.jsonl")
        sources[-1].write_text(f'{{"id": "at once {number}", "date": "1917", "text": "at once"}}\n')
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "tendency.cli", "add", str(path), str(source)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for source in sources
    ]
    told = [process.communicate()[0] for process in started]
    assert [process.returncode for process in started] == [0, 0, 0], told
    assert td.open(path).count("at once")["hits"].item() == 3
