"""Answers say what the text shows, with its evidence, and nothing that it does not show."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tendency.dossier import Answers, Claim, answer
from tendency.dossier.sentences import KINDS
from tendency.errors import DossierError

FILLER = "The mill by the river was shut and the road to the town was long. " * 4
SPANS = 'before = "1930/1932"\nafter = "1933/1935"\n'
DEFENCE = '[[slogan]]\nname = "Defence"\nquery = "defence of the republic"\n'


def kinds(answers: Answers) -> list[str]:
    """The kinds of all claims, in order."""
    return [claim.kind for finding in answers.findings for claim in finding.claims]


def claims(answers: Answers, kind: str) -> list[Claim]:
    """The claims of a kind."""
    return [claim for finding in answers.findings for claim in finding.claims if claim.kind == kind]


def falling(year: int, paper: int) -> str:
    """A slogan that half of the papers still name after 1932, less often, while bread rises in the same measure."""
    much, little = ("Defence of the republic! ", "Bread and work! ")[:: 1 if year < 1933 else -1]
    return FILLER + much * 4 + little * (2 * (paper % 2))


def test_a_slogan_that_falls(ask: Any, press: Any) -> None:
    """A rate that falls to a quarter in every paper is said to have changed, with both rates and the ratio."""
    answers = ask(press(range(1930, 1936), 12, falling), SPANS + DEFENCE)
    (claim,) = claims(answers, "rate changed")
    assert claim.holds
    assert claim.subjects == ("Defence",)
    assert claim.sentence.startswith("“Defence” is named less often in 1933–35 than in 1930–32: ")
    assert "(72 and 288 hits; ratio 0.2" in claim.sentence
    assert answers.findings[0].claims[0] is claim
    assert claims(answers, "rate")[0].sentence.startswith(
        "“Defence” is named 360 times in 108 of 144 documents, 1930–35: "
    )


def test_order_and_ranks(ask: Any, press: Any) -> None:
    """Two items that change places are said to, both ways, and the later one is named most."""
    items = '[[ranking]]\nname = "Slogans"\nitems = { "Defence" = "defence of the republic", "Bread" = "bread and work" }\n'
    answers = ask(press(range(1930, 1936), 12, falling), SPANS + items)
    (claim,) = claims(answers, "order reversed")
    assert claim.subjects == ("Bread", "Defence")
    assert claim.sentence.startswith("Between 1930–32 and 1933–35 “Bread” and “Defence” changed places: ")
    assert {one.kind for one in answers.findings[0].claims} >= {"rank fell", "rank rose", "named most"}
    (latest, earliest) = claims(answers, "named most")
    assert latest.subjects[0] == "Bread"
    assert earliest.subjects[0] == "Defence"


def test_nothing_changes(ask: Any, press: Any) -> None:
    """Where nothing changes, nothing is said to change."""
    same = press(range(1930, 1936), 12, lambda year, paper: falling(1930, paper))
    answers = ask(same, SPANS + DEFENCE + '[[ranking]]\nname = "R"\nitems = { a = "defence", b = "bread" }\n')
    assert "rate not shown to change" in kinds(answers)
    assert "order not shown to change" in kinds(answers)
    assert not {"rate changed", "order reversed", "rank fell", "rank rose"} & set(kinds(answers))


def test_first_by_one_spelling(ask: Any, press: Any) -> None:
    """A first place that hangs on one spelling is first by this list of words only."""

    def text(year: int, paper: int) -> str:
        return FILLER + "banks banks moneylenders moneylenders landlords landlords landlords "

    items = '[[ranking]]\nname = "R"\nitems = { "the rich" = "bank* | moneylender*", "landlords" = "landlord*" }\n'
    answers = ask(press(range(1930, 1936), 12, text), SPANS + items)
    assert claims(answers, "named most") == []
    (claim, _) = claims(answers, "first by list only")
    assert not claim.holds
    assert "by this list of words only" in claim.sentence


def test_aims_against_chance(ask: Any, press: Any) -> None:
    """An aim that takes over at every window is said to, and is no mere growth of a theme."""

    def text(year: int, paper: int) -> str:
        near, far = ("invasion", "directors") if year < 1933 else ("directors", "invasion")
        slogan = f"Against {near} we call for the defence of the republic. "
        return (slogan + FILLER * 3 + f"They spoke of {far} there. " + FILLER * 3) * 3

    aims = 'aims = { "invasion" = "invasion", "the directors" = "directors" }\n'
    answers = ask(press(range(1930, 1936), 12, text), SPANS + DEFENCE + aims)
    (claim,) = claims(answers, "aim took over")
    assert claim.subjects == ("Defence", "the directors", "invasion")
    assert "took over from" in claim.sentence


def test_the_letter(shared_data: Path, tmp_path: Path) -> None:
    """On the letter alone no sentence claims that the defence of the USSR comes first, nor anything else."""
    dossier = tmp_path / "letter.toml"
    dossier.write_text(
        f'title = "The letter"\nsources = ["{shared_data}/formats/plain/letter-1944-09-23.txt"]\n'
        '[terms]\nregime = "bureaucra* | oligarchy | Stalin*"\nalarm = "danger* | threat*"\n'
        '[[slogan]]\nname = "Defence of the USSR"\nquery = "(defence | defense) of the USSR"\n'
        'aims = { "against the regime" = "@regime", "against intervention" = "intervention | external enemy" }\n'
        '[[ranking]]\nname = "Slogans"\n'
        'items = { "Defence of the USSR" = "(defence | defense) of the USSR", "World revolution" = "world revolution" }\n'
        '[[ranking]]\nname = "Dangers"\nnear = "@alarm"\n'
        'items = { "the regime" = "@regime", "foreign armies" = "intervention | external enemy" }\n',
        encoding="utf-8",
    )
    answers = answer(dossier)
    assert set(kinds(answers)) == {"too few"}
    assert not any(claim.holds for finding in answers.findings for claim in finding.claims)
    said = " ".join(claim.sentence for finding in answers.findings for claim in finding.claims)
    assert (
        "“Defence of the USSR” is named 8 times in 1 of 1 document, 23 September 1944: too few to say how often"
        in said
    )
    assert not re.search(r"\b(first|most often|stands|aims? at|leads?)\b", said)


def test_no_hits(ask: Any, press: Any) -> None:
    """A query without hits is answered with near spellings and their counts."""
    answers = ask(
        press(range(1930, 1932), 8, falling),
        '[[slogan]]\nname = "D"\nquery = "defense of the republic"\n',
    )
    (claim,) = answers.findings[0].claims
    assert claim.kind == "no hits"
    assert "no hit, at most" in claim.sentence
    assert "defence (" in claim.sentence


def test_nothing_is_held(ask: Any, press: Any) -> None:
    """Where no document answers the filters, the answer says so."""
    items = '[[ranking]]\nname = "R"\nitems = { a = "defence", b = "bread" }\n'
    answers = ask(press([1930], 2, falling), "where = \"newspaper = 'none'\"\n" + DEFENCE + items)
    assert kinds(answers) == ["too few", "too few"]
    assert (
        answers.findings[0].claims[0].sentence
        == "Nothing can be said of “Defence”: no document answers its filters."
    )


def test_one_document(ask: Any, press: Any) -> None:
    """One document never gets a statement about a place or a change."""
    answers = ask(
        press([1930], 1, falling)[:1],
        DEFENCE + '[[ranking]]\nname = "R"\nitems = { a = "defence", b = "bread" }\n',
    )
    assert set(kinds(answers)) == {"too few", "no hits"}
    assert "Fewer than two periods hold text: nothing can be said of change." in answers.findings[0].warnings


def test_standpoints_and_eras(ask: Any, press: Any) -> None:
    """Standpoints divide slogans; eras are the periods."""
    questions = (
        "[standpoints]\nleft = \"standpoint = 'left'\"\nright = \"standpoint = 'right'\"\n"
        '[eras]\n"late" = "1933/1935"\n"early" = "1930/1932"\n' + DEFENCE
    )
    answers = ask(press(range(1930, 1936), 16, falling), questions)
    finding = answers.findings[0]
    divided = next(exhibit for exhibit in finding.exhibits if exhibit.name.endswith("rates-by-split"))
    assert divided.table["split"].unique().sort().to_list() == ["left", "right"]
    assert divided.table["period"].unique(maintain_order=True).to_list() == ["early", "late"]
    assert {claim.subjects for claim in finding.claims if claim.kind == "rate changed"} == {
        ("Defence",),
        ("Defence", "left"),
        ("Defence", "right"),
    }


def test_every_figure_leads_to_its_sentences(ask: Any, press: Any) -> None:
    """Every link of a table or chart has its block of evidence, and every block its hits."""
    questions = SPANS + DEFENCE + 'aims = { "bread" = "bread" }\n[[event]]\nname = "E"\ndate = 1933-01-01\n'
    questions += '[[ranking]]\nname = "R"\nitems = { a = "defence", b = "bread" }\nnear = "mill | road"\n'
    answers = ask(press(range(1930, 1936), 12, falling), questions)
    for finding in answers.findings:
        anchors = {block.anchor for block in finding.evidence}
        assert len(anchors) == len(finding.evidence)
        for exhibit in finding.exhibits:
            linked = (
                exhibit.table["evidence"].drop_nulls().to_list()
                if "evidence" in exhibit.table.columns
                else []
            )
            links = set(re.findall(r"'#((?:slogan|ranking)-[^']+)'", str(exhibit.chart)))
            assert {*linked, *links} <= anchors
        assert all(block.lines and block.total >= len(block.lines) for block in finding.evidence)
        assert all(line.match.strip() for block in finding.evidence for line in block.lines)
    assert {claim.kind for finding in answers.findings for claim in finding.claims} <= set(KINDS)


def test_the_same_answers_twice(ask: Any, press: Any) -> None:
    """The same dossier and corpus give the same sentences, tables and samples."""
    held = press(range(1930, 1934), 10, falling)
    first, second = (ask(order, DEFENCE) for order in (held, held))
    assert first.findings[0].claims == second.findings[0].claims
    assert first.findings[0].evidence == second.findings[0].evidence
    assert first.recipe == second.recipe


@pytest.mark.parametrize(
    ("questions", "message"),
    [
        ("where = \"paper = 'x'\"\n" + DEFENCE, r"d\.toml, where: "),
        ('[standpoints]\nleft = "standpoint ="\n' + DEFENCE, r"d\.toml, standpoints\.left: "),
        (
            DEFENCE + 'split = "voice"\n',
            r"d\.toml, slogan\[1\] \(“Defence”\): there is no field 'voice' to split by",
        ),
        ('cluster = "voice"\n' + DEFENCE, r"there is no field 'voice' to cluster by"),
        (
            '[[ranking]]\nname = "R"\nitems = { a = "defence", b = "defence of the republic" }\n',
            r"d\.toml, ranking\[1\] \(“R”\): items of a ranking share words",
        ),
    ],
)
def test_mistakes_that_the_corpus_shows(ask: Any, press: Any, questions: str, message: str) -> None:
    """Unknown fields and items that overlap are named with their place in the dossier."""
    with pytest.raises(DossierError, match=message):
        ask(press([1930, 1931], 3, falling), questions)


def test_missing_corpus(tmp_path: Path) -> None:
    """A corpus that does not exist, and sources that match nothing, each get a sentence."""
    dossier = tmp_path / "d.toml"
    dossier.write_text('title = "T"\ncorpus = "none.index"\n' + DEFENCE, encoding="utf-8")
    with pytest.raises(DossierError, match=r"d\.toml: there is no index at 'none\.index'"):
        answer(dossier)
    dossier.write_text('title = "T"\nsources = ["none/*.csv"]\n' + DEFENCE, encoding="utf-8")
    with pytest.raises(DossierError, match=r"d\.toml: nothing is at 'none/\*\.csv'"):
        answer(dossier)


def test_people(ask: Any, tmp_path: Path) -> None:
    """The sidecar's columns become fields; names without a match are listed."""
    (tmp_path / "people.csv").write_text("name,faction\nAnna,left\nNobody,right\n", encoding="utf-8")
    held = [
        {"id": "1", "date": "1930", "author": "Anna", "text": "bread"},
        {"id": "2", "date": "1931", "author": "Ben", "text": "bread"},
    ]
    answers = ask(
        held, 'people = "people.csv"\n[[slogan]]\nname = "B"\nquery = "bread"\nwhere = "faction = \'left\'"\n'
    )
    assert "is named once in 1 of 1 document" in answers.findings[0].claims[0].sentence
    notes = " ".join(answers.foundation.notes)
    assert "says nothing of these authors: Ben." in notes
    assert "who are no document's author: Nobody." in notes


def test_what_it_rests_on(ask: Any, press: Any) -> None:
    """The foundation has figures, documents by period and source, undatable ones, and the tests."""
    held = press(range(1930, 1936), 12, falling)
    held.append(
        {"id": "wide", "date": "1930/1935", "newspaper": "paper 1", "text": "Defence of the republic"}
    )
    answers = ask(held, SPANS + DEFENCE)
    figures = dict(answers.foundation.figures)
    assert figures["documents asked about"] == "145"
    names = [exhibit.name for exhibit in answers.foundation.exhibits]
    assert names == ["held-by-period", "undatable-by-grain", "interval-by-cluster"]
    assert any(
        "1 document, with 1 hit, cannot be dated to a year" in warning
        for warning in answers.findings[0].warnings
    )
    assert answers.questions == 1
