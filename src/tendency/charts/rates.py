"""Rates over time: curves with their intervals, gaps where nothing was held."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from tendency.charts.curves import (
    Event,
    Field,
    Gaps,
    Point,
    Spec,
    arranged,
    framed,
    on_screen_and_print,
    panels,
)
from tendency.charts.tables import Row, is_held, named, number, plain, rows
from tendency.charts.theme import Style

_NEEDED = ("query", "period", "start", "end", "split", "hits")
_COLUMNS = ("per_million", "low", "high")


def rates_chart(
    table: pl.DataFrame,
    *,
    title: str,
    events: Sequence[Event] = (),
    level: float = 0.95,
    undatable: int = 0,
    unit: str = "hits per million words",
    columns: tuple[str, str, str] = _COLUMNS,
    most: float | None = None,
    gaps: Gaps | None = None,
) -> Spec:
    """A curve for each query and split, with its interval; Vega-Lite, with a print version under ``usermeta``.

    The curve breaks where nothing was held; a period without a hit is an open mark at zero with a bar up to
    the upper limit; a point on too few hits is open; names stand at the ends of the curves.

    Args:
        table: The public table: query, period, start, end, split, hits, per_million, low, high; where present
            also documents, tokens, documents_with_hits, too_few (true or false), evidence (an anchor), exposure and
            denominator (what hits are counted against), smoothed and smoothed_periods.
        title: What is seen.
        events: Drawn as dashed rules with their names.
        level: Coverage of the interval, from 0 to 1.
        undatable: Hits that are not datable at this grain and so not drawn.
        unit: What the vertical axis counts.
        columns: Those of the value and its limits.
        most: The largest possible value, such as 1 for a share.
        gaps: Spans in which issues are missing, by panel, or under ``""`` of all: a strip on the axis.
    """
    points = rate_points(table, level, unit, columns)
    placed, alone = arranged(points)
    key = [f"shaded: {level:.0%} interval".replace("%", " %")]
    if any(point.smoothed is not None for point in points):
        over = int(table["smoothed_periods"].max())  # type: ignore[arg-type]
        key.insert(
            0,
            f"line: centred moving rate over {over} periods, fewer at the ends and beside gaps; marks: each period",
        )
    if undatable:
        key.append(f"{undatable:,} hits are not datable at this grain and not drawn")
    alt = describe(points, title)

    def build(style: Style) -> Spec:
        views = panels(
            placed,
            Field(unit, share=0.62 if _many(placed) else 1.0, most=most),
            style,
            events=events,
            key=key,
            labelled=not alone,
            gaps=gaps,
        )
        return framed(views, title, alt, style)

    return on_screen_and_print(build)


def rate_points(
    table: pl.DataFrame, level: float, unit: str, columns: tuple[str, str, str] = _COLUMNS
) -> list[Point]:
    """A point for each row of a table of rates."""
    return [rate_point(row, level, unit, columns) for row in rows(table, (*_NEEDED, *columns))]


def _many(points: Sequence[Point]) -> bool:
    return len({p.panel for p in points}) > 1


def rate_point(
    row: Row,
    level: float,
    unit: str = "hits per million words",
    columns: tuple[str, str, str] = _COLUMNS,
) -> Point:
    """The mark of one row of a table of rates."""
    query, split, value = named(row["query"]), named(row["split"]), number(row, columns[0])
    held = is_held(row)
    return Point(
        series=query,
        panel=split,
        period=named(row["period"]),
        start=row["start"],
        end=row["end"],
        value=value,
        low=number(row, columns[1]),
        high=number(row, columns[2]),
        held=held,
        few=bool(row.get("too_few")),
        says=_says(row, query, split, value, level, unit, columns, held=held),
        anchor=row.get("evidence"),
        smoothed=number(row, "smoothed"),
    )


def _says(
    row: Row,
    query: str,
    split: str,
    value: float | None,
    level: float,
    unit: str,
    columns: tuple[str, str, str],
    *,
    held: bool,
) -> str:
    head = ", ".join(part for part in (query, split, named(row["period"])) if part)
    if not held:
        return f"{head}: nothing held"
    counted = f"{row['hits']:,} hits" if row.get("hits") is not None else "hits unknown"
    if row.get("denominator") == "documents":
        counted += f" in {row['documents_with_hits']:,} of {row['exposure']:,} documents"
    elif row.get("denominator", "words") != "words":
        counted += f" against {row['exposure']:,} {row['denominator']}"
    elif row.get("tokens"):
        counted += f" in {row['tokens']:,} words"
    if value is None:
        return f"{head}: too few to say; {counted}"
    few = "; too few to rely on" if row.get("too_few") else ""
    interval = f"{level:.0%} interval".replace("%", " %")
    low, high = number(row, columns[1]), number(row, columns[2])
    between = f", {interval} {plain(low)} to {plain(high)}" if high is not None else ""
    smooth = number(row, "smoothed")
    moving = f"; smoothed {plain(smooth)}" if smooth is not None else ""
    return f"{head}: {plain(value)} {unit}{between}{moving}; {counted}{few}"


def describe(points: Sequence[Point], title: str, *, extreme: str = "highest") -> str:
    """The chart in a few sentences: each curve's first and last value and its extreme one, such as ``last place``."""
    said = [f"{title.rstrip('.')}."]
    for series, panel in dict.fromkeys((p.series, p.panel) for p in points):
        curve = [
            (p, p.value) for p in points if (p.series, p.panel) == (series, panel) and p.value is not None
        ]
        name = ", ".join(part for part in (series, panel) if part)
        if not curve:
            said.append(f"{name}: no value.")
            continue
        (first, start), (last, end) = curve[0], curve[-1]
        top, highest = max(curve, key=lambda pair: pair[1])
        said.append(
            f"{name}: {plain(start)} in {first.period}, {extreme} {plain(highest)} in {top.period}, "
            f"{plain(end)} in {last.period}."
        )
    return " ".join(said)
