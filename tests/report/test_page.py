"""What the page says, asked of its parsed text and links."""

from __future__ import annotations

import dataclasses
import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest

from tendency.dossier.finding import Answers
from tendency.report import arrange, render
from tendency.report import page as page_module
from tendency.report.page import explanations, table_view

VOID = {"meta", "link", "img", "br", "input", "hr"}


class Parsed(HTMLParser):
    """Elements of a page with their attributes and text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.scripts: list[str] = []
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the element."""
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the element, which holds nothing."""
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """Note an end that no beginning has."""
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data: str) -> None:
        """Keep scripts apart from words."""
        if self.open and self.open[-1] == "script":
            self.scripts.append(data)
        elif not self.open or self.open[-1] != "style":
            self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of each element of a kind."""
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def text(self) -> str:
        """All words, on one line."""
        return " ".join(" ".join(self.words).split())


@pytest.fixture(scope="session")
def source(report: Path) -> str:
    """The page as it was written."""
    return report.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def parsed(source: str) -> Parsed:
    """The page, parsed."""
    return Parsed(source)


def test_elements_nest(parsed: Parsed) -> None:
    """Every element that is opened is closed, in order."""
    assert parsed.wrong == []
    assert parsed.open == []


def test_ids_are_unique(parsed: Parsed) -> None:
    """No two elements have one id."""
    ids = [attributes["id"] for _, attributes in parsed.elements if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_every_internal_link_has_its_target(parsed: Parsed) -> None:
    """A link into the page leads to something in it, and so does every reference between elements."""
    ids = {attributes["id"] for _, attributes in parsed.elements if "id" in attributes}
    targets = [a["href"][1:] for a in parsed.all("a") if a["href"] and a["href"].startswith("#")]
    assert len(targets) > 100
    assert set(targets) <= ids
    for name in ("aria-labelledby", "aria-describedby", "clip-path"):
        for _, attributes in parsed.elements:
            value = attributes.get(name) or ""
            assert set(re.sub(r"url\(#(.+)\)", r"\1", value).split()) <= ids


def test_links_to_files_have_their_files(parsed: Parsed, report: Path) -> None:
    """A link out of the page leads to a file beside it, or to a paper's DOI."""
    links = [a["href"] or "" for a in parsed.all("a") if not (a["href"] or "").startswith("#")]
    for link in links:
        assert link.startswith("https://doi.org/10.") or (report.parent / link).is_file(), link
    assert any(link.endswith("-print.pdf") for link in links)


def test_nothing_is_fetched(parsed: Parsed) -> None:
    """No element loads anything: no image, frame, style or script from elsewhere."""
    assert not [a for _, a in parsed.elements if "src" in a or "srcset" in a or "xlink:href" in a]
    assert {tag for tag, _ in parsed.elements} & {"img", "iframe", "object", "embed", "image", "use"} == set()
    assert [link["href"] for link in parsed.all("link")] == ["data:,"]


def test_no_inline_style_or_handler(parsed: Parsed) -> None:
    """Nothing needs what the content security policy forbids."""
    for _, attributes in parsed.elements:
        assert "style" not in attributes
        assert not [name for name in attributes if name.startswith("on")]
    (policy,) = [m["content"] for m in parsed.all("meta") if m.get("http-equiv")]
    assert policy is not None
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy


def test_hostile_text_is_text(parsed: Parsed) -> None:
    """A script in titles, queries, events, claims and quotations stays text."""
    assert len(parsed.scripts) == 1
    assert "owned" not in parsed.scripts[0]
    assert parsed.text.count("<script>document.title='owned'</script>") > 5


def test_brief_links_each_sentence_to_its_finding(parsed: Parsed, answers: Answers) -> None:
    """The first claim of each finding stands in brief, and how many questions were asked."""
    for finding in answers.findings:
        assert finding.claims[0].sentence in parsed.text
        assert f"#{finding.anchor}" in [a.get("href") for a in parsed.all("a")]
    assert (
        "14 questions were asked, 2 beforehand, 1 varied (4 versions in all), 1 found by looking."
        in parsed.text
    )


def test_each_section_says_how_it_was_asked(parsed: Parsed, answers: Answers) -> None:
    """A section is labelled with how its question came about, and with its versions; without a log that is said instead."""
    assert parsed.text.count("Asked beforehand.") == 2
    assert "Varied: 3 earlier versions were answered, the first on 2 November 2026." in parsed.text
    assert "Found by looking." in parsed.text
    unknown = tuple(dataclasses.replace(one, asked="not known") for one in answers.findings)
    text = Parsed(render(arrange(dataclasses.replace(answers, findings=unknown)))).text
    assert "14 questions were asked. No log is kept: whether questions were varied is not known." in text
    assert text.count("Whether this question was varied is not known: no log is kept.") == 4


def test_everything_of_a_finding_is_on_the_page(parsed: Parsed, answers: Answers) -> None:
    """Claims, warnings, quotations with citation, recipes, notes, methods and the dossier are printed."""
    squeezed = re.sub(r"\s+", " ", parsed.text)
    for finding in answers.findings:
        for claim in finding.claims:
            assert claim.sentence in squeezed
        for warning in finding.warnings:
            assert warning in squeezed
        assert finding.recipe in squeezed
        for evidence in finding.evidence:
            assert evidence.heading in squeezed
            assert evidence.lines[0].citation in squeezed
    assert all(note in squeezed for note in answers.foundation.notes)
    assert "x" * 300 in squeezed
    assert "https://doi.org/10.1214/aos/1176347265" in [a.get("href") for a in parsed.all("a")]


def test_headings_descend_by_one(parsed: Parsed) -> None:
    """One h1, and no level is skipped."""
    levels = [int(tag[1]) for tag, _ in parsed.elements if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_landmarks_and_language(parsed: Parsed) -> None:
    """Header, navigation, main and footer are there, and quotations carry their language and direction."""
    tags = [tag for tag, _ in parsed.elements]
    for landmark in ("header", "nav", "main", "footer"):
        assert tags.count(landmark) == 1
    quotes = parsed.all("blockquote")
    assert {(q.get("lang"), q.get("dir")) for q in quotes} == {
        ("en", "ltr"),
        ("ru", "ltr"),
        ("ar", "rtl"),
        (None, "auto"),
    }


def test_tables_have_captions_and_scopes(parsed: Parsed) -> None:
    """Each table has a caption, each heading its scope."""
    assert len(parsed.all("table")) == len(parsed.all("caption")) == 6
    assert all(head.get("scope") in ("col", "row") for head in parsed.all("th"))


def test_marks_of_charts_are_links_with_names(parsed: Parsed, answers: Answers) -> None:
    """A mark leads to its sentences and says what it is, without any script."""
    charts = [a for a in parsed.all("a") if a.get("aria-label") and "per million" in (a["aria-label"] or "")]
    assert any(a["href"] == "#defence-e-1-12" for a in charts)
    assert any("95 % interval" in (a["aria-label"] or "") for a in charts)


def test_quotations_read_as_the_text_does(source: str) -> None:
    """No space is put beside a match, and what is cut has an ellipsis."""
    assert "… We have said for years that the <mark>defence of the Soviet Union</mark> is bound up" in source
    assert "the fate of the revolution …</blockquote>" in source


def test_missing_figures_say_why() -> None:
    """Nothing held, too few and unknown are told apart; a row leads to its sentences."""
    table = pl.DataFrame(
        {
            "period": ["1936", "1937", "1938", "1939"],
            "tokens": [0, 900, 900, 12_345],
            "per_million": [None, None, None, 81.2345],
            "too_few": [False, True, False, False],
            "evidence": [None, None, None, "here"],
        }
    )
    view = table_view(table, {"tokens": "Words"}, {"here": "1.7"})
    assert [column.name for column in view.columns] == [
        "period",
        "tokens",
        "per million",
        "too few",
        "sentences",
    ]
    assert [row[2].text for row in view.rows] == ["nothing held", "too few", "–", "81.2"]
    assert [row[3].text for row in view.rows] == ["", "too few", "", ""]
    assert view.rows[3][1].text == "12,345"
    assert (view.rows[3][4].text, view.rows[3][4].link) == ("1.7", "here")


def test_repeating_columns_are_left_to_the_files() -> None:
    """Days of calendar periods and a single split are not printed; days of eras are."""
    import datetime as dt

    table = pl.DataFrame(
        {
            "period": ["1936", "1937"],
            "start": [dt.date(1936, 1, 1), dt.date(1937, 1, 1)],
            "end": [dt.date(1937, 1, 1), dt.date(1938, 1, 1)],
            "split": ["all", "all"],
            "hits": [1, 2],
        }
    )
    assert [c.name for c in table_view(table, {}).columns] == ["period", "hits"]
    eras = table.with_columns(period=pl.Series(["before", "after"]))
    assert [c.name for c in table_view(eras, {}).columns] == ["period", "start", "end", "hits"]


def test_a_link_that_leads_nowhere_is_refused(answers: Answers) -> None:
    """Our own mistakes show when the page is made, not when it is read."""
    with pytest.raises(ValueError, match="which the page does not have"):
        table_view(pl.DataFrame({"hits": [1], "evidence": ["gone"]}), {})
    first = answers.findings[0]
    with pytest.raises(ValueError, match="have the anchor"):
        arrange(dataclasses.replace(answers, findings=(first, first)))
    bad = dataclasses.replace(first, anchor="two words")
    with pytest.raises(ValueError, match="cannot be an anchor"):
        arrange(dataclasses.replace(answers, findings=(bad,)))


def test_a_report_without_findings(answers: Answers) -> None:
    """No question, no finding: the page still says what it rests on."""
    page = arrange(dataclasses.replace(answers, findings=(), questions=0))
    text = Parsed(render(page)).text
    assert "0 questions were asked." in text
    assert "What this rests on" in text


def test_every_field_explains_itself() -> None:
    """Each field of each value of the page says what it holds."""
    values = [
        v
        for v in vars(page_module).values()
        if dataclasses.is_dataclass(v) and v.__module__ == page_module.__name__
    ]
    assert len(values) >= 10
    for value in values:
        assert all(explanations(value).values())


def test_the_page_is_small(report: Path) -> None:
    """Sixty periods of four queries with their sentences stay far below three megabytes."""
    assert report.stat().st_size < 1_000_000
