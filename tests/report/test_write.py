"""The report takes its place whole, or not at all."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import orjson
import pytest

from tendency.dossier.finding import Answers
from tendency.errors import SettingError, StorageError
from tendency.report import write as write_module
from tendency.report import write_report


@pytest.fixture
def small(answers: Answers) -> Answers:
    """Answers with one small chart."""
    return dataclasses.replace(
        answers,
        title="Small",
        findings=answers.findings[3:],
        foundation=dataclasses.replace(answers.foundation, exhibits=()),
    )


def test_a_report_replaces_a_report(small: Answers, tmp_path: Path) -> None:
    """Written twice, the second is there, and nothing else is left beside it."""
    steps: list[tuple[float, float]] = []
    place = write_report(
        small, tmp_path / "deep" / "report", progress=lambda done, of: steps.append((done, of))
    )
    assert steps[-1][0] == steps[-1][1]
    assert [done for done, _ in steps] == sorted(done for done, _ in steps)
    (place.parent / ".DS_Store").write_text("x")
    again = write_report(dataclasses.replace(small, title="Second"), tmp_path / "deep" / "report")
    assert again == place
    assert "<title>Second</title>" in place.read_text(encoding="utf-8")
    assert [p.name for p in (tmp_path / "deep").iterdir()] == ["report"]


def test_the_same_answers_give_the_same_bytes(small: Answers, tmp_path: Path) -> None:
    """Pages, figures and drawings do not depend on the time or the place of writing."""
    one, two = (write_report(small, tmp_path / name).parent for name in ("one", "two"))
    for path in one.rglob("*"):
        if path.suffix in (".html", ".csv", ".json", ".svg"):
            assert path.read_bytes() == (two / path.relative_to(one)).read_bytes(), path.name


def test_an_empty_folder_is_filled(small: Answers, tmp_path: Path) -> None:
    """A folder that is there and empty can be used."""
    (tmp_path / "report").mkdir()
    assert write_report(small, tmp_path / "report").is_file()


def test_other_things_are_left_alone(small: Answers, tmp_path: Path) -> None:
    """A folder with somebody's work in it is refused by name, also inside an old report."""
    work = tmp_path / "work"
    work.mkdir()
    (work / "thesis.txt").write_text("years")
    with pytest.raises(SettingError, match=r"holds 'thesis\.txt', which is not part of a report"):
        write_report(small, work)
    assert (work / "thesis.txt").read_text() == "years"

    report = write_report(small, tmp_path / "report").parent
    (report / "data" / "notes.txt").write_text("mine")
    with pytest.raises(SettingError, match=r"data/notes\.txt"):
        write_report(small, report)
    with pytest.raises(SettingError, match="is a file; name a folder"):
        write_report(small, report / "report.html")


def test_a_failure_leaves_what_was_there(
    small: Answers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the disk is full half-way, the old report is as it was and no half report is left."""
    place = write_report(small, tmp_path / "report")
    before = place.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(write_module, "_write_charts", full)
    with pytest.raises(StorageError, match=r"No space left on device.*what was there before is unchanged"):
        write_report(dataclasses.replace(small, title="Second"), tmp_path / "report")
    assert place.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["report"]


def test_a_file_where_the_folder_should_be_made(small: Answers, tmp_path: Path) -> None:
    """A parent that cannot be made is a sentence, not a traceback."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(StorageError, match="cannot be written to"):
        write_report(small, tmp_path / "file" / "report")


def test_a_foreign_answers_file_is_not_trusted(small: Answers, tmp_path: Path) -> None:
    """Only a report's own list of files makes a folder a report."""
    (tmp_path / "answers.json").write_bytes(orjson.dumps({"format": "other", "files": ["answers.json"]}))
    with pytest.raises(SettingError, match=r"holds 'answers\.json'"):
        write_report(small, tmp_path)
