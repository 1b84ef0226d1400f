"""Discovery: which words and n-grams, of all that are frequent enough, change over time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tendency.errors import SettingError
from tendency.measures.dispersion import FEW_CLUSTERS, FEW_HITS, finite
from tendency.measures.effects import LEAST_PERIODS, Effects, Stretches, confirmed, effects
from tendency.measures.folding import Member, folded
from tendency.measures.looking import Evidence, Looked, Verdicts, judged
from tendency.measures.rates import rates
from tendency.measures.result import Result
from tendency.measures.scan import KINDS
from tendency.tally.counting import asked_about, tally
from tendency.tally.gram_moments import GramMoments, Part, Sums
from tendency.tally.placing import Parted, Placed

if TYPE_CHECKING:
    from tendency.charts import Spec
    from tendency.corpus import Deadline, Index, Query
    from tendency.corpus.ngrams import Grams, Reader
    from tendency.tally import Eras, Period

Ints = NDArray[np.int64]

MOST_PERIODS: Final = 500
MOST_IN_ONE: Final = 0.5
"""The largest share of all hits that one document may have."""
NEXT_TO_NONE: Final = 0.02
"""A side with at most this share of the hits that the other's rate would give has next to none."""
CHARTED: Final = 12

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
        found: How many of them changed, by what was looked at.
        confirmed: How many of these changed in the same way in what was held out.
        findings: Rows before ``limit``: what was found, folded.
        left_out: How many were left out before testing, by reason.
        parted: What was looked at or held out as a whole: some of the clusters, of the documents, or every third document.
        note: Why nothing could be tested, or that fewer were than was asked; else nothing.
        curves: The rates of the first rows over time, as ``rates`` gives them.
    """

    tested: int
    tests: int
    found: int
    confirmed: int
    findings: int
    left_out: dict[str, int]
    parted: Parted
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

    Every one that is frequent enough is tested, in two thirds of the documents, for a trend, a turn and an episode; the share of
    false ones among those found is held at ``q``. Each finding is then tested once in the third that was held out.

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
    recipe = f"discover|by:{placed.grain}|cluster:{placed.cluster}|longest:{longest}|min:{min_hits}|q:{q:g}|held out:{placed.parted}"
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
            pl.DataFrame(schema=SCHEMA), recipe, 0, 0, 0, 0, 0, {}, self.placed.parted, "", pl.DataFrame()
        )
        sums = self._sums("looked at")
        periods = len(sums.axis)
        if periods > MOST_PERIODS:
            raise SettingError(
                f"{periods:,} periods of a {self.placed.grain} hold text, and at most {MOST_PERIODS} are compared; choose a longer "
                "period, or a start and an end."
            )
        if periods < LEAST_PERIODS:
            return replace(
                nothing,
                note=f"too few periods: {periods} of those looked at hold text, and at least {LEAST_PERIODS} are needed",
            )
        self.grams, self.reader = self._counted()
        seen = Evidence.of(sums.axis)
        numbers, pieces, looked = self._look(seen, sums)
        note = ""
        if self.grams.least > self.min_hits:
            note = f"the memory allowed holds n-grams of at least {self.grams.least:,} hits, not {self.min_hits:,}"
        tested = replace(
            nothing,
            tested=numbers.size,
            tests=numbers.size * len(KINDS),
            left_out=dict(self.left_out),
            note=note,
        )
        if looked is None:
            return tested
        verdicts = judged(seen, looked, self.q)
        self._step()
        rows = verdicts.found
        if not rows.size:
            return tested
        stretch = Stretches.found(seen, looked, verdicts, rows, len(self.placed.periods))
        again = confirmed(self._effects("held out", numbers[rows], stretch), stretch.sign, self.q)
        every = self._effects("all", numbers[rows], stretch)
        table = self._table(numbers[rows], pieces[rows], stretch, every, again, verdicts, rows)
        return replace(
            tested,
            table=table if limit is None else table.head(limit),
            found=int(rows.size),
            confirmed=int(np.count_nonzero(again == "confirmed")),
            findings=table.height,
        )

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

    def _sums(self, part: Part) -> Sums:
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
        single = np.array([_is_number(word) for word in self.grams.words], np.bool_)
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

    def _look(self, seen: Evidence, sums: Sums) -> tuple[Ints, Ints, Looked | None]:
        """The numbers of n-grams with enough evidence, how much there is, and what is seen of them in what is looked at."""
        rows = self._candidates()
        gram_of = np.flatnonzero(rows)
        numbers: list[Ints] = [np.empty(0, np.int64)]
        evidence: list[Ints] = [np.empty(0, np.int64)]
        parts: list[Looked] = []
        for low, counted in self._moments(sums, rows):
            pieces = counted.pieces if seen.between else counted.clusters
            scarce = pieces < FEW_CLUSTERS
            rare = ~scarce & (counted.hits.sum(axis=1) < FEW_HITS)
            self._out(f"under {FEW_CLUSTERS} independent pieces of evidence", scarce)
            self._out(f"under {FEW_HITS} hits in what is looked at", rare)
            keep = np.flatnonzero(~scarce & ~rare)
            if keep.size:
                numbers.append(gram_of[low + keep])
                evidence.append(pieces[keep])
                parts.append(Looked.at(seen, counted, keep, self.deadline))
        looked = Looked.joined(parts) if parts else None
        return np.concatenate(numbers), np.concatenate(evidence), looked

    def _effects(self, part: Part, numbers: Ints, stretch: Stretches) -> Effects:
        """What another part of the documents says of the same stretches."""
        sums = self._sums(part)
        seen = Evidence.of(sums.axis)
        order = np.argsort(numbers)
        rows = np.zeros(self.grams.hits.size, np.uint32)
        rows[numbers[order]] = order + 1
        parts = [
            effects(seen, counted, stretch.take(slice(low, low + counted.squares.size)))
            for low, counted in self._moments(sums, rows)
        ]
        return Effects.joined(parts)

    def _table(
        self,
        numbers: Ints,
        pieces: Ints,
        stretch: Stretches,
        every: Effects,
        again: NDArray[np.str_],
        verdicts: Verdicts,
        rows: Ints,
    ) -> pl.DataFrame:
        grams, periods = self.grams, self.placed.periods
        low, high = every.low, every.high
        names = _names(stretch, every)
        bound = np.where(stretch.sign > 0, np.log(np.maximum(low, 1e-12)), -np.log(np.minimum(high, 1e12)))
        texts = [grams.text(number) for number in numbers.tolist()]
        order = sorted(range(rows.size), key=lambda at: (-round(float(bound[at]), 9), texts[at]))
        members = [
            Member(
                tuple(grams.parts(int(numbers[at]))),
                texts[at],
                int(grams.hits[numbers[at]]),
                float(stretch.sign[at]),
            )
            for at in order
        ]
        single = int(np.count_nonzero(grams.length == 1))
        language = next((code for code in self.languages if code), "")
        found = folded(members, [grams.words[at] for at in range(single + 1)], language)
        picked = [order[row] for row, _ in found]
        labels = [_label(stretch, at, periods) for at in picked]
        at = np.array(picked, np.int64)
        place, best = numbers[at], verdicts.best[rows]
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
                "clusters": pieces[at],
                "top_document_share": grams.most[place] / grams.hits[place],
                "before": every.before[at],
                "after": every.after[at],
                "ratio": finite(every.ratio[at]),
                "low": finite(low[at]),
                "high": finite(high[at]),
                "growth": finite(growth, stretch.kinds[at] == "trend"),
                "p": verdicts.p[rows[at], best[at]],
                "p_family": verdicts.family[rows[at], best[at]],
                "held_out": again[at].tolist(),
            },
            schema=SCHEMA,
        )


def _names(stretch: Stretches, every: Effects) -> list[str]:
    """The kind of each finding in a word or two."""
    names = []
    before, after = every.before, every.after
    for at, kind in enumerate(stretch.kinds.tolist()):
        up = bool(stretch.sign[at] > 0)
        if kind == "trend":
            names.append("rises" if up else "falls")
        elif kind == "episode":
            names.append("episode")
        elif up:
            names.append("appears" if before[at] <= NEXT_TO_NONE * after[at] else "turns up")
        else:
            names.append("vanishes" if after[at] <= NEXT_TO_NONE * before[at] else "turns down")
    return names


def _label(stretch: Stretches, at: int, periods: Sequence[Period]) -> str | None:
    """Where a finding turned, or from where to where it went."""
    kind, begin, end = stretch.kinds[at], int(stretch.begin[at]), int(stretch.end[at])
    if kind == "trend":
        return None
    first, last = str(periods[begin].label), str(periods[end - 1].label)
    return first if kind == "turn" or first == last else f"{first}–{last}"


def _is_number(word: str) -> bool:
    """Whether a word is digits, with points or commas between them."""
    return word.replace(",", "").replace(".", "").isnumeric()


def _years_a_period(periods: Sequence[Period]) -> float:
    """How long a period is in the mean, in years."""
    if len(periods) < 2:
        return 0.0
    days = periods[-1].start.toordinal() - periods[0].start.toordinal()
    return float(days / 365.2425 / (len(periods) - 1))
