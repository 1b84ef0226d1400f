"""The command that looks for what changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from tendency.cli.options import (
    LONG_DEADLINE,
    Cluster,
    Csv,
    File,
    From,
    IndexArgument,
    Json,
    To,
    Where,
    app,
    opened,
    parted,
    save_chart,
)
from tendency.cli.output import printable, say, show
from tendency.cli.progress import progress

if TYPE_CHECKING:
    from tendency.measures import Discovery


@app.command()
def discover(
    index: IndexArgument,
    by: Annotated[str, typer.Option(help="day, week, month, quarter, year or decade.")] = "year",
    where: Where = None,
    start: From = None,
    end: To = None,
    cluster: Cluster = None,
    longest: Annotated[int, typer.Option(help="Words of the longest n-gram.", min=1, max=5)] = 5,
    min_hits: Annotated[
        int, typer.Option(help="Hits that a word or n-gram has at least to be tested.", min=1)
    ] = 20,
    limit: Annotated[int, typer.Option(help="How many findings at most; 0 is all.", min=0)] = 100,
    memory: Annotated[
        int, typer.Option(help="Mebibytes that counting may use beside the index.", min=64)
    ] = 1024,
    deadline: Annotated[
        float, typer.Option(help="Seconds after which it is given up; 0 is never.", min=0)
    ] = LONG_DEADLINE,
    chart: Annotated[File, typer.Option(help="Write the first curves as .svg or .pdf too.")] = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Find the words and n-grams that rise, fall, turn, appear, vanish or have an episode.

    All that are frequent enough are tested in two thirds of the documents; what is found is tested again in the third that was held out.

    Example: `tendency discover press.index --by year --limit 30`
    """
    fields, scheduler = parted(cluster)
    corpus = opened(index, where, start, end, None, scheduler)
    with progress(f"Looking through {index.name}") as update:
        found = corpus.discover(
            by=by,
            cluster=fields,
            longest=longest,
            min_hits=min_hits,
            limit=limit or None,
            budget=memory << 20,
            deadline=deadline,
            progress=update,
        )
    # A program that reads the rows must not meet a sentence first.
    tell = say if as_json or as_csv else typer.echo
    tell(_summary(found))
    if not found.table.is_empty() or as_json or as_csv:
        show(found.table, as_json=as_json, as_csv=as_csv)
    if not found.table.is_empty():
        save_chart(found, chart)
        say(f"Next: {_next_step(str(index), found.table.row(0, named=True))}")


def _summary(found: Discovery) -> str:
    """How much was tested, found, confirmed and left out, in a line."""
    parts = [f"{found.tested:,} words and n-grams, {found.tests:,} tests"]
    of = "clusters" if found.parted == "clusters" else "documents"
    parts.append(
        f"{found.found:,} found in two thirds of the {of}, {found.confirmed:,} of them confirmed in the third held out; "
        f"{found.findings:,} findings once folded"
    )
    if found.left_out:
        reasons = ", ".join(f"{number:,} {reason}" for reason, number in found.left_out.items())
        parts.append(f"left out: {reasons}")
    if found.note:
        parts.append(found.note)
    return f"{'. '.join(part[:1].upper() + part[1:] for part in parts)}."


def _next_step(index: str, row: dict[str, Any]) -> str:
    """What to do with the first finding: read where it stands."""
    term = printable(row["term"]).replace('"', '\\"')
    return f'tendency kwic {index} "{term}" --order sample --limit 20'
