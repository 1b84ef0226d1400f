"""What counts as one word: every form by itself, forms that differ in case, or forms of one lemma."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from tendency.corpus.ngrams import folded_numbers

if TYPE_CHECKING:
    from tendency.corpus.index import Index

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Keys:
    """Words, and the forms that each stands for; a form may stand for several.

    Attributes:
        forms, words: Pairs of a form of ``index.terms`` and a word, ascending by form, int64.
        order: The pairs' places ascending by word, int64.
        first: The first pair of each form and the end of the last one's, int64.
        first_of_word: The first place in ``order`` of each word and the end of the last one's, int64.
    """

    forms: Ints
    words: Ints
    order: Ints
    first: Ints
    first_of_word: Ints

    @classmethod
    def of(cls, forms: Ints, words: Ints, sizes: tuple[int, int]) -> Keys:
        """Pairs, ascending by form, of so many forms and words."""
        order = np.argsort(words, kind="stable")
        return cls(forms, words, order, _bounds(forms, sizes[0]), _bounds(words, sizes[1]))

    def totals(self, counts: Ints) -> tuple[Ints, Ints]:
        """The words of forms with a count, ascending, and the sum of each one's."""
        held = np.flatnonzero(counts)
        pairs = _ranges(self.first[held], self.first[held + 1])
        words, place = np.unique(self.words[pairs], return_inverse=True)
        sums = np.zeros(words.size, np.int64)
        np.add.at(sums, place.ravel(), counts[self.forms[pairs]])
        return words, sums

    def sums(self, words: Ints, counts: Ints) -> Ints:
        """The sum of the counts of each word's forms."""
        begins, ends = self.first_of_word[words], self.first_of_word[words + 1]
        of = np.repeat(np.arange(words.size), ends - begins)
        result = np.zeros(words.size, np.int64)
        np.add.at(result, of, counts[self.forms_at(begins, ends)])
        return result

    def forms_of(self, words: Ints) -> tuple[Ints, Ints]:
        """The forms of some words, and for each the place of its word among them."""
        begins, ends = self.first_of_word[words], self.first_of_word[words + 1]
        return self.forms_at(begins, ends), np.repeat(np.arange(words.size), ends - begins)

    def forms_at(self, begins: Ints, ends: Ints) -> Ints:
        """The forms of stretches of ``order``."""
        return self.forms[self.order[_ranges(begins, ends)]]


def _bounds(ascending_or_not: Ints, size: int) -> Ints:
    return np.concatenate([[0], np.cumsum(np.bincount(ascending_or_not, minlength=size))])


def _ranges(begins: Ints, ends: Ints) -> Ints:
    """The whole numbers of some stretches, one after the other."""
    lengths = ends - begins
    if not lengths.size:
        return np.empty(0, np.int64)
    found: Ints = np.arange(int(lengths.sum())) + np.repeat(begins - np.cumsum(lengths) + lengths, lengths)
    return found


@dataclass(frozen=True, eq=False)
class Words:
    """Keys with the spelling of each word.

    Attributes:
        keys: The words and their forms.
        index: Where forms are spelt.
        spelt: Of lemmas, the number of each.
        folded: Whether forms are printed folded.
    """

    keys: Keys
    index: Index
    spelt: Mapping[str, int] | None = None
    folded: bool = False

    def number(self, text: str) -> int:
        """A lemma's number, -1 for one that no form has."""
        assert self.spelt is not None, "only lemmas are looked up by their spelling"
        return self.spelt.get(text, -1)

    @cached_property
    def _lemmas(self) -> list[str]:
        return list(self.spelt or ())

    def text(self, word: int) -> str:
        """A word as it is printed."""
        if self.spelt is not None:
            return self._lemmas[word]
        strings = self.index.terms.folded if self.folded else self.index.terms.forms
        form = int(self.keys.forms[self.keys.order[self.keys.first_of_word[word]]])
        return strings.utf8(form).decode("utf-8", "replace")


_folded: WeakKeyDictionary[Index, Words] = WeakKeyDictionary()
_lemmas: WeakKeyDictionary[Index, dict[str, Words]] = WeakKeyDictionary()


def by_form(index: Index) -> Words:
    """Every form by itself."""
    every = np.arange(1, max(len(index.terms), 1), dtype=np.int64)
    size = max(len(index.terms), 1)
    return Words(Keys.of(every, every, (size, size)), index)


def by_folded(index: Index) -> Words:
    """Forms that differ in case are one; found once."""
    held = _folded.get(index)
    if held is None:
        numbers = folded_numbers(index)
        every = np.arange(1, max(numbers.size, 1), dtype=np.int64)
        keys = Keys.of(every, numbers[every], (max(numbers.size, 1), int(numbers.max(initial=0)) + 1))
        held = _folded[index] = Words(keys, index, folded=True)
    return held


def by_lemma(index: Index, language: str) -> Words:
    """Forms with a lemma in common are one, as a language's list has them; found once for each language."""
    from tendency.corpus.lemmas import lemmas_of

    held = _lemmas.setdefault(index, {})
    if language not in held:
        folded = by_folded(index)
        numbers: dict[str, int] = {}
        pairs: list[tuple[int, int]] = []
        words = np.flatnonzero(np.diff(folded.keys.first_of_word))
        for word in words.tolist():
            lemmas = sorted(lemmas_of(folded.text(word), language))
            pairs += [(word, numbers.setdefault(lemma, len(numbers))) for lemma in lemmas]
        of_word, lemma_of = np.array(pairs, np.int64).reshape(-1, 2).T
        # Each folded word's pairs, repeated for each of its forms.
        bounds = _bounds(of_word, int(folded.keys.first_of_word.size) - 1)
        own = folded.keys.words
        begins, ends = bounds[own], bounds[own + 1]
        forms = np.repeat(folded.keys.forms, ends - begins)
        keys = Keys.of(forms, lemma_of[_ranges(begins, ends)], (len(index.terms), max(len(numbers), 1)))
        held[language] = Words(keys, index, numbers)
    return held[language]
