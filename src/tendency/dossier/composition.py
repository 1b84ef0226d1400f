"""What the documents of each period are made of, to see whether they turned when what is named in them did.

A new source, another genre or worse letter recognition looks like a turning point of every theme (rule 7 of the rules of
evidence): each aspect is followed by period, and looked at for a turn of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from tendency.corpus import select
from tendency.corpus.term_counts import count_terms, frequencies
from tendency.dossier.asking import Asking
from tendency.measures.plain import segment
from tendency.tally import NONE, Period, Periods, Tally, cluster_names, tally

Floats = NDArray[np.float64]
Row = Mapping[str, Any]

_MOST_VALUES = 12
"""Fields with more values than this are no mark of composition, but for voices."""
_MOST_FOLLOWED = 3
"""Values of a field that are followed: those whose share of the words varies most."""
_VARIED = 0.05
"""Standard deviation of a share below which it is not worth following."""
_DRAWN = 2_000
"""Words for which the variety is computed, where every period has as many; else as many as the smallest has."""
_FEWEST_DRAWN = 200
_ROOM = 1 << 23
"""Counts of forms by period that are held at a time."""
_NEAR = 2
"""Periods between two turns of the same time."""
_OFTEN = 0.4
"""An aspect whose turns, with what counts as the same time, cover more of the periods than this could hardly miss."""
_TOLD = 3
_SCARCE = 2
"""A form that the whole corpus has at most so often is rare: misread letters make most of them."""


@dataclass(frozen=True)
class Aspect:
    """One thing about the documents of each period.

    Attributes:
        name: What it is, as a sentence names it: ``the share of The Sun among the words``.
        values: Its value in each period, on a scale on which changes are of like size; NaN where nothing is held.
    """

    name: str
    values: Floats


def aspects(asking: Asking, where: str | None, counts: Tally) -> Iterator[Aspect]:
    """Everything about the documents that may turn, by the periods of a tally.

    Args:
        asking: The corpus.
        where: Only documents for which this holds.
        counts: A tally of these documents by the periods that are meant, without a split.
    """
    words, documents = counts.tokens[:, 0].astype(float), counts.documents[:, 0].astype(float)
    held = words > 0
    if not held.any():
        return
    with np.errstate(divide="ignore", invalid="ignore"):
        yield Aspect("the number of words held", np.where(held, np.log(words), np.nan))
        yield Aspect("the length of documents", np.where(held, np.log(words / documents), np.nan))
    yield from _shares(asking, where, counts)
    yield from _vocabulary(asking, where, counts)


def _shares(asking: Asking, where: str | None, counts: Tally) -> Iterator[Aspect]:
    """The share of the words that each value of a field has, for the values whose share varies most."""
    index, questions = asking.index, asking.questions
    masks = select(index, where=asking.where(where), start=questions.start, end=questions.end).masks
    voices = {*cluster_names(index, masks, questions.dossier.cluster), "author"}
    common = asking.common(where) | {"cluster": None}
    for field in index.field_views:
        values = {value for part in index.segments for value in part.field(field).values}
        if not 1 <= len(values) <= (_MOST_VALUES if field not in voices else 200):
            continue
        split = tally(index, {}, by=asking.by(_grain(counts)), split=field, only_counts=True, **common)
        if split.periods != counts.periods or len(split.splits) < 2:
            continue
        words = split.tokens.astype(float)
        total = words.sum(axis=1, keepdims=True)
        shares = np.divide(words, total, out=np.full_like(words, np.nan), where=total > 0)
        spread = np.nanstd(shares, axis=0)
        for place in np.argsort(-spread, kind="stable")[:_MOST_FOLLOWED].tolist():
            if spread[place] >= _VARIED:
                value = split.splits[place]
                name = (
                    f"the share of {field} “{value}” among the words"
                    if value != NONE
                    else f"the share of words without {field}"
                )
                yield Aspect(name, np.arcsin(np.sqrt(np.clip(shares[:, place], 0, 1))))


def _grain(counts: Tally) -> str:
    return counts.grain


def _vocabulary(asking: Asking, where: str | None, counts: Tally) -> Iterator[Aspect]:
    """How varied the words are, and how many of them the corpus hardly knows, which bad letter recognition raises."""
    index = asking.index
    sets = _by_period(asking, where, counts)
    held = np.flatnonzero(counts.tokens[:, 0] > 0)
    smallest = int(counts.tokens[held, 0].min())
    drawn = min(_DRAWN, smallest)
    known = frequencies(index, asking.deadline)
    scarce = (known > 0) & (known <= _SCARCE)
    variety, rare = np.full(len(sets), np.nan), np.full(len(sets), np.nan)
    step = max(1, _ROOM // max(1, known.size))
    for low in range(0, held.size, step):
        places = held[low : low + step]
        found = count_terms(index, [sets[place] for place in places], deadline=asking.deadline)
        for place, forms, total in zip(places.tolist(), found.counts, found.tokens.tolist(), strict=True):
            variety[place] = types_among(forms[forms > 0], drawn)
            rare[place] = np.arcsin(np.sqrt(float(forms[scarce].sum()) / max(total, 1)))
    if drawn >= _FEWEST_DRAWN:
        yield Aspect("the variety of words", np.log(variety))
    yield Aspect("the share of rare forms, which bad letter recognition raises", rare)


def types_among(counts: NDArray[np.int64], drawn: int) -> float:
    """How many different forms are to be expected among so many words drawn without putting back.

    Source: Hurlbert (1971), The nonconcept of species diversity, doi:10.2307/1934145.

    Args:
        counts: Occurrences of each form, all above 0.
        drawn: How many words are drawn, at most their sum.
    """
    total = int(counts.sum())
    if drawn >= total:
        return float(counts.size)
    left = total - counts.astype(float)
    # The logarithm of the chance that a form is in none of the words drawn.
    with np.errstate(invalid="ignore"):
        never = (
            gammaln(left + 1) - gammaln(left - drawn + 1) - gammaln(total + 1) + gammaln(total - drawn + 1)
        )
    return float(np.where(left >= drawn, -np.expm1(np.minimum(never, 0.0)), 1.0).sum())


def _by_period(asking: Asking, where: str | None, counts: Tally) -> list[tuple[NDArray[np.bool_], ...]]:
    """The documents of each period, a mask a segment."""
    questions = asking.questions
    masks = select(asking.index, where=asking.where(where), start=questions.start, end=questions.end).masks
    periods = Periods(counts.grain, counts.periods)
    result: list[list[NDArray[np.bool_]]] = [[] for _ in counts.periods]
    for part, mask in zip(asking.index.segments, masks, strict=True):
        of = periods.assign(part.start_day, part.end_day)
        for place, found in enumerate(result):
            found.append(mask & (of == place))
    return [tuple(found) for found in result]


def turned_aspects(
    asking: Asking, where: str | None, counts: Tally
) -> list[tuple[str, list[tuple[int, int]]]]:
    """Which aspects turned, each with the ranges of places, first and last, in which it did.

    Args:
        asking: The corpus.
        where: Only documents for which this holds.
        counts: A tally of these documents by the periods that are meant, without a split.
    """
    found = []
    for aspect in aspects(asking, where, counts):
        ranges = [(one.earliest, one.latest) for one in segment(aspect.values)]
        if ranges:
            found.append((aspect.name, ranges))
    return found


def coinciding(
    turned: Sequence[tuple[str, Sequence[tuple[int, int]]]], row: Row, periods: Sequence[Period]
) -> list[str]:
    """Which aspects turned when a rate did.

    Args:
        turned: What ``turned_aspects`` found.
        row: A row of a table of turning points, with ``period``, ``earliest`` and ``latest``.
        periods: All periods.

    An aspect that turns so often that it could hardly miss the rate, as the party in power does, says nothing.
    """
    place, earliest, latest = (place_of(row[key], periods) for key in ("period", "earliest", "latest"))
    low, high = max(earliest, place - _NEAR), min(latest, place + _NEAR)
    found = []
    for name, ranges in turned:
        covered = sum(last - first + 1 + 2 * _NEAR for first, last in ranges)
        meets = any(first <= high + 1 and last >= low - 1 for first, last in ranges)
        if meets and covered <= _OFTEN * len(periods):
            found.append(name)
    return found[:_TOLD] + (
        [f"{len(found) - _TOLD} more things about the documents"] if len(found) > _TOLD else []
    )


def place_of(label: str, periods: Sequence[Period]) -> int:
    """The number of a period by its label."""
    return next(number for number, period in enumerate(periods) if period.label == label)
