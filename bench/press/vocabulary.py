"""The words of the press and their chances: those of the specimen's grammar first, invented ones behind them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache

import numpy as np
from bench.press.questions import SLOGAN
from numpy.typing import NDArray

from tendency.specimen import grammar
from tendency.specimen.draws import Draws, Integers

# Zipf–Mandelbrot: the chance of the word of rank r is as 1 / (r + SHIFT) ** EXPONENT.
FORMS, SHIFT, EXPONENT = 256_000, 2.7, 1.05

# Chances are whole numbers of this many: a draw is one look into a table.
_PARTS = 1 << 22

_SEED = 1917
# By weight: how often each is drawn.
_ONSETS = {20: "b", 8: "s t", 7: "d l m r", 6: "n p", 5: "c g", 4: "f h k v w", 2: "st tr gr br pl"}
_VOWELS = {14: "e", 8: "a i", 7: "o", 4: "u"}
_CODAS = ("", "", "", "", "n", "r", "l", "s", "m", "t")
_ENDINGS = ("", "", "", "s", "ed", "ing", "er")

# Ranks up to which an invented word has one syllable before its ending, two, and three; one in so many is a name.
_SHORT = ((3_000, 1), (40_000, 2), (FORMS, 3))
_NAMES = 12


@dataclass(frozen=True)
class Vocabulary:
    """Every word, most frequent first.

    Attributes:
        words: In small letters, distinct, of letters alone.
        names: Which are written with a capital everywhere.
        written: The words, then each with a capital: what a token is printed as.
        table: Word numbers, each as often as its chance says.
        invented: Where in ``table`` the invented words begin.
        number: The number of each word.
    """

    words: tuple[str, ...]
    names: NDArray[np.bool_]
    written: tuple[str, ...]
    table: NDArray[np.int32]
    invented: int
    number: dict[str, int]

    def drawn(self, draws: Integers) -> NDArray[np.int32]:
        """The words for whole numbers below ``len(table)``."""
        return self.table[draws]


@cache
def vocabulary() -> Vocabulary:
    """The same words and chances for every press."""
    known, names_known = _grammar_words()
    words = list(dict.fromkeys([*known, *_invented(known)]))[:FORMS]
    names = np.zeros(FORMS, bool)
    names[: len(known)] = names_known
    names[len(known) :: _NAMES] = True
    shares = (np.arange(1, FORMS + 1) + SHIFT) ** -EXPONENT
    weights = np.maximum(np.rint(_PARTS * shares / shares.sum()), 1).astype(np.int64)
    table = np.repeat(np.arange(FORMS, dtype=np.int32), weights)
    written = (*words, *(word.capitalize() for word in words))
    invented = int(weights[: len(known)].sum())
    return Vocabulary(tuple(words), names, written, table, invented, {w: n for n, w in enumerate(words)})


def templates() -> tuple[str, ...]:
    """The sentences of the specimen's grammar whose words are letters alone, so that all engines part them alike."""
    plain = re.compile(r"(?:\{\w+\}|[A-Za-z]{2,}|[Aa])(?:,? (?:\{\w+\}|[A-Za-z]{2,}|[Aa]))*\.")
    return tuple(text for texts in grammar.THEMES.values() for text in texts if plain.fullmatch(text))


def _grammar_words() -> tuple[list[str], list[bool]]:
    """The words of the grammar by how often its sentences use them, the slogan's among them; and which are names."""
    counts: Counter[str] = Counter(SLOGAN)
    capital: Counter[str] = Counter()
    for text in templates():
        for piece in text[:-1].replace(",", "").split():
            if piece.startswith("{"):
                values = grammar.SLOTS[piece[1:-1]]
                for value in values:
                    for word in re.findall(r"[A-Za-z]{2,}", value):
                        counts[word.lower()] += 1 / len(values)
                        capital[word.lower()] += word[0].isupper()
            else:
                counts[piece.lower()] += 1
    found = sorted(counts, key=lambda word: (-round(counts[word], 6), word))
    return found, [capital[word] > 0 and word not in ("the", "of") for word in found]


def _invented(known: list[str]) -> list[str]:
    """More words than are needed, some of them alike."""
    draws = Draws(_SEED)
    size = FORMS + FORMS // 2
    most = max(count for _, count in _SHORT)
    onsets, vowels = _weighted(_ONSETS), _weighted(_VOWELS)
    syllables = [
        [
            onsets[a] + vowels[b] + _CODAS[c]
            for a, b, c in zip(
                *(draws.below(len(of), size).tolist() for of in (onsets, vowels, _CODAS)), strict=True
            )
        ]
        for _ in range(most)
    ]
    endings = draws.below(len(_ENDINGS), size)
    lengths = np.full(size, most)
    for rank, count in reversed(_SHORT):
        lengths[: max(rank - len(known), 0)] = count
    rows = zip(*syllables, endings.tolist(), lengths.tolist(), strict=True)
    return [_stem(row[: row[-1]]) + _ENDINGS[row[-2]] for row in rows]


def _weighted(letters: dict[int, str]) -> list[str]:
    return [own for weight, some in letters.items() for own in some.split() for _ in range(weight)]


def _stem(syllables: tuple[str, ...]) -> str:
    """The syllables together; one alone is made longer, since short forms are abbreviations in some language."""
    text = "".join(syllables)
    if len(syllables) > 1:
        return text
    return text + ("nd" if text[-1] in "aeiou" else "en")
