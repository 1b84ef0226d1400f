"""Polemics: who names whom beside hostile words is held against chance, opponent by opponent, standpoint by standpoint."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

import tendency as td
from tendency.charts import print_svg, svg
from tendency.errors import SettingError
from tendency.measures import Polemics
from tendency.measures.polemics import polemics
from tendency.tally import FIXED, Near, Period, Tally

AXIS = [Period("all", dt.date(1930, 1, 1), dt.date(1940, 1, 1))]
SIDES = ("left", "right")


def near(
    share: dict[tuple[str, str], float],
    *,
    seed: int = 1,
    documents: int = 60,
    chance: float = 0.1,
    burst: float = 1.0,
) -> Tally:
    """Bursty documents of two sides that name two opponents, with such a share of the hits beside hostile words."""
    generator = np.random.default_rng(seed)
    names = sorted({opponent for _, opponent in share})
    rows, splits = [], []
    for number, side in enumerate(SIDES):
        columns = []
        for opponent in names:
            hits = generator.poisson(4 * generator.gamma(burst, 1 / burst, documents))
            columns += [
                hits,
                generator.binomial(hits, share[side, opponent]),
                np.round(hits * chance * FIXED).astype(int),
            ]
        rows.append(np.stack(columns, axis=1))
        splits += [number] * documents
    counts = np.concatenate(rows)
    return Tally.from_counts(
        counts, np.full(len(counts), 1500), AXIS, split=splits, splits=SIDES, grain="all",
        columns=[column for name in names for column in Near.names(name)],
    )  # fmt: skip


def cell(found: Polemics, side: str, opponent: str) -> dict[str, object]:
    """One row of the table."""
    (row,) = found.table.filter(split=side, query=opponent).to_dicts()
    return row


def test_planted_hostility_is_found() -> None:
    """Whom a side names beside hostile words four times as often as chance comes first there, and is said to be; the others are not."""
    share = {("left", "a"): 0.4, ("left", "b"): 0.1, ("right", "a"): 0.1, ("right", "b"): 0.4}
    found = polemics(near(share), ("a", "b"), hostile="danger")
    assert [cell(found, *pair)["verdict"] for pair in sorted(share)] == [
        "more than chance", "not to be told from chance", "not to be told from chance", "more than chance",
    ]  # fmt: skip
    row = cell(found, "left", "a")
    assert row["low"] < 4 < row["high"]
    assert (row["rank"], row["rank_low"], row["rank_high"]) == (1, 1, 1)
    assert "left: a is named beside hostile words more than chance" in found.sentences[0]


def test_naming_much_is_not_hostility() -> None:
    """One who is named ten times as often, at chance, has no larger ratio; less than chance is said as such."""
    share = {("left", "a"): 0.1, ("left", "b"): 0.02, ("right", "a"): 0.1, ("right", "b"): 0.1}
    tally = near(share, documents=400)
    found = polemics(tally, ("a", "b"))
    assert cell(found, "left", "a")["verdict"] == "not to be told from chance"
    assert cell(found, "left", "b")["verdict"] == "less than chance"
    assert cell(found, "left", "b")["rank"] == 2


def test_a_matrix_without_hostility_seldom_shows_any() -> None:
    """Over forty matrices of bursty hits at chance at most five have any cell that is told from it."""
    share = {(side, name): 0.1 for side in SIDES for name in "abc"}
    false = 0
    for seed in range(40):
        found = polemics(near(share, seed=100 + seed, burst=0.5), ("a", "b", "c"))
        false += found.table["verdict"].is_in(["more than chance", "less than chance"]).any()
    assert false <= 5


def test_own_name_stands_apart() -> None:
    """A side's own name has no rank and no verdict against chance, and is counted in no family."""
    share = {(side, name): 0.4 for side in SIDES for name in ("left", "other")}
    found = polemics(near(share), ("left", "other"))
    assert cell(found, "left", "left")["verdict"] == "names itself"
    assert cell(found, "left", "left")["rank"] is None
    assert cell(found, "left", "left")["p_family"] is None
    assert cell(found, "right", "left")["verdict"] == "more than chance"
    other = polemics(near(share), ("left", "other"), own={"right": "other"})
    assert cell(other, "right", "other")["itself"]
    assert not cell(other, "left", "left")["itself"]


def test_every_tally_has_a_verdict() -> None:
    """Nothing held, no hit, one document, no hostile word, huge counts: a verdict in each cell, never an error or a figure that is none."""
    columns = Near.names("a")
    empty = Tally.none(columns, "all", (), ("left",), ("document",))
    assert polemics(empty, ("a",)).table.is_empty()
    assert polemics(empty, ("a",)).chart() is None
    for rows in ([[0, 0, 0]], [[5, 2, FIXED]], [[20, 0, 0]] * 12):
        found = polemics(Tally.from_counts(rows, [1000] * len(rows), AXIS, columns=columns), ("a",))
        assert found.table["verdict"].to_list() == ["too few"]
        assert found.chart() is not None
    huge = [[10**12, 4 * 10**11, 10**11 * FIXED // 10**9 * 10**9]] * 12
    found = polemics(Tally.from_counts(huge, [10**13] * 12, AXIS, columns=columns), ("a",))
    assert found.table["verdict"].to_list() == ["more than chance"]
    split = Tally.from_counts(
        [[20, 2, FIXED]] * 12, [1000] * 12, AXIS, columns=columns, splits=("left", "silent")
    )
    assert polemics(split, ("a",)).table["note"].to_list()[1] == "nothing held"


def test_from_a_corpus(tmp_path: Path) -> None:
    """Hits in one sentence with hostile words count; an opponent's hit is never its own neighbour, and shared words are refused."""
    filler = "The harvest was good and the roads were dry this year. " * 4
    lines = ["id,date,side,text"]
    for year in range(1930, 1940):
        for month in range(1, 5):
            lines.append(
                f'l{year}{month},{year}-{month:02}-01,left,"{filler}The League is a danger to us in week {month} of {year}. {filler}The Office wrote to the mayor."'
            )
            lines.append(
                f'r{year}{month},{year}-{month:02}-01,right,"{filler}The Office is a menace now, in week {month} of {year}. {filler}The League wrote to the mayor."'
            )
    (tmp_path / "press.csv").write_text("\n".join(lines), encoding="utf-8")
    td.add(tmp_path / "press.index", [tmp_path / "press.csv"])
    press = td.open(tmp_path / "press.index")
    found = press.polemics(
        {"League": "League", "Office": "Office"}, "danger* | menace*", "side", cluster="document"
    )
    assert cell(found, "left", "League")["near"] == 40
    assert cell(found, "left", "Office")["near"] == 0
    assert cell(found, "left", "League")["verdict"] == "more than chance"
    assert cell(found, "right", "Office")["rank"] == 1
    assert found.hostile == "danger* | menace*"
    with pytest.raises(
        SettingError, match="opponents and hostile words share words: League & the hostile words"
    ):
        press.polemics({"League": "League"}, "League | danger*", "side")
    with pytest.raises(SettingError, match="0 is no distance"):
        press.polemics({"League": "League"}, "danger*", "side", within=0)


def test_the_matrix_is_drawn() -> None:
    """Each cell has its ratio in letters and leads to its evidence; in print the sign says which way without colour."""
    share = {("left", "a"): 0.4, ("left", "b"): 0.1, ("right", "a"): 0.1, ("right", "b"): 0.02}
    found = polemics(near(share, documents=300), ("a", "b"))
    anchored = found.table.with_columns(evidence="split").with_columns(evidence="e-" + found.table["split"])
    from tendency.charts import matrix_chart

    drawn = matrix_chart(anchored, title="Who names whom")
    assert drawn is not None
    picture, page = svg(drawn), print_svg(drawn)
    assert "#e-left" in picture
    for sign in ("▲", "▼"):
        assert sign in picture
        assert sign in page
    assert "left on a" in drawn["description"]
