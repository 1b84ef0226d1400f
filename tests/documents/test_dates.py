"""Dates are spans of days, and nothing that is missing is ever filled in."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tendency.documents import DateSpan, parse_date
from tendency.errors import UndatableError


def days(text: str, **options: str) -> tuple[str, str]:
    """First and last day, as ISO text."""
    span = parse_date(text, **options)  # type: ignore[arg-type]
    return span.start.isoformat(), (span.end - dt.timedelta(days=1)).isoformat()


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("1946", "1946-01-01", "1946-12-31"),
        ("1946.0", "1946-01-01", "1946-12-31"),
        ("1946-03", "1946-03-01", "1946-03-31"),
        ("1944-02", "1944-02-01", "1944-02-29"),
        ("1946-12", "1946-12-01", "1946-12-31"),
        ("1946-03-05", "1946-03-05", "1946-03-05"),
        ("1946-3-5", "1946-03-05", "1946-03-05"),
        ("19460305", "1946-03-05", "1946-03-05"),
        ("1946/03/05", "1946-03-05", "1946-03-05"),
        ("1946.03.05", "1946-03-05", "1946-03-05"),
        (" 1946-03-05\n", "1946-03-05", "1946-03-05"),
        ("2008-03-01T23:59:59Z", "2008-03-01", "2008-03-01"),
        ("2008-03-01 12:00", "2008-03-01", "2008-03-01"),
        ("2008-03-01T12:00:00.000+02:00", "2008-03-01", "2008-03-01"),
        ("1937-06/1937-08", "1937-06-01", "1937-08-31"),
        ("1937-06-03 / 1937-06-05", "1937-06-03", "1937-06-05"),
        ("1936/1938", "1936-01-01", "1938-12-31"),
        ("1936–1938", "1936-01-01", "1938-12-31"),
        ("1930s", "1930-01-01", "1939-12-31"),
        ("the 1930’s", "1930-01-01", "1939-12-31"),
        ("1930-е годы", "1930-01-01", "1939-12-31"),
        ("0001", "0001-01-01", "0001-12-31"),
        ("9999-12-30", "9999-12-30", "9999-12-30"),
        ("03/1946", "1946-03-01", "1946-03-31"),
        ("13/04/1920", "1920-04-13", "1920-04-13"),
        ("04/13/1920", "1920-04-13", "1920-04-13"),
        ("4.4.1920", "1920-04-04", "1920-04-04"),
    ],
)
def test_a_date_in_figures_means_these_days(written: str, first: str, last: str) -> None:
    """Years, months, days, spans and decades come out as the days that they name."""
    assert days(written) == (first, last)
    assert parse_date(written).written == written


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("23 September 1944", "1944-09-23", "1944-09-23"),
        ("September 23, 1944", "1944-09-23", "1944-09-23"),
        ("Saturday, 23rd September 1944", "1944-09-23", "1944-09-23"),
        ("Sept. 23, 1944.", "1944-09-23", "1944-09-23"),
        ("October 1944", "1944-10-01", "1944-10-31"),
        ("5. März 1921", "1921-03-05", "1921-03-05"),
        ("12 декабря 1916 г.", "1916-12-12", "1916-12-12"),
        ("12 декабря 1916 года", "1916-12-12", "1916-12-12"),
        ("июнь 1917", "1917-06-01", "1917-06-30"),
        ("1er mai 1906", "1906-05-01", "1906-05-01"),
        ("5 de marzo de 1921", "1921-03-05", "1921-03-05"),
        ("5 marca 1921 r.", "1921-03-05", "1921-03-05"),
        ("1946 г.", "1946-01-01", "1946-12-31"),
        ("1916年12月5日", "1916-12-05", "1916-12-05"),
        ("17 marts 1921", "1921-03-17", "1921-03-17"),
        ("3. února 1948", "1948-02-03", "1948-02-03"),
        ("Jänner 1934", "1934-01-01", "1934-01-31"),
    ],
)
def test_a_date_in_words_means_these_days(written: str, first: str, last: str) -> None:
    """Words in several languages are read; a month stays a month."""
    assert days(written) == (first, last)


def test_the_language_can_be_given() -> None:
    """A language code, of two or three letters or with a region, is a help and never a hindrance."""
    for code in ("ru", "rus", "ru-RU", "xx", "not a language"):
        assert days("12 декабря 1916", language=code) == ("1916-12-12", "1916-12-12")
    assert days("5 Μαρτίου 1921", language="el") == ("1921-03-05", "1921-03-05")
    assert days("3 mars 1921", language="sv") == ("1921-03-03", "1921-03-03")


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("1917-10-25 O.S.", "1917-11-07", "1917-11-07"),
        ("1917-10-25 (Old Style)", "1917-11-07", "1917-11-07"),
        ("25 October 1917 O.S.", "1917-11-07", "1917-11-07"),
        ("25 октября 1917 г. (ст. ст.)", "1917-11-07", "1917-11-07"),
        ("1917-11-07 N.S.", "1917-11-07", "1917-11-07"),
        ("1917-10 O.S.", "1917-10-14", "1917-11-13"),
        ("1917 O.S.", "1917-01-14", "1918-01-13"),
        ("1900-02-29 O.S.", "1900-03-13", "1900-03-13"),
        ("1582-10-05 O.S.", "1582-10-15", "1582-10-15"),
        ("1649-01-30 O.S.", "1649-02-09", "1649-02-09"),
        ("1917-10-25/1917-10-27 O.S.", "1917-11-07", "1917-11-09"),
        ("1917-10-25 O.S./1917-11-10 N.S.", "1917-11-07", "1917-11-10"),
    ],
)
def test_old_style_is_converted(written: str, first: str, last: str) -> None:
    """A Julian date becomes the Gregorian days that it was, and keeps what was written."""
    assert days(written) == (first, last)
    assert parse_date(written).written == written


@given(st.integers(1, 3_600_000))
def test_julian_days_follow_each_other(ordinal: int) -> None:
    """Conversion agrees with the rule of the Julian calendar counted by Julian day numbers."""
    # Richards' algorithm, in: Explanatory Supplement to the Astronomical Almanac (2013), 15.11.
    number = ordinal + 1721425
    f = number + 1401
    e = 4 * f + 3
    h = 5 * (e % 1461 // 4) + 2
    day, month = h % 153 // 5 + 1, (h // 153 + 2) % 12 + 1
    year = e // 1461 - 4716 + (14 - month) // 12
    if not 1 <= year <= 9998:
        return
    span = parse_date(f"{year:04}-{month:02}-{day:02} O.S.")
    assert span.start.toordinal() == ordinal


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("1923-02-30", "month 2 of 1923 has no day 30"),
        ("1923-13", "there is no month 13"),
        ("1923-00-10", "there is no month 0"),
        ("1923-04-00", "has no day 0"),
        ("0000", "years begin with 0001"),
        ("0000-01-01", "years begin with 0001"),
        ("9999", "too far off"),
        ("9999-12", "too far off"),
        ("9999-12-31", "too far off"),
        ("0001-01-01 O.S.", "too far off"),
        ("12345-01-01", "not understood"),
        ("-1946", "not understood"),
        ("1" * 5000, "too long"),
        ("1946-03-05 " * 500, "too long"),
        ("03/04/1920", "1920-04-03 or 1920-03-04"),
        ("3.4.1920", "1920-04-03 or 1920-03-04"),
        ("3/4/20", "no year of four digits"),
        ("1937/08", "month or a second year"),
        ("1900s", "ten years or a hundred"),
        ("1937-06/", "lacks one of its ends"),
        ("../1937", "lacks one of its ends"),
        ("1937-08/1937-06", "ends before it begins"),
        ("1938–1936", "ends before it begins"),
        ("23 September", "no year of four digits"),
        ("12 Dec 16", "no year of four digits"),
        ("September", "not understood"),
        ("yesterday", "not understood"),
        ("two weeks ago", "not understood"),
        ("1456789012", "not understood"),
        ("circa 1921", "approximate"),
        ("1921?", "approximate"),
        ("before March 1921", "approximate"),
        ("March or April 1921", "approximate"),
        ("between 3 March and 5 April 1921", "not understood"),
        ("late March 1921", "not understood"),
        ("30 February 1923", "not understood"),
        ("31 September 1944", "not understood"),
        ("5–7 March 1921", "not understood"),
        ("25 October (7 November) 1917", "not understood"),
        ("Vol. 1944", "not understood"),
        ("1944 1945", "not understood"),
        ("\x00\x01", "not understood"),
    ],
)
def test_what_is_no_date_is_refused_with_a_sentence(written: str, said: str) -> None:
    """An impossible, ambiguous, partial or unknown date is never guessed at."""
    with pytest.raises(UndatableError, match="The date") as caught:
        parse_date(written)
    assert said in str(caught.value)
    assert str(caught.value).endswith(".")
    assert len(str(caught.value)) < 400


def test_the_order_of_day_and_month_can_be_given() -> None:
    """03/04/1920 is refused unless the order is given; then it is that day."""
    assert days("03/04/1920", order="DMY") == ("1920-04-03", "1920-04-03")
    assert days("03/04/1920", order="MDY") == ("1920-03-04", "1920-03-04")
    with pytest.raises(UndatableError, match="there is no month 13"):
        parse_date("04/13/1920", order="DMY")


@given(st.dates(min_value=dt.date(1, 1, 1), max_value=dt.date(9999, 12, 30)))
def test_every_day_comes_back(day: dt.date) -> None:
    """An ISO day is that day alone, and lies inside its month and year."""
    span = parse_date(day.isoformat())
    assert (span.start, span.end) == (day, day + dt.timedelta(days=1))
    if day.year < 9999:
        assert span.inside(parse_date(f"{day:%Y-%m}".zfill(7)))
        assert span.inside(parse_date(str(day.year).zfill(4)))


@given(st.text(max_size=120))
def test_any_text_is_a_span_or_refused(text: str) -> None:
    """No text whatever raises anything but the error for dates."""
    try:
        span = parse_date(text)
    except UndatableError:
        return
    assert isinstance(span, DateSpan)


def test_plain_dates_need_no_library() -> None:
    """ISO dates are read without importing the library for words, which costs start-up time."""
    code = (
        "import sys; from tendency.documents import parse_date; parse_date('1946-03'); parse_date('1930s');"
        "sys.exit('dateparser' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_span_holds_a_day() -> None:
    """An empty span is a mistake of the caller's."""
    with pytest.raises(ValueError, match="at least one day"):
        DateSpan(dt.date(1946, 1, 1), dt.date(1946, 1, 1))
