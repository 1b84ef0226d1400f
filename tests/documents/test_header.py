"""The header block: what it says becomes fields, and none of its lines stays in the text."""

from __future__ import annotations

from textwrap import dedent

import pytest

from tendency.documents.citation import parse_citation
from tendency.documents.header import date_within, split_header

LETTER = """
    Anna Berg

    Anna Berg

    A Letter to the Bulletin

    (3 May 1938)

    Written: 3 May 1938.
    Source: Harbour Bulletin, Vol. 2, No. 5, June 1938, pp. 11–12.
    May 3, 1938

    Dear friends,

    The harbour is closed.
"""


def block(text: str) -> str:
    """A text without the indentation of this file and the empty first line."""
    return dedent(text).removeprefix("\n")


def test_a_letter_with_everything() -> None:
    """Author, title, date and source are taken out; the repeated name and date lines go with them."""
    header = split_header(block(LETTER))
    assert header.fields == {
        "author": "Anna Berg",
        "title": "A Letter to the Bulletin",
        "date": "3 May 1938",
        "source": "Harbour Bulletin, Vol. 2, No. 5, June 1938, pp. 11–12.",
        "publication": "Harbour Bulletin",
        "volume": "2",
        "number": "5",
        "pages": "11–12",
        "published": "June 1938",
    }
    assert header.text == "Dear friends,\n\nThe harbour is closed.\n"


def test_line_ends_of_windows_are_kept() -> None:
    """The text below the header is not touched."""
    header = split_header(block(LETTER).replace("\n", "\r\n"))
    assert header.text == "Dear friends,\r\n\r\nThe harbour is closed.\r\n"
    assert header.fields["title"] == "A Letter to the Bulletin"


@pytest.mark.parametrize(
    ("text", "fields", "body"),
    [
        pytest.param(
            """
            Title: The Open Port
            Author: Karl Lind
            Date: 1931-04-02
            Publication: Shore News
            Number: 14

            Ships came in.
            """,
            {
                "title": "The Open Port",
                "author": "Karl Lind",
                "date": "1931-04-02",
                "publication": "Shore News",
                "number": "14",
            },
            "Ships came in.\n",
            id="labels only",
        ),
        pytest.param(
            """
            The Open Port
            by Karl Lind

            First Published: Shore News, No. 14, 2 April 1931
            Transcribed by: a friend

            Ships came in.
            """,
            {
                "title": "The Open Port",
                "author": "Karl Lind",
                "date": "2 April 1931",
                "published": "2 April 1931",
                "source": "Shore News, No. 14, 2 April 1931",
                "publication": "Shore News",
                "number": "14",
                "transcription": "a friend",
            },
            "Ships came in.\n",
            id="title first, then by",
        ),
        pytest.param(
            """
            # The Open Port

            **Written:** April 1931
            **Translated by:** Eva Holm.
            **Language:** English

            ---

            Ships came in.
            """,
            {"title": "The Open Port", "date": "April 1931", "translator": "Eva Holm", "language": "English"},
            "Ships came in.\n",
            id="Markdown, closed by a rule",
        ),
        pytest.param(
            """
            Karl Lind

            Socialism: Harbours and Ships

            (1931)

            Harbours and Ships in Brief

            Written: In Bergen, autumn 1930
            Source: Collected Papers, Shore Press, 1964, Bergen, Volume 3, pages 19-26.

            Socialism: Harbours and Ships

            Ships came in.
            """,
            {
                "author": "Karl Lind",
                "title": "Socialism: Harbours and Ships",
                "subtitle": "Harbours and Ships in Brief",
                "date": "1930",
                "source": "Collected Papers, Shore Press, 1964, Bergen, Volume 3, pages 19-26.",
                "publication": "Collected Papers",
                "volume": "3",
                "pages": "19-26",
                "published": "1964",
            },
            "Ships came in.\n",
            id="a colon in the title, a subtitle after the date, the title again",
        ),
        pytest.param(
            """
            К. Линд

            Открытый порт

            Написано: 12 декабря 1916 г.
            Источник: Газета «Берег», № 25, 2 февраля 1917 г., стр. 3

            Пришли корабли.
            """,
            {
                "author": "К. Линд",
                "title": "Открытый порт",
                "date": "12 декабря 1916 г.",
                "source": "Газета «Берег», № 25, 2 февраля 1917 г., стр. 3",
                "publication": "Газета «Берег»",
                "number": "25",
                "pages": "3",
                "published": "2 февраля 1917 г.",
            },
            "Пришли корабли.\n",
            id="Russian",
        ),
        pytest.param(
            """
            From: Karl Lind
            To: Eva Holm
            Date: 2 April 1931
            Subject: The port

            Dear Eva,
            """,
            {"author": "Karl Lind", "recipient": "Eva Holm", "date": "2 April 1931", "title": "The port"},
            "Dear Eva,\n",
            id="a memorandum",
        ),
        pytest.param(
            """
            Written: 2 April 1931
            Source: Shore News,
            Vol. III No. 12, p. 4
            Archive box: 17
            Transcription: E. H.
            Comrades, the port is open.
            """,
            {
                "date": "2 April 1931",
                "source": "Shore News, Vol. III No. 12, p. 4",
                "publication": "Shore News",
                "volume": "III",
                "number": "12",
                "pages": "4",
                "archive_box": "17",
                "transcription": "E. H.",
            },
            "Comrades, the port is open.\n",
            id="a line goes on after a comma, a label of one's own, no blank line",
        ),
        pytest.param(
            """
            The Open Port

            [September 1931]

            Ships came in, and went out again.
            """,
            {"title": "The Open Port", "date": "September 1931"},
            "Ships came in, and went out again.\n",
            id="title and date in brackets",
        ),
    ],
)
def test_other_headers(text: str, fields: dict[str, str], body: str) -> None:
    """Headers of other habits come out alike."""
    header = split_header(block(text))
    assert header.fields == fields
    assert header.text == body


@pytest.mark.parametrize(
    "text",
    [
        "Ships came in.\n\nThey went out again.\n",
        "\n\n  Ships came in.\n",
        "Note: the harbour is closed.\nShips came in.\n",
        "Source: the harbour master said so.\n\nShips came in.\n",
        "The Port\n\nWritten: nobody knows when, by nobody knows whom.\n",
        "The captain said:\n\nDate: a fruit of the palm.\n",
        "23 September 1944\n\nDear friends,\n",
        "Bergen\n5 March 1921\n\nDear Eva,\n",
        "A line of the first verse\nA line of the second\n" * 20 + "(1931)\n",
        "",
        "\n",
        "(1931",
    ],
)
def test_a_text_without_a_header_keeps_every_line(text: str) -> None:
    """Nothing is taken from a text that has no block of labels or date in brackets at its head."""
    header = split_header(text)
    assert header.text == text
    assert not header.fields


def test_a_dateline_stays_in_the_text_but_dates_it() -> None:
    """A date on a line of its own dates a text without header, and is still a line of it."""
    header = split_header("Bergen\n5 March 1921\n\nDear Eva,\n")
    assert header.dateline == "5 March 1921"
    assert split_header("1984\n\nA title, not a date.\n").dateline is None


def test_a_diary_keeps_the_date_of_its_first_entry() -> None:
    """A date that differs from the header's and stands apart from it belongs to the text."""
    text = "Author: Eva Holm\nWritten: 1935\nSource: Diary, No. 2\n\n7 May 1936\n\nRain.\n"
    assert split_header(text).text == "7 May 1936\n\nRain.\n"


def test_a_label_far_down_is_text() -> None:
    """Below the first line of prose nothing is header any more."""
    text = "Written: 2 April 1931\n\nShips came in.\n\nSource: a captain\nAuthor: a sailor\n"
    assert split_header(text).text == "Ships came in.\n\nSource: a captain\nAuthor: a sailor\n"


@pytest.mark.parametrize(
    ("source", "parts"),
    [
        (
            "New Shore, Vol.8 No.5, June 1942, pp.145–148.",
            {
                "publication": "New Shore",
                "volume": "8",
                "number": "5",
                "published": "June 1942",
                "pages": "145–148",
            },
        ),
        (
            "The Shore, Vol. III No. 12 (Whole No. 54), September 23, 1944, p. 4",
            {
                "publication": "The Shore",
                "volume": "III",
                "number": "12",
                "published": "September 23, 1944",
                "pages": "4",
            },
        ),
        (
            "„Ufer“, Jg. 3, Nr. 7, 5. März 1921, S. 12 - 14",
            {
                "publication": "Ufer",
                "volume": "3",
                "number": "7",
                "published": "5. März 1921",
                "pages": "12-14",
            },
        ),
        (
            'Газета "Берег" № 1',
            {"publication": 'Газета "Берег"', "number": "1"},
        ),
        ("A friend's papers", {}),
        ("https://example.org/p. 3", {"pages": "3"}),
        ("", {}),
    ],
)
def test_a_source_line_in_its_parts(source: str, parts: dict[str, str]) -> None:
    """Publication, volume, number, pages and date are found where the line names them."""
    assert parse_citation(source) == parts


@pytest.mark.parametrize(
    ("value", "date"),
    [
        ("3 May 1938.", "3 May 1938"),
        ("Bergen, May 3, 1938", "May 3, 1938"),
        ("in May 1938", "May 1938"),
        ("late May 1938", "1938"),
        ("May or June 1938", None),
        ("between 3 May and 5 June 1938", "1938"),
        ("before 1938", None),
        ("1936, revised 1938", None),
        ("3 May 1938; revised later", "3 May 1938"),
        ("unknown", None),
    ],
)
def test_a_date_in_a_statement_is_never_finer_than_the_statement(value: str, date: str | None) -> None:
    """A longer statement dates a text by its one year at most, and not at all where it is vague."""
    assert date_within(value, None, None) == date
