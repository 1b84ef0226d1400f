"""The text rules in plain Python: slow, and written from docs/text-rules.md alone.

Every character is turned into a letter that stands for its kind; words and groups of marks are
then regular expressions over these letters. The lists of words are read from the page itself.
Nothing is imported from the package.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "text-rules.md"

# The letter of each kind in the page's table of characters.
SPACE, CR, LF, BREAK, PARAGRAPH, HYPHEN, SOFT, INVISIBLE, EXTENDING = "srlnphyie"
STOP, MARK, APOSTROPHE, CURVED, DOUBLE, MIDDLE, COLON, COMMA, SEMICOLON = "tmaqdoc,;"
CONNECTOR, CLOSING, SINGLE, COMPLEX, DIGIT, HEBREW, CAPITAL, SMALL, OTHER_LETTER, OTHER = "u)HX9BALO-"

CHARACTERS = {
    SPACE: "\t\x0b\x0c",
    CR: "\r",
    LF: "\n",
    BREAK: "\u0085\u2028",
    PARAGRAPH: "\u2029",
    HYPHEN: "-\u2010\u00ac\u2e17",
    SOFT: "\u00ad",
    STOP: ".\u2024\ufe52\uff0e",
    MARK: "!?\u2026\u203c\u2047\u2048\u2049\u203d\u037e\u0589\u061f\u06d4\u0964\u0965\u1362\u1367\u1368\u17d4\u17d5"
    "\u104b\u0f0e\u3002\uff61\uff01\uff1f\ufe56\ufe57",
    APOSTROPHE: "'",
    CURVED: "\u2018\u2019\uff07",
    DOUBLE: '"',
    MIDDLE: "\u00b7\u0387\u055f\u05f4\u2027",
    COLON: ":\ufe13\ufe55\uff1a",
    COMMA: ",\u060c\u060d\u066c\u07f8\u2044\ufe10\ufe14\ufe50\ufe54\uff0c\uff1b",
    SEMICOLON: ";",
    CONNECTOR: "_\u202f\u203f\u2040\u2054\ufe33\ufe34\ufe4d\ufe4e\ufe4f\uff3f",
    DIGIT: "\u066b",
    OTHER: "\u200b",
}
LISTED = {character: kind for kind, characters in CHARACTERS.items() for character in characters}
RANGES = (
    (
        INVISIBLE,
        "61C 180E 200E-200F 202A-202E 2060-2064 2066-206F FEFF FFF9-FFFB",
    ),
    (EXTENDING, "200C-200D FF9E-FF9F 1F3FB-1F3FF E0020-E01EF"),
    (
        OTHER_LETTER,
        "AC00-D7A3 2C2-2C5 2D2-2D7 2DE-2DF 2E5-2EB 2ED 2EF-2FF 55A-55C 55E 5F3 24B6-24E9 A708-A716 A720-A721 "
        "A789-A78A AB5B 1F130-1F149 1F150-1F169 1F170-1F189",
    ),
)
IDEOGRAPHS = "3400-4DBF 4E00-9FFF F900-FAFF 17000-18CFF 18D00-18D7F 1B170-1B2FF 20000-3FFFD"
KANA = (
    "3006-3007 3021-3029 3031-3035 3038-303A 3041-3096 309B-309F 30A0-30FA 30FC-30FF 31F0-31FF 32D0-32FE "
    "3300-3357 FF66-FF9D 1AFF0-1AFFE 1B000-1B167"
)
WITHOUT_SPACES = "E00-EFF 1000-109F 1780-17FF 1950-19DF 1A20-1AAF A9E0-A9FF AA60-AADF 11700-1174F"
HEBREW_BLOCKS = "5D0-5F2 FB1D-FB4F"
CATEGORIES = {
    "Zs": SPACE,
    "Mn": EXTENDING,
    "Mc": EXTENDING,
    "Me": EXTENDING,
    "Cf": EXTENDING,
    "Pe": CLOSING,
    "Pf": CLOSING,
    "Pi": CLOSING,
    "Nd": DIGIT,
    "Lu": CAPITAL,
    "Lt": CAPITAL,
    "Ll": SMALL,
    "Lo": OTHER_LETTER,
    "Lm": OTHER_LETTER,
    "Nl": OTHER_LETTER,
}


def within(code: int, ranges: str) -> bool:
    """Whether a code point lies in ranges written in hexadecimal."""
    for part in ranges.split():
        first, _, last = part.partition("-")
        if int(first, 16) <= code <= int(last or first, 16):
            return True
    return False


@cache
def kind(character: str) -> str:
    """The letter of a character's kind."""
    if character in LISTED:
        return LISTED[character]
    code = ord(character)
    for letter, ranges in RANGES:
        if within(code, ranges):
            return letter
    if within(code, IDEOGRAPHS):
        return SINGLE
    category = unicodedata.category(character) if code < 0x20000 else "Cn"
    if within(code, KANA):
        return EXTENDING if category in ("Mn", "Mc", "Me") else SINGLE
    if category in ("Lo", "Lm") and within(code, HEBREW_BLOCKS):
        return HEBREW
    if category in ("Lo", "Lm") and within(code, WITHOUT_SPACES):
        return COMPLEX
    return CATEGORIES.get(category, OTHER)


class _Kinds(dict[int, str]):
    def __missing__(self, code: int) -> str:
        self[code] = kind(chr(code))
        return self[code]


KINDS = _Kinds()
ATTACHED = "[yie]*+"  # W2
LETTER, BASE, BEGINS = "[BALO]", "[9BALO]", "[9BALOHX]"
LINE = "(?>rl|[rln])"
BROKEN = f"(?:h|(?<=y))s*+{LINE}s*+(?=L)(?!(?:{LETTER}|[yie])*+h{LETTER})"  # W10
CONNECTED = f"u[uyie]*+(?={BASE})"  # W8
GERESH = f"B{ATTACHED}a{ATTACHED}(?!{LETTER})"  # W6


@cache
def words(colon_joins: bool) -> re.Pattern[str]:
    """A word, over kinds."""
    between_letters = "[taqoc]" if colon_joins else "[taqo]"
    hebrew = f"B{ATTACHED}d{ATTACHED}(?=B)"
    letter = f"{LETTER}{ATTACHED}(?:{between_letters}{ATTACHED}(?={LETTER})|{BROKEN}|{CONNECTED})?"
    digit = f"9{ATTACHED}(?:[t,;aq]{ATTACHED}(?=9)|{CONNECTED})?"
    running = f"(?={BASE})(?:(?!{GERESH})(?:{hebrew}|{letter}|{digit}))*+(?:{GERESH})?"
    return re.compile(f"H{ATTACHED}|X[Xyie]*+|{running}")


ELISION = re.compile(f"[aq]{ATTACHED}(?={BEGINS})")
WHITE = re.compile("[srlnp]+")
BLANK = re.compile(f"p|{LINE}s*+{LINE}")
GROUP = re.compile(r"[tm][tm)aqdyie]*+")
GREEK_GROUP = re.compile(r"[tm;][tm;)aqdyie]*+")
NUMBER = re.compile(r"[CDILMVX]+")


class Rules:
    """The lists and switches of one language, read from the page."""

    def __init__(self) -> None:
        self.always: set[str] = set()
        self.before_number: set[str] = set()
        self.not_after_number: set[str] = set()
        self.elided: set[str] = set()
        self.switches: set[str] = set()


@cache
def page() -> dict[str, Rules]:
    """The rules of each language in the page's lists, by its two-letter code."""
    found: dict[str, Rules] = {}
    here: list[Rules] = []
    for line in PAGE.read_text(encoding="utf-8").split("## Lists")[1].splitlines():
        if line.startswith("### "):
            here = [found.setdefault(code, Rules()) for code in re.findall(r"`(\w+)`", line)]
        elif line.startswith("- "):
            label, _, rest = line[2:].partition(": ")
            listed = re.findall(r"`([^`]+)`", rest)
            for rules in here:
                match label:
                    case "Never an end":
                        rules.always.update(listed)
                    case "No end before a number":
                        rules.before_number.update(listed)
                    case "No end unless after a number":
                        rules.not_after_number.update(listed)
                    case "Elided":
                        rules.elided.update(listed)
                    case "Switches":
                        rules.switches.update(rest.split(", "))
    return found


@cache
def rules_for(code: str | None) -> Rules:
    """The rules for a two-letter code."""
    if code in page():
        return page()[code]
    both = Rules()
    for language in ("en", "ru"):
        rules = page()[language]
        both.always |= rules.always
        both.before_number |= rules.before_number
        both.not_after_number |= rules.not_after_number
    return both


def form(text: str) -> str:
    """The form of a token with this text (F1)."""
    return "".join(c for c in text if KINDS[ord(c)] not in "srlnhyi")


def looked_up(text: str) -> str:
    """The form as it is looked up (R2)."""
    return "".join(c.lower() if ord(c) < 0x530 and len(c.lower()) == 1 else c for c in form(text))


def tokens(text: str, language: str | None = None) -> list[tuple[int, int]]:
    """The places of the words and sentence ends of a text."""
    rules = rules_for(language)
    kinds = text.translate(KINDS)
    found: list[tuple[int, int]] = []
    sentence: list[tuple[int, int]] = []
    for start, end in _word_places(text, kinds, rules):
        if sentence:
            place = _end_between(text, kinds, rules, sentence, start)
            if place is not None:
                found.append((place, place))
                sentence = []
        found.append((start, end))
        sentence.append((start, end))
    if sentence:
        place = len(kinds.rstrip("srlnp"))
        found.append((place, place))
    return found


def forms(text: str, language: str | None = None) -> list[str]:
    """The forms of the tokens of a text, the empty string for a sentence end."""
    return [form(text[start:end]) for start, end in tokens(text, language)]


def _word_places(text: str, kinds: str, rules: Rules) -> list[tuple[int, int]]:
    pattern = words("colon joins" in rules.switches)
    if not rules.elided:
        return [match.span() for match in pattern.finditer(kinds)]
    found = []
    at = 0
    while match := pattern.search(kinds, at):
        start, end = match.span()
        if kinds[start] not in "HX":
            for apostrophe in ELISION.finditer(kinds, start):
                if apostrophe.start() > end:
                    break
                if looked_up(text[start : apostrophe.start()]) in rules.elided:  # W11
                    end = apostrophe.end()
                    break
        found.append((start, end))
        at = end
    return found


def _end_between(
    text: str, kinds: str, rules: Rules, sentence: list[tuple[int, int]], following: int
) -> int | None:
    end = sentence[-1][1]
    gap = kinds[end:following]
    if gap == "s":
        return None
    for white in WHITE.finditer(gap):
        if BLANK.search(white[0]):  # S2
            return end + white.start()
    if kinds[following] == SMALL and text[following + 1 : following + 2] != ")":  # S4
        return None
    for group in (GREEK_GROUP if "semicolon asks" in rules.switches else GROUP).finditer(gap):
        marks = [letter for letter in group[0] if letter in "tm;"]
        behind = gap[group.end() : group.end() + 1]
        if behind and behind in "c,;":  # S5
            continue
        stops = len(marks) if set(marks) == {STOP} else 0
        if stops > 4 or (stops > 1 and kinds[following] == DIGIT):  # S6
            continue
        closed = any(letter in ")aqd" for letter in group[0])
        if stops == 1 or (stops == 2 and not closed):
            if not closed and not behind:  # S7
                continue
            if group.start() == 0 and _abbreviated(text, kinds, rules, sentence, following):  # S8
                continue
        return end + group.end()
    return None


def _abbreviated(
    text: str, kinds: str, rules: Rules, sentence: list[tuple[int, int]], following: int
) -> bool:
    start, end = sentence[-1]
    parts = [re.sub("[^9BALOHX]", "", part) for part in kinds[start:end].split(STOP)]
    bases = "".join(parts)
    if bases[-1] == CAPITAL and all(len(part) <= 1 for part in parts):  # S8.1
        return True
    if set(bases) == {DIGIT}:
        first = len(sentence) == 1 and len(bases) <= 3  # S8.2
        return first or ("ordinals" in rules.switches and len(bases) <= 2)  # S8.3
    word = looked_up(text[start:end])
    if word in rules.always:
        return True
    if word in rules.before_number and _is_number(text, kinds, following):
        return True
    after_number = len(sentence) > 1 and kinds[sentence[-2][0]] == DIGIT
    return word in rules.not_after_number and not after_number


def _is_number(text: str, kinds: str, at: int) -> bool:
    if kinds[at] == DIGIT:
        return True
    roman = NUMBER.match(text, at)
    return roman is not None and (roman.end() == len(text) or kinds[roman.end()] not in "9BALOHX")
