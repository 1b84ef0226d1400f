"""One dated text, the unit that everything else counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tendency.documents.dates import DateSpan


@dataclass(frozen=True, slots=True)
class Document:
    """One dated text.

    Attributes:
        id: Unique in its corpus; a later document with the same id replaces the earlier.
        date: The days on which it may have been written or published.
        text: As it came; never normalised.
        fields: Everything else that is known of it, as text: title, author, publication,
            language … A field that is absent is not a key.
        origin: The file, and line where there is one, that it was read from.
    """

    id: str
    date: DateSpan
    text: str
    fields: Mapping[str, str] = field(default_factory=dict)
    origin: str = ""
