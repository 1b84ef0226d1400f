"""Charts as files."""

from __future__ import annotations

import datetime as dt
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from tendency.charts import Event, pdf, print_pdf, print_svg, print_version, rates_chart, svg

HOSTILE = "</text></svg><script>alert(1)</script>"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def chart(rates_table: Callable[..., pl.DataFrame], years: Callable[..., Any]) -> dict[str, Any]:
    """A chart with hostile names."""
    table = rates_table(["Peace", HOSTILE], years(1930, 12))
    return rates_chart(table, title=f"Title {HOSTILE}", events=[Event(HOSTILE, dt.date(1938, 1, 1))])


def test_text_in_a_chart_is_text(chart: dict[str, Any]) -> None:
    """A script in a title, a query or an event becomes no element."""
    for drawn in (svg(chart), print_svg(chart)):
        root = ET.fromstring(drawn)
        assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
            "svg", "g", "path", "rect", "line", "text", "a", "title", "defs", "clipPath"
        }  # fmt: skip
        assert "&lt;script&gt;" in drawn
        assert not [
            name
            for element in root.iter()
            for name in element.attrib
            if name.startswith("on") or name == "style"
        ]


def test_links_stay_in_the_page_and_say_what_they_are(chart: dict[str, Any]) -> None:
    """Each link is a bare anchor with a name; a mark without evidence has none."""
    links = list(ET.fromstring(svg(chart)).iter(f"{SVG}a"))
    assert len(links) == 17
    for link in links:
        assert re.fullmatch(r"#e-\d-0-\d+", link.attrib["href"])
        assert "per million" in link.attrib["aria-label"]
        assert link[0].text == link.attrib["aria-label"]


def test_no_link_leads_out() -> None:
    """An address in a table of somebody else's is drawn without a link."""
    spec = {
        "data": {"values": [{"x": 1, "h": "https://example.org/"}, {"x": 2, "h": "//example.org/#a b"}]},
        "mark": "point",
        "encoding": {"x": {"field": "x", "type": "quantitative"}, "href": {"field": "h"}},
    }
    assert "<a" not in svg(spec)
    assert "example.org" not in svg(spec)


def test_nothing_is_loaded() -> None:
    """A specification that wants data from elsewhere fails instead of asking the network."""
    spec = {"data": {"url": "https://example.org/data.csv"}, "mark": "point", "encoding": {}}
    with pytest.raises(ValueError, match=r"example\.org"):
        svg(spec)


def test_print_is_black_and_white_and_a_column_wide(chart: dict[str, Any]) -> None:
    """The print version has greys only, no links, and is 85 mm wide as SVG and as PDF."""
    drawn = print_svg(chart)
    root = ET.fromstring(drawn)
    assert root.attrib["width"] == "85mm"
    assert not list(root.iter(f"{SVG}a"))
    for colour in re.findall(r"#[0-9a-fA-F]{6}", drawn):
        assert colour[1:3] == colour[3:5] == colour[5:7]
    box = re.search(rb"/MediaBox \[0 0 ([\d.]+)", print_pdf(chart))
    assert box is not None
    assert float(box[1]) == pytest.approx(85 / 25.4 * 72, abs=0.1)


def test_pdf_has_its_fonts(chart: dict[str, Any]) -> None:
    """A PDF is complete: the letters that it uses are in it."""
    made = pdf(svg(chart))
    assert made.startswith(b"%PDF")
    assert b"/FontFile" in made


def test_a_title_can_be_left_to_the_page(chart: dict[str, Any]) -> None:
    """With the title the drawing is higher by it; without, it is not in the drawing."""
    assert "Title" in "".join(ET.fromstring(svg(chart)).itertext())
    assert "Title" not in "".join(ET.fromstring(svg(chart, title=False)).itertext())


def test_a_foreign_chart_has_a_print_version() -> None:
    """A specification without one of ours gets greys and small letters."""
    spec = {"title": "T", "mark": "bar", "encoding": {}, "data": {"values": [{}]}}
    assert print_version(spec)["config"]["range"]["category"][0] == "#000000"
    assert 'width="85mm"' in print_svg(spec)
