"""Queries: the text that a person types, as a tree."""

from __future__ import annotations

from tendency.corpus.query.parse import parse
from tendency.corpus.query.query import Query, Spelling

__all__ = ["Query", "Spelling", "parse"]
