"""The page as a value: everything the report shows, in the order in which it is shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from itertools import pairwise
from typing import Any

import polars as pl

from tendency.corpus import Line
from tendency.dossier.finding import Answers, Evidence, Exhibit, Finding
from tendency.dossier.log import in_words
from tendency.report.figure import inline
from tendency.report.numbers import NOTHING_HELD, TOO_FEW, UNKNOWN, decimals, heading, written

_RIGHT_TO_LEFT = frozenset({"ar", "he", "fa", "ur", "yi", "ps", "sd", "ug", "dv", "arc", "syr"})
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$")
_ANCHOR = re.compile(r"[A-Za-z][\w.:-]*$")
_STEM = re.compile(r"[a-z0-9][a-z0-9_-]*$")

Anchors = Mapping[str, str]
_NONE: Anchors = {}


def explained(text: str) -> Any:
    """A field that says what it holds."""
    return field(metadata={"help": text})


@dataclass(frozen=True)
class Cell:
    """One figure or word of a table."""

    text: str = explained("As printed")
    kind: str = explained("`number`, `text` or `missing`, for alignment")
    link: str | None = explained("Anchor of the sentences that the row counts")


@dataclass(frozen=True)
class Column:
    """The heading of a column of figures."""

    name: str = explained("Heading")
    kind: str = explained("`number` or `text`")
    help: str = explained("What it means, with its unit")


@dataclass(frozen=True)
class TableView:
    """A table, ready to be set."""

    columns: tuple[Column, ...] = explained("Headings, in order")
    rows: tuple[tuple[Cell, ...], ...] = explained("Cells, one for each column")


@dataclass(frozen=True)
class Download:
    """A file beside the page."""

    path: str = explained("Relative to the page")
    label: str = explained("Its format, as the link says it")


@dataclass(frozen=True)
class ExhibitView:
    """A chart with its table."""

    anchor: str = explained("Id in the page")
    title: str = explained("What is seen")
    caption: str = explained("Units, denominator, interval, how to read it")
    alt: str = explained("What the chart shows, in words")
    chart: str | None = explained("Inline SVG, or None")
    table: TableView = explained("The figures")  # noqa: RUF009 - it makes a field, as field() does
    downloads: tuple[Download, ...] = explained("The same as files")
    following: str = explained("Anchor after the chart, for those who skip its marks")


@dataclass(frozen=True)
class Quotation:
    """A sentence with its source."""

    left: str = explained("Before the match, after an ellipsis unless the document begins there")
    match: str = explained("The match")
    right: str = explained("After it, to the end of a sentence or with an ellipsis")
    citation: str = explained("Author, title, publication, issue, date, pages")
    document: str = explained("The document's id in the corpus")
    where: str = explained("Offsets of the match in the stored text")
    language: str | None = explained("BCP 47 tag, or None where unknown")
    direction: str = explained("`rtl`, `ltr` or `auto`")


@dataclass(frozen=True)
class EvidenceView:
    """The sentences behind one figure."""

    anchor: str = explained("Id in the page; charts and tables lead here")
    label: str = explained("Number of the finding and of the block in it, to be found on paper")
    heading: str = explained("What they are hits of, and when")
    shown: str = explained("How many of how many are shown")
    quotations: tuple[Quotation, ...] = explained("In order of date")


@dataclass(frozen=True)
class ClaimView:
    """A sentence that may be printed."""

    sentence: str = explained("Plain text with its numbers")
    holds: bool = explained("False when it says that nothing can be claimed")


@dataclass(frozen=True)
class FindingView:
    """The section of one question."""

    anchor: str = explained("Id of the section")
    question: str = explained("Its heading")
    number: int = explained("Its place in the dossier, from 1")
    asked: str = explained("Whether it was asked before the data were looked at, and its versions")
    claims: tuple[ClaimView, ...] = explained("What may be said, the most important first")
    warnings: tuple[str, ...] = explained("What limits it")
    exhibits: tuple[ExhibitView, ...] = explained("Charts and tables")
    evidence: tuple[EvidenceView, ...] = explained("Sentences, by item and period")
    recipe: str = explained("Settings and versions that give these numbers again")


@dataclass(frozen=True)
class Method:
    """A method and the paper it is from."""

    name: str = explained("As the field calls it")
    source: str = explained("Author, year, DOI")
    link: str | None = explained("Where the paper is found")


@dataclass(frozen=True)
class ReportPage:
    """The whole report."""

    title: str = explained("The dossier's title")
    subtitle: str = explained("Corpus, span and period")
    asked: str = explained("How many questions were asked, in a sentence")
    findings: tuple[FindingView, ...] = explained("One for each question")
    figures: tuple[tuple[str, str], ...] = explained("Basic figures of the corpus")
    exhibits: tuple[ExhibitView, ...] = explained("What the corpus holds")
    notes: tuple[str, ...] = explained("What else must be known of the corpus and the tests")
    methods: tuple[Method, ...] = explained("Methods with their papers")
    dossier: str = explained("The questions as they were read")
    recipe: str = explained("Fingerprint of the corpus, digest of the dossier, seed, version")


def explanations(page: type) -> dict[str, str]:
    """What each field of a page means, by its name."""
    return {f.name: f.metadata["help"] for f in fields(page)}


def arrange(answers: Answers) -> ReportPage:
    """The page for these answers; raises ValueError when two things in it have one id or a link leads nowhere."""
    anchors = _anchors(answers)
    findings = tuple(
        _finding(finding, number, anchors) for number, finding in enumerate(answers.findings, start=1)
    )
    foundation = answers.foundation
    return ReportPage(
        title=answers.title,
        subtitle=answers.subtitle,
        asked=in_words(answers.questions, answers.findings),
        findings=findings,
        figures=foundation.figures,
        exhibits=tuple(_exhibit(exhibit, anchors) for exhibit in foundation.exhibits),
        notes=foundation.notes,
        methods=tuple(_method(name, source) for name, source in foundation.methods),
        dossier=answers.dossier,
        recipe=answers.recipe,
    )


def exhibits(answers: Answers) -> list[Exhibit]:
    """Every exhibit of the report, in order of appearance."""
    return [*(e for finding in answers.findings for e in finding.exhibits), *answers.foundation.exhibits]


def _anchors(answers: Answers) -> Anchors:
    """The label of each block of evidence by its anchor; every id of the page checked to be good and to stand once."""
    labels = {
        evidence.anchor: f"{number}.{place}"
        for number, finding in enumerate(answers.findings, start=1)
        for place, evidence in enumerate(finding.evidence, start=1)
    }
    names = [finding.anchor for finding in answers.findings]
    names += [evidence.anchor for finding in answers.findings for evidence in finding.evidence]
    for exhibit in exhibits(answers):
        if not _STEM.match(exhibit.name) or exhibit.name == "evidence":
            raise ValueError(
                f"{exhibit.name!r} cannot be the name of an exhibit: it names files; a-z, 0-9, - and _ only"
            )
        names += [f"exhibit-{exhibit.name}{part}" for part in ("", "-title", "-alt", "-end")]
    for name in names:
        if not _ANCHOR.match(name):
            raise ValueError(f"{name!r} cannot be an anchor: letters, digits, - _ . : only, a letter first")
    twice = [a for a, b in pairwise(sorted([*names, *_OWN])) if a == b]
    if twice:
        raise ValueError(f"two things in the report have the anchor {twice[0]!r}")
    return labels


# Ids that the template itself uses.
_OWN = ("main", "brief", "rests-on", "dossier", "methods", "top")


def _how_asked(finding: Finding) -> str:
    """The label of a section: whether its question was asked beforehand, and how many versions of it were answered."""
    if finding.asked == "not asked":
        return "Not a question of the dossier"
    if finding.asked == "not known":
        return "Whether this question was varied is not known: no log is kept"
    said = finding.asked.capitalize()
    return f"{said}: {finding.history}" if finding.history else said


_DOI = re.compile(r"\b10\.\d{4,9}/[^\s;,]*[^\s;,.)]")


def _method(name: str, source: str) -> Method:
    doi = _DOI.search(source)
    return Method(name, source, f"https://doi.org/{doi[0]}" if doi else None)


def _finding(finding: Finding, number: int, anchors: Anchors) -> FindingView:
    return FindingView(
        anchor=finding.anchor,
        question=finding.question,
        number=number,
        asked=_how_asked(finding),
        claims=tuple(ClaimView(claim.sentence, claim.holds) for claim in finding.claims),
        warnings=finding.warnings,
        exhibits=tuple(_exhibit(exhibit, anchors) for exhibit in finding.exhibits),
        evidence=tuple(_evidence(evidence, anchors) for evidence in finding.evidence),
        recipe=finding.recipe,
    )


def _exhibit(exhibit: Exhibit, anchors: Anchors) -> ExhibitView:
    anchor = f"exhibit-{exhibit.name}"
    chart = None
    downloads = [
        Download(f"data/{exhibit.name}.csv", "CSV"),
        Download(f"data/{exhibit.name}.parquet", "Parquet"),
    ]
    if exhibit.chart is not None:
        label = f"{anchor}-title {anchor}-alt"
        chart = inline(exhibit.chart, prefix=anchor, label=label, anchors=frozenset(anchors))
        downloads += [
            Download(f"charts/{exhibit.name}.svg", "SVG"),
            Download(f"charts/{exhibit.name}.pdf", "PDF"),
            Download(f"charts/{exhibit.name}-print.svg", "SVG for print, 85 mm"),
            Download(f"charts/{exhibit.name}-print.pdf", "PDF for print, 85 mm"),
        ]
    return ExhibitView(
        anchor=anchor,
        title=exhibit.title,
        caption=exhibit.caption,
        alt=exhibit.alt or (exhibit.chart or {}).get("description", ""),
        chart=chart,
        table=table_view(exhibit.table, dict(exhibit.columns), anchors),
        downloads=tuple(downloads),
        following=f"{anchor}-end",
    )


def table_view(table: pl.DataFrame, meanings: Mapping[str, str], anchors: Anchors = _NONE) -> TableView:
    """A table as it is printed.

    A column ``evidence`` becomes a last column that leads to the sentences. In a row without text, figures
    that are missing read "nothing held"; in one marked ``too_few``, "too few". Columns that would only repeat
    are left to the files: days where the period's name gives the year, a split that never changes, ``too_few``
    where it never holds.

    Args:
        table: One row a mark.
        meanings: What each column means.
        anchors: Labels of the page's evidence by anchor; a row may link to nothing else.
    """
    shown = [name for name in table.columns if name not in {"evidence", *_repeating(table)}]
    columns = [Column(heading(name), _kind(table[name]), meanings.get(name, "")) for name in shown]
    places = {name: _places(table[name]) for name in shown}
    linked = "evidence" in table.columns
    if linked:
        columns.append(Column("sentences", "text", "Where the sentences that the row counts are printed"))
    rows = []
    for row in table.iter_rows(named=True):
        cells = [_cell(name, row, _kind(table[name]), places[name]) for name in shown]
        rows.append((*cells, _link(row["evidence"], anchors)) if linked else tuple(cells))
    return TableView(tuple(columns), tuple(rows))


def _repeating(table: pl.DataFrame) -> set[str]:
    """Columns that say nothing which the row does not say already."""
    repeating = set()
    if {"period", "start", "end"} <= set(table.columns):
        rows = table.select("period", "start").iter_rows()
        if all(str(start)[:4] in str(period) for period, start in rows):
            repeating |= {"start", "end"}
    if "split" in table.columns and table["split"].n_unique() <= 1 and len(table) > 1:
        repeating.add("split")
    if "too_few" in table.columns and not table["too_few"].any():
        repeating.add("too_few")
    return repeating


def _link(anchor: str | None, anchors: Anchors) -> Cell:
    if anchor is None:
        return Cell("", "text", None)
    if anchor not in anchors:
        raise ValueError(f"a row links to {anchor!r}, which the page does not have")
    return Cell(anchors[anchor], "text", anchor)


_LONGEST_LABEL = 40
"""Characters of the longest text that a cell does not break into lines."""


def _kind(column: pl.Series) -> str:
    if column.dtype.is_numeric():
        return "number"
    longest = max((len(str(value)) for value in column if value is not None), default=0)
    return "text" if longest <= _LONGEST_LABEL else "sentence"


def _places(column: pl.Series) -> int:
    if not column.dtype.is_float():
        return 0
    return decimals([v for v in column.to_list() if v is not None and v == v])


def _cell(name: str, row: Mapping[str, Any], kind: str, places: int) -> Cell:
    value = row[name]
    if name == "too_few":
        return Cell(TOO_FEW if value else "", "text", None)
    if value is None:
        return Cell(_missing(row) if kind == "number" else UNKNOWN, "missing", None)
    return Cell(written(value, places), kind, None)


def _missing(row: Mapping[str, Any]) -> str:
    if row.get("tokens", row.get("documents", 1)) == 0:
        return NOTHING_HELD
    return TOO_FEW if row.get("too_few") else UNKNOWN


def _evidence(evidence: Evidence, anchors: Anchors) -> EvidenceView:
    shown, total = len(evidence.lines), evidence.total
    if total == 0:
        said = "No hit."
    elif shown == total:
        said = "The only hit." if total == 1 else f"All {total:,} hits."
    else:
        said = f"{shown:,} of {total:,} hits."
    return EvidenceView(
        anchor=evidence.anchor,
        label=anchors[evidence.anchor],
        heading=evidence.heading,
        shown=said,
        quotations=tuple(_quotation(line) for line in evidence.lines),
    )


_SENTENCE_ENDS = (".", "!", "?", ".”", ".’", '."', "。", "؟", "۔")


def _quotation(line: Line) -> Quotation:
    tag = line.fields.get("language", "")
    language = tag if _LANGUAGE.match(tag) else None
    return Quotation(
        left=line.left if line.start <= len(line.left) else f"… {line.left}",
        match=" ".join(line.match.split()),
        right=line.right if line.right.endswith(_SENTENCE_ENDS) else f"{line.right} …",
        citation=line.citation,
        document=line.document,
        where=f"{line.start}–{line.end}",
        language=language,
        direction=_direction(language),
    )


def _direction(language: str | None) -> str:
    if language is None:
        return "auto"
    return "rtl" if language.split("-")[0].lower() in _RIGHT_TO_LEFT else "ltr"
