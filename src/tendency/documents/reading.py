"""Sources as a stream of documents, with a list of what was left out."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from tendency.documents.dates import DateOrder
from tendency.documents.document import Document
from tendency.documents.encoding import known
from tendency.documents.formats import FORMATS
from tendency.documents.limits import KEPT_PROBLEMS
from tendency.documents.options import FieldNames, Options
from tendency.documents.problem import Note, Problem
from tendency.documents.record import Record, Shaper
from tendency.documents.sources import Named, sources_of
from tendency.documents.streams import Source
from tendency.errors import SettingError, SourceError

Progress = Callable[[int, int], None]

_POLL = 32
_FILE_REMEDY = "Mend the file or leave it out; what could be read of it was kept."


class Reading:
    """Documents from sources, read while they are asked for.

    Iterating reads the sources from the beginning, one document at a time, and fills the counts
    below; iterating again reads them again. When nothing at all could be read, the first problem
    is raised as a source error at the end.

    Attributes:
        documents: How many documents were given.
        left_out: How many were left out, by reason: ``"no date"``, ``"no text"``, ``"no id"``,
            ``"date not understood"``, ``"broken line"``, ``"unreadable file"`` …
        problems: What was left out, with file, line and remedy; the first 1,000.
        notes: What was read but not quite as it stood; the first 1,000.
        files: How many files were opened.
        bytes_read: Bytes read of them, as they lie on disk.
        bytes_in_all: Bytes of all files, 0 when not known.
    """

    def __init__(
        self,
        named: Named | Iterable[Named],
        options: Options,
        *,
        strict: bool = False,
        progress: Progress | None = None,
    ) -> None:
        self._found = sources_of(named, FORMATS)
        self._options, self._strict, self._progress = options, strict, progress
        self._used_up = False
        self.bytes_in_all = self._found.size
        self._reset()

    def _reset(self) -> None:
        self.documents = 0
        self.left_out: Counter[str] = Counter()
        self.problems: list[Problem] = []
        self.notes: list[Note] = []
        self.files = 0
        self.bytes_read = 0

    def __iter__(self) -> Iterator[Document]:
        self._reset()
        for item in self._found:
            if isinstance(item, Problem):
                self._leave_out(item)
            elif isinstance(item, Note):
                self._note(item)
            else:
                yield from self._documents_of(item)
        self._report(self.bytes_read)
        if not self.documents:
            self._nothing()

    def _nothing(self) -> None:
        if not self.problems:
            raise SourceError("The sources hold no documents: every file is empty.")
        others = self.left_out.total() - 1
        more = f" ({others:,} more problems were found.)" if others else ""
        raise SourceError(f"No document could be read. {self.problems[0]}{more}")

    def _documents_of(self, source: Source) -> Iterator[Document]:
        if source.path is None:
            if self._used_up:
                raise SourceError("Standard input can be read only once.")
            self._used_up = True
        self.files += 1
        before, complaints, given = self.bytes_read, self.left_out.total(), self.documents
        shaper = Shaper(source, self._options)
        counted = 0
        try:
            for event in FORMATS[source.suffix](source, self._options):
                counted += 1
                if counted % _POLL == 0:
                    self._report(before + source.position())
                if isinstance(event, Record):
                    made = shaper.document(event)
                    for note in shaper.notes:
                        self._note(note)
                    shaper.notes.clear()
                    if isinstance(made, Document):
                        self.documents += 1
                        yield made
                    else:
                        self._leave_out(made)
                elif isinstance(event, Problem):
                    self._leave_out(event)
                else:
                    self._note(event)
        except SourceError as error:
            if isinstance(error, StrictError):
                raise
            said = str(error)
            # A fault that says itself what to do is not told so again.
            remedy = "" if re.search(r"[.;] \w", said) else _FILE_REMEDY
            self._leave_out(Problem(source.name, None, said, remedy))
        except OSError as error:
            said = error.strerror or str(error)
            self._leave_out(Problem(source.name, None, f"cannot be read ({said}).", _FILE_REMEDY))
        if self.documents == given and self.left_out.total() == complaints:
            what = "the file holds no document." if source.size or source.position() else "the file is empty."
            self._leave_out(Problem(source.name, None, what, "Fill it or leave it out.", "empty"))
        self.bytes_read = before + (source.size or source.position())
        self._report(self.bytes_read)

    def _report(self, done: int) -> None:
        if self._progress is not None:
            self._progress(done, self.bytes_in_all)

    def _leave_out(self, problem: Problem) -> None:
        self.left_out[problem.kind] += 1
        if len(self.problems) < KEPT_PROBLEMS:
            self.problems.append(problem)
        if self._strict:
            raise StrictError(str(problem))

    def _note(self, note: Note) -> None:
        if len(self.notes) < KEPT_PROBLEMS:
            self.notes.append(note)


class StrictError(SourceError):
    """The first problem of a strict reading."""


def read(
    sources: Named | Iterable[Named],
    *,
    names: FieldNames | None = None,
    encoding: str | None = None,
    language: str | None = None,
    date_order: DateOrder | None = None,
    strict: bool = False,
    progress: Progress | None = None,
) -> Reading:
    """The documents of files, folders, patterns with ``*``, or of JSON lines on standard input (``-``).

    Args:
        sources: One source or several. The suffix names the format; ``docs/formats.md`` lists them.
        names: Which column holds what.
        encoding: The encoding of all of them; None tells it from each file's bytes.
        language: The language of documents that do not name their own, kept as their field
            ``language``, and of their dates in words; None tries the common ones.
        date_order: How to read 03/04/1920; None refuses it.
        strict: Stop at the first problem with a source error instead of leaving it out.
        progress: Called with the bytes done and the bytes in all, 0 where not known.

    Raises:
        SourceError: A source does not exist; on reading, a problem with ``strict``, or nothing at
            all could be read.
        SettingError: An option has an impossible value.
    """
    if date_order not in (None, "DMY", "MDY", "YMD"):
        raise SettingError(f"The date order {date_order!r} is not one of DMY, MDY and YMD.")
    options = Options(names or FieldNames(), known(encoding), language, date_order)
    return Reading(
        [os.fspath(sources)] if isinstance(sources, (str, os.PathLike)) else sources,
        options,
        strict=strict,
        progress=progress,
    )
