"""Meaning shift in a small topic grammar: power for planted shifts, and false alarms where only something else changed.

    python bench/statistics/shift.py [--replications 10] [--documents 800] [--text 40000] [--controls 100] [--permutations 39] [--seed 1903] [--only power]

Eight papers print documents of about 250 words in two spans. A document is about one to three of twelve topics, which ones depends on its
paper; a sentence is about one of them, and its words are drawn from that topic's (a Zipf law over 250 words, some shared with other
topics) or, every second one, from 150 words that belong to none. Planted words ("slogans") stand in sentences of the topics of their sense: two topics in the
earlier span; in the later one a share of the uses (nothing, a quarter, half, all) stands in sentences of two others. One paper in two prefers
one of a word's two topics.

Where only something else changed: the papers that print a word in one topic print six times as many documents in the later span (*mix of
sources*); half of a word's later uses are in one long document about one of its topics (*one long document*); one word in six of the later span
is misread (*OCR quality*).

An oracle beside it knows the topic of every use and tests the table of span × topic (chi-square on documents' main topics). Who says nothing errs never.
"""

from __future__ import annotations

import argparse
import datetime as dt
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta

from tendency.corpus import Index, add, parse
from tendency.documents import DateSpan, Document
from tendency.measures.shift import CHANGED, NOT_ENOUGH, shift

TOPICS, PAPERS, OWN, SHARED = 12, 8, 250, 150
BEFORE, AFTER = (
    DateSpan(dt.date(1930, 1, 1), dt.date(1935, 1, 1)),
    DateSpan(dt.date(1935, 1, 1), dt.date(1940, 1, 1)),
)
SIZES, SHARES = (60, 200, 1000), (0.0, 0.25, 0.5, 1.0)
CONDITIONS = ("power", "mix of sources", "one long document", "OCR quality")
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def word(number: int) -> str:
    """A word of letters that stands for a number."""
    text = ""
    for _ in range(4):
        number, place = divmod(number, 26)
        text += LETTERS[place]
    return "w" + text


class Press:
    """The grammar of one replication."""

    def __init__(self, generator: np.random.Generator) -> None:
        self.generator = generator
        pool = 9 * OWN
        self.topics = np.stack([generator.permutation(pool)[:OWN] for _ in range(TOPICS)])
        zipf = 1 / np.arange(2, OWN + 2)
        self.zipf = zipf / zipf.sum()
        shared = 1 / np.arange(1, SHARED + 1)
        self.shared, self.first_shared = shared / shared.sum(), pool
        self.tastes = generator.dirichlet(np.full(TOPICS, 0.7), PAPERS)

    def sentence(self, topic: int) -> list[str]:
        """Words of a sentence about a topic."""
        n = 8 + int(self.generator.poisson(8))
        own = self.topics[topic][self.generator.choice(OWN, n, p=self.zipf)]
        none = self.first_shared + self.generator.choice(SHARED, n, p=self.shared)
        return [word(w) for w in np.where(self.generator.random(n) < 0.5, own, none).tolist()]

    def document(self, paper: int) -> tuple[list[list[str]], list[int]]:
        """Sentences of a document, and the topic of each."""
        about = self.generator.choice(TOPICS, 3, p=self.tastes[paper])
        topics = about[self.generator.choice(3, 15, p=[0.6, 0.3, 0.1])].tolist()
        return [self.sentence(topic) for topic in topics], topics


def documents(
    generator: np.random.Generator, condition: str, number: int
) -> tuple[list[Document], dict[str, tuple[int, float]]]:
    """The documents, and each planted word's uses a side and share that shifted."""
    press = Press(generator)
    if condition == "power":
        plan = {f"slogan{size}x{round(100 * share)}": (size, share) for size in SIZES for share in SHARES}
    else:
        plan = {f"slogan{size}x{copy}": (size, 0.0) for size in SIZES for copy in range(3)}
    senses = {name.lower(): generator.permutation(TOPICS)[:4] for name in plan}
    made: list[list[tuple[int, list[list[str]], list[int]]]] = [[], []]
    for side in (0, 1):
        weights = np.ones(PAPERS)
        if condition == "mix of sources" and side:
            weights[: PAPERS // 2] = 6
        papers = generator.choice(PAPERS, number, p=weights / weights.sum())
        made[side] = [(int(paper), *press.document(int(paper))) for paper in papers]
    for name, (size, share) in plan.items():
        for side in (0, 1):
            _plant(
                generator,
                press,
                made[side],
                name,
                senses[name],
                size,
                share if side else 0.0,
                condition,
                side,
            )
    found = []
    for side, span in enumerate((BEFORE, AFTER)):
        for at, (paper, sentences, _) in enumerate(made[side]):
            if condition == "OCR quality" and side:
                sentences = [[_misread(generator, w) for w in sentence] for sentence in sentences]
            text = ". ".join(" ".join(sentence).capitalize() for sentence in sentences) + "."
            day = span.start + dt.timedelta(days=int(1800 * at / len(made[side])))
            found.append(
                Document(
                    f"{side}-{at}",
                    DateSpan(day, day + dt.timedelta(days=1), day.isoformat()),
                    text,
                    {"newspaper": f"paper {paper}", "language": "en"},
                )
            )
    return found, plan


def _plant(
    generator: np.random.Generator,
    press: Press,
    made: list[tuple[int, list[list[str]], list[int]]],
    name: str,
    sense: NDArray[np.int64],
    size: int,
    share: float,
    condition: str,
    side: int,
) -> None:
    """Put the uses of a word into new sentences of its topics, in bursts of one to four a document."""
    left = size
    if condition == "one long document" and side:
        long = [press.sentence(int(sense[0])) for _ in range(size)]
        for sentence in long[: size // 2]:
            sentence.insert(int(generator.integers(len(sentence) + 1)), name)
        made.append((int(generator.integers(PAPERS)), long, [int(sense[0])] * size))
        left -= size // 2
    while left > 0:
        paper, sentences, topics = made[int(generator.integers(len(made)))]
        new = generator.random() < share
        # One paper in two prefers the first of a word's two topics.
        prefers = 0.8 if paper < PAPERS // 2 else 0.2
        second = generator.random() >= prefers
        topic = int(sense[2 * int(new) + int(second)])
        for _ in range(min(left, 1 + int(generator.integers(4)))):
            sentence = press.sentence(topic)
            sentence.insert(int(generator.integers(len(sentence) + 1)), name)
            at = int(generator.integers(len(sentences) + 1))
            sentences.insert(at, sentence)
            topics.insert(at, topic)
            left -= 1


def _misread(generator: np.random.Generator, text: str) -> str:
    if text.startswith("slogan") or generator.random() >= 1 / 6:
        return text
    at = int(generator.integers(1, len(text)))
    return text[:at] + LETTERS[int(generator.integers(26))] + text[at + 1 :]


def run(seed: int, condition: str, options: argparse.Namespace) -> list[tuple[int, float, str, float, float]]:
    """Uses, share, verdict, percentile and p of each planted word of one replication."""
    generator = np.random.default_rng(seed)
    made, plan = documents(generator, condition, options.documents)
    with tempfile.TemporaryDirectory() as folder:
        add(Path(folder) / "press.index", made)
        index = Index.open(Path(folder) / "press.index")
        found = []
        for name, (size, share) in plan.items():
            found.append((name, size, share))
        result = shift(
            index,
            {name: parse(name) for name in plan},
            before=BEFORE,
            after=AFTER,
            text=options.text,
            controls=options.controls,
            permutations=options.permutations,
        )
    rows = {row["query"]: row for row in result.table.to_dicts()}
    return [
        (size, share, _alone(rows[name]), rows[name]["percentile"], rows[name]["p"])
        for name, size, share in found
    ]


def _alone(row: dict[str, object]) -> str:
    """The verdict that the query has when it is asked alone: without the correction for the others."""
    if row["verdict"] == NOT_ENOUGH or row["percentile"] is None or row["p"] is None:
        return str(row["verdict"])
    return CHANGED if row["percentile"] >= 0.95 and row["p"] <= 0.05 else "no change"  # type: ignore[operator]


def interval(k: int, n: int) -> tuple[float, float]:
    """Clopper and Pearson's 95 % interval of a share."""
    return (0.0 if k == 0 else float(beta.ppf(0.025, k, n - k + 1))), (
        1.0 if k == n else float(beta.ppf(0.975, k + 1, n - k))
    )


def table(rows: list[tuple[str, int, float, str, float, float]]) -> Iterator[str]:
    """Lines of a table in Markdown."""
    yield "| condition | uses a side | share shifted | changed | 95 % | percentile alone | p alone | n |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- |"
    for key in sorted({row[:3] for row in rows}, key=lambda k: (CONDITIONS.index(k[0]), k[1], k[2])):
        own = [row for row in rows if row[:3] == key]
        k, n = sum(row[3] == CHANGED for row in own), len(own)
        low, high = interval(k, n)
        above = np.mean([row[4] is not None and row[4] >= 0.95 for row in own])
        small = np.mean([row[5] is not None and row[5] <= 0.05 for row in own])
        yield f"| {key[0]} | {key[1]:,} | {key[2]:.2f} | {k / n:.3f} | {low:.3f}–{high:.3f} | {above:.2f} | {small:.2f} | {n} |"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--replications", type=int, default=10)
    parser.add_argument("--documents", type=int, default=800)
    parser.add_argument("--text", type=int, default=40_000)
    parser.add_argument("--controls", type=int, default=100)
    parser.add_argument("--permutations", type=int, default=39)
    parser.add_argument("--seed", type=int, default=1903)
    parser.add_argument("--only", choices=CONDITIONS)
    options = parser.parse_args()
    rows = []
    for replication in range(options.replications):
        for condition in (options.only,) if options.only else CONDITIONS:
            begun = time.perf_counter()
            seed = options.seed + 1000 * CONDITIONS.index(condition) + replication
            rows += [(condition, *row) for row in run(seed, condition, options)]
            print(f"{condition} {replication}: {time.perf_counter() - begun:.0f} s", flush=True)
        print("\n".join(table(rows)), flush=True)


if __name__ == "__main__":
    main()
