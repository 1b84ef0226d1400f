"""A random sample of hits for a person to read, with everything hidden that may sway the judgement."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import xxhash
from numpy.typing import NDArray

from tendency.documents.sheets import SUFFIXES, sheet
from tendency.errors import SettingError
from tendency.measures.judgements import JUDGEMENTS, STRATIFIED, key_of
from tendency.tally import NONE, Eras, Periods

if TYPE_CHECKING:
    from tendency.corpus import Deadline, Index, Line, Query

COLUMNS: Final = ("hit", "left", "match", "right", "judgement", "note")
NOT_DATABLE: Final = "not datable"
PERIOD: Final = "period"

Masks = tuple[NDArray[np.bool_], ...]


@dataclass(frozen=True)
class DrawnHit:
    """One hit of a sample.

    Attributes:
        name: What it is called in the sheets.
        line: The hit with its context and source.
        period: The period that its document lies in.
        stratum: From which stratum it was drawn.
        stratum_hits: How many hits that holds.
        stratum_drawn: How many of them were drawn.
    """

    name: str
    line: Line
    period: str
    stratum: str
    stratum_hits: int
    stratum_drawn: int

    @property
    def weight(self) -> float:
        """How many hits it stands for."""
        return self.stratum_hits / self.stratum_drawn


@dataclass(frozen=True)
class Sample:
    """Hits drawn at random without replacement.

    Attributes:
        hits: In order of name, which is none of date or source.
        total: Hits in all.
        asked_for: How many were asked for.
        strata: How many strata they were drawn from; 1 without strata.
        seed: What the draw and the order depend on.
        asked: Query, filter and span, for the key.
    """

    hits: tuple[DrawnHit, ...]
    total: int
    asked_for: int
    strata: int
    seed: int
    asked: Mapping[str, str]

    def rows(self, judge: int = 1) -> list[tuple[str, ...]]:
        """The rows of one judge's sheet in an order of her own: nothing in them tells who wrote, where or when."""
        mark = STRATIFIED if self.strata > 1 else ""
        shuffled = sorted(
            self.hits,
            key=lambda hit: xxhash.xxh3_64_intdigest(f"{self.seed}\x1f{judge}\x1f{hit.name}".encode()),
        )
        return [(mark + hit.name, hit.line.left, hit.line.match, hit.line.right, "", "") for hit in shuffled]

    def key(self) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
        """Columns and rows that say where each hit stands, and how many it stands for."""
        fields = sorted({name for hit in self.hits for name in hit.line.fields})
        own = ("hit", "document", "position", "start", "end", "date", "citation", "period", "stratum", "stratum_hits",
               "stratum_drawn", "weight", "total")  # fmt: skip
        columns = (*own, *self.asked, *(f"field:{name}" for name in fields))
        rows = [
            (
                hit.name, hit.line.document, str(hit.line.position), str(hit.line.start), str(hit.line.end),
                f"{hit.line.date.start}/{hit.line.date.end}", hit.line.citation, hit.period, hit.stratum, str(hit.stratum_hits),
                str(hit.stratum_drawn), f"{hit.weight:.6g}", str(self.total), *self.asked.values(),
                *(hit.line.fields.get(name, "") for name in fields),
            )
            for hit in self.hits
        ]  # fmt: skip
        return columns, rows


@dataclass(frozen=True)
class Written:
    """The files of a sample.

    Attributes:
        sheets: One for each judge.
        key: Where the hits stand; the judges do not open it.
        sample: What was drawn.
    """

    sheets: tuple[Path, ...]
    key: Path
    sample: Sample


def sample_hits(
    index: Index,
    query: Query,
    n: int = 100,
    *,
    strata: str | None = None,
    by: str | Eras = "year",
    width: int = 300,
    where: str | None = None,
    start: dt.date | None = None,
    end: dt.date | None = None,
    seed: int = 1,
    deadline: Deadline | None = None,
) -> Sample:
    """A simple random sample of a query's hits, or the same number from each of several strata.

    What is drawn depends on the seed, the documents' ids and the hits' positions alone, however documents lie in segments.

    Args:
        index: The corpus.
        query: What is looked for.
        n: How many hits; all of them where there are fewer.
        strata: ``"period"`` or a field: as many hits from each period or value as from the others, as far as there are.
        by: The periods.
        width: Characters of context on either side.
        where: Only documents for which this holds.
        start: Only documents dated from this day.
        end: Only documents dated before this day.
        seed: Another one draws another sample.
        deadline: When to give up.

    Raises:
        SettingError: Fewer hits are asked for than there are strata, or the field is unknown.
    """
    from tendency.corpus import Selection, concordance, counts_by_document, select
    from tendency.corpus.sampling import name_of

    if n < 1:
        raise SettingError(f"a sample of {n} hits is none; ask for at least one.")
    masks = select(index, where=where, start=start, end=end).masks
    bound = query.bound(index)
    counts = [held[:, 0] for held in counts_by_document(index, [bound], masks, deadline)]
    parts = _strata(index, masks, strata, by)
    hits = {
        name: sum(int(held[mask].sum()) for held, mask in zip(counts, part, strict=True))
        for name, part in parts.items()
    }
    hits = {name: number for name, number in hits.items() if number}
    if strata is not None and n < len(hits):
        raise SettingError(
            f"{n} hits cannot be drawn from {len(hits)} strata; ask for at least {len(hits)}, or for longer periods."
        )
    periods, places = _periods(index, masks, by)
    drawn = []
    for (name, held), number in zip(hits.items(), allotted(n, list(hits.values())), strict=True):
        if not number:
            continue
        found = concordance(
            index,
            bound,
            Selection.of(index, parts[name]),
            limit=number,
            width=width,
            order="sample",
            seed=seed,
            deadline=deadline,
        )
        for line in found.lines:
            segment, document = index.find(line.document) or (0, 0)
            at = int(places[segment][document])
            period = periods.periods[at].label if at >= 0 else NOT_DATABLE
            drawn.append(DrawnHit(name_of(index, line), line, period, name, held, number))
    asked = {
        "query": query.normalised(),
        "where": where or "",
        "from": str(start or ""),
        "to": str(end or ""),
        "corpus": index.fingerprint,
        "seed": str(seed),
    }
    return Sample(
        tuple(sorted(drawn, key=lambda hit: hit.name)),
        sum(hits.values()),
        n,
        len(hits) if strata is not None else 1,
        seed,
        asked,
    )


def allotted(n: int, hits: Sequence[int]) -> list[int]:
    """How many to draw from each stratum: the same number, as far as it has so many, and ``n`` in all, as far as all have."""
    result = [0] * len(hits)
    left = n
    for place, stratum in enumerate(sorted(range(len(hits)), key=lambda stratum: (hits[stratum], stratum))):
        result[stratum] = min(hits[stratum], left // (len(hits) - place))
        left -= result[stratum]
    return result


def _strata(index: Index, masks: Masks, strata: str | None, by: str | Eras) -> dict[str, Masks]:
    if strata is None:
        return {"all": masks}
    if strata == PERIOD:
        periods, places = _periods(index, masks, by)
        names = {number: period.label for number, period in enumerate(periods.periods)} | {-1: NOT_DATABLE}
        return {
            name: tuple(mask & (np.maximum(at, -1) == number) for mask, at in zip(masks, places, strict=True))
            for number, name in names.items()
        }
    if strata not in index.field_views:
        near = get_close_matches(strata, [PERIOD, *index.field_views], n=1)
        hint = (
            f"; did you mean {near[0]!r}?"
            if near
            else f"; there are {', '.join([PERIOD, *index.field_views])}."
        )
        raise SettingError(f"there is no field {strata!r} to draw by{hint}")
    fields = [segment.field(strata) for segment in index.segments]
    values = sorted(
        {
            field.values[code]
            for field, mask in zip(fields, masks, strict=True)
            for code in np.unique(field.codes[mask]).tolist()
            if code >= 0
        }
    )
    result = {
        value: tuple(
            mask & np.isin(field.codes, [code for code, one in enumerate(field.values) if one == value])
            for field, mask in zip(fields, masks, strict=True)
        )
        for value in values
    }
    return result | {NONE: tuple(mask & (field.codes < 0) for field, mask in zip(fields, masks, strict=True))}


def _periods(index: Index, masks: Masks, by: str | Eras) -> tuple[Periods, list[NDArray[np.int32]]]:
    """The periods of the documents asked about, and that of each document of each segment."""
    pairs = list(zip(index.segments, masks, strict=True))
    first = np.concatenate([np.empty(0, np.int64), *(segment.start_day[mask] for segment, mask in pairs)])
    last = np.concatenate([np.empty(0, np.int64), *(segment.end_day[mask] for segment, mask in pairs)])
    periods = Periods.spanning(by, first, last)
    return periods, [periods.assign(segment.start_day, segment.end_day) for segment in index.segments]


def write_sample(sample: Sample, to: str | os.PathLike[str], judges: int = 1) -> Written:
    """A sample as a sheet for each judge, and its key beside them.

    Raises:
        SettingError: The suffix is none of ``.csv``, ``.tsv`` and ``.xlsx``, there is a file already, or there are no hits.
        StorageError: A file cannot be written.
    """
    from tendency.corpus.storage import write_atomically

    target = Path(to)
    suffix = target.suffix.lower()
    if suffix not in SUFFIXES:
        raise SettingError(f"{target} ends in none of {', '.join(SUFFIXES)}; give it one of these.")
    if not 1 <= judges <= 2:
        raise SettingError(
            f"{judges} judges are too {'few' if judges < 1 else 'many'}; one or two read a sample."
        )
    if not sample.hits:
        raise SettingError("there is no hit to read.")
    paths = (
        (target,)
        if judges == 1
        else tuple(
            target.with_name(f"{target.stem}-{judge}{target.suffix}") for judge in range(1, judges + 1)
        )
    )
    key = key_of(target)
    for path in (*paths, key):
        if path.exists():
            raise SettingError(f"{path} is there already, and may hold judgements; name another file.")
    files = {
        path: sheet(suffix, COLUMNS, sample.rows(judge), {"judgement": JUDGEMENTS})
        for judge, path in enumerate(paths, start=1)
    }
    files[key] = sheet(".csv", *sample.key())
    for path, content in files.items():
        write_atomically(path, content)
    return Written(paths, key, sample)
