"""A source line in its parts: publication, volume, number, pages and date."""

from __future__ import annotations

import re

from tendency.documents.dates import DateOrder, parse_date
from tendency.errors import UndatableError

_VOLUME = re.compile(
    r"\b(?:(?:vol(?:ume)?|bd|band|jg|jahrgang|tome|tomo|том)\b\.?|[tт]\.)\s*([ivxlcdm]+|\d+)\b", re.IGNORECASE
)
_NUMBER = re.compile(
    r"(?:\b(?:nos?|nrs?|num|number|issue|heft|номер)\b\.?|№|#|\bn[°º])\s*(\d+(?:\s?[-–/]\s?\d+)?)",
    re.IGNORECASE,
)
_PAGES = re.compile(
    r"\b(?:(?:pp?|pgs?|pages?|seiten?|стр|págs?)\b\.?|[Ssс]\.)\s*(\d+(?:\s?[-–—]\s?\d+)?)", re.IGNORECASE
)
_ASIDE = re.compile(r"[(\[](?:whole|n\.?s\.?|new series|old series|os)\b[^)\]]*[)\]]", re.IGNORECASE)
_QUOTES = "\"'“”„«»‘’*_ "
_LONGEST_NAME = 100
_POINT = re.compile(r"(?<=\w\w)\.\s*$|^\.$")
_IN = re.compile(r"^in (?:the )?(?=[^\W\d_a-zа-я]|[\"“«„])")


def parse_citation(
    source: str, *, language: str | None = None, order: DateOrder | None = None
) -> dict[str, str]:
    """The parts that a source line names, as it writes them; none where it names only itself.

    ``SWP Internal Bulletin, Vol. 6, No. 9, October 1944, pp. 24–25.`` gives ``publication``,
    ``volume`` 6, ``number`` 9, ``published`` October 1944 and ``pages`` 24–25.
    """
    rest = _ASIDE.sub("", source).strip()
    parts: dict[str, str] = {}
    for name, pattern in (("volume", _VOLUME), ("number", _NUMBER), ("pages", _PAGES)):
        if match := pattern.search(rest):
            parts[name] = re.sub(r"\s?([-–—/])\s?", r"\1", match[1])
            rest = f"{rest[: match.start()]},{rest[match.end() :]}"
    pieces = [
        piece for piece in (without_point(part.strip(" ;")).lstrip(". ") for part in rest.split(",")) if piece
    ]
    published = _date_of(pieces, language, order)
    if published is not None:
        parts["published"] = published
    if parts and pieces and len(pieces[0]) <= _LONGEST_NAME and "://" not in pieces[0]:
        parts["publication"] = _unquoted(_IN.sub("", pieces[0]))
    return parts


def without_point(text: str) -> str:
    """The text without a full stop at its end; that of a single letter (*1916 г.*) stays."""
    return _POINT.sub("", text)


def _date_of(pieces: list[str], language: str | None, order: DateOrder | None) -> str | None:
    """The first date among the pieces, taken out of them; one may hold a comma (*May 5, 1921*)."""
    for length in (2, 1):
        for first in range(len(pieces) - length + 1):
            candidate = ", ".join(pieces[first : first + length])
            if not re.search(r"\d{4}", candidate):
                continue
            try:
                parse_date(candidate, language=language, order=order)
            except UndatableError:
                continue
            del pieces[first : first + length]
            return candidate
    return None


def _unquoted(name: str) -> str:
    # "Газета «Правда»" keeps its marks, which are not around the whole.
    inner = name[1:-1]
    return name.strip(_QUOTES) if not set(inner.strip(_QUOTES)) & set('"“”„«»') else name
