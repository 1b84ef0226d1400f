"""Which documents of an index are asked."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tendency.corpus.fields import as_date
from tendency.errors import SettingError

if TYPE_CHECKING:
    from tendency.corpus.index import Index


@dataclass(frozen=True, eq=False)
class Selection:
    """Some live documents of an index.

    Attributes:
        masks: For each segment which documents, bool of shape (documents,).
        documents: How many.
        words: Their words.
    """

    masks: tuple[NDArray[np.bool_], ...]
    documents: int
    words: int

    @classmethod
    def of(cls, index: Index, masks: tuple[NDArray[np.bool_], ...]) -> Selection:
        """The documents in these masks."""
        pairs = list(zip(index.segments, masks, strict=True))
        return cls(
            masks,
            sum(int(np.count_nonzero(mask)) for mask in masks),
            sum(int(segment.words[mask].sum()) for segment, mask in pairs),
        )


def select(
    index: Index,
    where: str | None = None,
    start: dt.date | str | None = None,
    end: dt.date | str | None = None,
    language: str | None = None,
) -> Selection:
    """The live documents that meet every condition.

    Args:
        index: What is asked.
        where: An SQL expression over their fields.
        start: First day of the span that a document's whole date must lie in; a year or a month
            stands for its first day.
        end: The day after the last.
        language: Only documents whose field ``language`` (or ``lang``) says this, as a code or a name.

    Raises:
        QueryError: ``where`` cannot be read, or names an unknown field.
        SettingError: A day or language is impossible.
    """
    condition = None
    if where is not None and where.strip():
        from tendency.corpus.where import parse_where

        condition = parse_where(where).bound(index)
    first, last = _day(start, "from"), _day(end, "to")
    if first is not None and last is not None and last <= first:
        raise SettingError(
            f"the span from {start} to {end} holds no day; the second is the day after the last"
        )
    if language is not None and not {"language", "lang"} & set(index.field_views):
        raise SettingError("no document says its language; add the field language, or leave the option out")
    masks = []
    for segment, live in zip(index.segments, index.live, strict=True):
        mask = live.copy()
        if condition is not None:
            mask &= condition.mask(segment)
        if first is not None:
            mask &= segment.start_day >= first
        if last is not None:
            mask &= segment.end_day <= last
        if language is not None:
            from tendency.corpus.lemmas import stated_language

            mask &= stated_language(segment, language)
        masks.append(mask)
    return Selection.of(index, tuple(masks))


def everything(index: Index) -> Selection:
    """All live documents."""
    return Selection.of(index, index.live)


def _day(day: dt.date | str | None, name: str) -> int | None:
    if day is None:
        return None
    if isinstance(day, dt.date):
        return day.toordinal()
    span = as_date(day)
    if span is None:
        raise SettingError(
            f"{name} is {day!r}; write a year, a month or a day, such as 1917, 1917-11 or 1917-11-07"
        )
    return span[0]
