"""Where labels and ticks go."""

from __future__ import annotations

import datetime as dt
import itertools

from hypothesis import given
from hypothesis import strategies as st

from tendency.charts.layout import ceiling, milliseconds, spread, text_width, time_axis, wrap


@given(st.text(max_size=80), st.integers(20, 200), st.integers(1, 3))
def test_wrapped_lines_fit(text: str, width: int, lines: int) -> None:
    """No line is wider than its room, and no more lines come than were asked for."""
    rows = wrap(text, width, 10, lines=lines)
    assert 1 <= len(rows) <= lines
    assert all(text_width(row, 10) <= width or row == "…" for row in rows)


def test_what_does_not_fit_ends_in_an_ellipsis() -> None:
    """Nothing is cut without a sign."""
    assert wrap("Peace", 100, 10) == ["Peace"]
    both = wrap("The defence of the achievements of the revolution", 90, 10)
    assert both == ["The defence of the", "achievements of t…"]
    assert wrap("漢字" * 20, 50, 10, lines=1) == ["漢字漢字…"]


@given(st.lists(st.tuples(st.floats(0, 200), st.floats(5, 30)), min_size=1, max_size=6))
def test_labels_do_not_overlap(boxes: list[tuple[float, float]]) -> None:
    """Labels keep their order and their distance, and stay in the field where it has room."""
    places, heights = [place for place, _ in boxes], [height for _, height in boxes]
    centres = spread(places, heights, 0, 200)
    edges = sorted((c - h / 2, c + h / 2) for c, h in zip(centres, heights, strict=True))
    assert all(before[1] <= after[0] + 1e-6 for before, after in itertools.pairwise(edges))
    if sum(heights) <= 200:
        assert edges[0][0] >= -1e-6
        assert edges[-1][1] <= 200 + 1e-6


def test_labels_that_fit_do_not_move() -> None:
    """Without a collision each label stands at its curve's end."""
    assert spread([20, 100, 60], [10, 10, 10], 0, 200) == [20, 100, 60]


def _years(first: int, last: int) -> list[tuple[str, dt.date, dt.date]]:
    return [(str(y), dt.date(y, 1, 1), dt.date(y + 1, 1, 1)) for y in range(first, last + 1)]


def test_years_stand_under_their_points() -> None:
    """A year's tick is in the middle of the year, where its point is."""
    axis = time_axis(_years(1936, 1944), 500, 12)
    assert len(axis.values) == 9
    assert dt.date(1970, 1, 1) + dt.timedelta(milliseconds=axis.values[0]) == dt.date(1936, 7, 1)
    assert not axis.eras


def test_many_years_are_thinned() -> None:
    """Two centuries have no more ticks than there is room for, at round years."""
    axis = time_axis(_years(1790, 2020), 500, 12)
    assert len(axis.values) <= 13
    years = [(dt.date(1970, 1, 1) + dt.timedelta(milliseconds=v)).year for v in axis.values]
    assert all(year % 25 == 0 for year in years)


def test_months_and_days_and_eras() -> None:
    """Short spans have months or days below them; periods of one's own have their names."""
    months = [(f"1917-{m:02}", dt.date(1917, m, 1), dt.date(1917, m + 1, 1)) for m in range(1, 12)]
    assert time_axis(months, 500, 12).format == "%b %Y"
    days = [(str(d), dt.date(1916, 11, d), dt.date(1916, 11, d + 1)) for d in range(1, 20)]
    assert time_axis(days, 500, 12).format == "%-d %b"
    eras = [
        ("before", dt.date(1930, 1, 1), dt.date(1939, 9, 1)),
        ("after", dt.date(1939, 9, 1), dt.date(1945, 5, 9)),
    ]
    axis = time_axis(eras, 500, 12)
    assert [name for name, *_ in axis.eras] == ["before", "after"]
    assert axis.values == tuple(milliseconds(d) for d in (eras[0][1], eras[0][2], eras[1][2]))


def test_a_first_period_that_is_cut_short_makes_no_era() -> None:
    """Calendar years stay calendar years when the span begins in July."""
    periods = [("1936", dt.date(1936, 7, 1), dt.date(1937, 1, 1)), *_years(1937, 1940)]
    assert not time_axis(periods, 500, 12).eras


def test_one_enormous_limit_does_not_flatten_the_curve() -> None:
    """The axis goes above all values, not above a limit that dwarfs them."""
    assert ceiling([100, 90], [120, 5000]) == 250
    assert ceiling([100], [130]) == 150
    assert ceiling([0.0], [31.0]) == 40
    assert ceiling([], []) == 1
