"""The list of what is planted: each truth in words, with its true course, and where the dossier asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from tendency.specimen import planted, questions
from tendency.specimen.planted import Course, Month, steady
from tendency.specimen.republic import PAPERS

Strength = Literal["strong", "near the limit", "bait", "prepared"]


@dataclass(frozen=True)
class Truth:
    """One thing that was planted, for people and for machines.

    Attributes:
        name: Short, unique.
        kind: ``"slogan falls"``, ``"aim takes over"``, ``"danger reversed"``; of the baits ``"theme grows"``,
            ``"one spelling"``, ``"equal items"``; prepared for questions that no dossier asks yet:
            ``"quotation travels"``, ``"company changes"``, ``"voice leads"``, ``"prediction"``.
        strength: Whether it is far from the limit of what can be found, near it, must not be claimed, or prepared.
        question: The name of the slogan or ranking that asks for it in the dossier, or nothing.
        subjects: The items or aims it is about, by their names in the dossier; the one that changes most first.
        sentence: What was planted, to be printed.
        unit: What the courses count.
        courses: The true value of each subject over time.
        details: Whatever else is known, by name.
    """

    name: str
    kind: str
    strength: Strength
    question: str
    subjects: tuple[str, ...]
    sentence: str
    unit: str = ""
    courses: tuple[tuple[str, Course], ...] = ()
    details: tuple[tuple[str, str | float | bool], ...] = ()

    @property
    def changes(self) -> bool:
        """True when something moves, so that saying so would be right."""
        return any(course.changes for _, course in self.courses)

    def ratio(self, first: str, second: str) -> tuple[float, float]:
        """The true ratio of two subjects' values before and after."""
        courses = dict(self.courses)
        one, other = courses[first], courses[second]
        return one.before / other.before, one.after / other.after

    def as_row(self) -> dict[str, Any]:
        """The truth as plain values, for JSON."""
        return {
            "name": self.name,
            "kind": self.kind,
            "strength": self.strength,
            "question": self.question,
            "subjects": list(self.subjects),
            "sentence": self.sentence,
            "unit": self.unit,
            "changes": self.changes,
            "courses": {
                subject: {"before": course.before, "after": course.after, "since": _written(course.since)}
                for subject, course in self.courses
            },
            "details": dict(self.details),
        }


def _written(month: Month) -> str:
    return f"{month[0]}-{month[1]:02}"


# The chance that a truth is found in a press of scale 1: for the near ones what an oracle finds (docs/specimen.md).
EXPECTED = {"strong": 0.95, "near the limit": 0.5}

_RATE = "hits per million words"
_NEAR = "hits beside a word of danger per million words"
_CHANCE = "chance that a sentence with the slogan carries the aim's words"


def truths_of(*, changed: bool) -> tuple[Truth, ...]:
    """Everything that is planted, or with ``changed=False`` the same list with nothing that moves."""
    found = [*_slogans(), *_aims(), *_dangers(), *_baits(), *_prepared()]
    return tuple(found if changed else map(_unchanged, found))


def _unchanged(truth: Truth) -> Truth:
    return Truth(
        truth.name,
        truth.kind,
        truth.strength,
        truth.question,
        truth.subjects,
        "Nothing changes: " + ", ".join(f"{s} stays at {c.before:g}" for s, c in truth.courses) + "."
        if truth.changes
        else truth.sentence,
        truth.unit,
        tuple((subject, course.unchanged()) for subject, course in truth.courses),
        truth.details,
    )


def _courses(rates: dict[str, Course], subjects: tuple[str, ...]) -> tuple[tuple[str, Course], ...]:
    return tuple((subject, rates[subject]) for subject in subjects)


def _moves(rates: dict[str, Course], subjects: tuple[str, ...]) -> str:
    return ", ".join(
        f"{subject} {rates[subject].before:g} → {rates[subject].after:g}"
        if rates[subject].changes
        else f"{subject} {rates[subject].before:g}"
        for subject in subjects
    )


def _slogans() -> list[Truth]:
    found = []
    strengths: tuple[tuple[str, Strength], ...] = (
        (questions.STRONG_SLOGANS, "strong"),
        (questions.NEAR_SLOGANS, "near the limit"),
    )
    for question, strength in strengths:
        subjects = tuple(questions.ITEMS[question])
        moves = _moves(planted.SLOGAN_RATES, subjects)
        found.append(
            Truth(
                f"{subjects[0]} falls from first to third",
                "slogan falls",
                strength,
                question,
                subjects,
                f"“{subjects[0]}” falls from first to third rank in May 1943 ({moves} a million words).",
                _RATE,
                _courses(planted.SLOGAN_RATES, subjects),
                (("power to expect", EXPECTED[strength]),),
            )
        )
    return found


def _aims() -> list[Truth]:
    found = []
    strengths: tuple[tuple[str, Strength], ...] = (
        (questions.STRONG_AIMS, "strong"),
        (questions.NEAR_AIMS, "near the limit"),
    )
    for question, strength in strengths:
        aims = planted.AIMS[question]
        falls, rises = aims
        moves = ", ".join(
            f"{aim} {100 * course.before:g} → {100 * course.after:g} %" for aim, course in aims.items()
        )
        found.append(
            Truth(
                f"{question}: {rises} takes over",
                "aim takes over",
                strength,
                question,
                (rises, falls),
                f"Around “{question}” the aim “{rises}” takes over from “{falls}” in May 1943 (of its sentences {moves}; "
                f"of any sentence {100 * planted.CHANCE[rises].before:g} %).",
                _CHANCE,
                ((rises, aims[rises]), (falls, aims[falls])),
                (("power to expect", EXPECTED[strength]), ("chance elsewhere", planted.CHANCE[rises].before)),
            )
        )
    return found


def _dangers() -> list[Truth]:
    found = []
    strengths: tuple[tuple[str, Strength], ...] = (
        (questions.STRONG_DANGERS, "strong"),
        (questions.NEAR_DANGERS, "near the limit"),
    )
    for question, strength in strengths:
        first, middle, last = questions.ITEMS[question]
        moves = _moves(planted.DANGER_RATES, (first, middle, last))
        found.append(
            Truth(
                f"the order of {first}, {middle} and {last} reverses",
                "danger reversed",
                strength,
                question,
                (first, middle, last),
                f"Beside words of danger {first}, {middle} and {last} are named in this order until May 1943 and in the "
                f"reverse order after ({moves} a million words).",
                _NEAR,
                _courses(planted.DANGER_RATES, (first, middle, last)),
                (("power to expect", EXPECTED[strength]), ("mentioned without danger", planted.MENTION_RATE)),
            )
        )
    return found


def _baits() -> list[Truth]:
    trade = planted.CHANCE["for trade"]
    banks = planted.OWNER_RATES["the banks"] + planted.RIVER_RATE
    owners = {
        "the banks": steady(banks),
        "the landlords": steady(planted.OWNER_RATES["the landlords"]),
        "the merchants": steady(planted.OWNER_RATES["the merchants"]),
    }
    chambers = {name: steady(planted.CHAMBER_RATE) for name in planted.CHAMBERS}
    return [
        Truth(
            "trade grows everywhere",
            "theme grows",
            "bait",
            questions.BAIT_AIMS,
            ("for trade", "for the sick"),
            f"The share of “{questions.BAIT_AIMS}” near the words of trade grows in May 1943 only because trade grows in "
            f"every sentence ({100 * trade.before:g} → {100 * trade.after:g} %): against chance nothing moves.",
            "chance that any sentence carries the aim's words",
            (("for trade", trade), ("for the sick", planted.CHANCE["for the sick"])),
            (("ratio to chance changes", False),),
        ),
        Truth(
            "the banks come first by one spelling",
            "one spelling",
            "bait",
            questions.OWNERS,
            tuple(owners),
            f"The banks are named most ({_moves(owners, tuple(owners))} a million words) only by the spelling bank*, which "
            f"also finds the banks of rivers ({planted.RIVER_RATE:g}): without it they come third.",
            _RATE,
            tuple(owners.items()),
            (("spelling", "bank*"), ("without it", planted.OWNER_RATES["the banks"] / 2)),
        ),
        Truth(
            "two chambers wobble",
            "equal items",
            "bait",
            questions.CHAMBERS,
            tuple(chambers),
            f"The two chambers are named equally often throughout ({planted.CHAMBER_RATE:g} a million words each); what one "
            "sees is wobble.",
            _RATE,
            tuple(chambers.items()),
        ),
    ]


def _prepared() -> list[Truth]:
    police = planted.REGISTER_POLICE
    found = [
        Truth(
            f"the quotation “{quotation.name}” travels",
            "quotation travels",
            "prepared",
            "",
            (quotation.author,),
            f"A sentence of {quotation.author} in {_paper(quotation.paper)}, {_written(quotation.month)}, is taken up "
            f"{len(quotation.copies)} times by other papers, some shortened or altered.",
            details=(
                ("paper", quotation.paper),
                ("month", _written(quotation.month)),
                ("text", quotation.text),
                *((f"copy in {slug} after {months} months", kind) for slug, months, kind in quotation.copies),
            ),
        )
        for quotation in planted.QUOTATIONS
    ]
    found += [
        Truth(
            "register changes its company",
            "company changes",
            "prepared",
            "",
            ("register*",),
            f"The word “register” stands with pupils and pastors until 1940 and with police and arrests from 1941 on "
            f"({100 * police.before:g} → {100 * police.after:g} % of its uses).",
            "chance that a use of the word is the second",
            (("register*", police),),
        ),
        Truth(
            "the opposition leads in housing",
            "voice leads",
            "prepared",
            "",
            ("housing | tenement*",),
            f"The {planted.HOUSING_LEADS} papers take housing up {planted.HOUSING_LAG} months before the "
            f"{planted.HOUSING_FOLLOWS} ones; the local papers are silent on it.",
            details=(
                ("leads", planted.HOUSING_LEADS),
                ("follows", planted.HOUSING_FOLLOWS),
                ("months", float(planted.HOUSING_LAG)),
                ("spread of the logarithm", planted.HOUSING_WANDER[0]),
                ("memory by month", planted.HOUSING_WANDER[1]),
            ),
        ),
    ]
    found += [
        Truth(
            f"{prediction.by} predicts, {_written(prediction.made)}",
            "prediction",
            "prepared",
            "",
            (prediction.by,),
            f"{prediction.by} in {_paper(prediction.paper)}: “{prediction.claim}.” It "
            f"{'happened' if prediction.outcome else 'did not happen'}.",
            details=(
                ("paper", prediction.paper),
                ("made", _written(prediction.made)),
                ("due", _written(prediction.due)),
                ("likelihood", f"worded: {prediction.likelihood}"),
                ("outcome", prediction.outcome),
            ),
        )
        for prediction in planted.PREDICTIONS
    ]
    return found


def _paper(slug: str) -> str:
    return next(paper.name for paper in PAPERS if paper.slug == slug)
