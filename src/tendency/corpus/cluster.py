"""Many machines as one executor: Dask's scheduler and its workers, over a folder that all of them see."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from tendency.corpus.work import Place, places, release_digest, segment_at
from tendency.errors import TendencyError, WorkerError

if TYPE_CHECKING:
    from tendency.corpus.index import Index

TIMEOUT: Final = 10
"""Seconds to wait for the scheduler."""

_connected: dict[str, Cluster] = {}
_lock = threading.Lock()


class Cluster(Executor):
    """The workers of a Dask scheduler.

    Args:
        address: Where the scheduler listens: ``tcp://host:port``.

    Raises:
        WorkerError: The extra is not installed, the scheduler does not answer, or it has no worker.
    """

    def __init__(self, address: str) -> None:
        try:
            # Not all versions of it have types, nor every user the package.
            client: Any = import_module("distributed").Client
        except ImportError:
            raise WorkerError(
                "asking many machines needs the package distributed; install it with pip install 'tendency[cluster]'."
            ) from None
        self.address = address
        try:
            self._client = client(address, timeout=TIMEOUT, set_as_default=False)
        except (OSError, ValueError) as error:
            raise WorkerError(
                f"no Dask scheduler answers at {address!r} within {TIMEOUT} seconds ({type(error).__name__}); start one with "
                "`dask scheduler`, and give the address that it prints, such as tcp://host:8786."
            ) from error
        self._executor = self._client.get_executor()

    @property
    def is_open(self) -> bool:
        """Whether the scheduler is still there."""
        return str(self._client.status) == "running"

    def submit(self, fn: Callable[..., Any], /, *args: Any, **options: Any) -> Future[Any]:
        """The future of a call that some worker makes."""
        future: Future[Any] = self._executor.submit(fn, *args, **options)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Leave the scheduler; it and its workers go on."""
        self._executor.shutdown(wait=wait)
        self._client.close()

    def prove(self, index: Index) -> None:
        """Nothing, if every worker runs this release and reads this index.

        Raises:
            WorkerError: There is no worker, or one of them does not; it is named with the remedy.
        """
        found = self._client.run(_look, places(index), str(index.path), release_digest(), on_error="return")
        if not found:
            raise WorkerError(
                f"the scheduler at {self.address} has no worker; start some with `dask worker {self.address}`."
            )
        for worker, problem in sorted(found.items()):
            if isinstance(problem, BaseException):
                problem = (
                    f"cannot run tendency ({problem}); install the same version of tendency there as here"
                )
            if problem is not None:
                raise WorkerError(f"the worker {worker} {problem}.")


def connect(address: str) -> Cluster:
    """The workers of the scheduler at an address; one connection a process.

    Raises:
        WorkerError: The extra is not installed, or the scheduler does not answer.
    """
    with _lock:
        held = _connected.get(address)
        if held is None or not held.is_open:
            held = _connected[address] = Cluster(address)
        return held


def _look(found: list[Place], index: str, release: str) -> str | None:
    """What keeps a worker from answering about an index, or None."""
    if release_digest() != release:
        return (
            "runs another version of tendency, or of a package that it counts with; install the same versions on every "
            "machine"
        )
    # The folder's first and last segments tell whether it is there; each task verifies its own.
    for place in found[:1] + found[-1:]:
        if not (place.path / "data").exists():
            return f"does not see {place.path}; put {index} in a folder that all machines share under the same name"
        try:
            segment_at(place)
        except TendencyError as error:
            return f"reads another index under the same name ({error})"
    return None
