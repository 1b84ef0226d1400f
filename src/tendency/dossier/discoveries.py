"""What moves that nobody asked about: words and phrases found by looking, and held to documents that were kept back."""

from __future__ import annotations

from typing import Any

import polars as pl

from tendency.corpus import parse
from tendency.dossier import wording
from tendency.dossier.asked import AskedDiscovery
from tendency.dossier.asking import Asking
from tendency.dossier.columns import chosen, described
from tendency.dossier.evidence import Frame, Sentences
from tendency.dossier.finding import Claim, Exhibit, Finding
from tendency.errors import DossierError, SettingError
from tendency.measures.discovery import Discovery, discover
from tendency.tally import Period

CONFIRMED = "confirmed"
_TOLD = 5
"""Findings that are told in sentences; the table has all."""
_SHOWN = 12
"""Findings with sentences of their own."""
_PRINTED = (
    "rank", "term", "also", "kind", "period", "hits", "documents", "clusters", "top_document_share", "before", "after", "ratio",
    "low", "high", "growth", "p", "p_family", "held_out", "evidence",
)  # fmt: skip
_MEANINGS = {
    "rank": "Place by the lower end of the effect's interval",
    "term": "The word or phrase, case left out",
    "also": "Variants and overlapping phrases with nearly the same hits",
    "kind": "What it does",
    "period": "When it turned, or from when to when it was named more or less",
    "before": "Hits per million words before (outside the episode; in the first third, for a trend)",
    "after": "Hits per million words after (in the episode; in the last third, for a trend)",
    "ratio": "After ÷ before",
    "low": "Lower end of its 95 % interval",
    "high": "Upper end of its 95 % interval",
    "growth": "Growth in per cent a year, for a trend",
    "p": "Probability of so large an effect without one, this test alone",
    "p_family": "The same for all tests together (Benjamini–Hochberg): accepting those up to .10 keeps the expected share of false ones at 10 %",
    "held_out": "Whether documents that were kept back show the same",
    "top_document_share": "Share of the hits that one document has",
}


def answer_discovery(asking: Asking, asked: AskedDiscovery, number: int, room: int) -> Finding:
    """The finding of one look for what moves.

    Args:
        asking: The corpus.
        asked: What is looked for.
        number: Its place among the discoveries, from 1, for messages.
        room: How many lines of evidence it may have.
    """
    anchor = asking.anchor("discover", asked.name)
    common = asking.common(asked.where)
    try:
        found = discover(
            asking.index,
            by=asked.period,
            longest=asked.longest,
            min_hits=asked.min_hits,
            limit=asked.limit,
            **common,
        )
    except SettingError as error:
        raise DossierError(f"{asking.questions.file}, discover[{number}] (“{asked.name}”): {error}") from None
    sentences = Sentences(anchor, room)
    table = _linked(asking, asked, found, sentences)
    rows = table.to_dicts()
    claims = [_summary(asked, found), *(_claim(row) for row in rows[:_TOLD])]
    return Finding(
        anchor=anchor,
        question=f"{asked.name}: which words and phrases rise, fall, turn, appear or vanish?",
        kind="discovery",
        claims=tuple(claims),
        warnings=tuple(_warnings(found)),
        exhibits=tuple(_exhibits(anchor, asked, found, table)),
        evidence=tuple(sentences.blocks),
        recipe=asking.recipe(found.recipe),
        asked="found by looking",
    )


def _summary(asked: AskedDiscovery, found: Discovery) -> Claim:
    kept = found.table.height
    first = "" if kept == found.found else f", of which the first {wording.whole(kept)} are listed"
    sentence = (
        f"{asked.name}: of {wording.counted(found.tested, 'word or phrase', 'words and phrases')} ({wording.counted(found.tests, 'test')}, "
        f"false-discovery rate 10\N{NO-BREAK SPACE}%) {wording.whole(found.found)} move{first}; on documents kept back "
        f"{wording.whole(found.confirmed)} of them do the same."
    )
    values = (
        ("tested", found.tested),
        ("tests", found.tests),
        ("found", found.found),
        ("confirmed", found.confirmed),
    )
    return Claim(sentence, "discovered", (), False, values)


_SAYS = {
    "rises": "rises",
    "falls": "falls",
    "turns up": "turned upward",
    "turns down": "turned downward",
    "appears": "appeared",
    "vanishes": "vanished",
    "episode": "was named more often for a while",
}


def _claim(row: dict[str, Any]) -> Claim:
    when = "" if row["period"] is None else f" ({row['period']})"
    ratio = (
        f", {wording.figure(row['ratio'])} times as often, {wording.interval(row['low'], row['high'])}"
        if row["ratio"] is not None and row["low"] is not None and row["high"] is not None
        else ""
    )
    says = _SAYS[row["kind"]]
    if row["kind"] == "episode" and (row["ratio"] or 0) < 1:
        says = "was named less often for a while"
    sentence = (
        f"Found by looking: {wording.named(row['term'])} {says}{when}: from {wording.figure(row['before'] or 0)} to "
        f"{wording.figure(row['after'] or 0)} per million words{ratio} ({wording.counted(row['hits'], 'hit')} in "
        f"{wording.counted(row['documents'], 'document')}); {_held_out(row['held_out'])}."
    )
    values = tuple(
        (key, row[key])
        for key in ("kind", "period", "before", "after", "ratio", "low", "high", "p_family", "held_out")
    )
    return Claim(sentence, "found by looking", (row["term"],), row["held_out"] == CONFIRMED, values)


def _held_out(label: str) -> str:
    return {
        CONFIRMED: "confirmed on documents kept back",
        "not confirmed": "not confirmed on documents kept back",
    }.get(label, "too few documents were kept back to confirm it")


def _warnings(found: Discovery) -> list[str]:
    left = [f"{reason}: {wording.whole(number)}" for reason, number in found.left_out.items() if number]
    said = [
        "What is found by looking was not asked beforehand: of what is not confirmed on documents kept back nothing is claimed."
    ]
    if left:
        said.append(f"Left out before any test: {'; '.join(left)}.")
    return said


def _linked(asking: Asking, asked: AskedDiscovery, found: Discovery, sentences: Sentences) -> pl.DataFrame:
    """The table with the anchor of some sentences for each of the first findings."""
    anchors: list[str | None] = []
    span = asking.index.span
    for number, term in enumerate(found.table["term"].to_list(), start=1):
        if number > _SHOWN or span is None:
            anchors.append(None)
            continue
        whole = (Period("all", *span),)
        frame = Frame.of(asking, whole, "all", asked.where)
        placed = sentences.collect(frame, term, parse(term), label=f"t{number}", cells=_SHOWN)
        anchors.append(next(iter(placed.values()), None))
    return found.table.with_columns(pl.Series("evidence", anchors, dtype=pl.String))


def _exhibits(anchor: str, asked: AskedDiscovery, found: Discovery, table: pl.DataFrame) -> list[Exhibit]:
    if table.is_empty():
        return []
    printed = chosen(table, _PRINTED)
    title = f"Words and phrases that move, by {asked.period}"
    return [
        Exhibit(
            anchor,
            title,
            f"All {wording.whole(found.tested)} words and phrases with at least {asked.min_hits} hits were tested, a third of the documents "
            "kept back; ordered by the lower end of the effect's interval. The curves are those of the first twelve, over all documents.",
            printed,
            found.chart(title=title),
            columns=described(printed, **_MEANINGS),
        )
    ]
