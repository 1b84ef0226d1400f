"""A tally seen otherwise: periods and splits added together, or each in the other's place; exact, as if it had been asked so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tendency.tally.clusters import Clustering, ClusterRows, ClusterTable, Keyed, Moments
from tendency.tally.exact import LARGEST_COUNT, sums
from tendency.tally.periods import Period
from tendency.tally.tally import Tally, Undated

Ints = NDArray[np.int64]


def regrouped(
    tally: Tally,
    *,
    periods: Sequence[tuple[Period, Sequence[int]]] | None = None,
    splits: Sequence[tuple[str, Sequence[int]]] | None = None,
) -> Tally:
    """The tally of groups of periods and of splits; what is in no group is left out.

    Splits may be added only where no document counts in two of them. ``standing`` stays that of all documents.

    Args:
        tally: The counts.
        periods: Each group as a period and the numbers of those that it holds; None leaves them.
        splits: The same for splits, with a name.

    Raises:
        OverflowError: A sum passes 2⁶³.
    """
    period, axis, grain = np.arange(len(tally.periods)), tally.periods, tally.grain
    if periods is not None:
        period, axis, grain = _targets(periods, len(period)), tuple(one for one, _ in periods), "eras"
    split, names = np.arange(len(tally.splits)), tally.splits
    if splits is not None:
        split, names = _targets(splits, len(split)), tuple(name for name, _ in splits)
    shape = (len(axis), len(names))

    def added(counts: NDArray[Any]) -> NDArray[Any]:
        return _added(counts, period, split, shape)

    def moments(of: Moments) -> Moments:
        return Moments(added(of.clusters), added(of.products), added(of.cubes))

    here = np.zeros(1, np.int64)
    undated = tally.undated
    return replace(
        tally,
        grain=grain,
        periods=axis,
        splits=names,
        documents=added(tally.documents),
        tokens=added(tally.tokens),
        hits=added(tally.hits),
        documents_with_hits=added(tally.documents_with_hits),
        clusterings=tuple(
            Clustering(one.name, moments(one.singles), _table(one.table, period, split))
            for one in tally.clusterings
        ),
        undated=Undated(
            _added(undated.documents[None], here, split, (1, len(names)))[0],
            _added(undated.tokens[None], here, split, (1, len(names)))[0],
            _added(undated.hits[None], here, split, (1, len(names)))[0],
        ),
    )


def turned(tally: Tally) -> Tally:
    """The tally with its splits as periods and its periods as splits, so that two splits compare as two periods do.

    What is undated is in no split and left out.
    """
    first = min((period.start for period in tally.periods), default=None)
    last = max((period.end for period in tally.periods), default=None)
    axis = () if first is None or last is None else tuple(Period(name, first, last) for name in tally.splits)
    names = tuple(period.label for period in tally.periods)

    def swapped(counts: NDArray[Any]) -> NDArray[Any]:
        return np.ascontiguousarray(np.swapaxes(counts, 0, 1))[: len(axis)]

    def moments(of: Moments) -> Moments:
        return Moments(swapped(of.clusters), swapped(of.products), swapped(of.cubes))

    return replace(
        tally,
        grain="eras",
        periods=axis,
        splits=names,
        documents=swapped(tally.documents),
        tokens=swapped(tally.tokens),
        hits=swapped(tally.hits),
        documents_with_hits=swapped(tally.documents_with_hits),
        clusterings=tuple(
            Clustering(
                one.name,
                moments(one.singles),
                _rearranged(one.table, one.table.rows.split, one.table.rows.period),
            )
            for one in tally.clusterings
        ),
        undated=Undated.none(len(names), len(tally.columns)),
    )


def _targets(groups: Sequence[tuple[Any, Sequence[int]]], n: int) -> Ints:
    """For each number the group that holds it, -1 where none does."""
    result = np.full(n, -1, np.int64)
    for group, (_, members) in enumerate(groups):
        result[list(members)] = group
    return result


def _added(counts: NDArray[Any], period: Ints, split: Ints, shape: tuple[int, int]) -> NDArray[Any]:
    kept = counts[period >= 0][:, split >= 0].astype(object)
    result = np.full((*shape, *counts.shape[2:]), 0, dtype=object)
    np.add.at(result, (period[period >= 0][:, None], split[split >= 0][None, :]), kept)
    if counts.dtype == object:
        return result
    if max(result.ravel().tolist(), default=0) > LARGEST_COUNT:
        raise OverflowError("a count passes 2^63; no corpus is so large, the counts are wrong")
    return result.astype(np.int64)


def _table(table: ClusterTable, period: Ints, split: Ints) -> ClusterTable:
    rows = table.rows
    return _rearranged(table, period[rows.period], split[rows.split])


def _rearranged(table: ClusterTable, period: Ints, split: Ints) -> ClusterTable:
    """The sums of a table whose rows lie in other periods and splits; those below 0 are left out."""
    kept = np.flatnonzero((period >= 0) & (split >= 0))
    if not kept.size:
        return ClusterTable.none(table.values.shape[1])
    keys = Keyed.of([table.rows.names[row] for row in kept])
    rows, numbers = ClusterRows.of(keys, period[kept], split[kept])
    return ClusterTable(rows, sums(table.values[kept], numbers, len(rows)))
