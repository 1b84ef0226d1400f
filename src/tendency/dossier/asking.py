"""What every question of a dossier shares: the corpus, the documents that count, the spans and the recipe."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from tendency.charts import Event
from tendency.corpus import Deadline, Index
from tendency.documents import DateSpan
from tendency.dossier import wording
from tendency.dossier.asked import STANDPOINT, Questions
from tendency.errors import DossierError, SettingError
from tendency.tally import Eras, Tally

if TYPE_CHECKING:
    from tendency.measures.holdings import Holdings

LINES_IN_ALL = 1_200
"""Lines of evidence in a report; a line takes nearly a kilobyte of the page."""
MOST_LINES = 5
"""Lines of evidence behind one figure."""


def release() -> str:
    """The version of this package."""
    try:
        return version("tendency")
    except PackageNotFoundError:
        return "unknown"


def slug(text: str) -> str:
    """The text as it can stand in an anchor and a file name, in ASCII: ``defence-of-the-ussr``; may be empty."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().casefold()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].rstrip("-")


@dataclass(frozen=True)
class Two:
    """The two spans that are compared.

    Attributes:
        before: The earlier one.
        after: The later one.
        chosen: False when they are the first and the last third of what is held.
    """

    before: DateSpan
    after: DateSpan
    chosen: bool

    @property
    def names(self) -> tuple[str, str]:
        """Both in words."""
        return wording.span(self.before.start, self.before.end), wording.span(
            self.after.start, self.after.end
        )

    @property
    def eras(self) -> Eras:
        """Both as periods of a tally."""
        first, second = self.names
        return ((first, self.before), (second, self.after))


@dataclass(frozen=True)
class Asking:
    """The corpus, and how all questions are put to it.

    Attributes:
        questions: The dossier.
        index: One snapshot of its index.
        deadline: When to give up.
        anchors: Anchors in use, so that each question has its own.
    """

    questions: Questions
    index: Index
    deadline: Deadline | None = None
    anchors: set[str] = field(default_factory=set)
    _turned: dict[tuple[str | None, str], list[tuple[str, list[tuple[int, int]]]]] = field(
        default_factory=dict
    )

    def anchor(self, kind: str, name: str) -> str:
        """An anchor that no other question has: ``slogan-defence-of-the-ussr``."""
        wanted = f"{kind}-{slug(name)}".rstrip("-")
        found, number = wanted, 1
        while found in self.anchors:
            number += 1
            found = f"{wanted}-{number}"
        self.anchors.add(found)
        return found

    def where(self, own: str | None) -> str | None:
        """The documents that count, with the dossier's language."""
        language = self.questions.dossier.language
        if language is None:
            return own
        wanted = "language = '" + language.replace("'", "''") + "'"
        return wanted if own is None else f"({own}) AND {wanted}"

    def common(self, where: str | None) -> dict[str, Any]:
        """The options that every tally is made with."""
        return {
            "where": self.where(where),
            "start": self.questions.start,
            "end": self.questions.end,
            "cluster": self.questions.dossier.cluster,
            "deadline": self.deadline,
        }

    def by(self, period: str) -> str | Eras:
        """The periods of a tally; the dossier's eras in order of time."""
        if period != "eras":
            return period
        return tuple(sorted(self.questions.eras, key=lambda era: era[1].start))

    def split(self, name: str | None) -> str | Mapping[str, str] | None:
        """A field, or the standpoints."""
        return dict(self.questions.standpoints) if name == STANDPOINT else name

    def spans(self, held: Tally) -> Two | None:
        """The two spans to compare: the dossier's, else first and last third of the periods that hold text.

        None when fewer than two periods hold any.
        """
        questions = self.questions
        if questions.before is not None and questions.after is not None:
            return Two(questions.before, questions.after, True)
        periods = [
            period for period, words in zip(held.periods, held.tokens.sum(axis=1), strict=True) if words > 0
        ]
        if len(periods) < 2:
            return None
        third = max(1, len(periods) // 3)
        first, last = periods[:third], periods[-third:]
        return Two(DateSpan(first[0].start, first[-1].end), DateSpan(last[0].start, last[-1].end), False)

    @cached_property
    def events(self) -> tuple[Event, ...]:
        """The dossier's events as charts draw them."""
        return tuple(Event(event.name, event.span.start) for event in self.questions.events)

    def turned(self, where: str | None, counts: Tally) -> list[tuple[str, list[tuple[int, int]]]]:
        """What about the documents turned, and in which ranges of periods: found once for the same documents and periods."""
        from tendency.dossier.composition import turned_aspects

        key = (where, counts.grain)
        if key not in self._turned:
            self._turned[key] = turned_aspects(self, where, counts)
        return self._turned[key]

    @cached_property
    def holdings(self) -> Holdings | None:
        """Issues expected and held by the dossier's period, where it says what should exist."""
        questions = self.questions
        if not questions.holdings:
            return None
        from tendency.measures.holdings import holdings

        period = questions.dossier.period or ("eras" if questions.eras else "year")
        try:
            return holdings(
                self.index,
                questions.holdings,
                by=self.by(period),
                where=self.where(questions.dossier.where),
                start=questions.start,
                end=questions.end,
            )
        except SettingError as error:
            raise DossierError(f"{questions.file}, holdings: {error}") from None

    @cached_property
    def gaps(self) -> Mapping[str, Sequence[tuple[dt.date, dt.date]]] | None:
        """The spans in which under 80 % of the expected issues are held, as charts draw them."""
        return None if self.holdings is None else {"": self.holdings.spans_not_held()}

    def recipe(self, *measures: str) -> str:
        """One line that reproduces a finding."""
        parts = [measures[0], *(part for part in measures[1:] if part)]
        corpus, seed = self.index.fingerprint[:12], self.questions.dossier.seed
        return f"{' + '.join(parts)}|dossier:{self.questions.digest[:12]}|corpus:{corpus}|seed:{seed}|v:{release()}"
