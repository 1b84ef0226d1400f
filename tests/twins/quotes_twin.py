"""Quotation marks by the letter of docs/quotations.md, character by character: slow, and written without the fast one."""

from __future__ import annotations

import re

KINDS = {
    "double": ["''", "``", ",,", "“", "”", "„", "‟", '"'],
    "straight": ["'", "`"],
    "curly": ["‘", "’", "‚"],
    "guillemets": ["«", "»"],
    "small": ["‹", "›"],
    "corners": ["「", "」"],
    "white": ["『", "』"],
}
ALL = "“”„‟\"‘’‚'`«»‹›「」『』"
PAUSE = ".,;:!?…"
STOP = ".!?:…—"
BEFORE = "([{—–-/¿¡*_^~|"
AFTER = ".,;:!?…)]}—–/*_^~|。，、；：？！）"
ELISIONS = [
    "tis",
    "twas",
    "twere",
    "twill",
    "twould",
    "twixt",
    "tween",
    "em",
    "til",
    "till",
    "cause",
    "cos",
    "round",
    "bout",
    "neath",
    "gainst",
    "fore",
    "mid",
    "ere",
    "un",
    "im",
    "er",
    "ow",
    "as",
    "ard",
    "ee",
    "n",
    "o",
]
MONTHS = [
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "Jun",
    "June",
    "Jul",
    "July",
    "Aug",
    "Sep",
    "Sept",
    "Oct",
    "Nov",
    "Nor",
    "Dec",
    "Dee",
]


class Mark:
    """A mark and what it may do."""

    def __init__(self, start: int, text: str, role: str, heads: bool, weak: bool = False) -> None:
        self.start, self.end, self.role, self.heads, self.weak = start, start + len(text), role, heads, weak


class Reader:
    """A text, its lines and its paragraphs."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines: list[tuple[int, int]] = []
        start = 0
        for line in text.split("\n"):
            if line.strip():
                self.lines.append((start, start + len(line)))
            start += len(line) + 1
        lengths = sorted(end - begin for begin, end in self.lines)
        n = len(lengths)
        self.usual = lengths[n // 2] if n else 0
        # Nine of ten lines: the line at nine tenths of the way, counted from the shortest.
        wrapped = n > 1 and lengths[9 * (n - 1) // 10] <= 120
        gaps = [text[a[1] : b[0]].count("\n") > 1 for a, b in zip(self.lines, self.lines[1:], strict=False)]
        self.column = wrapped and True not in gaps
        self.articles = [a for a, b in self.lines if self.column and self.begins_article(text[a:b])]
        self.stops: list[int] = []
        for number, (a, b) in enumerate(zip(self.lines, self.lines[1:], strict=False)):
            if (not wrapped) or (gaps[number] if not self.column else self.stops_after(a, b)):
                self.stops.append(a[1])
        self.stops.append(len(text))

    def begins_article(self, line: str) -> bool:
        """In capitals, a dateline, or going on elsewhere."""
        if not any(c != c.upper() for c in line) and sum(c.isupper() for c in line) >= 8:
            return True
        if re.match(r"\W*\(Cont", line):
            return True
        months = "|".join(sorted(MONTHS, key=len, reverse=True))
        place = r"\W*[A-Z][A-Za-z .'\d]{2,28}[.,] ?"
        more = r"(?:\(?\w[\w. ]{0,15}[.,)] ?)?"
        return re.match(place + more + rf"(?:{months})[a-z]{{0,6}}[.,]? ?\d{{1,2}}\b", line) is not None

    def stops_after(self, a: tuple[int, int], b: tuple[int, int]) -> bool:
        """Whether a paragraph of a column ends with a line."""
        if b[0] in self.articles:
            return True
        last = self.text[slice(*a)].rstrip(ALL + " \t\n\r\u00a0")[-1:]
        first = self.text[slice(*b)].lstrip()[:1]
        return bool(last) and last in STOP and a[1] - a[0] < 0.85 * self.usual and not first.islower()

    def stop(self, at: int) -> int:
        """Where the paragraph of a place ends."""
        return min(stop for stop in self.stops if stop >= at)

    def beside(self, at: int, step: int) -> str:
        """The next character on one side that is no mark."""
        while 0 <= at < len(self.text) and self.text[at] in ALL:
            at += step
        return self.text[at] if 0 <= at < len(self.text) else " "

    def heads(self, at: int) -> bool:
        """Whether a mark begins a paragraph."""
        place = at - 1
        while place >= 0 and (self.text[place] in ALL or self.text[place] in " \t\u00a0"):
            place -= 1
        if place < 0:
            return True
        if self.text[place] != "\n":
            return False
        line = self.text[:place].split("\n")[-1]
        if self.column and len(line) < 0.85 * self.usual:
            return True
        before = self.text[max(place - 200, 0) : place].rstrip(ALL + " \t\n\r\u00a0")
        if not before:
            return True
        seen = before.replace(" ", "")[-3:] if self.column else before[-1]
        return any(c in STOP for c in seen) or self.stop(max(place - 1, -1)) <= place

    def introduced(self, at: int) -> bool:
        """Whether a comma or the like stands before the mark that ends here."""
        before = self.text[max(at - 6, 0) : at].rstrip(ALL + " \t\n\r\u00a0")
        return before != "" and before[-1] in PAUSE

    def reach(self, at: int, kind: str, heads: bool) -> int:
        """How far a mark's quotation may go without another."""
        if not self.column:
            return at + (600 if kind == "straight" else 3000)
        far = 1800 if heads else 900 if self.introduced(at) else 300
        far = 200 if kind == "straight" else far
        return min([at + far, *(a for a in self.articles if a > at)])

    def role(self, mark: str, at: int) -> str | None:
        """What a mark may do."""
        if mark in "「『":
            return "opens"
        if mark in "」』":
            return "closes"
        end = at + len(mark)
        left, right = self.beside(at - 1, -1), self.beside(end, 1)
        if mark in "«“" and at > 0 and self.text[at - 1] in "'’":
            left = " "
        opening, closing = left.isspace() or left in BEFORE, right.isspace() or right in AFTER
        shape = {(True, False): "opens", (False, True): "closes", (True, True): "loose"}.get(
            (opening, closing), "tight"
        )
        follows = self.text[end : end + 12]
        if mark in "'’‘`‚" and len(mark) == 1:
            return self.single(mark, shape, left, follows)
        if mark == ",,":
            return "opens" if shape == "opens" and right.isalpha() else None
        if mark in ("„", "‟", "``"):
            return "opens"
        if mark in "“«‹" and shape != "closes":
            return "opens"
        if mark in "”»›" and shape != "opens":
            return "closes"
        return shape

    def single(self, mark: str, shape: str, left: str, follows: str) -> str | None:
        """What a single mark may do."""
        if mark == "‘" and shape in ("loose", "tight"):
            shape = "opens"
        if shape == "opens":
            word = re.match(r"\w*", follows)
            word = word.group().lower() if word else ""
            elided = word in ELISIONS or re.fullmatch(r"\d\ds?", word)
            return None if mark == "’" or elided else "opens"
        if shape != "closes" or mark == "`":
            return None
        owner = left in "sSzZxXnN" and follows[:1].isspace() and follows.lstrip()[:1].isalpha()
        return "may close" if owner or left.isdigit() else "closes"

    def marks(self) -> dict[str, list[Mark]]:
        """Every mark of each kind."""
        feet = set()
        for match in re.finditer(r"(?<=\d)['’] ?\d{1,2}(?: ?\d/\d)? ?(?:\"|”|''|’’)", self.text):
            feet |= set(range(*match.span()))
        found: dict[str, list[Mark]] = {kind: [] for kind in KINDS}
        at = 0
        while at < len(self.text):
            two = self.text[at : at + 2]
            mark = two if two in ("''", "``", ",,") else self.text[at]
            kind = next((kind for kind, marks in KINDS.items() if mark in marks), None)
            if kind is None:
                at += 1
                continue
            role = self.role(mark, at)
            end = at + len(mark)
            speck = self.column and re.match(r"[^\W\d_](?![\w.'’])", self.text[end : end + 2]) is not None
            speck = speck and self.text[end] not in "aAIO"
            if role is not None and at not in feet and not (role == "opens" and speck):
                heads = role in ("opens", "loose", "tight") and self.heads(at)
                found[kind].append(Mark(at, mark, role, heads, role == "opens" and mark == ",,"))
            at = end
        return found


def misread(reader: Reader, double: list[Mark], straight: list[Mark]) -> list[Mark]:
    """Rule 16."""
    more = []
    for number, mark in enumerate(straight):
        after = [other for other in double if other.start >= mark.start]
        before = [other for other in double if other.start < mark.start]
        next_ = reader.text[mark.end : mark.end + 1]
        if mark.role == "opens":
            if mark.heads and (next_.isupper() or next_.isdigit()) and after and after[0].role == "closes":
                more.append(Mark(mark.start, "'", "opens", True, True))
        elif mark.role in ("closes", "may close") and before:
            between = [
                one for one in straight[:number] if one.role == "opens" and one.start > before[-1].start
            ]
            at_end = reader.beside(mark.start - 1, -1) in PAUSE and next_ in ("\n", "")
            if at_end and before[-1].role == "opens" and not between:
                more.append(Mark(mark.start, "'", "closes", False))
    return more


def match(reader: Reader, kind: str, marks: list[Mark]) -> tuple[list[tuple[int, int]], int]:
    """Rules 6 to 9 and 11 to 15 for the marks of one kind."""
    text, column, straight = reader.text, reader.column, kind == "straight"
    spans: list[tuple[int, int]] = []
    open_: dict[str, int | bool] | None = None
    inner: list[int] = []
    closed = last = 0

    def never_closed(before: int) -> None:
        nonlocal open_, last, inner
        assert open_ is not None
        start, latest = int(open_["start"]), int(open_["latest"])
        end = min(reader.stop(latest), before)
        if column:
            end = min(end, latest + 600)
        may = (open_["heads"] or not column or reader.introduced(latest)) and not straight
        if not (open_["weak"] and start == latest):
            if may and end - latest <= 1000:
                spans.append((start, end))
            elif latest > start:
                spans.append((start, latest))
        last, open_, inner = latest, None, []

    for number, mark in enumerate(marks):
        if open_ is not None and mark.start > reader.reach(int(open_["latest"]), kind, bool(open_["heads"])):
            never_closed(mark.start)
        role = settle(reader, marks, number, open_ is not None)
        if role == "closes":
            left_pause = reader.beside(mark.start - 1, -1) in PAUSE
            following = text[mark.end : mark.end + 1]
            if open_ is None:
                if column and not straight:
                    starts = [stop for stop in reader.stops if stop < mark.start]
                    start = max(starts[-1] if starts else 0, last)
                    if left_pause and following in ("\n", "") and mark.start - start <= 600:
                        spans.append((start, mark.start))
                    last = mark.end
                continue
            long = column and mark.start - int(open_["latest"]) > 150
            if long and not left_pause and not (following and following in PAUSE):
                continue
            closed += 1
            if inner:
                spans.append((inner.pop(), mark.start))
            else:
                spans.append((int(open_["start"]), mark.start))
                open_, last = None, mark.end
        elif role == "opens":
            if open_ is not None:
                stop = reader.stop(int(open_["latest"]))
                between = text[stop : mark.start] if stop < mark.start else ""
                if mark.heads and not straight and not between.strip(ALL + " \t\n\r\u00a0"):
                    open_["latest"], open_["heads"] = mark.end, True
                    inner = []
                    closed += 1
                    continue
                if nested(reader, marks, number, 600 if straight else 3000):
                    inner.append(mark.end)
                    continue
                if column and not mark.heads and not reader.introduced(mark.end):
                    continue
                never_closed(mark.start)
            open_ = {
                "start": mark.end,
                "latest": mark.end,
                "heads": mark.heads,
                "weak": mark.weak or straight,
            }
    if open_ is not None:
        never_closed(len(text))
    return spans, closed


def settle(reader: Reader, marks: list[Mark], number: int, is_open: bool) -> str:
    """What a mark does where it stands."""
    mark, text = marks[number], reader.text
    if mark.role == "loose":
        after = text[mark.end : mark.end + 3].lstrip(" ")[:1]
        if mark.heads and after and after in ALL:
            return "opens"
        before = text[max(mark.start - 3, 0) : mark.start].rstrip(" \t")[-1:]
        return "closes" if is_open and before and before in PAUSE else "nothing"
    if mark.role == "tight":
        pause = reader.beside(mark.start - 1, -1) in PAUSE
        if is_open:
            return "closes" if pause or not reader.column else "nothing"
        return "opens" if pause else "nothing"
    if mark.role == "may close":
        for other in marks[number + 1 :]:
            if other.start > reader.stop(mark.start) or other.role == "opens":
                break
            if other.role in ("closes", "may close"):
                return "nothing"
        return "closes" if is_open else "nothing"
    return mark.role


def nested(reader: Reader, marks: list[Mark], number: int, longest: int) -> bool:
    """Rule 8: both are closed again before the paragraph ends."""
    depth, first = 1, marks[number].start
    end = min(reader.stop(first), first + longest)
    for mark in marks[number:]:
        if mark.start > end:
            return False
        depth += {"opens": 1, "closes": -1, "tight": -1}.get(mark.role, 0)
        if depth == 0:
            return True
    return False


def twin_spans(text: str) -> list[tuple[int, int]]:
    """The stretches in quotation marks."""
    reader = Reader(text)
    marks = reader.marks()
    if reader.column:
        both = marks["double"] + misread(reader, marks["double"], marks["straight"])
        marks["double"] = sorted(both, key=lambda mark: mark.start)
    inside = [False] * (len(text) + 1)
    joined = set()
    for kind, held in marks.items():
        spans, closed = match(reader, kind, held)
        if kind != "double" and 2 * closed < sum(mark.role == "opens" for mark in held):
            continue
        for start, end in spans:
            for at in range(start, end):
                inside[at] = True
            joined |= {(start, end)}
    result: list[tuple[int, int]] = []
    at = 0
    while at < len(text):
        if not inside[at]:
            at += 1
            continue
        end = at
        while inside[end]:
            end += 1
        result.append((at, end))
        at = end
    return result
