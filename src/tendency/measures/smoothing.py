"""Smoothing: a centred moving rate, never without the raw points beside it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tendency.errors import SettingError
from tendency.measures.dispersion import Floats

Ints = NDArray[np.int64]


def moving_rate(hits: Ints, exposure: Ints, window: int) -> tuple[Floats, Ints]:
    """The rate of a window of periods around each: sum of hits ÷ sum of what they are counted against.

    The window narrows towards both ends and towards a gap, so that it is always centred and never reaches across a period with
    nothing to count against.

    Args:
        hits: By period, in order of time, int64 of shape (periods, …).
        exposure: The same shape; 0 where nothing was held.
        window: Periods at most, an odd number.

    Returns:
        The rates, NaN where the period itself has nothing, and over how many periods each was taken, 0 there.

    Raises:
        SettingError: A window that has no middle, or only one period.
    """
    check_window(window)
    periods = len(exposure)
    held = exposure > 0
    # Whole numbers below 2⁶³ each may pass it together.
    counts = np.cumsum(_padded(hits), axis=0)
    against = np.cumsum(_padded(exposure), axis=0)
    reach = np.minimum(_run(held), _run(held[::-1])[::-1])
    half = np.minimum(reach - 1, window // 2)
    place = np.arange(periods).reshape(-1, *(1,) * (held.ndim - 1))
    low, high = np.where(held, place - half, 0), np.where(held, place + half + 1, 0)

    def inside(sums: NDArray[np.object_]) -> NDArray[np.object_]:
        part: NDArray[np.object_] = np.take_along_axis(sums, high, 0) - np.take_along_axis(sums, low, 0)
        return part

    below = inside(against)
    rate = np.where(held, inside(counts) / np.where(below > 0, below, 1), np.nan).astype(float)
    return rate, np.where(held, 2 * half + 1, 0).astype(np.int64)


def check_window(window: int) -> None:
    """Nothing, unless a window cannot be centred on a period."""
    if window < 3 or window % 2 == 0:
        raise SettingError(
            f"smoothing over {window} periods has no middle or no neighbours; give an odd number from 3, such as 5."
        )


def _padded(counts: Ints) -> NDArray[np.object_]:
    return np.concatenate([np.zeros((1, *counts.shape[1:]), object), counts.astype(object)])


def _run(held: NDArray[np.bool_]) -> Ints:
    """For each period how many periods without a gap end with it."""
    result = np.zeros(held.shape, np.int64)
    before = np.zeros(held.shape[1:], np.int64)
    for place, here in enumerate(held):
        before = np.where(here, before + 1, 0)
        result[place] = before
    return result
