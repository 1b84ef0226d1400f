"""A tally to results: rates, ranks, aims, and what changed between two spans."""

from tendency.measures.aims import DEPENDS, SAME_ORDER, Aims, aims, aims_of
from tendency.measures.comparison import (
    AimChanges,
    OrderChanges,
    RateChanges,
    aim_changes,
    compare_rates,
    compare_splits,
    order_changes,
)
from tendency.measures.constant import ConstantTitles, constant_titles
from tendency.measures.deviation import Deviation, deviation, deviation_table
from tendency.measures.dispersion import FEW_CLUSTERS, FEW_HITS
from tendency.measures.families import benjamini_hochberg, holm
from tendency.measures.holdings import ENOUGH, Holding, Holdings, held_share, holdings
from tendency.measures.ranking import Checks, Ranking, rank_items, ranking
from tendency.measures.rates import DOCUMENTS, WORDS, Measure, Rates, rates, relative
from tendency.measures.rating import rates_of
from tendency.measures.result import PUBLIC, Result
from tendency.measures.series import Series

__all__ = [
    "DEPENDS",
    "DOCUMENTS",
    "ENOUGH",
    "FEW_CLUSTERS",
    "FEW_HITS",
    "PUBLIC",
    "SAME_ORDER",
    "WORDS",
    "AimChanges",
    "Aims",
    "Checks",
    "ConstantTitles",
    "Deviation",
    "Holding",
    "Holdings",
    "Measure",
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
    "compare_splits",
    "constant_titles",
    "deviation",
    "deviation_table",
    "held_share",
    "holdings",
    "holm",
    "order_changes",
    "rank_items",
    "ranking",
    "rates",
    "rates_of",
    "relative",
]
