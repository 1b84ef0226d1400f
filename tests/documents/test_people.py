"""The sidecar of people: who stood where, on every day of a document."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from tendency.documents import Document, People, parse_date
from tendency.errors import SourceError

TABLE = """name,faction,from,to,party
Anna Berg,majority,,1940-04-15,P
Anna Berg,minority,1940-04-16,,P
 karl  LIND ,majority,1938,1939,
Eva Holm,minority,,,
"""


@pytest.fixture
def people(tmp_path: Path) -> People:
    """Two factions; Anna Berg changes sides on 16 April 1940."""
    path = tmp_path / "people.csv"
    path.write_text(TABLE)
    return People.from_csv(path)


@pytest.mark.parametrize(
    ("author", "date", "faction"),
    [
        ("Anna Berg", "1940-04-15", "majority"),
        ("Anna Berg", "1940-04-16", "minority"),
        ("Anna Berg", "1940-04", None),
        ("Anna Berg", "1940-03", "majority"),
        ("Anna Berg", "1939", "majority"),
        ("Anna Berg", "1940", None),
        ("  ANNA BERG\t", "1999-01-01", "minority"),
        ("Karl Lind", "1938", "majority"),
        ("Karl Lind", "1938/1939", "majority"),
        ("Karl Lind", "1937-12-31", None),
        ("Karl Lind", "1940-01-01", None),
        ("Karl Lind", "1939-12-31", "majority"),
        ("Eva Holm", "0001", "minority"),
        ("Nobody", "1939", None),
        ("", "1939", None),
        (None, "1939", None),
    ],
)
def test_every_day_must_lie_inside(
    people: People, author: str | None, date: str, faction: str | None
) -> None:
    """Both ends belong to a membership; a document that may lie outside it does not match."""
    assert people.faction(author, parse_date(date)) == faction


def test_other_columns_are_fields_too(people: People) -> None:
    """Every column but name, from and to is a field where it is filled."""
    span = parse_date("1938-05")
    assert people.columns == ("faction", "party")
    assert people.fields("Anna Berg", span) == {"faction": "majority", "party": "P"}
    assert people.fields("Karl Lind", span) == {"faction": "majority"}


def test_names_without_a_match_are_listed_both_ways(people: People) -> None:
    """Authors without a row, authors on other days, and names that are no author."""
    for author, date in (
        ("Nobody", "1939"),
        ("Nobody", "1938"),
        ("Karl Lind", "1950"),
        ("Anna Berg", "1939"),
    ):
        people.fields(author, parse_date(date))
    unmatched = people.unmatched
    assert unmatched.authors == {"Nobody": 2}
    assert unmatched.outside == {"Karl Lind": 1}
    assert unmatched.names == ("Eva Holm",)


def test_documents_are_joined(people: People) -> None:
    """A document gets the columns as further fields and keeps its own."""
    day = parse_date("1939")
    documents = [
        Document("a", day, "x", {"author": "anna berg", "party": "own"}),
        Document("b", day, "x", {}),
    ]
    joined = list(people.join(documents))
    assert joined[0].fields == {"author": "anna berg", "party": "own", "faction": "majority"}
    assert joined[1] is documents[1]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (
            "name,from,to\nA,1938,1940\nB,,\na ,1940-12,\n",
            "lines 2 and 4 both say where 'A' stood on 1940-12-01",
        ),
        ("name,from,to\nA,,\nA,1938,1939\n", "lines 2 and 3"),
        ("name,from,to\nA,1940,1938\n", "line 2: the membership of 'A' ends before it begins"),
        ("name,from,to\nA,soon,\n", "line 2, column 'from': The date 'soon' is not understood"),
        ("name,from,to\n ,1938,\n", "line 2 has no name"),
        ("name,from,to\nA,1938\n", "line 2: the row has 2 cells"),
        ("person,faction\nA,x\n", "has no column 'name': the columns are 'person', 'faction'"),
        ("name,faction\n", "names nobody"),
        ("", "names nobody"),
        ("name,name\nA,B\n", "'name' twice"),
        ('name\n"A\n', "never closed"),
    ],
)
def test_a_sidecar_with_a_mistake(tmp_path: Path, table: str, said: str) -> None:
    """Each mistake names file, line and remedy."""
    path = tmp_path / "people.csv"
    path.write_text(table)
    with pytest.raises(SourceError) as caught:
        People.from_csv(path)
    assert str(caught.value).startswith(str(path))
    assert said in str(caught.value)


def test_a_sidecar_that_cannot_be_read(tmp_path: Path) -> None:
    """A missing file and another format are refused with a sentence."""
    with pytest.raises(SourceError, match="cannot be read"):
        People.from_csv(tmp_path / "people.csv")
    with pytest.raises(SourceError, match="no CSV or TSV"):
        People.from_csv(tmp_path / "people.xlsx")


def test_sidecars_of_other_programs(tmp_path: Path) -> None:
    """Semicolons, capitals in the headings, Windows encodings and dates in words are read."""
    path = tmp_path / "people.csv"
    path.write_bytes(
        "Name;From;To;Fraktion\nJürgen Groß;5. März 1921;;Mehrheit der Hafenarbeiter für den Übergang\n".encode(
            "cp1252"
        )
    )
    people = People.from_csv(path)
    assert people.memberships[0].start == dt.date(1921, 3, 5)
    assert people.fields("JÜRGEN GROẞ", parse_date("1922"))["Fraktion"].endswith("Übergang")
