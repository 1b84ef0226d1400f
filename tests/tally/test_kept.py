"""What is kept in memory stays within its limit."""

from __future__ import annotations

import threading
from functools import partial

import numpy as np

from tendency.tally.kept import Kept


def test_longest_unused_goes_first() -> None:
    """Over the limit what was not asked for longest is made again, the rest is not."""
    kept: Kept[np.ndarray[tuple[int], np.dtype[np.int64]]] = Kept(100)
    made: list[str] = []

    def ask(name: str, numbers: int = 5) -> None:
        def make() -> np.ndarray[tuple[int], np.dtype[np.int64]]:
            made.append(name)
            return np.zeros(numbers, np.int64)

        assert kept.get(name, make).size == numbers

    for name in "abab":
        ask(name)
    assert made == ["a", "b"]
    ask("c")
    assert len(kept) == 2
    ask("b")
    ask("a")
    assert made == ["a", "b", "c", "a"]
    ask("large", 50)
    assert len(kept) == 0
    ask("large", 50)
    assert made[-2:] == ["large", "large"]


def test_threads_get_the_same() -> None:
    """Many threads that ask at once get equal results, and each result is weighed once."""
    kept: Kept[np.ndarray[tuple[int], np.dtype[np.int64]]] = Kept(1 << 20)
    found: list[int] = []

    def ask() -> None:
        found.extend(int(kept.get(key, partial(np.full, 3, key))[0]) for key in range(50))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == sorted(list(range(50)) * 8)
    assert kept._bytes == 50 * 24
