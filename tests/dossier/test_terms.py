"""Files of named queries."""

from __future__ import annotations

from pathlib import Path

import pytest

from tendency.dossier.terms import read_terms
from tendency.errors import DossierError

LIWC = """%
1\tfunct
2\tpronoun
125\taffect (Affective Processes)
%
a\t1
abandon*\t125
he\t1\t2
kind\t(02 134)125/464\t1
:)\t125
"""


def written(folder: Path, name: str, text: str | bytes) -> Path:
    """A file with this content."""
    file = folder / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def test_csv_with_names(tmp_path: Path) -> None:
    """Lines of a CSV file with the same name belong together, each a query in full."""
    file = written(tmp_path, "alarm.csv", 'name,query\nalarm,danger*\nalarm,"threat*, menace"\ncalm,peace\n')
    found = read_terms(file)
    assert found.queries == {"alarm": "(danger*) | (threat*, menace)", "calm": "peace"}
    assert found.all == "((danger*) | (threat*, menace)) | (peace)"


def test_csv_with_one_column(tmp_path: Path) -> None:
    """A CSV file with one column is one named query, called like the file."""
    assert read_terms(written(tmp_path, "alarm.csv", "\ufeffTerm\ndanger\n\nmenace\n")).queries == {
        "alarm": "(danger) | (menace)"
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "words\ndanger\n",
            "alarm.csv, line 1: there is no column named query, term, word or pattern; the header has words.",
        ),
        (
            "",
            "alarm.csv, line 1: there is no column named query, term, word or pattern; the header has nothing.",
        ),
        ("query\n", "alarm.csv holds no terms."),
        (
            "name,query\na,b,c\n",
            "alarm.csv, line 2: 3 cells where the header has 2; put a cell that holds a comma in quotes.",
        ),
        ("name,query\n,b\n", "alarm.csv, line 2: the name is empty."),
        ('query\n"open\n', "alarm.csv, line 2: this is not CSV (unexpected end of data)."),
        (b"query\nd\xe9fense\n", "alarm.csv, line 2: the list of terms is not UTF-8 text; save it as UTF-8."),
    ],
)
def test_malformed_csv(tmp_path: Path, text: str | bytes, message: str) -> None:
    """A malformed CSV file is named with the line and the remedy."""
    with pytest.raises(DossierError) as caught:
        read_terms(written(tmp_path, "alarm.csv", text))
    assert str(caught.value) == message


def test_quanteda(tmp_path: Path) -> None:
    """A quanteda dictionary keeps its nesting in names with dots; a key holds what is under it."""
    text = "economy:\n  - econom*\n  - state: [tax*, public-debt]\nempty: [':)']\n"
    found = read_terms(written(tmp_path, "d.yml", text))
    assert found.queries == {"economy": "econom* | tax* | public-debt", "economy.state": "tax* | public-debt"}
    assert found.notes == (
        "d.yml: entries without a letter or figure are left out (:)).",
        "d.yml: categories without a word are left out (empty).",
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "a: [b\n",
            "d.yaml, line 2, column 1: this is not YAML (expected ',' or ']', but got '<stream end>').",
        ),
        (
            "- a\n",
            "d.yaml is no quanteda dictionary: it must be keys with lists of words, such as 'alarm: [danger*]'.",
        ),
        (
            "a: [yes]\n",
            "d.yaml: under 'a' YAML reads an entry as true; put words such as yes, no, on and off in quotes.",
        ),
        ("a:\n", "d.yaml: under 'a' there must be words, not nothing."),
    ],
)
def test_malformed_quanteda(tmp_path: Path, text: str, message: str) -> None:
    """A malformed YAML dictionary is named with the place and the remedy."""
    with pytest.raises(DossierError) as caught:
        read_terms(written(tmp_path, "d.yaml", text))
    assert str(caught.value) == message


def test_liwc(tmp_path: Path) -> None:
    """A LIWC dictionary gives one query a category; what cannot be taken over is said."""
    found = read_terms(written(tmp_path, "l.dic", LIWC.replace("\n", "\r\n")))
    assert found.queries == {"funct": "a | he", "pronoun": "he", "affect": "abandon*"}
    assert found.notes == (
        "l.dic: entries without a letter or figure are left out (:)).",
        "l.dic: conditional entries of LIWC are left out (kind).",
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1\tfunct\n", "l.dic, line 1: a LIWC dictionary begins with a line with only '%'."),
        ("%\n1\tfunct\n", "l.dic: a LIWC dictionary has its categories between two lines with only '%'."),
        ("%\nfunct\n%\n", "l.dic, line 2: expected a category's number and its name, found 'funct'."),
        ("%\n1\ta\n1\tb\n%\n", "l.dic, line 3: the category number 1 is given twice."),
        ("%\n1\ta\n%\nhe\t2\n", "l.dic, line 4: there is no category 2; 'he' names it."),
        ("%\n1\ta\n%\nhe\n", "l.dic, line 4: 'he' has no category number."),
        (
            "%\n1\ta\n%\nhe\tone\n",
            "l.dic, line 4: expected a word and category numbers apart by tabs, found 'he\\tone'.",
        ),
        ("%\n1\ta\n%\nhe\t1\n%\n", "l.dic, line 5: a third line with '%'; a LIWC dictionary has two."),
    ],
)
def test_malformed_liwc(tmp_path: Path, text: str, message: str) -> None:
    """A malformed LIWC dictionary is named with the line."""
    with pytest.raises(DossierError) as caught:
        read_terms(written(tmp_path, "l.dic", text))
    assert str(caught.value) == message


def test_missing_and_unknown_kinds(tmp_path: Path) -> None:
    """A missing file, a folder and an unknown kind each get a sentence."""
    with pytest.raises(DossierError, match=r"the list of terms .*none\.csv does not exist\."):
        read_terms(tmp_path / "none.csv")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(DossierError, match="is a folder, not the list of terms"):
        read_terms(tmp_path / "folder.csv")
    with pytest.raises(
        DossierError, match=r"it must end in \.csv, \.yml, \.yaml \(quanteda\) or \.dic \(LIWC\)"
    ):
        read_terms(written(tmp_path, "a.xlsx", "x"))


def test_category(tmp_path: Path) -> None:
    """A category that a file lacks is answered with the nearest one."""
    file = written(tmp_path, "alarm.csv", "name,query\nalarm,danger*\n")
    with pytest.raises(DossierError, match=r"alarm\.csv has no category 'alram'; did you mean 'alarm'\?"):
        read_terms(file).category("alram", file)
