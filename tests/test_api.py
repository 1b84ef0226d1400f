"""What Python users call: a corpus narrowed, asked, exported and drawn."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest

import tendency as td
from tendency.errors import SettingError


@pytest.fixture(scope="module")
def press(tmp_path_factory: pytest.TempPathFactory) -> td.Corpus:
    """Twelve papers, one article each a year from 1930 to 1939; bread falls, peace stays."""
    folder = tmp_path_factory.mktemp("press")
    lines = ["id,date,publication,text"]
    for year in range(1930, 1940):
        for paper in range(12):
            bread = " and bread" * (1940 - year)
            lines.append(
                f"{year}-{paper},{year}-05-01,Paper {paper},Paper {paper} asks for peace{bread}. The rest is silence."
            )
    source = folder / "press.csv"
    source.write_text("\n".join(lines), encoding="utf-8")
    added = td.add(folder / "press.index", source)
    assert (added.added.new, added.reading.left_out.total()) == (120, 0)
    return td.open(folder / "press.index")


def test_narrowing_gives_a_corpus(press: td.Corpus) -> None:
    """Where and between give another corpus; both ends of a span are included; filters add up."""
    early = press.between("1930", "1932").where("publication = 'Paper 3'")
    assert isinstance(early, td.Corpus)
    assert len(early) == 3
    assert len(early.where("date < '1931-01-01' OR date > '1932-01-01'")) == 2
    assert len(press.between(dt.date(1935, 5, 1), dt.date(1935, 5, 1))) == 12
    assert len(press) == 120


def test_rates_show_themselves(press: td.Corpus) -> None:
    """A result carries its table, its chart, its recipe, and a notebook's picture of both."""
    rates = press.rates(["bread", "peace"], by="year")
    assert rates.table.filter(query="bread")["hits"].to_list() == [12 * n for n in range(10, 0, -1)]
    assert "by:year" in rates.recipe
    shown = rates._repr_mimebundle_()
    assert "<svg" in shown["text/html"]
    assert "bread" in shown["text/html"]
    assert list(rates.to_pandas().columns) == rates.table.columns


def test_count_is_the_ratio_of_sums(press: td.Corpus) -> None:
    """A rate over all periods is hits over words, not the mean of the years' rates."""
    (row,) = press.count("bread").to_dicts()
    assert row["per_million"] == pytest.approx(1e6 * row["hits"] / row["tokens"])
    assert row["low"] < row["per_million"] < row["high"]


def test_ranks_and_aims(press: td.Corpus) -> None:
    """The item named more is first, and an aim that always stands by is named at every hit."""
    ranks = press.rank({"bread": "bread", "peace": "peace"}, by="year").table
    first = ranks.filter(rank=1).sort("period")["query"].to_list()
    assert first[0] == "bread"
    aims = press.aims("peace", {"hunger": "bread"}, by="all").table
    assert aims.filter(window=10)["share"].to_list() == [1.0]


@pytest.mark.parametrize("near", [None, "and"])
def test_a_word_listed_beside_its_wildcard(press: td.Corpus, near: str | None) -> None:
    """An item may list a word, and a wildcard that finds it too: each spelling is left out in turn."""
    ranks = press.rank({"bread": "bread | br*", "peace": "peace"}, near=near, overlap=True, by="all").table
    assert ranks.sort("rank")["query"].to_list() == ["bread", "peace"]


def test_named_queries(press: td.Corpus, tmp_path: Path) -> None:
    """Terms come from a mapping or a file, and @name stands for them."""
    assert press.with_terms({"food": "bread | corn"}).count("@food")["hits"].to_list() == [660]
    listed = tmp_path / "terms.csv"
    listed.write_text("name,query\nfood,bread\nfood,corn\n", encoding="utf-8")
    assert press.with_terms(listed).count("@food")["hits"].to_list() == [660]


def test_kwic_is_a_table_too(press: td.Corpus) -> None:
    """A concordance lists lines with their citation; the same seed draws the same sample."""
    found = press.kwic("peace", limit=5, order="sample", seed=7)
    assert (found.total, found.documents, found.table.height) == (120, 120, 5)
    assert found == press.kwic("peace", limit=5, order="sample", seed=7)
    with pytest.raises(SettingError, match="neither 'date' nor 'sample'"):
        press.kwic("peace", order="random")


def test_chart_files(press: td.Corpus, tmp_path: Path) -> None:
    """A chart is written as SVG or PDF by its suffix; another suffix is refused."""
    rates = press.rates("bread")
    assert td.write_chart(rates, tmp_path / "bread.svg").read_bytes().startswith(b"<svg")
    assert td.write_chart(rates, tmp_path / "bread.pdf").read_bytes().startswith(b"%PDF")
    with pytest.raises(SettingError, match=r"neither \.svg nor \.pdf"):
        td.write_chart(rates, tmp_path / "bread.png")


def test_a_snapshot_does_not_change(press: td.Corpus, tmp_path: Path) -> None:
    """A corpus that was opened answers as before when documents are added or removed later."""
    source = tmp_path / "a.csv"
    source.write_text("id,date,text\n1,1930,peace\n2,1931,peace\n", encoding="utf-8")
    td.add(tmp_path / "a.index", source)
    before = td.open(tmp_path / "a.index")
    td.remove(tmp_path / "a.index", ids=["1"])
    assert before.count("peace")["hits"].to_list() == [2]
    assert td.open(tmp_path / "a.index").count("peace")["hits"].to_list() == [1]


def test_nothing_asked_is_refused(press: td.Corpus) -> None:
    """An empty list of queries is a mistake, not an empty answer."""
    with pytest.raises(SettingError, match="Nothing is asked"):
        press.count([])


def test_check_and_repair(press: td.Corpus, tmp_path: Path) -> None:
    """A damaged index is found, and made whole again, by the names of the command line."""
    path = Path(shutil.copytree(press.info().path, tmp_path / "press.index"))
    assert td.check(path) == []
    (data,) = path.glob("segments/*/data")
    content = bytearray(data.read_bytes())
    content[9000] ^= 1
    data.write_bytes(content)
    assert len(td.check(path)) == 1
    assert td.repair(path).complete
    assert td.check(path) == []
    assert td.open(path).info().fingerprint == press.info().fingerprint
