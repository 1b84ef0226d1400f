"""What is wrong in a dossier, in sentences with their place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from tendency.dossier import schema
from tendency.dossier.terms import listed


def toml_place(text: str, message: str) -> str:
    """``, line 3, column 5: what is wrong`` from the message of the TOML reader."""
    found = re.fullmatch(r"(?s)(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", message)
    if found is None:
        return f": this is not TOML ({message})"
    what = found.group(1)
    line, column = found.group(2), found.group(3)
    if line is None:
        lines = text.split("\n")
        line, column = str(len(lines)), str(len(lines[-1]) + 1)
    shown = text.replace("\r\n", "\n").split("\n")[int(line) - 1].strip()
    beside = f" beside {shown[:60]!r}" if shown else ""
    return f", line {line}, column {column}: this is not TOML: {what[:1].lower()}{what[1:]}{beside}"


def plain(errors: list[Any]) -> list[Any]:
    """The mistakes without those that follow from another: a misspelt key is also a missing one."""
    unknown = {(one["loc"][:-1], str(one["loc"][-1])) for one in errors if one["type"] == "extra_forbidden"}

    def follows(one: Any) -> bool:
        place, key = one["loc"][:-1], str(one["loc"][-1])
        if one["type"] == "missing":
            return any(at == place and get_close_matches(other, [key], cutoff=0.6) for at, other in unknown)
        if place[:1] != ("terms",):
            return False
        # A term is text or a table; only the mistake of the kind that was written is of use.
        return (one["type"] == "string_type" and isinstance(one["input"], Mapping)) or one[
            "type"
        ] == "model_type"

    return [one for one in errors if not follows(one)]


_NOUNS = {
    str: "text in quotes",
    int: "a whole number",
    bool: "true or false",
    dict: "a table",
    list: "an array",
}


def mistake(tree: Mapping[str, Any], error: Any) -> str:
    """One mistake that pydantic found, in a sentence with its place."""
    steps = [step for step in error["loc"] if not _is_branch(tree, step)]
    place, table = _place(tree, steps)
    kind, value = error["type"], error["input"]
    if kind == "extra_forbidden":
        return _unknown(tree, steps, table)
    if kind == "missing":
        return f"{place}: is missing" + _needs(table)
    if kind == "value_error":
        return f"{place}: {error['ctx']['error']}."
    if kind == "literal_error":
        words = re.findall(r"'([^']*)'", error["ctx"]["expected"])
        nearest = get_close_matches(str(value), words, n=1)
        hint = f"; did you mean {nearest[0]!r}?" if nearest else "."
        return f"{place}: must be one of {', '.join(words)}, not {_shown(value)}{hint}"
    if kind == "string_too_short":
        return f"{place}: is empty."
    if kind in ("greater_than_equal", "less_than_equal"):
        limit = error["ctx"].get("ge", error["ctx"].get("le"))
        return f"{place}: must be {'at least' if kind.startswith('g') else 'at most'} {limit}, not {value}."
    wanted = {
        "string_type": "text in quotes",
        "int_type": "a whole number",
        "bool_type": "true or false",
        "dict_type": "a table",
        "model_type": "a table",
        "model_attributes_type": "a table",
        "tuple_type": "an array",
    }.get(kind)
    if wanted == "an array" and isinstance(value, dict) and steps and steps[-1] in schema.PARTS:
        return f"{place}: is written with double brackets, [[{steps[-1]}]], once for each."
    if wanted is None:
        return f"{place}: {error['msg'][:1].lower()}{error['msg'][1:]}."
    return f"{place}: must be {wanted}, not {_shown(value)}."


def _is_branch(tree: Mapping[str, Any], step: Any) -> bool:
    """True for what pydantic adds to a place to name a member of a union."""
    return isinstance(step, str) and (
        step in ("TermsFile", "str") or step.startswith(("tuple[", "function-"))
    )


def _place(tree: Mapping[str, Any], steps: list[Any]) -> tuple[str, str]:
    """``slogan[2].query ("Defence of the USSR")`` and the table it stands in."""
    written, table, name = "", "", ""
    here: Any = tree
    for number, step in enumerate(steps):
        if isinstance(step, int):
            written += f"[{step + 1}]"
        else:
            written += f".{step}" if written else step
            if number < len(steps) - 1:
                table = step if step in schema.PARTS else table
        try:
            here = here[step]
        except (KeyError, IndexError, TypeError):
            here = None
        if isinstance(step, int) and isinstance(here, Mapping) and isinstance(here.get("name"), str):
            name = f' ("{here["name"]}")'
    return written + name, table


_TABLES = tuple(key for key in schema.PARTS if key not in ("", "fields", "terms"))
"""Tables that are written with double brackets."""


def _unknown(tree: Mapping[str, Any], steps: list[Any], table: str) -> str:
    place, _ = _place(tree, steps)
    key = str(steps[-1])
    if key in schema.NOT_YET.get(table, ()):
        whole = f"[[{key}]]" if not table else f"{key!r}"
        return f"{place}: {whole} is not in this release; take it out and ask it with a later one."
    keys = schema.keys_of(schema.PARTS[table])
    within = f"[[{table}]]" if table in _TABLES else f"[{table}]" if table else "a dossier"
    nearest = get_close_matches(key.lower(), keys, n=1, cutoff=0.6)
    hint = f"did you mean {nearest[0]!r}?" if nearest else f"its keys are {listed(keys, most=30)}."
    elsewhere = [other for other, part in schema.PARTS.items() if other and key in schema.keys_of(part)]
    if not nearest and not table and elsewhere:
        hint = f"it belongs under [[{elsewhere[0]}]]."
    return f"{place}: there is no key {key!r} in {within}; {hint}"


def _needs(table: str) -> str:
    needed = [key for key, info in schema.PARTS[table].model_fields.items() if info.is_required()]
    what = f"every [[{table}]]" if table in _TABLES else "it" if table else "a dossier"
    return f"; {what} needs {' and '.join(needed)}."


def _shown(value: Any) -> str:
    for kind in (bool, int, float, str):
        if isinstance(value, kind):
            written = repr(value).lower() if kind is bool else repr(value)
            return f"{written[:60]} ({_NOUNS.get(kind, 'a number')})"
    if isinstance(value, Mapping):
        return "a table"
    return "an array" if isinstance(value, list | tuple) else str(value)
