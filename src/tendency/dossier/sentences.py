"""Sentences that a careful author could print, each with the same statement for machines.

Every function gives one ``Claim``. Words that a count cannot carry never appear: something is *named*; it does not stand
first, matter or aim. ``docs/claims.md`` lists the kinds with the conditions under which each is said.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from tendency.dossier.company_sentences import COMPANY_KINDS
from tendency.dossier.finding import Claim
from tendency.dossier.leading_sentences import VOICE_KINDS
from tendency.dossier.tendency_sentences import TREND_KINDS
from tendency.dossier.wording import (
    counted,
    during,
    figure,
    interval,
    listing,
    named,
    number_word,
    ordinal,
    percent,
    plural,
    probability,
    whole,
)

FEWEST_CLUSTERS = 8
FEWEST_HITS = 10
SURE = 0.99
"""The probability of being first that a claim to it needs. Two equal items pass .95 in one of ten looks, and a question looks
at two spans: .99 keeps the chance of a false claim in a question under 5 %."""

KINDS: dict[str, str] = {
    "rate": "how often something is named, over the whole span",
    "rate changed": "a rate that differs between the two spans",
    "rate not shown to change": "a rate whose difference between the two spans could be chance",
    "named most": "the item named most, whatever the list of words, the unit and the order of mention",
    "first by list only": "an item named most by this list of words only",
    "first not established": "no item is named most with enough certainty",
    "order reversed": "two items that changed places between the two spans",
    "order not shown to change": "no two items changed places beyond chance",
    "rank fell": "an item with a lower place in the later span",
    "rank rose": "an item with a higher place in the later span",
    "aim ratio": "how often an aim is named near a slogan, against chance",
    "aim ratio changed": "an aim whose ratio to chance differs between the two spans",
    "aim ratio not shown to change": "an aim whose ratio to chance could be the same in both spans",
    "aim took over": "an aim that gained against chance while another lost, at every window",
    "share moved with theme": "a share that moved while its ratio to chance did not",
    "depends on the window": "a result that the window decides",
    "precision": "how many hits of a judged sample are the thing",
    "corrected rate": "a rate corrected by such a sample",
    "precision differs": "a precision that differs between periods or parts, so that the curve as counted misleads",
    "precision not shown to differ": "a precision whose differences could be chance",
    "judges agree": "how far two people who read the same hits agree",
    "too few": "too little text or too few hits for any statement",
    "no hits": "nothing was found, with near spellings",
    "conditions": "of what parts the change of a rate is made: within voices, their mix, voices that entered or left",
    **TREND_KINDS,
    **COMPANY_KINDS,
    **VOICE_KINDS,
}
"""Every kind of claim, with what it says."""


@dataclass(frozen=True)
class Counted:
    """How often something was found in some stretch of the corpus.

    Attributes:
        hits: Hits.
        documents: Documents with a hit.
        held: Documents held.
        words: Words in them: the denominator.
        clusters: Independent pieces of evidence among the documents held.
        per_million: Hits per million words; None without words.
        low, high: Its 95 % interval; None where there is none.
        when: The stretch in words, such as ``1930–39``.
    """

    hits: int
    documents: int
    held: int
    words: int
    clusters: int
    per_million: float | None
    low: float | None
    high: float | None
    when: str

    @property
    def enough(self) -> bool:
        """True when the evidence can carry a statement: 8 clusters and 10 hits."""
        return self.hits >= FEWEST_HITS and self.clusters >= FEWEST_CLUSTERS and self.low is not None

    def values(self, prefix: str = "") -> tuple[tuple[str, float | int | str | None], ...]:
        """Its figures by name."""
        return tuple(
            (f"{prefix}{name}", getattr(self, name))
            for name in (
                "hits",
                "documents",
                "held",
                "words",
                "clusters",
                "per_million",
                "low",
                "high",
                "when",
            )
        )


def thin(what: Counted, cluster: str) -> str:
    """Why the evidence carries no statement: too few hits, too few clusters, or both."""
    reasons = []
    if what.hits < FEWEST_HITS:
        reasons.append(f"under {FEWEST_HITS} hits")
    if what.clusters < FEWEST_CLUSTERS:
        reasons.append(f"{independent(what.clusters, cluster)}, under {FEWEST_CLUSTERS}")
    return listing(reasons) or "no interval can be formed"


def independent(number: int, cluster: str) -> str:
    """A number of clusters: ``12 independent newspapers``."""
    nouns = [one.strip() for one in cluster.replace(" × ", " x ").split(" x ")]
    if len(nouns) > 1:
        return f"{whole(number)} independent groups by {listing(nouns)}"
    return f"{whole(number)} independent {nouns[0] if number == 1 else plural(nouns[0])}"


def no_hits(name: str, held: Counted, near: Sequence[tuple[str, int]], written: str = "") -> Claim:
    """Nothing was found: the upper limit of the rate and the near spellings."""
    limit = "" if held.high is None or not held.words else f", at most {figure(held.high)} per million words"
    if near:
        found = listing([f"{spelling} ({whole(count)})" for spelling, count in near])
        hint = f" Near spellings with their hits: {found}."
    else:
        hint = " No near spelling occurs either."
    query = f" The query is {written}." if written else ""
    sentence = (
        f"{named(name)} is not named in {counted(held.held, 'document')} with {counted(held.words, 'word')}, "
        f"{held.when}: no hit{limit}.{query}{hint}"
    )
    values = (*held.values(), *((f"near:{spelling}", count) for spelling, count in near))
    return Claim(sentence, "no hits", (name,), False, values)


def nothing_held(name: str, why: str) -> Claim:
    """No document answers the filters."""
    return Claim(f"Nothing can be said of {named(name)}: {why}.", "too few", (name,), False)


def too_few(name: str, found: Counted, cluster: str, what: str = "how often") -> Claim:
    """Hits there are, but too few for a number with an interval."""
    sentence = (
        f"{named(name)} is named {times(found.hits)} in {of_documents(found)}, {found.when}: too few to say {what} "
        f"({thin(found, cluster)})."
    )
    return Claim(sentence, "too few", (name,), False, found.values())


def rate(name: str, found: Counted, cluster: str) -> Claim:
    """How often something is named over the whole span."""
    assert found.per_million is not None
    assert found.low is not None
    assert found.high is not None
    sentence = (
        f"{named(name)} is named {times(found.hits)} in {of_documents(found)}, {found.when}: "
        f"{figure(found.per_million)} per million words ({interval(found.low, found.high)}, "
        f"from {independent(found.clusters, cluster)})."
    )
    return Claim(sentence, "rate", (name,), True, found.values())


def rate_change(
    name: str,
    before: Counted,
    after: Counted,
    *,
    ratio: float | None,
    low: float | None,
    high: float | None,
    changed: bool,
    cluster: str,
) -> Claim:
    """How the rate of the later span stands to that of the earlier one.

    Args:
        name: What is named.
        before: The earlier span.
        after: The later span.
        ratio: Later rate ÷ earlier rate; None where one of them is not known.
        low: The lower end of its 95 % interval.
        high: The upper end.
        changed: True when the difference passed the test, all tests of the finding taken together.
        cluster: What an independent piece of evidence is.
    """
    values = (
        *before.values("before_"),
        *after.values("after_"),
        ("ratio", ratio),
        ("ratio_low", low),
        ("ratio_high", high),
    )
    if ratio is None or low is None or high is None or not _both(before, after):
        weak = before if before.hits <= after.hits and before.clusters <= after.clusters else after
        sentence = (
            f"Whether {named(name)} is named more or less often {during(after.when)} than {during(before.when)} cannot be said: "
            f"{whole(before.hits)} and {counted(after.hits, 'hit')} in {of_held(before)} and {of_held(after)} "
            f"({thin(weak, cluster)})."
        )
        return Claim(sentence, "too few", (name,), False, values)
    figures = (
        f"{figure(after.per_million or 0)} against {figure(before.per_million or 0)} per million words "
        f"({whole(after.hits)} and {whole(before.hits)} hits; ratio {figure(ratio)}, {interval(low, high)})"
    )
    if changed:
        sentence = f"{named(name)} is named {how_often(ratio)} {during(after.when)} as {during(before.when)}: {figures}."
        if ratio < 1:
            sentence = f"{named(name)} is named less often {during(after.when)} than {during(before.when)}: {figures}."
        return Claim(sentence, "rate changed", (name,), True, values)
    sentence = f"No change in how often {named(name)} is named is shown between {before.when} and {after.when}: {figures}."
    return Claim(sentence, "rate not shown to change", (name,), False, values)


def named_most(
    winner: str,
    found: Counted,
    second: str,
    other: Counted,
    *,
    among: int,
    probability_first: float,
    beside: str,
    checks: Sequence[str],
    cluster: str,
) -> Claim:
    """The item named most, when every check upholds it."""
    held = f", and remains so {listing(checks)}" if checks else ""
    sentence = (
        f"{capital(during(found.when))} {named(winner)} is the most often named of the {number_word(among)}{beside}: {_figures(found)}, then "
        f"{named(second)} with {_figures(other)}; probability of being named most {probability(probability_first)}{held}."
    )
    values = (*found.values("first_"), *other.values("second_"), ("probability_first", probability_first))
    return Claim(sentence, "named most", (winner, second), True, values)


def first_by_list_only(
    winner: str, found: Counted, fails: Sequence[str], *, among: int, probability_first: float, beside: str
) -> Claim:
    """An item that comes first only as its words were chosen or counted."""
    sentence = (
        f"{capital(during(found.when))} {named(winner)} is the most often named of the {number_word(among)}{beside} by this list of words only: "
        f"{_figures(found)}. It is not so {listing(fails, last='or')}."
    )
    values = (*found.values("first_"), ("probability_first", probability_first))
    return Claim(sentence, "first by list only", (winner,), False, values)


def first_not_established(
    name: str,
    winner: str,
    found: Counted,
    second: str,
    other: Counted,
    *,
    among: int,
    probability_first: float,
    beside: str,
) -> Claim:
    """Two items too close to say which is named most."""
    sentence = (
        f"{name}: which of the {number_word(among)} is named most{beside} {during(found.when)} is not established: {named(winner)} has "
        f"{_figures(found)}, {named(second)} {_figures(other)}; the probability that {named(winner)} is named most is "
        f"{probability(probability_first)}, under {SURE}."
    )
    values = (*found.values("first_"), *other.values("second_"), ("probability_first", probability_first))
    return Claim(sentence, "first not established", (winner, second), False, values)


def ranking_too_few(
    name: str, hits: int, clusters: int, held: int, cluster: str, when: str, beside: str
) -> Claim:
    """Too little evidence to put anything in order."""
    reasons = []
    if clusters < FEWEST_CLUSTERS:
        reasons.append(f"{independent(clusters, cluster)}, under {FEWEST_CLUSTERS}")
    if hits < FEWEST_HITS:
        reasons.append(f"no item has {FEWEST_HITS} hits")
    sentence = (
        f"{name}: too few to say which is named most{beside} {during(when)} ({counted(held, 'document')}; "
        f"{listing(reasons) or 'no interval can be formed'})."
    )
    values = (("hits", hits), ("clusters", clusters), ("held", held))
    return Claim(sentence, "too few", (name,), False, values)


def order_reversed(
    risen: str,
    fallen: str,
    before: tuple[Counted, Counted],
    after: tuple[Counted, Counted],
    *,
    beside: str,
    p: float | None,
) -> Claim:
    """Two items that changed places; ``before`` and ``after`` hold the risen and the fallen one."""
    sentence = (
        f"Between {before[0].when} and {after[0].when} {named(risen)} and {named(fallen)} changed places: "
        f"{named(fallen)} was named more often{beside} at first ({_pair(before[1], before[0])} per million words), "
        f"{named(risen)} later ({_pair(after[0], after[1])})."
    )
    values = (
        *before[0].values("risen_before_"),
        *before[1].values("fallen_before_"),
        *after[0].values("risen_after_"),
        *after[1].values("fallen_after_"),
        ("p", p),
    )
    return Claim(sentence, "order reversed", (risen, fallen), True, values)


def order_not_shown(name: str, before: str, after: str, *, pairs: int, beside: str) -> Claim:
    """No two items changed places beyond chance."""
    sentence = (
        f"{name}: no two of them are shown to have changed places between {before} and {after} in how often they are "
        f"named{beside} ({counted(pairs, 'pair')} tested{' together' if pairs > 1 else ''})."
    )
    return Claim(sentence, "order not shown to change", (name,), False, (("pairs", pairs),))


def rank_moved(
    name: str,
    item: str,
    before: Counted,
    after: Counted,
    *,
    rank_before: int,
    rank_after: int,
    passed: Sequence[str],
    settled: bool,
    among: int,
    beside: str,
    p: float | None,
) -> Claim:
    """An item from one place to another; the places are numbered only where both are settled."""
    fell = rank_after > rank_before
    move = (
        f"from {ordinal(rank_before)} to {ordinal(rank_after)} place of {number_word(among)}"
        if settled
        else f"{'behind' if fell else 'before'} {listing([named(other) for other in passed])}"
    )
    sentence = (
        f"{name}: {named(item)} {'falls' if fell else 'rises'} {move}, by how often each is named{beside}, {before.when} "
        f"against {after.when}: {figure(before.per_million or 0)} and {figure(after.per_million or 0)} per million words "
        f"({whole(before.hits)} and {whole(after.hits)} hits)."
    )
    values = (
        *before.values("before_"),
        *after.values("after_"),
        ("rank_before", rank_before),
        ("rank_after", rank_after),
        ("settled", settled),
        ("p", p),
    )
    return Claim(sentence, "rank fell" if fell else "rank rose", (item,), True, values)


@dataclass(frozen=True)
class Nearness:
    """How often an aim is named near a slogan, and how often chance would have it.

    Attributes:
        hits: Hits of the slogan.
        with_aim: Those with the aim within the window.
        share: ``with_aim`` ÷ ``hits``.
        expected: The share expected by chance in the same documents.
        ratio: Share ÷ expected; None where nothing is expected.
        low, high: Its 95 % interval.
        clusters: Independent pieces of evidence.
        window: Words on each side.
        when: The stretch in words.
    """

    hits: int
    with_aim: int
    share: float | None
    expected: float | None
    ratio: float | None
    low: float | None
    high: float | None
    clusters: int
    window: int
    when: str

    @property
    def enough(self) -> bool:
        """True when there are hits and clusters enough, and a ratio with an interval."""
        return (
            self.hits >= FEWEST_HITS
            and self.clusters >= FEWEST_CLUSTERS
            and all(value is not None and math.isfinite(value) for value in (self.ratio, self.low, self.high))
        )

    def values(self, prefix: str = "") -> tuple[tuple[str, float | int | str | None], ...]:
        """Its figures by name."""
        names = (
            "hits",
            "with_aim",
            "share",
            "expected",
            "ratio",
            "low",
            "high",
            "clusters",
            "window",
            "when",
        )
        return tuple((f"{prefix}{name}", getattr(self, name)) for name in names)


def aim_too_few(slogan: str, aim: str, near: Nearness, cluster: str) -> Claim:
    """Too few hits to say anything of an aim."""
    reasons = []
    if near.hits < FEWEST_HITS:
        reasons.append(f"under {FEWEST_HITS} hits")
    if near.clusters < FEWEST_CLUSTERS:
        reasons.append(f"{independent(near.clusters, cluster)}, under {FEWEST_CLUSTERS}")
    sentence = (
        f"{named(aim)} is named within {near.window} words of {named(slogan)} at {near.with_aim} of "
        f"{counted(near.hits, 'hit')}, {near.when}: too few to compare with chance "
        f"({listing(reasons) or 'chance itself would give next to none'})."
    )
    return Claim(sentence, "too few", (slogan, aim), False, near.values())


def aim_ratio(slogan: str, aim: str, near: Nearness) -> Claim:
    """How an aim's share stands to chance over the whole span."""
    assert near.ratio is not None
    assert near.low is not None
    assert near.high is not None
    beyond = near.low > 1 or near.high < 1
    against = (
        "more often than" if near.low > 1 else "less often than" if near.high < 1 else "no more often than"
    )
    tail = "" if beyond else ", which could be chance"
    sentence = (
        f"{named(aim)} is named within {near.window} words of {named(slogan)} {against} chance would have it in the same "
        f"documents: at {_share(near)} of {counted(near.hits, 'hit')} against {percent(near.expected or 0)} expected, "
        f"{near.when} (ratio {figure(near.ratio)}, {interval(near.low, near.high)}){tail}."
    )
    return Claim(sentence, "aim ratio", (slogan, aim), beyond, near.values())


def aim_changed(
    slogan: str,
    aim: str,
    before: Nearness,
    after: Nearness,
    *,
    ratio: float,
    low: float,
    high: float,
    changed: bool,
    share_moved: bool,
) -> Claim:
    """How an aim's ratio to chance in the later span stands to that of the earlier one."""
    values = (
        *before.values("before_"),
        *after.values("after_"),
        ("ratio", ratio),
        ("ratio_low", low),
        ("ratio_high", high),
    )
    shares = (
        f"at {_share(after)} of {whole(after.hits)} hits against {_share(before)} of {whole(before.hits)}"
    )
    against = (
        f"{figure(after.ratio or 0)} times what chance would give against {figure(before.ratio or 0)} times "
        f"(ratio of the two {figure(ratio)}, {interval(low, high)})"
    )
    subject = f"{named(aim)} within {after.window} words of {named(slogan)}"
    if changed:
        way = "more" if ratio > 1 else "less"
        sentence = f"{subject} is named {way} beyond chance {during(after.when)} than {during(before.when)}: {against}; {shares}."
        return Claim(sentence, "aim ratio changed", (slogan, aim), True, values)
    if share_moved:
        grew = (after.share or 0) > (before.share or 0)
        sentence = (
            f"{subject} is named {shares}, {after.when} against {before.when}, because the theme "
            f"{'grew' if grew else 'shrank'} everywhere: against chance no change is shown, {against}."
        )
        return Claim(sentence, "share moved with theme", (slogan, aim), False, values)
    sentence = f"{subject}: no change against chance is shown between {before.when} and {after.when}: {against}; {shares}."
    return Claim(sentence, "aim ratio not shown to change", (slogan, aim), False, values)


def aim_took_over(
    slogan: str,
    gained: str,
    lost: str,
    before: tuple[Nearness, Nearness],
    after: tuple[Nearness, Nearness],
    *,
    windows: Sequence[int],
) -> Claim:
    """One aim gained against chance while another lost; the pairs hold the gaining one first."""
    passed = (before[0].ratio or 0) < (before[1].ratio or 0) and (after[0].ratio or 0) > (after[1].ratio or 0)
    turn = (
        f"{named(gained)} took over from {named(lost)}"
        if passed
        else f"{named(gained)} gained while {named(lost)} lost"
    )
    sentence = (
        f"Near {named(slogan)}, {turn} between {before[0].when} and {after[0].when}: named within {after[0].window} words, "
        f"{named(gained)} went from {_times(before[0])} to {_times(after[0])} what chance would give and {named(lost)} from "
        f"{_times(before[1])} to {_times(after[1])}; "
        f"windows of {listing([str(window) for window in windows])} words agree."
    )
    values = (
        *before[0].values("gained_before_"),
        *after[0].values("gained_after_"),
        *before[1].values("lost_before_"),
        *after[1].values("lost_after_"),
    )
    return Claim(sentence, "aim took over", (slogan, gained, lost), True, values)


def depends_on_window(slogan: str, aims: Sequence[str], what: str, details: Sequence[str]) -> Claim:
    """A result that one window gives and another does not."""
    sentence = (
        f"Near {named(slogan)}, {what} depends on the window: {'; '.join(details)}. Nothing is claimed of it."
    )
    return Claim(sentence, "depends on the window", (slogan, *aims), False)


def times(hits: int) -> str:
    """``once``, ``twice``, ``312 times``."""
    return {1: "once", 2: "twice"}.get(hits, f"{whole(hits)} times")


def capital(text: str) -> str:
    """The text with a capital letter."""
    return text[:1].upper() + text[1:]


def of_documents(found: Counted) -> str:
    """``201 of 1,204 documents``."""
    return f"{whole(found.documents)} of {counted(found.held, 'document')}"


def of_held(found: Counted) -> str:
    """``300 documents of 1930–39``."""
    return f"{counted(found.held, 'document')} of {found.when}"


def how_often(ratio: float) -> str:
    """``2.1 times as often``."""
    return f"{figure(ratio)} times as often"


def _both(before: Counted, after: Counted) -> bool:
    """One span may have next to no hits where the other has enough: that is a change, if the ratio has an interval."""
    return (
        max(before.hits, after.hits) >= FEWEST_HITS
        and min(before.clusters, after.clusters) >= FEWEST_CLUSTERS
    )


def _figures(found: Counted) -> str:
    if found.per_million is None:
        return "no text"
    within = "" if found.low is None or found.high is None else f"{interval(found.low, found.high)}; "
    return f"{figure(found.per_million)} per million words ({within}{counted(found.hits, 'hit')} in {counted(found.documents, 'document')})"


def _pair(more: Counted, less: Counted) -> str:
    return (
        f"{figure(more.per_million or 0)} against {figure(less.per_million or 0)}, "
        f"{whole(more.hits)} and {whole(less.hits)} hits"
    )


def _share(near: Nearness) -> str:
    return "none" if near.share is None else percent(near.share)


def _times(near: Nearness) -> str:
    return f"{figure(near.ratio or 0)} times"
