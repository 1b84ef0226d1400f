"""A tally to results: rates, ranks, aims, and what changed between two spans."""

from tendency.measures.aims import DEPENDS, SAME_ORDER, Aims, aims, aims_of
from tendency.measures.comovement import Comovements, comovement
from tendency.measures.comparison import (
    AimChanges,
    OrderChanges,
    RateChanges,
    aim_changes,
    compare_rates,
    order_changes,
)
from tendency.measures.dispersion import FEW_CLUSTERS, FEW_HITS
from tendency.measures.events import EventChanges, before_after
from tendency.measures.families import benjamini_hochberg, holm
from tendency.measures.flips import Flips, flips
from tendency.measures.forecast import Forecasts, forecast
from tendency.measures.outside import OutsideSeries, read_series
from tendency.measures.ranking import Checks, Ranking, rank_items, ranking
from tendency.measures.rates import Rates, rates
from tendency.measures.result import PUBLIC, Result
from tendency.measures.series import Series
from tendency.measures.trend import Line, Trends, trend, trend_line
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
    "Comovements",
    "EventChanges",
    "Flips",
    "Forecasts",
    "Line",
    "OrderChanges",
    "OutsideSeries",
    "Ranking",
    "RateChanges",
    "Rates",
    "Result",
    "Series",
    "Trends",
    "Turns",
    "aim_changes",
    "aims",
    "aims_of",
    "before_after",
    "benjamini_hochberg",
    "comovement",
    "compare_rates",
    "flips",
    "forecast",
    "holm",
    "order_changes",
    "rank_items",
    "ranking",
    "rates",
    "read_series",
    "trend",
    "trend_line",
    "turns",
]
