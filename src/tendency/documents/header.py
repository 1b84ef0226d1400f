"""The header block of a plain text: author, title, dates and source above the text itself.

The rules stand in ``docs/formats.md``. A text without a header keeps every line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tendency.documents.citation import parse_citation, without_point
from tendency.documents.dates import DateOrder, DateSpan, parse_date
from tendency.errors import UndatableError

# The label as printed, in lower case, and the field that it fills.
_LABELS = {
    "author": "author authors by from autor autorin verfasser auteur автор",
    "title": "title subject headline titel titre título заглавие название",
    "date": "written|written on|date|dated|date written|delivered|spoken|geschrieben|verfasst|datum|écrit|rédigé|"
    "escrito|fecha|написано|дата|написан|написана",
    "published": "published|first published|originally published|publication date|first printed|veröffentlicht|"
    "erstveröffentlichung|erschienen|publié|première publication|publicado|primera publicación|опубликовано|"
    "впервые опубликовано|первая публикация",
    "source": "source sources quelle fuente fonte источник",
    "publication": "publication newspaper journal periodical magazine zeitung zeitschrift газета журнал",
    "translator": "translator|translated|translated by|translation|übersetzung|übersetzt von|übersetzer|traduction|"
    "traducteur|traducción|traductor|перевод|переводчик",
    "original_language": "original language|originalsprache|язык оригинала",
    "language": "language sprache langue idioma язык",
    "volume": "volume|vol.|vol|band|том",
    "number": "number|no.|no|nr.|nr|issue|номер|№",
    "pages": "pages|page|pp.|p.|seiten|страницы",
    "edition": "edition ausgabe édition издание",
    "editor": "editor|edited|edited by|herausgeber|redaktion|редактор",
    "place": "place ort lieu lugar место",
    "recipient": "to|recipient|an|кому",
    "url": "url|link|web",
    "transcription": "transcribed|transcribed by|transcription|transcriber|transcription/markup|"
    "transcription/html markup|transcription & markup|html markup|markup|html|proofread|proofread by|proofreading|"
    "online version|digitised|digitized|first put online|converted",
    "rights": "copyleft|copyright|public domain|licence|license|rights",
}
_FIELDS = {
    label: name for name, labels in _LABELS.items() for label in labels.split("|" if "|" in labels else " ")
}

_LINES_LOOKED_AT = 60
_LONGEST_LINE = 500
_LONGEST_TITLE = 150
_TITLE_WORDS = 20
_TITLE_LINES = 6
_REPETITIONS = 3
_LINES_BEFORE_A_LABEL = 2

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_LABELLED = re.compile(r"(?P<label>[^\W\d_][^:]{0,38}?|№)[*_\s]*:[*_\s]*(?P<value>.*)", re.DOTALL)
_OWN_LABEL = re.compile(r"[^\W\d_]\w*(?:[ -]\w+){0,2}")
_RULE = re.compile(r"(?:[-–—=*_~#·•]\s*){3,}")
_MARKUP = re.compile(r"^[#>*_\s]+|[*_\s]+$")
_BRACKETS = re.compile(r"[(\[](.*)[)\]]")
_BY = re.compile(r"(?:[Bb]y|[Vv]on|[Pp]ar|[Pp]or)\s+(?=[^\W\d_a-zà-ÿа-я])")


@dataclass(frozen=True)
class Header:
    """What a header block says, and the text below it.

    Attributes:
        fields: What it gives, with the date as ``date``; empty where there is no header.
        text: The text without any line of the header; all of it where there is no header.
        dateline: A date on a line of its own at the head of a text without header, else None; the
            line stays in the text.
    """

    fields: Mapping[str, str]
    text: str
    dateline: str | None = None


@dataclass(frozen=True)
class _Line:
    raw: str
    text: str
    end: int


@dataclass
class _Block:
    """The header as found so far."""

    language: str | None
    order: DateOrder | None
    end: int = 0
    titles: list[str] = field(default_factory=list)
    pending: list[str] = field(default_factory=list)
    labels: list[tuple[str, str]] = field(default_factory=list)
    bracketed: list[str] = field(default_factory=list)
    bare: list[str] = field(default_factory=list)
    repetitions: int = 0

    def span(self, text: str) -> DateSpan | None:
        """The days of a date as the header writes it, or None."""
        try:
            return parse_date(text.strip().rstrip("."), language=self.language, order=self.order)
        except UndatableError:
            return None

    def known_spans(self) -> list[DateSpan]:
        """The days of every date that the header gave so far."""
        values = [value for name, value in self.labels if name == "date"] + self.bracketed
        return [span for span in map(self.span, values) if span is not None]

    @property
    def open(self) -> bool:
        """True while nothing but names and titles was found."""
        return not (self.labels or self.bracketed)

    def is_header(self) -> bool:
        """True with a date in brackets, a dated label, or two different labels."""
        dated = any(
            date_within(value, self.language, self.order) for name, value in self.labels if name == "date"
        )
        return bool(self.bracketed) or dated or len({name for name, _ in self.labels}) > 1


def split_header(text: str, *, language: str | None = None, order: DateOrder | None = None) -> Header:
    """What the header block says and the text below it, or all the text where there is none."""
    block = _Block(language, order)
    lines = list(_lines(text))
    _read(block, lines)
    if not block.is_header():
        return Header({}, text, _dateline(block, lines))
    body = block.end
    for line in _lines(text[body:]):
        if line.text and not _RULE.fullmatch(line.raw.strip()):
            break
        body = block.end + line.end
    return Header(_fields(block), text[body:])


def _lines(text: str) -> Iterator[_Line]:
    for count, match in enumerate(_LINE.finditer(text)):
        if count == _LINES_LOOKED_AT or match.start() == match.end():
            return
        raw = match[0]
        yield _Line(raw, _MARKUP.sub("", raw), match.end())


def _read(block: _Block, lines: list[_Line]) -> None:
    """Go down the lines until one is no part of a header."""
    for number, line in enumerate(lines):
        above = lines[number - 1] if number else None
        below = lines[number + 1] if number + 1 < len(lines) else None
        if not line.text or _RULE.fullmatch(line.raw.strip()):
            continue
        if len(line.text) > _LONGEST_LINE or not _take(block, line, above, below):
            return


def _take(block: _Block, line: _Line, above: _Line | None, below: _Line | None) -> bool:
    """Add a line to the header; False when it is the first line of the text."""
    under_label = (
        above is not None
        and bool(above.text)
        and bool(block.labels)
        and block.end == line.end - len(line.raw)
    )
    if labelled := _labelled(line.text):
        _close(block, line)
        block.labels.append(labelled)
        return True
    if bracketed := _date_in_brackets(block, line.text):
        _close(block, line)
        block.bracketed.append(bracketed)
        return True
    if under_label and _continues(block.labels[-1][1], line.raw):
        name, value = block.labels[-1]
        block.labels[-1] = (name, f"{value} {line.text}".strip())
        block.end = line.end
        return True
    if (span := _bare_date(block, line.text)) is not None:
        return _take_bare_date(block, line, span, under_label)
    if under_label and below is not None and _labelled(below.text) and (own := _own_label(line.text)):
        block.labels.append(own)
        block.end = line.end
        return True
    return _take_title(block, line)


def _close(block: _Block, line: _Line) -> None:
    """Make this the last line of the header; what was waiting above it belongs to it."""
    block.titles += block.pending
    block.pending.clear()
    block.end = line.end


def _take_bare_date(block: _Block, line: _Line, span: DateSpan, under_label: bool) -> bool:
    known = block.known_spans()
    if not block.open and known and not under_label and not any(span.inside(other) for other in known):
        # The first entry of a diary begins with its own date.
        return False
    block.bare.append(line.text)
    if not block.open:
        block.end = line.end
    return True


def _take_title(block: _Block, line: _Line) -> bool:
    text = line.text
    if text.casefold() in {title.casefold() for title in block.titles}:
        if not block.open:
            block.end = line.end
        block.repetitions += 1
        return block.repetitions <= _REPETITIONS
    if len(text) > _LONGEST_TITLE or len(text.split()) > _TITLE_WORDS:
        return False
    if block.open:
        block.titles.append(text)
        return len(block.titles) <= _TITLE_LINES
    if block.labels:
        return False
    block.pending.append(text)
    return len(block.pending) <= _LINES_BEFORE_A_LABEL


def _labelled(text: str) -> tuple[str, str] | None:
    """The field and the value of a line that begins with a known label and a colon."""
    match = _LABELLED.match(text)
    if match is None:
        return None
    name = _FIELDS.get(" ".join(match["label"].casefold().split()))
    return None if name is None else (name, match["value"].strip())


def _own_label(text: str) -> tuple[str, str] | None:
    """A label that is not known, between two that are: its name becomes the field's."""
    match = _LABELLED.match(text)
    if match is None or not match["value"] or not _OWN_LABEL.fullmatch(match["label"]):
        return None
    return re.sub(r"\W+", "_", match["label"].casefold()), match["value"].strip()


def _continues(value: str, raw: str) -> bool:
    return not value or value.endswith(",") or raw[:1] in " \t"


def _date_in_brackets(block: _Block, text: str) -> str | None:
    match = _BRACKETS.fullmatch(text.rstrip("."))
    return match[1].strip() if match and block.span(match[1]) is not None else None


def _bare_date(block: _Block, text: str) -> DateSpan | None:
    # A bare number may be a page or a title ("1984").
    if not re.search(r"\d{4}", text) or re.fullmatch(r"[\d.]+", text) or len(text) > 60:
        return None
    return block.span(text)


def _dateline(block: _Block, lines: list[_Line]) -> str | None:
    filled = [line.text for line in lines if line.text][:4]
    return next((text for text in filled if _bare_date(block, text) is not None), None)


def _fields(block: _Block) -> dict[str, str]:
    found: dict[str, str] = {}
    cited: dict[str, str] = {}
    for name, value in block.labels:
        if not value:
            continue
        if name in ("source", "published"):
            parts = parse_citation(value, language=block.language, order=block.order)
            if name == "published" and "published" in parts:
                # "First published: Shore News, No. 14, 2 April 1931" is a date and a source.
                found["published"] = parts["published"]
                if len(parts) > 1:
                    found.setdefault("source", value)
                value = ""
            for part, said in parts.items():
                cited.setdefault(part, said)
        if value:
            said = value if name in ("source", "date") else without_point(value)
            found[name] = f"{found[name]}; {said}" if name in found else said
    for name, value in cited.items():
        found.setdefault(name, value)
    _name_titles(block, found)
    date = _date(block, found)
    found.pop("date", None)
    if date is not None:
        found["date"] = date
    return found


def _name_titles(block: _Block, found: dict[str, str]) -> None:
    """Author, title and subtitle from the lines without a label."""
    titles = list(dict.fromkeys(block.titles))
    for title in titles:
        if (by := _BY.match(title)) and "author" not in found:
            found["author"] = title[by.end() :]
            titles.remove(title)
            break
    titles = [title for title in titles if title not in (found.get("author"), found.get("title"))]
    if len(titles) > 1 and "author" not in found and "title" not in found:
        found["author"] = titles.pop(0)
    if titles and "title" not in found:
        found["title"] = titles.pop(0)
    if titles:
        found["subtitle"] = " / ".join(titles)


def _date(block: _Block, found: Mapping[str, str]) -> str | None:
    """When it was written, as well as the header says: by label, in brackets, bare, or as published."""
    values = [value for name, value in block.labels if name == "date"]
    values += block.bracketed + block.bare
    if "published" in found:
        values.append(found["published"])
    for value in values:
        date = date_within(value, block.language, block.order)
        if date is not None:
            return date
    return values[0] if values else None


_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_LOOSE = re.compile(
    r"[?~<>]|\b(?:before|after|by|until|since|not|or|circa|ca|c|about|around|vor|nach|bis|um|до|после|около|или)\b",
    re.IGNORECASE,
)


def date_within(value: str, language: str | None, order: DateOrder | None) -> str | None:
    """The date in a label's value, such as *Moscow, 5 March 1921.*, or None.

    The whole value, or what follows the place, or the one year that it names: never the part of a
    longer statement that happens to look like a finer date.
    """
    statement = re.split(r"[;]|\.\s+(?=[^\W\d_a-zа-я])", value.strip(), maxsplit=1)[0]
    statement = without_point(statement.strip())
    statement = re.sub(r"^(?:in|on|im|am|le|en|в|el)\s+", "", statement, flags=re.IGNORECASE)
    parts = [part.strip() for part in statement.split(",")]
    for first in range(len(parts)):
        if re.search(r"\d", ",".join(parts[:first])):
            break
        candidate = ", ".join(parts[first:])
        try:
            parse_date(candidate, language=language, order=order)
        except UndatableError:
            continue
        return candidate
    years: set[str] = set(_YEAR.findall(statement))
    if len(years) == 1 and not _LOOSE.search(statement):
        return years.pop()
    return None
