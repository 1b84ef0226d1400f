"""A tally to results: rates, ranks, aims, and what changed between two spans."""

from tendency.measures.aims import DEPENDS, SAME_ORDER, Aims, aims, aims_of
from tendency.measures.comparison import (
    AimChanges,
    OrderChanges,
    RateChanges,
    aim_changes,
    compare_rates,
    order_changes,
)
from tendency.measures.dispersion import FEW_CLUSTERS, FEW_HITS
from tendency.measures.families import benjamini_hochberg, holm
from tendency.measures.flips import Flips, flips
from tendency.measures.ranking import Checks, Ranking, rank_items, ranking
from tendency.measures.rates import Rates, rates
from tendency.measures.result import PUBLIC, Result
from tendency.measures.series import Series
from tendency.measures.turning import Turns, turns

__all__ = [
    "DEPENDS",
    "FEW_CLUSTERS",
    "FEW_HITS",
    "PUBLIC",
    "SAME_ORDER",
    "AimChanges",
    "Aims",
    "Checks",
    "Flips",
    "OrderChanges",
    "Ranking",
    "RateChanges",
    "Rates",
    "Result",
    "Series",
    "Turns",
    "aim_changes",
    "aims",
    "aims_of",
    "benjamini_hochberg",
    "compare_rates",
    "flips",
    "holm",
    "order_changes",
    "rank_items",
    "ranking",
    "rates",
    "turns",
]
