"""How far two people agree who read the same hits."""

from __future__ import annotations

import numpy as np
import pytest

from tendency.measures.agreement import agreement, kappa

YES_NO = ("yes", "no")


def judgements(table: list[list[int]], categories: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """Two lists of judgements with these numbers of pairs."""
    pairs = [
        (a, b) for i, a in enumerate(categories) for j, b in enumerate(categories) for _ in range(table[i][j])
    ]
    return [a for a, _ in pairs], [b for _, b in pairs]


def test_the_example_of_cohen() -> None:
    """Cohen (1960), table 1: two judges of 200 cases with these joint numbers have a kappa of .492."""
    table = [[88, 14, 18], [10, 40, 10], [2, 6, 12]]
    found = agreement(*judgements(table, ("a", "b", "c")), ("a", "b", "c"))
    assert found["agreement"] == pytest.approx(0.70)
    assert found["kappa"] == pytest.approx(0.492, abs=5e-4)


def test_against_statsmodels() -> None:
    """Kappa is that of statsmodels, and for many hits so are its limits, nearly."""
    from statsmodels.stats.inter_rater import cohens_kappa

    generator = np.random.default_rng(1)
    for _ in range(5):
        table = generator.integers(5, 120, (4, 4)) + np.diag(generator.integers(100, 400, 4))
        found = agreement(*judgements(table.tolist(), ("a", "b", "c", "d")), ("a", "b", "c", "d"), seed=1)
        theirs = cohens_kappa(table)
        assert found["kappa"] == pytest.approx(theirs.kappa, abs=1e-12)
        assert (found["kappa_low"], found["kappa_high"]) == pytest.approx(
            (theirs.kappa_low, theirs.kappa_upp), abs=0.02
        )


def test_full_agreement_is_no_certainty() -> None:
    """Twenty hits judged alike leave room below; the formula for large samples would leave none."""
    found = agreement(*judgements([[12, 0], [0, 8]], YES_NO), YES_NO)
    assert (found["agreement"], found["kappa"], found["kappa_high"]) == (1.0, 1.0, 1.0)
    assert 0.5 < found["kappa_low"] < 0.95
    assert found["agreement_low"] < 0.9


def test_the_paradox_of_prevalence() -> None:
    """Where nearly all hits are the thing, agreement is high and kappa low: both are given."""
    found = agreement(*judgements([[90, 5], [5, 0]], YES_NO), YES_NO)
    assert found["agreement"] == 0.9
    assert found["kappa"] < 0


def test_one_answer_only() -> None:
    """Where both gave one answer alone, agreement beyond chance is not defined."""
    found = agreement(*judgements([[30, 0], [0, 0]], YES_NO), YES_NO)
    assert found["agreement"] == 1.0
    assert found["kappa"] is None
    assert np.isnan(kappa(np.array([[3.0, 0.0], [0.0, 0.0]])))


def test_too_few() -> None:
    """Under ten hits that both read are too few, and none gives nothing."""
    assert agreement(["yes"] * 9, ["yes"] * 9, YES_NO)["too_few"]
    found = agreement([], [], YES_NO)
    assert (found["both"], found["agreement"], found["kappa"], found["too_few"]) == (0, None, None, True)
