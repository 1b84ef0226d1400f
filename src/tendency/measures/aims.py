"""Aims: what a slogan is named beside, held against what chance would put there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from tendency.errors import SettingError
from tendency.measures.dispersion import Floats, finite, widest
from tendency.measures.ranking import against_chance
from tendency.measures.rates import base_columns, check_level
from tendency.measures.result import Result
from tendency.tally import WINDOWS, Around, Eras, Tally, tally

if TYPE_CHECKING:
    from tendency.charts import Spec
    from tendency.corpus import Deadline, Index, Query

DEPENDS: Final = "depends on the window"
SAME_ORDER: Final = "the same order in every window"


@dataclass(frozen=True)
class Aims(Result):
    """The aims of a slogan against chance, for each period × split × window.

    Attributes:
        table: The public columns (of the slogan), then clusters, cluster, interval, note and too_few of the hits
            near the aim; ``aim``, ``window`` (words), ``near`` (hits with the aim so near), ``share`` (of
            all hits), ``expected`` (the share that chance would give), ``ratio`` of the two with
            ``ratio_low`` and ``ratio_high``, ``rank_against_chance`` (1 is the aim with the largest
            ratio), ``neither`` (hits near no aim), ``several`` (hits near at least two) and a
            ``verdict`` on whether the order of aims is the same in every window.
    """

    def chart(self, *, title: str = "", window: int = 30) -> Spec | None:
        """Ratios to chance: a table of intervals for one period, curves for several."""
        from tendency.charts import aims_chart

        windows = self.table["window"].to_list()
        chosen = window if window in windows or not windows else int(windows[0])
        return aims_chart(
            self.for_chart(), title=title or "Named beside the slogan, against chance", window=chosen
        )

    def for_chart(self) -> pl.DataFrame:
        """The table with ``low`` and ``high`` of the ratio in place of those of the rate."""
        return self.table.drop("low", "high").rename({"ratio_low": "low", "ratio_high": "high"})


def aims_of(
    index: Index,
    name: str,
    query: Query,
    aims_queries: Mapping[str, Query],
    *,
    windows: Sequence[int] = WINDOWS,
    by: str | Eras = "year",
    split: str | Mapping[str, str] | None = None,
    where: str | None = None,
    start: dt.date | None = None,
    end: dt.date | None = None,
    cluster: str | Sequence[str] | None = None,
    level: float = 0.95,
    executor: Executor | None = None,
    deadline: Deadline | None = None,
) -> Aims:
    """What a slogan is named beside, from a corpus.

    Args:
        index: The corpus.
        name: The slogan's name.
        query: The slogan.
        aims_queries: Query by aim.
        windows: Distances in words.
        by: The periods; this and the following as for ``tally``.
        split: What splits the documents.
        where: Only documents for which this holds.
        start: Only documents dated from this day.
        end: Only documents dated before this day.
        cluster: What is independent of each other.
        level: Confidence of the intervals.
        executor: Does the work.
        deadline: When to give up.
    """
    around = Around(name, query, tuple(aims_queries.items()), tuple(windows))
    check_around(around)
    counts = tally(
        index,
        [around],
        by=by,
        split=split,
        where=where,
        start=start,
        end=end,
        cluster=cluster,
        executor=executor,
        deadline=deadline,
    )
    return aims(counts, name, tuple(aims_queries), windows=tuple(windows), level=level)


def check_around(around: Around) -> None:
    """Nothing, unless a slogan has no aims or a window is no distance."""
    if not around.aims:
        raise SettingError(f"the slogan {around.name!r} has no aims; give at least one query.")
    if not around.windows or any(window < 1 for window in around.windows):
        raise SettingError(f"windows are distances of at least one word, not {around.windows}.")
    names = around.columns
    if len(set(names)) < len(names):
        raise SettingError(f"the aims of {around.name!r} and the slogan itself need different names.")


def aims(
    tally: Tally, name: str, names: Sequence[str], *, windows: Sequence[int] = WINDOWS, level: float = 0.95
) -> Aims:
    """What a slogan is named beside, from a tally of ``Around``.

    Args:
        tally: Counts of the slogan around its aims.
        name: The slogan.
        names: Its aims.
        windows: Distances in words.
        level: Confidence of the intervals.
    """
    check_level(level)
    slogan = tally.column(name)
    own = widest(tally, slogan + 1, 0, level)
    ratios = {
        (aim, window): against_chance(
            tally,
            slogan,
            tally.column(Around.near(aim, window)),
            tally.column(Around.expected(aim, window)),
            level,
        )
        for window in windows
        for aim in names
    }
    ranks = {
        window: _ranks(np.stack([ratios[aim, window]["ratio"] for aim in names], axis=2))
        for window in windows
    }
    verdict = _verdict(ranks, tally)
    frames = []
    for window in windows:
        for i, aim in enumerate(names):
            found = ratios[aim, window]
            near = tally.column(Around.near(aim, window))
            support = widest(tally, near + 1, tally.column(Around.expected(aim, window)) + 1, level)
            frames.append(
                base_columns(tally, slogan, own).with_columns(
                    pl.Series("interval", np.where(tally.tokens > 0, support.interval, "").ravel()),
                    pl.lit(aim).alias("aim"),
                    pl.lit(window, dtype=pl.Int64).alias("window"),
                    pl.Series("near", tally.hits[:, :, near].ravel()),
                    *(
                        pl.Series(key, finite(found[key]), dtype=pl.Float64)
                        for key in ("share", "expected", "ratio", "ratio_low", "ratio_high")
                    ),
                    pl.Series(
                        "rank_against_chance",
                        [None if v is None else int(v) for v in finite(ranks[window][:, :, i])],
                        dtype=pl.Int64,
                    ),
                    pl.Series("neither", tally.hits[:, :, tally.column(Around.neither(window))].ravel()),
                    pl.Series("several", tally.hits[:, :, tally.column(Around.several(window))].ravel()),
                    pl.Series("verdict", verdict.ravel().tolist(), dtype=pl.String),
                )
            )
    recipe = f"aims|{tally.recipe}|windows:{','.join(map(str, windows))}|ci:cluster{round(100 * level)}"
    return Aims(pl.concat(frames), recipe)


def _ranks(ratios: Floats) -> Floats:
    """Rank 1 for the largest ratio; NaN for an aim without one."""
    known = np.isfinite(ratios)
    filled = np.where(known, ratios, -np.inf)
    larger = (filled[..., None, :] > filled[..., :, None]).sum(axis=-1)
    return np.where(known, larger + 1.0, np.nan)


def _verdict(ranks: Mapping[int, Floats], tally: Tally) -> np.ndarray[tuple[int, ...], np.dtype[np.object_]]:
    result = np.full(tally.tokens.shape, "", dtype=object)
    several = list(ranks.values())
    for period, split in np.ndindex(*tally.tokens.shape):
        orders = [window[period, split] for window in several]
        if len(orders) < 2 or len(orders[0]) < 2 or not all(np.isfinite(order).any() for order in orders):
            continue
        same = all(np.array_equal(orders[0], order, equal_nan=True) for order in orders[1:])
        result[period, split] = SAME_ORDER if same else DEPENDS
    return result
