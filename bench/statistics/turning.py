"""Turning points: false alarms, power and ranges of dates, as curves over effect size, beside an oracle.

    python bench/statistics/turning.py [--replications 300] [--seed 1917]

Sixty years of 25 documents each, bursty (k = .25), of 1,500 words on average, of equal or of unequal (lognormal, sigma .7)
lengths, rate 3e-4 (11 hits a year); without wander, or with an AR(1) .5 wander of the logarithm of the rate that is as large as
the sampling noise. The *oracle* knows the rates before and after, the burstiness, the wander, and that there is one change: its
answer is the exact posterior of the place. The *test* knows the noise and the wander but not the rates: the likelihood-ratio
test for one change, at the false-alarm rate of 5 % (10 % with wander). Saying nothing has no false alarms and finds nothing.
"""

from __future__ import annotations

import argparse
import datetime as dt
import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tendency.measures.segmentation import Stretch
from tendency.measures.series import Series
from tendency.measures.turning import FIRM, _Turning, every_series, smoothed
from tendency.measures.working import working
from tendency.tally import Period, Tally

YEARS, DOCUMENTS, WORDS, K, RATE = 60, 25, 1500, 0.25, 3e-4
AUTOCORRELATION = 0.5
LEVEL = 0.8
NEAR = 3
FACTORS = (1.25, 1.5, 2.0, 3.0)
MIDDLE, LAST_SIXTH = 30, 54

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class World:
    """What is simulated: unequal lengths, wander, the ratio of the rates after and before, and when it changes."""

    sigma: float
    wander: float
    factor: float = 1.0
    at: int = MIDDLE
    steady: bool = False

    @property
    def noise(self) -> float:
        """Sampling variance of the logarithm of a year's rate."""
        return 1 / (RATE * WORDS * DOCUMENTS) + np.exp(self.sigma**2) / (DOCUMENTS * K)

    @property
    def course(self) -> Floats:
        """The logarithm of the rate, around that of ``RATE``."""
        if self.steady:
            return np.log(self.factor) * (np.arange(YEARS) / (YEARS - 1) - 0.5)
        return np.log(self.factor) * (np.where(np.arange(YEARS) < self.at, 0.0, 1.0) - 0.5)

    @property
    def name(self) -> str:
        """The row's first cells."""
        lengths = "unequal" if self.sigma else "equal"
        if self.steady:
            what = f"steady growth ×{self.factor:g}"
        elif self.factor == 1:
            what = "no change"
        else:
            what = f"×{self.factor:g}, {'middle' if self.at == MIDDLE else 'last sixth'}"
        return f"{lengths} | {'AR(1) .5' if self.wander else 'none'} | {what}"


def simulated(
    world: World, replications: int, generator: np.random.Generator
) -> tuple[Tally, NDArray[np.int64], NDArray[np.int64]]:
    """Replications as the splits of one tally, and hits and words of every document."""
    shape = (replications, YEARS, DOCUMENTS)
    normal = generator.standard_normal(shape)
    words = np.maximum(50, np.round(WORDS * np.exp(world.sigma * normal - world.sigma**2 / 2))).astype(
        np.int64
    )
    logarithm = world.course + np.sqrt(world.wander * world.noise) * autoregressive(generator, shape[:2])
    rate = RATE * np.exp(logarithm)[:, :, None]
    hits = generator.poisson(rate * words * generator.gamma(K, 1 / K, shape))
    split, period, _ = np.indices(shape)
    axis = [Period(str(1900 + i), dt.date(1900 + i, 1, 1), dt.date(1901 + i, 1, 1)) for i in range(YEARS)]
    tally = Tally.from_counts(
        hits.ravel(),
        words.ravel(),
        axis,
        period=period.ravel(),
        split=split.ravel(),
        splits=[str(i) for i in range(replications)],
        grain="year",
    )
    return tally, hits, words


def autoregressive(
    generator: np.random.Generator, shape: tuple[int, int], rho: float = AUTOCORRELATION
) -> Floats:
    """AR(1) processes with variance 1."""
    new = generator.standard_normal(shape)
    for t in range(1, shape[1]):
        new[:, t] = rho * new[:, t - 1] + np.sqrt(1 - rho**2) * new[:, t]
    return new


def places() -> NDArray[np.int64]:
    """Where a segment of three years or more may begin and leave one of three."""
    return np.arange(3, YEARS - 2)


def oracle(world: World, series: Series, hits: NDArray[np.int64], words: NDArray[np.int64]) -> Floats:
    """The exact posterior of the place of one change between known rates."""
    if world.wander:
        value, variance, _ = working(series, smoothed(series))
        precision = np.linalg.inv(covariance(world, variance))
        steps = np.log(world.factor) * ((np.arange(YEARS) >= places()[:, None]) - 0.5)
        rest = value - np.log(RATE) - steps
        density = -0.5 * np.einsum("pi,ij,pj->p", rest, precision, rest)
    else:
        before, after = (_density(hits, words, RATE * world.factor**power) for power in (-0.5, 0.5))
        density = np.cumsum(before - after)[places() - 1]
    weight = np.exp(density - density.max())
    return np.asarray(weight / weight.sum())


def _density(hits: NDArray[np.int64], words: NDArray[np.int64], rate: float) -> Floats:
    mean = rate * words
    return (hits * np.log(mean / (mean + K)) - K * np.log1p(mean / K)).sum(axis=-1)


def covariance(world: World, variance: Floats) -> Floats:
    """Covariance of the working values."""
    apart = np.abs(np.subtract.outer(np.arange(YEARS), np.arange(YEARS)))
    return np.diag(variance) + world.wander * world.noise * AUTOCORRELATION**apart


def likelihood_ratio(world: World, series: Series) -> tuple[float, int]:
    """The largest likelihood ratio of one change against none, and its place, where the noise is known."""
    value, variance, _ = working(series, smoothed(series))
    precision = np.linalg.inv(covariance(world, variance))
    one = np.ones(YEARS)
    flat = (one @ precision @ value) ** 2 / (one @ precision @ one)
    ratios = []
    for place in places():
        design = np.stack([one, np.arange(YEARS) >= place], axis=1)
        right = design.T @ precision @ value
        ratios.append(right @ np.linalg.solve(design.T @ precision @ design, right) - flat)
    best = int(np.argmax(ratios))
    return float(ratios[best]), int(places()[best])


def poisson_segments(hits: Floats, exposure: Floats, penalty: float) -> int:
    """How many changes the best Poisson segmentation has that pays this penalty for each."""
    x, e = np.concatenate([[0.0], np.cumsum(hits)]), np.concatenate([[0.0], np.cumsum(exposure)])
    cost, count = np.full(YEARS + 1, np.inf), np.zeros(YEARS + 1, int)
    cost[0] = -penalty
    for end in range(3, YEARS + 1):
        starts = np.arange(0, end - 2)
        seen = x[end] - x[starts]
        rate = np.where(seen > 0, seen / (e[end] - e[starts]), 1.0)
        total = cost[starts] - 2 * seen * np.log(rate) + penalty
        best = int(np.argmin(total))
        cost[end], count[end] = total[best], count[starts[best]] + (starts[best] > 0)
    return int(count[YEARS])


def shortest(share: Floats, level: float = LEVEL) -> tuple[int, int]:
    """The shortest run of places with this probability."""
    sums = np.concatenate([[0.0], np.cumsum(share)])
    for length in range(1, share.size + 1):
        inside = sums[length:] - sums[:-length]
        if inside.max() >= level - 1e-9:
            start = int(np.argmax(inside))
            return start, start + length - 1
    return 0, share.size - 1


@dataclass(frozen=True)
class Answer:
    """What was printed of one replication."""

    printed: bool
    firm: bool
    near: bool
    range: tuple[int, int]
    sized: bool | None


def answered(world: World, series: Series) -> Answer:
    """The answer of ``turns`` to one series."""
    found = _Turning(series, LEVEL, True)
    rows = list(found.rows())
    stretches = found.stretches
    if not stretches:
        # What the range would be if a turn had to be named.
        whole = found.found.boundary[1:]
        return Answer(False, False, False, Stretch(1, whole / whole.sum(), 0.0).range(LEVEL), None)
    best = int(np.argmax([stretch.probability for stretch in stretches]))
    low, high = rows[best][13:15]
    return Answer(
        True,
        any(row[-1] == FIRM for row in rows),
        any(abs(stretch.place - world.at) <= NEAR for stretch in stretches),
        found.range(stretches[best]),
        low <= world.factor <= high,
    )


def share(values: list[bool]) -> str:
    """Per cent with its Monte-Carlo standard error."""
    if not values:
        return ""
    p = float(np.mean(values))
    return f"{100 * p:.1f} ± {100 * np.sqrt(p * (1 - p) / len(values)):.1f}"


def row(world: World, replications: int, generator: np.random.Generator, threshold: float) -> str:
    """One row of the table."""
    tally, hits, words = simulated(world, replications, generator)
    every = list(every_series(tally))
    answers = [answered(world, series) for series in every]
    printed = [a for a in answers if a.printed]
    cells = [world.name, share([a.printed for a in answers]), share([a.firm for a in answers])]
    if world.factor == 1 or world.steady:
        return f"| {' | '.join(cells)} |" + " |" * 8
    ratios = [likelihood_ratio(world, series) for series in every]
    known = [oracle(world, series, hits[i], words[i]) for i, series in enumerate(every)]
    ranges = [tuple(places()[list(shortest(one))]) for one in known]

    def covers(span: tuple[int, int]) -> bool:
        return span[0] <= world.at <= span[1]

    def width(spans: list[tuple[int, int]]) -> str:
        return f"{np.median([last - first + 1 for first, last in spans]):.0f}" if spans else ""

    cells += [
        share([a.near for a in answers]),
        share([ratio >= threshold and abs(place - world.at) <= NEAR for ratio, place in ratios]),
        share([abs(int(places()[np.argmax(one)]) - world.at) <= NEAR for one in known]),
        share([covers(a.range) for a in printed]),
        share([covers(a.range) for a in answers]),
        f"{width([a.range for a in printed])} / {width([a.range for a in answers])}",
        f"{share([covers(span) for span in ranges])}, {width(ranges)}",
        share([bool(a.sized) for a in printed]),
    ]
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """The tables as Markdown on standard output."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--replications", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1917)
    options = parser.parse_args()
    generator = np.random.default_rng(options.seed)
    begun = time.perf_counter()
    head = [
        "lengths",
        "wander",
        "truth",
        "printed",
        "firm",
        "within ±3",
        "test within ±3",
        "oracle within ±3",
    ]
    head += ["range covers, if printed", "range covers, always", "median width, if printed / always"]
    head += ["oracle's range covers, width", "80 % interval of size covers"]
    print(f"| {' | '.join(head)} |\n|---|---|---|" + "---:|" * (len(head) - 3))
    for sigma in (0.0, 0.7):
        for wander, alarms in ((0.0, 0.05), (1.0, 0.10)):
            quiet = World(sigma, wander)
            tally, hits, words = simulated(quiet, options.replications, generator)
            null = [likelihood_ratio(quiet, series)[0] for series in every_series(tally)]
            threshold = float(np.quantile(null, 1 - alarms))
            worlds = [quiet]
            worlds += [World(sigma, wander, factor, at) for at in (MIDDLE, LAST_SIXTH) for factor in FACTORS]
            worlds += [World(sigma, wander, factor, steady=True) for factor in (2.0, 3.0)]
            for world in worlds:
                print(row(world, options.replications, generator, threshold), flush=True)
            if not wander:
                counts = [
                    poisson_segments(h.sum(axis=1), w.sum(axis=1), 3 * np.log(YEARS))
                    for h, w in zip(hits, words, strict=True)
                ]
                print(
                    f"| {quiet.name}, Poisson segmentation, 3 ln n | {share([n > 0 for n in counts])} |"
                    + " |" * 9
                )
    print(f"\nseed {options.seed}, {options.replications} replications, {time.perf_counter() - begun:.0f} s")


if __name__ == "__main__":
    main()
