"""Is the count about the thing? The share of hits that a person found to assert it, and the rate corrected by that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tendency.errors import SettingError
from tendency.measures.dispersion import Floats, finite
from tendency.measures.families import holm
from tendency.measures.joint import DRAWS, Joint, Quantity
from tendency.measures.judgements import JUDGEMENTS
from tendency.measures.precision import FEW_READ, Pooled, Share, differs, draws_of, drifts
from tendency.measures.rates import base_columns, check_level
from tendency.measures.result import Result
from tendency.tally import Tally

if TYPE_CHECKING:
    from tendency.charts import Spec

DIFFERS: Final = "differs"
NOT_SHOWN: Final = "not shown to differ"
TOO_FEW: Final = "too few"
ALPHA: Final = 0.05

_COUNTED: Final = ("asserts", "rejects", "reports", "other_sense")
_KEPT: Final = ("query", "period", "start", "end", "split", "documents", "tokens", "hits")

Sensitivity = float | tuple[int, int]


@dataclass(frozen=True)
class Read:
    """One hit that a person has read.

    Attributes:
        judgement: One of ``JUDGEMENTS``.
        period: The number of its period in the tally, -1 in none.
        splits: The numbers of its splits.
        column: The number of the column that it is a hit of.
        weight: How many hits of the corpus it stands for, in any unit.
        document: The document that it stands in; hits without one are each in another.
    """

    judgement: str
    period: int = 0
    splits: tuple[int, ...] = (0,)
    column: int = 0
    weight: float = 1.0
    document: str | None = None


@dataclass(frozen=True)
class Judged(Result):
    """How many hits are the thing itself, and the rate corrected by that.

    Attributes:
        table: For each query × period × split ``documents, tokens, hits``; ``judged`` (hits read), ``asserts, rejects, reports,
            other_sense`` of them; ``precision`` (the share that counts as the thing) with ``low`` and ``high`` (Wilson);
            ``per_million`` with ``rate_low`` and ``rate_high``; ``pooled`` (the precision that corrects the rate: the period's, drawn towards
            that of all periods of the split by as much as they resemble each other), ``corrected`` (the rate of hits that are
            the thing) with ``corrected_low`` and ``corrected_high``; ``too_few`` (under 10 judged).
        overall: The same columns over the whole span, over all documents (``split`` is ``all``) and for each split.
        differs: Whether precision differs ``between`` periods, ``over time`` (a drift) and between splits: ``judged``, ``p``,
            ``p_family`` (Holm over the query's tests), ``verdict``, and the two groups that are furthest apart, or the earlier and
            the later half, with hits judged and precision.
        agreement: Of two judges, over all judgements and over what counts; without rows for one judge.
        disagreements: The hits that they judged differently, with both judgements and both notes.
        counting: The judgements that count as the thing.
        notes: What was left out, and what limits the figures, a sentence each.
    """

    overall: pl.DataFrame = field(default_factory=pl.DataFrame)
    differs: pl.DataFrame = field(default_factory=pl.DataFrame)
    agreement: pl.DataFrame = field(default_factory=pl.DataFrame)
    disagreements: pl.DataFrame = field(default_factory=pl.DataFrame)
    counting: tuple[str, ...] = ("asserts",)
    notes: tuple[str, ...] = ()

    def chart(self, *, title: str = "") -> Spec | None:
        """The rate as counted and as corrected, above the precision; None without a period."""
        from tendency.charts import judged_chart

        return (
            judged_chart(self.table, title=title or "Is the count about the thing?")
            if self.table.height
            else None
        )


def judged(
    tally: Tally,
    read: Sequence[Read],
    *,
    counting: Sequence[str] = ("asserts",),
    sensitivity: Sensitivity | None = None,
    level: float = 0.95,
    draws: int = DRAWS,
) -> Judged:
    """The precision of counts by hits that were read, and the rates corrected by it.

    The corrected rate is rate × precision: the rate of hits that are the thing. Nothing is known from hits of what the query
    missed, so that it is no rate of the thing itself unless ``sensitivity`` is given: then it is rate × precision ÷ sensitivity,
    which is the estimate of Rogan & Gladen (1978), doi:10.1093/oxfordjournals.aje.a112510, (p + sp - 1)/(se + sp - 1), with the
    specificity sp that this precision implies. Its limits are quantiles of draws of all its factors together.

    Args:
        tally: The counts.
        read: Hits of it that were drawn at random, with what was said of them.
        counting: The judgements that count as the thing.
        sensitivity: The share of the thing that the query finds, or (found, looked for), which also says how sure it is.
        level: Confidence of the limits.
        draws: How many draws.

    Raises:
        SettingError: A level, judgement or sensitivity that is none.
    """
    check_level(level)
    counts = counting_words(counting)
    found = _sensitive(sensitivity)
    joint = Joint(tally, draws)
    frames = [_cells(joint, column, read, counts, found, level) for column in range(len(tally.columns))]
    tests = [_tests(tally, column, read, counts) for column in range(len(tally.columns))]
    recipe = (
        f"judged|{tally.recipe}|counts:{','.join(counts)}|read:{len(read)}|ci:wilson{round(100 * level)}"
        f"|draws:{draws}|seed:{tally.seed:016x}"
    )
    if sensitivity is not None:
        recipe += f"|sensitivity:{sensitivity if isinstance(sensitivity, float | int) else '/'.join(map(str, sensitivity))}"
    return Judged(
        pl.concat(frames) if frames else pl.DataFrame(schema=_NOTHING),
        recipe,
        differs=pl.DataFrame([row for rows in tests for row in rows], schema=_TESTS),
        counting=counts,
    )


def counting_words(counting: Sequence[str]) -> tuple[str, ...]:
    """The judgements that count as the thing, each once."""
    counts = tuple(dict.fromkeys(counting))
    unknown = [word for word in counts if word not in JUDGEMENTS]
    if unknown or not counts:
        what = f"{unknown[0]!r} is no judgement" if unknown else "no judgement counts as the thing"
        raise SettingError(f"{what}; choose from {', '.join(JUDGEMENTS)}.")
    return counts


def _sensitive(sensitivity: Sensitivity | None) -> Share:
    """The sensitivity as a share; one that is given without numbers is certain."""
    if sensitivity is None:
        return Share(1.0, np.inf)
    if isinstance(sensitivity, tuple):
        found, sought = sensitivity
        if not 0 < found <= sought:
            raise SettingError(
                f"a sensitivity of {found} found of {sought} looked for is none; give at least one found, and no more than looked for."
            )
        return Share(found / sought, float(sought))
    if not 0 < sensitivity <= 1:
        raise SettingError(
            f"a sensitivity of {sensitivity} is none; give a share above 0 and at most 1, such as 0.8."
        )
    return Share(float(sensitivity), np.inf)


def _cells(
    joint: Joint, column: int, read: Sequence[Read], counts: tuple[str, ...], sensitivity: Share, level: float
) -> pl.DataFrame:
    """The rows of one column."""
    counted = joint.tally
    shape = counted.tokens.shape
    base = base_columns(counted, column, joint.widest(column + 1))
    held: dict[tuple[int, int], list[Read]] = {}
    for one in read:
        if one.column == column and one.period >= 0:
            for split in one.splits:
                held.setdefault((one.period, split), []).append(one)
    groups = {cell: held.get(cell, []) for cell in np.ndindex(*shape)}
    shares = {cell: _share(hits, counts) for cell, hits in groups.items()}
    intervals = [shares[cell].interval(level) for cell in groups]
    said = {
        name: [sum(one.judgement == word for one in hits) for hits in groups.values()]
        for name, word in zip(_COUNTED, JUDGEMENTS, strict=True)
    }
    corrected = _corrected(joint, column, shares, sensitivity, level)
    return base.select(
        *_KEPT,
        pl.Series("judged", [len(hits) for hits in groups.values()], dtype=pl.Int64),
        *(pl.Series(name, values, dtype=pl.Int64) for name, values in said.items()),
        _floats("precision", [shares[cell].share for cell in groups]),
        _floats("low", [None if pair is None else pair[0] for pair in intervals]),
        _floats("high", [None if pair is None else pair[1] for pair in intervals]),
        "per_million",
        pl.col("low").alias("rate_low"),
        pl.col("high").alias("rate_high"),
        *(_floats(name, finite(values)) for name, values in corrected.items()),
        pl.Series("too_few", [len(hits) < FEW_READ for hits in groups.values()], dtype=pl.Boolean),
    )


def _floats(name: str, values: Iterable[float | None]) -> pl.Series:
    return pl.Series(name, list(values), dtype=pl.Float64)


def _share(hits: Sequence[Read], counts: tuple[str, ...]) -> Share:
    return Share.of([one.judgement in counts for one in hits], [one.weight for one in hits])


def _corrected(
    joint: Joint, column: int, shares: Mapping[tuple[int, int], Share], sensitivity: Share, level: float
) -> dict[str, Floats]:
    """Precision drawn towards that of all periods, and the corrected rate with its limits; NaN where there is none."""
    counted, tail = joint.tally, (1 - level) / 2
    certain = sensitivity.share or 1.0
    found = joint.widest(column + 1)
    result = {
        name: np.full(counted.tokens.shape, np.nan)
        for name in ("pooled", "corrected", "corrected_low", "corrected_high")
    }
    for split in range(len(counted.splits)):
        hits, tokens = counted.hits[:, split, column], counted.tokens[:, split]
        empty = (tokens > 0) & (hits == 0)
        result["corrected"][empty, split] = result["corrected_low"][empty, split] = 0.0
        with_limits = empty & (found.interval[:, split] != "none")
        # Of a period without a hit nothing can be read; all that it may hold can be the thing.
        result["corrected_high"][with_limits, split] = np.minimum(
            1e6, 1e6 * found.high[with_limits, split] / tokens[with_limits] / certain
        )
        result["corrected_low"][empty & ~with_limits, split] = np.nan
        filled = np.flatnonzero((tokens > 0) & (hits > 0)).tolist()
        groups = [shares[period, split] for period in filled]
        if sum(group.size for group in groups) < FEW_READ:
            continue
        generator = np.random.default_rng([counted.seed, column, split, 1])
        pooled = Pooled(groups, generator, joint.draws) if len(filled) > 1 else None
        for period, group in zip(filled, groups, strict=True):
            drawn = draws_of(group, generator, joint.draws) if pooled is None else pooled.draws(group)
            middle = group.share if pooled is None and group.share is not None else float(drawn.mean())
            result["pooled"][period, split] = middle
            rate = 1e6 * float(hits[period]) / float(tokens[period])
            result["corrected"][period, split] = min(1e6, rate * middle / (certain))
            if found.interval[period, split] == "none":
                continue
            if np.isfinite(sensitivity.size):
                drawn = drawn / draws_of(sensitivity, generator, joint.draws)
            else:
                drawn = drawn / certain
            logarithm = joint.sample(split, [Quantity(period, column + 1)], np.eye(1), salt=10**7 + period)[
                :, 0
            ]
            limits = np.quantile(np.log(np.maximum(drawn, 1e-300)) + logarithm, [tail, 1 - tail])
            low, high = np.minimum(1e6, 1e6 * np.exp(limits))
            result["corrected_low"][period, split], result["corrected_high"][period, split] = low, high
    return result


# Whether precision differs.

_NOTHING: Final[dict[str, Any]] = {
    **dict.fromkeys(("query", "period"), pl.String),
    **dict.fromkeys(("start", "end"), pl.Date),
    "split": pl.String,
    **dict.fromkeys(("documents", "tokens", "hits", "judged", *_COUNTED), pl.Int64),
    **dict.fromkeys(
        (
            "precision",
            "low",
            "high",
            "per_million",
            "rate_low",
            "rate_high",
            "pooled",
            "corrected",
            "corrected_low",
            "corrected_high",
        ),
        pl.Float64,
    ),
    "too_few": pl.Boolean,
}

_TESTS: Final[dict[str, Any]] = {
    "query": pl.String,
    "between": pl.String,
    "judged": pl.Int64,
    "p": pl.Float64,
    "p_family": pl.Float64,
    "verdict": pl.String,
    "first": pl.String,
    "first_judged": pl.Int64,
    "first_precision": pl.Float64,
    "second": pl.String,
    "second_judged": pl.Int64,
    "second_precision": pl.Float64,
}


def _tests(
    counted: Tally, column: int, read: Sequence[Read], counts: tuple[str, ...]
) -> list[dict[str, Any]]:
    """Whether the hits of a column differ in precision between periods, over time, and between splits."""
    mine = [one for one in read if one.column == column]
    dated = [one for one in mine if one.period >= 0]
    period = np.array([one.period for one in dated], np.int64)
    by_period = {
        counted.periods[at].label: [one for one in dated if one.period == at]
        for at in np.unique(period).tolist()
    }
    by_split = {
        name: [one for one in mine if number in one.splits] for number, name in enumerate(counted.splits)
    }
    tests = {"periods": (dated, by_period), "over time": (dated, _halves(by_period))}
    if len(counted.splits) > 1:
        tests["splits"] = (mine, {name: hits for name, hits in by_split.items() if hits})
    rows = []
    for number, (between, (hits, groups)) in enumerate(tests.items()):
        generator = np.random.default_rng([counted.seed, column, number, 2])
        held = np.array([one.judgement in counts for one in hits], np.bool_)
        if len(hits) < FEW_READ or len(groups) < 2:
            p = None
        elif between == "over time":
            p = drifts(held, _documents(hits), period, generator)
        else:
            p = differs(held, _documents(hits), _members(hits, groups), generator)
        rows.append(
            {
                "query": counted.columns[column],
                "between": between,
                "judged": len(hits),
                "p": p,
                **_apart(between, groups, counts),
            }
        )
    for row, corrected in zip(rows, holm([row["p"] for row in rows]), strict=True):
        row["p_family"] = corrected
        row["verdict"] = TOO_FEW if corrected is None else DIFFERS if corrected <= ALPHA else NOT_SHOWN
    return rows


def _documents(hits: Sequence[Read]) -> NDArray[np.int64]:
    """The number of each hit's document, in order of first appearance."""
    numbers: dict[object, int] = {}
    return np.array(
        [
            numbers.setdefault(place if one.document is None else one.document, len(numbers))
            for place, one in enumerate(hits)
        ],
        np.int64,
    )


def _members(hits: Sequence[Read], groups: Mapping[str, Sequence[Read]]) -> NDArray[np.bool_]:
    place = {id(one): number for number, one in enumerate(hits)}
    result = np.zeros((len(groups), len(hits)), np.bool_)
    for number, group in enumerate(groups.values()):
        result[number, [place[id(one)] for one in group]] = True
    return result


def _halves(by_period: Mapping[str, Sequence[Read]]) -> dict[str, list[Read]]:
    """Hits read of the earlier and of the later periods, as nearly half each as whole periods allow."""
    if len(by_period) < 2:
        return {}
    labels, sizes = list(by_period), list(accumulate(len(hits) for hits in by_period.values()))
    cut = min(range(1, len(labels)), key=lambda place: abs(2 * sizes[place - 1] - sizes[-1]))
    parts = [labels[:cut], labels[cut:]]
    return {
        part[0] if len(part) == 1 else f"{part[0]} to {part[-1]}": [
            one for label in part for one in by_period[label]
        ]
        for part in parts
    }


def _apart(between: str, groups: Mapping[str, Sequence[Read]], counts: tuple[str, ...]) -> dict[str, Any]:
    """Two groups to name: the halves, else those with the lowest and the highest precision of at least 10 hits."""
    known = [
        (name, len(hits), float(_share(hits, counts).share or 0.0))
        for name, hits in groups.items()
        if len(hits) >= FEW_READ
    ]
    if len(known) < 2:
        return dict.fromkeys(
            ("first", "first_judged", "first_precision", "second", "second_judged", "second_precision")
        )
    low, high = min(known, key=lambda one: one[2]), max(known, key=lambda one: one[2])
    # In the order in which they are listed, which is that of time for periods.
    first, second = (known[0], known[-1]) if between == "over time" else sorted((low, high), key=known.index)
    keys = ("", "_judged", "_precision")
    return {
        **{f"first{key}": value for key, value in zip(keys, first, strict=True)},
        **{f"second{key}": value for key, value in zip(keys, second, strict=True)},
    }
