"""One slogan: how often it is named, how that changed, and what is named around it, against chance."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from tendency.charts import aims_chart, rates_chart, turns_chart
from tendency.corpus import Query, suggestions
from tendency.corpus.query.tree import Near as NearNode
from tendency.corpus.query.tree import Within
from tendency.dossier import wording
from tendency.dossier.asked import AskedSlogan
from tendency.dossier.asking import Asking, Two
from tendency.dossier.columns import chosen, described
from tendency.dossier.company_sentences import COMPANY_KINDS
from tendency.dossier.composition import coinciding
from tendency.dossier.content import company_told, conditions_told
from tendency.dossier.evidence import WHOLE, Frame, Sentences
from tendency.dossier.finding import Claim, Exhibit, Finding
from tendency.dossier.judging import JUDGED_KINDS, judged_part
from tendency.dossier.rows import counted, nearness
from tendency.dossier.sentences import (
    FEWEST_HITS,
    aim_changed,
    aim_ratio,
    aim_too_few,
    aim_took_over,
    depends_on_window,
    no_hits,
    nothing_held,
    rate,
    rate_change,
    too_few,
)
from tendency.dossier.tendency import TURN_MEANINGS, Course
from tendency.dossier.tendency_sentences import aim_overtook_claim, aim_turn_claim
from tendency.dossier.warnings import Warner
from tendency.errors import DossierError, SettingError
from tendency.measures.aim_courses import aim_flips, aim_turns
from tendency.measures.aims import Aims, aims_of
from tendency.measures.comparison import FAMILY_ERROR, TOO_FEW, AimChanges, aim_changes, compare_rates
from tendency.measures.families import holm
from tendency.measures.rates import rates
from tendency.measures.rating import rates_of
from tendency.tally import WINDOWS, Around, Tally, tally

WINDOW = 30
"""The window whose figures are printed; the others must agree."""

TITLES = ("publication", "newspaper")
"""Fields whose values are titles, that may come and go."""

_RATES = (
    "query", "period", "split", "documents", "tokens", "hits", "documents_with_hits", "per_million", "low", "high",
    "dp_norm", "top_document_share", "too_few", "evidence",
)  # fmt: skip
_AIMS = (
    "aim", "window", "period", "split", "documents", "hits", "near", "share", "expected", "ratio", "ratio_low",
    "ratio_high", "neither", "several", "too_few", "evidence",
)  # fmt: skip
_AIM_TURNS = (
    "query", "period", "earliest", "latest", "probability", "change", "before", "after", "ratio", "ratio_low", "ratio_high",
    "second_opinion", "verdict",
)  # fmt: skip
AIM_TURN_MEANINGS = TURN_MEANINGS | {
    "query": "The aim",
    "before": "Fitted ratio to chance just before",
    "after": "Fitted ratio to chance just after",
}
_FIRST = (
    "aim took over", "aim overtook", "aim turned", "aim ratio changed", "turned", "rate changed", "trend", "rate", "no hits", *JUDGED_KINDS, "aim ratio", "share moved with theme",
    "aim may have turned", "may have turned", "no turning point", "no trend", "rate not shown to change", "depends on the window",
    "aim ratio not shown to change", "forecast", "conditions", *COMPANY_KINDS, "beside an event", "beside a series", "too few",
)  # fmt: skip


def answer_slogan(asking: Asking, slogan: AskedSlogan, number: int, room: int) -> Finding:
    """The finding of one slogan.

    Args:
        asking: The corpus.
        slogan: The question.
        number: Its place among the slogans, from 1, for messages.
        room: How many lines of evidence it may have.
    """
    return _Answer(asking, slogan, number, asking.anchor("slogan", slogan.name), room).finding()


class _Answer:
    """The steps from a slogan's question to its finding."""

    def __init__(self, asking: Asking, slogan: AskedSlogan, number: int, anchor: str, room: int) -> None:
        self.asking, self.asked, self.anchor = asking, slogan, anchor
        self.place = f"{asking.questions.file}, slogan[{number}]"
        self.name = slogan.name
        self.by = asking.by(slogan.period)
        self.split = asking.split(slogan.split)
        self.sentences = Sentences(anchor, room)
        self.recipes: list[str] = []
        self.cells = 1 + len(slogan.aims) + (slogan.company is not None)
        self.anchors: dict[tuple[str, str], str] = {}
        self.adjusted: dict[tuple[str, str], float | None] = {}
        self.around: AimChanges | None = None

    def finding(self) -> Finding:
        """Everything, in the order in which it is read."""
        try:
            return self._finding()
        except SettingError as error:
            raise DossierError(f"{self.place} (“{self.name}”): {error}") from None

    def _finding(self) -> Finding:
        counts = self._counts(self.by)
        whole = rates(self._counts("all")).table.to_dicts()
        two = self.asking.spans(counts)
        warner = Warner(self.asking, self.asked.where)
        warnings = [
            *self.asked.query.notes,
            *(note for query in self.asked.aims.values() for note in query.notes),
        ]
        claims: list[Claim]
        exhibits: list[Exhibit] = []
        if not whole or whole[0]["tokens"] == 0:
            claims = [nothing_held(self.name, "no document answers its filters")]
        else:
            frame = Frame.of(self.asking, counts.periods, counts.grain, self.asked.where, self.split)
            self.anchors = self.sentences.collect(frame, self.name, self.asked.query, cells=self.cells)
            claims = [self._how_often(whole[0])]
            if whole[0]["hits"]:
                changes, tables = self._changes(two)
                claims += changes
                course, shown = self._course(counts)
                claims += course
                exhibits = [*self._curves(counts, claims), *tables, *shown]
                if self.asked.aims:
                    found, shown = self._aims(frame, two)
                    exhibits += shown
                    claims += found
                    warnings += self._overlaps()
                for part in self._content(two):
                    claims += part[0]
                    exhibits += part[1]
                    self.recipes += part[2]
                self._add_judged(claims, exhibits, warnings)
            else:
                exhibits = self._curves(counts, claims)
            warnings += [
                *warner.undatable(counts, self.asked.period),
                *(warner.standing(self._counts(self.by, self.split)) if self.split is not None else ()),
                *(warner.composition(two) if two is not None else ()),
                *warner.concentration(self.name, self.asked.query),
            ]
        if two is None:
            warnings.append("Fewer than two periods hold text: nothing can be said of change.")
        return Finding(
            anchor=self.anchor,
            question=self._question(),
            kind="slogan",
            claims=tuple(sorted(claims, key=lambda claim: _FIRST.index(claim.kind))),
            warnings=tuple(dict.fromkeys(warnings)),
            exhibits=tuple(exhibits),
            evidence=tuple(self.sentences.blocks),
            recipe=self.asking.recipe(*(self.recipes or [rates(counts).recipe])),
        )

    def _add_judged(self, claims: list[Claim], exhibits: list[Exhibit], warnings: list[str]) -> None:
        """What a person found in a sample of the hits."""
        asked = self.asked
        found = judged_part(
            self.asking,
            self.anchor,
            {self.name: asked.query},
            asked.judged,
            by=self.by,
            split=self.split,
            where=asked.where,
        )
        claims += found.claims
        exhibits += found.exhibits
        warnings += found.warnings
        self.recipes += found.recipes

    def _question(self) -> str:
        beside = ", and what is named around it" if self.asked.aims else ""
        return f"{self.name}: how often is it named{beside}?"

    def _counts(self, by: Any, split: Any = None) -> Tally:
        return tally(
            self.asking.index,
            {self.name: self.asked.query},
            by=by,
            split=split,
            **self.asking.common(self.asked.where),
        )

    # How often.

    def _how_often(self, row: Mapping[str, Any]) -> Claim:
        found = counted(row)
        if found.hits == 0:
            near = suggestions(
                self.asking.index,
                self.asked.query,
                self.asking.questions.names,
                deadline=self.asking.deadline,
            )
            return no_hits(self.name, found, near, self.asked.written)
        if not found.enough:
            return too_few(self.name, found, row["cluster"])
        return rate(self.name, found, row["cluster"])

    def _curves(self, counts: Tally, claims: Sequence[Claim]) -> list[Exhibit]:
        common = self.asking.common(self.asked.where)
        found = rates_of(self.asking.index, {self.name: self.asked.query}, by=self.by, **common)
        self.recipes.append(found.recipe)
        table = self._linked(found.table)
        undatable = int(found.undated["hits"].sum())
        exhibits = [self._curve(table, "rates", self._title(claims), undatable)]
        if self.split is not None:
            divided = rates(self._counts(self.by, self.split)).table
            table = self._linked(divided)
            title = f"How often “{self.name}” is named, by {self.asked.split}"
            exhibits.append(self._curve(table, "rates-by-split", title, 0))
        return [*exhibits, *self._at_constant_titles(counts)]

    def _at_constant_titles(self, counts: Tally) -> list[Exhibit]:
        """The curve of the titles that were held nearly throughout, where others came and went."""
        field = next((name for name in TITLES if name in self.asking.index.field_views), None)
        if field is None or counts.grain in ("all", "eras") or int((counts.tokens[:, 0] > 0).sum()) < 2:
            return []
        found = rates_of(
            self.asking.index,
            {self.name: self.asked.query},
            constant=field,
            dispersion=False,
            by=self.by,
            **self.asking.common(self.asked.where),
        )
        titles = found.constant
        if titles is None or not titles.titles or len(titles.titles) == titles.of:
            return []
        self.recipes.append(found.recipe)
        printed = chosen(found.table, _RATES)
        title = f"“{self.name}” at constant titles, beside all titles"
        return [
            Exhibit(
                f"{self.anchor}-constant",
                title,
                f"Hits per million words; shaded: 95 % interval. {' '.join(titles.sentences)}",
                printed,
                rates_chart(found.table, title=title, events=self.asking.events),
                columns=described(printed),
            )
        ]

    def _title(self, claims: Sequence[Claim]) -> str:
        """What the curve shows, once the claims are known."""
        change = next(
            (claim for claim in claims if claim.kind == "rate changed" and len(claim.subjects) == 1), None
        )
        if change is None:
            return f"How often “{self.name}” is named"
        values = dict(change.values)
        ratio = values["ratio"]
        assert isinstance(ratio, float)
        way = "more" if ratio > 1 else "less"
        return f"“{self.name}” is named {way} often in {values['after_when']} than in {values['before_when']}"

    def _curve(self, table: pl.DataFrame, name: str, title: str, undatable: int) -> Exhibit:
        printed = chosen(table, _RATES)
        cluster = (
            wording.listing(sorted({str(one) for one in table["cluster"].to_list() if one})) or "document"
        )
        return Exhibit(
            f"{self.anchor}-{name}",
            title,
            f"Hits per million words; shaded: 95 % interval over clusters ({cluster}). A gap means that nothing was held, an "
            "open mark that there are under 8 clusters or under 10 hits, a bar up from zero the upper limit where there is "
            "no hit.",
            printed,
            rates_chart(
                table, title=title, events=self.asking.events, undatable=undatable, gaps=self.asking.gaps
            ),
            columns=described(printed),
        )

    def _linked(self, table: pl.DataFrame) -> pl.DataFrame:
        anchors = [
            self.anchors.get((row["period"], row["split"]))
            for row in table.select("period", "split").to_dicts()
        ]
        return table.with_columns(pl.Series("evidence", anchors, dtype=pl.String))

    def _course(self, counts: Tally) -> tuple[list[Claim], list[Exhibit]]:
        """Trend, turning points, forecast, and what stands beside the rate."""
        if counts.grain == "eras":
            return [], []
        divided = None if self.split is None else self._counts(self.by, self.split)
        course = Course(
            self.asking,
            self.anchor,
            self.name,
            self.asked.where,
            counts,
            divided,
            self.asked.split,
            self.anchors,
        )
        told = course.told()
        self.recipes += course.recipes
        return told

    def _content(self, two: Two | None) -> Iterator[tuple[list[Claim], list[Exhibit], list[str]]]:
        """Its company, and of what parts its change is made, where the dossier asks for them."""
        if self.asked.company is not None:
            yield company_told(self.asking, self.asked, two, self.anchor, self.sentences)
        if self.asked.voice is not None and two is not None:
            yield conditions_told(self.asking, self.asked, two, self.anchor)

    # Then and now.

    def _changes(self, two: Two | None) -> tuple[list[Claim], list[Exhibit]]:
        """Rates of the later span against those of the earlier one, over all documents and by split."""
        if two is None:
            return [], []
        tests: dict[tuple[str, str], float] = {}
        parts = [self._pair(two, None)]
        if self.split is not None:
            parts.append(self._pair(two, self.split))
        for _, table in parts:
            for row in table.to_dicts():
                if row["verdict"] != TOO_FEW and row["p"] is not None:
                    tests["rate", row["split"]] = float(row["p"])
        self.around = self._around_changes(two) if self.asked.aims else None
        if self.around is not None:
            for row in self.around.table.to_dicts():
                if row["window"] == WINDOW and row["verdict"] != TOO_FEW and row["p"] is not None:
                    tests["aim", row["aim"]] = float(row["p"])
        self.adjusted = dict(zip(tests, holm(list(tests.values())), strict=True))
        claims = []
        frames = []
        for spans, table in parts:
            for row in table.to_dicts():
                split = row["split"]
                corrected = self.adjusted.get(("rate", split))
                changed = corrected is not None and corrected <= FAMILY_ERROR
                frames.append({**row, "p_section": corrected, "verdict": _verdict(row, corrected)})
                if split == WHOLE or changed:
                    claims.append(self._change(spans, row, two, changed=changed))
        wanted = ("split", "before", "after", "hits_before", "hits_after", "per_million_before", "per_million_after",
                  "ratio", "low", "high", "p", "p_section", "verdict")  # fmt: skip
        printed = chosen(pl.DataFrame(frames, infer_schema_length=None), wanted)
        before, after = two.names
        how = (
            "" if two.chosen else " The spans are the first and the last third of the periods that hold text."
        )
        exhibit = Exhibit(
            f"{self.anchor}-change",
            f"“{self.name}” in {after} against {before}",
            f"Hits per million words; ratio of the later rate to the earlier one with 95 % interval.{how} The verdict takes all "
            f"{len(tests)} tests of change in this section together (Holm): the chance of any false change is at most 5 %.",
            printed,
            columns=described(printed, ratio="Later rate ÷ earlier rate"),
        )
        return claims, [exhibit]

    def _pair(self, two: Two, split: Any) -> tuple[dict[tuple[str, str], dict[str, Any]], pl.DataFrame]:
        counts = self._counts(two.eras, split)
        compared = compare_rates(counts)
        self.recipes.append(compared.recipe)
        rows = {(row["period"], row["split"]): row for row in rates(counts).table.to_dicts()}
        return rows, compared.table

    def _change(
        self,
        spans: Mapping[tuple[str, str], Mapping[str, Any]],
        row: Mapping[str, Any],
        two: Two,
        *,
        changed: bool,
    ) -> Claim:
        before, after = two.names
        split = row["split"]
        first, last = spans[before, split], spans[after, split]
        claim = rate_change(
            self.name,
            counted(first, before),
            counted(last, after),
            ratio=row["ratio"],
            low=row["low"],
            high=row["high"],
            changed=changed,
            cluster=first["cluster"],
        )
        if split == WHOLE:
            return claim
        sentence = f"In {self.asked.split} “{split}”: {claim.sentence}"
        return Claim(
            sentence, claim.kind, (*claim.subjects, split), claim.holds, (*claim.values, ("split", split))
        )

    # What is named around it.

    def _aims(self, frame: Frame, two: Two | None) -> tuple[list[Claim], list[Exhibit]]:
        whole = self._aims_of("all")
        self.recipes.append(whole.recipe)
        once = Frame.of(self.asking, _periods(whole.table), "all", self.asked.where)
        undivided = replace(frame, splits={WHOLE: frame.masks})
        anchors: dict[tuple[str, int, str, str], str] = {}
        over_time = self._aims_of(self.by)
        several = over_time.table["period"].n_unique() > 1
        for place, (aim, query) in enumerate(self.asked.aims.items(), start=1):
            for window in WINDOWS:
                near = self._near(query, window)
                heading = f"{self.name} with {aim} within {window} words"
                found = self.sentences.collect(
                    once, heading, near, label=f"a{place}-w{window}", cells=self.cells
                )
                anchors |= {(aim, window, period, split): one for (period, split), one in found.items()}
                if window == WINDOW and several:
                    found = self.sentences.collect(
                        undivided, heading, near, label=f"a{place}", cells=self.cells
                    )
                    anchors |= {(aim, window, period, split): one for (period, split), one in found.items()}
        self.whole = whole
        claims = [*self._against_chance(whole)]
        exhibits = [self._forest(whole, anchors)]
        if several:
            exhibits.append(self._aim_curves(over_time, anchors))
            turned, shown = self._aim_courses()
            claims += turned
            exhibits += shown
        if self.split is not None:
            divided = self._aims_of("all", self.split)
            printed = chosen(divided.table, tuple(one for one in _AIMS if one not in ("period", "evidence")))
            exhibits.append(
                Exhibit(
                    f"{self.anchor}-aims-by-split",
                    f"What is named around “{self.name}”, by {self.asked.split}",
                    "Share of the hits within each that stand near the aim, beside the share that chance would give in the same "
                    "documents; ratio of the two with 95 % interval.",
                    printed,
                    columns=described(printed),
                )
            )
        if two is not None and self.around is not None:
            moved, tables = self._moves(two, self.around)
            claims += moved
            exhibits += tables
        return claims, exhibits

    def _aims_of(self, by: Any, split: Any = None) -> Aims:
        return aims_of(
            self.asking.index,
            self.name,
            self.asked.query,
            self.asked.aims,
            by=by,
            split=split,
            **self.asking.common(self.asked.where),
        )

    def _near(self, aim: Query, window: int) -> Query:
        tree = Within(NearNode(self.asked.query.tree, aim.tree, window), "document")
        return Query(tree, self.asked.query.where, self.asked.query.source)

    def _against_chance(self, whole: Aims) -> Iterator[Claim]:
        rows = {(row["aim"], row["window"]): row for row in whole.table.to_dicts()}
        for aim in self.asked.aims:
            shown = nearness(rows[aim, WINDOW])
            if not shown.enough:
                yield aim_too_few(self.name, aim, shown, rows[aim, WINDOW]["cluster"])
                continue
            sides = {window: _side(rows[aim, window]) for window in WINDOWS}
            if {"more", "less"} <= set(sides.values()):
                details = [
                    f"{side} often than by chance within {window} words"
                    for window, side in sides.items()
                    if side
                ]
                yield depends_on_window(
                    self.name, (aim,), f"whether “{aim}” is named more or less often than by chance", details
                )
            else:
                yield aim_ratio(self.name, aim, shown)

    def _forest(self, whole: Aims, anchors: Mapping[tuple[str, int, str, str], str]) -> Exhibit:
        table = _aims_linked(whole.table, anchors)
        printed = chosen(table, tuple(one for one in _AIMS if one not in ("period", "split")))
        title = f"What is named around “{self.name}”, against chance"
        goal = f" “{self.asked.goal}” is the goal that the dossier names." if self.asked.goal else ""
        return Exhibit(
            f"{self.anchor}-aims",
            title,
            "Share of the hits with the aim within 10, 30 and 100 words, beside the share that chance would give if as many hits "
            f"fell at random in the same documents; ratio of the two with 95 % interval, each by itself.{goal}",
            printed,
            aims_chart(_for_chart(table), title=title),
            columns=described(printed),
        )

    def _aim_courses(self) -> tuple[list[Claim], list[Exhibit]]:
        """When what is named around the slogan turned, against chance, and when one aim overtook another."""
        around = Around(self.name, self.asked.query, tuple(self.asked.aims.items()))
        counts = tally(self.asking.index, [around], by=self.by, **self.asking.common(self.asked.where))
        if counts.grain == "eras":
            return [], []
        names = tuple(self.asked.aims)
        found = aim_turns(counts, names)
        self.recipes.append(found.recipe)
        claims = [
            aim_turn_claim(self.name, row, WINDOW, self._doubts(counts, row))
            for row in found.table.to_dicts()
        ]
        if len(names) > 1:
            overtaken = aim_flips(counts, names)
            self.recipes.append(overtaken.recipe)
            claims += [aim_overtook_claim(self.name, row, WINDOW) for row in overtaken.table.to_dicts()]
        if found.table.is_empty():
            return claims, []
        title = f"When what is named around “{self.name}” turned, against chance"
        printed = chosen(found.table, _AIM_TURNS)
        return claims, [
            Exhibit(
                f"{self.anchor}-aim-turns",
                title,
                f"Turning points of the hits with the aim within {WINDOW} words ÷ those that chance would give in the same documents (points, and "
                "the fitted course with its 80 % band); upright bands are the 80 % ranges of the turns. A share that moves with chance does not turn.",
                printed,
                turns_chart(
                    found.curve,
                    found.table,
                    found.summary,
                    title=title,
                    events=self.asking.events,
                    unit="times what chance would give",
                ),
                columns=described(printed, **AIM_TURN_MEANINGS),
            )
        ]

    def _doubts(self, counts: Tally, row: Mapping[str, Any]) -> list[str]:
        """Windows that do not show a turn of an aim, and what about the documents turned with it."""
        place = next(i for i, period in enumerate(counts.periods) if period.label == row["period"])
        doubts = []
        for window in WINDOWS:
            near = counts.hits[:, 0, counts.column(Around.near(row["query"], window))]
            chance = counts.hits[:, 0, counts.column(Around.expected(row["query"], window))]
            before, after = (
                near[part].sum() / max(int(chance[part].sum()), 1)
                for part in (slice(place), slice(place, None))
            )
            if (after > before) != (row["ratio"] > 1):
                doubts.append(f"within {window} words it points the other way")
        too = coinciding(self.asking.turned(self.asked.where, counts), row, counts.periods)
        if too:
            doubts.append(f"{wording.listing(too)} turned at the same time")
        return doubts

    def _aim_curves(self, over_time: Aims, anchors: Mapping[tuple[str, int, str, str], str]) -> Exhibit:
        table = _aims_linked(over_time.table, anchors).filter(pl.col("window") == WINDOW)
        printed = chosen(table, _AIMS)
        title = f"What is named around “{self.name}” over time, against chance"
        return Exhibit(
            f"{self.anchor}-aims-over-time",
            title,
            f"Share of the hits with the aim within {WINDOW} words ÷ the share that chance would give in the same documents; shaded: "
            "95 % interval. Open marks rest on too few.",
            printed,
            aims_chart(_for_chart(table), title=title, window=WINDOW, events=self.asking.events),
            columns=described(printed),
        )

    # What is named around it, then and now.

    def _around_changes(self, two: Two) -> AimChanges | None:
        around = Around(self.name, self.asked.query, tuple(self.asked.aims.items()))
        counts = tally(self.asking.index, [around], by=two.eras, **self.asking.common(self.asked.where))
        if not counts.tokens.all():
            return None
        found = aim_changes(counts, self.name, tuple(self.asked.aims))
        self.recipes.append(found.recipe)
        return found

    def _everywhere(self, two: Two) -> dict[str, float]:
        """How many times as often each aim is named in the later span as in the earlier, near the slogan or not."""
        held = self.asking.common(self.asked.where)
        counts = tally(self.asking.index, dict(self.asked.aims), by=two.eras, only_counts=True, **held)
        (first, last), words = counts.hits[:, 0, :].tolist(), counts.tokens[:, 0].tolist()
        return {
            aim: (last[number] / words[1]) / (first[number] / words[0])
            for number, aim in enumerate(self.asked.aims)
            if first[number] and last[number]
        }

    def _moves(self, two: Two, around: AimChanges) -> tuple[list[Claim], list[Exhibit]]:
        rows = {(row["aim"], row["window"]): row for row in around.table.to_dicts()}
        pair = {
            (row["aim"], row["window"], row["period"]): row
            for row in self._aims_of(two.eras).table.to_dicts()
        }
        before, after = two.names
        claims: list[Claim] = []
        moved: dict[str, float] = {}
        everywhere = self._everywhere(two)
        for aim in self.asked.aims:
            row = rows[aim, WINDOW]
            first, last = (nearness(pair[aim, WINDOW, era], era) for era in (before, after))
            corrected = self.adjusted.get(("aim", aim))
            if corrected is None or row["change"] is None or row["low"] is None or row["high"] is None:
                continue
            changed = corrected <= FAMILY_ERROR
            ways = {window: rows[aim, window]["change"] for window in WINDOWS}
            if changed and not _agree(ways.values(), row["change"]):
                details = [
                    f"within {window} words its ratio to chance is {_times(way)}"
                    for window, way in ways.items()
                ]
                claims.append(
                    depends_on_window(
                        self.name, (aim,), f"how “{aim}” moved from {before} to {after}", details
                    )
                )
                continue
            if changed:
                moved[aim] = row["change"]
            claims.append(
                aim_changed(
                    self.name,
                    aim,
                    first,
                    last,
                    ratio=row["change"],
                    low=row["low"],
                    high=row["high"],
                    changed=changed,
                    share_moved=min(first.with_aim, last.with_aim) >= FEWEST_HITS
                    and _with_theme(row, everywhere.get(aim)),
                )
            )
        for gained, lost in self._took_over(moved, around):
            claims.append(
                aim_took_over(
                    self.name,
                    gained,
                    lost,
                    (
                        nearness(pair[gained, WINDOW, before], before),
                        nearness(pair[lost, WINDOW, before], before),
                    ),
                    (
                        nearness(pair[gained, WINDOW, after], after),
                        nearness(pair[lost, WINDOW, after], after),
                    ),
                    windows=WINDOWS,
                )
            )
        frames = [
            {**row, "p_section": self.adjusted.get(("aim", row["aim"])) if row["window"] == WINDOW else None}
            for row in around.table.to_dicts()
        ]
        wanted = ("aim", "window", "before", "after", "share_before", "share_after", "expected_before", "expected_after",
                  "ratio_before", "ratio_after", "change", "low", "high", "p", "p_section", "note")  # fmt: skip
        printed = chosen(pl.DataFrame(frames, infer_schema_length=None), wanted)
        exhibit = Exhibit(
            f"{self.anchor}-aims-change",
            f"What is named around “{self.name}”, {after} against {before}",
            "A change of content is a change of the ratio to chance; a share that moves with what chance would give only "
            f"shows that the theme is named more, or less, in those documents as a whole. Tested at {WINDOW} words; 10 and 100 words must point the same way.",
            printed,
            columns=described(
                printed, change="Later ratio to chance ÷ earlier one", note="What a moved share means"
            ),
        )
        return claims, [exhibit]

    def _took_over(self, moved: Mapping[str, float], around: AimChanges) -> Iterator[tuple[str, str]]:
        """Pairs (gained, lost): one rose and the other fell, or the two changed places, at every window."""
        pairs = {(up, down) for up in moved for down in moved if moved[up] > 1 > moved[down]}
        orders = around.orders.to_dicts()
        by_pair: dict[frozenset[str], dict[int, Mapping[str, Any]]] = {}
        for row in orders:
            by_pair.setdefault(frozenset((row["first"], row["second"])), {})[row["window"]] = row
        for windows in by_pair.values():
            main = windows[WINDOW]
            if main["verdict"] == "order reversed" and all(
                other["first"] == main["first"]
                and other["lead_after"] is not None
                and other["lead_after"] < 1
                for other in windows.values()
            ):
                pairs.add((main["second"], main["first"]))
        yield from sorted(pairs)

    def _overlaps(self) -> list[str]:
        """A warning where many hits stand near several aims at once."""
        row = next((row for row in self.whole.table.to_dicts() if row["window"] == WINDOW), None)
        if (
            row is None
            or row["hits"] == 0
            or len(self.asked.aims) < 2
            or row["several"] <= 0.25 * row["hits"]
        ):
            return []
        share = wording.percent(row["several"] / row["hits"])
        return [f"{share} of the hits stand within {WINDOW} words of two aims or more: their shares overlap."]


def _verdict(row: Mapping[str, Any], corrected: float | None) -> str:
    if row["verdict"] == TOO_FEW or corrected is None:
        return TOO_FEW
    if corrected > FAMILY_ERROR:
        return "not established"
    return "rose" if row["low"] > 1 else "fell"


def _with_theme(row: Mapping[str, Any], everywhere: float | None) -> bool:
    """True when the theme accounts for half of the share's change or more, and the ratio to chance may be the same.

    The theme does so when chance does, which knows the slogan's documents, and when the aim is named that much more or less
    often in all documents: a change around the slogan alone also changes its documents, and is no growth everywhere. An interval
    so wide that the ratio may have moved as far as the share did shows nothing either way.
    """
    if not row["note"] or everywhere is None or not row["low"] <= 1 <= row["high"]:
        return False
    shares, chances = ((row[f"{what}_before"], row[f"{what}_after"]) for what in ("share", "expected"))
    if min(*shares, *chances) <= 0:
        return False
    moved = shares[1] / shares[0]
    if row["low"] <= moved <= row["high"]:
        return False
    return all(
        math.log(theme) / math.log(moved) >= 0.5
        for theme in (chances[1] / chances[0], everywhere)
        if moved != 1
    )


def _side(row: Mapping[str, Any]) -> str:
    """Whether a ratio lies beyond chance: ``more``, ``less`` or nothing."""
    if row["ratio_low"] is not None and row["ratio_low"] > 1:
        return "more"
    return "less" if row["ratio_high"] is not None and row["ratio_high"] < 1 else ""


def _agree(ways: Any, way: float) -> bool:
    return all(other is not None and (other > 1) == (way > 1) for other in ways)


def _times(way: float | None) -> str:
    return "unknown" if way is None else f"{wording.figure(way)} times what it was"


def _periods(table: pl.DataFrame) -> Any:
    from tendency.tally import Period

    dates = table.select("period", "start", "end").unique(maintain_order=True)
    return tuple(Period(row["period"], row["start"], row["end"]) for row in dates.to_dicts())


def _aims_linked(table: pl.DataFrame, anchors: Mapping[tuple[str, int, str, str], str]) -> pl.DataFrame:
    found = [
        anchors.get((row["aim"], row["window"], row["period"], row["split"]))
        for row in table.select("aim", "window", "period", "split").to_dicts()
    ]
    return table.with_columns(pl.Series("evidence", found, dtype=pl.String))


def _for_chart(table: pl.DataFrame) -> pl.DataFrame:
    return table.drop("low", "high").rename({"ratio_low": "low", "ratio_high": "high"})
