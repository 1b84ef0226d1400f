"""What a person may have meant."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(word: str, known: Iterable[str], count: int = 3) -> list[str]:
    """The known words that are spelled most like this one, the likeliest first."""
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    allowed = 1 if len(word) <= 4 else 2 if len(word) <= 8 else 3
    lowered = {held: held.lower() for held in known}
    found = process.extract(word.lower(), lowered, scorer=OSA.distance, score_cutoff=allowed, limit=None)
    return [str(key) for _, _, key in sorted(found, key=lambda item: (item[1], item[2]))][:count]


def did_you_mean(word: str, known: Iterable[str], mark: str = "") -> str:
    """The end of a sentence: a full stop, or the likeliest known words as a question before it."""
    close = nearest(word, known)
    return f"; did you mean {' or '.join(mark + held for held in close)}?" if close else "."
