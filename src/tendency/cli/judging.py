"""Commands that ask people: a sample of hits to be read, and what was found in it."""

from __future__ import annotations

from pathlib import Path
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
    Machines,
    QueryArgument,
    Split,
    Terms,
    Text,
    To,
    Where,
    app,
    named,
    opened,
    parted,
    save_chart,
)
from tendency.cli.output import printable, say, show
from tendency.errors import SettingError


@app.command()
def sample(
    index: IndexArgument,
    query: QueryArgument,
    to: Annotated[Path, typer.Option(help="The sheet to write: .csv, .tsv or .xlsx.", show_default=False)],
    n: Annotated[int, typer.Option("--n", help="How many hits.", min=1)] = 100,
    strata: Annotated[
        Text, typer.Option(help="*period* or a field: draw the same number from each period or value.")
    ] = None,
    by: Annotated[str, typer.Option(help="The periods: day, week, month, quarter, year or decade.")] = "year",
    judges: Annotated[
        int, typer.Option(help="2 writes two sheets of the same hits in different orders.", min=1, max=2)
    ] = 1,
    width: Annotated[int, typer.Option(help="Characters of context on each side.", min=0, max=5000)] = 300,
    seed: Annotated[int, typer.Option(help="Another seed draws another sample.", min=0)] = 1,
    where: Where = None,
    start: From = None,
    # ``--to`` is the sheet here, as it is where a corpus is joined.
    end: Annotated[Text, typer.Option("--until", help="Last day, month or year to draw from.")] = None,
    terms: Terms = None,
    scheduler: Machines = None,
    deadline: Deadline = DEADLINE,
) -> None:
    """Draw hits at random for a person to read: is each of them about the thing, or does it only name it.

    Beside each hit one of *asserts, rejects, reports, other sense* is written (or a, r, p, o). Who wrote it and when stands in the
    key, a file beside the sheet, which the judge does not open.

    Example: `tendency sample press.index "defence of the republic" --n 100 --to hits.csv`
    """
    corpus = opened(index, where, start, end, terms, scheduler)
    written = corpus.sample(
        query, to, n=n, strata=strata, by=by, judges=judges, width=width, seed=seed, deadline=deadline
    )
    drawn = written.sample
    if len(drawn.hits) < n:
        say(f"There are only {drawn.total:,} hits; the sample holds all of them.")
    typer.echo(
        f"{len(drawn.hits):,} of {drawn.total:,} hits, drawn at random: {' and '.join(map(str, written.sheets))}"
    )
    typer.echo("Write asserts, rejects, reports or other sense (or a, r, p, o) into the column judgement.")
    typer.echo(f"Where they stand: {written.key}, which the judge does not open.")


@app.command()
def judged(
    index: IndexArgument,
    query: QueryArgument,
    files: Annotated[
        list[Path],
        typer.Argument(metavar="SHEET…", help="The sheet of one judge, or of two.", show_default=False),
    ],
    by: Annotated[str, typer.Option(help="all, day, week, month, quarter, year or decade.")] = "year",
    split: Split = None,
    count: Annotated[
        str, typer.Option(help="The judgements that count as the thing, parted by commas.")
    ] = "asserts",
    sensitivity: Annotated[
        Text,
        typer.Option(
            help="The share of the thing that the query finds, as 0.8 or, better, as found/looked for: 80/100."
        ),
    ] = None,
    key: Annotated[
        File, typer.Option(help="The sample's key, where it does not lie beside the sheet.")
    ] = None,
    where: Where = None,
    start: From = None,
    end: To = None,
    cluster: Cluster = None,
    level: Annotated[float, typer.Option(help="Confidence of the limits.")] = 0.95,
    terms: Terms = None,
    deadline: Deadline = DEADLINE,
    chart: Annotated[
        File, typer.Option(help="Write the precision beside the rates as .svg or .pdf too.")
    ] = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Print the share of hits that a person found to be the thing itself, and the rate corrected by it.

    Example: `tendency judged press.index "defence of the republic" hits.csv --by year`
    """
    fields, scheduler = parted(cluster)
    corpus = opened(index, where, start, end, terms, scheduler)
    asked = named([query])
    found = corpus.judged(
        asked,
        files,
        by=by,
        split=split,
        counting=[word.strip() for word in count.split(",")],
        sensitivity=_sensitivity(sensitivity),
        key=key,
        cluster=fields,
        level=level,
        deadline=deadline,
    )
    for note in found.notes:
        say(printable(note))
    save_chart(found, chart)
    if as_json or as_csv:
        show(found.table, as_json=as_json, as_csv=as_csv)
        return
    from tendency.dossier.judging import sentences

    for sentence in sentences(found):
        typer.echo(printable(sentence))
    typer.echo()
    show(found.overall.vstack(found.table) if by != "all" else found.overall)
    if found.disagreements.height:
        typer.echo()
        show(
            found.disagreements.select("hit", "first", "second", "left", "match", "right"),
            title="Where the two judges disagree",
        )


def _sensitivity(text: str | None) -> float | tuple[int, int] | None:
    """A share, or how many were found of how many that were looked for."""
    if text is None:
        return None
    found, stroke, sought = (part.strip() for part in text.partition("/"))
    try:
        return (int(found), int(sought)) if stroke else float(found)
    except ValueError:
        raise SettingError(
            f"--sensitivity is {text!r}; give a share such as 0.8, or found/looked for such as 80/100."
        ) from None
