"""Rates as they are asked for: against words, documents or another query, smoothed, and at constant titles."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import polars as pl

from tendency.errors import SettingError
from tendency.measures.constant import CONSTANT, EVERYTHING, constant_titles
from tendency.measures.rates import Rates, check_level, rates
from tendency.measures.smoothing import check_window
from tendency.tally import (
    Counter,
    Documents,
    Eras,
    Occurrences,
    Overlaps,
    Presence,
    Quoted,
    Tally,
    parts_of,
    tally,
)

if TYPE_CHECKING:
    from tendency.corpus import Deadline, Index, Query

MeasureName = Literal["words", "documents"]


def rates_of(
    index: Index,
    queries: Mapping[str, Query],
    *,
    measure: str = "words",
    relative_to: Query | None = None,
    overlap: bool = False,
    smooth: int | None = None,
    constant: str | None = None,
    dispersion: bool = True,
    own_words: bool = False,
    by: str | Eras = "year",
    split: str | Mapping[str, str] | None = None,
    where: str | None = None,
    start: dt.date | None = None,
    end: dt.date | None = None,
    cluster: str | Sequence[str] | None = None,
    level: float = 0.95,
    executor: Executor | None = None,
    deadline: Deadline | None = None,
) -> Rates:
    """Rates of an index, with everything that may stand beside them.

    Args:
        index: The corpus.
        queries: Query by name.
        measure: ``"words"``, or ``"documents"`` for the share of documents with a hit.
        relative_to: Count hits against those of this query, not against words.
        overlap: Queries may share words with it.
        smooth: Add a centred moving rate over so many periods.
        constant: A field: add the curve of those of its values that have text in nearly every period.
        dispersion: Add Gries' DP and the share of the top document, which take a second pass.
        own_words: Leave out hits in quotation marks; ``quoted_hits`` says how many they are.
        by: The periods; this and the following as for ``tally``.
        split: What splits the documents.
        where: Only documents for which this holds.
        start: Only documents dated from this day.
        end: Only documents dated before this day.
        cluster: What is independent of each other.
        level: Confidence of the intervals.
        executor: Does the work.
        deadline: When to give up.

    Raises:
        SettingError: Options that exclude each other, or queries that share words with ``relative_to``.
    """
    _refuse(by, split, measure, relative_to, smooth, constant, overlap=overlap, own_words=own_words)
    check_level(level)
    common: dict[str, Any] = {
        "where": where,
        "start": start,
        "end": end,
        "cluster": cluster,
        "executor": executor,
        "deadline": deadline,
    }
    if own_words:
        return _in_own_words(
            index,
            queries,
            relative_to,
            common | {"by": by, "split": split},
            {"level": level, "smooth": smooth},
            overlap=overlap,
            dispersion=dispersion,
        )
    counters: list[Counter] = [Occurrences(name, query) for name, query in queries.items()]
    settings: dict[str, Any] = {"level": level, "smooth": smooth}
    against = 0
    if relative_to is not None:
        if not overlap:
            refuse_overlap(index, queries, relative_to, common)
        counters.append(Occurrences(_unused(str(relative_to), queries), relative_to))
        settings["reference"] = str(relative_to)
        against = len(counters)
    elif measure == "documents":
        counters = [*(Presence(name, query) for name, query in queries.items()), Documents()]
        settings["containing"] = [(2 * number, 2 * number + 1) for number in range(len(queries))]
        settings["documents"] = 2 * len(queries)
    common |= {"by": by, "split": split if constant is None else constant}
    counted = tally(index, counters, **common)
    held = parts_of(index, counters, counted, **common) if dispersion else None
    if constant is None:
        return rates(counted, parts=held, **settings)
    found, everything, kept = constant_titles(counted, constant, against=against)
    groups = [(EVERYTHING, range(len(counted.splits)))]
    every = rates(everything, parts=held.select(groups) if held else None, **settings)
    every = replace(every, constant=found, recipe=f"{every.recipe}|constant:{constant}")
    if not found.titles:
        return every
    groups = [(CONSTANT, [counted.splits.index(title) for title in found.titles])]  # type: ignore[list-item]
    return _both(every, rates(kept, parts=held.select(groups) if held else None, **settings))


def _in_own_words(
    index: Index,
    queries: Mapping[str, Query],
    relative_to: Query | None,
    common: dict[str, Any],
    settings: dict[str, Any],
    *,
    overlap: bool,
    dispersion: bool,
) -> Rates:
    """Rates of hits outside quotation marks, the reference's too, with the column ``quoted_hits``."""
    items = dict(queries)
    if relative_to is not None:
        if not overlap:
            narrowing = {key: value for key, value in common.items() if key not in ("by", "split")}
            refuse_overlap(index, queries, relative_to, narrowing)
        items[_unused(str(relative_to), queries)] = relative_to
        settings = settings | {"reference": f"{relative_to} in own words"}
    counters = [Quoted(name, query, own=True) for name, query in items.items()]
    counted = tally(index, counters, **common)
    held = parts_of(index, counters, counted, **common) if dispersion else None
    if held is not None:
        at = [counted.column(name) for name in items]
        held = replace(held, columns=tuple(items), hits=held.hits[:, at])
    found = rates(counted.select(list(items)), parts=held, **settings)
    inside = [counted.hits[:, :, counted.column(Quoted.inside(name))].ravel() for name in queries]
    column = pl.Series("quoted_hits", np.concatenate(inside), dtype=pl.Int64)
    return replace(found, table=found.table.with_columns(column), recipe=f"{found.recipe}|own words")


def _both(every: Rates, kept: Rates) -> Rates:
    """Two curves in one result; what is undated in the second is in the first."""
    return replace(
        every,
        table=pl.concat([every.table, kept.table]),
        widths=pl.concat([every.widths, kept.widths]),
        deviations=pl.concat([every.deviations, kept.deviations]),
    )


def _refuse(
    by: str | Eras,
    split: object,
    measure: str,
    relative_to: Query | None,
    smooth: int | None,
    constant: str | None,
    *,
    overlap: bool,
    own_words: bool,
) -> None:
    if own_words and (measure == "documents" or constant is not None):
        raise SettingError(
            "own words are counted in hits of all documents: take own_words, or else documents or constant titles."
        )
    if measure not in ("words", "documents"):
        raise SettingError(f"there is no measure {measure!r}; choose words or documents.")
    if measure == "documents" and relative_to is not None:
        raise SettingError("documents are counted against documents: take measure or relative_to, not both.")
    if overlap and relative_to is None:
        raise SettingError("overlap says that queries may share words with relative_to; give that too.")
    if constant is not None and split is not None:
        raise SettingError(
            "constant titles are compared with all titles: take constant or split, not both; where narrows the documents."
        )
    if constant is not None and measure == "documents":
        raise SettingError("constant titles are compared by hits; take constant or documents, not both.")
    if constant is not None and by == "all":
        raise SettingError("constant titles need periods to be constant over; choose one with by.")
    if smooth is not None:
        check_window(smooth)
        if not isinstance(by, str) or by == "all":
            raise SettingError(
                "smoothing needs periods of one length; count by day, week, month, quarter, year or decade."
            )


def _unused(name: str, names: Mapping[str, object]) -> str:
    while name in names:
        name = f"{name} "
    return name


def refuse_overlap(
    index: Index, queries: Mapping[str, Query], reference: Query, common: Mapping[str, Any]
) -> None:
    """Nothing, unless hits of a query share words with the query that they are counted against."""
    pairs = [Overlaps(((name, query), ("it", reference))) for name, query in queries.items()]
    # By number: the pairs of two queries may have one name.
    found: Tally = tally(index, pairs, by="all", only_counts=True, **common)
    hits = found.hits.sum(axis=(0, 1)) + found.undated.hits.sum(axis=0)
    for (name, query), shared in zip(queries.items(), hits.tolist(), strict=True):
        if shared:
            from tendency.corpus import overlaps

            example = overlaps(index, query, reference, deadline=common["deadline"]).example
            raise SettingError(
                f"{name} shares words with {reference}, which it is counted against: {shared:,} "
                f"{'hit' if shared == 1 else 'hits'}, for example “{example}”. Change a query so that no word counts on both "
                "sides, or allow it with overlap."
            )
