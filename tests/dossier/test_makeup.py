"""What is said of the documents' make-up where it changed between the spans."""

from __future__ import annotations

from typing import Any

SPANS = """
before = "1930/1934"
after = "1935/1939"
[[slogan]]
name = "Peace"
query = "peace"
"""


def text(year: int, paper: int) -> str:
    """The same in every page."""
    return "peace and bread " * 10 + "for the town " * 20


def test_a_genre_that_changed_is_said_and_a_volume_is_not(ask: Any, press: Any) -> None:
    """Letters give way to speeches; the volume of the edition follows the year, as volumes do."""
    held = [
        {
            **one,
            "type": "letter" if one["date"] < "1935" else "speech",
            "volume": int(one["date"][:4]) - 1929,
        }
        for one in press(range(1930, 1940), 4, text)
    ]
    (finding,) = ask(held, SPANS).findings
    said = " ".join(finding.warnings)
    assert "No type is held in both spans" in said
    assert "volume" not in said
