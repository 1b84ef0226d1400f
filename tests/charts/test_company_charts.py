"""Charts of company and contrast: names never collide, directions are told by word, shape and colour."""

from __future__ import annotations

import itertools
from typing import Any

import polars as pl
import pytest
import vl_convert

from tendency.charts import changes_chart, collocates_chart, keyness_chart, svg
from tendency.charts.theme import SCREEN
from tendency.errors import SettingError


def layers(spec: dict[str, Any]) -> list[dict[str, Any]]:
    """All layers of all fields."""
    return [layer for part in spec["vconcat"] for layer in part["layer"]]


def texts(spec: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of every layer of text."""
    return [
        row for layer in layers(spec) if layer["mark"]["type"] == "text" for row in layer["data"]["values"]
    ]


def near(number: int = 12) -> pl.DataFrame:
    """A table of collocates, one of them with nothing elsewhere, one with too few."""
    return pl.DataFrame(
        {
            "word": [f"word {at}" for at in range(number)],
            "near": [100 - at for at in range(number)],
            "documents": [30] * number,
            "ratio": [None, *(2.0 + at / 3 for at in range(number - 1))],
            "low": [3.0, *(1.0 + at / 5 for at in range(number - 1))],
            "high": [None, *(4.0 + at for at in range(number - 1))],
            "too_few": [False] * (number - 1) + [True],
        }
    )


def changes(number: int = 20) -> pl.DataFrame:
    """A table of two parts in which many words stand at the same place."""
    verdicts = ["came", "went", "closer", "looser", "stays", "not shown to change", "too few"]
    return pl.DataFrame(
        {
            "word": [f"word {at}" for at in range(number)],
            "verdict": [verdicts[at % len(verdicts)] for at in range(number)],
            "ratio_before": [5.0] * (number - 2) + [0.0, None],
            "ratio_after": [5.1] * (number - 1) + [None],
            "near_before": [9] * (number - 2) + [0, 9],
            "near_after": [9] * number,
        }
    )


def apart(number: int = 40) -> pl.DataFrame:
    """A table of keywords, all with nearly the same contrast, on both sides; one word so rare that it is nearly nowhere."""
    up = [at % 2 == 0 for at in range(number)]
    return pl.DataFrame(
        {
            "target": ["The Sun"] * number,
            "reference": ["the rest"] * number,
            "word": [f"word {at}" for at in range(number)],
            "verdict": [
                "not established" if at % 5 == 0 else f"more in {'The Sun' if u else 'the rest'}"
                for at, u in enumerate(up)
            ],
            "z": [(5.0 + at / 1000) * (1 if u else -1) for at, u in enumerate(up)],
            "per_million": [10.0 + at for at in range(number - 1)] + [0.0],
            "per_million_reference": [12.0] * (number - 1) + [0.0],
            "hits": [20] * number,
            "hits_reference": [20] * number,
        }
    )


def test_every_chart_is_drawn() -> None:
    """Each is valid Vega-Lite on the screen and in print, and names its words."""
    for spec in (
        collocates_chart(near(), title="Near"),
        changes_chart(changes(), ("then", "now"), title="Then and now"),
        keyness_chart(apart(), title="Apart"),
    ):
        for version in (spec, spec["usermeta"]["print"]):
            assert "word 3" in vl_convert.vegalite_to_svg(version)
        assert "word 3" in spec["description"]


def test_names_beside_the_scatter_do_not_collide() -> None:
    """Names of points at one place are pushed apart by at least a line, within the half of their direction."""
    spec = keyness_chart(apart(), title="Apart")
    (field,) = spec["vconcat"]
    names = [row for row in texts(spec) if row.get("t", "").startswith("word") and "y" in row]
    assert len(names) == 24
    top = field["layer"][0]["encoding"]["y"]["scale"]["domain"][1]
    places = sorted(field["height"] * (1 - (row["y"] + top) / (2 * top)) for row in names)
    gaps = [b - a for a, b in itertools.pairwise(places)]
    assert min(gaps) >= SCREEN.font
    assert sum(row["y"] > 0 for row in names) == 12


def test_directions_are_told_by_word_shape_and_colour() -> None:
    """What is more in either has its own words, its own shape and its own colour; what is not established is grey."""
    spec = keyness_chart(apart(), title="Apart")
    drawn = svg(spec)
    assert "▲ more in The Sun" in drawn
    assert "▼ more in the rest" in drawn
    points = next(layer for layer in layers(spec) if layer["mark"]["type"] == "point")["data"]["values"]
    assert {(p["s"], p["c"]) for p in points if p["o"] == 1.0} == {
        ("triangle-up", SCREEN.series[0]),
        ("triangle-down", SCREEN.series[1]),
    }
    assert {p["c"] for p in points if p["o"] < 1} == {SCREEN.muted}


def test_two_parts_are_drawn_once() -> None:
    """Of two parts each against the other one field is drawn; three have a field each."""
    table = apart()
    turned = table.with_columns(target=pl.lit("the rest"), reference=pl.lit("The Sun"), z=-pl.col("z"))
    assert len(keyness_chart(pl.concat([table, turned]), title="Both")["vconcat"]) == 1
    three = [table.with_columns(target=pl.lit(name), reference=pl.lit("the others")) for name in "abc"]
    assert len(keyness_chart(pl.concat(three), title="Three")["vconcat"]) == 3


def test_names_at_both_ends_of_slopes_do_not_collide() -> None:
    """Words that stand at one place are named a line apart, at the left as at the right."""
    spec = changes_chart(changes(), ("then", "now"), title="Then and now")
    for align in ("left", "right"):
        (labels,) = [
            layer["data"]["values"]
            for layer in layers(spec)
            if layer["mark"].get("align") == align and layer["data"]["values"][0]["t"].startswith("word")
        ]
        places = sorted(row["y"] for row in labels)
        assert len(places) == 20
        assert min(b - a for a, b in itertools.pairwise(places)) >= SCREEN.font


def test_what_is_missing_is_said() -> None:
    """A word that is nowhere else has a bar to the edge, too few is pale, and the text says both."""
    spec = collocates_chart(near(), title="Near")
    bars = layers(spec)[0]["data"]["values"]
    assert bars[0]["x"] == max(bar["x"] for bar in bars)
    assert "nowhere else" in bars[0]["d"]
    assert bars[-1]["o"] < bars[0]["o"]
    assert "too few to rely on" in bars[-1]["d"]
    with pytest.raises(SettingError, match="A chart needs the columns"):
        collocates_chart(near().drop("low"), title="Near")
