"""Dask workers, each a fork of this process, which has loaded what they need: ``dask_workers.py SCHEDULER_FILE FOLDER``.

For each line that it reads it starts one and prints its process number; all end when the input ends.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys

import polars
from distributed import Worker

import tendency.api
import tendency.dossier
import tendency.tally
from tendency.corpus import kernels, search, term_counts

# What is imported before the fork need not be imported after it; nothing of it has started a thread.
LOADED = (polars, tendency, kernels, search, term_counts)


async def work() -> None:
    """One worker, until it is killed."""
    scheduler, folder = sys.argv[1:]
    async with Worker(
        scheduler_file=scheduler, nthreads=1, host="127.0.0.1", dashboard=False, local_directory=folder
    ) as worker:
        await worker.finished()


def main() -> None:
    """Start a worker for each line."""
    # Dead workers stay zombies, which keep their numbers from strangers.
    started = []
    for _ in sys.stdin:
        number = os.fork()
        if number == 0:
            os.close(0)
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            os.dup2(1, 2)
            asyncio.run(work())
            os._exit(0)
        started.append(number)
        print(number, flush=True)
    for number in started:
        os.kill(number, signal.SIGKILL)


if __name__ == "__main__":
    main()
