"""The truth about a press by a plain reading of its files: slow, and written without a look at the generator's numbers."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

WORD = re.compile(r"[A-Za-z]+")
SENTENCE = re.compile(r"[^.]*\.”?")


def sentences(text: str) -> list[list[str]]:
    """The words of each sentence as written: only a full stop ends one."""
    return [WORD.findall(part) for part in SENTENCE.findall(text)]


def documents(folder: Path) -> list[dict[str, Any]]:
    """Every line of every file, in order."""
    return [
        json.loads(line)
        for path in sorted(folder.glob("*.jsonl"))
        for line in path.read_text("utf-8").splitlines()
    ]


def starts(kind: str, asked: list[str], words: list[str]) -> list[int]:
    """Where hits of a question begin among words that nothing parts."""
    words = [word.lower() for word in words]
    if kind == "pattern":
        pattern = re.compile(asked[0].replace("*", ".*"))
        return [n for n, word in enumerate(words) if pattern.fullmatch(word)]
    if kind == "before":
        return [n for n, word in enumerate(words) if word == asked[0] and asked[1] in words[n + 1 : n + 7]]
    return [n for n in range(len(words)) if words[n : n + len(asked)] == asked]


def answer(kind: str, asked: list[str], held: list[dict[str, Any]]) -> dict[str, Any]:
    """What ``truth.json`` says of a question."""
    months: Counter[str] = Counter()
    across = within = torn = whole = 0
    spaced = re.compile(rf"(?i)(?<![a-z]){' '.join(asked)}(?![a-z])")
    for document in held:
        parts = sentences(document["text"])
        hits = sum(len(starts(kind, asked, part)) for part in parts)
        months[document["date"][:7]] += hits
        within += hits > 0
        anywhere = len(starts(kind, asked, [word for part in parts for word in part]))
        across += anywhere
        torn += anywhere > 0
        whole += len(spaced.findall(document["text"])) if kind == "phrase" else hits
    return {
        "kind": kind,
        "words": asked,
        "hits": sum(months.values()),
        "documents": within,
        "hits across sentence ends": across,
        "documents across sentence ends": torn,
        "hits without punctuation inside": whole,
        "by month": dict(sorted(months.items())),
    }


def near(word: str, window: int, held: list[dict[str, Any]]) -> Counter[str]:
    """The written forms in the same sentence as a word and at most so many words away, each place once."""
    found: Counter[str] = Counter()
    for document in held:
        for words in sentences(document["text"]):
            hits = [n for n, own in enumerate(words) if own.lower() == word]
            found.update(
                own
                for n, own in enumerate(words)
                if n not in hits and any(abs(n - hit) <= window for hit in hits)
            )
    return found


def forms(held: list[dict[str, Any]]) -> Counter[str]:
    """How often each form is written."""
    return Counter(word for document in held for word in WORD.findall(document["text"]))
