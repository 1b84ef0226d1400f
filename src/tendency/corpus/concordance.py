"""Hits as a reader sees them: the words, what stands around them, and where they are from."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeVar

from tendency.documents.dates import DateSpan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from tendency.corpus.deadlines import Deadline
    from tendency.corpus.index import Index
    from tendency.corpus.query import Query
    from tendency.corpus.search import Block
    from tendency.corpus.segment import Segment
    from tendency.corpus.select import Selection
    from tendency.corpus.work import Place

Order = Literal["date", "sample"]
Unit = Literal["characters", "words"]
T = TypeVar("T")

_LONGEST_CONTEXT: Final = 10_000


@dataclass(frozen=True)
class Line:
    """One hit with its context and its source.

    Attributes:
        document: The document's id.
        date: The days on which it may have been written or published.
        left: What stands before the hit, white space collapsed; ``left + match + right`` reads as the text does.
        match: The hit, exactly as stored: ``text[start:end]``.
        right: What stands after it, white space collapsed.
        start: Offset of the hit in the stored text, in code points.
        end: Offset after its last code point.
        position: Token position in its document, from 0, sentence ends included.
        fields: What else is known of the document.
        quoted: Whether it stands in quotation marks; None where nobody looked.
    """

    document: str
    date: DateSpan
    left: str
    match: str
    right: str
    start: int
    end: int
    position: int
    fields: Mapping[str, str]
    quoted: bool | None = None

    @property
    def citation(self) -> str:
        """Author, title, publication, volume and number, date, pages; what is unknown is left out."""
        return cite(self.fields, self.date)


@dataclass(frozen=True)
class Concordance:
    """Some of a query's hits, and how many there are.

    Attributes:
        lines: In the order of date, document id and position.
        total: Hits in all; of own words alone where hits in quotation marks were left out.
        documents: Documents with a hit.
        quoted: Hits in quotation marks that were left out; None where they were not.
    """

    lines: tuple[Line, ...]
    total: int
    documents: int
    quoted: int | None = None

    @property
    def table(self) -> pl.DataFrame:
        """A row a line: ``document, date, left, match, right, start, end, position, citation, quoted``."""
        import polars as pl

        return pl.DataFrame(
            {
                "document": [line.document for line in self.lines],
                "date": [line.date.written or written_span(line.date) for line in self.lines],
                "left": [line.left for line in self.lines],
                "match": [line.match for line in self.lines],
                "right": [line.right for line in self.lines],
                "start": [line.start for line in self.lines],
                "end": [line.end for line in self.lines],
                "position": [line.position for line in self.lines],
                "citation": [line.citation for line in self.lines],
                "quoted": [line.quoted for line in self.lines],
            },
            schema_overrides={
                "start": pl.Int64,
                "end": pl.Int64,
                "position": pl.Int64,
                "quoted": pl.Boolean,
            },
            strict=False,
        )

    def _repr_html_(self) -> str:
        return self.table._repr_html_()


class HitPlace(NamedTuple):
    """Where a hit is; sorts as hits are listed."""

    start_day: int
    end_day: int
    id: str
    position: int
    length: int
    segment: int
    document: int


def concordance(
    index: Index,
    query: Query,
    selection: Selection | None = None,
    *,
    limit: int = 100,
    width: int = 60,
    unit: Unit = "characters",
    order: Order = "date",
    seed: int = 0,
    own_words: bool = False,
    mark_quoted: bool = False,
    deadline: Deadline | None = None,
) -> Concordance:
    """Hits with their context, the first by date or a random sample.

    Args:
        index: What is asked.
        query: What is looked for.
        selection: In which documents; all live ones when None.
        limit: How many lines at most.
        width: How much context on either side; characters are cut at a word's edge.
        unit: What ``width`` counts.
        order: ``date`` for the first ones, ``sample`` for a random choice that depends on the seed, the
            document's id and the position in it alone, so that it is the same however documents lie in
            segments.
        seed: Of the sample.
        own_words: Leave out hits in quotation marks; every text with a hit is then read.
        mark_quoted: Say of each line whether it stands in quotation marks.
        deadline: When to give up.
    """
    from tendency.errors import SettingError

    if limit < 0 or not 0 <= width <= _LONGEST_CONTEXT:
        raise SettingError(
            f"limit must be 0 or more and width 0 to {_LONGEST_CONTEXT:,}, not {limit} and {width}"
        )
    query = query.bound(index)
    masks = index.live if selection is None else selection.masks
    choose = _first_by_date if order == "date" else _sample
    hits, total, documents, quoted = choose(index, query, masks, _Choice(limit, seed, own_words, deadline))
    lines = [line_of(index.segments[hit.segment], hit, width, unit) for hit in sorted(hits)]
    if mark_quoted or own_words:
        lines = _marked(index, sorted(hits), lines, deadline)
    return Concordance(tuple(lines), total, documents, quoted if own_words else None)


Masks = tuple["NDArray[np.bool_]", ...]
Chosen = tuple[list[HitPlace], int, int, int]
"""Hits, how many there are in how many documents, and how many were left out because they stand in quotation marks."""


class _Choice(NamedTuple):
    """Which hits are listed."""

    limit: int
    seed: int
    own_words: bool
    deadline: Deadline | None


def _marked(index: Index, hits: list[HitPlace], lines: list[Line], deadline: Deadline | None) -> list[Line]:
    """The lines, each with whether it stands in quotation marks; a text is read once."""
    from tendency.corpus.quotes import is_quoted, quoted_spans

    read: dict[tuple[int, int], list[tuple[int, int]]] = {}
    result = []
    for hit, line in zip(hits, lines, strict=True):
        at = (hit.segment, hit.document)
        if at not in read:
            if deadline is not None:
                deadline.check()
            read[at] = quoted_spans(index.segments[hit.segment].text(hit.document))
        result.append(replace(line, quoted=is_quoted(read[at], line.start, line.end)))
    return result


def _first_by_date(index: Index, query: Query, masks: Masks, choice: _Choice) -> Chosen:
    """The first hits: documents are counted, then only as many searched again as are needed."""
    import numpy as np

    from tendency.corpus.counts import counts_by_document

    quoted = 0
    if choice.own_words:
        counts = [np.zeros(segment.documents, np.int64) for segment in index.segments]
        for number, own, left_out in _asked(_own_hits, index, query, masks, choice):
            counts[number] = own
            quoted += left_out
    else:
        counts = [held[:, 0] for held in counts_by_document(index, [query], masks, choice.deadline)]
    total, documents = (
        sum(int(held.sum()) for held in counts),
        sum(int(np.count_nonzero(held)) for held in counts),
    )
    wanted = _earliest_documents(index, counts, choice.limit)
    asked = []
    for number, segment in enumerate(index.segments):
        mask = np.zeros(segment.documents, np.bool_)
        mask[[document for held, document in wanted if held == number]] = True
        asked.append(mask)
    every = _asked(_every_hit, index, query, tuple(asked), choice)
    return sorted(hit for hits in every for hit in hits)[: choice.limit], total, documents, quoted


@dataclass(frozen=True)
class _Task:
    """Hits that are looked for in one segment; picklable, pure, safe to repeat."""

    place: Place
    number: int
    query: Query
    mask: NDArray[np.bool_]
    limit: int
    seed: int
    deadline: Deadline | None
    own_words: bool = False


def _asked(
    function: Callable[[_Task], T], index: Index, query: Query, masks: Masks, choice: _Choice
) -> list[T]:
    """What a function finds in each segment that has documents to look into."""
    from tendency.corpus.work import places, run

    tasks = [
        _Task(place, number, query, mask, choice.limit, choice.seed, choice.deadline, choice.own_words)
        for number, (place, mask) in enumerate(zip(places(index), masks, strict=True))
        if mask.any()
    ]
    return run(function, tasks, index.executor, choice.deadline)


def _blocks(task: _Task) -> Iterator[tuple[Block, int]]:
    """The hits of one segment, those in quotation marks left out where that is asked, and how many these are."""
    from tendency.corpus.search import evaluate
    from tendency.corpus.work import segment_at

    segment = segment_at(task.place)
    for block in evaluate(segment, task.query, task.mask, task.deadline):
        if not task.own_words:
            yield block, 0
            continue
        from tendency.corpus.quoting import in_quotation_marks, kept

        inside = in_quotation_marks(segment, block, task.deadline)
        yield kept(block, ~inside), int(inside.sum())


def _own_hits(task: _Task) -> tuple[int, NDArray[np.int64], int]:
    """The segment's number, the hits of each document outside quotation marks, and how many there are inside."""
    import numpy as np

    counts, quoted = np.zeros(task.mask.size, np.int64), 0
    for block, left_out in _blocks(task):
        counts += np.bincount(block.documents, minlength=counts.size)
        quoted += left_out
    return task.number, counts, quoted


def _every_hit(task: _Task) -> list[HitPlace]:
    """The hits of one segment, those that no listing can hold left out."""
    import numpy as np

    from tendency.corpus.work import segment_at

    segment = segment_at(task.place)
    hits: list[HitPlace] = []
    for block, _ in _blocks(task):
        before = np.arange(len(block)) - np.searchsorted(block.documents, block.documents)
        few = before < task.limit
        hits += hit_places(segment, task.number, block.documents[few], block.starts[few], block.ends[few])
    return sorted(hits)[: task.limit]


def _earliest_documents(index: Index, counts: list[NDArray[np.int64]], limit: int) -> list[tuple[int, int]]:
    """Segment and number of the first documents that have ``limit`` hits between them."""
    import numpy as np

    if not limit or not any(held.any() for held in counts):
        return []
    days = np.concatenate(
        [segment.start_day[held > 0] for segment, held in zip(index.segments, counts, strict=True)]
    )
    hits = np.concatenate([held[held > 0] for held in counts])
    by_day = np.argsort(days, kind="stable")
    enough = int(np.searchsorted(np.cumsum(hits[by_day]), limit))
    # Ids are read only for the documents up to the last day that can matter.
    last_day = int(days[by_day[min(enough, days.size - 1)]])
    candidates = []
    for number, (segment, held) in enumerate(zip(index.segments, counts, strict=True)):
        for document in np.flatnonzero((held > 0) & (segment.start_day <= last_day)).tolist():
            key = (int(segment.start_day[document]), int(segment.end_day[document]), segment.ids[document])
            candidates.append((key, number, document))
    candidates.sort()
    found, held_hits = [], 0
    for _, number, document in candidates:
        if held_hits >= limit:
            break
        found.append((number, document))
        held_hits += int(counts[number][document])
    return found


def _sample(index: Index, query: Query, masks: Masks, choice: _Choice) -> Chosen:
    """The hits with the smallest of the numbers that :func:`lots_of` gives them."""
    found = _asked(_sample_of_segment, index, query, masks, choice)
    kept = sorted(lot for lots, *_ in found for lot in lots)[: choice.limit]
    total = sum(total for _, total, _, _ in found)
    documents, quoted = sum(held for _, _, held, _ in found), sum(left_out for *_, left_out in found)
    return [hit for _, hit in kept], total, documents, quoted


def _sample_of_segment(task: _Task) -> tuple[list[tuple[int, HitPlace]], int, int, int]:
    """The segment's share of the sample with its numbers, its hits, its documents with a hit, and hits that were left out."""
    import numpy as np
    import xxhash

    from tendency.corpus.strings import encode
    from tendency.corpus.work import segment_at

    segment, limit = segment_at(task.place), task.limit
    total = quoted = 0
    kept: list[tuple[int, HitPlace]] = []
    with_hits = np.zeros(segment.documents, np.bool_)
    keys = np.zeros(segment.documents, np.uint64)
    for block, left_out in _blocks(task):
        total += len(block)
        quoted += left_out
        for document in np.unique(block.documents).tolist():
            with_hits[document] = True
            name = encode(segment.ids[document])
            keys[document] = xxhash.xxh3_64_intdigest(name, task.seed & (1 << 64) - 1)
        lots = lots_of(keys[block.documents], block.starts - segment.first[block.documents])
        few = np.argsort(lots, kind="stable")[: 2 * limit]
        hits = hit_places(segment, task.number, block.documents[few], block.starts[few], block.ends[few])
        kept = sorted([*kept, *zip(lots[few].tolist(), hits, strict=True)])[:limit]
    return kept, total, int(np.count_nonzero(with_hits)), quoted


def lots_of(keys: NDArray[np.uint64], positions: NDArray[np.int64]) -> NDArray[np.uint64]:
    """A number for each hit that depends on its document's key and its position, as evenly spread as by chance.

    Source: the output function of SplitMix64, Steele, Lea & Flood (2014), doi:10.1145/2660193.2660195.
    """
    import numpy as np

    mixed: NDArray[np.uint64] = keys + (positions.astype(np.uint64) + np.uint64(1)) * np.uint64(
        0x9E3779B97F4A7C15
    )
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


def hit_places(
    segment: Segment,
    number: int,
    documents: NDArray[np.int32],
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
) -> Iterator[HitPlace]:
    """Where hits of a segment are, from their documents and token positions in it."""
    for document, start, end in zip(documents.tolist(), starts.tolist(), ends.tolist(), strict=True):
        yield HitPlace(
            int(segment.start_day[document]),
            int(segment.end_day[document]),
            segment.ids[document],
            start - int(segment.first[document]),
            end - start,
            number,
            document,
        )


def line_of(segment: Segment, hit: HitPlace, width: int, unit: Unit) -> Line:
    """A hit of the segment with its context and source."""
    document = hit.document
    first = int(segment.first[document]) + hit.position
    starts, ends = segment.offsets(document, [first, first + hit.length - 1])
    start, end = int(starts[0]), int(ends[1])
    left, right = (_words if unit == "words" else _characters)(segment, hit, start, end, width)
    return Line(
        document=segment.ids[document],
        date=segment.date(document),
        left=left.lstrip(),
        match=segment.passage(document, start, end),
        right=right.rstrip(),
        start=start,
        end=end,
        position=hit.position,
        fields=segment.fields_of(document),
    )


def _characters(segment: Segment, hit: HitPlace, start: int, end: int, width: int) -> tuple[str, str]:
    # One more on either side shows whether a word was cut; collapsing may need more than it gives.
    reach = 2 * width + 20
    before = segment.passage(hit.document, max(start - reach, 0), start)
    after = segment.passage(hit.document, end, end + reach)
    left = _cut(_spaced(before)[::-1], width, whole=start <= reach)[::-1]
    return left, _cut(_spaced(after), width, whole=len(after) < reach)


def _cut(text: str, width: int, *, whole: bool) -> str:
    """At most ``width`` characters of a text, less the word that the end would cut, unless it is one long word."""
    if len(text) <= width:
        return text if whole else _before_last_space(text)
    if text[width].isspace() or text[width - 1 : width].isspace():
        return text[:width]
    return _before_last_space(text[:width])


def _before_last_space(text: str) -> str:
    place = text.rstrip().rfind(" ")
    return text[: place + 1] if place > 0 else text


def _words(segment: Segment, hit: HitPlace, start: int, end: int, width: int) -> tuple[str, str]:
    import numpy as np

    base, limit = int(segment.first[hit.document]), int(segment.first[hit.document + 1])
    at = base + hit.position
    # Sentence ends lie between words: look back far enough to find the words whatever there is.
    tokens = segment.tokens
    low, high = max(at - 2 * width - 1, base), min(at + hit.length + 2 * width + 1, limit)
    before = np.flatnonzero(tokens[low:at])[-width or at :] + low
    after = np.flatnonzero(tokens[at + hit.length : high])[:width] + at + hit.length
    left = right = ""
    if before.size:
        starts, _ = segment.offsets(hit.document, before[:1])
        left = _spaced(segment.passage(hit.document, int(starts[0]), start))
    if after.size:
        _, ends = segment.offsets(hit.document, after[-1:])
        right = _spaced(segment.passage(hit.document, end, int(ends[0])))
    return left, right


def _spaced(text: str) -> str:
    """The text with every run of white space as one space."""
    return re.sub(r"\s+", " ", text)


def cite(fields: Mapping[str, str], date: DateSpan) -> str:
    """A document's source in one line, such as ``N. Sedova, “A Letter”, Bulletin, Vol. 6, No. 9, 1944-09-23, pp. 24–25``."""
    publication = (_value(fields, "publication") or _value(fields, "newspaper")).rstrip(" .,;")
    title = _value(fields, "title")
    parts = [
        _value(fields, "author"),
        f"“{title}”" if title and not _repeats(title, publication) else "",
        publication,
        _numbered("Vol.", _value(fields, "volume")),
        _numbered("No.", _value(fields, "number")),
        _collapse(date.written) or written_span(date),
        _pages(_value(fields, "pages") or _value(fields, "page")),
    ]
    return ", ".join(part for part in parts if part)


def written_span(date: DateSpan) -> str:
    """A span as ISO 8601 writes it: ``1944``, ``1944-09``, ``1944-09-23`` or ``1944-09-20/1944-09-23``."""
    start, end = date.start, date.end
    last = end - dt.timedelta(days=1)
    if start == last:
        return start.isoformat()
    first_of_month, ends_month = start.day == 1, end.day == 1
    if first_of_month and ends_month:
        if (start.year, start.month) == (last.year, last.month):
            return f"{start.year:04d}-{start.month:02d}"
        if start.month == 1 and last.month == 12:
            years = (f"{start.year:04d}", f"{last.year:04d}")
            return years[0] if years[0] == years[1] else "/".join(years)
        return f"{start.year:04d}-{start.month:02d}/{last.year:04d}-{last.month:02d}"
    return f"{start.isoformat()}/{last.isoformat()}"


def _value(fields: Mapping[str, str], name: str) -> str:
    return _collapse(fields.get(name, ""))


def _collapse(text: str) -> str:
    return " ".join(text.split())


def _repeats(title: str, publication: str) -> bool:
    """True when a title only says the paper's name, a date and a page."""
    if not publication or not title.casefold().startswith(publication.casefold()):
        return False
    return (
        re.fullmatch(r"(?:[\d\W_]|\bpp?\b|\bpages?\b)*", title[len(publication) :], re.IGNORECASE) is not None
    )


def _numbered(label: str, value: str) -> str:
    return f"{label} {value}" if value[:1].isdigit() or re.fullmatch(r"[IVXLCDM]+", value) else value


def _pages(value: str) -> str:
    if not value[:1].isdigit():
        return value
    return f"{'p.' if value.isdigit() else 'pp.'} {value}"
