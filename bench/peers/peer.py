"""What an engine must do to stand in the table."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from bench.press.questions import Question

# What was found, told after the clock has stopped.
Told = Callable[[], dict[str, Any]]


class NotOfferedError(Exception):
    """The engine has nothing that answers this."""


class Session:
    """An index that is open.

    Every method does the work that is timed and returns how to tell it. Told is ``hits`` or ``documents``, whichever the engine
    counts, or the same by month, or occurrences by form; with ``folded`` where forms are told in small letters only.
    """

    def ready(self, what: str) -> None:
        """Make ready whatever a kind of question needs beforehand; not timed."""

    def count(self, question: Question) -> Told:
        """How often: ``{"hits": n}`` or ``{"documents": n}``."""
        raise NotOfferedError

    def by_month(self, question: Question) -> Told:
        """How often in each month: ``{"hits": {month: n}}`` or ``{"documents": {month: n}}``."""
        raise NotOfferedError

    def all_by_month(self, questions: Sequence[Question]) -> Told:
        """Several questions by month: ``{"hits": {name: {month: n}}}``; by default one after the other."""
        told = [self.by_month(question) for question in questions]

        def tell() -> dict[str, Any]:
            found = [one() for one in told]
            unit = next(key for key in ("hits", "documents") if key in found[0])
            return {unit: {q.name: one[unit] for q, one in zip(questions, found, strict=True)}}

        return tell

    def collocates(self, word: str, window: int) -> Told:
        """Forms at most so many words from a word: ``{"near": {form: n}}``."""
        raise NotOfferedError

    def words(self, standpoint: str) -> Told:
        """Every form of one standpoint's papers and of the others': ``{"quarter": {form: n}, "rest": {form: n}}``."""
        raise NotOfferedError


class Peer(ABC):
    """An engine.

    Attributes:
        title: As the table has it.
        how_to_get: What to do where it is not installed.
        largest: More words than this it is not given, where that would take too long.
    """

    title: str
    how_to_get: str
    largest: int | None = None

    @abstractmethod
    def version(self) -> str | None:
        """Which version is installed, or None."""

    def prepare(self, sources: Sequence[Path], folder: Path) -> list[Path]:
        """The sources in a form that it reads; not timed."""
        return list(sources)

    @abstractmethod
    def build(self, sources: Sequence[Path], at: Path) -> dict[str, Any]:
        """Make an index; returns what else is to be told."""

    def add(self, sources: Sequence[Path], at: Path) -> None:
        """Put more documents into an index."""
        raise NotOfferedError

    @abstractmethod
    def open(self, at: Path) -> Session:
        """An index, to be asked."""


def sources_of(at: Path) -> Path:
    """Where the sources lie that were prepared for an index."""
    return at.with_name(f"{at.name}-sources")


def rows(sources: Sequence[Path]) -> Iterator[dict[str, str]]:
    """The documents of JSON lines."""
    try:
        from orjson import loads
    except ImportError:
        from json import loads
    for source in sources:
        with source.open("rb") as file:
            yield from map(loads, file)


def bytes_of(folder: Path) -> int:
    """The size of all files in a folder, or of a file."""
    if folder.is_file():
        return folder.stat().st_size
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
