"""How unevenly things are named: burstiness from clusters, and the intervals that follow from it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tendency.errors import SettingError
from tendency.tally import Clustering, Tally

Floats = NDArray[np.float64]

FEW_CLUSTERS: Final = 8
FEW_HITS: Final = 10

# Fixed once on the grid of bench/statistics; the README there says how well they do elsewhere.
PRIOR: Final = 5.0
"""Burstiness 1/k that is assumed where the counts cannot tell."""
PRIOR_WEIGHT: Final = 0.25
"""How many expected coincidences the assumption weighs."""
SMALL_SAMPLE: Final = 2.0
"""The estimate from M clusters is raised by the factor 1 + 2/M, because it is skewed to the right."""
POOLING: Final = 100
"""A period's own burstiness weighs as much as that of all periods when it has so many clusters."""

LARGEST_SHARE: Final = 0.95
"""The square of the rate is taken to be too large by twenty times at most."""

_LARGEST_SHAPE: Final = 1e9
_FEW: Final = 2
"""So few quantiles, those of one count, are computed sooner than SciPy is imported."""


@dataclass(frozen=True)
class Dispersion:
    """How bursty one column is, for each period × split.

    Attributes:
        burstiness: Excess of coincidences 1/k: the variance of a cluster's hits is μ + μ²/k.
        shape: k of the period's total, ``1 / (burstiness x concentration)``; small is uncertain.
        interval: Where the burstiness comes from: ``cluster`` (mostly this period's own clusters),
            ``pooled`` (mostly all periods'), ``neighbours`` (how much one period differs from the next,
            where periods hold one cluster each), ``none`` (nothing to tell it from).

    All of shape (periods, splits).
    """

    burstiness: Floats
    shape: Floats
    interval: NDArray[np.str_]


@dataclass(frozen=True)
class _Coincidences:
    """Pairs of hits in the same cluster: those beyond chance, and those that chance puts there."""

    excess: Floats
    expected: Floats
    concentration: Floats


def ratio_of(numerator: Any, denominator: Any) -> Floats:
    """Quotient of whole numbers of any size, correctly rounded; 0 where the denominator is 0."""
    above, below = np.broadcast_arrays(np.asarray(numerator, object), np.asarray(denominator, object))
    quotients = [a / b if b else 0.0 for a, b in zip(above.ravel(), below.ravel(), strict=True)]
    return np.array(quotients, float).reshape(above.shape)


def _coincidences(hits: Any, exposure: Any, hh: Any, he: Any, ee: Any, eee: Any) -> _Coincidences:
    """Method of moments in whole numbers; every argument holds Python integers of one shape.

    With e exposure and x hits of a cluster, N = Σe, X = Σx, r = X/N, the excess is
    Σ(x - re)² - r(N - Σe²/N), which is expected to be 1/k times r²(Σe² - 2Σe³/N + (Σe²)²/N²).
    """
    n2 = exposure * exposure
    excess = hh * n2 - 2 * hits * exposure * he + hits * hits * ee - hits * n2 + hits * ee
    expected = (ee * n2 - 2 * eee * exposure + ee * ee) * hits * (hits - 1)
    return _Coincidences(ratio_of(excess, n2), ratio_of(expected, n2 * n2), ratio_of(ee, n2))


def _estimate(prior: Floats | float, excess: Floats, expected: Floats, concentration: Floats) -> Floats:
    quotient = (np.maximum(excess, 0.0) + PRIOR_WEIGHT * prior) / (expected + PRIOR_WEIGHT)
    # The square of the rate is itself estimated from bursty counts, which takes a share of the quotient.
    quotient = np.minimum(quotient, LARGEST_SHARE / np.maximum(concentration, 1e-12))
    return np.asarray(quotient / (1.0 - quotient * concentration))


def exposure_of(tally: Tally, exposure: int) -> NDArray[np.int64]:
    """What hits are counted against: words (0), or the column with this number, from 1."""
    return tally.tokens if exposure == 0 else tally.hits[:, :, exposure - 1]


def dispersion(tally: Tally, clustering: Clustering, column: int, exposure: int = 0) -> Dispersion:
    """How bursty a column is, from the moments over clusters.

    Args:
        tally: The counts.
        clustering: One of its clusterings.
        column: The column's number among products, from 1 (0 is words).
        exposure: The number of what it is counted against; 0 for words.

    A period's own burstiness is drawn towards that of all periods of its split, by ``POOLING`` clusters.
    """
    moments = clustering.moments
    found = _coincidences(
        tally.hits[:, :, column - 1].astype(object),
        exposure_of(tally, exposure).astype(object),
        moments.products[:, :, column, column],
        moments.products[:, :, column, exposure],
        moments.products[:, :, exposure, exposure],
        moments.cubes[:, :, exposure],
    )
    clusters = moments.clusters.astype(float)
    freedom = np.maximum(clusters - 1, 0)
    pooled = _pooled(found, np.where(clusters > 1, clusters, 0).sum(axis=0))
    own = _estimate(pooled, found.excess, found.expected, found.concentration)
    weight = clusters / (clusters + POOLING)
    burstiness = weight * own + (1 - weight) * pooled
    others = freedom.sum(axis=0) - freedom
    burstiness = np.where(others > 0, burstiness, np.broadcast_to(pooled, burstiness.shape))
    interval = np.where((clusters < POOLING) & (others > 0), "pooled", "cluster").astype("U10")

    between, pairs = _between_neighbours(tally, column, exposure)
    thin = freedom.sum(axis=0) < FEW_CLUSTERS - 1
    by_neighbours = np.broadcast_to(thin & (pairs >= FEW_CLUSTERS - 1), burstiness.shape)
    burstiness = np.where(by_neighbours, between, burstiness)
    interval[by_neighbours] = "neighbours"
    interval[(freedom.sum(axis=0) == 0) & ~by_neighbours] = "none"
    # Neighbouring periods are compared as wholes: a period is then one cluster.
    concentration = np.where(by_neighbours, 1.0, found.concentration)
    shape = 1.0 / np.maximum(burstiness * concentration, 1.0 / _LARGEST_SHAPE)
    return Dispersion(burstiness, shape, interval)


def _pooled(found: _Coincidences, clusters: Floats) -> Floats:
    excess, expected = found.excess.sum(axis=0), found.expected.sum(axis=0)
    # Periods without two hits tell nothing of burstiness, and then every period weighs alike.
    weight = np.where(expected > 0, found.expected, found.concentration > 0)
    total = weight.sum(axis=0)
    concentration = np.divide(
        (weight * found.concentration).sum(axis=0), total, out=np.zeros_like(total), where=total > 0
    )
    estimate = _estimate(PRIOR, excess, expected, concentration)
    return np.asarray(estimate * (1 + SMALL_SAMPLE / np.maximum(clusters, 1)))


def pooled_burstiness(excess: Floats, expected: Floats, concentration: Floats, clusters: float) -> Floats:
    """Burstiness of many columns at once, each from all its periods together.

    Args:
        excess: Pairs of hits in the same cluster beyond those that chance puts there, (periods or 1, columns).
        expected: What it would be at a burstiness of 1, (periods, columns).
        concentration: Sum of the squared shares of the clusters of each period, of the same shape.
        clusters: How many clusters there are in all.
    """
    return _pooled(_Coincidences(excess, expected, concentration), np.full(excess.shape[1], clusters))


def burstiness_by_side(
    excess: Floats, expected: Floats, concentration: Floats, clusters: NDArray[np.int64]
) -> Floats:
    """Burstiness of many columns on each of several sides, drawn towards that of all sides as periods are, (sides, columns).

    Args:
        excess: Pairs of hits in the same cluster beyond those that chance puts there, (sides, columns).
        expected: What it would be at a burstiness of 1, of the same shape.
        concentration: Sum of the squared shares of the clusters of each side, of the same shape.
        clusters: How many clusters each side has, (sides,).
    """
    pooled = _pooled(
        _Coincidences(excess, expected, concentration),
        np.full(excess.shape[1], float(clusters[clusters > 1].sum())),
    )
    weight = (clusters / (clusters + POOLING))[:, None]
    return np.asarray(weight * _estimate(pooled, excess, expected, concentration) + (1 - weight) * pooled)


def _between_neighbours(tally: Tally, column: int, exposure: int) -> tuple[Floats, NDArray[np.int64]]:
    """Burstiness between a period with text and the next one, and how many such pairs there are, by split."""
    against = exposure_of(tally, exposure)
    result, pairs = np.zeros(len(tally.splits)), np.zeros(len(tally.splits), np.int64)
    for split in range(len(tally.splits)):
        held = np.flatnonzero(against[:, split] > 0)
        pairs[split] = max(held.size - 1, 0)
        if held.size < 2:
            result[split] = PRIOR
            continue
        e = against[held, split].astype(object)
        x = tally.hits[held, split, column - 1].astype(object)
        e0, e1, x0, x1 = e[:-1], e[1:], x[:-1], x[1:]
        found = _coincidences(
            x0 + x1, e0 + e1, x0 * x0 + x1 * x1, x0 * e0 + x1 * e1, e0 * e0 + e1 * e1, e0**3 + e1**3
        )
        column_of = _Coincidences(
            found.excess[:, None], found.expected[:, None], found.concentration[:, None]
        )
        result[split] = _pooled(column_of, np.array([float(held.size)]))[0]
    return result, pairs


def quantile(hits: ArrayLike, shape: ArrayLike, probability: ArrayLike) -> Floats:
    """A quantile of what the expected number of hits may be, given the number that was seen.

    The expected number is ``shape`` times a beta-prime variable with parameters hits + ½ and shape: the
    limits of Jeffreys for a Poisson count when the shape is large, and those of a negative binomial
    count otherwise. The arguments are broadcast.
    """
    x, k, u = np.broadcast_arrays(
        np.asarray(hits, float) + 0.5, np.asarray(shape, float), np.asarray(probability, float)
    )
    beta, gamma = _inverses(x.size)
    result = np.empty(x.shape)
    with np.errstate(all="ignore"):
        plain = k >= _LARGEST_SHAPE / 10
        result[plain] = gamma(x[plain], u[plain])
        # Of a probability and its complement the smaller one is computed: it keeps its digits.
        small = ~plain & (k > x)
        share = beta(x[small], k[small], u[small])
        result[small] = k[small] * share / (1 - share)
        rest = ~plain & ~small
        complement = beta(k[rest], x[rest], 1 - u[rest])
        result[rest] = k[rest] * (1 - complement) / complement
    return np.asarray(np.where(np.isnan(result), np.inf, result), float)


def _inverses(size: int) -> tuple[Callable[..., Floats], Callable[..., Floats]]:
    """The quantile functions of the beta and the gamma distribution that are fastest for so many values."""
    if size > _FEW:
        from scipy.special import betaincinv, gammaincinv

        return betaincinv, gammaincinv
    from tendency.measures.quantiles import beta_quantile, gamma_quantile

    return np.vectorize(beta_quantile, otypes=[float]), np.vectorize(gamma_quantile, otypes=[float])


def limits(hits: ArrayLike, shape: ArrayLike, level: float = 0.95) -> tuple[Floats, Floats]:
    """Lower and upper limit of the expected number of hits.

    Without a hit the lower limit is 0 and all of the error lies above: the number that would leave no hit
    with probability ``1 - level``, which is 3.0 for a Poisson count and 95 %.
    """
    x, k = np.broadcast_arrays(np.asarray(hits, float), np.asarray(shape, float))
    tail = (1 - level) / 2
    with np.errstate(over="ignore"):
        unseen = k * np.expm1(-np.log(1 - level) / k)
    low = np.where(x > 0, quantile(x, k, tail), 0.0)
    high = np.where(x > 0, quantile(x, k, 1 - tail), unseen)
    return low, high


def notes(held: NDArray[np.bool_], clusters: NDArray[np.int64], hits: NDArray[np.int64]) -> NDArray[np.str_]:
    """What must be said beside a figure: nothing held, too few clusters (under 8), too few hits (under 10)."""
    scarce, rare = clusters < FEW_CLUSTERS, hits < FEW_HITS
    return np.select(
        [~held, scarce & rare, scarce, rare],
        ["nothing held", "too few clusters and hits", "too few clusters", "too few hits"],
        "",
    ).astype("U32")


@dataclass(frozen=True)
class Widest:
    """Limits of the expected hits under the clustering with the widest interval, (periods, splits)."""

    low: Floats
    high: Floats
    shape: Floats
    burstiness: Floats
    interval: NDArray[np.str_]
    cluster: NDArray[np.str_]
    clusters: NDArray[np.int64]
    every: tuple[tuple[str, Floats, Floats], ...]


def demand_clusters(tally: Tally) -> None:
    """Nothing, unless a tally holds counts alone."""
    if not tally.clusterings:
        raise SettingError("an interval needs a tally with clusters, and this one holds counts alone.")


def widest(tally: Tally, column: int, exposure: int = 0, level: float = 0.95) -> Widest:
    """The limits from each clustering, and of these the widest: where two cross, mostly that of both together.

    Args:
        tally: The counts.
        column: The column's number among products, from 1.
        exposure: The number of what it is counted against.
        level: Confidence, such as 0.95.

    Raises:
        SettingError: The tally was made without clusters.
    """
    demand_clusters(tally)
    hits = tally.hits[:, :, column - 1]
    found = [dispersion(tally, clustering, column, exposure) for clustering in tally.clusterings]
    chosen: Widest | None = None
    every = []
    for number, clustering in enumerate(tally.clusterings):
        crossed = tally.crossings.get(number)
        one = found[number] if crossed is None else _two_way(*(found[at] for at in (*crossed, number)))
        low, high = limits(hits, one.shape, level)
        every.append((clustering.name, low, high))
        clusters = clustering.moments.clusters
        names = np.full(hits.shape, clustering.name)
        this = Widest(low, high, one.shape, one.burstiness, one.interval, names, clusters, ())
        chosen = this if chosen is None else _wider(chosen, this)
    assert chosen is not None, "a tally with intervals has a clustering"
    return replace(chosen, every=tuple(every))


def _two_way(first: Dispersion, second: Dispersion, both: Dispersion) -> Dispersion:
    """The dispersion where two clusterings cross: their variances beyond chance added, that of the intersection taken off once.

    Source: Cameron, Gelbach & Miller (2011), doi:10.1198/jbes.2010.07136. It is never less than the larger of the two, and that
    alone where one of the three is not measured within the period.
    """
    larger = np.minimum(first.shape, second.shape)
    together = 1 / first.shape + 1 / second.shape - 1 / both.shape
    measured = np.ones(larger.shape, bool)
    for one in (first, second, both):
        measured &= np.isin(one.interval, ("cluster", "pooled"))
    shape = np.where(measured, 1 / np.maximum(together, 1 / larger), larger)
    return Dispersion(
        np.maximum(first.burstiness, second.burstiness),
        shape,
        np.where(second.shape < first.shape, second.interval, first.interval),
    )


def _wider(a: Widest, b: Widest) -> Widest:
    # The smaller shape is the wider interval; fewer clusters are the fewer pieces of evidence.
    second = b.shape < a.shape
    return Widest(
        np.where(second, b.low, a.low),
        np.where(second, b.high, a.high),
        np.where(second, b.shape, a.shape),
        np.where(second, b.burstiness, a.burstiness),
        np.where(second, b.interval, a.interval),
        np.where(second, b.cluster, a.cluster),
        np.minimum(a.clusters, b.clusters),
        (),
    )


def finite(values: ArrayLike, *masks: NDArray[np.bool_]) -> list[float | None]:
    """A column for a table: None where a value is not finite or a mask does not hold."""
    flat = np.asarray(values, float).ravel()
    keep = np.isfinite(flat)
    for mask in masks:
        keep &= np.asarray(mask).ravel()
    return [float(value) if good else None for value, good in zip(flat, keep, strict=True)]


def per_million(counts: ArrayLike, exposure: ArrayLike) -> Floats:
    """Counts per million; NaN where there is nothing to count against."""
    over = np.asarray(exposure, float)
    result = np.full(over.shape, np.nan)
    np.divide(1e6 * np.asarray(counts, float), over, out=result, where=over > 0)
    return result


def labels(names: Sequence[str], repeat: int, tile: int) -> list[str]:
    """Names repeated for a long table: each ``repeat`` times, the whole ``tile`` times."""
    return [name for _ in range(tile) for name in names for _ in range(repeat)]
