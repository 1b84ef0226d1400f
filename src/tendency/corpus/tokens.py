"""Text to tokens: words and sentence ends with their places, by the rules of docs/text-rules.md."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tendency.corpus.classes import INVISIBLE, character_classes, lower_case
from tendency.corpus.text_rules import TOKENISER_VERSION, rule_tables, ruleset

__all__ = [
    "TOKENISER_VERSION",
    "Tokens",
    "code_points",
    "fold",
    "form_of",
    "readings",
    "scan",
    "scan_codes",
]


# A query is cut sooner in plain Python than numba is loaded.
_SHORT = 400


@dataclass(frozen=True, eq=False)
class Tokens:
    """The tokens of a text in order, sentence ends among them.

    Attributes:
        starts: Where each begins, in code points, int32 (tokens,).
        ends: Where it ends, exclusive; equal to its start for a sentence end.
    """

    starts: NDArray[np.int32]
    ends: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.starts)

    def forms(self, text: str) -> list[str]:
        """The form of each token; the empty string for a sentence end."""
        return [form_of(text, s, e) for s, e in zip(self.starts.tolist(), self.ends.tolist(), strict=True)]


@dataclass(frozen=True, eq=False)
class BatchTokens:
    """The tokens of several documents.

    Attributes:
        starts: Where each begins in the batch's code points, int32 (tokens,).
        ends: Where it ends, exclusive; equal to its start for a sentence end.
        first: The number of each document's first token, int64 (documents + 1,).
    """

    starts: NDArray[np.int32]
    ends: NDArray[np.int32]
    first: NDArray[np.int64]


def scan(text: str, language: str | None = None) -> Tokens:
    """The words and sentence ends of a text.

    The last token of a text with at least one word is a sentence end; a text without a word
    has no tokens.

    Args:
        text: Any string.
        language: A code or an English name, such as ``fr`` or ``French``.
    """
    codes = code_points(text)
    batch = scan_codes(codes, np.array([0, len(codes)], np.int64), [language])
    return Tokens(batch.starts, batch.ends)


def scan_codes(
    codes: NDArray[np.uint32],
    bounds: NDArray[np.int64],
    languages: Sequence[str | None],
    room: NDArray[np.int32] | None = None,
) -> BatchTokens:
    """The words and sentence ends of a batch of documents; the GIL is released meanwhile.

    Args:
        codes: The documents' code points, one document after the other; fewer than 2³¹ in all.
        bounds: Where each document begins and the last one ends, (documents + 1,).
        languages: Each document's language, as for ``scan``.
        room: Where the places may be written: two for each code point and document.
    """
    from tendency.corpus.kernels import scan_documents

    known = {language: ruleset(language) for language in set(languages)}
    rulesets = np.array([known[language] for language in languages], np.uint8)
    most = len(codes) + len(rulesets)
    # Only the pages that tokens fall on are ever touched.
    places = np.empty(2 * most, np.int32) if room is None else room
    starts, ends = places[:most], places[most : 2 * most]
    first = np.empty(len(rulesets) + 1, np.int64)
    tables = rule_tables()
    plain = len(codes) <= _SHORT and not scan_documents.ready
    with np.errstate(over="ignore"):  # hashes wrap around in plain Python too
        n = (scan_documents.function if plain else scan_documents)(
            codes,
            bounds,
            rulesets,
            character_classes(),
            lower_case(),
            tables.flags,
            tables.keys,
            tables.kinds,
            starts,
            ends,
            first,
        )
    return BatchTokens(starts[:n], ends[:n], first)


def code_points(text: str) -> NDArray[np.uint32]:
    """The code points of a text, read-only."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


def form_of(text: str, start: int, end: int) -> str:
    """The form of the token at ``[start, end)``.

    It is the text without a line-end hyphen and its break, soft hyphens and invisible format
    characters.
    """
    raw = text[start:end]
    if raw.isalnum():
        return raw
    classes = character_classes()
    return "".join(character for character in raw if classes[ord(character)] > INVISIBLE)


def fold(form: str, accents: bool = True) -> str:
    """The form without its case: canonical composition of the case-folded form.

    Typographic apostrophes become plain ones.

    Args:
        form: A token's form.
        accents: False also takes off accents and vowel points of Latin, Greek, Cyrillic, Hebrew
            and Arabic script; й stays й.
    """
    if form.isascii():
        return form.lower()
    folded = unicodedata.normalize("NFD", unicodedata.normalize("NFD", form).casefold())
    folded = folded.translate(_APOSTROPHES)
    if not accents:
        folded = "".join(
            character
            for place, character in enumerate(folded)
            if not _is_accent(character) or folded[place - 1 : place + 1] == "и\u0306"
        )
    return unicodedata.normalize("NFC", folded)


_APOSTROPHES = str.maketrans("\u2018\u2019\u02bc\uff07", "''''")
_ACCENTS = (
    (0x0300, 0x036F),
    (0x0483, 0x0487),
    (0x0591, 0x05C7),
    (0x0610, 0x061A),
    (0x064B, 0x065F),
    (0x0670, 0x0670),
    (0x06D6, 0x06ED),
    (0x1AB0, 0x1AFF),
    (0x1DC0, 0x1DFF),
    (0xFE20, 0xFE2F),
)


def _is_accent(character: str) -> bool:
    code = ord(character)
    return code >= 0x300 and (
        any(first <= code <= last for first, last in _ACCENTS) and unicodedata.category(character) == "Mn"
    )


def readings(text: str) -> tuple[tuple[str, ...], ...]:
    """The different ways in which languages cut a phrase into words, the common one first.

    A query has no language of its own: ``l'homme`` is one word in an English document and two
    in a French one, so a query for it must look for both.
    """
    found: dict[tuple[str, ...], None] = {}
    for language in (None, "fr", "it", "ca", "fi"):
        forms = tuple(form for form in scan(text, language).forms(text) if form)
        found.setdefault(forms, None)
    return tuple(found)
