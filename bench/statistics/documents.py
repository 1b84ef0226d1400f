"""Coverage of the 95 % interval of a share of documents, unconditionally, on a grid; Wilson's interval beside it.

    python bench/statistics/documents.py [--replications 4000] [--seed 1952]

Clusters have unequal numbers of documents (lognormal, sigma .7); the share of documents that contain the query varies from cluster
to cluster by a beta law with the correlation rho between two documents of one cluster. *Pooled*: twenty periods with the same
rho; *alone*: one period.
"""

from __future__ import annotations

import argparse
import datetime as dt
import time
from collections.abc import Iterator

import numpy as np
from coverage import outcome
from numpy.typing import NDArray

from tendency.measures.shares import widest_share
from tendency.tally import Period, Tally

CLUSTERS = (10, 25, 100)
SIZES = (3, 20)
SHARES = (0.05, 0.2, 0.6)
CORRELATIONS = (0.0, 0.05, 0.2)
PERIODS = 20
SIGMA = 0.7


def simulated(
    generator: np.random.Generator,
    replications: int,
    periods: int,
    m: int,
    size: int,
    share: float,
    rho: float,
) -> Tally:
    """Replications side by side, as the splits of one tally; a row is a cluster."""
    shape = (replications, periods, m)
    documents = 1 + generator.poisson(
        (size - 1) * np.exp(SIGMA * generator.standard_normal(shape) - SIGMA**2 / 2)
    )
    own = np.full(shape, share)
    if rho:
        strength = 1 / rho - 1
        own = generator.beta(share * strength, (1 - share) * strength, shape)
    containing = generator.binomial(documents, own)
    split, period, _ = np.indices(shape)
    return Tally.from_counts(
        np.column_stack([containing.ravel(), documents.ravel()]),
        1000 * documents.ravel(),
        [Period(str(i), dt.date(1900 + i, 1, 1), dt.date(1901 + i, 1, 1)) for i in range(periods)],
        period=period.ravel(),
        split=split.ravel(),
        splits=[str(i) for i in range(replications)],
        columns=["containing", "documents"],
        clusters={"title": None},
        documents=documents.ravel(),
    )


def wilson(tally: Tally) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The interval that treats every document as an independent draw."""
    n, z = tally.hits[:, :, 1].astype(float), 1.959963984540054
    p = tally.hits[:, :, 0] / n
    centre = (p + z * z / 2 / n) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt(p * (1 - p) / n + z * z / 4 / n / n)
    return centre - half, centre + half


def cells() -> Iterator[tuple[int, int, float, float]]:
    """Every cell of the grid."""
    for m in CLUSTERS:
        for size in SIZES:
            for share in SHARES:
                for rho in CORRELATIONS:
                    yield m, size, share, rho


def main() -> None:
    """The grid as a Markdown table on standard output."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--replications", type=int, default=4000, help="intervals a cell, at least")
    parser.add_argument("--seed", type=int, default=1952)
    options = parser.parse_args()
    generator = np.random.default_rng(options.seed)
    begun = time.perf_counter()
    print(
        "| clusters | documents each | share | rho | pooled | share below / above | ± | alone | below / above | ± | Wilson |"
    )
    print("|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
    for m, size, share, rho in cells():
        row = f"| {m} | {size} | {share} | {rho} |"
        tally = simulated(generator, options.replications // PERIODS * 2, PERIODS, m, size, share, rho)
        found = widest_share(tally, 1, 2)
        covered, above, below, error = outcome(found.low, found.high, share)
        flag = "" if 93 <= covered <= 97 else " **misses**"
        row += f" {covered:.1f}{flag} | {above:.1f} / {below:.1f} | {error:.1f} |"
        tally = simulated(generator, options.replications, 1, m, size, share, rho)
        found = widest_share(tally, 1, 2)
        covered, above, below, error = outcome(found.low, found.high, share)
        flag = "" if 90 <= covered <= 97 else " **misses**"
        wide = outcome(*wilson(tally), share)[0]
        print(
            f"{row} {covered:.1f}{flag} | {above:.1f} / {below:.1f} | {error:.1f} | {wide:.1f} |", flush=True
        )
    print(f"\nseed {options.seed}, {time.perf_counter() - begun:.0f} s")


if __name__ == "__main__":
    main()
