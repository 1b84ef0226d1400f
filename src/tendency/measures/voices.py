"""Two voices of a corpus as who leads and who is silent compare them: their documents, cadences, and what both reprint."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tendency.errors import SettingError
from tendency.measures.cadence import inferred
from tendency.measures.leading import MOST, Leads, common_grain, lead
from tendency.tally import tally

if TYPE_CHECKING:
    from tendency.corpus import Deadline, Index, Query

OTHERS: Final = "all others"
DAILY: Final = 1.0


def lead_of(
    index: Index,
    queries: Mapping[str, Query],
    *,
    split: str | Mapping[str, str],
    voices: Sequence[str],
    reference: Query | None = None,
    most: int = MOST,
    by: str = "month",
    where: str | None = None,
    start: dt.date | None = None,
    end: dt.date | None = None,
    cluster: str | Sequence[str] | None = None,
    level: float = 0.95,
    executor: Executor | None = None,
    deadline: Deadline | None = None,
) -> Leads:
    """Whether one of two voices of a corpus takes queries up before the other, by published dates and cadence.

    Documents whose text stands in both voices are left out: a reprint follows by being one.

    Args:
        index: The corpus.
        queries: Query by name.
        split: The field whose values are voices, or filters by name.
        voices: Two of them.
        reference: A query whose course in the same voice is taken out; without one that of the same query in all other documents.
        most: The largest lag in periods.
        by: The finest kind of period; a coarser one is taken where a voice appears less often.
        where: Only documents for which this holds; this and the following as for ``tally``.
        start: Only documents dated from this day.
        end: Only documents dated before this day.
        cluster: What is independent of each other; by default the document.
        level: Confidence of the verdict.
        executor: Does the work.
        deadline: When to give up.

    Raises:
        SettingError: Not two different voices, one without a document, or periods that are no calendar ones.
    """
    filters = voice_filters(split, voices)
    common: dict[str, Any] = {"start": start, "end": end, "executor": executor, "deadline": deadline}
    apart, copies = without_reprints(index, filters, where, start, end)
    issues = cadences(index, filters, where=where, **common)
    grain = common_grain(by, max(issues.values()))
    name = "the reference"
    while name in queries:
        name += " "
    asked = dict(queries) | ({} if reference is None else {name: reference})
    counted = tally(
        index, asked, by=grain, split=filters, where=apart, cluster=cluster or "document", **common
    )
    first, second = voices
    found = lead(
        counted,
        a=first,
        b=second,
        queries=list(queries),
        reference=None if reference is None else name,
        issues=issues,
        most=most,
        level=level,
    )
    # The filter names every document that is left out; a recipe says how many they are.
    recipe = (
        found.recipe.replace(f"|where:{apart}", f"|where:{where}" if where else "") if apart else found.recipe
    )
    return replace(found, recipe=f"{recipe}|reprints left out:{copies}", reprints=copies)


def voice_filters(split: str | Mapping[str, str], voices: Sequence[str]) -> dict[str, str]:
    """The filter of each of two voices, then that of all other documents."""
    if len(voices) != 2 or voices[0] == voices[1]:
        raise SettingError(f"name two different voices, not {', '.join(map(repr, voices)) or 'none'}.")
    if isinstance(split, str):
        field = f"`{split}`"
        quoted = {voice: voice.replace("'", "''") for voice in voices}
        filters = {voice: f"{field} = '{text}'" for voice, text in quoted.items()}
    else:
        missing = [voice for voice in voices if voice not in split]
        if missing:
            raise SettingError(
                f"there is no voice {missing[0]!r}; the filters given are {', '.join(map(repr, split))}."
            )
        filters = {voice: split[voice] for voice in voices}
    others = OTHERS
    while others in filters:
        others += " "
    return filters | {others: " AND ".join(f"NOT ({one})" for one in filters.values())}


def cadences(index: Index, filters: Mapping[str, str], **narrowing: Any) -> dict[str, float]:
    """Days from one issue of each voice to the next, as the distances of its dates suggest."""
    counted = tally(index, {}, by="day", split=dict(filters), only_counts=True, **narrowing)
    days = np.array([period.start.toordinal() for period in counted.periods], np.int64)
    found = {}
    for number, voice in enumerate(counted.splits[:2]):
        own = days[counted.tokens[:, number] > 0]
        cadence = inferred(own)
        found[voice] = (
            cadence.length if cadence else float(np.median(np.diff(own))) if own.size > 1 else DAILY
        )
    return found


def without_reprints(
    index: Index, filters: Mapping[str, str], where: str | None, start: dt.date | None, end: dt.date | None
) -> tuple[str | None, int]:
    """The filter that leaves out the documents whose text stands in both voices, and how many these are."""
    from tendency.corpus import select

    held = []
    for one in list(filters.values())[:2]:
        masks = select(index, where=_both(where, one), start=start, end=end).masks
        digests = [segment.digests[mask] for segment, mask in zip(index.segments, masks, strict=True)]
        held.append((masks, np.unique(np.concatenate([np.empty(0, np.uint64), *digests]))))
    shared = np.intersect1d(held[0][1], held[1][1], assume_unique=True)
    ids = []
    for number, segment in enumerate(index.segments):
        mask = held[0][0][number] | held[1][0][number]
        again = np.flatnonzero(mask & np.isin(segment.digests, shared))
        ids += [segment.ids[document] for document in again.tolist()]
    if not ids:
        return where, 0
    written = ", ".join("'" + one.replace("'", "''") + "'" for one in sorted(ids))
    return _both(where, f"id NOT IN ({written})"), len(ids)


def _both(where: str | None, other: str) -> str:
    return f"({where}) AND ({other})" if where else other
