"""Turning points of any series of values, such as prices, whose errors are not known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tendency.errors import SettingError
from tendency.measures.dispersion import Floats
from tendency.measures.segmentation import Measured, Prior, Segmentation, Stretch, Wander

# Frozen on every second series of the Turing Change Point Dataset; see bench/statistics/turing.py.
THRESHOLD: Final = 0.5
VALUES: Final = Prior(changes=1.0, level=1.0, rise=1.0, line=0.5)
"""What is thought of values, in units of their spread, before anything was seen."""
AUTOCORRELATIONS: Final = (0.0, 0.3, 0.6, 0.8, 0.9)

_FEW: Final = 7
_LEVEL: Final = 0.8
_NEIGHBOURS: Final = 5
_FARTHEST: Final = 4.0
_ERROR: Final = 1e-4
_NORMAL_QUARTILES: Final = 1.349
_NORMAL_MEDIAN: Final = 0.6745
_NARROW: Final = 0.2


@dataclass(frozen=True)
class Change:
    """A turning point of a series of values.

    Attributes:
        place: The number of the first value of the new segment.
        earliest, latest: The 80 % range of that number.
        probability: That there is one.
    """

    place: int
    earliest: int
    latest: int
    probability: float


def segment(values: ArrayLike, variance: ArrayLike | None = None) -> tuple[Change, ...]:
    """Where a series of real values changed its level or its slope, in order of time.

    Values far from their neighbours' median are drawn in (Hampel's filter), all are scaled by the spread of their
    middle half, and what moves them within a segment is wander of unknown size and autocorrelation.

    Args:
        values: One a period; NaN where there is none.
        variance: Of the error of each value; by default not known, and then all is wander.

    Returns:
        Places count all values, those without one too. Under seven values, or where all are equal, there is none.

    Raises:
        SettingError: Infinite values, variances of another length or below 0, or more than 3,000 values.

    Source: ``Segmentation``; the filter: Hampel (1974), doi:10.1080/01621459.1974.10482962.
    """
    every = np.asarray(values, float).ravel()
    error = np.zeros(every.size) if variance is None else np.asarray(variance, float).ravel()
    if error.size != every.size:
        raise SettingError(f"{every.size} values need as many variances, not {error.size}.")
    held = np.flatnonzero(~np.isnan(every))
    if not np.isfinite(every[held]).all() or not (error[held] >= 0).all():
        raise SettingError("values must be finite, or NaN where there is none, and variances not below 0.")
    known = _drawn_in(every[held])
    scale = _spread(known)
    if held.size < _FEW or scale == 0:
        return ()
    known = (known - np.median(known)) / scale
    unit = float(np.mean(np.diff(known) ** 2)) / 2
    series = Measured(known, error[held] / scale**2 + _ERROR * unit, held.astype(float))
    found = Segmentation(series, Wander.grid(unit, AUTOCORRELATIONS), VALUES).stretches(THRESHOLD)
    return tuple(_change(one, held) for one in found)


def _change(stretch: Stretch, held: NDArray[np.int64]) -> Change:
    earliest, latest = stretch.range(_LEVEL)
    return Change(int(held[stretch.place]), int(held[earliest]), int(held[latest]), stretch.probability)


def _drawn_in(values: Floats) -> Floats:
    """The values, none further than four robust deviations from the median of its neighbours."""
    result = values.copy()
    for place, value in enumerate(values):
        near = values[max(0, place - _NEIGHBOURS) : place + _NEIGHBOURS + 1]
        middle = float(np.median(near))
        reach = _FARTHEST * float(np.median(np.abs(near - middle))) / _NORMAL_MEDIAN
        # Where most neighbours are equal there is no deviation to judge by.
        if reach > 0:
            result[place] = min(max(value, middle - reach), middle + reach)
    return result


def _spread(values: Floats) -> float:
    """A standard deviation from the quartiles, or the plain one where these lie close together."""
    if not values.size:
        return 0.0
    plain = float(values.std())
    lower, upper = np.quantile(values, [0.25, 0.75])
    robust = float(upper - lower) / _NORMAL_QUARTILES
    return robust if robust > _NARROW * plain else plain
