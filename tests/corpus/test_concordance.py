"""Lines of a concordance: context, citation, order and sample."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.index_helpers import doc
from tendency.corpus import Index, add, concordance, parse, select
from tendency.corpus.concordance import Line, cite, written_span
from tendency.documents.dates import DateSpan
from tendency.documents.document import Document
from tendency.errors import SettingError

TEXT = "The first word.\n\nOf all the  dangers\nto the state, the (main) danger\nis Stalin; and so on without end."


def lines(tmp_path: Path, text: str, query: str, **options: object) -> tuple[Line, ...]:
    """The lines for one text."""
    path = tmp_path / str(len(list(tmp_path.iterdir())))
    add(path, [doc("it", text, author="A", note="x, “y”")])
    return concordance(Index.open(path), parse(query), **options).lines  # type: ignore[arg-type]


def test_context_is_cut_at_words_and_reads_as_the_text(tmp_path: Path):
    """White space is collapsed, no word is cut, and the match is as stored."""
    (line,) = lines(tmp_path, TEXT, "main danger is", width=20)
    assert (line.left, line.match, line.right) == (
        "to the state, the (",
        "main) danger\nis",
        " Stalin; and so on",
    )
    assert TEXT[line.start : line.end] == line.match
    (whole,) = lines(tmp_path, TEXT, "main danger is", width=500)
    assert f"{whole.left}{whole.match}{whole.right}".split() == TEXT.split()
    (bare,) = lines(tmp_path, TEXT, "main danger is", width=0)
    assert (bare.left, bare.right) == ("", "")


def test_context_in_words(tmp_path: Path):
    """Words are counted across sentence ends, which are no words."""
    (line,) = lines(tmp_path, TEXT, "dangers", width=4, unit="words")
    assert (line.left, line.right) == ("word. Of all the ", " to the state, the")
    (line,) = lines(tmp_path, TEXT, "first", width=50, unit="words")
    assert line.left == "The "
    (line,) = lines(tmp_path, TEXT, "first", width=0, unit="words")
    assert (line.left, line.right) == ("", "")


def test_a_line_says_where_it_is(tmp_path: Path):
    """Position counts sentence ends; fields come along."""
    (line,) = lines(tmp_path, TEXT, "dangers")
    assert line.position == 7
    assert (line.document, line.fields) == ("it", {"author": "A", "note": "x, “y”"})


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    text=st.text("ab .\n中é-", max_size=60),
    width=st.integers(0, 30),
    unit=st.sampled_from(["characters", "words"]),
)
def test_context_never_invents(text: str, width: int, unit: str, tmp_path_factory: pytest.TempPathFactory):
    """Left, match and right together are a stretch of the text, white space apart."""
    path = tmp_path_factory.mktemp("lines") / "index"
    add(path, [doc("it", text)])
    for line in concordance(Index.open(path), parse("a* | 中"), width=width, unit=unit).lines:  # type: ignore[arg-type]
        assert text[line.start : line.end] == line.match
        joined = "".join((line.left + line.match + line.right).split())
        assert joined in "".join(text.split())
        if unit == "characters":
            assert max(len(line.left), len(line.right)) <= width


def _many(path: Path, batches: int) -> Index:
    documents = [doc(f"d{number:02}", "peace " * (number % 5), day=number % 7 + 1) for number in range(40)]
    size = -(-len(documents) // batches)
    for start in range(0, len(documents), size):
        add(path, documents[start : start + size])
    return Index.open(path)


def test_the_first_by_date(tmp_path: Path):
    """Lines ascend by date, document id and position, and the total counts those not shown."""
    index = _many(tmp_path / "index", 3)
    found = concordance(index, parse("peace"), limit=7)
    keys = [(line.date.start, line.document, line.position) for line in found.lines]
    everything = concordance(index, parse("peace"), limit=1000)
    assert keys == sorted((line.date.start, line.document, line.position) for line in everything.lines)[:7]
    assert (found.total, found.documents, len(everything.lines)) == (80, 32, 80)
    assert concordance(index, parse("peace"), limit=0).total == 80
    assert concordance(index, parse("war")).lines == ()


@pytest.mark.parametrize("order", ["date", "sample"])
def test_lines_do_not_depend_on_segments(order: str, tmp_path: Path):
    """The same documents in one segment or in eight give the same lines."""
    found = [
        concordance(_many(tmp_path / str(batches), batches), parse("peace"), limit=9, order=order, seed=3)  # type: ignore[arg-type]
        for batches in (1, 2, 8)
    ]
    assert found[0] == found[1] == found[2]


def test_a_sample_is_random_and_repeatable(tmp_path: Path):
    """A seed gives one sample, another seed another, and every hit comes up about as often."""
    index = _many(tmp_path / "index", 1)

    def sample(seed: int) -> tuple[Line, ...]:
        return concordance(index, parse("peace"), limit=8, order="sample", seed=seed).lines

    assert sample(1) == sample(1) != sample(2)
    counts: dict[tuple[str, int], int] = {}
    for seed in range(400):
        for line in sample(seed):
            key = (line.document, line.position)
            counts[key] = counts.get(key, 0) + 1
    # 400 samples of 8 among 80: 40 expected each, standard deviation 6.
    assert len(counts) == 80
    assert min(counts.values()) >= 15
    assert max(counts.values()) <= 68


def test_selections_are_honoured(tmp_path: Path):
    """Only documents of the selection have lines, and only they are counted."""
    index = _many(tmp_path / "index", 2)
    selection = select(index, where="id < 'd10'", start="1917-01-02", end="1917-01-05")
    found = concordance(index, parse("peace"), selection)
    assert {line.date.start.day for line in found.lines} <= {2, 3, 4}
    assert {line.document for line in found.lines} == {"d01", "d02", "d03", "d08", "d09"}
    assert (selection.documents, selection.words) == (5, 13)


def test_impossible_options_are_refused(tmp_path: Path):
    """A negative limit or width is a mistake, and said so."""
    index = _many(tmp_path / "index", 1)
    for options in ({"limit": -1}, {"width": -1}, {"width": 10**6}):
        with pytest.raises(SettingError, match="limit must be"):
            concordance(index, parse("peace"), **options)  # type: ignore[arg-type]


D = dt.date


@pytest.mark.parametrize(
    ("start", "end", "written"),
    [
        (D(1944, 9, 23), D(1944, 9, 24), "1944-09-23"),
        (D(1944, 9, 1), D(1944, 10, 1), "1944-09"),
        (D(1944, 1, 1), D(1945, 1, 1), "1944"),
        (D(1939, 1, 1), D(1946, 1, 1), "1939/1945"),
        (D(1944, 9, 1), D(1945, 2, 1), "1944-09/1945-01"),
        (D(1944, 9, 20), D(1944, 9, 24), "1944-09-20/1944-09-23"),
    ],
)
def test_spans_as_iso_writes_them(start: dt.date, end: dt.date, written: str):
    """A span is written as precisely as it is known."""
    assert written_span(DateSpan(start, end)) == written


DAY = DateSpan(D(1944, 9, 23), D(1944, 9, 24))


@pytest.mark.parametrize(
    ("fields", "citation"),
    [
        ({}, "1944-09-23"),
        (
            {
                "author": "Natalia Sedova Trotsky",
                "title": "A Letter from Natalia",
                "publication": "SWP Internal Bulletin",
                "volume": "6",
                "number": "9",
                "pages": "24–25",
            },
            "Natalia Sedova Trotsky, “A Letter from Natalia”, SWP Internal Bulletin, Vol. 6, No. 9, 1944-09-23, pp. 24–25",
        ),
        (
            {"newspaper": "The commoner.", "title": "The commoner. 1916-11-01 p.1", "page": "1"},
            "The commoner, 1944-09-23, p. 1",
        ),
        ({"newspaper": "Pravda", "title": "Pravda speaks"}, "“Pravda speaks”, Pravda, 1944-09-23"),
        ({"volume": "XIV", "number": "Special", "pages": "iv"}, "Vol. XIV, Special, 1944-09-23, iv"),
        ({"author": " \n ", "title": "", "publication": " . "}, "1944-09-23"),
        ({"author": "A\nB", "title": "x" * 3}, "A B, “xxx”, 1944-09-23"),
    ],
)
def test_citations(fields: dict[str, str], citation: str):
    """What is known is cited in order, and what is not leaves no trace."""
    assert cite(fields, DAY) == citation


def test_a_date_is_cited_as_its_source_wrote_it():
    """What was written outranks the ISO form."""
    assert cite({}, DateSpan(D(1917, 11, 7), D(1917, 11, 8), "1917-10-25 O.S.")) == "1917-10-25 O.S."
    assert Document("a", DAY, "").date == DAY


@pytest.mark.parametrize("order", ["date", "sample"])
def test_an_empty_index_has_no_lines(tmp_path: Path, order: str):
    """Where no document is, nothing is found."""
    add(tmp_path / "empty", [])
    found = concordance(Index.open(tmp_path / "empty"), parse("war"), order=order)  # type: ignore[arg-type]
    assert (found.lines, found.total, found.documents) == ((), 0, 0)


def test_many_hits_of_one_document(tmp_path: Path):
    """Of each document the first hits are listed, however the documents lie in the segment."""
    texts = {"late": ("b " * 50, 9), "first": ("b " * 30, 1), "second": ("a b " * 30, 2)}
    add(tmp_path / "i", [doc(name, text, day) for name, (text, day) in texts.items()])
    found = concordance(Index.open(tmp_path / "i"), parse("b"), limit=40)
    assert [(line.document, line.position) for line in found.lines] == [
        *(("first", at) for at in range(30)),
        *(("second", at) for at in range(1, 20, 2)),
    ]
    assert found.total == 110
