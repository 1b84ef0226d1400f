"""The tendency of one rate: its trend, its turning points, what is forecast, and what stands beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import polars as pl

from tendency.charts import beside_chart, trend_chart, turns_chart
from tendency.dossier import wording
from tendency.dossier.asking import Asking
from tendency.dossier.columns import chosen, described
from tendency.dossier.composition import coinciding
from tendency.dossier.evidence import WHOLE
from tendency.dossier.finding import Claim, Exhibit
from tendency.dossier.tendency_sentences import (
    TURN_LEVEL,
    Row,
    event_claim,
    forecast_claim,
    no_turn_claim,
    series_claim,
    trend_claim,
    turn_claim,
)
from tendency.measures import before_after, comovement, forecast, holm, rates, read_series, trend, turns
from tendency.measures.comparison import FAMILY_ERROR
from tendency.measures.trends import NO_TREND, TOO_FEW
from tendency.tally import Tally

_TURNS = (
    "split", "period", "earliest", "latest", "probability", "change", "before", "after", "ratio", "ratio_low", "ratio_high",
    "growth_before", "growth_after", "second_opinion", "verdict", "turned_too", "evidence",
)  # fmt: skip
_TRENDS = (
    "split", "periods", "hits", "clusters", "growth", "low", "high", "p", "p_section", "autocorrelation", "verdict", "note",
)  # fmt: skip
_FORECASTS = (
    "period", "ahead", "words", "per_million", "low", "high", "skill", "skill_low", "skill_high", "coverage", "origins", "verdict",
)  # fmt: skip
_EVENTS = (
    "event", "date", "split", "window", "before", "after", "ratio", "low", "high", "dates", "larger", "p", "verdict",
)  # fmt: skip

_SERIES = ("detrended", "lag", "pairs", "correlation", "low", "high", "p", "p_family", "verdict", "note")

SERIES_MEANINGS = {
    "detrended": "How what each does over the whole span was taken out",
    "lag": "Periods by which the text follows the outside series; below 0 it goes before",
    "pairs": "Periods in which both have a figure",
    "correlation": "Spearman's rank correlation",
    "p": "Probability of so strong a one between series that only wander",
    "p_family": "The same, all lags and both ways together",
    "verdict": "What may be said",
    "note": "What limits it",
}
TREND_MEANINGS = {
    "periods": "Periods with text",
    "growth": "Growth in per cent a year, by the median of the slopes between every two periods (Theil–Sen)",
    "low": "Lower end of its 95 % interval",
    "high": "Upper end of its 95 % interval",
    "p": "Mann–Kendall test of no trend, with the autocorrelation that is present accounted for",
    "autocorrelation": "How alike neighbouring periods are, beyond the trend",
    "verdict": "What may be said",
    "note": "What limits it",
}
TURN_MEANINGS = {
    "period": "First period after the turn",
    "earliest": "First period of the 80 % range of the turn",
    "latest": "Last period of that range",
    "probability": "Probability of a turn within that range, averaged over all segmentations and over how much the rate wanders",
    "change": "Whether the level changed or the slope",
    "before": "Fitted rate just before, per million words",
    "after": "Fitted rate just after, per million words",
    "ratio": "After ÷ before",
    "ratio_low": "Lower end of its 80 % interval",
    "ratio_high": "Upper end of its 80 % interval",
    "growth_before": "Growth before the turn, per cent a year",
    "growth_after": "Growth after the turn, per cent a year",
    "second_opinion": "Whether a second method finds a turn within two periods",
    "verdict": "Firm or possible",
    "turned_too": "What about the documents turned at the same time",
}
FORECAST_MEANINGS = {
    "ahead": "Periods after the last with text",
    "words": "Words that the period is taken to hold",
    "per_million": "Median of what is forecast, per million words",
    "low": "Lower end of the 90 % interval",
    "high": "Upper end of the 90 % interval",
    "skill": "1 − score ÷ score of the bootstrap of the last ten periods, over past forecasts (CRPS); above 0 is better",
    "skill_low": "Lower end of its 95 % interval",
    "skill_high": "Upper end of its 95 % interval",
    "coverage": "Share of past forecasts whose 90 % interval held what came",
    "origins": "Past forecasts that were made to test it",
    "verdict": "What may be said of the forecast's worth",
}
EVENT_MEANINGS = {
    "window": "Time before and after that is compared",
    "before": "Hits per million words before",
    "after": "Hits per million words after",
    "ratio": "After ÷ before",
    "low": "Lower end of its 95 % interval",
    "high": "Upper end of its 95 % interval",
    "dates": "Other dates of the same series at which the same was computed",
    "larger": "Those at which the rate changed at least as much",
    "p": "Share of all dates at which it changed at least as much",
    "verdict": "What may be said",
}


@dataclass
class Course:
    """What can be said of the course of one rate.

    Attributes:
        asking: The corpus.
        anchor: The finding's anchor, with which names of exhibits begin.
        name: What is named.
        where: Only in these documents.
        counts: Counts by period over all documents.
        divided: The same by split, or None.
        split: What divides, in words.
        anchors: Anchors of the evidence by period and split.
        recipes: What was computed, as far as it was.
    """

    asking: Asking
    anchor: str
    name: str
    where: str | None
    counts: Tally
    divided: Tally | None
    split: str | None
    anchors: Mapping[tuple[str, str], str]
    recipes: list[str] = field(default_factory=list)

    @cached_property
    def span(self) -> str:
        """The periods in words."""
        periods = self.counts.periods
        return wording.span(periods[0].start, periods[-1].end) if periods else "no time at all"

    def told(self) -> tuple[list[Claim], list[Exhibit]]:
        """Claims and exhibits, in the order in which they are read."""
        claims: list[Claim] = []
        exhibits: list[Exhibit] = []
        parts = (self._turns, self._trend, self._forecast, self._events, self._series)
        for part in parts:
            for one in part():
                if isinstance(one, Claim):
                    claims.append(one)
                else:
                    exhibits.append(one)
        return claims, exhibits

    def _tallies(self) -> Iterator[Tally]:
        yield self.counts
        if self.divided is not None:
            yield self.divided

    # Turning points.

    def _turns(self) -> Iterator[Claim | Exhibit]:
        tables, curve = [], None
        for counts in self._tallies():
            found = turns(counts, level=TURN_LEVEL)
            self.recipes.append(found.recipe)
            rows = found.table.to_dicts()
            too = [self._turned_too(row) for row in rows]
            tables.append(
                found.table.with_columns(
                    pl.Series("turned_too", [wording.listing(one) for one in too], dtype=pl.String)
                )
            )
            for row, composition in zip(rows, too, strict=True):
                claim = turn_claim(self.name, row, composition, self.split)
                # A part of the corpus is worth a sentence only where its turn is firm; the table has all.
                if row["split"] == WHOLE or claim.holds:
                    yield claim
            if counts is self.counts:
                curve = found
                for summary in found.summary.to_dicts():
                    none = no_turn_claim(self.name, summary, self.span, counts.grain)
                    if none is not None:
                        yield none
        assert curve is not None
        table = pl.concat(tables)
        if not curve.curve.is_empty() and curve.summary["verdict"][0] != "too few":
            yield self._turn_chart(curve, table)
        if table.height:
            yield self._turn_table(table)

    def _turned_too(self, row: Row) -> list[str]:
        """What about the documents turned when a rate did."""
        return coinciding(self.asking.turned(self.where, self.counts), row, self.counts.periods)

    def _turn_chart(self, found: Any, table: pl.DataFrame) -> Exhibit:
        own = table.filter(pl.col("split") == WHOLE)
        curve = found.curve.with_columns(
            pl.Series(
                "evidence",
                [
                    self.anchors.get((row["period"], row["split"]))
                    for row in found.curve.select("period", "split").to_dicts()
                ],
                dtype=pl.String,
            )
        )
        if own.is_empty():
            title = f"The course of “{self.name}”: no turning point that can be told from chance"
        else:
            years = wording.listing([str(row["period"]) for row in own.to_dicts()])
            sure = (
                "turned"
                if (own["verdict"] == "firm").all() and not any(own["turned_too"])
                else "may have turned"
            )
            title = f"“{self.name}” {sure} in {years}"
        return Exhibit(
            f"{self.anchor}-course",
            title,
            "Hits per million words in each period (points) and the fitted course, averaged over all ways of cutting it into stretches "
            "(line, with its 80 % band); upright bands are the 80 % ranges of turning points.",
            chosen(
                curve,
                (
                    "period",
                    "start",
                    "end",
                    "per_million",
                    "fitted",
                    "fitted_low",
                    "fitted_high",
                    "p_turn",
                    "evidence",
                ),
            ),
            turns_chart(curve, own, found.summary, title=title, events=self.asking.events),
            columns=described(
                curve,
                fitted="Fitted rate, per million words",
                fitted_low="Lower end of its 80 % band",
                fitted_high="Upper end of its 80 % band",
                p_turn="Probability that a new stretch begins with this period",
            ),
        )

    def _turn_table(self, table: pl.DataFrame) -> Exhibit:
        anchors = [
            self.anchors.get((row["period"], row["split"]))
            for row in table.select("period", "split").to_dicts()
        ]
        printed = chosen(table.with_columns(pl.Series("evidence", anchors, dtype=pl.String)), _TURNS)
        return Exhibit(
            f"{self.anchor}-turns",
            f"Turning points of “{self.name}”",
            "A turn is printed where a new stretch begins with enough probability; without one, at most one series of twenty has a turn "
            "printed. Firm: a second method finds it within two periods. Possible: it does not, or the documents "
            "themselves turned at the same time.",
            printed,
            columns=described(printed, **TURN_MEANINGS),
        )

    # Trend.

    def _trend(self) -> Iterator[Claim | Exhibit]:
        found = [trend(counts) for counts in self._tallies()]
        self.recipes += [one.recipe for one in found]
        rows = [row for one in found for row in one.table.to_dicts()]
        if all(row["verdict"] == TOO_FEW for row in rows):
            return
        # The whole and its parts are one family: else every twentieth part would have a trend by chance.
        corrected = holm([None if row["verdict"] == TOO_FEW else row["p"] for row in rows])
        for row, p in zip(rows, corrected, strict=True):
            row["p_section"] = p
            if p is not None and p > FAMILY_ERROR:
                row["verdict"] = NO_TREND
            claim = trend_claim(self.name, row, self.span, self.counts.grain, self.split)
            if claim is not None and (row["split"] == WHOLE or claim.holds):
                yield claim
        printed = chosen(pl.DataFrame(rows, infer_schema_length=None), _TRENDS)
        title = f"The trend of “{self.name}” over {self.span}"
        yield Exhibit(
            f"{self.anchor}-trend",
            title,
            "One line through the whole span, whatever turned on the way. A theme that wanders slowly looks like a trend over few "
            "periods: where neighbours are alike, the note says so. The verdict takes all series of this section together (Holm).",
            printed,
            trend_chart(found[0].rates, found[0].lines, title=title, events=self.asking.events),
            columns=described(printed, **TREND_MEANINGS),
        )

    # Forecast.

    def _forecast(self) -> Iterator[Claim | Exhibit]:
        horizon = self.asking.questions.dossier.horizon
        if not horizon or self.counts.grain == "eras":
            return
        found = forecast(self.counts, horizon=horizon)
        self.recipes.append(found.recipe)
        rows = found.table.to_dicts()
        claim = forecast_claim(self.name, rows[0]) if rows else None
        if claim is None:
            return
        yield claim
        title = f"“{self.name}”: what is forecast for {rows[0]['period']}{'' if len(rows) == 1 else ' to ' + rows[-1]['period']}"
        printed = chosen(found.table, _FORECASTS)
        yield Exhibit(
            f"{self.anchor}-forecast",
            title,
            "The pool of three forecasts (bootstrap of the last ten periods, discounted Gamma–Poisson, exponentially weighted mean with "
            "negative binomial spread), and how it would have done at every past date, against the bootstrap alone. It knows nothing "
            "but this rate's past.",
            printed,
            found.chart(title=title),
            columns=described(printed, **FORECAST_MEANINGS),
        )
        past = chosen(
            found.backtest, tuple(name for name in found.backtest.columns if name not in ("query", "split"))
        )
        if past.height:
            yield Exhibit(
                f"{self.anchor}-backtest",
                f"“{self.name}”: what would have been forecast, and what came",
                "Each row is a forecast from the periods before it only.",
                past,
                columns=described(past),
            )

    # Events and outside series.

    def _events(self) -> Iterator[Claim | Exhibit]:
        if not self.asking.events or self.counts.grain == "all":
            return
        found = before_after(self.counts, {event.name: event.date for event in self.asking.events})
        self.recipes.append(found.recipe)
        for row in found.table.to_dicts():
            claim = event_claim(self.name, row, self.counts.grain)
            if claim is not None:
                yield claim
        if (found.table["verdict"] == "too few").all():
            return
        printed = chosen(found.table, _EVENTS)
        yield Exhibit(
            f"{self.anchor}-events",
            f"“{self.name}” before and after each event, against every other date",
            "The same comparison is made at every other date of the series: only a change that is larger than at nearly all of them is "
            "remarkable, and it is still not a cause.",
            printed,
            columns=described(printed, **EVENT_MEANINGS),
        )

    def _series(self) -> Iterator[Claim | Exhibit]:
        for number, outside in enumerate(self.asking.questions.series, start=1):
            values = read_series(outside.file, date=outside.date, value=outside.value)
            found = comovement(self.counts, values.table)
            self.recipes.append(found.recipe)
            yield series_claim(self.name, outside.name, _strongest(found.table))
            unit = f" ({outside.unit})" if outside.unit else ""
            source = f" Source: {outside.source.rstrip('.')}." if outside.source else ""
            left = (
                f" {wording.counted(len(values.left_out), 'line')} of its file could not be read."
                if values.left_out
                else ""
            )
            printed = chosen(found.table, _SERIES)
            yield Exhibit(
                f"{self.anchor}-series-{number}",
                f"“{self.name}” beside {outside.name}, at each lag",
                f"Rank correlation with {outside.name}{unit}, brought to the same periods, once what each does over the whole span is taken "
                f"out: by the difference from the period before, and by the distance from a line. Chance is drawn from series that wander as "
                f"much.{source}{left} This is not a cause.",
                printed,
                columns=described(printed, **SERIES_MEANINGS),
            )
            title = f"“{self.name}” and {outside.name}{unit}, by the same periods"
            yield Exhibit(
                f"{self.anchor}-outside-{number}",
                title,
                f"Below, the mean of the figures whose days lie in each period; a gap where there is none.{source} This is not a cause.",
                found.outside,
                beside_chart(
                    rates(self.counts).table,
                    found.outside,
                    title=title,
                    name=outside.name,
                    unit=outside.unit,
                    events=self.asking.events,
                ),
                columns=described(found.outside, value=outside.name + unit),
            )


def _strongest(table: pl.DataFrame) -> Row:
    """The row that speaks most against chance; of equals the one in the same period."""
    order = pl.col("p_family").fill_null(1.0), pl.col("lag").abs(), pl.col("detrended")
    row: Row = table.sort(*order).row(0, named=True)
    return row
