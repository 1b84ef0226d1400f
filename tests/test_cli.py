"""The command line: one library call a command, one sentence a mistake."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from tendency.cli import main
from tendency.corpus.container import Container

PRESS = [
    {
        "id": "a",
        "date": "1930-05-01",
        "text": "Peace and bread. Defense of the republic!",
        "publication": "Dawn",
    },
    {"id": "b", "date": "1931-05-01", "text": "Defense of the republic, and peace.", "publication": "Dusk"},
    {"id": "c", "date": "1931", "text": "Bread, bread and once more bread.", "publication": "Dawn"},
]


class Said(NamedTuple):
    """What a command printed, and how it ended."""

    out: str
    err: str
    status: int


Run = Callable[..., Said]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Runs a command in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> Said:
        monkeypatch.setattr(sys, "argv", ["tendency", *words])
        status = 0
        try:
            main()
        except SystemExit as ended:
            status = int(ended.code or 0)
        return Said(*capsys.readouterr(), status)

    return run


@pytest.fixture
def press(run: Run, tmp_path: Path) -> str:
    """A small index in the current folder."""
    (tmp_path / "press.jsonl").write_text("\n".join(map(json.dumps, PRESS)), encoding="utf-8")
    assert run("add", "press.index", "press.jsonl").status == 0
    return "press.index"


def rows(said: Said) -> list[dict[str, object]]:
    """The rows of a JSON listing."""
    assert said.status == 0, said.err
    return list(json.loads(said.out))


PUBLIC = [
    "query",
    "period",
    "start",
    "end",
    "split",
    "documents",
    "tokens",
    "hits",
    "documents_with_hits",
    "per_million",
    "low",
    "high",
]


def test_count_gives_the_public_columns(run: Run, press: str) -> None:
    """--json and --csv give exactly the columns of the public table, and the same figures."""
    found = rows(run("count", press, "bread", "--json"))
    assert list(found[0]) == PUBLIC
    assert (found[0]["hits"], found[0]["documents"], found[0]["documents_with_hits"]) == (4, 3, 2)
    head, first, *_ = run("count", press, "bread", "--csv").out.splitlines()
    assert head.split(",") == PUBLIC
    assert first.startswith("bread,all,1930-05-01,1932-01-01,all,3,")


def test_every_year_is_present(run: Run, press: str) -> None:
    """Years without a hit are zero with an upper limit."""
    found = rows(run("count", press, "bread", "--by", "year", "--json"))
    assert [(row["period"], row["hits"]) for row in found] == [("1930", 1), ("1931", 3)]


def test_undatable_documents_are_said(run: Run, press: str) -> None:
    """A document dated by its year alone is in no month, and that is said."""
    said = run("rates", press, "bread", "--by", "month", "--json")
    assert sum(int(str(row["hits"])) for row in rows(said)) == 1
    assert "1 documents are not datable at this grain" in said.err


def test_count_by_document(run: Run, press: str) -> None:
    """--by document lists every document with its hits."""
    found = rows(run("count", press, "bread", "--by", "document", "--json"))
    assert [(row["document"], row["hits"]) for row in found] == [("a", 1), ("c", 3), ("b", 0)]
    assert found[0]["per_million"] == pytest.approx(1e6 / 7)


def test_filter_inside_a_query(run: Run, press: str) -> None:
    """A query's own filter holds by document, and in the document-feature matrix, as it does elsewhere."""
    found = rows(run("count", press, "bread :: publication = 'Dusk'", "--by", "document", "--json"))
    assert sum(int(str(row["hits"])) for row in found) == 0
    found = rows(run("count", press, "peace :: publication = 'Dusk'", "--by", "document", "--json"))
    assert [row["document"] for row in found if row["hits"]] == ["b"]


def test_a_query_named_like_a_column(run: Run, press: str) -> None:
    """A query may not take the name of a column of the matrix."""
    said = run("count", press, "words=peace", "--by", "document")
    assert said.status == 1
    assert "'words' is the name of another column" in said.err


def test_named_queries(run: Run, press: str) -> None:
    """NAME=QUERY names a row; two with one name are refused."""
    found = rows(run("count", press, "food=bread | corn", "peace", "--json"))
    assert [row["query"] for row in found] == ["food", "peace"]
    said = run("count", press, "a=bread", "a=peace")
    assert (said.status, said.out) == (1, "")
    assert "'a' is given twice" in said.err


def test_no_hits_names_near_spellings(run: Run, press: str) -> None:
    """A query without hits is answered with near spellings and their counts."""
    said = run("count", press, "defence of the republic")
    assert "defence of the republic: 0; *defense*: 2" in said.err


def test_kwic_cites(run: Run, press: str) -> None:
    """A line of a concordance gives the words, their surroundings and their source."""
    said = run("kwic", press, "peace", "--limit", "1")
    assert "Peace" in said.out
    assert "Dawn, 1930-05-01" in said.out
    assert "1 of 2 hits in 2 documents" in said.out
    table = rows(run("kwic", press, "peace", "--json"))
    assert [row["match"] for row in table] == ["Peace", "peace"]


def test_rank_orders(run: Run, press: str) -> None:
    """The item named more often has rank 1."""
    found = rows(run("rank", press, "bread", "peace", "--by", "all", "--json"))
    assert {row["query"]: row["rank"] for row in found} == {"bread": 1, "peace": 2}


def test_rank_refuses_overlap(run: Run, press: str) -> None:
    """Queries that share words are refused unless allowed."""
    said = run("rank", press, "peace", "peace | bread", "--by", "all")
    assert said.status == 1
    assert "overlap" in said.err
    assert run("rank", press, "peace", "peace | bread", "--by", "all", "--overlap").status == 0


def test_adding_again_changes_nothing(run: Run, press: str) -> None:
    """The same input adds nothing; changed content under the same id replaces."""
    said = json.loads(run("add", press, "press.jsonl", "--json").out)
    assert (said["new"], said["unchanged"], said["generation"]) == (0, 3, 1)
    Path("more.jsonl").write_text(json.dumps({**PRESS[0], "text": "War."}), encoding="utf-8")
    said = json.loads(run("add", press, "more.jsonl", "--json").out)
    assert (said["new"], said["replaced"]) == (0, 1)
    assert rows(run("count", press, "peace", "--json"))[0]["hits"] == 1


def test_remove_and_info(run: Run, press: str) -> None:
    """Removed documents are counted nowhere; info is an object."""
    assert "1 documents removed" in run("remove", press, "--where", "publication = 'Dusk'").out
    held = json.loads(run("info", press, "--json").out)
    assert (held["documents"], held["words"]) == (2, 13)
    assert run("remove", press).status == 1
    assert "publication" in run("info", press).out


def test_check(run: Run, press: str) -> None:
    """A sound index is said to be sound; a damaged one is named, with exit status 1."""
    assert "is sound" in run("check", press).out
    for file in Path(press, "segments").rglob("*"):
        if file.is_file():
            data = bytearray(file.read_bytes())
            data[-1] ^= 0xFF
            file.write_bytes(data)
    said = run("check", press)
    assert said.status == 1
    assert "second header: its content has changed since it was written (checksum)" in said.err
    assert said.err.endswith("Next: tendency check press.index --repair\n")


def damage(file: Path, section: str) -> None:
    """Change the middle of a section."""
    found = Container(file).sections[section]
    content = bytearray(file.read_bytes())
    for at in range(found.offset, found.offset + found.bytes):
        content[at] ^= 0xA5
    file.write_bytes(content)


def test_check_repair(run: Run, press: str) -> None:
    """What derives is made again with exit status 0; what was lost is named, with exit status 1 and the next step."""
    assert run("check", press, "--repair").out == "press.index is sound; there is nothing to repair.\n"
    (data,) = Path(press, "segments").glob("*/data")
    damage(data, "tokens")
    said = run("check", press, "--repair")
    assert (said.status, said.out) == (
        0,
        "press.index is repaired, 1 segments made again from their documents: 3 documents (generation 2).\n",
    )
    assert "data, tokens: its content has changed" in said.err
    (data,) = (path for path in Path(press, "segments").glob("*/data") if path != data)
    damage(data, "end_day")
    said = run("check", press, "--repair")
    assert said.status == 1
    assert (
        "lost, its id, date or fields are damaged: 3 documents (a, b, c)\nAdd the sources of what was lost"
        in said.err
    )
    assert run("add", press, "press.jsonl").out.startswith("press.index: 3 new")
    assert run("check", press).status == 0


def test_check_repair_as_json(run: Run, press: str) -> None:
    """All that was damaged and lost, for programs; documents that come back are told."""
    (data,) = Path(press, "segments").glob("*/data")
    damage(data, "start_day")
    said = run("check", press, "--repair", "--json")
    told = json.loads(said.out)
    assert (said.status, told["complete"], told["generation"], told["returned"]) == (1, False, 2, 0)
    assert [(lost["id"], lost["documents"]) for lost in told["lost"]] == [("a", 1), ("b", 1), ("c", 1)]
    assert told["damages"] == [
        {
            "file": str(data.relative_to(press)),
            "what": "start_day: its content has changed since it was written (checksum)",
            "derived": False,
        }
    ]


def test_check_repair_without_a_mask(run: Run, tmp_path: Path) -> None:
    """Documents that count again because nothing says which were removed are told by their number."""
    rows = [{"id": f"d{n}", "date": "1930-01-01", "text": f"Text {n}."} for n in range(9)]
    (tmp_path / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    assert run("add", "x.index", "rows.jsonl").status == 0
    assert run("remove", "x.index", "--id", "d1", "--id", "d3", "--id", "d5").status == 0
    for mask in Path("x.index", "segments").glob("*/live-*"):
        mask.unlink()
    said = run("check", "x.index", "--repair")
    assert (said.status, said.out) == (1, "x.index is repaired: 9 documents (generation 3).\n")
    assert "3 documents that had been removed or replaced count again" in said.err


@pytest.mark.parametrize(("format_", "suffix"), [("jsonl", ".jsonl.gz"), ("parquet", ".parquet")])
def test_export_comes_back(run: Run, press: str, format_: str, suffix: str) -> None:
    """What was exported is added to another index as the same documents."""
    assert run("export", press, "--format", format_, "--out", f"out{suffix}").status == 0
    assert run("add", "copy.index", f"out{suffix}").status == 0
    ours, theirs = (json.loads(run("info", name, "--json").out) for name in (press, "copy.index"))
    assert ours["fingerprint"] == theirs["fingerprint"]


def test_export_vrt_comes_back(run: Run, press: str) -> None:
    """Verticalised text is added as the same words; CWB's command and NoSketch Engine's configuration are printed."""
    said = run("export", press, "--format", "vrt", "--out", "out.vrt")
    assert said.status == 0
    assert "cwb-encode -d data/out -f out.vrt" in said.err
    assert "STRUCTURE text {" in said.err
    assert run("add", "copy.index", "out.vrt").status == 0
    assert run("count", press, "bread", "--csv").out == run("count", "copy.index", "bread", "--csv").out
    ours, theirs = (json.loads(run("info", name, "--json").out) for name in (press, "copy.index"))
    assert (ours["words"], ours["documents"]) == (theirs["words"], theirs["documents"])


def test_export_dfm(run: Run, press: str) -> None:
    """The document-feature matrix has words, fields and a column a query, and says how to read it."""
    said = run("export", press, "food=bread", "peace", "--format", "dfm", "--out", "dfm.csv")
    assert 'polars.read_csv("dfm.csv")' in said.err
    assert 'readr::read_csv("dfm.csv")' in said.err
    head, first, *_ = Path("dfm.csv").read_text(encoding="utf-8").splitlines()
    assert head == "document,date,start,end,words,publication,food,peace"
    assert first == "a,1930-05-01,1930-05-01,1930-05-02,7,Dawn,1,1"


MISTAKES = {
    "not an index": (["count", ".", "peace"], "is not an index"),
    "no such folder": (["info", "nowhere.index"], "nowhere.index"),
    "unclosed bracket": (["count", "press.index", "(peace"], "^ "),
    "unknown field": (["count", "press.index", "peace", "--where", "publicaton = 'Dawn'"], "publication"),
    "bad date": (["count", "press.index", "peace", "--from", "1930-02-31"], "1930-02-31"),
    "bad grain": (["count", "press.index", "peace", "--by", "fortnight"], "fortnight"),
    "no such source": (["add", "x.index", "nowhere.jsonl"], "nowhere.jsonl"),
    "missing column": (["add", "x.index", "press.jsonl", "--text", "body"], "body"),
    "export format": (["export", "press.index", "--format", "xml"], "xml"),
    "dfm without queries": (["export", "press.index", "--format", "dfm", "--out", "a.csv"], "needs queries"),
    "no dossier": (["report", "nowhere.toml"], "nowhere.toml"),
    "chart suffix": (["rates", "press.index", "peace", "--chart", "a.png"], ".svg"),
    "unknown encoding": (["add", "x.index", "press.jsonl", "--encoding", "utf-9"], "utf-9"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_one_message(run: Run, press: str, mistake: str) -> None:
    """Exit status 1, a sentence with the place on standard error, no traceback; the index still answers."""
    words, part = MISTAKES[mistake]
    said = run(*words)
    assert said.status == 1
    assert part in said.err
    assert "Traceback" not in said.err
    assert rows(run("count", press, "bread", "--json"))[0]["hits"] == 4


def test_usage_errors_are_two(run: Run) -> None:
    """A wrong option is a usage error."""
    assert run("count", "--no-such-option").status == 2


def test_terminal_codes_in_text_are_harmless(run: Run, tmp_path: Path) -> None:
    """Control characters in a text or title cannot rewrite the terminal."""
    nasty = {"id": "x", "date": "1930", "text": "\x1b[2J peace \x07now", "title": "\x1b]0;owned\x07"}
    (tmp_path / "nasty.jsonl").write_text(json.dumps(nasty), encoding="utf-8")
    run("add", "nasty.index", "nasty.jsonl")
    said = run("kwic", "nasty.index", "peace")
    assert "peace" in said.out
    assert "\x1b[2J" not in said.out
    assert "\x07" not in said.out


def test_broken_line_is_named_and_the_rest_is_kept(run: Run, tmp_path: Path) -> None:
    """A broken line among thousands is said with file and line; everything else is added."""
    lines = [json.dumps({"id": str(n), "date": "1930", "text": "peace"}) for n in range(2000)]
    lines[999] = lines[999][:-5]
    (tmp_path / "long.jsonl").write_text("\n".join(lines), encoding="utf-8")
    said = run("add", "long.index", "long.jsonl", "--json")
    assert "long.jsonl, line 1000" in said.err
    assert json.loads(said.out)["new"] == 1999
    assert run("add", "strict.index", "long.jsonl", "--strict").status == 1


def test_growing_commands_say_what_they_did(run: Run, press: str, tmp_path: Path) -> None:
    """join, compact and rebuild work on a press and leave its answers; their JSON carries the counts."""
    before = run("count", press, "republic", "--json").out
    joined = str(tmp_path / "joined.index")
    said = json.loads(run("join", press, press, "--to", joined, "--json").out)
    assert said["identical"] == said["documents"] > 0
    assert json.loads(run("compact", joined, "--json").out)["after"] == 1
    assert json.loads(run("rebuild", joined, "--json").out)["words"] > 0
    assert "segments are now 1" in run("compact", joined, "--now").out
    assert run("count", joined, "republic", "--json").out == before


def test_own_words_are_counted_apart(run: Run, tmp_path: Path) -> None:
    """Hits in quotation marks are left out and counted beside; every line of a concordance says where it stands."""
    said = {"id": "a", "date": "1930-05-01", "text": "They cry “peace and bread” while we want peace."}
    (tmp_path / "said.jsonl").write_text(json.dumps(said), encoding="utf-8")
    run("add", "said.index", "said.jsonl")
    lines = json.loads(run("kwic", "said.index", "peace", "--json").out)
    assert [line["quoted"] for line in lines] == [True, False]
    assert len(json.loads(run("kwic", "said.index", "peace", "--own-words", "--json").out)) == 1
    row = json.loads(run("rates", "said.index", "peace", "--by", "year", "--own-words", "--json").out)[0]
    assert (row["hits"], row["quoted_hits"]) == (1, 1)
    assert "1" in run("count", "said.index", "peace", "--own-words").out


def test_a_change_is_cut_into_parts(run: Run, tmp_path: Path) -> None:
    """Parts add up to the change, are said in a sentence and drawn; a voice that is no field is refused in one sentence."""
    rows = [
        {
            "id": f"{year}-{paper}-{n}",
            "date": f"{year}-05-{n:02}",
            "text": "peace " * (2 if year == 1931 else 1) + "and bread " * 20,
            "newspaper": paper,
        }
        for year in (1930, 1931)
        for paper in ("Dawn", "Dusk")
        for n in range(1, 13)
    ]
    (tmp_path / "papers.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    run("add", "papers.index", "papers.jsonl")
    asked = ("decompose", "papers.index", "peace", "--before", "1930", "--after", "1931")
    said = run(*asked, "--voice", "newspaper", "--json", "--chart", "parts.svg")
    parts = {row["part"]: row["value"] for row in json.loads(said.out)}
    change = parts.pop("change")
    assert sum(parts.values()) == pytest.approx(change)
    assert parts["within voices"] == pytest.approx(change)
    assert (tmp_path / "parts.svg").read_text(encoding="utf-8").startswith("<svg")
    assert "within voices" in run(*asked, "--voice", "newspaper").out
    curve = json.loads(run(*asked, "--voice", "newspaper", "--by", "year", "--json").out)
    assert [row["period"] for row in curve] == ["1930", "1931"]
    refused = run(*asked, "--voice", "planet")
    assert refused.status == 1
    assert "planet" in refused.err
