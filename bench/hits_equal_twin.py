"""The index against the definition on whole corpora.

Run as ``python bench/hits_equal_twin.py FILE.jsonl.gz … [--queries 200]``.
For each corpus an index is built, random queries are asked of it, and every document's hits are compared with
those of the slow twin (tests/twins/query_twin.py), in total and for each year. It takes minutes; the tests do
the same on samples.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from tendency.corpus import Index, add, evaluate, parse
from tendency.corpus.tokens import fold
from tendency.documents.dates import parse_date
from tendency.documents.document import Document
from twins.query_twin import PlainDocument, Twin
from twins.random_queries import Maker


def documents(path: Path) -> Iterator[Document]:
    """The documents of a file of JSON lines."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            yield Document(str(record["id"]), parse_date(str(record["date"])), record["text"])


def compare(path: Path, folder: Path, count: int, seed: int) -> int:
    """Prints what was compared and gives the number of queries that differ."""
    began = time.perf_counter()
    add(folder / path.stem, documents(path))
    index = Index.open(folder / path.stem)
    (segment,) = index.segments
    sample = np.random.default_rng(seed).choice(segment.documents, min(200, segment.documents), replace=False)
    maker = Maker([PlainDocument.of(segment.text(int(number))) for number in sorted(sample)], seed)
    queries = list(dict.fromkeys(maker.query() for _ in range(count)))
    found = {text: [np.concatenate(held) for held in _all(index, text)] for text in queries}
    asked = time.perf_counter()
    twins = {text: Twin(parse(text).tree) for text in queries}
    vocabulary = defaultdict(list)
    for form in list(segment.terms.forms)[1:]:
        vocabulary[fold(form)].append(form)
    for twin in twins.values():
        twin.first_forms(vocabulary)
    by_year: dict[str, tuple[Counter[int], Counter[int]]] = {text: (Counter(), Counter()) for text in queries}
    wrong = set()
    for number in range(segment.documents):
        plain = PlainDocument.of(segment.text(number))
        year, base = segment.date(number).start.year, int(segment.first[number])
        for text, twin in twins.items():
            starts, ends = found[text]
            own = slice(*np.searchsorted(starts, segment.first[number : number + 2]))
            expected = [(plain.tokens[start], plain.tokens[end - 1] + 1) for start, end in twin.hits(plain)]
            held = list(zip((starts[own] - base).tolist(), (ends[own] - base).tolist(), strict=True))
            by_year[text][0][year] += len(held)
            by_year[text][1][year] += len(expected)
            if held != expected:
                wrong.add(text)
    differing = {text for text, (ours, theirs) in by_year.items() if ours != theirs}
    hits = sum(sum(ours.values()) for ours, _ in by_year.values())
    with_hits = sum(1 for ours, _ in by_year.values() if sum(ours.values()))
    print(
        f"{path.name}: {index.words:,} words, {len(queries)} queries, {with_hits} with hits, {hits:,} hits: "
        f"{len(wrong)} differ in some hit, {len(differing)} in some year "
        f"({asked - began:.0f} s index and queries, {time.perf_counter() - asked:.0f} s twin)"
    )
    for text in sorted(wrong | differing):
        print(f"  differs: {text}")
    return len(wrong | differing)


def _all(index: Index, text: str) -> tuple[list[np.ndarray], list[np.ndarray]]:
    starts, ends = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for segment, live in zip(index.segments, index.live, strict=True):
        for block in evaluate(segment, parse(text), live):
            starts.append(block.starts)
            ends.append(block.ends)
    return starts, ends


def main() -> int:
    """0 when every corpus agrees."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("files", nargs="+", type=Path)
    arguments.add_argument("--queries", type=int, default=200)
    arguments.add_argument("--seed", type=int, default=1917)
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        return int(
            sum(compare(path, Path(folder), options.queries, options.seed) for path in options.files) > 0
        )


if __name__ == "__main__":
    sys.exit(main())
