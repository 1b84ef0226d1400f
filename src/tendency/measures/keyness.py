"""Keyness: which words and n-grams set some documents apart from others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tendency.errors import SettingError
from tendency.measures.association import CONTRASTS, log_odds
from tendency.measures.dispersion import FEW_CLUSTERS, FEW_HITS, Floats, finite
from tendency.measures.families import benjamini_hochberg
from tendency.measures.result import Result
from tendency.measures.sides import REST, Clustered, Side, clustered, sides_of
from tendency.measures.spread import deviations
from tendency.measures.two_rates import Sums, burstiness, ratios, tested
from tendency.tally.side_moments import Ground, SideMoments, TwoSides

if TYPE_CHECKING:
    from tendency.charts import Spec
    from tendency.corpus import Deadline, Index
    from tendency.corpus.ngrams import Grams, Reader

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

PRIOR: Final = 1 / 40
"""The prior's words, as a share of those of both sides: a word with twenty hits, all on one side, has half a hit of prior on the other."""
FEW_DOCUMENTS: Final = 3
MOST_IN_ONE: Final = 0.5
"""The largest share that one document may have of the hits on the side that has more."""
MEASURES: Final = ("log_odds", "log_ratio", "log_likelihood", "frequency")
TARGET_MORE: Final = "more in {}"
UNDECIDED: Final = "not established"
TOO_FEW: Final = "too few"

SCHEMA: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "target": pl.String,
    "reference": pl.String,
    "word": pl.String,
    "verdict": pl.String,
    "z": pl.Float64,
    "ratio": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "log_ratio": pl.Float64,
    "p": pl.Float64,
    "p_family": pl.Float64,
    "hits": pl.Int64,
    "hits_reference": pl.Int64,
    "per_million": pl.Float64,
    "per_million_reference": pl.Float64,
    "documents": pl.Int64,
    "documents_reference": pl.Int64,
    "clusters": pl.Int64,
    "clusters_reference": pl.Int64,
    "top_document_share": pl.Float64,
    "top_document_share_reference": pl.Float64,
    "dp": pl.Float64,
    "dp_reference": pl.Float64,
}
"""The columns of the table; further measures come behind them."""

SUMMARY: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "target": pl.String,
    "reference": pl.String,
    "documents": pl.Int64,
    "documents_reference": pl.Int64,
    "words": pl.Int64,
    "words_reference": pl.Int64,
    "clusters": pl.Int64,
    "clusters_reference": pl.Int64,
    "tested": pl.Int64,
    "found": pl.Int64,
    "under_three_documents": pl.Int64,
    "most_in_one_document": pl.Int64,
    "shared_documents": pl.Int64,
    "note": pl.String,
}
"""The columns of ``Keywords.summary``."""


@dataclass(frozen=True)
class Keywords(Result):
    """What sets documents apart.

    Attributes:
        table: One row a word and contrast, those that are more in the target first, each half by strength: ``target, reference``
            (names of the sides), ``word``, ``verdict`` (``more in NAME``, ``not established``, ``too few``), ``z`` (log odds with an
            informative prior over its standard error, bursts accounted for; above 0 is more in the target), ``ratio`` of the rates
            with its 95 % limits ``low, high``, ``log_ratio`` (to base 2), ``p`` and ``p_family`` (Benjamini & Hochberg over all words
            tested in the contrast), and of both sides hits, hits per million words, documents, clusters with hits, the share of
            the document with most hits, and Gries' DP over documents. With all measures those of ``association.CONTRASTS`` too.
        summary: One row a contrast: sizes of both sides, words ``tested``, ``found`` to differ, rows hidden by reason, documents
            on both sides and a note.
        q: Share of false ones among those found.
    """

    summary: pl.DataFrame
    q: float = 0.05

    def chart(self, *, title: str = "") -> Spec | None:
        """Frequency against contrast, a field for each target; None without rows."""
        if self.table.is_empty():
            return None
        from tendency.charts.scatter import keyness_chart

        return keyness_chart(self.table, title=title or "Words that set them apart")


def keywords(
    index: Index,
    target: str | Side | None = None,
    reference: str | Side | None = None,
    *,
    split: str | Mapping[str, str] | None = None,
    longest: int = 1,
    min_hits: int = 10,
    measure: str = "log_odds",
    all_measures: bool = False,
    all_rows: bool = False,
    where: str | None = None,
    start: dt.date | None = None,
    end: dt.date | None = None,
    cluster: str | Sequence[str] | None = None,
    q: float = 0.05,
    limit: int | None = 50,
    budget: int = 1 << 30,
    executor: Executor | None = None,
    deadline: Deadline | None = None,
) -> Keywords:
    """The words and n-grams that are more frequent in some documents than in others; see ``docs/methods/keyness.md``.

    Args:
        index: One snapshot of an index.
        target: The documents that are described, as an SQL expression over fields or a named side.
        reference: Those that they are held against; all others by default.
        split: Instead of both, a field or filters by name: each value's documents against those of all others.
        longest: Words of the longest n-gram, up to 5.
        min_hits: Hits that a word has at least, both sides together.
        measure: What rows are ordered by: ``log_odds``, ``log_ratio`` (its limit nearer to 1), ``log_likelihood`` or ``frequency``.
        all_measures: Add the further measures.
        all_rows: Keep rows with hits in under 3 documents, or most hits in one, on the side that has more.
        where: Only documents for which this SQL expression holds, on either side.
        start: Only documents dated from this day.
        end: Only documents dated before this day.
        cluster: What independent pieces of evidence are values of; one field, ``"document"`` or ``"day"``. By default the usual one, unless
            a side has under 8 of them: then the day, or the document.
        q: Share of false ones among those found.
        limit: Rows at most for each direction of a contrast; None for all.
        budget: Bytes of memory beside the mapped index.
        executor: Does the counting; by default the index's own, else threads.
        deadline: When to give up.

    Raises:
        SettingError: An impossible setting, or documents on both sides: none can be its own reference.

    Source: Monroe, Colaresi & Quinn (2008), doi:10.1093/pan/mpn018.
    """
    from tendency.corpus import select

    _check(target, reference, split, longest, min_hits, measure, q, limit)
    base = select(index, where=where, start=start, end=end).masks
    contrasts = _contrasts(index, base, target, reference, split)
    masks = tuple(
        np.logical_or.reduce([side[number] for contrast in contrasts for side in contrast.masks])
        for number in range(len(base))
    )
    asking = _Asking(index, longest, min_hits, measure, q, limit, budget, executor, deadline)
    grams, reader = asking.counted(masks)
    tables, summaries = [], []
    for contrast in contrasts:
        held = clustered(index, contrast.masks, where=where, start=start, end=end, cluster=cluster)
        table, summary = asking.asked(
            grams, reader, contrast, held, all_measures=all_measures, all_rows=all_rows
        )
        tables.append(table)
        summaries.append(summary)
    schema = dict(SCHEMA) | ({name: pl.Float64() for name in CONTRASTS} if all_measures else {})
    table = pl.concat([pl.DataFrame(schema=schema), *tables])
    recipe = _recipe(contrasts, summaries, longest, min_hits, measure, q, where, start, end)
    return Keywords(table, recipe, pl.DataFrame(summaries, schema=SUMMARY, orient="row"), q)


@dataclass(frozen=True, eq=False)
class _Contrast:
    """Two sides: their names, their documents, and how many were on both."""

    names: tuple[str, str]
    masks: tuple[tuple[Mask, ...], tuple[Mask, ...]]
    shared: int = 0


def _check(
    target: str | Side | None,
    reference: str | Side | None,
    split: str | Mapping[str, str] | None,
    longest: int,
    min_hits: int,
    measure: str,
    q: float,
    limit: int | None,
) -> None:
    if (target is None) == (split is None):
        raise SettingError(
            "keywords need a target, or a split whose values are each held against the others; give one of them."
        )
    if split is not None and reference is not None:
        raise SettingError("with a split each value is held against all others; leave the reference out.")
    if not 1 <= longest <= 5:
        raise SettingError(f"an n-gram of {longest} words is not looked for; give 1 to 5.")
    if min_hits < 1:
        raise SettingError(f"at least {min_hits} hits is no limit; give 1 or more.")
    if measure not in MEASURES:
        raise SettingError(f"there is no measure {measure!r} to sort by; choose among {', '.join(MEASURES)}.")
    if not 0 < q < 1:
        raise SettingError(f"{q:g} is no share of false findings; give one between 0 and 1, such as 0.05.")
    if limit is not None and limit < 1:
        raise SettingError(f"a limit of {limit} shows nothing; give 1 or more.")


def _contrasts(
    index: Index,
    base: Sequence[Mask],
    target: str | Side | None,
    reference: str | Side | None,
    split: str | Mapping[str, str] | None,
) -> list[_Contrast]:
    def within(side: Side) -> tuple[Mask, ...]:
        return tuple(own & all_ for own, all_ in zip(side.masks(index), base, strict=True))

    if target is not None:
        one = target if isinstance(target, Side) else Side.of(target)
        mine = within(one)
        if reference is None:
            return [_Contrast((one.name, REST), (mine, _less(base, mine)))]
        two = reference if isinstance(reference, Side) else Side.of(reference)
        other = within(two)
        shared = _size(a & b for a, b in zip(mine, other, strict=True))
        if shared:
            raise SettingError(
                f"{shared:,} of the {_size(mine):,} documents of the target are in the reference too, and a document cannot be its own "
                "reference; narrow one of the two, or leave the reference out for all other documents."
            )
        return [_Contrast((one.name, two.name), (mine, other))]
    assert split is not None
    sides = sides_of(index, split, base)
    held = [within(side) for side in sides]
    found = []
    for number, side in enumerate(sides):
        others = [masks for at, masks in enumerate(held) if at != number]
        union = tuple(
            np.logical_or.reduce([np.zeros_like(own), *(masks[at] for masks in others)])
            for at, own in enumerate(held[number])
        )
        shared = _size(a & b for a, b in zip(held[number], union, strict=True))
        name = "the others" if len(sides) != 2 else sides[1 - number].name
        found.append(_Contrast((side.name, name), (held[number], _less(union, held[number])), shared))
    return found


def _less(masks: Sequence[Mask], without: Sequence[Mask]) -> tuple[Mask, ...]:
    return tuple(one & ~two for one, two in zip(masks, without, strict=True))


def _size(masks: Any) -> int:
    return sum(int(np.count_nonzero(mask)) for mask in masks)


@dataclass(frozen=True)
class _Asking:
    """What is asked of every contrast."""

    index: Index
    longest: int
    min_hits: int
    measure: str
    q: float
    limit: int | None
    budget: int
    executor: Executor | None
    deadline: Deadline | None

    def counted(self, masks: Sequence[Mask]) -> tuple[Grams, Reader]:
        """The words and n-grams that have enough hits, and what finds them again."""
        from tendency.corpus.ngrams import count_grams, frequent_words

        if self.longest == 1:
            return frequent_words(
                self.index, masks, least=self.min_hits, executor=self.executor, deadline=self.deadline
            )
        return count_grams(
            self.index,
            masks,
            longest=self.longest,
            least=self.min_hits,
            least_documents=1,
            budget=self.budget,
            executor=self.executor,
            deadline=self.deadline,
        )

    def asked(
        self,
        grams: Grams,
        reader: Reader,
        contrast: _Contrast,
        held: Clustered,
        *,
        all_measures: bool,
        all_rows: bool,
    ) -> tuple[pl.DataFrame, tuple[Any, ...]]:
        """The table of one contrast, and its row of the summary."""
        from tendency.corpus.ngrams import shares_of

        side = np.where(held.sides[0], 0, np.where(held.sides[1], 1, -1)).astype(np.int64)
        two = TwoSides(held.placed, side, shares_of(self.executor or self.index.executor))
        counted = self._sums(two, grams, reader)
        found = _Found.of(two.ground, counted, self.min_hits)
        few, one = found.in_few(), found.in_one()
        hidden = np.zeros(few.size, np.bool_) if all_rows else few | one
        texts = _Texts(grams, found.rows)
        chosen = self._chosen(found, texts, hidden)
        table = _table(contrast, found, texts, chosen, self.q)
        table = table.with_columns(*self._deviations(held, side, grams, reader, two.ground, found, chosen))
        if all_measures:
            table = table.with_columns(_measures(found, chosen))
        ground = two.ground
        parts = (held.note, _thin(ground), _shared(contrast.shared), self._cramped(grams))
        note = "; ".join(part for part in parts if part)
        return table, (
            *contrast.names,
            *ground.documents.tolist(),
            *ground.words.tolist(),
            *ground.clusters.tolist(),
            int(found.rows.size),
            int(np.count_nonzero(found.family <= self.q)),
            int(np.count_nonzero(few & hidden)),
            int(np.count_nonzero(one & ~few & hidden)),
            contrast.shared,
            note,
        )

    def _sums(self, two: TwoSides, grams: Grams, reader: Reader) -> SideMoments:
        """The sums of all n-grams: of words from their postings, of longer ones from the text."""
        words = int(np.count_nonzero(grams.length == 1))
        given: dict[str, Any] = {
            "budget": self.budget // 4,
            "executor": self.executor,
            "deadline": self.deadline,
        }
        single = two.of_words(self.index, reader, words, **given)
        if words == len(grams):
            return single
        rows = np.zeros(grams.hits.size, np.uint32)
        rows[words + 1 :] = np.arange(1, rows.size - words)
        return single.joined(two.of(self.index, reader, rows, self.longest, **given))

    def _cramped(self, grams: Grams) -> str:
        if grams.least <= self.min_hits:
            return ""
        return f"the memory allowed holds n-grams of at least {grams.least:,} hits, not {self.min_hits:,}"

    def _chosen(self, found: _Found, texts: _Texts, hidden: Mask) -> Ints:
        """The rows that are shown, in their order."""
        strength = found.strength(self.measure)
        chosen: list[int] = []
        for half in (found.z >= 0, found.z < 0):
            own = np.flatnonzero(half & ~hidden)
            order = own[np.argsort(-np.round(strength[own], 9), kind="stable")]
            if self.limit is not None and order.size > self.limit:
                # All that tie with the last one are put in order before some are left out.
                last = np.round(strength[order[self.limit - 1]], 9)
                order = order[np.round(strength[order], 9) >= last]
            ranked = sorted(order.tolist(), key=lambda at: (-round(float(strength[at]), 9), texts[at]))
            chosen += ranked[: self.limit]
        return np.array(chosen, np.int64)

    def _deviations(
        self,
        held: Clustered,
        side: Ints,
        grams: Grams,
        reader: Reader,
        ground: Ground,
        found: _Found,
        chosen: Ints,
    ) -> list[pl.Series]:
        dp = deviations(
            self.index,
            held.placed,
            side,
            reader,
            found.rows[chosen],
            found.counted.hits[chosen],
            ground.words,
            int(np.count_nonzero(grams.length == 1)),
            self.longest,
            executor=self.executor,
            deadline=self.deadline,
        )
        return [
            pl.Series(name, finite(dp[:, at]), dtype=pl.Float64)
            for at, name in enumerate(("dp", "dp_reference"))
        ]


class _Texts:
    """The words of rows, read when they are wanted."""

    def __init__(self, grams: Grams, rows: Ints) -> None:
        self._grams, self._rows = grams, rows

    def __getitem__(self, row: int) -> str:
        return self._grams.text(int(self._rows[row]))


@dataclass(frozen=True, eq=False)
class _Found:
    """All words that were tested in a contrast; arrays have an entry a word.

    Attributes:
        ground: The two sides.
        rows: The number of each n-gram.
        counted: Its sums.
        hits: Hits on both sides, float (words, 2).
        z: Log odds over their standard error.
        sides, bursts: What both sides say, and their burstiness.
        p, family: The tests; 1 where there is too little to test.
        enough: Whether there is enough.
    """

    ground: Ground
    rows: Ints
    counted: SideMoments
    hits: Floats
    z: Floats
    sides: tuple[Sums, Sums]
    bursts: Floats
    p: Floats
    family: Floats
    enough: Mask

    @classmethod
    def of(cls, ground: Ground, counted: SideMoments, min_hits: int) -> _Found:
        """The tests of every n-gram with enough hits on the two sides together."""
        total = counted.hits.sum(axis=1)
        kept = np.flatnonzero((total >= min_hits) & bool(np.all(ground.words > 0)))
        own = SideMoments(*(getattr(counted, name)[kept] for name in _SUMS))
        sides = (_sums(ground, own, 0), _sums(ground, own, 1))
        bursts = burstiness(sides)
        _, p_all = tested(*sides, bursts)
        hits, words = own.hits.astype(float), ground.words.astype(float)
        both = max(float(words.sum()), 1.0)
        spread = tuple(1 + bursts[at] * sides[at].concentration * hits[:, at] for at in (0, 1))
        _, z = log_odds(
            hits[:, 0],
            hits[:, 1],
            words[0],
            words[1],
            PRIOR * hits.sum(axis=1),
            PRIOR * both,
            (spread[0], spread[1]),
        )
        enough = (own.clusters.sum(axis=1) >= FEW_CLUSTERS) & (hits.sum(axis=1) >= FEW_HITS)
        enough &= bool(np.all(ground.clusters > 1)) and int(ground.clusters.sum()) >= FEW_CLUSTERS
        p = np.ones(kept.size)
        p[enough] = p_all[enough]
        family = np.ones(kept.size)
        if enough.any():
            family[enough] = benjamini_hochberg(p[enough])
        return cls(ground, kept + 1, own, hits, z, sides, bursts, p, family, enough)

    def leading(self, values: NDArray[Any]) -> NDArray[Any]:
        """Of (words, sides) what is on the side that has more."""
        return np.where(self.z >= 0, values[:, 0], values[:, 1])

    def bounds(self, rows: Ints) -> tuple[Floats, Floats]:
        """Limits of the ratio of some of them."""
        one, two = (side.take(rows) for side in self.sides)
        return ratios(one, two, self.bursts[:, rows]).bounds(one.hits > 0, two.hits > 0)

    def in_few(self) -> Mask:
        """Words that stand in under three documents of the side that has more."""
        return np.asarray(self.leading(self.counted.documents) < FEW_DOCUMENTS)

    def in_one(self) -> Mask:
        """Words of which one document of the side that has more holds most hits."""
        most, hits = self.leading(self.counted.most), self.leading(self.counted.hits)
        return np.asarray(most > MOST_IN_ONE * hits)

    def strength(self, measure: str) -> Floats:
        """What rows are ordered by, largest first."""
        if measure == "log_odds":
            return np.abs(self.z)
        if measure == "frequency":
            return np.asarray(self.hits.sum(axis=1))
        if measure == "log_likelihood":
            words = self.ground.words.astype(float)
            return CONTRASTS["log_likelihood"](self.hits[:, 0], self.hits[:, 1], words[0], words[1])
        low, high = ratios(*self.sides, self.bursts).limits()
        return np.asarray(np.where(self.z >= 0, low, -high))


_SUMS: Final = ("hits", "squares", "by_words", "clusters", "documents", "most")


def _sums(ground: Ground, counted: SideMoments, side: int) -> Sums:
    return Sums(
        counted.hits[:, side].astype(float),
        counted.squares[:, side].astype(float),
        counted.by_words[:, side].astype(float),
        float(ground.words[side]),
        float(ground.squares[side]),
        float(ground.cubes[side]),
        int(ground.clusters[side]),
    )


def _table(contrast: _Contrast, found: _Found, texts: _Texts, chosen: Ints, q: float) -> pl.DataFrame:
    low, high = found.bounds(chosen)
    hits, words = found.hits[chosen], found.ground.words.astype(float)
    rates = hits / np.maximum(words, 1.0)
    ratio = np.full(chosen.size, np.nan)
    np.divide(rates[:, 0], rates[:, 1], out=ratio, where=rates[:, 1] > 0)
    log_ratio = np.full(chosen.size, np.nan)
    np.log2(ratio, out=log_ratio, where=ratio > 0)
    verdicts = [
        _verdict(contrast, float(found.z[at]), float(found.family[at]), bool(found.enough[at]), q)
        for at in chosen.tolist()
    ]
    enough = found.enough[chosen]
    counted, share = found.counted, np.full(hits.shape, np.nan)
    np.divide(counted.most[chosen], hits, out=share, where=hits > 0)
    known = np.full(chosen.size, bool(np.all(found.ground.clusters > 1)))
    columns: dict[str, Any] = {
        "target": [contrast.names[0]] * chosen.size,
        "reference": [contrast.names[1]] * chosen.size,
        "word": [texts[at] for at in chosen.tolist()],
        "verdict": verdicts,
        "z": finite(found.z[chosen], known),
        "ratio": finite(ratio),
        "low": finite(low, known),
        "high": finite(high, known),
        "log_ratio": finite(log_ratio),
        "p": finite(found.p[chosen], enough),
        "p_family": finite(found.family[chosen], enough),
    }
    for name, values in {
        "hits": counted.hits[chosen],
        "per_million": 1e6 * rates,
        "documents": counted.documents[chosen],
        "clusters": counted.clusters[chosen],
        "top_document_share": share,
    }.items():
        for side, ending in enumerate(("", "_reference")):
            column = values[:, side]
            columns[name + ending] = finite(column) if column.dtype == float else column
    nothing = [None] * chosen.size
    return pl.DataFrame({name: columns.get(name, nothing) for name in SCHEMA}, schema=SCHEMA)


def _verdict(contrast: _Contrast, z: float, family: float, enough: bool, q: float) -> str:
    if not enough:
        return TOO_FEW
    if family > q:
        return UNDECIDED
    return TARGET_MORE.format(contrast.names[0] if z > 0 else contrast.names[1])


def _measures(found: _Found, chosen: Ints) -> list[pl.Series]:
    hits, words = found.hits[chosen], found.ground.words.astype(float)
    return [
        pl.Series(name, finite(measure(hits[:, 0], hits[:, 1], words[0], words[1])), dtype=pl.Float64)
        for name, measure in CONTRASTS.items()
    ]


def _thin(ground: Ground) -> str:
    if np.any(ground.words == 0):
        return "nothing held on one side"
    if np.any(ground.clusters < 2):
        return (
            "one side is a single piece of evidence, which does not tell how far it varies: nothing is tested"
        )
    return ""


def _shared(documents: int) -> str:
    if not documents:
        return ""
    return f"{documents:,} documents are in another part too; they are in the target and not in the reference"


def _recipe(
    contrasts: Sequence[_Contrast],
    summaries: Sequence[tuple[Any, ...]],
    longest: int,
    min_hits: int,
    measure: str,
    q: float,
    where: str | None,
    start: dt.date | None,
    end: dt.date | None,
) -> str:
    names = ";".join(f"{one}~{two}" for one, two in (contrast.names for contrast in contrasts))
    recipe = f"keyness|{names}|longest:{longest}|min:{min_hits}|sort:{measure}|prior:{PRIOR:g}|bh:{q:g}"
    if where:
        recipe += f"|where:{where}"
    if start or end:
        recipe += f"|span:{start or ''}/{end or ''}"
    return recipe
