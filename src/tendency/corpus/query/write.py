"""A query's tree as text again: one spelling for each meaning, for recipes and caches."""

from __future__ import annotations

import re
from typing import Protocol

from tendency.corpus.query.tree import (
    AnyWord,
    Both,
    Boundary,
    Either,
    Near,
    Node,
    Not,
    Repeat,
    Sequence,
    Term,
    Within,
    Written,
    walk,
)
from tendency.corpus.query.words import is_plain


class _Writer(Protocol):
    def __call__(self, node: Node, *, outermost: bool = False) -> str: ...


# Words that the bare form might take for something else stand in CQL.
_OPERATORS = frozenset({"within", "doc", "s", "not"})


def normalised(node: Node) -> str:
    """The tree in the bare form where that can say it, otherwise in CQL; alternatives in order of code points.

    Reading it gives the same tree but for the order of alternatives.
    """
    return _bare(node, outermost=True) if _fits_bare(node) else _marked(_cql(node, outermost=True))


def _marked(text: str) -> str:
    return text if re.search(r"\[[^\]]*\]|<s>", text) else f"cql:{text}"


def _fits_bare(node: Node) -> bool:
    return all(_says_bare(held) for held in walk(node))


def _says_bare(node: Node) -> bool:
    match node:
        case Term(attribute, kind, text, accents):
            return (
                accents
                and kind != "regex"
                and (attribute != "form" or text not in _OPERATORS)
                and text.strip("*?") != ""
                # A question mark at the end of a query is punctuation.
                and not text.endswith("?")
                and is_plain(text.replace("*", "").replace("?", "") if kind == "glob" else text)
            )
        case Written(_, text):
            return re.search(r'["\s]', text) is None
        case Within(scope=scope):
            return scope == "document"
        case Not() | Both() | Repeat() | Boundary():
            return False
        case _:
            return True


def _bare(node: Node, *, outermost: bool = False) -> str:
    match node:
        case Term("form", _, text):
            return text
        case Term("lemma", _, text):
            return f"lemma:{text}"
        case Term("word", _, text):
            return f"exact:{text}"
        case AnyWord():
            return "*"
        case Written(_, text):
            return f'exact:"{text}"' if re.search(r"[()|\[\]?*]", text) else f"exact:{text}"
        case _:
            return _combined(node, _bare, outermost=outermost)


def _cql(node: Node, *, outermost: bool = False) -> str:
    match node:
        case Term() | Not() | Both():
            return f"[{_condition(node)}]"
        case AnyWord():
            return "[]"
        case Written(_, text):
            return f'exact:"{text}"'
        case Boundary(side):
            return "<s>" if side == "start" else "</s>"
        case Repeat(part, least, most):
            inner = _cql(part)
            grouped = inner if isinstance(part, Term | AnyWord | Not | Both | Either) else f"({inner})"
            return f"{grouped}{{{least},{'' if most is None else most}}}"
        case _:
            return _combined(node, _cql, outermost=outermost)


def _combined(node: Node, write: _Writer, *, outermost: bool) -> str:
    match node:
        case Either(parts):
            text = " | ".join(sorted(write(part) for part in parts))
        case Sequence(parts):
            return " ".join(write(part) for part in parts)
        case Near(left, right, distance, negated):
            text = f"{write(left)} {'not ' if negated else ''}near/{distance} {write(right)}"
        case Within(part, scope):
            text = f"{write(part)} within {'doc' if scope == 'document' else 's'}"
        case _:
            raise TypeError(f"no text for {node!r}")
    return text if outermost else f"({text})"


def _condition(node: Node) -> str:
    match node:
        case Term(attribute, kind, text, accents):
            pattern = text if kind == "regex" else _regex(text, kind == "glob")
            quoted = pattern.replace('"', '\\"')
            return f'{attribute}="{quoted}"{"" if accents else "%d"}'
        case Not(Term() as term):
            return _condition(term).replace("=", "!=", 1)
        case Not(part):
            return f"!({_condition(part)})"
        case Both(parts):
            return " & ".join(_grouped(part) for part in parts)
        case Either(parts):
            return " | ".join(sorted(_grouped(part) for part in parts))
        case AnyWord():
            return 'word=".*"'
        case _:
            raise TypeError(f"no condition for {node!r}")


def _grouped(node: Node) -> str:
    return f"({_condition(node)})" if isinstance(node, Both | Either) else _condition(node)


def _regex(text: str, wild: bool) -> str:
    """A literal or a pattern with wildcards, as a regular expression."""
    escaped = "".join(f"\\{character}" if character in ".^$*+?{}[]|()\\" else character for character in text)
    return escaped.replace("\\*", ".*").replace("\\?", ".") if wild else escaped
