"""Trend, forecast, events and co-movement as users ask for them: from Python and on the command line."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

import tendency as td
from tendency.cli import main
from tendency.cli.sentences import event_sentence, forecast_sentence, growth_in_words, trend_sentence
from tendency.errors import SettingError

Run = Callable[..., tuple[str, str, int]]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve papers, an article each a year from 1900 to 1939; bread grows by 5 % a year, peace triples in 1920."""
    folder = tmp_path_factory.mktemp("press")
    lines = ["id,date,publication,text"]
    for year in range(1900, 1940):
        for paper in range(12):
            bread = "bread " * round(4 * 1.05 ** (year - 1900))
            peace = "peace " * ((3 if year >= 1920 else 1) + (year + paper) % 2)
            # Copies of one text would be one piece of evidence.
            text = f"Paper {paper} in {year} {bread}{peace}{'word ' * (200 - len(bread.split()) - len(peace.split()))}"
            lines.append(f"{year}-{paper},{year}-05-01,Paper {paper},{text}")
    source = folder / "press.csv"
    source.write_text("\n".join(lines), encoding="utf-8")
    td.add(folder / "press.index", source)
    return folder / "press.index"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command; what it printed, what it said beside, and its status."""

    def run(*words: object) -> tuple[str, str, int]:
        monkeypatch.setattr(sys, "argv", ["tendency", *map(str, words)])
        status = 0
        try:
            main()
        except SystemExit as ended:
            status = int(ended.code or 0)
        return *capsys.readouterr(), status

    return run


def test_corpus_answers(index: Path, tmp_path: Path) -> None:
    """A corpus has the four measures; an event may be a written day, an outside series a file or a table."""
    press = td.open(index)
    (trend,) = press.trend("bread").table.to_dicts()
    assert trend["verdict"] == "rises"
    assert trend["growth"] == pytest.approx(5, abs=0.5)
    assert press.forecast("bread", horizon=2).table["period"].to_list() == ["1940", "1941"]
    (event,) = press.before_after("peace", {"Turn": "1920-01-01"}).table.to_dicts()
    assert event["verdict"] == "larger than at nearly every other date"
    assert press.before_after("peace", dt.date(1920, 1, 1)).table["event"].to_list() == ["1920-01-01"]
    figures = tmp_path / "figures.csv"
    figures.write_text(
        "date,value\n" + "\n".join(f"{y},{y % 7}" for y in range(1900, 1940)), encoding="utf-8"
    )
    by_file = press.comovement("peace", figures).table
    table = pl.DataFrame(
        {"date": [dt.date(y, 3, 1) for y in range(1900, 1940)], "value": [y % 7 for y in range(1900, 1940)]}
    )
    assert by_file.equals(press.comovement("peace", table).table)
    with pytest.raises(SettingError, match="'1920' is more than one day"):
        press.before_after("peace", "1920")


def test_trend_prints_a_sentence_and_the_table(index: Path, run: Run, tmp_path: Path) -> None:
    """For people a sentence for each row stands before the table; programs get the table alone; the chart is a file."""
    chart = tmp_path / "trend.svg"
    out, err, status = run("trend", index, "bread", "none=nothing", "--chart", chart)
    assert status == 0
    first, second = out.splitlines()[:2]
    assert first.startswith("“bread” grows by 5.")
    assert "% a year (95 % interval " in first
    assert first.endswith("periods, 1900-01-01 to 1939-12-31.")
    assert (
        second
        == "“none” has too little for a trend (under 10 hits); 0 hits in 40 periods, 1900-01-01 to 1939-12-31."
    )
    assert "nothing" in err
    assert chart.read_bytes().startswith(b"<svg")
    (row,) = json.loads(run("trend", index, "bread", "--json")[0])
    assert row["verdict"] == "rises"


def test_forecast_says_how_it_did(index: Path, run: Run) -> None:
    """A forecast is printed with its backtest, each period of the horizon in a sentence."""
    out, _, status = run("forecast", index, "bread", "--horizon", 3)
    assert status == 0
    sentences = out.splitlines()[:3]
    assert sentences[0].startswith("“bread” may have ")
    assert "hits per million words in 1940 (90 % interval " in sentences[0]
    assert "Over 14 earlier forecasts its errors were " in sentences[0]
    assert "of what came lay inside the interval." in sentences[2]
    rows = json.loads(run("forecast", index, "bread", "--horizon", 3, "--origins", 5, "--json")[0])
    assert [row["origins"] for row in rows] == [5, 5, 5]


def test_events_are_never_causes(index: Path, run: Run) -> None:
    """An event's sentence says what stands beside it, how many other dates changed as much, and that it is no cause."""
    out, _, status = run("events", index, "peace", "--event", "Turn=1920-01-01", "--by", "year")
    assert status == 0
    sentence = out.splitlines()[0]
    assert "beside Turn (1920-01-01): " in sentence
    assert "of 30 other dates changed at least as much" in sentence
    assert sentence.endswith("The event stands beside the change; it is not shown to be its cause.")
    assert run("events", index, "peace", "--event", "Turn=1920", "--by", "year")[2] == 1


def test_growth_in_words() -> None:
    """Growth and shrinking are both said as a positive amount with limits in order; no trend is said as such."""
    row = {
        "query": "war",
        "split": "left",
        "start": dt.date(1900, 1, 1),
        "end": dt.date(1950, 12, 31),
        "hits": 1200,
        "periods": 51,
        "growth": 3.14,
        "low": 1.2,
        "high": 5.0,
        "total": 4.7,
        "total_low": 1.8,
        "total_high": 11.5,
        "p": 0.002,
        "verdict": "rises",
        "note": "",
    }
    assert growth_in_words(row) == "grows by 3.1 % a year (95 % interval 1.2 to 5.0)"
    assert trend_sentence(row).startswith("“war”, left, grows by 3.1 % a year")
    falls = row | {"growth": -3.14, "low": -5.0, "high": -1.2, "verdict": "falls"}
    assert growth_in_words(falls) == "shrinks by 3.1 % a year (95 % interval 1.2 to 5.0)"
    still = row | {
        "growth": 0.4,
        "low": -1.2,
        "high": None,
        "verdict": "no trend that can be told from wandering",
    }
    assert growth_in_words(still) == (
        "shows no trend that can be told from wandering (growth by 0.4 % a year, 95 % interval −1.2 to unbounded)"
    )
    short = row | {"end": dt.date(1900, 2, 28)}
    assert growth_in_words(short) == "grows 4.70-fold over the span (95 % interval 1.80 to 11.50)"
    shrinks = short | {"verdict": "falls", "total": 0.25, "total_low": 0.1, "total_high": 0.6}
    assert growth_in_words(shrinks) == "shrinks to 0.25 times over the span (95 % interval 0.10 to 0.60)"
    noted = row | {"note": "wanders: neighbours are alike (autocorrelation 0.6)"}
    assert trend_sentence(noted).endswith("Beware: wanders: neighbours are alike (autocorrelation 0.6).")


def test_sentences_say_what_is_missing() -> None:
    """Too little is a sentence with the reason, and a skill that cannot be told is said so."""
    few = {"query": "war", "split": "all", "period": "1940", "per_million": None, "note": "under 10 hits"}
    assert forecast_sentence(few) == "“war” has too little for a forecast of 1940 (under 10 hits)."
    known = few | {"per_million": 0.0, "low": 0.0, "high": 900.0, "words": 2000, "origins": 7, "skill": None}
    assert forecast_sentence(known).endswith(
        "Over 7 earlier forecasts it cannot be told how it compares with the last ten periods."
    )
    worse = known | {"skill": -0.12, "skill_low": -0.2, "skill_high": -0.03, "coverage": 0.875}
    worse["verdict"] = "worse than the last ten periods"
    assert "its errors were 12.0 % larger than those of the last ten periods" in forecast_sentence(worse)
    assert "it is worse than the last ten periods; 88 % of what came" in forecast_sentence(worse)
    event = {
        "query": "war",
        "split": "all",
        "event": "Turn",
        "date": dt.date(1920, 1, 1),
        "p": None,
        "note": "x",
    }
    assert event_sentence(event) == "“war” has too little to say what changed beside Turn (1920-01-01): x."
