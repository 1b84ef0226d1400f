"""Commands that ask what words have come to mean, and where documents stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Optional

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
    Pair,
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
)
from tendency.cli.output import printable, say, show
from tendency.cli.progress import progress
from tendency.errors import SettingError

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


@app.command()
def positions(
    index: IndexArgument,
    by: Annotated[
        str, typer.Option(help="*document*, or a field whose values are placed.", show_default=False)
    ],
    reference: Annotated[
        Words, typer.Option(help="NAME=SCORE, a text whose position is known; repeat it, for two at least.")
    ] = None,
    direction: Annotated[Pair, typer.Option(help="A text that shall stand to the left of another.")] = None,
    time_course: Annotated[
        Optional[bool],  # noqa: UP045
        typer.Option(
            "--without-time/--with-time",
            help="Take out, or leave in, what all texts share in each period; taken out by default where texts share periods.",
            show_default=False,
        ),
    ] = None,
    period: Annotated[str, typer.Option(help="The grain of these periods.")] = "year",
    where: Where = None,
    start: From = None,
    end: To = None,
    language: Annotated[Text, typer.Option(help="Only documents in this language.")] = None,
    level: Annotated[float, typer.Option(help="Confidence of the intervals.")] = 0.95,
    deadline: Deadline = LONG_DEADLINE,
    words: Annotated[
        bool, typer.Option("--words", help="Print the words that carry the scale instead.")
    ] = False,
    chart: Annotated[File, typer.Option(help="Write the chart as .svg or .pdf too.")] = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Place documents or authors on one scale by the words they use.

    With two or more `--reference` texts it is Wordscores and the scale is theirs; without one Wordfish finds the scale on which texts
    differ most, which need not be the one that was thought of: read the words that carry it.

    Example: `tendency positions press.index --by newspaper --chart positions.svg`
    """
    corpus = opened(index, where, start, end, None)
    found = corpus.positions(
        by,
        references=_scores(reference) if reference else None,
        direction=direction,
        time_course=time_course,
        period=period,
        level=level,
        language=language,
        deadline=deadline,
    )
    save_chart(found, chart)
    if not (as_json or as_csv):
        from tendency.dossier.meaning_sentences import positions_sentences

        for sentence in positions_sentences(found):
            typer.echo(printable(sentence))
        typer.echo()
    show(found.words if words else found.table, as_json=as_json, as_csv=as_csv)


def _scores(references: list[str]) -> dict[str, float]:
    scores: dict[str, float] = {}
    for reference in references:
        name, sign, score = reference.rpartition("=")
        try:
            value = float(score)
        except ValueError:
            sign = ""
        if not sign or not name.strip():
            raise SettingError(f"{reference!r} is no NAME=SCORE, such as 'The Sun=-1.5'.")
        scores[name.strip()] = value
    return scores
