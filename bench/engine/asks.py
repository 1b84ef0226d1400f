"""The rows of the table that are questions, with the target of each at 105 million words."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from bench.press.papers import QUARTER
from bench.press.questions import QUESTIONS, WINDOW, WORD, Question

What = Literal["count", "month", "months", "near", "words"]


@dataclass(frozen=True)
class Ask:
    """Something that every engine is asked.

    Attributes:
        label: Its row.
        what: How often; by month; several by month; forms near a word; forms of one standpoint and of the rest.
        questions: What is looked for.
        target: What ours is to take.
        word: Whose neighbours are counted.
    """

    label: str
    what: What
    questions: tuple[Question, ...] = ()
    target: str = ""
    word: str = WORD

    def task(self) -> dict[str, Any]:
        """The part of a child's task that says what is asked."""
        return {
            "what": self.what,
            "questions": [asdict(question) for question in self.questions],
            "word": self.word,
            "window": WINDOW,
            "standpoint": QUARTER,
        }


_TARGETS = {
    ("three-word phrase", "count"): "≤ 10 ms",
    ("one word", "month"): "≤ 10 ms",
    ("prefix", "month"): "≤ 150 ms",
}

PRESS = (
    *(Ask(q.name, "count", (q,), _TARGETS.get((q.name, "count"), "")) for q in QUESTIONS),
    *(Ask(f"{q.name}, by month", "month", (q,), _TARGETS.get((q.name, "month"), "")) for q in QUESTIONS),
    Ask("these six, by month", "months", QUESTIONS),
    Ask("collocate counts", "near", target="≤ 100 ms"),
    Ask("word counts, a quarter and the rest", "words", target="≤ 400 ms"),
)

# Asked of the press with misread words, for its many forms.
MISREAD = tuple(
    Ask(label, what, (q,), "≤ 200 ms" if q.name == "wildcard" else "")
    for q in QUESTIONS
    if q.kind == "pattern"
    for label, what in ((q.name, "count"), (f"{q.name}, by month", "month"))
)

_NEWS = (
    Question("one word", "word", ("wilson",)),
    Question("phrase", "phrase", ("cost", "of", "living")),
    Question("prefix", "pattern", ("german*",)),
    Question("wildcard", "pattern", ("*tion*",)),
)
NEWSPAPERS = (
    *(Ask(f"{q.name} `{q.text}`", "count", (q,)) for q in _NEWS),
    *(Ask(f"{q.name} `{q.text}`, by month", "month", (q,)) for q in _NEWS),
    Ask("collocate counts of `wilson`", "near", word="wilson"),
)
# What is asked again when documents have been added.
AGAIN = next(ask for ask in PRESS if ask.label == "one word, by month")
NEWS_AGAIN = next(ask for ask in NEWSPAPERS if ask.what == "month")
