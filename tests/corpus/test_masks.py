"""A damaged mask of live documents, found again from what the manifest says of it."""

from __future__ import annotations

import numpy as np
import pytest
import xxhash
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tendency.corpus.changes import fingerprint_of
from tendency.corpus.manifest import Entry, LiveMask, mask_bytes
from tendency.corpus.masks import found_again

Bools = NDArray[np.bool_]


def segment(live: Bools, seed: int = 0) -> tuple[Entry, NDArray[np.uint64]]:
    """What the manifest says of a segment with these live documents, and the digests of all of them."""
    contents = np.random.default_rng(seed).integers(0, 1 << 64, (live.size, 2), np.uint64)
    mask = LiveMask("live", xxhash.xxh3_128_hexdigest(mask_bytes(live)))
    fingerprint = f"{fingerprint_of(contents[live]):032x}"
    count = int(np.count_nonzero(live))
    return Entry("x", ((0, 0), (0, 0)), live.size, mask, count, 0, None, fingerprint, {}, "1"), contents


def nobody(live: Bools) -> Bools:
    """No document known to be dead."""
    return np.zeros(live.size, np.bool_)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.booleans(), min_size=1, max_size=100), st.data())
def test_one_changed_byte(bits: list[bool], data: st.DataObject) -> None:
    """Whatever one byte of a mask became, the mask is found, whoever is live."""
    live = np.array(bits)
    entry, contents = segment(live)
    read = bytearray(mask_bytes(live))
    read[data.draw(st.integers(0, len(read) - 1))] = data.draw(st.integers(0, 255))
    found = found_again(entry, bytes(read), contents, nobody(live))
    assert found is not None
    assert found.tolist() == bits


@pytest.mark.parametrize("dead", [0, 1, 2])
@pytest.mark.parametrize("claimed", [0, 5])
def test_few_dead(dead: int, claimed: int) -> None:
    """A mask that is gone is found where at most two documents are dead beside those of which others have the id."""
    rng = np.random.default_rng(dead)
    places = rng.permutation(1000)
    live = np.ones(1000, np.bool_)
    live[places[: dead + claimed]] = False
    known = nobody(live)
    known[places[:claimed]] = True
    entry, contents = segment(live)
    found = found_again(entry, b"", contents, known)
    assert found is not None
    assert np.array_equal(found, live)


def test_nothing_is_guessed() -> None:
    """Where more is gone there is no answer, rather than a wrong one."""
    live = np.ones(1000, np.bool_)
    live[[3, 500, 999]] = False
    entry, contents = segment(live)
    assert found_again(entry, b"", contents, nobody(live)) is None
    assert found_again(entry, b"\0" * 125, contents, nobody(live)) is None
    assert found_again(entry, mask_bytes(live), None, nobody(live)) is None
    twice = bytearray(mask_bytes(live))
    twice[7], twice[70] = 1, 2
    assert found_again(entry, bytes(twice), contents, nobody(live)) is None
    wrong = nobody(live)
    wrong[[0, 3]] = True
    assert found_again(entry, b"", contents, wrong) is None


def test_of_a_hundred_thousand_documents() -> None:
    """A byte is found among many."""
    live = np.random.default_rng(1).random(100_000) < 0.5
    entry, contents = segment(live)
    read = bytearray(mask_bytes(live))
    read[-1] ^= 0x5A
    found = found_again(entry, bytes(read), contents, nobody(live))
    assert found is not None
    assert np.array_equal(found, live)
