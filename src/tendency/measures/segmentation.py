"""Segments of a series: exact sums over every way to cut it, and over how much it wanders within a segment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Final

import numpy as np

from tendency.errors import SettingError
from tendency.measures.dispersion import Floats

SHORTEST_LEVEL: Final = 3
SHORTEST_LINE: Final = 5
LONGEST: Final = 3_000
"""So many periods at most: there are half as many segments as the square of it."""

NEW: Final = (0.125, 0.25, 0.5, 1.0, 2.0)
"""Half the variance of a step of the wander from one period to the next, as multiples of a unit."""
EXPECTED: Final = 0.95
"""A stretch is complete when so many boundaries are to be expected in it."""
NEGLIGIBLE: Final = 0.02
"""Or when no place near it has this share of the probability of its peak."""
SIGHT: Final = 3
"""So many places are looked at on either side of a stretch."""

_CELLS: Final = 2e7
_ROUNDING: Final = 1e-9
_NEVER: Final = -1e30


@dataclass(frozen=True, eq=False)
class Wander:
    """Laws of the wander within a segment, an AR(1) process: each a variance and an autocorrelation, with its prior.

    Attributes:
        variance: Of the wander, in the unit of the squared values; 0 is none.
        autocorrelation: From one period to the next.
        prior: Probability of each law before anything was seen; they sum to 1.
    """

    variance: Floats
    autocorrelation: Floats
    prior: Floats

    def __len__(self) -> int:
        return self.variance.size

    @classmethod
    def grid(cls, unit: float, autocorrelations: Sequence[float], none: float = 0.0) -> Wander:
        """No wander with probability ``none``, and AR(1) processes of many sizes, equally likely.

        Args:
            unit: What the sizes are multiples of: about the variance of what is new in each period. The grid is
                so wide that it decides little.
            autocorrelations: From one period to the next, each as likely.
            none: Probability that there is no wander.
        """
        share = (1 - none) / (len(autocorrelations) * len(NEW))
        laws = [(unit * new / (1 - rho), rho, share) for rho in autocorrelations for new in NEW]
        variance, autocorrelation, prior = np.array([(0.0, 0.0, none)] * (none > 0) + laws).T
        return cls(variance, autocorrelation, prior)


@dataclass(frozen=True)
class Prior:
    """What is thought of segments before anything was seen.

    Attributes:
        changes: How many changes are expected.
        level: Standard deviation of a segment's level around the middle of all values.
        rise: Standard deviation of the rise from one end of a line to the other.
        line: Probability that a segment of at least five periods is a line; 0 for levels only.
    """

    changes: float
    level: float
    rise: float
    line: float


@dataclass(frozen=True, eq=False)
class Measured:
    """A series of values, each measured with a known error.

    Attributes:
        values: One a period, in order of time.
        variance: Of the error of each, not below 0.
        step: The place of each on the axis of all periods; gaps are longer steps.
    """

    values: Floats
    variance: Floats
    step: Floats

    def __len__(self) -> int:
        return self.values.size

    @cached_property
    def time(self) -> Floats:
        """The place of each from 0 for the first to 1 for the last."""
        span = self.step[-1] - self.step[0] if len(self) > 1 else 1.0
        return np.asarray((self.step - self.step[0]) / span, float)


@dataclass(frozen=True, eq=False)
class Piece:
    """What is known of one segment under each law of the wander: a level or a line, mixed by their evidence.

    Attributes:
        evidence: Logarithm of the density of its values, (laws,).
        line: Probability that it is a line, (laws,).
        level: Mean and variance of the level where it is one, each (laws,).
        coefficients: Means of the value at ``middle`` and of the slope of the line, (2, laws).
        covariance: Variance of the first, of the second, and their covariance, (3, laws).
        middle: The time to which the first coefficient belongs.
    """

    evidence: Floats
    line: Floats
    level: tuple[Floats, Floats]
    coefficients: Floats
    covariance: Floats
    middle: float

    def at(self, time: float) -> tuple[Floats, Floats]:
        """Mean and variance of the fitted value at a time, each (laws,)."""
        away = time - self.middle
        mean = self.coefficients[0] + away * self.coefficients[1]
        variance = self.covariance[0] + 2 * away * self.covariance[2] + away**2 * self.covariance[1]
        return _mixed((self.level[0], mean), (self.level[1], variance), (1 - self.line, self.line))

    def above(self, value: float) -> Floats:
        """Probability that the level is above a value, (laws,)."""
        from scipy.special import ndtr

        return np.asarray(ndtr((self.level[0] - value) / np.sqrt(self.level[1])), float)


@dataclass(frozen=True, eq=False)
class Fit:
    """The pieces between given boundaries, averaged over the laws of the wander.

    Attributes:
        pieces: In order of time.
        weight: Probability of each law given these boundaries, (laws,).
    """

    pieces: tuple[Piece, ...]
    weight: Floats

    def line(self, piece: int) -> float:
        """Probability that a piece is a line."""
        return float(self.weight @ self.pieces[piece].line)

    def at(self, piece: int, time: float) -> tuple[float, float]:
        """Mean and standard deviation of a piece at a time."""
        return _moments(*self.pieces[piece].at(time), self.weight)

    def slope(self, piece: int) -> float:
        """Mean slope of a piece where it is a line, per unit of time."""
        share = self.weight * self.pieces[piece].line
        return float(share @ self.pieces[piece].coefficients[1] / max(share.sum(), 1e-300))

    def step(self, piece: int, before: float, after: float) -> tuple[float, float]:
        """Mean and standard deviation of the next piece at ``after`` less this one at ``before``."""
        (m0, v0), (m1, v1) = self.pieces[piece].at(before), self.pieces[piece + 1].at(after)
        return _moments(m1 - m0, v0 + v1, self.weight)

    def above(self, piece: int, value: float) -> float:
        """Probability that the level of a piece is above a value."""
        return float(self.weight @ self.pieces[piece].above(value))


@dataclass(frozen=True, eq=False)
class Stretch:
    """A stretch of places in which the series turned.

    Attributes:
        first: The first place; a place is the number of the first period of a new segment.
        share: Probability of each place from the first, if there is a boundary in the stretch; the sum is 1.
        probability: That there is one.
    """

    first: int
    share: Floats
    probability: float

    @property
    def last(self) -> int:
        """The last place."""
        return self.first + self.share.size - 1

    @cached_property
    def place(self) -> int:
        """The middle by probability: as likely before as after."""
        return self.first + int(np.searchsorted(np.cumsum(self.share), 0.5))

    def range(self, level: float) -> tuple[int, int]:
        """First and last place of the shortest run that has this probability."""
        sums = np.concatenate([[0.0], np.cumsum(self.share)])
        # A run that begins too late to reach the level is no candidate.
        begins = np.flatnonzero(sums[-1] - sums[:-1] >= level - _ROUNDING)
        ends = np.searchsorted(sums, sums[begins] + level - _ROUNDING)
        best = int(np.argmin(ends - begins))
        return self.first + int(begins[best]), self.first + int(ends[best]) - 1


class Segmentation:
    """All ways to cut a series into segments, weighed by how well levels and lines with wander explain it.

    Within a segment a value is a level, or a line, and wander, and its own error. The probability of each segment
    comes from a Kalman filter over it, for every start and every law of the wander at once, and that of the whole
    from forward and backward sums over all segmentations.

    Sources: Fearnhead (2006), doi:10.1007/s11222-006-8450-8, for the sums; de Jong (1991), The diffuse Kalman filter,
    Annals of Statistics 19, for the filter with unknown levels and slopes.

    Attributes:
        series: The values.
        wander: The laws.
        prior: What is thought of segments.
        laws: Probability of each law after the values were seen, (laws,).
        segments: Probability that a segment begins at a period and ends before another, (periods, periods + 1).
    """

    def __init__(self, series: Measured, wander: Wander, prior: Prior) -> None:
        if len(series) > LONGEST:
            raise SettingError(
                f"turning points are looked for in {LONGEST:,} periods at most, not {len(series):,}; count by longer ones."
            )
        self.series, self.wander, self.prior = series, wander, prior
        self._share = min(prior.changes / max(len(series) - 1, 1), 0.5)
        self._boundary = float(np.log(self._share / (1 - self._share)))
        self.segments, self.laws = self._summed()

    def _summed(self) -> tuple[Floats, Floats]:
        n, laws = len(self.series), len(self.wander)
        batch = max(1, int(_CELLS // (n * n)))
        total, largest = np.zeros((n, n + 1)), -np.inf
        evidence = np.empty(laws)
        for first in range(0, laws, batch):
            part = slice(first, first + batch)
            segments, found = self._of_laws(part)
            evidence[part] = found + np.log(self.wander.prior[part])
            top = max(largest, float(evidence[part].max()))
            total *= np.exp(largest - top)
            total += segments @ np.exp(evidence[part] - top)
            largest = top
        weight = np.exp(evidence - largest)
        return total / weight.sum(), weight / weight.sum()

    def _of_laws(self, part: slice) -> tuple[Floats, Floats]:
        """The probability of each segment under some laws, (periods, periods + 1, laws), and their evidence."""
        n = len(self.series)
        wander = Wander(
            self.wander.variance[part], self.wander.autocorrelation[part], self.wander.prior[part]
        )
        laws = len(wander)
        evidence = np.full((n, n + 1, laws), _NEVER)
        before = np.full((n + 1, laws), _NEVER)
        before[0] = 0.0
        for end, sums in enumerate(_filtered(self.series, wander), 1):
            evidence[:end, end] = self._evidence(sums, end)
            before[end] = _logarithm_of_sum(before[:end] + evidence[:end, end])
            before[end] += self._boundary if end < n else 0.0
        after = np.full((n + 1, laws), _NEVER)
        after[n] = 0.0
        for start in range(n - 1, 0, -1):
            after[start] = self._boundary + _logarithm_of_sum(
                evidence[start, start + 1 :] + after[start + 1 :]
            )
        whole = before[n]
        evidence += before[:n, None]
        evidence += after[None]
        evidence -= whole
        return np.exp(evidence, out=evidence), whole

    def _evidence(self, sums: Floats, end: int) -> Floats:
        """Logarithm of the density of the segments that end before ``end``, one row a start, up to a constant."""
        starts = sums.shape[1]
        result = np.full(sums.shape[1:], _NEVER)
        levels = max(starts - SHORTEST_LEVEL + 1, 0)
        lines = max(starts - SHORTEST_LINE + 1, 0) if self.prior.line > 0 else 0
        if levels:
            result[:levels] = _level(sums[:, :levels], self.prior.level)[0]
        if lines:
            time = self.series.time
            line = _line(sums[:, :lines], time[:lines, None], time[end - 1], self.prior)[0]
            result[:lines] = np.logaddexp(
                np.log1p(-self.prior.line) + result[:lines], np.log(self.prior.line) + line
            )
        return result

    @cached_property
    def boundary(self) -> Floats:
        """Probability that a new segment begins with each period, (periods,); 0 for the first."""
        found = self.segments.sum(axis=1)
        found[0] = 0.0
        return np.asarray(np.minimum(found, 1.0), float)

    @property
    def any(self) -> float:
        """Probability that there is a boundary anywhere."""
        return self.within(1, len(self.series))

    @cached_property
    def over_line(self) -> float:
        """How many times better the values are explained by boundaries than by one line from the first to the last.

        A Bayes factor: what was thought of either beforehand does not count.
        """
        before = (1 - self._share) ** (len(self.series) - 1)
        line = float(self.segments[0, -1]) * self.fit([]).line(0)
        return self.any * before * self.prior.line / max(line * (1 - before), 1e-300)

    def within(self, first: int, end: int) -> float:
        """Probability that a new segment begins with one of the periods from ``first`` to before ``end``."""
        return float(np.clip(1.0 - self.segments[:first, end:].sum(), 0.0, 1.0))

    def stretches(self, threshold: float) -> tuple[Stretch, ...]:
        """Where the series turned, in order of time: stretches that hold a boundary with this probability at least.

        A stretch grows from the most probable place towards the more probable side until one boundary is to be
        expected in it, or until what lies beside it is negligible; the next one is sought outside of it. So no
        boundary is counted twice because its place is uncertain.
        """
        free = self.boundary.copy()
        found = []
        while free.sum() >= threshold:
            peak = int(np.argmax(_near(free)))
            first, end = self._grown(free, peak)
            probability = self.within(first, end)
            if probability >= threshold:
                share = self.boundary[first:end]
                found.append(Stretch(first, share / share.sum(), probability))
            free[max(first - SHORTEST_LEVEL + 1, 0) : end + SHORTEST_LEVEL - 1] = 0.0
        return tuple(sorted(found, key=lambda stretch: stretch.first))

    def _grown(self, free: Floats, peak: int) -> tuple[int, int]:
        first, end = peak, peak + 1
        least = NEGLIGIBLE * float(free[peak])
        while free[first:end].sum() < EXPECTED:
            left = free[max(first - SIGHT, 0) : first].max(initial=0.0)
            right = free[end : end + SIGHT].max(initial=0.0)
            if max(left, right) <= least:
                break
            first, end = (first - 1, end) if left >= right else (first, end + 1)
        return first, end

    def fit(self, boundaries: Sequence[int]) -> Fit:
        """The pieces between some boundaries, each the first period of a new segment."""
        edges = [0, *boundaries, len(self.series)]
        pieces = tuple(self._piece(a, b) for a, b in pairwise(edges))
        weight = np.log(self.wander.prior) + sum(piece.evidence for piece in pieces)
        weight = np.exp(weight - weight.max())
        return Fit(pieces, weight / weight.sum())

    def _piece(self, start: int, end: int) -> Piece:
        series = self.series
        part = Measured(series.values[start:end], series.variance[start:end], series.step[start:end])
        sums = np.empty((7, len(self.wander)))
        for column in _filtered(part, self.wander, series.time[start:end], starts=1):
            sums = column[:, 0]
        time = series.time
        flat, mean, variance = _level(sums, self.prior.level)
        if end - start < SHORTEST_LINE or self.prior.line <= 0:
            nothing = np.zeros((3, len(self.wander)))
            return Piece(flat, nothing[0], (mean, variance), nothing[:2], nothing, 0.0)
        sloped, coefficients, covariance = _line(sums, time[start], time[end - 1], self.prior)
        flat, sloped = flat + np.log1p(-self.prior.line), sloped + np.log(self.prior.line)
        both = np.logaddexp(flat, sloped)
        middle = float(time[start] + time[end - 1]) / 2
        return Piece(both, np.exp(sloped - both), (mean, variance), coefficients, covariance, middle)


def growing(series: Measured, wander: Wander, spread: float) -> Floats:
    """Logarithm of the density of the level from the first period to each, (periods, laws), up to a constant a period.

    Args:
        series: The values.
        wander: The laws.
        spread: Standard deviation of the level.
    """
    filtered = _filtered(series, wander, starts=1)
    return np.stack([_level(sums[:, 0], spread)[0] for sums in filtered])


def _filtered(
    series: Measured, wander: Wander, time: Floats | None = None, starts: int | None = None
) -> Iterator[Floats]:
    """For each period, sums over the segments that end with it, of shape (7, starts, laws).

    The values, a constant and the time are filtered alike; of their innovations, each divided by its standard
    deviation, the sums of products are kept: logarithms of the variances, zz, 1z, tz, 11, 1t, tt.
    """
    n, laws = len(series), len(wander)
    starts = n if starts is None else starts
    columns = np.stack([series.values, np.ones(n), series.time if time is None else time])
    mean = np.zeros((3, starts, laws))
    variance = np.broadcast_to(wander.variance, (starts, laws)).copy()
    sums = np.zeros((7, starts, laws))
    for t in range(n):
        here = slice(0, min(t + 1, starts))
        total = variance[here] + series.variance[t]
        innovation = columns[:, t, None, None] - mean[:, here]
        gain = variance[here] / total
        z, one, slope = innovation / np.sqrt(total)
        sums[0, here] += np.log(total)
        for row, product in enumerate((z * z, one * z, slope * z, one * one, one * slope, slope * slope), 1):
            sums[row, here] += product
        yield sums[:, here]
        if t + 1 < n:
            decay = wander.autocorrelation ** (series.step[t + 1] - series.step[t])
            mean[:, here] = decay * (mean[:, here] + gain * innovation)
            variance[here] = decay**2 * (variance[here] * (1 - gain)) + wander.variance * (1 - decay**2)


def _level(sums: Floats, spread: float) -> tuple[Floats, Floats, Floats]:
    """Evidence of a level, its mean and its variance."""
    precision = sums[4] + 1 / spread**2
    evidence = -0.5 * (sums[0] + sums[1] - sums[2] ** 2 / precision + np.log(spread**2 * precision))
    return evidence, sums[2] / precision, 1 / precision


def _line(sums: Floats, first: Floats | float, last: float, prior: Prior) -> tuple[Floats, Floats, Floats]:
    """Evidence of a line, means of its middle and its slope, and their variances and covariance."""
    middle, length = (first + last) / 2, last - first
    p, q = 1 / prior.level**2, (length / prior.rise) ** 2
    aa = sums[4] + p
    ab = sums[5] - middle * sums[4]
    bb = sums[6] - 2 * middle * sums[5] + middle**2 * sums[4] + q
    za, zb = sums[2], sums[3] - middle * sums[2]
    determinant = aa * bb - ab**2
    a, b = (bb * za - ab * zb) / determinant, (aa * zb - ab * za) / determinant
    evidence = -0.5 * (sums[0] + sums[1] - a * za - b * zb + np.log(determinant / (p * q)))
    return evidence, np.stack([a, b]), np.stack([bb, aa, -ab]) / determinant


def _near(values: Floats) -> Floats:
    """Each value with half of its neighbours'."""
    padded = np.pad(values, 1)
    return np.asarray(np.where(values > 0, padded[1:-1] + (padded[:-2] + padded[2:]) / 2, 0.0), float)


def _logarithm_of_sum(values: Floats) -> Floats:
    """Logarithm of the sum of exponentials along the first axis."""
    top = values.max(axis=0)
    return np.asarray(top + np.log(np.exp(values - top).sum(axis=0)), float)


def _mixed(
    means: Sequence[Floats], variances: Sequence[Floats], weights: Sequence[Floats]
) -> tuple[Floats, Floats]:
    """Mean and variance of a mixture."""
    mean = sum(w * m for w, m in zip(weights, means, strict=True))
    square = sum(w * (v + (m - mean) ** 2) for w, m, v in zip(weights, means, variances, strict=True))
    return np.asarray(mean, float), np.asarray(square, float)


def _moments(mean: Floats, variance: Floats, weight: Floats) -> tuple[float, float]:
    middle = float(weight @ mean)
    return middle, float(np.sqrt(weight @ (variance + (mean - middle) ** 2)))
