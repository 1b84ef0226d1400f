"""Before and after: what changed between two spans, and which items changed places, as one family of tests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Final

import numpy as np
import polars as pl

from tendency.errors import SettingError
from tendency.measures.dispersion import FEW_CLUSTERS, FEW_HITS, Floats, exposure_of
from tendency.measures.families import holm
from tendency.measures.joint import Joint, Quantity
from tendency.measures.rates import check_level, undated_rows
from tendency.measures.result import Result
from tendency.tally import FIXED, WINDOWS, Around, Tally, regrouped, turned

FAMILY_ERROR: Final = 0.05
COMPARISON_DRAWS: Final = 20_000

REVERSED: Final = "order reversed"
UNDECIDED: Final = "not established"
TOO_FEW: Final = "too few"
ROSE: Final = "rose"
FELL: Final = "fell"
HIGHER: Final = "higher"
LOWER: Final = "lower"
GREW_WITH_CHANCE: Final = "share grew, as did that expected by chance"
SHRANK_WITH_CHANCE: Final = "share shrank, as did that expected by chance"


@dataclass(frozen=True)
class RateChanges(Result):
    """Rates of one span over those of another, or of one split over those of another.

    Attributes:
        table: ``query, split, before, after`` (the spans), ``hits_before, hits_after, per_million_before,
            per_million_after, ratio, low, high`` (after over before), ``p`` and ``p_family`` (Holm over the
            table), ``verdict``: ``rose``, ``fell``, ``not established`` or ``too few``. Where two splits are
            compared, ``before`` and ``after`` are their names, ``period`` stands for ``split``, and the verdict
            says ``higher`` or ``lower`` of the second.
        undated: ``query, split, documents, tokens, hits`` of what cannot be dated to one of the spans, or periods.
    """

    undated: pl.DataFrame = field(default_factory=pl.DataFrame)


_RATE_CHANGES: Final = {
    **dict.fromkeys(("query", "split", "before", "after"), pl.String),
    **dict.fromkeys(("hits_before", "hits_after"), pl.Int64),
    **dict.fromkeys(
        ("per_million_before", "per_million_after", "ratio", "low", "high", "p", "p_family"), pl.Float64
    ),
    "verdict": pl.String,
}


@dataclass(frozen=True)
class OrderChanges(Result):
    """Which two items changed places between two spans.

    Attributes:
        table: ``first`` and ``second`` (the item that led before, and the other), ``split, before, after``,
            ``lead_before`` and ``lead_after`` (rate of the first over that of the second) with ``_low`` and
            ``_high``, ``p`` (that it did not change), ``p_family`` (Holm over all pairs and splits) and
            ``verdict``: ``order reversed``, ``not established`` or ``too few``.
    """


@dataclass(frozen=True)
class AimChanges(Result):
    """How the aims of a slogan moved against chance between two spans.

    Attributes:
        table: ``query, aim, window, split, before, after, share_before, share_after, expected_before,
            expected_after, ratio_before, ratio_after, change, low, high`` (of the ratio to chance, after over
            before), ``p, p_family, verdict`` and ``note``: a share that moved though the ratio to chance is
            not shown to have moved says ``share grew, as did that expected by chance`` (or ``shrank``).
        orders: Which two aims changed places by their ratio to chance, as in ``OrderChanges``, with ``window``.
    """

    orders: pl.DataFrame


def compare_rates(
    tally: Tally,
    *,
    before: int = 0,
    after: int = 1,
    against: int = 0,
    level: float = 0.95,
    draws: int = COMPARISON_DRAWS,
) -> RateChanges:
    """How rates changed between two periods of a tally, most simply of one made with two eras.

    Clusters that speak in both spans are compared with themselves: the draws are correlated as their
    residuals are.

    Args:
        tally: Counts by period.
        before: Number of the earlier period.
        after: Number of the later one.
        against: The number of the column that hits are counted against in the ratio, from 1, which has no row itself; 0 for words.
        level: Confidence of the intervals.
        draws: How many joint draws.
    """
    _check(tally, before, after, level)
    joint = Joint(tally, draws)
    rows = []
    for column, query in enumerate(tally.columns):
        if column == against - 1:
            continue
        for split, name in enumerate(tally.splits):
            pair = [Quantity(period, column + 1, against) for period in (before, after)]
            row = {"query": query, "split": name, **_spans(tally, before, after)}
            row |= _change(joint, split, pair, level, salt=column)
            hits = [int(tally.hits[period, split, column]) for period in (before, after)]
            words = [int(tally.tokens[period, split]) for period in (before, after)]
            row |= {"hits_before": hits[0], "hits_after": hits[1]}
            for key, h, n in zip(("before", "after"), hits, words, strict=True):
                row[f"per_million_{key}"] = 1e6 * h / n if n else None
            rows.append(row)
    table = _with_family(rows, _direction) if rows else pl.DataFrame(schema=_RATE_CHANGES)
    columns = [column for column in range(len(tally.columns)) if column != against - 1]
    recipe = _recipe("rate change", tally, before, after, level, draws)
    return RateChanges(table.select(list(_RATE_CHANGES)), recipe, undated_rows(tally, columns))


def compare_splits(
    tally: Tally, before: str, after: str, *, level: float = 0.95, draws: int = COMPARISON_DRAWS
) -> RateChanges:
    """How the rates of one split differ from those of another, in each period.

    The splits stand as two periods do in :func:`compare_rates`: a cluster with text in both, such as a day when two
    newspapers are compared, is compared with itself; the others are independent. Burstiness is pooled over the two.

    Args:
        tally: Counts by split.
        before: Name of the split that is divided by.
        after: Name of the one that is divided.
        level: Confidence of the intervals.
        draws: How many joint draws.

    Raises:
        SettingError: A split that is not there, or the same twice.
    """
    check_level(level)
    for name in (before, after):
        if name not in tally.splits:
            raise SettingError(_no_split(name, tally.splits))
    if before == after:
        raise SettingError(f"a comparison needs two different splits, not {before!r} twice.")
    two = regrouped(tally, splits=[(name, [tally.splits.index(name)]) for name in (before, after)])
    if not two.periods:
        return RateChanges(
            pl.DataFrame(schema=_RATE_CHANGES).rename({"split": "period"}), f"split contrast|{tally.recipe}"
        )
    found = compare_rates(turned(two), level=level, draws=draws)
    verdicts = pl.col("verdict").replace({ROSE: HIGHER, FELL: LOWER})
    table = found.table.rename({"split": "period"}).with_columns(verdicts)
    undated = undated_rows(two, range(len(two.columns)))
    return RateChanges(table, found.recipe.replace("rate change|", "split contrast|", 1), undated)


def _no_split(name: str, splits: Sequence[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, splits, n=3)
    named = f"did you mean {' or '.join(map(repr, near))}?" if near else f"there are {len(splits):,}."
    return f"there is no split {name!r} among the documents asked about; {named}"


def order_changes(
    tally: Tally,
    items: Sequence[str] | None = None,
    *,
    before: int = 0,
    after: int = 1,
    level: float = 0.95,
    draws: int = COMPARISON_DRAWS,
) -> OrderChanges:
    """Which pairs of items changed places between two periods.

    An order is reversed when the first item leads before and the second leads after, each beyond doubt: the
    test's p is the larger of the two one-sided ones (an intersection-union test, Berger 1982,
    doi:10.1080/00401706.1982.10487790), and Holm's procedure (1979) holds the chance of any false reversal
    among all pairs and splits to 5 %. It need not be doubled for the direction: where the lead before or
    after is nothing, only one of the two directions can be claimed by more than a double error.

    Args:
        tally: Counts by period.
        items: The items; by default every column.
        before: Number of the earlier period.
        after: Number of the later one.
        level: Confidence of the intervals.
        draws: How many joint draws.
    """
    _check(tally, before, after, level)
    names = tuple(items) if items is not None else tally.columns
    columns = {name: (tally.column(name) + 1, 0) for name in names}
    rows = _order_rows(Joint(tally, draws), columns, before, after, level)
    table = _with_family(rows, lambda _row: REVERSED)
    return OrderChanges(table, _recipe("order change", tally, before, after, level, draws))


def aim_changes(
    tally: Tally,
    name: str,
    names: Sequence[str],
    *,
    windows: Sequence[int] = WINDOWS,
    before: int = 0,
    after: int = 1,
    level: float = 0.95,
    draws: int = COMPARISON_DRAWS,
) -> AimChanges:
    """How the aims of a slogan moved against chance between two periods of a tally of ``Around``.

    A change of the share alone is no change of content: the theme may have grown everywhere.

    Args:
        tally: Counts of the slogan around its aims.
        name: The slogan.
        names: Its aims.
        windows: Distances in words; each is a family of tests.
        before: Number of the earlier period.
        after: Number of the later one.
        level: Confidence of the intervals.
        draws: How many joint draws.
    """
    _check(tally, before, after, level)
    joint = Joint(tally, draws)
    slogan = tally.column(name)
    frames, orders = [], []
    for window in windows:
        columns = {
            aim: (tally.column(Around.near(aim, window)) + 1, tally.column(Around.expected(aim, window)) + 1)
            for aim in names
        }
        rows = []
        for number, (aim, (near, expected)) in enumerate(columns.items()):
            for split, split_name in enumerate(tally.splits):
                pair = [Quantity(period, near, expected) for period in (before, after)]
                row = {"query": name, "aim": aim, "window": window, "split": split_name}
                row |= _spans(tally, before, after)
                row |= _shares(tally, slogan, near, expected, before, after, split)
                row |= _change(joint, split, pair, level, salt=1000 * window + number)
                rows.append(row)
        frames.append(_with_family(rows, _direction))
        found = _with_family(_order_rows(joint, columns, before, after, level), lambda _row: REVERSED)
        orders.append(found.with_columns(pl.lit(window, dtype=pl.Int64).alias("window")))
    table = pl.concat(frames).rename({"ratio": "change"})
    table = table.with_columns(_notes(table))
    recipe = _recipe("aim change", tally, before, after, level, draws)
    return AimChanges(table.drop("few"), recipe, pl.concat(orders))


def _check(tally: Tally, before: int, after: int, level: float) -> None:
    check_level(level)
    if not tally.clusterings:
        raise SettingError("a comparison needs a tally with clusters.")
    if before == after or not all(0 <= period < len(tally.periods) for period in (before, after)):
        raise SettingError(
            f"a comparison needs two different periods of the {len(tally.periods)} there are, not {before} and {after}."
        )


def _spans(tally: Tally, before: int, after: int) -> dict[str, object]:
    return {"before": tally.periods[before].label, "after": tally.periods[after].label}


def _recipe(what: str, tally: Tally, before: int, after: int, level: float, draws: int) -> str:
    spans = f"{tally.periods[before].label}→{tally.periods[after].label}"
    return f"{what}|{tally.recipe}|spans:{spans}|ci:cluster{round(100 * level)}|draws:{draws}|seed:{tally.seed:016x}"


def _known(joint: Joint, split: int, quantities: Sequence[Quantity]) -> bool:
    """Whether every ratio has something to be counted against and an interval."""
    return all(
        exposure_of(joint.tally, q.exposure)[q.period, split] > 0
        and joint.widest(q.column, q.exposure).interval[q.period, split] != "none"
        for q in quantities
    )


def _few(joint: Joint, split: int, quantities: Sequence[Quantity]) -> bool:
    """Too few: under 8 clusters in either span, or under 10 hits of one item in both, or of two in either."""
    tally = joint.tally
    clusters = min(int(joint.widest(q.column, q.exposure).clusters[q.period, split]) for q in quantities)
    counts = [(q.period, int(tally.hits[q.period, split, q.column - 1])) for q in quantities]
    if len(counts) == 2:
        hits = sum(count for _, count in counts)
    else:
        hits = min(sum(c for p, c in counts if p == period) for period in {p for p, _ in counts})
    return clusters < FEW_CLUSTERS or hits < FEW_HITS


def _two_sided(differences: Floats) -> float:
    above = (float((differences > 0).sum()) + 0.5 * float((differences == 0).sum()) + 0.5) / (
        differences.size + 1
    )
    return min(1.0, 2 * min(above, 1 - above))


def _change(joint: Joint, split: int, pair: Sequence[Quantity], level: float, salt: int) -> dict[str, object]:
    """Ratio of the second quantity to the first, its limits and p."""
    nothing: dict[str, object] = {"ratio": None, "low": None, "high": None, "p": None, "few": True}
    if not _known(joint, split, pair):
        return nothing
    drawn = joint.sample(split, pair, joint.correlation_between(split, pair), salt)
    differences = drawn[:, 1] - drawn[:, 0]
    middle = float(np.median(differences))
    differences = middle + (differences - middle) * _widening(joint, split, pair, level)
    tail = (1 - level) / 2
    low, high = np.exp(np.clip(np.quantile(differences, [tail, 1 - tail]), -700, 700))
    rates = [_ratio(joint.tally, q, split) for q in pair]
    return {
        "ratio": rates[1] / rates[0] if rates[0] > 0 else None,
        "low": float(low),
        "high": float(high),
        "p": _two_sided(differences),
        "few": _few(joint, split, pair),
    }


def _widening(joint: Joint, split: int, pair: Sequence[Quantity], level: float) -> float:
    """How much wider a change is drawn because burstiness is itself estimated: Student's t over the normal.

    The variance of an estimate of 1/k from M clusters is (2 + 6/k)/M times its square, by the kurtosis of a
    negative binomial count; Satterthwaite's degrees of freedom are then M/(1 + 3/k).
    """
    from scipy.special import ndtri, stdtrit

    found = [joint.widest(q.column, q.exposure) for q in pair]
    clusters = sum(float(one.clusters[q.period, split]) for one, q in zip(found, pair, strict=True))
    burstiness = max(float(one.burstiness[q.period, split]) for one, q in zip(found, pair, strict=True))
    freedom = max(2.0, clusters / (1 + 3 * burstiness))
    # Ten times further out than the level, where the tests of a family are decided.
    tail = (1 - level) / 20
    return float(stdtrit(freedom, 1 - tail) / ndtri(1 - tail))


def _ratio(tally: Tally, quantity: Quantity, split: int) -> float:
    exposure = float(exposure_of(tally, quantity.exposure)[quantity.period, split])
    return float(tally.hits[quantity.period, split, quantity.column - 1]) / exposure if exposure else 0.0


def _order_rows(
    joint: Joint, columns: dict[str, tuple[int, int]], before: int, after: int, level: float
) -> list[dict[str, object]]:
    tally, tail = joint.tally, (1 - level) / 2
    rows = []
    for split, split_name in enumerate(tally.splits):
        drawn: dict[tuple[str, int], Floats] = {}
        for period in (before, after):
            quantities = {
                name: Quantity(period, column, against) for name, (column, against) in columns.items()
            }
            known = {name: q for name, q in quantities.items() if _known(joint, split, [q])}
            if known:
                pairs = [(q.column, q.exposure) for q in known.values()]
                correlation = joint.correlation_within(split, pairs)
                sample = joint.sample(
                    split, list(known.values()), correlation, salt=10**6 + 7 * pairs[0][0] + period
                )
                drawn |= {(name, period): sample[:, i] for i, name in enumerate(known)}
        for a, b in combinations(columns, 2):
            four = [Quantity(period, *columns[name]) for name in (a, b) for period in (before, after)]
            leads = [_ratio(tally, four[i], split) >= _ratio(tally, four[i + 2], split) for i in (0, 1)]
            first, second = (a, b) if leads[0] else (b, a)
            row: dict[str, object] = {
                "first": first,
                "second": second,
                "split": split_name,
                **_spans(tally, before, after),
                "p": None,
                "few": True,
            }
            tails = []
            for key, period in (("before", before), ("after", after)):
                row |= {f"lead_{key}": None, f"lead_{key}_low": None, f"lead_{key}_high": None}
                if (first, period) not in drawn or (second, period) not in drawn:
                    continue
                difference = drawn[first, period] - drawn[second, period]
                low, high = np.exp(np.clip(np.quantile(difference, [tail, 1 - tail]), -700, 700))
                top, bottom = (
                    _ratio(tally, Quantity(period, *columns[name]), split) for name in (first, second)
                )
                row[f"lead_{key}"] = top / bottom if bottom > 0 else None
                row[f"lead_{key}_low"], row[f"lead_{key}_high"] = float(low), float(high)
                wrong = difference <= 0 if period == before else difference >= 0
                tails.append((float(wrong.sum()) + 0.5) / (difference.size + 1))
            if len(tails) == 2:
                row |= {"p": max(tails), "few": _few(joint, split, four)}
            rows.append(row)
    return rows


def _direction(row: dict[str, object]) -> str:
    low, high = row["low"], row["high"]
    assert isinstance(low, float)
    assert isinstance(high, float)
    return ROSE if low * high > 1 else FELL


def _with_family(rows: list[dict[str, object]], claim: Callable[[dict[str, object]], str]) -> pl.DataFrame:
    tested = [None if row["few"] else row["p"] for row in rows]
    for row, corrected in zip(rows, holm(tested), strict=True):  # type: ignore[arg-type]
        row["p_family"] = corrected
        if row["few"]:
            row["verdict"] = TOO_FEW
        elif corrected is not None and corrected <= FAMILY_ERROR:
            row["verdict"] = claim(row)
        else:
            row["verdict"] = UNDECIDED
    numbers = {key for row in rows for key, value in row.items() if isinstance(value, float) or value is None}
    return pl.DataFrame(rows, schema_overrides=dict.fromkeys(numbers, pl.Float64), infer_schema_length=None)


def _shares(
    tally: Tally, slogan: int, near: int, expected: int, before: int, after: int, split: int
) -> dict[str, object]:
    row: dict[str, object] = {}
    for key, period in (("before", before), ("after", after)):
        hits = int(tally.hits[period, split, slogan])
        found = int(tally.hits[period, split, near - 1])
        chance = float(tally.hits[period, split, expected - 1]) / FIXED
        row[f"hits_{key}"], row[f"near_{key}"] = hits, found
        row[f"share_{key}"] = found / hits if hits else None
        row[f"expected_{key}"] = chance / hits if hits else None
        row[f"ratio_{key}"] = found / chance if chance > 0 else None
    return row


def _notes(table: pl.DataFrame) -> pl.Series:
    """A share that moved by a tenth or more of itself with the expected one, while the ratio stayed."""
    notes = []
    for row in table.iter_rows(named=True):
        shares = row["share_before"], row["share_after"]
        chances = row["expected_before"], row["expected_after"]
        note = ""
        if row["verdict"] not in (ROSE, FELL) and None not in (*shares, *chances):
            if shares[1] > 1.1 * shares[0] and chances[1] > 1.1 * chances[0]:
                note = GREW_WITH_CHANCE
            elif shares[1] < shares[0] / 1.1 and chances[1] < chances[0] / 1.1:
                note = SHRANK_WITH_CHANCE
        notes.append(note)
    return pl.Series("note", notes, dtype=pl.String)
