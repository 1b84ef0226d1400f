"""Dictionary forms: a map (language, form) → lemma from simplemma's word lists, made when first asked.

A form that the lists of its language do not know is its own lemma: nothing is guessed. Where a form has several
lemmas, it counts for each. Forms and lemmas are compared folded. A document's language is its field
``language`` (or ``lang``); without one it is told by the commonest words of the languages below, or is none.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from tendency.corpus.text_rules import language_code
from tendency.corpus.tokens import fold

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tendency.corpus.segment import Segment

COMMON_WORDS: Final[Mapping[str, str]] = {
    "en": "the of and to that which with this from have",
    "de": "der die und das ist nicht mit sich auf eine",
    "fr": "le les des et est dans une qui que pour",
    "es": "el los las una que por con para del como",
    "it": "il gli che della di una per con sono non",
    "pt": "os uma que não para com dos das pelo ao",
    "nl": "het een van en dat niet met zijn voor aan",
    "ru": "и в не на что как его это но из",
    "uk": "і та що не на як його це але від",
    "pl": "się nie jest że oraz jak tego przez dla są",
    "cs": "že jsem ale jako který jsou podle také byl není",
    "sv": "och att det som en är av för inte med",
    "da": "og at det en er ikke til af der med",
    "fi": "ja ei että se oli hän mutta kun niin ovat",
    "hu": "az és hogy nem egy csak volt mint vagy ez",
    "tr": "ve bir bu için ile da olarak daha çok gibi",
    "la": "et est non ad cum quod ut sed qui esse",
    "el": "και το της να του η που την με από",
}
"""Ten or so of each language's commonest words that are none of another's, as Polish ``do`` would be."""

_LEAST_SHARE: Final = 0.03
_LEAST_COUNT: Final = 5
"""How much of a document its language's common words must make up, and how many of them there must be."""

_languages: WeakKeyDictionary[Segment, tuple[tuple[str, ...], NDArray[np.int16]]] = WeakKeyDictionary()


def languages(segment: Segment) -> tuple[tuple[str, ...], NDArray[np.int16]]:
    """Each document's language: the codes that occur, and which of them each document has.

    The empty code stands for a language that is not known.
    """
    held = _languages.get(segment)
    if held is None:
        held = _languages[segment] = _told(segment)
    return held


def stated_language(segment: Segment, language: str) -> NDArray[np.bool_]:
    """The documents whose own field says this language, bool of shape (documents,)."""
    wanted = _code(language)
    found = np.zeros(segment.documents, np.bool_)
    for name in ("lang", "language"):
        field = segment.field(name)
        says = np.array([*(_code(value) == wanted for value in field.values), False], np.bool_)
        found = np.where(field.codes < 0, found, says[field.codes])
    return found


def _told(segment: Segment) -> tuple[tuple[str, ...], NDArray[np.int16]]:
    found = np.array(_by_common_words(segment), np.dtype("U8"))
    for name in ("lang", "language"):
        field = segment.field(name)
        codes = np.array([*(_code(value) for value in field.values), ""], np.dtype("U8"))
        stated = codes[field.codes]
        found = np.where(stated == "", found, stated)
    names, numbers = np.unique(found, return_inverse=True)
    return tuple(names.tolist()), numbers.astype(np.int16)


def _code(language: str) -> str:
    name = language.strip().casefold().replace("_", "-").split("-")[0]
    return language_code(language) or (name if 2 <= len(name) <= 3 else "")


def _by_common_words(segment: Segment) -> list[str]:
    """The language whose common words each document has most of, or the empty code."""
    codes = list(COMMON_WORDS)
    counts = np.zeros((len(codes), segment.documents), np.int64)
    # Numbers of one type, or all postings would be copied as the wider one.
    first = segment.first.astype(np.uint32) if segment.positions < 1 << 32 else segment.first
    for row, code in enumerate(codes):
        for word in COMMON_WORDS[code].split():
            for term in segment.terms.with_folded(word).tolist():
                counts[row] += np.diff(np.searchsorted(segment.postings(term), first))
    best = counts.argmax(axis=0)
    sure = counts.max(axis=0, initial=0) >= np.maximum(_LEAST_SHARE * segment.words, _LEAST_COUNT)
    return [codes[row] if certain else "" for row, certain in zip(best.tolist(), sure.tolist(), strict=True)]


@lru_cache(maxsize=512)
def forms_of(lemma: str, language: str) -> frozenset[str]:
    """The folded forms whose lemma, folded, is this one."""
    lists = _lists(language)
    forms = {fold(form) for form, held in lists.items() if held.casefold() == lemma}
    known = lemma in forms or any(form in lists for form in (lemma, lemma.capitalize(), lemma.upper()))
    return frozenset(forms if known else {*forms, lemma})


@lru_cache(maxsize=512)
def lemmas_of(form: str, language: str) -> frozenset[str]:
    """The lemmas, folded, of a folded form."""
    lists = _lists(language)
    found = {fold(lists[written]) for written in _spellings(form) if written in lists}
    return frozenset(found or {form})


@lru_cache(maxsize=64)
def forms_like(pattern: str, language: str) -> frozenset[str]:
    """The folded forms that a language's list gives a lemma that, folded, fits a regular expression as a whole."""
    from tendency.corpus.strings import which_fit

    lists = _lists(language)
    # Lemmas are fewer than forms.
    lemmas = list(set(lists.values()))
    fit = {lemmas[number] for number in np.flatnonzero(which_fit([fold(lemma) for lemma in lemmas], pattern))}
    found = ((written, fold(written)) for written, lemma in lists.items() if lemma in fit)
    return frozenset(form for written, form in found if written in _spellings(form))


def is_listed(form: str, language: str) -> bool:
    """Whether a language's list knows a folded form; one that it does not know is its own lemma."""
    lists = _lists(language)
    return any(written in lists for written in _spellings(form))


def _spellings(form: str) -> tuple[str, str, str]:
    """As a list may have a folded form."""
    return form, form.capitalize(), form.upper()


@lru_cache(maxsize=8)
def _lists(language: str) -> Mapping[str, str]:
    """A language's forms with their lemmas; empty for a language without a list."""
    from simplemma.strategies.dictionaries.dictionary_factory import (
        SUPPORTED_LANGUAGES,
        DefaultDictionaryFactory,
    )

    if language not in SUPPORTED_LANGUAGES:
        return {}
    lists: Mapping[str, str] = DefaultDictionaryFactory().get_dictionary(language)
    return lists
