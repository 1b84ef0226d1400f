"""Words in quotation marks: where a text speaks in the words of another. The rules stand in ``docs/quotations.md``."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal, NamedTuple

LONGEST: Final = 3_000
"""So many code points may lie between an opening mark and the next mark that belongs to it."""
LONGEST_IN_COLUMN: Final = 900
"""The same in the columns of a newspaper, where specks look like marks; twice that from a mark that begins a paragraph."""
UNPUNCTUATED: Final = 150
"""In a column a longer quotation ends with a full stop, comma or the like beside its closing mark."""
UNCLOSED: Final = 1_000
"""A mark that is never closed is taken up to its paragraph's end only if that is so near."""
UNCLOSED_IN_COLUMN: Final = 600
"""In a column such a mark must begin a line after a sentence, and is taken for so far at most."""
LONGEST_ASIDE: Final = 300
"""The same in a column from a mark that neither begins a paragraph nor follows a comma or the like."""
LONGEST_SINGLE: Final = 600
"""So many may lie between straight single marks, which look like apostrophes; a third of that in a column."""
WRAPPED: Final = 120
"""Lines are those of a printed column, not paragraphs, when nine in ten are no longer than this."""
HEADLINE: Final = 8
"""A line without small letters and with so many capitals is a headline."""
SHORT: Final = 0.85
"""In a column without blank lines a paragraph ends with a sentence on a line shorter than this share of the usual one."""

Role = Literal["opens", "closes", "may close", "loose", "tight"]
Span = tuple[int, int]

_MARKS: Final = "“”„‟\"‘’‚'`«»‹›「」『』"
_MARKS_AND_SPACE: Final = _MARKS + " \t\n\r\u00a0"
_MARK: Final = re.compile(r"''|``|,,|[“”„‟\"‘’‚'`«»‹›「」『』]")
_DOUBLE: Final = "double"
_STRAIGHT_SINGLE: Final = "straight single"
_KIND: Final = {
    **dict.fromkeys(("“", "”", "„", "‟", '"', "''", "``", ",,"), _DOUBLE),
    **dict.fromkeys("'`", _STRAIGHT_SINGLE),
    **dict.fromkeys("‘’‚", "curly single"),
    **dict.fromkeys("«»", "guillemets"),
    **dict.fromkeys("‹›", "small guillemets"),
    **dict.fromkeys("「」", "corners"),
    **dict.fromkeys("『』", "white corners"),
}
_EITHER: Final = {
    "“": "opens",
    "«": "opens",
    "‹": "opens",
    "”": "closes",
    "»": "closes",
    "›": "closes",
}

_BEFORE_OPENING: Final = frozenset("([{—–-/¿¡*_^~|")
_AFTER_CLOSING: Final = frozenset(".,;:!?…)]}—–/*_^~|。，、；：？！）")
_ENDS_SENTENCE: Final = frozenset(".!?:…—")
_PAUSES: Final = frozenset(".,;:!?…")
_DATELINE: Final = re.compile(
    r"\W*[A-Z][A-Za-z .'\d]{2,28}[.,] ?(?:\(?\w[\w. ]{0,15}[.,)] ?)?"
    r"(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|No[vr]|De[ce])[a-z]{0,6}[.,]? ?\d{1,2}\b|\W*\(Cont"
)
_ONE_LETTER: Final = re.compile(r"[^\W\d_](?=[^\w.'’]|$)")
_MEASURE: Final = re.compile(r"(?<=\d)['’] ?\d{1,2}(?: ?\d/\d)? ?(?:\"|”|''|’’)")
_ELISION: Final = re.compile(
    r"(?:tis|twas|twere|twill|twould|twixt|tween|em|til|till|cause|cos|round|bout|neath|gainst|fore|mid|ere|un|im|er|ow|as|ard|ee|n|o)\b"
    r"|\d\ds?\b",
    re.IGNORECASE,
)


class _Mark(NamedTuple):
    """A mark that may open or close a quotation.

    Attributes:
        start, end: Where it stands.
        role: What its shape says: ``loose`` has space on both sides, ``tight`` on none, ``may close`` may be an apostrophe.
        weak: It opens only if something closes it.
        heads: It is the first thing of its paragraph.
    """

    start: int
    end: int
    role: Role
    weak: bool
    heads: bool


def quoted_spans(text: str) -> list[Span]:
    """The stretches of a text that stand in quotation marks, in code points, half-open, ascending, apart from each other.

    A stretch lies between its marks, which are no part of it; a quotation within a quotation is a part of the outer one.
    ``He said: “Peace is ‘near’.” So he did.`` has one stretch, ``Peace is ‘near’.``; ``the workers' party`` has none.
    """
    lines = _Lines(text)
    marks = _marks(lines)
    if lines.column:
        marks[_DOUBLE] = sorted(marks[_DOUBLE] + _misread(lines, marks[_DOUBLE], marks[_STRAIGHT_SINGLE]))
    found: list[Span] = []
    for kind, held in marks.items():
        single = kind == _STRAIGHT_SINGLE
        longest = LONGEST_SINGLE if single else LONGEST
        spans, closed = _matched(lines, held, implied=not single, longest=longest)
        # Where most of a kind's opening marks are never closed, they are specks or apostrophes.
        if kind == _DOUBLE or 2 * closed >= sum(mark.role == "opens" for mark in held):
            found += spans
    return _united(found)


def is_quoted(spans: Sequence[Span], start: int, end: int) -> bool:
    """Whether all from ``start`` to ``end`` lies in one of the stretches that :func:`quoted_spans` gives."""
    at = bisect_right(spans, start, key=lambda span: span[0]) - 1
    return at >= 0 and end <= spans[at][1]


def _united(spans: list[Span]) -> list[Span]:
    """Overlapping stretches as one."""
    result: list[Span] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result


@dataclass(frozen=True)
class _Lines:
    """A text and where its paragraphs end."""

    text: str

    @cached_property
    def bounds(self) -> list[Span]:
        """Where each line that is not blank begins and ends."""
        found = [match.span() for match in re.finditer(r"[^\n]+", self.text)]
        return [(start, end) for start, end in found if not self.text[start:end].isspace()]

    @cached_property
    def lengths(self) -> list[int]:
        """How long they are, ascending."""
        return sorted(end - start for start, end in self.bounds)

    @cached_property
    def blank(self) -> list[bool]:
        """Whether a blank line follows, for each but the last."""
        pairs = zip(self.bounds, self.bounds[1:], strict=False)
        return [self.text.count("\n", a[1], b[0]) > 1 for a, b in pairs]

    @cached_property
    def wrapped(self) -> bool:
        """Whether a line is no paragraph."""
        return len(self.bounds) > 1 and self.lengths[9 * (len(self.lengths) - 1) // 10] <= WRAPPED

    @cached_property
    def column(self) -> bool:
        """Whether the text is a printed column, without a mark of its paragraphs."""
        return self.wrapped and not any(self.blank)

    @cached_property
    def ends(self) -> list[int]:
        """Where paragraphs end, ascending, the last at the text's end."""
        if not self.wrapped:
            breaks = [True] * len(self.blank)
        elif not self.column:
            breaks = self.blank
        else:
            usual = self.lengths[len(self.lengths) // 2]
            pairs = zip(self.bounds, self.bounds[1:], strict=False)
            breaks = [self._ends_here(a, b, usual) for a, b in pairs]
        inner = [end for (_, end), stops in zip(self.bounds, breaks, strict=False) if stops]
        return [*inner, len(self.text)]

    @cached_property
    def measures(self) -> frozenset[int]:
        """Where marks stand for feet and inches."""
        found = _MEASURE.finditer(self.text)
        return frozenset(at for match in found for at in range(*match.span()))

    @cached_property
    def headlines(self) -> list[int]:
        """Where lines in capitals begin, in a column: another article may begin there."""
        if not self.column:
            return []
        return [start for start, end in self.bounds if _begins_article(self.text[start:end])]

    def reach(self, at: int, longest: int, heads: bool) -> int:
        """How far from an opening mark the next mark of its quotation may stand."""
        column = 2 * LONGEST_IN_COLUMN if heads else LONGEST_IN_COLUMN
        if not heads and not self.introduced(at):
            column = LONGEST_ASIDE
        if longest == LONGEST_SINGLE:
            column = LONGEST_SINGLE // 3
        end = at + (min(longest, column) if self.column else longest)
        following = bisect_right(self.headlines, at)
        return min(end, self.headlines[following]) if following < len(self.headlines) else end

    def _ends_here(self, line: Span, after: Span, usual: int) -> bool:
        """Whether a paragraph of a column ends with this line: a sentence does, the line is short, the next begins anew."""
        last = self.text[line[0] : line[1]].rstrip(_MARKS_AND_SPACE)[-1:]
        first = self.text[after[0] : after[1]].lstrip()[:1]
        short = line[1] - line[0] < SHORT * usual
        return (last in _ENDS_SENTENCE and short and not first.islower()) or after[0] in self._capitals

    @cached_property
    def _capitals(self) -> frozenset[int]:
        return frozenset(self.headlines)

    def introduced(self, at: int) -> bool:
        """Whether a comma, colon or the like stands before the mark that ends at a place."""
        before = self.text[max(at - 6, 0) : at].rstrip(_MARKS_AND_SPACE)
        return before[-1:] in _PAUSES and before != ""

    def may_end(self, start: int, close: int, after: int) -> bool:
        """Whether a quotation may end here: a long one in a column does so with a sentence or a part of one."""
        if not self.column or close - start <= UNPUNCTUATED:
            return True
        return self.left(close) in _PAUSES or self.text[after : after + 1] in _PAUSES - {""}

    def paragraph_end(self, at: int) -> int:
        """The end of the paragraph in which a place lies."""
        return self.ends[bisect_left(self.ends, at)]

    def heads(self, at: int) -> bool:
        """Whether a mark is the first thing of a line that may begin a paragraph: a sentence has ended before."""
        place = at - 1
        text = self.text
        while place >= 0 and (text[place] in " \t\u00a0" or text[place] in _MARKS):
            place -= 1
        if place >= 0 and text[place] != "\n":
            return False
        if self.column and self._follows_short(place):
            return True
        before = text[max(place - 200, 0) : max(place, 0)].rstrip(_MARKS_AND_SPACE)
        # A speck may follow the full stop of a column.
        last = before.replace(" ", "")[-3:] if self.column else before[-1:]
        return not before or not _ENDS_SENTENCE.isdisjoint(last) or self.paragraph_end(place - 1) <= place

    def _follows_short(self, at: int) -> bool:
        """Whether the line that ends at a place is short."""
        start = self.text.rfind("\n", 0, max(at, 0)) + 1
        return at - start < SHORT * self.lengths[len(self.lengths) // 2]

    def paragraph_start(self, at: int) -> int:
        """Where the paragraph begins that ends with a place."""
        before = bisect_left(self.ends, at) - 1
        return self.ends[before] if before >= 0 else 0

    def left(self, at: int) -> str:
        """The character before a mark, other marks passed over; a space at the text's start."""
        place = at - 1
        while place >= 0 and self.text[place] in _MARKS:
            place -= 1
        return self.text[place] if place >= 0 else " "

    def right(self, at: int) -> str:
        """The character from a place on that is no mark; a space at the text's end."""
        while at < len(self.text) and self.text[at] in _MARKS:
            at += 1
        return self.text[at] if at < len(self.text) else " "


def _marks(lines: _Lines) -> dict[str, list[_Mark]]:
    """The marks of each kind, each with what its shape says."""
    text = lines.text
    result: dict[str, list[_Mark]] = {kind: [] for kind in dict.fromkeys(_KIND.values())}
    for match in _MARK.finditer(text):
        start, end = match.span()
        written = match.group()
        # An article that is elided stands before its noun's mark: l'« ami ».
        elided = written in "«“" and text[max(start - 1, 0) : start] in ("'", "’")
        left = " " if elided else lines.left(start)
        role = _role(written, left, lines.right(end), text[end : end + 12])
        if role is None or start in lines.measures:
            continue
        if role == "opens" and lines.column and _is_speck(text[end : end + 2]):
            continue
        heads = role in ("opens", "loose", "tight") and lines.heads(start)
        result[_KIND[written]].append(_Mark(start, end, role, role == "opens" and written == ",,", heads))
    return result


def _misread(lines: _Lines, double: Sequence[_Mark], singles: Sequence[_Mark]) -> list[_Mark]:
    """Straight single marks of a column that stand for double ones: another mark answers them, and nothing else would."""
    places = [mark.start for mark in double]
    result = []
    opened = -1
    for mark in singles:
        at = bisect_left(places, mark.start)
        if mark.role == "opens":
            following = double[at] if at < len(double) else None
            begins = lines.text[mark.end : mark.end + 1]
            if (
                mark.heads
                and (begins.isupper() or begins.isdigit())
                and following
                and following.role == "closes"
            ):
                result.append(mark._replace(weak=True))
            opened = mark.start
        elif mark.role in ("closes", "may close") and at:
            ends = lines.left(mark.start) in _PAUSES and lines.text[mark.end : mark.end + 1] in ("\n", "")
            if ends and double[at - 1].role == "opens" and opened < double[at - 1].start:
                result.append(mark._replace(role="closes"))
    return result


def _begins_article(line: str) -> bool:
    """Whether a line is a headline in capitals, a dateline, or says that the article goes on elsewhere."""
    return _DATELINE.match(line) is not None or (
        line == line.upper() and sum(map(str.isupper, line)) >= HEADLINE
    )


def _is_speck(following: str) -> bool:
    """Whether an opening mark of a column stands before a letter that is no word."""
    return _ONE_LETTER.match(following) is not None and following[0] not in "aAIO"


def _role(mark: str, left: str, right: str, following: str) -> Role | None:
    """What a mark may do, by itself and its neighbours; None where it is no quotation mark."""
    if mark in "「『":
        return "opens"
    if mark in "」』":
        return "closes"
    after_gap = left.isspace() or left in _BEFORE_OPENING
    before_gap = right.isspace() or right in _AFTER_CLOSING
    shape: Role
    if after_gap != before_gap:
        shape = "opens" if after_gap else "closes"
    else:
        shape = "loose" if after_gap else "tight"
    if mark in ("'", "’", "‘", "`", "‚"):
        return _single_role(mark, shape, left, following)
    if mark == ",,":
        return "opens" if shape == "opens" and right.isalpha() else None
    if mark in ("„", "‟", "``"):
        return "opens"
    if mark in _EITHER:
        # “ closes in German and ” opens in Swedish, as » does in German books.
        return shape if shape in ("opens", "closes") else _EITHER[mark]  # type: ignore[return-value]
    return shape


def _single_role(mark: str, shape: Role, left: str, following: str) -> Role | None:
    if mark == "‘" and shape in ("loose", "tight"):
        shape = "opens"
    if shape == "opens":
        return None if mark == "’" or _ELISION.match(following) else "opens"
    if shape != "closes" or mark == "`":
        return None
    rest = following.lstrip()
    possessive = left in "sSzZxXnN" and following[:1].isspace() and rest[:1].isalpha()
    return "may close" if possessive or left.isdigit() else "closes"


class _Open(NamedTuple):
    """A quotation that is not closed yet.

    Attributes:
        start: Where it begins.
        last: Where its last opening mark ends.
        weak: Whether it is one only if it is closed.
        heads: Whether its last opening mark begins a paragraph.
    """

    start: int
    last: int
    weak: bool
    heads: bool


def _matched(lines: _Lines, marks: Sequence[_Mark], *, implied: bool, longest: int) -> tuple[list[Span], int]:
    """The quotations between the marks of one kind, and how many of their opening marks were closed."""
    matching = _Matching(lines, marks, implied, longest)
    for number, mark in enumerate(marks):
        matching.give_up_before(mark.start)
        role = _settled(lines, marks, number, is_open=matching.held is not None)
        if role == "closes":
            matching.close(mark)
        elif role == "opens":
            matching.open(number)
    matching.end_unclosed(len(lines.text))
    return matching.spans, matching.closed


class _Matching:
    """Marks of one kind, taken one after the other.

    Attributes:
        spans: The quotations so far.
        closed: How many opening marks were closed, or repeated.
        held: The quotation that is open.
        inner: Where quotations begin that are nested in it, and not closed.
        last: Where the last mark before it ends.
    """

    def __init__(self, lines: _Lines, marks: Sequence[_Mark], implied: bool, longest: int) -> None:
        self.lines, self.marks, self.implied, self.longest = lines, marks, implied, longest
        self.spans: list[Span] = []
        self.closed, self.last = 0, 0
        self.inner: list[int] = []
        self.held: _Open | None = None

    def give_up_before(self, at: int) -> None:
        """The open quotation ends unclosed where the next mark is too far for it."""
        if self.held is not None and at > self.lines.reach(self.held.last, self.longest, self.held.heads):
            self.end_unclosed(at)

    def end_unclosed(self, at: int) -> None:
        """The open quotation is taken for what a mark that is never closed stands for, before a place."""
        if self.held is not None:
            self.spans += _unclosed(self.lines, self.held, at, self.implied)
            self.last = self.held.last
            self.held, self.inner = None, []

    def close(self, mark: _Mark) -> None:
        """A closing mark, which may have nothing to close."""
        if self.held is None:
            if self.implied and self.lines.column:
                self.spans += _unopened(self.lines, mark, self.last)
                self.last = mark.end
        elif self.lines.may_end(self.held.last, mark.start, mark.end):
            self.closed += 1
            if self.inner:
                # Kept by itself too: the outer one may never be closed.
                self.spans.append((self.inner.pop(), mark.start))
            else:
                self.spans.append((self.held.start, mark.start))
                self.held, self.last = None, mark.end

    def open(self, number: int) -> None:
        """An opening mark, which may go on with the open quotation, be nested in it, or end it unclosed."""
        mark, held = self.marks[number], self.held
        if held is not None and self.implied and _goes_on(self.lines, held, mark):
            self.held, self.inner = held._replace(last=mark.end, heads=True), []
            self.closed += 1
            return
        if held is not None:
            if _is_nested(self.lines, self.marks, number, self.longest):
                self.inner.append(mark.end)
                return
            if self.lines.column and not mark.heads and not self.lines.introduced(mark.end):
                return
            self.end_unclosed(mark.start)
        self.held = _Open(mark.end, mark.end, mark.weak or not self.implied, mark.heads)


def _settled(lines: _Lines, marks: Sequence[_Mark], number: int, *, is_open: bool) -> str:
    """What a mark does where it stands, given whether a quotation is open; nothing is an empty text."""
    mark = marks[number]
    if mark.role == "loose":
        before = lines.text[max(mark.start - 3, 0) : mark.start].rstrip(" \t")[-1:]
        after = lines.text[mark.end : mark.end + 3].lstrip(" ")[:1]
        if mark.heads and after and after in _MARKS:
            return "opens"
        return "closes" if is_open and before and before in _PAUSES else ""
    if mark.role == "tight":
        pauses = lines.left(mark.start) in _PAUSES
        if is_open:
            return "closes" if pauses or not lines.column else ""
        return "opens" if pauses else ""
    if mark.role == "may close":
        return "closes" if is_open and not _closes_later(lines, marks, number) else ""
    return mark.role


def _closes_later(lines: _Lines, marks: Sequence[_Mark], number: int) -> bool:
    """Whether another mark closes in the same paragraph before one opens, so that this one is an apostrophe."""
    end = lines.paragraph_end(marks[number].start)
    for mark in marks[number + 1 :]:
        if mark.start > end or mark.role == "opens":
            return False
        if mark.role in ("closes", "may close"):
            return True
    return False


def _goes_on(lines: _Lines, held: _Open, mark: _Mark) -> bool:
    """Whether an opening mark only repeats that of the paragraph before: every paragraph between begins with one."""
    if not mark.heads:
        return False
    end = lines.paragraph_end(held.last)
    return end >= mark.start or not lines.text[end : mark.start].strip(_MARKS_AND_SPACE)


def _is_nested(lines: _Lines, marks: Sequence[_Mark], number: int, longest: int) -> bool:
    """Whether a quotation that opens within one of the same marks is closed, and then the outer one, in the same paragraph."""
    depth, first = 1, marks[number].start
    end = min(lines.paragraph_end(first), first + longest)
    for mark in marks[number:]:
        if mark.start > end:
            return False
        if mark.role == "opens":
            depth += 1
        elif mark.role in ("closes", "tight"):
            depth -= 1
            if depth == 0:
                return True
    return False


def _unopened(lines: _Lines, mark: _Mark, last: int) -> list[Span]:
    """What a closing mark of a column stands for that nothing opens: back to the paragraph's start, if it ends a paragraph."""
    if lines.left(mark.start) not in _PAUSES or lines.text[mark.end : mark.end + 1] not in ("\n", ""):
        return []
    start = max(lines.paragraph_start(mark.start), last)
    return [(start, mark.start)] if mark.start - start <= UNCLOSED_IN_COLUMN else []


def _unclosed(lines: _Lines, held: _Open, before: int, implied: bool) -> list[Span]:
    """What a mark that is never closed stands for: up to its paragraph's end, or nothing where that is far."""
    if held.weak and held.last == held.start:
        return []
    end = min(lines.paragraph_end(held.last), before)
    if lines.column:
        # A column hides the ends of paragraphs, but few marks that begin a line after a full stop are specks.
        end = min(end, held.last + UNCLOSED_IN_COLUMN)
    begins = held.heads or not lines.column or lines.introduced(held.last)
    if implied and begins and end - held.last <= UNCLOSED:
        return [(held.start, end)]
    return [(held.start, held.last)] if held.last > held.start else []
