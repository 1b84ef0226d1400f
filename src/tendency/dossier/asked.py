"""The questions of a dossier as they are put to the corpus: queries parsed, settings filled in, files found."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal, TypeVar

from tendency.corpus import Query
from tendency.corpus.where import parse_where
from tendency.documents import DateSpan
from tendency.dossier import schema
from tendency.errors import QueryError
from tendency.measures.holdings import Holding

STANDPOINT = "standpoint"
WHOLE = "none"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One question.

    Attributes:
        name: What it is called.
        where: The documents it is asked of, the dossier's own filter included.
        period: The periods it counts by; ``"all"`` where it has none.
        split: ``"standpoint"``, a field, or None.
    """

    KIND: ClassVar[str]
    """Its table in the dossier."""
    LOGGED: ClassVar[bool] = True
    """Whether it can be asked beforehand; what looks for anything that moves cannot."""

    name: str
    where: str | None = None
    period: str = "all"
    split: str | None = None

    def content(self) -> dict[str, Any]:
        """What its answer depends on beside documents, periods and split; names, titles and order are not among it."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class AskedSlogan(Asked):
    """A slogan."""

    KIND = "slogan"

    query: Query
    written: str
    aims: Mapping[str, Query]
    goal: str | None
    judged: tuple[Path, ...] = ()
    company: int | Literal["sentence"] | None = None
    voice: str | None = None
    finer_voice: str | None = None

    def content(self) -> dict[str, Any]:
        """Query, aims, and what else is asked of it."""
        return (
            {"query": self.query.normalised(), "aims": _normalised(self.aims.values())}
            # A dossier that asks for neither is the same question as before.
            | ({} if self.company is None else {"company": self.company})
            | ({} if self.voice is None else {"voice": [self.voice, self.finer_voice]})
        )


@dataclass(frozen=True, kw_only=True)
class AskedRanking(Asked):
    """A ranking."""

    KIND = "ranking"

    items: Mapping[str, Query]
    written: Mapping[str, str]
    near: Query | None
    near_written: str | None
    within: int
    overlap: bool
    judged: tuple[Path, ...] = ()

    def content(self) -> dict[str, Any]:
        """Its items and what they stand near."""
        return {
            "items": _normalised(self.items.values()),
            "near": None if self.near is None else [self.near.normalised(), self.within],
            "overlap": self.overlap,
        }


@dataclass(frozen=True, kw_only=True)
class AskedDiscovery(Asked):
    """What is looked for that nobody asked about."""

    KIND = "discover"
    LOGGED = False

    longest: int
    min_hits: int
    limit: int

    def content(self) -> dict[str, Any]:
        """The words that are looked at."""
        return {"words": [self.longest, self.min_hits]}


@dataclass(frozen=True, kw_only=True)
class AskedContrast(Asked):
    """Documents that are set apart by their words."""

    KIND = "contrast"

    target: str | None
    reference: str | None
    longest: int
    min_hits: int
    limit: int

    def content(self) -> dict[str, Any]:
        """Both sides and the words that are looked at."""
        sides = (self.target, self.reference)
        return {
            "sides": [None if side is None else one_spelling(side) for side in sides],
            "words": [self.longest, self.min_hits],
        }


@dataclass(frozen=True, kw_only=True)
class AskedPolemics(Asked):
    """Who names whom beside hostile words."""

    KIND = "polemics"

    opponents: Mapping[str, Query]
    hostile: Query
    called: str
    own: Mapping[str, str]
    within: int

    def content(self) -> dict[str, Any]:
        """Who may be named, and beside what."""
        return {
            "opponents": _normalised(self.opponents.values()),
            "hostile": [self.hostile.normalised(), self.within],
        }


@dataclass(frozen=True, kw_only=True)
class AskedLead(Asked):
    """Two voices and what they may take up one before the other."""

    KIND = "lead"

    queries: Mapping[str, Query]
    voices: tuple[str, str]
    reference: Query | None
    most: int

    def content(self) -> dict[str, Any]:
        """The themes, the voices, and what is taken out."""
        return {
            "queries": _normalised(self.queries.values()),
            "voices": [*self.voices, self.most],
            "reference": None if self.reference is None else self.reference.normalised(),
        }


def _normalised(queries: Iterable[Query]) -> list[str]:
    return sorted(query.normalised() for query in queries)


def one_spelling(where: str) -> str:
    """A filter in one spelling."""
    try:
        return parse_where(where).normalised()
    except QueryError:
        return where


@dataclass(frozen=True)
class AskedEvent:
    """A date to be drawn."""

    name: str
    span: DateSpan
    source: str


@dataclass(frozen=True)
class AskedSeries:
    """Outside figures, with their file found."""

    name: str
    file: Path
    date: str
    value: str
    unit: str
    source: str


A = TypeVar("A", bound=Asked)


@dataclass(frozen=True)
class Questions:
    """A dossier ready to be answered.

    Attributes:
        title: The report's title.
        file: The dossier's file name, for messages.
        folder: Where relative paths start.
        text: The dossier as it was read.
        digest: A digest of that text and of the files of terms and people it names.
        names: The named queries.
        start, end: The days that count, half-open; None without a limit.
        standpoints: The named filters.
        eras: The named spans.
        before, after: The two spans to compare; None means the first and the last third.
        asked: The questions, kind by kind in the order in which they are answered, each kind in the dossier's order.
        events: Dates to be drawn.
        series: Outside figures.
        holdings: What should exist of each publication.
        notes: What could not be taken over from files of terms.
    """

    dossier: schema.Dossier
    title: str
    file: str
    folder: Path
    text: str
    digest: str
    names: Mapping[str, str]
    start: dt.date | None
    end: dt.date | None
    standpoints: Mapping[str, str]
    eras: tuple[tuple[str, DateSpan], ...]
    before: DateSpan | None
    after: DateSpan | None
    asked: tuple[Asked, ...]
    events: tuple[AskedEvent, ...]
    series: tuple[AskedSeries, ...]
    holdings: tuple[Holding, ...]
    notes: tuple[str, ...]

    def of(self, kind: type[A]) -> tuple[A, ...]:
        """The questions of one kind."""
        return tuple(one for one in self.asked if isinstance(one, kind))
