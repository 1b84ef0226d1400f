"""Commands that make and keep an index."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tendency.cli.options import (
    DEADLINE,
    Deadline,
    File,
    From,
    IndexArgument,
    Json,
    Machines,
    Terms,
    Text,
    To,
    Wait,
    Where,
    Words,
    app,
    named,
    opened,
    save_chart,
)
from tendency.cli.output import cell, printable, say, show, write_json
from tendency.cli.progress import progress
from tendency.errors import SettingError

if TYPE_CHECKING:
    from tendency.api import Addition, Corpus
    from tendency.corpus import Repaired

_PROBLEMS_SHOWN = 20
_FIRST_IDS = 5
_LOST_IDS = 10


@app.command()
def demo(
    to: Annotated[Path, typer.Option(help="The folder to write into.")] = Path("demo"),
    seed: Annotated[int, typer.Option(help="Another seed makes another press.", min=0)] = 1944,
) -> None:
    """Make the press of an invented republic, index it, report on it, and compare with what was planted.

    Example: `tendency demo --to demo`
    """
    from tendency.demo import demo as run

    with progress("The press of an invented republic") as update:
        result = run(to, seed=seed, progress=update)
    typer.echo(result.as_text())


@app.command()
def add(
    index: IndexArgument,
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="SOURCE…",
            help="Files, folders or patterns: JSON lines, CSV, TSV, Parquet, .vrt, .txt, .md; *-* is JSON lines on standard input.",
            show_default=False,
        ),
    ],
    id_: Annotated[str, typer.Option("--id", help="The column with the id; *a+b* joins two.")] = "id",
    date: Annotated[str, typer.Option(help="The column with the date.")] = "date",
    text: Annotated[str, typer.Option(help="The column with the text.")] = "text",
    title: Annotated[str, typer.Option(help="The column with the title.")] = "title",
    author: Annotated[str, typer.Option(help="The column with the author.")] = "author",
    people: Annotated[
        File, typer.Option(help="Sidecar: name, faction, from, to; joined by author and date.")
    ] = None,
    encoding: Annotated[Text, typer.Option(help="The encoding, where it is not told from the bytes.")] = None,
    language: Annotated[
        Text, typer.Option(help="Language of documents that name none, such as *en* or *ru*.")
    ] = None,
    date_order: Annotated[Text, typer.Option(help="How to read 03/04/1920: DMY, MDY or YMD.")] = None,
    strict: Annotated[bool, typer.Option(help="Stop at the first document that cannot be taken.")] = False,
    memory: Annotated[int, typer.Option(help="Mebibytes that building may use.", min=64)] = 1024,
    split_over: Annotated[
        int | None, typer.Option(help="Cut documents over so many megabytes at blank lines.", min=1, max=256)
    ] = None,
    no_merge: Annotated[
        bool, typer.Option("--no-merge", help="Leave segments of like size apart, however many they become.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Add documents to an index, or make one. The same id and content is skipped; changed content replaces.

    Example: `tendency add press.index press/*.jsonl.gz`
    """
    from tendency.api import add as run
    from tendency.documents import FieldNames

    with progress(f"Adding to {index}") as update:
        done = run(
            index,
            sources,
            names=FieldNames(id_, date, text, title, author),
            people=people,
            encoding=encoding,
            language=language,
            date_order=_date_order(date_order),
            strict=strict,
            memory=memory << 20,
            split_over=None if split_over is None else split_over * 1_000_000,
            merge=not no_merge,
            progress=update,
        )
    _tell_addition(index, done, as_json)


@app.command()
def remove(
    index: IndexArgument,
    where: Where = None,
    ids: Annotated[Words, typer.Option("--id", help="The id of a document; may be repeated.")] = None,
) -> None:
    """Remove documents from an index.

    Example: `tendency remove press.index --where "newspaper = 'The Sun'"`
    """
    from tendency.api import remove as run

    removed = run(index, where=where, ids=ids or ())
    for id_ in removed.missing[:_FIRST_IDS]:
        say(f"no document has the id {printable(id_)!r}")
    typer.echo(f"{removed.documents:,} documents removed from {index} (generation {removed.generation}).")


@app.command()
def compact(
    index: IndexArgument,
    now: Annotated[
        bool,
        typer.Option(
            "--now", help="Delete the old files at once, not after 24 hours; nobody may be reading."
        ),
    ] = False,
    memory: Annotated[int, typer.Option(help="Mebibytes that merging may use.", min=64)] = 1024,
    wait: Wait = 10.0,
    as_json: Json = False,
) -> None:
    """Merge an index's segments into as few as fit, and drop what was removed or replaced. Answers stay as they are.

    Example: `tendency compact press.index`
    """
    from tendency.api import compact as run

    with progress(f"Compacting {index}") as update:
        done = run(index, now=now, memory=memory << 20, wait=wait, progress=update)
    if done.other_rules:
        say(
            f"{len(done.other_rules):,} segments were made by other text rules and stay apart; "
            f"run `tendency rebuild {index}` to have all made by the present ones."
        )
    if as_json:
        write_json(dataclasses.asdict(done))
        return
    typer.echo(
        f"{index}: {done.before:,} segments are now {done.after:,}; "
        f"{done.dropped:,} documents removed or replaced earlier were dropped."
    )


@app.command()
def join(
    indexes: Annotated[
        list[Path], typer.Argument(metavar="INDEX…", help="The folders of the indexes.", show_default=False)
    ],
    to: Annotated[Path, typer.Option(help="A new folder for the joined index.", show_default=False)],
    strict: Annotated[bool, typer.Option(help="Stop where an id has different content.")] = False,
    wait: Wait = 10.0,
    as_json: Json = False,
) -> None:
    """Make one index of several. Where two hold the same id with different content, the later one wins.

    Example: `tendency join north.index south.index --to press.index`
    """
    from tendency.api import join as run

    with progress(f"Joining into {to}") as update:
        done = run(indexes, to, strict=strict, wait=wait, progress=update)
    if done.replaced_ids:
        more = " …" if done.replaced > _FIRST_IDS else ""
        say(f"replaced: {', '.join(map(printable, done.replaced_ids[:_FIRST_IDS]))}{more}")
    if as_json:
        write_json(dataclasses.asdict(done))
        return
    typer.echo(
        f"{to}: {done.documents:,} documents in {done.segments:,} segments; {done.identical:,} were there already, "
        f"{done.replaced:,} replaced by a later index."
    )


@app.command()
def rebuild(
    index: IndexArgument,
    memory: Annotated[int, typer.Option(help="Mebibytes that building may use.", min=64)] = 1024,
    wait: Wait = 10.0,
    as_json: Json = False,
) -> None:
    """Cut all texts of an index into words again, under the present text rules. Its documents stay as they are.

    Example: `tendency rebuild press.index`
    """
    from tendency.api import rebuild as run

    with progress(f"Rebuilding {index}") as update:
        done = run(index, memory=memory << 20, wait=wait, progress=update)
    if as_json:
        write_json(dataclasses.asdict(done))
        return
    typer.echo(
        f"{index}: {done.documents:,} documents by text rules {done.tokeniser}; "
        f"{done.words_before:,} words before, {done.words:,} now."
    )


@app.command()
def info(
    index: IndexArgument,
    holdings: Annotated[
        Text,
        typer.Option(
            metavar="FILE|guess",
            help="Issues expected and held: what should exist, as .toml or .csv, or *guess* to infer it from the dates.",
        ),
    ] = None,
    by: Annotated[
        Text,
        typer.Option(
            help="With --holdings, a row a publication and day, week, month, quarter, year or decade.",
            show_default="a sentence a publication",
        ),
    ] = None,
    field: Annotated[
        Text,
        typer.Option(
            help="With --holdings, the field of publications.", show_default="publication or newspaper"
        ),
    ] = None,
    chart: Annotated[
        File, typer.Option(help="With --holdings, write the strips as .svg or .pdf too.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Tell what an index holds; with --holdings, what is missing of it.

    Example: `tendency info press.index --holdings guess`
    """
    from tendency.api import open as open_corpus

    corpus = open_corpus(index)
    if holdings is not None:
        _tell_holdings(corpus, holdings, by, field, chart, as_json=as_json)
        return
    given = {"--by": by, "--field": field, "--chart": chart}
    if superfluous := [name for name, value in given.items() if value is not None]:
        raise SettingError(f"{' and '.join(superfluous)} goes with --holdings; give that too.")
    held = corpus.info()
    if as_json:
        write_json({**dataclasses.asdict(held), "path": str(held.path)})
        return
    import polars as pl

    first, after = held.span or (None, None)
    for name, value in {
        "documents": held.documents,
        "words": held.words,
        "distinct forms": held.forms,
        "first day": first,
        "day after the last": after,
        "segments": held.segments,
        "generation": held.generation,
        "bytes on disk": held.bytes,
        "text rules": ", ".join(held.tokeniser),
        "fingerprint": held.fingerprint,
    }.items():
        typer.echo(f"{name:<20}{cell(value)}")
    fields = [dataclasses.asdict(field) for field in held.fields]
    if fields:
        typer.echo()
        show(pl.DataFrame(fields), title="Fields, for --where and --split")


def _tell_holdings(
    corpus: Corpus, named_file: str, by: str | None, field: str | None, chart: Path | None, *, as_json: bool
) -> None:
    found = corpus.holdings(
        None if named_file == "guess" else Path(named_file), field=field, by=by or "month"
    )
    if chart is not None:
        save_chart(found, chart)
    if as_json:
        parts = {"publications": found.publications, "periods": found.table}
        write_json({name: table.to_dicts() for name, table in parts.items()})
        return
    if by is not None:
        show(found.table)
        return
    for sentence in found.sentences:
        typer.echo(printable(sentence))
    share = found.held_share()
    if share is not None:
        typer.echo(f"Together {100 * share:.3g} % of the expected issues are held.")


@app.command()
def check(
    index: IndexArgument,
    repair: Annotated[
        bool,
        typer.Option("--repair", help="Mend what is damaged, and name the documents that cannot be kept."),
    ] = False,
    memory: Annotated[int, typer.Option(help="Mebibytes that building may use.", min=64)] = 1024,
    wait: Wait = 10.0,
    as_json: Json = False,
) -> None:
    """Verify checksums, counts, offsets, ranges and every text; exit status 1 when something is damaged.

    With --repair, make again all that derives from ids, dates, fields and texts, in one commit, and drop only documents
    of which these themselves are damaged. The exit status is then 1 when documents were lost, or count again that had
    been removed, and 0 when the index holds again just what it held.

    Example: `tendency check press.index --repair`
    """
    from tendency.api import check as run
    from tendency.api import repair as mend

    if repair:
        with progress(f"Repairing {index}") as update:
            done = mend(index, memory=memory << 20, wait=wait, progress=update)
        _tell_repair(index, done, as_json)
        if not done.complete:
            raise typer.Exit(1)
        return
    with progress(f"Checking {index}") as update:
        damages = run(index, progress=update)
    if as_json:
        write_json([dataclasses.asdict(damage) for damage in damages])
    for damage in damages:
        say(printable(str(damage)))
    if damages:
        say(f"Next: tendency check {index} --repair")
        raise typer.Exit(1)
    if not as_json:
        typer.echo(f"{index} is sound: every checksum, count, offset and range holds.")


@app.command()
def export(
    index: IndexArgument,
    queries: Annotated[Words, typer.Argument(metavar="[QUERY…]", help="For dfm: a column each.")] = None,
    format_: Annotated[
        str,
        typer.Option(
            "--format", help="jsonl, parquet, vrt (for CWB and NoSketch Engine) or dfm (documents × queries)."
        ),
    ] = "jsonl",
    out: Annotated[
        File,
        typer.Option(
            help="The file to write: .jsonl or .vrt (.gz, .zst), .parquet; for dfm .csv, .tsv or .parquet. "
            "By default the index's name with the format's suffix, here."
        ),
    ] = None,
    where: Where = None,
    start: From = None,
    end: To = None,
    terms: Terms = None,
    scheduler: Machines = None,
    deadline: Deadline = DEADLINE,
) -> None:
    """Write documents, or the document-feature matrix of queries, for other programs.

    Example: `tendency export press.index "war" "peace" --format dfm --out press.csv`
    """
    corpus = opened(index, where, start, end, terms, scheduler)
    suffix = "csv" if format_ == "dfm" else format_
    target = out or Path(f"{index.resolve().name.removesuffix('.index')}.{suffix}")
    with progress(f"Exporting {index}") as update:
        done = corpus.export(format_, target, named(queries or ()), deadline=deadline, progress=update)
    say(f"{done.documents:,} documents in {done.path}")
    if done.vertical is not None:
        for name, attribute in done.vertical.renamed.items():
            say(f"the field {printable(name)!r} is the attribute {attribute!r} there")
    for program, line in done.how_to_read.items():
        say(f"{program}: {line}")


def _date_order(order: str | None) -> Any:
    return order.upper() if order else None


def _tell_addition(index: Path, done: Addition, as_json: bool) -> None:
    reading, added = done.reading, done.added
    for problem in reading.problems[:_PROBLEMS_SHOWN]:
        say(f"left out: {printable(str(problem))}")
    left_out = reading.left_out.total()
    if left_out > _PROBLEMS_SHOWN:
        say(f"… and {left_out - _PROBLEMS_SHOWN:,} more left out")
    for note in reading.notes[:_PROBLEMS_SHOWN]:
        say(f"note: {printable(str(note))}")
    for refused in added.refused:
        say(f"refused: {printable(refused.id)}: {refused.reason}")
    for what, ids in (
        ("replaced", added.replaced_ids),
        ("repeated within these sources", added.repeated_ids),
    ):
        if ids:
            say(
                f"{what}: {', '.join(map(printable, ids[:_FIRST_IDS]))}{' …' if len(ids) > _FIRST_IDS else ''}"
            )
    if done.unmatched is not None:
        for what, names in (
            ("authors the sidecar does not name", list(done.unmatched.authors)),
            ("authors it names, but not for these dates", list(done.unmatched.outside)),
            ("names in the sidecar without a document", list(done.unmatched.names)),
        ):
            if names:
                say(f"{what}: {', '.join(map(printable, names))}")
    summary = {
        "read": reading.documents,
        "left_out": dict(reading.left_out),
        "new": added.new,
        "replaced": added.replaced,
        "repeated": added.repeated,
        "unchanged": added.unchanged,
        "refused": len(added.refused),
        "merged_segments": added.merged,
        "generation": added.generation,
    }
    if as_json:
        write_json(summary)
        return
    typer.echo(
        f"{index}: {added.new:,} new, {added.replaced:,} replaced, {added.repeated:,} repeated, "
        f"{added.unchanged:,} unchanged, {left_out + len(added.refused):,} left out."
    )
    if added.merged:
        say(f"{added.merged:,} segments of like size were merged.")
    if added.changed:
        typer.echo(f"Next: tendency info {index}, or tendency count {index} QUERY --by year")


def _tell_repair(index: Path, done: Repaired, as_json: bool) -> None:
    if as_json:
        write_json({**dataclasses.asdict(done), "complete": done.complete})
        return
    for damage in done.damages:
        say(printable(str(damage)))
    if not done.damages:
        typer.echo(f"{index} is sound; there is nothing to repair.")
        return
    for reason in dict.fromkeys(lost.reason for lost in done.lost):
        lost = [one for one in done.lost if one.reason == reason]
        ids = [printable(one.id) for one in lost if one.id is not None]
        count = sum(one.documents for one in lost)
        named = (
            f"{', '.join(ids[:_LOST_IDS])}{' …' if len(ids) > _LOST_IDS else ''}"
            if ids
            else "no id can be read"
        )
        say(f"lost, {reason}: {count:,} documents ({named})")
    if done.lost:
        say(
            "Add the sources of what was lost again: what the index holds already is skipped. --json lists all ids."
        )
    if done.returned:
        say(
            f"{done.returned:,} documents that had been removed or replaced count again, for nothing says any more which "
            "they were; remove them again."
        )
    if done.other_rules:
        say(
            f"{len(done.other_rules):,} of the damaged segments had been made by other text rules, and their counts may "
            f"differ now; run `tendency rebuild {index}` to have all made by the present ones."
        )
    what = f", {len(done.rebuilt):,} segments made again from their documents" if done.rebuilt else ""
    typer.echo(f"{index} is repaired{what}: {done.documents:,} documents (generation {done.generation}).")
