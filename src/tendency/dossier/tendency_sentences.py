"""Sentences about a rate's course: its trend, its turning points, what is forecast, what stands beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tendency.dossier.finding import Claim
from tendency.dossier.wording import counted, during, figure, interval, listing, named, percent, probability

WHOLE = "all"
"""The split of everything."""

TURN_LEVEL = 0.8
"""Probability of the ranges and intervals of turning points and flips."""

_A_YEAR = 365
_LEVEL = "95\N{NO-BREAK SPACE}% interval"

Row = Mapping[str, Any]
Values = tuple[tuple[str, float | int | str | None], ...]

TREND_KINDS: dict[str, str] = {
    "trend": "a rate that rises or falls over the whole span",
    "no trend": "a rate whose trend cannot be told from wandering",
    "turned": "a firm turning point of a rate",
    "may have turned": "a possible turning point of a rate, or one that the make-up of the documents may explain",
    "no turning point": "a rate without a turning point that can be told from chance",
    "aim turned": "a firm turning point of how often an aim is named near a slogan, against chance",
    "aim may have turned": "a possible one, or one that not every window shows",
    "aim overtook": "one aim that overtook another by its ratio to chance",
    "flipped": "two items that changed places at a turning point of the ratio of their rates",
    "may have flipped": "two items that possibly changed places, or for which the make-up of the documents may account",
    "no flip": "no two items changed places at a turning point",
    "forecast": "what is forecast for the next periods, with how well that would have done before",
    "beside an event": "a rate before and after an event, against every other date",
    "beside a series": "how a rate and an outside series move together",
    "discovered": "how many words and phrases were tested, found and confirmed on documents kept back",
    "found by looking": "a word or phrase that rises, falls, turns, appears or vanishes, found among all that were tested",
}
"""Kinds of claims about a course, with what they say."""


def growth(row: Row) -> tuple[str, str]:
    """``grows by 3.1 % a year`` and its interval; over less than a year ``becomes 1.4 times as large over the span``."""
    if row["growth"] is not None and (row["end"] - row["start"]).days >= _A_YEAR:
        way = "grows" if row["growth"] >= 0 else "falls"
        low, high = (_signed(row[name]) for name in ("low", "high"))
        return f"{way} by {figure(abs(row['growth']))}\N{NO-BREAK SPACE}% a year", f"{_LEVEL} {low} to {high}"
    low, high = (_signed(row[name]) for name in ("total_low", "total_high"))
    return f"goes to {figure(row['total'])} times itself over the span", f"{_LEVEL} {low} to {high}"


def _signed(value: float | None) -> str:
    if value is None:
        return "without a limit"
    return ("\N{MINUS SIGN}" if value < 0 else "") + figure(abs(value))


def of_part(row: Row, split: str | None) -> str:
    """``In standpoint “official”: `` for a row of a part of the corpus, nothing for one of the whole."""
    return "" if row["split"] == WHOLE or split is None else f"In {split} {named(row['split'])}: "


def _subjects(row: Row, *names: str) -> tuple[str, ...]:
    return names if row["split"] == WHOLE else (*names, row["split"])


def trend_claim(name: str, row: Row, when: str, grain: str, split: str | None = None) -> Claim | None:
    """The trend of a rate over the span, from a row of the table of trends; None where there is too little for one."""
    if row["verdict"] == "too few" or row["total"] is None:
        return None
    values = _values(
        row, "growth", "low", "high", "total", "p", "autocorrelation", "periods", "hits", "verdict"
    )
    counts = f"{counted(row['periods'], _noun(grain))}, {counted(row['hits'], 'hit')}"
    grows, interval_of = growth(row)
    if row["verdict"] in ("rises", "falls"):
        warned = f" {row['note'][:1].upper()}{row['note'][1:].rstrip('.')}." if row["note"] else ""
        sentence = f"{of_part(row, split)}The rate of {named(name)} {grows} over {when} ({interval_of}; {counts}).{warned}"
        return Claim(sentence, "trend", _subjects(row, name), True, values)
    sentence = (
        f"{of_part(row, split)}{named(name)} has no trend over {when} that can be told from wandering: by the line it {grows} "
        f"({interval_of}; {counts})."
    )
    return Claim(sentence, "no trend", _subjects(row, name), False, values)


def turn_claim(name: str, row: Row, composition: Sequence[str], split: str | None = None) -> Claim:
    """One turning point, from a row of the table of turning points.

    Args:
        name: What is named.
        row: The row.
        composition: What else turned among the documents at that time; a turn that may be theirs is not firm.
        split: What divides the corpus, where the row is of a part.
    """
    values = _values(
        row, "period", "earliest", "latest", "probability", "before", "after", "ratio", "ratio_low", "ratio_high",
        "growth_before", "growth_after", "verdict",
    )  # fmt: skip
    firm = row["verdict"] == "firm" and not composition
    when = _range(row)
    sure = f"probability of a turn then {probability(row['probability'])}"
    verb = "turned" if firm else "may have turned"
    doubts = []
    if row["verdict"] != "firm":
        doubts.append(
            "a second method does not find it"
            if not row["second_opinion"]
            else "its date is too wide or its probability too low"
        )
    if composition:
        doubts.append(
            f"{listing(list(composition))} turned at the same time, which may be all there is to it"
        )
    doubt = f" It is only possible: {'; '.join(doubts)}." if doubts else " A second method finds it too."
    sentence = f"{of_part(row, split)}{named(name)} {verb} {when} ({sure}): {_move(row)}.{doubt}"
    return Claim(sentence, "turned" if firm else "may have turned", _subjects(row, name), firm, values)


def aim_turn_claim(slogan: str, row: Row, window: int, doubts: Sequence[str]) -> Claim:
    """One turning point of an aim's ratio to chance.

    Args:
        slogan: The slogan.
        row: A row of the table of turning points; rates are ratios to chance.
        window: Words on each side.
        doubts: Why it is only possible, beside what the second method says.
    """
    aim = row["query"]
    every = [*([] if row["second_opinion"] else ["a second method does not find it"]), *doubts]
    if row["verdict"] != "firm" and not every:
        every.append("its date is too wide or its probability too low")
    firm = not every
    doubt = " A second method finds it too." if firm else f" It is only possible: {'; '.join(every)}."
    sentence = (
        f"{named(aim)} within {window} words of {named(slogan)} {'turned' if firm else 'may have turned'} {_range(row)} (probability of a turn "
        f"then {probability(row['probability'])}): from {figure(row['before'])} to {figure(row['after'])} times what chance would give.{doubt}"
    )
    values = _values(
        row,
        "period",
        "earliest",
        "latest",
        "probability",
        "before",
        "after",
        "ratio",
        "ratio_low",
        "ratio_high",
        "verdict",
    )
    return Claim(sentence, "aim turned" if firm else "aim may have turned", (slogan, aim), firm, values)


def aim_overtook_claim(slogan: str, row: Row, window: int) -> Claim:
    """One aim that overtook another by its ratio to chance."""
    first, second = row["first"], row["second"]
    firm = row["verdict"] in ("firm", "flipped")
    sentence = (
        f"Near {named(slogan)}, within {window} words, {named(second)} {'' if firm else 'may have '}overtook {named(first)} {_range(row)}, each by "
        f"how often it is named against chance (probability {probability(row['probability'])}): before, {named(first)} had {_lead(row, 'before')} the "
        f"ratio of {named(second)}, after, {_lead(row, 'after')}."
    )
    values = _values(
        row, "period", "earliest", "latest", "probability", "lead_before", "lead_after", "verdict"
    )
    return Claim(sentence, "aim overtook", (slogan, second, first), firm, values)


def no_turn_claim(name: str, summary: Row, when: str, grain: str) -> Claim | None:
    """No turning point in a course, from a row of the summary; None where there is too little to look for one."""
    if summary["verdict"] != "no turning point":
        return None
    chance = summary["p_any"]
    said = "" if chance is None else f"; probability of any {probability(chance)}"
    note = str(summary["note"] or "").rstrip(".")
    beside = f" {note[:1].upper()}{note[1:]}." if note else ""
    sentence = (
        f"{named(name)} has no turning point over {when} that can be told from chance and wandering "
        f"({counted(summary['periods'], _noun(grain))}{said}).{beside}"
    )
    return Claim(sentence, "no turning point", (name,), False, _values(summary, "p_any", "periods", "hits"))


def flip_claim(row: Row, composition: Sequence[str], beside: str, split: str | None = None) -> Claim:
    """Two items that changed places at a turning point of the ratio of their rates."""
    first, second = row["first"], row["second"]
    firm = row["verdict"] in ("firm", "flipped") and not composition
    doubts = [] if row["verdict"] in ("firm", "flipped") else ["a second method does not find it"]
    if composition:
        doubts.append(f"{listing(list(composition))} turned at the same time")
    doubt = f" It is only possible: {'; '.join(doubts)}." if doubts else ""
    sentence = (
        f"{of_part(row, split)}{named(first)} and {named(second)} {'' if firm else 'may have '}changed places {_range(row)} (probability of a flip then "
        f"{probability(row['probability'])}): before, {named(first)} was named {_lead(row, 'before')} as often{beside} as "
        f"{named(second)}, after, {_lead(row, 'after')}.{doubt}"
    )
    values = _values(
        row, "period", "earliest", "latest", "probability", "lead_before", "lead_before_low", "lead_before_high",
        "lead_after", "lead_after_low", "lead_after_high", "verdict",
    )  # fmt: skip
    return Claim(
        sentence, "flipped" if firm else "may have flipped", _subjects(row, first, second), firm, values
    )


def no_flip_claim(name: str, pairs: int, beside: str, when: str) -> Claim:
    """No pair of items changed places at a turning point."""
    sentence = (
        f"{name}: over {when} no two of them changed places in how often they are named{beside} at a turning point that can be "
        f"told from wobble ({counted(pairs, 'pair')} looked at, period by period)."
    )
    return Claim(sentence, "no flip", (name,), False, (("pairs", pairs),))


def forecast_claim(name: str, row: Row, level: float = 0.9) -> Claim | None:
    """What is forecast for one period, and how well such forecasts would have done; None where there is too little."""
    if row["verdict"] == "too few" or row["per_million"] is None:
        return None
    past = f"over {counted(row['origins'], 'past forecast')}"
    skill = row["skill"]
    if skill is None:
        tested = f"{past} nothing can be said of its worth"
    else:
        held = f"skill {_percent(skill)}, 95\N{NO-BREAK SPACE}% interval {_percent(row['skill_low'])} to {_percent(row['skill_high'])}"
        tested = f"{past} this way of forecasting was {row['verdict']} ({held})"
    covered = (
        "" if row["coverage"] is None else f", and its interval held {percent(row['coverage'])} of what came"
    )
    sentence = (
        f"For {row['period']} {figure(row['per_million'])} hits of {named(name)} per million words are forecast "
        f"({percent(level)} interval {figure(row['low'])} to {figure(row['high'])}); {tested}{covered}."
    )
    values = _values(
        row, "period", "per_million", "low", "high", "skill", "skill_low", "skill_high", "coverage", "origins"
    )
    return Claim(sentence, "forecast", (name,), False, values)


def event_claim(name: str, row: Row, grain: str) -> Claim | None:
    """A rate before and after an event against every other date; None where there is too little."""
    if row["verdict"] == "too few" or row["ratio"] is None or row["before"] is None or row["after"] is None:
        return None
    times = "date" if row["dates"] == 1 else "dates"
    sentence = (
        f"Beside “{row['event']}”: in the {counted(row['window'], _noun(grain))} before it {named(name)} is named {figure(row['before'])} times per "
        f"million words, in those after it {figure(row['after'])} (ratio {figure(row['ratio'])}, {interval(row['low'], row['high'])}); at "
        f"{row['larger']} of {row['dates']} other {times} of the series the rate changed as much or more. This is not a cause."
    )
    values = _values(
        row, "event", "before", "after", "ratio", "low", "high", "dates", "larger", "p", "verdict"
    )
    return Claim(sentence, "beside an event", (name, row["event"]), False, values)


def series_claim(name: str, outside: str, row: Row) -> Claim:
    """How a rate and an outside series move together, from the row that speaks most against chance."""
    values = _values(
        row, "detrended", "lag", "pairs", "correlation", "low", "high", "p", "p_family", "verdict"
    )
    if row["verdict"] == "too few" or row["correlation"] is None:
        sentence = f"Too few periods have both {named(name)} and {named(outside)} to say whether they move together ({row['pairs']})."
        return Claim(sentence, "too few", (name, outside), False, values)
    lag = int(row["lag"])
    when = (
        "in the same period"
        if not lag
        else f"the text {counted(abs(lag), 'period')} {'after' if lag > 0 else 'before'} the series"
    )
    found = (
        f"rank correlation {figure(row['correlation'])} of the {row['detrended']}, {when}, 95\N{NO-BREAK SPACE}% interval "
        f"{figure(row['low'])} to {figure(row['high'])}, {counted(row['pairs'], 'period')}; p {probability(row['p_family'])}, all lags together"
    )
    says = {
        "moves with it": f"{named(name)} moves with {named(outside)}",
        "moves against it": f"{named(name)} moves against {named(outside)}",
    }.get(
        row["verdict"],
        f"{named(name)} and {named(outside)} do not move together in a way that can be told from chance",
    )
    return Claim(f"{says} ({found}). This is not a cause.", "beside a series", (name, outside), False, values)


def _values(row: Row, *names: str) -> Values:
    return tuple((name, row[name]) for name in names if name in row)


def _noun(grain: str) -> str:
    return "era" if grain == "eras" else grain


def _percent(share: float) -> str:
    return ("\N{MINUS SIGN}" if share < 0 else "") + percent(abs(share))


def _range(row: Row) -> str:
    """``in 1943 (80 % range 1942 to 1944)``."""
    if row["earliest"] == row["latest"]:
        return f"{during(row['period'])} (80\N{NO-BREAK SPACE}% range that period alone)"
    return f"{during(row['period'])} (80\N{NO-BREAK SPACE}% range {row['earliest']} to {row['latest']})"


def _move(row: Row) -> str:
    """How large a turn is, in words."""
    ratio = (
        f"{figure(row['ratio'])} times as often, {interval(row['ratio_low'], row['ratio_high'], TURN_LEVEL)}"
        if row["ratio"] is not None
        else "no ratio can be formed"
    )
    levels = f"from {figure(row['before'])} to {figure(row['after'])} per million words ({ratio})"
    if row["change"] != "slope":
        return levels
    courses = [
        "level"
        if value is None
        else f"{'growing' if value >= 0 else 'falling'} by {figure(abs(value))}\N{NO-BREAK SPACE}% a year"
        for value in (row["growth_before"], row["growth_after"])
    ]
    return f"before it, {courses[0]}, after it, {courses[1]}; at the turn {levels}"


def _lead(row: Row, side: str) -> str:
    lead, low, high = row[f"lead_{side}"], row[f"lead_{side}_low"], row[f"lead_{side}_high"]
    if lead is None:
        return "an unknown number of times"
    return f"{figure(lead)} times ({interval(low, high, TURN_LEVEL)})"
