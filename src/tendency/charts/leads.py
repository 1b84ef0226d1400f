"""Who leads: both courses, cleaned, and below them how alike they are at each lag."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import polars as pl

from tendency.charts.curves import Field, Point, Spec, framed, on_screen_and_print, panels
from tendency.charts.tables import named, number, plain
from tendency.charts.theme import Style

_MOST = 4
"""So many queries are drawn, each with its two fields."""


def leads_chart(courses: pl.DataFrame, lags: pl.DataFrame, table: pl.DataFrame, *, title: str) -> Spec | None:
    """For each query the courses of both voices, trend and common course taken out, and their correlation at each lag.

    Vega-Lite, with a print version under ``usermeta``; None where no query has text enough.

    Args:
        courses: query, voice, period, start, end, per_million, cleaned (logarithms).
        lags: query, lag, correlation, band, highest.
        table: query, first, second, lag, low, high, grain, verdict, in the order of drawing.
        title: What is seen.
    """
    drawn = [row for row in table.iter_rows(named=True) if (lags["query"] == row["query"]).any()][:_MOST]
    if not drawn:
        return None
    fields = [_Drawn(row, courses, lags, alone=len(drawn) == 1) for row in drawn]
    alt = " ".join([f"{title.rstrip('.')}.", *(one.says for one in fields)])

    def build(style: Style) -> Spec:
        return framed([view for one in fields for view in one.views(style)], title, alt, style)

    return on_screen_and_print(build)


class _Drawn:
    """What is drawn of one query."""

    def __init__(
        self, row: Mapping[str, Any], courses: pl.DataFrame, lags: pl.DataFrame, *, alone: bool
    ) -> None:
        self.row = row
        name = "" if alone else named(row["query"])
        mine = courses.filter(pl.col("query") == row["query"]).to_dicts()
        self.points = [_point(one, name) for one in mine]
        self.voices = list(dict.fromkeys(named(one["voice"]) for one in mine))
        self.lags = lags.filter(pl.col("query") == row["query"]).to_dicts()
        best = max(self.lags, key=lambda one: one["correlation"])
        self.says = (
            f"{named(row['query'])}: {_verdict(row)}. The courses of {self.voices[0]} and {self.voices[1]} are most alike at a lag of "
            f"{best['lag']} {row['grain']}s, correlation {plain(best['correlation'])}; chance stays below {plain(best['highest'])} at all lags."
        )

    def views(self, style: Style) -> list[Spec]:
        """The courses, and below them the correlation."""
        field = Field("times its own trend (by factors of two)", "log", reference=1.0, share=0.75)
        return [*panels(self.points, field, style), self._correlogram(style)]

    def _correlogram(self, style: Style) -> Spec:
        first, second = self.voices
        values = [
            {
                "lag": one["lag"],
                "r": one["correlation"],
                "chance": one["highest"],
                "floor": 0,
                "peak": self.row["lag"] is not None and one["lag"] == _signed_lag(self.row, first),
                "d": f"{_side(one['lag'], first, second, self.row['grain'])}: correlation {plain(one['correlation'])}, chance stays below {plain(one['highest'])}",
            }
            for one in self.lags
        ]
        top = max(max(one["r"], one["chance"]) for one in values) * 1.15
        bottom = min(0.0, *(one["r"] for one in values)) * 1.15
        x = {
            "field": "lag",
            "type": "quantitative",
            "scale": {"domain": [values[0]["lag"] - 0.7, values[-1]["lag"] + 0.7], "nice": False},
            "axis": {
                "title": f"{self.row['grain']}s by which {first} goes before {second}",
                "grid": False,
                "format": "d",
            },
        }
        y = {
            "field": "r",
            "type": "quantitative",
            "scale": {"domain": [bottom, top], "nice": False},
            "axis": {"title": "correlation", "tickCount": 4},
        }
        strong = style.series[0] if len(set(style.series)) > 1 else style.ink
        stem = {"type": "rule", "strokeWidth": max(style.line * 1.6, 1.0), "color": style.muted}
        layers: list[Spec] = [
            {
                "mark": {
                    "type": "area",
                    "color": style.muted,
                    "opacity": style.band,
                    "interpolate": "linear",
                },
                "encoding": {"x": x, "y": y | {"field": "chance"}, "y2": {"datum": 0}},
            },
            {
                "mark": stem,
                "encoding": {
                    "x": x,
                    "y": y,
                    "y2": {"datum": 0},
                    "description": {"field": "d", "type": "nominal"},
                },
            },
            {
                "mark": {
                    "type": "point",
                    "filled": True,
                    "size": style.point,
                    "color": style.muted,
                    "opacity": 1,
                },
                "encoding": {"x": x, "y": y},
            },
            {
                "transform": [{"filter": "datum.peak"}],
                "mark": {
                    "type": "point",
                    "filled": True,
                    "size": style.point * 1.8,
                    "color": strong,
                    "opacity": 1,
                },
                "encoding": {"x": x, "y": y},
            },
            {
                "data": {
                    "values": [
                        {"t": [_verdict(self.row), "shaded: what chance stays below at all lags (95 %)"]}
                    ]
                },
                "mark": {"type": "text", "align": "left", "baseline": "line-top", "fill": style.muted},
                "encoding": {
                    "x": {"value": 0},
                    "y": {"value": round(style.height * 0.6) + style.font * 3.4},
                    "text": {"field": "t"},
                },
            },
        ]
        return {
            "data": {"values": values},
            "width": style.plot,
            "height": round(style.height * 0.6),
            "layer": layers,
        }


def _signed_lag(row: Mapping[str, Any], first: str) -> int:
    lag = int(row["lag"])
    return lag if named(row["first"]) == first else -lag


def _side(lag: int, first: str, second: str, grain: str) -> str:
    if not lag:
        return f"{first} and {second} in the same {grain}"
    before, after = (first, second) if lag > 0 else (second, first)
    return f"{before} {abs(lag)} {grain}{'' if abs(lag) == 1 else 's'} before {after}"


def _verdict(row: Mapping[str, Any]) -> str:
    if row["verdict"] != "leads":
        return str(row["verdict"])
    grain = f"{row['grain']}{'' if row['lag'] == 1 else 's'}"
    return f"{named(row['first'])} leads {named(row['second'])} by {row['lag']} {grain} (80 % {row['low']} to {row['high']})"


def _point(row: Mapping[str, Any], panel: str) -> Point:
    clean = number(row, "cleaned")
    value = None if clean is None else math.exp(clean)
    says = f"{named(row['voice'])}, {named(row['period'])}: " + (
        f"{plain(value)} times its own trend ({plain(number(row, 'per_million'))} hits per million words)"
        if value is not None
        else "nothing held"
    )
    return Point(
        series=named(row["voice"]),
        panel=panel,
        period=named(row["period"]),
        start=row["start"],
        end=row["end"],
        value=value,
        low=None,
        high=None,
        held=value is not None,
        few=False,
        says=says,
        anchor=row.get("evidence"),
    )
