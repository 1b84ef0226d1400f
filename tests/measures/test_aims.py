"""Aims: a share means something only beside what chance would give."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from tendency.errors import SettingError
from tendency.measures import DEPENDS, PUBLIC, SAME_ORDER, Aims, aims
from tendency.measures.aims import check_around
from tendency.tally import FIXED, Around, Period, Tally

YEARS = [Period(str(1936 + i), dt.date(1936 + i, 1, 1), dt.date(1937 + i, 1, 1)) for i in range(2)]
WINDOWS = (10, 30)


def around(
    near: dict[int, tuple[float, float]], chance: dict[int, tuple[float, float]], documents: int = 300
) -> Tally:
    """Slogan hits with planted chances of standing near two aims, by window, against planted covered shares."""
    generator = np.random.default_rng(7)
    hits = generator.poisson(3, documents)
    names, values = ["slogan"], [hits]
    for window in WINDOWS:
        found = []
        for i, aim in enumerate(("regime", "intervention")):
            beside = generator.binomial(hits, near[window][i])
            found.append(beside)
            names += [Around.near(aim, window), Around.expected(aim, window)]
            values += [beside, np.round(hits * chance[window][i] * FIXED).astype(np.int64)]
        names += [Around.neither(window), Around.several(window)]
        values += [np.maximum(hits - found[0] - found[1], 0), np.minimum(*found)]
    return Tally.from_counts(
        np.column_stack(values),
        np.full(documents, 1000),
        YEARS[:1],
        columns=names,
        grain="year",
        recipe="by:year",
    )


def table_of(tally: Tally) -> Aims:
    """The aims of that slogan."""
    return aims(tally, "slogan", ("regime", "intervention"), windows=WINDOWS)


def test_against_chance() -> None:
    """A share as large as chance has a ratio near 1; one that is small but above chance stands out."""
    shares = {10: (0.3, 0.1), 30: (0.69, 0.25)}
    found = table_of(around(shares, {10: (0.3, 0.02), 30: (0.69, 0.06)}))
    rows = {(row["aim"], row["window"]): row for row in found.table.to_dicts()}
    regime, intervention = rows["regime", 30], rows["intervention", 30]
    assert regime["share"] == pytest.approx(0.69, abs=0.05)
    assert regime["expected"] == pytest.approx(0.69, abs=1e-3)
    assert regime["ratio_low"] < 1 < regime["ratio_high"]
    assert intervention["ratio_low"] > 2
    assert (regime["rank_against_chance"], intervention["rank_against_chance"]) == (2, 1)
    assert regime["verdict"] == SAME_ORDER
    assert tuple(found.table.columns[: len(PUBLIC)]) == PUBLIC
    assert regime["query"] == "slogan"


def test_depends_on_the_window() -> None:
    """An order of aims that is another in another window says so."""
    found = table_of(around({10: (0.5, 0.1), 30: (0.5, 0.5)}, {10: (0.1, 0.1), 30: (0.5, 0.1)}))
    assert set(found.table["verdict"]) == {DEPENDS}


def test_no_hits_have_no_ratio() -> None:
    """Without a hit of the slogan there is no share, no ratio, no verdict."""
    tally = around({10: (0, 0), 30: (0, 0)}, {10: (0, 0), 30: (0, 0)})
    empty = Tally.from_counts(
        np.zeros((20, len(tally.columns)), np.int64),
        np.full(20, 500),
        YEARS,
        columns=tally.columns,
        grain="year",
    )
    for row in table_of(empty).table.to_dicts():
        assert (row["share"], row["expected"], row["ratio"], row["ratio_low"], row["verdict"]) == (
            None,
        ) * 4 + ("",)


def test_never_near_has_an_upper_limit() -> None:
    """No hit near an aim though chance would give some: ratio 0 with an upper limit under 1."""
    row = table_of(around({10: (0, 0.1), 30: (0, 0.1)}, {10: (0.2, 0.1), 30: (0.2, 0.1)})).table.row(
        0, named=True
    )
    assert (row["ratio"], row["ratio_low"]) == (0, 0)
    assert 0 < row["ratio_high"] < 0.1


def test_charts_and_recipe() -> None:
    """The chart's table carries the ratio's limits; the recipe names the windows."""
    found = table_of(around({10: (0.3, 0.1), 30: (0.6, 0.2)}, {10: (0.3, 0.1), 30: (0.6, 0.1)}))
    assert found.recipe == "aims|by:year|windows:10,30|ci:cluster95"
    drawn = found.for_chart()
    assert drawn["low"].equals(found.table["ratio_low"].alias("low"))
    assert found.chart() is not None


def test_mistakes() -> None:
    """No aims, an impossible window and names used twice each get their sentence."""
    query: object = object()
    with pytest.raises(SettingError, match="'s' has no aims"):
        check_around(Around("s", query, ()))  # type: ignore[arg-type]
    with pytest.raises(SettingError, match="at least one word"):
        check_around(Around("s", query, (("a", query),), (0,)))  # type: ignore[arg-type]
    with pytest.raises(SettingError, match="different names"):
        check_around(Around("s", query, (("a", query), ("a", query))))  # type: ignore[arg-type]
