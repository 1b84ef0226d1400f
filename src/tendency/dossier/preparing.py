"""From a dossier to its questions: every query parsed, every name, date and path resolved."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

import xxhash

from tendency.corpus import Query, parse
from tendency.documents import DateSpan
from tendency.dossier import schema
from tendency.dossier.asked import (
    STANDPOINT,
    WHOLE,
    Asked,
    AskedContrast,
    AskedDiscovery,
    AskedEvent,
    AskedLead,
    AskedPolemics,
    AskedRanking,
    AskedSeries,
    AskedSlogan,
    Questions,
)
from tendency.dossier.holdings import expected
from tendency.dossier.paths import expand, read_text, resolve
from tendency.dossier.spans import day_span, span
from tendency.dossier.terms import listed, read_terms
from tendency.errors import DossierError, QueryError, TendencyError

T = TypeVar("T")

QUESTIONS = ("slogan", "ranking", "contrast", "polemics", "lead", "discover")
"""The tables that ask something, in the order in which they are answered."""


def prepare(dossier: schema.Dossier) -> Questions:
    """The dossier's questions with every query parsed and every name, date and path resolved.

    Raises:
        DossierError: With the place, and a caret where a query is wrong.
    """
    file = Path(dossier._file) if dossier._file else None
    name = file.name if file else "the dossier"
    folder = file.parent if file else Path.cwd()
    check = _Checker(name)
    text = dossier._text or dossier.model_dump_json(by_alias=True, exclude_defaults=True)
    digest = xxhash.xxh3_64(text.encode())
    names, notes = _terms(dossier, folder, check, digest)
    if dossier.people is not None:
        people = check.at("people", resolve, dossier.people, folder)
        digest.update(check.at("people", read_text, people, "the file of people").encode())
    eras = tuple((era, check.at(f"eras.{era}", span, written)) for era, written in dossier.eras.items())
    _check_eras(dossier, eras, check)
    start = check.at("from", day_span, dossier.from_).start if dossier.from_ else None
    end = check.at("to", day_span, dossier.to).end if dossier.to else None
    if start and end and end <= start:
        check.fail("to", f"{dossier.to} is before from, {dossier.from_}")
    before = check.at("before", span, dossier.before) if dossier.before else None
    after = check.at("after", span, dossier.after) if dossier.after else None
    if (before is None) != (after is None):
        check.fail("before" if before else "after", "before and after belong together; give both, or neither")
    if before and after and before.end > after.start:
        check.fail("after", f"{dossier.after} must begin after before, {dossier.before}, has ended")
    if not any(getattr(dossier, table) for table in QUESTIONS):
        check.fail(
            "",
            "it asks nothing; add a [[slogan]] with name and query, a [[ranking]] with name and items, or [[discover]]",
        )
    if dossier.corpus is None and not dossier.sources:
        check.fail(
            "corpus",
            'is missing; name an index (corpus = "press.index") or files (sources = ["press/*.csv"])',
        )
    for number, source in enumerate(dossier.sources, start=1):
        check.at(f"sources[{number}]", expand, source)
    asked = _Asker(dossier, names, folder, check)
    questions = tuple(asked.all())
    for one in questions:
        for sheet in one.judged if isinstance(one, AskedSlogan | AskedRanking) else ():
            digest.update(sheet.read_bytes() if sheet.is_file() else b"")
    series = tuple(_series(dossier, folder, check, digest))
    return Questions(
        dossier=dossier,
        title=dossier.title,
        file=name,
        folder=folder,
        text=text,
        digest=digest.hexdigest(),
        names=names,
        start=start,
        end=end,
        standpoints=dict(dossier.standpoints),
        eras=eras,
        before=before,
        after=after,
        asked=questions,
        events=tuple(asked.events()),
        series=series,
        holdings=expected(dossier.holdings, name),
        notes=notes,
    )


class _Checker:
    """Says where in which file something went wrong."""

    def __init__(self, file: str) -> None:
        self.file = file

    def at(self, place: str, work: Callable[..., T], *parts: Any) -> T:
        """What the work gives; its error, if any, with the place in front."""
        try:
            return work(*parts)
        except QueryError as error:
            raise DossierError(f"{self.file}, {place}: {error.message}{_caret(error)}") from None
        except TendencyError as error:
            raise DossierError(f"{self.file}, {place}: {error}") from None

    def fail(self, place: str, what: str) -> None:
        raise DossierError(f"{self.file}{', ' if place else ': '}{place}{': ' if place else ''}{what}.")


def _caret(error: QueryError) -> str:
    """The query's line with a caret under the place, on lines of their own; nothing without a place."""
    if error.position is None or not error.query:
        return ""
    start = error.query.rfind("\n", 0, error.position) + 1
    line = error.query[start:].split("\n", 1)[0]
    return f"\n    {line}\n    {' ' * (error.position - start)}^"


class _Asker:
    """Turns the dossier's questions into parsed ones."""

    def __init__(
        self, dossier: schema.Dossier, names: Mapping[str, str], folder: Path, check: _Checker
    ) -> None:
        self.dossier, self.names, self.folder, self.check = dossier, names, folder, check

    def all(self) -> Iterator[Asked]:
        """Every question, kind by kind."""
        for table in QUESTIONS:
            self._once(table, [one.name for one in getattr(self.dossier, table)])
            yield from getattr(self, f"_{table}")()

    def _slogan(self) -> Iterator[AskedSlogan]:
        for number, one in enumerate(self.dossier.slogan, start=1):
            place = f"slogan[{number}]"
            aims = {aim: self._query(f"{place}.aims.{aim}", text) for aim, text in one.aims.items()}
            goal = None
            if one.goal is not None:
                goal = f"goal: {one.goal}"
                aims[goal] = self._query(f"{place}.goal", one.goal)
            yield AskedSlogan(
                name=one.name,
                query=self._query(f"{place}.query", one.query),
                written=one.query,
                aims=aims,
                goal=goal,
                period=self._period(place, one.period),
                where=self._where(one.where),
                split=self._split(place, one.split, STANDPOINT if self.dossier.standpoints else None),
                judged=self._sheets(place, one.judged),
                company=one.company,
                voice=one.voice,
                finer_voice=self._finer(place, one),
            )

    def _finer(self, place: str, one: schema.Slogan) -> str | None:
        if one.finer_voice is not None and one.voice is None:
            self.check.fail(f"{place}.finer_voice", "divides voices further; say with voice what they are")
        return one.finer_voice

    def _ranking(self) -> Iterator[AskedRanking]:
        for number, one in enumerate(self.dossier.ranking, start=1):
            place = f"ranking[{number}]"
            if len(one.items) < 2:
                self.check.fail(f"{place}.items", "a ranking needs two items or more")
            yield AskedRanking(
                name=one.name,
                items={item: self._query(f"{place}.items.{item}", text) for item, text in one.items.items()},
                written=dict(one.items),
                near=None if one.near is None else self._query(f"{place}.near", one.near),
                near_written=one.near,
                within=one.within,
                overlap=one.overlap,
                period=self._period(place, one.period),
                where=self._where(one.where),
                split=self._split(place, one.split, None),
                judged=self._sheets(place, one.judged),
            )

    def events(self) -> Iterator[AskedEvent]:
        for number, one in enumerate(self.dossier.event, start=1):
            when = self.check.at(f"event[{number}].date", span, one.date)
            yield AskedEvent(one.name, when, one.source)

    def _contrast(self) -> Iterator[AskedContrast]:
        for number, one in enumerate(self.dossier.contrast, start=1):
            place = f"contrast[{number}]"
            if (one.target is None) == (one.split is None):
                self.check.fail(place, "needs either target, a filter, or split, a field or standpoint")
            if one.split is not None and one.reference is not None:
                self.check.fail(
                    f"{place}.reference",
                    "goes with target; with split each value is set apart from all others",
                )
            split = None if one.split is None else self._split(place, one.split, None)
            yield AskedContrast(
                name=one.name,
                target=one.target,
                reference=one.reference,
                split=split,
                longest=one.longest,
                min_hits=one.min_hits,
                limit=one.limit,
                where=self._where(one.where),
            )

    def _polemics(self) -> Iterator[AskedPolemics]:
        for number, one in enumerate(self.dossier.polemics, start=1):
            place = f"polemics[{number}]"
            if not one.opponents:
                self.check.fail(f"{place}.opponents", "names nobody; give at least one query by name")
            split = self._split(place, one.split, STANDPOINT)
            if split is None:
                self.check.fail(f"{place}.split", "must say who names: a field, or standpoint")
                continue
            yield AskedPolemics(
                name=one.name,
                opponents={
                    name: self._query(f"{place}.opponents.{name}", text)
                    for name, text in one.opponents.items()
                },
                hostile=self._query(f"{place}.hostile", one.hostile),
                called=f"words of “{one.hostile.strip().removeprefix('@')}”",
                own=dict(one.own),
                split=split,
                within=one.within,
                where=self._where(one.where),
            )

    def _lead(self) -> Iterator[AskedLead]:
        for number, one in enumerate(self.dossier.lead, start=1):
            place = f"lead[{number}]"
            if not one.queries:
                self.check.fail(f"{place}.queries", "names no theme; give at least one query by name")
            if len(one.voices) != 2 or one.voices[0] == one.voices[1]:
                self.check.fail(f"{place}.voices", "must name two different voices")
            split = self._split(place, one.split, STANDPOINT)
            if split is None:
                self.check.fail(f"{place}.split", "must say what the voices are: a field, or standpoint")
                continue
            for voice in one.voices if split == STANDPOINT else ():
                if voice not in self.dossier.standpoints:
                    known = listed(tuple(self.dossier.standpoints), most=30)
                    self.check.fail(f"{place}.voices", f"there is no standpoint {voice!r}; there are {known}")
            yield AskedLead(
                name=one.name,
                queries={
                    name: self._query(f"{place}.queries.{name}", text) for name, text in one.queries.items()
                },
                voices=(one.voices[0], one.voices[1]),
                split=split,
                reference=None if one.reference is None else self._query(f"{place}.reference", one.reference),
                most=one.most,
                period=one.period,
                where=self._where(one.where),
            )

    def _discover(self) -> Iterator[AskedDiscovery]:
        for number, one in enumerate(self.dossier.discover, start=1):
            period = self._period(f"discover[{number}]", one.period)
            if period == "eras":
                self.check.fail(
                    f"discover[{number}].period",
                    'is the dossier\'s eras, which are too few to see a course in; set it to "year" or finer',
                )
            yield AskedDiscovery(
                name=one.name,
                longest=one.longest,
                min_hits=one.min_hits,
                limit=one.limit,
                period=period,
                where=self._where(one.where),
            )

    def _query(self, place: str, text: str) -> Query:
        return self.check.at(place, parse, text, self.names)

    def _period(self, place: str, own: str | None) -> str:
        period = own or self.dossier.period or ("eras" if self.dossier.eras else "year")
        if period == "eras" and not self.dossier.eras:
            where = f"{place}.period" if own else "period"
            self.check.fail(
                where, 'is "eras", but there is no [eras] table; add one: [eras] "the siege" = "1941/1944"'
            )
        return period

    def _where(self, own: str | None) -> str | None:
        both = [text for text in (self.dossier.where, own) if text is not None]
        return f"({both[0]}) AND ({both[1]})" if len(both) == 2 else next(iter(both), None)

    def _split(self, place: str, own: str | None, default: str | None) -> str | None:
        split = default if own is None else own
        if split == WHOLE:
            return None
        if split == STANDPOINT and not self.dossier.standpoints:
            self.check.fail(
                f"{place}.split",
                'is "standpoint", but there is no [standpoints] table; add one, or name a field',
            )
        return split

    def _sheets(self, place: str, written: str | tuple[str, ...] | None) -> tuple[Path, ...]:
        """The sheets of judges; there must be one or two where there are any."""
        files = (written,) if isinstance(written, str) else written or ()
        if written is not None and not 1 <= len(files) <= 2:
            self.check.fail(f"{place}.judged", "must be the sheet of one judge, or an array of those of two")
        return tuple(self.check.at(f"{place}.judged", resolve, one, self.folder) for one in files)

    def _once(self, what: str, names: list[str]) -> None:
        for number, name in enumerate(names, start=1):
            if name in names[: number - 1]:
                first = names.index(name) + 1
                self.check.fail(f"{what}[{number}].name", f"{name!r} is the name of {what}[{first}] already")


def _series(
    dossier: schema.Dossier, folder: Path, check: _Checker, digest: xxhash.xxh3_64
) -> Iterator[AskedSeries]:
    for number, one in enumerate(dossier.series, start=1):
        place = f"series[{number}].file"
        file = check.at(place, resolve, one.file, folder)
        digest.update(check.at(place, read_text, file, "the outside series").encode())
        yield AskedSeries(one.name, file, one.date, one.value, one.unit, one.source)


def _check_eras(dossier: schema.Dossier, eras: tuple[tuple[str, DateSpan], ...], check: _Checker) -> None:
    used = {
        dossier.period or "eras",
        *(one.period for one in dossier.slogan),
        *(one.period for one in dossier.ranking),
    }
    if eras and "eras" not in used:
        check.fail(
            "eras",
            f'no question counts by them; set period = "eras", not "{dossier.period}", or take them out',
        )
    inorder = sorted(eras, key=lambda era: era[1].start)
    for (first, one), (second, other) in pairwise(inorder):
        if other.start < one.end:
            check.fail(
                f"eras.{second}", f"begins on {other.start}, before {first!r} has ended; eras may not overlap"
            )


def _terms(
    dossier: schema.Dossier, folder: Path, check: _Checker, digest: xxhash.xxh3_64
) -> tuple[dict[str, str], tuple[str, ...]]:
    names: dict[str, str] = {}
    notes: list[str] = []
    for name, value in dossier.terms.items():
        place = f"terms.{name}"
        if not _NAME.fullmatch(name):
            check.fail(place, f"cannot be written as @name; call it {_callable(name)!r}")
        if isinstance(value, str) and name != "file":
            names[name] = value
            continue
        written = value if isinstance(value, str) else value.file
        file = check.at(place, resolve, written, folder)
        found = check.at(place, read_terms, file)
        digest.update(file.read_bytes())
        notes.extend(found.notes)
        if isinstance(value, str):
            for category, query in found.queries.items():
                called = _callable(category)
                if called in names or called in dossier.terms:
                    check.fail(
                        place, f"{file.name} has a category {category!r}, but @{called} is named already"
                    )
                names[called] = query
        elif value.category is None:
            names[name] = found.all
        else:
            names[name] = check.at(place, found.category, value.category, file)
    for name, query in names.items():
        check.at(f"terms.{name}", parse, query, names)
    return names, tuple(dict.fromkeys(notes))


_NAME = re.compile(r"[^\W\d][\w.-]*")


def _callable(category: str) -> str:
    """The category's name as it can stand after ``@``."""
    name = re.sub(r"[^\w.-]+", "_", category.strip()).strip("_") or "_"
    return name if _NAME.fullmatch(name) else f"_{name}"
