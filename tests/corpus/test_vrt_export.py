"""Verticalised text: what is written for CWB and NoSketch Engine, and what comes back."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tendency.corpus import Index, add, export_vrt, iterate
from tendency.corpus.tokens import scan
from tendency.corpus.vrt import attribute_names, cwb_lines, nosketch_lines
from tendency.documents import Document, parse_date, read
from tendency.documents.vrt import tags_of

SETTINGS = settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def indexed(folder: Path, documents: list[Document]) -> Index:
    """A new index of the documents."""
    shutil.rmtree(folder, ignore_errors=True)
    add(folder, documents)
    return Index.open(folder)


def tokens(document: Document) -> list[str]:
    """The forms of a document, an empty one for each sentence end."""
    return scan(document.text, document.fields.get("language")).forms(document.text)


def back(index: Index, target: Path) -> list[Document]:
    """The documents as they come back from an export."""
    export_vrt(index, target)
    return list(read(target))


def test_what_is_written(tmp_path: Path) -> None:
    """Words, punctuation, glue, sentences; entities in values; a field renamed for CWB."""
    text = "“No!” said the A&B-club...\nShe left. «War»\n\nPeace <now>"
    fields = {"Größe": 'a "b" <c>\nd', "author": "Anna Berg"}
    index = indexed(tmp_path / "i.index", [Document("x&y", parse_date("1946-03"), text, fields)])
    done = export_vrt(index, tmp_path / "a.vrt")
    assert done.attributes == ("id", "date", "grosse", "author") or set(done.renamed) == {"Größe"}
    lines = (tmp_path / "a.vrt").read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith('<text id="x&amp;y" date="1946-03" ')
    assert '="a &quot;b&quot; &lt;c&gt;&#10;d"' in lines[0]
    assert " ".join(lines[1:]) == (
        "<s> “ <g/> No <g/> ! <g/> ” said the A <g/> &amp; <g/> B <g/> - <g/> club <g/> ... </s> <s> She left <g/> . </s> "
        "<s> « <g/> War <g/> » </s> <s> Peace &lt; <g/> now <g/> &gt; </s> </text>"
    )


def test_names_that_cwb_takes() -> None:
    """Every name is legal and none is given twice; a fit one stays."""
    names = attribute_names(["Date_of", "date_of", "id", "text", "9th", "дата", "время", "a-b"])
    assert names["date_of"] == "date_of"
    assert names["Date_of"] == "date_of_2"
    assert len(set(names.values()) | {"id", "date"}) == len(names) + 2
    assert all(name.isascii() and name[0].isalpha() and name == name.lower() for name in names.values())


def test_lines_for_other_programs() -> None:
    """The commands name every attribute, and unpack what the program does not."""
    line = cwb_lines(Path("press one.vrt.zst"), ("id", "date"))
    assert "zstd -dc 'press one.vrt.zst' | cwb-encode" in line
    assert "-S text:0+id+date" in line
    assert "-V PRESS_ONE" in line
    assert "ATTRIBUTE id\n    ATTRIBUTE date\n}" in nosketch_lines(Path("a.vrt"), ("id", "date"))


PIECES = st.lists(
    st.sampled_from(
        [
            *[
                "war",
                "Peace",
                "U.S.S.R",
                "l'homme",
                "1,000",
                "9",
                "don’t",
                "中国",
                "Mr",
                "No",
                "J",
                "con-\nspiracy",
                "т",
                "é",
            ],
            *[
                " ",
                "  ",
                "\n",
                "\n\n",
                "\u2029",
                "\t",
                ". ",
                "! ",
                "?",
                "...",
                "…",
                ", ",
                "; ",
                ":",
                "-",
                "—",
                "“",
                "”",
                ")",
            ],
            *[
                "(",
                "<",
                ">",
                "&",
                "&lt;",
                "<s>",
                "</text>\n",
                "<g/>",
                "_",
                "'",
                '"',
                "\x00",
                "\x85",
                "\u200b",
                "\ufeff",
                "\u00ad",
            ],
            *["\u0301", "½", "😀", "b) ", "a", "A", "XII", ".", "5.", "א", "ไทย"],
        ]
    )
    | st.text(max_size=4),
    max_size=25,
).map("".join)


@SETTINGS
@given(
    texts=st.lists(PIECES, min_size=1, max_size=4),
    language=st.sampled_from(["", "en", "fr", "de", "fi", "el"]),
    value=st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=8),
)
def test_any_text_comes_back_word_by_word(
    tmp_path: Path, texts: list[str], language: str, value: str
) -> None:
    """Words, sentence ends, ids, dates and fields are the same, whatever the text is."""
    fields = {"note": value} if value and not value.isspace() else {}
    if language:
        fields["language"] = language
    documents = [
        Document(f"d<{number}>", parse_date(f"194{number}"), text, fields)
        for number, text in enumerate(texts)
        if scan(text).starts.size
    ]
    if not documents:
        return
    again = back(indexed(tmp_path / "i.index", documents), tmp_path / "a.vrt")
    assert [tokens(d) for d in again] == [tokens(d) for d in documents]
    assert [(d.id, d.date, dict(d.fields)) for d in again] == [
        (d.id, d.date, dict(d.fields)) for d in documents
    ]


@pytest.mark.parametrize("name", ["sotu.jsonl.gz", "stalin-works-ru.jsonl.gz", "fomc.jsonl.gz"])
def test_a_corpus_comes_back(shared_data: Path, tmp_path: Path, name: str) -> None:
    """A real corpus has the same tokens, dates, fields and ids, and every query the same counts."""
    from tendency.api import open as open_corpus

    add(tmp_path / "a.index", list(read(shared_data / name))[:120])
    first = Index.open(tmp_path / "a.index")
    add(tmp_path / "b.index", back(first, tmp_path / "a.vrt.gz"))
    second = Index.open(tmp_path / "b.index")
    assert first.words == second.words
    for ours, theirs in zip(iterate(first), iterate(second), strict=True):
        assert (ours.id, ours.date, ours.fields) == (theirs.id, theirs.date, theirs.fields)
        assert tokens(ours) == tokens(theirs)
    queries = ["the *", '"The"', "war near/5 peace", "о*", "[]{3} <s>", "inflation | мир", "*ed"]
    ours, theirs = (open_corpus(tmp_path / f"{which}.index") for which in "ab")
    for query in queries:
        left, right = (corpus.count(query) for corpus in (ours, theirs))
        assert str(left) == str(right)
    assert isinstance(ours.document_features(["the"]), pl.DataFrame)
    assert ours.document_features(queries[:2]).equals(theirs.document_features(queries[:2]))


def test_exporting_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    """The order is that of dates, not of arrival, and what was read back is written the same."""
    documents = [
        Document(i, parse_date(d), f"Word {i}. More!", {}) for i, d in (("b", "1946"), ("a", "1945"))
    ]
    export_vrt(indexed(tmp_path / "i.index", documents), tmp_path / "a.vrt")
    again = list(read(tmp_path / "a.vrt"))
    export_vrt(indexed(tmp_path / "j.index", again[::-1]), tmp_path / "b.vrt")
    assert (tmp_path / "a.vrt").read_bytes() == (tmp_path / "b.vrt").read_bytes()


@pytest.mark.skipif(shutil.which("cwb-encode") is None, reason="cwb-encode is not on the PATH")
def test_cwb_takes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """CWB counts as many tokens as the file has."""
    monkeypatch.chdir(tmp_path)
    done = export_vrt(
        indexed(tmp_path / "i.index", [Document("a", parse_date("1946"), "War, & <peace>!")]), Path("a.vrt")
    )
    subprocess.run(cwb_lines(Path("a.vrt"), done.attributes), shell=True, check=True)
    said = subprocess.run(
        ["cwb-describe-corpus", "-r", "registry", "A"], capture_output=True, text=True, check=True
    )
    lines = Path("a.vrt").read_text(encoding="utf-8").splitlines()
    assert f"{sum(tags_of(line) is None for line in lines)}" in said.stdout
