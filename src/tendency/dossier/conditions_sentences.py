"""A decomposition, own words and editions in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import polars as pl

from tendency.dossier import wording
from tendency.measures.decompose import (
    CHANGE,
    ENTERED,
    LEFT,
    MIX,
    NONE_IN_BOTH,
    NOT_ESTABLISHED,
    PARTS,
    TIED,
    TOO_FEW,
    WITHIN,
)

if TYPE_CHECKING:
    from tendency.measures.decompose import Decomposition

Row = Mapping[str, Any]

_SAID = {
    WITHIN: "within voices that speak in both spans",
    MIX: "in how much of the text each of them has",
    ENTERED: "with voices that speak only in the later span",
    LEFT: "with voices that speak only in the earlier one",
}

_COUNTED = {ENTERED: "entered", LEFT: "left"}
"""How many voices a part is about, in the summary."""


def decomposition_sentences(found: Decomposition) -> tuple[str, ...]:
    """For each query and granularity what its change is made of, then whether two granularities say the same."""
    sentences = [
        decomposition_sentence(
            line,
            found.table.filter(
                (pl.col("query") == line["query"]) & (pl.col("granularity") == line["granularity"])
            ).to_dicts(),
            found.measure.unit,
            found.level,
        )
        for line in found.summary.to_dicts()
    ]
    return (*sentences, *agreement_sentences(found))


def agreement_sentences(found: Decomposition) -> Iterator[str]:
    """For each query with two granularities whether they say the same."""
    for row in found.agree.to_dicts():
        sentence = row["sentence"]
        yield f"{wording.named(row['query'])}: {sentence}."


def decomposition_sentence(line: Row, parts: Sequence[Row], unit: str, level: float) -> str:
    """``Of the rise by 120 hits per million words, 80 (60 to 100) lie within voices that speak in both spans, …``."""
    values = {part["part"]: part for part in parts}
    head = f"{wording.named(line['query'])} by {line['granularity']}, {line['before']} to {line['after']}:"
    change = values[CHANGE]["value"]
    if change is None:
        missing = line["before"] if line["rate_before"] is None else line["after"]
        return f"{head} nothing is held of {missing}, so there is no change to take apart."
    if line["verdict"] == TOO_FEW:
        return (
            f"{head} too few to take a change apart ({wording.counted(line['hits_before'] + line['hits_after'], 'hit')}, "
            f"{wording.counted(line['clusters'], 'independent piece')} of evidence in the poorer span)."
        )
    if line["verdict"] == NONE_IN_BOTH:
        return f"{head} {NONE_IN_BOTH}: the change of {wording.figure(change)} {unit} may be one of who speaks, not of what is said."
    rose = "rise" if change > 0 else "fall"
    size = f"the {rose} by {wording.figure(abs(change))} {unit}{_between(values[CHANGE], change, level)}"
    if line["verdict"] == NOT_ESTABLISHED:
        return f"{head} {size} cannot be told from chance, so its parts cannot either."
    sign = 1.0 if change > 0 else -1.0
    said = [
        f"{wording.figure(sign * values[part]['value'])}{_between(values[part], change, None)} "
        f"{'lie ' if part == WITHIN else ''}{_SAID[part]}"
        for part in PARTS
        if line[_COUNTED.get(part, "continuing")]
    ]
    verdict = (
        "; no part is larger than every other beyond chance"
        if line["verdict"] == TIED
        else f"; the largest part lies {_SAID[line['verdict']]}"
    )
    against = (
        "" if line["within_with_change"] else "; within the voices that stay the rate moved the other way"
    )
    return f"{head} of {size}, {'; '.join(said)}{verdict}{against}."


def _between(part: Row, change: float, level: float | None) -> str:
    low, high = part["low"], part["high"]
    if low is None or high is None:
        return ""
    if change < 0:
        low, high = -high, -low
    name = f"{level:.0%} interval ".replace("%", " %") if level is not None else ""
    return f" ({name}{wording.figure(low)} to {wording.figure(high)})"


def quoted_sentence(name: str, hits: int, quoted: int) -> str:
    """How many hits stand in quotation marks: ``Of 120 hits of “peace”, 30 (25 %) stand in quotation marks.``."""
    if not hits:
        return f"{wording.named(name)} has no hit."
    return (
        f"Of {wording.counted(hits, 'hit')} of {wording.named(name)}, {wording.whole(quoted)} ({wording.percent(quoted / hits)}) "
        f"{'stands' if quoted == 1 else 'stand'} in quotation marks: they may be the words of others."
    )
