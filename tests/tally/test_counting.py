"""A tally asked of an index equals one made from plain lists, however the index is cut."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import random
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import pytest

from tendency.corpus import Deadline, Index, Query, add, parse, remove
from tendency.documents.dates import DateSpan
from tendency.documents.document import Document
from tendency.errors import QueryCancelledError, SettingError
from tendency.tally import (
    NONE,
    Around,
    Containing,
    FirstMention,
    Near,
    Occurrences,
    Overlaps,
    Tally,
    cluster_names,
    tally,
)

WORDS = ["war", "peace", "bread", "land", "soviet", "danger", "regime", "army"]
QUERIES: dict[str, Query] = {"war": parse("war"), "bread": parse("bread | land")}


def day(written: str) -> DateSpan:
    """One day, or a whole year or month."""
    start = dt.date.fromisoformat((written + "-01-01")[:10])
    if len(written) == 4:
        return DateSpan(start, start.replace(year=start.year + 1), written)
    if len(written) == 7:
        return DateSpan(start, (start + dt.timedelta(days=32)).replace(day=1), written)
    return DateSpan(start, start + dt.timedelta(days=1), written)


def document(number: int, generator: random.Random) -> Document:
    """A document of random words, with or without fields, dated to a day, a month or a year."""
    date = generator.choice(["1917-03-01", "1917-11-07", "1918-02-03", "1918-02", "1918", "1920-05-05"])
    fields = {}
    if generator.random() < 0.8:
        fields["newspaper"] = generator.choice(["Pravda", "Izvestia", "Rech"])
    if generator.random() < 0.6:
        fields["faction"] = generator.choice(["majority", "minority"])
    if number % 9 == 0:
        text = "war and peace, said the paper. Bread!"
    else:
        text = " ".join(generator.choice([*WORDS, "x", "x.", "Y"]) for _ in range(generator.randrange(30)))
    return Document(f"d{number:03d}", day(date), text, fields)


def documents(n: int = 60, seed: int = 3) -> list[Document]:
    """Random documents, some of them copies of each other."""
    generator = random.Random(seed)
    return [document(i, generator) for i in range(n)]


def built(folder: Path, found: list[Document], batches: int = 1) -> Index:
    """An index of these documents, added in so many batches."""
    for number in range(batches):
        add(folder, found[number::batches])
    return Index.open(folder)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """Sixty documents in three segments."""
    return built(tmp_path_factory.mktemp("counting") / "press.index", documents(), 3)


def figures(found: Tally) -> str:
    """Every figure of a tally as text."""
    parts = [found.documents, found.tokens, found.hits, found.documents_with_hits, found.undated.hits]
    for clustering in found.clusterings:
        parts += [clustering.moments.clusters, clustering.moments.products, clustering.moments.cubes]
    return repr((found.periods, found.splits, found.standing, [part.tolist() for part in parts]))


def test_against_plain_lists(index: Index) -> None:
    """Documents, words, hits and clusters by year and faction equal a loop over the texts."""
    found = tally(index, QUERIES, by="year", split="faction", cluster=("newspaper", "document", "day"))
    assert [period.label for period in found.periods] == ["1917", "1918", "1919", "1920"]
    assert found.splits == ("majority", "minority", NONE)
    first_copy: dict[str, Document] = {}
    for one in sorted(documents(), key=lambda d: (d.date.start, d.id)):
        first_copy.setdefault(one.text, one)
    sums: dict[object, list[int]] = defaultdict(lambda: [0, 0, 0])
    counts: dict[object, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for one in documents():
        words = [w.strip(".,!").casefold() for w in one.text.split()]
        values = [len(words), words.count("war"), words.count("bread") + words.count("land")]
        # Every date of this corpus lies in one year.
        period = [p.label for p in found.periods].index(str(one.date.start.year))
        cell = period, found.splits.index(one.fields.get("faction", NONE))
        counts[cell] = [a + b for a, b in zip(counts[cell], [1, *values], strict=True)]
        leader = first_copy[one.text]
        for number, cluster in enumerate(
            (leader.fields.get("newspaper", leader.id), leader.id, leader.date.start.isoformat())
        ):
            row = sums[number, cell, cluster]
            for i, value in enumerate(values):
                row[i] += value
    for p in range(4):
        for s in range(3):
            n, words_held, war, bread = counts[p, s]
            assert (found.documents[p, s], found.tokens[p, s]) == (n, words_held)
            assert found.hits[p, s].tolist() == [war, bread]
            for number in range(3):
                here = [v for (a, cell, _), v in sums.items() if a == number and cell == (p, s) and v[0]]
                moments = found.clusterings[number].moments
                assert moments.clusters[p, s] == len(here)
                for i in range(3):
                    for j in range(3):
                        assert moments.products[p, s, i, j] == sum(v[i] * v[j] for v in here)


def test_undated(index: Index) -> None:
    """By month, a document dated to a year is in no month and is counted beside."""
    found = tally(index, QUERIES, by="month")
    wide = [one for one in documents() if one.date.written == "1918"]
    assert found.undated.documents.tolist() == [len(wide)]
    assert found.documents.sum() == len(documents()) - len(wide)
    assert len(found.periods) == 39


@pytest.mark.parametrize("batches", [1, 2, 7])
def test_cut_and_order_do_not_matter(index: Index, tmp_path: Path, batches: int) -> None:
    """The same documents in other batches and another order give the same tally."""
    shuffled = documents()
    random.Random(batches).shuffle(shuffled)
    other = built(tmp_path / "other.index", shuffled, batches)
    for by, split, cluster in (
        ("year", "faction", "newspaper"),
        ("week", None, "document"),
        ("all", None, "day"),
    ):
        ask = {"by": by, "split": split, "cluster": cluster}
        assert figures(tally(index, QUERIES, **ask)) == figures(tally(other, QUERIES, **ask))  # type: ignore[arg-type]


def test_removed_and_replaced_documents_do_not_count(tmp_path: Path) -> None:
    """Only live documents are counted, and copies that were removed are no first copies."""
    found = documents()
    built(tmp_path / "a.index", found, 2)
    remove(tmp_path / "a.index", ids=[one.id for one in found[:30]])
    kept = built(tmp_path / "b.index", found[30:])
    ask = {"by": "year", "cluster": "newspaper"}
    assert figures(tally(Index.open(tmp_path / "a.index"), QUERIES, **ask)) == figures(
        tally(kept, QUERIES, **ask)
    )  # type: ignore[arg-type]


def test_standpoints_may_overlap(index: Index) -> None:
    """A document counts in every filter that holds; those in several and in none are reported."""
    found = tally(
        index, QUERIES, by="all", split={"Pravda": "newspaper = 'Pravda'", "majority": "faction = 'majority'"}
    )
    inside = [
        (one.fields.get("newspaper") == "Pravda", one.fields.get("faction") == "majority")
        for one in documents()
    ]
    assert found.splits == ("Pravda", "majority")
    assert found.documents[0].tolist() == [sum(a for a, _ in inside), sum(b for _, b in inside)]
    assert found.standing.several == sum(a and b for a, b in inside)
    assert found.standing.none == sum(not a and not b for a, b in inside)
    assert found.standing.documents == 60


def test_where_and_span(index: Index) -> None:
    """Filter and span choose documents; the axis covers the asked span."""
    found = tally(
        index,
        QUERIES,
        by="year",
        where="newspaper = 'Rech'",
        start=dt.date(1917, 1, 1),
        end=dt.date(1919, 1, 1),
    )
    chosen = [
        one
        for one in documents()
        if one.fields.get("newspaper") == "Rech" and one.date.start.year in (1917, 1918)
    ]
    assert found.documents.sum() == len(chosen)
    assert [period.label for period in found.periods] == ["1917", "1918"]
    assert "where:newspaper = 'Rech'" in found.recipe


def test_eras(index: Index) -> None:
    """Eras take what lies inside them; the rest is outside, or undatable."""
    eras = [
        ("February", DateSpan(dt.date(1917, 3, 1), dt.date(1917, 11, 7))),
        ("October", DateSpan(dt.date(1917, 11, 7), dt.date(1918, 3, 1))),
    ]
    found = tally(index, QUERIES, by=eras)
    written = [one.date.written for one in documents()]
    assert found.documents[:, 0].tolist() == [
        written.count("1917-03-01"),
        written.count("1917-11-07") + written.count("1918-02-03") + written.count("1918-02"),
    ]
    assert found.undated.documents.sum() == written.count("1918")
    assert found.standing.outside == written.count("1920-05-05")


def test_default_cluster(index: Index, tmp_path: Path) -> None:
    """The first usual field that most documents have; a field that few have is passed over."""
    assert cluster_names(index, index.live, None) == ("newspaper",)
    lone = [Document(str(i), day("1917"), "war", {"author": "Lenin"} if i < 3 else {}) for i in range(6)]
    few = built(tmp_path / "i", lone)
    assert cluster_names(few, few.live, None) == ("document",)
    with pytest.raises(SettingError, match="no field 'paper' to cluster by; choose among document, day, "):
        tally(index, QUERIES, cluster="paper")
    with pytest.raises(SettingError, match="each only once"):
        tally(index, QUERIES, cluster=("day", "day"))
    with pytest.raises(SettingError, match="no field 'paper' to split by"):
        tally(index, QUERIES, split="paper")


def test_executors(index: Index) -> None:
    """Threads and spawned processes give the same figures; forked ones are refused with the remedy."""
    expected = figures(tally(index, QUERIES))
    with ThreadPoolExecutor(3) as threads:
        assert figures(tally(index, QUERIES, executor=threads)) == expected
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as processes:
        limit = Deadline(500)
        assert figures(tally(index, QUERIES, executor=processes, deadline=limit)) == expected
    with (
        ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("fork")) as forked,
        pytest.raises(SettingError, match="forked processes may hang; make it with"),
    ):
        tally(index, QUERIES, executor=forked)


def test_cancelled(index: Index) -> None:
    """A cancelled count raises; no partial tally comes back."""
    limit = Deadline()
    limit.cancel()
    with pytest.raises(QueryCancelledError):
        tally(index, QUERIES, deadline=limit)


def test_nothing_selected(index: Index) -> None:
    """No document meets the filter: a tally without periods, or of empty ones."""
    found = tally(index, QUERIES, where="newspaper = 'Times'")
    assert (found.periods, found.columns) == ((), ("war", "bread"))
    asked = tally(
        index, QUERIES, where="newspaper = 'Times'", start=dt.date(1917, 1, 1), end=dt.date(1918, 1, 1)
    )
    assert asked.tokens.tolist() == [[0]]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """Three short documents to be read by eye."""
    texts = [
        "The regime is the danger. The army fights. Danger to the army!",
        "An army, a danger; a regime.",
        "Bread.",
    ]
    found = [Document(str(i), day("1943-02-02"), text) for i, text in enumerate(texts)]
    return built(tmp_path_factory.mktemp("small") / "i", found)


PAIR = (("regime", parse("regime")), ("army", parse("army")))


def test_counters_by_eye(small: Index) -> None:
    """Occurrences, documents containing, first mention and overlaps of three short documents."""
    found = tally(
        small,
        [
            Occurrences("army", PAIR[1][1]),
            Containing("documents with army", PAIR[1][1]),
            FirstMention((("first regime", PAIR[0][1]), ("first army", PAIR[1][1]))),
            Overlaps((("a", parse("the danger")), ("b", parse("danger*")))),
        ],
        by="all",
    )
    by_name = dict(zip(found.columns, found.hits[0, 0].tolist(), strict=True))
    assert by_name == {
        "army": 3,
        "documents with army": 2,
        "first regime": 1,
        "first army": 1,
        "documents naming several": 2,
        "a & b": 1,
    }


def test_near_is_as_in_a_query(index: Index) -> None:
    """Hits near something number the same as those of the query with ``near``."""
    items = (("war", parse("war")), ("bread", parse("bread | land")))
    for within in (1, 3, 12):
        found = tally(index, [Near(items, parse("danger | army"), within)], by="all")
        for name, query in items:
            same = tally(index, {"near": parse(f"({query.source}) near/{within} (danger | army)")}, by="all")
            assert found.hits[0, 0, found.column(f"{name} near")] == same.hits[0, 0, 0] > 0
            wide = tally(index, [Around("w", query, (("d", parse("danger | army")),), (within,))], by="all")
            doc = tally(
                index, {"near": parse(f"({query.source}) near/{within} (danger | army) within doc")}, by="all"
            )
            assert wide.hits[0, 0, wide.column(Around.near("d", within))] == doc.hits[0, 0, 0]


def test_queries_with_a_filter(index: Index) -> None:
    """A query with a filter of its own counts hits only there; the words are those of all documents asked."""
    found = tally(index, {"all": parse("war"), "Rech": parse("war :: newspaper = 'Rech'")}, by="all")
    rech = tally(index, {"all": parse("war")}, by="all", where="newspaper = 'Rech'")
    assert found.hits[0, 0, 1] == rech.hits[0, 0, 0] < found.hits[0, 0, 0]
