"""One year ahead on the State of the Union: the pool against the last ten years, on terms that settings were not chosen on.

    python bench/statistics/forecast.py [--data ../shared/data/sotu.jsonl.gz] [--terms 200] [--origins 13] [--half both]

The terms are words of at least three letters with 150 to 4,000 hits, drawn at random; settings were frozen on the first
half of them. AutoTheta stands beside where statsforecast is installed.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

import tendency as td
from tendency.measures import Series, forecast
from tendency.measures.forecasting import DRAWS, Filter, crps, filtered, smoothed
from tendency.tally import Tally

BATCH = 10
FEWEST, MOST = 150, 4000
RESAMPLES = 2000


def terms_of(corpus: td.Corpus, count: int, seed: int) -> list[str]:
    """Words of middling frequency, drawn at random."""
    words = corpus.words(fold=True)
    fit = words.filter(
        pl.col("count").is_between(FEWEST, MOST) & pl.col("form").str.contains(r"^[a-z]{3,}$")
    )["form"].sort()
    return [str(word) for word in np.random.default_rng(seed).choice(fit.to_numpy(), count, replace=False)]


def of_each(tally: Tally, column: int, origins: int) -> dict[str, list[float]]:
    """The score of each forecaster alone at each origin, and of AutoTheta on √rate."""
    series = Series.of(tally, column)
    known, result = Filter(series), {name: [] for name in ("filter", "smoothed", "theta")}
    excess = known.excess(1)
    for at in range(len(series) - 1 - origins, len(series) - 1):
        generator = np.random.default_rng([column, at])
        exposure, came = float(series.exposure[at + 1]), float(series.hits[at + 1])
        draws = {
            "filter": filtered(known, at, 1, exposure, DRAWS, generator),
            "smoothed": smoothed(known, at, float(excess[at]), exposure, DRAWS, generator),
        }
        if find_spec("statsforecast") is not None:
            draws["theta"] = theta(series, at, exposure, generator)
        for name, one in draws.items():
            result[name].append(1e6 / exposure * crps(one, came))
    return result


def theta(series: Series, at: int, exposure: float, generator: np.random.Generator) -> NDArray[np.float64]:
    """Counts from the AutoTheta forecast of √rate, normal with its 90 % interval."""
    from statsforecast.models import AutoTheta

    found = AutoTheta(season_length=1).forecast(np.sqrt(series.rate[: at + 1]), h=1, level=[90])
    middle, high = float(found["mean"][0]), float(found["hi-90"][0])
    spread = (high - middle) / 1.6448536
    return np.maximum(0.0, generator.normal(middle, spread, DRAWS)) ** 2 * exposure


def gain(score: NDArray[np.float64], reference: NDArray[np.float64]) -> str:
    """Per cent below the reference, with the 95 % interval of terms drawn again."""
    generator = np.random.default_rng(1)
    at = generator.integers(0, len(score), (RESAMPLES, len(score)))
    by_term, of_ten = score.sum(axis=1), reference.sum(axis=1)
    drawn = 100 * (1 - by_term[at].sum(axis=1) / of_ten[at].sum(axis=1))
    low, high = np.quantile(drawn, [0.025, 0.975])
    return f"{100 * (1 - by_term.sum() / of_ten.sum()):.1f} | {low:.1f} to {high:.1f}"


def main() -> None:
    """A row a forecaster for each half of the terms, on standard output."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/sotu.jsonl.gz"))
    parser.add_argument("--terms", type=int, default=200)
    parser.add_argument("--origins", type=int, default=13)
    parser.add_argument("--seed", type=int, default=1917)
    parser.add_argument("--half", choices=("first", "second", "both"), default="both")
    options = parser.parse_args()
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        td.add(Path(folder) / "sotu.index", options.data)
        corpus = td.open(Path(folder) / "sotu.index")
        terms = terms_of(corpus, options.terms, options.seed)
        middle = len(terms) // 2
        halves = {"first": terms[:middle], "second": terms[middle:]}
        print(
            "| terms | forecaster | CRPS per million | % below the last ten | 95 % interval | 90 % interval covers |"
        )
        print("|---|---|---:|---:|---:|---:|")
        for name, some in halves.items():
            if options.half in (name, "both"):
                rows(corpus, name, some, options.origins)
    print(f"\nseed {options.seed}, {time.perf_counter() - begun:.0f} s")


def rows(corpus: td.Corpus, name: str, terms: list[str], origins: int) -> None:
    """The rows of one half of the terms."""
    scores: dict[str, list[list[float]]] = {
        "pool": [],
        "last ten": [],
        "filter": [],
        "smoothed": [],
        "theta": [],
    }
    inside: list[bool] = []
    for low in range(0, len(terms), BATCH):
        some = terms[low : low + BATCH]
        tally = corpus.tally(some, by="year", cluster="document")
        tested = forecast(tally, origins=origins).backtest
        for column, term in enumerate(some):
            one = tested.filter(query=term)
            inside += one["inside"].to_list()
            scores["pool"].append(one["score"].to_list())
            scores["last ten"].append(one["score_of_ten"].to_list())
            for key, values in of_each(tally, column, origins).items():
                scores[key].append(values)
    of_ten = np.array(scores["last ten"])
    for key, values in scores.items():
        score = np.array(values)
        if score.size:
            covered = f"{100 * np.mean(inside):.1f}" if key == "pool" else ""
            print(
                f"| {len(terms)} ({name}) | {key} | {score.mean():.2f} | {gain(score, of_ten)} | {covered} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
