"""How large changes are that were found elsewhere, and whether they come again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr

from tendency.measures.dispersion import FEW_CLUSTERS, FEW_HITS, Floats, limits
from tendency.measures.families import benjamini_hochberg
from tendency.measures.looking import Evidence, Looked, Verdicts
from tendency.measures.scan import KINDS, Kind, stretches, trends
from tendency.measures.wandering import Usual
from tendency.tally.gram_moments import GramMoments
from tendency.tally.placing import HELD_OUT

Ints = NDArray[np.int64]
Side = tuple[Floats, Floats, Floats]

LEAST_PERIODS: Final = 6
"""Periods with text in a part, at least."""
_LEVEL: Final = 0.95


@dataclass(frozen=True, eq=False)
class Stretches:
    """What was found, of which the size is asked; arrays have an entry a finding.

    Attributes:
        kinds: ``trend``, ``turn`` or ``episode``.
        sign: 1 where it goes up, else -1, float.
        begin, end: The stretch that differs, as places on the axis of all periods, the last not included; all of them for a trend.
        known: How much words wander, by kind.
    """

    kinds: NDArray[np.str_]
    sign: Floats
    begin: Ints
    end: Ints
    known: dict[Kind, Usual]

    @classmethod
    def found(cls, seen: Evidence, looked: Looked, verdicts: Verdicts, rows: Ints, periods: int) -> Stretches:
        """Those of some rows in the part that was looked at, on an axis of so many periods."""
        best = verdicts.best[rows]
        sign, first, last = (
            np.stack([getattr(looked.fits[kind], name)[rows] for kind in KINDS], axis=1)[
                np.arange(rows.size), best
            ]
            for name in ("sign", "first", "last")
        )
        # What goes on to the end of this part goes on to the end of all periods; a trend has begun before either.
        ends = np.append(seen.axis.step[:-1] + 1, periods)
        kinds = np.array(KINDS)[best]
        begin = np.where(kinds == "trend", 0, seen.axis.step[first])
        return cls(kinds, sign, begin, ends[last - 1], verdicts.known)

    def take(self, rows: slice) -> Stretches:
        """Some of them."""
        return Stretches(self.kinds[rows], self.sign[rows], self.begin[rows], self.end[rows], self.known)


@dataclass(frozen=True, eq=False)
class Effects:
    """What a part of the documents says of what was found; arrays have an entry a finding.

    Attributes:
        hits: Hits in this part.
        pieces: Independent pieces of evidence in it.
        strength: What the same change gains here.
        sign: Which way it goes here.
        slope: Of a trend, change of the logarithm of the rate a period.
        before, after: Hits per million words without and within the stretch; in the first and the last third for a trend.
        ratio, low, high: Of after to before, with 95 % limits.
        lacking: Where this part has no text within or without.
        freedom: Degrees of freedom that its periods leave.
    """

    hits: Floats
    pieces: Ints
    strength: Floats
    sign: Floats
    slope: Floats
    before: Floats
    after: Floats
    ratio: Floats
    low: Floats
    high: Floats
    lacking: NDArray[np.bool_]
    freedom: int

    @classmethod
    def joined(cls, parts: Sequence[Effects]) -> Effects:
        """Of findings one after the other."""
        columns = {
            field.name: np.concatenate([getattr(part, field.name) for part in parts])
            for field in fields(cls)
            if field.name != "freedom"
        }
        return cls(**columns, freedom=parts[0].freedom)


def effects(seen: Evidence, counted: GramMoments, stretch: Stretches) -> Effects:
    """The effects of findings in one part of the documents."""
    hits, burstiness = counted.hits.astype(float), seen.burstiness(counted)
    total, periods = hits.sum(axis=1), len(seen.axis)
    size = total.size
    first = np.searchsorted(seen.axis.step, stretch.begin)
    last = np.searchsorted(seen.axis.step, stretch.end)
    trend = stretch.kinds == "trend"
    place = np.arange(periods)
    inside = (place >= first[:, None]) & (place < last[:, None])
    outside = ~inside
    third = max(periods // 3, 1)
    inside[trend], outside[trend] = place >= periods - third, place < third
    empty = ~inside.any(axis=1) | ~outside.any(axis=1)
    lacking = empty | np.full(size, periods < LEAST_PERIODS)
    strength, sign, slope = np.zeros(size), np.ones(size), np.zeros(size)
    wander_in, wander_out = np.zeros(size), np.zeros(size)
    for kind in KINDS:
        own = np.flatnonzero((stretch.kinds == kind) & ~lacking)
        if not own.size:
            continue
        if kind == "trend":
            fitted = trends(seen.ground, hits[own], burstiness[own])
        else:
            fitted = stretches(seen.ground, hits[own], burstiness[own], first[own], last[own])
        wander = stretch.known[kind].wander(total[own], fitted)
        strength[own], sign[own], slope[own] = fitted.strength(wander), fitted.sign, fitted.slope
        wander_in[own] = wander.of_sum(inside[own].sum(axis=1).astype(float))
        wander_out[own] = wander.of_sum(outside[own].sum(axis=1).astype(float))
    sides = [
        _side(seen, hits, burstiness, mask, wander)
        for mask, wander in ((outside, wander_out), (inside, wander_in))
    ]
    pieces = counted.own_pieces if seen.between else counted.own_clusters
    before, after = sides[0][0], sides[1][0]
    return Effects(
        total, pieces, strength, sign, slope, before, after, *_ratio(*sides), lacking, max(periods - 2, 1)
    )


def _side(seen: Evidence, hits: Floats, burstiness: Floats, mask: NDArray[np.bool_], wander: Floats) -> Side:
    """Hits per million words of some periods with 95 % limits, bursts and wander accounted for."""
    n = seen.ground.words
    words = np.maximum(mask @ n, 1.0)
    found = (hits * mask).sum(axis=1)
    spread = burstiness * (mask @ (n**2 * seen.ground.concentration)) + wander * (mask @ n**2)
    low, high = limits(found, 1 / np.maximum(spread / words**2, 1e-9), _LEVEL)
    million = 1e6 / words
    return found * million, low * million, np.minimum(high * million, 1e6)


def _ratio(before: Side, after: Side) -> tuple[Floats, Floats, Floats]:
    """The ratio of two rates with limits from those of either (Donner & Zou 2012, doi:10.1177/0962280210383082).

    NaN for a ratio to nothing; an infinite upper limit where nothing was found before.
    """
    (one, one_low, one_high), (two, two_low, two_high) = before, after
    ratio = np.full(one.size, np.nan)
    np.divide(two, one, out=ratio, where=one > 0)

    def log(values: Floats) -> Floats:
        return np.log(np.maximum(values, 1e-12))

    # The most likely rate of a side without hits is taken for half of its upper limit.
    centre_one = np.where(one > 0, one, one_high / 2)
    centre_two = np.where(two > 0, two, two_high / 2)
    centre = log(centre_two) - log(centre_one)
    down = np.hypot(log(centre_two) - log(two_low), log(one_high) - log(centre_one))
    up = np.hypot(log(two_high) - log(centre_two), log(centre_one) - log(one_low))
    low = np.where(two > 0, np.exp(centre - down), 0.0)
    high = np.where(one > 0, np.exp(np.minimum(centre + up, 600.0)), np.inf)
    return ratio, low, high


def confirmed(other: Effects, sign: Floats, q: float) -> NDArray[np.str_]:
    """What the part held out says of each finding, the share of false ones among the confirmed held at q."""
    few = other.lacking | (other.hits < FEW_HITS) | (other.pieces < -(-FEW_CLUSTERS // HELD_OUT))
    root = np.sqrt(other.strength) * np.where(other.sign == sign, 1.0, -1.0)
    p = 1 - stdtr(float(other.freedom), root)
    result = np.full(sign.size, "too few", "U13")
    tested = np.flatnonzero(~few)
    if tested.size:
        result[tested] = np.where(benjamini_hochberg(p[tested]) <= q, "confirmed", "not confirmed")
    return result
