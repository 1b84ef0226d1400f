"""Commands that ask in what company words stand, and which words set documents apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from tendency.cli.options import (
    DEADLINE,
    Cluster,
    Csv,
    Deadline,
    File,
    From,
    IndexArgument,
    Json,
    Pair,
    QueryArgument,
    Split,
    Terms,
    Text,
    To,
    Where,
    app,
    opened,
    parted,
    save_chart,
    tell_suggestions,
)
from tendency.cli.output import printable, say, show
from tendency.errors import SettingError

if TYPE_CHECKING:
    import polars as pl

    from tendency.measures import Collocates, Keywords

_ORDERS = {"logdice": "log_dice", "log_dice": "log_dice", "logratio": "log_ratio", "log_ratio": "log_ratio"}


@app.command()
def collocates(
    index: IndexArgument,
    query: QueryArgument,
    window: Annotated[
        str, typer.Option(help="Words before and after a hit, in its sentence, or *sentence*.")
    ] = "5",
    compare: Annotated[
        Pair,
        typer.Option(
            metavar="EARLIER LATER",
            help="Two spans, such as *1930/1939 1940/1949*; with --split two values of the field.",
        ),
    ] = None,
    split: Annotated[Text, typer.Option(help="A field, two of whose values are compared.")] = None,
    lemma: Annotated[bool, typer.Option(help="Add up forms of one lemma.")] = False,
    case: Annotated[bool, typer.Option("--case", help="Count forms that differ in case apart.")] = False,
    stop: Annotated[
        Text,
        typer.Option(help="Words to leave out: a language such as *en* for its function words, or a file."),
    ] = None,
    by: Annotated[str, typer.Option(help="Order: *logdice*, *logratio* or *frequency*.")] = "logdice",
    min_hits: Annotated[int, typer.Option(help="Occurrences near hits that a word has at least.", min=1)] = 5,
    all_measures: Annotated[
        bool, typer.Option("--all-measures", help="Add MI, MI3, t, z, G², χ², Dice, ΔP, min. sensitivity.")
    ] = False,
    where: Where = None,
    start: From = None,
    end: To = None,
    cluster: Cluster = None,
    limit: Annotated[int, typer.Option(help="Rows at most; 0 is all.", min=0)] = 50,
    terms: Terms = None,
    deadline: Deadline = DEADLINE,
    chart: Annotated[File, typer.Option(help="Write the chart as .svg or .pdf too.")] = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Print the words that stand near a query's hits, against the rest of the same documents; or then and now.

    Example: `tendency collocates press.index "republic" --window 5 --stop en --compare 1930/1939 1940/1949`
    """
    fields, scheduler = parted(cluster)
    corpus = opened(index, where, start, end, terms, scheduler)
    if by != "frequency" and by not in _ORDERS:
        raise SettingError(f"collocates cannot be ordered by {by!r}; choose logdice, logratio or frequency.")
    found = corpus.collocates(
        query,
        window=_window(window),
        lemma=lemma,
        fold=not case,
        stop=stop,
        min_hits=min_hits,
        by=_ORDERS.get(by, by),
        compare=compare,
        split=split,
        all_measures=all_measures,
        cluster=fields,
        limit=limit or None,
        deadline=deadline,
    )
    tell_suggestions(corpus, {query: query}, {query: int(found.summary["hits"].sum())}, deadline)
    tell = say if as_json or as_csv else typer.echo
    for sentence in _company(found):
        tell(sentence)
    if found.table.is_empty() and not (as_json or as_csv):
        return
    table = found.table if as_json or as_csv else _for_people(found)
    show(table, as_json=as_json, as_csv=as_csv)
    if not found.table.is_empty():
        save_chart(found, chart)
        say(f'Next: tendency kwic {index} "{_quoted(found.table["finds"][0])}"')


def _window(written: str) -> int | Any:
    if written == "sentence":
        return written
    if not written.isdecimal():
        raise SettingError(f"a window is a number of words or 'sentence', not {written!r}.")
    return int(written)


def _company(found: Collocates) -> list[str]:
    """What was looked at, a line for each part."""
    lines = []
    for row in found.summary.iter_rows(named=True):
        part = "" if row["part"] == "all" else f"{row['part']}: "
        note = f"; {row['note']}" if row["note"] else ""
        lines.append(
            printable(
                f"{part}{row['hits']:,} hits in {row['documents_with_hits']:,} of {row['documents']:,} documents, "
                f"{row['words_near']:,} words near them of {row['words']:,}; {row['candidates']:,} words stand there often enough{note}."
            )
        )
    return lines


def _for_people(found: Collocates) -> pl.DataFrame:
    """The table without what only programs need."""
    if found.compared is None:
        return found.table.drop("expected", "per_thousand")
    names = ["near", "documents", "log_dice", "ratio"]
    sides = [f"{name}_{when}" for name in names for when in ("before", "after")]
    return found.table.select(
        "word", "verdict", *sides, "log_dice_difference", "change", "low", "high", "p_family", "finds"
    )


@app.command()
def keywords(
    index: IndexArgument,
    target: Annotated[
        Text, typer.Option(help="The documents that are described: an SQL expression over fields.")
    ] = None,
    reference: Annotated[
        Text, typer.Option(help="Those that they are held against; all others by default.")
    ] = None,
    split: Split = None,
    longest: Annotated[int, typer.Option(help="Words of the longest n-gram.", min=1, max=5)] = 1,
    min_hits: Annotated[
        int, typer.Option(help="Hits that each has at least, both sides together.", min=1)
    ] = 10,
    by: Annotated[
        str, typer.Option(help="Order: *log_odds*, *log_ratio*, *log_likelihood* or *frequency*.")
    ] = "log_odds",
    all_measures: Annotated[
        bool, typer.Option("--all-measures", help="Add G², BIC, %DIFF, odds ratio, simple maths and χ².")
    ] = False,
    all_rows: Annotated[
        bool, typer.Option("--all-rows", help="Keep words in under 3 documents, or mostly in one.")
    ] = False,
    where: Where = None,
    start: From = None,
    end: To = None,
    cluster: Cluster = None,
    q: Annotated[float, typer.Option("--q", help="Share of false ones among those found.")] = 0.05,
    limit: Annotated[int, typer.Option(help="Rows at most in each direction; 0 is all.", min=0)] = 25,
    deadline: Deadline = DEADLINE,
    chart: Annotated[File, typer.Option(help="Write the chart as .svg or .pdf too.")] = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Print the words and n-grams that set some documents apart from others, bursts accounted for.

    Example: `tendency keywords press.index --target "newspaper = 'The Standard'" --longest 2`
    """
    fields, scheduler = parted(cluster)
    corpus = opened(index, where, start, end, None, scheduler)
    found = corpus.keywords(
        target,
        reference,
        split=split,
        longest=longest,
        min_hits=min_hits,
        measure=by,
        all_measures=all_measures,
        all_rows=all_rows,
        cluster=fields,
        q=q,
        limit=limit or None,
        deadline=deadline,
    )
    tell = say if as_json or as_csv else typer.echo
    for sentence in _contrasts(found):
        tell(sentence)
    if not found.table.is_empty() or as_json or as_csv:
        table = found.table
        if not (as_json or as_csv):
            table = table.drop("p", "log_ratio")
            table = table.drop("target", "reference") if found.summary.height == 1 else table
        show(table, as_json=as_json, as_csv=as_csv)
    if not found.table.is_empty():
        save_chart(found, chart)
        first = found.table.row(0, named=True)
        say(f'Next: tendency kwic {index} "{_quoted(first["word"])}" --order sample --limit 20')


def _contrasts(found: Keywords) -> list[str]:
    """How much was tested, found and hidden, a line for each contrast."""
    lines = []
    for row in found.summary.iter_rows(named=True):
        hidden = [
            f"{row[name]:,} {said}"
            for name, said in (
                ("under_three_documents", "in under 3 documents"),
                ("most_in_one_document", "mostly in one document"),
            )
            if row[name]
        ]
        parts = [
            f"{row['target']} ({row['documents']:,} documents, {row['words']:,} words) against {row['reference']} "
            f"({row['documents_reference']:,} documents, {row['words_reference']:,} words): {row['tested']:,} words and n-grams tested, "
            f"{row['found']:,} differ at a false-discovery rate of {found.q:g}"
        ]
        if hidden:
            parts.append(f"hidden: {', '.join(hidden)}")
        if row["note"]:
            parts.append(row["note"])
        lines.append(printable(f"{'; '.join(parts)}."))
    return lines


def _quoted(text: str) -> str:
    return printable(text).replace("\\", "\\\\").replace('"', '\\"')
