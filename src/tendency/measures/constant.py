"""Constant titles: which publications were held nearly throughout, so that a curve over them is no change of the mix."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from tendency.errors import SettingError
from tendency.measures.comparison import compare_rates
from tendency.tally import NONE, Period, Tally, regrouped

NEARLY_ALL: Final = 0.9
"""A title is constant when it has text in this share of the periods that have any."""
EVERYTHING: Final = "all titles"
CONSTANT: Final = "constant titles"


@dataclass(frozen=True)
class ConstantTitles:
    """The titles with text in nearly every period, and what they change.

    Attributes:
        field: The field whose values are titles.
        titles: Those with text in at least 90 % of the periods that have any.
        of: How many titles there are.
        periods: How many periods have text.
        words: Share of all words that the constant titles hold.
        changes: A row a query: ``query, before, after`` (the first and the last third of the periods with text), then
            ``ratio, low, high`` of all titles and ``constant_ratio, constant_low, constant_high``; None where it is not known.
    """

    field: str
    titles: tuple[str, ...]
    of: int
    periods: int
    words: float
    changes: pl.DataFrame

    @property
    def sentences(self) -> tuple[str, ...]:
        """How many titles these are, then for each query the change with them and with all."""
        rule = f"text in at least {NEARLY_ALL:.0%} of the {self.periods:,} periods that have any".replace(
            "%", " %"
        )
        if not self.titles:
            return (f"No {self.field} of {self.of:,} has {rule}: there is no curve at constant titles.",)
        share = f"{100 * self.words:.3g} % of the words"
        first = f"{len(self.titles):,} of {self.of:,} values of {self.field} have {rule}, with {share}."
        return first, *(said for row in self.changes.to_dicts() if (said := _said(row)))


def _said(row: dict[str, object]) -> str:
    head = f"“{row['query']}”, {row['after']} over {row['before']}:"
    keys = ("ratio", "low", "high", "constant_ratio", "constant_low", "constant_high")
    values = [row[key] for key in keys]
    if any(value is None for value in values):
        return f"{head} too little to compare constant titles with all."
    ratio, low, high, own, own_low, own_high = (float(value) for value in values)  # type: ignore[arg-type]
    rise = "the rise is" if own > 1 and ratio > 1 else "the rate is"
    mine, every = (
        f"{own:.3g} times ({own_low:.3g} to {own_high:.3g})",
        f"{ratio:.3g} ({low:.3g} to {high:.3g})",
    )
    if own_low <= ratio <= own_high:
        return f"{head} at constant titles {rise} {mine}, with all titles {every}: no different as far as can be told."
    return f"{head} at constant titles {rise} {mine}, not {every} as with all titles."


def constant_titles(tally: Tally, field: str, *, against: int = 0) -> tuple[ConstantTitles, Tally, Tally]:
    """Which titles are constant, and the tallies of all titles and of these.

    Args:
        tally: Counts by period, split by title.
        field: The field that it is split by.
        against: The number of the column that hits are counted against, from 1; 0 for words.

    Returns:
        The titles; the tally of all documents, with the split ``all titles``; that of the constant ones, ``constant titles``.

    Raises:
        SettingError: There are not two periods with text.
    """
    held = tally.tokens > 0
    periods = np.flatnonzero(held.any(axis=1))
    if periods.size < 2:
        raise SettingError(
            f"constant titles need at least two periods with text, and there are {periods.size}; choose a shorter period."
        )
    titles = [number for number, name in enumerate(tally.splits) if name != NONE]
    # A product of the share and a whole number may come out a hair above a whole number.
    needed = math.ceil(NEARLY_ALL * periods.size - 1e-9)
    kept = [number for number in titles if held[:, number].sum() >= needed]
    everything = regrouped(tally, splits=[(EVERYTHING, range(len(tally.splits)))])
    constant = regrouped(tally, splits=[(CONSTANT, kept)])
    third = max(1, periods.size // 3)
    ends = (periods[:third].tolist(), periods[-third:].tolist())
    words = float(constant.tokens.sum()) / float(everything.tokens.sum())
    found = ConstantTitles(
        field,
        tuple(tally.splits[number] for number in kept),
        len(titles),
        int(periods.size),
        words,
        _changes(everything, constant, ends, against),
    )
    return found, everything, constant


def _changes(
    everything: Tally, constant: Tally, ends: tuple[list[int], list[int]], against: int
) -> pl.DataFrame:
    def compared(tally: Tally) -> pl.DataFrame:
        two = [_joined(tally, members) for members in ends]
        return compare_rates(regrouped(tally, periods=two), against=against).table

    wanted = ["ratio", "low", "high"]
    every = compared(everything).select("query", "before", "after", *wanted)
    own = compared(constant).select("query", *(pl.col(name).alias(f"constant_{name}") for name in wanted))
    return every.join(own, on="query", how="left", maintain_order="left")


def _joined(tally: Tally, members: list[int]) -> tuple[Period, list[int]]:
    first, last = tally.periods[members[0]], tally.periods[members[-1]]
    label = first.label if len(members) == 1 else f"{first.label}–{last.label}"
    return Period(label, first.start, last.end), members
