"""What a report rests on: documents by period and source, dates, independence, tests, methods, versions."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import polars as pl

from tendency.charts import bars
from tendency.corpus import Query, select
from tendency.corpus.query.tree import either
from tendency.dossier import wording
from tendency.dossier.asked import AskedRanking, AskedSlogan
from tendency.dossier.asking import Asking, release
from tendency.dossier.columns import chosen, described
from tendency.dossier.finding import Exhibit, Finding, Foundation
from tendency.dossier.log import in_words
from tendency.measures.rates import rates
from tendency.tally import NONE, cluster_names, tally
from tendency.tally.periods import keys

_SOURCES = ("publication", "newspaper", "standpoint", "faction", "party", "source", "author")
_MOST_SOURCES = 6
_REST = "all others"

METHODS: tuple[tuple[str, str], ...] = (
    (
        "Rates: sum of hits ÷ sum of words; intervals of a negative binomial count whose burstiness is measured over clusters",
        "Church and Gale (1995), Poisson mixtures, doi:10.1017/S1351324900000139",
    ),
    (
        "Why words are not independent draws",
        "Lijffijt and others (2016), Significance testing of word frequencies in corpora, doi:10.1093/llc/fqu064",
    ),
    (
        "The upper limit where there is no hit: the rule of three",
        "Hanley and Lippman-Hand (1983), If nothing goes wrong, is everything all right?, doi:10.1001/jama.1983.03330370053031",
    ),
    (
        "Ranks and the probability of being named most, from joint draws",
        "Goldstein and Spiegelhalter (1996), League tables and their limitations, doi:10.2307/2983325",
    ),
    (
        "Order reversed: an intersection–union test of both leads",
        "Berger (1982), Multiparameter hypothesis testing and acceptance sampling, doi:10.1080/00401706.1982.10487790",
    ),
    (
        "Several tests together: Holm’s procedure within each section",
        "Holm (1979), A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6, 65–70",
    ),
    (
        "How unevenly hits are spread: Gries’ DP, normed",
        "Gries (2008), Dispersions and adjusted frequencies in corpora, doi:10.1075/ijcl.13.4.02gri; Lijffijt and Gries (2012), "
        "doi:10.1075/ijcl.17.1.08lij",
    ),
    (
        "Trend: Mann–Kendall’s test with the autocorrelation that is present accounted for, Theil–Sen’s slope",
        "Hamed and Rao (1998), A modified Mann-Kendall trend test for autocorrelated data, doi:10.1016/S0022-1694(97)00125-X; "
        "Sen (1968), Estimates of the regression coefficient based on Kendall’s tau, doi:10.1080/01621459.1968.10480934",
    ),
    (
        "Turning points and flips: exact sums over all segmentations, averaged over how much a rate wanders by itself",
        "Fearnhead (2006), Exact and efficient Bayesian inference for multiple changepoint problems, doi:10.1007/s11222-006-8450-8",
    ),
    (
        "The second opinion on turning points: BEAST",
        "Zhao and others (2019), Detecting change-point, trend, and seasonality in satellite time series data, doi:10.1016/j.rse.2019.04.034",
    ),
    (
        "Forecasts: an equal pool of three, scored on past dates by the continuous ranked probability score",
        "Gneiting and Raftery (2007), Strictly proper scoring rules, prediction, and estimation, doi:10.1198/016214506000001437",
    ),
    (
        "Events against every other date of the series",
        "Abadie, Diamond and Hainmueller (2010), Synthetic control methods for comparative case studies, doi:10.1198/jasa.2009.ap08746",
    ),
    (
        "What is found by looking: the false-discovery rate among all that was tested",
        "Benjamini and Hochberg (1995), Controlling the false discovery rate, doi:10.1111/j.2517-6161.1995.tb02031.x",
    ),
    (
        "A rate corrected by a judged sample",
        "Rogan and Gladen (1978), Estimating prevalence from the results of a screening test, doi:10.1093/oxfordjournals.aje.a112510",
    ),
    (
        "How varied the words are: types expected among as many words",
        "Hurlbert (1971), The nonconcept of species diversity, doi:10.2307/1934145",
    ),
    (
        "Words and sentence ends: Unicode text segmentation, with the departures listed in docs/text-rules.md",
        "The Unicode Consortium, Unicode Standard Annex 29, https://unicode.org/reports/tr29/",
    ),
)


def foundation(asking: Asking, findings: Sequence[Finding], notes: Sequence[str]) -> Foundation:
    """What all findings rest on.

    Args:
        asking: The corpus.
        findings: The answers, for the number of tests.
        notes: What was left out when the corpus and the dossier were read.
    """
    figures, own_notes = _figures(asking)
    exhibits = [*_by_period(asking), *_held(asking), *_by_grain(asking), *_by_cluster(asking)]
    return Foundation(
        figures=tuple(figures),
        exhibits=tuple(exhibits),
        notes=(*own_notes, *_tests(findings), *notes),
        methods=METHODS,
    )


def _masks(asking: Asking) -> list[np.ndarray[tuple[int, ...], np.dtype[np.bool_]]]:
    questions = asking.questions
    where = asking.where(questions.dossier.where)
    return list(select(asking.index, where=where, start=questions.start, end=questions.end).masks)


def _figures(asking: Asking) -> tuple[list[tuple[str, str]], list[str]]:
    index, questions, masks = asking.index, asking.questions, _masks(asking)
    documents = sum(int(mask.sum()) for mask in masks)
    words = sum(int(segment.words[mask].sum()) for segment, mask in zip(index.segments, masks, strict=True))
    digests = [segment.digests[mask] for segment, mask in zip(index.segments, masks, strict=True)]
    every = np.concatenate(digests) if digests else np.empty(0, np.uint64)
    copies = int(every.size - np.unique(every).size)
    clusters = cluster_names(index, masks, questions.dossier.cluster)
    held = index.span
    figures = [
        ("documents asked about", wording.whole(documents)),
        ("documents in the index", wording.whole(index.documents)),
        ("words asked about", wording.whole(words)),
        ("dates in the index", "none" if held is None else wording.span(*held)),
        ("exact copies of another document", wording.whole(copies)),
        ("independent pieces of evidence", wording.listing([f"by {name}" for name in clusters])),
        ("corpus", asking.index.fingerprint),
        ("dossier", questions.digest),
        ("seed", str(questions.dossier.seed)),
        ("version of tendency", release()),
    ]
    if questions.dossier.where:
        figures.insert(1, ("only documents for which", questions.dossier.where))
    notes = []
    if copies:
        notes.append(
            f"{wording.counted(copies, 'document')} {'has' if copies == 1 else 'have'} exactly the text of another; copies count "
            "as hits, but as one independent piece of evidence."
        )
    if "document" in clusters:
        notes.append(
            "No publication, newspaper or author is known for most documents, so each document counts as one independent piece of "
            "evidence; where several come from one hand, intervals are too narrow."
        )
    return figures, notes


def _by_period(asking: Asking) -> list[Exhibit]:
    """Documents and words by period and main source; undatable ones in a row of their own."""
    questions = asking.questions
    period = questions.dossier.period or ("eras" if questions.eras else "year")
    source = _source(asking)
    common = asking.common(questions.dossier.where) | {"cluster": "document"}
    counts = tally(asking.index, {}, by=asking.by(period), split=source, **common)
    if not counts.periods:
        return []
    order = np.argsort(-counts.tokens.sum(axis=0), kind="stable")
    kept = (
        [int(i) for i in order[:_MOST_SOURCES]] if len(order) > _MOST_SOURCES + 1 else [int(i) for i in order]
    )
    rest = [int(i) for i in order if int(i) not in kept]
    rows = []
    for number, one in enumerate(counts.periods):
        groups = [(counts.splits[i], [i]) for i in kept] + ([(_REST, rest)] if rest else [])
        for name, columns in groups:
            rows.append(
                {
                    "period": one.label,
                    "start": one.start,
                    "end": one.end,
                    "source": "all documents" if source is None else name if name != NONE else f"no {source}",
                    "documents": int(counts.documents[number, columns].sum()),
                    "tokens": int(counts.tokens[number, columns].sum()),
                }
            )
    table = pl.DataFrame(rows, schema_overrides={"start": pl.Date, "end": pl.Date})
    together = table.group_by("period", "start", "end", maintain_order=True).agg(
        pl.col("documents").sum(), pl.col("tokens").sum()
    )
    title = "Words held, by period" if source is None else f"Words held, by period and {source}"
    divided = bars(
        table if source is not None else together,
        category="period",
        value="tokens",
        title=title,
        unit="words",
        group="source" if source is not None else None,
    )
    undated = int(counts.undated.documents.sum())
    left = (
        f" {wording.counted(undated, 'document')} cannot be dated to one {period} and stand in none."
        if undated
        else ""
    )
    printed = (
        table.filter(pl.col("documents") > 0).drop("start", "end")
        if source is not None
        else together.drop("start", "end")
    )
    return [
        Exhibit(
            "held-by-period",
            title,
            f"Words that are no sentence ends: the denominator of all rates. Periods without a bar hold nothing.{left}",
            printed,
            divided,
            columns=described(printed),
        )
    ]


_HELD = ("publication", "period", "expected", "known_gaps", "held", "share", "missing", "extra")
_HELD_MEANINGS = {
    "publication": "Which publication",
    "expected": "Issues that should exist, by how often it appears",
    "known_gaps": "Of these, issues of which the dossier says that nothing is held",
    "held": "Of these, issues of which a document is held",
    "share": "Held ÷ expected",
    "missing": "Expected, not held, and in no known gap",
    "extra": "Issues held beside those that were expected",
}
_MOST_SENTENCES = 12


def _held(asking: Asking) -> list[Exhibit]:
    """Issues expected and held, where the dossier says what should exist: survival is not silence."""
    found = asking.holdings
    if found is None:
        return []
    title = "Issues held of those that should exist"
    whole = chosen(found.publications, ("publication", "every", "first", "last", *_HELD[2:], "gaps", "note"))
    by_period = chosen(found.table, _HELD)
    told = f" {' '.join(found.sentences)}" if len(found.sentences) <= _MOST_SENTENCES else ""
    exhibits = [
        Exhibit(
            "holdings",
            title,
            "A strip a publication: dark where issues are held, empty where they are missing, grey where that was known. Where under "
            f"80 % of them are held, a curve has a strip on its axis, and silence is claimed of nothing.{told}",
            whole,
            found.chart(title=title),
            columns=described(whole, **_HELD_MEANINGS),
        )
    ]
    if by_period.height:
        exhibits.append(
            Exhibit(
                "holdings-by-period",
                "Issues expected and held, by publication and period",
                "An issue is a date of a publication, however many pages are held of it.",
                by_period,
                columns=described(by_period, **_HELD_MEANINGS),
            )
        )
    return exhibits


def _source(asking: Asking) -> str | None:
    """The field that says where documents are from, if it says more than one thing."""
    for name in _SOURCES:
        if name in asking.index.field_views:
            values = {
                held.values[code]
                for segment in asking.index.segments
                for held in [segment.field(name)]
                for code in np.unique(held.codes[held.codes >= 0]).tolist()
            }
            if len(values) > 1:
                return name
    return None


def _by_grain(asking: Asking) -> list[Exhibit]:
    """How many documents cannot be dated to a day, a week and so on."""
    parts = [
        (
            segment.start_day[mask].astype(np.int64),
            segment.end_day[mask].astype(np.int64) - 1,
            segment.words[mask],
        )
        for segment, mask in zip(asking.index.segments, _masks(asking), strict=True)
    ]
    rows = []
    for grain in ("day", "week", "month", "quarter", "year", "decade"):
        undatable = [keys(grain, first) != keys(grain, last) for first, last, _ in parts]
        rows.append(
            {
                "grain": grain,
                "documents": sum(int(mask.sum()) for mask in undatable),
                "tokens": sum(
                    int(words[mask].sum()) for mask, (*_, words) in zip(undatable, parts, strict=True)
                ),
            }
        )
    if not any(row["documents"] for row in rows):
        return []
    table = pl.DataFrame(rows)
    return [
        Exhibit(
            "undatable-by-grain",
            "Documents whose date is no single day, week, month …",
            "They are counted only where their whole date lies in one period; in finer periods they stand beside, never spread.",
            table,
            columns=described(
                table,
                grain="Kind of period",
                documents="Documents not datable to one",
                tokens="Words in them",
            ),
        )
    ]


def _by_cluster(asking: Asking) -> list[Exhibit]:
    """The interval of all items together by document, by the cluster in use and by day."""
    questions = asking.questions
    queries = [slogan.query for slogan in questions.of(AskedSlogan)]
    queries += [query for ranking in questions.of(AskedRanking) for query in ranking.items.values()]
    plain = [query.tree for query in queries if query.where is None]
    if not plain:
        return []
    names = dict.fromkeys(
        ("document", *cluster_names(asking.index, _masks(asking), questions.dossier.cluster), "day")
    )
    counts = tally(
        asking.index,
        {"all items": Query(either(plain))},
        by="all",
        **(asking.common(questions.dossier.where) | {"cluster": tuple(names)}),
    )
    found = rates(counts)
    row = found.table.to_dicts()[0] if found.table.height else None
    if row is None or not row["hits"]:
        return []
    widths = [
        (one["cluster"], one["low"], one["high"], math.log(one["high"] / one["low"]))
        for one in found.widths.to_dicts()
        if one["low"] and one["high"]
    ]
    if len(widths) < 2:
        return []
    narrowest = min(width for *_, width in widths)
    table = pl.DataFrame(
        [
            {
                "field": name,
                "per_million": row["per_million"],
                "low": low,
                "high": high,
                "relative": width / narrowest,
            }
            for name, low, high, width in widths
        ]
    )
    return [
        Exhibit(
            "interval-by-cluster",
            "How wide the interval is when documents, voices or days count as independent",
            "All items of this report together, over the whole span, per million words with 95 % interval. Words of one voice or one "
            "day resemble each other: the wider the interval, the more so.",
            table,
            columns=described(table),
        )
    ]


def _tests(findings: Sequence[Finding]) -> list[str]:
    kinds = {
        "rate changed", "rate not shown to change", "order reversed", "order not shown to change", "aim ratio changed",
        "aim ratio not shown to change", "share moved with theme", "aim took over", "depends on the window",
    }  # fmt: skip
    tested = [finding for finding in findings if any(claim.kind in kinds for claim in finding.claims)]
    asserted = sum(claim.holds for finding in findings for claim in finding.claims if claim.kind in kinds)
    return [
        _judged(findings),
        f"{in_words(len(findings), findings)} {_family(len(tested), asserted)} Other intervals are 95 % each by itself.",
        *_courses(findings),
        "Nothing here says why something changed: events and outside series stand beside the curves and are no causes.",
        "Under 8 independent pieces of evidence or under 10 hits no statement is made (“too few”).",
    ]


def _courses(findings: Sequence[Finding]) -> list[str]:
    """How many courses were looked at for turning points, and how many turned."""
    looked = sum(exhibit.name.endswith("-course") for finding in findings for exhibit in finding.exhibits)
    if not looked:
        return []
    kinds = [claim.kind for finding in findings for claim in finding.claims]
    firm = kinds.count("turned") + kinds.count("flipped")
    return [
        f"{wording.counted(looked, 'course')} {'was' if looked == 1 else 'were'} looked at for turning points, each with its parts, and the "
        "items of each ranking two by two for changes of places: of series that only wander, about one in twenty has a turn printed. "
        f"{wording.counted(firm, 'firm turn or flip', 'firm turns and flips')} {'is' if firm == 1 else 'are'} told."
    ]


def _judged(findings: Sequence[Finding]) -> str:
    """Whether anything may be said to be asserted."""
    read = sum(any(claim.kind == "precision" for claim in finding.claims) for finding in findings)
    if not read:
        return "Something is said to be named, never to be asserted: no sample of the hits was judged by a person."
    return (
        "Something is said to be named; how many of the hits assert it is said only where a person judged a sample of them "
        f"({wording.counted(read, 'section')})."
    )


def _family(sections: int, asserted: int) -> str:
    """How errors are held down over the sections that test for change."""
    if not sections:
        return "No section holds enough text to test for change."
    return (
        f"{wording.counted(sections, 'section')} {'tests' if sections == 1 else 'test'} for change; within each the chance of any "
        f"false statement of change is at most 5 % (Holm), so that at most {wording.figure(0.05 * sections)} sections with such a "
        f"statement are to be expected if nothing had changed; {wording.counted(asserted, 'statement')} of change "
        f"{'is' if asserted == 1 else 'are'} made."
    )
