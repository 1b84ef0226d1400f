"""The largest things that are read; what is larger is refused with a sentence, never half read."""

from __future__ import annotations

#: Bytes of one line, one cell or one text. The index takes less in one document, and says so; what is between the two
#: can be cut at blank lines as it is added.
LARGEST_TEXT = 2 * 2**30

#: Bytes of a front matter block.
LARGEST_FRONT_MATTER = 64 * 2**10

#: Characters of a date.
LONGEST_DATE = 100

#: Bytes looked at to tell an encoding or a binary file.
SAMPLE = 64 * 2**10

#: Problems and notes kept in full; the rest are only counted.
KEPT_PROBLEMS = 1000
