"""From the sheets that people filled in to precision, corrected rates and agreement: hits found again, and what is said of them counted."""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from tendency.errors import SettingError
from tendency.measures.agreement import agreement
from tendency.measures.judged_sample import Judged, Read, Sensitivity, counting_words, judged
from tendency.measures.judgements import (
    JUDGEMENTS,
    Files,
    KeyRow,
    Sheet,
    digest_of,
    narrowing,
    read_keys,
    read_sheets,
)
from tendency.tally import NONE, Eras, Periods, Tally, tally

if TYPE_CHECKING:
    from os import PathLike

    from tendency.corpus import Deadline, Index, Query
    from tendency.corpus.sampling import Found

ALL_FOUR: Final = "all four judgements"
COUNTS_OR_NOT: Final = "counts as the thing or not"

_NAMED: Final = 5
"""So many hits that are gone are named, the others counted."""


def judge(
    index: Index,
    queries: Mapping[str, Query],
    files: Files,
    *,
    by: str | Eras = "year",
    split: str | Mapping[str, str] | None = None,
    counting: Sequence[str] = ("asserts",),
    sensitivity: Sensitivity | None = None,
    key: str | PathLike[str] | None = None,
    where: str | None = None,
    start: dt.date | None = None,
    end: dt.date | None = None,
    cluster: str | Sequence[str] | None = None,
    level: float = 0.95,
    executor: Executor | None = None,
    deadline: Deadline | None = None,
) -> Judged:
    """Precision and corrected rates of queries, from sheets that one person or two filled in.

    A hit is found again by its name. The figures rest on the first judge's sheet; a second one says how far another person agrees.

    Args:
        index: The corpus.
        queries: Query by name; a sheet may hold hits of several.
        files: The sheet of one judge, or of two.
        by: The periods; this and ``split`` as for ``tally``.
        split: What splits the documents.
        counting: As for :func:`judged`; so are ``sensitivity`` and ``level``.
        sensitivity: See there.
        key: The sample's key; by default any ``*.key.csv`` beside a sheet. Needed only where strata were drawn from.
        where: Only documents for which this holds.
        start: Only documents dated from this day.
        end: Only documents dated before this day.
        cluster: What is independent of each other, for the rates.
        level: Confidence of the limits.
        executor: Does the counting.
        deadline: When to give up.

    Raises:
        SettingError: A sheet cannot be read, none of its hits is one of these queries, or the key of a stratified sample is missing.
    """
    from tendency.corpus import select
    from tendency.corpus.sampling import find_hits

    sheets = read_sheets(files)
    first, last = (keys := read_keys(sheets, key))[0], keys[-1]
    names = sorted({name for sheet in sheets for name in (*sheet.judgements, *sheet.unread)})
    selection = select(index, where=where, start=start, end=end)
    found = {
        name: find_hits(index, query, names, selection, deadline=deadline) for name, query in queries.items()
    }
    known = {name: hit for hits in found.values() for name, hit in hits.items()}
    if not known:
        raise SettingError(
            f"none of the {len(names):,} hits of {sheets[0].path.name} is a hit of {' or '.join(map(repr, queries))} in these documents: "
            "the sample was drawn for another query or corpus, or its documents have changed."
        )
    weights = _weights(sheets, first)
    narrowed: dict[str, Any] = {
        "where": where,
        "start": start,
        "end": end,
        "cluster": cluster,
        "executor": executor,
        "deadline": deadline,
    }

    def asked(by: str | Eras, split: str | Mapping[str, str] | None) -> Judged:
        counts = tally(index, queries, by=by, split=split, **narrowed)
        placed = _Places(index, counts, split)
        read = [
            Read(
                said.judgement,
                *placed.of(found[query][name]),
                column,
                weights.get(name, 1.0),
                found[query][name].line.document,
            )
            for column, query in enumerate(queries)
            for name, said in sorted(sheets[0].judgements.items())
            if name in found[query]
        ]
        return judged(counts, read, counting=counting, sensitivity=sensitivity, level=level)

    result = asked(by, split)
    overall = [asked("all", None).table, *([asked("all", split).table] if split is not None else [])]
    alike, unlike = _two(sheets, known, counting_words(counting), level)
    return replace(
        result,
        recipe=f"{result.recipe}|sheets:{digest_of(sheets)}",
        overall=pl.concat(overall),
        agreement=alike,
        disagreements=unlike,
        notes=tuple(
            _notes(index, queries, sheets, first, last, known, weights, narrowing(where, start, end))
        ),
    )


class _Places:
    """Where in a tally hits stand."""

    def __init__(self, index: Index, counts: Tally, split: str | Mapping[str, str] | None) -> None:
        from tendency.corpus import select

        self._index, self._counts, self._split = index, counts, split
        self._periods = Periods(counts.grain, counts.periods)
        self._masks = (
            {name: select(index, where=one).masks for name, one in split.items()}
            if isinstance(split, Mapping)
            else {}
        )

    def of(self, hit: Found) -> tuple[int, tuple[int, ...]]:
        """The number of its period, and those of its splits."""
        segment = self._index.segments[hit.segment]
        days = (
            segment.start_day[hit.document : hit.document + 1],
            segment.end_day[hit.document : hit.document + 1],
        )
        period = max(-1, int(self._periods.assign(*days)[0]))
        if self._split is None:
            return period, (0,)
        if isinstance(self._split, str):
            value = hit.line.fields.get(self._split, NONE)
            return period, (self._counts.splits.index(value),)
        inside = [name for name, masks in self._masks.items() if masks[hit.segment][hit.document]]
        return period, tuple(self._counts.splits.index(name) for name in inside)


def _weights(sheets: Sequence[Sheet], keys: Mapping[str, KeyRow]) -> dict[str, float]:
    """How many hits each one that was read stands for, where strata were drawn from; empty for a simple sample."""
    first = sheets[0]
    if not any(sheet.stratified for sheet in sheets):
        return {}
    unknown = [name for name in first.judgements if name not in keys]
    if unknown:
        raise SettingError(
            f"{first.path.name} was drawn from strata, and the key says nothing of {len(unknown):,} of its hits: how many hits "
            "they stand for is not known. Put the key, which ends in .key.csv, beside it, or name it with --key."
        )
    read: dict[str, int] = {}
    for name in first.judgements:
        stratum = keys[name].stratum
        read[stratum] = read.get(stratum, 0) + 1
    return {name: keys[name].stratum_hits / read[keys[name].stratum] for name in first.judgements}


def _two(
    sheets: Sequence[Sheet], known: Mapping[str, Found], counts: tuple[str, ...], level: float
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """How two judges agree, and where they do not; without rows for one."""
    types: dict[str, Any] = {
        "judgements": pl.String,
        **dict.fromkeys(("both", "alike"), pl.Int64),
        **dict.fromkeys(
            ("agreement", "agreement_low", "agreement_high", "kappa", "kappa_low", "kappa_high"), pl.Float64
        ),
        "too_few": pl.Boolean,
        **dict.fromkeys(("first_counts", "second_counts"), pl.Float64),
    }
    lines = (
        "hit",
        "document",
        "citation",
        "left",
        "match",
        "right",
        "first",
        "second",
        "first_note",
        "second_note",
    )
    if len(sheets) < 2:
        return pl.DataFrame(schema=types), pl.DataFrame(schema=dict.fromkeys(lines, pl.String))
    one, other = (sheet.judgements for sheet in sheets)
    both = [name for name in sorted(one) if name in other and name in known]
    first, second = [one[name].judgement for name in both], [other[name].judgement for name in both]
    seed = zlib.crc32("\x1f".join(both).encode())
    holds = [["counts" if said in counts else "not" for said in judgements] for judgements in (first, second)]
    shares = {
        f"{who}_counts": held.count("counts") / len(both) if both else None
        for who, held in zip(("first", "second"), holds, strict=True)
    }
    rows = [
        {"judgements": ALL_FOUR, **agreement(first, second, JUDGEMENTS, level=level, seed=seed), **shares},
        {
            "judgements": COUNTS_OR_NOT,
            **agreement(holds[0], holds[1], ("counts", "not"), level=level, seed=seed),
            **shares,
        },
    ]
    apart = [
        {
            "hit": name,
            "document": known[name].line.document,
            "citation": known[name].line.citation,
            "left": known[name].line.left,
            "match": known[name].line.match,
            "right": known[name].line.right,
            "first": one[name].judgement,
            "second": other[name].judgement,
            "first_note": one[name].note,
            "second_note": other[name].note,
        }
        for name in both
        if one[name].judgement != other[name].judgement
    ]
    return pl.DataFrame(rows, schema=types), pl.DataFrame(apart, schema=dict.fromkeys(lines, pl.String))


def _notes(
    index: Index,
    queries: Mapping[str, Query],
    sheets: Sequence[Sheet],
    key: Mapping[str, KeyRow],
    other_key: Mapping[str, KeyRow],
    known: Mapping[str, Found],
    weights: Mapping[str, float],
    narrowed: str,
) -> Iterator[str]:
    """What was left out, and what limits the figures."""
    for sheet in sheets:
        yield from sheet.problems
    first = sheets[0]
    gone = sorted({name for sheet in sheets for name in sheet.judgements} - set(known))
    if gone:
        where = {**other_key, **key}
        places = [
            f"{name} ({where[name].document}, position {where[name].position})" if name in where else name
            for name in gone
        ]
        more = f" and {len(gone) - _NAMED:,} more" if len(gone) > _NAMED else ""
        yield (
            f"{_hits(len(gone))} that {'was' if len(gone) == 1 else 'were'} judged {'is' if len(gone) == 1 else 'are'} none of "
            f"{_listed(queries)} in these documents: {', '.join(places[:_NAMED])}{more}. The sample was drawn for another query or corpus, or "
            "the texts have changed; they are left out."
        )
    if first.unread:
        yield f"{_hits(len(first.unread))} of {first.path.name} {'has' if len(first.unread) == 1 else 'have'} no judgement and do not count."
    missing = key.keys() - first.judgements.keys() - set(first.unread)
    if missing:
        yield (
            f"{_hits(len(missing))} of the sample {'is' if len(missing) == 1 else 'are'} not in {first.path.name}, or could not be read there: if "
            "they were left out for what they say, the figures are wrong."
        )
    mine = [key[name] for name in (*first.judgements, *first.unread) if name in key]
    wanted = {query.normalised() for query in queries.values()}
    others = sorted({row.query for row in mine if row.query} - wanted)
    # Of several queries each has its hits among those of a sample of all.
    if others and len(queries) == 1:
        yield f"The key says that the sample was drawn for {others[0]}, and not for {_listed(queries)}: only hits of the former could be drawn."
    narrower = sorted({row.narrowed for row in mine} - {narrowed})
    if narrower:
        yield f"The key says that the sample was drawn from {narrower[0]}, and what is asked about is {narrowed}: of the rest nothing was read."
    if any(row.corpus and row.corpus != index.fingerprint for row in mine):
        yield "The corpus has changed since the sample was drawn: hits of documents that were added since could not be drawn."
    if weights:
        strata = {row.stratum for row in key.values()} - {key[name].stratum for name in first.judgements}
        if strata:
            yield f"No hit was judged of the strata {', '.join(sorted(strata))}; the figures say nothing of them."


def _hits(number: int) -> str:
    return f"{number:,} {'hit' if number == 1 else 'hits'}"


def _listed(queries: Mapping[str, Query]) -> str:
    return " or ".join(repr(name) for name in queries)
