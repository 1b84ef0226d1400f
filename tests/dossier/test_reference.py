"""The reference of the dossier and the list of claims equal the code."""

from __future__ import annotations

import re
from pathlib import Path

from tendency.dossier.reference import reference
from tendency.dossier.sentences import KINDS

DOCS = Path(__file__).parents[2] / "docs"


def test_reference_is_current() -> None:
    """docs/dossier.md is what ``python -m tendency.dossier.reference`` prints."""
    assert (DOCS / "dossier.md").read_text(encoding="utf-8") == reference()


def test_every_kind_of_claim_is_documented() -> None:
    """docs/claims.md lists each kind of claim exactly once, and no other."""
    page = (DOCS / "claims.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^\| `([^`]+)` \|", page, re.MULTILINE)) == sorted(KINDS)
