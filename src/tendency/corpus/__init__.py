"""Dated documents, indexed, and what can be asked of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tendency.corpus.concordance import Line
from tendency.corpus.index import FieldInfo, Index, Info, info, iterate
from tendency.corpus.segment import Field, Segment, Terms
from tendency.corpus.strings import Strings

if TYPE_CHECKING:
    from tendency.corpus.checking import Damage, check
    from tendency.corpus.writer import Added, Refused, Removed, add, remove

__all__ = [
    "Added",
    "Damage",
    "Field",
    "FieldInfo",
    "Index",
    "Info",
    "Line",
    "Refused",
    "Removed",
    "Segment",
    "Strings",
    "Terms",
    "add",
    "check",
    "info",
    "iterate",
    "remove",
]

# What only a writer needs is not imported to ask a question.
_LATER = {
    "Added": "writer",
    "Damage": "checking",
    "Refused": "writer",
    "Removed": "writer",
    "add": "writer",
    "check": "checking",
    "remove": "writer",
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
