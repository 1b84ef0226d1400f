"""Polemics: who names whom beside hostile words, standpoint by opponent, against chance."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from tendency.errors import SettingError
from tendency.measures.dispersion import Floats, notes, widest
from tendency.measures.families import holm
from tendency.measures.joint import Joint, Quantity
from tendency.measures.ranking import against_chance, refuse_overlap
from tendency.measures.rates import check_level
from tendency.measures.result import Result
from tendency.tally import FIXED, Eras, Near, Overlaps, Scope, Tally, tally

if TYPE_CHECKING:
    from tendency.charts import Spec
    from tendency.corpus import Deadline, Index, Query

MORE: Final = "more than chance"
LESS: Final = "less than chance"
CHANCE: Final = "not to be told from chance"
ITSELF: Final = "names itself"
TOO_FEW: Final = "too few"

WITHIN: Final = 12


@dataclass(frozen=True)
class Polemics(Result):
    """Who names whom beside hostile words.

    Attributes:
        table: A row a period × standpoint × opponent: ``query`` (the opponent), ``period, start, end, split`` (the standpoint), ``documents,
            tokens, hits`` (of the opponent), ``near`` (of them beside hostile words), ``share`` (of all its hits), ``expected`` (the share that
            chance would give), ``ratio`` of the two with ``low`` and ``high``, ``rank`` (1 is whom the standpoint names so most against chance)
            with ``rank_low, rank_high``, ``p`` (that chance differs as much) and ``p_family`` (over the matrix), ``clusters, cluster,
            itself`` (the standpoint's own name), ``verdict`` (``more than chance``, ``less than chance``, ``not to be told from chance``, ``names
            itself`` or ``too few``), ``note``. Own names and what is too few have no rank and are in no family.
        hostile: The hostile query, as written.
        within: Words.
    """

    hostile: str
    within: int

    @property
    def sentences(self) -> tuple[str, ...]:
        """A sentence a period and standpoint that has text."""
        rows = self.table.to_dicts()
        groups = dict.fromkeys((row["period"], row["split"]) for row in rows)
        several = len({period for period, _ in groups}) > 1
        said = (
            _sentence([row for row in rows if (row["period"], row["split"]) == group], several)
            for group in groups
        )
        return tuple(one for one in said if one)

    def chart(self, *, title: str = "") -> Spec | None:
        """The matrix: a row a standpoint, a column an opponent, in each cell the ratio to chance."""
        from tendency.charts import matrix_chart

        if self.table.is_empty():
            return None
        return matrix_chart(self.table, title=title or "Who names whom beside hostile words")


def polemics_of(
    index: Index,
    opponents: Mapping[str, Query],
    hostile: Query,
    *,
    split: str | Mapping[str, str] | None = None,
    within: int = WITHIN,
    scope: Scope = "sentence",
    overlap: bool = False,
    own: Mapping[str, str] | None = None,
    by: str | Eras = "all",
    where: str | None = None,
    start: dt.date | None = None,
    end: dt.date | None = None,
    cluster: str | Sequence[str] | None = None,
    level: float = 0.95,
    executor: Executor | None = None,
    deadline: Deadline | None = None,
) -> Polemics:
    """Who names whom beside hostile words, from a corpus.

    Args:
        index: The corpus.
        opponents: Query by name.
        hostile: The hostile words.
        split: The standpoints: a field, or filters by name.
        within: At most so many words away.
        scope: In the same sentence, or anywhere in the document.
        overlap: Opponents may share words with each other or with the hostile words.
        own: The opponent that is a standpoint's own name, by standpoint; by default the one that is called as it is.
        by: The periods; this and the following as for ``tally``.
        where: Only documents for which this holds.
        start: Only documents dated from this day.
        end: Only documents dated before this day.
        cluster: What is independent of each other.
        level: Confidence of the intervals and of the verdicts.
        executor: Does the work.
        deadline: When to give up.

    Raises:
        SettingError: No opponent, a distance that is none, or queries that share words.
    """
    if not opponents:
        raise SettingError("who names whom is asked of at least one opponent; give a name and a query.")
    if within < 1:
        raise SettingError(f"{within} is no distance; give at least one word.")
    pairs = tuple(opponents.items())
    common: dict[str, Any] = {
        "split": split, "where": where, "start": start, "end": end, "cluster": cluster, "executor": executor, "deadline": deadline,
    }  # fmt: skip
    if not overlap:
        everything = (*pairs, ("the hostile words", hostile))
        shared = tally(index, [Overlaps(everything)], by="all", only_counts=True, **common)
        refuse_overlap(index, shared, everything, deadline, "opponents and hostile words")
    counted = tally(index, [Near(pairs, hostile, within, scope)], by=by, **common)
    return polemics(counted, tuple(opponents), hostile=str(hostile), within=within, own=own, level=level)


def polemics(
    tally: Tally,
    opponents: Sequence[str],
    *,
    hostile: str = "",
    within: int = WITHIN,
    own: Mapping[str, str] | None = None,
    level: float = 0.95,
) -> Polemics:
    """Who names whom beside hostile words, from a tally of ``Near`` split by standpoint.

    A cell holds how often hits of an opponent stand near hostile words, over how often they would if the same hits fell at random in the same
    documents: one who is named more, or by a voice that is hostile throughout, has no larger ratio for that. Its interval and its p
    value are those of a negative binomial count with the burstiness of the clusters; p values are corrected over
    the cells of a period (Holm).

    Args:
        tally: The counts.
        opponents: Their names, in order.
        hostile: The hostile query, for the words.
        within: Words, for the words.
        own: The opponent that is a standpoint's own name, by standpoint; by default the one that is called as it is.
        level: Confidence.

    Raises:
        SettingError: A level that is none, or a column that is not there.
    """
    check_level(level)
    own = {name: name for name in tally.splits} if own is None else own
    cells = [_Cells(tally, name, own, level) for name in opponents]
    joint = Joint(tally)
    rows: list[dict[str, object]] = []
    for period in range(len(tally.periods)):
        block: list[dict[str, object]] = []
        for split in range(len(tally.splits)):
            line = [one.row(period, split) for one in cells]
            _rank(joint, cells, period, split, line, level)
            block += line
        family = holm([row["p"] if row["verdict"] is None else None for row in block])  # type: ignore[misc]
        rows += [_judged(row, p, level) for row, p in zip(block, family, strict=True)]
    recipe = f"polemics|{tally.recipe}|hostile:{hostile}|near/{within}|ci:cluster{round(100 * level)}|seed:{tally.seed:016x}"
    return Polemics(pl.DataFrame(rows, schema=_TABLE), recipe, hostile, within)


class _Cells:
    """One opponent in every period and standpoint."""

    def __init__(self, tally: Tally, name: str, own: Mapping[str, str], level: float) -> None:
        self.tally, self.name, self.own = tally, name, own
        self.every, self.near, self.chance = (tally.column(column) for column in Near.names(name))
        self.ratio = against_chance(tally, self.every, self.near, self.chance, level)
        self.found = widest(tally, self.near + 1, self.chance + 1)
        held, hits = tally.tokens > 0, tally.hits[:, :, self.every]
        self.notes = notes(held, self.found.clusters, hits)

    def row(self, period: int, split: int) -> dict[str, object]:
        """A row without rank and verdict, unless nothing can be told."""
        tally, at = self.tally, (period, split)
        one = tally.periods[period]
        note = str(self.notes[at])
        chance = self.tally.hits[(*at, self.chance)] / FIXED
        if not note and (chance <= 0 or self.found.interval[at] == "none"):
            note = (
                "no hostile words in the documents that name it"
                if chance <= 0
                else "nothing to tell chance from"
            )
        itself = self.own.get(tally.splits[split]) == self.name
        p = None if note else self._p(period, split, chance)
        figures = {
            key: _known(self.ratio[column][at])
            for key, column in (
                ("share", "share"),
                ("expected", "expected"),
                ("ratio", "ratio"),
                ("low", "ratio_low"),
                ("high", "ratio_high"),
            )
        }
        return dict.fromkeys(_TABLE) | {
            "query": self.name,
            "period": one.label,
            "start": one.start,
            "end": one.end,
            "split": tally.splits[split],
            "documents": int(tally.documents[at]),
            "tokens": int(tally.tokens[at]),
            "hits": int(tally.hits[(*at, self.every)]),
            "near": int(tally.hits[(*at, self.near)]),
            "p": p,
            "clusters": int(self.found.clusters[at]),
            "cluster": str(self.found.cluster[at]),
            "itself": itself,
            "verdict": TOO_FEW if note else ITSELF if itself else None,
            "note": note,
            **figures,
        }

    def _p(self, period: int, split: int, chance: float) -> float:
        """That a count as far from chance arises by chance, both sides."""
        from scipy.special import betainc, gammainc

        hits, shape = float(self.tally.hits[period, split, self.near]), float(self.found.shape[period, split])
        part = (
            gammainc(hits + 0.5, chance)
            if shape >= 1e8
            else betainc(hits + 0.5, shape, chance / (chance + shape))
        )
        return float(min(1.0, 2 * min(part, 1 - part)))


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _rank(
    joint: Joint,
    cells: Sequence[_Cells],
    period: int,
    split: int,
    line: Sequence[dict[str, object]],
    level: float,
) -> None:
    """Ranks of one standpoint's opponents, written into its rows."""
    chosen = [number for number, row in enumerate(line) if row["verdict"] is None]
    if not chosen:
        return
    pairs = [(cells[number].near + 1, cells[number].chance + 1) for number in chosen]
    ratios = np.array([line[number]["ratio"] for number in chosen], float)
    drawn = joint.sample(
        split,
        [Quantity(period, near, chance) for near, chance in pairs],
        joint.correlation_within(split, pairs),
        salt=period,
    )
    low, high = _limits(drawn, level)
    for place, number in enumerate(chosen):
        line[number]["rank"] = int((ratios > ratios[place]).sum()) + 1
        line[number]["rank_low"], line[number]["rank_high"] = int(low[place]), int(high[place])


def _limits(drawn: Floats, level: float) -> tuple[Floats, Floats]:
    places = np.argsort(np.argsort(-drawn, axis=1, kind="stable"), axis=1) + 1
    tail = (1 - level) / 2
    return (
        np.quantile(places, tail, axis=0, method="inverted_cdf"),
        np.quantile(places, 1 - tail, axis=0, method="inverted_cdf"),
    )


def _judged(row: dict[str, object], p: float | None, level: float) -> dict[str, object]:
    if row["verdict"] is not None or p is None:
        return row
    ratio = row["ratio"]
    told = p <= 1 - level and isinstance(ratio, float)
    verdict = CHANCE if not told else MORE if ratio > 1 else LESS  # type: ignore[operator]
    return row | {"p_family": p, "verdict": verdict}


def _sentence(rows: Sequence[Mapping[str, Any]], several: bool) -> str:
    """What one standpoint does in one period."""
    first = rows[0]
    if not first["tokens"]:
        return ""
    when = f", {first['period']}" if several else ""
    ranked = sorted(
        (row for row in rows if row["rank"] is not None), key=lambda row: (row["rank"], row["query"])
    )
    parts = [_said(row) for row in ranked]
    own = [f"itself {_figures(row)}" for row in rows if row["verdict"] == ITSELF]
    few = [row["query"] for row in rows if row["verdict"] == TOO_FEW]
    if few:
        parts.append(f"too few to say of {', '.join(few)}")
    return f"{first['split']}{when}: {'; '.join([*parts, *own])}."


def _said(row: Mapping[str, Any]) -> str:
    beside = {
        MORE: "beside hostile words more than chance",
        LESS: "beside hostile words less than chance",
    }.get(row["verdict"], "beside hostile words no more or less than chance, as far as can be told")
    return f"{row['query']} is named {beside} {_figures(row)}"


def _figures(row: Mapping[str, Any]) -> str:
    if row["ratio"] is None:
        return f"({row['near']:,} of {row['hits']:,} hits)"
    between = "" if row["low"] is None or row["high"] is None else f", {row['low']:.2g} to {row['high']:.2g}"
    return f"({row['near']:,} of {row['hits']:,} hits, {row['ratio']:.2g} times chance{between})"


_TABLE: Final[dict[str, Any]] = {
    "query": pl.String,
    "period": pl.String,
    "start": pl.Date,
    "end": pl.Date,
    "split": pl.String,
    "documents": pl.Int64,
    "tokens": pl.Int64,
    "hits": pl.Int64,
    "near": pl.Int64,
    "share": pl.Float64,
    "expected": pl.Float64,
    "ratio": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "rank": pl.Int64,
    "rank_low": pl.Int64,
    "rank_high": pl.Int64,
    "p": pl.Float64,
    "p_family": pl.Float64,
    "clusters": pl.Int64,
    "cluster": pl.String,
    "itself": pl.Boolean,
    "verdict": pl.String,
    "note": pl.String,
}
