"""When two items of a ranking changed places: turning points of the ratio of their rates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from tendency.dossier import wording
from tendency.dossier.asked import AskedRanking
from tendency.dossier.asking import Asking
from tendency.dossier.columns import chosen, described
from tendency.dossier.composition import coinciding
from tendency.dossier.evidence import WHOLE
from tendency.dossier.finding import Claim, Exhibit
from tendency.dossier.tendency_sentences import TURN_LEVEL, flip_claim, no_flip_claim
from tendency.measures import flips
from tendency.tally import Tally

_PRINTED = (
    "first", "second", "split", "period", "earliest", "latest", "probability", "lead_before", "lead_before_low", "lead_before_high",
    "lead_after", "lead_after_low", "lead_after_high", "verdict", "turned_too",
)  # fmt: skip
_MEANINGS = {
    "first": "The item named more often before",
    "second": "The item named more often after",
    "period": "First period of the new order",
    "earliest": "First period of the 80 % range of the change of places",
    "latest": "Last period of that range",
    "probability": "Probability of a turn of the ratio within that range",
    "lead_before": "Rate of the first ÷ rate of the second, before",
    "lead_before_low": "Lower end of its 80 % interval",
    "lead_before_high": "Upper end of its 80 % interval",
    "lead_after": "The same, after",
    "lead_after_low": "Lower end of its 80 % interval",
    "lead_after_high": "Upper end of its 80 % interval",
    "verdict": "What may be said",
    "turned_too": "What about the documents turned at the same time",
}


def flips_told(
    asking: Asking,
    asked: AskedRanking,
    tallies: Sequence[Tally],
    columns: Mapping[str, str],
    *,
    anchor: str,
    beside: str,
) -> tuple[list[Claim], list[Exhibit], list[str]]:
    """Claims, exhibits and recipes about when items changed places.

    Args:
        asking: The corpus.
        asked: The ranking.
        tallies: Counts by period over all documents, then by split where the ranking is split.
        columns: The column that is counted for each item, by its name.
        anchor: The finding's anchor.
        beside: What the items stand beside, in words.
    """
    names = {column: name for name, column in columns.items()}
    claims: list[Claim] = []
    tables, recipes = [], []
    whole = tallies[0]
    for counts in tallies:
        found = flips(counts, tuple(columns.values()), level=TURN_LEVEL)
        recipes.append(found.recipe)
        table = found.table.with_columns(
            pl.col("first").replace_strict(names, return_dtype=pl.String),
            pl.col("second").replace_strict(names, return_dtype=pl.String),
        )
        rows = table.to_dicts()
        too = []
        for row in rows:
            too.append(coinciding(asking.turned(asked.where, whole), row, whole.periods))
            claim = flip_claim(row, too[-1], beside, asked.split)
            if row["split"] == WHOLE or claim.holds:
                claims.append(claim)
        tables.append(
            table.with_columns(
                pl.Series("turned_too", [wording.listing(one) for one in too], dtype=pl.String)
            )
        )
        looked = found.summary.filter(pl.col("verdict") != "too few").height
        if counts is whole and not rows and looked:
            span = wording.span(counts.periods[0].start, counts.periods[-1].end)
            claims.append(no_flip_claim(asked.name, looked, beside, span))
    table = pl.concat(tables)
    if table.is_empty():
        return claims, [], recipes
    printed = chosen(table, _PRINTED)
    exhibit = Exhibit(
        f"{anchor}-flips",
        f"{asked.name}: when two items changed places",
        "A change of places is a turning point of the ratio of two rates before which one is named more often and after which the other "
        "is, each beyond doubt; a wobble around equal rates is none.",
        printed,
        columns=described(printed, **_MEANINGS),
    )
    return claims, [exhibit], recipes
