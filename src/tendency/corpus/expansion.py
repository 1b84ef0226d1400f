"""The forms that a word of a query stands for in an index, with their counts."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import numpy as np

from tendency.corpus.leaves import terms_for
from tendency.corpus.query.tree import Node, Term, leaves
from tendency.corpus.term_counts import words_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tendency.corpus.index import Index
    from tendency.corpus.segment import Segment

_FEW: Final = 64
"""Terms up to which their postings are looked up, not every word of the documents."""


def expansion(index: Index, test: Node) -> list[tuple[str, int]]:
    """The folded forms that pass a test of one word, with their occurrences in live documents, the most frequent first."""
    counts: Counter[str] = Counter()
    for segment, live in zip(index.segments, index.live, strict=True):
        for language, documents in _by_language(segment, test, live):
            terms = terms_for(test, segment, language)
            for term, count in zip(terms.tolist(), occurrences(segment, terms, documents), strict=True):
                if count:
                    counts[segment.terms.folded[term]] += count
    return sorted(counts.items(), key=lambda held: (-held[1], held[0]))


def occurrences(segment: Segment, terms: NDArray[np.uint32], documents: NDArray[np.bool_]) -> list[int]:
    """How often each term stands in some documents."""
    if documents.all():
        counts: list[int] = segment.terms.frequency[terms.astype(np.int64)].tolist()
        return counts
    if terms.size > _FEW:
        counted: list[int] = words_of(segment, documents)[terms].tolist()
        return counted
    return [
        int(np.count_nonzero(documents[segment.document_of(segment.postings(term))]))
        for term in terms.tolist()
    ]


def _by_language(
    segment: Segment, test: Node, live: NDArray[np.bool_]
) -> list[tuple[str, NDArray[np.bool_]]]:
    """The documents of each language; all in one unless the test asks for lemmas."""
    if not any(isinstance(leaf, Term) and leaf.attribute == "lemma" for leaf in leaves(test)):
        return [("", live)]
    from tendency.corpus.lemmas import languages

    names, numbers = languages(segment)
    return [(name, live & (numbers == number)) for number, name in enumerate(names)]
