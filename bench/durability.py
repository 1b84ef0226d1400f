"""An index against kills, failing files and damaged bytes: the long form of ``tests/durability``.

Run as ``python -m bench durability [--kills 200] [--step 1] [--bytes 500]``. Each operation is killed at every
file operation and at random times, each command has every ``step``-th of its file operations fail in turn, and
bytes are flipped one by one, spread evenly over every file, asked about, and repaired. A repair is itself killed and
made to fail at every file operation. Prints what was tried and what was wrong.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "durability"))

import durability_operations as operations
from durability_helpers import Command, Course, Repair, Worker, flipped, mended, working


def disturbed(course: Course | Repair, name: str, requests: list[dict[str, Any]]) -> list[str]:
    """What is wrong after each of these disturbances."""
    wrong: list[str] = []
    for request in requests:
        try:
            course.disturbed(**request)
        except Exception as error:
            wrong.append(f"{name} {request}: {type(error).__name__}: {error}")
    return wrong


def killed(worker: Worker, start: Path, folder: Path, random_kills: int) -> list[str]:
    """What is wrong after kills."""
    wrong: list[str] = []
    rng = random.Random(1917)
    share = -(-random_kills // len(operations.OPERATIONS))
    for operation in operations.OPERATIONS:
        course = Course(worker, operation, start, folder / "run")
        requests = [{"mode": "kill", "at": at} for at in range(len(course.trace))]
        requests += [
            {"mode": "kill half", "at": at} for at, (kind, _) in enumerate(course.trace) if kind == "write"
        ]
        requests += [{"after": rng.random() * course.seconds} for _ in range(share)]
        before = len(wrong)
        wrong += disturbed(course, operation, requests)
        print(f"{operation}: {len(requests)} kills, {len(wrong) - before} wrong", flush=True)
    return wrong


def repairs_disturbed(worker: Worker, start: Path, folder: Path, step: int) -> list[str]:
    """What is wrong after a repair was killed, or a file operation of it failed."""
    course = Repair(worker, start, folder / "run")
    requests = [
        {"mode": mode, "at": at}
        for mode in ("kill", "kill half", "ENOSPC", "EACCES", "EIO", "short ENOSPC")
        for at in range(0, len(course.trace), step)
        if course.trace[at][0] == "write" or mode not in ("kill half", "short ENOSPC")
    ]
    wrong = disturbed(course, "repair", requests)
    print(f"repair: {len(requests)} kills and failures, {len(wrong)} wrong", flush=True)
    return wrong


def failing(worker: Worker, start: Path, folder: Path, step: int) -> list[str]:
    """What is wrong after failing file operations."""
    wrong: list[str] = []
    for name in operations.COMMANDS:
        command = Command(worker, name, start, folder)
        tries, before = 0, len(wrong)
        for mode in ("ENOSPC", "EACCES", "EIO", "short ENOSPC"):
            for at in range(0, len(command.trace), step):
                if mode != "short ENOSPC" or command.trace[at][0] == "write":
                    tries += 1
                    wrong += command.failing(mode, at)
        print(f"{name}: {tries} failures, {len(wrong) - before} wrong", flush=True)
    return wrong


def main() -> None:
    """Try everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="kills at random times, over all operations")
    parser.add_argument("--step", type=int, default=1, help="every so many of the file operations fails")
    parser.add_argument("--bytes", type=int, default=500, help="bytes flipped, over all files")
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp())
    start = folder / "start" / "x.index"
    start.parent.mkdir()
    operations.make(start)
    operations.keep_answers(start)
    wrong = []
    with working() as worker:
        if asked.bytes:
            wrong += flipped(worker, start, folder / "flips", asked.bytes)
            print(f"{asked.bytes} bytes flipped, {len(wrong)} wrong", flush=True)
            wrong += mended(worker, start, folder / "mended", asked.bytes)
            print(f"{asked.bytes} bytes flipped and repaired, {len(wrong)} wrong so far", flush=True)
        if asked.kills:
            wrong += killed(worker, start, folder / "kills", asked.kills)
        if asked.step:
            wrong += repairs_disturbed(worker, start, folder / "repairs", asked.step)
            wrong += failing(worker, start, folder / "failures", asked.step)
    for sentence in wrong:
        print(sentence[:1000])
    shutil.rmtree(folder, ignore_errors=True)
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
