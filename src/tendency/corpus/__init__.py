"""Dated documents, indexed, and what can be asked of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tendency.corpus.concordance import Concordance, Line, cite, concordance
from tendency.corpus.explain import Explanation, explain
from tendency.corpus.index import FieldInfo, Index, Info, info, iterate
from tendency.corpus.segment import Field, Segment, Terms
from tendency.corpus.select import Selection, select
from tendency.corpus.strings import Strings

if TYPE_CHECKING:
    from tendency.corpus.checking import Damage, check
    from tendency.corpus.compacting import Compacted, compact
    from tendency.corpus.counts import counts_by_document
    from tendency.corpus.deadlines import Deadline
    from tendency.corpus.export import document_features, export_jsonl, export_parquet, write_table
    from tendency.corpus.joining import Joined, join
    from tendency.corpus.query import Query, Spelling, parse
    from tendency.corpus.rebuilding import Rebuilt, rebuild
    from tendency.corpus.repairing import Lost, Repaired, repair
    from tendency.corpus.search import Block, count_by_document, evaluate, evaluate_together
    from tendency.corpus.spellings import Overlap, overlaps
    from tendency.corpus.suggest import Suggestion, no_hits, suggestions
    from tendency.corpus.vrt import Vertical, export_vrt
    from tendency.corpus.writer import Added, Refused, Removed, add, remove

__all__ = [
    "Added",
    "Block",
    "Compacted",
    "Concordance",
    "Damage",
    "Deadline",
    "Explanation",
    "Field",
    "FieldInfo",
    "Index",
    "Info",
    "Joined",
    "Line",
    "Lost",
    "Overlap",
    "Query",
    "Rebuilt",
    "Refused",
    "Removed",
    "Repaired",
    "Segment",
    "Selection",
    "Spelling",
    "Strings",
    "Suggestion",
    "Terms",
    "Vertical",
    "add",
    "check",
    "cite",
    "compact",
    "concordance",
    "count_by_document",
    "counts_by_document",
    "document_features",
    "evaluate",
    "evaluate_together",
    "explain",
    "export_jsonl",
    "export_parquet",
    "export_vrt",
    "info",
    "iterate",
    "join",
    "no_hits",
    "overlaps",
    "parse",
    "rebuild",
    "remove",
    "repair",
    "select",
    "suggestions",
    "write_table",
]

# Imported when first asked for: a writer needs nothing of a query, nor a query of a writer.
_LATER = {
    "add": "writer",
    "Added": "writer",
    "Block": "search",
    "check": "checking",
    "compact": "compacting",
    "Compacted": "compacting",
    "count_by_document": "search",
    "counts_by_document": "counts",
    "Damage": "checking",
    "Deadline": "deadlines",
    "document_features": "export",
    "evaluate": "search",
    "evaluate_together": "search",
    "export_jsonl": "export",
    "export_parquet": "export",
    "export_vrt": "vrt",
    "join": "joining",
    "Joined": "joining",
    "Lost": "repairing",
    "no_hits": "suggest",
    "Overlap": "spellings",
    "overlaps": "spellings",
    "parse": "query",
    "Query": "query",
    "rebuild": "rebuilding",
    "Rebuilt": "rebuilding",
    "Refused": "writer",
    "remove": "writer",
    "Removed": "writer",
    "repair": "repairing",
    "Repaired": "repairing",
    "Spelling": "query",
    "Suggestion": "suggest",
    "suggestions": "suggest",
    "Vertical": "vrt",
    "write_table": "export",
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
