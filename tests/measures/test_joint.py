"""Joint draws against their slow twin, the bootstrap of documents."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from tendency.measures.joint import Joint, Quantity
from tendency.tally import Period, Tally

SPANS = [Period(str(y), dt.date(y, 1, 1), dt.date(y + 1, 1, 1)) for y in (1936, 1937)]


def correlated(seed: int, documents: int = 1500, shared: bool = True) -> tuple[np.ndarray, np.ndarray]:  # type: ignore[type-arg]
    """Hits of two items that burst in the same documents, and words."""
    generator = np.random.default_rng(seed)
    words = generator.integers(500, 2500, documents)
    theme = generator.gamma(1, 1, documents)
    other = theme if shared else generator.gamma(1, 1, documents)
    hits = generator.poisson(np.column_stack([2.0 * theme, 1.5 * other]) * words[:, None] / 1500)
    return hits, words


@pytest.mark.parametrize("shared", [True, False])
def test_draws_agree_with_the_bootstrap(shared: bool) -> None:
    """Spread and correlation of the draws are those of rates of resampled documents."""
    hits, words = correlated(1, shared=shared)
    tally = Tally.from_counts(hits, words, SPANS[:1], columns=["a", "b"])
    joint = Joint(tally, 20_000)
    quantities = [Quantity(0, 1), Quantity(0, 2)]
    drawn = joint.sample(0, quantities, joint.correlation_within(0, [(1, 0), (2, 0)]))
    generator = np.random.default_rng(2)
    rates = []
    for _ in range(2000):
        again = generator.integers(0, len(words), len(words))
        rates.append(np.log(hits[again].sum(axis=0) / words[again].sum()))
    twin = np.array(rates)
    assert drawn.mean(axis=0) == pytest.approx(twin.mean(axis=0), abs=0.02)
    assert drawn.std(axis=0) == pytest.approx(twin.std(axis=0), rel=0.08)
    assert np.corrcoef(drawn.T)[0, 1] == pytest.approx(np.corrcoef(twin.T)[0, 1], abs=0.06)
    difference, resampled = drawn[:, 0] - drawn[:, 1], twin[:, 0] - twin[:, 1]
    assert difference.std() == pytest.approx(resampled.std(), rel=0.1)


def test_clusters_that_speak_twice_are_compared_with_themselves() -> None:
    """Lasting differences between publications cancel from a change, as in a bootstrap of publications."""
    generator = np.random.default_rng(4)
    papers = 200
    liking = generator.gamma(0.5, 2, papers)
    words = np.full((2, papers), 10_000)
    hits = generator.poisson(20 * np.stack([liking, liking]))
    tally = Tally.from_counts(
        hits.ravel(),
        words.ravel(),
        SPANS,
        period=np.repeat([0, 1], papers),
        columns=["a"],
        clusters={"paper": [f"p{i}" for i in (*range(papers), *range(papers))]},
    )
    joint = Joint(tally, 20_000)
    pair = [Quantity(0, 1), Quantity(1, 1)]
    drawn = joint.sample(0, pair, joint.correlation_between(0, pair))
    twin = []
    for _ in range(2000):
        again = generator.integers(0, papers, papers)
        twin.append(np.log(hits[1, again].sum() / hits[0, again].sum()))
    change = drawn[:, 1] - drawn[:, 0]
    alone = np.hypot(drawn[:, 0].std(), drawn[:, 1].std())
    # Drawn towards independence by ten clusters in two hundred: wider than the twin, far narrower than unpaired.
    assert np.std(twin) < change.std() < 0.6 * alone


def test_draws_repeat() -> None:
    """The same counts, in any order of documents, give the same draws; another question gives others."""
    hits, words = correlated(1, 300)
    order = np.random.default_rng(0).permutation(300)
    one, other = (
        Joint(Tally.from_counts(h, w, SPANS[:1], columns=["a", "b"]), 100)
        for h, w in ((hits, words), (hits[order], words[order]))
    )
    quantities = [Quantity(0, 1), Quantity(0, 2)]
    correlation = one.correlation_within(0, [(1, 0), (2, 0)])
    assert (one.sample(0, quantities, correlation) == other.sample(0, quantities, correlation)).all()
    assert (one.sample(0, quantities, correlation, 1) != other.sample(0, quantities, correlation)).any()


def test_unseen_items_have_draws() -> None:
    """An item without a hit, or that fills a single document, still gives finite draws."""
    hits = np.zeros((30, 3), np.int64)
    hits[0, 1] = 500
    hits[:, 2] = 1
    tally = Tally.from_counts(hits, np.full(30, 1000), SPANS[:1], columns=["a", "b", "c"])
    joint = Joint(tally, 1000)
    correlation = joint.correlation_within(0, [(1, 0), (2, 0), (3, 0)])
    drawn = joint.sample(0, [Quantity(0, c) for c in (1, 2, 3)], correlation)
    assert np.isfinite(drawn).all()
