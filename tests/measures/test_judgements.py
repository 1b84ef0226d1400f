"""What people wrote is understood however they wrote it, and what is not understood is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from tendency.errors import SettingError
from tendency.measures.judgements import Sheet, digest_of, key_of, read_judgements, read_keys, read_sheets

A, B, C = "bcdfghjklmnpqrs", "tvwxzbcdfghjklm", "ssssssssssssssq"


def written(folder: Path, *rows: str, name: str = "hits.csv") -> Sheet:
    """The sheet with these rows."""
    path = folder / name
    path.write_text("\n".join(["hit,judgement,note", *rows]), encoding="utf-8")
    return read_judgements(path)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("asserts", "asserts"), ("a", "asserts"), ("A", "asserts"), ("Assert", "asserts"), (" asserted. ", "asserts"),
        ("r", "rejects"), ("REJECTS", "rejects"), ("'rejected", "rejects"),
        ("p", "reports"), ("P", "reports"), ("report", "reports"),
        ("o", "other sense"), ("other", "other sense"), ("Other  Sense", "other sense"), ("other_sense", "other sense"), ("other-sense", "other sense"),
    ],
)  # fmt: skip
def test_forms(tmp_path: Path, said: str, meant: str) -> None:
    """Short forms, case, space and the apostrophe of a spreadsheet make no difference."""
    assert written(tmp_path, f"{A},{said}").judgements[A].judgement == meant


def test_every_bad_row_is_named(tmp_path: Path) -> None:
    """A row that cannot be understood is left out, with file, row and what is wrong; the others count."""
    sheet = written(
        tmp_path,
        f"{A},asserts,sure",
        f"{B},asserst",
        ",rejects",
        "hit no. 7,rejects",
        f"{C},yes",
        f"{A.upper()}, a ",
        f"s-{B},",
    )
    assert sheet.judgements.keys() == {A}
    assert sheet.judgements[A].note == "sure"
    assert sheet.unread == (B,)
    assert sheet.stratified == {B}
    assert sheet.problems == (
        "hits.csv, row 3: 'asserst' is no judgement (did you mean 'asserts'?); it is left out.",
        "hits.csv, row 4: it has no hit's name; it is left out.",
        "hits.csv, row 5: 'hit no. 7' is no hit's name; it is left out.",
        "hits.csv, row 6: 'yes' is no judgement; write asserts, rejects, reports or other sense; it is left out.",
    )


def test_a_hit_judged_twice(tmp_path: Path) -> None:
    """The same hit judged alike counts once; judged in two ways it counts in neither."""
    sheet = written(tmp_path, f"{A},a", f"{A},asserts", f"{B},a", f"{B},r", f"{B},a", f"{A},")
    assert sheet.judgements.keys() == {A}
    assert sheet.unread == ()
    assert sheet.problems == (
        "hits.csv, row 5: the hit was judged otherwise in row 4, and neither counts; it is left out.",
    )


def test_rows_swallowed_by_a_quotation_mark(tmp_path: Path) -> None:
    """A quotation mark that is never closed takes the rows after it into a cell, and that is said."""
    sheet = written(tmp_path, f"{A},a", f'{B},r,"never closed', f"{C},a")
    assert sheet.problems[0].startswith("hits.csv, row 3: it holds the names of 1 further hits")
    assert sheet.judgements.keys() == {A, B}


def test_nothing_was_judged(tmp_path: Path) -> None:
    """A sheet as it was made says what to write; one with nothing but mistakes says the first."""
    with pytest.raises(SettingError, match=r"no hit of hits\.csv has a judgement\. Write asserts"):
        written(tmp_path, f"{A},", f"{B},")
    with pytest.raises(
        SettingError, match=r"no hit of hits\.csv has a judgement\. hits\.csv, row 2: 'maybe' is no judgement"
    ):
        written(tmp_path, f"{A},maybe")


def test_one_judge_or_two(tmp_path: Path) -> None:
    """One file or two different ones are read."""
    written(tmp_path, f"{A},a", name="a.csv")
    written(tmp_path, f"{A},r", name="b.csv")
    assert len(read_sheets(tmp_path / "a.csv")) == 1
    assert len(read_sheets([tmp_path / "a.csv", str(tmp_path / "b.csv")])) == 2
    for files, said in (
        ([], "0 files"),
        (["a", "b", "c"], "3 files"),
        (["a.csv", "a.csv"], "is given twice"),
    ):
        with pytest.raises(SettingError, match=said):
            read_sheets(files)


def test_the_digest_is_of_what_was_said(tmp_path: Path) -> None:
    """The order of rows, notes and the file's name are not part of a judgement."""
    one = written(tmp_path, f"{A},a,x", f"{B},r", name="a.csv")
    other = written(tmp_path, f"{B},rejects", f"{A},asserts", name="b.csv")
    assert digest_of([one]) == digest_of([other])
    assert digest_of([one]) != digest_of([written(tmp_path, f"{A},a", f"{B},p")])


def keyed(folder: Path, name: str, hits: dict[str, int]) -> None:
    """A key with hits and the size of their stratum."""
    rows = [f"{hit},d{number},0,1930,{size}" for number, (hit, size) in enumerate(hits.items())]
    (folder / name).write_text(
        "\n".join(["hit,document,position,stratum,stratum_hits", *rows]), encoding="utf-8"
    )


def test_the_key_beside_a_sheet(tmp_path: Path) -> None:
    """Of several keys the one that knows most of the hits is taken, then the one of the same name, then the smallest sample."""
    sheet = written(tmp_path, f"{A},a", f"{B},a", name="hits-2.csv")
    assert key_of(tmp_path / "hits.xlsx") == tmp_path / "hits.key.csv"
    assert read_keys([sheet], None) == ({},)
    keyed(tmp_path, "part.key.csv", {A: 1})
    keyed(tmp_path, "all.key.csv", {A: 2, B: 2, C: 2})
    assert read_keys([sheet], None)[0][A].stratum_hits == 2
    keyed(tmp_path, "every.key.csv", {A: 3, B: 3})
    assert read_keys([sheet], None)[0][A].stratum_hits == 3
    keyed(tmp_path, "hits.key.csv", {A: 4, B: 4, C: 4})
    assert read_keys([sheet], None)[0][A].stratum_hits == 4
    (tmp_path / "hits.key.csv").write_bytes(b"\x00\x01 no key")
    assert read_keys([sheet], None)[0][A].stratum_hits == 3
    assert read_keys([sheet], tmp_path / "part.key.csv")[0].keys() == {A}
    with pytest.raises(SettingError, match=r"there is no file .*none\.key\.csv"):
        read_keys([sheet], tmp_path / "none.key.csv")
