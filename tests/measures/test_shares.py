"""Shares of documents: the textbook interval where documents are independent, a wider one where clusters resemble themselves."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from scipy.stats import beta

from tendency.measures import rates
from tendency.measures.shares import likeness, share_limits
from tendency.tally import Period, Tally

YEARS = [Period(str(1936 + i), dt.date(1936 + i, 1, 1), dt.date(1937 + i, 1, 1)) for i in range(3)]


def counted(
    containing: list[int], cluster: list[str | None] | None = None, period: list[int] | None = None
) -> Tally:
    """Documents of 100 words that hold two hits or none."""
    found = np.array(containing, np.int64).reshape(-1)
    return Tally.from_counts(
        np.column_stack([2 * found, found, np.ones_like(found)]),
        np.full(found.size, 100),
        YEARS,
        period=period,
        columns=["war", "documents with war", "documents"],
        clusters={"title": cluster},
        grain="year",
    )


def shares(tally: Tally, **more: object) -> list[dict[str, object]]:
    """The rows of the shares of documents."""
    return rates(tally, containing=[(0, 1)], documents=2, **more).table.to_dicts()  # type: ignore[arg-type]


def test_independent_documents_have_jeffreys_limits() -> None:
    """12 of 40 documents, each its own cluster: the limits of Jeffreys, from SciPy's beta distribution."""
    row = shares(counted([1] * 12 + [0] * 28))[0]
    assert (row["share"], row["exposure"], row["denominator"]) == (0.3, 40, "documents")
    assert [row["share_low"], row["share_high"]] == pytest.approx(beta.ppf([0.025, 0.975], 12.5, 28.5))
    assert (row["hits"], row["documents_with_hits"], row["per_million"]) == (24, 12, 6000.0)


def test_none_and_all() -> None:
    """No document with a hit: 0 and an upper limit (rule of three); all of them: 1 and a lower limit."""
    (none, *_), (every, *_) = shares(counted([0] * 60)), shares(counted([1] * 60))
    assert (none["share"], none["share_low"]) == (0, 0)
    assert none["share_high"] == pytest.approx(1 - 0.05 ** (1 / 60))
    assert (every["share"], every["share_high"]) == (1, 1)
    assert every["share_low"] == pytest.approx(0.05 ** (1 / 60))


def test_titles_that_always_speak_of_it() -> None:
    """Ten titles of twenty pages, half of which always name it: the pages are ten pieces of evidence, not 200."""
    containing = [int(title < 5) for title in range(10) for _ in range(20)]
    cluster: list[str | None] = [f"title {title}" for title in range(10) for _ in range(20)]
    together, alone = shares(counted(containing, cluster))[0], shares(counted(containing))[0]
    assert together["share"] == alone["share"] == 0.5
    assert together["share_low"] < 0.25 < 0.4 < alone["share_low"]  # type: ignore[operator]
    assert (together["clusters"], alone["clusters"]) == (10, 200)


def test_moments_against_the_formula() -> None:
    """ρ by the formula of the docstring, in floats, without the prior's weight mattering among so many documents."""
    generator = np.random.default_rng(2)
    sizes = generator.integers(5, 60, 400)
    own = generator.beta(0.3 * 9, 0.7 * 9, 400)
    containing = generator.binomial(sizes, own)
    tally = Tally.from_counts(
        np.column_stack([containing, sizes]), 100 * sizes, YEARS[:1], columns=["a", "n"], documents=sizes
    )
    y, n = containing.sum(), sizes.sum()
    p, nn, nnn = y / n, (sizes.astype(float) ** 2).sum(), (sizes.astype(float) ** 3).sum()
    v, s = p * (1 - p), ((containing - p * sizes) ** 2).sum()
    a, b = n - nn / n, nn - n - 2 * (nnn - nn) / n + nn * (nn - n) / n**2
    rho = (s * (1 - 1 / n) - v * a) / (v * b + (nn - n) / n**2 * s)
    found = likeness(tally, tally.clusterings[0], 1, 2)
    assert found.correlation[0, 0] == pytest.approx(rho, rel=0.02)
    assert rho == pytest.approx(0.1, abs=0.03)


def test_little_or_nothing() -> None:
    """No document: no share; one: its share, too few; one cluster of many: nothing tells how clusters differ."""
    rows = shares(counted([1], period=[1]))
    assert [row["share"] for row in rows] == [None, 1.0, None]
    assert [row["note"] for row in rows] == [
        "nothing held",
        "too few clusters and documents with hits",
        "nothing held",
    ]
    assert rows[1]["too_few"]
    (one, *_) = shares(counted([1, 0] * 20, ["only"] * 40))
    assert (one["share"], one["share_low"], one["share_high"], one["interval"]) == (0.5, None, None, "none")
    assert [row["share"] for row in shares(counted([]))] == [None] * 3
    low, high = share_limits([0, 5], [0, 10], 1.0)
    assert np.isnan([low[0], high[0]]).all()


def test_huge_counts() -> None:
    """10¹² documents a row: finite, within 0 and 1, no warning."""
    big = 10**12
    tally = Tally.from_counts(
        [[big, big // 3, big], [big, big // 2, big]] * 9,
        [big] * 18,
        YEARS[:1],
        columns=["war", "with", "documents"],
        documents=[big] * 18,
    )
    (row,) = shares(tally)
    assert 0 < row["share_low"] < row["share"] < row["share_high"] < 1  # type: ignore[operator]


def test_interval_covers_in_a_small_simulation() -> None:
    """One cell of the grid of bench/statistics/documents.py: 93 to 97.5 % pooled, 90 to 98 % alone."""
    generator = np.random.default_rng(11)
    for periods, replications, low, high in ((10, 60, 92.5, 97.5), (1, 600, 90, 98)):
        shape = (replications, periods, 25)
        documents = 1 + generator.poisson(9, shape)
        containing = generator.binomial(documents, generator.beta(0.3 * 9, 0.7 * 9, shape))
        split, period, _ = np.indices(shape)
        tally = Tally.from_counts(
            np.column_stack([containing.ravel(), containing.ravel(), documents.ravel()]),
            1000 * documents.ravel(),
            [Period(str(i), dt.date(i + 1, 1, 1), dt.date(i + 2, 1, 1)) for i in range(periods)],
            period=period.ravel(),
            split=split.ravel(),
            splits=[str(i) for i in range(replications)],
            documents=documents.ravel(),
        )
        table = rates(tally, containing=[(0, 1)], documents=2).table
        covered = 100 * float(((table["share_low"] <= 0.3) & (table["share_high"] >= 0.3)).mean())  # type: ignore[arg-type]
        assert low <= covered <= high
