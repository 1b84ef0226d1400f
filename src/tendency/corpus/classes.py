"""The class of every code point: what it does to the words and sentences around it.

Classes follow the word-break property of UAX #29 (Unicode Standard Annex 29), worked out from
``unicodedata`` and the short lists below, with the deviations that docs/text-rules.md states.
The numbers are ordered so that a kernel can ask by comparing: up to ``INVISIBLE`` a character
is left out of forms, from ``SINGLE`` on it begins a word, from ``NUMERIC`` on it runs on.
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

SPACE: Final = 0
NEWLINE: Final = 1
HYPHEN: Final = 2
SOFT_HYPHEN: Final = 3
INVISIBLE: Final = 4
EXTEND: Final = 5
OTHER: Final = 6
CLOSE: Final = 7
PARAGRAPH: Final = 8
STOP: Final = 9
MARK: Final = 10
APOSTROPHE: Final = 11
QUOTE: Final = 12
DOUBLE_QUOTE: Final = 13
MIDDLE: Final = 14
COLON: Final = 15
COMMA: Final = 16
SEMICOLON: Final = 17
CONNECTOR: Final = 18
SINGLE: Final = 19
COMPLEX: Final = 20
NUMERIC: Final = 21
LETTER: Final = 22
HEBREW: Final = 23
UPPER: Final = 24
LOWER: Final = 25

LOWERED: Final = 0x530
"""Below this code point single characters are lower-cased when abbreviations are looked up."""

Ranges = tuple[tuple[int, int], ...]

# Blocks whose letters are all of one kind need no name to be looked up.
_UNIFORM: Final[tuple[tuple[int, int, int], ...]] = (
    (0x3400, 0x4DBF, SINGLE),  # CJK extension A
    (0x4E00, 0x9FFF, SINGLE),  # CJK unified ideographs
    (0xAC00, 0xD7A3, LETTER),  # Hangul syllables
    (0xF900, 0xFAFF, SINGLE),  # CJK compatibility ideographs
    (0x17000, 0x18CFF, SINGLE),  # Tangut, Khitan
    (0x18D00, 0x18D7F, SINGLE),
    (0x1B170, 0x1B2FF, SINGLE),  # Nushu
    (0x20000, 0x3FFFD, SINGLE),  # the ideographic planes
)
_KANA: Final[Ranges] = (
    (0x3006, 0x3007),
    (0x3021, 0x3029),
    (0x3031, 0x3035),
    (0x3038, 0x303A),
    (0x3041, 0x3096),
    (0x309B, 0x309F),
    (0x30A0, 0x30FA),
    (0x30FC, 0x30FF),
    (0x31F0, 0x31FF),
    (0x32D0, 0x32FE),
    (0x3300, 0x3357),
    (0xFF66, 0xFF9D),
    (0x1AFF0, 0x1AFFE),
    (0x1B000, 0x1B167),
)
# Scripts written without spaces (line-break class SA): a run of their letters is one token.
_COMPLEX: Final[Ranges] = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x1950, 0x19DF),  # Tai Le, New Tai Lue
    (0x1A20, 0x1AAF),  # Tai Tham
    (0xA9E0, 0xA9FF),  # Myanmar extended B
    (0xAA60, 0xAADF),  # Myanmar extended A, Tai Viet
    (0x11700, 0x1174F),  # Ahom
)
_HEBREW: Final[Ranges] = ((0x05D0, 0x05F2), (0xFB1D, 0xFB4F))
# Characters that join or carry words though their general category is not a letter's.
_LETTERLIKE: Final[Ranges] = (
    (0x02C2, 0x02C5),
    (0x02D2, 0x02D7),
    (0x02DE, 0x02DF),
    (0x02E5, 0x02EB),
    (0x02ED, 0x02ED),
    (0x02EF, 0x02FF),
    (0x055A, 0x055C),  # Armenian marks written above a vowel, inside the word
    (0x055E, 0x055E),
    (0x05F3, 0x05F3),  # geresh
    (0x24B6, 0x24E9),
    (0xA708, 0xA716),
    (0xA720, 0xA721),
    (0xA789, 0xA78A),
    (0xAB5B, 0xAB5B),
    (0x1F130, 0x1F149),
    (0x1F150, 0x1F169),
    (0x1F170, 0x1F189),
)
_EXTENDING: Final[Ranges] = ((0x200C, 0x200D), (0xFF9E, 0xFF9F), (0x1F3FB, 0x1F3FF))
_INVISIBLE: Final[Ranges] = (
    (0x061C, 0x061C),
    (0x180E, 0x180E),
    (0x200E, 0x200F),
    (0x202A, 0x202E),
    (0x2060, 0x2064),
    (0x2066, 0x206F),
    (0xFEFF, 0xFEFF),
    (0xFFF9, 0xFFFB),
)
_LISTED: Final[dict[int, str]] = {
    NEWLINE: "\n\r\x85\u2028",
    PARAGRAPH: "\u2029",
    SPACE: "\t\x0b\x0c",
    HYPHEN: "-\u2010\u00ac\u2e17",
    SOFT_HYPHEN: "\u00ad",
    STOP: ".\u2024\ufe52\uff0e",
    MARK: "!?…‼⁇⁈⁉‽\u037e\u0589؟۔।॥።፧፨។៕။༎。｡！？﹖﹗",
    APOSTROPHE: "'",
    QUOTE: "\u2018\u2019\uff07",
    DOUBLE_QUOTE: '"',
    MIDDLE: "\u00b7\u0387\u055f\u05f4\u2027",
    COLON: ":\ufe13\ufe55\uff1a",
    SEMICOLON: ";",
    COMMA: ",\u060c\u060d\u066c\u07f8\u2044\ufe10\ufe14\ufe50\ufe54\uff0c\uff1b",
    CONNECTOR: "_\u202f\u203f\u2040\u2054\ufe33\ufe34\ufe4d\ufe4e\ufe4f\uff3f",
    NUMERIC: "\u066b",
    OTHER: "\u200b",
}
_BY_CATEGORY: Final[dict[str, int]] = {
    "Lu": UPPER,
    "Lt": UPPER,
    "Ll": LOWER,
    "Lm": LETTER,
    "Lo": LETTER,
    "Nl": LETTER,
    "Nd": NUMERIC,
    "Mn": EXTEND,
    "Mc": EXTEND,
    "Me": EXTEND,
    "Cf": EXTEND,
    "Zs": SPACE,
    "Pe": CLOSE,
    "Pf": CLOSE,
    "Pi": CLOSE,
}


@cache
def character_classes() -> NDArray[np.uint8]:
    """The class of each code point, shape (0x110000,), read-only; built at first use."""
    classes = np.full(sys.maxunicode + 1, OTHER, dtype=np.uint8)
    for first, last, kind in _UNIFORM:
        classes[first : last + 1] = kind
    for code in _looked_up():
        classes[code] = _BY_CATEGORY.get(unicodedata.category(chr(code)), OTHER)
    classes[0xE0020:0xE01F0] = EXTEND  # tags and variation selectors
    for code in _members(_HEBREW):
        if classes[code] == LETTER:
            classes[code] = HEBREW
    for code in _members(_COMPLEX):
        if classes[code] == LETTER:
            classes[code] = COMPLEX
    for ranges, kind in (
        (_KANA, SINGLE),
        (_LETTERLIKE, LETTER),
        (_EXTENDING, EXTEND),
        (_INVISIBLE, INVISIBLE),
    ):
        for code in _members(ranges):
            # A combining mark inside a listed block stays one.
            if classes[code] != EXTEND or kind != SINGLE:
                classes[code] = kind
    for kind, characters in _LISTED.items():
        for character in characters:
            classes[ord(character)] = kind
    classes.setflags(write=False)
    return classes


@cache
def lower_case() -> NDArray[np.uint32]:
    """The lower case of each code point below ``LOWERED``, itself where that is no single one."""
    lowered = [chr(code).lower() for code in range(LOWERED)]
    table = np.array([ord(low) if len(low) == 1 else code for code, low in enumerate(lowered)], np.uint32)
    table.setflags(write=False)
    return table


def _looked_up() -> Iterator[int]:
    """Every code point that could be assigned and lies in no uniform block, up to plane 1."""
    uniform = {(first, last) for first, last, _ in _UNIFORM}
    position = 0
    for first, last in sorted(uniform):
        yield from range(position, min(first, 0x20000))
        position = last + 1


def _members(ranges: Iterable[tuple[int, int]]) -> Iterator[int]:
    for first, last in ranges:
        yield from range(first, last + 1)
