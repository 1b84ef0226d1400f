"""Whether one voice takes a theme up before another."""

from __future__ import annotations

from difflib import get_close_matches

import polars as pl

from tendency.dossier.asked import AskedLead
from tendency.dossier.asking import Asking
from tendency.dossier.columns import chosen, described
from tendency.dossier.evidence import Frame, Sentences
from tendency.dossier.finding import Exhibit, Finding
from tendency.dossier.leading_sentences import lead_claim
from tendency.errors import DossierError, SettingError
from tendency.measures import lead_of
from tendency.tally import Period

_PRINTED = (
    "query", "first", "second", "lag", "low", "high", "grain", "correlation", "p", "p_family", "p_lag", "periods", "hits_first",
    "hits_second", "removed", "verdict", "note", "evidence",
)  # fmt: skip
_MEANINGS = {
    "query": "The theme",
    "first": "The voice that goes before, or that was asked first",
    "second": "The other voice",
    "lag": "Periods by which the second follows",
    "low": "Lower end of its 80 % range",
    "high": "Upper end of its 80 % range",
    "grain": "The kind of period",
    "correlation": "Correlation at the lag where it stands out most, trend and common course removed",
    "p": "Probability of so much at any lag between voices that only wander",
    "p_family": "The same, all themes taken together",
    "p_lag": "Probability of such a lag where both follow one event within one publication interval",
    "periods": "Periods with text of both",
    "hits_first": "Hits of the first",
    "hits_second": "Hits of the second",
    "removed": "The common course that was taken out",
    "verdict": "What may be said",
    "note": "What limits it",
}
_LAGS = ("query", "lag", "pairs", "correlation", "band", "highest")
_LAG_MEANINGS = {
    "query": "The theme",
    "lag": "Periods; above 0 the voice that was asked first goes before",
    "pairs": "Pairs of periods",
    "band": "What chance alone stays below at this lag with probability .95",
    "highest": "What chance alone stays below at all lags together",
}


def answer_lead(asking: Asking, asked: AskedLead, number: int, room: int) -> Finding:
    """The finding of one question of who leads.

    Args:
        asking: The corpus.
        asked: The question.
        number: Its place among the leads, from 1, for messages.
        room: How many lines of evidence it may have.
    """
    anchor = asking.anchor("lead", asked.name)
    split = asking.split(asked.split)
    assert split is not None
    place = f"{asking.questions.file}, lead[{number}] (“{asked.name}”)"
    frame = Frame.of(asking, (), "all", asked.where, split)
    for voice in asked.voices:
        if voice not in frame.splits:
            near = get_close_matches(voice, list(frame.splits), n=1)
            hint = f"; did you mean {near[0]!r}?" if near else "."
            raise DossierError(f"{place}: no document has {voice!r} as its {asked.split}{hint}")
    try:
        found = lead_of(
            asking.index,
            asked.queries,
            split=split,
            voices=asked.voices,
            reference=asked.reference,
            most=asked.most,
            by=asked.period,
            **asking.common(asked.where),
        )
    except SettingError as error:
        raise DossierError(f"{place}: {error}") from None
    sentences = Sentences(anchor, room)
    anchors = _voices(asking, asked, sentences)
    rows = found.table.to_dicts()
    table = found.table.with_columns(
        pl.Series("evidence", [anchors.get((row["query"], row["first"])) for row in rows], dtype=pl.String)
    )
    printed, lags = chosen(table, _PRINTED), chosen(found.lags, _LAGS)
    title = f"{asked.name}: {asked.voices[0]} and {asked.voices[1]}"
    reprints = (
        f" {found.reprints:,} documents whose text stands in both were left out." if found.reprints else ""
    )
    exhibits = [
        Exhibit(
            anchor,
            title,
            "Rates of both voices by published date, trend and common course removed, the larger voice thinned to the smaller one's volume; "
            f"and how they correlate at each lag, with what chance would show.{reprints} Who goes first is not thereby the cause.",
            printed,
            found.chart(title=title),
            columns=described(printed, **_MEANINGS),
        )
    ]
    if lags.height:
        exhibits.append(
            Exhibit(
                f"{anchor}-lags",
                f"{asked.name}: the correlation at each lag",
                "What stands above the highest line is more than voices that only wander show at any lag.",
                lags,
                columns=described(lags, **_LAG_MEANINGS),
            )
        )
    return Finding(
        anchor=anchor,
        question=f"{asked.name}: does “{asked.voices[0]}” take it up before “{asked.voices[1]}”, or after?",
        kind="lead",
        claims=tuple(lead_claim(row) for row in rows),
        warnings=(),
        exhibits=tuple(exhibits),
        evidence=tuple(sentences.blocks),
        recipe=asking.recipe(found.recipe),
    )


def _voices(asking: Asking, asked: AskedLead, sentences: Sentences) -> dict[tuple[str, str], str]:
    """The anchor of some sentences of each voice with each theme."""
    span = asking.index.span
    if span is None:
        return {}
    frame = Frame.of(asking, (Period("all", *span),), "all", asked.where, asking.split(asked.split))
    kept = Frame(
        asking,
        frame.periods,
        frame.grain,
        frame.masks,
        {name: frame.splits[name] for name in asked.voices if name in frame.splits},
    )
    anchors: dict[tuple[str, str], str] = {}
    for place, (name, query) in enumerate(asked.queries.items(), start=1):
        found = sentences.collect(kept, name, query, label=f"q{place}", cells=len(asked.queries))
        anchors |= {(name, voice): one for (_, voice), one in found.items()}
    return anchors
