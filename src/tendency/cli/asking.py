"""Commands that ask an index."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from tendency.cli.options import (
    DEADLINE,
    LONG_DEADLINE,
    Cluster,
    Csv,
    Deadline,
    File,
    From,
    IndexArgument,
    Json,
    Machines,
    Number,
    OwnWords,
    Pair,
    QueriesArgument,
    QueryArgument,
    Split,
    Terms,
    Text,
    To,
    Where,
    app,
    hits_of,
    named,
    opened,
    parted,
    save_chart,
    tell_suggestions,
    tell_undated,
)
from tendency.cli.output import printable, say, show
from tendency.cli.progress import progress
from tendency.errors import SettingError

if TYPE_CHECKING:
    from tendency.api import Corpus
    from tendency.measures import RateChanges


@app.command()
def count(
    index: IndexArgument,
    queries: QueriesArgument,
    by: Annotated[
        str, typer.Option(help="all, day, week, month, quarter, year, decade or document.")
    ] = "all",
    split: Split = None,
    own_words: OwnWords = False,
    where: Where = None,
    start: From = None,
    end: To = None,
    cluster: Cluster = None,
    terms: Terms = None,
    deadline: Deadline = DEADLINE,
    explain: Annotated[
        bool, typer.Option(help="Print what the queries expand to and cost; count nothing.")
    ] = False,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Count hits.

    Example: `tendency count press.index "defence of the republic" --by year`
    """
    fields, scheduler = parted(cluster)
    corpus = opened(index, where, start, end, terms, scheduler)
    asked = named(queries)
    if explain:
        for query in asked.values():
            typer.echo(str(corpus.explain(query, deadline=deadline)))
        return
    table = corpus.count(asked, by=by, split=split, own_words=own_words, cluster=fields, deadline=deadline)
    tell_suggestions(corpus, asked, {} if by == "document" or own_words else hits_of(table), deadline)
    show(table, as_json=as_json, as_csv=as_csv)


@app.command()
def rates(
    index: IndexArgument,
    queries: QueriesArgument,
    by: Annotated[
        Text,
        typer.Option(
            help="day, week, month, quarter, year, decade or all.",
            show_default="year, or all where parts are compared",
        ),
    ] = None,
    split: Split = None,
    where: Where = None,
    start: From = None,
    end: To = None,
    cluster: Cluster = None,
    measure: Annotated[
        str, typer.Option(help="words: hits per million words; documents: the share that has a hit.")
    ] = "words",
    relative_to: Annotated[
        Text, typer.Option(help="Count hits against those of this query, per thousand, not against words.")
    ] = None,
    overlap: Annotated[bool, typer.Option(help="Let queries share words with that one.")] = False,
    smooth: Annotated[
        Number, typer.Option(help="Add a centred moving rate over so many periods, an odd number.")
    ] = None,
    constant: Annotated[
        Text, typer.Option(help="A field of titles: add the curve of those with text in nearly every period.")
    ] = None,
    dispersion: Annotated[
        bool,
        typer.Option(
            "--dispersion/--no-dispersion",
            help="Gries' DP and the share of the top document, in a second pass.",
        ),
    ] = True,
    compare: Annotated[
        Pair,
        typer.Option(
            help="Two spans, *1930/1939 1940/1949*, or two values of the field of --split: the ratio of their rates."
        ),
    ] = None,
    own_words: OwnWords = False,
    level: Annotated[float, typer.Option(help="Confidence of the intervals.")] = 0.95,
    terms: Terms = None,
    deadline: Deadline = DEADLINE,
    chart: Annotated[File, typer.Option(help="Write the curve as .svg or .pdf too.")] = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Print rates per million words in each period, with intervals; or what changed between two spans.

    Example: `tendency rates press.index "bureaucra*" --by year --split standpoint`
    """
    fields, scheduler = parted(cluster)
    corpus = opened(index, where, start, end, terms, scheduler)
    asked = named(queries)
    if compare is not None:
        given = {"--measure": measure != "words", "--relative-to": relative_to, "--overlap": overlap, "--smooth": smooth,
                 "--constant": constant, "--own-words": own_words, "--chart": chart}  # fmt: skip
        if superfluous := [name for name, value in given.items() if value]:
            raise SettingError(
                f"--compare prints the ratio of two rates per million words; leave out {', '.join(superfluous)}."
            )
        changes = _compared(corpus, asked, compare, by, split, fields, level, deadline)
        together = changes.table.select("query", "hits_before", "hits_after").group_by("query").sum()
        tell_suggestions(corpus, asked, {row[0]: row[1] + row[2] for row in together.iter_rows()}, deadline)
        tell_undated(changes.undated)
        show(changes.table, as_json=as_json, as_csv=as_csv)
        return
    found = corpus.rates(
        asked,
        measure=measure,
        relative_to=relative_to,
        overlap=overlap,
        smooth=smooth,
        constant=constant,
        dispersion=dispersion,
        own_words=own_words,
        by=by or "year",
        split=split,
        cluster=fields,
        level=level,
        deadline=deadline,
    )
    tell_suggestions(corpus, asked, {} if own_words else hits_of(found.table), deadline)
    tell_undated(found.undated)
    if found.constant is not None:
        for sentence in found.constant.sentences:
            say(sentence)
    save_chart(found, chart)
    show(found.table, as_json=as_json, as_csv=as_csv)


def _compared(
    corpus: Corpus,
    asked: dict[str, str],
    pair: tuple[str, str],
    by: str | None,
    split: str | None,
    cluster: list[str] | None,
    level: float,
    deadline: float,
) -> RateChanges:
    """Two spans, where both can be read as dates; else two values of the field that splits."""
    from tendency.dossier.spans import span
    from tendency.errors import DossierError

    common: dict[str, Any] = {"cluster": cluster, "level": level, "deadline": deadline}
    try:
        for written in pair:
            span(written)
    except DossierError:
        if split is None:
            raise SettingError(
                f"--compare takes two spans, such as 1930/1939 1940/1949, or with --split two values of its field, not "
                f"{pair[0]!r} and {pair[1]!r}."
            ) from None
        return corpus.compare_splits(asked, *pair, split=split, by=by or "all", **common)
    if by is not None:
        raise SettingError("--compare of two spans counts by these; leave out --by.")
    return corpus.compare(asked, *pair, split=split, **common)


@app.command()
def rank(
    index: IndexArgument,
    queries: QueriesArgument,
    near: Annotated[Text, typer.Option(help="Count only hits that stand near a hit of this query.")] = None,
    within: Annotated[int, typer.Option(help="How many words away at most.", min=1, max=1000)] = 12,
    overlap: Annotated[bool, typer.Option(help="Let queries share words.")] = False,
    by: Annotated[str, typer.Option(help="day, week, month, quarter, year, decade or all.")] = "year",
    split: Split = None,
    where: Where = None,
    start: From = None,
    end: To = None,
    cluster: Cluster = None,
    terms: Terms = None,
    deadline: Deadline = DEADLINE,
    chart: Annotated[File, typer.Option(help="Write the ranks as .svg or .pdf too.")] = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Put queries in order by how often they are named, with the probability of being first.

    Example: `tendency rank press.index "peace" "bread" "land" --by year`
    """
    fields, scheduler = parted(cluster)
    corpus = opened(index, where, start, end, terms, scheduler)
    asked = named(queries)
    found = corpus.rank(
        asked,
        near=near,
        within=within,
        overlap=overlap,
        by=by,
        split=split,
        cluster=fields,
        deadline=deadline,
    )
    tell_suggestions(corpus, asked, hits_of(found.table), deadline)
    save_chart(found, chart)
    show(found.table, as_json=as_json, as_csv=as_csv)


@app.command()
def aims(
    index: IndexArgument,
    query: QueryArgument,
    aim: Annotated[list[str], typer.Option(help="NAME=QUERY: what is looked for near the hits; repeat it.")],
    by: Annotated[str, typer.Option(help="day, week, month, quarter, year, decade or all.")] = "year",
    split: Split = None,
    where: Where = None,
    start: From = None,
    end: To = None,
    cluster: Cluster = None,
    terms: Terms = None,
    deadline: Deadline = DEADLINE,
    chart: Annotated[File, typer.Option(help="Write the ratios to chance as .svg or .pdf too.")] = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Print the share of a query's hits that stand near each aim, beside the share expected by chance.

    Example: `tendency aims press.index "defence of the republic" --aim "war=front | invasion" --aim "order=police"`
    """
    fields, scheduler = parted(cluster)
    corpus = opened(index, where, start, end, terms, scheduler)
    found = corpus.aims(query, named(aim), by=by, split=split, cluster=fields, deadline=deadline)
    save_chart(found, chart)
    show(found.table, as_json=as_json, as_csv=as_csv)


@app.command()
def kwic(
    index: IndexArgument,
    query: QueryArgument,
    limit: Annotated[int, typer.Option(help="How many lines at most.", min=1)] = 50,
    width: Annotated[int, typer.Option(help="Characters of context on each side.", min=0, max=5000)] = 60,
    order: Annotated[str, typer.Option(help="date: the first by date; sample: drawn at random.")] = "date",
    seed: Annotated[int, typer.Option(help="Another seed draws another sample.", min=0)] = 0,
    own_words: Annotated[
        bool, typer.Option("--own-words", help="Leave out hits in quotation marks; say how many they are.")
    ] = False,
    where: Where = None,
    start: From = None,
    end: To = None,
    terms: Terms = None,
    scheduler: Machines = None,
    deadline: Deadline = DEADLINE,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Print hits in their context, with their source.

    Example: `tendency kwic press.index "danger near/8 regime" --order sample --limit 20`
    """
    corpus = opened(index, where, start, end, terms, scheduler)
    found = corpus.kwic(
        query, limit=limit, width=width, order=order, seed=seed, own_words=own_words, deadline=deadline
    )
    if not found.total and not found.quoted:
        tell_suggestions(corpus, {query: query}, {query: 0}, deadline)
    if as_json or as_csv:
        show(found.table, as_json=as_json, as_csv=as_csv)
        return
    for line in found.lines:
        left, right = printable(line.left), printable(line.right)
        quoted = "  [in quotation marks]" if line.quoted else ""
        typer.echo(
            f"{left:>{width}}  {_marked(printable(line.match))}  {right}\n{'':>{width}}  — {printable(line.citation)}{quoted}"
        )
    outside = "" if found.quoted is None else f" outside quotation marks; {found.quoted:,} more inside"
    typer.echo(f"{len(found.lines):,} of {found.total:,} hits in {found.documents:,} documents{outside}.")


@app.command()
def words(
    index: IndexArgument,
    query: Annotated[
        Text,
        typer.Argument(
            metavar="[QUERY]",
            help="Count only words near its hits; all words without it.",
            show_default=False,
        ),
    ] = None,
    near: Annotated[
        Text,
        typer.Option(
            help="How many words from a hit at most, in its sentence, or *sentence*; 5 with a query."
        ),
    ] = None,
    fold: Annotated[bool, typer.Option(help="Add up forms that differ only in case.")] = False,
    min_count: Annotated[int, typer.Option(help="Leave out rarer forms.", min=1)] = 1,
    limit: Annotated[int, typer.Option(help="How many forms at most; 0 is all.", min=0)] = 100,
    where: Where = None,
    start: From = None,
    end: To = None,
    terms: Terms = None,
    scheduler: Machines = None,
    deadline: Deadline = DEADLINE,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """List words by how often they occur: all of them, or those near a query's hits.

    Example: `tendency words press.index "peace" --near 5 --fold --limit 30`
    """
    corpus = opened(index, where, start, end, terms, scheduler)
    if near is None or near == "sentence":
        reach: int | Literal["sentence"] | None = "sentence" if near else None
    elif near.isdecimal():
        reach = int(near)
    else:
        raise SettingError(f"--near is {near!r}; give a number of words, or sentence.")
    table = corpus.words(
        query, near=reach, fold=fold, min_count=min_count, limit=limit or None, deadline=deadline
    )
    if query is not None and not table.height:
        say(f"no word stands near a hit of {query!r} in these documents")
    show(table, as_json=as_json, as_csv=as_csv)


@app.command()
def report(
    dossier: Annotated[
        Path, typer.Argument(metavar="DOSSIER", help="The questions, as a TOML file.", show_default=False)
    ],
    to: Annotated[
        Path, typer.Option(help="The folder to write into.", show_default="DOSSIER's name + -report")
    ] = Path(),
    corpus: Annotated[File, typer.Option(help="Another index than the one the dossier names.")] = None,
    scheduler: Machines = None,
    deadline: Annotated[
        float, typer.Option(help="Seconds after which all of it is given up; 0 is never.", min=0)
    ] = LONG_DEADLINE,
) -> None:
    """Answer a dossier's questions: one HTML page that needs no network, with its data beside it.

    Example: `tendency report dossier.toml --to report`
    """
    from tendency.api import report as run

    folder = to if to != Path() else dossier.with_name(f"{dossier.stem}-report")
    with progress(f"Answering {dossier.name}") as update:
        done = run(dossier, folder, corpus=corpus, executor=scheduler, deadline=deadline, progress=update)
    for finding in done.answers.findings:
        for claim in finding.claims[:1]:
            typer.echo(f"• {printable(claim.sentence)}")
    typer.echo(f"\nThe report: {done.page}")


def _marked(text: str) -> str:
    return typer.style(text, bold=True)
