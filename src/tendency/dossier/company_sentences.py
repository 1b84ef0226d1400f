"""Sentences about the company that a query keeps, then and now, and about what sets documents apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tendency.dossier.finding import Claim
from tendency.dossier.wording import counted, figure, interval, listing, named, percent, probability

Row = Mapping[str, Any]

COMPANY_KINDS: dict[str, str] = {
    "stands near": "a word that stands near a query more often than elsewhere in the same documents",
    "stands near as elsewhere": "a word near a query whose interval does not leave out that it stands there as often as elsewhere",
    "came into company": "a word whose ratio near to elsewhere is larger in the later of two parts",
    "went out of company": "a word whose ratio near to elsewhere is smaller in the later of two parts",
    "closer company": "a word that kept company before, and stands near still more often in the later of two parts",
    "looser company": "a word that still keeps company, and stands near less often in the later of two parts",
    "stays in company": "a word whose ratio changed by less than a factor of two, as far as its interval reaches",
    "company not shown to change": "a word near a query whose change cannot be told from chance",
    "set apart": "a word that one part of the documents uses more than another",
    "not shown to be set apart": "no word of two parts differs beyond what bursts would give",
}
"""Kinds of claims about company and contrast, with what they say."""


def collocate_claim(query: str, row: Row) -> Claim:
    """How much more often a word stands near a query than elsewhere in the same documents, from a row of collocates."""
    values = _values(row, "near", "documents", "clusters", "ratio", "low", "high", "log_dice", "elsewhere")
    seen = f"{counted(row['near'], 'occurrence')} in {counted(row['documents'], 'document')}"
    if row["too_few"] or row["low"] is None:
        return Claim(
            f"Too few occurrences of {named(row['word'])} near {named(query)} to say how much that means ({seen}).",
            "too few",
            (query, row["word"]),
            False,
            values,
        )
    if row["ratio"] is None:
        times = f"and nowhere else in the same documents (at least {figure(row['low'])} times as often, 95\N{NO-BREAK SPACE}%)"
    else:
        times = f"{figure(row['ratio'])} times as often as elsewhere in the same documents ({_bounds(row['low'], row['high'])})"
    more = row["low"] > 1
    less = row["high"] is not None and row["high"] < 1
    sentence = f"Near {named(query)}, {named(row['word'])} stands {times}; {seen}."
    if not more and not less:
        sentence = f"{sentence[:-1]}: that may be as often as elsewhere."
    kind = "stands near" if more or less else "stands near as elsewhere"
    return Claim(sentence, kind, (query, row["word"]), more or less, values)


def company_change_claim(query: str, row: Row, before: str, after: str) -> Claim:
    """How the company of a query changed by one word between two parts, from a row that compares them."""
    values = _values(
        row, "near_before", "near_after", "ratio_before", "ratio_after", "log_dice_before", "log_dice_after", "change", "low",
        "high", "p", "p_family", "verdict",
    )  # fmt: skip
    subjects = (query, row["word"])
    seen = (
        f"{row['near_before']:,} near in {counted(row['documents_before'], 'document')}, then {row['near_after']:,} in "
        f"{counted(row['documents_after'], 'document')}"
    )
    if row["verdict"] == "too few":
        sentence = f"Too few occurrences of {named(row['word'])} near {named(query)} to compare {before} with {after} ({seen})."
        return Claim(sentence, "too few", subjects, False, values)
    levels = f"{_times(row, 'before')} as often near it as elsewhere in {before}, {_times(row, 'after')} in {after}"
    by = _by(row)
    tested = f"p {probability(row['p_family'])}, all words shown taken together"
    word, it = named(row["word"]), named(query)
    head, kind = {
        "came": (f"{word} came into the company of {it}", "came into company"),
        "went": (f"{word} went out of the company of {it}", "went out of company"),
        "closer": (f"{word} keeps {it} closer company", "closer company"),
        "looser": (f"{word} keeps {it} looser company", "looser company"),
        "stays": (f"{word} stays in the company of {it}", "stays in company"),
    }.get(
        row["verdict"],
        (f"The company of {it} is not shown to have changed in {word}", "company not shown to change"),
    )
    holds = kind != "company not shown to change"
    return Claim(f"{head}: {levels} ({by}; {tested}; {seen}).", kind, subjects, holds, values)


def contrast_claim(row: Row) -> Claim | None:
    """Where a word is used more, from a row of keywords; None for one that is not shown to differ."""
    more_in = row["verdict"].removeprefix("more in ")
    if more_in == row["verdict"]:
        return None
    first = more_in == row["target"]
    other = row["reference"] if first else row["target"]
    ratio, low, high = row["ratio"], row["low"], row["high"]
    if not first:
        ratio, low, high = (_inverse(value) for value in (ratio, high, low))
    ends = ("", "_reference") if first else ("_reference", "")
    rates = [row[f"per_million{end}"] for end in ends]
    times = (
        f"at least {figure(low)} times as often, 95\N{NO-BREAK SPACE}%"
        if ratio is None or row[f"hits{ends[1]}"] == 0
        else f"{figure(ratio)} times as often, {_bounds(low, high)}"
    )
    seen = f"{counted(row[f'hits{ends[0]}'], 'hit')} in {counted(row[f'documents{ends[0]}'], 'document')}"
    seen += f", against {row[f'hits{ends[1]}']:,} in {row[f'documents{ends[1]}']:,}"
    sentence = (
        f"{named(row['word'])} is named more in {more_in} than in {other}: {figure(rates[0])} against {figure(rates[1])} times per million words "
        f"({times}; {seen}; the top document has {percent(row[f'top_document_share{ends[0]}'])} of them)."
    )
    values = _values(
        row, "target", "reference", "z", "ratio", "low", "high", "p", "p_family", "hits", "hits_reference", "documents",
        "documents_reference",
    )  # fmt: skip
    return Claim(sentence, "set apart", (row["word"], row["target"], row["reference"]), True, values)


def no_contrast_claim(summary: Row) -> Claim | None:
    """That no word differs between two parts, from a row of the summary; None where some do, or nothing was tested."""
    if summary["found"] or not summary["tested"]:
        return None
    sentence = (
        f"Of {counted(summary['tested'], 'word')} tested none is shown to be named more in {summary['target']} or in "
        f"{summary['reference']} than bursts would give."
    )
    values = _values(summary, "target", "reference", "tested", "found")
    return Claim(
        sentence, "not shown to be set apart", (summary["target"], summary["reference"]), False, values
    )


def hidden_note(summary: Row) -> str:
    """What a table of keywords leaves out, as a sentence for its caption; nothing where it leaves out nothing."""
    hidden = [
        f"{counted(summary[name], 'word')} {said}"
        for name, said in (
            ("under_three_documents", "in under three documents"),
            ("most_in_one_document", "mostly in one document"),
        )
        if summary[name]
    ]
    return f"Left out of the table: {listing(hidden)}." if hidden else ""


def _values(row: Row, *names: str) -> tuple[tuple[str, float | int | str | None], ...]:
    return tuple((name, row[name]) for name in names if name in row)


def _inverse(value: float | None) -> float | None:
    """One over a ratio or a limit: of 0 nothing, and of what nothing bounds 0."""
    if value is None:
        return 0.0
    return None if value == 0 else 1 / value


def _bounds(low: float | None, high: float | None) -> str:
    if low is None:
        return "no interval"
    if high is None:
        return f"95\N{NO-BREAK SPACE}% interval from {figure(low)} on"
    return interval(low, high)


def _times(row: Row, when: str) -> str:
    if not row[f"near_{when}"]:
        return "never"
    ratio = row[f"ratio_{when}"]
    return "only there, not" if ratio is None else f"{figure(ratio)} times"


def _by(row: Row) -> str:
    if row["change"] is None or row["change"] == 0:
        return f"the ratio changed by a factor of {_range(row)}"
    return f"the ratio changed by a factor of {figure(row['change'])}, {_bounds(row['low'], row['high'])}"


def _range(row: Row) -> str:
    low, high = row["low"], row["high"]
    if high is None:
        return f"at least {figure(low or 0.0)}"
    return f"at most {figure(high)}" if not low else f"{figure(low)} to {figure(high)}"
