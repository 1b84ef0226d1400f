"""How often rates that did not change are said to have risen or fallen, and how often a doubling is found.

    python bench/statistics/changes.py [--replications 300] [--seed 1945] [--splits]

The texts of reversals.py. A family is the four items of one replication. With ``--splits`` two splits of one period are
compared, not two periods: days on which the same news (gamma, shape ``liking``) moves both, or documents of their own.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from reversals import SIZES, simulated

from tendency.measures import compare_rates, compare_splits, holm
from tendency.measures.comparison import FAMILY_ERROR
from tendency.tally import turned

SPLIT_SIZES: tuple[tuple[str, int, float, float, float], ...] = (
    # kind, clusters, liking, k, expected hits of rate 1
    ("days", 30, 1.0, 4.0, 100),
    ("days", 60, 0.5, 4.0, 150),
    ("days", 60, 0.5, 1.0, 150),
    *(size for size in SIZES if size[0] == "documents"),
)
SAME = ((2.0, 1.4, 1.0, 0.7), (2.0, 1.4, 1.0, 0.7))
DOUBLED = ((1.0, 1.0, 1.0, 1.0), (2.0, 1.0, 1.0, 1.0))


def main() -> None:
    """One row a size."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--replications", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1945)
    parser.add_argument("--splits", action="store_true")
    options = parser.parse_args()
    generator = np.random.default_rng(options.seed)
    begun = time.perf_counter()
    print(
        "| clusters | liking | k | hits | families with a false change | ± | intervals that cover | doubling found |"
    )
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    for kind, clusters, liking, k, hits in SPLIT_SIZES if options.splits else SIZES:
        row = f"| {clusters} {kind} | {liking:g} | {k} | {hits} |"
        for rates in (SAME, DOUBLED):
            tally = simulated(generator, options.replications, kind, clusters, liking, k, hits, rates)
            if options.splits:
                # Replications are the periods: each compares its two splits.
                found = compare_splits(turned(tally), "before", "after", draws=2000)
                table = found.table.rename({"period": "split"})
            else:
                table = compare_rates(tally, draws=2000).table
            claims = [
                [value is not None and value <= FAMILY_ERROR for value in holm(family["p"].to_list())]
                for family in table.partition_by("split")
            ]
            if rates is SAME:
                false = float(np.mean([any(family) for family in claims]))
                error = np.sqrt(false * (1 - false) / options.replications)
                covered = float(((table["low"] <= 1) & (table["high"] >= 1)).mean())  # type: ignore[arg-type]
                row += f" {100 * false:.1f} % | {100 * error:.1f} | {100 * covered:.1f} % |"
            else:
                row += f" {100 * float(np.mean([family[0] for family in claims])):.0f} % |"
        print(row, flush=True)
    print(f"\nseed {options.seed}, {time.perf_counter() - begun:.0f} s")


if __name__ == "__main__":
    main()
