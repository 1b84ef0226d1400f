"""The Turing Change Point Dataset: turning points of real series against those that people marked.

    python bench/statistics/turing.py [--data ../shared/data/turning-points]

Univariate series; F1 with a margin of 5 and covering as van den Burg & Williams (2020, arXiv:2003.06222) define them. The settings of
``segment`` were frozen on every second series by name, from the first; the others were looked at once, at the end.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import json
import os
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tendency.measures.plain import segment

MARGIN = 5
METHODS = ("binseg", "pelt", "amoc", "bocpd")

Annotations = Mapping[str, Sequence[int]]


@dataclass(frozen=True)
class Marked:
    """A series with the change points that each annotator marked."""

    name: str
    values: NDArray[np.float64]
    annotations: Annotations


def read(folder: Path) -> list[Marked]:
    """The univariate series, by name."""
    annotations = json.loads((folder / "annotations.json").read_text())
    found = []
    for path in sorted((folder / "series").glob("*.json")):
        data = json.loads(path.read_text())
        if data["n_dim"] == 1:
            values = np.array([np.nan if v is None else v for v in data["series"][0]["raw"]], float)
            found.append(Marked(data["name"], values, annotations[data["name"]]))
    return found


def matched(truth: Iterable[int], found: Iterable[int]) -> int:
    """How many true change points have a found one of their own within the margin."""
    left, count = set(found), 0
    for place in sorted(truth):
        near = [(abs(place - other), other) for other in left if abs(place - other) <= MARGIN]
        if near:
            left.remove(min(near)[1])
            count += 1
    return count


def f1(annotations: Annotations, found: Sequence[int]) -> float:
    """F1: precision against all annotators together, recall averaged over them; 0 always counts."""
    truths = [{0, *marked} for marked in annotations.values()]
    answers = {0, *found}
    precision = matched(set().union(*truths), answers) / len(answers)
    recall = float(np.mean([matched(truth, answers) / len(truth) for truth in truths]))
    return 2 * precision * recall / (precision + recall)


def covering(annotations: Annotations, found: Sequence[int], length: int) -> float:
    """How well the segments found cover those of each annotator, by Jaccard's index, averaged."""

    def segments(places: Iterable[int]) -> list[tuple[int, int]]:
        edges = [0, *sorted(place for place in set(places) if 0 < place < length), length]
        return list(itertools.pairwise(edges))

    def index(a: tuple[int, int], b: tuple[int, int]) -> float:
        return max(0, min(a[1], b[1]) - max(a[0], b[0])) / (max(a[1], b[1]) - min(a[0], b[0]))

    answers = segments(found)
    covered = [
        sum((s[1] - s[0]) * max(index(s, a) for a in answers) for s in segments(marked)) / length
        for marked in annotations.values()
    ]
    return float(np.mean(covered))


def published(folder: Path) -> dict[tuple[str, str, str], float]:
    """Published scores with default settings, by series, score and method."""
    with (folder / "per_series.csv").open() as file:
        return {
            (r["series"], r["score"], r["method"]): float(r["value"])
            for r in csv.DictReader(file)
            if r["value"]
        }


def main() -> None:
    """The tables as Markdown on standard output."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    data = Path(os.environ.get("TENDENCY_DATA", "../shared/data")) / "turning-points"
    parser.add_argument("--data", type=Path, default=data)
    folder = parser.parse_args().data
    begun = time.perf_counter()
    every, scores = read(folder), published(folder)
    answers = [[stretch.place for stretch in segment(one.values)] for one in every]
    ours = np.array(
        [
            (f1(o.annotations, a), covering(o.annotations, a, o.values.size))
            for o, a in zip(every, answers, strict=True)
        ]
    )
    nothing = np.array([(f1(o.annotations, []), covering(o.annotations, [], o.values.size)) for o in every])
    frozen = np.arange(len(every)) % 2 == 0
    print(
        "| method | F1, all | cover, all | F1, untouched | cover, untouched | F1, frozen on | cover, frozen on |"
    )
    print("|---|---:|---:|---:|---:|---:|---:|")
    for name, table in (("**segment**", ours), ("says nothing", nothing)):
        print(f"| {name} |{_cells(table, frozen)}")
    for method in METHODS:
        table = np.array(
            [
                [scores.get((one.name, f"default_{score}", method), np.nan) for score in ("f1", "cover")]
                for one in every
            ]
        )
        print(f"| {method}, published |{_cells(table, frozen)}")
    print(
        "\n| series | length | found | F1 | says nothing | cover | says nothing |\n|---|---:|---|---:|---:|---:|---:|"
    )
    for number, one in enumerate(every):
        places = (
            ", ".join(map(str, answers[number])) if len(answers[number]) <= 12 else f"{len(answers[number])}"
        )
        print(
            f"| {one.name}{'' if frozen[number] else ' *'} | {one.values.size} | {places} | {ours[number, 0]:.2f} | "
            f"{nothing[number, 0]:.2f} | {ours[number, 1]:.2f} | {nothing[number, 1]:.2f} |"
        )
    print(f"\n* untouched. {len(every)} series, {time.perf_counter() - begun:.0f} s")


def _cells(table: NDArray[np.float64], frozen: NDArray[np.bool_]) -> str:
    parts = (np.full(frozen.size, True), ~frozen, frozen)
    return "".join(f" {np.nanmean(table[part, score]):.3f} |" for part in parts for score in (0, 1))


if __name__ == "__main__":
    main()
