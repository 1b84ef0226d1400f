"""Hits in small texts whose answer is plain to the eye."""

from __future__ import annotations

import itertools
import pickle
import re
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from corpus.index_helpers import doc
from tendency.corpus import Index, add, parse, search
from tendency.corpus.leaves import terms_for
from tendency.corpus.lemmas import lemmas_of
from tendency.corpus.query.tree import Term
from tendency.corpus.search import Deadline, count_by_document, evaluate, evaluate_together
from tendency.errors import QueryCancelledError, QueryError, QueryTimeoutError

ALPHABET = "A b c. D b e, f g h i. J k l m n o p b."


LISTED = (
    "party parties Party partly goes went going go gone better good best McDonald xyzzy xyzzying mice mouse MICE am is been "
    "Häuser house houses housing worse bad badly"
)


@pytest.mark.parametrize(
    "pattern", ["part*", "*o*", "g?", "m*e", "xyzzy*", "be|good|b.d", "(?:h|p).*e.*", ".*"]
)
def test_lemmas_by_pattern(tmp_path: Path, pattern: str):
    """A form fits where one of its lemmas does; one that no list knows is its own lemma."""
    add(tmp_path / "i", [doc("it", LISTED, language="en")])
    index = Index.open(tmp_path / "i")
    forms = index.segments[0].terms.folded
    glob = not set(pattern) & set("|(.")
    fits = re.compile(pattern.replace("*", ".*").replace("?", ".") if glob else pattern).fullmatch
    expected = {form for form in list(forms)[1:] if any(fits(lemma) for lemma in lemmas_of(form, "en"))}
    test = Term("lemma", "glob" if glob else "regex", pattern)
    found = terms_for(test, index.segments[0], "en")
    assert {forms[number] for number in found.tolist()} == expected


@pytest.fixture
def ask(tmp_path: Path):
    """What a query finds in one text, the hits' texts joined by bars."""

    def found(query: str, text: str = ALPHABET, **fields: str) -> str:
        path = tmp_path / str(len(list(tmp_path.iterdir())))
        add(path, [doc("it", text, **fields)])
        index = Index.open(path)
        (segment,) = index.segments
        hits = []
        for block in evaluate(segment, parse(query).bound(index)):
            for start, end in zip(block.starts.tolist(), block.ends.tolist(), strict=True):
                starts, ends = segment.offsets(0, [start, end - 1])
                hits.append(segment.passage(0, int(starts[0]), int(ends[1])))
        return "|".join(hits)

    return found


@pytest.mark.parametrize(
    ("query", "hits"),
    [
        ("b", "b|b|b"),
        ("a b", "A b"),
        ("c d", ""),
        ("c d within doc", "c. D"),
        ("exact:A", "A"),
        ("exact:a", ""),
        ('"D b"', "D b"),
        ("e f", "e, f"),
        ("* b", "A b|D b|p b"),
        ("b (c | e f)", "b c|b e, f"),
        ("(b | b c | b c x)", "b|b|b"),
        ("b near/1 a", "b"),
        ("b near/1 (a | d)", "b|b"),
        ("b not near/1 (a | d)", "b"),
        ("b near/9 b", ""),
        ("b near/2 b within doc", ""),
        ("b near/3 b within doc", "b|b"),
        ("c near/1 d", ""),
        ("c near/1 d within doc", "c"),
        ("i near/4 f", "i"),
        ("i near/2 f", ""),
        ('"f" []{0,1} [form="h|i"]', "f g h"),
        ('"f" []{2} [form="h|i"]', "f g h i"),
        ('"b"%c []* [form="[ce]"]', "b c|b e"),
        ('[form="[e-h]"]+', "e|f|g|h"),
        ('[form="[e-h]"]{3}', "e, f g|f g h"),
        ("<s> []", "A|D|J"),
        ("[] </s>", "c|i|b"),
        ('<s> "A" []* </s>', "A b c"),
        ('"c" </s> "D" within doc', "c. D"),
        ('[]* "g"%c', "D b e, f g|b e, f g|e, f g|f g|g"),
        ('"D" []* "k"%c within doc', "D b e, f g h i. J k"),
        ('"c" </s> <s> "D" within doc', "c. D"),
        ('"b" <s> within doc', ""),
        ('[word="b" & word!="c"]', "b|b|b"),
        ('[form="[a-c]" & !(word="b" | word="c")]', "A"),
        ('"x"? "e"%c', "e"),
        ("b :: author = 'A'", "b|b|b"),
        ("b :: author = 'B'", ""),
    ],
)
def test_what_each_feature_finds(ask, query: str, hits: str):
    """Sequences stay in a sentence; the shortest hit from each start; a hit is not its own neighbour."""
    assert ask(query, author="A") == hits


def test_as_written(ask):
    """A hyphen counts only where it is asked for, and a word broken at a line's end is one word."""
    text = "anti-Soviet anti Soviet Anti-Soviet anti–Soviet con-\nspiracy"
    assert ask("anti-Soviet", text) == "anti-Soviet|anti Soviet|Anti-Soviet|anti–Soviet"
    assert ask("exact:anti-Soviet", text) == "anti-Soviet"
    assert ask("conspiracy", text) == "con-\nspiracy"
    assert ask('exact:anti-Soviet []{1,2} "Anti"', text) == "anti-Soviet anti Soviet Anti"


def test_wildcards_never_cross_words(ask):
    """A star stands for letters of one word."""
    assert ask("bu*y", "busy bureaucracy but why bury") == "busy|bureaucracy|bury"
    assert ask("b?t", "bat bit boot bt") == "bat|bit"
    assert ask("*ism", "ism socialism isms") == "ism|socialism"
    assert ask("exact:S*", "Soviet soviet") == "Soviet"


def test_accents_and_canonical_forms(ask):
    """Accents count unless %d; composed and decomposed letters are the same."""
    text = "café cafe\u0301 cafe CAFÉ й и"
    assert ask("café", text) == "café|cafe\u0301|CAFÉ"
    assert ask("exact:café", text) == "café|cafe\u0301"
    assert ask('"cafe"%cd', text) == "café|cafe\u0301|cafe|CAFÉ"
    assert ask('"cafe"%d', text) == "café|cafe\u0301|cafe"
    assert ask('"caf."%d', text) == "café|cafe\u0301|cafe"
    assert ask('"и"%cd', text) == "и"


def test_elisions_are_read_both_ways(ask):
    """A query has no language: it finds l'homme in an English and in a French document."""
    assert ask("l'homme", "Dans l'homme", language="fr") == "l'homme"
    assert ask("l'homme", "Dans l'homme", language="en") == "l'homme"
    assert ask("homme", "Dans l'homme", language="fr") == "homme"


def test_a_hit_has_at_most_a_thousand_tokens(ask):
    """The thousandth token may end a hit, the next may not."""
    assert ask('"a" []{0,998} "b"', "a " + "x " * 998 + "b").endswith("b")
    assert ask('"a" []* "b"', "a " + "x " * 999 + "b") == ""


def test_lemmas_follow_the_documents_language(ask):
    """A lemma is looked for in the lists of the language that the document states."""
    assert ask("lemma:go", "he goes and went", language="en") == "goes|went"
    assert ask("lemma:go", "he goes and went", language="xx") == ""
    assert ask("lemma:party*", "the parties party partly", language="en") == "parties|party"
    assert ask('[lemma="go" & form!="went"]', "he goes and went", language="English") == "goes"


def _index(path: Path) -> Index:
    add(path, [doc(str(number), "peace and war. " * 40) for number in range(60)])
    return Index.open(path)


def test_blocks_are_whole_documents_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """However small the windows, blocks ascend, hold whole documents and together hold every hit."""
    (segment,) = _index(tmp_path / "index").segments
    mask = np.arange(60) % 3 == 0
    for query in (
        "peace",
        "p*",
        '"peace" []{0,70} "war"',
        "peace near/2 war",
        "war near/9 peace within doc",
        "* war",
    ):
        whole = count_by_document(segment, parse(query), mask)
        monkeypatch.setattr(search, "FEW", 0)
        monkeypatch.setattr(search, "WINDOW", 300)
        blocks = list(evaluate(segment, parse(query), mask))
        assert len(blocks) > 10
        documents = np.concatenate([block.documents for block in blocks])
        assert np.array_equal(np.bincount(documents, minlength=60), whole)
        assert np.array_equal(count_by_document(segment, parse(query), mask), whole)
        assert all(a.documents[-1] < b.documents[0] for a, b in itertools.pairwise(blocks))
        assert not whole[~mask].any()
        assert whole[mask].all()
        monkeypatch.undo()


PATTERNS = ("peace", "p*", "*a*", "[form!='war']", "and | w*", "nothing*")


@pytest.mark.parametrize(("few", "tokens_a_posting"), [(1 << 18, 6), (0, 0), (0, 1 << 40)])
@pytest.mark.parametrize("part", [1, 7, 1 << 18])
def test_postings_and_tokens_give_the_same_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, few: int, tokens_a_posting: int, part: int
):
    """A word is counted alike through few postings, through many in parts of any size, and token by token."""
    add(tmp_path / "index", [doc(str(n), "Peace and war. " * (n % 5) + "x" * (n % 3)) for n in range(40)])
    (segment,) = Index.open(tmp_path / "index").segments
    monkeypatch.setattr(search, "FEW", few)
    monkeypatch.setattr(search, "_PART", part)
    monkeypatch.setattr(search, "_TOKENS_A_POSTING", tokens_a_posting)
    for mask in (None, np.arange(40) % 3 == 0):
        for pattern in PATTERNS:
            hits = np.zeros(40, np.int64)
            for block in evaluate(segment, parse(pattern), mask):
                hits += np.bincount(block.documents, minlength=40)
            assert np.array_equal(count_by_document(segment, parse(pattern), mask), hits), pattern


def test_many_forms_are_sorted_into_one_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The hits of a word of many forms are the same whether their postings are sorted or the tokens looked at."""
    add(
        tmp_path / "index", [doc(str(n), " ".join(f"w{i % (n + 2)} b" for i in range(80))) for n in range(90)]
    )
    (segment,) = Index.open(tmp_path / "index").segments

    def starts() -> list[int]:
        return [start for block in evaluate(segment, parse("w* b")) for start in block.starts.tolist()]

    assert len(segment.terms) > search._FEW_TERMS
    by_postings = starts()
    monkeypatch.setattr(search, "_SORTED", 0)
    assert starts() == by_postings
    assert len(by_postings) == 80 * 90


def test_several_queries_in_the_same_windows(tmp_path: Path):
    """Hits of several queries come for the same runs of documents."""
    (segment,) = _index(tmp_path / "index").segments
    queries = (parse("peace"), parse("war"))
    for start, end, blocks in evaluate_together(segment, queries):
        for block in (find() for find in blocks):
            assert len(block)
            assert block.starts.min() >= start
            assert block.ends.max() <= end


def test_a_deadline_raises_and_gives_no_part(tmp_path: Path):
    """A query that passed its time, or was cancelled, answers with an error."""
    (segment,) = _index(tmp_path / "index").segments
    with pytest.raises(QueryTimeoutError, match="no part of its answer"):
        count_by_document(segment, parse("peace"), None, Deadline(-1))
    deadline = Deadline()
    canceller = threading.Thread(target=deadline.cancel)
    canceller.start()
    canceller.join()
    with pytest.raises(QueryCancelledError):
        count_by_document(segment, parse('"peace" []* "nothing"%c'), None, deadline)
    with pytest.raises(QueryTimeoutError):
        list(evaluate(segment, parse("peace"), None, pickle.loads(pickle.dumps(Deadline(-1)))))


def test_an_unbound_filter_is_never_ignored(tmp_path: Path):
    """A filter without the types of an index is a mistake of the caller, not a filter that keeps all."""
    index = _index(tmp_path / "index")
    with pytest.raises(ValueError, match="bind"):
        count_by_document(index.segments[0], parse("peace :: words > 3"))
    with pytest.raises(QueryError, match="no field"):
        parse("peace :: autor = 'x'").bound(index)


def test_asking_needs_no_compiler(tmp_path: Path):
    """Counting a phrase loads neither numba nor Polars nor scipy."""
    _index(tmp_path / "index")
    program = (
        "import sys; from tendency.corpus.index import Index; from tendency.corpus.search import count_by_document;"
        "from tendency.corpus.query import parse;"
        f"s = Index.open({str(tmp_path / 'index')!r}).segments[0];"
        "print(count_by_document(s, parse('peace and* war | the anti-war not near/3 \"Red\"')).sum());"
        "print([m for m in ('numba', 'polars', 'scipy', 'simplemma') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["2400", "[]"]


@pytest.mark.parametrize("pattern", ["*é?", "?é*", "a*b?c*", "*tion", "??", "*", "*a*a*", "é*é"])
def test_a_wildcard_fits_whole_characters_as_the_slow_way_does(pattern: str) -> None:
    """One `?` is one character, however many bytes it takes."""
    from tendency.corpus.leaves import _glob_fits
    from tendency.corpus.strings import Strings
    from tendency.corpus.where import matches

    letters = ["a", "b", "c", "é", "ж", "𝔞"]
    forms = ["".join(held) for n in range(5) for held in itertools.product(letters, repeat=n)]
    forms += ["nation", "axxbycz", "abc"]
    fits = _glob_fits(pattern, Strings.of(forms), np.arange(len(forms), dtype=np.uint32))
    assert fits.tolist() == [matches(pattern, form) for form in forms]
