"""What people wrote beside hits: read from their sheets, and from the key that says where the hits stand."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Final

import xxhash

from tendency.corpus.sampling import NAME
from tendency.documents.sheets import read_sheet
from tendency.errors import SettingError

JUDGEMENTS: Final = ("asserts", "rejects", "reports", "other sense")
"""What a hit may be found to do, in the order of the columns that count them."""

STRATIFIED: Final = "s-"
"""Stands before the name of a hit that was drawn from a stratum, and so stands for another number of hits than its neighbour."""

KEY: Final = ".key.csv"

_FORMS: Final = {
    form: judgement
    for judgement, forms in zip(
        JUDGEMENTS,
        (
            "a assert asserts asserted asserting",
            "r reject rejects rejected rejecting",
            "p report reports reported reporting",
            "o other others other_sense other_senses othersense",
        ),
        strict=True,
    )
    for form in forms.split()
}
_HIT: Final = re.compile(f"({STRATIFIED})?({NAME.pattern})")
_ANOTHER: Final = re.compile(rf"(?<![a-z])(?:{STRATIFIED})?{NAME.pattern}(?![a-z])")
_ALIASES: Final = {"judgment": "judgement", "judgements": "judgement", "hits": "hit", "notes": "note"}


@dataclass(frozen=True)
class Judgement:
    """What one person said of one hit."""

    judgement: str
    note: str = ""


@dataclass(frozen=True)
class Sheet:
    """One person's judgements.

    Attributes:
        path: The file.
        judgements: By name of hit.
        unread: Hits without a judgement, in the order of the file.
        stratified: The hits that were drawn from strata.
        problems: What was left out, a sentence for each row.
    """

    path: Path
    judgements: Mapping[str, Judgement]
    unread: tuple[str, ...]
    stratified: frozenset[str]
    problems: tuple[str, ...]


@dataclass(frozen=True)
class KeyRow:
    """Where a hit that was drawn stands.

    Attributes:
        document: The document's id.
        position: Token position in it.
        query: What was looked for.
        narrowed: In which documents, in words.
        stratum: From which stratum it was drawn.
        stratum_hits: How many hits that held.
        corpus: The fingerprint of the corpus.
    """

    document: str
    position: str
    query: str
    narrowed: str
    stratum: str
    stratum_hits: int
    corpus: str


Files = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]


def read_sheets(files: Files) -> tuple[Sheet, ...]:
    """The sheets of one judge or two.

    Raises:
        SettingError: There are none, more than two, the same one twice, or one that cannot be read.
    """
    paths = [Path(files)] if isinstance(files, str | os.PathLike) else [Path(file) for file in files]
    if not 1 <= len(paths) <= 2:
        raise SettingError(f"{len(paths)} files of judgements were given; give that of one judge, or of two.")
    if len({path.absolute() for path in paths}) < len(paths):
        raise SettingError(f"{paths[0]} is given twice; two judges need a file each.")
    return tuple(read_judgements(path) for path in paths)


def read_judgements(path: Path) -> Sheet:
    """The judgements in one file, whatever a spreadsheet made of it; rows that cannot be understood are named and left out.

    Raises:
        SettingError: The file is no table with the columns ``hit`` and ``judgement``, or no row of it has a judgement.
    """
    columns, rows = read_sheet(path, ("hit", "judgement"), _ALIASES)
    found: dict[str, Judgement] = {}
    rows_of: dict[str, int] = {}
    unread: dict[str, None] = {}
    stratified: set[str] = set()
    conflicting: set[str] = set()
    problems: list[str] = []

    def bad(row: int, what: str) -> None:
        problems.append(f"{path.name}, row {row}: {what}; it is left out.")

    for row, cells in rows:
        written = {name: _plain(cells[place]) for name, place in columns.items()}
        swallowed = sum(len(_ANOTHER.findall(text)) for text in cells) - 1
        if swallowed > 0:
            bad(
                row,
                f"it holds the names of {swallowed} further hits, as where a quotation mark is never closed",
            )
        match = _HIT.fullmatch(written["hit"].casefold())
        said = written["judgement"]
        if match is None:
            what = f"{written['hit'][:40]!r} is no hit's name" if written["hit"] else "it has no hit's name"
            bad(row, what)
            continue
        name = match[2]
        if match[1]:
            stratified.add(name)
        if not said:
            unread.setdefault(name)
            continue
        judgement = _FORMS.get("_".join(re.sub(r"[\s_.\-]+", " ", said).split()).casefold())
        if judgement is None:
            bad(row, f"{said[:40]!r} is no judgement{_nearest(said)}")
            continue
        if name in found and found[name].judgement != judgement:
            conflicting.add(name)
            bad(row, f"the hit was judged otherwise in row {rows_of[name]}, and neither counts")
            continue
        found.setdefault(name, Judgement(judgement, written.get("note", "")))
        rows_of.setdefault(name, row)
    for name in conflicting:
        del found[name]
    left = tuple(name for name in unread if name not in found and name not in conflicting)
    if not found:
        why = (
            f" {problems[0]}"
            if problems
            else " Write asserts, rejects, reports or other sense beside the hits."
        )
        raise SettingError(f"no hit of {path.name} has a judgement.{why}")
    return Sheet(path, found, left, frozenset(stratified), tuple(problems))


def _plain(text: str) -> str:
    """A cell without what guards it and the space around it."""
    return text.strip().removeprefix("'").strip()


def _nearest(said: str) -> str:
    close = get_close_matches(said.casefold(), _FORMS, n=1, cutoff=0.5)
    return (
        f" (did you mean {_FORMS[close[0]]!r}?)"
        if close
        else f"; write {', '.join(JUDGEMENTS[:-1])} or {JUDGEMENTS[-1]}"
    )


def key_of(path: Path) -> Path:
    """Where the key of a sample lies: beside it."""
    return path.with_name(f"{path.stem}{KEY}")


def read_keys(
    sheets: Sequence[Sheet], key: str | os.PathLike[str] | None
) -> tuple[Mapping[str, KeyRow], ...]:
    """Where the hits of each sheet stand: from the key that is named, else from the one beside it that knows most of its hits.

    Args:
        sheets: Sheets of judgements.
        key: The file of the key; None for the ``*.key.csv`` beside each sheet.

    Raises:
        SettingError: The key that was named cannot be read.
    """
    if key is not None:
        return (dict(_key_rows(Path(key))),) * len(sheets)
    return tuple(_key_beside(sheet) for sheet in sheets)


def _key_beside(sheet: Sheet) -> Mapping[str, KeyRow]:
    names = {*sheet.judgements, *sheet.unread}
    own = {key_of(sheet.path), key_of(sheet.path.with_stem(re.sub(r"-[12]$", "", sheet.path.stem)))}
    known: list[tuple[int, bool, int, str, Mapping[str, KeyRow]]] = []
    for path in sorted(sheet.path.parent.glob(f"*{KEY}")):
        # What lies beside a sheet may be no key at all; where one is needed it is missed there.
        try:
            rows = dict(_key_rows(path))
        except SettingError:
            continue
        if shared := len(names & rows.keys()):
            known.append((-shared, path not in own, len(rows), path.name, rows))
    return min(known, key=lambda one: one[:4])[4] if known else {}


def _key_rows(path: Path) -> Iterator[tuple[str, KeyRow]]:
    wanted = ("hit", "document", "position", "stratum", "stratum_hits")
    columns, rows = read_sheet(path, wanted)
    for _, cells in rows:
        held = {name: cells[place].strip() for name, place in columns.items()}
        match = _HIT.fullmatch(_plain(held["hit"]).casefold())
        if match is None or not held["stratum_hits"].isdecimal():
            continue
        query, corpus = _plain(held.get("query", "")), held.get("corpus", "")
        narrowed = narrowing(_plain(held.get("where", "")), held.get("from", ""), held.get("to", ""))
        yield (
            match[2],
            KeyRow(
                held["document"],
                held["position"],
                query,
                narrowed,
                _plain(held["stratum"]),
                int(held["stratum_hits"]),
                corpus,
            ),
        )


def narrowing(where: str | None, start: object, end: object) -> str:
    """In which documents, in words that are equal where the filters are."""
    parts = [f"documents where {' '.join(where.split())}" if where else "all documents"]
    parts += [f"from {start}"] if start else []
    return " ".join([*parts, *([f"before {end}"] if end else [])])


def digest_of(sheets: Sequence[Sheet]) -> str:
    """A digest of what was said, whatever the files look like."""
    digest = xxhash.xxh3_64()
    for sheet in sheets:
        for name, said in sorted(sheet.judgements.items()):
            digest.update(f"{name}\x1f{said.judgement}\x1e".encode())
        digest.update(b"\x1d")
    return digest.hexdigest()
