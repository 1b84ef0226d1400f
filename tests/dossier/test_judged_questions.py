"""A report says that something is asserted once a person has read a sample, and not before."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

import tendency as td
from tendency.dossier import Answers, Claim
from tendency.dossier.judging import judged_claims
from tendency.dossier.sentences import KINDS
from tendency.errors import DossierError
from tendency.measures import Read, judged
from tendency.tally import Tally

SLOGAN = '[[slogan]]\nname = "Bread"\nquery = "defence of bread"\n'
RANKING = '[[ranking]]\nname = "R"\nitems = { "Bread" = "defence of bread", "Mill" = "mill" }\n'


def text(year: int, paper: int) -> str:
    """A demand in the earlier years; later it is only spoken of."""
    demand = (
        "We demand the defence of bread. "
        if year < 1933 + paper % 2
        else "They prate of the defence of bread. "
    )
    return demand * 3 + "The mill by the river was shut and the road to the town was long. " * 3


@pytest.fixture
def sampled(ask: Any, press: Any, tmp_path: Path) -> Callable[..., Answers]:
    """Answers to a dossier whose sample was drawn and judged truly."""
    held = press(range(1930, 1936), 12, text)

    def sampled(questions: str, query: str = "defence of bread", **options: Any) -> Answers:
        if not (tmp_path / "d.index").exists():
            ask(held, SLOGAN)
        if not (tmp_path / "hits.key.csv").exists():
            for sheet in (
                td.open(tmp_path / "d.index").sample(query, tmp_path / "hits.csv", n=120, **options).sheets
            ):
                fill(sheet)
        return ask(held, questions)

    return sampled


def fill(path: Path) -> None:
    """Judge a sheet truly."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))

    def said(row: Mapping[str, str]) -> str:
        return "r" if row["left"].rstrip().endswith("prate of the") else "a"

    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows({**row, "judgement": said(row)} for row in rows)


def claims(answers: Answers, kind: str) -> list[Claim]:
    """The claims of a kind."""
    return [claim for finding in answers.findings for claim in finding.claims if claim.kind == kind]


def test_a_judged_slogan(sampled: Any) -> None:
    """The share that asserts it, the corrected rate, and that the curve misleads, each with its figures; a table, a chart, a recipe."""
    answers = sampled(SLOGAN + 'judged = "hits.csv"\n')
    (precision,) = claims(answers, "precision")
    assert precision.holds
    assert precision.sentence.startswith("Of 120 hits of “Bread” drawn at random and read, ")
    assert " assert it (95\N{NO-BREAK SPACE}% interval " in precision.sentence
    (rate,) = claims(answers, "corrected rate")
    assert rate.sentence.endswith("what the query misses is not counted in.")
    assert {dict(claim.values)["between"] for claim in claims(answers, "precision differs")} == {
        "periods",
        "over time",
    }
    assert all(
        "The curve as counted misleads" in claim.sentence for claim in claims(answers, "precision differs")
    )
    (finding,) = answers.findings
    names = [exhibit.name for exhibit in finding.exhibits]
    assert names[-2:] == ["slogan-bread-judged", "slogan-bread-judged-over-time"]
    assert finding.exhibits[-1].chart is not None
    assert "judged|" in finding.recipe
    assert any(
        "how many of the hits assert it is said only where a person judged a sample of them (1 section)"
        in note
        for note in answers.foundation.notes
    )
    assert {claim.kind for claim in finding.claims} <= set(KINDS)


def test_without_a_sample_nothing_is_asserted(ask: Any, press: Any) -> None:
    """A dossier without a judged sample says that nobody read one."""
    answers = ask(press(range(1930, 1936), 12, text), SLOGAN)
    assert claims(answers, "precision") == []
    assert any(
        "never to be asserted: no sample of the hits was judged" in note for note in answers.foundation.notes
    )
    assert not any("assert it" in claim.sentence for finding in answers.findings for claim in finding.claims)


def test_by_standpoint(sampled: Any) -> None:
    """With standpoints each has its own precision, and splits are compared."""
    points = "[standpoints]\nleft = \"standpoint = 'left'\"\nright = \"standpoint = 'right'\"\n"
    answers = sampled(SLOGAN + 'judged = "hits.csv"\n' + points)
    table = next(one.table for one in answers.findings[0].exhibits if one.name == "slogan-bread-judged")
    assert table["split"].to_list() == ["all", "left", "right"]
    assert table["judged"].to_list()[0] == 120


def test_two_judges(sampled: Any, tmp_path: Path) -> None:
    """Two sheets give agreement too, and what they disagree on is listed."""
    sampled(SLOGAN, judges=2)
    second = tmp_path / "hits-2.csv"
    second.write_text(
        second.read_text(encoding="utf-8").replace(",r,", ",p,", 3).replace(",a,", ",r,", 5), encoding="utf-8"
    )
    answers = sampled(SLOGAN + 'judged = ["hits-1.csv", "hits-2.csv"]\n')
    (claim,) = claims(answers, "judges agree")
    assert claim.sentence.startswith(
        "Two people read 120 hits of “Bread”, and on 115 of them agree whether it is the thing (96\N{NO-BREAK SPACE}%); "
    )
    apart = next(one.table for one in answers.findings[0].exhibits if one.name.endswith("-apart"))
    assert apart.height == 8


def test_a_judged_ranking(sampled: Any) -> None:
    """One sheet with hits of all items gives each its precision."""
    answers = sampled(RANKING + 'judged = "hits.csv"\n', query="defence of bread | mill")
    assert {claim.subjects for claim in claims(answers, "precision")} == {("Bread",), ("Mill",)}
    (finding,) = answers.findings
    assert finding.claims[0].kind not in ("precision", "corrected rate")
    assert "judged|" in finding.recipe


@pytest.mark.parametrize("question", [SLOGAN, RANKING], ids=["slogan", "ranking"])
def test_a_sheet_that_cannot_be_used(ask: Any, press: Any, tmp_path: Path, question: str) -> None:
    """A sheet that is missing or holds nothing is an error with its place in the dossier."""
    held = press([1930, 1931], 3, text)
    with pytest.raises(DossierError, match=r"d\.toml, (slogan|ranking)\[1\] .*there is no file"):
        ask(held, question + 'judged = "none.csv"\n')
    (tmp_path / "other.csv").write_text("hit,judgement\nbcdfghjklmnpqrs,a\n", encoding="utf-8")
    with pytest.raises(DossierError, match=r"none of the 1 hits of other\.csv is a hit of 'Bread'"):
        ask(held, question + 'judged = "other.csv"\n')


def test_a_sheet_is_part_of_the_digest(sampled: Any, tmp_path: Path) -> None:
    """Another judgement is another recipe, and no other version of the question."""
    first = sampled(SLOGAN + 'judged = "hits.csv"\n')
    sheet = tmp_path / "hits.csv"
    sheet.write_text(sheet.read_text(encoding="utf-8").replace(",a,", ",p,", 1), encoding="utf-8")
    second = sampled(SLOGAN + 'judged = "hits.csv"\n')
    assert first.recipe != second.recipe
    assert [finding.asked for finding in second.findings] == ["asked beforehand"]


def test_too_few_were_read() -> None:
    """Under ten hits read are too few, whatever they say."""
    import datetime as dt
    from dataclasses import replace

    from tendency.tally import Period

    axis = [Period("1930", dt.date(1930, 1, 1), dt.date(1931, 1, 1))]
    tally = Tally.from_counts([4] * 20, [1000] * 20, axis, columns=["Bread"])
    found = judged(tally, [Read("asserts") for _ in range(9)])
    (claim,) = judged_claims("Bread", replace(found, overall=found.table))
    assert claim.kind == "too few"
    assert not claim.holds
    assert (
        claim.sentence
        == "Of 9 hits of “Bread” that were read too few are known to say how many are the thing (under 10)."
    )


def test_what_else_counts_is_said() -> None:
    """Where reports count too the sentence says so, and never that they are assertions."""
    import datetime as dt
    from dataclasses import replace

    from tendency.tally import Period

    axis = [Period("1930", dt.date(1930, 1, 1), dt.date(1931, 1, 1))]
    tally = Tally.from_counts([4] * 20, [1000] * 20, axis, columns=["Bread"])
    said = [
        Read(word) for word in ("asserts",) * 20 + ("reports",) * 10 + ("rejects",) * 6 + ("other sense",) * 4
    ]
    found = judged(tally, said, counting=("asserts", "reports"), sensitivity=0.8)
    precision, rate, *_ = judged_claims("Bread", replace(found, overall=found.table))
    assert precision.sentence == (
        "Of 40 hits of “Bread” drawn at random and read, 30 assert it or report it (95\N{NO-BREAK SPACE}% interval 60 to 86\N{NO-BREAK SPACE}%); "
        "6 reject it and 4 mean something else."
    )
    assert rate.sentence.endswith("what the query misses is counted in by the sensitivity that was given.")
