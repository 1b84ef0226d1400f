"""What sets documents apart is found, bursts are not, and every figure is what counting by hand gives."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import tendency as td
from tendency.charts import svg
from tendency.corpus import Index, add, remove
from tendency.corpus.ngrams import count_grams
from tendency.documents.dates import DateSpan
from tendency.documents.document import Document
from tendency.errors import QueryTimeoutError, SettingError
from tendency.measures import Side, keywords
from tendency.measures.association import CONTRASTS, log_odds
from tendency.measures.dispersion import dispersion
from tendency.measures.keyness import PRIOR, SCHEMA
from tendency.measures.two_rates import Sums, burstiness, ratios
from tendency.tally import Period, Tally
from tendency.tally.counting import asked_about
from tendency.tally.placing import Placed
from tendency.tally.side_moments import TwoSides

PLAIN = [f"{a}{b}" for a in ("bal", "cor", "dun", "fen", "gil", "hos") for b in ("ma", "ter", "vik", "sen")]
PAPERS = ("Sun", "Star")


def piece(number: str, year: int, text: str, **fields: str) -> Document:
    """A document of one day."""
    start = dt.date(1900 + year, 3, 5)
    return Document(number, DateSpan(start, start + dt.timedelta(days=1), start.isoformat()), text, fields)


def documents(seed: int = 3, number: int = 60) -> list[Document]:
    """Two papers: plain words, one word that the Sun says thrice as often, one that bursts in either, one document's own."""
    generator = np.random.default_rng(seed)
    found = []
    for at in range(number):
        for paper in PAPERS:
            words = list(generator.choice(PLAIN, int(generator.integers(40, 120))))
            words += ["sunny"] * generator.poisson(3.0 if paper == "Sun" else 1.0)
            words += ["bursty"] * generator.poisson(2.0 * generator.gamma(0.2, 5.0))
            words += ["wonder"] * (25 if (at, paper) == (7, "Sun") else 0)
            # A sentence of its own, so that its words always stand beside each other.
            pairs = generator.poisson(0.8 if paper == "Star" else 0.2)
            text = ". ".join(" ".join(part) for part in np.array_split(generator.permutation(words), 5))
            text += "".join(". Red flag" for _ in range(pairs))
            fields = {"newspaper": paper, "town": f"town {at % 12}", "half": "yes" if at % 2 else "no"}
            found.append(piece(f"{at}-{paper}", at % 10, text, **fields))
    return found


def index_of(path: Path, held: list[Document], batch: int = 10_000) -> Index:
    """An index of these documents."""
    for at in range(0, len(held), batch):
        add(path, held[at : at + batch], merge=False)
    return Index.open(path)


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """Both papers in one segment."""
    return index_of(tmp_path_factory.mktemp("keyness") / "p.index", documents())


def row(table: pl.DataFrame, word: str) -> dict[str, Any]:
    """The row of a word."""
    return table.row(by_predicate=pl.col("word") == word, named=True)


def words_of(document: Document) -> list[str]:
    """Its words, folded."""
    return document.text.lower().replace(".", " ").split()


def test_counts_are_those_made_by_hand(papers: Index) -> None:
    """Hits, rates, documents, clusters, top-document share and DP of each word on both sides, by plain Python."""
    found = keywords(
        papers, "newspaper = 'Sun'", longest=2, min_hits=1, cluster="town", limit=None, all_rows=True
    )
    held = documents()
    for side, ending in (("Sun", ""), ("Star", "_reference")):
        own = [document for document in held if document.fields["newspaper"] == side]
        counts = [Counter(words_of(document)) for document in own]
        total = sum(sum(count.values()) for count in counts)
        for word in ("sunny", "bursty", "wonder", "balma", "red flag"):
            held_row = row(found.table, word)
            # Of the planted pair every first word is followed by the second.
            each = np.array([count[word.split()[0]] for count in counts])
            share = np.array([sum(count.values()) / total for count in counts])
            assert held_row[f"hits{ending}"] == each.sum()
            assert held_row[f"per_million{ending}"] == pytest.approx(1e6 * each.sum() / total)
            assert held_row[f"documents{ending}"] == np.count_nonzero(each)
            towns = {d.fields["town"] for d, n in zip(own, each, strict=True) if n}
            assert held_row[f"clusters{ending}"] == len(towns)
            if not each.sum():
                assert held_row[f"top_document_share{ending}"] is None
                assert held_row[f"dp{ending}"] is None
                continue
            assert held_row[f"top_document_share{ending}"] == pytest.approx(each.max() / each.sum())
            dp = 0.5 * np.abs(each / each.sum() - share).sum()
            assert held_row[f"dp{ending}"] == pytest.approx(dp)


def test_burstiness_and_z_are_those_of_a_tally(papers: Index) -> None:
    """The two sides as two periods of a tally have the burstiness that rates would use, and z follows from it."""
    found = keywords(papers, "newspaper = 'Sun'", cluster="document", limit=None, all_rows=True)
    held = documents()
    axis = [
        Period("Sun", dt.date(1900, 1, 1), dt.date(1901, 1, 1)),
        Period("Star", dt.date(1901, 1, 1), dt.date(1902, 1, 1)),
    ]
    sizes = [len(words_of(document)) for document in held]
    period = [PAPERS.index(document.fields["newspaper"]) for document in held]
    for word in ("sunny", "bursty", "dunvik"):
        counts = [words_of(document).count(word) for document in held]
        tally = Tally.from_counts(counts, sizes, axis, period=period)
        expected = dispersion(tally, tally.clusterings[0], 1).burstiness[:, 0]
        sides = []
        for side in (0, 1):
            x = np.array([[c for c, p in zip(counts, period, strict=True) if p == side]], float)
            n = np.array([s for s, p in zip(sizes, period, strict=True) if p == side], float)
            sides.append(Sums(x.sum(1), (x**2).sum(1), x @ n, n.sum(), (n**2).sum(), (n**3).sum(), n.size))
        bursts = burstiness((sides[0], sides[1]))
        assert bursts[:, 0] == pytest.approx(expected)
        a, b, c, d = (*(float(side.hits[0]) for side in sides), *(side.exposure for side in sides))
        spread = tuple(float(1 + bursts[i, 0] * s.concentration * s.hits[0]) for i, s in enumerate(sides))
        _, z = log_odds(a, b, c, d, PRIOR * (a + b), PRIOR * (c + d), (spread[0], spread[1]))
        assert row(found.table, word)["z"] == pytest.approx(float(z))
        low, high = ratios(sides[0], sides[1], bursts).bounds(np.array([True]), np.array([True]))
        assert row(found.table, word)["low"] == pytest.approx(low[0])
        assert row(found.table, word)["high"] == pytest.approx(high[0])


def test_what_differs_is_found_and_bursts_are_not(papers: Index) -> None:
    """A planted word is more in one paper and says so; one that only bursts, and plain words, are not established."""
    found = keywords(papers, "newspaper = 'Sun'", longest=2, cluster="document", limit=None)
    assert row(found.table, "sunny")["verdict"] == "more in Sun"
    assert row(found.table, "red flag")["verdict"] == "more in the rest"
    assert row(found.table, "red flag")["z"] < 0 < row(found.table, "sunny")["z"]
    assert row(found.table, "bursty")["verdict"] == "not established"
    assert found.table["word"][0] == "sunny"
    assert "wonder" not in found.table["word"]
    assert found.summary["under_three_documents"].sum() == 1
    everything = keywords(papers, "newspaper = 'Sun'", all_rows=True, limit=None)
    assert row(everything.table, "wonder")["documents"] == 1
    assert everything.summary["under_three_documents"].sum() == 0


def test_all_measures_are_those_of_their_formulas(papers: Index) -> None:
    """Each further column is its formula over the counts of the row and the words of the sides."""
    found = keywords(papers, "newspaper = 'Sun'", all_measures=True)
    size = found.summary.row(0, named=True)
    one = row(found.table, "sunny")
    for name, measure in CONTRASTS.items():
        value = measure(one["hits"], one["hits_reference"], size["words"], size["words_reference"])
        assert one[name] == pytest.approx(float(value))


def test_a_document_cannot_be_its_own_reference(papers: Index) -> None:
    """Explicit sides that share documents are refused with their number; overlapping parts of a split say how many they share."""
    with pytest.raises(SettingError, match="60 of the 60 documents of the target are in the reference too"):
        keywords(papers, "newspaper = 'Sun'", "town LIKE 'town%'")
    split = {"odd": "half = 'yes'", "Sun": "newspaper = 'Sun'"}
    found = keywords(papers, split=split)
    assert found.summary["shared_documents"].to_list() == [30, 30]
    assert "30 documents are in another part too" in found.summary["note"][0]
    assert found.summary["documents"].to_list() == [60, 60]
    assert found.summary["documents_reference"].to_list() == [30, 30]


def test_each_part_is_held_against_the_union_of_the_others(papers: Index) -> None:
    """A split by a field gives each value the contrast that its own filter against the rest gives."""
    split = keywords(papers, split="newspaper")
    one = keywords(papers, "newspaper = 'Star'", "newspaper = 'Sun'")
    own = split.table.filter(pl.col("target") == "Star")
    assert own.drop("target", "reference").equals(one.table.drop("target", "reference"))
    assert split.summary["reference"].to_list() == ["Sun", "Star"]


@pytest.mark.parametrize("longest", [1, 3])
def test_segments_change_nothing(tmp_path: Path, papers: Index, longest: int) -> None:
    """Whatever the batches, and whatever does the work, the same documents give the same bytes."""
    other = index_of(tmp_path / "b.index", documents()[::-1], batch=17)
    for cluster in ("document", "town", None):
        asked: dict[str, Any] = {"longest": longest, "cluster": cluster, "all_measures": True, "limit": None}
        one = keywords(papers, "newspaper = 'Sun'", **asked)
        with ThreadPoolExecutor(2) as pool:
            two = keywords(other, "newspaper = 'Sun'", executor=pool, **asked)
        assert one.table.equals(two.table, null_equal=True)
        assert one.summary.equals(two.summary)


def test_a_small_budget_changes_no_sum(papers: Index) -> None:
    """Sums that do not fit into the memory allowed are formed some words at a time; n-grams left out for lack of room are told."""
    placed = Placed.of(papers, asked_about(papers, by="all", cluster="town"))
    side = np.arange(placed.segment.size) % 3 - 1
    grams, reader = count_grams(papers, placed.masks(papers), longest=2, least=2, least_documents=1)
    rows = np.arange(len(grams) + 1, dtype=np.uint32)
    two = TwoSides(placed, side, 2)
    whole, bit = (two.of(papers, reader, rows, 2, budget=budget) for budget in (1 << 30, 1 << 12))
    for name in ("hits", "squares", "by_words", "clusters", "documents", "most"):
        assert np.array_equal(getattr(whole, name), getattr(bit, name))
    found = keywords(papers, "newspaper = 'Sun'", longest=2, budget=1 << 14)
    assert "the memory allowed holds n-grams of at least" in found.summary["note"][0]


FILTERS: list[tuple[dict[str, Any], Callable[[Document], bool]]] = [
    ({"where": "half = 'yes'"}, lambda d: d.fields["half"] == "yes"),
    ({"start": dt.date(1903, 1, 1)}, lambda d: d.date.start >= dt.date(1903, 1, 1)),
    ({"end": dt.date(1903, 1, 1)}, lambda d: d.date.end <= dt.date(1903, 1, 1)),
]


@pytest.mark.parametrize(("narrowing", "holds"), FILTERS, ids=["where", "start", "end"])
def test_filters_narrow_both_sides(
    papers: Index, narrowing: dict[str, Any], holds: Callable[[Document], bool]
) -> None:
    """Only documents within the filter are on either side."""
    found = keywords(
        papers, "newspaper = 'Sun'", min_hits=1, cluster="document", all_rows=True, limit=None, **narrowing
    )
    for paper, ending in (("Sun", ""), ("Star", "_reference")):
        own = [d for d in documents() if holds(d) and d.fields["newspaper"] == paper]
        assert found.summary[f"documents{ending}"][0] == len(own)
        assert row(found.table, "sunny")[f"hits{ending}"] == sum(words_of(d).count("sunny") for d in own)


def test_named_sides_may_be_spans(papers: Index) -> None:
    """A side may be a span of time instead of a filter; its name is what is printed."""
    early = Side("before", end=dt.date(1905, 1, 1))
    found = keywords(papers, early, Side("after", start=dt.date(1905, 1, 1)), cluster="document")
    assert found.summary["documents"].to_list() == [60]
    assert found.summary["documents_reference"].to_list() == [60]
    assert set(found.table["target"]) == {"before"}


def test_removed_documents_do_not_count(tmp_path: Path) -> None:
    """What was removed is on neither side."""
    path = tmp_path / "r.index"
    index_of(path, documents())
    remove(path, ids=[d.id for d in documents() if d.fields["town"] == "town 3"])
    found = keywords(Index.open(path), "newspaper = 'Sun'", min_hits=1, all_rows=True, limit=None)
    own = [d for d in documents() if d.fields["town"] != "town 3" and d.fields["newspaper"] == "Sun"]
    assert row(found.table, "sunny")["hits"] == sum(words_of(d).count("sunny") for d in own)


def test_a_newspaper_is_not_its_own_only_evidence(papers: Index) -> None:
    """Where a side would be one cluster, documents are clustered by day or alone, and it is said; asked for, nothing is tested."""
    found = keywords(papers, "newspaper = 'Sun'")
    assert "clustered by day" in found.summary["note"][0]
    alone = keywords(papers, "newspaper = 'Sun'", cluster="newspaper")
    assert "single piece of evidence" in alone.summary["note"][0]
    assert set(alone.table["verdict"]) == {"too few"}
    assert alone.table["p"].null_count() == alone.table.height
    assert alone.table["low"].null_count() == alone.table.height


@pytest.mark.parametrize("target", ["newspaper = 'nobody'", "newspaper IS NOT NULL"])
def test_an_empty_side_says_so(papers: Index, target: str) -> None:
    """Without documents on a side there is no contrast, and no error."""
    found = keywords(papers, target, longest=2)
    assert found.table.is_empty()
    assert found.table.schema == pl.Schema(SCHEMA)
    assert "nothing held on one side" in found.summary["note"][0]
    assert found.chart() is None


def test_one_document_is_too_few(tmp_path: Path) -> None:
    """A single document on each side gives rows with counts and no verdict."""
    held = [piece("a", 1, "war " * 30, side="x"), piece("b", 2, "peace " * 30 + "war", side="y")]
    found = keywords(index_of(tmp_path / "o.index", held), "side = 'x'", all_rows=True)
    assert set(found.table["verdict"]) == {"too few"}
    assert row(found.table, "war")["hits"] == 30


def test_a_side_without_hits_never_has_more(tmp_path: Path) -> None:
    """A word that a short side lacks is not more in it, whatever the upper limit of its rate; rows lie on the side that has the word."""
    held = [piece(f"s{at}", at, f"plain words here {at}", side="short") for at in range(9)]
    held += [
        piece(
            f"l{at}", at % 9, f"plain words there {at} " * 40 + ("rare " if at % 4 == 0 else ""), side="long"
        )
        for at in range(60)
    ]
    found = keywords(index_of(tmp_path / "z.index", held), "side = 'short'", limit=None, cluster="document")
    rare = row(found.table, "rare")
    assert rare["z"] < 0
    assert rare["hits"] == 0
    assert rare["ratio"] == 0
    assert rare["verdict"] == "not established"
    assert rare["p"] == 1


def test_huge_counts_have_finite_figures() -> None:
    """A million million hits overflow nothing and warn of nothing."""
    huge = np.array([1e12, 0.0])
    side = Sums(huge, huge**2 / 50, huge * 1e13, 5e14, 5e27, 5e40, 60)
    found = ratios(side, side, burstiness((side, side)))
    assert np.isfinite(found.p()).all()
    assert np.isfinite(found.centre).all()


def test_false_alarms_on_bursty_text_stay_near_their_level() -> None:
    """Of words that do not differ but burst, at most 7 % are said to at 5 %, where log-likelihood claims over a third."""
    generator = np.random.default_rng(11)
    words, size = 1500, 40
    lengths = [np.round(1500 * np.exp(0.7 * generator.standard_normal(size))) for _ in range(2)]
    sides, totals = [], []
    for n in lengths:
        x = generator.poisson(1e-3 * n * generator.gamma(0.2, 5.0, (words, size))).astype(float)
        sides.append(Sums(x.sum(1), (x**2).sum(1), x @ n, n.sum(), (n**2).sum(), (n**3).sum(), size))
        totals.append(x.sum(1))
    claimed = np.mean(ratios(sides[0], sides[1], burstiness((sides[0], sides[1]))).p() <= 0.05)
    naive = CONTRASTS["log_likelihood"](*totals, sides[0].exposure, sides[1].exposure) > 3.841
    assert claimed <= 0.07
    assert naive.mean() > 0.35


def test_impossible_settings_are_told(papers: Index) -> None:
    """Each wrong setting is one sentence that names it."""
    wrong: list[tuple[dict[str, Any], str]] = [
        ({}, "need a target"),
        ({"target": "newspaper = 'Sun'", "split": "newspaper"}, "need a target"),
        ({"split": "newspaper", "reference": "newspaper = 'Sun'"}, "leave the reference out"),
        ({"split": "colour"}, "no field 'colour'"),
        ({"split": {}}, "name at least one"),
        ({"target": "newspaper = 'Sun'", "longest": 6}, "6 words"),
        ({"target": "newspaper = 'Sun'", "min_hits": 0}, "at least 0 hits"),
        ({"target": "newspaper = 'Sun'", "measure": "magic"}, "no measure 'magic'"),
        ({"target": "newspaper = 'Sun'", "q": 1.0}, "no share of false findings"),
        ({"target": "newspaper = 'Sun'", "limit": 0}, "shows nothing"),
    ]
    for settings, message in wrong:
        with pytest.raises(SettingError, match=message):
            keywords(papers, **settings)


def test_python_and_chart(papers: Index) -> None:
    """A corpus narrowed as usual gives the same; the chart names both directions and its marks are told apart by shape."""
    corpus = td.open(papers.path).where("half = 'yes'")
    found = corpus.keywords("newspaper = 'Sun'", longest=2)
    assert found.table.equals(keywords(papers, "newspaper = 'Sun'", longest=2, where="half = 'yes'").table)
    spec = found.chart()
    assert spec is not None
    drawn = svg(spec)
    assert "more in Sun" in drawn
    assert "more in the rest" in drawn
    with pytest.raises(QueryTimeoutError):
        corpus.keywords("newspaper = 'Sun'", deadline=1e-9)


@pytest.mark.parametrize("measure", ["log_odds", "log_ratio", "log_likelihood", "frequency"])
def test_order_is_by_the_measure_then_by_the_word(papers: Index, measure: str) -> None:
    """Rows of each direction fall in the measure that was asked for, whatever it is."""
    found = keywords(papers, "newspaper = 'Sun'", measure=measure, all_measures=True, limit=8)
    key = {
        "log_odds": pl.col("z").abs(),
        "log_ratio": pl.when(pl.col("ratio") > 1).then(pl.col("low")).otherwise(1 / pl.col("high")),
        "log_likelihood": pl.col("log_likelihood"),
        "frequency": (pl.col("hits") + pl.col("hits_reference")).cast(pl.Float64),
    }[measure]
    for up in (True, False):
        values = found.table.filter((pl.col("z") >= 0) == up).select(key.round(6)).to_series().to_list()
        assert values == sorted(values, reverse=True)
