"""What is held at most: a query with very many hits, a document of 250 MB, a folder of a million files.

Run as ``python -m bench bounds [hits] [document] [files] [--tokens 100] [--megabytes 250] [--files 1000000]``. Each
command is a process of its own, whose time and peak memory the system tells; this one stays small, since a
child's peak begins with its parent's. Nothing is left behind.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

LETTERS = ["the", "of", "a", "war", "peace", "bread", "land", "and"]

MAKE_HITS = """
import json, random, sys
tokens, words = int(sys.argv[1]), sys.argv[2].split()
draw = random.Random(1917)
# A text is drawn once and begun elsewhere each time: the hits are as many, and drawing takes no time.
pool = [draw.choice(words) + (".\\n" if i % 20 == 19 else "") for i in range(20_000)]
pool[::1000] = ["rare"] * 20
for number in range(tokens // 500):
    at = number * 7919 % 19_500
    text = " ".join(pool[at : at + 500]).replace(". ", ". T")
    print(json.dumps({"id": f"d{number}", "date": f"{1900 + number % 40}-{1 + number % 12:02}-01", "text": text}))
"""

MAKE_DOCUMENT = """
import json, random, sys
size, kind = int(sys.argv[1]), sys.argv[2]
letters = "абвгдежзийклмнопрстуфхцчшщыэюя" if kind == "cyrillic" else "abcdefghijklmnopqrstuvwxyz"
draw = random.Random(1917)
words = ["".join(draw.choices(letters, k=draw.randint(2, 9))) for _ in range(60_000)]
written, sentences = 0, []
while written < 4_000_000:
    sentence = " ".join(words[int(60_000 * draw.random() ** 4)] for _ in range(draw.randint(5, 40)))
    sentences.append(sentence.capitalize() + ". ")
    written += len(sentences[-1].encode())
block = "".join(sentences)
text = block * (size // written)
if kind == "emoji":
    text += "\\N{GRINNING FACE}"
with open(sys.argv[3], "w", encoding="utf-8") as file:
    json.dump({"id": "large", "date": "1917-11-07", "text": text}, file, ensure_ascii=False)
print(words[0], words[1], words[40_000])
"""

MAKE_FILES = """
import sys
from pathlib import Path
count, folder = int(sys.argv[1]), Path(sys.argv[2])
letters = "aeioubcdfg"
for number in range(count):
    if number % 1000 == 0:
        place = folder / f"{number // 1000:04}"
        place.mkdir(parents=True)
    day = f"19{number // 336 % 100:02}-{1 + number % 12:02}-{1 + number % 28:02}"
    name = "".join(letters[int(digit)] for digit in str(number % 5003))
    (place / f"{day}-{number}.txt").write_text(f"Peace and bread for {name}. No word of {name[::-1]} came, by night or day.")
"""


def measured(name: str, *command: str, quiet: bool = False) -> str:
    """Run a process, print how long it took and how much memory at most; what it printed.

    Memory is given twice: all that was resident, and of that the process's own, without pages of the index's
    files, which the system may take back at any time. The latter is looked at a hundred times a second.
    """
    began, own = time.perf_counter(), 0
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        process = subprocess.Popen(command, stdout=out, stderr=err)
        while True:
            ended, status, used = os.wait4(process.pid, os.WNOHANG)
            if ended:
                break
            own = max(own, own_memory(process.pid))
            time.sleep(0.01)
        process.returncode = os.waitstatus_to_exitcode(status)
        for file in (out, err):
            file.seek(0)
        printed, said = out.read(), err.read()
    if process.returncode:
        print(f"{name}: exit status {process.returncode}: {said[-400:]}", flush=True)
    elif not quiet:
        seconds, peak = time.perf_counter() - began, used.ru_maxrss / 1024
        print(
            f"{name:<44}{seconds:>8.1f} s {peak:>7,.0f} MiB {own / 1024:>7,.0f} MiB own   {_last(printed)}",
            flush=True,
        )
    return printed


def own_memory(process: int) -> int:
    """Kibibytes that are a process's own, not pages of files; 0 where the system does not say."""
    try:
        said = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in said.splitlines() if line.startswith("RssAnon")), 0)


def _last(printed: str) -> str:
    lines = printed.strip().splitlines()
    return "; ".join(line[:60] for line in lines[-1:])


def python(code: str, *arguments: str) -> tuple[str, ...]:
    """A Python process with this code."""
    return (sys.executable, "-c", code, *arguments)


def tendency(*arguments: str) -> tuple[str, ...]:
    """A command as it is typed."""
    return (sys.executable, "-m", "tendency.cli", *arguments)


def size_of(path: Path) -> float:
    """Megabytes of the files below a folder."""
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file()) / 1e6


def questions(index: str, rare: str, dense: str, other: str) -> None:
    """Every way to count and to read hits, of a rare word and of one that is nearly everywhere."""
    asked = (
        ("count, a rare word", "count", index, rare),
        ("count, nearly every word", "count", index, f"q={dense}"),
        ("count, two words anywhere", "count", index, f"q=({dense}) *"),
        ("count, by the day, two words", "count", index, f"q=({dense}) ({dense})", "--by", "day", "--csv"),
        ("count, a repetition", "count", index, f"cql: [word='{other}'] []{{0,4}} [word='{rare}']"),
        (
            "rank, near a word",
            "rank",
            index,
            f"a={dense}",
            f"b={other} *",
            "--near",
            other,
            "--by",
            "all",
            "--overlap",
            "--csv",
        ),
        (
            "aims",
            "aims",
            index,
            f"({dense}) *",
            "--aim",
            f"one={other}",
            "--aim",
            f"two={rare}",
            "--by",
            "all",
            "--csv",
        ),
        ("kwic, the first 20", "kwic", index, f"({dense}) *", "--limit", "20"),
        ("kwic, a sample of 20", "kwic", index, f"({dense}) *", "--limit", "20", "--order", "sample"),
        ("words", "words", index, "--csv", "--limit", "3"),
        ("words near", "words", index, dense, "--near", "5", "--csv", "--limit", "3"),
        ("words of the sentence", "words", index, other, "--near", "sentence", "--csv", "--limit", "3"),
    )
    for name, *command in asked:
        measured(name, *tendency(*command), quiet=False)


def hits(folder: Path, tokens: int) -> None:
    """Many hits: a text of eight words, asked for seven of them."""
    source, index = folder / "hits.jsonl", folder / "hits.index"
    with open(source, "w") as file:
        subprocess.run(python(MAKE_HITS, str(tokens), " ".join(LETTERS)), stdout=file, check=True)
    measured(f"add, {tokens / 1e6:g} M words", *tendency("add", str(index), str(source)))
    source.unlink()
    questions(str(index), "rare", " | ".join(LETTERS[:-1]), "peace")


def document(folder: Path, megabytes: int) -> None:
    """One large document: English letters, Cyrillic ones, and one character that makes Python hold four bytes for each."""
    for kind in ("ascii", "cyrillic", "emoji"):
        source, index = folder / "large.jsonl", folder / "large.index"
        shutil.rmtree(index, ignore_errors=True)
        told = measured("", *python(MAKE_DOCUMENT, str(megabytes * 1_000_000), kind, str(source)), quiet=True)
        frequent, other, rare = told.split()
        measured(
            f"add, a document of {source.stat().st_size / 1e6:.0f} MB, {kind}",
            *tendency("add", str(index), str(source)),
        )
        print(f"  {size_of(index):,.0f} MB of index", flush=True)
        if kind == "ascii":
            questions(str(index), rare, f"{frequent} | {other} | {frequent[0]}*", other)
            for format_ in ("jsonl", "vrt", "parquet"):
                measured(
                    f"export, {format_}",
                    *tendency(
                        "export", str(index), "--format", format_, "--out", str(folder / f"x.{format_}")
                    ),
                )
            measured("check", *tendency("check", str(index)))
            measured("rebuild", *tendency("rebuild", str(index)))
            measured("compact", *tendency("compact", str(index)))


def files(folder: Path, count: int) -> None:
    """A folder of very many small files."""
    texts, index = folder / "texts", folder / "files.index"
    room, inodes = shutil.disk_usage(folder).free, os.statvfs(folder).f_favail
    if inodes < 1.2 * count or room < 6_000 * count:
        sys.exit(
            f"{folder} has room for {inodes:,} files and {room:,} bytes; that is too little for {count:,} files."
        )
    measured("", *python(MAKE_FILES, str(count), str(texts)), quiet=True)
    measured(f"add, {count:,} files", *tendency("add", str(index), str(texts)))
    print(f"  {size_of(index):,.0f} MB of index", flush=True)
    measured("add again, nothing new", *tendency("add", str(index), str(texts)))
    for name, *command in (
        ("info", "info", str(index)),
        ("count by month", "count", str(index), "peace and bread", "--by", "month", "--csv"),
        ("count by document", "count", str(index), "bread", "--by", "document", "--csv"),
        ("kwic, the first 20", "kwic", str(index), "bread *", "--limit", "20"),
        ("kwic, a sample of 20", "kwic", str(index), "bread *", "--limit", "20", "--order", "sample"),
        ("words", "words", str(index), "--csv", "--limit", "3"),
        ("export, dfm", "export", str(index), "bread", "--format", "dfm", "--out", str(folder / "x.csv")),
        ("export, jsonl", "export", str(index), "--out", str(folder / "x.jsonl")),
        ("compact", "compact", str(index)),
        ("check", "check", str(index)),
    ):
        measured(name, *tendency(*command))


def main() -> None:
    """Measure what is named, or all."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", nargs="*", help="hits, document, files")
    parser.add_argument("--tokens", type=float, default=100, help="millions of words for hits")
    parser.add_argument("--megabytes", type=int, default=250, help="size of the document")
    parser.add_argument("--files", type=int, default=1_000_000, help="how many files")
    parser.add_argument("--folder", type=Path, help="where there is room; a temporary folder by default")
    asked = parser.parse_args()
    os.environ["TENDENCY_CACHE_SIZE"] = "0"
    with tempfile.TemporaryDirectory(dir=asked.folder) as name:
        folder = Path(name)
        for what, run in (
            ("hits", lambda: hits(folder, int(asked.tokens * 1e6))),
            ("document", lambda: document(folder, asked.megabytes)),
            ("files", lambda: files(folder, asked.files)),
        ):
            if what in asked.what or not asked.what:
                print(f"== {what}", flush=True)
                run()


if __name__ == "__main__":
    main()
