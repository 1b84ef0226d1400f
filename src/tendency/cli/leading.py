"""Commands that hold voices against each other: who leads, and who names whom beside hostile words."""

from __future__ import annotations

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
    app,
    named,
    opened,
    parted,
    save_chart,
    tell_suggestions,
)
from tendency.cli.output import printable, say, show


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
        typer.echo(printable("\n".join([*found.sentences, ""])))
    show(found.table, as_json=as_json, as_csv=as_csv)
