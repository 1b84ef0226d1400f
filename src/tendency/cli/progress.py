"""Progress on standard error for anything that takes longer than a second."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Update = Callable[[float, float], None]

_PATIENCE = 1.0


@contextmanager
def progress(label: str) -> Iterator[Update]:
    """A function (done, of) that draws a bar once a second has passed; silent when piped."""
    if not sys.stderr.isatty():
        yield lambda done, of: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    task = bar.add_task(label, total=None)
    began = time.monotonic()
    running = False

    def update(done: float, of: float) -> None:
        nonlocal running
        if not running and time.monotonic() - began > _PATIENCE:
            bar.start()
            running = True
        bar.update(task, completed=done, total=of or None)

    try:
        yield update
    finally:
        if running:
            bar.stop()
