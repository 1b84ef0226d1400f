"""The words of a query, cut as the words of a text are, wildcards kept."""

from __future__ import annotations

import re
from functools import lru_cache

# Letters that no rule treats specially: for words of these the tokeniser need not be loaded.
_LETTERS = "A-Za-z0-9À-ÖØ-öø-ɏΆΈ-ΊΌΎ-ΡΣ-ώЀ-ҁҊ-ԯ"
_PLAIN = f"[{_LETTERS}*?]"
_PLAIN_WORD = re.compile(rf"[.,;:!'()…]*({_PLAIN}+(?:-{_PLAIN}+)*)[.,;:!'()…]*")

# Two rare letters stand for the wildcards while a word is cut, since a wildcard stands for letters.
_STAND_INS = {"*": "ꜣ", "?": "ꜥ"}


def is_plain(text: str) -> bool:
    """True when no language could cut this in two, and it has no wildcard."""
    return re.fullmatch(f"[{_LETTERS}]+", text) is not None


@lru_cache(maxsize=4096)
def readings(chunk: str, *, wild: bool = True) -> tuple[tuple[str, ...], ...]:
    """The ways in which languages cut a chunk without white space into words; empty for punctuation.

    Wildcards are letters, or, unless ``wild``, punctuation like any other.
    """
    plain = _PLAIN_WORD.fullmatch(chunk)
    if plain and (wild or not _has_wildcard(chunk)):
        return (tuple(plain[1].split("-")),)
    from tendency.corpus import tokens

    masked = _masked(chunk) if wild else chunk
    found = [tuple(map(_unmasked, reading)) for reading in tokens.readings(masked) if reading]
    return tuple(dict.fromkeys(found))


def span(chunk: str, *, wild: bool = True) -> str:
    """The chunk from its first word to its last, without the punctuation around."""
    plain = _PLAIN_WORD.fullmatch(chunk)
    if plain and (wild or not _has_wildcard(chunk)):
        return plain[1]
    from tendency.corpus import tokens

    found = tokens.scan(_masked(chunk) if wild else chunk)
    words = found.ends > found.starts
    starts, ends = found.starts[words], found.ends[words]
    return chunk[int(starts[0]) : int(ends[-1])] if starts.size else ""


def _has_wildcard(chunk: str) -> bool:
    return "*" in chunk or "?" in chunk


def _masked(chunk: str) -> str:
    for wildcard, letter in _STAND_INS.items():
        chunk = chunk.replace(wildcard, letter)
    return chunk


def _unmasked(word: str) -> str:
    for wildcard, letter in _STAND_INS.items():
        word = word.replace(letter, wildcard)
    return word
