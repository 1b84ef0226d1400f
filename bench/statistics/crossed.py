"""Coverage of the 95 % interval of a rate where titles and days cross: the larger interval, and the two-way estimate.

    python bench/statistics/crossed.py [--replications 2000] [--seed 1953]

Every title has one page a day. Its rate is that of all, times a lasting liking of the title, times the news of the day, times a burst of
the page's own, each gamma with mean 1 and the variance in the table. *Page*, *title*, *day*: clustered by that alone.
*Larger*: the larger of title and day. *Two-way*: title + day − page (Cameron, Gelbach & Miller 2011, doi:10.1198/jbes.2010.07136), and
never less than the larger.
"""

from __future__ import annotations

import argparse
import datetime as dt
import time

import numpy as np
from numpy.typing import NDArray

from tendency.measures.dispersion import dispersion, limits, widest
from tendency.tally import Period, Tally
from tendency.tally.clusters import Keyed

Floats = NDArray[np.float64]

SIZES = ((10, 30), (30, 10), (30, 30), (100, 60))
VARIANCES = (
    # title, day, page
    (0.0, 0.0, 2.0),
    (0.5, 0.0, 1.0),
    (0.0, 0.5, 1.0),
    (0.25, 0.25, 1.0),
    (0.5, 0.5, 1.0),
    (1.0, 1.0, 2.0),
)
HITS_A_PAGE = 0.5
SIGMA = 0.5
BATCH = 100


def simulated(
    generator: np.random.Generator,
    replications: int,
    titles: int,
    days: int,
    variances: tuple[float, float, float],
) -> tuple[Tally, float]:
    """Replications side by side, as the splits of one tally, and the true rate."""
    shape = (replications, titles, days)
    sizes = ((replications, titles, 1), (replications, 1, days), shape)
    factor = np.ones(shape)
    for variance, size in zip(variances, sizes, strict=True):
        if variance:
            factor = factor * generator.gamma(1 / variance, variance, size)
    words = np.maximum(
        50, 3000 * np.exp(SIGMA * generator.standard_normal((replications, titles, 1)) - SIGMA**2 / 2)
    )
    words = np.broadcast_to(words, shape).astype(np.int64)
    rate = HITS_A_PAGE / 3000
    hits = generator.poisson(rate * words * factor)
    split, title, day = (part.ravel() for part in np.indices(shape))
    tally = Tally.from_counts(
        hits.ravel(),
        words.ravel(),
        [Period("all", dt.date(1916, 11, 1), dt.date(1917, 1, 1))],
        split=split,
        splits=[str(i) for i in range(replications)],
        clusters={
            "title": Keyed(tuple(f"title {one}" for one in range(titles)), title),
            "day": Keyed(tuple(f"day {one}" for one in range(days)), day),
            "title x day": None,
        },
    )
    return tally, rate


def outside(tally: Tally, rate: float) -> dict[str, NDArray[np.bool_]]:
    """For each way of clustering whether the interval lies above, and below, the truth; of shape (2, replications)."""
    title, day, page = (dispersion(tally, one, 1).shape for one in tally.clusterings)
    ways = {
        "page": page,
        "title": title,
        "day": day,
        "larger": np.minimum(title, day),
        "two-way": widest(tally, 1).shape,
    }
    found = {}
    for name, shape in ways.items():
        low, high = limits(tally.hits[:, :, 0], shape)
        found[name] = np.stack([low / tally.tokens > rate, high / tally.tokens < rate])[:, 0]
    return found


def main() -> None:
    """One row a size and a set of variances."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--replications", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1953)
    options = parser.parse_args()
    generator = np.random.default_rng(options.seed)
    begun = time.perf_counter()
    print(
        "| titles | days | variance of title, day, page | page | title | day | larger | two-way | rate below / above | ± |"
    )
    print("|---:|---:|---|---:|---:|---:|---:|---:|---:|---:|")
    for titles, days in SIZES:
        for variances in VARIANCES:
            found: dict[str, list[NDArray[np.bool_]]] = {}
            for _ in range(options.replications // BATCH):
                for name, sides in outside(*simulated(generator, BATCH, titles, days, variances)).items():
                    found.setdefault(name, []).append(sides)
            sides = {name: np.concatenate(parts, axis=1).mean(axis=1) for name, parts in found.items()}
            covered = " | ".join(f"{100 * (1 - one.sum()):.1f}" for one in sides.values())
            above, below = 100 * sides["two-way"]
            missed = float(sides["two-way"].sum())
            error = 100 * np.sqrt(missed * (1 - missed) / options.replications)
            print(
                f"| {titles} | {days} | {', '.join(f'{one:g}' for one in variances)} | {covered} | {above:.1f} / {below:.1f} | "
                f"{error:.1f} |",
                flush=True,
            )
    print(f"\nseed {options.seed}, {time.perf_counter() - begun:.0f} s")


if __name__ == "__main__":
    main()
