"""Which engines can be measured here."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.engine.children import FailedError, child
from bench.peers import OURS, peer
from bench.peers.peer import Peer


@dataclass(frozen=True)
class Contender:
    """An engine that is installed.

    Attributes:
        name: Its module.
        engine: What it can do.
        python: The interpreter that has it.
        version: Which one it is.
    """

    name: str
    engine: Peer
    python: str
    version: str

    @property
    def is_ours(self) -> bool:
        """True for the one that the others are compared with."""
        return self.name == OURS


def contenders(names: Sequence[str], pythons: Mapping[str, str]) -> tuple[list[Contender], list[str]]:
    """Those that are installed, ours first, and a sentence about each that is not.

    Args:
        names: Which are wanted.
        pythons: The interpreter of those that live in an environment of their own.
    """
    found, absent = [], []
    for name in dict.fromkeys([OURS, *names]):
        engine, python = peer(name), pythons.get(name, sys.executable)
        try:
            version = child({"peer": name, "do": "version"}, python).told["version"]
        except (FailedError, OSError) as error:
            version = None
            absent.append(f"{engine.title} was not measured: its interpreter {python} fails ({error}).")
            continue
        if version is None:
            absent.append(f"{engine.title} was not measured: it is not installed here ({engine.how_to_get}).")
        else:
            found.append(Contender(name, engine, python, version))
    return found, absent
