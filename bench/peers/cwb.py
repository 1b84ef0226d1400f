"""The Corpus Workbench, by its own programs; it counts hits, of text that was cut into words and sentences for it."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TextIO
from xml.sax.saxutils import quoteattr

from bench.peers.peer import Peer, Session, Told, rows
from bench.press.questions import GAP, Question

_PROGRAMS = ("cwb-encode", "cwb-makeall", "cwb-huffcode", "cwb-compress-rdx", "cwb-scan-corpus", "cqp")
_CORPUS = "PRESS"
_FIELDS = ("id", "month", "standpoint")

# The press ends its sentences with full stops and nothing else.
_TOKEN = re.compile(r"\w+|[^\w\s]")


class Engine(Peer):
    """CWB and CQP."""

    title = "CWB"
    how_to_get = (
        f"build it from its source and put {', '.join(_PROGRAMS[:-1])} and {_PROGRAMS[-1]} on the PATH"
    )

    def version(self) -> str | None:
        """What ``cqp -v`` says, or None where a program is missing."""
        if not all(map(shutil.which, _PROGRAMS)):
            return None
        told = subprocess.run(["cqp", "-v"], capture_output=True, text=True, check=False).stdout
        found = re.search(r"\d+(?:\.\d+)+", told)
        return found[0] if found else "of unknown version"

    def prepare(self, sources: Sequence[Path], folder: Path) -> list[Path]:
        """Vertical text with sentences: CWB cuts no words itself."""
        folder.mkdir(parents=True)
        path = folder / "press.vrt"
        with path.open("w", encoding="utf-8") as file:
            for row in rows(sources):
                _write_text(file, {**row, "month": row["date"][:7]})
        return [path]

    def build(self, sources: Sequence[Path], at: Path) -> dict[str, Any]:
        """Encoded, indexed and compressed, as its manual advises; what the compressed files replace is deleted."""
        data, registry = at / "data", at / "registry"
        data.mkdir(parents=True)
        registry.mkdir()
        name = _CORPUS.lower()
        fields = "+".join(("0", *_FIELDS))
        _run(
            "cwb-encode",
            "-d",
            data,
            "-f",
            sources[0],
            "-R",
            registry / name,
            "-xsB",
            "-c",
            "utf8",
            "-S",
            "s:0",
            "-S",
            f"text:{fields}",
        )
        _run("cwb-makeall", "-r", registry, _CORPUS)
        _run("cwb-huffcode", "-r", registry, "-A", _CORPUS)
        _run("cwb-compress-rdx", "-r", registry, "-A", _CORPUS)
        for replaced in ("word.corpus", "word.corpus.rev", "word.corpus.rdx"):
            (data / replaced).unlink(missing_ok=True)
        return {}

    def open(self, at: Path) -> Session:
        """A CQP that waits for commands."""
        return Asked(at)


class Asked(Session):
    """A running CQP."""

    def __init__(self, at: Path) -> None:
        self.registry = at / "registry"
        self.cqp = subprocess.Popen(
            ["cqp", "-c", "-r", str(self.registry)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._say(f"{_CORPUS}; set MatchingStrategy shortest; set AutoShow off; set PrettyPrint off")

    def count(self, question: Question) -> Told:
        """Hits."""
        found = self._say(f"A = {query(question)}; size A")
        return lambda: {"hits": int(found.split()[-1])}

    def by_month(self, question: Question) -> Told:
        """Hits, grouped by a text's attribute."""
        with tempfile.NamedTemporaryFile("r", suffix=".txt") as file:
            self._say(f'A = {query(question)}; group A match text_month > "{file.name}"')
            lines = file.read().splitlines()
        return lambda: {"hits": {month: int(n) for month, n in map(str.split, lines)}}

    def words(self, standpoint: str) -> Told:
        """A scan of all words with the standpoint of their text."""
        told = _run("cwb-scan-corpus", "-r", self.registry, _CORPUS, "word", "text_standpoint")

        def tell() -> dict[str, Any]:
            sides: tuple[dict[str, int], dict[str, int]] = ({}, {})
            for line in told.splitlines():
                count, word, own = line.split("\t")
                if word[0].isalnum():
                    side = sides[own == standpoint]
                    side[word] = side.get(word, 0) + int(count)
            return {"quarter": sides[1], "rest": sides[0]}

        return tell

    def _say(self, commands: str) -> str:
        """What CQP answers: with ``-c`` it marks the end of its answers when told ``.EOL.``."""
        assert self.cqp.stdin is not None
        assert self.cqp.stdout is not None
        self.cqp.stdin.write(f"{commands};\n.EOL.;\n")
        self.cqp.stdin.flush()
        lines = []
        for line in self.cqp.stdout:
            if line.startswith("-::-EOL-::-"):
                break
            lines.append(line)
        return "".join(lines)


def query(question: Question) -> str:
    """The question in CQP's language."""
    if question.kind == "pattern":
        return f'"{question.words[0].replace("*", ".*")}"%c'
    words = [f'"{word}"%c' for word in question.words]
    if question.kind == "before":
        return f"{words[0]} []{{0,{GAP}}} {words[1]} within s"
    return " ".join(words) + " within s"


def _write_text(file: TextIO, row: dict[str, str]) -> None:
    attributes = "".join(f" {name}={quoteattr(row.get(name) or '')}" for name in _FIELDS)
    file.write(f"<text{attributes}>\n")
    open_ = False
    for token in _TOKEN.findall(row["text"]):
        if not open_:
            file.write("<s>\n")
            open_ = True
        file.write(f"{token}\n" if token not in "<>&" else "_\n")
        if token == ".":
            file.write("</s>\n")
            open_ = False
    file.write("</s>\n</text>\n" if open_ else "</text>\n")


def _run(program: str, *arguments: str | Path) -> str:
    return subprocess.run([program, *map(str, arguments)], check=True, capture_output=True, text=True).stdout
