"""Hits to counts: a tally holds whole numbers for each period × split × item, and merges by adding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tendency.tally.clusters import Clustering, ClusterTable, Moments
from tendency.tally.counters import (
    SEVERAL_NAMED,
    WINDOWS,
    Around,
    Containing,
    Counter,
    Documents,
    FirstMention,
    Near,
    Occurrences,
    Overlaps,
    Presence,
    Together,
    counters_of,
)
from tendency.tally.counting import NONE, SegmentTask, cluster_names, count_segment, tally
from tendency.tally.near import FIXED, Neighbours, Scope, Spans, Stretch, neighbours, overlapping, stretches
from tendency.tally.periods import GRAINS, OUTSIDE, UNDATABLE, Eras, Grain, Period, Periods, following
from tendency.tally.quoted import Quoted
from tendency.tally.regrouping import regrouped, turned
from tendency.tally.tally import Standing, Tally, Undated

if TYPE_CHECKING:
    from tendency.tally.parts import Parts, least, parts_of

__all__ = [
    "FIXED",
    "GRAINS",
    "NONE",
    "OUTSIDE",
    "SEVERAL_NAMED",
    "UNDATABLE",
    "WINDOWS",
    "Around",
    "ClusterTable",
    "Clustering",
    "Containing",
    "Counter",
    "Documents",
    "Eras",
    "FirstMention",
    "Grain",
    "Moments",
    "Near",
    "Neighbours",
    "Occurrences",
    "Overlaps",
    "Parts",
    "Period",
    "Periods",
    "Presence",
    "Quoted",
    "Scope",
    "SegmentTask",
    "Spans",
    "Standing",
    "Stretch",
    "Tally",
    "Together",
    "Undated",
    "cluster_names",
    "count_segment",
    "counters_of",
    "following",
    "least",
    "neighbours",
    "overlapping",
    "parts_of",
    "regrouped",
    "stretches",
    "tally",
    "turned",
]


def __getattr__(name: str) -> Any:
    # Counting does without, and a command begins sooner.
    if name in ("Parts", "least", "parts_of"):
        from tendency.tally import parts

        return getattr(parts, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
