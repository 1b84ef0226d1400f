"""From the text of a query to its tree, with the place of every mistake."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Literal, NoReturn

from tendency.corpus.grammars import DEEPEST, depth, grammar
from tendency.corpus.query import tree as nodes
from tendency.corpus.query.pattern import complaint, simplify
from tendency.corpus.query.query import Query
from tendency.corpus.query.tree import LONGEST, Boundary, Either, Near, Node, Sequence, Term, Within
from tendency.corpus.query.words import readings, span
from tendency.corpus.where import Condition, Logic, parse_where
from tendency.errors import QueryError

LONGEST_QUERY: Final = 50_000
"""Characters of a query."""

MOST_PLACES: Final = 2_000
"""Places for a token in a pattern once its repetitions are written out."""

MOST_NODES: Final = 20_000
"""Nodes of a query once its names are resolved."""

ATTRIBUTES: Final[Mapping[str, str]] = {
    "word": "as written",
    "form": "without case",
    "lemma": "the dictionary form",
}

_GRAMMAR: Final = Path(__file__).parent / "grammar.lark"
_CQL: Final = re.compile(r"\[[^\]]*\]|%[cd]+(?![\w%])|</?s>")
_WITHIN_END: Final = re.compile(r"\s+within\s+(?:doc|s)\s*$", re.IGNORECASE)
_QUESTION_END: Final = re.compile(r"[?!.…]*\?[?!.…]*(?=[\s)]*$)")


# Words and nothing else: for the commonest query of all the grammar need not be loaded.
_PLAIN: Final = re.compile(
    r"(?!.*\bwithin\s+(?:doc|s)\s*$)\s*[^\W_]+(?:\s+[^\W_]+)*\s*", re.IGNORECASE | re.DOTALL
)


class _Word(str):
    """A word and its place, as the grammar's tokens have it."""

    start_pos: int


class _Words:
    """The parse tree of some words side by side."""

    def __init__(self, pattern: str) -> None:
        words = []
        for match in re.finditer(r"\S+", pattern):
            word = _Word(match[0])
            word.start_pos = match.start()
            words.append(word)
        self.data, self.children = "words", words


def parse(text: str, names: Mapping[str, str] | None = None) -> Query:
    """A query as a tree.

    Args:
        text: The query, in the bare form or in CQL; docs/queries.md describes both.
        names: Queries that ``@name`` stands for.

    Raises:
        QueryError: With a caret under the place.
    """
    return _Reader(text, names or {}, ()).query()


class _Reader:
    """Reads one query; ``chain`` holds the names that led to it."""

    def __init__(self, text: str, names: Mapping[str, str], chain: tuple[str, ...]) -> None:
        self.text, self.names, self.chain = text, names, chain
        self.notes: list[str] = []
        self.filters: list[tuple[Condition, int]] = []
        self.size = 0

    def query(self) -> Query:
        """The whole query."""
        if len(self.text) > LONGEST_QUERY:
            raise QueryError(
                f"this query has {len(self.text):,} characters and the limit is {LONGEST_QUERY:,}; "
                "name its parts and ask for them one by one"
            )
        pattern, where = self._split_where()
        is_cql = pattern.lstrip().startswith("cql:") or _CQL.search(pattern) is not None
        if is_cql:
            pattern = re.sub(r"^(\s*)cql:", r"\1    ", pattern)
            self._check_brackets(pattern, r'"(?:\\.|[^"\\])*("?)|\'(?:\\.|[^\'\\])*(\'?)|[()\[\]]')
        else:
            self._check_brackets(pattern, r'"[^"]*("?)|[()\[\]]')
            pattern = self._without_question_mark(pattern)
        if not pattern.strip():
            self._fail("expected a word to look for", len(pattern.rstrip()))
        plain = None if is_cql else _PLAIN.fullmatch(pattern)
        parsed = _Words(pattern) if plain else self._parsed(pattern, "cql" if is_cql else "bare")
        node = self._build(parsed)
        if node is None:
            self._fail("there is no word here to look for, only punctuation", _place(parsed))
        self._check_whole(node)
        return Query(node, self._combined_where(parsed, where), self.text, tuple(dict.fromkeys(self.notes)))

    def _fail(self, message: str, position: int | None) -> NoReturn:
        raise QueryError(message, self.text, position)

    # Before the grammar.

    def _split_where(self) -> tuple[str, Condition | None]:
        for match in re.finditer(r'"(?:\\.|[^"\\])*"|::', self.text, re.DOTALL):
            if match[0] == "::":
                return self.text[: match.start()], parse_where(
                    self.text[match.end() :], self.text, match.end()
                )
        return self.text, None

    def _check_brackets(self, pattern: str, marks: str) -> None:
        opened: list[tuple[str, int]] = []
        for match in re.finditer(marks, pattern, re.DOTALL):
            held, at = match[0], match.start()
            if held[0] in "\"'":
                if not any(match.groups()):
                    self._fail("this quotation mark is not closed", at)
            elif held in "([":
                opened.append((held, at))
                if len(opened) > DEEPEST // 4:
                    self._fail("these brackets are nested too deeply", at)
            elif not opened or opened[-1][0] != {")": "(", "]": "["}[held]:
                self._fail(f"this {held!r} closes nothing", at)
            else:
                opened.pop()
        if opened:
            self._fail(f"this {opened[-1][0]!r} is not closed", opened[-1][1])

    def _without_question_mark(self, pattern: str) -> str:
        within = _WITHIN_END.search(pattern)
        end = within.start() if within else len(pattern)
        found = _QUESTION_END.search(pattern, 0, end)
        # Between quotation marks nothing is a wildcard, so there is nothing to say.
        if found is None or pattern[: found.start()].count('"') % 2:
            return pattern
        self.notes.append(
            "The ? at the end was read as punctuation. For one unknown letter there, write it in CQL, "
            'such as [form="colou."].'
        )
        return pattern[: found.start()] + " " * len(found[0]) + pattern[found.end() :]

    # The grammar's errors.

    def _parsed(self, pattern: str, start: Literal["bare", "cql"]) -> Any:
        from lark.exceptions import UnexpectedCharacters, UnexpectedToken

        try:
            parsed = grammar(_GRAMMAR, "bare", "cql").parse(pattern, start=start)
        except UnexpectedCharacters as error:
            at = error.pos_in_stream or 0
            self._fail(self._unexpected_character(pattern, at, start), at)
        except UnexpectedToken as error:
            ended = error.token.type == "$END"
            at = len(pattern.rstrip()) if ended else error.token.start_pos or 0
            if {"LSQB", "STRING"} <= set(error.expected) and re.match(r"\w", error.token):
                self._fail(self._unexpected_character(pattern, at, start), at)
            self._fail(_expected(pattern[:at].rstrip(), str(error.token), set(error.expected), ended), at)
        if depth(parsed) > DEEPEST:
            self._fail("this query is nested too deeply; name its parts and combine the names", None)
        return parsed

    @staticmethod
    def _unexpected_character(pattern: str, at: int, start: str) -> str:
        if start == "cql" and (word := re.match(r"[\w*?]*\w[\w*?]*", pattern[at:])):
            quoted = word[0].replace("*", ".*").replace("?", ".")
            return f'in CQL (a query with […], %c, %d or <s>) a word stands in quotation marks: "{quoted}"%c'
        if pattern[at] == "{":
            return "expected a number of times, such as {2} or {0,3}"
        return f"{pattern[at]!r} has no meaning here"

    # The tree.

    def _build(self, parsed: Any) -> Node | None:
        """The node for a parse tree; None for punctuation in a bare query."""
        parts = parsed.children
        match parsed.data:
            case "within":
                node = self._required(parts[0])
                return Within(node, "sentence" if str(parts[1]).lower().endswith("s") else "document")
            case "near":
                return self._near(*parts)
            case "either":
                return nodes.either([self._required(part) for part in parts])
            case "sequence":
                found = [(self._build(part), part) for part in parts]
                return self._sequence([(node, part) for node, part in found if node is not None])
            case "words":
                found = [(self._word(word), word) for word in parts]
                return self._sequence([(node, word) for node, word in found if node is not None])
            case "group":
                return self._build(parts[0])
            case "any_number" | "one_or_more" | "perhaps" | "times":
                return self._repeat(parsed)
            case "not_":
                return nodes.Not(self._test(parts[0]))
            case "and_":
                return nodes.Both(tuple(dict.fromkeys(self._test(part) for part in parts)))
            case "or_":
                return nodes.either([self._test(part) for part in parts])
            case "token":
                return self._test(parts[0])
            case "any_word":
                return nodes.AnyWord()
            case "start" | "end" as side:
                return Boundary("start" if side == "start" else "end")
            case "attribute":
                name, sign, string, *flags = parts
                test = self._string(string, flags, str(name), name.start_pos)
                return nodes.Not(test) if sign == "!=" else test
            case "string":
                return self._string(parts[0], parts[1:], "word", parts[0].start_pos)
            case "name":
                return self._name(parts[0])
            case "quoted":
                return self._quoted(parts[0])
            case "prefixed":
                return self._prefixed(parts[0])
            case _:
                return self._word(parts[0])

    def _required(self, parsed: Any) -> Node:
        node = self._build(parsed)
        if node is None:
            self._fail("there is no word here to look for, only punctuation", _place(parsed))
        return node

    def _test(self, parsed: Any) -> nodes.Test:
        node = self._build(parsed)
        assert node is not None
        assert nodes.is_test(node)
        return node  # type: ignore[return-value]

    def _sequence(self, found: list[tuple[Node, Any]]) -> Node | None:
        for node, part in found:
            self._only_patterns(node, part)
        return nodes.sequence([node for node, _ in found]) if found else None

    def _only_patterns(self, node: Node, parsed: Any) -> None:
        if not nodes.is_pattern(node):
            self._fail(
                "near and within cannot stand inside a phrase; put the whole phrase on one side of near",
                _place(parsed),
            )

    def _near(self, left: Any, operator: Any, right: Any) -> Near:
        distance = int(str(operator).rsplit("/", 1)[1][:6])
        if not 1 <= distance <= LONGEST:
            self._fail(f"near takes a distance of 1 to {LONGEST:,} words", operator.start_pos)
        negated = str(operator).lower().startswith("not")
        return Near(self._required(left), self._required(right), distance, negated)

    def _repeat(self, parsed: Any) -> Node:
        node = self._required(parsed.children[0])
        self._only_patterns(node, parsed.children[0])
        least, most = {"any_number": (0, None), "one_or_more": (1, None), "perhaps": (0, 1)}.get(
            parsed.data
        ) or self._times(parsed.children[1])
        return node if (least, most) == (1, 1) else nodes.Repeat(node, least, most)

    def _times(self, token: Any) -> tuple[int, int | None]:
        low, comma, high = str(token)[1:-1].replace(" ", "").partition(",")
        if not low and not high:
            self._fail("expected a number of times, such as {2} or {0,3}", token.start_pos)
        least = int(low[:6] or 0)
        most = int(high[:6]) if high else None if comma else least
        if max(least, most or 0) > LONGEST:
            self._fail(f"a hit has at most {LONGEST:,} tokens", token.start_pos)
        if most is not None and (most < least or most == 0):
            self._fail("the second number must be 1 or more, and not less than the first", token.start_pos)
        return least, most

    def _name(self, token: Any) -> Node:
        name, place = str(token)[1:], token.start_pos
        if name not in self.names:
            from tendency.corpus.suggest import did_you_mean

            known = (
                f"The names are {', '.join(sorted(self.names))}." if self.names else "No names are defined."
            )
            self._fail(f"there is no query named @{name}{did_you_mean(name, self.names, '@')} {known}", place)
        if name in self.chain:
            circle = " → ".join(f"@{held}" for held in (*self.chain[self.chain.index(name) :], name))
            self._fail(f"@{name} is defined by itself: {circle}", place)
        if len(self.chain) > DEEPEST // 10:
            self._fail("these names lead to one another too many times; combine some of them", place)
        try:
            named = _Reader(self.names[name], self.names, (*self.chain, name)).query()
        except QueryError as error:
            raise QueryError(f"in @{name}: {error.message}", error.query, error.position) from None
        self.notes.extend(f"In @{name}: {note}" for note in named.notes)
        if named.where is not None:
            self.filters.append((named.where, place))
        self.size += sum(1 for _ in nodes.walk(named.tree))
        if self.size > MOST_NODES:
            self._fail(f"with its names written out this query has more than {MOST_NODES:,} parts", place)
        return named.tree

    # Words of the bare form.

    def _word(self, token: Any) -> Node | None:
        chunk, place = str(token), token.start_pos
        self._check_word(chunk, place)
        if set(chunk) <= {"*", "?"}:
            return nodes.AnyWord() if "*" in chunk else Term("form", "glob", chunk)
        found = readings(chunk)
        if not found:
            self.notes.append(f"{chunk!r} is punctuation and was not looked for.")
            return None
        if chunk in ("AND", "OR", "NOT"):
            instead = {"AND": "near/8", "OR": "|", "NOT": "not near/8"}[chunk]
            self.notes.append(
                f"{chunk} was read as the word {chunk.lower()!r}. To combine queries write {instead}."
            )
        return _any_reading(found, "form")

    def _check_word(self, chunk: str, place: int) -> None:
        if re.match(r"near/[0-9]", chunk, re.IGNORECASE):
            self._fail(f"expected a word or a phrase before {chunk!r}", place)
        if chunk.lower().startswith("near/"):
            self._fail("near takes a whole number of words, such as near/8", place)
        if chunk[0] in "@" and len(chunk) > 1:
            self._fail("a name begins with a letter", place)
        prefix = re.match(r"([A-Za-z]{3,7}):(.*)", chunk)
        if prefix and prefix[1] not in ("lemma", "exact"):
            from tendency.corpus.suggest import nearest

            close = {"word": "exact", "form": "lemma"}.get(prefix[1].lower()) or next(
                iter(nearest(prefix[1].lower(), ("lemma", "exact"), 1)), None
            )
            if close:
                self._fail(f"there is no {prefix[1]}: before a word; did you mean {close}: ?", place)
        elif prefix:
            self._fail(f"expected a word right after {prefix[1]}:", place + len(prefix[1]) + 1)

    def _quoted(self, token: Any) -> Node | None:
        found = [
            (self._exact(chunk[0], token.start_pos + 1 + chunk.start()), token)
            for chunk in re.finditer(r"\S+", str(token)[1:-1])
        ]
        node = self._sequence([(part, place) for part, place in found if part is not None])
        if node is None:
            self._fail("there is no word between these quotation marks", token.start_pos)
        return node

    def _exact(self, chunk: str, place: int, *, wild: bool = False) -> Node | None:
        """Words as written; between quotation marks ``?`` is punctuation and ``*`` refused."""
        if not wild and "*" in chunk:
            self._fail("between quotation marks * is no wildcard; write exact:Arm*", place + chunk.index("*"))
        if not wild and re.search(r"\w\?+\w", chunk):
            self._fail(
                "between quotation marks ? is no wildcard; write exact:defen?e", place + chunk.index("?")
            )
        found: list[Node] = []
        for reading in readings(chunk, wild=wild):
            terms = tuple(_term("word", piece) for piece in reading)
            if len(terms) == 1:
                found.append(terms[0])
            elif any(not isinstance(term, Term) or term.kind != "is" for term in terms):
                self._fail("a wildcard cannot stand in words that are joined as written", place)
            else:
                found.append(nodes.Written(terms, span(chunk, wild=wild)))  # type: ignore[arg-type]
        return nodes.either(found) if found else None

    def _prefixed(self, token: Any) -> Node:
        attribute, _, rest = str(token).partition(":")
        place = token.start_pos + len(attribute) + 1
        quoted = rest.startswith('"')
        chunk = rest[1:-1] if quoted else rest
        node: Node | None
        if attribute == "exact":
            found = [
                self._exact(part[0], place + part.start(), wild=not quoted)
                for part in re.finditer(r"\S+", chunk)
            ]
            node = nodes.sequence(kept) if (kept := [part for part in found if part is not None]) else None
        else:
            found_readings = readings(chunk)
            node = _any_reading(found_readings, "lemma") if found_readings else None
        if node is None or nodes.names_nothing(node):
            self._fail(f"expected a word right after {attribute}:", place)
        return node

    # Strings of CQL.

    def _string(self, token: Any, flags: list[Any], attribute: str, place: int) -> nodes.Test:
        self._check_attribute(attribute, place)
        given = self._flags(flags)
        at = token.start_pos + 1
        pattern = re.sub(r"\\([\"'])", r"\1", str(token)[1:-1])
        if not pattern:
            self._fail("expected a pattern; every word fits []", at)
        if " " in pattern.strip() and "(?x" not in pattern:
            self._fail(
                'a string is one word; write two strings side by side, "Red" "Army"', at + pattern.index(" ")
            )
        kind, text = simplify(pattern)
        if kind == "regex" and (wrong := complaint(pattern)):
            self._fail(wrong[0], at + wrong[1])
        if "-" in text and kind == "is":
            self.notes.append(
                f"No word has a hyphen in it, so {text!r} finds nothing: write its parts side by side, or exact:{text}."
            )
        if attribute == "word" and "c" in given:
            attribute = "form"
        if kind != "regex" and attribute != "word":
            text = _folded(text)
        if kind == "glob" and text == "*":
            return nodes.AnyWord()
        return Term(attribute, kind, text, accents="d" not in given)  # type: ignore[arg-type]

    def _check_attribute(self, attribute: str, place: int) -> None:
        if attribute in ATTRIBUTES:
            return
        if attribute in ("pos", "tag", "upos", "xpos"):
            self._fail("parts of speech are not indexed; the attributes are word, form and lemma", place)
        from tendency.corpus.suggest import did_you_mean

        self._fail(
            f"there is no attribute {attribute!r}{did_you_mean(attribute, ATTRIBUTES)} "
            f"The attributes are {', '.join(f'{name} ({what})' for name, what in ATTRIBUTES.items())}.",
            place,
        )

    def _flags(self, flags: list[Any]) -> set[str]:
        if not flags:
            return set()
        given = set(str(flags[0])[1:])
        if given - {"c", "d"}:
            self._fail("the flags are %c (any case), %d (any accents) and %cd", flags[0].start_pos)
        return given

    # The whole.

    def _check_whole(self, node: Node) -> None:
        if _levels(node) > DEEPEST:
            self._fail("with its names written out this query is nested too deeply", None)
        if nodes.names_nothing(node):
            self._fail("this would find every word; name at least one", 0)
        for pattern in _patterns(node):
            if nodes.unrolled(pattern) > MOST_PLACES:
                self._fail(
                    f"with its repetitions written out this query has {nodes.unrolled(pattern):,} places for a word; "
                    f"the limit is {MOST_PLACES:,}",
                    None,
                )
            least = nodes.shortest(pattern)
            if least > LONGEST:
                self._fail(f"a hit has at most {LONGEST:,} tokens; this one would have {least:,}", None)
            if all(isinstance(held, Boundary | Sequence | Either) for held in nodes.walk(pattern)):
                self._fail(
                    "a hit has at least one word; write <s> [] for the first word of each sentence", None
                )

    def _combined_where(self, parsed: Any, own: Condition | None) -> Condition | None:
        if not self.filters:
            return own
        if parsed.data != "name":
            self._fail(
                "this named query has a filter of its own (after ::), so it can only stand alone",
                self.filters[0][1],
            )
        inner = self.filters[0][0]
        if own is None:
            return inner
        return Condition(Logic("AND", (inner.expression, own.expression)), source=own.source)


def _patterns(node: Node) -> list[Node]:
    """The patterns whose hits the query combines."""
    match node:
        case Near(left, right):
            return _patterns(left) + _patterns(right)
        case Within(part):
            return _patterns(part)
        case Either(parts) if not nodes.is_test(node):
            return [pattern for part in parts for pattern in _patterns(part)]
        case _:
            return [node]


def _levels(node: Node) -> int:
    deepest, waiting = 0, [(node, 1)]
    while waiting:
        held, level = waiting.pop()
        deepest = max(deepest, level)
        waiting.extend((part, level + 1) for part in nodes.children(held))
    return deepest


def _any_reading(found: tuple[tuple[str, ...], ...], attribute: nodes.Attribute) -> Node:
    return nodes.either([nodes.sequence([_term(attribute, piece) for piece in reading]) for reading in found])


def _term(attribute: nodes.Attribute, piece: str) -> Term | nodes.AnyWord:
    """A word of the bare form, which may hold wildcards."""
    wild = "*" in piece or "?" in piece
    if wild and set(piece) == {"*"}:
        return nodes.AnyWord()
    text = re.sub(r"\*+", "*", piece) if wild else piece
    return Term(attribute, "glob" if wild else "is", text if attribute == "word" else _folded(text))


def _folded(text: str) -> str:
    if text.isascii():
        return text.lower()
    from tendency.corpus.tokens import fold

    return fold(text)


def _place(parsed: Any) -> int:
    """Where a parse tree begins in the query."""
    waiting, places = [parsed], []
    while waiting:
        held = waiting.pop()
        if hasattr(held, "children"):
            waiting.extend(held.children)
        elif held.start_pos is not None:
            places.append(held.start_pos)
    return min(places, default=0)


def _expected(before: str, found: str, wanted: set[str], ended: bool) -> str:
    """What was expected after ``before``, in words."""
    last = before[-1:]
    near = re.search(r"(?:not\s+)?near/[0-9]+$", before, re.IGNORECASE)
    if near:
        return f"expected what it should be near to after {near[0]!r}"
    if "ATTRIBUTE" in wanted:
        return f"expected a condition after {last!r}"
    if "IS" in wanted:
        return f"expected = or != after {before.split()[-1].lstrip('[(')!r}"
    if wanted == {"STRING"} and last == "=":
        return "expected a pattern in quotation marks after '='"
    if "AMPERSAND" in wanted:
        return "expected &, | or ] after this condition"
    if re.search(r"within\s+(doc|s)$", before, re.IGNORECASE):
        return "expected nothing after 'within'; put what it holds for in parentheses"
    if last == "|" or not before or last == "(":
        return f"expected a word or a phrase{f' after {last!r}' if last else ''}"
    if re.match(r"(?:not\s+)?near/", found, re.IGNORECASE):
        return f"expected a word or a phrase before {found!r}"
    if found in ("*", "+", "?") or found.startswith("{"):
        return f"{found!r} stands after what it repeats"
    return "expected more" if ended else f"{found!r} has no meaning here"
