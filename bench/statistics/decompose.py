"""Parts of a change: coverage of their intervals, and whether planted changes of the mix are told from changes within voices.

    python bench/statistics/decompose.py [--replications 1000] [--seed 1955] [--table both]

Voices have unequal rates and unequal shares of the text; documents have unequal lengths (lognormal, sigma .7) and bursty counts (Gamma,
shape k). Truth are the parts that the true rates of the voices have at the words that were held. A day's documents may share a shock.
"""

from __future__ import annotations

import argparse
import datetime as dt
import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tendency.measures.decompose import (
    CHANGE,
    ENTERED,
    LEFT,
    MIX,
    NOT_ESTABLISHED,
    PARTS,
    TIED,
    WITHIN,
    Voices,
    decompose,
    weights,
)
from tendency.tally import Period, Tally

SIGMA = 0.7
WORDS = 1500
SPANS = [
    Period(name, dt.date(year, 1, 1), dt.date(year + 1, 1, 1))
    for name, year in (("before", 1900), ("after", 1901))
]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Planted:
    """What changes: each voice's documents and rate in both spans, shape (2, voices); a voice without documents is absent."""

    documents: NDArray[np.int64]
    rates: Floats


def planted(generator: np.random.Generator, kind: str, voices: int, documents: int) -> Planted:
    """A change that lies in one part alone, at a factor of about two; ``nothing`` changes nothing."""
    share = generator.dirichlet(np.full(voices, 3.0))
    count = np.maximum(1, np.round(share * voices * documents)).astype(np.int64)
    rate = np.exp(0.7 * generator.standard_normal(voices))
    rate /= (rate * count).sum() / count.sum()
    both, rates = np.stack([count, count]), np.stack([rate, rate])
    if kind == "within":
        rates[1] *= 2.0
    elif kind == "mix":
        # The louder half has three times the documents after.
        loud = rate > np.median(rate)
        rates[:, loud] *= 3.0
        both[1] = np.where(loud, 3 * count, count)
    elif kind in ("entered", "left"):
        some = np.zeros(voices, bool)
        some[: max(1, voices // 3)] = True
        if kind == "entered":
            both[0, some] = 0
            rates[:, some] *= 4.0
        else:
            both[1, some] = 0
            rates[:, some] /= 6.0
    return Planted(both, rates)


def tally_of(
    generator: np.random.Generator, plan: Planted, expected: float, k: float, days: int, shock: float
) -> tuple[Tally, Floats]:
    """One tally, and the true rate of each voice in each span."""
    period, voice = (
        np.repeat(index.ravel(), plan.documents.ravel()) for index in np.indices(plan.documents.shape)
    )
    words = np.maximum(50, np.round(WORDS * np.exp(SIGMA * generator.standard_normal(period.size)))).astype(
        np.int64
    )
    unit = expected / float((plan.rates[period, voice] * words).sum())
    day = generator.integers(0, days, period.size)
    shocks = generator.gamma(1 / shock, shock, (2, days)) if shock else np.ones((2, days))
    rate = unit * plan.rates[period, voice] * generator.gamma(k, 1 / k, period.size) * shocks[period, day]
    hits = generator.poisson(rate * words)
    clusters = {"document": None, "day": [f"{p} {d}" for p, d in zip(period, day, strict=True)]}
    counts = Tally.from_counts(
        hits,
        words,
        SPANS,
        period=period,
        columns=["it"],
        split=voice,
        splits=[f"v{number}" for number in range(plan.documents.shape[1])],
        clusters=clusters,
    )
    return counts, unit * plan.rates


def truth(counts: Tally, rates: Floats) -> dict[str, float]:
    """The parts that the true rates have at the words that were held, per million."""
    each = weights(Voices(counts.hits[:, :, 0], counts.tokens))
    return {part: 1e6 * float((weight * rates).sum()) for part, weight in each.items()}


def coverage(replications: int, seed: int) -> None:
    """How often each part's interval holds the truth, over kinds of change taken in turn."""
    print(
        "| voices | documents a voice and span | k | expected hits | shared day | "
        + " | ".join((*PARTS, CHANGE))
        + " |"
    )
    print("|---:|---:|---:|---:|---|" + "---:|" * 5)
    kinds = ("nothing", "within", "mix", "entered", "left")
    for voices, documents, k, expected, shock in (
        (5, 20, 1.0, 300, 0.0), (5, 20, 0.25, 300, 0.0), (5, 20, 0.25, 60, 0.0), (20, 5, 1.0, 300, 0.0),
        (20, 5, 0.25, 300, 0.0), (20, 20, 0.25, 1000, 0.0), (60, 5, 0.25, 300, 0.0), (60, 2, 1.0, 300, 0.0), (20, 20, 1.0, 1000, 0.3),
    ):  # fmt: skip
        generator = np.random.default_rng([seed, voices, documents, int(100 * k), expected, int(10 * shock)])
        inside: dict[str, list[bool]] = {part: [] for part in (*PARTS, CHANGE)}
        for number in range(replications):
            plan = planted(generator, kinds[number % len(kinds)], voices, documents)
            counts, rates = tally_of(generator, plan, expected, k, 30, shock)
            true = truth(counts, rates)
            for row in decompose(counts).table.iter_rows(named=True):
                nothing = row["part"] in (ENTERED, LEFT) and abs(true[row["part"]]) < 1e-9
                if row["low"] is not None and not nothing:
                    inside[row["part"]].append(row["low"] - 1e-9 <= true[row["part"]] <= row["high"] + 1e-9)
        cells = []
        for part in (*PARTS, CHANGE):
            share = float(np.mean(inside[part])) if inside[part] else np.nan
            error = 1.96 * np.sqrt(max(share * (1 - share), 1e-9) / max(len(inside[part]), 1))
            cells.append(f"{100 * share:.1f} ± {100 * error:.1f}")
        print(
            f"| {voices} | {documents} | {k} | {expected} | {'yes' if shock else 'no'} | "
            + " | ".join(cells)
            + " |",
            flush=True,
        )


def verdicts(replications: int, seed: int) -> None:
    """What is said of changes that lie in one part alone, beside an oracle that knows the rates and one that always says *within*."""
    print(
        "| planted | documents a voice and span | named right | named wrong | no part beyond chance | change not established | oracle right | always “within” |"
    )
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    right = {"within": WITHIN, "mix": MIX, "entered": ENTERED, "left": LEFT}
    for kind in ("nothing", "within", "mix", "entered", "left"):
        for documents in (12, 48, 192):
            generator = np.random.default_rng([seed, len(kind), ord(kind[0]), documents])
            said, oracle = [], []
            for _ in range(replications):
                plan = planted(generator, kind, 12, documents)
                counts, rates = tally_of(generator, plan, 25.0 * documents, 0.5, 300, 0.0)
                said.append(decompose(counts).summary["verdict"][0])
                true = truth(counts, rates)
                sign = np.sign(true[CHANGE])
                oracle.append(max(PARTS, key=lambda part: sign * true[part]) == right.get(kind))
            of = {
                name: 100 * float(np.mean([one == name for one in said])) for name in set(said) | set(PARTS)
            }
            named = of.get(right.get(kind, ""), 0.0)
            wrong = sum(of[part] for part in PARTS) - named
            print(
                f"| {kind} | {documents} | {named:.1f} | {wrong:.1f} | {of.get(TIED, 0.0):.1f} | {of.get(NOT_ESTABLISHED, 0.0):.1f} | "
                f"{100 * float(np.mean(oracle)):.1f} | {100.0 if kind == 'within' else 0.0:.0f} |",
                flush=True,
            )


def main() -> None:
    """The two tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--replications", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1955)
    parser.add_argument("--table", choices=["coverage", "planted", "both"], default="both")
    options = parser.parse_args()
    began = time.perf_counter()
    if options.table != "planted":
        coverage(options.replications, options.seed)
        print()
    if options.table != "coverage":
        verdicts(options.replications // 2, options.seed)
    print(f"\nseed {options.seed}, {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
