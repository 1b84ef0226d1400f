"""The forms that a word of a query stands for in an index, with their counts."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from tendency.corpus.leaves import terms_for
from tendency.corpus.query.tree import Node, Term, leaves

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tendency.corpus.index import Index
    from tendency.corpus.segment import Segment


def expansion(index: Index, test: Node) -> list[tuple[str, int]]:
    """The folded forms that pass a test of one word, with their occurrences in live documents, the most frequent first."""
    counts: Counter[str] = Counter()
    for segment, live in zip(index.segments, index.live, strict=True):
        terms = np.unique(
            np.concatenate([terms_for(test, segment, name) for name in _languages(segment, test)])
        )
        for term, count in zip(terms.tolist(), occurrences(segment, terms, live), strict=True):
            counts[segment.terms.folded[term]] += count
    return sorted(
        ((form, count) for form, count in counts.items() if count), key=lambda held: (-held[1], held[0])
    )


def occurrences(segment: Segment, terms: NDArray[np.uint32], live: NDArray[np.bool_]) -> list[int]:
    """How often each term stands in live documents."""
    if live.all():
        counts: list[int] = segment.terms.frequency[terms.astype(np.int64)].tolist()
        return counts
    return [
        int(np.count_nonzero(live[segment.document_of(segment.postings(term))])) for term in terms.tolist()
    ]


def _languages(segment: Segment, test: Node) -> tuple[str, ...]:
    if not any(isinstance(leaf, Term) and leaf.attribute == "lemma" for leaf in leaves(test)):
        return ("",)
    from tendency.corpus.lemmas import languages

    return languages(segment)[0]
