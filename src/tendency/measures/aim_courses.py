"""Aims over time: when what a slogan is named beside turned, against chance, and when one aim overtook another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from tendency.measures.flipping import Flips, flips
from tendency.measures.rates import check_level
from tendency.measures.series import Series
from tendency.measures.turning import Turns, turns_of
from tendency.tally import FIXED, Around, Tally

WINDOW: Final = 30


def aim_turns(tally: Tally, names: Sequence[str], *, window: int = WINDOW, level: float = 0.8) -> Turns:
    """Turning points of each aim's ratio to chance: the hits near it over those that chance would put there.

    A share that moves with chance is no turn: the theme may have grown everywhere.

    Args:
        tally: Counts of ``Around`` by periods that follow one another.
        names: The aims.
        window: The distance in words.
        level: Probability of the ranges and intervals.

    Returns:
        As ``turns``, an aim under ``query`` and its ratio to chance under ``per_million``, ``before`` and ``after``.
    """
    check_level(level)
    every = [
        replace(series, name=aim)
        for aim in names
        for series in Series.each(
            tally, tally.column(Around.near(aim, window)), tally.column(Around.expected(aim, window)) + 1
        )
    ]
    recipe = f"aim turns|{tally.recipe}|window:{window}|ci:{round(100 * level)}|second:Rbeast"
    return turns_of(every, tally, recipe, unit=float(FIXED), level=level)


def aim_flips(tally: Tally, names: Sequence[str], *, window: int = WINDOW, level: float = 0.8) -> Flips:
    """When one aim overtook another by its ratio to chance; arguments as for ``aim_turns``."""
    return flips(
        tally,
        {aim: Around.near(aim, window) for aim in names},
        against={aim: Around.expected(aim, window) for aim in names},
        level=level,
    )
