"""Positions: a published example, planted positions, and what must not be read as one."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.sparse import csr_array

from tendency.measures.scaling import Pieces, Wordfish, Wordscores

Floats = NDArray[np.float64]

HUMP = (2, 3, 10, 22, 45, 78, 115, 146, 158, 146, 115, 78, 45, 22, 10, 3, 2)
GIVEN = [-1.5, -0.75, 0.0, 0.75, 1.5]


def example() -> NDArray[np.int64]:
    """The made-up counts of Laver, Benoit and Garry (2003): five reference texts and one without a position, of a thousand words each."""
    counts = np.zeros((6, 37), np.int64)
    for row, start in enumerate((0, 5, 10, 15, 20, 7)):
        counts[row, start : start + len(HUMP)] = HUMP
    return counts


def test_the_published_example() -> None:
    """Wordscores gives the example of Laver, Benoit and Garry as printed: -0.448 with a standard error of .012."""
    model = Wordscores.fit(example()[:5], GIVEN)
    raw, errors = model.predict(example()[5:])
    assert raw == pytest.approx([-0.448], abs=5e-4)
    assert errors == pytest.approx([0.0119], abs=5e-5)


def test_references_get_their_positions_back() -> None:
    """After Martin and Vanberg the outermost reference texts stand where they were put; after Laver, Benoit and Garry texts spread as references do."""
    model = Wordscores.fit(example()[:5], GIVEN)
    anchored = model.anchored()
    assert anchored is not None
    slope, intercept = anchored
    back = slope * model.raw_references + intercept
    assert back[[0, -1]] == pytest.approx([-1.5, 1.5])
    raw = np.array([-0.448, 0.1, 0.3])
    rescaled = model.rescaled(raw)
    assert rescaled is not None
    found = rescaled[0] * raw + rescaled[1]
    assert found.std(ddof=1) == pytest.approx(np.std(GIVEN, ddof=1))
    assert found.mean() == pytest.approx(raw.mean())
    assert model.rescaled(raw[:1]) is None


def test_texts_without_a_scored_word_have_no_score() -> None:
    """A text that shares no word with a reference has no score, and no warning is given."""
    model = Wordscores.fit([[3, 1, 0], [1, 3, 0]], [-1, 1])
    raw, errors = model.predict([[0, 0, 9], [1, 1, 0]])
    assert np.isnan(raw[0])
    assert np.isnan(errors[0])
    assert raw[1] == pytest.approx(0)


def planted(seed: int, drift: float = 0.0, periods: int = 1) -> tuple[Pieces, Floats, Floats]:
    """Texts of twelve pieces each with positions, topics and bursts, perhaps with a drift; the positions and the mean periods."""
    generator = np.random.default_rng(seed)
    texts, words = 16, 400
    truth = np.linspace(-1.5, 1.5, texts)
    truth /= truth.std()
    base = np.log(1 / np.arange(5, words + 5))
    weights = 0.5 * generator.standard_normal(words) * (generator.random(words) < 0.3)
    topics = 1.5 * generator.random((4, words)) * (generator.random((4, words)) < 0.1)
    moves = drift * generator.standard_normal(words) * (generator.random(words) < 0.5)
    rows, unit, period = [], [], []
    tastes = generator.permutation(texts)
    for text in range(texts):
        for _ in range(12):
            # When a text was written has nothing to do with where it stands.
            when = int(np.clip(tastes[text] * periods / texts + generator.integers(-2, 3), 0, periods - 1))
            share = np.exp(
                base + weights * truth[text] + topics[generator.integers(4)] + moves * when / periods
            )
            mean = 400 * share / share.sum()
            rows.append(generator.poisson(mean * generator.gamma(2.0, 0.5, words)))
            unit.append(text)
            period.append(when)
    when_ = np.bincount(unit, period) / 12
    table = csr_array(np.array(rows, np.int64))
    return Pieces(table, np.array(unit), np.array(period), texts, periods), truth, when_


def test_planted_positions_are_recovered() -> None:
    """On bursty texts with topics the order is right, converged, in standard form, and nine in ten intervals hold."""
    covered = []
    for seed in (1, 2, 3):
        pieces, truth, _ = planted(seed)
        found = Wordfish.fit(pieces, without_time=False)
        assert found.converged
        assert found.positions.mean() == pytest.approx(0, abs=1e-9)
        assert found.positions.std() == pytest.approx(1)
        r = float(np.corrcoef(found.positions, truth)[0, 1])
        assert abs(r) >= 0.95
        covered += (np.abs(np.sign(r) * found.positions - truth) <= found.reach * found.errors).tolist()
    assert np.mean(covered) >= 0.85


def test_a_drift_is_not_read_as_position() -> None:
    """Where the language of all texts changes much over time, positions follow the planted ones only when the common course is taken out."""
    pieces, truth, when = planted(4, drift=1.5, periods=16)
    with_time = Wordfish.fit(pieces, without_time=False)
    without = Wordfish.fit(pieces, without_time=True)
    assert abs(np.corrcoef(with_time.positions, when)[0, 1]) > 0.9
    assert abs(np.corrcoef(without.positions, truth)[0, 1]) > 0.9
    assert abs(np.corrcoef(without.positions, when)[0, 1]) < 0.4


def test_equal_counts_give_equal_bytes() -> None:
    """Wordfish draws nothing: equal texts have equal positions to the last bit."""
    pieces, *_ = planted(5)
    one, other = (Wordfish.fit(pieces, without_time=False) for _ in range(2))
    assert one.positions.tobytes() == other.positions.tobytes()
    assert one.errors.tobytes() == other.errors.tobytes()


def test_texts_that_do_not_differ_are_survived() -> None:
    """Equal texts, and texts of one piece, end in numbers or none, without a warning."""
    same = Pieces(csr_array(np.full((8, 5), 7)), np.arange(8), np.zeros(8, np.int64), 8, 1)
    found = Wordfish.fit(same, without_time=False)
    assert np.isfinite(found.positions).all()
    assert np.isnan(found.errors).all()
