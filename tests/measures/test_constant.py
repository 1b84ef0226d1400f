"""Constant titles: the rule by hand, a planted change of the mix taken out, and words for what cannot be said."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from tendency.errors import SettingError
from tendency.measures import constant_titles
from tendency.tally import NONE, Period, Tally

MONTHS = [Period(f"1936-{m:02d}", dt.date(1936, m, 1), dt.date(1936, m, 28)) for m in range(1, 13)]
Row = tuple[int, str, int]


def counted(rows: list[Row], titles: tuple[str, ...]) -> Tally:
    """Pages of 1,000 words: month, title and hits of each; every page is a cluster."""
    return Tally.from_counts(
        [hits for _, _, hits in rows],
        [1000] * len(rows),
        MONTHS,
        period=[month for month, _, _ in rows],
        split=[titles.index(title) for _, title, _ in rows],
        splits=titles,
        columns=["war"],
        grain="month",
    )


def test_nearly_all_periods() -> None:
    """Ten of twelve months are too few, eleven (91 %) are enough; documents without a title are none."""
    titles = ("eleven", "ten", "twelve", NONE)
    months = {"eleven": 11, "ten": 10, "twelve": 12, NONE: 12}
    rows = [(month, title, 1) for title in titles for month in range(months[title])]
    found, everything, constant = constant_titles(counted(rows, titles), "newspaper")
    assert (found.titles, found.of, found.periods) == (("eleven", "twelve"), 3, 12)
    assert found.words == pytest.approx(23 / 45)
    assert (everything.splits, constant.splits) == (("all titles",), ("constant titles",))
    assert everything.hits.sum() == 45
    assert constant.hits.sum() == 23
    assert found.sentences[0] == (
        "2 of 3 values of newspaper have text in at least 90 % of the 12 periods that have any, with 51.1 % of the words."
    )


def test_months_without_any_text_do_not_count() -> None:
    """A title that is held whenever anything is held is constant, however many months are empty."""
    found, _, _ = constant_titles(counted([(0, "Sun", 1), (5, "Sun", 2)], ("Sun",)), "newspaper")
    assert (found.titles, found.periods, found.words) == (("Sun",), 2, 1.0)


def test_a_planted_change_of_the_mix() -> None:
    """Papers that always name it more often enter in summer: all titles rise, the constant ones do not, and it is said so."""
    generator = np.random.default_rng(3)
    titles = (*(f"old {n}" for n in range(12)), *(f"new {n}" for n in range(12)))
    rows = [
        (month, title, int(generator.poisson(9 if title.startswith("new") else 3)))
        for month in range(12)
        for title in titles
        for _ in range(2)
        if title.startswith("old") or month >= 6
    ]
    found, _, _ = constant_titles(counted(rows, titles), "newspaper")
    assert found.titles == titles[:12]
    (row,) = found.changes.to_dicts()
    assert row["low"] > 1.5
    assert row["constant_low"] < 1 < row["constant_high"]
    assert "not" in found.sentences[1]
    assert found.sentences[1].startswith(
        "“war”, 1936-09–1936-12 over 1936-01–1936-04: at constant titles the r"
    )


def test_a_true_rise_is_the_same_at_constant_titles() -> None:
    """Every paper doubles: both changes agree, and nothing is made of the difference."""
    generator = np.random.default_rng(3)
    titles = tuple(f"paper {n}" for n in range(24))
    rows = [
        (month, title, int(generator.poisson(3 if month < 6 else 6)))
        for month in range(12)
        for number, title in enumerate(titles)
        if number < 16 or (month + number) % 3
    ]
    found, _, _ = constant_titles(counted(rows, titles), "newspaper")
    assert len(found.titles) == 16
    assert found.sentences[1].endswith("no different as far as can be told.")


def test_no_constant_title_and_too_little() -> None:
    """Without such a title there is no curve; with too little text no figure; one period is refused."""
    found, _, _ = constant_titles(counted([(0, "a", 1), (1, "b", 1)], ("a", "b")), "newspaper")
    assert found.sentences == (
        "No newspaper of 2 has text in at least 90 % of the 2 periods that have any: there is no curve at constant titles.",
    )
    few, _, _ = constant_titles(counted([(0, "a", 0), (1, "a", 0)], ("a",)), "newspaper")
    assert few.sentences[1].endswith("too little to compare constant titles with all.")
    for rows in ([(0, "a", 1)], []):
        with pytest.raises(SettingError, match="at least two periods with text"):
            constant_titles(counted(rows, ("a",)), "newspaper")
