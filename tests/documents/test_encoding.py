"""Bytes become the text that was meant, or a sentence; never silently another text."""

from __future__ import annotations

import json

import pytest
from reading_helpers import Read

from tendency.documents import read
from tendency.errors import SettingError

GERMAN = "Die Verteidigung des Hafens ist für uns keine Frage. Über die Größe der Übel läßt sich streiten.\n"
FRENCH = "L’été dernier, où la défense de l’État fut jugée nécessaire à l’égard des ouvriers étrangers.\n"
RUSSIAN = "Порт или море: так стоит вопрос. Мы не предлагаем снять лозунг, но отодвинуть его.\n"
POLISH = (
    "Obrona portu była dla nas zawsze czynnikiem bezlitosnej walki aż do jej zwycięstwa, że łódź płynie.\n"
)


@pytest.mark.parametrize(
    ("text", "encoding", "noted"),
    [
        (GERMAN, "utf-8", ""),
        (GERMAN, "utf-8-sig", ""),
        (GERMAN, "utf-16", ""),
        (GERMAN, "utf-16-le", ""),
        (GERMAN, "utf-16-be", ""),
        (RUSSIAN, "utf-16-le", ""),
        (RUSSIAN, "utf-16-be", ""),
        (RUSSIAN, "utf-32", ""),
        (GERMAN, "latin-1", "Windows-1252"),
        (GERMAN, "cp1252", "Windows-1252"),
        (FRENCH, "cp1252", "Windows-1252"),
        ("für Übel und Größe\n", "latin-1", "Windows-1252"),
        (RUSSIAN, "cp1251", "Windows-1251"),
        (RUSSIAN, "koi8-r", "KOI8-R"),
        (RUSSIAN, "cp866", "CP866"),
        (POLISH, "iso8859-2", "ISO 8859-2"),
        ("Ships.\n" * 5000 + RUSSIAN, "cp1251", "Windows-1251"),
    ],
)
@pytest.mark.parametrize("name", ["1946.txt", "a.csv", "a.jsonl", "a.json"])
def test_encodings_are_told(read_bytes: Read, text: str, encoding: str, noted: str, name: str) -> None:
    """A mark, UTF-8 or the look of the bytes decides; only a look is noted."""
    if name == "a.csv":
        data = f'id,date,text\na,1946,"{text}"\n'
    elif name == "1946.txt":
        data = text
    else:
        line = json.dumps({"id": "a", "date": "1946", "text": text}, ensure_ascii=False)
        data = line if name == "a.jsonl" else f"[{line}]"
    (document,), reading = read_bytes(name, data.encode(encoding))
    assert document.text == text
    assert not reading.problems
    assert [noted in str(note) for note in reading.notes] == ([True] if noted else [])


@pytest.mark.parametrize("name", ["1946.txt", "a.csv", "a.jsonl"])
def test_a_declared_encoding_is_honoured(read_bytes: Read, name: str) -> None:
    """What the user declares is used without a note, and bytes that contradict it are a problem."""
    texts = {
        "1946.txt": POLISH,
        "a.csv": f'id,date,text\na,1946,"{POLISH}"\n',
        "a.jsonl": json.dumps({"id": "a", "date": "1946", "text": POLISH}, ensure_ascii=False),
    }
    for encoding in ("cp1250", "windows-1250", "utf-16", "utf-16-le", "utf-8"):
        (document,), reading = read_bytes(name, texts[name].encode(encoding), encoding=encoding)
        assert document.text == POLISH
        assert not reading.notes
    documents, reading = read_bytes(name, texts[name].encode("cp1250"), encoding="utf-8")
    assert not documents
    assert "declared encoding utf-8" in str(reading.problems[0])


def test_a_few_bad_bytes_do_not_change_the_encoding(read_bytes: Read) -> None:
    """A text in UTF-8 with damage stays UTF-8; the damage is shown and noted."""
    for name, before, after in (
        ("1946.txt", b"", b""),
        ("a.csv", b'id,date,text\na,1946,"', b'"\n'),
        ("a.jsonl", b'{"id":"a","date":"1946","text":"', b'"}\n'),
    ):
        data = before + (RUSSIAN.strip() * 5).encode() + b"\xff\xfe" + after
        (document,), reading = read_bytes(name, data)
        assert document.text == RUSSIAN.strip() * 5 + "\ufffd\ufffd"
        assert "U+FFFD" in str(reading.notes[0])


def test_bytes_of_no_known_look_are_a_problem(read_bytes: Read) -> None:
    """What cannot be told is not guessed."""
    documents, reading = read_bytes("1946.txt", b"\x81\x8d\x8f\x90\x9d" * 10)
    assert not documents
    assert "can be told" in str(reading.problems[0])


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"%PDF-1.4\n", "a PDF"),
        (b"PK\x03\x04xxxx", "a zip archive"),
        (b"\x1f\x8b\x08\x00", "packed with gzip"),
        (b"BZh91AY", "packed with bzip2"),
        (bytes(range(256)) * 20, "a binary file"),
        (b"\x00" * 1000, "a binary file"),
    ],
)
@pytest.mark.parametrize("name", ["1946.txt", "a.csv", "a.jsonl", "a.md"])
def test_binary_files_are_named_as_what_they_are(read_bytes: Read, data: bytes, said: str, name: str) -> None:
    """A file that is no text is one problem that says what it is."""
    documents, reading = read_bytes(name, data)
    assert not documents
    (problem,) = reading.problems
    assert said in str(problem)


def test_an_encoding_that_is_none_is_a_setting_error() -> None:
    """A misspelt encoding is refused before anything is read."""
    for name in ("utf-9", "rot13", "hex", "\x00"):
        with pytest.raises(SettingError, match="encoding"):
            read("-", encoding=name)
