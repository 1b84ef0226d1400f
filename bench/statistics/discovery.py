"""Discovery among fifty thousand words: how many planted risers are found, and how much that is none.

    python bench/statistics/discovery.py [--replications 5] [--words 50000] [--seed 1943]

Counts of thirty papers in twenty years, without a text: words with the frequencies of Zipf from twenty hits on, in bursts (gamma-Poisson
counts of each paper in each year), a third of the papers held out. Where they wander, a word's rate is multiplied in each year by a lognormal
AR(1) factor of the same relative variance as the sampling of a year of the word, at most 0.25. Twenty words rise by a factor from the first year
to the last, at even steps of its logarithm; their frequencies are spread evenly, by logarithm, from 200 hits to 5,000.

Beside it: Mann-Kendall on the rates of all papers, Benjamini-Hochberg at the same 10 %; and an oracle, which knows burstiness and wander and
looks for nothing but trends, in all papers. Who says nothing finds nothing and errs never.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from tendency.measures.dispersion import FEW_HITS
from tendency.measures.effects import Stretches, confirmed, effects
from tendency.measures.families import benjamini_hochberg
from tendency.measures.looking import Evidence, Looked, judged
from tendency.tally.gram_moments import Axis, GramMoments
from tendency.tally.placing import HELD_OUT

YEARS, PAPERS, RISERS, Q = 20, 30, 20, 0.10
A_YEAR = 30_000
"""Words that a paper prints in a year, in the median."""
BLOCK = 2500

Floats = NDArray[np.float64]


@dataclass
class Outcome:
    """What one method found in one replication: of the risers, and of the others."""

    risers: int = 0
    others: int = 0


class Press:
    """The papers of one replication, and the laws of its words."""

    def __init__(
        self, generator: np.random.Generator, words: int, k: float, rho: float, factor: float
    ) -> None:
        self.generator, self.k = generator, k
        self.printed = np.round(A_YEAR * np.exp(0.5 * generator.standard_normal((YEARS, PAPERS)))).astype(
            np.int64
        )
        self.hits = np.minimum(20.0 * words / np.arange(1, words + 1), 50_000.0)
        self.risers = np.zeros(words, bool)
        self.risers[:RISERS] = factor > 1
        self.hits[:RISERS] = np.geomspace(200, 5000, RISERS)
        self.growth = np.where(self.risers, np.log(factor) / (YEARS - 1), 0.0)
        expected = self.hits / YEARS
        sampling = 1 / expected + 1 / (k * PAPERS)
        self.wander = np.minimum(sampling, 0.25) if rho else np.zeros(words)
        self.rho = rho

    def counts(self, rows: slice) -> NDArray[np.int64]:
        """Counts of some words, (words, years, papers)."""
        n = self.hits[rows].size
        noise = self.generator.standard_normal((n, YEARS))
        for year in range(1, YEARS):
            noise[:, year] = self.rho * noise[:, year - 1] + np.sqrt(1 - self.rho**2) * noise[:, year]
        log_variance = np.log1p(self.wander[rows])[:, None]
        course = np.exp(
            np.sqrt(log_variance) * noise - log_variance / 2 + self.growth[rows][:, None] * np.arange(YEARS)
        )
        course *= (self.hits[rows] / (self.printed.sum(axis=1) / self.printed.sum() * course).sum(axis=1))[
            :, None
        ]
        mean = course[:, :, None] * (self.printed / self.printed.sum())
        return self.generator.poisson(mean * self.generator.gamma(self.k, 1 / self.k, mean.shape))


def part(press: Press, counts: NDArray[np.int64], papers: slice) -> tuple[Axis, GramMoments]:
    """What some of the papers say, as discovery gets it."""
    printed, own = press.printed[:, papers], counts[:, :, papers]
    exact = printed.astype(float)
    axis = Axis(
        np.arange(YEARS),
        printed.sum(axis=1),
        (exact**2).sum(axis=1),
        (exact**3).sum(axis=1),
        np.full(YEARS, printed.shape[1]),
    )
    clusters = (own.sum(axis=1) > 0).sum(axis=1)
    moments = GramMoments(
        own.sum(axis=2),
        (own * printed).sum(axis=2),
        (own**2).sum(axis=(1, 2)),
        clusters,
        clusters,
        clusters,
        clusters,
    )
    return axis, moments


def joined(parts: list[GramMoments]) -> GramMoments:
    """The rows of several one after the other."""
    return GramMoments(
        *(np.concatenate([getattr(one, name) for one in parts]) for name in GramMoments.__annotations__)
    )


def mann_kendall(rates: Floats) -> Floats:
    """Two-sided p of each row, without ties' correction, for rates hardly tie."""
    n = rates.shape[1]
    s = sum(np.sign(rates[:, j : j + 1] - rates[:, :j]).sum(axis=1) for j in range(1, n))
    z = (np.abs(s) - 1).clip(0) / np.sqrt(n * (n - 1) * (2 * n + 5) / 18)
    return 2 * ndtr(-z)


def oracle(press: Press, hits: NDArray[np.int64]) -> Floats:
    """P of a rise by the best linear score, burstiness and wander known."""
    printed = press.printed.sum(axis=1)
    share = (press.printed.astype(float) ** 2).sum(axis=1) / printed.astype(float) ** 2
    mean = hits.sum(axis=1, keepdims=True) * printed / printed.sum()
    lag = (
        press.rho ** np.abs(np.subtract.outer(np.arange(YEARS), np.arange(YEARS)))
        if press.rho
        else np.zeros((YEARS, YEARS))
    )
    variance = mean + mean**2 * share / press.k
    weight = mean / (variance + mean**2 * press.wander[:, None])
    years = np.arange(YEARS) - (weight * mean * np.arange(YEARS)).sum(1, keepdims=True) / (weight * mean).sum(
        1, keepdims=True
    )
    line = weight * years
    spread = (line**2 * variance).sum(axis=1) + press.wander * np.einsum(
        "ai,ij,aj->a", line * mean, lag, line * mean
    )
    return ndtr(-(line * (hits - mean)).sum(axis=1) / np.sqrt(np.maximum(spread, 1e-300)))


def replicated(press: Press) -> dict[str, Outcome]:
    """What each method finds in one press."""
    words = press.hits.size
    sides: tuple[list[GramMoments], list[GramMoments]] = ([], [])
    every = []
    axes: list[Axis] = []
    for begin in range(0, words, BLOCK):
        counts = press.counts(slice(begin, begin + BLOCK))
        every.append(counts.sum(axis=2))
        axes = []
        for side, papers in zip(
            sides, (slice(PAPERS // HELD_OUT, PAPERS), slice(0, PAPERS // HELD_OUT)), strict=True
        ):
            axis, moments = part(press, counts, papers)
            axes.append(axis)
            side.append(moments)
    looked_at, held_out = joined(sides[0]), joined(sides[1])
    hits = np.concatenate(every)
    rows = np.flatnonzero((looked_at.hits.sum(axis=1) >= FEW_HITS) & (hits.sum(axis=1) >= 20))
    seen, other = Evidence.of(axes[0]), Evidence.of(axes[1])
    looked = Looked.at(seen, looked_at, rows)
    verdicts = judged(seen, looked, Q)
    found = verdicts.found
    again = np.zeros(0, bool)
    if found.size:
        stretch = Stretches.found(seen, looked, verdicts, found, YEARS)
        some = GramMoments(*(getattr(held_out, name)[rows[found]] for name in GramMoments.__annotations__))
        again = confirmed(effects(other, some, stretch), stretch.sign, Q) == "confirmed"
    enough = np.flatnonzero(hits.sum(axis=1) >= 20)
    kendall = enough[benjamini_hochberg(mann_kendall(hits[enough] / press.printed.sum(axis=1))) <= Q]
    known = enough[benjamini_hochberg(oracle(press, hits)[enough]) <= Q]

    def outcome(which: NDArray[np.int64]) -> Outcome:
        risers = int(press.risers[which].sum())
        return Outcome(risers, which.size - risers)

    return {
        "found": outcome(rows[found]),
        "confirmed": outcome(rows[found][again]),
        "Mann-Kendall": outcome(kendall),
        "oracle": outcome(known),
    }


def settings() -> Iterator[tuple[float, str, float, float]]:
    """Burstiness k, what wanders, its autocorrelation, and the factor of the risers."""
    for factor in (1.0, 2.0, 3.0, 4.0, 6.0, 8.0):
        yield 1.0, "none", 0.0, factor
    for factor in (1.0, 4.0):
        yield 0.25, "none", 0.0, factor
    for rho in (0.5, 0.8):
        for factor in (1.0, 4.0):
            yield 1.0, f"AR({rho})", rho, factor


def mean(values: list[float]) -> str:
    """A mean with its Monte-Carlo standard error."""
    error = np.std(values, ddof=1) / np.sqrt(len(values)) if len(values) > 1 else float("nan")
    return f"{np.mean(values):.1f} ± {error:.1f}"


def main() -> None:
    """A table of what is found, a row a setting and method."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--replications", type=int, default=5)
    parser.add_argument("--words", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=1943)
    options = parser.parse_args()
    begun = time.perf_counter()
    print(
        "| k | wander | risers grow | method | risers found, of 20 | others found | false, % of found | any false, runs |"
    )
    print("|---:|---|---:|---|---:|---:|---:|---:|")
    for number, (k, name, rho, factor) in enumerate(settings()):
        results: dict[str, list[Outcome]] = {}
        for replication in range(options.replications):
            generator = np.random.default_rng([options.seed, number, replication])
            for method, outcome in replicated(Press(generator, options.words, k, rho, factor)).items():
                results.setdefault(method, []).append(outcome)
        for method, outcomes in results.items():
            total = sum(one.risers + one.others for one in outcomes)
            false = f"{100 * sum(one.others for one in outcomes) / total:.0f}" if total else "–"
            any_false = sum(one.others > 0 for one in outcomes)
            grow = f"×{factor:g}" if factor > 1 else "none planted"
            risers = mean([float(one.risers) for one in outcomes]) if factor > 1 else "–"
            print(
                f"| {k:g} | {name} | {grow} | {method} | {risers} | {mean([float(one.others) for one in outcomes])} | {false} | "
                f"{any_false} of {len(outcomes)} |",
                flush=True,
            )
    print(
        f"\nseed {options.seed}, {options.words:,} words, {options.replications} replications, {time.perf_counter() - begun:.0f} s"
    )


if __name__ == "__main__":
    main()
