"""How often an event at a random date, or an outside series that has nothing to do with the text, is said to stand out.

    python bench/statistics/events.py [--replications 400] [--seed 1953] [--only events|comovement]

Texts are yearly counts (six documents a year) around a rate that wanders (first order, autocorrelation as given, standard
deviation .4 of its logarithm); planted are a lasting change at the event, and a text that follows the outside series.
"""

from __future__ import annotations

import argparse
import datetime as dt
import time

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tendency.measures import before_after, comovement
from tendency.measures.comoving import CHANCE, TOO_FEW, WITH
from tendency.measures.events import LARGE
from tendency.tally import Period, Tally

Floats = NDArray[np.float64]

DOCUMENTS, WORDS, SPREAD = 6, 1000, 0.4


def wandering(generator: np.random.Generator, shape: tuple[int, int], alike: float) -> Floats:
    """Series of first order with variance 1, one a row."""
    path = generator.standard_normal(shape)
    for at in range(1, shape[1]):
        path[:, at] = alike * path[:, at - 1] + np.sqrt(1 - alike**2) * path[:, at]
    return path


def tally_of(generator: np.random.Generator, course: Floats, hits: float) -> Tally:
    """Bursty counts (k = 1 a document) around these courses of the logarithm, one split a row."""
    shape = (*course.shape, DOCUMENTS)
    mean = hits / DOCUMENTS * np.exp(course)[:, :, None]
    counts = generator.poisson(mean * generator.gamma(1, 1, shape))
    split, period, _ = np.indices(shape)
    axis = [
        Period(str(1900 + i), dt.date(1900 + i, 1, 1), dt.date(1901 + i, 1, 1))
        for i in range(course.shape[1])
    ]
    return Tally.from_counts(
        counts.ravel(),
        np.full(counts.size, WORDS),
        axis,
        period=period.ravel(),
        split=split.ravel(),
        splits=[str(i) for i in range(len(course))],
        grain="year",
    )


def share(found: Floats | list[bool]) -> str:
    """Per cent with its Monte-Carlo error."""
    value = float(np.mean(found))
    return f"{100 * value:.1f} | {100 * np.sqrt(value * (1 - value) / len(found)):.1f}"


def events(generator: np.random.Generator, replications: int) -> None:
    """An event at a random date; the change planted there, in multiples of the rate."""
    print("| periods | alike | change | said to be large % | ± | interval of the ratio leaves out 1 % |")
    print("|---:|---:|---:|---:|---:|---:|")
    for periods in (40, 80):
        for alike in (0.0, 0.5, 0.8):
            for change in (1.0, 1.5, 2.0, 3.0):
                large, apart = [], []
                per_date = max(1, replications // 20)
                for _ in range(20):
                    at = int(generator.integers(8, periods - 8))
                    course = SPREAD * wandering(generator, (per_date, periods), alike)
                    course[:, at:] += np.log(change)
                    table = before_after(tally_of(generator, course, 20), dt.date(1900 + at, 1, 1)).table
                    large += (table["verdict"] == LARGE).to_list()
                    apart += ((table["low"] > 1) | (table["high"] < 1)).to_list()
                print(
                    f"| {periods} | {alike} | {change:g} | {share(large)} | {100 * np.mean(apart):.1f} |",
                    flush=True,
                )


def co_moving(generator: np.random.Generator, replications: int) -> None:
    """A text and an outside series, of which the text follows a part two years later."""
    print(
        "| periods | text alike | outside alike | follows by | any lag and way % | ± | naive p of lag 0 % |"
    )
    print("|---:|---:|---:|---:|---:|---:|---:|")
    kinds = [
        (0.5, 0.5, 0.0),
        (0.8, 0.8, 0.0),
        (0.5, 0.8, 0.0),
        (0.95, 0.95, 0.0),
        (0.5, 0.5, 0.4),
        (0.5, 0.5, 0.7),
        (0.8, 0.8, 0.7),
    ]
    for periods in (30, 60):
        for text, beside, follows in kinds:
            said, naive = [], []
            for _ in range(replications):
                outside = wandering(generator, (1, periods + 2), beside)
                own = wandering(generator, (1, periods), text)
                course = np.sqrt(1 - follows**2) * own + follows * outside[:, :-2]
                tally = tally_of(generator, SPREAD * course, 40)
                figures = pl.DataFrame(
                    {
                        "date": [dt.date(1900 + i, 7, 1) for i in range(periods)],
                        "value": outside[0, 2:].tolist(),
                    }
                )
                table = comovement(tally, figures).table
                claims = table.filter(~pl.col("verdict").is_in([CHANCE, TOO_FEW]))
                if follows:
                    claims = claims.filter(lag=2, verdict=WITH)
                said.append(claims.height > 0)
                level = np.log((tally.hits[:, 0, 0] + 0.5) / tally.tokens[:, 0])
                naive.append(_naive(level, outside[0, 2:]))
            print(
                f"| {periods} | {text} | {beside} | {follows} | {share(said)} | {100 * np.mean(naive):.1f} |",
                flush=True,
            )


def _naive(text: Floats, outside: Floats) -> bool:
    from scipy.stats import spearmanr

    return bool(spearmanr(text, outside).pvalue <= 0.05)


def main() -> None:
    """The tables as Markdown on standard output."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--replications", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1953)
    parser.add_argument("--only", choices=("events", "comovement"))
    options = parser.parse_args()
    begun = time.perf_counter()
    for name, run in (("events", events), ("comovement", co_moving)):
        if options.only in (None, name):
            print(f"\n{name}\n")
            run(np.random.default_rng([options.seed, len(name)]), options.replications)
    print(f"\nseed {options.seed}, {options.replications} replications, {time.perf_counter() - begun:.0f} s")


if __name__ == "__main__":
    main()
