"""What a dossier may say: every key, its type and its meaning, as frozen values.

The descriptions here are the reference: ``docs/dossier.md`` is made from them by
``python -m tendency.dossier.reference``.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PrivateAttr

Period = Literal["day", "week", "month", "quarter", "year", "decade", "eras"]

NOT_YET = {
    "": ("alternative", "prediction", "watch"),
}
"""Keys of the format that a later release answers: refused by name, never ignored."""


def _written(value: Any) -> Any:
    """A date as text: TOML writes 1943-02-02 as a date and 1943 as a number."""
    if isinstance(value, bool):
        raise ValueError('must be a date such as 1943-02-02, 1943 or "1943-02", not true or false')
    if isinstance(value, dt.datetime):
        raise ValueError("must be a day without a time, such as 1943-02-02")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, int):
        return f"{value:04d}"
    if not isinstance(value, str):
        raise ValueError('must be a date such as 1943-02-02, 1943 or "1943-02"')
    return value


def _written_span(value: Any) -> Any:
    """A span as ``first/last``, both included, from text or from an array of two dates."""
    if isinstance(value, list | tuple):
        if len(value) != 2:
            raise ValueError(
                'must have two dates, the first and the last, such as [1930, 1939] or "1930/1939"'
            )
        return f"{_written(value[0])}/{_written(value[1])}"
    return _written(value)


def _array(value: Any) -> Any:
    """An array as a frozen tuple."""
    return tuple(value) if isinstance(value, list) else value


When = Annotated[str, BeforeValidator(_written)]
Span = Annotated[str, BeforeValidator(_written_span)]


class Part(BaseModel):
    """A table of the dossier: frozen, strictly typed, without keys of its own making."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)

    FILTERS: ClassVar[tuple[str, ...]] = ("where",)
    """Keys of a question whose values are filters over documents."""


class TermsFile(Part):
    """Named queries kept in a file of their own."""

    file: str = Field(
        description="A CSV, quanteda YAML (`.yml`, `.yaml`) or LIWC (`.dic`) file, relative to the dossier.",
        min_length=1,
    )
    category: str | None = Field(
        default=None,
        description="Which of the file's categories is meant; without it all of its words together.",
    )


class Fields(Part):
    """Which column of the sources holds what; every other column is kept as a field."""

    id: str = Field(default="id", description="The column with the document's id.")
    date: str = Field(default="date", description="The column with its date.")
    text: str = Field(default="text", description="The column with its text.")
    title: str = Field(default="title", description="The column with its title.")
    author: str = Field(default="author", description="The column with its author.")


class Slogan(Part):
    """How often something is named, and what is named around it."""

    name: str = Field(description="What it is called in sentences and charts.", min_length=1)
    query: str = Field(description="What counts as naming it (docs/queries.md).", min_length=1)
    aims: dict[str, str] = Field(
        default_factory=dict,
        description="Queries looked for within 10, 30 and 100 words of each hit, by name: what the slogan is "
        "named for or against.",
    )
    goal: str | None = Field(
        default=None,
        description="A query for its final goal: looked for like an aim, and marked as the goal.",
        min_length=1,
    )
    judged: Annotated[str | tuple[str, ...] | None, BeforeValidator(_array)] = Field(
        default=None,
        description="The sheet of a random sample of hits, made by `tendency sample`, in which a person said what each of them does; or the "
        "sheets of two (docs/methods/judged.md).",
    )
    company: Annotated[int, Field(ge=1, le=100)] | Literal["sentence"] | None = Field(
        default=None,
        description='Look at the words so near to each hit, over the whole span, then and now: a number of words, or `"sentence"`.',
    )
    voice: str | None = Field(
        default=None,
        description="The field whose values are voices, such as `newspaper`: of what parts the change between the two spans is made.",
        min_length=1,
    )
    finer_voice: str | None = Field(
        default=None,
        description="A field that divides voices further, such as `page`: whether the parts are then the same.",
        min_length=1,
    )
    period: Period | None = Field(default=None, description="Another period than the dossier's.")
    where: str | None = Field(
        default=None, description="Only in these documents, beside the dossier's own `where`."
    )
    split: str | None = Field(
        default=None,
        description='`"standpoint"`, a field, or `"none"`; by default the standpoints where the dossier has any.',
    )


class Ranking(Part):
    """Which of several things is named most, when, and how sure that is."""

    name: str = Field(description="What it is called in sentences and charts.", min_length=1)
    items: dict[str, str] = Field(description="The things to put in order: a query each, by name.")
    near: str | None = Field(
        default=None,
        description="Count only hits with one of these within `within` words: the ranking is then called "
        '"named beside words of …".',
        min_length=1,
    )
    within: int = Field(default=12, description="How many words away a `near` may be.", ge=1, le=1000)
    split: str | None = Field(
        default=None, description='`"standpoint"`, a field, or `"none"`; by default the ranking is not split.'
    )
    overlap: bool = Field(
        default=False,
        description="Allow items that share words with each other or with `near`; otherwise an error.",
    )
    judged: Annotated[str | tuple[str, ...] | None, BeforeValidator(_array)] = Field(
        default=None,
        description="As for a slogan; one sheet may hold hits of several items, such as a sample of `first | second`.",
    )
    period: Period | None = Field(default=None, description="Another period than the dossier's.")
    where: str | None = Field(
        default=None, description="Only in these documents, beside the dossier's own `where`."
    )


class Event(Part):
    """A date drawn on every curve. It stands beside the text; it is not a cause."""

    name: str = Field(description="What is written beside the line.", min_length=1)
    date: When = Field(description='The day, or `"1943-02"` or `1943` where no more is known.')
    source: str = Field(default="", description="Where the date comes from.")


class Series(Part):
    """Outside figures beside the text: prices, casualties, votes. They stand beside it and are not a cause."""

    name: str = Field(description="What it is called in sentences and charts.", min_length=1)
    file: str = Field(
        description="A CSV file with a date and a value a line, relative to the dossier.", min_length=1
    )
    date: str = Field(default="date", description="The column with the date.", min_length=1)
    value: str = Field(default="value", description="The column with the figure.", min_length=1)
    unit: str = Field(default="", description="The unit of the figures, for charts.")
    source: str = Field(default="", description="Where the figures come from.")


class Discover(Part):
    """Words and phrases that rise, fall, turn, appear or vanish: found by looking, and held to documents kept back."""

    name: str = Field(default="What moves", description="What the section is called.", min_length=1)
    longest: int = Field(default=5, description="Words of the longest phrase.", ge=1, le=5)
    min_hits: int = Field(default=20, description="Rarer words and phrases are not looked at.", ge=10)
    limit: int = Field(default=40, description="Findings that are listed at most.", ge=1, le=1000)
    period: Literal["day", "week", "month", "quarter", "year", "decade"] | None = Field(
        default=None, description="Another period than the dossier's."
    )
    where: str | None = Field(
        default=None, description="Only in these documents, beside the dossier's own `where`."
    )


class Holdings(Part):
    """What should exist of a publication, so that what was lost is not taken for silence."""

    publication: str = Field(description="Its name, as the documents have it.", min_length=1)
    every: Annotated[str | tuple[str, ...], BeforeValidator(_array)] = Field(
        description="How often it appears: `day`, `weekday` (Monday to Saturday), `week`, `fortnight`, `month`, `quarter`, `year`, or "
        'one or several weekdays: `["tuesday", "friday"]`. What appears once a week may change its day.',
    )
    field: str | None = Field(
        default=None,
        description="The field with its name; `publication`, else `newspaper`, by default.",
        min_length=1,
    )
    from_: When | None = Field(
        default=None,
        alias="from",
        description="The first day that counts; by default that of the first issue held.",
    )
    to: When | None = Field(
        default=None, description="The last day that counts; by default that of the last issue held."
    )
    gaps: Annotated[tuple[Span, ...], BeforeValidator(_array)] = Field(
        default=(),
        description='Spans of which it is known that nothing is held, first and last included: `["1937-06/1937-08"]`.',
    )


class Contrast(Part):
    """Which words and phrases set some documents apart from others."""

    FILTERS: ClassVar[tuple[str, ...]] = ("where", "target", "reference")

    name: str = Field(description="What it is called in sentences and charts.", min_length=1)
    target: str | None = Field(
        default=None,
        description="A filter: the documents that are set apart; or `split` instead.",
        min_length=1,
    )
    reference: str | None = Field(
        default=None,
        description="A filter: those they are set apart from; by default all others.",
        min_length=1,
    )
    split: str | None = Field(
        default=None,
        description='`"standpoint"` or a field: each of its values against the union of the others.',
        min_length=1,
    )
    longest: int = Field(default=1, description="Words of the longest phrase.", ge=1, le=5)
    min_hits: int = Field(default=10, description="Rarer words and phrases are not looked at.", ge=5)
    limit: int = Field(default=30, description="Rows that are listed for each contrast.", ge=1, le=1000)
    where: str | None = Field(
        default=None, description="Only in these documents, beside the dossier's own `where`."
    )


class Polemics(Part):
    """Who names whom beside hostile words: a matrix of standpoints and opponents, against chance."""

    name: str = Field(description="What it is called in sentences and charts.", min_length=1)
    opponents: dict[str, str] = Field(description="Those who may be named: a query each, by name.")
    hostile: str = Field(description="The hostile words, as a query.", min_length=1)
    split: str = Field(
        default="standpoint", description='`"standpoint"` or a field: who names.', min_length=1
    )
    own: dict[str, str] = Field(
        default_factory=dict,
        description="Which opponent is a standpoint itself, by the standpoint: told apart, since one names oneself otherwise.",
    )
    within: int = Field(
        default=12, description="Words between an opponent and a hostile word.", ge=1, le=1000
    )
    where: str | None = Field(
        default=None, description="Only in these documents, beside the dossier's own `where`."
    )


class Lead(Part):
    """Whether one voice takes a theme up before another."""

    name: str = Field(description="What it is called in sentences and charts.", min_length=1)
    queries: dict[str, str] = Field(description="The themes: a query each, by name.")
    voices: Annotated[tuple[str, ...], BeforeValidator(_array)] = Field(
        description='The two voices: values of the field, or names of standpoints: `["opposition", "official"]`.'
    )
    split: str = Field(
        default="standpoint", description='`"standpoint"` or a field: what the voices are.', min_length=1
    )
    reference: str | None = Field(
        default=None,
        description="A query whose course is taken out; by default that of the theme in all other documents.",
        min_length=1,
    )
    most: int = Field(default=12, description="The largest lag in periods.", ge=1, le=60)
    period: Literal["day", "week", "month", "quarter", "year"] = Field(
        default="month", description="The periods; coarser ones are taken where a voice appears less often."
    )
    where: str | None = Field(
        default=None, description="Only in these documents, beside the dossier's own `where`."
    )


class Dossier(Part):
    """The questions that are asked of a corpus."""

    title: str = Field(description="The report's title.", min_length=1)
    corpus: str | None = Field(
        default=None,
        description="The index folder, relative to the dossier. With `sources`, where the index is made; by "
        "default the dossier's own name with `.index`.",
        min_length=1,
    )
    sources: Annotated[tuple[str, ...], BeforeValidator(_array)] = Field(
        default=(),
        description="Files or folders to index on first use: globs relative to the dossier; `${NAME}` stands "
        "for an environment variable.",
    )
    fields: Fields = Field(default_factory=Fields, description="Which column of the sources holds what.")
    period: Period | None = Field(
        default=None,
        description="day, week, month, quarter, year, decade, or eras; year unless `[eras]` are given.",
    )
    from_: When | None = Field(
        default=None, alias="from", description="The first day, month or year that counts."
    )
    to: When | None = Field(
        default=None, description="The last day, month or year that counts, itself included."
    )
    where: str | None = Field(
        default=None, description="Only these documents: an SQL expression over their fields."
    )
    language: str | None = Field(default=None, description="Only documents in this language, such as `en`.")
    cluster: Annotated[str | tuple[str, ...] | None, BeforeValidator(_array)] = Field(
        default=None,
        description="The field whose values are independent pieces of evidence, `document` or `day`; several "
        "take the one with the larger interval. By default `publication` or `newspaper`, else `author`, else "
        "the document.",
    )
    horizon: int = Field(
        default=1,
        description="How many periods ahead each slogan's rate is forecast; 0 for none.",
        ge=0,
        le=100,
    )
    seed: int = Field(default=1, description="The seed of every draw.", ge=0, le=2**63 - 1)
    before: Span | None = Field(
        default=None,
        description='The earlier of the two spans that are compared, first and last included: `"1930/1939"`. '
        "By default the first third of the periods that hold text.",
    )
    after: Span | None = Field(default=None, description="The later of the two; by default the last third.")
    log: bool = Field(
        default=True,
        description="Add a line to the log beside the dossier at each run, from which each finding is labelled *asked beforehand* or "
        "*varied*; `false` keeps none, and the report says so.",
    )
    people: str | None = Field(
        default=None,
        description="A CSV file with name, faction, from, to and more: joined to documents by author and date "
        "when they are indexed.",
        min_length=1,
    )
    terms: dict[str, str | TermsFile] = Field(
        default_factory=dict,
        description="Named queries, used as `@name` anywhere; a name may stand for a file, and `file` takes "
        "every category of a file under its own name.",
    )
    standpoints: dict[str, str] = Field(
        default_factory=dict, description="Named filters over documents, in the language of `where`."
    )
    eras: dict[str, Span] = Field(
        default_factory=dict,
        description='Named spans to count by, first and last included: `"the siege" = "1941-09/1944-01"`.',
    )
    slogan: Annotated[tuple[Slogan, ...], BeforeValidator(_array)] = Field(
        default=(), description="Slogans to follow."
    )
    ranking: Annotated[tuple[Ranking, ...], BeforeValidator(_array)] = Field(
        default=(), description="Things to put in order."
    )
    event: Annotated[tuple[Event, ...], BeforeValidator(_array)] = Field(
        default=(), description="Dates drawn on every curve, and held against every other date."
    )
    series: Annotated[tuple[Series, ...], BeforeValidator(_array)] = Field(
        default=(), description="Outside figures that every slogan's rate is laid beside."
    )
    contrast: Annotated[tuple[Contrast, ...], BeforeValidator(_array)] = Field(
        default=(), description="Documents to set apart by their words."
    )
    polemics: Annotated[tuple[Polemics, ...], BeforeValidator(_array)] = Field(
        default=(), description="Who names whom beside hostile words."
    )
    lead: Annotated[tuple[Lead, ...], BeforeValidator(_array)] = Field(
        default=(), description="Whether one voice takes a theme up before another."
    )
    discover: Annotated[tuple[Discover, ...], BeforeValidator(_array)] = Field(
        default=(), description="Looks for what nobody asked about."
    )
    holdings: Annotated[tuple[Holdings, ...], BeforeValidator(_array)] = Field(
        default=(), description="What should exist of each publication."
    )

    _file: str | None = PrivateAttr(None)
    _text: str = PrivateAttr("")


PARTS: dict[str, type[Part]] = {
    "": Dossier,
    "fields": Fields,
    "terms": TermsFile,
    "slogan": Slogan,
    "ranking": Ranking,
    "event": Event,
    "series": Series,
    "contrast": Contrast,
    "polemics": Polemics,
    "lead": Lead,
    "discover": Discover,
    "holdings": Holdings,
}
"""The tables of a dossier by the key under which they stand."""


def keys_of(part: type[Part]) -> tuple[str, ...]:
    """The keys as they are written in a dossier, in the order of the reference."""
    return tuple(info.alias or name for name, info in part.model_fields.items())
