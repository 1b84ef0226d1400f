"""The figures as files: CSV, Parquet, and a Frictionless data package that describes them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson
import polars as pl

from tendency.documents.sheets import FORMULA
from tendency.dossier.finding import Answers, Exhibit
from tendency.report.page import exhibits

GUARD = (
    "In the CSV files a text that begins with =, +, -, @, a tab or a carriage return has an apostrophe before it, "
    "so that no spreadsheet takes it for a formula; the Parquet files have the text as it is."
)

_EVIDENCE_COLUMNS = {
    "anchor": "The block of sentences in report.html, and the value of the column evidence in the other tables",
    "finding": "The question it belongs to",
    "heading": "What the line is a hit of, and when",
    "total": "Hits in all, of which these lines are a sample",
    "document": "The document's id in the corpus",
    "date_start": "First day on which the document may have been written or published",
    "date_end": "The day after the last",
    "citation": "Author, title, publication, issue, date, pages",
    "left": "Text before the hit, white space collapsed",
    "match": "The hit as stored",
    "right": "Text after it, white space collapsed",
    "start": "Offset of the hit in the stored text, in code points from 0",
    "end": "Offset after its last code point",
    "position": "Token position in the document, from 0",
}

_MEANINGS = {
    "evidence": "The block of sentences in report.html that the row counts, and the value of anchor in evidence.csv",
    "query": "What is counted",
    "period": "The period's name",
    "start": "Its first day",
    "end": "The day after its last",
    "split": "Which part of the corpus",
    "documents": "Documents that lie in the period",
    "tokens": "Words in them",
    "hits": "Hits of the query in them",
    "documents_with_hits": "Documents with at least one hit",
    "per_million": "Hits per million words; empty where nothing was held",
    "low": "Lower end of the interval",
    "high": "Upper end of the interval",
    "too_few": "True when there is too little to rely on",
}


def evidence_table(answers: Answers) -> pl.DataFrame:
    """Every quoted line with its source and offsets, one row a line."""
    rows = [
        {
            "anchor": evidence.anchor,
            "finding": finding.anchor,
            "heading": evidence.heading,
            "total": evidence.total,
            "document": line.document,
            "date_start": line.date.start,
            "date_end": line.date.end,
            "citation": line.citation,
            "left": line.left,
            "match": line.match,
            "right": line.right,
            "start": line.start,
            "end": line.end,
            "position": line.position,
        }
        for finding in answers.findings
        for evidence in finding.evidence
        for line in evidence.lines
    ]
    types: dict[str, Any] = dict.fromkeys(_EVIDENCE_COLUMNS, pl.String)
    types |= dict.fromkeys(("total", "start", "end", "position"), pl.Int64)
    types |= dict.fromkeys(("date_start", "date_end"), pl.Date)
    return pl.DataFrame(rows, schema=types)


def write_data(answers: Answers, folder: Path) -> None:
    """All tables as CSV and Parquet with ``datapackage.json``, into an existing folder."""
    resources = [
        _write(exhibit.name, exhibit.title, exhibit.table, _meanings(exhibit), folder, exhibit.caption)
        for exhibit in exhibits(answers)
    ]
    resources.append(
        _write(
            "evidence",
            "Every quoted line with its source",
            evidence_table(answers),
            _EVIDENCE_COLUMNS,
            folder,
            "One row a line; samples are drawn with the seed of the recipe.",
        )
    )
    package = {
        "profile": "tabular-data-package",
        "name": "report",
        "title": answers.title,
        "description": f"{answers.subtitle}. {GUARD} Recipe: {answers.recipe}",
        "sources": [{"title": answers.subtitle or answers.title}],
        "resources": resources,
    }
    (folder / "datapackage.json").write_bytes(orjson.dumps(package, option=orjson.OPT_INDENT_2))


def _meanings(exhibit: Exhibit) -> dict[str, str]:
    return _MEANINGS | dict(exhibit.columns)


def _write(
    name: str, title: str, table: pl.DataFrame, meanings: dict[str, str], folder: Path, caption: str
) -> dict[str, Any]:
    """Both files of a table; its description for the data package."""
    csv, parquet = folder / f"{name}.csv", folder / f"{name}.parquet"
    for_spreadsheets(table).write_csv(csv)
    table.write_parquet(parquet)
    return {
        "profile": "tabular-data-resource",
        "name": name,
        "path": csv.name,
        "title": title,
        "description": caption,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        **_fingerprint(csv),
        "schema": {"fields": list(_fields(table, meanings)), "missingValues": [""]},
        "parquet": {"path": parquet.name, **_fingerprint(parquet)},
    }


def for_spreadsheets(table: pl.DataFrame) -> pl.DataFrame:
    """The table with lists and infinities as text, and no text that a spreadsheet would run."""
    made = []
    for name, kind in table.schema.items():
        column = pl.col(name)
        if isinstance(kind, pl.List):
            column, kind = column.cast(pl.List(pl.String)).list.join("; "), pl.String()
        if kind in (pl.Categorical, pl.Enum):
            column, kind = column.cast(pl.String), pl.String()
        if kind == pl.String:
            column = pl.when(column.str.contains(FORMULA)).then("'" + column).otherwise(column)
        elif kind.is_float() and table[name].is_infinite().any():
            column = column.cast(pl.String).str.replace("inf", "INF")
        made.append(column.alias(name))
    return table.select(made)


def _fields(table: pl.DataFrame, meanings: dict[str, str]) -> Iterable[dict[str, str]]:
    for name, kind in table.schema.items():
        yield {
            "name": name,
            "type": _frictionless(kind),
            "description": meanings.get(name, name.replace("_", " ")),
        }


def _frictionless(kind: pl.DataType) -> str:
    if kind.is_integer():
        return "integer"
    if kind.is_numeric():
        return "number"
    if kind == pl.Boolean:
        return "boolean"
    if kind == pl.Date:
        return "date"
    return "datetime" if kind == pl.Datetime else "string"


def _fingerprint(path: Path) -> dict[str, Any]:
    content = path.read_bytes()
    return {"bytes": len(content), "hash": f"sha256:{hashlib.sha256(content).hexdigest()}"}
