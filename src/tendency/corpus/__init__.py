"""Dated documents, indexed, and what can be asked of them."""

from __future__ import annotations

from tendency.corpus.concordance import Line

__all__ = ["Line"]
