"""Which files a source names, in which order, and under which ids."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from reading_helpers import Read, finish

from tendency.documents import read
from tendency.errors import SettingError, SourceError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with texts at several depths, and other things."""
    root = tmp_path / "papers"
    for name in ("b/1946-03.txt", "a/2/1945.md", "a/10/1944.TXT", "1943.txt", ".git/1940.txt", "a/.1941.txt"):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("Ships.")
    (root / "scan.pdf").write_text("%PDF")
    (root / "README").write_text("about")
    (root / "people.csv").write_text("name,faction\n")
    (root / "more.jsonl").write_text('{"id": "m", "date": "1942", "text": "Ports."}\n')
    return root


def test_a_folder_is_read_with_everything_below(folder: Path) -> None:
    """Files come sorted, with their path from the folder as id; hidden and other files are passed over."""
    documents, reading = finish(read(folder))
    assert [document.id for document in documents] == ["1943", "a/10/1944", "a/2/1945", "b/1946-03", "m"]
    notes = "\n".join(map(str, reading.notes))
    assert "1 .pdf" in notes
    assert "1 without suffix" in notes
    assert "people.csv: was passed over as the sidecar" in notes
    assert reading.files == 5


def test_patterns_and_lists(folder: Path) -> None:
    """Patterns stand for the files that match, and sources come in the order given."""
    documents, _ = finish(read([f"{folder}/b/*.txt", folder / "1943.txt", f"{folder}/a/**/*.md"]))
    assert [document.id for document in documents] == ["1946-03", "1943", "1945"]


def test_names_that_stand_for_nothing(tmp_path: Path) -> None:
    """What does not exist is an error at once, before anything is read."""
    (tmp_path / "broken").symlink_to(tmp_path / "nowhere")
    for name, said in (
        (tmp_path / "none.jsonl", "does not exist"),
        (tmp_path / "*.txt", "No file matches"),
        (tmp_path / "broken", "a link to nothing"),
        ("a\0b", "NUL"),
    ):
        with pytest.raises(SourceError, match=said):
            read(name)
    with pytest.raises(SettingError, match="No source was named"):
        read([])


def test_unknown_formats_and_empty_folders(read_bytes: Read, tmp_path: Path) -> None:
    """A format that is not read names those that are."""
    _, reading = read_bytes("a.docx", "x")
    assert "'.docx' is not read. Convert it to one of .csv, .json" in str(reading.problems[0])
    (tmp_path / "empty").mkdir()
    with pytest.raises(SourceError, match="holds no file of a known format"):
        list(read(tmp_path / "empty"))


def test_links_in_a_ring_are_walked_once(folder: Path) -> None:
    """A link to a folder above does not lead round in circles."""
    (folder / "b" / "up").symlink_to(folder)
    (folder / "b" / "self").symlink_to(folder / "b" / "self")
    (folder / "b" / "gone.txt").symlink_to(folder / "gone")
    documents, reading = finish(read(folder))
    assert len(documents) == 5
    assert any("reached before" in str(note) for note in reading.notes)
    assert {Path(problem.file).name for problem in reading.problems} == {"self", "gone.txt"}


def test_a_pipe_in_a_folder_is_not_opened(folder: Path) -> None:
    """Something that would be waited for forever is a problem."""
    os.mkfifo(folder / "pipe.txt")
    _, reading = finish(read(folder))
    assert "no regular file" in str(reading.problems[0])


def test_what_may_not_be_read_is_a_problem(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files and folders without the right to read them are named, the others read."""
    scandir, opened = os.scandir, Path.open

    def refused(path: Path, *rest: object) -> object:
        if Path(path).name in ("a", "1943.txt"):
            raise PermissionError(13, "Permission denied")
        return scandir(path) if not rest else opened(path, *rest)  # type: ignore[call-overload]

    monkeypatch.setattr("os.scandir", refused)
    monkeypatch.setattr(Path, "open", refused)
    documents, reading = finish(read(folder))
    assert [document.id for document in documents] == ["b/1946-03", "m"]
    assert [Path(problem.file).name for problem in reading.problems] == ["1943.txt", "a"]
    assert all("cannot be read (Permission denied)" in str(problem) for problem in reading.problems)


@pytest.mark.skipif(sys.platform != "linux", reason="file names are bytes only there")
def test_names_that_are_not_utf8_can_be_printed_and_stored(folder: Path) -> None:
    """Every byte of a name stays visible, and id and origin are text."""
    path = os.fsencode(folder) + b"/b/1947 Gr\xf6\xdfe.txt"
    with open(path, "w") as file:
        file.write("Ships.")
    documents, _ = finish(read(folder))
    (document,) = (document for document in documents if "1947" in document.id)
    assert document.id == "b/1947 Gr\\xf6\\xdfe"
    (document.id + document.origin).encode()


def test_standard_input_is_json_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """``-`` reads JSON lines once; a second pass says so."""
    data = io.BytesIO(b'{"id": "a", "date": "1946", "text": "Ships."}\n{\n')
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(data))
    reading = read("-")
    (document,) = reading
    assert document.origin == "standard input:1"
    assert reading.problems[0].file == "standard input"
    with pytest.raises(SourceError, match="only once"):
        list(reading)


def test_standard_input_may_be_a_pipe() -> None:
    """A real pipe, which cannot be rewound or measured, is read as it comes."""
    code = "from tendency.documents import read; print([d.id for d in read('-')])"
    line = b'{"id": "a", "date": "1946", "text": "Ships."}\n'
    run = subprocess.run([sys.executable, "-c", code], input=line * 3, capture_output=True, check=True)
    assert run.stdout.strip() == b"['a', 'a', 'a']"


@pytest.mark.parametrize("root", [".", "./", "press", "../here/press/"])
def test_ids_below_a_folder_however_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, root: str
) -> None:
    """The id is the path below the folder, whether that is named from here, with dots, or with a stroke at its end."""
    where = tmp_path / "here"
    (where / "press" / "1917").mkdir(parents=True)
    (where / "press" / "1917" / "1917-11-07.txt").write_text("Peace", encoding="utf-8")
    monkeypatch.chdir(where)
    (document,) = read(root)
    assert document.id == ("press/" if root.startswith("./") or root == "." else "") + "1917/1917-11-07"


def test_small_texts_take_little_memory(tmp_path: Path) -> None:
    """A small file reserves no more than it needs, whatever the largest size allowed is."""
    import tracemalloc

    (tmp_path / "1917.txt").write_text("Peace", encoding="utf-8")
    list(read(tmp_path))
    tracemalloc.start()
    try:
        list(read(tmp_path))
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()


def test_many_files_are_held_in_few_bytes(tmp_path: Path) -> None:
    """A list of files takes hardly more than their paths."""
    import tracemalloc

    for number in range(2_000):
        (tmp_path / f"1917-11-{number % 30 + 1:02d}-{number}.txt").touch()
    read(tmp_path)  # what is imported at the first call is not the list's
    tracemalloc.start()
    try:
        reading = read(tmp_path)
        held = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert held < 2_000 * (len(str(tmp_path)) + 100)
    assert reading.bytes_in_all == 0
