"""Figures as they are printed: thousands separated, one precision a column, words for what is missing."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence

import polars as pl

NOTHING_HELD = "nothing held"
TOO_FEW = "too few"
UNKNOWN = "–"


def decimals(values: Sequence[float]) -> int:
    """How many decimals a column needs so that its typical figure shows three significant digits."""
    sizes = sorted(abs(v) for v in values if v)
    if not sizes:
        return 0
    typical = sizes[len(sizes) // 2]
    if typical >= 100:
        return 0
    return min(4, 2 - math.floor(math.log10(typical)))


def written(value: object, places: int = 0) -> str:
    """One cell: ``1,234``, ``12.3``, ``1944-09-23``, ``yes``; "" for nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}".replace("-", "−")
    if isinstance(value, float):
        return _real(value, places)
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, pl.Series | list | tuple):
        return ", ".join(written(part, places) for part in value)
    return str(value)


def _real(value: float, places: int) -> str:
    if math.isnan(value):
        return UNKNOWN
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value and abs(value) < 0.5 * 10**-places:
        # A figure that is not zero is never printed as zero.
        return f"< {10**-places:.{places}f}" if value > 0 else f"> −{10**-places:.{places}f}"
    return f"{value:,.{places}f}".replace("-", "−")


def heading(column: str) -> str:
    """A column's name as a heading: ``documents_with_hits`` is *documents with hits*."""
    return column.replace("_", " ")
