"""Sentences about company and contrast say what was counted, in which direction, and no more."""

from __future__ import annotations

from typing import Any

import pytest

from tendency.dossier.company_sentences import (
    COMPANY_KINDS,
    collocate_claim,
    company_change_claim,
    contrast_claim,
    hidden_note,
    no_contrast_claim,
)

NEAR: dict[str, Any] = {
    "word": "police", "near": 41, "documents": 30, "clusters": 12, "ratio": 3.1, "low": 2.2, "high": 4.4, "log_dice": 7.1,
    "elsewhere": 210, "too_few": False,
}  # fmt: skip
CHANGE: dict[str, Any] = {
    "word": "red", "verdict": "went", "near_before": 40, "near_after": 2, "documents_before": 30, "documents_after": 2,
    "ratio_before": 9.0, "ratio_after": 0.5, "log_dice_before": 8.0, "log_dice_after": 3.0, "change": 0.0556, "low": 0.01,
    "high": 0.3, "p": 0.0001, "p_family": 0.002,
}  # fmt: skip
APART: dict[str, Any] = {
    "target": "The Sun", "reference": "the rest", "word": "weather", "verdict": "more in The Sun", "z": 5.2, "ratio": 3.0, "low": 2.0,
    "high": 4.5, "p": 1e-6, "p_family": 1e-4, "hits": 60, "hits_reference": 20, "per_million": 300.0, "per_million_reference": 100.0,
    "documents": 40, "documents_reference": 18, "top_document_share": 0.1, "top_document_share_reference": 0.2,
}  # fmt: skip


def test_a_collocate_is_told_with_interval_and_counts() -> None:
    """The ratio stands beside its interval, its occurrences and its documents, and against what it is a ratio."""
    claim = collocate_claim("strike", NEAR)
    assert claim.sentence == (
        "Near “strike”, “police” stands 3.10 times as often as elsewhere in the same documents (95\N{NO-BREAK SPACE}% interval "
        "2.20 to 4.40); 41 occurrences in 30 documents."
    )
    assert claim.holds
    assert claim.kind in COMPANY_KINDS


@pytest.mark.parametrize(
    ("change", "kind", "words"),
    [
        ({"too_few": True}, "too few", "Too few occurrences"),
        ({"low": 0.8}, "stands near as elsewhere", "that may be as often as elsewhere"),
        (
            {"ratio": None, "high": None},
            "stands near",
            "nowhere else in the same documents (at least 2.20 times",
        ),
        ({"ratio": 0.3, "low": 0.1, "high": 0.6}, "stands near", "0.30 times as often"),
        ({"low": 2.0, "high": None}, "stands near", "from 2.00 on"),
    ],
)
def test_what_is_not_sure_is_not_asserted(change: dict[str, Any], kind: str, words: str) -> None:
    """Too few, an interval with 1 in it, and a word that stands nowhere else each have their own sentence."""
    claim = collocate_claim("strike", NEAR | change)
    assert claim.kind == kind
    assert words in claim.sentence
    assert claim.holds is (kind == "stands near")


def test_what_came_and_went_names_both_parts() -> None:
    """The ratio in either part, the change with its interval, the family's p and the counts stand in the sentence."""
    went = company_change_claim("flag", CHANGE, "1900–04", "1905–09")
    assert went.sentence == (
        "“red” went out of the company of “flag”: 9.00 times as often near it as elsewhere in 1900–04, 0.50 times in 1905–09 (the ratio "
        "changed by a factor of 0.056, 95\N{NO-BREAK SPACE}% interval 0.01 to 0.30; p under 0.01, all words shown taken together; 40 "
        "near in 30 documents, then 2 in 2 documents)."
    )
    assert went.holds
    newcomer = CHANGE | {
        "verdict": "came", "near_before": 0, "documents_before": 0, "ratio_before": 0.0, "change": None, "low": 5.0, "high": None,
    }  # fmt: skip
    came = company_change_claim("flag", newcomer, "then", "now")
    assert "never as often near it" not in came.sentence or "never" in came.sentence
    assert "a factor of at least 5.00" in came.sentence
    for verdict, kind, holds in (
        ("closer", "closer company", True),
        ("looser", "looser company", True),
        ("stays", "stays in company", True),
        ("not shown to change", "company not shown to change", False),
        ("too few", "too few", False),
    ):
        claim = company_change_claim("flag", CHANGE | {"verdict": verdict}, "then", "now")
        assert (claim.kind, claim.holds) == (kind, holds)


def test_a_contrast_says_its_direction_in_words() -> None:
    """The side that has more is named first, with its own rates, counts and ratio, whichever side it is."""
    claim = contrast_claim(APART)
    assert claim is not None
    assert claim.sentence.startswith(
        "“weather” is named more in The Sun than in the rest: 300 against 100 times"
    )
    assert (
        "3.00 times as often, 95\N{NO-BREAK SPACE}% interval 2.00 to 4.50; 60 hits in 40 documents, against 20 in 18"
        in claim.sentence
    )
    turned = contrast_claim(APART | {"verdict": "more in the rest", "ratio": 0.5, "low": 0.25, "high": 0.8})
    assert turned is not None
    assert "more in the rest than in The Sun" in turned.sentence
    assert (
        "2.00 times as often, 95\N{NO-BREAK SPACE}% interval 1.25 to 4.00; 20 hits in 18 documents"
        in turned.sentence
    )
    alone = contrast_claim(APART | {"ratio": None, "high": None, "hits_reference": 0})
    assert alone is not None
    assert "at least 2.00 times as often" in alone.sentence
    assert contrast_claim(APART | {"verdict": "not established"}) is None
    assert contrast_claim(APART | {"verdict": "too few"}) is None


def test_nothing_found_is_said_with_the_number_tested() -> None:
    """A contrast without a finding says how many words were tested; hidden rows are counted."""
    summary = {
        "target": "a",
        "reference": "b",
        "tested": 1200,
        "found": 0,
        "under_three_documents": 2,
        "most_in_one_document": 1,
    }
    claim = no_contrast_claim(summary)
    assert claim is not None
    assert "Of 1,200 words tested none" in claim.sentence
    assert not claim.holds
    assert no_contrast_claim(summary | {"found": 3}) is None
    assert no_contrast_claim(summary | {"tested": 0}) is None
    assert (
        hidden_note(summary)
        == "Left out of the table: 2 words in under three documents and 1 word mostly in one document."
    )
    assert hidden_note(summary | {"under_three_documents": 0, "most_in_one_document": 0}) == ""
