"""Our engine and its peers on the same text in the same run, as one table: ``python -m bench engine --tokens 10M``.

Every answer is held against the truth; where one of ours is not exactly it, the exit status is 1.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gzip
import json
import os
import shlex
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.engine import asks
from bench.engine.children import ROOT
from bench.engine.contenders import Contender, contenders
from bench.engine.judging import Truths
from bench.engine.machine import commit, described
from bench.engine.measuring import GROWN, Corpus, Results, Trial, warmed
from bench.engine.scale import scale
from bench.engine.table import legend, table
from bench.peers import NAMES, OURS, peer
from bench.press.writing import Press, size, write

_NEWSPAPERS = "newspapers-1916-11-12.jsonl.gz"
_MISREAD = 0.1

_TARGETS = {
    "build without the flush to the disk": "≤ 9 s",
    "peak memory": "≤ 1 GiB + 4 × the largest document",
    "disk": "≤ 8.5",
    "grow": "≤ 2 %",
    "start": "≤ 0.7 s",
}


def main() -> None:
    """Measure, print, and fail where ours is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tokens", type=size, default=size("10M"), help="words of the press, as 10M or 105M")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--press", type=Path, help="a press that bench.press has written, instead of a new one"
    )
    parser.add_argument(
        "--peers", default=",".join(NAMES[1:]), help="which, separated by commas; empty for none"
    )
    parser.add_argument(
        "--python",
        action="append",
        default=[],
        metavar="NAME=PATH",
        help="the interpreter of a peer that has an environment of its own",
    )
    parser.add_argument("--builds", type=int, default=1, help="the quickest of so many builds counts")
    parser.add_argument("--no-newspapers", action="store_true", help="leave the real pages out")
    parser.add_argument(
        "--misread", action="store_true", help="also a press of so many words with 10 %% misread"
    )
    parser.add_argument(
        "--data", type=Path, help="where the newspapers are; else TENDENCY_DATA, else ../shared/data"
    )
    parser.add_argument("--keep", type=Path, help="write texts and indexes there, and leave the texts")
    parser.add_argument("--scale", help="ours alone at several sizes instead, as 10M,100M,1000M")
    parser.add_argument("--to", type=Path, help="write the table into this file too")
    asked = parser.parse_args()
    load = f"{os.getloadavg()[0]:.1f}"
    pythons = dict(pair.split("=", 1) for pair in asked.python)
    names = [name for name in asked.peers.split(",") if name]
    unknown = {*names, *pythons} - set(NAMES)
    if unknown:
        parser.error(f"there is no peer {', '.join(sorted(unknown))}; there are {', '.join(NAMES[1:])}")
    with tempfile.TemporaryDirectory() as temporary:
        folder = asked.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        if asked.scale:
            sizes = [size(text) for text in asked.scale.split(",")]
            body, wrong = scale(sizes, asked.seed, folder, told, keep=asked.keep is not None)
        else:
            engines, absent = contenders(names, pythons)
            body, wrong = compare(asked, engines, absent, folder)
    page = "\n".join([*_heading(load), *body])
    print(page, end="")
    if asked.to:
        asked.to.write_text(page, encoding="utf-8")
    for sentence in wrong:
        print(f"WRONG: {sentence}", file=sys.stderr)
    sys.exit(bool(wrong))


def compare(
    asked: argparse.Namespace, engines: Sequence[Contender], absent: list[str], folder: Path
) -> tuple[list[str], list[str]]:
    """The tables of all corpora, and what is wrong in ours."""
    press = asked.press or folder / f"press-{asked.tokens}"
    printed(Press(asked.tokens, asked.seed), press, given=asked.press is not None)
    told("every engine once on a few documents")
    warmed(engines, press / "more/001.jsonl", asks.PRESS, folder)
    truths = Truths.read(press, "press")
    corpus = Corpus(
        "of-press",
        sorted((press / "press").glob("*.jsonl")),
        asks.PRESS,
        asks.AGAIN,
        truths,
        sorted((press / "more").glob("*.jsonl")),
        Truths.read(press, "press", "more"),
        _TARGETS,
    )
    versions = ", ".join(f"{one.engine.title} {one.version}" for one in engines)
    body = [f"{versions}.", *absent]
    body += ["In parentheses a figure over that of Tendency's first column: above 1 ours is better.", ""]
    results = Trial(corpus, folder, asked.builds, told).run(engines)
    body += _section("The press", results, "target at 105 M")
    body += [legend(results.rows.values()), ""]
    wrong = list(results.wrong)
    if asked.misread:
        body += _misread(asked, engines, folder, wrong)
    if not asked.no_newspapers:
        body += _newspapers(asked, engines, folder)
    return body, wrong


def printed(press: Press, folder: Path, *, given: bool = False) -> None:
    """The press in a folder, written unless it is there already."""
    truth = folder / "truth.json"
    if truth.exists():
        held = json.loads(truth.read_text("utf-8"))
        if given or (held["asked"], held["seed"], held["misread"]) == (
            press.tokens,
            press.seed,
            press.misread,
        ):
            return
    elif given:
        sys.exit(f"{folder} holds no press: write one with python -m bench.press --to {folder}")
    told(f"printing {press.tokens:,} words")
    write(press, folder, os.cpu_count() or 1)


def told(what: str) -> None:
    """Progress, on standard error."""
    print(f"{dt.datetime.now():%H:%M:%S} {what}", file=sys.stderr, flush=True)


def _misread(
    asked: argparse.Namespace, engines: Sequence[Contender], folder: Path, wrong: list[str]
) -> list[str]:
    press = folder / f"misread-{asked.tokens}"
    printed(Press(asked.tokens, asked.seed, _MISREAD), press)
    truths = Truths.read(press, "press")
    sources = sorted((press / "press").glob("*.jsonl"))
    corpus = Corpus("of-misread", sources, asks.MISREAD, asks.MISREAD[1], truths)
    some = [one for one in engines if one.name in (OURS, "tantivy")]
    results = Trial(corpus, folder, 1, told).run(some)
    wrong += results.wrong
    return _section("The press, a tenth of its longer words misread", results, "target at 5 M forms")


def _newspapers(asked: argparse.Namespace, engines: Sequence[Contender], folder: Path) -> list[str]:
    data = asked.data or Path(os.environ.get("TENDENCY_DATA", ROOT.parent / "shared/data"))
    packed = data / _NEWSPAPERS
    if not packed.exists():
        return [f"The newspapers were not measured: {packed.name} is not in the folder of --data.", ""]
    # Unpacking is not to be timed.
    source = folder / packed.stem
    with gzip.open(packed) as file, source.open("wb") as unpacked:
        shutil.copyfileobj(file, unpacked)
    targets = {"build": "≥ 3 × tantivy's rate", "disk": "≤ 11"}
    corpus = Corpus("of-news", [source], asks.NEWSPAPERS, asks.NEWS_AGAIN, targets=targets)
    results = Trial(corpus, folder, asked.builds, told).run(engines)
    body = _section("Front pages of newspapers, raw OCR", results, "target")
    return [*body, "What is in these pages nobody knows: what each engine found stands in brackets.", ""]


def _section(title: str, results: Results, target: str) -> list[str]:
    columns = {OURS: peer(OURS).title, GROWN: "after 100 daily adds"}
    columns |= {name: peer(name).title for name in NAMES[1:]}
    rows, fresh = list(results.rows.values()), list(results.fresh.values())
    fresh_columns = {name: text for name, text in columns.items() if name != GROWN}
    return [
        f"## {title}: {results.held}",
        "",
        *table(rows, columns, OURS, target),
        "",
        *(line for note in results.notes for line in (note, "")),
        "The first answer of a fresh process, opening included, its start not:",
        "",
        *table(fresh, fresh_columns, OURS),
        "",
    ]


def _heading(load: str) -> list[str]:
    command = f"python -m bench engine {shlex.join(sys.argv[1:])}".rstrip()
    return [
        f"{dt.date.today():%-d %B %Y}, commit {commit()}, `{command}`.",
        f"{described()}.",
        f"Load of the machine {load} before and {os.getloadavg()[0]:.1f} after; this run alone makes 1 to 2.",
    ]


if __name__ == "__main__":
    main()
