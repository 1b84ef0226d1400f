"""What was left out of a reading and why, and what was noted on the way."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that could not be read and was left out.

    Attributes:
        file: The file it is in.
        line: The line on which it begins, from 1, or None for the whole file.
        what: What is wrong, as the end of a sentence or as sentences.
        remedy: What to do, empty where ``what`` says it.
        kind: The reason under which it is counted, such as ``"no date"``.
    """

    file: str
    line: int | None
    what: str
    remedy: str
    kind: str = "unreadable file"

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}, line {self.line}"
        return f"{where}: {self.what} {self.remedy}".rstrip()


@dataclass(frozen=True, slots=True)
class Note:
    """Something that was read, but not quite as it stood, or passed over on purpose.

    Attributes:
        file: The file or folder it is about.
        line: The first line it is about, from 1, or None for the whole file.
        what: What was done, as a sentence.
    """

    file: str
    line: int | None
    what: str

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}, line {self.line}"
        return f"{where}: {self.what}"
