"""A dossier's mistakes are named with file, place, what is wrong and the nearest right name."""

from __future__ import annotations

from pathlib import Path

import pytest

from tendency.documents import DateSpan
from tendency.dossier.asked import AskedSlogan, Questions
from tendency.dossier.preparing import prepare
from tendency.dossier.reading import read_dossier
from tendency.errors import DossierError

HEAD = 'title = "T"\ncorpus = "c.index"\n'
SLOGAN = '[[slogan]]\nname = "S"\nquery = "a"\n'


def prepared(folder: Path, text: str) -> Questions:
    """The dossier with this text, ready to be answered."""
    file = folder / "d.toml"
    file.write_text(text, encoding="utf-8")
    return prepare(read_dossier(file))


def message(folder: Path, text: str) -> str:
    """What is said of a dossier with a mistake."""
    with pytest.raises(DossierError) as caught:
        prepared(folder, text)
    return str(caught.value)


def test_defaults(tmp_path: Path) -> None:
    """What is not said has the stated default."""
    questions = prepared(tmp_path, HEAD + SLOGAN)
    (slogan,) = questions.of(AskedSlogan)
    assert (slogan.name, slogan.written, slogan.period, slogan.where, slogan.split) == (
        "S",
        "a",
        "year",
        None,
        None,
    )
    assert (questions.start, questions.end, questions.before, questions.after) == (None, None, None, None)
    assert questions.dossier.seed == 1


def test_dates_of_any_grain(tmp_path: Path) -> None:
    """A day, a month and a year are dates; a span includes its last one."""
    text = HEAD + 'from = 1930\nto = "1943-02"\nbefore = "1930/1935"\nafter = [1940, 1941-05-06]\n' + SLOGAN
    questions = prepared(tmp_path, text + '[[event]]\nname = "E"\ndate = 1943-02-02\n')
    assert questions.start is not None
    assert questions.end is not None
    assert (questions.start.isoformat(), questions.end.isoformat()) == ("1930-01-01", "1943-03-01")
    assert questions.before is not None
    assert questions.after is not None
    assert (str(questions.before.end), str(questions.after.end)) == ("1936-01-01", "1941-05-07")
    assert isinstance(questions.events[0].span, DateSpan)


def test_standpoints_split_slogans(tmp_path: Path) -> None:
    """Slogans are split by standpoint where there are standpoints; "none" turns it off; filters join."""
    text = HEAD + "where = \"a = 'x'\"\n[standpoints]\nl = \"p = 'l'\"\n" + SLOGAN + 'where = "b = 1"\n'
    text += '[[slogan]]\nname = "S2"\nquery = "b"\nsplit = "none"\n'
    first, second = prepared(tmp_path, text).of(AskedSlogan)
    assert (first.split, second.split) == ("standpoint", None)
    assert (first.where, second.where) == ("(a = 'x') AND (b = 1)", "a = 'x'")


def test_eras(tmp_path: Path) -> None:
    """With eras, periods are eras, unless said otherwise; eras that no one counts by are an error."""
    eras = '[eras]\n"the siege" = "1941-09/1944-01"\n'
    assert prepared(tmp_path, HEAD + eras + SLOGAN).of(AskedSlogan)[0].period == "eras"
    said = message(tmp_path, HEAD + 'period = "year"\n' + eras + SLOGAN)
    assert (
        said == 'd.toml, eras: no question counts by them; set period = "eras", not "year", or take them out.'
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (HEAD + SLOGAN + "quary = 1\n", "d.toml, slogan[1].quary (\"S\"): there is no key 'quary' in [[slogan]]; did you mean 'query'?"),
        (HEAD + "perod = 1\n" + SLOGAN, "d.toml, perod: there is no key 'perod' in a dossier; did you mean 'period'?"),
        (HEAD + "within = 1\n" + SLOGAN, "d.toml, within: there is no key 'within' in a dossier; it belongs under [[ranking]]."),
        (HEAD + SLOGAN + '[[watch]]\nname = "x"\n', "d.toml, watch: [[watch]] is not in this release; take it out and ask it with a later one."),
        (HEAD + SLOGAN + 'judged = ["a.csv", "b.csv", "c.csv"]\n', "d.toml, slogan[1].judged: must be the sheet of one judge, or an array of those of two."),
        (HEAD + SLOGAN + "judged = []\n", "d.toml, slogan[1].judged: must be the sheet of one judge, or an array of those of two."),
        (HEAD + 'seed = "1"\n' + SLOGAN, "d.toml, seed: must be a whole number, not '1' (text in quotes)."),
        (HEAD + 'period = "yaer"\n' + SLOGAN, "d.toml, period: must be one of day, week, month, quarter, year, decade, eras, not 'yaer' (text in quotes); did you mean 'year'?"),
        (HEAD + "sources = 1\n" + SLOGAN, "d.toml, sources: must be an array, not 1 (a whole number)."),
        (HEAD + '[slogan]\nname = "S"\n', "d.toml, slogan: is written with double brackets, [[slogan]], once for each."),
        (HEAD + '[[slogan]]\nname = "S"\n', 'd.toml, slogan[1].query ("S"): is missing; every [[slogan]] needs name and query.'),
        ('corpus = "x"\n' + SLOGAN, "d.toml, title: is missing; a dossier needs title."),
        ('title = "T"\n' + SLOGAN, 'd.toml, corpus: is missing; name an index (corpus = "press.index") or files (sources = ["press/*.csv"]).'),
        (HEAD, "d.toml: it asks nothing; add a [[slogan]] with name and query, a [[ranking]] with name and items, or [[discover]]."),
        (HEAD + '[[ranking]]\nname = "R"\nitems = { a = "a" }\n', "d.toml, ranking[1].items: a ranking needs two items or more."),
        (HEAD + '[[ranking]]\nname = "R"\nwithin = 0\nitems = { a = "a", b = "b" }\n', 'd.toml, ranking[1].within ("R"): must be at least 1, not 0.'),
        (HEAD + 'from = "soon"\n' + SLOGAN, "d.toml, from: 'soon' is no date"),
        (HEAD + "from = 1940\nto = 1939\n" + SLOGAN, "d.toml, to: 1939 is before from, 1940."),
        (HEAD + "from = true\n" + SLOGAN, 'd.toml, from: must be a date such as 1943-02-02, 1943 or "1943-02", not true or false.'),
        (HEAD + 'before = "1930"\n' + SLOGAN, "d.toml, before: before and after belong together; give both, or neither."),
        (HEAD + 'before = "1930/1940"\nafter = "1935"\n' + SLOGAN, "d.toml, after: 1935 must begin after before, 1930/1940, has ended."),
        (HEAD + SLOGAN + SLOGAN, "d.toml, slogan[2].name: 'S' is the name of slogan[1] already."),
        (HEAD + SLOGAN + 'split = "standpoint"\n', 'd.toml, slogan[1].split: is "standpoint", but there is no [standpoints] table; add one, or name a field.'),
        (HEAD + SLOGAN + 'period = "eras"\n', 'd.toml, slogan[1].period: is "eras", but there is no [eras] table; add one: [eras] "the siege" = "1941/1944".'),
        (HEAD + '[terms]\n"two words" = "a"\n' + SLOGAN, "d.toml, terms.two words: cannot be written as @name; call it 'two_words'."),
        (HEAD + '[terms]\nalarm = { file = "none.csv" }\n' + SLOGAN, "d.toml, terms.alarm: the list of terms "),
        (HEAD + '[terms]\nalarm = { fiel = "none.csv" }\n' + SLOGAN, "d.toml, terms.alarm.fiel: there is no key 'fiel' in [terms]; did you mean 'file'?"),
    ],
)  # fmt: skip
def test_mistakes(tmp_path: Path, text: str, expected: str) -> None:
    """Each mistake gets a sentence with its place."""
    said = message(tmp_path, text)
    assert said.startswith(expected)
    assert "\n" not in said


def test_several_mistakes(tmp_path: Path) -> None:
    """Mistakes of form are all named, a line each."""
    assert len(message(tmp_path, HEAD + "seed = 1.5\nperod = 1\n" + SLOGAN).split("\n")) == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("title = \n", "d.toml, line 1, column 9: this is not TOML: invalid value beside 'title ='."),
        ('title = "T"\nx = "a\n', "d.toml, line 2, column 7: this is not TOML: "),
        ("[[slogan]\n", "d.toml, line 1, column 9: this is not TOML: "),
        (
            'title = "T"\ntitle = "U"\n',
            "d.toml, line 2, column 12: this is not TOML: cannot overwrite a value",
        ),
    ],
)
def test_bad_toml(tmp_path: Path, text: str, expected: str) -> None:
    """A file that is not TOML is named with line and column."""
    assert message(tmp_path, text).startswith(expected)


def test_unclosed_bracket(tmp_path: Path) -> None:
    """A query that cannot be read is shown with its place and a caret."""
    said = message(tmp_path, HEAD + SLOGAN + '[[slogan]]\nname = "B"\nquery = "(danger | menace"\n')
    first, query, caret = said.split("\n")
    assert first.startswith("d.toml, slogan[2].query: ")
    assert query == "    (danger | menace"
    assert caret.strip() == "^"


def test_unknown_name(tmp_path: Path) -> None:
    """An @name that is not among the terms is answered with the nearest one."""
    said = message(tmp_path, HEAD + '[terms]\nregime = "x"\n[[slogan]]\nname = "B"\nquery = "@regmie"\n')
    assert said.startswith("d.toml, slogan[1].query: ")
    assert "regime" in said


def test_names_in_circles(tmp_path: Path) -> None:
    """Terms that name each other in a circle are an error, not an endless loop."""
    said = message(tmp_path, HEAD + '[terms]\na = "@b"\nb = "@a"\n' + SLOGAN)
    assert said.startswith("d.toml, terms.a: ")


def test_terms_from_files(tmp_path: Path) -> None:
    """A file's categories become names, all of them or one."""
    (tmp_path / "d.yml").write_text("economy: {state: [tax*]}\npress freedom: [press]\n", encoding="utf-8")
    (tmp_path / "alarm.csv").write_text("query\ndanger*\nmenace\n", encoding="utf-8")
    text = HEAD + '[terms]\nfile = "d.yml"\nalarm = { file = "alarm.csv" }\n' + SLOGAN
    names = prepared(tmp_path, text).names
    assert names == {
        "economy": "tax*",
        "economy.state": "tax*",
        "press_freedom": "press",
        "alarm": "(danger*) | (menace)",
    }
    one = 'alarm = { file = "d.yml", category = "economy.state" }\n'
    assert prepared(tmp_path, HEAD + "[terms]\n" + one + SLOGAN).names == {"alarm": "tax*"}


def test_missing_file(tmp_path: Path) -> None:
    """A missing dossier, and a folder in its place, each get a sentence."""
    with pytest.raises(DossierError, match=r"the dossier .*none\.toml does not exist\."):
        read_dossier(tmp_path / "none.toml")
    with pytest.raises(DossierError, match="is a folder, not the dossier"):
        read_dossier(tmp_path)
    with pytest.raises(DossierError):
        read_dossier("a\0b.toml")


def test_unset_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A source that needs an environment variable says which one is not set."""
    monkeypatch.delenv("NO_SUCH_FOLDER", raising=False)
    said = message(tmp_path, 'title = "T"\nsources = ["${NO_SUCH_FOLDER}/a.csv"]\n' + SLOGAN)
    assert said == (
        "d.toml, sources[1]: '${NO_SUCH_FOLDER}/a.csv' needs the environment variable NO_SUCH_FOLDER, which is not set; "
        "set it to a folder (export NO_SUCH_FOLDER=/path/to/it) or write the path itself."
    )
