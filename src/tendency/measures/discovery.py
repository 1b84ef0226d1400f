"""Discovery: which words and n-grams, of all that are frequent enough, change over time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import stdtr

from tendency.errors import SettingError
from tendency.measures.dispersion import (
    FEW_CLUSTERS,
    FEW_HITS,
    Floats,
    finite,
    limits,
    pooled_burstiness,
)
from tendency.measures.families import benjamini_hochberg
from tendency.measures.folding import Member, folded
from tendency.measures.rates import rates
from tendency.measures.result import Result
from tendency.measures.scan import KINDS, Fits, Ground, Kind, fits, stretches, trends
from tendency.measures.wandering import Usual, chances, usual
from tendency.tally.counting import asked_about, tally
from tendency.tally.gram_moments import Axis, GramMoments, Sums
from tendency.tally.placing import Halved, Placed

if TYPE_CHECKING:
    from tendency.charts import Spec
    from tendency.corpus import Deadline, Index, Query
    from tendency.corpus.ngrams import Grams, Reader
    from tendency.tally import Eras

Ints = NDArray[np.int64]

LEAST_PERIODS: Final = 6
"""Periods with text in the half that is looked at, at least."""
MOST_PERIODS: Final = 500
MOST_IN_ONE: Final = 0.5
"""The largest share of all hits that one document may have."""
NEXT_TO_NONE: Final = 0.02
"""A side with at most this share of the hits that the other's rate would give has next to none."""
CHARTED: Final = 12
_BLOCK: Final = 2048
_LEVEL: Final = 0.95

SCHEMA: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "rank": pl.Int64,
    "term": pl.String,
    "also": pl.List(pl.String),
    "kind": pl.String,
    "period": pl.String,
    "hits": pl.Int64,
    "documents": pl.Int64,
    "clusters": pl.Int64,
    "top_document_share": pl.Float64,
    "before": pl.Float64,
    "after": pl.Float64,
    "ratio": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "growth": pl.Float64,
    "p": pl.Float64,
    "p_family": pl.Float64,
    "held_out": pl.String,
}
"""The columns of the table."""


@dataclass(frozen=True)
class Discovery(Result):
    """What was found by looking.

    Attributes:
        table: One row a finding, ranked by the lower bound of its effect: ``rank, term, also`` (other forms and n-grams of the same
            finding), ``kind`` (``rises``, ``falls``, ``turns up``, ``turns down``, ``appears``, ``vanishes``, ``episode``), ``period``
            (where it turned; from–to of an episode; else null), ``hits, documents, clusters, top_document_share``, ``before, after`` (per
            million words: before and after the turn, outside and inside the episode, in the first and last third for trends),
            ``ratio`` of after to before with its 95 % limits ``low, high`` (null where a side has no hit, or nothing bounds it), ``growth``
            (per cent a year, of trends), ``p``, ``p_family`` and ``held_out`` (``confirmed``, ``not confirmed``, ``too few``). All figures but
            the last three are of all documents.
        tested: Words and n-grams that were tested.
        tests: Tests that were made of them.
        found: How many of them changed, by the half that was looked at.
        confirmed: How many of these changed in the same way in the other half.
        findings: Rows before ``limit``: what was found, folded.
        left_out: How many were left out before testing, by reason.
        halved: What the two halves are made of.
        note: Why nothing could be tested, or that fewer were than was asked; else nothing.
        curves: The rates of the first rows over time, as ``rates`` gives them.
    """

    tested: int
    tests: int
    found: int
    confirmed: int
    findings: int
    left_out: dict[str, int]
    halved: Halved
    note: str
    curves: pl.DataFrame

    def chart(self, *, title: str = "") -> Spec | None:
        """The curves of the first twelve rows, each in a field of its own; None without rows."""
        if self.table.is_empty():
            return None
        from tendency.charts.discoveries import discoveries_chart

        return discoveries_chart(self.table, self.curves, title=title or "Found by looking")


def discover(
    index: Index,
    *,
    by: str | Eras = "year",
    where: str | None = None,
    start: dt.date | None = None,
    end: dt.date | None = None,
    cluster: str | Sequence[str] | None = None,
    longest: int = 5,
    min_hits: int = 20,
    q: float = 0.10,
    limit: int | None = 100,
    budget: int = 1 << 30,
    executor: Executor | None = None,
    deadline: Deadline | None = None,
    progress: Callable[[float, float], None] | None = None,
) -> Discovery:
    """The words and n-grams that rise, fall, turn, appear, vanish or have an episode; see ``docs/methods/discovery.md``.

    Every one that is frequent enough is tested, in one half of the documents, for a trend, a turn and an episode; the share of false
    ones among those found is held at ``q``. Each finding is then tested once in the other half.

    Args:
        index: One snapshot of an index.
        by: The period, or eras; at most 500 periods with text.
        where: Only documents for which this SQL expression over their fields holds.
        start: Only documents dated from this day.
        end: Only documents dated before this day.
        cluster: What independent pieces of evidence are values of; one field, ``"document"`` or ``"day"``.
        longest: Words of the longest n-gram, up to 5.
        min_hits: Hits that a word or n-gram has at least.
        q: Share of false ones among those found.
        limit: Rows at most; None for all.
        budget: Bytes of memory beside the mapped index.
        executor: Does the counting; by default the index's own, else threads.
        deadline: When to give up.
        progress: Told how much is done, of how much.

    Raises:
        SettingError: An impossible setting, or too many periods.
    """
    _check(by, longest, min_hits, q, limit)
    asked = asked_about(index, by=by, where=where, start=start, end=end, cluster=cluster)
    placed = Placed.of(index, asked)
    run = _Run(index, placed, longest, min_hits, q, budget, executor, deadline, progress)
    recipe = f"discover|by:{placed.grain}|cluster:{placed.cluster}|longest:{longest}|min:{min_hits}|q:{q:g}|halves:{placed.halved}"
    if where:
        recipe += f"|where:{where}"
    if start or end:
        recipe += f"|span:{start or ''}/{end or ''}"
    result = run.result(recipe, limit)
    shown = result.table.head(CHARTED)
    if shown.is_empty():
        return result
    queries = {term: run.query(term) for term in shown["term"].to_list()}
    counted = tally(
        index,
        queries,
        by=by,
        where=where,
        start=start,
        end=end,
        cluster=cluster,
        executor=executor,
        deadline=deadline,
    )
    return replace(result, curves=rates(counted).table)


def _check(by: str | Eras, longest: int, min_hits: int, q: float, limit: int | None) -> None:
    if by == "all":
        raise SettingError("in one period nothing can change; choose a shorter period.")
    if not 1 <= longest <= 5:
        raise SettingError(f"an n-gram of {longest} words is not looked for; give 1 to 5.")
    if min_hits < 1:
        raise SettingError(f"at least {min_hits} hits is no limit; give 1 or more.")
    if not 0 < q < 1:
        raise SettingError(f"{q:g} is no share of false findings; give one between 0 and 1, such as 0.1.")
    if limit is not None and limit < 1:
        raise SettingError(f"a limit of {limit} shows nothing; give 1 or more.")


@dataclass(frozen=True, eq=False)
class _Half:
    """One part of the documents, as tests see it.

    Attributes:
        axis: Its periods.
        ground: The same for fits.
        between: Periods hold one cluster each, and are compared with each other.
    """

    axis: Axis
    ground: Ground
    between: bool

    @classmethod
    def of(cls, axis: Axis) -> _Half:
        """The part with these periods."""
        freedom = int(np.maximum(axis.clusters - 1, 0).sum())
        # As measures.dispersion has it.
        between = freedom < FEW_CLUSTERS - 1 <= len(axis) - 1
        words = axis.words.astype(float)
        concentration = np.ones(len(axis)) if between else axis.squares / np.maximum(words**2, 1)
        return cls(axis, Ground(words, concentration, axis.step.astype(float)), between)

    def burstiness(self, counted: GramMoments) -> Floats:
        """1/k of each row, from all its periods together, (rows,)."""
        x, n = counted.hits.T.astype(float), self.axis.words.astype(float)[:, None]
        if self.between:
            e0, e1, x0, x1 = n[:-1], n[1:], x[:-1], x[1:]
            total, sums = e0 + e1, x0 + x1
            squares, cubes = e0**2 + e1**2, e0**3 + e1**3
            excess = (x0**2 + x1**2) - 2 * sums * (x0 * e0 + x1 * e1) / total
            excess += sums**2 * squares / total**2 - sums + sums * squares / total**2
            clusters = float(len(self.axis))
        else:
            total, sums = n, x
            squares, cubes = self.axis.squares[:, None], self.axis.cubes[:, None]
            excess = -2 * sums * counted.by_words.T / total + sums**2 * squares / total**2
            excess += -sums + sums * squares / total**2
            # Squared hits are summed over all periods at once.
            excess = excess.sum(axis=0, keepdims=True) + counted.squares
            clusters = float(self.axis.clusters[self.axis.clusters > 1].sum())
        expected = (squares - 2 * cubes / total + squares**2 / total**2) * sums * (sums - 1) / total**2
        concentration = np.broadcast_to(squares / total**2, expected.shape)
        return pooled_burstiness(excess, np.maximum(expected, 0.0), concentration, clusters)


@dataclass(frozen=True, eq=False)
class _Looked:
    """What the half that is looked at says of every candidate.

    Attributes:
        grams: Their numbers.
        hits: Their hits in this half, float.
        burstiness: 1/k of each.
        fits: Their fits by kind.
        clusters: Independent pieces of evidence in both halves.
    """

    grams: Ints
    hits: Floats
    burstiness: Floats
    fits: dict[Kind, Fits]
    clusters: Ints


@dataclass(frozen=True, eq=False)
class _Effects:
    """What a part of the documents says of what was found; arrays have an entry a finding."""

    hits: Floats
    pieces: Ints
    strength: Floats
    sign: Floats
    slope: Floats
    rates: tuple[Floats, Floats]
    ratio: tuple[Floats, Floats, Floats]
    few: NDArray[np.bool_]
    freedom: int


class _Run:
    """One discovery, step by step."""

    def __init__(
        self,
        index: Index,
        placed: Placed,
        longest: int,
        min_hits: int,
        q: float,
        budget: int,
        executor: Executor | None,
        deadline: Deadline | None,
        progress: Callable[[float, float], None] | None,
    ) -> None:
        self.index, self.placed, self.longest, self.min_hits, self.q = index, placed, longest, min_hits, q
        self.budget, self.executor, self.deadline = budget, executor, deadline
        self._tell, self._done, self._steps = progress, 0, 2 * longest + 6
        self.left_out: dict[str, int] = {}

    def result(self, recipe: str, limit: int | None) -> Discovery:
        """The finished discovery, but for its curves."""
        nothing = Discovery(
            pl.DataFrame(schema=SCHEMA), recipe, 0, 0, 0, 0, 0, {}, self.placed.halved, "", pl.DataFrame()
        )
        looked_at = self._sums("looked at")
        half = _Half.of(looked_at.axis)
        if len(half.axis) > MOST_PERIODS:
            raise SettingError(
                f"{len(half.axis):,} periods of a {self.placed.grain} hold text, and at most {MOST_PERIODS} are compared; choose a longer "
                "period, or a start and an end."
            )
        if len(half.axis) < LEAST_PERIODS:
            return replace(
                nothing,
                note=f"too few periods: {len(half.axis)} in the half that is looked at hold text, and at least {LEAST_PERIODS} are needed",
            )
        self.grams, self.reader = self._counted()
        looked = self._look(half, looked_at)
        note = ""
        if self.grams.least > self.min_hits:
            note = f"the memory allowed holds n-grams of at least {self.grams.least:,} hits, not {self.min_hits:,}"
        nothing = replace(nothing, left_out=dict(self.left_out), note=note, tested=looked.grams.size)
        nothing = replace(nothing, tests=looked.grams.size * len(KINDS))
        if not looked.grams.size:
            return nothing
        known = {kind: usual(looked.hits, looked.fits[kind]) for kind in KINDS}
        generator = np.random.default_rng(_seed(half.ground, looked.hits))
        chance = chances(half.ground, looked.hits, looked.burstiness, known, looked.fits["turn"], generator)
        self._step()
        p = np.stack(
            [
                chance[kind].of(
                    looked.hits,
                    looked.fits[kind].strength(known[kind].wander(looked.hits, looked.fits[kind])),
                )
                for kind in KINDS
            ],
            axis=1,
        )
        family = benjamini_hochberg(p.ravel()).reshape(p.shape)
        best = p.argmin(axis=1)
        rows = np.flatnonzero(family[np.arange(best.size), best] <= self.q)
        if not rows.size:
            return nothing
        return self._found(nothing, half, looked, known, rows, best[rows], p, family, limit)

    def query(self, term: str) -> Query:
        """The phrase as a query, whatever its words look like."""
        from tendency.corpus.query.query import Query
        from tendency.corpus.query.tree import Sequence as Words
        from tendency.corpus.query.tree import Term

        words = tuple(Term("form", "is", word) for word in term.split(" "))
        return Query(words[0] if len(words) == 1 else Words(words), source=term)

    # Steps.

    def _step(self) -> None:
        self._done += 1
        if self._tell is not None:
            self._tell(min(self._done, self._steps), self._steps)

    def _sums(self, part: Any) -> Sums:
        from tendency.corpus.ngrams import shares_of

        return Sums(self.index, self.placed, part, shares_of(self.executor or self.index.executor))

    def _moments(self, sums: Sums, rows: NDArray[np.uint32]) -> Iterator[tuple[int, GramMoments]]:
        return sums.of(
            self.reader,
            rows,
            self.longest,
            budget=self.budget // 4,
            executor=self.executor,
            deadline=self.deadline,
            progress=self._step,
        )

    def _counted(self) -> tuple[Grams, Reader]:
        from tendency.corpus.ngrams import count_grams

        return count_grams(
            self.index,
            self.placed.masks(self.index),
            longest=self.longest,
            least=self.min_hits,
            least_documents=FEW_CLUSTERS,
            budget=self.budget,
            executor=self.executor,
            deadline=self.deadline,
            progress=self._step,
        )

    def _out(self, reason: str, mask: NDArray[np.bool_]) -> None:
        number = int(np.count_nonzero(mask))
        if number:
            self.left_out[reason] = self.left_out.get(reason, 0) + number

    def _candidates(self) -> NDArray[np.uint32]:
        """One more than the row of each n-gram to be tested; 0 for the others, which are told by reason."""
        grams = self.grams
        if grams.few_documents:
            self.left_out[f"under {FEW_CLUSTERS} documents"] = grams.few_documents
        if grams.too_many:
            self.left_out["no room in the memory allowed"] = grams.too_many
        keep = grams.hits > 0
        reasons = {
            "begins or ends with a number": self._numbers(),
            "begins or ends with a function word": self._torn(),
            "most hits in one document": grams.most > MOST_IN_ONE * grams.hits,
        }
        for reason, mask in reasons.items():
            self._out(reason, keep & mask)
            keep &= ~mask
        return np.where(keep, np.cumsum(keep), 0).astype(np.uint32)

    def _numbers(self) -> NDArray[np.bool_]:
        """Which begin or end with a number: dates, prices and pages, named when it is their time."""
        single = np.array([word.isnumeric() for word in self.grams.words], np.bool_)
        first, last = self.grams.edges()
        return single[first] | single[last]

    def _torn(self) -> NDArray[np.bool_]:
        """Which n-grams of two words or more begin or end with a function word."""
        from tendency.corpus.function_words import UNLISTED_RATE, function_words, languages_of

        grams = self.grams
        self.languages = languages_of(self.index, self.placed.masks(self.index))
        listed, unlisted = function_words(self.languages)
        single = int(np.count_nonzero(grams.length == 1))
        is_one = np.array([word in listed for word in grams.words], np.bool_)
        if unlisted:
            total = max(int(self.placed.words.sum()), 1)
            is_one |= grams.hits[: single + 1] > UNLISTED_RATE * total
        first, last = grams.edges()
        return (grams.length > 1) & (is_one[first] | is_one[last])

    def _look(self, half: _Half, sums: Sums) -> _Looked:
        """The fits of every candidate with enough evidence."""
        rows = self._candidates()
        gram_of = np.flatnonzero(rows)
        numbers: list[Ints] = []
        hits: list[Floats] = []
        bursts: list[Floats] = []
        clusters: list[Ints] = []
        found: dict[Kind, list[Fits]] = {kind: [] for kind in KINDS}
        for low, counted in self._moments(sums, rows):
            pieces = counted.pieces if half.between else counted.clusters
            total = counted.hits.sum(axis=1)
            scarce = pieces < FEW_CLUSTERS
            rare = ~scarce & (total < FEW_HITS)
            self._out(f"under {FEW_CLUSTERS} independent pieces of evidence", scarce)
            self._out(f"under {FEW_HITS} hits in the half that is looked at", rare)
            keep = np.flatnonzero(~scarce & ~rare)
            burstiness = half.burstiness(counted)[keep]
            for begin in range(0, keep.size, _BLOCK):
                if self.deadline is not None:
                    self.deadline.check()
                block = keep[begin : begin + _BLOCK]
                x = counted.hits[block].astype(float)
                for kind in KINDS:
                    found[kind].append(fits(kind, half.ground, x, burstiness[begin : begin + _BLOCK]))
            numbers.append(gram_of[low + keep])
            hits.append(total[keep].astype(float))
            bursts.append(burstiness)
            clusters.append(pieces[keep])
        self._step()
        if not sum(part.size for part in numbers):
            none = np.empty(0, np.int64)
            return _Looked(none, none.astype(float), none.astype(float), {}, none)
        return _Looked(
            np.concatenate(numbers),
            np.concatenate(hits),
            np.concatenate(bursts),
            {kind: Fits.joined(parts) for kind, parts in found.items()},
            np.concatenate(clusters),
        )

    def _found(
        self,
        nothing: Discovery,
        half: _Half,
        looked: _Looked,
        known: dict[Kind, Usual],
        rows: Ints,
        best: Ints,
        p: Floats,
        family: Floats,
        limit: int | None,
    ) -> Discovery:
        """What was found, with its effects in all documents and its test in the other half."""
        kinds = np.array(KINDS)[best]
        sign, first, last = (
            np.stack([getattr(looked.fits[kind], name)[rows] for kind in KINDS], axis=1)[
                np.arange(rows.size), best
            ]
            for name in ("sign", "first", "last")
        )
        begin = np.where(kinds == "trend", 0, half.axis.step[first])
        # What goes on to the end of this half goes on to the end of all periods.
        end = np.append(half.axis.step[:-1] + 1, len(self.placed.periods))[last - 1]
        numbers = looked.grams[rows]
        stretch = _Stretches(kinds, begin, end, known)
        other = self._effects("held out", numbers, stretch)
        every = self._effects("all", numbers, stretch)
        held_out = _confirmed(other, sign, self.q)
        confirmed = held_out == "confirmed"
        table = self._table(looked, rows, numbers, stretch, every, held_out, sign, p, family, best)
        return replace(
            nothing,
            table=table if limit is None else table.head(limit),
            found=int(rows.size),
            confirmed=int(np.count_nonzero(confirmed)),
            findings=table.height,
        )

    def _effects(self, part: str, numbers: Ints, stretch: _Stretches) -> _Effects:
        """Rates and fits of the same stretches in another part of the documents."""
        sums = self._sums(part)
        half = _Half.of(sums.axis)
        rows = np.zeros(self.grams.hits.size, np.uint32)
        order = np.argsort(numbers)
        rows[numbers[order]] = order + 1
        parts = [
            _effects(half, counted, stretch.take(slice(low, low + counted.squares.size)))
            for low, counted in self._moments(sums, rows)
        ]
        return _joined_effects(parts)

    def _table(
        self,
        looked: _Looked,
        rows: Ints,
        numbers: Ints,
        stretch: _Stretches,
        every: _Effects,
        held_out: NDArray[np.str_],
        sign: Any,
        p: Floats,
        family: Floats,
        best: Ints,
    ) -> pl.DataFrame:
        grams, periods = self.grams, self.placed.periods
        before, after = every.rates
        ratio, low, high = every.ratio
        names = _names(stretch, sign, every, numbers, grams)
        bound = np.where(sign > 0, np.log(np.maximum(low, 1e-12)), -np.log(np.minimum(high, 1e12)))
        texts = [grams.text(number) for number in numbers.tolist()]
        order = sorted(range(rows.size), key=lambda at: (-round(float(bound[at]), 9), texts[at]))
        members = [
            Member(
                tuple(grams.parts(int(numbers[at]))), texts[at], int(grams.hits[numbers[at]]), float(sign[at])
            )
            for at in order
        ]
        single = int(np.count_nonzero(grams.length == 1))
        language = next((code for code in self.languages if code), "")
        found = folded(members, [grams.words[at] for at in range(single + 1)], language)
        picked = [order[row] for row, _ in found]
        labels = [_label(stretch, at, periods) for at in picked]
        at = np.array(picked, np.int64)
        place = numbers[at]
        years = _years_a_period(periods)
        growth = (
            100 * np.expm1(np.clip(every.slope[at] / years, -50, 50)) if years else np.full(at.size, np.nan)
        )
        return pl.DataFrame(
            {
                "rank": np.arange(1, at.size + 1),
                "term": [texts[row] for row in picked],
                "also": [[texts[order[other]] for other in others] for _, others in found],
                "kind": [names[row] for row in picked],
                "period": labels,
                "hits": grams.hits[place],
                "documents": grams.documents[place],
                "clusters": looked.clusters[rows[at]],
                "top_document_share": grams.most[place] / grams.hits[place],
                "before": before[at],
                "after": after[at],
                "ratio": finite(ratio[at]),
                "low": finite(low[at]),
                "high": finite(high[at]),
                "growth": finite(growth, stretch.kinds[at] == "trend"),
                "p": p[rows[at], best[at]],
                "p_family": family[rows[at], best[at]],
                "held_out": held_out[at].tolist(),
            },
            schema=SCHEMA,
        )


@dataclass(frozen=True, eq=False)
class _Stretches:
    """Of each finding its kind, and its stretch as places on the axis of all periods, the last not included."""

    kinds: NDArray[np.str_]
    begin: Ints
    end: Ints
    known: dict[Kind, Usual]

    def take(self, rows: Any) -> _Stretches:
        """Some of them."""
        return _Stretches(self.kinds[rows], self.begin[rows], self.end[rows], self.known)


def _effects(half: _Half, counted: GramMoments, stretch: _Stretches) -> _Effects:
    """The effects of findings in one part of the documents."""
    hits, burstiness = counted.hits.astype(float), half.burstiness(counted)
    total, periods = hits.sum(axis=1), len(half.axis)
    size = total.size
    first = np.searchsorted(half.axis.step, stretch.begin)
    last = np.searchsorted(half.axis.step, stretch.end)
    trend = stretch.kinds == "trend"
    place = np.arange(periods)
    inside = (place >= first[:, None]) & (place < last[:, None])
    outside = ~inside
    third = max(periods // 3, 1)
    inside[trend], outside[trend] = place >= periods - third, place < third
    empty = ~inside.any(axis=1) | ~outside.any(axis=1)
    few = empty | np.full(size, periods < LEAST_PERIODS)
    strength, sign, slope = np.zeros(size), np.ones(size), np.zeros(size)
    wander_in, wander_out = np.zeros(size), np.zeros(size)
    for kind in KINDS:
        own = np.flatnonzero((stretch.kinds == kind) & ~few)
        if not own.size:
            continue
        if kind == "trend":
            fitted = trends(half.ground, hits[own], burstiness[own])
        else:
            fitted = stretches(half.ground, hits[own], burstiness[own], first[own], last[own])
        wander = stretch.known[kind].wander(total[own], fitted)
        strength[own], sign[own], slope[own] = fitted.strength(wander), fitted.sign, fitted.slope
        wander_in[own] = wander.of_sum(inside[own].sum(axis=1).astype(float))
        wander_out[own] = wander.of_sum(outside[own].sum(axis=1).astype(float))
    sides = [
        _side(half, hits, burstiness, mask, wander)
        for mask, wander in ((outside, wander_out), (inside, wander_in))
    ]
    return _Effects(
        total,
        counted.own_pieces if half.between else counted.own_clusters,
        strength,
        sign,
        slope,
        (sides[0][0], sides[1][0]),
        _ratio(*sides),
        few,
        max(periods - 2, 1),
    )


def _joined_effects(parts: Sequence[_Effects]) -> _Effects:
    def column(of: Callable[[_Effects], Any]) -> Any:
        return np.concatenate([of(part) for part in parts])

    return _Effects(
        column(lambda part: part.hits),
        column(lambda part: part.pieces),
        column(lambda part: part.strength),
        column(lambda part: part.sign),
        column(lambda part: part.slope),
        (column(lambda part: part.rates[0]), column(lambda part: part.rates[1])),
        (
            column(lambda part: part.ratio[0]),
            column(lambda part: part.ratio[1]),
            column(lambda part: part.ratio[2]),
        ),
        column(lambda part: part.few),
        parts[0].freedom,
    )


Side = tuple[Floats, Floats, Floats]


def _side(half: _Half, hits: Floats, burstiness: Floats, mask: NDArray[np.bool_], wander: Floats) -> Side:
    """Hits per million words of some periods with 95 % limits, bursts and wander accounted for."""
    n = half.ground.words
    words = np.maximum(mask @ n, 1.0)
    found = (hits * mask).sum(axis=1)
    spread = burstiness * (mask @ (n**2 * half.ground.concentration)) + wander * (mask @ n**2)
    low, high = limits(found, 1 / np.maximum(spread / words**2, 1e-9), _LEVEL)
    million = 1e6 / words
    return found * million, low * million, np.minimum(high * million, 1e6)


def _ratio(before: Side, after: Side) -> tuple[Floats, Floats, Floats]:
    """The ratio of two rates with limits from those of either (Donner & Zou 2012, doi:10.1177/0962280210383082).

    NaN for a ratio to nothing; an infinite upper limit where nothing was found before.
    """
    (one, one_low, one_high), (two, two_low, two_high) = before, after
    ratio = np.full(one.size, np.nan)
    np.divide(two, one, out=ratio, where=one > 0)

    def log(values: Floats) -> Floats:
        return np.log(np.maximum(values, 1e-12))

    # The most likely rate of a side without hits is taken for half of its upper limit.
    centre_one = np.where(one > 0, one, one_high / 2)
    centre_two = np.where(two > 0, two, two_high / 2)
    centre = log(centre_two) - log(centre_one)
    down = np.hypot(log(centre_two) - log(two_low), log(one_high) - log(centre_one))
    up = np.hypot(log(two_high) - log(centre_two), log(centre_one) - log(one_low))
    low = np.where(two > 0, np.exp(centre - down), 0.0)
    high = np.where(one > 0, np.exp(np.minimum(centre + up, 600.0)), np.inf)
    return ratio, low, high


def _confirmed(other: _Effects, sign: Floats, q: float) -> NDArray[np.str_]:
    """What the other half says of each finding, the share of false ones among the confirmed held at q."""
    few = other.few | (other.hits < FEW_HITS) | (other.pieces < FEW_CLUSTERS // 2)
    root = np.sqrt(other.strength) * np.where(other.sign == sign, 1.0, -1.0)
    p = 1 - stdtr(float(other.freedom), root)
    result = np.full(sign.size, "too few", "U13")
    tested = np.flatnonzero(~few)
    if tested.size:
        result[tested] = np.where(benjamini_hochberg(p[tested]) <= q, "confirmed", "not confirmed")
    return result


def _names(stretch: _Stretches, sign: Floats, every: _Effects, numbers: Ints, grams: Grams) -> list[str]:
    """The kind of each finding in a word or two."""
    names = []
    before, after = every.rates
    for at, kind in enumerate(stretch.kinds.tolist()):
        up = bool(sign[at] > 0)
        if kind == "trend":
            names.append("rises" if up else "falls")
        elif kind == "episode":
            names.append("episode")
        elif up:
            names.append("appears" if before[at] <= NEXT_TO_NONE * after[at] else "turns up")
        else:
            names.append("vanishes" if after[at] <= NEXT_TO_NONE * before[at] else "turns down")
    return names


def _label(stretch: _Stretches, at: int, periods: Sequence[Any]) -> str | None:
    """Where a finding turned, or from where to where it went."""
    kind, begin, end = stretch.kinds[at], int(stretch.begin[at]), int(stretch.end[at])
    if kind == "trend":
        return None
    first, last = str(periods[begin].label), str(periods[end - 1].label)
    return first if kind == "turn" or first == last else f"{first}–{last}"


def _years_a_period(periods: Sequence[Any]) -> float:
    """How long a period is in the mean, in years."""
    if len(periods) < 2:
        return 0.0
    days = periods[-1].start.toordinal() - periods[0].start.toordinal()
    return float(days / 365.2425 / (len(periods) - 1))


def _seed(ground: Ground, hits: Floats) -> int:
    """A seed that is equal for equal counts."""
    import xxhash

    digest = xxhash.xxh3_64(ground.words.tobytes() + ground.step.tobytes())
    digest.update(hits.tobytes())
    return digest.intdigest()
