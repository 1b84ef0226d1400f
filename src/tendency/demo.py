"""The demo: a press whose truths are known, a report on it, and what the report found of them.

Useful for seeing the whole road in two minutes, and for asking after every change whether planted truths are still
found and nothing else is claimed. Not useful for judging how well real sources are read: nothing here is misspelt,
misread or misdated.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from tendency.errors import SettingError, StorageError

if TYPE_CHECKING:
    from tendency.dossier.finding import Answers, Claim, Finding
    from tendency.specimen import Specimen, Truth

Progress = Callable[[float, float], None]
_INDEX = "dossier.index"

Verdict = Literal["found", "missed", "rightly not claimed", "falsely claimed"]

FOUND: Verdict = "found"
MISSED: Verdict = "missed"
NOT_CLAIMED: Verdict = "rightly not claimed"
FALSE: Verdict = "falsely claimed"

# The stated chance of any false change in one question (docs/claims.md).
_FALSE_CHANGE = 0.05


@dataclass(frozen=True)
class Outcome:
    """What became of one planted truth or bait.

    Attributes:
        truth: What was planted.
        verdict: ``"found"`` or ``"missed"`` for a truth, ``"rightly not claimed"`` or ``"falsely claimed"`` for a bait.
        sentence: What the report says of it; empty where it says nothing.
    """

    truth: Truth
    verdict: Verdict
    sentence: str


@dataclass(frozen=True)
class Comparison:
    """The planted beside the found.

    Attributes:
        outcomes: One for each truth and bait that the dossier asks about, in the order of the list of truths.
        false: Every claim of the report that the truth contradicts, those on baits among them.
        questions: How many questions the dossier asks.
    """

    outcomes: tuple[Outcome, ...]
    false: tuple[Claim, ...]
    questions: int

    @property
    def summary(self) -> str:
        """All of it in a sentence."""
        parts = []
        for strength, words in (("strong", "far from the limit of detection"), ("near the limit", "near it")):
            own = [outcome for outcome in self.outcomes if outcome.truth.strength == strength]
            found = sum(outcome.verdict == FOUND for outcome in own)
            parts.append(f"{found} of {len(own)} truths planted {words}")
        baits = [outcome for outcome in self.outcomes if outcome.truth.strength == "bait"]
        taken = sum(outcome.verdict == FALSE for outcome in baits)
        told = (
            f"Found: {parts[0]} and {parts[1]}. Of {len(baits)} baits {taken or 'none'} "
            f"{'were' if taken > 1 else 'was'} claimed. Claims that the truth contradicts: {len(self.false) or 'none'}."
        )
        if self.false:
            expected = 100 * (1 - (1 - _FALSE_CHANGE) ** self.questions)
            told += (
                f" Each of {self.questions} questions keeps the chance of a false change to {100 * _FALSE_CHANGE:.0f} %: "
                f"up to {expected:.0f} presses of 100 may have one."
            )
        return told


@dataclass(frozen=True)
class DemoResult:
    """What the demo made and found.

    Attributes:
        folder: Where everything lies.
        page: The report.
        documents: How many documents the press has.
        words: How many words.
        comparison: What was planted and what was found.
        seconds: How long it took.
    """

    folder: Path
    page: Path
    documents: int
    words: int
    comparison: Comparison
    seconds: float

    def as_text(self, width: int = 100) -> str:
        """What was planted, what was found and what was rightly not claimed, as a table; then the report's path."""
        from io import StringIO

        from rich import box
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        grid = Table(box=box.HORIZONTALS, width=width, pad_edge=False)
        for name, share in (("planted", 10), ("strength", 3), ("", 3), ("what the report says", 10)):
            grid.add_column(name, ratio=share, overflow="fold")
        for outcome in self.comparison.outcomes:
            truth = outcome.truth
            cells = (truth.sentence, truth.strength, outcome.verdict, outcome.sentence or "nothing")
            grid.add_row(*map(Text, cells), end_section=True)
        page = StringIO()
        Console(file=page, width=width, color_system=None, highlight=False).print(grid)
        lines = [
            f"The press of Halvora: {self.documents:,} documents, {self.words:,} words, made, indexed and answered in "
            f"{self.seconds:.0f} s.",
            "",
            page.getvalue().rstrip(),
            "",
            self.comparison.summary,
            *(f"Contradicted by the truth: {claim.sentence}" for claim in self.comparison.false),
            f"The report: {self.page}",
        ]
        return "\n".join(lines)


def demo(to: Path, seed: int = 1944, progress: Progress | None = None, *, scale: float = 1.0) -> DemoResult:
    """Write the specimen, index it, answer its dossier, write the report, and compare with what was planted.

    Args:
        to: A new or empty folder, or that of an earlier demo, which is replaced.
        seed: Which press.
        progress: Called with steps done and steps in all.
        scale: How large a press, 1 being 1.3 million words.

    Raises:
        SettingError: The folder holds something else.
        StorageError: It cannot be written.
    """
    from tendency.corpus import Index
    from tendency.dossier import answer
    from tendency.report import write_report
    from tendency.specimen import Specimen

    began, steps = time.perf_counter(), 3
    tell = progress or (lambda done, of: None)
    _clear(to)
    specimen = Specimen(seed, scale)
    specimen.write(to)
    tell(1, steps)
    answers = answer(to / "dossier.toml")
    comparison = compare(specimen, answers)
    tell(2, steps)
    page = write_report(with_truths(answers, comparison), to / "report")
    tell(3, steps)
    index = Index.open(to / _INDEX)
    seconds = time.perf_counter() - began
    return DemoResult(to, page, index.documents, index.words, comparison, seconds)


def _clear(to: Path) -> None:
    """An earlier demo's press and index are taken away: documents of another seed must not stay among the new ones."""
    if not to.exists() or (to.is_dir() and not any(to.iterdir())):
        return
    if not (to / "truths.json").is_file():
        raise SettingError(f"{to} holds something that no demo wrote. Name a new folder with --to.")
    for name in ("press", _INDEX):
        try:
            if (to / name).is_dir():
                shutil.rmtree(to / name)
        except OSError as error:
            raise StorageError(
                f"{to / name} of an earlier demo cannot be replaced: {error.strerror}. Name a new folder with --to."
            ) from error


def compare(specimen: Specimen, answers: Answers) -> Comparison:
    """Every truth and bait that the dossier asks about beside what the answers claim of it."""
    claims = [claim for finding in answers.findings for claim in finding.claims]
    false = tuple(claim for claim in claims if contradicted(specimen, claim))
    asked = [truth for truth in specimen.truths if truth.question]
    outcomes = tuple(_outcome(truth, claims, false) for truth in asked)
    return Comparison(outcomes, false, answers.questions)


def _outcome(truth: Truth, claims: Sequence[Claim], false: Sequence[Claim]) -> Outcome:
    if truth.strength == "bait":
        taken = [claim for claim in false if _about(truth, claim)]
        if taken:
            return Outcome(truth, FALSE, taken[0].sentence)
        said = _first(claims, lambda claim: _about(truth, claim) and claim.kind in _REFUSALS[truth.kind])
        return Outcome(truth, NOT_CLAIMED, said)
    found = _first(claims, lambda claim: claim not in false and _finds(truth, claim))
    if found and truth.changes:
        return Outcome(truth, FOUND, found)
    # What the report says instead, most to the point first.
    kinds = (
        "aim ratio changed",
        "depends on the window",
        "aim ratio not shown to change",
        "order not shown to change",
    )
    said = _first(
        sorted(claims, key=lambda c: kinds.index(c.kind) if c.kind in kinds else len(kinds)),
        lambda claim: claim.kind in kinds and _about(truth, claim),
    )
    return Outcome(truth, MISSED, said)


def _first(claims: Iterable[Claim], holds: Callable[[Claim], bool]) -> str:
    return next((claim.sentence for claim in claims if holds(claim)), "")


# What a careful report says of each bait instead of claiming it.
_REFUSALS = {
    "theme grows": ("share moved with theme", "aim ratio not shown to change", "depends on the window"),
    "one spelling": ("first by list only", "first not established"),
    "equal items": ("order not shown to change", "first not established", "rate not shown to change"),
}


def _about(truth: Truth, claim: Claim) -> bool:
    """True when a claim speaks of what the truth is about: its ranking or any of its items, or its slogan's aims."""
    if claim.kind.startswith(("aim", "share", "depends")):
        return claim.subjects[0] == truth.question and bool(set(claim.subjects[1:]) & set(truth.subjects))
    return truth.kind not in _OF_AIMS and bool({truth.question, *truth.subjects} & set(claim.subjects))


_OF_AIMS = ("aim takes over", "theme grows")


def _finds(truth: Truth, claim: Claim) -> bool:
    """True when a claim states what was planted."""
    match truth.kind, claim.kind:
        case "slogan falls", "rank fell":
            return claim.subjects == truth.subjects[:1]
        case "slogan falls", "order reversed":
            return claim.subjects[1] == truth.subjects[0]
        case "slogan falls", "flipped":
            return claim.subjects[0] == truth.subjects[0] and len(claim.subjects) == 2
        case "danger reversed", "flipped":
            return claim.subjects == (truth.subjects[0], truth.subjects[-1])
        case "danger reversed", "order reversed":
            return claim.subjects == (truth.subjects[-1], truth.subjects[0])
        case "aim takes over", "aim took over" | "aim overtook":
            return claim.subjects == (truth.question, *truth.subjects)
        case _:
            return False


def contradicted(specimen: Specimen, claim: Claim) -> bool:
    """True when the claim asserts a change or an order that the specimen does not have.

    Measured figures (``rate``, ``aim ratio``) assert neither and are left to tests of coverage.
    """
    if not claim.holds:
        return False
    match claim.kind:
        case "order reversed":
            risen, fallen = (specimen.rate(item) for item in claim.subjects)
            return not (risen[0] < fallen[0] and risen[1] > fallen[1])
        case "rank fell" | "rank rose":
            return not _moved(specimen, claim)
        case "named most":
            return _not_first(specimen, claim)
        case "rate changed":
            return not _same_way(specimen.rate(*claim.subjects), claim)
        case "trend":
            return not _same_way(specimen.rate(*claim.subjects), claim, rises=_number(claim, "total") > 1)
        case "turned":
            return not _turned(specimen.rate(*claim.subjects), claim)
        case "flipped":
            fallen, risen = (specimen.rate(item, *claim.subjects[2:]) for item in claim.subjects[:2])
            return not (risen[0] < fallen[0] and risen[1] > fallen[1])
        case "aim ratio changed":
            return not _same_way(specimen.aim(*claim.subjects), claim)
        case "aim turned":
            return not _turned(specimen.aim(*claim.subjects), claim)
        case "aim overtook" | "aim took over":
            slogan, gained, lost = claim.subjects
            gain, loss = specimen.aim(slogan, gained), specimen.aim(slogan, lost)
            return not (gain[1] > gain[0] and loss[1] < loss[0])
        case _:
            return False


def _number(claim: Claim, name: str) -> float:
    value = dict(claim.values)[name]
    assert isinstance(value, float)
    return value


def _same_way(true: tuple[float, float], claim: Claim, *, rises: bool | None = None) -> bool:
    """True when the claimed ratio of after to before lies on the same side of 1 as the true one."""
    before, after = true
    if rises is None:
        rises = _number(claim, "ratio") > 1
    return after > before * _SAME if rises else after < before / _SAME


def _turned(true: tuple[float, float], claim: Claim) -> bool:
    """True when the rate did turn that way, within a few years of what is claimed."""
    from tendency.specimen import planted

    year = str(dict(claim.values)["period"])[:4]
    return _same_way(true, claim) and abs(int(year) - planted.TURN[0]) <= _YEARS_OFF


# An 80 % range leaves out the true date once in five times; this far off it is another turn.
_YEARS_OFF = 3

# Sums over papers in another order differ in their last digits: that is no change.
_SAME = 1 + 1e-9


def _rivals(item: str) -> tuple[str, ...]:
    """All items of the ranking that has this one."""
    from tendency.specimen import questions

    return next(tuple(items) for items in questions.ITEMS.values() if item in items)


def _rank(specimen: Specimen, item: str, span: int) -> int:
    """Its true rank, 1 being the highest rate; equals share the better one."""
    own = specimen.rate(item)[span]
    return 1 + sum(specimen.rate(rival)[span] > own * _SAME for rival in _rivals(item))


def _moved(specimen: Specimen, claim: Claim) -> bool:
    """True when the item moved as claimed: between these places where they are numbered, else past some rival."""
    item, values = claim.subjects[0], dict(claim.values)
    if values.get("settled"):
        return all(
            values[f"rank_{name}"] == _rank(specimen, item, span)
            for span, name in enumerate(("before", "after"))
        )
    own = specimen.rate(item)
    rivals = [specimen.rate(rival) for rival in _rivals(item) if rival != item]
    if claim.kind == "rank rose":
        return any(rival[0] > own[0] and rival[1] < own[1] for rival in rivals)
    return any(rival[0] < own[0] and rival[1] > own[1] for rival in rivals)


def _not_first(specimen: Specimen, claim: Claim) -> bool:
    """True when another item has the higher rate, an equal one, or the item owes its place to one spelling."""
    from tendency.specimen import BEFORE

    winner = claim.subjects[0]
    if any(truth.kind == "one spelling" and truth.subjects[0] == winner for truth in specimen.truths):
        return True
    when = str(dict(claim.values).get("first_when"))
    span = 0 if when.startswith(BEFORE[:4]) else 1
    own = specimen.rate(winner)[span]
    return any(specimen.rate(rival)[span] * _SAME > own for rival in _rivals(winner) if rival != winner)


def with_truths(answers: Answers, comparison: Comparison) -> Answers:
    """The answers with one more finding, first in the report: what was planted and what was found."""
    return replace(answers, findings=(_finding(comparison), *answers.findings))


def _finding(comparison: Comparison) -> Finding:
    import polars as pl

    from tendency.dossier.finding import Claim, Exhibit, Finding

    table = pl.DataFrame(
        {
            "planted": [outcome.truth.sentence for outcome in comparison.outcomes],
            "strength": [outcome.truth.strength for outcome in comparison.outcomes],
            "outcome": [outcome.verdict for outcome in comparison.outcomes],
            "sentence": [outcome.sentence or "nothing" for outcome in comparison.outcomes],
        }
    )
    columns = (
        ("planted", "What the generator put into the press, with its true size"),
        ("strength", "How far from the limit of what can be found; a bait must not be claimed"),
        ("outcome", "Whether the report found it, or rightly did not claim it"),
        ("sentence", "What the report says of it"),
    )
    exhibit = Exhibit(
        "planted-and-found",
        "What was planted, and what this report says of it",
        "One row a planted truth or bait that the dossier asks about. “Near the limit”: of such truths a press of this size "
        "lets about every second be found.",
        table,
        columns=columns,
    )
    note = (
        "This press is invented: it was made by a program, with truths of known size planted in it, and nothing below is "
        "said of any real country."
    )
    return Finding(
        anchor="planted-and-found",
        question="What was planted, and what was found?",
        kind="specimen",
        claims=(
            Claim(comparison.summary, "planted and found", (), False),
            *(
                Claim(f"Contradicted by the truth: {claim.sentence}", "contradicted", claim.subjects, False)
                for claim in comparison.false
            ),
        ),
        warnings=(note,),
        exhibits=(exhibit,),
        evidence=(),
        recipe="specimen",
        asked="not asked",
    )
