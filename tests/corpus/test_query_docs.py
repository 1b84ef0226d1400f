"""docs/queries.md: each row of its tables is true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from corpus.index_helpers import doc
from tendency.corpus import Index, add, count_by_document, parse

PAGE = Path(__file__).parents[2] / "docs" / "queries.md"


def _rows() -> list[tuple[str, str, str]]:
    """Query, a text that it matches and one that it does not."""
    rows = []
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if len(cells) in (3, 4) and re.fullmatch(r"`[^`]+`", cells[0]) and cells[-1]:
            rows.append((cells[0][1:-1], cells[-2], cells[-1]))
    return rows


@pytest.mark.parametrize(("query", "found_in", "not_in"), _rows())
def test_each_row_is_true(query: str, found_in: str, not_in: str, tmp_path: Path):
    """A documented query finds something in the text beside it and nothing in the next."""
    add(tmp_path / "index", [doc("yes", found_in, language="en"), doc("no", not_in, language="en")])
    (segment,) = Index.open(tmp_path / "index").segments
    counts = dict(zip(segment.ids, count_by_document(segment, parse(query)).tolist(), strict=True))
    assert counts["yes"] > 0
    assert counts["no"] == 0


def test_the_page_has_its_rows():
    """The tables are read at all."""
    assert len(_rows()) > 35
