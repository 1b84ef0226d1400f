"""What a query finds, worked out from the definition: plain lists, one start at a time.

It shares with the package the tree of a query, the cutting of a text into tokens (which has a twin of
its own) and the folding of a form, and nothing else: no index, no numpy, no automaton.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fnmatch import translate
from functools import cache
from unicodedata import normalize

from tendency.corpus import tokens
from tendency.corpus.query.tree import (
    LONGEST,
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
    is_test,
    walk,
)
from tendency.corpus.tokens import form_of, scan

fold = cache(tokens.fold)


@dataclass(frozen=True)
class PlainDocument:
    """A text as lists, one element a word; sentence ends are only numbers.

    Attributes:
        text: As it came.
        forms: Of each word.
        starts: Offset of each.
        ends: Offset after each.
        sentences: Number of the sentence that each stands in.
        places: For each form the words that have it.
        tokens: Position of each word when sentence ends are counted.
    """

    text: str
    forms: list[str]
    starts: list[int]
    ends: list[int]
    sentences: list[int]
    places: dict[str, list[int]]
    tokens: list[int]

    @classmethod
    def of(cls, text: str, language: str | None = None) -> PlainDocument:
        """The lists for a text."""
        found = scan(text, language)
        document = cls(text, [], [], [], [], defaultdict(list), [])
        sentence = 0
        for token, (start, end) in enumerate(zip(found.starts.tolist(), found.ends.tolist(), strict=True)):
            if start == end:
                sentence += 1
                continue
            form = form_of(text, start, end)
            document.places[form].append(len(document.forms))
            document.forms.append(form)
            document.starts.append(start)
            document.ends.append(end)
            document.sentences.append(sentence)
            document.tokens.append(token)
        return document


class Twin:
    """Finds a tree in documents.

    Args:
        tree: What to look for.
        lemmas: The lemmas of a folded form.
    """

    def __init__(self, tree: Node, lemmas: Callable[[str], Iterable[str]] = lambda form: {form}) -> None:
        self.tree, self.lemmas = tree, lemmas
        self._fits: dict[int, dict[str, bool]] = defaultdict(dict)
        self._may_start: dict[str, bool] = {}
        self._tests = {id(node) for node in walk(tree) if is_test(node)}
        self._first = _first(tree)[0]

    def hits(self, document: PlainDocument) -> list[tuple[int, int]]:
        """First word and word after the last of each hit, in order."""
        return self._hits(self.tree, document, "sentence")

    def fits(self, test: Node, form: str) -> bool:
        """Whether a form passes a test."""
        held = self._fits[id(test)]
        if form not in held:
            held[form] = self._passes(test, form)
        return held[form]

    def _passes(self, test: Node, form: str) -> bool:
        match test:
            case AnyWord():
                return True
            case Not(part):
                return not self.fits(part, form)
            case Both(parts):
                return all(self.fits(part, form) for part in parts)
            case Either(parts):
                return any(self.fits(part, form) for part in parts)
            case Term(attribute, kind, text, accents):
                given = normalize("NFC", form) if attribute == "word" else fold(form, accents=accents)
                held = self.lemmas(given) if attribute == "lemma" else [given]
                wanted = normalize("NFC", text) if attribute == "word" else fold(text, accents=accents)
                if kind == "is":
                    return wanted in held
                pattern = (
                    _compiled(wanted, 0, True)
                    if kind == "glob"
                    else _compiled(text, attribute == "form", False)
                )
                return any(pattern.fullmatch(one) for one in held)
        raise TypeError(test)

    def first_forms(self, folded: Mapping[str, Iterable[str]]) -> None:
        """Learn which of all forms, by their folding, a hit may begin with; others are then never looked at."""
        self._known: set[str] = set()
        for test in self._first:
            if isinstance(test, Term) and test.kind == "is" and test.attribute != "lemma" and test.accents:
                forms = folded.get(fold(test.text), ())
            else:
                forms = [form for held in folded.values() for form in held]
            self._known.update(form for form in forms if self.fits(test, form))
            # What was learnt of a million forms that are never met would fill the memory.
            self._fits.clear()

    def _candidates(self, document: PlainDocument) -> list[int]:
        """Where a hit may start: its first word passes a test with which the pattern may begin."""
        if hasattr(self, "_known"):
            forms = document.places.keys() & self._known
        else:
            forms = {form for form in document.places if self._starts(form)}
        return sorted(place for form in forms for place in document.places[form])

    def _starts(self, form: str) -> bool:
        if form not in self._may_start:
            self._may_start[form] = any(self.fits(test, form) for test in self._first)
        return self._may_start[form]

    def _hits(self, node: Node, document: PlainDocument, scope: str) -> list[tuple[int, int]]:
        match node:
            case Within(part, inner):
                return self._hits(part, document, inner)
            case Near(left, right, distance, negated):
                others = self._hits(right, document, scope)
                return [
                    hit
                    for hit in self._hits(left, document, scope)
                    if any(_near(document, hit, other, distance, scope) for other in others) != negated
                ]
            case Either(parts) if any(isinstance(held, Near | Within) for held in walk(node)):
                found: dict[int, int] = {}
                for part in parts:
                    for start, end in self._hits(part, document, scope):
                        found[start] = min(end, found.get(start, end))
                return sorted(found.items())
        found_hits = []
        for start in self._candidates(document):
            ends = [
                end
                for end in self._ends(node, document, start, start, scope)
                if start < end <= start + LONGEST
            ]
            if ends:
                found_hits.append((start, min(ends)))
        return found_hits

    def _ends(self, node: Node, document: PlainDocument, start: int, at: int, scope: str) -> set[int]:
        """Where a pattern that begins at a word may end, in a hit that began at ``start``."""
        count, sentences = len(document.forms), document.sentences
        if id(node) in self._tests:
            if at >= count or (scope == "sentence" and sentences[at] != sentences[start]):
                return set()
            return {at + 1} if self.fits(node, document.forms[at]) else set()
        match node:
            case Boundary("start"):
                return {at} if at < count and (at == 0 or sentences[at - 1] != sentences[at]) else set()
            case Boundary("end"):
                return {at} if at > 0 and (at == count or sentences[at - 1] != sentences[at]) else set()
            case Sequence(parts):
                reached = {at}
                for part in parts:
                    reached = {
                        end for place in reached for end in self._ends(part, document, start, place, scope)
                    }
                return reached
            case Either(parts):
                return {end for part in parts for end in self._ends(part, document, start, at, scope)}
            case Written(parts, text):
                ends = {at}
                for part in parts:
                    ends = {
                        end for place in ends for end in self._ends(part, document, at, place, "sentence")
                    }
                last = at + len(parts)
                same = last in ends and normalize(
                    "NFC", document.text[document.starts[at] : document.ends[last - 1]]
                )
                return ends if same == normalize("NFC", text) else set()
            case Repeat(part, least, most):
                return self._repeated(
                    part, document, start, at, scope, least, LONGEST + 1 if most is None else most
                )
        raise TypeError(node)

    def _repeated(
        self, part: Node, document: PlainDocument, start: int, at: int, scope: str, least: int, most: int
    ) -> set[int]:
        reached, found = {at}, {at} if least == 0 else set()
        for times in range(1, most + 1):
            reached = {end for place in reached for end in self._ends(part, document, start, place, scope)}
            if times > least:
                reached -= found
            if not reached:
                break
            if times >= least:
                found |= reached
        return found


def _first(node: Node) -> tuple[list[Node], bool]:
    """The tests that the first word of a hit of any part may pass, and whether a pattern may be without a word."""
    if is_test(node):
        return [node], False
    match node:
        case Near(left, right):
            return [*_first(left)[0], *_first(right)[0]], False
        case Within(part):
            return _first(part)
        case Written(parts):
            return [parts[0]], False
        case Either(parts):
            found = [_first(part) for part in parts]
            return [test for tests, _ in found for test in tests], any(empty for _, empty in found)
        case Repeat(part, least):
            tests, empty = _first(part)
            return tests, empty or least == 0
        case Sequence(parts):
            tests = []
            for part in parts:
                more, empty = _first(part)
                tests += more
                if not empty:
                    return tests, False
            return tests, True
    return [], True


@cache
def _compiled(text: str, ignore_case: bool, glob: bool) -> re.Pattern[str]:
    pattern = translate(text.replace("[", "[[]")) if glob else text
    return re.compile(pattern, re.IGNORECASE if ignore_case else 0)


def _near(
    document: PlainDocument, hit: tuple[int, int], other: tuple[int, int], distance: int, scope: str
) -> bool:
    """Whether two hits, which share no word, are at most so many words apart; side by side is one."""
    if other[0] >= hit[1]:
        before, after = hit[1] - 1, other[0]
    elif other[1] <= hit[0]:
        before, after = other[1] - 1, hit[0]
    else:
        return False
    if scope == "sentence" and document.sentences[before] != document.sentences[after]:
        return False
    return after - before <= distance
