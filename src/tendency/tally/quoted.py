"""Hits in quotation marks, and hits in a text's own words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from tendency.tally.near import Ints

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tendency.corpus import Deadline, Index, Query, Segment


@dataclass(frozen=True)
class Quoted:
    """Hits of a query, and those of them that stand in quotation marks: two columns from one search.

    Attributes:
        name: The item's name.
        query: What is looked for.
        own: The first column leaves out the hits in quotation marks; else it counts all.
    """

    name: str
    query: Query
    own: bool = False

    @staticmethod
    def inside(item: str) -> str:
        """The column with the hits in quotation marks."""
        return f"{item} in quotation marks"

    @property
    def columns(self) -> tuple[str, ...]:
        """The item's name, and that of its hits in quotation marks."""
        return self.name, self.inside(self.name)

    @property
    def recipe(self) -> str:
        """The query, normalised."""
        what = "in own words" if self.own else "in all"
        return f"{self.name}={self.query.normalised()} {what} and in quotation marks"

    def bound(self, index: Index) -> Quoted:
        """The same, its query bound to the fields of an index."""
        return replace(self, query=self.query.bound(index))

    def count(self, segment: Segment, documents: NDArray[np.bool_], deadline: Deadline | None = None) -> Ints:
        """Hits in each document, and hits in quotation marks."""
        from tendency.corpus import evaluate
        from tendency.corpus.quoting import in_quotation_marks

        result = np.zeros((segment.documents, 2), np.int64)
        for block in evaluate(segment, self.query, documents, deadline):
            inside = in_quotation_marks(segment, block, deadline)
            counted = block.documents[~inside] if self.own else block.documents
            result[:, 0] += np.bincount(counted, minlength=segment.documents)
            result[:, 1] += np.bincount(block.documents[inside], minlength=segment.documents)
        return result
