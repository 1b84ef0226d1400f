"""From files to documents: useful for reading what people have, not for counting anything in it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from tendency.documents.dates import DateOrder, DateSpan, parse_date
from tendency.documents.document import Document

if TYPE_CHECKING:
    from tendency.documents.options import FieldNames
    from tendency.documents.people import Membership, People, Unmatched
    from tendency.documents.problem import Note, Problem
    from tendency.documents.reading import Reading, read

__all__ = [
    "DateOrder",
    "DateSpan",
    "Document",
    "FieldNames",
    "Membership",
    "Note",
    "People",
    "Problem",
    "Reading",
    "Unmatched",
    "parse_date",
    "read",
]

# What only reading needs is not imported to ask a question.
_LATER = {
    "FieldNames": "options",
    "Membership": "people",
    "Note": "problem",
    "People": "people",
    "Problem": "problem",
    "Reading": "reading",
    "Unmatched": "people",
    "read": "reading",
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
