"""Ranks: which of several items is named most often, how sure that is, and what it hangs on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tendency.errors import SettingError
from tendency.measures.dispersion import FEW_CLUSTERS, FEW_HITS, Floats, finite, limits
from tendency.measures.joint import DRAWS, Joint, Quantity
from tendency.measures.rates import base_columns, check_level
from tendency.measures.result import Result
from tendency.tally import (
    FIXED,
    SEVERAL_NAMED,
    Counter,
    Eras,
    FirstMention,
    Near,
    Occurrences,
    Overlaps,
    Scope,
    Tally,
    tally,
)

if TYPE_CHECKING:
    from tendency.charts import Spec
    from tendency.corpus import Deadline, Index, Query

CERTAIN: Final = 0.9
"""An item is named most often only where the probability of that is at least this."""

FIRST: Final = "first"
FIRST_BY_LIST: Final = "first by this list of words only"
NOT_DECIDED: Final = "not decided"
TOO_FEW: Final = "too few"
SPELLINGS: Final = 20

Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Checks:
    """The same ranking counted otherwise, to see what a first place hangs on.

    Attributes:
        without: For each item, hits without one of its spellings: (spelling, counts of shape (periods, splits)).
        first_mentions: Documents that name the item first among several, (periods, splits, items), or None.
        naming_several: Documents that name at least two of the items, (periods, splits), or None.
    """

    without: Mapping[str, tuple[tuple[str, Counts], ...]]
    first_mentions: Counts | None = None
    naming_several: Counts | None = None


@dataclass(frozen=True)
class Ranking(Result):
    """Items in order, for each period × split.

    Attributes:
        table: The public columns, then clusters, cluster, interval, note, ``too_few``; ``rank`` (1 is most often;
            equals share a rank; null where nothing was held or no item was named), ``rank_low`` and
            ``rank_high``, ``p_first``; ``rank_by_documents``, ``first_mentions``, ``rank_by_first_mention``;
            for the item with rank 1 a ``verdict`` and what it was ``broken_by``. A ranking near something
            counts the hits near it under ``hits`` and adds ``all_hits``, ``share``, ``expected`` (share),
            ``ratio``, ``ratio_low`` and ``ratio_high``.
        near: What the items must stand near, or None.
    """

    near: str | None = None

    def chart(self, *, title: str = "") -> Spec | None:
        """Ranks over time with their intervals, and the probability of being first."""
        from tendency.charts import rank_chart

        named = (
            "Which is named most often"
            if self.near is None
            else f"Which is named most often beside {self.near}"
        )
        return rank_chart(self.table, title=title or named)


def rank_items(
    index: Index,
    items: Mapping[str, Query],
    *,
    near: Query | None = None,
    within: int = 12,
    scope: Scope = "sentence",
    overlap: bool = False,
    by: str | Eras = "year",
    split: str | Mapping[str, str] | None = None,
    where: str | None = None,
    start: dt.date | None = None,
    end: dt.date | None = None,
    cluster: str | Sequence[str] | None = None,
    level: float = 0.8,
    executor: Executor | None = None,
    deadline: Deadline | None = None,
) -> Ranking:
    """The order of items by how often they are named, with everything that may upset it.

    Args:
        index: The corpus.
        items: Query by name, at least two.
        near: Only hits that stand near a hit of this are counted.
        within: How many words away at most.
        scope: In the same sentence, as ``near`` in a query, or anywhere in the document.
        overlap: Items may share tokens with each other or with ``near``.
        by: The periods; this and the following as for ``tally``.
        split: What splits the documents.
        where: Only documents for which this holds.
        start: Only documents dated from this day.
        end: Only documents dated before this day.
        cluster: What is independent of each other.
        level: Coverage of the interval of the rank.
        executor: Does the work.
        deadline: When to give up.

    Raises:
        SettingError: Fewer than two items, or items that share tokens.
    """
    if len(items) < 2:
        raise SettingError(f"a ranking needs at least two items, not {len(items)}.")
    named = tuple(items.items())
    common = {
        "split": split,
        "where": where,
        "start": start,
        "end": end,
        "cluster": cluster,
        "executor": executor,
        "deadline": deadline,
    }

    def ask(counters: Sequence[Counter], *, only_counts: bool = False, by: str | Eras = by) -> Tally:
        return tally(index, counters, by=by, only_counts=only_counts, **common)  # type: ignore[arg-type]

    if not overlap:
        everything = named if near is None else (*named, ("what they must stand near", near))
        shared = ask([Overlaps(everything)], only_counts=True, by="all")
        refuse_overlap(index, shared, everything, deadline)

    def counter(pairs: tuple[tuple[str, Query], ...]) -> list[Counter]:
        if near is None:
            return [Occurrences(name, query) for name, query in pairs]
        return [Near(pairs, near, within, scope)]

    main = ask(counter(named))
    leading = _leaders(main, [name if near is None else Near.names(name)[1] for name in items])
    spelled = [
        (name, spelling.label, spelling.without)
        for number, (name, query) in enumerate(named)
        if number in leading
        for spelling in query.spellings(index, SPELLINGS)
    ]
    # By number: a word and a form of a wildcard beside it may be spelled alike.
    variants = tuple((f"{number}\x1f{label}", without) for number, (_, label, without) in enumerate(spelled))
    others = ask([*counter(variants), FirstMention(named)], only_counts=True)
    column = (lambda name: name) if near is None else (lambda name: Near.names(name)[1])
    without = {
        name: tuple(
            (label, others.hits[:, :, others.column(column(variant))])
            for (variant, _), (owner, label, _) in zip(variants, spelled, strict=True)
            if owner == name
        )
        for name in items
    }
    mentions = np.stack(
        [others.hits[:, :, _mention(others, i, len(named))] for i in range(len(named))], axis=2
    )
    checks = Checks(without, mentions, others.hits[:, :, others.column(SEVERAL_NAMED)])
    source = None if near is None else near.source
    return ranking(main, tuple(items), checks=checks, near=source, within=within, level=level)


def ranking(
    tally: Tally,
    items: Sequence[str] | None = None,
    *,
    checks: Checks | None = None,
    near: str | None = None,
    within: int = 12,
    level: float = 0.8,
    draws: int = DRAWS,
) -> Ranking:
    """The order of the items of a tally by rate.

    Args:
        tally: Counts of ``Occurrences``, or of ``Near`` when ``near`` is given.
        items: The items; by default every column.
        checks: The same counted otherwise; without it a first place is only held against its probability
            and against documents instead of hits.
        near: What the items stand near, as written.
        within: How many words away, for the recipe.
        level: Coverage of the interval of the rank.
        draws: How many joint draws the probabilities come from.
    """
    check_level(level)
    names = tuple(items) if items is not None else tally.columns
    if len(names) < 2:
        raise SettingError(f"a ranking needs at least two items, not {len(names)}.")
    columns = [tally.column(name if near is None else Near.names(name)[1]) for name in names]
    joint = Joint(tally, draws)
    order = _order(joint, columns, level)
    frames = []
    for i, (name, column) in enumerate(zip(names, columns, strict=True)):
        frame = base_columns(tally, column, joint.widest(column + 1), name)
        frames.append(frame.with_columns(*_rank_columns(order, i)))
    table = pl.concat(frames)
    table = table.with_columns(*_check_columns(joint, names, columns, order, checks))
    if near is not None:
        table = table.with_columns(*_near_columns(tally, names))
    what = "rank" if near is None else f"rank near/{within}"
    recipe = f"{what}|{tally.recipe}|ci:rank{round(100 * level)}|draws:{draws}|seed:{tally.seed:016x}"
    return Ranking(table, recipe, near)


@dataclass(frozen=True)
class _Order:
    """Ranks and probabilities, of shape (periods, splits, items); NaN where there is no order."""

    rank: Floats
    low: Floats
    high: Floats
    first: Floats


def _order(joint: Joint, columns: Sequence[int], level: float) -> _Order:
    tally = joint.tally
    hits = tally.hits[:, :, list(columns)]
    ranks = ranks_of(hits, tally.tokens > 0)
    low, high, first = (np.full(ranks.shape, np.nan) for _ in range(3))
    pairs = [(column + 1, 0) for column in columns]
    for split in range(len(tally.splits)):
        correlation = joint.correlation_within(split, pairs)
        for period in range(len(tally.periods)):
            if np.isnan(ranks[period, split, 0]):
                continue
            quantities = [Quantity(period, column + 1) for column in columns]
            drawn = joint.sample(split, quantities, correlation, salt=period)
            places = np.argsort(np.argsort(-drawn, axis=1, kind="stable"), axis=1) + 1
            tail = (1 - level) / 2
            low[period, split] = np.quantile(places, tail, axis=0, method="inverted_cdf")
            high[period, split] = np.quantile(places, 1 - tail, axis=0, method="inverted_cdf")
            # One further draw is shared by all, so that no probability is 0 or 1.
            wins = (places == 1).sum(axis=0)
            first[period, split] = (wins + 1 / len(columns)) / (len(drawn) + 1)
    return _Order(ranks, low, high, first)


def ranks_of(counts: Counts, held: NDArray[np.bool_]) -> Floats:
    """Rank 1 for the largest along the last axis, equals sharing the smaller; NaN where nothing was held or named."""
    larger = (counts[..., None, :] > counts[..., :, None]).sum(axis=-1)
    ranked = held & (counts.sum(axis=-1) > 0)
    return np.asarray(np.where(ranked[..., None], larger + 1.0, np.nan), float)


def _rank_columns(order: _Order, item: int) -> list[pl.Series]:
    return [
        _whole("rank", order.rank[:, :, item]),
        _whole("rank_low", order.low[:, :, item]),
        _whole("rank_high", order.high[:, :, item]),
        pl.Series("p_first", finite(order.first[:, :, item]), dtype=pl.Float64),
    ]


def _whole(name: str, values: Floats) -> pl.Series:
    return pl.Series(name, [None if v is None else int(v) for v in finite(values)], dtype=pl.Int64)


def _check_columns(
    joint: Joint, names: Sequence[str], columns: Sequence[int], order: _Order, checks: Checks | None
) -> list[pl.Series]:
    tally = joint.tally
    held = tally.tokens > 0
    few = [
        (joint.widest(column + 1).clusters < FEW_CLUSTERS) | (tally.hits[:, :, column] < FEW_HITS)
        for column in columns
    ]
    hits = tally.hits[:, :, list(columns)]
    by_documents = ranks_of(tally.documents_with_hits[:, :, list(columns)], held)
    mentions = None if checks is None else checks.first_mentions
    several = None if checks is None else checks.naming_several
    by_mention = np.full(hits.shape, np.nan) if mentions is None else ranks_of(mentions, held)
    verdict = np.full(hits.shape, "", dtype=object)
    broken = np.full(hits.shape, "", dtype=object)
    for period, split in np.argwhere(~np.isnan(order.rank[:, :, 0])).tolist():
        leader = int(np.argmin(order.rank[period, split]))
        why: list[str] = []
        for spelling, counts in checks.without.get(names[leader], ()) if checks else ():
            rivals = np.delete(hits[period, split], leader)
            if counts[period, split] <= rivals.max():
                why.append(f"without {spelling}")
        if _not_alone_first(by_documents[period, split], leader):
            why.append("by documents instead of hits")
        enough = several is not None and several[period, split] >= FEW_CLUSTERS
        if enough and _not_alone_first(by_mention[period, split], leader):
            why.append("by order of first mention")
        broken[period, split, leader] = "; ".join(why)
        if few[leader][period, split]:
            verdict[period, split, leader] = TOO_FEW
        elif order.first[period, split, leader] < CERTAIN:
            verdict[period, split, leader] = NOT_DECIDED
        else:
            verdict[period, split, leader] = FIRST_BY_LIST if why else FIRST

    def long(values: NDArray[np.generic]) -> NDArray[np.generic]:
        return np.moveaxis(values, 2, 0).reshape(-1)

    return [
        _whole("rank_by_documents", long(by_documents)),  # type: ignore[arg-type]
        pl.Series(
            "first_mentions",
            [None] * hits.size if mentions is None else long(mentions).tolist(),
            dtype=pl.Int64,
        ),
        _whole("rank_by_first_mention", long(by_mention)),  # type: ignore[arg-type]
        pl.Series("verdict", long(verdict).tolist(), dtype=pl.String),
        pl.Series("broken_by", long(broken).tolist(), dtype=pl.String),
    ]


def _not_alone_first(ranks: Floats, item: int) -> bool:
    return bool(ranks[item] != 1 or (ranks == 1).sum() > 1)


def _near_columns(tally: Tally, names: Sequence[str]) -> list[pl.Series]:
    parts: dict[str, list[Floats]] = {
        name: [] for name in ("all_hits", "share", "expected", "ratio", "ratio_low", "ratio_high")
    }
    for name in names:
        every, near, chance = (tally.column(column) for column in Near.names(name))
        for key, values in against_chance(tally, every, near, chance).items():
            parts[key].append(values.ravel())
    return [pl.Series(key, finite(np.concatenate(found)), dtype=pl.Float64) for key, found in parts.items()]


def against_chance(
    tally: Tally, every: int, near: int, chance: int, level: float = 0.95
) -> dict[str, Floats]:
    """How often hits stand near something, beside how often chance would put them there.

    Args:
        tally: Counts with these columns.
        every: The column of all hits.
        near: The column of hits near.
        chance: The column of expected ones, in multiples of 1/65,536.
        level: Confidence of the interval of the ratio.

    Returns:
        ``all_hits``, ``share``, ``expected`` (a share), ``ratio``, ``ratio_low``, ``ratio_high``, each of shape
        (periods, splits) and NaN where there is nothing to divide by.
    """
    from tendency.measures.dispersion import widest

    hits = tally.hits[:, :, every].astype(float)
    expected = tally.hits[:, :, chance] / FIXED
    found = widest(tally, near + 1, chance + 1, level)
    known = (expected > 0) & (found.interval != "none")

    def over(above: Floats, below: Floats, where: NDArray[np.bool_]) -> Floats:
        result = np.full(hits.shape, np.nan)
        np.divide(above, below, out=result, where=where)
        return result

    low, high = limits(tally.hits[:, :, near], found.shape, level)
    return {
        "all_hits": hits,
        "share": over(tally.hits[:, :, near].astype(float), hits, hits > 0),
        "expected": over(expected, hits, hits > 0),
        "ratio": over(tally.hits[:, :, near].astype(float), expected, expected > 0),
        "ratio_low": over(low, expected, known),
        "ratio_high": over(high, expected, known),
    }


def _leaders(main: Tally, columns: Sequence[str]) -> set[int]:
    """The items that are first somewhere: only their spellings can cost a first place."""
    ranks = ranks_of(main.hits[:, :, [main.column(column) for column in columns]], main.tokens > 0)
    return set(np.flatnonzero((ranks == 1).any(axis=(0, 1))).tolist())


def _mention(others: Tally, item: int, items: int) -> int:
    # The columns of FirstMention are the last ones: the items, then the documents that name several.
    return len(others.columns) - 1 - items + item


def refuse_overlap(
    index: Index,
    found: Tally,
    items: Sequence[tuple[str, Query]],
    deadline: Deadline | None,
    what: str = "items of a ranking",
) -> None:
    """Nothing, unless some of the items share words, by a tally of their ``Overlaps``."""
    hits = found.hits.sum(axis=(0, 1)) + found.undated.hits.sum(axis=0)
    shared = [(a, b, int(n)) for (a, b), n in zip(combinations(items, 2), hits.tolist(), strict=True) if n]
    if shared:
        from tendency.corpus import overlaps

        first, second, _ = shared[0]
        example = overlaps(index, first[1], second[1], deadline=deadline).example
        pairs = ", ".join(f"{a[0]} & {b[0]} ({n:,} {'hit' if n == 1 else 'hits'})" for a, b, n in shared)
        raise SettingError(
            f"{what} share words: {pairs}, for example “{example}”. Change a query so that no word "
            "counts twice, or allow it with overlap = true."
        )
