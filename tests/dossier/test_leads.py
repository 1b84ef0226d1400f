"""Who takes a theme up first, as a dossier asks it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tendency.errors import DossierError

FILLER = "The mill by the river was shut and the road to the town was long. " * 8
LEAD = '[[lead]]\nname = "Housing"\nqueries = { housing = "housing" }\nsplit = "newspaper"\nvoices = ["first", "second"]\n'


def two_papers(lag: int, seed: int = 1) -> list[dict[str, Any]]:
    """Eight years of two weeklies; the second takes housing up so many months after the first."""
    generator = np.random.default_rng(seed)
    course = np.zeros(120)
    for month in range(1, 120):
        course[month] = 0.6 * course[month - 1] + generator.normal(0, 0.7)
    documents = []
    for month in range(96):
        for paper, moved in (("first", month + 12), ("second", month + 12 - lag)):
            for week in range(4):
                hits = min(int(generator.poisson(1.5 * np.exp(course[moved]))), 20)
                date = f"{1930 + month // 12}-{month % 12 + 1:02d}-{7 * week + 2:02d}"
                text = FILLER + "Housing was named. " * hits + "Rain was falling. " * (20 - hits)
                documents.append(
                    {
                        "id": f"{paper}-{date}",
                        "date": date,
                        "newspaper": paper,
                        "text": f"{text} {paper} {date}.",
                    }
                )
    return documents


def test_a_planted_lead_is_dated(ask: Any) -> None:
    """A voice that goes four months before another is said to, with the lag, and its sentences are there."""
    (finding,) = ask(two_papers(4), LEAD).findings
    (claim,) = finding.claims
    assert claim.kind == "leads"
    assert claim.holds
    assert claim.subjects == ("housing", "first", "second")
    assert "by 4 months" in claim.sentence
    assert claim.sentence.endswith("This is not a cause.")
    exhibit = finding.exhibits[0]
    assert exhibit.chart is not None
    assert exhibit.table["evidence"][0] in {block.anchor for block in finding.evidence}


def test_voices_that_move_together_do_not_lead(ask: Any) -> None:
    """Two voices that follow the same course in the same months have no lead."""
    (finding,) = ask(two_papers(0), LEAD).findings
    assert not any(claim.kind == "leads" for claim in finding.claims)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('["first", "second"]', '["first"]'), r"lead\[1\]\.voices: must name two different voices"),
        (('"newspaper"', '"standpoint"'), r"lead\[1\]\.split: is \"standpoint\", but there is no"),
        (
            ('["first", "second"]', '["first", "secnd"]'),
            r"lead\[1\] \(“Housing”\): no document has 'secnd'.* mean 'second'",
        ),
    ],
)
def test_mistakes_have_their_place(ask: Any, change: tuple[str, str], said: str) -> None:
    """One voice, a voice that is not there, and standpoints that are not there, are named with their place."""
    with pytest.raises(DossierError, match=said):
        ask(two_papers(0)[:40], LEAD.replace(*change))
