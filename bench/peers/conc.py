"""Conc, a Python library for corpora; it counts hits, and loads the corpus into memory to do so."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from bench.peers.peer import NotOfferedError, Peer, Session, Told, rows, sources_of
from bench.press.questions import Question

_PARTS = ("all", "quarter", "rest")


class Engine(Peer):
    """Conc with an empty English pipeline of spaCy: of spaCy's models it needs the tokeniser alone."""

    title = "Conc"
    how_to_get = (
        "pip install conc into an environment of its own, since it asks for one release of polars and for JupyterLab; "
        "then --python conc=THAT/bin/python"
    )
    largest = 15_000_000

    def version(self) -> str | None:
        """The version, or None."""
        try:
            return version("conc")
        except PackageNotFoundError:
            return None

    def prepare(self, sources: Sequence[Path], folder: Path) -> list[Path]:
        """CSV files, which are what it reads: of all, and of the two sides that are compared."""
        folder.mkdir(parents=True)
        paths = [folder / f"{part}.csv" for part in _PARTS]
        _write(paths[0], rows(sources))
        _write(paths[1], (row for row in rows(sources) if row.get("standpoint") == "opposition"))
        _write(paths[2], (row for row in rows(sources) if row.get("standpoint") != "opposition"))
        return paths

    def build(self, sources: Sequence[Path], at: Path) -> dict[str, Any]:
        """The corpus of all documents."""
        _build(sources[0], at)
        return {}

    def open(self, at: Path) -> Session:
        """The corpus, loaded."""
        return Asked(at)


class Asked(Session):
    """A corpus of Conc's."""

    def __init__(self, at: Path) -> None:
        self.at = at
        self.corpus = _load(at, "all")
        self.sides: list[Any] = []

    def ready(self, what: str) -> None:
        """Keywords need two corpora, made and loaded beforehand."""
        if what == "words":
            for part in _PARTS[1:]:
                if not (self.at / f"{part}.corpus").exists():
                    _build(sources_of(self.at) / f"{part}.csv", self.at)
            self.sides = [_load(self.at, part) for part in _PARTS[1:]]

    def count(self, question: Question) -> Told:
        """Hits, as its concordance counts them."""
        if question.kind not in ("word", "phrase"):
            raise NotOfferedError
        from conc.conc import Conc

        found = Conc(self.corpus).concordance(" ".join(question.words), page_size=1)
        return lambda: {"hits": found.summary_data.get("total_count", 0)}

    def collocates(self, word: str, window: int) -> Told:
        """Its table of collocates."""
        from conc.conc import Conc

        table = (
            Conc(self.corpus)
            .collocates(word, context_length=window, min_collocate_frequency=1, page_size=0)
            .to_frame()
        )
        return lambda: {
            "near": dict(table.select("token", "collocate_frequency").iter_rows()),
            "folded": True,
        }

    def words(self, standpoint: str) -> Told:
        """Its table of keywords, which leaves out what only the rest has."""
        from conc.conc import Conc

        conc = Conc(self.sides[0])
        conc.set_reference_corpus(self.sides[1])
        table = conc.keywords(page_size=0, exclude_negative_keywords=False).to_frame()
        return lambda: {
            "quarter": dict(table.select("token", "frequency").iter_rows()),
            "rest": dict(table.select("token", "frequency_reference").iter_rows()),
            "folded": True,
        }


def _write(path: Path, documents: Iterable[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("id", "date", "text"))
        writer.writerows((row["id"], row["date"], row["text"]) for row in documents)


def _build(source: Path, at: Path) -> None:
    _blank_corpus()(name=source.stem).build_from_csv(
        source_path=str(source),
        save_path=str(at),
        text_column="text",
        metadata_columns=["id", "date"],
    )


def _load(at: Path, part: str) -> Any:
    return _blank_corpus()().load(str(at / f"{part}.corpus"))


def _blank_corpus() -> Any:
    """Conc's class, made to take an empty pipeline for the trained one that it loads and switches off."""
    import spacy
    from conc import corpus

    def load(_: str) -> Any:
        pipeline = spacy.blank("en")
        pipeline.disable_pipes = lambda names: None
        return pipeline

    corpus.spacy.load = load
    return corpus.Corpus
