"""What each column of a printed table means, with its unit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl

MEANINGS: dict[str, str] = {
    "query": "What is named",
    "aim": "What is named near it",
    "period": "Period, or span",
    "start": "First day of the period",
    "end": "Day after the last",
    "split": "Standpoint, or value of the field that divides",
    "documents": "Documents held",
    "tokens": "Words in them: the denominator of rates",
    "hits": "Hits",
    "documents_with_hits": "Documents with at least one hit",
    "per_million": "Hits per million words",
    "dp_norm": "How unevenly the hits are spread over documents, from 0 (as the words are) to 1 (all in the smallest): Gries' DP, normed",
    "top_document_share": "Share of the hits that the document with most of them has",
    "low": "Lower end of the 95 % interval",
    "high": "Upper end of the 95 % interval",
    "clusters": "Independent pieces of evidence among the documents held",
    "cluster": "The field whose values are independent pieces of evidence",
    "interval": "Where the width of the interval comes from: the period's own clusters, all periods' (pooled), or neighbours",
    "note": "Nothing held, too few, or empty",
    "too_few": "Under 8 clusters or under 10 hits",
    "rank": "Place by rate, 1 for the item named most; equals share a place",
    "rank_low": "Lower end of the 80 % interval of the rank",
    "rank_high": "Upper end of the 80 % interval of the rank",
    "p_first": "Probability of being named most, shrunken so that it is never 0 or 1",
    "rank_by_documents": "Place by documents with a hit instead of hits",
    "first_mentions": "Documents that name several of the items and this one first",
    "rank_by_first_mention": "Place by first mentions",
    "verdict": "What the checks allow to be said of the first place",
    "broken_by": "The checks that a first place does not survive",
    "all_hits": "All hits of the item, near or not",
    "share": "Share of the hits (of a slogan, or of an item) that stand near",
    "expected": "The share that chance would give in the same documents",
    "ratio": "Share seen ÷ share expected by chance",
    "ratio_low": "Lower end of the 95 % interval of that ratio",
    "ratio_high": "Upper end of the 95 % interval of that ratio",
    "window": "Words on each side of a hit",
    "near": "Hits of the slogan with the aim within the window",
    "neither": "Hits of the slogan with no aim within the window",
    "several": "Hits of the slogan with two aims or more within the window",
    "before": "The earlier span",
    "after": "The later span",
    "hits_before": "Hits in the earlier span",
    "hits_after": "Hits in the later span",
    "per_million_before": "Hits per million words in the earlier span",
    "per_million_after": "Hits per million words in the later span",
    "share_before": "Share of the hits with the aim near, earlier span",
    "share_after": "The same, later span",
    "expected_before": "Share expected by chance, earlier span",
    "expected_after": "The same, later span",
    "ratio_before": "Share ÷ expected, earlier span",
    "ratio_after": "The same, later span",
    "change": "Later ÷ earlier",
    "p": "Probability of so large a difference, or a larger one, without change; two-sided",
    "p_section": "The same, all tests of this section taken together (Holm)",
    "first": "The item named more often in the earlier span",
    "second": "The other item",
    "lead_before": "Rate of the first ÷ rate of the second, earlier span",
    "lead_after": "The same, later span",
    "field": "The field by whose values the lines are independent pieces of evidence",
    "relative": "Width of the interval as a multiple of the narrowest",
    "source": "Main source, as its field names it",
}
"""Columns by name."""


def chosen(table: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """The columns of a table that are printed, in this order, as far as it has them."""
    return table.select([name for name in names if name in table.columns])


def described(table: pl.DataFrame, **own: str) -> tuple[tuple[str, str], ...]:
    """Name and meaning of each column of a table."""
    return tuple(
        (name, own.get(name) or MEANINGS.get(name, name.replace("_", " "))) for name in _names(table)
    )


def _names(table: pl.DataFrame) -> Iterable[str]:
    return (name for name in table.columns if name != "evidence")
