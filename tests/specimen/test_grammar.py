from __future__ import annotations

import re
from itertools import chain

import pytest

from tendency.specimen import grammar, planted, questions

FREE = [*chain.from_iterable(grammar.THEMES.values()), *grammar.LEADS, *grammar.TAILS]
FREE += [*chain.from_iterable(grammar.SLOTS.values()), *chain.from_iterable(grammar.TITLES.values())]


def pattern(query: str) -> re.Pattern[str]:
    """A regular expression for the simple queries of the specimen's dossier."""
    words = [re.escape(part.strip()).replace(r"\*", r"\w*") for part in query.split("|")]
    either = "|".join(word.replace(r"\ ", r"\s+").replace(r"\-", r"[-\s]") for word in words)
    return re.compile(rf"\b(?:{either})\b", re.IGNORECASE)


def words(text: str) -> int:
    """How many words a text has."""
    return len(re.findall(r"\w+", text))


@pytest.mark.parametrize("term", questions.TERMS)
def test_an_articles_own_matter_never_holds_planted_words(term: str):
    """Only planted sentences and ends hit a planted query, else the stated rates were not the true ones."""
    assert not [text for text in FREE if pattern(questions.TERMS[term]).search(text)]


@pytest.mark.parametrize("name", planted.SLOGANS)
def test_a_slogans_sentence_hits_its_query_once(name: str):
    """Each frame of a slogan holds its query exactly once, and no other slogan."""
    terms = {**questions.SLOGAN_TERMS, **questions.ITEMS[questions.STRONG_SLOGANS]}
    terms |= questions.ITEMS[questions.NEAR_SLOGANS]
    strand = next(strand for strand in planted.strands() if strand.name == name)
    for frame in strand.frames:
        text = frame.fill([0.5] * grammar.MOST_SLOTS)
        hits = {other: len(pattern(questions.TERMS[term]).findall(text)) for other, term in terms.items()}
        assert hits == {other: int(other == name) for other in terms}, text


@pytest.mark.parametrize("aim", planted.AIM_TAILS)
def test_an_end_names_its_aim_within_ten_words(aim: str):
    """Every end holds its aim's query once, and so early that it lies within ten words of any slogan before it."""
    terms = {name: term for aims in questions.AIM_TERMS.values() for name, term in aims.items()}
    behind = max(words(re.split(r"\{quoted\}|\{plain\}", text)[1]) for text in grammar.SLOGAN_FRAMES)
    for text in planted.AIM_TAILS[aim]:
        found = list(pattern(questions.TERMS[terms[aim]]).finditer(text))
        assert len(found) == 1
        assert behind + words(text[: found[0].end()]) <= 10, text


def test_dangers_stand_near_their_words_of_danger():
    """In each frame of a danger the item stands within the dossier's distance of a word of danger."""
    alarm, item = pattern(questions.TERMS["alarm"]), pattern(questions.TERMS["league"])
    strand = next(strand for strand in planted.strands() if strand.name == "the Northern League, in danger")
    for frame in strand.frames:
        text = frame.fill([0.99] * grammar.MOST_SLOTS)
        places = sorted((alarm.search(text).start(), item.search(text).start()))
        assert words(text[places[0] : places[1]]) <= questions.WITHIN, text


def test_no_frame_has_more_places_than_are_drawn():
    """Every template can be filled from the numbers that are drawn for one sentence."""
    everything = [*FREE, *chain.from_iterable(f for n, f in vars(grammar).items() if n.endswith("_FRAMES"))]
    assert max(text.count("{") for text in everything) <= grammar.MOST_SLOTS


def test_slots_of_one_name_are_filled_differently():
    """No road leads from Tarn to Tarn."""
    made = grammar.template("from {place} to {place}", {"place": ("Tarn", "Holm")})
    assert {made.fill([a, b]) for a in (0.1, 0.9) for b in (0.1, 0.9)} == {
        "from Tarn to Holm",
        "from Holm to Tarn",
    }


def test_slogans_are_written_in_more_than_one_way():
    """A slogan appears as a quotation with capitals and in running text."""
    strand = next(strand for strand in planted.strands() if strand.name == "Bread and Work")
    texts = [frame.fill([0.0] * grammar.MOST_SLOTS) for frame in strand.frames]
    assert any("“Bread and Work”" in text for text in texts)
    assert any("bread and work" in text for text in texts)
