"""A dossier from its file: every key checked, every query parsed, every mistake named with its place."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, TypeVar

import xxhash
from pydantic import ValidationError

from tendency.corpus import Query, parse
from tendency.documents import DateSpan
from tendency.dossier import schema
from tendency.dossier.holdings import expected
from tendency.dossier.paths import expand, read_text, resolve
from tendency.dossier.spans import day_span, span
from tendency.dossier.terms import listed, read_terms
from tendency.errors import DossierError, QueryError, TendencyError
from tendency.measures.holdings import Holding

T = TypeVar("T")

STANDPOINT = "standpoint"
WHOLE = "none"


@dataclass(frozen=True)
class AskedSlogan:
    """A slogan with its queries parsed and its settings filled in from the dossier."""

    name: str
    query: Query
    written: str
    aims: Mapping[str, Query]
    goal: str | None
    period: str
    where: str | None
    split: str | None
    judged: tuple[Path, ...] = ()
    company: int | Literal["sentence"] | None = None
    voice: str | None = None
    finer_voice: str | None = None


@dataclass(frozen=True)
class AskedRanking:
    """A ranking with its queries parsed and its settings filled in from the dossier."""

    name: str
    items: Mapping[str, Query]
    written: Mapping[str, str]
    near: Query | None
    near_written: str | None
    within: int
    overlap: bool
    period: str
    where: str | None
    split: str | None
    judged: tuple[Path, ...] = ()


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


@dataclass(frozen=True)
class AskedDiscovery:
    """What is looked for that nobody asked about."""

    name: str
    longest: int
    min_hits: int
    limit: int
    period: str
    where: str | None


@dataclass(frozen=True)
class AskedContrast:
    """Documents that are set apart by their words."""

    name: str
    target: str | None
    reference: str | None
    split: str | None
    longest: int
    min_hits: int
    limit: int
    where: str | None


@dataclass(frozen=True)
class AskedPolemics:
    """Who names whom beside hostile words, with the queries parsed."""

    name: str
    opponents: Mapping[str, Query]
    hostile: Query
    called: str
    own: Mapping[str, str]
    split: str
    within: int
    where: str | None


@dataclass(frozen=True)
class AskedLead:
    """Two voices and what they may take up one before the other, with the queries parsed."""

    name: str
    queries: Mapping[str, Query]
    voices: tuple[str, str]
    split: str
    reference: Query | None
    most: int
    period: str
    where: str | None


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
    slogans: tuple[AskedSlogan, ...]
    rankings: tuple[AskedRanking, ...]
    events: tuple[AskedEvent, ...]
    series: tuple[AskedSeries, ...]
    contrasts: tuple[AskedContrast, ...]
    polemics: tuple[AskedPolemics, ...]
    leads: tuple[AskedLead, ...]
    discoveries: tuple[AskedDiscovery, ...]
    holdings: tuple[Holding, ...]
    notes: tuple[str, ...]


def read_dossier(path: str | Path) -> schema.Dossier:
    """The dossier in a TOML file, its keys and types checked.

    Raises:
        DossierError: With the file, the place, what is wrong and the nearest right name.
    """
    file = Path(path)
    text = read_text(file, "the dossier")
    dossier = dossier_from(toml_tree(text, file.name), file.name)
    dossier._file, dossier._text = str(file.absolute()), text
    return dossier


def toml_tree(text: str, name: str) -> dict[str, Any]:
    """The tables of a TOML text.

    Raises:
        DossierError: With line and column.
    """
    try:
        return tomllib.loads(text.replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError as error:
        raise DossierError(f"{name}{_toml_place(text, str(error))}.") from None


def dossier_from(tree: Mapping[str, Any], name: str = "the dossier") -> schema.Dossier:
    """A dossier from the tables that TOML gives.

    Raises:
        DossierError: Every mistake, a line each.
    """
    try:
        return schema.Dossier.model_validate(dict(tree))
    except ValidationError as error:
        found = _plain(error.errors(include_url=False))
        mistakes = [f"{name}, {_mistake(dict(tree), one)}" for one in found]
        raise DossierError("\n".join(dict.fromkeys(mistakes))) from None


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
    if not (
        dossier.slogan
        or dossier.ranking
        or dossier.contrast
        or dossier.polemics
        or dossier.lead
        or dossier.discover
    ):
        check.fail(
            "",
            "it asks nothing; add a [[slogan]] with name and query, a [[ranking]] with name and items, or [[discover]]",
        )
    if dossier.corpus is None and not dossier.sources:
        check.fail(
            "corpus",
            'is missing; name an index (corpus = "press.index") or files (sources = ["press/*.csv"])',
        )
    for number, one in enumerate(dossier.sources, start=1):
        check.at(f"sources[{number}]", expand, one)
    asked = _Asker(dossier, names, folder, check)
    slogans, rankings = tuple(asked.slogans()), tuple(asked.rankings())
    for sheet in (
        sheet
        for sheets in (*(one.judged for one in slogans), *(one.judged for one in rankings))
        for sheet in sheets
    ):
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
        slogans=slogans,
        rankings=rankings,
        events=tuple(asked.events()),
        series=series,
        contrasts=tuple(asked.contrasts()),
        polemics=tuple(asked.polemics()),
        leads=tuple(asked.leads()),
        discoveries=tuple(asked.discoveries()),
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

    def slogans(self) -> Iterator[AskedSlogan]:
        self._once("slogan", [one.name for one in self.dossier.slogan])
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

    def rankings(self) -> Iterator[AskedRanking]:
        self._once("ranking", [one.name for one in self.dossier.ranking])
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

    def contrasts(self) -> Iterator[AskedContrast]:
        self._once("contrast", [one.name for one in self.dossier.contrast])
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
                one.name,
                one.target,
                one.reference,
                split,
                one.longest,
                one.min_hits,
                one.limit,
                self._where(one.where),
            )

    def polemics(self) -> Iterator[AskedPolemics]:
        self._once("polemics", [one.name for one in self.dossier.polemics])
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

    def leads(self) -> Iterator[AskedLead]:
        self._once("lead", [one.name for one in self.dossier.lead])
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

    def discoveries(self) -> Iterator[AskedDiscovery]:
        self._once("discover", [one.name for one in self.dossier.discover])
        for number, one in enumerate(self.dossier.discover, start=1):
            period = self._period(f"discover[{number}]", one.period)
            if period == "eras":
                self.check.fail(
                    f"discover[{number}].period",
                    'is the dossier\'s eras, which are too few to see a course in; set it to "year" or finer',
                )
            yield AskedDiscovery(
                one.name, one.longest, one.min_hits, one.limit, period, self._where(one.where)
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


def _toml_place(text: str, message: str) -> str:
    """``, line 3, column 5: what is wrong`` from the message of the TOML reader."""
    found = re.fullmatch(r"(?s)(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", message)
    if found is None:
        return f": this is not TOML ({message})"
    what = found.group(1)
    line, column = found.group(2), found.group(3)
    if line is None:
        lines = text.split("\n")
        line, column = str(len(lines)), str(len(lines[-1]) + 1)
    shown = text.replace("\r\n", "\n").split("\n")[int(line) - 1].strip()
    beside = f" beside {shown[:60]!r}" if shown else ""
    return f", line {line}, column {column}: this is not TOML: {what[:1].lower()}{what[1:]}{beside}"


def _plain(errors: list[Any]) -> list[Any]:
    """The mistakes without those that follow from another: a misspelt key is also a missing one."""
    unknown = {(one["loc"][:-1], str(one["loc"][-1])) for one in errors if one["type"] == "extra_forbidden"}

    def follows(one: Any) -> bool:
        place, key = one["loc"][:-1], str(one["loc"][-1])
        if one["type"] == "missing":
            return any(at == place and get_close_matches(other, [key], cutoff=0.6) for at, other in unknown)
        if place[:1] != ("terms",):
            return False
        # A term is text or a table; only the mistake of the kind that was written is of use.
        return (one["type"] == "string_type" and isinstance(one["input"], Mapping)) or one[
            "type"
        ] == "model_type"

    return [one for one in errors if not follows(one)]


_NOUNS = {
    str: "text in quotes",
    int: "a whole number",
    bool: "true or false",
    dict: "a table",
    list: "an array",
}


def _mistake(tree: Mapping[str, Any], error: Any) -> str:
    """One mistake that pydantic found, in a sentence with its place."""
    steps = [step for step in error["loc"] if not _is_branch(tree, step)]
    place, table = _place(tree, steps)
    kind, value = error["type"], error["input"]
    if kind == "extra_forbidden":
        return _unknown(tree, steps, table)
    if kind == "missing":
        return f"{place}: is missing" + _needs(table)
    if kind == "value_error":
        return f"{place}: {error['ctx']['error']}."
    if kind == "literal_error":
        words = re.findall(r"'([^']*)'", error["ctx"]["expected"])
        nearest = get_close_matches(str(value), words, n=1)
        hint = f"; did you mean {nearest[0]!r}?" if nearest else "."
        return f"{place}: must be one of {', '.join(words)}, not {_shown(value)}{hint}"
    if kind == "string_too_short":
        return f"{place}: is empty."
    if kind in ("greater_than_equal", "less_than_equal"):
        limit = error["ctx"].get("ge", error["ctx"].get("le"))
        return f"{place}: must be {'at least' if kind.startswith('g') else 'at most'} {limit}, not {value}."
    wanted = {
        "string_type": "text in quotes",
        "int_type": "a whole number",
        "bool_type": "true or false",
        "dict_type": "a table",
        "model_type": "a table",
        "model_attributes_type": "a table",
        "tuple_type": "an array",
    }.get(kind)
    if wanted == "an array" and isinstance(value, dict) and steps and steps[-1] in schema.PARTS:
        return f"{place}: is written with double brackets, [[{steps[-1]}]], once for each."
    if wanted is None:
        return f"{place}: {error['msg'][:1].lower()}{error['msg'][1:]}."
    return f"{place}: must be {wanted}, not {_shown(value)}."


def _is_branch(tree: Mapping[str, Any], step: Any) -> bool:
    """True for what pydantic adds to a place to name a member of a union."""
    return isinstance(step, str) and (
        step in ("TermsFile", "str") or step.startswith(("tuple[", "function-"))
    )


def _place(tree: Mapping[str, Any], steps: list[Any]) -> tuple[str, str]:
    """``slogan[2].query ("Defence of the USSR")`` and the table it stands in."""
    written, table, name = "", "", ""
    here: Any = tree
    for number, step in enumerate(steps):
        if isinstance(step, int):
            written += f"[{step + 1}]"
        else:
            written += f".{step}" if written else step
            if number < len(steps) - 1:
                table = step if step in schema.PARTS else table
        try:
            here = here[step]
        except (KeyError, IndexError, TypeError):
            here = None
        if isinstance(step, int) and isinstance(here, Mapping) and isinstance(here.get("name"), str):
            name = f' ("{here["name"]}")'
    return written + name, table


_TABLES = ("slogan", "ranking", "event", "holdings", "series", "contrast", "polemics", "lead", "discover")
"""Tables that are written with double brackets."""


def _unknown(tree: Mapping[str, Any], steps: list[Any], table: str) -> str:
    place, _ = _place(tree, steps)
    key = str(steps[-1])
    if key in schema.NOT_YET.get(table, ()):
        whole = f"[[{key}]]" if not table else f"{key!r}"
        return f"{place}: {whole} is not in this release; take it out and ask it with a later one."
    keys = schema.keys_of(schema.PARTS[table])
    within = f"[[{table}]]" if table in _TABLES else f"[{table}]" if table else "a dossier"
    nearest = get_close_matches(key.lower(), keys, n=1, cutoff=0.6)
    hint = f"did you mean {nearest[0]!r}?" if nearest else f"its keys are {listed(keys, most=30)}."
    elsewhere = [other for other, part in schema.PARTS.items() if other and key in schema.keys_of(part)]
    if not nearest and not table and elsewhere:
        hint = f"it belongs under [[{elsewhere[0]}]]."
    return f"{place}: there is no key {key!r} in {within}; {hint}"


def _needs(table: str) -> str:
    needed = [key for key, info in schema.PARTS[table].model_fields.items() if info.is_required()]
    what = f"every [[{table}]]" if table in _TABLES else "it" if table else "a dossier"
    return f"; {what} needs {' and '.join(needed)}."


def _shown(value: Any) -> str:
    for kind in (bool, int, float, str):
        if isinstance(value, kind):
            written = repr(value).lower() if kind is bool else repr(value)
            return f"{written[:60]} ({_NOUNS.get(kind, 'a number')})"
    if isinstance(value, Mapping):
        return "a table"
    return "an array" if isinstance(value, list | tuple) else str(value)
