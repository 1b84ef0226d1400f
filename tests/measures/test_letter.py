"""The letter that the method comes from: one document, of which little may be claimed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tendency.corpus import Index, add, parse
from tendency.documents.reading import read
from tendency.measures import aims_of, order_changes, rank_items, rates
from tendency.tally import tally

SLOGAN = parse("(defence | defense) of the (USSR | Soviet Union | workers state)")
REGIME = parse("bureaucra* | oligarchy | Stalin*")
INTERVENTION = parse("intervention | invasion | foreign enem*")


@pytest.fixture(scope="module")
def letter(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Index:
    """An index of the letter alone."""
    folder = tmp_path_factory.mktemp("letter") / "letter.index"
    add(folder, list(read([shared_data / "formats" / "plain" / "letter-1944-09-23.txt"])))
    return Index.open(folder)


def test_aims_against_chance(letter: Index) -> None:
    """Six of eight hits near the regime are what chance gives; two of eight near intervention are not."""
    found = aims_of(letter, "defence", SLOGAN, {"regime": REGIME, "intervention": INTERVENTION}, by="all")
    rows = {(row["aim"], row["window"]): row for row in found.table.to_dicts()}
    regime, intervention = rows["regime", 30], rows["intervention", 30]
    assert (regime["hits"], regime["near"], intervention["near"]) == (8, 6, 2)
    assert regime["expected"] == pytest.approx(0.69, abs=0.03)
    assert intervention["expected"] == pytest.approx(0.06, abs=0.01)
    assert regime["ratio"] == pytest.approx(1.1, abs=0.1)
    assert intervention["ratio"] > 3
    for row in rows.values():
        assert (row["ratio_low"], row["ratio_high"], row["note"]) == (None, None, "too few clusters and hits")


def test_nothing_is_named_most(letter: Index) -> None:
    """One document puts no item first, whatever it names most often."""
    items = {
        "defence": SLOGAN,
        "counter-revolution": parse("counter-revolution*"),
        "world revolution": parse("world revolution"),
    }
    found = rank_items(letter, items, by="year")
    table = found.table
    assert table.sort("rank")["query"][0] == "defence"
    assert set(table["verdict"]) == {"too few", ""}


def test_rates_have_no_interval(letter: Index) -> None:
    """The rate in the letter is printed with its count, and without an interval."""
    (row,) = rates(tally(letter, {"defence": SLOGAN})).table.to_dicts()
    assert row["per_million"] == pytest.approx(8e6 / letter.words)
    assert (row["low"], row["high"]) == (None, None)


def test_no_order_has_changed(letter: Index) -> None:
    """Two weeks of one letter cannot be compared."""
    counted = tally(letter, {"a": SLOGAN, "b": REGIME}, by="week", start=None)
    wider = tally(letter, {"a": SLOGAN, "b": REGIME}, by="month")
    assert len(counted.periods) == len(wider.periods) == 1
    from tendency.errors import SettingError

    with pytest.raises(SettingError, match="two different periods"):
        order_changes(counted)
