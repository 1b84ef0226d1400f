"""Strings packed into two arrays."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tendency.corpus.kernels import merge_strings
from tendency.corpus.strings import Strings, encode, equal, sort_order
from tendency.errors import DamagedIndexError

ANY = st.text(st.characters(exclude_categories=()), max_size=30)
ALIKE = st.text("ab\0é", max_size=24)


@settings(deadline=None)
@given(st.lists(ANY, max_size=20))
def test_strings_come_back(strings: list[str]) -> None:
    """What was packed is read back, half surrogate pairs included."""
    packed = Strings.of(strings)
    assert list(packed) == strings
    assert [packed[i] for i in range(len(packed))] == strings
    assert packed[1:-1] == strings[1:-1]


@settings(deadline=None)
@given(st.lists(ALIKE | ANY, max_size=60))
def test_order_is_that_of_bytes(strings: list[str]) -> None:
    """Strings are ordered by their UTF-8, equal ones as they came, long common beginnings and zero bytes included."""
    packed = Strings.of(strings)
    by_hand = sorted(range(len(strings)), key=lambda i: (encode(strings[i]), i))
    assert sort_order(packed).tolist() == by_hand


@settings(deadline=None)
@given(st.lists(ALIKE, max_size=40), ALIKE)
def test_bisect_counts_what_comes_before(strings: list[str], target: str) -> None:
    """A place among ascending strings is found by halving, through an order as well as directly."""
    packed = Strings.of(strings)
    order = sort_order(packed)
    ordered = packed.take(order)
    before = sum(encode(s) < encode(target) for s in strings)
    upto = sum(encode(s) < encode(target) or encode(s).startswith(encode(target)) for s in strings)
    assert ordered.bisect(encode(target)) == packed.bisect(encode(target), order) == before
    assert ordered.bisect(encode(target), after=True) == upto


@settings(deadline=None)
@given(st.lists(ALIKE, min_size=1, max_size=20), st.data())
def test_take(strings: list[str], data: st.DataObject) -> None:
    """Strings at any places can be packed anew."""
    packed = Strings.of(strings)
    places = np.array(data.draw(st.lists(st.integers(0, len(strings) - 1))), np.uint32)
    assert list(packed.take(places)) == [strings[i] for i in places]


@settings(deadline=None)
@given(st.sets(ALIKE, max_size=30), st.sets(ALIKE, max_size=30))
def test_merging(left: set[str], right: set[str]) -> None:
    """Two ascending sequences are numbered as the one that they make together."""
    packed = [Strings.of(sorted(side, key=encode)) for side in (left, right)]
    numbers = [np.empty(len(side), np.uint32) for side in packed]
    together = sorted(left | right, key=encode)
    arrays = (packed[0].data, packed[0].bounds, packed[1].data, packed[1].bounds)
    assert merge_strings(*arrays, *numbers) == len(together)
    for side, held in zip(packed, numbers, strict=True):
        assert [together[number] for number in held] == list(side)


@settings(deadline=None)
@given(st.lists(st.tuples(ALIKE | ANY, ALIKE | ANY) | ANY.map(lambda one: (one, one)), max_size=30))
def test_equal_strings(pairs: list[tuple[str, str]]) -> None:
    """Strings are compared place by place."""
    left, right = (Strings.of(side) for side in (zip(*pairs, strict=True) if pairs else ((), ())))
    assert equal(left, right).tolist() == [one == other for one, other in pairs]


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
