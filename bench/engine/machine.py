"""Where and with what the figures were taken."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

from bench.engine.children import ROOT

_LIBRARIES = ("numpy", "numba", "polars", "orjson", "zstandard")


def described() -> str:
    """The machine and what ours stands on, in a line."""
    libraries = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    return (
        f"{os.cpu_count()} cores ({_processor()}), {_memory()}{platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}, {libraries}"
    )


def commit() -> str:
    """The commit that was measured, with a plus sign where files differ from it."""
    try:
        told = ["git", "describe", "--always", "--dirty=+", "--exclude=*"]
        return subprocess.run(told, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _memory() -> str:
    if not hasattr(os, "sysconf") or "SC_PHYS_PAGES" not in os.sysconf_names:
        return ""
    size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return f"{size / 2**30:.0f} GiB, "
