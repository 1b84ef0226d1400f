"""From the rows of a measure's table to what sentences need."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from tendency.dossier import wording
from tendency.dossier.sentences import Counted, Nearness

Row = Mapping[str, Any]


def counted(row: Row, when: str | None = None) -> Counted:
    """How often something was found, from a row with the public columns."""
    return Counted(
        hits=int(row["hits"]),
        documents=int(row["documents_with_hits"]),
        held=int(row["documents"]),
        words=int(row["tokens"]),
        clusters=int(row["clusters"]),
        per_million=_finite(row["per_million"]),
        low=_finite(row["low"]),
        high=_finite(row["high"]),
        when=when or wording.span(row["start"], row["end"]),
    )


def nearness(row: Row, when: str | None = None) -> Nearness:
    """How an aim stands to chance, from a row of the table of aims."""
    return Nearness(
        hits=int(row["hits"]),
        with_aim=int(row["near"]),
        share=_finite(row["share"]),
        expected=_finite(row["expected"]),
        ratio=_finite(row["ratio"]),
        low=_finite(row["ratio_low"]),
        high=_finite(row["ratio_high"]),
        clusters=int(row["clusters"]),
        window=int(row["window"]),
        when=when or wording.span(row["start"], row["end"]),
    )


def _finite(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)
