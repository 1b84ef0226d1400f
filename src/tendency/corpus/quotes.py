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
UNCLOSED: Final = 1_000
"""A mark that is never closed is taken up to its paragraph's end only if that is so near."""
LONGEST_SINGLE: Final = 600
"""The same between straight single marks, which look like apostrophes."""
WRAPPED: Final = 120
"""Lines are those of a printed column, not paragraphs, when nine in ten are no longer than this."""
SHORT: Final = 0.85
"""In a column without blank lines a paragraph ends with a sentence on a line shorter than this share of the usual one."""

Role = Literal["opens", "closes", "may close", "loose", "tight"]
Span = tuple[int, int]

_MARKS: Final = "“”„‟\"‘’‚'`«»‹›「」『』"
_DOUBLE: Final = re.compile(r"''|``|,,|[“”„‟\"]")
_GUILLEMETS: Final = re.compile("[«»]")
_SMALL_GUILLEMETS: Final = re.compile("[‹›]")
_CORNERS: Final = re.compile("[「」]")
_WHITE_CORNERS: Final = re.compile("[『』]")
_CURLY_SINGLE: Final = re.compile("[‘’‚]")
_STRAIGHT_SINGLE: Final = re.compile(r"(?<!')'(?!')|(?<!`)`(?!`)")

_OPENING: Final = frozenset("“„‟‘‚«‹「『`") | {"``", ",,"}
_CLOSING: Final = frozenset("”’»›」』")
_EITHER: Final = {"“": "opens", "«": "opens", "‹": "opens", "‘": "opens", "”": "closes", "»": "closes", "›": "closes"}

_BEFORE_OPENING: Final = frozenset("([{—–-/¿¡*_^~|")
_AFTER_CLOSING: Final = frozenset(".,;:!?…)]}—–-/*_^~|。，、；：？！）")
_ENDS_SENTENCE: Final = frozenset(".!?:…—")
_PAUSES: Final = frozenset(".,;:!?…")
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
    found = _matched(lines, _marks(lines, _DOUBLE), implied=True, longest=LONGEST)[0]
    for pattern, implied, longest in (
        (_GUILLEMETS, True, LONGEST),
        (_SMALL_GUILLEMETS, True, LONGEST),
        (_CORNERS, True, LONGEST),
        (_WHITE_CORNERS, True, LONGEST),
        (_CURLY_SINGLE, True, LONGEST),
        (_STRAIGHT_SINGLE, False, LONGEST_SINGLE),
    ):
        marks = _marks(lines, pattern)
        if marks:
            spans, closed = _matched(lines, marks, implied=implied, longest=longest)
            # Where most of a kind's opening marks are never closed, they are specks or apostrophes.
            if 2 * closed >= sum(mark.role == "opens" for mark in marks):
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
    def ends(self) -> list[int]:
        """Where paragraphs end, ascending, the last at the text's end."""
        bounds = [match.span() for match in re.finditer(r"[^\n]+", self.text)]
        bounds = [(start, end) for start, end in bounds if not self.text[start:end].isspace()]
        lengths = sorted(end - start for start, end in bounds)
        if not lengths:
            return [len(self.text)]
        wrapped = lengths[9 * (len(lengths) - 1) // 10] <= WRAPPED
        blank = [self.text.count("\n", a[1], b[0]) > 1 for a, b in zip(bounds, bounds[1:], strict=False)]
        if not wrapped:
            breaks = [True] * len(blank)
        elif any(blank):
            breaks = blank
        else:
            usual = lengths[len(lengths) // 2]
            breaks = [self._ends_here(a, b, usual) for a, b in zip(bounds, bounds[1:], strict=False)]
        inner = [end for (_, end), stops in zip(bounds, breaks, strict=False) if stops]
        return [*inner, len(self.text)]

    def _ends_here(self, line: Span, after: Span, usual: int) -> bool:
        """Whether a paragraph of a column ends with this line: a sentence does, the line is short, the next begins anew."""
        last = self.text[line[0] : line[1]].rstrip().rstrip(_MARKS).rstrip()[-1:]
        first = self.text[after[0] : after[1]].lstrip()[:1]
        short = line[1] - line[0] < SHORT * usual
        return last in _ENDS_SENTENCE and short and not first.islower()

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
        before = text[max(place - 200, 0) : max(place, 0)].rstrip().rstrip(_MARKS).rstrip()
        return not before or before[-1] in _ENDS_SENTENCE or self.paragraph_end(place - 1) <= place

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


def _marks(lines: _Lines, pattern: re.Pattern[str]) -> list[_Mark]:
    """The marks of one kind, each with what its shape says."""
    text = lines.text
    measures = {at for match in _MEASURE.finditer(text) for at in range(*match.span())}
    result = []
    for match in pattern.finditer(text):
        start, end = match.span()
        if start in measures:
            continue
        role = _role(match.group(), lines.left(start), lines.right(end), text[end : end + 12])
        if role is not None:
            opens = role == "opens"
            result.append(
                _Mark(start, end, role, opens and match.group() == ",,", opens and lines.heads(start))
            )
    return result


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
    """A quotation that is not closed yet: where it begins, its last opening mark, and whether it needs a closing one."""

    start: int
    last: int
    weak: bool


def _matched(
    lines: _Lines, marks: Sequence[_Mark], *, implied: bool, longest: int
) -> tuple[list[Span], int]:
    """The quotations between the marks of one kind, and how many of their opening marks were closed."""
    spans: list[Span] = []
    closed, depth, held = 0, 0, None
    for number, mark in enumerate(marks):
        if held is not None and mark.start - held.last > longest:
            spans += _unclosed(lines, held, mark.start, implied)
            held = None
        role = _settled(lines, marks, number, is_open=held is not None)
        if role == "closes" and held is not None:
            depth -= 1
            closed += 1
            if depth == 0:
                spans.append((held.start, mark.start))
                held = None
        elif role == "opens":
            if held is None:
                held, depth = _Open(mark.end, mark.end, mark.weak or not implied), 1
            elif _goes_on(lines, held, mark) and implied:
                held, depth, closed = held._replace(last=mark.end), 1, closed + 1
            elif _is_nested(lines, marks, number, longest):
                depth += 1
            else:
                spans += _unclosed(lines, held, mark.start, implied)
                held, depth = _Open(mark.end, mark.end, mark.weak or not implied), 1
    if held is not None:
        spans += _unclosed(lines, held, len(lines.text), implied)
    return spans, closed


def _settled(lines: _Lines, marks: Sequence[_Mark], number: int, *, is_open: bool) -> str:
    """What a mark does where it stands, given whether a quotation is open; nothing is an empty text."""
    mark = marks[number]
    if mark.role == "loose":
        before = lines.text[max(mark.start - 3, 0) : mark.start].rstrip()[-1:]
        return "closes" if is_open and before in _PAUSES and before else ""
    if mark.role == "tight":
        if is_open:
            return "closes"
        return "opens" if lines.left(mark.start) in _PAUSES else ""
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
    return end >= mark.start or not lines.text[end : mark.start].strip(" \n\t\r\u00a0" + _MARKS)


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


def _unclosed(lines: _Lines, held: _Open, before: int, implied: bool) -> list[Span]:
    """What a mark that is never closed stands for: up to its paragraph's end, or nothing where that is far."""
    if held.weak and held.last == held.start:
        return []
    end = min(lines.paragraph_end(held.last), before)
    if end - held.last <= UNCLOSED and implied:
        return [(held.start, end)]
    return [(held.start, held.last)] if held.last > held.start else []
