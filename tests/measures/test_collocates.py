"""The company a word keeps is counted as by hand, in the right documents, and a change is told from a wobble."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import tendency as td
from tendency.charts import svg
from tendency.corpus import Index, add, concordance, parse, remove, select
from tendency.documents.dates import DateSpan
from tendency.documents.document import Document
from tendency.errors import QueryTimeoutError, SettingError
from tendency.measures import Side, collocates_of
from tendency.measures.association import ASSOCIATIONS, log_dice
from tendency.measures.collocates import CHANGES, SCHEMA, finding, stop_words

PLAIN = [f"{a}{b}" for a in ("bal", "cor", "dun", "fen", "gil", "hos") for b in ("ma", "ter", "vik", "sen")]


def piece(number: str, year: int, text: str, **fields: str) -> Document:
    """A document of one day."""
    start = dt.date(1900 + year, 3, 5)
    return Document(number, DateSpan(start, start + dt.timedelta(days=1), start.isoformat()), text, fields)


def sentence(generator: np.random.Generator, *more: str) -> str:
    """Eight plain words, with the given words in a row in their middle."""
    plain = list(generator.choice(PLAIN, 8))
    return " ".join([*plain[:4], *more, *plain[4:]]).capitalize()


def documents(seed: int = 4, number: int = 80) -> list[Document]:
    """Until 1905 *flag* stands beside *red*, from 1905 beside *white*; *of* is always there, *red* and *white* elsewhere too."""
    generator = np.random.default_rng(seed)
    found = []
    for at in range(number):
        year = at % 10
        partner = "red" if year < 5 else "white"
        lines = [sentence(generator, "of", partner, "Flag") for _ in range(1 + generator.poisson(1.5))]
        lines += [
            sentence(generator, word) for word in ("red", "white") for _ in range(generator.poisson(0.7))
        ]
        lines += [sentence(generator) for _ in range(5)]
        order = generator.permutation(len(lines))
        text = ". ".join(lines[line] for line in order) + "."
        fields = {"newspaper": f"paper {at % 20}", "side": "left" if at % 2 else "right", "language": "en"}
        found.append(piece(f"d{at}", year, text, **fields))
    return found


def index_of(path: Path, held: Iterable[Document], batch: int = 10_000) -> Index:
    """An index of these documents."""
    every = list(held)
    for at in range(0, len(every), batch):
        add(path, every[at : at + batch], merge=False)
    return Index.open(path)


@pytest.fixture(scope="module")
def flags(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """All documents in one segment."""
    return index_of(tmp_path_factory.mktemp("company") / "c.index", documents())


def row(table: pl.DataFrame, word: str) -> dict[str, Any]:
    """The row of a word."""
    return table.row(by_predicate=pl.col("word") == word, named=True)


def by_hand(
    held: Iterable[Document], node: str, window: int | None
) -> list[tuple[Counter[str], Counter[str], int]]:
    """Of each document the words near the node and those elsewhere, both but the node itself, and its hits."""
    found = []
    for document in held:
        near: Counter[str] = Counter()
        rest: Counter[str] = Counter()
        hits = 0
        for line in document.text.lower().split("."):
            words = line.split()
            places = [at for at, word in enumerate(words) if word == node]
            hits += len(places)
            for at, word in enumerate(words):
                if at in places:
                    continue
                close = any(window is None or abs(at - place) <= window for place in places)
                (near if close else rest)[word] += 1
        found.append((near, rest, hits))
    return found


@pytest.mark.parametrize("window", [1, 3, "sentence"])
def test_counts_are_those_made_by_hand(flags: Index, window: Any) -> None:
    """Occurrences near and elsewhere, documents, clusters, the top document and every measure, by plain Python."""
    found = collocates_of(flags, parse("flag"), window=window, min_hits=1, limit=None, all_measures=True)
    held = documents()
    counted = by_hand(held, "flag", None if window == "sentence" else window)
    beside = sum(sum(near.values()) for near, _, _ in counted)
    every = beside + sum(sum(rest.values()) for _, rest, _ in counted)
    summary = found.summary.row(0, named=True)
    assert summary["words_near"] == beside
    assert summary["words"] == every
    assert summary["hits"] == sum(hits for _, _, hits in counted)
    assert set(found.table["word"]) == set().union(*(near for near, _, _ in counted))
    in_hits = [(near, rest) for near, rest, hits in counted if hits]
    elsewhere_words = sum(sum(rest.values()) for _, rest in in_hits)
    for word in ("red", "of", "balma"):
        if word not in found.table["word"]:
            continue
        one = row(found.table, word)
        each = np.array([near[word] for near, _, _ in counted])
        elsewhere = sum(rest[word] for _, rest in in_hits)
        everywhere = int(each.sum()) + sum(rest[word] for _, rest, _ in counted)
        assert one["near"] == each.sum()
        assert one["elsewhere"] == elsewhere
        assert one["occurrences"] == everywhere
        assert one["documents"] == np.count_nonzero(each)
        papers = {d.fields["newspaper"] for d, n in zip(held, each, strict=True) if n}
        assert one["clusters"] == len(papers)
        assert one["top_document_share"] == pytest.approx(each.max() / each.sum())
        assert one["log_dice"] == pytest.approx(float(log_dice(each.sum(), beside, everywhere)))
        assert one["expected"] == pytest.approx(everywhere * beside / every)
        if elsewhere:
            assert one["ratio"] == pytest.approx(each.sum() / beside / (elsewhere / elsewhere_words))
            assert one["low"] < one["ratio"] < one["high"]
        for name, measure in ASSOCIATIONS.items():
            expected = float(measure(each.sum(), beside, everywhere, every))
            assert one[name] == pytest.approx(expected, rel=1e-9)


def test_the_reference_is_the_part_that_is_asked(flags: Index) -> None:
    """Of some documents only their own words are the reference, whether a filter or the query itself picks them."""
    by_filter = collocates_of(flags, parse("flag"), where="side = 'left'")
    by_query = collocates_of(flags, parse("flag :: side = 'left'"))
    alone = [d for d in documents() if d.fields["side"] == "left"]
    counted = by_hand(alone, "flag", 5)
    everywhere = sum(near["red"] + rest["red"] for near, rest, _ in counted)
    assert row(by_filter.table, "red")["occurrences"] == everywhere
    assert by_filter.table.drop("finds").equals(by_query.table.drop("finds"))
    assert "side = 'left'" in by_query.table["finds"][0]


FILTERS: list[tuple[dict[str, Any], Callable[[Document], bool]]] = [
    ({"where": "side = 'left'"}, lambda d: d.fields["side"] == "left"),
    ({"start": dt.date(1904, 1, 1)}, lambda d: d.date.start >= dt.date(1904, 1, 1)),
    ({"end": dt.date(1904, 1, 1)}, lambda d: d.date.end <= dt.date(1904, 1, 1)),
]


@pytest.mark.parametrize(("narrowing", "holds"), FILTERS, ids=["where", "start", "end"])
def test_filters_narrow_everything(
    tmp_path: Path, flags: Index, narrowing: dict[str, Any], holds: Callable[[Document], bool]
) -> None:
    """A filter gives what an index of those documents alone gives."""
    alone = index_of(tmp_path / "a.index", [d for d in documents() if holds(d)])
    for by in ("log_dice", "log_ratio", "frequency"):
        narrowed = collocates_of(flags, parse("flag"), by=by, limit=None, **narrowing)
        assert narrowed.table.equals(collocates_of(alone, parse("flag"), by=by, limit=None).table)


@pytest.mark.parametrize("settings", [{}, {"lemma": True}, {"fold": False}, {"by": "log_ratio"}])
def test_segments_change_nothing(tmp_path: Path, flags: Index, settings: dict[str, Any]) -> None:
    """Whatever the batches, and whatever does the work, the same documents give the same bytes."""
    other = index_of(tmp_path / "b.index", documents()[::-1], batch=13)
    parts = (Side("before", end=dt.date(1905, 1, 1)), Side("after", start=dt.date(1905, 1, 1)))
    for compare in (None, parts):
        one = collocates_of(flags, parse("flag"), limit=None, compare=compare, **settings)
        with ThreadPoolExecutor(2) as pool:
            two = collocates_of(other, parse("flag"), limit=None, compare=compare, executor=pool, **settings)
        assert one.table.equals(two.table)
        assert one.summary.equals(two.summary)


def test_removed_documents_do_not_count(tmp_path: Path) -> None:
    """What was removed has no words, near or elsewhere."""
    path = tmp_path / "r.index"
    gone = {d.id for d in documents() if d.fields["newspaper"] == "paper 3"}
    remove(index_of(path, documents()), ids=sorted(gone))
    alone = index_of(tmp_path / "s.index", [d for d in documents() if d.id not in gone])
    found = collocates_of(Index.open(path), parse("flag"), limit=None)
    assert found.table.equals(collocates_of(alone, parse("flag"), limit=None).table)


def test_case_lemmas_and_stop_words(tmp_path: Path, flags: Index) -> None:
    """Forms are added up as asked, a form of two lemmas for both; listed words are left out, in any of three ways."""
    held = [
        piece(f"n{at}", at % 3, "The states, State and war. He saw the war.", language="en")
        for at in range(10)
    ]
    index = index_of(tmp_path / "l.index", held)
    forms = collocates_of(index, parse("war"), fold=False, min_hits=1)
    assert row(forms.table, "State")["near"] == 10
    assert row(forms.table, "states")["near"] == 10
    lemmas = collocates_of(index, parse("war"), lemma=True, min_hits=1)
    assert row(lemmas.table, "state")["near"] == 20
    # The list knows the verb and the tool.
    assert {word for word in lemmas.table["word"] if word in ("see", "saw")}
    words = tmp_path / "stop.txt"
    words.write_text("THE\nstates he\n", encoding="utf-8")
    for stop in (words, str(words), ["the", "States", "he"]):
        left = set(collocates_of(index, parse("war"), stop=stop, min_hits=1).table["word"])
        assert left == {"state", "and", "saw"}
    assert "of" in collocates_of(flags, parse("flag")).table["word"]
    assert "of" not in collocates_of(flags, parse("flag"), stop="en").table["word"]
    assert stop_words(None) == frozenset()


def test_each_row_leads_to_its_sentences(flags: Index) -> None:
    """The query of a row finds hits in as many documents as have the word near, whatever the query and the window."""
    for query, settings in (
        ("flag", {}),
        ("(flag | banner)", {"window": "sentence"}),
        ("of red flag", {"window": 2}),
        ("Flag :: side = 'left'", {"fold": False}),
        ("flag near/3 red", {"window": 3}),
        ('[form="flag"]', {"lemma": True}),
    ):
        found = collocates_of(flags, parse(query), limit=10, min_hits=1, **settings)  # type: ignore[arg-type]
        assert not found.table.is_empty(), query
        for one in found.table.iter_rows(named=True):
            lines = concordance(flags, parse(one["finds"]), select(flags), limit=10_000)
            assert len({line.document for line in lines.lines}) == one["documents"], one["finds"]


def test_odd_words_are_found_too() -> None:
    """Words that a bare query would read as something else, or that stand beside a named query, are still written so that they parse."""
    for word in ("not", "within", "3.5", "don't"):
        text = finding(parse("war"), word, 5)
        assert parse(text).tree.right.text == word  # type: ignore[union-attr]
    named = parse("@peace", {"peace": "peace | truce"})
    assert "near/5" in finding(named, "war", 5)
    assert parse(finding(named, "war", 5)).tree == finding_tree(named, "war")


def finding_tree(query: Any, word: str) -> Any:
    """What a row's query should mean."""
    from tendency.corpus.query.tree import Near, Term

    return Near(query.tree, Term("form", "is", word), 5)


SPANS = (Side("1900/1904", end=dt.date(1905, 1, 1)), Side("1905/1909", start=dt.date(1905, 1, 1)))


def test_what_came_and_went_is_told(flags: Index) -> None:
    """A partner that left and one that came say so, one that was always there stays, with Holm over the rows with enough."""
    found = collocates_of(flags, parse("flag"), compare=SPANS, window=2, limit=None, cluster="document")
    verdicts = dict(found.table.select("word", "verdict").iter_rows())
    assert verdicts["red"] == "went"
    assert verdicts["white"] == "came"
    known = {"came", "went", "closer", "looser", "stays", "not shown to change", "too few"}
    assert set(verdicts.values()) <= known
    assert all(verdicts[word] != "came" and verdicts[word] != "went" for word in PLAIN if word in verdicts)
    assert found.compared == ("1900/1904", "1905/1909")
    for side, ending in zip(SPANS, ("before", "after"), strict=True):
        alone = collocates_of(
            flags,
            parse("flag"),
            window=2,
            start=side.start,
            end=side.end,
            limit=None,
            min_hits=1,
            cluster="document",
        )
        for word in ("red", "of"):
            both, one = (
                row(found.table, word),
                row(alone.table, word) if word in alone.table["word"] else None,
            )
            if one is not None:
                for name in ("near", "documents", "clusters", "log_dice", "ratio"):
                    assert both[f"{name}_{ending}"] == pytest.approx(one[name])
            else:
                assert both[f"near_{ending}"] == 0


def test_who_keeps_company_on_is_not_said_to_have_gone(tmp_path: Path) -> None:
    """A word that stood near always and then in half of the cases is looser company; the other way round it is closer."""
    generator = np.random.default_rng(6)
    held = []
    for at in range(120):
        year = at % 10
        lines = [sentence(generator, "red", "Flag") for _ in range(4)]
        lines += [sentence(generator, "Flag") for _ in range(0 if year < 5 else 16)]
        lines += [sentence(generator, "red"), *(sentence(generator) for _ in range(6))]
        held.append(piece(f"k{at}", year, ". ".join(lines), language="en"))
    index = index_of(tmp_path / "k.index", held)
    asked: dict[str, Any] = {"window": 1, "cluster": "document", "limit": None}
    there = collocates_of(index, parse("flag"), compare=SPANS, **asked)
    assert row(there.table, "red")["verdict"] == "looser"
    back = collocates_of(index, parse("flag"), compare=SPANS[::-1], **asked)
    assert row(back.table, "red")["verdict"] == "closer"


def test_nothing_comes_where_nothing_changes(flags: Index) -> None:
    """Two halves that differ by chance alone are not said to differ in any word."""
    sides = (Side("left", "side = 'left'"), Side("right", "side = 'right'"))
    found = collocates_of(flags, parse("flag"), compare=sides, limit=None)
    assert not set(found.table["verdict"]) & {"came", "went", "closer", "looser"}
    assert row(found.table, "of")["verdict"] in ("stays", "not shown to change")


def test_parts_may_not_share_documents(flags: Index) -> None:
    """A document cannot be compared with itself."""
    with pytest.raises(SettingError, match=r"8 documents are both in until 1905 and in from 1905"):
        collocates_of(
            flags,
            parse("flag"),
            compare=(
                Side("until 1905", end=dt.date(1906, 1, 1)),
                Side("from 1905", start=dt.date(1905, 1, 1)),
            ),
        )


def test_a_query_without_hits_has_no_company(flags: Index) -> None:
    """No hits, no documents, or a part without either: an empty table or rows without verdict, and a note."""
    nothing = collocates_of(flags, parse("nobody"))
    assert nothing.table.is_empty()
    assert nothing.table.schema == pl.Schema(SCHEMA)
    assert nothing.summary["note"][0] == "no hits"
    assert nothing.chart() is None
    empty = collocates_of(flags, parse("flag"), where="side = 'nobody'")
    assert empty.summary["note"][0].startswith("nothing held")
    half = (Side("long before", end=dt.date(1850, 1, 1)), Side("after", start=dt.date(1850, 1, 1)))
    found = collocates_of(flags, parse("flag"), compare=half)
    assert found.table.schema == pl.Schema(CHANGES)
    assert set(found.table["verdict"]) == {"too few"}
    assert found.table["ratio_before"].null_count() == found.table.height


def test_one_document_is_too_few(tmp_path: Path) -> None:
    """A single document gives counts without an interval, marked as too few."""
    index = index_of(tmp_path / "o.index", [piece("a", 1, "The red flag. " * 30)])
    found = collocates_of(index, parse("flag"))
    one = row(found.table, "red")
    assert one["near"] == 30
    assert one["low"] is None
    assert one["too_few"]


def test_impossible_settings_are_told(flags: Index, tmp_path: Path) -> None:
    """Each wrong setting is one sentence that names it."""
    broken = tmp_path / "latin.txt"
    broken.write_bytes(b"na\xefve")
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"window": 0}, "window of 0"),
        ({"min_hits": 0}, "at least 0 occurrences"),
        ({"by": "magic"}, "ordered by 'magic'"),
        ({"limit": 0}, "shows nothing"),
        ({"lemma": True, "fold": False}, "not both"),
        ({"compare": SPANS, "all_measures": True}, "one part at a time"),
        ({"stop": "klingon"}, "no file 'klingon'"),
        ({"stop": broken}, "cannot be read as UTF-8"),
    ]
    for settings, message in wrong:
        with pytest.raises(SettingError, match=message):
            collocates_of(flags, parse("flag"), **settings)


def test_python_and_charts(flags: Index) -> None:
    """A corpus narrowed as usual gives the same; spans and values of a field are compared; both charts are drawn."""
    corpus = td.open(flags.path)
    assert corpus.collocates("flag").table.equals(collocates_of(flags, parse("flag")).table)
    then = corpus.collocates("flag", compare=("1900/1904", "1905/1909"), limit=12)
    assert then.table.equals(collocates_of(flags, parse("flag"), compare=SPANS, limit=12).table)
    sides = corpus.collocates("flag", compare=("left", "right"), split="side")
    named = corpus.collocates("flag", compare=("l", "r"), split={"l": "side = 'left'", "r": "side = 'right'"})
    assert sides.table.equals(named.table)
    for found in (then, corpus.collocates("flag", limit=12)):
        spec = found.chart()
        assert spec is not None
        drawn = svg(spec)
        assert all(word in drawn for word in ("red", "white"))
    for compare, split, message in (
        (("1905", "1900"), None, "before"),
        (None, "side", "give both"),
        (("left", "left"), "side", "two different parts"),
        (("l", "x"), {"l": "side = 'left'"}, "no part 'x'"),
    ):
        with pytest.raises(SettingError, match=message):
            corpus.collocates("flag", compare=compare, split=split)  # type: ignore[arg-type]
    with pytest.raises(QueryTimeoutError):
        corpus.collocates("flag", deadline=1e-9)
