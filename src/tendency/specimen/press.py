"""The specimen: the press of the republic from its first month to its last, and its files."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path

from tendency.documents.document import Document
from tendency.errors import SettingError, StorageError
from tendency.specimen import planted, questions
from tendency.specimen.courses import Courses
from tendency.specimen.month import MonthOfPress
from tendency.specimen.questions import dossier_text
from tendency.specimen.republic import FIRST_YEAR, LAST_YEAR, PAPERS, people
from tendency.specimen.truths import Truth, truths_of

# Two sheets without a date that can be read.
UNDATED = (
    {
        "id": "letters-loose-1",
        "title": "A Sheet Found in a Drawer",
        "publication": "Tarn Letters",
        "text": "Whoever finds this will know in what year it was written, for there has been only one like it.",
    },
    {
        "id": "letters-loose-2",
        "date": "the third winter",
        "title": "To My Sister",
        "publication": "Tarn Letters",
        "text": "The snow lies to the sill, and the post goes when it goes.",
    },
)


class Specimen:
    """The press of an invented republic, 1930–1949, made from a seed.

    Args:
        seed: Decides every word, on every platform alike.
        scale: How many times 4,800 documents (1.3 million words).
        truths: False gives the same press with every planted change removed: whoever then finds a change is wrong.
    """

    def __init__(self, seed: int = 1, scale: float = 1.0, truths: bool = True) -> None:
        if not scale > 0:
            raise SettingError(f"scale must be above 0, not {scale}: 1 makes about 4,800 documents.")
        if seed < 0:
            raise SettingError(f"seed must be 0 or more, not {seed}.")
        self.seed, self.scale, self.changed = seed, scale, truths

    @cached_property
    def _courses(self) -> Courses:
        return Courses(self.seed, self.changed)

    @property
    def truths(self) -> tuple[Truth, ...]:
        """What is planted, with its true size."""
        return truths_of(changed=self.changed)

    def rate(self, item: str, standpoint: str | None = None) -> tuple[float, float]:
        """The true rate of a slogan or an item of a ranking before and after the turn, per million words.

        Args:
            item: Its name in the dossier.
            standpoint: Only in the papers of this standpoint, by their own liking of it.
        """
        courses = self._courses
        liking = courses.liking_of(standpoint)
        before = after = 0.0
        for number, strand in enumerate(courses.strands):
            if strand.name in questions.strands_of(item):
                course = strand.rate if self.changed else strand.rate.unchanged()
                before += float(liking[number]) * course.before
                after += float(liking[number]) * course.after
        return before, after

    def aim(self, slogan: str, aim: str) -> tuple[float, float]:
        """How many times as often as any other sentence a slogan's carries an aim's words, before and after."""
        own, other = planted.AIMS.get(slogan, {}).get(aim), planted.CHANCE[aim]
        if own is None:
            return 1.0, 1.0
        if not self.changed:
            own, other = own.unchanged(), other.unchanged()
        return own.before / other.before, own.after / other.after

    def dossier(self, *, corpus: str | None = None, period: str = "year") -> str:
        """The questions to which the truths are the answers, as TOML.

        Args:
            corpus: The index that is asked; without it the files that ``write`` puts beside the dossier.
            period: By what the curves are drawn; the claims compare the same two spans whatever it is.
        """
        return dossier_text(corpus=corpus, period=period)

    def documents(self) -> Iterator[Document]:
        """The documents month by month, in order of date and id within a month."""
        recent: list[Document] = []
        for year in range(FIRST_YEAR, LAST_YEAR + 1):
            for month in range(1, 13):
                recent = MonthOfPress(self.seed, self.scale, year, month, self._courses).documents(recent)
                yield from recent

    def write(self, folder: Path) -> None:
        """Write ``press/*.jsonl`` (one file a paper), ``people.csv``, ``dossier.toml`` and ``truths.json``.

        Two lines of the press have no date that can be read: the reader is to report them.
        """
        try:
            (folder / "press").mkdir(parents=True, exist_ok=True)
            _write_press(folder / "press", self.documents())
            _write_people(folder / "people.csv")
            (folder / "dossier.toml").write_text(self.dossier(), encoding="utf-8")
            rows = [truth.as_row() for truth in self.truths]
            text = json.dumps(rows, ensure_ascii=False, indent=1) + "\n"
            (folder / "truths.json").write_text(text, encoding="utf-8")
        except OSError as error:
            raise StorageError(
                f"The specimen cannot be written to {folder}: {error.strerror}. Name another folder, or make room."
            ) from error


def _line(document: Document) -> str:
    row = {"id": document.id, "date": document.date.written, **document.fields, "text": document.text}
    return json.dumps(row, ensure_ascii=False) + "\n"


def _write_press(folder: Path, documents: Iterator[Document]) -> None:
    with ExitStack() as files:
        papers = {
            paper.name: files.enter_context((folder / f"{paper.slug}.jsonl").open("w", encoding="utf-8"))
            for paper in PAPERS
        }
        for document in documents:
            papers[document.fields["publication"]].write(_line(document))
        for line in UNDATED:
            papers["Tarn Letters"].write(json.dumps(line, ensure_ascii=False) + "\n")


def _write_people(path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("name", "faction", "from", "to"))
        writer.writerows(people())
