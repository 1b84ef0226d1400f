"""Quantiles of the beta and gamma distributions, one at a time.

A count needs two of them, and importing SciPy's would take longer than counting. Where there are many, SciPy's are faster;
``dispersion.quantile`` chooses. Both must agree to nine digits (tests/measures/test_quantiles.py).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

_TINY: Final = 1e-300
_STEPS: Final = 10_000
_ENOUGH: Final = 4e-16


def beta_quantile(a: float, b: float, p: float) -> float:
    """The x in [0, 1] below which a beta variable with parameters a and b lies with probability p."""
    scale = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)

    def density(x: float) -> float:
        # Where a dwarfs b, the mean itself is 1 as far as numbers tell.
        if not 0 < x < 1:
            return 0.0
        return math.exp(scale + (a - 1) * math.log(x) + (b - 1) * math.log1p(-x))

    return _solved(lambda x: _beta_below(a, b, x), density, p, 1.0, a / (a + b))


def gamma_quantile(a: float, p: float) -> float:
    """The x below which a gamma variable with shape a and scale 1 lies with probability p."""
    scale = math.lgamma(a)
    high = a + 10 * math.sqrt(a) + 50
    while _gamma_below(a, high) < p:
        high *= 2

    def density(x: float) -> float:
        return math.exp((a - 1) * math.log(x) - x - scale)

    return _solved(lambda x: _gamma_below(a, x), density, p, high, a)


def _solved(
    below: Callable[[float], float], density: Callable[[float], float], p: float, high: float, start: float
) -> float:
    """Where an increasing function on [0, high] reaches p: Newton's steps, halving where one would leave the bracket."""
    if p <= 0:
        return 0.0
    if p >= 1:
        return high
    low, x = 0.0, start
    for _ in range(_STEPS):
        miss = below(x) - p
        low, high = (x, high) if miss < 0 else (low, x)
        slope = density(x)
        step = x - miss / slope if slope > 0 else -1.0
        # Halving by ratio keeps the digits of answers near zero.
        halved = math.sqrt(low * high) if low > 0 else high / 16
        following = step if low < step < high else halved
        if abs(following - x) <= _ENOUGH * x or following in (low, high):
            return following
        x = following
    return x


def _beta_below(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function, by its continued fraction.

    Source: DLMF 8.17.22, evaluated by the method of Lentz (1976), doi:10.1364/AO.15.000668.
    """
    if x <= 0:
        return 0.0
    if x >= 1:
        return 1.0
    if x > (a + 1) / (a + b + 2):
        return 1.0 - _beta_below(b, a, 1 - x)
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    )

    def numerator(step: int) -> float:
        m, odd = divmod(step, 2)
        if odd:
            return -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        return m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))

    return front / (a * _continued(1.0, numerator, lambda step: 1.0))


def _gamma_below(a: float, x: float) -> float:
    """The regularised lower incomplete gamma function: its series below the mean, its continued fraction above.

    Source: DLMF 8.11.4 and 8.9.2.
    """
    if x <= 0:
        return 0.0
    front = math.exp(a * math.log(x) - x - math.lgamma(a))
    if x < a + 1:
        term = total = 1 / a
        step = 1
        while term > _ENOUGH * total and step < _STEPS:
            term *= x / (a + step)
            total += term
            step += 1
        return front * total
    fraction = _continued(x + 1 - a, lambda step: -step * (step - a), lambda step: x + 1 - a + 2 * step)
    return 1.0 - front / fraction


def _continued(first: float, numerator: Callable[[int], float], denominator: Callable[[int], float]) -> float:
    """The continued fraction first + n₁/(d₁ + n₂/(d₂ + …)), by the modified method of Lentz."""
    value = first or _TINY
    c, d = value, 0.0
    for step in range(1, _STEPS):
        d = denominator(step) + numerator(step) * d
        d = 1 / (d or _TINY)
        c = (denominator(step) + numerator(step) / c) or _TINY
        value *= c * d
        if abs(c * d - 1) < _ENOUGH:
            break
    return value
