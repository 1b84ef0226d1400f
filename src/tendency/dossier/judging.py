"""What may be said once a person has read a sample of the hits: what they assert, the corrected rate, and how two judges agree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from tendency.charts import judged_chart
from tendency.corpus import Query
from tendency.dossier import wording
from tendency.dossier.asking import Asking
from tendency.dossier.columns import chosen, described
from tendency.dossier.finding import Claim, Exhibit
from tendency.measures.judged_sample import DIFFERS, TOO_FEW, Judged
from tendency.measures.judging import COUNTS_OR_NOT, judge
from tendency.measures.precision import FEW_READ
from tendency.tally import Eras

Row = Mapping[str, Any]

JUDGED_KINDS = (
    "precision differs",
    "precision",
    "corrected rate",
    "judges agree",
    "precision not shown to differ",
)
"""Kinds of claims, the most telling first."""

_SHOWN = (
    "query", "period", "split", "tokens", "hits", "judged", "asserts", "rejects", "reports", "other_sense", "precision", "low", "high",
    "per_million", "pooled", "corrected", "corrected_low", "corrected_high", "too_few",
)  # fmt: skip
_MEANINGS = {
    "judged": "Hits of the sample that a person read",
    "asserts": "Hits that assert it",
    "rejects": "Hits that reject it",
    "reports": "Hits that report that others say it",
    "other_sense": "Hits that mean something else",
    "precision": "Share of the hits that are the thing",
    "low": "Lower end of its 95 % interval",
    "high": "Upper end of its 95 % interval",
    "pooled": "The precision by which the rate is corrected: that of the period, drawn towards that of all periods",
    "corrected": "Hits that are the thing, per million words",
    "corrected_low": "Lower end of its 95 % interval",
    "corrected_high": "Upper end of its 95 % interval",
}


@dataclass(frozen=True)
class JudgedPart:
    """What a judged sample adds to a finding; nothing where none was judged."""

    claims: tuple[Claim, ...] = ()
    exhibits: tuple[Exhibit, ...] = ()
    warnings: tuple[str, ...] = ()
    recipes: tuple[str, ...] = ()


def judged_part(
    asking: Asking,
    anchor: str,
    queries: Mapping[str, Query],
    files: Sequence[Path],
    *,
    by: str | Eras,
    split: str | Mapping[str, str] | None,
    where: str | None,
) -> JudgedPart:
    """What a person found in a sample of the hits of these queries.

    Args:
        asking: The corpus.
        anchor: The finding's, which names its exhibits.
        queries: Query by name.
        files: The sheets of one judge, or of two; none says nothing.
        by: The periods.
        split: What splits the documents.
        where: Only documents for which this holds.

    Raises:
        SettingError: A sheet cannot be read, or holds no hit of these.
    """
    if not files:
        return JudgedPart()
    common = asking.common(where)
    over_time = judge(asking.index, queries, files, by=by, **common)
    found = over_time if split is None else judge(asking.index, queries, files, by=by, split=split, **common)
    both = replace(
        found,
        # Over time the documents are not divided, between splits they are.
        differs=pl.concat([over_time.differs, found.differs.filter(pl.col("between") == "splits")]),
    )
    claims = [claim for name in queries for claim in judged_claims(name, both)]
    named = wording.listing([wording.named(name) for name in queries])
    title = f"What was read in a sample of the hits of {named}"
    whole = chosen(found.overall, tuple(name for name in _SHOWN if name != "period"))
    curve = chosen(over_time.table, _SHOWN)
    exhibits = [
        Exhibit(
            f"{anchor}-judged",
            title,
            "A person read hits drawn at random, without voice and date. Precision is the share that asserts it, with 95 % interval; the "
            "corrected rate is that of hits that assert it. What the query misses is not counted in.",
            whole,
            columns=described(whole, **_MEANINGS),
        ),
        Exhibit(
            f"{anchor}-judged-over-time",
            f"The rate of {named} as counted and as corrected",
            "Above hits per million words as counted, and of those that assert it; below the share of hits that assert it; shaded: 95 % "
            "interval. Open marks rest on under 10 hits read.",
            curve,
            judged_chart(
                over_time.table,
                title=f"The rate of {named} as counted and as corrected",
                events=asking.events,
            )
            if over_time.table["period"].n_unique() > 1
            else None,
            columns=described(curve, **_MEANINGS),
        ),
    ]
    if found.disagreements.height:
        lines = found.disagreements.select("first", "second", "citation", "left", "match", "right")
        exhibits.append(
            Exhibit(
                f"{anchor}-judged-apart",
                f"Where the two judges of {named} disagree",
                "Every hit that they judged differently.",
                lines,
                columns=described(lines, first="What the one said", second="What the other said"),
            )
        )
    return JudgedPart(
        (*claims, *agreement(" or ".join(queries), found)), tuple(exhibits), found.notes, (found.recipe,)
    )


_VERBS = {
    "asserts": "assert it",
    "rejects": "reject it",
    "reports": "report it",
    "other sense": "mean something else",
}
_COLUMNS = {"asserts": "asserts", "rejects": "rejects", "reports": "reports", "other sense": "other_sense"}
_BETWEEN = {"periods": "from period to period", "over time": "over time", "splits": "between {split}"}


def judged_claims(name: str, found: Judged, *, split: str = "its parts") -> list[Claim]:
    """Everything that a judged sample of one query allows to be said, the precision first.

    Args:
        name: The query's name in the tables.
        found: What was judged.
        split: What divides the documents, in the plural.
    """
    whole = found.overall.filter(pl.col("query") == name).to_dicts()
    if not whole or whole[0]["judged"] < FEW_READ:
        return [_too_few(name, whole[0]["judged"] if whole else 0)]
    said = [precision(name, whole[0], found.counting)]
    if whole[0]["corrected_low"] is not None:
        said.append(corrected_rate(name, whole[0], found.counting, sensitive="sensitivity:" in found.recipe))
    said += differences(name, found.differs.filter(pl.col("query") == name).to_dicts(), split)
    return said


def precision(name: str, row: Row, counting: Sequence[str]) -> Claim:
    """How many of the hits that were read are the thing."""
    share = wording.percent(row["precision"])
    # Where strata were drawn from, the share is not that of the hits read.
    counted = sum(row[_COLUMNS[word]] for word in counting)
    weighted = abs(counted / row["judged"] - row["precision"]) > 1e-9
    limits = f"95\N{NO-BREAK SPACE}% interval {_percents(row['low'], row['high'])}"
    figures = f"weighted by stratum {share}, {limits}" if weighted else limits
    rest = [
        f"{wording.whole(row[_COLUMNS[word]])} {verb}"
        for word, verb in _VERBS.items()
        if word not in counting and row[_COLUMNS[word]]
    ]
    others = f"; {wording.listing(rest)}" if rest else ""
    sentence = (
        f"Of {wording.counted(row['judged'], 'hit')} of {wording.named(name)} drawn at random and read, {wording.whole(counted)} "
        f"{_verbs(counting)} ({figures}){others}."
    )
    return Claim(sentence, "precision", (name,), True, _values(row))


def corrected_rate(name: str, row: Row, counting: Sequence[str], *, sensitive: bool = False) -> Claim:
    """The rate of hits that are the thing."""
    missed = (
        "what the query misses is counted in by the sensitivity that was given"
        if sensitive
        else "what the query misses is not counted in"
    )
    sentence = (
        f"{wording.named(name)} is named {wording.figure(row['per_million'])} times per million words, and hits that {_verbs(counting)} "
        f"come to {wording.figure(row['corrected'])} ({wording.interval(row['corrected_low'], row['corrected_high'])}); {missed}."
    )
    return Claim(sentence, "corrected rate", (name,), True, _values(row))


def differences(name: str, rows: Sequence[Row], split: str) -> Iterator[Claim]:
    """Whether the precision differs between periods or parts, in which case the curve as counted misleads."""
    different = [row for row in rows if row["verdict"] == DIFFERS]
    for row in different:
        between = _BETWEEN[row["between"]].format(split=split)
        apart = (
            f": {wording.percent(row['first_precision'])} of {wording.counted(row['first_judged'], 'hit')} in {row['first']}, "
            f"{wording.percent(row['second_precision'])} of {wording.whole(row['second_judged'])} in {row['second']}"
            if row["first"] is not None
            else ""
        )
        misleads = (
            "The rates as counted cannot be compared with each other"
            if row["between"] == "splits"
            else "The curve as counted misleads"
        )
        sentence = (
            f"How many hits of {wording.named(name)} are the thing differs {between}{apart} ({_p(row['p_family'])}). "
            f"{misleads}; the corrected one takes it into account."
        )
        yield Claim(
            sentence,
            "precision differs",
            (name,),
            True,
            (("between", row["between"]), ("p", row["p_family"])),
        )
    tested = [row for row in rows if row["verdict"] != TOO_FEW]
    if tested and not different:
        sentence = (
            f"How many hits of {wording.named(name)} are the thing is not shown to differ "
            f"{wording.listing([_BETWEEN[row['between']].format(split=split) for row in tested], last='or')}: with "
            f"{wording.counted(tested[0]['judged'], 'hit')} read, only large differences would show."
        )
        values = tuple((f"p_{row['between']}", row["p_family"]) for row in tested)
        yield Claim(sentence, "precision not shown to differ", (name,), False, values)


def agreement(name: str, found: Judged) -> list[Claim]:
    """How two judges agree; nothing for one."""
    rows = {row["judgements"]: row for row in found.agreement.to_dicts()}
    if not rows:
        return []
    row = rows[COUNTS_OR_NOT]
    values = tuple((key, value) for key, value in row.items() if key != "judgements")
    read = f"Two people read {wording.counted(row['both'], 'hit')} of {wording.named(name)}"
    if row["too_few"]:
        return [Claim(f"{read}: too few to say how they agree.", "too few", (name,), False, values)]
    beyond = (
        "as one of the two answers is all that they gave, agreement beyond chance cannot be computed"
        if row["kappa"] is None
        else f"beyond chance Cohen’s κ is {row['kappa']:.2f} (95\N{NO-BREAK SPACE}% interval {row['kappa_low']:.2f} to {row['kappa_high']:.2f})"
    )
    sentence = (
        f"{read}, and on {wording.whole(row['alike'])} of them agree whether it is the thing ({wording.percent(row['agreement'])}); {beyond}. "
        f"The one found {wording.percent(row['first_counts'])} to be it, the other {wording.percent(row['second_counts'])}."
    )
    return [Claim(sentence, "judges agree", (name,), True, values)]


def sentences(found: Judged) -> list[str]:
    """What a judged sample allows to be said, as plain text."""
    names = found.overall["query"].unique(maintain_order=True).to_list()
    said = [claim for name in names for claim in judged_claims(name, found)]
    return [claim.sentence for claim in [*said, *agreement(" or ".join(names), found)]]


def _too_few(name: str, judged: int) -> Claim:
    sentence = (
        f"Of {wording.counted(judged, 'hit')} of {wording.named(name)} that {'was' if judged == 1 else 'were'} read too few are known to say how "
        f"many are the thing (under {FEW_READ})."
    )
    return Claim(sentence, "too few", (name,), False, (("judged", judged),))


def _verbs(counting: Sequence[str]) -> str:
    return wording.listing([_VERBS[word] for word in counting], last="or")


def _percents(low: float, high: float) -> str:
    return f"{wording.percent(low).removesuffix('%').rstrip()} to {wording.percent(high)}"


def _p(value: float) -> str:
    return "p under 0.01" if value < 0.01 else f"p {value:.2f}"


def _values(row: Row) -> tuple[tuple[str, float | int | str | None], ...]:
    names = ("judged", "asserts", "rejects", "reports", "other_sense", "precision", "low", "high", "per_million", "corrected",
             "corrected_low", "corrected_high")  # fmt: skip
    return tuple((name, row[name]) for name in names)
