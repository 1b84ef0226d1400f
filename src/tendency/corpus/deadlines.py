"""How long an answer may take, and how to give it up."""

from __future__ import annotations

import time
from typing import Any

from tendency.errors import QueryCancelledError, QueryTimeoutError


class Deadline:
    """A moment after which a query raises instead of answering; it may also be cancelled from another thread.

    Args:
        seconds: From now; None never passes.
    """

    def __init__(self, seconds: float | None = None) -> None:
        self.seconds = seconds
        self._end = None if seconds is None else time.monotonic() + seconds
        self._cancelled = False

    def cancel(self) -> None:
        """Make the next check raise."""
        self._cancelled = True

    def check(self) -> None:
        """Nothing, while there is time.

        Raises:
            QueryCancelledError: It was cancelled.
            QueryTimeoutError: The moment has passed.
        """
        if self._cancelled:
            raise QueryCancelledError("the query was cancelled; no part of its answer is given")
        if self._end is not None and time.monotonic() > self._end:
            raise QueryTimeoutError(
                f"the query took longer than {self.seconds:g} seconds and was stopped; no part of its answer is given. "
                "Allow it more time, or ask for something rarer."
            )

    def __getstate__(self) -> dict[str, Any]:
        """What another process needs: the seconds that are left, since its clock is its own."""
        left = None if self._end is None else max(self._end - time.monotonic(), 0.0)
        return {"seconds": self.seconds, "left": left, "cancelled": self._cancelled}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.seconds, self._cancelled = state["seconds"], state["cancelled"]
        self._end = None if state["left"] is None else time.monotonic() + state["left"]
