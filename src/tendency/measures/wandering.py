"""How much words wander from period to period, learnt from all of them, and how strong a change wandering alone seems.

Of one word a few periods tell little of its wander; of thousands together they tell much. So each word's own estimate is raised towards
what is usual among words as frequent, by as much as its own is uncertain (the idea of Smyth 2004, *Linear models and empirical Bayes
methods*, doi:10.2202/1544-6115.1027), and lowered by no more than its standard error. What the strongest of many fits then gains by chance is simulated: series
with the counts and burstiness of these words, that wander as these words do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tendency.measures.dispersion import Floats, pooled_burstiness
from tendency.measures.scan import KINDS, Fits, Ground, Kind, Residual, Wander, fits

A_CLASS: Final = 400
"""Words of like frequency from which the usual wander is learnt, at least."""
MOST_CLASSES: Final = 6
USUAL: Final = 0.5
"""Persistence of the wander from one period to the next, at least."""
_MOST_PERSISTENT: Final = 0.9
_TRIMMED: Final = 0.9
"""Estimates above this quantile of a class count as much as the quantile."""
SIMULATED: Final = 4000
"""Series for each class."""
CREDIT: Final = 1.0
"""By so many of its standard errors a word's own estimate may lie above what it is taken for."""
WIDEST: Final = 3.0
"""The variance's spread is at most so many times its squared mean: as if a quarter of the words wandered, and the rest not at all."""
_HEAVIEST: Final = 0.3
_ALIKE: Final = 1000
_ROUNDS: Final = 8
TAIL: Final = 0.05
"""Share of the strongest simulated, from which chances too small to be counted are extended."""


@dataclass(frozen=True, eq=False)
class Usual:
    """What is usual among words of one frequency, for one kind of fit.

    Attributes:
        least: Total hits of the first of each class, ascending, (classes,).
        variance: Mean relative variance of the wander, (classes,).
        spread: Variance of it from word to word, (classes,).
        persistence: Its autocorrelation, (classes,).
    """

    least: Floats
    variance: Floats
    spread: Floats
    persistence: Floats

    def class_of(self, hits: Floats) -> NDArray[np.int64]:
        """The class of words with so many hits."""
        return np.maximum(np.searchsorted(self.least, hits, side="right") - 1, 0)

    def wander(self, hits: Floats, fitted: Fits) -> Wander:
        """How much each word is taken to wander."""
        of, own = self.class_of(hits), fitted.residual
        usual, spread, persistence = self.variance[of], self.spread[of], self.persistence[of]
        trust = spread / np.maximum(spread + own.doubt**2, 1e-300)
        raised = usual + trust * (own.variance - usual)
        variance = np.maximum(np.maximum(own.variance - CREDIT * own.doubt, raised), 0.0)
        # Where its own variance is doubtful, so is its persistence.
        own_persistence = (own.shared + persistence * own.doubt) / np.maximum(
            np.maximum(own.variance, 0.0) + own.doubt, 1e-300
        )
        return Wander(variance, np.clip(np.maximum(own_persistence, persistence), 0.0, _MOST_PERSISTENT))


def usual(hits: Floats, fitted: Fits) -> Usual:
    """What is usual among these words, by classes of their total hits.

    Args:
        hits: Total hits of each, (rows,).
        fitted: The fits of one kind.
    """
    ascending = np.sort(hits)
    classes = int(np.clip(hits.size // A_CLASS, 1, MOST_CLASSES))
    least = np.unique(ascending[(np.arange(classes) * hits.size) // classes]) if hits.size else np.zeros(1)
    known = Usual(least, np.zeros(least.size), np.zeros(least.size), np.full(least.size, USUAL))
    of = known.class_of(hits)
    for number in np.unique(of).tolist():
        mean, spread, shared = _seen(Residual(*(column[of == number] for column in fitted.residual)))
        known.variance[number], known.spread[number] = max(mean, 0.0), max(spread, 0.0)
        known.persistence[number] = np.clip(shared / max(mean, 1e-12), USUAL, _MOST_PERSISTENT)
    return known


def _seen(residual: Residual) -> Floats:
    """Mean and spread of the wander's variance and mean covariance of neighbouring periods, as residuals show them.

    Words that tell more weigh more, but none alone; the tenth with the largest is cut down, since it may have truly changed.
    """
    variance, doubt, shared = residual
    weight = 1 / (doubt**2 + np.median(doubt) ** 2 + 1e-12)
    top = np.quantile(variance, _TRIMMED)
    trimmed = np.minimum(variance, top)
    mean = np.average(trimmed, weights=weight)
    spread = np.average((trimmed - mean) ** 2 - doubt**2, weights=weight)
    return np.array([mean, spread, np.average(np.clip(shared, -abs(top), abs(top)), weights=weight)])


@dataclass(frozen=True, eq=False)
class Chance:
    """How strong fits are where nothing but bursts and wandering is, by class of frequency.

    Attributes:
        usual: The classes.
        strengths: Strengths of simulated series, ascending, (classes, series).
    """

    usual: Usual
    strengths: Floats

    @cached_property
    def heaviness(self) -> float:
        """Shape of the generalised Pareto law of the tail, by probability-weighted moments, from 0 (exponential) on.

        Source: Hosking & Wallis (1987), doi:10.1080/00401706.1987.10488243.
        """
        shapes = []
        for _, beyond in map(_tail, self.strengths):
            rest = (beyond.size - np.arange(1, beyond.size + 1)) / max(beyond.size - 1, 1)
            mean, lesser = float(beyond.mean()), float((beyond * rest).mean())
            shapes.append(2 - mean / max(mean - 2 * lesser, 1e-9))
        return float(np.clip(np.mean(shapes), 0.0, _HEAVIEST))

    def of(self, hits: Floats, strength: Floats) -> Floats:
        """The probability of so strong a fit or a stronger one, by chance, (rows,)."""
        of, result = self.usual.class_of(hits), np.ones(strength.size)
        for number, simulated in enumerate(self.strengths):
            own, size = of == number, simulated.size
            above = size - np.searchsorted(simulated, strength[own], side="left")
            edge, beyond = _tail(simulated)
            shape = max(self.heaviness, 1e-6)
            scale = max(float(beyond.mean()) * (1 - shape), 1e-9)
            far = np.maximum(strength[own] - edge, 0.0) / scale
            extended = TAIL * np.exp(-np.log1p(shape * far) / shape)
            result[own] = np.where(strength[own] > edge, extended, (above + 1) / (size + 1))
        return result

    def usual_strength(self, hits: Floats) -> Floats:
        """The strength of the best fit in the median, by chance, (rows,)."""
        return np.asarray(np.median(self.strengths, axis=1)[self.usual.class_of(hits)])


def _tail(simulated: Floats) -> tuple[float, Floats]:
    """Where the tail of ascending strengths begins, and how far each in it lies beyond."""
    begin = int(simulated.size * (1 - TAIL))
    return float(simulated[begin]), simulated[begin:] - simulated[begin]


class Making(NamedTuple):
    """A wander to simulate: mean and spread of its relative variance, and its persistence."""

    mean: float
    spread: float
    persistence: float


def chances(
    ground: Ground,
    hits: Floats,
    burstiness: Floats,
    clusters: float,
    known: Mapping[Kind, Usual],
    turned: Fits,
    generator: np.random.Generator,
    simulated: int = SIMULATED,
) -> dict[Kind, Chance]:
    """For each kind of fit how strong it is by chance.

    Args:
        ground: What the series have in common.
        hits: Total hits of each word, (rows,).
        burstiness: Its burstiness, (rows,).
        clusters: From how many clusters it was estimated.
        known: What is usual, by kind.
        turned: The words' own fits of a turn.
        generator: Draws.
        simulated: Series for each class.
    """
    of = known[KINDS[0]].class_of(hits)
    strengths: dict[Kind, list[Floats]] = {kind: [] for kind in KINDS}
    for number in range(known[KINDS[0]].least.size):
        own = np.flatnonzero(of == number)
        target = _seen(Residual(*(column[own] for column in turned.residual)))
        making = _made_alike(ground, hits[own], burstiness[own], clusters, target, generator)
        drawn = own[generator.integers(0, own.size, simulated)]
        counts = _wandering(ground, hits[drawn], burstiness[drawn], making, generator)
        estimated = _estimated(ground, hits[drawn], burstiness[drawn], clusters, generator)
        for kind in KINDS:
            fitted = fits(kind, ground, counts, estimated)
            strength = fitted.strength(known[kind].wander(hits[drawn], fitted))
            strengths[kind].append(np.sort(strength))
    return {kind: Chance(known[kind], np.stack(found)) for kind, found in strengths.items()}


def _made_alike(
    ground: Ground,
    hits: Floats,
    burstiness: Floats,
    clusters: float,
    target: Floats,
    generator: np.random.Generator,
) -> Making:
    """The wander of which simulated series, once a turn is fitted to each, show as much as the words do.

    A fit takes away some of what it is held against; so the wander is found by what it leaves (indirect inference: Gourieroux,
    Monfort & Renault 1993, doi:10.1002/jae.3950080507).
    """
    made = [Making(0.0, 0.0, USUAL)]
    for _ in range(_ROUNDS):
        last = made[-1]
        drawn = generator.integers(0, hits.size, _ALIKE)
        counts = _wandering(ground, hits[drawn], burstiness[drawn], last, generator)
        estimated = _estimated(ground, hits[drawn], burstiness[drawn], clusters, generator)
        residual = fits("turn", ground, counts, estimated).residual
        mean, spread, shared = _seen(residual)
        larger = max(last.mean + 1.5 * (target[0] - mean), 0.0)
        wider = min(max(last.spread + (target[1] - spread), 0.0), WIDEST * larger**2)
        # Where there is hardly any wander its persistence cannot be told.
        told = max(larger, 0.1 * float(np.median(residual.doubt)), 1e-9)
        longer = last.persistence + 0.7 * (target[2] - shared) / told
        made.append(Making(larger, wider, float(np.clip(longer, 0.0, _MOST_PERSISTENT))))
    return Making(*np.mean(made[_ROUNDS // 2 :], axis=0).tolist())


def _wandering(
    ground: Ground,
    hits: Floats,
    burstiness: Floats,
    making: Making,
    generator: np.random.Generator,
) -> Floats:
    """Counts of series whose rates wander around a constant one, with bursts, (rows, periods)."""
    mean, spread, persistence = making
    rows, periods = hits.size, len(ground)
    variance = np.full(rows, mean)
    if mean > 0 and spread > 0:
        variance = generator.gamma(mean**2 / spread, spread / mean, rows)
    log_variance = np.log1p(variance)
    noise = generator.standard_normal((rows, periods))
    for period in range(1, periods):
        apart = ground.step[period] - ground.step[period - 1]
        kept = persistence**apart
        noise[:, period] = kept * noise[:, period - 1] + np.sqrt(1 - kept**2) * noise[:, period]
    rate = np.exp(np.sqrt(log_variance)[:, None] * noise - log_variance[:, None] / 2)
    expected = hits[:, None] * (ground.words / ground.words.sum()) * rate
    bursts = burstiness[:, None] * ground.concentration
    shape = 1 / np.maximum(bursts, 1e-9)
    return np.asarray(generator.poisson(expected * generator.gamma(shape) / shape), float)


def _estimated(
    ground: Ground, hits: Floats, burstiness: Floats, clusters: float, generator: np.random.Generator
) -> Floats:
    """What the burstiness of words would be estimated at from as many clusters of like size, (rows,).

    The pairs of hits in one cluster, of which the estimate is made, are drawn from a gamma law with their mean and variance.
    """
    share = ground.words / ground.words.sum()
    expected = (hits * share[:, None]) ** 2 * ground.concentration[:, None]
    # Of a negative binomial count of mean m, the falling factorial moments are m^n (1 + k)(1 + 2k) ... with 1/k its shape.
    m, k = hits * share[:, None] * ground.concentration[:, None], burstiness
    second = m**2 * (1 + k)
    third, fourth = second * m * (1 + 2 * k), second * m**2 * (1 + 2 * k) * (1 + 3 * k)
    variance = ((fourth + 4 * third + 2 * second - second**2) / ground.concentration[:, None]).sum(axis=0)
    mean = expected.sum(axis=0) * (1 + k)
    pairs = generator.gamma(np.maximum(mean**2 / variance, 1e-9)) * variance / mean
    concentration = np.broadcast_to(ground.concentration[:, None], expected.shape)
    return pooled_burstiness((pairs - expected.sum(axis=0))[None], expected, concentration, clusters)
