"""Several rates at once: draws of what they may be, correlated as the clusters are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tendency.measures.dispersion import Floats, Widest, demand_clusters, exposure_of, quantile, widest
from tendency.tally import Tally

DRAWS: Final = 4_000
_NODES: Final = 97
_REACH: Final = 4.5
_UNSEEN: Final = 1e-300
_INDEPENDENCE: Final = 10
"""A correlation is drawn towards 0 as if so many further clusters had shown none."""


@dataclass(frozen=True)
class Quantity:
    """One ratio of sums: a column against an exposure, in one period of one split.

    Attributes:
        period: The number of the period.
        column: The number of the column among products, from 1.
        exposure: The number of what it is counted against; 0 for words.
    """

    period: int
    column: int
    exposure: int = 0


class Joint:
    """Draws of the logarithms of several ratios of one split, for questions about their order.

    Each ratio has the distribution that its interval comes from; together they have the correlation of
    their residuals over clusters (a Gaussian copula). The draws depend on the tally alone.
    """

    def __init__(self, tally: Tally, draws: int = DRAWS) -> None:
        demand_clusters(tally)
        self.tally, self.draws = tally, draws
        self._widest: dict[tuple[int, int], Widest] = {}
        self._pooled: dict[tuple[Any, ...], Floats] = {}

    def widest(self, column: int, exposure: int = 0) -> Widest:
        """The limits of a column, kept."""
        key = (column, exposure)
        if key not in self._widest:
            self._widest[key] = widest(self.tally, column, exposure)
        return self._widest[key]

    def sample(
        self, split: int, quantities: Sequence[Quantity], correlation: Floats, salt: int = 0
    ) -> Floats:
        """Draws of the logarithm of each ratio, shape (draws, quantities).

        Args:
            split: The number of the split.
            quantities: The ratios; each must have something to be counted against.
            correlation: Their correlation, shape (quantities, quantities).
            salt: Another number gives other draws.
        """
        generator = np.random.default_rng([self.tally.seed, split, salt])
        normal = generator.standard_normal((self.draws, len(quantities))) @ _root(correlation).T
        nodes = np.linspace(-_REACH, _REACH, _NODES)
        result = np.empty_like(normal)
        for i, quantity in enumerate(quantities):
            result[:, i] = np.interp(normal[:, i], nodes, self._logarithms(split, quantity, nodes))
        return result

    def _logarithms(self, split: int, quantity: Quantity, nodes: Floats) -> Floats:
        from scipy.special import ndtr

        shape = self.widest(quantity.column, quantity.exposure).shape[quantity.period, split]
        hits = self.tally.hits[quantity.period, split, quantity.column - 1]
        exposure = float(exposure_of(self.tally, quantity.exposure)[quantity.period, split])
        found = quantile(float(hits), float(shape), ndtr(nodes))
        return np.asarray(np.log(np.clip(found, _UNSEEN, 1 / _UNSEEN)) - np.log(exposure), float)

    def correlation_within(self, split: int, columns: Sequence[tuple[int, int]]) -> Floats:
        """Correlation of the residuals of (column, exposure) pairs over clusters, all periods together."""
        key = (split, *columns)
        if key not in self._pooled:
            residual, clusters = np.zeros((len(columns), len(columns))), 0.0
            moments = self.tally.clusterings[0].moments
            for period in range(len(self.tally.periods)):
                coefficients = self._coefficients(split, [Quantity(period, c, e) for c, e in columns])
                products = moments.products[period, split].astype(float)
                residual += coefficients @ products @ coefficients.T
                clusters += float(max(moments.clusters[period, split] - 1, 0))
            self._pooled[key] = _shrunk(residual, clusters)
        return self._pooled[key]

    def correlation_between(self, split: int, quantities: Sequence[Quantity]) -> Floats:
        """Correlation of the residuals of ratios that may lie in different periods, over shared clusters."""
        residual = np.zeros((len(quantities), len(quantities)))
        clustering = self.tally.clusterings[0]
        coefficients = self._coefficients(split, quantities)
        for i, a in enumerate(quantities):
            for j, b in enumerate(quantities):
                if a.period == b.period:
                    products = clustering.moments.products[a.period, split]
                else:
                    products = clustering.across(a.period, b.period, split)
                residual[i, j] = coefficients[i] @ products.astype(float) @ coefficients[j]
        periods = sorted({quantity.period for quantity in quantities})
        clusters = min(float(max(clustering.moments.clusters[p, split] - 1, 0)) for p in periods)
        return _shrunk(residual, clusters)

    def _coefficients(self, split: int, quantities: Sequence[Quantity]) -> Floats:
        """Rows that make a cluster's columns into residuals x - r e."""
        result = np.zeros((len(quantities), len(self.tally.columns) + 1))
        for i, quantity in enumerate(quantities):
            exposure = float(exposure_of(self.tally, quantity.exposure)[quantity.period, split])
            hits = float(self.tally.hits[quantity.period, split, quantity.column - 1])
            result[i, quantity.column] += 1.0
            result[i, quantity.exposure] -= hits / exposure if exposure else 0.0
        return result


def _shrunk(residual: Floats, clusters: float) -> Floats:
    """A correlation from sums of products of residuals, drawn towards independence; always positive definite."""
    scale = np.sqrt(np.maximum(np.diag(residual), 0))
    safe = np.where(scale > 0, scale, 1.0)
    correlation = np.clip(residual / np.outer(safe, safe), -1, 1)
    correlation *= clusters / (clusters + _INDEPENDENCE)
    np.fill_diagonal(correlation, 1.0)
    return np.asarray(correlation, float)


def _root(correlation: Floats) -> Floats:
    """A matrix whose product with its transpose is the correlation, or the nearest that has one."""
    values, vectors = np.linalg.eigh((correlation + correlation.T) / 2)
    root = vectors * np.sqrt(np.clip(values, 1e-12, None))
    scaled: NDArray[np.float64] = root / np.linalg.norm(root, axis=1, keepdims=True)
    return scaled
