"""Frequency against contrast: which words set documents apart, and how common they are."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

import polars as pl

from tendency.charts.curves import Spec, framed, on_screen_and_print
from tendency.charts.layout import spread, text_width, wrap
from tendency.charts.tables import number, plain, rows
from tendency.charts.theme import Style

MOST_FIELDS: Final = 8
MOST_NAMES: Final = 12
"""Words that are named in each direction."""
_NEEDED: Final = (
    "target",
    "reference",
    "word",
    "verdict",
    "z",
    "per_million",
    "per_million_reference",
    "hits",
    "hits_reference",
)


def keyness_chart(table: pl.DataFrame, *, title: str) -> Spec:
    """A point a word, by its frequency and its contrast; the strongest are named beside the field, names pushed apart.

    Args:
        table: Keywords of one or more contrasts: target, reference, word, verdict, z, and of both sides hits and hits per million.
        title: What is seen.
    """
    read = [row for row in rows(table, _NEEDED) if number(row, "z") is not None]
    contrasts = list(dict.fromkeys((row["target"], row["reference"]) for row in read))
    # Of two parts each against the other the second field would be the first upside down.
    shown = [pair for at, pair in enumerate(contrasts) if pair[::-1] not in contrasts[:at]][:MOST_FIELDS]
    if not shown:
        return on_screen_and_print(
            lambda style: framed([_nothing(style)], title, f"{title}: nothing to draw.", style)
        )
    alt = " ".join([f"{title.rstrip('.')}.", *(f"{_says(row)}." for row in read[:24])])

    def build(style: Style) -> Spec:
        views = []
        for target, reference in shown:
            here = [row for row in read if (row["target"], row["reference"]) == (target, reference)]
            views.append(_Field(here, target, reference, style, last=(target, reference) == shown[-1]).spec())
        return framed(views, title, alt, style)

    return on_screen_and_print(build)


def _says(row: dict[str, Any]) -> str:
    return (
        f"{row['word']}: {row['verdict']}, {plain(row['per_million'])} per million in {row['target']}, "
        f"{plain(row['per_million_reference'])} in {row['reference']}"
    )


def _nothing(style: Style) -> Spec:
    return {
        "width": style.plot,
        "height": style.font * 3,
        "data": {"values": [{"t": "too little to contrast"}]},
        "mark": {"type": "text", "fill": style.muted},
        "encoding": {"text": {"field": "t"}},
    }


class _Field:
    """One contrast: points, and the names of the strongest to the right."""

    def __init__(
        self, read: Sequence[dict[str, Any]], target: str, reference: str, style: Style, *, last: bool
    ) -> None:
        self.read, self.names, self.style, self.last = read, (target, reference), style, last
        self.line = style.font * 1.22
        halves = [[row for row in read if (row["z"] >= 0) is up] for up in (True, False)]
        named = [sorted(half, key=lambda row: -abs(row["z"]))[:MOST_NAMES] for half in halves]
        self.named = [*named[0], *named[1]]
        self.height = max(style.height, 2 * self.line * (max(map(len, named)) + 1))
        self.top = max(abs(row["z"]) for row in read) * 1.06 or 1.0
        common = [self._frequency(row) for row in read]
        self.low, self.high = (
            10 ** math.floor(math.log10(min(common))),
            10 ** math.ceil(math.log10(max(common) * 1.0001)),
        )

    def _frequency(self, row: dict[str, Any]) -> float:
        """Hits per million words, the mean of both sides."""
        return max((float(row["per_million"]) + float(row["per_million_reference"])) / 2, 1e-4)

    def _place(self, row: dict[str, Any]) -> tuple[float, float]:
        """Where a point stands, in pixels from the left and from the top."""
        across = math.log(self._frequency(row) / self.low) / math.log(self.high / self.low)
        return across * self.style.plot, self.height * (1 - (row["z"] + self.top) / (2 * self.top))

    def _colour(self, row: dict[str, Any]) -> str:
        if not row["verdict"].startswith("more in "):
            return self.style.muted
        return self.style.series[0 if row["z"] >= 0 else 1]

    def spec(self) -> Spec:
        """The field as a layered view."""
        style = self.style
        return {
            "width": style.plot,
            "height": self.height,
            "layer": [
                self._zero(),
                self._leads(),
                self._points(),
                self._labels(),
                *self._directions(),
                *self._key(),
            ],
        }

    def _x(self, name: str = "x") -> Spec:
        ticks = [
            10.0**power for power in range(round(math.log10(self.low)), round(math.log10(self.high)) + 1)
        ]
        return {
            "field": name,
            "type": "quantitative",
            "scale": {"type": "log", "domain": [self.low, self.high], "nice": False},
            "axis": {
                "title": "hits per million words, mean of both sides" if self.last else None,
                "values": ticks,
                "format": ",~g",
                "grid": False,
            },
        }

    def _y(self) -> Spec:
        return {
            "field": "y",
            "type": "quantitative",
            "scale": {"domain": [-self.top, self.top], "nice": False},
            "axis": {"title": "log odds / standard error", "tickCount": 5},
        }

    def _zero(self) -> Spec:
        return {
            "data": {"values": [{"y": 0}]},
            "mark": {
                "type": "rule",
                "color": self.style.ink,
                "strokeWidth": self.style.line * 0.6,
                "aria": False,
            },
            "encoding": {"y": self._y()},
        }

    def _points(self) -> Spec:
        style = self.style
        values = [
            {
                "x": float(f"{self._frequency(row):.6g}"),
                "y": float(f"{row['z']:.6g}"),
                "c": self._colour(row),
                "s": "triangle-up" if row["z"] >= 0 else "triangle-down",
                "o": 1.0 if row["verdict"].startswith("more in ") else 0.45,
                "d": _says(row),
                **({"a": f"#{row['evidence']}"} if row.get("evidence") is not None else {}),
            }
            for row in self.read
        ]
        encoding: Spec = {
            "x": self._x(),
            "y": self._y(),
            "color": {"field": "c", "type": "nominal", "scale": None},
            "shape": {"field": "s", "type": "nominal", "scale": None},
            "opacity": {"field": "o", "type": "quantitative", "scale": None},
            "description": {"field": "d", "type": "nominal"},
        }
        if values and all("a" in value for value in values):
            encoding["href"] = {"field": "a", "type": "nominal"}
        return {
            "data": {"values": values},
            "mark": {"type": "point", "filled": True, "size": style.point * 0.8},
            "encoding": encoding,
        }

    def _spread(self) -> list[float]:
        """Where the names stand, in pixels from the top: those of either direction in their own half."""
        found: list[float] = []
        for up, low, high in ((True, 0.0, self.height / 2), (False, self.height / 2, self.height)):
            wanted = [self._place(row)[1] for row in self.named if (row["z"] >= 0) is up]
            found += spread(wanted, [self.line] * len(wanted), low, high)
        return found

    def _labels(self) -> Spec:
        style = self.style
        values = [
            {
                "y": float(f"{self._value(centre):.6g}"),
                "t": wrap(row["word"], style.labels, style.font, lines=1)[0],
                "c": self._colour(row),
            }
            for row, centre in zip(self.named, self._spread(), strict=True)
        ]
        return {
            "data": {"values": values},
            "mark": {"type": "text", "align": "left", "baseline": "middle", "aria": False},
            "encoding": {
                "x": {"value": style.plot + style.font * 1.4},
                "y": self._y(),
                "text": {"field": "t"},
                "color": {"field": "c", "type": "nominal", "scale": None},
            },
        }

    def _value(self, pixels: float) -> float:
        return self.top - 2 * self.top * pixels / self.height

    def _leads(self) -> Spec:
        style = self.style
        values = [
            {
                "x": float(f"{self._frequency(row):.6g}"),
                "y": float(f"{row['z']:.6g}"),
                "y2": float(f"{self._value(centre):.6g}"),
            }
            for row, centre in zip(self.named, self._spread(), strict=True)
        ]
        return {
            "data": {"values": values},
            "mark": {"type": "rule", "color": style.faint, "strokeWidth": style.line * 0.5, "aria": False},
            "encoding": {
                "x": self._x(),
                "x2": {"value": style.plot + style.font},
                "y": self._y(),
                "y2": {"field": "y2"},
            },
        }

    def _directions(self) -> list[Spec]:
        style = self.style
        layers = []
        for up, name in zip((True, False), self.names, strict=True):
            arrow = "▲" if up else "▼"
            text = wrap(f"{arrow} more in {name}", style.plot * 0.8, style.font, lines=1)[0]
            layers.append(
                {
                    "data": {"values": [{"t": text}]},
                    "mark": {
                        "type": "text",
                        "align": "left",
                        "baseline": "top" if up else "bottom",
                        "fontWeight": "bold",
                        "fill": style.series[0 if up else 1],
                    },
                    "encoding": {
                        "x": {"value": style.font * 0.5},
                        "y": {"value": 0 if up else self.height},
                        "text": {"field": "t"},
                    },
                }
            )
        return layers

    def _key(self) -> list[Spec]:
        if not self.last:
            return []
        style = self.style
        said = "coloured: differs, false-discovery rate held; grey: not established. Bursts are accounted for"
        room = style.plot + style.labels
        text = "\n".join(wrap(said, room, style.font, lines=3))
        return [
            {
                "data": {"values": [{"t": text}]},
                "mark": {
                    "type": "text",
                    "align": "left",
                    "baseline": "line-top",
                    "lineBreak": "\n",
                    "lineHeight": style.font * 1.25,
                    "fill": style.muted,
                },
                "encoding": {
                    "x": {"value": -text_width("-10", style.font)},
                    "y": {"value": self.height + style.font * 3.6},
                    "text": {"field": "t"},
                },
            }
        ]
