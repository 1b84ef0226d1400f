"""One CQL string as a term: literal and simple patterns are told from regular expressions."""

from __future__ import annotations

import re
from typing import Literal

_SPECIAL = set(".^$*+?{}[]|()\\")


def simplify(pattern: str) -> tuple[Literal["is", "glob", "regex"], str]:
    """The kind of a pattern and its text: ``be.*`` is the glob ``be*``."""
    literal: list[str] = []
    wild = False
    at = 0
    while at < len(pattern):
        character = pattern[at]
        following = pattern[at + 1 : at + 2]
        if character == "\\" and following and not following.isalnum():
            literal.append(following)
            at += 2
        elif character == ".":
            if pattern[at + 1 : at + 3] in ("*?", "+?", "*+", "++") or following in ("?", "{"):
                return "regex", pattern
            wild = True
            literal.append({"*": "\0*", "+": "\0?\0*"}.get(following, "\0?"))
            at += 2 if following in ("*", "+") else 1
        elif character in _SPECIAL or following in ("*", "+", "?", "{"):
            return "regex", pattern
        else:
            literal.append(character)
            at += 1
    if not wild:
        return "is", "".join(literal)
    if any(part in ("*", "?") for part in literal):
        return "regex", pattern
    return "glob", re.sub(r"\*\*+", "*", "".join(literal).replace("\0", ""))


def complaint(pattern: str) -> tuple[str, int] | None:
    """What is wrong with a regular expression and where in it, or None.

    The engine is the one that will run it: it takes time proportional to the length of the word
    whatever the pattern, and has therefore no back-references and no look-around.
    """
    import polars as pl

    try:
        pl.Series([""]).str.contains(pattern)
    except pl.exceptions.ComputeError as error:
        return _explained(pattern, str(error))
    return None


def _explained(pattern: str, message: str) -> tuple[str, int]:
    if "size limit" in message:
        return "this regular expression is too large; use smaller numbers in {…}", 0
    place = re.search(r"^( *)\^+ *$", message, re.MULTILINE)
    column = max(len(place[1]) - 4, 0) if place else 0
    reason = re.search(r"error: (?!regex|parse)(.+)", message.split("regex parse error:", 1)[-1])
    what = reason[1].strip() if reason else "this is not a regular expression"
    if "backreferences" in what or "look-around" in what:
        what += ", because a query's time must not depend on the pattern; use & and ! between conditions"
    return what, min(column, len(pattern))
