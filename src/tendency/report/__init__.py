"""Answers as a report: one page that still opens in ten years, and the data behind it."""

from __future__ import annotations

from tendency.report.html import render
from tendency.report.page import ReportPage, arrange
from tendency.report.write import write_report

__all__ = ["ReportPage", "arrange", "render", "write_report"]
