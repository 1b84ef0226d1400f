"""Titles × days: the intersection is counted right, and the interval adds what both contribute."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

import numpy as np
import pytest

import tendency as td
from tendency.measures import rates
from tendency.measures.dispersion import dispersion, widest
from tendency.measures.shares import likeness, widest_share
from tendency.tally import Period, Tally

ALL = [Period("all", dt.date(1916, 11, 1), dt.date(1917, 1, 1))]


def crossed(title: float, day: float, *, titles: int = 40, days: int = 40, seed: int = 1) -> Tally:
    """A page a title and day, whose rate varies with both by gamma laws of these variances."""
    generator = np.random.default_rng(seed)
    liking = generator.gamma(1 / title, title, (titles, 1)) if title else np.ones((titles, 1))
    news = generator.gamma(1 / day, day, (1, days)) if day else np.ones((1, days))
    hits = generator.poisson(liking * news * 2 * np.ones((titles, days)))
    of, on = np.indices((titles, days))
    return Tally.from_counts(
        np.column_stack([hits.ravel(), (hits > 0).ravel(), np.ones(hits.size, int)]),
        np.full(hits.size, 1000),
        ALL,
        columns=["war", "with", "documents"],
        clusters={
            "title": [f"t{one}" for one in of.ravel()],
            "day": [f"d{one}" for one in on.ravel()],
            "title x day": None,
        },
    )


def test_both_variances_are_added_and_the_page_counts_once() -> None:
    """1/K = 1/K title + 1/K day − 1/K page, with the intersection's name; it is wider than either alone."""
    tally = crossed(0.5, 0.5)
    title, day, page = (1 / dispersion(tally, one, 1).shape for one in tally.clusterings)
    found = widest(tally, 1)
    assert 1 / found.shape == pytest.approx(title + day - page)
    assert found.cluster[0, 0] == tally.cluster == "title x day"
    assert found.clusters[0, 0] == 40
    designs = [likeness(tally, one, 2, 3).design for one in tally.clusterings]
    share = widest_share(tally, 2, 3)
    assert 1600 / share.shape == pytest.approx(designs[0] + designs[1] - designs[2])


def test_never_less_than_the_larger() -> None:
    """Where only titles differ, the interval is that of titles, not narrower by chance."""
    for seed in range(5):
        tally = crossed(1.0, 0.0, seed=seed)
        title = dispersion(tally, tally.clusterings[0], 1)
        assert widest(tally, 1).shape <= title.shape


def test_every_interval_stands_beside() -> None:
    """The table of widths has the interval by title, by day and by both."""
    table = rates(crossed(0.5, 0.5)).widths.filter(query="war")
    assert table["cluster"].to_list() == ["title", "day", "title x day"]
    widths = np.log(table["high"] / table["low"])
    assert widths[2] > max(widths[0], widths[1])


def test_not_within_a_period_of_one_day() -> None:
    """By day a period is one cluster of days: what is known then is how days differ, and nothing is added to it."""
    tally = crossed(0.5, 0.5, days=12)
    rows = np.arange(480)
    counts = np.random.default_rng(2).poisson(2, 480)
    days = [Period(str(d), dt.date(1916, 11, d + 1), dt.date(1916, 11, d + 2)) for d in range(12)]
    by_day = Tally.from_counts(
        counts,
        np.full(480, 1000),
        days,
        period=rows % 12,
        clusters={
            "title": [f"t{one // 12}" for one in rows],
            "day": [f"d{one % 12}" for one in rows],
            "title x day": None,
        },
    )
    found = widest(by_day, 1)
    larger = np.minimum(*(dispersion(by_day, one, 1).shape for one in by_day.clusterings[:2]))
    assert np.array_equal(found.shape, larger)
    assert tally.crossings == {2: (0, 1)}


def test_an_index_against_a_loop(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The intersection of newspaper and day, with pages without a newspaper and copies in other papers, equals a loop."""
    folder = tmp_path_factory.mktemp("crossed")
    generator = np.random.default_rng(8)
    rows = []
    for number in range(80):
        copied = number % 7 == 0
        text = (
            "war and peace"
            if copied
            else " ".join(["war"] * int(generator.integers(0, 4)) + [f"n{number}"] * 3)
        )
        paper = ["", "Sun", "Times"][generator.integers(0, 3)]
        rows.append((f"d{number:02d}", f"1916-11-{generator.integers(1, 6):02d}", paper, text))
    for batch in range(2):
        lines = ["id,date,newspaper,text", *(",".join(row) for row in rows[batch::2])]
        (folder / f"{batch}.csv").write_text("\n".join(lines), encoding="utf-8")
        td.add(folder / "press.index", folder / f"{batch}.csv", merge=False)
    tally = td.open(folder / "press.index").tally("war", by="all", cluster=["newspaper", "day"])
    assert [one.name for one in tally.clusterings] == ["newspaper", "day", "newspaper x day"]
    assert tally.cluster == "newspaper x day"
    assert "cluster:newspaper,day" in tally.recipe
    first: dict[str, tuple[str, str, str, str]] = {}
    for row in sorted(rows, key=lambda row: (row[1], row[0])):
        first.setdefault(row[3], row)
    sums: dict[object, list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        leader = first[row[3]]
        key = (leader[2], leader[1]) if leader[2] else leader[0]
        sums[key][0] += len(row[3].split())
        sums[key][1] += row[3].split().count("war")
    moments = tally.clusterings[2].moments
    values = np.array(list(sums.values()))
    assert moments.clusters[0, 0] == len(values)
    assert moments.products[0, 0].astype(int).tolist() == (values.T @ values).tolist()
    other = td.open(folder / "press.index").tally("war", by="all", cluster=["newspaper", "document"])
    assert [one.name for one in other.clusterings] == ["newspaper", "document"]
