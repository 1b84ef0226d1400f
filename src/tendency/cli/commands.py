"""The commands. Heavy libraries are imported by the command that needs them: starting must be quick."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Optional

import typer

from tendency.cli.output import printable, say, show, write_json
from tendency.cli.progress import progress

app = typer.Typer(
    name="tendency",
    help="Dated documents and a question in; an answer with its evidence out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
)

IndexPath = Annotated[Path, typer.Argument(metavar="INDEX", help="The folder of the index.", show_default=False)]
Queries = Annotated[
    list[str],
    typer.Argument(metavar="QUERY…", help="One or more queries; NAME=QUERY gives a short name.", show_default=False),
]
Where = Annotated[
    Optional[str],  # noqa: UP045  typer reads the annotation at run time on every supported Python
    typer.Option(help="Only documents for which this SQL expression over their fields holds."),
]
From = Annotated[Optional[str], typer.Option("--from", help="First day, month or year to count.")]  # noqa: UP045
To = Annotated[Optional[str], typer.Option("--to", help="Last day, month or year to count.")]  # noqa: UP045
By = Annotated[str, typer.Option(help="day, week, month, quarter, year, decade or all.")]
Split = Annotated[Optional[str], typer.Option(help="A field; each of its values is counted apart.")]  # noqa: UP045
Cluster = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option(
        help="Field whose values are the independent pieces of evidence (repeat it for crossed ones); "
        "by default publication or newspaper, else author, else the document."
    ),
]
Terms = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option(help="Named queries for @name: CSV, quanteda YAML or LIWC .dic.", show_default=False),
]
Deadline = Annotated[float, typer.Option(help="Seconds after which a query is given up, 0 for never.")]
Json = Annotated[bool, typer.Option("--json", help="Print a JSON list of rows.")]
Csv = Annotated[bool, typer.Option("--csv", help="Print CSV.")]

_DEADLINE = 600.0


def named(queries: Iterable[str]) -> dict[str, str]:
    """The queries by name: ``NAME=QUERY`` where a plain word stands before the sign, else themselves."""
    names: dict[str, str] = {}
    for query in queries:
        name, sign, rest = query.partition("=")
        if sign and name.strip().replace(" ", "").replace("-", "").isalnum() and rest.strip():
            names[name.strip()] = rest.strip()
        else:
            names[query] = query
    return names
