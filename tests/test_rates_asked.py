"""Rates as users ask for them: compared, against another query, by documents, at constant titles; what excludes each other."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tendency as td
from tendency.cli import main
from tendency.errors import SettingError

PAPERS = 12


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve papers with two pages a month for two years: bread doubles in the second, peace stays; four papers come late."""
    folder = tmp_path_factory.mktemp("asked")
    generator = np.random.default_rng(5)
    lines = ["id,date,newspaper,text"]
    for month in range(24):
        for paper in range(PAPERS if month >= 6 else 8):
            for page in range(2):
                bread, peace = generator.poisson([2 if month < 12 else 5, 3])
                text = " ".join(
                    ["bread"] * bread + ["peace"] * peace + ["word"] * 60 + [f"n{month}x{paper}x{page}"]
                )
                date = f"{1930 + month // 12}-{month % 12 + 1:02d}-{page + 1:02d}"
                lines.append(f"{month}-{paper}-{page},{date},Paper {paper},{text}")
    (folder / "press.csv").write_text("\n".join(lines), encoding="utf-8")
    td.add(folder / "press.index", folder / "press.csv")
    return folder / "press.index"


@pytest.fixture
def press(index: Path) -> td.Corpus:
    """The corpus."""
    return td.open(index)


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], index: Path
) -> Callable[..., Any]:
    """Runs ``tendency rates`` on it; gives rows, or what was said on standard error where it failed."""

    def run(*words: str) -> Any:
        monkeypatch.setattr(sys, "argv", ["tendency", "rates", str(index), *words])
        status = 0
        try:
            main()
        except SystemExit as ended:
            status = int(ended.code or 0)
        out, err = capsys.readouterr()
        return (json.loads(out), err) if status == 0 else err

    return run


def test_two_spans(press: td.Corpus, run: Callable[..., Any]) -> None:
    """Bread rose, peace did not, in Python as on the command line."""
    table = press.compare(["bread", "peace"], "1930", "1931").table
    assert table["verdict"].to_list() == ["rose", "not established"]
    assert table["low"][0] < 2.5 < table["high"][0]
    found, _ = run("bread", "peace", "--compare", "1930", "1931", "--json")
    assert found == table.to_dicts()
    within = press.compare("bread", "1930-01/1930-12", "1931-01/1931-12", split="newspaper").table
    assert within.height == PAPERS


def test_two_parts(press: td.Corpus, run: Callable[..., Any]) -> None:
    """Two filters, or two values of a field by another cluster; a field that is the cluster is refused with what to do."""
    parts = {"early": "date < '1931-01-01'", "late": "date >= '1931-01-01'"}
    table = press.compare_splits("bread", "early", "late", split=parts, cluster="document").table
    assert (table["verdict"][0], table["period"][0]) == ("higher", "all")
    found, _ = run(
        "bread", "--split", "newspaper", "--cluster", "day", "--compare", "Paper 1", "Paper 3", "--json"
    )
    assert (found[0]["before"], found[0]["after"], found[0]["verdict"]) == (
        "Paper 1",
        "Paper 3",
        "not established",
    )
    said = run("bread", "--split", "newspaper", "--compare", "Paper 1", "Paper 2")
    assert "each newspaper is a single cluster" in said
    assert "cluster by day" in said
    assert "did you mean" in run(
        "bread", "--split", "newspaper", "--cluster", "day", "--compare", "Paper 1", "Papr 2"
    )


def test_against_another_query(press: td.Corpus) -> None:
    """Hits per thousand hits of the other; the public columns stay; the denominator is in every row, recipe and chart."""
    plain, found = press.rates("bread"), press.rates("bread", relative_to="peace")
    public = plain.table.columns[:12]
    assert found.table.select(public).equals(plain.table.select(public))
    peace = press.count("peace", by="year")["hits"].to_list()
    assert found.table["exposure"].to_list() == peace
    assert found.table["denominator"].to_list() == ["hits of peace"] * 2
    for row, against in zip(found.table.to_dicts(), peace, strict=True):
        assert row["per_thousand"] == pytest.approx(1000 * row["hits"] / against)
        assert row["per_thousand_low"] < row["per_thousand"] < row["per_thousand_high"]
    assert "hits of peace" in found.recipe
    chart = str(found.chart())
    assert "hits per thousand hits of peace" in chart
    assert "against hits of peace" in chart


def test_words_on_both_sides(press: td.Corpus) -> None:
    """A query that shares words with the one it is counted against is an error, with an example, unless allowed."""
    with pytest.raises(
        SettingError, match=r"bread shares words with bread \| peace, .*“bread .*allow it with overlap"
    ):
        press.rates("bread", relative_to="bread | peace")
    table = press.rates("bread", relative_to="bread | peace", overlap=True).table
    assert all(0 < row["per_thousand"] < 1000 for row in table.to_dicts())


def test_a_reference_that_is_not_named(press: td.Corpus) -> None:
    """Text without a hit of the reference: no rate, and the note says why."""
    (first, _) = press.rates("bread", relative_to="unheard").table.to_dicts()
    assert (first["per_thousand"], first["exposure"], first["note"]) == (None, 0, "nothing to count against")
    assert first["per_million"] is not None


def test_shares_of_documents(press: td.Corpus) -> None:
    """Documents with a hit over documents; a query that is called like a column is no trouble."""
    found = press.rates({"documents": "bread", "documents with bread": "peace"}, measure="documents")
    for row in found.table.to_dicts():
        assert row["share"] == row["documents_with_hits"] / row["documents"]
        assert row["share_low"] < row["share"] < row["share_high"]
        assert (row["exposure"], row["denominator"]) == (row["documents"], "documents")
    hits = press.count({"a": "bread", "b": "peace"}, by="year")["hits"].to_list()
    assert found.table["hits"].to_list() == hits
    spec = found.chart()
    assert spec is not None
    scale = spec["vconcat"][0]["layer"][0]["encoding"]["y"]["scale"]
    assert scale["domain"][1] <= 1


def test_constant_titles_beside_all(press: td.Corpus, run: Callable[..., Any]) -> None:
    """Two curves with their names; the first is the one without the option."""
    found = press.rates("peace", by="month", constant="newspaper")
    assert found.constant is not None
    assert found.constant.titles == tuple(sorted(f"Paper {n}" for n in range(8)))
    everything = found.table.filter(split="all titles").drop("split")
    assert everything.equals(press.rates("peace", by="month").table.drop("split"))
    only = press.where(
        "newspaper IN ('Paper 0','Paper 1','Paper 2','Paper 3','Paper 4','Paper 5','Paper 6','Paper 7')"
    )
    kept = found.table.filter(split="constant titles").drop("split")
    assert kept.equals(only.rates("peace", by="month").table.drop("split"))
    _, said = run("peace", "--by", "month", "--constant", "newspaper", "--json")
    assert "8 of 12 values of newspaper" in said
    assert "no different as far as can be told" in said
    assert "“peace”: rate over time" in str(found.chart())


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "two denominators": ({"measure": "documents", "relative_to": "peace"}, "measure or relative_to, not both"),
    "unknown measure": ({"measure": "pages"}, "choose words or documents"),
    "overlap alone": ({"overlap": True}, "give that too"),
    "constant and split": ({"constant": "newspaper", "split": "newspaper"}, "constant or split, not both"),
    "constant and documents": ({"constant": "newspaper", "measure": "documents"}, "constant or documents"),
    "constant over all": ({"constant": "newspaper", "by": "all"}, "need periods"),
    "constant of no field": ({"constant": "paper"}, "there is no field 'paper'"),
    "smooth over all": ({"smooth": 3, "by": "all"}, "periods of one length"),
    "smooth evenly": ({"smooth": 4}, "an odd number from 3"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_excludes_each_other(press: td.Corpus, case: str) -> None:
    """Options that combine badly are refused in one sentence; none is ignored."""
    options, sentence = REFUSED[case]
    with pytest.raises(SettingError, match=sentence):
        press.rates("bread", **options)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--compare", "1930", "1931", "--smooth", "3"), "leave out --smooth"),
        (
            ("--compare", "1930", "1931", "--relative-to", "peace", "--measure", "documents"),
            "leave out --measure, --relative-to",
        ),
        (("--compare", "1930", "1931", "--by", "month"), "leave out --by"),
        (("--compare", "1931", "1930"), "give the earlier span first"),
        (("--compare", "1930", "1930-06/1931"), "give the earlier span first"),
        (("--compare", "a", "b"), "two spans, such as 1930/1939 1940/1949, or with --split two values"),
    ],
)
def test_comparisons_that_cannot_be_made(
    run: Callable[..., Any], words: tuple[str, ...], sentence: str
) -> None:
    """On the command line too, with the option's name."""
    assert sentence in run("bread", *words)
