"""Charts as specifications: what is drawn, linked and said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from tendency.charts import Event, aims_chart, bars, rank_chart, rates_chart
from tendency.charts.theme import DARK, PAPER, SERIES
from tendency.errors import SettingError

Make = Callable[..., pl.DataFrame]
Spans = Callable[[int, int], list[tuple[str, dt.date, dt.date]]]


def _layers(spec: dict[str, Any]) -> list[dict[str, Any]]:
    if "layer" in spec:
        return list(spec["layer"])
    return [layer for part in spec.get("vconcat", spec.get("concat", [])) for layer in _layers(part)]


def _rows(spec: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [
        row for layer in _layers(spec) if layer["mark"]["type"] == kind for row in layer["data"]["values"]
    ]


def _texts(spec: dict[str, Any]) -> str:
    return "\n".join(str(row.get("t", "")) for row in _rows(spec, "text"))


def _every_chart(
    rates: Make, ranks: Make, aims: Make, quarters: Spans, years: Spans
) -> dict[str, dict[str, Any]]:
    event = [Event("War", dt.date(1939, 9, 1))]
    return {
        "rates": rates_chart(rates(["a", "b"], quarters(1936, 12)), title="t", events=event),
        "splits": rates_chart(rates(["a", "b"], years(1936, 9), ["x", "y"]), title="t"),
        "many": rates_chart(rates(["a"], years(1936, 9), list("stuvwxyz")), title="t"),
        "ranks": rank_chart(ranks(["a", "b", "c"], years(1936, 9)), title="t", events=event),
        "aims": aims_chart(aims(["a", "b"], years(1944, 1), ["x", "y"]), title="t"),
        "aims over time": aims_chart(aims(["a", "b"], years(1936, 9)), title="t"),
        "bars": bars(rates(["a"], years(1936, 9)), category="period", value="hits", title="t", unit="hits"),
        "rows": bars(pl.DataFrame({"c": ["x"], "v": [1]}), category="c", value="v", title="t", unit="u"),
    }


def test_every_chart_is_valid_vega_lite(
    rates_table: Make, ranks_table: Make, aims_table: Make, quarters: Spans, years: Spans
) -> None:
    """Each chart, and a print version of each kind, keeps to the schema that Altair brings along."""
    from altair.utils.schemapi import validate_jsonschema
    from altair.vegalite.schema import core

    schema = core.load_schema()
    for name, spec in _every_chart(rates_table, ranks_table, aims_table, quarters, years).items():
        assert spec["description"].startswith("t."), name
        printed = [spec["usermeta"]["print"]] if name in ("ranks", "aims", "rows") else []
        for version in ({k: v for k, v in spec.items() if k != "usermeta"}, *printed):
            validate_jsonschema(version, {"$ref": "#/definitions/TopLevelSpec"}, rootschema=schema)


def test_the_curve_breaks_where_nothing_was_held(rates_table: Make, years: Spans) -> None:
    """No line leads over a gap, the gap is grey and says why, and every mark has its words."""
    spec = rates_chart(rates_table(["a"], years(1930, 14)), title="t")
    runs = [row["r"] for row in _rows(spec, "line")]
    assert runs.count(0) == 5
    assert runs.count(1) == 6
    assert len(_rows(spec, "rect")) == 1
    assert "nothing held" in _texts(spec)
    assert next(row["d"][:9] for row in _rows(spec, "point")) == "a, 1930: "


def test_zero_is_an_open_mark_with_its_limit(rates_table: Make, years: Spans) -> None:
    """A period without a hit is not a gap: open mark, bar to the upper limit, and a line in the key."""
    spec = rates_chart(rates_table(["a"], years(1930, 20)), title="t")
    opened = [
        layer for layer in _layers(spec) if layer["mark"]["type"] == "point" and "stroke" in layer["encoding"]
    ]
    zero = [row for layer in opened for row in layer["data"]["values"] if row["y"] == 0]
    assert len(zero) == 1
    assert "0 hits per million words, 95 % interval 0 to 31; 0 hits in 240,000 words" in zero[0]["d"]
    assert any(row.get("l") == 0 and row.get("h") == 31 for row in _rows(spec, "rule"))
    assert "no hit" in _texts(spec).replace("\n", " ")


def test_too_few_is_open_and_said(rates_table: Make, years: Spans) -> None:
    """A point on too little is open and says so."""
    spec = rates_chart(rates_table(["a"], years(1930, 9)), title="t", undatable=1234)
    said = [row["d"] for row in _rows(spec, "point")]
    assert sum("too few to rely on" in words for words in said) == 1
    assert "1,234 hits are not datable" in _texts(spec).replace("\n", " ")


def test_names_stand_at_the_ends_without_legend(rates_table: Make, years: Spans) -> None:
    """Each curve is named where it ends; no legend sends the eye to and fro."""
    spec = rates_chart(rates_table(["alpha", "beta", "gamma"], years(1930, 9)), title="t")
    for name in ("alpha", "beta", "gamma"):
        assert name in _texts(spec)
    scales = [
        layer["encoding"][c] for layer in _layers(spec) for c in ("color", "shape") if c in layer["encoding"]
    ]
    assert all(scale["legend"] is None for scale in scales)
    dashes = next(
        layer["encoding"]["strokeDash"]["scale"]["range"]
        for layer in _layers(spec)
        if "strokeDash" in layer["encoding"]
    )
    assert len({tuple(dash) for dash in dashes}) == 3


def test_events_inside_the_span_are_drawn(rates_table: Make, years: Spans) -> None:
    """An event has its name; one outside the span is not drawn."""
    events = [Event("War", dt.date(1934, 9, 1)), Event("Later", dt.date(1990, 1, 1))]
    spec = rates_chart(rates_table(["a"], years(1930, 9)), title="t", events=events)
    assert "War" in _texts(spec)
    assert "Later" not in _texts(spec)


def test_many_curves_become_small_multiples(rates_table: Make, years: Spans) -> None:
    """Two queries in two splits are two fields; eight splits of one are eight; six curves share one."""
    spans = years(1930, 9)
    assert len(rates_chart(rates_table(["a", "b"], spans, ["x", "y"]), title="t")["vconcat"]) == 2
    assert len(rates_chart(rates_table(["a"], spans, list("stuvwxyz")), title="t")["vconcat"]) == 8
    assert len(rates_chart(rates_table(["a"], spans, list("uvwxyz")), title="t")["vconcat"]) == 1
    assert len(rates_chart(rates_table(list("abcdefgh"), spans), title="t")["vconcat"]) == 8


def test_marks_link_only_where_there_is_evidence(rates_table: Make, years: Spans) -> None:
    """A mark with an anchor leads to it; one without leads nowhere."""
    spec = rates_chart(rates_table(["a"], years(1930, 20)), title="t")
    linked = [layer for layer in _layers(spec) if "href" in layer["encoding"]]
    rows = [row for layer in linked for row in layer["data"]["values"]]
    assert rows
    assert all(row["a"].startswith("#e-0-0-") for row in rows)
    assert len(rows) == 16


def test_ranks_have_their_probability_below(ranks_table: Make, years: Spans) -> None:
    """First place is on top, and the probability of being first has its own field from 0 to 1."""
    spec = rank_chart(ranks_table(["a", "b", "c"], years(1936, 9)), title="t")
    upper, lower = spec["vconcat"]
    scale = next(
        layer["encoding"]["y"]["scale"]
        for layer in upper["layer"]
        if "y" in layer["encoding"] and "scale" in layer["encoding"]["y"]
    )
    assert scale["reverse"] is True
    assert scale["domain"] == [0.5, 3.5]
    below = next(
        layer["encoding"]["y"]["scale"] for layer in lower["layer"] if layer["mark"]["type"] == "line"
    )
    assert below["domain"] == [0.0, 1.0]
    assert "probability of being first 0.86" in _rows(spec, "point")[0]["d"]


def test_aims_show_share_and_chance(aims_table: Make, years: Spans) -> None:
    """Each aim and window has the share seen beside the share by chance, and the ratio on an axis of factors."""
    spec = aims_chart(aims_table(["a", "b"], years(1944, 1)), title="t")
    assert {"10 words", "30 words", "100 words", "seen", "chance"} <= set(_texts(spec).split("\n"))
    assert any("of the hits" in row["d"] and "by chance, ratio" in row["d"] for row in _rows(spec, "point"))
    scale = next(
        layer["encoding"]["x"]["scale"] for layer in _layers(spec) if layer["mark"]["type"] == "point"
    )
    assert scale["type"] == "log"


def test_aims_over_time_take_one_window(aims_table: Make, years: Spans) -> None:
    """Over time one window is drawn; one that the table lacks is an error that names those it has."""
    table = aims_table(["a", "b"], years(1936, 9))
    spec = aims_chart(table, title="t", window=100)
    assert all("within 100 words" in row["d"] for row in _rows(spec, "point"))
    with pytest.raises(SettingError, match=r"no window of 50 words; it has 10, 30, 100"):
        aims_chart(table, title="t", window=50)


def test_fields_of_bars_share_a_scale_unless_one_would_lie_flat() -> None:
    """A source with a hundred times the words of another has a scale of its own, and the chart says so."""
    day = dt.date(1916, 11, 1)
    table = pl.DataFrame(
        {
            "period": ["1916"] * 2,
            "start": [day] * 2,
            "end": [dt.date(1917, 1, 1)] * 2,
            "source": ["a", "b"],
            "n": [9, 12],
        }
    )

    def drawn(part: pl.DataFrame) -> tuple[set[float], str]:
        spec = bars(part, category="period", value="n", title="t", unit="words", group="source")
        tops = {
            layer["encoding"]["y"]["scale"]["domain"][1]
            for layer in _layers(spec)
            if layer["mark"]["type"] == "rect"
        }
        return tops, _texts(spec)

    assert drawn(table) == ({15.0}, "")
    tops, said = drawn(table.with_columns(n=pl.Series([9, 1200])))
    assert tops == {10.0, 1500.0}
    assert said == "each field has a scale of its own"


def test_a_ratio_of_zero_stands_off_the_curve(aims_table: Make, years: Spans) -> None:
    """Nothing seen is infinitely far down on an axis of factors: an open mark, and no line to it."""
    spec = aims_chart(aims_table(["a", "b"], years(1936, 9)), title="t")
    assert {row["s"] for row in _rows(spec, "line")} == {"a"}
    assert {row["s"] for row in _rows(spec, "point")} == {"a", "b"}


def test_a_table_that_lacks_something_is_refused() -> None:
    """The error names what is missing and what is there; an empty table has no chart."""
    with pytest.raises(SettingError, match=r"needs the columns period.*it has query"):
        rates_chart(pl.DataFrame({"query": ["a"]}), title="t")
    with pytest.raises(SettingError, match="at least one row"):
        bars(pl.DataFrame({"c": [], "v": []}), category="c", value="v", title="t", unit="u")


def test_a_single_period_is_a_chart(rates_table: Make, years: Spans) -> None:
    """One document in one year has a point with its bar."""
    spec = rates_chart(rates_table(["a"], years(1944, 1)), title="t")
    assert len(_rows(spec, "point")) == 1
    assert any("h" in row for row in _rows(spec, "rule"))


def test_nothing_held_at_all_is_a_chart(rates_table: Make, years: Spans) -> None:
    """A corpus that holds nothing of the span has an empty, grey field."""
    table = rates_table(["a"], years(1930, 8)).filter(pl.col("tokens") == 0)
    spec = rates_chart(table, title="t")
    assert _rows(spec, "point") == []
    assert len(_rows(spec, "rect")) == 1


def _luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colour", SERIES)
def test_names_of_curves_are_readable(colour: str) -> None:
    """Each colour has a contrast of at least 4.5 to 1 with the paper, light and dark."""
    assert _contrast(colour, PAPER) >= 4.5
    assert _contrast(DARK[colour], DARK[PAPER]) >= 4.5
