"""The page in a real browser: nothing fetched, nothing wrong, everything reachable."""

from __future__ import annotations

import importlib.resources
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from chromium import Chromium, executable

WIDTHS = (400, 1600)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    """One Chromium for all tests, with an empty profile; skips where there is none."""
    if executable() is None:
        pytest.skip(
            "Chromium is not on the PATH: install Debian's package chromium to test the page in a browser"
        )
    profile = tmp_path_factory.mktemp("profile")
    opened = Chromium(profile)
    yield opened
    opened.close()
    shutil.rmtree(profile, ignore_errors=True)


@pytest.fixture(scope="module")
def axe() -> str:
    """The source of axe-core, which the package of that name brings along."""
    return importlib.resources.files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8")


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", WIDTHS)
def test_quiet_and_no_wider_than_the_window(browser: Chromium, report: Path, width: int, dark: bool) -> None:
    """Only the page itself is asked for, the console stays empty, nothing sticks out sideways."""
    browser.open(report, width=width, dark=dark)
    assert browser.requests == [report.resolve().as_uri()]
    assert browser.complaints == []
    assert browser.ask("document.documentElement.scrollWidth") <= width
    assert browser.ask("document.title").startswith("The defence of the USSR")
    assert browser.ask("document.querySelectorAll('img').length") == 0


@pytest.mark.parametrize(("width", "dark"), [(400, True), (1600, False)])
def test_axe_finds_nothing_serious(
    browser: Chromium, small_report: Path, axe: str, width: int, dark: bool
) -> None:
    """No violation of accessibility that axe-core calls serious or critical, with every table open."""
    browser.open(small_report, width=width, dark=dark)
    browser.ask("document.querySelectorAll('details').forEach((box) => { box.open = true; })")
    browser.ask(f"{axe}; 0")
    found: dict[str, list[dict[str, Any]]] = json.loads(
        browser.ask("axe.run().then((r) => JSON.stringify({wrong: r.violations, right: r.passes}))")
    )
    serious = [
        (violation["id"], violation["nodes"][0]["html"][:200])
        for violation in found["wrong"]
        if violation["impact"] in ("serious", "critical")
    ]
    assert serious == []
    assert {"color-contrast", "document-title", "scrollable-region-focusable"} <= {
        r["id"] for r in found["right"]
    }


def test_dark_charts_are_dark(browser: Chromium, report: Path) -> None:
    """The colours of a chart follow the page's scheme."""
    fills = []
    for dark in (False, True):
        browser.open(report, dark=dark)
        fills.append(browser.ask("getComputedStyle(document.querySelector('svg.chart a path')).fill"))
    assert fills == ["rgb(11, 90, 157)", "rgb(125, 183, 238)"]


def _in_sight(browser: Chromium, anchor: str) -> bool:
    return bool(
        browser.ask(
            f"(() => {{ const box = document.getElementById('{anchor}').getBoundingClientRect();"
            "const hit = document.elementFromPoint(box.left + 60, box.top + 12);"
            f"return document.getElementById('{anchor}').contains(hit); }})()"
        )
    )


@pytest.mark.parametrize("scripts", [True, False])
def test_enter_on_a_point_leads_to_its_sentences(browser: Chromium, report: Path, scripts: bool) -> None:
    """With and without JavaScript, a focused mark and Enter show the sentences it counts."""
    browser.open(report, scripts=scripts)
    assert not _in_sight(browser, "defence-e-1-12")
    browser.ask("document.querySelector('svg.chart a[href=\"#defence-e-1-12\"]').focus()")
    browser.press("Enter")
    assert browser.ask("location.hash") == "#defence-e-1-12"
    assert _in_sight(browser, "defence-e-1-12")


def test_tab_and_arrows_reach_the_points(browser: Chromium, report: Path) -> None:
    """A chart is one stop for Tab, with a way past it; arrows go from mark to mark."""
    browser.open(report)
    browser.ask("document.querySelector('.exhibit .skip').focus()")
    browser.press("Tab")
    assert browser.ask("document.activeElement.className") == "scroll drawing"
    browser.press("Tab")
    first = browser.ask("document.activeElement.getAttribute('href')")
    browser.press("ArrowRight")
    second = browser.ask("document.activeElement.getAttribute('href')")
    assert first == "#defence-e-0-0"
    assert second == "#defence-e-0-3"


def test_a_link_into_a_closed_table_opens_it(browser: Chromium, report: Path) -> None:
    """The hash of a closed table opens it."""
    closed = "document.getElementById('exhibit-defence-rates-end').open"
    browser.open(report)
    assert browser.ask(closed) is False
    browser.open(report, anchor="exhibit-defence-rates-end")
    assert browser.ask(closed) is True


def test_tables_sort_by_number(browser: Chromium, report: Path) -> None:
    """A click on a heading sorts by that column, numbers as numbers."""
    browser.open(report)
    column = "[...document.querySelector('#exhibit-sources tbody').rows].map((row) => row.cells[1].textContent).join(' ')"
    assert browser.ask(column) == "12,034 340 0"
    browser.ask(
        "document.querySelector('#exhibit-sources thead').rows[0].cells[1].querySelector('button').click()"
    )
    assert browser.ask(column) == "0 340 12,034"


@pytest.mark.parametrize("scripts", [True, False])
def test_prints_on_a4_with_its_tables(browser: Chromium, small_report: Path, scripts: bool) -> None:
    """The paper is A4, and the rows of closed tables are on it with JavaScript or without."""
    browser.open(small_report, scripts=scripts)
    printed = browser.printed()
    (size,) = set(re.findall(rb"/MediaBox \[0 0 ([\d.]+ [\d.]+)\]", printed))
    assert [round(float(side)) for side in size.split()] == [595, 842]
    assert printed.count(b"/Type /Page\n") >= 7
