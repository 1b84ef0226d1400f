"""Commands that ask where a rate is tending."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
from tendency.cli.output import printable, say, show
from tendency.cli.sentences import event_sentence, forecast_sentence, trend_sentence

if TYPE_CHECKING:
    from tendency.measures.result import Result

_PROBLEMS_SHOWN = 20


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
    _tell(found, [trend_sentence(row, level) for row in found.table.iter_rows(named=True)], as_json, as_csv)


@app.command()
def forecast(
    index: IndexArgument,
    queries: QueriesArgument,
    horizon: Annotated[int, typer.Option(help="How many periods ahead.", min=1, max=100)] = 1,
    origins: Annotated[
        int,
        typer.Option(help="Earlier forecasts to test at most; 0 is the last third of the periods.", min=0),
    ] = 0,
    by: Annotated[str, typer.Option(help="day, week, month, quarter, year or decade.")] = "year",
    split: Split = None,
    where: Where = None,
    start: From = None,
    end: To = None,
    cluster: Cluster = None,
    level: Annotated[float, typer.Option(help="Coverage of the intervals.")] = 0.9,
    terms: Terms = None,
    deadline: Deadline = DEADLINE,
    chart: Annotated[File, typer.Option(help="Write the curve and the forecast as .svg or .pdf too.")] = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Say what the next periods may bring, and how well such forecasts would have done before.

    Example: `tendency forecast press.index "bureaucra*" --by year --horizon 3`
    """
    fields, scheduler = parted(cluster)
    corpus = opened(index, where, start, end, terms, scheduler)
    asked = named(queries)
    found = corpus.forecast(
        asked,
        horizon=horizon,
        level=level,
        origins=origins or None,
        by=by,
        split=split,
        cluster=fields,
        deadline=deadline,
    )
    tell_suggestions(corpus, asked, hits_of(found.rates), deadline)
    save_chart(found, chart)
    _tell(
        found, [forecast_sentence(row, level) for row in found.table.iter_rows(named=True)], as_json, as_csv
    )


@app.command()
def events(
    index: IndexArgument,
    queries: QueriesArgument,
    event: Annotated[list[str], typer.Option(help="NAME=DATE: a day, such as 1943-02-02; repeat it.")],
    window: Annotated[int, typer.Option(help="Periods on each side; 0 is what suits the period.", min=0)] = 0,
    by: Annotated[str, typer.Option(help="day, week, month, quarter, year or decade.")] = "month",
    split: Split = None,
    where: Where = None,
    start: From = None,
    end: To = None,
    cluster: Cluster = None,
    level: Annotated[float, typer.Option(help="Confidence of the interval of the ratio.")] = 0.95,
    terms: Terms = None,
    deadline: Deadline = DEADLINE,
    chart: Annotated[File, typer.Option(help="Write the rates with the events as .svg or .pdf too.")] = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Compare rates before and after events, and the change with that at every other date; never a cause.

    Example: `tendency events press.index "peace" --event "Armistice=1918-11-11" --by month`
    """
    fields, scheduler = parted(cluster)
    corpus = opened(index, where, start, end, terms, scheduler)
    asked = named(queries)
    found = corpus.before_after(
        asked,
        named(event),
        window=window or None,
        level=level,
        by=by,
        split=split,
        cluster=fields,
        deadline=deadline,
    )
    tell_suggestions(corpus, asked, hits_of(found.rates), deadline)
    save_chart(found, chart)
    _tell(found, [event_sentence(row, level) for row in found.table.iter_rows(named=True)], as_json, as_csv)


@app.command()
def comovement(
    index: IndexArgument,
    queries: QueriesArgument,
    series: Annotated[Path, typer.Option(help="A CSV or TSV file with a date and a figure a line.")],
    date: Annotated[str, typer.Option(help="Its column with the date.")] = "date",
    value: Annotated[str, typer.Option(help="Its column with the figure.")] = "value",
    lags: Annotated[int, typer.Option(help="The largest lag in periods, either way.", min=0, max=24)] = 3,
    by: Annotated[str, typer.Option(help="day, week, month, quarter, year or decade.")] = "year",
    split: Split = None,
    where: Where = None,
    start: From = None,
    end: To = None,
    cluster: Cluster = None,
    level: Annotated[float, typer.Option(help="Confidence of the intervals.")] = 0.95,
    terms: Terms = None,
    deadline: Deadline = DEADLINE,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Say whether queries move with an outside series once both have lost their trends; never a cause.

    Example: `tendency comovement press.index "bread" --series prices.csv --by month`
    """
    from tendency.measures import read_series

    fields, scheduler = parted(cluster)
    corpus = opened(index, where, start, end, terms, scheduler)
    read = read_series(series, date=date, value=value)
    for problem in read.left_out[:_PROBLEMS_SHOWN]:
        say(f"left out: {printable(str(problem))}")
    found = corpus.comovement(
        named(queries),
        read.table,
        lags=lags,
        level=level,
        by=by,
        split=split,
        cluster=fields,
        deadline=deadline,
    )
    show(found.table, as_json=as_json, as_csv=as_csv)


def _tell(found: Result, sentences: list[str], as_json: bool, as_csv: bool) -> None:
    """For people the sentences first; for programs the table alone."""
    if not (as_json or as_csv):
        typer.echo("\n".join([*sentences, ""]))
    show(found.table, as_json=as_json, as_csv=as_csv)
