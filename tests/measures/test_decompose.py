"""A change in four parts: exact, unbiased by who speaks, and silent where there is too little."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import tendency as td
from corpus.index_helpers import doc
from tendency.corpus import add
from tendency.dossier.conditions_sentences import decomposition_sentences
from tendency.errors import SettingError
from tendency.measures.decompose import (
    CHANGE,
    ENTERED,
    LEFT,
    MIX,
    NONE_IN_BOTH,
    NOT_ESTABLISHED,
    PARTS,
    TIED,
    TOO_FEW,
    WITHIN,
    Voices,
    constant_mix,
    decompose,
    exact_parts,
    weights,
)
from tendency.tally import Period, Tally

SPANS = [
    Period(name, dt.date(y, 1, 1), dt.date(y + 1, 1, 1)) for name, y in (("before", 1900), ("after", 1901))
]


def plain_parts(voices: Voices) -> dict[str, Fraction | None]:
    """The parts as the formulas are written, in fractions."""
    h, e = voices.hits.tolist(), voices.exposure.tolist()
    if not sum(e[0]) or not sum(e[1]):
        return dict.fromkeys((*PARTS, CHANGE))
    rate = [Fraction(sum(h[i]), sum(e[i])) for i in (0, 1)]
    stay = [v for v in range(len(e[0])) if e[0][v] and e[1][v]]
    if not stay:
        return {WITHIN: None, MIX: None, ENTERED: rate[1], LEFT: -rate[0], CHANGE: rate[1] - rate[0]}
    total = [sum(e[i][v] for v in stay) for i in (0, 1)]
    s = [{v: Fraction(e[i][v], total[i]) for v in stay} for i in (0, 1)]
    r = [{v: Fraction(h[i][v], e[i][v]) for v in stay} for i in (0, 1)]
    kept = [Fraction(sum(h[i][v] for v in stay), total[i]) for i in (0, 1)]
    return {
        WITHIN: sum(((s[0][v] + s[1][v]) / 2 * (r[1][v] - r[0][v]) for v in stay), Fraction(0)),
        MIX: sum(((r[0][v] + r[1][v]) / 2 * (s[1][v] - s[0][v]) for v in stay), Fraction(0)),
        ENTERED: rate[1] - kept[1],
        LEFT: kept[0] - rate[0],
        CHANGE: rate[1] - rate[0],
    }


@settings(max_examples=150, derandomize=True)
@given(
    exposure=st.integers(1, 7).flatmap(
        lambda n: arrays.arrays(np.int64, (2, n), elements=st.one_of(st.just(0), st.integers(1, 10**6)))
    ),
    data=st.data(),
)
def test_parts_add_up_to_the_last_digit(exposure: np.ndarray, data: st.DataObject) -> None:
    """The four parts are those of the formulas, in fractions, and their sum is the change, exactly."""
    share = data.draw(arrays.arrays(np.int64, exposure.shape, elements=st.integers(0, 1000)))
    voices = Voices(exposure * share // 1000, exposure)
    found = exact_parts(voices)
    assert found == plain_parts(voices)
    if found[CHANGE] is not None:
        assert sum(value for part in PARTS if (value := found[part]) is not None) == found[CHANGE]


def test_many_voices_add_up_too() -> None:
    """With hundreds of voices what is rounded moves between two parts only: the sum stays exact."""
    generator = np.random.default_rng(3)
    exposure = generator.integers(1, 10**5, (2, 300))
    voices = Voices(generator.binomial(exposure, 0.01), exposure)
    found, plain = exact_parts(voices), plain_parts(voices)
    assert sum(value for part in PARTS if (value := found[part]) is not None) == found[CHANGE]
    for part in (*PARTS, CHANGE):
        assert float(found[part]) == pytest.approx(float(plain[part]), rel=1e-9, abs=1e-12)  # type: ignore[arg-type]


def test_weights_give_the_parts() -> None:
    """Each part is the weighted sum of the voices' rates."""
    exposure = np.array([[100, 300, 0, 50], [200, 100, 70, 0]])
    voices = Voices(np.array([[5, 6, 0, 9], [8, 1, 7, 0]]), exposure)
    rates = voices.hits / np.maximum(exposure, 1)
    for part, value in exact_parts(voices).items():
        assert float((weights(voices)[part] * rates).sum()) == pytest.approx(float(value or 0))


def test_kitagawas_two_components() -> None:
    """With all voices in both spans the first two parts are Kitagawa's rate and composition effects."""
    voices = Voices(np.array([[10, 40], [30, 20]]), np.array([[100, 100], [150, 50]]))
    # Rates .1, .4 and .2, .4; shares ½, ½ and ¾, ¼: what one part gives the other takes.
    assert exact_parts(voices) == {
        WITHIN: Fraction(1, 16),
        MIX: Fraction(-1, 16),
        ENTERED: 0,
        LEFT: 0,
        CHANGE: 0,
    }


def _tally(
    documents: list[tuple[int, int, int]], rates: dict[tuple[int, int], float], seed: int = 7
) -> Tally:
    """Documents as (span, voice, how many), hits at given rates of each voice in each span."""
    generator = np.random.default_rng(seed)
    span = np.repeat([d[0] for d in documents], [d[2] for d in documents])
    voice = np.repeat([d[1] for d in documents], [d[2] for d in documents])
    words = generator.integers(800, 2000, span.size)
    rate = np.array([rates[s, v] for s, v in zip(span.tolist(), voice.tolist(), strict=True)])
    hits = generator.poisson(words * rate * generator.gamma(2, 0.5, span.size))
    return Tally.from_counts(
        hits, words, SPANS, period=span, split=voice, splits=["A", "B", "C"], columns=["it"]
    )


EVERYWHERE = [(span, voice, 120) for span in (0, 1) for voice in (0, 1, 2)]


@pytest.mark.parametrize(
    ("documents", "rates", "part"),
    [
        (EVERYWHERE, {0: (0.002, 0.006), 1: (0.004, 0.01), 2: (0.001, 0.004)}, WITHIN),
        (
            [(0, 0, 200), (1, 0, 20), (0, 1, 20), (1, 1, 200), (0, 2, 50), (1, 2, 50)],
            {0: (0.001, 0.001), 1: (0.02, 0.02), 2: (0.004, 0.004)},
            MIX,
        ),
        (
            [(0, 0, 120), (1, 0, 120), (0, 1, 120), (1, 1, 120), (1, 2, 200)],
            {0: (0.002, 0.002), 1: (0.002, 0.002), 2: (0.02, 0.02)},
            ENTERED,
        ),
        (
            [(0, 0, 120), (1, 0, 120), (0, 1, 120), (1, 1, 120), (0, 2, 200)],
            {0: (0.002, 0.002), 1: (0.002, 0.002), 2: (0.02, 0.02)},
            LEFT,
        ),
    ],
)
def test_a_planted_change_is_named(
    documents: list[tuple[int, int, int]], rates: dict[int, tuple[float, float]], part: str
) -> None:
    """Where a change lies in one part alone, that part is named."""
    at = {(span, voice): pair[span] for voice, pair in rates.items() for span in (0, 1)}
    found = decompose(_tally(documents, at))
    assert found.summary["verdict"].to_list() == [part]
    row = found.table.filter(pl.col("part") == part).to_dicts()[0]
    assert row["low"] < row["value"] < row["high"]
    (sentence,) = decomposition_sentences(found)
    assert "the largest part lies" in sentence


def test_no_change_no_parts() -> None:
    """Where nothing changed no part is named, and the sentence says that it cannot be told from chance."""
    rates = {(span, voice): 0.004 for span in (0, 1) for voice in (0, 1, 2)}
    found = decompose(_tally(EVERYWHERE, rates))
    assert found.summary["verdict"].to_list() == [NOT_ESTABLISHED]
    assert "cannot be told from chance" in decomposition_sentences(found)[0]


def test_two_granularities_that_disagree() -> None:
    """What lies within newspapers may lie in the mix of their pages: the two verdicts are held against each other."""
    generator = np.random.default_rng(5)
    # Every paper prints more of its second page, which has the theme; no page changes.
    span = np.repeat([0, 0, 1, 1], [180, 20, 20, 180])
    page = np.repeat([0, 1, 0, 1], [180, 20, 20, 180])
    paper = np.arange(span.size) % 2
    words = generator.integers(800, 2000, span.size)
    hits = generator.poisson(words * np.where(page == 1, 0.02, 0.001))
    common = {"period": span, "columns": ["it"]}
    coarse = Tally.from_counts(hits, words, SPANS, split=paper, splits=["P", "Q"], **common)
    fine = Tally.from_counts(
        hits, words, SPANS, split=2 * paper + page, splits=["P1", "P2", "Q1", "Q2"], **common
    )
    found = decompose(coarse, finer=fine, names=("newspaper", "newspaper × page"))
    assert found.summary["verdict"].to_list() == [WITHIN, MIX]
    assert found.agree["agree"].to_list() == [False]
    assert "do not agree" in decomposition_sentences(found)[-1]
    assert found.chart() is not None


@pytest.mark.parametrize(
    "tally",
    [
        Tally.from_counts([], [], SPANS, columns=["it"]),
        Tally.from_counts([0, 0], [100, 100], SPANS, period=[0, 1], columns=["it"]),
        Tally.from_counts([3], [100], SPANS, period=[0], columns=["it"]),
        Tally.from_counts(
            [3, 4], [100, 90], SPANS, period=[0, 1], split=[0, 1], splits=["a", "b"], columns=["it"]
        ),
        Tally.from_counts([10**12] * 20, [10**13] * 20, SPANS, period=[0, 1] * 10, columns=["it"]),
        Tally.from_counts([0] * 40, [10**6] * 40, SPANS, period=[0, 1] * 20, columns=["it"]),
    ],
)
def test_it_survives(tally: Tally) -> None:
    """Nothing held, one span, no hit, no common voice, huge counts: a verdict, a sentence, and no NaN."""
    found = decompose(tally)
    assert found.summary["verdict"][0] in (TOO_FEW, NONE_IN_BOTH, NOT_ESTABLISHED, TIED)
    for table in (found.table, found.summary, constant_mix(tally)):
        assert not any(
            table[name].is_nan().any() for name, kind in table.schema.items() if kind == pl.Float64
        )
    assert decomposition_sentences(found)[0]
    found.chart()


def test_equal_tallies_give_equal_bytes() -> None:
    """Nothing is drawn at random."""
    rates = {(span, voice): 0.002 * (1 + span) for span in (0, 1) for voice in (0, 1, 2)}
    first, second = (decompose(_tally(EVERYWHERE, rates)) for _ in range(2))
    assert first.table.equals(second.table)
    assert first.recipe == second.recipe


def test_constant_mix() -> None:
    """A rate that only the mix of voices moved is level at constant mix; a period without most of the mix has no point."""
    periods = [Period(str(y), dt.date(y, 1, 1), dt.date(y + 1, 1, 1)) for y in (1900, 1901, 1902)]
    tally = Tally.from_counts(
        [10, 90, 90, 10, 10],
        [10_000, 9_000, 90_000, 1_000, 10_000],
        periods,
        period=[0, 0, 1, 1, 2],
        split=[0, 1, 0, 1, 0],
        splits=["quiet", "loud"],
        columns=["it"],
    )
    curve = constant_mix(tally)
    assert curve["constant"][0] == pytest.approx(curve["constant"][1])
    assert curve["rate"][0] > 4 * curve["rate"][1]
    mix = (10_000 + 90_000 + 10_000) / 120_000
    assert curve["held"].to_list() == pytest.approx([1, 1, mix])
    tenth = Tally.from_counts(
        [1], [100], periods, period=[0], split=[1], splits=["quiet", "loud"], columns=["it"]
    )
    assert constant_mix(tally + tenth)["constant"][2] is not None
    much = Tally.from_counts(
        [1], [100_000], periods, period=[0], split=[1], splits=["quiet", "loud"], columns=["it"]
    )
    assert constant_mix(tally + much)["constant"][2] is None


def test_from_an_index(tmp_path: Path) -> None:
    """Voices are fields; clusters are documents and days; what cannot be dated to a span is said; mistakes are named."""
    path = tmp_path / "press.index"
    documents = []
    for number in range(80):
        paper, year = "PQ"[number % 2], 1900 + number // 40
        text = "peace " * (1 + 2 * (year - 1900)) + "word " * 60 + f"n{number}"
        documents.append(doc(f"d{number}", text, day=1 + number % 28, newspaper=paper, page=str(number % 3)))
    add(path, [_dated(one, 1900 + number // 40) for number, one in enumerate(documents)])
    press = td.open(path)
    found = press.decompose("peace", "1900", "1901", voice="newspaper", finer="page", by="year")
    assert found.summary["verdict"].to_list() == [WITHIN, WITHIN]
    assert found.agree["agree"].to_list() == [True]
    assert found.summary["granularity"].to_list() == ["newspaper", "newspaper × page"]
    assert found.curve["held"].to_list() == [1.0, 1.0]
    assert found.table.filter(pl.col("part") == CHANGE)["value"][0] == pytest.approx(
        press.compare("peace", "1900", "1901")
        .table.select(pl.col("per_million_after") - pl.col("per_million_before"))
        .item()
    )
    against = press.decompose("peace", "1900", "1901", voice="newspaper", relative_to="word")
    assert against.measure.denominator == "hits of word"
    with pytest.raises(SettingError, match="each newspaper is a voice, and one piece of evidence"):
        press.decompose("peace", "1900", "1901", voice="newspaper", cluster="newspaper")
    with pytest.raises(SettingError, match="there is no field 'paper' whose values are voices"):
        press.decompose("peace", "1900", "1901", voice="paper")
    with pytest.raises(SettingError, match="begins before '1901' has ended"):
        press.decompose("peace", "1901", "1900", voice="newspaper")
    with pytest.raises(SettingError, match="shares words with word"):
        press.decompose("word", "1900", "1901", voice="newspaper", relative_to="word")


def _dated(document: object, year: int) -> object:
    from dataclasses import replace

    from tendency.documents import DateSpan

    held = document.date  # type: ignore[attr-defined]
    start = dt.date(year, held.start.month, held.start.day)
    return replace(document, date=DateSpan(start, start + dt.timedelta(days=1)))  # type: ignore[type-var]
