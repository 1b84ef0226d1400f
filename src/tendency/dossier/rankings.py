"""One ranking: which of several items is named most, when, how sure that is, and what it hangs on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence, Set
from typing import Any

import polars as pl

from tendency.charts import Event, rank_chart, rates_chart
from tendency.corpus import Query, suggestions
from tendency.corpus.query.tree import Near as NearNode
from tendency.dossier import wording
from tendency.dossier.asked import AskedRanking
from tendency.dossier.asking import Asking, Two
from tendency.dossier.columns import chosen, described
from tendency.dossier.evidence import Frame, Sentences
from tendency.dossier.finding import Claim, Exhibit, Finding
from tendency.dossier.flipping import flips_told
from tendency.dossier.judging import JudgedPart, judged_part
from tendency.dossier.rows import counted
from tendency.dossier.sentences import (
    FEWEST_CLUSTERS,
    FEWEST_HITS,
    SURE,
    Counted,
    first_by_list_only,
    first_not_established,
    named_most,
    no_hits,
    nothing_held,
    order_not_shown,
    order_reversed,
    rank_moved,
    ranking_too_few,
)
from tendency.dossier.warnings import Warner
from tendency.errors import DossierError, SettingError
from tendency.measures.comparison import REVERSED, order_changes
from tendency.measures.ranking import FIRST, FIRST_BY_LIST, NOT_DECIDED, Ranking, rank_items
from tendency.tally import Near, Occurrences, Tally, tally

_PRINTED = (
    "query", "period", "split", "documents", "tokens", "hits", "documents_with_hits", "per_million", "low", "high",
    "rank", "rank_low", "rank_high", "p_first", "all_hits", "share", "expected", "ratio", "ratio_low", "ratio_high",
    "verdict", "broken_by", "too_few", "evidence",
)  # fmt: skip
_PLOTTED = ("start", "end", *_PRINTED)


def answer_ranking(asking: Asking, ranking: AskedRanking, number: int, room: int) -> Finding:
    """The finding of one ranking.

    Args:
        asking: The corpus.
        ranking: The question.
        number: Its place among the rankings, from 1, for messages.
        room: How many lines of evidence it may have.
    """
    anchor = asking.anchor("ranking", ranking.name)
    return _Answer(asking, ranking, number, anchor, room).finding()


class _Answer:
    """The steps from a ranking's question to its finding."""

    def __init__(self, asking: Asking, ranking: AskedRanking, number: int, anchor: str, room: int) -> None:
        self.asking, self.asked, self.anchor = asking, ranking, anchor
        self.place = f"{asking.questions.file}, ranking[{number}]"
        self.by = asking.by(ranking.period)
        self.split = asking.split(ranking.split)
        self.sentences = Sentences(anchor, room)
        self.anchors: dict[str, dict[tuple[str, str], str]] = {}
        self.flips: list[Event] = []
        self.beside = "" if ranking.near is None else f" beside words of {_called(ranking)}"

    def finding(self) -> Finding:
        """Everything, in the order in which it is read."""
        main = self._ranked(self.by, overlap=self.asked.overlap)
        counts = self._counts(self.by)
        two = self.asking.spans(counts)
        whole = self._ranked("all")
        pair = None if two is None else self._ranked(two.eras)
        claims, exhibits = self._claims(whole.table, pair, two)
        flipped, shown, recipes = self._flips(counts)
        self.flips = [
            Event(f"{one.subjects[0]} \u21c4 {one.subjects[1]}", _begins(one, counts))
            for one in flipped
            if len(one.subjects) == 2 and one.holds
        ]
        claims = [*(one for one in flipped if one.holds), *claims, *(one for one in flipped if not one.holds)]
        exhibits = [*self._over_time(main, counts), *shown, *exhibits, *self._by_split()]
        read = self._judged()
        claims += read.claims
        exhibits += read.exhibits
        warner = Warner(self.asking, self.asked.where)
        warnings = [
            *(note for query in self.asked.items.values() for note in query.notes),
            *warner.undatable(counts, self.asked.period),
            *warner.standing(counts),
            *(warner.composition(two) if two is not None else ()),
            *(one for name, query in self._evidenced().items() for one in warner.concentration(name, query)),
        ]
        warnings += read.warnings
        if self.asked.overlap:
            warnings.append(
                "Items may share words with each other: a word can count for two of them (overlap = true)."
            )
        return Finding(
            anchor=self.anchor,
            question=self._question(),
            kind="ranking",
            claims=tuple(claims),
            warnings=tuple(dict.fromkeys(warnings)),
            exhibits=tuple(exhibits),
            evidence=tuple(self.sentences.blocks),
            recipe=self.asking.recipe(main.recipe, *recipes, *read.recipes),
        )

    def _judged(self) -> JudgedPart:
        """What a person found in a sample of the hits."""
        asked = self.asked
        try:
            return judged_part(
                self.asking,
                self.anchor,
                self._evidenced(),
                asked.judged,
                by=self.by,
                split=self.split,
                where=asked.where,
            )
        except SettingError as error:
            raise DossierError(f"{self.place} (“{asked.name}”): {error}") from None

    def _question(self) -> str:
        return f"{self.asked.name}: which is named most{self.beside}, and when?"

    def _ranked(self, by: Any, *, overlap: bool = True, split: Any = None) -> Ranking:
        try:
            return rank_items(
                self.asking.index,
                self.asked.items,
                near=self.asked.near,
                within=self.asked.within,
                overlap=overlap,
                by=by,
                split=split,
                **self.asking.common(self.asked.where),
            )
        except SettingError as error:
            raise DossierError(f"{self.place} (“{self.asked.name}”): {error}") from None

    def _flips(self, counts: Tally) -> tuple[list[Claim], list[Exhibit], list[str]]:
        """When items changed places, over all documents and in each split."""
        if not counts.periods or counts.grain == "eras":
            return [], [], []
        tallies = [counts] if self.split is None else [counts, self._counts(self.by, self.split)]
        return flips_told(
            self.asking, self.asked, tallies, self._columns(), anchor=self.anchor, beside=self.beside
        )

    def _columns(self) -> dict[str, str]:
        """The column that is counted for each item."""
        return {name: name if self.asked.near is None else Near.names(name)[1] for name in self.asked.items}

    def _counts(self, by: Any, split: Any = None) -> Tally:
        items = tuple(self.asked.items.items())
        if self.asked.near is None:
            counters: Sequence[Any] = [Occurrences(name, query) for name, query in items]
        else:
            counters = [Near(items, self.asked.near, self.asked.within)]
        return tally(self.asking.index, counters, by=by, split=split, **self.asking.common(self.asked.where))

    def _evidenced(self) -> dict[str, Query]:
        """What the lines of evidence are hits of: the items, near or not."""
        if self.asked.near is None:
            return dict(self.asked.items)
        near = self.asked.near.tree
        return {
            name: Query(NearNode(query.tree, near, self.asked.within), query.where, query.source)
            for name, query in self.asked.items.items()
        }

    # Claims.

    def _claims(
        self, whole: pl.DataFrame, pair: Ranking | None, two: Two | None
    ) -> tuple[list[Claim], list[Exhibit]]:
        rows = whole.to_dicts()
        if not rows or rows[0]["tokens"] == 0:
            return [nothing_held(self.asked.name, "no document answers its filters")], []
        claims: list[Claim] = []
        exhibits: list[Exhibit] = []
        if pair is None or two is None:
            claims.append(self._first(rows, wording.span(rows[0]["start"], rows[0]["end"])))
        else:
            before, after = two.names
            moved, exhibit = self._moves(pair, two)
            claims += moved
            claims.append(
                self._first([row for row in pair.table.to_dicts() if row["period"] == after], after)
            )
            claims.append(
                self._first([row for row in pair.table.to_dicts() if row["period"] == before], before)
            )
            exhibits += [self._before_after(pair, two), *exhibit]
        for row in rows:
            if row["hits"] == 0 and not row.get("all_hits"):
                name = row["query"]
                near = suggestions(
                    self.asking.index,
                    self.asked.items[name],
                    self.asking.questions.names,
                    deadline=self.asking.deadline,
                )
                claims.append(no_hits(name, counted(row), near, self.asked.written[name]))
        return claims, exhibits

    def _first(self, rows: Sequence[Mapping[str, Any]], when: str, extra: str = "") -> Claim:
        """Which item is named most in one span."""
        ranked = sorted(
            (row for row in rows if row["rank"] is not None), key=lambda row: (row["rank"], -row["hits"])
        )
        name = f"{self.asked.name}{extra}"
        if len(ranked) < 2:
            held = rows[0]["documents"] if rows else 0
            clusters = rows[0]["clusters"] if rows else 0
            cluster = rows[0]["cluster"] if rows else "document"
            return ranking_too_few(name, 0, clusters, held, cluster, when, self.beside)
        top, second = ranked[0], ranked[1]
        found, other = counted(top, when), counted(second, when)
        clusters = min(found.clusters, other.clusters)
        if (
            clusters < FEWEST_CLUSTERS
            or found.hits < FEWEST_HITS
            or top["p_first"] is None
            or found.low is None
        ):
            return ranking_too_few(name, found.hits, clusters, found.held, top["cluster"], when, self.beside)
        among, chance = len(rows), float(top["p_first"])
        if top["verdict"] == NOT_DECIDED or chance < SURE:
            return first_not_established(
                self.asked.name,
                top["query"],
                found,
                second["query"],
                other,
                among=among,
                probability_first=chance,
                beside=self.beside,
            )
        if top["verdict"] == FIRST_BY_LIST:
            fails = [_quoted(why) for why in str(top["broken_by"]).split("; ")]
            return first_by_list_only(
                top["query"], found, _joined(fails), among=among, probability_first=chance, beside=self.beside
            )
        assert top["verdict"] == FIRST, top["verdict"]
        checks = ["without any one of its spellings", "by documents instead of hits"]
        if top["rank_by_first_mention"] == 1:
            checks.append("by order of first mention")
        return named_most(
            top["query"],
            found,
            second["query"],
            other,
            among=among,
            probability_first=chance,
            beside=self.beside,
            checks=checks,
            cluster=top["cluster"],
        )

    def _moves(self, pair: Ranking, two: Two) -> tuple[list[Claim], list[Exhibit]]:
        """Orders reversed between the two spans, and items that rose or fell by them."""
        counts = self._counts(two.eras)
        columns = self._columns()
        names = {column: name for name, column in columns.items()}
        changes = order_changes(counts, tuple(columns.values()))
        table = changes.table.with_columns(
            pl.col("first").replace_strict(names), pl.col("second").replace_strict(names)
        )
        before, after = two.names
        rows = pair.table.to_dicts()
        found = {(row["query"], row["period"]): (counted(row, row["period"]), row["rank"]) for row in rows}
        settled = {(row["query"], row["period"]) for row in rows if _settled(row)}
        reversals = {
            (row["first"], row["second"]): row for row in table.to_dicts() if row["verdict"] == REVERSED
        }
        claims = [*self._ranks(found, settled, reversals, before, after)]
        for (fallen, risen), row in reversals.items():
            claims.append(
                order_reversed(
                    risen,
                    fallen,
                    (found[risen, before][0], found[fallen, before][0]),
                    (found[risen, after][0], found[fallen, after][0]),
                    beside=self.beside,
                    p=row["p_family"],
                )
            )
        tested = sum(1 for row in table.to_dicts() if row["p_family"] is not None)
        if not reversals and tested:
            claims.append(order_not_shown(self.asked.name, before, after, pairs=tested, beside=self.beside))
        printed = table.rename({"p_family": "p_section"})
        wanted = (
            "first",
            "second",
            "before",
            "after",
            "lead_before",
            "lead_after",
            "p",
            "p_section",
            "verdict",
        )
        exhibit = Exhibit(
            f"{self.anchor}-order",
            f"Which items changed places between {before} and {after}",
            "How many times as often the first is named as the second. An order is reversed when both leads are beyond "
            "chance; the chance of any false reversal in this table is at most 5 % (Holm).",
            chosen(printed, wanted),
            columns=described(chosen(printed, wanted)),
        )
        return claims, [exhibit]

    def _ranks(
        self,
        found: Mapping[tuple[str, str], tuple[Counted, int | None]],
        settled: Set[tuple[str, str]],
        reversals: Mapping[tuple[str, str], Mapping[str, Any]],
        before: str,
        after: str,
    ) -> list[Claim]:
        """An item moved when its order is reversed with every item that it passed or that passed it."""
        moved: list[tuple[int, int, Claim]] = []
        for item in self.asked.items:
            (was, old), (now, new) = found[item, before], found[item, after]
            if old is None or new is None or old == new:
                continue
            passed = []
            for other in self.asked.items:
                first, last = found[other, before][1], found[other, after][1]
                if first is not None and last is not None and (first - old) * (last - new) < 0:
                    passed.append((item, other) if old < first else (other, item))
            if passed and all(pair in reversals for pair in passed):
                p = max(float(reversals[pair]["p_family"]) for pair in passed)
                claim = rank_moved(
                    self.asked.name,
                    item,
                    was,
                    now,
                    rank_before=old,
                    rank_after=new,
                    passed=tuple(other for pair in passed for other in pair if other != item),
                    settled={(item, before), (item, after)} <= settled,
                    among=len(self.asked.items),
                    beside=self.beside,
                    p=p,
                )
                moved.append((min(old, new), -abs(new - old), claim))
        # What happened at the top is read first.
        return [claim for *_, claim in sorted(moved, key=lambda one: one[:2])]

    # Exhibits.

    def _over_time(self, main: Ranking, counts: Tally) -> list[Exhibit]:
        table = main.table
        if table.is_empty():
            return []
        frame = Frame.of(self.asking, counts.periods, counts.grain, self.asked.where, self.split)
        self.anchors = {
            name: self.sentences.collect(
                frame, f"{name}{self.beside}", query, label=f"i{place}", cells=len(self.asked.items)
            )
            for place, (name, query) in enumerate(self._evidenced().items(), start=1)
        }
        table = self._linked(table)
        unit = "hits per million words" if self.asked.near is None else "hits near, per million words"
        ranks = chosen(table, _PLOTTED)
        caption = (
            f"Items by rate ({unit}); bars: 80 % interval of the rank; below: the probability of being named most. Open "
            "marks rest on under 8 clusters or under 10 hits. “Verdict” says what the checks allow: without each spelling "
            "in turn, by documents, by order of first mention. ⇄ marks where two items changed places at a firm turning point."
        )
        name = self.asked.name
        exhibits = [
            Exhibit(
                f"{self.anchor}-ranks",
                f"{name}: places over time, as named{self.beside}",
                caption,
                ranks.drop("start", "end"),
                rank_chart(
                    table, title=f"{name}: places over time", events=[*self.asking.events, *self.flips]
                ),
                columns=described(ranks),
            )
        ]
        rates = chosen(table, ("query", "period", "split", "documents", "tokens", "hits", "documents_with_hits",
                               "per_million", "low", "high", "too_few", "evidence"))  # fmt: skip
        exhibits.append(
            Exhibit(
                f"{self.anchor}-rates",
                f"{name}: how often each is named{self.beside}",
                f"{unit.capitalize()}; shaded: 95 % interval over clusters ({self._cluster(table)}).",
                rates,
                rates_chart(
                    table, title=f"{name}: how often each is named", events=self.asking.events, unit=unit
                ),
                columns=described(rates),
            )
        )
        return exhibits

    def _cluster(self, table: pl.DataFrame) -> str:
        return (
            wording.listing(sorted({str(name) for name in table["cluster"].to_list() if name})) or "document"
        )

    def _linked(self, table: pl.DataFrame) -> pl.DataFrame:
        anchors = [
            self.anchors[row["query"]].get((row["period"], row["split"]))
            for row in table.select("query", "period", "split").to_dicts()
        ]
        return table.with_columns(pl.Series("evidence", anchors, dtype=pl.String))

    def _before_after(self, pair: Ranking, two: Two) -> Exhibit:
        before, after = two.names
        table = chosen(pair.table, tuple(name for name in _PRINTED if name not in ("split", "evidence")))
        chosen_how = "" if two.chosen else " (first and last third of the periods that hold text)"
        return Exhibit(
            f"{self.anchor}-spans",
            f"{self.asked.name}: places in {before} and in {after}",
            f"The two spans that are compared{chosen_how}. Rates per million words with 95 % interval; ranks with 80 % "
            "interval.",
            table,
            columns=described(table),
        )

    def _by_split(self) -> list[Exhibit]:
        if self.split is None:
            return []
        main = self._ranked(self.by, split=self.split)
        table = self._linked(main.table)
        whole = self._ranked("all", split=self.split).table
        splits = main.table["split"].unique(maintain_order=True).to_list()
        rates = chosen(table, ("query", "period", "split", "documents", "tokens", "hits", "documents_with_hits",
                               "per_million", "low", "high", "rank", "p_first", "too_few", "evidence"))  # fmt: skip
        kept = table.filter(pl.col("split").is_in(splits[:6]))
        name = self.asked.name
        together = chosen(whole, tuple(one for one in _PRINTED if one not in ("period", "evidence")))
        return [
            Exhibit(
                f"{self.anchor}-by-split",
                f"{name}: places in each {self._by_what()}, over the whole span",
                "Within each, hits per million of its own words. Ranks with 80 % interval.",
                together,
                columns=described(together),
            ),
            Exhibit(
                f"{self.anchor}-ranks-by-split",
                f"{name}: places over time in each {self._by_what()}",
                "Within each, items by the rate in its own words; bars: 80 % interval of the rank; below: the probability of being named "
                "most. Open marks rest on under 8 clusters or under 10 hits.",
                chosen(kept, tuple(one for one in _PLOTTED if one not in ("start", "end"))),
                rank_chart(
                    kept, title=f"{name}: places over time, by {self._by_what()}", events=self.asking.events
                ),
                columns=described(kept),
            ),
            Exhibit(
                f"{self.anchor}-rates-by-split",
                f"{name}: how often each is named, by {self._by_what()}",
                f"Hits per million words of that {self._by_what()}; shaded: 95 % interval.",
                rates,
                rates_chart(kept, title=f"{name}, by {self._by_what()}", events=self.asking.events),
                columns=described(rates),
            ),
        ]

    def _by_what(self) -> str:
        return self.asked.split or ""


def _begins(claim: Claim, counts: Tally) -> dt.date:
    """The first day of the period with which a flip is dated."""
    label = dict(claim.values)["period"]
    return next(period.start for period in counts.periods if period.label == label)


def _called(ranking: AskedRanking) -> str:
    """What the items stand near: a named query by its name, else the query itself."""
    written = (ranking.near_written or "").strip()
    return f"“{written.removeprefix('@')}”"


def _quoted(why: str) -> str:
    """``without “strike”``; other checks as they are."""
    head, spelling = why[:8], why[8:]
    return f"without {wording.named(spelling)}" if head == "without " else why


def _joined(parts: Sequence[str]) -> list[str]:
    """The first three reasons, and how many more there are."""
    if len(parts) <= 3:
        return list(parts)
    return [*parts[:3], f"for {wording.counted(len(parts) - 3, 'more reason')} in the table"]


def _settled(row: Mapping[str, Any]) -> bool:
    """True when an item's place in a span is more than the place it happens to have: it may be printed as a number."""
    return (
        row["rank"] is not None
        and (row["rank_low"], row["rank_high"]) == (row["rank"], row["rank"])
        and (row["rank"] != 1 or row["p_first"] >= SURE)
    )
