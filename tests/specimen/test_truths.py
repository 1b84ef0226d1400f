from __future__ import annotations

import re
import tomllib
from collections import Counter

import numpy as np
import pytest
from test_grammar import pattern

from tendency.documents.document import Document
from tendency.specimen import Specimen, planted, questions
from tendency.specimen.courses import Courses
from tendency.specimen.republic import PAPERS


def test_half_of_the_truths_to_be_found_are_near_the_limit():
    """Of each kind there is one truth far from the limit and one near it."""
    found = Counter((truth.kind, truth.strength) for truth in Specimen().truths if truth.question)
    for kind in ("slogan falls", "aim takes over", "danger reversed"):
        assert found[kind, "strong"] == found[kind, "near the limit"] == 1
    assert sum(strength == "bait" for _, strength in found.elements()) == 3


def test_without_truths_nothing_changes():
    """The truths of a null specimen hold steady courses only, equal to the first values."""
    for truth, null in zip(Specimen().truths, Specimen(truths=False).truths, strict=True):
        assert not null.changes
        assert [course.before for _, course in null.courses] == [course.before for _, course in truth.courses]


def test_slogans_fall_from_first_to_third():
    """The planted order of the first set of slogans is 1, 2, 3 before and 3, 1, 2 after."""
    for truth in Specimen().truths:
        if truth.kind == "slogan falls":
            before = [course.before for _, course in truth.courses]
            after = [course.after for _, course in truth.courses]
            assert before[0] == max(before)
            assert after[0] == min(after)


def test_dangers_reverse():
    """The planted order of dangers after is that of before, reversed."""
    for truth in Specimen().truths:
        if truth.kind == "danger reversed":
            before = [course.before for _, course in truth.courses]
            after = [course.after for _, course in truth.courses]
            assert before == sorted(before, reverse=True)
            assert after == sorted(after)


def rates(documents: list[Document], query: str, years: range) -> tuple[float, int]:
    """Hits per million words, and hits, in these years."""
    texts = [document.text for document in documents if document.date.start.year in years]
    words = sum(len(text.split()) for text in texts)
    hits = sum(len(pattern(query).findall(text)) for text in texts)
    return 1e6 * hits / words, hits


@pytest.mark.parametrize("question", [questions.STRONG_SLOGANS, questions.NEAR_SLOGANS])
def test_the_press_has_the_stated_rates(documents: list[Document], question: str):
    """Counted in the text, each slogan's rate is the stated one within what chance allows."""
    truth = next(truth for truth in Specimen().truths if truth.question == question)
    terms = questions.ITEMS[question]
    for subject, course in truth.courses:
        for years, true in ((range(1930, 1940), course.before), (range(1944, 1950), course.after)):
            rate, hits = rates(documents, questions.TERMS[terms[subject]], years)
            error = (1 / hits * 3) ** 0.5
            assert abs(np.log(rate / true)) < 0.08 + 3 * error, (subject, years)


def test_likings_change_no_rate():
    """Averaged over the papers by what they print, every strand's rate is the stated one."""
    courses = Courses(seed=5, changed=True)
    months = [(p.last[0] - p.first[0]) * 12 + p.last[1] - p.first[1] + 1 for p in PAPERS]
    volume = np.array([p.articles * p.sentences * n for p, n in zip(PAPERS, months, strict=True)])
    assert np.average(courses.liking, axis=0, weights=volume) == pytest.approx(np.ones(len(courses.strands)))


def test_aims_follow_their_stated_chance(documents: list[Document]):
    """Of the sentences with the slogan the stated share ends with the aim's words."""
    slogan = pattern(questions.TERMS[questions.SLOGAN_TERMS[questions.STRONG_AIMS]])
    for aim, term in questions.AIM_TERMS[questions.STRONG_AIMS].items():
        course = planted.AIMS[questions.STRONG_AIMS][aim]
        for years, true in ((range(1930, 1940), course.before), (range(1944, 1950), course.after)):
            sentences = [
                s
                for d in documents
                if d.date.start.year in years
                for s in re.split(r"\.\s+", d.text)
                if slogan.search(s)
            ]
            share = np.mean([bool(pattern(questions.TERMS[term]).search(s)) for s in sentences])
            assert share == pytest.approx(true, abs=4 * (true * (1 - true) / len(sentences)) ** 0.5)


def test_quotations_travel(documents: list[Document]):
    """Every copy of a quotation stands in the paper and month that its truth names."""
    names = {paper.slug: paper.name for paper in PAPERS}
    for quotation in planted.QUOTATIONS:
        texts = [d for d in documents if quotation.author in d.text and quotation.short[8:40] in d.text]
        held = {
            document.fields["publication"] for document in documents if quotation.short[-30:] in document.text
        }
        plain = {names[slug] for slug, _, kind in quotation.copies if kind != "altered"}
        assert plain <= held
        assert len(texts) >= len(plain) - 1


def test_predictions_and_their_outcomes_are_printed(documents: list[Document]):
    """Each prediction stands in its month, and what came of it in the month when it fell due."""
    for prediction in planted.PREDICTIONS:
        made = [d.date.start for d in documents if prediction.claim in d.text]
        due = [d.date.start for d in documents if prediction.report in d.text]
        assert [(day.year, day.month) for day in made][:1] == [prediction.made]
        assert [(day.year, day.month) for day in due][:1] == [prediction.due]


def test_register_changes_its_company(documents: list[Document]):
    """The planted word stands with pupils before 1941 and with police after."""
    police = pattern("police | arrest* | suspect*")
    register = pattern("register*")

    def share(years: range) -> float:
        lines = [
            s
            for d in documents
            if d.date.start.year in years
            for s in re.split(r"\.\s+", d.text)
            if register.search(s)
        ]
        return float(np.mean([bool(police.search(line)) for line in lines]))

    assert share(range(1930, 1941)) < 0.25
    assert share(range(1941, 1950)) > 0.6


def test_the_leading_voice_leads_by_four_months():
    """The course of housing in the official papers is that of the opposition's, four months later."""
    courses = Courses(seed=1, changed=True)
    names = [strand.name for strand in courses.strands]
    leads, follows = (courses.rate[:, names.index(f"housing, {side}")] for side in ("opposition", "official"))
    assert follows[4:] == pytest.approx(leads[:-4])


def test_the_dossier_asks_for_every_truth_to_be_found():
    """Each truth with a question names a slogan or ranking of the dossier, and its subjects are named there."""
    dossier = tomllib.loads(Specimen().dossier())
    asked = {q["name"]: q.get("items", q.get("aims")) for q in (*dossier["slogan"], *dossier["ranking"])}
    for truth in Specimen().truths:
        if truth.question:
            assert set(truth.subjects) <= set(asked[truth.question])
    assert {"before": "1930/1939", "after": "1944/1949"}.items() <= dossier.items()


def test_truths_are_plain_values():
    """A truth can be written as JSON with its courses and whether it changes."""
    row = next(truth for truth in Specimen().truths if truth.kind == "slogan falls").as_row()
    assert row["courses"]["Defence of the Republic"] == {"before": 1120, "after": 330, "since": "1943-05"}
    assert row["changes"] is True


def test_true_rates_of_all_papers_are_the_stated_ones():
    """Over the whole press the true rates are the truths' own; within a standpoint they follow its liking."""
    specimen = Specimen(seed=4)
    for truth in specimen.truths:
        if truth.kind in ("slogan falls", "danger reversed", "one spelling"):
            for subject, course in truth.courses:
                assert specimen.rate(subject) == pytest.approx((course.before, course.after))
    slogan = "Defence of the Republic"
    assert (
        specimen.rate(slogan, "official")[0]
        > specimen.rate(slogan)[0]
        > specimen.rate(slogan, "opposition")[0]
    )


def test_truths_of_a_null_specimen_stay():
    """Without truths no rate and no aim changes, and a spelling with two senses counts both."""
    null = Specimen(seed=4, truths=False)
    for item in (item for items in questions.ITEMS.values() for item in items):
        before, after = null.rate(item)
        assert before == after
    assert null.rate("the banks")[0] == pytest.approx(570)
    for slogan, aims in questions.AIM_TERMS.items():
        assert all(len(set(null.aim(slogan, aim))) == 1 for aim in aims)


def test_against_chance_the_bait_never_moves():
    """The theme of the bait grows everywhere, so its ratio to chance is 1 before and after."""
    assert Specimen().aim(questions.BAIT_AIMS, "for trade") == (1.0, 1.0)
    assert Specimen().aim(questions.STRONG_AIMS, "for the villages") == pytest.approx(
        (0.06 / 0.045, 0.6 / 0.045)
    )
