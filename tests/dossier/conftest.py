"""Questions asked of small presses."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from tendency.dossier import Answers, answer

Ask = Callable[..., Answers]


def documents(years: Iterable[int], papers: int, text: Callable[[int, int], str]) -> list[dict[str, Any]]:
    """A page a month of each paper in each of the years, with the text for (year, number of the paper)."""
    return [
        {
            "id": f"{paper}-{year}-{month:02d}",
            "date": f"{year}-{month:02d}-{paper + 1:02d}",
            "newspaper": f"paper {paper}",
            "standpoint": "left" if paper % 2 else "right",
            "text": f"{text(year, paper)} Page {paper} of {month}, {year}.",
        }
        for year in years
        for month in (3, 9)
        for paper in range(papers)
    ]


@pytest.fixture
def press() -> Callable[..., list[dict[str, Any]]]:
    """Makes the pages of small papers."""
    return documents


@pytest.fixture
def ask(tmp_path: Path) -> Ask:
    """Answers to the questions asked of some documents."""

    def asked(held: Iterable[dict[str, Any]], questions: str, **options: Any) -> Answers:
        lines = "\n".join(json.dumps(document) for document in held)
        (tmp_path / "press.jsonl").write_text(lines, encoding="utf-8")
        dossier = tmp_path / "d.toml"
        dossier.write_text(f'title = "T"\nsources = ["press.jsonl"]\n{questions}', encoding="utf-8")
        return answer(dossier, **options)

    return asked
