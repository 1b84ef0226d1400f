"""Outside series: figures by date from a CSV, with every line that is left out named."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tendency.errors import SourceError
from tendency.measures import read_series


def written(folder: Path, text: str | bytes, name: str = "prices.csv") -> Path:
    """A file with this text."""
    file = folder / name
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return file


def test_dates_and_numbers(tmp_path: Path) -> None:
    """Dates are spans as everywhere, numbers have a point; rows come in order of time."""
    file = written(tmp_path, "date,value\n1943-02,-1.5\n1917-10-25 O.S.,2e3\n1943,.25\n5 March 1946,−4\n")
    found = read_series(file)
    assert found.left_out == ()
    assert found.table.rows() == [
        (dt.date(1917, 11, 7), dt.date(1917, 11, 8), 2000.0),
        (dt.date(1943, 1, 1), dt.date(1944, 1, 1), 0.25),
        (dt.date(1943, 2, 1), dt.date(1943, 3, 1), -1.5),
        (dt.date(1946, 3, 5), dt.date(1946, 3, 6), -4.0),
    ]


def test_header_names_are_mapped(tmp_path: Path) -> None:
    """Columns go by the names that are given, whatever their case and order; others are passed over."""
    file = written(tmp_path, "Unit;Price ;MONTH\nd;3.5;1943-02\n")
    found = read_series(file, date="month", value="price")
    assert found.table["value"].to_list() == [3.5]
    with pytest.raises(
        SourceError, match=r"prices\.csv has no column 'date'; it has 'Unit', 'Price', 'MONTH'"
    ):
        read_series(file)


def test_bad_lines_are_named_and_left_out(tmp_path: Path) -> None:
    """A line with a date or a number that cannot be read is named with its number; the others are kept."""
    lines = [
        "date,value",
        "1943-02-02,1",
        "yesterday,2",
        "1943-13,3",
        '1943-03,"1,234"',
        "1943-04,n/a",
        "1943-05",
        "1943-06,1,2",
        "1943-07,1e999",
        "",
        "1943-08,nan",
        "1943-09,٣",
        "1943-10,5",
    ]
    found = read_series(written(tmp_path, "\n".join(lines)))
    assert found.table["value"].to_list() == [1.0, 5.0]
    assert [problem.line for problem in found.left_out] == [3, 4, 5, 6, 7, 8, 9, 11, 12]
    said = "\n".join(map(str, found.left_out))
    assert "line 5: '1,234' is no number; write it with a point before its decimals" in said
    assert "line 7: the line has 1 cells, but there are 2 columns" in said
    assert "line 9: '1e999' is too large for a number" in said


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "is empty"),
        (b"date,value\n", "holds no figure with a date"),
        (b"date,value\nx,y\n", "holds no figure with a date: .*line 2"),
        (b"date,date,value\n1,1,1\n", "names the column 'date' twice"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" * 9, "is .*not a table"),
        (b'date,value\n"1943', "holds no figure"),
    ],
)
def test_files_that_hold_no_series(tmp_path: Path, content: bytes, why: str) -> None:
    """A file without a figure is refused with its name and the reason."""
    with pytest.raises(SourceError, match=why) as refused:
        read_series(written(tmp_path, content))
    assert "prices.csv" in str(refused.value)


def test_absent_files_and_folders(tmp_path: Path) -> None:
    """A file that is not there, or is a folder, is said in one sentence."""
    for path in (tmp_path / "absent.csv", tmp_path):
        with pytest.raises(SourceError, match="cannot be read"):
            read_series(path)


def test_other_encodings(tmp_path: Path) -> None:
    """A byte order mark, UTF-16 and Latin-1 names of other columns do no harm."""
    text = "date,value,Bemerkung für später\n1943-02,1,Größe\n"
    for encoding in ("utf-8-sig", "utf-16", "latin-1"):
        assert read_series(written(tmp_path, text.encode(encoding))).table.height == 1


@given(data=st.binary(max_size=200))
def test_hostile_bytes_never_crash(data: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Whatever stands in the file, it is read or refused with a sentence."""
    file = written(tmp_path_factory.mktemp("hostile"), b"date,value\n1943,1\n" + data)
    try:
        found = read_series(file)
    except SourceError:
        return
    assert found.table["value"].is_finite().all()
