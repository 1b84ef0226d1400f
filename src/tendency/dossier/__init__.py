"""Questions in a file, and their answers: useful for a report, not for a single figure (see measures)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tendency.dossier.finding import Answers, Claim, Evidence, Exhibit, Finding, Foundation

if TYPE_CHECKING:
    from tendency.dossier.answering import answer
    from tendency.dossier.holdings import read_holdings
    from tendency.dossier.preparing import prepare
    from tendency.dossier.reading import read_dossier
    from tendency.dossier.schema import Dossier
    from tendency.dossier.terms import read_terms

__all__ = [
    "Answers",
    "Claim",
    "Dossier",
    "Evidence",
    "Exhibit",
    "Finding",
    "Foundation",
    "answer",
    "prepare",
    "read_dossier",
    "read_holdings",
    "read_terms",
]

# What only answering needs is imported when it is asked for.
_LATER = {
    "Dossier": "schema",
    "answer": "answering",
    "prepare": "preparing",
    "read_dossier": "reading",
    "read_holdings": "holdings",
    "read_terms": "terms",
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
