"""What is done to an index while file operations fail: each is called by name in a child process."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import random
import sys
from pathlib import Path
from typing import Any

from tendency.corpus import (
    Index,
    add,
    check,
    compact,
    iterate,
    join,
    lanes,
    rebuild,
    remove,
    repair,
    writer,
)
from tendency.corpus.container import Container
from tendency.corpus.manifest import read_manifest
from tendency.documents.dates import DateSpan
from tendency.documents.document import Document

WORDS = [
    "war",
    "War",
    "peace",
    "мир",
    "和平",
    "l'eau",
    "Republic",
    ".",
    ",",
    "the",
    "of",
    "a",
    "and",
    "bread\n\n",
    "land",
    "co-\nop",
]

QUERIES = ("war", "peace | bread", "the near/5 peace", "w*", '"the"%c []{0,2} "of"%c', "exact:War", "nothing")


def doc(id: str, text: str, day: int = 1, **fields: str) -> Document:  # noqa: A002
    """A document of one day in January 1917."""
    start = dt.date(1917, 1, day)
    return Document(id, DateSpan(start, start + dt.timedelta(days=1), start.isoformat()), text, fields)


def documents(low: int, high: int, version: int = 0) -> list[Document]:
    """Documents number ``low`` to ``high``; another version of one has another text."""
    found = []
    for i in range(low, high):
        text = " ".join(random.Random(f"{i} {version}").choices(WORDS, k=15 * (i % 7) + 3))
        found.append(doc(f"d{i}", text, day=i % 28 + 1, author=f"x{i % 3}", page=str(i)))
    return found


def small_segments(path: Path, held: list[Document]) -> object:
    """Add, each few documents in a segment of their own, as if memory were short."""
    batch, large = writer._MOST_IN_BATCH, lanes.Lane._too_large
    writer._MOST_IN_BATCH, lanes.Lane._too_large = 3, lambda self: True
    try:
        return add(path, held)
    finally:
        writer._MOST_IN_BATCH, lanes.Lane._too_large = batch, large


def warm_up(path: Path) -> None:
    """Load and compile whatever the operations need, so that a fork of this process has it."""
    import polars

    import tendency.api
    import tendency.cli.commands
    import tendency.measures

    # Threads do not survive a fork: what starts those of polars is left to the children.
    assert all((polars, tendency.api, tendency.cli.commands, tendency.measures))
    write_sources(path.parent)
    deeper = path.parent / "run" / "x.index"
    make(deeper)
    for name in ("check", "remove"):
        typed(deeper, name)


# The index before, and what is done to it.


def make(path: Path) -> None:
    """Two segments, a document of one removed; beside it a part to join with it, which shares documents with it."""
    add(path, documents(0, 5))
    add(path, documents(5, 9))
    remove(path, ids=["d2"])
    add(part_of(path), [*documents(7, 11), *documents(3, 5, version=1)])


def part_of(path: Path) -> Path:
    """The part that is joined with an index."""
    return path.with_name("part.index")


def keep_answers(path: Path) -> None:
    """Answers beside the index, of questions that are asked by :func:`reading`."""
    import tendency
    from tendency.tally import counting

    worth, counting.WORTH_KEEPING = counting.WORTH_KEEPING, -1.0
    try:
        for query in QUERIES[:2]:
            tendency.open(path).rates(query, by="day")
    finally:
        counting.WORTH_KEEPING = worth


def wound(path: Path) -> None:
    """Tokens and mask of one segment, a document's date in the other, and the map of terms."""
    manifest = read_manifest(path)
    one, two = (path / "segments" / entry.id for entry in manifest.segments)
    for file, section, at in ((one / "data", "tokens", 0), (two / "data", "start_day", 4)):
        _change(file, Container(file).sections[section].offset + at)
    next(one.glob("live-*")).unlink()
    assert manifest.terms_map is not None
    (path / manifest.terms_map.file).write_bytes(b"")


def _change(file: Path, at: int) -> None:
    content = bytearray(file.read_bytes())
    content[at] ^= 0xA5
    file.write_bytes(content)


def repairing(path: Path) -> dict[str, Any]:
    """Whatever is damaged mended; what was lost by it."""
    done = repair(path)
    return {
        "lost": [lost.id for lost in done.lost for _ in range(lost.documents)],
        "returned": done.returned,
        "damages": [str(damage) for damage in done.damages],
    }


def mending(path: Path) -> dict[str, Any]:
    """The same, with what the check says afterwards."""
    return {**repairing(path), **held(path)}


def adding(path: Path) -> None:
    """One more segment."""
    add(path, documents(9, 15))


def adding_segments(path: Path) -> None:
    """Several segments in one commit, and documents replaced in each of the earlier ones."""
    small_segments(path, [*documents(9, 18), *documents(3, 7, version=1)])


def replacing(path: Path) -> None:
    """Every document replaced, so that earlier segments go."""
    add(path, documents(0, 9, version=2))


def removing(path: Path) -> None:
    """Masks of two segments."""
    remove(path, ids=["d1", "d7"])


def removing_a_segment(path: Path) -> None:
    """A segment left without a live document."""
    remove(path, ids=["d5", "d6", "d7", "d8"])


def compacting(path: Path) -> None:
    """Both segments merged, the removed document dropped."""
    compact(path)


def compacting_now(path: Path) -> None:
    """The same, and the earlier files deleted at once."""
    compact(path, now=True)


def rebuilding(path: Path) -> None:
    """Every text cut into words again."""
    rebuild(path)


def creating(path: Path) -> None:
    """A new index."""
    add(path.with_name("new.index"), documents(0, 3))


def joining(path: Path) -> None:
    """A new index of two, one of which replaces documents of the other."""
    join([path, part_of(path)], path.with_name("new.index"))


# What is asked.


def held(path: Path) -> dict[str, Any]:
    """Fingerprint and contents, and what the check finds."""
    index = Index.open(path)
    contents = [[d.id, str(d.date), d.text, dict(d.fields)] for d in iterate(index)]
    damages = check(path)
    return {"fingerprint": index.fingerprint, "contents": contents, "damages": [str(d) for d in damages]}


def reading(path: Path) -> dict[str, Any]:
    """Everything that a user may ask of an index; an answer or the error for each, by name."""
    import tendency

    answers: dict[str, Any] = {}

    def ask(name: str, question: Any) -> None:
        try:
            answers[name] = repr(question())
        except tendency.TendencyError as error:
            answers[name] = [type(error).__name__, str(error)]

    def corpus() -> Any:
        return tendency.open(path)

    target = path.with_name(f"{path.name}.export.jsonl")

    def exported() -> str:
        corpus().export("jsonl", target)
        return target.read_text(encoding="utf-8")

    ask("info", lambda: {**vars_of(corpus().info()), "path": "", "segments": 0, "generation": 0, "bytes": 0})
    ask("export", exported)
    for query in QUERIES:
        ask(
            f"count {query}",
            lambda query=query: corpus().count({"q": query}, by="document", deadline=20).rows(),
        )
    ask(
        "years", lambda: corpus().count({q: q for q in QUERIES}, by="day", split="author", deadline=20).rows()
    )
    for query in QUERIES[:2]:
        ask(f"rates {query}", lambda query=query: corpus().rates(query, by="day", deadline=20).table.rows())
    ask("kwic", lambda: corpus().kwic(QUERIES[1], deadline=20))
    ask("kwic near", lambda: corpus().kwic(QUERIES[2], deadline=20))
    ask("where", lambda: corpus().where("page > 3").count({"q": "war"}, deadline=20).rows())
    ask("find", lambda: [Index.open(path).find(f"d{i}") is not None for i in range(10)])
    ask("suggest", lambda: corpus().suggest("peece"))
    ask("check", lambda: len(check(path)))
    if target.exists():
        target.unlink()
    return answers


def vars_of(record: Any) -> dict[str, Any]:
    """The fields of a record with slots or without."""
    import dataclasses

    return dataclasses.asdict(record)


def command(path: Path, arguments: list[str]) -> dict[str, Any]:
    """A command as it is typed: its exit status and what it prints."""
    from tendency.cli import main

    out, said = io.StringIO(), io.StringIO()
    status: Any = 0
    sys.argv = ["tendency", *arguments]
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(said):
        try:
            main()
        except SystemExit as ended:
            status = ended.code
    return {"status": status or 0, "out": out.getvalue(), "said": said.getvalue()}


# Operations that another release may not have.

OPERATIONS = ["adding", "adding_segments", "replacing", "removing", "removing_a_segment", "creating"]
OPERATIONS += ["compacting", "compacting_now", "rebuilding", "joining"]

MAKING = ("creating", "joining")
"""Those that make a new index, beside the one that is there."""

COMMANDS = {
    "add": ["add", "{index}", "{sources}"],
    "add to a new one": ["add", "{new}", "{sources}"],
    "remove": ["remove", "{index}", "--id", "d1", "--id", "d7"],
    "compact": ["compact", "{index}"],
    "compact --now": ["compact", "{index}", "--now"],
    "join": ["join", "{index}", "{part}", "--to", "{new}"],
    "rebuild": ["rebuild", "{index}"],
    "check": ["check", "{index}"],
    "info": ["info", "{index}"],
    "count": ["count", "{index}", "peace", "--by", "day"],
    "kwic": ["kwic", "{index}", "the near/5 peace"],
    "export": ["export", "{index}", "--format", "jsonl", "--out", "{out}"],
}
"""Commands as they are typed; the index that is written stands in a folder with what is added to it."""


def typed(path: Path, name: str) -> dict[str, Any]:
    """One of the commands."""
    places = {
        "index": path,
        "new": path.with_name("new.index"),
        "part": part_of(path),
        "sources": path.parents[1] / "sources.jsonl",
        "out": path.parents[1] / "out.jsonl",
    }
    return command(path, [argument.format(**places) for argument in COMMANDS[name]])


def write_sources(folder: Path) -> None:
    """What the commands add: new documents, and others in place of earlier ones."""
    import json

    rows = [
        {"id": d.id, "date": d.date.written, "text": d.text, **d.fields}
        for d in [*documents(9, 12), *documents(3, 6, version=1)]
    ]
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    (folder / "sources.jsonl").write_text("\n".join(lines), encoding="utf-8")
