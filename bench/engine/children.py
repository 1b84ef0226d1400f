"""Processes of their own for what is timed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
_LAST_LINES = 3


class FailedError(Exception):
    """A process ended with an error."""


class TooLongError(Exception):
    """A process was stopped since it took too long."""


@dataclass(frozen=True)
class Ran:
    """A process that has ended.

    Attributes:
        seconds: From its start to its end.
        output: Its standard output.
    """

    seconds: float
    output: str

    @property
    def told(self) -> dict[str, Any]:
        """The JSON object on its last line."""
        found: dict[str, Any] = json.loads(self.output.rstrip("\n").rpartition("\n")[2])
        return found


def child(task: dict[str, Any], python: str = sys.executable, seconds: float | None = None) -> Ran:
    """One task done by one engine in a fresh process.

    Raises:
        FailedError: It ended with an error; with its last words.
        TooLongError: It took longer than so many seconds.
    """
    return run([python, "-m", "bench.peers.child"], json.dumps(task), seconds)


def run(command: Sequence[str], text: str = "", seconds: float | None = None) -> Ran:
    """A command, with a text on its standard input; answers that ours keeps are switched off.

    Raises:
        FailedError: It ended with an error; with its last words.
        TooLongError: It took longer than so many seconds.
    """
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    environment = {**os.environ, "TENDENCY_CACHE_SIZE": "0", "PYTHONPATH": path}
    with (
        tempfile.TemporaryFile() as asked,
        tempfile.TemporaryFile() as said,
        tempfile.TemporaryFile() as wrong,
    ):
        asked.write(text.encode())
        asked.seek(0)
        began = time.perf_counter()
        try:
            process = subprocess.run(
                command, stdin=asked, stdout=said, stderr=wrong, env=environment, check=False, timeout=seconds
            )
        except subprocess.TimeoutExpired:
            raise TooLongError(f"more than {seconds:g} s") from None
        took = time.perf_counter() - began
        if process.returncode:
            wrong.seek(0)
            lines = wrong.read().decode(errors="replace").strip().splitlines()[-_LAST_LINES:]
            raise FailedError(f"exit status {process.returncode}: {' '.join(lines)}")
        said.seek(0)
        return Ran(took, said.read().decode())
