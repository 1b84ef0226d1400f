"""A tally to results: rates, ranks, aims, and what changed between two spans."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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
from tendency.measures.dispersion import FEW_CLUSTERS, FEW_HITS
from tendency.measures.families import benjamini_hochberg, holm
from tendency.measures.ranking import Checks, Ranking, rank_items, ranking
from tendency.measures.rates import DOCUMENTS, WORDS, Measure, Rates, rates, relative
from tendency.measures.result import PUBLIC, Result
from tendency.measures.series import Series

if TYPE_CHECKING:
    from tendency.measures.constant import ConstantTitles, constant_titles
    from tendency.measures.deviation import Deviation, deviation_table
    from tendency.measures.holdings import ENOUGH, Holding, Holdings, held_share
    from tendency.measures.rating import rates_of

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
    "deviation_table",
    "held_share",
    "holm",
    "order_changes",
    "rank_items",
    "ranking",
    "rates",
    "rates_of",
    "relative",
]

# What counting does not need is imported when it is asked for, so that a command begins sooner. A name that is its module's
# too cannot be: once the module is imported, it would stand in its place.
_LATER = {
    "constant": ("ConstantTitles", "constant_titles"),
    "deviation": ("Deviation", "deviation_table"),
    "holdings": ("ENOUGH", "Holding", "Holdings", "held_share"),
    "rating": ("rates_of",),
}


def __getattr__(name: str) -> Any:
    for module, names in _LATER.items():
        if name in names:
            from importlib import import_module

            return getattr(import_module(f"tendency.measures.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
