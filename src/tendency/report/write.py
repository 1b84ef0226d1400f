"""The report as a folder: written beside its place, then put there whole."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson

from tendency.charts import pdf, print_pdf, print_svg, svg
from tendency.dossier.finding import Answers, Exhibit, Finding
from tendency.errors import SettingError, StorageError
from tendency.report.data import write_data
from tendency.report.html import render
from tendency.report.page import arrange, exhibits

Progress = Callable[[float, float], None]

_FORMAT = "tendency-report/1"
# What file managers leave behind on their own.
_STRAY = frozenset({".DS_Store", "Thumbs.db", "desktop.ini", ".directory"})


def write_report(
    answers: Answers, folder: str | os.PathLike[str], *, progress: Progress | None = None
) -> Path:
    """The path of ``report.html``, written with its data and charts into ``folder``.

    A report that is there already is replaced when the new one is complete, and not before.

    Args:
        answers: What the report says.
        folder: A new or empty folder, or one that holds a report and nothing else.
        progress: Called with what is done and what there is to do.

    Raises:
        SettingError: The folder holds something that is not ours to replace.
        StorageError: The disk is full or the folder cannot be written.
    """
    place = Path(folder).resolve()
    _may_be_replaced(place)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{place.name}.", dir=place.parent))
    except OSError as error:
        raise _cannot_write(place, error) from error
    try:
        made.chmod(0o777 & ~_umask())
        _write(answers, made, progress or (lambda done, of: None))
        _may_be_replaced(place)
        _put(made, place)
    except OSError as error:
        raise _cannot_write(place, error) from error
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return place / "report.html"


def _cannot_write(place: Path, error: OSError) -> StorageError:
    return StorageError(
        f"The report cannot be written to {place}: {error.strerror or error}. "
        "Free some space or name another folder; what was there before is unchanged."
    )


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def _may_be_replaced(place: Path) -> None:
    """Raises unless the folder is new, empty, or a report with nothing added."""
    if not place.exists():
        return
    if not place.is_dir():
        raise SettingError(f"{place} is a file; name a folder for the report.")
    held = {
        path.relative_to(place).as_posix()
        for path in place.rglob("*")
        if (path.is_symlink() or not path.is_dir()) and path.name not in _STRAY
    }
    if not held:
        return
    others = sorted(held - _files_of_report(place))
    if others:
        raise SettingError(
            f"{place} holds {others[0]!r}, which is not part of a report, so it is left as it is. "
            "Name a new or empty folder, or move what is there."
        )


def _files_of_report(place: Path) -> set[str]:
    try:
        written = orjson.loads((place / "answers.json").read_bytes())
        if written["format"] != _FORMAT:
            return set()
        return {"answers.json", *written["files"]}
    except (OSError, ValueError, KeyError, TypeError):
        return set()


def _put(made: Path, place: Path) -> None:
    """The new folder in its place; the old one comes back if that fails."""
    if not place.exists():
        made.rename(place)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{place.name}.old.", dir=place.parent))
    place.rename(old / "report")
    try:
        made.rename(place)
    except OSError:
        (old / "report").rename(place)
        raise
    finally:
        with contextlib.suppress(OSError):
            shutil.rmtree(old)


def _write(answers: Answers, folder: Path, progress: Progress) -> None:
    drawn = [exhibit for exhibit in exhibits(answers) if exhibit.chart is not None]
    steps = len(drawn) + 2
    progress(0, steps)
    (folder / "report.html").write_text(render(arrange(answers)), encoding="utf-8")
    progress(1, steps)
    for name in ("data", "charts"):
        (folder / name).mkdir()
    write_data(answers, folder / "data")
    for done, exhibit in enumerate(drawn, start=2):
        _write_charts(exhibit, folder / "charts")
        progress(done, steps)
    held = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    content = orjson.dumps(_machine_readable(answers, held), option=orjson.OPT_INDENT_2)
    (folder / "answers.json").write_bytes(content)
    progress(steps, steps)


def _write_charts(exhibit: Exhibit, folder: Path) -> None:
    assert exhibit.chart is not None
    drawn = svg(exhibit.chart)
    (folder / f"{exhibit.name}.svg").write_text(drawn, encoding="utf-8")
    (folder / f"{exhibit.name}.pdf").write_bytes(pdf(drawn))
    (folder / f"{exhibit.name}-print.svg").write_text(print_svg(exhibit.chart), encoding="utf-8")
    (folder / f"{exhibit.name}-print.pdf").write_bytes(print_pdf(exhibit.chart))


def _machine_readable(answers: Answers, held: list[str]) -> dict[str, Any]:
    return {
        "format": _FORMAT,
        "title": answers.title,
        "subtitle": answers.subtitle,
        "recipe": answers.recipe,
        "questions": answers.questions,
        "findings": [_finding(finding) for finding in answers.findings],
        "foundation": {
            "figures": dict(answers.foundation.figures),
            "notes": answers.foundation.notes,
            "methods": dict(answers.foundation.methods),
        },
        "files": held,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "anchor": finding.anchor,
        "question": finding.question,
        "kind": finding.kind,
        "asked": finding.asked,
        "versions": finding.versions,
        "history": finding.history,
        "claims": [
            {
                "sentence": claim.sentence,
                "kind": claim.kind,
                "subjects": claim.subjects,
                "holds": claim.holds,
                "values": dict(claim.values),
            }
            for claim in finding.claims
        ],
        "warnings": finding.warnings,
        "exhibits": [
            {"name": exhibit.name, "title": exhibit.title, "data": f"data/{exhibit.name}.csv"}
            for exhibit in finding.exhibits
        ],
        "evidence": [
            {"anchor": e.anchor, "heading": e.heading, "shown": len(e.lines), "total": e.total}
            for e in finding.evidence
        ],
        "recipe": finding.recipe,
    }
