"""The documentation says what is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tendency.cli.commands import app
from tendency.cli.reference import reference

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/**/*.md")])


def test_reference_of_commands_is_up_to_date() -> None:
    """docs/commands.md is what the commands' help says; write it again when a command changes."""
    assert (ROOT / "docs" / "commands.md").read_text(encoding="utf-8") == reference()


def test_every_command_has_an_example() -> None:
    """Help ends with an example that begins with the command itself."""
    for command in app.registered_commands:
        assert command.callback is not None
        name = (command.name or command.callback.__name__).rstrip("_")
        assert f"Example: `tendency {name}" in (command.callback.__doc__ or ""), name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link of a page leads to a file of the project."""
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8")):
        if not re.match(r"[a-z]+:", target):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"
