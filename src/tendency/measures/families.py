"""Many tests at once: what is left of a finding when all that were made are counted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from tendency.measures.dispersion import Floats


def holm(p: Sequence[float | None]) -> list[float | None]:
    """P values for a family, by Holm's procedure: the chance of any false finding stays below the largest accepted.

    Source: Holm (1979), A simple sequentially rejective multiple test procedure, Scandinavian Journal of
    Statistics 6, 65-70. None stays None and does not count.
    """
    order = sorted((value, i) for i, value in enumerate(p) if value is not None)
    result: list[float | None] = [None] * len(p)
    largest = 0.0
    for rank, (value, i) in enumerate(order):
        largest = max(largest, min(1.0, (len(order) - rank) * value))
        result[i] = largest
    return result


def benjamini_hochberg(p: ArrayLike) -> Floats:
    """P values for a family of any size: accepting those up to q keeps the expected share of false ones at q.

    Source: Benjamini & Hochberg (1995), doi:10.1111/j.2517-6161.1995.tb02031.x.

    Args:
        p: The p values of all tests that were made; none is missing.

    Returns:
        The corrected values in the same order.
    """
    values = np.asarray(p, float)
    order = np.argsort(-values, kind="stable")
    ranks = np.arange(values.size, 0, -1)
    result = np.empty(values.size)
    result[order] = np.minimum.accumulate(np.minimum(1.0, values[order] * values.size / ranks))
    return result
