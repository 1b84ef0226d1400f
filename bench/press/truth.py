"""What is in the press, counted from its numbers: the answers that every engine is held to."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
from bench.press.batch import Batch, ranges
from bench.press.lines import written
from bench.press.papers import QUARTER, STANDPOINTS
from bench.press.questions import GAP, QUESTIONS, WINDOW, WORD, Question
from bench.press.vocabulary import Vocabulary, vocabulary
from numpy.typing import NDArray

from tendency.specimen.draws import Integers

Places = Integers


@dataclass
class Answer:
    """The true answer to a question.

    Attributes:
        hits: By month.
        documents: How many have a hit.
        across: Hits of a phrase when ends of sentences are not heeded.
        documents_across: How many documents have one of those.
        unbroken: Hits without a comma or a quotation mark inside, which are all where punctuation is taken for a word.
    """

    hits: Counter[str] = field(default_factory=Counter)
    documents: int = 0
    across: int = 0
    documents_across: int = 0
    unbroken: int = 0

    def __iadd__(self, other: Answer) -> Answer:
        self.hits.update(other.hits)
        self.documents += other.documents
        self.across += other.across
        self.documents_across += other.documents_across
        self.unbroken += other.unbroken
        return self

    def as_row(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "hits": self.hits.total(),
            "documents": self.documents,
            "hits across sentence ends": self.across,
            "documents across sentence ends": self.documents_across,
            "hits without punctuation inside": self.unbroken,
            "by month": dict(sorted(self.hits.items())),
        }


@dataclass
class Truth:
    """What some batches hold; truths add up.

    Attributes:
        documents: By standpoint.
        tokens: By standpoint.
        sentences: In all.
        months: Tokens by month.
        answers: By the name of the question.
        forms: Occurrences of each written form, int64 of shape (3, written forms): in the quarter, in the rest, and in
            the same sentence as the collocates' word, at most ``WINDOW`` words away. None where words are misread.
    """

    documents: Counter[str] = field(default_factory=Counter)
    tokens: Counter[str] = field(default_factory=Counter)
    sentences: int = 0
    months: Counter[str] = field(default_factory=Counter)
    answers: dict[str, Answer] = field(default_factory=lambda: {q.name: Answer() for q in QUESTIONS})
    forms: NDArray[np.int64] | None = None

    def __iadd__(self, other: Truth) -> Truth:
        self.documents.update(other.documents)
        self.tokens.update(other.tokens)
        self.sentences += other.sentences
        self.months.update(other.months)
        for name, answer in other.answers.items():
            self.answers[name] += answer
        if other.forms is not None:
            self.forms = other.forms if self.forms is None else self.forms + other.forms
        return self

    def as_row(self) -> dict[str, Any]:
        """Plain values, without the forms."""
        return {
            "documents": self.documents.total(),
            "tokens": self.tokens.total(),
            "sentences": self.sentences,
            "documents by standpoint": dict(sorted(self.documents.items())),
            "tokens by standpoint": dict(sorted(self.tokens.items())),
            "tokens by month": dict(sorted(self.months.items())),
            "questions": {
                question.name: {
                    "kind": question.kind,
                    "words": list(question.words),
                    **self.answers[question.name].as_row(),
                }
                for question in QUESTIONS
            },
        }


def count(batch: Batch) -> Truth:
    """The truth about one batch."""
    known = vocabulary()
    month = f"{batch.stretch.first:%Y-%m}"
    bounds = batch.sentences[batch.documents]
    truth = Truth(sentences=len(batch.sentences) - 1, months=Counter({month: len(batch.words)}))
    for number, standpoint in enumerate(STANDPOINTS):
        of_it = batch.standpoint == number
        truth.documents[standpoint] = int(of_it.sum())
        truth.tokens[standpoint] = int(np.diff(bounds)[of_it].sum())
    sentence = np.repeat(np.arange(truth.sentences), np.diff(batch.sentences))
    document = np.repeat(np.arange(len(bounds) - 1), np.diff(bounds))
    for question in QUESTIONS:
        inside, anywhere = _hits(question, batch, known, sentence, document)
        truth.answers[question.name] = Answer(
            Counter({month: len(inside)}),
            len(np.unique(document[inside])),
            len(anywhere),
            len(np.unique(document[anywhere])),
            _unbroken(question, batch, inside),
        )
    if not batch.misread:
        truth.forms = _forms(batch, known, sentence, document)
    return truth


def _hits(
    question: Question, batch: Batch, known: Vocabulary, sentence: Integers, document: Integers
) -> tuple[Places, Places]:
    """Where its hits begin: in one sentence, and in one document."""
    if question.kind == "pattern":
        pattern = question.words[0]
        fitting = np.concatenate([_known_fitting(pattern), _fitting(pattern, batch.misread)])
        found = np.flatnonzero(fitting[batch.words])
        return found, found
    numbers = [known.number[word] for word in question.words]
    starts = np.flatnonzero(batch.words == numbers[0])
    if question.kind == "before":
        inside = np.zeros(len(starts), bool)
        anywhere = inside.copy()
        for distance in range(1, GAP + 2):
            there = np.minimum(starts + distance, len(batch.words) - 1)
            met = (batch.words[there] == numbers[1]) & (there > starts)
            inside |= met & (sentence[there] == sentence[starts])
            anywhere |= met & (document[there] == document[starts])
        return starts[inside], starts[anywhere]
    starts = starts[starts + len(numbers) <= len(batch.words)]
    for distance, number in enumerate(numbers[1:], 1):
        starts = starts[batch.words[starts + distance] == number]
    last = starts + len(numbers) - 1
    return starts[sentence[last] == sentence[starts]], starts[document[last] == document[starts]]


def _unbroken(question: Question, batch: Batch, inside: Places) -> int:
    """How many hits have nothing but spaces between their words; all of a question that is no phrase."""
    whole = np.ones(len(inside), bool)
    if question.kind == "phrase":
        for distance in range(len(question.words) - 1):
            whole &= batch.marks[inside + distance] == 0
    return int(whole.sum())


@cache
def _known_fitting(pattern: str) -> NDArray[np.bool_]:
    return _fitting(pattern, vocabulary().words)


def _fitting(pattern: str, forms: tuple[str, ...]) -> NDArray[np.bool_]:
    """Which forms a pattern fits: the parts between its stars, in their order, the outer ones at the ends."""
    first, *middle, last = pattern.split("*")
    if len(middle) > 1:
        raise ValueError(f"{pattern} has more than two stars")
    inner = middle[0] if middle else ""
    return np.array(
        [
            form.startswith(first)
            and form.endswith(last)
            and len(form) >= len(first) + len(last)
            and inner in form[len(first) : len(form) - len(last)]
            for form in forms
        ],
        bool,
    )


def _forms(batch: Batch, known: Vocabulary, sentence: Integers, document: Integers) -> NDArray[np.int64]:
    _, which = written(batch)
    size = len(known.written)
    quarter = (batch.standpoint == STANDPOINTS.index(QUARTER))[document]
    near = which[_near(batch, known, sentence)]
    return np.array(
        [np.bincount(own, minlength=size) for own in (which[quarter], which[~quarter], near)], np.int64
    )


def _near(batch: Batch, known: Vocabulary, sentence: Integers) -> Places:
    """Places in the same sentence as the collocates' word and at most ``WINDOW`` away, the word itself left out."""
    node = batch.words == known.number[WORD]
    hits = np.flatnonzero(node)
    low = np.maximum(hits - WINDOW, batch.sentences[sentence[hits]])
    high = np.minimum(hits + WINDOW + 1, batch.sentences[sentence[hits] + 1])
    around = np.unique(ranges(low, high - low))
    return around[~node[around]]
