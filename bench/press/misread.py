"""Words as a scanner misreads them: one letter wrong, or two."""

from __future__ import annotations

from functools import cache

import numpy as np
from bench.press.vocabulary import Vocabulary, vocabulary

from tendency.specimen.draws import Draws

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_VARIANTS = 1 << 16

# Shorter words are read rightly: an error could turn one into an abbreviation, behind which no sentence ends.
SHORTEST = 5


def misread(
    draws: Draws, known: Vocabulary, words: np.ndarray, share: float
) -> tuple[np.ndarray, tuple[str, ...]]:
    """The words with some misread, and the forms that came of it; those are numbered behind the vocabulary.

    Args:
        draws: What decides.
        known: All words.
        words: Word numbers.
        share: How many of the longer ones are misread.
    """
    at = np.flatnonzero((draws.uniform(len(words)) < share) & _long()[words])
    codes = words[at].astype(np.int64) * _VARIANTS + draws.below(_VARIANTS, len(at))
    distinct, which = np.unique(codes, return_inverse=True)
    forms: dict[str, int] = {}
    numbers = np.empty(len(distinct), np.int32)
    for n, code in enumerate(distinct.tolist()):
        word, variant = divmod(code, _VARIANTS)
        form = _variant(known.words[word], variant)
        number = known.number.get(form)
        numbers[n] = len(known.words) + forms.setdefault(form, len(forms)) if number is None else number
    changed = words.copy()
    changed[at] = numbers[which]
    return changed, tuple(forms)


@cache
def _long() -> np.ndarray:
    return np.array([len(word) >= SHORTEST for word in vocabulary().words])


def _variant(word: str, variant: int) -> str:
    """The word with a letter changed, for every second variant with two; never the last."""
    letters = list(word)
    twice, variant = variant % 2, variant // 2
    for _ in range(1 + twice):
        place, variant = variant % (len(word) - 1), variant // 8
        step, variant = 1 + variant % 25, variant // 25
        letters[place] = _LETTERS[(_LETTERS.index(letters[place]) + step) % len(_LETTERS)]
    return "".join(letters)
