"""The index against the definition: the same hits, in total and for each year."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tendency.corpus import Index
from tendency.corpus.query import parse
from tendency.corpus.query.tree import Term
from tendency.corpus.search import count_by_document, evaluate
from tendency.corpus.writer import add
from tendency.documents.dates import parse_date
from tendency.documents.document import Document
from twins.query_twin import PlainDocument, Twin
from twins.random_queries import Maker

CORPORA = {
    "sotu.jsonl.gz": (1, 250),
    "newspapers-1916-11-12.jsonl.gz": (31, 300),
    "stalin-works-ru.jsonl.gz": (6, 250),
}
"""Every how many documents one is taken, and how many characters of it at most; bench/hits_equal_twin.py takes all."""


def _documents(path: Path, every: int, characters: int) -> Iterator[Document]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            if number % every == 0:
                record = json.loads(line)
                yield Document(record["id"], parse_date(str(record["date"])), record["text"][:characters])


def _index_hits(index: Index, text: str) -> dict[str, list[tuple[int, int]]]:
    """Offsets of first and last token of every hit, by document, checking what the index promises."""
    query = parse(text)
    found: dict[str, list[tuple[int, int]]] = {}
    for segment, live in zip(index.segments, index.live, strict=True):
        counts = np.zeros(segment.documents, np.int64)
        last = -1
        for block in evaluate(segment, query, live):
            assert np.all(np.diff(block.starts) > 0)
            assert block.starts[0] > last
            last = int(block.starts[-1])
            counts += np.bincount(block.documents, minlength=segment.documents)
            for document in np.unique(block.documents).tolist():
                own = block.documents == document
                starts, _ = segment.offsets(document, block.starts[own])
                _, ends = segment.offsets(document, block.ends[own] - 1)
                hits = found.setdefault(segment.ids[document], [])
                hits += list(zip(starts.tolist(), ends.tolist(), strict=True))
        assert np.array_equal(counts, count_by_document(segment, query, live))
    return found


def _twin_hits(plain: dict[str, PlainDocument], text: str) -> dict[str, list[tuple[int, int]]]:
    twin = Twin(parse(text).tree)
    found = {}
    for id_, document in plain.items():
        hits = [(document.starts[start], document.ends[end - 1]) for start, end in twin.hits(document)]
        if hits:
            found[id_] = hits
    return found


@pytest.mark.parametrize("name", CORPORA)
def test_hits_equal_the_twin_on_real_texts(name: str, shared_data: Path, tmp_path: Path):
    """Random queries find the same hits as the definition, in total and for each year."""
    every, characters = CORPORA[name]
    documents = list(_documents(shared_data / name, every, characters))
    add(tmp_path / "index", documents)
    index = Index.open(tmp_path / "index")
    plain = {document.id: PlainDocument.of(document.text) for document in documents}
    years = {document.id: document.date.start.year for document in documents}
    maker = Maker(list(plain.values()), seed=1917)
    with_hits = 0
    for _ in range(200):
        text = maker.query()
        found, expected = _index_hits(index, text), _twin_hits(plain, text)
        by_year = [
            Counter({years[id_]: len(hits) for id_, hits in held.items()}) for held in (found, expected)
        ]
        assert by_year[0] == by_year[1], text
        assert found == expected, text
        with_hits += bool(found)
    assert with_hits > 120


ALPHABETS = {
    "Latin": "aAbBéÉßſ",
    "Cyrillic": "аАбБйЙё",
    "Greek": "αΑάσςΣ",
    "Arabic": "ابتَ",
    "Hebrew": "אבגְ",
    "Han": "中国人",
}
MARKS = " \n.,-'’!?"


def _texts(letters: str) -> st.SearchStrategy[str]:
    return st.lists(
        st.one_of(
            st.text(letters, min_size=1, max_size=2),
            st.sampled_from([" ", " ", ". ", "\n\n", "-", "'", ", ", "! "]),
        ),
        max_size=40,
    ).map(" ".join)


SCRIPTS = st.sampled_from([*ALPHABETS.values(), "".join(ALPHABETS.values())])


@st.composite
def _cases(draw: st.DrawFn) -> tuple[list[str], str]:
    letters = draw(SCRIPTS)
    texts = draw(st.lists(_texts(letters), min_size=1, max_size=4))
    word = st.text("".join(character for character in letters if character.isalpha()), min_size=1, max_size=2)
    first, second, third = draw(word), draw(word), draw(word)
    query = draw(
        st.sampled_from(
            [
                first,
                f"{first} {second}",
                f"{first}*",
                f"*{first}",
                f"{first}?{second} | {third}",
                f'"{first} {second}"',
                f"exact:{first}-{second}",
                f"{first} * {second}",
                f"{first} near/2 {second}",
                f"{first} not near/3 ({second} | {third} {first}) within doc",
                f'"{first}" []{{0,2}} "{second}"%c',
                f'[form="{first.lower()}"]+ [word!="{second}"]',
                f'<s> "{first}"%c []* </s>',
                f'"{first}"%cd []{{1,4}} "{second}"%cd within doc',
                f'("{first}" | "{second}"%c []){{1,3}} "{third}"%c',
            ]
        )
    )
    return texts, query


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A place for many small indexes."""
    return tmp_path_factory.mktemp("twins")


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(case=_cases())
def test_hits_equal_the_twin_in_every_script(case: tuple[list[str], str], folder: Path):
    """On random texts of six scripts, and of all mixed, the index finds what the definition says."""
    texts, query = case
    path = folder / str(len(list(folder.iterdir())))
    day = parse_date("1917-11-07")
    add(path, [Document(str(number), day, text) for number, text in enumerate(texts)])
    plain = {str(number): PlainDocument.of(text) for number, text in enumerate(texts)}
    assert _index_hits(Index.open(path), query) == _twin_hits(plain, query)


def test_a_hit_is_its_text(shared_data: Path, tmp_path: Path):
    """The offsets of a hit cut its own words out of the stored text."""
    documents = list(_documents(shared_data / "sotu.jsonl.gz", 10, 20_000))
    add(tmp_path / "index", documents)
    texts = {document.id: document.text for document in documents}
    for word in ("Congress", "states", "foreign"):
        term = Term("form", "is", word.lower())
        for id_, hits in _index_hits(Index.open(tmp_path / "index"), word).items():
            assert all(Twin(term).fits(term, texts[id_][start:end]) for start, end in hits)
