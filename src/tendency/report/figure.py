"""A chart inside the page: links that keep to it, names for screen readers, no id twice."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tendency.charts import svg

_ID = re.compile(r'(?<=\bid=")[^"]+(?=")')
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_OPENING = re.compile(r"^<svg\b[^>]*>\s*(<rect\b[^>]*/>)?")
_VIEW_BOX = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
_LINK = re.compile(r'href="#([^"]+)"')


def inline(spec: Mapping[str, Any], *, prefix: str, label: str, anchors: frozenset[str]) -> str:
    """The chart without its title, as an ``<svg>`` to be put into the page.

    Args:
        spec: A Vega-Lite specification.
        prefix: Put before every id in it, so that ids stay unique in the page.
        label: The ids of the elements that name and describe it, for ``aria-labelledby``.
        anchors: What the page has; a link to anything else is a mistake of ours.
    """
    drawn = svg(spec, title=False)
    astray = set(_LINK.findall(drawn)) - anchors
    if astray:
        raise ValueError(f"the chart {prefix} links to {sorted(astray)[0]!r}, which the page does not have")
    found = _VIEW_BOX.search(drawn)
    assert found is not None, "Vega writes a view box"
    drawn = _ID.sub(lambda match: f"{prefix}-{match[0]}", drawn)
    drawn = _REFERENCE.sub(lambda match: f"url(#{prefix}-{match[1]})", drawn)
    opening = (
        f'<svg class="chart" role="group" aria-labelledby="{label}" viewBox="0 0 {found[1]} {found[2]}" '
        f'width="{found[1]}" height="{found[2]}">'
    )
    return _OPENING.sub(opening, drawn, count=1)
