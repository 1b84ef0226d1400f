"""What a slogan stands in company with, then and now, and of what parts a change of its rate is made."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from tendency.corpus import Query, parse
from tendency.dossier.asked import AskedSlogan
from tendency.dossier.asking import Asking, Two
from tendency.dossier.columns import chosen, described
from tendency.dossier.company_sentences import collocate_claim, company_change_claim
from tendency.dossier.conditions_sentences import decomposition_sentences
from tendency.dossier.evidence import Frame, Sentences
from tendency.dossier.finding import Claim, Exhibit
from tendency.measures import Side, collocates_of, decompose_of
from tendency.tally import Period

_TOLD = 3
"""Words of the company that are told in sentences; the table has all."""
_SHOWN = 15
"""Words with sentences of their own."""
_COMPANY = (
    "word", "near", "per_thousand", "documents", "clusters", "top_document_share", "log_dice", "ratio", "low", "high", "elsewhere",
    "too_few", "evidence",
)  # fmt: skip
_COMPANY_MEANINGS = {
    "word": "The word, case left out",
    "near": "Its occurrences near hits, each once",
    "per_thousand": "Of each thousand words near hits",
    "documents": "Documents with it near a hit",
    "log_dice": "logDice: 14 is always together, one less is half as often",
    "ratio": "Its rate near hits ÷ its rate elsewhere in the same documents",
    "low": "Lower end of the 95 % interval of that ratio",
    "high": "Upper end of that interval",
    "elsewhere": "Its occurrences elsewhere in the same documents",
}
_MOVED = (
    "word", "near_before", "near_after", "documents_before", "documents_after", "log_dice_before", "log_dice_after", "ratio_before",
    "ratio_after", "change", "low", "high", "p", "p_family", "verdict",
)  # fmt: skip
_MOVED_MEANINGS = {
    "word": "The word, case left out",
    "change": "Later ratio ÷ earlier one",
    "low": "Lower end of the 95 % interval of that change",
    "high": "Upper end of that interval",
    "p_family": "The same, all words with enough occurrences taken together (Holm)",
    "verdict": "Came, went, stays, not shown to change, or too few",
}
_PARTS = ("granularity", "part", "value", "low", "high", "share")
_PART_MEANINGS = {
    "granularity": "What counts as a voice",
    "part": "Which part of the change",
    "value": "Its size, in hits per million words",
    "low": "Lower end of its 95 % interval",
    "high": "Upper end of its 95 % interval",
    "share": "Its share of the whole change",
}


def company_told(
    asking: Asking, asked: AskedSlogan, two: Two | None, anchor: str, sentences: Sentences
) -> tuple[list[Claim], list[Exhibit], list[str]]:
    """Claims, exhibits and recipes about the words that stand near a slogan, over the whole span, then and now."""
    assert asked.company is not None
    common = asking.common(asked.where)
    found = collocates_of(asking.index, asked.query, window=asked.company, **common)
    reach = "in its sentence" if asked.company == "sentence" else f"within {asked.company} words"
    anchors = _sampled(asking, asked, found.table, sentences)
    table = found.table.with_columns(
        pl.Series("evidence", [anchors.get(word) for word in found.table["word"].to_list()], dtype=pl.String)
    )
    claims = [collocate_claim(asked.name, row) for row in table.head(_TOLD).to_dicts()]
    exhibits: list[Exhibit] = []
    if table.height:
        title = f"What stands near “{asked.name}”"
        printed = chosen(table, _COMPANY)
        exhibits.append(
            Exhibit(
                f"{anchor}-company",
                title,
                f"Words {reach} of a hit, in the same sentence, against the same words elsewhere in the same documents; ordered by logDice; "
                "bars: 95 % interval.",
                printed,
                found.chart(title=title),
                columns=described(printed, **_COMPANY_MEANINGS),
            )
        )
    recipes = [found.recipe]
    if two is not None:
        before, after = two.names
        sides = (
            Side(before, None, two.before.start, two.before.end),
            Side(after, None, two.after.start, two.after.end),
        )
        moved = collocates_of(asking.index, asked.query, window=asked.company, compare=sides, **common)
        recipes.append(moved.recipe)
        claims += [
            company_change_claim(asked.name, row, before, after)
            for row in moved.table.to_dicts()
            if row["verdict"] in ("came", "went")
        ]
        if moved.table.height:
            title = f"What stands near “{asked.name}”, {after} against {before}"
            printed = chosen(moved.table, _MOVED)
            exhibits.append(
                Exhibit(
                    f"{anchor}-company-change",
                    title,
                    "A word came or went where its ratio to elsewhere in the same documents changed beyond chance, all words with enough "
                    "occurrences taken together; “stays” says that it changed by less than twice either way.",
                    printed,
                    moved.chart(title=title),
                    columns=described(printed, **_MOVED_MEANINGS),
                )
            )
    return claims, exhibits, recipes


def _sampled(asking: Asking, asked: AskedSlogan, table: pl.DataFrame, sentences: Sentences) -> dict[str, str]:
    """The anchor of some sentences with each of the first words near the slogan."""
    span = asking.index.span
    if span is None:
        return {}
    frame = Frame.of(asking, (Period("all", *span),), "all", asked.where)
    anchors = {}
    for number, row in enumerate(table.head(_SHOWN).to_dicts(), start=1):
        finds: Query = parse(row["finds"], asking.questions.names)
        placed = sentences.collect(
            frame, f"{asked.name} with {row['word']}", finds, label=f"c{number}", cells=_SHOWN
        )
        if placed:
            anchors[row["word"]] = next(iter(placed.values()))
    return anchors


def conditions_told(
    asking: Asking, asked: AskedSlogan, two: Two, anchor: str
) -> tuple[list[Claim], list[Exhibit], list[str]]:
    """Claims, exhibits and recipes about the parts of a change: the thing itself, or the conditions reflected in it."""
    assert asked.voice is not None
    found = decompose_of(
        asking.index,
        {asked.name: asked.query},
        voice=asked.voice,
        before_after=two.eras,
        finer=asked.finer_voice,
        **asking.common(asked.where),
    )
    before, after = two.names
    claims = list(_conditions(asked.name, decomposition_sentences(found)))
    title = f"Of what parts the change of “{asked.name}” is made, {after} against {before}"
    printed = chosen(found.table, _PARTS)
    voices = asked.voice if asked.finer_voice is None else f"{asked.voice}, and finer, {asked.finer_voice}"
    exhibit = Exhibit(
        f"{anchor}-conditions",
        title,
        f"Hits per million words, voices by {voices}. The parts add up to the change exactly: within voices that speak in both spans, in how much of "
        "the text each of them has, voices that entered, voices that left. Bars: 95 % interval.",
        printed,
        found.chart(title=title),
        columns=described(printed, **_PART_MEANINGS),
    )
    return claims, [exhibit] if printed.height else [], [found.recipe]


def _conditions(name: str, sentences: tuple[str, ...]) -> Iterator[Claim]:
    for sentence in sentences:
        yield Claim(sentence[:1].upper() + sentence[1:], "conditions", (name,), False)
