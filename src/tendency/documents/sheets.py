"""Tables that people open in a spreadsheet: written so that nothing in them runs, read back however they were saved."""

from __future__ import annotations

import csv
import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from tendency.documents.encoding import Decoder, binary
from tendency.errors import SettingError, SourceError

SUFFIXES: Final = (".csv", ".tsv", ".xlsx")
FORMULA: Final = r"^[=+\-@\t\r＝＋－＠]"
"""A spreadsheet would take a cell that begins so for a formula."""

_LONGEST_CELL: Final = 32_000
"""A cell of a spreadsheet holds 32,767 characters."""
_LARGEST_FILE: Final = 64 * 2**20
_LARGEST_INSIDE: Final = 256 * 2**20
_MOST_PARTS: Final = 2_000
_MOST_CELLS: Final = 5_000_000
_HEADER_WITHIN: Final = 50
"""How many rows may stand above the names of the columns."""
_DELIMITERS: Final = ",;\t|"

# Line breaks end a cell's line in some readers; embeddings and overrides would turn the cells beside them round.
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_TURNING = re.compile(r"[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_NO_TEXT = re.compile(r"[\ud800-\udfff\ufffe\uffff]")

Rows = list[tuple[int, list[str]]]


def cell(text: str) -> str:
    """Text on one line that no program takes for a formula, and no longer than a cell may be."""
    plain = _NO_TEXT.sub("\ufffd", _TURNING.sub("", _UNSEEN.sub(" ", text)))
    if len(plain) > _LONGEST_CELL:
        plain = f"{plain[:_LONGEST_CELL]} …"
    # Some programs overlook the space before a sign.
    return f"'{plain}" if re.match(FORMULA, plain.lstrip()) else plain


def sheet(
    suffix: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
    choices: dict[str, Sequence[str]] | None = None,
) -> bytes:
    """A file with these rows.

    Args:
        suffix: ``.csv``, ``.tsv`` or ``.xlsx``.
        columns: Names of the columns.
        rows: Their cells; text as it is, which is made safe here.
        choices: By column the words that a spreadsheet offers in its cells; of ``.xlsx`` only.
    """
    safe = ([cell(text) for text in row] for row in rows)
    if suffix == ".xlsx":
        return _workbook(columns, safe, choices or {})
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter="\t" if suffix == ".tsv" else ",")
    writer.writerow(columns)
    writer.writerows(safe)
    # With a mark, or Excel takes UTF-8 for the encoding of its country.
    return written.getvalue().encode("utf-8-sig")


def _workbook(
    columns: Sequence[str], rows: Iterable[Sequence[str]], choices: dict[str, Sequence[str]]
) -> bytes:
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    wrapped = Alignment(wrap_text=True, vertical="top")
    book = Workbook()
    page = book.active
    page.append(list(columns))
    last = 1
    for last, row in enumerate(rows, start=2):
        for place, text in enumerate(row, start=1):
            held = page.cell(last, place)
            # A value is set as text, or one that looks like a number or an error would become it.
            held.value, held.data_type = text or None, "s" if text else "n"
            held.alignment = wrapped
    page.freeze_panes = "A2"
    for place, name in enumerate(columns, start=1):
        page.cell(1, place).font = Font(bold=True)
        page.column_dimensions[get_column_letter(place)].width = {"left": 60, "right": 60, "match": 25}.get(
            name, 20
        )
        if name in choices:
            offered = DataValidation(
                type="list", formula1=f'"{",".join(choices[name])}"', allow_blank=True, showErrorMessage=False
            )
            letter = get_column_letter(place)
            offered.add(f"{letter}2:{letter}{max(last, 2)}")
            page.add_data_validation(offered)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def read_sheet(
    path: Path, wanted: Sequence[str], aliases: dict[str, str] | None = None
) -> tuple[dict[str, int], Rows]:
    """The rows below the names of the columns.

    Args:
        path: A CSV, TSV or XLSX file in any encoding and with any separator, told by its content, not by its name.
        wanted: Columns that it must have; upper and lower case are alike.
        aliases: Other spellings of names, by spelling.

    Returns:
        The place of each column by its name in lower case, and each row that is not empty with its number, from 1, as a
        spreadsheet counts.

    Raises:
        SettingError: The file is too large, no table, or has no such columns.
    """
    data = _content(path)
    seen: list[str] = []
    for rows in _tables(path, data):
        for place, (_, cells) in enumerate(rows[:_HEADER_WITHIN]):
            names = [_name(text, aliases or {}) for text in cells]
            if all(name in names for name in wanted):
                return _columns(path, names, wanted), _filled(rows[place + 1 :], cells)
        if rows and not seen:
            seen = [text.strip() for text in rows[0][1] if text.strip()]
    missing = " and ".join(repr(name) for name in wanted)
    held = f"its first row is {', '.join(map(repr, seen[:8]))}" if seen else "it is empty"
    raise SettingError(
        f"{path.name} has no columns {missing}; {held}. Keep the row with the names of the columns."
    )


def _content(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > _LARGEST_FILE:
            raise SettingError(
                f"{path.name} has {size / 2**20:,.0f} MB, and at most {_LARGEST_FILE // 2**20} are read; it is no sheet of judgements."
            )
        return path.read_bytes()
    except IsADirectoryError:
        raise SettingError(f"{path} is a folder; name the file with the judgements.") from None
    except FileNotFoundError:
        raise SettingError(f"there is no file {path}; make one with `tendency sample`.") from None
    except OSError as error:
        raise SettingError(f"{path} cannot be read: {error.strerror or error}.") from None


def _name(text: str, aliases: dict[str, str]) -> str:
    plain = text.strip().strip("'\ufeff").strip().casefold()
    return aliases.get(plain, plain)


def _columns(path: Path, names: list[str], wanted: Sequence[str]) -> dict[str, int]:
    for name in wanted:
        if names.count(name) > 1:
            raise SettingError(f"{path.name} has {names.count(name)} columns {name!r}; rename all but one.")
    return {name: place for place, name in reversed([*enumerate(names)]) if name}


def _filled(rows: Rows, header: list[str]) -> Rows:
    """The rows that hold something, as long as the header; where files were put together it stands in between too."""
    return [
        (number, cells + [""] * (len(header) - len(cells)))
        for number, cells in rows
        if any(text.strip() for text in cells) and cells != header
    ]


def _tables(path: Path, data: bytes) -> Iterator[Rows]:
    """What the file may be as a table: each sheet of a workbook, or the text parted by each separator."""
    if data.startswith(b"PK\x03\x04"):
        yield from _sheets(path, data)
        return
    kind = binary(data[: 64 * 2**10])
    if kind is not None:
        raise SettingError(f"{path.name} is {kind}, not a table; save it as .xlsx or .csv.")
    try:
        text = Decoder().decode(data)
    except SourceError as error:
        raise SettingError(f"{path.name} {error} Save it as UTF-8.") from None
    text = text.removeprefix("\ufeff").replace("\x00", "")
    found = []
    for delimiter in _DELIMITERS:
        rows = _parsed(text, delimiter)
        found.append(rows)
        if max((len(cells) for _, cells in rows[:_HEADER_WITHIN]), default=0) > 1:
            yield rows
    yield found[0]


def _parsed(text: str, delimiter: str) -> Rows:
    # The limit belongs to the whole process, so it is ours only while this file is parsed.
    limit = csv.field_size_limit(_LARGEST_FILE)
    try:
        return list(enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), start=1))
    finally:
        csv.field_size_limit(limit)


def _sheets(path: Path, data: bytes) -> Iterator[Rows]:
    _refuse_bombs(path, data)
    from openpyxl import load_workbook

    # What a spreadsheet keeps beside its cells, and this reader does not know, it warns of.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            for page in book.worksheets:
                # The size that a file claims for its pages may be wrong.
                page.reset_dimensions()
                yield _cells(path, page)
        except SettingError:
            raise
        except Exception as error:  # whatever a damaged workbook makes its reader stumble over
            raise SettingError(
                f"{path.name} is no workbook that can be read ({type(error).__name__}); save it anew, or as .csv."
            ) from None


def _cells(path: Path, page: Any) -> Rows:
    rows: Rows = []
    left = _MOST_CELLS
    for number, row in enumerate(page.iter_rows(values_only=True), start=1):
        left -= max(len(row), 1)
        if left < 0:
            raise SettingError(
                f"{path.name} has more than {_MOST_CELLS:,} cells; it is no sheet of judgements."
            )
        texts = ["" if value is None else str(value) for value in row]
        if any(texts):
            rows.append((number, texts))
    return rows


def _refuse_bombs(path: Path, data: bytes) -> None:
    """Nothing, unless what is packed is no workbook, unpacks to very much, or defines entities, which none that is saved does."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            parts = packed.infolist()
            if "xl/workbook.xml" not in {part.filename for part in parts}:
                raise SettingError(
                    f"{path.name} is a zip archive or another office document; save it as .xlsx or .csv."
                )
            inside = sum(part.file_size for part in parts)
            if len(parts) > _MOST_PARTS or inside > _LARGEST_INSIDE:
                raise SettingError(
                    f"{path.name} unpacks to {inside / 2**20:,.0f} MB in {len(parts):,} parts, and at most {_LARGEST_INSIDE // 2**20} MB "
                    "are read; it is no sheet of judgements."
                )
            for part in parts:
                if part.filename.endswith((".xml", ".rels", ".vml")) and _defines(packed, part):
                    raise SettingError(
                        f"{path.name} defines entities in {part.filename}, which no spreadsheet does; it is not read."
                    )
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        raise SettingError(
            f"{path.name} is no workbook that can be read ({error}); save it anew, or as .csv."
        ) from None


def _defines(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    before = b""
    with packed.open(part) as stream:
        while piece := stream.read(2**20):
            # In UTF-16 a zero stands between the letters.
            text = (before + piece.replace(b"\x00", b"")).upper()
            if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
                return True
            before = text[-16:]
    return False
