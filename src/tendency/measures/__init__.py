"""A tally to results: rates, ranks, aims, what changed between two spans, tendencies, content and standpoints."""

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

if TYPE_CHECKING:
    from tendency.measures.aim_courses import aim_flips, aim_turns
    from tendency.measures.collocates import Collocates, collocates_of
    from tendency.measures.comoving import Comovements, comovement
    from tendency.measures.constant import ConstantTitles, constant_titles
    from tendency.measures.decompose import Decomposition, constant_mix
    from tendency.measures.decomposing import decompose_of
    from tendency.measures.deviation import Deviation, deviation_table
    from tendency.measures.discovery import Discovery, discover
    from tendency.measures.editions import Editions, first_use, mixed
    from tendency.measures.events import EventChanges, before_after
    from tendency.measures.flipping import Flips, flips
    from tendency.measures.forecasting import Forecasts, forecast
    from tendency.measures.holdings import ENOUGH, Holding, Holdings, held_share
    from tendency.measures.judged_sample import Judged, Read, judged
    from tendency.measures.judgements import JUDGEMENTS
    from tendency.measures.judging import judge
    from tendency.measures.keyness import Keywords, keywords
    from tendency.measures.leading import Leads, lead
    from tendency.measures.outside import OutsideSeries, read_series
    from tendency.measures.polemics import Polemics, polemics_of
    from tendency.measures.rating import rates_of
    from tendency.measures.sampling import Sample, Written, sample_hits, write_sample
    from tendency.measures.series import Series
    from tendency.measures.sides import Side
    from tendency.measures.signals import Signals, signals_of
    from tendency.measures.silence import Silences, silences, silences_of
    from tendency.measures.trends import Line, Trends, trend, trend_line
    from tendency.measures.turning import Turns, turns
    from tendency.measures.voices import lead_of

__all__ = [
    "DEPENDS",
    "DOCUMENTS",
    "ENOUGH",
    "FEW_CLUSTERS",
    "FEW_HITS",
    "JUDGEMENTS",
    "PUBLIC",
    "SAME_ORDER",
    "WORDS",
    "AimChanges",
    "Aims",
    "Checks",
    "Collocates",
    "Comovements",
    "ConstantTitles",
    "Decomposition",
    "Deviation",
    "Discovery",
    "Editions",
    "EventChanges",
    "Flips",
    "Forecasts",
    "Holding",
    "Holdings",
    "Judged",
    "Keywords",
    "Leads",
    "Line",
    "Measure",
    "OrderChanges",
    "OutsideSeries",
    "Polemics",
    "Ranking",
    "RateChanges",
    "Rates",
    "Read",
    "Result",
    "Sample",
    "Series",
    "Side",
    "Signals",
    "Silences",
    "Trends",
    "Turns",
    "Written",
    "aim_changes",
    "aim_flips",
    "aim_turns",
    "aims",
    "aims_of",
    "before_after",
    "benjamini_hochberg",
    "collocates_of",
    "comovement",
    "compare_rates",
    "compare_splits",
    "constant_mix",
    "constant_titles",
    "decompose_of",
    "deviation_table",
    "discover",
    "first_use",
    "flips",
    "forecast",
    "held_share",
    "holm",
    "judge",
    "judged",
    "keywords",
    "lead",
    "lead_of",
    "mixed",
    "order_changes",
    "polemics_of",
    "rank_items",
    "ranking",
    "rates",
    "rates_of",
    "read_series",
    "relative",
    "sample_hits",
    "signals_of",
    "silences",
    "silences_of",
    "trend",
    "trend_line",
    "turns",
    "write_sample",
]

# What counting does not need is imported when it is asked for, so that a command begins sooner. A name that is its module's
# too cannot be: once the module is imported, it would stand in its place.
_LATER = {
    "aim_courses": (
        "aim_flips",
        "aim_turns",
    ),
    "collocates": (
        "Collocates",
        "collocates_of",
    ),
    "comoving": (
        "Comovements",
        "comovement",
    ),
    "constant": (
        "ConstantTitles",
        "constant_titles",
    ),
    "decompose": (
        "Decomposition",
        "constant_mix",
    ),
    "decomposing": ("decompose_of",),
    "deviation": (
        "Deviation",
        "deviation_table",
    ),
    "discovery": (
        "Discovery",
        "discover",
    ),
    "editions": (
        "Editions",
        "first_use",
        "mixed",
    ),
    "events": (
        "EventChanges",
        "before_after",
    ),
    "flipping": (
        "Flips",
        "flips",
    ),
    "forecasting": (
        "Forecasts",
        "forecast",
    ),
    "holdings": (
        "ENOUGH",
        "Holding",
        "Holdings",
        "held_share",
    ),
    "judged_sample": (
        "Judged",
        "Read",
        "judged",
    ),
    "judgements": ("JUDGEMENTS",),
    "judging": ("judge",),
    "keyness": (
        "Keywords",
        "keywords",
    ),
    "leading": (
        "Leads",
        "lead",
    ),
    "outside": (
        "OutsideSeries",
        "read_series",
    ),
    "polemics": (
        "Polemics",
        "polemics_of",
    ),
    "rating": ("rates_of",),
    "sampling": (
        "Sample",
        "Written",
        "sample_hits",
        "write_sample",
    ),
    "series": ("Series",),
    "sides": ("Side",),
    "signals": (
        "Signals",
        "signals_of",
    ),
    "silence": (
        "Silences",
        "silences",
        "silences_of",
    ),
    "trends": (
        "Line",
        "Trends",
        "trend",
        "trend_line",
    ),
    "turning": (
        "Turns",
        "turns",
    ),
    "voices": ("lead_of",),
}


def __getattr__(name: str) -> Any:
    for module, names in _LATER.items():
        if name in names:
            from importlib import import_module

            return getattr(import_module(f"tendency.measures.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
