"""What is found by looking is labelled so, and asserts something only where documents kept back show the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tendency.errors import DossierError

FILLER = "The mill by the river was shut and the road to the town was long. " * 6


def test_a_planted_riser_is_found_and_confirmed(ask: Any, press: Any) -> None:
    """A word that is named ever more often is found among all that were tested, confirmed, and labelled as found by looking."""
    generator = np.random.default_rng(1)

    def text(year: int, paper: int) -> str:
        hits = min(int(generator.poisson(0.3 * 1.08 ** (year - 1910))), 12)
        return FILLER + "Bread came. " * hits + "Rain fell. " * (12 - hits)

    answers = ask(press(range(1910, 1950), 24, text), '[[discover]]\nname = "What moves"\nlongest = 2\n')
    (finding,) = answers.findings
    assert finding.asked == "found by looking"
    assert finding.kind == "discovery"
    first, *found = finding.claims
    values = dict(first.values)
    assert first.kind == "discovered"
    assert isinstance(values["tested"], int)
    assert isinstance(values["tests"], int)
    assert values["tests"] >= values["tested"] > 0
    assert f"of {values['tested']:,} words and phrases" in first.sentence
    bread = [claim for claim in found if "bread" in claim.subjects[0]]
    assert bread
    assert bread[0].holds
    assert bread[0].sentence.startswith("Found by looking: “bread")
    assert "confirmed on documents kept back" in bread[0].sentence
    assert any("asked beforehand" in warning for warning in finding.warnings)
    (exhibit,) = finding.exhibits
    assert exhibit.chart is not None
    assert exhibit.table["evidence"][0] in {block.anchor for block in finding.evidence}


def test_nothing_moves_is_said(ask: Any, press: Any) -> None:
    """Where nothing changes, the section says how much was tested, and claims nothing."""
    generator = np.random.default_rng(2)

    def text(year: int, paper: int) -> str:
        hits = min(int(generator.poisson(2)), 12)
        return FILLER + "Bread came. " * hits + "Rain fell. " * (12 - hits)

    answers = ask(press(range(1920, 1950), 12, text), "[[discover]]\nlongest = 1\n")
    (finding,) = answers.findings
    assert not any(claim.holds for claim in finding.claims)
    assert finding.claims[0].kind == "discovered"


def test_eras_are_too_few_to_see_a_course_in(ask: Any, press: Any) -> None:
    """A dossier by eras must name a period for what is looked for."""
    questions = 'period = "eras"\n[eras]\n"one" = "1920/1929"\n"two" = "1930/1939"\n[[discover]]\n'
    with pytest.raises(DossierError, match=r"discover\[1\]\.period: is the dossier's eras"):
        ask(press(range(1920, 1922), 2, lambda year, paper: FILLER), questions)
