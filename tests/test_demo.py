from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

import tendency.report  # noqa: F401
from tendency.corpus import add
from tendency.demo import (
    FALSE,
    FOUND,
    MISSED,
    NOT_CLAIMED,
    DemoResult,
    compare,
    contradicted,
    demo,
    with_truths,
)
from tendency.dossier import Answers, Claim, Finding, Foundation, answer
from tendency.errors import SettingError
from tendency.specimen import Specimen, questions

SLOGAN, ESTATES, VILLAGES = questions.STRONG_AIMS, "against the estates", "for the villages"


def claim(kind: str, *subjects: str, holds: bool = True, **values: float | str | bool) -> Claim:
    """A claim whose sentence names its kind and subjects."""
    return Claim(f"{kind}: {', '.join(subjects)}", kind, subjects, holds, tuple(values.items()))


def answers_with(*claims: Claim) -> Answers:
    """Answers of one finding with these claims."""
    finding = Finding("x", "A question?", "ranking", claims, (), (), (), "recipe")
    return Answers("Title", "Subtitle", (finding,), Foundation((), (), (), ()), "recipe", "title = 'x'", 1)


def verdict(name: str, *claims: Claim, truths: bool = True) -> str:
    """What becomes of the truth whose name begins so."""
    outcomes = compare(Specimen(truths=truths), answers_with(*claims)).outcomes
    return next(outcome.verdict for outcome in outcomes if outcome.truth.name.startswith(name))


@pytest.mark.parametrize(
    ("truth", "said"),
    [
        ("Defence of the Republic falls", claim("rank fell", "Defence of the Republic")),
        (
            "Defence of the Republic falls",
            claim("order reversed", "Bread and Work", "Defence of the Republic"),
        ),
        ("Schools for All falls", claim("rank fell", "Schools for All")),
        (
            "the order of the Northern League",
            claim("order reversed", "the Quiet Office", "the Northern League"),
        ),
        (f"{SLOGAN}: {VILLAGES} takes over", claim("aim took over", SLOGAN, VILLAGES, ESTATES)),
    ],
)
def test_a_truth_is_found_by_the_claim_that_states_it(truth: str, said: Claim):
    """A truth counts as found when a claim states it, and as missed without one."""
    assert verdict(truth, said) == FOUND
    assert verdict(truth) == MISSED


def test_nothing_is_found_where_nothing_was_planted():
    """In a null specimen the very same claim is false, and finds nothing."""
    said = claim("rank fell", "Defence of the Republic")
    assert verdict("Defence of the Republic falls", said, truths=False) == MISSED
    assert compare(Specimen(truths=False), answers_with(said)).false == (said,)


@pytest.mark.parametrize(
    ("bait", "said"),
    [
        ("trade grows", claim("aim ratio changed", questions.BAIT_AIMS, "for trade", ratio=2.0)),
        ("the banks", claim("named most", "the banks", "the landlords", first_when="1930–39")),
        ("two chambers", claim("order reversed", "the Upper Chamber", "the Lower Chamber")),
        ("two chambers", claim("named most", "the Upper Chamber", "the Lower Chamber", first_when="1944–49")),
    ],
)
def test_a_bait_that_is_claimed_is_falsely_claimed(bait: str, said: Claim):
    """A bait is rightly not claimed unless a claim states it."""
    assert verdict(bait, said) == FALSE
    assert verdict(bait) == NOT_CLAIMED


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (
            claim("order reversed", "Bread and Work", "Defence of the Republic"),
            claim("order reversed", "Defence of the Republic", "Bread and Work"),
        ),
        (claim("rank rose", "Bread and Work"), claim("rank fell", "Bread and Work")),
        (
            claim("rank rose", "marsh fever"),
            claim("rank rose", "marsh fever", settled=True, rank_before=2, rank_after=1),
        ),
        (
            claim("rate changed", "Defence of the Republic", ratio=0.4),
            claim("rate changed", "Defence of the Republic", ratio=1.4),
        ),
        (
            claim("rate changed", "Defence of the Republic", "official", ratio=0.4),
            claim("rate changed", "Land to the Tiller", "official", ratio=1.4),
        ),
        (
            claim("aim ratio changed", SLOGAN, VILLAGES, ratio=2.0),
            claim("aim ratio changed", SLOGAN, VILLAGES, ratio=0.5),
        ),
        (
            claim("aim took over", SLOGAN, VILLAGES, ESTATES),
            claim("aim took over", SLOGAN, ESTATES, VILLAGES),
        ),
        (
            claim("named most", "Bread and Work", "A Free Assembly", first_when="1944–49"),
            claim("named most", "Bread and Work", "A Free Assembly", first_when="1930–39"),
        ),
    ],
)
def test_a_claim_is_held_against_the_true_course(right: Claim, wrong: Claim):
    """A claim is contradicted when the press was made otherwise, and never when it only says that nothing is shown."""
    specimen = Specimen()
    assert not contradicted(specimen, right)
    assert contradicted(specimen, wrong)
    assert not contradicted(specimen, replace(wrong, holds=False))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Specimen, Answers]:
    """A quarter of the demo's press, answered."""
    folder = tmp_path_factory.mktemp("specimen")
    specimen = Specimen(seed=1, scale=0.25)
    add(folder / "press.index", specimen.documents())
    dossier = folder / "dossier.toml"
    dossier.write_text(specimen.dossier(corpus="press.index", period="decade"), encoding="utf-8")
    return specimen, answer(dossier)


def test_strong_truths_are_found_and_baits_are_not_claimed(small: tuple[Specimen, Answers]):
    """Even in a quarter of the press the strong changes of order are found, and no bait is claimed."""
    outcomes = compare(*small).outcomes
    strong = [
        o.verdict for o in outcomes if o.truth.strength == "strong" and o.truth.kind != "aim takes over"
    ]
    assert strong == [FOUND, FOUND]
    assert [o.verdict for o in outcomes if o.truth.strength == "bait"] == [NOT_CLAIMED] * 3


def test_the_bait_is_answered_by_what_a_careful_report_says(small: tuple[Specimen, Answers]):
    """Beside a bait stands the sentence that refuses it, not an unrelated one."""
    outcomes = {outcome.truth.kind: outcome.sentence for outcome in compare(*small).outcomes}
    assert "bank" in outcomes["one spelling"]
    assert "chambers" in outcomes["equal items"].casefold()
    assert questions.BAIT_AIMS in outcomes["theme grows"]


def test_the_report_begins_with_what_was_planted(small: tuple[Specimen, Answers]):
    """The demo's report says first what was planted and found; the other findings follow unchanged."""
    specimen, answers = small
    told = with_truths(answers, compare(specimen, answers))
    assert told.findings[0].anchor == "planted-and-found"
    assert told.findings[1:] == answers.findings
    assert told.questions == answers.questions
    assert told.findings[0].exhibits[0].table.height == 9


def test_the_page_shows_it():
    """The finding on what was planted is rendered like every other."""
    from tendency.report import arrange, render

    answers = answers_with(claim("rank fell", "Defence of the Republic"))
    told = with_truths(answers, compare(Specimen(), answers))
    page = render(arrange(replace(told, findings=told.findings[:1])))
    assert "What was planted, and what was found?" in page
    assert "rightly not claimed" in page


def test_a_demo_from_its_folder_to_its_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A demo writes press, index and report, prints planted, found and not claimed, and may be run again."""
    written = []

    def write_report(answers: Answers, folder: Path) -> Path:
        # Charts take longer than all the rest; they have tests of their own.
        written.append(answers)
        return folder / "report.html"

    # The package has a function of that name too, so the module is taken from where modules are.
    monkeypatch.setattr(sys.modules["tendency.report"], "write_report", write_report)
    steps = []
    result = demo(tmp_path / "demo", progress=lambda done, of: steps.append((done, of)), scale=0.05)
    assert isinstance(result, DemoResult)
    assert steps[-1] == (3, 3)
    assert result.documents == sum(1 for _ in Specimen(1944, scale=0.05).documents())
    text = result.as_text()
    assert str(tmp_path / "demo" / "report" / "report.html") in text
    assert all(words in text for words in ("planted", "strong", "near the", "bait", "rightly", "Found: "))
    assert written[0].findings[0].kind == "specimen"
    again = demo(tmp_path / "demo", seed=2, scale=0.02)
    assert again.documents == sum(1 for _ in Specimen(2, scale=0.02).documents())


def test_a_foreign_folder_is_left_alone(tmp_path: Path):
    """A folder that no demo wrote is refused in a sentence, and nothing in it is touched."""
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(SettingError, match=r"holds something that no demo wrote.*--to"):
        demo(tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "mine"


def test_what_was_planted_is_no_question_of_the_dossier() -> None:
    """The section that the demo adds is not counted among the questions."""
    from tendency.demo import Comparison, with_truths
    from tendency.dossier.finding import Answers, Foundation
    from tendency.dossier.log import in_words

    nothing = Answers("T", "", (), Foundation((), (), (), ()), "", "", 0)
    answers = with_truths(nothing, Comparison((), (), 0))
    assert in_words(0, answers.findings) == "0 questions were asked."
