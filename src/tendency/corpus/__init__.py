"""Dated documents, indexed, and what can be asked of them."""

from __future__ import annotations

from tendency.corpus.concordance import Line
from tendency.corpus.index import FieldInfo, Index, Info, info, iterate
from tendency.corpus.segment import Field, Segment, Terms
from tendency.corpus.strings import Strings
from tendency.corpus.writer import Added, Refused, Removed, add, remove

__all__ = [
    "Added",
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
    "info",
    "iterate",
    "remove",
]
