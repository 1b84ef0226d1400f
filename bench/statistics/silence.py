"""Silence: how often a voice like the others is called silent, and how often one that never names the theme is.

    python bench/statistics/silence.py [--replications 2000] [--seed 1944]

Voices of unequal size (lognormal, σ = .7) whose documents are bursty (k = .5) and whose rates differ with a squared coefficient of variation as given.
Everything that should exist is held. The last column calls a voice silent where a Poisson count at the others' rate would be 0 with
probability .05 or less.
"""

from __future__ import annotations

import argparse
import datetime as dt
import time

import numpy as np

from tendency.measures.silence import SILENT, silences
from tendency.tally import Period, Tally

AXIS = [Period("all", dt.date(1930, 1, 1), dt.date(1940, 1, 1))]
K = 0.5
WORDS = 1500
DOCUMENTS = 30
VOICES = (3, 6, 20)
EXPECTED = (3.0, 10.0, 30.0, 100.0)


def press(
    generator: np.random.Generator, voices: int, differ: float, expected: float, *, silent: bool
) -> Tally:
    """One press; the first voice has so many hits expected on average, and none where it is silent."""
    sizes = np.maximum(3, np.round(DOCUMENTS * np.exp(0.7 * generator.standard_normal(voices)))).astype(int)
    sizes[0] = DOCUMENTS
    liking = generator.gamma(1 / differ, differ, voices) if differ else np.ones(voices)
    split = np.repeat(np.arange(voices), sizes)
    words = np.maximum(50, WORDS * np.exp(0.7 * generator.standard_normal(split.size) - 0.245)).astype(
        np.int64
    )
    rate = expected / (DOCUMENTS * WORDS)
    hits = generator.poisson(rate * words * liking[split] * generator.gamma(K, 1 / K, split.size))
    if silent:
        hits[split == 0] = 0
    names = [f"voice {number}" for number in range(voices)]
    return Tally.from_counts(hits, words, AXIS, split=split, splits=names, columns=["theme"], grain="all")


def main() -> None:
    """The table in Markdown on standard output."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--replications", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1944)
    options = parser.parse_args()
    generator = np.random.default_rng(options.seed)
    begun, n = time.perf_counter(), options.replications
    print(
        "| other voices | their rates differ (CV²) | expected hits | called silent: like the others | called silent: never names it | Poisson: like the others |"
    )
    print("|---:|---:|---:|---:|---:|---:|")
    for voices in VOICES:
        for differ in (0.0, 0.3, 1.0):
            for expected in EXPECTED:
                false = right = poisson = 0
                for silent in (False, True):
                    for _ in range(n):
                        found = silences(
                            press(generator, voices, differ, expected, silent=silent),
                            lambda voice, period: 1.0,
                        )
                        row = found.table.row(0, named=True)
                        # One voice is asked about: its own p counts, not that of the family.
                        called = row["p"] is not None and row["p"] <= 0.05
                        right += called and silent
                        false += called and not silent
                        poisson += (
                            not silent
                            and not row["hits"]
                            and row["expected"] is not None
                            and row["expected"] >= 3.0
                        )
                print(
                    f"| {voices - 1} | {differ:g} | {expected:g} | {_share(false, n)} | {_share(right, n)} | {_share(poisson, n)} |",
                    flush=True,
                )
    print(
        f"\nseed {options.seed}, {n} replications a cell and side, {time.perf_counter() - begun:.0f} s; the verdict is “{SILENT}”"
    )


def _share(count: int, of: int) -> str:
    p = count / of
    return f"{100 * p:.1f} ± {100 * np.sqrt(max(p * (1 - p), 0.25 / of) / of):.1f}"


if __name__ == "__main__":
    main()
