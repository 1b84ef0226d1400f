"""Driving the process of :mod:`faulty_worker`, and what must hold of an index whatever happened to it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import durability_operations as operations

from tendency.corpus import Index, add, check, iterate
from tendency.corpus.lock import HOLDER, writing
from tendency.corpus.lock import NAME as LOCK
from tendency.corpus.manifest import COPY, read_manifest
from tendency.corpus.manifest import NAME as MANIFEST
from tendency.corpus.writer import sweep
from tendency.errors import NotAnIndexError


class Worker:
    """The process in whose children operations run."""

    def __init__(self) -> None:
        environment = {
            **os.environ,
            "OPENBLAS_NUM_THREADS": "1",
            "POLARS_MAX_THREADS": "1",
            "PYTHONWARNINGS": "ignore",
        }
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("faulty_worker.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n"

    def __call__(self, operation: str, path: Path, **request: Any) -> dict[str, Any]:
        """What came of an operation: result or error, the signal that ended it, the operations on files."""
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        asked = {"operation": operation, "path": str(path), "root": str(path.parent), **request}
        process.stdin.write(json.dumps(asked) + "\n")
        process.stdin.flush()
        told: dict[str, Any] = json.loads(process.stdout.readline())
        return told

    def close(self) -> None:
        """End it."""
        self._process.communicate()


@contextmanager
def working() -> Iterator[Worker]:
    """A worker while it is needed."""
    worker = Worker()
    try:
        yield worker
    finally:
        worker.close()


Held = tuple[str, list[Any]] | None
"""Fingerprint and content of an index, or None for none."""


def state(path: Path) -> Held:
    """What an index holds."""
    try:
        index = Index.open(path)
    except NotAnIndexError:
        return None
    return index.fingerprint, [(d.id, d.date, d.text, dict(d.fields)) for d in iterate(index)]


@dataclass
class Command:
    """A command of the command line on an index that is made anew for each try.

    Attributes:
        name: Which of the commands.
        states: What the index may hold afterwards.
        trace: The file operations of an undisturbed run in the index's folder.
        printed: What an undisturbed run prints.
    """

    worker: Worker
    name: str
    start: Path
    folder: Path

    def __post_init__(self) -> None:
        path = self._fresh()
        before = state(self._target(path))
        told = self.worker("typed", path, options={"name": self.name})
        assert told["result"]["status"] == 0, told
        self.trace = [tuple(step) for step in told["trace"]]
        self.printed = told["result"]["out"]
        self.states: list[Held] = [before, state(self._target(path))]
        if before is None:
            self.states.append((f"{0:032x}", []))

    def _fresh(self) -> Path:
        run = self.folder / "run"
        shutil.rmtree(run, ignore_errors=True)
        shutil.copytree(self.start.parent, run)
        operations.write_sources(self.folder)
        return run / self.start.name

    def _target(self, path: Path) -> Path:
        return path.with_name("new.index") if "{new}" in operations.COMMANDS[self.name] else path

    def failing(self, mode: str, at: int) -> list[str]:
        """What is wrong when a file operation fails: nothing, or sentences."""
        path = self._fresh()
        told = self.worker("typed", path, options={"name": self.name}, mode=mode, at=at)
        what = f"{self.name}, {mode} at {at} {told.get('failed')}"
        if told["signal"] or told["kind"]:
            return [f"{what}: {told}"]
        wrong = []
        result, said = told["result"], told["result"]["said"]
        if result["status"] not in (0, 1):
            wrong.append(f"{what}: exit status {result['status']}: {said}")
        if result["status"] == 0 and result["out"] != self.printed:
            wrong.append(f"{what}: printed {result['out']!r}")
        # The check tells each damage in a line of its own.
        one = self.name == "check" or said.count("tendency: ") == 1
        if result["status"] == 1 and (not one or "Traceback" in said):
            wrong.append(f"{what}: said {said!r}")
        if result["status"] == 1 and str(path.parent) not in said and "segments/" not in said:
            wrong.append(f"{what}: names no file: {said!r}")
        try:
            whole(self._target(path), self.states, what)
        except Exception as error:
            wrong.append(f"{what}: {type(error).__name__}: {str(error)[:400]}")
        return wrong


def target_of(operation: str, path: Path) -> Path:
    """The index that an operation writes."""
    return path.with_name("new.index") if operation in operations.MAKING else path


class Course:
    """An operation on an index that is made anew for each try.

    Attributes:
        operation: Its name.
        states: What the index may hold afterwards: as before, or as after the whole operation.
        trace: The file operations of an undisturbed run, as kind and path.
        seconds: How long that took.
    """

    def __init__(self, worker: Worker, operation: str, start: Path, folder: Path) -> None:
        self.worker, self.operation, self.start, self.folder = worker, operation, start, folder
        path = self.fresh()
        before = state(target_of(operation, path))
        told = worker(operation, path)
        assert not told.get("error"), told.get("traceback")
        self.trace: list[tuple[str, str]] = [(kind, name) for kind, name in told["trace"]]
        self.seconds: float = told["seconds"]
        after = state(target_of(operation, path))
        self.states: list[Held] = [before, after]
        if operation in operations.MAKING:
            self.states.append((f"{0:032x}", []))

    def fresh(self) -> Path:
        """The index as it is before the operation."""
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(self.start.parent, self.folder)
        return self.folder / self.start.name

    def disturbed(self, **request: Any) -> dict[str, Any]:
        """Run it with a fault, look at what is left, then write and sweep."""
        path = self.fresh()
        told = self.worker(self.operation, path, **request)
        outcome = whole(target_of(self.operation, path), self.states, f"{self.operation} {request}")
        told["state"] = outcome
        return told


class Repair:
    """A repair of a damaged index that is made anew for each try.

    Attributes:
        trace: The file operations of an undisturbed run, as kind and path.
        seconds: How long that took.
    """

    def __init__(self, worker: Worker, start: Path, folder: Path) -> None:
        self.worker, self.start, self.folder = worker, start, folder
        path = self._fresh()
        self._files = {file: file.read_bytes() for file in path.rglob("*") if file.is_file()}
        told = worker("repairing", path)
        assert told["result"]["lost"] == ["d6"], told
        self.trace: list[tuple[str, str]] = [(kind, name) for kind, name in told["trace"]]
        self.seconds: float = told["seconds"]
        self._after = state(path)

    def _fresh(self) -> Path:
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        path = Path(shutil.copytree(self.start, self.folder / "x.index"))
        operations.wound(path)
        return path

    def disturbed(self, **request: Any) -> dict[str, Any]:
        """Run it with a fault; the index is as it was or mended, and the next repair mends it."""
        path, what = self._fresh(), f"repairing {request}"
        told = self.worker("repairing", path, **request)
        mended = (path / MANIFEST).read_bytes() != self._files[path / MANIFEST]
        told["state"] = int(mended)
        # What a disk refuses to give is damaged as well: then more may be lost, and told.
        more = set((told.get("result") or {}).get("lost", [])) - {"d6"}
        if not mended:
            for file, content in self._files.items():
                assert file.name == COPY or file.read_bytes() == content, f"{what}: {file}"
            operations.repairing(path)
        assert check(path) == [], what
        assert self._after is not None
        expected = [document for document in self._after[1] if document[0] not in more]
        now = state(path)
        assert now is not None
        assert now[1] == expected, what
        whole(path, [now], what)
        return told


def whole(path: Path, states: list[Held], what: str) -> int:
    """Which of the states an index is in; it must be sound, can be written to, and is swept of the rest."""
    held = state(path)
    assert held in states, f"{what}: documents are missing or half there"
    if held is not None:
        assert check(path) == [], what
    added = add(path, [operations.doc("after", "the next writer")], wait=1)
    assert added.new == 1, what
    now = state(path)
    assert now is not None
    expected = [
        *(held[1] if held else []),
        *((d.id, d.date, d.text, dict(d.fields)) for d in [operations.doc("after", "the next writer")]),
    ]
    assert sorted(now[1], key=lambda d: d[0]) == sorted(expected, key=lambda d: d[0]), what
    only_named_files_stay(path, what)
    assert check(path) == [], what
    return states.index(held)


def only_named_files_stay(path: Path, what: str) -> None:
    """After a sweep, nothing is in the folder but what the manifest names."""
    with writing(path, 1):
        sweep(path, older_than=-1)
    manifest = read_manifest(path)
    named = {MANIFEST, COPY, LOCK}
    if manifest.terms_map:
        named.add(manifest.terms_map.file)
    for entry in manifest.segments:
        named |= {f"segments/{entry.id}/{name}" for name in ("data", "texts")}
        if entry.live:
            named.add(f"segments/{entry.id}/{entry.live.file}")
    left = {str(file.relative_to(path)) for file in path.rglob("*") if file.is_file()} - {HOLDER}
    left = {name for name in left if not name.startswith("cache/")}
    assert left == named, what
    folders = {folder.name for folder in (path / "segments").iterdir()}
    assert folders == {entry.id for entry in manifest.segments}, what


def flipped(worker: Worker, start: Path, folder: Path, count: int) -> list[str]:
    """What is wrong when one byte is another, ``count`` times, spread evenly over every file: nothing, or sentences.

    A reader must answer as before or raise an error of ours, never crash or hang; and where every answer of
    the check is that the index is sound, all answers must be as before.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    path = Path(shutil.copytree(start, folder / "x.index"))
    before = worker("reading", path)["result"]
    files = sorted(file for file in path.rglob("*") if file.is_file() and file.stat().st_size)
    wrong = []
    for file in files:
        content = file.read_bytes()
        share = max(count // len(files), 1)
        for i in range(share):
            at = (2 * i + 1) * len(content) // (2 * share)
            file.write_bytes(content[:at] + bytes([content[at] ^ 1 << i % 8]) + content[at + 1 :])
            told = worker("reading", path, limit=30)
            what = f"{file.relative_to(path)}, byte {at}"
            if told["signal"] or told.get("kind") or told.get("result") is None:
                wrong.append(f"{what}: signal {told['signal']}, {told.get('traceback') or told.get('error')}")
                continue
            answers = told["result"]
            other = [
                name
                for name in before
                if name != "check" and isinstance(answers[name], str) and answers[name] != before[name]
            ]
            errors = [name for name in before if not isinstance(answers[name], str)]
            if other:
                wrong.append(f"{what}: another answer to {other}")
            if answers["check"] == "0" and errors:
                wrong.append(f"{what}: the check finds nothing, and {errors} cannot be answered")
        file.write_bytes(content)
    return wrong


def mended(worker: Worker, start: Path, folder: Path, count: int) -> list[str]:
    """What is wrong when one byte is another and the index is repaired, ``count`` times: nothing, or sentences.

    The check must find nothing afterwards, every document must be as it was, and each that is missing must have
    been named: none where one bit was changed.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    path = folder / "x.index"
    wrong = []
    before = {row[0]: row for row in operations.held(start)["contents"]}
    files = sorted(file for file in start.rglob("*") if file.is_file() and file.stat().st_size)
    share = max(count // len(files), 1)
    for file in files:
        content = file.read_bytes()
        for i in range(share):
            at, pattern = (2 * i + 1) * len(content) // (2 * share), (1 << i % 8, 0xA5)[i % 2]
            shutil.rmtree(path, ignore_errors=True)
            shutil.copytree(start, path)
            changed = content[:at] + bytes([content[at] ^ pattern]) + content[at + 1 :]
            (path / file.relative_to(start)).write_bytes(changed)
            told = worker("mending", path, limit=30)
            what = f"{file.relative_to(start)}, byte {at} with {pattern}"
            result = told.get("result")
            if told["signal"] or result is None:
                wrong.append(f"{what}: signal {told['signal']}, {told.get('traceback') or told.get('error')}")
                continue
            after = {row[0]: row for row in result["contents"]}
            if result["damages"]:
                wrong.append(f"{what}: still {result['damages']}")
            if any(after[id_] != before.get(id_) for id_ in after):
                wrong.append(f"{what}: a document is another")
            if sorted(set(before) - set(after)) != sorted(result["lost"]):
                wrong.append(f"{what}: lost {set(before) - set(after)}, told {result['lost']}")
            if result["returned"] or (result["lost"] and pattern != 0xA5):
                wrong.append(f"{what}: lost {result['lost']}, returned {result['returned']}")
    return wrong
