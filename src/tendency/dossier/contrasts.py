"""What sets some documents apart from others, and who names whom beside hostile words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from tendency.corpus import Query, parse
from tendency.corpus.query.tree import Near as NearNode
from tendency.dossier import wording
from tendency.dossier.asked import AskedContrast, AskedPolemics
from tendency.dossier.asking import Asking
from tendency.dossier.columns import chosen, described
from tendency.dossier.company_sentences import contrast_claim, hidden_note, no_contrast_claim
from tendency.dossier.evidence import Frame, Sentences
from tendency.dossier.finding import Claim, Exhibit, Finding
from tendency.dossier.leading_sentences import polemics_claims
from tendency.errors import DossierError, SettingError
from tendency.measures import keywords, polemics_of
from tendency.tally import Period

_TOLD = 4
"""Words that are told in sentences for each side of a contrast; the table has all."""
_SHOWN = 24
"""Words with sentences of their own."""
_CONTRAST = (
    "target", "reference", "word", "verdict", "z", "ratio", "low", "high", "hits", "hits_reference", "per_million",
    "per_million_reference", "documents", "documents_reference", "top_document_share", "p", "p_family", "evidence",
)  # fmt: skip
_CONTRAST_MEANINGS = {
    "target": "The documents that are set apart",
    "reference": "Those that they are set apart from",
    "word": "The word or phrase, case left out",
    "verdict": "Which of the two has more of it, or not established",
    "z": "Log odds with an informative prior over its standard error, bursts accounted for; above 0 is more in the target",
    "ratio": "Rate in the target ÷ rate in the reference",
    "low": "Lower end of its 95 % interval",
    "high": "Upper end of its 95 % interval",
    "hits": "Hits in the target",
    "hits_reference": "Hits in the reference",
    "per_million": "Hits per million words of the target",
    "per_million_reference": "Hits per million words of the reference",
    "documents": "Documents of the target with a hit",
    "documents_reference": "Documents of the reference with a hit",
    "p_family": "The same, all words tested taken together (Benjamini–Hochberg, 5 %)",
}
_POLEMICS = (
    "split", "query", "documents", "tokens", "hits", "near", "share", "expected", "ratio", "low", "high", "rank", "rank_low",
    "rank_high", "p", "p_family", "verdict", "note", "evidence",
)  # fmt: skip
_POLEMICS_MEANINGS = {
    "query": "The opponent",
    "hits": "Hits of the opponent",
    "near": "Of these, beside hostile words",
    "share": "Share of its hits beside hostile words",
    "expected": "The share that chance would give in the same documents",
    "ratio": "Share ÷ expected",
    "low": "Lower end of its 95 % interval",
    "high": "Upper end of its 95 % interval",
    "rank": "Place among the opponents of this standpoint, 1 for the largest ratio",
    "p_family": "The same, the cells of the matrix taken together (Holm)",
    "verdict": "What may be said",
    "note": "What limits it",
}


def answer_contrast(asking: Asking, asked: AskedContrast, number: int, room: int) -> Finding:
    """The finding of one contrast.

    Args:
        asking: The corpus.
        asked: The question.
        number: Its place among the contrasts, from 1, for messages.
        room: How many lines of evidence it may have.
    """
    anchor = asking.anchor("contrast", asked.name)
    try:
        found = keywords(
            asking.index,
            asked.target,
            asked.reference,
            split=asking.split(asked.split),
            longest=asked.longest,
            min_hits=asked.min_hits,
            limit=asked.limit,
            **asking.common(asked.where),
        )
    except SettingError as error:
        raise DossierError(f"{asking.questions.file}, contrast[{number}] (“{asked.name}”): {error}") from None
    sentences = Sentences(anchor, room)
    rows = found.table.to_dicts()
    anchors = _sampled(asking, asked.where, [row["word"] for row in rows], sentences)
    table = found.table.with_columns(
        pl.Series("evidence", [anchors.get(row["word"]) for row in rows], dtype=pl.String)
    )
    told: dict[tuple[str, str], int] = {}
    claims: list[Claim] = []
    for row in rows:
        side = row["target"], row["verdict"]
        told[side] = told.get(side, 0) + 1
        claim = contrast_claim(row)
        if claim is not None and told[side] <= _TOLD:
            claims.append(claim)
    for summary in found.summary.to_dicts():
        none = no_contrast_claim(summary)
        if none is not None:
            claims.append(none)
        elif not summary["tested"]:
            sentence = f"{asked.name}: too few words stand often enough in {summary['target']} and {summary['reference']} to be compared."
            claims.append(Claim(sentence, "too few", (summary["target"], summary["reference"]), False))
    hidden = [note for summary in found.summary.to_dicts() if (note := hidden_note(summary))]
    exhibits = []
    if rows:
        printed = chosen(table, _CONTRAST)
        title = f"{asked.name}: words that set them apart"
        tested = wording.whole(int(found.summary["tested"].sum()))
        exhibits.append(
            Exhibit(
                anchor,
                title,
                f"{tested} words and phrases were tested; ordered by how sure the difference is, bursts accounted for. The chart has how often a "
                f"word is named across and the ratio of the rates upward. {' '.join(dict.fromkeys(hidden))}".rstrip(),
                printed,
                found.chart(title=title),
                columns=described(printed, **_CONTRAST_MEANINGS),
            )
        )
    notes = [str(row["note"]) for row in found.summary.to_dicts() if row.get("note")]
    return Finding(
        anchor=anchor,
        question=f"{asked.name}: which words set these documents apart?",
        kind="contrast",
        claims=tuple(claims),
        warnings=tuple(dict.fromkeys(notes)),
        exhibits=tuple(exhibits),
        evidence=tuple(sentences.blocks),
        recipe=asking.recipe(found.recipe),
    )


def _sampled(asking: Asking, where: str | None, words: list[str], sentences: Sentences) -> dict[str, str]:
    """The anchor of some sentences with each of the first words, over all documents asked about."""
    span = asking.index.span
    if span is None:
        return {}
    frame = Frame.of(asking, (Period("all", *span),), "all", where)
    anchors = {}
    for number, word in enumerate(dict.fromkeys(words[:_SHOWN]), start=1):
        placed = sentences.collect(frame, word, parse(word), label=f"w{number}", cells=_SHOWN)
        if placed:
            anchors[word] = next(iter(placed.values()))
    return anchors


def answer_polemics(asking: Asking, asked: AskedPolemics, number: int, room: int) -> Finding:
    """The finding of one matrix of standpoints and opponents.

    Args:
        asking: The corpus.
        asked: The question.
        number: Its place among the polemics, from 1, for messages.
        room: How many lines of evidence it may have.
    """
    anchor = asking.anchor("polemics", asked.name)
    split = asking.split(asked.split)
    try:
        found = polemics_of(
            asking.index,
            asked.opponents,
            asked.hostile,
            split=split,
            within=asked.within,
            own=asked.own or None,
            **asking.common(asked.where),
        )
    except SettingError as error:
        raise DossierError(f"{asking.questions.file}, polemics[{number}] (“{asked.name}”): {error}") from None
    sentences = Sentences(anchor, room)
    anchors = _cells(asking, asked, split, sentences)
    rows = found.table.to_dicts()
    table = found.table.with_columns(
        pl.Series("evidence", [anchors.get((row["query"], row["split"])) for row in rows], dtype=pl.String)
    )
    claims: list[Claim] = []
    for standpoint in dict.fromkeys(row["split"] for row in rows):
        claims += polemics_claims(
            [row for row in rows if row["split"] == standpoint], asked.called, asked.within
        )
    printed = chosen(table, _POLEMICS)
    title = f"{asked.name}: who names whom beside {asked.called}"
    from tendency.charts import matrix_chart

    exhibit = Exhibit(
        anchor,
        title,
        f"In each cell the share of the standpoint's hits of an opponent that stand within {asked.within} words of {asked.called}, over the share "
        "that chance would give in the same documents. All cells are one family (Holm, 5 %); a standpoint's own name is told apart.",
        printed,
        matrix_chart(table, title=title) if table.height else None,
        columns=described(printed, **_POLEMICS_MEANINGS),
    )
    return Finding(
        anchor=anchor,
        question=f"{asked.name}: who names whom beside {asked.called}?",
        kind="polemics",
        claims=tuple(claims),
        warnings=(),
        exhibits=(exhibit,),
        evidence=tuple(sentences.blocks),
        recipe=asking.recipe(found.recipe),
    )


def _cells(
    asking: Asking, asked: AskedPolemics, split: str | Mapping[str, str] | None, sentences: Sentences
) -> dict[tuple[str, str], str]:
    """The anchor of the sentences behind each cell, by opponent and standpoint."""
    span = asking.index.span
    if span is None:
        return {}
    frame = Frame.of(asking, (Period("all", *span),), "all", asked.where, split)
    anchors: dict[tuple[str, str], str] = {}
    for place, (opponent, query) in enumerate(asked.opponents.items(), start=1):
        near = Query(NearNode(query.tree, asked.hostile.tree, asked.within), query.where, query.source)
        found: dict[Any, str] = sentences.collect(
            frame, f"{opponent} beside {asked.called}", near, label=f"o{place}", cells=len(asked.opponents)
        )
        anchors |= {(opponent, standpoint): one for (_, standpoint), one in found.items()}
    return anchors
