"""Verticalised text as others write it."""

from __future__ import annotations

import gzip

import pytest
from reading_helpers import Read

from tendency.documents import FieldNames
from tendency.documents.vrt import tags_of, unescaped

PLAIN = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE corpus [
<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;">
]>
<!-- made
<text id="no"> -->
<corpus name='Press'>
<text id="a1" date="1946-03" title='He said "no" &amp; left' year=1946>
<p n="1">
<s>
War\tNN\twar
<g/>
,\t,\t,

&b;\tX\tx
<unknown>\tNN\t<unknown>
<\tSYM\t<
</s>
<s>
Peace\tNN\tpeace
</p>
<p>
<chunk type="np">
Bread\tNN\tbread
</chunk>
</text>
<text id="a2" date="1947">
One
</corpus>
"""


def test_a_file_with_everything(read_bytes: Read) -> None:
    """Words are parted by spaces, sentences and paragraphs by blank lines; entities of the file are not expanded."""
    (first, second), reading = read_bytes("a.vrt", PLAIN)
    assert first.text == "War, &b; <unknown> <\n\nPeace\n\nBread"
    assert dict(first.fields) == {"title": 'He said "no" & left', "year": "1946", "corpus_name": "Press"}
    assert (first.id, first.date.written, second.text) == ("a1", "1946-03", "One")
    said = [note.what for note in reading.notes]
    assert sum("3 columns; the first was read as the word" in what for what in said) == 1
    assert any("the last <text> is not closed" in what for what in said)


def test_which_element_is_the_document(read_bytes: Read) -> None:
    """The usual names in order, one with attributes first; another by --text; what stands outside is told."""
    (document,), reading = read_bytes("a.vert", '<text>\n<doc id="a" date="1946">\nWar\n</doc>\n</text>\n')
    assert document.id == "a"
    assert any("each <doc> was read as a document" in note.what for note in reading.notes)
    page = '<page id="p" date="1946">\nWar\n</page>\n<doc id="d" date="1947">\nPeace\n</doc>\n'
    (document,), reading = read_bytes("b.vertical", page, names=FieldNames(text="page"))
    assert (document.id, document.text) == ("p", "War")
    assert reading.left_out == {"outside a document": 1}
    assert "one token stands outside every <page>" in str(reading.problems[0])


def test_ids_and_dates_from_the_file(read_bytes: Read) -> None:
    """Without an id the file and line name a document; without a date the file's name gives it."""
    documents, reading = read_bytes("1917-11-07 pravda.vrt", "<text>\nWar\n</text>\n<text>\nPeace\n</text>\n")
    assert [d.id for d in documents] == ["1917-11-07 pravda:1", "1917-11-07 pravda:4"]
    assert {d.date.written for d in documents} == {"1917-11-07"}
    assert sum("has no id" in note.what for note in reading.notes) == 1
    (whole,), _ = read_bytes("1917.vrt", "War\nPeace\n")
    assert (whole.id, whole.text) == ("1917", "War Peace")
    none, reading = read_bytes("press.vrt", '<text id="a" year="1917">\nWar\n</text>\n')
    assert not none
    assert "Name the right one" in str(reading.problems[0])
    (dated,), _ = read_bytes(
        "press.vrt", '<text id="a" year="1917">\nWar\n</text>\n', names=FieldNames(date="year")
    )
    assert dated.date.written == "1917"


def test_what_cwb_decode_writes(read_bytes: Read) -> None:
    """Annotations as tags of their own belong to the document."""
    text = "<text>\n<text_date 1917>\n<text_id a b>\n<s>\nWar\n</s>\n</text_id>\n</text_date>\n</text>\n"
    (document,), _ = read_bytes("a.vrt", text)
    assert (document.id, document.date.written, document.text) == ("a b", "1917", "War")


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "utf-8-sig", "cp1251"])
def test_encodings(read_bytes: Read, encoding: str) -> None:
    """The encoding is told from the bytes, or from the XML declaration."""
    words = (
        ["Мир", "и", "хлеб", "народам", "Россия"]
        if encoding == "cp1251"
        else ["déjà", "été", "Größe", "à", "Köln"]
    )
    body = '<text id="a" date="1917">\n' + "\n".join(words) + "\n</text>\n"
    (document,), _ = read_bytes("a.vrt", body.encode(encoding))
    assert document.text == " ".join(words)
    declared = f'<?xml version="1.0" encoding="iso-8859-5"?>\n{body}'
    if encoding == "cp1251":
        (document,), _ = read_bytes("b.vrt", declared.encode("iso-8859-5"))
        assert document.text == " ".join(words)


HOSTILE = {
    "deep": "<p>\n" * 50_000 + "War\n" + "</p>\n" * 50_000,
    "deep on a line": "<p>" * 50_000 + "\nWar\n",
    "long tag": "<p " + 'a="b" ' * 50_000 + "\nWar\n",
    "long value": '<p a="' + "x" * 1_000_000 + "\nWar\n",
    "many quotes": "<p a=" + "\"'" * 100_000 + ">\nWar\n",
    "slashes": "<p a=" + "/" * 200_000 + "\nWar\n",
    "spaces": "<p" + " " * 200_000 + "x\nWar\n",
    "script": "<script>alert(1)</script>\nWar\n",
    "nul": "W\x00ar\nWar\n",
    "long token": "x" * 3_000_000 + "\nWar\n",
    "entities": "&amp;" * 100_000 + "&#99999999;&#xD800;\nWar\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_input(read_bytes: Read, name: str) -> None:
    """Nothing makes reading hang or fail, and the word behind it is read."""
    (document,), _ = read_bytes("a.vrt", f'<text id="a" date="1917">\n{HOSTILE[name]}</text>\n')
    assert document.text.rstrip().endswith("War")


def test_breaks_and_comments(read_bytes: Read) -> None:
    """A comment never closed is a problem; of a packed file that breaks off the whole documents are kept."""
    text = '<text id="a" date="1917">\nWar\n</text>\n<!-- open\n<text id="b" date="1917">\nPeace\n</text>\n'
    documents, reading = read_bytes("a.vrt", text)
    assert [d.id for d in documents] == ["a"]
    assert "never closed" in str(reading.problems[0])
    many = "".join(f'<text id="{n}" date="1917">\nWar{n}\n</text>\n' for n in range(40_000))
    documents, reading = read_bytes("b.vrt.gz", gzip.compress(many.encode())[:-30_000])
    assert 0 < len(documents) < 40_000
    assert "breaks off" in str(reading.problems[-1])


def test_tags_and_tokens() -> None:
    """A line is a tag only when the whole of it is tags."""
    assert [t.name for t in tags_of('<p n="1"><s>') or ()] == ["p", "s"]
    for token in ("<", "<3", "<-", "<b>x", "<unknown>\tNN", "< p>", "<p", "</>"):
        assert tags_of(token) is None
    (tag,) = tags_of('<text title="He said "no" today" n="1">') or ()
    assert tag.attributes == {"title": 'He said "no" today', "n": "1"}
    (tag,) = tags_of("<doc url=http://a.b/c/ n=3/>") or ()
    assert (tag.attributes["url"], tag.attributes["n"], tag.kind) == ("http://a.b/c/", "3", "empty")
    assert unescaped("&lt;&#8212;&#x41;&eacute;&nbsp;&AT&T;") == "<—Aé\u00a0&AT&T;"
