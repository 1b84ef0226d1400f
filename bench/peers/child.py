"""The process in which one engine does one thing: ``python -m bench.peers.child`` with a task on standard input.

The task is a JSON object; the answer, another, is the last line of standard output.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

from bench.peers import peer
from bench.peers.peer import NotOfferedError, Peer, Session, Told, sources_of
from bench.press.questions import Question

# A question is asked again until so many answers, or so many seconds, have passed.
_REPEATS, _SECONDS = 7, 5.0


def main() -> None:
    """Do what is asked on standard input."""
    task = json.load(sys.stdin)
    try:
        answer = _TASKS[task["do"]](peer(task["peer"]), task)
    except NotOfferedError:
        answer = {"not offered": ""}
    print(json.dumps({**answer, "peak": _peak()}), flush=True)


def _peak() -> int:
    """The most memory that this process, or one that it started, has held, in bytes."""
    unit = 1 if sys.platform == "darwin" else 1024
    own, started = (
        resource.getrusage(who).ru_maxrss * unit for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    status = Path("/proc/self/status")
    if status.exists():
        # On Linux the usage begins with that of the process which started this one.
        (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        own = int(line.split()[1]) * 1024
    return max(own, started)


def _version(engine: Peer, task: dict[str, Any]) -> dict[str, Any]:
    return {"version": engine.version()}


def _prepare(engine: Peer, task: dict[str, Any]) -> dict[str, Any]:
    found = engine.prepare(_sources(task), sources_of(Path(task["at"])))
    return {"sources": [str(path) for path in found]}


def _build(engine: Peer, task: dict[str, Any]) -> dict[str, Any]:
    return engine.build(_sources(task), Path(task["at"]))


def _ask(engine: Peer, task: dict[str, Any]) -> dict[str, Any]:
    began = time.perf_counter()
    session = engine.open(Path(task["at"]))
    opening = time.perf_counter() - began
    session.ready(task["what"])
    seconds: list[float] = []
    while not seconds or (len(seconds) < task.get("repeats", _REPEATS) and sum(seconds) < _SECONDS):
        began = time.perf_counter()
        tell = asked(session, task)
        seconds.append(time.perf_counter() - began)
    return {"opening": opening, "first": seconds[0], "best": min(seconds), "told": tell()}


def _grow(engine: Peer, task: dict[str, Any]) -> dict[str, Any]:
    """Documents added and a question asked of all, in a process that has asked one before."""
    at = Path(task["at"])
    asked(engine.open(at), task)
    began = time.perf_counter()
    engine.add(_sources(task), at)
    added = time.perf_counter() - began
    tell = asked(engine.open(at), task)
    return {"adding": added, "both": time.perf_counter() - began, "told": tell()}


def _daily(engine: Peer, task: dict[str, Any]) -> dict[str, Any]:
    """Each source added by itself."""
    seconds = []
    for source in _sources(task):
        began = time.perf_counter()
        engine.add([source], Path(task["at"]))
        seconds.append(time.perf_counter() - began)
    return {"seconds": seconds}


def asked(session: Session, task: dict[str, Any]) -> Told:
    """What a task asks, asked."""
    questions = [Question(q["name"], q["kind"], tuple(q["words"])) for q in task.get("questions", ())]
    if task["what"] == "count":
        return session.count(questions[0])
    if task["what"] == "month":
        return session.by_month(questions[0])
    if task["what"] == "months":
        return session.all_by_month(questions)
    if task["what"] == "near":
        return session.collocates(task["word"], task["window"])
    return session.words(task["standpoint"])


def _sources(task: dict[str, Any]) -> list[Path]:
    return [Path(path) for path in task["sources"]]


_TASKS = {
    "version": _version,
    "prepare": _prepare,
    "build": _build,
    "ask": _ask,
    "grow": _grow,
    "daily": _daily,
}

if __name__ == "__main__":
    main()
