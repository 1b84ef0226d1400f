"""Forecasts: what may come, held against what would have been forecast before."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest
import scoringrules
from hypothesis import given, settings
from hypothesis import strategies as st

from tendency.charts import svg
from tendency.errors import SettingError
from tendency.measures import Series, forecast
from tendency.measures.forecasting import (
    BETTER,
    DISCOUNT,
    NO_BETTER,
    SMOOTHING,
    TOO_FEW,
    WORSE,
    Filter,
    Forecaster,
    crps,
    filtered,
    shortest_interval,
    skill,
)
from tendency.tally import Period, Periods, Tally, following


def months(count: int) -> tuple[Period, ...]:
    """So many calendar months from January 1930."""
    return Periods.spanning("month", [], [], dt.date(1930, 1, 1), dt.date(1930, 1, 2)).periods + following(
        "month", Period("1930-01", dt.date(1930, 1, 1), dt.date(1930, 2, 1)), count - 1
    )


def monthly(hits: object, words: int = 1000, **more: object) -> Tally:
    """Four documents a month, whose hits are those given (one row a month)."""
    counts = np.asarray(hits)
    if counts.ndim == 1:
        counts = np.broadcast_to(counts[:, None], (len(counts), 4))
    period = np.repeat(np.arange(len(counts)), counts.shape[1])
    size = np.full(counts.size, words)
    return Tally.from_counts(
        counts.ravel(), size, months(len(counts)), period=period, columns=["war"], grain="month", **more
    )  # type: ignore[arg-type]


@settings(max_examples=30)
@given(st.lists(st.integers(0, 500), min_size=2, max_size=60), st.integers(0, 500))
def test_crps_is_that_of_scoringrules(draws: list[int], came: int) -> None:
    """The score is scoringrules' fair CRPS to nine digits."""
    known = scoringrules.crps_ensemble(float(came), np.array(draws, float), estimator="fair")
    assert crps(draws, came) == pytest.approx(float(known), abs=1e-9 * max(1.0, abs(float(known))))


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 3)), min_size=3, max_size=25))
def test_filter_equals_its_slow_twin(counted: list[tuple[int, int]]) -> None:
    """The filter's evidence is a sum over all periods so far, each discounted by its age in periods, gaps included."""
    hits = np.array([h if w else 0 for h, w in counted])
    words = np.array([1000 * w for _, w in counted])
    if not words.any():
        return
    tally = Tally.from_counts(hits, words, months(len(hits)), period=np.arange(len(hits)), grain="month")
    series = Series.of(tally, 0)
    known = Filter(series)
    for at, step in enumerate(series.step):
        ages = step - series.step[: at + 1]
        kept, weight = DISCOUNT**ages, (1 - SMOOTHING) ** ages
        assert known.shape[at] == pytest.approx((kept * series.hits[: at + 1]).sum())
        assert known.scale[at] == pytest.approx((kept * series.exposure[: at + 1]).sum())
        assert known.level[at] == pytest.approx((weight * series.rate[: at + 1]).sum() / weight.sum())


@given(st.lists(st.integers(0, 30), min_size=1, max_size=60), st.sampled_from([0.5, 0.8, 0.9, 0.99]))
def test_interval_is_the_shortest(draws: list[int], level: float) -> None:
    """No interval between two draws that holds the share is shorter, and this one holds it."""
    low, high = shortest_interval(np.array(draws), level)
    held = sum(low <= one <= high for one in draws)
    assert held >= level * len(draws) - 1e-9
    for a in draws:
        for b in draws:
            if sum(a <= one <= b for one in draws) >= level * len(draws) - 1e-9:
                assert high - low <= b - a


def test_filter_draws_its_negative_binomial() -> None:
    """Counts of the filter have the mean and variance of its negative binomial law."""
    series = Series.of(monthly(np.full(30, 5)), 0)
    known = Filter(series)
    draws = filtered(known, 29, 2, 8000.0, 200_000, np.random.default_rng(1))
    shape, scale = known.shape[29] * DISCOUNT + 0.5, known.scale[29] * DISCOUNT
    mean = shape / scale * 8000
    assert draws.mean() == pytest.approx(mean, rel=0.01)
    assert draws.var() == pytest.approx(mean + mean**2 / shape, rel=0.03)


def test_no_forecast_looks_ahead() -> None:
    """A forecast made after a period is the same whether or not later periods are known."""
    series = Series.of(monthly(np.random.default_rng(3).poisson(6, (40, 4))), 0)
    for at in (12, 25):
        for ahead in (1, 3):
            whole, cut = (Forecaster(one, 0.9, [7]) for one in (series, series.part(slice(0, at + 1))))
            assert whole.draws(at, ahead, 5000.0).tolist() == cut.draws(at, ahead, 5000.0).tolist()


def test_constant_rate_is_covered() -> None:
    """Of constant Poisson counts the interval holds what comes nine times in ten, and is centred on the rate."""
    generator = np.random.default_rng(6)
    inside = []
    for _ in range(25):
        found = forecast(monthly(generator.poisson(5, (60, 4))))
        inside += found.backtest["inside"].to_list()
        (row,) = found.table.to_dicts()
        assert row["low"] <= row["per_million"] <= row["high"]
        assert row["words"] == 4000
        assert abs(row["per_million"] - 5000) < 2500
    assert 0.86 <= np.mean(inside) <= 0.98


def test_periods_ahead_are_those_of_the_calendar() -> None:
    """The forecast is of the months after the last with text, each wider than chance alone, up to the horizon."""
    hits = np.full((48, 4), 5)
    table = forecast(monthly(hits), horizon=3).table
    assert table["period"].to_list() == ["1934-01", "1934-02", "1934-03"]
    assert table["ahead"].to_list() == [1, 2, 3]
    assert table["start"].to_list()[1] == dt.date(1934, 2, 1)
    assert table["origins"].to_list() == [16, 16, 16]


def test_calendar_periods_follow() -> None:
    """The period after one is the next of its grain, over the end of a year; the calendar's end has none after it."""
    week = Period("1930-W52", dt.date(1930, 12, 22), dt.date(1930, 12, 29))
    assert [p.label for p in following("week", week, 2)] == ["1931-W01", "1931-W02"]
    decade = Period("1990s", dt.date(1990, 1, 1), dt.date(2000, 1, 1))
    assert following("decade", decade, 1)[0].label == "2000s"
    last = Period("9998", dt.date(9998, 1, 1), dt.date(9999, 1, 1))
    assert [p.label for p in following("year", last, 5)] == ["9999"]


def test_skill_is_that_of_the_backtest() -> None:
    """Skill and coverage in the table are those of the rows of the backtest."""
    found = forecast(monthly(np.random.default_rng(2).poisson(4, (50, 4))), horizon=2)
    for row in found.table.iter_rows(named=True):
        rows = found.backtest.filter(ahead=row["ahead"])
        assert row["origins"] == rows.height == 17
        assert row["skill"] == pytest.approx(1 - rows["score"].sum() / rows["score_of_ten"].sum())
        assert row["coverage"] == rows["inside"].mean()
        assert rows["period"][-1] == "1934-02"
    assert forecast(monthly(np.full((50, 4), 3)), origins=5).backtest.height == 5


def test_skill_has_its_sign() -> None:
    """Better, worse and neither are said when the interval of the skill leaves out 0, and on its side of it."""
    generator = np.random.default_rng(5)
    reference = generator.uniform(1, 2, 40)
    value, low, high = skill(0.8 * reference, reference, 0.9, [1])
    assert (value, low, high) == (pytest.approx(0.2), pytest.approx(0.2), pytest.approx(0.2))
    value, low, high = skill(reference * generator.uniform(0.5, 1.5, 40), reference, 0.9, [1])
    assert low is not None
    assert high is not None
    assert low < 0 < high
    assert skill(np.zeros(3), np.zeros(3), 0.9, [1]) == (None, None, None)
    assert skill(np.ones(3), np.ones(3), 0.9, [1]) == (0.0, None, None)


def test_verdicts() -> None:
    """A rate that wanders is forecast better than by its last ten periods; one that leaps to and fro worse, which is said."""
    generator = np.random.default_rng(1)
    wander = 20 * np.exp(np.cumsum(0.3 * generator.standard_normal(150)))
    wanders = forecast(monthly(generator.poisson(wander[:, None], (150, 4)))).table
    assert wanders["verdict"].to_list() == [BETTER]
    assert wanders["skill_low"][0] > 0
    leaps = forecast(monthly(np.tile([2, 40], 30))).table
    assert leaps["verdict"].to_list() == [WORSE]
    assert leaps["skill_high"][0] < 0


@pytest.mark.parametrize(
    ("tally", "why"),
    [
        (Tally.none(("war",), "month", months(3), ("all",), ("document",)), "under 10 hits, under 8"),
        (monthly([5]), "under 20 periods with text"),
        (monthly([0] * 40), "under 10 hits"),
        (
            Tally.from_counts([40], [900], months(30), columns=["war"], grain="month"),
            "under 8 independent pieces of evidence",
        ),
    ],
)
def test_too_few_is_said(tally: Tally, why: str) -> None:
    """Too little names the next period and the reason, and gives no figure."""
    (row,) = forecast(tally).table.to_dicts()
    assert row["verdict"] == TOO_FEW
    assert why in row["note"]
    assert row["per_million"] is row["low"] is row["skill"] is row["coverage"] is None


def test_no_neighbours_no_forecast() -> None:
    """Where no month with text follows another there is nothing to test a forecast one month ahead by, and none is given."""
    hits, words = np.zeros(60, int), np.zeros(60, int)
    hits[::2], words[::2] = 5, 1000
    counts = np.repeat(hits, 4), np.repeat(words, 4)
    tally = Tally.from_counts(*counts, months(60), period=np.repeat(np.arange(60), 4), grain="month")
    one, two = forecast(tally, horizon=2).table.to_dicts()
    assert (one["verdict"], one["note"]) == (TOO_FEW, "no period with text is 1 after another")
    assert two["verdict"] != TOO_FEW


def test_extreme_counts_survive() -> None:
    """Counts of 10¹², a rate that never changes and hits in one month only give verdicts and finite figures."""
    big = 10**12
    cases = [
        monthly([big + i * big // 10 for i in range(30)], 20 * big),
        monthly([7] * 30),
        monthly([0] * 29 + [300]),
        monthly([300] + [0] * 29),
    ]
    for tally in cases:
        found = forecast(tally, horizon=2)
        for row in found.table.iter_rows(named=True):
            assert row["verdict"] in (BETTER, NO_BETTER, WORSE)
            for name in ("per_million", "low", "high", "skill", "coverage"):
                assert row[name] is None or np.isfinite(row[name])
    assert forecast(Tally.from_counts([], [], [], columns=["war"], grain="month")).table.is_empty()


def test_eras_cannot_be_forecast() -> None:
    """Eras and one span have no next one; a horizon or a number of origins that is none is refused, in a sentence."""
    eras = Tally.from_counts([1], [10], months(1))
    with pytest.raises(SettingError, match="eras have no next one that could be forecast"):
        forecast(eras)
    with pytest.raises(SettingError, match="a horizon of 0 cannot be forecast"):
        forecast(monthly([1] * 30), horizon=0)
    with pytest.raises(SettingError, match="0 origins test nothing"):
        forecast(monthly([1] * 30), origins=0)


def test_equal_tallies_give_equal_bytes() -> None:
    """The draws depend on the tally alone."""
    hits = np.random.default_rng(9).poisson(4, (40, 4))
    one, two = forecast(monthly(hits)), forecast(monthly(hits))
    assert one.table.equals(two.table)
    assert one.backtest.equals(two.backtest)
    assert one.recipe == two.recipe


def test_chart_has_the_fan_after_the_curve() -> None:
    """The forecast is drawn after a rule, each period in words; nothing to forecast is a curve alone."""
    found = forecast(monthly(np.random.default_rng(9).poisson(4, (70, 4))), horizon=3)
    spec = found.chart(title="War")
    assert spec is not None
    assert "Forecast: war, 1935-11: " in spec["description"]
    text = svg(spec)
    assert "forecast" in text
    assert "earlier periods than 1930-11 are not drawn" in text.replace("\n", " ") or "not drawn" in text
    few = forecast(monthly([1] * 12)).chart()
    assert few is not None
    assert "Forecast" not in few["description"]


def test_every_split_has_its_rows() -> None:
    """Each query and split has a row for each period ahead, in order, whether or not there is enough."""
    split = np.where(np.arange(240) < 236, 0, 1)
    tally = Tally.from_counts(
        np.ones((240, 2), np.int64),
        [100] * 240,
        months(40),
        period=np.arange(240) % 40,
        split=split,
        splits=["left", "right"],
        columns=["war", "peace"],
        grain="month",
    )
    table = forecast(tally, horizon=2).table
    assert table.select("query", "split", "ahead").rows() == [
        (query, part, ahead) for query in ("war", "peace") for part in ("left", "right") for ahead in (1, 2)
    ]
    assert table.filter(split="right")["verdict"].unique().to_list() == [TOO_FEW]
    assert table.schema["skill"] == pl.Float64
