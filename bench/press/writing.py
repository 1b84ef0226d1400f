"""The press as files: JSON lines by year, a hundred days more, and the truth about both."""

from __future__ import annotations

import calendar
import csv
import datetime as dt
import json
import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from bench.press.batch import WORDS_A_DOCUMENT, Stretch, make
from bench.press.lines import lines
from bench.press.questions import WORD
from bench.press.truth import Truth, count
from bench.press.vocabulary import vocabulary

from tendency.specimen.republic import FIRST_YEAR, LAST_YEAR

MONTHS = (LAST_YEAR - FIRST_YEAR + 1) * 12

# What is added later, day by day: so many days, together so much of the press.
MORE_DAYS, MORE_SHARE = 100, 0.01
_MORE = 10_000


@dataclass(frozen=True)
class Press:
    """Which press: the same settings give the same bytes.

    Attributes:
        tokens: About how many words it has.
        seed: Decides every word.
        misread: The share of words of five and more letters that a scanner would misread.
    """

    tokens: int
    seed: int = 1
    misread: float = 0.0

    def years(self) -> dict[str, list[Stretch]]:
        """The months of each year."""
        documents = max(1, round(self.tokens / WORDS_A_DOCUMENT / MONTHS))
        return {
            f"press/{year}.jsonl": [_month(year, month, documents) for month in range(1, 13)]
            for year in range(FIRST_YEAR, LAST_YEAR + 1)
        }

    def days(self) -> dict[str, list[Stretch]]:
        """The days that are added later."""
        documents = max(1, round(self.tokens * MORE_SHARE / WORDS_A_DOCUMENT / MORE_DAYS))
        first = dt.date(LAST_YEAR + 1, 1, 1)
        return {
            f"more/{number + 1:03}.jsonl": [
                Stretch(_MORE + number, first + dt.timedelta(number), 1, documents, 1.0)
            ]
            for number in range(MORE_DAYS)
        }


def size(text: str) -> int:
    """A number of tokens such as 10M or 500k."""
    units = {"k": 1_000, "M": 1_000_000, "G": 1_000_000_000}
    return round(float(text[:-1]) * units[text[-1]]) if text[-1] in units else int(text)


Task = tuple[Press, dict[Path, list[Stretch]]]


def write(
    press: Press, folder: Path, processes: int = 2, progress: Callable[[int, int], None] | None = None
) -> dict[str, Truth]:
    """Write the press, and beside it ``truth.json``, ``words.csv`` and ``words-more.csv``.

    Args:
        press: Which.
        folder: Made where it is not there.
        processes: How many write side by side; the files do not depend on it.
        progress: Called with tasks done and tasks in all.

    Returns:
        The truth about ``press`` and about ``more``.
    """
    truths = {"press": Truth(), "more": Truth()}
    for name in truths:
        (folder / name).mkdir(parents=True, exist_ok=True)
    days = {folder / name: stretches for name, stretches in press.days().items()}
    years = [{folder / name: stretches} for name, stretches in press.years().items()]
    tasks = [(press, files) for files in (*years, days)]
    for done, truth in enumerate(_mapped(tasks, processes), 1):
        truths["press" if done <= len(years) else "more"] += truth
        if progress:
            progress(done, len(tasks))
    _write_truths(press, truths, folder)
    return truths


def stream(press: Press) -> Iterator[str]:
    """The lines of the press in order of date, without what is added later."""
    for stretches in press.years().values():
        for stretch in stretches:
            yield from lines(make(press.seed, stretch, press.misread))


def _month(year: int, month: int, documents: int) -> Stretch:
    number = (year - FIRST_YEAR) * 12 + month - 1
    days = calendar.monthrange(year, month)[1]
    return Stretch(number, dt.date(year, month, 1), days, documents, number / (MONTHS - 1))


def _mapped(tasks: list[Task], processes: int) -> Iterator[Truth]:
    if processes == 1:
        yield from map(_write_files, tasks)
        return
    with ProcessPoolExecutor(processes, multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(_write_files, tasks)


def _write_files(task: Task) -> Truth:
    press, files = task
    truth = Truth()
    for path, stretches in files.items():
        with path.open("w", encoding="utf-8", newline="\n") as file:
            for stretch in stretches:
                batch = make(press.seed, stretch, press.misread)
                file.writelines(lines(batch))
                truth += count(batch)
    return truth


def _write_truths(press: Press, truths: dict[str, Truth], folder: Path) -> None:
    told = {
        "asked": press.tokens,
        "seed": press.seed,
        "misread": press.misread,
        "collocates' word": WORD,
        **{name: truth.as_row() for name, truth in truths.items()},
    }
    (folder / "truth.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    for name, truth in truths.items():
        if truth.forms is not None:
            suffix = "" if name == "press" else f"-{name}"
            _write_forms(truth, folder / f"words{suffix}.csv")


def _write_forms(truth: Truth, path: Path) -> None:
    assert truth.forms is not None
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("form", "quarter", "rest", "near"))
        for form, counts in zip(vocabulary().written, truth.forms.T.tolist(), strict=True):
            if any(counts):
                writer.writerow((form, *counts))
