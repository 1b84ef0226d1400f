"""The reference page of the commands, written from their own help: ``python -m tendency.cli.reference``."""

from __future__ import annotations

from typing import Any

import typer.main
from typer.core import TyperArgument, TyperGroup

from tendency.cli.commands import app

_HEAD = """# Commands

Written from each command's help (`python -m tendency.cli.reference > docs/commands.md`). Listings take `--json` and `--csv`.
Exit status: 0 fine, 1 something to mend, said in a sentence on standard error, 2 a wrong option.
"""


def reference() -> str:
    """The page, as Markdown."""
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    return "\n".join([_HEAD, *(_section(name, command) for name, command in sorted(group.commands.items()))])


def _section(name: str, command: Any) -> str:
    arguments = [option for option in command.params if isinstance(option, TyperArgument)]
    usage = " ".join(["tendency", name, *(str(option.metavar) for option in arguments), "[OPTIONS]"])
    rows = [_row(option) for option in command.params if option.name != "help"]
    table = "\n".join(["| option | meaning | default |", "| --- | --- | --- |", *rows])
    return f"## {name}\n\n{_paragraphs(command.help)}\n\n```\n{usage}\n```\n\n{table}\n"


def _paragraphs(text: str | None) -> str:
    return "\n\n".join(" ".join(part.split()) for part in (text or "").split("\n\n"))


def _row(option: Any) -> str:
    name = str(option.metavar) if isinstance(option, TyperArgument) else " ".join(option.opts)
    meaning = " ".join((option.help or "").split()).replace("|", "\\|")
    shown = isinstance(option.default, (str, int, float)) and not isinstance(option.default, bool)
    return f"| `{name}` | {meaning} | {f'`{option.default}`' if shown else ''} |"


if __name__ == "__main__":
    print(reference(), end="")
