"""Measurements as a Markdown table of figures and ratios."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bench.engine.judging import MARKS

# The more the better, or neither.
_WITHOUT_RATIO = ("%", "number", "M words a second")


@dataclass(frozen=True)
class Cell:
    """One measurement.

    Attributes:
        value: The figure, the smaller the better; None where there is none, for the reason in ``note``.
        marks: What is to be said of the answer, as keys of ``MARKS``.
        note: More, in words.
    """

    value: float | None
    marks: str = ""
    note: str = ""


@dataclass
class Row:
    """One thing that was measured.

    Attributes:
        label: What.
        unit: Of its figures.
        target: What ours is to reach, in words.
        cells: By column.
    """

    label: str
    unit: str
    target: str = ""
    cells: dict[str, Cell] = field(default_factory=dict)


def table(rows: Sequence[Row], columns: dict[str, str], ours: str, target: str | None = None) -> list[str]:
    """The lines of a table; behind a figure in another column than ours stands its ratio to ours in parentheses.

    Args:
        rows: What was measured.
        columns: The title of each column by its name; only those with a figure in some row are shown.
        ours: The column that ratios are taken against.
        target: The title of the column of targets; None for no such column.
    """
    shown = [name for name in columns if any(name in row.cells for row in rows)]
    titles = ["", *([target] if target else []), *(columns[name] for name in shown)]
    lines = [_line(titles), _line(["---", *(["---"] if target else []), *(["---:"] * len(shown))])]
    for row in rows:
        told = [_cell(row, name, ours) for name in shown]
        lines.append(_line([f"{row.label}, {row.unit}", *([row.target] if target else []), *told]))
    return lines


def legend(rows: Iterable[Row]) -> str:
    """What the marks in some rows mean."""
    rows = list(rows)
    used = [m for m in MARKS if m and any(m in cell.marks for row in rows for cell in row.cells.values())]
    told = "; ".join(f"{mark} = {MARKS[mark]}" for mark in used)
    return f"An answer without a mark is {MARKS['']}" + (f"; {told}." if told else ".")


def figure(value: float) -> str:
    """Three significant digits, never in powers of ten."""
    if value >= 100:
        return f"{value:,.0f}"
    digits = 1 if value >= 10 else 2 if value >= 1 else 3
    return f"{value:.{digits}f}"


def _cell(row: Row, name: str, ours: str) -> str:
    cell = row.cells.get(name)
    if cell is None:
        return ""
    if cell.value is None:
        return cell.note or "–"
    told = figure(cell.value)
    own = row.cells.get(ours)
    if name != ours and own and own.value and row.unit not in _WITHOUT_RATIO:
        told += f" ({figure(cell.value / own.value)})"
    return " ".join(filter(None, (told, cell.marks, cell.note)))


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
