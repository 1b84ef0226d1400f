"""Curves over time as Vega-Lite: what rates, ranks and ratios to chance have in common."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from tendency.charts.layout import (
    TimeAxis,
    ceiling,
    middle,
    milliseconds,
    spread,
    text_width,
    time_axis,
    wrap,
)
from tendency.charts.theme import DASHES, FONT, PRINT, SCREEN, SHAPES, Style

Spec = dict[str, Any]

_MOST_BARS = 60
"""Periods up to which a bar is drawn where there is no hit."""

_SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"


@dataclass(frozen=True)
class Event:
    """Something that happened, drawn as a rule with its name.

    Attributes:
        name: What happened.
        date: The day on which it happened or began.
    """

    name: str
    date: dt.date


Gaps = Mapping[str, Sequence[tuple[dt.date, dt.date]]]
"""By panel the spans, half-open, in which issues are missing; under ``""`` those of every panel."""


@dataclass(frozen=True)
class Point:
    """One mark of a curve.

    Attributes:
        series: The curve it belongs to.
        panel: The small multiple it belongs to; "" when there is one.
        period: The period's name.
        start: Its first day.
        end: The day after its last.
        value: Where it stands; None breaks the curve.
        low: Lower end of the interval, or None.
        high: Upper end, or None.
        held: False when nothing was held of the period.
        few: True when there is too little to rely on.
        says: The mark in words.
        anchor: Anchor of the evidence that it counts, or None.
        smoothed: Where the smoothed curve stands; the line is drawn through these where any point has one.
    """

    series: str
    panel: str
    period: str
    start: dt.date
    end: dt.date
    value: float | None
    low: float | None
    high: float | None
    held: bool
    few: bool
    says: str
    anchor: str | None
    smoothed: float | None = None


@dataclass(frozen=True)
class Field:
    """The vertical axis that points are drawn on.

    Attributes:
        title: What is measured, with its unit.
        scale: How it runs: from zero, by factors around chance, as ranks from the top, from 0 to 1, or around the values.
        reference: A value marked by a rule, or None.
        share: Height as a part of the style's.
        most: The largest possible value, where there is one: the axis ends there.
    """

    title: str
    scale: Literal["linear", "log", "rank", "probability", "free"] = "linear"
    reference: float | None = None
    share: float = 1.0
    most: float | None = None


def on_screen_and_print(build: Callable[[Style], Spec]) -> Spec:
    """The chart for the screen, with its version for a journal's column under ``usermeta``."""
    spec = build(SCREEN)
    spec["usermeta"] = {"print": build(PRINT)}
    return spec


def framed(parts: Sequence[Spec], title: str, alt: str, style: Style, *, columns: int = 1) -> Spec:
    """Panels below each other, or in ``columns``, with title and style."""
    gap = style.font * (2.2 if columns > 1 else 1.6)
    arranged: Spec = {"concat": list(parts), "columns": columns} if columns > 1 else {"vconcat": list(parts)}
    return {
        "$schema": _SCHEMA,
        "description": alt,
        "title": {"text": wrap(title, style.title_width, style.title, lines=4)},
        "background": style.paper,
        "padding": 2,
        "spacing": gap,
        **arranged,
        "config": _config(style),
    }


def _config(style: Style) -> Spec:
    return {
        "font": FONT,
        "view": {"stroke": None},
        "title": {
            "anchor": "start",
            "frame": "bounds",
            "fontSize": style.title,
            "fontWeight": "bold",
            "color": style.ink,
            "offset": style.font * 0.9,
            "lineHeight": style.title * 1.25,
        },
        "axis": {
            "labelFontSize": style.font,
            "titleFontSize": style.font,
            "titleFontWeight": "normal",
            "labelColor": style.muted,
            "titleColor": style.muted,
            "domainColor": style.muted,
            "tickColor": style.muted,
            "gridColor": style.faint,
            "domainWidth": style.line / 2,
            "tickWidth": style.line / 2,
            "gridWidth": style.line / 2.5,
            "tickSize": style.font * 0.35,
            "labelPadding": style.font * 0.25,
            "titlePadding": style.font * 0.5,
        },
        "text": {"fontSize": style.font, "fill": style.ink},
        "concat": {"spacing": style.font * 1.6},
    }


def panels(
    points: Sequence[Point],
    field: Field,
    style: Style,
    *,
    events: Sequence[Event] = (),
    key: Sequence[str] | None = None,
    labelled: bool = True,
    fitted: Sequence[Sequence[Point]] | None = None,
    spans: Sequence[tuple[dt.date, dt.date]] = (),
    gaps: Gaps | None = None,
) -> list[Spec]:
    """One layered view for each panel, on the same axes, in order of first appearance.

    Args:
        points: Of all panels.
        field: The vertical axis.
        style: Sizes and colours.
        events: Drawn in every panel.
        key: What to say below the last panel beside what its marks need; None says nothing.
        labelled: Whether curves carry their names at their ends.
        fitted: Curves, each without a break, drawn instead of lines through the points, which None leaves; where they have intervals, these too.
        spans: First days and days after the last, shaded over the whole height.
        gaps: Spans in which issues are missing: a strip on the axis.
    """
    periods = sorted({(p.start, p.end, p.period) for p in points})
    axis = time_axis([(label, start, end) for start, end, label in periods], style.plot, style.font)
    names = list(dict.fromkeys(point.series for point in points))
    split = list(dict.fromkeys(point.panel for point in points))
    views = []
    for panel in split:
        shown = [point for point in points if point.panel == panel]
        curves = None if fitted is None else [run for run in fitted if run[0].panel == panel]
        missing = [span for name in dict.fromkeys(("", panel)) for span in (gaps or {}).get(name, ())]
        view = _View(points, shown, names, field, axis, style, curves, spans, missing)
        views.append(view.spec(panel, events, key if panel == split[-1] else None, labelled=labelled))
    return views


class _View:
    """One field with its curves."""

    def __init__(
        self,
        everything: Sequence[Point],
        shown: Sequence[Point],
        names: Sequence[str],
        field: Field,
        axis: TimeAxis,
        style: Style,
        fitted: Sequence[Sequence[Point]] | None = None,
        spans: Sequence[tuple[dt.date, dt.date]] = (),
        gaps: Sequence[tuple[dt.date, dt.date]] = (),
    ) -> None:
        self.everything, self.shown, self.names = everything, shown, list(names)
        self.field, self.axis, self.style = field, axis, style
        self.fitted, self.spans = fitted, spans
        low, high = axis.domain
        absent = sorted((max(low, milliseconds(start)), min(high, milliseconds(end))) for start, end in gaps)
        self.gaps = _joined(span for span in absent if span[0] < span[1])
        self.low, self.high, self.ticks = _extent(
            [*everything, *(p for run in fitted or () for p in run)], field
        )
        self.height = round(style.height * field.share)

    def spec(self, panel: str, events: Sequence[Event], key: Sequence[str] | None, *, labelled: bool) -> Spec:
        layers = [
            *self._unheld(),
            *self._shaded(),
            *self._missing(),
            *self._reference(),
            *self._events(events),
            *self._intervals(),
            *self._lines(),
            *self._marks(),
            *(self._labels() if labelled else ()),
            *self._eras(),
            *self._key(key),
        ]
        view: Spec = {"width": self.style.plot, "height": self.height, "layer": layers}
        if panel:
            view["title"] = {
                "text": wrap(panel, self.style.plot, self.style.font),
                "fontSize": self.style.font,
                "offset": self.style.font * 0.5,
                "frame": "group",
            }
        return view

    # -- scales ------------------------------------------------------------------------------

    def _x(self, name: str = "x") -> Spec:
        return {
            "field": name,
            "type": "temporal",
            "scale": {"type": "utc", "domain": list(self.axis.domain), "nice": False},
            "axis": {
                "values": list(self.axis.values),
                "format": self.axis.format,
                "title": None,
                "grid": False,
                "labelOverlap": True,
                "labelFlush": False,
                "labels": not self.axis.eras,
            },
        }

    def _y(self, name: str = "y") -> Spec:
        scale: Spec = {"domain": [self.low, self.high], "nice": False, "zero": False}
        axis: Spec = {"title": wrap(self.field.title, self.height * 1.05, self.style.font, lines=3)}
        if self.field.scale == "log":
            scale |= {"type": "log", "base": 2}
            axis |= {
                "labelExpr": "datum.value < 1 ? '1/' + format(1 / datum.value, 'd') : format(datum.value, 'd')"
            }
        elif self.field.scale == "rank":
            scale |= {"reverse": True}
            axis |= {"format": "d"}
        else:
            axis |= {
                "tickCount": 5 if self.height > 60 else 3,
                "format": ",~f",
            }
        if self.ticks:
            axis["values"] = list(self.ticks)
        return {"field": name, "type": "quantitative", "scale": scale, "axis": axis}

    def _series(self) -> Spec:
        colours = [self.style.series[n % len(self.style.series)] for n in range(len(self.names))]
        return {
            "field": "s",
            "type": "nominal",
            "scale": {"domain": self.names, "range": colours},
            "legend": None,
        }

    def _pixel(self, value: float) -> float:
        """Height of a value from the top of the field."""
        if self.field.scale == "log":
            part = (math.log(value) - math.log(self.low)) / (math.log(self.high) - math.log(self.low))
        else:
            part = (value - self.low) / (self.high - self.low)
        return self.height * (part if self.field.scale == "rank" else 1 - part)

    def _bounded(self, value: float) -> float:
        return _short(max(self.low, min(self.high, value)))

    # -- layers ------------------------------------------------------------------------------

    def _unheld(self) -> list[Spec]:
        """Grey where nothing was held of any curve."""
        spans = sorted({(p.start, p.end) for p in self.shown})
        held = {(p.start, p.end) for p in self.shown if p.held}
        empty = _joined((milliseconds(a), milliseconds(b)) for a, b in spans if (a, b) not in held)
        if not empty:
            return []
        area = {
            "data": {"values": [{"x": a, "x2": b} for a, b in empty]},
            "mark": {"type": "rect", "color": self.style.unheld, "aria": False},
            "encoding": {"x": self._x(), "x2": {"field": "x2"}},
        }
        width = text_width("nothing held", self.style.font) * 1.05
        wide = [(a, b) for a, b in empty if (b - a) / self._span() * self.style.plot > width]
        words = {
            "data": {"values": [{"x": (a + b) // 2, "t": "nothing held"} for a, b in wide]},
            "mark": {"type": "text", "fill": self.style.muted, "aria": False},
            "encoding": {"x": self._x(), "y": {"value": self.height / 2}, "text": {"field": "t"}},
        }
        return [area, words] if wide else [area]

    def _shaded(self) -> list[Spec]:
        """Spans of time over the whole height."""
        if not self.spans:
            return []
        return [
            {
                "data": {"values": [{"x": milliseconds(a), "x2": milliseconds(b)} for a, b in self.spans]},
                "mark": {"type": "rect", "color": self.style.ink, "opacity": self.style.band, "aria": False},
                "encoding": {"x": self._x(), "x2": {"field": "x2"}},
            }
        ]

    def _curves(self) -> Sequence[Sequence[Point]]:
        """What is drawn as curves: what was fitted, else runs of points without a gap."""
        return _runs(self.shown, self.field) if self.fitted is None else self.fitted

    def _missing(self) -> list[Spec]:
        """A strip on the axis where issues are missing."""
        if not self.gaps:
            return []
        return [
            {
                "data": {"values": [{"x": a, "x2": b, "d": "issues missing"} for a, b in self.gaps]},
                "mark": {"type": "rect", "color": self.style.muted, "opacity": 0.75},
                "encoding": {
                    "x": self._x(),
                    "x2": {"field": "x2"},
                    "y": {"value": self.height - self.style.font * 0.45},
                    "y2": {"value": self.height},
                    "description": {"field": "d", "type": "nominal"},
                },
            }
        ]

    def _span(self) -> int:
        return self.axis.domain[1] - self.axis.domain[0]

    def _reference(self) -> list[Spec]:
        if self.field.reference is None:
            return []
        return [
            {
                "data": {"values": [{"y": self.field.reference}]},
                "mark": {
                    "type": "rule",
                    "color": self.style.ink,
                    "strokeWidth": self.style.line / 2,
                    "aria": False,
                },
                "encoding": {"y": self._y()},
            }
        ]

    def _placed(self, events: Sequence[Event]) -> list[tuple[Event, float, str, int]]:
        """Events inside the span with their place, their label and its row, counted up from the field.

        A label that reaches over the rules of later events stands above theirs, so that no rule crosses a name.
        """
        size = self.style.font
        placed: list[tuple[Event, float, str, int]] = []
        for event in sorted(events, key=lambda e: (e.date, e.name), reverse=True):
            x = (milliseconds(event.date) - self.axis.domain[0]) / self._span() * self.style.plot
            if not 0 <= x <= self.style.plot:
                continue
            room = min(self.style.plot * 0.5, self.style.plot + self.style.labels - x - size)
            label = wrap(event.name, room, size, lines=1)[0]
            reach = x + text_width(label, size) * 1.08 + size * 0.6
            row = max((row + 1 for _, other, _, row in placed if other < reach), default=0)
            placed.append((event, x, label, row))
        return placed

    def _event_rows(self, events: Sequence[Event]) -> int:
        return max((row + 1 for *_, row in self._placed(events)), default=0)

    def _events(self, events: Sequence[Event]) -> list[Spec]:
        size = self.style.font
        rules: list[Spec] = []
        names: list[Spec] = []
        for event, _, label, row in self._placed(events):
            top = -(0.35 + row * 1.2) * size
            x = milliseconds(event.date)
            rules.append({"x": x, "top": top - size * 0.6})
            names.append(
                {"x": x, "top": top, "t": label, "d": f"Event: {event.name}, {event.date.isoformat()}"}
            )
        return [
            layer
            for rule, name in zip(rules, names, strict=True)
            for layer in (
                {
                    "data": {"values": [{"x": rule["x"]}]},
                    "mark": {
                        "type": "rule",
                        "color": self.style.muted,
                        "strokeWidth": self.style.line / 2,
                        "strokeDash": [3, 2],
                        "aria": False,
                    },
                    "encoding": {"x": self._x(), "y": {"value": rule["top"]}, "y2": {"value": self.height}},
                },
                {
                    "data": {"values": [{key: name[key] for key in ("x", "t", "d")}]},
                    "mark": {
                        "type": "text",
                        "align": "left",
                        "baseline": "bottom",
                        "dx": size * 0.35,
                        "fill": self.style.ink,
                        "fontStyle": "italic",
                    },
                    "encoding": {
                        "x": self._x(),
                        "y": {"value": name["top"] + size * 0.3},
                        "text": {"field": "t"},
                        "description": {"field": "d", "type": "nominal"},
                    },
                },
            )
        ]

    def _intervals(self) -> list[Spec]:
        """A band along each run of points, a bar where a point stands alone or is zero."""
        # Fitted curves without intervals of their own leave those of the points to be drawn.
        banded = any(point.low is not None for run in self.fitted or () for point in run)
        runs = self._curves() if banded else _runs(self.shown, self.field)
        as_bars = self.field.scale == "rank" and len({p.period for p in self.shown}) <= 24
        bands: list[Spec] = []
        bars: list[Spec] = []
        for number, run in enumerate(runs):
            for point in run:
                if point.low is None or point.high is None:
                    continue
                place = middle(point.start, point.end)
                row = {
                    "x": place,
                    "s": point.series,
                    "l": self._bounded(point.low),
                    "h": self._bounded(point.high),
                    "r": number,
                }
                bands.append(row)
                # So many bars beside each other would hide the curve; the band says the same.
                if as_bars or len(run) == 1 or (self._unseen(point) and not self._dense):
                    bars.append(row | {"x": place + (self._dodge(point.series) if as_bars else 0)})
        layers: list[Spec] = []
        if bands and not as_bars:
            layers.append(
                {
                    "data": {"values": bands},
                    "mark": {"type": "area", "opacity": self.style.band, "clip": True, "aria": False},
                    "encoding": self._span_encoding() | {"detail": {"field": "r", "type": "nominal"}},
                }
            )
        if bars:
            layers.append(
                {
                    "data": {"values": bars},
                    "mark": {
                        "type": "rule",
                        "strokeWidth": self.style.line * 0.7,
                        "opacity": 0.75,
                        "aria": False,
                    },
                    "encoding": self._span_encoding(),
                }
            )
        return layers

    @property
    def _dense(self) -> bool:
        return len({point.start for point in self.everything}) > _MOST_BARS

    def _dodge(self, series: str) -> int:
        """A small shift, so that intervals of several curves in one period stand side by side."""
        count = len({p.period for p in self.shown})
        offset = self.names.index(series) - (len(self.names) - 1) / 2
        return round(offset * self._span() / max(count, 1) * 0.35 / max(len(self.names), 1))

    def _span_encoding(self) -> Spec:
        return {"x": self._x(), "y": self._y("l"), "y2": {"field": "h"}, "color": self._series()}

    @property
    def _smooth(self) -> bool:
        return any(p.smoothed is not None for p in self.everything)

    def _lines(self) -> list[Spec]:
        rows = [
            {"x": middle(p.start, p.end), "y": self._bounded(value), "s": p.series, "r": number}
            for number, run in enumerate(self._curves())
            if len(run) > 1
            for p in run
            if (value := p.smoothed if self._smooth else p.value) is not None
        ]
        if not rows:
            return []
        scale = 1.0 if self.style is SCREEN else 0.55
        dashes = [[part * scale for part in DASHES[n % len(DASHES)]] for n in range(len(self.names))]
        return [
            {
                "data": {"values": rows},
                "mark": {"type": "line", "strokeWidth": self.style.line, "clip": True, "aria": False},
                "encoding": {
                    "x": self._x(),
                    "y": self._y(),
                    "color": self._series(),
                    "detail": {"field": "r", "type": "nominal"},
                    "strokeDash": {
                        "field": "s",
                        "type": "nominal",
                        "scale": {"domain": self.names, "range": dashes},
                        "legend": None,
                    },
                },
            }
        ]

    def _marks(self) -> list[Spec]:
        """A point for each value: filled, or open where it is zero or rests on too little."""
        layers = []
        alone = {id(run[0]) for run in _runs(self.shown, self.field) if len(run) == 1}
        order = {span: n for n, span in enumerate(sorted({(p.start, p.end) for p in self.shown}))}
        # In a narrow column filled marks would hide the dashes: every fourth is enough to tell curves apart.
        thin = 4 if self.style is not SCREEN and len(order) > 24 and not (self._smooth or self.fitted) else 1
        for opened in (False, True):
            for linked in (False, True):
                rows = [
                    {
                        "x": middle(p.start, p.end),
                        "y": self._bounded(p.value),
                        "s": p.series,
                        "d": p.says,
                        **({"a": f"#{p.anchor}"} if linked else {}),
                    }
                    for p in self.shown
                    if p.value is not None
                    and (p.few or self._unseen(p)) is opened
                    and (p.anchor is not None) is linked
                    and (
                        opened
                        or id(p) in alone
                        or (order[p.start, p.end] + self.names.index(p.series)) % thin == 0
                    )
                ]
                if rows:
                    layers.append(self._mark_layer(rows, opened=opened, linked=linked))
        return layers

    def _unseen(self, point: Point) -> bool:
        """Whether a point says that there was no hit: a share, a probability or an outside figure of 0 is one like any other."""
        return point.value == 0 and self.field.scale not in ("probability", "free")

    def _mark_layer(self, rows: list[Spec], *, opened: bool, linked: bool) -> Spec:
        shapes = [SHAPES[n % len(SHAPES)] for n in range(len(self.names))]
        dense = len({p.period for p in self.shown}) > 40
        encoding: Spec = {
            "x": self._x(),
            "y": self._y(),
            "shape": {
                "field": "s",
                "type": "nominal",
                "scale": {"domain": self.names, "range": shapes},
                "legend": None,
            },
            "description": {"field": "d", "type": "nominal"},
        }
        mark: Spec = {
            "type": "point",
            "size": self.style.point * (0.4 if dense else 1),
            "strokeWidth": self.style.line * 0.75,
            "opacity": 1,
        }
        if opened:
            encoding |= {"stroke": self._series(), "fill": {"value": self.style.paper}}
        else:
            encoding |= {"color": self._series()}
            mark["filled"] = True
        if linked:
            encoding["href"] = {"field": "a", "type": "nominal"}
        return {"data": {"values": rows}, "mark": mark, "encoding": encoding}

    def _labels(self) -> list[Spec]:
        """Each curve's name at its end, pushed apart, with a leader where it had to move."""
        ends = [end for name in self.names if (end := self._end(name)) is not None]
        if not ends:
            return []
        size, room = self.style.font, self.style.labels - self.style.font
        names = [wrap(point.series, room, size, lines=2 if len(ends) < 8 else 1) for point, _ in ends]
        wanted = [self._pixel(self._bounded(value)) for _, value in ends]
        heights = [len(lines) * size * 1.15 + size * 0.15 for lines in names]
        centres = spread(wanted, heights, -size, self.height + size)
        layers: list[Spec] = []
        gap = size * 1.3
        for (point, _), lines, place, centre in zip(ends, names, wanted, centres, strict=True):
            colour = self.style.series[self.names.index(point.series) % len(self.style.series)]
            if abs(place - centre) > size * 0.4 or middle(point.start, point.end) < self._last():
                layers.append(
                    {
                        "data": {"values": [{"x": middle(point.start, point.end)}]},
                        "mark": {
                            "type": "rule",
                            "color": colour,
                            "strokeWidth": self.style.line * 0.35,
                            "opacity": 0.7,
                            "aria": False,
                        },
                        "encoding": {
                            "x": self._x(),
                            "y": {"value": _short(place)},
                            "x2": {"value": self.style.plot + gap * 0.75},
                            "y2": {"value": _short(centre)},
                        },
                    }
                )
            layers.append(
                {
                    "data": {"values": [{"t": "\n".join(lines)}]},
                    "mark": {
                        "type": "text",
                        "align": "left",
                        "baseline": "line-top",
                        "lineBreak": "\n",
                        "lineHeight": size * 1.15,
                        "fill": colour,
                        "fontWeight": "bold",
                        "description": point.series,
                    },
                    "encoding": {
                        "x": {"value": self.style.plot + gap},
                        "y": {"value": _short(centre - len(lines) * size * 1.15 / 2)},
                        "text": {"field": "t"},
                    },
                }
            )
        return layers

    def _last(self) -> int:
        return max(middle(p.start, p.end) for p in self.shown)

    def _end(self, name: str) -> tuple[Point, float] | None:
        with_value = [
            (p, value)
            for p in self.shown
            if p.series == name and (value := p.smoothed if self._smooth else p.value) is not None
        ]
        return max(with_value, key=lambda pair: pair[0].start, default=None)

    def _eras(self) -> list[Spec]:
        """The names of eras below the axis, where periods are eras."""
        rows = []
        for name, start, end in self.axis.eras:
            width = (end - start) / self._span() * self.style.plot
            lines = wrap(name, max(width, self.style.font * 3), self.style.font, lines=3)
            rows.append({"x": (start + end) // 2, "t": "\n".join(lines)})
        if not rows:
            return []
        return [
            {
                "data": {"values": rows},
                "mark": {
                    "type": "text",
                    "baseline": "line-top",
                    "lineBreak": "\n",
                    "lineHeight": self.style.font * 1.15,
                    "fill": self.style.muted,
                },
                "encoding": {
                    "x": self._x(),
                    "y": {"value": self.height + self.style.font * 0.7},
                    "text": {"field": "t"},
                },
            }
        ]

    def _key(self, key: Sequence[str] | None) -> list[Spec]:
        """How to read the marks, below the last field."""
        if key is None:
            return []
        entries = [*self._needed(), *key]
        if not entries:
            return []
        size = self.style.font * (0.92 if self.style is SCREEN else 1.0)
        lines = wrap("  ·  ".join(entries), self.style.plot + self.style.labels, size, lines=5)
        below = 4.6 if self.axis.eras else 2.4
        return [
            {
                "data": {"values": [{"t": "\n".join(lines)}]},
                "mark": {
                    "type": "text",
                    "align": "left",
                    "baseline": "line-top",
                    "lineBreak": "\n",
                    "lineHeight": size * 1.25,
                    "fontSize": size,
                    "fill": self.style.muted,
                },
                "encoding": {
                    "x": {"value": 0},
                    "y": {"value": self.height + self.style.font * below},
                    "text": {"field": "t"},
                },
            }
        ]

    def _needed(self) -> Iterable[str]:
        if any(self._unseen(p) for p in self.everything):
            edge = "at the lower edge: none seen" if self.field.scale == "log" else "on the zero line: no hit"
            limits = any(self._unseen(p) and p.high is not None for p in self.everything)
            shown = "shading goes up to" if self._dense else "the bar is"
            yield f"open mark {edge}{f', {shown} the upper limit' if limits else ''}"
        if any(p.few and p.value is not None and not self._unseen(p) for p in self.everything):
            yield "open mark: too few to rely on"
        if any(not p.held for p in self.everything):
            yield "gap in a curve: nothing held"
        if self.gaps:
            yield "strip on the axis: issues missing"
        if any(p.high is not None and p.high > self.high * 1.0001 for p in self.everything):
            yield "some intervals go on above the field"


def _extent(points: Sequence[Point], field: Field) -> tuple[float, float, tuple[float, ...]]:
    """Bottom, top and, where they are not left to Vega, the ticks of the vertical axis."""
    values = [p.value for p in points if p.value is not None]
    if field.scale == "probability":
        return 0.0, 1.0, (0.0, 0.5, 1.0)
    if field.scale == "rank":
        last = max([*values, 2.0])
        return 0.5, last + 0.5, tuple(float(n) for n in range(1, round(last) + 1))
    if field.scale == "free":
        low, high = (
            min([*values, 0.0] if min(values, default=0.0) < 0.3 * max(values, default=1.0) else values),
            max(values, default=1.0),
        )
        return low, high + 0.05 * ((high - low) or 1.0), ()
    if field.scale == "log":
        return log_extent([v for p in points for v in (p.low, p.value, p.high) if v])
    limits = [p.high for p in points if p.high is not None and p.value is not None]
    top = ceiling(values, limits)
    return 0.0, top if field.most is None else min(top, field.most), ()


def log_extent(values: Sequence[float]) -> tuple[float, float, tuple[float, ...]]:
    """Bottom, top and ticks, in powers of two, of an axis of ratios; at most 1/64 to 64."""
    low = max(-6, math.floor(math.log2(min([*values, 0.5]))))
    high = min(6, math.ceil(math.log2(max([*values, 2.0]))))
    step = 2 if high - low > 5 else 1
    return 2.0**low, 2.0**high, tuple(2.0**n for n in range(low, high + 1) if n % step == 0)


def _runs(points: Sequence[Point], field: Field) -> list[list[Point]]:
    """Points of one curve without a gap between them; a ratio of zero has no place on a curve of ratios."""
    runs: list[list[Point]] = []
    for name in dict.fromkeys(p.series for p in points):
        run: list[Point] = []
        for point in sorted((p for p in points if p.series == name), key=lambda p: p.start):
            off = field.scale == "log" and point.value == 0
            if point.value is None or off:
                run = []
            if off:
                runs.append([point])
            elif point.value is not None:
                if not run:
                    runs.append(run)
                run.append(point)
    return runs


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and joined[-1][1] >= start:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def _short(value: float) -> float:
    return float(f"{value:.6g}")


def arranged(points: Sequence[Point], *, most: int = 6) -> tuple[list[Point], bool]:
    """The points with their panels decided, and whether each panel holds a single curve.

    Up to ``most`` curves share a field; one query in several splits is drawn as several curves; more become
    small multiples, by split where every split holds few enough queries, else one for each curve.
    """
    queries = {p.series for p in points}
    splits = {p.panel for p in points}
    if len(splits) == 1 and len(queries) <= most:
        return [replace(p, panel="") for p in points], False
    if len(queries) == 1 and len(splits) <= most:
        return [replace(p, series=p.panel, panel="") for p in points], False
    if len(splits) > 1 and 1 < len(queries) <= most:
        return list(points), False
    names = {
        p: " · ".join(part for part in (p.series if len(queries) > 1 else "", p.panel) if part)
        for p in points
    }
    return [replace(p, series=names[p], panel=names[p]) for p in points], True
