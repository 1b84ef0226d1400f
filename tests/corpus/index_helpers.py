"""Small corpora and ways to look into an index, for the tests of the index on disk."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np

from tendency.corpus import Index, Segment, iterate
from tendency.documents.dates import DateSpan
from tendency.documents.document import Document

Content = tuple[str, DateSpan, str, dict[str, str]]


def doc(id: str, text: str, day: int = 1, **fields: str) -> Document:  # noqa: A002
    """A document of one day in January 1917."""
    start = dt.date(1917, 1, day)
    return Document(id, DateSpan(start, start + dt.timedelta(days=1), start.isoformat()), text, fields)


def contents(path: Path) -> list[Content]:
    """Every live document of an index, in order."""
    return [(d.id, d.date, d.text, dict(d.fields)) for d in iterate(Index.open(path))]


def expected(documents: list[Document]) -> list[Content]:
    """What an index of these documents must give, in order; they have different ids."""
    ordered = sorted(documents, key=lambda d: (d.date.start, d.date.end, d.id))
    return [(d.id, d.date, d.text, dict(d.fields)) for d in ordered]


def forms_of(segment: Segment, document: int) -> list[str]:
    """The forms of a document's tokens, the empty string for sentence ends."""
    tokens = segment.tokens[segment.first[document] : segment.first[document + 1]]
    return [segment.terms.forms[term] for term in tokens.tolist()]


def everything(path: Path) -> Any:
    """All that can be asked of an index, as a value that can be compared.

    Reads every section, also in ways that index with numbers read from disk.
    """
    index = Index.open(path)
    found: list[Any] = [index.documents, index.words, index.fingerprint, dict(index.field_views), index.span]
    for segment, live in zip(index.segments, index.live, strict=True):
        found.append([live.tolist(), list(segment.ids), segment.words.tolist(), segment.digests.tolist()])
        found.append([segment.contents.tolist(), segment.start_day.tolist(), segment.end_day.tolist()])
        terms = segment.terms
        found.append([list(terms.forms), list(terms.folded), terms.frequency.tolist()])
        found.append([segment.postings(term).tolist() for term in range(len(terms))])
        found.append([terms.number(form) for form in terms.forms])
        found.append([terms.with_folded(form).tolist() for form in terms.folded])
        found.append(terms.with_folded_prefix("w").tolist())
        found.append(
            [[segment.field(name).value(d) for d in range(segment.documents)] for name in segment.field_names]
        )
        for document in range(segment.documents):
            positions = np.arange(segment.first[document], segment.first[document + 1])
            starts, ends = segment.offsets(document, positions)
            found.append(
                [segment.document(document), forms_of(segment, document), starts.tolist(), ends.tolist()]
            )
            found.append([index.find(segment.ids[document]), segment.document_of(positions).tolist()])
    found.append([list(index.terms.forms), index.terms.frequency.tolist()])
    found.append([index.terms.maps[segment.id].tolist() for segment in index.segments])
    return found


def files(path: Path) -> set[str]:
    """Every file below a folder."""
    return {str(p.relative_to(path)) for p in path.rglob("*") if p.is_file()}
