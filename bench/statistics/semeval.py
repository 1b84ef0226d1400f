"""Meaning shift on the English and German words of SemEval-2020 Task 1, at 150,000 words a period; nothing was tuned on them.

    python bench/statistics/semeval.py DATA/meaning-shift [--bootstrap 2000]

The score of a word is its distance less what is expected when its documents (here: sentences) change sides at random, as it stands in the table of
``shift``; words with under fifty uses a side are scored too, which the command refuses. Beside it the plain distance; *frequency only*, the
absolute logarithm of the ratio of frequencies; *shuffled*, the same score with the documents' sides shuffled. Spearman's correlation with the
graded change, its standard error and the differences by a bootstrap over words, the same words for all.

Source: Schlechtweg et al. (2020), doi:10.18653/v1/2020.semeval-1.1.
"""

from __future__ import annotations

import argparse
import datetime as dt
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

from tendency.corpus import Index, add, parse, select
from tendency.documents import DateSpan, Document
from tendency.measures.contexts import Texts
from tendency.measures.shift import MOST_USES, parted_distances
from tendency.measures.skipgram import Space

LANGUAGES = {"english": ("ccoha1.txt", "ccoha2.txt"), "german": ("dta.txt", "bznd.txt")}
SEEDS = (1, 2, 3)
PERMUTATIONS = 29
WINDOW = 10
SPANS = (
    DateSpan(dt.date(1800, 1, 1), dt.date(1801, 1, 1)),
    DateSpan(dt.date(1900, 1, 1), dt.date(1901, 1, 1)),
)

Floats = NDArray[np.float64]


def scores(folder: Path, files: tuple[str, str]) -> dict[str, Floats]:
    """Gold and every score of a language's targets."""
    names = (folder / "targets.txt").read_text().split()
    codes = {name: f"target{chr(97 + at // 26)}{chr(97 + at % 26)}x" for at, name in enumerate(names)}
    gold = dict(
        line.split() for line in (folder / "truth" / "graded.txt").read_text().splitlines() if line.strip()
    )
    documents = []
    for side, (file, span) in enumerate(zip(files, SPANS, strict=True)):
        for at, line in enumerate((folder / file).read_text().splitlines()):
            if line.strip():
                text = " ".join(codes.get(word, word) for word in line.split())
                documents.append(Document(f"{side}-{at:06d}", span, text, {"language": folder.name[:2]}))
    with tempfile.TemporaryDirectory() as place:
        add(Path(place) / "index", documents)
        index = Index.open(Path(place) / "index")
        masks = tuple(select(index, start=span.start, end=span.end).masks for span in SPANS)
        texts = Texts(index, (masks[0], masks[1]), None, None)
        sentences, *_ = texts.sentences(10**9, 1)
        spaces = [space for seed in SEEDS if (space := Space.trained(sentences, window=WINDOW, seed=seed))]
        uses = [texts.uses_of(parse(codes[name])) for name in names]
        strata = np.zeros(len(documents), np.int64)
        found = parted_distances(
            texts, uses, strata, spaces, SEEDS, [PERMUTATIONS] * len(names), MOST_USES, WINDOW
        )
    counts = np.array([one.counts() for one in uses], float)
    table = np.stack(found)
    expected = table[:, 1:].mean(axis=1)
    return {
        "gold": np.array([float(gold[name]) for name in names]),
        "score": table[:, 0] - expected,
        "distance": table[:, 0],
        "frequency only": np.abs(np.log(counts[:, 1] + 1) - np.log(counts[:, 0] + 1)),
        "shuffled": table[:, 1:] - expected[:, None],
        "shuffled distance": table[:, 1:],
    }


def correlation(scores: Floats, gold: Floats, at: int) -> float:
    """Spearman's correlation; of shuffled scores that of one shuffling."""
    own = scores if scores.ndim == 1 else scores[:, at % scores.shape[1]]
    return float(spearmanr(own, gold).statistic)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path)
    parser.add_argument("--bootstrap", type=int, default=2000)
    options = parser.parse_args()
    found = {language: scores(options.data / language, files) for language, files in LANGUAGES.items()}
    methods = [name for name in next(iter(found.values())) if name != "gold"]
    generator = np.random.default_rng(2020)
    print("| method | " + " | ".join(LANGUAGES) + " | mean | score less this, mean (95 %) |")
    print("| --- " * (len(LANGUAGES) + 3) + "|")
    plain_ = {
        name: [
            np.mean(
                [
                    correlation(own[name], own["gold"], at)
                    for at in range(PERMUTATIONS if own[name].ndim > 1 else 1)
                ]
            )
            for own in found.values()
        ]
        for name in methods
    }
    drawn: dict[str, list[list[float]]] = {name: [] for name in methods}
    for at in range(options.bootstrap):
        picks = [generator.integers(own["gold"].size, size=own["gold"].size) for own in found.values()]
        for name in methods:
            drawn[name].append(
                [
                    correlation(own[name][pick], own["gold"][pick], at)
                    for own, pick in zip(found.values(), picks, strict=True)
                ]
            )
    ours = np.array(drawn["score"])
    for name in methods:
        held = np.array(drawn[name])
        each = [f"{rho:.3f} ± {held[:, at].std():.3f}" for at, rho in enumerate(plain_[name])]
        mean = f"{np.mean(plain_[name]):.3f} ± {held.mean(axis=1).std():.3f}"
        less = ours.mean(axis=1) - held.mean(axis=1)
        low, high = np.quantile(less, [0.025, 0.975])
        gap = (
            ""
            if name == "score"
            else f"{np.mean(plain_['score']) - np.mean(plain_[name]):.3f} ({low:.3f} to {high:.3f})"
        )
        print(f"| {name} | {' | '.join(each)} | {mean} | {gap} |")


if __name__ == "__main__":
    main()
