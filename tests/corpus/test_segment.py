"""One segment: what is read is what was added."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from index_helpers import contents, doc, everything, expected, forms_of

from tendency.corpus import Index, Segment, add
from tendency.corpus.kernels import count_postings
from tendency.corpus.segment import SUM_CHUNK, pack_offsets, unpack_offsets
from tendency.corpus.tokens import fold, scan

SCRIPTS = (
    "the Red Army, USSR. ",
    "Соціалістическая ёлка й. ",
    "ἡ Ἑλλάς· λόγος. ",
    "العربية، نص. ",
    "עברית טקסט. ",
    "社会主义。カタカナ ",
    "l’homme anti-Sov\u00adiet co-\noperate ",
    "\n\n\t…!? — ",
    "🂡😀 e\u0301 ",
    "\r\n\x00\x85\u2029",
)
TEXTS = st.lists(st.sampled_from(SCRIPTS) | st.text(max_size=20), max_size=12).map("".join) | st.text(
    st.characters(exclude_categories=()), max_size=40
)
FIELDS = st.dictionaries(st.sampled_from(["author", "née", "page"]), st.text(max_size=5), max_size=3)


def test_documents_in_turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many documents read together are those that are read one by one, in the order asked for."""
    monkeypatch.setattr("tendency.corpus.segment._DOCUMENTS_AT_ONCE", 3)
    documents = [doc(f"d{n}", f"Text {n}", n + 1, page=str(n % 3)) for n in range(9)]
    documents += [doc("e", "", 1), doc("f", "", 1, author="x")]
    add(tmp_path / "x", documents)
    (segment,) = Index.open(tmp_path / "x").segments
    places = np.array([10, 0, 9, 3, 4, 5, 8], np.uint32)
    assert list(segment.in_turn(places)) == [segment.document(place) for place in places.tolist()]
    assert list(segment.in_turn(np.empty(0, np.uint32))) == []


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(TEXTS, FIELDS), min_size=1, max_size=6))
def test_round_trip_of_any_text(drawn: list[tuple[str, dict[str, str]]]) -> None:
    """Text, date and fields come back exactly, and the tokens are those of a scan of each text by itself."""
    documents = [doc(f"id {i}", text, day=28 - i, **fields) for i, (text, fields) in enumerate(drawn)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.index"
        add(path, documents)
        assert contents(path) == expected(documents)
        for segment in Index.open(path).segments:
            for number in range(segment.documents):
                _as_scanned(segment, number)


def _as_scanned(segment: Segment, number: int) -> None:
    text = segment.text(number)
    positions = np.arange(segment.first[number], segment.first[number + 1])
    starts, ends = segment.offsets(number, positions)
    assert segment.tokens[positions[-1]] == 0
    assert segment.words[number] == np.count_nonzero(segment.tokens[positions])
    assert (segment.document_of(positions) == number).all()
    tokens = scan(text)
    forms = forms_of(segment, number)
    if len(tokens):
        assert starts.tolist() == tokens.starts.tolist()
        assert ends.tolist() == tokens.ends.tolist()
        assert forms == tokens.forms(text)
    else:
        assert (starts.tolist(), ends.tolist(), forms) == ([len(text)], [len(text)], [""])


@pytest.fixture
def small(tmp_path: Path) -> Segment:
    """Three documents in one segment."""
    add(
        tmp_path / "x.index",
        [
            doc("a", "War and peace. War!", author="Tolstoy"),
            doc("b", "... --- ...", day=2),
            doc("c", "peace, Peace and bread", day=3, author="Zetkin"),
        ],
    )
    return Index.open(tmp_path / "x.index").segments[0]


def test_terms_ascend(small: Segment) -> None:
    """Terms are numbered in the order of their forms, and found by form, folded form and beginning."""
    terms = small.terms
    assert list(terms.forms) == ["", "Peace", "War", "and", "bread", "peace"]
    assert list(terms.folded) == ["", "peace", "war", "and", "bread", "peace"]
    assert terms.frequency.tolist() == [4, 1, 2, 2, 1, 2]
    assert [terms.number(form) for form in ("war", "War", "")] == [None, 2, None]
    assert terms.with_folded("peace").tolist() == [1, 5]
    assert terms.with_folded("pea").tolist() == terms.with_folded("").tolist() == []
    assert terms.with_prefix("p").tolist() == [5]
    assert terms.with_folded_prefix("p").tolist() == [1, 5]
    assert terms.with_prefix("").tolist() == terms.with_folded_prefix("").tolist() == [1, 2, 3, 4, 5]


def test_postings_invert_the_tokens(small: Segment) -> None:
    """The postings of a term are the positions where it stands, ascending."""
    for term in range(len(small.terms)):
        assert small.postings(term).tolist() == np.flatnonzero(small.tokens == term).tolist()
    with pytest.raises(IndexError, match="term 6 of 6"):
        small.postings(6)


def test_a_text_without_words_has_a_sentence_end(small: Segment) -> None:
    """Every document has a last position, so that positions tell documents apart."""
    assert small.first.tolist() == [0, 6, 7, 12]
    assert small.words.tolist() == [4, 0, 4]
    assert small.document_of([0, 5, 6, 7, 11]).tolist() == [0, 0, 1, 2, 2]


def test_fields(small: Segment) -> None:
    """A field has ascending values and -1 where a document has none; an unknown one has none at all."""
    author = small.field("author")
    assert (author.codes.tolist(), list(author.values)) == ([0, -1, 1], ["Tolstoy", "Zetkin"])
    assert [author.value(i) for i in range(3)] == ["Tolstoy", None, "Zetkin"]
    assert small.field("nobody").codes.tolist() == [-1, -1, -1]
    assert small.fields_of(1) == {}


def test_passages(small: Segment) -> None:
    """A part of a text is given by code points, cut off at its ends."""
    assert small.passage(2, 7, 12) == "Peace"
    assert small.passage(2, -5, 5) == "peace"
    assert small.passage(2, 18, 99) == "read"
    assert small.passage(2, 9, 9) == ""
    with pytest.raises(IndexError, match="document 3 of 3"):
        small.text(3)


def test_offsets_of_another_document(small: Segment) -> None:
    """Asking for a position that is not the document's is an IndexError."""
    with pytest.raises(IndexError, match="document 1 has the positions 6 to 7"):
        small.offsets(1, [5])


@pytest.mark.parametrize("letter", ["w", "я", "\U00010400"])
def test_many_blocks(tmp_path: Path, letter: str) -> None:
    """A text of many blocks, with a word longer than a block, is read in parts as it is as a whole."""
    rng = np.random.default_rng(5)
    words = [letter * int(n) for n in rng.integers(1, 300, 3000)]
    words[1000] = letter * 200_000
    text = " \n".join(words)
    documents = [doc("before", "a b c"), doc("long", text, day=2), doc("after", "d e f.", day=3)]
    add(tmp_path / "x.index", documents)
    segment = Index.open(tmp_path / "x.index").segments[0]
    assert segment.texts.facts["blocks"] > 4
    assert [segment.text(i) for i in range(3)] == [d.text for d in documents]
    starts, ends = segment.offsets(1, np.arange(segment.first[1], segment.first[2] - 1))
    assert [text[s:e] for s, e in zip(starts, ends, strict=True)] == words
    for start in rng.integers(0, len(text), 20).tolist():
        assert segment.passage(1, start, start + 70_000) == text[start : start + 70_000]
    some = segment.first[1] + np.array([[2999, 0], [1500, 1000]])
    assert segment.offsets(1, some)[0].shape == (2, 2)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 600), st.integers(0, 600)), max_size=30))
def test_offsets_are_packed_and_unpacked(steps: list[tuple[int, int]]) -> None:
    """Small and large gaps and lengths come back; bytes of another number of tokens do not."""
    places = np.cumsum(np.array(steps, np.int32).reshape(-1)).astype(np.int32)
    starts, ends = places[0::2].copy(), places[1::2].copy()
    middle = len(steps) // 2
    tokens = np.array([0, middle, len(steps)], np.int64)
    begins = np.array([0, ends[middle - 1] if middle else 0], np.int64)
    blocks = [bytes(block) for block in pack_offsets(starts, ends, tokens, begins)]
    assert len(blocks) == 2
    for block, low, high, begin in zip(blocks, tokens[:-1], tokens[1:], begins, strict=True):
        unpacked = unpack_offsets(block, int(high - low))
        assert unpacked is not None
        assert (unpacked[0] + begin).tolist() == starts[low:high].tolist()
        assert (unpacked[1] + begin).tolist() == ends[low:high].tolist()
    whole = np.array([0, len(steps)], np.int64)
    packed = bytes(pack_offsets(starts, ends, whole, np.zeros(1, np.int64))[0])
    assert unpack_offsets(packed + b"\1", len(steps)) is None
    assert unpack_offsets(packed + b"\1\0\0\0", len(steps)) is None


def test_folded_forms_are_those_of_fold(tmp_path: Path) -> None:
    """Folding all terms at once gives what folding each gives."""
    add(tmp_path / "x.index", [doc("a", "Straße STRASSE É e\u0301 ÀB Ab ΣΊΣΥΦΟΣ İ ǅ ПЁТР AZaz@[`{ ﬁ")])
    terms = Index.open(tmp_path / "x.index").segments[0].terms
    assert list(terms.folded) == [fold(form) for form in terms.forms]


def test_threads_share_a_segment(tmp_path: Path) -> None:
    """Many threads may read one snapshot, and each gets the same answer."""
    from concurrent.futures import ThreadPoolExecutor

    add(tmp_path / "x.index", [doc(f"d{i}", f"word{i} " * 40_000, day=i + 1) for i in range(12)])
    segment = Index.open(tmp_path / "x.index").segments[0]
    with ThreadPoolExecutor(8) as pool:
        texts = list(pool.map(lambda i: segment.text(i % 12), range(96)))
    assert texts == [f"word{i % 12} " * 40_000 for i in range(96)]
    assert everything(tmp_path / "x.index")


@settings(deadline=None)
@given(st.lists(st.integers(1, 3) | st.sampled_from([1, 500, 70_000]), min_size=1, max_size=60))
def test_documents_are_found_by_landmarks(lengths: list[int]) -> None:
    """However long the documents are, and however unlike, a position is found in the same one as by bisection."""
    segment = Segment.__new__(Segment)
    first = np.concatenate([[0], np.cumsum(lengths)])
    segment.documents, segment.positions = len(lengths), int(first[-1])
    vars(segment)["first"] = first
    edges = np.concatenate([first[:-1], first[1:] - 1, (first[:-1] + first[1:]) // 2])
    positions = np.sort(np.resize(edges, 5000)).astype(np.uint32)
    counts = np.zeros(len(lengths), np.int64)
    everything = np.array([0]), np.array([positions.size])
    count_postings(positions, *everything, first, *segment.landmarks, counts)
    by_bisection = np.searchsorted(first, positions, side="right") - 1
    assert segment.document_of(positions).tolist() == by_bisection.tolist()
    assert counts.tolist() == np.bincount(by_bisection, minlength=len(lengths)).tolist()


def test_postings_of_scattered_terms_are_verified(tmp_path: Path) -> None:
    """Only the stretches that hold the asked terms' postings are verified, and all of those are."""
    add(tmp_path / "x.index", [doc("a", " ".join(f"w{i:02} " * (1000 * (i % 5 + 2)) for i in range(80)))])
    for asked in ([1], [5, 40], [80], list(range(81)), [0]):
        segment = Index.open(tmp_path / "x.index").segments[0]
        postings, starts, ends = segment.postings_of(np.array(asked, np.uint32))
        chunks: set[int] = set()
        for term, start, end in zip(asked, starts.tolist(), ends.tolist(), strict=True):
            assert np.array_equal(postings[start:end], np.flatnonzero(segment.tokens == term))
            chunks |= set(range(start // SUM_CHUNK, -(-end // SUM_CHUNK)))
        assert set(np.flatnonzero(segment._good_postings).tolist()) == chunks
        assert len(chunks) < segment._good_postings.size or len(asked) == 81
