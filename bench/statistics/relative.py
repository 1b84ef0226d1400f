"""Coverage of the 95 % interval of hits per hits of another query, unconditionally.

    python bench/statistics/relative.py [--replications 4000] [--seed 1954]

The reference is bursty (gamma, shape k). *Follows*: hits come where the reference is, with a burst of their own (shape 2).
*Apart*: their bursts have nothing to do with it (shape k). *Pooled*: twenty periods; *alone*: one.
"""

from __future__ import annotations

import argparse
import datetime as dt
import time

import numpy as np
from coverage import PERIODS, SIGMA, WORDS, outcome

from tendency.measures.dispersion import exposure_of, widest
from tendency.tally import Period, Tally

CLUSTERS = (25, 100, 400)
BURSTINESS = (0.25, 1.0)
EXPECTED = ((30, 100), (100, 300))


def simulated(
    generator: np.random.Generator,
    replications: int,
    periods: int,
    m: int,
    k: float,
    hits: int,
    reference: int,
    *,
    follows: bool,
) -> tuple[Tally, float]:
    """Replications side by side, as the splits of one tally, and the true ratio."""
    shape = (replications, periods, m)
    words = np.maximum(50, np.round(WORDS * np.exp(SIGMA * generator.standard_normal(shape)))).astype(
        np.int64
    )
    burst = generator.gamma(k, 1 / k, shape)
    own = burst * generator.gamma(2, 1 / 2, shape) if follows else generator.gamma(k, 1 / k, shape)
    each = words / (WORDS * np.exp(SIGMA**2 / 2) * m)
    counts = [
        generator.poisson(hits * each * own).ravel(),
        generator.poisson(reference * each * burst).ravel(),
    ]
    split, period, _ = np.indices(shape)
    tally = Tally.from_counts(
        np.stack(counts, axis=1),
        words.ravel(),
        [Period(str(i), dt.date(1900 + i, 1, 1), dt.date(1901 + i, 1, 1)) for i in range(periods)],
        period=period.ravel(),
        split=split.ravel(),
        splits=[str(i) for i in range(replications)],
        columns=["hits", "reference"],
    )
    return tally, hits / reference


def main() -> None:
    """One row a cell."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--replications", type=int, default=4000, help="intervals a cell, at least")
    parser.add_argument("--seed", type=int, default=1954)
    options = parser.parse_args()
    generator = np.random.default_rng(options.seed)
    begun = time.perf_counter()
    print(
        "| hits | clusters | k | expected hits, reference | pooled | below / above | ± | alone | below / above | ± |"
    )
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
    for follows in (True, False):
        for m in CLUSTERS:
            for k in BURSTINESS:
                for hits, reference in EXPECTED:
                    row = f"| {'follows' if follows else 'apart'} | {m} | {k} | {hits}, {reference} |"
                    for replications, periods in (
                        (options.replications // PERIODS * 2, PERIODS),
                        (options.replications, 1),
                    ):
                        tally, truth = simulated(
                            generator, replications, periods, m, k, hits, reference, follows=follows
                        )
                        found, against = widest(tally, 1, 2), np.maximum(exposure_of(tally, 2), 1)
                        covered, above, below, error = outcome(
                            found.low / against, found.high / against, truth
                        )
                        row += f" {covered:.1f} | {above:.1f} / {below:.1f} | {error:.1f} |"
                    print(row, flush=True)
    print(f"\nseed {options.seed}, {time.perf_counter() - begun:.0f} s")


if __name__ == "__main__":
    main()
