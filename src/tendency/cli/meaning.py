"""Commands that ask what words have come to mean, and where documents stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tendency.cli.options import (
    LONG_DEADLINE,
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
)
from tendency.cli.output import printable, say, show
from tendency.cli.progress import progress

if TYPE_CHECKING:
    from tendency.measures.shift import Shifts


@app.command()
def shift(
    index: IndexArgument,
    queries: QueriesArgument,
    before: Annotated[str, typer.Option(help="The earlier span, as 1930/1939.", show_default=False)],
    after: Annotated[str, typer.Option(help="The later span, as 1944/1949.", show_default=False)],
    window: Annotated[int, typer.Option(help="Words on either side that are looked at.", min=1)] = 10,
    where: Where = None,
    start: From = None,
    end: To = None,
    cluster: Cluster = None,
    language: Annotated[Text, typer.Option(help="Only documents in this language.")] = None,
    terms: Terms = None,
    deadline: Deadline = LONG_DEADLINE,
    chart: Annotated[File, typer.Option(help="Write the chart as .svg or .pdf too.")] = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Tell whether the company that words keep changed between two spans, more than that of comparable words.

    It needs 50 uses in either span, and gensim: `pip install 'tendency[shift]'`. *Changed* is said where the query moved more than
    95 % of the words that are as frequent and as evenly spread, and more than it moves when documents change sides at random.

    Example: `tendency shift press.index "defence of the republic" --before 1930/1939 --after 1944/1949`
    """
    fields, scheduler = parted(cluster)
    corpus = opened(index, where, start, end, terms, scheduler)
    with progress(f"Comparing {before} with {after}") as update:
        found = corpus.shift(
            named(queries),
            before,
            after,
            window=window,
            cluster=fields,
            language=language,
            deadline=deadline,
            progress=update,
        )
    save_chart(found, chart)
    if as_json or as_csv:
        show(found.table, as_json=as_json, as_csv=as_csv)
        return
    _tell(found)


def _tell(found: Shifts) -> None:
    """The sentences, the contexts and the quotations."""
    from tendency.dossier.meaning_sentences import sampled_sentence, shift_sentence

    for row in found.table.to_dicts():
        own = found.contexts.filter(found.contexts["query"] == row["query"]).to_dicts()
        typer.echo(printable(shift_sentence(row, own)))
    if sampled := sampled_sentence(found.read, found.held):
        say(sampled)
    if not found.contexts.is_empty():
        typer.echo()
        show(found.contexts)
    if not found.quotations.is_empty():
        typer.echo()
        show(
            found.quotations.select(
                "query", "use", "date", "left", "match", "right", "citation", "document", "position"
            )
        )
