"""What commands share: the application, their common options, and how a corpus is opened and a result told."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from tendency.cli.output import say
from tendency.errors import SettingError

if TYPE_CHECKING:
    import polars as pl

    from tendency.api import Corpus
    from tendency.measures.result import Result

# typer reads these annotations at run time; ``X | None`` would do on 3.11 too, but not in an Annotated alias it prints.
Text = Optional[str]  # noqa: UP045
File = Optional[Path]  # noqa: UP045
Words = Optional[list[str]]  # noqa: UP045
Number = Optional[int]  # noqa: UP045
Pair = Optional[tuple[str, str]]  # noqa: UP045

app = typer.Typer(
    name="tendency",
    help="Dated documents and a question in; an answer with its evidence out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
)

IndexArgument = Annotated[
    Path, typer.Argument(metavar="INDEX", help="The folder of the index.", show_default=False)
]
QueriesArgument = Annotated[
    list[str],
    typer.Argument(metavar="QUERY…", help="Queries; NAME=QUERY gives one a short name.", show_default=False),
]
QueryArgument = Annotated[str, typer.Argument(metavar="QUERY", help="What to find.", show_default=False)]
Where = Annotated[
    Text, typer.Option(help="Only documents for which this SQL expression over their fields holds.")
]
From = Annotated[Text, typer.Option("--from", help="First day, month or year to count.")]
To = Annotated[Text, typer.Option("--to", help="Last day, month or year to count.")]
Split = Annotated[Text, typer.Option(help="A field; the documents of each of its values are counted apart.")]
Cluster = Annotated[
    Words,
    typer.Option(
        help="Field whose values are independent pieces of evidence, or *document* or *day*; repeat it for crossed ones. "
        "By default publication or newspaper, else author, else the document. *tcp://host:port* is instead the Dask "
        "scheduler whose workers count."
    ),
]
Machines = Annotated[
    Text,
    typer.Option(
        "--cluster",
        help="A Dask scheduler whose workers do the work, as *tcp://host:port*; they see the index's folder.",
    ),
]
Terms = Annotated[File, typer.Option(help="Named queries for @name: CSV, quanteda YAML or LIWC .dic.")]
Deadline = Annotated[
    float, typer.Option(help="Seconds after which the query is given up; 0 is never.", min=0)
]
OwnWords = Annotated[
    bool,
    typer.Option(
        "--own-words", help="Leave out hits in quotation marks; *quoted_hits* says how many they are."
    ),
]
Wait = Annotated[float, typer.Option(help="Seconds to wait for another writer.", min=0)]
Json = Annotated[bool, typer.Option("--json", help="Print a JSON list of rows.")]
Csv = Annotated[bool, typer.Option("--csv", help="Print CSV.")]

DEADLINE = 600.0
LONG_DEADLINE = 3600.0


@app.callback(invoke_without_command=True)
def start(
    version: Annotated[bool, typer.Option("--version", help="Print the version.", is_eager=True)] = False,
) -> None:
    """Dated documents and a question in; an answer with its evidence out."""
    if version:
        from tendency import __version__

        typer.echo(f"tendency {__version__}")
        raise typer.Exit


def named(queries: Iterable[str]) -> dict[str, str]:
    """The queries by name: ``NAME=QUERY`` where plain words stand before the sign, else themselves."""
    names: dict[str, str] = {}
    for query in queries:
        name, sign, rest = (part.strip() for part in query.partition("="))
        plain = name.replace(" ", "").replace("-", "").replace("_", "").isalnum()
        key, value = (name, rest) if sign and plain and rest else (query, query)
        if key in names:
            raise SettingError(f"{key!r} is given twice; give each query its own name, as NAME=QUERY.")
        names[key] = value
    return names


def opened(
    index: Path,
    where: str | None,
    start: str | None,
    end: str | None,
    terms: Path | None,
    scheduler: str | None = None,
) -> Corpus:
    """The corpus in an index, narrowed as the options say."""
    from tendency.api import open as open_corpus

    corpus = open_corpus(index, executor=scheduler)
    if terms is not None:
        corpus = corpus.with_terms(terms)
    if where is not None:
        corpus = corpus.where(where)
    return corpus.between(start, end) if start or end else corpus


def parted(cluster: list[str] | None) -> tuple[list[str] | None, str | None]:
    """The fields that documents are clustered by, and the address of a scheduler: no field has such a name."""
    addresses = [name for name in cluster or () if "://" in name]
    if len(addresses) > 1:
        raise SettingError(f"{' and '.join(addresses)} are two schedulers; give one.")
    fields = [name for name in cluster or () if "://" not in name]
    return fields or None, addresses[0] if addresses else None


def hits_of(table: pl.DataFrame) -> dict[str, int]:
    """Hits of each query over all rows."""
    hits: dict[str, int] = {}
    for query, found in table.select("query", "hits").iter_rows():
        hits[query] = hits.get(query, 0) + (found or 0)
    return hits


def tell_suggestions(corpus: Corpus, asked: dict[str, str], hits: dict[str, int], deadline: float) -> None:
    """Near spellings for queries without a hit, and what there is to note of each."""
    for name, query in asked.items():
        if hits.get(name) == 0:
            say(corpus.suggest(query, deadline=deadline))
        for note in corpus.query(query).notes:
            say(f"{query}: {note}")


def tell_undated(undated: pl.DataFrame) -> None:
    """How many documents have a date that lies in no single period."""
    documents = 0 if undated.is_empty() else undated.unique("split")["documents"].sum()
    if documents:
        say(f"{documents:,} documents are not datable at this grain; they are in no period.")


def save_chart(found: Result, target: Path | None) -> None:
    """The chart of a result in a file, where one is asked for."""
    if target is None:
        return
    from tendency.api import write_chart

    write_chart(found, target)
    say(f"The chart: {target}")
