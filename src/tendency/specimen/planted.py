"""What is planted in the press of the republic, of stated size, and how it is written down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from tendency.specimen import grammar
from tendency.specimen.grammar import Template

Month = tuple[int, int]

# The year in which everything turns, and the spans that lie clear of it on either side.
TURN: Month = (1943, 5)
BEFORE, AFTER = "1930/1939", "1944/1949"

# Rates are per million words. A sentence of an article's own matter stands for this many words of the press, since
# the planted sentences come on top.
NOMINAL_SENTENCE = 24.0


@dataclass(frozen=True)
class Course:
    """A rate or a chance that keeps one value until a month and another from it on.

    Attributes:
        before: The value at first.
        after: The value from ``since`` on.
        since: The first month of the second value.
    """

    before: float
    after: float
    since: Month = TURN

    def at(self, year: int, month: int) -> float:
        """The value in that month."""
        return self.after if (year, month) >= self.since else self.before

    def unchanged(self) -> Course:
        """The same without its change: the first value throughout."""
        return Course(self.before, self.before, self.since)

    @property
    def changes(self) -> bool:
        """True when the two values differ."""
        return self.before != self.after


def steady(value: float) -> Course:
    """A course that never changes."""
    return Course(value, value)


@dataclass(frozen=True)
class Strand:
    """A kind of sentence that is planted, and how often.

    Attributes:
        name: Unique.
        frames: The sentences, with the planted words in them.
        rate: Sentences per million nominal words, over all papers.
        burstiness: The gamma shape of its counts by document: the smaller, the more it comes in bursts.
        temper: The standard deviation of the logarithm of a paper's own liking for it.
        wander: Standard deviation and memory, by quarter, of the logarithm of its course.
        liking: How much more than the average each standpoint prints of it.
        aims: The chance that its sentence carries each aim's words.
    """

    name: str
    frames: tuple[Template, ...]
    rate: Course
    burstiness: float = 0.5
    temper: float = 0.25
    wander: tuple[float, float] = (0.05, 0.5)
    liking: Mapping[str, float] = field(default_factory=dict)
    aims: tuple[tuple[str, Course], ...] = ()


# One hit of the slogan's query in each pair: as a quotation and in running text.
SLOGANS: dict[str, tuple[str, str]] = {
    "Defence of the Republic": ("Defence of the Republic", "the defence of the Republic"),
    "Bread and Work": ("Bread and Work", "bread and work"),
    "A Free Assembly": ("A Free Assembly", "a free assembly"),
    "Schools for All": ("Schools for All", "schools for all"),
    "The Eight-Hour Day": ("The Eight-Hour Day", "the eight-hour day"),
    "A Doctor in Every Parish": ("A Doctor in Every Parish", "a doctor in every parish"),
    "Land to the Tiller": ("Land to the Tiller", "land to the tiller"),
    "Roads before Palaces": ("Roads before Palaces", "roads before palaces"),
}

ALARMS = ("danger", "threat", "menace", "peril")

DANGERS: dict[str, tuple[str, ...]] = {
    "the Northern League": ("the Northern League",),
    "the grain ring": ("the grain ring",),
    "the Quiet Office": ("the Quiet Office",),
    "high water": ("high water", "the high water"),
    "marsh fever": ("marsh fever", "the marsh fever"),
    "pit gas": ("pit gas", "the pit gas"),
}

OWNERS: dict[str, tuple[str, ...]] = {
    "the banks": ("the banks", "the moneylenders"),
    "the landlords": ("the landlords", "the rent collectors"),
    "the merchants": ("the merchants", "the dealers"),
}

CHAMBERS = {"the Upper Chamber": "the Upper Chamber", "the Lower Chamber": "the Lower Chamber"}

# The ends of sentences that carry an aim's words, within ten words of whatever stands before them.
AIM_TAILS: dict[str, tuple[str, ...]] = {
    "against invasion": (
        "; the invasion was in every mind",
        "; of the invasion nothing was said",
        "; no foreign troops were mentioned",
        "; since the invasion one speaks like that",
        ", as before the invasion",
        ", foreign troops or no",
    ),
    "against the Directorate": (
        ", whatever the Directorate may reply",
        "; the Directorate took note of it",
        "; in the Directorate they will not like it",
        ", as even the directors admit",
        ", and the Directorate was silent",
        "; the directors had left by then",
    ),
    "against the estates": (
        "; the estates took it calmly",
        "; in the manors they spoke of nothing else",
        ", as every estate knew by noon",
        "; the manors kept silent",
        ", and the estates sent their stewards",
        "; from the manors came no reply",
    ),
    "for the villages": (
        "; in the villages they spoke of nothing else",
        ", as every village knew by noon",
        "; the cooperatives heard of it first",
        "; the villages were not asked",
        ", and the villages sent their elders",
        "; two cooperatives wrote to complain",
    ),
    "for trade": (
        "; in the market they spoke of nothing else",
        ", as the market knew by noon",
        "; the traders heard of it first",
        "; the markets took it calmly",
        ", and the traders closed early",
        "; on the market it was soon forgotten",
    ),
    "for the sick": (
        "; the clinic heard of it first",
        "; in the hospital they spoke of nothing else",
        ", as the hospital knew by noon",
        "; the clinics were not asked",
        ", and the hospital sent a nurse",
        "; at the clinic it was soon forgotten",
    ),
}

# The chance that a sentence which has nothing to do with it carries an aim's words.
CHANCE: dict[str, Course] = {
    "against invasion": steady(0.045),
    "against the Directorate": steady(0.045),
    "against the estates": steady(0.045),
    "for the villages": steady(0.045),
    "for trade": Course(0.03, 0.12),
    "for the sick": steady(0.03),
}

AIMS: dict[str, dict[str, Course]] = {
    "Land to the Tiller": {
        "against the estates": Course(0.60, 0.06),
        "for the villages": Course(0.06, 0.60),
    },
    # Near the limit because the slogan itself becomes rare.
    "Defence of the Republic": {
        "against invasion": Course(0.40, 0.15),
        "against the Directorate": Course(0.15, 0.40),
    },
    # No entry for "Roads before Palaces": its sentences carry an aim's words as often as any other.
}

SLOGAN_RATES: dict[str, Course] = {
    "Defence of the Republic": Course(1120, 330),
    "Bread and Work": Course(640, 980),
    "A Free Assembly": Course(430, 740),
    "Schools for All": Course(465, 312),
    "The Eight-Hour Day": Course(350, 425),
    "A Doctor in Every Parish": Course(340, 420),
    "Land to the Tiller": steady(800),
    "Roads before Palaces": steady(500),
}

DANGER_RATES: dict[str, Course] = {
    "the Northern League": Course(460, 120),
    "the grain ring": steady(250),
    "the Quiet Office": Course(120, 440),
    "high water": Course(298, 198),
    "marsh fever": steady(245),
    "pit gas": Course(198, 298),
}
MENTION_RATE = 200.0
LONE_ALARM_RATE = 300.0

OWNER_RATES = {"the banks": 330.0, "the landlords": 370.0, "the merchants": 210.0}
RIVER_RATE = 240.0
CHAMBER_RATE = 330.0

REGISTER_RATE = 260.0
REGISTER_TURN: Month = (1941, 1)
REGISTER_POLICE = Course(0.10, 0.75, REGISTER_TURN)

HOUSING_RATE = 220.0
HOUSING_LAG = 4
HOUSING_WANDER = (0.8, 0.8)
HOUSING_LEADS, HOUSING_FOLLOWS = "opposition", "official"

_LIKING: dict[str, dict[str, float]] = {
    "Defence of the Republic": {"official": 1.25, "opposition": 0.85, "local": 0.9},
    "Bread and Work": {"official": 0.9, "opposition": 1.1, "local": 1.0},
    "A Free Assembly": {"official": 0.75, "opposition": 1.35, "local": 0.9},
    "the Northern League": {"official": 1.25, "opposition": 0.85, "local": 0.9},
    "the Quiet Office": {"official": 0.7, "opposition": 1.3, "local": 1.0},
}


def _frames(texts: tuple[str, ...], **slots: tuple[str, ...]) -> tuple[Template, ...]:
    return grammar.templates(texts, {**grammar.SLOTS, **slots})


@cache
def strands() -> tuple[Strand, ...]:
    """Every kind of sentence that is planted, in a fixed order."""
    return (*_slogans(), *_dangers(), *_owners(), *_chambers(), *_prepared())


def _slogans() -> list[Strand]:
    return [
        Strand(
            name,
            _frames(grammar.SLOGAN_FRAMES, quoted=(quoted,), plain=(plain,)),
            SLOGAN_RATES[name],
            liking=_LIKING.get(name, {}),
            aims=tuple(AIMS.get(name, {}).items()),
        )
        for name, (quoted, plain) in SLOGANS.items()
    ]


def _dangers() -> list[Strand]:
    found = [
        Strand(
            f"{name}, in danger",
            _frames(grammar.DANGER_FRAMES, item=forms, alarm=ALARMS),
            DANGER_RATES[name],
            liking=_LIKING.get(name, {}),
        )
        for name, forms in DANGERS.items()
    ]
    found += [
        Strand(f"{name}, mentioned", _frames(grammar.MENTION_FRAMES, item=forms), steady(MENTION_RATE))
        for name, forms in DANGERS.items()
    ]
    lone = _frames(grammar.LONE_ALARM_FRAMES, alarm=ALARMS)
    return [*found, Strand("danger of nothing named", lone, steady(LONE_ALARM_RATE))]


def _owners() -> list[Strand]:
    found = [
        Strand(name, _frames(grammar.PERSON_FRAMES, item=forms), steady(OWNER_RATES[name]))
        for name, forms in OWNERS.items()
    ]
    return [*found, Strand("banks of a river", _frames(grammar.RIVER_FRAMES), steady(RIVER_RATE))]


def _chambers() -> list[Strand]:
    return [
        Strand(name, _frames(grammar.CHAMBER_FRAMES, item=(form,)), steady(CHAMBER_RATE), wander=(0.12, 0.5))
        for name, form in CHAMBERS.items()
    ]


def _prepared() -> list[Strand]:
    share = REGISTER_POLICE
    rates = {
        "register, of a school": Course(
            REGISTER_RATE * (1 - share.before), REGISTER_RATE * (1 - share.after), REGISTER_TURN
        ),
        "register, of the police": Course(
            REGISTER_RATE * share.before, REGISTER_RATE * share.after, REGISTER_TURN
        ),
    }
    frames = {
        "register, of a school": grammar.REGISTER_SCHOOL_FRAMES,
        "register, of the police": grammar.REGISTER_POLICE_FRAMES,
    }
    found = [Strand(name, _frames(frames[name]), rate) for name, rate in rates.items()]
    found += [
        Strand(
            f"housing, {standpoint}",
            _frames(grammar.HOUSING_FRAMES),
            steady(HOUSING_RATE),
            wander=(0.0, 0.0),
            liking={other: float(other == standpoint) for other in ("official", "opposition", "local")},
        )
        for standpoint in (HOUSING_LEADS, HOUSING_FOLLOWS)
    ]
    return found


@dataclass(frozen=True)
class Quotation:
    """A passage that travels from paper to paper.

    Attributes:
        name: Unique.
        author: Who wrote it.
        paper: The slug of the paper that printed it first.
        month: When.
        text: As first printed.
        short: The part that the shorter copies have.
        altered: As it came out where the wording had drifted.
        copies: Paper, months later, and which of ``text``, ``short`` and ``altered`` it printed.
    """

    name: str
    author: str
    paper: str
    month: Month
    text: str
    short: str
    altered: str
    copies: tuple[tuple[str, int, str], ...]


QUOTATIONS = (
    Quotation(
        "roofs on Mondays",
        "Katrin Moll",
        "workbench",
        (1934, 5),
        "A republic is not kept by those who praise it on Sundays but by those who mend its roofs on Mondays, and "
        "whoever cannot tell the one from the other will wake one winter under the open sky",
        "A republic is not kept by those who praise it on Sundays but by those who mend its roofs on Mondays",
        "The republic is not kept by men who praise it on Sundays but by those who mend its roofs on Mondays, and "
        "whoever cannot tell one from the other will wake some winter under the open sky",
        (
            ("lantern", 1, "text"),
            ("lever", 1, "text"),
            ("kestrel", 3, "short"),
            ("open-hand", 4, "altered"),
            ("courier", 7, "altered"),
            ("marrowby", 9, "short"),
            ("gazette", 26, "altered"),
        ),
    ),
    Quotation(
        "the clerk and the lamp",
        "Anselm Pryor",
        "herald",
        (1937, 2),
        "Give the clerk a lamp and he will find a rule; give him a rule and he will put out the lamp, and in the end he "
        "will charge the parish for the oil that was not burned",
        "Give the clerk a lamp and he will find a rule; give him a rule and he will put out the lamp",
        "Give a clerk a lamp and he finds a rule; give him a rule and he puts out the lamp, and in the end he will "
        "charge the parish for oil that was not burned",
        (
            ("corvane", 1, "text"),
            ("sallow", 2, "text"),
            ("gazette", 2, "short"),
            ("ploughshare", 5, "altered"),
            ("letters", 8, "short"),
            ("workbench", 14, "text"),
        ),
    ),
    Quotation(
        "two silences",
        "Tobias Wren",
        "lantern",
        (1940, 10),
        "There are two silences in a town, that of people who have nothing to say and that of people who have been told "
        "not to say it, and an old postman can tell them apart by the letters he no longer carries",
        "There are two silences in a town, that of people who have nothing to say and that of people who have been told "
        "not to say it",
        "There are two silences in every town, that of those who have nothing to say and that of those who were told not "
        "to say it, and any old postman can tell them apart by the letters he no longer carries",
        (
            ("free-word", 1, "text"),
            ("new-ground", 2, "text"),
            ("averin", 3, "short"),
            ("signal-lamp", 3, "altered"),
            ("upper-stell", 6, "short"),
            ("republic", 34, "short"),
            ("workbench", 36, "altered"),
        ),
    ),
)


@dataclass(frozen=True)
class Prediction:
    """What somebody said would happen, and what did.

    Attributes:
        by: Who said it.
        paper: The slug of the paper that printed it.
        made: The month in which it was printed.
        due: The month by which it was to have happened.
        likelihood: In words, as it was said.
        claim: The sentence printed.
        report: The sentence that told how it came out.
        outcome: True when what the claim speaks of happened in time, however likely it was said to be.
    """

    by: str
    paper: str
    made: Month
    due: Month
    likelihood: str
    claim: str
    report: str
    outcome: bool


PREDICTIONS = (
    Prediction(
        "Minister Ravel",
        "gazette",
        (1931, 4),
        (1932, 3),
        "certain",
        "Trains will run over the new bridge at Lessow before the end of March 1932, Minister Ravel declared, and there is "
        "no doubt of it",
        "The new bridge at Lessow had still no rails when March 1932 came to an end",
        False,
    ),
    Prediction(
        "Engineer Sandor",
        "marrowby",
        (1931, 9),
        (1932, 9),
        "unlikely",
        "It is unlikely, Engineer Sandor wrote, that the bridge at Lessow will carry a train within a year",
        "A year after Engineer Sandor's letter no train had crossed at Lessow",
        False,
    ),
    Prediction(
        "The Workbench",
        "workbench",
        (1934, 11),
        (1935, 4),
        "probable",
        "The rope works will probably stop for want of orders before the spring is out",
        "The rope works closed its gates in April 1935, for want of orders",
        True,
    ),
    Prediction(
        "Professor Immel",
        "review",
        (1936, 2),
        (1937, 12),
        "very likely",
        "Professor Immel thinks it very likely that the price of rye will have doubled by the end of next year",
        "At the close of 1937 rye cost a tenth more than when Professor Immel wrote",
        False,
    ),
    Prediction(
        "Deputy Ostrand",
        "republic",
        (1939, 8),
        (1939, 9),
        "certain",
        "Within two weeks, said Deputy Ostrand, the quarrel on the upper Stell will certainly be over and forgotten",
        "Four years after it began the quarrel on the upper Stell was over, and Deputy Ostrand with it",
        False,
    ),
    Prediction(
        "Katrin Moll",
        "workbench",
        (1939, 10),
        (1942, 10),
        "likely",
        "It is likely, wrote Katrin Moll, that we shall still be fighting on the Stell three years from now",
        "Three years on, the regiments still lay on the Stell, as Katrin Moll had said they would",
        True,
    ),
    Prediction(
        "Lev Tarrant",
        "workbench",
        (1942, 6),
        (1943, 6),
        "even",
        "Whether the Board of Posts falls within the year, Lev Tarrant would not say: the chances are even",
        "The Board of Posts fell in the first days of June 1943",
        True,
    ),
    Prediction(
        "The Halvora Gazette",
        "gazette",
        (1945, 1),
        (1946, 6),
        "certain",
        "By the summer of 1946, this paper can promise, every house in Tarn will have a lamp",
        "The summer of 1946 found a third of the houses in Tarn without a lamp",
        False,
    ),
)
