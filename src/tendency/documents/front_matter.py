"""YAML front matter: a block between two lines of ``---`` at the head of a text."""

from __future__ import annotations

import re
from typing import Any

from tendency.documents.limits import LARGEST_FRONT_MATTER
from tendency.errors import SourceError

_OPENING = re.compile(r"---[ \t]*\r?\n")
_CLOSING = re.compile(r"^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.MULTILINE)
_BLANK = re.compile(r"(?:[ \t]*\r?\n)+")


def split_front_matter(text: str) -> tuple[dict[str, object] | None, str]:
    """The entries of the front matter, or None where there is none, and the text after it.

    Every value is kept as it is written: ``08`` stays ``08`` and ``no`` is no truth value. A block
    that is not a mapping, such as a paragraph between two rules, is text.

    Raises:
        SourceError: The block is not YAML, is too large, or refers to parts of itself.
    """
    opening = _OPENING.match(text)
    if opening is None:
        return None, text
    closing = _CLOSING.search(text, opening.end())
    if closing is None:
        return None, text
    block = text[opening.end() : closing.start()]
    if len(block) > LARGEST_FRONT_MATTER:
        raise SourceError(
            f"has front matter of more than {LARGEST_FRONT_MATTER // 2**10} KB; move it into the text."
        )
    entries = _entries(block)
    if entries is None:
        return None, text
    blank = _BLANK.match(text, closing.end())
    return entries, text[blank.end() if blank else closing.end() :]


def _entries(block: str) -> dict[str, object] | None:
    import yaml

    try:
        # An alias needs an anchor, and a few aliases of aliases fill any memory.
        if "&" in block and any(
            isinstance(event, yaml.AliasEvent) for event in yaml.parse(block, yaml.BaseLoader)
        ):
            raise SourceError(
                "has front matter that refers to parts of itself (an alias, *name); write them out."
            )
        value: Any = yaml.load(block, yaml.BaseLoader)
    except yaml.MarkedYAMLError as error:
        line = f" at line {error.problem_mark.line + 2}" if error.problem_mark else ""
        raise SourceError(f"has front matter that is not YAML{line} ({error.problem}).") from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        said = str(error).splitlines()[0] if str(error) else "nested too deeply"
        raise SourceError(f"has front matter that is not YAML ({said}).") from None
    if not isinstance(value, dict):
        return None
    return {str(name): _present(entry) for name, entry in value.items()}


def _present(entry: object) -> object:
    return None if entry in ("", "~", "null", "Null", "NULL") else entry
