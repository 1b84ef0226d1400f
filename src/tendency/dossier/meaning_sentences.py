"""Sentences on what moved in meaning, and on where documents stand."""

from __future__ import annotations

from typing import Any, Final

from tendency.measures.shift import CHANGED, NO_CHANGE

_CONTEXTS: Final = 5


def shift_sentence(row: dict[str, Any], contexts: list[dict[str, Any]]) -> str:
    """What may be said of one query's row of ``Shifts.table``, with the contexts that came and went of it."""
    name, before, after = row["query"], row["before"], row["after"]
    counted = f"{row['hits_before']:,} uses in {before}, {row['hits_after']:,} in {after}"
    note = f" ({row['note']})" if row["note"] else ""
    if row["verdict"] not in (CHANGED, NO_CHANGE):
        return f"{name}: {row['verdict']}{note}; {counted}."
    if row["percentile"] is None:
        return f"{name}: {row['verdict']}{note}; {counted}."
    standing = f"its company changed more than that of {_share(row['percentile'])} {row['controls']:,} comparable words"
    chance = f"p {row['p']:.3f} against documents that change sides at random"
    if row["verdict"] != CHANGED:
        return f"{name}: {NO_CHANGE}: {standing}, {chance}; {counted}{note}."
    parts = [f"{name}: changed: {standing}, {chance}"]
    parts += [f"{change}: {words}" for change in ("came", "went") if (words := _words(contexts, change))]
    return f"{'; '.join(parts)}; {counted}{note}."


def sampled_sentence(read: int, held: int) -> str:
    """What the space of words was trained on, where that is not all."""
    if read >= held:
        return ""
    return f"The space of words was trained on {read:,} of {held:,} words, drawn at random from both spans."


def _share(share: float) -> str:
    # 99.6 % of two hundred words is not all of them.
    return "all" if share == 1 else f"{int(100 * share + 1e-9)} % of"


def _words(contexts: list[dict[str, Any]], change: str) -> str:
    own = [row for row in contexts if row["change"] == change][:_CONTEXTS]
    return ", ".join(f"{row['context']} ({row['uses_before']:,} → {row['uses_after']:,})" for row in own)
