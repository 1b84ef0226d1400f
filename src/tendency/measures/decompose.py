"""What a change of a rate is made of: voices that speak otherwise, and others that speak."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tendency.errors import SettingError
from tendency.measures.dispersion import (
    FEW_CLUSTERS,
    FEW_HITS,
    Floats,
    demand_clusters,
    exposure_of,
    limits,
    widest,
)
from tendency.measures.rates import WORDS, Measure, check_level, relative
from tendency.measures.result import Result
from tendency.measures.series import HALF
from tendency.tally import NONE, ClusterTable, Tally, turned

if TYPE_CHECKING:
    from tendency.charts import Spec

WITHIN: Final = "within voices"
MIX: Final = "mix of voices"
ENTERED: Final = "voices that entered"
LEFT: Final = "voices that left"
CHANGE: Final = "change"
PARTS: Final = (WITHIN, MIX, ENTERED, LEFT)

TOO_FEW: Final = "too few"
NONE_IN_BOTH: Final = "no voice speaks in both spans"
NOT_ESTABLISHED: Final = "no change that can be told from chance"
TIED: Final = "no part is largest beyond chance"

HELD: Final = 0.8
"""A curve at constant mix has a point where so much of the mix is held."""

_FEW_VOICES: Final = 64

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Decomposition(Result):
    """The change of each rate between two spans in four parts, at one or two granularities.

    Attributes:
        table: ``query, granularity, part, value, low, high, share`` (of the change): a row a part, then the ``change``. Values
            are in the measure's unit. Where no voice speaks in both spans the first two parts are null.
        summary: A row a query and granularity: ``query, granularity, before, after`` (the spans), ``rate_before, rate_after``,
            ``hits_before, hits_after, exposure_before, exposure_after``, the number of voices ``continuing, entered, left``, the
            continuing ones' share of what is counted against, ``kept_before, kept_after``, ``clusters`` (the fewer of the two spans),
            ``largest`` (the part that is), ``verdict`` (that part, or why there is none), ``within_with_change`` (the first part
            has the sign of the change) ``unnamed`` (share of the words without a voice)
            and ``undatable`` (documents whose date lies in neither span alone).
        agree: A row a query with two granularities: ``query, agree`` (same verdict, and the first part has the same sign) and
            ``sentence``.
        curve: The rate by period as counted and at constant mix, where periods were asked for; else empty.
        measure: What hits are counted against.
        level: Confidence of the intervals.
    """

    summary: pl.DataFrame
    agree: pl.DataFrame
    curve: pl.DataFrame
    measure: Measure = WORDS
    level: float = 0.95

    def chart(self, *, title: str = "") -> Spec | None:
        """A waterfall from the rate before to the rate after, for each query at the first granularity."""
        from tendency.charts.parts import parts_chart

        if self.table["value"].is_null().all():
            return None
        first = self.summary["granularity"][0]
        return parts_chart(
            self.table.filter(pl.col("granularity") == first),
            self.summary.filter(pl.col("granularity") == first),
            title=title or "What the change is made of",
            unit=self.measure.unit,
            level=self.level,
        )


@dataclass(frozen=True)
class Voices:
    """Hits and exposure of each voice in two spans, whole numbers of shape (2, voices)."""

    hits: Ints
    exposure: Ints

    @property
    def continuing(self) -> NDArray[np.bool_]:
        """Which voices have text in both spans."""
        return np.asarray((self.exposure > 0).all(axis=0))


def exact_parts(voices: Voices) -> dict[str, Fraction | None]:
    """The four parts of the change of the rate, which add up to it exactly.

    With R the rate of a span, R' that of the voices with text in both spans, s a voice's share of their words and r its rate:
    within = Σ ½(s₀ + s₁)(r₁ - r₀), mix = Σ ½(r₀ + r₁)(s₁ - s₀), entered = R₁ - R₁', left = R₀' - R₀.
    Without such a voice entered is R₁, left is -R₀, and the first two are None; without text in a span all are.

    Source: Kitagawa (1955), doi:10.2307/2281213, for the first two; the others compare who comes and goes with who stays.
    """
    none: dict[str, Fraction | None] = dict.fromkeys((*PARTS, CHANGE))
    totals = [(int(h.sum()), int(e.sum())) for h, e in zip(voices.hits, voices.exposure, strict=True)]
    if not all(exposure for _, exposure in totals):
        return none
    before, after = (Fraction(*total) for total in totals)
    stay = voices.continuing
    if not stay.any():
        return none | {ENTERED: after, LEFT: -before, CHANGE: after - before}
    hits, exposure = voices.hits[:, stay], voices.exposure[:, stay]
    kept = [Fraction(int(hits[span].sum()), int(exposure[span].sum())) for span in (0, 1)]
    crossed = _crossed(hits, exposure)
    moved = kept[1] - kept[0]
    return {
        WITHIN: (moved + crossed) / 2,
        MIX: (moved - crossed) / 2,
        ENTERED: after - kept[1],
        LEFT: kept[0] - before,
        CHANGE: after - before,
    }


def _crossed(hits: Ints, exposure: Ints) -> Fraction:
    """The rate of the later span with the shares of the earlier one, less that of the earlier with the shares of the later."""
    if hits.shape[1] <= _FEW_VOICES:
        pairs = zip(hits.T.tolist(), exposure.T.tolist(), strict=True)
        totals = [int(total) for total in exposure.sum(axis=1)]
        sums = (
            Fraction(e0 * h1, totals[0] * e1) - Fraction(e1 * h0, totals[1] * e0)
            for (h0, h1), (e0, e1) in pairs
        )
        return sum(sums, Fraction(0))
    # Denominators of hundreds of voices have thousands of digits; rounding moves something between two parts, and no total.
    rates = hits / exposure
    shares = exposure / exposure.sum(axis=1, keepdims=True)
    return Fraction(math.fsum((shares[0] * rates[1] - shares[1] * rates[0]).tolist()))


def weights(voices: Voices) -> dict[str, Floats]:
    """Each part as a sum over rates of voices: what each rate is multiplied by, shape (2, voices), given the words."""
    stay = voices.continuing
    exposure = voices.exposure.astype(float)
    share = exposure / np.maximum(exposure.sum(axis=1, keepdims=True), 1.0)
    among = np.where(stay, exposure, 0.0)
    among /= np.maximum(among.sum(axis=1, keepdims=True), 1.0)
    sign = np.array([[-1.0], [1.0]])
    half = among.sum(axis=0) / 2
    nothing = np.zeros_like(share)
    return {
        WITHIN: sign * half,
        MIX: np.broadcast_to((among[1] - among[0]) / 2, share.shape),
        ENTERED: np.stack([nothing[0], share[1] - among[1]]),
        LEFT: np.stack([among[0] - share[0], nothing[1]]),
        CHANGE: sign * share,
    }


def decompose(
    tally: Tally,
    *,
    finer: Tally | None = None,
    before: int = 0,
    after: int = 1,
    against: int = 0,
    names: tuple[str, str] = ("voice", "finer voice"),
    level: float = 0.95,
) -> Decomposition:
    """The change of every column of a tally between two periods, in four parts.

    Args:
        tally: Counts by period, split by voice; clusters must be smaller than voices, such as documents or days.
        finer: The same counts with finer voices: the verdict is then compared.
        before: Number of the earlier period.
        after: Number of the later one.
        against: The number of the column that hits are counted against, from 1, which has no row itself; 0 for words.
        names: How the two granularities are called.
        level: Confidence of the intervals.

    Raises:
        SettingError: Periods that are not there, or a tally without clusters.
    """
    check_level(level)
    measure = WORDS if against == 0 else relative(tally.columns[against - 1])
    rows: list[dict[str, object]] = []
    summary: list[dict[str, object]] = []
    for name, counts in zip(names, (tally, finer), strict=True):
        if counts is None:
            continue
        _check(counts, before, after)
        seen = _Seen(counts, before, after, against, measure, level)
        for column in range(len(counts.columns)):
            if column != against - 1:
                parts, line = seen.column(column)
                rows += [{"granularity": name, **part} for part in parts]
                summary.append({"granularity": name, **line})
    table = pl.DataFrame(rows, schema=_TABLE, infer_schema_length=None)
    lines = pl.DataFrame(summary, schema=_SUMMARY, infer_schema_length=None)
    spans = f"{tally.periods[before].label}→{tally.periods[after].label}"
    recipe = (
        f"decompose|{tally.recipe}|spans:{spans}|per:{measure.denominator}|ci:cluster{round(100 * level)}"
    )
    return Decomposition(table, recipe, lines, _agreement(lines), pl.DataFrame(), measure, level)


_TABLE: Final = {
    **dict.fromkeys(("query", "granularity", "part"), pl.String),
    **dict.fromkeys(("value", "low", "high", "share"), pl.Float64),
}
_SUMMARY: Final = {
    **dict.fromkeys(("query", "granularity", "before", "after"), pl.String),
    **dict.fromkeys(("rate_before", "rate_after"), pl.Float64),
    **dict.fromkeys(("hits_before", "hits_after", "exposure_before", "exposure_after"), pl.Int64),
    **dict.fromkeys(("continuing", "entered", "left"), pl.Int64),
    **dict.fromkeys(("kept_before", "kept_after"), pl.Float64),
    "clusters": pl.Int64,
    **dict.fromkeys(("largest", "verdict"), pl.String),
    "within_with_change": pl.Boolean,
    "unnamed": pl.Float64,
    "undatable": pl.Int64,
}
_AGREE: Final = {"query": pl.String, "agree": pl.Boolean, "sentence": pl.String}


def _check(tally: Tally, before: int, after: int) -> None:
    demand_clusters(tally)
    if before == after or not all(0 <= period < len(tally.periods) for period in (before, after)):
        raise SettingError(
            f"a decomposition needs two different periods of the {len(tally.periods)} there are, not {before} and {after}."
        )


class _Seen:
    """One tally between two of its periods."""

    def __init__(
        self, tally: Tally, before: int, after: int, against: int, measure: Measure, level: float
    ) -> None:
        self.tally, self.spans = tally, [before, after]
        self.against, self.measure, self.level = against, measure, level
        self.exposure = exposure_of(tally, against)[self.spans]
        # Voices in the place of periods, so that what is known of one voice's burstiness lends to another.
        self.by_voice = turned(tally)

    def column(self, column: int) -> tuple[list[dict[str, object]], dict[str, object]]:
        """The rows of one query's parts, and its line in the summary."""
        tally, scale = self.tally, self.measure.scale
        voices = Voices(tally.hits[self.spans, :, column], self.exposure)
        exact = exact_parts(voices)
        values = {part: None if value is None else scale * float(value) for part, value in exact.items()}
        clusters = self._clusters()
        few = clusters < FEW_CLUSTERS or int(voices.hits.sum()) < FEW_HITS
        halves, independent, sides = self._halves(column, voices)
        rows: list[dict[str, object]] = []
        for part in (*PARTS, CHANGE):
            value = values[part]
            down, up = (scale * side for side in sides.get(part, (halves[part], halves[part])))
            known = value is not None and not few and math.isfinite(down + up)
            change = values[CHANGE]
            rows.append(
                {
                    "query": tally.columns[column],
                    "part": part,
                    "value": value,
                    "low": value - down if known and value is not None else None,
                    "high": value + up if known and value is not None else None,
                    "share": value / change + 0.0 if value is not None and change else None,
                }
            )
        largest, verdict = self._verdict(values, {p: scale * h for p, h in independent.items()}, halves, few)
        return rows, self._line(column, voices, values, clusters, largest, verdict)

    def _clusters(self) -> int:
        """Independent pieces of evidence: the fewer of the two spans, under the clustering that has the fewest."""
        found = []
        for clustering in self.tally.clusterings:
            singles = clustering.singles.clusters[self.spans].sum(axis=1)
            rows = clustering.table.rows
            held = clustering.table.values[:, 0] > 0
            for number, span in enumerate(self.spans):
                here = np.flatnonzero((rows.period == span) & held)
                found.append(int(singles[number]) + len({rows.names[row] for row in here.tolist()}))
        return min(found, default=0)

    def _halves(
        self, column: int, voices: Voices
    ) -> tuple[dict[str, float], dict[str, float], dict[str, tuple[float, float]]]:
        """Half of each part's interval, half that of its distance from the largest, and both sides where they are unequal."""
        from scipy.special import stdtrit

        found = widest(self.by_voice, column + 1, self.against, self.level)
        shape = found.shape.T[self.spans]
        # Student's t because burstiness is estimated, from all voices together: see `compare_rates`.
        weight = voices.hits.astype(float) + HALF
        burstiness = float((weight * found.burstiness.T[self.spans]).sum() / weight.sum())
        clusters = float(found.clusters.T[self.spans].sum())
        freedom = max(2.0, clusters / (1 + 3 * burstiness))
        reach = float(stdtrit(freedom, (1 + self.level) / 2))
        variance = _count_variance(voices.hits, shape)
        each = weights(voices)
        halves = {
            part: reach * math.sqrt(self._variance(column, voices, weight, variance))
            for part, weight in each.items()
        }
        stay = bool(voices.continuing.any())
        largest = self._largest(exact_parts(voices)) if stay else None
        apart = {}
        for part in PARTS:
            if largest is None or part == largest[0]:
                continue
            sign = math.copysign(1.0, largest[1])
            weight = sign * each[largest[0]] - sign * each[part]
            apart[part] = reach * math.sqrt(self._variance(column, voices, weight, variance))
        return halves, apart, self._sides(voices, each, variance, halves, reach)

    @staticmethod
    def _sides(
        voices: Voices, each: dict[str, Floats], variance: Floats, halves: dict[str, float], reach: float
    ) -> dict[str, tuple[float, float]]:
        """How far down and up voices that entered, or left, may reach: often one voice with few hits, whose rate is skewed.

        The limits of the two rates that are subtracted are combined as Zou & Donner (2008), doi:10.1002/sim.3095, do.
        """
        level = math.erf(reach / math.sqrt(2))
        stay = voices.continuing
        found = {}
        for part, span, sign in ((ENTERED, 1, 1.0), (LEFT, 0, -1.0)):
            exposure = voices.exposure[span].astype(float)
            others = (exposure > 0) & ~stay
            if not others.any():
                continue
            weight = float(exposure[others].sum() / exposure.sum())
            down = up = 0.0
            for group, direction in ((others, sign), (stay, -sign)):
                if not group.any():
                    continue
                below, above = _reach_of(voices.hits[span, group], variance[span, group], level)
                if direction < 0:
                    below, above = above, below
                over = float(exposure[group].sum())
                down, up = math.hypot(down, below / over), math.hypot(up, above / over)
            # Where clusters cross voices the whole is as much wider as they make it.
            factor = each[part] / np.maximum(voices.exposure, 1)
            plain = reach * math.sqrt(float((factor**2 * variance).sum()))
            wider = halves[part] / plain if plain else 1.0
            found[part] = (weight * wider * down, weight * wider * up)
        return found

    def _variance(self, column: int, voices: Voices, weight: Floats, counts: Floats) -> float:
        """Variance of a weighted sum of rates: from bursty counts, or where clusters cross voices from these, if that is more."""
        exposure = np.maximum(voices.exposure, 1).astype(float)
        factor = np.where(voices.exposure > 0, weight / exposure, 0.0)
        best = float((factor**2 * counts).sum())
        for clustering in self.tally.clusterings:
            best = max(best, self._sandwich(clustering.table, column, voices, factor))
        return best

    def _sandwich(self, table: ClusterTable, column: int, voices: Voices, factor: Floats) -> float:
        """Sum over clusters of squared residuals, all voices of a cluster together; 0 where clusters cross no voices."""
        rates = voices.hits / np.maximum(voices.exposure, 1)
        total = 0.0
        for number, span in enumerate(self.spans):
            here = np.flatnonzero(table.rows.period == span)
            if not here.size:
                continue
            split = table.rows.split[here]
            values = table.values[here].astype(float)
            residual = factor[number, split] * (
                values[:, column + 1] - rates[number, split] * values[:, self.against]
            )
            _, names = np.unique([table.rows.names[row] for row in here.tolist()], return_inverse=True)
            sums = np.bincount(names.reshape(-1), weights=residual)
            if sums.size > 1:
                total += float((sums**2).sum()) * sums.size / (sums.size - 1)
        return total

    @staticmethod
    def _largest(values: dict[str, Fraction | None] | dict[str, float | None]) -> tuple[str, float] | None:
        """The part that goes furthest in the direction of the change, with the change."""
        change = values[CHANGE]
        if not change:
            return None
        sign = 1.0 if change > 0 else -1.0
        known = {part: sign * float(value) for part in PARTS if (value := values[part]) is not None}
        return max(known, key=lambda part: known[part]), float(change)

    def _verdict(
        self,
        values: dict[str, float | None],
        apart: dict[str, float],
        halves: dict[str, float],
        few: bool,
    ) -> tuple[str | None, str]:
        """The largest part, and what may be said."""
        change = values[CHANGE]
        if change is None or few:
            return None, TOO_FEW
        if values[WITHIN] is None:
            return None, NONE_IN_BOTH
        found = self._largest(values)
        if found is None or abs(change) <= self.measure.scale * halves[CHANGE]:
            return found[0] if found else None, NOT_ESTABLISHED
        largest, sign = found[0], math.copysign(1.0, change)
        own = sign * (values[largest] or 0.0)
        beyond = all(own - sign * (values[part] or 0.0) > half for part, half in apart.items())
        return largest, largest if beyond else TIED

    def _line(
        self,
        column: int,
        voices: Voices,
        values: dict[str, float | None],
        clusters: int,
        largest: str | None,
        verdict: str,
    ) -> dict[str, object]:
        tally = self.tally
        held, stay = voices.exposure > 0, voices.continuing
        exposure, hits = voices.exposure.sum(axis=1), voices.hits.sum(axis=1)
        kept = np.where(stay, voices.exposure, 0).sum(axis=1)
        words = tally.tokens[self.spans]
        unnamed = words[:, tally.splits.index(NONE)].sum() if NONE in tally.splits else 0
        change, within = values[CHANGE], values[WITHIN]
        line: dict[str, object] = {
            "query": tally.columns[column],
            "before": tally.periods[self.spans[0]].label,
            "after": tally.periods[self.spans[1]].label,
            "continuing": int(stay.sum()),
            "entered": int((held[1] & ~held[0]).sum()),
            "left": int((held[0] & ~held[1]).sum()),
            "clusters": clusters,
            "largest": largest,
            "verdict": verdict,
            "within_with_change": None if not change or within is None else within * change > 0,
            "unnamed": float(unnamed) / float(words.sum()) if words.sum() else None,
            "undatable": int(tally.undated.documents.sum()),
        }
        for number, key in enumerate(("before", "after")):
            over = int(exposure[number])
            line |= {
                f"rate_{key}": self.measure.scale * int(hits[number]) / over if over else None,
                f"hits_{key}": int(hits[number]),
                f"exposure_{key}": over,
                f"kept_{key}": int(kept[number]) / over if over else None,
            }
        return line


def _count_variance(hits: Ints, shape: Floats) -> Floats:
    """An unbiased estimate of the variance of a negative binomial count of known shape from the count itself."""
    excess = 1.0 / shape
    counts = hits.astype(float)
    return np.asarray((counts + excess * counts**2) / (1.0 + excess))


def _reach_of(hits: Ints, variance: Floats, level: float) -> tuple[float, float]:
    """How far the expected hits of voices together may lie below those counted, and above."""
    count, spread = int(hits.sum()), float(variance.sum())
    shape = count**2 / (spread - count) if spread > count > 0 else 1e9
    low, high = (float(limit) for limit in limits(count, shape, level))
    return count - low, high - count


def _agreement(summary: pl.DataFrame) -> pl.DataFrame:
    """For each query with two granularities whether they say the same."""
    rows = []
    for query in summary["query"].unique(maintain_order=True).to_list():
        lines = summary.filter(pl.col("query") == query).to_dicts()
        if len(lines) == 2:
            rows.append({"query": query, **_compared(*lines)})
    return pl.DataFrame(rows, schema=_AGREE)


def _compared(coarse: dict[str, object], fine: dict[str, object]) -> dict[str, object]:
    names = f"by {coarse['granularity']}", f"by {fine['granularity']}"
    if TOO_FEW in (coarse["verdict"], fine["verdict"]):
        return {"agree": None, "sentence": "too few to compare the two granularities"}
    same = coarse["verdict"] == fine["verdict"]
    signs = [line["within_with_change"] for line in (coarse, fine)]
    if same and signs[0] == signs[1]:
        return {"agree": True, "sentence": f"{names[0]} and {names[1]} say the same: {coarse['verdict']}"}
    if same:
        way = {True: "goes with the change", False: "goes against it", None: "is not known"}
        return {
            "agree": False,
            "sentence": f"the part within voices {way[signs[0]]} {names[0]} and {way[signs[1]]} {names[1]}",  # type: ignore[index]
        }
    return {
        "agree": False,
        "sentence": f"{names[0]}: {coarse['verdict']}; {names[1]}: {fine['verdict']}: the two do not agree",
    }


def constant_mix(tally: Tally, *, against: int = 0, level: float = 0.95) -> pl.DataFrame:
    """The rate by period as counted, and as it were had every voice always had its share of all periods (direct standardisation).

    Args:
        tally: Counts by period, split by voice.
        against: The number of the column that hits are counted against, from 1; 0 for words.
        level: Confidence of the intervals.

    Returns:
        ``query, period, start, end, rate`` (as counted), ``constant, low, high`` (at constant mix), ``held`` (the share of the
        mix with text in the period). ``constant`` is null where under 80 % of the mix is held: it would be another mix.
    """
    from scipy.special import ndtri

    check_level(level)
    demand_clusters(tally)
    measure = WORDS if against == 0 else relative(tally.columns[against - 1])
    exposure = exposure_of(tally, against).astype(float)
    total = exposure.sum()
    mix = exposure.sum(axis=0) / total if total else np.zeros(exposure.shape[1])
    some = exposure > 0
    held = (some * mix).sum(axis=1)
    weight = np.divide(some * mix, held[:, None], out=np.zeros_like(exposure), where=held[:, None] > 0)
    over = np.maximum(exposure, 1.0)
    rows = []
    for column, query in enumerate(tally.columns):
        if column == against - 1:
            continue
        hits = tally.hits[:, :, column]
        shape = widest(turned(tally), column + 1, against, level).shape.T
        constant = (weight * hits / over).sum(axis=1)
        deviation = np.sqrt((weight**2 * _count_variance(hits, shape) / over**2).sum(axis=1))
        half = float(ndtri((1 + level) / 2)) * deviation
        for at, period in enumerate(tally.periods):
            all_of = float(exposure[at].sum())
            enough = bool(held[at] >= HELD)
            known = enough and bool(hits[at].sum())
            rows.append(
                {
                    "query": query,
                    "period": period.label,
                    "start": period.start,
                    "end": period.end,
                    "rate": measure.scale * float(hits[at].sum()) / all_of if all_of else None,
                    "constant": measure.scale * float(constant[at]) if enough else None,
                    "low": max(0.0, measure.scale * float(constant[at] - half[at])) if known else None,
                    "high": measure.scale * float(constant[at] + half[at]) if known else None,
                    "held": float(held[at]),
                }
            )
    return pl.DataFrame(rows, schema=_CURVE)


_CURVE: Final = {
    **dict.fromkeys(("query", "period"), pl.String),
    **dict.fromkeys(("start", "end"), pl.Date),
    **dict.fromkeys(("rate", "constant", "low", "high", "held"), pl.Float64),
}


def voices_named(parts: Sequence[str]) -> str:
    """The name of a granularity of several fields, such as ``newspaper × page``."""
    return " × ".join(parts)
