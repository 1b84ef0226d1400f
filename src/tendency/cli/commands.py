"""The commands, each group in its module. Heavy libraries are imported by the command that needs them: starting must be quick."""

from tendency.cli import (
    asking,
    company,
    conditions,
    discovering,
    judging,
    keeping,
    leading,
    meaning,
    tendencies,
    turning,
)
from tendency.cli.options import app

__all__ = [
    "app",
    "asking",
    "company",
    "conditions",
    "discovering",
    "judging",
    "keeping",
    "leading",
    "meaning",
    "tendencies",
    "turning",
]
