"""Very many series at once: trends, turns and episodes that neither bursts nor a wander explain.

Every row is a series of counts over the same periods. Three alternatives to one rate throughout are fitted to each: a rate that grows by
the same share in every period (*trend*), one that changes once (*turn*), and one that is higher in one stretch of at most a third
of the periods (*episode*). What each gains in deviance over the constant rate (McCullagh & Nelder 1989, *Generalized Linear
Models*) is divided by how much more a count varies than a Poisson count: by bursts, as clusters tell, and by the wander from
period to period that is left beside the alternative, with its autocorrelation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Final, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import xlogy

from tendency.measures.dispersion import Floats

Kind = Literal["trend", "turn", "episode"]
Places = NDArray[np.int64]

KINDS: Final[tuple[Kind, ...]] = ("trend", "turn", "episode")
SIDE: Final = 2
"""Periods on each side of a turn, at least."""
LONGEST_EPISODE: Final = 3
"""An episode lasts at most one period in so many."""
STEEPEST: Final = 12.0
"""The rate of a trend changes at most by e to this power from the first period to the last."""

_STEPS: Final = 12


@dataclass(frozen=True, eq=False)
class Ground:
    """What series have in common.

    Attributes:
        words: Words of each period, float of shape (periods,), above 0.
        concentration: Sum over clusters of the squared share that each has of a period's words, (periods,).
        step: The place of each period on the axis of all periods, (periods,); ascending.
    """

    words: Floats
    concentration: Floats
    step: Floats

    def __len__(self) -> int:
        return int(self.words.size)


class Residual(NamedTuple):
    """What is left of each series beside its fit, in units of the squared rate.

    Attributes:
        variance: Variance between periods beyond what sampling makes; negative where there is less, (rows,).
        doubt: Its standard error, (rows,).
        shared: Covariance of neighbouring periods, (rows,).
    """

    variance: Floats
    doubt: Floats
    shared: Floats


class Wander(NamedTuple):
    """How much each series is taken to wander from period to period.

    Attributes:
        variance: Relative variance of a period's rate, (rows,).
        persistence: Autocorrelation from one period to the next, from 0 to .9, (rows,).
    """

    variance: Floats
    persistence: Floats

    def of_sum(self, periods: Floats) -> Floats:
        """The variance of the mean of so many periods in a row, over that of one of independent periods."""
        rho, n = self.persistence, np.maximum(periods, 1.0)
        spread = (1 + rho) / (1 - rho) - 2 * rho * (1 - rho**n) / (n * (1 - rho) ** 2)
        return np.asarray(self.variance * spread)


@dataclass(frozen=True, eq=False)
class Fits:
    """One alternative, fitted to each series.

    Attributes:
        deviance: What it gains in deviance over a constant rate, (rows,).
        bursts: How much more than Poisson counts the two sides vary by bursts, 1 or more, (rows,).
        within, without: By how much this grows with the wander's variance within the stretch and without, (rows,).
        inside, outside: Periods of either, (rows,).
        sign: 1 where the rate goes up, or is higher within the stretch; else -1, (rows,).
        first, last: The stretch that differs, as places of periods, the last not included, (rows,); all periods for a trend.
        slope: Of a trend, change of the logarithm of the rate a period, (rows,).
        residual: What is left beside it.
    """

    deviance: Floats
    bursts: Floats
    within: Floats
    without: Floats
    inside: Floats
    outside: Floats
    sign: Floats
    first: Places
    last: Places
    slope: Floats
    residual: Residual

    def strength(self, wander: Wander) -> Floats:
        """The gain over what a count varies anyhow, in the scale of a chi-squared variable whose scale is known, (rows,)."""
        factor = (
            self.bursts
            + self.within * wander.of_sum(self.inside)
            + self.without * wander.of_sum(self.outside)
        )
        return np.asarray(self.deviance / factor)

    @classmethod
    def joined(cls, parts: Sequence[Fits]) -> Fits:
        """The rows of several one after the other."""
        columns = {name: np.concatenate([getattr(part, name) for part in parts]) for name in _COLUMNS}
        residual = Residual(*map(np.concatenate, zip(*(part.residual for part in parts), strict=True)))
        return cls(**columns, residual=residual)


_COLUMNS: Final = tuple(field.name for field in fields(Fits) if field.name != "residual")


def fits(kind: Kind, ground: Ground, hits: Floats, burstiness: Floats) -> Fits:
    """The best alternative of a kind for each series.

    Args:
        kind: ``trend``, ``turn`` or ``episode``.
        ground: What the series have in common; four periods at least.
        hits: Counts, (rows, periods).
        burstiness: 1/k of each series, (rows,).
    """
    if kind == "trend":
        return trends(ground, hits, burstiness)
    first, last = (turns if kind == "turn" else episodes)(ground, hits, burstiness)
    return stretches(ground, hits, burstiness, first, last)


def turns(ground: Ground, hits: Floats, burstiness: Floats) -> tuple[Places, Places]:
    """Where the rate of each series changes most clearly: the stretch from there to the end."""
    periods = len(ground)
    begins = np.arange(SIDE, periods - SIDE + 1)
    gains = _gains(ground, hits, burstiness, begins, np.full(begins.size, periods))
    first = begins[np.argmax(gains**2, axis=1)]
    return first, np.full(first.size, periods)


def episodes(ground: Ground, hits: Floats, burstiness: Floats) -> tuple[Places, Places]:
    """The stretch, of at most a third of the periods and neither the first nor the last, in which each series is most clearly higher."""
    periods, rows = len(ground), hits.shape[0]
    best = np.full(rows, -np.inf)
    first, last = np.ones(rows, np.int64), np.full(rows, 2)
    for length in lengths(periods):
        begins = np.arange(1, periods - length)
        gains = _gains(ground, hits, burstiness, begins, begins + length)
        place = np.argmax(gains, axis=1)
        gain = gains[np.arange(rows), place]
        better = gain > best
        best[better] = gain[better]
        first[better], last[better] = begins[place[better]], begins[place[better]] + length
    return first, last


def lengths(periods: int) -> list[int]:
    """How long episodes may be: each length up to four periods, then about each half longer again."""
    most, found = max(periods // LONGEST_EPISODE, 1), [1]
    while (longer := max(found[-1] + 1, round(found[-1] * 1.4))) <= most:
        found.append(longer)
    return found


def _gains(ground: Ground, hits: Floats, burstiness: Floats, begins: Places, ends: Places) -> Floats:
    """Signed roots of what it gains to give each of some stretches a rate of its own, bursts accounted for; (rows, stretches)."""
    n, x = _summed(ground.words), _summed(hits)
    squares = _summed(ground.words**2 * ground.concentration)
    total_n, total_x = n[-1], x[:, -1:]
    inside_n, inside_x = n[ends] - n[begins], x[:, ends] - x[:, begins]
    inside_q = squares[ends] - squares[begins]
    outside_n, outside_q = total_n - inside_n, squares[-1] - inside_q
    spread = (outside_n * inside_q / inside_n + inside_n * outside_q / outside_n) / total_n**2
    factor = 1 + total_x * burstiness[:, None] * spread
    gain = _deviance(inside_x, inside_n, total_x, total_n) / factor
    return np.asarray(np.sign(inside_x * total_n - total_x * inside_n) * np.sqrt(gain))


def _summed(values: Floats) -> Floats:
    """Sums up to each place, from 0, along the last axis."""
    return np.concatenate([np.zeros((*values.shape[:-1], 1)), np.cumsum(values, axis=-1)], axis=-1)


def _deviance(inside_x: Floats, inside_n: Floats, total_x: Floats, total_n: Floats | float) -> Floats:
    """Twice the gain in the Poisson log likelihood of two rates over one."""
    share = inside_n / total_n
    # No hit at all: nothing is gained.
    expected = np.maximum(total_x, 1e-300)
    outside_x = total_x - inside_x
    inner = xlogy(inside_x, inside_x / (expected * share))
    outer = xlogy(outside_x, outside_x / (expected * (1 - share)))
    return np.asarray(np.maximum(2 * (inner + outer), 0.0))


def stretches(ground: Ground, hits: Floats, burstiness: Floats, first: Places, last: Places) -> Fits:
    """The fits of series that have another rate in one given stretch each."""
    place = np.arange(len(ground))
    inside = (place >= first[:, None]) & (place < last[:, None])
    n, total_n = ground.words, ground.words.sum()
    inside_n, inside_x = inside @ n, (hits * inside).sum(axis=1)
    outside_n, total_x = total_n - inside_n, hits.sum(axis=1)
    outside_x = total_x - inside_x
    # A side without hits is given half a hit, or its periods would count as known without error.
    inner, outer = np.maximum(inside_x, 0.5) / inside_n, np.maximum(outside_x, 0.5) / outside_n
    fitted = n * np.where(inside, inner[:, None], outer[:, None])
    squares = n**2 * ground.concentration
    within = total_x * outside_n / inside_n / total_n**2
    without = total_x * inside_n / outside_n / total_n**2
    return Fits(
        _deviance(inside_x, inside_n, total_x, total_n),
        1 + burstiness * (within * (inside @ squares) + without * (~inside @ squares)),
        within * (inside @ n**2),
        without * (~inside @ n**2),
        inside.sum(axis=1).astype(float),
        (~inside).sum(axis=1).astype(float),
        np.where(inside_x * total_n >= total_x * inside_n, 1.0, -1.0),
        first,
        last,
        np.zeros(first.size),
        _residual(ground, hits, fitted, burstiness),
    )


def trends(ground: Ground, hits: Floats, burstiness: Floats) -> Fits:
    """The fits of series whose rate grows or falls by the same share in every period."""
    n, periods, rows = ground.words, len(ground), hits.shape[0]
    s = ground.step - np.average(ground.step, weights=n)
    span = max(float(np.ptp(s)), 1.0)
    total = hits.sum(axis=1)
    moment, slope = hits @ s, np.zeros(rows)
    for _ in range(_STEPS):
        weight = n * np.exp(slope[:, None] * s)
        weight /= weight.sum(axis=1, keepdims=True)
        mean = weight @ s
        variance = weight @ s**2 - mean**2
        step = (moment - total * mean) / np.maximum(total * variance, 1e-300)
        slope = np.clip(slope + np.clip(step, -2 / span, 2 / span), -STEEPEST / span, STEEPEST / span)
    weight = n * np.exp(slope[:, None] * s)
    share, constant = weight / weight.sum(axis=1, keepdims=True), n / n.sum()
    gain = 2 * (hits * np.log(np.maximum(share, 1e-300) / constant)).sum(axis=1)
    leverage = s**2 * constant / (s**2 * constant).sum()
    everything = np.full(rows, float(periods))
    fitted = np.maximum(total, 0.5)[:, None] * share
    return Fits(
        np.maximum(gain, 0.0),
        1 + burstiness * total * (leverage @ (constant * ground.concentration)),
        total * (leverage @ constant),
        np.zeros(rows),
        everything,
        everything,
        np.where(slope >= 0, 1.0, -1.0),
        np.zeros(rows, np.int64),
        np.full(rows, periods),
        slope,
        _residual(ground, hits, fitted, burstiness),
    )


def _residual(ground: Ground, hits: Floats, fitted: Floats, burstiness: Floats) -> Residual:
    """What is left beside a fit of two numbers, by moments; periods that tell more weigh more."""
    sampling = fitted + fitted**2 * burstiness[:, None] * ground.concentration
    residual, weight = hits - fitted, (fitted / sampling) ** 2
    scale = np.maximum((weight * fitted**2).sum(axis=1), 1e-300)
    correction = len(ground) / max(len(ground) - 2, 1)
    excess = (weight * (residual**2 * correction - sampling)).sum(axis=1)
    doubt = np.sqrt((weight**2 * (2 * sampling**2 + sampling)).sum(axis=1))
    both = fitted[:, :-1] * fitted[:, 1:] / (sampling[:, :-1] * sampling[:, 1:])
    pairs = np.maximum((both * fitted[:, :-1] * fitted[:, 1:]).sum(axis=1), 1e-300)
    shared = (both * residual[:, :-1] * residual[:, 1:]).sum(axis=1)
    return Residual(excess / scale, doubt / scale, shared / pairs)
