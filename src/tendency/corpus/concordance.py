"""Hits as a reader sees them: the words, what stands around them, and where they are from."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass

from tendency.documents.dates import DateSpan


@dataclass(frozen=True)
class Line:
    """One hit with its context and its source.

    Attributes:
        document: The document's id.
        date: The days on which it may have been written or published.
        left: What stands before the hit, white space collapsed.
        match: The hit, exactly as stored: ``text[start:end]``.
        right: What stands after it, white space collapsed.
        start: Offset of the hit in the stored text, in code points.
        end: Offset after its last code point.
        position: Token position in its document, from 0, sentence ends included.
        fields: What else is known of the document.
    """

    document: str
    date: DateSpan
    left: str
    match: str
    right: str
    start: int
    end: int
    position: int
    fields: Mapping[str, str]

    @property
    def citation(self) -> str:
        """Author, title, publication, volume and number, date, pages; what is unknown is left out."""
        return cite(self.fields, self.date)


def cite(fields: Mapping[str, str], date: DateSpan) -> str:
    """A document's source in one line, such as ``N. Sedova, “A Letter”, Bulletin, Vol. 6, No. 9, 1944-09-23, pp. 24–25``."""
    publication = (_value(fields, "publication") or _value(fields, "newspaper")).rstrip(" .,;")
    title = _value(fields, "title")
    parts = [
        _value(fields, "author"),
        f"“{title}”" if title and not _repeats(title, publication) else "",
        publication,
        _numbered("Vol.", _value(fields, "volume")),
        _numbered("No.", _value(fields, "number")),
        _collapse(date.written) or written_span(date),
        _pages(_value(fields, "pages") or _value(fields, "page")),
    ]
    return ", ".join(part for part in parts if part)


def written_span(date: DateSpan) -> str:
    """A span as ISO 8601 writes it: ``1944``, ``1944-09``, ``1944-09-23`` or ``1944-09-20/1944-09-23``."""
    start, end = date.start, date.end
    last = end - dt.timedelta(days=1)
    if start == last:
        return start.isoformat()
    first_of_month, ends_month = start.day == 1, (last + dt.timedelta(days=1)).day == 1
    if first_of_month and ends_month:
        if (start.year, start.month) == (last.year, last.month):
            return f"{start.year:04d}-{start.month:02d}"
        if start.month == 1 and last.month == 12:
            years = (f"{start.year:04d}", f"{last.year:04d}")
            return years[0] if years[0] == years[1] else "/".join(years)
        return f"{start.year:04d}-{start.month:02d}/{last.year:04d}-{last.month:02d}"
    return f"{start.isoformat()}/{last.isoformat()}"


def _value(fields: Mapping[str, str], name: str) -> str:
    return _collapse(fields.get(name, ""))


def _collapse(text: str) -> str:
    return " ".join(text.split())


def _repeats(title: str, publication: str) -> bool:
    """True when a title only says the paper's name, a date and a page."""
    if not publication or not title.casefold().startswith(publication.casefold()):
        return False
    return (
        re.fullmatch(r"(?:[\d\W_]|\bpp?\b|\bpages?\b)*", title[len(publication) :], re.IGNORECASE) is not None
    )


def _numbered(label: str, value: str) -> str:
    return f"{label} {value}" if value[:1].isdigit() or re.fullmatch(r"[IVXLCDM]+", value) else value


def _pages(value: str) -> str:
    if not value[:1].isdigit():
        return value
    return f"{'p.' if value.isdigit() else 'pp.'} {value}"
