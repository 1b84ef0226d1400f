"""Hits to counts: a tally holds whole numbers for each period × split × item, and merges by adding."""

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
    counters_of,
)
from tendency.tally.counting import NONE, SegmentTask, cluster_names, count_segment, tally
from tendency.tally.near import FIXED, Neighbours, Scope, Spans, Stretch, neighbours, overlapping, stretches
from tendency.tally.parts import Parts, least, parts
from tendency.tally.periods import GRAINS, OUTSIDE, UNDATABLE, Eras, Grain, Period, Periods, following
from tendency.tally.regrouping import regrouped, turned
from tendency.tally.tally import Standing, Tally, Undated

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
    "Scope",
    "SegmentTask",
    "Spans",
    "Standing",
    "Stretch",
    "Tally",
    "Undated",
    "cluster_names",
    "count_segment",
    "counters_of",
    "following",
    "least",
    "neighbours",
    "overlapping",
    "parts",
    "regrouped",
    "stretches",
    "tally",
    "turned",
]
