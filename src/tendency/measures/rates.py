"""Rates: hits per million words, by period, with an interval that knows that words come in bursts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tendency.errors import SettingError
from tendency.measures.dispersion import Widest, exposure_of, finite, labels, notes, per_million, widest
from tendency.measures.result import PUBLIC, Result
from tendency.measures.smoothing import check_window, moving_rate
from tendency.tally import Tally

if TYPE_CHECKING:
    from tendency.charts import Spec
    from tendency.measures.constant import ConstantTitles
    from tendency.measures.deviation import Deviation
    from tendency.tally import Parts


@dataclass(frozen=True)
class Measure:
    """What hits are counted against, and how that is written.

    Attributes:
        column: The column of a table that holds the rate, with its limits in ``…_low`` and ``…_high``
            (``per_million``'s are the public ``low`` and ``high``).
        scale: What the quotient is multiplied by.
        unit: The unit in words.
        denominator: What the hits are counted against, in words.
    """

    column: str
    scale: float
    unit: str
    denominator: str

    @property
    def columns(self) -> tuple[str, str, str]:
        """The columns of the rate and of its limits."""
        if self.column == WORDS.column:
            return self.column, "low", "high"
        return self.column, f"{self.column}_low", f"{self.column}_high"


WORDS: Final = Measure("per_million", 1e6, "hits per million words", "words")
DOCUMENTS: Final = Measure("share", 1.0, "share of documents with a hit", "documents")


def relative(reference: str) -> Measure:
    """Hits for each thousand hits of another query."""
    return Measure("per_thousand", 1e3, f"hits per thousand hits of {reference}", f"hits of {reference}")


@dataclass(frozen=True)
class Rates(Result):
    """Rates for each query × period × split.

    Attributes:
        table: The public columns, then ``clusters`` (independent pieces of evidence), ``cluster`` (the
            field that they are values of), ``interval`` (where its width comes from: ``cluster``,
            ``pooled``, ``neighbours`` or ``none``) and ``note`` (``nothing held``, ``too few …`` or empty) and
            ``too_few``; then ``exposure`` (how much the hits are counted against) and ``denominator`` (of what). Against
            another query ``per_thousand, per_thousand_low, per_thousand_high``, of documents ``share, share_low,
            share_high``: the five columns before them are then about these. With smoothing ``smoothed`` and
            ``smoothed_periods`` (over how many); with dispersion ``dp, dp_norm, top_document_share``, over documents.
        undated: ``query, split, documents, tokens, hits`` of what is not datable at this grain.
        widths: The interval by each clustering: ``query, period, split, cluster, low, high``, in the measure's unit.
        measure: What the hits are counted against.
        deviations: Gries' DP over documents and over clusters, by period and for all periods together; empty where it was not
            asked for.
        constant: The titles that were held nearly throughout, where a curve over them was asked for.
        level: Confidence of the intervals.
    """

    undated: pl.DataFrame
    widths: pl.DataFrame
    measure: Measure = WORDS
    deviations: pl.DataFrame = field(default_factory=pl.DataFrame)
    constant: ConstantTitles | None = None
    level: float = 0.95

    def chart(self, *, title: str = "") -> Spec | None:
        """Curves with their intervals; the line breaks where nothing was held."""
        from tendency.charts import rates_chart

        return rates_chart(
            self.table,
            title=title or self._title(),
            level=self.level,
            unit=self.measure.unit,
            columns=self.measure.columns,
            most=1.0 if self.measure == DOCUMENTS else None,
        )

    def _title(self) -> str:
        """What is drawn; the curves of one query in several parts do not name it themselves."""
        what = {
            "share": "Share of documents over time",
            "per_thousand": f"Rate over time, against {self.measure.denominator}",
        }.get(self.measure.column, "Rate over time")
        queries = self.table["query"].unique(maintain_order=True).to_list()
        if len(queries) == 1 and self.table["split"].n_unique() > 1:
            return f"“{queries[0]}”: {what[0].lower()}{what[1:]}"
        return what


def rates(
    tally: Tally,
    *,
    level: float = 0.95,
    reference: str | None = None,
    containing: Sequence[tuple[int, int]] | None = None,
    documents: int | None = None,
    smooth: int | None = None,
    parts: Parts | None = None,
) -> Rates:
    """Hits per million words with intervals, for every column of a tally.

    A rate is the sum of hits over the sum of words. Its interval is that of a negative binomial count
    whose shape follows from the coincidence of hits within clusters (see ``docs/methods/rates.md``): a
    period without text has no rate, one without a hit has the rate 0 and an upper limit.

    Args:
        tally: The counts.
        level: Confidence, between 0 and 1.
        reference: The tally's last column is a query of this name, which the hits of the others are counted against.
        containing: For shares of documents: the numbers of the columns of each query, its hits and the documents that contain
            it, from 0.
        documents: With it, the number of the column with every document.
        smooth: Add a centred moving rate over so many periods, an odd number.
        parts: The documents with hits, for dispersion.

    Raises:
        SettingError: A level that is none, or smoothing that cannot be centred.
    """
    check_level(level)
    if smooth is not None:
        check_smoothing(tally, smooth)
    measure = WORDS
    columns = [(column, column) for column in range(len(tally.columns))]
    if reference is not None:
        measure, columns = relative(reference), columns[:-1]
    elif containing is not None:
        measure, columns = DOCUMENTS, list(containing)
    against = {WORDS.column: 0, DOCUMENTS.column: 1 + (documents or 0)}.get(
        measure.column, len(tally.columns)
    )
    found = [_Found.of(tally, measure, hits, counted, against, level) for hits, counted in columns]
    spread, deviations = _dispersion(tally, parts, [one.hits for one in found])
    frames = []
    for one in found:
        frame = one.table(tally)
        if smooth is not None:
            frame = frame.with_columns(*one.smoothed(tally, smooth))
        if spread is not None:
            frame = frame.with_columns(*_deviations(spread, one.hits))
        frames.append(frame)
    table = pl.concat(frames) if frames else pl.DataFrame(schema=dict.fromkeys(PUBLIC, pl.Null))
    widths = [one.widths(tally) for one in found]
    return Rates(
        table,
        _recipe(tally, measure, level, smooth),
        undated_rows(tally, [one.hits for one in found]),
        pl.concat(widths) if widths else pl.DataFrame(),
        measure,
        deviations,
        level=level,
    )


def check_smoothing(tally: Tally, window: int) -> None:
    """Nothing, unless the periods of a tally cannot be smoothed."""
    check_window(window)
    if tally.grain in ("all", "eras"):
        raise SettingError(
            "smoothing needs periods of one length; count by day, week, month, quarter, year or decade."
        )


def _recipe(tally: Tally, measure: Measure, level: float, smooth: int | None) -> str:
    what = {"per_thousand": f"rate per {measure.denominator}", "share": "share of documents"}
    interval = f"ci:{'cluster' if tally.clusterings else ''}{round(100 * level)}"
    parts = [what.get(measure.column, "rate"), tally.recipe, interval]
    return "|".join([*parts, f"smooth:{smooth}"] if smooth is not None else parts)


@dataclass(frozen=True)
class _Found:
    """One query's limits.

    Attributes:
        measure: What it is counted against.
        hits: The number of the column with its hits, from 0.
        counted: That of the column with what is counted: hits, or documents that contain it.
        against: The number of what it is counted against, from 1; 0 for words.
        words: Limits of hits against words.
        own: Limits of the measure; the same where it counts against words.
    """

    measure: Measure
    hits: int
    counted: int
    against: int
    words: Widest
    own: Widest

    @classmethod
    def of(
        cls, tally: Tally, measure: Measure, hits: int, counted: int, against: int, level: float
    ) -> _Found:
        words = widest(tally, hits + 1, 0, level)
        own = words
        if measure.column == "per_thousand":
            own = widest(tally, counted + 1, against, level)
        elif measure.column == "share":
            from tendency.measures.shares import widest_share

            own = widest_share(tally, counted + 1, against, level)
        return cls(measure, hits, counted, against, words, own)

    def exposure(self, tally: Tally) -> NDArray[np.int64]:
        return exposure_of(tally, self.against)

    def table(self, tally: Tally) -> pl.DataFrame:
        """The public columns, those of the measure, and what stands beside."""
        frame = base_columns(tally, self.hits, self.words)
        exposure = self.exposure(tally)
        beside = [
            pl.Series("exposure", exposure.ravel(), dtype=pl.Int64),
            pl.Series("denominator", [self.measure.denominator] * exposure.size, dtype=pl.String),
        ]
        if self.own is self.words:
            return frame.with_columns(*beside)
        counted = tally.hits[:, :, self.counted]
        named = (tally.tokens > 0) & (exposure > 0)
        known = named & (self.own.interval != "none")
        note = notes(tally.tokens > 0, self.own.clusters, np.minimum(counted, exposure))
        share = self.measure.column == "share"
        if share:
            note = np.char.replace(note, "hits", "documents with hits")
        note = np.where((tally.tokens > 0) & (exposure == 0), "nothing to count against", note)
        over = np.maximum(exposure, 1)
        limits = (self.own.low, self.own.high) if share else (self.own.low / over, self.own.high / over)
        columns = [
            pl.Series(name, finite(self.measure.scale * values, mask), dtype=pl.Float64)
            for name, values, mask in zip(
                self.measure.columns, (counted / over, *limits), (named, known, known), strict=True
            )
        ]
        return frame.with_columns(
            pl.Series("clusters", self.own.clusters.ravel()),
            pl.Series("cluster", self.own.cluster.ravel()),
            pl.Series("interval", np.where(named, self.own.interval, "").ravel()),
            pl.Series("note", note.ravel()),
            pl.Series("too_few", np.char.startswith(note, "too few").ravel()),
            *beside,
            *columns,
        )

    def smoothed(self, tally: Tally, window: int) -> list[pl.Series]:
        """The centred moving rate, and over how many periods."""
        rate, over = moving_rate(tally.hits[:, :, self.counted], self.exposure(tally), window)
        return [
            pl.Series("smoothed", finite(self.measure.scale * rate), dtype=pl.Float64),
            pl.Series("smoothed_periods", over.ravel(), dtype=pl.Int64),
        ]

    def widths(self, tally: Tally) -> pl.DataFrame:
        """The interval by each clustering."""
        periods, splits = len(tally.periods), len(tally.splits)
        exposure = self.exposure(tally)
        held = exposure > 0
        over = np.ones_like(exposure) if self.measure.column == "share" else np.maximum(exposure, 1)
        most = 1e6 if self.measure is WORDS else np.inf
        return pl.concat(
            [
                pl.DataFrame(
                    {
                        "query": [tally.columns[self.hits]] * (periods * splits),
                        "period": labels([period.label for period in tally.periods], splits, 1),
                        "split": labels(tally.splits, 1, periods),
                        "cluster": [name] * (periods * splits),
                        "low": finite(self.measure.scale * low / over, held),
                        "high": finite(np.minimum(self.measure.scale * high / over, most), held),
                    },
                    schema_overrides={"low": pl.Float64, "high": pl.Float64},
                )
                for name, low, high in self.own.every
            ]
        )


def _dispersion(
    tally: Tally, parts: Parts | None, columns: Sequence[int]
) -> tuple[Deviation | None, pl.DataFrame]:
    """Gries' DP over documents for the table, and all of it; nothing where it was not asked for."""
    if parts is None:
        return None, pl.DataFrame()
    from tendency.measures.deviation import by_document, deviation_table

    return by_document(tally, parts), deviation_table(tally, parts, columns)


def _deviations(spread: Deviation, column: int) -> list[pl.Series]:
    found = {"dp": spread.dp, "dp_norm": spread.dp_norm, "top_document_share": spread.top_share}
    return [pl.Series(name, finite(values[:, column]), dtype=pl.Float64) for name, values in found.items()]


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


def undated_rows(tally: Tally, columns: Sequence[int]) -> pl.DataFrame:
    """What is not datable at this grain: ``query, split, documents, tokens, hits`` of some columns, from 0."""
    splits = len(tally.splits)
    return pl.DataFrame(
        {
            "query": labels([tally.columns[column] for column in columns], splits, 1),
            "split": labels(tally.splits, 1, len(columns)),
            "documents": np.tile(tally.undated.documents, len(columns)),
            "tokens": np.tile(tally.undated.tokens, len(columns)),
            "hits": tally.undated.hits[:, list(columns)].T.ravel(),
        },
        schema_overrides={"query": pl.String, "split": pl.String},
    )
