"""Holdings: issues expected and held, gaps known and unknown, and what may be called silence."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import tendency as td
from tendency.charts import holdings_chart, print_svg, rates_chart, svg
from tendency.cli import main
from tendency.documents import DateSpan
from tendency.errors import SettingError
from tendency.measures import ENOUGH, Holding, held_share, rates
from tendency.tally import Period, Tally

FIRST = dt.date(1936, 1, 6)
WEEK = dt.timedelta(days=7)
LOST = (4, 5, 10, 11, 12, 13)


@pytest.fixture(scope="module")
def press(tmp_path_factory: pytest.TempPathFactory) -> td.Corpus:
    """A weekly of two pages that lost some of twenty issues, a monthly dated by the month, and papers with little."""
    folder = tmp_path_factory.mktemp("holdings")
    lines = ["id,date,publication,text"]
    for week in range(20):
        if week in LOST:
            continue
        # It moves by a day or two.
        date = FIRST + week * WEEK + dt.timedelta(days=week % 3)
        lines += [f"w{week}-{page},{date},The Weekly,peace w{week} {page}" for page in (1, 2)]
    lines += [f"m{month},1936-{month:02d},The Monthly,bread m{month}" for month in (1, 2, 3, 5, 6)]
    lines += [
        "y1,1936,The Weekly,a page without a day",
        "s1,1936-02-03,The Single,one issue",
        "n1,1936-03-01,,no publication",
    ]
    (folder / "press.csv").write_text("\n".join(lines), encoding="utf-8")
    td.add(folder / "press.index", folder / "press.csv")
    return td.open(folder / "press.index")


WEEKLY = Holding(
    "The Weekly",
    "week",
    start=FIRST,
    end=FIRST + 20 * WEEK,
    gaps=(DateSpan(FIRST + 10 * WEEK, FIRST + 12 * WEEK), DateSpan(FIRST + 11 * WEEK, FIRST + 13 * WEEK)),
)


def test_expected_known_and_held(press: td.Corpus) -> None:
    """Pages are one issue; gaps may overlap; what is lost is expected, known or not, and counts against the share."""
    found = press.holdings([WEEKLY])
    (row,) = found.publications.to_dicts()
    assert (row["expected"], row["held"], row["known_gaps"], row["missing"], row["extra"]) == (
        20,
        14,
        3,
        3,
        0,
    )
    assert row["share"] == pytest.approx(14 / 20)
    assert row["note"] == "1 date not datable to one issue"
    table = found.table
    assert table.columns == [
        "publication",
        "period",
        "start",
        "end",
        "expected",
        "known_gaps",
        "held",
        "share",
        "missing",
        "extra",
    ]
    assert table["period"].to_list() == ["1936-01", "1936-02", "1936-03", "1936-04", "1936-05"]
    assert (table["expected"] == table["held"] + table["known_gaps"] + table["missing"]).all()
    assert table["held"].to_list() == [4, 2, 2, 3, 3]
    assert found.sentences == (
        "“The Weekly” (every week): 14 of 20 issues held; missing about 1936-02-03 to 1936-02-10 (2), 1936-04-07; "
        "3 known to be missing (1 date not datable to one issue).",
    )  # fmt: skip


def test_silence_needs_four_fifths(press: td.Corpus) -> None:
    """The share of a span, of some publications, and where nothing is expected; the stretches below four fifths."""
    found = press.holdings([WEEKLY])
    assert found.held_share() == pytest.approx(0.7)
    assert found.held_share(FIRST, FIRST + 4 * WEEK) == 1.0
    assert held_share(found, FIRST + 10 * WEEK, FIRST + 13 * WEEK, ["The Weekly"]) == 0.0
    assert found.held_share(dt.date(1950, 1, 1)) is None
    assert found.held_share(publications=["The Monthly"]) is None
    assert ENOUGH == 0.8
    assert found.spans_not_held() == ((dt.date(1936, 2, 1), dt.date(1936, 5, 1)),)
    assert found.spans_not_held(["The Monthly"]) == ()
    assert found.spans_not_held(least=0.0) == ()


def test_guessed_cadences(press: td.Corpus) -> None:
    """The weekly and the monthly are told from their dates, marked as inferred; one issue tells nothing."""
    found = press.holdings()
    rows = {row["publication"]: row for row in found.publications.to_dicts()}
    assert all(row["inferred"] for row in rows.values())
    assert (rows["The Weekly"]["every"], rows["The Weekly"]["missing"]) == ("week", 6)
    assert (rows["The Monthly"]["every"], rows["The Monthly"]["expected"], rows["The Monthly"]["held"]) == (
        "month",
        6,
        5,
    )
    assert (rows["The Single"]["every"], rows["The Single"]["expected"], rows["The Single"]["share"]) == (
        None,
        0,
        None,
    )
    assert found.sentences[1] == "“The Single”: no cadence can be told from 1 date."
    assert "inferred" in found.sentences[0]
    assert "inferred" in found.recipe


def test_unknown_names_contradictions_and_spans_of_nothing(press: td.Corpus) -> None:
    """A name that no document has gets the nearest; an issue inside a given gap and one outside the span are said."""
    names = [
        Holding("The Weekley", "week", start=FIRST, end=FIRST + 4 * WEEK),
        Holding("The Daily", "day"),
        Holding("The Weekly", "week", start=FIRST + 2 * WEEK, gaps=(DateSpan(FIRST, FIRST + 3 * WEEK),)),
    ]
    rows = press.holdings(names).publications.to_dicts()
    assert (rows[0]["held"], rows[0]["missing"]) == (0, 4)
    assert rows[0]["note"].startswith("no document has this name; did you mean 'The Weekly'")
    assert rows[1]["expected"] == 0
    assert "nothing can be expected" in rows[1]["note"]
    assert rows[2]["extra"] == 2
    assert "3 issues held in a span that is given as a gap" in rows[2]["note"]


def test_mistakes(press: td.Corpus) -> None:
    """A field that is not there, a span without a day, two cadences on the same days, no holding, no field of publications."""
    with pytest.raises(SettingError, match="no field 'paper' of publications; choose among publication"):
        press.holdings(field="paper")
    with pytest.raises(SettingError, match="holds no day"):
        press.holdings([Holding("x", "day", start=FIRST, end=FIRST)])
    with pytest.raises(SettingError, match="'x' is expected twice on the same days"):
        press.holdings([Holding("x", "day", start=FIRST), Holding("x", "week", field="publication")])
    with pytest.raises(SettingError, match="no holding is given"):
        press.holdings([])
    with pytest.raises(SettingError, match="'dayly' is no cadence"):
        press.holdings([Holding("x", "dayly")])


def test_narrowed_and_empty(press: td.Corpus) -> None:
    """Only the corpus's own days count; no document at all gives no row and no chart."""
    row = press.between("1936-01", "1936-01").holdings([WEEKLY]).publications.row(0, named=True)
    assert (row["expected"], row["held"]) == (4, 4)
    nothing = press.where("publication = 'none'").holdings()
    assert nothing.table.height == 0
    assert nothing.held_share() is None
    assert nothing.chart() is None
    assert press.where("publication = 'none'").holdings([Holding("The Weekly", "week")]).held_share() is None


def test_two_cadences_of_one_publication(press: td.Corpus) -> None:
    """A paper that became a fortnightly: two spans, one strip, one row a period."""
    half = FIRST + 8 * WEEK
    found = press.holdings(
        [Holding("The Weekly", "week", end=half), Holding("The Weekly", "fortnight", start=half)]
    )
    assert found.publications["publication"].to_list() == ["The Weekly"] * 2
    assert found.table["period"].is_unique().all()
    chart = found.chart()
    assert chart is not None
    assert svg(chart).count(">The Weekly<") == 1


def test_very_many_publications(tmp_path: Path) -> None:
    """Ten thousand publications are counted; so many by day would be too many rows, which is said."""
    lines = ["id,date,newspaper,text"]
    lines += [
        f"{n}-{d},1916-11-{1 + 7 * d:02d},Paper {n},war {n} {d}" for n in range(10_000) for d in (0, 1, 3)
    ]
    (tmp_path / "many.csv").write_text("\n".join(lines), encoding="utf-8")
    td.add(tmp_path / "many.index", tmp_path / "many.csv")
    many = td.open(tmp_path / "many.index")
    found = many.holdings([Holding(f"Paper {n}", "week") for n in range(10_000)])
    assert found.publications["missing"].sum() == 10_000
    assert found.held_share() == 0.75
    far = [Holding(f"Paper {n}", "year", start=dt.date(1900, 1, 1)) for n in range(10_000)]
    with pytest.raises(SettingError, match="choose a longer period"):
        many.holdings(far, by="day")


def test_strips(press: td.Corpus) -> None:
    """A strip a publication with its name and counts; kinds differ in shape, not in colour alone; in words for screen readers."""
    found = press.holdings([WEEKLY, Holding("The Monthly", "month")])
    chart = found.chart(title="Held of the press")
    assert chart is not None
    drawn = svg(chart)
    for text in (
        "The Weekly",
        "14 of 20",
        "5 of 6",
        "filled: held",
        "outline: missing",
        "thin line: known to be missing",
    ):
        assert text in drawn
    assert "The Weekly: 2 issues missing, from 1936-02-03" in str(chart)
    assert "14 of 20" in print_svg(chart)
    many = pl.DataFrame(
        {"publication": [f"p{n}" for n in range(70)], "expected": range(1, 71), "held": range(1, 71)}
    )
    dates = pl.DataFrame(
        {"publication": [f"p{n}" for n in range(70)], "date": [FIRST] * 70, "status": ["held"] * 70}
    )
    wide = svg(holdings_chart(many, dates, title="Many"))
    assert "60 of 70 publications" in wide
    assert ">p69<" in wide
    assert ">p5<" not in wide


def test_gaps_on_a_curve(press: td.Corpus) -> None:
    """Spans of missing issues are a strip on the axis of their panel, joined, cut to the axis, with a key; none, no strip."""
    months = [Period(f"1936-{m:02d}", dt.date(1936, m, 1), dt.date(1936, m + 1, 1)) for m in range(1, 7)]
    tally = Tally.from_counts([3] * 6, [100] * 6, months, period=range(6), grain="month")
    spans = [(dt.date(1936, 2, 1), dt.date(1936, 4, 1)), (dt.date(1936, 3, 1), dt.date(1950, 1, 1))]

    def strips(gaps: Any) -> list[Any]:
        spec = rates_chart(rates(tally).table, title="t", gaps=gaps)
        layers = spec["vconcat"][0]["layer"]
        return [
            layer["data"]["values"]
            for layer in layers
            if "issues missing" in str(layer["data"]["values"][0].get("d"))
        ]

    assert strips(None) == strips({}) == strips({"": []}) == []
    ((strip,),) = strips({"": spans})
    assert dt.datetime.fromtimestamp(strip["x"] / 1000, dt.UTC).date() == dt.date(1936, 2, 1)
    assert dt.datetime.fromtimestamp(strip["x2"] / 1000, dt.UTC).date() == dt.date(1936, 7, 1)
    assert "strip on the axis: issues missing" in str(
        rates_chart(rates(tally).table, title="t", gaps={"": spans})
    )


def test_command(
    press: td.Corpus, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """``info --holdings`` guesses or reads a file; its options go with it alone."""

    def run(*words: str) -> tuple[str, str]:
        monkeypatch.setattr(sys, "argv", ["tendency", "info", str(press.index.path), *words])
        with contextlib.suppress(SystemExit):
            main()
        out, err = capsys.readouterr()
        return out, err

    out, _ = run("--holdings", "guess")
    assert "“The Monthly” (every month, inferred): 5 of 6 issues held" in out
    assert out.splitlines()[-1] == "Together 73.1 % of the expected issues are held."
    file = tmp_path / "h.csv"
    file.write_text("publication,every\nThe Weekly,week\n", encoding="utf-8")
    found = json.loads(run("--holdings", str(file), "--json", "--chart", str(tmp_path / "h.svg"))[0])
    assert found["publications"][0]["missing"] == 6
    assert len(found["periods"]) == 5
    assert (tmp_path / "h.svg").exists()
    assert "1936-W06" in run("--holdings", str(file), "--by", "week")[0]
    assert "--by goes with --holdings" in run("--by", "week")[1]
    assert "does not exist" in run("--holdings", str(tmp_path / "none.toml"))[1]
