"""Our quantiles of the beta and gamma distributions are SciPy's."""

from __future__ import annotations

import pytest
from scipy.special import betaincinv, gammaincinv

from tendency.measures.quantiles import beta_quantile, gamma_quantile

SHAPES = [0.5, 1.5, 10.5, 137.5, 4402.5, 2e6]
PROBABILITIES = [0.0005, 0.005, 0.025, 0.1, 0.5, 0.9, 0.975, 0.995]


@pytest.mark.parametrize("p", PROBABILITIES)
@pytest.mark.parametrize("a", SHAPES)
def test_gamma(a: float, p: float) -> None:
    """Equal to nine digits over all counts and levels that are printed."""
    assert gamma_quantile(a, p) == pytest.approx(float(gammaincinv(a, p)), rel=1e-9)


@pytest.mark.parametrize("p", PROBABILITIES)
@pytest.mark.parametrize("b", [0.05, 1.0, 24.0, 900.0, 1e6])
@pytest.mark.parametrize("a", SHAPES)
def test_beta(a: float, b: float, p: float) -> None:
    """Equal to nine digits where a beta variable is not all but certainly 0 or 1."""
    expected = float(betaincinv(a, b, p))
    if 1e-12 < expected < 1 - 1e-12:
        assert beta_quantile(a, b, p) == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize(("a", "b"), [(1e17, 3.0), (23.0, 1e-16), (500.0, 1e-3)])
def test_all_but_certainly_one(a: float, b: float) -> None:
    """A variable that is all but certainly 1 has quantiles that are all but 1, and no domain error."""
    for p in PROBABILITIES:
        assert beta_quantile(a, b, p) == pytest.approx(float(betaincinv(a, b, p)), rel=1e-12)


def test_ends() -> None:
    """Probabilities 0 and 1 are the ends of the range."""
    assert beta_quantile(2.0, 3.0, 0.0) == 0.0
    assert beta_quantile(2.0, 3.0, 1.0) == 1.0
