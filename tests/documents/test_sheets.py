"""Sheets survive people and their spreadsheets, and nothing written into one runs."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from tendency.documents.sheets import SUFFIXES, cell, read_sheet, sheet
from tendency.errors import SettingError

COLUMNS = ("hit", "left", "judgement")
HOSTILE = [
    '=HYPERLINK("x")',
    "+1",
    "-1",
    "@a",
    "＝1",
    "\t=1",
    "a\r\nb",
    'a "b"; c, d\te',
    "مرحبا \u202eabc",
    "\x00\x07\ud800\uffff",
    "1943-02-02",
    "#N/A",
    "TRUE",
    "0012",
    "",
]


def saved(folder: Path, content: bytes, name: str = "hits.csv") -> Path:
    """A file with this content."""
    path = folder / name
    path.write_bytes(content)
    return path


def rows_of(path: Path) -> list[tuple[int, str, str]]:
    """Number, hit and judgement of each row."""
    columns, rows = read_sheet(path, ("hit", "judgement"))
    return [(number, cells[columns["hit"]], cells[columns["judgement"]]) for number, cells in rows]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_what_is_written_is_read_back(tmp_path: Path, suffix: str) -> None:
    """Every cell comes back on its line as it was made safe, in each format."""
    rows = [(f"h{number}", text, "a") for number, text in enumerate(HOSTILE)]
    path = saved(
        tmp_path, sheet(suffix, COLUMNS, rows, {"judgement": ("asserts", "rejects")}), f"hits{suffix}"
    )
    columns, found = read_sheet(path, COLUMNS)
    assert [number for number, _ in found] == list(range(2, len(rows) + 2))
    assert [cells[columns["left"]] for _, cells in found] == [cell(text) for text in HOSTILE]


def test_no_cell_is_a_formula(tmp_path: Path) -> None:
    """A workbook holds text only, and in CSV what a spreadsheet would run has an apostrophe before it."""
    content = sheet(".xlsx", COLUMNS, [("h", text, "") for text in HOSTILE])
    page = load_workbook(io.BytesIO(content)).active
    assert {row[1].data_type for row in page.iter_rows(min_row=2)} <= {"s", "n"}
    assert not [
        row[1].value
        for row in page.iter_rows(min_row=2)
        if str(row[1].value or "").startswith(("=", "+", "-", "@"))
    ]
    written = list(
        csv.reader(
            io.StringIO(sheet(".csv", COLUMNS, [("h", text, "") for text in HOSTILE]).decode("utf-8-sig"))
        )
    )
    assert all(not row[1].lstrip().startswith(("=", "+", "-", "@", "＝")) for row in written[1:])


@given(st.text(max_size=60))
def test_any_text_is_one_safe_line(text: str) -> None:
    """Whatever a text holds, its cell has no line break, no control character and no half of a pair, and can be encoded."""
    made = cell(text)
    made.encode()
    assert "\n" not in made
    assert not made.startswith(("=", "+", "-", "@"))
    assert all(character >= " " for character in made)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_very_long_cells(suffix: str) -> None:
    """A match of a million characters is cut to what a cell holds, with an ellipsis."""
    assert len(cell("x" * 10**6)) == 32_002
    assert len(sheet(suffix, COLUMNS, [("h", "x" * 10**6, "")])) < 40_000


HEADER, ROW = "hit,left,judgement", "h1,Müller,asserts"


@pytest.mark.parametrize(
    "content",
    [
        f"{HEADER}\n{ROW}\n".encode("utf-8-sig"),
        f"{HEADER}\r\n{ROW}".encode("cp1252"),
        f"{HEADER}\n{ROW}\n".encode("utf-16"),
        f"{HEADER}\n{ROW}\n".replace(",", "\t").encode("utf-16-le"),
        f"sep=;\n{HEADER}\n{ROW}\n".replace(",", ";").encode(),
        f"{HEADER}\n{ROW}\n".replace(",", "\t").encode(),
        f"My hits\n\n,,\n{HEADER}\n,,\n\n{ROW}\n\n".encode(),
        "judgement,mine,left,Hit \nasserts,x,Müller,h1\n".encode(),
        b'"hit","left","judgement"\n"h1","a\nb, c","asserts"\n',
        f"{HEADER}\n{ROW}\n{HEADER}\n".encode(),
    ],
    ids=[
        "mark",
        "cp1252",
        "utf-16",
        "unmarked utf-16",
        "semicolons",
        "tabs",
        "titles and blanks",
        "other order",
        "line break",
        "header twice",
    ],
)
def test_however_it_was_saved(tmp_path: Path, content: bytes) -> None:
    """Encoding, separator, order, blank rows and further columns make no difference."""
    assert [(hit, said) for _, hit, said in rows_of(saved(tmp_path, content))] == [("h1", "asserts")]


def test_the_name_of_the_file_tells_nothing(tmp_path: Path) -> None:
    """A workbook under the name of a CSV file, and the other way round, are read for what they are."""
    assert rows_of(saved(tmp_path, sheet(".xlsx", COLUMNS, [("h1", "", "a")]), "a.csv")) == [(2, "h1", "a")]
    assert rows_of(saved(tmp_path, sheet(".csv", COLUMNS, [("h1", "", "a")]), "a.xlsx")) == [(2, "h1", "a")]


def test_another_sheet_of_the_workbook(tmp_path: Path) -> None:
    """The sheet with the names of the columns is found, wherever it stands; merged and typed cells are read as they show."""
    book = Workbook()
    book.active.append(["notes"])
    page = book.create_sheet("mine")
    for row in (
        ["hit", "judgement", "x"],
        ["h1", "asserts", 3.5],
        ["h2", "rejects", None],
        [None, None, None],
        [17, True, None],
    ):
        page.append(row)
    page.merge_cells("A2:A3")
    book.save(tmp_path / "a.xlsx")
    assert rows_of(tmp_path / "a.xlsx") == [(2, "h1", "asserts"), (3, "", "rejects"), (5, "17", "True")]


def packed(**parts: bytes) -> bytes:
    """A zip archive."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    return written.getvalue()


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><workbook>&b;</workbook>'
)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "has no columns 'hit' and 'judgement'; it is empty"),
        (b"a,b\n1,2\n", "has no columns 'hit' and 'judgement'; its first row is 'a', 'b'"),
        (b"hit,judgement,judgement\nh1,a,r\n", "has 2 columns 'judgement'"),
        (b"%PDF-1.4 ...", "is a PDF, not a table; save it as .xlsx or .csv"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 500, "is an old office document, not a table"),
        (
            packed(mimetype=b"application/vnd.oasis.opendocument.spreadsheet"),
            "is a zip archive or another office document",
        ),
        (packed(xl__workbook__xml=b"x"), "is a zip archive or another office document"),
        (packed(**{"xl__workbook.xml": BOMB}), "defines entities in xl/workbook.xml"),
        (
            packed(
                **{"xl__workbook.xml": b"<x/>", "xl__worksheets__sheet1.xml": BOMB.decode().encode("utf-16")}
            ),
            "defines entities",
        ),
        (packed(**{"xl__workbook.xml": b"\x00" * (300 * 2**20)}), "unpacks to 300 MB in 1 parts"),
        (packed(**{"xl__workbook.xml": b"<x/>"}), "is no workbook that can be read"),
        (sheet(".xlsx", COLUMNS, [("h", "", "")])[:2000], "is no workbook that can be read"),
    ],
    ids=[
        "empty",
        "other columns",
        "twice",
        "pdf",
        "xls",
        "ods",
        "zip",
        "entities",
        "entities in utf-16",
        "zip bomb",
        "no workbook",
        "cut off",
    ],
)
def test_what_is_no_sheet(tmp_path: Path, content: bytes, said: str) -> None:
    """What is no sheet is refused with a sentence that says what it is; nothing is unpacked that would fill the memory."""
    with pytest.raises(SettingError, match=r"^hits\.csv ") as caught:
        read_sheet(saved(tmp_path, content), ("hit", "judgement"))
    assert said in str(caught.value)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    """A folder, a missing and a very large file each get a sentence."""
    with pytest.raises(SettingError, match="is a folder"):
        read_sheet(tmp_path, ("hit",))
    with pytest.raises(SettingError, match="there is no file"):
        read_sheet(tmp_path / "none.csv", ("hit",))
    with (tmp_path / "large.csv").open("wb") as file:
        file.truncate(70 * 2**20)
    with pytest.raises(SettingError, match="has 70 MB, and at most 64 are read"):
        read_sheet(tmp_path / "large.csv", ("hit",))


def test_a_page_that_claims_to_be_large(tmp_path: Path) -> None:
    """A page with a cell at the very end of its grid is read row by row, not as the grid that it claims."""
    book = Workbook()
    page = book.active
    page.append(["hit", "judgement"])
    page.append(["h1", "asserts"])
    page["A5000"] = "h2"
    book.save(tmp_path / "a.xlsx")
    assert rows_of(tmp_path / "a.xlsx") == [(2, "h1", "asserts"), (5000, "h2", "")]
