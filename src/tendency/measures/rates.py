"""Rates: hits per million words, by period, with an interval that knows that words come in bursts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from tendency.errors import SettingError
from tendency.measures.dispersion import Widest, finite, labels, notes, per_million, widest
from tendency.measures.result import PUBLIC, Result
from tendency.tally import Tally

if TYPE_CHECKING:
    from tendency.charts import Spec


@dataclass(frozen=True)
class Rates(Result):
    """Rates for each query × period × split.

    Attributes:
        table: The public columns, then ``clusters`` (independent pieces of evidence), ``cluster`` (the
            field that they are values of), ``interval`` (where its width comes from: ``cluster``,
            ``pooled``, ``neighbours`` or ``none``) and ``note`` (``nothing held``, ``too few …`` or empty) and
            ``too_few``.
        undated: ``query, split, documents, tokens, hits`` of what is not datable at this grain.
        widths: The interval by each clustering: ``query, period, split, cluster, low, high``.
    """

    undated: pl.DataFrame
    widths: pl.DataFrame

    def chart(self, *, title: str = "") -> Spec | None:
        """Curves with their intervals; the line breaks where nothing was held."""
        from tendency.charts import rates_chart

        return rates_chart(self.table, title=title or "Rate over time")


def rates(tally: Tally, *, level: float = 0.95) -> Rates:
    """Hits per million words with intervals, for every column of a tally.

    A rate is the sum of hits over the sum of words. Its interval is that of a negative binomial count
    whose shape follows from the coincidence of hits within clusters (see ``docs/methods/rates.md``): a
    period without text has no rate, one without a hit has the rate 0 and an upper limit.

    Args:
        tally: The counts.
        level: Confidence, between 0 and 1.

    Raises:
        SettingError: A level that is none.
    """
    check_level(level)
    found = [widest(tally, column + 1, 0, level) for column in range(len(tally.columns))]
    rows = [base_columns(tally, column, one) for column, one in enumerate(found)]
    table = pl.concat(rows) if rows else pl.DataFrame(schema=dict.fromkeys(PUBLIC, pl.Null))
    widths = [_widths(tally, column, one) for column, one in enumerate(found)]
    recipe = f"rate|{tally.recipe}|ci:{'cluster' if tally.clusterings else ''}{round(100 * level)}"
    return Rates(table, recipe, _undated(tally), pl.concat(widths) if widths else pl.DataFrame())


def check_level(level: float) -> None:
    """Nothing, unless a level is no confidence."""
    if not 0 < level < 1:
        raise SettingError(
            f"a level of {level} is no confidence; give a number between 0 and 1, such as 0.95."
        )


def base_columns(tally: Tally, column: int, found: Widest, name: str | None = None) -> pl.DataFrame:
    """The public columns of one column of a tally, then clusters, cluster, interval, note and too_few."""
    periods, splits = len(tally.periods), len(tally.splits)
    held = tally.tokens > 0
    known = held & (found.interval != "none")
    hits = tally.hits[:, :, column]
    note = notes(held, found.clusters, hits)
    dates = {
        "start": [period.start for period in tally.periods for _ in range(splits)],
        "end": [period.end for period in tally.periods for _ in range(splits)],
    }
    return pl.DataFrame(
        {
            "query": [name or tally.columns[column]] * (periods * splits),
            "period": labels([period.label for period in tally.periods], splits, 1),
            **dates,
            "split": labels(tally.splits, 1, periods),
            "documents": tally.documents.ravel(),
            "tokens": tally.tokens.ravel(),
            "hits": hits.ravel(),
            "documents_with_hits": tally.documents_with_hits[:, :, column].ravel(),
            "per_million": finite(per_million(hits, tally.tokens)),
            "low": finite(per_million(found.low, tally.tokens), known),
            # No more than every word can be a hit.
            "high": finite(np.minimum(per_million(found.high, tally.tokens), 1e6), known),
            "clusters": found.clusters.ravel(),
            "cluster": found.cluster.ravel(),
            "interval": np.where(held, found.interval, "").ravel(),
            "note": note.ravel(),
            "too_few": np.char.startswith(note, "too few").ravel(),
        },
        schema_overrides={
            "start": pl.Date,
            "end": pl.Date,
            "per_million": pl.Float64,
            "low": pl.Float64,
            "high": pl.Float64,
        },
    )


def _widths(tally: Tally, column: int, found: Widest) -> pl.DataFrame:
    periods, splits = len(tally.periods), len(tally.splits)
    return pl.concat(
        [
            pl.DataFrame(
                {
                    "query": [tally.columns[column]] * (periods * splits),
                    "period": labels([period.label for period in tally.periods], splits, 1),
                    "split": labels(tally.splits, 1, periods),
                    "cluster": [name] * (periods * splits),
                    "low": finite(per_million(low, tally.tokens)),
                    "high": finite(np.minimum(per_million(high, tally.tokens), 1e6)),
                },
                schema_overrides={"low": pl.Float64, "high": pl.Float64},
            )
            for name, low, high in found.every
        ]
    )


def _undated(tally: Tally) -> pl.DataFrame:
    splits = len(tally.splits)
    return pl.DataFrame(
        {
            "query": labels(tally.columns, splits, 1),
            "split": labels(tally.splits, 1, len(tally.columns)),
            "documents": np.tile(tally.undated.documents, len(tally.columns)),
            "tokens": np.tile(tally.undated.tokens, len(tally.columns)),
            "hits": tally.undated.hits.T.ravel(),
        }
    )
