"""Charts as files: SVG and PDF, for the screen and for a journal's column; nothing is fetched."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from tendency.charts.layout import text_width
from tendency.charts.theme import FONT, PRINT

_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
_MILLIMETRES = 85
_ANCHOR = re.compile(r"#[A-Za-z][\w.:-]*$")


def print_version(spec: Mapping[str, Any]) -> dict[str, Any]:
    """The black and white specification for a column of 85 mm."""
    own = spec.get("usermeta", {}).get("print")
    if own is not None:
        return dict(own)
    # A chart drawn elsewhere: its own colours as greys, its letters as small as a column needs.
    plain = json.loads(json.dumps({key: value for key, value in spec.items() if key != "usermeta"}))
    config = plain.setdefault("config", {})
    config |= {"font": FONT, "range": {"category": ["#000000", "#777777", "#bbbbbb"]}}
    config["axis"] = config.get("axis", {}) | {"labelFontSize": PRINT.font, "titleFontSize": PRINT.font}
    return plain  # type: ignore[no-any-return]


def svg(spec: Mapping[str, Any], *, title: bool = True) -> str:
    """The chart as a complete SVG document, with links that point into the page it is put in.

    Args:
        spec: A Vega-Lite specification; it may not load data.
        title: False leaves the title to the page around it.
    """
    bare = {key: value for key, value in spec.items() if key not in ("usermeta", "title")}
    drawn = _drawn(json.dumps(bare, sort_keys=True))
    return _with_title(drawn, spec) if title and spec.get("title") else drawn


@lru_cache(maxsize=64)
def _drawn(spec: str) -> str:
    # Drawing is the slow part, and the page and the files beside it show the same chart.
    import vl_convert

    return _tidy(vl_convert.vegalite_to_svg(spec, allowed_base_urls=[]))


def _with_title(drawn: str, spec: Mapping[str, Any]) -> str:
    """The drawing moved down below its title."""
    title = spec["title"]
    text = title["text"] if isinstance(title, Mapping) else title
    lines = [text] if isinstance(text, str) else list(text)
    config = spec.get("config", {}).get("title", {})
    size, colour = float(config.get("fontSize", 13)), config.get("color", "#000000")
    root = ET.fromstring(drawn)
    _, _, width, height = (float(part) for part in root.attrib["viewBox"].split())
    down = size * 1.25 * len(lines) + size * 0.6
    wide = max(width, *(text_width(line, size) * 1.06 + 4 for line in lines))
    moved = ET.Element(f"{{{_SVG}}}g", {"transform": f"translate(0,{down:g})"})
    for child in list(root):
        root.remove(child)
        if child.tag == f"{{{_SVG}}}rect":
            child.set("width", f"{wide:g}")
            child.set("height", f"{height + down:g}")
            root.append(child)
        else:
            moved.append(child)
    for number, line in enumerate(lines):
        attributes = {
            "x": "2",
            "y": f"{size * (1.05 + 1.25 * number):g}",
            "font-family": FONT,
            "font-size": f"{size:g}px",
            "font-weight": "bold",
            "fill": str(colour),
        }
        ET.SubElement(root, f"{{{_SVG}}}text", attributes).text = line
    root.append(moved)
    root.set("width", f"{wide:g}")
    root.set("height", f"{height + down:g}")
    root.set("viewBox", f"0 0 {wide:g} {height + down:g}")
    return _written(root)


def print_svg(spec: Mapping[str, Any]) -> str:
    """The print version as SVG, 85 mm wide, without links."""
    root = ET.fromstring(svg(print_version(spec)))
    _unlink(root)
    _, _, width, height = (float(part) for part in root.attrib["viewBox"].split())
    root.set("width", f"{_MILLIMETRES}mm")
    root.set("height", f"{height * _MILLIMETRES / width:.2f}mm")
    return _written(root)


def pdf(svg_text: str, *, millimetres: float | None = None) -> bytes:
    """An SVG document as PDF with embedded fonts.

    Args:
        svg_text: As :func:`svg` or :func:`print_svg` gives it.
        millimetres: The width of the page; None takes one point for each pixel.
    """
    import vl_convert

    root = ET.fromstring(svg_text)
    _unlink(root)
    _, _, width, height = (float(part) for part in root.attrib["viewBox"].split())
    wide = width if millimetres is None else millimetres / 25.4 * 72
    root.set("width", f"{wide:.2f}")
    root.set("height", f"{height * wide / width:.2f}")
    return bytes(vl_convert.svg_to_pdf(_written(root)))


def print_pdf(spec: Mapping[str, Any]) -> bytes:
    """The print version as PDF, 85 mm wide."""
    return pdf(print_svg(spec), millimetres=_MILLIMETRES)


def _tidy(drawn: str) -> str:
    """Vega's drawing with honest links, named for those who do not see it, and without ballast."""
    root = ET.fromstring(drawn)
    _mend_links(root)
    _split_lines(root)
    for element in root.iter():
        _drop_ballast(element)
    _drop_empty(root)
    _say_font_once(root)
    return _written(root)


def _mend_links(root: ET.Element) -> None:
    for parent in list(root.iter()):
        for place, child in enumerate(list(parent)):
            if child.tag != f"{{{_SVG}}}a":
                continue
            target = child.attrib.pop(f"{{{_XLINK}}}href", "")
            # Vega puts a base before a bare anchor.
            anchor = target[target.find("#") :] if "#" in target else ""
            if not _ANCHOR.match(anchor):
                parent[place : place + 1] = list(child)
                continue
            child.attrib.clear()
            child.set("href", anchor)
            label = next((e.attrib["aria-label"] for e in child.iter() if "aria-label" in e.attrib), "")
            if label:
                child.set("aria-label", label)
                title = ET.Element(f"{{{_SVG}}}title")
                title.text = label
                child.insert(0, title)


def _split_lines(root: ET.Element) -> None:
    """Each line of a text as a text of its own: not every renderer sets right-to-left lines in one."""
    for parent in list(root.iter()):
        for text in [child for child in parent if child.tag == f"{{{_SVG}}}text" and len(child)]:
            place, down = list(parent).index(text), 0.0
            parent.remove(text)
            for line in text:
                down += float(line.attrib.get("dy", "0"))
                own = ET.Element(text.tag, dict(text.attrib))
                own.set("transform", f"{text.attrib.get('transform', '')} translate(0,{down:g})".strip())
                own.text = line.text
                parent.insert(place, own)
                place += 1


_BALLAST = {
    "aria-roledescription": None,
    "aria-label": None,
    "aria-hidden": None,
    "role": None,
    "pointer-events": None,
    "class": None,
    "opacity": "1",
    "style": None,
}


def _drop_ballast(element: ET.Element) -> None:
    kept_label = element.attrib.get("aria-label") if element.tag == f"{{{_SVG}}}a" else None
    for name, only in _BALLAST.items():
        if name in element.attrib and (only is None or element.attrib[name] == only):
            del element.attrib[name]
    if kept_label:
        element.set("aria-label", kept_label)
    for name in ("transform", "d"):
        if name in element.attrib:
            element.set(name, re.sub(r"-?\d+\.\d{3,}", lambda m: f"{float(m[0]):.2f}", element.attrib[name]))


def _say_font_once(root: ET.Element) -> None:
    """The font on the drawing instead of on each of its hundreds of texts."""
    root.set("font-family", FONT)
    for element in root.iter():
        if element is not root and element.attrib.get("font-family") == FONT:
            del element.attrib["font-family"]


def _drop_empty(root: ET.Element) -> None:
    """Without groups that hold nothing and backgrounds that show nothing."""
    for child in list(root):
        _drop_empty(child)
        invisible = child.attrib.get("display") == "none" or child.attrib.get("d") in ("", "M0,0h0v0h0Z")
        invisible = invisible or (child.tag == f"{{{_SVG}}}path" and child.attrib.keys() == {"d"})
        if invisible or (child.tag == f"{{{_SVG}}}g" and len(child) == 0):
            root.remove(child)


def _unlink(root: ET.Element) -> None:
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag == f"{{{_SVG}}}a":
                place = list(parent).index(child)
                parent[place : place + 1] = [e for e in child if e.tag != f"{{{_SVG}}}title"]


def _written(root: ET.Element) -> str:
    ET.register_namespace("", _SVG)
    return ET.tostring(root, encoding="unicode")
