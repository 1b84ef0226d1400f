"""Wordfish on bursty documents with topics and a drift in time: correlation with the truth, coverage of the intervals, and what the drift does.

    python bench/statistics/positions.py [--replications 20] [--seed 2008]

Thirty authors with positions from a normal law; each writes documents of about 400 words in ten periods, not all in all of them. A document is about
one of ten topics, authors prefer topics at random; two words in five belong to topics and are up to eight times as frequent in theirs, one in seven carries the position,
and every word comes in bursts (gamma, shape k). With a drift, one word in four changes steadily over the periods, by factors with the standard deviation exp(2 drift) from first to last, and authors with
low positions write earlier (*confounded*) or not.

Beside it: Wordfish with the time course left in, Wordfish as published (Poisson, no time), and the first principal component of word shares; who says nothing has r = 0.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.stats import beta as beta_law

from tendency.measures.scaling import Pieces, Wordfish

AUTHORS, PERIODS, WORDS, TOPICS = 30, 10, 1500, 10

Floats = NDArray[np.float64]


def simulated(
    generator: np.random.Generator, documents: int, shape: float, drift: float, confounded: float
) -> tuple[Pieces, Floats, Floats]:
    """Pieces, the authors' positions and their mean periods."""
    truth = generator.standard_normal(AUTHORS)
    truth = (truth - truth.mean()) / truth.std()
    base = 1 / np.arange(5, WORDS + 5)
    base /= base.sum()
    carries = generator.random(WORDS) < 0.15
    weights = np.where(carries, 0.25 * generator.standard_normal(WORDS), 0.0)
    topical = np.zeros((TOPICS, WORDS))
    of_topic = generator.integers(TOPICS, size=WORDS)
    belongs = generator.random(WORDS) < 0.4
    topical[of_topic[belongs], np.flatnonzero(belongs)] = np.log(8) * generator.random(int(belongs.sum()))
    moves = np.where(generator.random(WORDS) < 0.25, drift * generator.standard_normal(WORDS), 0.0)
    tastes = generator.dirichlet(np.full(TOPICS, 1.0), AUTHORS)
    rows, units, periods = [], [], []
    for author in range(AUTHORS):
        middle = (PERIODS - 1) / 2 + confounded * truth[author] * 2
        for _ in range(int(generator.poisson(documents)) + 4):
            period = int(np.clip(round(middle + 2.5 * generator.standard_normal()), 0, PERIODS - 1))
            topic = int(generator.choice(TOPICS, p=tastes[author]))
            logarithm = (
                np.log(base)
                + weights * truth[author]
                + topical[topic]
                + moves * (period / (PERIODS - 1) - 0.5) * 2
            )
            share = np.exp(logarithm)
            share /= share.sum()
            length = 400 * np.exp(0.5 * generator.standard_normal())
            rows.append(generator.poisson(length * share * generator.gamma(shape, 1 / shape, WORDS)))
            units.append(author)
            periods.append(period)
    counts = np.array(rows)
    enough = counts.sum(axis=0) >= 10
    unit, period = np.array(units), np.array(periods)
    mean_period = np.bincount(unit, period, AUTHORS) / np.bincount(unit, minlength=AUTHORS)
    table = csr_array(counts[:, enough].astype(np.int64))
    return Pieces(table, unit.astype(np.int64), period.astype(np.int64), AUTHORS, PERIODS), truth, mean_period


def component(pieces: Pieces) -> Floats:
    """The first principal component of the logarithms of word shares."""
    hits = pieces.by_unit() + 0.5
    held = np.log(hits / hits.sum(axis=1, keepdims=True))
    held -= held.mean(axis=0)
    left, *_ = np.linalg.svd(held, full_matrices=False)
    return np.asarray(left[:, 0])


def interval(k: int, n: int) -> str:
    """Clopper and Pearson's 95 % interval of a share."""
    low = 0.0 if k == 0 else float(beta_law.ppf(0.025, k, n - k + 1))
    high = 1.0 if k == n else float(beta_law.ppf(0.975, k + 1, n - k))
    return f"{low:.3f}–{high:.3f}"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--replications", type=int, default=20)
    parser.add_argument("--seed", type=int, default=2008)
    options = parser.parse_args()
    print(
        "| documents | k | drift | confounded | r, median (least) | covered | 95 % | r time left in | r component | partial r with time | converged |"
    )
    print("| --- " * 11 + "|")
    for documents, shape, drift, confounded in (
        (20, 1.0, 0.0, 0.0), (20, 1.0, 1.0, 0.0), (20, 1.0, 1.0, 0.7), (20, 0.3, 1.0, 0.7), (60, 0.3, 1.0, 0.7), (20, 1.0, 2.5, 0.0), (60, 0.3, 2.5, 0.7),
    ):  # fmt: skip
        begun = time.perf_counter()
        right, plain, other, partial, covered, converged = [], [], [], [], 0, 0
        for replication in range(options.replications):
            generator = np.random.default_rng(options.seed + replication)
            pieces, truth, when = simulated(generator, documents, shape, drift, confounded)
            fitted = Wordfish.fit(pieces, without_time=True)
            sign = np.sign(np.corrcoef(fitted.positions, truth)[0, 1])
            found = sign * fitted.positions
            right.append(float(np.corrcoef(found, truth)[0, 1]))
            plain.append(
                abs(float(np.corrcoef(Wordfish.fit(pieces, without_time=False).positions, truth)[0, 1]))
            )
            other.append(abs(float(np.corrcoef(component(pieces), truth)[0, 1])))
            rest = when - np.polyval(np.polyfit(truth, when, 1), truth)
            partial.append(float(np.corrcoef(found - truth, rest)[0, 1]))
            covered += int((np.abs(found - truth) <= fitted.reach * fitted.errors).sum())
            converged += fitted.converged
        n = options.replications * AUTHORS
        print(
            f"| {documents} | {shape} | {drift} | {confounded} | {np.median(right):.3f} ({min(right):.3f}) | {covered / n:.3f} | {interval(covered, n)} | "
            f"{np.median(plain):.3f} ({min(plain):.3f}) | {np.median(other):.3f} | {np.mean(partial):.2f} | {converged}/{options.replications} |  <!-- {time.perf_counter() - begun:.0f} s -->",
            flush=True,
        )


if __name__ == "__main__":
    main()
