"""Editions, translations and dates: what the documents say of how their words came down, and what may not be compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tendency.errors import SettingError
from tendency.tally import NONE

if TYPE_CHECKING:
    from tendency.corpus import Deadline, Index, Query, Segment

Masks = Sequence[NDArray[np.bool_]]

DECISIVE: Final = ("translator", "edition")
"""Where no value of one of these is on both sides, the words of the two sides are those of other people."""
OF_EDITION: Final = (*DECISIVE, "translation", "original_language")
OF_GENRE: Final = ("genre", "type")
OF_DATES: Final = ("date_precision", "written", "published")
OF_LETTERS: Final = ("ocr_quality", "ocr_confidence", "ocr")
FIELDS: Final = (*OF_EDITION, *OF_GENRE, *OF_DATES, *OF_LETTERS)
"""Fields that say how words came down to us, where documents have them."""
COMPARED: Final = (*OF_EDITION, *OF_GENRE, "date_precision", *OF_LETTERS)
"""Those whose mix is compared; dates of writing and of print differ between any two spans."""

MOVED: Final = 0.3
"""Share of the words that must change hands between two sides for a mix to be named (total variation)."""
GRAINS: Final = ("day", "week", "month", "quarter", "year", "decade")


@dataclass(frozen=True)
class Editions:
    """What documents say of their editions, translations and dates.

    Attributes:
        fields: A row a field that any of them has: ``field, documents, words`` (shares of all), ``values`` (how many), ``most`` (the
            value with most words) and ``most_words`` (its share).
        grains: A row a grain of date: ``grain, documents, words`` (how many are not datable at it), ``documents_share, words_share``.
        warnings: What a reader must know, in sentences.
    """

    fields: pl.DataFrame
    grains: pl.DataFrame
    warnings: tuple[str, ...]


def editions(index: Index, masks: Masks | None = None) -> Editions:
    """What the documents say of how their words came down: fields, loss at each grain of date, warnings.

    Args:
        index: The corpus.
        masks: Which documents; all live ones when None.
    """
    chosen = index.live if masks is None else masks
    grains = grain_loss(index, chosen)
    return Editions(
        _fields(index, chosen),
        grains,
        (*_translated(index, chosen), *written_after_print(index, chosen), *_lost(grains)),
    )


def word_shares(index: Index, masks: Masks, field: str) -> dict[str, float]:
    """Share of the words of some documents that each value of a field has; empty where there are no words."""
    words: Counter[str] = Counter()
    for segment, mask in zip(index.segments, masks, strict=True):
        held = segment.field(field)
        codes = held.codes[mask].astype(np.int64)
        sums = np.bincount(codes + 1, weights=segment.words[mask].astype(float))
        for code in np.flatnonzero(sums).tolist():
            words[NONE if code == 0 else held.values[code - 1]] += int(sums[code])
    total = sum(words.values())
    return {value: count / total for value, count in words.items()} if total else {}


def distance(first: dict[str, float], last: dict[str, float]) -> float:
    """Share of the words that would have to change hands for two mixes to be alike: their total variation."""
    return sum(abs(first.get(one, 0.0) - last.get(one, 0.0)) for one in set(first) | set(last)) / 2


def between(index: Index, masks: Masks, start: int, end: int) -> tuple[NDArray[np.bool_], ...]:
    """Those of some documents whose whole date lies from one day to before another, as ordinals."""
    return tuple(
        mask & (segment.start_day >= start) & (segment.end_day <= end)
        for segment, mask in zip(index.segments, masks, strict=True)
    )


def mixed(
    index: Index,
    before: Masks,
    after: Masks,
    fields: Sequence[str] = COMPARED,
    *,
    names: tuple[str, str] = ("before", "after"),
    refuse: bool = True,
) -> tuple[str, ...]:
    """What must be said of two sets of documents before their words are compared.

    Used for keyness, collocates then and now, meaning shift and first use.

    Args:
        index: The corpus.
        before: The documents of one side, a mask for each segment.
        after: Those of the other.
        fields: The fields that are looked at, where the index has them.
        names: How the two sides are called.
        refuse: Raise where no translator or edition is on both sides; else warn.

    Returns:
        A sentence for each field whose mix moved by over 30 % of the words, the furthest first.

    Raises:
        SettingError: No translator, or no edition, is on both sides.
    """
    moved = []
    for field in fields:
        if field not in index.field_views:
            continue
        first, last = (word_shares(index, masks, field) for masks in (before, after))
        if not first or not last or len((set(first) | set(last)) - {NONE}) == 0:
            continue
        if field in DECISIVE and not set(first) & set(last):
            sentence = _apart(field, first, last, names)
            if refuse:
                raise SettingError(
                    f"{sentence} Choose documents of one {field}, or compare without meaning anything of the author."
                )
            moved.append((1.0, field, sentence))
            continue
        far = distance(first, last)
        if far > MOVED:
            moved.append((far, field, _moved(field, first, last, names, far)))
    return tuple(sentence for _, _, sentence in sorted(moved, key=lambda one: (-one[0], one[1])))


def _apart(field: str, first: dict[str, float], last: dict[str, float], names: tuple[str, str]) -> str:
    sides = " and ".join(
        f"{_most(shares)} ({_percent(max(shares.values()))} of the words) {name}"
        for shares, name in zip((first, last), names, strict=True)
    )
    return f"No {field} is on both sides: {sides}. A difference may be one of {field}s, not of what was said."


def _moved(
    field: str, first: dict[str, float], last: dict[str, float], names: tuple[str, str], far: float
) -> str:
    most = max(set(first) | set(last), key=lambda one: (abs(last.get(one, 0.0) - first.get(one, 0.0)), one))
    called = f"no {field}" if most == NONE else f"{field} “{most}”"
    return (
        f"The two sides differ in their {field}: {called} has {_percent(first.get(most, 0.0))} of the words {names[0]} and "
        f"{_percent(last.get(most, 0.0))} {names[1]} ({_percent(far)} of the words changed hands)."
    )


def _most(shares: dict[str, float]) -> str:
    value = max(shares, key=lambda one: (shares[one], one))
    return "none" if value == NONE else f"“{value}”"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _fields(index: Index, masks: Masks) -> pl.DataFrame:
    documents = sum(int(np.count_nonzero(mask)) for mask in masks)
    rows = []
    for field in FIELDS:
        if field not in index.field_views or not documents:
            continue
        held = sum(
            int(np.count_nonzero(segment.field(field).codes[mask] >= 0))
            for segment, mask in zip(index.segments, masks, strict=True)
        )
        shares = {value: share for value, share in word_shares(index, masks, field).items() if value != NONE}
        if not held or not shares:
            continue
        most = max(shares, key=lambda one: (shares[one], one))
        rows.append(
            {
                "field": field,
                "documents": held / documents,
                "words": sum(shares.values()),
                "values": len(shares),
                "most": most,
                "most_words": shares[most],
            }
        )
    schema = {
        "field": pl.String,
        "documents": pl.Float64,
        "words": pl.Float64,
        "values": pl.Int64,
        "most": pl.String,
        "most_words": pl.Float64,
    }
    return pl.DataFrame(rows, schema=schema)


def grain_loss(index: Index, masks: Masks) -> pl.DataFrame:
    """How much is not datable at each grain: ``grain, documents, words, documents_share, words_share``."""
    empty = np.empty(0, np.int64)
    parts: list[tuple[NDArray[np.int64], ...]] = [(empty, empty, empty)]
    for segment, mask in zip(index.segments, masks, strict=True):
        days = segment.start_day[mask], segment.end_day[mask] - 1, segment.words[mask]
        parts.append(tuple(part.astype(np.int64) for part in days))
    first, last, words = (np.concatenate(held) for held in zip(*parts, strict=True))
    total = int(words.sum())
    rows = []
    for grain in GRAINS:
        lost = _keys(first, grain) != _keys(last, grain)
        documents, of_words = int(np.count_nonzero(lost)), int(words[lost].sum())
        rows.append(
            {
                "grain": grain,
                "documents": documents,
                "words": of_words,
                "documents_share": documents / first.size if first.size else None,
                "words_share": of_words / total if total else None,
            }
        )
    floats = dict.fromkeys(("documents_share", "words_share"), pl.Float64)
    return pl.DataFrame(rows, schema_overrides=floats)


def _keys(days: NDArray[np.int64], grain: str) -> NDArray[np.int64]:
    """A number for each day that is the same for days of one period; day 1 is a Monday."""
    if grain == "day":
        return days
    if grain == "week":
        return (days - 1) // 7
    dates = (days - _EPOCH).astype("datetime64[D]")
    months = dates.astype("datetime64[M]").astype(np.int64)
    of = {"month": 1, "quarter": 3, "year": 12, "decade": 120}[grain]
    # Months are counted from 1970, which begins a decade.
    return np.asarray(months // of, np.int64)


_EPOCH: Final = 719163
"""The ordinal of 1 January 1970."""


def _lost(grains: pl.DataFrame) -> Iterator[str]:
    """The finest grain at which nearly all words are datable, and what is lost at finer ones."""
    for row in grains.iter_rows(named=True):
        if row["grain"] in ("week", "quarter") or not row["documents"]:
            continue
        yield (
            f"By {row['grain']} {row['documents']:,} documents ({_percent(row['documents_share'])}, with "
            f"{_percent(row['words_share'] or 0.0)} of the words) cannot be dated."
        )


def _translated(index: Index, masks: Masks) -> Iterator[str]:
    """Words that are a translator's, or of more than one edition."""
    for field in ("translator", "translation", "original_language"):
        if field not in index.field_views:
            continue
        shares = word_shares(index, masks, field)
        absent = {NONE, "false", "False", "no", "0"}
        part = sum(share for value, share in shares.items() if value not in absent)
        if part:
            yield (
                f"{_percent(part)} of the words are in documents with a {field.replace('_', ' ')}: their wording is the translator's, and "
                "so is its date."
            )
    if "edition" in index.field_views:
        named = {value for value in word_shares(index, masks, "edition") if value != NONE}
        if len(named) > 1:
            yield f"The words are those of {len(named):,} editions."


def written_after_print(index: Index, masks: Masks) -> Iterator[str]:
    """A sentence where documents have a date of writing later than that of their publication."""
    from tendency.corpus.fields import as_date

    if not {"written", "published"} <= set(index.field_views):
        return
    wrong: list[tuple[int, str]] = []
    for segment, mask in zip(index.segments, masks, strict=True):
        written, published = segment.field("written"), segment.field("published")
        both = mask & (written.codes >= 0) & (published.codes >= 0)
        for document in np.flatnonzero(both).tolist():
            first, second = (as_date(field.value(document) or "") for field in (written, published))
            if first is not None and second is not None and first[0] >= second[1]:
                wrong.append((int(segment.start_day[document]), segment.ids[document]))
    if wrong:
        noun = "document is" if len(wrong) == 1 else "documents are"
        yield f"{len(wrong):,} {noun} dated as written after publication, the first {min(wrong)[1]}: one of the two dates is wrong."


def first_use(
    index: Index, query: Query, masks: Masks | None = None, deadline: Deadline | None = None
) -> tuple[str, ...]:
    """What limits the first use of a query: an edition, a translation, a date known only roughly; empty without a hit.

    ``First use in 1931 is that of the edition “Collected works, 1947”: the wording may be later.``
    """
    from tendency.corpus import counts_by_document

    chosen = index.live if masks is None else masks
    counts = counts_by_document(index, [query.bound(index)], chosen, deadline)
    first: tuple[int, int, str, Segment, int] | None = None
    for segment, held in zip(index.segments, counts, strict=True):
        found = np.flatnonzero(held[:, 0])
        if not found.size:
            continue
        for document in found[segment.start_day[found] == segment.start_day[found].min()].tolist():
            key = (int(segment.start_day[document]), int(segment.end_day[document]), segment.ids[document])
            if first is None or key < first[:3]:
                first = (*key, segment, document)
    if first is None:
        return ()
    return tuple(_limits(first[3], first[4]))


def _limits(segment: Segment, document: int) -> Iterator[str]:
    from tendency.corpus.concordance import written_span
    from tendency.corpus.fields import as_date

    date, fields = segment.date(document), segment.fields_of(document)
    year = date.start.year
    if edition := fields.get("edition"):
        yield f"First use in {year} is that of the edition “{edition}”: the wording may be later."
    printed = as_date(fields.get("published", ""))
    if printed is not None and printed[0] >= date.end.toordinal():
        yield f"First use in {year} is in a text that was published in {fields['published']}: the wording may be that of the print."
    if (translator := fields.get("translator")) is not None:
        yield f"First use in {year} is in the words of a translator, {translator}."
    elif fields.get("translation", "").lower() in ("true", "yes"):
        yield f"First use in {year} is in the words of a translator."
    if (date.end - date.start).days > 1:
        yield f"The first use is dated only to {date.written or written_span(date)}: another may be earlier."
