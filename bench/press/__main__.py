"""A press of any size with the truth about it: ``python -m bench.press --tokens 10M --to FOLDER``.

Writes ``press/1930.jsonl`` … ``press/1949.jsonl``, a hundred days more (``more/001.jsonl`` …, 1 % of the press), ``truth.json``
with the exact answers for both, and ``words.csv`` and ``words-more.csv`` with the counts of every form. ``--stream`` writes the press alone to
standard output, in order of date.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from bench.press.writing import Press, size, stream, write


def told(done: int, tasks: int) -> None:
    """Progress, on standard error."""
    print(f"{done} of {tasks} parts written", file=sys.stderr, flush=True)


def main() -> None:
    """Write a press."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tokens", type=size, default=size("10M"), help="about how many, as 10M")
    parser.add_argument("--to", type=Path, help="the folder to write into")
    parser.add_argument("--stream", action="store_true", help="write the press to standard output instead")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--misread", type=float, default=0.0, help="the share of long words misread")
    parser.add_argument("--processes", type=int, default=2)
    asked = parser.parse_args()
    press = Press(asked.tokens, asked.seed, asked.misread)
    if asked.stream:
        sys.stdout.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]
        sys.stdout.writelines(stream(press))
        return
    if asked.to is None:
        parser.error("name a folder with --to")
    began = time.perf_counter()
    truths = write(press, asked.to, asked.processes, told)
    seconds = time.perf_counter() - began
    tokens = sum(truth.tokens.total() for truth in truths.values())
    print(f"{tokens:,} tokens in {asked.to}, {seconds:.0f} s ({tokens / seconds / 1e6:.1f} M/s)")


if __name__ == "__main__":
    main()
