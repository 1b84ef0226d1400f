"""Asked, varied, found: the log of what a dossier asked before, and what it makes of the findings.

Whoever tries several wordings of a question and prints the one that answers best has not asked one question. So every run of a
dossier adds a line to a file beside it, ``dossier.log.jsonl``, and each finding says how many versions of its question were answered.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import filelock
import orjson
import xxhash

from tendency.corpus.storage import sync_file
from tendency.dossier import wording
from tendency.dossier.asked import STANDPOINT, Questions, one_spelling
from tendency.dossier.finding import Finding

if TYPE_CHECKING:
    from tendency.corpus import Index

SUFFIX: Final = ".log.jsonl"
OFF: Final = "No log is kept: whether questions were varied is not known."

_FORMAT: Final = 1
_WAIT: Final = 10.0
_LARGEST: Final = 256 * 2**20


@dataclass(frozen=True)
class Question:
    """One question as the log knows it.

    Attributes:
        kind: Its table in the dossier, such as ``slogan``.
        name: What the dossier calls it.
        digest: Of everything that its answer depends on but the corpus; names, titles, order and comments are not among it.
    """

    kind: str
    name: str
    digest: str


@dataclass(frozen=True)
class Run:
    """One line of the log.

    Attributes:
        time: When the questions were answered, in UTC.
        corpus: Fingerprint of the corpus.
        index: Name of its folder.
        questions: What was asked, in the dossier's order.
    """

    time: dt.datetime
    corpus: str
    index: str
    questions: tuple[Question, ...]


# What was asked.


def asked(questions: Questions) -> tuple[Question, ...]:
    """The questions of a dossier that can be asked beforehand."""
    common = {
        "span": [questions.start, questions.end],
        "compared": [_days(questions.before), _days(questions.after)],
        "cluster": questions.dossier.cluster,
        "language": questions.dossier.language,
    }

    def shared(period: str, where: str | None, split: str | None) -> dict[str, Any]:
        return common | {
            "period": sorted([name, *(_days(span) or ())] for name, span in questions.eras) if period == "eras" else period,
            "where": None if where is None else one_spelling(where),
            "split": sorted(map(one_spelling, questions.standpoints.values())) if split == STANDPOINT else split,
        }  # fmt: skip

    return tuple(
        Question(one.KIND, one.name, _digest(shared(one.period, one.where, one.split) | one.content()))
        for one in questions.asked
        if one.LOGGED
    )


def _digest(content: Mapping[str, Any]) -> str:
    return xxhash.xxh3_64_hexdigest(orjson.dumps(content, option=orjson.OPT_SORT_KEYS))


def _days(span: Any) -> list[dt.date] | None:
    return None if span is None else [span.start, span.end]


# What was asked before.


@dataclass
class _Thread:
    """One question through the runs, whatever it was called and wherever it stood.

    Attributes:
        kind: Its table in the dossier, such as ``slogan``.
        name: Its latest name.
        place: Its latest place among questions of its kind.
        run: The latest run that asked it.
        versions: When each of its versions was answered first, by digest, in order of time.
    """

    kind: str
    name: str
    place: int
    run: int
    versions: dict[str, dt.datetime]


def threads_of(runs: Sequence[Run]) -> list[_Thread]:
    """The questions of all runs, each once with all its versions."""
    threads: list[_Thread] = []
    for number, run in enumerate(runs):
        for question, place, thread in _matched(run.questions, threads, number):
            if thread is None:
                threads.append(
                    _Thread(question.kind, question.name, place, number, {question.digest: run.time})
                )
                continue
            thread.name, thread.place, thread.run = question.name, place, number
            thread.versions.setdefault(question.digest, run.time)
    return threads


def _matched(
    questions: Sequence[Question], threads: Sequence[_Thread], run: int
) -> list[tuple[Question, int, _Thread | None]]:
    """Each question with its place among those of its kind and its thread: by content, else by name, else by its place in the run before."""
    counts: dict[str, int] = {}
    places = []
    for question in questions:
        counts[question.kind] = counts.get(question.kind, 0) + 1
        places.append(counts[question.kind])
    found: dict[int, _Thread] = {}
    free = list(threads)

    def match(same: Any) -> None:
        for number, (question, place) in enumerate(zip(questions, places, strict=True)):
            if number in found:
                continue
            fitting = [
                thread for thread in free if thread.kind == question.kind and same(question, place, thread)
            ]
            if fitting:
                # Where several fit, the one with the same name, else the latest.
                best = max(
                    fitting, key=lambda thread: (_called(thread.name) == _called(question.name), thread.run)
                )
                found[number] = best
                # By identity: two threads may hold the same.
                free[:] = [thread for thread in free if thread is not best]

    match(lambda question, place, thread: question.digest in thread.versions)
    match(lambda question, place, thread: _called(question.name) == _called(thread.name))
    match(lambda question, place, thread: thread.run == run - 1 and thread.place == place)
    return [(question, places[number], found.get(number)) for number, question in enumerate(questions)]


def _called(name: str) -> str:
    return " ".join(name.split()).casefold()


@dataclass
class Log:
    """What was asked of a corpus before, by a dossier's log, and what is asked now.

    Attributes:
        path: The log; None where none is kept.
        questions: What is asked now.
        runs: The runs before that asked the same corpus, or an earlier or later snapshot of it.
        notes: What is wrong with the log, a sentence each.
        entry: The line of this run, but for its time.
    """

    path: Path | None
    questions: tuple[Question, ...] = ()
    runs: tuple[Run, ...] = ()
    notes: list[str] = field(default_factory=list)
    entry: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, questions: Questions, index: Index, version: str) -> Log:
        """The log of a dossier; none for one that switches it off, or that was made in Python and has no file."""
        file = questions.dossier._file
        if file is None or not questions.dossier.log:
            return cls(None, notes=[OFF])
        path = Path(file).with_suffix(SUFFIX)
        notes: list[str] = []
        runs = tuple(_read(path, notes))
        same = tuple(
            run for run in runs if run.corpus == index.fingerprint or run.index == index.path.resolve().name
        )
        now = asked(questions)
        entry = {
            "format": _FORMAT,
            "dossier": questions.digest,
            "corpus": index.fingerprint,
            "index": index.path.resolve().name,
            "version": version,
            "questions": [{"kind": one.kind, "name": one.name, "digest": one.digest} for one in now],
        }
        return cls(path, now, same, notes, entry)

    def labelled(self, findings: Sequence[Finding]) -> tuple[Finding, ...]:
        """The findings with what the log says of their questions; those that no question of the dossier led to stay as they are.

        Args:
            findings: Those of one kind stand in the order of the dossier.
        """
        if self.path is None:
            return tuple(
                replace(one, asked="not known") if one.asked == "asked beforehand" else one
                for one in findings
            )
        threads = threads_of(self.runs)
        labels: dict[str, list[dict[str, Any]]] = {}
        for question, _, thread in _matched(self.questions, threads, len(self.runs)):
            labels.setdefault(question.kind, []).append(self._label(question, thread))
        waiting = {kind: iter(held) for kind, held in labels.items()}
        return tuple(replace(one, **next(waiting.get(one.kind, iter(())), {})) for one in findings)

    def _label(self, question: Question, thread: _Thread | None) -> dict[str, Any]:
        if thread is None:
            if not self.runs:
                return {"asked": "asked beforehand"}
            first = wording.day(self.runs[0].time.date())
            return {
                "asked": "asked beforehand",
                "history": f"new since the dossier was first answered on {first}",
            }
        others = {digest: time for digest, time in thread.versions.items() if digest != question.digest}
        if not others:
            return {"asked": "asked beforehand"}
        number, day = len(others), wording.day(next(iter(others.values())).date())
        versions = {"versions": number + 1}
        if next(iter(thread.versions)) == question.digest:
            said = f"{_versions(number, 'other')} answered since, the first on {day}"
            return {"asked": "asked beforehand", "history": said, **versions}
        return {
            "asked": "varied",
            "history": f"{_versions(number, 'earlier')} answered, the first on {day}",
            **versions,
        }

    def record(self) -> None:
        """Add this run to the log; where that is impossible it is noted, and the answers stand."""
        if self.path is None:
            return
        time = dt.datetime.now(dt.UTC).isoformat("T", "seconds").replace("+00:00", "Z")
        line = orjson.dumps({"time": time, **self.entry}, option=orjson.OPT_APPEND_NEWLINE)
        lock = filelock.FileLock(self.path.with_name(f".{self.path.name}.lock"))
        try:
            with lock.acquire(timeout=_WAIT), open(self.path, "a+b") as file:
                file.seek(0, os.SEEK_END)
                if file.tell():
                    file.seek(-1, os.SEEK_END)
                    # What a run that was killed left unfinished must not spoil the next line.
                    line = line if file.read(1) == b"\n" else b"\n" + line
                file.write(line)
                sync_file(file)
        except filelock.Timeout:
            self.notes.append(
                f"The log {self.path.name} is held by another process: this run is not recorded in it."
            )
        except OSError as error:
            self.notes.append(
                f"The log {self.path.name} cannot be written ({error.strerror or error}): this run is not recorded in it."
            )


def _versions(number: int, which: str) -> str:
    return f"{number} {which} {'version was' if number == 1 else 'versions were'}"


def _read(path: Path, notes: list[str]) -> Iterator[Run]:
    """The runs in a log; lines that are damaged are skipped and noted."""
    damaged = []
    try:
        if path.stat().st_size > _LARGEST:
            notes.append(
                f"The log {path.name} has over {_LARGEST // 2**20} MB and is not read: what was asked before is not known."
            )
            return
        lines = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return
    except OSError as error:
        notes.append(
            f"The log {path.name} cannot be read ({error.strerror or error}): what was asked before is not known."
        )
        return
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield _run(orjson.loads(line))
        except (ValueError, KeyError, TypeError, AttributeError):
            damaged.append(str(number))
    if damaged:
        which = f"line {damaged[0]}" if len(damaged) == 1 else f"lines {wording.listing(damaged)}"
        notes.append(
            f"In the log {path.name} {which} cannot be read and {'is' if len(damaged) == 1 else 'are'} skipped."
        )


def _run(held: Any) -> Run:
    time = dt.datetime.fromisoformat(held["time"])
    questions = tuple(
        Question(str(one["kind"]), str(one["name"]), str(one["digest"])) for one in held["questions"]
    )
    return Run(time.astimezone(dt.UTC), str(held["corpus"]), str(held["index"]), questions)


def in_words(number: int, findings: Sequence[Finding]) -> str:
    """How many questions were asked, and how many of them beforehand, varied, or found by looking."""
    said = f"{number:,} questions were asked" if number != 1 else "One question was asked"
    kinds = [finding.asked for finding in findings]
    if "not known" in kinds:
        return f"{said}. {OFF}"
    parts = [
        _part(
            kinds.count(kind),
            kind.removeprefix("asked "),
            sum(one.versions for one in findings if one.asked == kind),
        )
        for kind in ("asked beforehand", "varied", "found by looking")
        if kind in kinds
    ]
    if not parts:
        return f"{said}."
    alone = len(set(kinds)) == 1
    if alone and len(kinds) == number and parts[0].startswith(f"{number:,} "):
        who = "" if number == 1 else "all of them "
        parts = [who + parts[0].removeprefix(f"{number:,} ")]
    return f"{said}, {', '.join(parts)}."


def _part(number: int, what: str, versions: int) -> str:
    return f"{number:,} {what}{f' ({versions:,} versions in all)' if versions > number else ''}"
