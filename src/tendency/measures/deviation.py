"""Dispersion in Gries' sense: how far the hits are from being spread over the documents, or clusters, as the words are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tendency.measures.dispersion import Floats, finite, labels
from tendency.tally import Clustering, Parts, Period, Tally, least, regrouped
from tendency.tally.exact import sums

Ints = NDArray[np.int64]

WHOLE = "all periods"


@dataclass(frozen=True)
class Deviation:
    """How unevenly hits are spread over parts.

    Attributes:
        dp: Gries' deviation of proportions: half the sum over parts of |share of hits − share of words|; 0 where the hits are
            spread as the words are, near 1 where they stand together in small parts.
        dp_norm: DP over its largest possible value, 1 − the smallest part's share of words.
        top_share: Share of the hits that the part with most of them holds.

    All of shape (cells, columns), NaN where there is no hit; ``dp_norm`` also where there is one part.
    """

    dp: Floats
    dp_norm: Floats
    top_share: Floats


def deviation(cell: Ints, words: Ints, hits: Ints, totals: Ints, smallest: Ints) -> Deviation:
    """Gries' DP from the parts that hold hits; those that hold none follow from the sums.

    Sources: Gries (2008), doi:10.1075/ijcl.13.4.02gri; DPnorm: Lijffijt & Gries (2012), doi:10.1075/ijcl.17.1.08lij.

    Args:
        cell: The cell of each part.
        words: Words of each part, above 0.
        hits: Hits of each part, of shape (parts, columns).
        totals: Words of each cell, those of parts without a hit among them.
        smallest: Words of each cell's smallest part.
    """
    cells, columns = totals.size, hits.shape[1]
    every = sums(hits, cell, cells)
    dp, norm, top = (np.full((cells, columns), np.nan) for _ in range(3))
    for column in range(columns):
        x, total = hits[:, column], every[:, column]
        named = np.flatnonzero(x > 0)
        at = cell[named]
        # Half of the sum of absolute differences is the sum of the positive ones.
        over = named[x[named] / total[at] > words[named] / totals[at]]
        more = sums(np.stack([x[over], words[over]], axis=1), cell[over], cells)
        most = np.zeros(cells, np.int64)
        np.maximum.at(most, at, x[named])
        for one in np.flatnonzero(total).tolist():
            all_words, all_hits = int(totals[one]), int(total[one])
            part = (all_words * int(more[one, 0]) - all_hits * int(more[one, 1])) / (all_words * all_hits)
            dp[one, column] = part
            if smallest[one] < all_words:
                norm[one, column] = part / (1 - int(smallest[one]) / all_words)
            top[one, column] = int(most[one]) / all_hits
    return Deviation(dp, norm, top)


def by_document(tally: Tally, parts: Parts) -> Deviation:
    """Dispersion over the documents of each period × split."""
    return deviation(parts.cell, parts.words, parts.hits, tally.tokens.ravel(), parts.smallest)


def deviation_table(tally: Tally, parts: Parts, columns: Sequence[int]) -> pl.DataFrame:
    """Dispersion over documents and over clusters, for each period and for all periods together.

    Args:
        tally: The counts.
        parts: Its documents with hits.
        columns: The numbers of the columns that are shown, from 0.

    Returns:
        ``query, period`` (``"all periods"`` for the whole), ``split, over`` (``document`` or the field of the clusters), ``hits,
        dp, dp_norm, top_share``.
    """
    frames = [_rows(tally, parts, columns)]
    if len(tally.periods) > 1:
        frames.append(_rows(*_together(tally, parts), columns))
    return pl.concat(frames)


def _together(tally: Tally, parts: Parts) -> tuple[Tally, Parts]:
    """All periods as one."""
    whole = Period(WHOLE, tally.periods[0].start, tally.periods[-1].end)
    splits = len(tally.splits)
    of = np.arange(len(tally.periods) * splits) % splits
    one = Parts(
        parts.columns,
        (whole,),
        parts.splits,
        of[parts.cell],
        parts.words,
        parts.hits,
        parts.alone,
        least(parts.smallest, of, splits),
        least(parts.smallest_alone, of, splits),
    )
    return regrouped(tally, periods=[(whole, range(len(tally.periods)))]), one


def _rows(tally: Tally, parts: Parts, columns: Sequence[int]) -> pl.DataFrame:
    found = [("document", by_document(tally, parts))]
    for number, clustering in enumerate(tally.clusterings):
        if clustering.name != "document" and number not in tally.crossings:
            found.append((clustering.name, _over_clusters(tally, clustering, parts, number)))
    periods, splits = len(tally.periods), len(tally.splits)
    frames = [
        pl.DataFrame(
            {
                "query": [tally.columns[column]] * (periods * splits),
                "period": labels([period.label for period in tally.periods], splits, 1),
                "split": labels(tally.splits, 1, periods),
                "over": [name] * (periods * splits),
                "hits": tally.hits[:, :, column].ravel(),
                "dp": finite(one.dp[:, column]),
                "dp_norm": finite(one.dp_norm[:, column]),
                "top_share": finite(one.top_share[:, column]),
            },
            schema_overrides=_SCHEMA,
        )
        for column in columns
        for name, one in found
    ]
    return pl.concat(frames) if frames else pl.DataFrame(schema=_SCHEMA)


_SCHEMA = {
    **dict.fromkeys(("query", "period", "split", "over"), pl.String),
    "hits": pl.Int64,
    **dict.fromkeys(("dp", "dp_norm", "top_share"), pl.Float64),
}


def _over_clusters(tally: Tally, clustering: Clustering, parts: Parts, number: int) -> Deviation:
    """Clusters that merge by name are in the tally's table, the others are documents by themselves."""
    rows, values = clustering.table.rows, clustering.table.values
    cells = len(tally.periods) * len(tally.splits)
    named = np.flatnonzero(values[:, 0] > 0)
    cell = (rows.period * len(tally.splits) + rows.split)[named]
    smallest = least(values[named, 0], cell, cells)
    either = least(
        np.concatenate([smallest, parts.smallest_alone[:, number]]), np.tile(np.arange(cells), 2), cells
    )
    alone = parts.alone[:, number]
    return deviation(
        np.concatenate([cell, parts.cell[alone]]),
        np.concatenate([values[named, 0], parts.words[alone]]),
        np.concatenate([values[named, 1:], parts.hits[alone]]),
        tally.tokens.ravel(),
        either,
    )
