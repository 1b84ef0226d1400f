"""Answers held against the truth."""

from __future__ import annotations

import csv
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.engine.asks import Ask

# What may be said of an answer, by its mark.
MARKS = {
    "": "exactly the hits that were printed",
    "d": "documents, not hits",
    "x": "sentence ends are not heeded",
    "p": "punctuation counts as a word, so that a comma inside a phrase parts it",
    "≠": "another number",
}

Counts = dict[str, int]


@dataclass(frozen=True)
class Truths:
    """The truth about one or more parts of a press, added up.

    Attributes:
        tokens: How many words.
        documents: How many documents.
        questions: Of each question its rows of ``truth.json``.
        forms: Of ``quarter``, ``rest`` and ``near`` the occurrences of each written form; empty where words are misread.
    """

    tokens: int
    documents: int
    questions: dict[str, list[dict[str, Any]]]
    forms: dict[str, Counter[str]]

    @classmethod
    def read(cls, folder: Path, *parts: str) -> Truths:
        """The truth about these parts of the press in a folder."""
        told = json.loads((folder / "truth.json").read_text("utf-8"))
        rows = [told[part] for part in parts]
        forms: dict[str, Counter[str]] = {"quarter": Counter(), "rest": Counter(), "near": Counter()}
        for part in parts:
            path = folder / ("words.csv" if part == "press" else f"words-{part}.csv")
            if path.exists():
                with path.open(encoding="utf-8", newline="") as file:
                    for row in csv.DictReader(file):
                        for name, counts in forms.items():
                            counts[row["form"]] += int(row[name])
        questions = {name: [row["questions"][name] for row in rows] for name in rows[0]["questions"]}
        return cls(sum(r["tokens"] for r in rows), sum(r["documents"] for r in rows), questions, forms)

    def total(self, question: str, what: str) -> int:
        """A number of a question, over all parts."""
        return sum(row[what] for row in self.questions[question])

    def months(self, question: str) -> Counter[str]:
        """The hits of a question by month."""
        found: Counter[str] = Counter()
        for row in self.questions[question]:
            found.update(row["by month"])
        return found


def judge(ask: Ask, told: dict[str, Any], truths: Truths) -> str:
    """The mark of an answer: a key of ``MARKS``, or two."""
    if ask.what == "count":
        return _count_mark(ask.questions[0].name, told, truths)
    if ask.what == "month":
        return _months_mark(ask.questions[0].name, told, truths)
    if ask.what == "months":
        (unit,) = told
        marks = {_months_mark(name, {unit: months}, truths) for name, months in told[unit].items()}
        return "".join(mark for mark in MARKS if any(mark and mark in own for own in marks))
    names = ("near",) if ask.what == "near" else ("quarter", "rest")
    folded = told.get("folded", False)
    return "" if all(_alike(told[name], truths.forms[name], folded) for name in names) else "≠"


def _count_mark(name: str, told: dict[str, Any], truths: Truths) -> str:
    documents = told.get("documents")
    if "hits" not in told:
        assert documents is not None
        return _documents_mark(name, documents, truths)
    if told["hits"] == truths.total(name, "hits"):
        return "" if documents in (None, truths.total(name, "documents")) else "≠"
    if told["hits"] == truths.total(name, "hits without punctuation inside"):
        return "p"
    return "x" if told["hits"] == truths.total(name, "hits across sentence ends") else "≠"


def _months_mark(name: str, told: dict[str, Any], truths: Truths) -> str:
    if "documents" in told:
        return _documents_mark(name, sum(told["documents"].values()), truths)
    found = {month: hits for month, hits in told["hits"].items() if hits}
    if found == {month: hits for month, hits in truths.months(name).items() if hits}:
        return ""
    return "p" if sum(found.values()) == truths.total(name, "hits without punctuation inside") else "≠"


def _documents_mark(name: str, documents: int, truths: Truths) -> str:
    if documents == truths.total(name, "documents"):
        return "d"
    return "dx" if documents == truths.total(name, "documents across sentence ends") else "d≠"


def _alike(told: Counts, truth: Counter[str], folded: bool) -> bool:
    """Whether two counts are alike; of a folded one the truth is folded too."""
    expected: Counter[str] = Counter()
    for form, count in truth.items():
        expected[form.lower() if folded else form] += count
    return {form: n for form, n in told.items() if n} == {form: n for form, n in expected.items() if n}
