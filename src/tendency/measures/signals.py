"""Two signals in the same pages: whether two queries stand in the same documents more than chance, and move together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tendency.errors import SettingError
from tendency.measures.comoving import Comovements, comovement
from tendency.measures.dispersion import FEW_CLUSTERS, FEW_HITS, Floats, demand_clusters
from tendency.measures.families import holm
from tendency.measures.ranking import against_chance, refuse_overlap
from tendency.measures.rates import check_level, rates
from tendency.measures.result import Result
from tendency.measures.series import HALF
from tendency.tally import Eras, Near, Occurrences, Overlaps, Tally, Together, regrouped, tally

if TYPE_CHECKING:
    from tendency.charts import Spec
    from tendency.corpus import Deadline, Index, Query

MORE: Final = "in the same documents more than chance"
LESS: Final = "in the same documents less than chance"
CHANCE: Final = "no association that can be told from chance"
TOO_FEW: Final = "too few"

WITHIN: Final = 30
CLASSES: Final = (*(number / 10 for number in range(1, 10)), 0.95, 0.98)
"""Shares of the documents that are shorter than each class of lengths: finer where lengths differ most."""


@dataclass(frozen=True)
class Signals(Result):
    """Two signals in the same pages.

    Attributes:
        table: A row a split: ``first, second, split, documents, with_first, with_second, with_both``; ``expected`` (documents with both that
            chance would give, lengths being equal), ``odds_ratio`` with ``low, high`` (lengths being equal, by Mantel and Haenszel), ``crude``
            (the odds ratio whatever the lengths), ``p, p_family`` (over the splits); ``near`` (hits of the first within so many words of
            the second), ``near_ratio`` to chance in the same documents with ``near_low, near_high``; ``clusters, cluster``; ``moves`` (whether
            their rates move together), ``verdict`` (``in the same documents more than chance``, ``… less than chance``, ``no
            association that can be told from chance`` or ``too few``), ``note``.
        courses: The public table of rates of both.
        moves: How the two rates move together once trends are taken out, at each lag; None for a single period.
        quotations: The query for the places where both stand near each other, and that for documents with both.
        within: Words.
    """

    courses: pl.DataFrame
    moves: Comovements | None
    quotations: tuple[str, str]
    within: int

    @property
    def sentences(self) -> tuple[str, ...]:
        """A sentence a split."""
        return tuple(_sentence(row, self.within) for row in self.table.iter_rows(named=True))

    def chart(self, *, title: str = "") -> Spec | None:
        """Both courses, one below the other, and what is said of the documents with both."""
        from tendency.charts import signals_chart

        return signals_chart(self.courses, self.table, title=title or "Two signals in the same pages")


def signals_of(
    index: Index,
    queries: Mapping[str, Query],
    *,
    within: int = WITHIN,
    overlap: bool = False,
    by: str | Eras = "year",
    split: str | Mapping[str, str] | None = None,
    where: str | None = None,
    start: dt.date | None = None,
    end: dt.date | None = None,
    cluster: str | Sequence[str] | None = None,
    level: float = 0.95,
    executor: Executor | None = None,
    deadline: Deadline | None = None,
) -> Signals:
    """Two signals in the same pages of a corpus, or of each of its voices.

    Args:
        index: The corpus.
        queries: Two queries by name.
        within: Words between hits that stand near each other.
        overlap: The two may share words.
        by: The periods of the courses; this and the following as for ``tally``.
        split: The voices.
        where: Only documents for which this holds.
        start: Only documents dated from this day.
        end: Only documents dated before this day.
        cluster: What is independent of each other.
        level: Confidence of intervals and verdicts.
        executor: Does the work.
        deadline: When to give up.

    Raises:
        SettingError: Not two queries, or two that share words.
    """
    if len(queries) != 2:
        raise SettingError(f"two signals are asked of two queries, not {len(queries)}.")
    if within < 1:
        raise SettingError(f"{within} is no distance; give at least one word.")
    common: dict[str, Any] = {
        "split": split, "where": where, "start": start, "end": end, "cluster": cluster, "executor": executor, "deadline": deadline,
    }  # fmt: skip
    first, second = queries.items()
    if not overlap:
        shared = tally(index, [Overlaps((first, second))], by="all", only_counts=True, **common)
        refuse_overlap(index, shared, (first, second), deadline, "the two signals")
    bounds = lengths(index, where=where, start=start, end=end)
    beside = Near((("first", first[1]),), second[1], within, "document")
    whole = tally(index, [Together(first, second, bounds), beside], by="all", **common)
    courses = tally(index, [Occurrences(*first), Occurrences(*second)], by=by, **common)
    found = signals(whole, courses, within=within, level=level)
    a, b = (f"({query})" for query in queries.values())
    return replace(found, quotations=(f"{a} near/{within} {b} within doc", f"{a} near/1000 {b} within doc"))


def lengths(
    index: Index, *, where: str | None = None, start: dt.date | None = None, end: dt.date | None = None
) -> tuple[int, ...]:
    """Numbers of words that part the documents into classes of about as many."""
    from tendency.corpus import select

    masks = select(index, where=where, start=start, end=end).masks
    held = [
        np.asarray(segment.words, np.int64)[mask] for segment, mask in zip(index.segments, masks, strict=True)
    ]
    words = np.concatenate([np.empty(0, np.int64), *held])
    if not words.size:
        return ()
    return classes(words)


def classes(words: NDArray[np.int64]) -> tuple[int, ...]:
    """Numbers of words at which classes of lengths end."""
    at = np.quantile(words, CLASSES, method="nearest")
    return tuple(int(value) for value in np.unique(at) if value > words.min())


def signals(whole: Tally, courses: Tally, *, within: int = WITHIN, level: float = 0.95) -> Signals:
    """Two signals in the same pages, from tallies.

    Long documents contain everything: two words that have nothing to do with each other stand together in the long ones and are both absent from
    the short. Documents are therefore compared with those of about the same length, and the odds ratios of all classes are put together.
    Its error is that of whole clusters, by the delta method.

    Source: Mantel & Haenszel (1959), doi:10.1093/jnci/22.4.719; Robins, Breslow & Greenland (1986), doi:10.2307/2531052, for the
    estimator's error, here with clusters in place of their independent documents (Liang & Zeger 1986, doi:10.1093/biomet/73.1.13).

    Args:
        whole: Counts of ``Together``, then of ``Near`` for one item called ``first``, of one period.
        courses: Counts of both queries by period, split alike.
        within: Words, for the words.
        level: Confidence of intervals and verdicts.

    Raises:
        SettingError: Tallies that are split otherwise, or no two queries.
    """
    check_level(level)
    demand_clusters(whole)
    if len(courses.columns) != 2 or courses.splits != whole.splits:
        raise SettingError("two signals need courses of two queries, split as the documents are.")
    moves = _moves(courses, level)
    rows = [_Split(whole, courses, split, level).row(moves) for split in range(len(whole.splits))]
    family = holm([row["p"] for row in rows])  # type: ignore[misc]
    table = pl.DataFrame([_judged(row, p, level) for row, p in zip(rows, family, strict=True)], schema=_TABLE)
    recipe = f"signals|{courses.recipe}|near/{within}|ci:cluster{round(100 * level)}|seed:{courses.seed:016x}"
    shown = rates(courses, level=level).table
    return Signals(table, recipe, shown, moves[0] if moves else None, ("", ""), within)


def _moves(courses: Tally, level: float) -> list[Comovements]:
    """How the first moves with the second, a result a split; nothing without periods that follow one another."""
    if courses.grain in ("all", "eras") or len(courses.periods) < 2:
        return []
    found = []
    for split, name in enumerate(courses.splits):
        words = courses.tokens[:, split]
        held = np.flatnonzero(words > 0)
        beside = pl.DataFrame(
            {
                "start": [courses.periods[at].start for at in held],
                "end": [courses.periods[at].end for at in held],
                "value": np.log((courses.hits[held, split, 1] + HALF) / words[held]),
            },
            schema={"start": pl.Date, "end": pl.Date, "value": pl.Float64},
        )
        one = regrouped(courses.select(courses.columns[:1]), splits=[(name, [split])])
        found.append(comovement(one, beside, lags=0, level=level))
    tables = pl.concat([one.table for one in found])
    return [replace(found[0], table=tables)]


class _Split:
    """The documents of one split."""

    def __init__(self, whole: Tally, courses: Tally, split: int, level: float) -> None:
        self.whole, self.courses, self.split, self.level = whole, courses, split, level
        cells = [whole.columns.index(column) for column in whole.columns if column.startswith("length ")]
        self.columns = np.array(cells, np.int64)
        hits = (
            whole.hits[:, split, self.columns].sum(axis=0)
            if whole.periods
            else np.zeros(len(cells), np.int64)
        )
        self.cells = hits.reshape(-1, 4).astype(float)
        clustering = whole.clusterings[0]
        self.clusters = int(clustering.moments.clusters[:, split].sum()) if whole.periods else 0

    def row(self, moves: Sequence[Comovements]) -> dict[str, object]:
        """The row of the table, without what depends on all splits."""
        both, first, second, neither = self.cells.sum(axis=0)
        size = self.cells.sum(axis=1)
        one, other = self.cells[:, 0] + self.cells[:, 1], self.cells[:, 0] + self.cells[:, 2]
        expected = float(np.divide(one * other, size, out=np.zeros(size.size), where=size > 0).sum())
        name = self.whole.splits[self.split]
        moved = "" if not moves else _best(moves[0].table.filter(pl.col("split") == name))
        row: dict[str, object] = dict.fromkeys(_TABLE) | {
            "first": self.courses.columns[0],
            "second": self.courses.columns[1],
            "split": name,
            "documents": int(size.sum()),
            "with_first": int(both + first),
            "with_second": int(both + second),
            "with_both": int(both),
            "expected": expected,
            "crude": float(both * neither / (first * second)) if first * second else None,
            "clusters": self.clusters,
            "cluster": self.whole.clusterings[0].name,
            "moves": moved,
            "note": self._lacks(float(both + first), float(both + second), expected),
            **self._near(),
        }
        if row["note"]:
            return row
        return row | self._ratio()

    def _lacks(self, first: float, second: float, expected: float) -> str:
        lacks = []
        if min(first, second) < FEW_HITS:
            lacks.append(f"under {FEW_HITS} documents with one of them")
        if self.clusters < FEW_CLUSTERS:
            lacks.append(f"under {FEW_CLUSTERS} independent pieces of evidence")
        if not lacks and not self._parts()[2]:
            lacks.append("documents of like length never differ")
        return ", ".join(lacks)

    def _parts(self) -> tuple[Floats, Floats, bool]:
        """Products of the diagonals of each class over its documents, and whether both sides have any."""
        size = np.maximum(self.cells.sum(axis=1), 1)
        with_, without = (
            self.cells[:, 0] * self.cells[:, 3] / size,
            self.cells[:, 1] * self.cells[:, 2] / size,
        )
        return with_, without, bool(with_.sum() + without.sum() > 0)

    def _ratio(self) -> dict[str, object]:
        """The common odds ratio, its interval and its p value."""
        from scipy.special import stdtr, stdtrit

        above, below, _ = self._parts()
        # Half a document in place of none keeps a ratio finite where no class has a pair of the one kind.
        a, b, c, d = np.maximum(self.cells.sum(axis=0), HALF)
        up, down = (
            float(part.sum()) or float(whole / self.cells.sum())
            for part, whole in ((above, a * d), (below, b * c))
        )
        value = float(np.log(up / down))
        error = self._error(up, down, above, below)
        freedom = max(self.clusters - 1, 1)
        reach = float(stdtrit(freedom, (1 + self.level) / 2)) * error
        p = float(2 * stdtr(freedom, -abs(value) / error)) if error > 0 else 1.0
        low, high = value - reach, value + reach
        return {
            "odds_ratio": float(np.exp(value)),
            "low": float(np.exp(low)),
            "high": float(np.exp(high)),
            "p": p,
        }

    def _error(self, up: float, down: float, above: Floats, below: Floats) -> float:
        """Standard error of the logarithm, whole clusters taken as independent; never under that of independent documents."""
        size = np.maximum(self.cells.sum(axis=1), 1)
        a, b, c, d = self.cells.T
        slope = np.stack(
            [
                (d / size - above / size) / up + below / size / down,
                -above / size / up - (c / size - below / size) / down,
                -above / size / up - (b / size - below / size) / down,
                (a / size - above / size) / up + below / size / down,
            ],
            axis=1,
        ).ravel()  # fmt: skip
        at = self.columns + 1
        products = self.whole.products[:, self.split][:, at][:, :, at].sum(axis=0).astype(float)
        by_cluster = float(slope @ products @ slope) * self.clusters / max(self.clusters - 1, 1)
        # With no document in a cell the slope says nothing: each of the four has at least half of one.
        total = self.cells.sum(axis=0)
        alone = float((slope**2 * self.cells.ravel()).sum())
        least = float((1 / np.maximum(total, HALF)).sum()) if (total == 0).any() else 0.0
        return float(np.sqrt(max(by_cluster, alone, least)))

    def _near(self) -> dict[str, object]:
        """Hits of the first near the second, against chance in the same documents."""
        every, beside, chance = (self.whole.column(column) for column in Near.names("first"))
        if not self.whole.periods:
            return {"near": 0}
        found = against_chance(self.whole, every, beside, chance, self.level)
        near = {"near": int(self.whole.hits[0, self.split, beside])}
        names = (("near_ratio", "ratio"), ("near_low", "ratio_low"), ("near_high", "ratio_high"))
        return near | {name: _known(found[key][0, self.split]) for name, key in names}


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _best(table: pl.DataFrame) -> str:
    """The verdict of the way of taking trends out that speaks most against chance."""
    if table.is_empty():
        return ""
    return str(table.sort(pl.col("p_family").fill_null(2.0))["verdict"][0])


def _judged(row: dict[str, object], p: float | None, level: float) -> dict[str, object]:
    if p is None:
        return row | {"verdict": TOO_FEW}
    ratio = float(row["odds_ratio"])  # type: ignore[arg-type]
    verdict = CHANCE if p > 1 - level else MORE if ratio > 1 else LESS
    return row | {"p_family": p, "verdict": verdict}


def _sentence(row: Mapping[str, Any], within: int) -> str:
    head = f"“{row['first']}” and “{row['second']}”" + ("" if row["split"] == "all" else f", {row['split']}")
    counted = f"{row['with_both']:,} of {row['documents']:,} documents have both"
    if row["verdict"] == TOO_FEW:
        return f"{head}: too few to say whether they stand in the same documents ({counted}; {row['note']})."
    said = (
        f"{head}: {row['verdict']} ({counted}, {row['expected']:,.0f} by chance in documents as long; odds ratio {row['odds_ratio']:.2g}, "
        f"{row['low']:.2g} to {row['high']:.2g}"
    )
    near = ""
    if row["near_ratio"] is not None and row["near_low"] is not None:
        near = f"; within {within} words {row['near']:,} times, {row['near_ratio']:.2g} times chance, {row['near_low']:.2g} to {row['near_high']:.2g}"
    moves = {
        "moves with it": " From period to period their rates move together.",
        "moves against it": " From period to period their rates move against each other.",
    }.get(row["moves"], "")
    return f"{said}{near}).{moves}"


_TABLE: Final[dict[str, Any]] = {
    "first": pl.String,
    "second": pl.String,
    "split": pl.String,
    "documents": pl.Int64,
    "with_first": pl.Int64,
    "with_second": pl.Int64,
    "with_both": pl.Int64,
    "expected": pl.Float64,
    "odds_ratio": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "crude": pl.Float64,
    "p": pl.Float64,
    "p_family": pl.Float64,
    "near": pl.Int64,
    "near_ratio": pl.Float64,
    "near_low": pl.Float64,
    "near_high": pl.Float64,
    "clusters": pl.Int64,
    "cluster": pl.String,
    "moves": pl.String,
    "verdict": pl.String,
    "note": pl.String,
}
