"""Sums in whole numbers of any size, so that no grouping changes a digit."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Exact = NDArray[Any]
"""An array of Python integers (dtype object)."""

LARGEST_COUNT: Final = (1 << 63) - 1

_HALF: Final = 31
_MASK: Final = (1 << _HALF) - 1
_EXACT: Final = 1 << 53
"""Up to here doubles hold every whole number, and NumPy's weighted counts are sums in doubles."""
_ROWS: Final = 1 << (53 - 1 - _HALF)
"""So many numbers below 2³² have a sum that doubles hold."""


def zeros(*shape: int) -> Exact:
    """Whole-number zeros that can grow without bound."""
    return np.full(shape, 0, dtype=object)


def sums(values: NDArray[np.int64], groups: NDArray[Any], n: int) -> NDArray[np.int64]:
    """Sums of each column by group of rows, int64 of shape (n, columns).

    Args:
        values: Whole numbers from 0, int64 of shape (rows, columns).
        groups: The group of each row, from 0.
        n: How many groups there are.

    Raises:
        OverflowError: A sum passes 2⁶³.
    """
    result = np.zeros((n, values.shape[1]), np.int64)
    if not values.size:
        return result
    if int(values.max()) <= _EXACT // len(values):
        for column in range(values.shape[1]):
            result[:, column] = np.bincount(groups, values[:, column], n)
        return result
    exact = np.stack([_by_group(values[:, column], groups, n) for column in range(values.shape[1])], axis=1)
    if int(exact.max()) > LARGEST_COUNT:
        raise OverflowError("a count passes 2^63; no corpus is so large, the counts are wrong")
    return exact.astype(np.int64)


def moments(values: NDArray[np.int64], groups: NDArray[Any], n: int) -> tuple[Exact, Exact]:
    """Sums of the products of every two columns, and of each column's cube, by group of rows.

    Args:
        values: Whole numbers from 0, int64 of shape (rows, columns).
        groups: The group of each row.
        n: How many groups there are.

    Returns:
        Products of shape (n, columns, columns) and cubes of shape (n, columns), Python integers.
    """
    columns = values.shape[1]
    products, cubes = zeros(n, columns, columns), zeros(n, columns)
    if not values.size:
        return products, cubes
    fits = int(values.max()) <= _MASK
    for i in range(columns):
        a = values[:, i]
        for j in range(i, columns):
            b = values[:, j]
            product = a * b if fits else a.astype(object) * b.astype(object)
            products[:, i, j] = products[:, j, i] = _by_group(product, groups, n)
        cubes[:, i] = _cubes_by_group(a, groups, n) if fits else _by_group(a.astype(object) ** 3, groups, n)
    return products, cubes


def _by_group(values: NDArray[Any], groups: NDArray[Any], n: int) -> Exact:
    """Exact sums of numbers from 0, int64 or Python integers, by group."""
    if values.dtype == object:
        result = zeros(n)
        np.add.at(result, groups, values)
        return result
    if int(values.max()) <= _EXACT // len(values):
        return _counted(values, groups, n)
    result = zeros(n)
    for low in range(0, len(values), _ROWS):
        some, of = values[low : low + _ROWS], groups[low : low + _ROWS]
        result += _counted(some >> _HALF, of, n) * (1 << _HALF) + _counted(some & _MASK, of, n)
    return result


def _cubes_by_group(values: NDArray[np.int64], groups: NDArray[Any], n: int) -> Exact:
    """Exact sums of the cubes of numbers from 0 below 2³¹, by group."""
    square = values * values
    if int(values.max()) < 1 << 20:
        return _by_group(square * values, groups, n)
    high = _by_group((square >> _HALF) * values, groups, n)
    return high * (1 << _HALF) + _by_group((square & _MASK) * values, groups, n)


def _counted(values: NDArray[np.int64], groups: NDArray[Any], n: int) -> Exact:
    return np.bincount(groups, values, n).astype(np.int64).astype(object)
