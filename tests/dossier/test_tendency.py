"""The tendency of a slogan: trend, turning points, what the documents have to do with them, forecasts, events, series."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import hypergeom

from tendency.dossier import Answers, Claim
from tendency.dossier.composition import types_among
from tendency.errors import DossierError, TendencyError

FILLER = "The mill by the river was shut and the road to the town was long. " * 6
PEACE = '[[slogan]]\nname = "Peace"\nquery = "peace"\n'
YEARS = range(1920, 1950)


def named(rate: Callable[[int], float], seed: int = 1) -> Callable[[int, int], str]:
    """Texts of equal length that name peace about so often a page in each year."""
    generator = np.random.default_rng(seed)

    def text(year: int, paper: int) -> str:
        hits = min(int(generator.poisson(rate(year))), 12)
        return FILLER + "Peace was named. " * hits + "Rain was falling. " * (12 - hits)

    return text


def claims(answers: Answers, kind: str) -> list[Claim]:
    """The claims of a kind."""
    return [claim for finding in answers.findings for claim in finding.claims if claim.kind == kind]


def test_a_turn_is_told_with_its_date(ask: Any, press: Any) -> None:
    """A rate that is three times as large from one year on has turned then, firmly, and the section says so first."""
    answers = ask(press(YEARS, 8, named(lambda year: 1.0 if year < 1935 else 3.0)), PEACE)
    (turn,) = claims(answers, "turned")
    assert turn.holds
    assert dict(turn.values)["period"] == "1935"
    assert turn.sentence.startswith("“Peace” turned in 1935 (80\N{NO-BREAK SPACE}% range ")
    assert "A second method finds it too." in turn.sentence
    assert answers.findings[0].claims[0] is turn
    names = [exhibit.name for exhibit in answers.findings[0].exhibits]
    assert {f"slogan-peace-{what}" for what in ("course", "turns", "trend", "forecast", "backtest")} <= set(
        names
    )
    (course,) = [exhibit for exhibit in answers.findings[0].exhibits if exhibit.name == "slogan-peace-course"]
    assert course.title == "“Peace” turned in 1935"
    assert course.table["evidence"].null_count() == 0


def test_a_turn_of_the_documents_is_none_of_the_rate(ask: Any, press: Any) -> None:
    """Where other papers begin in the year in which a rate turns, the turn is only possible, and the sentence says why."""
    rate = named(lambda year: 1.0 if year < 1935 else 3.0)

    def text(year: int, paper: int) -> str:
        return rate(year, paper)

    held = [
        page | {"newspaper": f"paper {paper + (8 if page['date'] >= '1935' else 0)}"}
        for page in press(YEARS, 8, text)
        for paper in [int(page["newspaper"].split()[1])]
    ]
    answers = ask(held, PEACE)
    assert not claims(answers, "turned")
    (turn,) = claims(answers, "may have turned")
    assert not turn.holds
    assert "the share of newspaper “paper" in turn.sentence
    assert "turned at the same time" in turn.sentence


def test_a_steady_rate_has_no_turn_and_no_trend(ask: Any, press: Any) -> None:
    """A rate that only varies by chance has no turning point and no trend, and both are said in words."""
    answers = ask(press(YEARS, 8, named(lambda year: 2.0)), PEACE)
    assert not claims(answers, "turned")
    assert not claims(answers, "trend")
    (none,) = claims(answers, "no turning point")
    assert (
        "no turning point over 1920–49 that can be told from chance and wandering (30 years" in none.sentence
    )
    (trend,) = claims(answers, "no trend")
    assert "that can be told from wandering" in trend.sentence
    (course,) = [one for one in answers.findings[0].exhibits if one.name == "slogan-peace-course"]
    assert "no turning point" in course.title


def test_a_steady_growth_is_a_trend(ask: Any, press: Any) -> None:
    """A rate that grows by six per cent a year is said to grow, with the interval that holds it."""
    answers = ask(press(YEARS, 8, named(lambda year: 1.06 ** (year - 1920))), PEACE)
    (trend,) = [claim for claim in claims(answers, "trend") if claim.subjects == ("Peace",)]
    values = dict(trend.values)
    assert isinstance(values["low"], float)
    assert isinstance(values["high"], float)
    assert values["low"] < 6 < values["high"]
    assert "The rate of “Peace” grows by " in trend.sentence
    assert "% a year over 1920–49" in trend.sentence


def test_too_few_say_too_few(ask: Any, press: Any) -> None:
    """Five years, or a handful of hits, have neither turn nor trend nor forecast, and none is made up."""
    for held in (
        press(range(1930, 1935), 8, named(lambda year: 2.0)),
        press(YEARS, 8, named(lambda year: 0.01)),
    ):
        answers = ask(held, PEACE)
        kinds = {claim.kind for finding in answers.findings for claim in finding.claims}
        assert not kinds & {"turned", "may have turned", "no turning point", "trend", "no trend", "forecast"}
        names = {exhibit.name for exhibit in answers.findings[0].exhibits}
        assert not names & {f"slogan-peace-{what}" for what in ("course", "turns", "trend", "forecast")}


def test_a_flip_is_told_with_its_date(ask: Any, press: Any) -> None:
    """Two items that change places in a year are said to have done so then; two that stay equal are not."""
    generator = np.random.default_rng(3)

    def text(year: int, paper: int) -> str:
        much, little = (3.0, 1.0) if year < 1935 else (1.0, 3.0)
        peace, bread = generator.poisson([much, little])
        equal = generator.poisson([2.0, 2.0])
        return (
            FILLER
            + "Peace was named. " * peace
            + "Bread was named. " * bread
            + "Land was named. " * equal[0]
            + "Work was named. " * equal[1]
        )

    ranking = '[[ranking]]\nname = "{}"\nitems = {{ {} }}\n'
    answers = ask(
        press(YEARS, 8, text),
        ranking.format("Moved", 'Peace = "peace", Bread = "bread"')
        + ranking.format("Equal", 'Land = "land", Work = "work"'),
    )
    (flip,) = claims(answers, "flipped")
    assert flip.subjects == ("Peace", "Bread")
    assert dict(flip.values)["period"] == "1935"
    assert flip.sentence.startswith("“Peace” and “Bread” changed places in 1935 ")
    (none,) = claims(answers, "no flip")
    assert none.subjects == ("Equal",)


def test_forecasts_say_what_they_are_worth(ask: Any, press: Any) -> None:
    """A forecast names its period, its interval and what such forecasts were worth; with a horizon of 0 there is none."""
    held = press(range(1900, 1950), 8, named(lambda year: 2.0))
    answers = ask(held, PEACE)
    (claim,) = claims(answers, "forecast")
    assert claim.sentence.startswith("For 1950 ")
    assert "the last ten periods" in claim.sentence
    assert not claim.holds
    assert not claims(ask(held, "horizon = 0\n" + PEACE), "forecast")


def test_events_are_held_against_every_other_date(ask: Any, press: Any) -> None:
    """An event in the year of the only change is remarkable, and is still said to be no cause."""
    event = '[[event]]\nname = "The armistice"\ndate = 1925-01-01\n'
    held = press(range(1900, 1950), 8, named(lambda year: 1.0 if year < 1925 else 4.0))
    (claim,) = claims(ask(held, PEACE + event), "beside an event")
    values = dict(claim.values)
    assert values["larger"] == 0
    assert claim.sentence.startswith("Beside “The armistice”: in the 5 years before it “Peace” is named ")
    assert claim.sentence.endswith("This is not a cause.")


def test_an_outside_series_stands_beside(ask: Any, press: Any, tmp_path: Path) -> None:
    """Figures that move as the rate does are said to move with it, those that do not are not; neither is a cause."""
    draws = random.Random(5)
    level = {year: draws.choice([0.5, 4.0]) for year in range(1900, 1950)}
    (tmp_path / "with.csv").write_text(
        "date,value\n" + "".join(f"{year},{rate}\n" for year, rate in level.items()), encoding="utf-8"
    )
    (tmp_path / "without.csv").write_text(
        "date,value\n" + "".join(f"{year},{draws.random()}\n" for year in level), encoding="utf-8"
    )
    series = '[[series]]\nname = "{0}"\nfile = "{0}.csv"\nunit = "points"\nsource = "a table"\n'
    answers = ask(
        press(range(1900, 1950), 8, named(lambda year: level[year])),
        PEACE + series.format("with") + series.format("without"),
    )
    found = {claim.subjects[1]: claim for claim in claims(answers, "beside a series")}
    assert found["with"].sentence.startswith("“Peace” moves with “with” (")
    assert "do not move together in a way that can be told from chance" in found["without"].sentence
    assert all(claim.sentence.endswith("This is not a cause.") for claim in found.values())


def test_a_series_without_its_column_is_named(ask: Any, press: Any, tmp_path: Path) -> None:
    """A file that is not there, or has no column of the name, is a mistake with its place or its file."""
    series = '[[series]]\nname = "S"\nfile = "s.csv"\n'
    with pytest.raises(DossierError, match=r"d\.toml, series\[1\]\.file"):
        ask(press(YEARS, 2, named(lambda year: 1.0)), PEACE + series)
    (tmp_path / "s.csv").write_text("day,price\n1930,4\n", encoding="utf-8")
    with pytest.raises(TendencyError, match=r"s\.csv"):
        ask(press(YEARS, 2, named(lambda year: 1.0)), PEACE + series)


@pytest.mark.parametrize(
    ("counts", "drawn"), [([5, 3, 1, 1], 4), ([1] * 10, 3), ([7], 2), ([4, 4], 8), ([50, 2, 1], 51)]
)
def test_types_among_is_the_sum_of_hypergeometric_chances(counts: list[int], drawn: int) -> None:
    """The types to be expected among some words are the sum, over forms, of the chance that a draw holds the form."""
    total = sum(counts)
    slow = sum(1 - hypergeom(total, count, drawn).pmf(0) for count in counts)
    assert math.isclose(types_among(np.array(counts), drawn), slow, rel_tol=1e-9)


def test_what_should_exist_is_held_against_what_does(ask: Any, press: Any) -> None:
    """Where the dossier says how often a paper appears, issues that are missing are counted, drawn and told."""
    pages = press(YEARS, 12, named(lambda year: 2.0))
    held = [page for page in pages if page["date"][5:7] == "03" and not page["date"].startswith("1935")]
    wanted = '[[holdings]]\npublication = "paper 0"\nevery = "year"\nfrom = 1920\nto = 1949\n'
    answers = ask(held, PEACE + wanted)
    exhibits = {exhibit.name: exhibit for exhibit in answers.foundation.exhibits}
    (row,) = exhibits["holdings"].table.to_dicts()
    assert (row["expected"], row["held"], row["missing"]) == (30, 29, 1)
    assert exhibits["holdings"].chart is not None
    missing = exhibits["holdings-by-period"].table.filter(missing=1)
    assert missing["period"].to_list() == ["1935"]
    answers = ask(held, PEACE + wanted.replace("paper 0", "paper 99"))
    (table,) = [one.table for one in answers.foundation.exhibits if one.name == "holdings"]
    assert "no document" in table["note"][0]
