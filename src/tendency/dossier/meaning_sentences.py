"""Sentences on what moved in meaning, and on where documents stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tendency.measures.shift import CHANGED, NO_CHANGE

if TYPE_CHECKING:
    from tendency.measures.positions import Positions

_CONTEXTS: Final = 5
_CARRIED: Final = 8


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


def positions_sentences(found: Positions) -> list[str]:
    """What may be said of a scale: its ends, whether they can be told apart, the words that carry it, and what it rests on."""
    placed = [row for row in found.table.to_dicts() if row["position"] is not None]
    notes = [f"{note[:1].upper()}{note[1:]}." for note in found.notes]
    if len(placed) < 2:
        return [f"{found.method}: too few texts for a scale.", *notes]
    first, last = placed[0], placed[-1]
    limits = (first["high"], last["low"])
    apart = None not in limits and limits[0] < limits[1]
    told = "" if apart else "; their intervals overlap or are unknown, so that no order can be claimed"
    said = [
        f"{found.method}: {len(placed):,} texts, from {first['name']} ({_with_limits(first)}) to {last['name']} ({_with_limits(last)}){told}."
    ]
    if not found.words.is_empty():
        left, right = (
            ", ".join(part["word"].to_list())
            for part in (found.words.head(_CARRIED), found.words.tail(_CARRIED).reverse())
        )
        said.append(f"To the left: {left}; to the right: {right}.")
    return [*said, *notes]


def _with_limits(row: dict[str, Any]) -> str:
    if row["low"] is None:
        return f"{row['position']:.2f}, {row['note'] or 'no interval'}"
    return f"{row['position']:.2f}, {row['low']:.2f} to {row['high']:.2f}"


def _share(share: float) -> str:
    # 99.6 % of two hundred words is not all of them.
    return "all" if share == 1 else f"{int(100 * share + 1e-9)} % of"


def _words(contexts: list[dict[str, Any]], change: str) -> str:
    own = [row for row in contexts if row["change"] == change][:_CONTEXTS]
    return ", ".join(_beside(row) for row in own)


def _beside(row: dict[str, Any]) -> str:
    return f"{row['context']} (beside {100 * row['share_before']:.1f} → {100 * row['share_after']:.1f} % of the uses)"
