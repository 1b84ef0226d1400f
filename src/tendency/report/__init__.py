"""Answers as a report: one page that still opens in ten years, and the data behind it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tendency.report.html import render
    from tendency.report.page import ReportPage, arrange
    from tendency.report.write import write_report

__all__ = ["ReportPage", "arrange", "render", "write_report"]

# Templates and charts are imported when a page is asked for.
_LATER = {"ReportPage": "page", "arrange": "page", "render": "html", "write_report": "write"}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
