"""Tendency: built by its command line, asked by its Python interface."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.peers.peer import Peer, Session, Told
from bench.press.questions import GAP, Question

if TYPE_CHECKING:
    import polars as pl

    from tendency.corpus.term_counts import TermCounts


class Engine(Peer):
    """Our engine."""

    title = "Tendency"
    how_to_get = "pip install ."

    def version(self) -> str | None:
        """The version, or None."""
        if importlib.util.find_spec("tendency") is None:
            return None
        import tendency

        return tendency.__version__

    def build(self, sources: Sequence[Path], at: Path) -> dict[str, Any]:
        """The command ``tendency add``, and how long of it the files were flushed to the disk."""
        from tendency.cli import main

        sys.argv = ["tendency", "add", str(at), *map(str, sources)]
        with _flushes() as flushed, contextlib.redirect_stdout(sys.stderr):
            try:
                main()
            except SystemExit as end:  # the command line ends the process when it is done, well or ill
                if end.code:
                    raise
        return {"flushing": sum(flushed)}

    def add(self, sources: Sequence[Path], at: Path) -> None:
        """``tendency.add``."""
        import tendency as td

        td.add(at, sources)

    def open(self, at: Path) -> Session:
        """``tendency.open``."""
        return Asked(at)


class Asked(Session):
    """An index of ours."""

    def __init__(self, at: Path) -> None:
        import tendency as td

        self.press = td.open(at)

    def count(self, question: Question) -> Told:
        """Hits of each document, added up."""
        from tendency.corpus import counts_by_document

        found = counts_by_document(self.press.index, [self.press.query(query(question))])
        hits = sum(int(counts.sum()) for counts in found)
        return lambda: {"hits": hits, "documents": sum(int((counts > 0).sum()) for counts in found)}

    def by_month(self, question: Question) -> Told:
        """The public table, with rates and intervals."""
        table = self.press.count(query(question), by="month")
        return lambda: {"hits": _months(table)}

    def all_by_month(self, questions: Sequence[Question]) -> Told:
        """The public table of all."""
        table = self.press.count({q.name: query(q) for q in questions}, by="month")

        def tell() -> dict[str, Any]:
            return {"hits": {q.name: _months(table.filter(query=q.name)) for q in questions}}

        return tell

    def collocates(self, word: str, window: int) -> Told:
        """Counts of all forms near the word."""
        from tendency.corpus.term_counts import count_near

        index = self.press.index
        found = count_near(index, self.press.query(word), self.press.selection.masks, window=window)
        return lambda: {"near": self._forms(found, 0)}

    def words(self, standpoint: str) -> Told:
        """Counts of all forms in two sets of documents."""
        from tendency.corpus.term_counts import count_terms

        parts = [self.press.where(f"standpoint {sign} '{standpoint}'") for sign in ("=", "<>")]
        found = count_terms(self.press.index, [part.selection.masks for part in parts])
        return lambda: {"quarter": self._forms(found, 0), "rest": self._forms(found, 1)}

    def _forms(self, found: TermCounts, number: int) -> dict[str, int]:
        forms = self.press.index.terms.forms
        counts = found.counts[number]
        return {forms.utf8(int(term)).decode(): int(counts[term]) for term in counts.nonzero()[0]}


def query(question: Question) -> str:
    """The question in our query language."""
    if question.kind == "before":
        first, second = question.words
        return f'[form="{first}"] []{{0,{GAP}}} [form="{second}"]'
    return " ".join(question.words)


def _months(table: pl.DataFrame) -> dict[str, int]:
    rows = table.select("start", "hits").iter_rows()
    return {f"{start:%Y-%m}": hits for start, hits in rows if hits}


@contextlib.contextmanager
def _flushes() -> Any:
    """The seconds of each ``fsync``."""
    seconds: list[float] = []
    fsync = os.fsync

    def timed(file: int) -> None:
        began = time.perf_counter()
        fsync(file)
        seconds.append(time.perf_counter() - began)

    os.fsync = timed
    try:
        yield seconds
    finally:
        os.fsync = fsync
