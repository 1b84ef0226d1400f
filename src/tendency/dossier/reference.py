"""``docs/dossier.md``: every key of a dossier, from the schema itself."""

from __future__ import annotations

from typing import Any, get_args, get_origin

from pydantic.fields import FieldInfo

from tendency.dossier.schema import NOT_YET, PARTS, Part, keys_of

_HEAD = """# The dossier

One text file in [TOML](https://toml.io) holds the questions; `tendency report dossier.toml --to report` answers
them. This page lists every key of this release. It is made from the schema by `python -m
tendency.dossier.reference`, and a test keeps the two equal.

```toml
title  = "The defence of the USSR, 1936–1944"
corpus = "press.index"            # or sources = ["press/*.jsonl.gz"], indexed on first use
period = "quarter"

[terms]
regime = "bureaucra* | oligarchy | Stalin*"
alarm  = { file = "alarm.csv" }

[standpoints]
majority = "faction = 'majority'"
minority = "faction = 'minority'"

[[slogan]]
name  = "Defence of the USSR"
query = "(defence | defense) of the (USSR | Soviet Union | workers state)"
aims  = { "against the regime" = "@regime", "against intervention" = "intervention | invasion" }
goal  = "world revolution"

[[ranking]]
name   = "Named beside words of danger"
items  = { "the regime" = "@regime", "foreign armies" = "Hitler* | German army" }
near   = "@alarm"
within = 12

[[event]]
name = "Stalingrad"
date = 1943-02-02

[[series]]
name = "Front line"
file = "front.csv"                # date,value: a line a figure

[[contrast]]
name  = "Majority and minority"
split = "standpoint"

[[polemics]]
name      = "Who attacks whom"
opponents = { "the regime" = "@regime", "the fascists" = "fascis*" }
hostile   = "betray* | traitor* | crime*"

[[lead]]
name    = "Who speaks of the famine first"
queries = { famine = "famine | hunger*" }
voices  = ["minority", "majority"]

[[discover]]
name = "What else moved"

[[holdings]]
publication = "The Militant"
every = "week"
gaps = ["1937-06/1937-08"]
```

Relative paths start at the dossier's folder. `~` and `${NAME}` are replaced in paths; a variable that is not set is
an error. Unknown keys are errors. Dates may be a day (`1943-02-02`), a year (`1943`) or, in quotes, a month (`"1943-02"`).
All queries are read before anything is counted.
"""

_TITLES = {
    "": "At the top",
    "fields": "`[fields]`",
    "terms": "A term kept in a file",
    "slogan": "`[[slogan]]`",
    "ranking": "`[[ranking]]`",
    "event": "`[[event]]`",
    "series": "`[[series]]`",
    "contrast": "`[[contrast]]`",
    "polemics": "`[[polemics]]`",
    "lead": "`[[lead]]`",
    "discover": "`[[discover]]`",
    "holdings": "`[[holdings]]`",
}

_TAIL = """## Asked, varied, found

Whoever tries several wordings of a question and prints the one that answers best has not asked one question. So each run adds a line to
`dossier.log.jsonl` beside `dossier.toml`: when it ran, digests of the dossier and of the corpus, the version, and for each question its kind, its
name and a digest of its content: queries with their terms resolved, aims, items, `near`, period, `where`, split, span, the spans that are
compared, cluster and language. A title, a name, a comment, the order of questions, a judged sample and the seed are not part of it. From the log each finding is labelled:

| label | when |
| --- | --- |
| *asked beforehand* | no other version of the question was answered before of this corpus (an index of that name, or with the same documents), or it is the first one that was, and the label says how many others were answered since; a question that joined later is named so |
| *varied* | another version was answered before, of the same content once, else of that name, else in that place of the run before; the label says how many, and when the first |
| *found by looking* | a discovery |

*In brief* counts them. The log is only added to; keep it with the dossier, and publish both. Lines that cannot be read are skipped, and the report says so, as
it does where the log cannot be written. `log = false` keeps none, and then the report says that it is not known whether questions were varied; so it is for a dossier made in Python.

## Files of terms

| file | what it holds |
| --- | --- |
| `.csv` | one column `query` (or `term`, `word`, `pattern`): one query a line; with a column `name` (or `category`) the lines with the same name belong together |
| `.yml`, `.yaml` | a [quanteda](https://quanteda.io) dictionary: keys with lists of glob patterns, nested as deep as you like; `economy.state` is the key `state` under `economy`, and `economy` alone takes all under it |
| `.dic` | a LIWC dictionary: categories between two lines with `%`, then a word or `stem*` and its category numbers a line |

A dictionary's entries are taken as words and wildcards, any case; entries without a letter or figure (`:)`) cannot be
found in words and are listed under *What this rests on*, as are LIWC's conditional entries (`(02 134)125/464`).

## In the format, not in this release

These keys are refused by name, never ignored: {later}.
"""


def reference() -> str:
    """The page as Markdown, ending with a line feed."""
    sections = [_HEAD]
    for place, part in PARTS.items():
        summary = (part.__doc__ or "").strip().split("\n", 1)[0]
        sections.append(f"## {_TITLES[place]}\n\n{summary}\n\n{_table(part)}\n")
    later = [
        f"`{key}`" if not place else f"`{key}` in a {place}"
        for place, keys in NOT_YET.items()
        for key in keys
    ]
    sections.append(_TAIL.replace("{later}", ", ".join(later)))
    return "\n".join(sections)


def _table(part: type[Part]) -> str:
    rows = ["| key | type | without it | meaning |", "| --- | --- | --- | --- |"]
    for key, info in zip(keys_of(part), part.model_fields.values(), strict=True):
        cells = (f"`{key}`", _type(info.annotation), _default(info), info.description or "")
        rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(rows)


def _default(info: FieldInfo) -> str:
    if info.is_required():
        return "an error"
    default: Any = info.get_default(call_default_factory=True)
    if default is None or default in ((), {}, "") or isinstance(default, Part):
        return "–"
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def _type(annotation: Any) -> str:
    names = {str: "text", int: "whole number", bool: "true or false"}
    if annotation in names:
        return names[annotation]
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return "table"
    arguments = [argument for argument in get_args(annotation) if argument not in (type(None), Ellipsis)]
    origin = get_origin(annotation)
    if origin is dict:
        return f"table of {_type(arguments[1])}"
    if origin is tuple:
        return "tables" if _type(arguments[0]) == "table" else f"array of {_type(arguments[0])}"
    if arguments and isinstance(arguments[0], str):
        return "one of these words"
    return " or ".join(dict.fromkeys(_type(argument) for argument in arguments)) or "text"


if __name__ == "__main__":
    print(reference(), end="")
