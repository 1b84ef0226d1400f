"""What a person may have meant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tendency.corpus.deadlines import Deadline
    from tendency.corpus.index import Index
    from tendency.corpus.query.query import Query
    from tendency.corpus.query.tree import Node, Term
    from tendency.corpus.segment import Segment

ENDINGS: Final = (
    ("ence", "ense"),
    ("our", "or"),
    ("ours", "ors"),
    ("oured", "ored"),
    ("ouring", "oring"),
    ("re", "er"),
    ("ise", "ize"),
    ("ises", "izes"),
    ("ised", "ized"),
    ("ising", "izing"),
    ("isation", "ization"),
    ("isations", "izations"),
    ("yse", "yze"),
    ("ogue", "og"),
    ("elled", "eled"),
    ("elling", "eling"),
    ("eller", "eler"),
    ("ement", "ment"),
    ("amme", "am"),
    ("eable", "able"),
)
"""British and American spellings of the same endings."""

CONFUSED: Final = (
    ("rn", "m"),
    ("cl", "d"),
    ("li", "h"),
    ("ii", "n"),
    ("vv", "w"),
    ("c", "e"),
    ("l", "i"),
    ("1", "l"),
)
"""What optical character recognition takes for each other oftenest."""

_TRIED: Final = 12
_LISTED: Final = 200_000


class Suggestion(NamedTuple):
    """A near spelling that occurs.

    Attributes:
        form: The spelling, folded.
        hits: Hits of the query with it in the place of a word; or of the word alone.
    """

    form: str
    hits: int


def suggestions(
    index: Index,
    query: Query,
    names: Mapping[str, str] | None = None,
    *,
    limit: int = 5,
    deadline: Deadline | None = None,
) -> list[Suggestion]:
    """Near spellings of a query's words with which it has hits, those with the most hits first.

    One word is replaced at a time. Where no replacement gives the whole query a hit, the near spellings of
    words that do not occur at all are counted by themselves.

    Args:
        index: What was asked.
        query: A query without hits.
        names: Named queries; a word that is the name of one is suggested as ``@name`` with its hits.
        limit: How many at most.
        deadline: When to give up.
    """
    from tendency.corpus.expansion import expansion
    from tendency.corpus.query.tree import Term

    query = query.bound(index)
    found: dict[str, int] = {}
    alone: dict[str, int] = {}
    for leaf in query.leaves:
        if leaf.kind != "is":
            continue
        occurs = bool(expansion(index, leaf))
        for form, count in _spelled_like(index, leaf, deadline):
            replaced = replace(query, tree=_replaced(query.tree, leaf, Term("form", "is", form)))
            hits = _total(index, replaced, deadline)
            if hits:
                found[form] = max(found.get(form, 0), hits)
            elif not occurs:
                alone[form] = count
        name = next((name for name in names or () if name.casefold() == leaf.text.casefold()), None)
        if name is not None and names is not None:
            from tendency.corpus.query.parse import parse

            found[f"@{name}"] = _total(index, parse(f"@{name}", names).bound(index), deadline)
    best = found or alone
    return [Suggestion(form, best[form]) for form in sorted(best, key=lambda form: (-best[form], form))][
        :limit
    ]


def no_hits(query: Query, found: list[Suggestion]) -> str:
    """A sentence for a query without hits: ``defence of the USSR: 0; *defense*: 8``."""
    listed = "".join(f"; *{suggestion.form}*: {suggestion.hits:,}" for suggestion in found)
    return f"{query}: 0{listed or '; nothing spelled like it occurs'}"


def _total(index: Index, query: Query, deadline: Deadline | None) -> int:
    from tendency.corpus.counts import counts_by_document

    return sum(int(counts.sum()) for counts in counts_by_document(index, [query], deadline=deadline))


def _replaced(tree: Node, leaf: Term, by: Term) -> Node:
    """The tree with another term in the place of a leaf."""
    from dataclasses import fields

    from tendency.corpus.query.tree import Written, sequence

    if tree == leaf:
        return by
    if isinstance(tree, Written):
        return sequence([_replaced(part, leaf, by) for part in tree.parts]) if leaf in tree.parts else tree
    changed: dict[str, object] = {}
    for held in fields(tree):
        value = getattr(tree, held.name)
        if held.name == "parts":
            changed["parts"] = tuple(_replaced(part, leaf, by) for part in value)
        elif held.name in ("part", "left", "right"):
            changed[held.name] = _replaced(value, leaf, by)
    return replace(tree, **changed) if changed else tree  # type: ignore[arg-type]


def _spelled_like(index: Index, leaf: Term, deadline: Deadline | None) -> list[tuple[str, int]]:
    """The forms that are spelled most like a word, with their occurrences; the likeliest first."""
    from tendency.corpus.expansion import expansion
    from tendency.corpus.query.tree import Term
    from tendency.corpus.tokens import fold

    word = fold(leaf.text)
    likeliest = sorted({*_variants(word), *_other_case_and_lemma(index, leaf)})
    forms = list(dict.fromkeys([*likeliest, *_near_forms(index, word, deadline)]))
    found = []
    for form in forms:
        held = expansion(index, Term("form", "is", form))
        if held and Term("form", "is", form) != leaf:
            found.append((form, held[0][1]))
            if len(found) == _TRIED:
                break
    return found


def _other_case_and_lemma(index: Index, leaf: Term) -> list[str]:
    """The same word in any case, and, for an inflected form asked for as a lemma, its lemma."""
    if leaf.attribute == "word":
        from tendency.corpus.tokens import fold

        return [fold(leaf.text)]
    if leaf.attribute == "lemma":
        from tendency.corpus.lemmas import lemmas_of

        codes = {code for held in zip(index.segments, index.live, strict=True) for code in _codes(*held)}
        return [leaf.text, *(lemma for code in sorted(codes) for lemma in sorted(lemmas_of(leaf.text, code)))]
    return []


def _codes(segment: Segment, live: NDArray[np.bool_]) -> list[str]:
    """The languages of a segment's live documents."""
    import numpy as np

    from tendency.corpus.lemmas import languages

    names, numbers = languages(segment)
    return [names[number] for number in np.unique(numbers[live]).tolist()]


def _variants(word: str) -> set[str]:
    """The word with the ending of the other shore of the Atlantic, or as a scanner may have read it."""
    found = set()
    for british, american in ENDINGS:
        for here, there in ((british, american), (american, british)):
            if word.endswith(here) and len(word) > len(here) + 1:
                found.add(word.removesuffix(here) + there)
    for one, other in CONFUSED:
        for here, there in ((one, other), (other, one)):
            found |= {word[: held.start()] + there + word[held.end() :] for held in re.finditer(here, word)}
    return found - {word}


def _near_forms(index: Index, word: str, deadline: Deadline | None) -> list[str]:
    """The folded forms at most three letters away, the nearest first, then the most frequent."""
    import numpy as np
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    from tendency.corpus.term_counts import frequencies

    allowed = _allowed(word)
    terms, frequency = index.terms, frequencies(index, deadline)
    lengths = np.diff(terms.folded.bounds)
    close = np.flatnonzero((np.abs(lengths - len(word.encode())) <= 4 * allowed) & (frequency > 0))
    # Misreadings occur once each by the hundred thousand: the frequent forms are what was meant.
    close = close[np.argsort(-frequency[close], kind="stable")[:_LISTED]]
    forms = [terms.folded[number] for number in close.tolist()]
    likes = process.extract(word, forms, scorer=OSA.distance, score_cutoff=allowed, limit=None)
    likes.sort(key=lambda held: (held[1], held[2]))
    return [form for form, _, _ in likes if form != word]


def _allowed(word: str) -> int:
    return 1 if len(word) <= 4 else 2 if len(word) <= 8 else 3


def nearest(word: str, known: Iterable[str], count: int = 3) -> list[str]:
    """The known words that are spelled most like this one, the likeliest first."""
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    allowed = _allowed(word)
    lowered = {held: held.lower() for held in known}
    found = process.extract(word.lower(), lowered, scorer=OSA.distance, score_cutoff=allowed, limit=None)
    return [str(key) for _, _, key in sorted(found, key=lambda item: (item[1], item[2]))][:count]


def did_you_mean(word: str, known: Iterable[str], mark: str = "") -> str:
    """The end of a sentence: a full stop, or the likeliest known words as a question before it."""
    close = nearest(word, known)
    return f"; did you mean {' or '.join(mark + held for held in close)}?" if close else "."
