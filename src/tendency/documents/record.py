"""Columns, keys and front matter as a Document, or as the problem that keeps it out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from tendency.documents.dates import DateSpan, parse_date
from tendency.documents.document import Document
from tendency.documents.options import Options
from tendency.documents.problem import Note, Problem
from tendency.documents.streams import Source
from tendency.documents.values import as_text, joined, whole_as_text
from tendency.errors import UndatableError


class Record(NamedTuple):
    """One document as its file has it: values by column, and the line on which it begins."""

    values: Mapping[str, object]
    line: int | None


_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z]{2,4})?")
_RESERVED = frozenset({"id", "date", "text", "title", "author"})
_DATE_REMEDY = (
    "Write it as 1946, 1946-03, 1946-03-05, 1937-06/1937-08, 1930s or in words with the year in four digits."
)


@dataclass
class Shaper:
    """Makes documents of the records of one file."""

    source: Source
    options: Options
    notes: list[Note] = field(default_factory=list)
    _displaced: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        names = self.options.names
        # Columns that only together make an id or a date say more by themselves, and stay.
        self._taken = {names.id, names.date, names.text}
        self._renamed = {names.title: "title", names.author: "author"}

    def document(self, record: Record) -> Document | Problem:
        """The document, or the problem that keeps it out."""
        try:
            return self._made(record)
        except RecursionError:
            what = "a value is nested too deeply to be kept."
            return Problem(self.source.name, record.line, what, "Flatten it.", "broken line")

    def _made(self, record: Record) -> Document | Problem:
        values, names = record.values, self.options.names
        id_ = self._id(values)
        written = self._date(values)
        held = values.get(names.text)
        text = as_text(held)
        if id_ is None or written is None or text is None:
            parts = (("id", names.id, id_), ("date", names.date, written), ("text", names.text, text))
            return self._missing([(kind, column) for kind, column, value in parts if value is None], record)
        if isinstance(held, (list, tuple, Mapping)):
            what = f"the text (column {names.text!r}) is a list or an object, not a text."
            return Problem(
                self.source.name,
                record.line,
                what,
                "Name the column that holds the text (--text).",
                "no text",
            )
        try:
            date = self._span(written, values)
        except UndatableError as error:
            return Problem(self.source.name, record.line, str(error), _DATE_REMEDY, "date not understood")
        fields = self._fields(values, record)
        origin = self.source.name if record.line is None else f"{self.source.name}:{record.line}"
        return Document(id_, date, text, fields, origin)

    def _id(self, values: Mapping[str, object]) -> str | None:
        name = self.options.names.id
        if name in values or "+" not in name:
            return whole_as_text(values.get(name))
        parts = [whole_as_text(values.get(part)) for part in name.split("+")]
        return None if None in parts else "+".join(part for part in parts if part is not None)

    def _date(self, values: Mapping[str, object]) -> str | None:
        name = self.options.names.date
        if name in values or "/" not in name:
            return whole_as_text(values.get(name))
        ends = [whole_as_text(values.get(part)) for part in name.split("/", 1)]
        if ends[0] == ends[1]:
            return ends[0]
        return None if None in ends else "/".join(end for end in ends if end is not None)

    def _span(self, written: str, values: Mapping[str, object]) -> DateSpan:
        own = values.get("language") or values.get("lang")
        named = isinstance(own, str) and _LANGUAGE.fullmatch(own) is not None
        language = str(own) if named else self.options.language
        return parse_date(written, language=language, order=self.options.date_order)

    def _fields(self, values: Mapping[str, object], record: Record) -> dict[str, str]:
        taken, renamed = self._taken, self._renamed
        fields: dict[str, str] = {}
        for column, value in values.items():
            if column in taken or (text := as_text(value)) is None:
                continue
            name = renamed.get(column)
            if name is None:
                name = self._own_name(column, record) if column in _RESERVED else column
            fields[name] = text
        if "author" not in fields and (authors := joined(values.get("authors"))):
            fields["author"] = authors
        if "language" not in fields:
            for column, text in fields.items():
                if column.casefold() in ("lang", "language"):
                    fields["language"] = text
                    break
            else:
                if self.options.language is not None:
                    fields["language"] = self.options.language
        return fields

    def _own_name(self, column: str, record: Record) -> str:
        # The column named for a part of the document by --title and the like has its name.
        name = f"{column}_original"
        if column not in self._displaced:
            self._displaced.add(column)
            what = f"the column {column!r} is kept as the field {name!r}, because another column was named for it."
            self.notes.append(Note(self.source.name, record.line, what))
        return name

    def _missing(self, missing: list[tuple[str, str]], record: Record) -> Problem:
        kinds = [kind for kind, _ in missing]
        what = "the document has " + " and ".join(f"no {kind}" for kind in kinds) + "."
        kind, column = missing[0]
        if column in record.values:
            remedy = f"Fill its {column!r}."
        else:
            remedy = f"There is no {column!r} here; " + hint(kind, column, record.values)
        return Problem(self.source.name, record.line, what, remedy, f"no {kind}")


def columns_of(name: str, joint: str, values: Iterable[str]) -> tuple[str, ...]:
    """The columns that a name stands for: itself, or those that it joins."""
    return (name,) if name in values or joint not in name else tuple(name.split(joint))


def hint(kind: str, column: str, columns: Iterable[str]) -> str:
    """Which columns there are, which is nearest to the one sought, and the option that names it."""
    from rapidfuzz import process

    present = [name for name in columns if name]
    if not present:
        return f"name the right column with --{kind}."
    shown = ", ".join(repr(name) for name in present[:20]) + (", …" if len(present) > 20 else "")
    match = process.extractOne(
        column.casefold(), {name: name.casefold() for name in present}, score_cutoff=60
    )
    nearest = f" (nearest by name: {match[2]!r})" if match else ""
    return f"the columns are {shown}. Name the right one{nearest} with --{kind}."
