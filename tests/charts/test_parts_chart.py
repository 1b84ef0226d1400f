"""The waterfall of a change: bars that join, and figures beside them."""

from __future__ import annotations

import polars as pl
import pytest

from tendency.charts.parts import parts_chart

PARTS = pl.DataFrame(
    {
        "query": ["a"] * 5,
        "part": [
            "within voices",
            "mix of voices",
            "voices that entered",
            "voices that left",
            "change",
        ],
        "value": [30.0, -10.0, 5.0, 0.0, 25.0],
        "low": [20.0, -15.0, None, None, 15.0],
        "high": [40.0, -5.0, None, None, 35.0],
    }
)
ENDS = pl.DataFrame(
    {"query": ["a"], "before": ["1930"], "after": ["1940"], "rate_before": [100.0], "rate_after": [125.0]}
)


def test_it_is_valid_vega_lite() -> None:
    """For the screen and for print it keeps to the schema that Altair brings along; parts without a value are no error."""
    from altair.utils.schemapi import validate_jsonschema
    from altair.vegalite.schema import core

    schema = core.load_schema()
    unknown = PARTS.with_columns(
        pl.when(pl.col("part").str.contains("within|mix"))
        .then(None)
        .otherwise(pl.col("value"))
        .alias("value")
    )
    for table in (PARTS, unknown):
        spec = parts_chart(table, ENDS, title="t")
        screen = {key: value for key, value in spec.items() if key != "usermeta"}
        for version in (screen, spec["usermeta"]["print"]):
            validate_jsonschema(version, {"$ref": "#/definitions/TopLevelSpec"}, rootschema=schema)


@pytest.mark.parametrize("word", ["1930", "1940", "within voices", "voices that left"])
def test_every_bar_has_its_name(word: str) -> None:
    """Spans and parts are named in the chart itself, and the change has no bar."""
    said = str(parts_chart(PARTS, ENDS, title="t"))
    assert word in said
    assert "'change'" not in said
