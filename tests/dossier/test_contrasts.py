"""Contrasts and polemics: what sets documents apart, and who names whom beside hostile words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tendency.errors import DossierError

FILLER = "The mill by the river was shut and the road to the town was long. " * 6
STANDPOINTS = "[standpoints]\nleft = \"standpoint = 'left'\"\nright = \"standpoint = 'right'\"\n"


def speaking(year: int, paper: int) -> str:
    """The left names the landlord and attacks him, the right names the tenant and does not; both name the king."""
    own = "The landlord is a traitor. " if paper % 2 else "The tenant works. "
    return FILLER + own * 3 + "The king rode out. " * 2


def test_a_contrast_says_which_side_has_more(ask: Any, press: Any) -> None:
    """Words that only one standpoint uses are set apart, with the side in words, and lead to their sentences."""
    answers = ask(
        press(range(1920, 1930), 16, speaking),
        STANDPOINTS + '[[contrast]]\nname = "Sides"\nsplit = "standpoint"\n',
    )
    (finding,) = answers.findings
    assert finding.kind == "contrast"
    assert finding.asked == "asked beforehand"
    told = {claim.subjects[0]: claim for claim in finding.claims if claim.kind == "set apart"}
    assert {"landlord", "tenant"} <= set(told)
    assert told["landlord"].holds
    assert "is named more in left than in" in told["landlord"].sentence
    assert "king" not in told
    (exhibit,) = finding.exhibits
    assert exhibit.chart is not None
    rows = {(row["target"], row["word"]): row for row in exhibit.table.to_dicts()}
    assert rows["left", "landlord"]["evidence"] in {block.anchor for block in finding.evidence}


def test_documents_that_do_not_differ_are_not_set_apart(ask: Any, press: Any) -> None:
    """Two papers that say the same by chance are told to differ in nothing."""
    generator = np.random.default_rng(4)

    def text(year: int, paper: int) -> str:
        hits = min(int(generator.poisson(2)), 8)
        return FILLER + "Bread came. " * hits + "Rain fell. " * (8 - hits)

    answers = ask(
        press(range(1920, 1930), 16, text),
        '[[contrast]]\nname = "Sides"\ntarget = "standpoint = \'left\'"\nmin_hits = 20\n',
    )
    (finding,) = answers.findings
    assert not any(claim.holds for claim in finding.claims)
    assert [claim.kind for claim in finding.claims] == ["not shown to be set apart"]


def test_polemics_are_held_against_chance(ask: Any, press: Any) -> None:
    """A standpoint that names an opponent beside hostile words more than chance is told to; the other is not."""
    generator = np.random.default_rng(5)

    def text(year: int, paper: int) -> str:
        attack = (
            "The landlord is a traitor. "
            if paper % 2
            else "The landlord rode out and the town was glad of it all day. "
        )
        plain = "Nothing was said of a traitor by the old mill today at all. " if not paper % 2 else ""
        return FILLER + attack * int(1 + generator.poisson(1)) + "The king rode out. " * 2 + plain

    answers = ask(
        press(range(1920, 1930), 16, text),
        STANDPOINTS
        + '[[polemics]]\nname = "Who attacks whom"\nopponents = { landlord = "landlord", king = "king" }\nhostile = "traitor*"\n',
    )
    (finding,) = answers.findings
    hostile = [claim for claim in finding.claims if claim.kind == "named in hostility"]
    assert [claim.subjects for claim in hostile] == [("left", "landlord")]
    assert "times what chance would give" in hostile[0].sentence
    (exhibit,) = finding.exhibits
    assert exhibit.chart is not None
    cells = {(row["split"], row["query"]): row for row in exhibit.table.to_dicts()}
    assert cells["left", "landlord"]["evidence"] in {block.anchor for block in finding.evidence}


@pytest.mark.parametrize(
    ("questions", "said"),
    [
        ('[[contrast]]\nname = "C"\n', r"contrast\[1\]: needs either target"),
        ('[[contrast]]\nname = "C"\ntarget = "no such"\n', r"contrast\[1\]\.target"),
        (
            '[[contrast]]\nname = "C"\nsplit = "standpoint"\n',
            r"contrast\[1\]\.split: is \"standpoint\", but there is no",
        ),
        (
            '[[polemics]]\nname = "P"\nopponents = {}\nhostile = "x"\nsplit = "newspaper"\n',
            r"polemics\[1\]\.opponents",
        ),
        (
            '[[polemics]]\nname = "P"\nopponents = { a = "a" }\nhostile = "("\nsplit = "newspaper"\n',
            r"polemics\[1\]\.hostile",
        ),
    ],
)
def test_mistakes_have_their_place(ask: Any, press: Any, questions: str, said: str) -> None:
    """A contrast without sides, an unknown field, or a query that cannot be read is named with its place."""
    with pytest.raises(DossierError, match=said):
        ask(press(range(1920, 1922), 2, speaking), questions)
