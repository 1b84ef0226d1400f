"""Commands that ask when a course turned."""

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
from tendency.cli.output import printable, show

if TYPE_CHECKING:
    from tendency.measures import Turns


@app.command()
def turns(
    index: IndexArgument,
    queries: QueriesArgument,
    by: Annotated[str, typer.Option(help="day, week, month, quarter, year or decade.")] = "year",
    split: Split = None,
    where: Where = None,
    start: From = None,
    end: To = None,
    cluster: Cluster = None,
    level: Annotated[float, typer.Option(help="Probability of the ranges of dates and sizes.")] = 0.8,
    terms: Terms = None,
    deadline: Deadline = DEADLINE,
    chart: Annotated[File, typer.Option(help="Write the curve as .svg or .pdf too.")] = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Print when rates turned: each turning point with the range of its date, and before and after.

    A turn is *firm* when a second method (Rbeast) agrees and its date is known well enough, else *possible*.

    Example: `tendency turns press.index "defence of the republic" --by month --chart turns.svg`
    """
    fields, scheduler = parted(cluster)
    corpus = opened(index, where, start, end, terms, scheduler)
    asked = named(queries)
    found = corpus.turns(asked, by=by, split=split, cluster=fields, level=level, deadline=deadline)
    tell_suggestions(corpus, asked, hits_of(found.summary), deadline)
    save_chart(found, chart)
    if not (as_json or as_csv):
        for sentence in _sentences(found):
            typer.echo(sentence)
        if found.table.is_empty():
            return
        typer.echo()
    show(found.table, as_json=as_json, as_csv=as_csv)


def _sentences(found: Turns) -> list[str]:
    """What is to be said of each query in each split."""
    several = found.summary["split"].n_unique() > 1
    rows = found.table.to_dicts()
    return [
        _sentence(one, [row for row in rows if _same(row, one)], several) for one in found.summary.to_dicts()
    ]


def _same(row: dict[str, Any], summary: dict[str, Any]) -> bool:
    return (row["query"], row["split"]) == (summary["query"], summary["split"])


def _sentence(summary: dict[str, Any], rows: list[dict[str, Any]], several: bool) -> str:
    name = summary["query"] + (f", {summary['split']}" if several else "")
    counted = f"{summary['hits']:,} hits in {summary['periods']:,} periods with text"
    if not rows:
        why = f" ({summary['note']})" if summary["note"] else ""
        return printable(f"{name}: {summary['verdict']}{why}; {counted}.")
    said = "; ".join(_said(row) for row in rows)
    return printable(f"{name}: {said}; {counted}.")


def _said(row: dict[str, Any]) -> str:
    dated = (
        row["period"]
        if row["earliest"] == row["latest"]
        else f"{row['period']}, {row['earliest']} to {row['latest']}"
    )
    kind = "a firm turn" if row["verdict"] == "firm" else "a possible turn"
    return (
        f"{kind} ({dated}), {row['change']}, {row['before']:,.0f} to {row['after']:,.0f} per million, "
        f"probability {row['probability']:.2f}"
    )
