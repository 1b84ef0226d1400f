"""How often each planted thing is printed: by month, by paper, and by chance."""

from __future__ import annotations

import numpy as np

from tendency.specimen import planted
from tendency.specimen.draws import Draws, Floats
from tendency.specimen.planted import NOMINAL_SENTENCE, Course, Strand
from tendency.specimen.republic import FIRST_YEAR, LAST_YEAR, PAPERS, Paper

# Numbers of the streams: no part of a specimen shares its random numbers with another.
TEMPER, WANDER, HOUSING, MONTH = range(4)

AIMS = tuple(planted.AIM_TAILS)


class Courses:
    """What all months of a specimen share: the tempers of the papers and the courses of the strands.

    Attributes:
        liking: How much each paper prints of each strand, shape (papers, strands); 1 on average over the press.
        rate: The expected sentences of each strand a nominal sentence of text, shape (months, strands).
        chance: The chance of each aim's words in any sentence, shape (months, aims).
        aims: For each strand with aims, their chance by month: strand → (months, aims), NaN where as by chance.
    """

    def __init__(self, seed: int, changed: bool) -> None:
        self.strands = planted.strands()
        self.liking = _liking(self.strands, Draws(seed, TEMPER))
        self.months = [(year, month) for year in range(FIRST_YEAR, LAST_YEAR + 1) for month in range(1, 13)]
        per_sentence = NOMINAL_SENTENCE * 1e-6
        levels = np.array([self._values(strand.rate, changed) for strand in self.strands]).T
        self.rate = levels * per_sentence * self._wanders(seed) * self._housing(seed, changed)
        self.chance = np.array([self._values(planted.CHANCE[aim], changed) for aim in AIMS]).T
        self.aims: dict[int, Floats] = {}
        for number, strand in enumerate(self.strands):
            if strand.aims:
                table = np.full((len(self.months), len(AIMS)), np.nan)
                for aim, course in strand.aims:
                    table[:, AIMS.index(aim)] = self._values(course, changed)
                self.aims[number] = table
        self.burstiness = np.array([strand.burstiness for strand in self.strands])

    def liking_of(self, standpoint: str | None) -> Floats:
        """How much all papers of a standpoint together print of each strand, 1 being the press's average."""
        own = np.array([standpoint in (None, paper.standpoint) for paper in PAPERS])
        averaged: Floats = np.average(self.liking[own], axis=0, weights=_volume()[own])
        return averaged

    def _values(self, course: Course, changed: bool) -> list[float]:
        shown = course if changed else course.unchanged()
        return [shown.at(*month) for month in self.months]

    def _wanders(self, seed: int) -> Floats:
        draws = Draws(seed, WANDER)
        quarters = len(self.months) // 3
        found = []
        for strand in self.strands:
            spread, memory = strand.wander
            series = draws.wander(quarters, spread, memory)
            found.append(np.repeat(np.exp(series - spread**2 / 2), 3))
        return np.array(found).T

    def _housing(self, seed: int, changed: bool) -> Floats:
        factors = np.ones((len(self.months), len(self.strands)))
        if not changed:
            return factors
        spread, memory = planted.HOUSING_WANDER
        lag = planted.HOUSING_LAG
        series = Draws(seed, HOUSING).wander(len(self.months) + lag, spread, memory)
        course = np.exp(series - spread**2 / 2)
        names = [strand.name for strand in self.strands]
        factors[:, names.index(f"housing, {planted.HOUSING_LEADS}")] = course[lag:]
        factors[:, names.index(f"housing, {planted.HOUSING_FOLLOWS}")] = course[: len(self.months)]
        return factors


def _liking(strands: tuple[Strand, ...], draws: Draws) -> Floats:
    spread = np.array([strand.temper for strand in strands])
    own = np.exp(draws.normal(len(PAPERS), len(strands)) * spread)
    sides = [[strand.liking.get(paper.standpoint, 1.0) for strand in strands] for paper in PAPERS]
    liking = own * np.array(sides)
    volume = _volume()
    balanced: Floats = liking * volume.sum() / (liking * volume[:, None]).sum(axis=0)
    return balanced


def _volume() -> Floats:
    """How much each paper prints in all, in sentences of its own at scale 1."""
    return np.array([paper.articles * paper.sentences * _months_held(paper) for paper in PAPERS])


def _months_held(paper: Paper) -> int:
    return (paper.last[0] - paper.first[0]) * 12 + paper.last[1] - paper.first[1] + 1
