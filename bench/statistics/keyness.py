"""Keyness on bursty text: false alarms where nothing differs, and power where something does, beside other tests and an oracle.

    python -m bench keyness [--replications 40] [--words 100] [--seed 1943] [--law gamma|lognormal|all-or-nothing]

Two sides of documents with unequal lengths (lognormal, sigma .7) and bursty counts (negative binomial, shape k). Every word is a
replication; bursts vary by a gamma law unless another is asked for. The oracle knows the burstiness and divides the difference of the logarithms by its true standard error; "say nothing" never
claims. All tests are two-sided at 5 %.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr
from scipy.stats import chi2, norm

from tendency.measures.association import log_likelihood_two_cells, log_odds
from tendency.measures.families import benjamini_hochberg
from tendency.measures.keyness import PRIOR
from tendency.measures.two_rates import Sums, burstiness, ratios

Floats = NDArray[np.float64]

LENGTH, SIGMA = 1500, 0.7
GRID = (
    # k, documents on either side, expected hits on the smaller side
    (0.2, (40, 40), 40.0),
    (0.2, (200, 200), 200.0),
    (1.0, (40, 40), 40.0),
    (1e6, (40, 40), 40.0),
    (0.1, (40, 40), 5.0),
    (0.25, (100, 100), 10.0),
    (0.25, (25, 400), 20.0),
    (0.25, (400, 400), 400.0),
)
EFFECTS = (1.25, 1.5, 2.0, 2.5, 4.0)
TESTS = ("ours", "z*", "Monroe", "log-likelihood", "Welch", "oracle", "say nothing")


def documents(generator: np.random.Generator, number: int) -> NDArray[np.int64]:
    """Words of each document."""
    return np.maximum(50, np.round(LENGTH * np.exp(SIGMA * generator.standard_normal(number)))).astype(
        np.int64
    )


def varying(generator: np.random.Generator, k: float, size: tuple[int, int], law: str) -> Floats:
    """Factors with mean 1 and variance 1/k."""
    if k > 1e5:
        return np.ones(size)
    if law == "gamma":
        return generator.gamma(k, 1 / k, size)
    if law == "lognormal":
        variance = np.log1p(1 / k)
        return np.asarray(np.exp(np.sqrt(variance) * generator.standard_normal(size) - variance / 2))
    present = k / (1 + k)
    return (generator.random(size) < present) / present


def counts(
    generator: np.random.Generator,
    lengths: NDArray[np.int64],
    rate: float,
    k: float,
    words: int,
    law: str,
) -> Floats:
    """Hits of every word in every document, (words, documents)."""
    return generator.poisson(rate * lengths * varying(generator, k, (words, lengths.size), law)).astype(float)


def side(x: Floats, lengths: NDArray[np.int64]) -> Sums:
    """What the documents of a side say."""
    n = lengths.astype(float)
    return Sums(
        x.sum(axis=1),
        (x**2).sum(axis=1),
        x @ n,
        float(n.sum()),
        float((n**2).sum()),
        float((n**3).sum()),
        n.size,
    )


def p_values(
    one: tuple[Floats, NDArray[np.int64]],
    two: tuple[Floats, NDArray[np.int64]],
    k: float,
    rates: tuple[float, float],
) -> tuple[dict[str, Floats], NDArray[np.bool_], NDArray[np.bool_]]:
    """The p of every test for every word, whether our interval holds the true ratio, and whether there is enough to say anything."""
    sides = (side(*one), side(*two))
    bursts = burstiness(sides)
    found = ratios(*sides, bursts)
    a, b = sides[0].hits, sides[1].hits
    c, d = sides[0].exposure, sides[1].exposure
    spread = tuple(1 + bursts[i] * s.concentration * s.hits for i, s in enumerate(sides))
    prior = (PRIOR * (a + b), PRIOR * (c + d))
    _, corrected = log_odds(a, b, c, d, *prior, (spread[0], spread[1]))
    _, plain = log_odds(a, b, c, d, *prior)
    true = [1 / (r * s.exposure) + s.concentration / k for r, s in zip(rates, sides, strict=True)]
    with np.errstate(divide="ignore"):
        difference = np.log(np.maximum(a, 0.5) / c) - np.log(np.maximum(b, 0.5) / d)
    rate = [x / n for x, n in (one, two)]
    means = [r.mean(axis=1) for r in rate]
    errors = [r.var(axis=1, ddof=1) / r.shape[1] for r in rate]
    total = errors[0] + errors[1]
    safe = np.maximum(total, 1e-300)
    freedom = safe**2 / np.maximum(
        sum(e**2 / (r.shape[1] - 1) for e, r in zip(errors, rate, strict=True)), 1e-300
    )
    welch = np.where(
        total > 0, 2 * stdtr(np.maximum(freedom, 1.0), -np.abs(means[0] - means[1]) / np.sqrt(safe)), 1.0
    )
    result = {
        "ours": found.p(),
        "z*": 2 * norm.sf(np.abs(corrected)),
        "Monroe": 2 * norm.sf(np.abs(plain)),
        "log-likelihood": chi2.sf(log_likelihood_two_cells(a, b, c, d), 1),
        "Welch": welch,
        "oracle": 2 * norm.sf(np.abs(difference) / np.sqrt(true[0] + true[1])),
        "say nothing": np.ones(a.size),
    }
    low, high = found.bounds(a > 0, b > 0)
    ratio = rates[0] / rates[1]
    return result, (low <= ratio) & (ratio <= high), a + b >= 10


def cell(
    generator: np.random.Generator,
    replications: int,
    words: int,
    k: float,
    sizes: tuple[int, int],
    expected: float,
    effect: float,
    law: str,
) -> tuple[dict[str, float], float, float]:
    """Shares of words that each test claims, the coverage of our interval, and the share with enough hits."""
    claimed = dict.fromkeys(TESTS, 0)
    held = enough = total = 0
    for _ in range(replications):
        lengths = [documents(generator, size) for size in sizes]
        rate = expected / (LENGTH * np.exp(SIGMA**2 / 2) * min(sizes))
        rates = (rate * effect, rate)
        both = [(counts(generator, n, r, k, words, law), n) for n, r in zip(lengths, rates, strict=True)]
        found, covered, some = p_values(both[0], both[1], k, rates)
        total += words
        enough += int(some.sum())
        held += int((covered & some).sum())
        for name, p in found.items():
            # Words with under ten hits are not tested by us; the others take all.
            sure = (p <= 0.05) & some if name in ("ours", "z*") else p <= 0.05
            claimed[name] += int(sure.sum())
    return {name: number / total for name, number in claimed.items()}, held / max(enough, 1), enough / total


def families(
    generator: np.random.Generator, number: int, words: int, share: float, effect: float, law: str
) -> tuple[float, float, float]:
    """Share of whole tables of words with a false finding, of false ones among those found, and of the differing ones found."""
    any_false, false, found, right = 0, 0, 0, 0
    differing = round(share * words)
    rate, k, size = 1e-3, 0.5, 100
    for _ in range(number):
        lengths = [documents(generator, size) for _ in range(2)]
        x = counts(generator, lengths[0], rate, k, words, law)
        x[:differing] = counts(generator, lengths[0], rate * effect, k, differing, law) if differing else 0
        both = ((x, lengths[0]), (counts(generator, lengths[1], rate, k, words, law), lengths[1]))
        p, _, some = p_values(*both, k, (rate, rate))
        family = np.ones(words)
        family[some] = benjamini_hochberg(p["ours"][some])
        claimed = family <= 0.05
        any_false += bool(claimed[differing:].any())
        false += int(claimed[differing:].sum())
        right += int(claimed[:differing].sum())
        found += int(claimed.sum())
    return any_false / number, false / max(found, 1), right / max(number * differing, 1)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--replications", type=int, default=40)
    parser.add_argument("--words", type=int, default=100)
    parser.add_argument("--law", default="gamma", choices=("gamma", "lognormal", "all-or-nothing"))
    parser.add_argument("--seed", type=int, default=1943)
    asked = parser.parse_args()
    begun, generator = time.perf_counter(), np.random.default_rng(asked.seed)
    print(
        f"{asked.replications} x {asked.words} words a cell; % claimed at 5 %, Monte-Carlo error at most "
        f"{100 * 1.96 * np.sqrt(0.25 / asked.replications / asked.words):.1f}\n"
    )
    print(f"| k | documents | hits | effect | {' | '.join(TESTS)} | our interval covers | tested |")
    print(f"| --- {'| --- ' * (len(TESTS) + 5)}|")
    for k, sizes, expected in GRID:
        for effect in (
            1.0,
            *(EFFECTS if (k, sizes) in ((0.2, (40, 40)), (0.2, (200, 200)), (0.25, (25, 400))) else ()),
        ):
            shares, covered, tested = cell(
                generator, asked.replications, asked.words, k, sizes, expected, effect, asked.law
            )
            line = " | ".join(f"{100 * shares[name]:.1f}" for name in TESTS)
            print(
                f"| {'∞' if k > 1e5 else k} | {sizes[0]}/{sizes[1]} | {expected:g} | {effect:g} | {line} | {100 * covered:.1f} | {100 * tested:.0f} |",
                flush=True,
            )
    print(
        "\n| words that differ | effect | tables with a false finding | false among found | differing found |"
    )
    print("| --- | --- | --- | --- | --- |")
    number = 4 * asked.replications
    for share, effect in ((0.0, 1.0), (0.1, 2.0), (0.1, 4.0)):
        some, false, right = families(generator, number, 500, share, effect, asked.law)
        print(
            f"| {share:.0%} of 500 | {effect:g} | {100 * some:.1f} | {100 * false:.1f} | {100 * right:.1f} |"
        )
    print(f"\n{time.perf_counter() - begun:.0f} s")


if __name__ == "__main__":
    main()
