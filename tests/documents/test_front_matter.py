"""YAML front matter: safe, and every value as it is written."""

from __future__ import annotations

import time

import pytest

from tendency.documents.front_matter import split_front_matter
from tendency.errors import SourceError


def test_values_are_as_written() -> None:
    """Nothing is turned into a number, a truth value or a date on the way; null is null."""
    text = '---\r\na: 08\nb: no\nc: 2008-03-01\nd: 1:30\ne: ~\nf:\ng: [x, "y z"]\nh: "null "\n---\r\n\r\nText\n---\nmore\n'
    entries, body = split_front_matter(text)
    assert entries == {
        "a": "08", "b": "no", "c": "2008-03-01", "d": "1:30", "e": None, "f": None, "g": ["x", "y z"], "h": "null ",
    }  # fmt: skip
    assert body == "Text\n---\nmore\n"


@pytest.mark.parametrize(
    "text",
    [
        "Text\n---\na: b\n---\n",
        "---\nno end: here\n",
        "---\nA paragraph between two rules\n---\nText\n",
        "----\na: b\n----\n",
        "---",
        "",
        "---\n---\nText\n",
    ],
)
def test_what_is_no_front_matter_is_text(text: str) -> None:
    """Rules and paragraphs between them stay."""
    assert split_front_matter(text) == (None, text)


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ("a: b: c", "not YAML at line 2"),
        ("a: [1, 2", "not YAML"),
        ("a: &x [1]\nb: *x", "refers to parts of itself"),
        ("a: *x", "not YAML"),
        ("[" * 1500, "not YAML"),
        ("a: " + "x" * 70_000, "more than 64 KB"),
        ("a: \x00", "not YAML"),
    ],
)
def test_front_matter_that_cannot_be_read(block: str, said: str) -> None:
    """Broken, huge and self-referring front matter is refused with a sentence."""
    with pytest.raises(SourceError, match="front matter") as caught:
        split_front_matter(f"---\n{block}\n---\nText\n")
    assert said in str(caught.value)


def test_no_tag_makes_an_object_and_no_bomb_goes_off() -> None:
    """A tag of Python's is a plain value, and aliases of aliases are refused at once."""
    entries, _ = split_front_matter("---\na: !!python/object/apply:os.system ['false']\n---\nText\n")
    assert entries == {"a": ["false"]}
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40))
    began = time.monotonic()
    with pytest.raises(SourceError, match="alias"):
        split_front_matter(f"---\n{bomb}---\nText\n")
    assert time.monotonic() - began < 1
