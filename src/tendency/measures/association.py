"""Measures of association and of contrast, as the literature defines them: one formula each, over arrays.

Of a pair in a text of ``n`` words: ``xy`` is how often both occur together, ``x`` and ``y`` how often each does. Of a contrast: ``a`` of
``c`` words on one side, ``b`` of ``d`` on the other. What has no value (nothing to divide by) is NaN, or infinite where the limit is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Association = Callable[[ArrayLike, ArrayLike, ArrayLike, ArrayLike], Floats]
Contrast = Callable[[ArrayLike, ArrayLike, ArrayLike, ArrayLike], Floats]


def _floats(*values: ArrayLike) -> tuple[Floats, ...]:
    arrays = np.broadcast_arrays(*(np.asarray(value, float) for value in values))
    return tuple(arrays)


def _by(above: ArrayLike, below: ArrayLike) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return np.asarray(np.true_divide(above, below), float)


def _log2(values: ArrayLike) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.log2(values), float)


def _each(observed: Floats, expected: Floats) -> Floats:
    """O ln (O/E), 0 where nothing is observed."""
    result = np.zeros(observed.shape)
    some = (observed > 0) & (expected > 0)
    result[some] = observed[some] * np.log(observed[some] / expected[some])
    return result


def log_dice(xy: ArrayLike, x: ArrayLike, y: ArrayLike, n: ArrayLike = 0) -> Floats:
    """14 + log₂(2 xy / (x + y)): 14 at most, does not grow with the text.

    Source: Rychlý (2008), A lexicographer-friendly association score, RASLAN 2008, 6-9.
    """
    return np.asarray(14 + _log2(dice(xy, x, y, n)))


def dice(xy: ArrayLike, x: ArrayLike, y: ArrayLike, n: ArrayLike = 0) -> Floats:
    """2 xy / (x + y). Source: Dice (1945), doi:10.2307/1932409."""
    both, one, other = _floats(xy, x, y)
    return _by(2 * both, one + other)


def mutual_information(xy: ArrayLike, x: ArrayLike, y: ArrayLike, n: ArrayLike) -> Floats:
    """log₂(xy n / (x y)), pointwise. Source: Church & Hanks (1990), Computational Linguistics 16, 22-29."""
    both, one, other, words = _floats(xy, x, y, n)
    return _log2(_by(both * words, one * other))


def mutual_information_cubed(xy: ArrayLike, x: ArrayLike, y: ArrayLike, n: ArrayLike) -> Floats:
    """log₂(xy³ n / (x y)): favours rare pairs less. Source: Daille (1994), Approche mixte pour l'extraction de terminologie, Paris 7."""
    both, one, other, words = _floats(xy, x, y, n)
    return _log2(_by(both**3 * words, one * other))


def t_score(xy: ArrayLike, x: ArrayLike, y: ArrayLike, n: ArrayLike) -> Floats:
    """(O - E) / √O. Source: Church, Gale, Hanks & Hindle (1991), in Zernik (ed.), Lexical Acquisition, 115-164."""
    both, one, other, words = _floats(xy, x, y, n)
    return _by(both - _by(one * other, words), np.sqrt(both))


def z_score(xy: ArrayLike, x: ArrayLike, y: ArrayLike, n: ArrayLike) -> Floats:
    """(O - E) / √E. Source: Berry-Rogghe (1973), in Aitken et al. (eds), The Computer and Literary Studies, 103-112."""
    both, one, other, words = _floats(xy, x, y, n)
    expected = _by(one * other, words)
    return _by(both - expected, np.sqrt(expected))


def _cells(xy: ArrayLike, x: ArrayLike, y: ArrayLike, n: ArrayLike) -> tuple[list[Floats], list[Floats]]:
    """The four cells of a pair's table, and what independence puts into each."""
    both, one, other, words = _floats(xy, x, y, n)
    observed = [both, one - both, other - both, words - one - other + both]
    rows, columns = (one, words - one), (other, words - other)
    # In the order of the cells: both, the first alone, the second alone, neither.
    expected = [_by(rows[i] * columns[j], words) for i, j in ((0, 0), (0, 1), (1, 0), (1, 1))]
    return observed, expected


def log_likelihood(xy: ArrayLike, x: ArrayLike, y: ArrayLike, n: ArrayLike) -> Floats:
    """G² = 2 Σ O ln(O/E) over four cells. Source: Dunning (1993), Computational Linguistics 19, 61-74."""
    observed, expected = _cells(xy, x, y, n)
    return np.asarray(2 * sum(_each(o, e) for o, e in zip(observed, expected, strict=True)), float)


def chi_square(xy: ArrayLike, x: ArrayLike, y: ArrayLike, n: ArrayLike) -> Floats:
    """Pearson's χ² over four cells, uncorrected."""
    observed, expected = _cells(xy, x, y, n)
    return np.asarray(sum(_by((o - e) ** 2, e) for o, e in zip(observed, expected, strict=True)), float)


def delta_p(xy: ArrayLike, x: ArrayLike, y: ArrayLike, n: ArrayLike) -> Floats:
    """How much likelier y is where x is than where it is not: xy/x - (y - xy)/(n - x).

    Source: Gries (2013), doi:10.1075/ijcl.18.1.09gri.
    """
    both, one, other, words = _floats(xy, x, y, n)
    return np.asarray(_by(both, one) - _by(other - both, words - one))


def delta_p_reversed(xy: ArrayLike, x: ArrayLike, y: ArrayLike, n: ArrayLike) -> Floats:
    """How much likelier x is where y is than where it is not."""
    return delta_p(xy, y, x, n)


def minimum_sensitivity(xy: ArrayLike, x: ArrayLike, y: ArrayLike, n: ArrayLike = 0) -> Floats:
    """The smaller of xy/x and xy/y. Source: Pedersen & Bruce (1996), What to infer from a description, SMU 96-CSE-04."""
    both, one, other = _floats(xy, x, y)
    return _by(both, np.maximum(one, other))


ASSOCIATIONS: Final[Mapping[str, Association]] = {
    "mi": mutual_information,
    "mi3": mutual_information_cubed,
    "t_score": t_score,
    "z_score": z_score,
    "log_likelihood": log_likelihood,
    "chi_square": chi_square,
    "dice": dice,
    "delta_p": delta_p,
    "delta_p_reversed": delta_p_reversed,
    "minimum_sensitivity": minimum_sensitivity,
}
"""The further measures of association, by the column that each has in a table."""


def log_ratio(a: ArrayLike, b: ArrayLike, c: ArrayLike, d: ArrayLike) -> Floats:
    """log₂ of the ratio of two rates; a side without a hit counts as half of one.

    Source: Hardie (2014), Log Ratio: an informal introduction, CASS Lancaster.
    """
    one, two, words, others = _floats(a, b, c, d)
    return _log2(_by(_by(np.where(one > 0, one, 0.5), words), _by(np.where(two > 0, two, 0.5), others)))


def log_likelihood_two_cells(a: ArrayLike, b: ArrayLike, c: ArrayLike, d: ArrayLike) -> Floats:
    """2 (a ln(a/E₁) + b ln(b/E₂)). Source: Rayson & Garside (2000), doi:10.3115/1117729.1117730."""
    one, two, words, others = _floats(a, b, c, d)
    share = _by(one + two, words + others)
    return np.asarray(2 * (_each(one, words * share) + _each(two, others * share)))


def log_likelihood_four_cells(a: ArrayLike, b: ArrayLike, c: ArrayLike, d: ArrayLike) -> Floats:
    """G² over the table of a word and all others, on both sides."""
    one, two, words, others = _floats(a, b, c, d)
    return log_likelihood(one, words, one + two, words + others)


def chi_square_contrast(a: ArrayLike, b: ArrayLike, c: ArrayLike, d: ArrayLike) -> Floats:
    """Pearson's χ² over the same table, uncorrected."""
    one, two, words, others = _floats(a, b, c, d)
    return chi_square(one, words, one + two, words + others)


def bayes_factor(a: ArrayLike, b: ArrayLike, c: ArrayLike, d: ArrayLike) -> Floats:
    """The two-cell log-likelihood less ln(c + d); above 2, 6 and 10 positive, strong, very strong.

    Source: Wilson (2013), Embracing Bayes factors for key item analysis, in Bieswanger & Koll-Stobbe (eds), 3-11.
    """
    _, _, words, others = _floats(a, b, c, d)
    return np.asarray(log_likelihood_two_cells(a, b, c, d) - np.log(np.maximum(words + others, 1)))


def percent_difference(a: ArrayLike, b: ArrayLike, c: ArrayLike, d: ArrayLike) -> Floats:
    """100 (rate₁ - rate₂) / rate₂. Source: Gabrielatos & Marchi (2011), Keyness: matching metrics to definitions."""
    one, two, words, others = _floats(a, b, c, d)
    return np.asarray(100 * (_by(_by(one, words), _by(two, others)) - 1))


def odds_ratio(a: ArrayLike, b: ArrayLike, c: ArrayLike, d: ArrayLike) -> Floats:
    """A (d - b) / (b (c - a))."""
    one, two, words, others = _floats(a, b, c, d)
    return _by(one * (others - two), two * (words - one))


def simple_maths(a: ArrayLike, b: ArrayLike, c: ArrayLike, d: ArrayLike, k: float = 100.0) -> Floats:
    """(per million₁ + k) / (per million₂ + k). Source: Kilgarriff (2009), Simple maths for keywords, Corpus Linguistics 2009."""
    one, two, words, others = _floats(a, b, c, d)
    return _by(_by(1e6 * one, words) + k, _by(1e6 * two, others) + k)


CONTRASTS: Final[Mapping[str, Contrast]] = {
    "log_likelihood": log_likelihood_two_cells,
    "g2": log_likelihood_four_cells,
    "bic": bayes_factor,
    "percent_difference": percent_difference,
    "odds_ratio": odds_ratio,
    "simple_maths": simple_maths,
    "chi_square": chi_square_contrast,
}
"""The further measures of contrast, by the column that each has in a table."""


def log_odds(
    a: ArrayLike,
    b: ArrayLike,
    c: ArrayLike,
    d: ArrayLike,
    prior: ArrayLike,
    prior_words: ArrayLike,
    dispersion: tuple[Floats | float, Floats | float] = (1.0, 1.0),
) -> tuple[Floats, Floats]:
    """Difference of log odds under an informative Dirichlet prior, and its z.

    Args:
        a, b: Hits on either side.
        c, d: Words on either side.
        prior: Hits that the prior adds to each side, in proportion to the background.
        prior_words: Words that it adds.
        dispersion: By how much the variance of either side's hits exceeds that of independent words, φ; with 1 and 1 the z is that of
            the source.

    Source: Monroe, Colaresi & Quinn (2008), doi:10.1093/pan/mpn018, equations 16, 20 and 22.
    """
    one, two, words, others, added, mass = _floats(a, b, c, d, prior, prior_words)
    with np.errstate(divide="ignore", invalid="ignore"):
        delta = np.log((one + added) / (words + mass - one - added)) - np.log(
            (two + added) / (others + mass - two - added)
        )
        variance = dispersion[0] / (one + added) + dispersion[1] / (two + added)
        return np.asarray(delta), np.asarray(delta / np.sqrt(variance))
