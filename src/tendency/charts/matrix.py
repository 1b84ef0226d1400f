"""A matrix: rows by columns, in each cell a ratio to chance, told by colour, by figure and, in print, by shade and sign."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import polars as pl

from tendency.charts.curves import Spec, framed, on_screen_and_print
from tendency.charts.layout import text_width, wrap
from tendency.charts.tables import Row, named, number, plain
from tendency.charts.theme import SCREEN, Style

_TOLD = ("more than chance", "less than chance")
_STRONGEST = 4.0
"""A ratio of so much, or of one over it, has the full colour."""
_MOST = 6
"""So many periods are drawn, each as a matrix."""


def matrix_chart(
    table: pl.DataFrame, *, title: str, rows: str = "split", columns: str = "query"
) -> Spec | None:
    """Cells with their ratio to chance: coloured where it can be told from chance, blank where not, framed for own names.

    Vega-Lite, with a print version under ``usermeta``; None for an empty table. Of more than six periods the last six are drawn.

    Args:
        table: One row a cell: the two columns that name it, period, near, hits, ratio, low, high, verdict; where present ``itself`` and
            ``evidence``, the anchor that a cell links to.
        title: What is seen.
        rows: The column that names a row.
        columns: The column that names a column.
    """
    if table.is_empty():
        return None
    read = table.to_dicts()
    periods = list(dict.fromkeys(named(row["period"]) for row in read))[-_MOST:]
    shown = [row for row in read if named(row["period"]) in periods]
    alt = " ".join([f"{title.rstrip('.')}.", *(f"{_says(row, rows, columns)}." for row in shown[:40])])

    def build(style: Style) -> Spec:
        views = [
            _Matrix([row for row in shown if named(row["period"]) == period], rows, columns, style).spec(
                period if len(periods) > 1 else "", last=period == periods[-1]
            )
            for period in periods
        ]
        return framed(views, title, alt, style)

    return on_screen_and_print(build)


def _says(row: Row, rows: str, columns: str) -> str:
    head = f"{named(row[rows])} on {named(row[columns])}"
    ratio = number(row, "ratio")
    counted = f"{row['near']:,} of {row['hits']:,} hits"
    if ratio is None or row["verdict"] == "too few":
        return f"{head}: too few to say ({counted})"
    own = ", its own name" if row.get("itself") else ""
    return f"{head}{own}: {plain(ratio)} times chance, {plain(number(row, 'low'))} to {plain(number(row, 'high'))}, {row['verdict']} ({counted})"


class _Matrix:
    """The cells of one period."""

    def __init__(self, read: Sequence[Row], rows: str, columns: str, style: Style) -> None:
        self.read, self.style, self.by, self.across = read, style, rows, columns
        self.rows = list(dict.fromkeys(named(row[rows]) for row in read))
        self.columns = list(dict.fromkeys(named(row[columns]) for row in read))
        widest = max(text_width(name, style.font) for name in self.rows)
        self.left = min(widest + style.font, style.title_width * 0.35)
        self.cell = min((style.title_width - self.left) / len(self.columns) - 1, style.font * 11)
        self.tall = style.font * 3.1
        self.grey = len(set(style.series)) == 1

    def spec(self, head: str, *, last: bool) -> Spec:
        """The matrix with its names."""
        style = self.style
        names = [wrap(name, self.cell - style.font * 0.4, style.font) for name in self.columns]
        top = style.font * 1.25 * (max(map(len, names)) + 0.6)
        bottom = style.font * 4.2 if last else 0.0
        size = self.left + self.cell * len(self.columns), top + self.tall * len(self.rows) + bottom
        layers = [*self._names(names, top), *self._cells(top)]
        if last:
            layers.append(self._key(size[1] - bottom))
        view: Spec = {"width": round(size[0]), "height": round(size[1]), "layer": layers}
        if head:
            view["title"] = {
                "text": head,
                "fontSize": style.font,
                "frame": "group",
                "offset": style.font * 0.4,
            }
        return view

    def _place(self, field: str, size: float, *, down: bool = False) -> Spec:
        scale = {"domain": [0, size], "nice": False, "reverse": down, "zero": False}
        return {"field": field, "type": "quantitative", "scale": scale, "axis": None}

    def _xy(self, top: float) -> tuple[Spec, Spec]:
        bottom = self.style.font * 4.2
        whole = top + self.tall * len(self.rows) + bottom
        return self._place("x", self.left + self.cell * len(self.columns)), self._place("y", whole, down=True)

    def _names(self, names: Sequence[Sequence[str]], top: float) -> list[Spec]:
        style = self.style
        across = [
            {"x": self.left + self.cell * (place + 0.5), "y": top - style.font * 0.5, "t": list(lines)}
            for place, lines in enumerate(names)
        ]
        down = [
            {
                "x": self.left - style.font * 0.6,
                "y": top + self.tall * (place + 0.5),
                "t": wrap(name, self.left, style.font, lines=2),
            }
            for place, name in enumerate(self.rows)
        ]
        return [
            self._text(across, top, "center", "bottom"),
            self._text(down, top, "right", "middle"),
        ]

    def _text(self, values: Sequence[Any], top: float, align: str, baseline: str, **mark: Any) -> Spec:
        x, y = self._xy(top)
        encoding: Spec = {"x": x, "y": y, "text": {"field": "t"}}
        if "a" in values[0]:
            encoding["href"] = {"field": "a", "type": "nominal"}
        look = {
            "type": "text",
            "align": align,
            "baseline": baseline,
            "lineHeight": self.style.font * 1.2,
            **mark,
        }
        return {"data": {"values": list(values)}, "mark": look, "encoding": encoding}

    def _cells(self, top: float) -> list[Spec]:
        cells = [self._cell(row, top) for row in self.read]
        x, y = self._xy(top)
        layers: list[Spec] = []
        for linked in (False, True):
            for kind in ("more", "less", "blank", "own"):
                here = [cell for cell in cells if cell["kind"] == kind and ("a" in cell) is linked]
                if not here:
                    continue
                encoding: Spec = {
                    "x": x,
                    "x2": {"field": "x2"},
                    "y": y,
                    "y2": {"field": "y2"},
                    "description": {"field": "d", "type": "nominal"},
                    "opacity": {"field": "o", "type": "quantitative", "scale": None},
                }
                if linked:
                    encoding["href"] = {"field": "a", "type": "nominal"}
                layers.append({"data": {"values": here}, "mark": self._look(kind), "encoding": encoding})
        for own in (False, True):
            texts = [
                {"x": (cell["x"] + cell["x2"]) / 2, "y": (cell["y"] + cell["y2"]) / 2, "t": cell["t"]}
                for cell in cells
                if cell["muted"] is own
            ]
            if texts:
                look: dict[str, Any] = {"fill": self.style.muted if own else self.style.ink, "aria": False}
                layers.append(self._text(texts, top, "center", "middle", dy=-self.style.font * 0.6, **look))
        return layers

    def _look(self, kind: str) -> Spec:
        style = self.style
        if kind in ("blank", "own"):
            dash = {"strokeDash": [3, 2]} if kind == "own" else {}
            return {
                "type": "rect",
                "fill": style.paper,
                "stroke": style.faint if kind == "blank" else style.muted,
                **dash,
            }
        if self.grey:
            # Shade says how far, the sign in the cell says which way.
            return {"type": "rect", "fill": style.ink, "stroke": style.faint}
        return {"type": "rect", "fill": style.series[1 if kind == "more" else 0], "stroke": style.paper}

    def _cell(self, row: Row, top: float) -> dict[str, Any]:
        x = self.left + self.cell * self.columns.index(named(row[self.across]))
        y = top + self.tall * self.rows.index(named(row[self.by]))
        ratio, own = number(row, "ratio"), bool(row.get("itself"))
        told = row["verdict"] in _TOLD and not own
        few = row["verdict"] == "too few" or ratio is None
        kind = "own" if own else ("more" if row["verdict"] == _TOLD[0] else "less") if told else "blank"
        cell: dict[str, Any] = {
            "x": x,
            "x2": x + self.cell,
            "y": y,
            "y2": y + self.tall,
            "kind": kind,
            "o": self._strength(ratio) if told else 1.0,
            "t": self._lines(row, ratio, few=few, told=told),
            "muted": few or own or not told,
            "d": _says(row, self.by, self.across),
        }
        if row.get("evidence") is not None:
            cell["a"] = f"#{row['evidence']}"
        return cell

    def _lines(self, row: Row, ratio: float | None, *, few: bool, told: bool) -> list[str]:
        if few or ratio is None:
            return ["too few", f"{row['hits']:,} hits"]
        sign = ("▲ " if ratio > 1 else "▼ ") if told else ""
        low, high = number(row, "low"), number(row, "high")
        between = (
            f"{plain(low)}–{plain(high)}" if low is not None and high is not None else f"{row['near']:,} hits"
        )
        short = self.style is SCREEN or text_width(between, self.style.font) <= self.cell
        return [f"{sign}×{plain(ratio)}", between if short else f"{row['near']:,} hits"]

    def _strength(self, ratio: float | None) -> float:
        """Opacity of a cell: letters on it stay readable."""
        if not ratio:
            return 0.55
        far = min(abs(math.log(ratio)) / math.log(_STRONGEST), 1.0)
        most = 0.3 if self.grey else 0.5
        return round(0.12 + (most - 0.12) * far, 3)

    def _key(self, y: float) -> Spec:
        said = [
            "×: times what chance would give, with 95 % interval",
            "▲ more, ▼ less than chance, all cells taken together;",
            "blank: not to be told from chance; dashed: its own name",
        ]
        x, down = self._xy(y - self.tall * len(self.rows))
        return {
            "data": {"values": [{"x": 0, "y": y + self.style.font * 0.8, "t": said}]},
            "mark": {
                "type": "text",
                "align": "left",
                "baseline": "line-top",
                "fill": self.style.muted,
                "lineHeight": self.style.font * 1.2,
            },
            "encoding": {"x": x, "y": down, "text": {"field": "t"}},
        }
