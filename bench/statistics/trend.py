"""How often bursty, unequal and wandering counts without a trend are said to have one, and how much growth is found.

    python bench/statistics/trend.py [--replications 1000] [--seed 1951] [--only bursty|sizes|wander|growth]

Twenty documents a year on average (in one table one a year and two in every tenth), of unequal length (lognormal, sigma .7), with Poisson counts around a rate that varies
from document to document with variance 1/k, and from year to year with a wander of first order, whose size is given
in multiples of the sampling noise of the logarithm of a year's rate.
"""

from __future__ import annotations

import argparse
import datetime as dt
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc, ndtr

from tendency.measures import Series, trend
from tendency.measures.trends import FALLS, RISES, kendall_p, kendall_score
from tendency.tally import Period, Tally

Floats = NDArray[np.float64]

DOCUMENTS, WORDS, SIGMA = 20, 1500, 0.7
TENFOLD = np.log(10) / 2


@dataclass(frozen=True)
class Cell:
    """What is simulated: periods, burstiness, expected hits a period, sizes, wander and growth a year."""

    periods: int
    k: float
    hits: float
    sizes: str = "alike"
    wander: float = 0.0
    alike: float = 0.0
    growth: float = 0.0

    def documents(self) -> NDArray[np.int64]:
        """How many documents each period has."""
        exponents = {
            "alike": np.zeros(self.periods),
            "unequal": 0.9 * np.random.default_rng(5).standard_normal(self.periods),
            "growing tenfold": np.linspace(-TENFOLD, TENFOLD, self.periods),
            "shrinking tenfold": np.linspace(TENFOLD, -TENFOLD, self.periods),
        }
        if self.sizes == "one or two":
            return np.where(np.arange(self.periods) % 10 == 5, 2, 1)
        exponent = exponents[self.sizes]
        return np.maximum(2, np.round(DOCUMENTS * np.exp(exponent))).astype(int)

    def course(self, generator: np.random.Generator, replications: int) -> Floats:
        """The logarithm of the rate in each replication and period, less its mean."""
        noise = np.sqrt(1 / self.hits + np.exp(SIGMA**2) / self.k / self.documents().mean())
        path = generator.standard_normal((replications, self.periods))
        for at in range(1, self.periods):
            path[:, at] = self.alike * path[:, at - 1] + np.sqrt(1 - self.alike**2) * path[:, at]
        years = np.arange(self.periods) - (self.periods - 1) / 2
        return self.wander * noise * path + np.log1p(self.growth) * years

    def tally(self, generator: np.random.Generator, replications: int) -> Tally:
        """Replications side by side, as the splits of one tally."""
        period = np.repeat(np.arange(self.periods), self.documents())
        shape = (replications, period.size)
        words = np.maximum(50, np.round(WORDS * np.exp(SIGMA * generator.standard_normal(shape)))).astype(int)
        rate = self.hits / (WORDS * np.exp(SIGMA**2 / 2) * self.documents().mean())
        course = np.exp(self.course(generator, replications))[:, period]
        hits = generator.poisson(rate * words * course * generator.gamma(self.k, 1 / self.k, shape))
        axis = [
            Period(str(1900 + i), dt.date(1900 + i, 1, 1), dt.date(1901 + i, 1, 1))
            for i in range(self.periods)
        ]
        return Tally.from_counts(
            hits.ravel(),
            words.ravel(),
            axis,
            period=np.tile(period, replications),
            split=np.repeat(np.arange(replications), period.size),
            splits=[str(i) for i in range(replications)],
            grain="year",
        )


def poisson_glm(series: Series) -> float:
    """P of the slope of a Poisson regression on time, every word an independent draw."""
    x = series.years - np.average(series.years, weights=series.exposure)
    slope = 0.0
    for _ in range(50):
        mean = series.exposure * np.exp(slope * x)
        mean *= series.hits.sum() / mean.sum()
        centre = np.average(x, weights=mean)
        step = ((series.hits - mean) * (x - centre)).sum() / (mean * (x - centre) ** 2).sum()
        slope += step
        if abs(step) < 1e-10:
            break
    return float(2 * ndtr(-abs(slope) * np.sqrt((mean * (x - centre) ** 2).sum())))


def log_likelihood(series: Series) -> float:
    """P of the log-likelihood ratio (Dunning 1993) of the first half of the periods against the second."""
    half = len(series) // 2
    hits = np.array([series.hits[:half].sum(), series.hits[half:].sum()], float)
    words = np.array([series.exposure[:half].sum(), series.exposure[half:].sum()], float)
    expected = words * hits.sum() / words.sum()
    terms = np.where(hits > 0, hits * np.log(np.maximum(hits, 1e-300) / expected), 0.0)
    return float(chdtrc(1, 2 * terms.sum()))


def oracle(series: Series, cell: Cell) -> float:
    """P of the score test of one who knows the law of the counts: negative binomial, with this shape."""
    shape = cell.k * cell.documents() / np.exp(SIGMA**2)
    mean = series.exposure * (series.hits.sum() / series.exposure.sum())
    weight = 1 / (1 + mean / shape)
    x = series.years - np.average(series.years, weights=mean * weight)
    score = ((series.hits - mean) * weight * x).sum()
    return float(2 * ndtr(-abs(score) / np.sqrt((mean * weight * x**2).sum())))


def rejected(p: Sequence[float]) -> float:
    """Per cent of tests that reject at 5 %."""
    return 100 * float(np.mean(np.array(p) <= 0.05))


def row(generator: np.random.Generator, replications: int, cell: Cell, *, known: bool) -> str:
    """The cells of a table: ours, its Monte-Carlo error, and the others."""
    tally = cell.tally(generator, replications)
    found = trend(tally).table
    tested = found.filter(found["p"].is_not_null())
    said = 100 * float(tested["verdict"].is_in([RISES, FALLS]).mean())  # type: ignore[arg-type]
    right = 100 * float(tested["verdict"].is_in([RISES]).mean())  # type: ignore[arg-type]
    shown = right if cell.growth else said
    error = np.sqrt(shown * (100 - shown) / max(tested.height, 1))
    series = [one for one in Series.each(tally, 0) if not one.too_few]
    plain = rejected([kendall_p(*kendall_score(one.rate)) for one in series])
    others = [
        rejected([poisson_glm(one) for one in series]),
        rejected([log_likelihood(one) for one in series]),
    ]
    cells = [f"{shown:.1f}", f"{error:.1f}", f"{plain:.1f}", *(f"{one:.1f}" for one in others)]
    if known:
        cells.append(f"{rejected([oracle(one, cell) for one in series]):.1f}")
    if cell.growth or cell.wander == 0:
        low, high = (tested[name].fill_null(limit) for name, limit in (("low", -100), ("high", np.inf)))
        covered = 100 * float(((low <= 100 * cell.growth) & (high >= 100 * cell.growth)).mean())  # type: ignore[arg-type]
        cells += [f"{covered:.1f}", f"{tested['growth'].median():.2f}"]
    elif cell.wander:
        noted = tested.filter(tested["note"].str.starts_with("wanders"))
        cells.append(f"{100 * noted.height / max(tested.height, 1):.0f}")
    return " | ".join(cells)


def tables(only: str | None) -> list[tuple[str, str, bool, list[Cell]]]:
    """Name, heading, whether the oracle stands beside, and the cells of each table."""
    ours = "ours | ± | Mann–Kendall on rates | Poisson GLM | log-likelihood of halves"
    lengths = (30, 60)
    bursty = [Cell(n, k, hits) for n in lengths for k in (0.1, 0.25, 1.0) for hits in (1, 3, 10, 40)]
    sizes = [
        Cell(n, k, hits, sizes)
        for n in lengths
        for sizes in ("unequal", "growing tenfold", "shrinking tenfold")
        for k, hits in ((0.1, 10), (0.25, 1), (0.25, 3), (0.25, 10), (1.0, 10))
    ]
    sizes += [Cell(n, k, 10, "one or two") for n in lengths for k in (1.0, 4.0)]
    wander = [
        Cell(n, 0.25, 10, wander=size, alike=alike)
        for n in (15, 30, 60)
        for size in (1, 2)
        for alike in (0.3, 0.5, 0.7)
    ]
    growth = [
        Cell(n, 0.25, hits, growth=rate / 100)
        for n in lengths
        for hits in (3, 10)
        for rate in (1, 2, 3, 4, 5, 6)
    ]
    every = [
        ("bursty", f"{ours} | oracle | interval covers | growth found", True, bursty),
        ("sizes", f"{ours} | oracle | interval covers | growth found", True, sizes),
        ("wander", f"{ours} | said to wander", False, wander),
        ("growth", f"{ours} | oracle | interval covers | growth found", True, growth),
    ]
    return [one for one in every if only in (None, one[0])]


def main() -> None:
    """The tables as Markdown on standard output."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--replications", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1951)
    parser.add_argument("--only", choices=("bursty", "sizes", "wander", "growth"))
    options = parser.parse_args()
    begun = time.perf_counter()
    for name, heading, known, cells in tables(options.only):
        generator = np.random.default_rng([options.seed, len(name)])
        print(f"\n{name}\n\n| periods | k | hits | sizes | wander | alike | growth % | {heading} |")
        print("|---:" * (8 + heading.count("|")) + "|")
        for cell in cells:
            head = f"| {cell.periods} | {cell.k} | {cell.hits} | {cell.sizes} | {cell.wander:g} | {cell.alike:g} |"
            values = row(generator, options.replications, cell, known=known)
            print(f"{head} {100 * cell.growth:g} | {values} |", flush=True)
    print(f"\nseed {options.seed}, {options.replications} replications, {time.perf_counter() - begun:.0f} s")


if __name__ == "__main__":
    main()
