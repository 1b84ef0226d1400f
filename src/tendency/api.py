"""What Python users call: ``import tendency as td; press = td.open("press.index"); press.rates("bureaucra*")``."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypedDict

from tendency.corpus import (
    Concordance,
    Deadline,
    Explanation,
    Index,
    Info,
    Query,
    Selection,
    concordance,
    explain,
    parse,
    select,
)
from tendency.documents import DateOrder, DateSpan, parse_date
from tendency.errors import SettingError, UndatableError

if TYPE_CHECKING:
    import polars as pl

    from tendency.corpus import Added, Compacted, Damage, Joined, Rebuilt, Removed, Repaired, Vertical
    from tendency.documents import FieldNames, Reading, Unmatched
    from tendency.dossier import Answers
    from tendency.measures import (
        Aims,
        Collocates,
        Comovements,
        Decomposition,
        Discovery,
        Editions,
        EventChanges,
        Flips,
        Forecasts,
        Holding,
        Holdings,
        Judged,
        Keywords,
        Leads,
        Polemics,
        Ranking,
        RateChanges,
        Rates,
        Result,
        Side,
        Signals,
        Silences,
        Trends,
        Turns,
        Written,
    )
    from tendency.measures.positions import Positions
    from tendency.measures.shift import Shifts
    from tendency.tally import Eras, Tally

Path_ = str | os.PathLike[str]
Progress = Callable[[float, float], None]
Asked = str | Iterable[str] | Mapping[str, str]
Day = str | dt.date


class Narrowing(TypedDict):
    """Which documents of an index are asked."""

    where: str | None
    start: dt.date | None
    end: dt.date | None


@dataclass(frozen=True)
class Addition:
    """What ``add`` read and what it changed.

    Attributes:
        reading: The reading: documents, what was left out and why, notes.
        added: New, replaced, repeated and unchanged documents.
        unmatched: Names of the people sidecar without a match, None without a sidecar.
    """

    reading: Reading
    added: Added
    unmatched: Unmatched | None = None


@dataclass(frozen=True)
class Exported:
    """What ``export`` wrote.

    Attributes:
        path: The file.
        documents: How many documents are in it.
        vertical: Of ``vrt``, the attributes that it has and the fields that were renamed.
    """

    path: Path
    documents: int
    vertical: Vertical | None = None

    @property
    def how_to_read(self) -> dict[str, str]:
        """What reads the file: a line of Python and of R; of ``vrt``, CWB's command and NoSketch Engine's configuration."""
        if self.vertical is not None:
            from tendency.corpus.vrt import cwb_lines, nosketch_lines

            attributes = self.vertical.attributes
            return {
                "CWB": cwb_lines(self.path, attributes),
                "NoSketch Engine": f"\n{nosketch_lines(self.path, attributes)}",
            }
        name = str(self.path).replace("\\", "/").replace('"', '\\"')
        separator = ', separator="\\t"' if self.path.suffix == ".tsv" else ""
        python, r = {
            ".parquet": (f'polars.read_parquet("{name}")', f'arrow::read_parquet("{name}")'),
            ".csv": (f'polars.read_csv("{name}")', f'readr::read_csv("{name}")'),
            ".tsv": (f'polars.read_csv("{name}"{separator})', f'readr::read_tsv("{name}")'),
        }.get(self.path.suffix, (f'polars.read_ndjson("{name}")', f'jsonlite::stream_in(file("{name}"))'))
        return {"Python": python, "R": r}


@dataclass(frozen=True)
class Report:
    """What ``report`` wrote.

    Attributes:
        page: The HTML page.
        answers: What it says, as values.
    """

    page: Path
    answers: Answers


@dataclass(frozen=True)
class Corpus:
    """Documents, indexed, and what can be asked of them; narrowing one gives another.

    Attributes:
        index: One snapshot: what is added later does not change the answers.
        filter: The SQL expression over fields that its documents hold, or None for all.
        start: Its documents are dated from this day, or None.
        end: Its documents are dated before this day, or None.
        terms: Named queries for ``@name``.
    """

    index: Index
    filter: str | None = None
    start: dt.date | None = None
    end: dt.date | None = None
    terms: Mapping[str, str] | None = None

    def where(self, expression: str) -> Corpus:
        """The documents of this corpus for which the SQL expression over their fields holds."""
        both = f"({self.filter}) AND ({expression})" if self.filter else expression
        return replace(self, filter=both)

    def between(self, start: Day | None = None, end: Day | None = None) -> Corpus:
        """The documents of this corpus dated from the first day, month or year to the last, both included."""
        return replace(self, start=_first_day(start) or self.start, end=_day_after(end) or self.end)

    def with_terms(self, terms: Mapping[str, str] | Path_) -> Corpus:
        """The same documents with named queries for ``@name``: a mapping, or a CSV, YAML or .dic file."""
        if isinstance(terms, Mapping):
            return replace(self, terms=dict(terms))
        from tendency.dossier import read_terms

        return replace(self, terms=read_terms(Path(terms)).queries)

    @cached_property
    def selection(self) -> Selection:
        """Which documents these are, segment by segment."""
        return select(self.index, **self._narrowing)

    def __len__(self) -> int:
        return self.selection.documents

    def info(self) -> Info:
        """What the index holds: documents, words, span, fields and where it lies on disk."""
        return self.index.info()

    def query(self, text: str) -> Query:
        """The query that a text means, names resolved."""
        return parse(text, self.terms)

    def tally(
        self,
        queries: Asked,
        *,
        by: str | Eras = "year",
        split: str | Mapping[str, str] | None = None,
        cluster: str | Sequence[str] | None = None,
        executor: Executor | None = None,
        deadline: float | None = None,
    ) -> Tally:
        """How often the queries are found, by period and split, with the sums that uncertainty needs."""
        from tendency.tally import tally

        return tally(
            self.index,
            self._queries(queries),
            by=by,
            split=split,
            **self._narrowing,
            cluster=cluster,
            executor=executor,
            deadline=_limit(deadline),
        )

    def count(
        self,
        queries: Asked,
        *,
        by: str | Eras = "all",
        split: str | Mapping[str, str] | None = None,
        own_words: bool = False,
        cluster: str | Sequence[str] | None = None,
        executor: Executor | None = None,
        deadline: float | None = None,
    ) -> pl.DataFrame:
        """The public columns for each query: hits, documents with hits, rate per million words with its interval.

        With ``by="document"`` a row is a query in a document: ``query, document, date, start, end, tokens,
        hits, per_million``. With ``own_words`` hits in quotation marks are left out and counted in ``quoted_hits``.
        """
        if by == "document":
            return self._by_document(queries, own_words, deadline)
        from tendency.measures import PUBLIC, rates, rates_of

        if own_words:
            found = rates_of(
                self.index,
                self._queries(queries),
                own_words=True,
                dispersion=False,
                by=by,
                split=split,
                **self._narrowing,
                cluster=cluster,
                executor=executor,
                deadline=_limit(deadline),
            )
            return found.table[[*PUBLIC, "quoted_hits"]]
        counted = self.tally(
            queries, by=by, split=split, cluster=cluster, executor=executor, deadline=deadline
        )
        # By name, not by `select`, which plans and collects for a millisecond.
        return rates(counted).table[list(PUBLIC)]

    def rates(
        self,
        queries: Asked,
        *,
        measure: str = "words",
        relative_to: str | None = None,
        overlap: bool = False,
        smooth: int | None = None,
        constant: str | None = None,
        dispersion: bool = True,
        own_words: bool = False,
        by: str | Eras = "year",
        split: str | Mapping[str, str] | None = None,
        cluster: str | Sequence[str] | None = None,
        level: float = 0.95,
        executor: Executor | None = None,
        deadline: float | None = None,
    ) -> Rates:
        """Hits per million words in each period, with intervals from independent clusters.

        Args:
            queries: What is counted.
            measure: ``"words"``, or ``"documents"`` for the share of documents with a hit.
            relative_to: Count hits against those of this query (per thousand), not against words.
            overlap: Queries may share words with it.
            smooth: Add a centred moving rate over so many periods, an odd number.
            constant: A field, such as ``"newspaper"``: add the curve of those of its values that have text in nearly every period.
            dispersion: Add Gries' DP and the share of the top document.
            own_words: Leave out hits in quotation marks; ``quoted_hits`` says how many they are.
            level: Confidence of the intervals.
            by, split, cluster, executor, deadline: As for ``tally``.

        Raises:
            SettingError: Options that exclude each other, or queries that share words with ``relative_to``.
        """
        from tendency.measures import rates_of

        return rates_of(
            self.index,
            self._queries(queries),
            measure=measure,
            relative_to=None if relative_to is None else self.query(relative_to),
            overlap=overlap,
            smooth=smooth,
            constant=constant,
            dispersion=dispersion,
            own_words=own_words,
            by=by,
            split=split,
            **self._narrowing,
            cluster=cluster,
            level=level,
            executor=executor,
            deadline=_limit(deadline),
        )

    def rank(
        self,
        queries: Asked,
        *,
        near: str | None = None,
        within: int = 12,
        overlap: bool = False,
        by: str | Eras = "year",
        split: str | Mapping[str, str] | None = None,
        cluster: str | Sequence[str] | None = None,
        executor: Executor | None = None,
        deadline: float | None = None,
    ) -> Ranking:
        """The queries in order by how often they are named, with everything that may upset the order.

        Args:
            queries: At least two; they may not share words unless ``overlap``.
            near: Count only hits that stand near a hit of this query.
            within: How many words away at most, in the same sentence.
            overlap: Let queries share words with each other or with ``near``.
            by, split, cluster, executor, deadline: As for ``tally``.
        """
        from tendency.measures import rank_items

        return rank_items(
            self.index,
            self._queries(queries),
            near=self.query(near) if near is not None else None,
            within=within,
            overlap=overlap,
            by=by,
            split=split,
            **self._narrowing,
            cluster=cluster,
            executor=executor,
            deadline=_limit(deadline),
        )

    def aims(
        self,
        query: str,
        aims: Mapping[str, str],
        *,
        by: str | Eras = "year",
        split: str | Mapping[str, str] | None = None,
        cluster: str | Sequence[str] | None = None,
        executor: Executor | None = None,
        deadline: float | None = None,
    ) -> Aims:
        """The share of a query's hits that stand near each aim, beside the share expected by chance."""
        from tendency.measures import aims_of

        return aims_of(
            self.index,
            query,
            self.query(query),
            self._queries(aims),
            by=by,
            split=split,
            **self._narrowing,
            cluster=cluster,
            executor=executor,
            deadline=_limit(deadline),
        )

    def compare(
        self,
        queries: Asked,
        before: str,
        after: str,
        *,
        split: str | Mapping[str, str] | None = None,
        cluster: str | Sequence[str] | None = None,
        level: float = 0.95,
        executor: Executor | None = None,
        deadline: float | None = None,
    ) -> RateChanges:
        """How the rates changed from one span to a later one: their ratio with its interval, and what can be said.

        Args:
            queries: What is counted.
            before: The earlier span, first and last date included, such as ``"1930/1939"``.
            after: The later span.
            split: Compare within each value of a field, or each of several named filters.
            level: Confidence of the intervals.
            cluster, executor, deadline: As for ``tally``.

        Raises:
            SettingError: A span that is none, or that does not begin after the earlier one has ended.
        """
        from tendency.measures import compare_rates

        eras = _two_spans(before, after)
        counted = self.tally(
            queries, by=eras, split=split, cluster=cluster, executor=executor, deadline=deadline
        )
        return compare_rates(counted, level=level)

    def compare_splits(
        self,
        queries: Asked,
        before: str,
        after: str,
        *,
        split: str | Mapping[str, str],
        by: str | Eras = "all",
        cluster: str | Sequence[str] | None = None,
        level: float = 0.95,
        executor: Executor | None = None,
        deadline: float | None = None,
    ) -> RateChanges:
        """How the rates of one part of the corpus differ from those of another, over all of its span or by period.

        Args:
            queries: What is counted.
            before: A value of the field, or the name of a filter: what is divided by.
            after: Another: what is divided.
            split: The field, or filters by name.
            by: The periods within which the two are compared.
            level: Confidence of the intervals.
            cluster, executor, deadline: As for ``tally``.

        Raises:
            SettingError: A value that no document has, or values that are one cluster each.
        """
        from tendency.measures import compare_splits

        counted = self.tally(
            queries, by=by, split=split, cluster=cluster, executor=executor, deadline=deadline
        )
        if split in [clustering.name for clustering in counted.clusterings]:
            raise SettingError(
                f"each {split} is a single cluster, and one cluster does not tell how far it varies; cluster by day or by "
                "document to compare two of them."
            )
        return compare_splits(counted, before, after, level=level)

    def trend(
        self,
        queries: Asked,
        *,
        by: str | Eras = "year",
        split: str | Mapping[str, str] | None = None,
        cluster: str | Sequence[str] | None = None,
        level: float = 0.95,
        executor: Executor | None = None,
        deadline: float | None = None,
    ) -> Trends:
        """Whether each query rises or falls over the whole span, by how much a year, and whether that can be told from wandering."""
        from tendency.measures import trend

        counted = self.tally(
            queries, by=by, split=split, cluster=cluster, executor=executor, deadline=deadline
        )
        return trend(counted, level=level)

    def forecast(
        self,
        queries: Asked,
        *,
        horizon: int = 1,
        level: float = 0.9,
        origins: int | None = None,
        by: str = "year",
        split: str | Mapping[str, str] | None = None,
        cluster: str | Sequence[str] | None = None,
        executor: Executor | None = None,
        deadline: float | None = None,
    ) -> Forecasts:
        """What the next ``horizon`` periods may bring, and how such forecasts would have done at earlier ``origins``."""
        from tendency.measures import forecast

        counted = self.tally(
            queries, by=by, split=split, cluster=cluster, executor=executor, deadline=deadline
        )
        return forecast(counted, horizon=horizon, level=level, origins=origins)

    def before_after(
        self,
        queries: Asked,
        events: Day | Mapping[str, Day],
        *,
        window: int | None = None,
        level: float = 0.95,
        by: str = "year",
        split: str | Mapping[str, str] | None = None,
        cluster: str | Sequence[str] | None = None,
        executor: Executor | None = None,
        deadline: float | None = None,
    ) -> EventChanges:
        """How rates changed at events, each a day or by its name, held against every other date of the same series.

        What stands beside an event is not shown to be caused by it.
        """
        from tendency.measures import before_after

        days = events.items() if isinstance(events, Mapping) else [(str(events), events)]
        counted = self.tally(
            queries, by=by, split=split, cluster=cluster, executor=executor, deadline=deadline
        )
        return before_after(counted, {name: _one_day(day) for name, day in days}, window=window, level=level)

    def comovement(
        self,
        queries: Asked,
        outside: pl.DataFrame | Path_,
        *,
        lags: int = 3,
        level: float = 0.95,
        by: str = "year",
        split: str | Mapping[str, str] | None = None,
        cluster: str | Sequence[str] | None = None,
        executor: Executor | None = None,
        deadline: float | None = None,
    ) -> Comovements:
        """How rates move with an outside series, a CSV file or a table with ``date, value``, both without their trends.

        What moves together is not shown to be cause and effect.
        """
        from tendency.measures import comovement, read_series

        beside = read_series(outside).table if isinstance(outside, (str, os.PathLike)) else outside
        counted = self.tally(
            queries, by=by, split=split, cluster=cluster, executor=executor, deadline=deadline
        )
        return comovement(counted, beside, lags=lags, level=level)

    def turns(
        self,
        queries: Asked,
        *,
        by: str | Eras = "year",
        split: str | Mapping[str, str] | None = None,
        cluster: str | Sequence[str] | None = None,
        level: float = 0.8,
        executor: Executor | None = None,
        deadline: float | None = None,
    ) -> Turns:
        """When the rates of the queries turned, with the range of each date, and the verdict where they did not."""
        from tendency.measures import turns

        counted = self.tally(
            queries, by=by, split=split, cluster=cluster, executor=executor, deadline=deadline
        )
        return turns(counted, level=level)

    def flips(
        self,
        queries: Asked,
        *,
        by: str | Eras = "year",
        split: str | Mapping[str, str] | None = None,
        cluster: str | Sequence[str] | None = None,
        level: float = 0.8,
        executor: Executor | None = None,
        deadline: float | None = None,
    ) -> Flips:
        """When one of two queries overtook the other for good, for every pair of at least two."""
        from tendency.measures import flips

        counted = self.tally(
            queries, by=by, split=split, cluster=cluster, executor=executor, deadline=deadline
        )
        return flips(counted, level=level)

    def sample(
        self,
        query: str,
        to: Path_,
        *,
        n: int = 100,
        strata: str | None = None,
        by: str | Eras = "year",
        judges: int = 1,
        width: int = 300,
        seed: int = 1,
        deadline: float | None = None,
    ) -> Written:
        """A random sample of a query's hits as a sheet to be judged, voice and date hidden, with its key beside it.

        Args:
            query: What is looked for.
            to: A ``.csv``, ``.tsv`` or ``.xlsx`` file that is not there yet.
            n: How many hits; all of them where there are fewer.
            strata: ``"period"`` or a field: the same number from each period or value.
            by: The periods.
            judges: 2 writes the same hits twice, each time in another order.
            width: Characters of context on either side.
            seed: Another one draws another sample.
            deadline: As for ``tally``.

        Raises:
            SettingError: There are no hits, or a file is there already.
        """
        from tendency.measures import sample_hits, write_sample

        drawn = sample_hits(
            self.index,
            self.query(query),
            n,
            strata=strata,
            by=by,
            width=width,
            **self._narrowing,
            seed=seed,
            deadline=_limit(deadline),
        )
        if not drawn.hits:
            raise SettingError(f"there is no hit to read ({self.suggest(query, deadline=deadline)}).")
        return write_sample(drawn, to, judges)

    def judged(
        self,
        query: Asked,
        files: Path_ | Sequence[Path_],
        *,
        by: str | Eras = "year",
        split: str | Mapping[str, str] | None = None,
        counting: Sequence[str] = ("asserts",),
        sensitivity: float | tuple[int, int] | None = None,
        key: Path_ | None = None,
        cluster: str | Sequence[str] | None = None,
        level: float = 0.95,
        executor: Executor | None = None,
        deadline: float | None = None,
    ) -> Judged:
        """The share of hits that are the thing itself, from sheets that people filled in, and the rates corrected by it.

        Args:
            query: What the sample was drawn for; several where one sheet holds hits of each.
            files: The sheet of one judge, or of two.
            by, split, cluster, executor, deadline: As for ``tally``.
            counting: The judgements that count as the thing.
            sensitivity: The share of the thing that the query finds, or (found, looked for).
            key: The sample's key, where it does not lie beside the sheet.
            level: Confidence of the limits.
        """
        from tendency.measures import judge

        return judge(
            self.index,
            self._queries(query),
            files,
            by=by,
            split=split,
            counting=counting,
            sensitivity=sensitivity,
            key=key,
            **self._narrowing,
            cluster=cluster,
            level=level,
            executor=executor,
            deadline=_limit(deadline),
        )

    def discover(
        self,
        *,
        by: str | Eras = "year",
        cluster: str | Sequence[str] | None = None,
        longest: int = 5,
        min_hits: int = 20,
        q: float = 0.10,
        limit: int | None = 100,
        budget: int = 1 << 30,
        executor: Executor | None = None,
        deadline: float | None = None,
        progress: Progress | None = None,
    ) -> Discovery:
        """The words and n-grams that rise, fall, turn, appear, vanish or have an episode, of all that are frequent enough.

        Args:
            by, cluster, executor, deadline: As for ``tally``; one cluster only.
            longest: Words of the longest n-gram, up to 5.
            min_hits: Hits that each has at least.
            q: Share of false ones among those found.
            limit: Rows at most; None for all.
            budget: Bytes of memory beside the mapped index.
            progress: Told how much is done, of how much.
        """
        from tendency.measures import discover

        return discover(
            self.index,
            by=by,
            **self._narrowing,
            cluster=cluster,
            longest=longest,
            min_hits=min_hits,
            q=q,
            limit=limit,
            budget=budget,
            executor=executor,
            deadline=_limit(deadline),
            progress=progress,
        )

    def holdings(
        self,
        expected: Sequence[Holding] | Path_ | None = None,
        *,
        field: str | None = None,
        by: str | Eras = "month",
    ) -> Holdings:
        """Issues expected and held, by publication and period.

        Args:
            expected: What should exist, as values or as a ``.toml`` or ``.csv`` file; None infers how often each publication appears
                from the most frequent distance of its dates.
            field: The field whose values are publications, ``publication`` or else ``newspaper`` by default.
            by: The periods.

        Raises:
            SettingError: A field that is not there, or holdings that contradict each other.
            DossierError: A file with a mistake in it.
        """
        from tendency.measures.holdings import holdings

        return holdings(self.index, _holdings(expected), field=field, by=by, **self._narrowing)

    def collocates(
        self,
        query: str,
        *,
        window: int | Literal["sentence"] = 5,
        lemma: bool = False,
        fold: bool = True,
        stop: str | Path | Iterable[str] | None = None,
        min_hits: int = 5,
        by: str = "log_dice",
        compare: tuple[str, str] | None = None,
        split: str | Mapping[str, str] | None = None,
        all_measures: bool = False,
        cluster: str | Sequence[str] | None = None,
        limit: int | None = 50,
        executor: Executor | None = None,
        deadline: float | None = None,
    ) -> Collocates:
        """The words that stand near a query's hits, how much more than elsewhere in the same documents, and then and now.

        Args:
            query: What they stand near.
            window: At most so many words before and after a hit, in its sentence, or ``"sentence"``.
            lemma: Add up forms with a lemma in common.
            fold: Add up forms that differ in case.
            stop: Words left out: a language's code for its function words, a file of words, or the words.
            min_hits: Occurrences near hits that a word has at least.
            by: ``log_dice``, ``log_ratio`` or ``frequency``.
            compare: Two spans, such as ``("1930/1939", "1940/1949")``; with ``split`` two of its values or names.
            split: A field, or filters by name, that ``compare`` names two of.
            all_measures: Add the further measures of association.
            limit: Rows at most; None for all.
            cluster, executor, deadline: As for ``tally``; one cluster only.

        Raises:
            SettingError: An impossible setting, or parts with a document in common.
        """
        from tendency.measures import collocates_of

        return collocates_of(
            self.index,
            self.query(query),
            window=window,
            lemma=lemma,
            fold=fold,
            stop=stop,
            min_hits=min_hits,
            by=by,
            compare=_two_sides(compare, split),
            all_measures=all_measures,
            **self._narrowing,
            cluster=cluster,
            limit=limit,
            executor=executor,
            deadline=_limit(deadline),
        )

    def keywords(
        self,
        target: str | Side | None = None,
        reference: str | Side | None = None,
        *,
        split: str | Mapping[str, str] | None = None,
        longest: int = 1,
        min_hits: int = 10,
        measure: str = "log_odds",
        all_measures: bool = False,
        all_rows: bool = False,
        cluster: str | Sequence[str] | None = None,
        q: float = 0.05,
        limit: int | None = 50,
        executor: Executor | None = None,
        deadline: float | None = None,
    ) -> Keywords:
        """The words and n-grams that set some documents apart from others.

        Args:
            target: The documents that are described, as an SQL expression over fields.
            reference: Those that they are held against; all others by default.
            split: Instead of both, a field or filters by name: each part against all others.
            longest: Words of the longest n-gram, up to 5.
            min_hits: Hits that each has at least, on both sides together.
            measure: What rows are ordered by: ``log_odds``, ``log_ratio``, ``log_likelihood`` or ``frequency``.
            all_measures: Add the further measures of contrast.
            all_rows: Keep rows with hits in under 3 documents, or most hits in one.
            q: Share of false ones among those found.
            limit: Rows at most for each direction of a contrast; None for all.
            cluster, executor, deadline: As for ``tally``; one cluster only.

        Raises:
            SettingError: An impossible setting, or documents on both sides.
        """
        from tendency.measures import keywords

        return keywords(
            self.index,
            target,
            reference,
            split=split,
            longest=longest,
            min_hits=min_hits,
            measure=measure,
            all_measures=all_measures,
            all_rows=all_rows,
            **self._narrowing,
            cluster=cluster,
            q=q,
            limit=limit,
            executor=executor,
            deadline=_limit(deadline),
        )

    def decompose(
        self,
        queries: Asked,
        before: str,
        after: str,
        *,
        voice: str | Sequence[str],
        finer: str | Sequence[str] | None = None,
        by: str | None = None,
        relative_to: str | None = None,
        overlap: bool = False,
        cluster: str | Sequence[str] | None = None,
        level: float = 0.95,
        deadline: float | None = None,
    ) -> Decomposition:
        """The change of rates between two spans: within voices, the mix of them, voices that entered and that left.

        Args:
            queries: What is counted.
            before: The earlier span, first and last date included, such as ``"1930/1939"``.
            after: The later span.
            voice: The field, or fields, whose values are voices, such as ``"newspaper"`` or ``"author"``.
            finer: Further fields, such as ``"page"``: the verdict is compared with that of voices cut finer by them.
            by: Periods of the curve at constant mix; None for no curve.
            relative_to: Count hits against those of this query, not against words.
            overlap: Queries may share words with it.
            cluster: Independent pieces of evidence smaller than voices, or across them; documents and days by default.
            level: Confidence of the intervals.
            deadline: As for ``tally``.

        Raises:
            SettingError: Spans or fields that are none, or a cluster that is a voice.
        """
        from tendency.measures import decompose_of

        return decompose_of(
            self.index,
            self._queries(queries),
            voice=voice,
            before_after=_two_spans(before, after),
            finer=finer,
            by=by,
            relative_to=None if relative_to is None else self.query(relative_to),
            overlap=overlap,
            **self._narrowing,
            cluster=cluster,
            level=level,
            deadline=_limit(deadline),
        )

    def editions(self) -> Editions:
        """What the documents say of editions, translators and dates, and what a reader must know of it."""
        from tendency.measures.editions import editions

        return editions(self.index, self.selection.masks)

    def shift(
        self,
        queries: Asked,
        before: str,
        after: str,
        *,
        window: int = 10,
        seeds: Sequence[int] = (1, 2, 3),
        controls: int = 200,
        permutations: int = 199,
        cluster: str | Sequence[str] | None = None,
        language: str | None = None,
        executor: Executor | None = None,
        deadline: float | None = None,
        progress: Progress | None = None,
    ) -> Shifts:
        """Whether the meaning of each query moved from one span to a later one, more than that of comparable words (extra ``shift``).

        Args:
            queries: What is asked about.
            before: The earlier span, first and last date included, such as ``"1930/1939"``.
            after: The later span.
            window: Words on either side that are looked at.
            seeds: A space of words is trained from each; three at least.
            controls: Comparable words at most.
            permutations: How often documents change sides at random.
            cluster: The field whose values are publications, within which they do.
            language: Only documents in this language.
            executor, deadline: As for ``tally``.
            progress: Told how much is done, of how much.
        """
        from tendency.measures.shift import shift

        return shift(
            self.index,
            self._queries(queries),
            before=self._clipped(before),
            after=self._clipped(after),
            window=window,
            seeds=seeds,
            controls=controls,
            permutations=permutations,
            where=self.filter,
            cluster=cluster,
            language=language,
            executor=executor,
            deadline=_limit(deadline),
            progress=progress,
        )

    def positions(
        self,
        by: str | Mapping[str, str],
        *,
        references: Mapping[str, float] | None = None,
        direction: tuple[str, str] | None = None,
        time_course: bool | None = None,
        period: str = "year",
        level: float = 0.95,
        language: str | None = None,
        executor: Executor | None = None,
        deadline: float | None = None,
    ) -> Positions:
        """Where documents, authors or standpoints stand on one scale: Wordscores where some positions are given, else Wordfish.

        Args:
            by: ``"document"``, a field whose values are placed, or filters by name.
            references: The positions of some, at least two that differ.
            direction: One that shall stand to the left of another.
            time_course: Take out what all share in each period; by default where periods are shared. Wordfish only.
            period: The grain of these periods.
            level: Of the intervals.
            language: Only documents in this language.
            executor, deadline: As for ``tally``.
        """
        from tendency.measures.positions import positions

        return positions(
            self.index,
            by=by,
            references=references,
            direction=direction,
            time_course=time_course,
            period=period,
            level=level,
            **self._narrowing,
            language=language,
            executor=executor,
            deadline=_limit(deadline),
        )

    def lead(
        self,
        queries: Asked,
        split: str | Mapping[str, str],
        voices: Sequence[str],
        *,
        reference: str | None = None,
        most: int = 12,
        by: str = "month",
        cluster: str | Sequence[str] | None = None,
        level: float = 0.95,
        executor: Executor | None = None,
        deadline: float | None = None,
    ) -> Leads:
        """Whether one of two voices takes queries up before the other: ``press.lead("peace", "newspaper", ("The Sun", "The Times"))``.

        Args:
            queries: What may be taken up first.
            split: The field whose values are voices, or named filters.
            voices: Two of them.
            reference: A query whose course in the same voice is taken out, so that only what is beyond it counts.
            most: The largest lag in periods.
            by: The finest kind of period; a coarser one is taken where a voice appears less often.
            cluster: By default the document; this and the rest as for ``tally``.
            level: Confidence of the verdict.
            executor, deadline: As for ``tally``.
        """
        from tendency.measures import lead_of

        return lead_of(
            self.index,
            self._queries(queries),
            split=split,
            voices=voices,
            reference=None if reference is None else self.query(reference),
            most=most,
            by=by,
            **self._narrowing,
            cluster=cluster,
            level=level,
            executor=executor,
            deadline=_limit(deadline),
        )

    def polemics(
        self,
        opponents: Mapping[str, str],
        hostile: str,
        split: str | Mapping[str, str],
        *,
        within: int = 12,
        scope: Literal["sentence", "document"] = "sentence",
        overlap: bool = False,
        own: Mapping[str, str] | None = None,
        by: str | Eras = "all",
        cluster: str | Sequence[str] | None = None,
        level: float = 0.95,
        executor: Executor | None = None,
        deadline: float | None = None,
    ) -> Polemics:
        """Who names whom beside hostile words: a matrix of standpoint × opponent, against chance.

        Args:
            opponents: Query by name.
            hostile: The hostile words.
            split: The standpoints: a field, or named filters.
            within: At most so many words away.
            scope: In the same sentence, or anywhere in the document.
            overlap: Opponents may share words with each other or with the hostile words.
            own: The opponent that is a standpoint's own name, by standpoint; by default the one that is called as it is.
            by, cluster, executor, deadline: As for ``tally``.
            level: Confidence of intervals and verdicts.
        """
        from tendency.measures import polemics_of

        return polemics_of(
            self.index,
            self._queries(opponents),
            self.query(hostile),
            split=split,
            within=within,
            scope=scope,
            overlap=overlap,
            own=own,
            by=by,
            **self._narrowing,
            cluster=cluster,
            level=level,
            executor=executor,
            deadline=_limit(deadline),
        )

    def silences(
        self,
        queries: Asked,
        split: str | Mapping[str, str],
        *,
        expected: Sequence[Holding] | Path_ | None = None,
        field: str | None = None,
        by: str | Eras = "all",
        cluster: str | Sequence[str] | None = None,
        level: float = 0.95,
        executor: Executor | None = None,
        deadline: float | None = None,
    ) -> Silences:
        """Which voices are silent about queries that others name, told apart from what was lost and from too little text.

        Args:
            queries: What others name.
            split: The voices: a field, or named filters.
            expected: What should exist, as for ``holdings``; None infers how often each publication appears.
            field: The field of publications.
            by: The spans in which a voice may be silent.
            cluster: By default the document; this and the rest as for ``tally``.
            level: Confidence of the verdict.
            executor, deadline: As for ``tally``.
        """
        from tendency.measures import silences_of

        return silences_of(
            self.index,
            self._queries(queries),
            split=split,
            expected=_holdings(expected),
            field=field,
            by=by,
            **self._narrowing,
            cluster=cluster,
            level=level,
            executor=executor,
            deadline=_limit(deadline),
        )

    def signals(
        self,
        queries: Asked,
        *,
        within: int = 30,
        overlap: bool = False,
        by: str | Eras = "year",
        split: str | Mapping[str, str] | None = None,
        cluster: str | Sequence[str] | None = None,
        level: float = 0.95,
        executor: Executor | None = None,
        deadline: float | None = None,
    ) -> Signals:
        """Two queries in the same pages: their courses, whether documents have both more than chance, and whether they move together.

        Args:
            queries: Two queries.
            within: Words between hits that stand near each other.
            overlap: The two may share words.
            by, split, cluster, executor, deadline: As for ``tally``.
            level: Confidence of intervals and verdicts.
        """
        from tendency.measures import signals_of

        return signals_of(
            self.index,
            self._queries(queries),
            within=within,
            overlap=overlap,
            by=by,
            split=split,
            **self._narrowing,
            cluster=cluster,
            level=level,
            executor=executor,
            deadline=_limit(deadline),
        )

    def kwic(
        self,
        query: str,
        *,
        limit: int = 100,
        width: int = 60,
        order: str = "date",
        seed: int = 0,
        own_words: bool = False,
        deadline: float | None = None,
    ) -> Concordance:
        """Hits in their context with their source: the first by date, or a random ``sample``.

        Each line says whether it stands in quotation marks; with ``own_words`` such hits are left out, and counted.
        """
        if order not in ("date", "sample"):
            raise SettingError(f"The order {order!r} is neither 'date' nor 'sample'.")
        return concordance(
            self.index,
            self.query(query),
            self.selection,
            limit=limit,
            width=width,
            order="date" if order == "date" else "sample",
            seed=seed,
            own_words=own_words,
            mark_quoted=True,
            deadline=_limit(deadline),
        )

    def words(
        self,
        query: str | None = None,
        *,
        near: int | Literal["sentence"] | None = None,
        fold: bool = False,
        min_count: int = 1,
        limit: int | None = None,
        executor: Executor | None = None,
        deadline: float | None = None,
    ) -> pl.DataFrame:
        """The frequency list ``form, count, per_million``: most frequent first, then by form.

        Args:
            query: Count only words near its hits, in the same sentence and outside the hits; all words when None.
            near: At most so many words away, 5 by default, or ``"sentence"`` for all of the sentence.
            fold: Add up forms that differ only in case.
            min_count: Leave out rarer forms.
            limit: How many forms at most.
            executor, deadline: As for ``tally``.

        Returns:
            ``per_million`` is per million of the words that were counted, rarer ones included.
        """
        from tendency.corpus.term_counts import count_near, count_terms, frequency_list

        if query is None and near is not None:
            raise SettingError("near needs a query, around whose hits words are counted; give one.")
        limits = _limit(deadline)
        if query is None:
            found = count_terms(self.index, [self.selection.masks], executor=executor, deadline=limits)
        else:
            found = count_near(
                self.index,
                self.query(query),
                self.selection.masks,
                window=5 if near is None else near,
                executor=executor,
                deadline=limits,
            )
        return frequency_list(self.index, found, fold=fold, min_count=min_count, limit=limit)

    def suggest(self, query: str, *, deadline: float | None = None) -> str:
        """A sentence for a query without hits: near spellings and their counts."""
        from tendency.corpus import no_hits, suggestions

        parsed = self.query(query)
        return no_hits(parsed, suggestions(self.index, parsed, self.terms, deadline=_limit(deadline)))

    def explain(self, query: str, *, deadline: float | None = None) -> Explanation:
        """What a query expands to, how many postings it reads, and about how long it will take."""
        return explain(self.index, self.query(query), _limit(deadline))

    def export(
        self,
        format: str,  # noqa: A002
        to: Path_,
        queries: Asked = (),
        *,
        deadline: float | None = None,
        progress: Progress | None = None,
    ) -> Exported:
        """The documents as ``jsonl``, ``parquet`` or ``vrt``, or the queries' counts as ``dfm``, in a file.

        Raises:
            SettingError: There is no such format, the file's suffix does not fit it, or queries are
                missing (``dfm``) or superfluous.
        """
        from tendency.corpus import export_jsonl, export_parquet, write_table

        target = Path(to)
        _check_export(format, target, bool(queries))
        if format == "dfm":
            table = self.document_features(queries, deadline=deadline)
            write_table(table, target)
            documents = table.height
        elif format == "vrt":
            from tendency.corpus import export_vrt

            vertical = export_vrt(self.index, target, masks=self.selection.masks, progress=progress)
            return Exported(target, vertical.documents, vertical)
        else:
            write = export_parquet if format == "parquet" else export_jsonl
            documents = write(self.index, target, masks=self.selection.masks, progress=progress)
        return Exported(target, documents)

    def document_features(self, queries: Asked, *, deadline: float | None = None) -> pl.DataFrame:
        """The document-feature matrix: a row a document with words and fields, a column of hits a query."""
        from tendency.corpus.export import document_features

        return document_features(
            self.index,
            self._queries(queries),
            masks=self.selection.masks,
            deadline=_limit(deadline),
        )

    def _by_document(self, queries: Asked, own_words: bool, deadline: float | None) -> pl.DataFrame:
        import polars as pl

        names = list(self._queries(queries))
        kept = ["document", "date", "start", "end", "words"]
        wide = self.document_features(queries, deadline=deadline).select([*kept, *names])
        long = wide.rename({"words": "tokens"}).unpivot(
            names,
            index=["document", "date", "start", "end", "tokens"],
            variable_name="query",
            value_name="hits",
        )
        rate = pl.when(pl.col("tokens") > 0).then(1e6 * pl.col("hits") / pl.col("tokens"))
        if own_words:
            inside = self._quoted_by_document(queries, deadline)
            long = long.join(inside, on=["query", "document"], how="left", maintain_order="left")
            long = long.with_columns(pl.col("hits") - pl.col("quoted_hits"))
        table = long.select("query", pl.exclude("query")).with_columns(per_million=rate)
        return table.select(pl.exclude("quoted_hits"), "quoted_hits") if own_words else table

    def _quoted_by_document(self, queries: Asked, deadline: float | None) -> pl.DataFrame:
        """How many hits stand in quotation marks in each document: ``query, document, quoted_hits``."""
        import polars as pl

        from tendency.tally import Quoted

        limit = _limit(deadline)
        schema = {"query": pl.String, "document": pl.String, "quoted_hits": pl.Int64}
        frames = [pl.DataFrame(schema=schema)]
        for name, query in self._queries(queries).items():
            counter = Quoted(name, query).bound(self.index)
            for segment, mask in zip(self.index.segments, self.selection.masks, strict=True):
                counts = counter.count(segment, mask, limit)[mask, 1]
                ids = [segment.ids[document] for document in mask.nonzero()[0].tolist()]
                rows = {"query": [name] * len(ids), "document": ids, "quoted_hits": counts}
                frames.append(pl.DataFrame(rows, schema=schema))
        return pl.concat(frames)

    @property
    def _narrowing(self) -> Narrowing:
        """What narrows this corpus, as every measure takes it."""
        return {"where": self.filter, "start": self.start, "end": self.end}

    def _clipped(self, written: str) -> DateSpan:
        """What a span has in common with that of the corpus."""
        span = _between(written)
        start, end = max(span.start, self.start or span.start), min(span.end, self.end or span.end)
        if end <= start:
            raise SettingError(f"{written!r} lies outside the span that was asked for.")
        return DateSpan(start, end, written)

    def _queries(self, asked: Asked) -> dict[str, Query]:
        if isinstance(asked, str):
            asked = {asked: asked}
        elif not isinstance(asked, Mapping):
            asked = {text: text for text in asked}
        if not asked:
            raise SettingError("Nothing is asked; give at least one query.")
        return {name: self.query(text) for name, text in asked.items()}


def open(path: Path_, *, executor: Executor | str | None = None) -> Corpus:  # noqa: A001  the name that every user expects
    """The corpus in an index folder, as it was last committed.

    Args:
        path: The folder.
        executor: Does what is asked of its segments: threads (by default), a pool of spawned processes, or
            the address of a Dask scheduler, such as ``"tcp://host:8786"``, whose workers see the folder.

    Raises:
        SettingError: A pool of forked processes, which may hang.
        WorkerError: The scheduler does not answer, or a worker cannot read the index.
        NotAnIndexError: The folder is not an index.
        IndexVersionError: Another release wrote it.
        DamagedIndexError: A file is missing or wrong.
    """
    return Corpus(Index.open(Path(path), _workers(executor)))


def add(
    index: Path_,
    sources: Path_ | Iterable[Path_],
    *,
    names: FieldNames | None = None,
    people: Path_ | None = None,
    encoding: str | None = None,
    language: str | None = None,
    date_order: DateOrder | None = None,
    strict: bool = False,
    memory: int = 1 << 30,
    split_over: int | None = None,
    merge: bool = True,
    progress: Progress | None = None,
) -> Addition:
    """Sources read into an index, made if there is none; all in one commit, or nothing.

    Args:
        index: The index's folder.
        sources: Files, folders or patterns; ``-`` is JSON lines on standard input.
        names: Which column holds id, date, text, title and author.
        people: A sidecar with name, from, to and columns such as faction, joined by author and date.
        encoding: The encoding of the sources; None tells it from the bytes.
        language: The language of documents that do not name their own, and of their dates in words.
        date_order: How to read 03/04/1920: ``"DMY"``, ``"MDY"`` or ``"YMD"``; None refuses it.
        strict: Stop at the first document that cannot be read or that replaces another.
        memory: Bytes that building may use.
        split_over: Cut documents with more bytes than this at blank lines.
        merge: Merge segments of like size where they have become many; answers stay as they are.
        progress: Called with bytes done and bytes in all.

    Raises:
        TendencyError: What is wrong, where, and what to do.
    """
    from tendency.corpus import add as add_documents
    from tendency.documents import People, read

    sidecar = People.from_csv(people) if people is not None else None
    reading = read(
        sources,
        names=names,
        encoding=encoding,
        language=language,
        date_order=date_order,
        strict=strict,
        progress=progress,
    )
    documents = reading if sidecar is None else sidecar.join(reading)
    added = add_documents(
        Path(index), documents, memory=memory, strict=strict, split_over=split_over, merge=merge
    )
    return Addition(reading, added, sidecar.unmatched if sidecar else None)


def remove(index: Path_, *, where: str | None = None, ids: Iterable[str] = ()) -> Removed:
    """Documents out of an index: those for which ``where`` holds, or those with these ids.

    Raises:
        SettingError: Neither is given, or both.
    """
    from tendency.corpus import remove as remove_documents

    ids = tuple(ids)
    if (where is None) == (not ids):
        raise SettingError("Give either a where expression or ids, to say what is to be removed.")
    if where is None:
        return remove_documents(Path(index), ids=ids)
    snapshot = Index.open(Path(index))
    return remove_documents(snapshot, masks=select(snapshot, where=where).masks)


def compact(
    index: Path_,
    *,
    now: bool = False,
    memory: int = 1 << 30,
    wait: float = 10.0,
    progress: Progress | None = None,
) -> Compacted:
    """An index's segments merged into as few as fit, without what is no longer live; answers stay as they are.

    Args:
        index: The index's folder.
        now: Delete the old files at once, not after 24 hours; readers of an earlier snapshot then fail.
        memory: Bytes that merging may use.
        wait: Seconds to wait for another writer.
        progress: Called with what is done and what there is to do.

    Raises:
        TendencyError: What is wrong, where, and what to do.
    """
    from tendency.corpus import compact as compact_index

    return compact_index(Path(index), now=now, memory=memory, wait=wait, progress=progress)


def join(
    indexes: Iterable[Path_],
    to: Path_,
    *,
    strict: bool = False,
    wait: float = 10.0,
    progress: Progress | None = None,
) -> Joined:
    """A new index of the documents of several, in one commit, without cutting a text into words again.

    Args:
        indexes: Their folders; where two hold an id with different content, the later one wins.
        to: A new or empty folder.
        strict: Stop where an id has different content, and commit nothing.
        wait: Seconds to wait for another writer.
        progress: Called with what is done and what there is to do.

    Raises:
        TendencyError: What is wrong, where, and what to do.
    """
    from tendency.corpus import join as join_indexes

    parts = [Path(index) for index in indexes]
    return join_indexes(parts, Path(to), strict=strict, wait=wait, progress=progress)


def rebuild(
    index: Path_, *, memory: int = 1 << 30, wait: float = 10.0, progress: Progress | None = None
) -> Rebuilt:
    """An index made anew from its own texts under the present text rules; its documents stay as they are.

    Args:
        index: The index's folder.
        memory: Bytes that building may use.
        wait: Seconds to wait for another writer.
        progress: Called with what is done and what there is to do.

    Raises:
        TendencyError: What is wrong, where, and what to do.
    """
    from tendency.corpus import rebuild as rebuild_index

    return rebuild_index(Path(index), memory=memory, wait=wait, progress=progress)


def check(index: Path_, *, progress: Progress | None = None) -> list[Damage]:
    """What is damaged in an index; empty when checksums, counts, offsets, ranges and every text all hold.

    Args:
        index: The index's folder.
        progress: Called with what is done and what there is to do.

    Raises:
        TendencyError: What is wrong, where, and what to do.
    """
    from tendency.corpus import check as check_index

    return list(check_index(Path(index), progress=progress))


def repair(
    index: Path_, *, memory: int = 1 << 30, wait: float = 10.0, progress: Progress | None = None
) -> Repaired:
    """An index made whole again, in one commit, without the documents of which the content itself is damaged.

    Args:
        index: The index's folder.
        memory: Bytes that building may use.
        wait: Seconds to wait for another writer.
        progress: Called with what is done and what there is to do.

    Returns:
        What was damaged, and which documents were lost; ``complete`` when none was.

    Raises:
        TendencyError: What is wrong, where, and what to do.
    """
    from tendency.corpus import repair as repair_index

    return repair_index(Path(index), memory=memory, wait=wait, progress=progress)


def report(
    dossier: Path_,
    to: Path_,
    *,
    corpus: Path_ | None = None,
    executor: Executor | str | None = None,
    deadline: float | None = None,
    progress: Progress | None = None,
) -> Report:
    """A dossier's questions answered in a folder: ``report.html``, its data and its charts.

    Args:
        dossier: The questions, as a TOML file.
        to: A new or empty folder, or one that holds an earlier report.
        corpus: Another index than the one the dossier names.
        executor: Does what is asked of segments, as for ``open``.
        deadline: Seconds after which a query is given up.
        progress: Called with what is done and what there is to do.

    Raises:
        TendencyError: What is wrong, where, and what to do.
    """
    from tendency.dossier import answer
    from tendency.report import write_report

    answers = answer(
        Path(dossier),
        corpus=None if corpus is None else Path(corpus),
        executor=_workers(executor),
        deadline=_limit(deadline),
        progress=progress,
    )
    return Report(write_report(answers, Path(to)), answers)


def write_chart(result: Result, to: Path_) -> Path:
    """A result's chart as SVG or PDF, by the file's suffix; the path.

    Raises:
        SettingError: The suffix is another, or the result has no chart.
    """
    from tendency.charts import pdf, svg
    from tendency.corpus.storage import write_atomically

    target, spec = Path(to), result.chart()
    if spec is None:
        raise SettingError("This result has no chart; take its table.")
    if target.suffix not in (".svg", ".pdf"):
        raise SettingError(f"{target} ends in neither .svg nor .pdf; give it one of these.")
    drawn = svg(spec)
    write_atomically(target, drawn.encode() if target.suffix == ".svg" else pdf(drawn))
    return target


_SUFFIXES = {
    "jsonl": (".jsonl", ".gz", ".zst"),
    "parquet": (".parquet",),
    "dfm": (".csv", ".tsv", ".parquet"),
    "vrt": (".vrt", ".vert", ".vertical", ".gz", ".zst"),
}


def _check_export(format_: str, target: Path, has_queries: bool) -> None:
    if format_ not in _SUFFIXES:
        raise SettingError(f"There is no export format {format_!r}; the formats are {', '.join(_SUFFIXES)}.")
    if target.suffix not in _SUFFIXES[format_]:
        raise SettingError(
            f"{target} does not fit the format {format_}; end it in {', '.join(_SUFFIXES[format_])}."
        )
    if format_ == "dfm" and not has_queries:
        raise SettingError("A document-feature matrix needs queries, one a column; give at least one.")
    if format_ != "dfm" and has_queries:
        raise SettingError(
            f"The format {format_} holds whole documents and takes no queries; use where, or dfm."
        )


def _workers(executor: Executor | str | None) -> Executor | None:
    """Who does the work; a string is the address of a Dask scheduler."""
    if executor is None:
        return None
    from tendency.corpus.work import refuse_fork

    if isinstance(executor, str):
        from tendency.corpus.cluster import connect

        executor = connect(executor)
    # Said at once, not when it would get its first task.
    refuse_fork(executor)
    return executor


def _holdings(expected: Sequence[Holding] | Path_ | None) -> Sequence[Holding] | None:
    """What should exist, read where it is a file."""
    if not isinstance(expected, str | os.PathLike):
        return expected
    from tendency.dossier import read_holdings

    return read_holdings(Path(expected))


def _limit(seconds: float | None) -> Deadline:
    # One without an end can still be cancelled, which an interrupt does.
    return Deadline(seconds or None)


def _first_day(day: Day | None) -> dt.date | None:
    return _span(day).start if isinstance(day, str) else day


def _one_day(day: Day) -> dt.date:
    """A day as it is given or written; a month or a year is none.

    Raises:
        SettingError: It spans more than a day.
    """
    if isinstance(day, dt.date):
        return day
    span = _span(day)
    if (span.end - span.start).days > 1:
        raise SettingError(f"{day!r} is more than one day; give the day of the event, such as 1943-02-02.")
    return span.start


def _day_after(day: Day | None) -> dt.date | None:
    return _span(day).end if isinstance(day, str) else None if day is None else day + dt.timedelta(days=1)


def _two_spans(before: str, after: str) -> list[tuple[str, DateSpan]]:
    """Both with the names that were written; the second begins when the first has ended."""
    eras = [(written, _between(written)) for written in (before, after)]
    if eras[1][1].start < eras[0][1].end:
        raise SettingError(
            f"{after!r} begins before {before!r} has ended; give the earlier span first, without overlap."
        )
    return eras


def _between(text: str) -> DateSpan:
    """The days from a first to a last written date, such as ``1930/1939``."""
    from tendency.dossier.spans import span
    from tendency.errors import DossierError

    try:
        return span(text)
    except DossierError as error:
        raise SettingError(f"{error}") from None


def _span(text: str) -> DateSpan:
    try:
        return parse_date(text)
    except UndatableError as error:
        raise SettingError(f"{error}") from None


def _two_sides(
    compare: tuple[str, str] | None, split: str | Mapping[str, str] | None
) -> tuple[Side, Side] | None:
    """Two parts of the documents: spans, or two values or names of a split."""
    from tendency.measures import Side
    from tendency.measures.sides import value_side

    if compare is None:
        if split is not None:
            raise SettingError("a split names parts, and compare which two of them are compared; give both.")
        return None
    before, after = compare
    if split is None:
        spans = [_between(written) for written in (before, after)]
        if spans[1].start < spans[0].end:
            raise SettingError(
                f"{after!r} begins before {before!r} has ended; give the earlier span first, without overlap."
            )
        return Side(before, None, spans[0].start, spans[0].end), Side(
            after, None, spans[1].start, spans[1].end
        )
    if before == after:
        raise SettingError(f"a comparison needs two different parts, not {before!r} twice.")
    if isinstance(split, str):
        return value_side(split, before), value_side(split, after)
    for name in (before, after):
        if name not in split:
            raise SettingError(f"there is no part {name!r}; there are {', '.join(split)}.")
    return Side(before, split[before]), Side(after, split[after])
