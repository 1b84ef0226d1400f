"""Sentences about voices held against each other: who leads, who is silent, two signals in the same pages, who names whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tendency.dossier.finding import Claim
from tendency.dossier.wording import counted, figure, interval, listing, named, percent, probability, whole

Row = Mapping[str, Any]
Values = tuple[tuple[str, float | int | str | None], ...]

VOICE_KINDS: dict[str, str] = {
    "leads": "a voice that takes a theme up before another, beyond cadence, common course and volume",
    "taken up together": "two voices that take a theme up within one publication interval",
    "lead not told": "two voices of which it cannot be told who takes a theme up first",
    "silent": "a voice that does not name what others name, with enough held and enough text",
    "silence not told": "a voice without a hit of which silence cannot be told",
    "in the same pages": "two queries that stand in the same documents more than chance, lengths being equal",
    "in different pages": "two queries that stand in the same documents less than chance, lengths being equal",
    "pages not told": "two queries whose association could be chance",
    "named in hostility": "an opponent whom a standpoint names beside hostile words more than chance",
    "spared": "an opponent whom a standpoint names beside hostile words less than chance",
    "hostility not told": "opponents whom a standpoint names beside hostile words no more or less than chance, as far as can be told",
}
"""Kinds of claims about voices, with what they say."""


def lead_claim(row: Row) -> Claim:
    """Who takes a theme up first, from a row of the table of leads."""
    name, first, second = named(row["query"]), named(row["first"]), named(row["second"])
    subjects = (row["query"], row["first"], row["second"])
    values = _values(
        row, "first", "second", "lag", "low", "high", "grain", "correlation", "p", "p_family", "p_lag", "periods", "hits_first",
        "hits_second", "removed", "verdict",
    )  # fmt: skip
    if row["verdict"] == "too few":
        sentence = f"{name}: too little to say whether {first} or {second} takes it up first ({row['note']})."
        return Claim(sentence, "too few", subjects, False, values)
    basis = (
        f"{counted(row['hits_first'], 'hit')} and {counted(row['hits_second'], 'hit')}, {counted(row['periods'], row['grain'])} with text of "
        f"both, {row['removed']} taken out"
    )
    if row["verdict"] == "leads":
        sentence = (
            f"{first} takes {name} up before {second}, by {counted(row['lag'], row['grain'])} (80\N{NO-BREAK SPACE}% range {row['low']} to "
            f"{row['high']}; correlation {figure(row['correlation'])}, p {probability(row['p_family'])} over all lags; {basis}). This is not a cause."
        )
        return Claim(sentence, "leads", subjects, True, values)
    if row["verdict"] == "same event, different press day":
        sentence = (
            f"{first} and {second} take {name} up together: same event, different press day (correlation {figure(row['correlation'])}, p "
            f"{probability(row['p_family'])} over all lags; {basis})."
        )
        return Claim(sentence, "taken up together", subjects, False, values)
    sentence = f"Whether {first} or {second} takes {name} up first cannot be told: {row['note']} ({basis})."
    return Claim(sentence, "lead not told", subjects, False, values)


def silence_claim(row: Row) -> Claim | None:
    """What is to be said of a voice without a hit, from a row of the table of silences; None where it names the theme or nothing is held."""
    if row["verdict"] in ("names it", "nothing held"):
        return None
    name, voice = named(row["query"]), named(row["split"])
    subjects = (row["query"], row["split"])
    when = "" if row["period"] == "all" else f" in {row['period']}"
    text = f"{counted(row['documents'], 'document')}, {counted(row['tokens'], 'word')}"
    values = _values(
        row,
        "period",
        "documents",
        "tokens",
        "held",
        "others",
        "others_hits",
        "others_per_million",
        "expected",
        "p",
        "p_family",
        "verdict",
    )
    if row["verdict"] == "cannot be told":
        sentence = f"{voice} has no hit of {name}{when} ({text}); whether it was silent cannot be told: {row['note']}."
        return Claim(sentence, "silence not told", subjects, False, values)
    others = f"the {counted(row['others'], 'other voice')} name it {figure(row['others_per_million'])} times per million words, {counted(row['others_hits'], 'hit')}"
    chance = f"as much text of another such voice would also be silent with probability {_small(row['p'])}"
    if row["verdict"] == "silent while others name it":
        sentence = (
            f"{voice} is silent about {name}{when} while others name it: {chance} ({others}; {text}; {percent(row['held'])} of its expected issues "
            "held). Why it is silent the count does not say."
        )
        return Claim(sentence, "silent", subjects, True, values)
    sentence = f"{voice} has no hit of {name}{when}, in too little text to call it silence: {chance} ({others}; {text})."
    return Claim(sentence, "silence not told", subjects, False, values)


def signals_claim(row: Row, within: int, split: str | None = None) -> Claim:
    """Whether two signals stand in the same documents, from a row of their table.

    Args:
        row: The row.
        within: Words between hits that stand near each other.
        split: What divides the corpus, where the row is of a part.
    """
    first, second = named(row["first"]), named(row["second"])
    part = "" if split is None or row["split"] == "all" else f"In {split} {named(row['split'])}: "
    subjects = (row["first"], row["second"], *(() if not part else (row["split"],)))
    values = _values(
        row, "documents", "with_first", "with_second", "with_both", "expected", "odds_ratio", "low", "high", "crude", "p", "p_family", "near",
        "near_ratio", "near_low", "near_high", "clusters", "moves", "verdict",
    )  # fmt: skip
    both = f"{whole(row['with_both'])} of {counted(row['documents'], 'document')} have both"
    if row["verdict"] == "too few":
        return Claim(
            f"{part}Too little to say whether {first} and {second} stand in the same documents ({both}; {row['note']}).",
            "too few",
            subjects,
            False,
            values,
        )
    basis = (
        f"{both}, where chance would give {figure(row['expected'])} in documents as long; odds ratio {figure(row['odds_ratio'])}, "
        f"{interval(row['low'], row['high'])}; {counted(row['clusters'], 'cluster')}"
    )
    beside = ""
    if row["near_ratio"] is not None and row["near_low"] is not None:
        beside = (
            f" Within {within} words of each other they stand {figure(row['near_ratio'])} times as often as chance would put them in the same documents "
            f"({interval(row['near_low'], row['near_high'])})."
        )
    moves = {
        "moves with it": " From period to period their rates move together.",
        "moves against it": " From period to period their rates move against each other.",
    }.get(row["moves"], "")
    kind = {
        "in the same documents more than chance": "in the same pages",
        "in the same documents less than chance": "in different pages",
    }.get(row["verdict"], "pages not told")
    says = {
        "in the same pages": f"{first} and {second} stand in the same documents more than chance",
        "in different pages": f"{first} and {second} stand in the same documents less than chance",
        "pages not told": f"{first} and {second} stand in the same documents about as chance would have it, as far as can be told",
    }[kind]
    return Claim(f"{part}{says} ({basis}).{beside}{moves}", kind, subjects, kind != "pages not told", values)


def polemics_claims(rows: Sequence[Row], hostile: str, within: int) -> list[Claim]:
    """What one standpoint does in one period, from its rows of the matrix: a claim an opponent that can be told from chance, one for the rest.

    Args:
        rows: The rows of the standpoint, one an opponent.
        hostile: What the hostile words are called.
        within: Words between an opponent and a hostile word.
    """
    claims, rest = [], []
    for row in sorted(rows, key=lambda row: (row["rank"] is None, row["rank"], row["query"])):
        if row["verdict"] in ("more than chance", "less than chance"):
            claims.append(_told(row, hostile, within))
        elif row["verdict"] == "not to be told from chance":
            rest.append(row)
    few = [row for row in rows if row["verdict"] == "too few" and row["tokens"]]
    if rest:
        first = rest[0]
        sentence = (
            f"{named(first['split'])}{_when(first)} names {listing([_cell(row) for row in rest])} beside {hostile} neither more nor less than chance, "
            "as far as can be told."
        )
        claims.append(
            Claim(
                sentence, "hostility not told", (first["split"], *(row["query"] for row in rest)), False, ()
            )
        )
    if few:
        first = few[0]
        sentence = (
            f"{named(first['split'])}{_when(first)} names {listing([named(row['query']) for row in few])} too little to say whether beside {hostile} "
            "more than chance."
        )
        claims.append(Claim(sentence, "too few", (first["split"], *(row["query"] for row in few)), False, ()))
    return claims


def _told(row: Row, hostile: str, within: int) -> Claim:
    more = row["verdict"] == "more than chance"
    alone = row["rank"] == row["rank_low"] == row["rank_high"] == 1
    sentence = (
        f"{named(row['split'])}{_when(row)} names {named(row['query'])} beside {hostile} {'more' if more else 'less'} than chance: "
        f"{whole(row['near'])} of {counted(row['hits'], 'hit')} within {within} words, {figure(row['ratio'])} times what chance would give "
        f"({interval(row['low'], row['high'])})"
        + ("; against chance, more than any other opponent." if alone and more else ".")
    )
    values = _values(
        row,
        "period",
        "near",
        "hits",
        "share",
        "expected",
        "ratio",
        "low",
        "high",
        "rank",
        "rank_low",
        "rank_high",
        "p",
        "p_family",
        "verdict",
    )
    return Claim(
        sentence, "named in hostility" if more else "spared", (row["split"], row["query"]), True, values
    )


def _cell(row: Row) -> str:
    return f"{named(row['query'])} ({whole(row['near'])} of {counted(row['hits'], 'hit')}, {figure(row['ratio'])} times chance)"


def _when(row: Row) -> str:
    return "" if row["period"] == "all" else f", {row['period']},"


def _small(p: float) -> str:
    """A small probability to one figure, without claiming certainty."""
    return "under 0.001" if p < 0.001 else figure(p)


def _values(row: Row, *names: str) -> Values:
    return tuple((name, row[name]) for name in names if name in row)
