"""tantivy, by its Python package: a search engine's inverted index with positions; it counts documents."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from bench.peers.peer import NotOfferedError, Peer, Session, Told, rows
from bench.press.questions import GAP, Question

_STORED = ("id", "date", "title", "author", "publication", "standpoint")
_MONTHS = 10_000


class Engine(Peer):
    """tantivy with stored text, its own tokeniser and as many threads as it chooses."""

    title = "tantivy"
    how_to_get = "pip install tantivy"

    def version(self) -> str | None:
        """The version, or None."""
        try:
            return version("tantivy")
        except PackageNotFoundError:
            return None

    def build(self, sources: Sequence[Path], at: Path) -> dict[str, Any]:
        """One commit, merges waited for."""
        import tantivy

        schema = tantivy.SchemaBuilder()
        for name in _STORED:
            schema.add_text_field(name, stored=True, tokenizer_name="raw", index_option="basic")
        schema.add_text_field("month", fast=True, tokenizer_name="raw", index_option="basic")
        schema.add_text_field("text", stored=True)
        at.mkdir(parents=True)
        self._write(tantivy.Index(schema.build(), path=str(at)), sources)
        return {}

    def add(self, sources: Sequence[Path], at: Path) -> None:
        """One more commit."""
        import tantivy

        self._write(tantivy.Index.open(str(at)), sources)

    def _write(self, index: Any, sources: Sequence[Path]) -> None:
        import tantivy

        writer = index.writer()
        for row in rows(sources):
            told = {name: row.get(name) or "" for name in _STORED}
            writer.add_document(tantivy.Document(**told, month=row["date"][:7], text=row["text"]))
        writer.commit()
        writer.wait_merging_threads()

    def open(self, at: Path) -> Session:
        """A searcher."""
        return Asked(at)


class Asked(Session):
    """An index of tantivy's."""

    def __init__(self, at: Path) -> None:
        import tantivy

        self.index = tantivy.Index.open(str(at))
        self.index.reload()
        self.searcher = self.index.searcher()

    def count(self, question: Question) -> Told:
        """Documents."""
        found = self.searcher.search(self._query(question), limit=1, count=True).count
        return lambda: {"documents": found}

    def by_month(self, question: Question) -> Told:
        """Documents, by an aggregation."""
        asked = {"months": {"terms": {"field": "month", "size": _MONTHS}}}
        found = self.searcher.aggregate(self._query(question), asked)
        return lambda: {"documents": {b["key"]: b["doc_count"] for b in found["months"]["buckets"]}}

    def _query(self, question: Question) -> Any:
        from tantivy import Query

        schema, words = self.index.schema, list(question.words)
        if question.kind == "word":
            return Query.term_query(schema, "text", words[0])
        if question.kind == "phrase":
            return Query.phrase_query(schema, "text", words)
        if question.kind == "before":
            return Query.phrase_query(schema, "text", words, slop=GAP)
        if question.kind == "pattern":
            return Query.regex_query(schema, "text", words[0].replace("*", ".*"))
        raise NotOfferedError
