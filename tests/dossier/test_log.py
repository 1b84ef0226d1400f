"""The log of a dossier tells a question that was asked beforehand from one that was varied."""

from __future__ import annotations

import datetime as dt
import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tendency.dossier import Answers, answer
from tendency.dossier.log import Log, Question, Run, in_words, threads_of
from tendency.dossier.wording import day

A = '[[slogan]]\nname = "Bread"\nquery = "bread | work"\n'
B = '[[slogan]]\nname = "Peace"\nquery = "peace"\n'
R = '[[ranking]]\nname = "R"\nitems = { a = "bread", b = "peace" }\n'


@pytest.fixture
def run(tmp_path: Path, ask: Any, press: Any) -> Any:
    """Answers a dossier with these questions, always the same file about the same corpus."""
    held = press([1930, 1931], 3, lambda year, paper: "We want bread and peace. " * 3)

    def run(questions: str, **options: Any) -> Answers:
        return ask(held, questions, **options)

    return run


def labels(answers: Answers) -> list[tuple[str, int]]:
    """How each finding was asked, and its versions."""
    return [(finding.asked, finding.versions) for finding in answers.findings]


BEFOREHAND, SECOND = ("asked beforehand", 1), ("varied", 2)


def test_a_first_run_asks_beforehand(run: Any, tmp_path: Path) -> None:
    """A dossier that has never run asks beforehand; its log has a line with everything that was asked."""
    answers = run(A + R)
    assert labels(answers) == [BEFOREHAND, BEFOREHAND]
    assert in_words(answers.questions, answers.findings) == "2 questions were asked, all of them beforehand."
    (line,) = (tmp_path / "d.log.jsonl").read_text(encoding="utf-8").splitlines()
    held = json.loads(line)
    assert [(one["kind"], one["name"]) for one in held["questions"]] == [
        ("slogan", "Bread"),
        ("ranking", "R"),
    ]
    assert held["corpus"] in answers.recipe
    assert held["dossier"] in answers.recipe
    assert dt.datetime.now(dt.UTC) - dt.datetime.fromisoformat(held["time"]) < dt.timedelta(minutes=5)


@pytest.mark.parametrize(
    "again",
    [
        A + B + R,
        B + R + A,
        "# a comment\n" + A.replace("bread | work", "(work |  Bread)") + B + R,
        A.replace('"Bread"', '"Bread and work"') + B + R,
        A + B + R.replace("a = ", "first = "),
        "seed = 7\n" + A + B + R,
        A
        + B
        + R.replace('{ a = "bread", b = "peace" }', '{ b = "peace", a = "@food" }')
        + '[terms]\nfood = "bread"\n',
    ],
    ids=[
        "twice",
        "reordered",
        "spelled otherwise",
        "renamed",
        "item renamed",
        "another seed",
        "a term for its words",
    ],
)
def test_the_same_question_is_no_variation(run: Any, again: str) -> None:
    """Order, names, comments, spelling and seed change no question."""
    run(A + B + R)
    assert labels(run(again)) == [BEFOREHAND] * 3


@pytest.mark.parametrize(
    "changed",
    [
        A.replace("work", "works"),
        A + 'aims = { peace = "peace" }\n',
        A + 'period = "month"\n',
        A + "where = \"newspaper = 'paper 1'\"\n",
        A + 'split = "newspaper"\n',
        "from = 1930\n" + A,
        'before = "1930"\nafter = "1931"\n' + A,
        'cluster = "document"\n' + A,
        "[standpoints]\nleft = \"standpoint = 'left'\"\n" + A,
    ],
)
def test_another_content_is_a_variation(run: Any, changed: str) -> None:
    """Whatever the answer depends on makes another version of the question, and it says how many there were, and since when."""
    run(A)
    answers = run(changed)
    assert labels(answers) == [SECOND]
    today = day(dt.datetime.now(dt.UTC).date())
    assert answers.findings[0].history == f"1 earlier version was answered, the first on {today}"
    assert in_words(1, answers.findings) == "One question was asked, varied (2 versions in all)."


def test_the_first_version_again(run: Any) -> None:
    """Who goes back to the first version asked it beforehand, but has seen the others since, which is said."""
    run(A)
    run(A.replace("work", "works"))
    run(A.replace("work", "worker"))
    answers = run(A)
    assert labels(answers) == [("asked beforehand", 3)]
    assert "2 other versions were answered since" in answers.findings[0].history
    assert labels(run(A.replace("work", "works"))) == [("varied", 3)]


def test_a_question_taken_out_and_brought_back(run: Any) -> None:
    """A question is known again by its content, and changed by its name, after runs without it."""
    run(A + B)
    run(B)
    run(B)
    assert labels(run(A + B)) == [BEFOREHAND, BEFOREHAND]
    run(B)
    assert labels(run(B + A.replace("work", "works"))) == [BEFOREHAND, SECOND]


def test_renamed_and_changed_at_once(run: Any) -> None:
    """A question in the place of one that is gone is a version of it, whatever it is called."""
    run(A + B)
    assert labels(run('[[slogan]]\nname = "Labour"\nquery = "work*"\n' + B)) == [SECOND, BEFOREHAND]


def test_a_question_that_joins_later(run: Any) -> None:
    """A question that nothing like it was answered before is asked beforehand, and says that it is new."""
    run(A)
    answers = run(A + B)
    assert labels(answers) == [BEFOREHAND, BEFOREHAND]
    assert answers.findings[0].history == ""
    assert answers.findings[1].history.startswith("new since the dossier was first answered on ")
    assert labels(run(B + A)) == [BEFOREHAND, BEFOREHAND]


def test_another_corpus_has_its_own_history(run: Any, tmp_path: Path) -> None:
    """What was asked of another corpus is no look at this one; the same documents under another name are."""
    run(A)
    changed = A.replace("work", "works")
    (tmp_path / "d.index").rename(tmp_path / "moved.index")
    assert labels(answer(tmp_path / "d.toml", corpus=tmp_path / "moved.index")) == [BEFOREHAND]
    (tmp_path / "d.toml").write_text(f'title = "T"\ncorpus = "moved.index"\n{changed}', encoding="utf-8")
    assert labels(answer(tmp_path / "d.toml")) == [SECOND]
    log = tmp_path / "d.log.jsonl"
    log.write_text(
        log.read_text(encoding="utf-8")
        .replace("moved.index", "x")
        .replace("d.index", "y")
        .replace('"corpus":"', '"corpus":"0'),
        encoding="utf-8",
    )
    assert labels(answer(tmp_path / "d.toml")) == [BEFOREHAND]


def test_damaged_lines_are_skipped_and_said(run: Any, tmp_path: Path) -> None:
    """A line that is cut off or no run is skipped, named, and spoils neither the lines around it nor the next."""
    run(A)
    log = tmp_path / "d.log.jsonl"
    with log.open("ab") as file:
        file.write(b'\xff\xfe\n[]\n{"time": 3}\n\n{"time": "2026-11-02T10:00:00Z", "corp')
    answers = run(A.replace("work", "works"))
    assert labels(answers) == [SECOND]
    assert (
        "In the log d.log.jsonl lines 2, 3, 4 and 6 cannot be read and are skipped."
        in answers.foundation.notes
    )
    assert labels(run(A.replace("work", "worker"))) == [("varied", 3)]


def test_a_log_that_cannot_be_written(run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing can be written the answers stand, labelled by what the log holds, and the report says that the run is not in it."""
    run(A)
    before = (tmp_path / "d.log.jsonl").read_bytes()

    def refuse(*parts: Any, **options: Any) -> Any:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tendency.dossier.log.open", refuse, raising=False)
    answers = run(A.replace("work", "works"))
    assert labels(answers) == [SECOND]
    assert any(
        "cannot be written (Permission denied): this run is not recorded" in note
        for note in answers.foundation.notes
    )
    assert (tmp_path / "d.log.jsonl").read_bytes() == before


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_is_read_only(run: Any, tmp_path: Path) -> None:
    """A dossier in a folder that cannot be written is answered."""
    run(A)
    mode = tmp_path.stat().st_mode
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        answers = answer(tmp_path / "d.toml")
    finally:
        tmp_path.chmod(mode)
    assert any("this run is not recorded" in note for note in answers.foundation.notes)


def test_no_log_is_kept(run: Any, tmp_path: Path) -> None:
    """A dossier may switch the log off; then nothing is written or read, and the report says that nothing is known."""
    run(A)
    log = tmp_path / "d.log.jsonl"
    before = log.read_bytes()
    answers = run("log = false\n" + A.replace("work", "works"))
    assert [finding.asked for finding in answers.findings] == ["not known"]
    assert log.read_bytes() == before
    said = "One question was asked. No log is kept: whether questions were varied is not known."
    assert in_words(answers.questions, answers.findings) == said


def test_two_processes_at_once(tmp_path: Path) -> None:
    """Two processes that write at the same time leave every line whole."""
    program = (
        "import sys\nfrom pathlib import Path\nfrom tendency.dossier.log import Log\n"
        "log = Log(Path(sys.argv[1]), entry={'questions': [], 'corpus': 'c' * 3000, 'index': sys.argv[2]})\n"
        "for _ in range(20):\n    log.record()\nassert not log.notes\n"
    )
    path = tmp_path / "d.log.jsonl"
    writers = [subprocess.Popen([sys.executable, "-c", program, str(path), name]) for name in ("a", "b")]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert sorted(line["index"] for line in lines) == ["a"] * 20 + ["b"] * 20


def test_questions_of_equal_content_stay_apart() -> None:
    """Two questions that ask the same under two names each keep their own versions."""
    time = dt.datetime(2026, 11, 2, tzinfo=dt.UTC)
    both = (Question("slogan", "a", "1"), Question("slogan", "b", "1"))
    changed = (Question("slogan", "a", "1"), Question("slogan", "b", "2"))
    threads = threads_of(
        [Run(time, "c", "i", both), Run(time, "c", "i", both[::-1]), Run(time, "c", "i", changed)]
    )
    assert {thread.name: list(thread.versions) for thread in threads} == {"a": ["1"], "b": ["1", "2"]}


def test_findings_that_no_question_led_to(tmp_path: Path) -> None:
    """What was found by looking stays so, and takes no other question's label."""
    from tendency.dossier import Finding

    looked = Finding("d", "?", "discover", (), (), (), (), "", "found by looking")
    asked = Finding("a", "?", "slogan", (), (), (), (), "")
    log = Log(tmp_path / "d.log.jsonl", (Question("slogan", "a", "1"),))
    assert [one.asked for one in log.labelled([looked, asked])] == ["found by looking", "asked beforehand"]
    assert [one.asked for one in Log(None).labelled([looked, asked])] == ["found by looking", "not known"]
