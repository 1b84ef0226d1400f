"""SQLite's full-text index FTS5, by Python's own module; it counts documents."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.peers.peer import NotOfferedError, Peer, Session, Told, rows
from bench.press.questions import GAP, Question

_COLUMNS = ("id", "date", "title", "author", "publication", "standpoint", "text")
_TABLE = (
    f"CREATE VIRTUAL TABLE press USING fts5({', '.join(f'{name} UNINDEXED' for name in _COLUMNS[:-1])}, text)"
)


class Engine(Peer):
    """FTS5 with its text, as it comes."""

    title = "SQLite FTS5"
    how_to_get = "comes with Python, unless its SQLite was built without FTS5"

    def version(self) -> str | None:
        """The version, or None."""
        with sqlite3.connect(":memory:") as memory:
            try:
                memory.execute("CREATE VIRTUAL TABLE t USING fts5(a)")
            except sqlite3.OperationalError:
                return None
        return sqlite3.sqlite_version

    def build(self, sources: Sequence[Path], at: Path) -> dict[str, Any]:
        """One transaction, then its own ``optimize``."""
        at.mkdir(parents=True)
        held = sqlite3.connect(at / "press.sqlite")
        held.execute(_TABLE)
        _insert(held, sources)
        held.execute("INSERT INTO press(press) VALUES ('optimize')")
        held.commit()
        held.close()
        return {}

    def add(self, sources: Sequence[Path], at: Path) -> None:
        """One more transaction."""
        held = sqlite3.connect(at / "press.sqlite")
        _insert(held, sources)
        held.close()

    def open(self, at: Path) -> Session:
        """A connection."""
        return Asked(at)


class Asked(Session):
    """A database."""

    def __init__(self, at: Path) -> None:
        self.held = sqlite3.connect(at / "press.sqlite")
        # A table of the schema temp names the one of main only so.
        self.held.execute("CREATE VIRTUAL TABLE temp.places USING fts5vocab('main', 'press', 'instance')")

    def count(self, question: Question) -> Told:
        """Documents."""
        (found,) = self.held.execute(
            "SELECT count(*) FROM press WHERE press MATCH ?", (_match(question),)
        ).fetchone()
        return lambda: {"documents": found}

    def by_month(self, question: Question) -> Told:
        """Documents, grouped."""
        found = self.held.execute(
            "SELECT substr(date, 1, 7) AS month, count(*) FROM press WHERE press MATCH ? GROUP BY month",
            (_match(question),),
        ).fetchall()
        return lambda: {"documents": dict(found)}

    def collocates(self, word: str, window: int) -> Told:
        """The list of all places, looked through for those near the word's."""
        self.held.execute("DROP TABLE IF EXISTS temp.nodes")
        self.held.execute("CREATE TEMP TABLE nodes AS SELECT doc, offset FROM places WHERE term = ?", (word,))
        self.held.execute("CREATE INDEX temp.by_place ON nodes (doc, offset)")
        found = self.held.execute(
            "SELECT term, count(*) FROM places AS p WHERE EXISTS (SELECT 1 FROM nodes AS n WHERE n.doc = p.doc "
            "AND n.offset BETWEEN p.offset - ?1 AND p.offset + ?1) AND term <> ?2 GROUP BY term",
            (window, word),
        ).fetchall()
        return lambda: {"near": dict(found), "folded": True}

    def words(self, standpoint: str) -> Told:
        """The list of all places, grouped by form and side."""
        found = self.held.execute(
            "SELECT term, own, count(*) FROM places JOIN (SELECT rowid AS doc, standpoint = ? AS own FROM press) "
            "USING (doc) GROUP BY term, own",
            (standpoint,),
        ).fetchall()

        def tell() -> dict[str, Any]:
            sides = ({}, {})
            for term, own, count in found:
                sides[own][term] = count
            return {"quarter": sides[1], "rest": sides[0], "folded": True}

        return tell


def _insert(held: sqlite3.Connection, sources: Sequence[Path]) -> None:
    marks = ", ".join("?" * len(_COLUMNS))
    told = ([row.get(name) or "" for name in _COLUMNS] for row in rows(sources))
    held.executemany(f"INSERT INTO press({', '.join(_COLUMNS)}) VALUES ({marks})", told)
    held.commit()


def _match(question: Question) -> str:
    if question.kind == "before":
        return f"NEAR({' '.join(question.words)}, {GAP})"
    if question.kind == "pattern":
        (pattern,) = question.words
        if "*" in pattern[:-1]:
            raise NotOfferedError
        return f'"{pattern[:-1]}"*'
    return f'"{" ".join(question.words)}"'
