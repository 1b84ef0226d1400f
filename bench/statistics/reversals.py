"""How often an order of items is falsely said to have reversed, and how often a true reversal is found.

    python bench/statistics/reversals.py [--replications 400] [--seed 1944]

Four items (or two), two spans. Publications speak in both spans: each has its own lasting liking for each item
(gamma, shape ``liking``), and a new burst in each span (gamma, shape ``k``). Documents speak in one span only.
A family is every pair of one replication; it errs when it claims any reversal that did not happen.
"""

from __future__ import annotations

import argparse
import datetime as dt
import time

import numpy as np

from tendency.measures import holm, order_changes
from tendency.measures.comparison import FAMILY_ERROR
from tendency.tally import Period, Tally

SPANS = (
    Period("before", dt.date(1936, 1, 1), dt.date(1941, 1, 1)),
    Period("after", dt.date(1941, 1, 1), dt.date(1945, 1, 1)),
)
ITEMS = ("a", "b", "c", "d")
SIZES: tuple[tuple[str, int, float, float, float], ...] = (
    # kind, clusters, liking, k, expected hits of rate 1
    ("publications", 12, 4.0, 1.0, 60),
    ("publications", 40, 4.0, 1.0, 60),
    ("documents", 25, np.inf, 0.25, 40),
    ("documents", 100, np.inf, 0.25, 60),
    ("documents", 400, np.inf, 0.25, 100),
)
SCENARIOS: dict[str, tuple[tuple[float, ...], tuple[float, ...]]] = {
    "all equal, nothing changes": ((1, 1, 1, 1), (1, 1, 1, 1)),
    "apart, nothing changes": ((2, 1.4, 1, 0.7), (2, 1.4, 1, 0.7)),
    "a leads fivefold, then all equal": ((5, 1, 1, 1), (1, 1, 1, 1)),
    "two items: a leads fivefold, then equal": ((5, 1), (1, 1)),
    "everything doubles": ((1, 1, 1, 1), (2, 2, 2, 2)),
    "a over b twofold, then b over a": ((2, 1, 0.5, 0.5), (1, 2, 0.5, 0.5)),
    "a over b threefold, then b over a": ((3, 1, 0.5, 0.5), (1, 3, 0.5, 0.5)),
}


def simulated(
    generator: np.random.Generator,
    replications: int,
    kind: str,
    clusters: int,
    liking: float,
    k: float,
    hits: float,
    rates: tuple[tuple[float, ...], tuple[float, ...]],
) -> Tally:
    """Replications side by side, as the splits of one tally."""
    items = ITEMS[: len(rates[0])]
    shape = (replications, 2, clusters)
    lasting = np.ones((replications, 1, clusters, len(items)))
    if np.isfinite(liking):
        lasting = generator.gamma(liking, 1 / liking, lasting.shape)
    burst = generator.gamma(k, 1 / k, (*shape, len(items)))
    share = generator.lognormal(0, 0.7, (replications, 1, clusters))
    words = np.maximum(100, 40_000 * share * generator.lognormal(0, 0.3, shape)).astype(np.int64)
    level = np.array(rates)[None, :, None, :] * hits / (40_000 * clusters * np.exp(0.29))
    counts = generator.poisson(level * words[..., None] * lasting * burst)
    split, period, number = np.indices(shape)
    named = [f"{kind} {i:03d}" for i in number.ravel()] if kind != "documents" else None
    return Tally.from_counts(
        counts.reshape(-1, len(items)),
        words.ravel(),
        SPANS,
        period=period.ravel(),
        columns=items,
        split=split.ravel(),
        splits=[str(i) for i in range(replications)],
        clusters={kind: named},
    )


def main() -> None:
    """One row a scenario and size."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--replications", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1944)
    options = parser.parse_args()
    generator = np.random.default_rng(options.seed)
    begun = time.perf_counter()
    print(
        "| truth | clusters | liking | k | hits | families with a false reversal | ± | a and b found reversed |"
    )
    print("|---|---|---:|---:|---:|---:|---:|---:|")
    for name, rates in SCENARIOS.items():
        for kind, clusters, liking, k, hits in SIZES:
            tally = simulated(generator, options.replications, kind, clusters, liking, k, hits, rates)
            table = order_changes(tally, draws=2000).table
            false, found = 0, 0
            for family in table.partition_by("split"):
                p = [None if few else value for few, value in zip(family["few"], family["p"], strict=True)]
                claimed = [value is not None and value <= FAMILY_ERROR for value in holm(p)]
                true = [
                    {a, b} == {"a", "b"} and "then b over a" in name
                    for a, b in zip(family["first"], family["second"], strict=True)
                ]
                false += any(c and not t for c, t in zip(claimed, true, strict=True))
                found += any(c and t for c, t in zip(claimed, true, strict=True))
            share = false / options.replications
            error = np.sqrt(share * (1 - share) / options.replications)
            power = f"{100 * found / options.replications:.0f} %" if "then b over a" in name else ""
            print(
                f"| {name} | {clusters} {kind} | {liking:g} | {k} | {hits} | {100 * share:.1f} % | {100 * error:.1f} | {power} |",
                flush=True,
            )
    print(f"\nseed {options.seed}, {time.perf_counter() - begun:.0f} s")


if __name__ == "__main__":
    main()
