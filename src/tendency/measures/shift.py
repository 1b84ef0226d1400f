"""Meaning shift: whether what a word or slogan stands beside changed from one span to a later one, more than that of comparable words."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_array, vstack

from tendency.corpus import select
from tendency.corpus.function_words import function_words, languages_of
from tendency.corpus.work import cores
from tendency.errors import SettingError
from tendency.measures.contexts import AFTER, BEFORE, Texts, Uses
from tendency.measures.families import benjamini_hochberg
from tendency.measures.result import Result
from tendency.measures.shift_contexts import CAME, WENT, Explained, explained
from tendency.measures.skipgram import Space, cosine_distances
from tendency.tally.counting import cluster_names

if TYPE_CHECKING:
    from tendency.charts import Spec
    from tendency.corpus import Deadline, Index, Query
    from tendency.documents import DateSpan

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CHANGED: Final = "changed"
NO_CHANGE: Final = "no change that can be told from comparable words"
NOT_ENOUGH: Final = "not enough uses"

LEAST_USES: Final = 50
LEAST_DOCUMENTS: Final = 8
MOST_USES: Final = 1_000
"""Uses a side that are compared at most."""
MOST_READ: Final = 5_000
"""Uses a side of which contexts are read at most."""
TEXT: Final = 100_000
"""Positions of text that a space is trained on at most."""
LEAST_CONTROLS: Final = 20
EXCEEDED: Final = 0.95
"""The share of comparable words that a changed one changed more than."""
LEVEL: Final = 0.05
MOST_IN_ONE: Final = 0.05
"""The largest share of the uses of a side that one document may have: what it has more is left out."""
_LOOKED_AT: Final = 3
"""For each control so many words of like frequency are held against the target's dispersion."""
_SHORTEST: Final = 3
_LEAST_IN_ONE: Final = 3
OF_CONTROLS: Final = 2
"""How often the documents of a control change sides in each space."""

STRATA: Final = ("genre", "type", "language", "lang")
"""Fields, beside the publication, that documents change sides within."""


@dataclass(frozen=True)
class Shifts(Result):
    """How far the meaning of each query moved between two spans.

    Attributes:
        table: One row a query: ``query, before, after, hits_before, hits_after, documents_before, documents_after``, ``uses`` (a side,
            that were compared), ``controls`` (comparable words), ``distance`` (1 − cosine, mean over seeds), ``expected`` (its mean when
            documents change sides at random), ``percentile`` (the share of comparable words that moved less beyond what is expected), ``p`` (of that change of
            sides), ``p_family`` (after Benjamini and Hochberg over the queries), ``verdict`` and ``note``. What was not computed is null.
        contexts: ``query, change`` (``came``, ``went``), ``context, contribution, uses_before, uses_after``, and what share these are of the uses
            that were read: ``share_before, share_after``; largest first.
        quotations: ``query, use`` (``old``, ``new``), ``document, position, date, left, match, right, citation, score, contexts``.
        controls: ``query, word, distance, expected, uses_before, uses_after``: the comparable words.
        read: Positions of text that the spaces were trained on.
        held: Positions in both spans: more than ``read`` where text was sampled.
    """

    contexts: pl.DataFrame
    quotations: pl.DataFrame
    controls: pl.DataFrame
    read: int
    held: int

    @property
    def sampled(self) -> bool:
        """Whether the spaces were trained on a part of the text only."""
        return self.read < self.held

    def chart(self, *, title: str = "") -> Spec | None:
        """Where each query stands among its comparable words, and the contexts that came and went."""
        if self.table["distance"].null_count() == self.table.height:
            return None
        from tendency.charts.shift import shift_chart

        return shift_chart(self.table, self.controls, self.contexts, title=title or "Meaning shift")


def shift(
    index: Index,
    queries: Mapping[str, Query],
    *,
    before: DateSpan,
    after: DateSpan,
    window: int = 10,
    seeds: Sequence[int] = (1, 2, 3),
    controls: int = 200,
    permutations: int = 199,
    text: int = TEXT,
    where: str | None = None,
    cluster: str | Sequence[str] | None = None,
    language: str | None = None,
    executor: Executor | None = None,
    deadline: Deadline | None = None,
    progress: Callable[[float, float], None] | None = None,
) -> Shifts:
    """Whether the company of each query changed between two spans more than that of comparable words does.

    A skip-gram space is trained on text of both spans (sampled where it is long); in it the hits of the earlier and of the later span are
    placed as two words by their contexts, which are themselves not split (temporal referencing). As many uses are taken from either side.
    The same is done to control words of like frequency and dispersion, and to the query with its documents changing sides at random
    within publication, genre and language. Changed is what moved more than 95 % of its comparable words and more than chance does.

    Args:
        index: One snapshot of an index.
        queries: What is asked about, by name; of hits that share words the first counts.
        before: The earlier span.
        after: The later span.
        window: Words on either side that are contexts.
        seeds: One space is trained from each; at least three.
        controls: Comparable words at most.
        permutations: How often documents change sides; the smallest p is 1 / (permutations + 1).
        text: Positions of text at most that a space is trained on.
        where: Only documents for which this holds.
        cluster: The field of publications; by default as for a tally.
        language: Only documents in this language.
        executor: Counts words, one task a segment.
        deadline: When to give up.
        progress: Told how much is done, of how much.

    Raises:
        SettingError: gensim is not installed; fewer than three seeds; spans that overlap or come in the wrong order.

    Sources: Dubossarsky et al. (2019), doi:10.18653/v1/P19-1044 (temporal referencing); Dubossarsky, Weinshall & Grossman (2017),
    doi:10.18653/v1/D17-1118 (controls).
    """
    _check(queries, before, after, window, seeds, controls, permutations, text)
    masks = tuple(
        select(index, where=where, start=span.start, end=span.end, language=language).masks
        for span in (before, after)
    )
    texts = Texts(index, (masks[0], masks[1]), executor, deadline)
    found = {name: texts.uses_of(query) for name, query in queries.items()}
    strata = _strata(texts, _fields(index, masks, cluster))
    passed_over, _ = function_words(languages_of(index, [a | b for a, b in zip(*masks, strict=True)]))
    asked = [_Target(name, uses, texts, strata) for name, uses in found.items()]
    enough = [target for target in asked if not target.lack]
    read = held = 0
    if enough:
        sentences, read, held = texts.sentences(text, min(seeds))
        spaces = _spaces(sentences, window, seeds, deadline, progress, len(enough))
        for number, target in enumerate(enough):
            target.compare(spaces, seeds, window, controls, permutations, passed_over, deadline)
            if progress is not None:
                progress(len(seeds) + number + 1, len(seeds) + len(enough))
    return _result(
        asked,
        index,
        before,
        after,
        window,
        seeds,
        controls,
        permutations,
        text,
        where,
        read,
        held,
        passed_over,
    )


class _Target:
    """One query: its uses, and what was found of them."""

    def __init__(self, name: str, uses: Uses, texts: Texts, strata: Ints) -> None:
        self.name, self.texts, self.strata = name, texts, strata
        self.hits, self.documents = uses.counts(), uses.documents()
        self.uses = _thinned(_spread_out(uses), MOST_READ, np.random.default_rng(0))
        self.used = self.uses.counts()
        self.lack = self._lack()
        self.compared = 0
        self.distance: float | None = None
        self.expected: float | None = None
        self.percentile: float | None = None
        self.p: float | None = None
        self.note = self.lack
        self.comparable: list[tuple[str, float, float, int, int]] = []

    def _lack(self) -> str:
        if min(self.hits) < LEAST_USES:
            return f"under {LEAST_USES} uses a side"
        if min(self.documents) < LEAST_DOCUMENTS:
            return f"under {LEAST_DOCUMENTS} documents a side"
        if min(self.used) < LEAST_USES:
            return f"under {LEAST_USES} uses a side without what single documents have more than {MOST_IN_ONE:.0%} of".replace(
                "%", " %"
            )
        return ""

    def compare(
        self,
        spaces: Sequence[Space],
        seeds: Sequence[int],
        window: int,
        controls: int,
        permutations: int,
        passed_over: frozenset[str],
        deadline: Deadline | None,
    ) -> None:
        """Place the target, its controls and its permutations in every space."""
        if not spaces:
            self.note = "no word is frequent enough for a space"
            return
        words, most = self._controls(controls, passed_over)
        self.compared = most
        names, uses_of = [self.texts.names[word] for word in words.tolist()], self.texts.uses_of_words(words)
        movable = _movable(self.uses, self.strata)
        times = [permutations if movable else 0, *(OF_CONTROLS for _ in names)]
        found = parted_distances(
            self.texts, [self.uses, *uses_of], self.strata, spaces, seeds, times, most, window, deadline
        )
        mean, held = found[0], [one[0] for one in found[1:]]
        expected = [one[1:].mean() for one in found[1:]]
        others, permuted = len(names), mean[1:]
        self.distance = float(mean[0])
        self.comparable = [
            (name, float(distance), float(chance), *uses.counts())
            for name, distance, chance, uses in zip(names, held, expected, uses_of, strict=True)
        ]
        notes = []
        if not movable:
            notes.append("no source is in both spans")
        else:
            self.expected = float(permuted.mean())
            self.p = (1 + int((permuted >= mean[0]).sum())) / (1 + permuted.size)
        if others < LEAST_CONTROLS:
            notes.append(f"only {others} comparable words")
        elif self.expected is not None:
            own = self.distance - self.expected
            self.percentile = float(np.mean(np.array(held) - np.array(expected) < own))
        if max(self.hits) > MOST_READ:
            notes.append(f"{MOST_READ:,} uses a side drawn")
        self.note = "; ".join(notes)

    def _controls(self, most: int, passed_over: frozenset[str]) -> tuple[Ints, int]:
        """Comparable words, and how many uses a side all have."""
        texts = self.texts
        least = texts.counts.min(axis=0)
        own = self._own_words()
        candidates = np.array(
            [
                word
                for word in np.flatnonzero(least >= LEAST_USES).tolist()
                if word not in own and _is_word(texts.names[word]) and texts.names[word] not in passed_over
            ],
            np.int64,
        )
        uses = min(MOST_USES, *self.used)
        if not candidates.size:
            return candidates, uses
        ranked = np.sort(least[candidates])[::-1]
        uses = min(uses, max(LEAST_USES, int(ranked[min(most, ranked.size) - 1])))
        candidates = candidates[least[candidates] >= uses]
        frequency = np.log(texts.counts[:, candidates]).T - np.log(self.hits)
        near = np.argsort((frequency**2).sum(axis=1), kind="stable")[: _LOOKED_AT * most]
        near.sort()
        candidates, frequency = candidates[near], frequency[near]
        spread = np.array([_spread(held) for held in texts.uses_of_words(candidates)]) - _spread_of(
            self.hits, self.documents
        )
        unlike = (frequency**2).sum(axis=1) + (spread**2).sum(axis=1)
        chosen = np.sort(np.argsort(unlike, kind="stable")[:most])
        return candidates[chosen], uses

    def _own_words(self) -> set[int]:
        found: set[int] = set()
        for number, segment in enumerate(self.texts.index.segments):
            mine = self.uses.segment == number
            codes = self.texts.codes(number)
            start, end = self.uses.start[mine], self.uses.end[mine]
            for step in range(int((end - start).max()) if start.size else 0):
                inside = start + step < end
                found.update(np.unique(codes[segment.tokens[start[inside] + step]]).tolist())
        return found


def parted_distances(
    texts: Texts,
    uses_of: Sequence[Uses],
    strata: Ints,
    spaces: Sequence[Space],
    seeds: Sequence[int],
    times: Sequence[int],
    most: int,
    window: int,
    deadline: Deadline | None = None,
) -> list[Floats]:
    """The distance between the earlier and the later uses of each of several words, then those with documents changing sides at random.

    Args:
        texts: The documents.
        uses_of: The uses of each word.
        strata: The stratum of each document by rank; documents change sides within theirs.
        spaces: The spaces, of the same text.
        seeds: What draws depend on, one for each space.
        times: How often the documents of each word change sides.
        most: Uses a side at most; as many are taken from either.
        window: Words on either side.
        deadline: When to give up.

    Returns:
        For each word 1 + times distances, the mean over the spaces.
    """
    columns = np.full(len(texts.names), -1, np.int64)
    for column, word in enumerate(spaces[0].words):
        columns[texts.numbers[word]] = column
    generator = np.random.default_rng(most)
    thinned = [
        _thinned(_spread_out(uses), MOST_READ if n > OF_CONTROLS else 2 * most, generator)
        for uses, n in zip(uses_of, times, strict=True)
    ]
    tables = [texts.weighted(uses, columns, spaces[0].kept, window) for uses in thinned]
    parted = [
        [uses.side, *_changed_sides(uses, strata, n, generator)]
        for uses, n in zip(thinned, times, strict=True)
    ]
    owner = np.repeat(np.arange(len(tables)), [2 * len(sides) for sides in parted])
    found = []
    for space, seed in zip(spaces, seeds, strict=True):
        if deadline is not None:
            deadline.check()
        drawing = np.random.default_rng(seed)
        rows = [_summed(table, sides, most, drawing) for table, sides in zip(tables, parted, strict=True)]
        placed = space.place(vstack(rows, format="csr"), owner)
        found.append(cosine_distances(placed[BEFORE::2], placed[AFTER::2]))
    ends = np.cumsum([len(sides) for sides in parted])[:-1]
    return np.split(np.mean(found, axis=0), ends)


def _movable(uses: Uses, strata: Ints) -> bool:
    """Whether documents of some stratum are on both sides."""
    stratum = strata[uses.rank]
    return bool(np.intersect1d(stratum[uses.side == BEFORE], stratum[uses.side == AFTER]).size)


def _changed_sides(uses: Uses, strata: Ints, times: int, generator: np.random.Generator) -> list[Ints]:
    """The sides of the uses when documents change sides at random within strata, as many of each stratum staying on either."""
    ranks, document = np.unique(uses.rank, return_inverse=True)
    side = np.zeros(ranks.size, np.int64)
    side[document] = uses.side
    stratum = strata[ranks]
    slots, found = np.argsort(stratum, kind="stable"), []
    for _ in range(times):
        shuffled = np.lexsort((generator.random(ranks.size), stratum))
        moved = np.empty_like(side)
        moved[shuffled] = side[slots]
        found.append(moved[document])
    return found


def _summed(table: csr_array, sides: Sequence[Ints], most: int, generator: np.random.Generator) -> csr_array:
    """The contexts of the earlier and of the later uses, for each way of parting them: as many from either side."""
    rows, columns = [], []
    for number, side in enumerate(sides):
        halves = [np.flatnonzero(side == one) for one in (BEFORE, AFTER)]
        n = min(most, *(half.size for half in halves))
        for one, half in enumerate(halves):
            drawn = half if half.size == n else np.sort(generator.permutation(half)[:n])
            rows.append(np.full(n, 2 * number + one))
            columns.append(drawn)
    row, column = np.concatenate(rows), np.concatenate(columns)
    chooser = csr_array((np.ones(row.size), (row, column)), shape=(2 * len(sides), table.shape[0]))
    return csr_array(chooser @ table)


def _spread_out(uses: Uses) -> Uses:
    """Without what single documents have more than a twentieth of their side's uses: one long document is one voice."""
    generator = np.random.default_rng(len(uses))
    kept = []
    for side in (BEFORE, AFTER):
        own = np.flatnonzero(uses.side == side)
        most = max(_LEAST_IN_ONE, math.ceil(MOST_IN_ONE * own.size))
        order = own[np.lexsort((generator.random(own.size), uses.rank[own]))]
        rank = uses.rank[order]
        place = np.arange(order.size) - np.searchsorted(rank, rank)
        kept.append(order[place < most])
    return uses.at(np.sort(np.concatenate(kept)))


def _thinned(uses: Uses, most: int, generator: np.random.Generator) -> Uses:
    """At most so many uses a side, drawn at random."""
    if max(uses.counts()) <= most:
        return uses
    halves = [np.flatnonzero(uses.side == side) for side in (BEFORE, AFTER)]
    drawn = [half if half.size <= most else generator.permutation(half)[:most] for half in halves]
    return uses.at(np.sort(np.concatenate(drawn)))


def _is_word(name: str) -> bool:
    return len(name) >= _SHORTEST and name.isalpha()


def _spread(uses: Uses) -> Floats:
    return _spread_of(uses.counts(), uses.documents())


def _spread_of(hits: Sequence[int], documents: Sequence[int]) -> Floats:
    """How many documents a use has, as a logarithm, on either side."""
    result: Floats = np.log(np.asarray(documents) / np.asarray(hits))
    return result


def _fields(
    index: Index, masks: Sequence[Sequence[NDArray[np.bool_]]], cluster: str | Sequence[str] | None
) -> list[str]:
    both = [a | b for a, b in zip(*masks, strict=True)]
    publications = [name for name in cluster_names(index, both, cluster) if name not in ("document", "day")]
    return [
        *publications,
        *(name for name in STRATA if name in index.field_views and name not in publications),
    ]


def _strata(texts: Texts, fields: Sequence[str]) -> Ints:
    """The number of the stratum of each document, by its rank."""
    names: dict[tuple[str | None, ...], int] = {}
    places = texts.documents()
    strata = np.zeros(len(places), np.int64)
    for rank, (number, document) in enumerate(places):
        segment = texts.index.segments[number]
        key = tuple(segment.field(name).value(document) for name in fields)
        strata[rank] = names.setdefault(key, len(names))
    return strata


def _spaces(
    sentences: Sequence[Sequence[str]],
    window: int,
    seeds: Sequence[int],
    deadline: Deadline | None,
    progress: Callable[[float, float], None] | None,
    queries: int,
) -> list[Space]:
    """A space for each seed; none where no word is frequent enough. Each is trained by one thread, so that it can be had again."""
    spaces = []
    with ThreadPoolExecutor(max(1, min(cores(), len(seeds)))) as pool:
        waiting = [pool.submit(Space.trained, sentences, window=window, seed=seed) for seed in seeds]
        for number, future in enumerate(waiting):
            spaces.append(future.result())
            if progress is not None:
                progress(number + 1, len(seeds) + queries)
            if deadline is not None:
                deadline.check()
    return [space for space in spaces if space is not None]


def _check(
    queries: Mapping[str, Query],
    before: DateSpan,
    after: DateSpan,
    window: int,
    seeds: Sequence[int],
    controls: int,
    permutations: int,
    text: int,
) -> None:
    if not queries:
        raise SettingError("no query was given; name at least one.")
    if after.start < before.end:
        raise SettingError(
            f"the later span begins on {after.start}, before the earlier one has ended; give the earlier span first, without overlap."
        )
    if len(set(seeds)) < 3:
        raise SettingError(
            f"{len(set(seeds))} seeds are too few: one alone moves the distance; give at least three."
        )
    least = {
        "window": (window, 1),
        "controls": (controls, LEAST_CONTROLS),
        "permutations": (permutations, 19),
        "text": (text, 1),
    }
    for name, (value, smallest) in least.items():
        if value < smallest:
            raise SettingError(f"{name} is {value}; give at least {smallest}.")


def _result(
    asked: Sequence[_Target],
    index: Index,
    before: DateSpan,
    after: DateSpan,
    window: int,
    seeds: Sequence[int],
    controls: int,
    permutations: int,
    text: int,
    where: str | None,
    read: int,
    held: int,
    passed_over: frozenset[str],
) -> Shifts:
    known = [target.p for target in asked if target.p is not None]
    corrected = iter(benjamini_hochberg(known).tolist() if known else [])
    rows, contexts, quotations, comparable = [], [], [], []
    spans = [span.written or f"{span.start}/{span.end}" for span in (before, after)]
    for target in asked:
        family = next(corrected) if target.p is not None else None
        rows.append(
            (
                target.name, *spans, *target.hits, *target.documents, target.compared, len(target.comparable), target.distance,
                target.expected, target.percentile, target.p, family, _verdict(target, family), target.note,
            )
        )  # fmt: skip
        comparable += [(target.name, *one) for one in target.comparable]
        if target.lack:
            continue
        told = explained(target.texts, target.uses, passed_over)
        contexts += _context_rows(target.name, told)
        quotations += _quotation_rows(target.name, told)
    recipe = [
        "shift", f"before:{spans[0]}", f"after:{spans[1]}", f"window:{window}", f"seeds:{','.join(map(str, seeds))}",
        f"controls:{controls}", f"permutations:{permutations}", f"text:{text}",
    ]  # fmt: skip
    if where:
        recipe.append(f"where:{where}")
    recipe.append(f"corpus:{index.fingerprint[:8]}")
    return Shifts(
        pl.DataFrame(rows, schema=_TABLE, orient="row"),
        "|".join(recipe),
        pl.DataFrame(contexts, schema=_CONTEXTS, orient="row"),
        pl.DataFrame(quotations, schema=_QUOTATIONS, orient="row"),
        pl.DataFrame(comparable, schema=_CONTROLS, orient="row"),
        read,
        held,
    )


def _verdict(target: _Target, p: float | None) -> str:
    if target.lack or target.distance is None:
        return NOT_ENOUGH
    if target.percentile is None or p is None:
        return NO_CHANGE
    return CHANGED if target.percentile >= EXCEEDED and p <= LEVEL else NO_CHANGE


def _context_rows(name: str, told: Explained) -> list[tuple[Any, ...]]:
    return [
        (name, change, one.word, one.contribution, one.before, one.after, one.share_before, one.share_after)
        for change, listed in ((CAME, told.came), (WENT, told.went))
        for one in listed
    ]


def _quotation_rows(name: str, told: Explained) -> list[tuple[Any, ...]]:
    return [
        (
            name, one.kind, one.line.document, one.line.position, one.line.date.written or str(one.line.date.start), one.line.left,
            one.line.match, one.line.right, one.line.citation, one.score, list(one.contexts),
        )
        for one in told.quotations
    ]  # fmt: skip


_TABLE: Final[dict[str, Any]] = {
    "query": pl.String,
    "before": pl.String,
    "after": pl.String,
    "hits_before": pl.Int64,
    "hits_after": pl.Int64,
    "documents_before": pl.Int64,
    "documents_after": pl.Int64,
    "uses": pl.Int64,
    "controls": pl.Int64,
    "distance": pl.Float64,
    "expected": pl.Float64,
    "percentile": pl.Float64,
    "p": pl.Float64,
    "p_family": pl.Float64,
    "verdict": pl.String,
    "note": pl.String,
}
_CONTEXTS: Final[dict[str, Any]] = {
    "query": pl.String,
    "change": pl.String,
    "context": pl.String,
    "contribution": pl.Float64,
    "uses_before": pl.Int64,
    "uses_after": pl.Int64,
    "share_before": pl.Float64,
    "share_after": pl.Float64,
}
_QUOTATIONS: Final[dict[str, Any]] = {
    "query": pl.String,
    "use": pl.String,
    "document": pl.String,
    "position": pl.Int64,
    "date": pl.String,
    "left": pl.String,
    "match": pl.String,
    "right": pl.String,
    "citation": pl.String,
    "score": pl.Float64,
    "contexts": pl.List(pl.String),
}
_CONTROLS: Final[dict[str, Any]] = {
    "query": pl.String,
    "word": pl.String,
    "distance": pl.Float64,
    "expected": pl.Float64,
    "uses_before": pl.Int64,
    "uses_after": pl.Int64,
}
