"""Some days of the press as arrays of numbers: every word, sentence and document on them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache

import numpy as np
from bench.press.misread import misread
from bench.press.papers import STANDPOINTS, printed_by
from bench.press.questions import SLOGAN
from bench.press.vocabulary import Vocabulary, templates, vocabulary
from numpy.typing import NDArray

from tendency.specimen.draws import Draws, Floats, Integers

Words = NDArray[np.int32]
Marks = NDArray[np.uint8]

WORDS_A_DOCUMENT = 500

# Sentences in a document, and the standard deviation of the logarithm of their number.
_SENTENCES, _SPREAD, _SHORTEST, _LONGEST = 24.6, 0.4, 4, 120

# One sentence in four is one of the grammar's; the others have from 8 to 36 words.
_FRAMED, _LEAST_WORDS, _LENGTHS = 0.25, 8, 29

_COMMA, _QUOTED, _PARAGRAPH = 0.06, 0.03, 0.2
_QUOTE_LENGTHS = 6

# A document has one of so many themes. Words not among the most frequent are in half of their places drawn to its own
# theme: to the one of each so many neighbours in rank. So words come in bursts and keep their chances.
THEMES, _COMMONEST = 64, 256
# Half of the documents of a standpoint keep to its own themes.
_OWN_THEMES = THEMES // len(STANDPOINTS)

# The slogan's hits a word: on average, how much faster at the end than at the beginning, and how much each standpoint
# likes it; some of its occurrences are torn by a full stop, and are no hits.
_SLOGAN_RATE, _GROWTH, _BURSTINESS = 255e-6, 6.0, 0.5
_LIKING = np.array([0.5, 1.8, 0.9, 0.8])
_TORN = 0.1

# What stands behind a word.
COMMA, STOP, PARAGRAPH, CLOSES, OPENS = 1, 2, 3, 4, 8


@dataclass(frozen=True)
class Stretch:
    """Some days of one month.

    Attributes:
        number: With the seed decides everything that is printed on them; each stretch has its own.
        first: The first day.
        days: How many days.
        documents: How many documents.
        when: Where it lies between the beginning of the press, 0, and its end, 1.
    """

    number: int
    first: dt.date
    days: int
    documents: int
    when: float


@dataclass(frozen=True)
class Batch:
    """The documents of a stretch, in order of date.

    Attributes:
        stretch: Which.
        words: The number of each word in the vocabulary, or behind it of a misread form.
        misread: The forms that are not in the vocabulary.
        capital: Which words are written with a capital.
        marks: What stands behind each: nothing, ``COMMA``, ``STOP`` or ``PARAGRAPH``, with ``CLOSES`` where a quotation
            ends and ``OPENS`` where one begins at the next word.
        sentences: Where each sentence begins among the words, and where the last ends.
        documents: Where each document begins among the sentences, and where the last ends.
        day: Of each document the days since the stretch's first.
        standpoint: As number of ``STANDPOINTS``.
        paper: As number of ``ALL_PAPERS``.
        heads: Uniform numbers for author and title, shape (documents, 6).
    """

    stretch: Stretch
    words: Words
    misread: tuple[str, ...]
    capital: NDArray[np.bool_]
    marks: Marks
    sentences: Integers
    documents: Integers
    day: Integers
    standpoint: Integers
    paper: Integers
    heads: Floats


@dataclass(frozen=True)
class Frames:
    """The grammar's sentences one after the other.

    Attributes:
        words: Word numbers, -1 for a place to fill.
        commas: Whether a comma stands behind.
        first: Where each sentence begins.
        lengths: How many words each has.
    """

    words: Words
    commas: NDArray[np.bool_]
    first: Integers
    lengths: Integers


@cache
def frames() -> Frames:
    """The grammar's sentences, their places open for any word that is not the grammar's."""
    known = vocabulary().number
    pieces = [text[:-1].split() for text in templates()]
    flat = [piece for sentence in pieces for piece in sentence]
    lengths = np.array([len(sentence) for sentence in pieces])
    words = [-1 if piece.startswith("{") else known[piece.rstrip(",").lower()] for piece in flat]
    commas = np.array([piece.endswith(",") for piece in flat])
    return Frames(np.array(words, np.int32), commas, np.cumsum(lengths) - lengths, lengths)


def make(seed: int, stretch: Stretch, share_misread: float = 0.0) -> Batch:
    """What is printed in a stretch.

    Args:
        seed: Decides the press.
        stretch: Which days, and how much.
        share_misread: The share of long words that a scanner would misread.
    """
    draws, known = Draws(seed, stretch.number), vocabulary()
    size = stretch.documents
    standpoint = draws.below(len(STANDPOINTS), size)
    paper = printed_by(stretch.first.year, stretch.first.month, standpoint, draws.uniform(size))
    day = np.sort(draws.below(stretch.days, size))
    themes = _themes(draws, standpoint)
    counts = _sentence_counts(draws, size)
    documents = _bounds(counts)
    framed = np.flatnonzero(draws.uniform(int(documents[-1])) < _FRAMED)
    lengths = _LEAST_WORDS + draws.below(_LENGTHS, int(documents[-1]))
    chosen = draws.below(len(frames().first), len(framed))
    lengths[framed] = frames().lengths[chosen]
    sentences = _bounds(lengths)
    owner = np.repeat(np.arange(size), sentences[documents[1:]] - sentences[documents[:-1]])
    words = _words(draws, known, themes[owner])
    marks = np.where(draws.uniform(len(words)) < _COMMA, COMMA, 0).astype(np.uint8)
    _frame(draws, known, words, marks, sentences[framed], chosen)
    _plant(draws, known, words, stretch, standpoint, sentences, documents)
    _end(draws, marks, sentences, documents)
    capital = known.names[words]
    capital[sentences[:-1]] = True
    forms: tuple[str, ...] = ()
    if share_misread:
        words, forms = misread(Draws(seed, stretch.number, 1), known, words, share_misread)
    return Batch(
        stretch,
        words,
        forms,
        capital,
        marks,
        sentences,
        documents,
        day,
        standpoint,
        paper,
        draws.uniform(size, 6),
    )


def ranges(first: Integers, lengths: Integers) -> Integers:
    """The whole numbers from each first one on, so many of each."""
    return np.repeat(first - _bounds(lengths)[:-1], lengths) + np.arange(int(lengths.sum()))


def _bounds(counts: Integers) -> Integers:
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])


def _themes(draws: Draws, standpoint: Integers) -> Integers:
    own = standpoint * _OWN_THEMES + draws.below(_OWN_THEMES, len(standpoint))
    any_ = draws.below(THEMES, len(standpoint))
    return np.where(draws.uniform(len(standpoint)) < 0.5, own, any_)


def _sentence_counts(draws: Draws, documents: int) -> Integers:
    spread = _SPREAD * draws.normal(documents) - _SPREAD**2 / 2
    counts = np.rint(_SENTENCES * np.exp(spread))
    return np.clip(counts, _SHORTEST, _LONGEST).astype(np.int64)


def _words(draws: Draws, known: Vocabulary, themes: Integers) -> Words:
    drawn = draws.below(2 * len(known.table), len(themes))
    words = known.drawn(drawn >> 1)
    bursty = np.flatnonzero((drawn & 1 == 1) & (words >= _COMMONEST))
    words[bursty] = words[bursty] // THEMES * THEMES + themes[bursty]
    return words


def _frame(
    draws: Draws, known: Vocabulary, words: Words, marks: Marks, starts: Integers, chosen: Integers
) -> None:
    """Write the grammar's sentences over the words of those that are to be framed."""
    lengths = frames().lengths[chosen]
    at, source = ranges(starts, lengths), ranges(frames().first[chosen], lengths)
    marks[at] = np.where(frames().commas[source], COMMA, 0)
    told = frames().words[source]
    places = at[told < 0]
    words[at[told >= 0]] = told[told >= 0]
    words[places] = known.drawn(known.invented + draws.below(len(known.table) - known.invented, len(places)))


def _plant(
    draws: Draws,
    known: Vocabulary,
    words: Words,
    stretch: Stretch,
    standpoint: Integers,
    sentences: Integers,
    documents: Integers,
) -> None:
    """Write the slogan over three words of some sentences, and across the ends of some others."""
    slogan = np.array([known.number[word] for word in SLOGAN], np.int32)
    lengths = sentences[documents[1:]] - sentences[documents[:-1]]
    rate = _SLOGAN_RATE * np.log(_GROWTH) / (_GROWTH - 1) * _GROWTH**stretch.when
    mean = rate * lengths * _LIKING[standpoint]
    hits = draws.negative_binomial(mean, np.full(len(mean), _BURSTINESS))
    sentence = _drawn_sentences(draws, np.repeat(np.arange(len(hits)), hits), documents)
    room = sentences[sentence + 1] - sentences[sentence] - len(slogan) + 1
    at = sentences[sentence] + (draws.uniform(len(sentence)) * room).astype(np.int64)
    torn = draws.poisson(_TORN * mean)
    # A document's last sentence has no next one.
    before = _drawn_sentences(draws, np.repeat(np.arange(len(torn)), torn), documents, spare=1)
    across = sentences[before + 1] - 1 - draws.below(2, len(before))
    for distance, word in enumerate(slogan):
        words[across + distance] = word
    for distance, word in enumerate(slogan):
        words[at + distance] = word


def _drawn_sentences(draws: Draws, owners: Integers, documents: Integers, spare: int = 0) -> Integers:
    counts = documents[owners + 1] - documents[owners] - spare
    return documents[owners] + (draws.uniform(len(owners)) * counts).astype(np.int64)


def _end(draws: Draws, marks: Marks, sentences: Integers, documents: Integers) -> None:
    """Set the stops, the paragraphs and the quotations."""
    last = sentences[1:] - 1
    marks[last] = np.where(draws.uniform(len(last)) < _PARAGRAPH, PARAGRAPH, STOP)
    marks[sentences[documents[1:]] - 1] = STOP
    quoted = np.flatnonzero(draws.uniform(len(last)) < _QUOTED)
    opens = sentences[quoted] + draws.below(_LEAST_WORDS // 2, len(quoted))
    closes = np.minimum(opens + 1 + draws.below(_QUOTE_LENGTHS, len(quoted)), last[quoted])
    marks[opens] |= OPENS
    marks[closes] |= CLOSES
