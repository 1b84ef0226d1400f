"""Strings packed into two arrays."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tendency.corpus.strings import Strings, concatenate, encode, sort_order
from tendency.errors import DamagedIndexError

ANY = st.text(st.characters(exclude_categories=()), max_size=30)
ALIKE = st.text("ab\0é", max_size=24)


@given(st.lists(ANY, max_size=20))
def test_strings_come_back(strings: list[str]) -> None:
    """What was packed is read back, half surrogate pairs included."""
    packed = Strings.of(strings)
    assert list(packed) == strings
    assert [packed[i] for i in range(len(packed))] == strings
    assert packed[1:-1] == strings[1:-1]


@given(st.lists(ALIKE | ANY, max_size=60))
def test_order_is_that_of_bytes(strings: list[str]) -> None:
    """Strings are ordered by their UTF-8, equal ones as they came, long common beginnings and zero bytes included."""
    packed = Strings.of(strings)
    by_hand = sorted(range(len(strings)), key=lambda i: (encode(strings[i]), i))
    assert sort_order(packed.data, packed.bounds).tolist() == by_hand


@given(st.lists(ALIKE, max_size=40), ALIKE)
def test_bisect_counts_what_comes_before(strings: list[str], target: str) -> None:
    """A place among ascending strings is found by halving, through an order as well as directly."""
    packed = Strings.of(strings)
    order = sort_order(packed.data, packed.bounds)
    ordered = packed.take(order)
    before = sum(encode(s) < encode(target) for s in strings)
    upto = sum(encode(s) < encode(target) or encode(s).startswith(encode(target)) for s in strings)
    assert ordered.bisect(encode(target)) == packed.bisect(encode(target), order) == before
    assert ordered.bisect(encode(target), after=True) == upto


@given(st.lists(ALIKE, min_size=1, max_size=20), st.data())
def test_take_and_equal(strings: list[str], data: st.DataObject) -> None:
    """Strings at any places can be packed anew, and compared pair by pair."""
    packed = Strings.of(strings)
    places = st.lists(st.integers(0, len(strings) - 1), min_size=5, max_size=5)
    left, right = np.array(data.draw(places)), np.array(data.draw(places))
    assert list(packed.take(left)) == [strings[i] for i in left]
    assert packed.equal(left, right).tolist() == [
        strings[i] == strings[j] for i, j in zip(left, right, strict=True)
    ]


def test_one_after_the_other() -> None:
    """Two sequences of strings make one."""
    assert list(Strings(*concatenate([Strings.of(["a", "é"]), Strings.of([]), Strings.of([""])]))) == [
        "a",
        "é",
        "",
    ]


@pytest.mark.parametrize("bounds", [[], [1, 2], [0, 1], [0, 3, 2], [0, 2, 1, 2]])
def test_impossible_bounds(bounds: list[int]) -> None:
    """Strings that would begin outside their bytes are refused at once."""
    with pytest.raises(DamagedIndexError, match="begin outside"):
        Strings(np.zeros(2, np.uint8), np.array(bounds, np.int64))


def test_not_utf8() -> None:
    """Bytes that are no UTF-8 are damage, not a crash."""
    with pytest.raises(DamagedIndexError, match="UTF-8"):
        Strings(np.array([255], np.uint8), np.array([0, 1]))[0]


def test_outside() -> None:
    """A string beyond the last one is an IndexError, and the last one may be asked for from the end."""
    assert Strings.of(["a", "b"])[-1] == "b"
    with pytest.raises(IndexError, match="string 2 of 2"):
        Strings.of(["a", "b"])[2]
