"""Grammars, loaded when first needed, and a guard against trees too deep to walk."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from lark import Lark

DEEPEST: Final = 150
"""How deep a parse tree may be; walking it takes a few frames of Python's stack a level."""


@cache
def grammar(path: Path, *starts: str) -> Lark:
    """The parser for a grammar file."""
    from lark import Lark

    return Lark(path.read_text(encoding="utf-8"), parser="lalr", start=list(starts), maybe_placeholders=False)


def depth(tree: Any) -> int:
    """How many levels a parse tree has."""
    deepest, waiting = 0, [(tree, 1)]
    while waiting:
        held, level = waiting.pop()
        deepest = max(deepest, level)
        waiting.extend((part, level + 1) for part in getattr(held, "children", ()))
    return deepest
