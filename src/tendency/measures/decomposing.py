"""From an index to a decomposition: every document's hits, in two spans, by voice and by finer voice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from tendency.errors import SettingError
from tendency.measures.decompose import Decomposition, constant_mix, decompose, voices_named
from tendency.measures.rates import check_level
from tendency.measures.rating import refuse_overlap
from tendency.tally import NONE, Eras, Periods, Tally

if TYPE_CHECKING:
    from tendency.corpus import Deadline, Index, Query

Ints = NDArray[np.int64]
Fields = str | Sequence[str]

CLUSTERS: Final = ("document", "day")
"""Pieces of evidence smaller than a voice; of the two the one that gives the wider interval counts."""
JOINED: Final = " × "


@dataclass(frozen=True)
class _Rows:
    """Every document that is asked about.

    Attributes:
        hits: int64 of shape (documents, columns).
        words: Words of each.
        first, after: First day and day after the last, as ordinals.
        voices: The values of each field.
        clusters: The cluster of each document, in each clustering; None for one by itself.
    """

    hits: Ints
    words: Ints
    first: Ints
    after: Ints
    voices: Mapping[str, list[str]]
    clusters: Mapping[str, list[str | None]]

    def tally(self, columns: Sequence[str], periods: Periods, fields: Sequence[str], recipe: str) -> Tally:
        """Counts by period, split by the combination of some fields."""
        named = [JOINED.join(values) for values in zip(*(self.voices[name] for name in fields), strict=True)]
        unnamed = JOINED.join([NONE] * len(fields))
        named = [NONE if name == unnamed else name for name in named]
        splits = sorted(set(named), key=lambda name: (name == NONE, name))
        place = {name: number for number, name in enumerate(splits)}
        return Tally.from_counts(
            self.hits,
            self.words,
            periods.periods,
            period=periods.assign(self.first, self.after),
            columns=columns,
            split=[place[name] for name in named],
            splits=splits or ("all",),
            clusters=self.clusters,
            grain=periods.grain,
            recipe=recipe,
        )


def decompose_of(
    index: Index,
    queries: Mapping[str, Query],
    *,
    voice: Fields,
    before_after: Eras,
    finer: Fields | None = None,
    by: str | None = None,
    relative_to: Query | None = None,
    overlap: bool = False,
    where: str | None = None,
    start: dt.date | None = None,
    end: dt.date | None = None,
    cluster: Fields | None = None,
    level: float = 0.95,
    deadline: Deadline | None = None,
) -> Decomposition:
    """The change of rates between two spans, in four parts, of the documents of an index.

    Args:
        index: The corpus.
        queries: Query by name.
        voice: The field, or fields, whose values are voices.
        before_after: The two spans, with their names, in order of time.
        finer: Further fields: the verdict is compared with that of voices cut finer by them.
        by: Periods of the curve at constant mix; None for no curve.
        relative_to: Count hits against those of this query, not against words.
        overlap: Queries may share words with it.
        where, start, end: Which documents.
        cluster: ``document``, ``day`` or fields whose values are independent pieces of evidence, within voices or across them.
        level: Confidence of the intervals.
        deadline: When to give up.

    Raises:
        SettingError: A field that is not there, a cluster that is a voice, spans that overlap, or queries that share words
            with ``relative_to``.
    """
    check_level(level)
    coarse, added = _names(voice), _names(finer) if finer is not None else ()
    clusters = _names(cluster) if cluster is not None else CLUSTERS
    _check(index, coarse, added, clusters, before_after)
    items = dict(queries)
    against = 0
    if relative_to is not None:
        narrowing = {"where": where, "start": start, "end": end, "deadline": deadline}
        if not overlap:
            refuse_overlap(index, queries, relative_to, narrowing)
        name = str(relative_to)
        while name in items:
            name += "'"
        items[name] = relative_to
        against = len(items)
    rows = _rows(index, list(items.values()), (*coarse, *added), clusters, where, start, end, deadline)
    asked = "|".join(
        [", ".join(f"{name}={query.normalised()}" for name, query in items.items())]
        + [f"where:{where}"] * (where is not None)
        + [f"cluster:{JOINED.join(clusters)}"]
    )
    spans = Periods.spanning(before_after, [], [])
    columns = list(items)
    fine = rows.tally(columns, spans, (*coarse, *added), asked) if added else None
    found = decompose(
        rows.tally(columns, spans, coarse, asked),
        finer=fine,
        against=against,
        names=(voices_named(coarse), voices_named((*coarse, *added))),
        level=level,
    )
    found = replace(found, recipe=f"{found.recipe}|voice:{voices_named((*coarse, *added))}")
    if by is None:
        return found
    periods = Periods.spanning(by, rows.first, rows.after, start, end)
    curve = constant_mix(rows.tally(columns, periods, coarse, asked), against=against, level=level)
    return replace(found, curve=curve, recipe=f"{found.recipe}|constant mix by:{by}")


def _names(fields: Fields) -> tuple[str, ...]:
    return (fields,) if isinstance(fields, str) else tuple(fields)


def _check(
    index: Index,
    coarse: Sequence[str],
    added: Sequence[str],
    clusters: Sequence[str],
    spans: Eras,
) -> None:
    known = sorted(index.field_views)
    for name in (*coarse, *added):
        if name not in known:
            raise SettingError(
                f"there is no field {name!r} whose values are voices; choose among {', '.join(known)}."
            )
    if not coarse or len({*coarse, *added}) < len(coarse) + len(added):
        raise SettingError("name at least one field of voices, and each only once.")
    for name in clusters:
        if name not in (*CLUSTERS, *known):
            raise SettingError(
                f"there is no field {name!r} to cluster by; choose among {', '.join((*CLUSTERS, *known))}."
            )
        if name in coarse:
            raise SettingError(
                f"each {name} is a voice, and one piece of evidence does not tell how far a voice varies; cluster by document or day."
            )
    if len(spans) != 2:
        raise SettingError(f"a change lies between two spans, and {len(spans)} were given.")


def _rows(
    index: Index,
    queries: Sequence[Query],
    fields: Sequence[str],
    clusters: Sequence[str],
    where: str | None,
    start: dt.date | None,
    end: dt.date | None,
    deadline: Deadline | None,
) -> _Rows:
    """The documents that are asked about, one row each."""
    from tendency.corpus import counts_by_document, select

    masks = select(index, where=where, start=start, end=end).masks
    counts = counts_by_document(index, [query.bound(index) for query in queries], masks, deadline)
    digests = np.concatenate(
        [np.empty(0, np.uint64), *(s.digests[mask] for s, mask in zip(index.segments, masks, strict=True))]
    )
    held, times = np.unique(digests, return_counts=True)
    copied = set(held[times > 1].tolist())
    voices: dict[str, list[str]] = {name: [] for name in fields}
    found: dict[str, list[str | None]] = {name: [] for name in clusters}
    for segment, mask in zip(index.segments, masks, strict=True):
        documents = np.flatnonzero(mask).tolist()
        for name in fields:
            field = segment.field(name)
            voices[name] += [field.value(document) or NONE for document in documents]
        # Exact copies are one piece of evidence, whatever else the evidence is cut by.
        copies = [f"copy {digest}" if digest in copied else None for digest in segment.digests[mask].tolist()]
        for name in clusters:
            if name == "document":
                own: list[str | None] = [None] * len(documents)
            elif name == "day":
                own = [f"day {day}" for day in segment.start_day[mask].tolist()]
            else:
                field = segment.field(name)
                own = [None if (value := field.value(d)) is None else f"value {value}" for d in documents]
            found[name] += [copy or one for copy, one in zip(copies, own, strict=True)]

    def together(parts: Sequence[NDArray[np.generic]]) -> Ints:
        chosen = [part[mask].astype(np.int64) for part, mask in zip(parts, masks, strict=True)]
        return np.concatenate([np.empty(0, np.int64), *chosen])

    hits = [part[mask] for part, mask in zip(counts, masks, strict=True)]
    return _Rows(
        np.concatenate([np.empty((0, len(queries)), np.int64), *hits]),
        together([segment.words for segment in index.segments]),
        together([segment.start_day for segment in index.segments]),
        together([segment.end_day for segment in index.segments]),
        voices,
        found,
    )
