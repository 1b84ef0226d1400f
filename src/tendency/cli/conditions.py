"""Commands that ask whether it is the thing itself, or the general conditions."""

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
    Words,
    app,
    named,
    opened,
    parted,
    save_chart,
    tell_suggestions,
)
from tendency.cli.output import printable, say, show


@app.command()
def decompose(
    index: IndexArgument,
    queries: QueriesArgument,
    before: Annotated[str, typer.Option(help="The earlier span, such as *1930/1939*.")],
    after: Annotated[str, typer.Option(help="The later span.")],
    voice: Annotated[
        list[str],
        typer.Option(
            help="The field whose values are voices, such as *newspaper* or *author*; repeat it to combine fields."
        ),
    ],
    finer: Annotated[
        Words,
        typer.Option(
            help="A further field, such as *page*: is the verdict the same where voices are cut finer by it?"
        ),
    ] = None,
    by: Annotated[
        Text,
        typer.Option(
            help="day, week, month, quarter, year or decade: print the curve at constant mix instead of the parts."
        ),
    ] = None,
    relative_to: Annotated[
        Text, typer.Option(help="Count hits against those of this query, per thousand, not against words.")
    ] = None,
    overlap: Annotated[bool, typer.Option(help="Let queries share words with that one.")] = False,
    where: Where = None,
    start: From = None,
    end: To = None,
    cluster: Cluster = None,
    level: Annotated[float, typer.Option(help="Confidence of the intervals.")] = 0.95,
    terms: Terms = None,
    deadline: Deadline = DEADLINE,
    chart: Annotated[File, typer.Option(help="Write the parts as .svg or .pdf too.")] = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Say what a change of a rate is made of: within voices, the mix of them, voices that entered and that left.

    Example: `tendency decompose press.index "bureaucra*" --before 1930/1939 --after 1940/1949 --voice newspaper`
    """
    from tendency.dossier.conditions_sentences import decomposition_sentences

    fields, scheduler = parted(cluster)
    corpus = opened(index, where, start, end, terms, scheduler)
    asked = named(queries)
    found = corpus.decompose(
        asked,
        before,
        after,
        voice=voice,
        finer=finer or None,
        by=by,
        relative_to=relative_to,
        overlap=overlap,
        cluster=fields,
        level=level,
        deadline=deadline,
    )
    hits = {row["query"]: row["hits_before"] + row["hits_after"] for row in found.summary.to_dicts()}
    tell_suggestions(corpus, asked, hits, deadline)
    undatable = max((row["undatable"] for row in found.summary.to_dicts()), default=0)
    if undatable:
        say(f"{undatable:,} documents have a date that lies in neither span alone; they are in none.")
    save_chart(found, chart)
    if not (as_json or as_csv):
        for sentence in decomposition_sentences(found):
            typer.echo(printable(sentence))
        typer.echo()
    show(found.table if by is None else found.curve, as_json=as_json, as_csv=as_csv)
