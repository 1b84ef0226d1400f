"""Commands that ask where a rate is tending."""

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
    Split,
    Terms,
    To,
    Where,
    app,
    hits_of,
    named,
    opened,
    parted,
    save_chart,
    tell_suggestions,
)
from tendency.cli.output import show
from tendency.cli.sentences import trend_sentence


@app.command()
def trend(
    index: IndexArgument,
    queries: QueriesArgument,
    by: Annotated[str, typer.Option(help="day, week, month, quarter, year or decade.")] = "year",
    split: Split = None,
    where: Where = None,
    start: From = None,
    end: To = None,
    cluster: Cluster = None,
    level: Annotated[float, typer.Option(help="Confidence of the intervals and of the verdict.")] = 0.95,
    terms: Terms = None,
    deadline: Deadline = DEADLINE,
    chart: Annotated[File, typer.Option(help="Write rates and lines as .svg or .pdf too.")] = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Say whether queries rise or fall over the whole span, by how much a year, and whether that can be told from wandering.

    Example: `tendency trend press.index "bureaucra*" --by year`
    """
    fields, scheduler = parted(cluster)
    corpus = opened(index, where, start, end, terms, scheduler)
    asked = named(queries)
    found = corpus.trend(asked, by=by, split=split, cluster=fields, level=level, deadline=deadline)
    tell_suggestions(corpus, asked, hits_of(found.table), deadline)
    save_chart(found, chart)
    if not (as_json or as_csv):
        for row in found.table.iter_rows(named=True):
            typer.echo(trend_sentence(row, level))
        typer.echo()
    show(found.table, as_json=as_json, as_csv=as_csv)
