"""Sums of products in whole numbers of any size, so that no grouping changes a digit."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Exact = NDArray[Any]
"""An array of Python integers (dtype object)."""

_HALF: Final = 31
_MASK: Final = (1 << _HALF) - 1


def zeros(*shape: int) -> Exact:
    """Whole-number zeros that can grow without bound."""
    return np.full(shape, 0, dtype=object)


class Grouping:
    """Rows put into groups once, for many sums.

    Args:
        groups: The group of each row, from 0; rows may come in any order.
        n: How many groups there are, empty ones included.
    """

    def __init__(self, groups: NDArray[np.int64], n: int) -> None:
        self.n = n
        self.order = np.argsort(groups, kind="stable")
        self.held, self.first = np.unique(groups[self.order], return_index=True)

    def small(self, values: NDArray[np.int64]) -> Exact:
        """Exact sums of numbers from 0 to 2⁶² (fewer than 2³¹ rows) by group."""
        result = zeros(self.n)
        if self.held.size:
            ordered = values[self.order]
            high = np.add.reduceat(ordered >> _HALF, self.first).astype(object)
            low = np.add.reduceat(ordered & _MASK, self.first).astype(object)
            result[self.held] = high * (1 << _HALF) + low
        return result

    def large(self, values: Exact) -> Exact:
        """Exact sums of Python integers by group."""
        result = zeros(self.n)
        if self.held.size:
            result[self.held] = np.add.reduceat(values[self.order], self.first)
        return result


def moments(values: NDArray[np.int64], groups: NDArray[np.int64], n: int) -> tuple[Exact, Exact]:
    """Sums of the products of every two columns, and of each column's cube, by group of rows.

    Args:
        values: Whole numbers from 0, int64 of shape (rows, columns); the first column may be dense, the
            others are taken to be mostly 0.
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
    dense = Grouping(groups, n)
    touched = np.flatnonzero(np.any(values[:, 1:] != 0, axis=1)) if columns > 1 else np.empty(0, np.int64)
    sparse = Grouping(groups[touched], n)
    rows = values[touched]
    for i in range(columns):
        for j in range(i, columns):
            source, grouping = (values, dense) if j == 0 else (rows, sparse)
            products[:, i, j] = products[:, j, i] = _sum_of_product(
                source[:, i], source[:, j], grouping, fits
            )
        source, grouping = (values, dense) if i == 0 else (rows, sparse)
        cubes[:, i] = _sum_of_cubes(source[:, i], grouping, fits)
    return products, cubes


def _sum_of_product(a: NDArray[np.int64], b: NDArray[np.int64], grouping: Grouping, fits: bool) -> Exact:
    return grouping.small(a * b) if fits else grouping.large(a.astype(object) * b.astype(object))


def _sum_of_cubes(a: NDArray[np.int64], grouping: Grouping, fits: bool) -> Exact:
    if not fits:
        whole = a.astype(object)
        return grouping.large(whole * whole * whole)
    square = a * a
    return grouping.small((square >> _HALF) * a) * (1 << _HALF) + grouping.small((square & _MASK) * a)
