"""Flips of the order of two items: false ones among tied, independent and wandering pairs, and power.

    python bench/statistics/flips.py [--replications 300] [--seed 1924]

Sixty years as in ``turning.py`` (unequal lengths), two items. *Wander* is an AR(1) process of the logarithm of the ratio, as large as its
sampling noise. Beside it the rule of thumb that a flip is a probability of leading of at most .1 in two successive
years and of at least .9 in two later ones, or the other way round.
"""

from __future__ import annotations

import argparse
import datetime as dt
import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr
from turning import DOCUMENTS, MIDDLE, NEAR, RATE, WORDS, YEARS, K, World, autoregressive, share

from tendency.measures import flips
from tendency.measures.dispersion import widest
from tendency.measures.series import Series
from tendency.measures.turning import smoothed
from tendency.measures.working import working
from tendency.tally import Period, Tally

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Pair:
    """Two items: the ratio of their rates before and after, its wander, and whether bursts are shared."""

    name: str
    before: float = 1.0
    after: float = 1.0
    wander: float = 0.0
    rho: float = 0.5
    shared: bool = False

    @property
    def flips(self) -> bool:
        """Whether the order is reversed."""
        return (self.before - 1) * (self.after - 1) < 0


PAIRS = (
    Pair("tied, independent bursts"),
    Pair("tied, the same bursts", shared=True),
    Pair("apart ×2, nothing changes", 2.0, 2.0),
    Pair("tied, wander AR(1) .5", wander=1.0),
    Pair("tied, wander AR(1) .5, twice as large", wander=2.0),
    Pair("tied, wander AR(1) .8", wander=1.0, rho=0.8),
    Pair("lead ×2, then tied", 2.0, 1.0),
    Pair("lead ×4, then tied", 4.0, 1.0),
    Pair("×1.25 to ÷1.25", 1.25, 1 / 1.25),
    Pair("×1.5 to ÷1.5", 1.5, 1 / 1.5),
    Pair("×2 to ÷2", 2.0, 0.5),
    Pair("×3 to ÷3", 3.0, 1 / 3),
    Pair("×1.5 to ÷1.5, wander AR(1) .5", 1.5, 1 / 1.5, wander=1.0),
    Pair("×2 to ÷2, wander AR(1) .5", 2.0, 0.5, wander=1.0),
    Pair("×3 to ÷3, wander AR(1) .5", 3.0, 1 / 3, wander=1.0),
)


def simulated(pair: Pair, replications: int, generator: np.random.Generator) -> Tally:
    """Replications as the splits of one tally."""
    world = World(0.7, 0.0)
    shape = (replications, YEARS, DOCUMENTS)
    normal = generator.standard_normal(shape)
    words = np.maximum(50, np.round(WORDS * np.exp(world.sigma * normal - world.sigma**2 / 2))).astype(
        np.int64
    )
    ratio = np.log(np.where(np.arange(YEARS) < MIDDLE, pair.before, pair.after))
    ratio = ratio + np.sqrt(pair.wander * 2 * world.noise) * autoregressive(generator, shape[:2], pair.rho)
    first = generator.gamma(K, 1 / K, shape)
    bursts = (first, first if pair.shared else generator.gamma(K, 1 / K, shape))
    hits = [
        generator.poisson(RATE * np.exp(sign * ratio / 2)[:, :, None] * words * burst)
        for sign, burst in zip((1, -1), bursts, strict=True)
    ]
    split, period, _ = np.indices(shape)
    axis = [Period(str(1900 + i), dt.date(1900 + i, 1, 1), dt.date(1901 + i, 1, 1)) for i in range(YEARS)]
    return Tally.from_counts(
        np.stack([h.ravel() for h in hits], axis=1),
        words.ravel(),
        axis,
        period=period.ravel(),
        split=split.ravel(),
        splits=[str(i) for i in range(replications)],
        columns=["a", "b"],
        grain="year",
    )


def leading(a: Series, b: Series) -> Floats:
    """Probability in each year that the first is named more."""
    (za, va, _), (zb, vb, _) = (working(one, smoothed(one)) for one in (a, b))
    return np.asarray(ndtr((za - zb) / np.sqrt(va + vb)))


def by_rule(leads: Floats) -> bool:
    """Whether two successive years of at most .1 are followed by two of at least .9, or the other way round."""
    low, high = (np.flatnonzero(one[1:] & one[:-1]) for one in (leads <= 0.1, leads >= 0.9))
    if not low.size or not high.size:
        return False
    return bool(low[0] + 1 < high[-1] or high[0] + 1 < low[-1])


def row(pair: Pair, replications: int, generator: np.random.Generator) -> str:
    """One row of the table."""
    tally = simulated(pair, replications, generator)
    found = flips(tally)
    flipped = [n > 0 for n in found.summary["flips"].to_list()]
    near = dict.fromkeys(tally.splits, False)
    for split, period in found.table.select("split", "period").iter_rows():
        near[split] |= abs(int(period) - 1900 - MIDDLE) <= NEAR
    first, second = series(tally, 0), series(tally, 1)
    rule = [by_rule(leading(a, b)) for a, b in zip(first, second, strict=True)]
    located = share(list(near.values())) if pair.flips else ""
    return f"| {pair.name} | {share(flipped)} | {located} | {share(rule)} |"


def series(tally: Tally, column: int) -> list[Series]:
    """The series of an item in every replication."""
    found = widest(tally, column + 1)
    return [Series.of(tally, column, split, found=found) for split in range(len(tally.splits))]


def main() -> None:
    """The table as Markdown on standard output."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--replications", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1924)
    options = parser.parse_args()
    generator = np.random.default_rng(options.seed)
    begun = time.perf_counter()
    print("| truth | a flip is printed | within ±3 years | by the .1/.9 rule |\n|---|---:|---:|---:|")
    for pair in PAIRS:
        print(row(pair, options.replications, generator), flush=True)
    print(f"\nseed {options.seed}, {options.replications} replications, {time.perf_counter() - begun:.0f} s")


if __name__ == "__main__":
    main()
