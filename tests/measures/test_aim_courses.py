"""Aims over time: a turn is one of the ratio to chance, and an overtaking is one of two such ratios."""

from __future__ import annotations

import datetime as dt

import numpy as np

from tendency.measures import aim_flips, aim_turns
from tendency.tally import FIXED, Around, Period, Tally

YEARS = [Period(str(1920 + i), dt.date(1920 + i, 1, 1), dt.date(1921 + i, 1, 1)) for i in range(30)]


def around(shares: dict[str, np.ndarray], chance: dict[str, np.ndarray], seed: int = 1) -> Tally:
    """A slogan with thirty hits in twenty papers a year, near each aim by a share of its own, beside what chance gives."""
    generator = np.random.default_rng(seed)
    papers = 20
    hits = generator.poisson(1.5, (30, papers))
    columns = {"slogan": hits}
    for aim, share in shares.items():
        columns[Around.near(aim, 30)] = generator.binomial(hits, share[:, None])
        columns[Around.expected(aim, 30)] = np.round(hits * chance[aim][:, None] * FIXED).astype(int)
    values = np.stack([column.ravel() for column in columns.values()], axis=1)
    period = np.repeat(np.arange(30), papers)
    return Tally.from_counts(
        values,
        np.full(30 * papers, 5000),
        YEARS,
        period=period,
        columns=list(columns),
        grain="year",
        clusters={"paper": [f"{number}" for _ in range(30) for number in range(papers)]},
    )


LOW, HIGH = np.full(30, 0.2), np.full(30, 0.6)
RISES, FALLS = np.where(np.arange(30) < 15, LOW, HIGH), np.where(np.arange(30) < 15, HIGH, LOW)


def test_an_aim_that_takes_over_turns_and_overtakes() -> None:
    """An aim whose ratio to chance trebles has turned in that year, and has overtaken the one whose ratio fell."""
    tally = around({"x": RISES, "y": FALLS}, {"x": LOW / 2, "y": LOW / 2})
    found = aim_turns(tally, ("x", "y")).table
    assert dict(zip(found["query"], found["period"], strict=True)) == {"x": "1935", "y": "1935"}
    up, down = found["change"].to_list()
    assert (up, down) == ("level up", "level down")
    # The values are ratios to chance.
    assert 1.2 < found["before"][0] < 3
    assert 4.5 < found["after"][0] < 8
    (flip,) = aim_flips(tally, ("x", "y")).table.to_dicts()
    assert (flip["first"], flip["second"], flip["period"]) == ("y", "x", "1935")


def test_a_share_that_grows_with_chance_does_not_turn() -> None:
    """Where chance grows as the share does, nothing has turned: the theme grew everywhere."""
    tally = around({"x": RISES, "y": LOW}, {"x": RISES / 2, "y": LOW / 2})
    assert aim_turns(tally, ("x", "y")).table.is_empty()
    assert aim_flips(tally, ("x", "y")).table.is_empty()


def test_periods_in_which_chance_gives_nothing_are_gaps() -> None:
    """A year in which an aim's words occur nowhere has no ratio, and breaks the curve."""
    chance = LOW / 2
    chance[4] = 0.0
    curve = aim_turns(around({"x": LOW, "y": LOW}, {"x": chance, "y": LOW / 2}), ("x", "y")).curve
    assert curve.filter(query="x", period="1924")["per_million"].to_list() == [None]
