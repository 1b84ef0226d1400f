"""A finding: one answer with its sentences, tables, charts, evidence, warnings and recipe."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

from tendency.corpus import Line

Asked = Literal["asked beforehand", "varied", "found by looking", "not known", "not asked"]


@dataclass(frozen=True)
class Claim:
    """One sentence, and the same statement for machines.

    Attributes:
        sentence: What may be printed, as plain text with its numbers in it.
        kind: What sort of statement it is, such as ``"order reversed"`` or ``"not established"``;
            the list stands in ``docs/claims.md``.
        subjects: The items, aims or slogans it is about.
        holds: True when something is asserted of the world of the corpus (it can then be a false
            finding), False when it says that nothing can be claimed.
        values: The figures in the sentence by name, unrounded.
    """

    sentence: str
    kind: str
    subjects: tuple[str, ...]
    holds: bool
    values: tuple[tuple[str, float | int | str | None], ...] = ()


@dataclass(frozen=True)
class Exhibit:
    """A table and, mostly, its chart.

    Attributes:
        name: File-name stem in ``data/`` and ``charts/``, unique in the report.
        title: Says what is seen, not only what is plotted.
        caption: Units, denominator, interval, and how to read it.
        table: One row a mark; the columns of the public table, then what the measure adds.
        chart: A Vega-Lite specification as a dictionary, or None for a table alone. Marks carry an
            ``href`` to the anchor of the evidence they count.
        alt: What the chart shows, for those who do not see it.
        columns: What each column means, with its unit; also written to ``datapackage.json``.
    """

    name: str
    title: str
    caption: str
    table: pl.DataFrame
    chart: dict[str, Any] | None = None
    alt: str = ""
    columns: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Evidence:
    """The sentences behind one figure.

    Attributes:
        anchor: The ``id`` of this block in the page; charts and tables link to it.
        heading: What the lines are hits of, and when: ``"Defence of the USSR, 1943"``.
        lines: A sample of the hits, drawn with the seed of the recipe, in order of date.
        total: How many hits there are in all.
    """

    anchor: str
    heading: str
    lines: tuple[Line, ...]
    total: int


@dataclass(frozen=True)
class Finding:
    """An answer to one question of the dossier.

    Attributes:
        anchor: The ``id`` of its section in the page.
        question: The question in a sentence, used as heading.
        kind: ``"slogan"``, ``"ranking"``, …
        claims: What may be said; the first is printed under *In brief*.
        warnings: What limits it, one sentence each.
        exhibits: Tables and charts, in the order to be read.
        evidence: The sentences, by item and period.
        recipe: One line that reproduces it.
        asked: Whether it was asked before the data were looked at; not known where no log is kept.
        versions: How many versions of the question were answered, this one among them.
        history: What the log says of them, as half a sentence; empty where there is nothing to say.
    """

    anchor: str
    question: str
    kind: str
    claims: tuple[Claim, ...]
    warnings: tuple[str, ...]
    exhibits: tuple[Exhibit, ...]
    evidence: tuple[Evidence, ...]
    recipe: str
    asked: Asked = "asked beforehand"
    versions: int = 1
    history: str = ""


@dataclass(frozen=True)
class Foundation:
    """What the report rests on.

    Attributes:
        figures: Name and value of each basic figure: documents, words, segments, undated, duplicates …
        exhibits: Documents by period and source, undated by grain, ratio of intervals …
        notes: Sentences about methods, tests, terms without hits, replaced documents.
        methods: Name of each method used with its paper and DOI.
    """

    figures: tuple[tuple[str, str], ...]
    exhibits: tuple[Exhibit, ...]
    notes: tuple[str, ...]
    methods: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Answers:
    """Everything a report arranges.

    Attributes:
        title: The dossier's title.
        subtitle: Corpus, span and period in a line.
        findings: One for each question, in the dossier's order.
        foundation: What all of it rests on.
        recipe: Corpus fingerprint, dossier digest, seed and version.
        dossier: The dossier's text as it was read.
        questions: How many questions were asked.
    """

    title: str
    subtitle: str
    findings: tuple[Finding, ...]
    foundation: Foundation
    recipe: str
    dossier: str
    questions: int
