"""Predictions held to what happened, alternatives weighed, warnings in time: results → verdicts."""

from __future__ import annotations

__all__: list[str] = []
