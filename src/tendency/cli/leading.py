"""Commands that hold voices against each other: who leads, and who names whom beside hostile words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

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
    QueriesArgument,
    Terms,
    Text,
    To,
    Where,
    Words,
    app,
    hits_of,
    named,
    opened,
    parted,
    save_chart,
    tell_suggestions,
)
from tendency.cli.output import printable, say, show
from tendency.errors import SettingError


@app.command()
def lead(
    index: IndexArgument,
    queries: QueriesArgument,
    split: Annotated[str, typer.Option(help="The field whose values are the voices.")],
    voices: Annotated[tuple[str, str], typer.Option(help="The two voices, values of that field.")],
    by: Annotated[
        str,
        typer.Option(
            help="day, week, month, quarter or year; a coarser one is taken where a voice appears less often."
        ),
    ] = "month",
    most: Annotated[int, typer.Option(help="The largest lag in periods.", min=1, max=60)] = 12,
    reference: Annotated[
        Text,
        typer.Option(
            help="A query whose course is taken out; by default that of the query in all other documents."
        ),
    ] = None,
    where: Where = None,
    start: From = None,
    end: To = None,
    cluster: Cluster = None,
    level: Annotated[float, typer.Option(help="Confidence of the verdict.")] = 0.95,
    terms: Terms = None,
    deadline: Deadline = DEADLINE,
    chart: Annotated[
        File, typer.Option(help="Write both curves and the correlation by lag as .svg or .pdf too.")
    ] = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Say whether one voice takes a theme up before another, or both follow one event, or it cannot be told.

    Documents whose text stands in both voices are left out. Documents are independent pieces of evidence unless *--cluster* says otherwise.

    Example: `tendency lead press.index "housing" --split standpoint --voices opposition official --by month`
    """
    fields, scheduler = parted(cluster)
    corpus = opened(index, where, start, end, terms, scheduler)
    asked = named(queries)
    found = corpus.lead(
        asked,
        split,
        voices,
        reference=reference,
        most=most,
        by=by,
        cluster=fields,
        level=level,
        deadline=deadline,
    )
    hits = {row["query"]: row["hits_first"] + row["hits_second"] for row in found.table.iter_rows(named=True)}
    tell_suggestions(corpus, asked, hits, deadline)
    if found.reprints:
        say(f"{found.reprints:,} documents whose text stands in both voices are left out.")
    save_chart(found, chart)
    if not (as_json or as_csv):
        _tell(found.sentences)
    show(found.table, as_json=as_json, as_csv=as_csv)


@app.command()
def polemics(
    index: IndexArgument,
    opponent: Annotated[list[str], typer.Option(help="NAME=QUERY: how an opponent is named; repeat it.")],
    hostile: Annotated[str, typer.Option(help="The hostile words: a query, or *@name*.")],
    split: Annotated[str, typer.Option(help="The field whose values are the standpoints.")],
    within: Annotated[int, typer.Option(help="At most so many words away.", min=1)] = 12,
    scope: Annotated[str, typer.Option(help="sentence, or document.")] = "sentence",
    overlap: Annotated[
        bool,
        typer.Option(
            "--overlap", help="Opponents may share words with each other or with the hostile words."
        ),
    ] = False,
    own: Annotated[
        Words,
        typer.Option(
            help="STANDPOINT=OPPONENT: its own name, where the two are not called alike; repeat it."
        ),
    ] = None,
    by: Annotated[str, typer.Option(help="all, day, week, month, quarter, year or decade.")] = "all",
    where: Where = None,
    start: From = None,
    end: To = None,
    cluster: Cluster = None,
    level: Annotated[float, typer.Option(help="Confidence of intervals and verdicts.")] = 0.95,
    terms: Terms = None,
    deadline: Deadline = DEADLINE,
    chart: Annotated[File, typer.Option(help="Write the matrix as .svg or .pdf too.")] = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Say who names whom beside hostile words, standpoint by opponent, against chance.

    Example: `tendency polemics press.index --opponent "League=Northern League" --opponent "Office=Quiet Office" --hostile "danger* | threat*" --split standpoint`
    """
    if scope not in ("sentence", "document"):
        raise SettingError(f"{scope!r} is no scope; choose sentence or document.")
    fields, scheduler = parted(cluster)
    corpus = opened(index, where, start, end, terms, scheduler)
    asked = named(opponent)
    found = corpus.polemics(
        asked,
        hostile,
        split,
        within=within,
        scope="sentence" if scope == "sentence" else "document",
        overlap=overlap,
        own=named(own) if own else None,
        by=by,
        cluster=fields,
        level=level,
        deadline=deadline,
    )
    tell_suggestions(corpus, asked, hits_of(found.table), deadline)
    save_chart(found, chart)
    if not (as_json or as_csv):
        _tell(found.sentences)
    show(found.table, as_json=as_json, as_csv=as_csv)


def _tell(sentences: Iterable[str]) -> None:
    for sentence in sentences:
        typer.echo(printable(sentence))
    typer.echo()
