"""Who does the work that is asked of segments: threads, spawned processes, or many machines.

Whatever is asked of an index is asked of each segment by itself. A task is a pure, picklable value that
names its segment; the same task gives the same answer wherever and however often it is done, so that a
task lost with its worker is simply asked again.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar
from weakref import WeakValueDictionary

import numpy as np
from numpy.typing import NDArray

from tendency.corpus.manifest import read_manifest
from tendency.corpus.segment import Seals, Segment
from tendency.errors import DamagedIndexError, SettingError, TendencyError, WorkerError

if TYPE_CHECKING:
    from tendency.corpus.deadlines import Deadline
    from tendency.corpus.index import Index

T = TypeVar("T")
R = TypeVar("R")
N = TypeVar("N", bound=np.integer[Any])

_LOOK: Final = 0.2
"""Seconds between looks at the deadline while others work."""
_KEPT: Final = 64
"""Segments that a worker process keeps open from one task to the next."""


class Place(NamedTuple):
    """Where a segment lies, as other processes find it.

    Attributes:
        path: Its folder, from the root.
        seals: Size and header checksums that the manifest names for its files.
    """

    path: Path
    seals: Seals


_open: WeakValueDictionary[Place, Segment] = WeakValueDictionary()
_kept: OrderedDict[Place, Segment] = OrderedDict()
_lock = threading.Lock()


def places(index: Index) -> list[Place]:
    """Where the segments of an index lie; tasks in this process use those that the index holds open."""
    folder = Path(os.path.abspath(index.path)) / "segments"
    found = [Place(folder / entry.id, entry.seals) for entry in index.manifest.segments]
    with _lock:
        _open.update(zip(found, index.segments, strict=True))
    return found


def segment_at(place: Place) -> Segment:
    """The segment in a place: the one that is open already, or opened now and kept for the next task.

    Raises:
        DamagedIndexError: It is missing, or is not what the manifest says.
        WorkerError: It was deleted after a later commit.
    """
    with _lock:
        found = _open.get(place)
        if found is None:
            found = _open[place] = _kept[place] = _opened_at(place)
            while len(_kept) > _KEPT:
                _kept.popitem(last=False)
        return found


def _opened_at(place: Place) -> Segment:
    try:
        return Segment(*place)
    except DamagedIndexError:
        if _is_named(place):
            raise
    raise WorkerError(
        f"{place.path} is no longer there: the index was compacted or rebuilt since it was opened, and its old files were "
        "deleted. Open it again and ask again."
    )


def _is_named(place: Place) -> bool:
    """Whether the index still names the segment, as far as can be told."""
    try:
        manifest = read_manifest(place.path.parent.parent)
    except TendencyError:
        return True
    return place.path.name in {entry.id for entry in manifest.segments}


def run(
    function: Callable[[T], R],
    tasks: Sequence[T],
    executor: Executor | None = None,
    deadline: Deadline | None = None,
) -> list[R]:
    """The function's result for each task, in order.

    Args:
        function: One that other processes can import; pure, so that a lost task may be asked again.
        tasks: What it is asked, one value each, picklable.
        executor: Does the work; as many threads as there are cores by default, this one among them.
        deadline: When to give up waiting for an executor; tasks that carry it look themselves.

    Raises:
        SettingError: The executor forks, or its workers run another version.
        WorkerError: Workers died at a task twice, or the whole pool did; or the index's old files were deleted.
    """
    if executor is None:
        return spread(function, tasks, deadline)
    refuse_fork(executor)
    release = release_digest()

    def submit(number: int) -> Future[R]:
        try:
            return executor.submit(_perform, function, tasks[number], release)
        except BrokenExecutor as error:
            raise _all_died() from error

    return _results([submit(number) for number in range(len(tasks))], submit, deadline)


def spread(function: Callable[[T], R], pieces: Sequence[T], deadline: Deadline | None = None) -> list[R]:
    """The function's result for each piece, in order, by this thread and by those of other cores that are free.

    A task may spread its own work: this thread takes pieces too, and waits only for those that others have begun, so
    that nobody waits for a thread that waits. A task of an executor keeps to its one thread.

    Args:
        function: What is done with each piece; two may be in hand at the same time.
        pieces: Each worth some tenths of a millisecond.
        deadline: Looked at before each piece.
    """
    results: list[Any] = [None] * len(pieces)
    errors: dict[int, BaseException] = {}
    numbers = iter(range(len(pieces)))

    def work() -> None:
        for number in numbers:
            try:
                if deadline is not None:
                    deadline.check()
                results[number] = function(pieces[number])
            except BaseException as error:
                errors[number] = error
                deque(numbers, maxlen=0)
                if not isinstance(error, Exception):
                    _stop(deadline)

    helpers = 0 if getattr(_here, "alone", False) else min(cores(), len(pieces)) - 1
    begun: list[Future[None]] = []
    try:
        for _ in range(helpers):
            begun.append(_threads().submit(work))  # noqa: PERF401 - an interrupt must find those begun
        work()
        for helper in begun:
            if not helper.cancel():
                helper.result()
    except BaseException:
        # An interrupt while this thread waits: the others take no further piece, and leave the one in hand.
        deque(numbers, maxlen=0)
        _stop(deadline)
        raise
    if errors:
        # What an interrupt stopped in other threads is not what happened.
        interrupts = [error for error in errors.values() if not isinstance(error, Exception)]
        raise interrupts[0] if interrupts else errors[min(errors)]
    return results


def summed(
    add: Callable[[T, NDArray[N]], None],
    pieces: Sequence[T],
    zeros: NDArray[N],
    deadline: Deadline | None = None,
) -> NDArray[N]:
    """What ``add`` adds to zeros for all pieces: each thread that :func:`spread` puts to it has its own zeros to add to."""
    sums = [zeros]

    def work(piece: T) -> None:
        try:
            own = sums.pop()
        except IndexError:
            own = np.zeros_like(zeros)
        add(piece, own)
        sums.append(own)

    spread(work, pieces, deadline)
    for other in sums[1:]:
        sums[0] += other
    return sums[0]


_here = threading.local()


@cache
def _threads() -> ThreadPoolExecutor:
    """A thread for every core but that of whoever asks."""
    return ThreadPoolExecutor(cores() - 1, thread_name_prefix="tendency")


def refuse_fork(executor: Executor) -> None:
    """Nothing, unless the executor forks.

    Raises:
        SettingError: A pool of forked processes: they would inherit threads and locks in any state.
    """
    # Only a pool of processes has such a context.
    context = getattr(executor, "_mp_context", None)
    if context is not None and context.get_start_method() == "fork":
        raise SettingError(
            "a pool of forked processes may hang; make it with "
            "ProcessPoolExecutor(mp_context=multiprocessing.get_context('spawn'))."
        )


@cache
def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@cache
def release_digest() -> str:
    """A digest of the code that answers: equal where equal questions get equal answers.

    Beside this package's own source it names the packages whose data decide answers: lemmas, the engine of
    regular expressions, and Python's character tables.
    """
    import unicodedata
    from importlib.metadata import version

    import xxhash

    root = Path(__file__).resolve().parent.parent
    digest = xxhash.xxh3_128()
    rooms = ("*.py", "corpus/**/*.py", "tally/**/*.py", "dossier/evidence.py")
    for path in sorted(found for room in rooms for found in root.glob(room)):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    for name in ("simplemma", "polars", "numpy"):
        digest.update(f"{name} {version(name)}\0".encode())
    digest.update(unicodedata.unidata_version.encode())
    return digest.hexdigest()


@dataclass(frozen=True)
class _Answer:
    """What a worker gives back: a result, or the digest of its own release when that is another."""

    result: Any = None
    other: str | None = None


def _perform(function: Callable[[T], R], task: T, release: str) -> Any:
    """The function's result, in a process that must run the same code as the one that asks."""
    if release_digest() != release:
        return _Answer(other=release_digest())
    _here.alone = True
    try:
        return _Answer(function(task))
    finally:
        _here.alone = False


def _stop(deadline: Deadline | None) -> None:
    """Let threads that have begun stop, or an interrupt would wait for them."""
    if deadline is not None:
        deadline.cancel()


def _results(
    futures: list[Future[Any]], again: Callable[[int], Future[Any]], deadline: Deadline | None
) -> list[Any]:
    """The results of all, in order; on an error the rest are cancelled."""
    results = []
    try:
        for number in range(len(futures)):
            try:
                found = _waited(futures[number], deadline)
            except (BrokenExecutor, CancelledError) as error:
                found = _waited_again(futures, number, again, deadline, error)
            except Exception as error:
                if not _is_loss(error):
                    raise
                found = _waited_again(futures, number, again, deadline, error)
            results.append(_opened(found))
        return results
    except BaseException:
        for future in futures:
            future.cancel()
        raise


def _waited(future: Future[Any], deadline: Deadline | None) -> Any:
    """The future's result, unless the deadline passes before: a worker elsewhere may not see it cancelled."""
    if deadline is None:
        return future.result()
    while True:
        try:
            return future.result(timeout=_LOOK)
        except TimeoutError:
            if future.done():
                # It ended just now, or this was its own error.
                return future.result()
            deadline.check()


def _waited_again(
    futures: list[Future[Any]],
    number: int,
    again: Callable[[int], Future[Any]],
    deadline: Deadline | None,
    first: BaseException,
) -> Any:
    if isinstance(first, BrokenExecutor):
        raise _all_died() from first
    futures[number] = again(number)
    try:
        return _waited(futures[number], deadline)
    except BrokenExecutor as error:
        raise _all_died() from error
    except (Exception, CancelledError) as error:
        if not isinstance(error, CancelledError) and not _is_loss(error):
            raise
        raise WorkerError(
            f"workers died twice at the same task ({error or type(error).__name__}); no part of the answer is given. Give "
            "workers more memory, or ask with fewer of them at a time."
        ) from error


def _is_loss(error: BaseException) -> bool:
    """Whether an error says that a worker was lost, not that the task went wrong."""
    # Named, not imported: whoever has no cluster need not have its package.
    return type(error).__module__.partition(".")[0] == "distributed" and type(error).__name__ in (
        "KilledWorker",
        "FutureCancelledError",
        "FuturesCancelledError",
        "NoValidWorkerError",
    )


def _opened(answer: _Answer) -> Any:
    if answer.other is not None:
        raise SettingError(
            "a worker runs another version of tendency, or of a package that it counts with, than this process; install "
            "the same versions on every machine."
        )
    return answer.result


def _all_died() -> WorkerError:
    return WorkerError(
        "a worker process died and took its whole pool with it; no part of the answer is given. Make a new pool, with "
        "fewer processes if memory was short, and ask again."
    )
