"""Ranks over time: who is named first, with the probability of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from tendency.charts.curves import Event, Field, Point, Spec, framed, on_screen_and_print, panels
from tendency.charts.rates import describe
from tendency.charts.tables import Row, is_held, named, number, plain, rows
from tendency.charts.theme import Style

_NEEDED = ("query", "period", "start", "end", "split", "rank", "rank_low", "rank_high", "p_first")


def rank_chart(table: pl.DataFrame, *, title: str, events: Sequence[Event] = (), level: float = 0.80) -> Spec:
    """Each item's rank in each period with its interval, and below it the probability of being first.

    Args:
        table: query, period, start, end, split, rank, rank_low, rank_high, p_first; where present also
            documents, tokens, hits, too_few and evidence.
        title: What is seen.
        events: Drawn as dashed rules with their names.
        level: Coverage of the interval of the rank, from 0 to 1.
    """
    read = rows(table, _NEEDED)
    ranks = [_point(row, "rank", level) for row in read]
    first = [_point(row, "p_first", level) for row in read]
    splits = list(dict.fromkeys(p.panel for p in ranks))
    key = [f"bars and shading: {level:.0%} interval of the rank".replace("%", " %")]
    alt = describe(ranks, title, extreme="lowest place")

    def build(style: Style) -> Spec:
        views = []
        for split in splits:
            here = split if len(splits) > 1 else ""
            last = split == splits[-1]
            upper = [replace(p, panel=here) for p in ranks if p.panel == split]
            lower = [replace(p, panel="") for p in first if p.panel == split]
            views += panels(upper, Field("rank by rate", "rank", share=0.75), style, events=events)
            views += panels(
                lower,
                Field("probability of being first", "probability", share=0.5),
                style,
                key=key if last else (),
            )
        return framed(views, title, alt, style)

    return on_screen_and_print(build)


def _point(row: Row, measure: str, level: float) -> Point:
    query, split, rank, chance = (
        named(row["query"]),
        named(row["split"]),
        number(row, "rank"),
        number(row, "p_first"),
    )
    head = ", ".join(part for part in (query, split, named(row["period"])) if part)
    if not is_held(row):
        says = f"{head}: nothing held"
    elif rank is None:
        says = f"{head}: too few to rank"
    else:
        interval = f"{level:.0%} interval".replace("%", " %")
        says = (
            f"{head}: rank {plain(rank)}, {interval} {plain(number(row, 'rank_low'))} to "
            f"{plain(number(row, 'rank_high'))}; probability of being first {plain(chance)}"
        )
    ranked = measure == "rank"
    return Point(
        series=query,
        panel=split,
        period=named(row["period"]),
        start=row["start"],
        end=row["end"],
        value=rank if ranked else chance,
        low=number(row, "rank_low") if ranked else None,
        high=number(row, "rank_high") if ranked else None,
        held=is_held(row),
        few=bool(row.get("too_few")),
        says=says,
        anchor=row.get("evidence"),
    )
