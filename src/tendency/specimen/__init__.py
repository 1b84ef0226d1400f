"""The press of an invented republic, with planted truths: what the system should find, and what it should not."""

from __future__ import annotations

from tendency.specimen.planted import AFTER, BEFORE, Course
from tendency.specimen.press import Specimen
from tendency.specimen.truths import Truth

__all__ = ["AFTER", "BEFORE", "Course", "Specimen", "Truth"]
