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
from tendency.measures.judged import Judged, Read, judged
from tendency.measures.judgements import JUDGEMENTS
from tendency.measures.judging import judge
from tendency.measures.ranking import Checks, Ranking, rank_items, ranking
from tendency.measures.rates import Rates, rates
from tendency.measures.result import PUBLIC, Result
from tendency.measures.sampling import Sample, Written, sample_hits, write_sample
from tendency.measures.series import Series

__all__ = [
    "DEPENDS",
    "FEW_CLUSTERS",
    "FEW_HITS",
    "JUDGEMENTS",
    "PUBLIC",
    "SAME_ORDER",
    "AimChanges",
    "Aims",
    "Checks",
    "Judged",
    "OrderChanges",
    "Ranking",
    "RateChanges",
    "Rates",
    "Read",
    "Result",
    "Sample",
    "Series",
    "Written",
    "aim_changes",
    "aims",
    "aims_of",
    "benjamini_hochberg",
    "compare_rates",
    "holm",
    "judge",
    "judged",
    "order_changes",
    "rank_items",
    "ranking",
    "rates",
    "sample_hits",
    "write_sample",
]
