"""Who leads: a planted lead of four months over a grid of signal to noise, and false leads where nobody leads.

    python bench/statistics/lead.py [--replications 400] [--seed 1930] [--only power|false] [--worlds 0,3]

Ninety-six months, two voices of twelve bursty documents a month (about 20 hits, k = 1). *Signal* is the spread of the logarithm of the rate that one voice takes
from the other four months later, an AR(1) course; *noise* is the spread that sampling gives the logarithm of a month's rate. The oracle knows
both courses' spectra and that somebody leads, and takes the lag of highest likelihood. Plain cross-correlation takes the lag of the highest correlation
of the raw rates, and claims a lead where it is above 1.96/√n and the lag is not 0.
"""

from __future__ import annotations

import argparse
import datetime as dt
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tendency.measures import lead
from tendency.tally import Period, Tally

Floats = NDArray[np.float64]

MONTHS = 96
LAG = 4
DOCUMENTS = 12
WORDS = 1500
HITS = 20.0
K = 1.0
MOST = 12
SIGMA = 0.7
NOISE = float(np.sqrt(1 / HITS + np.exp(SIGMA**2) / (K * DOCUMENTS)))
"""Spread of the logarithm of a month's rate that sampling gives it, lengths of documents included."""
AXIS = [
    Period(f"{1900 + m // 12}-{m % 12 + 1:02}", dt.date(1900 + m // 12, m % 12 + 1, 1), dt.date(1900 + (m + 1) // 12, (m + 1) % 12 + 1, 1))
    for m in range(MONTHS)
]  # fmt: skip


@dataclass(frozen=True)
class World:
    """Two voices on one theme.

    Attributes:
        name: What is simulated.
        signal: Spread of what they share, in multiples of the noise.
        keeps: Memory of it from month to month.
        lag: Months by which the second voice takes it up later; None where they share nothing.
        own: Spread of what each has for itself, in multiples of the noise, with the same memory.
        second_keeps: Memory of the second voice's answer to the same shocks, where it differs.
        volume: How many times as much text the first voice has.
        gap: Share of months of which nothing is held of the second.
        monthly: The second is a monthly, whose issue of the first day looks back on the month before.
        trend: What both rise by over the whole span, on the logarithm.
        others: A third voice takes part in what is shared, at once.
        jumps: What is shared is single months in which everything is named more, not a course.
    """

    name: str
    signal: float = 1.0
    keeps: float = 0.8
    lag: int | None = 0
    own: float = 0.0
    second_keeps: float | None = None
    volume: int = 1
    gap: float = 0.0
    monthly: bool = False
    trend: float = 0.0
    others: bool = False
    jumps: bool = False


POWER = tuple(
    World(f"AR(1) {keeps}", signal, keeps, LAG)
    for keeps in (0.0, 0.5, 0.8)
    for signal in (0.5, 0.7, 1.0, 1.4, 2.0)
)
HARDER = (
    World("a third voice, at once with the first", 1.0, 0.8, LAG, others=True),
    World("tenfold volume of the leader", 1.0, 0.5, LAG, volume=10),
    World("a fifth of the months lost", 1.0, 0.5, LAG, gap=0.2),
)
FALSE = (
    World("independent, AR(1) .5", 0.0, 0.5, None, 1.0),
    World("independent, AR(1) .8", 0.0, 0.8, None, 1.0),
    World("independent, AR(1) .8, twice as strong", 0.0, 0.8, None, 2.0),
    World("independent, AR(1) .95, twice as strong", 0.0, 0.95, None, 2.0),
    World("independent, both rise ×7", 0.0, 0.8, None, 1.0, trend=2.0),
    World("common shock, AR(1) .5", 1.0, 0.5),
    World("common shock, AR(1) .8", 1.0, 0.8),
    World("common shock, AR(1) .8, twice as strong", 2.0, 0.8),
    World("common shock, AR(1) .8, and as much of its own", 1.0, 0.8, own=1.0),
    World("common shock, the second forgets slowly", 1.5, 0.3, second_keeps=0.8),
    World("common shock in single months", 1.5, jumps=True),
    World("common shock, tenfold volume", 1.0, 0.8, volume=10),
    World("common shock, a third voice too", 1.0, 0.8, others=True),
    World("common shock, the second a monthly", 1.5, 0.5, monthly=True),
    World("common shock, the second a monthly, strong", 2.0, 0.8, monthly=True),
)  # fmt: skip


def autoregressive(shocks: Floats, keeps: float) -> Floats:
    """AR(1) courses with variance 1 from shocks, (replications, months)."""
    course = np.empty_like(shocks)
    course[:, 0] = shocks[:, 0]
    for month in range(1, shocks.shape[1]):
        course[:, month] = keeps * course[:, month - 1] + np.sqrt(1 - keeps**2) * shocks[:, month]
    return course


def courses(world: World, replications: int, generator: np.random.Generator) -> Floats:
    """Logarithms of the rates of the voices, (voices, replications, months)."""
    reach, burn = max(world.lag or 0, 1), 40
    shocks = generator.standard_normal((replications, burn + reach + MONTHS))
    if world.jumps:
        shocks = np.where(generator.random(shocks.shape) < 0.08, 3.0, 0.0)
    first = shocks if world.jumps else autoregressive(shocks, world.keeps)
    second = first if world.second_keeps is None else autoregressive(shocks, world.second_keeps)
    late = (world.lag or 0) + int(world.monthly)
    shared = [first[:, burn + reach :], second[:, burn + reach - late : burn + reach - late + MONTHS]]
    if world.others:
        shared.append(first[:, burn + reach :])
    own = [
        autoregressive(generator.standard_normal((replications, burn + MONTHS)), world.keeps)[:, burn:]
        for _ in shared
    ]
    line = world.trend * np.linspace(-0.5, 0.5, MONTHS)
    scale = 0.0 if world.lag is None else world.signal
    return np.stack(
        [NOISE * (scale * one + world.own * mine) + line for one, mine in zip(shared, own, strict=True)]
    )


def counted(world: World, logarithms: Floats, generator: np.random.Generator) -> Tally:
    """One replication as a tally; ``logarithms`` is (voices, months)."""
    rows = []
    for voice, course in enumerate(logarithms):
        documents = DOCUMENTS * (world.volume if voice == 0 else 1)
        held = generator.random(MONTHS) >= (world.gap if voice == 1 else 0.0)
        words = np.maximum(
            50, WORDS * np.exp(SIGMA * generator.standard_normal((MONTHS, documents)) - SIGMA**2 / 2)
        ).astype(np.int64)
        rate = HITS / (DOCUMENTS * WORDS) * np.exp(course)[:, None]
        hits = generator.poisson(rate * words * generator.gamma(K, 1 / K, words.shape))
        month = np.arange(MONTHS)[:, None] * np.ones((1, documents), int)
        rows.append(
            np.stack([one[held].ravel() for one in (hits, words, month, np.full(words.shape, voice))])
        )
    hits, words, month, voice = np.concatenate(rows, axis=1)
    names = ("first", "second", "third")[: len(logarithms)]
    return Tally.from_counts(
        hits, words, AXIS, period=month, split=voice, splits=names, columns=["theme"], grain="month"
    )


def raw(tally: Tally) -> tuple[Floats, Floats]:
    """Standardised raw rates, the mean where nothing was held."""
    found = []
    for voice in range(2):
        words = tally.tokens[:, voice]
        rate = np.where(words > 0, tally.hits[:, voice, 0] / np.maximum(words, 1), np.nan)
        rate = np.where(words > 0, rate, np.nanmean(rate))
        found.append((rate - rate.mean()) / max(rate.std(), 1e-12))
    return found[0], found[1]


def plain(tally: Tally) -> tuple[int, bool]:
    """The lag of the highest cross-correlation of the raw rates, and whether it is called a lead."""
    a, b = raw(tally)
    lags = np.arange(-MOST, MOST + 1)
    found = (
        np.array(
            [
                (a[max(-lag, 0) : MONTHS - max(lag, 0)] * b[max(lag, 0) : MONTHS + min(lag, 0)]).sum()
                for lag in lags
            ]
        )
        / MONTHS
    )
    best = int(lags[found.argmax()])
    return best, bool(found.max() > 1.96 / np.sqrt(MONTHS) and best != 0)


class Oracle:
    """The lag of highest likelihood for Gaussian courses of which everything else is known."""

    def __init__(self, world: World) -> None:
        apart = np.abs(np.subtract.outer(np.arange(MONTHS), np.arange(MONTHS)))
        self.forms = []
        for lag in range(-MOST, MOST + 1):
            across = np.abs(np.arange(MONTHS)[:, None] - (np.arange(MONTHS)[None] - lag))
            own, cross = (world.signal**2 * world.keeps**distance for distance in (apart, across))
            # 0 ** 0 is 1, as it should be for a course without memory.
            noise = np.eye(MONTHS)
            whole = np.block([[own + noise, cross], [cross.T, own + noise]])
            self.forms.append((np.linalg.inv(whole), np.linalg.slogdet(whole)[1]))

    def __call__(self, tally: Tally) -> int:
        """The lag of highest likelihood."""
        values = []
        for voice in range(2):
            words = tally.tokens[:, voice]
            log = np.log((tally.hits[:, voice, 0] + 0.5) / np.maximum(words, 1))
            log = np.where(words > 0, log, log[words > 0].mean())
            values.append((log - log.mean()) / NOISE)
        both = np.concatenate(values)
        fit = [-(both @ inverse @ both) - determinant for inverse, determinant in self.forms]
        return int(np.argmax(fit)) - MOST


@dataclass
class Seen:
    """What came of many replications."""

    claimed: int = 0
    right: int = 0
    covered: int = 0
    width: int = 0
    moved: int = 0
    together: int = 0
    plain_claimed: int = 0
    plain_right: int = 0
    oracle: int = 0


def run(world: World, replications: int, seed: Sequence[int], *, oracle: bool) -> Seen:
    """Everything that is asked of one world."""
    generator = np.random.default_rng(seed)
    drawn = courses(world, replications, generator)
    seen, best = Seen(), Oracle(world) if oracle else None
    truth = world.lag or 0
    for number in range(replications):
        tally = counted(world, drawn[:, number], generator)
        issues = {"first": 7.0, "second": 30.44} if world.monthly else {"first": 2.5, "second": 2.5}
        row = lead(tally, a="first", b="second", most=MOST, issues=issues).table.row(0, named=True)
        if row["verdict"] == "leads":
            signed = row["lag"] if row["first"] == "first" else -row["lag"]
            seen.claimed += 1
            seen.right += abs(signed - truth) <= 1 and truth != 0
            low, high = (row["low"], row["high"]) if row["first"] == "first" else (-row["high"], -row["low"])
            seen.covered += low <= truth <= high
            seen.width += high - low + 1
        seen.moved += row["p_family"] is not None and row["p_family"] <= 0.05
        seen.together += row["verdict"].startswith("same event")
        at, called = plain(tally)
        seen.plain_claimed += called
        seen.plain_right += called and abs(at - truth) <= 1 and truth != 0
        if best is not None:
            seen.oracle += abs(best(tally) - truth) <= 1
    return seen


def share(count: int, of: int) -> str:
    """Per cent and its Monte-Carlo error."""
    if not of:
        return "none"
    p = count / of
    return f"{100 * p:.1f} ± {100 * np.sqrt(max(p * (1 - p), 0.25 / of) / of):.1f}"


def main() -> None:
    """Both tables in Markdown on standard output."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--replications", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1930)
    parser.add_argument("--only", choices=("power", "false"))
    parser.add_argument("--worlds", help="numbers of the rows, from 0, such as 0,3; all by default")
    options = parser.parse_args()
    begun, n = time.perf_counter(), options.replications
    chosen = None if options.worlds is None else {int(number) for number in options.worlds.split(",")}
    if options.only != "false":
        print(
            "| course | signal / noise | found, ±1 month | claimed elsewhere | 80 % range holds 4 | months wide | plain, ±1 | plain elsewhere | oracle, ±1 | say nothing |"
        )
        print("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
        for number, world in enumerate((*POWER, *HARDER)):
            if chosen is not None and number not in chosen:
                continue
            seen = run(
                replace(world),
                n,
                [options.seed, number],
                oracle=not (world.others or world.gap or world.volume > 1),
            )
            knows = share(seen.oracle, n) if number < len(POWER) else ""
            width = f"{seen.width / seen.claimed:.1f}" if seen.claimed else ""
            print(
                f"| {world.name} | {world.signal:g} | {share(seen.right, n)} | {share(seen.claimed - seen.right, n)} | "
                f"{share(seen.covered, seen.claimed)} | {width} | {share(seen.plain_right, n)} | "
                f"{share(seen.plain_claimed - seen.plain_right, n)} | {knows} | 0 |",
                flush=True,
            )
    if options.only != "power":
        print("\n| nobody leads | a lead is claimed | move together | same event | plain cross-correlation |")
        print("|---|---:|---:|---:|---:|")
        for number, world in enumerate(FALSE):
            if chosen is not None and number not in chosen:
                continue
            seen = run(world, n, [options.seed, 100 + number], oracle=False)
            print(
                f"| {world.name} | {share(seen.claimed, n)} | {share(seen.moved, n)} | {share(seen.together, n)} | {share(seen.plain_claimed, n)} |",
                flush=True,
            )
    print(f"\nseed {options.seed}, {n} replications, {time.perf_counter() - begun:.0f} s")


if __name__ == "__main__":
    main()
