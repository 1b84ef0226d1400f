"""Shares of documents: how many contain something, with an interval that knows that the documents of a cluster resemble each other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tendency.measures.dispersion import POOLING, SMALL_SAMPLE, Floats, Widest, ratio_of
from tendency.tally import Clustering, Tally

# Fixed once on the grid of bench/statistics/documents.py.
PRIOR: Final = 0.1
"""Correlation within clusters that is assumed where the documents cannot tell."""
PRIOR_WEIGHT: Final = 0.5
"""How many pairs of documents the assumption weighs."""


@dataclass(frozen=True)
class Likeness:
    """How much the documents of a cluster resemble each other, for each period × split.

    Attributes:
        correlation: ρ between two documents of one cluster, 0 to 1.
        design: By how much the variance of the share is larger than that of independent documents.
        interval: Where ρ comes from: ``cluster``, ``pooled``, or ``none`` (nothing to tell it from).
    """

    correlation: Floats
    design: Floats
    interval: NDArray[np.str_]


def likeness(tally: Tally, clustering: Clustering, column: int, documents: int) -> Likeness:
    """The correlation within clusters, by the moments of a share that varies from cluster to cluster.

    With n documents of a cluster, y of which contain the query, N = Σn, p = Σy/N and v = p(1 − p),
    S = Σ(y − pn)² is expected to be v(A + ρB), A = N − Σn²/N, B = Σn² − N − 2(Σn³ − Σn²)/N + Σn²(Σn² − N)/N²,
    and v itself to be too small by the factor 1 − 1/N − ρC, C = (Σn² − N)/N². Solved for ρ.

    Args:
        tally: The counts.
        clustering: One of its clusterings.
        column: The number of the column with 1 for a document that contains the query, from 1.
        documents: The number of the column with 1 for each document.

    A period's own ρ is drawn towards that of all periods of its split, by ``POOLING`` clusters.
    """
    moments = clustering.moments
    y, n = (tally.hits[:, :, at - 1].astype(object) for at in (column, documents))
    yy = moments.products[:, :, column, column]
    yn = moments.products[:, :, column, documents]
    nn = moments.products[:, :, documents, documents]
    nnn = moments.cubes[:, :, documents]
    n2 = n * n
    # Residuals × N², and what independence and full likeness put there, in whole numbers.
    spread = yy * n2 - 2 * y * n * yn + y * y * nn
    above = spread * (n - 1) - y * (n - y) * (n2 - nn)
    pairs = (nn - n) * n2 - 2 * (nnn - nn) * n + nn * (nn - n)
    below = y * (n - y) * pairs + spread * (nn - n)
    excess, expected = ratio_of(above, n2 * n), ratio_of(below, n2 * n2)
    clusters = moments.clusters.astype(float)
    freedom = np.maximum(clusters - 1, 0)
    several = np.where(clusters > 1, clusters, 0).sum(axis=0)
    pooled = _estimate(PRIOR, excess.sum(axis=0), expected.sum(axis=0))
    pooled = np.minimum(1.0, pooled * (1 + SMALL_SAMPLE / np.maximum(several, 1)))
    own = _estimate(pooled, excess, expected)
    weight = clusters / (clusters + POOLING)
    others = freedom.sum(axis=0) - freedom
    correlation = np.where(others > 0, weight * own + (1 - weight) * pooled, pooled)
    size = ratio_of(nn, n)
    unsure = _students(np.broadcast_to(freedom.sum(axis=0), size.shape))
    interval = np.where((clusters < POOLING) & (others > 0), "pooled", "cluster").astype("U10")
    # One cluster of several documents tells nothing of how clusters differ; one document is what it is.
    interval[(freedom.sum(axis=0) == 0) & (size > 1)] = "none"
    return Likeness(correlation, 1 + unsure * correlation * np.maximum(size - 1, 0), interval)


def _students(freedom: Floats) -> Floats:
    """What clusters add to the variance is raised by, since ρ is itself estimated: the square of Student's t over the normal."""
    from scipy.special import ndtri, stdtrit

    return np.asarray((stdtrit(np.maximum(freedom, 2.0), 0.975) / ndtri(0.975)) ** 2, float)


def _estimate(prior: Floats | float, excess: Floats, expected: Floats) -> Floats:
    found = (np.maximum(excess, 0.0) + PRIOR_WEIGHT * prior) / (expected + PRIOR_WEIGHT)
    return np.asarray(np.minimum(found, 1.0), float)


def share_limits(
    containing: ArrayLike, documents: ArrayLike, design: ArrayLike, level: float = 0.95
) -> tuple[Floats, Floats]:
    """Lower and upper limit of the share of documents that contain something.

    Jeffreys' limits of a binomial share (Brown, Cai & DasGupta 2001, doi:10.1214/ss/1009213286) with as many documents as the
    design effect leaves (Kish 1965). Where none, or all, contain it, all of the error lies on one side.

    Args:
        containing: Documents that contain it.
        documents: Documents; the limits are NaN where there is none.
        design: The design effect, at least 1.
        level: Confidence.
    """
    from scipy.special import betaincinv

    y, n, d = np.broadcast_arrays(*(np.asarray(part, float) for part in (containing, documents, design)))
    held = n > 0
    share = np.divide(y, n, out=np.zeros(y.shape), where=held)
    size = np.where(held, n / d, 1.0)
    a, b, tail = share * size + 0.5, (1 - share) * size + 0.5, (1 - level) / 2
    alone = (1 - level) ** (1 / size)
    low = np.where(share > 0, np.where(share < 1, betaincinv(a, b, tail), alone), 0.0)
    high = np.where(share < 1, np.where(share > 0, betaincinv(a, b, 1 - tail), 1 - alone), 1.0)
    return np.where(held, low, np.nan), np.where(held, high, np.nan)


def widest_share(tally: Tally, column: int, documents: int, level: float = 0.95) -> Widest:
    """The limits of a share under the clustering with the largest design effect; ``shape`` is the effective number of documents.

    Args:
        tally: The counts.
        column: The number of the column with 1 for a document that contains the query, from 1.
        documents: The number of the column with 1 for each document.
        level: Confidence.
    """
    y, n = (tally.hits[:, :, at - 1] for at in (column, documents))
    found = [likeness(tally, clustering, column, documents) for clustering in tally.clusterings]
    chosen: tuple[Widest, Floats] | None = None
    every = []
    for number, clustering in enumerate(tally.clusterings):
        crossed = tally.crossings.get(number)
        one = found[number] if crossed is None else _two_way(*(found[at] for at in (*crossed, number)))
        low, high = share_limits(y, n, one.design, level)
        every.append((clustering.name, low, high))
        names = np.full(y.shape, clustering.name)
        clusters = clustering.moments.clusters
        this = Widest(low, high, n / one.design, one.correlation, one.interval, names, clusters, ())
        chosen = (this, one.design) if chosen is None else _wider(chosen, (this, one.design))
    assert chosen is not None, "a tally with intervals has a clustering"
    return replace(chosen[0], every=tuple(every))


def _two_way(first: Likeness, second: Likeness, both: Likeness) -> Likeness:
    """Where two clusterings cross their design effects are added and that of the intersection is taken off once.

    Source: Cameron, Gelbach & Miller (2011), doi:10.1198/jbes.2010.07136; never less than the larger of the two.
    """
    larger = np.maximum(first.design, second.design)
    return Likeness(
        np.maximum(first.correlation, second.correlation),
        np.maximum(larger, first.design + second.design - both.design),
        np.where(second.design > first.design, second.interval, first.interval),
    )


def _wider(a: tuple[Widest, Floats], b: tuple[Widest, Floats]) -> tuple[Widest, Floats]:
    (one, design), (other, second_design) = a, b
    second = second_design > design
    chosen = {
        name: np.where(second, getattr(other, name), getattr(one, name))
        for name in ("low", "high", "shape", "burstiness", "interval", "cluster")
    }
    clusters = np.minimum(one.clusters, other.clusters)
    return Widest(**chosen, clusters=clusters, every=()), np.maximum(design, second_design)
