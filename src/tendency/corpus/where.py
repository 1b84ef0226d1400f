"""``where``: one SQL expression over the fields of a document, as a filter.

Three-valued logic as in SQL: a comparison with a field that a document lacks is neither true nor
false, and only documents for which the whole is true are kept. Every operation runs over distinct
values, not over documents.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from tendency.corpus.fields import as_boolean, as_date, as_integer
from tendency.corpus.grammars import DEEPEST, depth, grammar
from tendency.errors import QueryError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tendency.corpus.index import Index
    from tendency.corpus.segment import Segment

VIRTUAL: Final[Mapping[str, str]] = {"id": "text", "date": "date", "words": "integer"}
"""Fields that every document has: its id, the first day of its date, its words."""

LONGEST: Final = 20_000
_GRAMMAR: Final = Path(__file__).parent / "where.lark"

Type = Literal["text", "integer", "date", "boolean", "nothing"]


@dataclass(frozen=True, slots=True)
class Constant:
    """A value written in the expression."""

    value: str | int | float | bool | None
    position: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class FieldName:
    """A field of the document."""

    name: str
    position: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Call:
    """A function of values."""

    name: str
    arguments: tuple[Expression, ...]
    position: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Compare:
    """Two values compared."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Like:
    """A value against a pattern with ``%`` and ``_``."""

    value: Expression
    pattern: Expression
    ignore_case: bool


@dataclass(frozen=True, slots=True)
class Absent:
    """True where there is no value."""

    value: Expression


@dataclass(frozen=True, slots=True)
class Negation:
    """True where the part is false."""

    part: Expression


@dataclass(frozen=True, slots=True)
class Logic:
    """All of the parts, or any of them."""

    kind: Literal["AND", "OR"]
    parts: tuple[Expression, ...]


Expression: TypeAlias = Constant | FieldName | Call | Compare | Like | Absent | Negation | Logic


@dataclass(frozen=True)
class Condition:
    """A filter over documents.

    Attributes:
        expression: What must hold.
        views: Each field's view, once the condition is bound to an index.
        source: The expression as typed.
    """

    expression: Expression
    views: tuple[tuple[str, str], ...] | None = None
    source: str = field(default="", compare=False)

    def normalised(self) -> str:
        """The expression in one spelling."""
        return _written(self.expression)

    def bound(self, index: Index) -> Condition:
        """The condition with the types of the index's fields.

        Raises:
            QueryError: A field is unknown, or compared with a value of another type.
        """
        known: dict[str, str] = {**index.field_views, **VIRTUAL}
        _Checker(known, self.source).check(self.expression)
        used = tuple(sorted((name, known[name]) for name in _fields(self.expression)))
        return replace(self, views=used)

    def mask(self, segment: Segment) -> NDArray[np.bool_]:
        """The documents of a segment for which it holds, bool of shape (documents,)."""
        if self.views is None:
            raise ValueError("bind the condition to an index first: condition.bound(index)")
        column = _Evaluator(segment, dict(self.views)).truth(self.expression)
        truth = np.array([value is True for value in column.values], np.bool_)
        return truth[column.codes]


def parse_where(text: str, whole: str | None = None, offset: int = 0) -> Condition:
    """An SQL expression as a condition.

    Args:
        text: The expression.
        whole: The query that it is a part of, for the caret of an error.
        offset: Where in it the expression begins.
    """

    def fail(message: str, position: int) -> QueryError:
        return QueryError(message, source, position + offset)

    source = text if whole is None else whole

    if len(text) > LONGEST:
        raise QueryError(f"this filter has {len(text):,} characters; the limit is {LONGEST:,}")
    if not text.strip():
        raise fail("expected a condition over the documents' fields, such as author = 'Trotsky'", len(text))
    translated = _from_cqp(text, fail)
    if translated != text:
        text = source = translated
        offset = 0
    _check_quotes_and_depth(text, fail)
    return Condition(_Builder(offset).build(_parsed(text, fail)), source=source)


Failing = Callable[[str, int], QueryError]


def _parsed(text: str, fail: Failing) -> Any:
    from lark.exceptions import UnexpectedCharacters, UnexpectedToken

    try:
        tree = grammar(_GRAMMAR, "start").parse(text)
    except UnexpectedCharacters as error:
        character = text[error.pos_in_stream or 0]
        raise fail(f"{character!r} has no meaning here", error.pos_in_stream or 0) from None
    except UnexpectedToken as error:
        at = len(text.rstrip()) if error.token.type == "$END" else error.token.start_pos or 0
        raise fail(_expected(error.expected, text[:at].rstrip()), at) from None
    if depth(tree) > DEEPEST:
        raise QueryError("this filter is nested too deeply; say the same with fewer NOTs and parentheses")
    return tree


def _expected(expected: Iterable[str], before: str) -> str:
    after = f" after {before.split()[-1]!r}" if before else ""
    wanted = set(expected)
    if "COMPARE" in wanted and "NAME" not in wanted:
        return f"expected AND, OR or a comparison such as = 'value'{after}"
    if "NAME" in wanted:
        return f"expected a field, or a value in single quotation marks{after}"
    if "COMMA" in wanted:
        return f"expected a comma or a closing parenthesis{after}"
    if "LPAR" in wanted:
        return f"expected a list in parentheses{after}"
    return f"expected AND, OR or the end of the expression{after}"


def _check_quotes_and_depth(text: str, fail: Failing) -> None:
    opened: list[int] = []
    for match in re.finditer(r"'(?:''|[^'])*('?)|\"([^\"]*)\"?|`[^`]*`?|[()]", text):
        held, at = match[0], match.start()
        if held[0] == "'" and (len(held) == 1 or not match[1]):
            raise fail("this quotation mark is not closed", at)
        if held[0] == '"':
            inner = (match[2] or "").replace("'", "''")
            raise fail(f"a value stands in single quotation marks: '{inner}'", at)
        if held == "(":
            opened.append(at)
            if len(opened) > DEEPEST // 3:
                raise fail("these parentheses are nested too deeply", at)
        elif held == ")":
            if not opened:
                raise fail("this parenthesis was never opened", at)
            opened.pop()
    if opened:
        raise fail("this parenthesis is not closed", opened[-1])


def _from_cqp(text: str, fail: Failing) -> str:
    """CQP's global constraints, ``match.text_party="A" & …``, as SQL."""
    if not re.search(r"\bmatch\.", text):
        return text

    def value(match: re.Match[str]) -> str:
        if re.search(r"[.*+?()\[\]{}|^$\\]", match[1]):
            raise fail(
                "here a value is compared as it stands; for a pattern write SQL, such as party LIKE 'A%'",
                match.start(),
            )
        return "'" + match[1].replace("'", "''") + "'"

    text = re.sub(r'"([^"]*)"', value, text)
    text = re.sub(r"\bmatch\.(?:text_)?", "", text)
    return re.sub(r"\s*&\s*", " AND ", re.sub(r"\s*\|\s*", " OR ", text)).strip()


class _Builder:
    """From Lark's tree to ours."""

    def __init__(self, offset: int) -> None:
        self.offset = offset

    def build(self, tree: Any) -> Expression:
        parts = tree.children
        match tree.data:
            case "any_of" | "all_of":
                kind: Literal["AND", "OR"] = "OR" if tree.data == "any_of" else "AND"
                return Logic(kind, tuple(self.build(part) for part in parts))
            case "negated":
                return Negation(self.build(parts[0]))
            case "compare":
                sign = {"!=": "<>", "==": "="}.get(str(parts[1]), str(parts[1]))
                return Compare(sign, self.build(parts[0]), self.build(parts[2]))
            case "like" | "not_like":
                like = Like(self.build(parts[0]), self.build(parts[2]), str(parts[1]).lower() == "ilike")
                return self._perhaps_not(tree, like)
            case "among" | "not_among":
                value = self.build(parts[0])
                return self._perhaps_not(
                    tree, Logic("OR", tuple(Compare("=", value, self.build(part)) for part in parts[1:]))
                )
            case "between" | "not_between":
                value, low, high = (self.build(part) for part in parts)
                return self._perhaps_not(
                    tree, Logic("AND", (Compare(">=", value, low), Compare("<=", value, high)))
                )
            case "absent":
                return Absent(self.build(parts[0]))
            case "present":
                return Negation(Absent(self.build(parts[0])))
            case "call":
                name = str(parts[0])
                position = (parts[0].start_pos or 0) + self.offset
                return Call(name.lower(), tuple(self.build(part) for part in parts[1:]), position)
            case _:
                return self._leaf(tree)

    @staticmethod
    def _perhaps_not(tree: Any, expression: Expression) -> Expression:
        return Negation(expression) if tree.data.startswith("not_") else expression

    def _leaf(self, tree: Any) -> Expression:
        if tree.data == "null":
            return Constant(None)
        token = tree.children[0]
        text, position = str(token), (token.start_pos or 0) + self.offset
        match tree.data:
            case "string":
                return Constant(text[1:-1].replace("''", "'"), position)
            case "number":
                return Constant(float(text) if "." in text else int(text), position)
            case "true" | "false":
                return Constant(tree.data == "true", position)
            case _:
                return FieldName(text.strip("`"), position)


# Checking.


FUNCTIONS: Final[Mapping[str, tuple[int, int | None, Type]]] = {
    "lower": (1, 1, "text"),
    "upper": (1, 1, "text"),
    "length": (1, 1, "integer"),
    "trim": (1, 1, "text"),
    "substr": (2, 3, "text"),
    "coalesce": (1, None, "text"),
    "year": (1, 1, "integer"),
    "month": (1, 1, "integer"),
    "day": (1, 1, "integer"),
    "contains": (2, 2, "boolean"),
    "starts_with": (2, 2, "boolean"),
}
"""Each function's fewest and most arguments, and what it gives."""


def _children(expression: Expression) -> tuple[Expression, ...]:
    match expression:
        case Call(_, arguments):
            return arguments
        case Compare(_, left, right):
            return (left, right)
        case Like(value, pattern):
            return (value, pattern)
        case Absent(part) | Negation(part):
            return (part,)
        case Logic(_, parts):
            return parts
        case _:
            return ()


def _walk(expression: Expression) -> Iterator[Expression]:
    yield expression
    for part in _children(expression):
        yield from _walk(part)


def _fields(expression: Expression) -> set[str]:
    return {part.name for part in _walk(expression) if isinstance(part, FieldName)}


def _type(expression: Expression, views: Mapping[str, str]) -> Type:
    match expression:
        case Constant(None):
            return "nothing"
        case Constant(bool()):
            return "boolean"
        case Constant(str()):
            return "text"
        case Constant():
            return "integer"
        case FieldName(name):
            return views[name]  # type: ignore[return-value]
        case Call("coalesce", arguments):
            types = {_type(argument, views) for argument in arguments} - {"nothing"}
            return types.pop() if len(types) == 1 else "text"
        case Call(name):
            return FUNCTIONS[name][2]
        case _:
            return "boolean"


class _Checker:
    def __init__(self, known: Mapping[str, str], source: str) -> None:
        self.known, self.source = known, source

    def check(self, expression: Expression) -> None:
        for part in _walk(expression):
            match part:
                case FieldName(name, position):
                    self._field(name, position)
                case Call(name, arguments, position):
                    self._call(name, len(arguments), position)
        for part in _walk(expression):
            match part:
                case Compare(_, left, right):
                    self._comparable(left, right)
                    self._comparable(right, left)
                case Logic(_, parts):
                    for inner in parts:
                        self._truth(inner)
                case Negation(inner):
                    self._truth(inner)
                case Call("year" | "month" | "day" as name, (inner,), position):
                    if _type(inner, self.known) != "date":
                        raise QueryError(f"{name}() takes a field with dates", self.source, position)
        self._truth(expression)

    def _field(self, name: str, position: int) -> None:
        if name in self.known:
            return
        from tendency.corpus.suggest import did_you_mean

        raise QueryError(
            f"there is no field {name!r}{did_you_mean(name, self.known)} The fields are {', '.join(sorted(self.known))}.",
            self.source,
            position,
        )

    def _call(self, name: str, count: int, position: int) -> None:
        if name not in FUNCTIONS:
            from tendency.corpus.suggest import did_you_mean

            raise QueryError(
                f"there is no function {name!r}{did_you_mean(name, FUNCTIONS)} "
                f"The functions are {', '.join(FUNCTIONS)}.",
                self.source,
                position,
            )
        least, most, _ = FUNCTIONS[name]
        if count < least or (most is not None and count > most):
            wanted = str(least) if most == least else f"{least} to {most}"
            raise QueryError(f"{name}() takes {wanted} values, not {count}", self.source, position)

    def _truth(self, expression: Expression) -> None:
        if _type(expression, self.known) not in ("boolean", "nothing"):
            position = getattr(expression, "position", None)
            raise QueryError(
                "this is a value, not a condition; compare it with something, such as = 'value'",
                self.source,
                position,
            )

    def _comparable(self, value: Expression, other: Expression) -> None:
        if not isinstance(other, Constant) or other.value is None:
            return
        kind, position = _type(value, self.known), other.position
        shown = f"{value.name} " if isinstance(value, FieldName) else "this "
        match kind, other.value:
            case "text", bool() | int() | float():
                raise QueryError(f"{shown}is text; write '{other.value}'", self.source, position)
            case "integer", str() as text if _as_number(text) is None:
                raise QueryError(f"{shown}holds whole numbers; {text!r} is none", self.source, position)
            case "integer", bool():
                raise QueryError(f"{shown}holds whole numbers", self.source, position)
            case "date", str() as text if as_date(text) is None:
                raise QueryError(
                    f"{shown}holds dates; {text!r} is none (write '1917', '1917-11' or '1917-11-07')",
                    self.source,
                    position,
                )
            case "date", bool() | int() | float():
                raise QueryError(
                    f"{shown}holds dates; write '1917' in quotation marks", self.source, position
                )
            case "boolean", str() as text if as_boolean(text) is None:
                raise QueryError(f"{shown}is true or false; {text!r} is neither", self.source, position)
            case "boolean", int() | float() as number if not isinstance(number, bool):
                raise QueryError(f"{shown}is true or false", self.source, position)


# Evaluation.


@dataclass(frozen=True)
class _Column:
    """A value for each document: the distinct ones, and which of them each document has."""

    values: Sequence[Any]
    codes: NDArray[np.int64]


class _Evaluator:
    def __init__(self, segment: Segment, views: Mapping[str, str]) -> None:
        self.segment, self.views = segment, views

    def column(self, expression: Expression) -> _Column:
        """The expression's value for each document."""
        match expression:
            case Constant(value):
                return _Column([value], np.zeros(self.segment.documents, np.int64))
            case FieldName(name):
                return self._field(name)
            case Call(name, arguments):
                return self._call(name, arguments)
            case Compare(sign, left, right):
                return self._compare(sign, left, right)
            case Like(value, pattern, ignore_case):
                return _combined(
                    lambda text, like: _like(text, like, ignore_case),
                    self.column(value),
                    self.column(pattern),
                )
            case Absent(value):
                return _combined(lambda held: held is None, self.column(value))
            case Negation(part):
                return _combined(lambda held: None if held is None else not held, self.truth(part))
            case Logic(kind, parts):
                columns = [self.truth(part) for part in parts]
                combine = _and if kind == "AND" else _or
                while len(columns) > 1:
                    columns[:2] = [_combined(combine, columns[0], columns[1])]
                return columns[0]

    def truth(self, expression: Expression) -> _Column:
        """True, False or None for each document."""
        column = self.column(expression)
        if isinstance(expression, FieldName | Call):
            return _Column([_typed(value, "boolean") for value in column.values], column.codes)
        return column

    def _field(self, name: str) -> _Column:
        segment = self.segment
        everything = np.arange(segment.documents, dtype=np.int64)
        if name == "id":
            return _Column(segment.ids, everything)
        if name == "words":
            distinct, codes = np.unique(segment.words, return_inverse=True)
            return _Column(distinct.tolist(), codes.astype(np.int64))
        if name == "date":
            distinct, codes = np.unique(segment.start_day, return_inverse=True)
            return _Column([(day, day + 1) for day in distinct.tolist()], codes.astype(np.int64))
        held = segment.field(name)
        codes = held.codes.astype(np.int64)
        return _Column([*held.values, None], np.where(codes < 0, len(held.values), codes))

    def _compare(self, sign: str, left: Expression, right: Expression) -> _Column:
        types = [_type(part, self.views) for part in (left, right)]
        kind = next((one for one in ("date", "integer", "boolean") if one in types), "text")
        if "text" in types and not any(isinstance(part, Constant) for part in (left, right)):
            # Two fields of different types are compared as they are written.
            kind = "text"
        columns = [self.column(part) for part in (left, right)]
        typed = [
            _Column([_typed(value, kind) for value in column.values], column.codes) for column in columns
        ]
        test = _DATES[sign] if kind == "date" else _SIGNS[sign]
        return _combined(lambda a, b: None if a is None or b is None else test(a, b), *typed)

    def _call(self, name: str, arguments: tuple[Expression, ...]) -> _Column:
        columns = [self.column(argument) for argument in arguments]
        if name == "coalesce":
            return _combined(lambda *held: next((one for one in held if one is not None), None), *columns)
        if name in ("year", "month", "day"):
            return _combined(lambda held: _date_part(held, name), *columns)
        function = _FUNCTIONS[name]
        return _combined(lambda *held: None if None in held else function(*held), *columns)


def _combined(function: Callable[..., Any], *columns: _Column) -> _Column:
    """A function of columns, worked out once for each combination of values that occurs."""
    keys = columns[0].codes
    for column in columns[1:]:
        # Renumbered first, so that the product never overflows.
        _, held = np.unique(keys, return_inverse=True)
        keys = held.astype(np.int64) * len(column.values) + column.codes
    _, first, codes = np.unique(keys, return_index=True, return_inverse=True)
    values = [
        function(*(column.values[int(column.codes[at])] for column in columns)) for at in first.tolist()
    ]
    return _Column(values, codes.astype(np.int64))


def _and(a: bool | None, b: bool | None) -> bool | None:
    if a is False or b is False:
        return False
    return None if a is None or b is None else True


def _or(a: bool | None, b: bool | None) -> bool | None:
    if a is True or b is True:
        return True
    return None if a is None or b is None else False


def _typed(value: Any, kind: str) -> Any:
    """A value as the type in which it is compared, or None where it is not of that type."""
    if value is None:
        return None
    match kind:
        case "integer":
            return _as_number(value) if isinstance(value, str) else value
        case "boolean":
            return as_boolean(value) if isinstance(value, str) else bool(value)
        case "date":
            return as_date(value) if isinstance(value, str) else value
        case _:
            return _text(value)


def _text(value: Any) -> str:
    if isinstance(value, tuple):
        import datetime as dt

        return dt.date.fromordinal(value[0]).isoformat()
    return value if isinstance(value, str) else str(value).lower()


def _as_number(text: str) -> int | float | None:
    whole = as_integer(text)
    if whole is not None:
        return whole
    return float(text) if re.fullmatch(r"\s*[+-]?[0-9]{1,18}\.[0-9]{1,18}\s*", text) else None


_SIGNS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}

# A date written as a month or a year stands for all its days: '1917' holds every day of 1917.
_DATES: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "=": lambda a, b: _inside(a, b) or _inside(b, a),
    "<>": lambda a, b: not (_inside(a, b) or _inside(b, a)),
    "<": lambda a, b: bool(a[0] < b[0]),
    "<=": lambda a, b: bool(a[0] < b[1]),
    ">": lambda a, b: bool(a[0] >= b[1]),
    ">=": lambda a, b: bool(a[0] >= b[0]),
}


def _inside(a: tuple[int, int], b: tuple[int, int]) -> bool:
    return b[0] <= a[0] and a[1] <= b[1]


def _date_part(value: Any, part: str) -> int | None:
    """The year, month or day that all days of a date share."""
    import datetime as dt

    span = _typed(value, "date")
    if span is None:
        return None
    first, last = dt.date.fromordinal(span[0]), dt.date.fromordinal(span[1] - 1)
    if part == "day":
        return first.day if first == last else None
    if first.year != last.year or (part == "month" and first.month != last.month):
        return None
    return first.year if part == "year" else first.month


def _substr(text: Any, start: Any, length: Any = None) -> str | None:
    if not isinstance(start, int) or not isinstance(length, int | None):
        return None
    at = max(start - 1, 0)
    written = _text(text)
    return written[at:] if length is None else written[at : max(start - 1 + length, 0)]


_FUNCTIONS: Final[Mapping[str, Callable[..., Any]]] = {
    "lower": lambda text: _text(text).lower(),
    "upper": lambda text: _text(text).upper(),
    "length": lambda text: len(_text(text)),
    "trim": lambda text: _text(text).strip(),
    "substr": _substr,
    "contains": lambda text, part: _text(part) in _text(text),
    "starts_with": lambda text, part: _text(text).startswith(_text(part)),
}


def _like(value: Any, pattern: Any, ignore_case: bool) -> bool | None:
    if value is None or pattern is None:
        return None
    text, like = _text(value), _text(pattern)
    if ignore_case:
        text, like = text.casefold(), like.casefold()
    return matches(like, text, many="%", one="_")


def matches(pattern: str, text: str, *, many: str = "*", one: str = "?") -> bool:
    """Whether a whole text fits a pattern with wildcards, in time pattern × text at worst."""
    at = place = 0
    star, kept = -1, 0
    while at < len(text):
        # The star first: the text may hold the very character that stands for any run.
        if place < len(pattern) and pattern[place] == many:
            star, kept = place, at
            place += 1
        elif place < len(pattern) and (pattern[place] == one or pattern[place] == text[at]):
            at, place = at + 1, place + 1
        elif star >= 0:
            kept += 1
            at, place = kept, star + 1
        else:
            return False
    return all(character == many for character in pattern[place:])


# Writing.


def _written(expression: Expression) -> str:
    match expression:
        case Constant(None):
            return "NULL"
        case Constant(bool() as value):
            return str(value).lower()
        case Constant(str() as text):
            return "'" + text.replace("'", "''") + "'"
        case Constant(value):
            return str(value)
        case FieldName(name):
            return name if re.fullmatch(r"[^\W\d][\w.]*", name) else f"`{name}`"
        case Call(name, arguments):
            return f"{name}({', '.join(map(_written, arguments))})"
        case Compare(sign, left, right):
            return f"{_operand(left)} {sign} {_operand(right)}"
        case Like(value, pattern, ignore_case):
            return f"{_operand(value)} {'ILIKE' if ignore_case else 'LIKE'} {_operand(pattern)}"
        case Absent(value):
            return f"{_operand(value)} IS NULL"
        case Negation(part):
            return f"NOT {_operand(part)}"
        case Logic(kind, parts):
            return f" {kind} ".join(map(_operand, parts))


def _operand(expression: Expression) -> str:
    plain = isinstance(expression, Constant | FieldName | Call)
    return _written(expression) if plain else f"({_written(expression)})"
