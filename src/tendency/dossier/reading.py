"""A dossier from its file: every key and type checked, every mistake named with its place."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from tendency.dossier import schema
from tendency.dossier.mistakes import mistake, plain, toml_place
from tendency.dossier.paths import read_text
from tendency.errors import DossierError


def read_dossier(path: str | Path) -> schema.Dossier:
    """The dossier in a TOML file, its keys and types checked.

    Raises:
        DossierError: With the file, the place, what is wrong and the nearest right name.
    """
    file = Path(path)
    text = read_text(file, "the dossier")
    dossier = dossier_from(toml_tree(text, file.name), file.name)
    dossier._file, dossier._text = str(file.absolute()), text
    return dossier


def toml_tree(text: str, name: str) -> dict[str, Any]:
    """The tables of a TOML text.

    Raises:
        DossierError: With line and column.
    """
    try:
        return tomllib.loads(text.replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError as error:
        raise DossierError(f"{name}{toml_place(text, str(error))}.") from None


def dossier_from(tree: Mapping[str, Any], name: str = "the dossier") -> schema.Dossier:
    """A dossier from the tables that TOML gives.

    Raises:
        DossierError: Every mistake, a line each.
    """
    try:
        return schema.Dossier.model_validate(dict(tree))
    except ValidationError as error:
        found = plain(error.errors(include_url=False))
        mistakes = [f"{name}, {mistake(dict(tree), one)}" for one in found]
        raise DossierError("\n".join(dict.fromkeys(mistakes))) from None
