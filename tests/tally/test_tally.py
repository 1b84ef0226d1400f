"""A tally adds exactly, in any order and grouping, and its moments are those of plain lists."""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict
from functools import reduce
from operator import add

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tendency.errors import SettingError
from tendency.tally import Period, Tally

YEARS = tuple(Period(str(1936 + i), dt.date(1936 + i, 1, 1), dt.date(1937 + i, 1, 1)) for i in range(3))

Row = tuple[int, int, int, int, int, str | None]

rows_of = st.lists(
    st.tuples(
        st.integers(0, 5),
        st.integers(0, 5),
        st.integers(0, 40),
        st.integers(-1, 2),
        st.integers(0, 1),
        st.one_of(st.none(), st.sampled_from("pqr")),
    ),
    max_size=14,
)


def tally_of(rows: list[Row]) -> Tally:
    """The tally of rows (hits of a, hits of b, words, year, split, cluster)."""
    return Tally.from_counts(
        np.array([row[:2] for row in rows], np.int64).reshape(-1, 2),
        [row[2] for row in rows],
        YEARS,
        period=[row[3] for row in rows],
        columns=("a", "b"),
        split=[row[4] for row in rows],
        splits=("left", "right"),
        clusters={"document": None, "paper": [row[5] for row in rows]},
        grain="year",
    )


def fingerprint(tally: Tally) -> str:
    """Every figure in a tally, as text."""
    parts = [tally.documents, tally.tokens, tally.hits, tally.documents_with_hits, tally.undated.hits]
    for clustering in tally.clusterings:
        parts += [clustering.moments.clusters, clustering.moments.products, clustering.moments.cubes]
        parts += [clustering.across(0, 2, 1)]
    return repr([part.tolist() for part in parts])


@given(rows_of)
def test_against_plain_lists(rows: list[Row]) -> None:
    """Counts and moments equal those made with dictionaries and loops."""
    tally = tally_of(rows)
    for number, keys in enumerate(
        (lambda i, row: i, lambda i, row: ("single", i) if row[5] is None else row[5])
    ):
        clusters: dict[object, list[int]] = defaultdict(lambda: [0, 0, 0])
        for i, row in enumerate(rows):
            sums = clusters[row[3], row[4], keys(i, row)]
            for column, value in enumerate((row[2], row[0], row[1])):
                sums[column] += value
        found = tally.clusterings[number].moments
        for p in range(3):
            for s in range(2):
                here = [sums for (a, b, _), sums in clusters.items() if (a, b) == (p, s) and sums[0] > 0]
                assert found.clusters[p, s] == len(here)
                for i in range(3):
                    assert found.cubes[p, s, i] == sum(c[i] ** 3 for c in here)
                    for j in range(3):
                        assert found.products[p, s, i, j] == sum(c[i] * c[j] for c in here)
    for p in range(3):
        for s in range(2):
            here = [row for row in rows if row[3:5] == (p, s)]
            assert tally.documents[p, s] == len(here)
            assert tally.tokens[p, s] == sum(row[2] for row in here)
            assert tally.hits[p, s].tolist() == [sum(row[i] for row in here) for i in (0, 1)]
            assert tally.documents_with_hits[p, s].tolist() == [
                sum(row[i] > 0 for row in here) for i in (0, 1)
            ]
    assert tally.undated.documents.sum() == sum(row[3] == -1 for row in rows)


@settings(max_examples=60)
@given(rows_of, st.integers(0, 10**6))
def test_any_grouping_gives_the_same(rows: list[Row], seed: int) -> None:
    """However the documents are cut into parts, and in whatever order these are added: the same figures."""
    generator = random.Random(seed)
    shuffled = rows[:]
    generator.shuffle(shuffled)
    cuts = sorted(generator.sample(range(len(rows) + 1), min(3, len(rows) + 1)))
    parts = [tally_of(shuffled[a:b]) for a, b in zip([0, *cuts], [*cuts, len(rows)], strict=True)]
    whole = fingerprint(tally_of(rows))
    assert fingerprint(reduce(add, parts)) == whole
    assert fingerprint(reduce(add, reversed(parts))) == whole
    assert fingerprint(parts[0] + reduce(add, parts[1:])) == whole


def test_large_numbers_stay_exact() -> None:
    """Counts near 2⁶³ lose no digit in squares and cubes."""
    big = (1 << 61) + 12345
    tally = Tally.from_counts([big, 7], [big, 10], YEARS[:1], columns=("a",))
    assert tally.products[0, 0, 1, 1] == big * big + 49
    assert tally.products[0, 0, 0, 1] == big * big + 70
    assert tally.clusterings[0].moments.cubes[0, 0, 0] == big**3 + 1000
    with pytest.raises(OverflowError, match="2\\^63"):
        Tally.from_counts([1, 1], [(1 << 62), (1 << 62)], YEARS[:1], columns=("a",))


def test_middle_numbers_stay_exact() -> None:
    """Products just under and over 2⁶² agree with whole-number arithmetic, in many rows."""
    generator = np.random.default_rng(1)
    for top in ((1 << 31) - 1, 1 << 32):
        values = generator.integers(top - 1000, top, (500, 2))
        tally = Tally.from_counts(values[:, 1], values[:, 0], YEARS[:1], columns=("a",))
        exact = values.astype(object)
        assert tally.products[0, 0, 0, 1] == (exact[:, 0] * exact[:, 1]).sum()
        assert tally.clusterings[0].moments.cubes[0, 0, 1] == (exact[:, 1] ** 3).sum()


def test_periods_are_joined() -> None:
    """Tallies of different years are added on one axis; the years between are there, empty."""
    early = Tally.from_counts([1], [10], YEARS[:1], columns=("a",), grain="year")
    late = Tally.from_counts([2], [20], YEARS[2:], columns=("a",), grain="year")
    for both in (early + late, late + early):
        assert [p.label for p in both.periods] == ["1936", "1937", "1938"]
        assert both.tokens[:, 0].tolist() == [10, 0, 20]
        assert both.clusters[:, 0].tolist() == [1, 0, 1]


def test_one_period_grows() -> None:
    """Tallies over all time are added whatever their spans."""
    spans = [Period("all", dt.date(y, 1, 1), dt.date(y + 1, 1, 1)) for y in (1936, 1940)]
    parts = [Tally.from_counts([1], [10], [span], columns=("a",), grain="all") for span in spans]
    both = parts[0] + parts[1]
    assert both.periods == (Period("all", dt.date(1936, 1, 1), dt.date(1941, 1, 1)),)
    assert both.tokens[0, 0] == 20


def test_different_questions_do_not_add() -> None:
    """Adding tallies of different questions is refused with both named."""
    a = Tally.from_counts([1], [10], YEARS[:1], columns=("a",))
    with pytest.raises(SettingError, match=r"their columns are \('a',\) and \('b',\)"):
        a + Tally.from_counts([1], [10], YEARS[:1], columns=("b",))
    with pytest.raises(SettingError, match="their cluster are 'document' and 'paper'"):
        a + Tally.from_counts([1], [10], YEARS[:1], columns=("a",), clusters={"paper": None})
    with pytest.raises(SettingError, match="eras are the same"):
        a + Tally.from_counts([1], [10], YEARS[1:2], columns=("a",))


def test_selection_and_names() -> None:
    """A tally of some columns has their figures; an unknown name lists the known ones."""
    tally = tally_of([(1, 2, 10, 0, 0, "p"), (3, 0, 20, 1, 1, None)])
    assert tally.select(["b"]).hits[0, 0].tolist() == [2]
    assert tally.select(["b", "a"]).products[0, 0].tolist() == [[100, 20, 10], [20, 4, 2], [10, 2, 1]]
    with pytest.raises(SettingError, match="no column 'c'; it has 'a', 'b'"):
        tally.column("c")
    with pytest.raises(SettingError, match="need as many different names"):
        Tally.from_counts([[1, 2]], [10], YEARS[:1], columns=("a", "a"))


def test_seed_depends_on_the_counts_only() -> None:
    """The same counts give the same seed in another order of documents; other counts another one."""
    rows: list[Row] = [(1, 2, 10, 0, 0, "p"), (3, 0, 20, 1, 1, None)]
    assert tally_of(rows).seed == tally_of(rows[::-1]).seed
    assert tally_of(rows).seed != tally_of(rows[:1]).seed
