"""Filters over fields: three-valued logic, types, and the caret under a mistake."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.index_helpers import doc
from tendency.corpus import Index, add
from tendency.corpus.where import matches, parse_where
from tendency.errors import QueryError

DOCUMENTS = [
    doc("a", "one two", author="Trotsky", volume="6", published="1917-03-15", official="true", title="It's"),
    doc("b", "one", day=2, author="Lenin", volume="10", published="1917-11", official="false"),
    doc("c", "one two three", day=3, author="trotsky", volume="7", title="100%"),
    doc("d", "", day=4, volume="6", published="1918", official="yes", place="Berlin"),
]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """Four documents with fields of every type, some absent."""
    path = tmp_path_factory.mktemp("where") / "index"
    add(path, DOCUMENTS[:2])
    add(path, DOCUMENTS[2:])
    return Index.open(path)


def kept(index: Index, where: str) -> str:
    """The ids of the documents for which it holds, in one word."""
    condition = parse_where(where).bound(index)
    return "".join(
        segment.ids[document]
        for segment in index.segments
        for document in np.flatnonzero(condition.mask(segment)).tolist()
    )


@pytest.mark.parametrize(
    ("where", "ids"),
    [
        ("author = 'Trotsky'", "a"),
        ("lower(author) = 'trotsky'", "ac"),
        ("author <> 'Trotsky'", "bc"),
        ("NOT author = 'Trotsky'", "bc"),
        ("author IS NULL", "d"),
        ("author is not null and not official", "b"),
        ("author = NULL", ""),
        ("author = 'Lenin' OR author IS NULL", "bd"),
        ("author = 'Lenin' OR volume = 7 AND official", "b"),
        ("volume > 6", "bc"),
        ("volume >= '7'", "bc"),
        ("volume BETWEEN 6 AND 7", "acd"),
        ("volume NOT BETWEEN 6 AND 7", "b"),
        ("volume IN (6, 10)", "abd"),
        ("author IN ('Lenin', 'Stalin')", "b"),
        ("author NOT IN ('Lenin', NULL)", ""),
        ("author LIKE '%sky'", "ac"),
        ("author LIKE 'T_otsky'", "a"),
        ("author ILIKE 'TROT%'", "ac"),
        ("author NOT LIKE 'T%'", "bc"),
        ("title LIKE '100%'", "c"),
        ("title = 'It''s'", "a"),
        ("published = '1917'", "ab"),
        ("published > '1917-03'", "bd"),
        ("published <= '1917'", "ab"),
        ("year(published) = 1917", "ab"),
        ("month(published) = 11", "b"),
        ("month(published) IS NULL", "cd"),
        ("day(date) = 3", "c"),
        ("date >= '1917-01-03'", "cd"),
        ("date BETWEEN '1917-01-02' AND '1917-01-03'", "bc"),
        ("date < '1917-02'", "abcd"),
        ("official", "ad"),
        ("official = true", "ad"),
        ("official = 'yes'", "ad"),
        ("words > 1", "ac"),
        ("id = 'd' or id IN ('a')", "ad"),
        ("length(author) = 5", "b"),
        ("upper(trim(' x ')) = 'X'", "abcd"),
        ("substr(author, 1, 3) = 'Tro'", "a"),
        ("substr(author, 4) = 'in'", "b"),
        ("coalesce(title, place, author) = 'Berlin'", "d"),
        ("contains(author, 'ts') AND NOT starts_with(author, 'T')", "c"),
        ("author = title", ""),
        ("`place` IS NOT NULL", "d"),
        ("(((author = 'Lenin')))", "b"),
        ("true", "abcd"),
        ("NOT NULL", ""),
    ],
)
def test_what_a_filter_keeps(index: Index, where: str, ids: str):
    """A filter keeps the documents for which it is true, whatever their segment; so does its one spelling."""
    assert kept(index, where) == ids
    assert kept(index, parse_where(where).normalised()) == ids


@pytest.mark.parametrize(
    ("where", "column", "message"),
    [
        ("autor = 'x'", 0, "did you mean author?"),
        ('author = "x"', 9, "single quotation marks: 'x'"),
        ("author = 'x", 9, "not closed"),
        ("author", 0, "this is a value, not a condition"),
        ("author = 6", 9, "author is text; write '6'"),
        ("volume = 'six'", 9, "whole numbers"),
        ("published > 'spring'", 12, "holds dates"),
        ("date > 1917", 7, "write '1917'"),
        ("official = 'perhaps'", 11, "true or false"),
        ("lowr(author) = 'x'", 0, "did you mean lower?"),
        ("lower(author, title) = 'x'", 0, "takes 1 values, not 2"),
        ("year(author) = 3", 0, "a field with dates"),
        ("author = ", 8, "expected a field"),
        ("author = 'a' author", 13, "expected AND, OR"),
        ("author IN 'a'", 10, "list in parentheses"),
        ("(author = 'a'", 0, "not closed"),
        ("author = 'a')", 12, "never opened"),
        ("author ; 'a'", 7, "no meaning"),
        ("", 0, "expected a condition"),
    ],
)
def test_a_mistake_in_a_filter_is_shown(index: Index, where: str, column: int, message: str):
    """Every mistake has its place and its remedy."""
    with pytest.raises(QueryError) as caught:
        parse_where(where).bound(index)
    assert message in str(caught.value)
    assert caught.value.position == column, str(caught.value)


def test_absurd_filters_are_refused():
    """Depth and length have limits."""
    for where in ("NOT " * 5_000 + "true", "(" * 400 + "true" + ")" * 400, "a = 'x' OR " * 3_000 + "true"):
        with pytest.raises(QueryError):
            parse_where(where)


VALUES = st.one_of(st.none(), st.sampled_from(["Lenin", "trotsky", "", "6", "a%b", "O'x"]))
ATOMS = st.sampled_from(
    [
        "{f} = 'Lenin'",
        "{f} <> 'x'",
        "{f} < {g}",
        "{f} IN ('Lenin', '6')",
        "{f} NOT IN ('6', NULL)",
        "{f} IS NULL",
        "{f} LIKE '%e_in'",
        "{f} BETWEEN 'A' AND 'P'",
        "coalesce({f}, {g}) >= 'L'",
        "length({f}) > 3",
        "upper(substr({f}, 2, 2)) = 'EN'",
    ]
)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    rows=st.lists(st.tuples(VALUES, VALUES), min_size=1, max_size=5),
    atoms=st.lists(ATOMS, min_size=3, max_size=3),
    shape=st.sampled_from(
        ["{0}", "NOT {0}", "{0} AND {1} OR {2}", "NOT ({0} OR {1}) AND {2}", "{0} OR NOT {1} AND {2}"]
    ),
)
def test_filters_agree_with_a_database(
    rows: list[tuple[str | None, str | None]],
    atoms: list[str],
    shape: str,
    tmp_path_factory: pytest.TempPathFactory,
):
    """On text fields, absent values among them, every expression keeps what SQLite keeps."""
    where = shape.format(*(f"({atom.format(f='f', g='g')})" for atom in atoms))
    path: Path = tmp_path_factory.mktemp("rows") / "index"
    fields = [
        {name: value for name, value in zip("fg", row, strict=True) if value is not None} for row in rows
    ]
    # A document that is not counted keeps both fields text.
    text = doc("x", "", f="not a number", g="nor this")
    add(path, [*(doc(str(number), "word", **held) for number, held in enumerate(fields)), text])
    base = sqlite3.connect(":memory:")
    base.execute("PRAGMA case_sensitive_like = ON")
    base.execute("CREATE TABLE d (id, f, g)")
    base.executemany(
        "INSERT INTO d VALUES (?, ?, ?)", [(str(number), *row) for number, row in enumerate(rows)]
    )
    expected = "".join(sorted(row[0] for row in base.execute(f"SELECT id FROM d WHERE {where}")))
    base.close()
    assert kept(Index.open(path), f"({where}) AND id <> 'x'") == expected


def test_wildcards_in_linear_time():
    """A pattern of many stars on a long text is answered at once."""
    assert not matches("*a" * 50 + "b", "a" * 5_000)
    assert matches("a*b?d", "axxbcd")
    assert not matches("a*b?d", "axxbd")
    assert matches("100%", "100% sure", many="%", one="_")
