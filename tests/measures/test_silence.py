"""Silence: claimed only where enough was held and as much text of others would hardly be silent."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

import tendency as td
from tendency.measures import Holding, silences
from tendency.tally import Period, Tally

AXIS = [Period("all", dt.date(1930, 1, 1), dt.date(1940, 1, 1))]
VOICES = ("quiet", *(f"paper {number}" for number in range(8)))


def press(
    seed: int = 1, *, documents: int = 30, rate: float = 10.0, silent: bool = True, differ: float = 0.3
) -> Tally:
    """Nine voices of bursty documents; the first names nothing where it is silent, and has so many documents."""
    generator = np.random.default_rng(seed)
    sizes = [documents] + [30] * 8
    split = np.repeat(np.arange(9), sizes)
    liking = generator.gamma(1 / differ, differ, 9)
    hits = generator.poisson(rate / 30 * liking[split] * generator.gamma(0.5, 2, split.size))
    if silent:
        hits[split == 0] = 0
    return Tally.from_counts(
        hits, np.full(split.size, 1500), AXIS, split=split, splits=VOICES, columns=["war"], grain="all"
    )


def all_held(voice: str, period: Period) -> float:
    """Everything that should exist is held."""
    return 1.0


def test_planted_silence_is_found() -> None:
    """A voice with as much text as the others, all of it held, that never names what they name thirty times each is silent."""
    found = silences(press(rate=30), all_held)
    row = found.table.row(0, named=True)
    assert row["verdict"] == "silent while others name it"
    assert row["p"] < 0.01
    assert "as much text of others would be silent with probability" in found.sentences[0]
    assert found.table["verdict"].to_list()[1:] == ["names it"] * 8
    assert len(found.sentences) == 1


def test_what_was_lost_is_not_silence() -> None:
    """Where under 80 % of the expected issues are held, or it is not known what should exist, nothing is said of silence."""
    tally = press(rate=30)
    lost = silences(tally, lambda voice, period: 0.79).table.row(0, named=True)
    assert (lost["verdict"], lost["note"], lost["p"]) == (
        "cannot be told",
        "79 % of its expected issues are held",
        None,
    )
    enough = silences(tally, lambda voice, period: 0.8).table.row(0, named=True)
    assert enough["verdict"] == "silent while others name it"
    unknown = silences(tally).table.row(0, named=True)
    assert (unknown["verdict"], unknown["note"]) == ("cannot be told", "it is not known what should exist")


def test_little_text_is_not_silence() -> None:
    """A voice of two documents without a hit has too little text; one of which nothing is held is not silent either."""
    assert silences(press(documents=2), all_held).table["verdict"][0] == "too little text to call it silence"
    assert silences(press(documents=0), all_held).table["verdict"][0] == "nothing held"
    assert "nothing held" in silences(press(documents=0), all_held).sentences[0]


def test_what_nobody_names_is_no_silence() -> None:
    """Where all others together name it under ten times, silence cannot be told."""
    row = silences(press(rate=0.3), all_held).table.row(0, named=True)
    assert (row["verdict"], row["note"]) == ("cannot be told", "under 10 hits in all other voices")


def test_voices_like_the_others_are_seldom_called_silent() -> None:
    """Over 200 presses whose voices differ as papers do, a voice like the others is called silent in at most five of a hundred."""
    false = sum(
        row["verdict"].startswith("silent")
        for seed in range(200)
        for row in silences(press(seed, rate=6, silent=False, differ=1.0), all_held).table.head(1).to_dicts()
    )
    assert false <= 10


def test_voices_that_differ_much_make_silence_doubtful() -> None:
    """The more the other voices differ among themselves, the likelier another such voice is silent."""
    alike = silences(press(3, differ=0.05), all_held).table["p"][0]
    apart = silences(press(3, differ=2.0), all_held).table["p"][0]
    assert alike < apart


def test_every_tally_has_a_verdict() -> None:
    """Nothing held, one voice, no hit, one document, huge counts: a verdict, never an error or a figure that is none."""
    empty = Tally.none(("war",), "year", (), ("left", "right"), ("document",))
    assert silences(empty, all_held).table.is_empty()
    assert silences(empty, all_held).sentences == ()
    alone = Tally.from_counts([0], [100], AXIS, columns=["war"])
    assert silences(alone, all_held).table["note"].to_list() == ["under 2 other voices have text"]
    huge = Tally.from_counts(
        [0, 10**12, 10**12, 10**12], [10**14] * 4, AXIS, split=range(4), splits=tuple("abcd"), columns=["war"]
    )
    row = silences(huge, all_held).table.row(0, named=True)
    assert row["verdict"] in ("silent while others name it", "too little text to call it silence")
    assert 0 <= row["p"] <= 1


def test_from_a_corpus(tmp_path: Path) -> None:
    """What should exist is read from holdings: a monthly held whole is silent, one of which half is lost is not."""
    lines = ["id,date,publication,text"]
    for year in range(1930, 1934):
        for month in range(1, 13):
            for number, paper in enumerate(("Quiet", "Lost", "Sun", "Star", "Post")):
                if paper == "Lost" and month % 2:
                    continue
                words = (
                    "the war goes on and the war is long"
                    if number > 1
                    else "the harvest was good and the roads were dry"
                )
                lines.append(
                    f"{paper}{year}{month},{year}-{month:02}-05,{paper},{words} in month {month} of {year} says {paper}"
                )
    (tmp_path / "press.csv").write_text("\n".join(lines), encoding="utf-8")
    td.add(tmp_path / "press.index", [tmp_path / "press.csv"])
    held = [Holding(paper, "month") for paper in ("Quiet", "Lost", "Sun", "Star", "Post")]
    corpus = td.open(tmp_path / "press.index")
    found = corpus.silences("war", "publication", expected=held)
    verdict = dict(found.table.select("split", "verdict").iter_rows())
    assert verdict["Quiet"] == "silent while others name it"
    assert verdict["Lost"] == "cannot be told"
    assert found.table.filter(split="Lost")["held"][0] == pytest.approx(0.5, abs=0.03)
    sides = {
        "quiet ones": "publication IN ('Quiet')",
        "sun": "publication = 'Sun'",
        "others": "publication IN ('Star', 'Post')",
    }
    assert corpus.silences("war", sides, expected=held).table.filter(split="quiet ones")["held"][0] == 1.0
