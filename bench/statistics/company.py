"""The company of words: coverage of the ratio's interval, and what is said to come and go, where it does and where it does not.

    python -m bench company [--replications 20] [--words 100] [--seed 1943]

Documents with hits of a query (one and Poisson(2) more, ten words near each) and a lognormal rest of their words. A word has a rate that
differs from document to document (gamma, variance 1/k), and near hits that rate times a true ratio, which itself bursts (gamma, variance
1/l). Every word is a replication; those with under ten occurrences near hits are not judged. Of two parts the second has the true ratio
times the effect. "Poisson" knows no bursts: Wald's test of four independent counts; the oracle knows k, l and all rates.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from tendency.corpus.surroundings import Company
from tendency.measures.collocates import near_and_elsewhere
from tendency.measures.two_rates import Ratios, burstiness, ratios

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

GRID = (
    # documents, k, l, expected occurrences near hits, true ratio
    (20, 0.25, 1.0, 40.0, 5.0),
    (60, 0.25, 1.0, 40.0, 5.0),
    (200, 0.25, 0.5, 40.0, 5.0),
    (200, 1.0, 1e6, 40.0, 1.0),
    (60, 1.0, 1.0, 15.0, 10.0),
    (400, 0.25, 1.0, 200.0, 2.0),
)
EFFECTS = (1.0, 2.0, 4.0, 8.0)


def factors(generator: np.random.Generator, k: float, size: tuple[int, int]) -> Floats:
    """Factors with mean 1 and variance 1/k."""
    return generator.gamma(k, 1 / k, size) if k < 1e5 else np.ones(size)


class Part:
    """Some documents and the words in them."""

    def __init__(
        self,
        generator: np.random.Generator,
        number: int,
        words: int,
        k: float,
        burst: float,
        expected: float,
        ratio: float,
    ) -> None:
        hits = 1 + generator.poisson(2.0, number)
        near = 10 * hits
        rest = np.maximum(50, np.round(1500 * np.exp(0.7 * generator.standard_normal(number)))).astype(
            np.int64
        )
        rate = expected / (ratio * near.sum())
        own = factors(generator, k, (number, words))
        beside = generator.poisson(
            rate * ratio * near[:, None] * own * factors(generator, burst, (number, words))
        )
        elsewhere = generator.poisson(rate * rest[:, None] * own)
        document, word = np.nonzero((beside > 0) | (elsewhere > 0))
        cluster = document.astype(np.int64) + 1
        company = Company(
            np.zeros(document.size, np.int64),
            document,
            word,
            beside[document, word],
            elsewhere[document, word],
        )
        exposures = np.concatenate([[[0, 0, 0]], np.stack([near, rest, hits], axis=1)]).astype(np.int64)
        self.near, self.rest, self.correlation = near_and_elsewhere(company, cluster, exposures, words)
        self.error = self._true_error(near, rest, rate, ratio, k, burst)

    def _true_error(self, near: Ints, rest: Ints, rate: float, ratio: float, k: float, burst: float) -> float:
        """Variance of the logarithm of the ratio, everything known."""
        one, two = near / near.sum(), rest / rest.sum()
        shared = ((one - two) ** 2).sum() / k
        alone = (one**2).sum() / burst * (1 + 1 / k)
        return float(shared + alone + 1 / (rate * ratio * near.sum()) + 1 / (rate * rest.sum()))

    def plain(self) -> tuple[Floats, Floats]:
        """The logarithm of the ratio from the counts alone, and its variance as if they were Poisson."""
        a, c = (np.maximum(side.hits, 0.5) for side in (self.near, self.rest))
        return np.log(a / self.near.exposure) - np.log(c / self.rest.exposure), 1 / a + 1 / c


def judged(
    generator: np.random.Generator, replications: int, words: int, cell: tuple[float, ...], effect: float
) -> list[float]:
    """Coverage of the first part's interval, and shares of changes claimed by us, Poisson and the oracle."""
    number, k, burst, expected, ratio = cell
    held = asked = total = 0
    claims = np.zeros(3)
    for _ in range(replications):
        parts = [
            Part(generator, int(number), words, k, burst, expected * more, ratio * more)
            for more in (1.0, effect)
        ]
        enough = parts[0].near.hits >= 10
        alone = np.concatenate([burstiness((parts[0].near,)), burstiness((parts[0].rest,))])
        found = ratios(parts[0].near, parts[0].rest, alone, parts[0].correlation)
        low, high = found.bounds(parts[0].near.hits > 0, parts[0].rest.hits > 0)
        held += int(((low <= ratio) & (ratio <= high) & enough).sum())
        asked += int(enough.sum())
        some = parts[0].near.hits + parts[1].near.hits >= 10
        near, rest = burstiness((parts[0].near, parts[1].near)), burstiness((parts[0].rest, parts[1].rest))
        both = [
            ratios(part.near, part.rest, np.stack([near[at], rest[at]]), part.correlation)
            for at, part in enumerate(parts)
        ]
        change: Ratios = both[1].less(both[0])
        (one, v1), (two, v2) = (part.plain() for part in parts)
        plain = 2 * norm.sf(np.abs(two - one) / np.sqrt(v1 + v2))
        oracle = 2 * norm.sf(np.abs(two - one) / np.sqrt(parts[0].error + parts[1].error))
        for at, p in enumerate((change.p(), plain, oracle)):
            claims[at] += int(((p <= 0.05) & some).sum())
        total += int(some.sum())
    return [held / max(asked, 1), *(claims / max(total, 1)).tolist()]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--replications", type=int, default=20)
    parser.add_argument("--words", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1943)
    asked = parser.parse_args()
    begun, generator = time.perf_counter(), np.random.default_rng(asked.seed)
    error = 100 * 1.96 * np.sqrt(0.25 / asked.replications / asked.words)
    print(f"{asked.replications} x {asked.words} words a cell; %, Monte-Carlo error at most {error:.1f}\n")
    print(
        "| documents | k | l | near | ratio | effect | interval covers | ours | Poisson | oracle | say nothing |"
    )
    print(f"| --- {'| --- ' * 10}|")
    for cell in GRID:
        for effect in EFFECTS:
            found = judged(generator, asked.replications, asked.words, cell, effect)
            shown = " | ".join(f"{100 * value:.1f}" for value in found)
            head = " | ".join("∞" if value > 1e5 else f"{value:g}" for value in cell)
            print(f"| {head} | {effect:g} | {shown} | 0.0 |", flush=True)
    print(f"\n{time.perf_counter() - begun:.0f} s")


if __name__ == "__main__":
    main()
