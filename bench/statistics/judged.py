"""What precision, corrected rates and kappa from a judged sample are worth: coverage of 95 % intervals, false alarms and power.

    python bench/statistics/judged.py [--replications 400] [--seed 1944]

A press of 10 periods with 60 documents each of unequal length, bursty counts and, in each document, a temper of its own: the
share of its hits that are the thing varies about that of the period. A hundred hits, or as many as said, are drawn at random.
"""

from __future__ import annotations

import argparse
import datetime as dt
import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tendency.measures import Read, judged
from tendency.measures.agreement import agreement
from tendency.measures.precision import Share
from tendency.tally import Period, Tally

PERIODS, DOCUMENTS = 10, 60
K = 0.25
HITS = 60
AXIS = [Period(str(1930 + i), dt.date(1930 + i, 1, 1), dt.date(1931 + i, 1, 1)) for i in range(PERIODS)]
PRECISION = {
    "steady, .7": np.full(PERIODS, 0.7),
    "steady, .95": np.full(PERIODS, 0.95),
    "drifts, .9 to .4": np.linspace(0.9, 0.4, PERIODS),
    "jumps, .9 to .5": np.repeat([0.9, 0.5], PERIODS // 2),
}

Floats = NDArray[np.float64]


def press(
    generator: np.random.Generator, precision: Floats, temper: float
) -> tuple[Tally, NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_], float]:
    """A tally, the period and the document of each hit and whether it is the thing, and the true rate per million."""
    shape = (PERIODS, DOCUMENTS)
    words = np.maximum(50, np.round(1500 * np.exp(0.7 * generator.standard_normal(shape)))).astype(np.int64)
    rate = HITS / (1500 * np.exp(0.7**2 / 2) * DOCUMENTS)
    hits = generator.poisson(rate * words * generator.gamma(K, 1 / K, shape))
    own = (
        precision[:, None] * np.ones(shape)
        if np.isinf(temper)
        else generator.beta(precision[:, None] * temper, (1 - precision[:, None]) * temper, shape)
    )
    period = np.repeat(np.indices(shape)[0].ravel(), hits.ravel())
    good = generator.random(period.size) < np.repeat(own.ravel(), hits.ravel())
    tally = Tally.from_counts(
        hits.ravel(), words.ravel(), AXIS, period=np.indices(shape)[0].ravel(), grain="year"
    )
    document = np.repeat(np.arange(PERIODS * DOCUMENTS), hits.ravel())
    return tally, period, document, good, 1e6 * rate


def whole(tally: Tally) -> Tally:
    """The same counts in one period, every document a cluster by itself."""
    clustering = tally.clusterings[0]
    one = Tally.none(
        tally.columns, "all", (Period("all", AXIS[0].start, AXIS[-1].end),), ("all",), ("document",)
    )
    moments = clustering.moments
    from dataclasses import replace

    from tendency.tally.clusters import Clustering, ClusterTable, Moments

    summed = Moments(
        moments.clusters.sum(axis=0, keepdims=True),
        moments.products.sum(axis=0, keepdims=True),
        moments.cubes.sum(axis=0, keepdims=True),
    )
    return replace(
        one,
        documents=tally.documents.sum(axis=0, keepdims=True),
        tokens=tally.tokens.sum(axis=0, keepdims=True),
        hits=tally.hits.sum(axis=0, keepdims=True),
        documents_with_hits=tally.documents_with_hits.sum(axis=0, keepdims=True),
        clusterings=(Clustering("document", summed, ClusterTable.none(2)),),
    )


def said(good: bool) -> str:
    """A judgement."""
    return "asserts" if good else "rejects"


def percent(held: Sequence[float] | Floats, by: int = 1) -> str:
    """Per cent with its Monte-Carlo error, over groups of ``by`` that belong together."""
    values = np.asarray(held, float).reshape(-1, by).mean(axis=1)
    return f"{100 * values.mean():.1f} ± {100 * values.std(ddof=1) / np.sqrt(values.size):.1f}"


def corrected(generator: np.random.Generator, replications: int) -> None:
    """Coverage and width of the corrected rate, beside the rate as counted, one precision for all periods, and an oracle."""
    print(
        "| precision | temper of documents | hits read | period, ours | width | the precision of all periods | its own alone | oracle | width | as counted | whole span |"
    )
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
    for name, precision in PRECISION.items():
        for temper in (np.inf, 2.0):
            for n in (50, 100, 300):
                ours, pooled, alone, oracle, counted, span = ([] for _ in range(6))
                widths, least = [], []
                for _ in range(replications):
                    tally, period, document, good, rate = press(generator, precision, temper)
                    drawn = generator.choice(period.size, min(n, period.size), replace=False)
                    table = judged(
                        tally,
                        [Read(said(good[i]), int(period[i]), document=str(document[i])) for i in drawn],
                        draws=1000,
                    ).table
                    truth = rate * precision
                    low, high = (
                        table[name].cast(float).fill_null(np.nan).to_numpy()
                        for name in ("corrected_low", "corrected_high")
                    )
                    ours.append((low <= truth) & (truth <= high))
                    widths.append(np.nanmedian(high / np.maximum(low, 1e-9)))
                    rate_low, rate_high = (table[name].to_numpy() for name in ("rate_low", "rate_high"))
                    counted.append((rate_low <= truth) & (truth <= rate_high))
                    oracle.append((rate_low * precision <= truth) & (truth <= rate_high * precision))
                    least.append(np.median(rate_high / rate_low))
                    every = Share.of(good[drawn], np.ones(drawn.size))
                    pooled.append(product(table, [every] * PERIODS, truth, generator))
                    own = [
                        Share.of(good[drawn][period[drawn] == at], np.ones((period[drawn] == at).sum()))
                        for at in range(PERIODS)
                    ]
                    alone.append(product(table, own, truth, generator))
                    (row,) = judged(
                        whole(tally), [Read(said(good[i])) for i in drawn], draws=1000
                    ).table.to_dicts()
                    span.append(row["corrected_low"] <= truth.mean() <= row["corrected_high"])
                print(
                    f"| {name} | {temper:g} | {n} | {percent(ours, PERIODS)} | {np.median(widths):.1f} | {percent(pooled, PERIODS)} | {percent(alone, PERIODS)} "
                    f"| {percent(oracle, PERIODS)} | {np.median(least):.1f} | {percent(counted, PERIODS)} | {percent(span)} |",
                    flush=True,
                )


def product(table, shares: list[Share], truth: Floats, generator: np.random.Generator) -> Floats:  # type: ignore[no-untyped-def]
    """Whether limits hold the truth when each period is corrected by a given share, its error drawn by Jeffreys."""
    held = np.zeros(PERIODS)
    for at, share in enumerate(shares):
        row = table.row(at, named=True)
        middle = np.log(max(row["per_million"], 1e-9))
        spread = np.where(
            generator.random(1000) < 0.5,
            np.log(max(row["rate_low"], 1e-9)) - middle,
            np.log(row["rate_high"]) - middle,
        )
        failures = share.size - share.successes
        rate = middle + np.abs(generator.standard_normal(1000)) / 1.96 * spread
        drawn = np.exp(rate) * generator.beta(share.successes + 0.5, failures + 0.5, 1000)
        low, high = np.quantile(drawn, [0.025, 0.975])
        held[at] = low <= truth[at] <= high
    return held


def alarms(generator: np.random.Generator, replications: int) -> None:
    """How often precision is said to differ."""
    print(
        "| precision | temper of documents | hits read | differs between periods | drifts | either, taken together |"
    )
    print("|---|---:|---:|---:|---:|---:|")
    for name, precision in PRECISION.items():
        for temper in (np.inf, 2.0):
            for n in (50, 100, 300):
                found = []
                for _ in range(replications):
                    tally, period, document, good, _ = press(generator, precision, temper)
                    drawn = generator.choice(period.size, min(n, period.size), replace=False)
                    rows = judged(
                        tally,
                        [Read(said(good[i]), int(period[i]), document=str(document[i])) for i in drawn],
                        draws=10,
                    ).differs.to_dicts()
                    found.append(
                        [
                            rows[0]["p"] <= 0.05,
                            rows[1]["p"] <= 0.05,
                            any(row["verdict"] == "differs" for row in rows),
                        ]
                    )
                one, other, both = np.array(found, float).T
                print(
                    f"| {name} | {temper:g} | {n} | {percent(one)} | {percent(other)} | {percent(both)} |",
                    flush=True,
                )


def precisions(generator: np.random.Generator, replications: int) -> None:
    """Coverage of the interval of the precision among all hits that there are, of simple and of stratified samples."""
    print(
        "| hits in all | read | precision | simple | stratified: half of the hits read from a tenth of all, precision there lower by .3 | as if unweighted |"
    )
    print("|---:|---:|---:|---:|---:|---:|")
    for total in (200, 5000):
        for n in (20, 50, 100):
            for share in (0.5, 0.8, 0.95):
                plain, strata, unweighted = [], [], []
                for _ in range(replications):
                    small = total // 10
                    good = generator.random(total) < np.where(np.arange(total) < small, share - 0.3, share)
                    drawn = generator.choice(total, n, replace=False)
                    plain.append(inside(Share.of(good[drawn], np.ones(n)), good.mean()))
                    few = min(n // 2, small)
                    parts = [
                        generator.choice(small, few, replace=False),
                        small + generator.choice(total - small, n - few, replace=False),
                    ]
                    weights = np.repeat([small / few, (total - small) / (n - few)], [few, n - few])
                    read = good[np.concatenate(parts)]
                    strata.append(inside(Share.of(read, weights), good.mean()))
                    unweighted.append(inside(Share.of(read, np.ones(n)), good.mean()))
                print(
                    f"| {total} | {n} | {share} | {percent(plain)} | {percent(strata)} | {percent(unweighted)} |",
                    flush=True,
                )


def inside(share: Share, truth: float) -> bool:
    """Whether the interval of a share holds the truth."""
    low, high = share.interval() or (0.0, 1.0)
    return low <= truth <= high


def kappas(generator: np.random.Generator, replications: int) -> None:
    """Coverage of the interval of kappa, of ours and of the formula for large samples."""
    from statsmodels.stats.inter_rater import cohens_kappa

    print(
        "| hits read by both | share that counts | both right | true kappa | ours | median width | large-sample formula |"
    )
    print("|---:|---:|---:|---:|---:|---:|---:|")
    for n in (20, 50, 100):
        for share in (0.5, 0.9):
            for right in (0.8, 0.95, 1.0):
                both = right * right + (1 - right) ** 2
                apart = right * (1 - right)
                table = np.array(
                    [
                        [share * right**2 + (1 - share) * (1 - right) ** 2, apart],
                        [apart, (1 - share) * right**2 + share * (1 - right) ** 2],
                    ]
                )
                margin = table.sum(axis=0)
                chance = float((margin**2).sum())
                truth = (both - chance) / (1 - chance)
                ours, theirs, widths = [], [], []
                for seed in range(replications):
                    cells = generator.multinomial(n, table.ravel()).reshape(2, 2)
                    first = ["y"] * cells[0].sum() + ["n"] * cells[1].sum()
                    second = (
                        ["y"] * cells[0, 0] + ["n"] * cells[0, 1] + ["y"] * cells[1, 0] + ["n"] * cells[1, 1]
                    )
                    found = agreement(first, second, ("y", "n"), seed=seed)
                    if found["kappa"] is None:
                        continue
                    ours.append(found["kappa_low"] <= truth + 1e-9 and truth <= found["kappa_high"] + 1e-9)
                    widths.append(found["kappa_high"] - found["kappa_low"])
                    with np.errstate(all="ignore"):
                        formula = cohens_kappa(cells)
                    theirs.append(
                        bool(formula.kappa_low <= truth + 1e-9 and truth <= formula.kappa_upp + 1e-9)
                    )
                print(
                    f"| {n} | {share} | {right} | {truth:.2f} | {percent(ours)} | {np.median(widths):.2f} | {percent(theirs)} |",
                    flush=True,
                )


def main() -> None:
    """All tables as Markdown on standard output."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--replications", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1944)
    options = parser.parse_args()
    generator, begun = np.random.default_rng(options.seed), time.perf_counter()
    for title, table, factor in (
        ("Precision", precisions, 5),
        ("Corrected rates", corrected, 1),
        ("Whether precision differs", alarms, 1),
        ("Kappa", kappas, 5),
    ):
        print(f"\n### {title}\n", flush=True)
        table(generator, options.replications * factor)
    print(f"\nseed {options.seed}, {time.perf_counter() - begun:.0f} s")


if __name__ == "__main__":
    main()
