"""Which terms of a segment fit a test of one token."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, Protocol
from unicodedata import normalize
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from tendency.corpus.deadlines import Deadline
from tendency.corpus.query.tree import AnyWord, Both, Either, Node, Not, Term
from tendency.corpus.strings import which_fit
from tendency.corpus.where import matches

if TYPE_CHECKING:
    from tendency.corpus.segment import Segment, Terms
    from tendency.corpus.strings import Strings

TermSet = NDArray[np.uint32]
"""Terms, ascending, never the sentence end."""

# From here on a regular expression in one go is faster than a look at each form in Python.
_MANY: Final = 20_000

_unaccented: WeakKeyDictionary[Terms, dict[str, list[str]]] = WeakKeyDictionary()


class _Fold(Protocol):
    def __call__(self, form: str, accents: bool = True) -> str: ...


def terms_for(test: Node, segment: Segment, language: str, deadline: Deadline | None = None) -> TermSet:
    """The terms that pass a test in documents of a language."""
    deadline = deadline or Deadline()
    deadline.check()
    terms = segment.terms
    match test:
        case Term("lemma"):
            return _by_lemma(test, terms, language, deadline)
        case Term():
            return _by_form(test, terms)
        case AnyWord():
            return np.arange(1, len(terms), dtype=np.uint32)
        case Not(part):
            fit = np.ones(len(terms), np.bool_)
            fit[terms_for(part, segment, language, deadline)] = False
            fit[:1] = False
            return np.flatnonzero(fit).astype(np.uint32)
        case Both(parts):
            found = terms_for(parts[0], segment, language, deadline)
            for part in parts[1:]:
                found = np.intersect1d(
                    found, terms_for(part, segment, language, deadline), assume_unique=True
                )
            return found
        case Either(parts):
            return np.unique(np.concatenate([terms_for(part, segment, language, deadline) for part in parts]))
        case _:
            raise TypeError(f"not a test of one token: {test!r}")


def _by_form(term: Term, terms: Terms) -> TermSet:
    if not term.accents:
        return _without_accents(term, terms)
    if term.kind == "regex":
        return _by_regex(term, terms)
    if term.kind == "glob":
        return _by_glob(term, terms)
    if term.attribute == "form":
        return terms.with_folded(term.text)
    from tendency.corpus.tokens import fold

    # Canonically equivalent spellings are one form to a reader, whichever the text came with.
    wanted = normalize("NFC", term.text)
    found = terms.with_folded(fold(term.text))
    return _kept(found, [normalize("NFC", terms.forms[number]) == wanted for number in found.tolist()])


def _by_glob(term: Term, terms: Terms) -> TermSet:
    text = term.text if term.attribute == "form" else normalize("NFC", term.text)
    prefix, suffix = re.split(r"[*?]", text, maxsplit=1)[0], re.split(r"[*?]", text)[-1]
    if term.attribute == "form":
        found, strings = _with_prefix(terms, prefix, folded=True), terms.folded
        if text == f"{prefix}*{suffix}":
            return _with_suffix(found, strings, len(prefix.encode()), suffix.encode())
    else:
        found, strings = _with_prefix(terms, _ascii_start(prefix), folded=False), terms.forms
    if term.attribute == "form":
        return found[_glob_fits(text, strings, found)]
    if found.size > _MANY:
        pattern = re.sub(r"\\\*|\\\?", lambda held: ".*" if held[0] == "\\*" else ".", _escaped(text))
        return _fitting(found, _written(found, strings, term), f"(?s:{pattern})")
    return _kept(found, [matches(text, form) for form in _written(found, strings, term)])


def _glob_fits(text: str, strings: Strings, found: TermSet) -> NDArray[np.bool_]:
    """For each of the terms whether its whole string fits a pattern of ``*`` and ``?``."""
    from tendency.corpus.kernels import match_globs
    from tendency.corpus.strings import encode
    from tendency.corpus.work import spread

    pattern = np.frombuffer(encode(text), np.uint8).copy()
    pattern[pattern == ord("*")] = 255
    pattern[pattern == ord("?")] = 254
    fits = np.empty(found.size, np.bool_)

    def match(low: int) -> None:
        some = slice(low, low + _MANY)
        match_globs(strings.data, strings.bounds, found[some], pattern, fits[some].view(np.uint8))

    spread(match, range(0, found.size, _MANY))
    return fits


def _by_regex(term: Term, terms: Terms) -> TermSet:
    folded = term.attribute == "form"
    plain = re.match(r"[a-z0-9]*", term.text.lower() if folded else term.text)
    prefix = "" if plain is None or "|" in term.text else plain[0]
    if prefix and term.text[len(prefix) : len(prefix) + 1] in ("*", "?", "{", "+"):
        prefix = prefix[:-1]
    found = _with_prefix(terms, prefix, folded=folded)
    strings = terms.folded if folded else terms.forms
    return _fitting(found, _written(found, strings, term), f"{'(?i)' if folded else ''}(?:{term.text})")


def _without_accents(term: Term, terms: Terms) -> TermSet:
    from tendency.corpus.tokens import fold

    everything = np.arange(1, len(terms), dtype=np.uint32)
    held = _unaccented.setdefault(terms, {})
    if term.attribute not in held:
        held[term.attribute] = (
            [fold(form, accents=False) for form in terms.folded]
            if term.attribute == "form"
            else [_bare(form) for form in terms.forms]
        )
    forms = held[term.attribute][1:]
    if term.kind == "regex":
        return _fitting(everything, forms, f"{'(?i)' if term.attribute == 'form' else ''}(?:{term.text})")
    text = fold(term.text, accents=False) if term.attribute == "form" else _bare(term.text)
    if term.kind == "is":
        return _kept(everything, [form == text for form in forms])
    return _kept(everything, [matches(text, form) for form in forms])


def _bare(form: str) -> str:
    """A form as written, case included, without the accents that folding can take off."""
    from tendency.corpus.tokens import fold

    if form.isascii():
        return form
    return normalize("NFC", "".join(_unaccented_character(held, fold) for held in normalize("NFC", form)))


def _unaccented_character(character: str, fold: _Fold) -> str:
    if character.isascii() or fold(character) == fold(character, accents=False):
        return character
    bare = fold(character, accents=False)
    return bare.upper() if character.isupper() else bare


def _by_lemma(term: Term, terms: Terms, language: str, deadline: Deadline) -> TermSet:
    from tendency.corpus.lemmas import forms_like, forms_of, is_listed

    nothing = np.empty(0, np.uint32)
    if term.kind == "is" and term.accents:
        found = [terms.with_folded(form) for form in forms_of(term.text, language)]
        return np.unique(np.concatenate([nothing, *found]))
    listed = forms_like(f"(?i)(?:{_as_regex(term)})", language)
    # A form that no list knows is its own lemma.
    own = _by_form(Term("form", term.kind, term.text), terms)
    unlisted = []
    for number in own.tolist():
        deadline.check()
        unlisted.append(not is_listed(terms.folded[number], language))
    return np.unique(
        np.concatenate([nothing, _kept(own, unlisted), *(terms.with_folded(form) for form in listed)])
    )


def _as_regex(term: Term) -> str:
    if term.kind == "regex":
        return term.text
    escaped = _escaped(term.text)
    return escaped.replace("\\*", ".*").replace("\\?", ".") if term.kind == "glob" else escaped


def _with_prefix(terms: Terms, prefix: str, *, folded: bool) -> TermSet:
    if not prefix:
        return np.arange(1, len(terms), dtype=np.uint32)
    return terms.with_folded_prefix(prefix) if folded else terms.with_prefix(prefix)


def _with_suffix(found: TermSet, strings: Strings, taken: int, suffix: bytes) -> TermSet:
    """The terms that end so, with at least ``taken`` bytes before, compared byte by byte at once."""
    ends = strings.bounds[found.astype(np.int64) + 1]
    starts = strings.bounds[found.astype(np.int64)]
    fit = ends - starts >= taken + len(suffix)
    found, ends = found[fit], ends[fit]
    for place, byte in enumerate(reversed(suffix), start=1):
        fit = strings.data[ends - place] == byte
        found, ends = found[fit], ends[fit]
    return found


def _written(found: TermSet, strings: Strings, term: Term) -> list[str]:
    """The terms' strings; forms as written are put in canonical composition first."""
    if found.size == len(strings) - 1:
        held = list(strings)[1:]
    else:
        held = [strings[number] for number in found.tolist()]
    return held if term.attribute != "word" else [normalize("NFC", form) for form in held]


def _fitting(found: TermSet, forms: Sequence[str], pattern: str) -> TermSet:
    """The terms whose whole form fits a regular expression."""
    if not found.size:
        return found
    kept: TermSet = found[which_fit(forms, pattern)]
    return kept


def _kept(found: TermSet, fit: list[bool]) -> TermSet:
    return found[np.array(fit, np.bool_)]


def _ascii_start(text: str) -> str:
    """The first characters that composition leaves alone wherever they stand."""
    plain = re.match(r"[\x00-\x7f]*", text)
    return plain[0] if plain else ""


def _escaped(text: str) -> str:
    return "".join(f"\\{held}" if held in "\\.+*?()|[]{}^$#&-~" else held for held in text)
