"""Verticalised text, as CWB and Sketch Engine read it: one token a line, tags on lines of their own.

The text of a document is rebuilt from its words: a space between two tokens, nothing at ``<g/>``, and a
blank line, which the text rules take for a sentence end, where the file ends a sentence or a paragraph.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.entities import html5
from typing import Final

from tendency.documents.encoding import Decoder, binary, known, marked
from tendency.documents.limits import LARGEST_TEXT
from tendency.documents.options import FieldNames, Options
from tendency.documents.plain import date_in_name
from tendency.documents.problem import Note, Problem
from tendency.documents.record import Record
from tendency.documents.streams import Source, detach, sampled
from tendency.documents.values import as_text
from tendency.errors import SettingError, SourceError

Event = Record | Problem | Note

#: Elements that are taken for documents, the first of them that the file has.
DOCUMENTS: Final = ("text", "doc", "document", "article", "story", "speech", "letter", "file", "item")

_SENTENCES = frozenset({"s", "sent", "sentence"})
_BLOCKS = frozenset(
    [
        "p",
        "par",
        "para",
        "paragraph",
        "head",
        "heading",
        "title",
        "div",
        "section",
        "chapter",
        "article",
        "list",
        "lg",
        "u",
        "utterance",
        "sp",
        "speech",
        "turn",
        "text",
        "doc",
        "document",
        "story",
        "body",
        "front",
        "back",
    ]
)
_GLUE = frozenset({"g", "glue"})

# The repetitions are possessive, so that no line, however long, is gone over twice.
_TAG = re.compile(
    r"<(/?)([^\W\d][\w.:-]*+)"
    r"((?:\s++[^\s=<>\"'/]++\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s\"'<>/]++(?:/(?!>)[^\s\"'<>/]*+)*+))*+)"
    r"\s*+(/?)>"
)
_ATTRIBUTE = re.compile(r"\s([^\s=<>\"'/]++)\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s\"'<>]++))")
_LOOSE = re.compile(r"<([^\W\d][\w.:-]*+)(\s[^\t]*)>")
_LOOSE_ATTRIBUTE = re.compile(r"\s([^\s=<>\"'/]++)\s*+=\s*+[\"']")
_ENTITY = re.compile(r"&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([A-Za-z][A-Za-z0-9]{1,31}));")
_DECLARED = re.compile(rb"\s*<\?xml[^>]{0,200}?\bencoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")

_TAGS_ON_A_LINE = 100
_ENCLOSING = 32
_JOINED_AT = 1 << 16
_REST = "the other documents were read."


def read_vrt(source: Source, options: Options) -> Iterator[Event]:
    """The records of a file of verticalised text."""
    with source.opened() as opened:
        sample, stream = sampled(opened)
        if not sample:
            return
        kind = binary(sample)
        if kind is not None:
            raise SourceError(f"is {kind}, not verticalised text.")
        yield from _File(source, options, sample).events(stream)


def unescaped(text: str) -> str:
    """The text with characters for ``&lt;``, ``&#8212;``, ``&eacute;`` …; what is no known entity stays."""
    return _ENTITY.sub(_character, text) if "&" in text else text


def _character(entity: re.Match[str]) -> str:
    decimal, hexadecimal, name = entity.groups()
    if name:
        return html5.get(f"{name};", entity[0])
    code = int(decimal) if decimal else int(hexadecimal, 16)
    if code > 0x10FFFF:
        return entity[0]
    return "\ufffd" if 0xD800 <= code < 0xE000 else chr(code)


@dataclass(slots=True)
class Tag:
    """One tag.

    Attributes:
        name: The element's name.
        kind: ``"open"``, ``"close"`` or ``"empty"``.
        attributes: What an opening or empty tag says, entities resolved.
        value: What follows the name where that is no attribute, as in CWB's ``<text_year 1917>``.
    """

    name: str
    kind: str
    attributes: dict[str, str] = field(default_factory=dict)
    value: str = ""


def tags_of(line: str) -> list[Tag] | None:
    """The tags that make up a line; None where it is a token, though it begins with ``<``."""
    tags: list[Tag] = []
    at = 0
    while at < len(line):
        match = _TAG.match(line, at)
        if match is None or len(tags) == _TAGS_ON_A_LINE:
            loose = None if tags else _loose(line)
            return [loose] if loose else None
        closing, name, inside, empty = match.groups()
        kind = "close" if closing else "empty" if empty else "open"
        tags.append(Tag(name, kind, _attributes(inside) if inside else {}))
        at = match.end()
        while at < len(line) and line[at].isspace():
            at += 1
    return tags


def _attributes(inside: str) -> dict[str, str]:
    return {
        name: unescaped(double or single or bare) for name, double, single, bare in _ATTRIBUTE.findall(inside)
    }


def _loose(line: str) -> Tag | None:
    """An opening tag whose values hold unescaped quotation marks or ``<``, or that has a bare value."""
    match = _LOOSE.fullmatch(line)
    if match is None:
        return None
    name, inside = match.groups()
    begins = list(_LOOSE_ATTRIBUTE.finditer(inside))
    kind = "empty" if inside.endswith("/") else "open"
    if not begins:
        return Tag(name, "open", value=unescaped(inside.strip()))
    attributes = {}
    for number, begin in enumerate(begins):
        end = begins[number + 1].start() if number + 1 < len(begins) else len(inside)
        value = inside[begin.end() : end].rstrip()
        if number + 1 == len(begins) and kind == "empty":
            value = value[:-1].rstrip()
        attributes[begin[1]] = unescaped(value[:-1] if value[-1:] == begin[0][-1] else value)
    return Tag(name, kind, attributes)


def document_element(sample: str, wanted: str) -> str | None:
    """Which element is the document: the one that was named, else the first usual one in the sample.

    One whose tags say something goes before one with bare tags: in ``<text><doc id="…">`` it is ``doc``.
    """
    if wanted != FieldNames().text:
        return wanted
    seen: dict[str, bool] = {}
    for line in sample.splitlines():
        if line.startswith("<"):
            for tag in tags_of(line.rstrip()) or ():
                if tag.kind == "open":
                    seen[tag.name] = seen.get(tag.name, False) or bool(tag.attributes)
    present = [name for name in DOCUMENTS if name in seen]
    return next((name for name in present if seen[name]), present[0] if present else None)


class _Text:
    """The text of one document while its tokens come."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._joined: list[str] = []
        self._parting = ""
        self.length = 0

    def add(self, word: str) -> None:
        self._pieces.append(self._parting)
        self._pieces.append(word)
        self._parting = " "
        if len(self._pieces) > _JOINED_AT:
            self._join()

    def glue(self) -> None:
        if self._parting == " ":
            self._parting = ""

    def end_sentence(self) -> None:
        if self._pieces or self._joined:
            self._parting = "\n\n"

    def _join(self) -> None:
        # One string for thousands of words: a list of them would take many times their size.
        self._joined.append("".join(self._pieces))
        self.length += len(self._joined[-1])
        self._pieces.clear()

    def whole(self) -> str:
        self._join()
        return "".join(self._joined)


class _File:
    """One file while it is read."""

    def __init__(self, source: Source, options: Options, sample: bytes) -> None:
        self.source, self.options = source, options
        self._decoder = Decoder(options.encoding, declared=options.encoding is not None)
        self._notes: list[Note] = []
        self._said: set[str] = set()
        self._xml_encoding = _encoding_in(sample)
        self._encoding = self._encoding_of(sample)
        head = sample.decode(self._encoding, "replace").removeprefix("\ufeff")
        self._name = document_element(head, options.names.text)
        self._line = 0
        self._text: _Text | None = None
        self._values: dict[str, str] = {}
        self._began = 0
        self._ahead: dict[str, str] = {}
        self._enclosing: dict[str, dict[str, str]] = {}
        self._outside = 0
        self._outside_line = 0
        self._elements: dict[str, None] = {}
        self._columns_told = False
        self._closed = False
        self._too_large = False

    def events(self, stream: io.BufferedReader) -> Iterator[Event]:
        """What the file holds, a document at a time."""
        errors = "strict" if self.options.encoding else "surrogateescape"
        text = io.TextIOWrapper(stream, self._encoding, errors=errors, newline=None)
        try:
            yield from self._read(text)
        except UnicodeError as error:
            how = "declared" if self.options.encoding else "detected"
            raise SourceError(f"is not in the {how} encoding {self._encoding} ({error}).") from None
        finally:
            detach(text)

    def _read(self, stream: io.TextIOWrapper) -> Iterator[Event]:
        whole = self._name is None
        if whole:
            self._begin(Tag("", "open"))
        skip_to, skipped_from = "", 0
        for line in _lines(stream):
            self._line += 1
            if self._line == 1:
                line = line.removeprefix("\ufeff")
            line = line.rstrip("\n")
            if skip_to:
                skip_to = "" if skip_to in line else skip_to
                continue
            if not line.startswith("<"):
                self._token(line)
                continue
            stripped = line.rstrip()
            if stripped.startswith(("<!", "<?")) and len(stripped) > 2:
                ending = _ending_of(stripped)
                if ending is not None:
                    skip_to, skipped_from = ending, self._line
                    continue
            tags = tags_of(stripped)
            if tags is None:
                self._token(line)
                continue
            for tag in tags:
                yield from self._tag(tag)
            if self._notes:
                yield from self._told()
        if skip_to:
            what = f"a comment or declaration opens here and is never closed with {skip_to}."
            yield Problem(self.source.name, skipped_from, what, "Close it or take it out.", "broken line")
        if self._text is not None:
            if self._closed and not whole:
                what = f"the last <{self._name}> is not closed; the file may be cut off."
                self._notes.append(Note(self.source.name, self._began, what))
            yield from self._end(whole)
        yield from self._told()
        yield from self._left_outside()

    # Lines.

    def _token(self, line: str) -> None:
        word, tab, rest = line.partition("\t")
        word = word.strip()
        if not word:
            return
        if tab and not self._columns_told:
            self._columns_told = True
            columns = 2 + rest.count("\t")
            what = (
                f"the tokens have {columns} columns; the first was read as the word, "
                f"the other {columns - 1} were left out."
                if columns > 2
                else "the tokens have 2 columns; the first was read as the word, the other was left out."
            )
            self._notes.append(Note(self.source.name, self._line, what))
        if self._text is None:
            self._outside += 1
            self._outside_line = self._outside_line or self._line
            return
        self._text.add(unescaped(word) if "&" in word else word)
        if self._text.length > LARGEST_TEXT:
            self._too_large = True
            self._text = _Text()

    def _tag(self, tag: Tag) -> Iterator[Event]:
        name, text = tag.name, self._text
        if name in _GLUE and not tag.attributes:
            if text is not None and tag.kind != "close":
                text.glue()
            return
        if name == self._name:
            if text is not None:
                yield from self._end()
            self._closed = self._closed or tag.kind == "close"
            if tag.kind == "open":
                self._begin(tag)
            return
        self._elements.setdefault(name)
        if tag.value and self._annotation(tag):
            return
        if text is None:
            self._outer(tag)
        elif name in _SENTENCES or name in _BLOCKS:
            text.end_sentence()

    def _annotation(self, tag: Tag) -> bool:
        """CWB writes out ``<text_year 1917>`` for the attribute ``year`` of ``text``; True where this is one."""
        prefix = f"{self._name}_"
        if self._name is None or not tag.name.startswith(prefix):
            return False
        of = self._ahead if self._text is None else self._values
        of.setdefault(tag.name.removeprefix(prefix), tag.value)
        return True

    def _outer(self, tag: Tag) -> None:
        """Remember what an element around the documents says of them."""
        if tag.kind == "close":
            self._enclosing.pop(tag.name, None)
        elif tag.kind == "open" and (tag.attributes or tag.value) and len(self._enclosing) < _ENCLOSING:
            said = {f"{tag.name}_{name}": value for name, value in tag.attributes.items()}
            if tag.value:
                said[tag.name] = tag.value
            self._enclosing[tag.name] = said

    # Documents.

    def _begin(self, tag: Tag) -> None:
        if self._name not in (None, DOCUMENTS[0], self.options.names.text) and "element" not in self._said:
            self._said.add("element")
            what = f"each <{self._name}> was read as a document; another element is named with --text."
            self._notes.append(Note(self.source.name, self._line, what))
        self._text, self._began, self._values = _Text(), self._line or 1, {}
        for said in self._enclosing.values():
            self._values.update(said)
        self._values.update(tag.attributes)
        self._values.update(self._ahead)
        self._ahead = {}

    def _end(self, whole: bool = False) -> Iterator[Event]:
        text, self._text = self._text, None
        assert text is not None
        if self._too_large:
            self._too_large = False
            what = f"the document is larger than {LARGEST_TEXT // 2**20} MB."
            yield Problem(self.source.name, self._began, what, "Split it.", "too large")
            return
        body = text.whole()
        if whole and not body:
            return
        names = self.options.names
        values: dict[str, object] = {self._mended(k): self._mended(v) for k, v in self._values.items()}
        if "text" in values and names.text == FieldNames().text:
            values["text_original"] = values.pop("text")
        values[names.text] = self._mended(body)
        if names.id == FieldNames().id and as_text(values.get("id")) is None:
            values["id"] = self.source.id if whole else f"{self.source.id}:{self._began}"
            if not whole and "id" not in self._said:
                self._said.add("id")
                what = f"<{self._name}> has no id; such a document is called after its file and line."
                self._notes.append(Note(self.source.name, self._began, what))
        if names.date == FieldNames().date and as_text(values.get("date")) is None:
            dated = date_in_name(self.source.id)
            if dated is not None:
                values["date"] = dated
        yield from self._told()
        yield Record(values, self._began)

    def _left_outside(self) -> Iterator[Problem]:
        if not self._outside:
            return
        some = ", ".join(f"<{name}>" for name in list(self._elements)[:20])
        named = (
            f"name the element that is a document with --text (there are also {some})"
            if some
            else "mend the file"
        )
        number = f"{self._outside:,} tokens stand" if self._outside > 1 else "one token stands"
        what = f"{number} outside every <{self._name}> and were left out, the first of them here;"
        yield Problem(self.source.name, self._outside_line, what, f"{named}; {_REST}", "outside a document")

    def _told(self) -> list[Note]:
        notes, self._notes = self._notes, []
        return notes

    # Encoding.

    def _encoding_of(self, sample: bytes) -> str:
        encoding = self._decoder.encoding or marked(sample)
        if encoding is None:
            # A character cut off at the end of the sample must not look like another encoding.
            whole = sample[: sample.rfind(b"\n") + 1] or sample
            if self._xml_encoding and not _is_utf8(whole):
                return self._xml_encoding
            self._decoder.decode(whole)
            encoding = self._decoder.encoding
            self._take_notes(None)
        return "utf-8-sig" if encoding in (None, "utf-8") else encoding

    def _take_notes(self, line: int | None) -> None:
        for note in self._decoder.notes:
            if note not in self._said:
                self._said.add(note)
                self._notes.append(Note(self.source.name, line, note))
        self._decoder.notes.clear()

    def _mended(self, text: str) -> str:
        """The text with its undecodable bytes read otherwise."""
        if text.isascii():
            return text
        try:
            text.encode()
        except UnicodeEncodeError:
            data = text.encode("utf-8", "surrogateescape")
            try:
                if self._xml_encoding and self._decoder.encoding is None:
                    return data.decode(self._xml_encoding)
                text = self._decoder.decode(data)
            except (SourceError, UnicodeDecodeError):
                self._decoder.notes.append("some bytes are not UTF-8; they were read as U+FFFD.")
                text = data.decode("utf-8", "replace")
            self._take_notes(self._began)
        return text


def _lines(stream: io.TextIOWrapper) -> Iterator[str]:
    while line := stream.readline(LARGEST_TEXT + 1):
        if len(line) > LARGEST_TEXT:
            raise SourceError(f"has a line of more than {LARGEST_TEXT // 2**20} MB; split it.")
        yield line


def _ending_of(line: str) -> str | None:
    """What ends a comment or declaration that begins with this line: ``""`` where the line does; None for a token."""
    if line.startswith("<!--"):
        return "" if "-->" in line[4:] else "-->"
    if line.startswith("<?"):
        return "" if "?>" in line else None
    if not line[2:3].isalpha():
        return None
    # What a document type defines is never expanded, so nothing of it need be understood.
    if "[" in line:
        return "" if "]" in line else "]>"
    return "" if line.endswith(">") else ">" if line.startswith("<!DOCTYPE") else None


def _encoding_in(sample: bytes) -> str | None:
    """The encoding other than UTF-8 that an XML declaration names, where Python knows it."""
    match = _DECLARED.match(sample)
    if match is None:
        return None
    try:
        name = known(match[1].decode("ascii"))
    except (SettingError, UnicodeDecodeError):
        return None
    # Latin-1 files hold Windows-1252 as often as not, and its letters are the same.
    return None if name in (None, "utf-8", "ascii") else "cp1252" if name == "iso8859-1" else name


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
