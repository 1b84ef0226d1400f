"""The company of a slogan, and of what parts its change is made."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tendency.dossier import Claim
from tendency.errors import DossierError

FILLER = "The mill by the river was shut and the road to the town was long. " * 6
SPANS = 'before = "1920/1929"\nafter = "1930/1939"\n'
PEACE = '[[slogan]]\nname = "Peace"\nquery = "peace"\n'


def claims(answers: Any, kind: str) -> list[Claim]:
    """The claims of a kind."""
    return [claim for finding in answers.findings for claim in finding.claims if claim.kind == kind]


def test_company_then_and_now(ask: Any, press: Any) -> None:
    """A word that stands near a slogan is told with its ratio, and one that came or went between the spans is told so."""

    def text(year: int, paper: int) -> str:
        beside = "bread" if year < 1930 else "land"
        return (
            FILLER
            + f"They ask for {beside} and peace now. " * (1 + paper % 2)
            + "Bread and land were dear that year. "
        )

    answers = ask(press(range(1920, 1940), 16, text), SPANS + PEACE + "company = 5\n")
    near = {claim.subjects[1] for claim in claims(answers, "stands near")}
    assert near & {"bread", "land", "ask", "now"}
    assert {claim.subjects for claim in claims(answers, "went out of company")} >= {("Peace", "bread")}
    assert {claim.subjects for claim in claims(answers, "came into company")} >= {("Peace", "land")}
    exhibits = {exhibit.name: exhibit for exhibit in answers.findings[0].exhibits}
    linked = exhibits["slogan-peace-company"].table.filter(word="bread")["evidence"].to_list()
    assert linked[0] in {block.anchor for block in answers.findings[0].evidence}
    assert exhibits["slogan-peace-company-change"].chart is not None


def test_a_change_of_who_speaks_is_no_change_of_what_is_said(ask: Any, press: Any) -> None:
    """Where papers that name peace more enter in the later span and none changes, the change lies with those that entered."""
    generator = np.random.default_rng(2)

    def text(year: int, paper: int) -> str:
        hits = min(int(generator.poisson(4.0 if paper >= 8 else 1.0)), 12)
        return FILLER + "Peace was named. " * hits + "Rain was falling. " * (12 - hits)

    held = [
        page
        for page in press(range(1920, 1940), 16, text)
        if int(page["newspaper"].split()[1]) < 8 or page["date"] >= "1930"
    ]
    answers = ask(held, SPANS + PEACE + 'voice = "newspaper"\n')
    (claim,) = claims(answers, "conditions")
    assert "voices that speak only in the later span" in claim.sentence
    (exhibit,) = [one for one in answers.findings[0].exhibits if one.name == "slogan-peace-conditions"]
    parts = dict(zip(exhibit.table["part"], exhibit.table["value"], strict=True))
    *four, whole = exhibit.table["value"].to_list()
    assert sum(value or 0.0 for value in four) == pytest.approx(whole)
    assert (
        max(parts, key=lambda part: abs(parts[part] or 0) if part.startswith("voices") else -1)
        == "voices that entered"
    )


def test_mistakes_have_their_place(ask: Any, press: Any) -> None:
    """A finer voice without a voice, and a field that is not there, are named with their place."""
    held = press(range(1920, 1922), 2, lambda year, paper: FILLER + "Peace was named. " * 9)
    with pytest.raises(DossierError, match=r"slogan\[1\]\.finer_voice"):
        ask(held, PEACE + 'finer_voice = "page"\n')
    with pytest.raises(DossierError, match=r"slogan\[1\] \(“Peace”\): .*there is no field 'pages'"):
        ask(held, 'before = "1920"\nafter = "1921"\n' + PEACE + 'voice = "pages"\n')
    with pytest.raises(DossierError, match=r"slogan\[1\]\.company"):
        ask(held, PEACE + "company = 0\n")
