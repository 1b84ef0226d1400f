"""The text of a query, its tree, and the caret under a mistake."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tendency.corpus import tokens
from tendency.corpus.query import parse
from tendency.corpus.query.tree import AnyWord, Near, Repeat, Sequence, Term, Within, Written
from tendency.corpus.query.words import readings
from tendency.errors import QueryError


def form(text: str) -> Term:
    """A word in any case."""
    return Term("form", "glob" if "*" in text or "?" in text else "is", text)


@pytest.mark.parametrize(
    ("text", "normalised"),
    [
        ("defence of the USSR", "defence of the ussr"),
        ('"Red Army"', "exact:Red exact:Army"),
        ("bureaucra* | oligarchy | Stalin*", "bureaucra* | oligarchy | stalin*"),
        ("a b | c", "a b | c"),
        ("a (b | c d)", "a (b | c d)"),
        ("b | a | b", "a | b"),
        ("danger | threat near/8 Stalin* | regime", "(danger | threat) near/8 (regime | stalin*)"),
        ("a near/2 b not near/3 c", "(a near/2 b) not near/3 c"),
        ("a near/2 b within doc", "(a near/2 b) within doc"),
        ("(a b within doc) | c", "(a b within doc) | c"),
        ("anti-Soviet", "anti soviet"),
        ("exact:anti-Soviet", "exact:anti-Soviet"),
        ('"anti-Soviet bloc"', "exact:anti-Soviet exact:bloc"),
        ("lemma:party", "lemma:party"),
        ("the * of", "the * of"),
        ("Straße", "strasse"),
        ("défense", "défense"),
        ("中国", '[form="中"] [form="国"]'),
        ("l'homme", '[form="l\'"] [form="homme"] | [form="l\'homme"]'),
        ('[lemma="defend"] []{0,3} "USSR"%c', '[lemma="defend"] []{0,3} [form="ussr"]'),
        ('[word="a" & (form!="b" | !lemma="c")]', '[word="a" & (form!="b" | lemma!="c")]'),
        ('"be.*"%cd', '[form="be.*"%d]'),
        ('cql:"a"+ "b"?', '[word="a"]{1,} [word="b"]{0,1}'),
        ('<s> "The" []* </s>', '<s> [word="The"] []{0,} </s>'),
        ('cql:"USSR"', "exact:USSR"),
        ('cql:"a" "b" within s', '[word="a"] [word="b"] within s'),
        ("peace :: year > 1900", "peace :: year > 1900"),
        ("peace :: title LIKE '%c%' and year > 3", "peace :: (title LIKE '%c%') AND (year > 3)"),
        (
            '[word="a"] :: match.text_party="A" & match.text_year!="3"',
            "exact:a :: (party = 'A') AND (year <> '3')",
        ),
    ],
)
def test_one_spelling_for_each_meaning(text: str, normalised: str):
    """A query is written again in one spelling, and reading that gives the same spelling."""
    assert parse(text).normalised() == normalised
    assert parse(normalised).normalised() == normalised


def test_both_forms_make_the_same_tree():
    """The bare form and CQL are two ways to write one tree."""
    assert parse("red army").tree == parse('[form="red"] "army"%c').tree
    assert parse("bureaucra*").tree == parse('[form="bureaucra.*"]').tree
    assert parse("exact:Red").tree == parse('cql:"Red"').tree
    assert parse("the * of").tree == parse('"the"%c [] "of"%c').tree


def test_near_binds_loosest_then_alternatives_then_phrases():
    """Near takes whole alternatives on either side, and an alternative is a whole phrase."""
    tree = parse("private trade* | market* near/5 price* within doc").tree
    assert tree == Within(
        Near(
            parse("(private trade*) | market*").tree,
            form("price*"),
            5,
        ),
        "document",
    )


def test_operators_in_capitals_and_words_that_look_like_them():
    """NEAR/8 is the operator in any case; near, not, within and doc alone are words."""
    assert isinstance(parse("a NOT NEAR/8 b").tree, Near)
    assert parse("near the river").tree == Sequence((form("near"), form("the"), form("river")))
    assert parse("not within doc x").tree == Sequence((form("not"), form("within"), form("doc"), form("x")))


def test_a_question_mark_at_the_end_is_punctuation_with_a_note():
    """``who is he?`` looks for the words; elsewhere ? is one letter."""
    query = parse("who is he?")
    assert query.tree == parse("who is he").tree
    assert "read as punctuation" in query.notes[0]
    assert parse("(who is he?) within doc").notes == query.notes
    assert parse("defen?e").tree == form("defen?e")
    assert parse("defen?e").notes == ()
    assert parse("defens? of").tree == Sequence((form("defens?"), form("of")))


def test_what_is_not_looked_for_is_said():
    """Punctuation and capitalised AND leave a note."""
    assert parse("Soviet, the €").notes == ("'€' is punctuation and was not looked for.",)
    assert "near/8" in parse("Lenin AND Stalin").notes[0]


def test_words_joined_as_written():
    """``exact:`` keeps the hyphen to be looked for in the text, and both readings of an elision."""
    assert parse("exact:anti-Soviet").tree == Written(
        (Term("word", "is", "anti"), Term("word", "is", "Soviet")), "anti-Soviet"
    )
    assert parse("exact:Arm*").tree == Term("word", "glob", "Arm*")
    assert parse("“Red Army”").tree == parse('"Red Army"').tree


def test_names_are_resolved():
    """@name stands for the named query as if it were in parentheses."""
    names = {"regime": "bureaucra* | Stalin*", "alarm": "danger* | @regime"}
    assert parse("@regime near/8 war", names).tree == parse("(bureaucra* | Stalin*) near/8 war").tree
    assert parse("the @alarm", names).tree == parse("the (danger* | bureaucra* | Stalin*)").tree
    assert (
        parse('@regime []{0,2} "war"%c', names).tree
        == parse('("bureaucra.*"%c | "Stalin.*"%c) []{0,2} "war"%c').tree
    )


def test_a_named_filter_stands_alone():
    """A named query with :: keeps its filter, which can be narrowed but not put inside another query."""
    names = {"theirs": "peace :: author = 'A'"}
    assert parse("@theirs", names).where == parse("peace :: author = 'A'").where
    assert parse("@theirs :: year > 3", names).normalised() == "peace :: (author = 'A') AND (year > 3)"
    with pytest.raises(QueryError, match="only stand alone"):
        parse("@theirs | war", names)


def test_simple_patterns_are_told_from_regular_expressions():
    """``be.*`` is a prefix; a literal with an escaped stop is a literal; the rest is a regular expression."""
    assert parse(r'cql:"U\.S"').tree == Term("word", "is", "U.S")
    assert parse('[word="b.*e.f"]').tree == Term("word", "glob", "b*e?f")
    assert parse('[word="colou?r"]').tree == Term("word", "regex", "colou?r")
    assert parse('[word=".*"] "a"%c').tree == Sequence((AnyWord(), form("a")))
    assert parse('[]{2} "a"%c').tree == Sequence((Repeat(AnyWord(), 2, 2), form("a")))


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ('[lemma="people" & ]', 18, "expected a condition after '&'"),
        ('[lemma="people"', 0, "this '[' is not closed"),
        ("(a | b", 0, "this '(' is not closed"),
        ("a)", 1, "closes nothing"),
        ('a "b', 2, "not closed"),
        ("a | ", 3, "expected a word or a phrase after '|'"),
        ("a near/ b", 2, "whole number of words"),
        ("a near/0 b", 2, "1 to 1,000"),
        ("near/8 b", 0, "expected a word or a phrase before 'near/8'"),
        ("a near/8", 8, "after 'near/8'"),
        ("lema:party", 0, "did you mean lemma:"),
        ("word:party", 0, "did you mean exact:"),
        ("exact: Red", 6, "right after exact:"),
        ("@allarm", 0, "did you mean @alarm?"),
        ("a (b near/3 c) d", 3, "cannot stand inside a phrase"),
        ("@close c", 0, "cannot stand inside a phrase"),
        ("@ring", 8, "in @ring: in @loop: @ring is defined by itself: @ring → @loop → @ring"),
        ("[]", 0, "every word"),
        ("* *", 0, "every word"),
        ('[lemm="x"]', 1, "did you mean lemma?"),
        ('[pos="N"]', 1, "parts of speech are not indexed"),
        ('[word "a"]', 6, "expected = or != after 'word'"),
        ('"a"%x [word="b"]', 3, "the flags are"),
        ('"Red Army"%c', 4, '"Red" "Army"'),
        ('[word="(a)\\1"]', 10, "backreferences are not supported"),
        ('[word="x(?=a)b"]', 8, "look-around"),
        ('[word="[z"]', 7, "unclosed"),
        ('[word=""]', 7, "every word fits []"),
        ('[word="a"]{0,100000}', 10, "at most 1,000 tokens"),
        ('[word="a"]{3,2}', 10, "not less than the first"),
        ("cql:USSR", 4, "stands in quotation marks"),
        ('[word="a"] USSR', 11, '"USSR"%c'),
        ('"Arm*"', 4, "no wildcard"),
        ('""', 0, "no word between"),
        ("...", 0, "only punctuation"),
        ("", 0, "expected a word"),
        ('a :: author = "T"', 14, "single quotation marks: 'T'"),
        ("a :: author LIKE", 16, "after 'LIKE'"),
        ("a ::", 4, "expected a condition"),
    ],
)
def test_a_mistake_is_shown_with_its_place(text: str, column: int, message: str):
    """Every mistake has a caret under it and says what to do."""
    names = {"alarm": "danger*", "close": "a near/2 b", "ring": "x y z | @loop", "loop": "a | b | @ring"}
    with pytest.raises(QueryError) as caught:
        parse(text, names)
    assert message in str(caught.value)
    if caught.value.query:
        assert caught.value.position == column, str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 300 + "a" + ")" * 300,
        "[" + "!" * 400 + 'word="a"]',
        '"a"%c ' + "+" * 400,
        "a " + "near/3 b " * 400,
        "a " * 60_000,
        "a :: " + "not " * 400 + "true",
        '([]{0,100}){0,100} "a"%c',
        '("a"%c){900} ("b"%c){900}',
        "<s> </s>",
    ],
)
def test_absurd_queries_are_refused_in_a_sentence(text: str):
    """Depth, length and unrolled size have limits, and reaching one is no crash."""
    with pytest.raises(QueryError):
        parse(text)


def test_names_cannot_blow_up():
    """Names that double at each step are stopped long before memory is."""
    names = {f"n{step}": f"@n{step + 1} @n{step + 1}" for step in range(14)} | {"n14": "a b c d e f g h"}
    with pytest.raises(QueryError):
        parse("@n0", names)


@pytest.mark.parametrize(
    "chunk",
    [
        "Stalin",
        "anti-Soviet",
        "(peace)",
        "workers'",
        "'tis",
        "é1",
        "Ё",
        "24th",
        "a-b-c",
        "Straße",
        "ὅ",
        "end.",
        "no!",
    ],
)
def test_plain_words_are_cut_as_the_tokeniser_cuts_them(chunk: str):
    """Plain words need no tokeniser, and come out as it would cut them."""
    assert set(readings(chunk)) == set(tokens.readings(chunk))


def test_queries_travel_between_processes():
    """A query can be pickled, whatever it holds."""
    for text in (
        "who is he?",
        '[lemma="a" & word!="b"]{2,} near/3 exact:"anti-x" within doc :: year(date) IN (1, 2)',
    ):
        query = parse(text)
        assert pickle.loads(pickle.dumps(query)) == query


def test_queries_compare_by_meaning():
    """Equal meaning is equal and hashes alike; the source and the notes do not count."""
    assert parse("USSR") == parse("ussr")
    assert len({parse("USSR"), parse("ussr"), parse("exact:USSR")}) == 2
    assert [leaf.text for leaf in parse("a near/2 (b | a)").leaves] == ["a", "b"]


@pytest.mark.parametrize(
    "text", ["Stalin", " of the  USSR ", "within", "near doc", "中国 x", "AND then", "Ünïon 3rd"]
)
def test_plain_words_need_no_grammar_and_read_the_same(text: str):
    """Words and nothing else are read without the grammar, to the same tree and notes."""
    assert parse(text) == parse(f"({text})")
    assert parse(text).notes == parse(f"({text})").notes


PIECES = [
    "a",
    "Red",
    "*",
    "?",
    '"',
    "“",
    "(",
    ")",
    "|",
    "[",
    "]",
    "[]",
    "=",
    "!=",
    "&",
    "!",
    "word",
    "form",
    "lemma",
    "{0,3}",
    "{",
    "}",
    "+",
    "%c",
    "%d",
    "%x",
    "<s>",
    "</s>",
    "@n",
    "@m",
    "exact:",
    "lemma:",
    "::",
    "'",
    "author",
    "LIKE",
    "AND",
    "IN",
    "NULL",
    "`",
    "coalesce(",
    "near/3",
    "not",
    "within",
    "doc",
    "中",
    "é",
    "-",
    "\\",
    ".*",
    "(?i)",
    "^",
    "$",
    "cql:",
    "😀",
    "�",
    "/",
    "1",
    "match.text_a",
]


@settings(max_examples=400, deadline=None, derandomize=True)
@given(pieces=st.lists(st.sampled_from([*PIECES, " ", " ", "\n"]), max_size=9))
def test_whatever_is_typed_is_read_or_refused(pieces: list[str]):
    """Any text is a query whose one spelling reads back the same, or an error with a place in it."""
    text = "".join(pieces)
    place: int | None = 0
    try:
        spelling = parse(text, {"n": "x y", "m": "a near/2 b"}).normalised()
    except QueryError as error:
        place, spelling = error.position, "a"
    assert place is None or 0 <= place <= len(text)
    assert parse(spelling).normalised() == spelling
