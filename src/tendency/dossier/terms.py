"""Named queries: from the dossier itself, from CSV, quanteda YAML and LIWC dictionaries.

A dictionary's entries are words and wildcards, so they become a query with their punctuation taken as
spaces; the lines of a CSV file are queries in full.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from tendency.dossier.paths import read_text
from tendency.errors import DossierError

_QUERY_COLUMNS = ("query", "term", "word", "pattern")
_NAME_COLUMNS = ("name", "category")
_WORDS = re.compile(r"[\w*?]+(?:['’\-][\w*?]+)*")


@dataclass(frozen=True)
class TermList:
    """A file's named queries.

    Attributes:
        queries: The query of each category by its name, in the file's order.
        notes: What could not be taken over, one sentence each.
    """

    queries: Mapping[str, str]
    notes: tuple[str, ...] = ()

    @property
    def all(self) -> str:
        """Every category's words together."""
        return any_of(dict.fromkeys(query for query in self.queries.values()))

    def category(self, name: str, file: Path) -> str:
        """One category's query.

        Raises:
            DossierError: The file has no such category; the nearest is named.
        """
        if name in self.queries:
            return self.queries[name]
        nearest = get_close_matches(name, self.queries, n=1)
        hint = f"did you mean {nearest[0]!r}?" if nearest else f"it has {listed(self.queries)}."
        raise DossierError(f"{file.name} has no category {name!r}; {hint}")


def read_terms(file: Path) -> TermList:
    """The named queries of a file, by the kind that its name ends in.

    Raises:
        DossierError: The file is missing, of another kind, or malformed; with the line where there is one.
    """
    readers = {".csv": _csv, ".yml": _quanteda, ".yaml": _quanteda, ".dic": _liwc}
    reader = readers.get(file.suffix.lower())
    if reader is None:
        raise DossierError(
            f"{file.name} is no list of terms that is understood: it must end in .csv, .yml, .yaml (quanteda) or "
            ".dic (LIWC)."
        )
    found = reader(file, read_text(file, "the list of terms"))
    if not found.queries:
        raise DossierError(f"{file.name} holds no terms.")
    return found


def any_of(queries: Iterable[str]) -> str:
    """A query for any of these queries."""
    parts = list(queries)
    return parts[0] if len(parts) == 1 else " | ".join(f"({part})" for part in parts)


def listed(names: Iterable[str], *, most: int = 12) -> str:
    """Names in a row, the first dozen of them."""
    found = [str(name) for name in names]
    rest = f" and {len(found) - most} more" if len(found) > most else ""
    return ", ".join(found[:most]) + rest


def _csv(file: Path, text: str) -> TermList:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    groups: dict[str, list[str]] = {}
    try:
        header = [cell.strip().lower() for cell in next(reader, [])]
        query_column = _column(file, header, _QUERY_COLUMNS)
        name_column = next((header.index(name) for name in _NAME_COLUMNS if name in header), None)
        for row in reader:
            if not any(cell.strip() for cell in row):
                continue
            if len(row) != len(header):
                raise DossierError(
                    f"{file.name}, line {reader.line_num}: {len(row)} cells where the header has {len(header)}; put "
                    "a cell that holds a comma in quotes."
                )
            query = row[query_column].strip()
            name = file.stem if name_column is None else row[name_column].strip()
            if not query or not name:
                raise DossierError(
                    f"{file.name}, line {reader.line_num}: the {'name' if query else 'query'} is empty."
                )
            groups.setdefault(name, []).append(query)
    except csv.Error as error:
        raise DossierError(f"{file.name}, line {reader.line_num}: this is not CSV ({error}).") from None
    return TermList({name: any_of(queries) for name, queries in groups.items()})


def _column(file: Path, header: list[str], names: tuple[str, ...]) -> int:
    for name in names:
        if name in header:
            return header.index(name)
    raise DossierError(
        f"{file.name}, line 1: there is no column named {', '.join(names[:-1])} or {names[-1]}; "
        f"the header has {listed(header) or 'nothing'}."
    )


def _quanteda(file: Path, text: str) -> TermList:
    import yaml

    try:
        tree = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f", line {mark.line + 1}, column {mark.column + 1}" if mark is not None else ""
        what = getattr(error, "problem", None) or "it cannot be read"
        raise DossierError(f"{file.name}{place}: this is not YAML ({what}).") from None
    if not isinstance(tree, dict):
        raise DossierError(
            f"{file.name} is no quanteda dictionary: it must be keys with lists of words, such as 'alarm: [danger*]'."
        )
    entries: dict[str, list[str]] = {}
    for key, branch in tree.items():
        _grow(file, str(key), branch, entries)
    return _of_entries(file, entries)


def _grow(file: Path, name: str, branch: Any, entries: dict[str, list[str]]) -> list[str]:
    """Adds a key and all keys under it; a key holds what is under it too."""
    own = entries.setdefault(name, [])
    if isinstance(branch, dict):
        for key, below in branch.items():
            own.extend(_grow(file, f"{name}.{key}", below, entries))
        return own
    for item in branch if isinstance(branch, list) else [branch]:
        if isinstance(item, dict):
            for key, below in item.items():
                own.extend(_grow(file, f"{name}.{key}", below, entries))
        elif isinstance(item, str):
            own.append(item)
        elif isinstance(item, bool):
            # YAML 1.1 reads a bare yes, no, on or off as true or false: the word itself is lost.
            raise DossierError(
                f"{file.name}: under {name!r} YAML reads an entry as {str(item).lower()}; put words such as yes, no, "
                "on and off in quotes."
            )
        elif isinstance(item, int | float):
            own.append(str(item))
        else:
            raise DossierError(
                f"{file.name}: under {name!r} there must be words, not {'nothing' if item is None else repr(item)}."
            )
    return own


def _liwc(file: Path, text: str) -> TermList:
    names: dict[str, str] = {}
    entries: dict[str, list[str]] = {}
    conditional: list[str] = []
    marks = 0
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if not line:
            continue
        if line == "%":
            marks += 1
            if marks > 2:
                raise DossierError(
                    f"{file.name}, line {number}: a third line with '%'; a LIWC dictionary has two."
                )
        elif marks == 0:
            raise DossierError(
                f"{file.name}, line {number}: a LIWC dictionary begins with a line with only '%'."
            )
        elif marks == 1:
            code, name = _liwc_category(file, number, line)
            if code in names:
                raise DossierError(f"{file.name}, line {number}: the category number {code} is given twice.")
            names[code] = name
            entries.setdefault(name, [])
        else:
            _liwc_word(file, number, line, names, entries, conditional)
    if marks < 2:
        raise DossierError(
            f"{file.name}: a LIWC dictionary has its categories between two lines with only '%'."
        )
    found = _of_entries(file, entries)
    if not conditional:
        return found
    note = f"{file.name}: conditional entries of LIWC are left out ({listed(conditional, most=5)})."
    return TermList(found.queries, (*found.notes, note))


def _liwc_category(file: Path, number: int, line: str) -> tuple[str, str]:
    parts = line.split(None, 1)
    if len(parts) != 2 or not parts[0].isdigit():
        raise DossierError(
            f"{file.name}, line {number}: expected a category's number and its name, found {line!r}."
        )
    # LIWC2015 adds a long name in brackets: "1 function (Function Words)".
    return parts[0], re.split(r"\s*\(|\t", parts[1].strip(), maxsplit=1)[0].strip() or parts[1].strip()


def _liwc_word(
    file: Path,
    number: int,
    line: str,
    names: Mapping[str, str],
    entries: dict[str, list[str]],
    conditional: list[str],
) -> None:
    if "\t" in line:
        word, *codes = (cell.strip() for cell in line.split("\t") if cell.strip())
        codes = " ".join(codes).split()
    else:
        word, *codes = line.split()
    if any(not code.isdigit() for code in codes):
        if any(mark in line for mark in "<>(/"):
            conditional.append(word)
            return
        raise DossierError(
            f"{file.name}, line {number}: expected a word and category numbers apart by tabs, found {line!r}."
        )
    if not codes:
        raise DossierError(f"{file.name}, line {number}: {word!r} has no category number.")
    for code in codes:
        if code not in names:
            raise DossierError(f"{file.name}, line {number}: there is no category {code}; {word!r} names it.")
        entries[names[code]].append(word)


def _of_entries(file: Path, entries: Mapping[str, list[str]]) -> TermList:
    """Queries from words and wildcards; entries without a letter or figure are named in a note."""
    queries: dict[str, str] = {}
    lost: dict[str, None] = {}
    for name, words in entries.items():
        parts = []
        for word in dict.fromkeys(words):
            found = " ".join(_WORDS.findall(word))
            if not re.search(r"\w", found):
                lost[word] = None
            else:
                parts.append(found)
        if parts:
            queries[name] = " | ".join(dict.fromkeys(parts))
    empty = [name for name in entries if name not in queries]
    notes = []
    if lost:
        notes.append(
            f"{file.name}: entries without a letter or figure are left out ({listed(lost, most=5)})."
        )
    if empty:
        notes.append(f"{file.name}: categories without a word are left out ({listed(empty, most=5)}).")
    return TermList(queries, tuple(notes))
