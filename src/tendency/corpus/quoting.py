"""Hits of a segment that stand in quotation marks: texts are read only where there are hits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tendency.corpus.deadlines import Deadline
from tendency.corpus.quotes import is_quoted, quoted_spans
from tendency.corpus.search import Block
from tendency.corpus.segment import Segment


def in_quotation_marks(segment: Segment, block: Block, deadline: Deadline | None = None) -> NDArray[np.bool_]:
    """Which hits of a block stand in quotation marks with every word, bool of shape (hits,).

    Args:
        segment: Where the hits lie.
        block: The hits, ascending.
        deadline: When to give up; looked at before each text.
    """
    result = np.zeros(len(block), np.bool_)
    documents, first = np.unique(block.documents, return_index=True)
    bounds = [*first.tolist(), len(block)]
    for number, document in enumerate(documents.tolist()):
        if deadline is not None:
            deadline.check()
        spans = quoted_spans(segment.text(document))
        if not spans:
            continue
        here = slice(bounds[number], bounds[number + 1])
        starts, _ = segment.offsets(document, block.starts[here])
        _, ends = segment.offsets(document, block.ends[here] - 1)
        result[here] = [
            is_quoted(spans, *place) for place in zip(starts.tolist(), ends.tolist(), strict=True)
        ]
    return result


def kept(block: Block, mask: NDArray[np.bool_]) -> Block:
    """The hits of a block for which a mask holds."""
    return Block(block.documents[mask], block.starts[mask], block.ends[mask])
