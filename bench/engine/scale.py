"""Ours alone at several sizes: whether time and disk grow in proportion, and memory not."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from bench.engine import asks
from bench.engine.contenders import contenders
from bench.engine.judging import Truths
from bench.engine.measuring import Corpus, Trial, warmed
from bench.engine.table import Row, table
from bench.peers import OURS
from bench.press.writing import Press, write

# Text and index of a press, with room to spare.
_BYTES_A_WORD = 30


def scale(
    sizes: Sequence[int], seed: int, folder: Path, tell: Callable[[str], None], *, keep: bool
) -> tuple[list[str], list[str]]:
    """The lines of a table with a column a size, and what is wrong.

    Args:
        sizes: About how many words each press has.
        seed: Of the presses.
        folder: Room for the largest press and its index; each press is removed before the next unless ``keep``.
        tell: Told what is being done.
        keep: Leave the presses.
    """
    room = max(sizes) * _BYTES_A_WORD
    if shutil.disk_usage(folder).free < room:
        sys.exit(
            f"{folder} needs {room / 1e9:.0f} GB for the largest press and its index; name another with --keep"
        )
    engines, _ = contenders([], {})
    rows: dict[str, Row] = {}
    wrong: list[str] = []
    columns = {}
    for tokens in sizes:
        press = folder / f"press-{tokens}"
        if not (press / "truth.json").exists():
            tell(f"printing {tokens:,} words")
            write(Press(tokens, seed), press)
        if not columns:
            warmed(engines, press / "more/001.jsonl", asks.PRESS, folder)
        truths = Truths.read(press, "press")
        column = str(tokens)
        columns[column] = f"{truths.tokens:,} words"
        sources = sorted((press / "press").glob("*.jsonl"))
        corpus = Corpus("of-press", sources, asks.PRESS, asks.AGAIN, truths)
        results = Trial(corpus, folder, 1, tell, compacting=False).run(engines)
        wrong += [f"{columns[column]}: {sentence}" for sentence in results.wrong]
        for label, measured in results.rows.items():
            row = rows.setdefault(label, Row(label, measured.unit))
            row.cells[column] = measured.cells[OURS]
        if not keep:
            shutil.rmtree(press)
    lines = table(list(rows.values()), columns, next(iter(columns)))
    return ["In parentheses a figure over that of the smallest press.", "", *lines, ""], wrong
