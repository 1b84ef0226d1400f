"""Parquet: one document a row, of any column type."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from reading_helpers import Read, finish

from tendency.documents import FieldNames, read


def test_a_row_is_a_document(tmp_path: Path) -> None:
    """Every column type becomes text; null and NaN are absent."""
    path = tmp_path / "a.parquet"
    pl.DataFrame(
        {
            "id": [1, 2],
            "date": [dt.date(1946, 3, 5), None],
            "text": ["Ships.", "Ports."],
            "when": [dt.datetime(1946, 3, 5, 12), None],
            "ratio": [float("nan"), 0.5],
            "price": [Decimal("1.50"), None],
            "tags": [["a", "b"], []],
            "part": [{"x": 1}, None],
            "good": [True, None],
        }
    ).write_parquet(path)
    (document,), reading = finish(read(path))
    assert (document.id, document.date.written) == ("1", "1946-03-05")
    assert document.fields == {
        "when": "1946-03-05T12:00:00",
        "price": "1.50",
        "tags": '["a","b"]',
        "part": '{"x":1}',
        "good": "true",
    }
    assert [(problem.line, problem.kind) for problem in reading.problems] == [(2, "no date")]


def test_batches_join_without_a_seam(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows come once each and in order, however they are batched."""
    monkeypatch.setattr("tendency.documents.parquet._BATCH", 7)
    path = tmp_path / "a.parquet"
    years = [1900.0 + n for n in range(50)]
    pl.DataFrame({"id": list(range(50)), "year": years, "text": ["x"] * 50}).write_parquet(
        path, row_group_size=11
    )
    documents, _ = finish(read(path, names=FieldNames(date="year")))
    assert [document.id for document in documents] == [str(n) for n in range(50)]
    assert documents[3].date.written == "1903"


def test_what_is_no_parquet_is_a_problem(read_bytes: Read, tmp_path: Path) -> None:
    """A broken file, a missing column and an empty file each get a sentence."""
    path = tmp_path / "whole.parquet"
    pl.DataFrame({"id": [1], "date": ["1946"], "body": ["x"]}).write_parquet(path)
    data = path.read_bytes()
    for broken, said in (
        (b"PAR1 not really", "is not sound Parquet"),
        (data[: len(data) // 2], "is not sound Parquet"),
        (data, "no column 'text'"),
        (b"", "is empty"),
    ):
        documents, reading = read_bytes("a.parquet", broken)
        assert not documents
        assert said in str(reading.problems[0])
    _, reading = read_bytes("a.parquet.gz", data)
    assert "packed by itself" in str(reading.problems[0])
