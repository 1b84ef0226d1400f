"""A share of hits that were read, with limits that are worth their name."""

from __future__ import annotations

import numpy as np
import pytest

from tendency.measures.precision import Pooled, Share, differs, draws_of, drifts, wilson


@pytest.mark.parametrize(("hits", "size"), [(0, 10), (1, 10), (5, 10), (10, 10), (62, 100), (999, 1000)])
def test_wilson(hits: int, size: int) -> None:
    """The limits are those of statsmodels."""
    from statsmodels.stats.proportion import proportion_confint

    assert wilson(hits / size, size) == pytest.approx(
        proportion_confint(hits, size, method="wilson"), abs=1e-12
    )


def test_wilson_published() -> None:
    """Newcombe (1998), doi:10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E, table I: 81 of 263 by the score method."""
    assert wilson(81 / 263, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)


def test_equal_weights_are_no_weights() -> None:
    """Hits that stand for equally many count as they are, whatever the unit; unequal ones are worth fewer (Kish)."""
    counts = [True] * 6 + [False] * 4
    assert Share.of(counts, [1.0] * 10) == Share.of(counts, [1e300] * 10) == Share(0.6, 10.0)
    heavy = Share.of(counts, [3.0] + [1.0] * 9)
    assert heavy.share == pytest.approx(8 / 12)
    assert heavy.size == pytest.approx(12**2 / 18)
    assert Share.of([], []).interval() is None


def test_draws_cover_as_jeffreys_limits_do() -> None:
    """Quantiles of the draws are those of the beta variable."""
    from scipy.stats import beta

    drawn = draws_of(Share(0.9, 20.0), np.random.default_rng(1), 200_000)
    assert np.quantile(drawn, [0.025, 0.975]) == pytest.approx(beta(18.5, 2.5).ppf([0.025, 0.975]), abs=3e-3)


def test_groups_that_resemble_each_other_lend_each_other_hits() -> None:
    """A group's share is drawn towards that of all where groups are alike, and left alone where they differ."""

    def middle(shares: list[Share], at: int) -> float:
        return float(Pooled(shares, np.random.default_rng(2), 20_000).draws(shares[at]).mean())

    alike = [Share(0.6, 5.0), *[Share(0.8, 10.0)] * 12]
    apart = [Share(0.6, 5.0), *[Share(0.1, 10.0), Share(1.0, 10.0)] * 6]
    assert middle(alike, 0) > 0.72
    assert abs(middle(apart, 0) - 0.6) < 0.04


def test_a_group_of_which_nothing_was_read() -> None:
    """Its share is as uncertain as groups differ."""
    unread = Share(None, 0.0)

    def width(shares: list[Share]) -> float:
        low, high = np.quantile(
            Pooled(shares, np.random.default_rng(3), 20_000).draws(unread), [0.025, 0.975]
        )
        return float(high - low)

    assert width([unread, *[Share(0.5, 20.0)] * 8]) < 0.45
    assert width([unread, *[Share(0.0, 20.0), Share(1.0, 20.0)] * 4]) > 0.9


def test_a_difference_and_a_drift_are_found() -> None:
    """A drift that groups of ten do not show is found by its direction; one that has no direction by the groups."""
    generator = np.random.default_rng(4)
    times, apart = np.repeat(np.arange(10), 10), np.arange(100)
    held = generator.random(100) < 0.95 - 0.06 * times
    groups = np.array([times == time for time in range(10)])
    p, drift = differs(held, apart, groups, generator), drifts(held, apart, times, generator)
    assert p is not None
    assert drift is not None
    assert drift < 0.005 < 0.05 < p
    u_shaped = np.isin(times, (0, 1, 8, 9))
    between, steady = differs(u_shaped, apart, groups, generator), drifts(u_shaped, apart, times, generator)
    assert between is not None
    assert between < 0.001
    assert steady is not None
    assert steady > 0.5


def test_nothing_to_compare() -> None:
    """One group, or no time that passes, has no test; hits that are all alike differ in nothing."""
    generator = np.random.default_rng(5)
    same, apart = np.ones(10, np.bool_), np.arange(10)
    halves = np.array([[True] * 5 + [False] * 5, [False] * 5 + [True] * 5])
    assert differs(same, apart, halves, generator) == 1.0
    assert drifts(same, apart, apart, generator) == 1.0
    assert differs(same, apart, halves[:1], generator) is None
    assert differs(same, apart, np.zeros((0, 10), np.bool_), generator) is None
    assert drifts(same, apart, np.full(10, 3), generator) is None
    nothing = np.zeros(0, np.int64)
    assert drifts(np.zeros(0, np.bool_), nothing, nothing, generator) is None


def test_one_document_is_one_piece_of_evidence() -> None:
    """Twelve hits of a single document that all reject it show nothing of its period; those of twelve documents do."""
    held = np.array([True] * 36 + [False] * 12)
    groups = np.array([np.arange(48) < 24, np.arange(48) >= 24])
    apart = np.arange(48)
    one = np.minimum(apart, 36)
    by_hits, by_documents = (
        differs(held, documents, groups, np.random.default_rng(6)) for documents in (apart, one)
    )
    assert by_hits is not None
    assert by_documents is not None
    assert by_hits < 0.001 < 0.2 < by_documents


@pytest.mark.parametrize("hits_of_a_document", [1, 4])
def test_permutation_tests_err_as_often_as_they_say(hits_of_a_document: int) -> None:
    """Where nothing differs, p is below a tenth in about a tenth of samples, however small the groups, and where documents repeat themselves too."""
    generator = np.random.default_rng(6)
    number = np.arange(80)
    period, document = number // 8, number // hits_of_a_document
    groups = np.array([period == group for group in range(10)])
    # All hits of a document say the same.
    samples = np.repeat(generator.random((150, 80 // hits_of_a_document)) < 0.7, hits_of_a_document, axis=1)
    found = [
        (differs(held, document, groups, generator), drifts(held, document, period, generator))
        for held in samples
    ]
    for p in zip(*found, strict=True):
        assert np.mean(np.array(p) <= 0.1) < 0.17
