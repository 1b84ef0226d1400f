"""The corpus of a dossier: its index, made from its sources when it is first asked."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from tendency.corpus import Added, Index, add
from tendency.documents import FieldNames, People, Reading, read
from tendency.dossier.asked import Questions
from tendency.dossier.paths import matching, resolve
from tendency.dossier.wording import counted
from tendency.errors import DossierError, TendencyError

Progress = Callable[[float, float], None]

_RECORD = "sources.json"
_NAMED = 20


@dataclass(frozen=True)
class Held:
    """The index that the questions are asked of.

    Attributes:
        index: One snapshot of it.
        notes: What was left out, replaced or not matched when it was made, one sentence each.
    """

    index: Index
    notes: tuple[str, ...]


def open_corpus(
    questions: Questions,
    corpus: str | Path | None = None,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> Held:
    """The dossier's index; made or extended first where its sources are newer.

    Args:
        questions: The dossier.
        corpus: Another index than the one it names.
        progress: Told the bytes read and the bytes in all.
        executor: Does what is asked of the index's segments; threads by default.

    Raises:
        DossierError: A path is wrong, or a source is missing.
        TendencyError: The index cannot be opened or made.
    """
    if corpus is not None:
        return Held(Index.open(Path(corpus), executor), ())
    dossier = questions.dossier
    try:
        folder = resolve(dossier.corpus or f"{Path(questions.file).stem}.index", questions.folder)
        if dossier.sources:
            files = [file for one in dossier.sources for file in matching(one, questions.folder)]
            people = resolve(dossier.people, questions.folder) if dossier.people else None
            if _older(folder, [*files, *([people] if people else [])]):
                _make(folder, files, people, questions, progress)
        elif not folder.exists():
            raise DossierError(
                f"there is no index at {dossier.corpus!r} (looked for {folder}); make it with 'tendency add {folder} "
                "FILES', or name the files here as sources"
            )
        elif dossier.people is not None:
            raise DossierError(
                "people are joined when documents are indexed, and no sources are named here; name the sources, or give "
                "people.csv to 'tendency add' and take it out here"
            )
        index = Index.open(folder, executor)
    except DossierError as error:
        raise DossierError(f"{questions.file}: {error}") from None
    return Held(index, _recorded(folder, index))


def _older(folder: Path, files: Iterable[Path]) -> bool:
    """True when there is no index, an empty one, or a source is younger than its last commit."""
    manifest = folder / "manifest.json"
    if not manifest.exists():
        return True
    if Index.open(folder).documents == 0:
        return True
    made = manifest.stat().st_mtime
    record = folder / "cache" / _RECORD
    if record.exists():
        # Reading unchanged sources again commits nothing: the record remembers that they were read.
        made = max(made, record.stat().st_mtime)
    return any(_changed(file) > made for file in files)


def _changed(path: Path) -> float:
    if not path.is_dir():
        return path.stat().st_mtime
    times = [path.stat().st_mtime]
    for folder, _, names in os.walk(path):
        times.extend((Path(folder) / name).stat().st_mtime for name in names)
    return max(times)


def _make(
    folder: Path, files: list[Path], people: Path | None, questions: Questions, progress: Progress | None
) -> None:
    names = questions.dossier.fields
    reading = read(
        [str(file) for file in files],
        names=FieldNames(names.id, names.date, names.text, names.title, names.author),
        language=questions.dossier.language,
        progress=progress,
    )
    persons = None
    if people is not None:
        try:
            persons = People.from_csv(people)
        except TendencyError as error:
            raise DossierError(f"people: {error}") from None
    folder.parent.mkdir(parents=True, exist_ok=True)
    added = add(folder, reading if persons is None else persons.join(reading))
    _record(folder, Index.open(folder).fingerprint, _sentences(reading, added, persons))


def _sentences(reading: Reading, added: Added, people: People | None) -> list[str]:
    """What a reader of the report should know of how the index was made."""
    notes = [f"{counted(reading.documents, 'document')} were read from {counted(reading.files, 'file')}."]
    if reading.left_out:
        reasons = ", ".join(f"{reason}: {count:,}" for reason, count in sorted(reading.left_out.items()))
        notes.append(f"{sum(reading.left_out.values()):,} were left out ({reasons}).")
        notes.extend(f"Left out: {problem}" for problem in reading.problems[:_NAMED])
    if added.replaced:
        notes.append(
            f"{added.replaced:,} documents replaced an earlier one with the same id{_some(added.replaced_ids)}."
        )
    if added.repeated:
        notes.append(
            f"{added.repeated:,} ids came more than once; the last one counts{_some(added.repeated_ids)}."
        )
    if added.refused:
        notes.append(
            f"{len(added.refused):,} documents were refused by the index; the first: {added.refused[0]}."
        )
    if people is not None:
        unmatched = people.unmatched
        if unmatched.authors:
            notes.append(f"{people.file} says nothing of these authors: {_named(unmatched.authors)}.")
        if unmatched.outside:
            notes.append(
                f"{people.file} names these authors, but not for all their dates: {_named(unmatched.outside)}."
            )
        if unmatched.names:
            notes.append(
                f"{people.file} names these, who are no document's author: {_named(unmatched.names)}."
            )
    return notes


def _some(ids: Iterable[str]) -> str:
    first = list(ids)[:5]
    return f" ({', '.join(first)} …)" if first else ""


def _named(names: Iterable[str]) -> str:
    every = sorted(names)
    return ", ".join(every[:_NAMED]) + (f" and {len(every) - _NAMED:,} more" if len(every) > _NAMED else "")


def _record(folder: Path, fingerprint: str, notes: list[str]) -> None:
    """Keeps the notes beside the index; an unwritable cache is a note lost, never an error."""
    try:
        (folder / "cache").mkdir(exist_ok=True)
        (folder / "cache" / _RECORD).write_bytes(orjson.dumps({"fingerprint": fingerprint, "notes": notes}))
    except OSError:
        return


def _recorded(folder: Path, index: Index) -> tuple[str, ...]:
    try:
        record: Any = orjson.loads((folder / "cache" / _RECORD).read_bytes())
        if record["fingerprint"] == index.fingerprint:
            return tuple(str(note) for note in record["notes"])
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return ()
