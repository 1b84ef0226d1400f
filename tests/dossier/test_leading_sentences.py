"""What is said of voices: verdicts in words, with their counts, and nothing asserted that was not told from chance."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tendency.dossier.leading_sentences import (
    VOICE_KINDS,
    lead_claim,
    polemics_claims,
    signals_claim,
    silence_claim,
)

LEAD: dict[str, Any] = {
    "query": "housing", "first": "opposition", "second": "official", "lag": 4, "low": 3, "high": 5, "grain": "month", "correlation": 0.431,
    "p": 0.002, "p_family": 0.004, "p_lag": 0.002, "periods": 239, "hits_first": 1341, "hits_second": 323, "removed": "trend", "verdict": "leads", "note": "",
}  # fmt: skip
SILENCE: dict[str, Any] = {
    "query": "housing", "split": "Dunmar Echo", "period": "1935", "start": dt.date(1935, 1, 1), "end": dt.date(1936, 1, 1), "documents": 163,
    "tokens": 31610, "hits": 0, "held": 0.87, "others": 27, "others_hits": 691, "others_tokens": 1316000, "others_per_million": 525.0,
    "expected": 16.6, "p": 0.0042, "p_family": 0.03, "verdict": "silent while others name it", "note": "",
}  # fmt: skip
SIGNALS: dict[str, Any] = {
    "first": "confidence", "second": "alarm", "split": "all", "documents": 1724, "with_first": 300, "with_second": 400, "with_both": 135, "expected": 72.2,
    "odds_ratio": 3.94, "low": 2.89, "high": 5.38, "crude": 6.0, "p": 1e-9, "p_family": 1e-9, "near": 128, "near_ratio": 3.2, "near_low": 2.7, "near_high": 3.8,
    "clusters": 16, "cluster": "publication", "moves": "moves with it", "verdict": "in the same documents more than chance", "note": "",
}  # fmt: skip
CELL: dict[str, Any] = {
    "query": "the League", "period": "all", "split": "official", "tokens": 1000, "hits": 361, "near": 243, "share": 0.67, "expected": 0.06, "ratio": 10.83,
    "low": 9.53, "high": 12.26, "rank": 1, "rank_low": 1, "rank_high": 1, "p": 1e-9, "p_family": 1e-9, "itself": False, "verdict": "more than chance", "note": "",
}  # fmt: skip


def test_a_lead_in_words() -> None:
    """A lead has its lag, range, counts and what was taken out; it is no cause."""
    claim = lead_claim(LEAD)
    assert claim.sentence == (
        "“opposition” takes “housing” up before “official”, by 4 months (80\N{NO-BREAK SPACE}% range 3 to 5; correlation 0.43, p under 0.01 over all lags; "
        "1,341 hits and 323 hits, 239 months with text of both, trend taken out). This is not a cause."
    )
    assert (claim.kind, claim.holds) == ("leads", True)
    assert ("lag", 4) in claim.values


@pytest.mark.parametrize(
    ("verdict", "kind", "said"),
    [
        (
            "same event, different press day",
            "taken up together",
            "take “housing” up together: same event, different press day",
        ),
        (
            "cannot be told",
            "lead not told",
            "takes “housing” up first cannot be told: they do not move together",
        ),
        ("too few", "too few", "too little to say whether “opposition” or “official” takes it up first"),
    ],
)
def test_other_answers_assert_nothing(verdict: str, kind: str, said: str) -> None:
    """Together, not to be told and too few are normal answers, and none asserts anything."""
    claim = lead_claim(LEAD | {"verdict": verdict, "note": "they do not move together", "lag": None})
    assert (claim.kind, claim.holds) == (kind, False)
    assert said in claim.sentence


def test_silence_in_words() -> None:
    """Silence has its probability, what was held and what others do; what names it or was not held is no sentence of silence."""
    claim = silence_claim(SILENCE)
    assert claim is not None
    assert claim.sentence == (
        "“Dunmar Echo” is silent about “housing” in 1935 while others name it: as much text of another such voice would also be silent with probability "
        "0.0042 (the 27 other voices name it 525 times per million words, 691 hits; 163 documents, 31,610 words; 87\N{NO-BREAK SPACE}% of its expected issues "
        "held). Why it is silent the count does not say."
    )
    assert (claim.kind, claim.holds) == ("silent", True)
    few = silence_claim(
        SILENCE | {"verdict": "too little text to call it silence", "p": 0.31, "period": "all"}
    )
    lost = silence_claim(
        SILENCE | {"verdict": "cannot be told", "note": "34 % of its expected issues are held", "p": None}
    )
    assert few is not None
    assert lost is not None
    assert (few.kind, few.holds, lost.kind, lost.holds) == (
        "silence not told",
        False,
        "silence not told",
        False,
    )
    assert "in too little text to call it silence" in few.sentence
    assert "cannot be told: 34 % of its expected issues are held" in lost.sentence
    assert silence_claim(SILENCE | {"verdict": "nothing held"}) is None
    assert silence_claim(SILENCE | {"verdict": "names it"}) is None


def test_two_signals_in_words() -> None:
    """Two signals have both counts, chance in documents as long, the odds ratio and how near they stand."""
    claim = signals_claim(SIGNALS, 30)
    assert claim.sentence == (
        "“confidence” and “alarm” stand in the same documents more than chance (135 of 1,724 documents have both, where chance would give 72.2 in documents as "
        "long; odds ratio 3.94, 95\N{NO-BREAK SPACE}% interval 2.89 to 5.38; 16 clusters). Within 30 words of each other they stand 3.20 times as often as chance "
        "would put them in the same documents (95\N{NO-BREAK SPACE}% interval 2.70 to 3.80). From period to period their rates move together."
    )
    assert (claim.kind, claim.holds) == ("in the same pages", True)
    less = signals_claim(
        SIGNALS | {"verdict": "in the same documents less than chance", "split": "left"}, 30, "side"
    )
    assert (less.kind, less.subjects) == ("in different pages", ("confidence", "alarm", "left"))
    assert less.sentence.startswith("In side “left”: ")
    assert not signals_claim(SIGNALS | {"verdict": "no association that can be told from chance"}, 30).holds
    assert (
        signals_claim(
            SIGNALS | {"verdict": "too few", "note": "under 8 independent pieces of evidence"}, 30
        ).kind
        == "too few"
    )


def test_polemics_in_words() -> None:
    """Whom a standpoint names beside hostile words is named, never said to be hated; the rest stands in one sentence that asserts nothing."""
    rest = CELL | {
        "query": "the Office",
        "verdict": "not to be told from chance",
        "ratio": 1.1,
        "rank": 2,
        "rank_low": 2,
        "rank_high": 2,
        "near": 12,
    }
    few = CELL | {"query": "the ring", "verdict": "too few", "ratio": None, "rank": None}
    itself = CELL | {"query": "official", "verdict": "names itself", "rank": None}
    claims = polemics_claims([rest, few, CELL, itself], "words of danger", 12)
    assert [claim.kind for claim in claims] == ["named in hostility", "hostility not told", "too few"]
    assert claims[0].sentence == (
        "“official” names “the League” beside words of danger more than chance: 243 of 361 hits within 12 words, 10.8 times what chance would give "
        "(95\N{NO-BREAK SPACE}% interval 9.53 to 12.3); against chance, more than any other opponent."
    )
    assert [claim.holds for claim in claims] == [True, False, False]
    assert (
        polemics_claims([CELL | {"verdict": "less than chance"}], "words of danger", 12)[0].kind == "spared"
    )


def test_every_kind_is_listed() -> None:
    """Each kind that is said is one of the list, with what it says."""
    said = {
        lead_claim(LEAD).kind,
        signals_claim(SIGNALS, 30).kind,
        *(claim.kind for claim in polemics_claims([CELL], "x", 12)),
    }
    assert said <= set(VOICE_KINDS)
