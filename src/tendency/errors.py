"""Everything that can go wrong in a way the user can mend.

TendencyError
├── SourceError          a file that cannot be read as documents
│   └── UndatableError   a date that cannot be understood
├── IndexProblemError    something about an index folder
│   ├── NotAnIndexError      the folder is not an index
│   ├── IndexVersionError    the index was written by another release
│   ├── DamagedIndexError    a file in it is not what the manifest says
│   └── LockedIndexError     another writer is at work
├── QueryError           a query or a ``where`` that cannot be read, with the place
├── QueryTimeoutError    a query that passed its deadline
├── QueryCancelledError  a query that was cancelled
├── DossierError         a dossier with a mistake in it
├── SettingError         an option with an impossible value
├── WorkerError          workers that died, or a cluster that cannot be used
└── StorageError         the disk is full, or a folder cannot be written

A message says what is wrong, where, and what to do, in one sentence or two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class TendencyError(Exception):
    """The base of every error that is the user's to mend."""


class SourceError(TendencyError):
    """A file that cannot be read as documents."""


class UndatableError(SourceError):
    """A date that cannot be understood."""


class IndexProblemError(TendencyError):
    """Something is wrong with an index folder."""


class NotAnIndexError(IndexProblemError):
    """The folder is not an index."""


class IndexVersionError(IndexProblemError):
    """The index was written by a release whose format this one does not read."""


class DamagedIndexError(IndexProblemError):
    """A file of the index is not what its manifest or header says.

    Args:
        message: What is wrong, where, and what to do.
        file: The file, where it is known.
        part: The part of it that is damaged.
        what: What is wrong with that, alone.
    """

    def __init__(self, message: str, file: Path | None = None, part: str = "", what: str = "") -> None:
        self.file, self.part, self.what = file, part, what or message
        super().__init__(message)


class LockedIndexError(IndexProblemError):
    """Another writer holds the index."""


class QueryError(TendencyError):
    """A query that cannot be read.

    Args:
        message: What is wrong and what to do.
        query: The query as typed.
        position: Where in it, in code points from 0, or None.
    """

    def __init__(self, message: str, query: str = "", position: int | None = None) -> None:
        self.message, self.query, self.position = message, query, position
        super().__init__(self._with_caret())

    def _with_caret(self) -> str:
        if self.position is None or not self.query:
            return self.message
        line_start = self.query.rfind("\n", 0, self.position) + 1
        line = self.query[line_start:].split("\n", 1)[0]
        return f"{line}\n{' ' * (self.position - line_start)}^ {self.message}"


class QueryTimeoutError(TendencyError):
    """A query passed its deadline; no partial answer is given."""


class QueryCancelledError(TendencyError):
    """A query was cancelled; no partial answer is given."""


class DossierError(TendencyError):
    """A dossier with a mistake in it: the message names file, place and remedy."""


class SettingError(TendencyError):
    """An option has an impossible value."""


class WorkerError(TendencyError):
    """Workers died, or a cluster cannot be used; no part of an answer is given."""


class StorageError(TendencyError):
    """The disk is full, or a folder cannot be written."""
