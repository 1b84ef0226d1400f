"""One way to put tasks to threads, processes and machines: results in order, errors, lost workers."""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from index_helpers import doc
from numpy.typing import NDArray

from tendency.corpus import Deadline, Index, add, work
from tendency.errors import QueryTimeoutError, SettingError, WorkerError


def double(number: int) -> int:
    """Twice the number."""
    return 2 * number


def die(number: int) -> int:
    """The end of the process that is asked."""
    os._exit(3)


class KilledWorker(Exception):  # noqa: N818  the name that Dask gives it
    """What Dask raises when a task's workers died."""


KilledWorker.__module__ = "distributed.scheduler"


class Losing(Executor):
    """Loses each task so many times, then does it at once."""

    def __init__(self, losses: int, error: BaseException) -> None:
        self.losses, self.error, self.asked = losses, error, 0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **options: Any) -> Future[Any]:
        """A future that is done."""
        self.asked += 1
        future: Future[Any] = Future()
        if self.asked <= self.losses:
            future.set_exception(self.error)
        else:
            future.set_result(fn(*args, **options))
        return future


def test_results_come_in_order() -> None:
    """Threads and an executor give each task's result in the place of the task."""
    tasks = list(range(50))
    assert work.run(double, tasks) == [double(number) for number in tasks]
    with ThreadPoolExecutor(3) as pool:
        assert work.run(double, tasks, pool) == [double(number) for number in tasks]


def test_one_task_runs_where_it_is_asked() -> None:
    """A single task needs no thread of its own."""
    assert work.run(lambda _: threading.get_ident(), [0]) == [threading.get_ident()]
    assert work.run(double, []) == []


def test_an_error_stops_the_rest() -> None:
    """After an error no task is begun that had not begun."""
    begun = []

    def fail(number: int) -> None:
        begun.append(number)
        time.sleep(0.01)
        raise ValueError(number)

    with pytest.raises(ValueError, match="0"):
        work.run(fail, list(range(100)))
    assert len(begun) < 50


def test_a_task_may_spread_its_own_work() -> None:
    """Pieces of pieces are done, in order, though no thread is free for them; a sum misses nothing."""

    def rows(number: int) -> list[int]:
        return work.spread(lambda piece: 10 * number + piece, range(10))

    assert work.spread(rows, range(10)) == [list(range(low, low + 10)) for low in range(0, 100, 10)]

    def add_one(piece: int, counts: NDArray[np.int64]) -> None:
        time.sleep(1e-4)
        counts[piece % 3] += 1

    assert work.summed(add_one, range(100), np.zeros(3, np.int64)).tolist() == [34, 33, 33]
    assert work.summed(add_one, [], np.zeros(3, np.int64)).tolist() == [0, 0, 0]


def test_pieces_are_shared_among_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another thread takes pieces while this one is busy, but none in the task of an executor, which has one core."""
    monkeypatch.setattr(work, "cores", lambda: 2)
    both = threading.Barrier(2, timeout=10)
    assert sorted(work.spread(lambda _: both.wait(), range(2))) == [0, 1]
    with ThreadPoolExecutor(1) as pool:
        threads = work.run(threads_of, [4], pool)
    assert [len(found) for found in threads] == [1]


def threads_of(pieces: int) -> set[int]:
    """The threads that so many slow pieces were done by."""
    return set(work.spread(lambda _: time.sleep(1e-3) or threading.get_ident(), range(pieces)))


def test_a_piece_that_fails_is_told_when_none_is_in_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error is that of the first piece that failed, and nothing goes on behind the asker's back."""
    monkeypatch.setattr(work, "cores", lambda: 2)
    in_hand: list[int] = []

    def fail(number: int) -> None:
        in_hand.append(number)
        time.sleep(0.02 * (number + 1))
        in_hand.remove(number)
        raise ValueError(number)

    with pytest.raises(ValueError, match="0"):
        work.spread(fail, range(40))
    assert in_hand == []
    with pytest.raises(QueryTimeoutError):
        work.spread(double, range(40), Deadline(-1))


@pytest.mark.parametrize("error", [KilledWorker("task-1"), CancelledError()])
def test_a_lost_task_is_asked_again(error: BaseException) -> None:
    """A task whose worker died is asked once more; when that is lost too, a sentence says so."""
    lost_once = Losing(1, error)
    assert work.run(double, [1, 2], lost_once) == [2, 4]
    assert lost_once.asked == 3
    with pytest.raises(WorkerError, match="workers died twice at the same task"):
        work.run(double, [1, 2], Losing(9, error))


def test_a_dead_pool_says_what_to_do() -> None:
    """Python gives up a whole pool when one of its processes dies; the message says to make another."""
    spawn = multiprocessing.get_context("spawn")
    with (
        ProcessPoolExecutor(1, mp_context=spawn) as pool,
        pytest.raises(WorkerError, match="Make a new pool"),
    ):
        work.run(die, [1, 2], pool)


def test_forked_processes_are_refused() -> None:
    """A forked pool is refused before it gets a task."""
    with (
        ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("fork")) as pool,
        pytest.raises(SettingError, match=r"get_context\('spawn'\)"),
    ):
        work.run(double, [1], pool)


def test_another_release_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker whose code differs gives no answer."""
    digests = iter(["ours", "theirs", "theirs"])
    monkeypatch.setattr(work, "release_digest", lambda: next(digests))
    with ThreadPoolExecutor(1) as pool, pytest.raises(SettingError, match="another version of tendency"):
        work.run(double, [1], pool)


def test_waiting_ends_at_the_deadline() -> None:
    """An executor that never answers is waited for only as long as the deadline says."""

    class Silent(Executor):
        def submit(self, fn: Callable[..., Any], /, *args: Any, **options: Any) -> Future[Any]:
            return Future()

    with pytest.raises(QueryTimeoutError):
        work.run(double, [1], Silent(), Deadline(0.1))


def test_a_place_is_opened_once(tmp_path: Path) -> None:
    """Tasks here use the segments that the index holds; elsewhere a segment stays open for the next task."""
    add(tmp_path / "press.index", [doc("a", "War and peace.")])
    index = Index.open(tmp_path / "press.index")
    (place,) = work.places(index)
    assert place.path.is_absolute()
    assert work.segment_at(place) is index.segments[0]
    del index
    assert work.segment_at(place) is work.segment_at(place)
