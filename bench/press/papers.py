"""Who prints the press: the papers of the specimen's republic and three of its exiles, so that there are four standpoints."""

from __future__ import annotations

from functools import cache

import numpy as np

from tendency.specimen.draws import Floats, Integers
from tendency.specimen.republic import LAST_YEAR, PAPERS, WRITERS, Paper

EXILES = (
    Paper("far-shore", "The Far Shore", "exile", "Abroad", True, 1924, 1.0, 11),
    Paper("suitcase", "The Suitcase", "exile", "Abroad", True, 1927, 1.0, 9),
    Paper("homeward", "Homeward", "exile", "Abroad", False, 1929, 1.0, 14),
)
EXILE_WRITERS = {
    "far-shore": ("Emmerich Dahl", "Sofia Brandeis"),
    "suitcase": ("Karel Umber", "Lena Strand"),
    "homeward": ("An Old Deputy", "Ottilie Marr"),
}

ALL_PAPERS = (*PAPERS, *EXILES)
STANDPOINTS = ("official", "opposition", "local", "exile")

# The standpoint whose words are counted against the rest's: about a quarter of the documents.
QUARTER = "opposition"


def printed_by(year: int, month: int, standpoints: Integers, draws: Floats) -> Integers:
    """A paper of each standpoint that appears in this month, as numbers of ``ALL_PAPERS``.

    What the republic's last month had goes on after it.
    """
    year, month = min((year, month), (LAST_YEAR, 12))
    chosen = np.zeros(len(standpoints), np.int64)
    for number, standpoint in enumerate(STANDPOINTS):
        own = [
            n
            for n, paper in enumerate(ALL_PAPERS)
            if paper.standpoint == standpoint and paper.appears(year, month)
        ]
        of_it = standpoints == number
        chosen[of_it] = np.array(own)[(draws[of_it] * len(own)).astype(np.int64)]
    return chosen


@cache
def staff(paper: int, year: int) -> tuple[str, ...]:
    """Who writes for a paper in a year."""
    slug = ALL_PAPERS[paper].slug
    if slug in EXILE_WRITERS:
        return EXILE_WRITERS[slug]
    return tuple(
        writer.name
        for writer in WRITERS
        for own, first, last in writer.papers
        if own == slug and first <= min(year, LAST_YEAR) <= last
    )
