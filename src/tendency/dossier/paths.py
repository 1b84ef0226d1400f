"""Paths and environment variables of a dossier: from its folder, with one sentence for each mistake."""

from __future__ import annotations

import os
import re
from pathlib import Path

from tendency.errors import DossierError

_VARIABLE = re.compile(r"\$\{([^}]*)\}|\$(?=\w)")


def expand(written: str) -> str:
    """The text with ``${NAME}`` replaced from the environment.

    Raises:
        DossierError: The variable is not set, or the braces are missing.
    """

    def value(match: re.Match[str]) -> str:
        name = match.group(1)
        if name is None:
            raise DossierError(f"{written!r}: an environment variable is written with braces, ${{NAME}}.")
        if not os.environ.get(name):
            raise DossierError(
                f"{written!r} needs the environment variable {name}, which is not set; set it to a folder "
                f"(export {name}=/path/to/it) or write the path itself."
            )
        return os.environ[name]

    return _VARIABLE.sub(value, written)


def resolve(written: str, folder: Path) -> Path:
    """The path meant by a dossier in this folder.

    Raises:
        DossierError: It is no path at all, or its variable or home folder is unknown.
    """
    text = expand(written)
    if "\0" in text or not text.strip():
        raise DossierError(f"{written!r} is no path.")
    try:
        return Path(os.path.normpath(folder / Path(text).expanduser()))
    except RuntimeError:
        raise DossierError(
            f"{written!r}: the home folder it names is unknown; write the whole path."
        ) from None


def matching(written: str, folder: Path) -> list[Path]:
    """The files and folders that a glob names, in order of their names.

    Raises:
        DossierError: Nothing has such a name.
    """
    pattern = resolve(written, folder)
    try:
        if not re.search(r"[*?\[]", str(pattern)) or pattern.exists():
            found = [pattern] if pattern.exists() else []
        else:
            relative = str(pattern.relative_to(pattern.anchor))
            found = sorted(Path(pattern.anchor).glob(relative))
    except (OSError, ValueError, NotImplementedError) as error:
        raise DossierError(f"{written!r} cannot be looked up: {_reason(error)}.") from None
    if not found:
        raise DossierError(f"nothing is at {written!r} (looked for {pattern}).")
    return found


def read_text(file: Path, what: str) -> str:
    """The text of a small UTF-8 file, without a byte-order mark.

    Raises:
        DossierError: It is missing, a folder, unreadable, or no text; ``what`` says what it was to be.
    """
    try:
        if file.is_dir():
            raise DossierError(f"{file} is a folder, not {what}.")
        data = file.read_bytes()
    except FileNotFoundError:
        raise DossierError(f"{what} {file} does not exist.") from None
    except (OSError, ValueError) as error:
        raise DossierError(f"{what} {file} cannot be read: {_reason(error)}.") from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DossierError(f"{file.name}, line {line}: {what} is not UTF-8 text; save it as UTF-8.") from None


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
