"""Silence: what a voice does not name, told apart from what was lost and from too little text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from tendency.measures.dispersion import FEW_HITS, PRIOR, Floats, ratio_of, widest
from tendency.measures.families import holm
from tendency.measures.holdings import ENOUGH, Holding, holdings
from tendency.measures.rates import check_level
from tendency.measures.result import Result
from tendency.tally import Eras, Period, Tally, regrouped, tally

if TYPE_CHECKING:
    from tendency.corpus import Deadline, Index, Query

SILENT: Final = "silent while others name it"
NAMES: Final = "names it"
TOO_LITTLE: Final = "too little text to call it silence"
NOTHING_HELD: Final = "nothing held"
NOT_TOLD: Final = "cannot be told"

Held = Callable[[str, Period], float | None]
"""The share of a voice's expected issues that is held in a period; None where it is not known what should exist."""

LEAST_OTHERS: Final = 2
_PRIOR_BETWEEN: Final = 0.5
"""Squared coefficient of variation of voices' rates that is assumed where few of them can show it."""
_PRIOR_FREEDOM: Final = 4.0
"""So many further voices the assumption weighs."""
_NODES: Final = 64


@dataclass(frozen=True)
class Silences(Result):
    """Which voices are silent about what others name.

    Attributes:
        table: A row a query × voice × period: ``query, split, period, start, end, documents, tokens, hits``; ``held`` (share of its expected issues,
            None where it is not known what should exist), ``others_hits, others_tokens, others_per_million, others`` (how many other
            voices have text); ``expected`` (hits that as much text of the others would have), ``p`` (that as much text of another
            such voice would also be silent), ``p_family`` (over the table), ``verdict`` (``silent while others name it``, ``names it``,
            ``too little text to call it silence``, ``nothing held`` or ``cannot be told``), ``note``. Where the voice has hits, or others
            hardly any, ``p`` is None.
    """

    @property
    def sentences(self) -> tuple[str, ...]:
        """A sentence a row in which the voice has no hit."""
        rows = self.table.filter(pl.col("verdict") != NAMES).to_dicts()
        return tuple(_sentence(row) for row in rows)


def silences_of(
    index: Index,
    queries: Mapping[str, Query],
    *,
    split: str | Mapping[str, str],
    expected: Sequence[Holding] | None = None,
    field: str | None = None,
    by: str | Eras = "all",
    where: str | None = None,
    start: dt.date | None = None,
    end: dt.date | None = None,
    cluster: str | Sequence[str] | None = None,
    level: float = 0.95,
    executor: Executor | None = None,
    deadline: Deadline | None = None,
) -> Silences:
    """Which voices of a corpus are silent about queries that others name.

    Args:
        index: The corpus.
        queries: Query by name.
        split: The voices: a field, or filters by name.
        expected: What should exist; None infers how often each publication appears.
        field: The field of publications; ``publication``, else ``newspaper``, by default.
        by: The periods; this and the following as for ``tally``.
        where: Only documents for which this holds.
        start: Only documents dated from this day.
        end: Only documents dated before this day.
        cluster: What is independent of each other within a voice; by default the document.
        level: Confidence of the verdict.
        executor: Does the work.
        deadline: When to give up.

    Raises:
        SettingError: No field of publications, or holdings that contradict each other.
    """
    common: dict[str, Any] = {
        "by": by, "where": where, "start": start, "end": end, "executor": executor, "deadline": deadline,
    }  # fmt: skip
    counted = tally(index, queries, split=split, cluster=cluster or "document", **common)
    exist = holdings(index, expected, field=field, where=where, start=start, end=end)
    names = exist.publications["field"].drop_nulls().unique().sort().to_list()
    members = {voice: _publications(index, voice, split, names, common) for voice in counted.splits}

    def held(voice: str, period: Period) -> float | None:
        return exist.held_share(period.start, period.end, members[voice])

    return silences(counted, held, level=level)


def _publications(
    index: Index, voice: str, split: str | Mapping[str, str], fields: Sequence[str], common: Mapping[str, Any]
) -> list[str]:
    """The publications that have a document in a voice."""
    if isinstance(split, str):
        if split in fields:
            return [voice]
        chosen = f"`{split}` = '" + voice.replace("'", "''") + "'"
    else:
        chosen = split[voice]
    where = f"({common['where']}) AND ({chosen})" if common["where"] else chosen
    asked = dict(common) | {"by": "all", "where": where}
    found: list[str] = []
    for name in fields:
        found += tally(index, {}, split=name, only_counts=True, **asked).splits
    return found


def silences(tally: Tally, held: Held | None = None, *, level: float = 0.95) -> Silences:
    """Which voices, the splits of a tally, are silent about its columns while others name them.

    A voice without a hit is silent in a period only where at least 80 % of its expected issues were held, and where as much text of another
    voice like the others would hardly be silent too. That probability is a negative binomial's: its mean is the others' rate times the
    words of the voice; its dispersion has the burstiness of documents, the variation between voices, which is itself known only as well as there are
    voices to show it, and the error of the others' rate. Silence is that of print, and says nothing of its cause.

    Source: Church & Gale (1995), doi:10.1017/S1351324900000139, for negative binomial counts of words; Gelman et al., Bayesian Data
    Analysis, section 3.2, for a variance of which few values tell.

    Args:
        tally: The counts by voice; its clusters should be finer than a voice, such as documents.
        held: What is held of what should exist; None is not known.
        level: Confidence, over all voices, periods and columns.
    """
    check_level(level)
    rows = [row for column in range(len(tally.columns)) for row in _Column(tally, column).rows(held)]
    family = holm([row["p"] if row["verdict"] is None else None for row in rows])  # type: ignore[misc]
    judged = [_judged(row, p, level) for row, p in zip(rows, family, strict=True)]
    recipe = f"silence|{tally.recipe}|held:{round(100 * ENOUGH)}|ci:{round(100 * level)}"
    return Silences(pl.DataFrame(judged, schema=_TABLE), recipe)


class _Column:
    """One query in all voices."""

    def __init__(self, tally: Tally, column: int) -> None:
        self.tally, self.column = tally, column
        self.words = tally.tokens.astype(float)
        self.hits = tally.hits[:, :, column].astype(float)
        if not tally.periods or not tally.clusterings:
            self.bursts = np.zeros(len(tally.periods))
        else:
            everyone = regrouped(tally, splits=[("all", range(len(tally.splits)))])
            self.bursts = widest(everyone, column + 1).burstiness[:, 0]
        self.concentration = self._concentration()

    def _concentration(self) -> Floats:
        """Sum of the squared shares of a voice's clusters in its words, (periods, splits)."""
        shape = self.tally.tokens.shape
        if not self.tally.clusterings:
            return np.ones(shape)
        squares = self.tally.products[:, :, 0, 0]
        return ratio_of(squares, self.tally.tokens.astype(object) ** 2)

    def rows(self, held: Held | None) -> list[dict[str, object]]:
        """A row a voice and period; without a verdict where it depends on p."""
        return [
            self._row(period, split, held)
            for split in range(len(self.tally.splits))
            for period in range(len(self.tally.periods))
        ]

    def _row(self, period: int, split: int, held: Held | None) -> dict[str, object]:
        tally, one = self.tally, self.tally.periods[period]
        others = np.array(
            [other for other in np.flatnonzero(tally.tokens[period] > 0).tolist() if other != split], np.int64
        )
        words, hits = (
            int(tally.tokens[period, others].sum()),
            int(tally.hits[period, others, self.column].sum()),
        )
        share = None if held is None else held(tally.splits[split], one)
        row: dict[str, object] = dict.fromkeys(_TABLE) | {
            "query": tally.columns[self.column],
            "split": tally.splits[split],
            "period": one.label,
            "start": one.start,
            "end": one.end,
            "documents": int(tally.documents[period, split]),
            "tokens": int(tally.tokens[period, split]),
            "hits": int(tally.hits[period, split, self.column]),
            "held": share,
            "others": int(others.size),
            "others_hits": hits,
            "others_tokens": words,
            "others_per_million": 1e6 * hits / words if words else None,
            "expected": hits / words * int(tally.tokens[period, split]) if words else None,
            "note": "",
        }
        if row["hits"]:
            return row | {"verdict": NAMES}
        if not row["tokens"]:
            return row | {"verdict": NOTHING_HELD}
        note = self._lacks(share, others.size, hits)
        if note:
            return row | {"verdict": NOT_TOLD, "note": note}
        return row | {"p": self._p(period, split, others)}

    def _lacks(self, share: float | None, others: int, hits: int) -> str:
        """Why it cannot be told, or nothing."""
        if share is None:
            return "it is not known what should exist"
        if share < ENOUGH:
            return f"{100 * share:.0f} % of its expected issues are held"
        if others < LEAST_OTHERS:
            return f"under {LEAST_OTHERS} other voices have text"
        return f"under {FEW_HITS} hits in all other voices" if hits < FEW_HITS else ""

    def _p(self, period: int, split: int, others: np.ndarray[Any, np.dtype[np.int64]]) -> float:
        """That as much text of another voice like these would have no hit."""
        from scipy.special import chdtri

        words, hits = self.words[period, others], self.hits[period, others]
        bursts, concentration = float(self.bursts[period]), self.concentration[period]
        rate = hits.sum() / words.sum()
        mean = rate * words
        # What the voices differ by beyond what their documents' bursts give them.
        beyond = (
            ((hits - mean) ** 2).sum() * others.size / (others.size - 1)
            - mean.sum()
            - bursts * (mean**2 * concentration[others]).sum()
        )
        seen = max(float(beyond / (mean**2).sum()), 0.0)
        freedom = others.size - 1 + _PRIOR_FREEDOM
        scale = _PRIOR_FREEDOM * _PRIOR_BETWEEN + (others.size - 1) * seen
        between = scale / chdtri(freedom, (np.arange(_NODES) + 0.5) / _NODES)
        shares = words / words.sum()
        error = (
            1 / hits.sum() + bursts * (shares**2 * concentration[others]).sum() + between * (shares**2).sum()
        )
        spread = np.minimum(bursts * concentration[split] + between + error, 20 * PRIOR)
        return float(np.mean(np.exp(-np.log1p(spread * rate * self.words[period, split]) / spread)))


def _judged(row: dict[str, object], p: float | None, level: float) -> dict[str, object]:
    if row["verdict"] is not None or p is None:
        return row
    return row | {"p_family": p, "verdict": SILENT if p <= 1 - level else TOO_LITTLE}


def _sentence(row: Mapping[str, Any]) -> str:
    head = f"{row['split']}, {row['period']}: “{row['query']}”"
    if row["verdict"] == NOTHING_HELD:
        return f"{head}: nothing held."
    text = f"{row['documents']:,} documents, {row['tokens']:,} words"
    if row["verdict"] == NOT_TOLD:
        return f"{head} is not named in what is held ({text}); whether it was silent cannot be told: {row['note']}."
    others = f"others name it {row['others_per_million']:,.3g} times per million words ({row['others_hits']:,} hits in {row['others']:,} voices)"
    chance = f"as much text of others would be silent with probability {row['p']:.2g}"
    if row["verdict"] == SILENT:
        return f"{head}: silent while others name it ({chance}; {others}; {text}; {100 * row['held']:.0f} % of its expected issues are held)."
    return (
        f"{head} is not named, but that is too little text to call it silence ({chance}; {others}; {text})."
    )


_TABLE: Final[dict[str, Any]] = {
    "query": pl.String,
    "split": pl.String,
    "period": pl.String,
    "start": pl.Date,
    "end": pl.Date,
    "documents": pl.Int64,
    "tokens": pl.Int64,
    "hits": pl.Int64,
    "held": pl.Float64,
    "others": pl.Int64,
    "others_hits": pl.Int64,
    "others_tokens": pl.Int64,
    "others_per_million": pl.Float64,
    "expected": pl.Float64,
    "p": pl.Float64,
    "p_family": pl.Float64,
    "verdict": pl.String,
    "note": pl.String,
}
