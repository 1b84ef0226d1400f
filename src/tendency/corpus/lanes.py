"""Batches of documents to segments, on as many threads as there are cores for them."""

from __future__ import annotations

import itertools
import os
import secrets
import shutil
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tendency.corpus.builder import Digests, SegmentBuilder
from tendency.corpus.compacting import MOST_POSITIONS
from tendency.corpus.memory import release
from tendency.corpus.segment import Segment
from tendency.corpus.tokenising import BATCH, Tokeniser
from tendency.documents.document import Document

MOST_LANES: Final = 4
"""More would wait for the one thread that reads."""
LANE_BYTES: Final = 48 * BATCH
"""What a lane needs beside its segment: a batch that is scanned and two that wait, measured."""
_LEAST_ROOM: Final = 256 << 20
"""Bytes of the budget for each lane."""
_BATCHES_APIECE: Final = 16
"""A lane is opened when those before it had so many batches each, so that a small run makes one segment."""
_WAITING: Final = 2


@dataclass(slots=True, eq=False)
class Batch:
    """Documents on their way into a segment.

    Attributes:
        ids: Their ids.
        live: For each whether it is still live: a later one may replace it before the segment is written.
        documents: The documents, until they are in the segment.
        digests: Their digests, as long.
        utf8: Their texts encoded, as long; none of a large one.
    """

    ids: list[str]
    live: NDArray[np.bool_]
    documents: list[Document]
    digests: list[Digests]
    utf8: list[bytes]


@dataclass(frozen=True, slots=True)
class Made:
    """A segment, and the batches in it in their order."""

    segment: Segment
    batches: list[Batch]

    def live(self) -> NDArray[np.bool_]:
        """Which of its documents are live as far as the batches know."""
        return np.concatenate([batch.live for batch in self.batches])


class Lane:
    """Makes segments of the batches that it is given, one after the other; one thread at a time.

    Args:
        new_path: Gives the folder of the next segment.
        room: Bytes that a segment in hand may hold before it is ended.
    """

    def __init__(self, new_path: Callable[[], Path], room: int) -> None:
        self._new_path, self._room = new_path, room
        self._tokeniser = Tokeniser()
        self._builder: SegmentBuilder | None = None
        self._batches: list[Batch] = []

    @property
    def held(self) -> int:
        """Bytes held for the segment in hand."""
        return self._builder.held + self._tokeniser.held if self._builder is not None else 0

    def take(self, batch: Batch) -> Made | None:
        """Take in a batch; the segment, when that is large enough now."""
        if self._builder is None:
            self._builder = SegmentBuilder(self._new_path())
        self._tokeniser.feed(self._builder, batch.documents, batch.digests, batch.utf8)
        batch.documents, batch.digests, batch.utf8 = [], [], []
        self._batches.append(batch)
        return self.finish() if self._too_large() else None

    def finish(self) -> Made | None:
        """Write the segment in hand, if there is one."""
        builder, self._builder = self._builder, None
        batches, self._batches = self._batches, []
        if builder is None:
            return None
        try:
            seals = builder.finish(*self._tokeniser.forms())
        except BaseException:
            builder.abandon()
            raise
        segment = Segment(builder.path, seals)
        del builder
        release()
        return Made(segment, batches)

    def abandon(self) -> None:
        """Remove what is written of the segment in hand."""
        if self._builder is not None:
            self._builder.abandon()

    def _too_large(self) -> bool:
        """Whether the segment in hand has used up its room."""
        builder = self._builder
        return builder is not None and (self.held > self._room or builder.positions > MOST_POSITIONS)


@dataclass(slots=True, eq=False)
class _Thread:
    """A lane with the thread that drives it, and what that has still to do."""

    lane: Lane
    pool: ThreadPoolExecutor
    waiting: deque[Future[Made | None]] = field(default_factory=deque)


class Lanes:
    """Gives batches to lanes in turn. A run of one batch needs no thread.

    Which batch goes to which lane, and where a segment ends, depends on the batches alone.

    Args:
        segments: The folder in which segments are made.
        prefix: How their names begin.
        room: Bytes that all segments in hand may hold together.
        most: How many lanes there may be.
    """

    def __init__(self, segments: Path, prefix: str, room: int, most: int) -> None:
        self._segments, self._prefix = segments, prefix
        self._room, self._most = room, most
        self._numbers = itertools.count()
        self._mine: set[Path] = set()
        self._threads: list[_Thread] = []
        self._first: Batch | None = None
        self._given = 0

    @property
    def held(self) -> int:
        """Bytes held for the segments in hand; to be asked only when no batch waits."""
        return sum(thread.lane.held for thread in self._threads)

    def give(self, batch: Batch) -> list[Made]:
        """Take in a batch, sooner or later; the segments that were finished meanwhile."""
        self._given += 1
        if self._given == 1:
            self._first = batch
            return []
        self._start_first()
        number = (self._given - 1) % min(self._most, 1 + (self._given - 1) // _BATCHES_APIECE)
        self._submit(self._thread(number), batch)
        return self._done()

    def take(self, batch: Batch, more: int) -> list[Made]:
        """Take in a batch at once, with nothing else in work; the segments that were finished.

        Args:
            batch: The batch, of one large document.
            more: Bytes that it will add. Segments in hand are ended first when it does not fit beside them.
        """
        made = self.wait()
        if self.held + more > self._room:
            made += self._end_all()
        self._given += 1
        return made + self._given_away([self._thread(0).lane.take(batch)])

    def wait(self) -> list[Made]:
        """Wait until all batches are taken in; the segments that were finished."""
        self._start_first()
        return self._collect(future for thread in self._threads for future in _emptied(thread.waiting))

    def finish(self) -> list[Made]:
        """Write the segments in hand; all segments that were finished since."""
        if self._first is not None and not self._threads:
            lane = self._thread(0).lane
            first, self._first = self._first, None
            return self._given_away([lane.take(first), lane.finish()])
        return self.wait() + self._end_all()

    def close(self) -> None:
        """End the threads, once what they have begun is done."""
        for thread in self._threads:
            thread.pool.shutdown(cancel_futures=True)

    def abandon(self) -> None:
        """Remove what was written of segments that were not given away."""
        self.close()
        for thread in self._threads:
            thread.lane.abandon()
        for path in self._mine:
            shutil.rmtree(path, ignore_errors=True)

    def _thread(self, number: int) -> _Thread:
        while len(self._threads) <= number:
            lane = Lane(self._new_path, self._room // self._most)
            self._threads.append(_Thread(lane, ThreadPoolExecutor(1, "tendency-lane")))
        return self._threads[number]

    def _new_path(self) -> Path:
        path = self._segments / f"{self._prefix}-{next(self._numbers):04d}-{secrets.token_hex(4)}"
        self._mine.add(path)
        return path

    def _start_first(self) -> None:
        if self._first is not None:
            first, self._first = self._first, None
            self._submit(self._thread(0), first)

    def _submit(self, thread: _Thread, batch: Batch) -> None:
        thread.waiting.append(thread.pool.submit(thread.lane.take, batch))

    def _end_all(self) -> list[Made]:
        return self._collect([thread.pool.submit(thread.lane.finish) for thread in self._threads])

    def _done(self) -> list[Made]:
        """The segments finished by now; waits where a lane has too much before it."""
        made: list[Made] = []
        for thread in self._threads:
            waiting = thread.waiting
            while waiting and (len(waiting) > _WAITING or waiting[0].done()):
                made += self._collect([waiting.popleft()])
        return made

    def _collect(self, futures: Iterable[Future[Made | None]]) -> list[Made]:
        return self._given_away([future.result() for future in futures])

    def _given_away(self, results: Iterable[Made | None]) -> list[Made]:
        """The segments among these, which are the caller's from now on."""
        made = [each for each in results if each is not None]
        self._mine -= {each.segment.path for each in made}
        return made


def _emptied(waiting: deque[Future[Made | None]]) -> Iterable[Future[Made | None]]:
    while waiting:
        yield waiting.popleft()


def lanes_for(memory: int) -> int:
    """How many lanes a budget of so many bytes, and this machine, have room for."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(cores, MOST_LANES, memory // _LEAST_ROOM))
