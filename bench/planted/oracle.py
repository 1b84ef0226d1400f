"""What power to expect: a test that knows the true rates' dispersion, on the specimen's design.

    python -m bench.planted.oracle

The oracle draws each item's hits with the variance that the generator has by design (Poisson + bursts; papers' tempers
are known to it) and asks what the comparison asks: that both leads, before and after, lie beyond chance, with Holm's
correction over all pairs. No test of counts can do better on average.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np

from tendency.specimen import Specimen, Truth
from tendency.specimen.planted import strands
from tendency.specimen.republic import PAPERS

_LENGTHS = 0.4
_WORDS_A_SENTENCE = 24.0
_LEVEL = 0.05
_SPANS = ((1930, 1940), (1944, 1950))


def design(first: int, end: int, scale: float = 1.0) -> tuple[float, float]:
    """Words of a span in millions, and the sum of squared lengths of documents over the square of their sum."""
    total = squares = 0.0
    for paper in PAPERS:
        months = sum(paper.appears(year, month) for year in range(first, end) for month in range(1, 13))
        documents = paper.articles * months * scale
        mean = paper.sentences * np.exp(_LENGTHS**2 / 2)
        total += documents * mean
        squares += documents * mean**2 * np.exp(_LENGTHS**2)
    return total * _WORDS_A_SENTENCE / 1e6, squares / total**2


def holm_rejects(p: np.ndarray) -> np.ndarray:
    """Which of several p values (last axis) Holm's procedure rejects."""
    order = np.argsort(p, axis=-1)
    sorted_p = np.take_along_axis(p, order, axis=-1)
    limits = _LEVEL / np.arange(p.shape[-1], 0, -1)
    kept = np.cumprod(sorted_p <= limits, axis=-1).astype(bool)
    result = np.zeros_like(kept)
    np.put_along_axis(result, order, kept, axis=-1)
    return result


def power(truth: Truth, scale: float = 1.0, draws: int = 100_000, seed: int = 1) -> float:
    """The chance that the oracle finds the truth: the first subject passed by another, or the outer two reversed."""
    from scipy.stats import norm

    rng = np.random.default_rng(seed)
    burstiness = strands()[0].burstiness
    logs, errors = [], []
    for span, years in enumerate(_SPANS):
        words, concentration = design(*years, scale)
        rates = np.array([(course.before, course.after)[span] for _, course in truth.courses])
        variance = 1 / (rates * words) + concentration / burstiness
        logs.append(np.log(rates) + np.sqrt(variance) * rng.standard_normal((draws, len(rates))))
        errors.append(variance)
    pairs = list(combinations(range(len(truth.courses)), 2))
    p = np.empty((draws, len(pairs)))
    for n, (a, b) in enumerate(pairs):
        before = (logs[0][:, a] - logs[0][:, b]) / np.sqrt(errors[0][a] + errors[0][b])
        after = (logs[1][:, a] - logs[1][:, b]) / np.sqrt(errors[1][a] + errors[1][b])
        sign = np.sign(before)
        p[:, n] = np.minimum(1, 2 * norm.sf(np.minimum(sign * before, -sign * after)))
    rejected = holm_rejects(p)
    wanted = (
        [(0, len(truth.courses) - 1)]
        if truth.kind == "danger reversed"
        else [pair for pair in pairs if 0 in pair]
    )
    return float(rejected[:, [pairs.index(pair) for pair in wanted]].any(axis=1).mean())


def main() -> None:
    """Print a line for each truth about an order."""
    print(
        "| truth | strength | ratios to the others before | after | power of the oracle |\n|---|---|---|---|---:|"
    )
    for truth in Specimen().truths:
        if truth.kind not in ("slogan falls", "danger reversed"):
            continue
        first, *others = truth.subjects
        ratios = [truth.ratio(first, other) for other in others]
        before, after = (", ".join(f"{ratio[span]:.2f}" for ratio in ratios) for span in (0, 1))
        print(f"| {truth.name} | {truth.strength} | {before} | {after} | {power(truth):.2f} |")


if __name__ == "__main__":
    main()
