"""Which contexts came and which went, and the uses that show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from tendency.corpus.concordance import HitPlace, line_of
from tendency.measures.contexts import AFTER, BEFORE, Texts, Uses

if TYPE_CHECKING:
    from tendency.corpus import Line

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

WINDOW: Final = 10
SMOOTHING: Final = 0.75
LISTED: Final = 15
QUOTED: Final = 5
CAME, WENT = "came", "went"
OLD, NEW = "old", "new"

_FEWEST: Final = 5
"""Occurrences in both spans that a context has at least."""
_FEWEST_USES: Final = 3
_LEAST_SHARE: Final = 0.02
"""Of the uses of the larger side, those that a listed context stands beside: rare words have the largest mutual information."""
_FEWEST_DOCUMENTS: Final = 2
_WIDTH: Final = 150


@dataclass(frozen=True)
class Context:
    """A word that stands beside the target more, or less, than before.

    Attributes:
        word: Its folded form.
        contribution: What it adds to the difference of the two unit vectors; above 0 it came, below 0 it went.
        before: Uses that it stands beside, in the earlier span.
        after: Uses that it stands beside, in the later span.
        share_before: What share these are of the uses that were read there.
        share_after: The same in the later span.
    """

    word: str
    contribution: float
    before: int
    after: int
    share_before: float
    share_after: float


@dataclass(frozen=True)
class Quotation:
    """A use that is typical of the old or of the new meaning.

    Attributes:
        line: The use with its context and source.
        kind: ``OLD`` or ``NEW``.
        score: The sum of the contributions of what stands beside it.
        contexts: The listed words beside it that came, or went.
    """

    line: Line
    kind: str
    score: float
    contexts: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Explained:
    """The contexts that came and went, largest first, and quotations, most typical first."""

    came: tuple[Context, ...]
    went: tuple[Context, ...]
    quotations: tuple[Quotation, ...]


def explained(texts: Texts, uses: Uses, passed_over: frozenset[str]) -> Explained:
    """What moved around a target, by the positive pointwise mutual information of its contexts within ten words.

    PPMI(w, c) = max(0, ln(p(c | w) / p_α(c))), with p_α the share of c after raising frequencies to .75. The two rows are made unit
    vectors; a context's contribution is the difference of its entries.

    Args:
        texts: The documents of the two spans.
        uses: The uses in both.
        passed_over: Words that are not listed.

    Source: Levy, Goldberg & Dagan (2015), doi:10.1162/tacl_a_00134.
    """
    totals = texts.counts.sum(axis=0)
    held = np.flatnonzero(totals >= _FEWEST)
    columns = np.full(totals.size, -1, np.int64)
    columns[held] = np.arange(held.size)
    parts = list(texts.contexts(uses, columns, WINDOW))
    empty = np.empty(0, np.int64)
    use = np.concatenate([empty, *(part[0] for part in parts)])
    column = np.concatenate([empty, *(part[1] for part in parts)])
    beside = np.zeros((2, held.size), np.int64)
    np.add.at(beside, (uses.side[use], column), 1)
    change = _unit(_ppmi(beside[AFTER], totals[held])) - _unit(_ppmi(beside[BEFORE], totals[held]))

    once = np.unique(np.stack([column, use], axis=1), axis=0)
    column, use = once[:, 0], once[:, 1]
    in_uses = np.zeros((2, held.size), np.int64)
    np.add.at(in_uses, (uses.side[use], column), 1)
    documents = np.bincount(
        np.unique(np.stack([column, uses.rank[use]], axis=1), axis=0)[:, 0], minlength=held.size
    )
    fewest = max(_FEWEST_USES, _LEAST_SHARE * max(uses.counts()))
    listed = (in_uses.sum(axis=0) >= fewest) & (documents >= _FEWEST_DOCUMENTS)
    listed &= np.array([_may_be_listed(texts.names[form], passed_over) for form in held.tolist()], np.bool_)

    def largest(sign: int) -> list[int]:
        own = np.flatnonzero(listed & (sign * change > 0))
        order = sorted(own.tolist(), key=lambda c: (-sign * change[c], texts.names[held[c]]))
        return order[:LISTED]

    def context(c: int) -> Context:
        counted = in_uses[:, c].tolist()
        shares = [n / max(of, 1) for n, of in zip(counted, uses.counts(), strict=True)]
        return Context(texts.names[held[c]], float(change[c]), *counted, *shares)

    came, went = largest(1), largest(-1)
    scores = np.zeros(len(uses))
    np.add.at(scores, use, np.where(listed, change, 0.0)[column])
    beside_of: dict[int, list[int]] = {}
    shown = set(came) | set(went)
    for c, u in zip(column.tolist(), use.tolist(), strict=True):
        if c in shown:
            beside_of.setdefault(u, []).append(c)
    quotations = [
        *_quoted(texts, uses, scores, OLD, beside_of, went, held),
        *_quoted(texts, uses, scores, NEW, beside_of, came, held),
    ]
    return Explained(tuple(map(context, came)), tuple(map(context, went)), tuple(quotations))


def _may_be_listed(name: str, passed_over: frozenset[str]) -> bool:
    # A lone letter is an initial; a lone character of Chinese is a word.
    return name not in passed_over and (len(name) > 1 or not name.isascii())


def _ppmi(beside: Ints, totals: Ints) -> Floats:
    if not beside.any():
        return np.zeros(beside.size)
    chance = totals**SMOOTHING / (totals**SMOOTHING).sum()
    ratio = beside / beside.sum() / chance
    result: Floats = np.log(np.maximum(ratio, 1.0))
    return result


def _unit(values: Floats) -> Floats:
    length = float(np.linalg.norm(values))
    return values / length if length else values


def _quoted(
    texts: Texts,
    uses: Uses,
    scores: Floats,
    kind: str,
    beside: dict[int, list[int]],
    shown: list[int],
    held: Ints,
) -> list[Quotation]:
    """The most typical uses of one side, one a document."""
    side, sign = (BEFORE, -1) if kind == OLD else (AFTER, 1)
    own = np.flatnonzero((uses.side == side) & (sign * scores > 0))
    found: list[Quotation] = []
    seen: set[int] = set()
    for use in own[np.argsort(-sign * scores[own], kind="stable")].tolist():
        if int(uses.rank[use]) in seen:
            continue
        seen.add(int(uses.rank[use]))
        words = tuple(texts.names[held[c]] for c in shown if c in beside.get(use, ()))
        found.append(Quotation(_line(texts, uses, use), kind, float(scores[use]), words))
        if len(found) == QUOTED:
            break
    return found


def _line(texts: Texts, uses: Uses, use: int) -> Line:
    number, document, start = int(uses.segment[use]), int(uses.document[use]), int(uses.start[use])
    segment = texts.index.segments[number]
    place = HitPlace(
        int(segment.start_day[document]),
        int(segment.end_day[document]),
        segment.ids[document],
        start - int(segment.first[document]),
        int(uses.end[use]) - start,
        number,
        document,
    )
    return line_of(segment, place, _WIDTH, "characters")
