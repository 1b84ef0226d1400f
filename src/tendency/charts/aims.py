"""Aims around a slogan, against chance: a table of ratios, or ratios over time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from tendency.charts.curves import (
    Event,
    Field,
    Point,
    Spec,
    arranged,
    framed,
    log_extent,
    on_screen_and_print,
    panels,
)
from tendency.charts.layout import text_width, wrap
from tendency.charts.rates import describe
from tendency.charts.tables import Row, is_held, named, number, plain, rows
from tendency.charts.theme import SCREEN, SHAPES, Style
from tendency.errors import SettingError

_NEEDED = ("aim", "window", "period", "start", "end", "split", "share", "expected", "ratio", "low", "high")
_UNIT = "times what chance would give (by factors of two)"


def aims_chart(
    table: pl.DataFrame,
    *,
    title: str,
    window: int = 30,
    events: Sequence[Event] = (),
    level: float = 0.95,
) -> Spec:
    """The share of a slogan's hits near each aim, as a multiple of what chance would give.

    With one period it is a table of intervals: a row an aim and window, the share seen and the share expected
    beside it. With several it is a curve for each aim at one window. The axis runs by factors of two around 1.

    Args:
        table: aim, window (words), period, start, end, split, share, expected (both 0 to 1), ratio, and low and
            high of the ratio; where present also query, hits, documents, tokens, too_few and evidence.
        title: What is seen.
        window: Which window is drawn over time, in words.
        events: Drawn as dashed rules, over time only.
        level: Coverage of the interval, from 0 to 1.
    """
    read = rows(table, _NEEDED)
    if len({row["period"] for row in read}) == 1:
        return _against_chance(read, title, level)
    chosen = [row for row in read if row["window"] == window]
    if not chosen:
        held = ", ".join(str(w) for w in sorted({row["window"] for row in read}))
        raise SettingError(f"The table has no window of {window} words; it has {held}.")
    points = [_point(row, level) for row in chosen]
    placed, alone = arranged(points)
    alt = describe(points, title)
    key = [f"shaded: {level:.0%} interval".replace("%", " %"), f"within {window} words"]

    def build(style: Style) -> Spec:
        field = Field(_UNIT, "log", reference=1.0)
        return framed(
            panels(placed, field, style, events=events, key=key, labelled=not alone), title, alt, style
        )

    return on_screen_and_print(build)


def _says(row: Row, level: float) -> str:
    parts = (named(row["aim"]), named(row["split"]), named(row["period"]), f"within {row['window']} words")
    head = ", ".join(part for part in parts if part)
    ratio, share = number(row, "ratio"), number(row, "share")
    if not is_held(row):
        return f"{head}: nothing held"
    if ratio is None or share is None:
        return f"{head}: too few to say"
    interval = f"{level:.0%} interval".replace("%", " %")
    few = "; too few to rely on" if row.get("too_few") else ""
    return (
        f"{head}: {_percent(share)} of the hits, {_percent(number(row, 'expected'))} by chance, "
        f"ratio {plain(ratio)}, {interval} {plain(number(row, 'low'))} to {plain(number(row, 'high'))}{few}"
    )


def _percent(share: float | None) -> str:
    if share is None:
        return "unknown"
    digits = 2 if 0 < share < 0.01 else 1 if 0 < share < 0.1 else 0
    return f"{share * 100:.{digits}f} %"


def _point(row: Row, level: float) -> Point:
    return Point(
        series=named(row["aim"]),
        panel=named(row["split"]),
        period=named(row["period"]),
        start=row["start"],
        end=row["end"],
        value=number(row, "ratio"),
        low=number(row, "low"),
        high=number(row, "high"),
        held=is_held(row),
        few=bool(row.get("too_few")),
        says=_says(row, level),
        anchor=row.get("evidence"),
    )


def _against_chance(read: Sequence[dict[str, Any]], title: str, level: float) -> Spec:
    alt = " ".join([f"{title.rstrip('.')}.", *(f"{_says(row, level)}." for row in read[:24])])

    def build(style: Style) -> Spec:
        return framed([_Forest(read, level, style).spec()], title, alt, style)

    return on_screen_and_print(build)


class _Forest:
    """Intervals below each other with their figures beside them, as in a meta-analysis."""

    def __init__(self, read: Sequence[dict[str, Any]], level: float, style: Style) -> None:
        self.style, self.level = style, level
        self.step = style.font * 1.55
        self.left = style.plot * (0.44 if style is SCREEN else 0.5)
        self.width = style.plot * (0.62 if style is SCREEN else 0.55)
        finite = [v for row in read for name in ("low", "ratio", "high") if (v := number(row, name))]
        self.low, self.high, self.ticks = log_extent(finite)
        self.windows = sorted({row["window"] for row in read})
        self.places: list[tuple[dict[str, Any], float]] = []
        self.heads: list[tuple[str, float, bool]] = []
        self._arrange(read)

    def _arrange(self, read: Sequence[dict[str, Any]]) -> None:
        splits = list(dict.fromkeys(named(row["split"]) for row in read))
        y = 0.0
        for split in splits:
            here = [row for row in read if named(row["split"]) == split]
            if len(splits) > 1:
                self.heads.append((split, y + self.step / 2, True))
                y += self.step * 1.2
            for aim in dict.fromkeys(named(row["aim"]) for row in here):
                self.heads.append((aim, y + self.step / 2, False))
                for row in sorted((r for r in here if named(r["aim"]) == aim), key=lambda r: r["window"]):
                    self.places.append((row, y + self.step / 2))
                    y += self.step
                y += self.step * 0.5
        self.height = y

    def spec(self) -> Spec:
        layers = [
            *self._texts(),
            *self._reference(),
            *self._intervals(),
            *self._marks(),
            *self._key(),
        ]
        return {"width": self.width, "height": self.height, "layer": layers}

    def _x(self, name: str = "x") -> Spec:
        axis = {
            "values": list(self.ticks),
            "title": wrap(_UNIT, self.width * 1.4, self.style.font),
            "labelExpr": "datum.value < 1 ? '1/' + format(1 / datum.value, 'd') : format(datum.value, 'd')",
            "grid": True,
        }
        scale = {"type": "log", "base": 2, "domain": [self.low, self.high], "nice": False}
        return {"field": name, "type": "quantitative", "scale": scale, "axis": axis}

    def _y(self) -> Spec:
        scale = {"domain": [0, self.height], "nice": False, "reverse": True, "zero": False}
        return {"field": "y", "type": "quantitative", "scale": scale, "axis": None}

    def _bounded(self, value: float) -> float:
        return float(f"{max(self.low, min(self.high, value)):.6g}")

    def _text(self, values: list[dict[str, Any]], x: float, **mark: Any) -> Spec:
        return {
            "data": {"values": values},
            "mark": {"type": "text", "align": "left", "baseline": "middle", "lineBreak": "\n", **mark},
            "encoding": {"x": {"value": x}, "y": self._y(), "text": {"field": "t"}},
        }

    def _texts(self) -> list[Spec]:
        size = self.style.font
        names = text_width("100 words", size) * 1.15
        room = self.left - names - size
        aims: list[dict[str, Any]] = []
        for name, y, is_split in self.heads:
            if not is_split:
                lines = wrap(name, room, size, lines=max(1, len(self.windows)))
                aims += [{"y": y + n * size * 1.2, "t": line} for n, line in enumerate(lines)]
        splits = [
            {"y": y, "t": wrap(name, self.left, size, lines=1)[0]}
            for name, y, is_split in self.heads
            if is_split
        ]
        windows = [{"y": y, "t": f"{row['window']} words"} for row, y in self.places]
        seen = [{"y": y, "t": _percent(number(row, "share"))} for row, y in self.places]
        chance = [{"y": y, "t": _percent(number(row, "expected"))} for row, y in self.places]
        column = text_width("chance", size) * 1.35
        top = [{"y": -self.step * 0.3, "t": "seen"}]
        muted = {"fill": self.style.muted}
        layers = [
            self._text(aims, -self.left, fontWeight="bold"),
            self._text(windows, -size * 0.8, align="right", **muted),
            self._text(seen, self.width + column, align="right"),
            self._text(chance, self.width + 2 * column, align="right", **muted),
            self._text(top, self.width + column, align="right", fontStyle="italic", **muted),
            self._text(
                [{"y": -self.step * 0.3, "t": "chance"}],
                self.width + 2 * column,
                align="right",
                fontStyle="italic",
                **muted,
            ),
        ]
        if splits:
            layers.append(self._text(splits, -self.left, fontStyle="italic", fontWeight="bold"))
        return layers

    def _reference(self) -> list[Spec]:
        return [
            {
                "data": {"values": [{"x": 1}]},
                "mark": {
                    "type": "rule",
                    "color": self.style.ink,
                    "strokeWidth": self.style.line * 0.6,
                    "aria": False,
                },
                "encoding": {"x": self._x()},
            }
        ]

    def _intervals(self) -> list[Spec]:
        values = [
            {"y": y, "x": self._bounded(low), "x2": self._bounded(high)}
            for row, y in self.places
            if (low := number(row, "low")) is not None and (high := number(row, "high")) is not None
        ]
        return [
            {
                "data": {"values": values},
                "mark": {
                    "type": "rule",
                    "color": self.style.series[0],
                    "strokeWidth": self.style.line,
                    "aria": False,
                },
                "encoding": {"x": self._x(), "x2": {"field": "x2"}, "y": self._y()},
            }
        ]

    def _marks(self) -> list[Spec]:
        layers: list[Spec] = []
        for row, y in self.places:
            ratio = number(row, "ratio")
            if ratio is None:
                layers.append(
                    self._text(
                        [{"y": y, "t": "too few"}], self.width / 2, align="center", fill=self.style.muted
                    )
                )
                continue
            anchor = row.get("evidence")
            value = {"x": self._bounded(ratio), "y": y, "d": _says(row, self.level)}
            encoding: Spec = {
                "x": self._x(),
                "y": self._y(),
                "description": {"field": "d", "type": "nominal"},
            }
            if anchor is not None:
                value["a"] = f"#{anchor}"
                encoding["href"] = {"field": "a", "type": "nominal"}
            opened = bool(row.get("too_few")) or ratio == 0
            layers.append(
                {
                    "data": {"values": [value]},
                    "mark": {
                        "type": "point",
                        "shape": SHAPES[self.windows.index(row["window"]) % len(SHAPES)],
                        "size": self.style.point * 1.3,
                        "stroke": self.style.series[0],
                        "fill": self.style.paper if opened else self.style.series[0],
                        "strokeWidth": self.style.line * 0.75,
                        "opacity": 1,
                    },
                    "encoding": encoding,
                }
            )
        return layers

    def _key(self) -> list[Spec]:
        said = [
            f"bar: {self.level:.0%} interval of the ratio".replace("%", " %"),
            "seen: share of the hits with the aim so near; chance: expected of as many hits at random places",
        ]
        if any(row.get("too_few") and row.get("ratio") for row, _ in self.places):
            said.append("open mark: too few to rely on")
        if any(row.get("ratio") == 0 for row, _ in self.places):
            said.append("open mark at the left edge: none seen so near")
        room = self.left + self.width + 2 * text_width("chance", self.style.font) * 1.35
        lines = wrap("  ·  ".join(said), room, self.style.font, lines=4)
        return [
            self._text(
                [{"y": self.height + self.style.font * 4.2, "t": "\n".join(lines)}],
                -self.left,
                baseline="line-top",
                lineHeight=self.style.font * 1.25,
                fill=self.style.muted,
            )
        ]
