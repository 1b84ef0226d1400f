"""A tally to results: rates, ranks, aims, what changed between two spans, and what is found by looking."""

from tendency.measures.aims import DEPENDS, SAME_ORDER, Aims, aims, aims_of
from tendency.measures.comparison import (
    AimChanges,
    OrderChanges,
    RateChanges,
    aim_changes,
    compare_rates,
    order_changes,
)
from tendency.measures.discover import Discovery, discover
from tendency.measures.dispersion import FEW_CLUSTERS, FEW_HITS
from tendency.measures.families import benjamini_hochberg, holm
from tendency.measures.ranking import Checks, Ranking, rank_items, ranking
from tendency.measures.rates import Rates, rates
from tendency.measures.result import PUBLIC, Result
from tendency.measures.series import Series

__all__ = [
    "DEPENDS",
    "FEW_CLUSTERS",
    "FEW_HITS",
    "PUBLIC",
    "SAME_ORDER",
    "AimChanges",
    "Aims",
    "Checks",
    "Discovery",
    "OrderChanges",
    "Ranking",
    "RateChanges",
    "Rates",
    "Result",
    "Series",
    "aim_changes",
    "aims",
    "aims_of",
    "benjamini_hochberg",
    "compare_rates",
    "discover",
    "holm",
    "order_changes",
    "rank_items",
    "ranking",
    "rates",
]
