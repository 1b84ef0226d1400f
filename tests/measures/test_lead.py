"""Who leads: a planted lead is found with its lag, and neither an event, a cadence nor a volume is taken for one."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from tendency.charts import svg
from tendency.errors import SettingError
from tendency.measures import Leads, lead
from tendency.tally import Period, Periods, Tally

MONTHS = 96
AXIS = list(Periods.spanning("month", [], [], dt.date(1930, 1, 1), dt.date(1938, 1, 1)).periods)


def course(generator: np.random.Generator, keeps: float = 0.6, size: int = MONTHS + 24) -> np.ndarray:
    """An autoregression with variance 1."""
    shocks = generator.standard_normal(size)
    found = shocks.copy()
    for month in range(1, size):
        found[month] = keeps * found[month - 1] + np.sqrt(1 - keeps**2) * shocks[month]
    return found


def voices(
    generator: np.random.Generator, *logarithms: np.ndarray, documents: tuple[int, ...] = (12, 12, 12)
) -> Tally:
    """Bursty documents of each voice by month, with such logarithms of their rates."""
    rows = []
    for voice, (log, count) in enumerate(zip(logarithms, documents, strict=False)):
        words = np.full((MONTHS, count), 1500)
        rate = 1e-3 * np.exp(log)[:, None] * generator.gamma(1, 1, words.shape)
        month = np.arange(MONTHS)[:, None].repeat(count, 1)
        rows.append(
            np.stack([generator.poisson(rate * words), words, month, np.full(words.shape, voice)]).reshape(
                4, -1
            )
        )
    hits, words, month, voice = np.concatenate(rows, axis=1)
    names = ("early", "late", "third")[: len(logarithms)]
    return Tally.from_counts(
        hits, words, AXIS, period=month, split=voice, splits=names, columns=["bread"], grain="month"
    )


def following(seed: int, months: int, signal: float = 0.6, **options: tuple[int, ...]) -> Leads:
    """What is said where the late voice follows by so many months."""
    generator = np.random.default_rng(seed)
    shared = signal * course(generator)
    return lead(
        voices(generator, shared[12 : 12 + MONTHS], shared[12 - months : 12 - months + MONTHS], **options)
    )


def test_planted_lead_is_found() -> None:
    """A voice that takes a course up four months later is said to follow by about four, whichever way it is asked."""
    found = following(1, 4)
    (row,) = found.table.to_dicts()
    assert (row["verdict"], row["first"], row["second"], row["grain"]) == ("leads", "early", "late", "month")
    assert abs(row["lag"] - 4) <= 1
    assert row["low"] <= 4 <= row["high"]
    assert row["p_family"] <= 0.05
    assert found.sentences[0].startswith(f"“bread”: early leads late by {row['lag']} months (80 %")
    other = following(1, -4)
    (row,) = other.table.to_dicts()
    assert (row["verdict"], row["first"], abs(row["lag"] - 4) <= 1) == ("leads", "late", True)


def test_leads_are_mostly_found() -> None:
    """Of ten voices that follow by four months, where signal and noise are as large, at least eight are said to, within a month."""
    rows = [following(seed, 4, 0.45).table.row(0, named=True) for seed in range(10)]
    assert (
        sum(
            row["verdict"] == "leads" and row["first"] == "early" and abs(row["lag"] - 4) <= 1 for row in rows
        )
        >= 8
    )


def test_one_event_is_no_lead() -> None:
    """Voices that answer the same events at once lead nobody; mostly it is said that they take it up together."""
    verdicts = [following(seed, 0).table["verdict"][0] for seed in range(10)]
    assert verdicts.count("leads") == 0
    assert verdicts.count("same event, different press day") >= 7


def test_independent_voices_do_not_lead() -> None:
    """Voices that wander each by itself, strongly and slowly, seldom show a lead."""
    verdicts = []
    for seed in range(20):
        generator = np.random.default_rng([7, seed])
        logs = [course(generator, 0.85)[:MONTHS] for _ in range(2)]
        verdicts.append(lead(voices(generator, *logs)).table["verdict"][0])
    assert verdicts.count("leads") <= 3


def test_more_text_is_no_lead() -> None:
    """A voice with ten times the text of another that answers the same events does not lead it."""
    verdicts = [following(seed, 0, documents=(60, 6)).table["verdict"][0] for seed in range(6)]
    assert verdicts.count("leads") == 0


def test_a_monthly_follows_by_its_cadence_alone() -> None:
    """A lag of no more than one publication interval is press day, not a lead."""
    generator = np.random.default_rng(5)
    shared = 0.8 * course(generator)
    tally = voices(generator, shared[1 : 1 + MONTHS], shared[:MONTHS])
    assert lead(tally, issues={"early": 1.0, "late": 7.0}).table["verdict"][0] == "leads"
    row = lead(tally, issues={"early": 1.0, "late": 30.44}).table.row(0, named=True)
    assert (row["verdict"], row["lag"]) == ("same event, different press day", 1)


def test_periods_are_not_finer_than_the_slower_voice() -> None:
    """Weeks in which a monthly voice has mostly no text are brought to months."""
    weeks = Periods.spanning("week", [], [], dt.date(1930, 1, 1), dt.date(1938, 1, 1)).periods
    middle = np.array([week.start.toordinal() + 3 for week in weeks])
    month = np.array([dt.date.fromordinal(day).month + 12 * dt.date.fromordinal(day).year for day in middle])
    monthly = np.flatnonzero(np.diff(month, prepend=0))
    period = np.concatenate([np.arange(len(weeks)), monthly])
    split = np.repeat([0, 1], [len(weeks), monthly.size])
    hits = np.random.default_rng(1).poisson(20, period.size)
    tally = Tally.from_counts(
        hits,
        np.full(period.size, 9000),
        weeks,
        period=period,
        split=split,
        splits=("weekly", "monthly"),
        grain="week",
    )
    found = lead(tally)
    assert found.table["grain"].to_list() == ["month"]
    assert found.table["periods"][0] >= MONTHS - 1
    assert found.courses["period"][0].startswith("1930-01") or found.courses["period"][0].startswith(
        "1929-12"
    )


def test_common_course_is_taken_out() -> None:
    """Where a reference moves both, nothing is left that could lead; without it they move together."""
    generator = np.random.default_rng(3)
    shared = course(generator)[:MONTHS]
    months = np.arange(MONTHS)
    words = np.full((2, MONTHS), 60_000)
    both = generator.poisson(60 * np.exp(0.6 * shared) * np.ones((2, 1)))
    war = generator.poisson(4_000 * np.exp(0.6 * shared) * np.ones((2, 1)))
    tally = Tally.from_counts(
        np.stack([both.ravel(), war.ravel()], axis=1), words.ravel(), AXIS, period=np.tile(months, 2), split=np.repeat([0, 1], MONTHS),
        splits=("early", "late"), columns=("bread", "war"), grain="month",
    )  # fmt: skip
    alone = lead(tally, queries=["bread"]).table.row(0, named=True)
    beyond = lead(tally, reference="war").table.row(0, named=True)
    assert alone["verdict"] == "same event, different press day"
    assert (beyond["verdict"], beyond["removed"]) == ("cannot be told", "trend and the course of war")


def test_every_tally_has_a_verdict() -> None:
    """Nothing held, no hit, one period, one document, huge counts, a voice that never changes: a verdict, never an error."""
    splits = ("early", "late")
    empty = Tally.none(("bread",), "month", (), splits, ("document",))
    zeros = Tally.from_counts(
        np.zeros(192, int), np.full(192, 1000), AXIS, period=np.tile(np.arange(96), 2), split=np.repeat([0, 1], 96), splits=splits, grain="month"
    )  # fmt: skip
    one = Tally.from_counts(
        [5],
        [100],
        [Period("1930-01", dt.date(1930, 1, 1), dt.date(1930, 2, 1))],
        splits=splits,
        grain="month",
    )
    same = Tally.from_counts(
        np.full(192, 10**12), np.full(192, 10**14), AXIS, period=np.tile(np.arange(96), 2), split=np.repeat([0, 1], 96), splits=splits, grain="month"
    )  # fmt: skip
    for tally in (empty, zeros, one, same):
        found = lead(tally)
        assert found.table["verdict"].to_list() == ["too few"]
        assert found.table["note"][0]
        assert found.chart() is None
        assert "too few" in found.sentences[0]


def test_gaps_are_gaps() -> None:
    """Months of which nothing is held of one voice are left out, and a lead across them is still found."""
    generator = np.random.default_rng(11)
    shared = 0.8 * course(generator)
    whole = voices(generator, shared[12 : 12 + MONTHS], shared[8 : 8 + MONTHS])
    held = np.delete(np.arange(MONTHS), np.r_[10:16, 50:58])
    tokens, hits = (
        np.where(np.isin(np.arange(MONTHS), held)[:, None] | np.array([True, False]), counts, 0)
        for counts in (whole.tokens, whole.hits[:, :, 0])
    )
    period, split = np.nonzero(tokens)
    tally = Tally.from_counts(
        hits[period, split],
        tokens[period, split],
        AXIS,
        period=period,
        split=split,
        splits=("early", "late"),
        grain="month",
    )
    found = lead(tally)
    row = found.table.row(0, named=True)
    assert (row["verdict"], row["periods"], abs(row["lag"] - 4) <= 1) == ("leads", MONTHS - 14, True)
    late = found.courses.filter(voice="late")
    assert late["cleaned"].null_count() == 14
    assert late["per_million"].null_count() == 14


def test_draws_repeat() -> None:
    """The same tally gives the same figures, to the last digit."""
    first, second = following(2, 4), following(2, 4)
    assert first.table.equals(second.table)
    assert first.lags.equals(second.lags)
    assert first.recipe == second.recipe


def test_the_chart_says_what_is_seen() -> None:
    """Both voices, the verdict and the correlation at each lag are in the picture and in its words."""
    found = following(1, 4)
    drawn = found.chart(title="Bread")
    assert drawn is not None
    assert "early leads late by 4 months" in drawn["description"]
    picture = svg(drawn)
    assert "months by which early goes before late" in picture


def test_what_is_asked_must_be_there() -> None:
    """Voices, queries, lags and levels that are none are refused with a sentence."""
    tally = voices(np.random.default_rng(1), np.zeros(MONTHS), np.zeros(MONTHS))
    with pytest.raises(SettingError, match="not of 'sun'"):
        lead(tally, a="sun")
    with pytest.raises(SettingError, match="not of 'early' twice"):
        lead(tally, a="early", b="early")
    with pytest.raises(SettingError, match="a largest lag of 0 cannot be taken"):
        lead(tally, most=0)
    with pytest.raises(SettingError, match="no column 'war'"):
        lead(tally, reference="war")
    with pytest.raises(SettingError, match="at least one query"):
        lead(tally, reference="bread")
