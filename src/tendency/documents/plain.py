"""One text a file: front matter, a header block, or the date in the file's name."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

from tendency.documents.encoding import Decoder, binary
from tendency.documents.front_matter import split_front_matter
from tendency.documents.header import split_header
from tendency.documents.limits import LARGEST_TEXT, SAMPLE
from tendency.documents.options import Options
from tendency.documents.problem import Note, Problem
from tendency.documents.record import Record
from tendency.documents.streams import Source
from tendency.documents.values import as_text
from tendency.errors import SourceError

_PIECE = 2**18
_DAY_IN_NAME = re.compile(r"(?<!\d)(\d{4})([-_. ])(\d{1,2})\2(\d{1,2})(?!\d)", re.ASCII)
_COMPACT_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})(?!\d)", re.ASCII)
_MONTH_FIRST = re.compile(r"(\d{4})[-_. ](\d{2})(?!\d)", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})(?!\d)", re.ASCII)


def read_plain(source: Source, options: Options) -> Iterator[Record | Problem | Note]:
    """The one record of a text file."""
    with source.opened() as stream:
        data = _all(stream)
    kind = binary(data[:SAMPLE])
    if kind is not None:
        raise SourceError(f"is {kind}, not a text.")
    decoder = Decoder(options.encoding, declared=options.encoding is not None)
    text = decoder.decode(data).removeprefix("\ufeff")
    for note in decoder.notes:
        yield Note(source.name, None, note)
    if text:
        yield Record(_values(text, source, options), None)


def _all(stream: io.BufferedReader) -> bytes:
    # Asking for all at once would reserve the largest size there may be, for the smallest file too.
    pieces: list[bytes] = []
    size = 0
    while piece := stream.read1(_PIECE):
        pieces.append(piece)
        size += len(piece)
        if size > LARGEST_TEXT:
            raise SourceError(f"is larger than {LARGEST_TEXT // 2**20} MB; split it.")
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def _values(text: str, source: Source, options: Options) -> dict[str, object]:
    names = options.names
    entries, body = split_front_matter(text)
    dateline = None
    if entries is None:
        header = split_header(text, language=options.language, order=options.date_order)
        body, dateline = header.text, header.dateline
        entries = dict(header.fields)
        for standard, name in (("date", names.date), ("title", names.title), ("author", names.author)):
            if name != standard and standard in entries:
                entries[name] = entries.pop(standard)
    values: dict[str, object] = {name: entry for name, entry in entries.items() if name != names.text}
    if names.text in entries:
        values[f"{names.text}_original"] = entries[names.text]
    values[names.text] = body
    if as_text(values.get(names.id)) is None:
        values[names.id] = source.id
    if as_text(values.get(names.date)) is None:
        values[names.date] = date_in_name(source.id) or dateline
    return values


def date_in_name(id_: str) -> str | None:
    """The date that a file's name gives, as ISO text, or None.

    A day anywhere in the name (``1944_09_23``), or a compact day, a month or a year at its
    beginning: ``2008-03-01-title`` is 2008-03-01 and ``1848 manifesto`` is 1848.
    """
    name = id_.rsplit("/", 1)[-1]
    days = {(match[1], match[3].zfill(2), match[4].zfill(2)) for match in _DAY_IN_NAME.finditer(name)}
    if len(days) == 1:
        return "-".join(days.pop())
    for pattern in (_COMPACT_DAY, _MONTH_FIRST, _YEAR_FIRST):
        match = pattern.match(name)
        if match and (match.lastindex == 1 or 1 <= int(match[2]) <= 12):
            return "-".join(match.groups())
    return None
