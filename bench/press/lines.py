"""A batch as JSON lines: ``id, date, title, author, publication, standpoint, text``."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Sequence

import numpy as np
from bench.press.batch import CLOSES, COMMA, OPENS, PARAGRAPH, STOP, Batch
from bench.press.papers import ALL_PAPERS, STANDPOINTS, staff
from bench.press.vocabulary import vocabulary

from tendency.specimen import grammar

_BEHIND = {0: "", COMMA: ",", STOP: ".", PARAGRAPH: "."}
_TITLES = grammar.templates([text for texts in grammar.TITLES.values() for text in texts], grammar.SLOTS)


def _between(mark: int) -> str:
    """What is written between a word with this mark and the next, within a string of JSON."""
    closing = "”" if mark & CLOSES else ""
    space = r"\n\n" if mark & 3 == PARAGRAPH else " "
    return _BEHIND[mark & 3] + closing + space + ("“" if mark & OPENS else "")


BETWEEN = tuple(_between(mark) for mark in range(2 * OPENS))


def written(batch: Batch) -> tuple[Sequence[str], np.ndarray]:
    """Every form as it is written, and for each word of the batch which it is."""
    known = vocabulary()
    forms = known.written
    if batch.misread:
        forms = (*forms, *batch.misread, *(form.capitalize() for form in batch.misread))
    size = len(known.words)
    new = batch.words >= size
    which = batch.words + batch.capital * np.where(new, len(batch.misread), size) + np.where(new, size, 0)
    return forms, which


def lines(batch: Batch) -> Iterator[str]:
    """A line for each document, with its end."""
    forms, which = written(batch)
    bounds = batch.sentences[batch.documents].tolist()
    first = batch.stretch.first
    rows = zip(
        batch.day.tolist(), batch.standpoint.tolist(), batch.paper.tolist(), batch.heads.tolist(), strict=True
    )
    for number, (day, standpoint, paper, draws) in enumerate(rows):
        date = first + dt.timedelta(day)
        writers = staff(paper, first.year)
        head = {
            "id": f"{first:%Y-%m-%d}-{number + 1:05}",
            "date": date.isoformat(),
            "title": _title(draws[1:]),
            "author": writers[int(draws[0] * len(writers))],
            "publication": ALL_PAPERS[paper].name,
            "standpoint": STANDPOINTS[standpoint],
        }
        low, high = bounds[number], bounds[number + 1]
        pieces = [""] * (2 * (high - low))
        pieces[::2] = [forms[form] for form in which[low:high].tolist()]
        pieces[1::2] = [BETWEEN[mark] for mark in batch.marks[low:high].tolist()]
        text = "".join(pieces).rstrip(" ")
        yield f'{json.dumps(head, ensure_ascii=False)[:-1]}, "text": "{text}"}}\n'


def _title(draws: list[float]) -> str:
    text = _TITLES[int(draws[0] * len(_TITLES))].fill(draws[1:])
    return text[0].upper() + text[1:]
