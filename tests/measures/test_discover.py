"""What is planted is found, what is not is not, and what looks like a change and is none is left out with its reason."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import tendency as td
from tendency.corpus import Index, add, remove
from tendency.documents.dates import DateSpan
from tendency.documents.document import Document
from tendency.errors import QueryTimeoutError, SettingError
from tendency.measures import Discovery, discover
from tendency.measures.discovery import SCHEMA
from tendency.measures.dispersion import dispersion
from tendency.measures.folding import Member, folded
from tendency.measures.looking import Evidence
from tendency.tally import Tally
from tendency.tally.counting import asked_about, tally
from tendency.tally.gram_moments import Sums
from tendency.tally.placing import Placed

YEARS = 20
PAPERS = 24
PLAIN = [
    f"{first}{last}"
    for first in ("bal", "cor", "dun", "fen", "gil", "hos", "jur", "kel", "lam", "mor", "nav", "pol")
    for last in ("ma", "ter", "vik", "lop", "sen", "dor", "gan", "hul", "nim", "rak", "tov", "zel")
]


def piece(number: str, year: int, text: str, **fields: str) -> Document:
    """A document of one day in a year."""
    start = dt.date(1930 + year, 3, 5)
    return Document(number, DateSpan(start, start + dt.timedelta(days=1), start.isoformat()), text, fields)


def documents(more: Callable[[int, np.random.Generator], Iterable[str]], seed: int = 3) -> list[Document]:
    """Twenty years of twenty-four papers: plain words, and in each piece what ``more`` says for its year."""
    generator = np.random.default_rng(seed)
    found = []
    for year in range(YEARS):
        for paper in range(PAPERS):
            words = [*generator.choice(PLAIN, 60), *more(year, generator)]
            text = ". ".join(" ".join(part) for part in np.array_split(generator.permutation(words), 5))
            found.append(piece(f"{year}-{paper}", year, text, newspaper=f"paper {paper}", language="en"))
    return found


def index_of(path: Path, held: list[Document], batch: int = 10_000) -> Index:
    """An index of these documents."""
    for at in range(0, len(held), batch):
        add(path, held[at : at + batch], merge=False)
    return Index.open(path)


def planted(year: int, generator: np.random.Generator) -> Iterable[str]:
    """A riser, a turn, a newcomer, one that vanishes and an episode, in bursts."""
    rates = {
        "riser": 0.15 * np.exp(0.13 * year),
        "turner": 0.3 if year < 12 else 1.5,
        "newcomer": 0.0 if year < 9 else 0.8,
        "leaver": 0.8 if year < 9 else 0.0,
        "strike": 1.5 if 5 <= year < 8 else 0.15,
        "steady": 0.6,
        "even": 0.3,
    }
    for word, rate in rates.items():
        yield from [word] * generator.poisson(rate * generator.gamma(2.0, 0.5))


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Discovery:
    """What is found among planted changes."""
    return discover(index_of(tmp_path_factory.mktemp("p") / "i", documents(planted)))


def rows_of(found: Discovery) -> dict[str, dict[str, Any]]:
    """The confirmed rows by term: a tenth of what is found by looking may be false."""
    return {row["term"]: row for row in found.table.iter_rows(named=True) if row["held_out"] == "confirmed"}


def test_planted_changes_are_found_and_named(found: Discovery) -> None:
    """A trend, a turn, an appearance, a vanishing and an episode come out as such, confirmed in papers held out; nothing else does."""
    rows = rows_of(found)
    assert set(rows) == {"riser", "turner", "newcomer", "leaver", "strike"}
    assert {term: row["kind"] for term, row in rows.items()} == {
        "riser": "rises",
        "turner": "turns up",
        "newcomer": "appears",
        "leaver": "vanishes",
        "strike": "episode",
    }
    assert rows["turner"]["period"] in ("1941", "1942", "1943")
    assert rows["newcomer"]["period"] == rows["leaver"]["period"] == "1939"
    assert rows["strike"]["period"] == "1935–1937"
    assert rows["riser"]["period"] is None
    assert found.confirmed == 5
    assert 5 <= found.findings == found.found <= 7
    assert found.tests == 3 * found.tested
    assert found.tested >= len(PLAIN)


def test_figures_are_those_of_all_documents(found: Discovery, tmp_path: Path) -> None:
    """Rates before and after, the ratio and its limits, and the growth of a trend, describe what was planted."""
    rows = rows_of(found)
    corpus = td.Corpus(index_of(tmp_path / "i", documents(planted)))
    counted = {row["query"]: row for row in corpus.count(list(rows)).iter_rows(named=True)}
    for term, row in rows.items():
        assert row["hits"] == counted[term]["hits"]
        assert row["documents"] == counted[term]["documents_with_hits"]
    turner, leaver, newcomer, riser = (rows[term] for term in ("turner", "leaver", "newcomer", "riser"))
    assert turner["low"] < 5 < turner["high"]
    assert turner["ratio"] == pytest.approx(turner["after"] / turner["before"])
    assert leaver["after"] == 0
    assert leaver["ratio"] == leaver["low"] == 0
    assert 0 < leaver["high"] < 0.1
    assert newcomer["before"] == 0
    assert newcomer["ratio"] is newcomer["high"] is None
    assert newcomer["low"] > 5
    assert riser["growth"] == pytest.approx(100 * (np.exp(0.13) - 1), abs=4)
    assert turner["growth"] is None


def test_rows_are_ranked_by_the_bound_of_their_effect(found: Discovery) -> None:
    """The first is the one of which the least effect that the data leave possible is largest, up or down."""
    up = ("rises", "turns up", "appears", "episode")
    rows = found.table.iter_rows(named=True)
    bound = [row["low"] if row["kind"] in up else 1 / row["high"] for row in rows]
    assert bound == sorted(bound, reverse=True)
    assert found.table["rank"].to_list() == list(range(1, found.table.height + 1))


def test_nothing_is_found_where_nothing_changes(tmp_path: Path) -> None:
    """Bursty words at steady rates are no discovery, and how many were tested is said."""

    def steady(year: int, generator: np.random.Generator) -> Iterable[str]:
        for number in range(30):
            yield from [f"w{number}x"] * generator.poisson(0.4 * generator.gamma(0.3, 1 / 0.3))

    found = discover(index_of(tmp_path / "i", documents(steady)))
    assert found.found == found.findings == found.confirmed == 0
    assert found.table.is_empty()
    assert found.table.schema == pl.Schema(SCHEMA)
    assert found.tested > 50
    assert found.chart() is None


def test_a_document_s_wonder_is_left_out_with_its_reason(tmp_path: Path) -> None:
    """What one document says over and over, or few clusters or few documents, is not tested; the reason is counted."""
    held = documents(lambda year, _: ["often"] if year > 9 else [])
    held.append(piece("long", 15, "wonder " * 400, newspaper="paper 1"))
    held += [piece(f"w{n}", 15, "wonder now.", newspaper=f"paper {n}") for n in range(12)]
    held += [
        piece(f"f{n}", 15, "seldom here. seldom there. seldom.", newspaper=f"paper {n}") for n in range(7)
    ]
    held += [piece(f"o{n}", 15, "onesided view.", newspaper="paper 3") for n in range(30)]
    found = discover(index_of(tmp_path / "i", held))
    terms = {term for row in rows_of(found).values() for term in (row["term"], *row["also"])}
    assert terms == {"often"}
    assert found.left_out["most hits in one document"] == 1
    # seldom, and wonder wonder; what is made of those is not even counted
    assert found.left_out["under 8 documents"] == 2
    assert found.left_out["under 8 independent pieces of evidence"] == 3


def test_copies_of_a_text_are_one_piece_of_evidence(tmp_path: Path) -> None:
    """A text printed by all papers in one year is one piece of evidence, not a word that appears."""
    held = documents(lambda year, _: [])
    held += [piece(f"c{n}", 15, "proclamation of the marshal", newspaper=f"paper {n}") for n in range(24)]
    found = discover(index_of(tmp_path / "i", held))
    assert not any("marshal" in term for term in rows_of(found))
    assert found.left_out["under 8 independent pieces of evidence"] >= 3


def test_parts_and_forms_of_one_finding_are_folded(tmp_path: Path) -> None:
    """A phrase stands for its parts that hardly stand elsewhere, and a word for its other forms; they are listed beside it."""

    def phrase(year: int, generator: np.random.Generator) -> Iterable[str]:
        if year > 9:
            yield from ["the red army of workers"] * int(generator.integers(0, 3))
            yield from ["the strike"] * int(generator.integers(0, 3))
            yield from ["and strikes"] * int(generator.integers(0, 2))

    rows = rows_of(discover(index_of(tmp_path / "i", documents(phrase))))
    assert set(rows) == {"red army of workers", "strike", "the", "and"}
    assert set(rows["red army of workers"]["also"]) == {
        "red",
        "army",
        "of",
        "workers",
        "red army",
        "army of workers",
    }
    assert rows["strike"]["also"] == ["strikes"]


def test_folding_joins_what_goes_the_same_way() -> None:
    """N-grams that overlap are one finding only if they have nearly the same hits and go the same way."""
    members = [
        Member((1, 2, 3), "a b c", 100, 1.0),
        Member((2, 3, 4), "b c d", 95, 1.0),
        Member((3, 4, 5), "c d e", 40, 1.0),
        Member((2,), "b", 110, -1.0),
        Member((4,), "d", 300, 1.0),
    ]
    assert folded(members, ["", *"abcde"], "") == [(0, [1]), (2, []), (3, []), (4, [])]
    longer = [
        Member((2, 3), "b c", 100, 1.0),
        Member((1, 2, 3), "a b c", 90, 1.0),
        Member((3,), "c", 101, 1.0),
    ]
    assert folded(longer, ["", *"abc"], "") == [(1, [0, 2])]


def test_function_words_and_numbers_at_an_end_are_left_out(tmp_path: Path) -> None:
    """N-grams torn off by a function word or a number are counted as left out, words alone are tested."""
    held = documents(lambda year, _: ["of labour", "in 1936 they"] if year > 9 else [])
    found = discover(index_of(tmp_path / "i", held))
    assert found.left_out["begins or ends with a function word"] == 2
    assert found.left_out["begins or ends with a number"] == 3
    terms = {term for row in rows_of(found).values() for term in (row["term"], *row["also"])}
    assert {"labour", "of", "they"} <= terms
    assert not terms & {"1936", "of labour", "in 1936 they"}


def test_segments_and_executors_do_not_change_a_figure(tmp_path: Path) -> None:
    """The same table, however documents are spread over segments, whatever is removed from them, and whoever counts."""
    held = documents(planted)
    one = discover(index_of(tmp_path / "one", held))
    order = np.random.default_rng(1).permutation(len(held))
    index_of(tmp_path / "many", [held[at] for at in order], batch=37)
    add(tmp_path / "many", [piece("gone", 3, "strike " * 50, newspaper="paper 2")])
    remove(tmp_path / "many", ids=["gone"])
    many = Index.open(tmp_path / "many")
    with ThreadPoolExecutor(2) as executor:
        for other in (discover(many), discover(many, executor=executor), discover(many, budget=1 << 18)):
            assert other.table.equals(one.table)
            assert other.curves.equals(one.curves)
            assert (other.tested, other.left_out) == (one.tested, one.left_out)


def test_one_document_a_period(tmp_path: Path) -> None:
    """With one speech a year the periods are the evidence, and every third one is held out."""
    generator = np.random.default_rng(8)
    held = []
    for year in range(60):
        words = list(generator.choice(PLAIN, 700))
        words += ["union"] * generator.poisson(3) + ["rebellion"] * (
            generator.poisson(12) if 24 <= year < 36 else 0
        )
        held.append(
            piece(str(year), year, " ".join(generator.permutation(words)), author=f"president {year // 6}")
        )
    found = discover(index_of(tmp_path / "i", held))
    assert found.parted == "alternate documents"
    rows = rows_of(found)
    assert set(rows) == {"rebellion"}
    assert (rows["rebellion"]["kind"], rows["rebellion"]["held_out"]) == ("episode", "confirmed")
    assert rows["rebellion"]["period"] in ("1954–1964", "1954–1965", "1953–1964")


def test_burstiness_is_that_of_rates(tmp_path: Path) -> None:
    """Burstiness of many words at once is the pooled one that rates have, within clusters and between neighbours."""
    index = index_of(tmp_path / "i", documents(planted))
    placed = Placed.of(index, asked_about(index, by="year", cluster="newspaper"))
    for one_a_year in (False, True):
        counted = tally(
            index, {w: td.Corpus(index).query(w) for w in ("riser", "steady")}, by="year", cluster="newspaper"
        )
        if one_a_year:
            counted = Tally.from_counts(
                counted.hits[:, 0],
                counted.tokens[:, 0],
                counted.periods,
                period=np.arange(YEARS),
                columns=counted.columns,
            )
        moments = counted.clusterings[0].moments
        axis = Sums(index, placed, "all", 1).axis
        seen = Evidence.of(axis if not one_a_year else _single(axis))
        for column in (1, 2):
            alone = dispersion(counted, counted.clusterings[0], column)
            mine = seen.burstiness(_moments(counted, moments, column))
            known = alone.burstiness[:, 0]
            if one_a_year:
                assert seen.between
                assert np.allclose(mine, known)
            else:
                # A period's own burstiness weighs m/(m + 100) there; here all periods have the same.
                own = (known - mine * 100 / (PAPERS + 100)) * (PAPERS + 100) / PAPERS
                assert not seen.between
                assert np.all(own > -1e-9)


def _single(axis: object) -> object:
    from dataclasses import replace

    words = axis.words.astype(float)  # type: ignore[attr-defined]
    return replace(axis, squares=words**2, cubes=words**3, clusters=np.ones(len(words), np.int64))  # type: ignore[type-var]


def _moments(counted: Tally, moments: object, column: int) -> object:
    from tendency.tally.gram_moments import GramMoments

    hits = counted.hits[:, 0, column - 1][None]
    by_words = moments.products[:, 0, column, 0].astype(np.int64)[None]  # type: ignore[attr-defined]
    squares = np.array([moments.products[:, 0, column, column].sum()], np.int64)  # type: ignore[attr-defined]
    none = np.zeros(1, np.int64)
    return GramMoments(hits, by_words, squares, none, none, none, none)


def test_too_little_is_said(tmp_path: Path) -> None:
    """No document, one document, one period, or nothing frequent give an empty table and the reason, never an error."""
    add(tmp_path / "i", [piece("1", 0, "war and peace")])
    one = discover(Index.open(tmp_path / "i"))
    assert one.table.is_empty()
    assert one.note.startswith("too few periods: 1")
    remove(tmp_path / "i", ids=["1"])
    none = discover(Index.open(tmp_path / "i"))
    assert none.note.startswith("too few periods: 0")
    rare = discover(index_of(tmp_path / "r", documents(planted)), min_hits=100_000)
    assert (rare.tested, rare.found, rare.note) == (0, 0, "")
    assert discover(index_of(tmp_path / "s", documents(planted)[:PAPERS])).note.startswith("too few periods")


def test_gaps_are_no_periods(tmp_path: Path) -> None:
    """Years of which nothing is held neither break nor make a finding."""
    held = [one for one in documents(planted) if not 1938 <= one.date.start.year < 1942]
    rows = rows_of(discover(index_of(tmp_path / "i", held)))
    assert {"riser", "newcomer", "leaver", "strike"} <= set(rows)
    assert rows["newcomer"]["period"] == "1942"


def test_impossible_settings_are_refused(tmp_path: Path) -> None:
    """Each setting out of range is refused with the range; so are too many periods."""
    index = index_of(tmp_path / "i", documents(planted)[:PAPERS])
    for setting, message in (
        ({"by": "all"}, "nothing can change"),
        ({"longest": 6}, "give 1 to 5"),
        ({"min_hits": 0}, "give 1 or more"),
        ({"q": 1.0}, "between 0 and 1"),
        ({"limit": 0}, "shows nothing"),
        ({"cluster": ["newspaper", "day"]}, "by one field"),
    ):
        with pytest.raises(SettingError, match=message):
            discover(index, **setting)  # type: ignore[arg-type]
    days = [
        Document(str(n), DateSpan(day, day + dt.timedelta(days=1), str(day)), "war and peace", {})
        for n in range(1200)
        if (day := dt.date(1930, 1, 1) + dt.timedelta(days=n))
    ]
    with pytest.raises(SettingError, match="periods of a day hold text, and at most 500 are compared"):
        discover(index_of(tmp_path / "d", days), by="day")


def test_the_deadline_is_looked_at(tmp_path: Path) -> None:
    """A discovery that takes too long is given up as every query is."""
    corpus = td.Corpus(index_of(tmp_path / "i", documents(planted)))
    with pytest.raises(QueryTimeoutError):
        corpus.discover(deadline=1e-6)


def test_the_chart_draws_the_first_curves(found: Discovery) -> None:
    """A field for each finding, with its name, kind, period and what the held-out documents say."""
    spec = found.chart()
    assert spec is not None
    assert len(spec["concat"]) == found.table.height
    drawn = json.dumps(spec, ensure_ascii=False)
    assert "strike: episode" in drawn
    assert "1935–1937" in drawn


def test_progress_is_told_and_narrowing_heeded(tmp_path: Path) -> None:
    """Progress ends at its end; only the documents that are asked about count."""
    corpus = td.Corpus(index_of(tmp_path / "i", documents(planted)))
    told: list[tuple[float, float]] = []
    corpus.discover(progress=lambda done, of: told.append((done, of)))
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1][0] <= told[-1][1]
    late = corpus.between("1941").discover()
    assert "newcomer" not in rows_of(late)
    assert "|span:1941-01-01/" in late.recipe
