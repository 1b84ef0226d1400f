"""A report with everything in it that can go wrong: long names, other scripts, gaps, hostile text."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tendency.charts import Event, aims_chart, bars, rank_chart, rates_chart
from tendency.corpus import Line
from tendency.documents.dates import DateSpan
from tendency.dossier.finding import Answers, Claim, Evidence, Exhibit, Finding, Foundation
from tendency.report import write_report

HOSTILE = "</title><script>document.title='owned'</script><img src=x onerror=alert(1)>"
LONG = (
    "The defence of the achievements of the revolution against every intervention from abroad and from within"
)
RUSSIAN = "Защита завоеваний революции"
ARABIC = "الدفاع عن مكتسبات الثورة"

_SENTENCES = (
    (
        "en",
        "We have said for years that the ",
        "defence of the Soviet Union",
        " is bound up with the fate of the revolution",
    ),
    ("ru", "Мы всегда говорили, что ", "защита завоеваний", " неотделима от борьбы против бюрократии"),
    ("ar", "لقد قلنا دائما إن ", "الدفاع عن الثورة", " لا ينفصل عن النضال ضد البيروقراطية"),
    ("", "=1+1 ", HOSTILE, " and & then “quoted”"),
)


def _line(number: int, day: dt.date) -> Line:
    language, left, match, right = _SENTENCES[number % len(_SENTENCES)]
    fields = {
        "author": ("N. Sedova", "Л. Троцкий", ARABIC, "A. <b>Bold</b>")[number % 4],
        "title": f"On the tasks of the day, {number}",
        "publication": "Internal Bulletin",
        "volume": "6",
        "number": str(number),
        "pages": "24–25",
    }
    if language:
        fields["language"] = language
    span = DateSpan(day, day + dt.timedelta(days=1))
    return Line(f"doc-{number:04}", span, left, match, right, 100 + number, 127 + number, 12 + number, fields)


def _quarters(first: int, count: int) -> list[tuple[str, dt.date, dt.date]]:
    spans = []
    for number in range(count):
        year, quarter = first + number // 4, number % 4
        end = dt.date(year + (quarter == 3), (quarter * 3 + 3) % 12 + 1, 1)
        spans.append((f"{year}-Q{quarter + 1}", dt.date(year, quarter * 3 + 1, 1), end))
    return spans


def _rate(rng: int, place: int) -> dict[str, Any]:
    held, zero, few = not 5 <= place < 8, place == 11 and rng == 0, place >= 58
    rate = 0.0 if zero else max(3.0, 900 + 600 * math.sin(place / 6 + rng * 1.3) - 120 * rng)
    return {
        "documents": 1_204 if held else 0,
        "tokens": 1_240_512 if held else 0,
        "hits": round(rate * 1.24) if held else 0,
        "documents_with_hits": round(rate * 0.4) if held else 0,
        "per_million": rate if held else None,
        "low": (0.0 if zero else rate * 0.8) if held else None,
        "high": (31.5 if zero else rate * (2.9 if few else 1.25)) if held else None,
        "too_few": held and few,
    }


def _slogan(anchor: str, names: tuple[str, ...], periods: list[tuple[str, dt.date, dt.date]]) -> Finding:
    rows, evidence = [], []
    for q, query in enumerate(names):
        for n, (label, start, end) in enumerate(periods):
            row = {"query": query, "period": label, "start": start, "end": end, "split": "all"} | _rate(q, n)
            linked = bool(row["hits"]) and n % 3 == 0
            rows.append(row | {"evidence": f"{anchor}-e-{q}-{n}" if linked else None})
            if linked:
                lines = tuple(_line(q * 100 + n + k, start + dt.timedelta(days=k)) for k in range(3))
                evidence.append(Evidence(f"{anchor}-e-{q}-{n}", f"{query}, {label}", lines, row["hits"]))
    table = pl.DataFrame(rows)
    title = "The defence of the USSR is named less often after 1943, and peace more often, in every paper"
    events = (
        Event("War", dt.date(1939, 9, 1)),
        Event("Invasion of the Soviet Union", dt.date(1941, 6, 22)),
        Event(HOSTILE, dt.date(1943, 2, 2)),
    )
    exhibit = Exhibit(
        name=f"{anchor}-rates",
        title=title,
        caption="Hits per million words, by quarter; the shade is the 95 % interval from clusters by publication.",
        table=table,
        chart=rates_chart(table, title=title, events=events, undatable=38),
        columns=(("hits", "Hits of the query in documents that lie in the period"),),
    )
    return Finding(
        anchor=anchor,
        question="How often is the defence of the USSR named, and when does that change?",
        kind="slogan",
        claims=(
            Claim(
                "The defence of the USSR is named 312 times per million words before 1943 and 104 after "
                "(ratio 0.33, 95 % interval 0.27 to 0.41; 1,204 hits).",
                "rate changed",
                (names[0],),
                True,
                (("ratio", 0.3333333333), ("hits", 1204), ("note", None)),
            ),
            Claim(
                f"It is not established that {HOSTILE} is named more often.",
                "not established",
                (HOSTILE,),
                False,
            ),
        ),
        warnings=(
            "In 1931 nothing was held of three quarters.",
            "One document gives 41 % of the hits of 1944.",
        ),
        exhibits=(exhibit,),
        evidence=tuple(evidence),
        recipe="rate|by:quarter|ci:cluster95|corpus:3fa9c1d2|seed:1|v:0.1",
    )


def _ranking() -> Finding:
    names, rows, evidence = ("the regime", "foreign armies", RUSSIAN), [], []
    for year in range(1936, 1945):
        held = year != 1939
        order = (0, 1, 2) if year < 1942 else (1, 2, 0)
        for place, q in enumerate(order, start=1):
            anchor = f"rank-e-{q}-{year}" if held else None
            rows.append(
                {
                    "query": names[q],
                    "period": str(year),
                    "start": dt.date(year, 1, 1),
                    "end": dt.date(year + 1, 1, 1),
                    "split": "all",
                    "documents": 40 if held else 0,
                    "hits": 25 if held else 0,
                    "rank": place if held else None,
                    "rank_low": place if held else None,
                    "rank_high": min(3, place + 1) if held else None,
                    "p_first": 0.9 / place**2 if held else None,
                    "evidence": anchor,
                }
            )
            if anchor:
                lines = (_line(year % 100 * 3 + q, dt.date(year, 3, 5)),)
                evidence.append(Evidence(anchor, f"{names[q]}, {year}", lines, 25))
    table = pl.DataFrame(rows)
    title = "The regime is named first beside words of danger until 1941, then last"
    exhibit = Exhibit(
        "danger-ranks", title, "Rank by rate, with its 80 % interval.", table, rank_chart(table, title=title)
    )
    return Finding(
        "danger",
        "What is named beside words of danger?",
        "ranking",
        (
            Claim(
                "The regime falls from the first to the third rank between 1941 and 1942 (probability 0.94).",
                "order reversed",
                ("the regime",),
                True,
            ),
        ),
        (),
        (exhibit,),
        tuple(evidence),
        "rank|by:year|ci:cluster80|corpus:3fa9c1d2|seed:1|v:0.1",
        "varied",
        4,
        "3 earlier versions were answered, the first on 2 November 2026",
    )


def _aims() -> Finding:
    rows = [
        {
            "query": "Defence of the USSR",
            "aim": aim,
            "window": window,
            "period": "1944",
            "start": dt.date(1944, 1, 1),
            "end": dt.date(1945, 1, 1),
            "split": "all",
            "hits": 8,
            "documents": 1,
            "share": share,
            "expected": expected,
            "ratio": share / expected,
            "low": share / expected * 0.3,
            "high": share / expected * 2.1 + 0.6,
            "too_few": True,
            "evidence": "aims-e-0" if share else None,
        }
        for aim, window, share, expected in (
            ("against the regime", 10, 0.25, 0.31),
            ("against the regime", 30, 0.75, 0.69),
            ("against the regime", 100, 1.0, 0.97),
            ("against intervention", 10, 0.25, 0.04),
            ("against intervention", 30, 0.25, 0.06),
            ("against intervention", 100, 0.5, 0.19),
            (LONG, 10, 0.0, 0.02),
            (LONG, 30, 0.0, 0.04),
            (LONG, 100, 0.0, 0.09),
        )
    ]
    table = pl.DataFrame(rows)
    title = "In one letter the slogan stands near intervention four times as often as chance would give"
    return Finding(
        "aims",
        f"At what does {LONG} aim?",
        "slogan",
        (
            Claim(
                "With one document and 8 hits nothing can be said of the aims of a year.",
                "too few",
                (),
                False,
            ),
        ),
        ("One document only.",),
        (Exhibit("aims-chance", title, "Share of hits.", table, aims_chart(table, title=title)),),
        (
            Evidence(
                "aims-e-0",
                "Defence of the USSR, 1944",
                tuple(_line(n, dt.date(1944, 9, 23)) for n in range(2)),
                8,
            ),
        ),
        "aims|window:30|corpus:3fa9c1d2|seed:1|v:0.1",
        "found by looking",
    )


def make_answers() -> Answers:
    """A rich report."""
    held = pl.DataFrame(
        {
            "source": ["The Militant", "Fourth International", LONG],
            "documents": [12_034, 340, 0],
            "tokens": [9_240_512, 1_000_000, 0],
        }
    )
    title = "Most documents come from one paper"
    foundation = Foundation(
        figures=(
            ("documents", "12,374"),
            ("words", "10,240,512"),
            ("not datable by quarter", "38"),
            ("dropped as <b>copies</b>", "0"),
        ),
        exhibits=(
            Exhibit(
                "sources",
                title,
                "Documents by source.",
                held,
                bars(held, category="source", value="documents", title=title, unit="documents"),
            ),
            Exhibit(
                "plain",
                "Terms without hits",
                "",
                pl.DataFrame({"term": ["=HYPERLINK(1)", "-", "b"], "hits": [0, 0, 0]}),
            ),
        ),
        notes=("12 comparisons; false-discovery rate 0.05 within each family.",),
        methods=(
            ("Cluster-robust ratio", "Cochran (1977), Sampling Techniques"),
            ("Blocks", "Künsch (1989), doi:10.1214/aos/1176347265."),
        ),
    )
    return Answers(
        title=f"The defence of the USSR, 1930–1944 {HOSTILE}",
        subtitle="12,374 documents, 1930 to 1944, by quarter",
        findings=(
            _slogan("defence", (LONG, RUSSIAN, ARABIC, HOSTILE), _quarters(1930, 60)),
            _slogan("peace", ("Peace",), _quarters(1940, 1)),
            _ranking(),
            _aims(),
        ),
        foundation=foundation,
        recipe="corpus:3fa9c1d2|dossier:77aa|seed:1|v:0.1",
        dossier=f'title = "The defence"\n# {HOSTILE}\n' + "x" * 300,
        questions=14,
    )


@pytest.fixture(scope="session")
def answers() -> Answers:
    """A rich report's answers."""
    return make_answers()


@pytest.fixture(scope="session")
def report(answers: Answers, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The rich report, written once; tests do not change it."""
    return write_report(answers, tmp_path_factory.mktemp("reports") / "report")


@pytest.fixture(scope="session")
def small_report(answers: Answers, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every kind of thing once or twice, for checks that look at each element."""
    slogan = _slogan("defence", (LONG, ARABIC), _quarters(1930, 4))
    small = replace(answers, findings=(slogan, *answers.findings[2:]))
    return write_report(small, tmp_path_factory.mktemp("reports") / "small")
