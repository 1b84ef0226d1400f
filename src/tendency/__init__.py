"""Dated documents and a question in; an answer with its evidence out.

``import tendency as td; press = td.open("press.index"); press.rates("bureaucra*", by="year")``
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

# Two verbs share their name with a module. The module is bound here first, so that importing it later does not
# put it in the verb's place.
import tendency.demo
import tendency.report  # noqa: F401
from tendency.api import (
    Addition,
    Corpus,
    Exported,
    Report,
    add,
    check,
    compact,
    join,
    open,  # noqa: A004
    rebuild,
    remove,
    repair,
    report,
    write_chart,
)
from tendency.corpus import Concordance, Info, Line, Query
from tendency.demo import DemoResult, demo
from tendency.documents import DateSpan, Document, parse_date
from tendency.errors import TendencyError

if TYPE_CHECKING:
    __version__: str
    from tendency.documents import FieldNames, read
    from tendency.dossier import Answers, Claim, Evidence, Exhibit, Finding, Foundation
    from tendency.measures import (
        Aims,
        Collocates,
        Comovements,
        Discovery,
        EventChanges,
        Forecasts,
        Holding,
        Holdings,
        Judged,
        Keywords,
        Ranking,
        RateChanges,
        Rates,
        Result,
        Trends,
    )
    from tendency.tally import Tally

__all__ = [
    "Addition",
    "Aims",
    "Answers",
    "Claim",
    "Collocates",
    "Comovements",
    "Concordance",
    "Corpus",
    "DateSpan",
    "DemoResult",
    "Discovery",
    "Document",
    "EventChanges",
    "Evidence",
    "Exhibit",
    "Exported",
    "FieldNames",
    "Finding",
    "Forecasts",
    "Foundation",
    "Holding",
    "Holdings",
    "Info",
    "Judged",
    "Keywords",
    "Line",
    "Query",
    "Ranking",
    "RateChanges",
    "Rates",
    "Report",
    "Result",
    "Tally",
    "TendencyError",
    "Trends",
    "__version__",
    "add",
    "check",
    "compact",
    "demo",
    "join",
    "open",
    "parse_date",
    "read",
    "rebuild",
    "remove",
    "repair",
    "report",
    "write_chart",
]

# Results of rooms that take long to import, wanted by name only in annotations and isinstance.
_LATER = {
    "documents": ("FieldNames", "read"),
    "dossier": ("Answers", "Claim", "Evidence", "Exhibit", "Finding", "Foundation"),
    "measures": (
        "Aims",
        "Collocates",
        "Comovements",
        "Discovery",
        "EventChanges",
        "Forecasts",
        "Holding",
        "Holdings",
        "Judged",
        "Keywords",
        "Ranking",
        "RateChanges",
        "Rates",
        "Result",
        "Trends",
    ),
    "tally": ("Tally",),
}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("tendency")
    for room, names in _LATER.items():
        if name in names:
            return getattr(import_module(f"tendency.{room}"), name)
    raise AttributeError(f"module 'tendency' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
