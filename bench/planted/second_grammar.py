"""A second press, by another grammar: used once, after everything was settled on the first.

    python -m bench.planted.second_grammar --seeds 40

Speeches of an invented parliament, 1900–1929, in words that mean nothing. What differs from the specimen: words drawn by
Zipf's law with a leaning for each speaker, not templates; clusters are speakers who come and go, not papers; bursts are
all-or-nothing within a speech and log-normal between speakers, not gamma; planted words may fall anywhere in a sentence;
speeches are longer and their lengths more unequal; everything turns gradually over two years, not in a month.
"""

from __future__ import annotations

import argparse
import datetime as dt
import multiprocessing
import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from bench.planted.seeds import share

FIRST, END = 1900, 1930
SPEAKERS, SPEECHES_A_YEAR = 70, 75
VOCABULARY = 5_000
TURN, OVER = 1914.0, 2.0

# Hits per million words before and after; the phrases use letters that no other word has.
ORDERS = {
    "strong": {"zulo xar": (700, 260), "zima xot": (380, 620), "zeno xil": (260, 450)},
    "near": {"qato wun": (420, 300), "qemi wos": (330, 370), "qilo wab": (300, 390)},
    "still": {"zaru wix": (400, 400), "zopi wen": (400, 400)},
}
CENTRE, CENTRE_RATE = "xeno zat", 700
AIMS = {"wulix": (0.50, 0.06), "waroz": (0.06, 0.50)}
SHRUNK, SHRUNK_RATE = "xola ziv", 500
THEMES = {"wemox": (250.0, 900.0), "wimaz": (300.0, 300.0)}
AIM_BACKGROUND = 600.0


def dossier(corpus: str) -> str:
    """The questions, as TOML."""
    text = f'title = "A parliament"\ncorpus = "{corpus}"\nperiod = "decade"\ncluster = "author"\n'
    text += 'before = "1900/1911"\nafter = "1918/1929"\n'
    for name, aims in ((CENTRE, AIMS), (SHRUNK, THEMES)):
        listed = ", ".join(f'{aim} = "{aim}"' for aim in aims)
        text += f'[[slogan]]\nname = "{name}"\nquery = "{name}"\naims = {{ {listed} }}\n'
    for name, items in ORDERS.items():
        listed = ", ".join(f'"{item}" = "{item}"' for item in items)
        text += f'[[ranking]]\nname = "{name}"\nitems = {{ {listed} }}\n'
    return text


class Parliament:
    """All speeches of a seed; ``truths=False`` leaves every rate at its first value."""

    def __init__(self, seed: int, truths: bool = True) -> None:
        self.rng = np.random.default_rng([1900, seed])
        self.truths = truths
        self.words = self._vocabulary()
        weights = 1 / (np.arange(VOCABULARY) + 2.7)
        self.base = np.cumsum(weights / weights.sum())
        phrases = [item for items in ORDERS.values() for item in items] + [CENTRE, SHRUNK, *AIMS, *THEMES]
        self.liking = {phrase: np.exp(0.45 * self.rng.standard_normal(SPEAKERS) - 0.1) for phrase in phrases}
        begin = self.rng.uniform(FIRST - 8, END - 4, SPEAKERS)
        self.terms = np.column_stack([begin, begin + self.rng.uniform(6, 22, SPEAKERS)])

    def _vocabulary(self) -> list[str]:
        onsets, vowels, codas = "bdfghklmnprstv", "aeiou", ["", "n", "r", "s", "l"]
        words: dict[str, None] = {}
        while len(words) < VOCABULARY:
            syllables = 1 + int(self.rng.integers(0, 3))
            parts = [
                onsets[self.rng.integers(14)] + vowels[self.rng.integers(5)] + codas[self.rng.integers(5)]
                for _ in range(syllables)
            ]
            words["".join(parts)] = None
        return list(words)

    def _now(self, pair: tuple[float, float], when: float) -> float:
        if not self.truths:
            return pair[0]
        turned = float(np.clip((when - TURN) / OVER, 0, 1))
        return pair[0] * (pair[1] / pair[0]) ** turned

    def documents(self) -> Iterator[object]:
        """The speeches in order of date."""
        from tendency.documents import DateSpan, Document

        rng = self.rng
        for year in range(FIRST, END):
            days = np.sort(rng.integers(0, 365, SPEECHES_A_YEAR))
            for number, day in enumerate(days.tolist()):
                when = year + day / 365
                sitting = np.flatnonzero((self.terms[:, 0] <= when) & (when < self.terms[:, 1]))
                speaker = int(rng.choice(sitting))
                length = int(np.clip(rng.lognormal(5.9, 0.8), 40, 6000))
                date = dt.date(year, 1, 1) + dt.timedelta(day)
                span = DateSpan(date, date + dt.timedelta(1), date.isoformat())
                fields = {"author": f"Speaker {speaker}", "title": f"Speech {number + 1} of {year}"}
                yield Document(f"{year}-{number:03}", span, self._speech(speaker, length, when), fields)

    def _speech(self, speaker: int, length: int, when: float) -> str:
        rng = self.rng
        lean = 1 + 0.3 * np.sin(speaker)
        drawn = np.searchsorted(self.base, rng.random(length) ** lean)
        words = [self.words[min(n, VOCABULARY - 1)] for n in drawn.tolist()]
        insertions: list[tuple[float, str]] = []

        def plant(phrase: str, rate: float) -> list[float]:
            mean = rate * 1e-6 * length * self.liking[phrase][speaker]
            # All or nothing: two speeches in three never name it, the third does so three times as often.
            count = rng.poisson(3 * mean) if rng.random() < 1 / 3 else 0
            places = rng.uniform(0, length, count).tolist()
            insertions.extend((place, phrase) for place in places)
            return places

        for items in ORDERS.values():
            for item, pair in items.items():
                plant(item, self._now(pair, when))
        for place in plant(CENTRE, CENTRE_RATE):
            for aim, pair in AIMS.items():
                if rng.random() < self._now(pair, when):
                    insertions.append((place + rng.uniform(1, 8) * rng.choice([-1, 1]), aim))
        plant(SHRUNK, SHRUNK_RATE)
        for aim in AIMS:
            plant(aim, AIM_BACKGROUND)
        for theme, pair in THEMES.items():
            plant(theme, self._now(pair, when))
        for place, phrase in sorted(insertions, reverse=True):
            words.insert(int(np.clip(place, 0, length)), phrase)
        return _sentences(words, rng)


def _sentences(words: list[str], rng: np.random.Generator) -> str:
    text, at = [], 0
    while at < len(words):
        end = min(len(words), at + int(rng.integers(6, 34)))
        text.append(" ".join(words[at:end]).capitalize() + ".")
        at = end
    return " ".join(text)


def run(job: tuple[int, bool]) -> dict[str, object]:
    """What is claimed of one parliament: truths found, and questions with a false claim."""
    from tendency.corpus import add
    from tendency.dossier import answer

    seed, truths = job
    folder = Path(tempfile.mkdtemp(prefix="parliament-"))
    try:
        add(folder / "press.index", Parliament(seed, truths).documents())  # type: ignore[arg-type]
        (folder / "dossier.toml").write_text(dossier("press.index"), encoding="utf-8")
        answers = answer(folder / "dossier.toml")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    claims = [
        (finding.question, claim) for finding in answers.findings for claim in finding.claims if claim.holds
    ]
    firsts = {name: next(iter(items)) for name, items in ORDERS.items()}
    passed = [claim.subjects[1] for _, claim in claims if claim.kind == "order reversed"]
    found = {
        "strong order": firsts["strong"] in passed,
        "order near the limit": firsts["near"] in passed,
        "aim takes over": any(
            claim.kind == "aim took over" and claim.subjects == (CENTRE, "waroz", "wulix")
            for _, claim in claims
        ),
    }
    wrong = {question for question, claim in claims if _false(claim.kind, claim.subjects, truths)}
    return {"truths": truths, "found": found, "wrong": len(wrong), "questions": len(answers.findings)}


def _false(kind: str, subjects: tuple[str, ...], truths: bool) -> bool:
    if kind not in (
        "order reversed",
        "rank fell",
        "rank rose",
        "rate changed",
        "aim ratio changed",
        "aim took over",
    ):
        return False
    moving = {*ORDERS["strong"], *ORDERS["near"]} if truths else set()
    if kind in ("order reversed", "rank fell", "rank rose"):
        # Of the two that rise, neither passes the other.
        firsts = {next(iter(items)) for items in ORDERS.values()}
        return not set(subjects) <= moving or (kind == "order reversed" and subjects[1] not in firsts)
    if kind in ("aim ratio changed", "aim took over"):
        return not (truths and subjects[0] == CENTRE)
    return True


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seeds", type=int, default=40)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    jobs = [(seed, truths) for seed in range(1, options.seeds + 1) for truths in (True, False)]
    with ProcessPoolExecutor(options.workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        rows = list(pool.map(run, jobs))
    planted = [row for row in rows if row["truths"]]
    print("| planted | found |\n|---|---|")
    for name in ("strong order", "order near the limit", "aim takes over"):
        hits = sum(bool(row["found"][name]) for row in planted)  # type: ignore[index]
        print(f"| {name} | {share(hits, len(planted))} |")
    print("\n| parliaments | questions with a false change |\n|---|---|")
    for name, own in (
        ("with truths", planted),
        ("without truths", [row for row in rows if not row["truths"]]),
    ):
        wrong, asked = sum(int(row["wrong"]) for row in own), sum(int(row["questions"]) for row in own)  # type: ignore[call-overload]
        print(f"| {name} | {share(wrong, asked)} |")


if __name__ == "__main__":
    main()
