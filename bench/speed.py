"""Building and asking, beside SQLite FTS5 on the same documents in the same run.

FTS5 keeps no sentence ends and lists documents, so its phrases cross full stops and its answers are counts of documents;
both counts are printed. Ratios are its time over ours: above 1 we are faster.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import tendency as td
from tendency.corpus import Index, count_by_document, parse
from tendency.corpus import add as add_documents

QUERIES = {
    "one word": ("wilson", "wilson"),
    "phrase of three": ("cost of living", '"cost of living"'),
    "wildcard": ("german*", "german*"),
    "two alternatives": ("submarine | torpedo", "submarine OR torpedo"),
}


def best(work: Callable[[], object], repeats: int = 5) -> float:
    """The shortest of several runs, in seconds."""
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return min(times)


def build_fts(path: Path, documents: list[td.Document]) -> sqlite3.Connection:
    """An FTS5 table of the documents, with their text."""
    held = sqlite3.connect(path)
    held.execute("CREATE VIRTUAL TABLE press USING fts5(id UNINDEXED, date UNINDEXED, text)")
    held.executemany(
        "INSERT INTO press VALUES (?, ?, ?)", ((d.id, d.date.start.isoformat(), d.text) for d in documents)
    )
    held.commit()
    return held


def main() -> None:
    """Print one table of times and ratios."""
    default = Path(__file__).parents[2] / "shared" / "data"
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("TENDENCY_DATA", default)))
    parser.add_argument("--documents", type=int, default=0, help="only so many documents")
    options = parser.parse_args()
    source = options.data / "newspapers-1916-11-12.jsonl.gz"
    if not source.exists():
        sys.exit(f"skipped: {source} is absent (name its folder with --data or TENDENCY_DATA)")
    documents = list(td.read(source))[: options.documents or None]
    with tempfile.TemporaryDirectory() as folder:
        measure(documents, Path(folder))


def measure(documents: list[td.Document], folder: Path) -> None:
    """Build both, ask both, and print."""
    add_documents(folder / "warm.index", documents[:20])  # kernels are compiled once, before the clock
    began = time.perf_counter()
    add_documents(folder / "press.index", documents)
    ours = time.perf_counter() - began
    began = time.perf_counter()
    fts = build_fts(folder / "press.sqlite", documents)
    theirs = time.perf_counter() - began
    index = Index.open(folder / "press.index")
    size = sum(path.stat().st_size for path in (folder / "press.index").rglob("*") if path.is_file())
    print(f"{dt.date.today()}, {len(documents):,} documents, {index.words:,} words")
    print(f"{'':<22}{'ours':>12}{'FTS5':>12}{'ratio':>8}  hits (documents) ours; documents FTS5")
    print(f"{'build, s':<22}{ours:>12.2f}{theirs:>12.2f}{theirs / ours:>8.2f}")
    disk = (folder / "press.sqlite").stat().st_size
    print(f"{'disk, MB':<22}{size / 1e6:>12.0f}{disk / 1e6:>12.0f}{disk / size:>8.2f}")
    for name, (own, other) in QUERIES.items():
        query = parse(own)
        counts = [count_by_document(s, query, m) for s, m in zip(index.segments, index.live, strict=True)]
        found, held = sum(int(c.sum()) for c in counts), sum(int((c > 0).sum()) for c in counts)
        asked = "SELECT count(*) FROM press WHERE press MATCH ?"
        listed = fts.execute(asked, (other,)).fetchone()[0]

        def ask(query: object = query) -> None:
            for segment, mask in zip(index.segments, index.live, strict=True):
                count_by_document(segment, query, mask)  # type: ignore[arg-type]

        def ask_fts(other: str = other) -> None:
            fts.execute(
                "SELECT date, count(*) FROM press WHERE press MATCH ? GROUP BY date", (other,)
            ).fetchall()

        ours, theirs = best(ask), best(ask_fts)
        print(
            f"{name + ', ms':<22}{ours * 1e3:>12.2f}{theirs * 1e3:>12.2f}{theirs / ours:>8.2f}"
            f"  {found:,} ({held:,}); {listed:,}"
        )
    command = [sys.executable, "-m", "tendency.cli", "count", str(folder / "press.index"), "President Wilson"]
    start = best(lambda: subprocess.run(command, check=True, capture_output=True), 5)
    python = best(lambda: subprocess.run([sys.executable, "-c", "import numpy"], check=True), 5)
    print(f"tendency count, whole process: {start:.2f} s; python that imports numpy: {python:.2f} s")


if __name__ == "__main__":
    main()
