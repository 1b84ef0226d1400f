"""How sources are to be read."""

from __future__ import annotations

from dataclasses import dataclass, field

from tendency.documents.dates import DateOrder


@dataclass(frozen=True, slots=True)
class FieldNames:
    """Which column, key or front-matter entry holds what.

    Attributes:
        id: The document's id; several columns joined by ``+`` (``file+page``) make one together.
        date: Its date; two columns joined by ``/`` (``year_start/year_end``) are a span's ends.
        text: Its text.
        title: Its title, kept as the field ``title``.
        author: Its author, kept as the field ``author``.
    """

    id: str = "id"
    date: str = "date"
    text: str = "text"
    title: str = "title"
    author: str = "author"


@dataclass(frozen=True, slots=True)
class Options:
    """Everything that a format needs to know besides the file.

    Attributes:
        names: Which column holds what.
        encoding: The declared encoding under Python's name, or None to tell it from the bytes.
        language: The language of documents that do not name their own, and of their dates in words, as
            a code such as ``ru``; or None.
        date_order: The order of dates such as 03/04/1920, or None to refuse ambiguous ones.
    """

    names: FieldNames = field(default_factory=FieldNames)
    encoding: str | None = None
    language: str | None = None
    date_order: DateOrder | None = None
