"""Who belonged to what, and when: a sidecar table joined to documents by author and date."""

from __future__ import annotations

import datetime as dt
import itertools
import os
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from tendency.documents.dates import DateOrder, DateSpan, parse_date
from tendency.documents.document import Document
from tendency.documents.encoding import known
from tendency.documents.problem import Problem
from tendency.documents.sources import format_of, printable
from tendency.documents.streams import Source
from tendency.documents.tables import Table, column_names
from tendency.errors import SourceError, UndatableError

_FIRST, _LAST = dt.date.min, dt.date.max


@dataclass(frozen=True, slots=True)
class Membership:
    """What the sidecar says of one person for some time.

    Attributes:
        name: As the sidecar writes it.
        start: The first day.
        end: The day after the last.
        fields: The other columns, such as ``faction``.
        line: The line of the sidecar.
    """

    name: str
    start: dt.date
    end: dt.date
    fields: Mapping[str, str]
    line: int


@dataclass(frozen=True)
class Unmatched:
    """Names that found no counterpart among the documents asked about so far.

    Attributes:
        authors: Authors of whom the sidecar says nothing, with the number of times asked.
        outside: Authors whom it names, but not for the days of a document: they lie outside every
            membership, or only partly inside one.
        names: Names in the sidecar that are no document's author.
    """

    authors: Mapping[str, int]
    outside: Mapping[str, int]
    names: tuple[str, ...]


@dataclass
class People:
    """The memberships of a sidecar, asked by author and date.

    Attributes:
        file: The file they come from.
        memberships: All of them, in the order of the file.
        columns: The columns that become fields.
    """

    file: str
    memberships: tuple[Membership, ...]
    columns: tuple[str, ...]
    _by_name: dict[str, list[Membership]] = field(default_factory=dict, repr=False)
    _authors: Counter[str] = field(default_factory=Counter, repr=False)
    _outside: Counter[str] = field(default_factory=Counter, repr=False)
    _seen: set[str] = field(default_factory=set, repr=False)

    def __post_init__(self) -> None:
        for membership in self.memberships:
            self._by_name.setdefault(_key(membership.name), []).append(membership)
        for memberships in self._by_name.values():
            memberships.sort(key=lambda membership: (membership.start, membership.line))
            self._refuse_overlaps(memberships)

    def _refuse_overlaps(self, memberships: list[Membership]) -> None:
        for earlier, later in itertools.pairwise(memberships):
            if later.start < earlier.end:
                first, second = sorted((earlier.line, later.line))
                raise SourceError(
                    f"{self.file}: lines {first} and {second} both say where {earlier.name!r} stood on "
                    f"{later.start}. Let one end before the other begins."
                )

    @classmethod
    def from_csv(
        cls,
        path: str | os.PathLike[str],
        *,
        encoding: str | None = None,
        language: str | None = None,
        date_order: DateOrder | None = None,
    ) -> People:
        """The memberships of a CSV or TSV file with the columns name, from, to and any others.

        ``from`` and ``to`` are dates of any grain and both belong to the membership: ``to`` 1940-04
        includes the whole of April. Either may be empty or absent.

        Raises:
            SourceError: The file cannot be read, lacks the column ``name``, has a row without a
                name, a date that is not understood, or two memberships of one person at a time.
        """
        file = printable(path)
        columns, rows = _rows(Path(path), file, known(encoding))
        if "name" not in columns:
            shown = ", ".join(map(repr, columns))
            raise SourceError(
                f"{file}: has no column 'name': the columns are {shown}. Name that of the persons 'name'."
            )
        found = [
            _membership(dict(zip(columns, cells, strict=False)), line, file, language, date_order)
            for line, cells in rows
        ]
        return cls(file, tuple(found), tuple(name for name in columns if name not in ("name", "from", "to")))

    def fields(self, author: str | None, span: DateSpan) -> Mapping[str, str]:
        """What the sidecar says of an author on the days of a document; empty where it is silent.

        Every day of the span must lie in one membership. What is asked is remembered for
        :attr:`unmatched`.
        """
        if author is None or not (key := _key(author)):
            return {}
        memberships = self._by_name.get(key)
        if memberships is None:
            self._authors[author] += 1
            return {}
        self._seen.add(key)
        for membership in memberships:
            if membership.start <= span.start and span.end <= membership.end:
                return membership.fields
        self._outside[author] += 1
        return {}

    def faction(self, author: str | None, span: DateSpan) -> str | None:
        """The ``faction`` of an author on the days of a document, or None."""
        return self.fields(author, span).get("faction")

    def join(self, documents: Iterable[Document]) -> Iterator[Document]:
        """The documents with the sidecar's columns as further fields; their own fields stay."""
        for document in documents:
            found = self.fields(document.fields.get("author"), document.date)
            yield replace(document, fields={**found, **document.fields}) if found else document

    @property
    def unmatched(self) -> Unmatched:
        """The names without a match, both ways, among all that was asked so far."""
        unseen = dict.fromkeys(
            membership.name for membership in self.memberships if _key(membership.name) not in self._seen
        )
        return Unmatched(
            dict(sorted(self._authors.items())), dict(sorted(self._outside.items())), tuple(unseen)
        )


def _key(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


def _rows(path: Path, file: str, encoding: str | None) -> tuple[list[str], list[tuple[int, list[str]]]]:
    suffix, packing = format_of(path.name)
    if suffix not in (".csv", ".tsv"):
        raise SourceError(f"{file}: is no CSV or TSV file: give the sidecar as people.csv.")
    table = Table(Source(path, file, "people", suffix, packing), encoding)
    columns: list[str] = []
    rows: list[tuple[int, list[str]]] = []
    try:
        with table.source.opened() as opened:
            for row in table.rows(opened):
                if isinstance(row, Problem):
                    raise SourceError(f"line {row.line}: {row.what} Mend the row.")
                if not columns:
                    columns = [
                        name.casefold() if name.casefold() in ("name", "from", "to") else name
                        for name in column_names(row[1])
                    ]
                    continue
                record = table.record(columns, row)
                if isinstance(record, Problem):
                    raise SourceError(f"line {record.line}: {record.what} Mend the row.")
                rows.append(row)
    except SourceError as error:
        raise SourceError(f"{file}: {error}") from None
    except OSError as error:
        said = error.strerror or str(error)
        raise SourceError(
            f"{file}: cannot be read ({said}). Give the path of a sidecar such as people.csv."
        ) from None
    if not rows:
        raise SourceError(
            f"{file}: names nobody. Write the columns name, from, to and a row for each membership."
        )
    return columns, rows


def _membership(
    row: dict[str, str], line: int, file: str, language: str | None, order: DateOrder | None
) -> Membership:
    name = row["name"].strip()
    if not name:
        raise SourceError(f"{file}: line {line} has no name. Write one or remove the line.")
    ends: list[dt.date] = []
    for column, open_end in (("from", _FIRST), ("to", _LAST)):
        written = row.get(column, "").strip()
        try:
            span = parse_date(written, language=language, order=order) if written else None
        except UndatableError as error:
            raise SourceError(f"{file}: line {line}, column {column!r}: {error}") from None
        ends.append(open_end if span is None else span.start if column == "from" else span.end)
    if ends[1] <= ends[0]:
        raise SourceError(
            f"{file}: line {line}: the membership of {name!r} ends before it begins. Exchange its dates."
        )
    fields = {
        column: cell.strip()
        for column, cell in row.items()
        if column not in ("name", "from", "to") and cell.strip()
    }
    return Membership(name, ends[0], ends[1], fields, line)
