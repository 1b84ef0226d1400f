"""The specimen's dossier: the questions to which the planted truths are the answers."""

from __future__ import annotations

from tendency.specimen import planted

STRONG_SLOGANS = "Slogans of the republic"
NEAR_SLOGANS = "Slogans of the parishes"
STRONG_DANGERS = "Named beside words of danger"
NEAR_DANGERS = "Hazards of the valley"
OWNERS = "Who is named of those with money"
CHAMBERS = "The two chambers"

STRONG_AIMS, NEAR_AIMS, BAIT_AIMS = "Land to the Tiller", "Defence of the Republic", "Roads before Palaces"

# Item names of each ranking and the names of the queries that find them.
ITEMS: dict[str, dict[str, str]] = {
    STRONG_SLOGANS: {
        "Defence of the Republic": "defence",
        "Bread and Work": "bread",
        "A Free Assembly": "assembly",
    },
    NEAR_SLOGANS: {
        "Schools for All": "schools",
        "The Eight-Hour Day": "hours",
        "A Doctor in Every Parish": "doctor",
    },
    STRONG_DANGERS: {
        "the Northern League": "league",
        "the grain ring": "ring",
        "the Quiet Office": "office",
    },
    NEAR_DANGERS: {"high water": "water", "marsh fever": "fever", "pit gas": "gas"},
    OWNERS: {"the banks": "banks", "the landlords": "landlords", "the merchants": "merchants"},
    CHAMBERS: {"the Upper Chamber": "upper", "the Lower Chamber": "lower"},
}

SLOGAN_TERMS = {NEAR_AIMS: "defence", STRONG_AIMS: "land", BAIT_AIMS: "roads"}

TERMS: dict[str, str] = {
    "defence": "defence of the republic",
    "bread": "bread and work",
    "assembly": "free assembly",
    "schools": "schools for all",
    "hours": "eight-hour day",
    "doctor": "doctor in every parish",
    "land": "land to the tiller",
    "roads": "roads before palaces",
    "invasion": "invasion | foreign troops",
    "directorate": "directorate | directors",
    "estates": "estate* | manor*",
    "villages": "village* | cooperative*",
    "trade": "market* | trader*",
    "sick": "hospital* | clinic*",
    "alarm": "danger* | threat* | menace* | peril*",
    "league": "northern league",
    "ring": "grain ring",
    "office": "quiet office",
    "water": "high water",
    "fever": "marsh fever",
    "gas": "pit gas",
    "banks": "bank* | moneylender*",
    "landlords": "landlord* | rent collector*",
    "merchants": "merchant* | dealer*",
    "upper": "upper chamber",
    "lower": "lower chamber",
}

AIM_TERMS: dict[str, dict[str, str]] = {
    NEAR_AIMS: {"against invasion": "invasion", "against the Directorate": "directorate"},
    STRONG_AIMS: {"against the estates": "estates", "for the villages": "villages"},
    BAIT_AIMS: {"for trade": "trade", "for the sick": "sick"},
}


def strands_of(item: str) -> tuple[str, ...]:
    """The kinds of planted sentences whose hits are counted for a slogan or an item of a ranking."""
    if item in (*ITEMS[STRONG_DANGERS], *ITEMS[NEAR_DANGERS]):
        return (f"{item}, in danger",)
    if item == "the banks":
        return (item, "banks of a river")
    return (item,)


# Words counted as near a word of danger.
WITHIN = 12

EVENTS = (
    ("The fighting on the upper Stell begins", "1939-09-04"),
    ("The armistice at Holm", "1943-05-03"),
)


def dossier_text(*, corpus: str | None = None, period: str = "year") -> str:
    """The dossier as TOML, asking exactly about what is planted.

    Args:
        corpus: The index that is asked; without it the files that ``Specimen.write`` puts beside the dossier.
        period: By what the curves are drawn; the claims compare the same two spans whatever it is.
    """
    parts = [_head(corpus, period), _terms(), _STANDPOINTS]
    parts += [_slogan(name) for name in AIM_TERMS]
    parts += [_ranking(name) for name in ITEMS]
    parts += [
        f'[[event]]\nname = "{name}"\ndate = {date}\nsource = "the specimen"\n' for name, date in EVENTS
    ]
    return "\n".join(parts)


def _head(corpus: str | None, period: str) -> str:
    where = (
        'sources = ["press/*.jsonl"]\npeople  = "people.csv"' if corpus is None else f'corpus  = "{corpus}"'
    )
    return f"""\
# The press of Halvora, a republic that never was. The questions below have known answers:
# truths.json says what was planted.
title   = "The press of Halvora, 1930–1949"
{where}
period  = "{period}"
from    = 1930-01-01
to      = 1949-12-31
before  = "{planted.BEFORE}"
after   = "{planted.AFTER}"
"""


def _terms() -> str:
    width = max(map(len, TERMS))
    return "[terms]\n" + "".join(f'{name:<{width}} = "{query}"\n' for name, query in TERMS.items())


_STANDPOINTS = """\
[standpoints]
official   = "standpoint = 'official'"
opposition = "standpoint = 'opposition'"
local      = "standpoint = 'local'"
"""


def _slogan(name: str) -> str:
    aims = ", ".join(f'"{aim}" = "@{term}"' for aim, term in AIM_TERMS[name].items())
    return f'[[slogan]]\nname  = "{name}"\nquery = "@{SLOGAN_TERMS[name]}"\naims  = {{ {aims} }}\n'


def _ranking(name: str) -> str:
    items = ", ".join(f'"{item}" = "@{term}"' for item, term in ITEMS[name].items())
    text = f'[[ranking]]\nname  = "{name}"\nitems = {{ {items} }}\n'
    if name in (STRONG_DANGERS, NEAR_DANGERS):
        text += f'near  = "@alarm"\nwithin = {WITHIN}\n'
    if name == STRONG_SLOGANS:
        text += 'split = "standpoint"\n'
    return text
