"""Every query ends: with its answer, at its deadline, or when it is told to; never with a part of an answer."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

import tendency as td
from corpus.index_helpers import doc
from tendency.corpus import Deadline, add, concordance, counts_by_document, parse, search, work
from tendency.corpus.term_counts import count_near
from tendency.errors import QueryCancelledError, QueryError, QueryTimeoutError
from tendency.tally import tally

TEXT = "The war of the land is a war for bread. No peace and no bread without the land. " * 20


@pytest.fixture(scope="module")
def press(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three segments."""
    path = tmp_path_factory.mktemp("press") / "press.index"
    for number in range(3):
        add(path, [doc(f"d{number}", TEXT)], merge=False)
    return path


@pytest.fixture
def endless(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Segments have hardly an end: the same documents come again and again. Set once a search has begun."""
    windows, begun = search._windows, threading.Event()

    def again(*arguments: Any, **options: Any) -> Iterator[Any]:
        held = list(windows(*arguments, **options))
        begun.set()
        for _ in range(100_000):
            yield from held

    monkeypatch.setattr(search, "_windows", again)
    return begun


QUESTIONS = {
    "count": lambda c, d: c.count("the war", deadline=d),
    "documents": lambda c, d: c.count("the war", by="document", deadline=d),
    "rates": lambda c, d: c.rates("the war", deadline=d),
    "rank": lambda c, d: c.rank(["the war", "no peace"], deadline=d),
    "rank near": lambda c, d: c.rank(["the war", "no peace"], near="of the", overlap=True, deadline=d),
    "aims": lambda c, d: c.aims("the war", {"bread": "for bread"}, deadline=d),
    "kwic": lambda c, d: c.kwic("the war", deadline=d),
    "sample": lambda c, d: c.kwic("the war", order="sample", deadline=d),
    "words near": lambda c, d: c.words("the war", near=3, deadline=d),
    "suggest": lambda c, d: c.suggest("the wars", deadline=d),
    "features": lambda c, d: c.document_features("the war", deadline=d),
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_deadline_ends_every_question(press: Path, endless: threading.Event, name: str) -> None:
    """What would never end raises when its time is up, with threads of its own or of the asker's."""
    with ThreadPoolExecutor(2) as threads:
        for executor in (None, threads):
            with pytest.raises(QueryTimeoutError, match="no part of its answer is given"):
                QUESTIONS[name](td.open(press, executor=executor), 0.05)


def test_the_deadline_ends_what_searches_nothing(press: Path) -> None:
    """An explanation and a frequency list look at the time too."""
    corpus = td.open(press)
    for ask in (lambda: corpus.explain("the war", deadline=1e-9), lambda: corpus.words(deadline=1e-9)):
        with pytest.raises(QueryTimeoutError):
            ask()


@pytest.mark.parametrize("where", [None, "id = 'd0'"])
def test_a_question_can_be_cancelled(press: Path, endless: threading.Event, where: str | None) -> None:
    """Cancelled from another thread it raises, whether one segment is asked or several."""
    index = td.open(press).index
    selection = td.open(press).where(where).selection if where else td.open(press).selection
    query = parse("the war")
    for ask in (
        lambda deadline: tally(index, {"war": query}, where=where, deadline=deadline),
        lambda deadline: counts_by_document(index, [query], selection.masks, deadline),
        lambda deadline: concordance(index, query, selection, deadline=deadline),
        lambda deadline: count_near(index, query, selection.masks, deadline=deadline),
    ):
        deadline = Deadline()
        endless.clear()
        canceller = threading.Thread(target=lambda limit=deadline: endless.wait(20) and limit.cancel())
        canceller.start()
        with pytest.raises(QueryCancelledError):
            ask(deadline)
        canceller.join()


INTERRUPTED = """
import sys
from tendency.cli import main
from tendency.corpus import search

windows = search._windows

def again(*arguments, **options):
    held = list(windows(*arguments, **options))
    print("begun", flush=True)
    for _ in range(100_000):
        yield from held

search._windows = again
sys.argv = ["tendency", *sys.argv[1:]]
main()
"""


@pytest.mark.parametrize("where", [[], ["--where", "id = 'd0'"]])
@pytest.mark.parametrize("command", [["count"], ["kwic"], ["words", "--near", "3"]])
def test_an_interrupt_is_a_sentence(press: Path, command: list[str], where: list[str]) -> None:
    """Ctrl-C ends a command at once, threads and all, with one line on standard error and the status of an interrupt."""
    name, *options = command
    typed = [name, str(press), "the war", *options, *where, "--deadline", "60"]
    asked = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED, *typed], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert asked.stdout is not None
        assert "begun" in asked.stdout.readline()
        time.sleep(0.5)
        asked.send_signal(signal.SIGINT)
        _, said = asked.communicate(timeout=30)
    finally:
        asked.kill()
        asked.communicate()
    assert (asked.returncode, said) == (130, "tendency: stopped; what was committed before stays as it was\n")


def test_what_ends_while_it_is_waited_for_counts() -> None:
    """A task that is done just when the wait for it was given up gives its result; its own error stays its own."""

    class Late(Future[int]):
        waits = 0

        def result(self, timeout: float | None = None) -> int:
            self.waits += 1
            if self.waits == 1:
                raise TimeoutError
            return super().result(timeout)

    done, failed = Late(), Late()
    done.set_result(3)
    failed.set_exception(TimeoutError("of the task"))
    assert work._waited(done, Deadline(60)) == 3
    with pytest.raises(TimeoutError, match="of the task"):
        work._waited(failed, Deadline(60))


HOSTILE = [
    "* * * *",
    "the * * * *",
    "cql: []{0,1000}",
    "cql: [word='the'] []{0,999} [word='land']",
    "cql: []{1,900} [word='land']",
    "cql: ([word='a'] | [] []?){1,300} 'land'",
    "cql: [word='(a+)+b']",
    "cql: [word='(((a{1,100}){1,100}){1,100}){1,100}']",
    "cql: [word='(.*a){25}']",
    "cql: [word='(?:a?){999}']",
    "cql: [lemma='(a|a)*']",
    "a*a*a*a*a*a*a*a*a*b",
    "the not near/1000 of within doc",
    "((the (of | a) near/9 war) near/900 (land | bread)) within doc",
    " | ".join(f"{word} {word}" for word in map(str, range(4_000))),
    " ".join(["(the | a | of | land | war)"] * 60),
    "(" * 200 + "war" + ")" * 200,
    "war " * 9_000,
]


@pytest.mark.parametrize("query", HOSTILE, ids=lambda query: query[:40])
def test_a_hostile_query_is_answered_or_refused(press: Path, query: str) -> None:
    """Whatever is asked gives a number, a sentence about the query, or the end of its time."""
    with suppress(QueryError, QueryTimeoutError):
        assert td.open(press).count({"q": query}, deadline=20)["hits"].item() >= 0


def test_ten_thousand_alternatives(press: Path) -> None:
    """A list of ten thousand words, named in parts, is one test of a word: in a phrase and beside another."""
    words = [f"w{number}" for number in range(9_996)] + ["war", "peace", "land", "bread"]
    terms = {f"part{n}": " | ".join(words[n * 2_000 : (n + 1) * 2_000]) for n in range(5)}
    every = " | ".join(f"@{name}" for name in terms)
    corpus = td.open(press).with_terms(terms)
    plain = "war | peace | land | bread"
    for shape in ("the ({})", "of near/4 ({})"):
        found, expected = (corpus.count({"q": shape.format(part)}).row(0) for part in (every, plain))
        assert found == expected
        assert found[7] > 0
