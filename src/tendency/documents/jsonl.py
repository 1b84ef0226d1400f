"""JSON lines, and JSON files that hold one list or one object."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from typing import Any

import orjson

from tendency.documents.encoding import Decoder, binary, marked
from tendency.documents.limits import LARGEST_TEXT, SAMPLE
from tendency.documents.options import Options
from tendency.documents.problem import Note, Problem
from tendency.documents.record import Record
from tendency.documents.streams import Source, detach, sampled
from tendency.errors import SourceError

Event = Record | Problem | Note

_SURROGATE = re.compile("[\ud800-\udfff]")
_PIECE = 2**18
_LINE_REMEDY = "Mend the line, or leave it out; the other lines were read."


def read_json(source: Source, options: Options) -> Iterator[Event]:
    """The records of a file of JSON lines, or of one list or object of JSON."""
    with source.opened() as opened:
        sample, stream = sampled(opened)
        kind = binary(sample)
        if kind is not None:
            raise SourceError(f"is {kind}, not JSON.")
        yield from _File(source, options, sample).events(stream)


class _File:
    """One JSON file while it is read."""

    def __init__(self, source: Source, options: Options, sample: bytes) -> None:
        self.source = source
        self.sample = sample
        encoding = options.encoding or marked(sample)
        self.decoder = Decoder(encoding, declared=options.encoding is not None)
        self.replaced = False

    def events(self, stream: io.BufferedReader) -> Iterator[Event]:
        wide = self.decoder.encoding not in (None, "utf-8", "utf-8-sig", "ascii")
        head = self.sample.decode(self.decoder.encoding or "utf-8", "replace").lstrip("\ufeff \t\r\n")
        # A line that is a list is a broken line of JSON lines; only a .json file may be one list.
        if self.source.suffix == ".json" and (head.startswith("[") or _spread_out(head)):
            yield from self._list(stream)
        elif wide:
            text = io.TextIOWrapper(stream, self.decoder.encoding, newline="\n")
            yield from self._objects(self._wide_lines(text))
        else:
            yield from self._objects(self._lines(stream))

    # Lines

    def _lines(self, stream: io.BufferedReader) -> Iterator[tuple[int, bytes] | Problem]:
        number, rest = 0, b""
        while piece := stream.read1(_PIECE):
            lines = (rest + piece).split(b"\n") if rest else piece.split(b"\n")
            rest = lines.pop()
            for line in lines:
                number += 1
                if len(line) > LARGEST_TEXT:
                    yield self._too_long(number)
                else:
                    yield number, line if number > 1 else line.removeprefix(b"\xef\xbb\xbf")
            if len(rest) > _PIECE:
                # Not looked through for its end again with every piece.
                rest += stream.readline(max(LARGEST_TEXT + 1 - len(rest), 1))
                number += 1
                if len(rest) > LARGEST_TEXT and not rest.endswith(b"\n"):
                    while rest and not rest.endswith(b"\n"):
                        rest = stream.readline(_PIECE)
                    yield self._too_long(number)
                else:
                    yield number, rest if number > 1 else rest.removeprefix(b"\xef\xbb\xbf")
                rest = b""
        if rest:
            yield number + 1, rest if number else rest.removeprefix(b"\xef\xbb\xbf")

    def _wide_lines(self, stream: io.TextIOWrapper) -> Iterator[tuple[int, bytes] | Problem]:
        number = 0
        try:
            while line := stream.readline(LARGEST_TEXT + 1):
                number += 1
                if len(line) > LARGEST_TEXT and not line.endswith("\n"):
                    while line and not line.endswith("\n"):
                        line = stream.readline(2**20)
                    yield self._too_long(number)
                    continue
                yield number, line.encode("utf-8", "surrogatepass")
        except UnicodeError as error:
            how = "declared" if self.decoder.declared else "detected"
            raise SourceError(f"is not in the {how} encoding {self.decoder.encoding} ({error}).") from None
        finally:
            detach(stream)

    def _too_long(self, number: int) -> Problem:
        what = f"the line is longer than {LARGEST_TEXT // 2**20} MB."
        return Problem(self.source.name, number, what, "Split the document.", "too large")

    # One object a line

    def _objects(self, lines: Iterator[tuple[int, bytes] | Problem]) -> Iterator[Event]:
        for item in lines:
            if isinstance(item, Problem):
                yield item
                continue
            number, line = item
            try:
                value = orjson.loads(line)
            except orjson.JSONDecodeError:
                if not line.strip():
                    continue
                yield from self._hard_line(number, line)
                continue
            yield self._record(value, number, line)

    def _record(self, value: Any, number: int, line: bytes | str) -> Record | Problem:
        if not isinstance(value, dict):
            what = f"there is {_kind(value)} where an object with names and values should stand."
            return Problem(self.source.name, number, what, _LINE_REMEDY, "broken line")
        if not {float, list, dict}.isdisjoint(map(type, value.values())) and _huge(value):
            # orjson makes floats of integers over 64 bits; an id must keep all its digits.
            value = json.loads(line)
        return Record(value, number)

    def _hard_line(self, number: int, line: bytes) -> Iterator[Event]:
        """A line that the fast parser refuses: other encodings, surrogates, control characters, NaN."""
        try:
            text = self._decoded(line)
        except SourceError as error:
            yield Problem(
                self.source.name,
                number,
                f"the line {error}",
                "Declare the encoding (--encoding).",
                "broken line",
            )
            return
        yield from self._new_notes(number)
        try:
            value = json.loads(text, strict=False)
        except RecursionError:
            what = "the line is nested too deeply to be a document."
            yield Problem(self.source.name, number, what, _LINE_REMEDY, "broken line")
            return
        except ValueError as error:
            yield self._broken(number, error)
            return
        yield from self._clean(value, number, text)

    def _decoded(self, line: bytes) -> str:
        try:
            return line.decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:
            return self.decoder.decode(line)

    def _new_notes(self, number: int) -> list[Note]:
        notes = [Note(self.source.name, number, note) for note in self.decoder.notes]
        self.decoder.notes.clear()
        return notes

    def _clean(self, value: Any, number: int, text: str) -> Iterator[Event]:
        cleaned, found = _without_surrogates(value)
        if found and not self.replaced:
            self.replaced = True
            what = "bytes or halves of characters that no text can hold were read as U+FFFD."
            yield Note(self.source.name, number, what)
        yield self._record(cleaned, number, text)

    def _broken(self, number: int, error: ValueError) -> Problem:
        said = str(error)
        if isinstance(error, json.JSONDecodeError):
            said = f"{error.msg} at column {error.colno}"
        what = f"the line is not JSON ({said})."
        return Problem(self.source.name, number, what, _LINE_REMEDY, "broken line")

    # One list

    def _list(self, stream: io.BufferedReader) -> Iterator[Event]:
        """The objects of one list, each parsed as soon as its text is there."""
        if self.decoder.encoding is None:
            self.decoder.decode(self.sample[: self.sample.rfind(b"\n") + 1] or self.sample)
            yield from self._new_notes(1)
        errors = "strict" if self.decoder.declared else "surrogateescape"
        text = io.TextIOWrapper(stream, self.decoder.encoding or "utf-8", errors=errors, newline="\n")
        buffer = _Buffer(text)
        try:
            is_list = buffer.peek() == "["
            if is_list:
                buffer.skip()
            while buffer.peek() != "]":
                if buffer.peek() == ",":
                    buffer.skip()
                    continue
                value = buffer.value()
                yield from self._clean(value, buffer.began, buffer.parsed)
                if not is_list:
                    return
            buffer.end()
        except UnicodeError as error:
            raise SourceError(f"is not in the declared encoding {self.decoder.encoding} ({error}).") from None
        finally:
            detach(text)


class _Buffer:
    """The text of a JSON list that was read but not yet parsed.

    Attributes:
        line: The line on which the next value stands.
        began: The line on which the value given last begins.
        parsed: The text of the value given last.
    """

    def __init__(self, stream: io.TextIOWrapper) -> None:
        self.line = self.began = 1
        self.parsed = ""
        self._stream = stream
        self._text, self._at = "", 0
        self._parser = json.JSONDecoder(strict=False)

    def peek(self) -> str:
        """The next character that is not white space."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in " \t\r\n\ufeff":
                self.line += self._text[self._at] == "\n"
                self._at += 1
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more(SAMPLE):
                raise SourceError(f"breaks off before its list is closed (line {self.line:,}).")

    def end(self) -> None:
        """Raise a source error when anything follows the end of the list."""
        self.skip()
        line = self.line
        try:
            self.peek()
        except SourceError:
            return
        raise SourceError(f"goes on after its list is closed at line {line:,}; what follows was not read.")

    def skip(self) -> None:
        """Pass over the next character."""
        self._at += 1

    def value(self) -> Any:
        """The next value, reading on until it is complete."""
        self.peek()
        wanted = SAMPLE
        while True:
            try:
                value, end = self._parser.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                cut_off = error.msg.startswith("Unterminated") or error.pos >= len(self._text) - 16
                if cut_off and self._more(wanted):
                    wanted *= 2
                    continue
                line = self.line + self._text.count("\n", self._at, error.pos)
                raise SourceError(f"is not JSON at line {line:,} ({error.msg}).") from None
            except RecursionError:
                raise SourceError(f"is nested too deeply at line {self.line:,}.") from None
            except ValueError as error:
                raise SourceError(f"is not JSON near line {self.line:,} ({error}).") from None
            if isinstance(value, (int, float)) and end == len(self._text) and self._more(SAMPLE):
                continue
            self.parsed = self._text[self._at : end]
            self.began = self.line
            self.line += self.parsed.count("\n")
            self._at = end
            return value

    def _more(self, wanted: int) -> bool:
        """Read so many characters more; False at the end of the file."""
        piece = self._stream.read(wanted)
        left = self._text[self._at :]
        if len(left) + len(piece) > LARGEST_TEXT:
            raise SourceError(
                f"has a document of more than {LARGEST_TEXT // 2**20} MB at line {self.line:,}."
            )
        self._text, self._at = left + piece, 0
        return bool(piece)


def _spread_out(head: str) -> bool:
    """True when the text begins with one object that is spread over many lines."""
    first, line_end, _ = head.partition("\n")
    return bool(line_end) and first.strip() == "{"


def _huge(value: dict[str, Any]) -> bool:
    """Whether a number beyond 64 bits is in it, however deep."""
    left: list[Any] = [value]
    while left:
        part = left.pop()
        if isinstance(part, dict):
            left += part.values()
        elif isinstance(part, list):
            left += part
        elif isinstance(part, float) and abs(part) >= 2**63:
            return True
    return False


def _kind(value: object) -> str:
    if isinstance(value, list):
        return "a list"
    if isinstance(value, str):
        return "a text"
    return "null" if value is None else "a number or truth value"


def _without_surrogates(value: Any) -> tuple[Any, bool]:
    """The value with U+FFFD for each lone surrogate, and whether there was one."""
    if isinstance(value, str):
        cleaned = _SURROGATE.sub("\ufffd", value)
        return cleaned, cleaned is not value and cleaned != value
    if isinstance(value, list):
        parts = [_without_surrogates(part) for part in value]
        return [part for part, _ in parts], any(found for _, found in parts)
    if isinstance(value, dict):
        names = [_without_surrogates(name) for name in value]
        parts = [_without_surrogates(part) for part in value.values()]
        found = any(found for _, found in [*names, *parts])
        return dict(zip((name for name, _ in names), (part for part, _ in parts), strict=True)), found
    return value, False
