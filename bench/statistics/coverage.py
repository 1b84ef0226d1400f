"""Coverage of the 95 % interval of a rate, unconditionally, on a grid; binomial intervals beside it.

    python bench/statistics/coverage.py [--replications 4000] [--seed 1943] [--law gamma|lognormal|all-or-nothing]

Documents have unequal lengths (lognormal, sigma .7) and bursty counts: Poisson around a rate that varies from
cluster to cluster with variance 1/k. A replication with no hit, or few, counts like every other.
"""

from __future__ import annotations

import argparse
import datetime as dt
import time
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from tendency.measures.dispersion import widest
from tendency.tally import Period, Tally

CLUSTERS = (10, 25, 100, 400)
BURSTINESS = (0.1, 0.25, 1.0)
EXPECTED = (10, 30, 100)
PERIODS = 20
SIGMA = 0.7
WORDS = 1500


def varying(generator: np.random.Generator, k: float, size: tuple[int, ...], law: str) -> NDArray[np.float64]:
    """Factors with mean 1 and variance 1/k."""
    if law == "gamma":
        return generator.gamma(k, 1 / k, size)
    if law == "lognormal":
        variance = np.log1p(1 / k)
        return np.exp(np.sqrt(variance) * generator.standard_normal(size) - variance / 2)
    present = k / (1 + k)
    return (generator.random(size) < present) / present


def simulated(
    generator: np.random.Generator,
    replications: int,
    periods: int,
    m: int,
    k: float,
    expected: float,
    law: str,
) -> tuple[Tally, float]:
    """Replications side by side, as the splits of one tally, and the true rate."""
    shape = (replications, periods, m)
    words = np.maximum(50, np.round(WORDS * np.exp(SIGMA * generator.standard_normal(shape)))).astype(
        np.int64
    )
    rate = expected / (WORDS * np.exp(SIGMA**2 / 2) * m)
    hits = generator.poisson(rate * words * varying(generator, k, shape, law))
    split, period, _ = np.indices(shape)
    axis = [Period(str(i), dt.date(1900 + i, 1, 1), dt.date(1901 + i, 1, 1)) for i in range(periods)]
    tally = Tally.from_counts(
        hits.ravel(),
        words.ravel(),
        axis,
        period=period.ravel(),
        split=split.ravel(),
        splits=[str(i) for i in range(replications)],
    )
    return tally, rate


def wilson(tally: Tally) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The binomial interval that treats every word as an independent draw (Wilson 1927)."""
    n, p, z = tally.tokens, tally.hits[:, :, 0] / tally.tokens, 1.959963984540054
    centre = (p + z * z / 2 / n) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt(p * (1 - p) / n + z * z / 4 / n / n)
    return centre - half, centre + half


def outcome(
    low: NDArray[np.float64], high: NDArray[np.float64], rate: float
) -> tuple[float, float, float, float]:
    """Per cent covered, too high, too low, and the Monte-Carlo error of the first, by whole replications."""
    above, below = low > rate, high < rate
    covered = 100 * (1 - (above | below).mean(axis=0))
    error = covered.std(ddof=1) / np.sqrt(covered.size)
    return covered.mean(), 100 * above.mean(), 100 * below.mean(), error


def cells() -> Iterator[tuple[int, float, int]]:
    """Every cell of the grid."""
    for m in CLUSTERS:
        for k in BURSTINESS:
            for expected in EXPECTED:
                yield m, k, expected


def main() -> None:
    """The grid as a Markdown table on standard output."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--replications", type=int, default=4000, help="intervals a cell, at least")
    parser.add_argument("--seed", type=int, default=1943)
    parser.add_argument("--law", choices=("gamma", "lognormal", "all-or-nothing"), default="gamma")
    options = parser.parse_args()
    generator = np.random.default_rng(options.seed)
    begun = time.perf_counter()
    print(
        "| clusters | k | expected hits | pooled | rate below / above | ± | alone | below / above | ± | binomial |"
    )
    print("|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
    for m, k, expected in cells():
        row = f"| {m} | {k} | {expected} |"
        tally, rate = simulated(
            generator, options.replications // PERIODS * 2, PERIODS, m, k, expected, options.law
        )
        found = widest(tally, 1)
        covered, above, below, error = outcome(found.low / tally.tokens, found.high / tally.tokens, rate)
        binomial = outcome(*wilson(tally), rate)[0]
        flag = "" if 93 <= covered <= 97 else " **misses**"
        row += f" {covered:.1f}{flag} | {above:.1f} / {below:.1f} | {error:.1f} |"
        tally, rate = simulated(generator, options.replications, 1, m, k, expected, options.law)
        found = widest(tally, 1)
        covered, above, below, error = outcome(found.low / tally.tokens, found.high / tally.tokens, rate)
        flag = "" if 90 <= covered <= 97 else " **misses**"
        print(
            f"{row} {covered:.1f}{flag} | {above:.1f} / {below:.1f} | {error:.1f} | {binomial:.1f} |",
            flush=True,
        )
    print(f"\nseed {options.seed}, {options.law}, {time.perf_counter() - begun:.0f} s")


if __name__ == "__main__":
    main()
