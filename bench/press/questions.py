"""What every engine is asked of the press, in words that each puts in its own language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["word", "phrase", "pattern", "before"]


@dataclass(frozen=True)
class Question:
    """One question.

    Attributes:
        name: As the table has it.
        kind: One word; words side by side in a sentence; one word with ``*`` for any letters; or the first word
            with the second at most ``GAP`` words behind it in the sentence.
        words: In small letters.
    """

    name: str
    kind: Kind
    words: tuple[str, ...]

    @property
    def text(self) -> str:
        """The words as one reads them."""
        return " … ".join(self.words) if self.kind == "before" else " ".join(self.words)


# Words that may stand between the two of a question of kind ``before``, and on each side of a collocate's word.
GAP = WINDOW = 5

SLOGAN = ("bread", "and", "work")
WORD = "election"

QUESTIONS = (
    Question("three-word phrase", "phrase", SLOGAN),
    Question("one word", "word", (WORD,)),
    Question("prefix", "pattern", ("be*",)),
    Question("wildcard", "pattern", ("*ter*",)),
    Question("two frequent words", "phrase", ("of", "the")),
    Question("within five words", "before", (WORD, "was")),
)
