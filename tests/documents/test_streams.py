"""Packed files: what stands before a break is kept, and the break is one problem."""

from __future__ import annotations

import bz2
import gzip
import json
import random

import pytest
import zstandard
from reading_helpers import Read


def many(count: int) -> bytes:
    """Lines that do not compress away."""
    random.seed(1)
    words = ["".join(random.choices("abcdefghij", k=8)) for _ in range(5000)]
    values = ({"id": n, "date": "1946", "text": " ".join(random.choices(words, k=60))} for n in range(count))
    return "".join(json.dumps(value) + "\n" for value in values).encode()


def pack(data: bytes, name: str) -> bytes:
    """The bytes packed as the name says."""
    return gzip.compress(data) if name.endswith(".gz") else zstandard.ZstdCompressor().compress(data)


@pytest.mark.parametrize("name", ["a.jsonl.gz", "a.jsonl.zst", "a.csv.gz", "a.csv.zst"])
@pytest.mark.parametrize("count", [100, 4000])
def test_a_truncated_file_keeps_what_stands_before_the_break(read_bytes: Read, name: str, count: int) -> None:
    """Documents before the break are kept; one problem names the file."""
    data = many(count)
    if ".csv" in name:
        rows = [json.loads(line) for line in data.splitlines()]
        data = b"id,date,text\n" + b"".join(f"{row['id']},1946,{row['text']}\n".encode() for row in rows)
    packed = pack(data, name)
    whole, _ = read_bytes(name, packed)
    documents, reading = read_bytes(name, packed[: len(packed) * 2 // 3])
    assert len(whole) == count
    assert documents == whole[: len(documents)]
    # zstd gives a block only when it is whole; gzip gives whatever there was.
    assert len(documents) > (0.6 * count if name.endswith(".gz") else 0.5 * count if count > 1000 else -1)
    assert len(reading.problems) == 1
    assert "breaks off" in str(reading.problems[0])
    assert reading.problems[0].file.endswith(name)


@pytest.mark.parametrize("name", ["1946.txt.gz", "1946.txt.zst"])
def test_half_a_text_is_no_document(read_bytes: Read, name: str) -> None:
    """A truncated text file is left out whole: half a document must not pass for one."""
    documents, reading = read_bytes(name, pack(many(100), name)[:-20])
    assert not documents
    assert "breaks off" in str(reading.problems[0])


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.jsonl.gz", b"not packed at all", "not sound gzip"),
        ("a.jsonl.zst", b"not packed at all", "not sound zstd"),
        ("a.jsonl.gz", gzip.compress(many(3), mtime=0)[:-8] + b"\0" * 8, "not sound gzip"),
        ("a.jsonl.gz", b"", "is empty"),
        ("a.jsonl.zst", b"", "is empty"),
        ("a.jsonl.gz", gzip.compress(b"", mtime=0), "holds no document"),
        ("a.jsonl.bz2", bz2.compress(b"x"), "'.bz2' is not read"),
        ("a.gz", gzip.compress(b"x", mtime=0), "no suffix that names a format"),
    ],
)
def test_packing_that_is_not_sound(read_bytes: Read, name: str, data: bytes, said: str) -> None:
    """Each fault of the packing gets its sentence."""
    _, reading = read_bytes(name, data)
    assert said in str(reading.problems[0])
    assert len(reading.problems) == 1
