"""Neighbours and chance against a twin that looks at every word."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tendency.tally import FIXED, Neighbours, Scope, Spans, Stretch, neighbours, overlapping

# A document is a string: s a slogan, r one aim, i another, x any word, "." a sentence end.
texts_of = st.lists(st.text("srixx.", max_size=25), min_size=1, max_size=4)


@dataclass
class Letters:
    """As much of a segment as counting needs."""

    tokens: NDArray[np.uint32]
    first: NDArray[np.int64]

    @property
    def documents(self) -> int:
        """How many documents there are."""
        return len(self.first) - 1


def segment_of(texts: list[str]) -> Letters:
    """A segment whose tokens are letters; every document ends with a sentence end."""
    whole = [text + "." for text in texts]
    tokens = np.array([0 if c == "." else ord(c) for c in "".join(whole)], np.uint32)
    return Letters(tokens, np.concatenate([[0], np.cumsum([len(text) for text in whole])]).astype(np.int64))


def hits_of(segment: Letters, letter: str, length: int = 1) -> Spans:
    """Hits that begin at each letter and run over ``length`` words of the sentence."""
    starts = [
        at
        for at in np.flatnonzero(segment.tokens == ord(letter)).tolist()
        if at + length <= segment.tokens.size and (segment.tokens[at : at + length] != 0).all()
    ]
    return Spans(np.array(starts, np.int64), np.array(starts, np.int64) + length)


def near_of(
    segment: Letters,
    hits: Spans,
    others: list[Spans],
    windows: tuple[int, ...],
    scope: Scope = "document",
    at_once: int = 99,
) -> Neighbours:
    """The neighbours of one query's hits, found in so many documents at a time."""

    def between(spans: Spans, low: int, high: int) -> Callable[[], Spans]:
        inside = (spans.starts >= segment.first[low]) & (spans.starts < segment.first[high])
        return lambda: Spans(spans.starts[inside], spans.ends[inside])

    runs = [(low, min(low + at_once, segment.documents)) for low in range(0, segment.documents, at_once)]
    stretches = [
        Stretch(low, high, (between(hits, low, high),), tuple(between(other, low, high) for other in others))
        for low, high in runs
    ]
    (found,) = neighbours(segment, stretches, 1, len(others), windows, scope)  # type: ignore[arg-type]
    return found


def twin(
    segment: Letters, hits: Spans, other: Spans, window: int, scope: Scope
) -> tuple[list[int], list[int], list[int]]:
    """Near hits, covered words and expected hits of each document, word by word."""
    near, covered, expected = [], [], []
    for document in range(segment.documents):
        low, high = int(segment.first[document]), int(segment.first[document + 1])
        place, sentence, count, number = {}, {}, 0, 0
        for at in range(low, high):
            if segment.tokens[at] == 0:
                number += 1
            else:
                place[at], sentence[at] = count, number
                count += 1

        def beside(
            start: int, end: int, place: dict[int, int] = place, sentence: dict[int, int] = sentence
        ) -> bool:
            for a, b in zip(other.starts.tolist(), other.ends.tolist(), strict=True):
                if a not in place or (a < end and start < b):
                    continue
                if scope == "sentence" and sentence[a] != sentence[start]:
                    continue
                gap = place[a] - place[end - 1] if a >= end else place[start] - place[b - 1]
                if gap <= window:
                    return True
            return False

        mine = [
            (s, e) for s, e in zip(hits.starts.tolist(), hits.ends.tolist(), strict=True) if low <= s < high
        ]
        near.append(sum(beside(s, e) for s, e in mine))
        words = sum(beside(at, at + 1) for at in place) if mine else 0
        covered.append(words)
        # The nearest multiple of 1/65,536, halves up.
        exact = len(mine) * words * FIXED
        expected.append((2 * exact + count) // (2 * count) if count else 0)
    return near, covered, expected


@settings(max_examples=150, deadline=None)
@given(
    texts_of,
    st.integers(1, 3),
    st.integers(1, 3),
    st.integers(1, 7),
    st.sampled_from(["document", "sentence"]),
)
def test_against_the_twin(texts: list[str], length: int, aim: int, window: int, scope: Scope) -> None:
    """Near, covered and expected equal a search word by word; overlapping hits are no neighbours."""
    segment = segment_of(texts)
    hits, others = hits_of(segment, "s", length), [hits_of(segment, "r", aim), hits_of(segment, "i")]
    found = near_of(segment, hits, others, (window, 2 * window), scope)
    for w, width in enumerate((window, 2 * window)):
        for o, other in enumerate(others):
            near, covered, expected = twin(segment, hits, other, width, scope)
            assert found.near[:, o, w].tolist() == near
            assert found.covered[:, o, w].tolist() == covered
            assert found.expected[:, o, w].tolist() == expected
    total = found.near.sum(axis=1) - found.several
    assert (found.hits[:, None] == found.neither + total).all()


def test_runs_of_documents_do_not_show() -> None:
    """Documents are looked at a few at a time; the figures are the same."""
    segment = segment_of(["sxrxxs.isx", "", "rrsr", "x.s.i"] * 3)
    hits, others = hits_of(segment, "s"), [hits_of(segment, "r"), hits_of(segment, "i")]
    whole = near_of(segment, hits, others, (2, 5))
    for at_once in (1, 2, 5):
        parts = near_of(segment, hits, others, (2, 5), at_once=at_once)
        for name in ("hits", "near", "expected", "neither", "several", "covered"):
            assert (getattr(whole, name) == getattr(parts, name)).all()


def test_a_hit_is_not_its_own_neighbour() -> None:
    """A slogan that contains its aim's word is not near it by that word."""
    segment = segment_of(["xxsrxx"])
    found = near_of(segment, hits_of(segment, "s", 2), [hits_of(segment, "r")], (10,))
    assert found.near.sum() == 0


@given(texts_of, st.integers(1, 3))
def test_overlapping(texts: list[str], length: int) -> None:
    """Two hits overlap when they share a token."""
    segment = segment_of(texts)
    a, b = hits_of(segment, "s", length), hits_of(segment, "r", length)
    expected = [
        any(s < f and t < e for t, f in zip(b.starts.tolist(), b.ends.tolist(), strict=True))
        for s, e in zip(a.starts.tolist(), a.ends.tolist(), strict=True)
    ]
    assert overlapping(a, b).tolist() == expected
