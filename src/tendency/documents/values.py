"""The values of other formats as text: fields are text, whatever the source held."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Mapping
from decimal import Decimal

import orjson


def as_text(value: object) -> str | None:
    """A value as field text; None where there is nothing: null, NaN, or only white space.

    Numbers stand as they would in JSON, truth values as ``true`` and ``false``, dates as ISO, lists
    and objects as compact JSON.
    """
    if isinstance(value, str):
        return value if value and not value.isspace() else None
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return None if math.isnan(value) else repr(value)
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, (Mapping, list, tuple)):
        return compact(value) if value else None
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace") or None
    return str(value)


def compact(value: object) -> str:
    """A nested value as JSON without spaces."""
    try:
        return orjson.dumps(value, default=str, option=orjson.OPT_NON_STR_KEYS).decode()
    except TypeError:
        # Integers over 64 bits and very deep nesting, which orjson does not write.
        return json.dumps(value, default=str, ensure_ascii=False, separators=(",", ":"))


def whole_as_text(value: object) -> str | None:
    """Like :func:`as_text`, but 1946.0 is 1946: a table with gaps makes decimals of whole numbers."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    return as_text(value)


def joined(value: object) -> str | None:
    """One text from a value or a list of values, joined by ``; ``; None where nothing is in it."""
    if isinstance(value, (list, tuple)):
        parts = [part for part in map(as_text, value) if part is not None]
        return "; ".join(parts) or None
    return as_text(value)
