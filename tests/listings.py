"""Everything that can be asked of an index, as bytes."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable
from concurrent.futures import Executor
from pathlib import Path

import orjson
import polars as pl

import tendency as td
from tendency.dossier import answer, read_dossier
from tendency.report.data import write_data
from tendency.report.write import _machine_readable

WAR = "war | w?r | lemma:war"
ITEMS = {"war": "war*", "peace": "peace | мир", "bread": "bread"}

DOSSIER = """
title = "War"
corpus = "x"
log = false
period = "{period}"
[standpoints]
left = "faction = 'left'"
early = "date < '1917-01-15'"
[[slogan]]
name = "War"
query = "war | wars"
aims = {{ "bread" = "bread", "peace" = "peace | land" }}
split = "standpoint"
[[ranking]]
name = "Named"
items = {{ "war" = "war*", "peace" = "peace", "bread" = "bread" }}
near = "the"
within = 8
"""

Question = Callable[[td.Corpus], "pl.DataFrame | str"]

QUESTIONS: dict[str, Question] = {
    "count": lambda c: c.count([WAR, "the * peace", "cql: 'war'%c []{0,3} 'bread'"], split="faction"),
    **{
        f"count by {by}": lambda c, by=by: c.count(ITEMS, by=by)  # type: ignore[misc]
        for by in ("all", "day", "week", "month", "quarter", "year", "decade", "document")
    },
    "rates": lambda c: c.rates(ITEMS, by="day", cluster=["paper", "day"]).table,
    "rates by filters": lambda c: (
        c.rates(
            "war", by="week", split={"left": "faction = 'left'", "paged": "page > 3"}, cluster="document"
        ).table
    ),
    "not datable": lambda c: c.rates("war", by="day").undated,
    "rank": lambda c: c.rank(ITEMS, by="month", split="paper").table,
    "rank near": lambda c: c.rank(ITEMS, near="the", within=4, by="all", overlap=True).table,
    "aims": lambda c: c.aims(WAR, {"bread": "bread", "order": "peace | land"}, by="month").table,
    "kwic": lambda c: c.kwic("the *", limit=9).table,
    "kwic, all": lambda c: c.kwic("war :: faction = 'left'", limit=10_000, width=20).table,
    "sample": lambda c: c.kwic("war | bread", limit=7, order="sample", seed=4).table,
    "words": lambda c: c.words(),
    "words, folded": lambda c: c.words(fold=True, min_count=2, limit=9),
    "words near": lambda c: c.words("war", near=3),
    "words of the sentence": lambda c: c.words("the | war", near="sentence", limit=12),
    "features": lambda c: c.document_features(ITEMS),
    "where": lambda c: c.where("faction = 'left' OR page > 5").count(ITEMS, by="month"),
    "between": lambda c: c.between("1917-01-05", "1917-01-20").count("lemma:be"),
    "suggest": lambda c: c.suggest("warr"),
    "suggest in a phrase": lambda c: c.suggest("the pease"),
    "suggest a lemma": lambda c: c.suggest("lemma:breads"),
    "spellings": lambda c: str(c.query("war* | lemma:be").spellings(c.index, 8)),
    "info": lambda c: str(dataclasses.replace(c.info(), path=Path(), segments=0, generation=0, bytes=0)),
}


def listings(path: Path, executor: Executor | str | None = None) -> dict[str, bytes]:
    """The answer to each question, as bytes."""
    return listings_of(td.open(path, executor=executor))


def listings_of(corpus: td.Corpus, *, few: bool = False) -> dict[str, bytes]:
    """The same of an index that is open; to every seventh question where few will do."""
    return {name: _bytes(QUESTIONS[name], corpus) for name in list(QUESTIONS)[:: 7 if few else 1]}


def exports(path: Path, folder: Path, executor: Executor | str | None = None) -> dict[str, bytes]:
    """Each kind of file that an index is exported as."""
    corpus = td.open(path, executor=executor)
    for format_ in ("jsonl", "parquet", "vrt"):
        corpus.export(format_, folder / f"all.{format_}")
    corpus.export("dfm", folder / "dfm.csv", ITEMS)
    return _files(folder)


def answers(path: Path, folder: Path, period: str, executor: Executor | None = None) -> dict[str, bytes]:
    """What a report says, for machines: its claims and its data; or the sentence that it can say nothing."""
    dossier = folder / "dossier.toml"
    dossier.write_text(DOSSIER.format(period=period), encoding="utf-8")
    try:
        found = answer(read_dossier(dossier), corpus=path, executor=executor)
    except td.TendencyError as error:
        return {"answers.json": str(error).replace(str(folder), "").encode()}
    write_data(found, folder)
    said = orjson.dumps(_machine_readable(found, []), option=orjson.OPT_INDENT_2)
    return {**_files(folder), "answers.json": said}


def _bytes(ask: Question, corpus: td.Corpus) -> bytes:
    """The answer, or the sentence that there can be none."""
    try:
        found = ask(corpus)
    except td.TendencyError as error:
        return str(error).encode()
    return found.encode() if isinstance(found, str) else found.write_ndjson().encode()


def _files(folder: Path) -> dict[str, bytes]:
    """The files of a folder, which is empty afterwards."""
    held = {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}
    shutil.rmtree(folder)
    folder.mkdir()
    return held
