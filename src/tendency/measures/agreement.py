"""Two people who read the same hits: how often they agree, and how far beyond chance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from tendency.measures.dispersion import Floats
from tendency.measures.joint import DRAWS
from tendency.measures.precision import FEW_READ, wilson

_PRIOR: Final = 1.0
"""How many hits the assumption weighs that every pair of judgements may occur."""


def kappa(table: Floats) -> Floats:
    """Agreement beyond chance, of tables of shape (…, k, k); NaN where chance alone gives full agreement.

    Source: Cohen (1960), doi:10.1177/001316446002000104.
    """
    total = table.sum(axis=(-2, -1))
    alike = np.trace(table, axis1=-2, axis2=-1) / total
    chance = (table.sum(axis=-1) * table.sum(axis=-2)).sum(axis=-1) / np.square(total)
    result = np.full(chance.shape, np.nan)
    np.divide(alike - chance, 1 - chance, out=result, where=chance < 1 - 1e-12)
    return result


def agreement(
    first: Sequence[str],
    second: Sequence[str],
    categories: Sequence[str],
    *,
    level: float = 0.95,
    seed: int = 0,
) -> dict[str, Any]:
    """How two lists of judgements of the same hits agree.

    The limits of kappa are quantiles of draws of the table of pairs from a Dirichlet variable, to which one hit is added
    that is spread evenly over all pairs: unlike the formula for large samples they leave room where two people never disagreed.

    Args:
        first: Judgements of one person.
        second: Judgements of the other, of the same hits.
        categories: All that may be said.
        level: Confidence of the limits.
        seed: Of the draws.

    Returns:
        ``both`` (hits), ``alike``, ``agreement`` with its limits of Wilson ``agreement_low`` and ``agreement_high``, ``kappa``
        with ``kappa_low`` and ``kappa_high``, and ``too_few`` (under 10 hits); None where there is nothing to compute.
    """
    place = {category: number for number, category in enumerate(categories)}
    table = np.zeros((len(categories), len(categories)))
    for a, b in zip(first, second, strict=True):
        table[place[a], place[b]] += 1
    both, alike = len(first), int(np.trace(table))
    found: dict[str, Any] = {"both": both, "alike": alike}
    found |= dict.fromkeys(
        ("agreement", "agreement_low", "agreement_high", "kappa", "kappa_low", "kappa_high"), None
    )
    if both:
        low, high = wilson(alike / both, both, level)
        found |= {"agreement": alike / both, "agreement_low": low, "agreement_high": high}
        beyond = float(kappa(table))
        if not np.isnan(beyond):
            drawn = np.random.default_rng(seed).dirichlet(table.ravel() + _PRIOR / table.size, DRAWS)
            tail = (1 - level) / 2
            limits = np.nanquantile(kappa(drawn.reshape(-1, *table.shape)), [tail, 1 - tail])
            found |= {
                "kappa": beyond,
                "kappa_low": float(min(limits[0], beyond)),
                "kappa_high": float(max(limits[1], beyond)),
            }
    return found | {"too_few": both < FEW_READ}
