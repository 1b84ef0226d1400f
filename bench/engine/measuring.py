"""One corpus given to every engine: built, asked, judged."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.engine.asks import Ask
from bench.engine.children import FailedError, Ran, TooLongError, child, run
from bench.engine.contenders import Contender
from bench.engine.judging import Truths, judge
from bench.engine.table import Cell, Row
from bench.peers import OURS
from bench.peers.peer import bytes_of

# The column of our index after it has grown day by day.
GROWN = "grown"

_STARTS = 5
_PIECE = 1 << 24

# A question that takes longer is given up.
_LONGEST = 120.0


@dataclass(frozen=True)
class Corpus:
    """Documents, and what is asked of them.

    Attributes:
        name: The folder that their indexes lie in.
        sources: JSON lines.
        asks: The questions.
        again: The question that is asked again when documents have been added.
        truths: What is in it; None where that is not known.
        more: What is added later, file by file; nothing where it is empty.
        truths_after: What is in it then.
        targets: The targets of building, by row.
    """

    name: str
    sources: Sequence[Path]
    asks: Sequence[Ask]
    again: Ask
    truths: Truths | None = None
    more: Sequence[Path] = ()
    truths_after: Truths | None = None
    targets: dict[str, str] = field(default_factory=dict)


@dataclass
class Results:
    """What was measured of one corpus.

    Attributes:
        rows: By label, in the order in which they were first measured.
        fresh: The same for the first answers of fresh processes.
        wrong: Sentences about answers of ours that are not the truth.
        notes: Sentences about what was left out.
        words: How many words our index has.
        held: What our index has, in words.
    """

    rows: dict[str, Row] = field(default_factory=dict)
    fresh: dict[str, Row] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    words: int = 0
    held: str = ""

    def put(self, label: str, unit: str, column: str, cell: Cell, target: str = "") -> None:
        """One cell."""
        row = self.rows.setdefault(label, Row(label, unit, target))
        row.cells[column] = cell


class Trial:
    """One corpus and every engine.

    Args:
        corpus: Which.
        folder: Where indexes are made; each is removed when it has been measured.
        builds: How many times each engine builds; the quickest counts.
        tell: Told what is being done.
        compacting: Whether what we built is made one segment before it is asked.
    """

    def __init__(
        self,
        corpus: Corpus,
        folder: Path,
        builds: int,
        tell: Callable[[str], None],
        *,
        compacting: bool = True,
    ) -> None:
        self.corpus, self.folder, self.builds, self.tell = corpus, folder / corpus.name, builds, tell
        self.compacting = compacting
        self.results = Results()

    def run(self, engines: Sequence[Contender]) -> Results:
        """Every engine in turn."""
        for one in engines:
            largest = one.engine.largest
            if largest is not None and self.results.words > largest:
                self.results.notes.append(
                    f"{one.engine.title} is given no more than {largest / 1e6:.0f} million words."
                )
                continue
            try:
                self._measure(one)
            except FailedError as error:
                if one.is_ours:
                    raise
                self.results.notes.append(f"{one.engine.title} failed: {error}")
            shutil.rmtree(self.folder, ignore_errors=True)
        return self.results

    def _measure(self, one: Contender) -> None:
        at = self.folder / one.name
        self._build(one, at)
        for ask in self.corpus.asks:
            self._ask(one, ask, at, one.name, self.corpus.truths)
        self._start(one, at)
        if self.corpus.more:
            self._grow(one, at)
            if one.is_ours:
                self._daily(one, at)

    def _child(self, one: Contender, do: str, at: Path, **task: Any) -> Ran:
        return child(self._task(one, do, at, **task), one.python)

    def _task(self, one: Contender, do: str, at: Path, **task: Any) -> dict[str, Any]:
        return {"peer": one.name, "do": do, "at": str(at), **task}

    def _build(self, one: Contender, at: Path) -> None:
        self.tell(f"{one.engine.title}: making ready")
        self.folder.mkdir(parents=True, exist_ok=True)
        sources = self._child(one, "prepare", at, sources=list(map(str, self.corpus.sources))).told["sources"]
        runs = []
        for number in range(self.builds):
            self.tell(f"{one.engine.title}: building ({number + 1} of {self.builds})")
            shutil.rmtree(at, ignore_errors=True)
            # What was written before is not to be waited for now.
            os.sync()
            for source in sources:
                _read(Path(source))
            runs.append(self._child(one, "build", at, sources=sources))
        best = min(runs, key=lambda ran: ran.seconds)
        put, targets = self.results.put, self.corpus.targets
        put("build", "s", one.name, Cell(best.seconds), targets.get("build", ""))
        if one.is_ours:
            quickest = min(ran.seconds - ran.told["flushing"] for ran in runs)
            label = "build without the flush to the disk"
            put(label, "s", one.name, Cell(quickest), targets.get(label, ""))
        peak = max(ran.told["peak"] for ran in runs) / 2**20
        put("peak memory while building", "MiB", one.name, Cell(peak), targets.get("peak memory", ""))
        if one.is_ours:
            self._segments(one, at)
        size, words = bytes_of(at), self.results.words
        put("built", "M words a second", one.name, Cell(words / best.seconds / 1e6))
        put("disk with the text", "bytes a word", one.name, Cell(size / words))
        if one.is_ours:
            texts = sum(path.stat().st_size for path in at.glob("segments/*/texts"))
            put(
                "disk without the text",
                "bytes a word",
                one.name,
                Cell((size - texts) / words),
                targets.get("disk", ""),
            )

    def _segments(self, one: Contender, at: Path) -> None:
        """Tell what was built, and make one segment of it."""
        info = _info(one, at)
        self.results.words, segments = info["words"], info["segments"]
        self.results.held = (
            f"{info['words']:,} words, {info['documents']:,} documents, {info['forms']:,} forms"
        )
        self.results.put("segments as they came", "number", one.name, Cell(segments))
        if segments > 1 and self.compacting:
            self.tell(f"{one.engine.title}: compacting")
            ran = run([one.python, "-m", "tendency.cli", "compact", str(at), "--now"])
            self.results.put("made one segment", "s", one.name, Cell(ran.seconds))

    def _ask(self, one: Contender, ask: Ask, at: Path, column: str, truths: Truths | None) -> None:
        self.tell(f"{one.engine.title}: {ask.label}{' (grown)' if column == GROWN else ''}")
        try:
            told = child(self._task(one, "ask", at, **ask.task()), one.python, _LONGEST).told
        except TooLongError as error:
            told = {"not offered": str(error)}
        if "not offered" in told:
            cell = fresh = Cell(None, note=told["not offered"])
        else:
            marks = self._judged(one, ask, told["told"], column, truths) if truths else ""
            note = "" if truths else _counted(told["told"])
            cell = Cell(told["best"] * 1e3, marks, note)
            fresh = Cell((told["opening"] + told["first"]) * 1e3)
        self.results.put(ask.label, "ms", column, cell, ask.target)
        row = self.results.fresh.setdefault(ask.label, Row(ask.label, "ms"))
        row.cells[column] = fresh

    def _judged(self, one: Contender, ask: Ask, told: dict[str, Any], column: str, truths: Truths) -> str:
        marks = judge(ask, told, truths)
        if marks and one.is_ours:
            self.results.wrong.append(f"{ask.label} ({column}): not what was printed")
        return marks

    def _start(self, one: Contender, at: Path) -> None:
        """The shortest whole process that answers the first question."""
        ask = self.corpus.asks[0]
        if one.is_ours:
            text = " ".join(ask.questions[0].words)
            command = [one.python, "-m", "tendency.cli", "count", str(at), text]
            runs = [run(command) for _ in range(_STARTS)]
        else:
            runs = [self._child(one, "ask", at, **ask.task(), repeats=1) for _ in range(_STARTS)]
        label = f"a whole process that answers the {ask.label}"
        target = self.corpus.targets.get("start", "")
        self.results.put(label, "s", one.name, Cell(min(ran.seconds for ran in runs)), target)

    def _grow(self, one: Contender, at: Path) -> None:
        """Everything later added at once, and a question asked again."""
        self.tell(f"{one.engine.title}: adding")
        copy = at.with_name(f"{one.name}-more")
        shutil.copytree(at, copy)
        os.sync()
        sources = list(map(str, self.corpus.more))
        told = self._child(one, "grow", copy, sources=sources, **self.corpus.again.task()).told
        shutil.rmtree(copy)
        if "not offered" in told:
            return
        marks = ""
        if self.corpus.truths_after:
            marks = self._judged(one, self.corpus.again, told["told"], one.name, self.corpus.truths_after)
        label = "adding 1 % and asking again"
        self.results.put(label, "s", one.name, Cell(told["both"], marks))
        share = 100 * told["both"] / self.results.rows["build"].cells[one.name].value
        self.results.put("– of a build", "%", one.name, Cell(share), self.corpus.targets.get("grow", ""))

    def _daily(self, one: Contender, at: Path) -> None:
        """Everything later added day by day, and all questions asked again."""
        self.tell(f"{one.engine.title}: {len(self.corpus.more)} days, each added by itself")
        copy = at.with_name(f"{one.name}-daily")
        shutil.copytree(at, copy)
        os.sync()
        told = self._child(one, "daily", copy, sources=list(map(str, self.corpus.more))).told
        self.results.put("one day added, the median", "s", GROWN, Cell(statistics.median(told["seconds"])))
        self.results.put("one day added, the longest", "s", GROWN, Cell(max(told["seconds"])))
        self.results.put("segments as they came", "number", GROWN, Cell(_info(one, copy)["segments"]))
        for ask in self.corpus.asks:
            self._ask(one, ask, copy, GROWN, self.corpus.truths_after)
        shutil.rmtree(copy)


def warmed(engines: Sequence[Contender], source: Path, asks: Sequence[Ask], folder: Path) -> None:
    """Let every engine build and answer once on a few documents: kernels are compiled, libraries read from the disk."""
    for one in engines:
        at = folder / "warm" / one.name
        at.parent.mkdir(parents=True, exist_ok=True)
        try:
            sources = child(
                {"peer": one.name, "do": "prepare", "at": str(at), "sources": [str(source)]}, one.python
            ).told["sources"]
            child({"peer": one.name, "do": "build", "at": str(at), "sources": sources}, one.python)
            for ask in asks if one.is_ours else asks[:1]:
                child({"peer": one.name, "do": "ask", "at": str(at), **ask.task()}, one.python)
        except FailedError as error:
            if one.name == OURS:
                raise
            print(f"{one.engine.title}: {error}", file=sys.stderr)
    shutil.rmtree(folder / "warm", ignore_errors=True)


def _info(one: Contender, at: Path) -> dict[str, Any]:
    """What our command says of an index."""
    found: dict[str, Any] = json.loads(
        run([one.python, "-m", "tendency.cli", "info", str(at), "--json"]).output
    )
    return found


def _read(path: Path) -> None:
    """Have a file in the system's memory, so that no engine waits for the disk on behalf of the next."""
    with path.open("rb") as file:
        while file.read(_PIECE):
            pass


def _counted(told: dict[str, Any]) -> str:
    """What was found, in few words, where no truth is known."""
    parts = []
    for unit in ("hits", "documents"):
        found = told.get(unit)
        if isinstance(found, dict):
            found = sum(found.values())
        if found is not None:
            parts.append(f"{found:,} {unit}")
    if "near" in told:
        parts.append(f"{sum(told['near'].values()):,} words")
    return f"[{', '.join(parts)}]"
