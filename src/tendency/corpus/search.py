"""A query asked of one segment: its hits, a block of documents at a time.

Phrases start from the postings of their rarest word and look the others up; a word that stands for many
terms is a bitmap over terms; repetitions run as an automaton (:mod:`tendency.corpus.automaton`). A segment
is searched in windows of whole documents, so no query ever holds all of its hits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Final, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from tendency.corpus.automaton import END, START, Automaton, Integers, Stream
from tendency.corpus.deadlines import Deadline
from tendency.corpus.leaves import TermSet, terms_for
from tendency.corpus.query.query import Query
from tendency.corpus.query.tree import (
    LONGEST,
    AnyWord,
    Either,
    Near,
    Node,
    Repeat,
    Sequence,
    Within,
    Written,
    either,
    is_test,
    leaves,
    required,
)
from tendency.corpus.work import spread, summed

if TYPE_CHECKING:
    from tendency.corpus.segment import Segment

__all__ = ["Block", "Deadline", "count_by_document", "evaluate"]

WINDOW: Final = 1 << 20
"""Positions searched at a time, unless one document has more."""

FEW: Final = 1 << 18
"""Candidates of which all may be held at once."""

_FEW_TERMS: Final = 64
_SORTED: Final = 1 << 22
"""Postings of several terms that are sorted into one list."""
_PART: Final = 1 << 18
"""Postings that a thread takes at a time."""
_TOKENS_A_POSTING: Final = 6
"""Tokens that are looked at one after the other in the time that finding a posting's document takes."""
_COMPARED: Final = 8
_MOST_PHRASES: Final = 64

_PER_BLOCK: Final = 5e-4
_PER_CANDIDATE: Final = 25e-9
_PER_TOKEN: Final = 4e-9
_PER_STREAMED: Final = 15e-9
_PER_START: Final = 600e-9
_SENTENCE: Final = 25
"""Seconds, and words of a sentence, measured on 18 million words of newspapers; elsewhere an estimate."""

Scope = Literal["sentence", "document"]
Spans = tuple[Integers, Integers]


@dataclass(frozen=True, eq=False)
class Block:
    """Some hits of a segment, ascending by start.

    Attributes:
        documents: The document of each, int32.
        starts: Position of its first token in the segment, int64.
        ends: Position after its last token.
    """

    documents: NDArray[np.int32]
    starts: Integers
    ends: Integers

    def __len__(self) -> int:
        return int(self.starts.size)


def evaluate(
    segment: Segment,
    query: Query,
    documents: NDArray[np.bool_] | None = None,
    deadline: Deadline | None = None,
) -> Iterator[Block]:
    """The hits of a query in some documents of a segment, in blocks, ascending.

    Args:
        segment: What is asked.
        query: What is looked for; one with a ``where`` must be bound to its index.
        documents: Which documents, bool of shape (documents,); all when None.
        deadline: When to give up.

    Raises:
        QueryTimeoutError: The deadline passed; blocks already given are not the answer.
        QueryCancelledError: It was cancelled.
    """
    deadline = deadline or Deadline()
    deadline.check()
    mask = _mask(segment, query, documents)
    if not mask.any():
        return
    plans = _plans(segment, query, mask, deadline)
    for window in _windows(segment, mask, few=all(plan.few for plan, _ in plans)):
        deadline.check()
        block = _block(segment, window, plans, mask)
        if len(block):
            yield block


def evaluate_together(
    segment: Segment,
    queries: tuple[Query, ...],
    documents: NDArray[np.bool_] | None = None,
    deadline: Deadline | None = None,
) -> Iterator[tuple[int, int, tuple[Callable[[], Block], ...]]]:
    """The hits of several queries in the same runs of documents: first position, end, and what finds each query's block.

    So whoever asks holds no more of them at once than are needed. Arguments and errors are those of :func:`evaluate`.
    """
    deadline = deadline or Deadline()
    masks = [_mask(segment, query, documents) for query in queries]
    asked = [_plans(segment, query, mask, deadline) for query, mask in zip(queries, masks, strict=True)]

    def find(window: _Window, plans: Plans, mask: NDArray[np.bool_]) -> Block:
        deadline.check()
        return _block(segment, window, plans, mask)

    for window in _windows(segment, np.logical_or.reduce(masks), few=False):
        deadline.check()
        blocks = (partial(find, window, *one) for one in zip(asked, masks, strict=True))
        yield window.start, window.end, tuple(blocks)


def count_by_document(
    segment: Segment,
    query: Query,
    documents: NDArray[np.bool_] | None = None,
    deadline: Deadline | None = None,
) -> Integers:
    """How many hits each document of a segment has, int64 of shape (documents,); 0 for those not asked for.

    Arguments and errors are those of :func:`evaluate`.
    """
    deadline = deadline or Deadline()
    mask = _mask(segment, query, documents)
    counts = np.zeros(segment.documents, np.int64)
    if not mask.any():
        return counts
    plans = _plans(segment, query, mask, deadline)
    if len(plans) == 1 and isinstance(plans[0][0], _Phrase) and plans[0][0].is_word:
        counts = plans[0][0].words[0].by_document(mask, deadline)
        return counts if mask.all() else np.where(mask, counts, 0)

    def count(window: _Window) -> None:
        low, high = window.first_document, window.end_document
        found = _block(segment, window, plans, mask).documents
        counts[low:high] = np.bincount(found - low, minlength=high - low)

    spread(count, list(_windows(segment, mask, few=all(plan.few for plan, _ in plans))), deadline)
    return counts


@dataclass(frozen=True)
class Cost:
    """What a query will take in one segment.

    Attributes:
        candidates: Postings that it starts from.
        scanned: Tokens looked at one by one.
        blocks: Runs of documents searched one after the other.
        seconds: About how long on one core.
    """

    candidates: int
    scanned: int
    blocks: int
    seconds: float


def cost(
    segment: Segment, query: Query, documents: NDArray[np.bool_], deadline: Deadline | None = None
) -> Cost:
    """What a query will take; nothing is searched."""
    plans = _plans(segment, query, documents, deadline or Deadline())
    blocks = sum(1 for _ in _windows(segment, documents, few=all(plan.few for plan, _ in plans)))
    return Cost(
        sum(plan.candidates for plan, _ in plans),
        sum(plan.scanned for plan, _ in plans),
        blocks,
        sum(plan.seconds for plan, _ in plans) + _PER_BLOCK * blocks,
    )


def _mask(segment: Segment, query: Query, documents: NDArray[np.bool_] | None) -> NDArray[np.bool_]:
    mask = np.ones(segment.documents, np.bool_) if documents is None else documents
    return mask if query.where is None else mask & query.where.mask(segment)


Plans = list[tuple["_Plan", NDArray[np.bool_] | None]]


def _plans(segment: Segment, query: Query, mask: NDArray[np.bool_], deadline: Deadline) -> Plans:
    """How to find the query in each language's documents; one plan for all unless it asks for lemmas."""
    if not any(leaf.attribute == "lemma" for leaf in leaves(query.tree)):
        return [(_Planner(segment, "", deadline).plan(query.tree, "sentence"), None)]
    from tendency.corpus.lemmas import languages

    names, numbers = languages(segment)
    return [
        (_Planner(segment, name, deadline).plan(query.tree, "sentence"), numbers == number)
        for number, name in enumerate(names)
        if mask[numbers == number].any()
    ]


def _block(segment: Segment, window: _Window, plans: Plans, mask: NDArray[np.bool_]) -> Block:
    parts = []
    for plan, of_language in plans:
        wanted = mask if of_language is None else mask & of_language
        if wanted[window.first_document : window.end_document].any():
            starts, ends = plan.spans(window)
            documents = window.documents_of(starts)
            kept = wanted[documents]
            parts.append(
                (documents, starts, ends) if kept.all() else (documents[kept], starts[kept], ends[kept])
            )
    if not parts:
        return Block(np.empty(0, np.int32), np.empty(0, np.int64), np.empty(0, np.int64))
    if len(parts) == 1:
        return Block(*parts[0])
    documents, starts, ends = (np.concatenate(held) for held in zip(*parts, strict=True))
    order = np.argsort(starts, kind="stable")
    return Block(documents[order], starts[order], ends[order])


def _windows(segment: Segment, mask: NDArray[np.bool_], *, few: bool) -> Iterator[_Window]:
    """Runs of whole documents, those without a wanted one left out."""
    first = segment.first
    if few:
        yield _Window(segment, 0, segment.documents)
        return
    document = 0
    while document < segment.documents:
        end = int(np.searchsorted(first, first[document] + WINDOW, side="right")) - 1
        end = min(max(end, document + 1), segment.documents)
        if mask[document:end].any():
            yield _Window(segment, document, end)
        document = end


class _Window:
    """A run of whole documents of a segment.

    Attributes:
        first_document: The first.
        end_document: The one after the last.
        start: Position of the first token.
        end: Position after the last token.
    """

    def __init__(self, segment: Segment, first_document: int, end_document: int) -> None:
        self.segment, self.first_document, self.end_document = segment, first_document, end_document
        self.start, self.end = int(segment.first[first_document]), int(segment.first[end_document])

    @cached_property
    def tokens(self) -> NDArray[np.uint32]:
        return self.segment.tokens[self.start : self.end]

    @cached_property
    def sentence_ends(self) -> NDArray[np.uint32]:
        return _between(self.segment.postings(0), self.start, self.end)

    @cached_property
    def last_positions(self) -> Integers:
        """Of each document."""
        return self.segment.first[self.first_document + 1 : self.end_document + 1] - 1

    def documents_of(self, positions: Integers) -> NDArray[np.int32]:
        """The document of each position, where positions ascend."""
        first = self.segment.first[self.first_document : self.end_document + 1]
        if positions.size < first.size:
            return self.segment.document_of(positions)
        counts = np.diff(np.searchsorted(positions, first))
        return np.repeat(np.arange(self.first_document, self.end_document, dtype=np.int32), counts)

    def stream(self, scope: Scope) -> Stream:
        """The words without the sentence ends."""
        at = np.flatnonzero(self.tokens)
        positions = at + self.start
        opens = np.zeros(at.size + 1, np.bool_)
        first = self.segment.first[self.first_document : self.end_document + 1]
        opens[np.searchsorted(positions, first)] = True
        opens[-1] = True
        changes = opens.copy()
        changes[1:-1] |= np.diff(at) > 1
        inside = changes & ~opens
        return Stream(
            positions,
            self.tokens[at],
            before=np.where(changes, START, 0).astype(np.uint8) | np.where(inside, END, 0).astype(np.uint8),
            after=np.where(changes, END, 0).astype(np.uint8) | np.where(inside, START, 0).astype(np.uint8),
            barrier=changes if scope == "sentence" else opens,
        )


def _between(positions: NDArray[np.uint32], start: int, end: int) -> NDArray[np.uint32]:
    # In the type of the positions, or all of them would be copied as the wider one.
    low, high = np.searchsorted(positions, np.array((start, end), positions.dtype))
    return positions[low:high]


# Words.


class _Words:
    """The tokens of a segment that pass a test."""

    def __init__(self, segment: Segment, test: Node, terms: TermSet | None) -> None:
        self.segment, self.test, self.terms = segment, test, terms
        if terms is None:
            self.frequency = segment.positions
        else:
            self.frequency = int(segment.terms.frequency[terms.astype(np.int64)].sum())

    @cached_property
    def fits(self) -> NDArray[np.bool_]:
        """For each term of the segment whether it passes."""
        if self.terms is None:
            fits = np.ones(len(self.segment.terms), np.bool_)
            fits[:1] = False
            return fits
        fits = np.zeros(len(self.segment.terms), np.bool_)
        fits[self.terms] = True
        return fits

    def hold(self, tokens: NDArray[np.uint32]) -> NDArray[np.bool_]:
        """For each of some tokens whether it passes."""
        if self.terms is None or self.terms.size > _COMPARED:
            fits: NDArray[np.bool_] = self.fits[tokens]
            return fits
        # A table over all terms costs more than a few comparisons.
        held = np.zeros(tokens.size, np.bool_)
        for term in self.terms:
            held |= tokens == term
        return held

    @cached_property
    def _lists(self) -> list[NDArray[np.uint32]] | None:
        """The postings, or None where it is faster to look at every token."""
        if self.terms is None or self.scanned:
            return None
        if self.terms.size > 1 and self.frequency <= _SORTED:
            # A stable sort merges: of a few runs that ascend it takes a fraction of the time.
            kind: Literal["stable"] | None = "stable" if self.terms.size <= _FEW_TERMS else None
            return [np.sort(_together(*self.segment.postings_of(self.terms)), kind=kind)]
        return [self.segment.postings(term) for term in self.terms.tolist()]

    @property
    def scanned(self) -> int:
        """Tokens that are looked at one by one to find them."""
        many = self.terms is None or (self.terms.size > _FEW_TERMS and self.frequency > _SORTED)
        return self.segment.positions if many else 0

    def positions(self, window: _Window) -> Integers:
        """Where they stand in a window, ascending."""
        if self.terms is not None and not self.terms.size:
            return np.empty(0, np.int64)
        if self._lists is None:
            return np.flatnonzero(self.fits[window.tokens]) + window.start
        parts = [_between(held, window.start, window.end) for held in self._lists]
        found = parts[0] if len(parts) == 1 else np.sort(np.concatenate(parts))
        return found.astype(np.int64)

    def by_document(self, mask: NDArray[np.bool_], deadline: Deadline) -> Integers:
        """How many each document has, at least of those in the mask."""
        segment = self.segment
        if self.terms is None:
            return segment.words.copy()
        if self.frequency > FEW and self.frequency * _TOKENS_A_POSTING > int(segment.words[mask].sum()):
            return self._scanned_by_document(mask, deadline)
        postings, starts, ends = segment.postings_of(self.terms)
        if self.frequency <= FEW:
            found = segment.document_of(_together(postings, starts, ends))
            return np.bincount(found, minlength=segment.documents)
        from tendency.corpus.kernels import count_postings

        def add(part: tuple[Integers, Integers], counts: Integers) -> None:
            count_postings(postings, *part, segment.first, *segment.landmarks, counts)

        return summed(add, _parts(starts, ends, _PART), np.zeros(segment.documents, np.int64), deadline)

    def _scanned_by_document(self, mask: NDArray[np.bool_], deadline: Deadline) -> Integers:
        from tendency.corpus.kernels import count_fitting

        counts = np.zeros(self.segment.documents, np.int64)
        fits = self.fits.view(np.uint8)

        def count(window: _Window) -> None:
            low, high = window.first_document, window.end_document
            count_fitting(window.tokens, self.segment.first[low : high + 1], fits, counts[low:high])

        spread(count, list(_windows(self.segment, mask, few=False)), deadline)
        return counts


def _together(postings: NDArray[np.uint32], starts: Integers, ends: Integers) -> NDArray[np.uint32]:
    """Some runs of postings, one after the other."""
    if starts.size <= _FEW_TERMS:
        return np.concatenate(
            [postings[:0], *(postings[a:b] for a, b in zip(starts.tolist(), ends.tolist(), strict=True))]
        )
    lengths = ends - starts
    places = np.repeat(starts - np.cumsum(lengths) + lengths, lengths)
    places += np.arange(places.size)
    together: NDArray[np.uint32] = postings[places]
    return together


def _parts(starts: Integers, ends: Integers, most: int) -> list[tuple[Integers, Integers]]:
    """The same runs, cut into parts of at most so many postings each."""
    upto = np.cumsum(ends - starts)
    parts = []
    for low in range(0, int(upto[-1]), most):
        high = min(low + most, int(upto[-1]))
        first, last = int(np.searchsorted(upto, low, "right")), int(np.searchsorted(upto, high, "left"))
        begins, stops = starts[first : last + 1].copy(), ends[first : last + 1].copy()
        begins[0] = ends[first] - (upto[first] - low)
        stops[-1] = ends[last] - (upto[last] - high)
        parts.append((begins, stops))
    return parts


# Plans.


class _Plan(Protocol):
    @property
    def few(self) -> bool:
        """True when all candidates of a segment may be held at once."""

    @property
    def candidates(self) -> int:
        """Postings that it takes up."""

    @property
    def scanned(self) -> int:
        """Tokens that it looks at one by one."""

    @property
    def seconds(self) -> float:
        """The time that a segment may take on one core."""

    def spans(self, window: _Window) -> Spans:
        """Starts, ascending and each once, and ends, as positions in the segment."""


@dataclass(frozen=True)
class _Glue:
    """Tokens that must stand in the text exactly so."""

    offset: int
    length: int
    text: str


class _Phrase:
    """Words one right after the other in a sentence."""

    def __init__(self, words: list[_Words], glue: list[_Glue], deadline: Deadline) -> None:
        self.words, self.glue, self.deadline = words, glue, deadline
        self.order = sorted(range(len(words)), key=lambda at: words[at].frequency)
        self.frequency = words[self.order[0]].frequency

    @property
    def is_word(self) -> bool:
        return len(self.words) == 1 and not self.glue

    @property
    def few(self) -> bool:
        return self.frequency <= FEW

    @property
    def candidates(self) -> int:
        return self.frequency

    @property
    def scanned(self) -> int:
        return self.words[self.order[0]].scanned

    @property
    def seconds(self) -> float:
        return _PER_CANDIDATE * len(self.words) * self.frequency + _PER_TOKEN * self.scanned

    def spans(self, window: _Window) -> Spans:
        rarest, length = self.order[0], len(self.words)
        starts = self.words[rarest].positions(window) - rarest
        if length > 1:
            starts = starts[(starts >= window.start) & (starts + length <= window.end)]
            tokens = window.segment.tokens
            for at in self.order[1:]:
                starts = starts[self.words[at].hold(tokens[starts + at])]
        for glue in self.glue:
            starts = starts[self._as_written(window, starts, glue)]
        return starts, starts + length

    def _as_written(self, window: _Window, starts: Integers, glue: _Glue) -> NDArray[np.bool_]:
        from unicodedata import normalize

        segment = window.segment
        wanted = normalize("NFC", glue.text)
        fit = np.zeros(starts.size, np.bool_)
        documents = window.documents_of(starts)
        for document in np.unique(documents).tolist():
            self.deadline.check()
            held = np.flatnonzero(documents == document)
            begins, _ = segment.offsets(document, starts[held] + glue.offset)
            _, ends = segment.offsets(document, starts[held] + glue.offset + glue.length - 1)
            for place, begin, end in zip(held.tolist(), begins.tolist(), ends.tolist(), strict=True):
                fit[place] = normalize("NFC", segment.passage(document, begin, end)) == wanted
        return fit


class _Any:
    """Hits of any of several plans."""

    def __init__(self, parts: list[_Plan], deadline: Deadline) -> None:
        self.parts, self.deadline = parts, deadline

    @property
    def few(self) -> bool:
        return len(self.parts) <= 4 * _MOST_PHRASES and all(part.few for part in self.parts)

    @property
    def candidates(self) -> int:
        return sum(part.candidates for part in self.parts)

    @property
    def scanned(self) -> int:
        return sum(part.scanned for part in self.parts)

    @property
    def seconds(self) -> float:
        return sum(part.seconds for part in self.parts)

    def spans(self, window: _Window) -> Spans:
        found = []
        for part in self.parts:
            self.deadline.check()
            found.append(part.spans(window))
        starts, ends = (np.concatenate(held) for held in zip(*found, strict=True))
        order = np.lexsort((ends, starts))
        starts, ends = starts[order], ends[order]
        shortest = np.ones(starts.size, np.bool_)
        shortest[1:] = starts[1:] != starts[:-1]
        return starts[shortest], ends[shortest]


class _Run:
    """Hits of an automaton."""

    def __init__(self, pattern: Node, planner: _Planner, scope: Scope) -> None:
        automaton = self.automaton = Automaton(pattern)
        self.scope, self.planner = scope, planner
        needed = [planner.words(test) for test in required(pattern)]
        self.needed = min(needed, key=lambda words: words.frequency, default=None)
        self.written = {
            number: planner.phrase((test,))
            for number, test in enumerate(automaton.tests)
            if isinstance(test, Written)
        }
        width = -(-len(automaton.tests) // 8)
        self.facts = np.zeros((len(planner.segment.terms), width), np.uint8)
        for number, test in enumerate(automaton.tests):
            if number not in self.written:
                byte, bit = divmod(number, 8)
                self.facts[planner.words(test).fits, byte] |= np.uint8(1 << bit)
        self.first = [
            planner.phrase((test,)) if isinstance(test, Written) else planner.words(test)
            for test in automaton.first_tests
        ]

    @property
    def few(self) -> bool:
        return False

    @property
    def candidates(self) -> int:
        return sum(held.frequency for held in self.first)

    @property
    def scanned(self) -> int:
        return self.planner.segment.positions

    @property
    def seconds(self) -> float:
        starts = self.candidates
        if self._is_rare:
            assert self.needed is not None
            starts = min(starts, _SENTENCE * self.needed.frequency)
        return _PER_STREAMED * self.scanned + _PER_START * starts * self.automaton.width

    def spans(self, window: _Window) -> Spans:
        if not any(held.frequency for held in self.first) or (self.needed and not self.needed.frequency):
            return np.empty(0, np.int64), np.empty(0, np.int64)
        stream = window.stream(self.scope)
        written = {
            number: np.isin(stream.positions, plan.spans(window)[0]) for number, plan in self.written.items()
        }

        def facts(at: Integers) -> NDArray[np.uint8]:
            found = self.facts[stream.terms[at]]
            for number, stands in written.items():
                byte, bit = divmod(number, 8)
                found[:, byte] |= stands[at].astype(np.uint8) << np.uint8(bit)
            return found

        starts, ends = self.automaton.run(
            stream, self._starts(window, stream), facts, self.planner.deadline.check
        )
        return stream.positions[starts], stream.positions[ends - 1] + 1

    @property
    def _is_rare(self) -> bool:
        """True when some word of every hit is rare enough to choose the sentences by."""
        return self.needed is not None and self.needed.frequency <= self.planner.segment.positions // 64

    def _starts(self, window: _Window, stream: Stream) -> Integers:
        """The words with which a hit may begin."""
        positions = window.segment.positions
        if sum(held.frequency for held in self.first) > positions // 8:
            starts = np.arange(stream.positions.size, dtype=np.int64)
        else:
            found = [
                held.positions(window) if isinstance(held, _Words) else held.spans(window)[0]
                for held in self.first
            ]
            starts = np.searchsorted(stream.positions, np.unique(np.concatenate(found))).astype(np.int64)
        if not self._is_rare or self.needed is None:
            return starts
        # A word that every hit has is rare: only its sentences, or its documents, need be searched.
        stretches = window.sentence_ends if self.scope == "sentence" else window.last_positions
        wanted = np.zeros(stretches.size + 1, np.bool_)
        wanted[np.searchsorted(stretches, self.needed.positions(window))] = True
        return starts[wanted[np.searchsorted(stretches, stream.positions[starts])]]


class _Beside:
    """Hits of the left that have a hit of the right near, or have none."""

    def __init__(self, near: Near, left: _Plan, right: _Plan, scope: Scope) -> None:
        self.near, self.left, self.right, self.scope = near, left, right, scope

    @property
    def few(self) -> bool:
        return self.left.few and self.right.few

    @property
    def candidates(self) -> int:
        return self.left.candidates + self.right.candidates

    @property
    def scanned(self) -> int:
        return self.left.scanned + self.right.scanned

    @property
    def seconds(self) -> float:
        return self.left.seconds + self.right.seconds + _PER_CANDIDATE * self.left.candidates

    def spans(self, window: _Window) -> Spans:
        starts, ends = self.left.spans(window)
        if not starts.size:
            return starts, ends
        right_starts, right_ends = self.right.spans(window)
        found = np.zeros(starts.size, np.bool_)
        if right_starts.size:
            after = np.searchsorted(right_starts, ends)
            some = after < right_starts.size
            found[some] = self._close(window, ends[some], right_starts[after[some]])
            right_ends = np.sort(right_ends)
            before = np.searchsorted(right_ends, starts, side="right") - 1
            some = before >= 0
            found[some] |= self._close(window, right_ends[before[some]], starts[some])
        kept = ~found if self.near.negated else found
        return starts[kept], ends[kept]

    def _close(self, window: _Window, ends: Integers, starts: Integers) -> NDArray[np.bool_]:
        """Whether what ends here and what starts there, after it, are near enough."""
        marks = window.sentence_ends
        between = np.searchsorted(marks, starts) - np.searchsorted(marks, ends)
        close: NDArray[np.bool_] = starts - ends + 1 - between <= self.near.distance
        if self.scope == "sentence":
            close &= between == 0
        else:
            first = window.segment.first
            close &= np.searchsorted(first, starts, "right") == np.searchsorted(first, ends - 1, "right")
        return close


class _Planner:
    """Chooses how to find each part of a query in documents of one language."""

    def __init__(self, segment: Segment, language: str, deadline: Deadline) -> None:
        self.segment, self.language, self.deadline = segment, language, deadline
        self._words: dict[Node, _Words] = {}

    def words(self, test: Node) -> _Words:
        held = self._words.get(test)
        if held is None:
            any_word = isinstance(test, AnyWord)
            terms = None if any_word else terms_for(test, self.segment, self.language, self.deadline)
            held = self._words[test] = _Words(self.segment, test, terms)
        return held

    def phrase(self, parts: tuple[Node, ...]) -> _Phrase:
        words: list[_Words] = []
        glue = []
        for part in parts:
            if isinstance(part, Written):
                glue.append(_Glue(len(words), len(part.parts), part.text))
                words += [self.words(term) for term in part.parts]
            else:
                words.append(self.words(part))
        return _Phrase(words, glue, self.deadline)

    def plan(self, node: Node, scope: Scope) -> _Plan:
        match node:
            case Near(left, right):
                return _Beside(node, self.plan(left, scope), self.plan(right, scope), scope)
            case Within(part, inner):
                return self.plan(part, inner)
            case Either(parts) if not is_test(node):
                return _Any([self.plan(part, scope) for part in _tests_together(parts)], self.deadline)
        if is_test(node) or isinstance(node, Written):
            return self.phrase((node,))
        phrases = _phrases(node) if scope == "sentence" else None
        if phrases is None:
            return _Run(node, self, scope)
        plans = [self.phrase(parts) for parts in phrases]
        return plans[0] if len(plans) == 1 else _Any(list(plans), self.deadline)


def _tests_together(parts: tuple[Node, ...]) -> list[Node]:
    """Alternatives of one word each as one test, before the others."""
    tests = [part for part in parts if is_test(part)]
    return [either(tests)] * bool(tests) + [part for part in parts if not is_test(part)]


def _phrases(node: Node) -> list[tuple[Node, ...]] | None:
    """The phrases without repetition that a pattern stands for, or None where they are too many."""
    found = _written_out(node)
    if found is None or sum(map(len, found)) > LONGEST:
        return None
    return [parts for parts in dict.fromkeys(found) if parts]


def _written_out(node: Node) -> list[tuple[Node, ...]] | None:
    if is_test(node) or isinstance(node, Written):
        return [(node,)]
    match node:
        case Either(parts):
            found: list[tuple[Node, ...]] = []
            for part in _tests_together(parts):
                inner = _written_out(part)
                if inner is None:
                    return None
                found += inner
            return found if len(found) <= _MOST_PHRASES else None
        case Sequence(parts):
            return _in_a_row([_written_out(part) for part in parts])
        case Repeat(part, least, int() as most) if most <= _MOST_PHRASES:
            inner = _written_out(part)
            found = []
            for times in range(least, most + 1):
                row = _in_a_row([inner] * times)
                if row is None or len(found) + len(row) > _MOST_PHRASES:
                    return None
                found += row
            return found
        case _:
            return None


def _in_a_row(rows: list[list[tuple[Node, ...]] | None]) -> list[tuple[Node, ...]] | None:
    found: list[tuple[Node, ...]] = [()]
    for row in rows:
        if row is None or len(found) * len(row) > _MOST_PHRASES:
            return None
        found = [before + after for before in found for after in row]
    return found
