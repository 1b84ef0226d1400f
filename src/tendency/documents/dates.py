"""Dates as spans of days, because a source often gives only a month or a year."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from tendency.documents.limits import LONGEST_DATE
from tendency.errors import UndatableError

DateOrder = Literal["DMY", "MDY", "YMD"]

_Day = tuple[int, int, int]


@dataclass(frozen=True, slots=True, order=True)
class DateSpan:
    """The days from ``start`` to ``end``, half-open.

    Attributes:
        start: The first possible day.
        end: The day after the last possible one.
        written: The date as the source gives it, such as ``1917-10-25 O.S.``.
    """

    start: dt.date
    end: dt.date
    written: str = ""

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError(f"a date span must hold at least one day: {self.start} to {self.end}")

    def inside(self, other: DateSpan) -> bool:
        """True when every day of this span is a day of the other."""
        return other.start <= self.start and self.end <= other.end


_ISO = re.compile(
    r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2})(?:[T ]\d{1,2}(?::?\d{2}){0,2}(?:[.,]\d+)?\s*(?:Z|UTC|[+-]\d{2}:?\d{2})?)?)?)?",
    re.ASCII,
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_DECIMAL_YEAR = re.compile(r"(\d{4})\.0", re.ASCII)
_EAST_ASIAN = re.compile(r"(\d{4})\s?年(?:\s?(\d{1,2})\s?月(?:\s?(\d{1,2})\s?日)?)?", re.ASCII)
_DECADE = re.compile(
    r"(?:the )?(\d{3})0(?:['’]?s|-(?:е|х|ые|ых)(?: (?:годы|гг\.?))?|er(?: Jahre)?)", re.IGNORECASE
)
_YEARS = re.compile(r"(\d{4})\s?[-–—]\s?(\d{4})", re.ASCII)
_NUMERIC = re.compile(r"(\d{1,4})([./\-])(\d{1,2})\2(\d{1,4})\.?", re.ASCII)
_MONTH_YEAR = re.compile(r"(\d{1,2})[./](\d{4})", re.ASCII)
_OLD_STYLE = re.compile(
    r"[\s,]*[(\[]?\s*(?:O\.\s?S\.?|OS|old style|ст\.\s?ст\.?|старого стиля|по старому стилю|a\.\s?St\.)\s*[)\]]?$",
    re.IGNORECASE,
)
_NEW_STYLE = re.compile(
    r"[\s,]*[(\[]?\s*(?:N\.\s?S\.?|NS|new style|н\.\s?ст\.?|нового стиля|n\.\s?St\.)\s*[)\]]?$", re.IGNORECASE
)
_YEAR_WORD = re.compile(r"(?<=\d)\s*(?:г\.?|года|году|год|р\.?|року|r\.?|roku|року\.?)$")
_APPROXIMATE = re.compile(
    r"[?~]|\b(?:circa|ca?\.|about|around|before|after|or|vor|nach|около|до|после)(?!\w)", re.IGNORECASE
)

_EXAMPLES = "1946, 1946-03, 1946-03-05, 1937-06/1937-08, 1930s or 5 March 1946"


def parse_date(text: str, *, language: str | None = None, order: DateOrder | None = None) -> DateSpan:
    """The days that a written date may mean.

    Read are ISO days, months and years (a time of day is cut off), two of them joined by ``/``,
    decades (``1930s``), any of these followed by ``O.S.`` (Julian, converted), and dates in words
    with the year in four digits. Nothing that is missing is ever filled in.

    Args:
        text: The date as written; kept as ``written``.
        language: The language of the words, as a code such as ``ru``; None tries the common ones.
        order: How to read 03/04/1920; None refuses it, since it means different days in different
            countries.

    Raises:
        UndatableError: The text is no date, an impossible one, or may mean several.
    """
    if len(text) > LONGEST_DATE:
        raise UndatableError(
            f"The date {text[:40]!r}… has {len(text):,} characters, which is too long for a date."
        )
    return _parse(text, language, order)


@lru_cache(maxsize=65536)
def _parse(written: str, language: str | None, order: DateOrder | None) -> DateSpan:
    text = " ".join(unicodedata.normalize("NFKC", written).split())
    if not text:
        raise UndatableError("The date is empty.")
    start, end = _span(text, written, language, order)
    return DateSpan(start, end, written)


def _span(text: str, written: str, language: str | None, order: DateOrder | None) -> tuple[dt.date, dt.date]:
    if text.count("/") == 1 and (ends := _interval(text, written, language, order)):
        return ends
    if match := _YEARS.fullmatch(text):
        first, last = (_days((int(year),), written) for year in match.groups())
        return _between(first, last, written)
    if match := _DECADE.fullmatch(text):
        return _decade(int(match[1]) * 10, written)
    stripped, julian = _style(text)
    return _days(_parts(stripped, written, language, order), written, julian=julian)


def _interval(
    text: str, written: str, language: str | None, order: DateOrder | None
) -> tuple[dt.date, dt.date] | None:
    """The span between two dates joined by a stroke; None when the stroke is of another sort."""
    if _MONTH_YEAR.fullmatch(text):
        return None
    first, last = (end.strip() for end in text.split("/"))
    if re.fullmatch(r"\d{4}", first) and re.fullmatch(r"\d{1,2}", last):
        raise UndatableError(
            f"The date {written!r} may mean a month or a second year: write {first}-{last:0>2} or {first}/{first[:2]}{last:0>2}."
        )
    if not first or not last or ".." in (first, last):
        raise UndatableError(
            f"The date {written!r} lacks one of its ends: give both, such as 1937-06/1937-08."
        )
    mark = _OLD_STYLE.search(last) or _NEW_STYLE.search(last)
    if mark and not (_OLD_STYLE.search(first) or _NEW_STYLE.search(first)):
        # A mark of style at the end of a span is meant for both its ends.
        first += mark[0]
    return _between(_span(first, written, language, order), _span(last, written, language, order), written)


def _between(
    first: tuple[dt.date, dt.date], last: tuple[dt.date, dt.date], written: str
) -> tuple[dt.date, dt.date]:
    if last[1] <= first[0] or last[0] < first[0]:
        raise UndatableError(f"The date {written!r} ends before it begins: exchange its ends.")
    return first[0], last[1]


def _decade(year: int, written: str) -> tuple[dt.date, dt.date]:
    if year % 100 == 0:
        raise UndatableError(
            f"The date {written!r} may mean ten years or a hundred: write {year}/{year + 9} or {year}/{year + 99}."
        )
    return _between(_days((year,), written), _days((year + 9,), written), written)


def _style(text: str) -> tuple[str, bool]:
    """The date without its mark of style, and whether it is Julian."""
    julian = _OLD_STYLE.sub("", text)
    if julian != text:
        return julian, True
    return _NEW_STYLE.sub("", text), False


def _parts(text: str, written: str, language: str | None, order: DateOrder | None) -> tuple[int, ...]:
    """Year, year and month, or year, month and day."""
    text = _YEAR_WORD.sub("", text)
    for pattern in (_ISO, _COMPACT, _DECIMAL_YEAR, _EAST_ASIAN):
        if match := pattern.fullmatch(text):
            return tuple(int(part) for part in match.groups() if part is not None)
    if match := _NUMERIC.fullmatch(text):
        return _numeric(match, written, order)
    if match := _MONTH_YEAR.fullmatch(text):
        return int(match[2]), int(match[1])
    return _words(text, written, language)


def _numeric(match: re.Match[str], written: str, order: DateOrder | None) -> tuple[int, ...]:
    first, second, third = match[1], match[3], match[4]
    if len(first) == 4 and len(third) <= 2:
        return int(first), int(second), int(third)
    if len(third) != 4 or len(first) > 2:
        raise UndatableError(f"The date {written!r} has no year of four digits.")
    a, b, year = int(first), int(second), int(third)
    if order == "DMY" or (order != "MDY" and (a > 12 or a == b)):
        return year, b, a
    if order == "MDY" or b > 12:
        return year, a, b
    raise UndatableError(
        f"The date {written!r} may mean {_shown(year, b, a)} or {_shown(year, a, b)}: "
        "give the order of day and month (--date-order DMY or MDY), or write it as ISO."
    )


def _shown(year: int, month: int, day: int) -> str:
    return f"{year:04}-{month:02}-{day:02}"


# Dates in words. The library guesses the language among these unless one is given.
_LANGUAGES = ("en", "de", "fr", "ru", "es", "it", "pl", "nl", "pt", "uk", "cs", "sv", "da", "fi", "tr")


def _words(text: str, written: str, language: str | None) -> tuple[int, ...]:
    refusal = UndatableError(f"The date {written!r} is not understood. Dates are read such as {_EXAMPLES}.")
    if _APPROXIMATE.search(text):
        raise UndatableError(
            f"The date {written!r} is approximate: give the span in which it certainly lies, such as 1944/1948."
        )
    numbers = re.findall(r"\d+", text)
    years = [number for number in numbers if len(number) == 4]
    if len(numbers) > _NUMBERS or len(_WORD.findall(text)) > _MOST_WORDS:
        raise refusal
    if len(years) != 1:
        if numbers and re.search(r"[^\W\d_]{3,}", text) and not years:
            raise UndatableError(f"The date {written!r} has no year of four digits.")
        raise refusal
    found = _in_words(text.rstrip(" ."), language)
    if found is None:
        raise refusal
    year, month, day = found
    # The library may fill in or reorder; whatever it says must stand in the text.
    if year != int(years[0]):
        raise refusal
    others = [int(number) for number in numbers if len(number) != 4]
    if day is None:
        if others:
            raise refusal
        return year, month
    if day not in others:
        raise refusal
    return year, month, day


# A date in words has its day and year, a weekday, a month, and small words ("de", "of the").
_NUMBERS = 2
_MOST_WORDS = 6
_WORD = re.compile(r"[^\W\d_]+")
_KEYS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip


@lru_cache(maxsize=64)
def _library(code: str) -> object:
    from dateparser.date import DateDataParser

    settings = {
        "PARSERS": ["absolute-time"],
        "REQUIRE_PARTS": ["month", "year"],
        "DATE_ORDER": "DMY",
        "PREFER_LOCALE_DATE_ORDER": False,
    }
    return DateDataParser(languages=[code], settings=settings, try_previous_locales=False)


def _in_words(text: str, language: str | None) -> tuple[int, int, int | None] | None:
    words = {_plain(word) for word in _WORD.findall(text)}
    codes = dict.fromkeys([*_codes(language), *_LANGUAGES])
    for code in codes:
        # An attempt takes a millisecond, so only languages that have a month of this name are tried.
        if not words & _months(code):
            continue
        try:
            data = _library(code).get_date_data(text)  # type: ignore[attr-defined]
        except (ValueError, OverflowError, TypeError):
            continue
        if data.date_obj is not None:
            day = data.date_obj.day if data.period in ("day", "time") else None
            return data.date_obj.year, data.date_obj.month, day
    return None


def _plain(word: str) -> str:
    """The word without case and accents, as the library compares them."""
    return "".join(c for c in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(c))


@lru_cache(maxsize=64)
def _months(code: str) -> frozenset[str]:
    """The words that name months in a language."""
    from dateparser.languages.loader import LocaleDataLoader

    (locale,) = LocaleDataLoader().get_locales(languages=[code])
    names = (name for month in _KEYS for name in locale.info.get(month, ()))
    return frozenset(_plain(word) for name in names for word in _WORD.findall(name))


# Three-letter codes as libraries and parliaments write them.
_SHORT = {
    "eng": "en", "deu": "de", "ger": "de", "fra": "fr", "fre": "fr", "rus": "ru", "spa": "es", "ita": "it",
    "pol": "pl", "nld": "nl", "dut": "nl", "por": "pt", "ukr": "uk", "ces": "cs", "cze": "cs", "swe": "sv",
    "dan": "da", "fin": "fi", "tur": "tr",
}  # fmt: skip


def _codes(language: str | None) -> list[str]:
    if not language:
        return []
    code = re.split(r"[-_]", language.casefold())[0]
    code = _SHORT.get(code, code)
    return [code] if code in _known_codes() else []


@lru_cache(maxsize=1)
def _known_codes() -> frozenset[str]:
    from dateparser.data.languages_info import language_order

    return frozenset(language_order)


def _days(parts: tuple[int, ...], written: str, *, julian: bool = False) -> tuple[dt.date, dt.date]:
    """First day and day after the last of a year, a month or a day."""
    year, month, day = (*parts, 1, 1)[:3]
    if year < 1:
        raise UndatableError(f"The date {written!r} is impossible: years begin with 0001.")
    if len(parts) > 1 and not 1 <= month <= 12:
        raise UndatableError(f"The date {written!r} is impossible: there is no month {month}.")
    if len(parts) > 2 and not 1 <= day <= _length(year, month, julian=julian):
        raise UndatableError(f"The date {written!r} is impossible: month {month} of {year} has no day {day}.")
    if len(parts) == 1:
        following = (year + 1, 1, 1)
    elif len(parts) == 2:
        following = (year + month // 12, month % 12 + 1, 1)
    try:
        start = _date((year, month, day), julian=julian)
        end = start + dt.timedelta(days=1) if len(parts) > 2 else _date(following, julian=julian)
    except (OverflowError, ValueError):
        raise UndatableError(
            f"The date {written!r} is too far off: dates lie between 0001-01-01 and 9999-12-30."
        ) from None
    return start, end


def _length(year: int, month: int, *, julian: bool) -> int:
    if month == 2:
        leap = year % 4 == 0 and (julian or year % 100 != 0 or year % 400 == 0)
        return 29 if leap else 28
    return 30 if month in (4, 6, 9, 11) else 31


def _date(day: _Day, *, julian: bool) -> dt.date:
    if not julian:
        return dt.date(*day)
    year, month, number = day
    before = sum(_length(year, earlier, julian=True) for earlier in range(1, month))
    # 0001-01-03 of the Julian calendar is 0001-01-01 of the Gregorian, the first day there is.
    return dt.date.fromordinal(365 * (year - 1) + (year - 1) // 4 + before + number - 2)
