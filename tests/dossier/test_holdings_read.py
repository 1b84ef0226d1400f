"""[[holdings]] in a dossier and in files of their own: dates and cadences understood, every mistake with its place."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from tendency.documents import DateSpan
from tendency.dossier import prepare, read_dossier, read_holdings
from tendency.errors import DossierError
from tendency.measures import Holding

HEAD = 'title = "T"\ncorpus = "c.index"\n[[slogan]]\nname = "S"\nquery = "a"\n'
MILITANT = """[[holdings]]
publication = "The Militant"
every = "week"
from = 1936
to = 1937-08-31
gaps = ["1937-06/1937-08", "1937-07"]

[[holdings]]
publication = "The Militant"
field = "newspaper"
every = ["tuesday", "friday"]
from = "1937-09"
"""
EXPECTED = (
    Holding(
        "The Militant",
        "week",
        None,
        dt.date(1936, 1, 1),
        dt.date(1937, 9, 1),
        (
            DateSpan(dt.date(1937, 6, 1), dt.date(1937, 9, 1), "1937-06/1937-08"),
            DateSpan(dt.date(1937, 7, 1), dt.date(1937, 8, 1), "1937-07"),
        ),
    ),
    Holding("The Militant", ("tuesday", "friday"), "newspaper", dt.date(1937, 9, 1)),
)


def written(folder: Path, name: str, text: str) -> Path:
    """A file with this text."""
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def same(found: tuple[Holding, ...]) -> None:
    """Equal to what is expected, however the gaps were written."""
    spans = [[(gap.start, gap.end) for gap in one.gaps] for one in found]
    assert spans == [[(gap.start, gap.end) for gap in one.gaps] for one in EXPECTED]
    for mine, theirs in zip(found, EXPECTED, strict=True):
        assert (mine.publication, mine.every, mine.field, mine.start, mine.end) == (
            theirs.publication, theirs.every, theirs.field, theirs.start, theirs.end
        )  # fmt: skip


def test_a_dossier_and_files_say_the_same(tmp_path: Path) -> None:
    """In a dossier, in a TOML file of its own, and as CSV."""
    dossier = written(tmp_path, "d.toml", HEAD + MILITANT)
    same(prepare(read_dossier(dossier)).holdings)
    same(read_holdings(dossier))
    same(read_holdings(written(tmp_path, "h.toml", MILITANT)))
    table = (
        "publication,field,every,from,to,gaps\n"
        "The Militant,,week,1936,1937-08-31,1937-06/1937-08; 1937-07\n"
        "\n"
        "The Militant,newspaper,tuesday; friday,1937-09,,\n"
    )
    same(read_holdings(written(tmp_path, "h.csv", table)))


MISTAKES = {
    "unknown cadence": ('publication = "x"\nevery = "weekly"', "holdings[1].every: 'weekly' is no cadence; did you mean 'week'?"),
    "cadence of another type": ('publication = "x"\nevery = 7', "holdings[1].every: must be"),
    "no cadence": ('publication = "x"', "holdings[1].every: is missing; every [[holdings]] needs publication and every."),
    "no name": ('publication = ""\nevery = "week"', "holdings[1].publication: is empty."),
    "end before start": ('publication = "x"\nevery = "week"\nfrom = 1937\nto = 1936', "holdings[1].to: 1936 is before from, 1937."),
    "gap that ends before it begins": (
        'publication = "x"\nevery = "week"\ngaps = ["1936", "1937-06/1937-05"]',
        "holdings[1].gaps[2]: '1937-06/1937-05' ends before it begins.",
    ),
    "gap that is no date": ('publication = "x"\nevery = "week"\ngaps = ["soon"]', "holdings[1].gaps[1]: 'soon' is no date"),
    "unknown key": ('publication = "x"\nevry = "week"', "holdings[1].evry: there is no key 'evry' in [[holdings]]; did you mean 'every'?"),
    "twice": (
        'publication = "x"\nevery = "week"\n[[holdings]]\npublication = "x"\nevery = "day"\nfrom = 1936',
        "holdings[2]: 'x' is expected on the same days in holdings[1]",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", MISTAKES)
def test_mistakes(tmp_path: Path, case: str) -> None:
    """Each gets a sentence with file and place, in a dossier and in a file of its own."""
    tables, said = MISTAKES[case]
    dossier = written(tmp_path, "d.toml", f"{HEAD}[[holdings]]\n{tables}\n")
    with pytest.raises(DossierError) as error:
        prepare(read_dossier(dossier))
    assert str(error.value).startswith(f"d.toml, {said}")
    with pytest.raises(DossierError) as error:
        read_holdings(written(tmp_path, "h.toml", f"[[holdings]]\n{tables}\n"))
    assert str(error.value).startswith(f"h.toml, {said}")


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("h.csv", "publication,every\nx,week\ny,weekly\n", "h.csv, line 3, every: 'weekly' is no cadence"),
        ("h.csv", "publication\nx\n", "h.csv, line 1: there is no column every"),
        ("h.csv", "publication,every,gap\nx,week,\n", "h.csv, line 1: there is no column 'gap'"),
        ("h.csv", "publication,every\nx,week,y\n", "h.csv, line 2: 3 cells where the header has 2"),
        ("h.csv", "publication,every\n", "h.csv names no publication"),
        ("h.csv", "publication,every\n,week\n", "h.csv, line 2, publication: is empty."),
        ("h.csv", 'publication,every\n"x,week\n', "h.csv, line 2: this is not CSV"),
        ("h.toml", "holdings = 3", "h.toml, holdings: must be an array"),
        ("h.toml", "", "h.toml has no [[holdings]]"),
        ("h.toml", "[[holdings", "h.toml, line 1, column"),
        ("h.json", "{}", "h.json is no file of holdings: it must end in .toml or .csv."),
    ],
)  # fmt: skip
def test_files_that_are_none(tmp_path: Path, name: str, text: str, said: str) -> None:
    """The line is named where there is one."""
    with pytest.raises(DossierError) as error:
        read_holdings(written(tmp_path, name, text))
    assert str(error.value).startswith(said)


def test_very_many(tmp_path: Path) -> None:
    """Ten thousand publications are read."""
    table = "publication,every\n" + "".join(f"Paper {n},week\n" for n in range(10_000))
    assert len(read_holdings(written(tmp_path, "h.csv", table))) == 10_000
