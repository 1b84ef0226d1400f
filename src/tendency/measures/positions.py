"""Where documents, authors or standpoints stand on one scale, by Wordscores or Wordfish."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.stats import norm

from tendency.corpus import select
from tendency.corpus.function_words import function_words, languages_of
from tendency.errors import SettingError
from tendency.measures.contexts import Texts
from tendency.measures.rates import check_level
from tendency.measures.result import Result
from tendency.measures.scaling import FEW_PIECES, FEW_TEXTS, Pieces, Wordfish, Wordscores
from tendency.tally import GRAINS
from tendency.tally.periods import keys

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from tendency.charts import Spec
    from tendency.corpus import Deadline, Index

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

DOCUMENT: Final = "document"
BLOCK: Final = 500
"""Words of a piece of a document, where a text has under eight documents."""
LEAST_WORDS: Final = 200
LEAST_HITS: Final = 10
LEAST_TEXTS: Final = 3
MOST_WORDS: Final = 3_000
MOST_CELLS: Final = 3_000_000
WORDFISH, WORDSCORES = "Wordfish", "Wordscores"


@dataclass(frozen=True)
class Positions(Result):
    """Texts on one scale.

    Attributes:
        table: One row a text, from left to right: ``name, documents, words, pieces, position, low, high, note``; of Wordscores also
            ``reference`` (the given position), ``raw, raw_low, raw_high``, ``lbg`` (the spread of the texts made that of the references) and
            ``mv`` (the outermost references at their own positions), each with its limits; ``position`` is then ``mv``, or raw where that is
            impossible. Null where too little was held.
        words: The words that carry the scale: ``word, weight`` (β of Wordfish, the score of Wordscores), ``carried`` (the
            weight less the mean one, times the root of the hits: frequent words far from the middle carry most), ``hits, texts``; by ``carried``.
        method: ``Wordfish`` or ``Wordscores``.
        level: Of the intervals.
        converged: Whether Wordfish came to rest; Wordscores always has.
        rounds: Rounds that it took.
        notes: What is to be said of the scale: its direction, the course of time, what was left out.
    """

    words: pl.DataFrame
    method: str
    level: float
    converged: bool
    rounds: int
    notes: tuple[str, ...]

    def chart(self, *, title: str = "") -> Spec | None:
        """The texts with their intervals, and the words by frequency and weight."""
        if self.table["position"].null_count() == self.table.height:
            return None
        from tendency.charts.positions import positions_chart

        return positions_chart(
            self.table, self.words, title=title or f"Positions ({self.method})", level=self.level
        )


def positions(
    index: Index,
    *,
    by: str | Mapping[str, str],
    references: Mapping[str, float] | None = None,
    direction: tuple[str, str] | None = None,
    time_course: bool | None = None,
    period: str = "year",
    level: float = 0.95,
    where: str | None = None,
    start: dt.date | None = None,
    end: dt.date | None = None,
    language: str | None = None,
    executor: Executor | None = None,
    deadline: Deadline | None = None,
) -> Positions:
    """Where texts stand: by Wordscores where the positions of some are given, else by Wordfish.

    Args:
        index: One snapshot of an index.
        by: ``"document"``, a field whose values are the texts, or filters by name (a document counts in each that holds for it).
        references: The positions of some of the texts, at least two that differ.
        direction: A text that shall stand to the left of another; by default the one with the most words stands on the right.
        time_course: Take out what all texts share in each period; by default where several periods are held that texts share. Wordfish only.
        period: The grain of these periods.
        level: Of the intervals.
        where: Only documents for which this holds.
        start: Only documents dated from this day.
        end: Only documents dated before this day.
        language: Only documents in this language.
        executor: Counts words, one task a segment.
        deadline: When to give up.

    Raises:
        SettingError: A field, text, grain or level that does not exist; under two references.

    Sources: see ``Wordscores`` and ``Wordfish``.
    """
    check_level(level)
    if period not in GRAINS:
        raise SettingError(f"{period!r} is no period: choose one of {', '.join(GRAINS)}.")
    masks = select(index, where=where, start=start, end=end, language=language).masks
    texts = Texts(index, (masks, [np.zeros_like(mask) for mask in masks]), executor, deadline)
    names, documents = _texts(texts, by, masks)
    _check(names, references, direction)
    if references is not None:
        columns = np.flatnonzero(np.array([name.isalpha() for name in texts.names], bool))
        held = _read(texts, names, documents, columns, period, deadline)
        found = _by_wordscores(held, references, level)
    else:
        common, _ = function_words(languages_of(index, masks))
        most = int(np.clip(MOST_CELLS / max(len(names), 1), 300, MOST_WORDS))
        held = _read(texts, names, documents, _frequent(texts, common, 2 * most), period, deadline)
        found = _by_wordfish(held.only_frequent(most), direction, time_course, level)
    recipe = [
        "positions", f"method:{found.method}", f"by:{by if isinstance(by, str) else ','.join(by)}", f"ci:{round(100 * level)}", *found.settings,
    ]  # fmt: skip
    recipe += [f"where:{where}"] if where else []
    recipe += [f"span:{start or ''}/{end or ''}"] if start or end else []
    recipe.append(f"corpus:{index.fingerprint[:8]}")
    return Positions(
        found.table,
        "|".join(recipe),
        found.words,
        found.method,
        level,
        found.converged,
        found.rounds,
        tuple(found.notes),
    )


@dataclass(frozen=True, eq=False)
class _Held:
    """The texts as they were read."""

    names: tuple[str, ...]
    documents: Ints
    words: Ints
    pieces: Pieces
    vocabulary: tuple[str, ...]
    several_periods: bool

    def only_frequent(self, most: int) -> _Held:
        """Without rare words, words of few texts and, of the rest, all but the most frequent."""
        hits = self.pieces.by_unit()
        enough = (hits.sum(axis=0) >= LEAST_HITS) & (
            (hits > 0).sum(axis=0) >= min(LEAST_TEXTS, len(self.names))
        )
        kept = np.flatnonzero(enough)
        kept = np.sort(kept[np.argsort(-hits.sum(axis=0)[kept], kind="stable")[:most]])
        counts = csr_array(self.pieces.counts[:, kept])
        own = self.pieces
        pieces = Pieces(counts, own.unit, own.period, own.units, own.periods)
        return _Held(
            self.names, self.documents, self.words, pieces, tuple(self.vocabulary[at] for at in kept.tolist()), self.several_periods,
        )  # fmt: skip

    def of(self, texts: Ints) -> Pieces:
        """The pieces of some texts that hold a counted word, the texts numbered anew."""
        number = np.full(len(self.names), -1, np.int64)
        number[texts] = np.arange(texts.size)
        own = np.flatnonzero((number[self.pieces.unit] >= 0) & (self.pieces.words > 0))
        return Pieces(
            csr_array(self.pieces.counts[own]), number[self.pieces.unit[own]], self.pieces.period[own], texts.size, self.pieces.periods,
        )  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Found:
    table: pl.DataFrame
    words: pl.DataFrame
    method: str
    converged: bool
    rounds: int
    notes: list[str]
    settings: list[str]


def _texts(
    texts: Texts, by: str | Mapping[str, str], masks: Sequence[Mask]
) -> tuple[tuple[str, ...], list[list[int]]]:
    """The names of the texts, and the ranks of the documents of each."""
    index, places = texts.index, texts.documents()
    if isinstance(by, Mapping):
        if not by:
            raise SettingError("no standpoints were given; name at least one.")
        chosen = {name: select(index, where=where).masks for name, where in by.items()}
        return tuple(by), [
            [rank for rank, (number, document) in enumerate(places) if held[number][document]]
            for held in chosen.values()
        ]
    if by == DOCUMENT:
        names = tuple(index.segments[number].ids[document] for number, document in places)
        return names, [[rank] for rank in range(len(places))]
    if by not in index.field_views:
        known = ", ".join([DOCUMENT, *sorted(index.field_views)])
        raise SettingError(f"there is no field {by!r} to place by; choose among {known}.")
    found: dict[str, list[int]] = {}
    for rank, (number, document) in enumerate(places):
        value = index.segments[number].field(by).value(document)
        if value is not None:
            found.setdefault(value, []).append(rank)
    return tuple(sorted(found)), [found[name] for name in sorted(found)]


def _check(
    names: Sequence[str], references: Mapping[str, float] | None, direction: tuple[str, str] | None
) -> None:
    for name in [*(references or ()), *(direction or ())]:
        if name not in names:
            raise SettingError(
                f"there is no text {name!r}; there are {', '.join(names[:10])}{' …' if len(names) > 10 else ''}."
            )
    if references is not None and len(set(references.values())) < 2:
        raise SettingError(
            "Wordscores needs at least two reference texts with different positions; give them as NAME=SCORE."
        )
    if references is not None and not np.isfinite(list(references.values())).all():
        raise SettingError("the position of a reference text is no number.")
    if direction is not None and direction[0] == direction[1]:
        raise SettingError("a text cannot stand to the left of itself; name two.")


def _frequent(texts: Texts, common: frozenset[str], most: int) -> Ints:
    counts = texts.counts[0]
    kept = np.array(
        [
            code
            for code in np.flatnonzero(counts >= LEAST_HITS).tolist()
            if texts.names[code].isalpha() and len(texts.names[code]) > 1 and texts.names[code] not in common
        ],
        np.int64,
    )
    return np.sort(kept[np.argsort(-counts[kept], kind="stable")[:most]])


def _read(
    texts: Texts,
    names: tuple[str, ...],
    documents: list[list[int]],
    columns: Ints,
    period: str,
    deadline: Deadline | None,
) -> _Held:
    """Every text in pieces: its documents, or blocks of them where they are few."""
    index, places = texts.index, texts.documents()
    # The last entry answers the code -1 of what is no word.
    column_of = np.full(len(texts.names) + 1, -1, np.int64)
    column_of[columns] = np.arange(columns.size)
    tables = []
    for number in range(len(index.segments)):
        codes = texts.codes(number)
        tables.append((codes >= 0, column_of[codes]))
    starts = np.array([int(index.segments[n].start_day[d]) for n, d in places], np.int64)
    ends = np.array([int(index.segments[n].end_day[d]) - 1 for n, d in places], np.int64)
    first, last = keys(period, starts), keys(period, ends)
    # What lies in no single period has one of its own.
    values, of_period = np.unique(np.where(first == last, first, -1), return_inverse=True)
    data: list[Ints] = []
    held: list[Ints] = []
    begins, unit, when = [0], [], []
    words = np.zeros(len(names), np.int64)
    for number, ranks in enumerate(documents):
        if deadline is not None:
            deadline.check()
        for rank in ranks:
            segment_number, document = places[rank]
            segment = index.segments[segment_number]
            is_word, table = tables[segment_number]
            terms = segment.tokens[int(segment.first[document]) : int(segment.first[document + 1])]
            terms = terms[is_word[terms]]
            words[number] += terms.size
            step = BLOCK if len(ranks) < FEW_PIECES else max(terms.size, 1)
            for low in range(0, terms.size, step):
                found = table[terms[low : low + step]]
                columns_here, counted = np.unique(found[found >= 0], return_counts=True)
                held.append(columns_here)
                data.append(counted)
                begins.append(begins[-1] + columns_here.size)
                unit.append(number)
                when.append(int(of_period[rank]))
    empty = np.empty(0, np.int64)
    counts = csr_array(
        (np.concatenate([empty, *data]), np.concatenate([empty, *held]), np.array(begins)),
        shape=(len(unit), columns.size),
    )
    pieces = Pieces(
        counts, np.array(unit, np.int64), np.array(when, np.int64), len(names), max(values.size, 1)
    )
    return _Held(
        names, np.array([len(ranks) for ranks in documents], np.int64), words, pieces, tuple(texts.names[code] for code in columns.tolist()), values.size > 1,
    )  # fmt: skip


def _counted(held: _Held, texts: Ints | None = None) -> Ints:
    """Pieces of every text, or of some."""
    found = np.bincount(held.pieces.unit, minlength=len(held.names))
    return found if texts is None else found[texts]


def _base(held: _Held, text: int, pieces: Ints) -> dict[str, Any]:
    return {
        "name": held.names[text],
        "documents": int(held.documents[text]),
        "words": int(held.words[text]),
        "pieces": int(pieces[text]),
        "position": None,
        "low": None,
        "high": None,
        "note": "",
    }


def _by_wordfish(
    held: _Held, direction: tuple[str, str] | None, time_course: bool | None, level: float
) -> _Found:
    pieces = _counted(held)
    long_enough = (held.words >= LEAST_WORDS) & (
        np.bincount(held.pieces.unit, held.pieces.words, len(held.names)) > 0
    )
    texts = np.flatnonzero(long_enough)
    rows = [_base(held, text, pieces) for text in range(len(held.names))]
    for text in np.flatnonzero(~long_enough).tolist():
        rows[text]["note"] = f"under {LEAST_WORDS} words"
    if texts.size < FEW_TEXTS or len(held.vocabulary) < 2:
        for text in texts.tolist():
            rows[text]["note"] = (
                f"under {FEW_TEXTS} texts" if texts.size < FEW_TEXTS else "too few words in common"
            )
        return _Found(
            _table(rows, _TABLE), pl.DataFrame([], schema=_WORDS), WORDFISH, True, 0, ["too few texts for a scale"], []
        )  # fmt: skip
    own = held.of(texts)
    without_time, notes = _time_course(held, own, time_course)
    fitted = Wordfish.fit(own, without_time=without_time, level=level)
    sign, told, set_by = _direction(held, texts, fitted.positions, direction)
    for place, text in enumerate(texts.tolist()):
        position, error = sign * float(fitted.positions[place]), float(fitted.errors[place])
        rows[text]["position"] = position
        if np.isfinite(error):
            reach = float(fitted.reach[place]) * error
            rows[text] |= {"low": position - reach, "high": position + reach}
        else:
            rows[text]["note"] = f"under {FEW_PIECES} pieces: no interval"
    if not fitted.converged:
        notes.append(f"did not come to rest in {fitted.rounds} rounds; the positions are not to be relied on")
    hits = own.by_unit()
    words = _words(held.vocabulary, sign * fitted.weights, hits)
    settings = [
        f"words:{len(held.vocabulary)}",
        f"time:{'out' if without_time else 'in'}",
        f"direction:{set_by}",
    ]
    return _Found(
        _table(rows, _TABLE), words, WORDFISH, fitted.converged, fitted.rounds, [told, *notes], settings
    )


def _time_course(held: _Held, pieces: Pieces, asked: bool | None) -> tuple[bool, list[str]]:
    """Whether the common course is taken out, and what is said of it."""
    if not held.several_periods:
        return False, []
    words = np.zeros((pieces.units, pieces.periods))
    np.add.at(words, (pieces.unit, pieces.period), pieces.words)
    shared = (words > 0).sum(axis=0) > 1
    overlap = float(words[:, shared].sum() / max(words.sum(), 1))
    if asked is None:
        asked = overlap >= 0.5
        if not asked:
            return False, [
                "most text lies in periods that only one text has: a drift in time cannot be told from a position"
            ]
    return asked, [
        "what all texts share in each period is taken out"
        if asked
        else "the common course of time is left in: a drift may be read as position"
    ]


def _direction(
    held: _Held, texts: Ints, positions: Floats, direction: tuple[str, str] | None
) -> tuple[int, str, str]:
    number = {held.names[text]: place for place, text in enumerate(texts.tolist())}
    if direction is not None and all(name in number for name in direction):
        left, right = (positions[number[name]] for name in direction)
        return (
            (1 if left <= right else -1),
            f"{direction[0]} stands left of {direction[1]} because it was asked for",
            "<".join(direction),
        )
    longest = int(np.argmax(held.words[texts]))
    sign = 1 if positions[longest] >= 0 else -1
    return (
        sign,
        f"the direction has no meaning of its own: {held.names[texts[longest]]}, with the most words, is on the right",
        f"<{held.names[texts[longest]]}",
    )


def _by_wordscores(held: _Held, references: Mapping[str, float], level: float) -> _Found:
    hits, pieces = held.pieces.by_unit(), _counted(held)
    place = {name: at for at, name in enumerate(held.names)}
    known = np.array([place[name] for name in references])
    model = Wordscores.fit(hits[known], list(references.values()))
    raw, published = model.predict(hits)
    errors = np.fmax(published, _over_pieces(held, model, raw))
    virgin = np.array([name not in references for name in held.names])
    scales = {"raw": (1.0, 0.0), "lbg": model.rescaled(raw[virgin]), "mv": model.anchored()}
    reach, rows = float(norm.ppf((1 + level) / 2)), []
    for text, name in enumerate(held.names):
        row = _base(held, text, pieces) | {"reference": references.get(name)}
        some = bool(np.isfinite(raw[text])) and held.words[text] >= LEAST_WORDS
        for scale, line in scales.items():
            value = low = high = None
            if some and line is not None:
                slope, intercept = float(line[0]), float(line[1])
                value = slope * float(raw[text]) + intercept
                low, high = (
                    value - reach * slope * float(errors[text]),
                    value + reach * slope * float(errors[text]),
                )
            row |= {scale: value, f"{scale}_low": low, f"{scale}_high": high}
        chosen = "mv" if scales["mv"] is not None else "raw"
        row |= {"position": row[chosen], "low": row[f"{chosen}_low"], "high": row[f"{chosen}_high"]}
        if not some:
            row["note"] = f"under {LEAST_WORDS} words" if held.words[text] < LEAST_WORDS else "no scored word"
        elif pieces[text] < FEW_PIECES:
            row["note"] = f"under {FEW_PIECES} pieces: the interval takes words for independent"
        rows.append(row)
    scored = np.isfinite(model.scores)
    words = _words(
        tuple(word for word, has in zip(held.vocabulary, scored.tolist(), strict=True) if has), model.scores[scored], hits[:, scored],
    )  # fmt: skip
    notes = [
        f"the scale is that of the reference texts: {', '.join(f'{name} {score:g}' for name, score in references.items())}"
    ]
    if scales["mv"] is None:
        notes.append(
            "the raw scores of the outermost reference texts do not differ as given: positions are raw"
        )
    settings = [f"references:{','.join(f'{name}={score:g}' for name, score in references.items())}"]
    return _Found(_table(rows, _TABLE | _SCORES), words, WORDSCORES, True, 1, notes, settings)


def _over_pieces(held: _Held, model: Wordscores, raw: Floats) -> Floats:
    """Standard errors of raw scores from the pieces of each text; NaN under eight."""
    scores = np.where(np.isfinite(model.scores), model.scores, 0.0)
    known = np.isfinite(model.scores).astype(float)
    unit = held.pieces.unit
    centre = np.where(np.isfinite(raw), raw, 0.0)
    counted = held.pieces.counts @ known
    off = held.pieces.counts @ scores - counted * centre[unit]
    n = len(held.names)
    pieces, total = np.bincount(unit, minlength=n), np.bincount(unit, counted, n)
    variance = np.bincount(unit, off**2, n) * pieces / np.maximum(pieces - 1, 1)
    result: Floats = np.where(pieces >= FEW_PIECES, np.sqrt(variance) / np.maximum(total, 1), np.nan)
    return result


def _words(vocabulary: Sequence[str], weights: Floats, hits: Floats) -> pl.DataFrame:
    total, texts = hits.sum(axis=0).astype(np.int64), (hits > 0).sum(axis=0)
    # A rare word may have any weight and carries nothing.
    carried = (weights - np.average(weights, weights=np.maximum(total, 1))) * np.sqrt(total)
    columns = (weights, carried, total, texts)
    rows = zip(vocabulary, *(column.tolist() for column in columns), strict=True)
    return pl.DataFrame(sorted(rows, key=lambda row: (row[2], row[0])), schema=_WORDS, orient="row")


def _table(rows: list[dict[str, Any]], schema: dict[str, Any]) -> pl.DataFrame:
    """From left to right; those without a position last."""
    ordered = sorted(rows, key=lambda row: (row["position"] is None, row["position"] or 0.0, row["name"]))
    return pl.DataFrame(ordered, schema=schema)


_TABLE: Final[dict[str, Any]] = {
    "name": pl.String,
    "documents": pl.Int64,
    "words": pl.Int64,
    "pieces": pl.Int64,
    "position": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "note": pl.String,
}
_SCORES: Final[dict[str, Any]] = {
    "reference": pl.Float64,
    **{f"{scale}{limit}": pl.Float64 for scale in ("raw", "lbg", "mv") for limit in ("", "_low", "_high")},
}
_WORDS: Final[dict[str, Any]] = {
    "word": pl.String,
    "weight": pl.Float64,
    "carried": pl.Float64,
    "hits": pl.Int64,
    "texts": pl.Int64,
}
