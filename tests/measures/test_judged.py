"""Precision from hits that were read, and rates corrected by it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import polars as pl
import pytest

from tendency.errors import SettingError
from tendency.measures import Read, judged
from tendency.tally import Period, Tally


def press(hits: np.ndarray, words: int = 1000, periods: int = 5, splits: tuple[str, ...] = ("all",)) -> Tally:
    """A tally of documents in turn in each period, and in turn in each split."""
    number = np.arange(hits.size)
    axis = [
        Period(str(1930 + year), dt.date(1930 + year, 1, 1), dt.date(1931 + year, 1, 1))
        for year in range(periods)
    ]
    return Tally.from_counts(
        hits,
        np.full(hits.size, words),
        axis,
        period=number % periods,
        split=(number // periods) % len(splits),
        splits=splits,
        columns=["bread"],
        grain="year",
    )


def read(shares: list[float], each: int, **options: Any) -> list[Read]:
    """So many hits read in each period, of which a share asserts it and the others reject it."""
    return [
        Read("asserts" if number < round(share * each) else "rejects", period, **options)
        for period, share in enumerate(shares)
        for number in range(each)
    ]


STEADY = press(np.tile([2, 4, 6], 100))


def test_the_corrected_rate_is_rate_times_precision() -> None:
    """Over one span the corrected rate is rate × share that asserts it, inside its limits, which are wider than the rate's."""
    one = press(np.tile([2, 4, 6], 100), periods=1)
    (row,) = judged(one, read([0.62], 100)).table.to_dicts()
    assert (row["judged"], row["asserts"], row["rejects"], row["reports"], row["other_sense"]) == (
        100,
        62,
        38,
        0,
        0,
    )
    assert row["precision"] == 0.62
    assert (row["low"], row["high"]) == pytest.approx((0.5221, 0.7090), abs=5e-5)
    assert row["corrected"] == pytest.approx(row["per_million"] * 0.62)
    assert row["corrected_low"] < row["corrected"] < row["corrected_high"]
    assert row["corrected_high"] / row["corrected_low"] > row["rate_high"] / row["rate_low"]
    assert row["corrected_high"] / row["corrected_low"] > row["high"] / row["low"]


def test_what_counts_as_the_thing() -> None:
    """Which judgements count is for the user to say; nothing or nonsense cannot count."""
    said = [Read(word, 0) for word in ("asserts", "rejects", "reports", "other sense") for _ in range(5)]
    for counting, share in (
        (("asserts",), 0.25),
        (("asserts", "reports"), 0.5),
        (("reports", "reports"), 0.25),
    ):
        assert judged(STEADY, said, counting=counting).table["precision"][0] == share
    with pytest.raises(SettingError, match="'agrees' is no judgement; choose from asserts"):
        judged(STEADY, said, counting=("agrees",))
    with pytest.raises(SettingError, match="no judgement counts as the thing"):
        judged(STEADY, said, counting=())


def test_rogan_and_gladen() -> None:
    """With a sensitivity the corrected rate is (p + sp - 1)/(se + sp - 1), sp being the specificity that the precision implies."""
    one = press(np.tile([20, 40, 60], 100), periods=1)
    (row,) = judged(one, read([0.6], 200), sensitivity=0.75).table.to_dicts()
    apparent, found = row["per_million"] / 1e6, 0.75
    truth = apparent * row["precision"] / found
    false = apparent - found * truth
    specificity = 1 - false / (1 - truth)
    assert row["corrected"] / 1e6 == pytest.approx((apparent + specificity - 1) / (found + specificity - 1))


def test_an_uncertain_sensitivity_widens() -> None:
    """A sensitivity of 8 found of 10 looked for is less sure than 800 of 1,000, and that less than a bare 0.8."""
    widths = []
    for sensitivity in (0.8, (800, 1000), (8, 10)):
        (row,) = judged(
            press(np.tile([2, 4, 6], 100), periods=1), read([0.6], 100), sensitivity=sensitivity
        ).table.to_dicts()
        assert row["corrected"] == pytest.approx(row["per_million"] * 0.75)
        widths.append(row["corrected_high"] / row["corrected_low"])
    assert widths[0] < widths[1] * 1.02 < widths[2] * 1.02
    assert widths[2] > 1.3 * widths[0]


@pytest.mark.parametrize("sensitivity", [0.0, 1.2, -1.0, float("nan"), (0, 10), (11, 10), (1, 0)])
def test_what_is_no_sensitivity(sensitivity: Any) -> None:
    """A sensitivity is a share above 0, or as many found as were looked for at most."""
    with pytest.raises(SettingError, match="sensitivity of"):
        judged(STEADY, read([0.5] * 5, 10), sensitivity=sensitivity)


def test_a_precision_that_falls() -> None:
    """Where the rate stands still and precision falls, the corrected rate falls, and the difference is found both ways."""
    found = judged(STEADY, read([0.9, 0.7, 0.5, 0.3, 0.1], 20))
    corrected = found.table["corrected"].to_list()
    assert corrected == sorted(corrected, reverse=True)
    assert corrected[0] > 4 * corrected[-1]
    tests = {row["between"]: row for row in found.differs.to_dicts()}
    assert {row["verdict"] for row in tests.values()} == {"differs"}
    over_time = tests["over time"]
    assert (
        over_time["first"],
        over_time["first_judged"],
        over_time["second"],
        over_time["second_judged"],
    ) == ("1930 to 1931", 40, "1932 to 1934", 60)
    assert (over_time["first_precision"], over_time["second_precision"]) == pytest.approx((0.8, 0.3))
    assert (tests["periods"]["first"], tests["periods"]["second"]) == ("1930", "1934")


def test_a_precision_that_stands_still() -> None:
    """Where nothing differs none is said to, and every period's precision is drawn to that of all."""
    found = judged(STEADY, read([0.7, 0.6, 0.8, 0.7, 0.7], 20))
    assert set(found.differs["verdict"]) == {"not shown to differ"}
    assert found.table["pooled"].is_between(0.65, 0.75).all()


def test_hits_read_in_some_periods_only() -> None:
    """A period of which nothing was read has no precision of its own, and is corrected with the doubt that this leaves."""
    found = judged(STEADY, [*read([0.7, 0.7, 0.7, 0.7], 20)]).table
    last = found.row(-1, named=True)
    assert (last["judged"], last["precision"], last["low"], last["too_few"]) == (0, None, None, True)
    assert last["corrected"] is not None
    widths = (found["corrected_high"] / found["corrected_low"]).to_list()
    assert widths[-1] > max(widths[:-1])


def test_too_few() -> None:
    """Under ten hits read of a row its precision is marked, and under ten in all no rate is corrected and nothing compared."""
    found = judged(STEADY, read([1.0, 0.5, 0.5], 3))
    assert found.table["too_few"].all()
    assert found.table["corrected"].null_count() == 5
    assert set(found.differs["verdict"]) == {"too few"}
    assert judged(STEADY, []).table["judged"].sum() == 0


def test_strata() -> None:
    """Hits that stand for more hits weigh more, and limits are those of fewer hits."""
    sample = [*read([1.0], 20, weight=1.0), *read([0.0], 20, weight=9.0)]
    one = press(np.tile([2, 4, 6], 100), periods=1)
    (row,) = judged(one, sample).table.to_dicts()
    assert row["precision"] == pytest.approx(0.1)
    assert row["high"] - row["low"] > 0.15


def test_splits() -> None:
    """Each split has its own precision; a hit may stand in two, or in none; splits that differ are said to."""
    two = press(np.tile([2, 4, 6], 100), splits=("left", "right"))
    sample = [
        *read([0.9] * 5, 10, splits=(0,)),
        *read([0.3] * 5, 10, splits=(1,)),
        *read([1.0], 10, splits=(0, 1)),
        *read([0.0], 10, splits=()),
    ]
    found = judged(two, sample)
    counts = found.table.group_by("split").agg(pl.col("judged").sum()).sort("split")
    assert counts.rows() == [("left", 60), ("right", 60)]
    splits = found.differs.filter(between="splits").row(0, named=True)
    assert (splits["verdict"], splits["judged"], splits["first"], splits["second"]) == (
        "differs",
        120,
        "left",
        "right",
    )
    assert splits["first_precision"] > splits["second_precision"]


def test_no_hit_and_nothing_held() -> None:
    """A period without a hit has a corrected rate of 0 and an upper limit; one without text has none."""
    hits = np.tile([0, 4, 6], 100)
    axis = [Period(str(year), dt.date(year, 1, 1), dt.date(year + 1, 1, 1)) for year in range(1930, 1934)]
    tally = Tally.from_counts(
        hits, np.full(300, 1000), axis, period=np.tile([0, 1, 3], 100), columns=["bread"], grain="year"
    )
    rows = judged(tally, [Read("asserts", 1) for _ in range(30)]).table.to_dicts()
    assert (rows[0]["corrected"], rows[0]["corrected_low"]) == (0.0, 0.0)
    assert rows[0]["corrected_high"] == pytest.approx(rows[0]["rate_high"])
    assert (rows[2]["per_million"], rows[2]["corrected"], rows[2]["corrected_high"]) == (None, None, None)


def test_limits_hold_the_truth() -> None:
    """Over samples from presses whose precision falls, about 95 of 100 limits of the corrected rate hold the true one."""
    generator = np.random.default_rng(7)
    true_precision = np.array([0.9, 0.8, 0.6, 0.5, 0.4])
    held = []
    for _ in range(40):
        tally = press(generator.negative_binomial(1, 1 / 5, 300))
        counts = tally.hits[:, 0, 0]
        period = generator.choice(5, 100, p=counts / counts.sum())
        sample = [
            Read("asserts" if generator.random() < true_precision[at] else "reports", int(at))
            for at in period
        ]
        table = judged(tally, sample, draws=1000).table
        truth = 4000 * true_precision
        held.append(
            (table["corrected_low"].to_numpy() <= truth) & (truth <= table["corrected_high"].to_numpy())
        )
    assert 0.9 < np.mean(held) < 0.99


def test_the_chart_shows_both_rates_and_the_precision() -> None:
    """The chart has the rate as counted, as corrected, and the precision, and says so to those who do not see it."""
    spec = judged(STEADY, read([0.9, 0.7, 0.5, 0.3, 0.1], 20)).chart(title="Bread")
    assert spec is not None
    assert len(spec["vconcat"]) == 2
    assert "as counted: 4,000 in 1930" in spec["description"]
    assert "Precision. bread: 0.9 in 1930" in spec["description"]


def test_a_precision_of_nothing_is_no_missing_hit() -> None:
    """A period whose hits all reject it has a precision of 0, drawn as a figure like any other, and the key speaks of no missing hits."""
    spec = judged(STEADY, read([0.9, 0.0, 0.9, 0.9, 0.9], 20)).chart()
    assert "no hit" not in str(spec)
    few = judged(STEADY, read([0.9, 0.0, 0.9, 0.9, 0.9], 6)).chart()
    assert "open mark: too few to rely on" in str(few)
