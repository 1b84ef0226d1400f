"""Charts of trends and forecasts: what is drawn, and what is said of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import polars as pl

from tendency.charts import forecast_chart, trend_chart

Make = Callable[..., pl.DataFrame]
Spans = Callable[[int, int], list[tuple[str, dt.date, dt.date]]]


def _layers(spec: dict[str, Any]) -> list[dict[str, Any]]:
    if "layer" in spec:
        return list(spec["layer"])
    return [layer for part in spec.get("vconcat", []) for layer in _layers(part)]


def _rows(spec: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [
        row for layer in _layers(spec) if layer["mark"]["type"] == kind for row in layer["data"]["values"]
    ]


def _lines(periods: list[tuple[str, dt.date, dt.date]], split: str = "all") -> pl.DataFrame:
    rows = [("a", split, label, start, end, 80.0 + n) for n, (label, start, end) in enumerate(periods)]
    return pl.DataFrame(
        rows, schema=["query", "split", "period", "start", "end", "per_million"], orient="row"
    )


def _fan(periods: list[tuple[str, dt.date, dt.date]], split: str = "all") -> pl.DataFrame:
    rows = [("a", split, label, start, end, 80.0, 20.0, 160.0) for label, start, end in periods]
    columns = ["query", "split", "period", "start", "end", "per_million", "low", "high"]
    return pl.DataFrame(rows, schema=columns, orient="row")


def test_both_are_valid_vega_lite(rates_table: Make, years: Spans) -> None:
    """Each chart, for the screen and for print, keeps to the schema that Altair brings along."""
    from altair.utils.schemapi import validate_jsonschema
    from altair.vegalite.schema import core

    schema = core.load_schema()
    table = rates_table(["a", "b"], years(1930, 20), ["x", "y"])
    for spec in (
        trend_chart(table, _lines(years(1930, 20), "x"), title="t"),
        forecast_chart(table, _fan(years(1950, 3), "x"), title="t"),
    ):
        screen = {key: value for key, value in spec.items() if key != "usermeta"}
        for version in (screen, spec["usermeta"]["print"]):
            validate_jsonschema(version, {"$ref": "#/definitions/TopLevelSpec"}, rootschema=schema)


def test_the_line_stands_in_place_of_joins(rates_table: Make, years: Spans) -> None:
    """Of a trend the rates are marks alone and the only line is the fitted one, across gaps too, said in words."""
    spec = trend_chart(rates_table(["a"], years(1930, 14)), _lines(years(1930, 14)), title="t")
    assert [row["y"] for row in _rows(spec, "line")] == [80.0 + n for n in range(14)]
    assert len(_rows(spec, "point")) == 11
    assert "The line through a goes from 80 in 1930 to 93 in 1943." in spec["description"]
    bare = trend_chart(rates_table(["a"], years(1930, 14)), _lines([]), title="t")
    assert _rows(bare, "line") == []


def test_the_fan_begins_after_a_rule(rates_table: Make, years: Spans) -> None:
    """A forecast goes on from the curve, after a rule at its first day; each of its periods is said; long curves are cut, which is said."""
    spec = forecast_chart(rates_table(["a"], years(1860, 90)), _fan(years(1950, 3)), title="t")
    assert (
        "Forecast: a, 1950: 80 hits per million words forecast, 90 % interval 20 to 160."
        in spec["description"]
    )
    texts = "\n".join(str(row.get("t", "")) for row in _rows(spec, "text")).replace("\n", " ")
    assert "forecast" in texts
    assert "earlier periods than 1890 are not drawn" in texts
    assert len(_rows(spec, "point")) == 63
    none = forecast_chart(rates_table(["a"], years(1930, 14)), _fan([]), title="t")
    assert "forecast" not in "".join(str(row.get("t", "")) for row in _rows(none, "text"))
