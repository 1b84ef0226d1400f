"""Collocates: which words stand near the hits of a query, and how much more than elsewhere in the same documents."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tendency.errors import SettingError
from tendency.measures.association import ASSOCIATIONS, log_dice
from tendency.measures.dispersion import FEW_CLUSTERS, FEW_HITS, Floats, finite
from tendency.measures.families import holm
from tendency.measures.result import Result
from tendency.measures.sides import Clustered, Side, clustered
from tendency.measures.two_rates import Ratios, Sums, burstiness, ratios
from tendency.tally.exact import moments, sums

if TYPE_CHECKING:
    from tendency.charts import Spec
    from tendency.corpus import Deadline, Index, Query
    from tendency.corpus.query.tree import Attribute, Node
    from tendency.corpus.surroundings import Company, Surroundings
    from tendency.corpus.term_counts import Reach
    from tendency.corpus.word_keys import Words

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
Stop = str | Path | Iterable[str]

ORDERS: Final = ("log_dice", "log_ratio", "frequency")
FAMILY_ERROR: Final = 0.05
STAYS_WITHIN: Final = 2.0
"""A word stays where the interval of its change lies between a half and twice."""
CAME: Final = "came"
WENT: Final = "went"
CLOSER: Final = "closer"
LOOSER: Final = "looser"
STAYS: Final = "stays"
UNDECIDED: Final = "not shown to change"
TOO_FEW: Final = "too few"
_INDEPENDENCE: Final = 10
"""A correlation is drawn towards 0 as if so many further clusters had shown none."""
_READ_OTHERWISE: Final = frozenset({"near", "not", "within", "doc", "s"})
"""Words that a query in the bare form may take for something else."""
_SENTENCE: Final = 1000
"""A distance that no sentence has."""

_OF_SIDE: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "near": pl.Int64,
    "per_thousand": pl.Float64,
    "documents": pl.Int64,
    "clusters": pl.Int64,
    "top_document_share": pl.Float64,
    "log_dice": pl.Float64,
    "ratio": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
}
SCHEMA: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "word": pl.String,
    "finds": pl.String,
    **_OF_SIDE,
    "log_ratio": pl.Float64,
    "elsewhere": pl.Int64,
    "occurrences": pl.Int64,
    "expected": pl.Float64,
    "too_few": pl.Boolean,
}
"""The columns of the table; further measures come behind them."""
CHANGES: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "word": pl.String,
    "finds": pl.String,
    "verdict": pl.String,
    **{f"{name}_{when}": kind for name, kind in _OF_SIDE.items() for when in ("before", "after")},
    "log_dice_difference": pl.Float64,
    "change": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "p": pl.Float64,
    "p_family": pl.Float64,
}
"""The columns of the table where two parts are compared."""
SUMMARY: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "part": pl.String,
    "hits": pl.Int64,
    "documents": pl.Int64,
    "documents_with_hits": pl.Int64,
    "clusters_with_hits": pl.Int64,
    "words": pl.Int64,
    "words_near": pl.Int64,
    "candidates": pl.Int64,
    "note": pl.String,
}
"""The columns of ``Collocates.summary``."""


@dataclass(frozen=True)
class Collocates(Result):
    """The company that a query keeps.

    Attributes:
        table: One row a word, best first: ``word, finds`` (the query that finds its sentences), ``near`` (occurrences near hits, each once),
            ``per_thousand`` (of the words near hits), ``documents`` and ``clusters`` with it near, ``top_document_share`` (of these
            occurrences), ``log_dice``, ``ratio`` of its rate near hits to that elsewhere in the same documents with 95 % limits ``low,
            high``, ``log_ratio`` (the same to base 2), ``elsewhere`` (occurrences there), ``occurrences`` in all documents asked,
            ``expected`` (how many chance would put near) and ``too_few`` (under 10 near, or documents of under 8 clusters).
            Where two parts are compared: the same of both, ``_before`` and ``_after``, ``log_dice_difference``, ``change`` (the later
            ratio over the earlier) with ``low, high``, ``p``, ``p_family`` (Holm over the rows with enough) and ``verdict``: ``came``,
            ``went``, ``closer``, ``looser`` (the same of a word that kept company before, or still does), ``stays`` (the interval of the change lies between a half and twice), ``not shown to change`` or ``too few``.
        summary: One row a part: hits, documents, words, words near hits, words with enough occurrences and a note.
        query: What they stand near.
        window: Words before and after, or ``"sentence"``.
        compared: The names of the two parts, or None.
    """

    summary: pl.DataFrame
    query: str
    window: Reach
    compared: tuple[str, str] | None = None

    def chart(self, *, title: str = "") -> Spec | None:
        """Ratios with their intervals, or two parts joined by lines; None without rows."""
        if self.table.is_empty():
            return None
        from tendency.charts.company import changes_chart, collocates_chart

        if self.compared is not None:
            return changes_chart(
                self.table, self.compared, title=title or f"Near “{self.query}”, then and now"
            )
        return collocates_chart(
            self.table, title=title or f"Near “{self.query}”, against the rest of the same documents"
        )


def collocates_of(
    index: Index,
    query: Query,
    *,
    window: Reach = 5,
    lemma: bool = False,
    fold: bool = True,
    stop: Stop | None = None,
    min_hits: int = 5,
    by: str = "log_dice",
    compare: tuple[Side, Side] | None = None,
    all_measures: bool = False,
    where: str | None = None,
    start: dt.date | None = None,
    end: dt.date | None = None,
    cluster: str | Sequence[str] | None = None,
    limit: int | None = 50,
    executor: Executor | None = None,
    deadline: Deadline | None = None,
) -> Collocates:
    """The words near a query's hits, in the same sentence; see ``docs/methods/collocates.md``.

    Everything is counted in the documents asked about and nowhere else, over the words that stand in no hit.

    Args:
        index: One snapshot of an index.
        query: What they stand near.
        window: At most so many words before and after a hit, or ``"sentence"``.
        lemma: Add up forms with a lemma in common, as the list of each document's language has it.
        fold: Add up forms that differ in case.
        stop: Words that are left out: a language's code for its function words, a file with a word a line, or the words.
        min_hits: Occurrences near hits that a word has at least, both parts together.
        by: What rows are ordered by: ``log_dice``, ``log_ratio`` or ``frequency``.
        compare: Two parts of the documents, an earlier and a later or simply one and another, without a document in common.
        all_measures: Add the further measures of association (not where parts are compared).
        where: Only documents for which this SQL expression holds.
        start: Only documents dated from this day.
        end: Only documents dated before this day.
        cluster: What independent pieces of evidence are values of; one field, ``"document"`` or ``"day"``.
        limit: Rows at most; None for all.
        executor: Does the counting; by default the index's own, else threads.
        deadline: When to give up.

    Raises:
        SettingError: An impossible setting, an unreadable stop list, or parts with a document in common.
    """
    from tendency.corpus import select

    _check(window, min_hits, by, limit, compare, lemma=lemma, fold=fold, all_measures=all_measures)
    left_out = stop_words(stop)
    base = _filtered(index, query, select(index, where=where, start=start, end=end).masks)
    parts = [base] if compare is None else _two_parts(index, base, compare)
    held = clustered(index, parts, where=where, start=start, end=end, cluster=cluster)
    asking = _Asking(index, query, window, lemma, fold, executor, deadline)
    around = [asking.around(masks) for masks in parts]
    candidates = _Candidates.of(around, min_hits)
    in_documents = [asking.in_documents(one) for one in around] if by == "log_ratio" else []
    chosen = candidates.best(by, limit, left_out, in_documents)
    found = _with_ratios(
        [
            _Part.of(index, chosen, number, asking.lying(one, chosen.numbers[number]), held)
            for number, one in enumerate(around)
        ]
    )
    names = ("all",) if compare is None else tuple(side.name for side in compare)
    summary = [
        _summary(name, one, part, own, len(candidates), held.note)
        for name, one, part, own in zip(names, around, found, held.sides, strict=True)
    ]
    finds = [finding(query, word, window, lemma=lemma, fold=fold) for word in chosen.texts]
    if compare is None:
        table = _table(chosen.texts, finds, found[0])
        if all_measures:
            table = table.with_columns(found[0].measures())
    else:
        table = _changes(chosen.texts, finds, found[0], found[1])
    recipe = _recipe(
        query, window, by, min_hits, held, names, left_out, where, start, end, lemma=lemma, fold=fold
    )
    return Collocates(
        table,
        recipe,
        pl.DataFrame(summary, schema=SUMMARY, orient="row"),
        str(query),
        window,
        None if compare is None else (compare[0].name, compare[1].name),
    )


def stop_words(stop: Stop | None) -> frozenset[str]:
    """The folded words of a stop list.

    Raises:
        SettingError: A text that is neither the code of a language with a list nor a file, or a file that cannot be read.
    """
    from tendency.corpus.function_words import LISTS
    from tendency.corpus.tokens import fold

    if stop is None:
        return frozenset()
    if isinstance(stop, str | Path):
        if str(stop) in LISTS:
            return frozenset(fold(word) for word in LISTS[str(stop)].split())
        path = Path(stop)
        if not path.is_file():
            raise SettingError(
                f"there is no file {str(stop)!r} with words to leave out, and no list of a language of that code; there are lists for "
                f"{', '.join(sorted(LISTS))}."
            )
        try:
            written = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise SettingError(
                f"the words to leave out in {stop} cannot be read as UTF-8 text: {error}"
            ) from None
        stop = written.split()
    return frozenset(fold(word) for word in stop)


def finding(query: Query, word: str, window: Reach, *, lemma: bool = False, fold: bool = True) -> str:
    """The text of a query that finds the sentences in which a word stands near another query's hits."""
    from tendency.corpus.query import Query as Asked
    from tendency.corpus.query.tree import Near, Sequence, Term

    attribute: Attribute = "lemma" if lemma else "form" if fold else "word"
    distance = _SENTENCE if window == "sentence" else window
    tree = Near(query.tree, Term(attribute, "is", word), distance)
    prefix = "lemma:" if lemma else "" if fold else "exact:"
    filtered = "" if query.where is None else f" :: {query.where.normalised()}"
    simple = isinstance(query.tree, Term | Sequence)
    typed = query.source.partition("::")[0].strip()
    text = f"{typed if simple else f'({typed})'} near/{distance} {prefix}{word}"
    if word.isalpha() and word not in _READ_OTHERWISE and not lemma:
        # Of such a word it is enough that the query can be read again, and that is the same for all.
        word_like, meant = "a", Near(query.tree, Term(attribute, "is", "a"), distance)
    else:
        word_like, meant = word, tree
    if _reads_as(f"{text.removesuffix(word)}{word_like}", meant):
        return f"{text}{filtered}"
    return Asked(tree, query.where).normalised()


@lru_cache(maxsize=64)
def _reads_as(text: str, tree: Node) -> bool:
    """Whether a query in the bare form means this."""
    from tendency.corpus.query import parse
    from tendency.errors import TendencyError

    try:
        return parse(text).tree == tree
    except TendencyError:
        return False


def _check(
    window: Reach,
    min_hits: int,
    by: str,
    limit: int | None,
    compare: tuple[Side, Side] | None,
    *,
    lemma: bool,
    fold: bool,
    all_measures: bool,
) -> None:
    if window != "sentence" and window < 1:
        raise SettingError(f"a window of {window} words holds none; give at least 1, or 'sentence'.")
    if min_hits < 1:
        raise SettingError(f"at least {min_hits} occurrences is no limit; give 1 or more.")
    if by not in ORDERS:
        raise SettingError(f"collocates cannot be ordered by {by!r}; choose among {', '.join(ORDERS)}.")
    if limit is not None and limit < 1:
        raise SettingError(f"a limit of {limit} shows nothing; give 1 or more.")
    if lemma and not fold:
        raise SettingError("lemmas are compared folded; take lemma, or forms as written, not both.")
    if compare is not None and all_measures:
        raise SettingError(
            "two parts are compared by logDice and the ratio; ask for all measures of one part at a time."
        )


def _filtered(index: Index, query: Query, masks: tuple[Mask, ...]) -> tuple[Mask, ...]:
    """The documents that the query itself is restricted to: words elsewhere are no reference for its hits."""
    condition = query.bound(index).where
    if condition is None:
        return masks
    return tuple(mask & condition.mask(segment) for mask, segment in zip(masks, index.segments, strict=True))


def _two_parts(index: Index, base: Sequence[Mask], compare: tuple[Side, Side]) -> list[tuple[Mask, ...]]:
    before, after = (
        tuple(own & every for own, every in zip(side.masks(index), base, strict=True)) for side in compare
    )
    shared = sum(int(np.count_nonzero(a & b)) for a, b in zip(before, after, strict=True))
    if shared:
        raise SettingError(
            f"{shared:,} documents are both in {compare[0].name} and in {compare[1].name}, and a document cannot be compared with itself; "
            "give two parts without a document in common."
        )
    return [before, after]


@dataclass(frozen=True, eq=False)
class _Group:
    """Documents of one language, or all: their masks, what counts as one word there, and what was counted.

    ``counts`` are those of every form in all of these documents.
    """

    masks: tuple[Mask, ...]
    words: Words
    found: Surroundings
    counts: Ints


@dataclass(frozen=True, eq=False)
class _Around:
    """What stands around the hits in one part of the documents."""

    masks: tuple[Mask, ...]
    groups: tuple[_Group, ...]

    @cached_property
    def near(self) -> int:
        """Words near hits."""
        return sum(int(group.found.near.sum()) for group in self.groups)

    @cached_property
    def words(self) -> int:
        """Words in no hit."""
        return sum(int(group.counts.sum() - group.found.inside.sum()) for group in self.groups)

    def by_document(self, name: str) -> list[Ints]:
        """Hits, words near or words inside of each document of each segment."""
        every = [getattr(group.found, name) for group in self.groups]
        return [np.sum([own[at] for own in every], axis=0) for at in range(len(self.masks))]


@dataclass(frozen=True)
class _Asking:
    """What is asked of every part."""

    index: Index
    query: Query
    window: Reach
    lemma: bool
    fold: bool
    executor: Executor | None
    deadline: Deadline | None

    def around(self, masks: Sequence[Mask]) -> _Around:
        """What stands around the hits in some documents."""
        from tendency.corpus.surroundings import surroundings

        groups = []
        for own, words in self._languages(masks):
            found = surroundings(
                self.index,
                self.query,
                own,
                window=self.window,
                executor=self.executor,
                deadline=self.deadline,
            )
            groups.append(_Group(own, words, found, self._counts(own)))
        return _Around(tuple(masks), tuple(groups))

    def in_documents(self, around: _Around) -> list[Ints]:
        """Occurrences of every form in the documents with hits, by group."""
        found = []
        for group in around.groups:
            with_hits = tuple(hits > 0 for hits in group.found.hits)
            found.append(self._counts(with_hits))
        return found

    def lying(self, around: _Around, words: Sequence[Ints]) -> Company:
        """How the chosen words lie in the documents with hits; ``words`` are their numbers in each group, -1 for none."""
        from tendency.corpus.surroundings import Company, company

        parts = []
        for group, chosen in zip(around.groups, words, strict=True):
            known = np.flatnonzero(chosen >= 0)
            forms, of = group.words.keys.forms_of(chosen[known])
            rows = known[of]
            while forms.size:
                # A form of several lemmas is counted for one of them at a time.
                once, first = np.unique(forms, return_index=True)
                groups = np.zeros(len(self.index.terms), np.uint32)
                groups[once] = rows[first] + 1
                parts.append(
                    company(
                        self.index,
                        self.query,
                        group.masks,
                        groups,
                        window=self.window,
                        executor=self.executor,
                        deadline=self.deadline,
                    )
                )
                rest = np.ones(forms.size, np.bool_)
                rest[first] = False
                forms, rows = forms[rest], rows[rest]
        none = np.empty(0, np.int64)
        return Company(
            *(
                np.concatenate([none, *(getattr(part, name) for part in parts)])
                for name in ("segment", "document", "group", "near", "elsewhere")
            )
        )

    def _counts(self, masks: Sequence[Mask]) -> Ints:
        from tendency.corpus.term_counts import count_terms, frequencies

        if all(np.array_equal(mask, live) for mask, live in zip(masks, self.index.live, strict=True)):
            return frequencies(self.index, self.deadline)
        found = count_terms(self.index, [masks], executor=self.executor, deadline=self.deadline)
        counts: Ints = found.counts[0]
        return counts

    def _languages(self, masks: Sequence[Mask]) -> list[tuple[tuple[Mask, ...], Words]]:
        from tendency.corpus.word_keys import by_folded, by_form, by_lemma

        if not self.lemma:
            return [(tuple(masks), by_folded(self.index) if self.fold else by_form(self.index))]
        from tendency.corpus.lemmas import languages

        told = [languages(segment) for segment in self.index.segments]
        found = []
        for code in sorted({code for codes, _ in told for code in codes}):
            own = tuple(
                mask & (of == codes.index(code)) if code in codes else np.zeros_like(mask)
                for mask, (codes, of) in zip(masks, told, strict=True)
            )
            if any(mask.any() for mask in own):
                found.append((own, by_lemma(self.index, code)))
        return found


@dataclass(frozen=True, eq=False)
class _Candidates:
    """Words with enough occurrences near hits.

    Attributes:
        spell: How each is spelt, by its row.
        numbers: For each part and group their numbers there, -1 for none.
        around: The parts.
    """

    spell: Callable[[int], str]
    numbers: tuple[tuple[Ints, ...], ...]
    around: tuple[_Around, ...]

    @classmethod
    def of(cls, around: Sequence[_Around], min_hits: int) -> _Candidates:
        """The words with so many occurrences near hits, all parts together."""
        groups = [group for part in around for group in part.groups]
        totals = [group.words.keys.totals(group.found.near) for group in groups]
        if not any(group.words.spelt is not None for group in groups):
            # Numbers mean the same in all groups, and most words need not be spelt.
            every = np.concatenate([np.empty(0, np.int64), *(words for words, _ in totals)])
            words, place = np.unique(every, return_inverse=True)
            near = sums(
                np.concatenate([np.empty(0, np.int64), *(n for _, n in totals)])[:, None],
                place.ravel(),
                words.size,
            )
            kept = words[near[:, 0] >= min_hits]
            return cls(
                lambda row: groups[0].words.text(int(kept[row])),
                tuple((kept,) * len(part.groups) for part in around),
                tuple(around),
            )
        found: dict[str, int] = {}
        for group, (words, counts) in zip(groups, totals, strict=True):
            for word, count in zip(words.tolist(), counts.tolist(), strict=True):
                text = group.words.text(word)
                found[text] = found.get(text, 0) + count
        texts = sorted(text for text, count in found.items() if count >= min_hits)
        by_part = tuple(
            tuple(np.array([group.words.number(text) for text in texts], np.int64) for group in part.groups)
            for part in around
        )
        return cls(texts.__getitem__, by_part, tuple(around))

    def __len__(self) -> int:
        return int(self.numbers[0][0].size) if self.numbers[0] else 0

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """All of them."""
        return tuple(self.spell(row) for row in range(len(self)))

    def take(self, rows: Sequence[int]) -> _Candidates:
        """Some of them."""
        places = np.array(rows, np.int64)
        numbers = tuple(tuple(own[places] for own in part) for part in self.numbers)
        return _Candidates(lambda row: self.spell(rows[row]), numbers, self.around)

    def near(self, part: int) -> Ints:
        """Occurrences of each near hits in a part."""
        return self._sums(part, [group.found.near for group in self.around[part].groups])

    def everywhere(self, part: int) -> Ints:
        """Occurrences of each in a part, those in hits left out."""
        return self._sums(part, [group.counts - group.found.inside for group in self.around[part].groups])

    def _sums(self, part: int, counts: Sequence[Ints]) -> Ints:
        result = np.zeros(len(self), np.int64)
        groups = zip(self.around[part].groups, self.numbers[part], counts, strict=True)
        for group, numbers, own in groups:
            known = numbers >= 0
            result[known] += group.words.keys.sums(numbers[known], own)
        return result

    def best(
        self,
        by: str,
        limit: int | None,
        left_out: frozenset[str],
        in_documents: Sequence[Sequence[Ints]],
    ) -> _Candidates:
        """The best, in order; ``in_documents`` are counts of every form in the documents with hits, by part and group."""
        from tendency.corpus.tokens import fold

        parts = range(len(self.around))
        near = np.sum([self.near(part) for part in parts], axis=0)
        if by == "frequency":
            score = near.astype(float)
        elif by == "log_dice":
            everywhere = np.sum([self.everywhere(part) for part in parts], axis=0)
            score = log_dice(near, sum(part.near for part in self.around), everywhere)
        else:
            score = self._ratio(near, in_documents)
        score = np.round(score, 9)
        order = np.lexsort((-near, -score))
        turns = np.flatnonzero((np.diff(score[order]) != 0) | (np.diff(near[order]) != 0)) + 1
        bounds = [0, *turns.tolist(), order.size]
        chosen: list[int] = []
        for begin, end in pairwise(bounds):
            # Words that tie stand in order of their letters.
            spelt = sorted((self.spell(row), row) for row in order[begin:end].tolist())
            chosen += [row for text, row in spelt if fold(text) not in left_out]
            if limit is not None and len(chosen) >= limit:
                break
        return self.take(chosen[:limit])

    def _ratio(self, near: Ints, in_documents: Sequence[Sequence[Ints]]) -> Floats:
        """The ratio of the rate near hits to that elsewhere in the same documents; half an occurrence where there is none."""
        elsewhere, words = -near.astype(float), 0
        for part, counts in enumerate(in_documents):
            own = [
                held - group.found.inside
                for held, group in zip(counts, self.around[part].groups, strict=True)
            ]
            elsewhere += self._sums(part, own)
            words += sum(int(held.sum()) for held in own)
        beside = sum(part.near for part in self.around)
        rate = np.maximum(elsewhere, 0.5) / max(words - beside, 1)
        return np.asarray(near / max(beside, 1) / rate)


@dataclass(frozen=True, eq=False)
class _Part:
    """Words near the hits of one part; arrays have an entry a word.

    Attributes:
        near, everywhere: Occurrences near hits, and everywhere in the part but in hits.
        elsewhere: Occurrences elsewhere in the documents with hits.
        words_near, words: Words near hits, and all that are in none.
        documents, clusters, most: Documents and clusters with it near, and occurrences near in the document with most.
        sums: What clusters say of occurrences near and elsewhere, and the correlation of the two rates.
        ratios: The rate near over that elsewhere, once all parts are known.
        known: Whether there is anything elsewhere, and more than one cluster.
        with_hits: Documents and clusters with hits.
    """

    near: Ints
    everywhere: Ints
    elsewhere: Ints
    words_near: int
    words: int
    words_elsewhere: int
    documents: Ints
    clusters: Ints
    most: Ints
    sums: tuple[Sums, Sums, Floats]
    ratios: Ratios | None
    known: bool
    with_hits: tuple[int, int]

    @classmethod
    def of(cls, index: Index, chosen: _Candidates, number: int, lying: Company, held: Clustered) -> _Part:
        """The chosen words in one part, from how they lie in its documents."""
        around, size = chosen.around[number], len(chosen)
        cluster = _cluster_of(index, held)
        hits, beside, inside = (around.by_document(name) for name in ("hits", "words_near", "words_inside"))
        exposures = _exposures(index, hits, beside, inside, cluster)
        of = np.zeros(lying.segment.size, np.int64)
        for at, clusters_there in enumerate(cluster):
            here = lying.segment == at
            of[here] = clusters_there[lying.document[here]]
        near, rest, both = near_and_elsewhere(lying, of, exposures, size)
        some = lying.near > 0
        most = np.zeros(size, np.int64)
        np.maximum.at(most, lying.group, lying.near)
        found = chosen.near(number)
        clusters = np.unique(of[some] * max(size, 1) + lying.group[some]) % max(size, 1)
        return cls(
            found,
            chosen.everywhere(number),
            rest.hits.astype(np.int64),
            around.near,
            around.words,
            int(rest.exposure),
            np.bincount(lying.group[some], minlength=size).astype(np.int64),
            np.bincount(clusters, minlength=size).astype(np.int64),
            most,
            (near, rest, both),
            None,
            bool(rest.exposure > 0 and near.exposure > 0 and near.clusters > 1),
            (sum(int(np.count_nonzero(own)) for own in hits), near.clusters),
        )

    @property
    def few(self) -> Mask:
        """Under 10 occurrences near hits, or hits in under 8 clusters."""
        return np.asarray((self.near < FEW_HITS) | (self.with_hits[1] < FEW_CLUSTERS))

    def columns(self) -> dict[str, Any]:
        """The columns that both kinds of table have."""
        near = self.near.astype(float)
        ratio = np.full(near.size, np.nan)
        rate = self.elsewhere / max(self.words_elsewhere, 1)
        np.divide(near / max(self.words_near, 1), rate, out=ratio, where=rate > 0)
        assert self.ratios is not None, "a part is shown once all are known"
        low, high = self.ratios.bounds(self.near > 0, self.elsewhere > 0)
        known = np.full(near.size, self.known) & (self.near + self.elsewhere > 0)
        share = np.full(near.size, np.nan)
        np.divide(self.most, near, out=share, where=near > 0)
        return {
            "near": self.near,
            "per_thousand": finite(
                1e3 * near / max(self.words_near, 1), np.full(near.size, self.words_near > 0)
            ),
            "documents": self.documents,
            "clusters": self.clusters,
            "top_document_share": finite(share),
            "log_dice": finite(self.log_dice()),
            "ratio": finite(ratio),
            "low": finite(low, known),
            "high": finite(high, known),
        }

    def log_dice(self) -> Floats:
        """LogDice of each word; minus infinite for one that is never near."""
        return log_dice(self.near, self.words_near, self.everywhere)

    def measures(self) -> list[pl.Series]:
        """The further measures, each a column."""
        return [
            pl.Series(
                name,
                finite(measure(self.near, self.words_near, self.everywhere, self.words)),
                dtype=pl.Float64,
            )
            for name, measure in ASSOCIATIONS.items()
        ]


def _with_ratios(parts: Sequence[_Part]) -> list[_Part]:
    """The parts with their ratios; the burstiness of each is drawn towards that of both."""
    near, rest = (burstiness(tuple(part.sums[at] for part in parts)) for at in (0, 1))  # type: ignore[misc]
    return [
        replace(part, ratios=ratios(part.sums[0], part.sums[1], np.stack(bursts), part.sums[2]))
        for part, bursts in zip(parts, zip(near, rest, strict=True), strict=True)
    ]


def _cluster_of(index: Index, held: Clustered) -> list[Ints]:
    """The cluster of each document of each segment; 0 for one that is not asked about."""
    placed = held.placed
    found = [np.zeros(segment.documents, np.int64) for segment in index.segments]
    for number, own in enumerate(found):
        here = placed.segment == number
        own[placed.document[here]] = placed.of_cluster[here]
    return found


def _exposures(
    index: Index, hits: Sequence[Ints], near: Sequence[Ints], inside: Sequence[Ints], cluster: Sequence[Ints]
) -> Ints:
    """Of each cluster the words near hits and those elsewhere in documents with hits, and whether it has any: (clusters, 3)."""
    of, rows = [np.empty(0, np.int64)], [np.empty((0, 2), np.int64)]
    for number, segment in enumerate(index.segments):
        held = np.flatnonzero(hits[number])
        of.append(cluster[number][held])
        beside = near[number][held]
        rows.append(np.stack([beside, segment.words[held] - beside - inside[number][held]], axis=1))
    places = np.concatenate(of)
    size = int(places.max(initial=0)) + 1
    held = np.bincount(places, minlength=size).astype(np.int64)
    return np.concatenate([sums(np.concatenate(rows), places, size), held[:, None]], axis=1)


def near_and_elsewhere(
    lying: Company, cluster: Ints, exposures: Ints, size: int
) -> tuple[Sums, Sums, Floats]:
    """Sums over clusters of occurrences near hits and elsewhere, and the correlation of the two rates."""
    wide = max(size, 1)
    keys, place = np.unique(cluster * wide + lying.group, return_inverse=True)
    both = np.stack([lying.near, lying.elsewhere], axis=1)
    x = sums(both, place.ravel(), keys.size)
    of, word = np.divmod(keys, wide)
    e = exposures[of, :2]
    with_hits = exposures[:, 2] > 0
    exposed = exposures[with_hits, :2]
    count = int(np.count_nonzero(with_hits))

    def total(values: Ints) -> Floats:
        return np.bincount(word, values.astype(float), size)[:size].astype(float)

    products, cubes = moments(exposed, np.zeros(count, np.int64), 1)
    sides = [
        Sums(
            total(x[:, at]),
            total(x[:, at] ** 2),
            total(x[:, at] * e[:, at]),
            float(exposed[:, at].sum()),
            float(products[0, at, at]),
            float(cubes[0, at]),
            count,
        )
        for at in (0, 1)
    ]
    one, two = sides
    r, q = (side.hits / max(side.exposure, 1.0) for side in sides)
    shared = total(x[:, 0] * x[:, 1]) - q * total(x[:, 0] * e[:, 1]) - r * total(x[:, 1] * e[:, 0])
    shared += r * q * float(products[0, 0, 1])
    spread = [
        side.squares - 2 * rate * side.by_exposure + rate**2 * side.exposure_squares
        for side, rate in ((one, r), (two, q))
    ]
    scale = np.sqrt(np.maximum(spread[0] * spread[1], 0.0))
    correlation = np.zeros(size)
    np.divide(shared, scale, out=correlation, where=scale > 0)
    return one, two, np.clip(correlation, -1, 1) * (count / (count + _INDEPENDENCE))


def _table(texts: Sequence[str], finds: Sequence[str], part: _Part) -> pl.DataFrame:
    columns = {"word": list(texts), "finds": list(finds), **part.columns()}
    log_ratio = [None if value is None or value <= 0 else float(np.log2(value)) for value in columns["ratio"]]
    expected = part.everywhere * (part.words_near / max(part.words, 1))
    columns |= {
        "log_ratio": log_ratio,
        "elsewhere": part.elsewhere,
        "occurrences": part.everywhere,
        "expected": expected,
        "too_few": part.few,
    }
    return pl.DataFrame({name: columns[name] for name in SCHEMA}, schema=SCHEMA)


def _changes(texts: Sequence[str], finds: Sequence[str], before: _Part, after: _Part) -> pl.DataFrame:
    assert before.ratios is not None
    assert after.ratios is not None
    change = after.ratios.less(before.ratios)
    low, high = change.limits()
    enough = np.full(len(texts), before.known and after.known and _many(before) and _many(after))
    enough &= before.near + after.near >= FEW_HITS
    tested = [float(p) if good else None for p, good in zip(change.p(), enough, strict=True)]
    family = holm(tested)
    sides = {"before": before.columns(), "after": after.columns()}
    columns: dict[str, Any] = {"word": list(texts), "finds": list(finds)}
    columns |= {f"{name}_{when}": values for when, side in sides.items() for name, values in side.items()}
    ratio = [
        b / a if a and b is not None else None
        for a, b in zip(sides["before"]["ratio"], sides["after"]["ratio"], strict=True)
    ]
    bounded = change.bounds(after.near > 0, before.near > 0)
    with np.errstate(invalid="ignore"):
        difference = after.log_dice() - before.log_dice()
    columns |= {
        "log_dice_difference": finite(difference),
        "change": ratio,
        "low": finite(bounded[0], enough),
        "high": finite(bounded[1], enough),
        "p": tested,
        "p_family": family,
        "verdict": [
            _verdict(float(centre), p, float(a), float(b), (bool(one), bool(two)))
            for centre, p, a, b, one, two in zip(
                change.centre, family, low, high, _in_company(before), _in_company(after), strict=True
            )
        ],
    }
    return pl.DataFrame({name: columns[name] for name in CHANGES}, schema=CHANGES)


def _many(part: _Part) -> bool:
    return part.with_hits[1] >= FEW_CLUSTERS


def _in_company(part: _Part) -> Mask:
    """Whether the interval of each word's ratio lies above 1."""
    assert part.ratios is not None
    return np.asarray((part.ratios.limits()[0] > 0) & (part.near > 0))


def _verdict(centre: float, p: float | None, low: float, high: float, there: tuple[bool, bool]) -> str:
    """What may be said of a change; ``there`` is whether the word kept company before and after."""
    if p is None:
        return TOO_FEW
    if p <= FAMILY_ERROR:
        if centre > 0:
            return CLOSER if there[0] else CAME
        return LOOSER if there[1] else WENT
    bound = float(np.log(STAYS_WITHIN))
    return STAYS if -bound < low and high < bound else UNDECIDED


def _summary(
    name: str, around: _Around, part: _Part, asked: Mask, candidates: int, note: str
) -> tuple[Any, ...]:
    hits = sum(int(own.sum()) for own in around.by_document("hits"))
    if not asked.any():
        why = "nothing held"
    elif not hits:
        why = "no hits"
    elif part.with_hits[1] < FEW_CLUSTERS:
        why = "too few clusters with hits"
    else:
        why = ""
    notes = "; ".join(text for text in (why, note) if text)
    documents = int(np.count_nonzero(asked))
    return (name, hits, documents, *part.with_hits, around.words, around.near, candidates, notes)


def _recipe(
    query: Query,
    window: Reach,
    by: str,
    min_hits: int,
    held: Clustered,
    names: Sequence[str],
    left_out: frozenset[str],
    where: str | None,
    start: dt.date | None,
    end: dt.date | None,
    *,
    lemma: bool,
    fold: bool,
) -> str:
    word = "lemma" if lemma else "folded" if fold else "form"
    recipe = f"collocates|{query.normalised()}|window:{window}|by:{by}|word:{word}|min:{min_hits}|cluster:{held.placed.cluster}"
    if left_out:
        import xxhash

        digest = xxhash.xxh3_64_hexdigest("\n".join(sorted(left_out)).encode("utf-8", "surrogatepass"))
        recipe += f"|stop:{len(left_out)}:{digest}"
    if len(names) > 1:
        recipe += f"|parts:{'→'.join(names)}|holm:{FAMILY_ERROR:g}"
    if where:
        recipe += f"|where:{where}"
    if start or end:
        recipe += f"|span:{start or ''}/{end or ''}"
    return recipe
