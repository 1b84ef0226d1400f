"""Measures of association and contrast equal published figures, nltk and SciPy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nltk.metrics import BigramAssocMeasures as Nltk
from scipy.stats import chi2_contingency

from tendency.measures.association import (
    ASSOCIATIONS,
    CONTRASTS,
    bayes_factor,
    delta_p,
    delta_p_reversed,
    dice,
    log_dice,
    log_likelihood,
    log_likelihood_four_cells,
    log_likelihood_two_cells,
    log_odds,
    log_ratio,
    minimum_sensitivity,
    mutual_information,
    mutual_information_cubed,
    odds_ratio,
    percent_difference,
    simple_maths,
    t_score,
    z_score,
)

EXACT = {"rel": 1e-9, "abs": 1e-9}

pairs = st.tuples(st.integers(1, 60), st.integers(0, 300), st.integers(0, 300), st.integers(1, 5000)).map(
    lambda four: (four[0], four[0] + four[1], four[0] + four[2], four[0] + four[1] + four[2] + four[3])
)


def test_check_values_of_a_contrast() -> None:
    """30 of 10,000 words against 10 of 12,000: the figures that the literature's formulas give, to nine places."""
    two = (30, 10, 10_000, 12_000)
    assert float(log_likelihood_two_cells(*two)) == pytest.approx(14.443346123757848, **EXACT)
    assert float(log_likelihood_four_cells(*two)) == pytest.approx(14.469000518139655, **EXACT)
    assert float(odds_ratio(*two)) == pytest.approx(3.6078234704112337, **EXACT)
    assert float(bayes_factor(*two)) == pytest.approx(14.443346123757848 - np.log(22_000), **EXACT)
    assert float(percent_difference(*two)) == pytest.approx(260.0, **EXACT)
    assert float(log_ratio(*two)) == pytest.approx(np.log2(3.6), **EXACT)
    assert float(simple_maths(*two, k=1)) == pytest.approx(3001 / (1e7 / 12_000 + 1), **EXACT)


def test_check_values_of_a_pair() -> None:
    """30 times together, 100 and 80 alone, of 10,000."""
    pair = (30, 100, 80, 10_000)
    assert float(log_dice(*pair)) == pytest.approx(12.415037499278844, **EXACT)
    assert float(mutual_information(*pair)) == pytest.approx(5.2288186904958796, **EXACT)
    assert float(delta_p(*pair)) == pytest.approx(0.3 - 50 / 9900, **EXACT)
    assert float(delta_p_reversed(*pair)) == pytest.approx(30 / 80 - 70 / 9920, **EXACT)
    assert float(minimum_sensitivity(*pair)) == pytest.approx(0.3, **EXACT)
    assert float(z_score(*pair)) == pytest.approx((30 - 0.8) / np.sqrt(0.8), **EXACT)


@given(pairs)
def test_measures_equal_nltk(pair: tuple[int, int, int, int]) -> None:
    """Every measure that nltk has too gives the same on any table, as far as its own smoothing lets it."""
    xy, x, y, n = pair
    asked = (xy, (x, y), n)
    assert float(mutual_information(*pair)) == pytest.approx(Nltk.pmi(*asked), **EXACT)
    assert float(t_score(*pair)) == pytest.approx(Nltk.student_t(*asked), **EXACT)
    assert float(dice(*pair)) == pytest.approx(Nltk.dice(*asked), **EXACT)
    # It adds 1e-20 within the logarithm.
    assert float(log_likelihood(*pair)) == pytest.approx(Nltk.likelihood_ratio(*asked), rel=1e-7, abs=1e-7)
    assert float(ASSOCIATIONS["chi_square"](*pair)) == pytest.approx(Nltk.chi_sq(*asked), rel=1e-7, abs=1e-7)
    assert float(mutual_information_cubed(*pair)) == pytest.approx(
        Nltk.mi_like(*asked, power=3) and np.log2(xy**3 * n / (x * y)), **EXACT
    )


@given(pairs)
def test_tables_equal_scipy(pair: tuple[int, int, int, int]) -> None:
    """G² and χ² over four cells are those of SciPy's test of a contingency table, uncorrected."""
    xy, x, y, n = pair
    table = [[xy, x - xy], [y - xy, n - x - y + xy]]
    g2 = chi2_contingency(table, correction=False, lambda_="log-likelihood").statistic
    assert float(log_likelihood(*pair)) == pytest.approx(g2, **EXACT)
    assert float(ASSOCIATIONS["chi_square"](*pair)) == pytest.approx(
        chi2_contingency(table, correction=False).statistic, **EXACT
    )


def test_log_odds_are_those_of_the_source() -> None:
    """With no dispersion the z is Monroe, Colaresi and Quinn's; with φ on both sides it is theirs over √φ."""
    a, b, c, d, prior, mass = 30.0, 10.0, 10_000.0, 12_000.0, 2.0, 1_000.0
    delta, z = log_odds(a, b, c, d, prior, mass)
    by_hand = np.log(32 / (11_000 - 32)) - np.log(12 / (13_000 - 12))
    assert float(delta) == pytest.approx(by_hand, **EXACT)
    assert float(z) == pytest.approx(by_hand / np.sqrt(1 / 32 + 1 / 12), **EXACT)
    _, spread = log_odds(a, b, c, d, prior, mass, (4.0, 4.0))
    assert float(spread) == pytest.approx(float(z) / 2, **EXACT)


def test_nothing_to_divide_by_is_no_warning() -> None:
    """Empty texts, words that are nowhere and words that are everywhere have no value or an infinite one, without a warning."""
    for measure in (*ASSOCIATIONS.values(), log_dice):
        for pair in ((0, 0, 0, 0), (0, 5, 0, 10), (5, 5, 5, 5), (10**6, 10**6, 10**12, 10**12)):
            measure(*pair)
    for contrast in (*CONTRASTS.values(), log_ratio):
        for sides in ((0, 0, 0, 0), (0, 3, 10, 10), (3, 0, 10, 0), (10**12, 10**12, 10**13, 10**13)):
            contrast(*sides)
    log_odds(0, 0, 0, 0, 0, 0)
