"""The engines that are measured, ours among them: one module each, imported only in the process that runs it."""

from __future__ import annotations

from importlib import import_module

from bench.peers.peer import Peer

# In the order of the table's columns. Each module has a class ``Engine``.
NAMES = ("tendency", "tantivy", "fts5", "conc", "cwb")
OURS = NAMES[0]


def peer(name: str) -> Peer:
    """The engine of this name."""
    found: Peer = import_module(f"bench.peers.{name}").Engine()
    return found
