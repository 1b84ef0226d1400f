"""From a dossier to its answers: open the corpus, ask each question, say what all of it rests on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

from tendency.corpus import Deadline, select
from tendency.dossier import wording
from tendency.dossier.asked import (
    Asked,
    AskedContrast,
    AskedDiscovery,
    AskedLead,
    AskedPolemics,
    AskedRanking,
    AskedSlogan,
)
from tendency.dossier.asking import LINES_IN_ALL, Asking, release
from tendency.dossier.contrasts import answer_contrast, answer_polemics
from tendency.dossier.discoveries import answer_discovery
from tendency.dossier.finding import Answers, Finding
from tendency.dossier.foundation import foundation
from tendency.dossier.leads import answer_lead
from tendency.dossier.log import Log
from tendency.dossier.preparing import QUESTIONS, prepare
from tendency.dossier.rankings import answer_ranking
from tendency.dossier.reading import read_dossier
from tendency.dossier.schema import Dossier
from tendency.dossier.slogans import answer_slogan
from tendency.dossier.sources import Progress, open_corpus
from tendency.errors import DossierError, QueryError

_ANSWERS: Mapping[type[Asked], Callable[[Asking, Any, int, int], Finding]] = {
    AskedSlogan: answer_slogan,
    AskedRanking: answer_ranking,
    AskedContrast: answer_contrast,
    AskedPolemics: answer_polemics,
    AskedLead: answer_lead,
    AskedDiscovery: answer_discovery,
}
"""What answers each kind of question: it is given the corpus, the question, its place among its kind from 1, and room for evidence."""


def answer(
    dossier: str | Path | Dossier,
    *,
    progress: Progress | None = None,
    deadline: Deadline | float | None = None,
    corpus: str | Path | None = None,
    executor: Executor | None = None,
) -> Answers:
    """The answers to a dossier's questions, with their evidence.

    Args:
        dossier: Its file, or a dossier made in Python (its relative paths then start at the working folder).
        progress: Told how far it is: bytes while sources are indexed, then questions.
        deadline: When to give up, as a deadline or in seconds.
        corpus: Another index than the one that the dossier names.
        executor: Does what is asked of segments; threads by default.

    Raises:
        DossierError: A mistake in the dossier, with its place.
        TendencyError: The index cannot be opened or made, or the deadline passed.
    """
    questions = prepare(dossier if isinstance(dossier, Dossier) else read_dossier(dossier))
    held = open_corpus(questions, corpus, progress, executor)
    limit = deadline if isinstance(deadline, Deadline) else Deadline(deadline)
    asking = Asking(questions, held.index, limit)
    _check_filters(asking)
    log = Log.of(questions, held.index, release())
    number = len(questions.asked)
    room = max(1, LINES_IN_ALL // number)
    findings: list[Finding] = []
    places: Counter[str] = Counter()
    for one in questions.asked:
        places[one.KIND] += 1
        findings.append(_ANSWERS[type(one)](asking, one, places[one.KIND], room))
        if progress is not None:
            progress(len(findings), number)
    labelled = log.labelled(findings)
    log.record()
    return Answers(
        title=questions.title,
        subtitle=_subtitle(asking),
        findings=labelled,
        foundation=foundation(asking, labelled, (*log.notes, *held.notes, *questions.notes)),
        recipe=f"report|dossier:{questions.digest}|corpus:{held.index.fingerprint}|seed:{questions.dossier.seed}|v:{release()}",
        dossier=questions.text,
        questions=number,
    )


def _check_filters(asking: Asking) -> None:
    """Nothing, if every filter can be read and names fields that the corpus has.

    Raises:
        DossierError: With the place in the dossier.
    """
    dossier, file = asking.questions.dossier, asking.questions.file
    filters = [
        ("where", dossier.where),
        *((f"standpoints.{name}", text) for name, text in dossier.standpoints.items()),
    ]
    for table in QUESTIONS:
        for number, part in enumerate(getattr(dossier, table), start=1):
            filters += [(f"{table}[{number}].{key}", getattr(part, key)) for key in part.FILTERS]
    if dossier.language is not None and "language" not in asking.index.field_views:
        raise DossierError(
            f"{file}, language: the documents have no field 'language'; take it out, or name the column in the sources."
        )
    for key, text in filters:
        if text is not None:
            try:
                select(asking.index, where=text)
            except QueryError as error:
                raise DossierError(f"{file}, {key}: {error}") from None


def _subtitle(asking: Asking) -> str:
    """Corpus, span and period in a line."""
    questions, index = asking.questions, asking.index
    held = select(
        index, where=asking.where(questions.dossier.where), start=questions.start, end=questions.end
    )
    documents = sum(int(mask.sum()) for mask in held.masks)
    words = sum(
        int(segment.words[mask].sum()) for segment, mask in zip(index.segments, held.masks, strict=True)
    )
    span = ""
    if index.span is not None:
        start, end = questions.start or index.span[0], questions.end or index.span[1]
        span = f", {wording.span(start, end)}" if start < end else ""
    period = questions.dossier.period or ("eras" if questions.eras else "year")
    return (
        f"{index.path.name}: {wording.counted(documents, 'document')}, {wording.counted(words, 'word')}{span}, "
        f"by {'era' if period == 'eras' else period}"
    )
