"""Tables as measures give them, made from a formula."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from typing import Any

import polars as pl
import pytest

LONG = (
    "The defence of the achievements of the revolution against every intervention from abroad and from within"
)
RUSSIAN = "Защита завоеваний революции"
ARABIC = "الدفاع عن مكتسبات الثورة"


def _quarters(first: int, count: int) -> list[tuple[str, dt.date, dt.date]]:
    spans = []
    for number in range(count):
        year, quarter = first + number // 4, number % 4
        end = dt.date(year + (quarter == 3), (quarter * 3 + 3) % 12 + 1, 1)
        spans.append((f"{year}-Q{quarter + 1}", dt.date(year, quarter * 3 + 1, 1), end))
    return spans


def _years(first: int, count: int) -> list[tuple[str, dt.date, dt.date]]:
    return [(str(y), dt.date(y, 1, 1), dt.date(y + 1, 1, 1)) for y in range(first, first + count)]


def make_rates(
    queries: Sequence[str], periods: Sequence[tuple[str, dt.date, dt.date]], splits: Sequence[str] = ("all",)
) -> pl.DataFrame:
    """Rates with a gap of three periods, zeros and a thin tail."""
    rows: list[dict[str, Any]] = []
    for q, query in enumerate(queries):
        for s, split in enumerate(splits):
            for n, (label, start, end) in enumerate(periods):
                held = not 5 <= n < 8
                rate = max(0.0, 90 + 60 * math.sin(n / 6 + q * 1.3 + s * 0.7) - 12 * q)
                zero = n % 23 == 11 and q == 0
                few = n >= len(periods) - 2
                rate = 0.0 if zero else round(rate, 3)
                rows.append(
                    {
                        "query": query,
                        "period": label,
                        "start": start,
                        "end": end,
                        "split": split,
                        "documents": 120 if held else 0,
                        "tokens": 240_000 if held else 0,
                        "hits": round(rate * 0.24) if held else 0,
                        "documents_with_hits": round(rate * 0.1) if held else 0,
                        "per_million": rate if held else None,
                        "low": (0.0 if zero else rate * 0.75) if held else None,
                        "high": (31.0 if zero else rate * (2.9 if few else 1.3)) if held else None,
                        "too_few": held and few,
                        "evidence": f"e-{q}-{s}-{n}" if held and not zero else None,
                    }
                )
    return pl.DataFrame(
        rows, schema_overrides={"per_million": pl.Float64, "low": pl.Float64, "high": pl.Float64}
    )


def make_ranks(queries: Sequence[str], periods: Sequence[tuple[str, dt.date, dt.date]]) -> pl.DataFrame:
    """Ranks in which the first item falls to the last place."""
    rows: list[dict[str, Any]] = []
    for n, (label, start, end) in enumerate(periods):
        held = n != 3
        order = list(range(len(queries)))
        if n > len(periods) // 2:
            order = [*order[1:], order[0]]
        for place, q in enumerate(order, start=1):
            rows.append(
                {
                    "query": queries[q],
                    "period": label,
                    "start": start,
                    "end": end,
                    "split": "all",
                    "documents": 50 if held else 0,
                    "rank": place if held else None,
                    "rank_low": max(1, place - q % 2) if held else None,
                    "rank_high": min(len(queries), place + 1) if held else None,
                    "p_first": round(0.86 / place**2, 3) if held else None,
                    "too_few": False,
                    "evidence": f"r-{q}-{n}" if held else None,
                }
            )
    return pl.DataFrame(rows)


def make_aims(
    aims: Sequence[str], periods: Sequence[tuple[str, dt.date, dt.date]], splits: Sequence[str] = ("all",)
) -> pl.DataFrame:
    """Ratios to chance that drift apart; the last aim is never seen."""
    rows: list[dict[str, Any]] = []
    for a, aim in enumerate(aims):
        for split in splits:
            for n, (label, start, end) in enumerate(periods):
                for window in (10, 30, 100):
                    seen = a < len(aims) - 1 or len(aims) == 1
                    expected = min(0.9, window / 150 * (0.5 + 0.3 * a))
                    ratio = (2.4 / (a + 1)) * (1 + 0.5 * math.sin(n / 3 + a)) * (10 / window) ** 0.2
                    ratio = min(ratio, 0.99 / expected) if seen else 0.0
                    rows.append(
                        {
                            "query": "Defence of the USSR",
                            "aim": aim,
                            "window": window,
                            "period": label,
                            "start": start,
                            "end": end,
                            "split": split,
                            "hits": 40,
                            "documents": 12,
                            "share": ratio * expected,
                            "expected": expected,
                            "ratio": ratio,
                            "low": ratio * 0.6,
                            "high": ratio * 1.7 if seen else 0.8,
                            "too_few": a == 1 and window == 10,
                            "evidence": f"a-{a}-{n}-{window}" if seen else None,
                        }
                    )
    return pl.DataFrame(rows)


@pytest.fixture
def quarters() -> Callable[[int, int], list[tuple[str, dt.date, dt.date]]]:
    """Quarters from the first of a year."""
    return _quarters


@pytest.fixture
def years() -> Callable[[int, int], list[tuple[str, dt.date, dt.date]]]:
    """Years from the first."""
    return _years


@pytest.fixture
def rates_table() -> Callable[..., pl.DataFrame]:
    """Maker of tables of rates."""
    return make_rates


@pytest.fixture
def ranks_table() -> Callable[..., pl.DataFrame]:
    """Maker of tables of ranks."""
    return make_ranks


@pytest.fixture
def aims_table() -> Callable[..., pl.DataFrame]:
    """Maker of tables of aims."""
    return make_aims
