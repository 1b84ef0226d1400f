"""Positions of texts on one scale from the words they use: Wordscores, where some positions are known, and Wordfish, where none is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import eigh
from scipy.sparse import csr_array
from scipy.stats import t

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ROUNDS: Final = 200
CLOSE: Final = 1e-3
"""A round that moves no position further than this ends the search."""
FEW_PIECES: Final = 8
_LARGEST: Final = 2.0
"""The longest step of a parameter in one round."""
_LEAST_SPREAD: Final = 0.01
GROUPS: Final = 10
"""Groups of texts that are left out in turn."""
FEW_TEXTS: Final = 5
ROUNDS_LEFT_OUT: Final = 25
_TIME_ROUNDS: Final = 20
_DIRECTIONS: Final = 12
"""Directions that the search begins with a mixture of."""
_HELD: Final = 1.0
"""Expected hits that a word's share in a period is drawn to its overall share with."""


@dataclass(frozen=True, eq=False)
class Wordscores:
    """Scores of words from reference texts whose positions are given.

    Attributes:
        scores: The score of each word; NaN for one that no reference text has, float64 of shape (words,).
        references: The given positions.
        raw_references: What the reference texts get as if they had none.
    """

    scores: Floats
    references: Floats
    raw_references: Floats

    @classmethod
    def fit(cls, counts: ArrayLike, references: ArrayLike) -> Wordscores:
        """The scores of words: the mean of the given positions, weighted by how surely a word comes from each reference text.

        Args:
            counts: Hits in the reference texts, of shape (texts, words).
            references: Their positions.

        Source: Laver, Benoit & Garry (2003), doi:10.1017/S0003055403000698.
        """
        held, given = np.asarray(counts, float), np.asarray(references, float)
        shares = held / np.maximum(held.sum(axis=1, keepdims=True), 1)
        total = shares.sum(axis=0)
        with np.errstate(invalid="ignore", divide="ignore"):
            scores = np.where(total > 0, given @ shares / total, np.nan)
        return cls(scores, given, _raw(held, scores)[0])

    def predict(self, counts: ArrayLike) -> tuple[Floats, Floats]:
        """Raw scores of texts and their standard errors, as published: for words that fall independently; NaN without a scored word."""
        return _raw(np.asarray(counts, float), self.scores)

    def rescaled(self, raw: Floats) -> tuple[Floats, Floats] | None:
        """Slope and intercept for the scale of the references after Laver, Benoit and Garry: the spread of the texts is made theirs.

        None where there are not two texts that differ.
        """
        known = raw[np.isfinite(raw)]
        spread = float(known.std(ddof=1)) if known.size > 1 else 0.0
        if not spread:
            return None
        slope = np.float64(self.references.std(ddof=1) / spread)
        return np.asarray(slope), np.asarray(known.mean() * (1 - slope))

    def anchored(self) -> tuple[Floats, Floats] | None:
        """Slope and intercept after Martin and Vanberg: the outermost reference texts get their own positions.

        None where their raw scores do not differ.

        Source: Martin & Vanberg (2008), doi:10.1093/pan/mpm010.
        """
        low, high = int(self.references.argmin()), int(self.references.argmax())
        apart = self.raw_references[high] - self.raw_references[low]
        if not apart > 0:
            return None
        slope = (self.references[high] - self.references[low]) / apart
        return np.asarray(slope), np.asarray(self.references[low] - slope * self.raw_references[low])


def _raw(counts: Floats, scores: Floats) -> tuple[Floats, Floats]:
    known = np.isfinite(scores)
    held, of = counts[:, known], scores[known]
    words = held.sum(axis=1)
    some = np.where(words > 0, words, np.nan)
    raw = held @ of / some
    variance = (held * (of[None, :] - np.where(np.isnan(raw), 0.0, raw)[:, None]) ** 2).sum(axis=1) / some
    return raw, np.sqrt(variance / some)


@dataclass(frozen=True, eq=False)
class Pieces:
    """Texts in pieces that say the same thing independently, with their words counted.

    Attributes:
        counts: Hits in each piece, of shape (pieces, words).
        unit: The text that each piece is of, int64.
        period: Its period, int64.
        units, periods: How many there are.
    """

    counts: csr_array
    unit: Ints
    period: Ints
    units: int
    periods: int

    def by_unit(self, weights: Floats | None = None) -> Floats:
        """Hits in each text, of shape (units, words)."""
        return self._summed(self.unit, self.units, weights)

    def by_period(self) -> Floats:
        """Hits in each period, of shape (periods, words)."""
        return self._summed(self.period, self.periods, None)

    def _summed(self, of: Ints, n: int, weights: Floats | None) -> Floats:
        one = np.ones(of.size) if weights is None else weights
        chooser = csr_array((one, (of, np.arange(of.size))), shape=(n, of.size))
        result: Floats = (chooser @ self.counts).toarray()
        return result

    @property
    def words(self) -> Floats:
        """Counted words of each piece."""
        return np.asarray(self.counts.sum(axis=1), float).ravel()


@dataclass(frozen=True, eq=False)
class Wordfish:
    """Positions of texts with none given.

    Attributes:
        positions: Mean 0 and standard deviation 1 over the texts, float64 of shape (units,).
        errors: Their standard errors, NaN under eight pieces.
        reach: By how many standard errors an interval of the level reaches to either side, of shape (units,).
        weights: How much each word grows with the position (β), float64 of shape (words,).
        burstiness: Of each word (κ).
        rounds: How many were needed.
        converged: Whether the last one moved nothing.
    """

    positions: Floats
    errors: Floats
    reach: Floats
    weights: Floats
    burstiness: Floats
    rounds: int
    converged: bool

    @classmethod
    def fit(cls, pieces: Pieces, *, without_time: bool, level: float = 0.95) -> Wordfish:
        """The scale on which the words of the texts differ most, beyond bursts and, if asked, the course that all share.

        Hits of word j in text i have the mean E_ij exp(α_i + ψ_j + β_j θ_i), with E_ij its words, each period's multiplied by what
        word j is more frequent in that period in all texts. Their variance is that of a negative binomial whose burstiness is measured
        between the pieces of a text, so that words of topics, which come in bursts, weigh little. β is drawn to 0 as much as its own spread over the words says, and
        θ has the variance 1. Words and texts take Newton's steps in turn. The errors are those of a sandwich over pieces.

        Args:
            pieces: The texts; each must have a word.
            without_time: Take out the common time course.
            level: Of the intervals.

        Source: Slapin & Proksch (2008), doi:10.1111/j.1540-5907.2008.00338.x.
        """
        return _Fit(pieces, without_time).result(level)


class _Fit:
    """The parameters on their way."""

    def __init__(self, pieces: Pieces, without_time: bool) -> None:
        self.pieces, self.without_time = pieces, without_time
        self.hits = pieces.by_unit()
        self.words = pieces.words
        self.total = np.bincount(pieces.unit, self.words, pieces.units)
        # Words of each text in each period.
        self.held = np.zeros((pieces.units, pieces.periods))
        np.add.at(self.held, (pieces.unit, pieces.period), self.words)
        self.of_periods = pieces.by_period() if without_time else None
        self.course = np.ones((pieces.periods, self.hits.shape[1]))
        self.exposure = np.repeat(self.total[:, None], self.hits.shape[1], axis=1)
        self.common = np.log(np.maximum(self.hits.sum(axis=0), 0.5) / self.total.sum())
        self.level = np.zeros(pieces.units)
        self.weights = np.zeros(self.hits.shape[1])
        self.positions = np.zeros(pieces.units)
        self.bursts = np.ones(self.hits.shape[1])
        self.spread = 0.5
        self.counted = np.ones(pieces.units)
        squares = np.bincount(pieces.unit, self.words**2, pieces.units)
        self.unevenness = squares / np.maximum(self.total, 1) ** 2
        self.squares = squares

    def result(self, level: float) -> Wordfish:
        if self.without_time:
            self._time()
        self._measure_bursts()
        self._begin()
        rounds, converged = 0, False
        while rounds < ROUNDS and not converged:
            rounds += 1
            last = self.positions.copy()
            self._words()
            self._texts()
            self._standardise()
            if rounds <= 10 or rounds % 5 == 0:
                self._measure_bursts()
            converged = rounds > 10 and float(np.abs(self.positions - last).max()) < CLOSE
        errors, reach = self._errors(level)
        errors = np.sqrt(errors**2 + self._of_others() ** 2)
        return Wordfish(self.positions, errors, reach, self.weights, self.bursts, rounds, converged)

    def _mean(self) -> Floats:
        logarithm = self.level[:, None] + self.common + self.positions[:, None] * self.weights
        result: Floats = self.exposure * np.exp(np.clip(logarithm, -40, 5))
        return result

    def _information(self, mean: Floats) -> Floats:
        result: Floats = 1 / (1 + self.bursts * mean * self.unevenness[:, None])
        return result

    def _begin(self) -> None:
        """Of the directions in which texts differ most from what is expected, the mixture that the pieces of a text agree on best.

        Topics change from piece to piece of a text; a position does not. Source of the criterion: Fisher (1936),
        doi:10.1111/j.1469-1809.1936.tb02137.x.
        """
        mean = self._mean()
        scale = np.sqrt(self._information(mean) / np.maximum(mean, 1e-12))
        scaled = np.clip((self.hits - mean) * scale, -5, 5)
        _, vectors = np.linalg.eigh(scaled @ scaled.T)
        left = vectors[:, ::-1][:, : max(1, min(_DIRECTIONS, self.pieces.units - 2))]
        directions = left.T @ scaled * scale.mean(axis=0)
        own = self.pieces.counts @ directions.T - self.words[:, None] * (
            (mean / self.exposure).mean(axis=0) @ directions.T
        )
        unit = self.pieces.unit
        sums = np.zeros((self.pieces.units, own.shape[1]))
        np.add.at(sums, unit, own)
        total = np.maximum(self.total, 1)[:, None]
        means = sums / total
        off = (own - self.words[:, None] * means[unit]) / total[unit]
        within = off.T @ off
        within += np.eye(within.shape[0]) * (np.trace(within) / within.shape[0] * 1e-3 + 1e-12)
        centred = means - means.mean(axis=0)
        _, mixture = eigh(centred.T @ centred, within)
        self.positions = centred @ mixture[:, -1]
        # A direction has no sign; that of its largest entry makes it the same everywhere.
        self.positions *= np.sign(self.positions[np.abs(self.positions).argmax()]) or 1.0
        self._standardise()

    def _words(self) -> None:
        mean = self._mean()
        weight = self._information(mean)
        weight *= self.counted[:, None]
        off, moment = weight * (self.hits - mean), weight * mean
        place = self.positions[:, None]
        precision = 1 / self.spread**2
        slope = (place * off).sum(axis=0) - precision * self.weights
        flat, cross = moment.sum(axis=0), (place * moment).sum(axis=0)
        steep = (place**2 * moment).sum(axis=0) + precision
        step_common, step_weight = _newton(off.sum(axis=0), slope, flat, cross, steep)
        self.common += step_common
        self.weights += step_weight
        variance = flat / np.maximum(flat * steep - cross**2, 1e-12)
        self.spread = max(float(np.sqrt(np.mean(self.weights**2 + variance))), _LEAST_SPREAD)

    def _texts(self) -> None:
        mean = self._mean()
        weight = self._information(mean)
        off, moment = weight * (self.hits - mean), weight * mean
        slope = off @ self.weights - self.positions
        flat, cross, steep = moment.sum(axis=1), moment @ self.weights, moment @ self.weights**2 + 1
        step_level, step = _newton(off.sum(axis=1), slope, flat, cross, steep)
        self.level += step_level
        self.positions += step

    def _standardise(self) -> None:
        middle, spread = self.positions.mean(), self.positions.std()
        if not spread > 0:
            return
        self.common += middle * self.weights
        self.weights *= spread
        self.positions = (self.positions - middle) / spread

    def _time(self) -> None:
        """What each word is more frequent in each period, from how it changes within texts: each text has its own share of every word."""
        assert self.of_periods is not None
        overall = np.exp(self.common)
        for _ in range(_TIME_ROUNDS):
            rate = (self.hits + _HELD * overall / overall.mean()) / (self.exposure + _HELD / overall.mean())
            self.course = (self.of_periods + _HELD) / (self.held.T @ rate + _HELD)
            self.exposure = np.maximum(self.held @ self.course, 1e-12)

    def _measure_bursts(self) -> None:
        """How much more than by chance the hits of a word fall together in pieces of a text."""
        rate = self._mean() / self.exposure
        counts, unit = self.pieces.counts, self.pieces.unit
        row = np.repeat(np.arange(unit.size), np.diff(counts.indptr))
        expected = self.words[row] * rate[unit[row], counts.indices]
        if self.without_time:
            expected *= self.course[self.pieces.period[row], counts.indices]
        width = self.hits.shape[1]
        crossed = np.bincount(counts.indices, counts.data * (counts.data - 2 * expected), width)
        squares = self._squares(rate)
        excess = crossed + squares - self._mean().sum(axis=0)
        # A quarter of a coincidence for the bursts that a theme has.
        self.bursts = np.maximum((excess + 0.25) / (squares + 0.25), 0.0)

    def _squares(self, rate: Floats) -> Floats:
        if not self.without_time:
            result: Floats = self.squares @ rate**2
            return result
        squares = np.zeros_like(self.held)
        np.add.at(squares, (self.pieces.unit, self.pieces.period), self.words**2)
        total: Floats = ((squares.T @ rate**2) * self.course**2).sum(axis=0)
        return total

    def _of_others(self) -> Floats:
        """The part of the errors that comes from the words' weights, by leaving out a tenth of the texts at a time."""
        groups = min(GROUPS, self.pieces.units)
        if groups < FEW_TEXTS:
            return np.full(self.pieces.units, np.nan)
        kept, spread_of_words = (self.common, self.weights, self.positions, self.level), self.spread
        found = []
        for group in range(groups):
            self.common, self.weights, self.positions, self.level = (one.copy() for one in kept)
            self.spread = spread_of_words
            self.counted = (np.arange(self.pieces.units) % groups != group).astype(float)
            for _ in range(ROUNDS_LEFT_OUT):
                self._words()
                self._texts()
                self._standardise()
            found.append(self.positions)
        (self.common, self.weights, self.positions, self.level), self.spread = kept, spread_of_words
        self.counted = np.ones(self.pieces.units)
        # Left out, a text is also rid of its own influence on the weights, which is no uncertainty.
        own = np.arange(groups)[:, None] == np.arange(self.pieces.units) % groups
        spread = np.ma.masked_array(found, own).std(axis=0).filled(0.0)
        result: Floats = spread * np.sqrt(groups - 1)
        return result

    def _errors(self, level: float) -> tuple[Floats, Floats]:
        mean = self._mean()
        moment = self._information(mean) * mean
        middle = (moment @ self.weights) / moment.sum(axis=1)
        lever = self._information(mean) * (self.weights - middle[:, None])
        information = (moment * (self.weights - middle[:, None]) ** 2).sum(axis=1) + 1
        counts, unit = self.pieces.counts, self.pieces.unit
        row = np.repeat(np.arange(unit.size), np.diff(counts.indptr))
        seen = np.bincount(row, counts.data * lever[unit[row], counts.indices], unit.size)
        expected = (lever * mean / self.exposure) @ self.course.T
        off = seen - self.words * expected[unit, self.pieces.period]
        pieces = np.bincount(unit, minlength=self.pieces.units)
        share = self.words / np.maximum(self.total[unit], 1)
        off -= share * np.bincount(unit, off, self.pieces.units)[unit]
        enough = pieces >= FEW_PIECES
        factor = np.where(enough, pieces / np.maximum(pieces - 1, 1), np.nan)
        errors = np.sqrt(np.bincount(unit, off**2, self.pieces.units) * factor) / information
        reach: Floats = np.asarray(t.ppf((1 + level) / 2, np.maximum(pieces - 1, 1)))
        return np.asarray(errors), reach


def _newton(
    first: Floats, second: Floats, flat: Floats, cross: Floats, steep: Floats
) -> tuple[Floats, Floats]:
    """A step of two parameters each, none longer than it may be."""
    determinant = np.maximum(flat * steep - cross**2, 1e-12)
    one = (steep * first - cross * second) / determinant
    other = (flat * second - cross * first) / determinant
    return np.clip(one, -_LARGEST, _LARGEST), np.clip(other, -_LARGEST, _LARGEST)
